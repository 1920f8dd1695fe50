//! The desktop's store: one `SQLite` file per connection, which every screen reads and every change is written to.
//!
//! One thread writes, each piece of work in one `IMMEDIATE` transaction, in the order in which it was asked for; a
//! few read-only connections answer reads. After a commit the tags that the work named go to whoever listens.
//! Tables stand one a file under `table`; what goes over several tables stands beside it: [`submit`] (a person did
//! something), [`derive`] (shown = confirmed + pending), [`feed`] (what came from the service), [`recover`].
//!
//! Absent on purpose: the network, the clock, the service's own database.

pub mod backup;
mod connection;
mod derive;
mod error;
pub mod feed;
pub mod files;
mod lane;
mod last;
pub mod outbox;
mod projection;
mod recover;
mod schema;
mod submit;
mod table;
mod tag;
mod thing;
mod view;

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Timestamp;
use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};
use tokio::sync::{OwnedMutexGuard, oneshot};

pub use derive::derive;
pub use error::{OpenError, StoreError};
pub(crate) use projection::word;
pub use projection::{DeadlineRow, DeliveryRow, EventRow, InstallationRow, InstallationsSeen, Listed};
pub use projection::{NewestVersion, OpenRun, ProjectRow, RunRow, VersionNeeds, VersionRow};
pub use recover::{Recovered, recover};
pub use submit::{SubmitError, Submitted, submit};
pub use table::activity::{ActivityFilter, ActivityRow, ActivityWord, Stretch};
pub use table::delivery::DeliveryFilter;
pub use table::document::{Hit, Piece, Spot, Target};
pub use table::project_row::{Page, ProjectQuery};
pub use tag::{Changes, Tag};
pub use view::View;

use tag::Changed;

/// The file of the store in its folder.
pub const FILE: &str = "cache.db";
/// A larger file is looked through while it is in use, instead of before: that takes time, and grows with it.
const LOOKED_THROUGH: u64 = 8 * 1024 * 1024;
/// Connections that answer reads.
const READERS: usize = 3;

/// A handle on the store; clones share it. The last one to be dropped waits for what is queued.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    writer: lane::Lane,
    readers: lane::Lane,
    searcher: lane::Lane,
    interrupt: InterruptHandle,
    searches: AtomicU64,
    changed: Changed,
    /// Held while a file is taken in or files are let go of: none goes between its bytes and its row.
    filing: Arc<tokio::sync::Mutex<()>>,
}

impl Store {
    /// Opens the store in a folder, made where it is missing: checks it (a large one: see [`check`]), brings its schema up to date (with a
    /// backup before), requeues what was in flight and mends what a crash left half done.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder)?;
        recover::finish(folder)?;
        let path = folder.join(FILE);
        let mut writer = connection::writable(&path)?;
        schema::version(&writer, schema::MIGRATIONS)?;
        let small = is_small(&path);
        if small {
            schema::check(&writer)?;
        }
        connection::keep_log(&writer)?;
        schema::migrate(&mut writer, schema::MIGRATIONS, &folder.join(backup::FOLDER))?;
        if small {
            schema::check_texts(&writer)?;
        }
        heal(&mut writer)?;
        let readers = (0..READERS).map(|_| connection::readable(&path)).collect::<Result<_, _>>()?;
        let searcher = connection::searchable(&path)?;
        let interrupt = searcher.get_interrupt_handle();
        Ok(Self(Arc::new(Inner {
            folder: folder.to_owned(),
            writer: lane::Lane::start("store-writer", vec![writer])?,
            readers: lane::Lane::start("store-reader", readers)?,
            searcher: lane::Lane::start("store-search", vec![searcher])?,
            interrupt,
            searches: AtomicU64::new(0),
            changed: Changed::default(),
            filing: Arc::default(),
        })))
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The turn at its files: whoever takes one in or lets some go holds it.
    pub fn filing(&self) -> impl Future<Output = OwnedMutexGuard<()>> + Send + use<> {
        Arc::clone(&self.0.filing).lock_owned()
    }

    /// Reads, off the caller's thread, one consistent state of the store.
    pub fn read<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&View<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.readers.put(move |connection| {
            let _ = reply.send(unwound(|| read(connection, work)));
        });
        settled(answer)
    }

    /// Writes: one transaction on the one writer thread. It takes its place in the queue at the call, not when it is
    /// first polled. An error from the work rolls everything back.
    pub fn write<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // Weak: work in the queue must not keep the store open that it waits in.
        let inner = Arc::downgrade(&self.0);
        self.0.writer.put(move |connection| {
            let (done, tags) = match unwound(|| write(connection, work)) {
                Ok((value, tags)) => (Ok(value), tags),
                Err(error) => {
                    last::forget();
                    (Err(error), BTreeSet::new())
                }
            };
            // Before the answer: who writes and then asks what changed is told of that.
            if let Some(inner) = inner.upgrade() {
                inner.changed.tell(&tags);
            }
            let _ = reply.send(done);
        });
        settled(answer)
    }

    /// Searches; the newest search interrupts the one before it, which answers [`StoreError::Interrupted`].
    pub fn search(
        &self,
        text: String,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Hit>, StoreError>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        let mine = self.0.searches.fetch_add(1, Ordering::AcqRel) + 1;
        self.0.interrupt.interrupt();
        let inner = Arc::downgrade(&self.0);
        self.0.searcher.put(move |connection| {
            let newest = inner.upgrade().is_none_or(|inner| inner.searches.load(Ordering::Acquire) == mine);
            let found = if newest {
                read(connection, |view| view.search(&text, limit))
            } else {
                Err(StoreError::Interrupted)
            };
            let _ = reply.send(found);
        });
        settled(answer)
    }

    /// What changes from now on, after each commit.
    pub fn changes(&self) -> Changes {
        self.0.changed.listen()
    }

    /// Lets queued work finish, then closes every connection. Later calls answer [`StoreError::Closed`].
    pub fn close(&self) {
        self.0.close();
    }
}

