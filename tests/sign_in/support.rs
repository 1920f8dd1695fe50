//! A sandbox, a session with a clock that the test moves, and a browser that goes where the session sends it.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use domain::Timestamp;
use partner_core::error::{Error, ErrorCode};
use partner_core::secret::Secret;
use partner_core::session::registration::{AuthServer, ClientAuth, Redirect, Registration, Way};
use partner_core::session::{Limits, Outside, Session, SessionState, SignInWindow};
use partner_core::vault;
use reqwest::{Method, StatusCode, header};
use sandbox::{Running, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use url::{Url, form_urlencoded};
use uuid::Uuid;

pub const CLIENT: &str = "partner-console-sandbox";
pub const START: i64 = 1_790_000_000_000;
/// The sandbox's tokens hold for ten minutes.
pub const LIVES: i64 = 600_000;
/// Nothing here takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A session as the window has it, and what a person sees of it.
pub struct Desk {
    pub session: Session,
    pub outside: Arc<Outer>,
    pub http: reqwest::Client,
    opened: mpsc::UnboundedReceiver<String>,
    shown: mpsc::UnboundedReceiver<SignInWindow>,
    changes: watch::Receiver<u64>,
}

/// The world outside a session: a browser and a window that only note where they are sent, and a vault that a test can
/// lock.
pub struct Outer {
    clock: AtomicI64,
    open: mpsc::UnboundedSender<String>,
    show: mpsc::UnboundedSender<SignInWindow>,
    pub closed: AtomicUsize,
    announce: watch::Sender<u64>,
    pub vault: Mutex<Vault>,
}

#[derive(Default)]
pub struct Vault {
    pub locked: bool,
    pub kept: Option<Vec<u8>>,
    pub secret: Option<String>,
}

impl Outer {
    fn opened_vault(&self) -> Result<MutexGuard<'_, Vault>, Error> {
        let vault = self.vault.lock().unwrap();
        if vault.locked { Err(Error::new(ErrorCode::VaultLocked)) } else { Ok(vault) }
    }
}

impl Outside for Outer {
    fn now(&self) -> Timestamp {
        Timestamp(self.clock.load(Ordering::SeqCst))
    }
    fn changed(&self) {
        self.announce.send_modify(|count| *count += 1);
    }
    fn open(&self, address: &str) -> Result<(), String> {
        self.open.send(address.to_owned()).map_err(|error| error.to_string())
    }
    fn open_window(&self, window: SignInWindow) -> Result<(), String> {
        self.show.send(window).map_err(|error| error.to_string())
    }
    fn close_window(&self) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }
    fn secret(&self, _: vault::Kind) -> Result<Option<Secret<String>>, Error> {
        Ok(self.opened_vault()?.secret.clone().map(Secret::new))
    }
    fn may_keep(&self) -> Result<(), Error> {
        self.opened_vault().map(drop)
    }
    fn keep(&self, tokens: &Secret<Vec<u8>>) -> Result<(), Error> {
        self.opened_vault()?.kept = Some(tokens.expose().clone());
        Ok(())
    }
    fn kept(&self) -> Result<Option<Secret<Vec<u8>>>, Error> {
        Ok(self.opened_vault()?.kept.clone().map(Secret::new))
    }
    fn forget(&self) -> Result<(), Error> {
        self.vault.lock().unwrap().kept = None;
        Ok(())
    }
}

/// A public client that goes by loopback.
pub fn registration(issuer: &str, client: &str) -> Registration {
    Registration {
        id: Uuid::from_u128(1),
        name: "Sample Apps, US".to_owned(),
        server: AuthServer::Issuer { issuer: issuer.to_owned() },
        client_id: client.to_owned(),
        auth: ClientAuth::None,
        redirect: Redirect::Loopback,
        scopes: Vec::new(),
        by: Way::Browser,
    }
}

impl Desk {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let (open, opened) = mpsc::unbounded_channel();
        let (show, shown) = mpsc::unbounded_channel();
        let (announce, changes) = watch::channel(0);
        let outside = Arc::new(Outer {
            clock: AtomicI64::new(START),
            open,
            show,
            closed: AtomicUsize::new(0),
            announce,
            vault: Mutex::default(),
        });
        let session = Session::with_limits(outside.clone(), limits);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self { session, outside, http: http.timeout(PATIENCE).build().unwrap(), opened, shown, changes }
    }

    /// A new process with the same vault.
    pub fn again(&self) -> Self {
        let next = Self::new();
        next.outside.clock.store(self.outside.clock.load(Ordering::SeqCst), Ordering::SeqCst);
        let mut vault = next.outside.vault.lock().unwrap();
        vault.kept.clone_from(&self.outside.vault.lock().unwrap().kept);
        drop(vault);
        next
    }

    pub async fn begin(&self, issuer: &str, client: &str) -> Result<String, Error> {
        self.session.begin(&registration(issuer, client), Way::Browser).await
    }

    /// Whether a sign-in waits at this address.
    pub fn waits_at(&self, at: &str) -> bool {
        matches!(self.session.state(), SessionState::Waiting { address, .. } if address == at)
    }

    /// What the sign-in window was asked to show.
    pub async fn shown(&mut self) -> SignInWindow {
        tokio::time::timeout(PATIENCE, self.shown.recv()).await.expect("no window was opened").unwrap()
    }

    /// For servers that have the time of day.
    pub fn set_to_now(&self) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        self.outside.clock.store(i64::try_from(now.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub fn pass(&self, millis: i64) {
        self.outside.clock.fetch_add(millis, Ordering::SeqCst);
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
        self.begin(issuer, CLIENT).await.unwrap();
        let address = self.opened().await;
        let back = self.answer(&address, person).await;
        assert_eq!(self.http.get(back).send().await.unwrap().status(), StatusCode::OK);
        self.settled().await
    }

    /// Signs the partner manager in and gives the code that the browser carried.
    pub async fn signed_in(&mut self, issuer: &str) -> String {
        self.begin(issuer, CLIENT).await.unwrap();
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
