use super::*;
use crate::region::Region;
use crate::signature::{HeaderFault, KEY_ID_HEADER, SIGNATURE_HEADER};
use crate::testing::{BODY, Clock, PAIRS, Pair, Server, reply};
use crate::wire::Reach;

const START: &str = "2026-11-27T03:00:00Z";

fn told(pair: &Pair, more: &str) -> String {
    format!(r#"{{"public_key":"{}","created_at":"2026-01-01T00:00:00Z"{more}}}"#, pair.public)
}

fn headers(signature: &str, id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE_HEADER, signature.parse().unwrap());
    headers.insert(KEY_ID_HEADER, id.parse().unwrap());
    headers
}

/// A verifier whose one region is this server.
fn verifier(server: &Server, clock: &Clock) -> Verifier {
    let region =
        Region { key: None, name: "Here".to_owned(), gateways: vec![server.url.clone()], id_domain: None };
    Verifier::new(
        Wire::new(Reach::Sandbox, &Regions::default()).unwrap(),
        Regions(vec![region]),
        clock.ambient(),
    )
}

/// Reads a body and verifies it.
async fn verify(
    verifier: &Verifier,
    headers: &HeaderMap,
    body: &str,
    known: Option<&Url>,
) -> Result<Event, Refused> {
    let event = Event::parse(body.as_bytes())?;
    verifier.verify(headers, body.as_bytes(), &event, known).await?;
    Ok(event)
}

