//! What keeps a workspace from being opened, and the ways out of it.

use std::path::Path;

use domain::Params;

use super::upkeep::{SERVICE, backups};
use super::{EmbeddedFault, Engine, Error, ErrorCode, Open, State, io_error};
use crate::folder::FolderError;
use crate::ipc::boot::{Recovery, RecoveryProblem};
use crate::store::{self, OpenError};

impl Engine {
    /// Sets the damaged cache aside, saves what is precious in it, and refills the rest.
    pub async fn recover_cache(&self) -> Result<(), Error> {
        let Some(name) = self.profile().active else { return Err(Error::not_found()) };
        let folder = self.folder_of(name);
        let now = self.now();
        self.turn(async move || {
            let recovered = tokio::task::spawn_blocking(move || store::recover(&folder, now))
                .await
                .map_err(|error| Error::internal(&error))?;
            let recovered = recovered.map_err(|error| Error::internal(&error))?;
            tracing::warn!(?recovered, "the damaged cache was set aside");
            Ok(())
        })
        .await
    }

    /// A read, a write or the look through the whole file met damage that the check at the start did not see: nothing
    /// more is read or written until the cache was recovered.
    pub(crate) async fn found_damaged(&self) {
        self.block(|_| cache(&OpenError::Damaged)).await;
    }

    /// The same of the embedded service's database.
    pub(super) async fn found_service_damaged(&self) {
        self.block(|folder| Recovery { backups: backups(folder), ..service(&EmbeddedFault::Damaged) }).await;
    }

    async fn block(&self, why: impl FnOnce(&Path) -> Recovery) {
        {
            let _turn = self.0.turning.lock().await;
            let State::Open(Open { name, .. }) = *self.state() else { return };
            let recovery = why(&self.folder_of(name));
            self.close_store().await;
            *self.state_mut() = State::Blocked(recovery);
        }
        self.told_all();
    }

    /// Goes back to a backup of the embedded service's database; unsent work is kept and sent again.
    pub async fn restore_backup(&self, file: &str) -> Result<(), Error> {
        let Some(name) = self.profile().active else { return Err(Error::not_found()) };
        let Some(seat) = self.profile().seat(name).cloned() else { return Err(Error::not_found()) };
        let folder = self.folder_of(name);
        let known = store::backup::list(&folder).map_err(|error| io_error(&error))?;
        let backup = known.into_iter().find(|backup| backup.file == file).ok_or_else(Error::not_found)?;
        let (embedded, path) =
            (self.0.embedded.clone(), folder.join(store::backup::FOLDER).join(backup.file));
        self.turn(async move || {
            tokio::task::spawn_blocking(move || embedded.restore(&path, &folder.join(SERVICE), &seat))
                .await
                .map_err(|error| Error::internal(&error))?
                .map_err(|fault| Error::internal(&fault))
        })
        .await
    }
}

fn recovery(problem: RecoveryProblem, words: &[(&str, String)]) -> Recovery {
    let params: Params = words.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Recovery { problem, params, backups: Vec::new() }
}

pub(super) fn cache(error: &OpenError) -> Recovery {
    match error {
        OpenError::TooNew { found, known } => {
            recovery(RecoveryProblem::TooNew, &[("found", found.to_string()), ("known", known.to_string())])
        }
        OpenError::Damaged => recovery(RecoveryProblem::CacheDamaged, &[]),
        OpenError::ReadOnly => recovery(RecoveryProblem::ReadOnly, &[]),
        OpenError::DiskFull => recovery(RecoveryProblem::DiskFull, &[]),
        OpenError::Io(error) => recovery(RecoveryProblem::Other, &[("detail", error.to_string())]),
    }
}

pub(super) fn service(fault: &EmbeddedFault) -> Recovery {
    match fault {
        EmbeddedFault::TooNew { found, known } => {
            recovery(RecoveryProblem::TooNew, &[("found", found.to_string()), ("known", known.to_string())])
        }
        EmbeddedFault::Damaged => recovery(RecoveryProblem::ServiceDamaged, &[]),
        EmbeddedFault::ReadOnly => recovery(RecoveryProblem::ReadOnly, &[]),
        EmbeddedFault::DiskFull => recovery(RecoveryProblem::DiskFull, &[]),
        EmbeddedFault::Other(detail) => recovery(RecoveryProblem::Other, &[("detail", detail.clone())]),
    }
}

pub(super) fn folder_recovery(fault: &FolderError) -> Recovery {
    match fault {
        FolderError::ReadOnly => recovery(RecoveryProblem::ReadOnly, &[]),
        FolderError::InUse { .. } => recovery(RecoveryProblem::InUse, &[]),
        other => recovery(RecoveryProblem::Other, &[("detail", other.to_string())]),
    }
}

pub(super) fn other(error: &dyn std::fmt::Display) -> Recovery {
    recovery(RecoveryProblem::Other, &[("detail", error.to_string())])
}

pub(super) fn blocked_error(recovery: &Recovery) -> Error {
    let code = match recovery.problem {
        RecoveryProblem::TooNew => ErrorCode::StoreTooNew,
        RecoveryProblem::ReadOnly => ErrorCode::ReadOnly,
        RecoveryProblem::DiskFull => ErrorCode::DiskFull,
        _ => ErrorCode::Internal,
    };
    Error { params: recovery.params.clone(), ..Error::new(code) }
}
