//! A checklist template: to read in any of its versions, to compare, to edit as a draft, to save as the next version.

use domain::ids::TemplateId;
use domain::table::{self, RowProblem};
use domain::templates::{self, Template, TemplateDiff};
use domain::workspace::Workspace;
use serde::{Deserialize, Serialize};

use super::checklist::TemplateHead;
use super::common::{By, Done, People};
use super::install::TextReply;
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;

/// Names a template, and one of its versions.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateArgs {
    /// Which.
    pub template: TemplateId,
    /// Which version of it; none: the newest.
    pub version: Option<u32>,
}

/// A template to read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateView {
    /// The version asked for; none of a list that was begun and never saved.
    pub template: Option<Template>,
    /// All versions, newest first.
    pub versions: Vec<TemplateVersion>,
    /// What is being edited and was not saved yet.
    pub draft: Option<TemplateDraft>,
    /// Built in: it is copied, never edited.
    pub built_in: bool,
    /// Runs that follow it and are not signed.
    pub open_runs: u32,
}

/// A version of a template in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateVersion {
    /// Which.
    pub version: u32,
    /// Its name then.
    pub name: String,
    /// Its items.
    pub items: u32,
    /// Saved by whom, when; none of what is built in.
    pub saved: Option<By>,
}

/// A template that is being edited on this computer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateDraft {
    /// As it stands in the editor. It need not be whole yet.
    pub template: Template,
    /// The version that it was begun from; none for a new list.
    pub based_on: Option<u32>,
    /// The list it was copied from, where it is a copy.
    #[serde(default)]
    pub copy_of: Option<TemplateId>,
}

/// Two versions to compare.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateDiffArgs {
    /// Which template.
    pub template: TemplateId,
    /// Its older version.
    pub from: u32,
    /// What it is compared with.
    pub to: DiffSide,
}

/// One side of a comparison.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "side", rename_all = "snake_case")]
pub enum DiffSide {
    /// A saved version.
    Saved {
        /// Which.
        version: u32,
    },
    /// What stands in the editor.
    Draft {
        /// As it stands there.
        template: Box<Template>,
    },
}

/// A template to be written out.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateTextArgs {
    /// Which.
    pub template: TemplateId,
    /// Which version of it.
    pub version: u32,
    /// As what.
    pub form: TemplateForm,
}

/// What a template is written out as. Each of them can be imported again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the forms' own names")]
pub enum TemplateForm {
    Csv,
    Markdown,
    Json,
}

/// Names a template.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateOnlyArgs {
    /// Which.
    pub template: TemplateId,
}

/// What became of a list that was to be saved, or imported.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Imported {
    /// A template, or its next version.
    Added {
        /// Which.
        template: TemplateId,
        /// Its version.
        version: u32,
    },
    /// Rows at fault; nothing was added.
    Problems {
        /// Each with row and column.
        problems: Vec<RowProblem>,
    },
}

pub(super) async fn template(engine: &Engine, args: TemplateArgs) -> Result<TemplateView, Error> {
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
        let people = People::new(Some(&workspace), me);
        let template = workspace.template(args.template, args.version).cloned();
        let draft = draft(view, args.template)?;
        if template.is_none() && (draft.is_none() || args.version.is_some()) {
            return Err(Error::not_found());
        }
        let follows =
            |run: &crate::store::RunRow| run.summary.template == args.template && !run.summary.signed;
        let open_runs = view.run_rows()?.iter().filter(|run| follows(run)).count();
        Ok(TemplateView {
            template,
            versions: versions(&workspace, args.template, &people),
            draft,
            built_in: templates::by_id(args.template).is_some(),
            open_runs: u32::try_from(open_runs).unwrap_or(u32::MAX),
        })
    })
    .await
}

fn versions(workspace: &Workspace, id: TemplateId, people: &People<'_>) -> Vec<TemplateVersion> {
    let all = templates::built_in().iter().chain(&workspace.templates);
    let mut versions: Vec<_> = all.filter(|template| template.id == id).collect();
    versions.sort_by_key(|template| std::cmp::Reverse(template.version));
    versions
        .into_iter()
        .map(|template| TemplateVersion {
            version: template.version,
            name: template.name.clone(),
            items: count(template),
            saved: template.saved.as_ref().map(|mark| people.by(mark)),
        })
        .collect()
}

fn count(template: &Template) -> u32 {
    u32::try_from(template.items().count()).unwrap_or(u32::MAX)
}

pub(super) async fn template_diff(engine: &Engine, args: TemplateDiffArgs) -> Result<TemplateDiff, Error> {
    with_view(engine, move |view, _| {
        let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
        let saved = |version| workspace.template(args.template, Some(version)).ok_or_else(Error::not_found);
        let before = saved(args.from)?;
        Ok(match &args.to {
            DiffSide::Saved { version } => TemplateDiff::of(before, saved(*version)?),
            DiffSide::Draft { template } => TemplateDiff::of(before, template),
        })
    })
    .await
}

pub(super) async fn template_text(engine: &Engine, args: TemplateTextArgs) -> Result<TextReply, Error> {
    with_view(engine, move |view, _| {
        let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
        let template = workspace.template(args.template, Some(args.version)).ok_or_else(Error::not_found)?;
        let write = match args.form {
            TemplateForm::Csv => table::export_template_csv,
            TemplateForm::Markdown => table::export_template_markdown,
            TemplateForm::Json => table::export_template_json,
        };
        Ok(TextReply { text: write(template) })
    })
    .await
}

pub(super) async fn keep_template_draft(engine: &Engine, args: TemplateDraft) -> Result<Done, Error> {
    engine.keep_template_draft(&args).await.map(|()| Done {})
}

pub(super) async fn drop_template_draft(engine: &Engine, args: TemplateOnlyArgs) -> Result<Done, Error> {
    engine.drop_template_draft(args.template).await.map(|()| Done {})
}

pub(super) async fn save_template(engine: &Engine, args: TemplateDraft) -> Result<Imported, Error> {
    let problems = table::problems(&args.template);
    if !problems.is_empty() {
        return Ok(Imported::Problems { problems });
    }
    let (template, version) = engine.save_template(args).await?;
    Ok(Imported::Added { template, version })
}

/// Where drafts of templates are kept.
pub(crate) const DRAFTS: &str = "template:";

pub(crate) fn draft_key(template: TemplateId) -> String {
    format!("{DRAFTS}{template}")
}

fn draft(view: View<'_>, template: TemplateId) -> Result<Option<TemplateDraft>, Error> {
    // One that cannot be read was kept by a newer version: it stays where it is.
    Ok(view.draft(&draft_key(template))?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Templates as a list shows them: those that are built in, those of the workspace, and those that were begun.
pub(super) fn heads(view: View<'_>, workspace: &Workspace) -> Result<Vec<TemplateHead>, Error> {
    let drafts: Vec<TemplateDraft> =
        view.drafts(DRAFTS)?.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let head = |template: &Template, version| TemplateHead {
        id: template.id,
        version,
        kind: template.kind,
        name: template.name.clone(),
        derived: template.derived,
        built_in: templates::by_id(template.id).is_some(),
        items: count(template),
        draft: drafts.iter().any(|draft| draft.template.id == template.id),
    };
    let saved = workspace.newest_templates();
    let begun = drafts.iter().map(|draft| &draft.template);
    let begun =
        begun.filter(|draft| saved.iter().all(|known| known.id != draft.id)).map(|draft| head(draft, 0));
    Ok(saved.iter().map(|template| head(template, template.version)).chain(begun).collect())
}
