//! What is kept of calls to Talkdesk: that one began, before it is sent, and what became of it.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::{CommandId, WorkspaceId};

use crate::error::StoreError;

/// The part of storage that calls need.
#[async_trait]
pub(crate) trait Calls: Send + Sync {
    /// A call that began under this id.
    async fn call(&self, workspace: WorkspaceId, id: CommandId) -> Result<Option<String>, StoreError>;

    /// Keeps that a call begins: false where one did under this id before.
    async fn begin_call(
        &self,
        workspace: WorkspaceId,
        id: CommandId,
        json: String,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Keeps what became of it.
    async fn end_call(&self, workspace: WorkspaceId, id: CommandId, json: String) -> Result<(), StoreError>;

    /// Forgets calls that began before a time; gives how many those were.
    async fn forget_calls(&self, workspace: WorkspaceId, before: Timestamp) -> Result<u64, StoreError>;
}
