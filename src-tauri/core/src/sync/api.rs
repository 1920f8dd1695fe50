//! The calls of the protocol: what is asked, and what an answer means.
//!
//! States and commands of a kind that this version does not know are left out of a page; their numbers still count.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::command::Envelope;
use domain::protocol::{
    self, Change, Changes, DeliveryRow, FailingApps, Fault, FaultCode, Here, Me, Results, Snapshot, State,
};
use http::{HeaderName, Method, Request, Response, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::transport::{Chunks, Transport, TransportError};

/// A call that got no reply.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CallError {
    /// No answer came: the request may have been carried out.
    #[error(transparent)]
    Offline(#[from] TransportError),
    /// The service cannot answer now.
    #[error("unavailable ({status})")]
    Unavailable {
        /// What it said.
        status: u16,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Something on the way answers in its place: a proxy, or a network that asks to sign in.
    #[error("intercepted ({status})")]
    Intercepted {
        /// What that said.
        status: u16,
    },
    /// It does not know who is asking.
    #[error("signed out")]
    SignedOut,
    /// It knows who is asking, and they are no member: never were, or were removed.
    #[error("not a member")]
    NotAMember,
    /// This desktop is too old to send.
    #[error("update needed")]
    UpdateNeeded,
    /// The request is larger than it takes.
    #[error("too large")]
    TooLarge,
    /// The request makes no sense to it.
    #[error("invalid: {0}")]
    Invalid(String),
    /// A file of ours could not be read.
    #[error("a file could not be read: {0}")]
    Local(String),
    /// Its answer makes no sense to us.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

/// A page, and the number that the next one begins after.
pub(super) struct Paged<T> {
    pub(super) page: T,
    pub(super) last: Option<u64>,
}

/// A page of deliveries, and the number of its last.
pub(super) struct Deliveries {
    pub(super) rows: Vec<DeliveryRow>,
    pub(super) more: bool,
    pub(super) last: Option<u64>,
}

/// The partner service, as the sync asks it.
#[derive(Clone)]
pub(super) struct Api(Arc<dyn Transport>);

impl Api {
    pub(super) fn new(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    pub(super) fn look_every(&self) -> Option<Duration> {
        self.0.look_every()
    }

    pub(super) async fn me(&self) -> Result<Me, CallError> {
        read(&self.ask(Method::GET, "/v1/me", Bytes::new()).await?)
    }

    pub(super) async fn commands(&self, commands: &[Envelope]) -> Result<Results, CallError> {
        let body = serde_json::to_vec(&serde_json::json!({ "commands": commands }))
            .map_err(|error| CallError::Invalid(error.to_string()))?;
        let results: Results = read(&self.ask(Method::POST, "/v1/commands", body.into()).await?)?;
        let answered = results.results.iter().map(|result| result.id);
        if answered.eq(commands.iter().map(|command| command.id)) {
            Ok(results)
        } else {
            Err(CallError::Unreadable("not one answer for each command".to_owned()))
        }
    }

    pub(super) async fn changes(&self, after: u64) -> Result<Paged<Changes>, CallError> {
        let raw: Raw = read(&self.page("changes", after).await?)?;
        let last = raw.last(after, |page| &page.changes)?;
        let changes: Vec<Change> = known(raw.changes);
        let states = known(raw.states);
        Ok(Paged {
            page: Changes {
                epoch: raw.epoch,
                head: raw.head,
                deliveries: raw.deliveries,
                more: raw.more,
                changes,
                states,
            },
            last,
        })
    }

    pub(super) async fn snapshot(&self, after: u64) -> Result<Paged<Snapshot>, CallError> {
        let raw: Raw = read(&self.page("snapshot", after).await?)?;
        let last = raw.last(after, |page| &page.states)?;
        let states: Vec<State> = known(raw.states);
        Ok(Paged { page: Snapshot { epoch: raw.epoch, head: raw.head, more: raw.more, states }, last })
    }

    /// Deliveries after a number that no command was made of; none where the caller may not read them, or the service
    /// knows none.
    pub(super) async fn deliveries(&self, after: u64) -> Result<Option<Deliveries>, CallError> {
        #[derive(Deserialize)]
        struct Page {
            deliveries: Vec<Value>,
            more: bool,
        }
        let path = format!("/v1/deliveries?after={after}&limit={}&untaken=true", protocol::PAGE);
        let answer = self.send(Method::GET, &path, None, Bytes::new()).await?;
        match answer.status() {
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => return Ok(None),
            status if !status.is_success() => return Err(fault(&answer)),
            _ => {}
        }
        let Page { deliveries, more } = read(answer.body())?;
        let last = deliveries.iter().filter_map(|row| row.get("number")?.as_u64()).max();
        Ok(Some(Deliveries { rows: known(deliveries), more, last }))
    }

    /// The apps behind the relay that take nothing; none where the caller may not know, or the service knows of none.
    pub(super) async fn failing(&self) -> Result<Option<FailingApps>, CallError> {
        let answer = self.send(Method::GET, "/v1/failing", None, Bytes::new()).await?;
        match answer.status() {
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => read(answer.body()).map(Some),
            _ => Err(fault(&answer)),
        }
    }

    /// Opens the stream of events, where there is one.
    pub(super) async fn events(&self) -> Result<Option<Events>, CallError> {
        let request = Request::builder()
            .uri("/v1/changes")
            .header(protocol::PROTOCOL_HEADER, protocol::PROTOCOL)
            .header(header::ACCEPT, "text/event-stream")
            .body(Bytes::new())
            .map_err(|error| CallError::Invalid(error.to_string()))?;
        let Some(opening) = self.0.open(request) else { return Ok(None) };
        let (head, chunks) = opening.await?.into_parts();
        if !head.status.is_success() {
            return Err(fault(&Response::from_parts(head, Bytes::new())));
        }
        let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        // A service that knows no streams answers with a page.
        if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            return Err(CallError::Unreadable("no stream of events".to_owned()));
        }
        Ok(Some(Events { chunks, rest: Vec::new() }))
    }

    async fn page(&self, what: &str, after: u64) -> Result<Bytes, CallError> {
        let path = format!("/v1/{what}?after={after}&limit={}", protocol::PAGE);
        self.ask(Method::GET, &path, Bytes::new()).await
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, CallError> {
        let json = Some((header::CONTENT_TYPE, "application/json".to_owned()));
        let answer = self.send(method, path, json, body).await?;
        if answer.status().is_success() && !is_page(&answer) {
            Ok(answer.into_body())
        } else {
            Err(fault(&answer))
        }
    }

    /// Asks, and leaves it to the caller what the answer means.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        header: Option<(HeaderName, String)>,
        body: Bytes,
    ) -> Result<Response<Bytes>, CallError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(protocol::PROTOCOL_HEADER, protocol::PROTOCOL)
            .header(header::ACCEPT, "application/json");
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(body).map_err(|error| CallError::Invalid(error.to_string()))?;
        Ok(self.0.send(request).await?)
    }
}

/// Where a feed stands, as a stream tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub(super) struct Told {
    pub(super) epoch: Uuid,
    pub(super) head: u64,
    /// The number of the last delivery.
    #[serde(default)]
    pub(super) deliveries: u64,
}

/// The longest line of a stream, in bytes.
const LINE: usize = 64 * 1024;

/// What a stream says.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Said {
    Told(Told),
    Here(Here),
}

