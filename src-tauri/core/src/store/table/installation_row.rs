//! `installation_row` and `event_row`: what lists need of each installation and of each of its events.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{InstallationId, ProjectId};
use domain::installation::Installation;
use domain::process::Proof;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::json;
use crate::store::StoreError;
use crate::store::projection::{EventRow, InstallationRow, InstallationsSeen};

/// All installations, last changed first.
pub(in crate::store) fn all(connection: &Connection) -> Result<Vec<InstallationRow>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT row FROM installation_row INDEXED BY installation_row_list ORDER BY updated_at DESC, id DESC",
    )?;
    let rows = query.query_map([], |row| json(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The project that an installation was matched with.
pub(in crate::store) fn project_of(
    connection: &Connection,
    id: InstallationId,
) -> Result<Option<ProjectId>, StoreError> {
    let project: Option<Option<String>> = connection
        .prepare_cached("SELECT project FROM installation_row WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    Ok(project.flatten().and_then(|id| id.parse().ok()))
}

/// How many customers have the app, of these projects that any has.
pub(in crate::store) fn counts(
    connection: &Connection,
    projects: &[ProjectId],
) -> Result<BTreeMap<ProjectId, u32>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT project, count(*) FROM installation_row INDEXED BY installation_row_project
         WHERE project IN (SELECT value FROM json_each(?1)) AND life != 'uninstalled' GROUP BY project",
    )?;
    let rows = query
        .query_map([serde_json::to_string(projects)?], |row| Ok((super::parsed(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a project's installations show of the partner process, and on which accounts one of its versions is installed.
pub(in crate::store) fn seen(
    connection: &Connection,
    project: ProjectId,
    version: &str,
) -> Result<InstallationsSeen, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT DISTINCT row -> '$.proofs', iif(life = 'installed' AND row ->> '$.version' = ?2, row ->> '$.account', NULL)
         FROM installation_row INDEXED BY installation_row_project WHERE project = ?1",
    )?;
    let mut rows = query.query(params![project.to_string(), version])?;
    let mut seen = InstallationsSeen::default();
    while let Some(row) = rows.next()? {
        seen.proofs.extend(json::<BTreeSet<Proof>>(row, 0)?);
        seen.accounts.extend(row.get::<_, Option<String>>(1)?);
    }
    Ok(seen)
}

/// Replaces the rows of an installation.
pub(in crate::store) fn put(tx: &Transaction<'_>, installation: &Installation) -> Result<(), StoreError> {
    remove(tx, installation.id)?;
    let row = InstallationRow::of(installation);
    tx.prepare_cached(
        "INSERT INTO installation_row (id, project, customer, updated_at, row) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        installation.id.to_string(),
        installation.project.map(|id| id.to_string()),
        installation.customer.map(|id| id.to_string()),
        row.updated_at.0,
        serde_json::to_string(&row)?
    ])?;
    let mut add =
        tx.prepare_cached("INSERT INTO event_row (installation, id, at, row) VALUES (?1, ?2, ?3, ?4)")?;
    for event in EventRow::all(installation) {
        add.execute(params![
            installation.id.to_string(),
            event.id,
            event.taken_at.0,
            serde_json::to_string(&event)?
        ])?;
    }
    Ok(())
}

pub(in crate::store) fn remove(tx: &Transaction<'_>, id: InstallationId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM installation_row WHERE id = ?1")?.execute([id.to_string()])?;
    tx.prepare_cached("DELETE FROM event_row WHERE installation = ?1")?.execute([id.to_string()])?;
    Ok(())
}
