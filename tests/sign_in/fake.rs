//! Servers that do what the sandbox does not: unusual, sloppy and lying ones.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{RawForm, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use partner_core::error::ErrorCode;
use partner_core::session::{Reason, SessionState};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::{CLIENT, Desk, LIVES, START, parameter};

#[derive(Clone)]
pub struct Fake {
    said: Arc<Mutex<Said>>,
    /// While it is shut, the token endpoint hears but does not answer.
    open: watch::Sender<bool>,
}

/// What the server says, and what it was told at its token endpoint.
struct Said {
    metadata: Value,
    token: Value,
    told: Vec<String>,
    /// How the client said who it is, each time.
    authorized: Vec<String>,
    revoked: Vec<String>,
}

impl Fake {
    pub async fn start(token: Value) -> (Self, String) {
        Self::at("/.well-known/oauth-authorization-server", token).await
    }

    /// One that knows the metadata's older place alone.
    pub async fn start_openid(token: Value) -> (Self, String) {
        Self::at("/.well-known/openid-configuration", token).await
    }

    async fn at(well_known: &str, token: Value) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "revocation_endpoint": format!("{issuer}/revoke"),
        });
        let said = Said { metadata, token, told: vec![], authorized: vec![], revoked: vec![] };
        let said = Arc::new(Mutex::new(said));
        let fake = Self { said, open: watch::Sender::new(true) };
        let metadata = async |State(fake): State<Self>| Json(fake.said().metadata.clone());
        let token = async |State(fake): State<Self>, headers: HeaderMap, RawForm(body): RawForm| {
            let by = headers.get("authorization").map(|by| by.to_str().unwrap().to_owned());
            fake.said().authorized.push(by.unwrap_or_default());
            fake.said().told.push(String::from_utf8(body.to_vec()).unwrap());
            fake.open.subscribe().wait_for(|open| *open).await.unwrap();
            Json(fake.said().token.clone())
        };
        let revoke = async |State(fake): State<Self>, headers: HeaderMap, RawForm(body): RawForm| {
            let by = headers.get("authorization").map(|by| by.to_str().unwrap().to_owned());
            let body = String::from_utf8(body.to_vec()).unwrap();
            fake.said().revoked.push(format!("{} {body}", by.unwrap_or_default()));
        };
        let router = Router::new()
            .route("/revoke", post(revoke))
            .route(well_known, get(metadata))
            .route("/token", post(token))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (fake, issuer)
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    /// Changes what it says of itself.
    pub fn metadata(&self, member: &str, value: Value) {
        self.said().metadata[member] = value;
    }

    pub fn authorized(&self) -> Vec<String> {
        self.said().authorized.clone()
    }

    pub fn revoked(&self) -> Vec<String> {
        self.said().revoked.clone()
    }

    /// What it answers from now on.
    pub fn says(&self, token: Value) {
        self.said().token = token;
    }

    pub fn told(&self) -> Vec<String> {
        self.said().told.clone()
    }
}

/// Signs in: the browser comes back at once, as this server has no page.
pub async fn sign_in(desk: &mut Desk, issuer: &str) -> SessionState {
    let address = desk.begin(issuer, CLIENT).await.unwrap();
    let back =
        format!("{}?code=c0de&state={}", parameter(&address, "redirect_uri"), parameter(&address, "state"));
    desk.http.get(back).send().await.unwrap();
    desk.settled().await
}

pub fn tokens(access: &str, refresh: Option<&str>) -> Value {
    let mut tokens = json!({ "access_token": access, "token_type": "Bearer", "expires_in": 600 });
    if let Some(refresh) = refresh {
        tokens["refresh_token"] = refresh.into();
    }
    tokens
}

