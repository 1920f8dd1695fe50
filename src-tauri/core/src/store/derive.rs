//! Shown = confirmed + pending, applied again by the one reducer.
//!
//! All touched aggregates are derived together, command by command in the order of the outbox, so that each command
//! meets the same neighbours as when it was made. One that no longer applies is left out of the view and stays in
//! the outbox: the service decides.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::checklist::Run;
use domain::ids::{ProjectId, RunId, VersionId};
use domain::project::Project;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef, Facts, Outside, apply, redact};

use super::projection::ProjectRow;
use super::table::{
    confirmed, dirty, document, installation_row, mention, outbox, project_row, run_row, shown, version_row,
};
use super::{StoreError, Tag, View, Write};

/// Derives what is marked and can be derived now.
pub(super) fn derive_dirty(tx: &mut Write<'_>) -> Result<(), StoreError> {
    let ready = dirty::ready(tx.tx())?;
    derive(tx, &ready)
}

/// Makes the lists anew from the shown states where they are empty: after a migration that emptied them.
pub(super) fn fill_lists(tx: &mut Write<'_>) -> Result<(), StoreError> {
    if !project_row::is_empty(tx.tx())? {
        return Ok(());
    }
    for of in shown::all(tx.tx())? {
        if let Ok(Some(state)) = shown::get(tx.tx(), of) {
            project(tx, &state, Words::Any)?;
        }
    }
    Ok(())
}

/// Derives the shown states of these aggregates from their confirmed ones and what is pending.
pub fn derive(tx: &mut Write<'_>, which: &BTreeSet<AggregateRef>) -> Result<(), StoreError> {
    if which.is_empty() {
        return Ok(());
    }
    let mut states = BTreeMap::new();
    let mut pending = Vec::new();
    for of in which {
        let found = confirmed::get(tx.tx(), *of)?;
        let number = found.as_ref().map_or(0, |found| found.number);
        let state = match found.map(|found| found.state) {
            None => None,
            Some(Ok(state)) => Some(state),
            // By a newer version of the console: kept as it came, nothing can be applied to it.
            Some(Err(text)) => {
                tracing::warn!(aggregate = ?of, "state by a newer version");
                shown::put(tx.tx(), *of, &text)?;
                dirty::clear(tx.tx(), *of)?;
                continue;
            }
        };
        let on_top = outbox::on_top(tx.tx(), *of, number)?;
        if on_top.is_empty() {
            // Shown as it is, and let go of: a first snapshot may hold more than memory.
            show(tx, *of, state.as_ref(), Words::Any)?;
            dirty::clear(tx.tx(), *of)?;
        } else {
            states.insert(*of, state);
            pending.extend(on_top);
        }
    }
    pending.sort_by_key(|row| row.seq);

    let view = tx.view();
    let working = Working { view, states: RefCell::new(states) };
    for row in &pending {
        let Ok(command) = row.envelope.command() else { continue };
        let facts = Facts::gather(&command, row.by(), row.made_at, &working)?;
        let facts = Facts { redacted: redact::redacted(&row.envelope), ..facts };
        let mut states = working.states.borrow_mut();
        let Some(state) = states.get_mut(&command.aggregate) else { continue };
        if let Err(refusal) = apply(state, &command, &facts) {
            tracing::debug!(command = %row.id, ?refusal, "pending command left out of the view");
        }
    }
    let states = working.states.into_inner();
    for (of, state) in states {
        show(tx, of, state.as_ref(), Words::Any)?;
        dirty::clear(tx.tx(), of)?;
    }
    Ok(())
}

/// What a change may have done to the words that people look for, and to whom comments mention.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// They are as they were: nobody needs to look.
    Same,
    /// Whatever it was.
    Any,
}

/// Writes a shown state with what lists and searches keep of it, where it changed; the text that stands there now.
pub(super) fn show(
    tx: &mut Write<'_>,
    of: AggregateRef,
    state: Option<&Aggregate>,
    words: Words,
) -> Result<Option<String>, StoreError> {
    let before = shown::text(tx.tx(), of)?;
    show_over(tx, of, before.as_deref(), state, words)
}

/// The same for whoever has read the text that stands there.
pub(super) fn show_over(
    tx: &mut Write<'_>,
    of: AggregateRef,
    before: Option<&str>,
    state: Option<&Aggregate>,
    words: Words,
) -> Result<Option<String>, StoreError> {
    let text = state.map(Aggregate::write).transpose()?;
    if before == text.as_deref() {
        return Ok(text);
    }
    for tag in Tag::of(of) {
        tx.changed(tag);
    }
    match (&text, state) {
        (Some(text), Some(state)) => {
            shown::put(tx.tx(), of, text)?;
            project(tx, state, words)?;
        }
        _ => remove(tx, of)?,
    }
    Ok(text)
}

