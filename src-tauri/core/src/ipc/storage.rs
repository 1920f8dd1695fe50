//! What the console keeps on this computer: how much, where, and what of it can go.

use std::path::PathBuf;

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::boot::BackupView;
use super::common::{Done, Nothing};
use crate::engine::Engine;
use crate::error::Error;
use crate::storage::{Kind, Usage};

/// What is kept on this computer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StorageView {
    /// The data folder.
    pub data_folder: PathBuf,
    /// The folder of the logs.
    pub log_folder: PathBuf,
    /// Bytes by what they are for; nothing is left out.
    pub usage: Vec<Usage>,
    /// The copies of the open workspace, newest first.
    pub backups: Vec<BackupView>,
    /// When the newest copy was made.
    pub backed_up: Option<Timestamp>,
}

/// What a clean-up freed.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CleanedUp {
    /// In bytes.
    pub bytes: u64,
}

/// Names a folder of the console's.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FolderArgs {
    /// Which.
    pub folder: FolderName,
}

/// A folder that a person may want to look into.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FolderName {
    /// Everything.
    Data,
    /// The logs.
    Logs,
}

pub(super) async fn storage(engine: &Engine, _: Nothing) -> Result<StorageView, Error> {
    let usage = engine.usage().await?;
    let backups = engine.backups();
    Ok(StorageView {
        data_folder: engine.data_folder().to_owned(),
        log_folder: engine.log_folder(),
        usage,
        backed_up: backups.first().map(|backup| backup.at),
        backups,
    })
}

pub(super) async fn clean_up(engine: &Engine, _: Nothing) -> Result<CleanedUp, Error> {
    engine.clean_up(Kind::Spare).await.map(|bytes| CleanedUp { bytes })
}

pub(super) async fn back_up_now(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.back_up_now().await.map(|()| Done {})
}

pub(super) async fn open_folder(engine: &Engine, args: FolderArgs) -> Result<Done, Error> {
    let folder = match args.folder {
        FolderName::Data => engine.data_folder().to_owned(),
        FolderName::Logs => engine.log_folder(),
    };
    engine.open_folder(&folder).map(|()| Done {})
}
