//! The secrets of installations that a team's service gets from here, when a workspace moves there and when an event is
//! taken by hand: given to its vault, and let go of here once everything is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::InstallationId;
use domain::installation::rotations;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::export::go_on;
use super::{Engine, State, blocking};
use crate::error::{Error, ErrorCode};
use crate::jobs::Job;
use crate::profile::{ConnectionName, Move, Seat, Team};
use crate::store::{self, Store, StoreError, View};
use crate::sync::{Receiving, SetSecrets};
use crate::vault::{self, Kind, Name, Vault};

/// A set of credentials, whose secrets the vault here may have.
#[derive(Clone, Debug)]
pub(super) struct Set {
    /// Under which the vault keeps its secrets.
    pub(super) id: Uuid,
    installation: InstallationId,
    client_id: String,
    /// Whether the vault of a team's service has its secrets.
    kept: bool,
}

/// Under which names the vault keeps the secrets of a set.
pub(super) fn names(id: Uuid) -> [Name; 2] {
    [Kind::InstallationSecret, Kind::InstallationKey].map(|kind| Name { kind, id })
}

/// Every set that a workspace knows.
fn sets(view: View<'_>) -> Result<Vec<Set>, StoreError> {
    let mut all = Vec::new();
    for row in view.installation_rows()? {
        let Some(known) = view.installation(row.id)? else { continue };
        all.extend(rotations(&known).into_iter().map(|set| {
            let client_id = set.set.client_id.clone();
            let kept = set.steps.is_some_and(|steps| steps.kept.is_some());
            Set { id: intake::credentials_id(row.id, &client_id), installation: row.id, client_id, kept }
        }));
    }
    Ok(all)
}

impl Engine {
    /// The sets of a workspace whose secrets the vault here has.
    pub(super) async fn sets_here(&self, store: &Store) -> Result<Vec<Set>, Error> {
        let held = self.with_vault(Vault::names).await?;
        if !held.iter().any(|name| matches!(name.kind, Kind::InstallationSecret | Kind::InstallationKey)) {
            return Ok(Vec::new());
        }
        let all = store.read(|view| sets(*view).map_err(Error::from)).await?;
        Ok(all.into_iter().filter(|set| names(set.id).iter().any(|name| held.contains(name))).collect())
    }

    /// Whether they can go: the vault here is open, and the service has one.
    pub(super) async fn can_give(&self, sets: &[Set], url: &str, registration: Uuid) -> Result<(), Error> {
        let Some(first) = sets.first() else { return Ok(()) };
        drop(self.secrets_of(first.id).await?);
        if self.people_at(url, registration, None)?.takes_secrets().await? {
            Ok(())
        } else {
            Err(Error::new(ErrorCode::Invalid).with("reason", "no_vault"))
        }
    }

    /// Gives them to the service. What is there already is given again, and stays what it was.
    pub(super) async fn give(&self, sets: &[Set], team: &Team, job: &Job) -> Result<(), Error> {
        let to = Receiving::new(self.transport_of(team)?);
        for (n, set) in (0..).zip(sets) {
            go_on(job, n, sets.len() as u64)?;
            let secrets = self.secrets_of(set.id).await?;
            to.give(set.installation, &set.client_id, &secrets).await?;
        }
        Ok(())
    }

    /// Gives the open team's service what the vault here has of its sets, as after an event that was taken by hand, and
    /// lets go of it here. A set that the service does not know yet waits for the command that names it.
    async fn give_held(&self) -> Result<(), Error> {
        let (name, store) = match &*self.state() {
            State::Open(open) => (open.name, open.store.clone()),
            _ => return Ok(()),
        };
        let ConnectionName::Team(team) = name else { return Ok(()) };
        let held = self.sets_here(&store).await?;
        if held.is_empty() {
            return Ok(());
        }
        let to = Receiving::new(self.team_transport(team)?);
        let mut there = Vec::new();
        for set in held {
            if !set.kept {
                let secrets = self.secrets_of(set.id).await?;
                match to.give(set.installation, &set.client_id, &secrets).await {
                    Err(error) if error.code == ErrorCode::NotFound => continue,
                    given => given?,
                }
            }
            there.push(set.id);
        }
        // Another workspace of this computer may use them, too.
        let stays = self.sets_beside(&[name]).await?;
        there.retain(|id| !stays.contains(id));
        if there.is_empty() {
            return Ok(());
        }
        self.forget_sets(there).await?;
        self.told(&["vault"]);
        Ok(())
    }

