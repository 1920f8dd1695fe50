//! The install page behind a link.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, World, form, raw, send, submission, version_path};

/// The link's path, which the sandbox itself serves.
async fn path(world: &World) -> String {
    let link = world.link("?account=sample-apps").await.json();
    link["url"].as_str().unwrap().strip_prefix("https://partner-project.example").unwrap().to_owned()
}

async fn install(world: &World, path: &str, account: &str, region: &str) -> Answer {
    send(form(world.request(Method::POST, path), &[("account", account), ("region", region)])).await
}

#[tokio::test]
async fn an_account_installs_by_the_link() {
    let world = World::start().await;
    world.approved().await;
    let path = path(&world).await;
    let page = world.get(&path).await;
    assert_eq!(page.status, 200);
    for expected in ["Install Call Notes", "Version 1.3.0", "contacts:read", "Shows the caller", "td-eu-1"] {
        assert!(page.text.contains(expected), "{expected}");
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self';"), "{policy}");
    assert!(!page.text.contains("<script"));

    let done = install(&world, &path, " sample-customer-a ", "td-eu-1").await;
    assert_eq!(done.status, 303);
    let confirmation = world.get(done.location.as_deref().unwrap()).await;
    assert_eq!(confirmation.status, 200);
    assert!(confirmation.text.contains("sample-customer-a") && confirmation.text.contains("Installed"));

    let made = send(world.reviewer(Method::GET, "/reviewer/api/installations")).await.json();
    assert_eq!(made.as_array().unwrap().len(), 1);
    assert_eq!((&made[0]["account"], &made[0]["region"]), (&json!("sample-customer-a"), &json!("td-eu-1")));
    assert_eq!((&made[0]["app_id"], &made[0]["state"]), (&json!(crate::support::APP), &json!("completed")));
}

#[tokio::test]
async fn what_cannot_be_installed_is_refused_and_nothing_typed_is_lost() {
    let world = World::start().await;
    world.approved().await;
    let path = path(&world).await;
    assert_eq!(install(&world, &path, "sample-customer-a", "td-us-1").await.status, 303);
    let long = "x".repeat(101);
    let cases = [
        ("", "td-us-1", 422, "Must have 1 to 100 characters."),
        (long.as_str(), "td-us-1", 422, "Must have 1 to 100 characters."),
        ("a\u{7}b", "td-us-1", 422, "Must be plain text."),
        ("\"><script>", "td-mars-1", 422, "Must be one of the list."),
        ("Sample-Customer-A", "td-us-1", 409, "has this version already"),
    ];
    for (account, region, status, said) in cases {
        let answer = install(&world, &path, account, region).await;
        assert_eq!(answer.status, status, "{account}");
        assert!(answer.text.contains(said), "{account}");
        assert!(!answer.text.contains("<script"), "{account}");
    }
    assert!(install(&world, &path, "\"><script>", "no").await.text.contains("&quot;&gt;&lt;script&gt;"));
    let answer = send(raw(world.request(Method::POST, &path), "application/json", "{}")).await;
    assert_eq!(answer.status, 415);
}

#[tokio::test]
async fn before_the_approval_only_exempt_accounts_install() {
    let world = World::start().await;
    world.submit(&submission(1, &["technical"])).await;
    let path = path(&world).await;
    let refused = install(&world, &path, "sample-customer-a", "td-us-1").await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("not approved yet"));
    assert_eq!(install(&world, &path, "sample-apps", "td-us-1").await.status, 303);
}

#[tokio::test]
async fn a_link_that_was_replaced_says_so() {
    let world = World::start().await;
    world.approved().await;
    let old = path(&world).await;
    let done = install(&world, &old, "sample-customer-a", "td-us-1").await;
    send(world.reviewer(Method::POST, &format!("{}/install-link/rotate", version_path()))).await;
    assert_eq!(world.get(&old).await.status, 410);
    assert_eq!(install(&world, &old, "sample-customer-b", "td-us-1").await.status, 410);
    assert_eq!(world.get(done.location.as_deref().unwrap()).await.status, 200);
    assert_eq!(world.get(&path(&world).await).await.status, 200);
    for path in ["/i/unknown", "/i/unknown/installed/1", &format!("{old}/installed/1")] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
    assert_eq!(install(&world, "/i/unknown", "sample-customer-b", "td-us-1").await.status, 404);
}

#[tokio::test]
async fn scopes_are_understood_in_any_likely_form() {
    let cases = [
        (json!(["contacts:read"]), true),
        (json!([{ "name": "contacts:read" }]), true),
        (json!("users:read, contacts:read"), true),
        (json!({ "type": "scopes", "value": [{ "scope": "contacts:read" }] }), true),
        (json!([]), false),
        (json!(7), false),
        (json!([[], 7, {}]), false),
    ];
    for (scopes, named) in cases {
        let world = World::start().await;
        let mut body = submission(1, &["technical"]);
        body["fields"]["scopes"] = scopes.clone();
        world.submit(&body).await;
        let page = world.get(&path(&world).await).await;
        assert_eq!(page.text.contains("contacts:read"), named, "{scopes}");
        assert_eq!(page.text.contains("It asks for no scopes"), !named, "{scopes}");
    }
}
