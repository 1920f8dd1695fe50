//! A workspace as a whole: written into a file, read from one, moved to a team's service.

use std::path::PathBuf;

use domain::ids::WorkspaceId;
use domain::{Place, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::common::{Done, Nothing};
use crate::engine::{Destination, Engine};
use crate::error::{Error, ErrorCode};
use crate::profile::Copies;
use crate::secret::Secret;

/// Largest file that the window hands over, in bytes. A larger one is restored from the folder of copies.
const LARGEST: usize = 512 * 1024 * 1024;

/// A workspace that was written into a file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExportedWorkspace {
    /// Where it lies.
    pub path: PathBuf,
    /// Changes that wait to be sent, and so are not in it.
    pub unsent: u32,
    /// Attached files that its service does not have.
    pub missing: u32,
}

/// Moves the open workspace to a team's service.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MoveArgs {
    /// The service's address.
    pub url: String,
    /// The registration.
    pub registration: Uuid,
    /// Into which workspace of it, one that nothing was done in yet.
    pub to: MoveTo,
}

/// Where in a team's service a workspace goes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MoveTo {
    /// One that is made by the code that the service printed.
    Code(String),
    /// One that was made and is empty.
    Workspace(WorkspaceId),
}

/// The passphrase of a sealed file.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SealedArgs {
    /// What opens it.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub passphrase: Secret<String>,
}

/// A computer that was written into a file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeftComputerFile {
    /// Where it lies.
    pub path: PathBuf,
}

/// The daily copy, and the copies that there are.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CopiesView {
    /// The folder; none: no copies are made.
    pub folder: Option<PathBuf>,
    /// When the last one was made.
    pub last: Option<Timestamp>,
    /// Why the last attempt failed, as the system words it.
    pub failed: Option<String>,
    /// Those in the folder, newest first.
    pub copies: Vec<CopyView>,
}

/// A copy.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CopyView {
    /// Its file's name.
    pub file: String,
    /// What the workspace was called.
    pub title: String,
    /// When it was made.
    pub at: Timestamp,
    /// Its size in bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
}

/// Sets the folder of the daily copy.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CopyFolderArgs {
    /// The folder; none: no copies.
    pub folder: Option<PathBuf>,
}

/// Names a copy.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CopyArgs {
    /// The file's name, as [`CopyView`] has it.
    pub file: String,
}

pub(super) async fn copies(engine: &Engine, _: Nothing) -> Result<CopiesView, Error> {
    let listed = engine.list_copies().await?;
    let view = |copy: crate::engine::Copy| CopyView {
        file: copy.file,
        title: copy.header.title,
        at: copy.header.made_at,
        bytes: copy.bytes,
    };
    let Copies { folder, last, failed } = engine.copies();
    Ok(CopiesView { folder, last, failed, copies: listed.into_iter().map(view).collect() })
}

pub(super) async fn set_copies(engine: &Engine, args: CopyFolderArgs) -> Result<Done, Error> {
    engine.set_copies(args.folder).await.map(|()| Done {})
}

pub(super) async fn copy_now(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.copy_now().await.map(|()| Done {})
}

pub(super) async fn restore_copy(engine: &Engine, args: CopyArgs) -> Result<Done, Error> {
    engine.restore_copy(&args.file).await.map(|()| Done {})
}

pub(super) async fn export_workspace(engine: &Engine, _: Nothing) -> Result<ExportedWorkspace, Error> {
    let done = engine.export_workspace().await?;
    let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(ExportedWorkspace { path: done.path, unsent: count(done.unsent), missing: count(done.missing) })
}

pub(super) async fn import_workspace(engine: &Engine, _: Nothing, bytes: Vec<u8>) -> Result<Done, Error> {
    if bytes.len() > LARGEST {
        let error = Error::new(ErrorCode::Invalid).with("reason", "too_large");
        return Err(error.at(Place::input("file")));
    }
    engine.import_workspace(bytes).await.map(|()| Done {})
}

pub(super) async fn move_workspace(engine: &Engine, args: MoveArgs) -> Result<Done, Error> {
    let to = match args.to {
        MoveTo::Code(code) => Destination::New(code),
        MoveTo::Workspace(workspace) => Destination::Empty(workspace),
    };
    engine.move_workspace(&args.url, args.registration, to).await.map(|()| Done {})
}

pub(super) async fn leave_computer(engine: &Engine, args: SealedArgs) -> Result<LeftComputerFile, Error> {
    Ok(LeftComputerFile { path: engine.leave_computer(args.passphrase).await? })
}

pub(super) async fn return_to_computer(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.return_to_computer().await.map(|()| Done {})
}

pub(super) async fn take_computer(engine: &Engine, args: SealedArgs, bytes: Vec<u8>) -> Result<Done, Error> {
    engine.take_computer(bytes, args.passphrase).await.map(|()| Done {})
}

pub(super) async fn go_on_moving(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.go_on_moving().await.map(|()| Done {})
}

pub(super) async fn stop_moving(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.stop_moving().map(|()| Done {})
}
