//! A workspace as a whole: out to a file and back, and to a team's service, through the list of calls.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use partner_core::error::ErrorCode;
use partner_core::ipc::{self, Reply};
use serde_json::{Value, json};

use crate::team::{Served, idp};
use crate::teams::{frame, projects, sign_in, until};
use crate::world::{World, id};

/// A workspace with a project, a version with every field, and a finding that has a file.
pub async fn furnished(world: &World) -> (String, String) {
    let (project, version) = world.with_complete_version().await;
    let file = add_file(world, "shot.txt", b"as it was seen").await;
    let finding = json!({ "id": id(), "text": "Too slow", "severity": "", "field": null, "item": null });
    let add = json!({ "version": version, "track": null, "source": "internal", "finding": finding });
    world.change("project", &project, "finding.add", add).await.unwrap();
    let attach = json!({ "finding": finding["id"], "file": file });
    world.change("project", &project, "finding.attach", attach).await.unwrap();
    world.settled().await;
    (project, version)
}

async fn add_file(world: &World, name: &str, bytes: &[u8]) -> Value {
    let args = json!({ "name": name });
    match ipc::call_with(&world.engine, "add_file", args, bytes.to_vec()).await.unwrap() {
        Reply::Json(reply) => serde_json::from_str(&reply).unwrap(),
        Reply::Bytes(_) => panic!("a file"),
    }
}

async fn import(world: &World, bytes: &[u8]) -> Result<(), partner_core::error::Error> {
    let file = world.hand_over(bytes).await;
    world.call("import_workspace", json!({ "file": file })).await.map(drop)
}

/// What a workspace shows, without what belongs to where it stands.
pub async fn shown(world: &World, project: &str, version: &str) -> [Value; 3] {
    let version = json!({ "project": project, "version": version });
    let mut review = world.get("review", version.clone()).await;
    let file = review["findings"][0]["files"][0].take();
    // Who and when by another clock: the desktop's own until the service's came.
    let by = review["findings"][0]["created"].take();
    assert_eq!((&by["me"], &by["name"]), (&json!(true), &json!("PM")));
    let bytes = ipc::call_with(&world.engine, "file", json!({ "file": file }), Vec::new()).await.unwrap();
    assert!(matches!(bytes, Reply::Bytes(bytes) if bytes == b"as it was seen"));
    let activity = world.get("activity", activity_args(project)).await;
    let told = activity["rows"].as_array().unwrap().iter();
    let told = told.map(|row| json!([row["command"]["id"], row["command"]["kind"], row["by"]["me"]]));
    [world.get("version", version).await["information"].clone(), review["findings"].clone(), told.collect()]
}

/// Waits until everything came from the service, and tells what is shown.
async fn arrived(world: &World, (project, version): (&str, &str), before: &[Value; 3]) -> [Value; 3] {
    until(world, "the history came", async || {
        let rows = world.get("activity", activity_args(project)).await;
        rows["rows"].as_array().unwrap().len() >= before[2].as_array().unwrap().len()
            && projects(world).await == ["Call Notes"]
    })
    .await;
    shown(world, project, version).await
}

fn activity_args(project: &str) -> Value {
    let wanted =
        json!({ "project": project, "person": null, "kinds": [], "from": null, "to": null, "words": [] });
    json!({ "wanted": wanted, "offset": 0, "limit": 100 })
}

async fn exported(world: &World) -> (PathBuf, Value) {
    let done = world.get("export_workspace", json!({})).await;
    (PathBuf::from(done["path"].as_str().unwrap()), done)
}

