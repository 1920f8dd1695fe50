//! Calls to Talkdesk with an installation's own credentials, by whoever keeps these: the service of a team, the desktop
//! of a workspace that is on this computer alone.
//!
//! What changes something there is sent once. Of an answer to an event the state is read before and after; of a set of
//! credentials, and of a rotation, no state that could be read is documented. Whoever calls [looks](Reached::look), sees
//! to it that what comes of it can be recorded, [sends](Reached::send), and records what came of it and nothing else.
//!
//! Deliberately absent: who may, where the secrets come from, how it is recorded.

use domain::Body;
use domain::Params;
use domain::installation::{
    Authentication, CredentialSet, Installation, Standing, TalkdeskState, Word, rotations,
};
use domain::protocol::{CallFault, CallFaultCode, TalkdeskCall};
use domain::text;
use talkdesk::assertion::{Algorithm, SigningKey};
use talkdesk::gateway::{Acknowledgement, Gateway, State};
use talkdesk::token::{self, Tokens};
use talkdesk::wire::{Failure, Wire};
use talkdesk::{Ambient, Secret};
use url::Url;

use crate::moment;

/// The longest word of a state that is kept, in characters.
const STATE: usize = 200;

/// The gateway of an installation, with tokens of one of its sets of credentials.
#[derive(Debug)]
pub struct Reached {
    wire: Wire,
    ambient: Ambient,
    root: Url,
    app: String,
    id: String,
    tokens: Tokens,
}

/// What stands in the way of using a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unusable {
    /// The installation's events name no address of a Talkdesk ID, or of a gateway, that is one.
    Address(&'static str),
    /// The private key is none of its algorithm.
    PrivateKey,
}

/// How it stands before a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// Talkdesk waits for no answer to these events any more: nothing is to be sent.
    Settled(TalkdeskState),
    /// It can be sent. How the installation stands, where the call is about that.
    Open(Option<TalkdeskState>),
}

/// What came of a call that was sent.
#[derive(Clone, PartialEq, Debug)]
pub enum Sent {
    /// Talkdesk took it. How the installation stands now, where the call is about that.
    Taken(Option<TalkdeskState>),
    /// Talkdesk surely did not do it.
    Failed(Failure),
    /// Talkdesk may have done it. How the installation stands now, where the call is about that and Talkdesk said so.
    NotKnown(Failure, Option<TalkdeskState>),
}

/// The sets with which a call can be made, the newest first: of this client, or of any.
pub fn sets<'a>(of: &'a Installation, client_id: Option<&str>) -> Vec<&'a CredentialSet> {
    let wanted = |set: &&CredentialSet| client_id.is_none_or(|client| set.client_id == client);
    rotations(of).into_iter().rev().map(|known| known.set).filter(wanted).collect()
}

/// The set that a call has to be made with, where it is about one.
pub fn client_of(call: &TalkdeskCall) -> Option<&str> {
    match call {
        TalkdeskCall::AcknowledgeCredentials { client_id } => Some(client_id),
        TalkdeskCall::Answer { .. } | TalkdeskCall::AskRotation { .. } => None,
    }
}

/// Tokens of a set, by one of its two ways.
pub fn tokens(
    wire: Wire,
    of: &Installation,
    set: &CredentialSet,
    way: Authentication,
    secret: Secret<String>,
) -> Result<Tokens, Unusable> {
    let url = Url::parse(&Standing::of(of).tokens).map_err(|_| Unusable::Address("tokens"))?;
    let authentication = match way {
        Authentication::Basic => token::Authentication::Basic(secret),
        Authentication::PrivateKeyJwt => {
            let algorithm = Algorithm::named(&set.key_algorithm);
            let key = algorithm.and_then(|algorithm| SigningKey::read(algorithm, &secret).ok());
            let key = key.ok_or(Unusable::PrivateKey)?;
            token::Authentication::PrivateKeyJwt { key_id: set.key_id.clone(), key }
        }
    };
    Ok(Tokens::new(wire, Ambient::system(), url, set.client_id.clone(), authentication, &[]))
}

/// The command that records a call: how the installation stood before and stands after it, where it is about that.
pub fn record(call: &TalkdeskCall, before: Option<&TalkdeskState>, after: Option<&TalkdeskState>) -> Body {
    let state = |state: Option<&TalkdeskState>| state.cloned().unwrap_or_else(unknown);
    match call.clone() {
        TalkdeskCall::Answer { events, word } => {
            Body::InstallationAnswer { events, word, before: state(before), after: state(after) }
        }
        TalkdeskCall::AcknowledgeCredentials { client_id } => Body::CredentialsAcknowledge { client_id },
        TalkdeskCall::AskRotation { compromised, reason } => {
            Body::CredentialsAskRotation { compromised, reason }
        }
    }
}

