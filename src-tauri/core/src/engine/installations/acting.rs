//! What changes something at Talkdesk, once, when a person said so: by the team's service, whose vault keeps the
//! credentials and which records it; from here where the workspace is on this computer alone, and where the service keeps
//! no secrets of the set.
//!
//! Nothing of it is ever queued.

use std::time::Duration;

use domain::ids::{CommandId, InstallationId};
use domain::installation::{TalkdeskState, Word};
use domain::protocol::{CallFault, CallOutcome, TalkdeskCall, WantedCall};
use domain::{AggregateRef, Body};
use intake::calls::{self, Look, Sent};
use tokio::time::timeout;
use uuid::Uuid;

use crate::engine::Engine;
use crate::error::{Error, ErrorCode};
use crate::ipc::installations::AnsweredView;
use crate::store::View;

use super::call_error;

/// How long what was done here before may take to reach the service, and what the service recorded to come back.
const SYNCED_WITHIN: Duration = Duration::from_secs(5);

/// What came of a call.
struct Acted {
    /// Whether it went out: Talkdesk may not have waited for it any more.
    sent: bool,
    /// How the installation stands now, where the call is about that.
    state: Option<TalkdeskState>,
}

impl Engine {
    /// Tells Talkdesk that an install, an update or an uninstall went well, or not. Where it says that it does not wait
    /// for an answer any more nothing is sent, and that is what is recorded.
    pub(crate) async fn answer_installation(
        &self,
        id: InstallationId,
        events: Vec<String>,
        word: Word,
    ) -> Result<AnsweredView, Error> {
        let Acted { sent, state } = self.act(id, TalkdeskCall::Answer { events, word }).await?;
        let state = state.ok_or_else(|| Error::new(ErrorCode::Platform))?;
        Ok(AnsweredView { sent, state })
    }

    /// Tells Talkdesk that a set of credentials is in use, which ends those before it.
    pub(crate) async fn acknowledge_credentials(
        &self,
        id: InstallationId,
        client_id: String,
    ) -> Result<(), Error> {
        self.act(id, TalkdeskCall::AcknowledgeCredentials { client_id }).await.map(drop)
    }

    /// Asks Talkdesk for a new set of credentials, which comes by an event.
    pub(crate) async fn ask_rotation(
        &self,
        id: InstallationId,
        compromised: bool,
        reason: String,
    ) -> Result<(), Error> {
        self.act(id, TalkdeskCall::AskRotation { compromised, reason }).await.map(drop)
    }

    async fn act(&self, id: InstallationId, call: TalkdeskCall) -> Result<Acted, Error> {
        // What would be refused here is not sent there.
        self.try_change(AggregateRef::Installation(id), calls::record(&call, None, None)).await?;
        if self.is_team()
            && let Some(acted) = self.act_by_service(id, &call).await?
        {
            return Ok(acted);
        }
        self.act_here(id, &call).await
    }

    async fn act_here(&self, id: InstallationId, call: &TalkdeskCall) -> Result<Acted, Error> {
        let aggregate = AggregateRef::Installation(id);
        let reached = self.reach(id, calls::client_of(call)).await?;
        let known = self.installation(id).await?;
        let before = match reached.look(&known, call).await.map_err(|failure| call_error(&failure))? {
            Look::Settled(state) => {
                self.change(aggregate, Body::InstallationNoteState { state: state.clone() }).await?;
                return Ok(Acted { sent: false, state: Some(state) });
            }
            Look::Open(before) => before,
        };
        match reached.send(&known, call).await {
            Sent::Taken(state) => {
                self.change(aggregate, calls::record(call, before.as_ref(), state.as_ref())).await?;
                Ok(Acted { sent: true, state })
            }
            Sent::Failed(failure) => Err(call_error(&failure)),
            Sent::NotKnown(failure, state) => {
                if let Some(state) = state {
                    self.change(aggregate, Body::InstallationNoteState { state }).await?;
                }
                Err(not_known(calls::fault(&failure)))
            }
        }
    }

    /// Has the team's service make a call; none where it does not keep the secrets for it.
    async fn act_by_service(&self, id: InstallationId, call: &TalkdeskCall) -> Result<Option<Acted>, Error> {
        let aggregate = AggregateRef::Installation(id);
        let sent = move |view: &View<'_>| view.is_sent(aggregate);
        if !self.synced(sent).await? {
            // The service would decide on less than the person saw.
            return Err(Error::new(ErrorCode::Unreached));
        }
        let wanted = WantedCall { id: CommandId(Uuid::now_v7()), installation: id, call: call.clone() };
        let Some(outcome) = self.receiving()?.call(&wanted).await? else { return Ok(None) };
        let (number, acted) = match outcome {
            CallOutcome::Taken { number, state } => (number, Acted { sent: true, state }),
            CallOutcome::Settled { number, state } => (number, Acted { sent: false, state: Some(state) }),
            CallOutcome::Refused { refusal } => return Err(refusal.into()),
            CallOutcome::Failed { fault } => return Err(fault.into()),
            CallOutcome::NotKnown { fault } => return Err(not_known(fault)),
        };
        // It is done, and recorded: where the feed is late, what is shown follows.
        let read = move |view: &View<'_>| Ok(view.feed()?.is_some_and(|at| at.head >= number));
        self.synced(read).await?;
        Ok(Some(acted))
    }

    /// Syncs until something is so; false where that takes too long.
    async fn synced(
        &self,
        holds: impl Fn(&View<'_>) -> Result<bool, crate::store::StoreError> + Clone + Send + 'static,
    ) -> Result<bool, Error> {
        let (store, _) = self.open_store()?;
        let mut changes = self.changes();
        let is_so = || {
            let holds = holds.clone();
            store.read(move |view| holds(view).map_err(Error::from))
        };
        if is_so().await? {
            return Ok(true);
        }
        self.sync_now()?;
        let waited = timeout(SYNCED_WITHIN, async {
            loop {
                // One that was missed is made good by the look itself.
                let _ = changes.recv().await;
                if is_so().await? {
                    return Ok(());
                }
            }
        });
        waited.await.map_or(Ok(false), |held: Result<(), Error>| held.map(|()| true))
    }
}

/// Whether it was done is not known.
fn not_known(fault: CallFault) -> Error {
    Error { params: fault.params, ..Error::new(ErrorCode::NotKnown) }
}
