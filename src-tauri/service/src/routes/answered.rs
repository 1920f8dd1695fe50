//! Around every request: its id, a line in the log, the counters, and the body of what went wrong.

use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use domain::protocol::Fault;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tracing::Instrument as _;
use uuid::Uuid;

use super::hooks;
use crate::Service;

/// Names a request: in its answer, in the log, in the body of a fault.
const REQUEST_ID: &str = "x-request-id";

/// Puts this around routes.
pub(super) fn around(routes: Router<Service>, service: &Service) -> Router<Service> {
    routes
        .layer(from_fn_with_state(service.clone(), answered))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(from_fn(named))
}

/// A proxy may have named the request; what is no UUID is no name, and would be written into the log.
async fn named(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    let id = headers.remove(REQUEST_ID).and_then(|id| Uuid::try_parse_ascii(id.as_bytes()).ok());
    if let Some(id) = id.and_then(|id| HeaderValue::try_from(id.to_string()).ok()) {
        headers.insert(REQUEST_ID, id);
    }
    next.run(request).await
}

/// Notes each request by method, path and status: nothing that a header, a query or a body carries, and no key.
async fn answered(State(service): State<Service>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let (method, path) = (request.method().clone(), request.uri().path());
    let path = if path.starts_with(hooks::CALLBACK) { hooks::CALLBACK } else { path }.to_owned();
    let span = tracing::info_span!("request", %id, %method, path);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (started.elapsed(), response.status().as_u16());
    let milliseconds = took.as_secs_f64() * 1000.0;
    span.in_scope(|| tracing::debug!(status, milliseconds, "answered"));
    service.metrics.answered(&method, route.as_deref(), status, took);
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        write(&mut response, &Fault { request: Some(id), ..fault });
    }
    response
}

fn write(response: &mut Response, fault: &Fault) {
    let Ok(body) = serde_json::to_vec(fault) else { return };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    *response.body_mut() = Body::from(body);
}
