//! What is kept of the secrets that desktops gave to their team: sealed, each set under its id.

use async_trait::async_trait;
use domain::ids::WorkspaceId;
use uuid::Uuid;

use crate::error::StoreError;

/// The part of storage that given secrets need.
#[async_trait]
pub(crate) trait Credentials: Send + Sync {
    /// Keeps a sealed set, in the place of what was kept under its id.
    async fn keep_set(&self, workspace: WorkspaceId, id: Uuid, sealed: Vec<u8>) -> Result<(), StoreError>;

    /// A sealed set.
    async fn kept_set(&self, workspace: WorkspaceId, id: Uuid) -> Result<Option<Vec<u8>>, StoreError>;
}
