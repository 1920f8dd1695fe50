//! Bad input through the window: a clear message at its field, nothing lost, nothing executed.

mod code;
mod fields;
mod forms;
mod order;

use std::path::Path;

use anyhow::{Result, ensure};

use crate::driver::{App, testid};
use crate::given::Given;
use crate::steps::{NUMBER, PROJECT};

/// What does not run wherever it is shown; it would leave a mark on the page if it did.
const SCRIPT: &str = "<script>window.__pwned=1</script><img src=x onerror=\"window.__pwned=1\"><svg onload=\"window.__pwned=1\">";
/// Arabic and Hebrew, with marks that turn the direction round.
const RIGHT_TO_LEFT: &str = "ملاحظات المكالمات \u{2067}הערות שיחה\u{2069}";
/// Beyond the first plane, joined, and with a skin tone.
const EMOJI: &str = "📞👩🏽‍💻🏳️‍🌈";

/// A workspace with a version in which nothing is filled.
async fn with_version(data: &Path) -> Result<()> {
    let given = Given::workspace(data).await?;
    let project = given.project(PROJECT).await?;
    given.version(project, NUMBER).await?;
    given.close().await
}

/// Opens the version's forms.
async fn open_version(app: &App) -> Result<()> {
    crate::steps::open_project(app).await?;
    crate::steps::edit_version(app).await
}

/// The message stands at its field, the field says that it is wrong, and holds what was typed.
async fn refused(app: &App, input: &str, message: &str, words: &str, typed: &str) -> Result<()> {
    app.wait_text(testid(message), words).await?;
    let value = app.value(testid(input)).await?;
    ensure!(value == typed, "{input} lost what was typed: it holds {:?} …", head(&value));
    let invalid = app.attribute(testid(input), "aria-invalid").await?;
    ensure!(invalid.as_deref() == Some("true"), "{input} does not say that it is wrong");
    Ok(())
}

/// Nothing that was typed has run.
async fn nothing_ran(app: &App) -> Result<()> {
    let mark = app.eval("return window.__pwned === undefined").await?;
    ensure!(mark == true, "a script that was typed has run");
    Ok(())
}

fn head(text: &str) -> String {
    text.chars().take(80).collect()
}
