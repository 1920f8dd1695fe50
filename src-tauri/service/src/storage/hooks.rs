//! What is kept of deliveries: the keys by which they come in, and each as it came.
//!
//! A delivery gets its number under its workspace's lock, so that whoever reads on from a number never misses one that
//! was written late.

use async_trait::async_trait;
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::protocol::{HookRow, PassedEvent, PassedState, Try, Which};
use domain::{AggregateRef, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::Page;
use crate::error::StoreError;

/// How many deliveries that were not verified are kept of a project: the newest.
pub(crate) const UNVERIFIED_KEPT: u32 = 200;

/// How many originals are looked at at once.
pub(crate) const ORIGINALS: u32 = 500;

/// The part of storage that deliveries need.
#[async_trait]
pub(crate) trait Hooks: Send + Sync {
    /// Keeps a record that the vault's key opens, where there is none yet; gives the one that is kept.
    async fn vault_check(&self, fresh: Vec<u8>) -> Result<Vec<u8>, StoreError>;

    /// The newest state of an aggregate.
    async fn state(&self, workspace: WorkspaceId, of: AggregateRef) -> Result<Option<String>, StoreError>;

    /// Keeps a key by its hash.
    async fn add_hook(&self, workspace: WorkspaceId, key: String, hook: HookRow) -> Result<(), StoreError>;

    /// Whose key has this hash and is not revoked.
    async fn hook(&self, key: String) -> Result<Option<Hook>, StoreError>;

    /// The keys of a workspace, oldest first.
    async fn hooks(&self, workspace: WorkspaceId) -> Result<Vec<HookRow>, StoreError>;

    /// Revokes a key: true where there is one. One that is revoked already stays as it is.
    async fn revoke_hook(&self, workspace: WorkspaceId, id: Uuid, at: Timestamp) -> Result<bool, StoreError>;

    /// Sets where what comes in by a key is passed on to: true where there is such a key, and it is not revoked.
    async fn set_relay(
        &self,
        workspace: WorkspaceId,
        hook: Uuid,
        relay: Option<NewRelay>,
    ) -> Result<bool, StoreError>;

    /// What is due to be passed on, taken out of others' sight until `until`: whoever takes it and goes, lets it be
    /// taken again then.
    async fn take_due(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError>;

    /// Notes what came of a try.
    async fn tried(&self, due: &Due, tried: Tried) -> Result<(), StoreError>;

    /// When something is due next.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The newest that were or are to be passed on.
    async fn passed(&self, workspace: WorkspaceId, limit: usize) -> Result<Vec<PassedEvent>, StoreError>;

    /// Keeps a delivery: false where its event is known already, which leaves nothing.
    async fn add_delivery(&self, workspace: WorkspaceId, delivery: NewDelivery) -> Result<bool, StoreError>;

    /// Deliveries after a number; with `untaken` only those that no command was made of.
    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        page: Page,
        untaken: bool,
    ) -> Result<DeliveriesPage, StoreError>;

    /// Deliveries after a number whose originals are there and wait for no app, as they are stored, by their numbers.
    async fn originals(&self, workspace: WorkspaceId, after: u64) -> Result<Vec<(u64, String)>, StoreError>;

    /// Lets go of these originals. What was read out of them stays.
    async fn drop_originals(&self, workspace: WorkspaceId, numbers: Vec<u64>) -> Result<(), StoreError>;

    /// The sealed record of a delivery, where it is still kept, and the delivery's id.
    async fn delivery_of(
        &self,
        workspace: WorkspaceId,
        which: Which,
    ) -> Result<Option<(Uuid, Vec<u8>)>, StoreError>;
}

/// Where what comes in by a key is passed on to.
pub(crate) struct NewRelay {
    pub(crate) url: String,
    pub(crate) by: MemberId,
    pub(crate) at: Timestamp,
}

/// A delivery that is due to be passed on.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) workspace: WorkspaceId,
    /// The delivery's number.
    pub(crate) number: u64,
    /// Its id.
    pub(crate) id: Uuid,
    pub(crate) sealed: Vec<u8>,
    pub(crate) url: String,
    /// Since when it waits.
    pub(crate) since: Timestamp,
    /// How often it was tried.
    pub(crate) tries: u32,
}

/// What came of a try, and when the next one is due.
pub(crate) struct Tried {
    pub(crate) state: PassedState,
    pub(crate) due: Timestamp,
    pub(crate) last: Try,
}

/// A state's word in the tables.
pub(crate) fn state_word(state: PassedState) -> &'static str {
    match state {
        PassedState::Waiting => "waiting",
        PassedState::Taken => "taken",
        PassedState::GivenUp => "given_up",
    }
}

/// Reads what [`state_word`] gives.
pub(crate) fn state_of(word: &str) -> PassedState {
    match word {
        "taken" => PassedState::Taken,
        "given_up" => PassedState::GivenUp,
        _ => PassedState::Waiting,
    }
}

/// By which key a delivery came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hook {
    pub(crate) id: Uuid,
    /// Whether what comes in by it is passed on.
    pub(crate) relay: bool,
    pub(crate) workspace: WorkspaceId,
    pub(crate) project: ProjectId,
}

/// A delivery to be kept.
pub(crate) struct NewDelivery {
    pub(crate) id: Uuid,
    pub(crate) project: ProjectId,
    /// The id that its event takes in its project: only a verified one's.
    pub(crate) event: Option<String>,
    /// [`domain::protocol::Delivery`].
    pub(crate) json: String,
    /// The raw body and its headers, sealed.
    pub(crate) sealed: Vec<u8>,
    /// The key whose app gets it, and from when on.
    pub(crate) pass_on: Option<(Uuid, Timestamp)>,
}

/// [`domain::protocol::Deliveries`], as it is stored.
#[derive(Serialize)]
pub(crate) struct DeliveriesPage {
    pub(crate) deliveries: Vec<DeliveryRow>,
    pub(crate) more: bool,
}

/// [`domain::protocol::DeliveryRow`], as it is stored.
#[derive(Serialize)]
pub(crate) struct DeliveryRow {
    pub(crate) number: u64,
    pub(crate) delivery: Box<RawValue>,
}

/// Takes rows, of which one more was asked for than the page holds, until the page is large enough.
pub(crate) fn page_of(rows: Vec<(u64, String)>, page: Page) -> Result<DeliveriesPage, StoreError> {
    let (mut deliveries, mut bytes, many) = (Vec::new(), 0, rows.len());
    for (number, json) in rows {
        if deliveries.len() >= page.limit || bytes >= super::PAGE_BYTES {
            break;
        }
        bytes += json.len();
        deliveries.push(DeliveryRow { number, delivery: RawValue::from_string(json)? });
    }
    Ok(DeliveriesPage { more: deliveries.len() < many, deliveries })
}
