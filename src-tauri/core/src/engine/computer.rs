//! Moving to another computer: everything of this one goes into a sealed file ([`crate::computer`]), and this one is
//! marked as left. From then on it only shows what was there: the same work must not go on in two places, and what a
//! sign-in brought is used by the other computer alone.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Place;
use uuid::Uuid;

use super::{ARRIVING, Engine, State, blocking, io_error, regions};
use crate::computer::{self, Computer, ComputerError, Contents, ENDING};
use crate::error::{Error, ErrorCode};
use crate::folder::REGIONS;
use crate::ipc::exchange::ComingRegions;
use crate::jobs::JobKind;
use crate::profile::{ConnectionName, Copies, Left, Profile};
use crate::secret::Secret;
use crate::sync::{Sending, Transport, TransportError};
use crate::text::{self, FileName};
use crate::vault::SHORTEST;

/// The calls that a computer still answers that was left: what shows, what saves a copy, and the way back.
const STILL: [&str; 27] = [
    "back_up_now",
    "choose_folder",
    "copy_deep_link",
    "copy_text",
    "export_workspace",
    "file",
    "leave_computer",
    "lock_vault",
    "note_presence",
    "notify",
    "open_file",
    "open_folder",
    "open_url",
    "open_vault",
    "quit",
    "recover_cache",
    "restore_backup",
    "retry_open",
    "return_to_computer",
    "save_file",
    "save_files",
    "set_settings",
    "stop_job",
    "switch_connection",
    "take_link",
    "take_notices",
    "thumbnail",
];

impl Engine {
    /// When this computer was left, if it was.
    pub(crate) fn left(&self) -> Option<Left> {
        self.profile().left.clone()
    }

    /// Whether a call that is no read is answered, now that this computer may have been left.
    pub(crate) fn may_call(&self, name: &str) -> Result<(), Error> {
        match self.left() {
            Some(left) if !STILL.contains(&name) => Err(Error::new(ErrorCode::Left).with("file", left.file)),
            _ => Ok(()),
        }
    }

