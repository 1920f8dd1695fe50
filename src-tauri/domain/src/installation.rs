//! An installation: one customer's account that has the app, as Talkdesk's events tell of it.
//!
//! The events are kept as facts, each under the id that Talkdesk gave it, and only after its signature was verified:
//! what the installation is (users, plan, trial, credentials, deadlines) is read out of them in the order in which
//! they happened, so that it does not matter in which order they came. Secrets are nowhere in it: a set of credentials
//! says that they came, and the vault knows them by the installation and the client.

mod credentials;
mod event;
mod standing;
mod verification;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::Snoozed;
use crate::common::{Extra, Mark, Timestamp};
use crate::ids::{CustomerId, InstallationId, MemberId, ProjectId};

pub use credentials::{
    Authentication, CredentialSet, Deployed, Rotation, SetEnd, SetSteps, TokenGot, rotations,
};
pub use event::{EventFacts, Happened, Received, SubscribedPlan, may_hold_credentials};
pub use standing::{Deadline, Life, Settled, Standing, Trial};
pub use verification::{CheckedStep, DeliveryFault, DeliveryStep, NotVerified, StepOutcome};

/// How long the partner has to acknowledge an install, an update or an uninstall, and how long both sets of
/// credentials hold after a rotation: seven days, in milliseconds (D/events-api).
pub const SEVEN_DAYS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// The most events of an installation. Ours: it bounds a state.
pub const EVENTS: usize = 2_000;
/// Of these the last are kept for what ends or changes an installation: changes of users, which come often, leave them.
pub const EVENTS_LEFT: usize = 200;
/// Of sign-outs, which change nothing, only the last are kept.
pub const LOGOUTS: usize = 100;

/// An installation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Installation {
    /// Its id here.
    pub id: InstallationId,
    /// Its id at Talkdesk: opaque.
    pub talkdesk_id: String,
    /// Whose it is, as a person said: the account's name only suggests it.
    pub customer: Option<CustomerId>,
    /// Of which project, as a person said.
    pub project: Option<ProjectId>,
    /// Who said so last.
    pub matched: Option<Mark>,
    /// What happened, in the order in which it was taken.
    pub events: Vec<TakenEvent>,
    /// What the partner answered through the console.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// How it was seen to stand at Talkdesk, oldest first; what did not change is noted once.
    #[serde(default)]
    pub seen: Vec<Seen>,
    /// What was done with each set of credentials.
    #[serde(default)]
    pub sets: Vec<SetSteps>,
    /// Rotations that were asked for.
    #[serde(default)]
    pub asked: Vec<RotationAsked>,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub owner: Option<MemberId>,
    /// Alerts that were put off, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub snoozed: BTreeMap<String, Snoozed>,
    /// Taken when and by whom for the first time.
    pub created: Mark,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// An event that was verified and taken.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TakenEvent {
    /// What it says.
    #[serde(flatten)]
    pub event: EventFacts,
    /// By whom and when.
    pub mark: Mark,
    /// Who saw what it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub marked: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// The partner's word on an install, an update or an uninstall (D/events-api).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Word {
    /// It went well.
    Approve,
    /// It did not.
    Reject {
        /// Why.
        reason: String,
    },
}

/// How an installation stands at Talkdesk. The words are Talkdesk's: installing, pending, timeout, completed, failed,
/// rejected, suspended, revoked, or another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TalkdeskState {
    /// The word.
    pub state: String,
    /// Why, in the server's words; may be empty.
    #[serde(default)]
    pub reason: String,
    /// Since when, where the server says.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
}

/// The documented states in which Talkdesk waits for no answer (D/apps-api). It may use other words, or none: those do
/// not say that nobody has to answer.
const AT_REST: [&str; 6] = ["timeout", "completed", "failed", "rejected", "suspended", "revoked"];

impl TalkdeskState {
    /// Whether Talkdesk waits for no answer to this event any more. A state that it gave before the event is about
    /// another one.
    pub fn settles(&self, event: &EventFacts) -> bool {
        AT_REST.contains(&self.state.as_str()) && self.updated_at.is_some_and(|at| at >= event.happened_at)
    }
}

/// An answer that went out from the console: asked before, sent once, asked after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answer {
    /// The ids of the events that it answers.
    pub events: Vec<String>,
    /// The word.
    #[serde(flatten)]
    pub word: Word,
    /// How Talkdesk said it stood before.
    pub before: TalkdeskState,
    /// And after.
    pub after: TalkdeskState,
    /// By whom and when.
    pub mark: Mark,
}

/// That somebody looked how it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Seen {
    /// How.
    #[serde(flatten)]
    pub state: TalkdeskState,
    /// By whom and when it was looked at last.
    pub mark: Mark,
}

/// A rotation that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RotationAsked {
    /// Whether the credentials are known to others: then no seven days are documented for the old set. The request to
    /// Talkdesk carries no such word.
    pub compromised: bool,
    /// Why.
    pub reason: String,
    /// By whom and when.
    pub mark: Mark,
}

impl Installation {
    /// The events in the order in which they happened.
    pub fn in_order(&self) -> Vec<&TakenEvent> {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_by(|a, b| (a.event.happened_at, &a.event.id).cmp(&(b.event.happened_at, &b.event.id)));
        events
    }

    /// An event by its id at Talkdesk.
    pub fn event(&self, id: &str) -> Option<&TakenEvent> {
        self.events.iter().find(|taken| taken.event.id == id)
    }

    /// What was done with a set of credentials.
    pub fn steps(&self, client_id: &str) -> Option<&SetSteps> {
        self.sets.iter().find(|known| known.client_id == client_id)
    }
}
