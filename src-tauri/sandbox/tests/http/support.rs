//! A sandbox on a free port with a clock that the test moves, and a client that follows no redirect.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use partner_sandbox::{Client, Clock, Running, Sandbox, SandboxOptions};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub const START: i64 = 1_790_000_000;
pub const APP: &str = "0191d8a0-0000-7000-8000-000000000001";
pub const VERSION: &str = "0191d8a0-0000-7000-8000-000000000002";

pub struct World {
    pub running: Running,
    pub http: reqwest::Client,
    seconds: Arc<AtomicI64>,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let location = headers.get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        Self { status, location, headers, text: response.text().await.unwrap() }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    /// The status and, of an error, its code or the names of its fields.
    #[track_caller]
    pub fn verdict(&self) -> String {
        let status = self.status.as_u16();
        if self.status.is_success() {
            return status.to_string();
        }
        let body = self.json();
        let code = body["code"].as_str().or(body["error"].as_str()).unwrap();
        let names =
            body["fields"].as_array().into_iter().flatten().map(|field| field["name"].as_str().unwrap());
        [status.to_string(), code.to_owned()]
            .into_iter()
            .chain(names.map(str::to_owned))
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut SandboxOptions)) -> Self {
        // Another test of this process may have installed it before; that is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let seconds = Arc::new(AtomicI64::new(START));
        let read = Arc::clone(&seconds);
        let mut options = SandboxOptions {
            clock: Clock::new(move || Timestamp::from_second(read.load(Ordering::SeqCst)).unwrap()),
            auto_consent: true,
            ..SandboxOptions::default()
        };
        let callback = "https://partner-app.example/callback?kept=1";
        options.clients.push(Client::confidential("partner-app", "s3cret&=+", callback));
        change(&mut options);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .unwrap();
        Self { running: Sandbox::start(options).await.unwrap(), http, seconds }
    }

    pub fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.running.url()))
    }

    pub fn partner(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(self.running.token())
    }

    pub fn reviewer(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(self.running.reviewer_token())
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn version(&self) -> Answer {
        send(self.partner(Method::GET, &version_path())).await
    }

    pub async fn submit(&self, body: &Value) -> Answer {
        send(self.partner(Method::POST, &format!("{}/submissions", version_path())).json(body)).await
    }

    pub async fn link(&self, query: &str) -> Answer {
        send(self.partner(Method::GET, &format!("{}/install-link{query}", version_path()))).await
    }

    pub async fn decide(&self, method: Method, id: &str, body: &Value) -> Answer {
        send(self.reviewer(method, &format!("/reviewer/api/submissions/{id}/decision")).json(body)).await
    }

    /// Submits the technical track and has it approved.
    pub async fn approved(&self) {
        let answer = self.submit(&submission(1, &["technical"])).await;
        assert_eq!(answer.status, 201);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let answer =
            self.decide(Method::POST, &id, &json!({ "track": "technical", "outcome": "approved" })).await;
        assert_eq!(answer.status, 200);
    }

    pub async fn fault(&self, fault: Value) -> Answer {
        send(self.reviewer(Method::PUT, "/faults").json(&json!([fault]))).await
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

pub fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    request.form(fields)
}

pub fn raw(request: RequestBuilder, kind: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    request.header(CONTENT_TYPE, kind).body(body)
}

pub fn version_path() -> String {
    format!("/partner-project/apps/{APP}/versions/{VERSION}")
}

pub fn submission_id(n: u8) -> String {
    format!("0191d8a0-0000-7000-8000-0000000001{n:02x}")
}

/// A submission with the `n`th id; otherwise always the same content.
pub fn submission(n: u8, tracks: &[&str]) -> Value {
    json!({
        "submission_id": submission_id(n),
        "app": { "id": APP, "name": "Call Notes", "slug": "call-notes" },
        "version": { "id": VERSION, "number": "1.3.0" },
        "tracks": tracks,
        "fields": {
            "display_name": "Call <b>Notes</b>",
            "scopes": [{ "scope": "contacts:read", "reason": "Shows the caller" }],
            "emails": [{ "type": "support", "email": "support@sample-apps.example" }],
        },
        "notes": "First round",
    })
}
