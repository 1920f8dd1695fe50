//! `ingest_rate`, `ingest_p99`: Talkdesk's deliveries into the team's service on `PostgreSQL`, each verified, sealed and
//! kept before it is acknowledged, against a server of axum and tokio-postgres that verifies nothing and inserts one row.
//! `ingest_verify`: what verifying one signature costs.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::AggregateRef;
use domain::protocol::MadeHook;
use http::Request;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use partner_core::sync::Transport;
use partner_service::{CallReach, Regions, Service, VaultKey, system_clock};
use serde_json::json;
use sha2::{Digest, Sha512};
use talkdesk::signature::{Claim, KEY_ID_HEADER, Key, SIGNATURE_HEADER};
use tokio::task::JoinSet;

use crate::measure::{Row, median, percentile};
use crate::raw;
use crate::service::{
    Served, a_project, begin, body, database, desktop, envelope, people, post, postgres, serve_routes,
    serve_service, taken,
};

/// Deliveries that are on their way at the same time.
const SENDERS: usize = 32;
/// Deliveries of a round, and rounds, of either side in turn.
const DELIVERIES: usize = 4_000;
const ROUNDS: usize = 3;
/// Installations that they are about.
const INSTALLATIONS: usize = 100;
/// Signatures that are verified, after a few that are not counted.
const SIGNATURES: usize = 1_000;
const WARM: usize = 50;
/// The id of the key that the gateway gives.
const KEY: &str = "key-1";

/// A customer's gateway, as far as it gives the key that events are signed with.
struct Gateway {
    served: Served,
    key: SigningKey,
}

impl Gateway {
    async fn start() -> Result<Self> {
        let key = SigningKey::from_slice(&[7; 32])?;
        let public = public(&key);
        let answer = move |Path(id): Path<String>| async move {
            if id == KEY {
                Ok(Json(json!({ "public_key": public, "key_id": id })))
            } else {
                Err(StatusCode::NOT_FOUND)
            }
        };
        let routes = Router::new().route("/events/signature-keys/{id}", get(answer));
        Ok(Self { served: serve_routes(routes).await?, key })
    }

    fn root(&self) -> String {
        format!("http://{}", self.served.address)
    }

    fn regions(&self) -> Result<Regions> {
        Ok(serde_json::from_value(json!([{ "name": "Here", "gateways": [self.root()] }]))?)
    }

    /// An event that nobody saw before, signed.
    fn delivery(&self, n: usize) -> Result<Delivery> {
        let body = event(n, &self.root())?;
        Ok(Delivery { signature: signature(&self.key, &body)?, body })
    }
}

fn public(key: &SigningKey) -> String {
    STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes())
}

fn signature(key: &SigningKey, body: &[u8]) -> Result<String> {
    let signature: Signature = key.sign_prehash(&Sha512::digest(body))?;
    Ok(signature.to_bytes().iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}")))
}

/// As long as Talkdesk's are: `app.updated` with the users and links that its page shows.
fn event(n: usize, root: &str) -> Result<Bytes> {
    let id = |space: usize, n: usize| format!("{:032x}", (space << 32) + n);
    let (app, installation) = (id(2, 0), id(3, n % INSTALLATIONS));
    let body = json!({
        "id": id(1, n), "created_at": "2026-11-27T10:00:00Z", "api_version": "1", "type": "app.updated",
        "app_id": app, "app_version_id": id(4, 0), "app_version_name": "1.0.0",
        "data": {
            "installation_id": installation, "account_id": id(5, n % INSTALLATIONS),
            "account_name": "Sample Customer", "users": { "adding": [id(6, n), id(7, n)], "removing": [id(8, n)] },
        },
        "_links": {
            "root": { "href": root },
            "self": { "href": format!("{root}/apps/{app}/events/{}", id(1, n)) },
            "installation": { "href": format!("{root}/apps/{app}/installations/{installation}") },
        },
    });
    Ok(serde_json::to_vec(&body)?.into())
}

#[derive(Clone)]
struct Delivery {
    signature: String,
    body: Bytes,
}

impl Delivery {
    async fn send(&self, to: &dyn Transport, path: &str) -> Result<()> {
        let request =
            Request::post(path).header(SIGNATURE_HEADER, &self.signature).header(KEY_ID_HEADER, KEY);
        let answer = to.send(request.body(self.body.clone())?).await?;
        ensure!(answer.status() == StatusCode::OK, "it answers {}", answer.status());
        Ok(())
    }
}

/// How long each delivery of a round took until it was acknowledged, and all of them.
struct Round {
    each: Vec<Duration>,
    all: Duration,
}

