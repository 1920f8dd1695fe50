//! Sealed secrets of credentials.

use async_trait::async_trait;
use domain::ids::WorkspaceId;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::Sqlite;
use crate::error::StoreError;
use crate::storage::credentials::Credentials;

#[async_trait]
impl Credentials for Sqlite {
    async fn keep_set(&self, workspace: WorkspaceId, id: Uuid, sealed: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "INSERT INTO credentials (workspace, id, sealed) VALUES (?1, ?2, ?3)
                       ON CONFLICT (workspace, id) DO UPDATE SET sealed = excluded.sealed";
            tx.execute(sql, params![workspace.0, id, sealed])?;
            Ok(())
        })
        .await
    }

    async fn kept_set(&self, workspace: WorkspaceId, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT sealed FROM credentials WHERE workspace = ?1 AND id = ?2";
            Ok(tx.query_row(sql, params![workspace.0, id], |row| row.get(0)).optional()?)
        })
        .await
    }
}
