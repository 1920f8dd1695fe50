//! Preflight: how the checks of a version stand, and the last time that somebody had those run that need the network.

use domain::fields::FieldKey;
use domain::preflight::{self, Check, CheckCode, CheckState, Seen, Taken};
use domain::project::{Project, Version};
use domain::{Outside as _, Place};
use serde::Serialize;

use super::View;
use super::common::{By, Done, People, VersionArgs};
use crate::engine::Engine;
use crate::error::Error;

/// The last preflight of a version, as somebody reads it who is about to submit it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PreflightView {
    /// How many checks go how, as the version stands.
    pub counts: CheckCounts,
    /// Who had the checks run last that need the network, when; none before anybody did.
    pub ran: Option<By>,
    /// Fields that were changed since.
    pub changed: Vec<FieldKey>,
}

/// How many checks go how; what was waived is counted as that alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckCounts {
    /// Nothing to mend.
    pub pass: u32,
    /// Better mended.
    pub warn: u32,
    /// To mend.
    pub fail: u32,
    /// Stays as it is, for a reason.
    pub waived: u32,
    /// Could not be tried.
    pub not_run: u32,
}

impl PreflightView {
    pub(super) fn of(version: &Version, checks: &[Check], people: &People<'_>) -> Self {
        let mut counts = CheckCounts::default();
        for check in checks {
            let counted = match check.state {
                CheckState::Warn | CheckState::Fail if check.waiver.is_some() => &mut counts.waived,
                CheckState::Pass => &mut counts.pass,
                CheckState::Warn => &mut counts.warn,
                CheckState::Fail => &mut counts.fail,
                CheckState::NotRun => &mut counts.not_run,
            };
            *counted += 1;
        }
        let last = version.looked.values().map(|looked| &looked.mark).max_by_key(|mark| mark.at);
        let since = last.map(|mark| mark.at);
        let changed = version.edits.iter().filter(|(_, edit)| since.is_some_and(|since| edit.at > since));
        Self {
            counts,
            ran: last.map(|mark| people.by(mark)),
            changed: changed.map(|(field, _)| *field).collect(),
        }
    }
}

/// A check before a review sees the version, its source and its waiver beside.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckView {
    /// Which.
    pub code: CheckCode,
    /// How it went.
    pub state: CheckState,
    /// How many it looked at, or found.
    pub count: u32,
    /// Where to mend it.
    pub places: Vec<Place>,
    /// The page of Talkdesk that asks for it, below docs.talkdesk.com; none where it is ours, and may be waived.
    pub page: Option<String>,
    /// Why it may stay as it is.
    pub waiver: Option<WaiverView>,
    /// Whether it has to be run: the others are read off the version.
    pub is_run: bool,
    /// What was seen when it was run last.
    pub looked: Option<LookedView>,
}

/// What was seen when a check was run.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LookedView {
    /// Who had it run, when.
    pub by: By,
    /// Each thing that it looked at.
    pub seen: Vec<Seen>,
    /// What it looked at is not what stands there any more, so it was not run.
    pub stale: bool,
}

/// Why a check may stay as it is.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WaiverView {
    /// Who, when.
    pub by: By,
    /// Why.
    pub reason: String,
}

impl CheckView {
    pub(super) fn of(check: Check, people: &People<'_>) -> Self {
        Self {
            code: check.code,
            state: check.state,
            count: check.count,
            places: check.places,
            page: check.code.page().map(str::to_owned),
            waiver: check
                .waiver
                .map(|waiver| WaiverView { by: people.by(&waiver.mark), reason: waiver.reason }),
            is_run: check.code.is_run(),
            looked: check.looked.map(|looked| LookedView {
                by: people.by(&looked.mark),
                stale: check.state == CheckState::NotRun && looked.is_stale(check.code),
                seen: looked.seen,
            }),
        }
    }
}

pub(super) async fn run_checks(engine: &Engine, args: VersionArgs) -> Result<Done, Error> {
    engine.run_checks(args.project, args.version).await.map(|()| Done {})
}

/// The checks of a version as it stands.
pub(super) fn checks(view: View<'_>, project: &Project, version: &Version) -> Result<Vec<Check>, Error> {
    let text = |key| version.information.text(key).trim().to_owned();
    let (name, slug) = (text(FieldKey::DisplayName), text(FieldKey::Slug));
    let taken = Taken {
        name: !name.is_empty() && view.name_taken(&name, project.id)?,
        slug: !slug.is_empty() && view.slug_taken(&slug, project.id)?,
    };
    let policies = view.workspace()?.map(|workspace| workspace.policies).unwrap_or_default();
    Ok(preflight::run(version, taken, &policies))
}
