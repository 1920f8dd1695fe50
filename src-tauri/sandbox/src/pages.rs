//! What all pages share: the frame, the headers, the style. No page has a script.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::problem::Problem;

/// A whole page, with its headers when it is sent.
pub(crate) struct Page {
    pub status: StatusCode,
    pub title: String,
    pub body: Markup,
    /// Where, beside the sandbox itself, a form of this page may end up: browsers hold redirects to it too.
    pub form_target: Option<String>,
}

impl Page {
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self { status: StatusCode::OK, title: title.into(), body, form_target: None }
    }

    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A page for a request that cannot be met.
    pub fn of(problem: &Problem) -> Self {
        let title = match problem.status {
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::GONE => "No longer valid",
            StatusCode::INTERNAL_SERVER_ERROR => "The sandbox failed",
            _ => "Not possible",
        };
        let body = html! {
            h1 { (title) }
            (alert(problem))
        };
        Self::new(title, body).status(problem.status)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · Sandbox" }
                    link rel="stylesheet" href="/sandbox.css";
                }
                body {
                    header { a href="/" { "Partner sandbox" } span { "Not Talkdesk: nothing here reaches it" } }
                    main { (self.body) }
                }
            }
        };
        let target = self.form_target.map(|target| format!(" {target}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action 'self'{target}; base-uri 'none'; frame-ancestors 'none'"
        );
        let mut headers = HeaderMap::new();
        let fixed = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
        let policy = HeaderValue::from_str(&policy);
        // A target that is no header text leaves the page with no form to send, which is the safe side.
        let policy =
            policy.unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; style-src 'self'"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        (self.status, headers, page.into_string()).into_response()
    }
}

/// A refusal as the pages show it.
pub(crate) fn alert(problem: &Problem) -> Markup {
    html! {
        div.alert role="alert" {
            p { (problem.message) }
            @if !problem.fields.is_empty() {
                ul { @for field in &problem.fields { li { code { (field.name) } " " (field.description) } } }
            }
        }
    }
}

pub(crate) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%-d %b %Y, %H:%M UTC")) } }
}

pub(crate) async fn home() -> Page {
    let body = html! {
        h1 { "Partner sandbox" }
        p { "This server plays Partner Project and Talkdesk ID for Partner Console. It is not Talkdesk, it knows \
             nothing of it, and everything in it is gone when it ends." }
        ul {
            li { a href="/reviewer" { "Reviewer" } ": answer what was submitted" }
            li { a href="/.well-known/oauth-authorization-server" { "Sign-in server metadata" } }
            li { a href="/health" { "Health" } }
        }
    };
    Page::new("Partner sandbox", body)
}

pub(crate) async fn style() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, include_str!("sandbox.css"))
}