#[tokio::test]
async fn a_delivery_verifies_by_the_key_of_its_gateway() {
    for (at, pair) in PAIRS.iter().enumerate() {
        let answer = reply(200, &told(pair, &format!(r#","key_id":"key-{at}""#)));
        let server = Server::start(move |_| answer.clone()).await;
        let verifier = verifier(&server, &Clock::at(START));
        let headers = headers(pair.signature, &format!("key-{at}"));
        let event = verify(&verifier, &headers, BODY, Some(&server.url));
        assert_eq!(event.await.unwrap().kind, "app.trial_started");
        let asked = server.asked();
        assert_eq!(asked[0].line, format!("GET /events/signature-keys/key-{at}"));
        assert!(!asked[0].head.contains("authorization"), "the key is asked for with no credential");
    }
}

#[tokio::test]
async fn until_it_is_verified_an_event_names_no_gateway_of_its_own() {
    let server = Server::start(|_| reply(200, &told(&PAIRS[0], ""))).await;
    let verifier = verifier(&server, &Clock::at(START));
    let named = |root: &str| BODY.replace("https://api.talkdeskapp.eu", root);
    let refuse = async |body: String| verify(&verifier, &headers("aa", "k"), &body, None).await.unwrap_err();
    let elsewhere = Server::start(|_| reply(200, &told(&PAIRS[0], ""))).await;
    let elsewhere = elsewhere.url.origin().ascii_serialization();
    assert_eq!(
        refuse(named(&elsewhere)).await,
        Refused::Unverified(Unverified::Key(KeyFault::Untrusted(elsewhere.clone())))
    );
    assert_eq!(refuse(named("no url")).await, Refused::Unverified(Unverified::Key(KeyFault::NoGateway)));
    // The gateway of a region is asked: it says no by the signature only.
    let own = server.url.origin().ascii_serialization();
    assert_eq!(refuse(named(&own)).await, Refused::Unverified(Unverified::Encoding));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_key_is_fetched_once_until_it_expires() {
    let answer = reply(200, &told(&PAIRS[0], r#","expires_at":"2026-11-27T04:00:00Z""#));
    let server = Server::start(move |_| answer.clone()).await;
    let clock = Clock::at(START);
    let verifier = verifier(&server, &clock);
    let headers = headers(PAIRS[0].signature, "k");
    let again = || verify(&verifier, &headers, BODY, Some(&server.url));
    // At once, and one after another.
    let (one, other) = tokio::join!(again(), again());
    assert!(one.is_ok() && other.is_ok() && again().await.is_ok());
    assert_eq!(server.asked().len(), 1);
    clock.pass(60 * 60 - 1);
    assert!(again().await.is_ok());
    assert_eq!(server.asked().len(), 1);
    clock.pass(1);
    assert_eq!(again().await.unwrap_err(), Refused::Unverified(Unverified::Key(KeyFault::Expired)));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn each_step_that_fails_says_so() {
    let server = Server::start(|asked| match asked.line.rsplit('/').next().unwrap() {
        "good" => reply(200, &told(&PAIRS[0], "")),
        "other-id" => reply(200, &told(&PAIRS[0], r#","key_id":"good""#)),
        "no-key" => reply(200, r#"{"public_key":"AAAA"}"#),
        "odd-time" => reply(200, &told(&PAIRS[0], r#","expires_at":"soon""#)),
        "html" => reply(200, "<html>"),
        "broken" => reply(503, ""),
        _ => reply(404, r#"{"error":"No such key"}"#),
    })
    .await;
    let verifier = verifier(&server, &Clock::at(START));
    let (signature, forged) = (PAIRS[0].signature, BODY.replace("2026-12-27", "2036-12-27"));
    let unavailable = KeyFault::Unavailable("127.0.0.1 answered 503 ".to_owned());
    let cases = [
        ("good", "zz", BODY, Unverified::Encoding),
        ("good", signature, &forged, Unverified::Match),
        ("unknown", signature, BODY, KeyFault::Unknown.into()),
        ("a/../good", signature, BODY, KeyFault::Unknown.into()),
        ("other-id", signature, BODY, KeyFault::Unreadable.into()),
        ("no-key", signature, BODY, KeyFault::Unreadable.into()),
        ("odd-time", signature, BODY, KeyFault::Unreadable.into()),
        ("html", signature, BODY, KeyFault::Unreadable.into()),
        ("broken", signature, BODY, unavailable.into()),
    ];
    for (id, signature, body, expected) in cases {
        let refused = verify(&verifier, &headers(signature, id), body, Some(&server.url)).await;
        assert_eq!(refused.unwrap_err(), Refused::Unverified(expected), "{id}");
    }
    assert!(
        server.asked().iter().any(|asked| asked.line.ends_with("/a%2F..%2Fgood")),
        "an id is one segment"
    );
    let bare = verify(&verifier, &HeaderMap::new(), BODY, Some(&server.url)).await;
    assert_eq!(bare.unwrap_err(), Refused::Unverified(HeaderFault::Missing(SIGNATURE_HEADER).into()));
    let empty = verify(&verifier, &headers(signature, "good"), "", Some(&server.url)).await;
    assert!(matches!(empty.unwrap_err(), Refused::Unreadable(Unreadable::NotJson { .. })));
}

#[tokio::test]
async fn a_forgers_ids_neither_fill_the_memory_nor_ask_twice() {
    let server = Server::start(|_| reply(404, "")).await;
    let clock = Clock::at(START);
    let verifier = verifier(&server, &clock);
    let key = async |id: &str| verifier.key(&server.url, &KeyId::new(id).unwrap()).await;
    assert_eq!(key("a").await, Err(KeyFault::Unknown));
    assert_eq!(key("a").await, Err(KeyFault::Unknown));
    assert_eq!(server.asked().len(), 1);
    clock.pass(60);
    assert_eq!(key("a").await, Err(KeyFault::Unknown));
    assert_eq!(server.asked().len(), 2);
    for at in 0..2 * CACHE_LIMIT {
        assert_eq!(key(&format!("k{at}")).await, Err(KeyFault::Unknown));
    }
    assert!(verifier.cache.lock().unwrap().len() <= CACHE_LIMIT);
}

#[tokio::test]
async fn a_gateway_that_was_away_is_asked_again() {
    let answers = Mutex::new(vec![reply(200, &told(&PAIRS[0], "")), reply(502, "")]);
    let server = Server::start(move |_| answers.lock().unwrap().pop().unwrap()).await;
    let verifier = verifier(&server, &Clock::at(START));
    let first = verifier.key(&server.url, &KeyId::new("k").unwrap()).await.unwrap_err();
    assert!(first.is_passing());
    assert!(verifier.key(&server.url, &KeyId::new("k").unwrap()).await.is_ok());
}
