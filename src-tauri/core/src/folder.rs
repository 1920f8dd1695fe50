//! The data folder: made, proved writable, and held by one process alone for as long as it lives.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The file that carries the lock. It is never deleted: a lock on a deleted file excludes nobody.
const LOCK: &str = "lock";
/// The file that names Talkdesk's regions in the place of the documented ones: an administrator's to roll out.
pub(crate) const REGIONS: &str = "regions.json";

/// A data folder that this process holds. Dropping it, or the end of the process however it comes, lets it go.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: File,
}

/// A data folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be written to.
    #[error("the data folder cannot be written to")]
    ReadOnly,
    /// Another process holds it.
    #[error("the data folder is in use")]
    InUse {
        /// Which, where it said so.
        pid: Option<u32>,
    },
    /// No room is left.
    #[error("the disk is full")]
    DiskFull,
    /// Anything else.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl Folder {
    /// Opens a data folder, made where it is missing, and takes hold of it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        private(path)?;
        let mut lock =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse { pid: holder(&mut lock) }),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // Writing who holds it is the proof that the folder can be written to as well.
        lock.set_len(0)?;
        lock.rewind()?;
        write!(lock, "{}", std::process::id())?;
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder in it, made where it is missing.
    pub fn sub(&self, name: &str) -> Result<PathBuf, FolderError> {
        let path = self.path.join(name);
        private(&path)?;
        Ok(path)
    }

    /// The folder of the log files.
    pub fn logs(&self) -> Result<PathBuf, FolderError> {
        self.sub("logs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A process that is being started at this moment has the open file too, for as long as it takes to become
        // another program: closing it here alone would leave the lock in place meanwhile.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the lock on the data folder was not given back");
        }
    }
}

/// Makes a folder that only its owner reads, where the system knows of such.
pub(crate) fn private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Replaces a file: written beside it, made durable, then renamed over it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".new");
    let mut out = File::create(&beside)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&beside, path)?;
    // The rename itself is durable once the folder is.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn holder(lock: &mut File) -> Option<u32> {
    // Where a lock also bars reading, the holder stays unknown.
    let mut text = String::new();
    lock.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let first = Folder::open(&path).unwrap();
        assert!(first.sub("this-computer").unwrap().is_dir());
        match Folder::open(&path) {
            Err(FolderError::InUse { pid }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(first);
        Folder::open(&path).unwrap();
    }

    #[test]
    fn a_file_in_its_place_is_an_error_that_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        fs::write(&path, "no folder").unwrap();
        assert!(matches!(Folder::open(&path), Err(FolderError::Io(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "no folder");
    }

    #[test]
    fn what_the_system_says_of_a_folder_that_cannot_be_written_to() {
        for (kind, wanted) in [
            (ErrorKind::PermissionDenied, "ReadOnly"),
            (ErrorKind::ReadOnlyFilesystem, "ReadOnly"),
            (ErrorKind::StorageFull, "DiskFull"),
        ] {
            assert_eq!(format!("{:?}", FolderError::from(io::Error::from(kind))), wanted);
        }
    }

    /// `/sys` takes no file from anybody, root included.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_takes_no_files() {
        let path = Path::new("/sys/kernel");
        if path.is_dir() {
            let refused = Folder::open(path);
            assert!(matches!(refused, Err(FolderError::ReadOnly)), "{refused:?}");
        }
    }
}
