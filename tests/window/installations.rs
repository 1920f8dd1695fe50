//! Installations and events in the real window: an event is taken by hand as the app received it, and the installation
//! is there with its deadline, its token, its answer and its rotation.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cloud::{Cloud, body_of};
use crate::driver::{App, Desktop, testid};
use crate::given::Given;
use crate::screens::SETTLE;

/// What the vault is opened with.
pub const PASSPHRASE: &str = "correct horse battery";

/// The reply to a call.
pub async fn told(app: &App, name: &str, args: Value) -> Result<Value> {
    app.call(name, args).await?.map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

/// Pastes what the app received latest, and has it taken.
async fn take(app: &App, cloud: &Cloud) -> Result<()> {
    app.keys("n").await?;
    app.wait_for(testid("take-event")).await?;
    paste(app, &cloud.latest().await).await?;
    app.click(testid("take-go-on")).await
}

/// A delivery as somebody pastes it into the dialog that is open.
pub async fn paste(app: &App, delivery: &Value) -> Result<()> {
    let text = |name: &str| delivery[name].as_str().unwrap_or_default();
    app.fill(testid("take-signature"), text("signature")).await?;
    app.fill(testid("take-key"), text("key_id")).await?;
    app.fill(testid("take-body"), &body_of(delivery)).await
}

/// Pictures of where the window is, where somebody wants them.
pub async fn picture(app: &App, name: &str) -> Result<()> {
    let Some(out) = std::env::var_os("PARTNER_PICTURES") else { return Ok(()) };
    let out = std::path::PathBuf::from(out);
    for theme in ["light", "dark"] {
        app.eval(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
        for (width, height) in [(1280, 800), (1920, 1080)] {
            app.resize(width, height).await?;
            app.eval_async(SETTLE).await?;
            app.screenshot(&out.join(format!("{name}-{theme}-{width}.png"))).await?;
        }
    }
    app.eval("document.documentElement.dataset.theme = 'light'").await?;
    app.resize(1280, 800).await
}

/// A customer, whose id is told, and by the dialog an install of theirs.
async fn announce(app: &App) -> Result<String> {
    let customer = Uuid::now_v7().to_string();
    let boot = told(app, "boot", json!({})).await?;
    let office = &boot["phase"]["workspace"];
    let details = json!({ "name": "Customer of sample-apps", "account": "sample-apps", "region": "EU", "contacts": [], "notes": "" });
    let body = json!({ "kind": "customer.set", "args": { "customer": customer, "details": details } });
    let aggregate = json!({ "kind": "workspace", "id": office });
    told(app, "change", json!({ "aggregate": aggregate, "body": body })).await?;
    app.keys("a").await?;
    app.wait_for(testid("announce-dialog")).await?;
    // Nothing is announced of nobody.
    app.click(testid("announce-save")).await?;
    app.wait_for(testid("error-customer")).await?;
    app.click(testid("announce-customer")).await?;
    app.click(testid(&format!("announce-customer-{customer}"))).await?;
    app.click(testid("announce-save")).await?;
    app.wait_gone(testid("announce-dialog")).await?;
    app.wait_text(testid("announced-waits"), "app.installed of sample-apps for Call Notes").await?;
    app.wait_for("[data-testid=case-callback][data-state=not_run]").await?;
    Ok(customer)
}

/// The install that was announced is told on the page, looked into, and ended.
async fn case_ends(app: &App, customer: &str) -> Result<()> {
    app.wait_for(testid("case-open")).await?;
    app.wait_js("document.querySelectorAll('[data-testid=installation-row]').length === 1").await?;
    app.keys("c").await?;
    app.wait_for("[data-testid=case-rights][data-state=pass]").await?;
    app.wait_for("[data-testid=case-link][data-state=not_run]").await?;
    picture(app, "case").await?;
    app.click(testid("case-end")).await?;
    app.click(testid("end-save")).await?;
    app.wait_gone(testid("end-case")).await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("case-dialog")).await?;
    app.wait_text(testid("case-ended"), "It works").await?;
    let cases = told(app, "install_cases", json!({})).await?;
    ensure!(cases[0]["details"]["customer"] == customer && cases[0]["ended"]["works"] == true, "{cases}");
    Ok(())
}

/// Rejected by a confirmation, and not without a reason.
async fn reject(app: &App) -> Result<()> {
    // Rejected by a confirmation, and not without a reason.
    app.click(testid("reject")).await?;
    app.wait_text(testid("answer-dialog"), "sample-apps").await?;
    app.click(testid("answer-send")).await?;
    app.wait_for(testid("error-reason")).await?;
    app.fill(testid("answer-reason"), "No seat is left.").await?;
    picture(app, "reject").await?;
    app.click(testid("answer-send")).await?;
    app.wait_gone(testid("countdown")).await?;
    app.wait_text(testid("installation-state"), "Rejected").await?;
    app.wait_for(testid("case-failed")).await?;
    Ok(())
}

/// New credentials in five steps, told as past once they are over.
async fn rotate(app: &App, cloud: &Cloud) -> Result<()> {
    // New credentials in five steps.
    app.click(testid("ask-rotation")).await?;
    app.wait_for(testid("ask-dialog")).await?;
    app.click(testid("ask-send")).await?;
    app.wait_gone(testid("ask-dialog")).await?;
    take(app, cloud).await?;
    app.click(testid("take-go")).await?;
    app.wait_text(testid("rotation-done"), "1 of 5").await?;
    app.wait_text(testid("rotation-left"), "6 d").await?;
    app.wait_text(testid("rotation-both"), "Both sets are valid until").await?;
    app.click(testid("rotation-token")).await?;
    app.click(testid("rotation-deployed")).await?;
    app.fill(testid("deployed-to"), "Secrets of the production cluster").await?;
    app.click(testid("deployed-save")).await?;
    app.wait_text(testid("rotation-done"), "3 of 5").await?;
    picture(app, "rotation").await?;
    app.click(testid("rotation-in-use")).await?;
    app.wait_text(testid("rotation-done"), "4 of 5").await?;
    app.click(testid("rotation-acknowledge")).await?;
    app.click("[data-testid=confirm-acknowledge] [data-testid=confirm-yes]").await?;
    app.wait_gone(testid("rotation")).await?;
    app.wait_text(testid("past-rotation"), "Secrets of the production cluster").await?;
    Ok(())
}

#[tokio::test]
async fn an_event_taken_by_hand_brings_the_installation() -> Result<()> {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let desktop = Desktop::sized(1920, 1080).await?;
    let data = desktop.data("installations")?;
    let given = Given::workspace(&data).await?;
    given.project("Call Notes").await?;
    given.close().await?;
    let app = desktop.open(&data).await?;
    let port = json!({ "url": cloud.running.url(), "token": cloud.running.token() });
    told(&app, "set_port", port).await?;

    app.resize(1280, 800).await?;
    app.keys("gi").await?;
    app.wait_for(testid("no-installations")).await?;
    picture(&app, "installations-empty").await?;

    // Announced before any event: what is waited for stands in the list, and on a page of its own.
    let customer = announce(&app).await?;
    picture(&app, "installation-announced").await?;

    // A vault that takes no private key yet: the error says what to do, and what was pasted stays.
    take(&app, &cloud).await?;
    app.wait_for(testid("take-error")).await?;
    picture(&app, "take-event").await?;
    ensure!(!app.value(testid("take-body")).await?.is_empty(), "what was pasted is lost");
    told(&app, "set_passphrase", json!({ "passphrase": PASSPHRASE })).await?;
    told(&app, "new_recovery_code", json!({})).await?;
    app.click(testid("take-go-on")).await?;
    app.wait_text(testid("take-outcome"), "Verified and taken").await?;
    picture(&app, "take-event-taken").await?;
    app.click(testid("take-go")).await?;
    app.wait_text(testid("installation"), "sample-apps").await?;
    app.wait_text(testid("countdown-left"), "6 d").await?;

    // Whose it is, a person says; with that it is joined to the install that was announced.
    app.click(testid("match")).await?;
    app.wait_for(testid("match-dialog")).await?;
    app.click(testid("match-save")).await?;
    app.wait_gone(testid("match-dialog")).await?;
    app.wait_text(testid("installation"), "Call Notes").await?;
    case_ends(&app, &customer).await?;

    // A token by the key, by keyboard; nothing of it is shown but what it says.
    app.keys("t").await?;
    app.wait_text(testid("token"), "Token got").await?;
    picture(&app, "installation").await?;

    // Exported for whoever deploys it: a file that this person alone may read, noted in the activity.
    app.click(testid("export")).await?;
    app.wait_for(testid("export-credentials")).await?;
    picture(&app, "export").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("export-credentials")).await?;

    // Another event is forged, and says which step failed.
    app.keys("ge").await?;
    app.wait_for(testid("event-row")).await?;
    app.keys("n").await?;
    app.wait_for(testid("take-event")).await?;
    app.fill(testid("take-signature"), "30aa").await?;
    app.fill(testid("take-key"), "nobody").await?;
    app.fill(testid("take-body"), &body_of(&cloud.latest().await).replace("sample-apps", "other")).await?;
    app.chord(&[Key::Control], '\u{e007}').await?;
    app.wait_text(testid("take-outcome"), "Not verified").await?;
    app.wait_for("[data-testid=take-event] [data-step=key][data-outcome=failed]").await?;
    app.press(Key::Escape).await?;
    app.wait_gone(testid("take-event")).await?;
    app.wait_js("document.querySelectorAll('[data-testid=event-row]').length === 2").await?;
    picture(&app, "events-refused").await?;
    app.click(testid("events-verified")).await?;
    app.wait_js("document.querySelectorAll('[data-testid=event-row]').length === 1").await?;
    app.wait_text(testid("delivery-body"), "[sealed]").await?;
    picture(&app, "events").await?;

    // Answered by a confirmation that names the customer; home asks for it until then.
    app.keys("gh").await?;
    app.wait_for("[data-testid=need][data-kind=answer_talkdesk]").await?;
    picture(&app, "home").await?;
    app.click("[data-kind=answer_talkdesk] [data-testid=need-go]").await?;
    app.click(testid("approve")).await?;
    app.wait_text(testid("answer-dialog"), "sample-apps").await?;
    picture(&app, "answer").await?;
    app.click(testid("answer-send")).await?;
    app.wait_gone(testid("countdown")).await?;
    app.wait_text(testid("installation-state"), "Completed").await?;

    // Updated: a new user, and the seven days begin anew.
    cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1"] } })).await;
    take(&app, &cloud).await?;
    app.click(testid("take-go")).await?;
    app.wait_text(testid("installation-timeline"), "Users added: 1").await?;
    app.wait_for(testid("countdown")).await?;

    reject(&app).await?;

    rotate(&app, &cloud).await?;

    let all = told(&app, "installations", json!({})).await?;
    ensure!(all[0]["rotation"].is_null(), "{all}");
    let page = told(&app, "installation", json!({ "installation": all[0]["id"] })).await?;
    page["sets"][0]["acknowledged"]["me"].as_bool().filter(|me| *me).context("not acknowledged")?;

    // Grouped as this person wants it from now on.
    app.click(testid("installations-arrange")).await?;
    app.click(testid("in-customer")).await?;
    app.wait_text(testid("installation-group"), "sample-apps").await?;
    let settings = told(&app, "boot", json!({})).await?["settings"].clone();
    ensure!(settings["installations_in"] == "customer", "{settings}");
    app.quit().await
}
