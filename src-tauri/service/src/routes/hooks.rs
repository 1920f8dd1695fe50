//! The events callback: deliveries come in by a key of their project, and by no token. Keys are made, shown once and
//! revoked by people; what came is read in pages.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use domain::Timestamp;
use domain::ids::ProjectId;
use domain::installation::{DeliveryFault, DeliveryStep, Received};
use domain::protocol::{AsItCame, Deliveries, FailingApps, FaultCode, Hooks, MadeHook, PassedOn, Try, Which};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use talkdesk::event::BODY_LIMIT;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Asked, Failure, page};
use crate::Service;
use crate::hooks::{NotKept, Outcome, may};
use crate::identity::{Caller, TokenHash};
use crate::relay::NotSet;
use crate::storage::hooks::{DeliveriesPage, Hook};

/// The most that are told of what was passed on.
const PASSED: usize = 500;
/// Below it stand keys: its paths are not logged.
pub(super) const CALLBACK: &str = "/hooks/";

pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(relayed))
        .routes(routes!(mirrored))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .routes(routes!(hooks, make))
        .routes(routes!(revoke))
        .routes(routes!(set_relay))
        .routes(routes!(passed))
        .routes(routes!(failing))
        .routes(routes!(replay))
        .routes(routes!(original))
        .routes(routes!(deliveries))
}

/// The key in the path. Nothing of a body is read before it is known.
impl FromRequestParts<Service> for Hook {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let unknown = || Failure::new(FaultCode::NotFound);
        let Path(path) =
            Path::<Vec<String>>::from_request_parts(parts, service).await.map_err(|_| unknown())?;
        let key = path.first().ok_or_else(unknown)?;
        let Some(hook) = service.hook(key).await? else {
            service.limits.address(parts)?;
            return Err(unknown());
        };
        service.limits.hook(TokenHash::of(key))?;
        if service.has_vault() { Ok(hook) } else { Err(NotKept::NoVault.into()) }
    }
}

/// Talkdesk's events callback.
#[utoipa::path(post, path = "/hooks/talkdesk/{key}", tag = "Talkdesk's events", params(("key" = String, Path)), request_body = Object, security(()), responses((status = 200, body = Object), Failure))]
async fn relayed(
    State(service): State<Service>,
    hook: Hook,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    received(&service, hook, &headers, body, Received::Relay).await
}

/// A copy that the app sends. Its credentials may be left out: then it does not verify, and is kept as it claims to be.
#[utoipa::path(post, path = "/hooks/talkdesk/{key}/mirror", tag = "Talkdesk's events", params(("key" = String, Path)), request_body = Object, security(()), responses((status = 200, body = Object), (status = 202, body = Object), Failure))]
async fn mirrored(
    State(service): State<Service>,
    hook: Hook,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    received(&service, hook, &headers, body, Received::Mirror).await
}

async fn received(
    service: &Service,
    hook: Hook,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    way: Received,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let body = match body {
        Ok(body) => Some(body),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => None,
        // The connection broke: nothing was received, and it comes again.
        Err(rejection) => return Err(rejection.into()),
    };
    let outcome = service.receive(hook, headers, body.as_deref(), way).await?;
    let answer = |status, word| Ok((status, Json(json!({ "delivery": word }))));
    match outcome {
        Outcome::Taken => answer(StatusCode::OK, "taken"),
        Outcome::Duplicate => answer(StatusCode::OK, "duplicate"),
        // It is sent again, and may verify then.
        Outcome::Unverified { passing: true, .. } => {
            Err(Failure::new(FaultCode::Unavailable).with("reason", "signature_key"))
        }
        Outcome::Unverified { why, .. } if way == Received::Mirror && why.step != DeliveryStep::Body => {
            answer(StatusCode::ACCEPTED, "unverified")
        }
        Outcome::Unverified { why, .. } if why.reason == DeliveryFault::TooLarge => {
            Err(Failure::new(FaultCode::TooLarge).with("max", BODY_LIMIT))
        }
        Outcome::Unverified { why, .. } => Err(Failure::new(FaultCode::Invalid)
            .with("step", word(why.step))
            .with("reason", word(why.reason))),
    }
}

/// The keys of the workspace.
#[utoipa::path(get, path = "/v1/hooks", tag = "Talkdesk's events", responses((status = 200, body = Hooks), Failure))]
async fn hooks(State(service): State<Service>, caller: Caller) -> Result<Json<Hooks>, Failure> {
    may(&caller)?;
    Ok(Json(Hooks { hooks: service.storage.hooks(caller.workspace).await? }))
}

#[derive(Deserialize, ToSchema)]
struct Wanted {
    project: ProjectId,
}

/// Makes a key for a project; its path is told this once.
#[utoipa::path(post, path = "/v1/hooks", tag = "Talkdesk's events", request_body = Wanted, responses((status = 201, body = MadeHook), Failure))]
async fn make(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<MadeHook>), Failure> {
    may(&caller)?;
    if !service.has_vault() {
        return Err(NotKept::NoVault.into());
    }
    let Json(Wanted { project }) = body?;
    let made = service.make_hook(&caller, project).await?;
    Ok((StatusCode::CREATED, Json(made.ok_or_else(|| Failure::new(FaultCode::NotFound))?)))
}

