//! Files: taken in, shown, saved, opened, and let go of.

use std::path::{Path, PathBuf};

use domain::files::{BlobId, FileRef, MAX_BYTES};
use domain::refusal::RefusalCode;
use domain::{Place, Refusal, Timestamp};

use super::{Engine, State, io_error};
use crate::blobs::{BlobError, Blobs};
use crate::error::{Error, ErrorCode};
use crate::picture;
use crate::store::{Store, files};
use crate::sync::CallError;
use crate::text::{self, FileName};

/// How many pictures are decoded at a time: each takes its memory.
pub(super) const PICTURES: usize = 2;

impl Engine {
    /// Keeps a file, durable when it answers, and says what it is. A command that names it comes after.
    pub async fn add_file(&self, name: &str, bytes: Vec<u8>) -> Result<FileRef, Error> {
        let refused = |refusal: Refusal| Err(refusal.at(Place::input("file")).into());
        if bytes.is_empty() {
            return refused(Refusal::ours(RefusalCode::FileEmpty));
        }
        if bytes.len() as u64 > MAX_BYTES {
            return refused(Refusal::ours(RefusalCode::FileTooLarge).with("max", MAX_BYTES));
        }
        let (store, blobs) = self.open_files()?;
        // Nothing is swept between the file and its row.
        let _filing = store.filing().await;
        let (name, length) = (text::shown_name(name), bytes.len() as u64);
        let shown = name.clone();
        let _turn = self.0.pictures.acquire().await.map_err(|error| Error::internal(&error))?;
        let (id, kind) = on_disk(move || {
            let kind = picture::look(&bytes, &shown);
            Ok((blobs.add(&bytes)?, kind))
        })
        .await?;
        let now = self.now();
        store.write(move |tx| files::added(tx, id, length, now).map_err(Error::from)).await?;
        Ok(FileRef {
            sha256: id,
            name,
            media_type: kind.media_type.to_owned(),
            bytes: length,
            pixels: kind.pixels,
        })
    }

    /// Keeps the picture on the clipboard; none where it holds none.
    pub async fn paste_picture(&self, name: &str) -> Result<Option<FileRef>, Error> {
        let picture = match self.0.clipboard.picture().await {
            Ok(picture) => picture,
            Err(crate::clipboard::ClipboardError::NoText) => return Ok(None),
            Err(error) => return Err(super::desktop::clipboard_error(error)),
        };
        let side = |pixels| u32::try_from(pixels).map_err(|error| Error::internal(&error));
        let (width, height) = (side(picture.width)?, side(picture.height)?);
        let png = on_disk(move || Ok(picture::png_of(width, height, picture.rgba))).await?;
        match png {
            Some(png) => self.add_file(name, png).await.map(Some),
            None => Ok(None),
        }
    }

    /// A file's bytes. One that is not here is fetched from the service, and kept.
    pub async fn file(&self, id: BlobId) -> Result<Vec<u8>, Error> {
        let (store, blobs) = self.open_files()?;
        let own = blobs.clone();
        match on_disk(move || own.read(id)).await {
            Err(error) if error.code == ErrorCode::NotFound => {}
            read => return read,
        }
        let fetched = self.service_files()?.fetch(id).await.map_err(|error| fetch_error(&error))?;
        let bytes = fetched.ok_or_else(|| Error::not_found().at(Place::input("file")))?;
        let length = bytes.len() as u64;
        let _filing = store.filing().await;
        let bytes = on_disk(move || blobs.add(&bytes).map(|_| bytes)).await?;
        let now = self.now();
        store.write(move |tx| files::fetched(tx, id, length, now).map_err(Error::from)).await?;
        Ok(bytes)
    }

    fn service_files(&self) -> Result<crate::sync::Files, Error> {
        match &*self.state() {
            State::Open(open) => Ok(open.sync.files()),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    /// A picture no larger than so many pixels a side, as PNG.
    pub async fn thumbnail(&self, id: BlobId, side: u32) -> Result<Vec<u8>, Error> {
        let bytes = self.file(id).await?;
        let _turn = self.0.pictures.acquire().await.map_err(|error| Error::internal(&error))?;
        let made = on_disk(move || Ok(picture::thumbnail(&bytes, side))).await?;
        made.ok_or_else(|| Error::new(ErrorCode::Invalid).at(Place::input("file")))
    }

    /// Saves files where a person looks for them, in a folder of their own where one is named, and shows it where
    /// that is wished. What is there already as it is, is left so. Answers the folder and the files.
    pub async fn save_files(
        &self,
        files: Vec<FileRef>,
        folder: Option<&str>,
        show: bool,
    ) -> Result<(PathBuf, Vec<PathBuf>), Error> {
        let mut place = self.0.host.downloads().unwrap_or_else(|| self.0.data.join("exports"));
        if let Some(folder) = folder {
            place.push(FileName::tame(folder).to_string());
        }
        let mut saved = Vec::new();
        for file in files {
            let bytes = self.file(file.sha256).await?;
            let (place, name) = (place.clone(), FileName::tame(&file.name));
            saved.push(on_disk(move || Ok(text::save_once(&place, &name, &bytes)?)).await?);
        }
        if show {
            self.open_folder(&place)?;
        }
        Ok((place, saved))
    }

    /// Opens a file in the system's program for it: a copy, named after what it is. Only what neither runs nor brings
    /// others along.
    pub async fn open_file(&self, file: FileRef) -> Result<(), Error> {
        let bytes = self.file(file.sha256).await?;
        let kind = picture::look(&bytes, &file.name);
        let Some(ending) = picture::opened_as(kind.media_type) else {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("file")));
        };
        let stem = file.name.rsplit_once('.').map_or(&*file.name, |(stem, _)| stem);
        let name = FileName::tame(&format!("{stem}.{ending}"));
        let folder = self.0.data.join(OPENED);
        let path = on_disk(move || Ok(text::save_once(&folder, &name, &bytes)?)).await?;
        self.open_folder(&path)
    }

