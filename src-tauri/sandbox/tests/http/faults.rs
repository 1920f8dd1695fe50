//! Faults: each kind as its caller meets it, where it applies, and how it is counted down.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, form, send, submission, submission_id, version_path};

#[tokio::test]
async fn faults_are_set_shown_and_cleared() {
    let world = World::start().await;
    let list = json!([
        { "route": "token", "kind": "status", "status": 429, "retry_after": 7, "times": 2 },
        { "route": "*", "kind": "slow", "millis": 1 },
    ]);
    assert_eq!(send(world.reviewer(Method::PUT, "/faults").json(&list)).await.json(), list);
    assert_eq!(send(world.reviewer(Method::GET, "/faults")).await.json(), list);
    for left in [Some(1), None] {
        let answer = send(form(world.request(Method::POST, "/oauth/token"), &[])).await;
        assert_eq!((answer.verdict().as_str(), answer.header("retry-after")), ("429 fault", "7"));
        let shown = send(world.reviewer(Method::GET, "/faults")).await.json();
        assert_eq!(shown[0]["times"].as_u64(), left, "counted down, then gone");
    }
    assert_eq!(
        send(form(world.request(Method::POST, "/oauth/token"), &[])).await.verdict(),
        "401 invalid_client"
    );
    assert_eq!(send(world.reviewer(Method::DELETE, "/faults")).await.status, 204);
    assert_eq!(send(world.reviewer(Method::GET, "/faults")).await.json(), json!([]));
}

#[tokio::test]
async fn what_is_wrong_with_a_fault_is_named() {
    let world = World::start().await;
    let cases = [
        (json!({}), "422 invalid 0"),
        (json!({ "route": "health", "kind": "melt" }), "422 invalid 0"),
        (json!({ "route": "health", "kind": "hang", "colour": 1 }), "422 invalid 0"),
        (json!({ "route": "faults", "kind": "hang" }), "422 invalid 0.route"),
        (json!({ "route": "health", "kind": "pkce_ignored" }), "422 invalid 0.route"),
        (json!({ "route": "health", "kind": "status" }), "422 invalid 0.status"),
        (json!({ "route": "health", "kind": "status", "status": 200 }), "422 invalid 0.status"),
        (json!({ "route": "health", "kind": "hang", "status": 500 }), "422 invalid 0.status"),
        (json!({ "route": "health", "kind": "hang", "retry_after": 1 }), "422 invalid 0.retry_after"),
        (json!({ "route": "health", "kind": "slow" }), "422 invalid 0.millis"),
        (json!({ "route": "health", "kind": "slow", "millis": 600_001 }), "422 invalid 0.millis"),
        (json!({ "route": "health", "kind": "hang", "location": "x" }), "422 invalid 0.location"),
        (json!({ "route": "health", "kind": "redirect", "location": "a\nb" }), "422 invalid 0.location"),
        (json!({ "route": "health", "kind": "hang", "times": 0 }), "422 invalid 0.times"),
    ];
    for (fault, expected) in cases {
        assert_eq!(world.fault(fault.clone()).await.verdict(), expected, "{fault}");
    }
    let answer = send(world.reviewer(Method::PUT, "/faults").json(&json!({}))).await;
    assert_eq!(answer.verdict(), "422 invalid faults");
    assert_eq!(world.get("/health").await.status, 200, "a list with something wrong in it is not taken");
}

