//! Commands of a review: rounds, Talkdesk's recorded answers, go-live and listing.
//!
//! Nothing here submits anything: it records what a person did on Partner Project and what Talkdesk answered.

use std::collections::BTreeSet;

use super::project::{found, push_finding, version_mut};
use super::version::refuse_second_draft;
use super::{Effects, misplaced, not_found};
use crate::checklist::{ItemStatus, Run};
use crate::command::Body;
use crate::common::{AggregateRef, Extra, Mark, Place};
use crate::event_test::EventTest;
use crate::facts::Facts;
use crate::fields::{self, FieldKey, TrackName};
use crate::files;
use crate::ids::{FindingId, RoundId, VersionId};
use crate::preflight::{self, Looked, Taken, Waiver};
use crate::project::{Answer, Dated, FindingSource, FindingStatus, GoLive, Project, Round, Verdict, Version};
use crate::refusal::{Refusal, RefusalCode, Rule};
use crate::sso::SsoCheck;
use crate::status::{self, Status, TrackState};
use crate::text;

pub(super) fn submit(
    state: &mut Project,
    body: &Body,
    mark: Mark,
    facts: &Facts,
) -> Result<Effects, Refusal> {
    let Body::MarkSubmitted { version: id, tracks, rounds, override_reason } = body else {
        return Err(misplaced());
    };
    distinct(tracks)?;
    if tracks.len() != rounds.len() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("tracks")));
    }
    let known = state.version(*id).ok_or_else(not_found)?;
    submittable(state, known, tracks)?;
    let used = TrackName::ALL.iter().flat_map(|track| &known.track(*track).0).map(|round| round.id);
    let mut ids: BTreeSet<RoundId> = used.collect();
    if !rounds.iter().all(|round| ids.insert(*round)) {
        return Err(misplaced());
    }
    let override_reason = gate(state, *id, override_reason.as_deref(), facts)?;
    let follow_ups = retests(state, *id, tracks, &facts.runs);

    let open_findings = open(state).map(|finding| finding.id).collect::<Vec<_>>();
    let runs: Vec<_> = facts.runs.iter().map(Run::summary).collect();
    let evidence: Vec<_> = facts.runs.iter().flat_map(Run::evidence).collect();
    let version = version_mut(state, *id)?;
    let information = version.information.clone();
    let taken = Taken { name: facts.name_taken, slug: facts.slug_taken };
    let preflight = preflight::run(version, taken, &facts.policies);
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
            preflight: preflight.clone(),
            evidence: evidence.clone(),
            open_findings: open_findings.clone(),
            answers: Vec::new(),
            withdrawn: None,
            extra: Extra::new(),
        });
    }
    // What was unlocked was unlocked for this round only.
    version.unlocked.retain(|part, _| !tracks.contains(&part.track()));
    // A go-live recorded before was of an approval that has been corrected since.
    version.go_live = GoLive::default();
    Ok(Effects { follow_ups })
}

/// At least one track, and none twice.
fn distinct(tracks: &[TrackName]) -> Result<(), Refusal> {
    let set: BTreeSet<&TrackName> = tracks.iter().collect();
    if tracks.is_empty() || set.len() != tracks.len() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("tracks")));
    }
    Ok(())
}

fn submittable(state: &Project, version: &Version, tracks: &[TrackName]) -> Result<(), Refusal> {
    if status::status(state, version) == Status::Discarded {
        return Err(Refusal::ours(RefusalCode::Discarded));
    }
    for track in tracks {
        match version.track(*track).state() {
            TrackState::InReview => return Err(Refusal::ours(RefusalCode::InReview)),
            TrackState::Approved => return Err(Refusal::ours(RefusalCode::Approved)),
            TrackState::NotSubmitted | TrackState::Rejected => {}
        }
    }
    // Talkdesk (seed page, "Register on Partner Project" 3): all app information fields are filled in.
    let missing = |track: &TrackName| fields::missing(&version.information, *track);
    let unready = tracks.iter().filter(|track| !missing(track).is_empty());
    let unready: Vec<&str> = unready.map(|track| track.name()).collect();
    if unready.is_empty() {
        return Ok(());
    }
    let places = tracks.iter().flat_map(missing);
    let places: Vec<Place> =
        places.map(|problem| Place { version: Some(version.id), ..problem.place }).collect();
    let refusal = Refusal::talkdesk(RefusalCode::NotReady);
    let refusal = refusal.with("track", unready.join(" ")).with("count", places.len());
    Err(Refusal { places, ..refusal })
}

