//! The check of an app's sign-in: each hop of a browser, and what is wrong; and the check that a version keeps.

use domain::fields::FieldKey;
use domain::ids::{InstallationId, ProjectId, VersionId};
use domain::sso::SsoReport;
use serde::{Deserialize, Serialize};

use super::common::{By, People, VersionArgs};
use super::with_view;
use crate::engine::Engine;
use crate::error::Error;
use crate::store::InstallationRow;

/// What is tried.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoArgs {
    /// Of which project.
    pub project: ProjectId,
    /// The version whose addresses are tried.
    pub version: VersionId,
    /// The installation that Talkdesk would name.
    pub installation: InstallationId,
    /// The id of the user whom it would name.
    pub user: String,
}

/// The check that a version keeps.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoView {
    /// What was seen.
    #[serde(flatten)]
    pub report: SsoReport,
    /// Who had it done, when.
    pub by: By,
    /// The account of the installation that it was done for; empty where that is not known here.
    pub account: String,
    /// Whether the version has another standalone URL by now.
    pub outdated: bool,
}

pub(super) async fn sso_check(engine: &Engine, args: VersionArgs) -> Result<Option<SsoView>, Error> {
    with_view(engine, move |view, me| {
        let (workspace, project) = (view.workspace()?, view.project(args.project)?);
        let people = People::new(workspace.as_ref(), me);
        let project = project.ok_or_else(Error::not_found)?;
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let Some(check) = &version.sso else { return Ok(None) };
        let of = view.installation(check.report.installation)?;
        Ok(Some(SsoView {
            by: people.by(&check.mark),
            account: of.map(|of| InstallationRow::of(&of).account).unwrap_or_default(),
            outdated: version.information.text(FieldKey::StandaloneUrl).trim() != check.report.standalone,
            report: check.report.clone(),
        }))
    })
    .await
}

/// Does it, and keeps it with the version.
pub(super) async fn check_sso(engine: &Engine, args: SsoArgs) -> Result<SsoReport, Error> {
    engine.check_sso(&args).await
}
