//! The partner's side of Partner Project: register a draft, submit, ask for the standing, fetch the installation link.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::model::{App, Content, Decision, Finding, Link, Project, Submission, Track, TrackState, Version};
use crate::params::Asked;
use crate::problem::{JsonBody, Partner, Problem, Reading, Reviewer};
use crate::state::{SandboxState, new_id, random};

/// The app and version that a path names.
pub(crate) struct Place(pub String, pub String);

impl FromRequestParts<SandboxState> for Place {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Problem> {
        let ids = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((app, version)) = ids.map_err(|_| Problem::not_found("The path is malformed."))?;
        Ok(Self(app, version))
    }
}

const LONGEST_NAME: usize = 500;
const LONGEST_NOTES: usize = 100_000;

pub(crate) async fn submit(
    State(state): State<SandboxState>,
    _: Partner,
    Place(app, version): Place,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut reading = Reading::new(&body);
    let submission_id = reading.text("submission_id", LONGEST_NAME);
    let submission_id = match Uuid::parse_str(&submission_id) {
        Ok(id) => id.hyphenated().to_string(),
        Err(_) if submission_id.is_empty() => submission_id,
        Err(_) => {
            reading.wrong("submission_id", "Must be a UUID.");
            submission_id
        }
    };
    let tracks = read_tracks(&mut reading);
    let notes = reading.optional_text("notes", LONGEST_NOTES);
    let content = read_content(&mut reading, &app, &version);
    reading.end()?;

    let (id, received_at) = (new_id()?, state.now());
    let decisions = BTreeMap::new();
    let new = Submission { id, submission_id, received_at, tracks, content, notes, decisions };
    let mut world = state.world();
    let (taken, is_new) = world.project.submit(new)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let receipt = json!({ "id": taken.id, "received_at": taken.received_at, "state": TrackState::InReview });
    Ok((status, Json(receipt)))
}

fn read_tracks(reading: &mut Reading<'_>) -> Vec<Track> {
    let names = reading.get("tracks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if names.is_empty() {
        reading.wrong("tracks", "Must be a list that names technical, marketplace, or both.");
    }
    let mut tracks: Vec<_> = names.iter().filter_map(|name| name.as_str().and_then(Track::parse)).collect();
    if tracks.len() < names.len() {
        reading.wrong("tracks", "Only technical and marketplace are tracks.");
    }
    let given = tracks.len();
    tracks.sort_unstable();
    tracks.dedup();
    if tracks.len() < given {
        reading.wrong("tracks", "A track is named twice.");
    }
    tracks
}

fn read_content(reading: &mut Reading<'_>, app: &str, version: &str) -> Content {
    let mut text = |name: &str| reading.text(name, LONGEST_NAME);
    let sent = Content {
        app: App { id: text("app.id"), name: text("app.name"), slug: text("app.slug") },
        version: Version { id: text("version.id"), number: text("version.number") },
        fields: Map::new(),
    };
    for (name, sent, addressed) in [("app.id", &sent.app.id, app), ("version.id", &sent.version.id, version)]
    {
        if !sent.is_empty() && sent != addressed {
            reading.wrong(name, "Differs from the address.");
        }
    }
    match reading.get("fields") {
        Some(Value::Object(fields)) => return Content { fields: fields.clone(), ..sent },
        Some(_) => reading.wrong("fields", "Must be an object."),
        None => reading.wrong("fields", "Is missing."),
    }
    sent
}

pub(crate) async fn draft(
    State(state): State<SandboxState>,
    _: Partner,
    Place(app, version): Place,
    JsonBody(body): JsonBody,
) -> Result<Json<Standing>, Problem> {
    let mut reading = Reading::new(&body);
    let content = read_content(&mut reading, &app, &version);
    reading.end()?;
    let mut world = state.world();
    world.project.draft(content)?;
    Standing::of(&world.project, &app, &version).map(Json)
}

/// How a version stands, as its partner may know it.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    app: App,
    version: Version,
    tracks: Tracks,
}

