//! What lists show of installations, their events, and deliveries that are none.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use domain::alert::{self, Alert, Snoozed};
use domain::files::FileRef;
use domain::ids::{CustomerId, InstallationId, MemberId, ProjectId};
use domain::installation::{
    CheckedStep, Deadline, Installation, Life, Received, SetEnd, Standing, SubscribedPlan, Trial, rotations,
};
use domain::process::{self, Proof};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An installation in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InstallationRow {
    /// Which.
    pub id: InstallationId,
    /// The account's name at Talkdesk; the account's id where no event told the name.
    pub account: String,
    /// What its region is called; empty where that is not known.
    pub region: String,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// Of which project.
    pub project: Option<ProjectId>,
    /// The version's name.
    pub version: String,
    /// Whether the customer has the app.
    pub life: Life,
    /// Since when.
    pub since: Option<Timestamp>,
    /// How Talkdesk said that it stands, when it was last asked; empty before.
    pub state: String,
    /// The plan.
    pub plan: Option<SubscribedPlan>,
    /// How many users events told of.
    pub users: u32,
    /// The trial.
    pub trial: Option<Trial>,
    /// What Talkdesk waits for an answer to, the nearest first.
    pub deadlines: Vec<DeadlineRow>,
    /// A rotation that was not acknowledged: until when the old set can be relied on.
    pub rotation: Option<Timestamp>,
    /// Of such a rotation: the old set is known to others, and no seven days are documented for it.
    #[serde(default)]
    pub compromised: bool,
    /// Who looks after it.
    pub owner: Option<MemberId>,
    /// What its state tells somebody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub alerts: Vec<Alert>,
    /// The alerts that were put off.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub snoozed: BTreeMap<String, Snoozed>,
    /// What it shows of the partner process.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub proofs: BTreeSet<Proof>,
    /// When the last event was taken, or anything else was done.
    pub updated_at: Timestamp,
}

/// A deadline that is open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeadlineRow {
    /// The event's id at Talkdesk.
    pub event: String,
    /// Its type.
    pub kind: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl InstallationRow {
    /// The row of an installation.
    pub fn of(installation: &Installation) -> Self {
        let standing = Standing::of(installation);
        let mut deadlines: Vec<DeadlineRow> = Deadline::open(installation)
            .into_iter()
            .map(|deadline| DeadlineRow {
                event: deadline.event.id.clone(),
                kind: deadline.event.what.kind().to_owned(),
                since: deadline.event.happened_at,
                until: deadline.until,
            })
            .collect();
        deadlines.sort_by_key(|deadline| deadline.until);
        let sets = rotations(installation);
        let waits =
            sets.last().is_some_and(|newest| newest.steps.is_none_or(|steps| steps.acknowledged.is_none()))
                && standing.life != Life::Uninstalled;
        let old = sets.len().checked_sub(2).and_then(|at| sets.get(at));
        let marks = installation.events.iter().map(|taken| taken.mark.at);
        let others = installation.answers.iter().map(|answer| answer.mark.at);
        let seen = installation.seen.last().map(|seen| seen.mark.at);
        let matched = installation.matched.map(|mark| mark.at);
        let steps = installation.sets.iter().flat_map(|steps| {
            let tokens = steps.tokens.iter().map(|token| token.mark);
            tokens
                .chain(steps.deployed.as_ref().map(|deployed| deployed.mark))
                .chain(steps.in_use)
                .chain(steps.acknowledged)
                .chain(steps.kept)
                .map(|mark| mark.at)
        });
        Self {
            id: installation.id,
            account: if standing.account_name.is_empty() { standing.account } else { standing.account_name },
            region: standing.region,
            customer: installation.customer,
            project: installation.project,
            version: standing.version_name,
            life: standing.life,
            since: standing.since,
            state: installation.seen.last().map(|seen| seen.state.state.clone()).unwrap_or_default(),
            plan: standing.plan,
            users: u32::try_from(standing.users.len()).unwrap_or(u32::MAX),
            trial: standing.trial,
            deadlines,
            rotation: old.filter(|_| waits).and_then(|old| old.until),
            compromised: old.is_some_and(|old| waits && old.ends == Some(SetEnd::Compromised)),
            owner: installation.owner,
            alerts: alert::of_installation(installation),
            snoozed: installation.snoozed.clone(),
            proofs: process::of_installation(installation),
            updated_at: marks
                .chain(others)
                .chain(seen)
                .chain(matched)
                .chain(steps)
                .max()
                .unwrap_or(installation.created.at),
        }
    }
}

/// What a project's installations show, all of them together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InstallationsSeen {
    /// Of the partner process.
    pub proofs: BTreeSet<Proof>,
    /// The names of the accounts on which the version is installed.
    pub accounts: BTreeSet<String>,
}

/// An event of an installation in a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventRow {
    /// Its id at Talkdesk.
    pub id: String,
    /// Of which installation.
    pub installation: InstallationId,
    /// The account's name, or its id.
    pub account: String,
    /// What the region is called.
    pub region: String,
    /// Its type.
    pub kind: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// By whom.
    pub by: MemberId,
    /// How it came here.
    pub received: Received,
    /// The key that its signature fits.
    pub key_id: String,
    /// The body with its secrets hidden.
    pub body: Option<FileRef>,
}

impl EventRow {
    /// The rows of an installation's events.
    pub fn all(installation: &Installation) -> Vec<Self> {
        let standing = Standing::of(installation);
        let account = if standing.account_name.is_empty() { standing.account } else { standing.account_name };
        let row = |taken: &domain::installation::TakenEvent| Self {
            id: taken.event.id.clone(),
            installation: installation.id,
            account: account.clone(),
            region: taken.event.region.clone(),
            kind: taken.event.what.kind().to_owned(),
            happened_at: taken.event.happened_at,
            taken_at: taken.mark.at,
            by: taken.mark.by,
            received: taken.event.received,
            key_id: taken.event.key_id.clone(),
            body: taken.event.body.clone(),
        };
        installation.events.iter().map(row).collect()
    }
}

/// A delivery that is no event of an installation: not to be believed, or about none. It was taken by hand here, or the
/// team's service took it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryRow {
    /// Its id here: one that is not verified takes none of Talkdesk's.
    pub id: Uuid,
    /// When it was taken.
    pub at: Timestamp,
    /// By whom.
    pub by: MemberId,
    /// The steps of its verification.
    pub steps: Vec<CheckedStep>,
    /// The type that it claims; empty where it cannot be read.
    pub kind: String,
    /// The id that it claims.
    pub claimed: String,
    /// The account that it claims.
    pub account: String,
    /// The key that it names.
    pub key_id: String,
    /// The body with its secrets hidden; empty where it cannot be read.
    pub body: String,
    /// How it came here.
    #[serde(default = "by_hand")]
    pub received: Received,
}

/// How everything came that was kept before there was another way.
fn by_hand() -> Received {
    Received::ByHand
}

/// A row of the list of all deliveries.
#[derive(Clone, PartialEq, Debug)]
pub enum Listed {
    /// Verified, and taken.
    Event(EventRow),
    /// Anything else.
    Delivery {
        /// It.
        delivery: DeliveryRow,
        /// Whether it is kept here as it came.
        here: bool,
    },
}
