//! The Apps API's subset: what lives at Talkdesk, listed, shown and changed.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Customer, app_path, text};
use crate::support::{APP, World, send, submission};

async fn all(world: &World, path: &str) -> Value {
    send(world.partner(Method::GET, path)).await.json()
}

#[tokio::test]
async fn an_app_is_shown_as_the_latest_version_has_it_or_as_it_was_placed() {
    let customer = Customer::start().await;
    let world = &customer.world;
    let app = all(world, &app_path("")).await;
    assert_eq!(
        (text(&app, "id"), text(&app, "slug"), text(&app, "version_number")),
        (APP, "call-notes", "1.3.0")
    );
    assert_eq!(app["scopes"], json!(["contacts:read"]));
    let kinds: Vec<_> = app["urls"].as_array().unwrap().iter().map(|url| text(url, "type")).collect();
    assert_eq!(kinds, ["installation_subscription", "redirect_uri"]);
    let placed = json!({ "name": "Old app", "slug": "old-app", "listing_summary": "Was there before" });
    let answer = send(world.reviewer(Method::PUT, "/reviewer/api/apps/old").json(&placed)).await;
    assert_eq!((answer.status.as_u16(), text(&answer.json(), "id")), (200, "old"));
    assert_eq!(text(&all(world, "/gateway/td-eu-1/apps/old").await, "name"), "Old app");
    let list = all(world, "/gateway/td-eu-1/apps").await;
    let names: Vec<_> =
        list["_embedded"]["apps"].as_array().unwrap().iter().map(|app| text(app, "name")).collect();
    assert_eq!((names, &list["total"]), (vec!["Call Notes", "Old app"], &json!(2)));
    assert_eq!(
        send(world.partner(Method::GET, "/gateway/td-eu-1/apps/none")).await.verdict(),
        "404 not_found"
    );
}

/// A console compares with what the documented object tells (R/appsid): lists are whole, and have its form.
#[tokio::test]
async fn an_app_carries_capabilities_and_assets_as_documented() {
    let world = World::start().await;
    let mut sent = submission(1, &["technical"]);
    let list = |value: Value| json!({ "type": "list", "value": value });
    let icon =
        json!({ "url": "https://a.example/i.png", "description": "Icon", "file": { "name": "i.png" } });
    let shot = json!({ "url": "https://a.example/1.png", "description": "" });
    sent["fields"]["capabilities"] = list(json!(["notes", "search"]));
    sent["fields"]["icon"] = list(json!([icon]));
    sent["fields"]["screenshots"] = list(json!([shot, { "url": "", "description": "Only a file" }]));
    world.submit(&sent).await;
    let app = all(&world, &app_path("")).await;
    assert_eq!(app["capabilities"], json!([{ "name": "notes" }, { "name": "search" }]));
    let asset = |kind: &str, description: &str, url: &str| json!({ "type": kind, "description": description, "url": url });
    assert_eq!(
        app["assets"],
        json!([
            asset("icon", "Icon", "https://a.example/i.png"),
            asset("screenshot", "", "https://a.example/1.png")
        ])
    );
}

#[tokio::test]
async fn only_what_is_documented_can_be_changed() {
    let world = World::start().await;
    world.submit(&submission(1, &["technical"])).await;
    let change = async |body: Value| send(world.partner(Method::PATCH, &app_path("")).json(&body)).await;
    let changed = change(json!({ "description": "New", "active": true })).await.json();
    assert_eq!((text(&changed, "description"), text(&changed, "name")), ("New", "Call Notes"));
    assert_eq!(text(&all(&world, &app_path("")).await, "description"), "New");
    assert_eq!(change(json!({ "description": "Newer", "id": "x" })).await.verdict(), "422 invalid id");
    assert_eq!(change(json!({ "scopes": [] })).await.verdict(), "422 invalid scopes");
    assert_eq!(change(json!([])).await.verdict(), "422 invalid app");
    assert_eq!(text(&all(&world, &app_path("")).await, "description"), "New", "nothing is changed by half");
}

#[tokio::test]
async fn many_apps_come_by_pages() {
    let world = World::start().await;
    for at in 0..51 {
        let path = format!("/reviewer/api/apps/app{at:02}");
        send(world.reviewer(Method::PUT, &path).json(&json!({ "name": at }))).await;
    }
    let first = all(&world, "/gateway/td-us-1/apps").await;
    assert_eq!((&first["count"], &first["total"]), (&json!(50), &json!(51)));
    let next = text(&first["_links"]["next"], "href").strip_prefix(world.running.url()).unwrap().to_owned();
    let second = all(&world, &next).await;
    assert_eq!((&second["count"], &second["_links"].get("next")), (&json!(1), &None));
}

#[tokio::test]
async fn it_takes_the_partners_token_or_a_persons_with_the_scope() {
    let world = World::start().await;
    world.submit(&submission(1, &["technical"])).await;
    let person = async |scope: &str| {
        let code = crate::oauth::code_for(&world, &[("scope", Some(scope))]).await;
        crate::oauth::exchange(&world, &code, &[]).await.json()["access_token"].as_str().unwrap().to_owned()
    };
    let get = async |token: &str| {
        send(world.request(Method::GET, &app_path("")).bearer_auth(token)).await.status.as_u16()
    };
    let patch = async |token: &str| {
        let request = world.request(Method::PATCH, &app_path("")).bearer_auth(token);
        send(request.json(&json!({ "active": false }))).await.status.as_u16()
    };
    let (reads, writes) = (person("openid apps:read").await, person("openid apps:write").await);
    assert_eq!((get(&reads).await, patch(&reads).await), (200, 403));
    assert_eq!((get(&writes).await, patch(&writes).await), (403, 200));
    assert_eq!((get("made-up").await, patch("made-up").await), (401, 401));
    assert_eq!(world.get(&app_path("")).await.status, 401);
    let customer = Customer::start().await;
    let token = customer.token("apps:read").await;
    assert_eq!(send(customer.world.request(Method::GET, &app_path("")).bearer_auth(token)).await.status, 401);
}
