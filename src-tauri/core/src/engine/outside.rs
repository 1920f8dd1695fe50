//! What the engine is handed from outside: by the shell, or by a test in its place.

use std::future::{Future, ready};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use domain::Timestamp;
use domain::ids::{ProjectId, VersionId};
use uuid::Uuid;

use crate::profile::Seat;
use crate::session::SignInWindow;
use crate::sync::Transport;
use crate::vault::Keychain;

/// The clock: the engine asks no other.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A person chooses a folder, or none.
pub type Choosing = Pin<Box<dyn Future<Output = Result<Option<PathBuf>, String>> + Send>>;

/// What only the shell can do.
pub trait Host: Send + Sync + 'static {
    /// Opens an address in the system's browser or mail program.
    fn open(&self, address: &str) -> Result<(), String>;
    /// Ends the process in order.
    fn quit(&self);
    /// Opens *Carry to Partner Project* for a version, or brings it to front.
    fn carry(&self, project: ProjectId, version: VersionId) -> Result<(), String>;
    /// Shows a notification; a click on it follows the link. Ok once the system took it.
    fn notify(&self, title: &str, body: &str, link: Option<String>) -> Result<(), String>;
    /// Shows a server's page in a window that has nothing of the app in it. Without windows there is the browser.
    fn open_sign_in(&self, _id: Uuid, _window: SignInWindow) -> Result<(), String> {
        Err("there is no window".to_owned())
    }
    /// Closes that window, if it is there.
    fn close_sign_in(&self, _id: Uuid) {}
    /// Asks for a folder by the system's own chooser, which begins at one of them. Without windows there is none.
    fn choose_folder(&self, _title: &str, _from: Option<&Path>) -> Choosing {
        Box::pin(ready(Err("there is no window".to_owned())))
    }
    /// The folder where a person looks for what was saved.
    fn downloads(&self) -> Option<PathBuf>;
}

/// How the embedded partner service is opened: the engine knows it only as something that answers requests.
pub trait Embedded: Send + Sync + 'static {
    /// Opens the service over its own database.
    fn open(&self, database: &Path, seat: &Seat) -> Result<Arc<dyn Transport>, EmbeddedFault>;
    /// Makes the database anew from a backup; its feed gets another epoch.
    fn restore(&self, backup: &Path, database: &Path, seat: &Seat) -> Result<(), EmbeddedFault>;
}

/// Why the embedded service could not be opened.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EmbeddedFault {
    /// Its database is by a newer version.
    #[error("schema {found}, known up to {known}")]
    TooNew {
        /// The schema found.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// Its database is damaged.
    #[error("damaged")]
    Damaged,
    /// It cannot be written to.
    #[error("read-only")]
    ReadOnly,
    /// The disk is full.
    #[error("disk full")]
    DiskFull,
    /// Anything else, as the system words it.
    #[error("{0}")]
    Other(String),
}

/// What the shell hands in.
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// What only the shell can do.
    pub host: Arc<dyn Host>,
    /// The embedded service.
    pub embedded: Arc<dyn Embedded>,
    /// The clock.
    pub clock: Clock,
    /// The keychain that may open the vault.
    pub keychain: Arc<dyn Keychain>,
}
