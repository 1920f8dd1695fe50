//! How a request reaches a partner service: in this process, or over the network.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use domain::Params;
use domain::ids::WorkspaceId;
use domain::protocol::{Fault, FaultCode, WORKSPACE_HEADER};
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use talkdesk::wire::proxy_asks;
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

/// No answer came.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TransportError {
    /// There was no connection: the request was not carried out.
    #[error("not reached: {0}")]
    Unreached(String),
    /// The request may have been carried out or not.
    #[error("no answer: {0}")]
    Lost(String),
}

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
                .map_err(|error| TransportError::Lost(error.to_string()))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST)
                .collect()
                .await
                .map_err(|error| TransportError::Lost(error.to_string()))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        })
    }
}

/// A token on its way.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Secret<String>, NoToken>> + Send + 'a>>;

/// Why there is no token to ask with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoToken {
    /// Nobody is signed in: only a person helps.
    SignedOut,
    /// It cannot be had now.
    Later(String),
}

/// Where the token comes from that a service is asked with: a session, or a token that was handed out.
pub trait Tokens: Send + Sync + 'static {
    /// One that holds for a while yet.
    fn token(&self) -> Asking<'_>;
}

impl Tokens for Secret<String> {
    fn token(&self) -> Asking<'_> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// A service over HTTP.
pub struct Http {
    client: reqwest::Client,
    base: Url,
    tokens: Box<dyn Tokens>,
    /// The workspace that is meant, where it was chosen.
    workspace: Option<WorkspaceId>,
    /// How long an answer may take from beginning to end.
    within: Duration,
}

impl Http {
    /// A service at an address, asked with a token. Redirects are not followed: the token goes nowhere else.
    pub fn new(base: Url, tokens: impl Tokens) -> Result<Self, TransportError> {
        if !talkdesk::address::is_guarded(&base) {
            return Err(TransportError::Lost("neither https nor loopback".to_owned()));
        }
        // One provider for the process; that another part of it was first is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
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
        let client = builder.build().map_err(|error| TransportError::Lost(error.to_string()))?;
        Ok(Self { client, base, tokens: Box::new(tokens), workspace: None, within: ANSWER })
    }

    /// Of one workspace: a person may belong to several.
    #[must_use]
    pub fn of(self, workspace: WorkspaceId) -> Self {
        Self { workspace: Some(workspace), ..self }
    }

    /// Takes no answer that takes longer than this, from beginning to end; a minute otherwise.
    #[must_use]
    pub fn answering_within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// The request with its token; `None` where nobody is signed in.
    async fn asked(
        &self,
        request: Request<Bytes>,
    ) -> Result<Option<reqwest::RequestBuilder>, TransportError> {
        let token = match self.tokens.token().await {
            Ok(token) => token,
            Err(NoToken::SignedOut) => return Ok(None),
            Err(NoToken::Later(why)) => return Err(TransportError::Unreached(why)),
        };
        let (head, body) = request.into_parts();
        let mut token = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| TransportError::Lost("the token cannot be sent".to_owned()))?;
        token.set_sensitive(true);
        let mut asked = self.client.request(head.method, self.url(&head.uri)).headers(head.headers);
        if let Some(workspace) = self.workspace {
            asked = asked.header(WORKSPACE_HEADER, workspace.to_string());
        }
        Ok(Some(asked.header(AUTHORIZATION, token).body(body)))
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
            let Some(asked) = self.asked(request).await? else { return signed_out() };
            let mut answer = match asked.timeout(self.within).send().await {
                Err(error) if proxy_asks(&error) => return answered_by_proxy(),
                sent => sent.map_err(failed)?,
            };
            let read = head_of(&answer);
            let mut bytes = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(failed)? {
                if bytes.len() + chunk.len() > LARGEST {
                    return Err(TransportError::Lost("the answer is too large".to_owned()));
                }
                bytes.extend_from_slice(&chunk);
            }
            read.body(bytes.into()).map_err(|error| TransportError::Lost(error.to_string()))
        })
    }

    fn open(&self, request: Request<Bytes>) -> Option<Opening<'_>> {
        Some(Box::pin(async move {
            // Only the answer's beginning has to come in time: how long it goes on is the reader's to say.
            let Some(asked) = self.asked(request).await? else {
                return Ok(signed_out()?.map(|_| Box::new(Nothing) as Box<dyn Chunks>));
            };
            let answer = timeout(self.within, asked.send())
                .await
                .map_err(|_| TransportError::Lost("too slow".to_owned()))?;
            let answer = match answer {
                Err(error) if proxy_asks(&error) => {
                    return Ok(answered_by_proxy()?.map(|_| Box::new(Nothing) as Box<dyn Chunks>));
                }
                answer => answer.map_err(failed)?,
            };
            let head = head_of(&answer);
            let body: Box<dyn Chunks> = Box::new(Body(answer));
            head.body(body).map_err(|error| TransportError::Lost(error.to_string()))
        }))
    }

    fn look_every(&self) -> Option<Duration> {
        Some(LOOK_EVERY)
    }
}

/// What the service would answer: it need not be asked.
fn signed_out() -> Result<Response<Bytes>, TransportError> {
    let fault = Fault { code: FaultCode::SignedOut, request: None, params: Params::new() };
    let body = serde_json::to_vec(&fault).map_err(|error| TransportError::Lost(error.to_string()))?;
    let answer = Response::builder().status(StatusCode::UNAUTHORIZED).body(body.into());
    answer.map_err(|error| TransportError::Lost(error.to_string()))
}

/// The proxy's own answer (RFC 9110, section 15.5.8): the client keeps it to itself.
fn answered_by_proxy() -> Result<Response<Bytes>, TransportError> {
    let answer = Response::builder().status(StatusCode::PROXY_AUTHENTICATION_REQUIRED).body(Bytes::new());
    answer.map_err(|error| TransportError::Lost(error.to_string()))
}

/// A stream of nothing.
struct Nothing;

impl Chunks for Nothing {
    fn next(&mut self) -> Piece<'_> {
        Box::pin(std::future::ready(Ok(None)))
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
    let unreached = error.is_connect();
    let why = error.without_url().to_string();
    if unreached { TransportError::Unreached(why) } else { TransportError::Lost(why) }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// What the client says of a proxy that answers the request for a way (RFC 9110, section 9.3.6) like that.
    async fn asked_through(answer: &'static str) -> reqwest::Error {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let proxy = reqwest::Proxy::all(proxy).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([]).proxy(proxy).build().unwrap();
        let error = client.get("https://service.example/").send().await.unwrap_err();
        answering.join().unwrap();
        error
    }

    #[tokio::test]
    async fn a_proxy_that_asks_to_sign_in_is_told_from_one_that_finds_no_way() {
        let asks =
            "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"proxy\"\r\n\r\n";
        let error = asked_through(asks).await;
        assert!(proxy_asks(&error), "{error:?}");
        let error = asked_through("HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
        assert!(!proxy_asks(&error), "{error:?}");
    }
}
