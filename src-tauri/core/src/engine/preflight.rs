//! The checks of a version that need the network: run when a person asks, stopped when they say so, and kept with the
//! version.
//!
//! Addresses are asked by the rules of every call to the outside: https, never inside a network, no redirect followed,
//! nothing of ours sent along. The callback gets one event that an unknown key signed, and has to refuse it.

use std::collections::BTreeMap;

use domain::event_test::Said;
use domain::ids::{ProjectId, VersionId};
use domain::installation::{Authentication, Installation, Standing, rotations};
use domain::preflight::{self, CheckCode, Seen, Sight};
use domain::project::Version;
use domain::{AggregateRef, Body, Params, Place};
use talkdesk::wire::{Blocked, Failure, TlsFault, Wire};
use talkdesk::{Ambient, stranger};
use url::Url;

use super::{Engine, Error, ErrorCode};
use crate::jobs::{Job, JobKind};

/// How long an address may take.
pub(super) const WITHIN: std::time::Duration = std::time::Duration::from_secs(10);
/// How often it is looked whether a person wants it stopped.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

impl Engine {
    /// Runs them, and keeps what was seen.
    pub(crate) async fn run_checks(&self, project: ProjectId, version: VersionId) -> Result<(), Error> {
        let known = self.project(project).await?;
        let known = known.version(version).ok_or_else(Error::not_found)?.clone();
        let aggregate = AggregateRef::Project(project);
        // Whoever may not keep what is seen need not look.
        self.try_change(aggregate, Body::CheckRecord { version, looked: BTreeMap::new() }).await?;
        let job = self.jobs().begin(JobKind::Check);
        let wire = self.wire()?.within(WITHIN);
        let mut looked = look_at(&wire, &known, &job).await?;
        looked.insert(CheckCode::KeyToken, vec![self.key_token(project).await?]);
        looked.insert(CheckCode::EventsHandled, self.events_handled(project, version).await?);
        self.change(aggregate, Body::CheckRecord { version, looked }).await.map(|_| ())
    }

    /// Whether an installation of a project got a token by its private key.
    async fn key_token(&self, project: ProjectId) -> Result<Seen, Error> {
        let all = self.installations_of(project).await?;
        let by_key = |way| way == Authentication::PrivateKeyJwt;
        let steps = all.iter().flat_map(rotations).filter_map(|set| set.steps);
        let there = steps.flat_map(|steps| &steps.tokens).any(|got| by_key(got.way));
        let sight = if there { Sight::There } else { Sight::NotYet };
        Ok(seen(Place::default(), "", sight, Params::new()))
    }

    /// What proves, type by type, that a version handles events.
    pub(super) async fn events_handled(
        &self,
        project: ProjectId,
        version: VersionId,
    ) -> Result<Vec<Seen>, Error> {
        let (store, _) = self.open_store()?;
        let workspace = store.read(|view| view.workspace()?.ok_or_else(Error::not_found)).await?;
        let is_own = |installation: &Installation| {
            let account = Standing::of(installation).account_name;
            workspace.accounts.iter().any(|own| own.name.eq_ignore_ascii_case(account.trim()))
        };
        let private: Vec<_> = self.installations_of(project).await?.into_iter().filter(is_own).collect();
        let known = self.project(project).await?;
        let version = known.version(version).ok_or_else(Error::not_found)?;
        Ok(preflight::events_handled(version, &private))
    }

    async fn installations_of(&self, project: ProjectId) -> Result<Vec<Installation>, Error> {
        let (store, _) = self.open_store()?;
        store
            .read(move |view| {
                let rows = view.installation_rows()?;
                let of_project = rows.into_iter().filter(|row| row.project == Some(project));
                let all = of_project.map(|row| view.installation(row.id)).collect::<Result<Vec<_>, _>>()?;
                Ok::<_, Error>(all.into_iter().flatten().collect())
            })
            .await
    }
}

