//! The platform port against the sandbox, over a real socket: what a person's clicks become, and what each way of
//! going wrong is called.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::fields::TrackName;
use domain::project::FindingText;
use domain::status::TrackState;
use partner_core::error::{Error, ErrorCode};
use partner_core::platform::HttpPort;
use serde_json::{Value, json};
use support::{APP, VERSION, World, answering, submission, word};

#[tokio::test]
async fn a_version_goes_from_its_submission_to_its_link() {
    let world = World::start().await;
    let received = world.port.submit(&submission(1)).await.unwrap();
    assert!(!received.id.is_empty() && received.received_at.0 > 0);

    let standing = world.port.state(APP, VERSION).await.unwrap();
    let of = |at: usize| (standing.tracks[at].track, standing.tracks[at].state);
    assert_eq!(of(0), (TrackName::Technical, TrackState::InReview));
    assert_eq!(of(1), (TrackName::Marketplace, TrackState::NotSubmitted));
    assert_eq!(standing.tracks[0].submission_id, Some(submission(1).submission_id));

    let early = world.port.install_link(APP, VERSION).await.unwrap_err();
    assert_eq!((early.code, word(&early, "code")), (ErrorCode::Platform, "not_installable"));
    assert!(word(&early, "detail").contains("technical"), "the server's own words are kept: {early}");

    world
        .decide(&json!({ "track": "technical", "outcome": "approved", "message": "Well done", "findings": [
            { "text": "Name the reason", "severity": "minor", "field": "scopes" },
        ] }))
        .await;
    let standing = world.port.state(APP, VERSION).await.unwrap();
    let technical = &standing.tracks[0];
    assert_eq!((technical.state, technical.message.as_str()), (TrackState::Approved, "Well done"));
    assert!(technical.decided_at.unwrap() >= received.received_at);
    let said = FindingText::from(technical.findings[0].clone());
    assert_eq!((said.text.as_str(), said.severity.as_str()), ("Name the reason", "minor"));
    assert_eq!(said.field, Some(domain::fields::FieldKey::Scopes));

    let link = world.port.install_link(APP, VERSION).await.unwrap();
    assert!(link.starts_with("https://partner-project.example/i/"), "{link}");
    assert_eq!(world.port.install_link(APP, VERSION).await.unwrap(), link, "the same link each time");
}

#[tokio::test]
async fn a_rejection_comes_with_its_findings() {
    let world = World::start().await;
    world.port.submit(&submission(1)).await.unwrap();
    let finding = json!({ "text": "The callback does not answer", "severity": "blocker" });
    world.decide(&json!({ "track": "technical", "outcome": "rejected", "findings": [finding] })).await;
    let standing = world.port.state(APP, VERSION).await.unwrap();
    assert_eq!(standing.tracks[0].state, TrackState::Rejected);
    assert_eq!(standing.tracks[0].findings[0].text, "The callback does not answer");
    assert_eq!(standing.tracks[0].findings[0].field, None);
}

#[tokio::test]
async fn a_submission_sent_again_is_received_once() {
    let world = World::start().await;
    world.fault(json!({ "route": "submissions", "kind": "lost_reply", "times": 1 })).await;
    let lost = world.port.submit(&submission(1)).await.unwrap_err();
    assert_eq!(lost.code, ErrorCode::Offline);
    assert_eq!(
        world.submissions().await,
        1,
        "the server has it, only its answer was lost; nothing was sent twice"
    );

    let again = world.port.submit(&submission(1)).await.unwrap();
    assert_eq!(world.port.submit(&submission(1)).await.unwrap(), again);
    assert_eq!(world.submissions().await, 1);

    let mut other = submission(1);
    other.notes = "Something else".to_owned();
    let reused = world.port.submit(&other).await.unwrap_err();
    assert_eq!((reused.code, word(&reused, "code")), (ErrorCode::Platform, "submission_id_reused"));
    let second = world.port.submit(&submission(2)).await.unwrap_err();
    assert_eq!((second.code, word(&second, "code")), (ErrorCode::Platform, "track_in_review"));
    assert_eq!(world.submissions().await, 1);
}

#[tokio::test]
async fn what_the_server_refuses_is_told_in_its_words() {
    let world = World::start().await;
    let stranger = HttpPort::new(world.sandbox.url(), "no-token-of-theirs").unwrap();
    let error = stranger.state(APP, VERSION).await.unwrap_err();
    assert_eq!(
        (error.code, word(&error, "detail")),
        (ErrorCode::Forbidden, "This token is not accepted here.")
    );

    let error = world.port.state(APP, VERSION).await.unwrap_err();
    assert_eq!((error.code, word(&error, "code")), (ErrorCode::NotFound, "not_found"));

    let mut nameless = submission(1);
    nameless.app.name = String::new();
    nameless.tracks.clear();
    let error = world.port.submit(&nameless).await.unwrap_err();
    assert_eq!((error.code, word(&error, "code")), (ErrorCode::Platform, "invalid"));
    for field in ["app.name: Is missing.", "tracks: Must be a list"] {
        assert!(word(&error, "detail").contains(field), "{error}");
    }
}