pub fn files_of(data: &Path) -> usize {
    std::fs::read_dir(data).unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_goes_into_a_file_and_comes_back_beside_the_first() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = World::started(one.path()).await;
    let (project, version) = furnished(&desk).await;
    let at = (&*project, &*version);
    let before = shown(&desk, &project, &version).await;
    let (path, done) = exported(&desk).await;
    assert_eq!((&done["unsent"], &done["missing"]), (&json!(0), &json!(0)));
    assert!(path.starts_with(one.path().join("downloads")), "{}", path.display());
    let bytes = std::fs::read(&path).unwrap();

    // Damaged, cut, or something else: said so, and nothing is begun.
    let here = files_of(one.path());
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    for (wrong, reason) in
        [(&damaged[..], "damaged"), (&bytes[..middle], "damaged"), (b"no workspace", "foreign")]
    {
        let error = import(&desk, wrong).await.unwrap_err();
        assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, reason));
    }
    assert_eq!(files_of(one.path()), here);

    // Beside the first one, with all of its history; each goes its own way from here.
    import(&desk, &bytes).await.unwrap();
    assert_eq!(arrived(&desk, at, &before).await, before);
    let details = json!({ "details": { "name": "Another", "slug": "another", "owner": "" } });
    desk.change("project", &id(), "project.create", details).await.unwrap();
    desk.settled().await;
    assert_eq!(projects(&desk).await.len(), 2);
    let views = desk.get("connections", json!({})).await;
    assert_eq!(views.as_array().unwrap().len(), 2);
    assert!(views[1]["name"]["local"].is_string() && views[1]["open"] == true, "{views}");
    desk.get("switch_connection", json!({ "name": "this_computer" })).await;
    assert_eq!(projects(&desk).await, ["Call Notes"]);
    desk.engine.close().await;

    // On another computer, at its first start; it opens again at the next.
    let other = World::at(two.path()).await;
    import(&other, &bytes).await.unwrap();
    assert_eq!(arrived(&other, at, &before).await, before);
    other.get("retry_open", json!({})).await;
    assert_eq!(frame(&other).await["name"], "Sample Apps");
    other.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_moves_to_a_team_and_is_read_only_here_from_then_on() {
    let idp = idp().await;
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let served = Served::start(folder.path(), &idp, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let desk = World::started(data.path()).await;
    let (project, version) = furnished(&desk).await;
    let at = (&*project, &*version);
    let before = shown(&desk, &project, &version).await;
    let registration = sign_in(&desk, &served.url(), "partner-manager").await;
    let code = served.service.owner_code().await.unwrap();
    let to =
        |code: &str| json!({ "url": served.url(), "registration": registration, "to": { "code": code } });
    let wrong = desk.call("move_workspace", to("AAAA-AAAA")).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::Forbidden);
    assert!(frame(&desk).await["moved"].is_null(), "nothing was begun");

    desk.get("move_workspace", to(&code)).await;
    assert_eq!(frame(&desk).await["sync"]["embedded"], false);
    assert_eq!(arrived(&desk, at, &before).await, before, "the person is the same there");
    assert_eq!(frame(&desk).await["name"], "Sample Apps");
    let details = json!({ "details": { "name": "Ours", "slug": "ours", "owner": "" } });
    desk.change("project", &id(), "project.create", details.clone()).await.unwrap();
    desk.settled().await;

    // Here it is as it was, to be read.
    desk.get("switch_connection", json!({ "name": "this_computer" })).await;
    let here = frame(&desk).await;
    assert!(here["moved"]["done"].is_number() && here["moved"]["host"] == "127.0.0.1", "{here}");
    assert_eq!(projects(&desk).await, ["Call Notes"]);
    let error = desk.change("project", &id(), "project.create", details).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Moved);
    let again = desk.call("move_workspace", to(&code)).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::Invalid, "it has gone");
    desk.engine.close().await;
    drop(desk);

    // As a process leaves it that ended before the last step was written down, with the service away.
    let file = data.path().join("profile.json");
    let mut profile: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    profile["this_computer"]["moved"]["done"] = Value::Null;
    profile["teams"] = json!([]);
    std::fs::write(&file, profile.to_string()).unwrap();
    let address = served.address;
    served.stop().await;
    let desk = World::at(data.path()).await;
    let here = frame(&desk).await;
    assert!(here["moved"]["done"].is_null() && here["moved"].is_object(), "{here}");
    let details = json!({ "details": { "name": "Late", "slug": "late", "owner": "" } });
    let error = desk.change("project", &id(), "project.create", details.clone()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Moved, "nothing is changed on the way");
    // The service is back and the person signed in: it goes on, and everything is there once.
    let served = Served::start(folder.path(), &idp, address).await;
    sign_in(&desk, &served.url(), "partner-manager").await;
    desk.get("go_on_moving", json!({})).await;
    assert_eq!(frame(&desk).await["sync"]["embedded"], false);
    until(&desk, "what is there", async || projects(&desk).await.len() == 2).await;
    // Given up, a workspace is as it was.
    desk.engine.close().await;
    drop(desk);
    std::fs::write(&file, profile.to_string()).unwrap();
    served.stop().await;
    let desk = World::at(data.path()).await;
    desk.get("stop_moving", json!({})).await;
    desk.change("project", &id(), "project.create", details).await.unwrap();
    assert_eq!(projects(&desk).await.len(), 2);
    desk.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daily_copy_is_made_in_a_folder_of_choice_and_restored_from_it() {
    let (data, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = World::started(data.path()).await;
    let (project, version) = furnished(&desk).await;
    let before = shown(&desk, &project, &version).await;
    for wrong in [data.path().to_owned(), PathBuf::from("copies"), other.path().join("nowhere")] {
        let error = desk.call("set_copies", json!({ "folder": wrong })).await.unwrap_err();
        assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::Invalid, Some("folder")));
    }
    desk.get("set_copies", json!({ "folder": other.path() })).await;
    desk.get("copy_now", json!({})).await;
    let view = desk.get("copies", json!({})).await;
    let copies = view["copies"].as_array().unwrap();
    assert!(view["last"].is_number() && view["failed"].is_null() && copies.len() == 1, "{view}");
    // What is done after it is not in it; a second one on the same day takes its place.
    let details = json!({ "details": { "name": "Later", "slug": "later", "owner": "" } });
    desk.change("project", &id(), "project.create", details).await.unwrap();
    desk.settled().await;
    let kept = std::fs::read(other.path().join(copies[0]["file"].as_str().unwrap())).unwrap();
    desk.get("copy_now", json!({})).await;
    assert_eq!(desk.get("copies", json!({})).await["copies"].as_array().unwrap().len(), 1);
    std::fs::write(other.path().join("before.partner"), kept).unwrap();
    std::fs::write(other.path().join("something else.partner"), "no copy").unwrap();
    assert_eq!(desk.get("copies", json!({})).await["copies"].as_array().unwrap().len(), 2);
    desk.get("restore_copy", json!({ "file": "before.partner" })).await;
    assert_eq!(arrived(&desk, (&project, &version), &before).await, before);
    let outside = desk.call("restore_copy", json!({ "file": "../before.partner" })).await.unwrap_err();
    assert_eq!(outside.code, ErrorCode::NotFound);
    // A folder that is gone: told, and what is open goes on.
    std::fs::remove_dir_all(other.path()).unwrap();
    std::fs::write(other.path(), "no folder").unwrap();
    assert!(desk.call("copy_now", json!({})).await.is_err());
    assert!(desk.get("copies", json!({})).await["failed"].is_string());
    assert_eq!(projects(&desk).await, ["Call Notes"]);
    desk.engine.close().await;
    std::fs::remove_file(other.path()).unwrap();
}
