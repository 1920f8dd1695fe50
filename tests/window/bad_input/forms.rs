//! Forms that make something: a project, a version, an install link.

use anyhow::{Context, Result};
use fantoccini::key::Key;

use super::{EMOJI, RIGHT_TO_LEFT, SCRIPT, nothing_ran, open_version, refused, with_version};
use crate::driver::{App, Desktop, testid};
use crate::given::Given;
use crate::steps;

#[tokio::test]
async fn a_form_says_at_its_field_what_is_wrong_and_keeps_what_was_typed() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("forms")?;
    let app = desktop.open(&data).await?;
    // Half a megabyte is the most that the web engine lets a one-line field hold.
    let much = "a".repeat(500_000);

    app.click(testid("start-here")).await?;
    let start = Form { field: "start-workspace", submit: "start-submit" };
    app.fill(testid("start-name"), RIGHT_TO_LEFT).await?;
    start.refuses(&app, "", "error-workspace", "Fill this in").await?;
    start.refuses(&app, &much, "error-workspace", "Shorten it to 500").await?;
    app.fill(testid("start-workspace"), EMOJI).await?;
    let name = Form { field: "start-name", submit: "start-submit" };
    name.refuses(&app, "   ", "error-name", "Fill this in").await?;
    app.fill(testid("start-name"), RIGHT_TO_LEFT).await?;
    app.click(testid("start-submit")).await?;
    app.wait_for("[data-screen=home]").await?;
    app.wait_text("nav", EMOJI).await?;
    app.quit().await?;

    // A project's name may be anything that can be read; it is taken once, letters' case aside.
    let data = desktop.data("projects")?;
    Given::workspace(&data).await?.close().await?;
    let app = desktop.open(&data).await?;
    app.click(testid("nav-projects")).await?;
    for name in [SCRIPT, RIGHT_TO_LEFT, EMOJI] {
        new_project(&app, name).await.with_context(|| name.to_owned())?;
    }
    app.click(testid("nav-projects")).await?;
    app.click(testid("new-project")).await?;
    let name = Form { field: "project-name", submit: "project-create" };
    name.refuses(&app, "", "error-name", "Fill this in").await?;
    name.refuses(&app, &much, "error-name", "Shorten it to 500").await?;
    name.refuses(&app, &EMOJI.to_uppercase(), "error-name", "another name").await?;
    app.fill(testid("project-name"), "Call Notes").await?;
    let slug = Form { field: "project-slug", submit: "project-create" };
    for wrong in ["Call Notes", "call--notes", "../notes", RIGHT_TO_LEFT, SCRIPT] {
        slug.refuses(&app, wrong, "error-slug", "small letters").await?;
    }
    app.fill(testid("project-slug"), "call-notes").await?;
    app.click(testid("project-create")).await?;
    app.wait_text("[data-screen=project]", "Call Notes").await?;

    let number = Form { field: "version-number", submit: "version-create" };
    app.click(testid("new-version")).await?;
    number.refuses(&app, "", "error-number", "Fill this in").await?;
    number.refuses(&app, &much, "error-number", "Shorten it").await?;
    app.fill(testid("version-number"), "1.0.0").await?;
    app.click(testid("version-create")).await?;
    app.wait_text(testid("version-1.0.0"), "Draft").await?;
    nothing_ran(&app).await?;
    app.quit().await
}

#[tokio::test]
async fn a_version_number_is_taken_once() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("number")?;
    with_version(&data).await?;
    let app = desktop.open(&data).await?;
    steps::open_project(&app).await?;
    // A draft that was put away keeps its number: it can be brought back.
    app.click(testid("version-menu-1.0.0")).await?;
    app.click(testid("menu-discard")).await?;
    app.wait_for("[data-testid='version-1.0.0'][data-status=discarded]").await?;
    app.click(testid("new-version")).await?;
    let number = Form { field: "version-number", submit: "version-create" };
    number.refuses(&app, "1.0.0", "error-number", "another number").await?;
    app.fill(testid("version-number"), "1.0.1").await?;
    app.click(testid("version-create")).await?;
    app.wait_text(testid("version-1.0.1"), "Draft").await?;
    app.quit().await
}

#[tokio::test]
async fn only_an_https_link_is_taken_as_an_install_link() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("links")?;
    with_version(&data).await?;
    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    app.click(testid("version-menu")).await?;
    app.click(testid("menu-install")).await?;
    let link = Form { field: "link-url", submit: "save-link" };
    link.refuses(&app, "", "error-url", "Paste the link first").await?;
    let with_password = "https://person:word@partner-project.example/";
    link.refuses(&app, with_password, "error-url", "holds a user name or password").await?;
    for wrong in [
        "http://partner-project.example/install/1",
        "javascript:window.__pwned=1",
        "data:text/html,<script>window.__pwned=1</script>",
        "file:///etc/passwd",
        "https://",
        "https:partner-project.example",
        "https://partner-project.example/a b",
        "partner-project.example/install/1",
        SCRIPT,
        RIGHT_TO_LEFT,
        EMOJI,
    ] {
        link.refuses(&app, wrong, "error-url", "https").await.with_context(|| wrong.to_owned())?;
    }
    let long = format!("https://partner-project.example/{}", "a".repeat(500_000));
    link.refuses(&app, &long, "error-url", "Shorten it").await?;
    // What was typed is not thrown away by one key either.
    app.press(Key::Escape).await?;
    app.click(testid("confirm-no")).await?;
    app.wait_gone(testid("confirm")).await?;
    app.fill(testid("link-url"), steps::LINK).await?;
    app.click(testid("save-link")).await?;
    anyhow::ensure!(app.value(testid("install-link")).await? == steps::LINK, "the link came out another");
    nothing_ran(&app).await?;
    app.quit().await
}

async fn new_project(app: &App, name: &str) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("new-project")).await?;
    app.fill(testid("project-name"), name).await?;
    app.click(testid("project-create")).await?;
    app.wait_text("h1", name).await
}

/// A field and the button that hands its form in.
struct Form {
    field: &'static str,
    submit: &'static str,
}

impl Form {
    /// What is entered is refused at its field, in these words, and still there.
    async fn refuses(&self, app: &App, text: &str, message: &str, words: &str) -> Result<()> {
        app.fill(testid(self.field), text).await?;
        app.click(testid(self.submit)).await?;
        refused(app, self.field, message, words, text).await
    }
}
