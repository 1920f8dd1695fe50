//! A callback that answers as it is told: an app that is not written yet, for whoever sends events. Faults on the route
//! `receiver` let it refuse, redirect, dawdle or hang, as Talkdesk's own test receiver does.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::problem::{Problem, Reviewer, unreadable};
use crate::state::SandboxState;

/// What is remembered; the oldest is forgotten first.
const KEPT: usize = 1_000;

#[derive(Debug, Serialize)]
pub(super) struct Received {
    at: Timestamp,
    signature: Option<String>,
    key_id: Option<String>,
    body: String,
}

pub(super) fn routes() -> Router<SandboxState> {
    Router::new().route("/receiver", post(receive)).route("/reviewer/api/received", get(received))
}

async fn receive(
    State(state): State<SandboxState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|rejection| unreadable(&rejection))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (signature, key_id) = (text("x-hub-ecdsa-signature"), text("x-hub-ecdsa-signature-id"));
    let got =
        Received { at: state.now(), signature, key_id, body: String::from_utf8_lossy(&body).into_owned() };
    let kept = &mut state.world().cloud.received;
    if kept.len() == KEPT {
        kept.remove(0);
    }
    kept.push(got);
    Ok(StatusCode::OK)
}

async fn received(State(state): State<SandboxState>, _: Reviewer) -> Json<Value> {
    Json(json!(state.world().cloud.received))
}
