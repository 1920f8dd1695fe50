//! The secrets of an installation's credentials, for whoever may use them, after it was noted that they were asked for.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderName, header};
use domain::protocol::FaultCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Failure;
use crate::Service;
use crate::hooks::may;
use crate::identity::Caller;
use crate::secrets::{NotRevealed, Wanted};

pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(reveal))
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
