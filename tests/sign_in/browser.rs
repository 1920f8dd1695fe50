//! With the browser: the way there and back, and everything that may come back instead.

use partner_core::error::ErrorCode;
use partner_core::session::{Limits, Reason, SessionState};
use reqwest::{StatusCode, header};
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpStream;

use crate::support::{CLIENT, Desk, LIVES, START, World, parameter};

fn failed(state: SessionState) -> (Reason, String) {
    match state {
        SessionState::Failed { reason, detail } => (reason, detail),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    assert_eq!(desk.session.state(), SessionState::SignedOut);
    let address = desk.begin(&format!(" {}/ ", world.issuer()), CLIENT).await.unwrap();
    assert!(desk.waits_at(&address));
    assert_eq!(desk.opened().await, address);
    assert_eq!(parameter(&address, "code_challenge_method"), "S256");
    assert_eq!(parameter(&address, "scope"), "openid refresh_token");

    let back = desk.answer(&address, "partner-manager").await;
    assert!(back.starts_with("http://127.0.0.1:"), "{back}");
    let page = desk.http.get(&back).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        assert_eq!(page.headers()[&name], value);
    }
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(page.text().await.unwrap().contains("You can go back to Partner Console"));

    let expected = SessionState::SignedIn {
        issuer: world.issuer().to_owned(),
        subject: "partner-manager".to_owned(),
        name: "Partner manager".to_owned(),
        expires_at: domain::Timestamp(START + LIVES),
    };
    assert_eq!(desk.settled().await, expected);
    let token = desk.session.access_token().await.unwrap();
    assert_eq!(world.name_of(token.expose()).await.as_deref(), Some("Partner manager"));
    assert!(desk.http.get(&back).send().await.is_err(), "the listener was for one request");

    desk.session.sign_out().await;
    assert_eq!(desk.session.state(), SessionState::SignedOut);
    assert_eq!(desk.session.access_token().await.unwrap_err().code, ErrorCode::SignedOut);
}

/// Other things knock, too: icons, scanners, connections that browsers keep in stock, pages under a foreign name.
#[tokio::test]
async fn only_the_browser_that_comes_back_ends_the_wait() {
    // Less than the listener waits for a connection that says nothing.
    let mut desk = Desk::with(Limits { browser: Duration::from_secs(5), ..Limits::default() });
    let world = World::start(&desk).await;
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let back = desk.answer(&address, "partner-manager").await;
    let (root, query) = back.split_once("/callback?").unwrap();
    let _idle = TcpStream::connect(root.trim_start_matches("http://")).await.unwrap();
    let get = |url: String| desk.http.get(url);
    for (request, status) in [
        (get(format!("{root}/favicon.ico")), 404),
        (get(format!("{root}/?{query}")), 404),
        (get(format!("{root}/callback/?{query}")), 404),
        (get(back.clone()).header(header::HOST, "rebound.example"), 404),
        (desk.http.post(&back), 405),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert!(!answer.text().await.unwrap().contains("Partner Console"));
        assert!(matches!(desk.session.state(), SessionState::Waiting { .. }));
    }
    assert_eq!(desk.http.get(&back).send().await.unwrap().status(), StatusCode::OK);
    assert!(matches!(desk.settled().await, SessionState::SignedIn { .. }));
}

#[tokio::test]
async fn who_says_no_is_not_signed_in() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let (reason, detail) = failed(desk.sign_in(world.issuer(), "deny").await);
    assert_eq!((reason, detail.as_str()), (Reason::Denied, "access_denied: The person said no."));
    assert_eq!(desk.session.access_token().await.unwrap_err().code, ErrorCode::SignedOut);
}

