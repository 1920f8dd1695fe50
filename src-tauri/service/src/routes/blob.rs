//! Files over HTTP: in pieces both ways, so that a connection that breaks costs one piece.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Role;
use domain::files::{BlobId, MAX_BYTES};
use domain::protocol::{FaultCode, OFFSET_HEADER, PIECE};
use tokio::task::spawn_blocking;

use super::Failure;
use crate::Service;
use crate::files::{FilesError, Held};
use crate::identity::Caller;

/// Of these files, those that the service does not have.
pub(super) async fn missing(
    service: &Service,
    caller: &Caller,
    named: BTreeSet<BlobId>,
) -> Result<BTreeSet<BlobId>, Failure> {
    if named.is_empty() {
        return Ok(named);
    }
    let (files, workspace) = (service.files.clone(), caller.workspace);
    service.storage.want_files(workspace, &named).await?;
    blocking(move || Ok(files.missing(workspace, named))).await
}

/// Whether a file is there; else how much of it came, in `partner-offset`.
#[utoipa::path(head, path = "/v1/blobs/{sha256}", tag = "files", params(("sha256" = String, Path)),
    responses((status = 200, description = "It is there."), (status = 404, description = "It is not."), Failure))]
pub(super) async fn head(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id)?;
    service.storage.want_files(caller.workspace, &BTreeSet::from([id])).await?;
    let held = blocking(move || Ok(service.files.held(caller.workspace, caller.member, id))).await?;
    Ok(match held {
        Held::Whole => StatusCode::OK.into_response(),
        Held::Part(so_far) => at(StatusCode::NOT_FOUND, so_far),
    })
}

/// Takes a piece of a file.
#[utoipa::path(put, path = "/v1/blobs/{sha256}", tag = "files",
    params(("sha256" = String, Path), ("content-range" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "It is whole, and its hash is right."),
        (status = 202, description = "More is to come, from `partner-offset` on."), Failure))]
pub(super) async fn put(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    // Who only reads sends nothing.
    if caller.roles.iter().all(|role| *role == Role::Viewer) {
        return Err(Failure::new(FaultCode::Forbidden));
    }
    let (id, body) = (parsed(&id)?, body?);
    let length = body.len() as u64;
    let (from, total) = match headers.get(header::CONTENT_RANGE) {
        None => (0, length),
        Some(range) => content_range(range, length).ok_or_else(|| {
            Failure::new(FaultCode::Invalid).with("in", "header").with("header", header::CONTENT_RANGE)
        })?,
    };
    if total > MAX_BYTES {
        return Err(Failure::new(FaultCode::TooLarge).with("max", MAX_BYTES));
    }
    if length == 0 {
        return Err(Failure::new(FaultCode::Invalid).with("in", "body"));
    }
    service.storage.want_files(caller.workspace, &BTreeSet::from([id])).await?;
    let added =
        spawn_blocking(move || service.files.add(caller.workspace, caller.member, id, (from, total), &body));
    match added.await.map_err(|error| failed(&error))? {
        Ok(Held::Whole) => Ok(StatusCode::CREATED.into_response()),
        Ok(Held::Part(so_far)) => Ok(at(StatusCode::ACCEPTED, so_far)),
        Err(FilesError::Elsewhere(so_far)) => {
            let mut answer = Failure::new(FaultCode::WrongOffset).into_response();
            answer.headers_mut().insert(OFFSET_HEADER, so_far.into());
            Ok(answer)
        }
        Err(FilesError::NotTheHash) => Err(Failure::new(FaultCode::Invalid).with("in", "body")),
        Err(error) => Err(failed(&error)),
    }
}

/// A piece of a file, 4 MiB at most.
#[utoipa::path(get, path = "/v1/blobs/{sha256}", tag = "files",
    params(("sha256" = String, Path), ("range" = Option<String>, Header)),
    responses((status = 206, body = Vec<u8>, content_type = "application/octet-stream"), Failure))]
pub(super) async fn get(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id = parsed(&id)?;
    let (from, to) = match headers.get(header::RANGE) {
        None => (0, PIECE - 1),
        Some(range) => range_of(range).ok_or_else(|| {
            Failure::new(FaultCode::Invalid).with("in", "header").with("header", header::RANGE)
        })?,
    };
    let most = (to - from + 1).min(PIECE);
    let read = blocking(move || service.files.read(caller.workspace, id, from, most)).await?;
    let (piece, total) = read.ok_or_else(|| Failure::new(FaultCode::NotFound))?;
    if from >= total {
        return Err(Failure::new(FaultCode::Invalid).with("in", "header").with("header", header::RANGE));
    }
    let range = format!("bytes {from}-{}/{total}", from + piece.len() as u64 - 1);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_RANGE, HeaderValue::try_from(range).map_err(|error| failed(&error))?),
    ];
    Ok((StatusCode::PARTIAL_CONTENT, headers, piece).into_response())
}

fn parsed(id: &str) -> Result<BlobId, Failure> {
    id.parse().map_err(|_| Failure::new(FaultCode::NotFound))
}

fn at(status: StatusCode, so_far: u64) -> Response {
    (status, [(OFFSET_HEADER, so_far.to_string())]).into_response()
}

/// `bytes A-B/TOTAL` (RFC 9110, 14.4) of a body of this length: A and TOTAL.
fn content_range(value: &HeaderValue, length: u64) -> Option<(u64, u64)> {
    let (range, total) = value.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = range.split_once('-')?;
    let (from, to, total): (u64, u64, u64) = (from.parse().ok()?, to.parse().ok()?, total.parse().ok()?);
    (from <= to && to < total && to - from + 1 == length).then_some((from, total))
}

/// `bytes=A-B` (RFC 9110, 14.2).
fn range_of(value: &HeaderValue) -> Option<(u64, u64)> {
    let (from, to) = value.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to).then_some((from, to))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let done = spawn_blocking(work).await.map_err(|error| failed(&error))?;
    done.map_err(|error| failed(&error))
}

/// A disk that is full or away may come back.
fn failed(error: &dyn std::fmt::Display) -> Failure {
    tracing::error!(%error, "the files failed");
    Failure::new(FaultCode::Unavailable).with("reason", "files")
}
