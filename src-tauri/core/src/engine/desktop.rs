//! What the engine does on the person's desktop: clipboard, browser and mail, notifications, links, saved files.

use std::path::PathBuf;
use std::sync::PoisonError;

use domain::Place;
use domain::ids::{ProjectId, VersionId};

use super::{Engine, io_error};
use crate::clipboard::{Clipboard, ClipboardError};
use crate::error::{Error, ErrorCode};
use crate::link::{DeepLink, LinkProblem};
use crate::text;

/// The longest title of a chooser, in characters.
const TITLE: usize = 200;

impl Engine {
    /// Shows a notification through the system.
    pub(crate) async fn notify(
        &self,
        title: String,
        body: String,
        link: Option<DeepLink>,
    ) -> Result<(), Error> {
        let (host, link) = (self.0.host.clone(), link.map(|link| link.to_string()));
        let (title, body) = (text::cut(&title, 200), text::cut(&body, 500));
        // The system's service may take its time.
        tokio::task::spawn_blocking(move || host.notify(&title, &body, link))
            .await
            .map_err(|error| Error::internal(&error))?
            .map_err(|detail| Error::new(ErrorCode::System).with("detail", detail))
    }

    /// Puts a text on the clipboard; Ok only once it is there.
    pub async fn copy(&self, text: &str) -> Result<(), Error> {
        self.0.clipboard.copy(text).await.map_err(clipboard_error)
    }

    /// What the clipboard holds.
    pub async fn paste(&self) -> Result<String, Error> {
        self.0.clipboard.paste().await.map_err(clipboard_error)
    }

    /// Opens an https address in the browser. Anything else is refused: what opens is what a person was shown.
    pub fn open_https(&self, url: &str) -> Result<(), Error> {
        if !domain::text::is_https(url) {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("url")));
        }
        self.host_open(url)
    }

    /// Opens a mail draft (RFC 6068).
    pub fn open_mail(&self, to: &[String], subject: &str, message: &str) -> Result<(), Error> {
        self.host_open(&text::mailto(to, subject, message))
    }

    pub(super) fn host_open(&self, address: &str) -> Result<(), Error> {
        self.0.host.open(address).map_err(|detail| Error::new(ErrorCode::System).with("detail", detail))
    }

    /// Asks the person for a folder by the system's chooser; it begins among their downloads where nothing else is said.
    pub(crate) async fn choose_folder(
        &self,
        title: &str,
        from: Option<PathBuf>,
    ) -> Result<Option<PathBuf>, Error> {
        let from = from.filter(|folder| folder.is_absolute()).or_else(|| self.0.host.downloads());
        let chosen = self.0.host.choose_folder(&text::cut(title, TITLE), from.as_deref()).await;
        chosen.map_err(|detail| Error::new(ErrorCode::System).with("detail", detail))
    }

    /// Opens *Carry to Partner Project* in a window of its own.
    pub fn open_carry(&self, project: ProjectId, version: VersionId) -> Result<(), Error> {
        let opened = self.0.host.carry(project, version);
        opened.map_err(|detail| Error::new(ErrorCode::System).with("detail", detail))
    }

    /// Saves a file where a person looks for it, beside what is there already.
    pub async fn save_file(&self, name: &str, bytes: Vec<u8>) -> Result<PathBuf, Error> {
        let folder = self.0.host.downloads().unwrap_or_else(|| self.0.data.join("exports"));
        let name = text::FileName::tame(name);
        tokio::task::spawn_blocking(move || text::save_beside(&folder, &name, &bytes))
            .await
            .map_err(|error| Error::internal(&error))?
            .map_err(|error| io_error(&error))
    }

    /// Saves a file that only this person of the computer may read.
    pub(super) async fn save_private_file(&self, name: &str, bytes: Vec<u8>) -> Result<PathBuf, Error> {
        let folder = self.0.host.downloads().unwrap_or_else(|| self.0.data.join("exports"));
        let name = text::FileName::tame(name);
        tokio::task::spawn_blocking(move || text::save_private(&folder, &name, &bytes))
            .await
            .map_err(|error| Error::internal(&error))?
            .map_err(|error| io_error(&error))
    }

    pub(super) fn clipboard(&self) -> &Clipboard {
        &self.0.clipboard
    }

    /// A link from outside: the window is told, and takes it when it can show what it names.
    pub fn follow(&self, link: &str) {
        *self.0.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link.parse());
        self.told(&["link"]);
    }

    /// Whether there is a link that was not followed yet.
    pub fn has_link(&self) -> bool {
        self.0.link.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The link that was not followed yet, once.
    pub(crate) fn take_link(&self) -> Option<Result<DeepLink, LinkProblem>> {
        self.0.link.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Ends the process in order.
    pub fn quit(&self) {
        self.0.host.quit();
    }
}

pub(super) fn clipboard_error(error: ClipboardError) -> Error {
    Error::new(ErrorCode::Clipboard).with("detail", error)
}
