//! The records: a file a secret, so that one that changes leaves the others alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::header::about;
use super::sealed::{self, Key};
use super::{State, VaultError};
use crate::folder::{private, replace};
use crate::secret::Secret;

const FOLDER: &str = "records";
const ENDING: &str = "sealed";
const MARK: &[u8; 4] = b"PCV1";

/// What a secret is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SecretKind"))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What a sign-in brought.
    Tokens,
    /// A client's secret at an authorization server.
    ClientSecret,
    /// A client's private key.
    PrivateKey,
    /// The token of the platform port.
    PortToken,
    /// The client secret of an installation.
    InstallationSecret,
    /// The private key of an installation.
    InstallationKey,
    /// A delivery as it came, its credentials in it.
    Original,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Tokens,
        Self::ClientSecret,
        Self::PrivateKey,
        Self::PortToken,
        Self::InstallationSecret,
        Self::InstallationKey,
        Self::Original,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::ClientSecret => "client-secret",
            Self::PrivateKey => "private-key",
            Self::PortToken => "port-token",
            Self::InstallationSecret => "installation-secret",
            Self::InstallationKey => "installation-key",
            Self::Original => "original",
        }
    }

    /// Whether it is lost for good with the vault: Talkdesk does not keep private keys, while a token or a secret can
    /// be had again.
    pub fn needs_second_slot(self) -> bool {
        matches!(self, Self::PrivateKey | Self::InstallationKey)
    }
}

/// The name of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Name {
    /// What it is.
    pub kind: Kind,
    /// Whose it is: an account's id, for one.
    pub id: Uuid,
}

impl Name {
    fn text(self) -> String {
        format!("{}.{}", self.kind.name(), self.id)
    }

    fn read(file: &str) -> Option<Self> {
        let (kind, id) = file.strip_suffix(ENDING)?.strip_suffix('.')?.split_once('.')?;
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
        Some(Self { kind, id: id.parse().ok()? })
    }

    fn path(self, folder: &Path) -> PathBuf {
        folder.join(FOLDER).join(format!("{}.{ENDING}", self.text()))
    }
}

/// The names of all records. One of a kind that a newer version knows counts: it is as precious.
pub fn all(folder: &Path) -> io::Result<Vec<Name>> {
    let entries = match fs::read_dir(folder.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().to_str().and_then(Name::read));
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether a record of this name is there.
pub fn is_there(folder: &Path, name: Name) -> bool {
    name.path(folder).is_file()
}

/// Whether anything is sealed, also what this version has no name for.
pub fn any(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder.join(FOLDER)) {
        Ok(mut entries) => Ok(entries.any(|entry| {
            entry.is_ok_and(|entry| Path::new(&entry.file_name()).extension().is_some_and(|e| e == ENDING))
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The bytes of a record.
pub fn seal(id: Uuid, key: &Key, name: Name, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
    let sealed = sealed::seal(key, secret, &about("record", id, &name.text()));
    let sealed = sealed.ok_or(VaultError::Closed(State::Damaged))?;
    Ok([MARK.as_slice(), id.as_bytes(), &sealed].concat())
}

/// Opens what [`seal`] made.
pub fn open(id: Uuid, key: &Key, name: Name, bytes: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
    let sealed = bytes.strip_prefix(MARK).and_then(|rest| rest.strip_prefix(id.as_bytes()));
    let opened = sealed.and_then(|sealed| sealed::open(key, sealed, &about("record", id, &name.text())));
    opened.ok_or(VaultError::DamagedRecord)
}

/// Seals a record.
pub fn write(folder: &Path, id: Uuid, key: &Key, name: Name, secret: &[u8]) -> Result<(), VaultError> {
    private(&folder.join(FOLDER))?;
    Ok(replace(&name.path(folder), &seal(id, key, name, secret)?)?)
}

/// Opens a record.
pub fn read(folder: &Path, id: Uuid, key: &Key, name: Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
    let bytes = match fs::read(name.path(folder)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    open(id, key, name, &bytes).map(Some)
}

/// Drops a record.
pub fn remove(folder: &Path, name: Name) -> io::Result<()> {
    match fs::remove_file(name.path(folder)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
