//! Deliveries that were taken by hand or by the listener, verified or not, shown as they came and sent to an app again: byte
//! for byte, the signature too, from a vault that only a person opens.

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
    let again = json!({ "which": { "event": event }, "url": url });
    let answer = world.get("replay_delivery", again.clone()).await;
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
        let error = world
            .call("replay_delivery", json!({ "which": { "event": event }, "url": url }))
            .await
            .unwrap_err();
        assert_eq!((error.code, error.params["reason"].as_str()), (ErrorCode::Invalid, reason), "{url}");
        assert_eq!(error.place.unwrap().input.as_deref(), Some("url"));
    }
    assert_eq!(noted(&world).await, 1);

    // A vault that is closed says so, and after the next start, too; opened, it is there.
    world.get("lock_vault", json!({})).await;
    assert_eq!(world.call("replay_delivery", again.clone()).await.unwrap_err().code, ErrorCode::VaultLocked);
    world.engine.close().await;
    let world = World::at(data.path()).await;
    assert_eq!(events(&world).await[0]["original"], "here");
    assert_eq!(world.call("replay_delivery", again.clone()).await.unwrap_err().code, ErrorCode::VaultLocked);
    assert!(got.lock().await.is_empty());
    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    world.get("replay_delivery", again).await;
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
    let again = json!({ "which": { "event": listed["event"]["id"] }, "url": url });
    let error = world.call("replay_delivery", again.clone()).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::NotFound, Some("delivery")));
    assert_eq!(noted(&world).await, 0, "nothing went anywhere");

    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(world.get("take_delivery", update.clone()).await["outcome"], "duplicate");
    assert_eq!(events(&world).await[0]["original"], "here");
    world.get("replay_delivery", again.clone()).await;
    is_the_same(&got, &update).await;

    // A file of the vault that is gone is told as what it is.
    let records = data.path().join("vault").join("records");
    for record in std::fs::read_dir(records).unwrap() {
        let path = record.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("original.") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(world.call("replay_delivery", again).await.unwrap_err().code, ErrorCode::NotFound);
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
    world.get("replay_delivery", json!({ "which": { "event": listed["event"]["id"] }, "url": url })).await;
    let (headers, body) = got.lock().await.pop().unwrap();
    // What the app got verifies here, so nothing of it was changed.
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let delivery = json!({
        "signature": text("x-hub-ecdsa-signature"), "key_id": text("x-hub-ecdsa-signature-id"), "body": STANDARD.encode(&body),
    });
    assert_eq!(world.get("take_delivery", delivery).await["outcome"], "duplicate");
    world.engine.close().await;
}

/// What `as_it_came` shows of a delivery.
async fn shown(world: &World, which: &Value) -> Value {
    world.get("as_it_came", json!({ "which": which })).await
}

/// The rows that did not verify, newest first.
async fn unverified(world: &World) -> Vec<Value> {
    let all = json!({ "verified": false, "text": "", "offset": 0, "limit": 50 });
    world.get("events", all).await["rows"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_is_shown_byte_for_byte_but_for_its_secrets() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = desk(data.path(), &cloud).await;
    let install = cloud.latest().await;
    let secrets = secrets_of(&install);
    world.get("take_delivery", install.clone()).await;
    let which = json!({ "event": events(&world).await[0]["event"]["id"] });
    let came = shown(&world, &which).await;
    let body = String::from_utf8(STANDARD.decode(install["body"].as_str().unwrap()).unwrap()).unwrap();
    let mut hidden = body.clone();
    for secret in &secrets {
        hidden = hidden.replace(&format!("\"{secret}\""), "\"[sealed]\"");
    }
    assert_ne!(hidden, body);
    assert_eq!(came["body"], hidden.as_str(), "byte for byte");
    assert_eq!((&came["hidden"], &came["left_out"]), (&json!(secrets.len()), &json!(0)));
    let header = |name: &str, part: &str| json!({ "name": name, "value": install[part] });
    let of_signature =
        [header("x-hub-ecdsa-signature", "signature"), header("x-hub-ecdsa-signature-id", "key_id")];
    assert_eq!(came["headers"], json!(of_signature), "nobody has the others");

    world.get("lock_vault", json!({})).await;
    let error = world.call("as_it_came", json!({ "which": which })).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VaultLocked);
    world.engine.close().await;
}

/// A delivery that did not verify is the one that a developer wants to look at, and to try on the app.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_did_not_verify_is_shown_and_goes_out_as_it_came() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = desk(data.path(), &cloud).await;
    world.get("start_listener", json!({ "port": 0 })).await;
    let listening = world.get("listener", json!({})).await["url"].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = "{\"id\" : \"e\",\r\n \"private_key\":\"hush-1\"}\r\n";
    let sent = http.post(&listening).header("x-odd", "1").header("cookie", "hush-2").body(body);
    assert_eq!(sent.send().await.unwrap().status(), 401);
    let row = unverified(&world).await[0].clone();
    assert_eq!(row["original"], "here", "{row}");
    let which = json!({ "delivery": row["delivery"]["id"] });
    let came = shown(&world, &which).await;
    assert_eq!(came["body"], "{\"id\" : \"e\",\r\n \"private_key\":\"[sealed]\"}\r\n");
    let headers = came["headers"].as_array().unwrap();
    assert!(headers.contains(&json!({ "name": "x-odd", "value": "1" })), "{came}");
    assert!(headers.contains(&json!({ "name": "cookie", "value": null })), "{came}");

    let (url, got) = app().await;
    let answer = world.get("replay_delivery", json!({ "which": which, "url": url })).await;
    assert_eq!(answer["status"], 202, "{answer}");
    let (headers, replayed) = got.lock().await.pop().expect("something came");
    assert_eq!(
        (&replayed[..], &headers["x-odd"], &headers["cookie"]),
        (body.as_bytes(), &"1".parse().unwrap(), &"hush-2".parse().unwrap())
    );
    assert_eq!(noted(&world).await, 1);

    // Without an open vault it is listed and not kept as it came; after the next start what was kept is there.
    world.get("lock_vault", json!({})).await;
    assert_eq!(http.post(&listening).body("{}").send().await.unwrap().status(), 401);
    let rows = unverified(&world).await;
    assert_eq!((&rows[0]["original"], &rows[1]["original"]), (&json!("elsewhere"), &json!("here")));
    let lost = json!({ "which": { "delivery": rows[0]["delivery"]["id"] }, "url": url });
    let error = world.call("replay_delivery", lost).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::NotFound, Some("delivery")));
    world.engine.close().await;
    let world = World::at(data.path()).await;
    world.get("open_vault", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(shown(&world, &which).await, came);
    world.engine.close().await;
    nowhere(data.path(), &["hush-1".to_owned(), "hush-2".to_owned()]);
}
