//! Taking what Talkdesk delivers: verified, sealed, kept, answered.
//!
//! What is written holds no secret in the open: the raw body and its headers are sealed together, and beside them
//! stands what people may read. Only a verified event takes an id, so nothing that is forged keeps a genuine one out.
//!
//! Deliberately absent: what the facts change. Desktops read deliveries and make commands of them.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::installation::{Installation, NotVerified, Received, Standing};
use domain::protocol::{Delivery, HookRow, MadeHook};
use domain::{AggregateRef, Role};
use intake::{Incoming, Taken, original};
use talkdesk::Ambient;
use talkdesk::event::Unreadable;
use talkdesk::keys::{Refused, Verifier};
use talkdesk::region::Regions;
use talkdesk::wire::{Reach, Wire};
use tokio::sync::Notify;
use url::Url;
use uuid::Uuid;

use crate::Service;
use crate::calls::CALL_WITHIN;
use crate::error::{OpenError, StoreError};
use crate::identity::{Caller, TokenHash, fresh_token};
use crate::members::Denied;
use crate::relay::APP_WITHIN;
use crate::storage::hooks::{Hook, NewDelivery};
use crate::vault::{VaultError, VaultKey};

/// How long a gateway may take to give a key: Talkdesk waits for the answer meanwhile.
const KEY_WITHIN: Duration = Duration::from_secs(3);
/// The most keys of a workspace, revoked ones too.
const HOOKS: usize = 500;
/// What the record is about that tells one key of the vault from another.
const CHECK: &str = "partner-service vault";

/// What the service needs to take deliveries.
pub(crate) struct Receiving {
    pub(crate) key: VaultKey,
    /// Calls apps.
    pub(crate) relay: Wire,
    /// Calls gateways and Talkdesk IDs with an installation's credentials.
    pub(crate) calls: Wire,
    /// There is something to be passed on.
    pub(crate) due: Arc<Notify>,
    verifier: Verifier,
    pub(crate) regions: Regions,
}

/// What became of a delivery.
pub(crate) enum Outcome {
    Taken,
    /// Its event is known.
    Duplicate,
    /// Kept, and not believed.
    Unverified {
        why: NotVerified,
        passing: bool,
    },
}

/// Why a delivery is not even kept.
#[derive(Debug)]
pub(crate) enum NotKept {
    /// The service has no vault.
    NoVault,
    Vault(VaultError),
    Store(StoreError),
}

impl From<StoreError> for NotKept {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for NotKept {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Whether somebody may make keys and read what came by them.
pub(crate) fn may(caller: &Caller) -> Result<MemberId, Denied> {
    let may = [Role::Admin, Role::PartnerManager, Role::Developer];
    if caller.roles.iter().any(|role| may.contains(role)) {
        Ok(caller.member)
    } else {
        Err(Denied::Forbidden("role"))
    }
}

/// What a delivery's sealed record is about.
pub(crate) fn about(workspace: WorkspaceId, id: Uuid) -> String {
    format!("delivery {workspace} {id}")
}

impl Service {
    /// Takes deliveries from now on: sealed under this key, verified by keys of these regions' gateways. Fails where
    /// the store was sealed under another key.
    pub async fn receiving(self, key: VaultKey, reach: Reach, regions: Regions) -> Result<Self, OpenError> {
        let unusable = |error: VaultError| OpenError::Vault(error.to_string());
        let fresh = key.seal(CHECK.as_bytes(), CHECK).map_err(unusable)?;
        key.open(&self.storage.vault_check(fresh).await?, CHECK).map_err(unusable)?;
        let wire = Wire::new(reach, &regions).map_err(|error| OpenError::Vault(error.to_string()))?;
        let (relay, calls) = (wire.clone().within(APP_WITHIN), wire.clone().within(CALL_WITHIN));
        let verifier = Verifier::new(wire.within(KEY_WITHIN), regions.clone(), Ambient::system());
        let due = Arc::new(Notify::new());
        let receiving = Some(Arc::new(Receiving { key, relay, calls, due, verifier, regions }));
        Ok(Self { receiving, ..self })
    }

    /// Whether deliveries can be taken.
    pub(crate) fn has_vault(&self) -> bool {
        self.receiving.is_some()
    }

