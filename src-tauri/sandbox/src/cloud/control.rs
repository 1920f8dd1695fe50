//! What a test, or a person who tries things out, lets happen in the cloud, and what it shows of itself.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{SetState, deliver, event, keys};
use crate::problem::{JsonBody, Problem, Reading, Reviewer};
use crate::state::SandboxState;

pub(super) fn routes() -> Router<SandboxState> {
    Router::new()
        .route("/reviewer/api/installations/{id}", get(show))
        .route("/reviewer/api/installations/{id}/state", put(set_state).delete(true_state))
        .route("/reviewer/api/installations/{id}/events", post(happen))
        .route("/reviewer/api/signature-keys", post(new_signature_key))
        .route("/reviewer/api/events", get(events))
        .route("/reviewer/api/events/{id}/deliveries", post(again))
        .route("/reviewer/api/deliveries", get(deliveries))
}

async fn show(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = state.world();
    let life = world.cloud.life(&id)?;
    Ok(Json(json!({ "id": id, "life": life, "state": life.told_state(state.now()) })))
}

const LONGEST: usize = 1_000;

/// Has the gateways say this of an installation's state, whatever is true of it.
async fn set_state(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let mut reading = Reading::new(&body);
    let none = body.get("state").is_some_and(Value::is_null);
    let told = if none { None } else { Some(reading.text("state", LONGEST)) };
    let reason = reading.optional_text("reason", LONGEST);
    reading.end()?;
    let mut world = state.world();
    let life = world.cloud.life_mut(&id)?;
    let set = life.set_state.insert(SetState { state: told, reason, updated_at: state.now() });
    Ok(Json(json!(set)))
}

async fn true_state(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.world().cloud.life_mut(&id)?.set_state = None;
    Ok(StatusCode::NO_CONTENT)
}

/// Deliveries are signed by another key from now on.
async fn new_signature_key(
    State(state): State<SandboxState>,
    _: Reviewer,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut reading = Reading::new(&body);
    let [expires_at, old_expires_at] =
        ["expires_at", "old_expires_at"].map(|name| optional_time(&mut reading, name));
    reading.end()?;
    let mut key = keys::SignatureKey::new(state.options().signature_curve, state.now())?;
    key.expires_at = expires_at;
    let mut world = state.world();
    let cloud = &mut world.cloud;
    let mut old = std::mem::replace(&mut cloud.signature_key, key);
    old.expires_at = old_expires_at.or(old.expires_at);
    let told = json!({ "key_id": cloud.signature_key.id, "old_key_id": old.id });
    cloud.old_signature_keys.push(old);
    Ok((StatusCode::CREATED, Json(told)))
}

fn optional_time(reading: &mut Reading<'_>, name: &str) -> Option<Timestamp> {
    let text = reading.optional_text(name, LONGEST)?;
    let time = text.parse().ok();
    if time.is_none() {
        reading.wrong(name, "Must be a time, such as 2026-12-31T12:00:00Z.");
    }
    time
}

async fn happen(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut reading = Reading::new(&body);
    let kind = reading.text("type", 100);
    reading.end()?;
    let event = event::happen(&state, &mut state.world(), &id, &kind, &body)?;
    Ok((StatusCode::CREATED, Json(json!({ "event_id": event }))))
}

async fn events(State(state): State<SandboxState>, _: Reviewer) -> Json<Value> {
    Json(json!(state.world().cloud.events))
}

async fn deliveries(State(state): State<SandboxState>, _: Reviewer) -> Json<Value> {
    Json(json!(state.world().cloud.deliveries))
}

/// Delivers an event again, as it was.
async fn again(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = state.world();
    let known = world.cloud.events.iter().find(|event| event.id == id);
    let known = known.ok_or_else(|| Problem::not_found("There is no such event."))?;
    let of = super::installation(&world.project.installations, &known.installation)?;
    let callback = deliver::callback(&world.project.content(&of.app_id, &of.version_id)?.fields);
    deliver::begin(&state, &mut world, &id, callback);
    Ok(StatusCode::ACCEPTED)
}
