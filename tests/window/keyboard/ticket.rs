//! A ticket's life on the workspace page by keyboard alone: recorded, answered, waited for, taken back, closed, removed
//! and put back.

use anyhow::Result;
use fantoccini::key::Key;

use super::hand::Hand;
use crate::driver::{App, Desktop, testid};
use crate::given::Given;

#[tokio::test]
async fn a_ticket_lives_by_keyboard_alone() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("ticket")?;
    let given = Given::workspace(&data).await?;
    given.project("Call Notes").await?;
    given.close().await?;
    let app = desktop.open(&data).await?;
    let hand = Hand(&app);
    app.keys("gw").await?;
    app.wait_for("[data-screen=workspace]").await?;

    // What is wrong is told at its field, and what was typed stays.
    hand.tab_to("add-ticket").await?;
    app.press(Key::Enter).await?;
    hand.is_at("ticket-subject").await?;
    app.press(Key::Enter).await?;
    app.wait_for(testid("error-subject")).await?;
    hand.back_to("ticket-number").await?;
    hand.types("40213").await?;
    hand.tab_to("ticket-subject").await?;
    hand.types("401 after a new scope").await?;
    app.press(Key::Enter).await?;
    app.wait_gone(testid("ticket-form-dialog")).await?;

    // Recorded, it stands open: who wrote, and for whom it waits.
    hand.is_at("ticket-answered").await?;
    app.press(Key::Enter).await?;
    hand.is_at("letter-on").await?;
    app.press(Key::Enter).await?;
    app.wait_for(testid("letter")).await?;
    hand.is_at("ticket-answered").await?;
    app.wait_text(testid("ticket-state"), "us").await?;
    hand.tab_to("ticket-wrote").await?;
    app.press(Key::Enter).await?;
    hand.is_at("letter-on").await?;
    hand.tab_to("letter-save").await?;
    app.press(Key::Enter).await?;
    letters(&app, 2).await?;
    hand.is_at("ticket-answered").await?;

    hand.tab_to("letter-take-back").await?;
    app.press(Key::Enter).await?;
    letters(&app, 1).await?;
    hand.is_at("ticket-answered").await?;

    hand.tab_to("ticket-edit").await?;
    app.press(Key::Enter).await?;
    hand.is_at("ticket-subject").await?;
    app.press(Key::Escape).await?;
    hand.is_at("ticket-edit").await?;

    hand.back_to("ticket-close").await?;
    app.press(Key::Enter).await?;
    app.wait_text(testid("ticket-state"), "closed").await?;
    hand.is_at("ticket-close").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("ticket-dialog")).await?;
    // The form that it came from is gone: the list goes on where its button is.
    hand.is_at("add-ticket").await?;

    hand.tab_to("ticket-open").await?;
    app.press(Key::Enter).await?;
    hand.is_at("ticket-answered").await?;
    hand.tab_to("ticket-remove").await?;
    app.press(Key::Enter).await?;
    app.wait_gone(testid("ticket-dialog")).await?;
    app.wait_gone(testid("ticket-row")).await?;
    // Its row is gone with it: the focus is beside the list.
    hand.is_at("add-ticket").await?;
    app.chord(&[Key::Control], 'z').await?;
    app.wait_text(testid("ticket-row"), "401 after a new scope").await?;
    app.quit().await
}

async fn letters(app: &App, n: usize) -> Result<()> {
    app.wait_js(&format!("document.querySelectorAll('[data-testid=letter]').length === {n}")).await
}
