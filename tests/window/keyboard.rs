//! The main job by keyboard alone: no pointer is ever used, and where the focus is can always be seen.

pub mod hand;
mod template;
mod ticket;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;

use crate::content::{self, Do};
use crate::driver::{App, Desktop, testid};
use crate::steps::{self, LINK, NUMBER, PROJECT};
use hand::Hand;

#[tokio::test]
async fn the_main_job_goes_by_keyboard_alone() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("keyboard")?;
    let app = desktop.open(&data).await?;
    let hand = Hand(&app);
    start(&app, &hand).await.context("first start")?;
    create(&app, &hand).await.context("project and version")?;
    fill(&app, &hand).await.context("app information")?;
    check(&app, &hand).await.context("checklist")?;
    submit(&app, &hand).await.context("submission")?;
    approve(&app, &hand).await.context("answer")?;
    install(&app, &hand, &desktop).await.context("link")?;
    app.quit().await
}

async fn start(app: &App, hand: &Hand<'_>) -> Result<()> {
    app.wait_for(testid("start-here")).await?;
    app.keys("1").await?;
    hand.is_at("start-workspace").await?;
    hand.types("Sample Apps").await?;
    hand.tab_to("start-name").await?;
    hand.types("Partner manager").await?;
    app.press(Key::Enter).await?;
    app.wait_for("[data-screen=home]").await.map(drop)
}

async fn create(app: &App, hand: &Hand<'_>) -> Result<()> {
    // Everywhere the palette leads anywhere; a pair of keys is the short way.
    app.chord(&[Key::Control], 'k').await?;
    hand.is_at("palette-input").await?;
    hand.types("projects").await?;
    app.press(Key::Enter).await?;
    app.wait_for("[data-screen=projects]").await?;
    app.keys("gh").await?;
    app.wait_for("[data-screen=home]").await?;
    app.keys("gp").await?;
    app.wait_for("[data-screen=projects]").await?;

    app.keys("n").await?;
    hand.is_at("project-name").await?;
    // What is left by Escape makes nothing, and gives the focus back.
    app.press(Key::Escape).await?;
    app.wait_gone(testid("project-dialog")).await?;
    app.keys("n").await?;
    hand.is_at("project-name").await?;
    hand.types(PROJECT).await?;
    app.press(Key::Enter).await?;
    app.wait_text("[data-screen=project]", PROJECT).await?;

    app.keys("n").await?;
    hand.is_at("version-number").await?;
    hand.replaces(NUMBER).await?;
    app.press(Key::Enter).await?;
    // The focus is where the work goes on.
    hand.is_at(&format!("version-edit-{NUMBER}")).await?;
    app.press(Key::Enter).await?;
    app.wait_for("[data-screen=version]").await.map(drop)
}

async fn fill(app: &App, hand: &Hand<'_>) -> Result<()> {
    for (number, (part, entries)) in (1..).zip(content::PARTS) {
        app.chord(&[Key::Control], char::from_digit(number, 10).context("a digit")?).await?;
        app.wait_for(format!("[data-testid=part-{part}][aria-current=true]").as_str()).await?;
        for entry in entries {
            match entry {
                Do::Type(input, text) => {
                    hand.tab_to(input).await?;
                    hand.replaces(text).await?;
                }
                Do::Choose(input, option) => hand.chooses(input, option).await?,
                Do::Add(button) => {
                    hand.tab_to(button).await?;
                    app.press(Key::Enter).await?;
                    hand.is_in_new_row(button.trim_start_matches("add-")).await?;
                }
            }
        }
        steps::saved(app).await?;
    }
    steps::complete(app, "technical").await?;
    steps::complete(app, "marketplace").await?;
    next_missing(app, hand).await
}

/// What was emptied is found again by one key, and taken back by another.
async fn next_missing(app: &App, hand: &Hand<'_>) -> Result<()> {
    hand.replaces("").await?;
    app.press(Key::Tab).await?;
    app.wait_for("[data-testid=missing-marketplace][data-count='1']").await?;
    app.chord(&[Key::Control], '1').await?;
    app.wait_for("[data-testid=part-general][aria-current=true]").await?;
    app.press(Key::F8).await?;
    hand.is_at("field-terms_of_service").await?;
    hand.types("https://call-notes.example/terms").await?;
    app.press(Key::Tab).await?;
    steps::complete(app, "marketplace").await
}