#[tokio::test]
async fn every_route_that_the_table_names_can_have_a_fault() {
    let rows = table();
    let named: Vec<_> = rows.iter().filter(|row| !row.fault.is_empty()).collect();
    assert!(named.len() >= 13, "the table is read");
    let world = World::start().await;
    for row in named {
        world.fault(json!({ "route": row.fault, "kind": "status", "status": 599, "times": 1 })).await;
        for (method, path) in &row.calls {
            let status = send(world.request(method.clone(), path)).await.status;
            assert_eq!(status, 599, "{method} {path}");
        }
    }
    for row in rows.iter().filter(|row| row.fault.is_empty()) {
        world.fault(json!({ "route": "*", "kind": "status", "status": 599 })).await;
        for (method, path) in &row.calls {
            assert_ne!(send(world.request(method.clone(), path)).await.status, 599, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_route_of_the_table_is_there() {
    let world = World::start().await;
    let rows = table();
    let calls = || rows.iter().flat_map(|row| &row.calls).map(|(method, path)| format!("{method} {path}"));
    assert!(calls().any(|call| call == "DELETE /faults"), "the table is read");
    assert!(calls().any(|call| call == "GET /reviewer/api/submissions/{id}"), "the table is read");
    for row in &rows {
        for (method, path) in &row.calls {
            let answer = send(world.request(method.clone(), path)).await;
            assert_ne!(answer.status, 405, "{method} {path}");
            assert!(!answer.text.contains("nothing at this path"), "{method} {path}");
        }
    }
}

struct Row {
    calls: Vec<(Method, String)>,
    fault: String,
}

/// The table of routes in the crate's documentation: it is the contract, so the server is held to it.
fn table() -> Vec<Row> {
    let docs = include_str!("../../src/lib.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
    let rows = docs.filter(|row| row.contains(" /") && row.matches('|').count() >= 4);
    rows.map(|row| {
        let columns: Vec<_> = row.trim_end_matches('|').split(" | ").collect();
        let mut path = String::new();
        let words = columns[0].split('`').filter(|word| !word.trim_matches([',', ' ']).is_empty());
        let calls = words
            .map(|word| {
                let (method, rest) =
                    word.split_once(' ').unwrap_or(if word.starts_with('…') || word.starts_with('/') {
                        ("GET", word)
                    } else {
                        (word, "")
                    });
                if let Some(more) = rest.strip_prefix('…') {
                    path.push_str(more);
                } else if !rest.is_empty() {
                    rest.clone_into(&mut path);
                }
                (method.parse().unwrap(), path.clone())
            })
            .collect();
        Row { calls, fault: columns.last().unwrap().trim_matches([' ', '|', '`']).to_owned() }
    })
    .collect()
}

#[tokio::test]
async fn a_reset_does_nothing_and_a_lost_reply_does_all() {
    for (kind, taken) in [("reset", false), ("lost_reply", true)] {
        let world = World::start().await;
        world.fault(json!({ "route": "submissions", "kind": kind, "times": 1 })).await;
        let path = format!("{}/submissions", version_path());
        let body = submission(1, &["technical"]);
        let failed = world.partner(Method::POST, &path).json(&body).send().await;
        assert!(failed.is_err_and(|error| !error.is_timeout()), "{kind}");
        let known =
            send(world.reviewer(Method::GET, &format!("/reviewer/api/submissions/{}", submission_id(1))))
                .await;
        assert_eq!(known.status, if taken { 200 } else { 404 }, "{kind}");
        // Sent again with the same id, it is there once in either case.
        assert_eq!(world.submit(&body).await.status, if taken { 200 } else { 201 }, "{kind}");
        let all = send(world.reviewer(Method::GET, "/reviewer/api/submissions")).await;
        assert_eq!(all.json().as_array().unwrap().len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn a_reset_is_seen_on_the_socket() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start().await;
    world.fault(json!({ "route": "health", "kind": "reset" })).await;
    let address = world.running.url().strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
    let mut read = Vec::new();
    let error = stream.read_to_end(&mut read).await.unwrap_err();
    assert_eq!((error.kind(), read.len()), (std::io::ErrorKind::ConnectionReset, 0));
}

#[tokio::test]
async fn a_hang_lasts_until_the_caller_gives_up_or_the_server_stops() {
    let world = World::start().await;
    world.fault(json!({ "route": "health", "kind": "hang", "times": 100 })).await;
    let request = world.request(Method::GET, "/health").timeout(Duration::from_millis(200));
    assert!(request.send().await.is_err_and(|error| error.is_timeout()));

    let hanging = tokio::spawn(world.request(Method::GET, "/health").send());
    // The server has the second request once the fault was counted down twice.
    while send(world.reviewer(Method::GET, "/faults")).await.json()[0]["times"] != 98 {}
    world.running.stop().await;
    assert!(hanging.await.unwrap().is_err_and(|error| !error.is_timeout()));
}

#[tokio::test]
async fn answers_that_are_late_cut_or_nonsense() {
    let world = World::start().await;
    let path = version_path();
    world.submit(&submission(1, &["technical"])).await;
    let sound = world.version().await;

    world.fault(json!({ "route": "version", "kind": "slow", "millis": 300, "times": 1 })).await;
    let before = Instant::now();
    assert_eq!(world.version().await.text, sound.text);
    assert!(before.elapsed() >= Duration::from_millis(300));

    world.fault(json!({ "route": "version", "kind": "truncated", "times": 1 })).await;
    let cut = world.partner(Method::GET, &path).send().await.unwrap();
    assert_eq!((cut.status().as_u16(), cut.content_length()), (200, Some(sound.text.len() as u64)));
    assert!(cut.bytes().await.is_err());

    world.fault(json!({ "route": "version", "kind": "garbage", "times": 1 })).await;
    let garbage = world.version().await;
    assert_eq!((garbage.status.as_u16(), garbage.header("content-type")), (200, "application/json"));
    assert!(serde_json::from_str::<Value>(&garbage.text).is_err());

    for (location, expected) in [(None, "https://elsewhere.example/"), (Some("/health"), "/health")] {
        let mut fault = json!({ "route": "version", "kind": "redirect", "times": 1 });
        if let Some(location) = location {
            fault["location"] = json!(location);
        }
        world.fault(fault).await;
        let away = world.version().await;
        assert_eq!((away.status.as_u16(), away.location.as_deref()), (302, Some(expected)));
    }
    assert_eq!(world.version().await.text, sound.text);
}