impl Inner {
    fn close(&self) {
        self.readers.close();
        self.searcher.close();
        self.writer.close();
        self.changed.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

/// A write transaction.
pub struct Write<'a> {
    tx: Transaction<'a>,
    tags: BTreeSet<Tag>,
}

impl Write<'_> {
    /// The same look-ups as a read's, inside this transaction.
    pub fn view(&self) -> View<'_> {
        View::new(&self.tx)
    }

    /// Names what changed; told to listeners after the commit.
    pub fn changed(&mut self, tag: Tag) {
        self.tags.insert(tag);
    }

    /// Sets a setting.
    pub fn set_setting(&mut self, key: &str, value: &serde_json::Value) -> Result<(), StoreError> {
        self.changed(Tag::Settings);
        table::setting::set(&self.tx, key, value)
    }

    /// Keeps a delivery that is no event of an installation, and it as it came, sealed, where that is kept here.
    pub fn add_delivery(&mut self, row: &DeliveryRow, sealed: Option<&[u8]>) -> Result<(), StoreError> {
        self.changed(Tag::Installations);
        table::delivery::put(&self.tx, row, sealed)
    }

    /// Lets go of such deliveries as they came that were taken before a time; says of how many.
    pub fn let_go_of_deliveries(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        let gone = table::delivery::let_go(&self.tx, before)?;
        if gone > 0 {
            self.changed(Tag::Installations);
        }
        Ok(gone)
    }

    /// Keeps what a person typed, or lets it go.
    pub fn set_draft(&mut self, key: &str, text: Option<&str>) -> Result<(), StoreError> {
        self.changed(Tag::Drafts);
        table::draft::set(&self.tx, key, text)
    }

    pub(crate) fn tx(&self) -> &Transaction<'_> {
        &self.tx
    }
}

fn read<T, E: From<StoreError>>(
    connection: &mut Connection,
    work: impl FnOnce(&View<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tx = connection.transaction().map_err(StoreError::from)?;
    work(&View::new(&tx))
}

fn write<T, E: From<StoreError>>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Write<'_>) -> Result<T, E>,
) -> Result<(T, BTreeSet<Tag>), E> {
    let tx =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
    let mut write = Write { tx, tags: BTreeSet::new() };
    let value = work(&mut write)?;
    write.tx.commit().map_err(StoreError::from)?;
    Ok((value, write.tags))
}

/// Whether a file is looked through before it is opened.
pub fn is_small(file: &Path) -> bool {
    let length = |file: &Path| std::fs::metadata(file).map_or(0, |about| about.len());
    length(file) + length(&backup::beside(file, "-wal")) <= LOOKED_THROUGH
}

/// The name of a store's workspace (empty before it was read) and how many commands wait, without opening the store.
pub fn glance(folder: &Path) -> Result<(String, usize), StoreError> {
    look(folder, |view| view.glance())
}

/// Reads in a store without opening it: that costs it nothing, and one that cannot be read is an error.
pub fn look<T>(
    folder: &Path,
    look: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut connection = connection::readable(&folder.join(FILE)).map_err(StoreError::from)?;
    read(&mut connection, look)
}

/// Looks through a store in its folder, in use or not, page by page and text by text; takes long where it is large.
pub fn check(folder: &Path) -> Result<(), OpenError> {
    let connection = connection::readable(&folder.join(FILE))?;
    schema::check(&connection)?;
    schema::check_texts(&connection)
}

/// Looks through any other database, page by page.
pub fn check_pages(file: &Path) -> Result<(), OpenError> {
    schema::check(&connection::readable(file)?)
}

/// What every start owes: answers that never came are asked for again, views that a crash left behind are derived.
fn heal(connection: &mut Connection) -> Result<(), StoreError> {
    write(connection, |tx| {
        outbox::requeue_in_flight(tx)?;
        derive::fill_lists(tx)?;
        derive::derive_dirty(tx)
    })?;
    Ok(())
}

/// A panic ends this piece of work and rolls it back; whoever asked for it is told.
fn unwound<T, E: From<StoreError>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

async fn settled<T, E: From<StoreError>>(answer: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    // No answer: the store was closed before the work began.
    answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}

#[cfg(test)]
mod tests;
