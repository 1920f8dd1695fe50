//! A workspace in one file, in the real window: written, opened beside the first, copied to a folder and restored; and a
//! version as `partner.toml`, changed elsewhere and taken.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::json;

use crate::driver::{App, Desktop, ESCAPE, LONG, poll, testid};
use crate::given::Given;
use crate::screens::SETTLE;

/// How many workspaces this computer has.
async fn workspaces(app: &App) -> Option<usize> {
    let all = app.call("connections", json!({})).await.ok()?.ok()?;
    all.as_array().map(Vec::len)
}

/// Pictures of where the window is, at its usual size and at its least, where somebody wants them.
pub async fn picture(app: &App, name: &str) -> Result<()> {
    let Some(out) = std::env::var_os("PARTNER_PICTURES") else { return Ok(()) };
    for (width, height) in [(1280, 800), (1024, 640)] {
        app.resize(width, height).await?;
        app.eval_async(SETTLE).await?;
        app.screenshot(&PathBuf::from(&out).join(format!("{name}-{width}.png"))).await?;
    }
    app.resize(1280, 800).await
}

#[tokio::test]
async fn a_workspace_goes_out_to_a_file_and_comes_back_beside_the_first() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("exchange")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    given.version(project, "1.0.0").await?;
    given.close().await?;
    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;

    app.click(testid("nav-connections")).await?;
    app.wait_for(testid("connection-row")).await?;
    app.keys("x").await?;
    app.fill(testid("export-folder"), "downloads").await?;
    app.press(Key::Enter).await?;
    app.wait_text(testid("error-folder"), "whole path").await?;
    let carried = desktop.data("carried")?;
    std::fs::create_dir_all(&carried)?;
    app.fill(testid("export-folder"), &carried.display().to_string()).await?;
    picture(&app, "export").await?;
    app.press(Key::Enter).await?;
    app.wait_gone(testid("export-dialog")).await?;
    app.wait_text(testid("toast"), "Exported: ").await?;
    let told = app.text(testid("toast")).await?;
    let at = told.find('/').context("the notice names no path")?;
    let end = told.find(".partner").context("the notice names no file")?;
    let file = PathBuf::from(&told[at..end + ".partner".len()]);
    ensure!(file.is_file() && file.starts_with(&carried), "there is no {}", file.display());
    picture(&app, "connections").await?;

    app.choose_file("workspace-file", &file).await?;
    let two = poll(LONG, async || (workspaces(&app).await? == 2).then_some(()));
    two.await.context("it did not open beside the first")?;
    // Another workspace begins at its home.
    app.wait_for("[data-screen=home]").await?;
    app.click(testid("nav-projects")).await?;
    app.wait_text(testid("project-row"), "Call Notes").await?;

    // What is no such file says so and changes nothing.
    app.click(testid("nav-connections")).await?;
    let wrong = desktop.data("wrong")?.join("wrong.partner");
    std::fs::create_dir_all(wrong.parent().context("a folder")?)?;
    std::fs::write(&wrong, "no workspace")?;
    app.choose_file("workspace-file", &wrong).await?;
    app.wait_text(testid("toast"), "Nothing was changed").await?;
    ensure!(workspaces(&app).await == Some(2), "something was changed");

    // The daily copy, and the way back from it.
    let copies = wrong.parent().context("a folder")?.to_owned();
    app.click(testid("nav-settings")).await?;
    app.fill(testid("copy-folder"), "copies").await?;
    app.click(testid("save-copy-folder")).await?;
    app.wait_text(testid("error-folder"), "whole path").await?;
    app.fill(testid("copy-folder"), &copies.display().to_string()).await?;
    app.click(testid("save-copy-folder")).await?;
    app.wait_for(testid("copy-row")).await?;
    app.eval("document.querySelector('[data-testid=copy-row]').scrollIntoView({ block: 'center' })").await?;
    picture(&app, "copies").await?;
    app.click(testid("restore")).await?;
    app.wait_for(testid("restore-copy")).await?;
    app.press(Key::Enter).await?;
    let three = poll(LONG, async || (workspaces(&app).await? == 3).then_some(()));
    three.await.context("the copy did not open")?;
    app.quit().await
}

/// The system's chooser, with nobody to move the mouse over it: it belongs to the window that asks, and Escape leaves it.
#[tokio::test]
async fn the_chooser_of_the_system_lies_over_the_window_and_is_left_by_a_key() -> Result<()> {
    const TITLE: &str = "Folder for copies";
    let desktop = Desktop::new().await?;
    let data = desktop.data("choosing")?;
    Given::workspace(&data).await?.close().await?;
    let app = desktop.open(&data).await?;
    app.click(testid("nav-settings")).await?;
    app.wait_for(testid("copy-folder")).await?;
    let windows = desktop.windows()?;
    let there = async || windows.titles().ok()?.iter().any(|title| title == TITLE).then_some(());
    let gone = async || windows.titles().ok()?.iter().all(|title| title != TITLE).then_some(());

    app.click(testid("choose-folder")).await?;
    poll(LONG, there).await.context("the chooser is not there")?;
    ensure!(windows.is_over_its_own(TITLE)?, "it may lie below the window that asks");
    windows.press(TITLE, ESCAPE)?;
    poll(LONG, gone).await.context("the chooser stays")?;
    ensure!(app.value(testid("copy-folder")).await?.is_empty(), "nothing was chosen");
    app.quit().await
}

#[tokio::test]
async fn a_version_is_compared_with_a_file_before_anything_is_written() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("manifest")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    given.close().await?;
    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.wait_for("[data-screen=project]").await?;
    app.keys("e").await?;
    app.wait_for("[data-screen=version]").await?;
    app.click(testid("version-menu")).await?;
    app.click(testid("menu-manifest")).await?;
    app.wait_for(testid("manifest-dialog")).await?;

    let file = data.join("partner.toml");
    let text = "format = 1\n[project]\nname = \"Call Notes\"\nslug = \"call-notes\"\nowner = \"\"\n[version]\nnumber = \"1.0.0\"\n";
    let fields = "[information]\ndisplay_name = \"Call Notes\"\nlisting_summary = \"Notes next to the call\"\ncategories = [\"Productivity\"]\n";
    std::fs::write(&file, format!("{text}{fields}color = \"red\"\n"))?;
    app.choose_file("manifest-file", &file).await?;
    app.wait_text(testid("manifest-failed"), "color").await?;
    std::fs::write(&file, format!("{text}{fields}"))?;
    app.choose_file("manifest-file", &file).await?;
    app.wait_text(testid("manifest-listing_summary"), "Notes next to the call").await?;
    picture(&app, "manifest").await?;
    app.click(testid("manifest-take-categories")).await?;
    app.click(testid("manifest-take")).await?;
    app.wait_gone(testid("manifest-dialog")).await?;
    let shown = app.call("version", json!({ "project": project, "version": version })).await?;
    let shown = shown.map_err(|error| anyhow::anyhow!("{error}"))?;
    let information = &shown["information"];
    ensure!(information["listing_summary"]["value"] == "Notes next to the call", "{information}");
    ensure!(information["categories"].is_null(), "what was not chosen was taken: {information}");
    app.quit().await
}
