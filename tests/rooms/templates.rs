//! A list's way through the one list of calls: copied, edited, saved, compared, exported, imported again, and taken by
//! a run; and every change taken back that can be.

use partner_core::error::ErrorCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, id};

const QA: &str = "00000000-0000-8000-8000-000000000004";

/// A list of two items, as the editor holds it.
fn draft(template: &str, based_on: Option<u32>, texts: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = texts.iter().map(|(id, text)| json!({ "id": id, "text": text })).collect();
    json!({ "based_on": based_on, "copy_of": null, "template": {
        "id": template, "version": 0, "kind": "own", "name": "Release checks",
        "sections": [{ "id": "s", "name": "All", "items": items }] } })
}

#[tokio::test]
async fn a_list_is_edited_saved_and_taken_by_a_run() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let (project, version) = world.with_complete_version().await;
    let (own, run) = (id(), id());
    let read = |version: Option<u32>| json!({ "template": own, "version": version });

    // Kept as typed, whole or not, and there after a restart.
    world.get("keep_template_draft", draft(&own, None, &[("A-1", "Install works"), ("A-2", "")])).await;
    let begun = world.get("runs", json!({})).await["templates"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&begun["id"], &begun["version"], &begun["draft"]), (&json!(own), &json!(0), &json!(true)));
    world.engine.close().await;
    drop(world);
    let world = World::at(data.path()).await;
    let kept =
        world.get("template", read(None)).await["draft"]["template"]["sections"][0]["items"][0]["text"]
            .clone();
    assert_eq!(kept, "Install works");

    let faulty =
        world.get("save_template", draft(&own, None, &[("A-1", "Install works"), ("A-2", "")])).await;
    assert_eq!((&faulty["outcome"], &faulty["problems"][0]["row"]), (&json!("problems"), &json!(2)));
    let first = draft(&own, None, &[("A-1", "Install works"), ("A-2", "Update works")]);
    assert_eq!(world.get("save_template", first).await["version"], 1);
    let saved = world.get("template", read(None)).await;
    assert_eq!((&saved["draft"], &saved["versions"][0]["saved"]["me"]), (&Value::Null, &json!(true)));

    let tested = json!({ "build": "1", "account": "", "browser": "" });
    let start = json!({ "project": project, "version": version, "template": own, "template_version": 1, "previous": null, "tested": tested });
    world.change("run", &run, "run.start", start).await.unwrap();
    for item in ["A-1", "A-2"] {
        let tick = json!({ "item": item, "outcome": "pass", "reason": "", "knew": [] });
        world.change("run", &run, "run.set_result", tick).await.unwrap();
    }

    // The next version: one text changed, one item new.
    let second = draft(
        &own,
        Some(1),
        &[("A-1", "Install works at once"), ("A-2", "Update works"), ("A-3", "Uninstall works")],
    );
    let diff =
        json!({ "template": own, "from": 1, "to": { "side": "draft", "template": second["template"] } });
    let diff = world.get("template_diff", diff).await;
    assert_eq!((diff["items"].as_array().unwrap().len(), &diff["same"]), (2, &json!(1)));
    assert_eq!(diff["items"][0]["changed"], json!(["text"]));
    assert_eq!(world.get("save_template", second.clone()).await["version"], 2);
    let late = world.call("save_template", second).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::Conflict, "somebody saved that version first");

    let offered = world.get("run", json!({ "run": run })).await;
    assert_eq!(offered["newer_template"], 2);
    let take = json!({ "template": own, "template_version": 2 });
    world.change("run", &run, "run.take_template", take).await.unwrap();
    let taken = world.get("run", json!({ "run": run })).await;
    let items = &taken["sections"][0]["items"];
    assert_eq!((&items[0]["status"], &items[0]["was"]["text_changed"]), (&json!("untested"), &json!(true)));
    assert_eq!((&items[1]["status"], &items[2]["status"]), (&json!("pass"), &json!("untested")));
    assert_eq!((&taken["newer_template"], &taken["summary"]["counts"]["pass"]), (&Value::Null, &json!(1)));
    world.settled().await;
}

