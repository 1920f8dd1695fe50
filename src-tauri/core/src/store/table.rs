//! The tables, one a file: rows, reads on a connection, writes on a transaction.

pub(super) mod activity;
pub(super) mod blob;
pub(super) mod confirmed;
pub(super) mod delivery;
pub(super) mod dirty;
pub(super) mod document;
pub(super) mod draft;
pub(super) mod feed;
pub(super) mod installation_row;
pub(super) mod mention;
pub(super) mod met;
pub(super) mod outbox;
pub(super) mod project_row;
pub(super) mod run_row;
pub(super) mod setting;
pub(super) mod shown;
pub(super) mod version_row;

use domain::AggregateRef;
use rusqlite::types::Type;

/// An aggregate as two columns.
pub(super) fn key(aggregate: AggregateRef) -> (&'static str, String) {
    match aggregate {
        AggregateRef::Workspace(id) => ("workspace", id.to_string()),
        AggregateRef::Project(id) => ("project", id.to_string()),
        AggregateRef::Run(id) => ("run", id.to_string()),
        AggregateRef::Installation(id) => ("installation", id.to_string()),
    }
}

/// The aggregate in the two columns from `at` on.
pub(super) fn aggregate(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<AggregateRef> {
    let kind: String = row.get(at)?;
    Ok(match kind.as_str() {
        "workspace" => AggregateRef::Workspace(parsed(row, at + 1)?),
        "project" => AggregateRef::Project(parsed(row, at + 1)?),
        "run" => AggregateRef::Run(parsed(row, at + 1)?),
        "installation" => AggregateRef::Installation(parsed(row, at + 1)?),
        _ => {
            return Err(rusqlite::Error::FromSqlConversionFailure(
                at,
                Type::Text,
                "unknown aggregate".into(),
            ));
        }
    })
}

/// An id, or whatever else a text stands for.
pub(super) fn parsed<T: std::str::FromStr>(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(at)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

/// JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    at: usize,
) -> rusqlite::Result<T> {
    let text = row
        .get_ref(at)?
        .as_str()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

/// A count as `SQLite` holds it.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as it is meant.
pub(super) fn count(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}
