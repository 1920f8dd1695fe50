//! A checklist of one's own by keyboard alone: begun, written, moved, taken back, mended, saved, changed and compared.

use anyhow::{Result, ensure};
use fantoccini::key::Key;

use super::hand::Hand;
use crate::driver::{App, Desktop, testid};
use crate::given::Given;

#[tokio::test]
async fn a_template_is_written_by_keyboard_alone() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("template")?;
    Given::workspace(&data).await?.close().await?;
    let app = desktop.open(&data).await?;
    let hand = Hand(&app);
    app.keys("gc").await?;
    app.wait_for("[data-screen=checklists]").await?;
    hand.tab_to("new-template").await?;
    app.press(Key::Enter).await?;
    app.wait_for("[data-screen=template]").await?;
    hand.is_at("template-rows").await?;

    // Its name, and two items: each key leads on, Escape leads back to the list.
    app.press(Key::Home).await?;
    app.press(Key::Enter).await?;
    hand.is_at("template-name").await?;
    hand.replaces("Release checks").await?;
    app.press(Key::Escape).await?;
    hand.is_at("template-rows").await?;
    app.keys("jj").await?;
    app.press(Key::Enter).await?;
    hand.is_at("template-text").await?;
    hand.types("The app opens").await?;
    app.chord(&[Key::Control], Key::Enter.into()).await?;
    hand.is_at("template-text").await?;
    ensure!(app.value(testid("template-text")).await?.is_empty(), "a new item begins empty");
    app.press(Key::Escape).await?;

    // An item without words is not saved: the focus is where it is mended.
    app.chord(&[Key::Control], 's').await?;
    app.wait_for(testid("template-problems")).await?;
    hand.is_at("template-text").await?;
    hand.types("It asks for its scopes").await?;
    app.press(Key::Escape).await?;
    hand.is_at("template-rows").await?;

    // Up by one, and back.
    app.chord(&[Key::Alt], Key::Up.into()).await?;
    order(&app, &["It asks for its scopes", "The app opens"]).await?;
    app.chord(&[Key::Control], 'z').await?;
    order(&app, &["The app opens", "It asks for its scopes"]).await?;
    hand.is_at("template-rows").await?;
    app.chord(&[Key::Control], 's').await?;
    app.wait_for(testid("template-edit")).await?;

    // A second version, seen before it is saved, and compared afterwards.
    app.keys("e").await?;
    hand.is_at("template-rows").await?;
    app.press(Key::End).await?;
    app.press(Key::Delete).await?;
    order(&app, &["The app opens"]).await?;
    hand.is_at("template-rows").await?;
    app.chord(&[Key::Control], 's').await?;
    hand.is_at("template-save-now").await?;
    app.press(Key::Enter).await?;
    app.wait_for(testid("template-compare-1")).await?;
    app.keys("d").await?;
    app.wait_text(testid("template-diff"), "It asks for its scopes").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("template-diff")).await?;
    let nowhere = "document.activeElement === document.body";
    ensure!(app.eval(&format!("return {nowhere}")).await? == false, "the focus is lost with the comparison");
    app.quit().await
}

/// The items, in this order.
async fn order(app: &App, items: &[&str]) -> Result<()> {
    let shown =
        "[...document.querySelectorAll('[data-testid=template-row] .txt')].map((one) => one.innerText)";
    app.wait_js(&format!("{shown}.join('|') === {:?}", items.join("|"))).await
}
