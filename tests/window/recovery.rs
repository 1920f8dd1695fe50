//! Starts over data that cannot be used as it is: the window says what is wrong, nothing is opened by force, and
//! every way on leads to all that was there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::driver::{App, Desktop, SHORT, poll, testid};
use crate::files::{self, Damage, Database};
use crate::given::Given;

/// What stands in the cache alone: the rest can be fetched again.
const PRECIOUS: &[&str] = &["outbox", "draft", "setting"];

#[tokio::test]
async fn a_damaged_cache_is_set_aside_and_refilled_with_what_was_not_sent() -> Result<()> {
    let desktop = Desktop::new().await?;
    for how in [Damage::Flipped, Damage::Truncated, Damage::NoHeader] {
        let data = desktop.data(&format!("{how:?}"))?;
        let cache = files::cache(&data);
        two_projects(&data).await?;
        let unsent = files::unsent(&data)?;
        ensure!(unsent.len() == 2, "two changes were not sent: {unsent:?}");
        cache.damage(how, PRECIOUS).with_context(|| format!("{how:?}"))?;
        let damaged = cache.bytes()?;

        let app = desktop.open(&data).await?;
        recovery(&app, "cache_damaged", "damaged").await?;
        app.click(testid("recover-cache")).await?;
        has_projects(&app, &["Call Notes", "Shift Planner"]).await?;
        wait_taken(&data, &unsent).await?;
        app.quit().await?;

        taken_once(&data, &unsent).with_context(|| format!("{how:?}"))?;
        let aside = set_aside(&data)?;
        ensure!(
            fs::read(&aside)? == damaged,
            "{how:?}: the damaged file is kept as it was: {}",
            aside.display()
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_damaged_service_comes_back_from_its_backup_with_all_that_the_cache_knows() -> Result<()> {
    let desktop = Desktop::new().await?;
    for how in [Damage::NoHeader, Damage::Flipped, Damage::Emptied] {
        let data = desktop.data(&format!("service-{how:?}"))?;
        two_projects(&data).await?;
        // What the backup did not hold yet is sent again, and what was never sent, too.
        let all = [files::taken(&data)?, files::unsent(&data)?].concat();
        files::service(&data).damage(how, &[])?;

        let app = desktop.open(&data).await?;
        recovery(&app, "service_damaged", "damaged").await.with_context(|| format!("{how:?}"))?;
        app.click(testid("restore-0")).await?;
        app.click(testid("confirm-yes")).await?;
        has_projects(&app, &["Call Notes", "Shift Planner"]).await?;
        wait_taken(&data, &all).await.with_context(|| format!("{how:?}"))?;
        app.quit().await?;
        taken_once(&data, &all).with_context(|| format!("{how:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused_and_left_as_it_is() -> Result<()> {
    let desktop = Desktop::new().await?;
    for name in ["cache", "service"] {
        let data = desktop.data(name)?;
        two_projects(&data).await?;
        let of = |data: &Path| if name == "cache" { files::cache(data) } else { files::service(data) };
        let newer: Database = of(&data);
        newer.set_schema(99)?;
        let before = newer.bytes()?;

        let app = desktop.open(&data).await?;
        recovery(&app, "too_new", "newer version").await?;
        app.wait_text(testid("recovery"), "99").await?;
        ensure!(!app.is_there(testid("recover-cache")).await?, "a newer file is not damaged: {name}");
        app.click(testid("retry-open")).await?;
        recovery(&app, "too_new", "newer version").await?;
        app.quit().await?;
        ensure!(newer.bytes()? == before, "{name}.db was written to");
    }
    Ok(())
}

/// One project that the service knows of, and one with a version that only the cache knows of.
async fn two_projects(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    given.run(project, version).await?;
    given.close().await?;
    let offline = Given::unsent(data).await;
    let project = offline.project("Shift Planner").await?;
    offline.version(project, "0.9.0").await?;
    offline.abandon().await;
    Ok(())
}

/// The window shows nothing but what is wrong, by its name and in words.
async fn recovery(app: &App, problem: &str, words: &str) -> Result<()> {
    let screen = format!("[data-testid=recovery][data-problem={problem}]");
    app.wait_text(screen.as_str(), words).await
}

/// These projects are there.
async fn has_projects(app: &App, names: &[&str]) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    for name in names {
        app.wait_text("[data-screen=projects]", name).await?;
    }
    Ok(())
}

/// Waits until the service has all of these commands.
async fn wait_taken(data: &Path, ids: &[String]) -> Result<()> {
    let all = poll(SHORT, async || {
        let taken = files::taken(data).ok()?;
        ids.iter().all(|id| taken.contains(id)).then_some(())
    });
    all.await.with_context(|| format!("of {ids:?} the service has {:?}", files::taken(data)))
}

/// Each of these commands stands in the service's log, once.
fn taken_once(data: &Path, ids: &[String]) -> Result<()> {
    let taken = files::taken(data)?;
    for id in ids {
        let times = taken.iter().filter(|taken| *taken == id).count();
        ensure!(times == 1, "command {id} was taken {times} times");
    }
    Ok(())
}

/// Where a damaged cache is kept.
fn set_aside(data: &Path) -> Result<std::path::PathBuf> {
    let folder = data.join("this-computer");
    let is_aside = |path: &std::path::PathBuf| {
        path.to_string_lossy().starts_with("cache.damaged-")
            && path.extension().is_some_and(|end| end == "db")
    };
    let aside = files::below(&folder)?.into_iter().find(is_aside).context("the damaged file was not kept")?;
    Ok(folder.join(aside))
}
