//! The open workspace written into one file ([`crate::archive`]): history, states, attached files; no secret.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use domain::Place;
use domain::files::{BlobId, named};
use serde_json::Value;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

use super::files::call_error;
use super::{Engine, State, blocking, io_error};
use crate::archive::{ENDING, Header, Writer};
use crate::error::{Error, ErrorCode};
use crate::jobs::{Job, JobKind};
use crate::profile::Seat;
use crate::store::Store;
use crate::sync::Whole;
use crate::text::{self, FileName};
use domain::time;

/// A file that was written.
#[derive(Clone, Debug)]
pub(crate) struct Exported {
    pub(crate) path: PathBuf,
    /// Commands that wait to be sent, and so are not in it.
    pub(crate) unsent: usize,
    /// Attached files that the service does not have.
    pub(crate) missing: usize,
}

/// What goes into the file, in its order.
enum Piece {
    Changes(Vec<Value>),
    States(Vec<Value>),
    File(BlobId, Vec<u8>),
    /// Everything was handed over: without it nothing is left of the file.
    End,
}

impl Engine {
    /// Writes the open workspace into a file in a folder of the person's, beside what is there: among their downloads
    /// where they named none. The file appears only when it is whole.
    pub(crate) async fn export_workspace(&self, folder: Option<PathBuf>) -> Result<Exported, Error> {
        let folder = self.saving_folder(folder).await?;
        let (store, _) = self.open_store()?;
        let (title, _) = store.read(|view| view.glance().map_err(Error::from)).await?;
        let name = FileName::tame(&format!("{title} {}.{ENDING}", time::day(self.now())));
        self.export_by(folder, move |part, folder| text::rename_beside(part, folder, &name)).await
    }

    /// Writes it into a folder under a name, in the place of what is there.
    pub(super) async fn export_as(&self, folder: PathBuf, name: String) -> Result<Exported, Error> {
        let place = move |part: &Path, folder: &Path| {
            let path = folder.join(name);
            fs::rename(part, &path).map(|()| path)
        };
        self.export_by(folder, place).await
    }

    async fn export_by(
        &self,
        folder: PathBuf,
        place: impl FnOnce(&Path, &Path) -> io::Result<PathBuf> + Send + 'static,
    ) -> Result<Exported, Error> {
        let (store, seat, whole) = self.open_whole()?;
        let (title, unsent) = store.read(|view| view.glance().map_err(Error::from)).await?;
        let now = self.now();
        let header = Header::new(now, seat.workspace, title, seat.member, seat.name);
        let job = self.jobs().begin(JobKind::Export);
        let (pieces, coming) = channel(4);
        let writing = tokio::task::spawn_blocking(move || write(&folder, place, &header, coming));
        let gathered = gather(&whole, &pieces, &job).await;
        drop(pieces);
        let written = writing.await.map_err(|error| Error::internal(&error))?;
        let path = written.map_err(|error| io_error(&error))?;
        let missing = gathered?;
        Ok(Exported { path: path.ok_or_else(|| Error::new(ErrorCode::Cancelled))?, unsent, missing })
    }

    /// The folder that a person named, once it is known to take files; without one that of their downloads.
    pub(super) async fn saving_folder(&self, named: Option<PathBuf>) -> Result<PathBuf, Error> {
        let Some(folder) = named else {
            return Ok(self.0.host.downloads().unwrap_or_else(|| self.0.data.join("exports")));
        };
        let data = self.data_folder().to_owned();
        blocking(move || {
            // One that takes no file is told now, not when everything was gathered.
            let takes = folder.is_absolute() && !folder.starts_with(data) && folder.is_dir();
            if takes && tempfile_in(&folder).is_ok() {
                Ok(folder)
            } else {
                Err(Error::new(ErrorCode::Invalid).at(Place::input("folder")))
            }
        })
        .await
    }

