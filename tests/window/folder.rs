//! The data folder: one process holds it, it has to be writable, and nothing is written anywhere else.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::driver::{Desktop, LONG, poll, testid};
use crate::files;
use crate::given::Given;

#[tokio::test]
async fn a_second_start_raises_the_first_and_ends() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("in-use")?;
    let first = desktop.open(&data).await?;
    first.click(testid("start-here")).await?;
    first.type_text(testid("start-workspace"), "Half").await?;
    let other = desktop.windows()?;
    other.cover()?;

    // It has no window to open, so that none can fall over while the process ends.
    let mut second = desktop.start_without_display(&data)?;
    let status = second.wait(LONG).await?;
    ensure!(status.code() == Some(0), "the second start ended with {status}: {}", second.output());
    first.wait_on_top().await?;
    ensure!(first.value(testid("start-workspace")).await? == "Half", "the first lost what was typed");
    first.quit().await
}

#[tokio::test]
async fn of_two_starts_at_the_same_moment_one_stays() -> Result<()> {
    let desktop = Desktop::new().await?;
    for round in 0..5 {
        let data = desktop.data(&format!("race-{round}"))?;
        let mut both = [desktop.start(&data)?, desktop.start(&data)?];
        let ended = poll(LONG, async || {
            let statuses = both.each_mut().map(|start| start.ended().ok().flatten());
            statuses.iter().any(Option::is_some).then_some(statuses)
        });
        let statuses = ended.await.context("both stayed: one has to give way")?;
        let codes = statuses.map(|status| status.map(|status| status.code()));
        ensure!(
            codes.iter().filter(|code| **code == Some(Some(0))).count() == 1 && codes.contains(&None),
            "one ends in order, the other stays: {codes:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_killed_process_leaves_nothing_in_the_way() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("killed")?;
    Given::workspace(&data).await?.close().await?;
    desktop.open(&data).await?.kill9().await?;
    ensure!(data.join("console.sock").exists(), "the killed process left its socket behind");

    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;
    // The socket is the new process's: a second start finds it.
    let status = desktop.start(&data)?.wait(LONG).await?;
    ensure!(status.code() == Some(0), "the second start ended with {status}");
    app.quit().await
}

#[tokio::test]
async fn a_read_only_folder_is_told_and_opens_once_it_is_writable() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("read-only")?;
    let given = Given::workspace(&data).await?;
    given.project("Call Notes").await?;
    given.close().await?;
    let before = contents(&data)?;
    permit(&data, false)?;

    let app = desktop.open_bound(&data).await?;
    app.wait_text("[data-testid=recovery][data-problem=read_only]", "written").await?;
    app.click(testid("retry-open")).await?;
    app.wait_for("[data-testid=recovery][data-problem=read_only]").await?;
    ensure!(contents(&data)? == before, "something was written after all");

    permit(&data, true)?;
    app.click(testid("retry-open")).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(testid("nav-projects")).await?;
    app.wait_text("[data-screen=projects]", "Call Notes").await?;
    app.quit().await
}

#[tokio::test]
async fn a_file_in_the_folders_place_is_told_and_left_alone() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("file")?.join("data");
    fs::write(&data, "somebody's own")?;
    let app = desktop.open(&data).await?;
    app.wait_for("[data-testid=recovery][data-problem=other]").await?;
    app.click_to_end(testid("quit")).await?;
    ensure!(fs::read_to_string(&data)? == "somebody's own", "the file was written to");
    Ok(())
}

#[tokio::test]
async fn nothing_is_written_outside_the_data_folder() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("only")?;
    Given::workspace(&data).await?.close().await?;
    let app = desktop.open(&data).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(testid("nav-projects")).await?;
    app.wait_for("[data-screen=projects]").await?;
    app.quit().await?;

    let found = files::below(desktop.home())?;
    let foreign: Vec<_> =
        found.iter().filter(|path| !path.starts_with("data/only") && !is_desktops(path)).collect();
    ensure!(foreign.is_empty(), "written outside the data folder: {foreign:?}");
    Ok(())
}

/// What the desktop itself and the libraries of every program on it leave in a home folder.
fn is_desktops(path: &Path) -> bool {
    let logs = path.components().count() == 1 && path.extension().is_some_and(|end| end == "log");
    logs || ["cache/fontconfig", "cache/mesa_shader_cache", "run/dconf", "config/dconf"]
        .iter()
        .any(|known| path.starts_with(known))
}

/// Every file with its bytes.
fn contents(folder: &Path) -> Result<Vec<(std::path::PathBuf, Vec<u8>)>> {
    let files = files::below(folder)?;
    files.into_iter().map(|file| Ok((file.clone(), fs::read(folder.join(file))?))).collect()
}

/// Lets its owner write to a folder and all in it, or not.
fn permit(folder: &Path, write: bool) -> Result<()> {
    let (file, dir) = if write { (0o600, 0o700) } else { (0o400, 0o500) };
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            permit(&path, write)?;
        } else {
            fs::set_permissions(&path, Permissions::from_mode(file))?;
        }
    }
    fs::set_permissions(folder, Permissions::from_mode(dir))?;
    Ok(())
}
