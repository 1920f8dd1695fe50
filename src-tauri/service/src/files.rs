//! The bytes of files, by their SHA-256: one folder a workspace, one file a hash.
//!
//! A file comes in pieces. What came so far stands beside its place, one for each person who sends it, and goes on
//! where it ended; when the last piece is there the whole is checked against its hash and renamed. Replicas of a
//! service share the folder as they share the database.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use domain::files::{BlobId, MAX_BYTES};
use domain::ids::{MemberId, WorkspaceId};
use sha2::{Digest as _, Sha256};

/// How long a file may lie unfinished before it goes.
const UNFINISHED: Duration = Duration::from_hours(24);

/// Where a service keeps files; clones share it. Every call blocks on the disk.
#[derive(Clone, Debug)]
pub struct Files {
    place: Option<Place>,
    /// Held while a piece is added: two of one file do not meet.
    adding: Arc<Mutex<()>>,
}

#[derive(Clone, Debug)]
enum Place {
    One(PathBuf),
    ByWorkspace(PathBuf),
}

/// How much of a file is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Held {
    /// All of it.
    Whole,
    /// So many bytes of what this person sends.
    Part(u64),
}

/// Why a piece was not added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    #[error("no folder for files was given")]
    NoFolder,
    #[error("the piece does not begin where the last one ended")]
    Elsewhere(u64),
    #[error("the bytes are not those of the hash")]
    NotTheHash,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Files {
    /// No folder: files are not taken, and commands that name any are refused.
    pub fn none() -> Self {
        Self { place: None, adding: Arc::default() }
    }

    /// A folder with one below it for each workspace.
    pub fn by_workspace(folder: &Path) -> Self {
        Self { place: Some(Place::ByWorkspace(folder.to_owned())), adding: Arc::default() }
    }

    /// The folder of the only workspace. A desktop that has the service in it hands in its own: files under the same
    /// names, so that each is kept once.
    pub fn of_one_workspace(folder: &Path) -> Self {
        Self { place: Some(Place::One(folder.to_owned())), adding: Arc::default() }
    }

    fn folder(&self, workspace: WorkspaceId) -> Option<PathBuf> {
        self.place.as_ref().map(|place| match place {
            Place::One(folder) => folder.clone(),
            Place::ByWorkspace(folder) => folder.join(workspace.to_string()),
        })
    }

    /// Whether nobody but services has these files.
    pub(crate) fn are_its_own(&self) -> bool {
        matches!(self.place, Some(Place::ByWorkspace(_)))
    }

    /// Every file of a workspace that is whole.
    pub(crate) fn all(&self, workspace: WorkspaceId) -> io::Result<BTreeSet<BlobId>> {
        let Some(folder) = self.folder(workspace) else { return Ok(BTreeSet::new()) };
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries?,
        };
        let mut all = BTreeSet::new();
        for entry in entries {
            all.extend(entry?.file_name().to_str().and_then(|name| name.parse::<BlobId>().ok()));
        }
        Ok(all)
    }

    /// Removes files; one that is not here is removed.
    pub(crate) fn remove(&self, workspace: WorkspaceId, ids: &[BlobId]) -> io::Result<()> {
        let Some(folder) = self.folder(workspace) else { return Ok(()) };
        for id in ids {
            match fs::remove_file(folder.join(id.to_string())) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Of these files, those that are not here.
    pub(crate) fn missing(&self, workspace: WorkspaceId, ids: BTreeSet<BlobId>) -> BTreeSet<BlobId> {
        let Some(folder) = self.folder(workspace) else { return ids };
        ids.into_iter().filter(|id| !folder.join(id.to_string()).is_file()).collect()
    }

    /// How much of a file is here, for one who would send it.
    pub(crate) fn held(&self, workspace: WorkspaceId, member: MemberId, id: BlobId) -> Held {
        let Some(folder) = self.folder(workspace) else { return Held::Part(0) };
        if folder.join(id.to_string()).is_file() {
            return Held::Whole;
        }
        Held::Part(fs::metadata(part(&folder, member, id)).map_or(0, |file| file.len()))
    }

    /// Adds a piece that begins at `at` of a file of `total` bytes.
    pub(crate) fn add(
        &self,
        workspace: WorkspaceId,
        member: MemberId,
        id: BlobId,
        (at, total): (u64, u64),
        piece: &[u8],
    ) -> Result<Held, FilesError> {
        let folder = self.folder(workspace).ok_or(FilesError::NoFolder)?;
        let _alone = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let so_far = match self.held(workspace, member, id) {
            Held::Whole => return Ok(Held::Whole),
            Held::Part(so_far) => so_far,
        };
        // From the beginning is always right: what came before is dropped.
        if at != 0 && at != so_far {
            return Err(FilesError::Elsewhere(so_far));
        }
        if so_far == 0 {
            fs::create_dir_all(&folder)?;
            sweep(&folder)?;
        }
        let path = part(&folder, member, id);
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(piece)?;
        let so_far = at + piece.len() as u64;
        if so_far < total {
            return Ok(Held::Part(so_far));
        }
        file.sync_all()?;
        drop(file);
        if hash(&path)? != id {
            fs::remove_file(&path)?;
            return Err(FilesError::NotTheHash);
        }
        fs::rename(&path, folder.join(id.to_string()))?;
        if cfg!(unix) {
            File::open(&folder)?.sync_all()?;
        }
        Ok(Held::Whole)
    }

    /// So many bytes of a file from `at` on, and its size; none where it is not here.
    pub(crate) fn read(
        &self,
        workspace: WorkspaceId,
        id: BlobId,
        at: u64,
        most: u64,
    ) -> io::Result<Option<(Vec<u8>, u64)>> {
        let Some(folder) = self.folder(workspace) else { return Ok(None) };
        let mut file = match File::open(folder.join(id.to_string())) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let total = file.metadata()?.len();
        file.seek(SeekFrom::Start(at.min(total)))?;
        let mut piece = Vec::new();
        file.take(most).read_to_end(&mut piece)?;
        Ok(Some((piece, total)))
    }
}

fn part(folder: &Path, member: MemberId, id: BlobId) -> PathBuf {
    folder.join(format!("{id}.{member}.part"))
}

fn hash(path: &Path) -> io::Result<BlobId> {
    let (mut file, mut hash) = (File::open(path)?.take(MAX_BYTES + 1), Sha256::new());
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(BlobId(hash.finalize().into())),
            length => hash.update(&piece[..length]),
        }
    }
}

/// Removes what was begun long ago and never finished.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let modified =
            entry.metadata().and_then(|file| file.modified()).unwrap_or_else(|_| SystemTime::now());
        let old = modified.elapsed().is_ok_and(|since| since > UNFINISHED);
        if old && path.extension().is_some_and(|ending| ending == "part") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
