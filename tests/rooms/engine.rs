//! The engine with the real embedded service, through the one list of calls: what the window does, without it.

use std::path::PathBuf;

use partner_core::error::ErrorCode;
use partner_core::ipc::{self, Reply};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{World, id};

#[tokio::test]
async fn the_main_job_goes_from_a_project_to_its_link_and_survives_a_restart() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let (project, version, run, round, link) = (id(), id(), id(), id(), id());
    let at = json!({ "project": project, "version": version });

    let details = json!({ "name": "Call Notes", "slug": "call-notes", "owner": "PM" });
    world.change("project", &project, "project.create", json!({ "details": details })).await.unwrap();
    let number = json!({ "version": version, "number": "1.0.0" });
    world.change("project", &project, "version.create", number).await.unwrap();

    let submit =
        json!({ "version": version, "tracks": ["technical"], "rounds": [round], "override_reason": null });
    let early = world.change("project", &project, "review.mark_submitted", submit.clone()).await.unwrap_err();
    assert_eq!(early.code, ErrorCode::Refused);
    let missing: Vec<_> = early.refusal.unwrap().places.into_iter().filter_map(|place| place.field).collect();
    assert_eq!(missing.len(), 4, "every missing field of Technical is named: {missing:?}");

    world.complete(&project, &version).await;
    assert_eq!(world.get("version", at.clone()).await["version"]["completeness"]["percent"], 100);

    let qa = "00000000-0000-8000-8000-000000000004";
    let start = json!({ "project": project, "version": version, "template": qa, "template_version": 1,
        "previous": null, "tested": { "build": "1", "account": "a", "browser": "b" } });
    world.change("run", &run, "run.start", start).await.unwrap();
    let tick = json!({ "item": "TE-01", "outcome": "pass", "reason": "", "knew": [] });
    world.change("run", &run, "run.set_result", tick).await.unwrap();

    world.change("project", &project, "review.mark_submitted", submit).await.unwrap();
    let answer = json!({ "version": version, "tracks": ["technical"], "outcome": "approved", "text": "", "findings": [] });
    world.change("project", &project, "review.record_answer", answer).await.unwrap();
    let url = "https://partner-project.example/i/1";
    let record = json!({ "version": version, "link": link, "url": url, "source": "pasted" });
    world.change("project", &project, "link.record", record).await.unwrap();
    let open = world.get("install", at.clone()).await;
    assert_eq!((&open["by_all"], &open["link"]["url"]), (&json!(true), &json!(url)));
    world.get("open_link", json!({ "project": project, "link": link })).await;
    assert_eq!(*world.desk.opened.lock().unwrap(), [url]);
    world.settled().await;
    world.engine.close().await;
    drop(world);

    let again = World::at(data.path()).await;
    let run = again.get("run", json!({ "run": run })).await;
    assert_eq!(run["summary"]["counts"]["pass"], 1);
    let history = again.get("install", at).await["history"].clone();
    assert_eq!(history[0]["kind"], "opened");
    let found = again.get("search", json!({ "text": "call no", "limit": 10 })).await;
    assert_eq!(found[0]["target"]["project"], json!(project));
}

