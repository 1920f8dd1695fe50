//! The registrations at authorization servers, and a session for each.

use std::sync::Arc;

use domain::{Place, Timestamp};
use talkdesk::assertion::{Algorithm, SigningKey};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::{Clock, Engine, Error, ErrorCode, Host};
use crate::ipc::session::SignInView;
use crate::secret::Secret;
use crate::session::registration::{ClientAuth, Registration, Way};
use crate::session::{Outside, Session, SignInWindow};
use crate::vault::{self, Kind, Name, State, Vault, VaultError};

/// Most registrations that one computer has.
const LIST: usize = 100;

/// The world outside, for the session of one registration.
pub(super) struct Desk {
    pub id: Uuid,
    pub host: Arc<dyn Host>,
    pub vault: Vault,
    pub clock: Clock,
    pub tags: broadcast::Sender<Vec<String>>,
}

impl Desk {
    fn name(&self, kind: Kind) -> Name {
        Name { kind, id: self.id }
    }
}

impl Outside for Desk {
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn changed(&self) {
        let _ = self.tags.send(vec!["session".to_owned()]);
    }

    fn open(&self, address: &str) -> Result<(), String> {
        self.host.open(address)
    }

    fn open_window(&self, window: SignInWindow) -> Result<(), String> {
        self.host.open_sign_in(self.id, window)
    }

    fn close_window(&self) {
        self.host.close_sign_in(self.id);
    }

    fn secret(&self, kind: Kind) -> Result<Option<Secret<String>>, Error> {
        let secret = self.vault.open(self.name(kind))?;
        Ok(secret.as_ref().and_then(vault::text))
    }

    fn may_keep(&self) -> Result<(), Error> {
        match self.vault.state() {
            // Where there is no vault, tokens live in memory alone, and rotate there.
            State::Open | State::Empty => Ok(()),
            state => Err(VaultError::Closed(state).into()),
        }
    }

    fn keep(&self, tokens: &Secret<Vec<u8>>) -> Result<(), Error> {
        Ok(self.vault.seal(self.name(Kind::Tokens), tokens.expose())?)
    }

    fn kept(&self) -> Result<Option<Secret<Vec<u8>>>, Error> {
        Ok(self.vault.open(self.name(Kind::Tokens))?)
    }

    fn forget(&self) -> Result<(), Error> {
        Ok(self.vault.forget(self.name(Kind::Tokens))?)
    }
}

impl Engine {
    /// The registrations, and who is signed in at each.
    pub(crate) async fn sign_ins(&self) -> Result<Vec<SignInView>, Error> {
        let kept = self.with_vault(Vault::names).await?;
        let registrations = self.profile().registrations.clone();
        let view = |registration: Registration| SignInView {
            host: registration.host(),
            session: self.session(registration.id).state().into(),
            has_secret: registration
                .auth
                .secret()
                .is_none_or(|kind| kept.contains(&Name { kind, id: registration.id })),
            registration,
        };
        Ok(registrations.into_iter().map(view).collect())
    }

    /// Adds a registration, or replaces the one with its id; a secret that is named goes into the vault first.
    pub(crate) async fn set_registration(
        &self,
        registration: Registration,
        secret: Option<Secret<String>>,
    ) -> Result<(), Error> {
        let registration = registration.checked()?;
        let id = registration.id;
        if let (Some(kind), Some(secret)) = (registration.auth.secret(), secret) {
            if secret.expose().trim().is_empty() {
                return Err(Error::new(ErrorCode::Invalid).at(Place::input("secret")));
            }
            if let ClientAuth::PrivateKeyJwt { algorithm, .. } = &registration.auth {
                let key = Algorithm::named(algorithm).map(|algorithm| SigningKey::read(algorithm, &secret));
                if !matches!(key, Some(Ok(_))) {
                    return Err(Error::new(ErrorCode::Invalid).at(Place::input("secret")));
                }
            }
            self.with_vault(move |vault| vault.seal(Name { kind, id }, secret.expose().as_bytes())).await?;
        }
        let before = self.profile().registrations.iter().find(|known| known.id == id).cloned();
        if self.profile().registrations.len() >= LIST && before.is_none() {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("name")));
        }
        self.change_profile(|profile| match profile.registrations.iter_mut().find(|known| known.id == id) {
            Some(known) => *known = registration.clone(),
            None => profile.registrations.push(registration.clone()),
        })?;
        // Tokens of another client or server are of no use to this one.
        let same = |before: &Registration| {
            (&before.server, &before.client_id) == (&registration.server, &registration.client_id)
        };
        if before.is_some_and(|before| !same(&before)) {
            self.session(id).sign_out().await;
        }
        self.told(&["settings", "session"]);
        Ok(())
    }

    /// Removes a registration, its tokens and its secret.
    pub(crate) async fn remove_registration(&self, id: Uuid) -> Result<(), Error> {
        self.registration(id)?;
        self.session(id).sign_out().await;
        self.change_profile(|profile| profile.registrations.retain(|known| known.id != id))?;
        self.sessions().remove(&id);
        self.with_vault(move |vault| {
            [Kind::ClientSecret, Kind::PrivateKey]
                .into_iter()
                .try_for_each(|kind| vault.forget(Name { kind, id }))
        })
        .await?;
        self.told(&["settings", "session", "vault"]);
        Ok(())
    }

    /// Begins a sign-in, where the registration says it, or elsewhere this time; answers the page's address.
    pub(crate) async fn sign_in(&self, id: Uuid, by: Option<Way>) -> Result<String, Error> {
        let registration = self.registration(id)?;
        let by = by.unwrap_or(registration.by);
        self.session(id).begin(&registration, by).await
    }

    /// The registration of an id.
    pub(crate) fn registration(&self, id: Uuid) -> Result<Registration, Error> {
        let profile = self.profile();
        profile.registrations.iter().find(|known| known.id == id).cloned().ok_or_else(Error::not_found)
    }

    /// The session of a registration.
    pub(crate) fn session(&self, id: Uuid) -> Session {
        let new = || {
            Session::new(Arc::new(Desk {
                id,
                host: self.0.host.clone(),
                vault: self.vault().clone(),
                clock: self.0.clock.clone(),
                tags: self.0.tags.clone(),
            }))
        };
        self.sessions().entry(id).or_insert_with(new).clone()
    }

    /// Takes up every session that was kept.
    pub(super) async fn restore_sessions(&self) {
        let registrations = self.profile().registrations.clone();
        for registration in registrations {
            if let Err(error) = self.session(registration.id).restore(&registration).await {
                tracing::warn!(code = ?error.code, "a session that was kept cannot be taken up");
            }
        }
    }
}
