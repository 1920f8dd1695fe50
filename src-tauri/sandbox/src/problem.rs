//! The one form of an error on the wire, Talkdesk's REST convention `{code, message, fields?}`, and the extractors
//! that answer with it: bearer tokens and JSON bodies.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Bytes};
use serde::Serialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::state::SandboxState;

#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FieldProblem {
    pub name: String,
    pub description: String,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), fields: Vec::new() }
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub fn invalid(fields: Vec<FieldProblem>) -> Self {
        let message = "Some fields are missing or wrong.";
        Self { fields, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message) }
    }
}

impl From<getrandom::Error> for Problem {
    fn from(error: getrandom::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", format!("No random numbers: {error}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The token after `Authorization: Bearer`, if there is one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Compares in constant time, so that an answer's delay tells nothing about a secret.
pub(crate) fn same_secret(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// Proof that the request carries the partner's token.
pub(crate) struct Partner;

/// Proof that the request carries the reviewer's token.
pub(crate) struct Reviewer;

fn authorised(parts: &Parts, expected: &str) -> Result<(), Problem> {
    match bearer(&parts.headers) {
        Some(token) if same_secret(token, expected) => Ok(()),
        Some(_) => Err("This token is not accepted here."),
        None => Err("A bearer token is needed."),
    }
    .map_err(|message| Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message))
}

impl FromRequestParts<SandboxState> for Partner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Problem> {
        authorised(parts, state.token()).map(|()| Self)
    }
}

impl FromRequestParts<SandboxState> for Reviewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Problem> {
        authorised(parts, state.reviewer_token()).map(|()| Self)
    }
}

/// A body that is JSON and says so.
pub(crate) struct JsonBody(pub Value);

impl FromRequest<SandboxState> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &SandboxState) -> Result<Self, Problem> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let message = "The body must be application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| unreadable(&rejection))?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "bad_json", error.to_string()))
    }
}

pub(crate) fn unreadable(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is larger than 1 MiB.")
    } else {
        Problem::new(StatusCode::BAD_REQUEST, "bad_body", "The body could not be read.")
    }
}

/// Reads members out of a JSON body and gathers everything that is wrong with them, so that one answer names it all.
pub(crate) struct Reading<'a> {
    body: &'a Value,
    wrong: Vec<FieldProblem>,
}

impl<'a> Reading<'a> {
    pub fn new(body: &'a Value) -> Self {
        Self { body, wrong: Vec::new() }
    }

    pub fn wrong(&mut self, name: &str, description: &str) {
        self.wrong.push(FieldProblem { name: name.to_owned(), description: description.to_owned() });
    }

    /// The member at a dotted path; JSON's null counts as absent.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        let found = name.split('.').try_fold(self.body, |value, key| value.get(key));
        found.filter(|value| !value.is_null())
    }

    /// A text of 1 to `longest` characters that is not blank.
    pub fn text(&mut self, name: &str, longest: usize) -> String {
        match self.get(name).map(Value::as_str) {
            Some(Some(text)) if text.chars().count() > longest => {
                self.wrong(name, &format!("At most {longest} characters."));
            }
            Some(Some(text)) if !text.trim().is_empty() => return text.to_owned(),
            Some(None) => self.wrong(name, "Must be a text."),
            _ => self.wrong(name, "Is missing."),
        }
        String::new()
    }

    /// Like [`Self::text`], but may be absent or empty.
    pub fn optional_text(&mut self, name: &str, longest: usize) -> Option<String> {
        let blank = self.get(name).is_none_or(|value| value.as_str().is_some_and(|t| t.trim().is_empty()));
        if blank { None } else { Some(self.text(name, longest)) }
    }

    pub fn end(self) -> Result<(), Problem> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(self.wrong)) }
    }
}
