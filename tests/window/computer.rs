//! From one computer to another, in the real window: a sealed file is written, the old computer says so and changes
//! nothing, and the new one goes on at its first start.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;

use crate::driver::{App, Desktop, testid};
use crate::exchange::picture;
use crate::given::Given;

const PASSPHRASE: &str = "five plain words beside another";

/// What stands in a dialog's field is not enough: said there, and the dialog stays.
async fn taken_by(app: &App, passphrase: &str) -> Result<()> {
    app.fill(testid("sealed-passphrase"), passphrase).await?;
    app.click(testid("take-computer-go")).await
}

#[tokio::test]
async fn everything_goes_on_at_another_computer() -> Result<()> {
    let desktop = Desktop::new().await?;
    let (old, new) = (desktop.data("old")?, desktop.data("new")?);
    let given = Given::workspace(&old).await?;
    given.project("Call Notes").await?;
    given.close().await?;
    let app = desktop.open(&old).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(testid("nav-settings")).await?;
    app.wait_for(testid("leave-computer")).await?;
    app.eval("document.querySelector('[data-testid=leave-computer]').scrollIntoView({ block: 'center' })")
        .await?;
    picture(&app, "settings").await?;
    app.click(testid("leave-computer")).await?;
    app.wait_for(testid("passphrase-dialog")).await?;
    for field in ["passphrase-first", "passphrase-second"] {
        app.fill(testid(field), PASSPHRASE).await?;
    }
    picture(&app, "leave").await?;
    app.click(testid("passphrase-set")).await?;
    app.wait_text(testid("toast"), "Written: ").await?;
    let told = app.text(testid("toast")).await?;
    let at = told.find('/').context("the notice names no path")?;
    let end = told.find(".partner-computer").context("the notice names no file")?;
    let file = PathBuf::from(&told[at..end + ".partner-computer".len()]);
    ensure!(file.is_file(), "there is no {}", file.display());

    // On every screen it says so, and nothing is changed.
    app.wait_for(testid("left-banner")).await?;
    app.click(testid("nav-projects")).await?;
    app.wait_text(testid("project-row"), "Call Notes").await?;
    app.wait_for(testid("left-banner")).await?;
    picture(&app, "left").await?;
    app.click(testid("go-on-here")).await?;
    app.wait_for(testid("return-to-computer")).await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("return-to-computer")).await?;
    app.quit().await?;

    let app = desktop.open(&new).await?;
    app.wait_for(testid("take-computer")).await?;
    picture(&app, "first-start").await?;
    app.keys("5").await?;
    app.wait_for(testid("take-computer-dialog")).await?;
    app.click(testid("take-computer-go")).await?;
    app.wait_text(testid("error-file"), "Choose the file").await?;
    app.choose_file("sealed-file", &file).await?;
    taken_by(&app, "five other words").await?;
    app.wait_text(testid("error-passphrase"), "Nothing was changed").await?;
    picture(&app, "take").await?;
    taken_by(&app, PASSPHRASE).await?;
    // Nothing is taken before it was told what comes along.
    app.wait_text(testid("sealed-inside"), "1 workspace of that computer’s own").await?;
    picture(&app, "inside").await?;
    app.click(testid("take-computer-go")).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(testid("nav-projects")).await?;
    app.wait_text(testid("project-row"), "Call Notes").await?;
    ensure!(!app.is_there(testid("left-banner")).await?, "this computer was not left");
    app.quit().await
}