/// Server-sent events, of which only the `data` is read: what it is shows in it.
pub(super) struct Events {
    chunks: Box<dyn Chunks>,
    /// What came and is no whole line yet.
    rest: Vec<u8>,
}

impl Events {
    /// Reads on; a line that is no data (a sign of life, an event's name) gives `None`.
    pub(super) async fn next(&mut self) -> Result<Option<Said>, CallError> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                let data = line.trim_ascii().strip_prefix(b"data:");
                return Ok(data.and_then(|data| serde_json::from_slice(data).ok()));
            }
            if self.rest.len() > LINE {
                return Err(CallError::Unreadable("a line without an end".to_owned()));
            }
            let ended = || CallError::from(TransportError::Lost("the stream ended".to_owned()));
            self.rest.extend_from_slice(&self.chunks.next().await?.ok_or_else(ended)?);
        }
    }
}

/// A page before it is known whether everything in it can be read.
#[derive(Deserialize)]
struct Raw {
    epoch: Uuid,
    head: u64,
    #[serde(default)]
    deliveries: u64,
    more: bool,
    #[serde(default)]
    changes: Vec<Value>,
    states: Vec<Value>,
}

impl Raw {
    /// The last number of the page. One that promises more and moves nowhere would be asked for without end.
    fn last(&self, after: u64, rows: impl Fn(&Self) -> &Vec<Value>) -> Result<Option<u64>, CallError> {
        let last = rows(self).iter().filter_map(|row| row.get("number")?.as_u64()).max();
        if self.more && last.is_none_or(|last| last <= after) {
            return Err(CallError::Unreadable("a page that leads nowhere".to_owned()));
        }
        Ok(last)
    }
}

