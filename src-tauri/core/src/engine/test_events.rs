//! Events that are sent to try an app with, as Talkdesk sends them: posted once, again after 5 and 10 minutes where the app
//! did not answer for it, a redirect told and not followed, and no answer waited for without end (D/events-api).
//!
//! Signed by nobody's key, each has to be refused. Signed by a sandbox's, a deployment for tests that trusts its gateway
//! has to take each: that one is real there, credentials included. What is sent is of test installations alone.

use std::time::{Duration, Instant};

use domain::event_test::{Said, Signer, TestReport, TestTry, TestedEvent};
use domain::fields::FieldKey;
use domain::preflight::{CheckCode, Seen, Sight};
use domain::project::{Project, Version};
use domain::{AggregateRef, Body, Place};
use http::HeaderMap;
use serde_json::{Value, json};
use talkdesk::stranger::{Stranger, signed_by};
use talkdesk::wire::{Told, Wire};
use talkdesk::{Ambient, address};
use url::Url;

use super::port::{app_of, version_of};
use super::preflight::{WITHIN, stoppable};
use super::{Engine, Error, ErrorCode};
use crate::ipc::test_events::{Again, TestEventsArgs};
use crate::jobs::{Job, JobKind};
use crate::platform::{self, Draft, HttpPort};

/// The types in the order of a life.
const LIFE: [&str; 8] = [
    "app.installed",
    "app.trial_started",
    "app.updated",
    "app.trial_extended",
    "app.trial_ended",
    "app.credentials_rotated",
    "user.logout",
    "app.uninstalled",
];

impl Again {
    /// How long after a round the next one follows.
    fn waits(self) -> Vec<Duration> {
        match self {
            Self::Never => Vec::new(),
            Self::Soon => vec![Duration::from_secs(1), Duration::from_secs(2)],
            Self::AsTalkdesk => vec![Duration::from_mins(5), Duration::from_mins(10)],
        }
    }
}

/// An event on its way.
struct Sent {
    headers: HeaderMap,
    body: Vec<u8>,
    event: TestedEvent,
}

/// Who tells what happens.
enum Teller<'a> {
    Stranger(Stranger<'a>),
    Sandbox { port: HttpPort, project: &'a Project, version: &'a Version, installation: Option<String> },
}

impl Teller<'_> {
    async fn tell(&mut self, kind: &str) -> Result<(HeaderMap, Vec<u8>), Error> {
        match self {
            Self::Stranger(stranger) => stranger.tell(kind).map_err(|error| Error::internal(&error)),
            Self::Sandbox { port, project, version, installation } => {
                let told =
                    port.test_event(project.id, version.id, &happens(kind, installation.as_deref())).await?;
                *installation = Some(told.installation);
                Ok((signed_by(&told.signature, &told.key_id), told.body.into_bytes()))
            }
        }
    }
}

/// What a type needs to happen at a sandbox.
fn happens(kind: &str, installation: Option<&str>) -> Value {
    let mut happens = json!({ "type": kind });
    if let Some(installation) = installation {
        happens["installation"] = installation.into();
    }
    match kind {
        "app.updated" => happens["users"] = json!({ "adding": ["test-user-1", "test-user-2"] }),
        "user.logout" => {
            happens["user_id"] = "test-user-1".into();
            happens["user_email"] = "test-user-1@talkdesk.invalid".into();
        }
        _ => {}
    }
    happens
}