/// Neither another's answer nor another server's makes the session spend the code.
#[tokio::test]
async fn an_answer_that_is_not_ours_spends_no_code() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    for (kind, reason, detail) in [
        ("wrong_state", Reason::WrongState, ""),
        ("wrong_issuer", Reason::WrongIssuer, "https://another-issuer.example"),
        ("no_issuer", Reason::WrongIssuer, ""),
    ] {
        world.fault(json!({ "route": "authorize", "kind": kind, "times": 1 })).await;
        assert_eq!(
            failed(desk.sign_in(world.issuer(), "partner-manager").await),
            (reason, detail.to_owned())
        );
        assert_eq!(world.faults_left().await, 0, "{kind} was played");
    }
    // A wrong answer once more, with a trap at the token endpoint: nobody walks into it.
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let back = desk.answer(&address, "partner-manager").await;
    world.fault(json!({ "route": "token", "kind": "reset", "times": 1 })).await;
    let forged = back.replace(&parameter(&back, "state"), "forged");
    desk.http.get(forged).send().await.unwrap();
    assert_eq!(failed(desk.settled().await).0, Reason::WrongState);
    assert_eq!(world.faults_left().await, 1);
}

#[tokio::test]
async fn a_server_that_ignores_pkce_still_signs_in() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    world.fault(json!({ "route": "authorize", "kind": "pkce_ignored", "times": 1 })).await;
    assert!(matches!(desk.sign_in(world.issuer(), "qa-1").await, SessionState::SignedIn { .. }));
    assert_eq!(world.faults_left().await, 0);
}

/// Someone saw the code on its way and was faster, but has no verifier: it helps nobody, and the person is told.
#[tokio::test]
async fn a_code_that_was_tried_before_is_refused_in_the_servers_words() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let back = desk.answer(&address, "partner-manager").await;
    let stolen = world.try_code(&back, &parameter(&back, "code")).await;
    assert_eq!(stolen["error"], "invalid_grant", "a code is of no use without its verifier");
    desk.http.get(&back).send().await.unwrap();
    let (reason, detail) = failed(desk.settled().await);
    assert_eq!(reason, Reason::Server);
    assert!(detail.starts_with("invalid_grant: This code was used before"), "{detail}");
}

#[tokio::test]
async fn a_client_that_the_server_does_not_know_never_comes_back() {
    let desk = Desk::new();
    let world = World::start(&desk).await;
    let address = desk.begin(world.issuer(), "someone-else").await.unwrap();
    let page = desk.http.get(&address).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::BAD_REQUEST);
    assert!(desk.waits_at(&address));
}

#[tokio::test]
async fn what_goes_wrong_at_the_server_signs_nobody_in() {
    let mut desk = Desk::with(Limits { call: Duration::from_millis(500), ..Limits::default() });
    let world = World::start(&desk).await;
    for route in ["token", "userinfo"] {
        for (fault, reason, detail) in [
            (
                json!({ "kind": "status", "status": 400 }),
                Reason::Server,
                "fault: A fault was set on this route.",
            ),
            (
                json!({ "kind": "status", "status": 401 }),
                Reason::Server,
                "fault: A fault was set on this route.",
            ),
            (
                json!({ "kind": "status", "status": 500 }),
                Reason::Server,
                "fault: A fault was set on this route.",
            ),
            (
                json!({ "kind": "status", "status": 429 }),
                Reason::Server,
                "fault: A fault was set on this route.",
            ),
            (json!({ "kind": "garbage" }), Reason::Server, ""),
            (json!({ "kind": "redirect" }), Reason::Server, ""),
            (json!({ "kind": "truncated" }), Reason::Offline, ""),
            (json!({ "kind": "reset" }), Reason::Offline, ""),
            (json!({ "kind": "lost_reply" }), Reason::Offline, ""),
            (json!({ "kind": "hang" }), Reason::Offline, ""),
        ] {
            let mut on_route = fault.clone();
            on_route["route"] = route.into();
            world.fault(on_route).await;
            let ended = failed(desk.sign_in(world.issuer(), "partner-manager").await);
            assert_eq!(ended, (reason, detail.to_owned()), "{route} {fault}");
            assert_eq!(desk.session.access_token().await.unwrap_err().code, ErrorCode::SignedOut);
        }
    }
    world.no_fault().await;
    assert!(matches!(desk.sign_in(world.issuer(), "developer").await, SessionState::SignedIn { .. }));
}
