//! Secrets of installations. Those that came with a delivery stand in its sealed record alone; those that a desktop had
//! and gave to its team stand in a sealed record of their own.
//!
//! Nobody gets one before the command that says so is on the disk. That one was given is said once it is kept.

use std::collections::BTreeSet;

use domain::command::RevealedSecret;
use domain::ids::{CommandId, InstallationId, WorkspaceId};
use domain::installation::{Installation, Standing, rotations};
use domain::protocol::{Outcome, Which};
use domain::{AggregateRef, Body, Command, Envelope};
use intake::SetSecrets;
use serde::Deserialize;
use serde_json::json;
use talkdesk::Secret;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Service;
use crate::error::StoreError;
use crate::hooks::{NotKept, about};
use crate::identity::Caller;
use crate::take::{self, Sent};

/// The most events that are looked at: a set comes with one.
const EVENTS: usize = 10;

/// The largest secret that is taken, in bytes: a key of 8,192 bits has some 6,500 as base64.
const SECRET: usize = 16 * 1024;

/// What a desktop gives of a set of credentials.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Given {
    installation: InstallationId,
    client_id: String,
    #[schema(value_type = Option<String>)]
    client_secret: Option<Secret<String>>,
    #[schema(value_type = Option<String>)]
    private_key: Option<Secret<String>>,
}

/// Why it is not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// The workspace knows no such set.
    Unknown,
    /// There is nothing in it, or too much.
    Unfit,
    /// The caller may not.
    Refused,
    Failed(NotKept),
}

impl<E: Into<NotKept>> From<E> for NotTaken {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What somebody wants to have.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Wanted {
    installation: InstallationId,
    client_id: String,
    /// The ids of the events that brought the set: a desktop knows them before the service has taken its command.
    events: Vec<String>,
    /// What for, as it is noted.
    secret: RevealedSecret,
    copied: bool,
}

/// Why there is nothing to see.
#[derive(Debug)]
pub(crate) enum NotRevealed {
    /// No delivery brought these credentials here.
    NotHere,
    /// The caller may not have them.
    Refused,
    Failed(NotKept),
}

impl<E: Into<NotKept>> From<E> for NotRevealed {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Service {
    /// The secrets of a set of credentials, after it was noted who wanted them.
    pub(crate) async fn reveal(&self, caller: &Caller, wanted: Wanted) -> Result<SetSecrets, NotRevealed> {
        let Wanted { installation, client_id, events, .. } = &wanted;
        let found = self.secrets(caller.workspace, *installation, client_id, events).await?;
        let (secrets, of) = found.ok_or(NotRevealed::NotHere)?;
        if self.note_reveal(caller, wanted.secret, of, wanted.copied).await? {
            Ok(secrets)
        } else {
            Err(NotRevealed::Refused)
        }
    }

    /// Has the caller's activity say that they got a secret: false where they may not have it.
    pub(crate) async fn note_reveal(
        &self,
        caller: &Caller,
        secret: RevealedSecret,
        of: String,
        copied: bool,
    ) -> Result<bool, StoreError> {
        let body = Body::SecretNoteReveal { secret, of, copied };
        self.note(caller, AggregateRef::Workspace(caller.workspace), body).await
    }