impl Engine {
    /// Sends events of these types, or of all, and says what came back. What was seen of all of them is kept with the
    /// version; of a few it is shown alone.
    pub(crate) async fn send_test_events(&self, args: TestEventsArgs) -> Result<TestReport, Error> {
        let project = self.project(args.project).await?;
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let kinds: Vec<&str> = LIFE
            .into_iter()
            .filter(|kind| args.kinds.is_empty() || args.kinds.iter().any(|it| it == kind))
            .collect();
        let whole = kinds.len() == LIFE.len();
        let (reach, regions) = self.cloud();
        let wrong =
            |reason: &str| Error::new(ErrorCode::Invalid).at(Place::input("url")).with("reason", reason);
        let url = Url::parse(args.url.trim()).map_err(|_| wrong("url"))?;
        if !address::is_guarded(&url) {
            return Err(wrong(if url.scheme() == "https" { "credentials" } else { "scheme" }));
        }
        reach.allows(&url).map_err(|_| wrong("address"))?;
        let aggregate = AggregateRef::Project(project.id);
        let record = |report| Body::TestRecord { version: version.id, report };
        // Whoever may not keep what is seen sends nothing.
        let empty = TestReport { signer: args.signer, url: url.to_string(), events: Vec::new() };
        self.try_change(aggregate, record(empty.clone())).await?;

        let ambient = Ambient::system();
        let teller = match args.signer {
            Signer::Stranger => {
                Teller::Stranger(Stranger::new(&ambient).map_err(|error| Error::internal(&error))?)
            }
            Signer::Sandbox => {
                let port = self.port().await?;
                port.register(&Draft {
                    app: app_of(&project, version),
                    version: version_of(version),
                    fields: platform::fields(&version.information),
                })
                .await?;
                Teller::Sandbox { port, project: &project, version, installation: None }
            }
        };
        let wire = Wire::new(reach, &regions).map_err(|error| Error::internal(&error))?.within(WITHIN);
        let job = self.jobs().begin(JobKind::TestEvents);
        let sending = Sending { engine: self, wire, url: url.clone(), waits: args.again.waits(), job };
        let report = TestReport { events: sending.send(teller, &kinds).await?, ..empty };
        if whole {
            self.change(aggregate, record(report.clone())).await?;
            self.record_proof(&project, version, &report).await?;
        }
        Ok(report)
    }

    /// What a report proves of the checks before a review.
    async fn record_proof(
        &self,
        project: &Project,
        version: &Version,
        report: &TestReport,
    ) -> Result<(), Error> {
        let looked = match report.signer {
            Signer::Sandbox => self.events_handled(project.id, version.id).await?,
            Signer::Stranger => {
                let of = version.information.text(FieldKey::EventsCallbackUrl).trim().to_owned();
                // Of another address it says nothing.
                if Url::parse(&of).ok().map(String::from) != Some(report.url.clone()) {
                    return Ok(());
                }
                vec![Seen {
                    place: Place::field(FieldKey::EventsCallbackUrl),
                    of,
                    sight: sight(report),
                    params: params(report),
                }]
            }
        };
        let code = match report.signer {
            Signer::Sandbox => CheckCode::EventsHandled,
            Signer::Stranger => CheckCode::Callback,
        };
        let body = Body::CheckRecord { version: version.id, looked: [(code, looked)].into() };
        self.change(AggregateRef::Project(project.id), body).await.map(drop)
    }
}

/// The event that went worst speaks for the callback.
fn worst(report: &TestReport) -> Option<&TestedEvent> {
    let taken = report.events.iter().find(|event| event.said() == Said::Took);
    let unclear = || report.events.iter().find(|event| event.said() == Said::Neither);
    taken.or_else(unclear).or(report.events.last())
}

fn sight(report: &TestReport) -> Sight {
    let last = worst(report).and_then(|event| event.tries.last());
    match (last.map(|last| Said::by(last.status)), last) {
        (Some(Said::Took), _) => Sight::Takes,
        (Some(Said::Refused), _) => Sight::Refuses,
        (_, Some(TestTry { to, .. })) if !to.is_empty() => Sight::SendsOn,
        (_, Some(TestTry { status: Some(_), .. })) => Sight::Fails,
        (_, Some(TestTry { fault, .. })) if fault == "unreachable" => Sight::Unreachable,
        _ => Sight::NoAnswer,
    }
}

