//! Files that commands name, and files that lie loose.

use std::collections::BTreeSet;
use std::io;

use async_trait::async_trait;
use domain::Timestamp;
use domain::files::BlobId;
use domain::ids::WorkspaceId;
use tokio::task::spawn_blocking;

use super::{Postgres, number};
use crate::error::StoreError;
use crate::storage::loose::{LooseFiles, Remove, ids, texts};
use crate::storage::signed;

#[async_trait]
impl LooseFiles for Postgres {
    async fn take_sweep(&self, now: Timestamp, before: Timestamp) -> Result<Option<WorkspaceId>, StoreError> {
        let sql = "UPDATE workspace SET files_swept_at = $1 WHERE id = (
                       SELECT id FROM workspace WHERE files_swept_at < $2 LIMIT 1 FOR UPDATE SKIP LOCKED
                   ) RETURNING id";
        let row = self.client().await?.query_opt(sql, &[&now.0, &before.0]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.map(WorkspaceId))
    }

    async fn unnoted(&self, workspace: WorkspaceId, limit: u32) -> Result<(Vec<String>, u64), StoreError> {
        let sql = "SELECT c.envelope, c.number FROM workspace w JOIN command c ON c.workspace = w.id
                   WHERE w.id = $1 AND c.number > w.files_read ORDER BY c.number LIMIT $2";
        let rows = self.client().await?.query(sql, &[&workspace.0, &i64::from(limit)]).await?;
        let last = rows.last().map(|row| number(row, 1)).transpose()?.unwrap_or_default();
        let json = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        Ok((json, last))
    }

    async fn note_named(
        &self,
        workspace: WorkspaceId,
        named: BTreeSet<BlobId>,
        upto: u64,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let sql = "INSERT INTO named_file (workspace, sha256) SELECT $1, * FROM unnest($2::text[])
                   ON CONFLICT DO NOTHING";
        transaction.execute(sql, &[&workspace.0, &texts(&named)]).await?;
        let sql = "UPDATE workspace SET files_read = greatest(files_read, $2) WHERE id = $1";
        transaction.execute(sql, &[&workspace.0, &signed(upto)]).await?;
        Ok(transaction.commit().await?)
    }

    async fn note_loose(
        &self,
        workspace: WorkspaceId,
        here: BTreeSet<BlobId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (client, here) = (self.client().await?, texts(&here));
        let sql = "DELETE FROM loose_file l WHERE l.workspace = $1 AND (l.sha256 <> ALL($2) OR EXISTS (
                       SELECT 1 FROM named_file n WHERE n.workspace = $1 AND n.sha256 = l.sha256))";
        client.execute(sql, &[&workspace.0, &here]).await?;
        let sql = "INSERT INTO loose_file (workspace, sha256, since)
                   SELECT $1, h.sha256, $3 FROM unnest($2::text[]) AS h (sha256) WHERE NOT EXISTS (
                       SELECT 1 FROM named_file n WHERE n.workspace = $1 AND n.sha256 = h.sha256)
                   ON CONFLICT DO NOTHING";
        client.execute(sql, &[&workspace.0, &here, &now.0]).await?;
        Ok(())
    }

    async fn want_files(&self, workspace: WorkspaceId, ids: &BTreeSet<BlobId>) -> Result<(), StoreError> {
        let client = self.client().await?;
        let sql = "SELECT EXISTS (SELECT 1 FROM loose_file WHERE workspace = $1 AND sha256 = ANY($2))";
        let statement = client.prepare_cached(sql).await?;
        let ids = texts(ids);
        if client.query_one(&statement, &[&workspace.0, &ids]).await?.try_get(0)? {
            let sql = "DELETE FROM loose_file WHERE workspace = $1 AND sha256 = ANY($2)";
            client.execute(sql, &[&workspace.0, &ids]).await?;
        }
        Ok(())
    }

    async fn drop_loose(
        &self,
        workspace: WorkspaceId,
        before: Timestamp,
        remove: Remove,
    ) -> Result<usize, StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let sql = "DELETE FROM loose_file WHERE workspace = $1 AND since <= $2 RETURNING sha256";
        let rows = transaction.query(sql, &[&workspace.0, &before.0]).await?;
        let gone = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
        let goes = ids(&gone);
        spawn_blocking(move || remove(&goes)).await.map_err(io::Error::other)??;
        transaction.commit().await?;
        Ok(gone.len())
    }
}