#[tokio::test]
async fn a_plain_server_gets_what_the_protocol_asks_for_and_is_enough() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(json!({ "access_token": "a1", "token_type": "bearer" })).await;
    let SessionState::SignedIn { name, subject, expires_at, .. } = sign_in(&mut desk, &issuer).await else {
        panic!("{:?}", desk.session.state())
    };
    assert_eq!(
        (name.as_str(), subject.as_str()),
        ("", ""),
        "it tells nothing of people, and nothing is made up"
    );
    assert!(expires_at.0 > START && expires_at.0 <= START + LIVES);
    let told = fake.told().remove(0);
    for part in
        ["grant_type=authorization_code", "code=c0de", "code_verifier=", "client_id=partner-console-sandbox"]
    {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("client_secret"));

    // With no refresh token it serves to its end, and then somebody has to sign in again.
    desk.pass(expires_at.0 - START - 1);
    assert_eq!(desk.session.access_token().await.unwrap().expose(), "a1");
    desk.pass(1);
    assert_eq!(desk.session.access_token().await.unwrap_err().code, ErrorCode::SignedOut);
    assert!(matches!(desk.session.state(), SessionState::Failed { reason: Reason::Ended, .. }));
    assert_eq!(fake.told().len(), 1, "there was nothing to ask the server with");
}

#[tokio::test]
async fn a_refresh_token_stands_until_the_server_sends_another() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(tokens("a1", Some("r1"))).await;
    sign_in(&mut desk, &issuer).await;
    for (access, sent, used) in [("a2", None, "r1"), ("a3", Some("r2"), "r1"), ("a4", None, "r2")] {
        fake.said().token = tokens(access, sent);
        desk.pass(LIVES);
        assert_eq!(desk.session.access_token().await.unwrap().expose(), access);
        let told = fake.told().pop().unwrap();
        assert!(told.contains(&format!("refresh_token={used}")), "{access}: {told}");
    }
}

/// The refresh goes on without whoever asked for it, or the rotated token would be lost with them.
#[tokio::test]
async fn who_stops_waiting_does_not_lose_the_rotated_token() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(tokens("a1", Some("r1"))).await;
    sign_in(&mut desk, &issuer).await;
    fake.said().token = tokens("a2", Some("r2"));
    fake.open.send_replace(false);
    desk.pass(LIVES);
    let session = desk.session.clone();
    let asking = tokio::spawn(async move { session.access_token().await.map(drop) });
    while fake.told().len() < 2 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    fake.open.send_replace(true);
    assert_eq!(desk.session.access_token().await.unwrap().expose(), "a2");
    assert_eq!(fake.told().len(), 2, "the one refresh was enough");
}

/// An error is looked for before the tokens, even where the server calls it a success.
#[tokio::test]
async fn answers_that_are_no_tokens_are_failures() {
    let mut desk = Desk::new();
    let large = "x".repeat(2 * 1024 * 1024);
    for (answer, detail) in [
        (json!({ "error": "invalid_grant", "error_description": "Too late." }), "invalid_grant: Too late."),
        (json!({ "error": "slow_down" }), "slow_down"),
        (json!({ "code": "4000", "message": "Not so." }), "4000: Not so."),
        (json!({ "access_token": "a1", "token_type": "mac" }), ""),
        (json!({ "token_type": "bearer" }), ""),
        (json!({ "access_token": large, "token_type": "bearer" }), ""),
        (json!([]), ""),
    ] {
        let (_, issuer) = Fake::start(answer.clone()).await;
        let shown: String = answer.to_string().chars().take(80).collect();
        let ended = sign_in(&mut desk, &issuer).await;
        assert_eq!(
            ended,
            SessionState::Failed { reason: Reason::Server, detail: detail.to_owned() },
            "{shown}"
        );
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    let desk = Desk::new();
    let (fake, issuer) = Fake::start(Value::Null).await;
    for (member, value) in [
        ("issuer", "https://id.example"),
        ("token_endpoint", "http://10.0.0.1/token"),
        ("authorization_endpoint", "file:///etc/passwd"),
    ] {
        let good = fake.said().metadata.clone();
        fake.said().metadata[member] = value.into();
        let error = desk.begin(&issuer, CLIENT).await.unwrap_err();
        assert_eq!((error.code, error.params["field"].as_str()), (ErrorCode::Platform, member));
        assert_eq!(desk.session.state(), SessionState::SignedOut);
        fake.said().metadata = good;
    }
}
