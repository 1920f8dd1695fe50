//! What crosses the wire to Partner Project's server, in the words of the contract.

use domain::Timestamp;
use domain::fields::{FieldKey, TrackName};
use domain::ids::{ProjectId, VersionId};
use domain::project::FindingText;
use domain::status::TrackState;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A version that is sent for review.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Submission {
    /// The partner's id of it: the idempotency key.
    pub submission_id: Uuid,
    /// The app.
    pub app: App,
    /// The version.
    pub version: Version,
    /// The tracks that are to be reviewed.
    pub tracks: Vec<TrackName>,
    /// Its content, see [`super::fields`].
    pub fields: Value,
    /// A word to the reviewer; may be empty.
    pub notes: String,
}

/// A version that is made known, and not sent for review.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Draft {
    /// The app.
    pub app: App,
    /// The version.
    pub version: Version,
    /// Its content, see [`super::fields`].
    pub fields: Value,
}

/// An event of a test installation. It has no `Debug`: its body may hold credentials.
#[derive(Deserialize)]
pub struct TestEvent {
    /// The test installation, to go on with.
    pub installation: String,
    /// The id of the key.
    pub key_id: String,
    /// In hexadecimal digits.
    pub signature: String,
    /// The body, which the signature covers byte for byte.
    pub body: String,
}

/// An app, as a submission names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct App {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
}

/// A version, as a submission names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Its number.
    pub number: String,
}

/// The server has a submission.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Received {
    /// The server's id of it.
    pub id: String,
    /// When it came there.
    #[serde(deserialize_with = "moment")]
    pub received_at: Timestamp,
}

/// How a version stands with the server, track by track.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PortVersion {
    /// Both tracks.
    pub tracks: Vec<TrackStanding>,
}

/// How a track stands: what became of its latest round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrackStanding {
    /// Which.
    pub track: TrackName,
    /// Its state.
    pub state: TrackState,
    /// The partner's id of the round, where there is one.
    pub submission_id: Option<Uuid>,
    /// When it was decided, where it is.
    pub decided_at: Option<Timestamp>,
    /// The reviewer's words; may be empty.
    pub message: String,
    /// What the reviewer wants changed.
    pub findings: Vec<Finding>,
}

/// What a reviewer wants changed, in the reviewer's words.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Finding {
    /// What it says.
    pub text: String,
    /// How heavy; free text.
    pub severity: String,
    /// The field it is about, by the server's name for it.
    pub field: Option<String>,
}

impl From<Finding> for FindingText {
    /// A field that is not known here stays readable in front of the text.
    fn from(finding: Finding) -> Self {
        let Finding { text, severity, field } = finding;
        let name = field.unwrap_or_default();
        let field: Option<FieldKey> = serde_json::from_value(Value::from(name.as_str())).ok();
        let text = if field.is_some() || name.is_empty() { text } else { format!("{name}: {text}") };
        Self { text, severity, field, item: None }
    }
}

#[derive(Deserialize)]
pub(super) struct Link {
    pub url: String,
}

#[derive(Deserialize)]
pub(super) struct Standing {
    tracks: Tracks,
}

#[derive(Deserialize)]
struct Tracks {
    technical: Track,
    marketplace: Track,
}

#[derive(Deserialize)]
struct Track {
    state: TrackState,
    submission_id: Option<Uuid>,
    #[serde(default, deserialize_with = "moment_if_any")]
    decided_at: Option<Timestamp>,
    message: Option<String>,
    #[serde(default)]
    findings: Vec<Finding>,
}

impl From<Standing> for PortVersion {
    fn from(Standing { tracks: Tracks { technical, marketplace } }: Standing) -> Self {
        let standing = |track, wire: Track| TrackStanding {
            track,
            state: wire.state,
            submission_id: wire.submission_id,
            decided_at: wire.decided_at,
            message: wire.message.unwrap_or_default(),
            findings: wire.findings,
        };
        Self {
            tracks: vec![
                standing(TrackName::Technical, technical),
                standing(TrackName::Marketplace, marketplace),
            ],
        }
    }
}

fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(from)?;
    let moment: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
    Ok(Timestamp(moment.as_millisecond()))
}

fn moment_if_any<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    struct Moment(#[serde(deserialize_with = "moment")] Timestamp);
    Ok(Option::<Moment>::deserialize(from)?.map(|moment| moment.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_keeps_its_field_known_or_not() {
        let finding = |field: Option<&str>| Finding {
            text: "Explain it".to_owned(),
            severity: "major".to_owned(),
            field: field.map(str::to_owned),
        };
        for (field, key, text) in [
            (None, None, "Explain it"),
            (Some("scopes"), Some(FieldKey::Scopes), "Explain it"),
            (Some("legal_address"), None, "legal_address: Explain it"),
        ] {
            let said = FindingText::from(finding(field));
            assert_eq!((said.field, said.text.as_str()), (key, text));
            assert_eq!(said.severity, "major");
        }
    }

    #[test]
    fn a_standing_is_read_as_the_contract_has_it_and_nothing_is_guessed() {
        let track = |state: &str, decided: &str| {
            format!(
                r#"{{"state":"{state}","rounds":1,"decided_at":{decided},"message":null,"findings":[],"newer":1}}"#
            )
        };
        let body = |technical: &str| {
            format!(
                r#"{{"tracks":{{"technical":{technical},"marketplace":{}}}}}"#,
                track("not_submitted", "null")
            )
        };
        let read =
            |technical: &str| serde_json::from_str::<Standing>(&body(technical)).map(PortVersion::from);
        let standing = read(&track("approved", r#""2026-03-02T10:00:00.5Z""#)).unwrap();
        assert_eq!(standing.tracks[0].state, TrackState::Approved);
        assert_eq!(standing.tracks[0].decided_at, Some(Timestamp(1_772_445_600_500)));
        assert_eq!(standing.tracks[1].state, TrackState::NotSubmitted);
        for wrong in [track("maybe", "null"), track("approved", r#""yesterday""#), "{}".to_owned()] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
