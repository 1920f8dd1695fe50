//! What is kept on this computer.

use std::path::{Path, PathBuf};

use super::{Engine, State, blocking, io_error, upkeep};
use crate::error::{Error, ErrorCode};
use crate::ipc::boot::BackupView;
use crate::jobs::JobKind;
use crate::storage::{self, Kind, Usage};

impl Engine {
    /// The folder of the logs: the shell writes them there.
    pub fn log_folder(&self) -> PathBuf {
        self.data_folder().join("logs")
    }

    /// Opens a folder in the file manager.
    pub fn open_folder(&self, folder: &Path) -> Result<(), Error> {
        self.host_open(&folder.display().to_string())
    }

    /// How much is kept, and what for.
    pub async fn usage(&self) -> Result<Vec<Usage>, Error> {
        let data = self.data_folder().to_owned();
        blocking(move || storage::usage(&data).map_err(|error| io_error(&error))).await
    }

    /// Removes everything of a kind, and the files that nothing names any more; answers the bytes that went.
    pub(crate) async fn clean_up(&self, kind: Kind) -> Result<u64, Error> {
        let swept = self.sweep_files().await?;
        self.remove_opened().await?;
        // Nothing is set aside while it goes on.
        let _alone = self.0.turning.lock().await;
        let data = self.data_folder().to_owned();
        let removed = blocking(move || storage::remove(&data, kind).map_err(|error| io_error(&error)));
        let freed = swept + removed.await?;
        tracing::info!(bytes = freed, "cleaned up");
        Ok(freed)
    }

    /// The backups of the open workspace, newest first.
    pub(crate) fn backups(&self) -> Vec<BackupView> {
        let name = match &*self.state() {
            State::Open(open) => open.name,
            _ => return Vec::new(),
        };
        upkeep::backups(&self.folder_of(name))
    }

    /// Backs up what changed since the last copy.
    pub(crate) async fn back_up_now(&self) -> Result<(), Error> {
        let name = match &*self.state() {
            State::Open(open) => open.name,
            _ => return Err(Error::new(ErrorCode::NotOpen)),
        };
        upkeep::back_up(self.folder_of(name), self.now(), self.jobs().begin(JobKind::BackUp)).await
    }
}
