//! Why a command was not applied: a code, the words to put in, and every place to go to for it. Never prose.

use serde::{Deserialize, Serialize};

use crate::common::{Params, Place};

/// A closed set: one code for each thing that a person can act on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The text is empty.
    Empty,
    /// The text is longer than `max` characters.
    TooLong,
    /// The text holds control characters.
    ControlCharacters,
    /// The value is not of the field's kind.
    WrongKind,
    /// No https URL.
    NotHttps,
    /// Another project has this name.
    NameTaken,
    /// Another project has this slug.
    SlugTaken,
    /// A slug holds small letters, digits and hyphens.
    NotASlug,
    /// The project has a version of this number.
    NumberTaken,
    /// The aggregate exists already.
    Exists,
    /// What the command names is not there.
    NotFound,
    /// The role may not do this.
    Forbidden,
    /// The project is archived.
    Archived,
    /// The version is locked in review or after approval (Talkdesk).
    Locked,
    /// The part is locked while its track is in review or approved (ours; can be unlocked with a reason).
    PartLocked,
    /// The last version is not approved and published (Talkdesk).
    PreviousNotPublished,
    /// Fields of the track are missing (Talkdesk).
    NotReady,
    /// What Talkdesk asks for cannot be waived.
    NotWaivable,
    /// The workspace made its own checks a gate.
    Gate,
    /// The track is in review already.
    InReview,
    /// The track is approved already.
    Approved,
    /// The track is not in review.
    NotInReview,
    /// The answer is to a round that another one followed since.
    AnotherRound,
    /// There is no recorded answer to correct.
    NoAnswer,
    /// Go-live needs both tracks approved.
    NotApproved,
    /// A go-live date has to be approved first.
    NoGoLiveDate,
    /// The version is not published.
    NotPublished,
    /// The version was put away.
    Discarded,
    /// Only a draft can be put away.
    NotADraft,
    /// A failed item goes through *fixed in build* and *retest*.
    FailNeedsFix,
    /// The item is not failed.
    NotFailed,
    /// A signed run stays as it was.
    Signed,
    /// Only one's own last action can be undone.
    NotYourLast,
    /// Only its author can change it.
    NotYours,
    /// Its words were blanked for good.
    Redacted,
    /// Words of it were redacted (`reason`) after its author opened it: what was filled in then would bring them back.
    RedactedSince,
    /// Nothing is put in for this placeholder of a message.
    UnknownPlaceholder,
    /// Only a version that went live can be what another one starts from.
    NotLive,
    /// The value changed since it was read.
    Changed,
    /// A reason is needed.
    NoReason,
    /// The id was used for something else.
    IdReused,
    /// A list is longer than `max`.
    TooMany,
    /// The file holds nothing.
    FileEmpty,
    /// The file is larger than `max` bytes.
    FileTooLarge,
    /// The same file or page is attached there already.
    AttachedAlready,
    /// The service does not have the bytes of a file that the command names (`sha256`). The desktop that has them
    /// uploads them and sends the command again.
    BlobMissing,
    /// The command is by a newer version of the console.
    UnknownCommand,
}

/// Whose rule it is. Only a rule of Talkdesk, cited, may bar a person for good; ours can be overridden.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A rule of Talkdesk; the page is cited where the rule stands in the code.
    Talkdesk,
    /// A rule of the console: what it takes to keep the data sound, or a workspace's own policy.
    Ours,
}

/// The answer to a command that was not applied.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("refused: {code:?} {params:?}")]
pub struct Refusal {
    /// What kind.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: RefusalCode,
    /// Whose rule.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub rule: Rule,
    /// Words to put into the message.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub params: Params,
    /// Where to go for it: every missing field, the input at fault.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub places: Vec<Place>,
}

impl Refusal {
    /// A refusal by a rule of ours.
    pub fn ours(code: RefusalCode) -> Self {
        Self { code, rule: Rule::Ours, params: Params::new(), places: Vec::new() }
    }
    /// A refusal by a rule of Talkdesk.
    pub fn talkdesk(code: RefusalCode) -> Self {
        Self { rule: Rule::Talkdesk, ..Self::ours(code) }
    }
    /// Adds a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }
    /// Adds a word.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a count and a borrowed name read alike at the call")]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
    /// Whether the value that a person wanted to replace is no longer there: a conflict, not a mistake.
    pub fn is_conflict(&self) -> bool {
        self.code == RefusalCode::Changed
    }
}
