//! Calls to Talkdesk.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::{CommandId, WorkspaceId};
use rusqlite::{OptionalExtension, params};

use super::Sqlite;
use crate::error::StoreError;
use crate::storage::calls::Calls;

#[async_trait]
impl Calls for Sqlite {
    async fn call(&self, workspace: WorkspaceId, id: CommandId) -> Result<Option<String>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT json FROM talkdesk_call WHERE workspace = ?1 AND id = ?2";
            Ok(tx.query_row(sql, params![workspace.0, id.0], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn begin_call(
        &self,
        workspace: WorkspaceId,
        id: CommandId,
        json: String,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let sql = "INSERT INTO talkdesk_call (workspace, id, begun_at, json) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (workspace, id) DO NOTHING";
            Ok(tx.execute(sql, params![workspace.0, id.0, at.0, json])? > 0)
        })
        .await
    }

    async fn end_call(&self, workspace: WorkspaceId, id: CommandId, json: String) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "UPDATE talkdesk_call SET json = ?3 WHERE workspace = ?1 AND id = ?2";
            tx.execute(sql, params![workspace.0, id.0, json])?;
            Ok(())
        })
        .await
    }

    async fn forget_calls(&self, workspace: WorkspaceId, before: Timestamp) -> Result<u64, StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM talkdesk_call WHERE workspace = ?1 AND begun_at < ?2";
            Ok(tx.execute(sql, params![workspace.0, before.0])? as u64)
        })
        .await
    }
}
