//! The gateway of a region: who may ask it what.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ACCOUNT, Customer, app_path, text};
use crate::support::{APP, VERSION, send};

#[tokio::test]
async fn an_installation_reads_about_itself() {
    let customer = Customer::start().await;
    let token = customer.token("apps:read events:read").await;
    let me = customer.get(&customer.link("userinfo"), &token).await.json();
    assert_eq!((&me["account"], &me["id"]), (&json!(ACCOUNT), &customer.event["data"]["client_id"]));
    let shown = customer.get(&customer.at(""), &token).await.json();
    assert_eq!((text(&shown, "id"), text(&shown, "app_id")), (&*customer.installation, APP));
    assert_eq!(shown["scopes"], json!(["contacts:read"]));
    assert_eq!(shown["_embedded"]["state"]["state"], "pending");
    assert_eq!(shown["_embedded"]["created_by"]["id"], "installing-admin");
    for path in ["/subscription", "/trial"] {
        assert_eq!(customer.get(&customer.at(path), &token).await.verdict(), "404 Not found");
    }
    let plan = json!({ "name": "Pro", "licenses": 5 });
    customer.happens(&json!({ "type": "app.updated", "subscription": { "adding": plan } })).await;
    customer.happens(&json!({ "type": "app.trial_started", "expires_at": "2026-12-27T03:00:00Z" })).await;
    assert_eq!(customer.get(&customer.at("/subscription"), &token).await.json(), plan);
    let trial = customer.get(&customer.at("/trial"), &token).await.json();
    assert_eq!(trial["expires_at"], "2026-12-27T03:00:00Z");
    let again = customer.get(&customer.link("self"), &token).await;
    assert_eq!(again.json(), customer.event, "an event is told again, credentials included");
}

