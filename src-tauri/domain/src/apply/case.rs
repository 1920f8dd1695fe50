//! Commands of install cases.

use super::not_found;
use super::workspace::too_many;
use crate::command::Body;
use crate::common::{AggregateRef, Extra, Mark, Place};
use crate::facts::Facts;
use crate::ids::{CaseId, InstallationId};
use crate::installation::{Installation, Life, Standing};
use crate::refusal::{Refusal, RefusalCode};
use crate::text;
use crate::workspace::{CaseDetails, CaseOutcome, InstallCase, Joined, Workspace};

pub(super) fn is_one(body: &Body) -> bool {
    matches!(
        body,
        Body::CaseSet { .. } | Body::CaseJoin { .. } | Body::CaseSetEnd { .. } | Body::CaseRemove { .. }
    )
}

pub(super) fn change(state: &mut Workspace, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    match body {
        Body::CaseSet { case, details } => {
            let details = checked(state, details, facts)?;
            // What ended bars no new one.
            let full = state.cases.iter().filter(|known| known.is_open()).count() >= text::LIST;
            let known = state.cases.iter().find(|known| known.id == *case);
            alone(state, *case, known.filter(|known| known.outcome.is_none()).and_then(joined))?;
            match state.cases.iter_mut().find(|known| known.id == *case) {
                Some(known) => (known.details, known.removed) = (details, None),
                None if full => return Err(too_many(text::LIST)),
                None => state.cases.push(InstallCase {
                    id: *case,
                    details,
                    joined: None,
                    outcome: None,
                    removed: None,
                    created: mark,
                    extra: Extra::new(),
                }),
            }
        }
        Body::CaseJoin { case, installation } => {
            alone(state, *case, *installation)?;
            let known = case_mut(state, *case)?;
            // Of two who each match another installation to it, the later would take the place of the first unseen.
            if joined(known).zip(*installation).is_some_and(|(joined, wanted)| joined != wanted) {
                return Err(Refusal::ours(RefusalCode::Exists));
            }
            known.joined = installation.map(|installation| Joined { installation, mark });
        }
        Body::CaseSetEnd { case, end } => {
            if end.is_none() {
                alone(state, *case, state.case(*case).and_then(joined))?;
            }
            case_mut(state, *case)?.outcome = end.map(|end| CaseOutcome { end, mark });
        }
        Body::CaseRemove { case } => case_mut(state, *case)?.removed = Some(mark),
        _ => return Err(super::misplaced()),
    }
    Ok(())
}

fn case_mut(state: &mut Workspace, id: CaseId) -> Result<&mut InstallCase, Refusal> {
    let known = state.cases.iter_mut().find(|known| known.id == id && known.removed.is_none());
    known.ok_or_else(not_found)
}

fn joined(case: &InstallCase) -> Option<InstallationId> {
    case.joined.as_ref().map(|joined| joined.installation)
}

/// One installation is of one open case: two would tell two things of it.
fn alone(state: &Workspace, case: CaseId, installation: Option<InstallationId>) -> Result<(), Refusal> {
    let others = state.cases.iter().filter(|known| known.id != case && known.is_open());
    let taken = installation.is_some() && others.map(joined).any(|joined| joined == installation);
    if taken { Err(Refusal::ours(RefusalCode::Exists)) } else { Ok(()) }
}

fn checked(state: &Workspace, details: &CaseDetails, facts: &Facts) -> Result<CaseDetails, Refusal> {
    if state.customer(details.customer).is_none() {
        return Err(not_found().at(Place::input("customer")));
    }
    if !facts.named_known {
        return Err(not_found().at(Place::input("project")));
    }
    let known = |id| state.members.iter().any(|known| known.id == id && known.left.is_none());
    if !details.owner.is_none_or(known) {
        return Err(not_found().at(Place::input("owner")));
    }
    Ok(CaseDetails { region: text::optional_line(&details.region, text::LINE, "region")?, ..details.clone() })
}

/// What follows for cases once a person said whose an installation is: it leaves the case of somebody else, and is
/// joined to the one that waits for it. One that was uninstalled is what no case waits for.
pub(super) fn after_match(of: &Installation, facts: &Facts) -> Vec<(AggregateRef, Body)> {
    let Some((workspace, cases)) = &facts.cases else { return Vec::new() };
    let join =
        |case, installation| (AggregateRef::Workspace(*workspace), Body::CaseJoin { case, installation });
    let own = |case: &&InstallCase| case.is_open() && joined(case) == Some(of.id);
    let fits = |case: &&InstallCase| {
        (of.customer, of.project) == (Some(case.details.customer), Some(case.details.project))
    };
    if cases.iter().filter(own).any(|case| fits(&case)) {
        return Vec::new();
    }
    let left = cases.iter().filter(own).map(|case| join(case.id, None));
    let standing = Standing::of(of);
    let wanted = of.customer.zip(of.project).filter(|_| standing.life != Life::Uninstalled);
    let found = wanted
        .and_then(|(customer, project)| InstallCase::fitting(cases, customer, project, &standing.region));
    left.chain(found.map(|case| join(case.id, Some(of.id)))).collect()
}
