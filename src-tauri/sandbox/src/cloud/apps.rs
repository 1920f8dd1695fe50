//! The Apps API's subset that a partner's token may reach: list, show, change (OAS).
//!
//! Whether Talkdesk lets a partner's token change an app is not known; set a fault to play that it does not.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use crate::model::Content;
use crate::params::Asked;
use crate::problem::{FieldProblem, JsonBody, Partner, Problem, Reviewer, bearer};
use crate::state::{SandboxState, World};

const PER_PAGE: usize = 50;
/// What `PATCH` takes.
const CHANGEABLE: [&str; 9] =
    ["name", "active", "description", "sandbox", "assets", "slug", "capabilities", "urls", "render"];

pub(super) fn routes() -> Router<SandboxState> {
    Router::new()
        .route("/gateway/{region}/apps", get(list))
        .route("/gateway/{region}/apps/{app}", get(show).patch(change))
        .route("/reviewer/api/apps/{app}", put(place))
}

/// Proof that the caller may read the partner's apps, or change them: by the partner's token, or by that of a person who
/// signed in with the scope.
struct May<const CHANGE: bool>;

impl<const CHANGE: bool> FromRequestParts<SandboxState> for May<CHANGE> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &SandboxState) -> Result<Self, Problem> {
        let scope = {
            let world = state.world();
            bearer(&parts.headers).and_then(|token| world.grants.scope(token, state.now())).map(str::to_owned)
        };
        let needed = if CHANGE { "apps:write" } else { "apps:read" };
        match scope {
            Some(scope) if scope.split(' ').any(|granted| granted == needed) => Ok(Self),
            Some(_) => {
                let message = format!("The access token lacks the scope {needed}.");
                Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", message))
            }
            None => Partner::from_request_parts(parts, state).await.map(|_| Self),
        }
    }
}

/// An app as the API shows it: as it was placed here, or made of the latest version that was sent.
fn app(world: &World, id: &str) -> Result<Map<String, Value>, Problem> {
    let placed = world.cloud.apps.get(id).cloned();
    let sent = || world.project.contents().rfind(|content| content.app.id == id).map(of_content);
    placed.or_else(sent).ok_or_else(|| Problem::not_found("There is no such app."))
}

fn of_content(content: &Content) -> Map<String, Value> {
    let field = |name: &str| {
        let sent = content.fields.get(name);
        sent.and_then(|sent| sent.get("value")).or(sent).cloned().filter(|value| !value.is_null())
    };
    let urls = [
        ("installation_subscription", "events_callback_url"),
        ("launch_url", "standalone_url"),
        ("privacy_policy", "privacy_policy"),
        ("terms_of_service", "terms_of_service"),
        ("app_source", "app_source"),
    ];
    let mut listed: Vec<_> =
        urls.iter().filter_map(|(kind, name)| Some(json!({ "type": kind, "url": field(name)? }))).collect();
    let redirects = field("redirect_uris").and_then(|uris| uris.as_array().cloned()).unwrap_or_default();
    listed.extend(redirects.into_iter().map(|url| json!({ "type": "redirect_uri", "url": url })));
    let list = |name: &str| field(name).and_then(|list| list.as_array().cloned()).unwrap_or_default();
    let capabilities: Vec<_> = list("capabilities").iter().map(|name| json!({ "name": name })).collect();
    // An asset is an address: a picture that only its file is there of has none.
    let assets = [("icon", "icon"), ("screenshot", "screenshots"), ("video", "video")];
    let assets: Vec<_> = assets
        .into_iter()
        .flat_map(|(kind, name)| list(name).into_iter().map(move |asset| (kind, asset)))
        .filter(|(_, asset)| asset["url"].as_str().is_some_and(|url| !url.is_empty()))
        .map(
            |(kind, asset)| json!({ "type": kind, "description": asset["description"], "url": asset["url"] }),
        )
        .collect();
    let mut app = Map::new();
    for (name, value) in [
        ("id", Some(json!(content.app.id))),
        ("name", Some(json!(content.app.name))),
        ("slug", Some(json!(content.app.slug))),
        ("version_number", Some(json!(content.version.number))),
        ("scopes", Some(json!(crate::install::scope_names(&content.fields)))),
        ("urls", Some(json!(listed))),
        ("capabilities", Some(json!(capabilities))),
        ("assets", Some(json!(assets))),
        ("subscription_types", field("plans")),
        ("app_type", field("app_type")),
        ("display_name", field("display_name")),
        ("listing_summary", field("listing_summary")),
        ("description", field("description")),
        ("notes", field("notes")),
        ("render", field("render")),
        ("emails", field("emails")),
        ("sandbox", field("sandbox")),
    ] {
        app.extend(value.map(|value| (name.to_owned(), value)));
    }
    app
}

async fn list(
    State(state): State<SandboxState>,
    _: May<false>,
    Path(region): Path<String>,
    Asked(params): Asked,
) -> Result<Json<Value>, Problem> {
    let world = state.world();
    let mut ids: Vec<_> = world.cloud.apps.keys().map(String::as_str).collect();
    ids.extend(world.project.contents().map(|content| content.app.id.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let page =
        params.get("page").and_then(|page| page.parse().ok()).filter(|page| *page > 0).unwrap_or(1_usize);
    let from = (page - 1).saturating_mul(PER_PAGE).min(ids.len());
    let shown = &ids[from..ids.len().min(from + PER_PAGE)];
    let apps = shown.iter().map(|id| app(&world, id)).collect::<Result<Vec<_>, _>>()?;
    let mut links = json!({ "self": { "href": format!("{}/apps?page={page}", state.gateway(&region)) } });
    if from + PER_PAGE < ids.len() {
        links["next"] = json!({ "href": format!("{}/apps?page={}", state.gateway(&region), page + 1) });
    }
    Ok(Json(json!({
        "total": ids.len(), "count": apps.len(), "page": page, "per_page": PER_PAGE,
        "_embedded": { "apps": apps }, "_links": links,
    })))
}

async fn show(
    State(state): State<SandboxState>,
    _: May<false>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    app(&state.world(), &id).map(|app| Json(app.into()))
}

async fn change(
    State(state): State<SandboxState>,
    _: May<true>,
    Path((_, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let mut world = state.world();
    let mut app = app(&world, &id)?;
    let Value::Object(changes) = body else { return Err(wrong("app", "Must be an object.")) };
    for (name, value) in changes {
        if !CHANGEABLE.contains(&name.as_str()) {
            return Err(wrong(&name, "Cannot be changed by this call."));
        }
        app.insert(name, value);
    }
    world.cloud.apps.insert(id, app.clone());
    Ok(Json(app.into()))
}

/// Puts an app here as it lives at Talkdesk already.
async fn place(
    State(state): State<SandboxState>,
    _: Reviewer,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let Value::Object(mut app) = body else { return Err(wrong("app", "Must be an object.")) };
    app.insert("id".to_owned(), json!(id));
    state.world().cloud.apps.insert(id, app.clone());
    Ok(Json(app.into()))
}

fn wrong(name: &str, description: &str) -> Problem {
    Problem::invalid(vec![FieldProblem { name: name.to_owned(), description: description.to_owned() }])
}