#[derive(Debug, Serialize)]
struct Tracks {
    technical: TrackStanding,
    marketplace: TrackStanding,
}

#[derive(Debug, Serialize)]
struct TrackStanding {
    rounds: usize,
    #[serde(flatten)]
    latest: Round,
    history: Vec<Round>,
}

#[derive(Debug, Serialize)]
struct Round {
    state: TrackState,
    submission_id: Option<String>,
    received_at: Option<Timestamp>,
    decided_at: Option<Timestamp>,
    corrected_at: Option<Timestamp>,
    message: Option<String>,
    findings: Vec<Finding>,
}

impl Standing {
    fn of(project: &Project, app: &str, version: &str) -> Result<Self, Problem> {
        let Content { app, version, .. } = project.content(app, version)?.clone();
        let track = |track| {
            let history: Vec<_> =
                project.rounds(&app.id, &version.id, track).map(|s| Round::of(Some(s), track)).collect();
            let latest = project.rounds(&app.id, &version.id, track).next_back();
            TrackStanding { rounds: history.len(), latest: Round::of(latest, track), history }
        };
        let tracks = Tracks { technical: track(Track::Technical), marketplace: track(Track::Marketplace) };
        Ok(Self { app, version, tracks })
    }
}

impl Round {
    fn of(submission: Option<&Submission>, track: Track) -> Self {
        let decision: Option<&Decision> = submission.and_then(|s| s.decisions.get(&track));
        Self {
            state: submission.map_or(TrackState::NotSubmitted, |s| s.state(track)),
            submission_id: submission.map(|s| s.submission_id.clone()),
            received_at: submission.map(|s| s.received_at),
            decided_at: decision.map(|d| d.decided_at),
            corrected_at: decision.and_then(|d| d.corrected_at),
            message: decision.and_then(|d| d.message.clone()),
            findings: decision.map(|d| d.findings.clone()).unwrap_or_default(),
        }
    }
}

pub(crate) async fn version(
    State(state): State<SandboxState>,
    _: Partner,
    Place(app, version): Place,
) -> Result<Json<Standing>, Problem> {
    Standing::of(&state.world().project, &app, &version).map(Json)
}

pub(crate) async fn install_link(
    State(state): State<SandboxState>,
    _: Partner,
    Place(app, version): Place,
    Asked(params): Asked,
) -> Result<Json<Value>, Problem> {
    let (now, token) = (state.now(), random()?);
    let mut world = state.world();
    world.project.content(&app, &version)?;
    let exempt = params.get("account").is_some_and(|account| state.is_own_account(account));
    if !exempt && !world.project.is_installable(&app, &version) {
        let message =
            "Installable once the technical track is approved, except on own and Talkdesk accounts.";
        return Err(Problem::conflict("not_installable", message));
    }
    let given = world.project.link_in_force(&app, &version).cloned();
    let link = given.unwrap_or_else(|| world.project.new_link(&app, &version, token, now));
    Ok(Json(link_body(&state, &link)))
}

pub(crate) async fn rotate_link(
    State(state): State<SandboxState>,
    _: Reviewer,
    Place(app, version): Place,
) -> Result<Json<Value>, Problem> {
    let link = supersede_link(&state, &app, &version)?;
    Ok(Json(link_body(&state, &link)))
}

/// Supersedes the link in force; one that was never given out cannot be.
pub(crate) fn supersede_link(state: &SandboxState, app: &str, version: &str) -> Result<Link, Problem> {
    let (now, token) = (state.now(), random()?);
    let mut world = state.world();
    world.project.content(app, version)?;
    if world.project.link_in_force(app, version).is_none() {
        let message = "No installation link of this version was given out yet.";
        return Err(Problem::conflict("no_install_link", message));
    }
    Ok(world.project.new_link(app, version, token, now))
}

fn link_body(state: &SandboxState, link: &Link) -> Value {
    json!({ "url": state.link_url(&link.token), "created_at": link.created_at })
}