impl Reached {
    /// At the gateway that the installation's own events name.
    pub fn new(wire: Wire, of: &Installation, tokens: Tokens) -> Result<Self, Unusable> {
        let Standing { root, app, .. } = Standing::of(of);
        let root = Url::parse(&root).map_err(|_| Unusable::Address("root"))?;
        Ok(Self { wire, ambient: Ambient::system(), root, app, id: of.talkdesk_id.clone(), tokens })
    }

    /// The app, by its id at Talkdesk.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The installation, by its id at Talkdesk.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The calls of the gateway.
    pub fn gateway(&self) -> Gateway<'_> {
        Gateway::new(&self.wire, &self.ambient, &self.root, &self.tokens)
    }

    /// How the installation stands.
    pub async fn state(&self) -> Result<TalkdeskState, Failure> {
        let told = self.gateway().installation(&self.app, &self.id).await?;
        Ok(told.embedded.state.map_or_else(unknown, state_of))
    }

    /// Asks how it stands before a call. What fails here changed nothing.
    pub async fn look(&self, of: &Installation, call: &TalkdeskCall) -> Result<Look, Failure> {
        let TalkdeskCall::Answer { events, .. } = call else {
            // With a token at hand, whatever fails from now on is the call itself.
            self.tokens.get().await?;
            return Ok(Look::Open(None));
        };
        let state = self.state().await?;
        Ok(if settles(of, events, &state) { Look::Settled(state) } else { Look::Open(Some(state)) })
    }

    /// Makes a call, once.
    pub async fn send(&self, of: &Installation, call: &TalkdeskCall) -> Sent {
        let (gateway, app, id) = (self.gateway(), &self.app, &self.id);
        let told = match call {
            TalkdeskCall::Answer { word, .. } => {
                let word = match word.clone() {
                    Word::Approve => Acknowledgement::Approve,
                    Word::Reject { reason } => Acknowledgement::Reject { reason },
                };
                gateway.acknowledge(app, id, &word).await.map(|state| Some(state_of(state)))
            }
            TalkdeskCall::AcknowledgeCredentials { client_id } => {
                gateway.acknowledge_credentials(app, id, client_id).await.map(|()| None)
            }
            TalkdeskCall::AskRotation { .. } => gateway.rotate_credentials(app, id).await.map(|()| None),
        };
        match told {
            Err(failure) if is_certain(&failure) => Sent::Failed(failure),
            Err(failure) => self.after(of, call, failure).await,
            // What it said last counts; an answered uninstall ends the credentials with which one could ask.
            Ok(Some(told)) => Sent::Taken(Some(self.state().await.unwrap_or(told))),
            Ok(None) => Sent::Taken(None),
        }
    }

    /// What came of a call whose answer was lost, as far as the state tells: it was about one that was open before.
    pub async fn after(&self, of: &Installation, call: &TalkdeskCall, failure: Failure) -> Sent {
        let TalkdeskCall::Answer { events, word } = call else { return Sent::NotKnown(failure, None) };
        match self.state().await {
            Ok(state) if settles(of, events, &state) && is_of(word, &state) => Sent::Taken(Some(state)),
            state => Sent::NotKnown(failure, state.ok()),
        }
    }
}

/// Why there is no answer, in words that cross to a desktop: the server's own go along.
pub fn fault(failure: &Failure) -> CallFault {
    let of = |code, params: &[(&str, String)]| {
        let params: Params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        CallFault { code, params }
    };
    match failure {
        Failure::Refused { status, problem, host, .. } => {
            let words = [&problem.code, &problem.message].map(String::as_str);
            let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ");
            let code = if *status == 429 { CallFaultCode::RateLimited } else { CallFaultCode::Platform };
            let mut detail = format!("{host} {status} {words}").trim_end().to_owned();
            for (name, why) in &problem.fields {
                detail.extend(["\n", name, ": ", why]);
            }
            of(code, &[("status", status.to_string()), ("detail", detail)])
        }
        Failure::Unreachable(_) | Failure::Late(_) | Failure::Broken(_) => {
            of(CallFaultCode::Unreached, &[("detail", failure.to_string())])
        }
        Failure::Proxy(host) => of(CallFaultCode::Proxy, &[("host", host.clone())]),
        other => of(CallFaultCode::Platform, &[("detail", other.to_string())]),
    }
}

