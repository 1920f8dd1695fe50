//! What only a desktop process can do for the engine.

use std::path::{Path, PathBuf};

use domain::ids::{ProjectId, VersionId};
use partner_core::engine::{Choosing, Host};
use partner_core::session::SignInWindow;
use tauri::AppHandle;
use uuid::Uuid;

use crate::{carry, choose, notice, sign_in};

/// The person's desktop.
pub struct Desktop {
    app: AppHandle,
}

impl Desktop {
    /// The desktop that the app runs on.
    pub fn new(app: AppHandle) -> Self {
        Self { app }
    }
}

impl Host for Desktop {
    fn open(&self, address: &str) -> Result<(), String> {
        open::that_detached(address).map_err(|error| error.to_string())
    }

    fn carry(&self, project: ProjectId, version: VersionId) -> Result<(), String> {
        carry::open(&self.app, project, version).map_err(|error| error.to_string())
    }

    fn notify(&self, title: &str, body: &str, link: Option<String>) -> Result<(), String> {
        notice::show(&self.app, title, body, link)
    }

    fn open_sign_in(&self, id: Uuid, window: SignInWindow) -> Result<(), String> {
        sign_in::open(&self.app, id, window).map_err(|error| error.to_string())
    }

    fn close_sign_in(&self, id: Uuid) {
        sign_in::close(&self.app, id);
    }

    fn quit(&self) {
        self.app.exit(0);
    }

    fn choose_folder(&self, title: &str, from: Option<&Path>) -> Choosing {
        choose::folder(&self.app, title.to_owned(), from.map(Path::to_owned))
    }

    fn downloads(&self) -> Option<PathBuf> {
        directories::UserDirs::new()?.download_dir().map(Path::to_owned)
    }
}
