//! Lists that somebody else wrote: CSV, a pasted table, Markdown, or the JSON of a template.

use domain::ids::TemplateId;
use domain::table::{self, ImportError, Mapping, RowProblem, TableError};
use domain::templates::{Template, TemplateDiff, TemplateKind};
use domain::{AggregateRef, Body, Place};
use serde::{Deserialize, Serialize};

use super::template::Imported;
use super::with_view;
use crate::engine::Engine;
use crate::error::{Error, ErrorCode};

/// Rows that a preview shows.
const SHOWN: usize = 20;

/// A list as a person pasted it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportPreviewArgs {
    /// CSV, a pasted table, Markdown, JSON.
    pub text: String,
    /// Whether its first row is a header; none: guess.
    pub header: Option<bool>,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportPreview {
    /// The header's words, empty where there are none.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// All rows.
    pub total: u32,
    /// Columns.
    pub columns: u32,
    /// Which column seems to be what.
    pub mapping: Mapping,
    /// A template that a console wrote: it says itself what is what.
    pub whole: Option<WholeTemplate>,
}

/// What a template's JSON says of itself.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WholeTemplate {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: TemplateKind,
}

/// A list to be made a template.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportArgs {
    /// As in the preview.
    pub text: String,
    /// As in the preview.
    pub header: Option<bool>,
    /// Which column is what; JSON says it itself.
    pub mapping: Mapping,
    /// The template's name.
    pub name: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// The template that it is a new version of.
    pub replaces: Option<TemplateId>,
}

/// What an import would do.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ImportCheck {
    /// It can be imported.
    Ready {
        /// Its items.
        items: u32,
        /// What it changes in the list that it is a new version of.
        diff: Option<TemplateDiff>,
    },
    /// Rows at fault.
    Problems {
        /// Each with row and column.
        problems: Vec<RowProblem>,
    },
}

/// What a text was read as.
enum Read {
    Table(table::Table),
    /// Boxed: it is far larger than a table's head.
    Whole(Box<Template>),
}

pub(super) async fn import_preview(_: &Engine, args: ImportPreviewArgs) -> Result<ImportPreview, Error> {
    let (read, whole) = match read(&args.text, args.header)? {
        Err(problems) => {
            // A template that cannot be used as it is: what is wrong is said when it is checked.
            let total = u32::try_from(problems.len()).unwrap_or(u32::MAX);
            return Ok(ImportPreview {
                header: Vec::new(),
                rows: Vec::new(),
                total,
                columns: 0,
                mapping: Mapping::default(),
                whole: Some(WholeTemplate { name: String::new(), kind: TemplateKind::Own }),
            });
        }
        Ok(Read::Table(read)) => (read, None),
        Ok(Read::Whole(template)) => {
            let whole = WholeTemplate { name: template.name.clone(), kind: template.kind };
            let csv = table::export_template_csv(&template);
            (table::read(&csv).map_err(|error| table_error(&error))?, Some(whole))
        }
    };
    Ok(ImportPreview {
        mapping: table::guess(&read),
        header: read.header.clone().unwrap_or_default(),
        rows: read.rows.iter().take(SHOWN).map(|row| row.cells.clone()).collect(),
        total: u32::try_from(read.rows.len()).unwrap_or(u32::MAX),
        columns: u32::try_from(read.columns).unwrap_or(u32::MAX),
        whole,
    })
}

pub(super) async fn import_check(engine: &Engine, args: ImportArgs) -> Result<ImportCheck, Error> {
    Ok(match made(engine, &args).await? {
        Err(problems) => ImportCheck::Problems { problems },
        Ok((template, before)) => ImportCheck::Ready {
            items: u32::try_from(template.items().count()).unwrap_or(u32::MAX),
            diff: before.map(|before| TemplateDiff::of(&before, &template)),
        },
    })
}

pub(super) async fn import_template(engine: &Engine, args: ImportArgs) -> Result<Imported, Error> {
    match made(engine, &args).await? {
        Err(problems) => Ok(Imported::Problems { problems }),
        Ok((template, _)) => {
            let (id, version) = (template.id, template.version);
            let body = Body::TemplateAdd { template: Box::new(template) };
            engine.change(AggregateRef::Workspace(engine.workspace_id()?), body).await?;
            Ok(Imported::Added { template: id, version })
        }
    }
}

type Made = Result<(Template, Option<Template>), Vec<RowProblem>>;

/// The template that a text makes, with the version that it follows.
async fn made(engine: &Engine, args: &ImportArgs) -> Result<Made, Error> {
    let read = match read(&args.text, args.header)? {
        Ok(read) => read,
        Err(problems) => return Ok(Err(problems)),
    };
    let (id, version) = engine.next_template(args.replaces).await?;
    let mut template = match read {
        Read::Whole(whole) => Template { id, version, name: args.name.clone(), kind: args.kind, ..*whole },
        Read::Table(read) => {
            match table::into_template(&read, &args.mapping, &args.name, args.kind, id, version) {
                Ok(template) => template,
                Err(problems) => return Ok(Err(problems)),
            }
        }
    };
    let before = match args.replaces {
        None => None,
        Some(id) => {
            with_view(engine, move |view, _| {
                Ok(view.workspace()?.and_then(|workspace| workspace.template(id, None).cloned()))
            })
            .await?
        }
    };
    if let Some(before) = &before {
        table::follow(&mut template, before);
    }
    Ok(Ok((template, before)))
}

fn read(text: &str, header: Option<bool>) -> Result<Result<Read, Vec<RowProblem>>, Error> {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        // Id and version are given when it is known what it becomes.
        return match table::template_from_json(text, TemplateId::from_u128(0), 0) {
            Ok(template) => Ok(Ok(Read::Whole(Box::new(template)))),
            Err(ImportError::Rows(problems)) => Ok(Err(problems)),
            Err(ImportError::Text(error)) => Err(table_error(&error)),
        };
    }
    let read = table::read(text).map_err(|error| table_error(&error))?;
    Ok(Ok(Read::Table(match header {
        Some(header) => read.with_header(header),
        None => read,
    })))
}

fn table_error(error: &TableError) -> Error {
    let words = serde_json::to_value(error).unwrap_or_default();
    let mut told = Error::new(ErrorCode::Invalid).at(Place::input("text"));
    if let Some(words) = words.as_object() {
        for (name, value) in words {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            told = told.with(if name == "code" { "reason" } else { name }, text);
        }
    }
    told
}
