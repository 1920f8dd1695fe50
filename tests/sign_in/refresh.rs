//! After the sign-in: the access token is kept fresh, one refresh at a time, and only the server ends it.

use partner_core::error::ErrorCode;
use partner_core::session::{Reason, SessionState};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Desk, LIVES, START, World};

/// With this little left, a token is refreshed.
const STALE: i64 = LIVES - 59_999;

#[tokio::test]
async fn a_token_is_refreshed_in_its_last_minute_and_each_time_with_the_rotated_one() {
    let mut desk = Desk::new();
    // The server takes each refresh token once: a second use of the first one would end it all.
    let world = World::start(&desk).await;
    desk.signed_in(world.issuer()).await;
    let first = desk.session.access_token().await.unwrap();
    desk.pass(STALE - 1);
    assert_eq!(desk.session.access_token().await.unwrap().expose(), first.expose());

    let mut last = first;
    for round in 1..=3 {
        desk.pass(if round == 1 { 1 } else { STALE });
        let token = desk.session.access_token().await.unwrap();
        assert_ne!(token.expose(), last.expose(), "round {round}");
        assert_eq!(world.name_of(token.expose()).await.as_deref(), Some("Partner manager"));
        let SessionState::SignedIn { expires_at, .. } = desk.session.state() else { panic!("signed out") };
        assert_eq!(expires_at.0, START + round * STALE + LIVES);
        last = token;
    }
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_refresh() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    desk.signed_in(world.issuer()).await;
    desk.pass(STALE);
    world.fault(json!({ "route": "token", "kind": "slow", "millis": 100 })).await;
    let mut asking = JoinSet::new();
    for _ in 0..16 {
        let session = desk.session.clone();
        asking.spawn(async move { session.access_token().await.unwrap().expose().clone() });
    }
    let mut tokens = asking.join_all().await;
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
    // Had a second refresh used the same token, the server would have revoked them all.
    assert!(world.name_of(&tokens[0]).await.is_some());
}

#[tokio::test]
async fn being_offline_signs_nobody_out() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    desk.signed_in(world.issuer()).await;
    let first = desk.session.access_token().await.unwrap();
    for (fault, code) in [
        (json!({ "kind": "reset" }), ErrorCode::Offline),
        (json!({ "kind": "garbage" }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 400 }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 401 }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 503 }), ErrorCode::Platform),
        (json!({ "kind": "status", "status": 429 }), ErrorCode::RateLimited),
    ] {
        let mut on_token = fault.clone();
        on_token["route"] = "token".into();
        world.fault(on_token).await;
        let before = desk.session.state();
        desk.pass(STALE);
        let token = desk.session.access_token().await.unwrap();
        assert_eq!(token.expose(), first.expose(), "what is left of the old one still serves: {fault}");
        desk.pass(LIVES - STALE);
        assert_eq!(desk.session.access_token().await.unwrap_err().code, code, "{fault}");
        assert_eq!(desk.session.state(), before, "{fault}");
        desk.pass(-LIVES);
    }
    world.no_fault().await;
    desk.pass(LIVES);
    let token = desk.session.access_token().await.unwrap();
    assert_eq!(world.name_of(token.expose()).await.as_deref(), Some("Partner manager"));
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_once_more() {
    for (grace, survives) in [(30, true), (0, false)] {
        let mut desk = Desk::new();
        let world = World::with_grace(&desk, grace).await;
        desk.signed_in(world.issuer()).await;
        desk.pass(STALE);
        world.fault(json!({ "route": "token", "kind": "lost_reply", "times": 1 })).await;
        let token = desk.session.access_token().await;
        assert_eq!(world.faults_left().await, 0);
        match (token, survives) {
            (Ok(token), true) => assert!(world.name_of(token.expose()).await.is_some()),
            (Err(error), false) => assert_eq!(error.code, ErrorCode::SignedOut),
            (other, _) => panic!("grace {grace}: {other:?}"),
        }
        assert_eq!(desk.is_signed_in(), survives);
    }
}

#[tokio::test]
async fn only_the_servers_word_ends_the_session() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let code = desk.signed_in(world.issuer()).await;
    // A code that comes a second time makes the server revoke all that came of the first.
    world.try_code("http://127.0.0.1/", &code).await;
    assert!(desk.session.access_token().await.is_ok(), "nobody knows it yet");
    desk.pass(STALE);
    let error = desk.session.access_token().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::SignedOut);
    let SessionState::Failed { reason, detail } = desk.session.state() else { panic!("still signed in") };
    assert_eq!(reason, Reason::Ended);
    assert!(detail.starts_with("invalid_grant: "), "{detail}");
    assert_eq!(error.params["detail"], detail);
}

#[tokio::test]
async fn who_signs_out_during_a_refresh_stays_signed_out() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    desk.signed_in(world.issuer()).await;
    desk.pass(STALE);
    world.fault(json!({ "route": "token", "kind": "slow", "millis": 200, "times": 1 })).await;
    let session = desk.session.clone();
    let refreshing = tokio::spawn(async move { session.access_token().await });
    // The fault is taken as soon as the server has the request.
    while world.faults_left().await > 0 {
        tokio::task::yield_now().await;
    }
    desk.session.sign_out().await;
    assert_eq!(refreshing.await.unwrap().unwrap_err().code, ErrorCode::SignedOut);
    assert_eq!(desk.session.state(), SessionState::SignedOut);
}
