//! Files that people attach: taken in, shown, saved, opened. Which command names them is another call's.

use std::path::PathBuf;

use domain::files::FileRef;
use serde::{Deserialize, Serialize};

use super::common::Done;
use crate::engine::Engine;
use crate::error::Error;

/// Names a file that comes in.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AddFileArgs {
    /// Its name, as it is called where it comes from.
    pub name: String,
}

/// What the clipboard gave.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PastedFile {
    /// The picture; none where the clipboard holds none.
    pub file: Option<FileRef>,
}

/// Names a file.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileArgs {
    /// Which.
    pub file: FileRef,
}

/// Asks for a smaller picture.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ThumbnailArgs {
    /// Of which file.
    pub file: FileRef,
    /// The longest side, in pixels; 1,024 at most.
    pub side: u32,
}

/// Files to be saved.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SaveFilesArgs {
    /// Which, under the names that they should get.
    pub files: Vec<FileRef>,
    /// A folder of their own among the person's downloads.
    pub folder: Option<String>,
    /// Whether to show the folder.
    pub show: bool,
}

/// Files that were saved.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SavedFiles {
    /// Where they lie.
    pub folder: PathBuf,
    /// Each of them.
    pub files: Vec<PathBuf>,
}

pub(super) async fn add_file(engine: &Engine, args: AddFileArgs, bytes: Vec<u8>) -> Result<FileRef, Error> {
    engine.add_file(&args.name, bytes).await
}

pub(super) async fn paste_file(engine: &Engine, args: AddFileArgs) -> Result<PastedFile, Error> {
    engine.paste_picture(&args.name).await.map(|file| PastedFile { file })
}

pub(super) async fn file(engine: &Engine, args: FileArgs) -> Result<Vec<u8>, Error> {
    engine.file(args.file.sha256).await
}

pub(super) async fn thumbnail(engine: &Engine, args: ThumbnailArgs) -> Result<Vec<u8>, Error> {
    engine.thumbnail(args.file.sha256, args.side.clamp(1, 1_024)).await
}

pub(super) async fn save_files(engine: &Engine, args: SaveFilesArgs) -> Result<SavedFiles, Error> {
    let (folder, files) = engine.save_files(args.files, args.folder.as_deref(), args.show).await?;
    Ok(SavedFiles { folder, files })
}

pub(super) async fn open_file(engine: &Engine, args: FileArgs) -> Result<Done, Error> {
    engine.open_file(args.file).await.map(|()| Done {})
}
