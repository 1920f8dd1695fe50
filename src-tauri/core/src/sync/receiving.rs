//! What Talkdesk delivers to a team's service: the keys by which it comes in, and the secrets that came with it. Asked
//! when somebody looks or acts, never queued; each secret is noted by the service before it is given.

use std::sync::Arc;
use std::time::Duration;

use domain::Place;
use domain::command::RevealedSecret;
use domain::ids::{InstallationId, ProjectId};
use domain::installation::Installation;
use domain::protocol::{
    AsItCame, CallFaultCode, CallOutcome, HookRow, Hooks, MadeHook, PassedEvent, PassedOn, Try, WantedCall,
    Which,
};
use http::{Method, header};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::{Api, CallError};
use super::people::{ask, ask_for, read};
use super::transport::{Transport, TransportError};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;

/// How long to wait before what became of a call is asked once more, where its answer was lost.
const AGAIN: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// A team's service, asked about deliveries.
#[derive(Clone)]
pub struct Receiving(Api);

/// The secrets of a set of credentials; what did not come with it is none.
#[derive(Debug, Deserialize)]
pub struct SetSecrets {
    /// For HTTP Basic.
    pub client_secret: Option<Secret<String>>,
    /// For `private_key_jwt`.
    pub private_key: Option<Secret<String>>,
}

impl Receiving {
    /// At the other end of a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self(Api::new(transport))
    }

    /// The keys of the workspace, oldest first.
    pub async fn hooks(&self) -> Result<Vec<HookRow>, Error> {
        let answer: Hooks = ask_for(&self.0, Method::GET, "/v1/hooks", Value::Null).await?;
        Ok(answer.hooks)
    }

    /// Makes a key for a project.
    pub async fn make_hook(&self, project: ProjectId) -> Result<MadeHook, Error> {
        ask_for(&self.0, Method::POST, "/v1/hooks", json!({ "project": project })).await
    }

    /// Revokes a key.
    pub async fn revoke_hook(&self, id: Uuid) -> Result<(), Error> {
        ask(&self.0, Method::DELETE, &format!("/v1/hooks/{id}"), Value::Null).await.map(drop)
    }

    /// Sets where what comes in by a key is passed on to, or that it goes nowhere.
    pub async fn set_relay(&self, id: Uuid, url: Option<&str>) -> Result<(), Error> {
        let app = json!({ "url": url });
        let set = ask(&self.0, Method::PUT, &format!("/v1/hooks/{id}/relay"), app).await;
        set.map(drop).map_err(at_url)
    }

    /// A delivery as it came, its secrets hidden.
    pub async fn original(&self, which: &Which) -> Result<AsItCame, Error> {
        ask_for(&self.0, Method::POST, "/v1/original", json!(which)).await
    }

    /// Sends a delivery that was kept to an address once more, after the service noted who did.
    pub async fn replay(&self, which: &Which, url: &str) -> Result<Try, Error> {
        let mut wanted = json!(which);
        wanted["url"] = url.into();
        ask_for(&self.0, Method::POST, "/v1/replay", wanted).await.map_err(at_url)
    }

    /// Has Talkdesk told something, once; none where the service does not keep the secrets for it. Where its answer is
    /// lost it is asked again what became of the request, which is not made again by that.
    pub async fn call(&self, wanted: &WantedCall) -> Result<Option<CallOutcome>, Error> {
        let body = serde_json::to_vec(wanted).map_err(|error| Error::internal(&error))?;
        let mut waits = AGAIN.into_iter();
        let mut lost = None;
        loop {
            let json = Some((header::CONTENT_TYPE, "application/json".to_owned()));
            let answer = self.0.send(Method::POST, "/v1/calls", json, body.clone().into()).await;
            let unsure = match answer {
                Err(CallError::Offline(TransportError::Lost(why))) => why,
                Err(CallError::Offline(TransportError::Unreached(why))) if lost.is_some() => why,
                Err(CallError::Offline(why)) => {
                    return Err(Error::new(ErrorCode::Unreached).with("detail", why));
                }
                Err(other) => return Err(Error::internal(&other)),
                Ok(answer) => match read::<CallOutcome>(&answer) {
                    // The first one is under way still.
                    Ok(CallOutcome::NotKnown { fault }) if fault.code == CallFaultCode::CutShort => {
                        String::new()
                    }
                    Ok(outcome) => return Ok(Some(outcome)),
                    // Something on the way, or the service in the middle of it.
                    Err(error)
                        if answer.status().is_server_error() && !is_closed(&error)
                            || answer.status().is_success() && error.code == ErrorCode::Platform
                            || lost.is_some() =>
                    {
                        error.params.get("detail").cloned().unwrap_or_default()
                    }
                    Err(error) if error.code == ErrorCode::NotFound || is_closed(&error) => return Ok(None),
                    Err(error) => return Err(error),
                },
            };
            let Some(wait) = waits.next() else {
                return Err(Error::new(ErrorCode::NotKnown).with("detail", unsure));
            };
            lost = Some(unsure);
            tokio::time::sleep(wait).await;
        }
    }

    /// The newest events that were or are to be passed on.
    pub async fn passed(&self) -> Result<Vec<PassedEvent>, Error> {
        let answer: PassedOn = ask_for(&self.0, Method::GET, "/v1/passed", Value::Null).await?;
        Ok(answer.events)
    }

    /// Gives the secrets of a set to the service's vault.
    pub async fn give(
        &self,
        installation: InstallationId,
        client_id: &str,
        secrets: &SetSecrets,
    ) -> Result<(), Error> {
        let text = |secret: &Option<Secret<String>>| secret.as_ref().map(|secret| secret.expose().clone());
        let given = json!({
            "installation": installation,
            "client_id": client_id,
            "client_secret": text(&secrets.client_secret),
            "private_key": text(&secrets.private_key),
        });
        ask(&self.0, Method::PUT, "/v1/secrets", given).await.map(drop)
    }

    /// The secrets of a set, after the service noted who has them; none where it does not have them.
    pub async fn reveal(
        &self,
        installation: &Installation,
        client_id: &str,
        secret: RevealedSecret,
        copied: bool,
    ) -> Result<Option<SetSecrets>, Error> {
        let brought = installation.events.iter().map(|taken| &taken.event);
        let brought = brought.filter(|event| event.what.set().is_some_and(|set| set.client_id == client_id));
        let events: Vec<&str> = brought.map(|event| event.id.as_str()).collect();
        let wanted = json!({
            "installation": installation.id,
            "client_id": client_id,
            "events": events,
            "secret": secret,
            "copied": copied,
        });
        match ask_for(&self.0, Method::POST, "/v1/secrets/reveal", wanted).await {
            Err(error) if error.code == ErrorCode::NotFound => Ok(None),
            answer => answer.map(Some),
        }
    }
}

/// Whether the service has no vault.
fn is_closed(error: &Error) -> bool {
    error.code == ErrorCode::Busy && error.params.get("reason").is_some_and(|reason| reason == "vault")
}

/// What the service does not call is the address's fault.
fn at_url(error: Error) -> Error {
    match error.code {
        ErrorCode::Invalid => error.at(Place::input("url")),
        _ => error,
    }
}
