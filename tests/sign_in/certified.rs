//! Against a certified `OpenID` provider that others wrote: what we take for the protocol has to be what they take for
//! it. `cargo xtask test` installs it (`provider/`) and names the Node.js that runs it; what the sandbox and the lying
//! servers show (faults, foreign issuers) stands beside.

use std::collections::BTreeMap;
use std::process::Stdio;

use partner_core::error::ErrorCode;
use partner_core::session::registration::{ClientAuth, Registration, Way};
use partner_core::session::{Reason, SessionState};
use reqwest::{StatusCode, header};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use crate::support::{Desk, LIVES, parameter, registration};

/// Names the Node.js that runs the provider.
const NODE: &str = "PARTNER_NODE";

struct Provider {
    issuer: String,
    /// Of the client that signs.
    key: String,
    /// It ends with its standard input.
    _process: Child,
}

impl Provider {
    async fn start(refresh_seconds: u32) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sign_in/provider");
        let node = std::env::var_os(NODE).expect("`cargo xtask test` names the Node.js");
        let mut process = Command::new(node)
            .arg("server.mjs")
            .current_dir(folder)
            .env("REFRESH_SECONDS", refresh_seconds.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let said: Value = loop {
            let line = lines.next_line().await.unwrap().expect("the provider ended");
            if let Ok(said) = serde_json::from_str(&line) {
                break said;
            }
        };
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { issuer: text("issuer"), key: text("privateKey"), _process: process }
    }

    fn public(&self) -> Registration {
        registration(&self.issuer, "console")
    }

    /// What a browser does with the address: it keeps cookies and follows, up to the way back.
    async fn browse(&self, desk: &Desk, address: &str) -> String {
        let redirect = parameter(address, "redirect_uri");
        let mut cookies: BTreeMap<String, String> = BTreeMap::new();
        let mut at = Url::parse(address).unwrap();
        for _ in 0..12 {
            let jar: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = desk.http.get(at.clone()).header(header::COOKIE, jar.join("; "));
            let answer = request.send().await.unwrap();
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let status = answer.status();
            let Some(next) = answer.headers().get(header::LOCATION) else {
                panic!("{at}: {status} {}", answer.text().await.unwrap())
            };
            at = at.join(next.to_str().unwrap()).unwrap();
            if at.as_str().starts_with(&redirect) {
                return at.into();
            }
        }
        panic!("it goes round in circles: {at}")
    }

    async fn sign_in(&self, desk: &mut Desk, registered: &Registration) -> String {
        let address = desk.session.begin(registered, Way::Browser).await.unwrap();
        let back = self.browse(desk, &address).await;
        assert_eq!(desk.http.get(&back).send().await.unwrap().status(), StatusCode::OK);
        let SessionState::SignedIn { subject, name, issuer, .. } = desk.settled().await else {
            panic!("{:?}", desk.session.state())
        };
        assert_eq!((subject.as_str(), name.as_str()), ("qa-1", "QA 1"));
        assert_eq!(issuer, self.issuer);
        back
    }

    async fn post(&self, desk: &Desk, path: &str, form: &[(&str, &str)]) -> Value {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in form {
            body.append_pair(name, value);
        }
        let request = desk.http.post(format!("{}{path}", self.issuer)).body(body.finish());
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.send().await.unwrap().json().await.unwrap_or_default()
    }
}

/// The refresh token that the vault was given last.
fn kept_refresh(desk: &Desk) -> String {
    let kept = desk.outside.vault.lock().unwrap().kept.clone().unwrap();
    serde_json::from_slice::<Value>(&kept).unwrap()["refresh"].as_str().unwrap().to_owned()
}

#[tokio::test]
#[ignore = "needs oidc-provider: cargo xtask test"]
async fn certified_a_person_signs_in_refreshes_and_signs_out() {
    let mut desk = Desk::new();
    desk.set_to_now();
    let provider = Provider::start(3600).await;
    provider.sign_in(&mut desk, &provider.public()).await;
    let first = kept_refresh(&desk);
    let mut last = desk.session.access_token().await.unwrap();
    for _ in 0..3 {
        desk.pass(LIVES);
        let token = desk.session.access_token().await.unwrap();
        assert_ne!(token.expose(), last.expose());
        last = token;
    }
    let refresh = kept_refresh(&desk);
    assert_ne!(refresh, first, "it rotates");
    desk.session.sign_out().await;
    let form =
        [("grant_type", "refresh_token"), ("client_id", "console"), ("refresh_token", refresh.as_str())];
    assert_eq!(provider.post(&desk, "/token", &form).await["error"], "invalid_grant", "it was revoked");
}

#[tokio::test]
#[ignore = "needs oidc-provider: cargo xtask test"]
async fn certified_a_client_with_a_secret_signs_in() {
    let mut desk = Desk::new();
    desk.set_to_now();
    let provider = Provider::start(3600).await;
    desk.outside.vault.lock().unwrap().secret = Some("a secret: of 32 characters, or so".to_owned());
    let registered = Registration {
        client_id: "console-with-secret".to_owned(),
        auth: ClientAuth::Basic,
        ..provider.public()
    };
    provider.sign_in(&mut desk, &registered).await;
    desk.pass(LIVES);
    desk.session.access_token().await.unwrap();
    desk.session.sign_out().await;

    desk.outside.vault.lock().unwrap().secret = Some("another secret of 32 characters.".to_owned());
    let address = desk.session.begin(&registered, Way::Browser).await.unwrap();
    let back = provider.browse(&desk, &address).await;
    desk.http.get(&back).send().await.unwrap();
    let SessionState::Failed { reason, detail } = desk.settled().await else { panic!() };
    assert_eq!(reason, Reason::Server);
    assert!(detail.starts_with("invalid_client"), "{detail}");
}

