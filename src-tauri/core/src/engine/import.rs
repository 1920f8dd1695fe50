//! A workspace read from a file ([`crate::archive`]) into a new one on this computer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ids::WorkspaceId;
use domain::protocol::{Change, Import};
use domain::{Place, Role};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::channel;
use uuid::Uuid;

use super::export::go_on;
use super::files::call_error;
use super::recovery::{blocked_error, service};
use super::upkeep::SERVICE;
use super::{Engine, blocking, io_error};
use crate::archive::{self, ArchiveError, Entry, Header};
use crate::error::{Error, ErrorCode};
use crate::jobs::{Job, JobKind};
use crate::profile::{ConnectionName, Local, Seat};
use crate::sync::{Transport, Whole};

impl Engine {
    /// Makes a workspace of its own of what a file holds that the window handed over, and opens it.
    pub(crate) async fn import_workspace(&self, file: Uuid) -> Result<(), Error> {
        self.with_arrived(file, async |path| self.import_file(path).await).await
    }

    /// The same of a file that is on this computer.
    pub(super) async fn import_file(&self, path: PathBuf) -> Result<(), Error> {
        if !self.holds_folder() {
            return Err(Error::new(ErrorCode::NotOpen));
        }
        let job = self.jobs().begin(JobKind::Import);
        let here = path.clone();
        // Nothing is begun before all of it was found to be as it was written.
        let header = blocking(move || archive::verify(&here).map_err(Error::from)).await?;
        let name = domain::text::line(&header.name, domain::text::LINE, "member")?;
        let workspace = WorkspaceId(Uuid::now_v7());
        let seat = Seat { workspace, member: header.member, name, roles: Role::ALL.to_vec(), moved: None };
        let first = self.profile().this_computer.is_none();
        let local = Uuid::now_v7();
        let name = if first { ConnectionName::ThisComputer } else { ConnectionName::Local(local) };
        let folder = self.folder_of(name);
        self.set_aside(name)?;
        if let Err(error) = self.fill(&folder, &seat, path, &header, &job).await {
            let _ = std::fs::remove_dir_all(folder);
            return Err(error);
        }
        drop(job);
        self.turn(async || {
            self.change_profile(|profile| {
                if first {
                    profile.this_computer = Some(seat);
                } else {
                    profile.locals.push(Local { id: local, seat });
                }
                profile.active = Some(name);
            })
        })
        .await
    }

    async fn fill(
        &self,
        folder: &Path,
        seat: &Seat,
        path: PathBuf,
        header: &Header,
        job: &Job,
    ) -> Result<(), Error> {
        let (embedded, folder, by) = (self.0.embedded.clone(), folder.to_owned(), seat.clone());
        let transport = blocking(move || {
            crate::folder::private(&folder).map_err(|error| io_error(&error))?;
            let opened = embedded.open(&folder.join(SERVICE), &by);
            opened.map_err(|fault| blocked_error(&service(&fault)))
        });
        let transport: Arc<dyn Transport> = transport.await?;
        let (whole, import) = (Whole::new(transport), Uuid::now_v7());
        let ids = Ids(vec![(header.workspace.to_string(), seat.workspace.to_string())]);
        // The history first, wherever it stands in the file.
        for states in [false, true] {
            let (entries, mut coming) = channel(2);
            let path = path.clone();
            let reading = tokio::task::spawn_blocking(move || {
                archive::read(&path, |entry| entries.blocking_send(entry).map_err(|_| Stop::Left))
            });
            let mut read = 0;
            while let Some(entry) = coming.recv().await {
                read += 1;
                go_on(job, read, 0)?;
                let part = match entry {
                    Entry::Changes(text) if !states => Import {
                        id: import,
                        changes: rows::<Change>(&text, &ids)?,
                        states: Vec::new(),
                        done: false,
                    },
                    Entry::States(text) if states => {
                        Import { id: import, changes: Vec::new(), states: rows(&text, &ids)?, done: false }
                    }
                    Entry::File(id, bytes) if !states => {
                        whole.send_file(id, bytes).await.map_err(|error| call_error(&error))?;
                        continue;
                    }
                    _ => continue,
                };
                whole.import(&part).await.map_err(|error| call_error(&error))?;
            }
            match reading.await.map_err(|error| Error::internal(&error))? {
                Ok(_) | Err(Stop::Left) => {}
                Err(Stop::File(error)) => return Err(error.into()),
            }
        }
        let last = Import { id: import, changes: Vec::new(), states: Vec::new(), done: true };
        whole.import(&last).await.map(drop).map_err(|error| call_error(&error))
    }
}

/// Why the reading of a file ends before its end.
enum Stop {
    /// Nobody wants the rest.
    Left,
    File(ArchiveError),
}

impl From<ArchiveError> for Stop {
    fn from(error: ArchiveError) -> Self {
        Self::File(error)
    }
}

/// Ids that become others: each is a UUID and means one thing wherever it stands.
pub(super) struct Ids(pub(super) Vec<(String, String)>);

impl Ids {
    pub(super) fn replaced(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }
}

/// Rows, one a line. What was as it was written and cannot be read is by a newer version.
fn rows<T: DeserializeOwned>(text: &str, ids: &Ids) -> Result<Vec<T>, Error> {
    let text = ids.replaced(text);
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().map_err(|_| ArchiveError::TooNew.into())
}

impl From<ArchiveError> for Error {
    fn from(error: ArchiveError) -> Self {
        let reason = match error {
            ArchiveError::Foreign => "foreign",
            ArchiveError::TooNew => "too_new",
            ArchiveError::Damaged(_) => "damaged",
            ArchiveError::Io(error) => return io_error(&error).at(Place::input("file")),
        };
        Self::new(ErrorCode::Invalid).with("reason", reason).at(Place::input("file"))
    }
}
