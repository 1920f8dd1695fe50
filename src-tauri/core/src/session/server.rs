//! The authorization server: what crate `oauth2` does for us, and what our client does for it.

use std::pin::Pin;
use std::time::Duration;

use domain::{Place, Timestamp};
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenType};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use talkdesk::assertion::{Algorithm, SigningKey};
use url::Url;

use super::metadata::Metadata;
use super::person::{self, Person};
use super::registration::{AuthServer, ClientAuth, Registration};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::web::{Failure, Web, Words};

/// What an `OpenID` provider adds to its tokens.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct WithIdToken {
    id_token: Option<String>,
}

impl oauth2::ExtraTokenFields for WithIdToken {}

type Answer = StandardTokenResponse<WithIdToken, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    oauth2::basic::BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What is assumed of a token whose server does not say how long it holds.
const ASSUMED_SECONDS: u64 = 300;

#[derive(Clone)]
pub(super) struct Server {
    web: Web,
    pub metadata: Metadata,
    client: Client,
    client_id: String,
    proof: Proof,
}

/// What the client says who it is by.
#[derive(Clone)]
enum Proof {
    /// Its id alone.
    None,
    Basic(Secret<String>),
    /// A fresh assertion each time.
    Assertion {
        key: SigningKey,
        key_id: String,
    },
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A sign-in that waits for the browser.
pub(super) struct Attempt {
    server: Server,
    /// What the browser has to bring back.
    pub state: CsrfToken,
    verifier: PkceCodeVerifier,
    /// What the ID token has to bring back.
    nonce: CsrfToken,
}

#[derive(Clone)]
pub(super) struct Tokens {
    pub access: Secret<String>,
    pub refresh: Option<Secret<String>>,
    pub expires_at: Timestamp,
}

/// Why there are no tokens.
pub(super) enum Refused {
    /// The code or the refresh token is not taken (`invalid_grant`), in the server's words.
    Grant(String),
    /// Anything else: the same may work later.
    Other(Error),
}

impl Server {
    /// Asks the server where its endpoints are, where it says so.
    pub async fn find(
        registration: &Registration,
        secret: Option<Secret<String>>,
        within: Duration,
    ) -> Result<Self, Error> {
        let address = match &registration.server {
            AuthServer::Issuer { issuer } => issuer,
            AuthServer::Endpoints { token, .. } => token,
        };
        let address = Url::parse(address).map_err(|error| Error::internal(&error))?;
        let web = Web::new(&address)?.within(within);
        let metadata = Metadata::find(&web, registration).await?;
        Self::new(web, metadata, registration, secret)
    }

    /// A server that is known already.
    pub fn known(
        metadata: Metadata,
        registration: &Registration,
        secret: Option<Secret<String>>,
        within: Duration,
    ) -> Result<Self, Error> {
        let web = Web::new(&metadata.token)?.within(within);
        Self::new(web, metadata, registration, secret)
    }

