//! Reviews: rounds, Talkdesk's recorded answers, findings, go-live.

use domain::Timestamp;
use domain::fields::{FieldKey, TrackName};
use domain::files::FileRef;
use domain::ids::{CommandId, FindingId, RoundId};
use domain::project::{
    Answer, Finding, FindingSource, FindingStatus, FindingText, Project, Round, Verdict, Version,
};
use domain::redact::{self, Redacted, Words};
use domain::status::{Status, TrackState};
use serde::Serialize;

use super::common::{By, Nothing, People, ProjectHead, RedactedView, TrackHead, VersionArgs, VersionHead};
use super::install::PortView;
use super::preflight::{CheckView, PreflightView, checks};
use super::version::{Warning, warnings};
use super::{checklist, with_project, with_view};
use crate::engine::Engine;
use crate::error::Error;
use domain::time;

/// The review of a version.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReviewView {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
    /// The tracks with their rounds.
    pub tracks: Vec<TrackView>,
    /// Findings of the app that this version has to do with, newest first.
    pub findings: Vec<FindingView>,
    /// Go-live and listing.
    pub go_live: GoLiveView,
    /// What warns, and does not bar.
    pub warnings: Vec<Warning>,
    /// Whether the workspace makes its own warnings a gate.
    pub gate: bool,
    /// Working days after which an answer counts as overdue (ours).
    pub overdue_days: u32,
    /// How each check stands.
    pub checks: Vec<CheckView>,
    /// The last preflight as a whole.
    pub preflight: PreflightView,
    /// How links and submissions travel.
    pub port: PortView,
}

/// A track with its rounds.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TrackView {
    /// How it stands.
    pub head: TrackHead,
    /// Working days in this state.
    pub days: u32,
    /// Whether Talkdesk's answer is overdue by the workspace's own measure.
    pub overdue: bool,
    /// Fields changed since the last round.
    pub changed: Vec<FieldKey>,
    /// Rounds, newest first.
    pub rounds: Vec<RoundView>,
    /// The last redaction of an answer: what a correction says that it knew.
    pub redaction: Option<CommandId>,
}

/// A round.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoundView {
    /// Which.
    pub id: RoundId,
    /// Its number in the track.
    pub n: u32,
    /// Marked as submitted by whom.
    pub submitted: By,
    /// Why the gate was passed over.
    pub override_reason: Option<String>,
    /// Items done and all items of the checklists then.
    pub items_done: u32,
    /// All items then.
    pub items: u32,
    /// Pieces of evidence then.
    pub evidence: u32,
    /// How the checks went then.
    pub checks: Vec<CheckView>,
    /// Answers, oldest first; the last one counts.
    pub answers: Vec<AnswerView>,
    /// Taken back.
    pub withdrawn: Option<By>,
}

/// A recorded answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AnswerView {
    /// The command that recorded it.
    pub id: CommandId,
    /// Approved or rejected.
    pub outcome: Verdict,
    /// Talkdesk's own words.
    pub text: String,
    /// Why it corrects the one before.
    pub correction: Option<String>,
    /// What came with it.
    pub files: Vec<FileRef>,
    /// Recorded by whom.
    pub by: By,
    /// Its words were blanked.
    pub redacted: Option<RedactedView>,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FindingView {
    /// Which.
    pub id: FindingId,
    /// The version it was found in.
    pub number: String,
    /// The track.
    pub track: Option<TrackName>,
    /// The round's number.
    pub round: Option<u32>,
    /// Where it came from.
    pub source: FindingSource,
    /// What it says.
    pub said: FindingText,
    /// What shows it.
    pub files: Vec<FileRef>,
    /// What it says was blanked.
    pub redacted: Option<RedactedView>,
    /// Our answer.
    pub reply: String,
    /// Our answer was blanked.
    pub reply_redacted: Option<RedactedView>,
    /// The last redaction of our answer, also where another one stands since: what a new one says that it knew.
    pub reply_redaction: Option<CommandId>,
    /// How it stands.
    pub status: FindingStatus,
    /// Recorded by whom.
    pub created: By,
    /// Changed by whom.
    pub changed: Option<By>,
}

/// Go-live and listing.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GoLiveView {
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Recorded by whom.
    pub proposed: Option<By>,
    /// Approved by whom.
    pub approved: Option<By>,
    /// Seen live by whom.
    pub confirmed: Option<By>,
    /// Taken off the listing by whom.
    pub delisted: Option<By>,
}

/// A version that waits for someone.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReviewRow {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
    /// Working days in this state.
    pub days: u32,
    /// Whether Talkdesk's answer is overdue.
    pub overdue: bool,
    /// Findings open.
    pub open_findings: u32,
}

pub(super) async fn review(engine: &Engine, args: VersionArgs) -> Result<ReviewView, Error> {
    let (now, port) = (engine.now(), engine.port_view());
    with_project(engine, args.project, move |view, me, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let policies = workspace.as_ref().map(|workspace| workspace.policies.clone()).unwrap_or_default();
        let head = VersionHead::of(project, version);
        let runs = checklist::heads_of(view, project, version)?;
        let checks = checks(view, project, version)?;
        Ok(ReviewView {
            project: project.into(),
            tracks: head
                .tracks
                .iter()
                .map(|track| track_view(project, version, track, &people, now, policies.overdue_days))
                .collect(),
            version: head,
            findings: findings(project, version, &people),
            go_live: go_live(version, &people),
            warnings: warnings(project, version, &runs, &checks),
            preflight: PreflightView::of(version, &checks, &people),
            gate: policies.gate,
            overdue_days: policies.overdue_days,
            checks: checks.into_iter().map(|check| CheckView::of(check, &people)).collect(),
            port,
        })
    })
    .await
}

