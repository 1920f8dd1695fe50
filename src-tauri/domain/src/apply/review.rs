//! Commands of a review: rounds, Talkdesk's recorded answers, go-live and listing.
//!
//! Nothing here submits anything: it records what a person did on Partner Project and what Talkdesk answered.

use super::project::{found, push_finding, version_mut};
use super::{Effects, misplaced, not_found};
use crate::checklist::{ItemStatus, Run};
use crate::command::Body;
use crate::common::{AggregateRef, Extra, Mark, Place};
use crate::facts::Facts;
use crate::fields::{self, TrackName};
use crate::ids::{RoundId, VersionId};
use crate::project::{Answer, Dated, FindingSource, FindingStatus, Project, Round, Verdict};
use crate::refusal::{Refusal, RefusalCode};
use crate::status::{self, Status, TrackState};
use crate::text;

pub(super) fn submit(state: &mut Project, body: &Body, mark: Mark, facts: &Facts) -> Result<Effects, Refusal> {
    let Body::MarkSubmitted { version: id, tracks, rounds, override_reason } = body else {
        return Err(misplaced());
    };
    if tracks.is_empty() || tracks.len() != rounds.len() || tracks.first() == tracks.get(1) {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("tracks")));
    }
    for track in tracks {
        submittable(state, *id, *track)?;
    }
    let override_reason = gate(state, *id, override_reason.as_deref(), facts)?;
    let follow_ups = retests(state, *id, tracks, &facts.runs);

    let open_findings = open(state).map(|finding| finding.id).collect::<Vec<_>>();
    let runs: Vec<_> = facts.runs.iter().map(Run::summary).collect();
    let version = version_mut(state, *id)?;
    let information = version.information.clone();
    for (track, round) in tracks.iter().zip(rounds) {
        let track = version.track_mut(*track);
        let n = u32::try_from(track.0.len()).unwrap_or(u32::MAX).saturating_add(1);
        track.0.push(Round {
            id: *round,
            n,
            submitted: mark,
            override_reason: override_reason.clone(),
            information: information.clone(),
            runs: runs.clone(),
            open_findings: open_findings.clone(),
            answers: Vec::new(),
            withdrawn: None,
            extra: Extra::new(),
        });
    }
    // What was unlocked was unlocked for this round only.
    version.unlocked.retain(|part, _| !tracks.contains(&part.track()));
    Ok(Effects { follow_ups })
}

fn submittable(state: &Project, id: VersionId, track: TrackName) -> Result<(), Refusal> {
    let version = state.version(id).ok_or_else(not_found)?;
    if status::status(state, version) == Status::Discarded {
        return Err(Refusal::ours(RefusalCode::Discarded));
    }
    match version.track(track).state() {
        TrackState::InReview => return Err(Refusal::ours(RefusalCode::InReview)),
        TrackState::Approved => return Err(Refusal::ours(RefusalCode::Approved)),
        TrackState::NotSubmitted | TrackState::Rejected => {}
    }
    // Talkdesk (seed page, "Register on Partner Project" 3): all app information fields are filled in.
    let missing = fields::missing(&version.information, track);
    if missing.is_empty() {
        return Ok(());
    }
    let name = if track == TrackName::Technical { "technical" } else { "marketplace" };
    let mut refusal =
        Refusal::talkdesk(RefusalCode::NotReady).with("track", name).with("count", missing.len());
    refusal.places = missing
        .into_iter()
        .map(|problem| Place { version: Some(id), ..problem.place })
        .collect();
    Err(refusal)
}

/// Own checklists and findings warn; a workspace may make them a gate, which a reason passes over (ours).
fn gate(
    state: &Project,
    id: VersionId,
    reason: Option<&str>,
    facts: &Facts,
) -> Result<Option<String>, Refusal> {
    let unfinished: Vec<&Run> = facts.runs.iter().filter(|run| !run.summary().is_done()).collect();
    let findings = open(state).count();
    if !facts.policies.gate || (unfinished.is_empty() && findings == 0) {
        return reason.map(text::reason).transpose();
    }
    match reason {
        Some(reason) => text::reason(reason).map(Some),
        None => {
            let mut refusal = Refusal::ours(RefusalCode::Gate)
                .with("checklists", unfinished.len())
                .with("findings", findings)
                .at(Place::input("override_reason"));
            refusal.places.extend(unfinished.iter().map(|run| Place {
                version: Some(id),
                run: Some(run.id),
                ..Place::default()
            }));
            Err(refusal)
        }
    }
}

fn open(state: &Project) -> impl Iterator<Item = &crate::project::Finding> {
    state.findings.iter().filter(|finding| finding.status == FindingStatus::Open)
}

/// A new round asks for a retest of what a changed field or a finding touches.
fn retests(
    state: &Project,
    id: VersionId,
    tracks: &[TrackName],
    runs: &[Run],
) -> Vec<(AggregateRef, Body)> {
    let Some(version) = state.version(id) else { return Vec::new() };
    let last = tracks.iter().filter_map(|track| version.track(*track).round()).max_by_key(|round| round.submitted.at);
    let Some(last) = last else { return Vec::new() };
    let changed = version.information.differences(&last.information);
    let findings = state.findings.iter().filter(|finding| finding.version == id && finding.round.is_some());
    let (mut keys, mut items): (Vec<&str>, Vec<&str>) =
        (changed.iter().map(|key| key.name()).collect(), Vec::new());
    for finding in findings {
        keys.extend(finding.said.field.map(fields::FieldKey::name));
        items.extend(finding.said.item.as_deref());
    }
    runs.iter()
        .filter(|run| run.signed.is_none())
        .filter_map(|run| {
            let touched: Vec<String> = run
                .all_items()
                .filter(|item| {
                    items.contains(&item.id.as_str())
                        || item.touches.iter().any(|touch| keys.contains(&touch.as_str()))
                })
                .filter(|item| !matches!(run.status(&item.id), ItemStatus::Untested | ItemStatus::Retest))
                .map(|item| item.id.clone())
                .collect();
            (!touched.is_empty()).then(|| {
                (AggregateRef::Run(run.id), Body::Retest { items: touched, because: keys.join(" ") })
            })
        })
        .collect()
}

