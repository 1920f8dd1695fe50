//! Everything of this computer in one sealed file, to go on with at another: settings, every workspace with what was
//! not sent yet, drafts, files, and the vault. In the seal ([`crate::vault::Sealing`]) it is a gzipped tar:
//!
//! | entry | holds |
//! |---|---|
//! | `computer.json` | [`Header`]: first |
//! | `regions.json` | the list of Talkdesk's regions of its own, where it has one that is in force |
//! | `vault/…` | the vault: its records as they are sealed, its header without the keychain of the old computer |
//! | `this-computer/…`, `local-…/…`, `team-…/…` | the workspaces' folders, without backups |
//! | `profile.json` | the profile: last, for with it a computer has begun |
//!
//! Every call blocks on the disk. No store may be open meanwhile.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use domain::Timestamp;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use talkdesk::region::Regions;

use crate::folder::{REGIONS, private};
use crate::profile::{self, ConnectionName, Profile};
use crate::secret::Secret;
use crate::store::backup;
use crate::vault::{self, Opening, OpeningError, Sealing};

/// How the name of such a file ends.
pub const ENDING: &str = "partner-computer";
/// The newest format that is known: 2 may hold `regions.json`. What holds none is written as 1, which older versions take.
const FORMAT: u32 = 2;
const HEADER: &str = "computer.json";
const PROFILE: &str = "profile.json";

/// What a file says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The format.
    pub format: u32,
    /// The version of the console that wrote it.
    pub console: String,
    /// When.
    pub made_at: Timestamp,
}

/// Why a file cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ComputerError {
    /// It is something else.
    #[error("no computer of the console")]
    Foreign,
    /// The passphrase is another.
    #[error("the passphrase does not open it")]
    Wrong,
    /// It is by a newer version.
    #[error("by a newer version")]
    TooNew,
    /// It is not as it was written.
    #[error("damaged: {0}")]
    Damaged(String),
    /// A person wanted it to stop.
    #[error("stopped")]
    Stopped,
    /// The system says why.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<OpeningError> for ComputerError {
    fn from(error: OpeningError) -> Self {
        match error {
            OpeningError::Foreign => Self::Foreign,
            OpeningError::Wrong => Self::Wrong,
            OpeningError::Io(error) => Self::Io(error),
        }
    }
}

/// What goes into a file.
pub struct Computer<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// The profile, as the other computer begins with it.
    pub profile: Profile,
    /// The vault's header for there ([`vault::Vault::carried`]); none where nothing was ever sealed.
    pub vault: Option<Vec<u8>>,
    /// The file of regions; none where the documented ones are in force.
    pub regions: Option<Vec<u8>>,
    /// The moment.
    pub now: Timestamp,
}

/// What a file holds, as far as a person is told before anything of it is taken.
pub struct Contents {
    /// What it says of itself.
    pub header: Header,
    /// Its profile.
    pub profile: Profile,
    /// Whether a vault is in it.
    pub vault: bool,
    /// The file of regions, where one is in it.
    pub regions: Option<Vec<u8>>,
}

/// The workspaces that come along: all but the sample.
fn folders(profile: &Profile) -> Vec<String> {
    let here = profile.this_computer.as_ref().map(|_| ConnectionName::ThisComputer);
    let locals = profile.locals.iter().map(|local| ConnectionName::Local(local.id));
    let teams = profile.teams.iter().map(|team| ConnectionName::Team(team.id));
    here.into_iter().chain(locals).chain(teams).map(ConnectionName::folder).collect()
}

