//! Calls to Talkdesk.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::{CommandId, WorkspaceId};

use super::Postgres;
use crate::error::StoreError;
use crate::storage::calls::Calls;

#[async_trait]
impl Calls for Postgres {
    async fn call(&self, workspace: WorkspaceId, id: CommandId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT json FROM talkdesk_call WHERE workspace = $1 AND id = $2";
        let row = self.client().await?.query_opt(sql, &[&workspace.0, &id.0]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    async fn begin_call(
        &self,
        workspace: WorkspaceId,
        id: CommandId,
        json: String,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO talkdesk_call (workspace, id, begun_at, json) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (workspace, id) DO NOTHING";
        let begun = self.client().await?.execute(sql, &[&workspace.0, &id.0, &at.0, &json]).await?;
        Ok(begun > 0)
    }

    async fn end_call(&self, workspace: WorkspaceId, id: CommandId, json: String) -> Result<(), StoreError> {
        let sql = "UPDATE talkdesk_call SET json = $3 WHERE workspace = $1 AND id = $2";
        self.client().await?.execute(sql, &[&workspace.0, &id.0, &json]).await?;
        Ok(())
    }

    async fn forget_calls(&self, workspace: WorkspaceId, before: Timestamp) -> Result<u64, StoreError> {
        let sql = "DELETE FROM talkdesk_call WHERE workspace = $1 AND begun_at < $2";
        Ok(self.client().await?.execute(sql, &[&workspace.0, &before.0]).await?)
    }
}
