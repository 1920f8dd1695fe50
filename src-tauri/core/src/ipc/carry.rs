//! *Carry to Partner Project*: field by field, what stands here against what a person entered there.

use domain::carry::{self, CarriedState};
use domain::fields::{FIELDS, FieldKey, FieldValue, Part};
use domain::ids::{ProjectId, VersionId};
use domain::project::Version;
use serde::{Deserialize, Serialize};

use super::common::{By, Done, People, ProjectHead, VersionArgs, VersionHead};
use super::with_project;
use crate::engine::Engine;
use crate::error::Error;

/// A version's fields in the portal's order, and where the person was.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CarryView {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
    /// Every field.
    pub fields: Vec<CarryField>,
    /// The field that the person was at when the window was closed.
    pub place: Option<FieldKey>,
}

/// A field here and there.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CarryField {
    /// Which.
    pub key: FieldKey,
    /// Its part.
    pub part: Part,
    /// How the two stand to each other.
    pub state: CarriedState,
    /// What stands here.
    pub here: Option<FieldValue>,
    /// What was entered there.
    pub there: Option<Entered>,
}

/// What a person entered on Partner Project.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entered {
    /// The value; none where the field was emptied.
    pub value: Option<FieldValue>,
    /// Who and when.
    pub by: By,
}

/// Names the field that a person is at.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CarryPlaceArgs {
    /// Of which version.
    pub version: VersionId,
    /// The field.
    pub field: FieldKey,
}

pub(super) async fn carry(engine: &Engine, args: VersionArgs) -> Result<CarryView, Error> {
    with_project(engine, args.project, move |view, me, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let place = view.draft(&place_key(version.id))?;
        Ok(CarryView {
            project: project.into(),
            version: VersionHead::of(project, version),
            fields: FIELDS.iter().map(|field| row(version, field.key, field.part, &people)).collect(),
            // A field that this version of the console does not know is no place.
            place: place
                .and_then(|name| FIELDS.iter().find(|field| field.name == name))
                .map(|field| field.key),
        })
    })
    .await
}

fn row(version: &Version, key: FieldKey, part: Part, people: &People<'_>) -> CarryField {
    CarryField {
        key,
        part,
        state: carry::state(version, key),
        here: version.information.get(key),
        there: version
            .carried
            .get(&key)
            .map(|carried| Entered { value: carried.value.clone(), by: people.by(&carried.mark) }),
    }
}

pub(super) async fn open_carry(engine: &Engine, args: VersionArgs) -> Result<Done, Error> {
    known(engine, args.project, args.version).await?;
    engine.open_carry(args.project, args.version).map(|()| Done {})
}

async fn known(engine: &Engine, project: ProjectId, version: VersionId) -> Result<(), Error> {
    with_project(engine, project, move |_, _, project| {
        project.version(version).map(|_| ()).ok_or_else(Error::not_found)
    })
    .await
}

pub(super) async fn set_carry_place(engine: &Engine, args: CarryPlaceArgs) -> Result<Done, Error> {
    engine.keep_draft(place_key(args.version), args.field.name().to_owned()).await.map(|()| Done {})
}

fn place_key(version: VersionId) -> String {
    format!("carry:{version}")
}