fn project(tx: &mut Write<'_>, state: &Aggregate, words: Words) -> Result<(), StoreError> {
    match state {
        Aggregate::Workspace(_) => {}
        Aggregate::Project(project) => {
            project_row::put(tx.tx(), &ProjectRow::of(project))?;
            version_row::put(tx.tx(), project)?;
        }
        Aggregate::Run(run) => run_row::put(tx.tx(), run)?,
        Aggregate::Installation(installation) => installation_row::put(tx.tx(), installation)?,
    }
    if words == Words::Same {
        return Ok(());
    }
    mention::put(tx.tx(), state)?;
    document::put(tx.tx(), state)
}

fn remove(tx: &mut Write<'_>, of: AggregateRef) -> Result<(), StoreError> {
    shown::remove(tx.tx(), of)?;
    document::remove(tx.tx(), of)?;
    mention::remove(tx.tx(), of)?;
    match of {
        AggregateRef::Workspace(_) => Ok(()),
        AggregateRef::Project(id) => {
            project_row::remove(tx.tx(), id)?;
            version_row::remove(tx.tx(), id)
        }
        AggregateRef::Run(id) => run_row::remove(tx.tx(), id),
        AggregateRef::Installation(id) => installation_row::remove(tx.tx(), id),
    }
}

/// The states that are being derived, with the store's view around them.
struct Working<'a> {
    view: View<'a>,
    states: RefCell<BTreeMap<AggregateRef, Option<Aggregate>>>,
}

/// An aggregate, as far as it is among those that are being derived.
enum Derived {
    There(Aggregate),
    Missing,
    Elsewhere,
}

impl Working<'_> {
    fn state(&self, of: AggregateRef) -> Derived {
        match self.states.borrow().get(&of) {
            None => Derived::Elsewhere,
            Some(None) => Derived::Missing,
            Some(Some(state)) => Derived::There(state.clone()),
        }
    }

    fn projects<T>(&self, pick: impl FnMut(&Project) -> Option<T>) -> (Vec<ProjectId>, Vec<T>) {
        let states = self.states.borrow();
        let ids =
            states.keys().filter_map(|of| if let AggregateRef::Project(id) = of { Some(*id) } else { None });
        let found = states.values().filter_map(|state| match state {
            Some(Aggregate::Project(project)) => Some(&**project),
            _ => None,
        });
        (ids.collect(), found.filter_map(pick).collect())
    }
}

impl Outside for Working<'_> {
    type Error = StoreError;

    fn workspace(&self) -> Result<Option<Workspace>, StoreError> {
        for (of, state) in &*self.states.borrow() {
            if let (AggregateRef::Workspace(_), Some(Aggregate::Workspace(workspace))) = (of, state) {
                return Ok(Some((**workspace).clone()));
            }
        }
        self.view.workspace()
    }

    fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        match self.state(AggregateRef::Project(id)) {
            Derived::There(Aggregate::Project(project)) => Ok(Some(*project)),
            Derived::There(_) | Derived::Missing => Ok(None),
            Derived::Elsewhere => self.view.project(id),
        }
    }

    fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        match self.state(AggregateRef::Run(id)) {
            Derived::There(Aggregate::Run(run)) => Ok(Some(*run)),
            Derived::There(_) | Derived::Missing => Ok(None),
            Derived::Elsewhere => self.view.run(id),
        }
    }

    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, StoreError> {
        let mut ids: BTreeSet<RunId> = self.view.run_ids_of(project, version)?.into_iter().collect();
        ids.extend(self.states.borrow().keys().filter_map(|of| match of {
            AggregateRef::Run(id) => Some(*id),
            _ => None,
        }));
        let runs = ids.into_iter().map(|id| self.run(id)).collect::<Result<Vec<_>, _>>()?;
        Ok(runs
            .into_iter()
            .flatten()
            .filter(|run| run.project == project && run.version == version)
            .collect())
    }

    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, StoreError> {
        let wanted = name.to_lowercase();
        let (mut others, here) = self.projects(|project| {
            (project.id != except && project.details.name.to_lowercase() == wanted).then_some(())
        });
        others.push(except);
        Ok(!here.is_empty() || project_row::name_taken(self.view.connection(), name, &others)?)
    }

    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, StoreError> {
        let (mut others, here) =
            self.projects(|project| (project.id != except && project.details.slug == slug).then_some(()));
        others.push(except);
        Ok(!here.is_empty() || project_row::slug_taken(self.view.connection(), slug, &others)?)
    }
}
