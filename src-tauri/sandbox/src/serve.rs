//! The routes put together, and the loop that serves them on a socket.
//!
//! The loop is hyper's HTTP/1 server used directly: a fault may have to reset the connection, which lies below what
//! a web framework lets a handler do.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;
use url::{Host, Url};

use crate::faults::{self, Reset};
use crate::problem::Problem;
use crate::state::{SandboxOptions, SandboxState};
use crate::{StartError, cloud, install, oauth, pages, partner_project, reviewer};

const BODY_LIMIT: usize = 1024 * 1024;
const REQUEST_TIME: Duration = Duration::from_secs(30);

/// A sandbox that is being served. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Running {
    state: SandboxState,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Running {
    /// Where it is reached, `http://127.0.0.1:PORT`, with no slash at the end; also the OAuth issuer.
    pub fn url(&self) -> &str {
        self.state.url()
    }

    /// The partner's token, for `/partner-project`.
    pub fn token(&self) -> &str {
        self.state.token()
    }

    /// The reviewer's token, for `/reviewer/api` and `/faults`.
    pub fn reviewer_token(&self) -> &str {
        self.state.reviewer_token()
    }

    /// The reviewer's page, signed in. It holds the reviewer's token.
    pub fn reviewer_url(&self) -> String {
        let mut url = format!("{}/reviewer?token=", self.url());
        url.extend(url::form_urlencoded::byte_serialize(self.reviewer_token().as_bytes()));
        url
    }

    /// Closes the port and all connections, and waits until that is done.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // An error here means that the loop has ended already.
        let _ = (&mut self.served).await;
    }

    /// Waits for ever, or until the server ends by itself.
    pub async fn wait(mut self) {
        let _ = (&mut self.served).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.served.abort();
    }
}

pub(crate) async fn start(options: SandboxOptions) -> Result<Running, StartError> {
    let asked = options.listen;
    if !asked.ip().is_loopback() {
        return Err(StartError::NotLoopback(asked));
    }
    let failed = |error| StartError::Listen(asked, error);
    let listener = TcpListener::bind(asked).await.map_err(failed)?;
    let address: SocketAddr = listener.local_addr().map_err(failed)?;
    let state = SandboxState::new(options, format!("http://{address}"))?;
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(listener, router(state.clone()), stopped));
    Ok(Running { state, stop: Some(stop), served })
}

async fn serve(listener: TcpListener, router: Router, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(converse(stream, router.clone()))),
                // Out of file descriptors, mostly: pause, or the loop would spin until some are free again.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn converse(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let answer = router.clone().oneshot(request.map(Body::new));
        Box::pin(async move {
            let response = answer.await.unwrap_or_else(|never| match never {});
            response.extensions().get::<Reset>().copied().map_or(Ok(response), Err)
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIME)
        .serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    // A body that breaks off is another error: what was sent of it is to arrive, so there is no reset then.
    if ended.is_err_and(|error| error.source().is_some_and(<dyn Error>::is::<Reset>)) {
        // With no lingering the system sends RST, not FIN. Should it refuse, the caller sees an early end instead.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

/// The sandbox's routes over `state`, for use with no socket.
pub fn router(state: SandboxState) -> Router {
    let version = "/partner-project/apps/{app}/versions/{version}";
    Router::new()
        .route(version, put(partner_project::draft).get(partner_project::version))
        .route(&format!("{version}/submissions"), post(partner_project::submit))
        .route(&format!("{version}/install-link"), get(partner_project::install_link))
        .route(&format!("{version}/install-link/rotate"), post(partner_project::rotate_link))
        .route("/i/{token}", get(install::page).post(install::install))
        .route("/i/{token}/installed/{id}", get(install::confirmation))
        .merge(reviewer::routes())
        .merge(oauth::routes())
        .merge(cloud::routes())
        .route("/faults", put(faults::put).get(faults::get).delete(faults::delete))
        .route("/health", get(async || axum::Json(serde_json::json!({ "status": "ok" }))))
        .route("/", get(pages::home))
        .route("/sandbox.css", get(pages::style))
        .method_not_allowed_fallback(async || {
            let message = "This path has no such method.";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        })
        .layer(from_fn(in_time))
        .route_layer(from_fn_with_state(state.clone(), faults::play))
        .fallback(async || Problem::not_found("There is nothing at this path."))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), only_loopback_names))
        .with_state(state)
}

/// Ends a request that takes too long, a body that trickles for instance. Lies within the faults, which may hang.
async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(REQUEST_TIME, next.run(request)).await.unwrap_or_else(|_| {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request took too long.").into_response()
    })
}

/// Refuses requests under a foreign name: a web page whose name was pointed at loopback must not get in.
async fn only_loopback_names(State(state): State<SandboxState>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    let public = Url::parse(&state.options().public_base).ok();
    let allowed = named.is_none_or(|named| {
        Url::parse(&format!("http://{named}/")).is_ok_and(|url| match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => {
                name == "localhost" || public.as_ref().and_then(Url::host_str) == Some(name)
            }
            None => false,
        })
    });
    if allowed {
        return next.run(request).await;
    }
    let message = "The sandbox answers under loopback names only.";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "misdirected", message).into_response()
}
