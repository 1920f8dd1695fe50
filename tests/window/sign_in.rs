//! The sign-in window: a person signs in through it, and a page that is out for the app gets nothing of it.

mod hostile;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::driver::{App, Desktop, LONG, poll, testid};
use crate::given::{Given, WORKSPACE};
use hostile::Hostile;

const ID: &str = "01890000-0000-7000-8000-0000000000aa";
/// A redirect that nobody serves: whoever fetched it would get nothing.
const REDIRECT: &str = "https://partner.example/callback";

async fn register(app: &App, issuer: &str, redirect: Value) -> Result<()> {
    let registration = json!({
        "id": ID, "name": "Sample Apps, US", "server": { "known_by": "issuer", "issuer": issuer },
        "client_id": "partner-console-sandbox", "auth": { "kind": "none" }, "redirect": redirect, "scopes": [], "by": "window",
    });
    let saved = app.call("set_registration", json!({ "registration": registration, "secret": null })).await?;
    ensure!(saved.is_ok(), "{saved:?}");
    Ok(())
}

async fn state(app: &App) -> Result<Value> {
    let all = app.call("sign_ins", json!({})).await?;
    Ok(all.map_err(|error| anyhow::anyhow!("{error}"))?[0]["session"].clone())
}

async fn wait_state(app: &App, wanted: &str) -> Result<Value> {
    let found = poll(LONG, async || state(app).await.ok().filter(|state| state["state"] == wanted)).await;
    found.with_context(|| format!("it is not {wanted}"))
}

/// What each attack is called, and what has to come of it.
const ATTACKS: &[(&str, &[&str])] = &[
    ("invoke", &["refused"]),
    ("invoke_listen", &["refused"]),
    ("invoke_window", &["refused"]),
    ("forged_ipc", &["refused", "no answer"]),
    ("raw_ipc", &["sent", "refused"]),
    ("fetch_app", &["refused"]),
    ("frame_app", &["refused"]),
    ("open_window", &["refused"]),
    ("open_app_window", &["refused"]),
    ("opener", &["nobody"]),
    ("messages", &["nothing"]),
    ("overhear", &["nothing"]),
    ("camera", &["refused"]),
    ("place", &["refused"]),
    ("notifications", &["refused"]),
    ("download", &["sent"]),
    ("go_app", &["stayed"]),
    ("go_file", &["stayed"]),
    ("go_data", &["stayed"]),
    ("go_script", &["stayed"]),
    ("go_plain_http", &["stayed"]),
    ("go_deep_link", &["stayed"]),
    ("remembered", &["nothing"]),
];

/// The app's own window hears whatever is said to it.
const LISTENS: &str = "globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data)); \
     globalThis.channels = ['ipc', 'tauri', 'partner-console', 'changed'].map((name) => new BroadcastChannel(name)); \
     for (const channel of channels) channel.onmessage = ({ data }) => heard.push(data);";

#[tokio::test]
async fn a_hostile_page_gets_nothing_of_the_app() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("hostile")?;
    Given::workspace(&data).await?.close().await?;
    let server = Hostile::start(REDIRECT).await?;
    let app = desktop.open(&data).await?;
    register(&app, server.origin(), json!({ "kind": "https", "uri": REDIRECT })).await?;
    app.click(testid("nav-connections")).await?;
    app.eval(LISTENS).await?;

    // Twice: the second visit finds nothing that the first one left.
    for visit in 1..=2 {
        app.click(testid("sign-in")).await?;
        app.wait_text(testid("sign-in-origin"), server.origin()).await?;
        let reports = server.reports(ATTACKS.len()).await.with_context(|| format!("visit {visit}"))?;
        for (attack, expected) in ATTACKS {
            let told =
                reports.get(*attack).with_context(|| format!("{attack} was not tried: {reports:?}"))?;
            let word = told.split(':').next().unwrap_or_default();
            ensure!(expected.contains(&word), "{attack}: {told}");
        }
        // Whatever the page calls itself, the window is called by where it is.
        let titles = desktop.windows()?.titles()?;
        ensure!(titles.iter().any(|title| title == server.origin()), "{titles:?}");
        ensure!(!titles.iter().any(|title| title.contains("trusted")), "{titles:?}");
        // The code comes by an address that is never fetched: here nobody would answer.
        server.let_go();
        wait_state(&app, "signed_in").await?;
        app.wait_gone(testid("signing-in")).await?;
        let closed =
            poll(LONG, async || desktop.windows().ok()?.titles().ok().filter(|all| all.len() == 1)).await;
        ensure!(closed.is_some(), "the window stays open");
        app.click(testid("sign-out")).await?;
        wait_state(&app, "signed_out").await?;
    }

    let boot = app.call("boot", json!({})).await?.map_err(|error| anyhow::anyhow!("{error}"))?;
    ensure!(boot["phase"]["name"] == WORKSPACE, "{boot}");
    let heard = app.eval("return heard").await?;
    ensure!(heard == json!([]), "what the page said was heard in the app's window: {heard}");
    ensure!(!server.saw_the_app(), "something of the app reached the page");
    for folder in [desktop.home().to_owned(), data.clone()] {
        ensure!(!has_file(&folder, "loot"), "a file was downloaded");
    }
    app.quit().await
}

#[tokio::test]
async fn a_person_leaves_the_window_for_the_browser_or_for_good() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("leave")?;
    Given::workspace(&data).await?.close().await?;
    let server = Hostile::start(REDIRECT).await?;
    server.be_quiet();
    let app = desktop.open(&data).await?;
    register(&app, server.origin(), json!({ "kind": "https", "uri": REDIRECT })).await?;
    app.click(testid("nav-connections")).await?;

    app.click(testid("sign-in")).await?;
    app.wait_text(testid("sign-in-origin"), server.origin()).await?;
    app.press(Key::Escape).await?;
    wait_state(&app, "signed_out").await?;
    app.wait_gone(testid("signing-in")).await?;

    app.click(testid("sign-in")).await?;
    app.wait_text(testid("sign-in-origin"), server.origin()).await?;
    app.click(testid("use-browser")).await?;
    app.wait_gone(testid("sign-in-origin")).await?;
    let waiting = state(&app).await?;
    ensure!(waiting["by"] == "browser", "{waiting}");
    // Its page ended on the https redirect: the person copies the address and pastes it.
    let address = url::Url::parse(waiting["address"].as_str().context("no address")?)?;
    let found = address.query_pairs().find(|(name, _)| name == "state").context("no state")?.1.into_owned();
    app.click(testid("paste-code")).await?;
    app.fill(testid("pasted"), "c0de").await?;
    app.click(testid("paste-go")).await?;
    app.wait_text(testid("error-pasted"), "whole address").await?;
    app.fill(testid("pasted"), &format!("{REDIRECT}?code=c0de&state={found}")).await?;
    app.click(testid("paste-go")).await?;
    wait_state(&app, "signed_in").await?;
    app.quit().await
}

fn has_file(folder: &std::path::Path, name: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        entry.file_name().to_string_lossy().contains(name)
            || (path.is_dir() && !path.is_symlink() && has_file(&path, name))
    })
}
