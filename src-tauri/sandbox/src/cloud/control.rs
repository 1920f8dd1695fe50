//! What a test, or a person who tries things out, lets happen in the cloud, and what it shows of itself.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{deliver, event};
use crate::problem::{JsonBody, Problem, Reading, Reviewer};
use crate::state::SandboxState;

pub(super) fn routes() -> Router<SandboxState> {
    Router::new()
        .route("/reviewer/api/installations/{id}", get(show))
        .route("/reviewer/api/installations/{id}/events", post(happen))
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
    Ok(Json(json!({ "id": id, "life": life, "state": life.state(state.now()) })))
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
