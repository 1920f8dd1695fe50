//! The platform port against the sandbox, from the engine's side: what is recorded of an answer, and of which round.

use partner_core::error::ErrorCode;
use sandbox::{Running, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, id};

/// Decides a submission as the reviewer does.
async fn decide(sandbox: &Running, submission: &str, decision: Value) {
    let url = format!("{}/reviewer/api/submissions/{submission}/decision", sandbox.url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http.post(url).bearer_auth(sandbox.reviewer_token()).json(&decision);
    assert_eq!(asked.send().await.unwrap().status(), 200);
}

async fn tracks(world: &World, at: &Value) -> [Value; 2] {
    let version = world.get("version", at.clone()).await["version"].clone();
    [0, 1].map(|n| version["tracks"][n]["state"].clone())
}

#[tokio::test]
async fn only_the_answer_to_the_round_that_waits_is_recorded() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    world.get("set_port", json!({ "url": sandbox.url(), "token": sandbox.token() })).await;
    let (project, version) = world.with_complete_version().await;
    let at = json!({ "project": project, "version": version });

    let (first, second) = (id(), id());
    let submit = json!({ "project": project, "version": version, "tracks": ["technical", "marketplace"],
        "rounds": [first, second], "override_reason": null });
    world.get("submit", submit).await;
    let rejected = json!({ "track": "technical", "outcome": "rejected", "message": "Not yet.",
        "findings": [{ "text": "The icon is blurred.", "severity": "major", "field": "icon" }] });
    decide(&sandbox, &first, rejected).await;
    let approved =
        json!({ "track": "marketplace", "outcome": "approved", "message": "Fine.", "findings": [] });
    decide(&sandbox, &first, approved).await;
    world.get("fetch_answers", at.clone()).await;
    assert_eq!(
        tracks(&world, &at).await,
        ["rejected", "approved"],
        "both tracks went by the first round's id"
    );

    // Carried by hand this time: what the server says is of the round before.
    let again =
        json!({ "version": version, "tracks": ["technical"], "rounds": [id()], "override_reason": null });
    world.change("project", &project, "review.mark_submitted", again).await.unwrap();
    world.get("fetch_answers", at.clone()).await;
    assert_eq!(tracks(&world, &at).await, ["in_review", "approved"]);

    let unknown = json!({ "project": project, "version": id() });
    assert_eq!(world.call("fetch_answers", unknown).await.unwrap_err().code, ErrorCode::NotFound);
}
