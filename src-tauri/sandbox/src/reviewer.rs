//! The reviewer who answers for Talkdesk: an API for tests here, the same by hand in a browser in [`page`].

mod form;
mod page;
mod session;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{Decision, Finding, Outcome, Severity, Submission, Track};
use crate::problem::{JsonBody, Problem, Reading, Reviewer};
use crate::state::{SandboxState, new_id};

const LONGEST_TEXT: usize = 10_000;

pub(crate) fn routes() -> Router<SandboxState> {
    Router::new()
        .route("/reviewer", get(page::list))
        .route("/reviewer/session", post(session::start))
        .route("/reviewer/submissions/{id}", get(page::detail))
        .route("/reviewer/submissions/{id}/decision", post(form::decide))
        .route("/reviewer/submissions/{id}/rotate-link", post(form::rotate_link))
        .route("/reviewer/api/submissions", get(submissions))
        .route("/reviewer/api/submissions/{id}", get(submission))
        .route("/reviewer/api/submissions/{id}/decision", post(decide).put(correct))
        .route("/reviewer/api/installations", get(installations))
}

async fn submissions(State(state): State<SandboxState>, _: Reviewer) -> Json<Vec<Value>> {
    Json(state.world().project.submissions.iter().map(told).collect())
}

async fn submission(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    state.world().project.submission(&id).map(|found| Json(told(found)))
}

async fn installations(State(state): State<SandboxState>, _: Reviewer) -> Json<Value> {
    Json(json!(state.world().project.installations))
}

async fn decide(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let (track, decision) = read_decision(&body, &state)?;
    state.world().project.decide(&id, track, decision, false).map(|decided| Json(told(decided)))
}

async fn correct(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let (track, decision) = read_decision(&body, &state)?;
    state.world().project.decide(&id, track, decision, true).map(|decided| Json(told(decided)))
}

/// A submission as the reviewer sees it.
fn told(submission: &Submission) -> Value {
    let tracks: serde_json::Map<_, _> = submission
        .tracks
        .iter()
        .map(|&track| {
            let decision = submission.decisions.get(&track);
            (track.name().to_owned(), json!({ "state": submission.state(track), "decision": decision }))
        })
        .collect();
    json!({
        "id": submission.id,
        "submission_id": submission.submission_id,
        "received_at": submission.received_at,
        "app": submission.content.app,
        "version": submission.content.version,
        "fields": submission.content.fields,
        "notes": submission.notes,
        "tracks": tracks,
    })
}

/// Reads a decision, from the API's JSON or from what a form sent, put into the same shape.
fn read_decision(body: &Value, state: &SandboxState) -> Result<(Track, Decision), Problem> {
    let mut reading = Reading::new(body);
    let track = reading.get("track").and_then(Value::as_str).and_then(Track::parse);
    if track.is_none() {
        reading.wrong("track", "Must be technical or marketplace.");
    }
    let outcome = match reading.get("outcome").and_then(Value::as_str) {
        Some("approved") => Some(Outcome::Approved),
        Some("rejected") => Some(Outcome::Rejected),
        _ => {
            reading.wrong("outcome", "Must be approved or rejected.");
            None
        }
    };
    let message = reading.optional_text("message", LONGEST_TEXT);
    if reading.get("findings").is_some_and(|findings| !findings.is_array()) {
        reading.wrong("findings", "Must be a list.");
    }
    let mut findings = Vec::new();
    for (at, finding) in reading.get("findings").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let mut of_finding = Reading::new(finding);
        let text = of_finding.text("text", LONGEST_TEXT);
        let field = of_finding.optional_text("field", LONGEST_TEXT);
        let severity = of_finding.get("severity").and_then(|s| Severity::deserialize(s).ok());
        if severity.is_none() {
            of_finding.wrong("severity", "Must be blocker, major or minor.");
        }
        if let Err(problem) = of_finding.end() {
            for field in problem.fields {
                reading.wrong(&format!("findings.{at}.{}", field.name), &field.description);
            }
        }
        if let (Some(track), Some(severity)) = (track, severity) {
            findings.push(Finding { id: new_id()?, track, field, severity, text });
        }
    }
    if outcome == Some(Outcome::Rejected) && findings.is_empty() && message.is_none() {
        reading.wrong("findings", "A rejection needs a finding or a message.");
    }
    reading.end()?;
    match (track, outcome) {
        (Some(track), Some(outcome)) => {
            let decided_at = state.now();
            Ok((track, Decision { outcome, findings, message, decided_at, corrected_at: None }))
        }
        // Both were named as wrong above.
        _ => Err(Problem::invalid(Vec::new())),
    }
}
