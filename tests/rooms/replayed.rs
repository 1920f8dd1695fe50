//! Events that were taken by hand or by the listener, sent to an app again: byte for byte what came, its signature too,
//! from a vault that only a person opens.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use partner_core::error::ErrorCode;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::cloud::Cloud;
use crate::life::{nowhere, secrets_of};
use crate::teams::until;
use crate::world::World;

const PASSPHRASE: &str = "correct horse battery";

type Got = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// An app that keeps what it gets.
async fn app() -> (String, Got) {
    async fn take(State(got): State<Got>, headers: HeaderMap, body: Bytes) -> StatusCode {
        got.lock().await.push((headers, body));
        StatusCode::ACCEPTED
    }
    let got = Got::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let router = Router::new().route("/events", post(take)).with_state(got.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, got)
}

/// What the app got last is what was delivered.
async fn is_the_same(got: &Got, delivery: &Value) {
    let (headers, body) = got.lock().await.pop().expect("something came");
    assert_eq!(STANDARD.encode(&body), delivery["body"].as_str().unwrap());
    for (name, part) in [("x-hub-ecdsa-signature", "signature"), ("x-hub-ecdsa-signature-id", "key_id")] {
        assert_eq!(headers[name], delivery[part].as_str().unwrap(), "{name}");
    }
    assert_eq!(headers["content-type"], "application/json");
}

async fn desk(data: &Path, cloud: &Cloud) -> World {
    let world = World::started(data).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    world.get("new_recovery_code", json!({})).await;
    world
}

/// The events, newest first.
async fn events(world: &World) -> Vec<Value> {
    let all = json!({ "verified": true, "text": "", "offset": 0, "limit": 50 });
    world.get("events", all).await["rows"].as_array().unwrap().clone()
}

/// How often it was noted that an event went somewhere.
async fn noted(world: &World) -> usize {
    let wanted = json!({ "project": null, "person": null, "kinds": ["secret.note_reveal"], "from": null, "to": null, "words": [] });
    let page = world.get("activity", json!({ "wanted": wanted, "offset": 0, "limit": 50 })).await;
    page["rows"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_by_hand_goes_out_as_it_came() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = desk(data.path(), &cloud).await;
    let (url, got) = app().await;
    let install = cloud.latest().await;
    assert_eq!(world.get("take_delivery", install.clone()).await["outcome"], "taken");
    let listed = events(&world).await[0].clone();
    assert_eq!(listed["original"], "here", "{listed}");
    let event = listed["event"]["id"].clone();
    let again = json!({ "event": event, "url": url });
    let answer = world.get("replay_event", again.clone()).await;
    assert_eq!((&answer["status"], &answer["fault"]), (&json!(202), &json!("")), "{answer}");
    is_the_same(&got, &install).await;
    assert_eq!(noted(&world).await, 1, "its credentials went there");

    // Where it may not go nothing goes, and nothing is noted.
    for (url, reason) in [
        ("nowhere", "url"),
        ("http://app.example/events", "scheme"),
        ("https://u:p@app.example/events", "credentials"),
        ("https://10.0.0.4/events", "address"),
    ] {
        let error = world.call("replay_event", json!({ "event": event, "url": url })).await.unwrap_err();
        assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, reason), "{url}");
        assert_eq!(error.place.unwrap().input.as_deref(), Some("url"));
    }
    assert_eq!(noted(&world).await, 1);

    // A vault that is closed says so, and after the next start, too; opened, it is there.
    world.get("lock_vault", json!({})).await;
    assert_eq!(world.call("replay_event", again.clone()).await.unwrap_err().code, ErrorCode::VaultLocked);
    world.engine.close().await;
    let world = World::at(data.path()).await;
    assert_eq!(events(&world).await[0]["original"], "here");
    assert_eq!(world.call("replay_event", again.clone()).await.unwrap_err().code, ErrorCode::VaultLocked);
    assert!(got.lock().await.is_empty());
    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    world.get("replay_event", again).await;
    is_the_same(&got, &install).await;
    world.engine.close().await;
    nowhere(data.path(), &secrets_of(&install));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_without_secrets_is_taken_while_the_vault_is_closed_and_is_there_once_it_is_taken_again() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = desk(data.path(), &cloud).await;
    let (url, got) = app().await;
    world.get("take_delivery", cloud.latest().await).await;
    cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1"] } })).await;
    let update = cloud.latest().await;
    world.get("lock_vault", json!({})).await;
    assert_eq!(world.get("take_delivery", update.clone()).await["outcome"], "taken");
    let listed = events(&world).await[0].clone();
    assert_eq!((&listed["event"]["kind"], &listed["original"]), (&json!("app.updated"), &json!("elsewhere")));
    let again = json!({ "event": listed["event"]["id"], "url": url });
    let error = world.call("replay_event", again.clone()).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::NotFound, Some("event")));
    assert_eq!(noted(&world).await, 0, "nothing went anywhere");

    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(world.get("take_delivery", update.clone()).await["outcome"], "duplicate");
    assert_eq!(events(&world).await[0]["original"], "here");
    world.get("replay_event", again.clone()).await;
    is_the_same(&got, &update).await;

    // A file of the vault that is gone is told as what it is.
    let records = data.path().join("vault").join("records");
    for record in std::fs::read_dir(records).unwrap() {
        let path = record.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("original.") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(world.call("replay_event", again).await.unwrap_err().code, ErrorCode::NotFound);
    world.engine.close().await;
}

