//! A set of credentials leaves the console: on the clipboard for a minute, as a file that this person alone may read, and
//! each time somebody can read in the activity that it did.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::{Cloud, body_of};
use crate::driver::{App, Desktop, poll, testid};
use crate::given::Given;
use crate::installations::{PASSPHRASE, told};

/// How long a secret stays on the clipboard, and how long is waited for it to be gone.
const STAYS: Duration = Duration::from_mins(1);
const AT_MOST: Duration = Duration::from_secs(90);

/// Whether each export, the newest first, went to the clipboard.
async fn noted(app: &App) -> Result<Vec<bool>> {
    let wanted = json!({ "project": null, "person": null, "kinds": ["secret.note_reveal"], "from": null, "to": null, "words": [] });
    let page = told(app, "activity", json!({ "wanted": wanted, "offset": 0, "limit": 100 })).await?;
    let rows = page["rows"].as_array().context("no rows")?.iter().map(|row| &row["command"]);
    let exports = rows.filter(|command| command["args"]["secret"] == "credentials");
    exports.map(|command| command["args"]["copied"].as_bool().context("not said where to")).collect()
}

#[tokio::test]
async fn a_set_goes_to_the_clipboard_for_a_minute_and_to_a_file() -> Result<()> {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let desktop = Desktop::new().await?;
    let data = desktop.data("credentials")?;
    Given::workspace(&data).await?.close().await?;
    let app = desktop.open(&data).await?;
    told(&app, "set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await?;
    told(&app, "set_passphrase", json!({ "passphrase": PASSPHRASE })).await?;
    told(&app, "new_recovery_code", json!({})).await?;
    let delivery = cloud.latest().await;
    let event: Value = serde_json::from_str(&body_of(&delivery))?;
    let secret = event["data"]["client_secret"].as_str().context("no secret came")?;
    told(&app, "take_delivery", delivery).await?;
    app.keys("gi").await?;

    // On the clipboard, by pointer.
    app.click(testid("export")).await?;
    app.click(testid("export-env")).await?;
    let copied = Instant::now();
    app.click(testid("export-copy")).await?;
    app.wait_gone(testid("export-credentials")).await?;
    let text = desktop.clipboard().await?;
    ensure!(text.contains(&format!("TALKDESK_CLIENT_SECRET=\"{secret}\"")), "the secret is not in it");
    ensure!(noted(&app).await? == [true]);

    // To a file, by keyboard: nobody else may read it.
    app.keys("gi").await?;
    app.click(testid("export")).await?;
    app.click(testid("export-json")).await?;
    app.wait_for(testid("export-save")).await?;
    for _ in 0..10 {
        if app.eval("return document.activeElement?.dataset.testid === 'export-save'").await? == true {
            break;
        }
        app.press(Key::Tab).await?;
    }
    app.press(Key::Enter).await?;
    app.wait_gone(testid("export-credentials")).await?;
    let folders = [desktop.home().join("Downloads"), desktop.home().to_owned(), data.join("exports")];
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let file = files.map(|entry| entry.path()).find(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("talkdesk-sample-apps-"))
    });
    let file = file.context("there is no file")?;
    ensure!(file.extension().is_some_and(|ending| ending == "json"), "{}", file.display());
    ensure!(fs::metadata(&file)?.permissions().mode() & 0o777 == 0o600, "somebody else may read it");
    let read: Value = serde_json::from_slice(&fs::read(&file)?)?;
    ensure!(read["client_secret"] == secret && read["installation_id"] == event["data"]["installation_id"]);
    ensure!(noted(&app).await? == [false, true], "a file is told from the clipboard");

    // After its minute it is gone from the clipboard, and not before.
    let gone = poll(AT_MOST, async || desktop.clipboard().await.err().map(|_| copied.elapsed())).await;
    let gone = gone.context("the secret stays on the clipboard")?;
    ensure!(gone >= STAYS, "it went after {gone:?}");
    app.quit().await
}