    /// Lets go of files that nothing has named for [`files::KEPT_MS`]; answers the bytes that went.
    pub(super) async fn sweep_files(&self) -> Result<u64, Error> {
        let (store, blobs) = self.open_files()?;
        let named = store.read(|view| files::all_named(view).map_err(Error::from)).await?;
        let _filing = store.filing().await;
        let now = self.now();
        let gone = store
            .write(move |tx| {
                tx.set_setting(SWEPT, &now.0.into())?;
                files::forget_unnamed(tx, &named, now).map_err(Error::from)
            })
            .await?;
        on_disk(move || gone.into_iter().try_fold(0, |freed, id| Ok(freed + blobs.remove(id)?))).await
    }

    /// The same, where the last time was a day ago or more. By the clock, not by how long the console has been open: a
    /// person who works for an hour a day has it done, too.
    pub(super) async fn sweep_files_daily(&self) -> Result<(), Error> {
        let (store, _) = self.open_files()?;
        let last = store.read(|view| view.setting(SWEPT).map_err(Error::from)).await?;
        let last = last.and_then(|at| at.as_i64()).unwrap_or_default();
        // A clock that was put back counts as a day.
        if (0..DAY_MS).contains(&(self.now().0 - last)) {
            return Ok(());
        }
        self.sweep_originals().await?;
        let freed = self.sweep_files().await?;
        tracing::info!(bytes = freed, "looked for files that nothing names");
        Ok(())
    }

    /// Removes the copies that were opened; answers nothing, for they are not counted as kept.
    pub(super) async fn remove_opened(&self) -> Result<(), Error> {
        let opened = self.0.data.join(OPENED);
        on_disk(move || if opened.is_dir() { Ok(std::fs::remove_dir_all(opened)?) } else { Ok(()) }).await
    }

    /// The files of the open workspace that are on this computer.
    pub(crate) fn blobs(&self) -> Result<Blobs, Error> {
        self.open_files().map(|(_, blobs)| blobs)
    }

    fn open_files(&self) -> Result<(Store, Blobs), Error> {
        match &*self.state() {
            State::Open(open) => Ok((open.store.clone(), Blobs::of(open.store.folder()))),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }
}

/// When files were let go of last.
pub(super) const SWEPT: &str = "files.swept";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Copies that the system's programs were given.
const OPENED: &str = "opened";

/// Brings files and rows in line when a workspace is opened: nothing else is at work on them then.
pub(super) fn settle(folder: &Path, store: &Store, now: Timestamp) -> impl Future<Output = ()> + use<> {
    let (blobs, store) = (Blobs::of(folder), store.clone());
    let here = blobs.sweep_parts().and_then(|()| blobs.all());
    async move {
        let done = match here {
            Ok(here) => {
                store.write(move |tx| files::reconcile(tx, &here, now)).await.map_err(|e| e.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = done {
            // The files are there all the same; the next start tries again.
            tracing::error!(%error, "the files could not be looked through");
        }
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, Error> {
    super::blocking(move || work().map_err(Error::from)).await
}

fn fetch_error(error: &CallError) -> Error {
    call_error(error).at(Place::input("file"))
}

/// A service that did not do what it was asked.
pub(super) fn call_error(error: &CallError) -> Error {
    let code = match error {
        CallError::Unavailable { status: 429, .. } => ErrorCode::RateLimited,
        CallError::Unavailable { status: 503, .. } => ErrorCode::Busy,
        CallError::Offline(_) | CallError::Unavailable { .. } => ErrorCode::Offline,
        CallError::Intercepted { .. } => ErrorCode::Intercepted,
        CallError::SignedOut => ErrorCode::SignedOut,
        CallError::NotAMember => ErrorCode::Forbidden,
        CallError::UpdateNeeded => ErrorCode::ServiceTooOld,
        _ => ErrorCode::Platform,
    };
    Error::new(code).with("detail", error)
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotHere | BlobError::Damaged => Self::not_found().at(Place::input("file")),
            BlobError::TooLarge => Refusal::ours(RefusalCode::FileTooLarge).with("max", MAX_BYTES).into(),
            BlobError::Io(error) => io_error(&error),
        }
    }
}
