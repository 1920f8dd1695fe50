//! The vault: how it stands, the ways to open it, and what a person sees of a secret.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::common::{Done, Nothing};
use crate::engine::Engine;
use crate::error::Error;
use crate::secret::Secret;
use crate::vault::{Kind, Name, SlotKind, State, Vault};

/// How the vault stands.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VaultView {
    /// How it stands.
    pub state: State,
    /// The ways to open it.
    pub slots: Vec<SlotView>,
    /// Whether the system's keychain answers.
    pub has_keychain: bool,
    /// Shortest passphrase, in characters.
    pub shortest: u32,
    /// What is sealed in it and can be revealed, by name.
    pub secrets: Vec<SecretView>,
}

/// A way to open the vault.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SlotView {
    /// Which.
    pub kind: SlotKind,
    /// Since when.
    pub made_at: Timestamp,
}

/// A secret, by name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SecretView {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// What it is for: a server's address, for one; may be empty.
    pub of: String,
}

/// What opens the vault.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OpenVaultArgs {
    /// The passphrase or the recovery code; without one the keychain is asked.
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub passphrase: Option<Secret<String>>,
}

/// A passphrase.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PassphraseArgs {
    /// It.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub passphrase: Secret<String>,
}

/// Names a slot.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SlotArgs {
    /// Which.
    pub kind: SlotKind,
}

/// Names a secret.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SecretArgs {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
}

impl From<SecretArgs> for Name {
    fn from(args: SecretArgs) -> Self {
        Self { kind: args.kind, id: args.id }
    }
}

/// A secret on its way to the screen, because a person asked for it. It has no `Debug`.
#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Revealed {
    /// It.
    pub text: String,
}

impl Revealed {
    fn of(secret: &Secret<String>) -> Self {
        Self { text: secret.expose().clone() }
    }
}

pub(super) async fn vault(engine: &Engine, _: Nothing) -> Result<VaultView, Error> {
    engine.vault_view().await
}

pub(super) async fn open_vault(engine: &Engine, args: OpenVaultArgs) -> Result<Done, Error> {
    engine.open_vault(args.passphrase).await.map(|()| Done {})
}

pub(super) async fn lock_vault(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.vault().lock();
    Ok(Done {})
}

/// The call itself is the note: see [`super::call_with`].
pub(super) async fn note_presence(_: &Engine, _: Nothing) -> Result<Done, Error> {
    Ok(Done {})
}

pub(super) async fn set_passphrase(engine: &Engine, args: PassphraseArgs) -> Result<Done, Error> {
    engine.with_vault(move |vault| vault.set_passphrase(&args.passphrase)).await.map(|()| Done {})
}

pub(super) async fn new_recovery_code(engine: &Engine, _: Nothing) -> Result<Revealed, Error> {
    engine.with_vault(Vault::new_recovery_code).await.map(|code| Revealed::of(&code))
}

pub(super) async fn use_keychain(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.with_vault(Vault::use_keychain).await.map(|()| Done {})
}

pub(super) async fn remove_slot(engine: &Engine, args: SlotArgs) -> Result<Done, Error> {
    engine.with_vault(move |vault| vault.remove_slot(args.kind)).await.map(|()| Done {})
}

pub(super) async fn start_vault_anew(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.with_vault(Vault::start_anew).await.map(|()| Done {})
}

pub(super) async fn reveal_secret(engine: &Engine, args: SecretArgs) -> Result<Revealed, Error> {
    engine.reveal(args.into()).await.map(|secret| Revealed::of(&secret))
}

pub(super) async fn copy_secret(engine: &Engine, args: SecretArgs) -> Result<Done, Error> {
    engine.copy_secret(args.into()).await.map(|()| Done {})
}