fn known<T: DeserializeOwned>(rows: Vec<Value>) -> Vec<T> {
    rows.into_iter()
        .filter_map(|row| {
            serde_json::from_value(row)
                .inspect_err(|error| tracing::warn!(%error, "left out: by a newer version"))
                .ok()
        })
        .collect()
}

pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|error| CallError::Unreadable(error.to_string()))
}

pub(super) fn fault(answer: &Response<Bytes>) -> CallError {
    let said = serde_json::from_slice::<Fault>(answer.body()).ok();
    let unavailable = |answer: &Response<Bytes>| CallError::Unavailable {
        status: answer.status().as_u16(),
        retry_after: retry_after(answer),
    };
    // Only a service that speaks the protocol can say who is signed in or a member, or what is wrong with a request: a
    // proxy in between cannot.
    if said.is_none() && intercepts(answer) {
        return CallError::Intercepted { status: answer.status().as_u16() };
    }
    match answer.status() {
        StatusCode::UNAUTHORIZED => CallError::SignedOut,
        StatusCode::FORBIDDEN => match said {
            Some(said) if said.code == FaultCode::Forbidden => CallError::NotAMember,
            _ => unavailable(answer),
        },
        StatusCode::UPGRADE_REQUIRED => CallError::UpdateNeeded,
        StatusCode::PAYLOAD_TOO_LARGE => CallError::TooLarge,
        StatusCode::BAD_REQUEST => match said {
            Some(said) if said.code == FaultCode::Invalid => CallError::Invalid(format!("{:?}", said.params)),
            _ => unavailable(answer),
        },
        _ => unavailable(answer),
    }
}

/// Whether an answer that is no fault of the service's is that of something on the way: a sign-in asked for by a proxy
/// (RFC 9110, 401 and 407), a network that lets nobody through yet (RFC 6585, 511) or leads elsewhere, a page.
pub(super) fn intercepts(answer: &Response<Bytes>) -> bool {
    let status = answer.status();
    status.is_redirection()
        || status.is_success() && is_page(answer)
        || [
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::PROXY_AUTHENTICATION_REQUIRED,
            StatusCode::NETWORK_AUTHENTICATION_REQUIRED,
        ]
        .contains(&status)
}

/// Whether it is a page for people, which the service never answers with.
fn is_page(answer: &Response<Bytes>) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
}

/// `Retry-After` in seconds, an hour at most. The other form, a date, needs a clock that agrees with the server's:
/// there the usual patience does.
fn retry_after(answer: &Response<Bytes>) -> Option<Duration> {
    let seconds: u64 = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(3_600)))
}