#[tokio::test]
async fn users_come_by_pages_of_fifty() {
    let customer = Customer::start().await;
    let ids: Vec<_> = (0..120).map(|at| format!("u{at}")).collect();
    customer.happens(&json!({ "type": "app.updated", "users": { "adding": ids } })).await;
    customer
        .happens(&json!({ "type": "app.updated", "users": { "removing": ["u0", "u1"], "adding": ["u2"] } }))
        .await;
    let token = customer.token("users:read").await;
    let (mut at, mut seen) = (Some(customer.at("/users")), Vec::new());
    let mut pages = 0;
    while let Some(url) = at {
        let page = customer.get(&url, &token).await.json();
        assert_eq!((&page["total"], &page["per_page"]), (&json!(118), &json!(50)));
        let users = page["_embedded"]["users"].as_array().unwrap();
        assert_eq!(page["count"], users.len());
        seen.extend(users.iter().map(|user| text(user, "id").to_owned()));
        at = page["_links"]["next"]["href"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!((pages, seen.as_slice()), (3, &ids[2..]));
    let beyond = customer.get(&customer.at("/users?page=99999999999999999"), &token).await.json();
    assert_eq!(beyond["count"], 0);
}

#[tokio::test]
async fn others_are_told_nothing() {
    let customer = Customer::start().await;
    let token = customer.token("apps:read").await;
    let own = customer.at("");
    let refused = [
        (own.replace("td-eu-1", "td-us-1"), token.as_str(), 401),
        (own.clone(), "made-up", 401),
        (own.replace(&customer.installation, "another"), &token, 404),
        (own.replace(APP, VERSION), &token, 404),
        (customer.link("self"), &token, 403),
        (customer.link("self").replace(text(&customer.event, "id"), "another"), &token, 403),
    ];
    for (url, token, status) in refused {
        let answer = customer.get(&url, token).await;
        assert_eq!(answer.status, status, "{url}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(customer.world.get(&app_path("/installations/x")).await.status, 401);
    let reading = customer.token("events:read").await;
    let other = customer.link("self").replace(text(&customer.event, "id"), "another");
    assert_eq!(customer.get(&other, &reading).await.status, 404);
    for path in ["/state", "/credentials/x/state", "/credentials/actions/rotate"] {
        assert_eq!(customer.post(&customer.at(path), &token, &json!({})).await.status, 403, "{path}");
    }
    customer.world.pass(600);
    assert_eq!(customer.get(&own, &token).await.status, 401, "a token lives ten minutes");
}

#[tokio::test]
async fn a_signature_key_is_known_by_its_id_alone() {
    let customer = Customer::start().await;
    let received = super::received(&customer.world).await;
    let url = format!("{}/events/signature-keys/{}", customer.link("root"), text(&received[0], "key_id"));
    let key = send(customer.world.http.get(&url)).await.json();
    assert_eq!(key["key_id"], received[0]["key_id"]);
    assert!(key["created_at"].is_string() && key.get("expires_at").is_none());
    for other in [format!("{url}0"), url.replace("td-eu-1", "td-mars-1")] {
        assert_eq!(send(customer.world.http.get(&other)).await.verdict(), "404 Not found");
    }
}

#[tokio::test]
async fn the_key_of_signatures_changes_and_both_say_when_they_end() {
    let customer = Customer::start().await;
    let world = &customer.world;
    let change = async |body: Value| {
        send(world.reviewer(Method::POST, "/reviewer/api/signature-keys").json(&body)).await
    };
    let known = async |key: &Value| {
        let key = key.as_str().unwrap();
        send(world.http.get(format!("{}/events/signature-keys/{key}", customer.link("root")))).await.json()
    };
    world.pass(60);
    let (end, old_end) = ("2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z");
    let told = change(json!({ "expires_at": end, "old_expires_at": old_end })).await;
    assert_eq!(told.status, 201);
    let told = told.json();
    let first = super::received(world).await[0]["key_id"].clone();
    assert_eq!((&told["old_key_id"], told["key_id"] != first), (&first, true));
    let (old, new) = (known(&first).await, known(&told["key_id"]).await);
    assert_eq!((&old["expires_at"], &new["expires_at"]), (&json!(old_end), &json!(end)));
    assert!(old["public_key"] != new["public_key"] && text(&old, "created_at") < text(&new, "created_at"));
    customer.happens(&json!({ "type": "app.updated" })).await;
    let got = super::received(world).await.pop().unwrap();
    assert_eq!(got["key_id"], told["key_id"]);
    assert!(super::deliveries::verifies(&customer, &got, false).await, "by the new key");
    // Once more, with no end: the one before keeps its own.
    let third = change(json!({})).await.json();
    assert_eq!(known(&third["old_key_id"]).await["expires_at"], end);
    assert!(known(&third["key_id"]).await.get("expires_at").is_none());
    assert_eq!(change(json!({ "expires_at": "soon" })).await.verdict(), "422 invalid expires_at");
}

#[tokio::test]
async fn credentials_rotate_and_the_old_ones_end() {
    const WEEK: i64 = 7 * 24 * 60 * 60;
    let customer = Customer::start().await;
    let old = customer.event["data"].clone();
    let write = customer.token("apps:write").await;
    let acknowledge = async |client: &str| {
        let url = customer.at(&format!("/credentials/{client}/state"));
        let token = customer.token("apps:write").await;
        customer.post(&url, &token, &json!({ "state": "acknowledged" })).await.status.as_u16()
    };
    assert_eq!(acknowledge(text(&old, "client_id")).await, 409, "the first set is not rotated");
    assert_eq!(
        customer.post(&customer.at("/credentials/actions/rotate"), &write, &json!({})).await.status,
        202
    );
    super::settled(&customer.world).await;
    let event = super::body_of(super::received(&customer.world).await.last().unwrap());
    assert_eq!(text(&event, "type"), "app.credentials_rotated");
    let new = &event["data"];
    assert_ne!(new["client_id"], old["client_id"]);
    // Both hold for a week.
    customer.token_of(&old, "apps:read").await;
    customer.token_of(new, "apps:read").await;
    assert_eq!(acknowledge("another").await, 404);
    assert_eq!(acknowledge(text(&old, "client_id")).await, 409);
    assert_eq!(acknowledge(text(new, "client_id")).await, 202);
    let grant = [("grant_type", "client_credentials")];
    assert_eq!(
        customer.basic(&old, &grant).await.verdict(),
        "401 invalid_client",
        "the old set ended with it"
    );
    assert_eq!(customer.get(&customer.at(""), &write).await.status, 401, "and so did its tokens");
    // Unanswered, the old set ends by itself; compromised, at once.
    let event = customer.happens(&json!({ "type": "app.credentials_rotated" })).await;
    customer.world.pass(WEEK);
    assert_eq!(customer.basic(new, &grant).await.verdict(), "401 invalid_client");
    let newer = event["data"].clone();
    customer.token_of(&newer, "apps:read").await;
    customer.happens(&json!({ "type": "app.credentials_rotated", "compromised": true })).await;
    assert_eq!(customer.basic(&newer, &grant).await.verdict(), "401 invalid_client");
}
