//! Which files commands name, and which lie loose since when.
//!
//! A file goes only with its row of `loose_file`, in one transaction: it is removed before the commit. Whoever asks for
//! a file takes that row away first, and waits for such a transaction: afterwards the file is there to stay, or gone.

use std::collections::BTreeSet;
use std::io;

use async_trait::async_trait;
use domain::Timestamp;
use domain::files::BlobId;
use domain::ids::WorkspaceId;

use crate::error::StoreError;

/// Removes files: called within the transaction, blocking.
pub(crate) type Remove = Box<dyn Fn(&[BlobId]) -> io::Result<()> + Send + Sync>;

/// The part of storage that the clean-up of files needs.
#[async_trait]
pub(crate) trait LooseFiles: Send + Sync {
    /// A workspace whose files nobody looked at since `before`: from now on somebody did, and no other replica gets it.
    async fn take_sweep(&self, now: Timestamp, before: Timestamp) -> Result<Option<WorkspaceId>, StoreError>;

    /// The next commands whose files were not noted, as JSON, and the number of the last.
    async fn unnoted(&self, workspace: WorkspaceId, limit: u32) -> Result<(Vec<String>, u64), StoreError>;

    /// Notes the files that the commands up to a number name.
    async fn note_named(
        &self,
        workspace: WorkspaceId,
        named: BTreeSet<BlobId>,
        upto: u64,
    ) -> Result<(), StoreError>;

    /// Of the files that are here, notes those that nothing names as loose, where they are not noted yet; and forgets
    /// what is named, or is here no more.
    async fn note_loose(
        &self,
        workspace: WorkspaceId,
        here: BTreeSet<BlobId>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// These were asked for, or are about to be named: their time begins anew.
    async fn want_files(&self, workspace: WorkspaceId, ids: &BTreeSet<BlobId>) -> Result<(), StoreError>;

    /// Removes what is loose since `before` at the latest; gives how many those were.
    async fn drop_loose(
        &self,
        workspace: WorkspaceId,
        before: Timestamp,
        remove: Remove,
    ) -> Result<usize, StoreError>;
}

/// As they stand in the tables.
pub(super) fn texts<'a>(ids: impl IntoIterator<Item = &'a BlobId>) -> Vec<String> {
    ids.into_iter().map(ToString::to_string).collect()
}

/// Reads what [`texts`] gives; what is none is none.
pub(super) fn ids(texts: &[String]) -> Vec<BlobId> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}
