//! `delivery`: what was taken and is no event of an installation; and the page of all deliveries, those
//! of the installations' events among them.

use domain::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params, params_from_iter};
use uuid::Uuid;

use super::{int, json};
use crate::store::StoreError;
use crate::store::projection::{DeliveryRow, EventRow, Listed};
use crate::store::table::project_row::Page;

/// The most that are kept: the oldest go.
const MOST: i64 = 1_000;

/// Which deliveries; what is empty asks for everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeliveryFilter {
    /// Verified or not.
    pub verified: Option<bool>,
    /// In small letters, somewhere in what is kept of it.
    pub text: String,
}

/// `sealed` is it as it came, where that is kept here: it goes with its row.
pub(in crate::store) fn put(
    tx: &Transaction<'_>,
    row: &DeliveryRow,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO delivery (id, at, row, sealed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let (id, json) = (row.id.to_string(), serde_json::to_string(row)?);
    tx.prepare_cached(sql)?.execute(params![id, row.at.0, json, sealed])?;
    tx.prepare_cached(
        "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?1)",
    )?
    .execute([MOST])?;
    Ok(())
}

/// A delivery, and it as it came, sealed, where that is kept here.
pub type Kept = (DeliveryRow, Option<Vec<u8>>);

/// A delivery by its id.
pub(in crate::store) fn get(connection: &Connection, id: Uuid) -> Result<Option<Kept>, StoreError> {
    let mut query = connection.prepare_cached("SELECT row, sealed FROM delivery WHERE id = ?1")?;
    let row = query.query_row([id.to_string()], |row| Ok((json::<DeliveryRow>(row, 0)?, row.get(1)?)));
    Ok(row.optional()?)
}

/// Lets go of those as they came that were taken before a time.
pub(in crate::store) fn let_go(tx: &Transaction<'_>, before: Timestamp) -> Result<usize, StoreError> {
    let sql = "UPDATE delivery SET sealed = NULL WHERE at < ?1 AND sealed IS NOT NULL";
    Ok(tx.execute(sql, [before.0])?)
}

/// A page of all deliveries, newest first.
pub(in crate::store) fn page(
    connection: &Connection,
    filter: &DeliveryFilter,
    offset: usize,
    limit: usize,
) -> Result<Page<Listed>, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let matches = if filter.text.is_empty() {
        ""
    } else {
        values.push(filter.text.clone().into());
        "WHERE instr(lower(row), ?1) > 0"
    };
    let events = format!("SELECT 1 AS event, at, id, row, 0 AS here FROM event_row {matches}");
    let others =
        format!("SELECT 0 AS event, at, id, row, sealed IS NOT NULL AS here FROM delivery {matches}");
    let all = match filter.verified {
        None => format!("{events} UNION ALL {others}"),
        Some(true) => events,
        Some(false) => others,
    };
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM ({all})"))?
        .query_row(params_from_iter(values.clone()), |row| row.get(0))?;
    values.extend([int(limit as u64).into(), int(offset as u64).into()]);
    let (last, skip) = (values.len() - 1, values.len());
    let mut query = connection.prepare_cached(&format!(
        "SELECT event, row, here FROM ({all}) ORDER BY at DESC, id DESC LIMIT ?{last} OFFSET ?{skip}"
    ))?;
    let rows = query.query_map(params_from_iter(values), |row| {
        Ok(if row.get::<_, bool>(0)? {
            Listed::Event(json::<EventRow>(row, 1)?)
        } else {
            Listed::Delivery { delivery: json::<DeliveryRow>(row, 1)?, here: row.get(2)? }
        })
    })?;
    let rows = rows.collect::<Result<_, _>>()?;
    Ok(Page { rows, total: usize::try_from(total).unwrap_or(0) })
}
