//! The platform port: by hand, or through a server with the sandbox's documented contract.
//!
//! Calls that change something at the other side are not commands: they run once, when a person asks, and only what
//! the server answered is recorded.

use domain::command::NewFinding;
use domain::fields::{FieldKey, TrackName};
use domain::ids::{FindingId, LinkId, ProjectId, VersionId};
use domain::project::{LinkSource, Project, Verdict, Version};
use domain::status::TrackState;
use domain::{AggregateRef, Body, Place};
use uuid::Uuid;

use super::vault::PORT_TOKEN;
use super::{Engine, Error, ErrorCode};
use crate::ipc::install::{PortView, SubmitArgs};
use crate::platform::{self, App, HttpPort, Submission};
use crate::secret::Secret;
use crate::vault;

impl Engine {
    /// How links and submissions travel.
    pub fn port_view(&self) -> PortView {
        let url = self.profile().port.clone();
        if url.is_empty() { PortView::Manual } else { PortView::Http { url } }
    }

    /// Sets where links and submissions travel. The token is kept in the vault, and in memory alone where the vault
    /// takes nothing.
    pub async fn set_port(&self, url: &str, token: &str) -> Result<(), Error> {
        let url = url.trim();
        if !url.is_empty() {
            HttpPort::new(url, token)?;
        }
        self.change_profile(|profile| url.clone_into(&mut profile.port))?;
        let token = Secret::new(token.trim().to_owned());
        *self.port_token() = token.clone();
        let kept = self.with_vault(move |vault| {
            if token.expose().is_empty() {
                vault.forget(PORT_TOKEN)
            } else {
                vault.seal(PORT_TOKEN, token.expose().as_bytes())
            }
        });
        if let Err(error) = kept.await {
            tracing::info!(code = ?error.code, "the port's token is kept in memory alone");
        }
        self.told(&["settings", "vault"]);
        Ok(())
    }

    fn port_token(&self) -> std::sync::MutexGuard<'_, Secret<String>> {
        self.0.port_token.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) async fn port(&self) -> Result<HttpPort, Error> {
        let url = self.profile().port.clone();
        if url.is_empty() {
            return Err(Error::new(ErrorCode::NotFound).at(Place::input("port")));
        }
        let mut token = self.port_token().clone();
        if token.expose().is_empty() {
            let sealed = self.with_vault(|vault| vault.open(PORT_TOKEN)).await?;
            if let Some(sealed) = sealed.as_ref().and_then(vault::text) {
                *self.port_token() = sealed.clone();
                token = sealed;
            }
        }
        if token.expose().is_empty() {
            return Err(Error::new(ErrorCode::SignedOut).at(Place::input("token")));
        }
        HttpPort::new(&url, token.expose())
    }

    /// Asks for a version's install link and records it, unless it is the one in force.
    pub async fn fetch_link(&self, project: ProjectId, version: VersionId) -> Result<(), Error> {
        let url = self.port().await?.install_link(project, version).await?;
        let known = self.project(project).await?;
        if known.link_of(version).is_some_and(|link| link.url == url) {
            return Ok(());
        }
        let body =
            Body::LinkRecord { version, link: LinkId(Uuid::now_v7()), url, source: LinkSource::Fetched };
        self.change(AggregateRef::Project(project), body).await.map(|_| ())
    }

    /// Sends a version for review and records the rounds once the server has it. The first round's id is the
    /// server's idempotency key: asking again after a lost answer sends nothing twice.
    pub async fn submit(&self, args: SubmitArgs) -> Result<(), Error> {
        let port = self.port().await?;
        let project = self.project(args.project).await?;
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let first =
            args.rounds.first().ok_or_else(|| Error::new(ErrorCode::Invalid).at(Place::input("tracks")))?;
        let body = Body::MarkSubmitted {
            version: args.version,
            tracks: args.tracks.clone(),
            rounds: args.rounds.clone(),
            override_reason: args.override_reason.clone(),
        };
        // What would be refused here is not sent there.
        self.try_change(AggregateRef::Project(args.project), body.clone()).await?;
        port.submit(&Submission {
            submission_id: first.0,
            app: app_of(&project, version),
            version: version_of(version),
            tracks: args.tracks,
            fields: platform::fields(&version.information),
            notes: version.notes.clone(),
        })
        .await?;
        self.change(AggregateRef::Project(args.project), body).await.map(|_| ())
    }

    /// Asks what became of a version and records answers to rounds that are in review here.
    pub async fn fetch_answers(&self, project: ProjectId, version: VersionId) -> Result<(), Error> {
        let answers = self.port().await?.state(project, version).await?;
        let known = self.project(project).await?;
        let here = known.version(version).ok_or_else(Error::not_found)?;
        for track in TrackName::ALL {
            if here.track(track).state() != TrackState::InReview {
                continue;
            }
            let Some(answer) = answers.tracks.iter().find(|answer| answer.track == track) else { continue };
            if !is_answer_to_current(here, track, answer.submission_id) {
                continue;
            }
            let outcome = match answer.state {
                TrackState::Approved => Verdict::Approved,
                TrackState::Rejected => Verdict::Rejected,
                TrackState::NotSubmitted | TrackState::InReview => continue,
            };
            let findings = answer
                .findings
                .iter()
                .map(|finding| NewFinding {
                    id: FindingId(Uuid::now_v7()),
                    said: finding.clone().into(),
                    files: Vec::new(),
                })
                .collect();
            let text = answer.message.clone();
            let body = Body::RecordAnswer {
                version,
                tracks: vec![track],
                rounds: here.track(track).round().map(|round| round.id).into_iter().collect(),
                outcome,
                text,
                findings,
                files: Vec::new(),
            };
            self.change(AggregateRef::Project(project), body).await?;
        }
        Ok(())
    }
}

pub(super) fn app_of(project: &Project, version: &Version) -> App {
    let (name, slug) = (project.details.name.clone(), version.information.text(FieldKey::Slug));
    App { id: project.id, name, slug }
}

pub(super) fn version_of(version: &Version) -> platform::Version {
    platform::Version { id: version.id, number: version.number.clone() }
}

/// Whether an answer is to the round that waits for one. A submission goes by its first round's id, so its other track's
/// round is known by the mark that both carry; an answer to an earlier submission says nothing of a later one.
fn is_answer_to_current(version: &Version, track: TrackName, submission: Option<Uuid>) -> bool {
    let Some(current) = version.track(track).0.last() else { return false };
    let mut rounds = TrackName::ALL.into_iter().flat_map(|track| &version.track(track).0);
    rounds.any(|round| Some(round.id.0) == submission && round.submitted == current.submitted)
}
