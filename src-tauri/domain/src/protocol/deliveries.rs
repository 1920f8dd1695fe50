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
