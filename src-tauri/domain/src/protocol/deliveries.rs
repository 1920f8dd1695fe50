//! What Talkdesk, or the app with a copy, delivered to the service.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::common::Timestamp;
use crate::ids::{MemberId, ProjectId};
use crate::installation::{EventFacts, NotVerified, Received};

/// A key by which deliveries for a project come in. What it reads as is told once, when it is made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HookRow {
    /// Its id, by which it is revoked.
    pub id: Uuid,
    /// The project that its deliveries are for.
    pub project: ProjectId,
    /// Who made it.
    pub made_by: MemberId,
    /// When.
    pub made_at: Timestamp,
    /// Since when nothing comes in by it any more.
    pub revoked_at: Option<Timestamp>,
    /// Where what comes in by it is passed on to; none, where it is not.
    #[serde(default)]
    pub relay: Option<Relay>,
}

/// The address of an app that gets what came in by a key: headers and body as they came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Relay {
    /// The app's own address.
    pub url: String,
    /// Who set it.
    pub set_by: MemberId,
    /// When.
    pub set_at: Timestamp,
    /// How many deliveries wait for the app.
    pub waiting: u32,
    /// Since when the app takes none: since when the first one waits that was tried. None, where it takes them.
    #[serde(default)]
    pub failing_since: Option<Timestamp>,
}

/// What was passed on, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PassedOn {
    /// A row for each event.
    pub events: Vec<PassedEvent>,
}

/// An event that is passed on to the app, and how that went.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PassedEvent {
    /// The event's id at Talkdesk.
    pub event: String,
    /// How it stands.
    pub state: PassedState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next, while it waits.
    pub due: Timestamp,
    /// The last try.
    pub last: Option<Try>,
}

/// How an event stands that is passed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PassedState {
    /// The app does not have it yet.
    Waiting,
    /// The app answered with 2xx.
    Taken,
    /// It is tried no more.
    GivenUp,
}

/// What came of a try to pass an event on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub ms: u32,
    /// The app's status; none where it gave no answer.
    pub status: Option<u16>,
    /// Why there is none: `unreachable`, `proxy`, `late`, `broken`, `tls`, `redirected`, `blocked`, or another word; empty
    /// where there is one. Until late and broken were told apart it was `lost`.
    pub fault: String,
}

/// The apps behind the relay that do not take what is passed on to them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailingApps {
    /// A row for what waits and one for what was given up, of each key.
    pub apps: Vec<FailingApp>,
}

/// Events that the app behind the relay did not take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailingApp {
    /// The key by which they came in.
    pub hook: Uuid,
    /// The key's project.
    pub project: ProjectId,
    /// Whether the relay goes on trying.
    pub waits: bool,
    /// How many.
    pub events: u32,
    /// Of those that wait since when the first does, of those that were given up when the last one came.
    pub since: Timestamp,
}

impl FailingApp {
    /// The name of the alert, by which it is put off.
    pub fn key(&self) -> String {
        let what = if self.waits { "delivery_failing" } else { "delivery_given_up" };
        format!("{what}:{}", self.hook)
    }
}

/// The keys of a workspace, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hooks {
    /// All of them, revoked ones too.
    pub hooks: Vec<HookRow>,
}

/// A key that was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeHook {
    /// Its id.
    pub id: Uuid,
    /// The path of the events callback URL, the key in it: whoever knows it can deliver. It is told this once.
    pub path: String,
}

/// A delivery, by what it is known by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// By its event's id at Talkdesk: only one that was verified has it.
    Event(String),
    /// By its id here: one that was not verified.
    Delivery(Uuid),
}

/// A delivery as it came, with what is secret in it hidden.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AsItCame {
    /// Its headers, in their order; names in small letters, as HTTP tells no difference.
    pub headers: Vec<CameHeader>,
    /// Its body byte for byte, but for `"[sealed]"` in the place of each secret.
    pub body: String,
    /// How many secrets of the body are hidden.
    pub hidden: u32,
    /// How many bytes at the body's end are left out, for they are no JSON in which a secret could be told.
    pub left_out: u32,
}

/// A header of a delivery.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CameHeader {
    /// Its name.
    pub name: String,
    /// Its value; none where it is hidden.
    pub value: Option<String>,
}

/// A page of deliveries.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deliveries {
    /// By number.
    pub deliveries: Vec<DeliveryRow>,
    /// Whether another page follows.
    pub more: bool,
}

/// A delivery and its place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryRow {
    /// Its number in the workspace. They rise, and some are left out.
    pub number: u64,
    /// What came.
    pub delivery: Delivery,
}

/// What came, without its secrets: those are sealed in the service's vault, with the raw body and its headers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id here.
    pub id: Uuid,
    /// The project of the key that it came by.
    pub project: ProjectId,
    /// Which way it came.
    pub received: Received,
    /// When, by the service's clock.
    pub received_at: Timestamp,
    /// What it says; none where it was not verified.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub event: Option<Box<EventFacts>>,
    /// Why it was not verified; none where it was.
    pub unverified: Option<NotVerified>,
    /// The type that it claims; empty where the body is no event.
    pub kind: String,
    /// The event's id that it claims; empty where the body is no event.
    pub claimed: String,
    /// The body, indented, with its secrets hidden; empty where it is no JSON.
    pub shown: String,
}