#[tokio::test]
#[ignore = "needs oidc-provider: cargo xtask test"]
async fn certified_a_client_that_signs_signs_in() {
    let mut desk = Desk::new();
    desk.set_to_now();
    let provider = Provider::start(3600).await;
    desk.outside.vault.lock().unwrap().secret = Some(provider.key.clone());
    let registered = Registration {
        client_id: "console-with-key".to_owned(),
        auth: ClientAuth::PrivateKeyJwt { algorithm: "ES256".to_owned(), key_id: "k1".to_owned() },
        ..provider.public()
    };
    provider.sign_in(&mut desk, &registered).await;
    desk.session.sign_out().await;
}

#[tokio::test]
#[ignore = "needs oidc-provider: cargo xtask test"]
async fn certified_what_the_server_revoked_or_let_expire_ends_the_session_and_a_replayed_code_does_not() {
    let provider = Provider::start(3600).await;
    // Revoked by someone else: an admin, for one.
    let mut desk = Desk::new();
    desk.set_to_now();
    provider.sign_in(&mut desk, &provider.public()).await;
    let refresh = kept_refresh(&desk);
    provider.post(&desk, "/token/revocation", &[("client_id", "console"), ("token", &refresh)]).await;
    ended(&mut desk).await;

    // A refresh token that was used before: its server takes it for stolen, and drops all that came of it.
    let mut desk = Desk::new();
    desk.set_to_now();
    provider.sign_in(&mut desk, &provider.public()).await;
    let form = |refresh: &str| {
        [("grant_type", "refresh_token"), ("client_id", "console"), ("refresh_token", refresh)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let stolen = form(&kept_refresh(&desk));
    let stolen: Vec<(&str, &str)> = stolen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert!(provider.post(&desk, "/token", &stolen).await["access_token"].is_string());
    ended(&mut desk).await;

    // A code that someone else saw and sends once more.
    let mut desk = Desk::new();
    desk.set_to_now();
    let back = provider.sign_in(&mut desk, &provider.public()).await;
    let (code, redirect) = (parameter(&back, "code"), back.split('?').next().unwrap().to_owned());
    let verifier = "a".repeat(43);
    let again = [
        ("grant_type", "authorization_code"),
        ("client_id", "console"),
        ("code", code.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    assert_eq!(provider.post(&desk, "/token", &again).await["error"], "invalid_grant");
    // Whoever lacks the verifier is refused before the code is looked at, and ends nobody's session by it.
    desk.pass(LIVES);
    desk.session.access_token().await.unwrap();

    // One whose time is up.
    let provider = Provider::start(1).await;
    let mut desk = Desk::new();
    desk.set_to_now();
    provider.sign_in(&mut desk, &provider.public()).await;
    let expired = async {
        loop {
            desk.pass(LIVES);
            match desk.session.access_token().await {
                // Each refresh begins its second anew.
                Ok(_) => tokio::time::sleep(std::time::Duration::from_millis(1_200)).await,
                Err(error) => return error.code,
            }
        }
    };
    let code = tokio::time::timeout(std::time::Duration::from_secs(30), expired).await.unwrap();
    assert_eq!(code, ErrorCode::SignedOut);
}

async fn ended(desk: &mut Desk) {
    desk.pass(LIVES);
    let error = desk.session.access_token().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::SignedOut);
    let SessionState::Failed { reason, detail } = desk.session.state() else { panic!("still signed in") };
    assert_eq!(reason, Reason::Ended);
    assert!(detail.starts_with("invalid_grant"), "{detail}");
}

#[tokio::test]
#[ignore = "needs oidc-provider: cargo xtask test"]
async fn certified_what_was_changed_on_the_way_back_is_not_used() {
    let provider = Provider::start(3600).await;
    for (name, value, expected) in [
        ("iss", "https://another-issuer.example", Reason::WrongIssuer),
        ("iss", "", Reason::WrongIssuer),
        ("state", "of-another-sign-in", Reason::WrongState),
        ("code", "another-code", Reason::Server),
    ] {
        let mut desk = Desk::new();
        desk.set_to_now();
        let address = desk.session.begin(&provider.public(), Way::Browser).await.unwrap();
        let back = Url::parse(&provider.browse(&desk, &address).await).unwrap();
        let mut changed = back.clone();
        changed.query_pairs_mut().clear().extend_pairs(
            back.query_pairs()
                .map(|(n, v)| if n == name { (n, value.to_owned().into()) } else { (n, v) })
                .filter(|(_, v)| !v.is_empty()),
        );
        assert_eq!(desk.http.get(changed).send().await.unwrap().status(), StatusCode::OK);
        let SessionState::Failed { reason, .. } = desk.settled().await else { panic!("{name}={value}") };
        assert_eq!(reason, expected, "{name}={value}");
        // The true one comes second: nobody listens any more.
        assert!(desk.http.get(back).send().await.is_err(), "{name}={value}");
    }
}
