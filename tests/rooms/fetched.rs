//! Originals that are fetched from Talkdesk by their id: of a delivery that was lost, and of one that did not verify.

use partner_core::error::ErrorCode;
use reqwest::Method;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::world::World;

/// An installation, taken by hand.
async fn installed(world: &World, cloud: &Cloud) -> Value {
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    world.get("set_passphrase", json!({ "passphrase": "correct horse battery" })).await;
    world.get("new_recovery_code", json!({})).await;
    world.get("take_delivery", cloud.latest().await).await;
    world.get("installations", json!({})).await[0]["id"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_lost_or_did_not_verify_is_fetched_by_its_id() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    let installation = installed(&world, &cloud).await;
    let fetch = |event: &str| json!({ "installation": installation, "event": event });
    let page = || world.get("installation", json!({ "installation": installation }));

    // Lost: it was never delivered, and Talkdesk holds it.
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let faults =
        http.put(format!("{}/faults", cloud.running.url())).bearer_auth(cloud.running.reviewer_token());
    faults.json(&json!([{ "route": "delivery", "kind": "not_sent", "times": 1 }])).send().await.unwrap();
    cloud.happens(json!({ "type": "app.updated", "users": { "adding": ["u1", "u2"] } })).await;
    let told: Value = cloud.reviewer(Method::GET, "/events").send().await.unwrap().json().await.unwrap();
    let lost = told.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    let came = world.get("fetch_event", fetch(&format!(" {lost} "))).await;
    assert_eq!((&came["outcome"], &came["event"]), (&json!("taken"), &json!(lost)));
    let view = page().await;
    assert_eq!(view["users"].as_array().unwrap().len(), 2);
    let row = view["events"].as_array().unwrap().iter().find(|event| event["row"]["id"] == *lost).unwrap();
    assert_eq!(row["row"]["received"], "fetched");
    assert_eq!(world.get("fetch_event", fetch(&lost)).await["outcome"], "duplicate");

    // Changed on the way: the row leads to the installation, and its original brings the credentials.
    cloud.happens(json!({ "type": "app.credentials_rotated" })).await;
    let mut delivery = cloud.latest().await;
    delivery["signature"] = "30aa".into();
    assert_eq!(world.get("take_delivery", delivery).await["outcome"], "refused");
    let listed = json!({ "verified": false, "text": "", "offset": 0, "limit": 10 });
    let row = world.get("events", listed).await["rows"][0].clone();
    assert_eq!(row["installation"], installation);
    let claimed = row["delivery"]["claimed"].as_str().unwrap();
    assert_eq!(world.get("fetch_event", fetch(claimed)).await["outcome"], "taken");
    let set = page().await["sets"][0].clone();
    assert_eq!((&set["rotated"], &set["kept"]), (&json!(true), &json!("here")), "{set}");
    let token = json!({ "installation": installation, "client_id": set["set"]["client_id"], "way": "private_key_jwt" });
    world.get("get_token", token).await;

    // What is not there, what is no id, and what a gateway answers instead.
    let error = world.call("fetch_event", fetch("00000000000000000000000000000000")).await.unwrap_err();
    assert!(error.code == ErrorCode::Platform && error.params["detail"].contains("404"), "{error:?}");
    for bad in ["", " ", "..", "a/b", "a?b", &"a".repeat(201)] {
        let error = world.call("fetch_event", fetch(bad)).await.unwrap_err();
        assert_eq!(
            (error.code, error.place.unwrap().input.as_deref()),
            (ErrorCode::Invalid, Some("event")),
            "{bad}"
        );
    }
    world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_answers_with_another_event_is_not_believed() {
    let cloud = Cloud::begin(SandboxOptions::default()).await;
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    let installation = installed(&world, &cloud).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for kind in ["garbage", "truncated"] {
        let faults = http.put(format!("{}/faults", cloud.running.url()));
        let faults = faults.bearer_auth(cloud.running.reviewer_token());
        faults.json(&json!([{ "route": "replay", "kind": kind }])).send().await.unwrap();
        let first =
            world.get("events", json!({ "verified": true, "text": "", "offset": 0, "limit": 1 })).await;
        let event = first["rows"][0]["event"]["id"].clone();
        let error = world
            .call("fetch_event", json!({ "installation": installation, "event": event }))
            .await
            .unwrap_err();
        assert!(matches!(error.code, ErrorCode::Platform | ErrorCode::Unreached), "{kind}: {error:?}");
    }
    world.engine.close().await;
}
