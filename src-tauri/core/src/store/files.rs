//! What the store knows of files: which are here, which the service has, and which nothing names any more. The bytes
//! stand beside the store ([`crate::blobs`]).

use std::collections::BTreeSet;

use domain::Timestamp;
use domain::files::{BlobId, named};
use rusqlite::Connection;

use super::table::blob;
use super::{StoreError, View, Write};

/// How long a file is kept that nothing names any more: longer than any backup, and as long as what was taken is kept
/// to be sent again.
pub const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Where a text may name files.
const NAMING: &[(&str, &str)] =
    &[("shown", "state"), ("confirmed", "state"), ("outbox", "envelope"), ("draft", "text")];

/// Notes a file that somebody added here.
pub fn added(tx: &mut Write<'_>, id: BlobId, bytes: u64, at: Timestamp) -> Result<(), StoreError> {
    blob::add(tx.tx(), id, bytes, at, false)
}

/// Notes a file that came from the service.
pub fn fetched(tx: &mut Write<'_>, id: BlobId, bytes: u64, at: Timestamp) -> Result<(), StoreError> {
    blob::add(tx.tx(), id, bytes, at, true)
}

/// Notes whether the service has a file.
pub fn set_sent(tx: &mut Write<'_>, id: BlobId, sent: bool) -> Result<(), StoreError> {
    blob::set_sent(tx.tx(), id, sent)
}

/// Of these files, those that the service is not known to have.
pub fn unsent(view: &View<'_>, ids: &BTreeSet<BlobId>) -> Result<Vec<BlobId>, StoreError> {
    let mut found = Vec::new();
    for id in ids {
        if !blob::is_sent(view.connection(), *id)? {
            found.push(*id);
        }
    }
    Ok(found)
}

/// Brings the rows in line with the files that are here: a crash, a restore or a recovery may have parted them.
pub fn reconcile(tx: &mut Write<'_>, here: &[(BlobId, u64)], at: Timestamp) -> Result<(), StoreError> {
    let noted: BTreeSet<BlobId> = blob::all(tx.tx())?.into_iter().collect();
    let found: BTreeSet<BlobId> = here.iter().map(|(id, _)| *id).collect();
    for (id, bytes) in here.iter().filter(|(id, _)| !noted.contains(id)) {
        blob::add(tx.tx(), *id, *bytes, at, false)?;
    }
    noted.difference(&found).try_for_each(|id| blob::remove(tx.tx(), *id))
}

/// Forgets the files that came before a moment and that nothing names: no state, confirmed or shown, no command that
/// is kept, nothing typed. Says which: their bytes may go.
pub fn forget_unnamed(tx: &mut Write<'_>, before: Timestamp) -> Result<Vec<BlobId>, StoreError> {
    let mut old: BTreeSet<BlobId> = blob::older_than(tx.tx(), before)?.into_iter().collect();
    if old.is_empty() {
        return Ok(Vec::new());
    }
    let named = all_named(tx.tx())?;
    old.retain(|id| !named.contains(id));
    old.iter().try_for_each(|id| blob::remove(tx.tx(), *id))?;
    Ok(old.into_iter().collect())
}

fn all_named(connection: &Connection) -> Result<BTreeSet<BlobId>, StoreError> {
    let mut found = BTreeSet::new();
    for (table, column) in NAMING {
        let sql = format!("SELECT {column} FROM {table} WHERE instr({column}, '\"sha256\"') > 0");
        let mut query = connection.prepare(&sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            // A draft need not be JSON: what looks like a file in it is kept all the same.
            match serde_json::from_str(text) {
                Ok(value) => named(&value, &mut found),
                Err(_) => found.extend(text.split('"').filter_map(|word| word.parse::<BlobId>().ok())),
            }
        }
    }
    Ok(found)
}
