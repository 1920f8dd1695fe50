//! The system's keychain: the one place where a key may lie that opens the vault without anybody's doing.
//!
//! A keychain that is locked answers as an empty one does, and one that is away says so in words that help nobody, so
//! only three answers go on: here it is, there is none, no keychain.

use keyring::{Entry, Error};
use zeroize::Zeroize as _;

use crate::secret::Secret;

/// Under this name a person finds the entries in the keychain's own window.
const SERVICE: &str = "Partner Console";

/// What a keychain does not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeychainError {
    /// There is none that answers.
    #[error("no keychain answers")]
    Away,
    /// It is locked, or does not want to.
    #[error("the keychain refused")]
    Refused,
}

/// A keychain. Calls block, and may ask the person.
pub trait Keychain: Send + Sync {
    /// Whether there is one.
    fn status(&self) -> Result<(), KeychainError>;
    /// What is kept under a name.
    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, KeychainError>;
    /// Keeps something under a name.
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError>;
    /// Drops what is kept under a name.
    fn remove(&self, name: &str) -> Result<(), KeychainError>;
}

/// The system's own.
#[derive(Clone, Copy, Debug)]
pub struct SystemKeychain;

/// None at all.
#[derive(Clone, Copy, Debug)]
pub struct NoKeychain;

impl SystemKeychain {
    fn entry(name: &str) -> Result<Entry, KeychainError> {
        Entry::new(SERVICE, name).map_err(|error| told(&error))
    }
}

impl Keychain for SystemKeychain {
    fn status(&self) -> Result<(), KeychainError> {
        Entry::store_status().as_ref().copied().map_err(told)
    }

    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, KeychainError> {
        self.status()?;
        match Self::entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Secret::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(mut error) => {
                // This one carries what the keychain holds.
                if let Error::BadEncoding(bytes) = &mut error {
                    bytes.zeroize();
                }
                Err(told(&error))
            }
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.status()?;
        Self::entry(name)?.set_secret(secret).map_err(|error| told(&error))
    }

    fn remove(&self, name: &str) -> Result<(), KeychainError> {
        self.status()?;
        match Self::entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }
}

fn told(error: &Error) -> KeychainError {
    // The cause is for whoever looks after the system: it names no secret.
    tracing::info!(%error, "the keychain");
    match error {
        Error::NoStorageAccess(_) => KeychainError::Refused,
        _ => KeychainError::Away,
    }
}

impl Keychain for NoKeychain {
    fn status(&self) -> Result<(), KeychainError> {
        Err(KeychainError::Away)
    }
    fn get(&self, _: &str) -> Result<Option<Secret<Vec<u8>>>, KeychainError> {
        Err(KeychainError::Away)
    }
    fn set(&self, _: &str, _: &[u8]) -> Result<(), KeychainError> {
        Err(KeychainError::Away)
    }
    fn remove(&self, _: &str) -> Result<(), KeychainError> {
        Err(KeychainError::Away)
    }
}
