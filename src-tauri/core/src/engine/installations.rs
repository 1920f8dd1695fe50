//! Calls to Talkdesk on behalf of an installation, with its own credentials.
//!
//! Those that change something there are no commands: they run once, when a person said so, and what is recorded is
//! what Talkdesk answered. The state is read before and after.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::command::RevealedSecret;
use domain::ids::InstallationId;
use domain::installation::{
    Authentication, Installation, Rotation, Standing, TalkdeskState, Word, rotations,
};
use domain::{AggregateRef, Body, Place, Timestamp};
use serde_json::Value;
use talkdesk::assertion::{Algorithm, SigningKey};
use talkdesk::gateway::{Acknowledgement, Gateway, State};
use talkdesk::sealed;
use talkdesk::token::{self, Tokens};
use talkdesk::wire::{Failure, Wire};
use talkdesk::{Ambient, Secret};
use url::Url;

use super::{Engine, Error, ErrorCode, Open, State as Opened};
use crate::ipc::installations::{AnsweredView, LookView, TokenView};
use crate::profile::ConnectionName;
use crate::vault::{self, Kind, Name};

/// What a call to the gateway needs.
pub(super) struct Reached {
    wire: Wire,
    root: Url,
    pub app: String,
    id: String,
    tokens: Tokens,
}

impl Reached {
    pub fn gateway<'a>(&'a self, ambient: &'a Ambient) -> Gateway<'a> {
        Gateway::new(&self.wire, ambient, &self.root, &self.tokens)
    }

    async fn state(&self, ambient: &Ambient) -> Result<TalkdeskState, Failure> {
        let told = self.gateway(ambient).installation(&self.app, &self.id).await?;
        Ok(told.embedded.state.map_or_else(
            || TalkdeskState { state: "unknown".to_owned(), reason: String::new(), updated_at: None },
            state_of,
        ))
    }
}

fn state_of(told: State) -> TalkdeskState {
    TalkdeskState {
        state: told.state,
        reason: told.reason.unwrap_or_default(),
        updated_at: told.updated_at.as_deref().and_then(intake::moment),
    }
}

impl Engine {
    /// Gets a token with a set of credentials, and notes that it worked. The token itself goes nowhere.
    pub(crate) async fn get_token(
        &self,
        id: InstallationId,
        client_id: &str,
        way: Authentication,
    ) -> Result<TokenView, Error> {
        let known = self.installation(id).await?;
        let tokens = self.tokens(&known, client_id, way).await?;
        let token = tokens.get().await.map_err(|failure| call_error(&failure))?;
        let scope = token.scope.clone().unwrap_or_default();
        let body = Body::CredentialsNoteToken { client_id: client_id.to_owned(), way, scope: scope.clone() };
        self.change(AggregateRef::Installation(id), body).await?;
        Ok(TokenView {
            way,
            scopes: scope.split_whitespace().map(str::to_owned).collect(),
            expires_at: Timestamp(token.expires_at.as_millisecond()),
            claims: claims(token.access.expose()),
        })
    }

    /// How an installation stands at Talkdesk: its state, and what else its credentials may read.
    pub(crate) async fn look_at(&self, id: InstallationId) -> Result<LookView, Error> {
        let ambient = Ambient::system();
        let reached = self.reach(id, None).await?;
        let gateway = reached.gateway(&ambient);
        let failed = |failure: Failure| call_error(&failure);
        let told = gateway.installation(&reached.app, &reached.id).await.map_err(failed)?;
        // A server answers 404 where there is no plan or trial, and 403 where the credentials may not read it: that is no
        // failure of the look.
        let optional = |answer: Result<Value, Failure>| match answer {
            Ok(value) => Ok(Some(pretty(&value))),
            Err(Failure::Refused { status: 403 | 404, .. }) => Ok(None),
            Err(failure) => Err(call_error(&failure)),
        };
        let me = optional(gateway.me().await)?;
        let subscription = optional(gateway.subscription(&reached.app, &reached.id).await)?;
        let trial = optional(gateway.trial(&reached.app, &reached.id).await)?;
        let users = match gateway.users(&reached.app, &reached.id).await {
            Ok(users) => Some(u32::try_from(users.len()).unwrap_or(u32::MAX)),
            Err(Failure::Refused { status: 403 | 404, .. }) => None,
            Err(failure) => return Err(call_error(&failure)),
        };
        let state = told.embedded.state.map(state_of);
        if let Some(state) = state.clone() {
            self.change(AggregateRef::Installation(id), Body::InstallationNoteState { state }).await?;
        }
        Ok(LookView { me, state, scopes: told.scopes, users, subscription, trial })
    }

