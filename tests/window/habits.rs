//! What a person expects of any window on their desktop: it comes back as it was left, shows things as large as they
//! want, and opens what a link names.

use anyhow::{Result, ensure};
use fantoccini::key::Key;

use crate::driver::{App, Desktop, SHORT, testid};
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
