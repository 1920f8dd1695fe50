//! What happens to an installation, as the events tell it.

use serde_json::{Value, json};

use super::{Customer, received, text};
use crate::support::{APP, VERSION, send};
use reqwest::Method;

#[tokio::test]
async fn the_install_page_ends_in_the_event_with_everything_to_go_on() {
    let customer = Customer::start().await;
    let event = &customer.event;
    assert_eq!((text(event, "type"), text(event, "api_version")), ("app.installed", "1"));
    assert_eq!((text(event, "app_id"), text(event, "app_version_id")), (APP, VERSION));
    assert_eq!((text(event, "app_version_name"), text(event, "id").len()), ("1.3.0", 32));
    let data = &event["data"];
    assert_eq!(
        (text(data, "installation_id"), text(data, "account_name")),
        (&*customer.installation, "Sample Customer A")
    );
    for name in
        ["account_id", "client_id", "client_secret", "private_key", "public_key", "key_id", "key_algorithm"]
    {
        assert!(!text(data, name).is_empty());
    }
    let url = customer.world.running.url();
    let root = format!("{url}/gateway/td-eu-1");
    let links = [
        ("root", root.clone()),
        ("self", format!("{root}/apps/{APP}/events/{}", text(event, "id"))),
        ("tokens", format!("{url}/id/sample-customer-a/oauth/token")),
        ("authorization", format!("{url}/id/sample-customer-a/oauth/authorize")),
        ("installation", format!("{root}/apps/{APP}/installations/{}", customer.installation)),
        ("userinfo", format!("{root}/users/me")),
    ];
    for (name, expected) in links {
        assert_eq!(customer.link(name), expected);
    }
    let kept = send(customer.world.reviewer(Method::GET, "/reviewer/api/events")).await;
    assert!(!kept.text.contains(text(data, "client_secret")), "the list shows no secret");
    let shown = format!("/reviewer/api/installations/{}", customer.installation);
    let shown = send(customer.world.reviewer(Method::GET, &shown)).await;
    assert!(
        !shown.text.contains(text(data, "client_secret")) && !shown.text.contains(text(data, "private_key"))
    );
    assert_eq!(shown.json()["state"]["state"], "pending");
}

