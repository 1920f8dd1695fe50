//! What a version's state is, what locks it, who may install it: derived from rounds and go-live, never stored.
//!
//! The words are those of D/creating-managing-app-versions (draft, in review, rejected, approved, published);
//! *discarded*, *superseded* and *delisted* are ours.

use serde::{Deserialize, Serialize};

use crate::common::{Mark, Timestamp};
use crate::fields::Part;
use crate::project::{Project, Round, Track, Verdict, Version};
use crate::refusal::Rule;
use crate::workspace::{Account, Workspace};

/// How a track stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the domain")]
pub enum TrackState {
    NotSubmitted,
    InReview,
    Approved,
    Rejected,
}

/// How a version stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the domain")]
pub enum Status {
    Discarded,
    Superseded,
    Delisted,
    Published,
    Rejected,
    InReview,
    Approved,
    Draft,
}

/// Who has to act for a version to go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ActsNext {
    /// The partner.
    Partner,
    /// Talkdesk.
    Talkdesk,
    /// Nobody.
    Nobody,
}

impl Track {
    /// The last round.
    pub fn round(&self) -> Option<&Round> {
        self.0.last()
    }

    /// The round that counts: the last one that was not withdrawn.
    pub fn standing(&self) -> Option<&Round> {
        self.0.iter().rev().find(|round| round.withdrawn.is_none())
    }

    /// The state, which is that of the round that counts.
    pub fn state(&self) -> TrackState {
        match self.standing() {
            None => TrackState::NotSubmitted,
            Some(round) => match round.answers.last().map(|answer| answer.outcome) {
                None => TrackState::InReview,
                Some(Verdict::Approved) => TrackState::Approved,
                Some(Verdict::Rejected) => TrackState::Rejected,
            },
        }
    }

    /// Since when the state has been so, where there is a round.
    pub fn since(&self) -> Option<Timestamp> {
        let round = self.round()?;
        let last = round.answers.last().map(|answer| answer.mark.at);
        Some(round.withdrawn.map(|mark| mark.at).or(last).unwrap_or(round.submitted.at))
    }
}

/// The status of a version: the first that fits, in the order of `docs/decisions.md`, *Version status*.
pub fn status(project: &Project, version: &Version) -> Status {
    if version.discarded.is_some() {
        return Status::Discarded;
    }
    let (technical, marketplace) = (version.technical.state(), version.marketplace.state());
    let both = |state| technical == state && marketplace == state;
    let any = |state| technical == state || marketplace == state;
    if both(TrackState::Approved) && version.go_live.confirmed.is_some() {
        let after = project.versions.iter().skip_while(|other| other.id != version.id).skip(1);
        return if after.into_iter().any(went_live) {
            Status::Superseded
        } else if version.go_live.delisted.is_some() {
            Status::Delisted
        } else {
            Status::Published
        };
    }
    if any(TrackState::Rejected) {
        Status::Rejected
    } else if any(TrackState::InReview) {
        Status::InReview
    } else if both(TrackState::Approved) {
        Status::Approved
    } else {
        Status::Draft
    }
}

/// Whether a version is or was live.
pub fn went_live(version: &Version) -> bool {
    version.discarded.is_none()
        && version.technical.state() == TrackState::Approved
        && version.marketplace.state() == TrackState::Approved
        && version.go_live.confirmed.is_some()
}

/// Whether a project may get a new version: the previous one is approved and published
/// (Talkdesk, D/creating-managing-app-versions). A draft that was put away does not count.
pub fn blocks_new_version(project: &Project) -> Option<&Version> {
    project.versions.iter().rev().find(|version| {
        !matches!(
            status(project, version),
            Status::Discarded | Status::Published | Status::Superseded | Status::Delisted
        )
    })
}

/// The version whose content a new one starts from: the last one that went live, else none.
pub fn predecessor(project: &Project) -> Option<&Version> {
    project.versions.iter().rev().find(|version| went_live(version))
}

