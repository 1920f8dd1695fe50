//! The authorization server: what crate `oauth2` does for us, and what our client does for it.

use std::pin::Pin;
use std::time::Duration;

use domain::Timestamp;
use oauth2::basic::{
    BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse as _, TokenUrl,
};
use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

use super::metadata::Metadata;
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::web::{Failure, Web, Words, tidy};

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What is assumed of a token whose server does not say how long it holds.
const ASSUMED_SECONDS: u64 = 300;

pub(super) struct Server {
    web: Web,
    metadata: Metadata,
    client: Client,
}

/// A sign-in that waits for the browser.
pub(super) struct Attempt {
    server: Server,
    /// What the browser has to bring back.
    pub state: CsrfToken,
    verifier: PkceCodeVerifier,
}

pub(super) struct Tokens {
    pub access: Secret<String>,
    pub refresh: Option<Secret<String>>,
    pub expires_at: Timestamp,
}

/// Who signed in, as the server tells it.
#[derive(Clone, Default)]
pub(super) struct Person {
    pub subject: String,
    pub name: String,
}

/// Why there are no tokens.
pub(super) enum Refused {
    /// The code or the refresh token is not taken (`invalid_grant`), in the server's words.
    Grant(String),
    /// Anything else: the same may work later.
    Other(Error),
}

impl Server {
    /// Asks the server where its endpoints are.
    pub async fn find(issuer: &Url, client_id: &str, within: Duration) -> Result<Self, Error> {
        let web = Web::new(issuer)?.within(within);
        let metadata = Metadata::fetch(&web, issuer).await?;
        let client = BasicClient::new(ClientId::new(client_id.to_owned()))
            .set_auth_uri(AuthUrl::from_url(metadata.authorization.clone()))
            .set_token_uri(TokenUrl::from_url(metadata.token.clone()));
        Ok(Self { web, metadata, client })
    }

    pub fn issuer(&self) -> &str {
        &self.metadata.issuer
    }

    /// Whether the server says that it tells who sends the person back.
    pub fn tells_issuer(&self) -> bool {
        self.metadata.tells_issuer
    }

    /// A new sign-in, and the address to send the browser to.
    pub fn attempt(mut self, redirect_uri: String) -> Result<(Attempt, String), Error> {
        let redirect = RedirectUrl::new(redirect_uri).map_err(|error| Error::internal(&error))?;
        self.client = self.client.set_redirect_uri(redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.metadata.scopes.iter().map(|scope| Scope::new((*scope).to_owned()));
        let request = self.client.authorize_url(CsrfToken::new_random).add_scopes(scopes);
        let (address, state) = request.set_pkce_challenge(challenge).url();
        Ok((Attempt { server: self, state, verifier }, address.into()))
    }

    /// Refreshes. An answer that got lost may have rotated the token: it is asked for once more, since a server that
    /// knows of lost answers gives another, and one that does not has ended the session anyway.
    pub async fn refresh(&self, refresh: &Secret<String>, now: Timestamp) -> Result<Tokens, Refused> {
        let token = RefreshToken::new(refresh.expose().clone());
        let mut answer = self.client.exchange_refresh_token(&token).request_async(&self.web).await;
        if matches!(answer, Err(RequestTokenError::Request(Call::Failed(Failure::Lost(_))))) {
            answer = self.client.exchange_refresh_token(&token).request_async(&self.web).await;
        }
        let mut tokens = Tokens::of(&answer.map_err(refused)?, now)?;
        // A server that sends no new one lets the old one stand (RFC 6749 §6).
        tokens.refresh = tokens.refresh.or_else(|| Some(refresh.clone()));
        Ok(tokens)
    }

    /// Asks who it is. Where the server tells nothing of people, the person has no name.
    pub async fn person(&self, access: &Secret<String>) -> Result<Person, Error> {
        #[derive(Deserialize)]
        struct Userinfo {
            sub: String,
            name: Option<String>,
            preferred_username: Option<String>,
            email: Option<String>,
        }
        let Some(userinfo) = self.metadata.userinfo.clone() else { return Ok(Person::default()) };
        let request = self.web.get(userinfo).bearer_auth(access.expose());
        let request = request.build().map_err(|error| Error::internal(&error))?;
        let told: Userinfo = self.web.send(request).await?.json()?;
        let name = [told.name, told.preferred_username, told.email].into_iter().flatten();
        let name = name.map(|name| tidy(&name)).find(|name| !name.is_empty()).unwrap_or_default();
        Ok(Person { subject: told.sub, name })
    }
}

/// The HTTP client that crate `oauth2` calls.
impl<'c> AsyncHttpClient<'c> for Web {
    type Error = Call;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Call>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request =
                request.try_into().map_err(|error: reqwest::Error| Error::internal(&error.without_url()))?;
            let answer = self.send(request).await?;
            // The statuses that RFC 6749 gives a meaning go on, the others are ours to read.
            if !matches!(answer.status, StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) {
                return Err(answer.refusal().unwrap_or_else(|| Error::new(ErrorCode::Platform)).into());
            }
            let mut response = HttpResponse::new(answer.body);
            *response.status_mut() = answer.status;
            Ok(response)
        })
    }
}

impl Attempt {
    /// The server that the browser was sent to.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Spends the code.
    pub async fn exchange(self, code: String, now: Timestamp) -> Result<(Server, Tokens), Refused> {
        let Self { server, verifier, .. } = self;
        let request = server.client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
        let answer = request.request_async(&server.web).await.map_err(refused)?;
        let tokens = Tokens::of(&answer, now)?;
        Ok((server, tokens))
    }
}

impl Tokens {
    /// `asked` is the moment of the question, so that the way back takes nothing off the tokens' life unnoticed.
    fn of(answer: &BasicTokenResponse, asked: Timestamp) -> Result<Self, Refused> {
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(Refused::Other(Error::new(ErrorCode::Platform).with("field", "token_type")));
        }
        let seconds = answer.expires_in().map_or(ASSUMED_SECONDS, |lives| lives.as_secs());
        let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        Ok(Self {
            access: Secret::new(answer.access_token().secret().clone()),
            refresh: answer.refresh_token().map(|token| Secret::new(token.secret().clone())),
            expires_at: Timestamp(asked.0.saturating_add(millis)),
        })
    }
}

/// Why a call of crate `oauth2` has no answer for it.
#[derive(Debug, thiserror::Error)]
pub enum Call {
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error(transparent)]
    Refused(#[from] Error),
}

fn refused(error: RequestTokenError<Call, BasicErrorResponse>) -> Refused {
    match error {
        RequestTokenError::ServerResponse(said) => {
            let words =
                Words::new(said.error().as_ref(), said.error_description().map_or("", String::as_str));
            match said.error() {
                BasicErrorResponseType::InvalidGrant => Refused::Grant(words.shown()),
                _ => Refused::Other(words.into_error(ErrorCode::Platform)),
            }
        }
        // The body may be an error under a status of success, or one that is not OAuth's. It may hold tokens, too: only
        // its words go on.
        RequestTokenError::Parse(_, body) => match serde_json::from_slice::<BasicErrorResponse>(&body) {
            Ok(said) => refused(RequestTokenError::ServerResponse(said)),
            Err(_) => Refused::Other(Words::of(&body).into_error(ErrorCode::Platform)),
        },
        RequestTokenError::Request(Call::Failed(failure)) => Refused::Other(failure.into()),
        RequestTokenError::Request(Call::Refused(error)) => Refused::Other(error),
        RequestTokenError::Other(_) => Refused::Other(Error::new(ErrorCode::Platform)),
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}