#[tokio::test]
async fn what_goes_out_comes_in_again_as_the_next_version() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let own = id();
    world
        .get(
            "save_template",
            draft(&own, None, &[("A-1", "Install, then update"), ("A-2", "Reload | works")]),
        )
        .await;
    for (form, header) in [("csv", Value::Null), ("markdown", Value::Null), ("json", Value::Null)] {
        let text =
            world.get("template_text", json!({ "template": own, "version": 1, "form": form })).await["text"]
                .clone();
        let seen = world.get("import_preview", json!({ "text": text, "header": header })).await;
        assert_eq!((&seen["total"], seen["whole"].is_object()), (&json!(2), form == "json"), "{form}");
        let args = json!({ "text": text, "header": header, "mapping": seen["mapping"], "name": "Release checks",
            "kind": "own", "replaces": own });
        let check = world.get("import_check", args).await;
        assert_eq!(
            (&check["outcome"], &check["diff"]["same"], &check["diff"]["items"]),
            (&json!("ready"), &json!(2), &json!([])),
            "{form}"
        );
    }
    // A list without ids is known again by its texts.
    let args = json!({ "text": "Reload | works\nInstall, then update\nStop works\n", "header": false,
        "mapping": { "text": 0 }, "name": "Release checks", "kind": "own", "replaces": own });
    let check = world.get("import_check", args.clone()).await;
    assert_eq!(
        check["diff"]["items"].as_array().unwrap().iter().filter(|item| item["before"].is_null()).count(),
        1,
        "{check}"
    );
    assert_eq!(world.get("import_template", args).await["version"], 2);
    let broken =
        world.call("import_preview", json!({ "text": "{\n\"id\": 3}", "header": null })).await.unwrap_err();
    assert_eq!(broken.params.get("reason").map(String::as_str), Some("json"));
    let built_in = world.get("template", json!({ "template": QA, "version": null })).await;
    assert_eq!((&built_in["built_in"], &built_in["versions"][0]["saved"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn a_change_is_taken_back_by_another_and_nobody_elses_with_it() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let (project, version) = world.with_complete_version().await;
    let assign = |to: Value| json!({ "version": version, "to": to });
    let me = world.get("boot", json!({})).await["phase"]["me"]["id"].clone();
    let done = world.change("project", &project, "version.assign", assign(me.clone())).await.unwrap();
    let of = json!({ "kind": "project", "id": project });
    let back = world.get("undo", json!({ "aggregate": of, "undo": done["undo"] })).await;
    let forth = world.get("undo", json!({ "aggregate": of, "undo": back["undo"] })).await;
    world.change("project", &project, "version.assign", assign(Value::Null)).await.unwrap();
    let late = world.call("undo", json!({ "aggregate": of, "undo": forth["undo"] })).await.unwrap_err();
    assert_eq!(late.refusal.map(|refusal| refusal.code), Some(domain::RefusalCode::Changed));

    let submit =
        json!({ "version": version, "tracks": ["technical"], "rounds": [id()], "override_reason": null });
    let submitted = world.change("project", &project, "review.mark_submitted", submit).await.unwrap();
    assert_eq!(submitted["undo"], Value::Null, "what was recorded of Talkdesk is corrected, not undone");
    let kinds: Vec<Value> = world
        .get("activity", json!({ "wanted": { "project": project, "person": null, "kinds": [], "from": null, "to": null, "words": [] }, "offset": 0, "limit": 4 }))
        .await["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["command"]["kind"].clone())
        .collect();
    assert_eq!(
        kinds[..4],
        [
            json!("review.mark_submitted"),
            json!("version.assign"),
            json!("version.assign"),
            json!("version.assign")
        ],
        "an undo stands in the activity like any other change"
    );
}
