//! A workspace as a whole: written into a file, read from one, moved to a team's service.

use std::path::PathBuf;

use domain::Timestamp;
use domain::ids::WorkspaceId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::common::{Done, Nothing};
use crate::engine::{Destination, Engine};
use crate::error::Error;
use crate::profile::Copies;
use crate::secret::Secret;

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

/// Asks for a folder.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChooseFolderArgs {
    /// What for: the chooser's title.
    pub title: String,
    /// Where it begins; the person's downloads without it.
    pub from: Option<PathBuf>,
}

/// The folder that a person chose.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChosenFolder {
    /// None: they chose none.
    pub folder: Option<PathBuf>,
}

/// Exports the open workspace.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExportArgs {
    /// Into which folder; among the person's downloads without it.
    pub folder: Option<PathBuf>,
}

/// Hands over a piece of a file.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PieceArgs {
    /// Of which file; the first piece of a new one without it.
    pub file: Option<Uuid>,
    /// How many bytes of it came before.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: u64,
}

/// A file that is being handed over, or was.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ArrivedFile {
    /// Its name here, until somebody takes it.
    pub file: Uuid,
}

/// Leaves this computer.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeaveArgs {
    /// What opens the sealed file.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub passphrase: Secret<String>,
    /// Into which folder; among the person's downloads without it.
    #[serde(default)]
    pub folder: Option<PathBuf>,
}

/// A sealed file, and what opens it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SealedArgs {
    /// The file, as it was handed over.
    pub file: Uuid,
    /// What opens it.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub passphrase: Secret<String>,
}

/// What is in such a file, told before anything of it is taken.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SealedComputer {
    /// When it was written.
    pub made_at: Timestamp,
    /// Workspaces of the computer's own.
    pub workspaces: u32,
    /// Workspaces that teams share.
    pub teams: u32,
    /// Whether a vault is in it.
    pub vault: bool,
    /// What becomes of its list of regions, where it has one of its own.
    pub regions: Option<ComingRegions>,
}

/// What becomes of another computer's list of Talkdesk's regions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ComingRegions {
    /// It is in force here, too.
    Taken,
    /// It is the one that is here already.
    Same,
    /// This computer has one of its own, which stays in force; the other is kept beside it.
    Beside,
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

pub(super) async fn choose_folder(engine: &Engine, args: ChooseFolderArgs) -> Result<ChosenFolder, Error> {
    Ok(ChosenFolder { folder: engine.choose_folder(&args.title, args.from).await? })
}

pub(super) async fn export_workspace(engine: &Engine, args: ExportArgs) -> Result<ExportedWorkspace, Error> {
    let done = engine.export_workspace(args.folder).await?;
    let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(ExportedWorkspace { path: done.path, unsent: count(done.unsent), missing: count(done.missing) })
}

pub(super) async fn hand_over(
    engine: &Engine,
    args: PieceArgs,
    bytes: Vec<u8>,
) -> Result<ArrivedFile, Error> {
    Ok(ArrivedFile { file: engine.take_piece(args.file, args.at, bytes).await? })
}

pub(super) async fn import_workspace(engine: &Engine, args: ArrivedFile) -> Result<Done, Error> {
    engine.import_workspace(args.file).await.map(|()| Done {})
}

pub(super) async fn move_workspace(engine: &Engine, args: MoveArgs) -> Result<Done, Error> {
    let to = match args.to {
        MoveTo::Code(code) => Destination::New(code),
        MoveTo::Workspace(workspace) => Destination::Empty(workspace),
    };
    engine.move_workspace(&args.url, args.registration, to).await.map(|()| Done {})
}

pub(super) async fn leave_computer(engine: &Engine, args: LeaveArgs) -> Result<LeftComputerFile, Error> {
    Ok(LeftComputerFile { path: engine.leave_computer(args.passphrase, args.folder).await? })
}

pub(super) async fn return_to_computer(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.return_to_computer().await.map(|()| Done {})
}

pub(super) async fn look_into_computer(engine: &Engine, args: SealedArgs) -> Result<SealedComputer, Error> {
    let (contents, regions) = engine.look_into_computer(args.file, args.passphrase).await?;
    let profile = &contents.profile;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(SealedComputer {
        made_at: contents.header.made_at,
        workspaces: count(profile.locals.len() + usize::from(profile.this_computer.is_some())),
        teams: count(profile.teams.len()),
        vault: contents.vault,
        regions,
    })
}

pub(super) async fn take_computer(engine: &Engine, args: SealedArgs) -> Result<Done, Error> {
    engine.take_computer(args.file, args.passphrase).await.map(|()| Done {})
}

pub(super) async fn go_on_moving(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.go_on_moving().await.map(|()| Done {})
}

pub(super) async fn stop_moving(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.stop_moving().map(|()| Done {})
}
