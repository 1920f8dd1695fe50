//! Events: what was delivered, verified or not and why, and taking a delivery by hand.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::InstallationId;
use intake::Incoming;
use serde::{Deserialize, Serialize};

use super::common::{By, Done, Nothing, People};
use super::with_view;
use crate::engine::{Delivery, Engine};
use crate::error::{Error, ErrorCode};
use crate::store::{DeliveryFilter, DeliveryRow, EventRow, Listed};
use crate::vault::{Kind, Name};
use domain::installation::{CheckedStep, Received, may_hold_credentials};
use domain::protocol::{AsItCame, Which};
use domain::{Mark, Place, Timestamp, ids::CommandId};

/// A delivery as somebody has it.
#[derive(Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryArgs {
    /// `X-Hub-Ecdsa-Signature`; empty if it was not there.
    pub signature: String,
    /// `X-Hub-Ecdsa-Signature-Id`; empty if it was not there.
    pub key_id: String,
    /// The raw body in base64: its bytes count, not its meaning.
    pub body: String,
}

/// What became of a delivery.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryView {
    /// In a word.
    pub outcome: Outcome,
    /// The steps in their order. After the first that failed none was tried.
    pub steps: Vec<CheckedStep>,
    /// The installation that it belongs to.
    pub installation: Option<InstallationId>,
    /// The event's id at Talkdesk; only a verified one has it.
    pub event: Option<String>,
}

/// What became of a delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DeliveryOutcome"))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Verified and taken.
    Taken,
    /// Verified, and taken before.
    Duplicate,
    /// Verified, and about no installation.
    About,
    /// Not from Talkdesk, or changed on the way.
    Refused,
    /// The key could not be had: nothing is known of it.
    Unknown,
}

/// Names an event at Talkdesk.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FetchArgs {
    /// Whose gateway is asked, with its own credentials.
    pub installation: InstallationId,
    /// The event's id.
    pub event: String,
}

/// Where the listener begins.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ListenArgs {
    /// The port of loopback; 0 is any that is free.
    pub port: u16,
}

/// Names a delivery.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WhichArgs {
    /// Which.
    pub which: Which,
}

/// The listener of this computer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ListenerView {
    /// Where a tunnel leads to.
    pub url: String,
    /// Since when it listens.
    pub since: Timestamp,
    /// How many came that are verified.
    pub taken: u32,
    /// How many came that are not.
    pub refused: u32,
    /// Why one was neither last.
    pub error: Option<Error>,
}

/// Which page of which deliveries.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventsArgs {
    /// Verified or not; both without.
    pub verified: Option<bool>,
    /// Words that stand in it.
    pub text: String,
    /// How many to leave out, newest first.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
}

/// A page of deliveries.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventsView {
    /// Its rows, newest first.
    pub rows: Vec<ListedView>,
    /// How many there are of this kind.
    pub total: u32,
}

/// A delivery in the list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum ListedView {
    /// Verified, and taken.
    Event {
        /// It.
        event: EventRow,
        /// Taken by whom.
        by: By,
        /// Where it is kept as it came.
        original: Original,
    },
    /// Anything else.
    Delivery {
        /// It.
        delivery: DeliveryRow,
        /// Taken by whom.
        by: By,
        /// The installation that it claims to be of, where that is known here: its gateway has the original.
        installation: Option<InstallationId>,
        /// Where it is kept as it came.
        original: Original,
    },
}

/// Where a delivery is kept as it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Original {
    /// In the vault of this computer.
    Here,
    /// At the team's service, for as long as the workspace's rule keeps it.
    Service,
    /// Nowhere: it may hold credentials, which stay on no computer of a team.
    Team,
    /// Not on this computer.
    Elsewhere,
}

impl Original {
    fn of(received: Received, here: bool, team: bool, may_hold_secrets: bool) -> Self {
        match received {
            _ if here => Self::Here,
            Received::Relay | Received::Mirror if team => Self::Service,
            _ if team && may_hold_secrets => Self::Team,
            _ => Self::Elsewhere,
        }
    }
}

pub(super) async fn events(engine: &Engine, args: EventsArgs) -> Result<EventsView, Error> {
    let filter = DeliveryFilter { verified: args.verified, text: args.text.trim().to_lowercase() };
    let (offset, limit) = (args.offset as usize, args.limit.min(500) as usize);
    let (team, vault, of) = (engine.is_team(), engine.vault().clone(), engine.workspace_id()?);
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let by = |by, at| people.by(&Mark { by, at, command: CommandId::from_u128(0) });
        let page = view.deliveries(&filter, offset, limit)?;
        let asked = page.rows.iter().any(|row| matches!(row, Listed::Delivery { .. }));
        let known = if asked { view.installation_rows()? } else { Vec::new() };
        let known: BTreeSet<_> = known.into_iter().map(|row| row.id).collect();
        let rows = page.rows.into_iter().map(|row| match row {
            Listed::Event(event) => {
                let by = by(event.by, event.taken_at);
                let name = Name { kind: Kind::Original, id: intake::original::id(of, &event.id) };
                let may = may_hold_credentials(&event.kind);
                let original = Original::of(event.received, vault.holds(name), team, may);
                ListedView::Event { event, by, original }
            }
            Listed::Delivery { delivery, here } => {
                let by = by(delivery.by, delivery.at);
                let shown = Incoming::read(delivery.body.as_bytes());
                let installation = shown.installation().filter(|id| known.contains(id));
                let original = Original::of(delivery.received, here, team, shown.may_hold_secrets());
                ListedView::Delivery { delivery, by, installation, original }
            }
        });
        Ok(EventsView { rows: rows.collect(), total: u32::try_from(page.total).unwrap_or(u32::MAX) })
    })
    .await
}

/// A delivery as it came, its secrets hidden.
pub(super) async fn as_it_came(engine: &Engine, args: WhichArgs) -> Result<AsItCame, Error> {
    engine.as_it_came(&args.which).await
}

/// Takes a delivery that somebody pasted, or whose file they chose.
pub(super) async fn take_delivery(engine: &Engine, args: DeliveryArgs) -> Result<DeliveryView, Error> {
    let wrong = || Error::new(ErrorCode::Invalid).at(Place::input("body"));
    // Base64 takes four letters for three bytes; what is larger than any event is told so by its first step.
    if args.body.len() > 8 * 1024 * 1024 {
        return Err(wrong());
    }
    let body = STANDARD.decode(&args.body).map_err(|_| wrong())?;
    engine.take_delivery(Delivery { signature: args.signature, key_id: args.key_id, body }).await
}

/// Fetches an event's original from Talkdesk, and takes it.
pub(super) async fn fetch_event(engine: &Engine, args: FetchArgs) -> Result<DeliveryView, Error> {
    engine.fetch_event(args.installation, &args.event).await
}

pub(super) async fn listener(engine: &Engine, _: Nothing) -> Result<Option<ListenerView>, Error> {
    Ok(engine.listener())
}

pub(super) async fn start_listener(engine: &Engine, args: ListenArgs) -> Result<Done, Error> {
    engine.start_listener(args.port).await.map(|()| Done {})
}

pub(super) async fn stop_listener(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.stop_listener().await;
    Ok(Done {})
}
