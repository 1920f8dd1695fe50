//! What an event says, without its secrets.

use serde::{Deserialize, Serialize};

use super::CredentialSet;
use crate::common::Timestamp;
use crate::files::FileRef;

/// A verified event as a fact (D/events-api, R/app-installed and its siblings). What it did not say is empty.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventFacts {
    /// The id that Talkdesk gave it: the key to de-duplicate by.
    pub id: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// What happened.
    pub what: Happened,
    /// The installation's id at Talkdesk.
    pub installation: String,
    /// The customer's account.
    pub account: String,
    /// Its name.
    #[serde(default)]
    pub account_name: String,
    /// The app's id at Talkdesk.
    #[serde(default)]
    pub app: String,
    /// The version's id at Talkdesk.
    #[serde(default)]
    pub version: String,
    /// The version's name.
    #[serde(default)]
    pub version_name: String,
    /// The API gateway of the customer's region, `_links.root`.
    pub root: String,
    /// What that region is called, where it is known.
    #[serde(default)]
    pub region: String,
    /// Where Talkdesk ID gives tokens for the account, `_links.tokens`.
    #[serde(default)]
    pub tokens: String,
    /// Where a person of the account signs in, `_links.authorization`.
    #[serde(default)]
    pub authorization: String,
    /// The id of the key that its signature fits.
    pub key_id: String,
    /// How it came here.
    pub received: Received,
    /// The body with its secrets hidden.
    #[serde(default)]
    pub body: Option<FileRef>,
}

/// How a delivery came here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Received {
    /// Somebody pasted it, or chose its file.
    ByHand,
    /// Talkdesk sent it to the service, which passes it on to the app.
    Relay,
    /// The app sends a copy to the service.
    Mirror,
    /// Somebody had it fetched from the installation's gateway, by its id: it has no signature, and needs none.
    Fetched,
    /// It came to the listener of somebody's computer, through a tunnel.
    Listener,
}

/// What happened, by Talkdesk's type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type")]
pub enum Happened {
    /// The customer installed the app: the first set of credentials came.
    #[serde(rename = "app.installed")]
    Installed {
        /// The set.
        set: CredentialSet,
    },
    /// Users or plan changed; only what changed is there.
    #[serde(rename = "app.updated")]
    Updated {
        /// Ids of the users who come.
        adding: Vec<String>,
        /// Ids of the users who go.
        removing: Vec<String>,
        /// The plan in force now.
        plan: Option<SubscribedPlan>,
    },
    /// The customer uninstalled the app.
    #[serde(rename = "app.uninstalled")]
    Uninstalled {
        /// The kind of reason, Talkdesk's word.
        reason: String,
        /// The customer's words.
        message: String,
    },
    /// A trial began.
    #[serde(rename = "app.trial_started")]
    TrialStarted {
        /// When it ends.
        ends_at: Option<Timestamp>,
    },
    /// A trial was made longer; what the event says is not documented.
    #[serde(rename = "app.trial_extended")]
    TrialExtended {
        /// When it ends, where the event says so.
        ends_at: Option<Timestamp>,
    },
    /// A trial is over.
    #[serde(rename = "app.trial_ended")]
    TrialEnded {
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// `trial_expired`, `app_uninstalled`, `plan_upgraded`, or another word.
        reason: String,
        /// `system`, `user`, or another word.
        by: String,
    },
    /// A whole new set of credentials came.
    #[serde(rename = "app.credentials_rotated")]
    CredentialsRotated {
        /// The set.
        set: CredentialSet,
    },
    /// A user signed out of Talkdesk.
    #[serde(rename = "user.logout")]
    UserLogout {
        /// The user's id; the address that came with it is nowhere in here.
        user: String,
    },
    /// A type that this version does not know.
    #[serde(rename = "other")]
    Other {
        /// Talkdesk's word.
        kind: String,
    },
}

/// A plan and its seats.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SubscribedPlan {
    /// Its name.
    pub name: String,
    /// Its seats.
    pub seats: Option<u32>,
}

/// The types that are documented to hold no credentials (R/app-updated and its siblings).
const BARE: [&str; 6] = [
    "app.updated",
    "app.uninstalled",
    "app.trial_started",
    "app.trial_extended",
    "app.trial_ended",
    "user.logout",
];

/// Whether credentials may be in an event of this type: in one that is not known, too.
pub fn may_hold_credentials(kind: &str) -> bool {
    !BARE.contains(&kind)
}

impl Happened {
    /// Whether credentials may be in what Talkdesk delivered: in a type that is not known, too.
    pub fn may_hold_credentials(&self) -> bool {
        matches!(self, Self::Other { .. }) || may_hold_credentials(self.kind())
    }

    /// The type as Talkdesk writes it.
    pub fn kind(&self) -> &str {
        match self {
            Self::Installed { .. } => "app.installed",
            Self::Updated { .. } => "app.updated",
            Self::Uninstalled { .. } => "app.uninstalled",
            Self::TrialStarted { .. } => "app.trial_started",
            Self::TrialExtended { .. } => "app.trial_extended",
            Self::TrialEnded { .. } => "app.trial_ended",
            Self::CredentialsRotated { .. } => "app.credentials_rotated",
            Self::UserLogout { .. } => "user.logout",
            Self::Other { kind } => kind,
        }
    }

    /// Whether Talkdesk waits seven days for an answer to it (D/events-api).
    pub fn wants_answer(&self) -> bool {
        matches!(self, Self::Installed { .. } | Self::Updated { .. } | Self::Uninstalled { .. })
    }

    /// The set of credentials that came with it.
    pub fn set(&self) -> Option<&CredentialSet> {
        match self {
            Self::Installed { set } | Self::CredentialsRotated { set } => Some(set),
            _ => None,
        }
    }
}
