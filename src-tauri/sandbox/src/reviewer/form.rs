//! What the reviewer's forms send, put into the API's shape, so that one reader judges both.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::{page, read_decision};
use crate::pages::Page;
use crate::params::{Form, Params};
use crate::partner_project::supersede_link;
use crate::problem::Problem;
use crate::state::{SandboxState, Session};

/// The findings typed: text, severity, field. Rows with neither text nor field are blank ones that were left.
pub(super) fn findings(typed: &Params) -> Vec<(&str, &str, &str)> {
    let rows = typed.all("finding_text").zip(typed.all("finding_severity")).zip(typed.all("finding_field"));
    rows.map(|((text, severity), field)| (text, severity, field))
        .filter(|(text, _, field)| !(text.trim().is_empty() && field.trim().is_empty()))
        .collect()
}

pub(super) async fn decide(
    State(state): State<SandboxState>,
    session: Session,
    Path(id): Path<String>,
    Form(typed): Form,
) -> Response {
    let done = session.check(typed.typed("csrf")).and_then(|()| {
        let (track, decision) = read_decision(&as_json(&typed), &state)?;
        let correct = !typed.typed("correct").is_empty();
        state.world().project.decide(&id, track, decision, correct).map(|decided| decided.id.clone())
    });
    match done {
        Ok(id) => Redirect::to(&format!("/reviewer/submissions/{id}")).into_response(),
        Err(problem) => again(&state, &session, &id, &problem, &typed),
    }
}

fn as_json(typed: &Params) -> Value {
    let findings: Vec<_> = findings(typed)
        .into_iter()
        .map(|(text, severity, field)| json!({ "text": text, "severity": severity, "field": field }))
        .collect();
    json!({
        "track": typed.typed("track"),
        "outcome": typed.typed("outcome"),
        "message": typed.typed("message"),
        "findings": findings,
    })
}

pub(super) async fn rotate_link(
    State(state): State<SandboxState>,
    session: Session,
    Path(id): Path<String>,
    Form(typed): Form,
) -> Response {
    let done = session.check(typed.typed("csrf")).and_then(|()| {
        let (app, version) = {
            let world = state.world();
            let content = &world.project.submission(&id)?.content;
            (content.app.id.clone(), content.version.id.clone())
        };
        supersede_link(&state, &app, &version)
    });
    match done {
        Ok(_) => Redirect::to(&format!("/reviewer/submissions/{id}")).into_response(),
        Err(problem) => again(&state, &session, &id, &problem, &typed),
    }
}

/// The page again, with what was refused and what was typed.
fn again(state: &SandboxState, session: &Session, id: &str, problem: &Problem, typed: &Params) -> Response {
    let page = page::of_submission(state, session, id, Some((problem, typed)));
    page.map_or_else(|problem| Page::of(&problem), |page| page.status(problem.status)).into_response()
}
