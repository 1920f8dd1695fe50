//! A project: one app on Partner Project with its versions, rounds, findings and install links.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::Snoozed;
use crate::checklist::RunSummary;
use crate::comment::Comment;
use crate::common::{Extra, Mark, Timestamp};
use crate::event_test::{EventTest, Signer};
use crate::external::ExternalLink;
use crate::fields::{FieldKey, FieldValue, Information, Part, TrackName};
use crate::files::{FileRef, FiledEvidence};
use crate::ids::{ContactId, CustomerId, FindingId, LinkId, MemberId, ProjectId, RoundId, VersionId};
use crate::preflight::{Check, CheckCode, Looked, Waivers};
use crate::redact::Redacted;
use crate::sso::SsoCheck;

/// One app on Partner Project.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// What a form holds.
    #[serde(flatten)]
    pub details: ProjectDetails,
    /// The app at Talkdesk that it is, where somebody named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<LinkedApp>", optional))]
    pub app: Option<LinkedApp>,
    /// Put away, restorable.
    pub archived: Option<Mark>,
    /// Steps of the partner process ticked once for the project.
    pub steps: BTreeMap<String, Mark>,
    /// Versions in the order in which they were made; one that was put away and restored counts as made then.
    pub versions: Vec<Version>,
    /// Findings follow the app across rounds and versions.
    pub findings: Vec<Finding>,
    /// Install links, superseded ones too.
    pub links: Vec<InstallLink>,
    /// Comments on versions, fields and findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub comments: Vec<Comment>,
    /// Links to somewhere else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub external_links: Vec<ExternalLink>,
    /// What needs somebody and was put off, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub snoozed: BTreeMap<String, Snoozed>,
    /// What was redacted, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub redactions: Vec<Redacted>,
    /// When and by whom it was made.
    pub created: Mark,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// Name, slug, owner.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectDetails {
    /// Unique in the workspace.
    pub name: String,
    /// Unique in the workspace; small letters, digits, hyphens.
    pub slug: String,
    /// Who looks after it, free text.
    pub owner: String,
}

/// Where an app lives at Talkdesk (Apps API, OAS).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppAt {
    /// Its id there.
    pub id: String,
    /// The API gateway that tells it.
    pub gateway: String,
}

/// The app that a project is, as a person named it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkedApp {
    /// Where it is.
    #[serde(flatten)]
    pub at: AppAt,
    /// Who said so, when.
    pub set: Mark,
}

impl Project {
    /// A version by id.
    pub fn version(&self, id: VersionId) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The version that is worked on: the newest that was not put away.
    pub fn newest(&self) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.discarded.is_none())
    }

    /// The link that is in force for a version.
    pub fn link_of(&self, version: VersionId) -> Option<&InstallLink> {
        self.links.iter().rev().find(|link| link.version == version && link.superseded_by.is_none())
    }
}

/// A version of a project.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Opaque, unique in the project; its form is not documented.
    pub number: String,
    /// The version whose content was copied.
    pub predecessor: Option<VersionId>,
    /// Release notes.
    pub notes: String,
    /// The content.
    pub information: Information,
    /// Who changed which field last, since the version was made.
    pub edits: BTreeMap<FieldKey, Mark>,
    /// The technical track.
    pub technical: Track,
    /// The marketplace track.
    pub marketplace: Track,
    /// Go-live and listing.
    pub go_live: GoLive,
    /// Put away, restorable.
    pub discarded: Option<Mark>,
    /// Parts unlocked with a reason, while their track is in review or approved.
    pub unlocked: BTreeMap<Part, Unlock>,
    /// Checks of ours that may stay as they are, with a reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Waivers>", optional))]
    pub waivers: Waivers,
    /// What was seen when checks that need the network were run last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub looked: BTreeMap<CheckCode, Looked>,
    /// Events that were sent to try the app with, the last of each key's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub event_tests: BTreeMap<Signer, EventTest>,
    /// The check of the app's sign-in, the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub sso: Option<SsoCheck>,
    /// What a person entered on Partner Project.
    pub carried: BTreeMap<FieldKey, Carried>,
    /// Steps of the partner process ticked for this version.
    pub steps: BTreeMap<String, Mark>,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<MemberId>", optional))]
    pub assignee: Option<MemberId>,
    /// When and by whom it was made.
    pub created: Mark,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

impl Version {
    /// One of the two tracks.
    pub fn track(&self, name: TrackName) -> &Track {
        match name {
            TrackName::Technical => &self.technical,
            TrackName::Marketplace => &self.marketplace,
        }
    }

    /// One of the two tracks, to change.
    pub fn track_mut(&mut self, name: TrackName) -> &mut Track {
        match name {
            TrackName::Technical => &mut self.technical,
            TrackName::Marketplace => &mut self.marketplace,
        }
    }
}

/// An unlocked part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Unlock {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// Why.
    pub reason: String,
}

