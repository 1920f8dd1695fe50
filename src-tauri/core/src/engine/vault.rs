//! The vault, as the engine uses it: opened at the start, locked when nobody was there for a while, and what a person
//! reveals of it is noted.

use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::command::RevealedSecret;
use domain::ids::InstallationId;
use domain::{AggregateRef, Body};
use uuid::Uuid;

use super::{Engine, Error, ErrorCode};
use crate::ipc::vault::{SecretView, SlotView, VaultView};
use crate::secret::Secret;
use crate::vault::{self, Kind, Name, SlotKind, State, Vault, VaultError};

/// The name of the platform port's token: there is one port.
pub(super) const PORT_TOKEN: Name = Name { kind: Kind::PortToken, id: Uuid::nil() };

impl Engine {
    /// The vault.
    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// Does something with the vault, on a thread of its own: the disk, the keychain and a passphrase take their time.
    pub(crate) async fn with_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, Error> {
        let vault = self.vault().clone();
        let done = tokio::task::spawn_blocking(move || work(&vault)).await;
        done.map_err(|error| Error::internal(&error))?.map_err(Error::from)
    }

    /// How the vault stands.
    pub(crate) async fn vault_view(&self) -> Result<VaultView, Error> {
        let secrets = self.with_vault(Vault::names).await?;
        let secrets = secrets.into_iter().filter_map(|name| self.secret_view(name)).collect();
        let has_keychain = self.with_vault(|vault| Ok(vault.has_keychain())).await?;
        let vault = self.vault();
        Ok(VaultView {
            state: vault.state(),
            slots: vault.slots().into_iter().map(|(kind, made_at)| SlotView { kind, made_at }).collect(),
            has_keychain,
            shortest: u32::try_from(vault::SHORTEST).unwrap_or(u32::MAX),
            secrets,
        })
    }

    /// What a person sees of a secret; tokens are nobody's to read.
    fn secret_view(&self, name: Name) -> Option<SecretView> {
        let of = match name.kind {
            // An installation's stand on its page, an event is sent and never shown.
            Kind::Tokens | Kind::InstallationSecret | Kind::InstallationKey | Kind::Original => return None,
            Kind::PortToken => self.profile().port.clone(),
            Kind::ClientSecret | Kind::PrivateKey => self.registration(name.id).ok()?.host(),
        };
        Some(SecretView { kind: name.kind, id: name.id, of })
    }

    /// Opens the vault: by what was typed, or by the keychain. One that a person locked opens by its passphrase, where
    /// it has one: whoever passes by has the keychain, too.
    pub(crate) async fn open_vault(&self, typed: Option<Secret<String>>) -> Result<(), Error> {
        self.with_vault(move |vault| {
            if let Some(typed) = typed {
                return vault.open_by(&typed);
            }
            let has_passphrase = vault.slots().iter().any(|(kind, _)| *kind == SlotKind::Passphrase);
            if vault.state() == State::Locked && has_passphrase {
                return Err(VaultError::Closed(State::Locked));
            }
            match vault.open_by_keychain() {
                State::Open | State::Empty => Ok(()),
                state => Err(VaultError::Closed(state)),
            }
        })
        .await?;
        self.touch();
        Ok(())
    }

    /// What a person wants to see or copy, after it was noted that they did.
    async fn revealed(&self, name: Name, copied: bool) -> Result<Secret<String>, Error> {
        let what = match name.kind {
            Kind::PortToken => RevealedSecret::PortToken,
            Kind::ClientSecret | Kind::InstallationSecret => RevealedSecret::ClientSecret,
            Kind::PrivateKey | Kind::InstallationKey | Kind::Tokens => RevealedSecret::PrivateKey,
            Kind::Original => RevealedSecret::Event,
        };
        let of = match name.kind {
            Kind::InstallationSecret | Kind::InstallationKey => {
                let (installation, client_id, account) = self.set_of(name.id).await?;
                if !self.with_vault(Vault::names).await?.contains(&name) {
                    let known = self.installation(installation).await?;
                    let kept = self.kept_secret(name.kind, &known, &client_id, what, copied).await?;
                    return kept.ok_or_else(Error::not_found);
                }
                account
            }
            _ => self.secret_view(name).ok_or_else(Error::not_found)?.of,
        };
        let secret = self.with_vault(move |vault| vault.open(name)).await?.ok_or_else(Error::not_found)?;
        let text = vault::text(&secret).ok_or_else(|| Error::new(ErrorCode::VaultDamaged))?;
        let workspace = AggregateRef::Workspace(self.workspace_id()?);
        self.change(workspace, Body::SecretNoteReveal { secret: what, of, copied }).await?;
        Ok(text)
    }

    /// Of which installation a set of credentials is that a vault keeps under this id, whose client, and the account.
    async fn set_of(&self, id: Uuid) -> Result<(InstallationId, String, String), Error> {
        let (store, _) = self.open_store()?;
        store
            .read(move |view| {
                for row in view.installation_rows()? {
                    let Some(known) = view.installation(row.id)? else { continue };
                    let sets = domain::installation::rotations(&known).into_iter();
                    let mut clients = sets.map(|set| set.set.client_id.clone());
                    if let Some(client) =
                        clients.find(|client| intake::credentials_id(known.id, client) == id)
                    {
                        return Ok((row.id, client, row.account));
                    }
                }
                Err(Error::not_found())
            })
            .await
    }

    /// A secret for the window to show for a while.
    pub(crate) async fn reveal(&self, name: Name) -> Result<Secret<String>, Error> {
        self.revealed(name, false).await
    }

    /// Copies a secret, for a minute.
    pub(crate) async fn copy_secret(&self, name: Name) -> Result<(), Error> {
        let secret = self.revealed(name, true).await?;
        self.0.clipboard.copy_secret(secret).await.map_err(super::desktop::clipboard_error)
    }

    /// Somebody is there.
    pub(crate) fn touch(&self) {
        self.0.touched.store(self.now().0, Ordering::Relaxed);
    }

    /// Asks the keychain once at the start, then locks the vault each time nobody was there for as long as the person
    /// chose. It sleeps until that moment at the earliest: nothing is looked at meanwhile.
    pub(super) fn watch_vault(&self) {
        let vault = self.vault().clone();
        tokio::task::spawn_blocking(move || {
            if vault.state() == State::Opening {
                vault.open_by_keychain();
            }
        });
        let inner = std::sync::Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                let Some(inner) = inner.upgrade() else { return };
                let engine = Self(inner);
                if matches!(engine.vault().state(), State::Open | State::Empty) {
                    engine.restore_sessions().await;
                }
                let after = i64::from(engine.settings().lock_after) * 60_000;
                let left = engine.0.touched.load(Ordering::Relaxed) + after - engine.now().0;
                let watched = engine.0.watched.clone();
                let waits = after > 0 && engine.vault().state() == State::Open;
                if waits && left <= 0 {
                    tracing::info!("the vault is locked: nobody was there");
                    engine.vault().lock();
                    continue;
                }
                drop(engine);
                let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
                tokio::select! {
                    // Each key pressed moves the moment: it is worked out anew when it has come.
                    () = tokio::time::sleep(left), if waits => {}
                    () = watched.notified() => {}
                }
            }
        });
    }
}