/// Own checklists and findings warn; a workspace may make them a gate, which a reason passes over (ours).
fn gate(
    state: &Project,
    id: VersionId,
    reason: Option<&str>,
    facts: &Facts,
) -> Result<Option<String>, Refusal> {
    let unfinished: Vec<&Run> = facts.runs.iter().filter(|run| !run.is_done()).collect();
    let findings = open(state).count();
    if !facts.policies.gate || (unfinished.is_empty() && findings == 0) {
        return reason.map(text::reason).transpose();
    }
    if let Some(reason) = reason {
        return text::reason(reason).map(Some);
    }
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

fn open(state: &Project) -> impl Iterator<Item = &crate::project::Finding> {
    state.findings.iter().filter(|finding| finding.status == FindingStatus::Open)
}

/// A new round asks for a retest of what a changed field or a finding touches.
///
/// Fields are compared with the last round of either track: each round asks for what changed since the one before
/// it, so that together they ask for everything, once. Findings are those of the rounds that these ones follow.
fn retests(state: &Project, id: VersionId, tracks: &[TrackName], runs: &[Run]) -> Vec<(AggregateRef, Body)> {
    let Some(version) = state.version(id) else { return Vec::new() };
    let rounds = TrackName::ALL.iter().filter_map(|track| version.track(*track).round());
    let Some(last) = rounds.max_by_key(|round| round.submitted.at) else { return Vec::new() };
    let followed: Vec<RoundId> =
        tracks.iter().filter_map(|track| version.track(*track).round()).map(|round| round.id).collect();
    let changed = version.information.differences(&last.information);
    let mut keys: BTreeSet<&str> = changed.iter().map(|key| key.name()).collect();
    let mut items = BTreeSet::new();
    for finding in &state.findings {
        if finding.round.is_some_and(|round| followed.contains(&round)) {
            keys.extend(finding.said.field.map(FieldKey::name));
            items.extend(finding.said.item.as_deref());
        }
    }
    let because = keys.iter().copied().collect::<Vec<_>>().join(" ");
    runs.iter()
        .filter(|run| run.signed.is_none())
        .filter_map(|run| {
            let touched: Vec<String> = run
                .all_items()
                .filter(|item| {
                    items.contains(item.id.as_str())
                        || item.touches.iter().any(|touch| keys.contains(touch.as_str()))
                })
                .filter(|item| !matches!(run.status(&item.id), ItemStatus::Untested | ItemStatus::Retest))
                .map(|item| item.id.clone())
                .collect();
            (!touched.is_empty()).then(|| {
                (AggregateRef::Run(run.id), Body::Retest { items: touched, because: because.clone() })
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
        Body::CorrectAnswer { version, track, outcome, text, reason, files, .. } => {
            files::all_checked(files)?;
            let (words, reason) = (text::block(text, "text")?, text::reason(reason)?);
            let known = state.version(*version).ok_or_else(not_found)?;
            // A round that was withdrawn does not hide the answer that counts.
            let answered = known.track(*track).standing().filter(|round| !round.answers.is_empty());
            let round = answered.ok_or_else(|| Refusal::ours(RefusalCode::NoAnswer))?.id;
            let live = matches!(
                status::status(state, known),
                Status::Published | Status::Delisted | Status::Superseded
            );
            if live && *outcome == Verdict::Rejected {
                // It would be unpublished beside its successor's draft.
                refuse_second_draft(state)?;
            }
            let track = version_mut(state, *version)?.track_mut(*track);
            if let Some(round) = track.0.iter_mut().find(|known| known.id == round) {
                round.answers.push(Answer {
                    outcome: *outcome,
                    text: words,
                    correction: Some(reason),
                    files: files.clone(),
                    mark,
                });
            }
        }
        Body::CheckRecord { version, looked } => {
            preflight::checked_looks(looked)?;
            let version = version_mut(state, *version)?;
            let kept = looked.iter().map(|(code, seen)| (*code, Looked { mark, seen: seen.clone() }));
            version.looked.extend(kept);
        }
        Body::TestRecord { version, report } => {
            report.checked()?;
            let test = EventTest { mark, report: report.clone() };
            version_mut(state, *version)?.event_tests.insert(report.signer, test);
        }
        Body::SsoRecord { version, report } => {
            report.checked()?;
            version_mut(state, *version)?.sso = Some(SsoCheck { mark, report: report.clone() });
        }
        Body::CheckWaive { version, check, reason } => {
            let reason = text::reason(reason)?;
            if check.rule() == Rule::Talkdesk {
                return Err(Refusal::talkdesk(RefusalCode::NotWaivable));
            }
            version_mut(state, *version)?.waivers.insert(*check, Waiver { mark, reason });
        }
        Body::CheckUnwaive { version, check } => {
            version_mut(state, *version)?.waivers.remove(check);
        }
        Body::RecordGoLive { version, date } => {
            let date = text::date(date, "date")?;
            approved(state, *version)?;
            let go_live = &mut version_mut(state, *version)?.go_live;
            go_live.proposed = Some(Dated { date, mark });
            if go_live.confirmed.is_none() {
                // Another date needs another approval, until it is live.
                go_live.approved = None;
            }
        }
        Body::ApproveGoLive { version } => {
            approved(state, *version)?;
            let go_live = &mut version_mut(state, *version)?.go_live;
            if go_live.proposed.is_none() {
                return Err(Refusal::ours(RefusalCode::NoGoLiveDate));
            }
            go_live.approved.get_or_insert(mark);
        }
        Body::ConfirmLive { version } => {
            approved(state, *version)?;
            let go_live = &mut version_mut(state, *version)?.go_live;
            if go_live.approved.is_none() {
                return Err(Refusal::talkdesk(RefusalCode::NoGoLiveDate));
            }
            go_live.confirmed.get_or_insert(mark);
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
    let Body::RecordAnswer { version: id, tracks, rounds, outcome, text, findings, files } = body else {
        return Err(misplaced());
    };
    let words = text::block(text, "text")?;
    files::all_checked(files)?;
    distinct(tracks)?;
    let said = findings.iter().map(|finding| found(state, finding)).collect::<Result<Vec<_>, _>>()?;
    let ids: BTreeSet<FindingId> = findings.iter().map(|finding| finding.id).collect();
    if ids.len() != findings.len() {
        return Err(misplaced());
    }
    let known = state.version(*id).ok_or_else(not_found)?;
    if !rounds.is_empty() && rounds.len() != tracks.len() {
        return Err(misplaced());
    }
    for (track, round) in tracks.iter().zip(rounds) {
        // What was read before another round began says nothing of that one.
        if known.track(*track).0.last().is_some_and(|last| last.id != *round) {
            return Err(Refusal::ours(RefusalCode::AnotherRound).at(Place::input("tracks")));
        }
    }
    if tracks.iter().any(|track| known.track(*track).state() != TrackState::InReview) {
        return Err(Refusal::ours(RefusalCode::NotInReview).at(Place::input("tracks")));
    }
    let mut answered: Vec<(TrackName, RoundId)> = Vec::new();
    let version = version_mut(state, *id)?;
    for track in tracks {
        if let Some(round) = version.track_mut(*track).0.last_mut() {
            round.answers.push(Answer {
                outcome: *outcome,
                text: words.clone(),
                correction: None,
                files: files.clone(),
                mark,
            });
            answered.push((*track, round.id));
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
    for (finding, said) in findings.iter().zip(said) {
        let of_field = said.field.map(|field| fields::spec(field).part.track());
        let track = if let [only] = tracks[..] { Some(only) } else { of_field };
        let own = answered.iter().find(|(name, _)| Some(*name) == track).or(answered.first());
        let round = own.map(|(_, round)| *round);
        push_finding(state, *id, track, round, FindingSource::Talkdesk, said, finding, mark);
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
