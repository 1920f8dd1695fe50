//! The reviewer's pages: the list of submissions, and one of them with a form for each track.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;

use super::form::findings;
use super::session::begin;
use crate::model::{Decision, Outcome, Severity, Submission, Track, TrackState};
use crate::pages::{Page, alert, time};
use crate::params::{Asked, Params};
use crate::problem::Problem;
use crate::state::{SandboxState, Session};

/// How many blank rows for findings a form has, as no script can add one. The page comes again with as many.
const BLANK_FINDINGS: usize = 3;

pub(super) async fn list(
    State(state): State<SandboxState>,
    Asked(params): Asked,
    session: Result<Session, Response>,
) -> Response {
    if let Some(token) = params.get("token") {
        return begin(&state, token);
    }
    if let Err(ask) = session {
        return ask;
    }
    let submissions = state.world().project.submissions.clone();
    let body = html! {
        h1 { "Submissions" }
        @if submissions.is_empty() {
            p.muted { "Nothing was submitted yet." }
        } @else {
            table {
                thead { tr { th { "App" } th { "Version" } th { "Tracks" } th { "Received" } } }
                tbody { @for submission in submissions.iter().rev() { tr {
                    td { a href={ "/reviewer/submissions/" (submission.id) } { (submission.content.app.name) } }
                    td { (submission.content.version.number) }
                    td { @for &track in &submission.tracks { div { (title(track)) " " (chip(submission.state(track))) } } }
                    td { (time(submission.received_at)) }
                } } }
            }
        }
    };
    Page::new("Submissions", body).into_response()
}

pub(super) async fn detail(
    State(state): State<SandboxState>,
    session: Session,
    Path(id): Path<String>,
) -> Page {
    of_submission(&state, &session, &id, None).unwrap_or_else(|problem| Page::of(&problem))
}

/// A submission's page; after a refusal with what was typed.
pub(super) fn of_submission(
    state: &SandboxState,
    session: &Session,
    id: &str,
    refused: Option<(&Problem, &Params)>,
) -> Result<Page, Problem> {
    let world = state.world();
    let submission = world.project.submission(id)?.clone();
    let content = &submission.content;
    let link = world.project.link_in_force(&content.app.id, &content.version.id).cloned();
    drop(world);
    let refused_of = |track: Track| refused.filter(|(_, typed)| typed.typed("track") == track.name());
    let body = html! {
        p { a href="/reviewer" { "All submissions" } }
        h1 { (content.app.name) " " (content.version.number) }
        p.muted { code { (content.app.slug) } " · received " (time(submission.received_at)) }
        @if let Some((problem, typed)) = refused && Track::parse(typed.typed("track")).is_none() { (alert(problem)) }
        @for &track in &submission.tracks {
            (of_track(&submission, track, session, refused_of(track)))
        }
        @if let Some(notes) = &submission.notes {
            h2 { "Notes" }
            p.text { (notes) }
        }
        h2 { "Fields" }
        @if content.fields.is_empty() {
            p.muted { "None were sent." }
        } @else {
            table { tbody { @for (name, value) in &content.fields {
                tr { th scope="row" { (name) } td { (field(value)) } }
            } } }
        }
        @if let Some(link) = &link {
            h2 { "Installation link" }
            p { code id="install-link" { (state.link_url(&link.token)) } }
            p.hint { "Given out " (time(link.created_at)) ". " a href={ "/i/" (link.token) } { "Open it here" } }
            form method="post" action={ "/reviewer/submissions/" (submission.id) "/rotate-link" } {
                input type="hidden" name="csrf" value=(session.csrf);
                button type="submit" { "Replace by a new link" }
            }
        }
    };
    Ok(Page::new(format!("{} {}", content.app.name, content.version.number), body))
}

fn of_track(
    submission: &Submission,
    track: Track,
    session: &Session,
    refused: Option<(&Problem, &Params)>,
) -> Markup {
    let decision = submission.decisions.get(&track);
    html! {
        section.track id=(track.name()) {
            h2 { (title(track)) " " (chip(submission.state(track))) }
            @if let Some((problem, _)) = refused { (alert(problem)) }
            @if let Some(decision) = decision { (decided(decision)) }
            @if decision.is_none() {
                (decision_form(submission, track, session, refused.map(|(_, typed)| typed)))
            } @else {
                details open[refused.is_some()] {
                    summary { "Correct this decision" }
                    (decision_form(submission, track, session, refused.map(|(_, typed)| typed)))
                }
            }
        }
    }
}

