//! The routes: reading what was asked, and answering with a body or a fault of the protocol.

mod answered;
mod blob;
mod caller;
mod calls;
mod described;
mod failure;
mod hooks;
mod members;
mod page;
mod secrets;
mod stream;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use domain::protocol::{
    BATCH, Changes, Commands, FaultCode, Import, Imported, Me, Outcome, Results, Snapshot,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::feed;
use crate::identity::Caller;
use crate::import;
use crate::storage::{ChangesPage, SnapshotPage};
use crate::take::{self, Sent};
use crate::{BODY_LIMIT, Service};
use caller::{Anybody, SignedIn};
use failure::Failure;
use page::{Asked, page};

pub(crate) fn router(service: Service) -> Router {
    let (routes, described) = routes().split_for_parts();
    let routes = routes
        .layer(Extension(Arc::new(described)))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_route)
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    answered::around(routes, &service).with_state(service)
}

/// Every route, each with its description: a route that has none is none of ours.
fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(described::described())
        .routes(routes!(me))
        .routes(routes!(commands))
        .routes(routes!(changes))
        .routes(routes!(import))
        .routes(routes!(snapshot))
        .routes(routes!(blob::get, blob::put, blob::head))
        .routes(routes!(health))
        .routes(routes!(described::openapi))
        .merge(members::routes())
        .merge(hooks::routes())
        .merge(secrets::routes())
        .merge(calls::routes())
}

/// Who the caller is. Whoever is invited and comes for the first time is let in by this.
#[utoipa::path(get, path = "/v1/me", tag = "feed", responses((status = 200, body = Me), Failure))]
async fn me(
    State(service): State<Service>,
    headers: HeaderMap,
    caller: Result<Caller, Failure>,
) -> Result<Json<Me>, Failure> {
    let caller = match caller {
        Err(Failure(fault)) if fault.code == FaultCode::Forbidden => {
            let (who, token) = service.who(&headers).await?;
            service.enter(&who, token).await?;
            service.caller(&headers).await?
        }
        known => known?,
    };
    Ok(Json(feed::me(&*service.storage, caller).await?))
}

/// Takes commands: each is answered for itself, durable before it is answered. Sent again under the same id, one is
/// taken once.
#[utoipa::path(post, path = "/v1/commands", tag = "feed", request_body = Commands,
    responses((status = 200, body = Results), Failure))]
async fn commands(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Results>, Failure> {
    let batch = batch(&body?)?;
    let named = batch.iter().flat_map(Sent::blobs).collect();
    let missing = blob::missing(&service, &caller, named).await?;
    let results = take::take(&*service.storage, &caller, &service.clock, batch, &missing).await?;
    for result in &results.results {
        service.metrics.became(&result.outcome);
    }
    if results.results.iter().any(|result| matches!(result.outcome, Outcome::Taken { .. })) {
        service.live.moved(caller.workspace);
    }
    Ok(Json(results))
}

/// Takes a part of a workspace that comes from elsewhere, into one in which nothing was done; admins only.
#[utoipa::path(post, path = "/v1/import", tag = "feed", request_body = Import,
    responses((status = 200, body = Imported), Failure))]
async fn import(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Imported>, Failure> {
    let invalid = |error: serde_json::Error| {
        let failure = Failure::new(FaultCode::Invalid).with("in", "body");
        failure.with("line", error.line()).with("column", error.column())
    };
    let part: Import = serde_json::from_slice(&body?).map_err(invalid)?;
    let done = part.done;
    let imported = import::import(&*service.storage, &caller, part).await?;
    if done {
        service.live.moved(caller.workspace);
    }
    Ok(Json(imported))
}

/// What was taken after a number; with `Accept: text/event-stream`, events `head` that tell where the feed stands, at
/// once and whenever it moved, and `here` that tell who else listens.
#[utoipa::path(get, path = "/v1/changes", tag = "feed", params(Asked),
    responses((status = 200, content((Changes = "application/json"), (String = "text/event-stream"))), Failure))]
async fn changes(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    if wants_events(&headers) {
        return Ok(stream::stream(&service, &caller).await?.into_response());
    }
    let page = page(&query)?;
    let mut changes: ChangesPage = service.storage.changes(caller.workspace, page).await?;
    // Whoever may not read deliveries has nothing to look for.
    if crate::hooks::may(&caller).is_err() {
        changes.deliveries = 0;
    }
    Ok(Json(changes).into_response())
}

/// Whether a stream of events is asked for, and not a page.
fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/event-stream"))
}

/// The states whose last number is greater than a number.
#[utoipa::path(get, path = "/v1/snapshot", tag = "feed", params(Asked),
    responses((status = 200, body = Snapshot), Failure))]
async fn snapshot(
    State(service): State<Service>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<SnapshotPage>, Failure> {
    let page = page(&query)?;
    Ok(Json(service.storage.snapshot(caller.workspace, page).await?))
}

#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// Whether the store can be read.
#[utoipa::path(get, path = "/health", tag = "operation", security(()),
    responses((status = 200, body = Health), Failure))]
async fn health(State(service): State<Service>, _: Anybody) -> Result<Json<Health>, Failure> {
    service.storage.check().await?;
    Ok(Json(Health { status: "ok" }))
}

async fn no_such_route(_: Anybody) -> Failure {
    Failure::new(FaultCode::NotFound)
}

/// The body of a batch. Commands are read one by one, so that one by a newer version holds up no other.
#[derive(Deserialize)]
struct Batch {
    commands: Vec<Value>,
}

fn batch(body: &[u8]) -> Result<Vec<Sent>, Failure> {
    let invalid = || Failure::new(FaultCode::Invalid).with("in", "body");
    let Batch { commands } = serde_json::from_slice(body)
        .map_err(|error| invalid().with("line", error.line()).with("column", error.column()))?;
    if commands.len() > BATCH {
        return Err(Failure::new(FaultCode::TooLarge).with("max", BATCH));
    }
    let read = commands.iter().enumerate();
    read.map(|(at, sent)| Sent::read(sent).ok_or_else(|| invalid().with("command", at))).collect()
}
