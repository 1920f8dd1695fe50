//! The routes: reading what was asked, and answering with a body or a fault of the protocol.

mod blob;
mod hooks;
mod members;
mod stream;

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::Params;
use domain::protocol::{
    BATCH, Fault, FaultCode, Import, Imported, Me, Outcome, PAGE, PROTOCOL_HEADER, Results, WORKSPACE_HEADER,
};
use serde::Deserialize;
use serde_json::Value;

use crate::error::StoreError;
use crate::feed;
use crate::identity::Caller;
use crate::identity::provider::TokenError;
use crate::import::{self, ImportError};
use crate::members::Denied;
use crate::storage::{ChangesPage, Page, SnapshotPage};
use crate::take::{self, Sent};
use crate::{BODY_LIMIT, LEAST_PROTOCOL, Service};

pub(crate) fn router(service: Service) -> Router {
    Router::new()
        .route("/v1/me", get(me))
        .route("/v1/commands", post(commands))
        .route("/v1/changes", get(changes))
        .route("/v1/import", post(import))
        .route("/v1/snapshot", get(snapshot))
        .route("/v1/blobs/{sha256}", get(blob::get).put(blob::put).head(blob::head))
        .route("/health", get(health))
        .merge(members::router())
        .merge(hooks::router())
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_route)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(logged))
        .with_state(service)
}

/// Who the caller is. Whoever is invited and comes for the first time is let in by this.
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

async fn commands(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Results>, Failure> {
    let batch = batch(&body?)?;
    let named = batch.iter().flat_map(Sent::blobs).collect();
    let missing = blob::missing(&service, &caller, named).await?;
    let results = take::take(&*service.storage, &caller, &service.clock, batch, &missing).await?;
    if results.results.iter().any(|result| matches!(result.outcome, Outcome::Taken { .. })) {
        service.live.moved(caller.workspace);
    }
    Ok(Json(results))
}

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
    let changes: Json<ChangesPage> = Json(service.storage.changes(caller.workspace, page).await?);
    Ok(changes.into_response())
}

/// Whether a stream of events is asked for, and not a page.
fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/event-stream"))
}

async fn snapshot(
    State(service): State<Service>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<SnapshotPage>, Failure> {
    let page = page(&query)?;
    Ok(Json(service.storage.snapshot(caller.workspace, page).await?))
}

async fn health(State(service): State<Service>) -> Result<Json<Value>, Failure> {
    service.storage.check().await?;
    Ok(Json(serde_json::json!({ "status": "ok" })))
}

async fn no_such_route() -> Failure {
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

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    after: u64,
    #[serde(default = "most")]
    limit: u32,
}

fn most() -> u32 {
    PAGE
}

fn page(query: &Result<Query<Asked>, QueryRejection>) -> Result<Page, Failure> {
    match query {
        Ok(Query(Asked { after, limit })) if *limit > 0 => {
            // Numbers are signed in the store; none is greater.
            let after = (*after).min(i64::MAX.unsigned_abs());
            Ok(Page { after, limit: usize::try_from(*limit.min(&PAGE)).unwrap_or(usize::MAX) })
        }
        _ => Err(Failure::new(FaultCode::Invalid).with("in", "query")),
    }
}

/// Who calls, and by a protocol that may do what is asked. Nothing of a body is read before.
impl FromRequestParts<Service> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let caller = service.caller(&parts.headers).await?;
        let protocol =
            parts.headers.get(PROTOCOL_HEADER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        let Some(protocol) = protocol else {
            return Err(Failure::new(FaultCode::Invalid)
                .with("in", "header")
                .with("header", PROTOCOL_HEADER));
        };
        // A desktop that is too old reads on.
        if protocol < LEAST_PROTOCOL && !parts.method.is_safe() {
            return Err(Failure::new(FaultCode::ProtocolTooOld).with("least", LEAST_PROTOCOL));
        }
        Ok(caller)
    }
}

/// A fault, as an answer.
#[derive(Debug)]
pub(crate) struct Failure(Fault);

impl Failure {
    fn new(code: FaultCode) -> Self {
        Self(Fault { code, params: Params::new() })
    }

    #[expect(clippy::needless_pass_by_value, reason = "words and numbers, written out at the call")]
    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.params.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::NotAMember) {
            return Self::new(FaultCode::Forbidden).with("reason", "removed");
        }
        tracing::error!(%error, "the store failed");
        match error.passing() {
            Some(reason) => Self::new(FaultCode::Unavailable).with("reason", reason),
            None => Self::new(FaultCode::Internal),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Role => Self::new(FaultCode::Forbidden).with("reason", "role"),
            ImportError::NotEmpty => Self::new(FaultCode::Invalid).with("reason", "not_empty"),
            ImportError::Unsound(what) => Self::new(FaultCode::Invalid).with("reason", what),
        }
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Store(error) => error.into(),
            Denied::SignedOut(None) => Self::new(FaultCode::SignedOut),
            Denied::SignedOut(Some(TokenError::Unavailable)) => {
                Self::new(FaultCode::Unavailable).with("reason", TokenError::Unavailable.word())
            }
            Denied::SignedOut(Some(error)) => Self::new(FaultCode::SignedOut).with("token", error.word()),
            Denied::Forbidden(reason) => Self::new(FaultCode::Forbidden).with("reason", reason),
            Denied::WhichWorkspace => {
                Self::new(FaultCode::Invalid).with("in", "header").with("header", WORKSPACE_HEADER)
            }
        }
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(FaultCode::TooLarge).with("max", BODY_LIMIT)
        } else {
            Self::new(FaultCode::Invalid).with("in", "body")
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            FaultCode::SignedOut => StatusCode::UNAUTHORIZED,
            FaultCode::Forbidden => StatusCode::FORBIDDEN,
            FaultCode::Invalid => StatusCode::BAD_REQUEST,
            FaultCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FaultCode::ProtocolTooOld => StatusCode::UPGRADE_REQUIRED,
            FaultCode::NotFound => StatusCode::NOT_FOUND,
            FaultCode::WrongOffset => StatusCode::CONFLICT,
            FaultCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            FaultCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        // RFC 6750, section 3: a token that was brought and is no good is told from none at all.
        let challenge = match self.0.params.get("token") {
            Some(why) => format!("Bearer error=\"invalid_token\", error_description=\"{why}\""),
            None => "Bearer".to_owned(),
        };
        let mut response = (status, Json(self.0)).into_response();
        if status == StatusCode::UNAUTHORIZED
            && let Ok(challenge) = challenge.parse()
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Notes each request by method, path and status: nothing that a header, a query or a body carries, and no key.
async fn logged(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path());
    let path = if path.starts_with(hooks::CALLBACK) { hooks::CALLBACK } else { path }.to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    tracing::debug!(%method, path, status = response.status().as_u16(), milliseconds, "answered");
    response
}