/// A value as a person entered it on Partner Project.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Carried {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// The value.
    pub value: Option<FieldValue>,
}

/// A review track: its rounds, oldest first.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Track(pub Vec<Round>);

/// A submission round of a track.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// 1, 2, 3 … within the track.
    pub n: u32,
    /// When it was marked as submitted, and by whom.
    pub submitted: Mark,
    /// Why the workspace's own gate was passed over, if it was.
    pub override_reason: Option<String>,
    /// The content as it was submitted.
    pub information: Information,
    /// How the checklists stood.
    pub runs: Vec<RunSummary>,
    /// How the checks went, with what was waived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<Check>>", optional))]
    pub preflight: Vec<Check>,
    /// The evidence that stood; the files of the content stand in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FiledEvidence>>", optional))]
    pub evidence: Vec<FiledEvidence>,
    /// Findings that were open.
    pub open_findings: Vec<FindingId>,
    /// Talkdesk's answers as recorded: the last one counts, corrected ones are kept before it.
    pub answers: Vec<Answer>,
    /// Taken back before an answer.
    pub withdrawn: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// Talkdesk's answer to a round, recorded by a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answer {
    /// Approved or rejected.
    pub outcome: Verdict,
    /// Talkdesk's own words, as received.
    pub text: String,
    /// Why an earlier answer was corrected.
    pub correction: Option<String>,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FileRef>>", optional))]
    pub files: Vec<FileRef>,
    /// Recorded by whom, when.
    #[serde(flatten)]
    pub mark: Mark,
}

/// What Talkdesk decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Verdict {
    Approved,
    Rejected,
}

/// Go-live and listing (Talkdesk schedules the date with the partner's explicit approval; listing is self-service).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GoLive {
    /// The date Talkdesk proposed, `YYYY-MM-DD`, and who recorded it.
    pub proposed: Option<Dated>,
    /// The partner approved it.
    pub approved: Option<Mark>,
    /// The partner saw it live.
    pub confirmed: Option<Mark>,
    /// Taken off the listing since.
    pub delisted: Option<Mark>,
}

/// A date that a person recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Dated {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
}

/// What Talkdesk, a failed item or an internal reviewer wants changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// The version it was found in.
    pub version: VersionId,
    /// The track, where it has one.
    pub track: Option<TrackName>,
    /// The round, where Talkdesk found it.
    pub round: Option<RoundId>,
    /// Where it came from.
    pub source: FindingSource,
    /// What it says.
    #[serde(flatten)]
    pub said: FindingText,
    /// What shows it, also what was added since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FileRef>>", optional))]
    pub files: Vec<FileRef>,
    /// Our answer.
    pub reply: String,
    /// Open, fixed, accepted.
    pub status: FindingStatus,
    /// When and by whom it was recorded.
    pub created: Mark,
    /// Who changed its status last.
    pub changed: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// What a finding says, as a form holds it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FindingText {
    /// The words.
    pub text: String,
    /// How heavy, free text: Talkdesk's severities are not documented.
    pub severity: String,
    /// The field it is about.
    pub field: Option<FieldKey>,
    /// The checklist item it is about.
    pub item: Option<String>,
}

/// Who found it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FindingSource {
    /// Talkdesk, in a recorded answer.
    Talkdesk,
    /// A checklist item.
    Checklist,
    /// An internal reviewer.
    Internal,
}

/// How a finding stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FindingStatus {
    /// To be mended.
    Open,
    /// Mended, not yet seen by Talkdesk.
    Fixed,
    /// Talkdesk took the reply.
    Accepted,
}

/// An installation link of a version: an opaque https URL.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InstallLink {
    /// Its id.
    pub id: LinkId,
    /// The version it installs.
    pub version: VersionId,
    /// The URL as it came.
    pub url: String,
    /// Where it came from.
    pub source: LinkSource,
    /// Recorded by whom, when.
    pub created: Mark,
    /// The link that took its place.
    pub superseded_by: Option<LinkId>,
    /// Copies and sends, oldest first.
    pub uses: Vec<LinkUse>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// Where a link came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LinkSource {
    /// Pasted by a person from Partner Project.
    Pasted,
    /// Fetched through the platform port.
    Fetched,
}

/// A use of a link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkUse {
    /// What was done with it.
    pub kind: LinkUseKind,
    /// The customer, for a send.
    pub customer: Option<CustomerId>,
    /// The contacts that it went to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<ContactId>>", optional))]
    pub contacts: Vec<ContactId>,
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
}

/// What was done with a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LinkUseKind {
    /// Copied to the clipboard.
    Copied,
    /// A mail draft was opened.
    MailDraft,
    /// A message with it was copied.
    MessageCopied,
    /// Opened in the browser to install.
    Opened,
}

/// When the last change of a version was.
pub fn last_change(version: &Version) -> Timestamp {
    version.edits.values().map(|mark| mark.at).chain([version.created.at]).max().unwrap_or_default()
}