pub(super) fn go_live(version: &Version, people: &People<'_>) -> GoLiveView {
    let mark = |mark: &Option<domain::Mark>| mark.as_ref().map(|mark| people.by(mark));
    GoLiveView {
        date: version.go_live.proposed.as_ref().map(|dated| dated.date.clone()),
        proposed: version.go_live.proposed.as_ref().map(|dated| people.by(&dated.mark)),
        approved: mark(&version.go_live.approved),
        confirmed: mark(&version.go_live.confirmed),
        delisted: mark(&version.go_live.delisted),
    }
}

pub(super) fn track_view(
    project: &Project,
    version: &Version,
    head: &TrackHead,
    people: &People<'_>,
    now: Timestamp,
    most: u32,
) -> TrackView {
    let track = version.track(head.track);
    let days = head.since.map(|since| time::working_days(since, now)).unwrap_or_default();
    let differs = |round: &Round| {
        let mut fields = version.information.differences(&round.information);
        fields.retain(|field| domain::fields::spec(*field).part.track() == head.track);
        fields
    };
    TrackView {
        days,
        overdue: head.state == TrackState::InReview && days > most,
        changed: track.round().map(differs).unwrap_or_default(),
        rounds: track.0.iter().rev().map(|round| round_view(round, &project.redactions, people)).collect(),
        redaction: redact::of_answers(project, version.id, head.track).map(|last| last.mark.command),
        head: head.clone(),
    }
}

fn round_view(round: &Round, redactions: &[Redacted], people: &People<'_>) -> RoundView {
    let redacted = |words| redact::of(redactions, words).map(|redaction| people.redacted(redaction));
    let answer = |answer: &Answer| AnswerView {
        id: answer.mark.command,
        outcome: answer.outcome,
        text: answer.text.clone(),
        correction: answer.correction.clone(),
        files: answer.files.clone(),
        by: people.by(&answer.mark),
        redacted: redacted(Words::Answer { answer: answer.mark.command }),
    };
    RoundView {
        id: round.id,
        n: round.n,
        submitted: people.by(&round.submitted),
        override_reason: round.override_reason.clone(),
        items_done: round.runs.iter().map(domain::checklist::RunSummary::done).sum(),
        items: round.runs.iter().map(|run| run.total).sum(),
        evidence: u32::try_from(round.evidence.len()).unwrap_or(u32::MAX),
        checks: round.preflight.iter().map(|check| CheckView::of(check.clone(), people)).collect(),
        answers: round.answers.iter().map(answer).collect(),
        withdrawn: round.withdrawn.as_ref().map(|mark| people.by(mark)),
    }
}

pub(super) fn findings(project: &Project, version: &Version, people: &People<'_>) -> Vec<FindingView> {
    // Findings follow the app: those of this version, and those of others that are still open.
    let concerns =
        |finding: &&Finding| finding.version == version.id || finding.status == FindingStatus::Open;
    let round_of = |finding: &Finding| {
        let version = project.version(finding.version)?;
        let rounds = TrackName::ALL.iter().flat_map(|track| &version.track(*track).0);
        let id = finding.round?;
        rounds.into_iter().find(|round| round.id == id).map(|round| round.n)
    };
    let redacted = |words| redact::of(&project.redactions, words).map(|redaction| people.redacted(redaction));
    let view = |finding: &Finding| FindingView {
        id: finding.id,
        number: project.version(finding.version).map(|version| version.number.clone()).unwrap_or_default(),
        track: finding.track,
        round: round_of(finding),
        source: finding.source,
        said: finding.said.clone(),
        files: finding.files.clone(),
        redacted: redacted(Words::Finding { finding: finding.id }),
        reply: finding.reply.clone(),
        reply_redacted: redacted(Words::Reply { finding: finding.id }).filter(|_| finding.reply.is_empty()),
        reply_redaction: redacted(Words::Reply { finding: finding.id }).map(|last| last.command),
        status: finding.status,
        created: people.by(&finding.created),
        changed: finding.changed.as_ref().map(|mark| people.by(mark)),
    };
    project.findings.iter().rev().filter(concerns).map(view).collect()
}

pub(super) async fn reviews(engine: &Engine, _: Nothing) -> Result<Vec<ReviewRow>, Error> {
    let now = engine.now();
    with_view(engine, move |view, _| {
        let most = view.workspace()?.map(|workspace| workspace.policies.overdue_days).unwrap_or_default();
        let mut rows = Vec::new();
        for row in view.review_rows()? {
            let Some(found) = view.project(row.project)? else { continue };
            let Some(version) = found.version(row.version) else { continue };
            rows.push(review_row(&found, version, now, most));
        }
        rows.sort_by_key(|row| row.version.since);
        Ok(rows)
    })
    .await
}

/// Whether Talkdesk's answer is overdue by the workspace's own measure, after so many working days in that state.
pub(super) fn is_overdue(status: Status, days: u32, most: u32) -> bool {
    status == Status::InReview && days > most
}

fn review_row(project: &Project, version: &Version, now: Timestamp, most: u32) -> ReviewRow {
    let head = VersionHead::of(project, version);
    let days = time::working_days(head.since, now);
    let open = project.findings.iter().filter(|finding| finding.status == FindingStatus::Open).count();
    ReviewRow {
        project: project.into(),
        days,
        overdue: is_overdue(head.status, days, most),
        open_findings: u32::try_from(open).unwrap_or(u32::MAX),
        version: head,
    }
}