/// Why a part cannot be edited now, if so.
///
/// *Talkdesk* (D/creating-managing-app-versions): only a draft or a rejected version can be edited.
/// *Ours*: a part whose track is in review or approved stays locked while the other is mended, unless unlocked.
pub fn lock(project: &Project, version: &Version, part: Part) -> Option<Rule> {
    match status(project, version) {
        Status::Draft | Status::Rejected => {
            let state = version.track(part.track()).state();
            let held = matches!(state, TrackState::InReview | TrackState::Approved);
            (held && !version.unlocked.contains_key(&part)).then_some(Rule::Ours)
        }
        _ => Some(Rule::Talkdesk),
    }
}

/// Whether every account may install a version: its technical track is approved (Talkdesk, seed page).
pub fn installable_by_all(version: &Version) -> bool {
    version.technical.state() == TrackState::Approved
}

/// Whether an account may install a version: own and Talkdesk's accounts may without approval (Talkdesk, seed page).
pub fn installable(version: &Version, workspace: &Workspace, account: &str) -> bool {
    installable_by_all(version) || exempt(workspace, account).is_some()
}

/// The own or Talkdesk's account of that name.
pub fn exempt<'a>(workspace: &'a Workspace, account: &str) -> Option<&'a Account> {
    workspace.accounts.iter().find(|own| own.name.eq_ignore_ascii_case(account.trim()))
}

/// Since when a version has had its status.
pub fn since(project: &Project, version: &Version) -> Timestamp {
    let mark = |mark: Option<Mark>| mark.map(|mark| mark.at);
    let tracks = [&version.technical, &version.marketplace];
    let last = tracks.iter().filter_map(|track| track.since()).max();
    // The other track's answers do not begin this state anew.
    let first =
        |state| tracks.iter().filter(|track| track.state() == state).filter_map(|track| track.since()).min();
    match status(project, version) {
        Status::Discarded => mark(version.discarded),
        Status::Superseded => project
            .versions
            .iter()
            .skip_while(|other| other.id != version.id)
            .skip(1)
            .find(|other| went_live(other))
            .and_then(|other| mark(other.go_live.confirmed)),
        Status::Delisted => mark(version.go_live.delisted),
        Status::Published => mark(version.go_live.confirmed),
        Status::Rejected => first(TrackState::Rejected),
        Status::InReview => first(TrackState::InReview),
        Status::Approved | Status::Draft => last,
    }
    .unwrap_or(version.created.at)
}

/// Who acts next.
pub fn acts_next(project: &Project, version: &Version) -> ActsNext {
    match status(project, version) {
        Status::InReview => ActsNext::Talkdesk,
        // Talkdesk proposes the date, the partner approves it and sees it live.
        Status::Approved if version.go_live.proposed.is_none() => ActsNext::Talkdesk,
        Status::Draft | Status::Rejected | Status::Approved => ActsNext::Partner,
        Status::Discarded | Status::Superseded | Status::Delisted | Status::Published => ActsNext::Nobody,
    }
}

/// The next number after those that a project has: the last number in it plus one, in the middle of three
/// (`1.2.0` → `1.3.0`), else none to suggest. The form of numbers is not documented: only a suggestion.
pub fn suggested_number(project: &Project) -> String {
    let Some(last) = project.versions.last() else { return "1.0.0".to_owned() };
    let numbers: Option<Vec<u64>> = last.number.split('.').map(|part| part.parse().ok()).collect();
    let Some(numbers) = numbers else { return String::new() };
    let next = |step: u64| match numbers.as_slice() {
        [major, minor, _] => Some(format!("{major}.{}.0", minor.checked_add(step)?)),
        [major, minor] => Some(format!("{major}.{}", minor.checked_add(step)?)),
        [number] => Some(number.checked_add(step)?.to_string()),
        _ => None,
    };
    // One step more than there are numbers: one of them is free.
    let taken = |number: &String| project.versions.iter().any(|version| version.number == *number);
    (1..).take(project.versions.len() + 1).map_while(next).find(|number| !taken(number)).unwrap_or_default()
}