/// Writes the file and reads it once from beginning to end. `step` is told how many files of how many went in, and says
/// whether to go on.
pub fn write(
    path: &Path,
    passphrase: &Secret<String>,
    computer: &Computer<'_>,
    step: impl Fn(usize, usize) -> bool,
) -> Result<(), ComputerError> {
    let mut files = Vec::new();
    for folder in folders(&computer.profile) {
        gather(&computer.data.join(&folder), Path::new(&folder), &mut files)?;
    }
    if computer.vault.is_some() {
        gather(&computer.data.join(vault::FOLDER), Path::new(vault::FOLDER), &mut files)?;
        files.retain(|(_, name)| !vault::is_header(name));
    }
    let to = Sealing::new(BufWriter::new(File::create_new(path)?), passphrase)?;
    let mut tar = tar::Builder::new(GzEncoder::new(to, Compression::fast()));
    let at = u64::try_from(computer.now.0 / 1000).unwrap_or_default();
    let console = env!("CARGO_PKG_VERSION").to_owned();
    let format = if computer.regions.is_some() { FORMAT } else { 1 };
    let header = Header { format, console, made_at: computer.now };
    add(&mut tar, at, Path::new(HEADER), &serde_json::to_vec_pretty(&header).map_err(io::Error::from)?)?;
    if let Some(regions) = &computer.regions {
        add(&mut tar, at, Path::new(REGIONS), regions)?;
    }
    if let Some(header) = &computer.vault {
        for name in vault::headers() {
            add(&mut tar, at, &name, header)?;
        }
    }
    for (n, (from, name)) in files.iter().enumerate() {
        if !step(n, files.len()) {
            return Err(ComputerError::Stopped);
        }
        tar.append_path_with_name(from, name)?;
    }
    let profile = serde_json::to_vec_pretty(&computer.profile).map_err(io::Error::from)?;
    add(&mut tar, at, Path::new(PROFILE), &profile)?;
    let file = tar.into_inner()?.finish()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    each(File::open(path)?, passphrase, |_, mut entry| {
        io::copy(&mut entry, &mut io::sink())?;
        Ok(())
    })
    .map(drop)
}

fn add<W: Write>(tar: &mut tar::Builder<W>, at: u64, name: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(at);
    tar.append_data(&mut header, name, bytes)
}

/// The files below a folder. Backups stay, and so does what a database makes anew by itself.
fn gather(folder: &Path, name: &Path, files: &mut Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let (path, name) = (entry.path(), name.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            if entry.file_name() != backup::FOLDER {
                gather(&path, &name, files)?;
            }
        } else if entry.file_type()?.is_file() && !entry.file_name().to_string_lossy().ends_with("-shm") {
            files.push((path, name));
        }
    }
    Ok(())
}

/// Looks into a file, to the very end; nothing is written.
pub fn look(sealed: impl Read, passphrase: &Secret<String>) -> Result<Contents, ComputerError> {
    let (mut profile, mut regions, mut vault) = (None, None, false);
    let header = each(sealed, passphrase, |name, mut entry| {
        if name == Path::new(PROFILE) {
            profile = Some(profile_in(&mut entry)?);
        } else if name == Path::new(REGIONS) {
            regions = Some(regions_in(&mut entry)?);
        } else {
            vault |= name.starts_with(vault::FOLDER);
            io::copy(&mut entry, &mut io::sink())?;
        }
        Ok(())
    })?;
    let profile = profile.ok_or_else(|| ComputerError::Damaged(PROFILE.to_owned()))?;
    Ok(Contents { header, profile, vault, regions })
}

fn profile_in(entry: &mut impl Read) -> Result<Profile, ComputerError> {
    let mut json = Vec::new();
    entry.read_to_end(&mut json)?;
    serde_json::from_slice(&json).map_err(|error| ComputerError::Damaged(error.to_string()))
}

/// Only one that can be understood goes into a file, so none else comes out of one.
fn regions_in(entry: &mut impl Read) -> Result<Vec<u8>, ComputerError> {
    let mut json = Vec::new();
    entry.read_to_end(&mut json)?;
    match serde_json::from_slice::<Regions>(&json) {
        Ok(_) => Ok(json),
        Err(error) => Err(ComputerError::Damaged(error.to_string())),
    }
}

