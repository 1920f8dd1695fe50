//! Sealed secrets of credentials.

use async_trait::async_trait;
use domain::ids::WorkspaceId;
use uuid::Uuid;

use super::Postgres;
use crate::error::StoreError;
use crate::storage::credentials::Credentials;

#[async_trait]
impl Credentials for Postgres {
    async fn keep_set(&self, workspace: WorkspaceId, id: Uuid, sealed: Vec<u8>) -> Result<(), StoreError> {
        let sql = "INSERT INTO credentials (workspace, id, sealed) VALUES ($1, $2, $3)
                   ON CONFLICT (workspace, id) DO UPDATE SET sealed = excluded.sealed";
        self.client().await?.execute(sql, &[&workspace.0, &id, &sealed]).await?;
        Ok(())
    }

    async fn kept_set(&self, workspace: WorkspaceId, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT sealed FROM credentials WHERE workspace = $1 AND id = $2";
        let row = self.client().await?.query_opt(sql, &[&workspace.0, &id]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
