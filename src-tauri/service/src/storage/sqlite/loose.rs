//! Files that commands name, and files that lie loose.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::Timestamp;
use domain::files::BlobId;
use domain::ids::WorkspaceId;
use rusqlite::{OptionalExtension, params};

use super::Sqlite;
use crate::error::StoreError;
use crate::storage::loose::{LooseFiles, Remove, ids, texts};

#[async_trait]
impl LooseFiles for Sqlite {
    async fn take_sweep(&self, now: Timestamp, before: Timestamp) -> Result<Option<WorkspaceId>, StoreError> {
        self.write(move |tx| {
            let sql = "UPDATE workspace SET files_swept_at = ?1 WHERE id = (
                           SELECT id FROM workspace WHERE files_swept_at < ?2 LIMIT 1) RETURNING id";
            let id = tx.query_row(sql, params![now.0, before.0], |row| row.get(0)).optional()?;
            Ok(id.map(WorkspaceId))
        })
        .await
    }

    async fn unnoted(&self, workspace: WorkspaceId, limit: u32) -> Result<(Vec<String>, u64), StoreError> {
        self.read(move |tx| {
            let sql = "SELECT c.envelope, c.number FROM workspace w JOIN command c ON c.workspace = w.id
                       WHERE w.id = ?1 AND c.number > w.files_read ORDER BY c.number LIMIT ?2";
            let mut statement = tx.prepare_cached(sql)?;
            let rows =
                statement.query_map(params![workspace.0, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows = rows.collect::<Result<Vec<(String, u64)>, _>>()?;
            let last = rows.last().map(|(_, number)| *number).unwrap_or_default();
            Ok((rows.into_iter().map(|(json, _)| json).collect(), last))
        })
        .await
    }

    async fn note_named(
        &self,
        workspace: WorkspaceId,
        named: BTreeSet<BlobId>,
        upto: u64,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "INSERT INTO named_file (workspace, sha256) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            let mut statement = tx.prepare_cached(sql)?;
            for id in texts(&named) {
                statement.execute(params![workspace.0, id])?;
            }
            let sql = "UPDATE workspace SET files_read = max(files_read, ?2) WHERE id = ?1";
            tx.execute(sql, params![workspace.0, upto])?;
            Ok(())
        })
        .await
    }

    async fn note_loose(
        &self,
        workspace: WorkspaceId,
        here: BTreeSet<BlobId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let named = "EXISTS (SELECT 1 FROM named_file WHERE workspace = ?1 AND sha256 = ?2)";
            let known: Vec<String> = tx
                .prepare_cached("SELECT sha256 FROM loose_file WHERE workspace = ?1")?
                .query_map([workspace.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut forget = tx.prepare(&format!(
                "DELETE FROM loose_file WHERE workspace = ?1 AND sha256 = ?2 AND (?3 OR {named})"
            ))?;
            for id in known {
                let gone = id.parse().is_ok_and(|id: BlobId| !here.contains(&id));
                forget.execute(params![workspace.0, id, gone])?;
            }
            let mut note = tx.prepare(&format!(
                "INSERT INTO loose_file (workspace, sha256, since) SELECT ?1, ?2, ?3 WHERE NOT {named}
                 ON CONFLICT DO NOTHING"
            ))?;
            for id in texts(&here) {
                note.execute(params![workspace.0, id, now.0])?;
            }
            Ok(())
        })
        .await
    }

    async fn want_files(&self, workspace: WorkspaceId, ids: &BTreeSet<BlobId>) -> Result<(), StoreError> {
        let ids = texts(ids);
        let sought = ids.clone();
        let loose = self.read(move |tx| {
            let sql = "SELECT EXISTS (SELECT 1 FROM loose_file WHERE workspace = ?1 AND sha256 = ?2)";
            let mut statement = tx.prepare_cached(sql)?;
            for id in sought {
                if statement.query_row(params![workspace.0, id], |row| row.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        });
        if !loose.await? {
            return Ok(());
        }
        self.write(move |tx| {
            for id in ids {
                let sql = "DELETE FROM loose_file WHERE workspace = ?1 AND sha256 = ?2";
                tx.execute(sql, params![workspace.0, id])?;
            }
            Ok(())
        })
        .await
    }

    async fn drop_loose(
        &self,
        workspace: WorkspaceId,
        before: Timestamp,
        remove: Remove,
    ) -> Result<usize, StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM loose_file WHERE workspace = ?1 AND since <= ?2 RETURNING sha256";
            let gone: Vec<String> = tx
                .prepare(sql)?
                .query_map(params![workspace.0, before.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            remove(&ids(&gone))?;
            Ok(gone.len())
        })
        .await
    }
}
