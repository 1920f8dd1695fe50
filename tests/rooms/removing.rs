//! A workspace that is taken off this computer: what is kept can be opened again, what is lost is what was said.

use std::path::{Path, PathBuf};

use partner_core::error::ErrorCode;
use serde_json::{Value, json};

use crate::exchange::{furnished, shown};
use crate::teams::{create, frame, projects, until};
use crate::world::World;

async fn names(world: &World) -> Vec<Value> {
    let views = world.get("connections", json!({})).await;
    views.as_array().unwrap().iter().map(|view| view["name"].clone()).collect()
}

fn folders(data: &Path) -> usize {
    let entries = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter(|name| name.to_string_lossy().starts_with("local-")).count()
}

async fn opened(world: &World, file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let file = world.hand_over(&bytes).await;
    world.get("import_workspace", json!({ "file": file })).await;
    until(world, "what the file holds", async || projects(world).await == ["Call Notes"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_further_workspace_is_removed_and_comes_back_from_what_was_kept() {
    let data = tempfile::tempdir().unwrap();
    let desk = World::started(data.path()).await;
    let (project, version) = furnished(&desk).await;
    let before = shown(&desk, &project, &version).await;
    let exported = desk.get("export_workspace", json!({})).await;
    opened(&desk, Path::new(exported["path"].as_str().unwrap())).await;
    let further = names(&desk).await[1].clone();
    assert!(further["local"].is_string());
    assert_eq!(folders(data.path()), 1);

    // The first one stays, and so does what is not here.
    for (name, reason) in [(json!("this_computer"), Some("not_own")), (json!("sample"), None)] {
        let error = desk.call("remove_workspace", json!({ "name": name })).await.unwrap_err();
        assert_eq!(error.params.get("reason").map(String::as_str), reason);
        assert_eq!(error.code, if reason.is_some() { ErrorCode::Invalid } else { ErrorCode::NotFound });
    }

    // Removed while another is open: that one is open afterwards, untouched.
    desk.get("switch_connection", json!({ "name": "this_computer" })).await;
    create(&desk, "Mine alone", "mine-alone").await;
    desk.settled().await;
    let removed = desk.get("remove_workspace", json!({ "name": further })).await;
    assert_eq!(removed["unsent"], Value::Null);
    assert_eq!(names(&desk).await, [json!("this_computer")]);
    assert_eq!((folders(data.path()), projects(&desk).await.len()), (0, 2));
    let again = desk.call("remove_workspace", json!({ "name": further })).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::NotFound);

    // What was kept opens again, as it was.
    let kept = PathBuf::from(removed["kept"].as_str().unwrap());
    opened(&desk, &kept).await;
    until(&desk, "the history", async || {
        let rows = shown(&desk, &project, &version).await[2].as_array().unwrap().len();
        rows >= before[2].as_array().unwrap().len()
    })
    .await;
    assert_eq!(shown(&desk, &project, &version).await, before);
    // Removed while it is open itself: the first one is.
    let further = names(&desk).await[1].clone();
    desk.get("remove_workspace", json!({ "name": further })).await;
    assert_eq!(projects(&desk).await.len(), 2);
    assert_eq!(frame(&desk).await["name"], "Sample Apps");
    desk.engine.close().await;
    // And so it is at the next start.
    let desk = World::at(data.path()).await;
    assert_eq!(names(&desk).await, [json!("this_computer")]);
    desk.engine.close().await;
}
