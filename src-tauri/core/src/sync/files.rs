//! Files to the service and back, in pieces: what broke off goes on where it ended.

use std::collections::BTreeSet;

use bytes::Bytes;
use domain::command::Envelope;
use domain::files::{BlobId, MAX_BYTES};
use domain::protocol::{OFFSET_HEADER, PIECE};
use http::{HeaderName, Method, Response, StatusCode, header};

use super::api::{Api, CallError, fault};
use crate::blobs::{BlobError, Blobs};
use crate::store::{Store, files};

/// How often a file is begun anew because somebody else sends it under the same name.
const TURNS: usize = 3;

/// How much of a file the service has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Held {
    Whole,
    Part(u64),
}

/// Asks the service for files; clones share it.
#[derive(Clone)]
pub struct Files(Api);

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Files")
    }
}

impl Files {
    pub(super) fn new(api: Api) -> Self {
        Self(api)
    }

    /// A file's bytes, checked; none where the service does not have it either.
    pub async fn fetch(&self, id: BlobId) -> Result<Option<Vec<u8>>, CallError> {
        let mut bytes = Vec::new();
        loop {
            let from = bytes.len() as u64;
            let range = format!("bytes={from}-{}", from + PIECE - 1);
            let answer = self.ask(Method::GET, id, Some((header::RANGE, range)), Bytes::new()).await?;
            if answer.status() == StatusCode::NOT_FOUND {
                return Ok(None);
            }
            if !answer.status().is_success() {
                return Err(fault(&answer));
            }
            let total = total_of(&answer).ok_or_else(|| unreadable("no size"))?;
            bytes.extend_from_slice(answer.body());
            let so_far = bytes.len() as u64;
            if total > MAX_BYTES || so_far > total || so_far == from {
                return Err(unreadable("not the piece that was asked for"));
            }
            if so_far == total {
                break;
            }
        }
        if Blobs::id(&bytes) == id { Ok(Some(bytes)) } else { Err(unreadable("not the bytes of the hash")) }
    }

    /// Sends a file, from where the last attempt ended.
    pub(super) async fn send(&self, id: BlobId, bytes: Bytes) -> Result<(), CallError> {
        let total = bytes.len() as u64;
        let answer = self.ask(Method::HEAD, id, None, Bytes::new()).await?;
        let mut held = match answer.status() {
            StatusCode::NOT_FOUND => Held::Part(offset(&answer).unwrap_or(0)),
            status if status.is_success() => Held::Whole,
            _ => return Err(fault(&answer)),
        };
        let mut turns = 0;
        while let Held::Part(from) = held {
            // More than there is, or all of it and not whole: begin anew.
            let from = if from < total { from } else { 0 };
            let to = (from + PIECE).min(total);
            let piece = bytes.slice(index(from)..index(to));
            let range = format!("bytes {from}-{}/{total}", to - 1);
            let answer = self.ask(Method::PUT, id, Some((header::CONTENT_RANGE, range)), piece).await?;
            held = match answer.status() {
                StatusCode::CREATED | StatusCode::OK => Held::Whole,
                StatusCode::ACCEPTED => Held::Part(to),
                StatusCode::CONFLICT if turns < TURNS => {
                    turns += 1;
                    Held::Part(offset(&answer).unwrap_or(0))
                }
                _ => return Err(fault(&answer)),
            };
        }
        Ok(())
    }

    async fn ask(
        &self,
        method: Method,
        id: BlobId,
        header: Option<(HeaderName, String)>,
        body: Bytes,
    ) -> Result<Response<Bytes>, CallError> {
        self.0.send(method, &format!("/v1/blobs/{id}"), header, body).await
    }
}

/// Sends the files that these commands name and that the service is not known to have. One that is not here any more
/// is left out: the service says what becomes of its command.
pub(super) async fn send_named(
    api: &Api,
    store: &Store,
    batch: &[Envelope],
) -> Result<(), super::round::RoundError> {
    let named: BTreeSet<BlobId> = batch.iter().flat_map(Envelope::blobs).collect();
    if named.is_empty() {
        return Ok(());
    }
    let unsent = store.read(move |view| files::unsent(view, &named)).await?;
    let (files, blobs) = (Files::new(api.clone()), Blobs::of(store.folder()));
    for id in unsent {
        let blobs = blobs.clone();
        let read = tokio::task::spawn_blocking(move || blobs.read(id)).await;
        let bytes = match read {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(BlobError::NotHere | BlobError::Damaged)) => continue,
            // A disk that does not answer now may answer later.
            Ok(Err(error)) => return Err(CallError::Local(error.to_string()).into()),
            Err(error) => return Err(CallError::Local(error.to_string()).into()),
        };
        match files.send(id, bytes.into()).await {
            Ok(()) => store.write(move |tx| files::set_sent(tx, id, true)).await?,
            // The service wants none of it: it says why at the command.
            Err(CallError::TooLarge | CallError::Invalid(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn offset(answer: &Response<Bytes>) -> Option<u64> {
    answer.headers().get(OFFSET_HEADER)?.to_str().ok()?.parse().ok()
}

/// The size in `Content-Range: bytes A-B/TOTAL`.
fn total_of(answer: &Response<Bytes>) -> Option<u64> {
    answer.headers().get(header::CONTENT_RANGE)?.to_str().ok()?.rsplit_once('/')?.1.parse().ok()
}

fn unreadable(what: &str) -> CallError {
    CallError::Unreadable(what.to_owned())
}