#[tokio::test]
async fn each_documented_type_can_happen() {
    let customer = Customer::start().await;
    let plan = json!({ "adding": { "name": "Pro", "licenses": 5 } });
    let cases = [
        (json!({ "type": "app.updated", "users": { "adding": ["u1", "u2"] } }), vec!["users"], true),
        (json!({ "type": "app.updated", "subscription": plan }), vec!["subscription"], true),
        (json!({ "type": "app.trial_started" }), vec!["expires_at"], false),
        (json!({ "type": "app.trial_extended", "expires_at": "later" }), vec!["expires_at"], false),
        (
            json!({ "type": "app.trial_ended" }),
            vec!["expires_at", "ended_at", "ended_reason", "ended_by"],
            false,
        ),
        (
            json!({ "type": "user.logout", "user_id": "u1", "user_email": "u1@customer.example" }),
            vec!["user_id", "user_email"],
            false,
        ),
        (
            json!({ "type": "app.credentials_rotated" }),
            vec!["client_id", "client_secret", "private_key", "public_key", "key_id", "key_algorithm"],
            true,
        ),
        (
            json!({ "type": "app.uninstalled", "reason": { "type": "price", "message": "Too dear" } }),
            vec!["reason"],
            true,
        ),
    ];
    for (what, members, names_version) in cases {
        let event = customer.happens(&what).await;
        assert_eq!(event["type"], what["type"]);
        let mut expected = vec!["installation_id", "account_id", "account_name"];
        expected.extend(members);
        let got: Vec<_> = event["data"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(got, expected, "{what}");
        assert_eq!(event.get("app_version_id").is_some(), names_version, "{what}");
    }
    let path = format!("/reviewer/api/installations/{}/events", customer.installation);
    for (what, verdict) in [
        (json!({}), "422 invalid type"),
        (json!({ "type": "app.installed" }), "409 uninstalled"),
        (json!({ "type": "app.updated" }), "409 uninstalled"),
    ] {
        let answer = send(customer.world.reviewer(Method::POST, &path).json(&what)).await;
        assert_eq!(answer.verdict(), verdict, "{what}");
    }
}

#[tokio::test]
async fn what_cannot_happen_is_refused() {
    let customer = Customer::start().await;
    let path = format!("/reviewer/api/installations/{}/events", customer.installation);
    for (what, verdict) in [
        (json!({ "type": "app.installed" }), "422 invalid type"),
        (json!({ "type": "app.exploded" }), "422 invalid type"),
        (json!({ "type": "user.logout" }), "422 invalid user_id"),
    ] {
        let answer = send(customer.world.reviewer(Method::POST, &path).json(&what)).await;
        assert_eq!(answer.verdict(), verdict, "{what}");
    }
    let elsewhere = "/reviewer/api/installations/none/events";
    let answer =
        send(customer.world.reviewer(Method::POST, elsewhere).json(&json!({ "type": "app.updated" }))).await;
    assert_eq!(answer.verdict(), "404 not_found");
    assert_eq!(received(&customer.world).await.len(), 1, "only the install was told");
}

#[tokio::test]
async fn talkdesks_word_of_an_installation_is_whatever_was_set() {
    let customer = Customer::start().await;
    let path = format!("/reviewer/api/installations/{}/state", customer.installation);
    let set = async |body: &Value| send(customer.world.reviewer(Method::PUT, &path).json(body)).await;
    let token = customer.token("apps:read apps:write").await;
    let told =
        async || customer.get(&customer.at(""), &token).await.json()["_embedded"].get("state").cloned();
    assert_eq!(told().await.unwrap()["state"], "pending");
    for word in ["failed", "suspended", "hibernating"] {
        let body = json!({ "state": word, "reason": "Ours" });
        assert_eq!(set(&body).await.status, 200);
        let told = told().await.unwrap();
        assert_eq!((&told["state"], &told["reason"]), (&body["state"], &body["reason"]));
        assert!(told["updated_at"].is_string());
    }
    assert_eq!(set(&json!({ "state": null })).await.status, 200);
    assert_eq!(told().await, None, "no state at all");
    // It is a word alone: what is true goes on beneath it.
    let approved = customer.post(&customer.at("/state"), &token, &json!({ "state": "approve" })).await;
    assert_eq!(approved.json()["state"], "completed");
    assert_eq!(told().await, None);
    assert_eq!(send(customer.world.reviewer(Method::DELETE, &path)).await.status, 204);
    assert_eq!(told().await.unwrap()["state"], "completed");
    for (body, verdict) in [(json!({}), "422 invalid state"), (json!({ "state": 7 }), "422 invalid state")] {
        assert_eq!(set(&body).await.verdict(), verdict, "{body}");
    }
    let path = path.replace(&customer.installation, "none");
    let body = json!({ "state": "failed" });
    assert_eq!(
        send(customer.world.reviewer(Method::PUT, &path).json(&body)).await.verdict(),
        "404 not_found"
    );
}

#[tokio::test]
async fn a_partner_answers_within_seven_days() {
    const WEEK: i64 = 7 * 24 * 60 * 60;
    let state = async |customer: &Customer| -> Value {
        let path = format!("/reviewer/api/installations/{}", customer.installation);
        send(customer.world.reviewer(Method::GET, &path)).await.json()["state"]["state"].clone()
    };
    let answer = async |customer: &Customer, body: Value| {
        let token = customer.token("apps:write").await;
        customer.post(&customer.at("/state"), &token, &body).await
    };
    let customer = Customer::start().await;
    customer.world.pass(WEEK - 1);
    let approved = answer(&customer, json!({ "state": "approve" })).await;
    assert_eq!((approved.status.as_u16(), &approved.json()["state"]), (200, &json!("completed")));
    assert_eq!(
        answer(&customer, json!({ "state": "approve" })).await.status,
        403,
        "there is nothing to answer"
    );
    customer.happens(&json!({ "type": "app.updated", "users": { "adding": ["u1"] } })).await;
    assert_eq!(state(&customer).await, "pending");
    let rejected = answer(&customer, json!({ "state": "reject", "reason": "No space" })).await.json();
    assert_eq!((&rejected["state"], &rejected["reason"]), (&json!("rejected"), &json!("No space")));
    customer.happens(&json!({ "type": "app.updated" })).await;
    customer.world.pass(WEEK);
    assert_eq!(state(&customer).await, "timeout");
    assert_eq!(answer(&customer, json!({ "state": "approve" })).await.status, 403);
    assert_eq!(answer(&customer, json!({ "state": "maybe" })).await.status, 422);
    customer.happens(&json!({ "type": "app.uninstalled" })).await;
    let token = customer.token("apps:write").await;
    customer.world.pass(WEEK);
    assert_eq!(state(&customer).await, "revoked", "an uninstall is carried out unanswered");
    assert_eq!(customer.get(&customer.at(""), &token).await.status, 401);
}
