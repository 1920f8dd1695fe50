//! What the sandbox's Partner Project knows, and its rules: submissions, decisions, links, installations.
//!
//! Only what happened is kept; a track's state is derived from it each time. Nothing here knows HTTP but the errors.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::problem::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Track {
    Technical,
    Marketplace,
}

impl Track {
    pub const ALL: [Self; 2] = [Self::Technical, Self::Marketplace];

    pub fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Marketplace => "marketplace",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|track| track.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrackState {
    NotSubmitted,
    InReview,
    Approved,
    Rejected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Approved,
    Rejected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    Blocker,
    Major,
    Minor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub id: String,
    pub track: Track,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    pub severity: Severity,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Decision {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub message: Option<String>,
    pub decided_at: Timestamp,
    /// Set when this stands in the place of an earlier decision.
    pub corrected_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct App {
    pub id: String,
    pub name: String,
    pub slug: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Version {
    pub id: String,
    pub number: String,
}

/// What a partner sent of a version: by a submission, or as a draft.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    pub app: App,
    pub version: Version,
    pub fields: Map<String, Value>,
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "submission_id is the name on the wire")]
pub(crate) struct Submission {
    pub id: String,
    /// The partner's own id: the idempotency key.
    pub submission_id: String,
    pub received_at: Timestamp,
    pub tracks: Vec<Track>,
    pub content: Content,
    pub notes: Option<String>,
    pub decisions: BTreeMap<Track, Decision>,
}

#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub token: String,
    pub app: String,
    pub version: String,
    pub created_at: Timestamp,
    pub superseded: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Installation {
    pub id: String,
    pub app_id: String,
    pub version_id: String,
    pub account: String,
    pub region: String,
    pub state: &'static str,
    pub created_at: Timestamp,
}

#[derive(Debug, Default)]
pub(crate) struct Project {
    /// In the order of arrival; a version's rounds are in it in their order.
    pub submissions: Vec<Submission>,
    /// The latest content of each version that was ever sent, by app and version.
    versions: BTreeMap<(String, String), Content>,
    links: Vec<Link>,
    pub installations: Vec<Installation>,
}

impl Project {
    pub fn content(&self, app: &str, version: &str) -> Result<&Content, Problem> {
        let known = self.versions.get(&(app.to_owned(), version.to_owned()));
        known.ok_or_else(|| Problem::not_found("This app has no such version here."))
    }

    /// The latest content of every version that was ever sent.
    pub fn contents(&self) -> impl DoubleEndedIterator<Item = &Content> {
        self.versions.values()
    }

    /// The submissions that hold this track of this version, oldest first.
    pub fn rounds(
        &self,
        app: &str,
        version: &str,
        track: Track,
    ) -> impl DoubleEndedIterator<Item = &Submission> {
        let of_version = move |s: &&Submission| s.content.app.id == app && s.content.version.id == version;
        self.submissions.iter().filter(of_version).filter(move |s| s.tracks.contains(&track))
    }

    pub fn state(&self, app: &str, version: &str, track: Track) -> TrackState {
        self.rounds(app, version, track)
            .next_back()
            .map_or(TrackState::NotSubmitted, |latest| latest.state(track))
    }

    /// Takes a submission. The second value is false when it had been taken before.
    pub fn submit(&mut self, new: Submission) -> Result<(&Submission, bool), Problem> {
        let known = self.submissions.iter().position(|s| s.submission_id == new.submission_id);
        if let Some(known) = known {
            let known = &self.submissions[known];
            let same = known.tracks == new.tracks && known.content == new.content && known.notes == new.notes;
            return if same {
                Ok((known, false))
            } else {
                let message = "This submission_id was used for another submission.";
                Err(Problem::conflict("submission_id_reused", message))
            };
        }
        for &track in &new.tracks {
            let name = track.name();
            match self.state(&new.content.app.id, &new.content.version.id, track) {
                TrackState::InReview => {
                    let message = format!("The {name} track is in review.");
                    return Err(Problem::conflict("track_in_review", message));
                }
                TrackState::Approved => {
                    let message = format!("The {name} track is approved.");
                    return Err(Problem::conflict("track_approved", message));
                }
                TrackState::NotSubmitted | TrackState::Rejected => {}
            }
        }
        self.keep(new.content.clone());
        self.submissions.push(new);
        Ok((&self.submissions[self.submissions.len() - 1], true))
    }

    /// Registers a draft or changes it.
    pub fn draft(&mut self, content: Content) -> Result<(), Problem> {
        let states = Track::ALL.map(|track| self.state(&content.app.id, &content.version.id, track));
        if states.contains(&TrackState::InReview) || states.iter().all(|&state| state == TrackState::Approved)
        {
            let message = "A version is locked while it is in review and once it is approved.";
            return Err(Problem::conflict("version_locked", message));
        }
        self.keep(content);
        Ok(())
    }

    fn keep(&mut self, content: Content) {
        self.versions.insert((content.app.id.clone(), content.version.id.clone()), content);
    }

    /// Finds a submission by the sandbox's id or the partner's.
    pub fn submission(&self, id: &str) -> Result<&Submission, Problem> {
        self.submissions
            .iter()
            .find(|s| s.id == id || s.submission_id == id)
            .ok_or_else(|| Problem::not_found("There is no such submission."))
    }

    /// Records a decision on a track, or puts it in the place of the one given (`correct`).
    pub fn decide(
        &mut self,
        id: &str,
        track: Track,
        mut decision: Decision,
        correct: bool,
    ) -> Result<&Submission, Problem> {
        let chosen = self.submission(id)?;
        let id = chosen.id.clone();
        if !chosen.tracks.contains(&track) {
            let message = format!("The {} track is not part of this submission.", track.name());
            return Err(Problem::conflict("track_not_submitted", message));
        }
        match (chosen.decisions.get(&track), correct) {
            (Some(_), false) => {
                let message = "This track is decided; send a correction instead.";
                return Err(Problem::conflict("already_decided", message));
            }
            (None, true) => {
                return Err(Problem::conflict("not_decided", "There is no decision to correct."));
            }
            (Some(given), true) => {
                let (app, version) = (&chosen.content.app.id, &chosen.content.version.id);
                if self.rounds(app, version, track).next_back().is_some_and(|latest| latest.id != id) {
                    let message = "A later round of this track has begun.";
                    return Err(Problem::conflict("later_round", message));
                }
                decision.corrected_at = Some(decision.decided_at);
                decision.decided_at = given.decided_at;
                // A finding that says the same is the same finding, and keeps its id.
                for finding in &mut decision.findings {
                    let same = |old: &&Finding| {
                        (&old.text, &old.field, old.severity)
                            == (&finding.text, &finding.field, finding.severity)
                    };
                    if let Some(old) = given.findings.iter().find(same) {
                        finding.id.clone_from(&old.id);
                    }
                }
            }
            (None, false) => {}
        }
        let chosen = self.submissions.iter_mut().find(|s| s.id == id);
        let chosen = chosen.ok_or_else(|| Problem::not_found("There is no such submission."))?;
        chosen.decisions.insert(track, decision);
        Ok(chosen)
    }

    /// Whether any account may install this version.
    pub fn is_installable(&self, app: &str, version: &str) -> bool {
        self.state(app, version, Track::Technical) == TrackState::Approved
    }

    pub fn link(&self, token: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.token == token)
    }

    /// The version's link in force.
    pub fn link_in_force(&self, app: &str, version: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.app == app && link.version == version && !link.superseded)
    }

    /// Puts a new link in force, superseding any other of the version.
    pub fn new_link(&mut self, app: &str, version: &str, token: String, now: Timestamp) -> Link {
        for link in self.links.iter_mut().filter(|link| link.app == app && link.version == version) {
            link.superseded = true;
        }
        let (app, version) = (app.to_owned(), version.to_owned());
        let link = Link { token, app, version, created_at: now, superseded: false };
        self.links.push(link.clone());
        link
    }

    /// Records an installation; an account has a version once.
    pub fn install(&mut self, new: Installation) -> Result<(), Problem> {
        let same = |old: &Installation| {
            (&old.app_id, &old.version_id) == (&new.app_id, &new.version_id)
                && old.account.eq_ignore_ascii_case(&new.account)
        };
        if self.installations.iter().any(same) {
            return Err(Problem::conflict("already_installed", "This account has this version already."));
        }
        self.installations.push(new);
        Ok(())
    }
}

impl Submission {
    pub fn state(&self, track: Track) -> TrackState {
        match self.decisions.get(&track).map(|decision| decision.outcome) {
            None => TrackState::InReview,
            Some(Outcome::Approved) => TrackState::Approved,
            Some(Outcome::Rejected) => TrackState::Rejected,
        }
    }
}
