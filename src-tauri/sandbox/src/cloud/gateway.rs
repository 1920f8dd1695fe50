//! The gateway of each region. Every call but the one for a signature key needs an access token of the installation that
//! it is about; who signed in to the app is asked with that person's.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Answer, SEVEN_DAYS, event};
use crate::model::Installation;
use crate::oauth::Person;
use crate::params::Asked;
use crate::problem::{JsonBody, Problem, bearer};
use crate::state::{SandboxState, World, digest};

const PER_PAGE: usize = 50;

pub(super) fn routes() -> Router<SandboxState> {
    let installation = "/gateway/{region}/apps/{app}/installations/{id}";
    Router::new()
        .route("/gateway/{region}/events/signature-keys/{key}", get(signature_key))
        .route("/gateway/{region}/users/me", get(me))
        .route("/gateway/{region}/apps/{app}/events/{event}", get(replay))
        .route(installation, get(show))
        .route(&format!("{installation}/users"), get(users))
        .route(&format!("{installation}/subscription"), get(subscription))
        .route(&format!("{installation}/trial"), get(trial))
        .route(&format!("{installation}/state"), post(acknowledge))
        .route(&format!("{installation}/credentials/{{client}}/state"), post(acknowledge_credentials))
        .route(&format!("{installation}/credentials/actions/rotate"), post(rotate))
}

/// An error in the shape that these routes are documented with: `{error}`.
pub(super) struct Refused(StatusCode, String);

impl Refused {
    fn new(status: StatusCode, error: &str) -> Self {
        Self(status, error.to_owned())
    }

    fn unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem.status, problem.message)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// The installation whose token was shown, with what the token is good for.
struct Caller {
    installation: Installation,
    client_id: String,
    scope: String,
}

/// A caller, and who signed in, where a person's token was shown: its client got it for a code.
struct SignedIn(Caller, Option<&'static Person>);

impl FromRequestParts<SandboxState> for SignedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Refused> {
        let token = bearer(&parts.headers).ok_or(unauthorised("An access token is needed"))?;
        let (world, now) = (state.world(), state.now());
        let granted = world.cloud.access.get(&digest(token)).filter(|granted| now < granted.expires);
        let own = granted.map(|granted| (granted.client_id.as_str(), None, granted.scope.as_str()));
        let of_person = || {
            let (client_id, person, scope) = world.grants.holder(token, now)?;
            Some((client_id, Some(person), scope))
        };
        let shown = own.or_else(of_person);
        let (client_id, person, scope) =
            shown.ok_or(unauthorised("The access token is not valid, or not any more"))?;
        let (id, set) = world.cloud.set(client_id).ok_or(unauthorised("The client is gone"))?;
        if !world.cloud.life(id)?.holds(set, now) {
            return Err(unauthorised("The credentials of this client have ended"));
        }
        let installation = super::installation(&world.project.installations, id)?.clone();
        // /gateway/{region}/…: another region's gateway knows nothing of this account.
        if parts.uri.path().split('/').nth(2) != Some(installation.region.as_str()) {
            return Err(unauthorised("The access token is of another region"));
        }
        let caller = Caller { installation, client_id: client_id.to_owned(), scope: scope.to_owned() };
        Ok(Self(caller, person))
    }
}

impl FromRequestParts<SandboxState> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Refused> {
        match SignedIn::from_request_parts(parts, state).await? {
            SignedIn(caller, None) => Ok(caller),
            SignedIn(_, Some(_)) => Err(unauthorised("The access token is a person's, not the app's own")),
        }
    }
}

fn unauthorised(error: &str) -> Refused {
    Refused::new(StatusCode::UNAUTHORIZED, error)
}

impl Caller {
    fn needs(&self, scope: &str) -> Result<(), Refused> {
        if self.scope.split(' ').any(|granted| granted == scope) {
            return Ok(());
        }
        Err(Refused::new(StatusCode::FORBIDDEN, &format!("The access token lacks the scope {scope}")))
    }

    /// That the path is about the caller's own installation.
    fn owns(&self, app: &str, id: &str) -> Result<(), Refused> {
        let own = self.installation.app_id == app && self.installation.id == id;
        if own { Ok(()) } else { Err(Refused::unknown()) }
    }
}

type Place = Path<(String, String, String)>;

async fn signature_key(
    State(state): State<SandboxState>,
    Path((region, key)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    let world = state.world();
    let cloud = &world.cloud;
    let mut keys = cloud.old_signature_keys.iter().chain([&cloud.signature_key]);
    let known = keys.find(|known| known.id == key && state.options().regions.contains(&region));
    let known = known.ok_or_else(Refused::unknown)?;
    let mut told =
        json!({ "public_key": known.public(), "key_id": known.id, "created_at": known.created_at });
    if let Some(end) = known.expires_at {
        told["expires_at"] = json!(end);
    }
    Ok(Json(told))
}

async fn me(SignedIn(caller, person): SignedIn) -> Json<Value> {
    if let Some(person) = person {
        return Json(person.told());
    }
    let account = caller.installation.account;
    Json(json!({ "id": caller.client_id, "name": "App", "account": account, "active": true }))
}

async fn replay(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((_, app, event)): Place,
) -> Result<Response, Refused> {
    caller.needs("events:read")?;
    let world = state.world();
    let own = &caller.installation;
    let known = world.cloud.events.iter().find(|kept| kept.id == event && kept.installation == own.id);
    let known = known.filter(|kept| kept.app == app).ok_or_else(Refused::unknown)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], known.body.clone()).into_response())
}