    /// By whose key something comes. Only the hash is looked up, so how long it takes tells nothing of a key.
    pub(crate) async fn hook(&self, key: &str) -> Result<Option<Hook>, StoreError> {
        self.storage.hook(TokenHash::of(key).to_string()).await
    }

    /// Makes a key for a project; none where there is no such project, or no room for another.
    pub(crate) async fn make_hook(
        &self,
        caller: &Caller,
        project: ProjectId,
    ) -> Result<Option<MadeHook>, StoreError> {
        let workspace = caller.workspace;
        let known = self.storage.state(workspace, AggregateRef::Project(project)).await?.is_some();
        if !known || self.storage.hooks(workspace).await?.len() >= HOOKS {
            return Ok(None);
        }
        let (key, hash) = fresh_token().map_err(|_| StoreError::NoRandomness)?;
        let id = Uuid::now_v7();
        let made_at = (self.clock)();
        let hook = HookRow { id, project, made_by: caller.member, made_at, revoked_at: None, relay: None };
        self.storage.add_hook(workspace, hash.to_string(), hook).await?;
        Ok(Some(MadeHook { id, path: format!("/hooks/talkdesk/{key}") }))
    }

    /// Takes a delivery as it was received; no body stands for one that was too large to be read.
    pub(crate) async fn receive(
        &self,
        hook: Hook,
        headers: &HeaderMap,
        body: Option<&[u8]>,
        received: Received,
    ) -> Result<Outcome, NotKept> {
        let receiving = self.receiving.as_ref().ok_or(NotKept::NoVault)?;
        let Hook { workspace, project, .. } = hook;
        let incoming = body.map(Incoming::read);
        let taken = match &incoming {
            None => Err(Refused::Unreadable(Unreadable::TooLarge)),
            Some(incoming) => {
                let known = self.gateway(workspace, incoming).await?;
                let Receiving { verifier, regions, .. } = &**receiving;
                intake::take(verifier, regions, known.as_ref(), headers, incoming, received).await
            }
        };
        let claims = incoming.as_ref().and_then(Incoming::event);
        let claims = claims.map(|event| (event.kind.clone(), event.id.clone()));
        let (kind, claimed) = claims.unwrap_or_default();
        let (event, refused) = match taken {
            // The secrets stay where they are, in the raw body.
            Ok(Taken { facts, .. }) => (Some(Box::new(facts)), None),
            Err(refused) => (None, Some(refused)),
        };
        let id = Uuid::now_v7();
        let unverified = refused.as_ref().map(intake::why);
        let taken_id = event.as_ref().map(|event| event.id.clone());
        let delivery = Delivery {
            id,
            project,
            received,
            received_at: (self.clock)(),
            event,
            unverified: unverified.clone(),
            kind,
            claimed,
            shown: incoming.as_ref().map(Incoming::shown).unwrap_or_default(),
        };
        let sealed = receiving
            .key
            .seal(&original::packed(headers, body.unwrap_or_default()), &about(workspace, id))
            .map_err(NotKept::Vault)?;
        let json = serde_json::to_string(&delivery)?;
        // A copy came from the app itself.
        let goes_on = hook.relay && received == Received::Relay && taken_id.is_some();
        let pass_on = goes_on.then_some((hook.id, delivery.received_at));
        let new = NewDelivery { id, project, event: taken_id, json, sealed, pass_on };
        let added = self.storage.add_delivery(workspace, new).await?;
        if added {
            self.live.moved(workspace);
        }
        if added && goes_on {
            self.wake_relay();
        }
        Ok(match (unverified, refused) {
            (Some(why), Some(refused)) => Outcome::Unverified { why, passing: intake::is_passing(&refused) },
            _ if added => Outcome::Taken,
            _ => Outcome::Duplicate,
        })
    }

    /// The gateway of the installation that a delivery claims to be about, as its earlier events told it.
    async fn gateway(
        &self,
        workspace: WorkspaceId,
        incoming: &Incoming<'_>,
    ) -> Result<Option<Url>, StoreError> {
        let Some(id) = incoming.installation() else { return Ok(None) };
        let Some(json) = self.storage.state(workspace, AggregateRef::Installation(id)).await? else {
            return Ok(None);
        };
        let installation: Installation = serde_json::from_str(&json)?;
        Ok(Url::parse(&Standing::of(&installation).root).ok())
    }
}
