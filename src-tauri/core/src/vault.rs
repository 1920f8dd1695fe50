//! The vault: secrets of this computer, sealed in the data folder.
//!
//! Each secret is a record of its own, sealed under one data key with its kind and id as associated data: a record that
//! was moved or renamed does not open. The data key itself is wrapped once for each *slot*, a way to open the vault: the
//! system's keychain, a passphrase, a printed recovery code. The header names the key and holds a check value, so that
//! a wrong passphrase, a keychain that lost its entry and a damaged header are told apart.
//!
//! A locked keychain answers like an empty one, so what it does not answer means nothing: a new data key is made only
//! while no sealed record exists.
//!
//! Calls block (the disk, the keychain, argon2): callers in async code put them on a thread of their own. Deliberately
//! absent: what the secrets are for, words for people, when to lock.

mod header;
mod keychain;
mod records;
mod sealed;
mod stream;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::secret::Secret;
use header::{Header, Read, Slot};
pub use header::{headers, is_header};
pub use keychain::{Keychain, KeychainError, NoKeychain, SystemKeychain};
pub use records::{Kind, Name};
use sealed::{Effort, Key};
pub use stream::{Opening, OpeningError, Sealing};

/// The vault's folder in the data folder.
pub const FOLDER: &str = "vault";
/// Shortest passphrase, in characters.
pub const SHORTEST: usize = 10;
/// Longest passphrase, in bytes.
const LONGEST: usize = 1_024;

/// A way to open the vault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// The system's keychain.
    Keychain,
    /// A passphrase that a person chose.
    Passphrase,
    /// A code that was printed.
    Recovery,
}

/// How the vault stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "VaultState"))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was ever sealed: it is made with the first secret.
    Empty,
    /// The keychain is being asked.
    Opening,
    /// Secrets can be sealed and opened.
    Open,
    /// A person locked it, or it was idle for long.
    Locked,
    /// It has no slot that opens by itself: a passphrase or the recovery code is needed.
    NeedsPassphrase,
    /// The keychain has no entry for this vault: it is locked, or lost it.
    KeychainEmpty,
    /// There is no keychain that answers.
    KeychainAway,
    /// The header cannot be read, or belongs to other records: nothing here opens any more.
    Damaged,
}

impl State {
    /// As it crosses to the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Locked => "locked",
            Self::NeedsPassphrase => "needs_passphrase",
            Self::KeychainEmpty => "keychain_empty",
            Self::KeychainAway => "keychain_away",
            Self::Damaged => "damaged",
        }
    }
}

/// What a vault is asked for and cannot do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VaultError {
    /// It is not open.
    #[error("the vault is not open")]
    Closed(State),
    /// This passphrase or code does not open it.
    #[error("the passphrase or code does not open the vault")]
    Wrong,
    /// The passphrase is too short or too long.
    #[error("the passphrase is too short or too long")]
    Unfit,
    /// The keychain takes nothing.
    #[error("the keychain takes nothing")]
    NoKeychain,
    /// The slot is the only one.
    #[error("the last way to open the vault stays")]
    LastSlot,
    /// A private key has to have two ways to it.
    #[error("a second way to open the vault is needed first")]
    SecondSlot,
    /// The record is damaged, or is not the one that it is named after.
    #[error("the record is damaged")]
    DamagedRecord,
    /// The disk.
    #[error("the vault's folder: {0}")]
    Io(std::io::ErrorKind),
}

impl From<std::io::Error> for VaultError {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "the vault's folder");
        Self::Io(error.kind())
    }
}

/// A handle on the vault; clones share it.
#[derive(Clone)]
pub struct Vault(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    keychain: Arc<dyn Keychain>,
    clock: crate::engine::Clock,
    effort: Effort,
    changed: Box<dyn Fn() + Send + Sync>,
    now: Mutex<Now>,
    /// Held by whatever changes the slots: two changes must not write over each other.
    turning: Mutex<()>,
}

struct Now {
    phase: Phase,
    header: Option<Header>,
}

impl Now {
    /// As the folder has it.
    fn found(folder: &Path) -> Self {
        let (header, state) = match Header::read(folder) {
            Ok(Read::Whole(header)) => (Some(header), State::Opening),
            Ok(Read::Missing) if records::any(folder).is_ok_and(|found| !found) => (None, State::Empty),
            Ok(Read::Missing | Read::Damaged) | Err(_) => (None, State::Damaged),
        };
        Self { phase: Phase::Closed(state), header }
    }
}

