//! Files that leave the console: what the window rendered, in the person's downloads.

use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::Place;
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::{Error, ErrorCode};

/// Longest file that is written, in bytes: a report of 5,000 items with its history has a tenth of it.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// A file to be written.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SaveFileArgs {
    /// The name that it should get, with its ending; made tame, and numbered where it is taken.
    pub name: String,
    /// What it holds.
    pub content: FileContent,
}

/// What a file holds.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FileContent {
    /// A text, written as UTF-8.
    Text(String),
    /// Bytes, in the standard alphabet with padding.
    Base64(String),
}

/// A file that was written.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileReply {
    /// Where it lies.
    pub path: PathBuf,
}

pub(super) async fn save_file(engine: &Engine, args: SaveFileArgs) -> Result<FileReply, Error> {
    let bytes = bytes(args.content)?;
    engine.save_file(&args.name, bytes).await.map(|path| FileReply { path })
}

fn bytes(content: FileContent) -> Result<Vec<u8>, Error> {
    let invalid = || Error::new(ErrorCode::Invalid).at(Place::input("content"));
    let too_long = || invalid().with("max", MAX_BYTES);
    let bytes = match content {
        FileContent::Text(text) => text.into_bytes(),
        FileContent::Base64(text) if text.len() / 4 > MAX_BYTES / 3 + 1 => return Err(too_long()),
        FileContent::Base64(text) => BASE64_STANDARD.decode(text).map_err(|_| invalid())?,
    };
    if bytes.len() > MAX_BYTES { Err(too_long()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was_meant_and_is_bounded() {
        let read = |content| bytes(content).map_err(|error| error.code);
        assert_eq!(read(FileContent::Text("São".to_owned())).unwrap(), "São".as_bytes());
        assert_eq!(read(FileContent::Base64("AP8=".to_owned())).unwrap(), [0, 255]);
        assert_eq!(read(FileContent::Base64("not base64".to_owned())), Err(ErrorCode::Invalid));
        assert!(read(FileContent::Text(" ".repeat(MAX_BYTES))).is_ok());
        assert_eq!(read(FileContent::Text(" ".repeat(MAX_BYTES + 1))), Err(ErrorCode::Invalid));
        assert_eq!(read(FileContent::Base64("AAAA".repeat(MAX_BYTES / 3 + 1))), Err(ErrorCode::Invalid));
    }
}
