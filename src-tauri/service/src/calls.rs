//! Calls to Talkdesk that change something there, for a person of the team, with the credentials that the vault here
//! keeps: no secret goes to a desktop for it.
//!
//! A call is made once. That it begins is on the disk before it is sent, under the request's id; what became of it stands
//! there afterwards. Asked again under that id, nothing is sent: what became of the first is answered, or that it is not
//! known. What Talkdesk took is a command of the person's, under the same id.
//!
//! Where a call goes is what the installation's own events name; where it may go, what any call out may reach
//! ([`talkdesk::wire`]).

use std::time::Duration;

use domain::command::{Envelope, RevealedSecret};
use domain::ids::{CommandId, MemberId};
use domain::installation::{Authentication, CredentialSet, Installation, Standing, TalkdeskState};
use domain::protocol::{CallFault, CallFaultCode, CallOutcome, Outcome, TalkdeskCall, WantedCall};
use domain::{AggregateRef, Body, Command, Params, Refusal, RefusalCode, Timestamp};
use intake::SetSecrets;
use intake::calls::{self, Look, Reached, Sent, Unusable};
use serde::{Deserialize, Serialize};
use talkdesk::wire::Failure;
use url::Url;
use uuid::Uuid;

use crate::Service;
use crate::error::StoreError;
use crate::hooks::{NotKept, Receiving};
use crate::identity::{Caller, TokenHash};
use crate::take;

/// How long one request of a call may take: a call has up to four, and the desktop waits a minute.
pub(crate) const CALL_WITHIN: Duration = Duration::from_secs(12);

/// How long one may be under way, in milliseconds.
const UNDER_WAY: i64 = 4 * 12_000;
const _: () = assert!(UNDER_WAY as u128 == 4 * CALL_WITHIN.as_millis());

/// Why no call was made.
#[derive(Debug)]
pub(crate) enum NotCalled {
    /// The vault here keeps no secrets for it.
    NoSecret,
    /// What stands in the way of using them.
    Unusable(Unusable),
    Failed(NotKept),
}

impl<E: Into<NotKept>> From<E> for NotCalled {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A call that began.
#[derive(Clone, Serialize, Deserialize)]
struct Begun {
    by: MemberId,
    at: Timestamp,
    /// The SHA-256 of what was wanted: a reason that a person gave stands in the command alone.
    wanted: String,
    /// How the installation stood before, where the call is about that.
    before: Option<TalkdeskState>,
    /// What became of it; none, while it is under way or where whoever made it ended in the middle.
    outcome: Option<CallOutcome>,
}

impl Service {
    /// Makes a call, or says what became of it where it was made under this id before.
    pub(crate) async fn call_talkdesk(
        &self,
        caller: &Caller,
        wanted: WantedCall,
    ) -> Result<CallOutcome, NotCalled> {
        // Whoever asked may be gone before it is done: what began goes on to its end.
        let (service, caller) = (self.clone(), caller.clone());
        let made =
            tokio::spawn(async move { Call { service: &service, caller: &caller, wanted }.made().await });
        made.await.map_err(StoreError::from)?
    }
}

/// A call that somebody wants.
struct Call<'a> {
    service: &'a Service,
    caller: &'a Caller,
    wanted: WantedCall,
}