async fn show(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((region, app, id)): Place,
) -> Result<Json<Value>, Refused> {
    caller.owns(&app, &id)?;
    let world = state.world();
    let (own, life) = (&caller.installation, world.cloud.life(&id)?);
    let at = format!("{}/apps/{app}/installations/{id}", state.gateway(&region));
    let mut told = json!({
        "id": own.id, "app_id": own.app_id, "account_id": life.account_id, "scopes": scopes(&world, own),
        "auto_provision_filters": [{ "filter": "all" }], "created_at": own.created_at,
        "_embedded": {
            "created_by": { "id": "installing-admin", "name": "Installing admin" },
        },
        "_links": { "self": { "href": at } },
    });
    if let Some(state) = life.told_state(state.now()) {
        told["_embedded"]["state"] = state;
    }
    Ok(Json(told))
}

fn scopes(world: &World, own: &Installation) -> Vec<String> {
    let content = world.project.content(&own.app_id, &own.version_id);
    content.map(|content| crate::install::scope_names(&content.fields)).unwrap_or_default()
}

async fn users(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((region, app, id)): Place,
    Asked(params): Asked,
) -> Result<Json<Value>, Refused> {
    caller.owns(&app, &id)?;
    let world = state.world();
    let all = &world.cloud.life(&id)?.users;
    let page =
        params.get("page").and_then(|page| page.parse().ok()).filter(|page| *page > 0).unwrap_or(1_usize);
    let from = (page - 1).saturating_mul(PER_PAGE).min(all.len());
    let shown = &all[from..all.len().min(from + PER_PAGE)];
    let users: Vec<_> = shown.iter().map(|id| json!({ "id": id })).collect();
    let at = |page: usize| json!({ "href": format!("{}/apps/{app}/installations/{id}/users?page={page}", state.gateway(&region)) });
    let mut links = json!({ "self": at(page) });
    if from + PER_PAGE < all.len() {
        links["next"] = at(page + 1);
    }
    Ok(Json(json!({
        "total": all.len(), "count": users.len(), "page": page, "per_page": PER_PAGE,
        "_embedded": { "users": users }, "_links": links,
    })))
}

async fn subscription(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((_, app, id)): Place,
) -> Result<Json<Value>, Refused> {
    caller.owns(&app, &id)?;
    state.world().cloud.life(&id)?.plan.clone().map(Json).ok_or_else(Refused::unknown)
}

async fn trial(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((_, app, id)): Place,
) -> Result<Json<Value>, Refused> {
    caller.owns(&app, &id)?;
    state.world().cloud.life(&id)?.trial.clone().map(Json).ok_or_else(Refused::unknown)
}

async fn acknowledge(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((_, app, id)): Place,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refused> {
    caller.needs("apps:write")?;
    caller.owns(&app, &id)?;
    let (answer, reason) = (body["state"].as_str(), body["reason"].as_str().map(str::to_owned));
    let now = state.now();
    let mut world = state.world();
    let life = world.cloud.life_mut(&id)?;
    let state = match (answer, life.uninstalled) {
        (Some("approve"), false) => "completed",
        (Some("approve"), true) => "revoked",
        (Some("reject"), _) => "rejected",
        _ => return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "state must be approve or reject")),
    };
    if life.pending_since.is_none_or(|since| now >= since + SEVEN_DAYS) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "There is nothing to answer, or not any more"));
    }
    life.pending_since = None;
    let answer = life.answer.insert(Answer { state, reason, updated_at: now }).clone();
    if let Some(known) = world.project.installations.iter_mut().find(|known| known.id == id) {
        known.state = state;
    }
    Ok(Json(json!(answer)))
}

async fn acknowledge_credentials(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((_, app, id, client)): Path<(String, String, String, String)>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Refused> {
    caller.needs("apps:write")?;
    caller.owns(&app, &id)?;
    if body["state"] != "acknowledged" {
        return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "state must be acknowledged"));
    }
    let now = state.now();
    let mut world = state.world();
    let sets = &mut world.cloud.life_mut(&id)?.sets;
    let at = sets.iter().position(|set| set.client_id == client).ok_or_else(Refused::unknown)?;
    // Only the newest set, and only once: the others end by it.
    if at + 1 != sets.len() || at == 0 || sets[at].acknowledged {
        return Err(Refused::new(
            StatusCode::CONFLICT,
            "These credentials are not waiting to be acknowledged",
        ));
    }
    for old in &mut sets[..at] {
        old.until = Some(old.until.map_or(now, |until| until.min(now)));
    }
    sets[at].acknowledged = true;
    Ok(StatusCode::ACCEPTED)
}

async fn rotate(
    State(state): State<SandboxState>,
    caller: Caller,
    Path((_, app, id)): Place,
) -> Result<StatusCode, Refused> {
    caller.needs("apps:write")?;
    caller.owns(&app, &id)?;
    event::rotate(&state, &mut state.world(), &id, false)?;
    Ok(StatusCode::ACCEPTED)
}
