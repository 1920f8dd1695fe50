//! An OAuth 2.0 server with Talkdesk ID's documented paths: authorization code, refresh, client credentials, revocation,
//! introspection, keys, userinfo, metadata. A public client has to use PKCE, a confidential one may. The same routes stand under `/id/{account}` for the clients of an
//! account's installations. Deliberately absent: ID tokens.

mod authorize;
mod grants;
mod token;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::{Host, Url};

use crate::cloud;
use crate::problem::{Problem, bearer};
use crate::state::SandboxState;

pub(crate) use grants::Grants;

/// An OAuth client that is registered at the sandbox.
#[derive(Clone)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its secret, for HTTP Basic; none makes it a public client.
    pub secret: Option<String>,
    /// Redirect URIs that are taken, compared letter by letter.
    pub redirect_uris: Vec<String>,
    /// Whether any `http://127.0.0.1:{port}` or `http://[::1]:{port}` is taken too (RFC 8252 §7.3).
    pub loopback_redirects: bool,
}

impl Client {
    /// A public client: an app on a computer, with redirects to loopback.
    pub fn native(id: impl Into<String>) -> Self {
        Self { id: id.into(), secret: None, redirect_uris: Vec::new(), loopback_redirects: true }
    }

    /// A confidential client with one redirect URI.
    pub fn confidential(
        id: impl Into<String>,
        secret: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        let redirect_uris = vec![redirect_uri.into()];
        Self { id: id.into(), secret: Some(secret.into()), redirect_uris, loopback_redirects: false }
    }

    fn may_redirect_to(&self, uri: &str) -> bool {
        let loopback = || {
            Url::parse(uri).is_ok_and(|url| {
                let host = match url.host() {
                    Some(Host::Ipv4(ip)) => ip.is_loopback(),
                    Some(Host::Ipv6(ip)) => ip.is_loopback(),
                    _ => false,
                };
                let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
                host && bare && url.scheme() == "http"
            })
        };
        self.redirect_uris.iter().any(|known| known == uri) || (self.loopback_redirects && loopback())
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret stays out of logs.
        f.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One of the sample people who can sign in.
#[derive(Debug)]
pub(crate) struct Person {
    pub id: &'static str,
    pub name: &'static str,
    pub email: &'static str,
}

pub(crate) const PEOPLE: [Person; 3] = [
    Person { id: "partner-manager", name: "Partner manager", email: "partner.manager@sample-apps.example" },
    Person { id: "qa-1", name: "QA 1", email: "qa.1@sample-apps.example" },
    Person { id: "developer", name: "Developer", email: "developer@sample-apps.example" },
];

impl Person {
    fn find(id: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.id == id)
    }

    /// What userinfo says of them.
    pub(crate) fn told(&self) -> Value {
        json!({ "sub": self.id, "name": self.name, "email": self.email, "email_verified": true })
    }
}

pub(crate) fn routes() -> Router<SandboxState> {
    let mut router = Router::new();
    for base in ["", "/id/{account}"] {
        router = router
            .route(&format!("{base}/oauth/authorize"), get(authorize::page).post(authorize::consent))
            .route(&format!("{base}/oauth/token"), post(token::token))
            .route(&format!("{base}/oauth/introspect"), post(token::introspect))
            .route(&format!("{base}/oauth/certs"), get(certificates));
    }
    router
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/oauth/revoke", post(token::revoke))
        .route("/users/me", get(userinfo))
}

async fn metadata(State(state): State<SandboxState>) -> Json<Value> {
    let url = state.url();
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/oauth/authorize"),
        "token_endpoint": format!("{url}/oauth/token"),
        "revocation_endpoint": format!("{url}/oauth/revoke"),
        "userinfo_endpoint": format!("{url}/users/me"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "introspection_endpoint": format!("{url}/oauth/introspect"),
        "jwks_uri": format!("{url}/oauth/certs"),
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512"],
        "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": ["openid", "refresh_token", "account:read", "apps:read", "apps:write", "events:read"],
    }))
}

async fn certificates(State(state): State<SandboxState>) -> Json<Value> {
    Json(cloud::certificates(&state))
}

impl SandboxState {
    /// The client with this id: one that was registered, or one of an installation, of the account that the path names.
    fn client(&self, id: &str, path: &str) -> Option<Client> {
        let account = path.strip_prefix("/id/").and_then(|rest| rest.split('/').next());
        let registered = self.options().clients.iter().find(|client| client.id == id && account.is_none());
        registered.cloned().or_else(|| self.installation_client(id, account))
    }
}

async fn userinfo(State(state): State<SandboxState>, headers: HeaderMap) -> Response {
    let now = state.now();
    let token = bearer(&headers);
    let person = token.and_then(|token| state.world().grants.person(token, now));
    let Some(person) = person else {
        let (challenge, message) = match token {
            Some(_) => (r#"Bearer error="invalid_token""#, "The access token is not valid, or not any more."),
            None => ("Bearer", "An access token is needed."),
        };
        let mut response = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message).into_response();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        return response;
    };
    Json(person.told()).into_response()
}

/// A scope as RFC 6749 §3.3 writes it. Talkdesk's list is not complete, so any well-formed one is granted.
fn is_scope(scope: &str) -> bool {
    scope.split(' ').all(|token| {
        !token.is_empty() && token.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
    })
}