#[tokio::test]
async fn bad_input_is_refused_at_its_field_and_changes_nothing() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let (project, version) = (id(), id());
    let details = |name: &str, slug: &str| json!({ "details": { "name": name, "slug": slug, "owner": "" } });
    world.change("project", &project, "project.create", details("One", "one")).await.unwrap();
    world
        .change("project", &project, "version.create", json!({ "version": version, "number": "1" }))
        .await
        .unwrap();
    let link = |url: &str| json!({ "version": version, "link": id(), "url": url, "source": "pasted" });
    let field = |value: String| {
        json!({ "version": version, "field": "description", "expects": null,
                "value": { "type": "text", "value": value } })
    };
    let other = id();
    let cases = [
        (&other, "project.create", details("", ""), "empty", "name"),
        (&other, "project.create", details("one", "two"), "name_taken", "name"),
        (&other, "project.create", details("Two", "one"), "slug_taken", "slug"),
        (&other, "project.create", details("Two", "<script>"), "not_a_slug", "slug"),
        (&other, "project.create", details(&"x".repeat(1_000_000), ""), "too_long", "name"),
        (&other, "project.create", details("a\u{0}b", ""), "control_characters", "name"),
        (&project, "version.create", json!({ "version": id(), "number": "1" }), "number_taken", "number"),
        (&project, "link.record", link("http://a.example/1"), "not_https", "url"),
        (&project, "link.record", link("javascript:alert(1)"), "not_https", "url"),
        (&project, "link.record", link("file:///etc/passwd"), "not_https", "url"),
        (&project, "link.record", link(""), "empty", "url"),
        (&project, "version.set_field", field("x".repeat(1_000_000)), "too_long", "description"),
    ];
    let before = world.get("project", json!({ "project": project })).await;
    for (aggregate, body, args, code, input) in cases {
        let error = world.change("project", aggregate, body, args).await.unwrap_err();
        let told = serde_json::to_value(&error).unwrap();
        let place = &told["place"];
        assert_eq!(told["refusal"]["code"], code, "{body}");
        assert!(place["input"] == input || place["field"] == input, "{body}: {place}");
    }
    let after = world.get("project", json!({ "project": project })).await;
    let told = |view: &Value| {
        (view["versions"].as_array().unwrap().len(), view["versions"][0]["completeness"].clone())
    };
    assert_eq!(told(&before), told(&after));
    for name in ["שלום עולם", "🚀 Notes", "<script>alert(1)</script>"] {
        world.change("project", &id(), "project.create", details(name, "")).await.unwrap();
    }
    let unknown = world.call("no_such_call", json!({})).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
    let open = world.call("open_url", json!({ "url": "javascript:alert(1)" })).await.unwrap_err();
    assert_eq!(open.code, ErrorCode::Invalid);
    assert!(world.desk.opened.lock().unwrap().is_empty(), "nothing was opened");
}

#[tokio::test]
async fn sample_data_shows_every_state_and_is_left_without_a_trace() {
    let data = TempDir::new().unwrap();
    let world = World::at(data.path()).await;
    world.get("start_sample", json!({})).await;
    world.settled().await;
    let list = json!({ "text": "", "status": null, "archived": false, "offset": 0, "limit": 50 });
    let shown = world.get("projects", list).await;
    let mut states: Vec<&str> = shown["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["version"]["status"].as_str())
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["approved", "draft", "in_review", "published", "rejected"]);
    let home = world.get("home", json!({})).await;
    assert!(home["needs"].as_array().unwrap().len() >= 3);
    assert_eq!(home["process"]["steps"].as_array().unwrap().len(), 25);
    let installations = world.get("installations", json!({})).await;
    assert_eq!(installations.as_array().unwrap().len(), 1);
    assert_eq!(
        (&installations[0]["customer_name"], &installations[0]["project_name"]),
        (&json!("Sample Customer A"), &json!("Call Notes"))
    );
    let page = world.get("installation", json!({ "installation": installations[0]["id"] })).await;
    assert!(page["deadlines"].as_array().unwrap().iter().all(|one| one["state"] == "answered"), "{page}");
    assert_eq!((page["plan"]["seats"].as_u64(), page["users"].as_array().map(Vec::len)), (Some(8), Some(3)));
    for event in page["events"].as_array().unwrap() {
        let file = json!({ "file": event["row"]["body"] });
        let Ok(Reply::Bytes(bytes)) = ipc::call_with(&world.engine, "file", file, Vec::new()).await else {
            panic!("its body is not here: {event}");
        };
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((&body["id"], &body["type"]), (&event["row"]["id"], &event["row"]["kind"]));
    }
    assert_eq!(world.get("boot", json!({})).await["phase"]["sample"], true);

    world.get("leave_sample", json!({})).await;
    assert_eq!(world.get("boot", json!({})).await["phase"]["phase"], "first_start");
    assert!(!data.path().join("sample").exists());
}

