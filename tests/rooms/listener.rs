//! The listener on loopback: what comes to it is verified and taken, what is not from Talkdesk is refused, and nothing
//! but loopback reaches it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use partner_core::error::ErrorCode;
use reqwest::{Client, StatusCode};
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::{Cloud, body_of};
use crate::teams::until;
use crate::world::World;

const BODY_LIMIT: usize = 1024 * 1024;

async fn url_of(world: &World) -> String {
    world.get("listener", json!({})).await["url"].as_str().unwrap().to_owned()
}

/// Sends a delivery as it was pasted; says the status and the word.
async fn sends(http: &Client, url: &str, delivery: &Value) -> (StatusCode, Value) {
    let request = http
        .post(url)
        .header("X-Hub-Ecdsa-Signature", delivery["signature"].as_str().unwrap())
        .header("X-Hub-Ecdsa-Signature-Id", delivery["key_id"].as_str().unwrap());
    let answer =
        request.body(STANDARD.decode(delivery["body"].as_str().unwrap()).unwrap()).send().await.unwrap();
    (answer.status(), answer.json::<Value>().await.unwrap()["delivery"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_through_it_while_a_person_wants_that() {
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    assert_eq!(world.get("listener", json!({})).await, Value::Null);
    world.get("start_listener", json!({ "port": 0 })).await;
    let url = url_of(&world).await;
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let options = SandboxOptions {
        deliver_to: Some(url.clone()),
        delivery_retries: Vec::new(),
        ..SandboxOptions::default()
    };
    let mut cloud = Cloud::start(options).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    let http = Client::builder().no_proxy().build().unwrap();

    // No vault is open for its credentials: it is not kept, and whoever sent it is told to come again.
    cloud.install("https://calls.example/events").await;
    until(&world, "the vault is missed", async || {
        world.get("listener", json!({})).await["error"] != Value::Null
    })
    .await;
    assert_eq!(world.get("installations", json!({})).await, json!([]));
    let deliveries = async || -> Value {
        cloud.reviewer(reqwest::Method::GET, "/deliveries").send().await.unwrap().json().await.unwrap()
    };
    // The answer reaches the sender a moment after it was given here.
    until(&world, "the delivery is answered", async || {
        deliveries().await[0]["attempts"][0]["status"].is_u64()
    })
    .await;
    let told = deliveries().await;
    assert_eq!(told[0]["attempts"][0]["status"], 503, "{told}");
    world.get("set_passphrase", json!({ "passphrase": "correct horse battery" })).await;
    world.get("new_recovery_code", json!({})).await;
    let event = told[0]["event_id"].as_str().unwrap();
    let again = cloud.reviewer(reqwest::Method::POST, &format!("/events/{event}/deliveries"));
    assert_eq!(again.send().await.unwrap().status(), 202);
    until(&world, "app.installed", async || world.get("installations", json!({})).await[0]["id"].is_string())
        .await;
    let id = world.get("installations", json!({})).await[0]["id"].clone();
    let page = world.get("installation", json!({ "installation": id })).await;
    assert_eq!(page["events"][0]["row"]["received"], "listener");
    assert_eq!(page["sets"][0]["kept"], "here", "its credentials are in the vault: {page}");
    until(&world, "it is counted", async || {
        let standing = world.get("listener", json!({})).await;
        standing["taken"] == 1 && standing["error"] == Value::Null
    })
    .await;

    // What is forged, too large, or at another place is refused, and says why.
    let listed = json!({ "verified": false, "text": "", "offset": 0, "limit": 10 });
    let forged = json!({ "signature": "30aa", "key_id": "k1", "body": STANDARD.encode(r#"{"id":"e1","type":"app.updated"}"#) });
    assert_eq!(sends(&http, &url, &forged).await, (StatusCode::UNAUTHORIZED, json!("not_verified")));
    let page = world.get("events", listed).await;
    assert_eq!((&page["total"], &page["rows"][0]["delivery"]["received"]), (&json!(1), &json!("listener")));
    let large = http.post(&url).body(vec![b' '; BODY_LIMIT + 1]).send().await.unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(http.get(&url).send().await.unwrap().status(), 405);
    assert_eq!(http.post(format!("{url}/x")).send().await.unwrap().status(), 404);
    assert_eq!(world.get("listener", json!({})).await["refused"], 2);

    // Another takes its place, a port that is taken is told, and stopped it is gone.
    let port: u16 = url.rsplit(':').next().unwrap().trim_end_matches("/events").parse().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let held = taken.local_addr().unwrap().port();
    let error = world.call("start_listener", json!({ "port": held })).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::Invalid, Some("port")));
    assert_eq!(url_of(&world).await, url, "the one that listens stays");
    drop(taken);
    world.get("start_listener", json!({ "port": port })).await;
    assert_eq!(url_of(&world).await, url);
    world.get("stop_listener", json!({})).await;
    assert!(http.get(&url).send().await.is_err());
    assert_eq!(world.get("listener", json!({})).await, Value::Null);
    world.get("start_listener", json!({ "port": 0 })).await;
    let url = url_of(&world).await;
    world.engine.close().await;
    assert!(http.get(&url).send().await.is_err(), "it ends with the workspace");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_comes_twice_is_taken_once() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    world.get("set_passphrase", json!({ "passphrase": "correct horse battery" })).await;
    world.get("new_recovery_code", json!({})).await;
    world.get("start_listener", json!({ "port": 0 })).await;
    let (url, http) = (url_of(&world).await, Client::builder().no_proxy().build().unwrap());
    let delivery = cloud.latest().await;
    assert!(body_of(&delivery).contains("app.installed"));
    assert_eq!(sends(&http, &url, &delivery).await, (StatusCode::OK, json!("taken")));
    assert_eq!(sends(&http, &url, &delivery).await, (StatusCode::OK, json!("duplicate")));
    world.engine.close().await;
}