async fn round(at: SocketAddr, path: &str, deliveries: Vec<Delivery>) -> Result<Round> {
    let to = desktop(at, 0)?;
    let (count, path) = (deliveries.len(), Arc::<str>::from(path));
    let queue = Arc::new(Mutex::new(VecDeque::from(deliveries)));
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (to, path, queue) = (Arc::clone(&to), Arc::clone(&path), Arc::clone(&queue));
        senders.spawn(async move {
            let mut took = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(delivery) = next else { return Ok::<_, anyhow::Error>(took) };
                let began = Instant::now();
                delivery.send(&*to, &path).await?;
                took.push(began.elapsed());
            }
        });
    }
    let mut each = Vec::with_capacity(count);
    while let Some(took) = senders.join_next().await {
        each.extend(took??);
    }
    Ok(Round { each, all: began.elapsed() })
}

/// All rounds of one side.
#[derive(Default)]
struct Side {
    each: Vec<Duration>,
    /// Of one delivery, round by round.
    pace: Vec<Duration>,
}

impl Side {
    fn add(&mut self, round: Round) -> Result<()> {
        self.pace.push(round.all / u32::try_from(round.each.len())?);
        self.each.extend(round.each);
        Ok(())
    }

    /// Deliveries a second, in the middle round.
    fn rate(&self) -> f64 {
        1_000.0 / median(&self.pace)
    }
}

/// Both sides in turn: the service, and what it is held against.
async fn sides() -> Result<(Side, Side)> {
    let (server, gateway) = (postgres()?, Gateway::start().await?);
    let (ours, theirs) = (database(&server)?, database(&server)?);
    let key = VaultKey::read(VaultKey::fresh()?.expose())?;
    let service = Service::connect(&ours, people(1), system_clock()).await?;
    let service = service.receiving(key, CallReach::Sandbox, gateway.regions()?).await?;
    let running = serve_service(service).await?;
    let path = hook(running.address).await?;
    let bare = raw::serve_one_row(&theirs).await?;
    let (mut mine, mut other, mut sent) = (Side::default(), Side::default(), 0);
    for n in 0..=ROUNDS {
        let deliveries =
            (sent..sent + DELIVERIES).map(|n| gateway.delivery(n)).collect::<Result<Vec<_>>>()?;
        sent += DELIVERIES;
        let service = round(running.address, &path, deliveries.clone()).await?;
        let floor = round(bare.address, "/", deliveries).await?;
        // The first warms connections and statements.
        if n > 0 {
            mine.add(service)?;
            other.add(floor)?;
        }
    }
    let (kept, inserted) = (raw::deliveries(&ours).await?, raw::one_rows(&theirs).await?);
    let sent = i64::try_from(sent)?;
    ensure!(kept == sent && inserted == sent, "{kept} here and {inserted} there of {sent}");
    for one in [running, bare, gateway.served] {
        one.end().await;
    }
    Ok((mine, other))
}

/// A key for a project's deliveries: its path.
async fn hook(at: SocketAddr) -> Result<String> {
    let desktop = desktop(at, 0)?;
    begin(&*desktop, 0).await?;
    let (project, create) = a_project();
    taken(&*desktop, body(&[envelope(AggregateRef::Project(project), create)])?).await?;
    let wanted = serde_json::to_vec(&json!({ "project": project }))?;
    let made: MadeHook = serde_json::from_slice(&post(&*desktop, "/v1/hooks", wanted.into()).await?)?;
    Ok(made.path)
}

/// Measures `ingest_rate`.
pub async fn rate() -> Result<Row> {
    let (mine, other) = sides().await?;
    Ok(Row {
        name: "ingest_rate",
        unit: "/s",
        value: mine.rate(),
        floor: Some(other.rate()),
        bar: Some(0.5),
        better: "higher",
    })
}

/// Measures `ingest_p99`.
pub async fn p99() -> Result<Row> {
    let (mine, other) = sides().await?;
    Ok(Row {
        name: "ingest_p99",
        unit: "ms",
        value: percentile(&mine.each, 99),
        floor: Some(percentile(&other.each, 99)),
        bar: Some(2.0),
        better: "lower",
    })
}

/// Measures `ingest_verify`.
pub fn verify() -> Result<Row> {
    let key = SigningKey::from_slice(&[7; 32])?;
    let read = Key::read(&public(&key))?;
    let mut took = Vec::new();
    for n in 0..WARM + SIGNATURES {
        let body = event(n, "https://gateway.example")?;
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE_HEADER, signature(&key, &body)?.parse()?);
        headers.insert(KEY_ID_HEADER, KEY.parse()?);
        let began = Instant::now();
        Claim::of(&headers)?.verify(&read, &body)?;
        took.push(began.elapsed());
    }
    let counted = took.get(WARM..).context("nothing was measured")?;
    Ok(Row {
        name: "ingest_verify",
        unit: "ms",
        value: median(counted),
        floor: None,
        bar: None,
        better: "lower",
    })
}
