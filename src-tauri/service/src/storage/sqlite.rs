//! Storage in one `SQLite` file: one writer, several readers.
//!
//! Reads are one transaction each, so that a page is of one moment; a turn is one transaction, begun with the write
//! lock. `SQLite`'s calls run on the runtime's blocking threads.

mod calls;
mod copy;
mod credentials;
mod hooks;
mod loose;
mod messages;
mod page;
mod people;
mod schema;
mod turn;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::ids::WorkspaceId;
use domain::protocol::Present;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Begun, ChangesPage, Feed, Heard, Hint, Lookup, Page, SnapshotPage, Storage, Wanted};
use crate::error::{OpenError, StoreError};

pub(crate) use copy::restore;
use turn::Writing;

const READERS: usize = 3;
const BUSY: Duration = Duration::from_secs(5);

/// An open file.
pub(crate) struct Sqlite {
    path: PathBuf,
    readers: Vec<Arc<Mutex<Connection>>>,
    // Closed after the readers: the last connection to close folds the log into the file, and must be able to write.
    pub(super) writer: Arc<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Sqlite {
    /// Opens the file and gives each of the workspaces its feed.
    pub(crate) fn open(path: &Path, workspaces: &[WorkspaceId]) -> Result<Self, OpenError> {
        let mut writer = schema::open(path, schema::MIGRATIONS)?;
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        workspaces.iter().try_for_each(|id| ensure(&transaction, *id))?;
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

    /// Copies the store to a file.
    pub(crate) fn backup_to(&self, path: &Path) -> Result<(), OpenError> {
        copy::copy(&connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?, path)
    }

    /// Does the work as one transaction that holds the write lock from its beginning, and commits it if all went well.
    async fn write<T: Send + 'static>(
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
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let mut reader = Arc::clone(&self.readers[turn]).lock_owned().await;
        spawn_blocking(move || work(&reader.transaction()?)).await?
    }
}

#[async_trait]
impl Storage for Sqlite {
    async fn ensure(&self, workspaces: &[WorkspaceId]) -> Result<(), StoreError> {
        let workspaces = workspaces.to_vec();
        self.write(move |tx| Ok(workspaces.iter().try_for_each(|id| ensure(tx, *id))?)).await
    }

    async fn feed(&self, workspace: WorkspaceId) -> Result<Feed, StoreError> {
        self.read(move |tx| feed(tx, workspace)).await
    }

    async fn changes(&self, workspace: WorkspaceId, page: Page) -> Result<ChangesPage, StoreError> {
        self.read(move |tx| page::changes(tx, workspace, page)).await
    }

    async fn snapshot(&self, workspace: WorkspaceId, page: Page) -> Result<SnapshotPage, StoreError> {
        self.read(move |tx| page::snapshot(tx, workspace, page)).await
    }

    async fn turn(&self, workspace: WorkspaceId, wanted: &Wanted) -> Result<Begun, StoreError> {
        Writing::begin(Arc::clone(&self.writer).lock_owned().await, workspace, wanted).await
    }

    async fn people(&self, workspace: WorkspaceId) -> Result<Option<String>, StoreError> {
        self.read(move |tx| people::people(tx, workspace)).await
    }

    async fn workspaces_of(&self, who: Lookup<'_>) -> Result<Vec<WorkspaceId>, StoreError> {
        let (of, value) = match who {
            Lookup::Subject { issuer, subject } => (Some(issuer.to_owned()), subject.to_owned()),
            Lookup::Invited { email } => (None, email.to_owned()),
        };
        self.read(move |tx| {
            let who = match &of {
                Some(issuer) => Lookup::Subject { issuer, subject: &value },
                None => Lookup::Invited { email: &value },
            };
            people::workspaces_of(tx, who)
        })
        .await
    }

    async fn anybody(&self) -> Result<bool, StoreError> {
        self.read(|tx| people::anybody(tx)).await
    }

    async fn keep_code(&self, hash: &str, expires_at: Timestamp) -> Result<(), StoreError> {
        let hash = hash.to_owned();
        self.write(move |tx| people::keep_code(tx, &hash, expires_at)).await
    }

    async fn knows_code(&self, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        let hash = hash.to_owned();
        self.write(move |tx| people::knows_code(tx, &hash, now)).await
    }

    async fn new_epochs(&self) -> Result<(), StoreError> {
        self.write(|tx| Ok(new_epochs(tx)?)).await
    }

    /// Nobody else is there: one process has the file.
    async fn meet(
        &self,
        _: Uuid,
        _: &BTreeSet<WorkspaceId>,
        here: Vec<(WorkspaceId, Present)>,
    ) -> Result<Vec<(WorkspaceId, Present)>, StoreError> {
        Ok(here)
    }

    fn tell(&self, _: Hint) {}

    fn listen(&self, _: UnboundedSender<Heard>) {}

    async fn check(&self) -> Result<(), StoreError> {
        self.read(|tx| Ok(tx.query_row("SELECT count(*) FROM workspace", [], |_| Ok(()))?)).await
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

fn ensure(tx: &Connection, workspace: WorkspaceId) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO workspace (id, epoch, head) VALUES (?1, ?2, 0) ON CONFLICT (id) DO NOTHING",
        params![workspace.0, Uuid::now_v7()],
    )?;
    Ok(())
}

fn new_epochs(tx: &Connection) -> rusqlite::Result<()> {
    let ids: Vec<Uuid> =
        tx.prepare("SELECT id FROM workspace")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in ids {
        tx.execute("UPDATE workspace SET epoch = ?2 WHERE id = ?1", params![id, Uuid::now_v7()])?;
    }
    Ok(())
}

fn feed(tx: &Connection, workspace: WorkspaceId) -> Result<Feed, StoreError> {
    let sql = "SELECT w.epoch, w.head, coalesce(c.taken_at, 0), w.deliveries FROM workspace w
               LEFT JOIN command c ON c.workspace = w.id AND c.number = w.head WHERE w.id = ?1";
    let feed = tx.prepare_cached(sql)?.query_row([workspace.0], |row| {
        let last_at = Timestamp(row.get(2)?);
        Ok(Feed { epoch: row.get(0)?, head: row.get(1)?, last_at, deliveries: row.get(3)? })
    });
    feed.optional()?.ok_or(StoreError::NoFeed)
}