/// Whatever goes wrong before an event is taken: nothing of it stays in the vault that no rule would ever let go of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_could_not_be_taken_leaves_no_original() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = desk(data.path(), &cloud).await;
    world.get("take_delivery", cloud.latest().await).await;
    // Its body is sent before it is.
    world.settled().await;
    let originals = || {
        let records = std::fs::read_dir(data.path().join("vault").join("records")).unwrap();
        let names = records.map(|record| record.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("original.")).count()
    };
    assert_eq!(originals(), 1);
    cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1"] } })).await;
    let update = cloud.latest().await;
    // The body cannot be kept: in the place of the folder of files there is something else.
    let (files, aside) = (data.path().join("this-computer").join("blobs"), data.path().join("aside"));
    std::fs::rename(&files, &aside).unwrap();
    std::fs::write(&files, "no folder").unwrap();
    world.call("take_delivery", update.clone()).await.unwrap_err();
    assert_eq!((events(&world).await.len(), originals()), (1, 1));
    std::fs::remove_file(&files).unwrap();
    std::fs::rename(&aside, &files).unwrap();
    assert_eq!(world.get("take_delivery", update).await["outcome"], "taken");
    assert_eq!((&events(&world).await[0]["original"], originals()), (&json!("here"), 2));
    world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_to_the_listener_goes_out_as_it_came() {
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    world.get("set_passphrase", json!({ "passphrase": PASSPHRASE })).await;
    world.get("new_recovery_code", json!({})).await;
    world.get("start_listener", json!({ "port": 0 })).await;
    let listening = world.get("listener", json!({})).await["url"].as_str().unwrap().to_owned();
    let options = SandboxOptions {
        deliver_to: Some(listening),
        delivery_retries: Vec::new(),
        ..SandboxOptions::default()
    };
    let mut cloud = Cloud::start(options).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    cloud.install(&format!("{}/receiver", cloud.running.url())).await;
    let kept = async || events(&world).await.first().is_some_and(|listed| listed["original"] == "here");
    until(&world, "app.installed, as it came", kept).await;
    let listed = events(&world).await[0].clone();
    assert_eq!(listed["event"]["received"], "listener");
    let (url, got) = app().await;
    world.get("replay_event", json!({ "event": listed["event"]["id"], "url": url })).await;
    let (headers, body) = got.lock().await.pop().unwrap();
    // What the app got verifies here, so nothing of it was changed.
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let delivery = json!({
        "signature": text("x-hub-ecdsa-signature"), "key_id": text("x-hub-ecdsa-signature-id"), "body": STANDARD.encode(&body),
    });
    assert_eq!(world.get("take_delivery", delivery).await["outcome"], "duplicate");
    world.engine.close().await;
}
