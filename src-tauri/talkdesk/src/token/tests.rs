use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::assertion::Algorithm;
use crate::region::Regions;
use crate::testing::{Clock, PAIRS, Server, reply};
use crate::wire::Reach;

const START: &str = "2026-11-27T03:00:00Z";

fn basic(server: &Server, clock: &Clock, secret: &str) -> Tokens {
    let authentication = Authentication::Basic(Secret::new(secret.to_owned()));
    tokens(server, clock, authentication)
}

fn tokens(server: &Server, clock: &Clock, authentication: Authentication) -> Tokens {
    let url = server.url.join("/oauth/token").unwrap();
    Tokens::new(
        Wire::new(Reach::Sandbox, &Regions::default()).unwrap(),
        clock.ambient(),
        url,
        "client 1",
        authentication,
        &["apps:write", "events:read"],
    )
}

fn good(token: &str, seconds: i64) -> String {
    reply(
        200,
        &format!(
            r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds},"scope":"apps:write"}}"#
        ),
    )
}

/// A server that gives a token with another number each time.
async fn counting(seconds: i64) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| good(&format!("t{}", count.fetch_add(1, Ordering::SeqCst)), seconds)).await
}

#[tokio::test]
async fn basic_says_who_it_is_in_the_header_alone() {
    let server = counting(600).await;
    let token = basic(&server, &Clock::at(START), "s:e+c/r%t").get().await.unwrap();
    assert_eq!((token.access.expose().as_str(), token.scope.as_deref()), ("t0", Some("apps:write")));
    assert_eq!(token.expires_at, "2026-11-27T03:10:00Z".parse().unwrap());
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "POST /oauth/token");
    assert_eq!(asked.body, "grant_type=client_credentials&scope=apps%3Awrite+events%3Aread");
    let expected = STANDARD.encode("client+1:s%3Ae%2Bc%2Fr%25t").to_ascii_lowercase();
    assert!(asked.head.contains(&format!("authorization: basic {expected}")), "{}", asked.head);
}

#[tokio::test]
async fn private_key_jwt_signs_a_new_assertion_each_time() {
    let server = counting(0).await;
    let key = SigningKey::read(Algorithm::Es256, &Secret::new(PAIRS[0].private.to_owned())).unwrap();
    let tokens =
        tokens(&server, &Clock::at(START), Authentication::PrivateKeyJwt { key_id: "k".to_owned(), key });
    tokens.get().await.unwrap();
    tokens.get().await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 2, "a token that is over at once is not kept");
    let jti = |body: &str| {
        let form: std::collections::HashMap<_, _> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert_eq!(form["client_assertion_type"], ASSERTION_TYPE);
        assert_eq!(form["grant_type"], "client_credentials");
        let claims = form["client_assertion"].split('.').nth(1).unwrap().to_owned();
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], server.url.join("/oauth/token").unwrap().as_str());
        claims["jti"].as_str().unwrap().to_owned()
    };
    assert_ne!(jti(&asked[0].body), jti(&asked[1].body));
    assert!(asked.iter().all(|asked| !asked.head.contains("authorization")));
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end() {
    for (lives, fresh) in [(600, 570), (60, 30), (20, 10)] {
        let server = counting(lives).await;
        let clock = Clock::at(START);
        let tokens = basic(&server, &clock, "s");
        assert_eq!(tokens.get().await.unwrap().access.expose(), "t0");
        clock.pass(fresh - 1);
        assert_eq!(tokens.get().await.unwrap().access.expose(), "t0", "{lives}");
        clock.pass(1);
        assert_eq!(tokens.get().await.unwrap().access.expose(), "t1", "{lives}");
    }
}

#[tokio::test]
async fn one_fetches_while_the_others_wait() {
    let server = counting(600).await;
    let tokens = Arc::new(basic(&server, &Clock::at(START), "s"));
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.get().await.unwrap().access })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().expose(), "t0");
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn those_who_waited_share_a_failure_and_the_next_tries_again() {
    let server = Server::start(|_| reply(503, "")).await;
    let tokens = basic(&server, &Clock::at(START), "s");
    // All have begun before the first can have ended: nothing else runs between their first polls.
    let (one, two, three) = tokio::join!(tokens.get(), tokens.get(), tokens.get());
    assert!(one.is_err() && two.is_err() && three.is_err());
    assert_eq!(server.asked().len(), 1);
    assert!(tokens.get().await.is_err());
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_token_that_was_refused_is_forgotten_but_not_its_successor() {
    let server = counting(600).await;
    let tokens = basic(&server, &Clock::at(START), "s");
    let first = tokens.get().await.unwrap();
    tokens.forget(&first).await;
    let second = tokens.get().await.unwrap();
    assert_eq!(second.access.expose(), "t1");
    tokens.forget(&first).await;
    assert_eq!(tokens.get().await.unwrap().access.expose(), "t1");
}

#[tokio::test]
async fn an_error_is_looked_for_before_a_token() {
    let oauth = r#"{"error":"invalid_client","error_description":"Unknown client"}"#;
    let refused = |status: u16, code: &str| (status, code.to_owned());
    let cases = [
        (400, oauth, Some(refused(400, "invalid_client"))),
        (401, oauth, Some(refused(401, "invalid_client"))),
        (
            200,
            r#"{"error":"invalid_scope","access_token":"t","token_type":"bearer"}"#,
            Some(refused(200, "invalid_scope")),
        ),
        (403, r#"{"code":"0","message":"No"}"#, Some(refused(403, "0"))),
        (500, "<html>", Some(refused(500, ""))),
        (200, "<html>", None),
        (200, "{}", None),
        (200, r#"{"access_token":"","token_type":"bearer"}"#, None),
        (200, r#"{"access_token":"t","token_type":"mac"}"#, None),
        (200, r#"{"access_token":"t"}"#, None),
    ];
    for (status, body, expected) in cases {
        let server = Server::start(move |_| reply(status, body)).await;
        let failure = basic(&server, &Clock::at(START), "s").get().await.unwrap_err();
        match (&failure, expected) {
            (Failure::Refused { status, problem, .. }, Some((s, code))) => {
                assert_eq!((*status, &problem.code), (s, &code));
            }
            (Failure::Unreadable { .. }, None) => {}
            _ => panic!("{status} {body}: {failure}"),
        }
        assert!(!format!("{failure:?}").contains("\"t\""), "{failure:?}");
    }
}

#[tokio::test]
async fn odd_lives_are_brought_within_the_calendar() {
    let year = 365 * 24 * 60 * 60;
    for (told, seconds) in
        [("", ASSUMED_SECONDS), (r#","expires_in":-5"#, 0), (r#","expires_in":9000000000000000000"#, year)]
    {
        let body = format!(r#"{{"access_token":"t","token_type":"BEARER"{told}}}"#);
        let server = Server::start(move |_| reply(200, &body)).await;
        let clock = Clock::at(START);
        let token = basic(&server, &clock, "s").get().await.unwrap();
        assert_eq!(token.expires_at, clock.now() + SignedDuration::from_secs(seconds));
    }
}