/// Unpacks a file into a folder of its own, whole or not at all; gives the profile that it holds. Nothing of it is in
/// force yet.
pub fn unpack(
    sealed: impl Read,
    passphrase: &Secret<String>,
    into: &Path,
) -> Result<(Profile, Vec<String>), ComputerError> {
    let mut tops = BTreeSet::new();
    let mut profile = None;
    each(sealed, passphrase, |name, mut entry| {
        let path = into.join(name);
        if name == Path::new(PROFILE) {
            profile = Some(profile_in(&mut entry)?);
            return Ok(());
        }
        if let Some(Component::Normal(top)) = name.components().next() {
            tops.insert(top.to_string_lossy().into_owned());
        }
        private(path.parent().unwrap_or(into))?;
        let mut file = File::create_new(path)?;
        if name == Path::new(REGIONS) {
            file.write_all(&regions_in(&mut entry)?)?;
        } else {
            io::copy(&mut entry, &mut file)?;
        }
        Ok(file.sync_all()?)
    })?;
    let profile: Profile = profile.ok_or_else(|| ComputerError::Damaged(PROFILE.to_owned()))?;
    // Nothing comes along that is no workspace of its own, no vault and no list of regions.
    let mut known: BTreeSet<String> = folders(&profile).into_iter().collect();
    known.extend([vault::FOLDER.to_owned(), REGIONS.to_owned()]);
    match tops.iter().find(|top| !known.contains(*top)) {
        Some(top) => Err(ComputerError::Damaged(top.clone())),
        None => Ok((profile, tops.into_iter().collect())),
    }
}

/// Puts what was unpacked in its place, the profile last: until then this computer has not begun. What lies in the way
/// is kept beside it; but a list of regions of this computer's own was rolled out here and stays in force, and the other
/// one is kept beside that.
pub fn settle(
    from: &Path,
    tops: &[String],
    data: &Path,
    profile: &Profile,
    now: Timestamp,
) -> io::Result<()> {
    for top in tops {
        let place = data.join(top);
        if top == REGIONS && place.exists() {
            let came = from.join(top);
            if fs::read(&place)? == fs::read(&came)? {
                fs::remove_file(came)?;
            } else {
                fs::rename(came, data.join(format!("{top}.came-{}", now.0)))?;
            }
            continue;
        }
        if place.exists() {
            fs::rename(&place, data.join(format!("{top}.left-{}", now.0)))?;
        }
        fs::rename(from.join(top), place)?;
    }
    let _ = fs::remove_dir(from);
    profile::write(data, profile)
}

/// Hands out each entry but the header, to the very end; gives the header.
fn each(
    sealed: impl Read,
    passphrase: &Secret<String>,
    mut take: impl FnMut(
        &Path,
        tar::Entry<'_, GzDecoder<Opening<BufReader<&mut dyn Read>>>>,
    ) -> Result<(), ComputerError>,
) -> Result<Header, ComputerError> {
    let damaged = |error: io::Error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
            ComputerError::Damaged(error.to_string())
        }
        _ => ComputerError::Io(error),
    };
    let mut sealed = sealed;
    let opening = Opening::new(BufReader::new(&mut sealed as &mut dyn Read), passphrase)?;
    let mut tar = tar::Archive::new(GzDecoder::new(opening));
    let mut first: Option<Header> = None;
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.into_owned();
        let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || !entry.header().entry_type().is_file() {
            return Err(ComputerError::Damaged(name.display().to_string()));
        }
        if first.is_none() {
            if name != Path::new(HEADER) {
                return Err(ComputerError::Foreign);
            }
            let mut json = Vec::new();
            (&mut entry).take(64 * 1024).read_to_end(&mut json).map_err(damaged)?;
            let header: Header = serde_json::from_slice(&json).map_err(|_| ComputerError::Foreign)?;
            if header.format > FORMAT {
                return Err(ComputerError::TooNew);
            }
            first = Some(header);
            continue;
        }
        take(&name, entry).map_err(|error| match error {
            ComputerError::Io(error) => damaged(error),
            other => other,
        })?;
    }
    let header = first.ok_or(ComputerError::Foreign)?;
    // A tar ends before its file does: that the rest is there as well says that nothing was cut off.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(damaged)?;
    Ok(header)
}
