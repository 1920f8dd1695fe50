//! The bytes of files, by their SHA-256: `blobs/<sha256>` in a connection's folder.
//!
//! A file is written beside its place, brought to the disk and renamed, so that under a hash there is all of it or
//! nothing; what is read is checked against its hash. What is here is only what somebody added or looked at on this
//! computer; which of it nobody needs any more is for the store to say.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use domain::files::{BlobId, MAX_BYTES};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The folder's name.
pub const FOLDER: &str = "blobs";
/// How the name of a file ends that is not whole yet.
const PART: &str = "tmp";
/// How the name of a file ends whose bytes were not those of its hash.
const DAMAGED: &str = "damaged";

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It is not here.
    #[error("the file is not here")]
    NotHere,
    /// Its bytes are not those of its hash: it was set aside, and is not here any more.
    #[error("the file is damaged")]
    Damaged,
    /// It is larger than files may be.
    #[error("the file is too large")]
    TooLarge,
    /// The system says why.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::NotHere } else { Self::Io(error) }
    }
}

/// The files of a connection. Every call blocks on the disk.
#[derive(Clone, Debug)]
pub struct Blobs(PathBuf);

impl Blobs {
    /// Those in a connection's folder. Nothing is made before the first file.
    pub fn of(connection: &Path) -> Self {
        Self(connection.join(FOLDER))
    }

    /// The hash of some bytes.
    pub fn id(bytes: &[u8]) -> BlobId {
        BlobId(Sha256::digest(bytes).into())
    }

    /// Keeps bytes; whoever asks after this finds them, a crash or not. The same bytes twice are kept once.
    pub fn add(&self, bytes: &[u8]) -> Result<BlobId, BlobError> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(BlobError::TooLarge);
        }
        let id = Self::id(bytes);
        if self.read(id).is_ok() {
            return Ok(id);
        }
        fs::create_dir_all(&self.0)?;
        let part = self.0.join(format!("{}.{PART}", Uuid::now_v7()));
        let written = File::create_new(&part).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written
            .and_then(|()| fs::rename(&part, self.path(id)))
            .inspect_err(|_| _ = fs::remove_file(&part))?;
        self.sync_folder()?;
        Ok(id)
    }

    /// The bytes, checked. What is damaged is set aside, so that it can be fetched or added once more.
    pub fn read(&self, id: BlobId) -> Result<Vec<u8>, BlobError> {
        let path = self.path(id);
        let mut bytes = Vec::new();
        File::open(&path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if Self::id(&bytes) == id {
            return Ok(bytes);
        }
        tracing::error!(%id, "a file is damaged");
        fs::rename(&path, path.with_extension(DAMAGED))?;
        Err(BlobError::Damaged)
    }

    /// Whether it is here; its bytes are not looked at.
    pub fn has(&self, id: BlobId) -> bool {
        fs::metadata(self.path(id)).is_ok_and(|file| file.is_file())
    }

    /// Every file, with its size.
    pub fn all(&self) -> io::Result<Vec<(BlobId, u64)>> {
        self.each(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            Some((id, entry.metadata().ok()?.len()))
        })
    }

    /// Removes a file; the bytes that went.
    pub fn remove(&self, id: BlobId) -> io::Result<u64> {
        let path = self.path(id);
        let bytes = fs::metadata(&path)?.len();
        fs::remove_file(path).map(|()| bytes)
    }

    /// Removes what a process left half written. Only for when no other work on the folder is under way.
    pub fn sweep_parts(&self) -> io::Result<()> {
        let parts = self.each(|entry| {
            let path = entry.path();
            path.extension().is_some_and(|ending| ending == PART).then_some(path)
        })?;
        parts.into_iter().try_for_each(fs::remove_file)
    }

    fn each<T>(&self, pick: impl Fn(&fs::DirEntry) -> Option<T>) -> io::Result<Vec<T>> {
        match fs::read_dir(&self.0) {
            Ok(entries) => entries.filter_map(|entry| entry.map(|entry| pick(&entry)).transpose()).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.0.join(id.to_string())
    }

    /// A name is on the disk when its folder is. Windows has no such call, and writes names through.
    fn sync_folder(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.0)?.sync_all() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_kept_once_and_read_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        assert!(blobs.all().unwrap().is_empty(), "a folder that is not there is empty");
        let id = blobs.add(b"one").unwrap();
        assert_eq!(blobs.add(b"one").unwrap(), id);
        // FIPS 180-4 and any tool agree.
        assert_eq!(id.to_string(), "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
        assert_eq!(blobs.all().unwrap(), [(id, 3)]);
        assert_eq!(blobs.read(id).unwrap(), b"one");
        assert_eq!(blobs.remove(id).unwrap(), 3);
        assert!(matches!(blobs.read(id), Err(BlobError::NotHere)));
        assert!(!blobs.has(id));
    }

    #[test]
    fn a_damaged_file_is_never_handed_out_and_can_be_added_again() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        let id = blobs.add(b"as it was").unwrap();
        let path = folder.path().join(FOLDER).join(id.to_string());
        for damage in [&b"as it is!"[..], b"as", b"", b"as it was and more"] {
            fs::write(&path, damage).unwrap();
            assert!(matches!(blobs.read(id), Err(BlobError::Damaged)), "{damage:?}");
            assert!(!blobs.has(id));
            fs::write(&path, damage).unwrap();
            assert_eq!(blobs.add(b"as it was").unwrap(), id, "what is added again is not taken as there");
            assert_eq!(blobs.read(id).unwrap(), b"as it was");
        }
    }

    #[test]
    fn a_crash_leaves_a_whole_file_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        let whole = blobs.add(b"whole").unwrap();
        // As a process that ended while it wrote leaves it.
        fs::write(folder.path().join(FOLDER).join("0190.tmp"), b"ha").unwrap();
        fs::write(folder.path().join(FOLDER).join("notes.txt"), b"somebody's own").unwrap();
        assert_eq!(blobs.all().unwrap(), [(whole, 5)]);
        blobs.sweep_parts().unwrap();
        let left = fs::read_dir(folder.path().join(FOLDER)).unwrap().count();
        assert_eq!(left, 2, "the whole one, and what is not ours");
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        let large = vec![0; usize::try_from(MAX_BYTES).unwrap() + 1];
        assert!(matches!(blobs.add(&large), Err(BlobError::TooLarge)));
        assert!(blobs.all().unwrap().is_empty());
    }
}