    /// Tells Talkdesk that an install, an update or an uninstall went well, or not. Where it says that it does not wait
    /// for an answer any more nothing is sent, and that is what is recorded.
    pub(crate) async fn answer_installation(
        &self,
        id: InstallationId,
        events: Vec<String>,
        word: Word,
    ) -> Result<AnsweredView, Error> {
        let (ambient, aggregate) = (Ambient::system(), AggregateRef::Installation(id));
        let reached = self.reach(id, None).await?;
        let before = reached.state(&ambient).await.map_err(|failure| call_error(&failure))?;
        let known = self.installation(id).await?;
        let of = known.events.iter().map(|taken| &taken.event).filter(|event| events.contains(&event.id));
        let of: Vec<_> = of.collect();
        let settles = |state: &TalkdeskState| !of.is_empty() && of.iter().all(|event| state.settles(event));
        if settles(&before) {
            let body = Body::InstallationNoteState { state: before.clone() };
            self.change(aggregate, body).await?;
            return Ok(AnsweredView { sent: false, state: before });
        }
        let body = |after: &TalkdeskState| Body::InstallationAnswer {
            events: events.clone(),
            word: word.clone(),
            before: before.clone(),
            after: after.clone(),
        };
        // What would be refused here is not sent there.
        self.try_change(aggregate, body(&before)).await?;
        let acknowledgement = match &word {
            Word::Approve => Acknowledgement::Approve,
            Word::Reject { reason } => Acknowledgement::Reject { reason: reason.clone() },
        };
        let gateway = reached.gateway(&ambient);
        let sent = gateway.acknowledge(&reached.app, &reached.id, &acknowledgement).await;
        let after = reached.state(&ambient).await;
        let after = match (sent, after) {
            // What it said last counts; an answered uninstall ends the credentials with which one could ask.
            (Ok(_), Ok(after)) => after,
            (Ok(told), Err(_)) => state_of(told),
            // The answer was lost on its way back: Talkdesk says whether it arrived.
            (Err(failure), Ok(after)) if failure.may_be_done() && settles(&after) => after,
            (Err(failure), _) => return Err(call_error(&failure)),
        };
        self.change(aggregate, body(&after)).await?;
        Ok(AnsweredView { sent: true, state: after })
    }

    /// Tells Talkdesk that a set of credentials is in use, which ends those before it.
    pub(crate) async fn acknowledge_credentials(
        &self,
        id: InstallationId,
        client_id: String,
    ) -> Result<(), Error> {
        let body = Body::CredentialsAcknowledge { client_id: client_id.clone() };
        self.try_change(AggregateRef::Installation(id), body.clone()).await?;
        let (ambient, reached) = (Ambient::system(), self.reach(id, Some(&client_id)).await?);
        let gateway = reached.gateway(&ambient);
        let told = gateway.acknowledge_credentials(&reached.app, &reached.id, &client_id);
        told.await.map_err(|failure| call_error(&failure))?;
        self.change(AggregateRef::Installation(id), body).await.map(|_| ())
    }

