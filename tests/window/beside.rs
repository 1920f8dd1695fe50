//! What goes on beside the work: a comment that mentions somebody, there after a restart.

use anyhow::{Result, ensure};
use fantoccini::key::Key;

use crate::driver::{App, Desktop, testid};
use crate::given::{Given, PERSON};

#[tokio::test]
async fn a_comment_mentions_somebody_is_answered_and_settled() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("comment")?;
    let given = Given::workspace(&data).await?;
    given.project("Call Notes").await?;
    given.close().await?;

    let app = desktop.open(&data).await?;
    to_thread(&app).await?;
    app.type_text(testid("comment-text"), "Who checks the icon? @part").await?;
    app.wait_text(testid("mention-option"), PERSON).await?;
    app.press(Key::Enter).await?;
    app.wait_gone(testid("mention-option")).await?;
    let typed = app.value(testid("comment-text")).await?;
    ensure!(typed == format!("Who checks the icon? @{PERSON} "), "{typed:?}");
    app.keys("please").await?;
    app.chord(&[Key::Control], Key::Enter.into()).await?;
    app.wait_text(testid("comment"), &format!("@{PERSON} please")).await?;
    ensure!(app.value(testid("comment-text")).await?.is_empty(), "what was sent is not left behind");
    app.click(testid("comment-reply")).await?;
    app.type_text(testid("reply-text"), "Checked.").await?;
    app.chord(&[Key::Control], Key::Enter.into()).await?;
    app.wait_gone(testid("reply-text")).await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    to_thread(&app).await?;
    app.wait_text(testid("thread"), &format!("@{PERSON} please")).await?;
    app.wait_text(testid("thread"), "Checked.").await?;
    app.click(testid("comment-resolve")).await?;
    app.click(testid("show-resolved")).await?;
    app.wait_for("[data-testid=thread][data-resolved=true]").await?;
    app.click(testid("comment-reopen")).await?;
    app.wait_for("[data-testid=thread]:not([data-resolved])").await?;
    app.quit().await
}

async fn to_thread(app: &App) -> Result<()> {
    app.click(testid("nav-projects")).await?;
    app.click(testid("project-row")).await?;
    app.click(testid("beside")).await?;
    app.wait_for(testid("comment-text")).await.map(drop)
}
