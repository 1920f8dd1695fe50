//! What a desktop and a partner service say to each other: the bodies of `/v1`, as JSON.
//!
//! | route | asks | answers |
//! |---|---|---|
//! | `GET /v1/me` | – | [`Me`] |
//! | `GET /v1/sign-in` | – | [`SignIn`], to anybody |
//! | `GET /v1/workspaces` | – | [`Memberships`]; open invitations to a verified address are accepted by this |
//! | `POST /v1/owner` | `{code}` | [`Membership`]: a new workspace, by a code that the service printed |
//! | `GET /v1/members` | – | [`Members`]; `PATCH` and `DELETE /v1/members/{id}`, `POST /v1/invitations`, `DELETE /v1/invitations/{id}` change them |
//! | `POST /v1/commands` | [`Commands`] | [`Results`], one for each command, in order |
//! | `POST /v1/import` | [`Import`] | [`Imported`]: a part of a workspace that comes from elsewhere, into one that nothing was done in yet |
//! | `GET /v1/changes?after=N&limit=L` | – | [`Changes`]: what was taken after number N |
//! | `HEAD /v1/blobs/{sha256}` | – | 200 where the file is there; else 404, and in `partner-offset` how much of it came |
//! | `PUT /v1/blobs/{sha256}` | a piece, `Content-Range: bytes A-B/TOTAL` | 201 where it is whole and its hash is right; else 202 and `partner-offset`; 409 and `partner-offset` for a piece from elsewhere |
//! | `GET /v1/blobs/{sha256}` | `Range: bytes=A-B` | 206 with that piece, [`PIECE`] bytes at most |
//! | `GET /v1/hooks` | – | [`Hooks`]; `POST /v1/hooks` `{project}` makes one, [`MadeHook`], `DELETE /v1/hooks/{id}` revokes it |
//! | `PUT /v1/hooks/{id}/relay` | `{url}`, or `{url: null}` | what comes in by the key is passed on there, or nowhere |
//! | `POST /v1/replay` | [`Which`] and `{url}` | [`Try`]: a delivery that was kept goes to an address once more, after a `secret.note_reveal` was taken of the caller |
//! | `POST /v1/original` | [`Which`] | [`AsItCame`]: a delivery that was kept, its secrets hidden |
//! | `GET /v1/passed` | – | [`PassedOn`]: the newest events that were or are to be passed on |
//! | `GET /v1/failing` | – | [`FailingApps`]: the apps that do not take what is passed on to them, for a quarter of an hour, and what was given up within 30 days |
//! | `GET /v1/deliveries?after=N&limit=L&untaken=true` | – | [`Deliveries`]: what Talkdesk delivered after number N; with `untaken` without those that a command was made of, which has the delivery's id |
//! | `POST /v1/secrets/reveal` | `{installation, client_id, events, secret, copied}` | `{client_secret, private_key}` of a set that came by the delivery of one of the events, after a `secret.note_reveal` was taken of the caller |
//! | `POST /v1/calls` | [`WantedCall`] | [`CallOutcome`]: Talkdesk is told something of an installation, once, with the credentials of the service's vault; 404 with `what: secret` where that has none |
//! | `GET /v1/snapshot?after=N&limit=L` | – | [`Snapshot`]: the states whose last number is greater than N, by number |
//!
//! A command that names a file which the service does not have is refused with `blob_missing`: files go first.
//!
//! Every request carries the header `partner-protocol: 1`. Any other answer is a [`Fault`] with a status of 400 up.
//!
//! A page of changes carries the newest state of each aggregate that it touches, which may be newer than the page:
//! a desktop takes a state only where its revision is greater than what it has, and shows pending work on top again
//! once `more` is false. Snapshot pages are safe against writes in between, because a state that changes moves to a
//! later number and is met again.

mod calls;
mod deliveries;
mod people;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::command::Envelope;
use crate::common::{AggregateRef, Params, Role, Timestamp};
use crate::ids::{CommandId, MemberId, WorkspaceId};
use crate::refusal::Refusal;

pub use calls::{CallFault, CallFaultCode, CallOutcome, TalkdeskCall, WantedCall};
pub use deliveries::{
    AsItCame, CameHeader, Deliveries, Delivery, DeliveryRow, FailingApp, FailingApps, HookRow, Hooks,
    MadeHook, PassedEvent, PassedOn, PassedState, Relay, Try, Which,
};
pub use people::{Here, InvitationRow, MemberRow, Members, Membership, Memberships, Offer, Present, SignIn};