    /// Asks Talkdesk for a new set of credentials, which comes by an event.
    pub(crate) async fn ask_rotation(
        &self,
        id: InstallationId,
        compromised: bool,
        reason: String,
    ) -> Result<(), Error> {
        let body = Body::CredentialsAskRotation { compromised, reason };
        self.try_change(AggregateRef::Installation(id), body.clone()).await?;
        let (ambient, reached) = (Ambient::system(), self.reach(id, None).await?);
        let gateway = reached.gateway(&ambient);
        let asked = gateway.rotate_credentials(&reached.app, &reached.id);
        asked.await.map_err(|failure| call_error(&failure))?;
        self.change(AggregateRef::Installation(id), body).await.map(|_| ())
    }

    /// Whether the open workspace is a team's, whose service keeps the secrets that it took.
    pub(crate) fn is_team(&self) -> bool {
        matches!(&*self.state(), Opened::Open(Open { name: ConnectionName::Team(_), .. }))
    }

    /// The gateway of an installation, with tokens of this set, or of the newest whose secrets are here.
    pub(super) async fn reach(&self, id: InstallationId, client_id: Option<&str>) -> Result<Reached, Error> {
        let known = self.installation(id).await?;
        let standing = Standing::of(&known);
        let sets = rotations(&known);
        let wanted = |set: &&Rotation<'_>| client_id.is_none_or(|client| set.set.client_id == client);
        let mut missing = no_secret();
        for set in sets.iter().rev().filter(wanted) {
            let way =
                if set.set.has_private_key { Authentication::PrivateKeyJwt } else { Authentication::Basic };
            match self.tokens(&known, &set.set.client_id, way).await {
                Ok(tokens) => {
                    let root = Url::parse(&standing.root).map_err(|error| Error::internal(&error))?;
                    let wire = self.wire()?;
                    return Ok(Reached { wire, root, app: standing.app, id: known.talkdesk_id, tokens });
                }
                Err(error) if error.code == ErrorCode::NotFound => missing = error,
                Err(error) => return Err(error),
            }
        }
        Err(missing)
    }

    pub(super) fn wire(&self) -> Result<Wire, Error> {
        let (reach, regions) = self.cloud();
        Wire::new(reach, &regions).map_err(|error| Error::internal(&error))
    }

    /// Gets tokens with a set of credentials, whose secrets are taken from the vault.
    async fn tokens(
        &self,
        known: &Installation,
        client_id: &str,
        way: Authentication,
    ) -> Result<Tokens, Error> {
        let sets = rotations(known);
        let set = sets.iter().find(|set| set.set.client_id == client_id).ok_or_else(Error::not_found)?.set;
        let url = Url::parse(&Standing::of(known).tokens);
        let url = url.map_err(|_| Error::not_found().at(Place::input("tokens")))?;
        let id = intake::credentials_id(known.id, client_id);
        let authentication = match way {
            Authentication::Basic => {
                let name = Name { kind: Kind::InstallationSecret, id };
                token::Authentication::Basic(self.set_secret(name, known, client_id).await?)
            }
            Authentication::PrivateKeyJwt => {
                let name = Name { kind: Kind::InstallationKey, id };
                let secret = self.set_secret(name, known, client_id).await?;
                let algorithm = Algorithm::named(&set.key_algorithm);
                let key = algorithm.and_then(|algorithm| SigningKey::read(algorithm, &secret).ok());
                let key = key.ok_or_else(|| {
                    let error = Error::new(ErrorCode::Invalid).at(Place::input("private_key"));
                    error.with("algorithm", &set.key_algorithm)
                })?;
                token::Authentication::PrivateKeyJwt { key_id: set.key_id.clone(), key }
            }
        };
        Ok(Tokens::new(self.wire()?, Ambient::system(), url, client_id, authentication, &[]))
    }

