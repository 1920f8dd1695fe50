//! Secrets that a desktop gives to its team: sealed, noted once, and given to whoever may have them.

use axum::http::StatusCode;
use domain::installation::Received;
use serde_json::{Value, json};

use crate::hooks::{Gateway, Sent, made, receiving};
use crate::world::{
    ADMIN, DEVELOPER, MANAGER, On, QA, STRANGER, Store, VIEWER, World, call, command, request,
};

crate::both! {
    what_a_desktop_gives_is_had_by_whoever_may_and_stands_nowhere_in_the_open,
    what_the_workspace_does_not_know_is_not_taken,
}

/// A world that knows an installation whose event was taken by hand, so that its secrets are not here.
async fn by_hand(on: On) -> World {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    // Read once, as a desktop reads a delivery, to have the facts of an event.
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-0")).to(&world).await.0, StatusCode::OK);
    let page = call(&world.service, crate::world::get(MANAGER, "/v1/deliveries")).await.1;
    let mut event: domain::installation::EventFacts =
        serde_json::from_value(page["deliveries"][0]["delivery"]["event"].clone()).unwrap();
    "by-hand".clone_into(&mut event.id);
    event.received = Received::ByHand;
    let id = intake::installation_id("i-1");
    let body = domain::Body::EventTake { event: Box::new(event) };
    world.take(&[command(70, domain::AggregateRef::Installation(id), body)]).await;
    world
}

async fn ask(
    world: &World,
    method: &str,
    path: &str,
    member: domain::ids::MemberId,
    body: Value,
) -> (StatusCode, Value) {
    let mut request = request(method, member, path, serde_json::to_vec(&body).unwrap());
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    if method == "PUT" {
        let response = tower::ServiceExt::oneshot(world.service.router(), request).await.unwrap();
        return (response.status(), Value::Null);
    }
    call(&world.service, request).await
}

fn given(client: &str, secret: Option<&str>, key: Option<&str>) -> Value {
    let installation = intake::installation_id("i-1");
    json!({ "installation": installation, "client_id": client, "client_secret": secret, "private_key": key })
}

async fn reveal(world: &World, member: domain::ids::MemberId) -> (StatusCode, Value) {
    let wanted = json!({
        "installation": intake::installation_id("i-1"), "client_id": "c-1", "events": ["by-hand"],
        "secret": "credentials", "copied": false,
    });
    ask(world, "POST", "/v1/secrets/reveal", member, wanted).await
}

async fn noted(world: &World, kind: &str) -> usize {
    world.changes().await.changes.iter().filter(|change| change.command.kind == kind).count()
}

async fn what_a_desktop_gives_is_had_by_whoever_may_and_stands_nowhere_in_the_open(on: On) {
    let world = by_hand(on).await;
    assert_eq!(reveal(&world, DEVELOPER).await.0, StatusCode::NOT_FOUND);
    let set = given("c-1", Some("hush-given"), Some("hush-given-key"));
    // Twice, as after an answer that was lost: kept once, said once.
    for _ in 0..2 {
        assert_eq!(ask(&world, "PUT", "/v1/secrets", MANAGER, set.clone()).await.0, StatusCode::NO_CONTENT);
    }
    assert_eq!(noted(&world, "credentials.note_kept").await, 1);
    for (member, status) in [(QA, 403), (VIEWER, 403), (ADMIN, 403), (STRANGER, 404)] {
        let (found, answer) = reveal(&world, member).await;
        assert_eq!(found, status, "{member}");
        assert!(!answer.to_string().contains("hush"), "{answer}");
    }
    let (status, got) = reveal(&world, DEVELOPER).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(got, json!({ "client_secret": "hush-given", "private_key": "hush-given-key" }));
    assert_eq!(noted(&world, "secret.note_reveal").await, 1);

    // Nothing of it can be read in the store; what was changed does not open.
    if let Store::File(path) = &world.store {
        for ending in ["db", "db-wal"] {
            let bytes = std::fs::read(path.with_extension(ending)).unwrap();
            assert!(!bytes.windows(10).any(|part| part == b"hush-given"), "{ending}");
        }
    }
    let zeros = match on {
        On::Sqlite => "zeroblob(64)",
        On::Postgres => "decode(repeat('00', 64), 'hex')",
    };
    assert_eq!(world.store.change(&format!("UPDATE credentials SET sealed = {zeros}")).await, 1);
    let (status, answer) = reveal(&world, DEVELOPER).await;
    assert_eq!((status, &answer["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("internal")));
}

async fn what_the_workspace_does_not_know_is_not_taken(on: On) {
    let world = by_hand(on).await;
    let long = "x".repeat(17 * 1024);
    let mut elsewhere = given("c-1", Some("hush"), None);
    elsewhere["installation"] = json!(intake::installation_id("i-2"));
    for (what, member, set, status) in [
        ("a client that is not known", MANAGER, given("c-2", Some("hush"), None), 404),
        ("an installation that is not known", MANAGER, elsewhere, 404),
        ("nothing", MANAGER, given("c-1", None, Some("")), 400),
        ("too much", MANAGER, given("c-1", Some(&long), None), 400),
        ("no JSON of this kind", MANAGER, json!([1]), 400),
        ("a tester", QA, given("c-1", Some("hush"), None), 403),
        ("a viewer", VIEWER, given("c-1", Some("hush"), None), 403),
        ("another workspace's", STRANGER, given("c-1", Some("hush"), None), 404),
    ] {
        assert_eq!(ask(&world, "PUT", "/v1/secrets", member, set).await.0, status, "{what}");
    }
    assert_eq!(noted(&world, "credentials.note_kept").await, 0);
    assert_eq!(world.store.change("UPDATE credentials SET id = id").await, 0, "nothing was kept");
    // A service without a vault takes none.
    let bare = World { service: world.open().await.unwrap(), ..world };
    let set = given("c-1", Some("hush"), None);
    assert_eq!(ask(&bare, "PUT", "/v1/secrets", MANAGER, set).await.0, StatusCode::SERVICE_UNAVAILABLE);
}
