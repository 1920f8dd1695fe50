//! How a client proves who it is, whose word counts for who signed in, and what becomes of the tokens at the end.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use partner_core::session::registration::{ClientAuth, Registration, Way};
use partner_core::session::{Reason, SessionState};
use serde_json::{Value, json};

use crate::fake::{self, Fake, tokens};
use crate::support::{CLIENT, Desk, START, parameter, registration};

/// A client with a secret whose id and secret need coding.
fn with_secret(issuer: &str) -> Registration {
    Registration {
        auth: ClientAuth::Basic,
        client_id: "a client:1".to_owned(),
        ..registration(issuer, CLIENT)
    }
}

/// Of `a+client%3A1:s%3Acret%2F1`, as RFC 6749 §2.3.1 has both coded.
const BASIC: &str = "Basic YStjbGllbnQlM0ExOnMlM0FjcmV0JTJGMQ==";

#[tokio::test]
async fn a_client_with_a_secret_says_it_in_the_header_alone() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(tokens("a1", Some("r1"))).await;
    let error = desk.session.begin(&with_secret(&issuer), Way::Browser).await.unwrap_err();
    assert_eq!(error.place.unwrap().input.as_deref(), Some("secret"), "it has none yet");

    desk.outside.vault.lock().unwrap().secret = Some("s:cret/1".to_owned());
    let address = desk.session.begin(&with_secret(&issuer), Way::Browser).await.unwrap();
    let back =
        format!("{}?code=c&state={}", parameter(&address, "redirect_uri"), parameter(&address, "state"));
    desk.http.get(back).send().await.unwrap();
    assert!(matches!(desk.settled().await, SessionState::SignedIn { .. }));
    assert_eq!(fake.authorized(), [BASIC]);
    assert!(!fake.told()[0].contains("cret"), "{:?}", fake.told());
    assert!(fake.told()[0].contains("code_verifier="), "PKCE is sent with a secret, too");

    desk.session.sign_out().await;
    assert_eq!(fake.revoked(), [format!("{BASIC} token=r1&token_type_hint=refresh_token")]);
}

/// A key of the test's own, on P-256; it opens nothing.
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBn56yjUrcTRnUfV/qck7ZDvfKKI1TcVT\
    IELkEGk0WyShRANCAARhhgJ05W47JGP2MgeEpzVBD3QEnT9YvSmfUXIaVpGWhYKV887Ud18M/04uzIOpPBJl/lyyX7VPoSVvu9GdSr/j";

/// RFC 7523: an assertion is for one request; what a second one would be is a replay.
#[tokio::test]
async fn a_client_that_signs_sends_a_fresh_assertion_each_time_and_no_secret() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(tokens("a1", Some("r1"))).await;
    desk.outside.vault.lock().unwrap().secret = Some(KEY.to_owned());
    let auth = ClientAuth::PrivateKeyJwt { algorithm: "ES256".to_owned(), key_id: "k1".to_owned() };
    let registered = Registration { auth, ..registration(&issuer, CLIENT) };
    let address = desk.session.begin(&registered, Way::Browser).await.unwrap();
    let back =
        format!("{}?code=c&state={}", parameter(&address, "redirect_uri"), parameter(&address, "state"));
    desk.http.get(back).send().await.unwrap();
    assert!(matches!(desk.settled().await, SessionState::SignedIn { .. }));
    desk.pass(600_000);
    desk.session.access_token().await.unwrap();
    desk.session.sign_out().await;

    let mut told = fake.told();
    told.extend(fake.revoked());
    assert_eq!(told.len(), 3);
    assert_eq!(fake.authorized(), ["", ""]);
    let mut used = std::collections::BTreeSet::new();
    for body in told {
        let sent: std::collections::BTreeMap<_, _> =
            url::form_urlencoded::parse(body.trim_start().as_bytes()).into_owned().collect();
        assert_eq!(sent["client_id"], CLIENT);
        assert_eq!(sent["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        assert!(!sent.contains_key("client_secret"));
        let claims = BASE64.decode(sent["client_assertion"].split('.').nth(1).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some(CLIENT), Some(CLIENT)));
        assert_eq!(claims["aud"], format!("{issuer}/token"));
        assert!(used.insert(claims["jti"].to_string()), "an assertion was used twice");
    }
}

#[tokio::test]
async fn signing_out_has_the_server_forget_the_tokens_where_it_can() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(tokens("a1", None)).await;
    fake::sign_in(&mut desk, &issuer).await;
    desk.session.sign_out().await;
    assert_eq!(fake.revoked(), [format!(" token=a1&token_type_hint=access_token&client_id={CLIENT}")]);
    desk.session.sign_out().await;
    assert_eq!(fake.revoked().len(), 1, "what is gone is not revoked again");

    // One that cannot be reached keeps nobody signed in.
    fake.metadata("revocation_endpoint", "http://127.0.0.1:1/revoke".into());
    fake::sign_in(&mut desk, &issuer).await;
    desk.session.sign_out().await;
    assert_eq!(desk.session.state(), SessionState::SignedOut);
}

/// `OpenID` Connect Core §3.1.3.7, over the wire; each claim has its case beside the code.
#[tokio::test]
async fn an_id_token_has_to_be_of_this_sign_in() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(Value::Null).await;
    let claims = |nonce: &str, sub: &str| {
        let claims = json!({
            "iss": issuer, "sub": sub, "aud": CLIENT, "exp": START / 1_000 + 300, "nonce": nonce, "name": "QA 1",
        });
        format!("e30.{}.", BASE64.encode(claims.to_string()))
    };
    for replayed in [true, false] {
        let address = desk.begin(&issuer, CLIENT).await.unwrap();
        let nonce = if replayed { "of another sign-in".to_owned() } else { parameter(&address, "nonce") };
        let mut answer = tokens("a1", None);
        answer["id_token"] = claims(&nonce, "s-1").into();
        fake.says(answer);
        let back =
            format!("{}?code=c&state={}", parameter(&address, "redirect_uri"), parameter(&address, "state"));
        desk.http.get(back).send().await.unwrap();
        match desk.settled().await {
            SessionState::SignedIn { subject, name, .. } if !replayed => {
                assert_eq!((subject.as_str(), name.as_str()), ("s-1", "QA 1"));
            }
            SessionState::Failed { reason, detail } if replayed => {
                assert_eq!((reason, detail.as_str()), (Reason::WrongIdToken, "nonce"));
            }
            other => panic!("{replayed}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_knows_openid_discovery_alone_is_found() {
    let mut desk = Desk::new();
    let (_, issuer) = Fake::start_openid(tokens("a1", None)).await;
    let state = fake::sign_in(&mut desk, &issuer).await;
    assert!(matches!(state, SessionState::SignedIn { .. }), "{state:?}");
}