fn decided(decision: &Decision) -> Markup {
    html! {
        p.muted {
            "Decided " (time(decision.decided_at))
            @if let Some(at) = decision.corrected_at { ", corrected " (time(at)) }
        }
        @if let Some(message) = &decision.message { p.text { (message) } }
        @if !decision.findings.is_empty() {
            table { tbody { @for finding in &decision.findings { tr {
                td { span.chip.(severity(finding.severity)) { (severity(finding.severity)) } }
                td { span.text { (finding.text) } }
                td { @if let Some(field) = &finding.field { code { (field) } } }
            } } } }
        }
    }
}

/// The form of a decision, filled with what was typed, else with the decision that stands.
fn decision_form(submission: &Submission, track: Track, session: &Session, typed: Option<&Params>) -> Markup {
    let decision = submission.decisions.get(&track);
    let outcome = match (typed, decision.map(|decision| decision.outcome)) {
        (Some(typed), _) => typed.typed("outcome"),
        (None, Some(Outcome::Approved)) => "approved",
        (None, Some(Outcome::Rejected)) => "rejected",
        (None, None) => "",
    };
    let message = match typed {
        Some(typed) => typed.typed("message"),
        None => decision.and_then(|decision| decision.message.as_deref()).unwrap_or_default(),
    };
    let mut rows = match (typed, decision) {
        (Some(typed), _) => findings(typed),
        (None, Some(decision)) => decision
            .findings
            .iter()
            .map(|f| (f.text.as_str(), severity(f.severity), f.field.as_deref().unwrap_or_default()))
            .collect(),
        (None, None) => Vec::new(),
    };
    rows.extend([("", "major", ""); BLANK_FINDINGS]);
    let fields = format!("{}-fields", track.name());
    html! {
        form method="post" action={ "/reviewer/submissions/" (submission.id) "/decision" } {
            input type="hidden" name="csrf" value=(session.csrf);
            input type="hidden" name="track" value=(track.name());
            @if decision.is_some() { input type="hidden" name="correct" value="yes"; }
            fieldset {
                legend { "Outcome" }
                @for (name, text) in [("approved", "Approve"), ("rejected", "Reject")] {
                    label.choice {
                        input type="radio" name="outcome" value=(name) required checked[name == outcome];
                        (text)
                    }
                }
            }
            fieldset {
                legend { "Findings" }
                p.hint { "Rows left blank are not sent." }
                datalist id=(fields) { @for name in submission.content.fields.keys() { option value=(name); } }
                @for (text, chosen, field) in rows {
                    div.finding {
                        input type="text" name="finding_text" value=(text) placeholder="What must change"
                            aria-label="Finding";
                        select name="finding_severity" aria-label="Severity" {
                            @for name in SEVERITIES.map(severity) {
                                option value=(name) selected[name == chosen] { (name) }
                            }
                        }
                        input type="text" name="finding_field" value=(field) placeholder="Field" list=(fields)
                            aria-label="Field";
                    }
                }
            }
            label for={ (track.name()) "-message" } { "Message to the partner" }
            // The line break after the tag is HTML's own and is dropped; without it one that was typed would be.
            textarea id={ (track.name()) "-message" } name="message" { "\n" (message) }
            button.primary type="submit" { @if decision.is_some() { "Correct" } @else { "Decide" } }
        }
    }
}

/// An opaque value: texts as they are, the rest as JSON.
fn field(value: &Value) -> Markup {
    match value {
        Value::String(text) => html! { span.text { (text) } },
        Value::Bool(_) | Value::Number(_) | Value::Null => html! { code { (value) } },
        Value::Array(_) | Value::Object(_) => html! { pre { (format!("{value:#}")) } },
    }
}

const SEVERITIES: [Severity; 3] = [Severity::Blocker, Severity::Major, Severity::Minor];

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker => "blocker",
        Severity::Major => "major",
        Severity::Minor => "minor",
    }
}

fn title(track: Track) -> &'static str {
    match track {
        Track::Technical => "Technical",
        Track::Marketplace => "Marketplace",
    }
}

fn chip(state: TrackState) -> Markup {
    let (class, text) = match state {
        TrackState::NotSubmitted => ("not_submitted", "Not submitted"),
        TrackState::InReview => ("in_review", "In review"),
        TrackState::Approved => ("approved", "Approved"),
        TrackState::Rejected => ("rejected", "Rejected"),
    };
    html! { span.chip.(class) { (text) } }
}