    /// Gives what is held here to the team's service whenever there is something to give, or a way again. Where it cannot
    /// be done it stays sealed here, as it is.
    pub(super) fn keep_giving(&self) {
        let (inner, mut changes) = (Arc::downgrade(&self.0), self.changes());
        tokio::spawn(async move {
            let mut again = false;
            loop {
                let tells = |tag: &String| {
                    matches!(&**tag, "installations" | "vault") || again && matches!(&**tag, "sync")
                };
                match changes.recv().await {
                    Ok(tags) if !tags.iter().any(tells) => continue,
                    Err(RecvError::Closed) => return,
                    _ => {}
                }
                let Some(inner) = inner.upgrade() else { return };
                let given = Self(inner).give_held().await;
                // A service without a vault is not asked each time that something is sent to it.
                again = given.as_ref().is_err_and(|error| error.code == ErrorCode::Offline);
                if let Err(error) = given {
                    tracing::debug!(code = ?error.code, "secrets of a team's installations are still here");
                }
            }
        });
    }

    async fn secrets_of(&self, id: Uuid) -> Result<SetSecrets, Error> {
        let [secret, key] = names(id);
        let opened = self.with_vault(move |vault| Ok([vault.open(secret)?, vault.open(key)?])).await?;
        let [client_secret, private_key] = opened.map(|secret| {
            let text = secret.map(|secret| vault::text(&secret));
            text.map(|text| text.ok_or_else(|| Error::new(ErrorCode::VaultDamaged))).transpose()
        });
        Ok(SetSecrets { client_secret: client_secret?, private_key: private_key? })
    }

    /// Lets go of what the vaults of services have by now, unless another workspace of this computer knows the same set.
    /// Where one of those cannot be read everything stays, until the next start.
    pub(super) async fn forget_given(&self) -> Result<(), Error> {
        let profile = self.profile().clone();
        for name in profile.names() {
            let Some(seat) = profile.seat(name) else { continue };
            let Some(moved) = seat.moved.as_deref().filter(|moved| !moved.given.is_empty()) else { continue };
            let there = ConnectionName::Team(moved.team.id);
            let stays = self.sets_beside(&[name, there]).await?;
            self.forget_sets(moved.given.iter().copied().filter(|id| !stays.contains(id)).collect()).await?;
            // Those credentials stand in the events as they came, too.
            self.forget(self.originals_of(name).await?).await?;
            let moved = Move { given: Vec::new(), ..moved.clone() };
            self.change_profile(|profile| {
                profile.set_seat(name, Some(Seat { moved: Some(Box::new(moved)), ..seat.clone() }));
            })?;
        }
        Ok(())
    }

    /// Drops the secrets of sets from the vault here.
    pub(super) async fn forget_sets(&self, sets: Vec<Uuid>) -> Result<(), Error> {
        self.forget(sets.into_iter().flat_map(names).collect()).await
    }

    /// Does what a process that ended left to do.
    pub(super) fn resume_forgetting(&self) {
        if self.profile().moves().all(|moved| moved.given.is_empty()) {
            return;
        }
        let engine = self.clone();
        tokio::spawn(async move {
            if let Err(error) = engine.forget_given().await {
                tracing::warn!(code = ?error.code, "secrets that a team's service keeps are still here");
            }
        });
    }

    /// The sets that the workspaces of this computer know, but for these.
    pub(super) async fn sets_beside(&self, but: &[ConnectionName]) -> Result<BTreeSet<Uuid>, Error> {
        let others = self.profile().names();
        let mut all = BTreeSet::new();
        for other in others.into_iter().filter(|other| !but.contains(other)) {
            all.extend(self.sets_of(other).await?);
        }
        Ok(all)
    }

    /// The sets that a workspace of this computer knows, open or not.
    pub(super) async fn sets_of(&self, name: ConnectionName) -> Result<Vec<Uuid>, Error> {
        Ok(self.read_of(name, sets).await?.into_iter().map(|set| set.id).collect())
    }

    /// Reads a workspace of this computer, open or not; nothing, where nothing was ever read into it.
    pub(super) async fn read_of<T: Send + 'static>(
        &self,
        name: ConnectionName,
        read: fn(View<'_>) -> Result<Vec<T>, StoreError>,
    ) -> Result<Vec<T>, Error> {
        let open = match &*self.state() {
            State::Open(open) if open.name == name => Some(open.store.clone()),
            _ => None,
        };
        if let Some(store) = open {
            return store.read(move |view| read(*view).map_err(Error::from)).await;
        }
        let folder = self.folder_of(name);
        blocking(move || {
            if folder.exists() {
                store::look(&folder, |view| read(*view)).map_err(Error::from)
            } else {
                Ok(Vec::new())
            }
        })
        .await
    }
}
