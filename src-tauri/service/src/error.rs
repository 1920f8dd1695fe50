//! What can go wrong with the store, at its opening and after.

use rusqlite::ErrorCode;

/// Why a store cannot be opened, backed up or restored.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It was written by a newer version: it stays untouched.
    #[error("the store has version {found}; the newest that this program knows is {known}")]
    TooNew {
        /// The store's version.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// It fails `SQLite`'s own check.
    #[error("the store is damaged")]
    Damaged,
    /// It is a database of something else.
    #[error("the file is not a store of the partner service")]
    Foreign,
    /// It may not be written.
    #[error("the store cannot be written")]
    ReadOnly,
    /// Anything else that `SQLite` says.
    #[error("the store cannot be opened: {0}")]
    Storage(#[source] rusqlite::Error),
    /// A file could not be moved or copied.
    #[error("a file of the store cannot be moved or copied: {0}")]
    File(#[from] std::io::Error),
}

impl OpenError {
    /// Damage, with what `SQLite` says of it noted in the log.
    pub(crate) fn damaged(verdict: &str) -> Self {
        tracing::error!(verdict, "the store is damaged");
        Self::Damaged
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::damaged(&error.to_string()),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            _ => Self::Storage(error),
        }
    }
}

/// Why a read or a write of an open store failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("a stored value cannot be read or written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a workspace has no feed")]
    NoFeed,
    #[error("the work on the store was cut short: {0}")]
    CutShort(#[from] tokio::task::JoinError),
}

impl StoreError {
    /// A word for what may pass by itself or by a person's doing, so that trying later is worth it.
    pub(crate) fn passing(&self) -> Option<&'static str> {
        let Self::Sqlite(error) = self else { return None };
        match error.sqlite_error_code()? {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some("busy"),
            ErrorCode::DiskFull => Some("disk_full"),
            ErrorCode::ReadOnly => Some("read_only"),
            ErrorCode::SystemIoFailure => Some("disk"),
            _ => None,
        }
    }
}
