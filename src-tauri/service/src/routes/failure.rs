//! What went wrong, as an answer: a fault of the protocol, and the status that goes with it.

use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Params;
use domain::protocol::{Fault, FaultCode, WORKSPACE_HEADER};

use utoipa::IntoResponses;

use crate::BODY_LIMIT;
use crate::error::StoreError;
use crate::identity::provider::TokenError;
use crate::import::ImportError;
use crate::limits::TooOften;
use crate::members::Denied;

/// The parameter that says when to come again.
const SECONDS: &str = "seconds";

/// A fault, as an answer.
#[derive(Debug, IntoResponses)]
#[response(
    status = "default",
    description = "A fault. 429 and some of 503 say when to come again, by `Retry-After`."
)]
pub(crate) struct Failure(pub(super) Fault);

impl Failure {
    pub(super) fn new(code: FaultCode) -> Self {
        Self(Fault { code, request: None, params: Params::new() })
    }

    #[expect(clippy::needless_pass_by_value, reason = "words and numbers, written out at the call")]
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.params.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::NotAMember) {
            return Self::new(FaultCode::Forbidden).with("reason", "removed");
        }
        tracing::error!(%error, "the store failed");
        match error.passing() {
            Some(reason) => Self::new(FaultCode::Unavailable).with("reason", reason),
            None => Self::new(FaultCode::Internal),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Role => Self::new(FaultCode::Forbidden).with("reason", "role"),
            ImportError::NotEmpty => Self::new(FaultCode::Invalid).with("reason", "not_empty"),
            ImportError::Unsound(what) => Self::new(FaultCode::Invalid).with("reason", what),
        }
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Store(error) => error.into(),
            Denied::SignedOut(None) => Self::new(FaultCode::SignedOut),
            Denied::SignedOut(Some(TokenError::Unavailable)) => {
                Self::new(FaultCode::Unavailable).with("reason", TokenError::Unavailable.word())
            }
            Denied::SignedOut(Some(error)) => Self::new(FaultCode::SignedOut).with("token", error.word()),
            Denied::Forbidden(reason) => Self::new(FaultCode::Forbidden).with("reason", reason),
            Denied::WhichWorkspace => {
                Self::new(FaultCode::Invalid).with("in", "header").with("header", WORKSPACE_HEADER)
            }
        }
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(FaultCode::TooLarge).with("max", BODY_LIMIT)
        } else {
            Self::new(FaultCode::Invalid).with("in", "body")
        }
    }
}

impl From<TooOften> for Failure {
    fn from(TooOften { by, seconds }: TooOften) -> Self {
        Self::new(FaultCode::RateLimited).with("by", by.word()).with(SECONDS, seconds)
    }
}

impl From<JsonRejection> for Failure {
    fn from(_: JsonRejection) -> Self {
        Self::new(FaultCode::Invalid).with("in", "body")
    }
}

impl IntoResponse for Failure {
    /// Status and headers. The fault goes along, and [`super::answered`] writes it: it knows the request's id.
    fn into_response(self) -> Response {
        let status = match self.0.code {
            FaultCode::SignedOut => StatusCode::UNAUTHORIZED,
            FaultCode::Forbidden => StatusCode::FORBIDDEN,
            FaultCode::Invalid => StatusCode::BAD_REQUEST,
            FaultCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FaultCode::ProtocolTooOld => StatusCode::UPGRADE_REQUIRED,
            FaultCode::NotFound => StatusCode::NOT_FOUND,
            FaultCode::WrongOffset => StatusCode::CONFLICT,
            FaultCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            FaultCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            FaultCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        };
        // RFC 6750, section 3: a token that was brought and is no good is told from none at all.
        let challenge = match self.0.params.get("token") {
            Some(why) => format!("Bearer error=\"invalid_token\", error_description=\"{why}\""),
            None => "Bearer".to_owned(),
        };
        let wait = self.0.params.get(SECONDS).and_then(|seconds| seconds.parse().ok());
        let mut response = status.into_response();
        if status == StatusCode::UNAUTHORIZED
            && let Ok(challenge) = challenge.parse()
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        response.extensions_mut().insert(self.0);
        response
    }
}