#[tokio::test]
async fn pinned_projects_stand_in_the_order_of_the_settings() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let (first, bare) = (world.with_complete_version().await.0, id());
    let details = json!({ "name": "Queue Lens", "slug": "queue-lens", "owner": "" });
    world.change("project", &bare, "project.create", json!({ "details": details })).await.unwrap();
    let pin = async |pins: Value| {
        let mut settings = world.get("boot", json!({})).await["settings"].clone();
        settings["pins"] = pins;
        world.get("set_settings", json!({ "settings": settings })).await;
        let rows = world.get("pins", json!({})).await;
        rows.as_array().unwrap().iter().map(|row| row["project"]["name"].clone()).collect::<Vec<_>>()
    };
    assert!(pin(json!([])).await.is_empty());
    // Of another workspace, or in no state yet: left out.
    assert_eq!(pin(json!([id(), bare, first])).await, ["Call Notes"]);
    let version = json!({ "version": id(), "number": "1.0.0" });
    world.change("project", &bare, "version.create", version).await.unwrap();
    assert_eq!(pin(json!([bare, first])).await, ["Queue Lens", "Call Notes"]);
    let many: Vec<_> = std::iter::repeat_with(id).take(20).collect();
    pin(json!(many)).await;
    let kept = world.get("boot", json!({})).await["settings"]["pins"].clone();
    assert_eq!(kept.as_array().unwrap()[..], many.iter().map(|one| json!(one)).collect::<Vec<_>>()[..8]);
}

#[tokio::test]
async fn a_file_is_saved_beside_earlier_ones() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let save = async |text: &str| {
        let args = json!({ "name": "../Call Notes 1.3.0.csv", "content": { "text": text } });
        PathBuf::from(world.get("save_file", args).await["path"].as_str().unwrap())
    };
    let (first, second) = (save("one").await, save("two").await);
    let downloads = data.path().join("downloads");
    assert_eq!(first, downloads.join("Call-Notes-1.3.0.csv"));
    assert_eq!(second, downloads.join("Call-Notes-1.3.0 (2).csv"));
    assert_eq!(std::fs::read_to_string(first).unwrap(), "one");
}

#[tokio::test]
async fn a_data_folder_has_one_process() {
    let data = TempDir::new().unwrap();
    let world = World::started(data.path()).await;
    let second = World::at(data.path()).await;
    let phase = second.get("boot", json!({})).await["phase"].clone();
    assert_eq!((&phase["phase"], &phase["problem"]), (&json!("recovery"), &json!("in_use")));
    world.engine.close().await;
    drop(world);
    second.get("retry_open", json!({})).await;
    assert_eq!(second.get("boot", json!({})).await["phase"]["phase"], "open");
}

#[tokio::test]
async fn nobody_sees_the_time_between_two_workspaces() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::at(dir.path()).await;
    world.call("start_sample", json!({})).await.unwrap();
    // A window that is told of a change asks at once what it shows now, while the sample data is being dropped.
    let (left, seen) = tokio::join!(world.call("leave_sample", json!({})), async {
        let phase = world.get("boot", json!({})).await["phase"]["phase"].clone();
        (phase, dir.path().join("sample").exists())
    });
    left.unwrap();
    assert_eq!(seen, (json!("first_start"), false), "the start comes when the sample data is gone");

    // What cannot be left stays open.
    world.call("start_here", json!({ "workspace": "Sample Apps", "name": "PM" })).await.unwrap();
    assert_eq!(world.call("leave_sample", json!({})).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(world.get("boot", json!({})).await["phase"]["phase"], "open");
}

#[tokio::test]
async fn damage_met_at_work_leads_to_the_recovery() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::started(dir.path()).await;
    let (project, _) = world.with_complete_version().await;
    world.settled().await;
    // A page of the file that the check at the start cannot see through: SQLite finds it in order.
    let cache = rusqlite::Connection::open(dir.path().join("this-computer").join("cache.db")).unwrap();
    cache.execute("UPDATE shown SET state = '{' WHERE kind = 'project'", []).unwrap();
    drop(cache);

    let at = json!({ "project": project });
    assert_eq!(world.call("project", at.clone()).await.unwrap_err().code, ErrorCode::StoreDamaged);
    let phase = world.get("boot", json!({})).await["phase"].clone();
    assert_eq!((&phase["phase"], &phase["problem"]), (&json!("recovery"), &json!("cache_damaged")));

    let mut changes = world.engine.changes();
    world.get("recover_cache", json!({})).await;
    while world.call("project", at.clone()).await.is_err() {
        changes.recv().await.unwrap();
    }
}