fn params(report: &TestReport) -> domain::Params {
    let last = worst(report).and_then(|event| event.tries.last());
    let status = last.and_then(|last| last.status).map(|status| ("status".to_owned(), status.to_string()));
    let to = last.filter(|last| !last.to.is_empty()).map(|last| ("to".to_owned(), last.to.clone()));
    status.into_iter().chain(to).collect()
}

struct Sending<'a> {
    engine: &'a Engine,
    wire: Wire,
    url: Url,
    waits: Vec<Duration>,
    job: Job,
}

impl Sending<'_> {
    async fn send(self, mut teller: Teller<'_>, kinds: &[&str]) -> Result<Vec<TestedEvent>, Error> {
        let signer = match teller {
            Teller::Stranger(_) => Signer::Stranger,
            Teller::Sandbox { .. } => Signer::Sandbox,
        };
        let rounds = self.waits.len() + 1;
        let of = u32::try_from(kinds.len() * rounds).unwrap_or(u32::MAX);
        let mut all: Vec<Sent> = Vec::new();
        // A life at a sandbox begins by an install, whether it is sent or not.
        if signer == Signer::Sandbox && !kinds.contains(&LIFE[0]) {
            stoppable(&self.job, 0, of, teller.tell(LIFE[0])).await??;
        }
        for (at, kind) in kinds.iter().enumerate() {
            let (headers, body) = stoppable(&self.job, at, of, teller.tell(kind)).await??;
            let event = TestedEvent { kind: (*kind).to_owned(), tries: Vec::new() };
            let mut sent = Sent { headers, body, event };
            let tried = stoppable(&self.job, at, of, self.attempt(&sent)).await?;
            sent.event.tries.push(tried);
            all.push(sent);
        }
        for (round, wait) in self.waits.iter().enumerate() {
            let before = (round + 1) * kinds.len();
            if all.iter().all(|sent| is_over(signer, sent)) {
                break;
            }
            stoppable(&self.job, before, of, tokio::time::sleep(*wait)).await?;
            for (at, sent) in all.iter_mut().enumerate().filter(|(_, sent)| !is_over(signer, sent)) {
                let tried = stoppable(&self.job, before + at, of, self.attempt(sent)).await?;
                sent.event.tries.push(tried);
            }
        }
        Ok(all.into_iter().map(|sent| sent.event).collect())
    }

    async fn attempt(&self, sent: &Sent) -> TestTry {
        let (at, begun) = (self.engine.now(), Instant::now());
        let answer = self.wire.deliver(self.url.clone(), sent.headers.clone(), sent.body.clone()).await;
        let ms = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        let (status, to, fault) = match answer {
            Ok(Told { status, sends_on }) => {
                (Some(status.as_u16()), sends_on.as_ref().map(bare).unwrap_or_default(), "")
            }
            Err(failure) => (None, String::new(), failure.word()),
        };
        TestTry { at, ms, status, to, fault: fault.to_owned() }
    }
}

/// Whether an event is not sent again: the app took it. Where that is the fault, and where it refused as it has to, there
/// is nothing more to learn.
fn is_over(signer: Signer, sent: &Sent) -> bool {
    match sent.event.said() {
        Said::Took => true,
        Said::Refused => signer == Signer::Stranger,
        Said::Neither => false,
    }
}

/// An address without what may be secret in it.
fn bare(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    // Neither can fail for what has a host.
    let _ = (bare.set_username(""), bare.set_password(None));
    bare.to_string().chars().take(domain::text::URL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_again_as_often_and_as_late_as_is_documented() {
        let minutes = |waits: [u64; 2]| waits.map(|minutes| Duration::from_secs(minutes * 60)).to_vec();
        assert_eq!(
            Again::AsTalkdesk.waits(),
            minutes([5, 10]),
            "D/events-api: after 5 minutes, and after 10"
        );
        assert_eq!(Again::Soon.waits().len(), Again::AsTalkdesk.waits().len(), "as often, for who waits");
        assert_eq!(Again::Never.waits(), []);
    }
}