/// Asks every address of a version once.
async fn look_at(wire: &Wire, version: &Version, job: &Job) -> Result<BTreeMap<CheckCode, Vec<Seen>>, Error> {
    let callback = preflight::subjects(CheckCode::Callback, version);
    let mut asked: BTreeMap<String, Told> = BTreeMap::new();
    let all = preflight::subjects(CheckCode::Tls, version);
    let of = u32::try_from(all.len() + callback.len()).unwrap_or(u32::MAX);
    for (at, (_, url)) in all.iter().enumerate() {
        if !asked.contains_key(url) {
            let told = stoppable(job, at, of, ask(wire, url)).await?;
            asked.insert(url.clone(), told);
        }
    }
    let mut refused = Vec::new();
    for (place, url) in &callback {
        let told = stoppable(job, all.len(), of, tell_a_lie(wire, url)).await?;
        refused.push((place.clone(), url.clone(), told));
    }
    // Where nothing at all can be reached it is this computer that is not connected.
    let reached = |told: &Told| !matches!(told, Err(Failure::Unreachable(_) | Failure::Proxy(_)));
    let offline = !asked.is_empty() && !asked.values().any(reached);
    let sight = |told: &Told| {
        if offline { (Sight::Offline, Params::new()) } else { sight_of(told) }
    };
    let mut looked = BTreeMap::new();
    for code in [CheckCode::Reachable, CheckCode::Tls, CheckCode::RedirectsAnswer] {
        let seen = preflight::subjects(code, version).into_iter().filter_map(|(place, url)| {
            let (found, params) = sight(asked.get(&url)?);
            Some(seen(place, &url, exact(code, &url, found, &params), params))
        });
        looked.insert(code, seen.collect::<Vec<_>>());
    }
    let seen = refused.into_iter().map(|(place, url, told)| {
        let (found, params) = sight(&told);
        let status = params.get("status").and_then(|status| status.parse().ok());
        let found = match (found, Said::by(status)) {
            (Sight::Answers, Said::Took) => Sight::Takes,
            (Sight::Answers, Said::Refused) => Sight::Refuses,
            (Sight::Answers, Said::Neither) => Sight::Fails,
            (found, _) => found,
        };
        seen(place, &url, found, params)
    });
    looked.insert(CheckCode::Callback, seen.collect());
    Ok(looked)
}

/// The status of an answer, or why there is none.
type Told = Result<u16, Failure>;

async fn ask(wire: &Wire, url: &str) -> Told {
    let url = Url::parse(url).map_err(|_| Failure::Internal("no address"))?;
    wire.look(url).await.map(|status| status.as_u16())
}

/// An event that Talkdesk never sent.
async fn tell_a_lie(wire: &Wire, url: &str) -> Told {
    let url = Url::parse(url).map_err(|_| Failure::Internal("no address"))?;
    let lie = stranger::delivery(&Ambient::system());
    let (headers, body) = lie.map_err(|_| Failure::Internal("the system gives no random bytes"))?;
    wire.post_as_it_came(url, headers, body).await.map(|status| status.as_u16())
}

fn sight_of(told: &Told) -> (Sight, Params) {
    let params = |name: &str, value: String| Params::from([(name.to_owned(), value)]);
    let none = Params::new();
    match told {
        // There is nothing at that address, or whoever answers for it failed.
        Ok(status @ (404 | 410 | 500..)) => (Sight::Fails, params("status", status.to_string())),
        Ok(status) => (Sight::Answers, params("status", status.to_string())),
        Err(Failure::Redirected { to, .. }) => (Sight::SendsOn, params("to", to.clone())),
        Err(Failure::Tls { why: TlsFault::Certificate, .. }) => (Sight::Certificate, none),
        Err(Failure::Tls { why: TlsFault::Version, .. } | Failure::Blocked { why: Blocked::Scheme, .. }) => {
            (Sight::OldTls, none)
        }
        Err(Failure::Blocked { .. }) => (Sight::Inside, none),
        Err(Failure::Unreachable(_)) => (Sight::Unreachable, none),
        // Nothing of the address was seen.
        Err(Failure::Proxy(_)) => (Sight::Offline, none),
        Err(_) => (Sight::NoAnswer, none),
    }
}

/// A page has to be there; a redirect URI without a code may well say that something is missing.
fn exact(code: CheckCode, url: &str, sight: Sight, params: &Params) -> Sight {
    let status = params.get("status").and_then(|status| status.parse::<u16>().ok());
    match (code, sight, status) {
        (CheckCode::Reachable, Sight::Answers, Some(400..)) => Sight::Fails,
        // A sandbox on this computer answers without any.
        (CheckCode::Tls, Sight::Answers | Sight::Fails | Sight::SendsOn, _) if url.starts_with("http:") => {
            Sight::OldTls
        }
        (_, sight, _) => sight,
    }
}

fn seen(place: Place, of: &str, sight: Sight, params: Params) -> Seen {
    Seen { place, of: of.to_owned(), sight, params }
}

/// Waits for one of them, unless a person wants it stopped meanwhile.
pub(super) async fn stoppable<T>(
    job: &Job,
    done: usize,
    of: u32,
    work: impl Future<Output = T>,
) -> Result<T, Error> {
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    let stopped = async {
        while job.step(done, of) {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        told = work => Ok(told),
        () = stopped => Err(Error::new(ErrorCode::Cancelled)),
    }
}