/// The protocol that this version speaks.
pub const PROTOCOL: u32 = 1;
/// The header that carries it.
pub const PROTOCOL_HEADER: &str = "partner-protocol";
/// Most commands in a batch.
pub const BATCH: usize = 200;
/// Most changes or states in a page.
pub const PAGE: u32 = 500;

/// The most bytes of a file in one request.
pub const PIECE: u64 = 4 * 1024 * 1024;
/// The header that says how much of a file came.
pub const OFFSET_HEADER: &str = "partner-offset";

/// Names the workspace that is meant, where a person belongs to several.
pub const WORKSPACE_HEADER: &str = "partner-workspace";

/// Who the service takes the caller for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The workspace that the caller belongs to.
    pub workspace: WorkspaceId,
    /// The caller.
    pub member: MemberId,
    /// The name that the service knows.
    pub name: String,
    /// The roles in force.
    pub roles: Vec<Role>,
    /// The feed's epoch.
    pub epoch: Uuid,
    /// The last number given.
    pub head: u64,
    /// The least protocol that may send commands.
    pub least_protocol: u32,
}

/// A batch to be taken.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Commands {
    /// In the order in which they were made.
    pub commands: Vec<Envelope>,
}

/// The answers to a batch.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Results {
    /// The feed's epoch.
    pub epoch: Uuid,
    /// The last number given.
    pub head: u64,
    /// One for each command.
    pub results: Vec<CommandResult>,
}

/// The answer to one command.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommandResult {
    /// The command.
    pub id: CommandId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of a command.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Taken, now or earlier under the same id.
    Taken {
        /// Its number in the workspace.
        number: u64,
        /// The service's clock.
        taken_at: Timestamp,
    },
    /// Refused. A command that is sent again under the same id is looked at afresh.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// Something that it needs was not taken.
    Waiting {
        /// What.
        on: CommandId,
    },
}

/// A page of the feed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changes {
    /// The feed's epoch: another one than last time means that the numbers are not the same any more.
    pub epoch: Uuid,
    /// The last number given.
    pub head: u64,
    /// The number of the last delivery, for those who may read them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub deliveries: u64,
    /// Whether another page follows.
    pub more: bool,
    /// Commands by number.
    pub changes: Vec<Change>,
    /// The newest state of each aggregate touched.
    pub states: Vec<State>,
}

/// Numbers begin with 1.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(number: &u64) -> bool {
    *number == 0
}

/// A command that was taken.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Its number.
    pub number: u64,
    /// Who did it.
    pub actor: MemberId,
    /// The service's clock.
    pub taken_at: Timestamp,
    /// The command as it came, unknown fields and kinds included.
    pub command: Envelope,
}

/// An aggregate's state.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct State {
    /// Which.
    pub aggregate: AggregateRef,
    /// Counts the commands that changed it.
    pub revision: u64,
    /// The number of the last one.
    pub number: u64,
    /// The whole state.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub state: Value,
}

/// A page of the snapshot.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The feed's epoch.
    pub epoch: Uuid,
    /// The last number given.
    pub head: u64,
    /// Whether another page follows, after the last number of this one.
    pub more: bool,
    /// States by number.
    pub states: Vec<State>,
}

/// A part of a workspace that comes from elsewhere: its history by number first, then its states. A part that was taken
/// before changes nothing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Import {
    /// Names the import, the same in each of its parts.
    pub id: Uuid,
    /// Commands by number, as they were taken elsewhere.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// States; the changes up to their numbers came before.
    #[serde(default)]
    pub states: Vec<State>,
    /// Whether this is the last part. Until it was taken the workspace takes nothing else.
    pub done: bool,
}

/// A part was taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Imported {
    /// The number of the last change that is here.
    pub head: u64,
}

/// An answer that is none of these.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fault {
    /// What went wrong.
    pub code: FaultCode,
    /// The request's id, as in the header `x-request-id` and the service's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Words to put into a message.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub params: Params,
}

/// What can go wrong with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// 401: no token, or not one that is known.
    SignedOut,
    /// 403: known, but not allowed.
    Forbidden,
    /// 400: the body or a parameter cannot be read.
    Invalid,
    /// 413: the batch or the body is too large.
    TooLarge,
    /// 426: the desktop is too old to send.
    ProtocolTooOld,
    /// 404: no such route, or no such file.
    NotFound,
    /// 409: the piece of a file does not begin where the last one ended.
    WrongOffset,
    /// 500: the service's own fault.
    Internal,
    /// 503: try later.
    Unavailable,
    /// 429: asked too often; `Retry-After` says when again.
    RateLimited,
}
