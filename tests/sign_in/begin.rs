//! Before the browser: the issuer, its metadata, cancelling.

use std::future::ready;
use std::pin::pin;
use std::time::Duration;

use partner_core::error::ErrorCode;
use partner_core::session::{Limits, SessionState};
use serde_json::json;

use crate::support::{CLIENT, Desk, World};

#[tokio::test]
async fn what_cannot_be_an_issuer_or_a_client_is_told_at_its_input() {
    let desk = Desk::new();
    for (issuer, client, input) in [
        ("", CLIENT, "issuer"),
        ("id.example", CLIENT, "issuer"),
        ("http://id.example", CLIENT, "issuer"),
        ("javascript:alert(1)", CLIENT, "issuer"),
        ("https://id.example?x=1", CLIENT, "issuer"),
        ("https://id.example", " ", "client_id"),
        ("https://id.example", "a\nb", "client_id"),
    ] {
        let error = desk.begin(issuer, client).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Invalid, "{issuer} {client}");
        assert_eq!(error.place.unwrap().input.as_deref(), Some(input));
        assert_eq!(desk.session.state(), SessionState::SignedOut);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_opens_no_browser() {
    let mut desk = Desk::with(Limits { call: Duration::from_millis(500), ..Limits::default() });
    let world = World::start(&desk).await;
    for (fault, code) in [
        (json!({ "kind": "status", "status": 404 }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 403 }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 500 }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 429 }), ErrorCode::RateLimited),
        (json!({ "kind": "garbage" }), ErrorCode::Platform),
        (json!({ "kind": "redirect" }), ErrorCode::Platform),
        (json!({ "kind": "truncated" }), ErrorCode::Offline),
        (json!({ "kind": "reset" }), ErrorCode::Offline),
        (json!({ "kind": "hang" }), ErrorCode::Offline),
    ] {
        let mut on_metadata = fault.clone();
        on_metadata["route"] = "metadata".into();
        world.fault(on_metadata).await;
        let error = desk.begin(world.issuer(), CLIENT).await.unwrap_err();
        assert_eq!(error.code, code, "{fault}");
        assert_eq!(error.place.unwrap().input.as_deref(), Some("issuer"));
        assert_eq!(desk.session.state(), SessionState::SignedOut);
    }
    world.no_fault().await;
    // Had an earlier one opened a browser, this would be its address.
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    assert_eq!(desk.opened().await, address);
}

#[tokio::test]
async fn a_sign_in_that_is_cancelled_is_over() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    assert!(desk.waits_at(&address));
    let back = desk.answer(&address, "partner-manager").await;
    desk.session.cancel();
    assert_eq!(desk.settled().await, SessionState::SignedOut);
    assert!(desk.http.get(&back).send().await.is_err(), "nobody listens any more");
    assert_eq!(desk.session.state(), SessionState::SignedOut);
    assert_eq!(desk.session.access_token().await.unwrap_err().code, ErrorCode::SignedOut);
}

#[tokio::test]
async fn cancelling_reaches_a_sign_in_that_still_asks_the_server() {
    let desk = Desk::new();
    let world = World::start(&desk).await;
    world.fault(json!({ "route": "metadata", "kind": "slow", "millis": 200 })).await;
    let mut beginning = pin!(desk.begin(world.issuer(), CLIENT));
    tokio::select! {
        biased;
        early = &mut beginning => panic!("too fast: {early:?}"),
        () = ready(()) => desk.session.cancel(),
    }
    assert_eq!(beginning.await.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(desk.session.state(), SessionState::SignedOut);
}

/// The second begins before the first came back: only the second counts, and a failing third ends it, too.
#[tokio::test]
async fn a_new_sign_in_takes_the_place_of_one_that_waits() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let first = desk.begin(world.issuer(), CLIENT).await.unwrap();
    assert_eq!(desk.opened().await, first);
    let back_to_first = desk.answer(&first, "qa-1").await;
    let state = desk.sign_in(world.issuer(), "developer").await;
    assert!(matches!(&state, SessionState::SignedIn { name, .. } if name == "Developer"), "{state:?}");
    assert!(desk.http.get(&back_to_first).send().await.is_err(), "nobody listens for the first any more");
    assert_eq!(desk.session.state(), state);

    desk.begin(world.issuer(), CLIENT).await.unwrap();
    world.fault(json!({ "route": "metadata", "kind": "reset" })).await;
    assert!(desk.begin(world.issuer(), CLIENT).await.is_err());
    assert_eq!(desk.session.state(), SessionState::SignedOut, "nothing waits for a browser for ever");
}

/// While the server does not answer, whoever is signed in stays so.
#[tokio::test]
async fn a_sign_in_that_cannot_begin_signs_nobody_out() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    desk.signed_in(world.issuer()).await;
    world.fault(json!({ "route": "metadata", "kind": "reset" })).await;
    assert!(desk.begin(world.issuer(), CLIENT).await.is_err());
    desk.session.cancel();
    assert!(desk.is_signed_in());
    assert!(desk.session.access_token().await.is_ok());
}

#[tokio::test]
async fn who_does_not_come_back_in_time_has_to_begin_anew() {
    let mut desk = Desk::with(Limits { browser: Duration::from_millis(50), ..Limits::default() });
    let world = World::start(&desk).await;
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let back = desk.answer(&address, "partner-manager").await;
    let SessionState::Failed { reason, .. } = desk.settled().await else {
        panic!("{:?}", desk.session.state())
    };
    assert_eq!(reason.name(), "timed_out");
    assert!(desk.http.get(&back).send().await.is_err(), "nobody listens any more");
}
