//! The secrets of an installation's credentials, for whoever may use them, after it was noted that they were asked for;
//! and those that a desktop gives to its team.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderName, StatusCode, header};
use domain::protocol::FaultCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Failure;
use crate::Service;
use crate::hooks::may;
use crate::identity::Caller;
use crate::secrets::{Given, NotRevealed, NotTaken, Wanted};

pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(reveal)).routes(routes!(give))
}

/// Takes the secrets of a set of credentials that the workspace knows: sealed, and noted once they are. Given again they
/// take the place of what was kept.
#[utoipa::path(put, path = "/v1/secrets", tag = "Talkdesk's events", request_body = Given, responses((status = 204), Failure))]
async fn give(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Given>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    may(&caller)?;
    let Json(given) = body?;
    service.take_secrets(&caller, given).await.map(|()| StatusCode::NO_CONTENT).map_err(|error| match error {
        NotTaken::Unknown => Failure::new(FaultCode::NotFound),
        NotTaken::Unfit => Failure::new(FaultCode::Invalid).with("in", "body"),
        NotTaken::Refused => Failure::new(FaultCode::Forbidden).with("reason", "role"),
        NotTaken::Failed(error) => error.into(),
    })
}

/// An answer that nothing in between may keep.
type Unkept = ([(HeaderName, &'static str); 1], Json<Value>);

/// The secrets of a set of credentials, after a command that says who asked for them was taken.
#[utoipa::path(post, path = "/v1/secrets/reveal", tag = "Talkdesk's events", request_body = Wanted, responses((status = 200, body = Object), Failure))]
async fn reveal(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<Unkept, Failure> {
    may(&caller)?;
    let Json(wanted) = body?;
    let secrets = service.reveal(&caller, wanted).await.map_err(|error| match error {
        NotRevealed::NotHere => Failure::new(FaultCode::NotFound),
        NotRevealed::Refused => Failure::new(FaultCode::Forbidden).with("reason", "role"),
        NotRevealed::Failed(error) => error.into(),
    })?;
    let text =
        |secret: &Option<talkdesk::Secret<String>>| secret.as_ref().map(|secret| secret.expose().clone());
    let answer = json!({
        "client_secret": text(&secrets.client_secret),
        "private_key": text(&secrets.private_key),
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}
