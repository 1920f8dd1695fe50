//! Calls to Talkdesk that a person wants to be made.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use domain::protocol::{CallOutcome, FaultCode, WantedCall};
use intake::calls::Unusable;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Failure;
use crate::Service;
use crate::calls::NotCalled;
use crate::hooks::may;
use crate::identity::Caller;

pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(call))
}

/// Tells Talkdesk something of an installation, once, with the credentials that the vault here keeps, and records what it
/// answered as the caller's. Asked again under the same id, nothing is sent: what became of the first is answered.
#[utoipa::path(post, path = "/v1/calls", tag = "Talkdesk's events", request_body = WantedCall, responses((status = 200, body = CallOutcome), Failure))]
async fn call(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<WantedCall>, JsonRejection>,
) -> Result<Json<CallOutcome>, Failure> {
    may(&caller)?;
    let Json(wanted) = body?;
    service.call_talkdesk(&caller, wanted).await.map(Json).map_err(|error| match error {
        NotCalled::NoSecret => Failure::new(FaultCode::NotFound).with("what", "secret"),
        NotCalled::Unusable(Unusable::Address(what)) => Failure::new(FaultCode::Invalid).with("what", what),
        NotCalled::Unusable(Unusable::PrivateKey) => {
            Failure::new(FaultCode::Invalid).with("what", "private_key")
        }
        NotCalled::Failed(error) => error.into(),
    })
}
