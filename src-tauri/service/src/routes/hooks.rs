//! The events callback: deliveries come in by a key of their project, and by no token. Keys are made, shown once and
//! revoked by people; what came is read in pages.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use domain::ids::ProjectId;
use domain::installation::Received;
use domain::protocol::{FaultCode, Hooks, MadeHook};
use serde::Deserialize;
use serde_json::{Value, json};
use talkdesk::event::BODY_LIMIT;
use uuid::Uuid;

use super::{Asked, Failure, page};
use crate::Service;
use crate::hooks::{NotKept, Outcome, may};
use crate::identity::Caller;
use crate::storage::hooks::{DeliveriesPage, Hook};

/// Below it stand keys: its paths are not logged.
pub(super) const CALLBACK: &str = "/hooks/";

pub(super) fn router() -> Router<Service> {
    Router::new()
        .route("/hooks/talkdesk/{key}", post(relayed))
        .route("/hooks/talkdesk/{key}/mirror", post(mirrored))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route("/v1/hooks", get(hooks).post(make))
        .route("/v1/hooks/{id}", delete(revoke))
        .route("/v1/deliveries", get(deliveries))
}

/// The key in the path. Nothing of a body is read before it is known.
impl FromRequestParts<Service> for Hook {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let unknown = || Failure::new(FaultCode::NotFound);
        let Path(path) =
            Path::<Vec<String>>::from_request_parts(parts, service).await.map_err(|_| unknown())?;
        let key = path.first().ok_or_else(unknown)?;
        let hook = service.hook(key).await?.ok_or_else(unknown)?;
        if service.has_vault() { Ok(hook) } else { Err(NotKept::NoVault.into()) }
    }
}

async fn relayed(
    State(service): State<Service>,
    hook: Hook,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    received(&service, hook, &headers, body, Received::Relay).await
}

/// A copy that the app sends. Its credentials may be left out: then it does not verify, and is kept as it claims to be.
async fn mirrored(
    State(service): State<Service>,
    hook: Hook,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    received(&service, hook, &headers, body, Received::Mirror).await
}

async fn received(
    service: &Service,
    hook: Hook,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    way: Received,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let body = match body {
        Ok(body) => Some(body),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => None,
        // The connection broke: nothing was received, and it comes again.
        Err(rejection) => return Err(rejection.into()),
    };
    let outcome = service.receive(hook, headers, body.as_deref(), way).await?;
    let answer = |status, word| Ok((status, Json(json!({ "delivery": word }))));
    match outcome {
        Outcome::Taken => answer(StatusCode::OK, "taken"),
        Outcome::Duplicate => answer(StatusCode::OK, "duplicate"),
        // It is sent again, and may verify then.
        Outcome::Unverified { passing: true, .. } => {
            Err(Failure::new(FaultCode::Unavailable).with("reason", "signature_key"))
        }
        Outcome::Unverified { why, .. } if way == Received::Mirror && why.step != "body" => {
            answer(StatusCode::ACCEPTED, "unverified")
        }
        Outcome::Unverified { why, .. } if why.reason == "too_large" => {
            Err(Failure::new(FaultCode::TooLarge).with("max", BODY_LIMIT))
        }
        Outcome::Unverified { why, .. } => {
            Err(Failure::new(FaultCode::Invalid).with("step", why.step).with("reason", why.reason))
        }
    }
}

async fn hooks(State(service): State<Service>, caller: Caller) -> Result<Json<Hooks>, Failure> {
    may(&caller)?;
    Ok(Json(Hooks { hooks: service.storage.hooks(caller.workspace).await? }))
}

#[derive(Deserialize)]
struct Wanted {
    project: ProjectId,
}

async fn make(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<MadeHook>), Failure> {
    may(&caller)?;
    if !service.has_vault() {
        return Err(NotKept::NoVault.into());
    }
    let Json(Wanted { project }) = body?;
    let made = service.make_hook(&caller, project).await?;
    Ok((StatusCode::CREATED, Json(made.ok_or_else(|| Failure::new(FaultCode::NotFound))?)))
}

async fn revoke(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    may(&caller)?;
    let revoked = service.storage.revoke_hook(caller.workspace, id, (service.clock)()).await?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::new(FaultCode::NotFound)) }
}

async fn deliveries(
    State(service): State<Service>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<DeliveriesPage>, Failure> {
    may(&caller)?;
    Ok(Json(service.storage.deliveries(caller.workspace, page(&query)?).await?))
}

impl From<NotKept> for Failure {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::NoVault => Self::new(FaultCode::Unavailable).with("reason", "vault"),
            NotKept::Store(error) => error.into(),
            NotKept::Vault(error) => {
                tracing::error!(%error, "the vault failed");
                Self::new(FaultCode::Internal)
            }
        }
    }
}
