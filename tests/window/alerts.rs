//! Alerts on home, by keyboard and by pointer: seen, given to somebody, put off and back on their day; and whoever covers
//! for a person who is away sees what is for that person.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use domain::alert::DAY;
use domain::ids::{DocumentId, InstallationId};
use domain::workspace::DocumentDetails;
use domain::{AggregateRef, Body, Role, Timestamp, time};
use fantoccini::key::Key;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cloud::Cloud;
use crate::driver::{App, Desktop, LONG, poll, testid};
use crate::given::Given;
use crate::installations::PASSPHRASE;
use crate::team::{Served, idp};

/// A row of what needs someone.
fn row(kind: &str) -> String {
    format!("[data-testid=need][data-kind={kind}]")
}

/// Goes down the list, from its top, to the row of a kind.
async fn to(app: &App, kind: &str) -> Result<()> {
    app.press(Key::Home).await?;
    for at in 1..20 {
        let here = format!("[data-testid=need][aria-rowindex='{at}'][aria-selected=true]");
        app.wait_for(here.as_str()).await?;
        if app.is_there(format!("{}[aria-selected=true]", row(kind)).as_str()).await? {
            return Ok(());
        }
        app.keys("j").await?;
    }
    bail!("{kind} was not reached")
}

/// Goes down a menu that is open, and takes an entry.
async fn take(app: &App, entry: &str) -> Result<()> {
    let wanted = format!("[data-testid='{entry}']");
    app.wait_for(wanted.as_str()).await?;
    app.wait_js("document.activeElement.closest('[role=menu]')").await?;
    for _ in 0..20 {
        if app.is_there(format!("{wanted}[data-highlighted]").as_str()).await? {
            app.press(Key::Enter).await?;
            return app.wait_gone(wanted.as_str()).await;
        }
        app.press(Key::Down).await?;
    }
    bail!("{wanted} was not reached by the arrow")
}

/// What of a kind needs someone, as the engine tells it.
async fn need(given: &Given, kind: &str) -> Result<Value> {
    let home = given.call("home", json!({})).await?;
    let mut needs = home["needs"].as_array().context("no list")?.iter();
    needs.find(|need| need["kind"] == kind).cloned().with_context(|| format!("no {kind}: {home}"))
}

