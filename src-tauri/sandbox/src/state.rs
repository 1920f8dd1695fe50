//! What every route shares: the options, the tokens, the clock, and the one mutex around all that the sandbox knows.

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{Timestamp, Unit};
use sha2::{Digest, Sha256};
use url::Url;

use crate::StartError;
use crate::cloud::{Algorithm, Cloud, Curve, documented_retries};
use crate::faults::Faults;
use crate::model::Project;
use crate::oauth::{Client, Grants};

/// How a sandbox is set up. `SandboxOptions::default()` is what a person wants who tries it.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where to listen; loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The partner's token for `/partner-project`; a random one if absent.
    pub token: Option<String>,
    /// The reviewer's token, distinct from the partner's; a random one if absent.
    pub reviewer_token: Option<String>,
    /// What installation links begin with; https, no path. The sandbox serves their path itself.
    pub public_base: String,
    /// Accounts that may install before the technical approval, as the partner's own and Talkdesk's may.
    pub own_accounts: Vec<String>,
    /// The regions that the install page offers.
    pub regions: Vec<String>,
    /// The OAuth clients that are registered.
    pub clients: Vec<Client>,
    /// The audience that people's access tokens are for. They are JWTs then (RFC 9068), as a partner service takes them,
    /// with name and verified address; without it they are opaque.
    pub audience: Option<String>,
    /// Whether `/oauth/authorize?auto={person}` signs in with no page. For tests.
    pub auto_consent: bool,
    /// How long a refresh token that was already rotated is still taken, as by servers that forgive a lost reply.
    pub refresh_grace_seconds: u32,
    /// Where every event goes, whatever callback its version names.
    pub deliver_to: Option<String>,
    /// Whether events also go to callbacks outside this computer, by https.
    pub deliver_outside: bool,
    /// How long after a failed delivery the next one follows, and so how many there are: after 5 minutes, and after 10
    /// more.
    pub delivery_retries: Vec<Duration>,
    /// How long a callback may take.
    pub delivery_time_limit: Duration,
    /// The curve of the key that deliveries are signed with.
    pub signature_curve: Curve,
    /// Whether signatures are raw instead of DER.
    pub signature_raw: bool,
    /// What the keys of installations' credentials are for.
    pub key_algorithm: Algorithm,
    /// The clock that the sandbox lives by. The waits between deliveries are real time.
    pub clock: Clock,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            reviewer_token: None,
            public_base: "https://partner-project.example".to_owned(),
            own_accounts: owned(&["sample-apps", "talkdesk"]),
            // The region keys that Talkdesk documents; the list is known to be incomplete.
            regions: owned(&["td-us-1", "td-eu-1", "td-ca-1", "td-usfed-1"]),
            clients: vec![Client::native("partner-console-sandbox")],
            audience: None,
            auto_consent: false,
            refresh_grace_seconds: 0,
            deliver_to: None,
            deliver_outside: false,
            delivery_retries: documented_retries(),
            delivery_time_limit: Duration::from_secs(10),
            signature_curve: Curve::P256,
            signature_raw: false,
            key_algorithm: Algorithm::Es256,
            clock: Clock::default(),
        }
    }
}

/// Where the sandbox reads the time, so that a test need not wait for anything to expire.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that answers with `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    fn now(&self) -> Timestamp {
        let now = (self.0)();
        // Milliseconds are what people and other parsers can live with; rounding fails only at the end of time.
        now.round(Unit::Millisecond).unwrap_or(now)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// All that one sandbox is; cheap to clone, shared by every route.
#[derive(Clone, Debug)]
pub struct SandboxState(Arc<Shared>);

struct Shared {
    options: SandboxOptions,
    url: String,
    token: String,
    reviewer_token: String,
    http: reqwest::Client,
    world: Mutex<World>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The tokens stay out of logs.
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Everything that changes while the sandbox runs.
pub(crate) struct World {
    pub project: Project,
    pub cloud: Cloud,
    pub grants: Grants,
    pub faults: Faults,
    pub sessions: HashMap<[u8; 32], Session>,
}

/// A reviewer's browser.
#[derive(Clone)]
pub(crate) struct Session {
    pub csrf: String,
    pub expires: Timestamp,
}

impl SandboxState {
    /// State for a sandbox that is reached at `url` (no slash at its end).
    pub fn new(options: SandboxOptions, url: impl Into<String>) -> Result<Self, StartError> {
        let base = Url::parse(&options.public_base).ok();
        if !base.is_some_and(|base| base.scheme() == "https" && base.path() == "/" && base.query().is_none())
        {
            return Err(StartError::PublicBase(options.public_base));
        }
        if let Some(to) = options.deliver_to.as_ref().filter(|to| Url::parse(to).is_err()) {
            return Err(StartError::DeliverTo(to.clone()));
        }
        let cloud = Cloud::new(options.signature_curve, options.clock.now())?;
        let or_random = |given: &Option<String>| given.clone().map_or_else(random, Ok);
        Ok(Self(Arc::new(Shared {
            token: or_random(&options.token)?,
            reviewer_token: or_random(&options.reviewer_token)?,
            url: url.into(),
            http: http()?,
            world: Mutex::new(World {
                project: Project::default(),
                cloud,
                grants: Grants::default(),
                faults: Faults::default(),
                sessions: HashMap::new(),
            }),
            options,
        })))
    }

    /// Where the sandbox is reached, with no slash at the end; also the OAuth issuer.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The partner's token.
    pub fn token(&self) -> &str {
        &self.0.token
    }

    /// The reviewer's token.
    pub fn reviewer_token(&self) -> &str {
        &self.0.reviewer_token
    }

    pub(crate) fn options(&self) -> &SandboxOptions {
        &self.0.options
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.options.clock.now()
    }

    /// The client that deliveries are sent by.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// For what goes on by itself, and ends when nobody holds the sandbox any more.
    pub(crate) fn downgrade(&self) -> WeakState {
        WeakState(Arc::downgrade(&self.0))
    }

    /// The installation link with this token, as it is given out.
    pub(crate) fn link_url(&self, token: &str) -> String {
        format!("{}/i/{token}", self.0.options.public_base.trim_end_matches('/'))
    }

    /// Whether this account may install before the technical approval.
    pub(crate) fn is_own_account(&self, account: &str) -> bool {
        self.0.options.own_accounts.iter().any(|own| own.eq_ignore_ascii_case(account.trim()))
    }

    /// The lock is held for moments and never across an await. A panic under it fails one request, not the next ones.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state without a hold on it.
pub(crate) struct WeakState(Weak<Shared>);

impl WeakState {
    pub fn upgrade(&self) -> Option<SandboxState> {
        self.0.upgrade().map(SandboxState)
    }
}

/// A client that follows no redirect: where a callback leads is for the caller to see.
fn http() -> Result<reqwest::Client, StartError> {
    // One provider for the process; that another part of it was first is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.retry(reqwest::retry::never()).pool_max_idle_per_host(0).build().map_err(StartError::Client)
}

/// Random bytes.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// 256 random bits as text for a URL.
pub(crate) fn random() -> Result<String, getrandom::Error> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

/// A new id in the form that Talkdesk's ids have: 32 hex digits.
pub(crate) fn new_id() -> Result<String, getrandom::Error> {
    Ok(format!("{:032x}", u128::from_be_bytes(random_bytes()?)))
}

/// What secrets are looked up by, so that a map's comparisons tell nothing about them.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
