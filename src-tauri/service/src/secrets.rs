//! Secrets of installations: they came with a delivery, and stand in its sealed record alone.
//!
//! Nobody gets one before the command that says so is on the disk.

use std::collections::BTreeSet;

use domain::command::RevealedSecret;
use domain::ids::{CommandId, InstallationId};
use domain::protocol::Outcome;
use domain::{AggregateRef, Body, Command, Envelope};
use intake::SetSecrets;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Service;
use crate::error::StoreError;
use crate::hooks::{NotKept, about, parts_of};
use crate::identity::Caller;
use crate::take::{self, Sent};

/// The most events that are looked at: a set comes with one.
const EVENTS: usize = 10;

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
        let (secrets, of) = self.secrets(caller, &wanted).await?.ok_or(NotRevealed::NotHere)?;
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
        let note = Command {
            id: CommandId(Uuid::now_v7()),
            aggregate: AggregateRef::Workspace(caller.workspace),
            body: Body::SecretNoteReveal { secret, of, copied },
        };
        let note = Sent::Readable(Box::new(Envelope::new(&note, (self.clock)(), Vec::new())));
        let noted = take::take(&*self.storage, caller, &self.clock, vec![note], &BTreeSet::new()).await?;
        let taken =
            matches!(noted.results.first(), Some(result) if matches!(result.outcome, Outcome::Taken { .. }));
        if taken {
            self.live.moved(caller.workspace);
        }
        Ok(taken)
    }

    /// What the deliveries of these events hold of the set, and the account that it is for.
    async fn secrets(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Option<(SetSecrets, String)>, NotKept> {
        let Some(receiving) = &self.receiving else { return Ok(None) };
        let id = intake::credentials_id(wanted.installation, &wanted.client_id);
        for event in wanted.events.iter().take(EVENTS) {
            let kept = self.storage.delivery_of(caller.workspace, event.clone()).await?;
            let Some((delivery, sealed)) = kept else { continue };
            let raw = receiving.key.open(&sealed, &about(caller.workspace, delivery));
            let raw = raw.map_err(NotKept::Vault)?;
            let found = parts_of(raw.expose()).and_then(|(_, body)| intake::secrets(body));
            if let Some(found) = found.filter(|(secrets, _)| secrets.id == id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
