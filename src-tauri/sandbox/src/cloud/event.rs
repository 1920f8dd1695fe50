//! What happens to an installation, told as the documented events.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::credentials::CredentialSet;
use super::{Life, SEVEN_DAYS, deliver};
use crate::model::Installation;
use crate::problem::{FieldProblem, Problem};
use crate::state::{SandboxState, World, new_id};

const TRIAL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An event as it was told, to be told again letter by letter.
#[derive(Serialize)]
pub(super) struct Kept {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub app: String,
    pub installation: String,
    pub created_at: Timestamp,
    #[serde(skip)]
    pub body: Vec<u8>,
}

/// An account has installed a version that wants events: its credentials are made, and it is told.
pub(crate) fn installed(state: &SandboxState, world: &mut World, id: &str) -> Result<(), Problem> {
    begin(state, world, id, false).map(drop)
}

/// A life begins; answers with the id of its first event.
pub(super) fn begin(
    state: &SandboxState,
    world: &mut World,
    id: &str,
    told_on_demand: bool,
) -> Result<String, Problem> {
    let set = CredentialSet::new(state.options().key_algorithm)?;
    let data = set.told();
    let life = Life { pending_since: Some(state.now()), told_on_demand, ..Life::new(new_id()?, set) };
    world.cloud.lives.insert(id.to_owned(), life);
    tell(state, world, id, "app.installed", data)
}

/// Lets something happen to an installation. `body` is `{type, …}` with what the type needs.
pub(super) fn happen(
    state: &SandboxState,
    world: &mut World,
    id: &str,
    kind: &str,
    body: &Value,
) -> Result<String, Problem> {
    let now = state.now();
    let given = |name: &str| body.get(name).cloned().filter(|value| !value.is_null());
    let life = world.cloud.life_mut(id)?;
    if life.uninstalled && kind != "app.uninstalled" {
        return Err(Problem::conflict("uninstalled", "The app is uninstalled from this account."));
    }
    let data = match kind {
        "app.updated" => {
            let list = |name: &str| -> Vec<String> {
                let users = body.get("users").and_then(|users| users.get(name));
                users.and_then(|users| serde_json::from_value(users.clone()).ok()).unwrap_or_default()
            };
            let removed = list("removing");
            life.users.retain(|user| !removed.contains(user));
            for user in list("adding") {
                if !life.users.contains(&user) {
                    life.users.push(user);
                }
            }
            if let Some(plan) = given("subscription").and_then(|plan| plan.get("adding").cloned()) {
                life.plan = Some(plan);
            }
            life.pending_since = Some(now);
            members(["users", "subscription"].map(|name| (name, given(name))))
        }
        "app.uninstalled" => {
            life.uninstalled = true;
            life.pending_since = Some(now);
            let reason = given("reason").unwrap_or_else(|| json!({ "type": "other", "message": "" }));
            members([("reason", Some(reason))])
        }
        "app.trial_started" => {
            let ends = given("expires_at").unwrap_or_else(|| json!(now + TRIAL));
            life.trial = Some(json!({ "expires_at": ends }));
            members([("expires_at", Some(ends))])
        }
        // Its payload is not documented: what the test says goes out.
        "app.trial_extended" => members([("expires_at", given("expires_at"))]),
        "app.trial_ended" => {
            let ends = life.trial.take().and_then(|trial| trial.get("expires_at").cloned());
            members([
                ("expires_at", ends.or_else(|| given("expires_at"))),
                ("ended_at", Some(json!(now))),
                ("ended_reason", given("ended_reason").or_else(|| Some(json!("trial_expired")))),
                ("ended_by", given("ended_by").or_else(|| Some(json!("system")))),
            ])
        }
        "user.logout" => {
            let wanted = ["user_id", "user_email"].map(|name| (name, given(name)));
            if wanted.iter().any(|(_, value)| value.is_none()) {
                return Err(wrong("user_id", "user.logout needs user_id and user_email."));
            }
            members(wanted)
        }
        "app.credentials_rotated" => {
            return rotate(state, world, id, body.get("compromised").and_then(Value::as_bool) == Some(true));
        }
        _ => {
            return Err(wrong("type", "Is none of the documented types that can happen to an installation."));
        }
    };
    tell(state, world, id, kind, data)
}

/// A new set of credentials. The old one holds seven days more, or ends at once where it is compromised.
pub(super) fn rotate(
    state: &SandboxState,
    world: &mut World,
    id: &str,
    compromised: bool,
) -> Result<String, Problem> {
    let now = state.now();
    let set = CredentialSet::new(state.options().key_algorithm)?;
    let data = set.told();
    let life = world.cloud.life_mut(id)?;
    let ends = if compromised { now } else { now + SEVEN_DAYS };
    for old in &mut life.sets {
        old.until = Some(old.until.map_or(ends, |until| until.min(ends)));
    }
    life.sets.push(set);
    tell(state, world, id, "app.credentials_rotated", data)
}

fn members<const N: usize>(given: [(&str, Option<Value>); N]) -> Map<String, Value> {
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn wrong(name: &str, description: &str) -> Problem {
    Problem::invalid(vec![FieldProblem { name: name.to_owned(), description: description.to_owned() }])
}

/// Writes an event down and sends it off; answers with its id.
fn tell(
    state: &SandboxState,
    world: &mut World,
    id: &str,
    kind: &str,
    more: Map<String, Value>,
) -> Result<String, Problem> {
    let of: Installation = super::installation(&world.project.installations, id)?.clone();
    let (event_id, created_at) = (new_id()?, state.now());
    let mut data = members([
        ("installation_id", Some(json!(of.id))),
        ("account_id", Some(json!(world.cloud.life(id)?.account_id))),
        ("account_name", Some(json!(of.account))),
    ]);
    data.extend(more);
    let (root, talkdesk_id) = (state.gateway(&of.region), state.talkdesk_id(&of.account));
    let link = |href: String| json!({ "href": href });
    let mut event = json!({
        "id": event_id, "created_at": created_at, "api_version": "1", "type": kind, "app_id": of.app_id,
        "data": data,
        "_links": {
            "root": link(root.clone()),
            "self": link(format!("{root}/apps/{}/events/{event_id}", of.app_id)),
            "tokens": link(format!("{talkdesk_id}/oauth/token")),
            "authorization": link(format!("{talkdesk_id}/oauth/authorize")),
            "installation": link(format!("{root}/apps/{}/installations/{}", of.app_id, of.id)),
            "userinfo": link(format!("{root}/users/me")),
        },
    });
    // Trial and logout events name no version.
    if !kind.starts_with("app.trial") && kind != "user.logout" {
        let version = world.project.content(&of.app_id, &of.version_id)?.version.number.clone();
        event["app_version_id"] = json!(of.version_id);
        event["app_version_name"] = json!(version);
    }
    world.cloud.events.push(Kept {
        id: event_id.clone(),
        kind: kind.to_owned(),
        app: of.app_id.clone(),
        installation: of.id.clone(),
        created_at,
        body: event.to_string().into_bytes(),
    });
    if !world.cloud.life(id)?.told_on_demand {
        let callback = deliver::callback(&world.project.content(&of.app_id, &of.version_id)?.fields);
        deliver::begin(state, world, &event_id, callback);
    }
    Ok(event_id)
}
