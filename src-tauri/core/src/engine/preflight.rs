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
use domain::{AggregateRef, Body, Params, Place, Timestamp, time};
use talkdesk::wire::{Blocked, CertificateFault, Failure, TlsFault, Wire};
use talkdesk::{Ambient, stranger};
use url::Url;

use super::{Engine, Error, ErrorCode};
use crate::jobs::{Job, JobKind};

/// How long an address may take.
pub(super) const WITHIN: std::time::Duration = std::time::Duration::from_secs(10);
/// A certificate that ends within so many days warns (ours): it should outlive a review.
const CERTIFICATE_DAYS: i64 = 14;
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
        let mut looked = look_at(&wire, &known, &job, self.now()).await?;
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
async fn look_at(
    wire: &Wire,
    version: &Version,
    job: &Job,
    now: Timestamp,
) -> Result<BTreeMap<CheckCode, Vec<Seen>>, Error> {
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
            let told = asked.get(&url)?;
            let (found, params) = sight(told);
            let ends = told.as_ref().ok().and_then(|answered| answered.certificate_ends);
            let (found, params) = match ends.filter(|_| code == CheckCode::Tls) {
                Some(ends) => certificate(ends, found, now),
                None => (exact(code, &url, found, &params), params),
            };
            Some(seen(place, &url, found, params))
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

/// What an address answered, or why it did not.
type Told = Result<Answered, Failure>;

struct Answered {
    status: u16,
    /// The origin that it sends on to, or nothing that is one.
    sends_on: Option<String>,
    certificate_ends: Option<Timestamp>,
}

async fn ask(wire: &Wire, url: &str) -> Told {
    let url = Url::parse(url).map_err(|_| Failure::Internal("no address"))?;
    let looked = wire.look(url).await?;
    let origin = |url: Url| url.origin().ascii_serialization();
    Ok(Answered {
        status: looked.status.as_u16(),
        sends_on: looked.status.is_redirection().then(|| looked.sends_on.map(origin).unwrap_or_default()),
        certificate_ends: looked.certificate_ends.map(|ends| Timestamp(ends.as_millisecond())),
    })
}

/// An event that Talkdesk never sent.
async fn tell_a_lie(wire: &Wire, url: &str) -> Told {
    let url = Url::parse(url).map_err(|_| Failure::Internal("no address"))?;
    let lie = stranger::delivery(&Ambient::system());
    let (headers, body) = lie.map_err(|_| Failure::Internal("the system gives no random bytes"))?;
    let status = wire.post_as_it_came(url, headers, body).await?.as_u16();
    Ok(Answered { status, sends_on: None, certificate_ends: None })
}

fn sight_of(told: &Told) -> (Sight, Params) {
    let params = |name: &str, value: String| Params::from([(name.to_owned(), value)]);
    let none = Params::new();
    match told {
        Ok(Answered { sends_on: Some(to), .. }) | Err(Failure::Redirected { to, .. }) => {
            (Sight::SendsOn, params("to", to.clone()))
        }
        // There is nothing at that address, or whoever answers for it failed.
        Ok(Answered { status: status @ (404 | 410 | 500..), .. }) => {
            (Sight::Fails, params("status", status.to_string()))
        }
        Ok(Answered { status, .. }) => (Sight::Answers, params("status", status.to_string())),
        Err(Failure::Tls { why: TlsFault::Certificate(why), .. }) => {
            (Sight::Certificate, params("why", word(*why).to_owned()))
        }
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

/// Why a certificate is not valid, as the window has words for it.
fn word(why: CertificateFault) -> &'static str {
    match why {
        CertificateFault::Over => "over",
        CertificateFault::NotYet => "not_yet",
        CertificateFault::OtherName => "other_name",
        CertificateFault::Stranger => "stranger",
        CertificateFault::Revoked => "revoked",
        CertificateFault::Other => "other",
    }
}

/// A valid certificate is seen with its last day; one that ends soon is told of before it is over.
fn certificate(ends: Timestamp, found: Sight, now: Timestamp) -> (Sight, Params) {
    let mut params = Params::from([("until".to_owned(), time::day(ends))]);
    if ends.0 - now.0 > CERTIFICATE_DAYS * domain::alert::DAY {
        return (found, params);
    }
    params.insert("why".to_owned(), "ends_soon".to_owned());
    (Sight::Certificate, params)
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
    stoppable_at(job, || done, of, work).await
}

/// The same for work that says itself how far it is.
pub(super) async fn stoppable_at<T>(
    job: &Job,
    done: impl Fn() -> u32,
    of: u32,
    work: impl Future<Output = T>,
) -> Result<T, Error> {
    let stopped = async {
        while job.step(done(), of) {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        told = work => Ok(told),
        () = stopped => Err(Error::new(ErrorCode::Cancelled)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects a review from a certificate that is over before it is: within two weeks it warns.
    #[test]
    fn a_certificate_that_ends_soon_is_told_of_before_it_is_over() {
        let now = Timestamp(0);
        for (days, found, why) in [
            (15, Sight::Answers, None),
            (14, Sight::Certificate, Some("ends_soon")),
            (0, Sight::Certificate, Some("ends_soon")),
        ] {
            let (sight, params) = certificate(Timestamp(days * domain::alert::DAY), Sight::Answers, now);
            assert_eq!((sight, params.get("why").map(String::as_str)), (found, why), "{days}");
            assert_eq!(params["until"], time::day(Timestamp(days * domain::alert::DAY)));
        }
    }

    /// Protects the words: a certificate is told apart by why it is not valid, each by its own.
    #[test]
    fn each_fault_of_a_certificate_has_a_word_of_its_own() {
        use CertificateFault::{NotYet, Other, OtherName, Over, Revoked, Stranger};
        let all = [Over, NotYet, OtherName, Stranger, Revoked, Other];
        let words: std::collections::BTreeSet<_> = all.iter().map(|why| word(*why)).collect();
        assert_eq!(words.len(), all.len());
        for why in all {
            let told = Err(Failure::Tls { host: "a.example".to_owned(), why: TlsFault::Certificate(why) });
            let (sight, params) = sight_of(&told);
            assert_eq!((sight, params["why"].as_str()), (Sight::Certificate, word(why)));
        }
    }
}
