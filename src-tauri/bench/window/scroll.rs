//! `scroll_blank_frames`: how many frames showed a row with nothing in it while a list ran by faster than a hand on a
//! wheel makes it: 100,000 projects, 100,000 rows of activity and more, a run of 5,000 items.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::Given;
use crate::driver::{App, Desktop, testid};
use crate::row::Row;

const SCRIPT: &str = include_str!("scroll.js");
/// Two notches of a wheel in each frame: 14,400 pixels a second where there are sixty.
const STEP: u32 = 240;
const FRAMES: u32 = 400;

/// Measures it.
pub async fn row(given: &Given) -> Result<Row> {
    let desktop = Desktop::new().await?;
    let app = desktop.open(&given.data("long")).await?;
    app.click(testid("nav-projects")).await?;
    app.wait_for(testid("project-row")).await?;
    let mut blank = scroll(&app, "[data-testid=projects]").await?;
    app.click(testid("nav-activity")).await?;
    app.wait_for(testid("activity-row")).await?;
    blank += scroll(&app, "[data-testid=activity]").await?;
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-current=true]").await?;
    blank += scroll(&app, "[data-testid=run-items]").await?;
    app.quit().await?;
    Ok(Row::lower("scroll_blank_frames", "frames", blank, None, Some(0.0)))
}

/// Down, and back up.
async fn scroll(app: &App, list: &str) -> Result<f64> {
    let mut blank = 0.0;
    for step in [i64::from(STEP), -i64::from(STEP)] {
        let answer = app.eval_async_with(SCRIPT, vec![json!(list), json!(step), json!(FRAMES)]).await?;
        let at = answer[1].as_f64().unwrap_or_default();
        ensure!(step < 0 || at > f64::from(FRAMES), "{list} was not scrolled: it is at row {at}");
        blank += answer[0].as_f64().unwrap_or(f64::NAN);
    }
    Ok(blank)
}
