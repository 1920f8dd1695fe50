//! Closing the window, as a person does: what was typed last is there at the next start.

use anyhow::{Result, ensure};

use crate::driver::{App, Desktop, testid};
use crate::given::Given;

const SUMMARY: &str = "Notes, typed a moment before the end";

#[tokio::test]
async fn what_was_typed_last_is_saved_before_the_window_goes() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("closing")?;
    let given = Given::workspace(&data).await?;
    let project = given.project("Call Notes").await?;
    given.version(project, "1.0.0").await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    app.type_text(testid("field-listing_summary"), SUMMARY).await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    let kept = app.value(testid("field-listing_summary")).await?;
    ensure!(kept == SUMMARY, "kept: {kept:?}");
    app.quit().await
}

async fn open_version(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.click(testid("version-edit-1.0.0")).await?;
    app.wait_for(testid("field-listing_summary")).await.map(drop)
}
