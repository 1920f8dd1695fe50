//! How Talkdesk's events reach the team's service: the addresses of a project, made, shown once and revoked.

use domain::protocol::{HookRow, PassedEvent, Try, Which};
use domain::{Mark, Timestamp, ids::CommandId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::common::{By, Done, Nothing, People, ProjectArgs};
use super::with_view;
use crate::engine::Engine;
use crate::error::Error;

/// How deliveries of a project reach the service.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReceivingView {
    /// Whether there is a service that can take them: of a workspace on this computer alone there is none.
    pub team: bool,
    /// Its addresses, newest first, revoked ones too.
    pub hooks: Vec<HookView>,
}

/// An address by which deliveries come in. What it reads as was told once.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HookView {
    /// Its id.
    pub id: Uuid,
    /// Who made it.
    pub made: By,
    /// Since when nothing comes in by it.
    pub revoked_at: Option<Timestamp>,
    /// Where what comes in by it goes on to.
    pub relay: Option<RelayView>,
}

/// Where what comes in goes on to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RelayView {
    /// The app's own address.
    pub url: String,
    /// Who set it.
    pub set: By,
    /// How many events wait for the app.
    pub waiting: u32,
    /// Since when the app takes none.
    pub failing_since: Option<Timestamp>,
}

/// Names a delivery and where it goes once more.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReplayArgs {
    /// Which.
    pub which: Which,
    /// An address for events.
    pub url: String,
}

/// Has what comes in by an address go on to the app, or nowhere.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RelayArgs {
    /// The address's id.
    pub id: Uuid,
    /// The app's own address; none ends the relay.
    pub url: Option<String>,
}

/// An address that was made. It has no `Debug`: whoever knows it can deliver.
#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MadeHookView {
    /// Its id.
    pub id: Uuid,
    /// The events callback URL of a version, in full. It is told this once.
    pub url: String,
}

/// Names an address.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HookArgs {
    /// Which.
    pub id: Uuid,
}

pub(super) async fn receiving(engine: &Engine, args: ProjectArgs) -> Result<ReceivingView, Error> {
    if !engine.is_team() {
        return Ok(ReceivingView { team: false, hooks: Vec::new() });
    }
    let hooks = engine.receiving()?.hooks().await?;
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let of_project = hooks.into_iter().rev().filter(|hook| hook.project == args.project);
        Ok(ReceivingView { team: true, hooks: of_project.map(|hook| hook_view(&hook, &people)).collect() })
    })
    .await
}

fn hook_view(hook: &HookRow, people: &People<'_>) -> HookView {
    let by = |by, at| people.by(&Mark { by, at, command: CommandId::from_u128(0) });
    let relay = hook.relay.as_ref().map(|relay| RelayView {
        url: relay.url.clone(),
        set: by(relay.set_by, relay.set_at),
        waiting: relay.waiting,
        failing_since: relay.failing_since,
    });
    HookView { id: hook.id, made: by(hook.made_by, hook.made_at), revoked_at: hook.revoked_at, relay }
}

/// Makes an address, shown this once.
pub(super) async fn make_hook(engine: &Engine, args: ProjectArgs) -> Result<MadeHookView, Error> {
    let mut url = engine.team_url()?;
    let made = engine.receiving()?.make_hook(args.project).await?;
    let path = format!("{}{}", url.path().trim_end_matches('/'), made.path);
    url.set_path(&path);
    engine.told(&["receiving"]);
    Ok(MadeHookView { id: made.id, url: url.into() })
}

/// Has what comes in by an address go on to the app, or nowhere.
pub(super) async fn set_relay(engine: &Engine, args: RelayArgs) -> Result<Done, Error> {
    engine.receiving()?.set_relay(args.id, args.url.as_deref()).await?;
    engine.told(&["receiving"]);
    Ok(Done {})
}

/// Sends a delivery to an address once more, as it came.
pub(super) async fn replay_delivery(engine: &Engine, args: ReplayArgs) -> Result<Try, Error> {
    engine.replay(&args.which, &args.url).await
}

/// What the app behind the relay answered to the newest events; nothing where there is no service.
pub(super) async fn passed(engine: &Engine, _: Nothing) -> Result<Vec<PassedEvent>, Error> {
    if !engine.is_team() {
        return Ok(Vec::new());
    }
    engine.receiving()?.passed().await
}

/// Has nothing come in by an address any more.
pub(super) async fn revoke_hook(engine: &Engine, args: HookArgs) -> Result<Done, Error> {
    engine.receiving()?.revoke_hook(args.id).await?;
    engine.told(&["receiving"]);
    Ok(Done {})
}