/// Protects what a team decides of an alert: by keyboard and by pointer it is seen, given to somebody and put off, it can
/// be taken back, and what was put off stands there again on its day.
#[tokio::test]
async fn alerts_are_seen_given_put_off_and_back() -> Result<()> {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let desktop = Desktop::new().await?;
    let data = desktop.data("alerts")?;
    let given = Given::workspace(&data).await?;
    given.project("Call Notes").await?;
    given.call("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await?;
    given.call("set_passphrase", json!({ "passphrase": PASSPHRASE })).await?;
    given.call("new_recovery_code", json!({})).await?;
    given.call("take_delivery", cloud.latest().await).await?;
    for users in [json!({ "adding": ["u1"] }), json!({ "removing": ["u1"] })] {
        cloud.happens(json!({ "type": "app.updated", "users": users })).await;
        given.call("take_delivery", cloud.latest().await).await?;
    }
    cloud.happens(json!({ "type": "app.credentials_rotated" })).await;
    given.call("take_delivery", cloud.latest().await).await?;
    let waits = need(&given, "answer_talkdesk").await?;
    given.close().await?;

    // Two days ago somebody put off until today what Talkdesk waits for.
    let now = partner_service::system_clock()();
    let then = Timestamp(now.0 - 2 * DAY);
    let earlier = Given::at(&data, then).await;
    let installation: InstallationId = serde_json::from_value(waits["installation"].clone())?;
    let alert = waits["key"].as_str().context("no name")?.to_owned();
    let snooze = Body::AlertSnooze { alert, until: Some(time::day(now)) };
    earlier.change(AggregateRef::Installation(installation), snooze).await?;
    ensure!(need(&earlier, "answer_talkdesk").await?["snoozed"] == time::day(now).as_str(), "it rests");
    earlier.close().await?;

    // Today it is back.
    let app = desktop.open(&data).await?;
    app.wait_for(row("answer_talkdesk").as_str()).await?;
    let when = |kind: &str| format!("{} [data-testid=need-when]", row(kind));
    let whose = |whose: &str| format!("[data-testid=needs-whose] [data-value={whose}]");
    app.wait_text(when("answer_talkdesk").as_str(), "due").await?;

    // By keyboard: put off, and taken back.
    to(&app, "answer_talkdesk").await?;
    app.keys("z").await?;
    take(&app, "snooze-3").await?;
    app.wait_gone(row("answer_talkdesk").as_str()).await?;
    app.click(whose("later").as_str()).await?;
    app.wait_text(when("answer_talkdesk").as_str(), "back").await?;
    app.click(when("answer_talkdesk").as_str()).await?;
    app.keys("z").await?;
    take(&app, "snooze-back").await?;
    app.wait_gone(row("answer_talkdesk").as_str()).await?;
    app.click(whose("all").as_str()).await?;
    app.wait_text(when("answer_talkdesk").as_str(), "due").await?;

    // Given to oneself, with all that the installation tells; what happened is seen, and goes.
    to(&app, "users").await?;
    app.keys("a").await?;
    take(&app, "assign-me").await?;
    for kind in ["users", "answer_talkdesk", "rotated"] {
        app.wait_text(format!("{} [data-testid=need-who]", row(kind)).as_str(), "you").await?;
    }
    to(&app, "users").await?;
    app.keys("x").await?;
    app.wait_gone(row("users").as_str()).await?;

    // The same by pointer.
    app.click(format!("{} [data-testid=need-later]", row("rotated")).as_str()).await?;
    app.click(testid("snooze-1")).await?;
    app.wait_gone(row("rotated").as_str()).await?;
    app.click(whose("later").as_str()).await?;
    app.wait_text(when("rotated").as_str(), "back").await?;
    app.click(format!("{} [data-testid=need-who]", row("rotated")).as_str()).await?;
    app.click(testid("assign-nobody")).await?;
    app.wait_text(format!("{} [data-testid=need-who]", row("rotated")).as_str(), "Assign").await?;
    app.click(format!("{} [data-testid=need-seen]", row("rotated")).as_str()).await?;
    app.wait_gone(row("rotated").as_str()).await?;
    app.quit().await
}

/// Comes in as somebody whom the service knows by the sign-in; what it needs to go on.
pub async fn signed_in(
    call: impl AsyncFn(&'static str, Value) -> Result<Value>,
    served: &Served,
    person: &str,
) -> Result<Value> {
    let url = served.url();
    let registration = call("ask_team", json!({ "url": url })).await?["registration"].take();
    let begun = call("sign_in", json!({ "id": registration, "by": "browser" })).await?;
    let address = begun["address"].as_str().context("no address")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    http.get(format!("{address}&auto={person}")).send().await?.error_for_status()?;
    let at = json!({ "url": url, "registration": registration });
    let known = poll(LONG, async || call("team_workspaces", at.clone()).await.ok());
    let workspace = known.await.context("nobody was signed in")?[0]["workspace"].clone();
    Ok(json!({ "url": url, "registration": registration, "workspace": workspace }))
}

/// Protects a customer from a colleague's holidays: whoever covers sees what is for the colleague, and for whom.
#[tokio::test]
async fn whoever_covers_sees_what_is_for_the_person_who_is_away() -> Result<()> {
    let desktop = Desktop::new().await?;
    let (data, theirs) = (desktop.data("covers")?, tempfile::tempdir()?);
    let (idp, folder) = (idp().await, tempfile::tempdir()?);
    let served = Served::start(folder.path(), &idp, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let code = served.service.owner_code().await?;

    let given = Given::again(&data).await;
    let mut found =
        signed_in(async |name, args| given.call(name, args).await, &served, "partner-manager").await?;
    found["code"] = json!(code);
    found["name"] = json!("Sample Apps");
    given.call("found_team", found).await?;
    let details = DocumentDetails {
        name: "Partner agreement".to_owned(),
        valid_until: Some(time::day(Timestamp(partner_service::system_clock()().0 + 20 * DAY))),
        ..DocumentDetails::default()
    };
    let document = DocumentId(Uuid::now_v7());
    given.change(given.workspace_ref()?, Body::DocumentSet { document, details }).await?;
    let invite = json!({ "email": "developer@sample-apps.example", "roles": [Role::Developer] });
    given.call("invite_member", invite).await?;
    let colleague = Given::again(theirs.path()).await;
    let join = signed_in(async |name, args| colleague.call(name, args).await, &served, "developer").await?;
    colleague.call("join_team", join).await?;
    let known = poll(LONG, async || {
        let boot = given.call("boot", json!({})).await.ok()?;
        let mut members = boot["phase"]["members"].as_array()?.iter();
        members.find(|member| member["name"] == "Developer").map(|member| member["id"].clone())
    });
    let developer = known.await.context("the colleague is not among the members")?;
    colleague.abandon().await;
    given.abandon().await;

    let app = desktop.open(&data).await?;
    let who = format!("{} [data-testid=need-who]", row("document"));
    app.wait_for(row("document").as_str()).await?;
    to(&app, "document").await?;
    app.keys("a").await?;
    take(&app, &format!("assign-{}", developer.as_str().context("no id")?)).await?;
    app.wait_text(who.as_str(), "Developer").await?;

    // The colleague is away, and this person covers.
    app.click(testid("nav-workspace")).await?;
    app.click(testid("to-members")).await?;
    app.click("[data-member='Developer'] button").await?;
    app.fill(testid("away-until"), &time::day(Timestamp(partner_service::system_clock()().0 + 9 * DAY)))
        .await?;
    app.click(testid("away-cover")).await?;
    app.click("[data-testid^='away-cover-']").await?;
    app.click(testid("away-save")).await?;
    app.wait_text("[data-member='Developer']", "away until").await?;
    app.keys("gh").await?;
    app.wait_text(who.as_str(), "you").await?;
    let said = app.attribute(who.as_str(), "aria-label").await?.unwrap_or_default();
    ensure!(said.contains("Developer"), "for whom is not said: {said}");

    // Back, the colleague has it again.
    app.click(testid("nav-workspace")).await?;
    app.click(testid("to-members")).await?;
    app.click("[data-member='Developer'] button").await?;
    app.click(testid("away-back")).await?;
    app.wait_gone(testid("away-back")).await?;
    app.keys("gh").await?;
    app.wait_text(who.as_str(), "Developer").await?;
    app.quit().await?;
    served.stop().await;
    Ok(())
}
