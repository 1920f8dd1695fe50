//! What can go wrong with the store, told apart by what a person can do about it.

use rusqlite::ErrorCode;

/// A read or a write that did not work.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is damaged: set it aside and rescue what can be read (`store::recover`).
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Written by a newer version of the console, in a way that this one cannot read. It is kept as it is.
    #[error("written by a newer version: {0}")]
    Newer(String),
    /// No room is left; nothing was changed.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder cannot be written to.
    #[error("the store cannot be written to")]
    ReadOnly,
    /// A newer search took this one's place.
    #[error("interrupted")]
    Interrupted,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The work given to the store panicked; its transaction was rolled back.
    #[error("the work on the store panicked")]
    Panicked,
    /// Anything else that `SQLite` said.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::OperationInterrupted) => Self::Interrupted,
            _ => Self::Sqlite(error),
        }
    }
}

/// A stored text that is not the JSON that was written: the file lost something that `SQLite` cannot see.
impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// A store that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Written by a newer version of the console: never opened by force.
    #[error("the store has schema {found}, this version knows {known}")]
    TooNew {
        /// The schema of the file.
        found: u32,
        /// The newest schema that this version knows.
        known: u32,
    },
    /// The file is damaged: see `store::recover`.
    #[error("the store is damaged")]
    Damaged,
    /// The folder or the file cannot be written to.
    #[error("the data folder cannot be written to")]
    ReadOnly,
    /// No room is left.
    #[error("the disk is full")]
    DiskFull,
    /// Anything else.
    #[error(transparent)]
    Io(std::io::Error),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(what) => {
                tracing::error!(what, "the store is damaged");
                Self::Damaged
            }
            StoreError::DiskFull => Self::DiskFull,
            StoreError::ReadOnly => Self::ReadOnly,
            other => Self::Io(std::io::Error::other(other)),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        // Where the file cannot be made, SQLite says only that it cannot open it.
        if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) {
            return Self::ReadOnly;
        }
        StoreError::from(error).into()
    }
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => Self::ReadOnly,
            StorageFull => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}
