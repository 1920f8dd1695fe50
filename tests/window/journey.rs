//! Journeys through the whole window.

use anyhow::Result;

use crate::driver::{Desktop, testid};

#[tokio::test]
async fn the_first_start_offers_sample_data_and_leaves_it_with_one_click() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("first-start")?;
    let app = desktop.open(&data).await?;
    app.click(testid("start-sample")).await?;
    app.wait_for("[data-screen=home]").await?;
    app.screenshot(std::path::Path::new("/tmp/shots/home.png")).await?;
    app.click(testid("leave-sample")).await?;
    app.wait_for(testid("start-here")).await?;
    app.quit().await
}