    /// Writes everything of this computer into a sealed file in a folder of the person's, among their downloads where
    /// they named none, and marks it as left.
    pub(crate) async fn leave_computer(
        &self,
        passphrase: Secret<String>,
        folder: Option<PathBuf>,
    ) -> Result<PathBuf, Error> {
        if passphrase.expose().chars().count() < SHORTEST {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("passphrase")));
        }
        if !matches!(&*self.state(), State::Open(open) if open.name != ConnectionName::Sample) {
            return Err(Error::new(ErrorCode::NotOpen));
        }
        let folder = self.saving_folder(folder).await?;
        let (vault, by) = (self.0.vault.clone(), passphrase.clone());
        let header = blocking(move || vault.carried(&by).map_err(Error::from)).await?;
        // Whoever is taking a file in does so to the end.
        let filing = self.open_store()?.0.filing();
        let mut written = None;
        self.turn(async || {
            let _filing = filing.await;
            let now = self.now();
            let profile = Profile { left: None, copies: Copies::default(), ..self.profile().clone() };
            let (data, job) = (self.0.data.clone(), self.jobs().begin(JobKind::Export));
            let name = FileName::tame(&format!("Partner Console {}.{ENDING}", domain::time::day(now)));
            let path = blocking(move || {
                fs::create_dir_all(&folder).map_err(|error| io_error(&error))?;
                let part = folder.join(format!("{}.unfinished", Uuid::now_v7()));
                let regions = regions::in_force(&data);
                let computer = Computer { data: &data, profile, vault: header, regions, now };
                let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                let step = |done, of| job.step(count(done), count(of));
                let path = computer::write(&part, &passphrase, &computer, step).map_err(Error::from);
                let path = path.and_then(|()| {
                    text::rename_beside(&part, &folder, &name).map_err(|error| io_error(&error))
                });
                if path.is_err() {
                    let _ = fs::remove_file(&part);
                }
                path
            })
            .await?;
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.change_profile(|profile| profile.left = Some(Left { at: now, file }))?;
            written = Some(path);
            Ok(())
        })
        .await?;
        written.ok_or_else(|| Error::new(ErrorCode::Cancelled))
    }

    /// Goes on at this computer after all. Whoever does this sees to it that the other one does not.
    pub(crate) async fn return_to_computer(&self) -> Result<(), Error> {
        if self.left().is_none() {
            return Err(Error::not_found());
        }
        self.turn(async || self.change_profile(|profile| profile.left = None)).await
    }

    /// Says what is in such a file, which stays where it arrived to be taken next. Of the regions it says what would
    /// become of them.
    pub(crate) async fn look_into_computer(
        &self,
        file: Uuid,
        passphrase: Secret<String>,
    ) -> Result<(Contents, Option<ComingRegions>), Error> {
        let data = self.0.data.clone();
        self.look_at_arrived(file, async |path| {
            self.may_take()?;
            blocking(move || {
                let sealed = fs::File::open(path).map_err(|error| io_error(&error))?;
                let contents = computer::look(sealed, &passphrase).map_err(Error::from)?;
                let coming = contents.regions.as_ref().map(|coming| match fs::read(data.join(REGIONS)) {
                    Ok(own) if own == *coming => ComingRegions::Same,
                    Ok(_) => ComingRegions::Beside,
                    Err(_) => ComingRegions::Taken,
                });
                Ok((contents, coming))
            })
            .await
        })
        .await
    }

    /// Nothing may have been begun where another computer's work goes on.
    fn may_take(&self) -> Result<(), Error> {
        if self.holds_folder() && matches!(&*self.state(), State::FirstStart) {
            return Ok(());
        }
        Err(Error::new(ErrorCode::Invalid).with("reason", "begun"))
    }

    /// Goes on here with what another computer wrote. Nothing may have been begun here.
    pub(crate) async fn take_computer(&self, file: Uuid, passphrase: Secret<String>) -> Result<(), Error> {
        self.with_arrived(file, async |path| self.take_file(path, passphrase).await).await
    }

    async fn take_file(&self, path: PathBuf, passphrase: Secret<String>) -> Result<(), Error> {
        self.may_take()?;
        let _job = self.jobs().begin(JobKind::Import);
        let into = self.0.data.join(format!("{ARRIVING}{}", Uuid::now_v7()));
        let (folder, by) = (into.clone(), passphrase.clone());
        let unpacked = blocking(move || {
            let sealed = fs::File::open(path).map_err(|error| io_error(&error))?;
            let unpacked = computer::unpack(sealed, &by, &folder);
            if unpacked.is_err() {
                let _ = fs::remove_dir_all(folder);
            }
            unpacked.map_err(Error::from)
        });
        let (profile, tops) = unpacked.await?;
        self.turn(async || {
            let (data, now, arrived) = (self.0.data.clone(), self.now(), profile.clone());
            let settled = blocking(move || {
                let settled = computer::settle(&into, &tops, &data, &arrived, now);
                settled.map_err(|error| io_error(&error))
            });
            settled.await?;
            self.read_regions();
            self.change_profile(|known| *known = profile)?;
            self.sessions().clear();
            let vault = self.0.vault.clone();
            blocking(move || {
                vault.reload();
                // Where a keychain is here it opens by itself from now on. A vault with a passphrase of its own waits for
                // that one.
                if vault.open_by(&passphrase).is_ok() {
                    let _ = vault.use_keychain();
                } else {
                    vault.open_by_keychain();
                }
                Ok(())
            })
            .await
        })
        .await
    }
}

impl From<ComputerError> for Error {
    fn from(error: ComputerError) -> Self {
        let at = |reason: &str, input| {
            Self::new(ErrorCode::Invalid).with("reason", reason).at(Place::input(input))
        };
        match error {
            ComputerError::Foreign => at("foreign", "file"),
            ComputerError::TooNew => at("too_new", "file"),
            ComputerError::Wrong => at("wrong", "passphrase"),
            ComputerError::Damaged(detail) => at("damaged", "file").with("detail", detail),
            ComputerError::Stopped => Self::new(ErrorCode::Cancelled),
            ComputerError::Io(error) => io_error(&error),
        }
    }
}

/// The way to a team's service from a computer that was left: there is none.
pub(super) struct Nowhere;

impl Nowhere {
    pub(super) fn transport() -> Arc<dyn Transport> {
        Arc::new(Self)
    }
}

impl Transport for Nowhere {
    fn send(&self, _: http::Request<bytes::Bytes>) -> Sending<'_> {
        Box::pin(std::future::ready(Err(TransportError::Lost("this computer was left".to_owned()))))
    }
}
