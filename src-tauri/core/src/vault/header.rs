//! The vault's header: which key it is under, how to tell that a key is this one, and the slots that hold it.
//!
//! It is written twice, one file after the other: as long as one of them is whole, the vault opens. What a write that was
//! cut short left behind is mended when the header is read, so that no copy keeps a slot that was taken away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sealed::{self, Effort, Key};
use super::{SlotKind, VaultError};
use crate::folder::{private, replace};
use crate::secret::Secret;

const FILES: [&str; 2] = ["header.json", "header.copy.json"];
const VERSION: u32 = 1;

/// The header's files, in the data folder.
pub fn headers() -> impl Iterator<Item = PathBuf> {
    FILES.into_iter().map(|file| Path::new(super::FOLDER).join(file))
}

/// Whether a file of the data folder is the vault's header.
pub fn is_header(file: &Path) -> bool {
    headers().any(|header| header == file)
}

/// The header.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    v: u32,
    /// The data key's name.
    pub key: Uuid,
    /// Sealed under the data key: a key that opens it is the one.
    check: Bytes,
    /// The ways to the data key.
    pub slots: Vec<Slot>,
}

/// A way to the data key: it is sealed under a key that the keychain keeps, or that comes of what a person types.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Slot {
    Keychain { wrapped: Bytes, made_at: Timestamp },
    Passphrase(Typed),
    Recovery(Typed),
}

/// What a slot for something typed holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Typed {
    salt: Bytes,
    memory_kib: u32,
    passes: u32,
    wrapped: Bytes,
    made_at: Timestamp,
}

/// What the folder has.
pub enum Read {
    Whole(Header),
    Missing,
    Damaged,
}

/// Bytes in a text file.
#[derive(Clone, Debug)]
pub struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        BASE64.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Header {
    /// A header for a new data key, with no way to it yet.
    pub fn new(key: &Key) -> Self {
        let id = Uuid::new_v4();
        let check = sealed::seal(key, b"", &about("check", id, "")).unwrap_or_default();
        Self { v: VERSION, key: id, check: Bytes(check), slots: Vec::new() }
    }

    /// Whether this is the data key.
    pub fn is_key(&self, key: &Key) -> bool {
        sealed::open(key, &self.check.0, &about("check", self.key, "")).is_some()
    }

    /// The slot of a kind.
    pub fn slot(&self, kind: SlotKind) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.kind() == kind)
    }

    /// Reads the header, or its copy where the header is not whole, and makes the other one the same.
    pub fn read(folder: &Path) -> io::Result<Read> {
        let mut found = Read::Missing;
        for file in FILES {
            match fs::read(folder.join(file)) {
                Ok(bytes) => match serde_json::from_slice::<Self>(&bytes) {
                    Ok(header) if header.v == VERSION && !header.slots.is_empty() => {
                        for other in FILES.into_iter().filter(|other| *other != file) {
                            mend(&folder.join(other), &bytes);
                        }
                        return Ok(Read::Whole(header));
                    }
                    _ => found = Read::Damaged,
                },
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// The header as it is written.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    /// Writes the header and its copy.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        private(folder)?;
        let bytes = self.bytes()?;
        FILES.into_iter().try_for_each(|file| replace(&folder.join(file), &bytes))
    }
}

impl Slot {
    /// The data key under a key that the keychain keeps.
    pub fn by_keychain(id: Uuid, key: &Key, kept: &Key, made_at: Timestamp) -> Result<Self, VaultError> {
        let wrapped = wrap(SlotKind::Keychain, id, key, kept)?;
        Ok(Self::Keychain { wrapped, made_at })
    }

    /// The data key under what a person types.
    pub fn by_typed(
        kind: SlotKind,
        id: Uuid,
        key: &Key,
        typed: &Secret<String>,
        effort: Effort,
        made_at: Timestamp,
    ) -> Result<Self, VaultError> {
        let salt = sealed::random::<{ sealed::SALT }>();
        let kept = sealed::derive(typed.expose(), &salt, effort).ok_or(VaultError::Unfit)?;
        let wrapped = wrap(kind, id, key, &kept)?;
        let Effort { memory_kib, passes } = effort;
        let typed = Typed { salt: Bytes(salt.to_vec()), memory_kib, passes, wrapped, made_at };
        Ok(if kind == SlotKind::Recovery { Self::Recovery(typed) } else { Self::Passphrase(typed) })
    }

    /// Which kind.
    pub fn kind(&self) -> SlotKind {
        match self {
            Self::Keychain { .. } => SlotKind::Keychain,
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::Recovery(_) => SlotKind::Recovery,
        }
    }

    /// Since when.
    pub fn made_at(&self) -> Timestamp {
        match self {
            Self::Keychain { made_at, .. } => *made_at,
            Self::Passphrase(typed) | Self::Recovery(typed) => typed.made_at,
        }
    }

    /// The key that belongs to what was typed; none where this slot is opened otherwise, or it is no such code.
    pub fn kept_by(&self, typed: &Secret<String>) -> Option<Key> {
        let (slot, text) = match self {
            Self::Keychain { .. } => return None,
            Self::Passphrase(slot) => (slot, typed.clone()),
            Self::Recovery(slot) => (slot, sealed::read_code(typed.expose())?),
        };
        let effort = Effort { memory_kib: slot.memory_kib, passes: slot.passes };
        sealed::derive(text.expose(), &slot.salt.0, effort)
    }

    /// The data key; none under another key.
    pub fn unwrap(&self, id: Uuid, kept: &Key) -> Option<Key> {
        let wrapped = match self {
            Self::Keychain { wrapped, .. } => wrapped,
            Self::Passphrase(typed) | Self::Recovery(typed) => &typed.wrapped,
        };
        sealed::open(kept, &wrapped.0, &slot_about(self.kind(), id))
    }
}

/// Writes what a file should hold, where it does not. A vault in a folder that cannot be written to opens all the same.
fn mend(file: &Path, bytes: &[u8]) {
    if fs::read(file).is_ok_and(|held| held == bytes) {
        return;
    }
    if let Err(error) = replace(file, bytes) {
        tracing::warn!(%error, "a copy of the vault's header stays as it is");
    }
}

fn wrap(kind: SlotKind, id: Uuid, key: &Key, kept: &Key) -> Result<Bytes, VaultError> {
    sealed::seal(kept, key.expose(), &slot_about(kind, id)).map(Bytes).ok_or(VaultError::Unfit)
}

fn slot_about(kind: SlotKind, id: Uuid) -> Vec<u8> {
    let kind = match kind {
        SlotKind::Keychain => "keychain",
        SlotKind::Passphrase => "passphrase",
        SlotKind::Recovery => "recovery",
    };
    about("slot", id, kind)
}

/// What a sealed text is bound to: its place, the data key's name, and what it is.
pub fn about(place: &str, key: Uuid, what: &str) -> Vec<u8> {
    format!("partner-console vault 1\n{place}\n{key}\n{what}").into_bytes()
}
