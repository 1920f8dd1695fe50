//! The engine over a data folder, with the real embedded service behind it, or one that never answers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use domain::command::Envelope;
use domain::ids::{ProjectId, VersionId};
use domain::protocol::{Outcome, PROTOCOL, PROTOCOL_HEADER, Results};
use domain::{Role, Timestamp};
use http::Request;
use partner_core::engine::{Embedded, EmbeddedFault, Engine, Host, Options};
use partner_core::profile::Seat;
use partner_core::sync::{InProcess, Sending, Transport};
use partner_service::{Identities, Service};

/// How an engine's service behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// As it does for everybody.
    Yes,
    /// Not at all: nothing is ever sent on.
    Never,
}

/// An engine that sits at a data folder.
pub struct Desk {
    pub engine: Engine,
    service: Arc<Behind>,
}

impl Desk {
    /// Opens a data folder.
    pub async fn open(data: &Path, answers: Answers) -> Self {
        let service = Arc::new(Behind { answers, opened: Mutex::new(None) });
        let engine = Engine::start(Options {
            data: data.to_owned(),
            host: Arc::new(NoDesktop),
            embedded: service.clone(),
            clock: partner_service::system_clock(),
            keychain: Arc::new(partner_core::vault::NoKeychain),
        })
        .await;
        Self { engine, service }
    }

    /// Hands commands straight to the service, as another desktop would.
    pub async fn send(&self, commands: &[Envelope]) -> Result<()> {
        let opened = self.service.opened.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let service = opened.context("no service is open")?;
        let body = serde_json::to_vec(&serde_json::json!({ "commands": commands }))?;
        let request = Request::post("/v1/commands")
            .header(PROTOCOL_HEADER, PROTOCOL)
            .header("content-type", "application/json")
            .body(Bytes::from(body))?;
        let answer = service.send(request).await?;
        ensure!(answer.status().is_success(), "the service answers {}", answer.status());
        let results: Results = serde_json::from_slice(answer.body())?;
        for (result, command) in results.results.iter().zip(commands) {
            ensure!(
                matches!(result.outcome, Outcome::Taken { .. }),
                "{}: {:?}",
                command.kind,
                result.outcome
            );
        }
        Ok(())
    }
}

/// The computer's clock.
pub fn now() -> Timestamp {
    partner_service::system_clock()()
}

struct Behind {
    answers: Answers,
    opened: Mutex<Option<Arc<dyn Transport>>>,
}

impl Embedded for Behind {
    fn open(&self, database: &Path, seat: &Seat) -> Result<Arc<dyn Transport>, EmbeddedFault> {
        if self.answers == Answers::Never {
            return Ok(Arc::new(Silent));
        }
        let identities = Identities::Embedded {
            workspace: seat.workspace,
            member: seat.member,
            name: seat.name.clone(),
            roles: Role::ALL.to_vec(),
        };
        let service = Service::open(database, identities, partner_service::system_clock())
            .map_err(|error| EmbeddedFault::Other(error.to_string()))?;
        let transport: Arc<dyn Transport> = Arc::new(InProcess::new(service.router()));
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(transport.clone());
        Ok(transport)
    }

    fn restore(&self, _: &Path, _: &Path, _: &Seat) -> Result<(), EmbeddedFault> {
        Err(EmbeddedFault::Other("nothing is restored here".to_owned()))
    }
}

/// A service that takes a request and never answers it.
struct Silent;

impl Transport for Silent {
    fn send(&self, _: Request<Bytes>) -> Sending<'_> {
        Box::pin(std::future::pending())
    }
}

/// No desktop: nothing is opened.
struct NoDesktop;

impl Host for NoDesktop {
    fn open(&self, _: &str) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn quit(&self) {}

    fn carry(&self, _: ProjectId, _: VersionId) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn notify(&self, _: &str, _: &str, _: Option<String>) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn downloads(&self) -> Option<PathBuf> {
        None
    }
}
