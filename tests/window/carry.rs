//! *Carry to Partner Project*: a second window, one field at a time, what is copied read by another program, and where
//! it goes on after a restart.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::json;

use crate::driver::{App, Desktop, testid};
use crate::given::Given;

/// What stands in the address of the second window alone.
const CARRY: &str = "carry=";

const FIELDS: [(&str, &str); 4] = [
    ("display_name", "Call Notes"),
    ("slug", "call-notes"),
    ("listing_summary", "Notes beside every call."),
    ("description", "Agents write while they talk."),
];

#[tokio::test]
async fn a_version_is_carried_field_by_field_and_goes_on_after_a_restart() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("carry")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    let version = given.version(project, "1.0.0").await?;
    for (field, text) in &FIELDS[2..] {
        given.set_text(project, version, field, text).await?;
    }
    given.close().await?;

    let app = desktop.open(&data).await?;
    open_carry(&app).await?;
    for (field, text) in &FIELDS[..3] {
        at(&app, field).await?;
        app.keys("c").await?;
        desktop.wait_clipboard(text).await?;
        app.press(Key::Enter).await?;
    }
    at(&app, FIELDS[3].0).await?;
    app.wait_text(testid("carry-progress"), "3 of 4").await?;
    let refused = app.call("quit", json!({})).await?;
    ensure!(refused.is_err(), "the second window may only carry, but: {refused:?}");

    // What changes in the main window stands here at once.
    app.to_window(|page| !page.contains(CARRY)).await?;
    app.fill(testid("field-description"), "Agents type while they talk.").await?;
    app.press(Key::Escape).await?;
    app.to_window(|page| page.contains(CARRY)).await?;
    app.wait_text(testid("carry-value"), "Agents type").await?;
    app.to_window(|page| !page.contains(CARRY)).await?;
    app.wait_text(testid("carried"), "1 field differs").await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    open_carry(&app).await?;
    at(&app, FIELDS[3].0).await?;
    app.to_window(|page| !page.contains(CARRY)).await?;
    app.quit().await
}

/// Opens the version and, by its key, the window beside it.
async fn open_carry(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.click(testid("version-edit-1.0.0")).await?;
    app.wait_for(testid("carried")).await?;
    app.chord(&[Key::Control, Key::Shift], 'c').await?;
    app.to_window(|page| page.contains(CARRY)).await?;
    app.wait_for(testid("carry-current")).await.map(drop)
}

async fn at(app: &App, field: &str) -> Result<()> {
    let shown = format!("[data-testid=carry-current][data-field={field}]");
    app.wait_for(shown.as_str()).await.with_context(|| format!("the window is not at {field}"))?;
    let present = app.attribute(testid("carry-current"), "data-field").await?;
    ensure!(present.as_deref() == Some(field), "at {present:?}");
    Ok(())
}