    /// A secret of a set, to be used: of the vault here, else of the service, which notes that it was asked for.
    async fn set_secret(
        &self,
        name: Name,
        installation: &Installation,
        client_id: &str,
    ) -> Result<Secret<String>, Error> {
        if self.with_vault(vault::Vault::names).await?.contains(&name) {
            let sealed = self.with_vault(move |vault| vault.open(name)).await?.ok_or_else(no_secret)?;
            return vault::text(&sealed).ok_or_else(|| Error::new(ErrorCode::VaultDamaged));
        }
        let what = RevealedSecret::Credentials;
        self.kept_secret(name.kind, installation, client_id, what, false).await?.ok_or_else(no_secret)
    }

    /// A secret of a set that the team's service keeps, after it noted who has it.
    pub(super) async fn kept_secret(
        &self,
        kind: Kind,
        installation: &Installation,
        client_id: &str,
        noted: RevealedSecret,
        copied: bool,
    ) -> Result<Option<Secret<String>>, Error> {
        if !self.is_team() {
            return Ok(None);
        }
        let set = self.receiving()?.reveal(installation, client_id, noted, copied).await?;
        Ok(set.and_then(|set| match kind {
            Kind::InstallationSecret => set.client_secret,
            _ => set.private_key,
        }))
    }
}

/// The secrets of the set were taken on another computer, or the copy of the event had none.
fn no_secret() -> Error {
    Error::not_found().at(Place::input("secret"))
}

/// What a token says of itself, where it is a JWT: its claims, indented. Read to be shown, believed in nothing.
fn claims(token: &str) -> Option<String> {
    let payload = token.split('.').nth(1).filter(|_| token.split('.').count() == 3)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.is_object().then(|| pretty(&claims))
}

fn pretty(value: &Value) -> String {
    // Whatever it is that a server says, a member that is named like a secret is not shown.
    serde_json::to_string_pretty(&sealed::cut(value.clone()).rest).unwrap_or_default()
}

/// A call that failed, with the server's own words.
pub(crate) fn call_error(failure: &Failure) -> Error {
    match failure {
        Failure::Refused { status, problem, host, .. } => {
            let words = [&problem.code, &problem.message].map(String::as_str);
            let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ");
            let code = if *status == 429 { ErrorCode::RateLimited } else { ErrorCode::Platform };
            let mut detail = format!("{host} {status} {words}").trim_end().to_owned();
            for (name, why) in &problem.fields {
                detail.extend(["\n", name, ": ", why]);
            }
            Error::new(code).with("status", status).with("detail", detail)
        }
        Failure::Unreachable(_) | Failure::Late(_) | Failure::Broken(_) => {
            Error::new(ErrorCode::Offline).with("detail", failure)
        }
        Failure::Proxy(host) => Error::new(ErrorCode::Proxy).with("host", host),
        other => Error::new(ErrorCode::Platform).with("detail", other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_with_its_reasons() {
        let fields =
            vec![("slug".to_owned(), "is taken".to_owned()), ("name".to_owned(), "too long".to_owned())];
        let problem =
            talkdesk::problem::Problem { code: "0550002".to_owned(), message: "Invalid".to_owned(), fields };
        let failure =
            Failure::Refused { host: "api.example".to_owned(), status: 422, problem, retry_after: None };
        let error = call_error(&failure);
        assert_eq!(error.params["status"], "422");
        assert_eq!(
            error.params["detail"],
            "api.example 422 0550002: Invalid\nslug: is taken\nname: too long"
        );
    }

    #[test]
    fn a_token_that_is_a_jwt_shows_its_claims_and_any_other_nothing() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"c1","client_secret":"hush"}"#);
        let shown = claims(&format!("e30.{payload}.c2ln")).unwrap();
        assert!(shown.contains("\"sub\": \"c1\"") && !shown.contains("hush"), "{shown}");
        for opaque in ["", "a", "a.b", "a.b.c", "e30.MQ.c2ln", "a.e30.c.d"] {
            assert_eq!(claims(opaque), None, "{opaque}");
        }
    }
}
