//! Who is connected, over all replicas: rows that each replica renews for as long as it is there.
//!
//! The table is not logged: it costs no write-ahead log, and a database that crashed begins it empty. A replica that
//! died is forgotten once its rows are older than [`STALE`], by the database's clock, which all share.

use std::collections::BTreeSet;

use deadpool_postgres::Object;
use domain::Timestamp;
use domain::ids::{MemberId, WorkspaceId};
use domain::protocol::Present;
use uuid::Uuid;

use crate::error::StoreError;

/// How long a replica that says nothing is believed: three of the looks that it makes, in seconds.
const STALE: f64 = 45.0;

/// Puts a replica's rows of these workspaces in the place of those before, and reads everybody's.
pub(super) async fn meet(
    client: &mut Object,
    replica: Uuid,
    workspaces: &BTreeSet<WorkspaceId>,
    here: &[(WorkspaceId, Present)],
) -> Result<Vec<(WorkspaceId, Present)>, StoreError> {
    let of: Vec<Uuid> = workspaces.iter().map(|id| id.0).collect();
    let ids: Vec<Uuid> = here.iter().map(|(workspace, _)| workspace.0).collect();
    let members: Vec<Uuid> = here.iter().map(|(_, one)| one.member.0).collect();
    let since: Vec<i64> = here.iter().map(|(_, one)| one.since.0).collect();
    // Rows of a replica that died are forgotten by whoever is first; nobody waits for another.
    let forget = "DELETE FROM present WHERE (workspace, replica, member) IN (
                      SELECT workspace, replica, member FROM present WHERE workspace = ANY ($1)
                      AND (replica = $2 OR seen < now() - make_interval(secs => $3)) FOR UPDATE SKIP LOCKED)";
    let say = "INSERT INTO present (workspace, replica, member, since, seen)
               SELECT workspace, $1, member, since, now()
               FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS here (workspace, member, since)";
    let read = "SELECT workspace, member, min(since) FROM present
                WHERE workspace = ANY ($1) AND seen >= now() - make_interval(secs => $2)
                GROUP BY workspace, member ORDER BY workspace, member";
    // One transaction: nobody sees the moment between.
    let transaction = client.transaction().await?;
    let forget = transaction.prepare_cached(forget).await?;
    transaction.execute(&forget, &[&of, &replica, &STALE]).await?;
    if !here.is_empty() {
        let say = transaction.prepare_cached(say).await?;
        transaction.execute(&say, &[&replica, &ids, &members, &since]).await?;
    }
    let read = transaction.prepare_cached(read).await?;
    let rows = transaction.query(&read, &[&of, &STALE]).await?;
    transaction.commit().await?;
    let present = |row: &tokio_postgres::Row| {
        let (member, since) = (MemberId(row.try_get(1)?), Timestamp(row.try_get(2)?));
        Ok((WorkspaceId(row.try_get(0)?), Present { member, since }))
    };
    rows.iter().map(present).collect()
}
