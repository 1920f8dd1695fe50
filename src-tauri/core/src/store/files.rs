//! What the store knows of files: which are here, which the service has, and which nothing names any more. The bytes
//! stand beside the store ([`crate::blobs`]).

use std::collections::BTreeSet;

use domain::Timestamp;
use domain::files::{BlobId, named};
use rusqlite::Connection;

use super::table::blob;
use super::{StoreError, View, Write};

/// How long a file is kept from the look on that found nothing that names it: longer than any backup, and as long as
/// what was taken is kept to be sent again.
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

/// The files that something names: a state, confirmed or shown, a command that is kept, something typed. Reads all of
/// these, so it is no part of a write.
pub fn all_named(view: &View<'_>) -> Result<BTreeSet<BlobId>, StoreError> {
    let connection = view.connection();
    if blob::all(connection)?.is_empty() { Ok(BTreeSet::new()) } else { named_in(connection) }
}

/// Notes what nothing names from now on, and forgets what nothing has named for [`KEPT_MS`]. Says which: their bytes
/// may go. What is due is looked for once more, for it may have been named again since `named` was read.
pub fn forget_unnamed(
    tx: &mut Write<'_>,
    named: &BTreeSet<BlobId>,
    now: Timestamp,
) -> Result<Vec<BlobId>, StoreError> {
    let mut due = Vec::new();
    for (id, since) in blob::unnamed_since(tx.tx())? {
        match since {
            Some(_) if named.contains(&id) => blob::set_unnamed_since(tx.tx(), id, None)?,
            None if named.contains(&id) => {}
            // A clock that was put back begins anew.
            Some(since) if since <= now => due.extend((now.0 - since.0 >= KEPT_MS).then_some(id)),
            _ => blob::set_unnamed_since(tx.tx(), id, Some(now))?,
        }
    }
    if !due.is_empty() {
        let named = named_in(tx.tx())?;
        due.retain(|id| !named.contains(id));
    }
    due.iter().try_for_each(|id| blob::remove(tx.tx(), *id))?;
    Ok(due)
}

fn named_in(connection: &Connection) -> Result<BTreeSet<BlobId>, StoreError> {
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
