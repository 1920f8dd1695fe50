//! Changes that met others: how it came about, and those that were settled without anybody.

use domain::{Body, Envelope, Timestamp};
use serde::Serialize;

use super::activity::{ActivityView, views};
use super::common::{By, Nothing, People};
use super::with_view;
use super::workspace::project_of;
use crate::engine::Engine;
use crate::error::Error;
use crate::store::View;
use crate::store::outbox::OutboxRow;

/// How many of those that were settled are told.
const SETTLED: usize = 100;

/// How a change that was made here came to meet others.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MeetingView {
    /// When this computer was in step with the service last, before it was made.
    pub known: Option<Timestamp>,
    /// Who had set what stood before, and when; none where the activity does not tell.
    pub base: Option<By>,
    /// What was changed meanwhile from other computers, oldest first.
    pub others: Vec<ActivityView>,
    /// When the service answered.
    pub answered: Option<Timestamp>,
}

/// A change that met others and was taken.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SettledView {
    /// The change.
    pub command: Envelope,
    /// When it was made.
    pub made_at: Timestamp,
    /// The project it is about.
    pub project: Option<String>,
    /// How it was settled.
    pub how: Settled,
    /// How it came about.
    pub meeting: MeetingView,
}

/// How changes that met were settled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// Both said the same.
    Same,
    /// The one made here came later and stands.
    Later,
}

/// What was settled without anybody, newest first.
pub(super) async fn settled(engine: &Engine, _: Nothing) -> Result<Vec<SettledView>, Error> {
    with_view(engine, |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let mut shown = Vec::new();
        for row in view.met_and_taken(SETTLED)? {
            let meeting = meeting(view, &row, &people)?;
            let Some(how) = how(&row.envelope, &meeting) else { continue };
            shown.push(SettledView {
                how,
                meeting,
                made_at: row.made_at,
                project: project_of(view, row.envelope.aggregate)?.map(|project| project.details.name),
                command: row.envelope,
            });
        }
        Ok(shown)
    })
    .await
}

/// How a change came to meet others.
pub(super) fn meeting(view: View<'_>, row: &OutboxRow, people: &People<'_>) -> Result<MeetingView, Error> {
    let base = view.base(row)?;
    Ok(MeetingView {
        known: row.knew_at,
        base: base.map(|row| people.who(row.actor, row.at)),
        others: views(view, view.met(row.id)?, people)?,
        answered: row.settled_at,
    })
}

/// How it was settled; none where both stand and a person has to look: results that differ.
fn how(ours: &Envelope, meeting: &MeetingView) -> Option<Settled> {
    let ours = ours.command().ok()?.body;
    let theirs = meeting.others.last()?.command.command().ok()?.body;
    if says_the_same(&ours, &theirs) {
        return Some(Settled::Same);
    }
    (!matches!(ours, Body::SetResult { .. })).then_some(Settled::Later)
}

/// Whether two changes of one thing set the same, whatever they expected to find.
fn says_the_same(ours: &Body, theirs: &Body) -> bool {
    match (ours, theirs) {
        (Body::SetField { value, .. }, Body::SetField { value: other, .. }) => value == other,
        (Body::FindingReply { reply, .. }, Body::FindingReply { reply: other, .. }) => reply == other,
        (Body::ProjectEdit { details, .. }, Body::ProjectEdit { details: other, .. }) => details == other,
        (Body::SetResult { outcome, .. }, Body::SetResult { outcome: other, .. }) => outcome == other,
        (ours, theirs) => ours == theirs,
    }
}
