//! The tables: migrations, only ever added, all that are missing applied together or not at all.
//!
//! Replicas that start at once wait for each other on an advisory lock; a replica that finds a newer layout stops.

use deadpool_postgres::Client;

use crate::error::OpenError;

/// Every migration, oldest first.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
    include_str!("schema/10.sql"),
];

/// The advisory lock under which the layout is looked at and changed: `PrSv`.
const LOCK: i64 = 0x5072_5376;

/// Makes or migrates the tables where needed.
pub(super) async fn migrate(client: &mut Client, migrations: &[&str]) -> Result<(), OpenError> {
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    let marked = "SELECT to_regclass('partner_service') IS NOT NULL, to_regclass('workspace') IS NOT NULL";
    let row = transaction.query_one(marked, &[]).await?;
    let (ours, taken): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    let found = match (ours, taken) {
        (true, _) => {
            let row = transaction.query_one("SELECT version FROM partner_service", &[]).await?;
            u32::try_from(row.try_get::<_, i32>(0)?).unwrap_or(u32::MAX)
        }
        (false, true) => return Err(OpenError::Foreign),
        (false, false) => {
            // One row: which migrations were applied.
            let sql = "CREATE TABLE partner_service (version integer NOT NULL);
                       INSERT INTO partner_service VALUES (0)";
            transaction.batch_execute(sql).await?;
            0
        }
    };
    if found > known {
        return Err(OpenError::TooNew { found, known });
    }
    for migration in migrations.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        transaction.batch_execute(migration).await?;
    }
    if found < known {
        let version = i32::try_from(known).unwrap_or(i32::MAX);
        transaction.execute("UPDATE partner_service SET version = $1", &[&version]).await?;
    }
    Ok(transaction.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::super::connect;
    use super::*;
    use crate::storage::tests::{Redacted, database};

    /// A migration that fails takes those before it along: the next start finds what was.
    #[tokio::test]
    async fn migrations_are_applied_together_or_not_at_all() {
        let Some(address) = database() else { return };
        let pool = connect::Address::read(&address).unwrap().pool().unwrap();
        let mut client = pool.get().await.unwrap();
        let broken = [MIGRATIONS[0], "CREATE TABLE second (id uuid)", "INSERT INTO nowhere VALUES (1)"];
        assert!(migrate(&mut client, &broken).await.is_err());
        let there = "SELECT to_regclass('partner_service') IS NULL AND to_regclass('workspace') IS NULL";
        assert!(client.query_one(there, &[]).await.unwrap().get::<_, bool>(0));
        migrate(&mut client, &broken[..1]).await.unwrap();
        assert!(migrate(&mut client, &broken).await.is_err());
        migrate(&mut client, &broken[..2]).await.unwrap();
        migrate(&mut client, &broken[..2]).await.unwrap();
        let known = migrate(&mut client, &broken[..1]).await;
        assert!(matches!(known, Err(OpenError::TooNew { found: 2, known: 1 })));
    }

    /// What was redacted before redaction reached the stored commands is blank in them from then on.
    #[tokio::test]
    async fn comments_that_were_redacted_once_lose_their_words() {
        let Some(address) = database() else { return };
        let pool = connect::Address::read(&address).unwrap().pool().unwrap();
        let mut client = pool.get().await.unwrap();
        migrate(&mut client, &MIGRATIONS[..8]).await.unwrap();
        let (workspace, all) = (uuid::Uuid::from_u128(1), Redacted::new());
        for (number, command) in (1_i64..).zip(&all.said) {
            let domain::AggregateRef::Project(project) = command.aggregate else { panic!() };
            let json = serde_json::to_string(command).unwrap();
            let sql = "INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
                       VALUES ($1, $2, $3, $4, $5, 'project', $6, $7)";
            let (by, at) = (Redacted::ACTOR.0, Redacted::AT);
            let row: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
                [&workspace, &number, &command.id.0, &by, &at, &project.0, &json];
            client.execute(sql, &row).await.unwrap();
        }
        migrate(&mut client, MIGRATIONS).await.unwrap();
        let rows = client.query("SELECT envelope FROM command ORDER BY number", &[]).await.unwrap();
        let found: Vec<domain::Envelope> =
            rows.iter().map(|row| serde_json::from_str(row.get(0)).unwrap()).collect();
        assert_eq!(found, all.blanked());
    }
}
