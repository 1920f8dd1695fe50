//! The service on a disk of its own, clocks that are wrong, and ways on which things go wrong.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use domain::Timestamp;
use domain::ids::CommandId;
use domain::protocol::{Changes, PROTOCOL, PROTOCOL_HEADER};
use http::Request;
use http::header::AUTHORIZATION;
use partner_core::sync::{InProcess, Sending, Transport, TransportError};
use partner_service::{Clock, Identities, Service, TokenEntry, TokenHash};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::{DESKTOPS, person, roles, workspace};
use crate::token;

/// What happens to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    None,
    /// It gets nowhere.
    Cut,
    /// It is carried out, and the answer is lost.
    Lost,
    /// It is given up, and carried out later.
    Late,
    /// It is carried out, and the process is killed before the answer is there.
    Killed,
}

/// A clock that moves a second at each look, and can be set.
#[derive(Clone)]
pub struct Wrong(Arc<AtomicI64>);

impl Wrong {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000_000)))
    }

    pub fn set(&self, years: i64) {
        self.0.fetch_add(years * 31_556_952_000 + 7, Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Arc::new(move || Timestamp(now.fetch_add(1_000, Ordering::SeqCst)))
    }
}

/// Requests that are still somewhere on their way.
type Late = Arc<Mutex<VecDeque<Request<Bytes>>>>;

/// A way to the service, with troubles.
pub struct Way {
    inside: InProcess<axum::Router>,
    token: String,
    troubles: Mutex<VecDeque<Trouble>>,
    late: Late,
    pub killed: Notify,
}

impl Transport for Way {
    fn send(&self, mut request: Request<Bytes>) -> Sending<'_> {
        request.headers_mut().insert(AUTHORIZATION, self.token.parse().unwrap());
        let trouble = self.troubles.lock().unwrap().pop_front().unwrap_or(Trouble::None);
        let lost = |why: &str| Err(TransportError::Lost(why.to_owned()));
        Box::pin(async move {
            match trouble {
                Trouble::None => self.inside.send(request).await,
                Trouble::Cut => lost("the request was cut"),
                Trouble::Late => {
                    self.late.lock().unwrap().push_back(request);
                    lost("the request takes long")
                }
                Trouble::Lost => {
                    self.inside.send(request).await?;
                    lost("the answer was lost")
                }
                Trouble::Killed => {
                    self.inside.send(request).await?;
                    self.killed.notify_one();
                    std::future::pending().await
                }
            }
        })
    }
}

/// The service on a disk of its own.
pub struct Place {
    dir: TempDir,
    service: Option<Service>,
    pub clock: Wrong,
    late: Late,
}

impl Place {
    pub fn new() -> Self {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Wrong::new());
        let service = Service::open(&dir.path().join("service.db"), people(), clock.clock()).unwrap();
        Self { dir, service: Some(service), clock, late: Late::default() }
    }

    fn router(&self) -> axum::Router {
        self.service.as_ref().unwrap().router()
    }

    pub fn way(&self, who: usize, troubles: &[Trouble]) -> Arc<Way> {
        Arc::new(Way {
            inside: InProcess::new(self.router()),
            token: format!("Bearer {}", token(who as u128)),
            troubles: Mutex::new(troubles.iter().copied().collect()),
            late: Arc::clone(&self.late),
            killed: Notify::new(),
        })
    }

    pub async fn arrives(&self) -> bool {
        let late = self.late.lock().unwrap().pop_front();
        let Some(late) = late else { return false };
        // Nobody waits for the answer.
        let _ = InProcess::new(self.router()).send(late).await;
        true
    }

    pub fn back_up(&self) {
        self.service.as_ref().unwrap().backup_to(&self.dir.path().join("backup.db")).unwrap();
    }

    pub fn restore(&mut self) {
        drop(self.service.take());
        let (backup, file) = (self.dir.path().join("backup.db"), self.dir.path().join("service.db"));
        self.service = Some(Service::open_restored(&backup, &file, people(), self.clock.clock()).unwrap());
    }

    /// The commands that were taken, in their order.
    pub async fn taken(&self) -> Vec<CommandId> {
        let (mut taken, mut after) = (Vec::new(), 0);
        loop {
            let request = Request::get(format!("/v1/changes?after={after}"))
                .header(PROTOCOL_HEADER, PROTOCOL)
                .body(Bytes::new());
            let answer = self.way(0, &[]).send(request.unwrap()).await.unwrap();
            let page: Changes = serde_json::from_slice(answer.body()).unwrap();
            taken.extend(page.changes.iter().map(|change| change.command.id));
            after = page.changes.last().map_or(after, |change| change.number);
            if !page.more {
                return taken;
            }
        }
    }
}

fn people() -> Identities {
    let entry = |n| TokenEntry {
        token_sha256: TokenHash::of(&token(n as u128)),
        workspace: workspace(),
        member: person(n),
        name: format!("Person {n}"),
        roles: roles(n),
    };
    Identities::Tokens((0..DESKTOPS).map(entry).collect())
}
