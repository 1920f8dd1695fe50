//! What the window is told when something did not work: a code of a small closed set, never prose.

use std::io::ErrorKind;

use domain::{Params, Place, Refusal};
use serde::Serialize;

use crate::store::{StoreError, SubmitError};
use crate::vault::{self, VaultError};

/// A closed set: the window words each, and the compiler checks that it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The service does not know who is asking.
    SignedOut,
    /// Known, but not allowed.
    Forbidden,
    /// The server could not be reached.
    Offline,
    /// Who was to be asked now could not be reached, or did not answer: nothing of it waits to be sent.
    Unreached,
    /// It was sent once, and whether it was done is not known: nothing was recorded.
    NotKnown,
    /// Asked too often.
    RateLimited,
    /// The server is there, and takes nothing now.
    Busy,
    /// Something on the way answered in the server's place: a proxy, or a network that asks to sign in.
    Intercepted,
    /// A proxy on the way to `host` asks for a name and a password: nothing was asked there.
    Proxy,
    /// The value changed meanwhile.
    Conflict,
    /// The reducer refused: the refusal says why.
    Refused,
    /// What is named is not there.
    NotFound,
    /// The request cannot be read, or an input is wrong.
    Invalid,
    /// The store is by a newer version of the console.
    StoreTooNew,
    /// The store turned out to be damaged: the window goes on to the recovery.
    StoreDamaged,
    /// The service asks for a newer console.
    ServiceTooOld,
    /// The data folder cannot be written to.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// A person cancelled it.
    Cancelled,
    /// The vault is not open; `state` says how it stands.
    VaultLocked,
    /// The vault, or what is sealed in it, is damaged.
    VaultDamaged,
    /// Private keys are kept once there are two ways to open the vault.
    SecondSlot,
    /// The system's keychain takes nothing.
    NoKeychain,
    /// The clipboard did not take or give the text.
    Clipboard,
    /// The other server's answer made no sense, or was an error of its own.
    Platform,
    /// The system did not open or show what it was asked to.
    System,
    /// The workspace goes or went to a team's service, at `host`: nothing is changed here any more.
    Moved,
    /// Everything of this computer went on to another, by `file`: nothing is changed here any more.
    Left,
    /// No workspace is open.
    NotOpen,
    /// A defect of the console.
    Internal,
}

/// An answer that is no reply.
#[derive(Clone, PartialEq, Debug, Serialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("{code:?} {params:?}")]
pub struct Error {
    /// What kind.
    pub code: ErrorCode,
    /// The reducer's refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub refusal: Option<Box<Refusal>>,
    /// Words to put into the message. `detail` holds a server's own words.
    pub params: Params,
    /// The input at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub place: Option<Box<Place>>,
}

impl Error {
    /// An error with nothing more to say.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, refusal: None, params: Params::new(), place: None }
    }
    /// Adds a word.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
    /// Names the input at fault.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }
    /// What is named is not there.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }
    /// A defect: the cause goes to the log.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(ErrorCode::Internal)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let code = if refusal.is_conflict() { ErrorCode::Conflict } else { ErrorCode::Refused };
        Self {
            place: refusal.places.first().cloned().map(Box::new),
            refusal: Some(Box::new(refusal)),
            ..Self::new(code)
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::new(ErrorCode::DiskFull),
            StoreError::ReadOnly => Self::new(ErrorCode::ReadOnly),
            StoreError::Interrupted => Self::new(ErrorCode::Cancelled),
            StoreError::Closed => Self::new(ErrorCode::NotOpen),
            StoreError::Newer(what) => {
                tracing::warn!(what, "written by a newer version");
                Self::new(ErrorCode::StoreTooNew)
            }
            StoreError::Damaged(what) => {
                tracing::error!(what, "the store is damaged");
                Self::new(ErrorCode::StoreDamaged)
            }
            other => Self::internal(&other),
        }
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        let passphrase =
            |reason| Self::new(ErrorCode::Invalid).at(Place::input("passphrase")).with("reason", reason);
        match error {
            VaultError::Closed(vault::State::Damaged) | VaultError::DamagedRecord => {
                Self::new(ErrorCode::VaultDamaged)
            }
            VaultError::Closed(state) => Self::new(ErrorCode::VaultLocked).with("state", state.name()),
            VaultError::Wrong => passphrase("wrong"),
            VaultError::Unfit => passphrase("length"),
            VaultError::NoKeychain => Self::new(ErrorCode::NoKeychain),
            VaultError::SecondSlot => Self::new(ErrorCode::SecondSlot),
            VaultError::LastSlot => Self::new(ErrorCode::Invalid).at(Place::input("slot")),
            VaultError::Io(kind) => match kind {
                ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::new(ErrorCode::ReadOnly),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::new(ErrorCode::DiskFull),
                _ => Self::internal(&kind),
            },
        }
    }
}

impl From<SubmitError> for Error {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => refusal.into(),
            SubmitError::Store(error) => error.into(),
        }
    }
}
