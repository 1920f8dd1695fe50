//! Calls to Talkdesk that change something there, made by the service with the credentials that its vault keeps.

use serde::{Deserialize, Serialize};

use crate::common::Params;
use crate::ids::{CommandId, InstallationId};
use crate::installation::{TalkdeskState, Word};
use crate::refusal::Refusal;

/// What Talkdesk is to be told of an installation (D/events-api).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum TalkdeskCall {
    /// That an install, an update or an uninstall went well, or not.
    Answer {
        /// The ids of the events that are answered.
        events: Vec<String>,
        /// The word: `{"word": "approve"}`, or `{"word": "reject", "reason": …}`.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        word: Word,
    },
    /// That a new set of credentials is in use, which ends those before it.
    AcknowledgeCredentials {
        /// The client of the set.
        client_id: String,
    },
    /// That a new set of credentials is wanted, which comes by an event.
    AskRotation {
        /// Whether the credentials are known to others.
        compromised: bool,
        /// Why.
        reason: String,
    },
}

/// A call that a person wants to be made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WantedCall {
    /// The request's id. Asked again under it, the call is not made again: what became of the first is answered. The
    /// command that records the call has the same id.
    pub id: CommandId,
    /// Of which installation.
    pub installation: InstallationId,
    /// What.
    #[serde(flatten)]
    pub call: TalkdeskCall,
}

/// What became of a call.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CallOutcome {
    /// Talkdesk took it, and a command says so.
    Taken {
        /// The command's number.
        number: u64,
        /// How the installation stands now, where the call is about that.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        state: Option<TalkdeskState>,
    },
    /// Nothing was sent: Talkdesk waits for no answer any more, and a command says so.
    Settled {
        /// The command's number.
        number: u64,
        /// How the installation stands.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        state: TalkdeskState,
    },
    /// Nothing was sent: a command that says so would be refused.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// Talkdesk did not do it, or could not be asked: nothing changed.
    Failed {
        /// Why.
        fault: CallFault,
    },
    /// It was sent, and whether Talkdesk did it is not known: nothing is recorded but how the installation stands, where
    /// that could be asked.
    NotKnown {
        /// What happened to the answer.
        fault: CallFault,
    },
}

/// Why there is no answer of Talkdesk's, or none that says yes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallFault {
    /// What kind.
    pub code: CallFaultCode,
    /// `detail` holds the server's own words, `status` its status, `host` who is meant.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub params: Params,
}

/// A closed set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallFaultCode {
    /// It could not be reached, or gave no whole answer.
    Unreached,
    /// A proxy on the way to `host` asks for a name and a password.
    Proxy,
    /// It was asked too often.
    RateLimited,
    /// It said no, or what makes no sense.
    Platform,
    /// Whoever made the call ended in the middle of it.
    CutShort,
}
