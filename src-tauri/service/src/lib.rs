//! The partner service: takes commands, decides on them by the one reducer, numbers them, hands out the feed.
//!
//! | route | answers |
//! |---|---|
//! | `GET /v1/me` | `Me`: who the caller is, the feed's epoch and head, the least protocol that may send |
//! | `POST /v1/commands` | `Results`, one for each command, durable before it is sent; 413 over 200 commands or 8 MiB, 426 to a desktop too old to send |
//! | `GET /v1/changes?after=N&limit=L` | `Changes`: commands after number N, and the states that they touched |
//! | `GET /v1/changes` with `Accept: text/event-stream` | events `head` with `{epoch, head}`: where the feed stands, at once and whenever it moved; events `here` with `Here`: who has such a stream open |
//! | `GET /v1/snapshot?after=N&limit=L` | `Snapshot`: states whose last number is greater than N |
//! | `POST /v1/import` | `Imported`: takes a part of a workspace that comes from elsewhere; admins, into an empty one |
//! | `HEAD`, `PUT`, `GET /v1/blobs/{sha256}` | a file's bytes, in pieces of 4 MiB; 64 MiB at most |
//! | `GET /health` | `{"status":"ok"}` when the store can be read; asks for no token |
//! | `GET /openapi.json` | these routes, as `OpenAPI` describes them; asks for no token |
//!
//! Every answer names its request by `x-request-id`. Who asks more often than [`Rates`] allow is answered 429, with
//! `Retry-After`. What is counted is served apart, by [`serve_metrics`].
//!
//! Bodies and faults are those of [`domain::protocol`]. A page may be shorter than its limit: `more` says whether
//! another follows. Every `/v1` request names its protocol by the header `partner-protocol` and, unless the service is
//! embedded, its caller by a bearer token.
//!
//! The desktop runs [`Service::router`] in its own process, with no port; the binary serves the same router on
//! loopback. Storage is one `SQLite` file of the service's own, or a `PostgreSQL` database that replicas share.
//!
//! People come in by access tokens of an identity provider ([`Identities::Providers`]); who belongs to which workspace
//! is kept here:
//!
//! | route | does |
//! |---|---|
//! | `GET /v1/sign-in` | how desktops sign in, to anybody: `{providers: [{issuer, client_id, scopes}]}` |
//! | `GET /v1/workspaces` | the workspaces of whoever signed in; accepts open invitations to their verified address |
//! | `POST /v1/owner` | `{code}`: makes a workspace, by a code that the service printed |
//! | `GET /v1/members` | members, and for admins invitations |
//! | `PATCH`, `DELETE /v1/members/{id}` | `{roles}`, or removes; admins only |
//! | `POST /v1/invitations`, `DELETE /v1/invitations/{id}` | `{email, roles}`; admins only |
//!
//! Talkdesk's events come in by a key of their project, where the service has a vault ([`Service::receiving`]):
//!
//! | route | does |
//! |---|---|
//! | `POST /hooks/talkdesk/{key}` | the events callback: 200 once it is kept, or was known; 400 with the step that failed; 404 for a key that is not in force; 413 over 1 MiB; 503 while the signature's key cannot be had, or without a vault |
//! | `POST /hooks/talkdesk/{key}/mirror` | the same for a copy that the app sends; 202 where it does not verify |
//! | `GET`, `POST /v1/hooks`, `DELETE /v1/hooks/{id}` | the keys; made for `{project}` and told once; revoked |
//! | `GET /v1/deliveries?after=N&limit=L` | `Deliveries`: what came, without secrets |
//! | `POST /v1/secrets/reveal` | the secrets of a set, after a command that says who asked |
//! | `PUT /v1/secrets` | takes the secrets of a set from a desktop that has them |
//! | `POST /v1/calls` | tells Talkdesk something of an installation, once, with the secrets that are here, and records what it answered |
//!
//! Deliberately absent: making commands of deliveries. Effects of the reducer are not
//! carried out here: the desktop sends them as commands.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod calls;
mod error;
mod feed;
mod files;
mod hooks;
mod identity;
mod import;
mod limits;
mod live;
mod members;
mod metrics;
mod relay;
mod routes;
mod secrets;
mod serve;
mod storage;
mod sweep;
mod take;
mod telling;
mod vault;

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use tokio::sync::watch;

pub use error::OpenError;
pub use files::Files;
pub use identity::{
    Desktop, Grants, Identities, MembersError, Provider, ProvidersError, TokenEntry, TokenHash, fresh_token,
    members, providers,
};
pub use limits::Rates;
pub use serve::{ListenError, Reach, listen, serve, serve_metrics};
pub use talkdesk::region::Regions;
pub use talkdesk::wire::Reach as CallReach;

pub use telling::{Telling, TellingError};
pub use vault::{NotAVaultKey, VaultKey};