enum Phase {
    Closed(State),
    Open(Key),
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl Vault {
    /// The vault in a data folder, not opened yet; `changed` is called after each change of its state or slots.
    pub fn new(
        data: &Path,
        keychain: Arc<dyn Keychain>,
        clock: crate::engine::Clock,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::with_effort(data, keychain, clock, Effort::default(), changed)
    }

    fn with_effort(
        data: &Path,
        keychain: Arc<dyn Keychain>,
        clock: crate::engine::Clock,
        effort: Effort,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let folder = data.join(FOLDER);
        let now = Mutex::new(Now::found(&folder));
        let changed = Box::new(changed);
        Self(Arc::new(Shared { folder, keychain, clock, effort, changed, now, turning: Mutex::default() }))
    }

    /// How it stands.
    pub fn state(&self) -> State {
        match self.now().phase {
            Phase::Closed(state) => state,
            Phase::Open(_) => State::Open,
        }
    }

    /// The ways to open it, and since when they are there.
    pub fn slots(&self) -> Vec<(SlotKind, Timestamp)> {
        let now = self.now();
        let slots = now.header.iter().flat_map(|header| &header.slots);
        slots.map(|slot| (slot.kind(), slot.made_at())).collect()
    }

    /// The names of what is sealed.
    pub fn names(&self) -> Result<Vec<Name>, VaultError> {
        Ok(records::all(&self.0.folder)?)
    }

    /// Whether something of this name is sealed; it needs no open vault.
    pub fn holds(&self, name: Name) -> bool {
        records::is_there(&self.0.folder, name)
    }

    /// Whether the system's keychain answers at all.
    pub fn has_keychain(&self) -> bool {
        self.0.keychain.status().is_ok()
    }

    /// Asks the keychain for what opens the vault. Asked once at the start, and again when a person wants it.
    pub fn open_by_keychain(&self) -> State {
        let _turn = self.turn();
        let (header, sealed) = {
            let mut now = self.now();
            match (&now.phase, now.header.clone()) {
                (Phase::Open(_) | Phase::Closed(State::Empty | State::Damaged), _) | (_, None) => {
                    drop(now);
                    return self.state();
                }
                (Phase::Closed(_), Some(header)) => {
                    let slot = header.slot(SlotKind::Keychain).cloned();
                    now.phase = Phase::Closed(State::Opening);
                    (header, slot)
                }
            }
        };
        let state = match sealed {
            None => Err(State::NeedsPassphrase),
            Some(slot) => match self.0.keychain.get(&header.key.to_string()) {
                Ok(Some(kept)) => unwrap(&header, &slot, &kept).map_err(|error| match error {
                    // The keychain has another vault's key under this one's name.
                    VaultError::Wrong => State::KeychainEmpty,
                    _ => State::Damaged,
                }),
                Ok(None) | Err(KeychainError::Refused) => Err(State::KeychainEmpty),
                Err(KeychainError::Away) => Err(State::KeychainAway),
            },
        };
        self.settle(state)
    }

    /// Opens the vault by its passphrase or its recovery code, whichever it is.
    pub fn open_by(&self, typed: &Secret<String>) -> Result<(), VaultError> {
        let _turn = self.turn();
        let header = {
            let now = self.now();
            match (&now.phase, &now.header) {
                (Phase::Open(_), _) => return Ok(()),
                (Phase::Closed(_), Some(header)) => header.clone(),
                (Phase::Closed(state), None) => return Err(VaultError::Closed(*state)),
            }
        };
        let mut found = Err(VaultError::Wrong);
        for slot in &header.slots {
            let Some(kept) = slot.kept_by(typed) else { continue };
            found = unwrap(&header, slot, &kept);
            if !matches!(found, Err(VaultError::Wrong)) {
                break;
            }
        }
        match found {
            Ok(key) => {
                self.settle(Ok(key));
                Ok(())
            }
            Err(VaultError::Wrong) => Err(VaultError::Wrong),
            Err(error) => {
                self.settle(Err(State::Damaged));
                Err(error)
            }
        }
    }

    /// Forgets the data key until the vault is opened again.
    pub fn lock(&self) {
        {
            let mut now = self.now();
            if !matches!(now.phase, Phase::Open(_)) {
                return;
            }
            now.phase = Phase::Closed(State::Locked);
        }
        (self.0.changed)();
    }

    /// Sets a passphrase, in the place of the one that there was. A vault that is empty is made with it.
    pub fn set_passphrase(&self, passphrase: &Secret<String>) -> Result<(), VaultError> {
        let typed = passphrase.expose();
        if typed.chars().count() < SHORTEST || typed.len() > LONGEST {
            return Err(VaultError::Unfit);
        }
        let effort = self.0.effort;
        self.set_slot(|id, key, at| Slot::by_typed(SlotKind::Passphrase, id, key, passphrase, effort, at))
    }

    /// Makes a recovery code, in the place of the one that there was: it is shown once and kept nowhere.
    pub fn new_recovery_code(&self) -> Result<Secret<String>, VaultError> {
        let code = sealed::new_code();
        let effort = self.0.effort;
        self.set_slot(|id, key, at| Slot::by_typed(SlotKind::Recovery, id, key, &code, effort, at))?;
        Ok(code)
    }

    /// Lets the keychain open the vault. A vault that is empty is made with it.
    pub fn use_keychain(&self) -> Result<(), VaultError> {
        let keychain = self.0.keychain.clone();
        self.set_slot(|id, key, at| {
            let name = id.to_string();
            // What it keeps for this vault stays: written over, the slot that is on the disk would open no more, should the
            // new one not get there.
            if let Ok(Some(kept)) = keychain.get(&name)
                && kept.expose().len() == sealed::KEY
            {
                return Slot::by_keychain(id, key, &kept, at);
            }
            let kept = sealed::new_key();
            keychain.set(&name, kept.expose()).map_err(|_| VaultError::NoKeychain)?;
            // Some keychains take a secret and do not give it back: what cannot be read again is no slot.
            match keychain.get(&name) {
                Ok(Some(read)) if read.expose().as_slice() == kept.expose().as_slice() => {}
                _ => return Err(VaultError::NoKeychain),
            }
            Slot::by_keychain(id, key, &kept, at)
        })
    }

    /// Takes a way to open the vault away; the last one stays.
    pub fn remove_slot(&self, kind: SlotKind) -> Result<(), VaultError> {
        {
            let _turn = self.turn();
            let (mut header, _) = self.opened()?;
            let before = header.slots.len();
            header.slots.retain(|slot| slot.kind() != kind);
            if header.slots.len() == before {
                return Ok(());
            }
            if header.slots.is_empty() {
                return Err(VaultError::LastSlot);
            }
            header.write(&self.0.folder)?;
            if kind == SlotKind::Keychain {
                // What the keychain keeps opens nothing any more; that it would not let go of it is no fault of the vault.
                let _ = self.0.keychain.remove(&header.key.to_string());
            }
            self.now().header = Some(header);
        }
        (self.0.changed)();
        Ok(())
    }

    /// Sets a vault that cannot be opened aside, with all that is sealed in it, and begins an empty one.
    pub fn start_anew(&self) -> Result<(), VaultError> {
        {
            let _turn = self.turn();
            let at = (self.0.clock)();
            if self.0.folder.exists() {
                let aside = self.0.folder.with_file_name(format!("{FOLDER}.left-{}", at.0));
                std::fs::rename(&self.0.folder, aside)?;
            }
            *self.now() = Now { phase: Phase::Closed(State::Empty), header: None };
        }
        (self.0.changed)();
        Ok(())
    }

    /// The header for another computer, whose keychain knows nothing of this vault: there it opens by its passphrase or
    /// recovery code, or where it has no passphrase by this one. None where nothing was ever sealed.
    pub fn carried(&self, passphrase: &Secret<String>) -> Result<Option<Vec<u8>>, VaultError> {
        if self.state() == State::Empty {
            return Ok(None);
        }
        let _turn = self.turn();
        let (mut header, key) = self.opened()?;
        header.slots.retain(|slot| slot.kind() != SlotKind::Keychain);
        if header.slot(SlotKind::Passphrase).is_none() {
            let (effort, at) = (self.0.effort, (self.0.clock)());
            header.slots.push(Slot::by_typed(
                SlotKind::Passphrase,
                header.key,
                &key,
                passphrase,
                effort,
                at,
            )?);
            header.slots.sort_by_key(Slot::kind);
        }
        Ok(Some(header.bytes()?))
    }

    /// Looks at the folder anew, after another vault was put in its place.
    pub fn reload(&self) {
        *self.now() = Now::found(&self.0.folder);
        (self.0.changed)();
    }

    /// Whether a secret of this kind could be sealed now, and if not, why.
    pub fn takes(&self, kind: Kind) -> Result<(), VaultError> {
        let now = self.now();
        match &now.phase {
            Phase::Open(_) => {
                let slots = now.header.as_ref().map_or(0, |header| header.slots.len());
                if kind.needs_second_slot() && slots < 2 { Err(VaultError::SecondSlot) } else { Ok(()) }
            }
            Phase::Closed(State::Empty) if kind.needs_second_slot() => Err(VaultError::SecondSlot),
            Phase::Closed(State::Empty) if self.0.keychain.status().is_ok() => Ok(()),
            Phase::Closed(state) => Err(VaultError::Closed(*state)),
        }
    }

    /// Seals a secret, durable when it answers; in the place of what had this name. An empty vault is made in the
    /// keychain, where there is one.
    pub fn seal(&self, name: Name, secret: &[u8]) -> Result<(), VaultError> {
        self.with_key(name, |id, key| records::write(&self.0.folder, id, key, name, secret))
    }

    /// Seals a secret for a place of the caller's own, where it goes with what it belongs to: the bytes to keep there.
    pub fn seal_apart(&self, name: Name, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.with_key(name, |id, key| records::seal(id, key, name, secret))
    }

    /// Does something with the key under which a secret of this kind is sealed.
    fn with_key<T>(
        &self,
        name: Name,
        work: impl FnOnce(Uuid, &Key) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.takes(name.kind)?;
        if self.state() == State::Empty {
            self.use_keychain().map_err(|error| match error {
                VaultError::NoKeychain => VaultError::Closed(State::Empty),
                other => other,
            })?;
        }
        let now = self.now();
        let (Phase::Open(key), Some(header)) = (&now.phase, &now.header) else {
            return Err(VaultError::Closed(State::Locked));
        };
        work(header.key, key)
    }

    /// Opens what [`Self::seal_apart`] sealed under this name.
    pub fn open_apart(&self, name: Name, bytes: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        let (header, key) = self.opened()?;
        records::open(header.key, &key, name, bytes)
    }

    /// Opens a secret; none where there is none of this name.
    pub fn open(&self, name: Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        let now = self.now();
        match (&now.phase, &now.header) {
            (Phase::Open(key), Some(header)) => records::read(&self.0.folder, header.key, key, name),
            (Phase::Closed(State::Empty), _) => Ok(None),
            (Phase::Closed(state), _) => Err(VaultError::Closed(*state)),
            (Phase::Open(_), None) => Err(VaultError::Closed(State::Damaged)),
        }
    }

    /// Drops a secret; it needs no open vault.
    pub fn forget(&self, name: Name) -> Result<(), VaultError> {
        Ok(records::remove(&self.0.folder, name)?)
    }

    /// Adds a slot or replaces the one of its kind, under the data key. The data key is made here, and only here: for a
    /// vault without a header and without a record.
    fn set_slot(
        &self,
        make: impl FnOnce(Uuid, &Key, Timestamp) -> Result<Slot, VaultError>,
    ) -> Result<(), VaultError> {
        {
            let _turn = self.turn();
            let at = (self.0.clock)();
            let (mut header, key) = if self.state() == State::Empty {
                if records::any(&self.0.folder)? {
                    return Err(VaultError::Closed(State::Damaged));
                }
                let key = sealed::new_key();
                (Header::new(&key), key)
            } else {
                self.opened()?
            };
            let slot = make(header.key, &key, at)?;
            header.slots.retain(|known| known.kind() != slot.kind());
            header.slots.push(slot);
            header.slots.sort_by_key(Slot::kind);
            header.write(&self.0.folder)?;
            let mut now = self.now();
            now.header = Some(header);
            now.phase = Phase::Open(key);
        }
        (self.0.changed)();
        Ok(())
    }

    fn opened(&self) -> Result<(Header, Key), VaultError> {
        let now = self.now();
        match (&now.phase, &now.header) {
            (Phase::Open(key), Some(header)) => Ok((header.clone(), key.clone())),
            (Phase::Closed(state), _) => Err(VaultError::Closed(*state)),
            (Phase::Open(_), None) => Err(VaultError::Closed(State::Damaged)),
        }
    }

    fn settle(&self, ended: Result<Key, State>) -> State {
        let state = {
            let mut now = self.now();
            now.phase = ended.map_or_else(Phase::Closed, Phase::Open);
            match now.phase {
                Phase::Closed(state) => state,
                Phase::Open(_) => State::Open,
            }
        };
        tracing::info!(?state, "the vault");
        (self.0.changed)();
        state
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.0.turning.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of a slot, if it is this vault's.
fn unwrap(header: &Header, slot: &Slot, kept: &Key) -> Result<Key, VaultError> {
    let key = slot.unwrap(header.key, kept).ok_or(VaultError::Wrong)?;
    if header.is_key(&key) { Ok(key) } else { Err(VaultError::Closed(State::Damaged)) }
}

/// A secret as text; none where it is no text.
pub fn text(secret: &Secret<Vec<u8>>) -> Option<Secret<String>> {
    std::str::from_utf8(secret.expose()).ok().map(|text| Secret::new(text.to_owned()))
}
