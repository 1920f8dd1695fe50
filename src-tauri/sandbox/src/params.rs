//! The parameters of a query or a form, in their order and with their repeats.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;

use crate::pages::Page;
use crate::problem::{Problem, unreadable};
use crate::state::SandboxState;

#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// All values under this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first value under this name; one that is empty counts as absent (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The first value under this name, or nothing typed.
    pub fn typed(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether a parameter is there more than once, which OAuth forbids.
    pub fn repeats(&self) -> bool {
        let names = || self.0.iter().map(|(name, _)| name);
        names().enumerate().any(|(at, name)| names().skip(at + 1).any(|other| other == name))
    }
}

/// Whether a body says that it is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The query's parameters.
pub(crate) struct Asked(pub Params);

impl FromRequestParts<SandboxState> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &SandboxState) -> Result<Self, Infallible> {
        Ok(Self(Params::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// What was typed into a form of one of the sandbox's pages.
pub(crate) struct Form(pub Params);

impl FromRequest<SandboxState> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &SandboxState) -> Result<Self, Response> {
        let refused = |problem: &Problem| Page::of(problem).into_response();
        if !is_form(request.headers()) {
            let message = "This is no form.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(refused(&Problem::new(status, "unsupported_media_type", message)));
        }
        let body = Bytes::from_request(request, state).await;
        body.map(|body| Self(Params::parse(&body))).map_err(|rejection| refused(&unreadable(&rejection)))
    }
}