    /// The open workspace, as its service has it.
    pub(super) fn open_whole(&self) -> Result<(Store, Seat, Whole), Error> {
        match &*self.state() {
            State::Open(open) => Ok((open.store.clone(), open.seat.clone(), open.sync.whole())),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }
}

/// Writes a file into a folder and takes it away again.
fn tempfile_in(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!("{}.unfinished", Uuid::now_v7()));
    fs::write(&path, b"")?;
    fs::remove_file(path)
}

/// Hands over everything; answers how many attached files are not to be had.
async fn gather(whole: &Whole, to: &Sender<Piece>, job: &Job) -> Result<usize, Error> {
    let mut found = BTreeSet::new();
    let (mut head, mut after) = (0, 0);
    head = changes(whole, to, job, &mut found, head).await?;
    loop {
        let page = whole.states(after).await.map_err(|error| call_error(&error))?;
        let more = page.more;
        after = page.last().unwrap_or(after);
        let rows = page.take();
        name(&rows, &mut found);
        hand(to, Piece::States(rows)).await?;
        if !more {
            break;
        }
    }
    // A state may be of a later moment than the history read so far: the rest of it follows.
    changes(whole, to, job, &mut found, head).await?;
    let mut missing = 0;
    for (n, id) in (0..).zip(&found) {
        go_on(job, n, found.len() as u64)?;
        match whole.file(*id).await.map_err(|error| call_error(&error))? {
            Some(bytes) => hand(to, Piece::File(*id, bytes)).await?,
            None => missing += 1,
        }
    }
    hand(to, Piece::End).await?;
    Ok(missing)
}

async fn changes(
    whole: &Whole,
    to: &Sender<Piece>,
    job: &Job,
    found: &mut BTreeSet<BlobId>,
    mut after: u64,
) -> Result<u64, Error> {
    loop {
        let page = whole.changes(after).await.map_err(|error| call_error(&error))?;
        let (more, head) = (page.more, page.head);
        after = page.last().unwrap_or(after);
        go_on(job, after, head)?;
        let rows = page.take();
        name(&rows, found);
        hand(to, Piece::Changes(rows)).await?;
        if !more {
            return Ok(after);
        }
    }
}

/// Notes the attached files that rows name.
pub(super) fn name(rows: &[Value], found: &mut BTreeSet<BlobId>) {
    for row in rows {
        named(row, found);
    }
}

/// Says how far it is, and ends where a person wants it to.
pub(super) fn go_on(job: &Job, done: u64, of: u64) -> Result<(), Error> {
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    if job.step(count(done), count(of)) { Ok(()) } else { Err(Error::new(ErrorCode::Cancelled)) }
}

/// Whoever writes ends early only by an error of its own, which is told in place of this one.
async fn hand(to: &Sender<Piece>, piece: Piece) -> Result<(), Error> {
    to.send(piece).await.map_err(|_| Error::new(ErrorCode::Cancelled))
}

/// Writes what comes; nothing where it did not come to its end.
fn write(
    folder: &Path,
    place: impl FnOnce(&Path, &Path) -> io::Result<PathBuf>,
    header: &Header,
    mut coming: Receiver<Piece>,
) -> io::Result<Option<PathBuf>> {
    fs::create_dir_all(folder)?;
    let part = folder.join(format!("{}.unfinished", Uuid::now_v7()));
    let written = (|| {
        let mut writer = Writer::new(BufWriter::new(File::create_new(&part)?), header)?;
        while let Some(piece) = coming.blocking_recv() {
            match piece {
                Piece::Changes(rows) => writer.changes(&rows)?,
                Piece::States(rows) => writer.states(&rows)?,
                Piece::File(id, bytes) => writer.file(id, &bytes)?,
                Piece::End => {
                    let file = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
                    file.sync_all()?;
                    return place(&part, folder).map(Some);
                }
            }
        }
        Ok(None)
    })();
    if !matches!(written, Ok(Some(_))) {
        let _ = fs::remove_file(&part);
    }
    written
}
