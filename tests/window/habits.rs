//! What a person expects of any window on their desktop: it comes back as it was left, shows things as large as they
//! want, and opens what a link names.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::json;

use crate::driver::{App, Desktop, SHORT, poll, testid};
use crate::given::Given;

#[tokio::test]
async fn a_window_comes_back_as_large_as_it_was_and_so_does_what_is_in_it() -> Result<()> {
    let desktop = Desktop::sized(1600, 1000).await?;
    let data = desktop.data("habits")?;
    Given::workspace(&data).await?.close().await?;

    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;
    app.resize(1432, 888).await?;
    app.wait_js("innerWidth === 1432 && innerHeight === 888").await?;
    app.chord(&[Key::Control], '+').await?;
    app.chord(&[Key::Control], '+').await?;
    wide(&app, 1432.0 / 1.25).await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;
    wide(&app, 1432.0 / 1.25).await?;
    app.chord(&[Key::Control], '0').await?;
    app.wait_js("innerWidth === 1432 && innerHeight === 888").await?;
    app.quit().await
}

/// Waits until the page is so wide, in its own pixels.
async fn wide(app: &App, width: f64) -> Result<()> {
    app.wait_js(&format!("Math.abs(innerWidth - {width}) <= 2")).await
}

#[tokio::test]
async fn a_link_opens_what_it_names_in_the_window_that_is_there() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("links")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    given.version(project, "1.0.0").await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.click(testid("version-edit-1.0.0")).await?;
    app.wait_for("[data-screen=version]").await?;
    app.chord(&[Key::Control, Key::Shift], 'l').await?;
    app.wait_text(testid("toast"), "Link copied").await?;
    let link = desktop.clipboard().await?;
    ensure!(link.starts_with("partner-console://version/"), "copied {link:?}");
    app.click(testid("nav-home")).await?;
    app.wait_for("[data-screen=home]").await?;

    let mut second = desktop.start_with(&data, &[&link])?;
    ensure!(second.wait(SHORT).await?.success(), "the second start failed: {}", second.output());
    app.wait_for("[data-screen=version]").await?;

    let mut second = desktop.start_with(&data, &["partner-console://nonsense"])?;
    ensure!(second.wait(SHORT).await?.success(), "the second start failed: {}", second.output());
    app.wait_text("[data-toasts]", "leads nowhere").await?;
    app.wait_for("[data-screen=version]").await?;
    app.quit().await?;

    let app = desktop.open_by(&data, &link).await?;
    app.wait_for("[data-screen=version]").await?;
    app.quit().await
}

#[tokio::test]
async fn notifications_go_through_the_system_and_a_click_leads_to_what_they_are_about() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("notices")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    app.click(testid("nav-settings")).await?;
    app.click(testid("settings-notify")).await?;
    app.wait_for("[data-testid=toast].bad").await?;
    ensure!(
        app.attribute(testid("settings-notify"), "aria-checked").await?.as_deref() == Some("false"),
        "on, though this desktop shows none"
    );

    let system = desktop.notifications().await?;
    app.click(testid("settings-notify")).await?;
    let (title, _) = system.wait_shown(1).await?;
    ensure!(title == "Notifications are on", "shown {title:?}");
    app.wait_for("[data-testid=settings-notify][aria-checked=true]").await?;

    let link = json!({ "kind": "version", "project": project, "version": version });
    let notice = json!({ "title": "Due", "body": "Call & <b>Notes</b>", "link": link });
    app.call("notify", notice).await?.map_err(|error| anyhow::anyhow!("{error}"))?;
    let (_, body) = system.wait_shown(2).await?;
    ensure!(body == "Call &amp; &lt;b&gt;Notes&lt;/b&gt;", "people's words are no markup, but: {body:?}");
    // The app hears of clicks a moment after the notice is there; a person is slower.
    let led = poll(SHORT, async || {
        system.click(2).await.ok()?;
        app.is_there("[data-screen=version]").await.ok()?.then_some(())
    });
    led.await.context("the click led nowhere")?;
    app.quit().await
}
