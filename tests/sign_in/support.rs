//! A sandbox, a session with a clock that the test moves, and a browser that goes where the session sends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use partner_core::session::{Limits, Session, SessionState};
use reqwest::{Method, StatusCode, header};
use sandbox::{Running, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use url::{Url, form_urlencoded};

pub const CLIENT: &str = "partner-console-sandbox";
pub const START: i64 = 1_790_000_000_000;
/// The sandbox's tokens hold for ten minutes.
pub const LIVES: i64 = 600_000;
/// Nothing here takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A session as the window has it, and what a person sees of it.
pub struct Desk {
    pub session: Session,
    pub http: reqwest::Client,
    clock: Arc<AtomicI64>,
    opened: mpsc::UnboundedReceiver<String>,
    changes: watch::Receiver<u64>,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(AtomicI64::new(START));
        let (open, opened) = mpsc::unbounded_channel();
        let (announce, changes) = watch::channel(0);
        let read = clock.clone();
        let session = Session::with_limits(
            Box::new(move |address| open.send(address.to_owned()).map_err(|error| error.to_string())),
            Arc::new(move || Timestamp(read.load(Ordering::SeqCst))),
            Arc::new(move || announce.send_modify(|count| *count += 1)),
            limits,
        );
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self { session, http: http.timeout(PATIENCE).build().unwrap(), clock, opened, changes }
    }

    pub fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    /// The address that the browser was sent to.
    pub async fn opened(&mut self) -> String {
        tokio::time::timeout(PATIENCE, self.opened.recv()).await.expect("no browser was opened").unwrap()
    }

    /// The state once no browser is waited for any more, as the changes that are announced tell it.
    pub async fn settled(&mut self) -> SessionState {
        let wait = async {
            while matches!(self.session.state(), SessionState::Waiting { .. }) {
                self.changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the sign-in did not end");
        self.session.state()
    }

    /// A person's answer at the sign-in page: where the browser is sent then.
    pub async fn answer(&self, address: &str, person: &str) -> String {
        let answer = self.http.get(format!("{address}&auto={person}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND, "{address}");
        answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// Signs in up to the end, whatever the end is.
    pub async fn sign_in(&mut self, issuer: &str, person: &str) -> SessionState {
        self.session.begin(issuer, CLIENT).await.unwrap();
        let address = self.opened().await;
        let back = self.answer(&address, person).await;
        assert_eq!(self.http.get(back).send().await.unwrap().status(), StatusCode::OK);
        self.settled().await
    }

    /// Signs the partner manager in and gives the code that the browser carried.
    pub async fn signed_in(&mut self, issuer: &str) -> String {
        self.session.begin(issuer, CLIENT).await.unwrap();
        let address = self.opened().await;
        let back = self.answer(&address, "partner-manager").await;
        self.http.get(&back).send().await.unwrap();
        let state = self.settled().await;
        assert!(matches!(state, SessionState::SignedIn { .. }), "{state:?}");
        parameter(&back, "code")
    }

    pub fn is_signed_in(&self) -> bool {
        matches!(self.session.state(), SessionState::SignedIn { .. })
    }
}

pub struct World {
    pub sandbox: Running,
    pub http: reqwest::Client,
}

impl World {
    pub async fn start(desk: &Desk) -> Self {
        Self::with_grace(desk, 0).await
    }

    /// A server that takes a rotated refresh token for some seconds more.
    pub async fn with_grace(desk: &Desk, refresh_grace_seconds: u32) -> Self {
        let options =
            SandboxOptions { auto_consent: true, refresh_grace_seconds, ..SandboxOptions::default() };
        Self { sandbox: Sandbox::start(options).await.unwrap(), http: desk.http.clone() }
    }

    pub fn issuer(&self) -> &str {
        self.sandbox.url()
    }

    async fn faults(&self, method: Method, body: &Value) -> Value {
        let url = format!("{}/faults", self.issuer());
        let request = self.http.request(method, url).bearer_auth(self.sandbox.reviewer_token());
        let answer = request.json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{body}");
        answer.json().await.unwrap_or_default()
    }

    pub async fn fault(&self, fault: Value) {
        self.faults(Method::PUT, &json!([fault])).await;
    }

    pub async fn no_fault(&self) {
        self.faults(Method::PUT, &json!([])).await;
    }

    /// The faults that nobody has met yet.
    pub async fn faults_left(&self) -> usize {
        self.faults(Method::GET, &Value::Null).await.as_array().unwrap().len()
    }

    /// Tries a code at the token endpoint, as a thief would who has no verifier.
    pub async fn try_code(&self, back: &str, code: &str) -> Value {
        let redirect = back.split('?').next().unwrap();
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", CLIENT)
            .append_pair("redirect_uri", redirect)
            .append_pair("code", code)
            .append_pair("code_verifier", &"a".repeat(43))
            .finish();
        let request = self.http.post(format!("{}/oauth/token", self.issuer())).body(form);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Whose token this is, if the server takes it.
    pub async fn name_of(&self, token: &str) -> Option<String> {
        let request = self.http.get(format!("{}/users/me", self.issuer())).bearer_auth(token);
        let told: Value = request.send().await.unwrap().json().await.unwrap();
        told["name"].as_str().map(str::to_owned)
    }
}

/// A parameter of an address.
pub fn parameter(address: &str, name: &str) -> String {
    let url = Url::parse(address).unwrap();
    let found = url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
    found.unwrap_or_else(|| panic!("no {name} in {address}"))
}
