//! Every screen of the window over the sample data: no error in the page, and the basics that a screen reader needs.
//! axe-core looks for what the Web Content Accessibility Guidelines ask of a page, in both themes, and no word is cut where nobody can
//! read the rest. What takes an eye or an ear is not tried here.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;

use crate::driver::{App, Desktop, poll, role, testid};

/// Notes every error of the page from now on.
const WATCH: &str = "window.__errors = []; \
     const note = (what) => window.__errors.push(String(what)); \
     window.addEventListener('error', (event) => note(`error: ${event.message}`)); \
     window.addEventListener('unhandledrejection', (event) => note(`rejection: ${event.reason?.message ?? JSON.stringify(event.reason)}`)); \
     document.addEventListener('securitypolicyviolation', (event) => note(`barred: ${event.violatedDirective} ${event.blockedURI}`)); \
     for (const level of ['error', 'warn']) console[level] = (...what) => note(`console.${level}: ${what.join(' ')}`);";

/// Says what is wrong with the page; see the file.
const FAULTS: &str = include_str!("screens/faults.js");
/// Says what axe-core finds wrong with the page.
const AXE: &str = include_str!("screens/axe.js");
/// Says which words are cut.
const CUT: &str = include_str!("screens/cut.js");
/// Ends what moves, once the page has been drawn anew.
pub const SETTLE: &str = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => { \
     for (const each of document.getAnimations()) if (each.effect.getComputedTiming().endTime !== Infinity) each.finish(); \
     requestAnimationFrame(done); }))";
/// axe-core itself, as npm installed it for the window.
const AXE_CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js");

#[tokio::test]
async fn every_screen_has_its_basics_and_no_error() -> Result<()> {
    let desktop = Desktop::new().await?;
    let app = desktop.open(&desktop.data("screens")?).await?;
    app.eval(WATCH).await?;
    sound(&app, "first start").await?;
    app.click(testid("start-here")).await?;
    sound(&app, "start dialog").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("start-dialog")).await?;
    app.click(testid("start-sample")).await?;

    for screen in [
        "home",
        "projects",
        "checklists",
        "reviews",
        "customers",
        "conflicts",
        "connections",
        "activity",
        "workspace",
        "settings",
    ] {
        app.click(testid(&format!("nav-{screen}"))).await?;
        app.wait_for(format!("[data-screen={screen}]").as_str()).await?;
        app.wait_for(testid("sample-banner")).await?;
        sound(&app, screen).await?;
    }
    app.chord(&[Key::Control], 'k').await?;
    app.wait_for(testid("palette")).await?;
    sound(&app, "palette").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("palette")).await?;
    app.keys("?").await?;
    app.wait_for(testid("key-list")).await?;
    sound(&app, "list of keys").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("key-list")).await?;
    project(&app).await?;
    run(&app).await?;
    review(&app).await?;
    app.quit().await
}

#[tokio::test]
async fn the_sample_data_is_left_with_one_click() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("sample")?;
    let app = desktop.open(&data).await?;
    app.click(testid("start-sample")).await?;
    app.wait_for("[data-screen=home]").await?;
    app.click(role("button", "Leave sample data")).await?;
    app.wait_for(testid("start-here")).await?;
    ensure!(!data.join("sample").exists(), "the sample data went with it");
    app.quit().await
}

/// A project with its tabs, the parts of its version, the dialogs that open there.
async fn project(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("new-project")).await?;
    sound(app, "project dialog").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("project-dialog")).await?;
    app.fill(testid("projects-filter"), "Call Notes").await?;
    app.wait_js("document.querySelectorAll('[data-testid=project-row]').length === 1").await?;
    app.click(testid("project-row")).await?;
    app.wait_for("[data-screen=project]").await?;
    for _ in 0..5 {
        sound(app, "project").await?;
        app.keys("]").await?;
    }
    app.keys("i").await?;
    app.wait_for(testid("install-dialog")).await?;
    sound(app, "install dialog").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("install-dialog")).await?;
    app.keys("e").await?;
    for part in ["general", "technical", "marketplace"] {
        app.click(testid(&format!("part-{part}"))).await?;
        app.wait_for(format!("[data-testid=part-{part}][aria-current=true]").as_str()).await?;
        sound(app, part).await?;
    }
    Ok(())
}

async fn run(app: &App) -> Result<()> {
    app.click(testid("nav-checklists")).await?;
    app.click(testid("start-run")).await?;
    app.wait_for(testid("start-run-dialog")).await?;
    sound(app, "start of a run").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("start-run-dialog")).await?;
    app.click(testid("import-template")).await?;
    sound(app, "import of a template").await?;
    app.press(Key::Escape).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-screen=run]").await?;
    sound(app, "run").await
}

async fn review(app: &App) -> Result<()> {
    app.click(testid("nav-reviews")).await?;
    app.click(testid("reviews-talkdesk")).await?;
    app.wait_text(testid("reviews"), "In review").await?;
    app.click(testid("review-row")).await?;
    app.wait_for("[data-screen=review]").await?;
    sound(app, "review").await?;
    app.click(testid("record-answer")).await?;
    app.wait_for(testid("answer-dialog")).await?;
    sound(app, "Talkdesk's answer").await
}

/// The page is in order, and nothing went wrong in it so far.
async fn sound(app: &App, place: &str) -> Result<()> {
    // What is read for a screen comes a moment after the screen.
    let mut faults: Vec<String> = Vec::new();
    let sound = poll(Duration::from_secs(3), async || {
        faults = serde_json::from_value(app.eval(FAULTS).await.ok()?).ok()?;
        faults.is_empty().then_some(())
    });
    ensure!(sound.await.is_some(), "{place}:\n{}", faults.join("\n"));
    let errors: Vec<String> =
        serde_json::from_value(app.eval("return window.__errors").await?).context("errors")?;
    ensure!(errors.is_empty(), "{place}:\n{}", errors.join("\n"));
    let cut: Vec<String> = serde_json::from_value(app.eval(CUT).await?).context("cut")?;
    ensure!(cut.is_empty(), "{place}:\n{}", cut.join("\n"));
    accessible(app, place).await
}

/// axe-core finds nothing, in light and in dark.
async fn accessible(app: &App, place: &str) -> Result<()> {
    if app.eval("return typeof axe").await? == "undefined" {
        app.eval(&format!("{}\nwindow.axe ??= axe", fs::read_to_string(AXE_CORE)?)).await?;
    }
    for theme in ["dark", "light"] {
        app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
        // A colour on its way from one theme to the other is neither.
        app.eval_async(SETTLE).await?;
        let faults: Vec<String> = serde_json::from_value(app.eval_async(AXE).await?).context("axe")?;
        ensure!(faults.is_empty(), "{place}, {theme}:\n{}", faults.join("\n"));
    }
    Ok(())
}
