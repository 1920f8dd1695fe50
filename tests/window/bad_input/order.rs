//! What is asked for out of order: refused with the way to go, in the window and behind it.

use anyhow::{Result, ensure};
use domain::fields::TrackName;
use domain::ids::RoundId;
use domain::{AggregateRef, Body};
use serde_json::json;
use uuid::Uuid;

use super::open_version;
use crate::driver::{App, Desktop, testid};
use crate::given::Given;
use crate::steps::{self, NUMBER, PROJECT};

#[tokio::test]
async fn a_failed_item_does_not_simply_pass() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("failed")?;
    let given = Given::workspace(&data).await?;
    let project = given.project(PROJECT).await?;
    let version = given.version(project, NUMBER).await?;
    given.run(project, version).await?;
    given.close().await?;
    let app = desktop.open(&data).await?;
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    let item = steps::current_item(&app).await?;
    app.keys("f").await?;
    steps::ticked(&app, &item, "fail").await?;
    app.keys("k").await?;
    app.keys("p").await?;
    app.wait_text(testid("item-fault"), "fixed in a build").await?;
    steps::ticked(&app, &item, "fail").await?;

    // The way that is named there leads on.
    app.click(testid("fixed")).await?;
    app.type_text(testid("fixed-build"), "119").await?;
    app.click(testid("fixed-save")).await?;
    steps::ticked(&app, &item, "retest").await?;
    app.keys("p").await?;
    steps::ticked(&app, &item, "pass").await?;
    app.quit().await
}

#[tokio::test]
async fn a_version_with_missing_fields_is_not_submitted() -> Result<()> {
    let desktop = Desktop::new().await?;
    let data = desktop.data("early")?;
    let given = Given::workspace(&data).await?;
    let project = given.project(PROJECT).await?;
    let version = given.version(project, NUMBER).await?;
    given.close().await?;
    let app = desktop.open(&data).await?;
    open_version(&app).await?;
    let button = testid("mark-submitted");
    ensure!(app.attribute(&button, "aria-disabled").await?.as_deref() == Some("true"), "it can be pressed");
    app.wait_text("aside", "Not ready: 4 fields of Technical").await?;
    app.click(&button).await?;
    ensure!(!app.is_there(testid("submit-dialog")).await?, "a locked button opened its dialog");

    // Past the form, at the door: the same rule, with every field that is missing.
    let tracks = vec![TrackName::Technical];
    let rounds = vec![RoundId(Uuid::now_v7())];
    let early = Body::MarkSubmitted { version, tracks: tracks.clone(), rounds, override_reason: None };
    let refusal = refusal(&app, AggregateRef::Project(project), &early).await?;
    ensure!(refusal["code"] == "not_ready" && refusal["rule"] == "talkdesk", "{refusal}");
    ensure!(refusal["places"].as_array().is_some_and(|places| places.len() == 4), "{refusal}");

    // An answer to what was never submitted, a date for what was never approved.
    let answer = Body::RecordAnswer {
        version,
        tracks,
        rounds: Vec::new(),
        outcome: domain::project::Verdict::Approved,
        text: "Approved.".to_owned(),
        findings: Vec::new(),
        files: Vec::new(),
    };
    for (body, code) in [
        (answer, "not_in_review"),
        (Body::RecordGoLive { version, date: "2026-12-01".to_owned() }, "not_approved"),
        (Body::ApproveGoLive { version }, "not_approved"),
        (Body::ConfirmLive { version }, "not_approved"),
    ] {
        let refusal = self::refusal(&app, AggregateRef::Project(project), &body).await?;
        ensure!(refusal["code"] == code, "{body:?}: {refusal}");
    }
    app.wait_text(testid("version-status"), "Draft").await?;
    app.quit().await
}

/// Why a change is refused at the door.
async fn refusal(app: &App, aggregate: AggregateRef, body: &Body) -> Result<serde_json::Value> {
    match app.call("change", json!({ "aggregate": aggregate, "body": body })).await? {
        Ok(reply) => anyhow::bail!("{body:?} was taken: {reply}"),
        Err(mut error) => Ok(error["refusal"].take()),
    }
}