#[tokio::test]
async fn each_fault_has_one_name() {
    let world = World::start().await;
    world.port.submit(&submission(1)).await.unwrap();
    world.decide(&json!({ "track": "technical", "outcome": "approved" })).await;
    let cases = [
        (json!({ "kind": "reset" }), ErrorCode::Offline, ""),
        (json!({ "kind": "hang" }), ErrorCode::Offline, ""),
        (json!({ "kind": "slow", "millis": 10_000 }), ErrorCode::Offline, ""),
        (json!({ "kind": "lost_reply" }), ErrorCode::Offline, ""),
        (json!({ "kind": "truncated" }), ErrorCode::Offline, ""),
        (json!({ "kind": "garbage" }), ErrorCode::Platform, ""),
        (json!({ "kind": "redirect" }), ErrorCode::Platform, ""),
        (json!({ "kind": "status", "status": 400 }), ErrorCode::Platform, "fault"),
        (json!({ "kind": "status", "status": 401 }), ErrorCode::Forbidden, "fault"),
        (json!({ "kind": "status", "status": 403 }), ErrorCode::Forbidden, "fault"),
        (json!({ "kind": "status", "status": 404 }), ErrorCode::NotFound, "fault"),
        (json!({ "kind": "status", "status": 409 }), ErrorCode::Platform, "fault"),
        (json!({ "kind": "status", "status": 422 }), ErrorCode::Platform, "fault"),
        (json!({ "kind": "status", "status": 429, "retry_after": 30 }), ErrorCode::RateLimited, "fault"),
        (json!({ "kind": "status", "status": 500 }), ErrorCode::Platform, "fault"),
        (json!({ "kind": "status", "status": 503, "retry_after": 30 }), ErrorCode::Platform, "fault"),
    ];
    let port = world.port.clone().within(std::time::Duration::from_millis(500));
    for (mut fault, code, word_of_it) in cases {
        fault["route"] = "*".into();
        world.fault(fault.clone()).await;
        let errors = [
            port.submit(&submission(1)).await.err(),
            port.state(APP, VERSION).await.err(),
            port.install_link(APP, VERSION).await.err(),
        ];
        for error in errors {
            let error: Error = error.unwrap_or_else(|| panic!("{fault} went unnoticed"));
            assert_eq!((error.code, word(&error, "code")), (code, word_of_it), "{fault}");
            let asked = fault["retry_after"].as_u64().map(|seconds| seconds.to_string()).unwrap_or_default();
            assert_eq!(word(&error, "retry_after"), asked, "{fault}");
            let status = fault["status"].as_u64().map(|status| status.to_string());
            assert!(status.is_none_or(|status| word(&error, "status") == status), "{fault}");
        }
    }
    world.no_fault().await;
    assert!(port.install_link(APP, VERSION).await.is_ok(), "what went wrong leaves nothing behind");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_offline() {
    let world = World::start().await;
    world.sandbox.stop().await;
    let error = world.port.submit(&submission(1)).await.unwrap_err();
    assert_eq!((error.code, word(&error, "host")), (ErrorCode::Offline, "127.0.0.1"));
}

/// The token belongs to one server: wherever that server points, nothing follows.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let world = World::start().await;
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let location = format!("http://{}/", elsewhere.local_addr().unwrap());
    world.fault(json!({ "route": "*", "kind": "redirect", "location": location })).await;
    let error = world.port.submit(&submission(1)).await.unwrap_err();
    assert_eq!((error.code, word(&error, "status")), (ErrorCode::Platform, "302"));
    // The call is over: a connection that was made would lie here by now.
    let nobody = elsewhere.accept().err().map(|error| error.kind());
    assert_eq!(nobody, Some(std::io::ErrorKind::WouldBlock), "someone followed the redirect");
}

#[tokio::test]
async fn only_an_https_address_is_taken_for_a_link() {
    let link = |url: Value| json!({ "url": url, "created_at": "2026-03-02T10:00:00Z" }).to_string();
    for (body, taken) in [
        (link("https://partner-project.example/i/abc?x=1".into()), true),
        (link("javascript:alert(1)".into()), false),
        (link("file:///etc/passwd".into()), false),
        (link("http://partner-project.example/i/abc".into()), false),
        (link("https://user:secret@partner-project.example/i/abc".into()), false),
        (link("https://partner-project.example/i/a b".into()), false),
        (link(format!("https://partner-project.example/{}", "a".repeat(3_000)).into()), false),
        (link("".into()), false),
        (link(Value::Null), false),
        ("[]".to_owned(), false),
        (String::new(), false),
        (r#"{"error":"no_link"}"#.to_owned(), false),
        ("x".repeat(2 * 1024 * 1024), false),
    ] {
        let shown: String = body.chars().take(80).collect();
        let port = HttpPort::new(&answering(body).await, "t0ken").unwrap();
        match port.install_link(APP, VERSION).await {
            Ok(_) => assert!(taken, "{shown}"),
            Err(error) => assert!(!taken && error.code == ErrorCode::Platform, "{shown}: {error}"),
        }
    }
}
