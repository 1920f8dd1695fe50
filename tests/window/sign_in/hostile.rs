//! An authorization server whose page tries what it can against the window that shows it, and tells how it went.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::driver::{LONG, poll};

const PAGE: &str = include_str!("hostile.html");

pub struct Hostile {
    origin: String,
    shared: Arc<Shared>,
}

struct Shared {
    origin: String,
    redirect: String,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    reports: BTreeMap<String, String>,
    quiet: bool,
    go: bool,
    /// Whether a request came that carried something of the app.
    saw: bool,
}

impl Hostile {
    pub async fn start(redirect: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let shared =
            Arc::new(Shared { origin: origin.clone(), redirect: redirect.to_owned(), now: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/authorize", get(page))
            .route("/report", post(report))
            .route("/go", get(go))
            .route("/loot", get(loot))
            .route(
                "/token",
                post(async || {
                    Json(json!({ "access_token": "a1", "token_type": "Bearer", "expires_in": 600 }))
                }),
            )
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { origin, shared })
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// From now on its page only stands there.
    pub fn be_quiet(&self) {
        self.shared.now.lock().unwrap().quiet = true;
    }

    /// What the page told of so many attacks, once it told of all; the next visit begins with none.
    pub async fn reports(&self, of: usize) -> Result<BTreeMap<String, String>> {
        let told = poll(LONG, async || {
            let mut now = self.shared.now.lock().unwrap();
            (now.reports.len() >= of).then(|| std::mem::take(&mut now.reports))
        });
        told.await
            .with_context(|| format!("the page told only of {:?}", self.shared.now.lock().unwrap().reports))
    }

    /// Lets the page go to the redirect.
    pub fn let_go(&self) {
        self.shared.now.lock().unwrap().go = true;
    }

    pub fn saw_the_app(&self) -> bool {
        self.shared.now.lock().unwrap().saw
    }
}

async fn metadata(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let origin = &shared.origin;
    Json(json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
    }))
}

async fn page(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Html<String> {
    let mut now = shared.now.lock().unwrap();
    now.go = false;
    if now.quiet {
        return Html("<title>Sign in</title><p>Who are you?".to_owned());
    }
    let back = format!("{}?code=c0de&state={}", shared.redirect, query["state"]);
    Html(PAGE.replace("{back}", &back))
}

async fn report(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(told): Json<Value>) {
    let mut now = shared.now.lock().unwrap();
    let from = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    now.saw |= from.starts_with("tauri")
        || told["told"].as_str().is_some_and(|told| told.contains("Partner Console"));
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    now.reports.insert(text("attack"), text("told"));
}

async fn go(State(shared): State<Arc<Shared>>) -> Json<bool> {
    Json(shared.now.lock().unwrap().go)
}

async fn loot() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "application/octet-stream"),
            (header::CONTENT_DISPOSITION, "attachment; filename=loot.bin"),
        ],
        "loot",
    )
}
