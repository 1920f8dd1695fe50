//! Faults as data: what may go wrong on which route, set over the wire, played by one middleware, counted down.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::{FieldProblem, JsonBody, Problem, Reviewer};
use crate::state::SandboxState;

/// The routes that can have a fault. The others stay sound, so that a fault can always be taken back.
const ROUTES: [(Method, &str, &str); 35] = [
    (Method::POST, "/partner-project/apps/{app}/versions/{version}/submissions", "submissions"),
    (Method::PUT, "/partner-project/apps/{app}/versions/{version}", "draft"),
    (Method::GET, "/partner-project/apps/{app}/versions/{version}", "version"),
    (Method::GET, "/partner-project/apps/{app}/versions/{version}/install-link", "install-link"),
    (Method::POST, "/partner-project/apps/{app}/versions/{version}/test-events", "test-events"),
    (Method::GET, "/i/{token}", "install-page"),
    (Method::GET, "/i/{token}/installed/{id}", "install-page"),
    (Method::POST, "/i/{token}", "install"),
    (Method::GET, "/.well-known/oauth-authorization-server", "metadata"),
    (Method::GET, "/oauth/authorize", "authorize"),
    (Method::POST, "/oauth/authorize", "consent"),
    (Method::POST, "/oauth/token", "token"),
    (Method::POST, "/oauth/revoke", "revoke"),
    (Method::GET, "/users/me", "userinfo"),
    (Method::POST, "/oauth/introspect", "introspect"),
    (Method::GET, "/oauth/certs", "certs"),
    (Method::GET, "/id/{account}/oauth/authorize", "authorize"),
    (Method::POST, "/id/{account}/oauth/token", "token"),
    (Method::POST, "/id/{account}/oauth/introspect", "introspect"),
    (Method::GET, "/id/{account}/oauth/certs", "certs"),
    (Method::GET, "/gateway/{region}/events/signature-keys/{key}", "signature-key"),
    (Method::GET, "/gateway/{region}/users/me", "me"),
    (Method::GET, "/gateway/{region}/apps/{app}/events/{event}", "replay"),
    (Method::GET, "/gateway/{region}/apps/{app}/installations/{id}", "installation"),
    (Method::GET, "/gateway/{region}/apps/{app}/installations/{id}/users", "users"),
    (Method::GET, "/gateway/{region}/apps/{app}/installations/{id}/subscription", "subscription"),
    (Method::GET, "/gateway/{region}/apps/{app}/installations/{id}/trial", "trial"),
    (Method::POST, "/gateway/{region}/apps/{app}/installations/{id}/state", "acknowledge"),
    (
        Method::POST,
        "/gateway/{region}/apps/{app}/installations/{id}/credentials/{client}/state",
        "acknowledge-credentials",
    ),
    (Method::POST, "/gateway/{region}/apps/{app}/installations/{id}/credentials/actions/rotate", "rotate"),
    (Method::GET, "/gateway/{region}/apps", "apps"),
    (Method::GET, "/gateway/{region}/apps/{app}", "app"),
    (Method::PATCH, "/gateway/{region}/apps/{app}", "change-app"),
    (Method::POST, "/receiver", "receiver"),
    (Method::GET, "/health", "health"),
];

/// No route but the sandbox's own calls: deliveries of events, which have faults of their own.
const DELIVERY: &str = "delivery";

const LONGEST_DELAY_MILLIS: u64 = 600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Status,
    Slow,
    Hang,
    Reset,
    LostReply,
    Truncated,
    Garbage,
    Redirect,
    PkceIgnored,
    WrongState,
    WrongIssuer,
    NoIssuer,
    Unsigned,
    WrongKey,
    WrongSignature,
    Twice,
    NotSent,
}

impl Kind {
    fn is_of_sign_in(self) -> bool {
        matches!(self, Self::PkceIgnored | Self::WrongState | Self::WrongIssuer | Self::NoIssuer)
    }

