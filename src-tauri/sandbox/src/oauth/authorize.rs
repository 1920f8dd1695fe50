//! The authorization endpoint: checks the request, lets a person choose who to be, leads back to the client.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use url::{Host, Url};

use super::grants::Request;
use super::{Client, PEOPLE, Person, is_scope};
use crate::faults::Kind;
use crate::pages::Page;
use crate::params::{Asked, Form, Params};
use crate::problem::Problem;
use crate::state::SandboxState;

/// What is granted when no scope is asked for.
const DEFAULT_SCOPE: &str = "openid refresh_token";
const DENY: &str = "deny";

pub(super) async fn page(
    State(state): State<SandboxState>,
    uri: Uri,
    fault: Option<Extension<Kind>>,
    Asked(params): Asked,
) -> Response {
    let fault = fault.map(|Extension(kind)| kind);
    let (client, redirect_uri) = match client_of(&state, uri.path(), &params) {
        Ok(known) => known,
        // Never led back: the address is not proved to be the client's.
        Err(message) => {
            return Page::of(&Problem::new(StatusCode::BAD_REQUEST, "invalid_request", message))
                .into_response();
        }
    };
    let asked = Request {
        client_id: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scope: params.get("scope").unwrap_or(DEFAULT_SCOPE).to_owned(),
        state: match fault {
            Some(Kind::WrongState) => Some("not-your-state".to_owned()),
            _ => params.get("state").map(str::to_owned),
        },
        challenge: params
            .get("code_challenge")
            .filter(|_| fault != Some(Kind::PkceIgnored))
            .map(str::to_owned),
        issuer: match fault {
            Some(Kind::NoIssuer) => None,
            Some(Kind::WrongIssuer) => Some("https://another-issuer.example".to_owned()),
            _ => Some(state.url().to_owned()),
        },
    };
    if let Err((error, description)) = check(&params, &asked, &client, fault) {
        return back(&asked, &[("error", error), ("error_description", description)]);
    }
    if let Some(chosen) = params.get("auto").filter(|_| state.options().auto_consent) {
        return answer(&state, &asked, chosen);
    }
    let (client_id, scope, target) =
        (asked.client_id.clone(), asked.scope.clone(), form_target(redirect_uri));
    match state.world().grants.wait(asked, state.now()) {
        Ok(ticket) => sign_in(&client_id, &scope, target, &ticket).into_response(),
        Err(error) => Page::of(&error.into()).into_response(),
    }
}

fn client_of<'a>(
    state: &SandboxState,
    path: &str,
    params: &'a Params,
) -> Result<(Client, &'a str), &'static str> {
    if params.repeats() {
        return Err("A parameter is there twice.");
    }
    let id = params.get("client_id").ok_or("There is no client_id.")?;
    let client = state.client(id, path).ok_or("This client is not registered here.")?;
    let redirect_uri = params.get("redirect_uri").ok_or("There is no redirect_uri.")?;
    if client.may_redirect_to(redirect_uri) {
        Ok((client, redirect_uri))
    } else {
        Err("This redirect_uri is not registered for this client.")
    }
}

fn check(
    params: &Params,
    asked: &Request,
    client: &Client,
    fault: Option<Kind>,
) -> Result<(), (&'static str, &'static str)> {
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(("unsupported_response_type", "Only the response type code is served.")),
        None => return Err(("invalid_request", "There is no response_type.")),
    }
    if !is_scope(&asked.scope) {
        return Err(("invalid_scope", "The scope is malformed."));
    }
    if fault == Some(Kind::PkceIgnored) {
        return Ok(());
    }
    match (asked.challenge.as_deref(), params.get("code_challenge_method")) {
        // Talkdesk documents no PKCE: who proves itself at the token endpoint may leave it out (R/authorization-code-basic).
        (None, None) if client.secret.is_some() => Ok(()),
        (None, _) => Err(("invalid_request", "PKCE is needed: there is no code_challenge.")),
        (Some(challenge), Some("S256")) if is_challenge(challenge) => Ok(()),
        (Some(_), Some("S256")) => Err(("invalid_request", "The code_challenge is malformed.")),
        (Some(_), _) => Err(("invalid_request", "The code_challenge_method must be S256.")),
    }
}

/// A SHA-256 in base64url has 43 letters.
fn is_challenge(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Where the sign-in form ends up after its redirect, as a source for the page's policy.
fn form_target(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    match url.host()? {
        // The policy's grammar has no form for these addresses; the scheme is the narrowest that it has.
        Host::Ipv6(_) => Some(format!("{}:", url.scheme())),
        _ => Some(url.origin().ascii_serialization()),
    }
}

fn sign_in(client_id: &str, scope: &str, target: Option<String>, ticket: &str) -> Page {
    let body = html! {
        h1 { "Sign in" }
        p { strong { (client_id) } " asks for:" }
        ul.scopes { @for scope in scope.split(' ') { li { code { (scope) } } } }
        p.muted { "Choose who you are. The sandbox has no passwords." }
        form.people.narrow method="post" action="/oauth/authorize" {
            input type="hidden" name="ticket" value=(ticket);
            @for person in &PEOPLE {
                button type="submit" name="person" value=(person.id) { (person.name) span { (person.email) } }
            }
            button type="submit" name="person" value=(DENY) { "Do not sign in" span { "The app is told so" } }
        }
    };
    Page { form_target: target, ..Page::new("Sign in", body) }
}

pub(super) async fn consent(State(state): State<SandboxState>, Form(typed): Form) -> Response {
    let asked = state.world().grants.waiting(typed.typed("ticket"), state.now());
    let Some(asked) = asked else {
        let message = "This sign-in was answered already, or has waited too long. Start again from the app.";
        return Page::of(&Problem::new(StatusCode::BAD_REQUEST, "invalid_request", message)).into_response();
    };
    answer(&state, &asked, typed.typed("person"))
}

fn answer(state: &SandboxState, asked: &Request, chosen: &str) -> Response {
    let Some(person) = Person::find(chosen) else {
        let said = if chosen == DENY { "The person said no." } else { "There is no such person." };
        return back(asked, &[("error", "access_denied"), ("error_description", said)]);
    };
    let code = state.world().grants.issue_code(asked.clone(), person, state.now());
    match code {
        Ok(code) => back(asked, &[("code", &code)]),
        Err(_) => back(asked, &[("error", "server_error")]),
    }
}

/// Leads back to the client with these parameters, its `state`, and who says so.
fn back(asked: &Request, params: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(&asked.redirect_uri) else {
        let message = "The redirect_uri is no URL.";
        return Page::of(&Problem::new(StatusCode::BAD_REQUEST, "invalid_request", message)).into_response();
    };
    url.query_pairs_mut()
        .extend_pairs(params)
        .extend_pairs(asked.state.as_deref().map(|state| ("state", state)))
        .extend_pairs(asked.issuer.as_deref().map(|issuer| ("iss", issuer)));
    let fixed = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::FOUND, fixed, [(header::LOCATION, String::from(url))]).into_response()
}