    /// Takes the secrets of a set that the workspace knows, and says that it did.
    pub(crate) async fn take_secrets(&self, caller: &Caller, given: Given) -> Result<(), NotTaken> {
        let receiving = self.receiving.as_ref().ok_or(NotKept::NoVault)?;
        let Given { installation, client_id, client_secret, private_key } = given;
        let aggregate = AggregateRef::Installation(installation);
        let state = self.storage.state(caller.workspace, aggregate).await?.ok_or(NotTaken::Unknown)?;
        let known: Installation = serde_json::from_str(&state)?;
        if !rotations(&known).iter().any(|set| set.set.client_id == client_id) {
            return Err(NotTaken::Unknown);
        }
        let secrets = [&client_secret, &private_key];
        let lengths = secrets.map(|secret| secret.as_ref().map_or(0, |secret| secret.expose().len()));
        if lengths.iter().sum::<usize>() == 0 || lengths.iter().any(|length| *length > SECRET) {
            return Err(NotTaken::Unfit);
        }
        let id = intake::credentials_id(installation, &client_id);
        let text = |secret: &Option<Secret<String>>| secret.as_ref().map(|secret| secret.expose().clone());
        let set = json!({ "client_secret": text(&client_secret), "private_key": text(&private_key) });
        let set = Secret::new(serde_json::to_vec(&set)?);
        let sealed = receiving.key.seal(set.expose(), &about_set(caller.workspace, id));
        self.storage.keep_set(caller.workspace, id, sealed.map_err(NotKept::Vault)?).await?;
        // Given again, as after an answer that was lost, it was said already.
        if known.steps(&client_id).is_some_and(|steps| steps.kept.is_some()) {
            return Ok(());
        }
        let noted = self.note(caller, aggregate, Body::CredentialsNoteKept { client_id }).await?;
        if noted { Ok(()) } else { Err(NotTaken::Refused) }
    }

    /// Takes a command that says what the caller did here: false where it is refused.
    async fn note(&self, caller: &Caller, aggregate: AggregateRef, body: Body) -> Result<bool, StoreError> {
        let note = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
        Ok(matches!(self.record(caller, &note).await?, Outcome::Taken { .. }))
    }

    /// Takes a command of the caller's that says what was done here for them.
    pub(crate) async fn record(&self, caller: &Caller, command: &Command) -> Result<Outcome, StoreError> {
        let sent = Sent::Readable(Box::new(Envelope::new(command, (self.clock)(), Vec::new())));
        let taken = take::take(&*self.storage, caller, &self.clock, vec![sent], &BTreeSet::new()).await?;
        // One answer for each command.
        let outcome = taken.results.into_iter().next().map(|result| result.outcome);
        let outcome = outcome.ok_or(StoreError::NoTurn)?;
        if matches!(outcome, Outcome::Taken { .. }) {
            self.live.moved(caller.workspace);
        }
        Ok(outcome)
    }

    /// What the deliveries of these events hold of a set, else what a desktop gave of it; and the account that it is for.
    pub(crate) async fn secrets(
        &self,
        workspace: WorkspaceId,
        installation: InstallationId,
        client_id: &str,
        events: &[String],
    ) -> Result<Option<(SetSecrets, String)>, NotKept> {
        let Some(receiving) = &self.receiving else { return Ok(None) };
        let id = intake::credentials_id(installation, client_id);
        for event in events.iter().take(EVENTS) {
            let kept = self.storage.delivery_of(workspace, Which::Event(event.clone())).await?;
            let Some((delivery, sealed)) = kept else { continue };
            let raw = receiving.key.open(&sealed, &about(workspace, delivery));
            let raw = raw.map_err(NotKept::Vault)?;
            let found = intake::original::body(raw.expose()).and_then(intake::secrets);
            if let Some(found) = found.filter(|(secrets, _)| secrets.id == id) {
                return Ok(Some(found));
            }
        }
        let Some(sealed) = self.storage.kept_set(workspace, id).await? else { return Ok(None) };
        let set = receiving.key.open(&sealed, &about_set(workspace, id)).map_err(NotKept::Vault)?;
        let KeptSet { client_secret, private_key } = serde_json::from_slice(set.expose())?;
        let state = self.storage.state(workspace, AggregateRef::Installation(installation)).await?;
        let Some(state) = state else { return Ok(None) };
        let standing = Standing::of(&serde_json::from_str(&state)?);
        let of = if standing.account_name.is_empty() { standing.account } else { standing.account_name };
        Ok(Some((SetSecrets { id, client_secret, private_key }, of)))
    }
}

/// A set in its sealed record.
#[derive(Deserialize)]
struct KeptSet {
    client_secret: Option<Secret<String>>,
    private_key: Option<Secret<String>>,
}

/// What a sealed set is about.
fn about_set(workspace: WorkspaceId, id: Uuid) -> String {
    format!("credentials {workspace} {id}")
}
