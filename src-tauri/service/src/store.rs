//! The store: one `SQLite` file, one writer, several readers.
//!
//! Only this room opens the database. Reads are one transaction each, so that a page is of one moment; writes are one
//! transaction each, begun with the lock that they need. `SQLite`'s calls run on the runtime's blocking threads.

pub(crate) mod aggregate;
pub(crate) mod command;
mod copy;
pub(crate) mod outside;
mod schema;
#[cfg(test)]
mod tests;
pub(crate) mod workspace;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::ids::WorkspaceId;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::error::{OpenError, StoreError};

pub(crate) use copy::restore;

const READERS: usize = 3;
const BUSY: Duration = Duration::from_secs(5);

/// An open store.
pub(crate) struct Store {
    path: PathBuf,
    readers: Vec<Arc<Mutex<Connection>>>,
    // Closed after the readers: the last connection to close folds the log into the file, and must be able to write.
    writer: Arc<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Store {
    /// Opens the store and gives each of the workspaces its feed.
    pub(crate) fn open(path: &Path, workspaces: &[WorkspaceId]) -> Result<Self, OpenError> {
        let mut writer = schema::open(path, schema::MIGRATIONS)?;
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for id in workspaces {
            workspace::ensure(&transaction, *id)?;
        }
        transaction.commit()?;
        let readers = (0..READERS)
            .map(|_| {
                let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                Ok(Arc::new(Mutex::new(reader)))
            })
            .collect::<Result<_, OpenError>>()?;
        let writer = Arc::new(Mutex::new(writer));
        Ok(Self { path: path.to_owned(), writer, readers, next: AtomicUsize::new(0) })
    }

    /// Does the work as one transaction that holds the write lock from its beginning, and commits it if all went well.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        spawn_blocking(move || {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
        .await?
    }

    /// Reads as of one moment.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let mut reader = Arc::clone(&self.readers[turn]).lock_owned().await;
        spawn_blocking(move || work(&reader.transaction()?)).await?
    }

    /// Gives each feed another epoch. Works on a connection of its own, so that it needs no runtime.
    pub(crate) fn new_epoch(&self) -> Result<(), OpenError> {
        let mut own = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let transaction = own.transaction_with_behavior(TransactionBehavior::Immediate)?;
        workspace::new_epochs(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// Copies the store to a file.
    pub(crate) fn backup_to(&self, path: &Path) -> Result<(), OpenError> {
        copy::copy(&connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?, path)
    }
}

/// A connection with every setting that is not kept in the file.
fn connect(path: &Path, mode: OpenFlags) -> Result<Connection, OpenError> {
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    // A commit is on the disk before it is answered.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