/// Revokes a key: nothing comes in by it any more.
#[utoipa::path(delete, path = "/v1/hooks/{id}", tag = "Talkdesk's events", params(("id" = Uuid, Path)), responses((status = 204), Failure))]
async fn revoke(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    may(&caller)?;
    let revoked = service.storage.revoke_hook(caller.workspace, id, (service.clock)()).await?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::new(FaultCode::NotFound)) }
}

/// An app behind the relay.
#[derive(Deserialize, ToSchema)]
struct App {
    /// Its own address for events; none ends the relay.
    url: Option<String>,
}

/// Has what comes in by a key passed on to an app, or to nobody.
#[utoipa::path(put, path = "/v1/hooks/{id}/relay", tag = "Talkdesk's events", params(("id" = Uuid, Path)), request_body = App, responses((status = 204), Failure))]
async fn set_relay(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Result<Json<App>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    may(&caller)?;
    let Json(App { url }) = body?;
    service.set_relay(&caller, id, url).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which delivery goes where.
#[derive(Deserialize, ToSchema)]
struct Replayed {
    #[serde(flatten)]
    which: Which,
    /// An address for events.
    url: String,
}

/// Sends a delivery that was kept to an address once more, as it came, and says what was answered. It is noted first.
#[utoipa::path(post, path = "/v1/replay", tag = "Talkdesk's events", request_body = Replayed, responses((status = 200, body = Try), Failure))]
async fn replay(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Replayed>, JsonRejection>,
) -> Result<Json<Try>, Failure> {
    may(&caller)?;
    let Json(Replayed { which, url }) = body?;
    Ok(Json(service.replay(&caller, which, &url).await?))
}

/// A delivery as it came, headers and body, its secrets hidden.
#[utoipa::path(post, path = "/v1/original", tag = "Talkdesk's events", request_body = Which, responses((status = 200, body = AsItCame), Failure))]
async fn original(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Which>, JsonRejection>,
) -> Result<Json<AsItCame>, Failure> {
    may(&caller)?;
    let Json(which) = body?;
    let came = service.as_it_came(caller.workspace, which).await?;
    came.map(Json).ok_or_else(|| Failure::new(FaultCode::NotFound))
}

impl From<NotSet> for Failure {
    fn from(error: NotSet) -> Self {
        match error {
            NotSet::NoHook => Self::new(FaultCode::NotFound),
            NotSet::Refused => Self::new(FaultCode::Forbidden).with("reason", "role"),
            NotSet::Blocked(why) => Self::new(FaultCode::Invalid).with("in", "url").with("reason", why),
            NotSet::Store(error) => error.into(),
        }
    }
}

/// The newest events that were or are to be passed on.
#[utoipa::path(get, path = "/v1/passed", tag = "Talkdesk's events", responses((status = 200, body = PassedOn), Failure))]
async fn passed(State(service): State<Service>, caller: Caller) -> Result<Json<PassedOn>, Failure> {
    may(&caller)?;
    Ok(Json(PassedOn { events: service.storage.passed(caller.workspace, PASSED).await? }))
}

/// The apps behind the relay that do not take what is passed on to them.
#[utoipa::path(get, path = "/v1/failing", tag = "Talkdesk's events", responses((status = 200, body = FailingApps), Failure))]
async fn failing(State(service): State<Service>, caller: Caller) -> Result<Json<FailingApps>, Failure> {
    may(&caller)?;
    let now = (service.clock)();
    Ok(Json(FailingApps { apps: service.failing(caller.workspace, Timestamp::default(), now).await? }))
}

/// Which of the deliveries.
#[derive(Deserialize)]
struct Untaken {
    /// Only those that no command was made of.
    #[serde(default)]
    untaken: bool,
}

/// What came after a number, without secrets.
#[utoipa::path(get, path = "/v1/deliveries", tag = "Talkdesk's events", params(Asked, ("untaken" = Option<bool>, Query)), responses((status = 200, body = Deliveries), Failure))]
async fn deliveries(
    State(service): State<Service>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
    which: Result<Query<Untaken>, QueryRejection>,
) -> Result<Json<DeliveriesPage>, Failure> {
    may(&caller)?;
    let Ok(Query(Untaken { untaken })) = which else {
        return Err(Failure::new(FaultCode::Invalid).with("in", "query"));
    };
    Ok(Json(service.storage.deliveries(caller.workspace, page(&query)?, untaken).await?))
}

impl From<NotKept> for Failure {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::NoVault => Self::new(FaultCode::Unavailable).with("reason", "vault"),
            NotKept::Store(error) => error.into(),
            NotKept::Vault(error) => {
                tracing::error!(%error, "the vault failed");
                Self::new(FaultCode::Internal)
            }
        }
    }
}

/// An enumeration's word as it stands in JSON.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
