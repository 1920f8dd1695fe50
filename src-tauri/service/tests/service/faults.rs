//! Requests that are no good: each gets its status and its code, and changes nothing.

use axum::body::Body as HttpBody;
use axum::http::Request;
use domain::Role;
use domain::protocol::{BATCH, Me, PROTOCOL_HEADER};
use serde_json::{Value, json};

use crate::world::{
    MANAGER, On, QA, World, call, command, create_workspace, embedded, get, item, nobody, post, request, run,
    started, tick, workspace,
};

crate::both! {
    each_fault_has_its_status_and_code,
    nobody_gets_in_without_a_known_token,
    a_desktop_that_is_too_old_reads_on,
    the_service_says_for_whom_it_takes_the_caller,
}

async fn check(world: &World, request: Request<HttpBody>, status: u16, fault: Value) {
    let named = format!("{} {}", request.method(), request.uri());
    let (found, answer) = call(&world.service, request).await;
    assert_eq!((found.as_u16(), &answer), (status, &fault), "{named}");
}

async fn each_fault_has_its_status_and_code(on: On) {
    let world = World::new(on).await;
    world.take(&[command(1, workspace(), create_workspace())]).await;
    let body = |body: &str| post(MANAGER, body.as_bytes().to_vec());
    let fault = |code: &str, params: Value| json!({ "code": code, "params": params });

    for (sent, params) in [
        ("", json!({ "in": "body", "line": "1", "column": "0" })),
        ("{\"commands\":[", json!({ "in": "body", "line": "1", "column": "13" })),
        ("[]", json!({ "in": "body", "line": "1", "column": "2" })),
        ("\u{1}", json!({ "in": "body", "line": "1", "column": "1" })),
        (r#"{"commands":[{"id":"not an id"}]}"#, json!({ "in": "body", "command": "0" })),
        (r#"{"commands":[null]}"#, json!({ "in": "body", "command": "0" })),
    ] {
        check(&world, body(sent), 400, fault("invalid", params)).await;
    }
    // Deeper than any command: refused by the reader, not by the stack.
    let deep = format!("{{\"commands\":{}", "[".repeat(100_000));
    let (status, answer) = call(&world.service, body(&deep)).await;
    assert_eq!((status.as_u16(), &answer["code"]), (400, &json!("invalid")));

    let long = vec![b' '; 8 * 1024 * 1024 + 1];
    check(&world, post(MANAGER, long), 413, fault("too_large", json!({ "max": "8388608" }))).await;
    let tick = serde_json::to_value(command(2, run(1), tick(item(0)))).unwrap();
    let many = serde_json::to_vec(&json!({ "commands": vec![tick; BATCH + 1] })).unwrap();
    check(&world, post(MANAGER, many), 413, fault("too_large", json!({ "max": "200" }))).await;

    for query in ["after=x", "after=-1", "limit=0", "limit=x", "after=99999999999999999999"] {
        for route in ["changes", "snapshot"] {
            let request = get(MANAGER, &format!("/v1/{route}?{query}"));
            check(&world, request, 400, fault("invalid", json!({ "in": "query" }))).await;
        }
    }
    for (method, uri) in [("GET", "/"), ("GET", "/v2/me"), ("GET", "/v1/commands"), ("DELETE", "/v1/me")] {
        check(&world, request(method, MANAGER, uri, Vec::new()), 404, fault("not_found", json!({}))).await;
    }
    assert_eq!(world.me().await.head, 1);
}

async fn nobody_gets_in_without_a_known_token(on: On) {
    let world = World::new(on).await;
    for header in [None, Some("Bearer wrong"), Some("Basic 2"), Some("")] {
        for (method, uri) in
            [("GET", "/v1/me"), ("POST", "/v1/commands"), ("GET", "/v1/changes"), ("GET", "/v1/snapshot")]
        {
            let mut request = Request::builder().method(method).uri(uri).header(PROTOCOL_HEADER, "1");
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let request = request.body(HttpBody::from("not even JSON")).unwrap();
            check(&world, request, 401, json!({ "code": "signed_out", "params": {} })).await;
        }
    }
    // Whoever watches over the service needs no token.
    let health = Request::builder().uri("/health").body(HttpBody::empty()).unwrap();
    check(&world, health, 200, json!({ "status": "ok" })).await;
}

async fn a_desktop_that_is_too_old_reads_on(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let with = |mut request: Request<HttpBody>, protocol: Option<&str>| {
        request.headers_mut().remove(PROTOCOL_HEADER);
        if let Some(protocol) = protocol {
            request.headers_mut().insert(PROTOCOL_HEADER, protocol.parse().unwrap());
        }
        request
    };
    let invalid = json!({ "code": "invalid", "params": { "in": "header", "header": "partner-protocol" } });
    let too_old = json!({ "code": "protocol_too_old", "params": { "least": "1" } });
    let none = || post(MANAGER, br#"{"commands":[]}"#.to_vec());
    for protocol in [None, Some(""), Some("one"), Some("-1"), Some("1.0")] {
        check(&world, with(get(MANAGER, "/v1/me"), protocol), 400, invalid.clone()).await;
        check(&world, with(none(), protocol), 400, invalid.clone()).await;
    }
    check(&world, with(none(), Some("0")), 426, too_old).await;
    for (protocol, request) in
        [("0", get(MANAGER, "/v1/me")), ("0", get(MANAGER, "/v1/changes")), ("7", none()), ("1", none())]
    {
        let (status, answer) = call(&world.service, with(request, Some(protocol))).await;
        assert_eq!(status.as_u16(), 200, "{answer}");
    }
}

async fn the_service_says_for_whom_it_takes_the_caller(on: On) {
    let world = World::new(on).await;
    let (_, answer) = call(&world.service, get(QA, "/v1/me")).await;
    let me: Me = serde_json::from_value(answer).unwrap();
    assert_eq!((me.member, me.name.as_str(), me.roles.as_slice()), (QA, "Tester", [Role::Qa].as_slice()));
    assert_eq!((me.head, me.least_protocol), (0, 1));
    assert_eq!(world.me().await.epoch, me.epoch);
    // Embedded, a token changes nothing: whoever can call is the one person.
    let world = World::with(on, embedded()).await;
    let (_, answer) = call(&world.service, get(domain::ids::MemberId(nobody()), "/v1/me")).await;
    assert_eq!(answer["name"], "Manager");
}
