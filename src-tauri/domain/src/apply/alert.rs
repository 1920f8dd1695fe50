//! What people decide of alerts: the parts that all aggregates share.

use std::collections::BTreeMap;

use super::not_found;
use crate::alert::Snoozed;
use crate::common::Mark;
use crate::facts::Facts;
use crate::ids::MemberId;
use crate::refusal::Refusal;
use crate::text;

/// Puts an alert off, or takes it back. The names are not looked up: what an alert is called follows from the state, and
/// one whose alert is gone does nothing. Where there are too many, those that came back first make room.
pub(super) fn snooze(
    snoozed: &mut BTreeMap<String, Snoozed>,
    alert: &str,
    until: Option<&str>,
    mark: Mark,
) -> Result<(), Refusal> {
    let alert = text::line(alert, text::LINE, "alert")?;
    let Some(until) = until else {
        snoozed.remove(&alert);
        return Ok(());
    };
    let until = text::date(until, "until")?;
    snoozed.insert(alert, Snoozed { until, mark });
    while snoozed.len() > text::LIST {
        let first = snoozed.iter().min_by_key(|(_, kept)| (kept.until.clone(), kept.mark.at));
        let Some(first) = first.map(|(name, _)| name.clone()) else { break };
        snoozed.remove(&first);
    }
    Ok(())
}

/// Refuses somebody who is not in the workspace.
pub(super) fn somebody(to: Option<MemberId>, facts: &Facts) -> Result<(), Refusal> {
    if to.is_none() || facts.named_known { Ok(()) } else { Err(not_found()) }
}
