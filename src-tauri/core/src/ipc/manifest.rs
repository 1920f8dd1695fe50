//! `partner.toml` of a project: written, compared with a version, and taken into it.

use std::collections::BTreeSet;

use domain::fields::{FieldKey, FieldValue};
use domain::ids::{ProjectId, VersionId};
use domain::project::ProjectDetails;
use domain::{AggregateRef, Body, Place};
use serde::{Deserialize, Serialize};

use super::common::{Done, VersionArgs};
use super::install::TextReply;
use super::with_project;
use crate::engine::Engine;
use crate::error::{Error, ErrorCode};
use crate::manifest::{self, Manifest, ManifestError};

/// A text against a version.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ManifestArgs {
    /// Of which project.
    pub project: ProjectId,
    /// The version.
    pub version: VersionId,
    /// The text.
    pub text: String,
}

/// Takes fields of a text into a version.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TakeManifestArgs {
    /// The text and the version.
    #[serde(flatten)]
    pub of: ManifestArgs,
    /// The fields, with what stood here when the person looked.
    pub fields: Vec<TakenField>,
}

/// A field that is taken.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TakenField {
    /// Which.
    pub field: FieldKey,
    /// What stood here.
    pub expects: Option<FieldValue>,
}

/// How a text and a version differ.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ManifestCheck {
    /// The number of the version that the text is of.
    pub number: String,
    /// The project's name, slug and owner as the text has them, where they are others.
    pub details: Option<ProjectDetails>,
    /// The fields that differ, in the catalogue's order.
    pub fields: Vec<ManifestField>,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ManifestField {
    /// Which.
    pub field: FieldKey,
    /// As it stands here.
    pub here: Option<FieldValue>,
    /// As the text has it.
    pub there: Option<FieldValue>,
    /// Whether it names a file that is not on this computer, so that it cannot be taken.
    pub file_missing: bool,
}

pub(super) async fn manifest(engine: &Engine, args: VersionArgs) -> Result<TextReply, Error> {
    with_project(engine, args.project, move |_, _, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let text = manifest::write(project, version).map_err(|error| Error::internal(&error))?;
        Ok(TextReply { text })
    })
    .await
}

pub(super) async fn check_manifest(engine: &Engine, args: ManifestArgs) -> Result<ManifestCheck, Error> {
    let there = read(&args.text)?;
    let blobs = engine.blobs()?;
    with_project(engine, args.project, move |_, _, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let here = &version.information;
        let field = |field| {
            let there = there.information.get(field);
            let files = there.as_ref().map(manifest::files).unwrap_or_default();
            let known = here.get(field).as_ref().map(manifest::files).unwrap_or_default();
            // What stands here already is at the service, whether or not it was looked at on this computer.
            let file_missing = files.difference(&known).any(|id| !blobs.has(*id));
            ManifestField { field, here: here.get(field), there, file_missing }
        };
        Ok(ManifestCheck {
            fields: there.information.differences(here).into_iter().map(field).collect(),
            details: (there.project != project.details).then_some(there.project),
            number: there.number,
        })
    })
    .await
}

/// All or none: what one of them is refused for keeps the others back.
pub(super) async fn take_manifest(engine: &Engine, args: TakeManifestArgs) -> Result<Done, Error> {
    let there = read(&args.of.text)?;
    let mut seen = BTreeSet::new();
    let fields = args.fields.into_iter().filter(|taken| seen.insert(taken.field));
    let version = args.of.version;
    let set = |TakenField { field, expects }| Body::SetField {
        version,
        field,
        value: there.information.get(field),
        expects,
    };
    let bodies: Vec<Body> = fields.map(set).collect();
    engine.change_all(AggregateRef::Project(args.of.project), bodies).await.map(|()| Done {})
}

fn read(text: &str) -> Result<Manifest, Error> {
    manifest::read(text).map_err(|error| {
        let invalid = Error::new(ErrorCode::Invalid).at(Place::input("text"));
        match error {
            ManifestError::Syntax { line, detail } => {
                invalid.with("reason", "syntax").with("line", line).with("detail", detail)
            }
            ManifestError::TooNew => invalid.with("reason", "too_new"),
            ManifestError::Field(name) => invalid.with("reason", "field").with("field", name),
        }
    })
}
