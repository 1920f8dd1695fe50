//! Who may use the reviewer's pages: a session in a cookie, started by the reviewer's token, with a CSRF token of its
//! own. The cookie is `SameSite=Lax`, so that the link printed at the start works from anywhere, and every POST must
//! carry the CSRF token.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use maud::html;

use crate::pages::{Page, alert};
use crate::params::Form;
use crate::problem::{Problem, same_secret};
use crate::state::{SandboxState, Session, digest, random};

const COOKIE: &str = "sandbox_reviewer";
const LASTS: SignedDuration = SignedDuration::from_hours(12);

impl Session {
    pub fn check(&self, csrf: &str) -> Result<(), Problem> {
        if same_secret(csrf, &self.csrf) {
            return Ok(());
        }
        let message = "This form is not from this session. Load the page again.";
        Err(Problem::new(StatusCode::FORBIDDEN, "csrf", message))
    }
}

impl FromRequestParts<SandboxState> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Response> {
        let now = state.now();
        let known = cookie(&parts.headers).and_then(|id| state.world().sessions.get(&digest(id)).cloned());
        known.filter(|session| session.expires > now).ok_or_else(|| ask(None).into_response())
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

pub(crate) async fn start(State(state): State<SandboxState>, Form(typed): Form) -> Response {
    begin(&state, typed.typed("token"))
}

/// Starts a session for whoever has the reviewer's token, and leads to the list.
pub(crate) fn begin(state: &SandboxState, token: &str) -> Response {
    if !same_secret(token.trim(), state.reviewer_token()) {
        let message = "This is not the reviewer's token.";
        return ask(Some(&Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message))).into_response();
    }
    let (id, csrf) = match random().and_then(|id| Ok((id, random()?))) {
        Ok(made) => made,
        Err(error) => return Page::of(&error.into()).into_response(),
    };
    let now = state.now();
    let mut world = state.world();
    world.sessions.retain(|_, session| session.expires > now);
    world.sessions.insert(digest(&id), Session { csrf, expires: now + LASTS });
    let cookie =
        format!("{COOKIE}={id}; HttpOnly; SameSite=Lax; Path=/reviewer; Max-Age={}", LASTS.as_secs());
    ([(header::SET_COOKIE, cookie)], Redirect::to("/reviewer")).into_response()
}

fn ask(refused: Option<&Problem>) -> Page {
    let body = html! {
        h1 { "Reviewer" }
        p.muted { "The token is printed where the sandbox was started." }
        @if let Some(problem) = refused { (alert(problem)) }
        form.narrow method="post" action="/reviewer/session" {
            label for="token" { "Reviewer's token" }
            input type="password" id="token" name="token" required autocomplete="off";
            button.primary type="submit" { "Continue" }
        }
    };
    Page::new("Reviewer", body).status(StatusCode::UNAUTHORIZED)
}
