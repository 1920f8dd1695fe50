//! How events are delivered: signed, again where they were not taken, and with the faults that are set.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use partner_sandbox::{Curve, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::{Customer, body_of, received, settled, text};
use crate::support::send;

fn fast(options: &mut SandboxOptions) {
    options.delivery_retries = vec![Duration::from_millis(20), Duration::from_millis(20)];
    options.delivery_time_limit = Duration::from_millis(200);
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Whether what was received is signed by the key that its gateway publishes.
pub async fn verifies(customer: &Customer, got: &Value, raw: bool) -> bool {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    use p256::pkcs8::DecodePublicKey;
    let url = format!("{}/events/signature-keys/{}", customer.link("root"), text(got, "key_id"));
    let answer = send(customer.world.http.get(url)).await;
    if answer.status != 200 {
        return false;
    }
    let spki = STANDARD.decode(text(&answer.json(), "public_key")).unwrap();
    let (signature, hash) = (unhex(text(got, "signature")), Sha512::digest(text(got, "body")));
    macro_rules! verify {
        ($curve:ident) => {{
            use $curve::ecdsa::{Signature, VerifyingKey};
            VerifyingKey::from_public_key_der(&spki).map(|key| {
                let read =
                    if raw { Signature::from_slice(&signature) } else { Signature::from_der(&signature) };
                key.verify_prehash(&hash, &read.unwrap()).is_ok()
            })
        }};
    }
    verify!(p256).or_else(|_| verify!(p384)).or_else(|_| verify!(p521)).unwrap()
}

#[tokio::test]
async fn a_delivery_is_signed_on_any_curve_in_either_encoding() {
    for curve in ["P-256", "P-384", "P-521"] {
        for raw in [false, true] {
            let customer = Customer::with(|options| {
                options.signature_curve = curve.parse::<Curve>().unwrap();
                options.signature_raw = raw;
            })
            .await;
            let got = received(&customer.world).await;
            assert!(verifies(&customer, &got[0], raw).await, "{curve} {raw}");
        }
    }
}

#[tokio::test]
async fn what_is_not_taken_comes_again_as_it_was() {
    let customer = Customer::with(fast).await;
    let fail = json!([
        { "route": "receiver", "kind": "status", "status": 503, "times": 1 },
        { "route": "receiver", "kind": "redirect", "location": "https://elsewhere.example/x", "times": 1 },
    ]);
    send(customer.world.reviewer(Method::PUT, "/faults").json(&fail)).await;
    let event = customer.happens(&json!({ "type": "app.updated" })).await;
    let last = settled(&customer.world).await.pop().unwrap();
    assert_eq!((text(&last, "state"), &last["event_id"]), ("delivered", &event["id"]));
    let statuses: Vec<_> =
        last["attempts"].as_array().unwrap().iter().map(|attempt| attempt["status"].clone()).collect();
    assert_eq!(statuses, [503, 302, 200]);
    assert_eq!(last["attempts"][1]["location"], "https://elsewhere.example/x");

    let fail = json!([{ "route": "receiver", "kind": "hang" }]);
    send(customer.world.reviewer(Method::PUT, "/faults").json(&fail)).await;
    let path = format!("/reviewer/api/events/{}/deliveries", text(&event, "id"));
    assert_eq!(send(customer.world.reviewer(Method::POST, &path)).await.status, 202);
    let last = settled(&customer.world).await.pop().unwrap();
    assert_eq!(text(&last, "state"), "given_up");
    assert!(last["attempts"].as_array().unwrap().iter().all(|attempt| attempt["error"] == "timeout"));
    assert_eq!(last["attempts"].as_array().unwrap().len(), 3);

    send(customer.world.reviewer(Method::DELETE, "/faults")).await;
    assert_eq!(send(customer.world.reviewer(Method::POST, &path)).await.status, 202);
    settled(&customer.world).await;
    assert_eq!(
        body_of(received(&customer.world).await.last().unwrap()),
        event,
        "the same event, letter by letter"
    );
    let none = send(customer.world.reviewer(Method::POST, "/reviewer/api/events/none/deliveries")).await;
    assert_eq!(none.verdict(), "404 not_found");
}

#[tokio::test]
async fn faults_of_deliveries() {
    let customer = Customer::with(fast).await;
    let with = async |kind: &str| -> (Value, Vec<Value>) {
        let before = received(&customer.world).await.len();
        let fault = json!([{ "route": "delivery", "kind": kind, "times": 1 }]);
        assert_eq!(
            send(customer.world.reviewer(Method::PUT, "/faults").json(&fault)).await.status,
            200,
            "{kind}"
        );
        let path = format!("/reviewer/api/events/{}/deliveries", text(&customer.event, "id"));
        assert_eq!(send(customer.world.reviewer(Method::POST, &path)).await.status, 202);
        let last = settled(&customer.world).await.pop().unwrap();
        (last, received(&customer.world).await.split_off(before))
    };
    let (_, got) = with("unsigned").await;
    assert_eq!((&got[0]["signature"], &got[0]["key_id"]), (&Value::Null, &Value::Null));
    for kind in ["wrong_key", "wrong_signature"] {
        let (_, got) = with(kind).await;
        assert!(!verifies(&customer, &got[0], false).await, "{kind}");
    }
    let (_, got) = with("twice").await;
    assert_eq!((got.len(), &got[0]["body"]), (2, &got[1]["body"]));
    let (last, got) = with("not_sent").await;
    assert_eq!((text(&last, "state"), got.len()), ("not_sent", 0));
    for fault in
        [json!({ "route": "delivery", "kind": "hang" }), json!({ "route": "receiver", "kind": "twice" })]
    {
        assert_eq!(customer.world.fault(fault).await.verdict(), "422 invalid 0.route");
    }
}

#[tokio::test]
async fn nothing_leaves_this_computer_unasked() {
    let elsewhere = |world: &crate::support::World| {
        let mut body = crate::support::submission(1, &["technical"]);
        body["fields"]["urls"] = json!([
            { "type": "launch_url", "url": format!("{}/receiver", world.running.url()) },
            { "type": "installation_subscription", "url": "https://partner-app.example/events" },
        ]);
        body
    };
    let install = async |world: &crate::support::World| {
        world.submit(&elsewhere(world)).await;
        let link = world.link("?account=sample-apps").await.json()["url"].as_str().unwrap().to_owned();
        let path = link.strip_prefix("https://partner-project.example").unwrap().to_owned();
        let typed = [("account", "sample-apps"), ("region", "td-us-1")];
        let answer = send(crate::support::form(world.request(Method::POST, &path), &typed)).await;
        assert_eq!(answer.status, 303);
        settled(world).await.pop().unwrap()
    };
    let world = crate::support::World::start().await;
    let delivery = install(&world).await;
    assert_eq!(
        (text(&delivery, "state"), text(&delivery, "url")),
        ("not_sent", "https://partner-app.example/events")
    );
    // All can be led to one place, whatever the version says.
    let other = crate::support::World::start().await;
    let to = format!("{}/receiver", other.running.url());
    let world = crate::support::World::with(|options| options.deliver_to = Some(to.clone())).await;
    let delivery = install(&world).await;
    assert_eq!((text(&delivery, "state"), text(&delivery, "url")), ("delivered", &*to));
    assert_eq!(received(&other).await.len(), 1);
}
