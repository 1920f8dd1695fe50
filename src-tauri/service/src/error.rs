//! What can go wrong with the store, at its opening and after.

use std::sync::Arc;

use deadpool_postgres::PoolError;
use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

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
    /// The address of a database cannot be used.
    #[error("the database's address cannot be used: {0}")]
    Address(String),
    /// What `PostgreSQL` or the way there says.
    #[error("the database cannot be used: {0}")]
    Postgres(String),
    /// What is needed to ask an identity provider cannot be made.
    #[error("identity providers cannot be asked: {0}")]
    Client(#[from] reqwest::Error),
    /// The vault cannot be opened: the key is another than the one that its records are sealed under.
    #[error("the vault cannot be opened: {0}")]
    Vault(String),
    /// Something that only a file can do: `PostgreSQL` has its own tools.
    #[error("the store is no file: use the database's own tools")]
    NoFile,
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

impl From<tokio_postgres::Error> for OpenError {
    fn from(error: tokio_postgres::Error) -> Self {
        if error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION) {
            return Self::ReadOnly;
        }
        let said = whole(&error);
        // A wrong word in an address is told before anything is connected to.
        if error.is_closed() || error.as_db_error().is_some() || said.contains("connecting") {
            Self::Postgres(said)
        } else {
            Self::Address(said)
        }
    }
}

impl From<PoolError> for OpenError {
    fn from(error: PoolError) -> Self {
        Self::Postgres(whole(&error))
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Postgres(whole(&error))
    }
}

/// An error with its causes: the outer ones of the database's client say little by themselves.
fn whole(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !said.ends_with(&words) {
            said = format!("{said}: {words}");
        }
        cause = inner.source();
    }
    said
}

/// Why a read or a write of an open store failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    FromSql(#[from] rusqlite::types::FromSqlError),
    #[error("{}", whole(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error("{}", whole(.0))]
    Pool(#[from] PoolError),
    #[error("a stored value cannot be read or written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the files failed: {0}")]
    Files(#[from] std::io::Error),
    #[error("a workspace has no feed")]
    NoFeed,
    #[error("the member was removed")]
    NotAMember,
    #[error("the workspace still comes from elsewhere")]
    Importing,
    #[error("the system gives no random bytes")]
    NoRandomness,
    /// What was written together with others failed, for all of them.
    #[error(transparent)]
    Together(#[from] Arc<StoreError>),
    #[error("a turn was cut short")]
    NoTurn,
    #[error("the work on the store was cut short: {0}")]
    CutShort(#[from] tokio::task::JoinError),
}

impl StoreError {
    /// A word for what may pass by itself or by a person's doing, so that trying later is worth it.
    pub(crate) fn passing(&self) -> Option<&'static str> {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code()? {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some("busy"),
                ErrorCode::DiskFull => Some("disk_full"),
                ErrorCode::ReadOnly => Some("read_only"),
                ErrorCode::SystemIoFailure => Some("disk"),
                _ => None,
            },
            Self::Postgres(error) | Self::Pool(PoolError::Backend(error)) => passing(error),
            Self::Pool(_) => Some("busy"),
            Self::Importing => Some("importing"),
            Self::Together(error) => error.passing(),
            _ => None,
        }
    }
}

/// Of `PostgreSQL`'s conditions (its manual, appendix A), those that pass. An error that names none comes from the way
/// there: the server is away, and a transaction under way may have been committed or not.
fn passing(error: &tokio_postgres::Error) -> Option<&'static str> {
    let Some(code) = error.code() else { return Some("database") };
    match *code {
        SqlState::DISK_FULL => Some("disk_full"),
        SqlState::READ_ONLY_SQL_TRANSACTION => Some("read_only"),
        SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED => Some("busy"),
        // Connection trouble, lack of resources, an operator's doing.
        _ if ["08", "53", "57"].iter().any(|class| code.code().starts_with(class)) => Some("database"),
        _ => None,
    }
}
