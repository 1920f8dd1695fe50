//! Events of a test installation, signed and handed to the partner, who delivers them to an app that trusts this gateway:
//! a deployment for tests. What they tell of is real here: its credentials get tokens, its key is at the gateway.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::event;
use crate::model::Installation;
use crate::partner_project::Place;
use crate::problem::{JsonBody, Partner, Problem, Reading};
use crate::state::{SandboxState, World, new_id};

const LONGEST: usize = 100;

pub(super) fn routes() -> Router<SandboxState> {
    Router::new().route("/partner-project/apps/{app}/versions/{version}/test-events", post(tell))
}

async fn tell(
    State(state): State<SandboxState>,
    _: Partner,
    Place(app, version): Place,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut reading = Reading::new(&body);
    let kind = reading.text("type", LONGEST);
    let installation = reading.optional_text("installation", LONGEST);
    reading.end()?;
    let mut world = state.world();
    let (installation, event) = match installation {
        Some(known) => {
            // A life that others live is not played with.
            let of_tests = world.cloud.life(&known)?.told_on_demand;
            let own = super::installation(&world.project.installations, &known)?;
            if !of_tests || (own.app_id.as_str(), own.version_id.as_str()) != (app.as_str(), version.as_str())
            {
                return Err(super::unknown_installation());
            }
            let event = event::happen(&state, &mut world, &known, &kind, &body)?;
            (known, event)
        }
        None if kind == "app.installed" => install(&state, &mut world, &app, &version)?,
        None => {
            let message = "A test installation begins with app.installed.";
            return Err(Problem::conflict("not_installed", message));
        }
    };
    let cloud = &world.cloud;
    let told = cloud.events.iter().rfind(|told| told.id == event);
    let told = told.ok_or_else(|| Problem::not_found("There is no such event."))?;
    let signature = cloud.signature_key.sign(&told.body, state.options().signature_raw);
    let answer = json!({
        "installation": installation, "event_id": event, "type": told.kind,
        "key_id": cloud.signature_key.id, "signature": signature,
        "body": String::from_utf8_lossy(&told.body),
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// On an account of its own.
fn install(
    state: &SandboxState,
    world: &mut World,
    app: &str,
    version: &str,
) -> Result<(String, String), Problem> {
    world.project.content(app, version)?;
    let id = new_id()?;
    let region = state.options().regions.first().cloned().unwrap_or_default();
    world.project.install(Installation {
        id: id.clone(),
        app_id: app.to_owned(),
        version_id: version.to_owned(),
        account: format!("test-{}", &id[..8]),
        region,
        state: "pending",
        created_at: state.now(),
    })?;
    let event = event::begin(state, world, &id, true)?;
    Ok((id, event))
}
