//! How a request reaches a partner service: in this process, or over the network.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use tokio::time::timeout;
use tower::{Service, ServiceExt};
use url::Url;

use crate::secret::Secret;

/// The largest answer that is read.
const LARGEST: usize = 64 * 1024 * 1024;
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take from beginning to end.
const ANSWER: Duration = Duration::from_mins(1);
/// How often others' commands are looked for where nothing tells of them.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// No answer came: the request may have been carried out or not.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no answer: {0}")]
pub struct TransportError(pub String);

/// A request on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'a>>;

/// A stream of bytes being opened.
pub type Opening<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Box<dyn Chunks>>, TransportError>> + Send + 'a>>;

/// A piece of a stream on its way; `None` is its end.
pub type Piece<'a> = Pin<Box<dyn Future<Output = Result<Option<Bytes>, TransportError>> + Send + 'a>>;

/// An answer that goes on for as long as it is read.
pub trait Chunks: Send {
    /// The next bytes.
    fn next(&mut self) -> Piece<'_>;
}

/// Carries requests to a partner service. Their address is a path; the transport knows the rest.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and reads the whole answer.
    fn send(&self, request: Request<Bytes>) -> Sending<'_>;

    /// Sends a request whose answer is a stream; `None` where there is nobody else to hear of.
    fn open(&self, request: Request<Bytes>) -> Option<Opening<'_>> {
        let _ = request;
        None
    }

    /// How often to look for others' commands. Never, where this desktop is the only one.
    fn look_every(&self) -> Option<Duration> {
        None
    }
}

/// A service in this process: no port, no bytes on a wire.
pub struct InProcess<S>(S);

impl<S> InProcess<S> {
    /// Over a service, such as a router.
    pub fn new(service: S) -> Self {
        Self(service)
    }
}

impl<S, B> Transport for InProcess<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Display,
    S::Future: Send,
    B: BodyExt<Data = Bytes> + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let service = self.0.clone();
        Box::pin(async move {
            let answer = service
                .oneshot(request.map(Full::new))
                .await
                .map_err(|error| TransportError(error.to_string()))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST)
                .collect()
                .await
                .map_err(|error| TransportError(error.to_string()))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        })
    }
}

/// A service over HTTP.
pub struct Http {
    client: reqwest::Client,
    base: Url,
    token: Secret<String>,
}

impl Http {
    /// A service at an address, asked with a token. Redirects are not followed: the token goes nowhere else.
    pub fn new(base: Url, token: Secret<String>) -> Result<Self, TransportError> {
        if !crate::web::is_allowed(&base) {
            return Err(TransportError("neither https nor loopback".to_owned()));
        }
        // One provider for the process; that another part of it was first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // What is sent again is decided by the outbox alone.
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .user_agent(concat!("partner-console/", env!("CARGO_PKG_VERSION")));
        let builder = if base.scheme() == "http" {
            // On loopback neither the system's proxy nor its certificates are of use, and both may be missing.
            builder.no_proxy().tls_certs_only([])
        } else {
            builder.https_only(true)
        };
        let client = builder.build().map_err(|error| TransportError(error.to_string()))?;
        Ok(Self { client, base, token })
    }

    fn asked(&self, request: Request<Bytes>) -> Result<reqwest::RequestBuilder, TransportError> {
        let (head, body) = request.into_parts();
        let mut token = HeaderValue::try_from(format!("Bearer {}", self.token.expose()))
            .map_err(|_| TransportError("the token cannot be sent".to_owned()))?;
        token.set_sensitive(true);
        let asked = self.client.request(head.method, self.url(&head.uri)).headers(head.headers);
        Ok(asked.header(AUTHORIZATION, token).body(body))
    }

    fn url(&self, path: &Uri) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{}", path.path()));
        url.set_query(path.query());
        url
    }
}

impl Transport for Http {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move {
            let mut answer = self.asked(request)?.timeout(ANSWER).send().await.map_err(failed)?;
            let read = head_of(&answer);
            let mut bytes = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(failed)? {
                if bytes.len() + chunk.len() > LARGEST {
                    return Err(TransportError("the answer is too large".to_owned()));
                }
                bytes.extend_from_slice(&chunk);
            }
            read.body(bytes.into()).map_err(|error| TransportError(error.to_string()))
        })
    }

    fn open(&self, request: Request<Bytes>) -> Option<Opening<'_>> {
        Some(Box::pin(async move {
            // Only the answer's beginning has to come in time: how long it goes on is the reader's to say.
            let sent = self.asked(request)?.send();
            let answer = timeout(ANSWER, sent).await.map_err(|_| TransportError("too slow".to_owned()))?;
            let answer = answer.map_err(failed)?;
            let head = head_of(&answer);
            let body: Box<dyn Chunks> = Box::new(Body(answer));
            head.body(body).map_err(|error| TransportError(error.to_string()))
        }))
    }

    fn look_every(&self) -> Option<Duration> {
        Some(LOOK_EVERY)
    }
}

/// The body of an answer, piece by piece.
struct Body(reqwest::Response);

impl Chunks for Body {
    fn next(&mut self) -> Piece<'_> {
        Box::pin(async move { self.0.chunk().await.map_err(failed) })
    }
}

fn head_of(answer: &reqwest::Response) -> http::response::Builder {
    let mut head = Response::builder().status(answer.status());
    if let Some(headers) = head.headers_mut() {
        *headers = answer.headers().clone();
    }
    head
}

fn failed(error: reqwest::Error) -> TransportError {
    TransportError(error.without_url().to_string())
}
