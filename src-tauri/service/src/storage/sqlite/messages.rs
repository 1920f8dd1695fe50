//! Messages that the service sends.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::{ProjectId, WorkspaceId};
use domain::protocol::FailingApp;
use rusqlite::params;

use super::Sqlite;
use crate::error::StoreError;
use crate::storage::messages::{Look, Message, MessageTried, Messages, NewMessage, Old};

#[async_trait]
impl Messages for Sqlite {
    async fn take_looks(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Look>, StoreError> {
        self.write(move |tx| {
            let sql =
                "INSERT INTO telling (workspace, since, next) SELECT id, ?1, 0 FROM workspace WHERE true
                       ON CONFLICT DO NOTHING";
            tx.prepare_cached(sql)?.execute([now.0])?;
            let sql = "UPDATE telling SET next = ?2 WHERE next <= ?1 RETURNING workspace, since, digest";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map([now.0, until.0], |row| {
                Ok(Look {
                    workspace: WorkspaceId(row.get(0)?),
                    since: Timestamp(row.get(1)?),
                    digest: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn states(&self, workspace: WorkspaceId, kind: &'static str) -> Result<Vec<String>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT state FROM aggregate WHERE workspace = ?1 AND kind = ?2 ORDER BY id";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![workspace.0, kind], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn failing(
        &self,
        workspace: WorkspaceId,
        late: Timestamp,
        known: Timestamp,
    ) -> Result<Vec<FailingApp>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT h.id, h.project, true, count(*), min(r.since)
                   FROM relay r JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook
                   WHERE r.workspace = ?1 AND r.state = 'waiting' AND h.relay_url IS NOT NULL
                         AND r.tries > 0 AND r.since <= ?2
                   GROUP BY h.id, h.project
                   UNION ALL
                   SELECT h.id, h.project, false, count(*), max(r.since)
                   FROM relay r JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook
                   WHERE r.workspace = ?1 AND r.state = 'given_up' AND r.since >= ?3
                   GROUP BY h.id, h.project";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![workspace.0, late.0, known.0], |row| {
                Ok(FailingApp {
                    hook: row.get(0)?,
                    project: ProjectId(row.get(1)?),
                    waits: row.get(2)?,
                    events: row.get(3)?,
                    since: Timestamp(row.get(4)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn digested(&self, workspace: WorkspaceId, day: String, old: Old) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "UPDATE telling SET digest = ?2 WHERE workspace = ?1";
            tx.prepare_cached(sql)?.execute(params![workspace.0, day])?;
            let sql = "DELETE FROM message WHERE workspace = ?1 AND state <> 'waiting' AND since < ?2";
            tx.prepare_cached(sql)?.execute(params![workspace.0, old.messages.0])?;
            let sql = "DELETE FROM told WHERE workspace = ?1 AND at < ?2";
            tx.prepare_cached(sql)?.execute(params![workspace.0, old.told.0])?;
            Ok(())
        })
        .await
    }

    async fn keep_message(&self, workspace: WorkspaceId, message: NewMessage) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "INSERT INTO told (workspace, recipient, what, at) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT DO NOTHING";
            let mut told = tx.prepare_cached(sql)?;
            let mut fresh = Vec::new();
            for name in message.names() {
                if told.execute(params![workspace.0, message.recipient, name, message.at.0])? == 1 {
                    fresh.push(name.to_owned());
                }
            }
            let lines = message.left(&fresh);
            if lines.is_empty() {
                return Ok(());
            }
            let sql =
                "INSERT INTO message (workspace, id, recipient, content, state, since, due, tries, fault)
                       VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5, 0, '')";
            let content = message.content(lines)?;
            let row = params![workspace.0, message.id, message.recipient, content, message.at.0];
            tx.prepare_cached(sql)?.execute(row)?;
            Ok(())
        })
        .await
    }

    async fn take_messages(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        self.write(move |tx| {
            let sql = "SELECT workspace, id, recipient, content, since, tries FROM message
                       WHERE state = 'waiting' AND due <= ?1 ORDER BY due, id LIMIT ?2";
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![now.0, limit as u64], |row| {
                Ok(Message {
                    workspace: WorkspaceId(row.get(0)?),
                    id: row.get(1)?,
                    recipient: row.get(2)?,
                    content: row.get(3)?,
                    since: Timestamp(row.get(4)?),
                    tries: row.get(5)?,
                })
            })?;
            let messages = rows.collect::<Result<Vec<_>, _>>()?;
            let mut taken =
                tx.prepare_cached("UPDATE message SET due = ?3 WHERE workspace = ?1 AND id = ?2")?;
            for Message { workspace, id, .. } in &messages {
                taken.execute(params![workspace.0, id, until.0])?;
            }
            Ok(messages)
        })
        .await
    }

    async fn message_tried(&self, message: &Message, tried: MessageTried) -> Result<(), StoreError> {
        let (workspace, id) = (message.workspace, message.id);
        self.write(move |tx| {
            let (state, due, fault) = tried.columns();
            let sql = "UPDATE message SET state = ?3, due = coalesce(?4, due), fault = ?5, tries = tries + 1,
                              content = CASE ?3 WHEN 'sent' THEN '' ELSE content END
                       WHERE workspace = ?1 AND id = ?2";
            tx.prepare_cached(sql)?.execute(params![workspace.0, id, state, due, fault])?;
            Ok(())
        })
        .await
    }
}
