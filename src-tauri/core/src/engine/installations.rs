//! Calls to Talkdesk on behalf of an installation, with its own credentials.
//!
//! Those that change something there are no commands: they run once, when a person said so, and what is recorded is
//! what Talkdesk answered (`acting`). Those that read are made from here.

mod acting;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::command::RevealedSecret;
use domain::ids::InstallationId;
use domain::installation::{Authentication, Installation};
use domain::protocol::{CallFault, CallFaultCode};
use domain::{AggregateRef, Body, Place, Timestamp};
use intake::calls::{self, Reached, Unusable};
use serde_json::Value;
use talkdesk::token::Tokens;
use talkdesk::wire::{Failure, Wire};
use talkdesk::{Secret, sealed};

use super::{Engine, Error, ErrorCode, Open, State as Opened};
use crate::ipc::installations::{LookView, TokenView};
use crate::profile::ConnectionName;
use crate::vault::{self, Kind, Name};

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
        let reached = self.reach(id, None).await?;
        let (gateway, app, at) = (reached.gateway(), reached.app(), reached.id());
        let failed = |failure: Failure| call_error(&failure);
        let told = gateway.installation(app, at).await.map_err(failed)?;
        // A server answers 404 where there is no plan or trial, and 403 where the credentials may not read it: that is no
        // failure of the look.
        let optional = |answer: Result<Value, Failure>| match answer {
            Ok(value) => Ok(Some(pretty(&value))),
            Err(Failure::Refused { status: 403 | 404, .. }) => Ok(None),
            Err(failure) => Err(call_error(&failure)),
        };
        let me = optional(gateway.me().await)?;
        let subscription = optional(gateway.subscription(app, at).await)?;
        let trial = optional(gateway.trial(app, at).await)?;
        let users = match gateway.users(app, at).await {
            Ok(users) => Some(u32::try_from(users.len()).unwrap_or(u32::MAX)),
            Err(Failure::Refused { status: 403 | 404, .. }) => None,
            Err(failure) => return Err(call_error(&failure)),
        };
        let state = told.embedded.state.map(calls::state_of);
        if let Some(state) = state.clone() {
            self.change(AggregateRef::Installation(id), Body::InstallationNoteState { state }).await?;
        }
        Ok(LookView { me, state, scopes: told.scopes, users, subscription, trial })
    }

    /// Whether the open workspace is a team's, whose service keeps the secrets that it took.
    pub(crate) fn is_team(&self) -> bool {
        matches!(&*self.state(), Opened::Open(Open { name: ConnectionName::Team(_), .. }))
    }

    /// The gateway of an installation, with tokens of this set, or of the newest whose secrets are here.
    pub(super) async fn reach(&self, id: InstallationId, client_id: Option<&str>) -> Result<Reached, Error> {
        let known = self.installation(id).await?;
        let mut missing = no_secret();
        for set in calls::sets(&known, client_id) {
            let way = if set.has_private_key { Authentication::PrivateKeyJwt } else { Authentication::Basic };
            match self.tokens(&known, &set.client_id, way).await {
                Ok(tokens) => {
                    return Reached::new(self.wire()?, &known, tokens).map_err(|why| unusable(why, ""));
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
        let set = calls::sets(known, Some(client_id)).into_iter().next().ok_or_else(Error::not_found)?;
        let kind = match way {
            Authentication::Basic => Kind::InstallationSecret,
            Authentication::PrivateKeyJwt => Kind::InstallationKey,
        };
        let name = Name { kind, id: intake::credentials_id(known.id, client_id) };
        let secret = self.set_secret(name, known, client_id).await?;
        calls::tokens(self.wire()?, known, set, way, secret).map_err(|why| unusable(why, &set.key_algorithm))
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

/// What stands in the way of using a set.
fn unusable(why: Unusable, algorithm: &str) -> Error {
    match why {
        Unusable::Address(what) => Error::not_found().at(Place::input(what)),
        Unusable::PrivateKey => {
            Error::new(ErrorCode::Invalid).at(Place::input("private_key")).with("algorithm", algorithm)
        }
    }
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
    calls::fault(failure).into()
}

impl From<CallFault> for Error {
    fn from(fault: CallFault) -> Self {
        let code = match fault.code {
            CallFaultCode::Unreached => ErrorCode::Unreached,
            CallFaultCode::Proxy => ErrorCode::Proxy,
            CallFaultCode::RateLimited => ErrorCode::RateLimited,
            CallFaultCode::Platform => ErrorCode::Platform,
            CallFaultCode::CutShort => ErrorCode::NotKnown,
        };
        Self { params: fault.params, ..Self::new(code) }
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