    fn new(
        web: Web,
        metadata: Metadata,
        registration: &Registration,
        secret: Option<Secret<String>>,
    ) -> Result<Self, Error> {
        let no_secret = || Error::new(ErrorCode::Invalid).at(Place::input("secret"));
        let proof = match (&registration.auth, secret) {
            (ClientAuth::None, _) => Proof::None,
            (ClientAuth::Basic, Some(secret)) => Proof::Basic(secret),
            (ClientAuth::PrivateKeyJwt { algorithm, key_id }, Some(key)) => {
                let algorithm = Algorithm::named(algorithm).ok_or_else(no_secret)?;
                let key = SigningKey::read(algorithm, &key).map_err(|_| no_secret())?;
                Proof::Assertion { key, key_id: key_id.clone() }
            }
            (_, None) => return Err(no_secret()),
        };
        let client_id = registration.client_id.clone();
        let mut client = oauth2::Client::new(ClientId::new(client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(metadata.authorization.clone()))
            .set_token_uri(TokenUrl::from_url(metadata.token.clone()));
        match &proof {
            Proof::None => {}
            Proof::Basic(secret) => {
                client = client.set_client_secret(ClientSecret::new(secret.expose().clone()));
            }
            // The assertion goes into the body beside the client's id, as extra parameters.
            Proof::Assertion { .. } => client = client.set_auth_type(AuthType::RequestBody),
        }
        Ok(Self { web, metadata, client, client_id, proof })
    }

    /// What stands in the body of a request to say who the client is, besides its id. An assertion is for one request: its
    /// id is fresh.
    fn assertion(&self, now: Timestamp) -> Result<Vec<(&'static str, String)>, Error> {
        let Proof::Assertion { key, key_id } = &self.proof else { return Ok(Vec::new()) };
        let now = jiff::Timestamp::from_millisecond(now.0).map_err(|error| Error::internal(&error))?;
        let jti = uuid::Uuid::new_v4().to_string();
        let signed = key.assertion(key_id, &self.client_id, self.metadata.token.as_str(), &jti, now);
        let signed = signed.map_err(|error| Error::internal(&error))?;
        Ok(vec![
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", signed.expose().clone()),
        ])
    }

    /// The client's id there.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The issuer; the origin of its page, where it was entered by hand.
    pub fn name(&self) -> String {
        let origin = || self.metadata.authorization.origin().ascii_serialization();
        self.metadata.issuer.clone().unwrap_or_else(origin)
    }

    /// A new sign-in, and the address to send the browser to.
    pub fn attempt(mut self, redirect_uri: String, scopes: &[String]) -> Result<(Attempt, String), Error> {
        let redirect = RedirectUrl::new(redirect_uri).map_err(|error| Error::internal(&error))?;
        self.client = self.client.set_redirect_uri(redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random();
        let scopes = if scopes.is_empty() { &self.metadata.scopes } else { scopes };
        let mut request = self.client.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge);
        request = request.add_scopes(scopes.iter().map(|scope| Scope::new(scope.clone())));
        if scopes.iter().any(|scope| scope == "openid") {
            request = request.add_extra_param("nonce", nonce.secret());
        }
        if scopes.iter().any(|scope| scope == "offline_access") {
            // Without it no refresh token comes (OpenID Connect Core §11).
            request = request.add_extra_param("prompt", "consent");
        }
        let (address, state) = request.url();
        Ok((Attempt { server: self, state, verifier, nonce }, address.into()))
    }

    /// Refreshes. An answer that got lost may have rotated the token: it is asked for once more, since a server that
    /// knows of lost answers gives another, and one that does not has ended the session anyway.
    pub async fn refresh(&self, refresh: &Secret<String>, now: Timestamp) -> Result<Tokens, Refused> {
        let token = RefreshToken::new(refresh.expose().clone());
        let ask = async || {
            let proof =
                self.assertion(now).map_err(|error| RequestTokenError::Request(Call::Refused(error)))?;
            let mut request = self.client.exchange_refresh_token(&token);
            for (name, value) in proof {
                request = request.add_extra_param(name, value);
            }
            request.request_async(&self.web).await
        };
        let mut answer = ask().await;
        if matches!(answer, Err(RequestTokenError::Request(Call::Failed(Failure::Lost(_))))) {
            answer = ask().await;
        }
        let mut tokens = Tokens::of(&answer.map_err(refused)?, now)?;
        // A server that sends no new one lets the old one stand (RFC 6749 §6).
        tokens.refresh = tokens.refresh.or_else(|| Some(refresh.clone()));
        Ok(tokens)
    }

    /// Has the server forget the tokens (RFC 7009): the refresh token, with which the others go, or else the access
    /// token. Done here, as crate `oauth2` does it by https alone, and loopback is as good.
    pub async fn revoke(&self, tokens: &Tokens, now: Timestamp) -> Result<(), Error> {
        let Some(address) = self.metadata.revocation.clone() else { return Ok(()) };
        let (token, hint) = match &tokens.refresh {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&tokens.access, "access_token"),
        };
        let mut request = self.web.post(address);
        let body = {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair("token", token.expose()).append_pair("token_type_hint", hint);
            match &self.proof {
                Proof::None | Proof::Assertion { .. } => {
                    form.append_pair("client_id", &self.client_id).extend_pairs(self.assertion(now)?);
                }
                Proof::Basic(secret) => {
                    // Both are form-encoded first (RFC 6749 §2.3.1).
                    let coded = |text: &str| {
                        url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                    };
                    request = request.basic_auth(coded(&self.client_id), Some(coded(secret.expose())));
                }
            }
            form.finish()
        };
        let request = request
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .build()
            .map_err(|error| Error::internal(&error.without_url()))?;
        self.web.send(request).await?.refusal().map_or(Ok(()), Err)
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

    /// Spends the code, and asks who it is.
    pub async fn exchange(self, code: String, now: Timestamp) -> Result<(Server, Tokens, Person), Refused> {
        let Self { server, verifier, nonce, .. } = self;
        let mut request =
            server.client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
        for (name, value) in server.assertion(now)? {
            request = request.add_extra_param(name, value);
        }
        let answer = request.request_async(&server.web).await.map_err(refused)?;
        let tokens = Tokens::of(&answer, now)?;
        let person = person::who(
            &server.web,
            &server.metadata,
            &server.client_id,
            answer.extra_fields().id_token.as_deref(),
            nonce.secret(),
            &tokens.access,
            now,
        )
        .await?;
        Ok((server, tokens, person))
    }
}

impl Tokens {
    /// `asked` is the moment of the question, so that the way back takes nothing off the tokens' life unnoticed.
    fn of(answer: &Answer, asked: Timestamp) -> Result<Self, Refused> {
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