pub(super) fn change(state: &mut Project, body: &Body, mark: Mark) -> Result<(), Refusal> {
    match body {
        Body::Withdraw { version, track } => {
            let track = version_mut(state, *version)?.track_mut(*track);
            if track.state() != TrackState::InReview {
                return Err(Refusal::ours(RefusalCode::NotInReview));
            }
            if let Some(round) = track.0.last_mut() {
                round.withdrawn = Some(mark);
            }
        }
        Body::RecordAnswer { .. } => record(state, body, mark)?,
        Body::CorrectAnswer { version, track, outcome, text, reason } => {
            let (words, reason) = (text::block(text, "text")?, text::reason(reason)?);
            let known = state.version(*version).ok_or_else(not_found)?;
            let answered = known.track(*track).round().is_some_and(|round| !round.answers.is_empty());
            if !answered {
                return Err(Refusal::ours(RefusalCode::NoAnswer));
            }
            if let Some(round) = version_mut(state, *version)?.track_mut(*track).0.last_mut() {
                round.answers.push(Answer { outcome: *outcome, text: words, correction: Some(reason), mark });
            }
        }
        Body::RecordGoLive { version, date } => {
            let date = date_of(date)?;
            approved(state, *version)?;
            let go_live = &mut version_mut(state, *version)?.go_live;
            go_live.proposed = Some(Dated { date, mark });
            go_live.approved = None;
        }
        Body::ApproveGoLive { version } => {
            approved(state, *version)?;
            let go_live = &mut version_mut(state, *version)?.go_live;
            if go_live.proposed.is_none() {
                return Err(Refusal::ours(RefusalCode::NoGoLiveDate));
            }
            go_live.approved = Some(mark);
        }
        Body::ConfirmLive { version } => {
            approved(state, *version)?;
            let go_live = &mut version_mut(state, *version)?.go_live;
            if go_live.approved.is_none() {
                return Err(Refusal::talkdesk(RefusalCode::NoGoLiveDate));
            }
            go_live.confirmed = Some(mark);
        }
        Body::SetListed { version, listed } => {
            let known = state.version(*version).ok_or_else(not_found)?;
            match status::status(state, known) {
                Status::Published | Status::Delisted => {
                    version_mut(state, *version)?.go_live.delisted = (!listed).then_some(mark);
                }
                _ => return Err(Refusal::ours(RefusalCode::NotPublished)),
            }
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn record(state: &mut Project, body: &Body, mark: Mark) -> Result<(), Refusal> {
    let Body::RecordAnswer { version: id, tracks, outcome, text, findings } = body else {
        return Err(misplaced());
    };
    let words = text::block(text, "text")?;
    let said = findings.iter().map(|finding| found(state, finding)).collect::<Result<Vec<_>, _>>()?;
    let known = state.version(*id).ok_or_else(not_found)?;
    if tracks.is_empty() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("tracks")));
    }
    if tracks.iter().any(|track| known.track(*track).state() != TrackState::InReview) {
        return Err(Refusal::ours(RefusalCode::NotInReview).at(Place::input("tracks")));
    }
    let mut round_id: Option<RoundId> = None;
    let version = version_mut(state, *id)?;
    for track in tracks {
        if let Some(round) = version.track_mut(*track).0.last_mut() {
            round.answers.push(Answer { outcome: *outcome, text: words.clone(), correction: None, mark });
            round_id.get_or_insert(round.id);
        }
    }
    if *outcome == Verdict::Approved {
        // Talkdesk saw what was fixed and took it.
        for finding in &mut state.findings {
            let ours = finding.version == *id && finding.track.is_some_and(|track| tracks.contains(&track));
            if ours && finding.status == FindingStatus::Fixed {
                finding.status = FindingStatus::Accepted;
                finding.changed = Some(mark);
            }
        }
    }
    let track = (tracks.len() == 1).then(|| tracks[0]);
    for (finding, said) in findings.iter().zip(said) {
        let track = track.or_else(|| said.field.map(|field| fields::spec(field).part.track()));
        push_finding(state, *id, track, round_id, FindingSource::Talkdesk, said, finding, mark);
    }
    Ok(())
}

fn approved(state: &Project, id: VersionId) -> Result<(), Refusal> {
    let version = state.version(id).ok_or_else(not_found)?;
    match status::status(state, version) {
        Status::Approved | Status::Published => Ok(()),
        _ => Err(Refusal::talkdesk(RefusalCode::NotApproved)),
    }
}

/// `YYYY-MM-DD`, checked for shape and for days that a month can have.
fn date_of(text: &str) -> Result<String, Refusal> {
    let text = text::line(text, 10, "date")?;
    let numbers: Vec<u32> = text.split('-').filter_map(|part| part.parse().ok()).collect();
    let days = |year: u32, month| match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    };
    match (text.len(), numbers.as_slice()) {
        (10, [year, month @ 1..=12, day]) if (1..=days(*year, *month)).contains(day) => Ok(text),
        _ => Err(Refusal::ours(RefusalCode::WrongKind).at(Place::input("date"))),
    }
}
