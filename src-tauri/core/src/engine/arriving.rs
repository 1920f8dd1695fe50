//! A file that the window hands over piece by piece: it may be larger than what a window can hold. It lies in the data
//! folder until whoever it was for took it, or until the next start.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{Engine, blocking, io_error};
use crate::error::{Error, ErrorCode};

/// The largest piece, in bytes.
const PIECE: usize = 16 * 1024 * 1024;
/// How the names of what arrives begin in the data folder.
pub(crate) const ARRIVING: &str = "arriving-";

impl Engine {
    /// Keeps the next piece of a file, which begins at so many bytes; without a file, the first one. Answers the file.
    pub(crate) async fn take_piece(
        &self,
        file: Option<Uuid>,
        at: u64,
        bytes: Vec<u8>,
    ) -> Result<Uuid, Error> {
        if !self.holds_folder() {
            return Err(Error::new(ErrorCode::NotOpen));
        }
        if bytes.len() > PIECE || file.is_none() && at != 0 {
            return Err(Error::new(ErrorCode::Invalid));
        }
        let id = file.unwrap_or_else(Uuid::now_v7);
        let path = self.arriving(id);
        blocking(move || match append(&path, file.is_none(), at, &bytes) {
            Ok(true) => Ok(id),
            Ok(false) => Err(Error::new(ErrorCode::Invalid)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::not_found()),
            Err(error) => Err(io_error(&error)),
        })
        .await
    }

    /// Where such a file lies.
    fn arriving(&self, id: Uuid) -> PathBuf {
        self.0.data.join(format!("{ARRIVING}{id}"))
    }

    /// Does something with such a file, which goes then, whatever came of it.
    pub(super) async fn with_arrived<T>(
        &self,
        id: Uuid,
        act: impl AsyncFnOnce(PathBuf) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.arriving(id);
        if !path.is_file() {
            return Err(Error::not_found());
        }
        let done = act(path.clone()).await;
        let _ = fs::remove_file(path);
        done
    }

    /// Looks at such a file, which stays to be taken next, unless nothing can be done with it.
    pub(super) async fn look_at_arrived<T>(
        &self,
        id: Uuid,
        look: impl AsyncFnOnce(PathBuf) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.arriving(id);
        if !path.is_file() {
            return Err(Error::not_found());
        }
        let seen = look(path.clone()).await;
        if seen.is_err() {
            let _ = fs::remove_file(path);
        }
        seen
    }

    /// Removes what had not arrived when the console ended.
    pub(super) fn drop_arriving(&self) {
        let Ok(entries) = fs::read_dir(&self.0.data) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(ARRIVING) {
                let path = entry.path();
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}

/// Whether the piece is the next one. One that could not be written whole is cut off again, so that it can come once more.
fn append(path: &Path, new: bool, at: u64, bytes: &[u8]) -> io::Result<bool> {
    let mut file = OpenOptions::new().append(true).create_new(new).open(path)?;
    if file.metadata()?.len() != at {
        return Ok(false);
    }
    file.write_all(bytes).inspect_err(|_| {
        let _ = file.set_len(at);
    })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece that comes twice, or before its turn, must not make another file of it.
    #[test]
    fn pieces_come_in_their_order_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("arriving-1");
        assert!(append(&path, false, 0, b"ab").is_err(), "nothing was begun");
        assert!(append(&path, true, 0, b"ab").unwrap());
        assert!(append(&path, true, 0, b"ab").is_err(), "it was begun already");
        assert!(append(&path, false, 2, b"cde").unwrap());
        assert!(!append(&path, false, 2, b"cde").unwrap(), "it is there already");
        assert!(!append(&path, false, 9, b"x").unwrap(), "one is missing before it");
        assert_eq!(fs::read(&path).unwrap(), b"abcde");
    }
}