/// Whether Talkdesk surely did not do what it was asked: it was not asked, or said no.
fn is_certain(failure: &Failure) -> bool {
    match failure {
        Failure::Refused { status, .. } => *status < 500,
        Failure::Late(_) | Failure::Broken(_) | Failure::TooLarge(_) | Failure::Unreadable { .. } => false,
        Failure::Blocked { .. }
        | Failure::Tls { .. }
        | Failure::Unreachable(_)
        | Failure::Proxy(_)
        | Failure::Redirected { .. }
        | Failure::Internal(_) => true,
    }
}

/// Whether Talkdesk waits for an answer to none of these events any more.
fn settles(of: &Installation, events: &[String], state: &TalkdeskState) -> bool {
    let known = |id: &String| of.event(id).is_some_and(|taken| state.settles(&taken.event));
    !events.is_empty() && events.iter().all(known)
}

/// Whether a state may be what a word led to: who answered the other way round was somebody else, and where Talkdesk
/// got no answer in time, or suspended the installation, nobody did.
fn is_of(word: &Word, state: &TalkdeskState) -> bool {
    let other = match word {
        Word::Approve => "rejected",
        Word::Reject { .. } => "completed",
    };
    ![other, "timeout", "suspended"].contains(&state.state.as_str())
}

/// A state as a server told it, without what could not be recorded.
pub fn state_of(told: State) -> TalkdeskState {
    let kept = |text: &str, most: usize, lines: bool| -> String {
        let fit = |letter: &char| !letter.is_control() || lines && *letter == '\n';
        text.trim().chars().filter(fit).take(most).collect()
    };
    let state = kept(&told.state, STATE, false);
    if state.is_empty() {
        return unknown();
    }
    TalkdeskState {
        state,
        reason: kept(&told.reason.unwrap_or_default(), text::TEXT, true),
        updated_at: told.updated_at.as_deref().and_then(moment),
    }
}

fn unknown() -> TalkdeskState {
    TalkdeskState { state: "unknown".to_owned(), reason: String::new(), updated_at: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use talkdesk::problem::Problem;

    fn refused(status: u16) -> Failure {
        let host = "api.example".to_owned();
        Failure::Refused { host, status, problem: Problem::default(), retry_after: None }
    }

    #[test]
    fn what_may_have_been_done_is_told_from_what_surely_was_not() {
        let host = || "api.example".to_owned();
        for (failure, certain) in [
            (Failure::Unreachable(host()), true),
            (Failure::Proxy(host()), true),
            (Failure::Redirected { host: host(), to: String::new() }, true),
            (refused(403), true),
            (refused(409), true),
            (refused(429), true),
            (refused(500), false),
            (refused(504), false),
            (Failure::Late(host()), false),
            (Failure::Broken(host()), false),
            (Failure::TooLarge(host()), false),
            (Failure::Unreadable { host: host(), place: String::new() }, false),
        ] {
            assert_eq!(is_certain(&failure), certain, "{failure}");
        }
    }

    /// Protects the record: a state that says the opposite of what was sent is no sign that it arrived.
    #[test]
    fn a_state_that_somebody_elses_answer_led_to_is_not_taken_for_ones_own() {
        let state = |word: &str| TalkdeskState { state: word.to_owned(), ..unknown() };
        let reject = Word::Reject { reason: "No.".to_owned() };
        for (word, led_to, own) in [
            (&Word::Approve, "completed", true),
            (&Word::Approve, "revoked", true),
            (&Word::Approve, "rejected", false),
            (&reject, "rejected", true),
            (&reject, "failed", true),
            (&reject, "completed", false),
        ] {
            assert_eq!(is_of(word, &state(led_to)), own, "{word:?} {led_to}");
        }
    }

    /// Protects the record: what Talkdesk did can be recorded whatever words its state has.
    #[test]
    fn a_state_is_kept_without_what_could_not_be_recorded() {
        let told = |state: &str, reason: &str| {
            let state = state.to_owned();
            state_of(State { state, reason: Some(reason.to_owned()), updated_at: Some("now".to_owned()) })
        };
        assert_eq!(
            told(" com\u{7}pleted ", "a\r\nb"),
            TalkdeskState { state: "completed".to_owned(), reason: "a\nb".to_owned(), updated_at: None }
        );
        assert_eq!(told(" \n", ""), unknown());
        let long = told(&"x".repeat(10_000), &"y".repeat(100_000));
        assert_eq!((long.state.len(), long.reason.len()), (STATE, text::TEXT));
    }
}
