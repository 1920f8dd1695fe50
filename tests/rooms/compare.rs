//! A version beside what came before it, through the one list of calls: its predecessor as that one stands now, and
//! what each track was last submitted with, in the fields that the track looks at.

use partner_core::error::ErrorCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, id};

async fn set(world: &World, project: &str, version: &str, field: &str, from: &str, to: &str) {
    let text = |text: &str| json!({ "type": "text", "value": text });
    let args = json!({ "version": version, "field": field, "value": text(to), "expects": text(from) });
    world.change("project", project, "version.set_field", args).await.unwrap();
}

fn changed(compared: &Value) -> Vec<&Value> {
    compared["bases"].as_array().unwrap().iter().map(|base| &base["changed"]).collect()
}

#[tokio::test]
async fn a_version_is_compared_with_its_predecessor_and_with_what_was_submitted() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let (project, first) = world.with_complete_version().await;
    let compare =
        async |version: &str| world.get("compare", json!({ "project": project, "version": version })).await;

    // The first version, never submitted, has nothing before it.
    assert_eq!(compare(&first).await["bases"], json!([]));

    // The copy of a round stays as it was; a track is compared only in what it looks at.
    let submit =
        json!({ "version": first, "tracks": ["technical"], "rounds": [id()], "override_reason": null });
    world.change("project", &project, "review.mark_submitted", submit).await.unwrap();
    let compared = compare(&first).await;
    assert_eq!(compared["number"], "1.0.0");
    assert_eq!(compared["bases"][0]["of"]["kind"], "round");
    assert_eq!(
        (&compared["bases"][0]["of"]["track"], &compared["bases"][0]["of"]["n"]),
        (&json!("technical"), &json!(1))
    );
    let fields = compared["bases"][0]["fields"].as_array().unwrap();
    assert!(
        fields.contains(&json!("standalone_url")) && !fields.contains(&json!("privacy_policy")),
        "{fields:?}"
    );
    assert_eq!(changed(&compared), [&json!([])]);

    // Rejected and mended: what differs from the round is told.
    let answer = json!({ "version": first, "tracks": ["technical"], "outcome": "rejected", "text": "No.", "findings": [] });
    world.change("project", &project, "review.record_answer", answer).await.unwrap();
    set(&world, &project, &first, "privacy_policy", "https://a.example/privacy", "https://a.example/p").await;
    let compared = compare(&first).await;
    assert_eq!(changed(&compared), [&json!([])], "the technical track does not look at the listing");
    set(&world, &project, &first, "standalone_url", "https://a.example/app", "https://a.example/new").await;
    let compared = compare(&first).await;
    assert_eq!(changed(&compared), [&json!(["standalone_url"])]);
    assert_eq!(compared["bases"][0]["information"]["standalone_url"]["value"], "https://a.example/app");
    assert_eq!(compared["information"]["standalone_url"]["value"], "https://a.example/new");

    // Published, it is followed by a version that begins as it stands.
    let both = json!(["technical", "marketplace"]);
    let submit = json!({ "version": first, "tracks": both, "rounds": [id(), id()], "override_reason": null });
    let approved =
        json!({ "version": first, "tracks": both, "outcome": "approved", "text": "", "findings": [] });
    let second = id();
    for (body, args) in [
        ("review.mark_submitted", submit),
        ("review.record_answer", approved),
        ("review.record_go_live", json!({ "version": first, "date": "2026-01-05" })),
        ("review.approve_go_live", json!({ "version": first })),
        ("review.confirm_live", json!({ "version": first })),
        ("version.create", json!({ "version": second, "number": "1.1.0" })),
    ] {
        world.change("project", &project, body, args).await.unwrap();
    }
    let compared = compare(&second).await;
    assert_eq!(compared["bases"][0]["of"], json!({ "kind": "predecessor", "number": "1.0.0" }));
    assert_eq!(changed(&compared), [&json!([])]);
    set(&world, &project, &second, "description", "Notes.", "Notes, at once.").await;
    set(&world, &project, &second, "privacy_policy", "https://a.example/p", "https://a.example/data").await;
    assert_eq!(changed(&compare(&second).await), [&json!(["description", "privacy_policy"])]);

    let nowhere = world.call("compare", json!({ "project": project, "version": id() })).await;
    assert_eq!(nowhere.unwrap_err().code, ErrorCode::NotFound);
}