impl Call<'_> {
    async fn made(&self) -> Result<CallOutcome, NotCalled> {
        let receiving = self.service.receiving.as_ref().ok_or(NotKept::NoVault)?;
        if let Some(json) = self.service.storage.call(self.caller.workspace, self.wanted.id).await? {
            return self.again(receiving, serde_json::from_str(&json)?).await;
        }
        // What was settled without a call, or so long ago that only the log knows it.
        if let Some(outcome) = self.recorded().await? {
            return Ok(outcome);
        }
        // What would be refused here is not sent there.
        let command = self.command(calls::record(&self.wanted.call, None, None));
        let envelope = Envelope::new(&command, (self.service.clock)(), Vec::new());
        let (storage, clock) = (&*self.service.storage, &self.service.clock);
        if let Some(refusal) = take::refuses(storage, self.caller, clock, envelope).await? {
            return Ok(CallOutcome::Refused { refusal });
        }
        let (known, reached) = self.reach(receiving).await?;
        let before = match reached.look(&known, &self.wanted.call).await {
            Err(failure) => return Ok(CallOutcome::Failed { fault: calls::fault(&failure) }),
            Ok(Look::Settled(state)) => {
                let noted = self.record(Body::InstallationNoteState { state: state.clone() }).await?;
                return Ok(noted.map_or_else(refused, |number| CallOutcome::Settled { number, state }));
            }
            Ok(Look::Open(before)) => before,
        };
        let at = (self.service.clock)();
        let begun = Begun { by: self.caller.member, at, wanted: self.print()?, before, outcome: None };
        let (workspace, id) = (self.caller.workspace, self.wanted.id);
        if !self.service.storage.begin_call(workspace, id, serde_json::to_string(&begun)?, at).await? {
            // The same request came twice at once.
            return Ok(CallOutcome::NotKnown { fault: cut_short() });
        }
        tracing::info!(%workspace, call = %id, by = %self.caller.member, "Talkdesk is called");
        let sent = reached.send(&known, &self.wanted.call).await;
        self.ended(begun, sent).await
    }

    /// What became of a call that began before under this id. Where that is not known how the installation stands may
    /// tell it.
    async fn again(&self, receiving: &Receiving, begun: Begun) -> Result<CallOutcome, NotCalled> {
        if begun.by != self.caller.member || begun.wanted != self.print()? {
            return Ok(CallOutcome::Refused { refusal: Refusal::ours(RefusalCode::IdReused) });
        }
        if let Some(outcome) = begun.outcome {
            return Ok(outcome);
        }
        if let Some(outcome) = self.recorded().await? {
            return Ok(outcome);
        }
        // While it may be under way, what the state tells may be somebody else's doing.
        let under_way = (self.service.clock)().0 < begun.at.0.saturating_add(UNDER_WAY);
        if begun.before.is_none() || under_way {
            return Ok(CallOutcome::NotKnown { fault: cut_short() });
        }
        let (known, reached) = self.reach(receiving).await?;
        match reached.after(&known, &self.wanted.call, Failure::Broken(String::new())).await {
            taken @ Sent::Taken(_) => self.ended(begun, taken).await,
            _ => Ok(CallOutcome::NotKnown { fault: cut_short() }),
        }
    }

    /// Records what came of a call, and keeps it for whoever asks again.
    async fn ended(&self, begun: Begun, sent: Sent) -> Result<CallOutcome, NotCalled> {
        let outcome = match sent {
            Sent::Taken(state) => {
                let body = calls::record(&self.wanted.call, begun.before.as_ref(), state.as_ref());
                match self.record(body).await? {
                    Ok(number) => CallOutcome::Taken { number, state },
                    // Asked twice at once, it was recorded as the other one saw it. *Refused* would say that nothing
                    // was sent.
                    Err(refusal) => self.recorded().await?.unwrap_or_else(|| {
                        tracing::error!(code = ?refusal.code, "what Talkdesk took is not recorded");
                        CallOutcome::NotKnown { fault: cut_short() }
                    }),
                }
            }
            Sent::Failed(failure) => CallOutcome::Failed { fault: calls::fault(&failure) },
            Sent::NotKnown(failure, state) => {
                if let Some(state) = state {
                    let id = CommandId(Uuid::now_v7());
                    let seen = Command { id, ..self.command(Body::InstallationNoteState { state }) };
                    self.service.record(self.caller, &seen).await?;
                }
                CallOutcome::NotKnown { fault: calls::fault(&failure) }
            }
        };
        let json = serde_json::to_string(&Begun { outcome: Some(outcome.clone()), ..begun })?;
        self.service.storage.end_call(self.caller.workspace, self.wanted.id, json).await?;
        Ok(outcome)
    }

    /// The gateway, with the newest of the sets whose secrets are here.
    async fn reach(&self, receiving: &Receiving) -> Result<(Installation, Reached), NotCalled> {
        let (workspace, installation) = (self.caller.workspace, self.wanted.installation);
        let of = AggregateRef::Installation(installation);
        let state = self.service.storage.state(workspace, of).await?.ok_or(NotCalled::NoSecret)?;
        let known: Installation = serde_json::from_str(&state)?;
        for set in calls::sets(&known, calls::client_of(&self.wanted.call)) {
            let events = brought(&known, set);
            let found = self.service.secrets(workspace, installation, &set.client_id, &events).await?;
            let Some((SetSecrets { client_secret, private_key, .. }, of)) = found else { continue };
            let by_key = private_key.map(|key| (Authentication::PrivateKeyJwt, key));
            let by = by_key.or(client_secret.map(|secret| (Authentication::Basic, secret)));
            let Some((way, secret)) = by else { continue };
            // An address that only an event names may be anybody's: going there is told as a secret that is got is.
            let secret_goes = !named(receiving, &known);
            if secret_goes
                && !self.service.note_reveal(self.caller, RevealedSecret::Credentials, of, false).await?
            {
                return Err(NotCalled::NoSecret);
            }
            let wire = receiving.calls.clone();
            let reached = calls::tokens(wire.clone(), &known, set, way, secret)
                .and_then(|tokens| Reached::new(wire, &known, tokens));
            return reached.map(|reached| (known.clone(), reached)).map_err(NotCalled::Unusable);
        }
        Err(NotCalled::NoSecret)
    }

    /// Takes the command that says what was done; gives its number.
    async fn record(&self, body: Body) -> Result<Result<u64, Refusal>, StoreError> {
        Ok(match self.service.record(self.caller, &self.command(body)).await? {
            Outcome::Taken { number, .. } => Ok(number),
            Outcome::Refused { refusal } => Err(refusal),
            // It needs no other.
            Outcome::Waiting { .. } => Err(Refusal::ours(RefusalCode::NotFound)),
        })
    }

    /// What became of the call, where a command says it.
    async fn recorded(&self) -> Result<Option<CallOutcome>, StoreError> {
        let taken = take::taken(&*self.service.storage, self.caller.workspace, self.wanted.id).await?;
        let Some(taken) = taken else { return Ok(None) };
        if taken.actor != self.caller.member {
            return Ok(Some(refused(Refusal::ours(RefusalCode::IdReused))));
        }
        let (number, call) = (taken.number, &self.wanted.call);
        Ok(Some(match (call, taken.envelope.command().map(|command| command.body)) {
            (TalkdeskCall::Answer { .. }, Ok(Body::InstallationAnswer { after, .. })) => {
                CallOutcome::Taken { number, state: Some(after) }
            }
            (TalkdeskCall::Answer { .. }, Ok(Body::InstallationNoteState { state })) => {
                CallOutcome::Settled { number, state }
            }
            (TalkdeskCall::AcknowledgeCredentials { .. }, Ok(Body::CredentialsAcknowledge { .. }))
            | (TalkdeskCall::AskRotation { .. }, Ok(Body::CredentialsAskRotation { .. })) => {
                CallOutcome::Taken { number, state: None }
            }
            _ => refused(Refusal::ours(RefusalCode::IdReused)),
        }))
    }

    fn command(&self, body: Body) -> Command {
        let aggregate = AggregateRef::Installation(self.wanted.installation);
        Command { id: self.wanted.id, aggregate, body }
    }

    fn print(&self) -> Result<String, serde_json::Error> {
        Ok(TokenHash::of(&serde_json::to_string(&self.wanted)?).to_string())
    }
}

/// Whether a list of Talkdesk's regions holds the addresses that an installation's events name.
fn named(receiving: &Receiving, known: &Installation) -> bool {
    let Standing { root, tokens, .. } = Standing::of(known);
    let host = |url: &str| Url::parse(url).ok()?.host_str().map(str::to_owned);
    [root, tokens].iter().all(|url| host(url).is_some_and(|host| receiving.regions.hold(&host)))
}

/// The events that brought a set.
fn brought(known: &Installation, set: &CredentialSet) -> Vec<String> {
    let brings = |known: &CredentialSet| known.client_id == set.client_id;
    let events = known.events.iter().map(|taken| &taken.event);
    events.filter(|event| event.what.set().is_some_and(brings)).map(|event| event.id.clone()).collect()
}

fn refused(refusal: Refusal) -> CallOutcome {
    CallOutcome::Refused { refusal }
}

fn cut_short() -> CallFault {
    CallFault { code: CallFaultCode::CutShort, params: Params::new() }
}
