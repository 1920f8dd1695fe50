//! Secrets of installations: they came with a delivery, and stand in its sealed record alone.
//!
//! Nobody gets one before the command that says so is on the disk.

use std::collections::BTreeSet;

use domain::command::RevealedSecret;
use domain::ids::{CommandId, InstallationId};
use domain::installation::{Installation, Standing};
use domain::protocol::Outcome;
use domain::{AggregateRef, Body, Command, Envelope};
use intake::SetSecrets;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Service;
use crate::hooks::{NotKept, about, parts_of};
use crate::identity::Caller;
use crate::take::{self, Sent};

/// What somebody wants to have.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Wanted {
    installation: InstallationId,
    client_id: String,
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
        let workspace = caller.workspace;
        let of = AggregateRef::Installation(wanted.installation);
        let json = self.storage.state(workspace, of).await?.ok_or(NotRevealed::NotHere)?;
        let installation: Installation = serde_json::from_str(&json)?;
        let secrets = self.secrets(caller, &installation, &wanted.client_id).await?;
        let secrets = secrets.ok_or(NotRevealed::NotHere)?;
        let standing = Standing::of(&installation);
        let of = if standing.account_name.is_empty() { standing.account } else { standing.account_name };
        let note = Command {
            id: CommandId(Uuid::now_v7()),
            aggregate: AggregateRef::Workspace(workspace),
            body: Body::SecretNoteReveal { secret: wanted.secret, of, copied: wanted.copied },
        };
        let note = Sent::Readable(Box::new(Envelope::new(&note, (self.clock)(), Vec::new())));
        let noted = take::take(&*self.storage, caller, &self.clock, vec![note], &BTreeSet::new()).await?;
        match noted.results.first().map(|result| &result.outcome) {
            Some(Outcome::Taken { .. }) => self.live.moved(workspace),
            _ => return Err(NotRevealed::Refused),
        }
        Ok(secrets)
    }

    /// What the deliveries that brought a set hold of it.
    async fn secrets(
        &self,
        caller: &Caller,
        installation: &Installation,
        client_id: &str,
    ) -> Result<Option<SetSecrets>, NotKept> {
        let Some(receiving) = &self.receiving else { return Ok(None) };
        let key = &receiving.key;
        let id = intake::credentials_id(installation.id, client_id);
        for taken in &installation.events {
            if taken.event.what.set().is_none_or(|set| set.client_id != client_id) {
                continue;
            }
            let event = taken.event.id.clone();
            let Some((delivery, sealed)) = self.storage.delivery_of(caller.workspace, event).await? else {
                continue;
            };
            let raw = key.open(&sealed, &about(caller.workspace, delivery)).map_err(NotKept::Vault)?;
            let secrets = parts_of(raw.expose()).and_then(|(_, body)| intake::secrets(body));
            if let Some(secrets) = secrets.filter(|secrets| secrets.id == id) {
                return Ok(Some(secrets));
            }
        }
        Ok(None)
    }
}
