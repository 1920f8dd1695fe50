//! What looks after a workspace while it is open: the check of what is large, backups, files that nothing names.

use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::time::Duration;

use domain::Timestamp;

use super::{Engine, Error, ErrorCode, Inner, io_error};
use crate::ipc::boot::BackupView;
use crate::jobs::{Job, JobKind};
use crate::store::{self, OpenError};

/// The embedded service's own database in a connection's folder.
pub(super) const SERVICE: &str = "service.db";
/// What is backed up.
const PRECIOUS: &[&str] = &[SERVICE, store::FILE];
/// How long after the opening what is large is looked through: by then the window has long been in use.
const SETTLED: Duration = Duration::from_secs(10);
/// How often what changed is backed up while a workspace is open; when it is closed, too.
const BACKUP: Duration = Duration::from_hours(1);

/// Whether everything precious in a folder is looked through before it is opened.
pub(super) fn is_small(folder: &Path) -> bool {
    PRECIOUS.iter().all(|name| store::is_small(&folder.join(name)))
}

/// Looks after what is open: what is large is looked through and backed up for the day while it is in use; then what
/// changed is backed up, once an hour, and files that nothing names are let go of, once a day.
pub(super) async fn upkeep(engine: Weak<Inner>, folder: PathBuf) {
    tokio::time::sleep(SETTLED).await;
    if !is_small(&folder) {
        let (here, looked) = (folder.clone(), tokio::task::spawn_blocking);
        let found = looked(move || {
            let service = here.join(SERVICE);
            // A team's service is elsewhere.
            let service = if service.exists() { store::check_pages(&service) } else { Ok(()) };
            (store::check(&here), service)
        });
        let Some(inner) = engine.upgrade() else { return };
        // Closing the store ends this task: another one has to do it.
        match found.await {
            Ok((Err(OpenError::Damaged), _)) => {
                tokio::spawn(async move { Engine(inner).found_damaged().await });
                return;
            }
            Ok((_, Err(OpenError::Damaged))) => {
                tokio::spawn(async move { Engine(inner).found_service_damaged().await });
                return;
            }
            _ => {}
        }
        let (here, now) = (folder.clone(), (inner.clock)());
        drop(inner);
        let _ = tokio::task::spawn_blocking(move || daily(&here, now)).await;
    }
    sweep(&engine).await;
    copy(&engine).await;
    loop {
        tokio::time::sleep(BACKUP).await;
        let Some(inner) = engine.upgrade() else { return };
        let (now, job) = ((inner.clock)(), inner.jobs.begin(JobKind::BackUp));
        drop(inner);
        let _ = back_up(folder.clone(), now, job).await;
        sweep(&engine).await;
        copy(&engine).await;
    }
}

/// Once a day makes a copy in the person's folder. One that failed is tried again in an hour; the settings say so.
async fn copy(engine: &Weak<Inner>) {
    let Some(inner) = engine.upgrade() else { return };
    if let Err(error) = Engine(inner).copy_daily().await {
        tracing::error!(?error, "the daily copy failed");
    }
}

/// Once a day lets go of files that nothing names. The next time does where this one could not; the log says so.
async fn sweep(engine: &Weak<Inner>) {
    let Some(inner) = engine.upgrade() else { return };
    if let Err(error) = Engine(inner).sweep_files_daily().await {
        tracing::error!(?error, "files that nothing names could not be looked for");
    }
}

/// Makes the day's backups where they are missing. A missed backup is no reason not to work; the log says so.
pub(super) fn daily(folder: &Path, now: Timestamp) {
    if let Err(error) = store::backup::daily(folder, PRECIOUS, now) {
        tracing::error!(%error, "the daily backup failed");
    }
}

/// Backs up what changed. A missed backup is no reason not to work; the log says so.
pub(super) async fn back_up(folder: PathBuf, now: Timestamp, job: Job) -> Result<(), Error> {
    let made = tokio::task::spawn_blocking(move || {
        store::backup::renew(&folder, PRECIOUS, now, &|done, of| job.step(done, of))
    })
    .await;
    let made = made.map_err(|error| Error::internal(&error)).and_then(|made| made.map_err(backup_error));
    if let Err(error) = made.as_ref().map_err(|error| error.code)
        && error != ErrorCode::Cancelled
    {
        tracing::error!(?error, "the backup failed");
    }
    made.map(drop)
}

fn backup_error(error: OpenError) -> Error {
    match error {
        OpenError::Io(error) if error.kind() == std::io::ErrorKind::Interrupted => {
            Error::new(ErrorCode::Cancelled)
        }
        OpenError::Io(error) => io_error(&error),
        OpenError::ReadOnly => Error::new(ErrorCode::ReadOnly),
        OpenError::DiskFull => Error::new(ErrorCode::DiskFull),
        error => Error::internal(&error),
    }
}

/// The backups of the embedded service, newest first.
pub(super) fn backups(folder: &Path) -> Vec<BackupView> {
    let known = store::backup::list(folder).unwrap_or_default();
    let of_service = known.into_iter().filter(|backup| backup.name == SERVICE);
    of_service.map(|backup| BackupView { file: backup.file, at: backup.at, bytes: backup.bytes }).collect()
}