    fn is_of_delivery(self) -> bool {
        use Kind::{NotSent, Twice, Unsigned, WrongKey, WrongSignature};
        matches!(self, Unsigned | WrongKey | WrongSignature | Twice | NotSent)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    route: String,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    millis: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// How often it is still to be played; for ever if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
}

impl Fault {
    fn problem(&self) -> Option<(&'static str, &'static str)> {
        let known = self.route == "*"
            || self.route == DELIVERY
            || ROUTES.iter().any(|(_, _, name)| *name == self.route);
        let of = |kind| self.kind == kind;
        if !known {
            Some(("route", "There is no such route for faults."))
        } else if self.kind.is_of_sign_in() && self.route != "authorize" {
            Some(("route", "This kind is for the route authorize."))
        } else if self.kind.is_of_delivery() != (self.route == DELIVERY) {
            Some(("route", "The route delivery has kinds of its own, and no other has them."))
        } else if self.status.is_some_and(|status| !(400..=599).contains(&status)) {
            Some(("status", "Must be from 400 to 599."))
        } else if self.status.is_some() != of(Kind::Status) {
            Some(("status", "Belongs to the kind status, which needs it."))
        } else if self.retry_after.is_some() && !of(Kind::Status) {
            Some(("retry_after", "Belongs to the kind status."))
        } else if self.millis.is_some_and(|millis| millis > LONGEST_DELAY_MILLIS) {
            Some(("millis", "At most 600000."))
        } else if self.millis.is_some() != of(Kind::Slow) {
            Some(("millis", "Belongs to the kind slow, which needs it."))
        } else if self.location.is_some() && !of(Kind::Redirect) {
            Some(("location", "Belongs to the kind redirect."))
        } else if self.location.as_ref().is_some_and(|location| HeaderValue::from_str(location).is_err()) {
            Some(("location", "Cannot be sent as a header."))
        } else if self.times == Some(0) {
            Some(("times", "At least 1, or absent."))
        } else {
            None
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Takes the first fault for this route, once.
    fn take(&mut self, route: &str) -> Option<Fault> {
        self.take_first(|fault| fault.route == route || fault.route == "*")
    }

    /// Takes the first fault for an event's delivery, once.
    pub fn take_for_delivery(&mut self) -> Option<Kind> {
        self.take_first(|fault| fault.route == DELIVERY).map(|fault| fault.kind)
    }

    fn take_first(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let at = self.0.iter().position(fits)?;
        let taken = self.0[at].clone();
        match &mut self.0[at].times {
            Some(1) => drop(self.0.remove(at)),
            Some(left) => *left -= 1,
            None => {}
        }
        Some(taken)
    }
}

pub(crate) async fn put(
    State(state): State<SandboxState>,
    _: Reviewer,
    JsonBody(body): JsonBody,
) -> Result<Json<Vec<Fault>>, Problem> {
    let Value::Array(items) = body else {
        let name = "faults".to_owned();
        return Err(Problem::invalid(vec![FieldProblem { name, description: "Must be a list.".to_owned() }]));
    };
    let (mut faults, mut wrong) = (Vec::new(), Vec::new());
    for (at, item) in items.into_iter().enumerate() {
        match serde_json::from_value::<Fault>(item) {
            Ok(fault) => {
                wrong.extend(fault.problem().map(|(name, description)| FieldProblem {
                    name: format!("{at}.{name}"),
                    description: description.to_owned(),
                }));
                faults.push(fault);
            }
            Err(error) => wrong.push(FieldProblem { name: at.to_string(), description: error.to_string() }),
        }
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    state.world().faults.0.clone_from(&faults);
    Ok(Json(faults))
}

pub(crate) async fn get(State(state): State<SandboxState>, _: Reviewer) -> Json<Vec<Fault>> {
    Json(state.world().faults.0.clone())
}

pub(crate) async fn delete(State(state): State<SandboxState>, _: Reviewer) -> StatusCode {
    state.world().faults.0.clear();
    StatusCode::NO_CONTENT
}

/// Plays the fault that is due on the request's route, if any.
pub(crate) async fn play(
    State(state): State<SandboxState>,
    matched: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let route = ROUTES.iter().find(|(m, path, _)| m == method && *path == matched.as_str());
    let Some(fault) = route.and_then(|(_, _, name)| state.world().faults.take(name)) else {
        return next.run(request).await;
    };
    match fault.kind {
        Kind::Status => {
            let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response =
                Problem::new(status, "fault", "A fault was set on this route.").into_response();
            if let Some(seconds) = fault.retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Kind::Slow => {
            tokio::time::sleep(Duration::from_millis(fault.millis.unwrap_or_default())).await;
            next.run(request).await
        }
        Kind::Hang => std::future::pending().await,
        Kind::Reset => reset(),
        Kind::LostReply => {
            next.run(request).await;
            reset()
        }
        Kind::Truncated => truncated(next.run(request).await).await,
        Kind::Garbage => ([(header::CONTENT_TYPE, "application/json")], "<html><body>502 Bad gateway</body")
            .into_response(),
        Kind::Redirect => {
            let location = fault.location.unwrap_or_else(|| "https://elsewhere.example/".to_owned());
            (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
        }
        Kind::PkceIgnored | Kind::WrongState | Kind::WrongIssuer | Kind::NoIssuer => {
            request.extensions_mut().insert(fault.kind);
            next.run(request).await
        }
        // Never set for a route.
        Kind::Unsigned | Kind::WrongKey | Kind::WrongSignature | Kind::Twice | Kind::NotSent => {
            next.run(request).await
        }
    }
}

/// Marks a response in whose place the connection is to be reset; also the error that carries that to the socket.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a fault resets this connection")]
pub(crate) struct Reset;

fn reset() -> Response {
    let mut response = Body::new(Broken::Off).into_response();
    response.extensions_mut().insert(Reset);
    response
}

async fn truncated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    // The sandbox's own answers are small; an unreadable one is as good as an empty one here.
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().max(1).into());
    Response::from_parts(parts, Body::new(Broken::Half(whole.slice(..whole.len() / 2))))
}

/// A body that gives what it has and then breaks off.
enum Broken {
    Half(Bytes),
    Pause,
    Off,
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = Reset;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Reset>>> {
        match std::mem::replace(&mut *self, Self::Off) {
            Self::Half(data) => {
                *self = Self::Pause;
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            // Not ready once: the server sends what it has only when there is nothing more to be had at the moment.
            Self::Pause => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Off => Poll::Ready(Some(Err(Reset))),
        }
    }
}
