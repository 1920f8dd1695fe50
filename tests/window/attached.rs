//! Files in a person's hands: a pasted picture as evidence, an icon and a screenshot for a version, a paper of a
//! document, all of them there after a restart, and the version's images together in one folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;

use crate::driver::{App, Desktop, SHORT, poll, testid};
use crate::files;
use crate::given::Given;

/// A picture of 128 by 128 pixels.
const LARGE: &str = "128x128.png";
/// A picture of 32 by 32 pixels.
const SMALL: &str = "32x32.png";

/// What stands in the address of the second window alone.
const CARRY: &str = "carry=";

#[tokio::test]
async fn files_are_attached_seen_again_after_a_restart_and_saved_into_one_folder() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("attached")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    given.run(project, version).await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    to_run(&app).await?;
    let clipboard = desktop.copy_picture_elsewhere(&icon(LARGE)).await?;
    app.click(testid("files-paste")).await?;
    is_seen(&app, "evidence").await?;
    app.wait_text(testid("evidence"), "128 × 128").await?;

    to_version(&app).await?;
    app.choose_file("picker-icon", &icon(SMALL)).await?;
    is_seen(&app, "field-icon-0").await?;
    app.wait_text(testid("field-icon-0"), "32 × 32").await?;
    app.click(testid("assets-paste-screenshots")).await?;
    is_seen(&app, "field-screenshots-0").await?;
    app.choose_file("picker-screenshots", &icon(SMALL)).await?;
    is_seen(&app, "field-screenshots-1").await?;
    app.click(testid("down-screenshots-0")).await?;
    app.wait_text(testid("field-screenshots-0"), SMALL).await?;
    app.fill(testid("field-screenshots-0-description"), "The list").await?;
    app.click(testid("preview-show")).await?;
    app.wait_for(testid("preview")).await?;
    is_seen(&app, "preview").await?;
    app.click(testid("preview-close")).await?;
    // What is no picture changes nothing.
    app.choose_file("picker-icon", Path::new(env!("CARGO_MANIFEST_DIR")).join("LICENSE").as_path()).await?;
    app.wait_text(testid("toast"), "LICENSE").await?;
    app.wait_text(testid("field-icon-0"), SMALL).await?;
    drop(clipboard);
    app.quit().await?;

    let app = desktop.open(&data).await?;
    to_run(&app).await?;
    is_seen(&app, "evidence").await?;
    app.click(testid("file-look")).await?;
    app.wait_for(testid("viewer-picture")).await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("viewer")).await?;
    to_version(&app).await?;
    is_seen(&app, "field-icon-0").await?;
    ensure!(app.value(testid("field-screenshots-0-description")).await? == "The list");
    app.wait_text(testid("field-screenshots-1"), "128 × 128").await?;

    app.chord(&[Key::Control, Key::Shift], 'c').await?;
    app.to_window(|page| page.contains(CARRY)).await?;
    app.wait_for(testid("carry-current")).await?;
    app.click(testid("carry-row-screenshots")).await?;
    is_seen(&app, "carry-current").await?;
    app.keys("i").await?;
    app.wait_text(testid("toast"), "3 files saved").await?;
    let saved = poll(SHORT, async || saved(&desktop).ok().filter(|found| found.len() == 3));
    let saved = saved.await.context("not every image was saved")?;
    for (name, source) in [("Icon-32x32.png", SMALL), ("Screenshot-1-32x32.png", SMALL)] {
        let file = saved.iter().find(|file| file.ends_with(name));
        let file = file.with_context(|| format!("{name} is not among {saved:?}"))?;
        ensure!(std::fs::read(desktop.home().join(file))? == std::fs::read(icon(source))?, "{name} changed");
    }
    app.to_window(|page| !page.contains(CARRY)).await?;
    app.click(testid("nav-workspace")).await?;
    app.wait_for(testid("image-limits")).await?;
    app.click(testid("limit-icon-PNG")).await?;
    app.fill(testid("limit-icon-min"), "512 x 512").await?;
    app.press(Key::Enter).await?;
    app.fill(testid("limit-icon-max"), "12 x 12").await?;
    app.press(Key::Enter).await?;
    app.wait_text(testid("error-icon_max"), "width").await?;
    app.click(testid("add-document")).await?;
    app.fill(testid("document-name"), "Partner agreement").await?;
    app.choose_file("files-picker", &icon(LARGE)).await?;
    is_seen(&app, "document-files").await?;
    app.click(testid("document-save")).await?;
    app.wait_for(testid("document-file")).await?;
    app.quit().await
}

fn icon(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("icons").join(name)
}

/// What lies in the version's folder, by its path from the home folder.
fn saved(desktop: &Desktop) -> Result<Vec<PathBuf>> {
    let all = files::below(desktop.home())?;
    let is_inside = |file: &PathBuf| file.parent().is_some_and(|folder| folder.ends_with("Call-Notes-1.0.0"));
    Ok(all.into_iter().filter(is_inside).collect())
}

/// A picture that the page has drawn, not only named.
async fn is_seen(app: &App, inside: &str) -> Result<()> {
    app.wait_js(&format!(
        "[...document.querySelectorAll('[data-testid=\"{inside}\"] img')].some((img) => img.naturalWidth > 0)"
    ))
    .await
}

async fn to_run(app: &App) -> Result<()> {
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-testid^=item-][data-current=true]").await.map(drop)
}

async fn to_version(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.click(testid("version-edit-1.0.0")).await?;
    app.wait_for(testid("assets-icon")).await.map(drop)
}
