//! Events of a test installation, handed to the partner to be delivered.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Customer, text};
use crate::support::{APP, Answer, VERSION, form, send};

async fn tell(customer: &Customer, body: &Value) -> Answer {
    let path = format!("/partner-project/apps/{APP}/versions/{VERSION}/test-events");
    let token = customer.world.running.token().to_owned();
    send(customer.world.request(Method::POST, &path).bearer_auth(token).json(body)).await
}

#[tokio::test]
async fn a_life_is_told_event_by_event_and_delivered_by_nobody_else() {
    let customer = Customer::start().await;
    let before = send(customer.world.reviewer(Method::GET, "/reviewer/api/deliveries")).await.json();
    assert_eq!(
        tell(&customer, &json!({ "type": "app.updated" })).await.status,
        409,
        "it begins by an install"
    );
    let first = tell(&customer, &json!({ "type": "app.installed" })).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let first = first.json();
    let event: Value = serde_json::from_str(text(&first, "body")).unwrap();
    assert_eq!((text(&event, "type"), text(&event, "id")), ("app.installed", text(&first, "event_id")));
    assert_eq!(text(&event["data"], "installation_id"), text(&first, "installation"));
    let key = format!("/gateway/td-us-1/events/signature-keys/{}", text(&first, "key_id"));
    assert_eq!(
        send(customer.world.request(Method::GET, &key)).await.status,
        200,
        "its key is at the gateway"
    );
    assert!(text(&first, "signature").len() > 100);
    let (tokens, set) = (text(&event["_links"]["tokens"], "href"), &event["data"]);
    let token = customer.world.http.post(tokens);
    let token = token.basic_auth(text(set, "client_id"), Some(text(set, "client_secret")));
    let token = send(form(token, &[("grant_type", "client_credentials")])).await;
    assert_eq!(token.status, 200, "its credentials work");

    let of = text(&first, "installation");
    for what in [
        json!({ "type": "app.updated", "users": { "adding": ["u1"] } }),
        json!({ "type": "user.logout", "user_id": "u1", "user_email": "u1@customer.example" }),
        json!({ "type": "app.uninstalled" }),
    ] {
        let mut body = what.clone();
        body["installation"] = of.into();
        let told = tell(&customer, &body).await;
        assert_eq!(told.status, 201, "{}", told.text);
        assert_eq!(told.json()["type"], what["type"]);
    }
    let after = send(customer.world.reviewer(Method::GET, "/reviewer/api/deliveries")).await.json();
    assert_eq!(before, after, "the partner delivers them, and nobody else");
    // A life that others live is not played with.
    let other = json!({ "type": "app.updated", "installation": customer.installation });
    assert_eq!(tell(&customer, &other).await.status, 404);
}