use hooks::Receiving;
use identity::provider::Verifier;
use limits::Limits;
use live::Live;
use metrics::Metrics;
use storage::Storage;
use storage::postgres::Postgres;
use storage::sqlite::{self, Sqlite};

/// The least protocol that may send commands; older ones may read on.
pub const LEAST_PROTOCOL: u32 = 1;
/// The largest body of a request, in bytes.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The service's clock, handed in so that tests own the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The computer's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// A partner service over its store. Clones share it; the store is closed with the last of them.
///
/// Functions that are not `async` block on the disk: call them off an async runtime's threads.
#[derive(Clone)]
pub struct Service {
    storage: Arc<dyn Storage>,
    /// The same store, where it is a file.
    file: Option<Arc<Sqlite>>,
    live: Arc<Live>,
    /// Turns true once, when streams are to end.
    stopping: Arc<watch::Sender<bool>>,
    files: Files,
    identities: Arc<Identities>,
    /// Checks tokens of identity providers, where there are any.
    verifier: Option<Arc<Verifier>>,
    /// What deliveries are taken with, where they are.
    receiving: Option<Arc<Receiving>>,
    /// By what alerts are sent, where they are.
    telling: Option<Arc<Telling>>,
    limits: Arc<Limits>,
    metrics: Arc<Metrics>,
    clock: Clock,
}

impl Service {
    /// Opens a store in a file, making or migrating it where needed; a backup is made beside it before a migration.
    pub fn open(path: &Path, identities: Identities, clock: Clock) -> Result<Self, OpenError> {
        let file = Arc::new(Sqlite::open(path, &identities.workspaces())?);
        let storage = Arc::clone(&file) as Arc<dyn Storage>;
        let files = Files::by_workspace(&path.with_extension("files"));
        Ok(Self { file: Some(file), files, ..Self::over(storage, identities, clock)? })
    }

    /// Opens a store in a `PostgreSQL` database, `postgres://…`, making or migrating its tables where needed. Any number
    /// of services may share it.
    pub async fn connect(address: &str, identities: Identities, clock: Clock) -> Result<Self, OpenError> {
        let storage = Arc::new(Postgres::open(address, &identities.workspaces()).await?);
        Self::over(storage, identities, clock)
    }

    fn over(storage: Arc<dyn Storage>, identities: Identities, clock: Clock) -> Result<Self, OpenError> {
        let live = Live::new(Arc::clone(&storage));
        let stopping = Arc::new(watch::channel(false).0);
        let verifier = match &identities {
            Identities::Providers(providers) => Some(Arc::new(Verifier::new(providers.clone())?)),
            Identities::Embedded { .. } | Identities::Tokens(_) => None,
        };
        let (files, identities) = (Files::none(), Arc::new(identities));
        // The person at the desktop waits for nobody but themselves.
        let limits = match &*identities {
            Identities::Embedded { .. } => Limits::none(),
            Identities::Tokens(_) | Identities::Providers(_) => Limits::new(Rates::default()),
        };
        let (limits, metrics) = (Arc::new(limits), Arc::new(Metrics::new()));
        let (file, receiving, telling) = (None, None, None);
        Ok(Self {
            storage,
            file,
            live,
            stopping,
            files,
            identities,
            verifier,
            receiving,
            telling,
            limits,
            metrics,
            clock,
        })
    }

    /// Keeps files there. Without this they lie beside a store that is a file, in `….files`, and nowhere beside one in
    /// a database.
    #[must_use]
    pub fn keeping(self, files: Files) -> Self {
        Self { files, ..self }
    }

    /// Lets people ask this often.
    #[must_use]
    pub fn limited(self, rates: Rates) -> Self {
        Self { limits: Arc::new(Limits::new(rates)), ..self }
    }

    /// Puts a backup in the place of a store that is a file, under a new epoch, and opens it.
    ///
    /// The backup is checked first. What stood at `path` is kept beside it as `…replaced-<time>`. No service may have
    /// the store open meanwhile.
    pub fn open_restored(
        backup: &Path,
        path: &Path,
        identities: Identities,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        sqlite::restore(backup, path, clock())?;
        Self::open(path, identities, clock)
    }

    /// The routes, to be served on a socket or called in-process.
    pub fn router(&self) -> axum::Router {
        routes::router(self.clone())
    }

    /// Gives each feed another epoch, as after a restore or an import: desktops take a new snapshot and send again what
    /// they know as taken. Numbers go on from the head.
    pub async fn new_epoch(&self) -> Result<(), OpenError> {
        Ok(self.storage.new_epochs().await?)
    }

    /// Writes a consistent copy of a store that is a file, while it is in use, to one file. The file appears only when
    /// complete.
    pub fn backup_to(&self, path: &Path) -> Result<(), OpenError> {
        self.file.as_ref().ok_or(OpenError::NoFile)?.backup_to(path)
    }
}
