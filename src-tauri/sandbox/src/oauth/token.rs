//! The token, introspection and revocation endpoints.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::grants::{ACCESS_LIVES, Refused, Tokens};
use super::{Client, is_scope};
use crate::cloud::{self, Proof};
use crate::params::{Params, is_form};
use crate::problem::same_secret;
use crate::state::{SandboxState, digest, random};

/// An error as RFC 6749 §5.2 tells it.
pub(super) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

impl OAuthError {
    fn new(error: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description }
    }

    fn client(description: &'static str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description }
    }
}

impl From<Refused> for OAuthError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Grant(why) => Self::new("invalid_grant", why),
            Refused::Scope(why) => Self::new("invalid_scope", why),
            Refused::Random => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self { status, error: "server_error", description: "There are no random numbers." }
            }
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = (self.status, NOT_STORED, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="sandbox""#);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

const NOT_STORED: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];

pub(super) async fn token(
    State(state): State<SandboxState>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, OAuthError> {
    let params = read(&headers, body)?;
    let client = authenticate(&state, uri.path(), &headers, &params)?;
    let need = |name: &str, message| params.get(name).ok_or(OAuthError::new("invalid_request", message));
    let now = state.now();
    let tokens = match need("grant_type", "There is no grant_type.")? {
        "authorization_code" => {
            let code = need("code", "There is no code.")?;
            let redirect_uri = need("redirect_uri", "There is no redirect_uri.")?;
            // An absent verifier is an empty one, which no challenge of ours can have come from.
            let hashed = URL_SAFE_NO_PAD.encode(digest(params.typed("code_verifier")));
            let verifies = |challenge: &str| same_secret(&hashed, challenge);
            state.world().grants.spend_code(code, &client.id, redirect_uri, verifies, now)?
        }
        "refresh_token" => {
            let refresh = need("refresh_token", "There is no refresh_token.")?;
            let scope = params.get("scope");
            if scope.is_some_and(|scope| !is_scope(scope)) {
                return Err(OAuthError::new("invalid_scope", "The scope is malformed."));
            }
            let grace = SignedDuration::from_secs(state.options().refresh_grace_seconds.into());
            state.world().grants.rotate(refresh, &client.id, scope, grace, now)?
        }
        "client_credentials" => {
            let scope = params.get("scope");
            if scope.is_some_and(|scope| !is_scope(scope)) {
                return Err(OAuthError::new("invalid_scope", "The scope is malformed."));
            }
            let token = cloud::client_token(&state, &client.id, scope).map_err(Refused::from)?;
            let message = "Only an installation's client gets tokens by itself.";
            let (access, scope) = token.ok_or(OAuthError::new("unauthorized_client", message))?;
            Tokens { access, person: None, refresh: None, scope }
        }
        _ => return Err(OAuthError::new("unsupported_grant_type", "This grant type is not served.")),
    };
    Ok((NOT_STORED, Json(told(&for_audience(&state, tokens, &client.id)?))))
}

/// A person's access token as a JWT, where the sandbox was told whom it is for.
fn for_audience(state: &SandboxState, tokens: Tokens, client_id: &str) -> Result<Tokens, Refused> {
    let (Some(audience), Some(person)) = (&state.options().audience, tokens.person) else {
        return Ok(tokens);
    };
    let now = state.now();
    let claims = json!({
        "iss": state.url(), "aud": audience, "sub": person.id, "client_id": client_id, "scope": tokens.scope,
        "name": person.name, "email": person.email, "email_verified": true,
        "iat": now.as_second(), "exp": (now + ACCESS_LIVES).as_second(), "jti": random()?,
    });
    let mut world = state.world();
    let access = cloud::signed(&world.cloud, &claims);
    world.grants.rename(&tokens.access, &access);
    Ok(Tokens { access, ..tokens })
}

fn told(tokens: &Tokens) -> Value {
    let mut told = json!({
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIVES.as_secs(),
        "scope": tokens.scope,
    });
    if let Some(refresh) = &tokens.refresh {
        told["refresh_token"] = json!(refresh);
    }
    told
}

pub(super) async fn introspect(
    State(state): State<SandboxState>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, OAuthError> {
    let params = read(&headers, body)?;
    let client = authenticate(&state, uri.path(), &headers, &params)?;
    let token = params.get("token").ok_or(OAuthError::new("invalid_request", "There is no token."))?;
    let known = state.world().grants.told(token, &client.id, state.now());
    Ok((NOT_STORED, Json(known.unwrap_or_else(|| cloud::introspection(&state, token, &client.id)))))
}

pub(super) async fn revoke(
    State(state): State<SandboxState>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, OAuthError> {
    let params = read(&headers, body)?;
    let client = authenticate(&state, uri.path(), &headers, &params)?;
    let token = params.get("token").ok_or(OAuthError::new("invalid_request", "There is no token."))?;
    // A token that is unknown is as good as revoked (RFC 7009 §2.2).
    state.world().grants.revoke(token, &client.id);
    Ok(NOT_STORED)
}

fn read(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Params, OAuthError> {
    if !is_form(headers) {
        let message = "The body must be application/x-www-form-urlencoded.";
        return Err(OAuthError::new("invalid_request", message));
    }
    let body = body.map_err(|rejection| OAuthError {
        status: rejection.status(),
        ..OAuthError::new("invalid_request", "The body could not be read, or is too large.")
    })?;
    let params = Params::parse(&body);
    if params.repeats() {
        return Err(OAuthError::new("invalid_request", "A parameter is there twice."));
    }
    Ok(params)
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn authenticate(
    state: &SandboxState,
    path: &str,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Client, OAuthError> {
    let known = |id: &str| state.client(id, path);
    if let Some(assertion) = params.get("client_assertion") {
        if params.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(OAuthError::client("The client_assertion_type is not known."));
        }
        if headers.contains_key(header::AUTHORIZATION) {
            return Err(OAuthError::new("invalid_request", "There are two client authentications."));
        }
        // Whatever the endpoint, an assertion is made for the token URL beside it.
        let beside = path.rsplit_once('/').map_or("", |(base, _)| base);
        let audience = format!("{}{beside}/token", state.url());
        let proof = Proof { assertion, audience: &audience };
        let (now, mut world) = (state.now(), state.world());
        let id = world.cloud.asserted(&proof, now).map_err(OAuthError::client)?;
        drop(world);
        return known(&id).ok_or(OAuthError::client("This client is not registered here, or has ended."));
    }
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let basic = given.to_str().ok().and_then(basic);
        let (id, secret) = basic.ok_or(OAuthError::client("The Basic authentication is malformed."))?;
        if params.get("client_id").is_some_and(|in_body| in_body != id) {
            return Err(OAuthError::new("invalid_request", "The client_id differs from the Basic one."));
        }
        let client =
            known(&id).filter(|c| c.secret.as_ref().is_some_and(|known| same_secret(&secret, known)));
        return client.ok_or(OAuthError::client("The client or its secret is wrong."));
    }
    let id = params.get("client_id").ok_or(OAuthError::client("There is no client authentication."))?;
    match known(id) {
        Some(client) if client.secret.is_none() => Ok(client),
        Some(_) => Err(OAuthError::client("This client must use HTTP Basic.")),
        None => Err(OAuthError::client("This client is not registered here.")),
    }
}

/// The client's id and secret, each form-encoded within (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    // A form that is one name: what the decoder takes for the name is the whole text.
    let plain =
        |text: &str| url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
    scheme.eq_ignore_ascii_case("basic").then(|| Some((plain(id)?, plain(secret)?)))?
}
