//! Messages that the service sends.

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::{ProjectId, WorkspaceId};
use domain::protocol::FailingApp;
use tokio_postgres::types::ToSql;

use super::Postgres;
use crate::error::StoreError;
use crate::storage::messages::{Look, Message, MessageTried, Messages, NewMessage, Old};
use crate::storage::signed;

#[async_trait]
impl Messages for Postgres {
    async fn take_looks(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Look>, StoreError> {
        let client = self.client().await?;
        let sql = "INSERT INTO telling (workspace, since, next) SELECT id, $1, 0 FROM workspace
                   ON CONFLICT DO NOTHING";
        client.execute(&client.prepare_cached(sql).await?, &[&now.0]).await?;
        // Whoever comes second waits for the first at the row, and then finds it in nobody's sight.
        let sql = "UPDATE telling SET next = $2 WHERE next <= $1 RETURNING workspace, since, digest";
        let rows = client.query(&client.prepare_cached(sql).await?, &[&now.0, &until.0]).await?;
        rows.iter()
            .map(|row| {
                Ok(Look {
                    workspace: WorkspaceId(row.try_get(0)?),
                    since: Timestamp(row.try_get(1)?),
                    digest: row.try_get(2)?,
                })
            })
            .collect()
    }

    async fn states(&self, workspace: WorkspaceId, kind: &'static str) -> Result<Vec<String>, StoreError> {
        let client = self.client().await?;
        let sql = "SELECT state FROM aggregate WHERE workspace = $1 AND kind = $2 ORDER BY id";
        let rows = client.query(&client.prepare_cached(sql).await?, &[&workspace.0, &kind]).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    async fn failing(
        &self,
        workspace: WorkspaceId,
        late: Timestamp,
        known: Timestamp,
    ) -> Result<Vec<FailingApp>, StoreError> {
        let client = self.client().await?;
        let sql = "SELECT h.id, h.project, true, count(*), min(r.since)
                   FROM relay r JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook
                   WHERE r.workspace = $1 AND r.state = 'waiting' AND h.relay_url IS NOT NULL
                         AND r.tries > 0 AND r.since <= $2
                   GROUP BY h.id, h.project
                   UNION ALL
                   SELECT h.id, h.project, false, count(*), max(r.since)
                   FROM relay r JOIN hook h ON h.workspace = r.workspace AND h.id = r.hook
                   WHERE r.workspace = $1 AND r.state = 'given_up' AND r.since >= $3
                   GROUP BY h.id, h.project";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&workspace.0, &late.0, &known.0]).await?;
        rows.iter()
            .map(|row| {
                Ok(FailingApp {
                    hook: row.try_get(0)?,
                    project: ProjectId(row.try_get(1)?),
                    waits: row.try_get(2)?,
                    events: u32::try_from(row.try_get::<_, i64>(3)?).unwrap_or(u32::MAX),
                    since: Timestamp(row.try_get(4)?),
                })
            })
            .collect()
    }

    async fn digested(&self, workspace: WorkspaceId, day: String, old: Old) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let sql = "UPDATE telling SET digest = $2 WHERE workspace = $1";
        transaction.execute(sql, &[&workspace.0, &day]).await?;
        let sql = "DELETE FROM message WHERE workspace = $1 AND state <> 'waiting' AND since < $2";
        transaction.execute(sql, &[&workspace.0, &old.messages.0]).await?;
        let sql = "DELETE FROM told WHERE workspace = $1 AND at < $2";
        transaction.execute(sql, &[&workspace.0, &old.told.0]).await?;
        Ok(transaction.commit().await?)
    }

    async fn keep_message(&self, workspace: WorkspaceId, message: NewMessage) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let sql = "INSERT INTO told (workspace, recipient, what, at)
                   SELECT $1, $2, what, $4 FROM unnest($3::text[]) AS wanted (what) ORDER BY what
                   ON CONFLICT DO NOTHING RETURNING what";
        let names = message.names();
        let row: &[&(dyn ToSql + Sync)] = &[&workspace.0, &message.recipient, &names, &message.at.0];
        let mut fresh = Vec::new();
        for row in transaction.query(sql, row).await? {
            fresh.push(row.try_get::<_, String>(0)?);
        }
        let lines = message.left(&fresh);
        if !lines.is_empty() {
            let sql =
                "INSERT INTO message (workspace, id, recipient, content, state, since, due, tries, fault)
                       VALUES ($1, $2, $3, $4, 'waiting', $5, $5, 0, '')";
            let content = message.content(lines)?;
            let row: &[&(dyn ToSql + Sync)] =
                &[&workspace.0, &message.id, &message.recipient, &content, &message.at.0];
            transaction.execute(sql, row).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// What another replica has in its hands is skipped.
    async fn take_messages(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let client = self.client().await?;
        let sql = "WITH taken AS (
                       SELECT workspace, id FROM message WHERE state = 'waiting' AND due <= $1
                       ORDER BY due, id LIMIT $3 FOR UPDATE SKIP LOCKED)
                   UPDATE message m SET due = $2 FROM taken
                   WHERE m.workspace = taken.workspace AND m.id = taken.id
                   RETURNING m.workspace, m.id, m.recipient, m.content, m.since, m.tries";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&now.0, &until.0, &signed(limit as u64)]).await?;
        rows.iter()
            .map(|row| {
                Ok(Message {
                    workspace: WorkspaceId(row.try_get(0)?),
                    id: row.try_get(1)?,
                    recipient: row.try_get(2)?,
                    content: row.try_get(3)?,
                    since: Timestamp(row.try_get(4)?),
                    tries: u32::try_from(row.try_get::<_, i64>(5)?).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }

    async fn message_tried(&self, message: &Message, tried: MessageTried) -> Result<(), StoreError> {
        let client = self.client().await?;
        let (state, due, fault) = tried.columns();
        let sql = "UPDATE message SET state = $3, due = coalesce($4, due), fault = $5, tries = tries + 1,
                          content = CASE WHEN $3 = 'sent' THEN '' ELSE content END
                   WHERE workspace = $1 AND id = $2";
        let statement = client.prepare_cached(sql).await?;
        client.execute(&statement, &[&message.workspace.0, &message.id, &state, &due, &fault]).await?;
        Ok(())
    }
}
