//! Apps as they live at Talkdesk: brought in as projects, compared with a version, and changed there.

use domain::fields::{FieldKey, FieldValue};
use domain::ids::{ProjectId, VersionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::common::{Done, Nothing};
use crate::app::StrangeEntry;
use crate::engine::Engine;
use crate::error::Error;

/// An API gateway that may be asked for apps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GatewayView {
    /// Its address.
    pub url: String,
    /// Its region.
    pub region: String,
    /// What the Talkdesk ID hosts of its region end in; empty where that is not known.
    pub id_domain: String,
}

/// Whose eyes an app is seen with: an account that is signed in, and a gateway.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppsArgs {
    /// The registration of the account.
    pub account: Uuid,
    /// The gateway, one of those that are offered.
    pub gateway: String,
}

/// An app in the list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppView {
    /// Its id at Talkdesk.
    pub id: String,
    /// Its name, or what it is displayed by.
    pub name: String,
    /// Its slug; empty where Talkdesk does not tell it.
    pub slug: String,
    /// The version's number; empty where Talkdesk does not tell it.
    pub number: String,
    /// Whether a project of this name or slug is here.
    pub known: bool,
}

/// Makes a project of an app.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BringInArgs {
    /// Whose eyes.
    #[serde(flatten)]
    pub by: AppsArgs,
    /// The app's id at Talkdesk.
    pub app: String,
    /// The project's id.
    pub project: ProjectId,
    /// Its first version's id.
    pub version: VersionId,
    /// That version's number.
    pub number: String,
}

/// A version against its app.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppArgs {
    /// Whose eyes.
    #[serde(flatten)]
    pub by: AppsArgs,
    /// The app's id at Talkdesk.
    pub app: String,
    /// Of which project.
    pub project: ProjectId,
    /// The version.
    pub version: VersionId,
}

/// How a version and its app differ.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppDrift {
    /// The app's name there.
    pub name: String,
    /// The version's number that Talkdesk tells; empty where it tells none.
    pub number: String,
    /// The fields that differ, in the catalogue's order.
    pub differs: Vec<AppField>,
    /// Every field that Talkdesk tells.
    pub told: Vec<ToldField>,
    /// Fields that Talkdesk tells nothing of.
    pub untold: Vec<FieldKey>,
    /// Members of its answer that came in another form than the documented one.
    pub unread: Vec<String>,
    /// What it has of types that have no place here.
    pub strange: Vec<StrangeEntry>,
    /// Whether the app is active, where Talkdesk tells it.
    pub active: Option<bool>,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AppField {
    /// Which.
    pub field: FieldKey,
    /// As it stands here.
    pub here: Option<FieldValue>,
    /// As Talkdesk tells it.
    pub there: Option<FieldValue>,
    /// Whether the API takes a change of it.
    pub changeable: bool,
}

/// A field as Talkdesk tells it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ToldField {
    /// Which.
    pub field: FieldKey,
    /// Its value.
    pub value: Option<FieldValue>,
    /// Whether that is what is recorded as carried.
    pub recorded: bool,
}

/// Takes values of Talkdesk's into a version.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TakeAppArgs {
    /// Of which project.
    pub project: ProjectId,
    /// The version.
    pub version: VersionId,
    /// The fields.
    pub fields: Vec<TakenAppField>,
}

/// A field that is taken.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TakenAppField {
    /// Which.
    pub field: FieldKey,
    /// What stands there.
    pub value: Option<FieldValue>,
    /// What stood here when the person looked.
    pub expects: Option<FieldValue>,
}

/// Fields that are to be brought to Talkdesk as they stand here.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PushArgs {
    /// The version and its app.
    #[serde(flatten)]
    pub of: AppArgs,
    /// The fields.
    pub fields: Vec<FieldKey>,
    /// Whether the project's name goes along.
    #[serde(default)]
    pub name: bool,
    /// Whether the app shall be active; none leaves that as it is.
    #[serde(default)]
    pub active: Option<bool>,
}

/// The request that would go out, exactly, but for the access token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PushRequest {
    /// Its method.
    pub method: String,
    /// Where to.
    pub url: String,
    /// Its body, indented for reading.
    pub body: String,
}

/// Sends a request that a person saw.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SendPushArgs {
    /// What it is about.
    #[serde(flatten)]
    pub of: PushArgs,
    /// The body as it was shown: where another one would go out by now, none does.
    pub body: String,
}

/// What stands at Talkdesk after a change.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pushed {
    /// Fields that were sent and still stand otherwise there.
    pub differ: Vec<FieldKey>,
    /// `name` and `active`, likewise.
    pub beside: Vec<String>,
}

pub(super) async fn gateways(engine: &Engine, _: Nothing) -> Result<Vec<GatewayView>, Error> {
    engine.gateways().await
}

pub(super) async fn apps(engine: &Engine, args: AppsArgs) -> Result<Vec<AppView>, Error> {
    engine.apps(&args).await
}

pub(super) async fn bring_in_app(engine: &Engine, args: BringInArgs) -> Result<Done, Error> {
    engine.bring_in_app(args).await.map(|()| Done {})
}

pub(super) async fn compare_app(engine: &Engine, args: AppArgs) -> Result<AppDrift, Error> {
    engine.compare_app(&args).await
}

pub(super) async fn take_from_app(engine: &Engine, args: TakeAppArgs) -> Result<Done, Error> {
    engine.take_from_app(args).await.map(|()| Done {})
}

pub(super) async fn push_request(engine: &Engine, args: PushArgs) -> Result<PushRequest, Error> {
    engine.push_request(&args).await
}

pub(super) async fn push_to_app(engine: &Engine, args: SendPushArgs) -> Result<Pushed, Error> {
    engine.push_to_app(args).await
}