async fn check(app: &App, hand: &Hand<'_>) -> Result<()> {
    hand.back_to("goto-run").await?;
    app.press(Key::Enter).await?;
    app.wait_for(testid("start-run-dialog")).await?;
    hand.chooses("run-template", &domain::templates::QA.to_string()).await?;
    hand.tab_to("tested-build").await?;
    hand.types("118").await?;
    app.press(Key::Enter).await?;
    app.wait_for("[data-screen=run]").await?;

    let first = steps::current_item(app).await?;
    app.keys("p").await?;
    steps::ticked(app, &first, "pass").await?;
    let second = steps::current_item(app).await?;
    ensure!(first != second, "a result leads on to the next untested item");
    app.keys("jk").await?;
    ensure!(steps::current_item(app).await? == second, "down and up again");

    app.keys("f").await?;
    steps::ticked(app, &second, "fail").await?;
    app.keys("k").await?;
    app.keys("d").await?;
    hand.is_at("fixed-build").await?;
    hand.replaces("119").await?;
    app.press(Key::Enter).await?;
    steps::ticked(app, &second, "retest").await?;

    app.keys("u").await?;
    let third = steps::current_item(app).await?;
    app.keys("n").await?;
    hand.is_at("na-reason").await?;
    hand.types("There is no such screen.").await?;
    app.press(Key::Enter).await?;
    steps::ticked(app, &third, "not_applicable").await?;

    let fourth = steps::current_item(app).await?;
    app.keys("b").await?;
    steps::ticked(app, &fourth, "blocked").await?;
    app.chord(&[Key::Control], 'z').await?;
    steps::ticked(app, &fourth, "untested").await?;

    app.keys("m").await?;
    hand.is_at("note").await?;
    hand.types("Seen with build 119.").await?;
    app.press(Key::Escape).await?;
    app.keys("/").await?;
    hand.is_at("run-filter").await?;
    hand.types(&third).await?;
    app.wait_gone(testid(&format!("item-{first}"))).await?;
    app.press(Key::Enter).await?;
    app.wait_for(testid(&format!("item-{third}"))).await.map(drop)
}

async fn submit(app: &App, hand: &Hand<'_>) -> Result<()> {
    app.chord(&[Key::Control], 'k').await?;
    hand.is_at("palette-input").await?;
    hand.types(PROJECT).await?;
    app.wait_text("[data-testid=palette] [aria-selected=true]", PROJECT).await?;
    app.press(Key::Enter).await?;
    // A key works on what a person sees: the version that it would edit.
    app.wait_for(testid(&format!("version-edit-{NUMBER}"))).await?;
    app.keys("e").await?;
    app.wait_for("[data-testid=saved][data-state=saved]").await?;
    hand.back_to("submit-track-technical").await?;
    app.press(Key::End).await?;
    app.wait_for("[data-testid=submit-track-both][aria-checked=true]").await?;
    hand.tab_to("mark-submitted").await?;
    app.press(Key::Enter).await?;
    hand.is_at("submit-confirm").await?;
    app.press(Key::Enter).await?;
    app.wait_text(testid("version-status"), "In review").await
}

async fn approve(app: &App, hand: &Hand<'_>) -> Result<()> {
    hand.back_to("goto-review").await?;
    app.press(Key::Enter).await?;
    app.wait_for("[data-screen=review]").await?;
    app.keys("a").await?;
    hand.is_at("answer-text").await?;
    hand.types("Approved on the technical track.").await?;
    hand.checks("answer-track-technical", true).await?;
    hand.checks("answer-track-marketplace", false).await?;
    hand.tab_to("answer-outcome-approved").await?;
    app.keys(" ").await?;
    app.wait_for("[data-testid=answer-outcome-approved][aria-checked=true]").await?;
    app.chord(&[Key::Control], 's').await?;
    app.wait_gone(testid("answer-dialog")).await?;
    app.wait_text(testid("track-technical"), "Approved").await
}

async fn install(app: &App, hand: &Hand<'_>, desktop: &Desktop) -> Result<()> {
    let _browser = desktop.copy_elsewhere(LINK).await?;
    app.keys("i").await?;
    hand.is_at("link-url").await?;
    app.chord(&[Key::Control], 'v').await?;
    app.wait_js(&format!("document.activeElement.value === {}", serde_json::to_string(LINK)?)).await?;
    app.press(Key::Enter).await?;
    // The focus is on *Copy* already: from now on the dialog is one key.
    hand.is_at("copy-link").await?;
    desktop.copy_elsewhere("something else").await?;
    app.keys("c").await?;
    app.wait_for("[data-testid=copy-link][data-copied=true]").await?;
    desktop.wait_clipboard(LINK).await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("install-dialog")).await?;
    app.keys("i").await?;
    hand.is_at("copy-link").await?;
    app.press(Key::Escape).await
}
