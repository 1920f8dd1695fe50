//! The fields of the app information: kept as typed, wrong ones too, and told at once.

use anyhow::{Context, Result, ensure};

use super::{EMOJI, RIGHT_TO_LEFT, SCRIPT, nothing_ran, open_version, refused, with_version};
use crate::driver::{App, Desktop, testid};
use crate::steps;

/// A part, the button that adds an entry if the field is a list, the input, what is typed, the message, its words.
type Case = (&'static str, Option<&'static str>, &'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    ("general", None, "field-slug", "Call Notes", "problem-slug", "small letters"),
    ("general", Some("add-emails"), "field-emails-0-email", "no address", "problem-emails", "email address"),
    (
        "general",
        Some("add-icon"),
        "field-icon-0-url",
        "file:///home/icon.png",
        "problem-icon",
        "https address",
    ),
    (
        "technical",
        None,
        "field-events_callback_url",
        "http://call-notes.example/",
        "problem-events_callback_url",
        "Use https",
    ),
    (
        "technical",
        None,
        "field-standalone_url",
        "javascript:window.__pwned=1",
        "problem-standalone_url",
        "https address",
    ),
    (
        "technical",
        Some("add-redirect_uris"),
        "field-redirect_uris-0",
        "https://a.example/#b",
        "problem-redirect_uris",
        "Remove the #",
    ),
    (
        "technical",
        Some("add-scopes"),
        "field-scopes-0-scope",
        "contacts read",
        "problem-scopes",
        "Remove the spaces",
    ),
    (
        "marketplace",
        None,
        "field-privacy_policy",
        "file:///etc/passwd",
        "problem-privacy_policy",
        "https address",
    ),
    ("marketplace", None, "field-terms_of_service", SCRIPT, "problem-terms_of_service", "https address"),
];

#[tokio::test]
async fn a_field_tells_what_is_wrong_and_keeps_it_over_a_restart() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("fields")?;
    with_version(&data).await?;
    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    for &(part, add, input, text, message, words) in CASES {
        app.click(testid(&format!("part-{part}"))).await?;
        if let Some(add) = add {
            steps::saved(&app).await?;
            app.click(testid(add)).await?;
        }
        app.fill(testid(input), text).await?;
        steps::saved(&app).await?;
        refused(&app, input, message, words, text).await.with_context(|| format!("{input}: {text}"))?;
    }
    nothing_ran(&app).await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    for &(part, _, input, text, message, words) in CASES {
        app.click(testid(&format!("part-{part}"))).await?;
        refused(&app, input, message, words, text).await.with_context(|| format!("{input}: {text}"))?;
    }
    nothing_ran(&app).await?;
    app.quit().await
}

#[tokio::test]
async fn a_megabyte_is_refused_at_its_field_and_stays_there() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("megabyte")?;
    with_version(&data).await?;
    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    // Of four bytes each: a megabyte that is cut anywhere else than between letters would show it.
    let megabyte = "📞".repeat(250_000);
    app.fill(testid("field-description"), &megabyte).await?;
    app.wait_for("[data-testid=saved][data-state=unsaved]").await?;
    refused(&app, "field-description", "problem-description", "Shorten it to 20000", &megabyte).await?;

    // Elsewhere and back: it waits there.
    app.click(testid("nav-home")).await?;
    app.wait_for("[data-screen=home]").await?;
    open_version(&app).await?;
    refused(&app, "field-description", "problem-description", "Shorten it to 20000", &megabyte).await?;
    let most = "📞".repeat(20_000);
    app.fill(testid("field-description"), &most).await?;
    steps::saved(&app).await?;
    app.wait_gone("[data-testid=problem-description]").await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    ensure!(app.value(testid("field-description")).await? == most, "what was saved came back another");
    app.quit().await
}

#[tokio::test]
async fn any_writing_is_kept_as_it_was_typed() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("writing")?;
    with_version(&data).await?;
    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    let texts = [
        ("field-display_name", RIGHT_TO_LEFT.to_owned()),
        ("field-listing_summary", EMOJI.to_owned()),
        ("field-description", format!("{SCRIPT}\n{RIGHT_TO_LEFT}\n\t{EMOJI}")),
        ("field-notes", "' OR 1=1; DROP TABLE command; -- %s {name} \\u0000 ${7*7} {{7*7}}".to_owned()),
    ];
    for (input, text) in &texts {
        app.fill(testid(input), text).await?;
        steps::saved(&app).await?;
    }
    hold(&app, &texts).await?;
    nothing_ran(&app).await?;
    app.quit().await?;

    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    hold(&app, &texts).await?;
    let direction = "getComputedStyle(document.querySelector('[data-testid=field-display_name]')).direction";
    app.wait_js(&format!("{direction} === 'rtl'")).await?;
    nothing_ran(&app).await?;
    app.quit().await
}

async fn hold(app: &App, texts: &[(&str, String)]) -> Result<()> {
    for (input, text) in texts {
        let value = app.value(testid(input)).await?;
        ensure!(value == *text, "{input} should hold {text:?}, but holds {value:?}");
    }
    Ok(())
}
