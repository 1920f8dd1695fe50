//! Events that are sent to try an app with, and what was seen when all of them were sent last.

use domain::event_test::{Signer, TestReport, TestedEvent};
use domain::ids::{ProjectId, VersionId};
use serde::{Deserialize, Serialize};

use super::common::{By, People, VersionArgs};
use super::with_view;
use crate::engine::Engine;
use crate::error::Error;

/// What is sent.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestEventsArgs {
    /// Of which project.
    pub project: ProjectId,
    /// The version that is tried.
    pub version: VersionId,
    /// Whose key signs them.
    pub signer: Signer,
    /// Where they go.
    pub url: String,
    /// Which types; all of them where none is named.
    pub kinds: Vec<String>,
    /// When one is sent again that was not answered for.
    pub again: Again,
}

/// When an event is sent again that was not answered for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// Not at all.
    Never,
    /// After a second, and two more.
    Soon,
    /// After 5 and 10 minutes, as Talkdesk does (D/events-api).
    AsTalkdesk,
}

/// A report.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestView {
    /// Whose key signed them.
    pub signer: Signer,
    /// Where they went.
    pub url: String,
    /// Who sent them; none where it was a moment ago and is not kept.
    pub by: Option<By>,
    /// One of each type.
    pub events: Vec<TestedView>,
}

/// An event of a report.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestedView {
    /// What was sent, and what came back.
    #[serde(flatten)]
    pub event: TestedEvent,
    /// Whether it went as it has to.
    pub right: bool,
}

fn view(report: TestReport, by: Option<By>) -> TestView {
    let events =
        report.events.iter().map(|event| TestedView { right: report.is_right(event), event: event.clone() });
    let events = events.collect();
    TestView { signer: report.signer, url: report.url, by, events }
}

pub(super) async fn send_test_events(engine: &Engine, args: TestEventsArgs) -> Result<TestView, Error> {
    Ok(view(engine.send_test_events(args).await?, None))
}

pub(super) async fn test_reports(engine: &Engine, args: VersionArgs) -> Result<Vec<TestView>, Error> {
    with_view(engine, move |store, me| {
        let (workspace, project) = (store.workspace()?, store.project(args.project)?);
        let people = People::new(workspace.as_ref(), me);
        let project = project.ok_or_else(Error::not_found)?;
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let tests = version.event_tests.values();
        Ok(tests.map(|test| view(test.report.clone(), Some(people.by(&test.mark)))).collect())
    })
    .await
}
