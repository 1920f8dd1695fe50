//! The partner process: every step of Talkdesk's page *Partner processes*, in its order and grouping.
//!
//! A step is done by what the console itself saw (its proof), or because a person says so. Where the console holds
//! the truth (a recorded approval, a signed run) a person's word does not overrule it: such a step cannot be ticked.
//! Absent on purpose: the steps' words. Ids are keys of the window's catalogue.

mod help;
mod installed;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::common::Mark;

pub use help::{Guide, INSTALLATION, guides};
pub use installed::of_installation;
pub use steps::{LINKS, STEPS};

/// How often a step has to be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StepScope {
    /// Once a workspace.
    Workspace,
    /// Once a project.
    Project,
    /// With every version.
    Version,
}

/// The headings of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StepGroup {
    /// Partners.
    Partners,
    /// Getting your app ready.
    GettingReady,
    /// The app is registered on Partner Project.
    Register,
    /// The installation link.
    InstallationLink,
    /// Integrating your app with `AppConnect`.
    Integrating,
    /// Test and submit an app to get listed on `AppConnect`.
    TestAndSubmit,
    /// Events, regions, credentials.
    Events,
    /// Alerts by the app.updated event.
    Alerts,
}

/// What in the data shows that a step is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// There are partner documents, and all of them are signed.
    DocumentsDone,
    /// Every documentation page was read by someone.
    DocumentationRead,
    /// An own account is marked as the partner developer account.
    DeveloperAccountKnown,
    /// The version's certification run has all required items passed.
    GuidelinesDone,
    /// The version's technical and UX run has all required items passed.
    TechnicalUxDone,
    /// The version's QA run has all required items passed.
    QaDone,
    /// The project's place on Partner Project is known: its app, or an install link that was found there.
    ProjectKnown,
    /// No field is missing, of either track.
    InformationComplete,
    /// No field is missing, and every one was carried to Partner Project as it stands here.
    InformationCarried,
    /// The technical track is approved.
    TechnicalApproved,
    /// The version has an install link.
    LinkRecorded,
    /// The link was copied, sent or used.
    LinkUsed,
    /// The app's id at Talkdesk is known.
    AppIdKnown,
    /// A version of the project has an events callback URL.
    CallbackSet,
    /// An installation's data is stored.
    InstallationStored,
    /// In a check of a version's sign-in an authorization code came back, and the app took it.
    CodeReceived,
    /// An access token was obtained.
    TokenObtained,
    /// The version is installed on an own account.
    TestInstalled,
    /// The marketplace track was submitted.
    Submitted,
    /// Go-live is confirmed.
    Published,
    /// A verified event was received.
    EventVerified,
    /// A call went to the base URL of an installation's region.
    RegionUsed,
    /// Credentials came with an app.installed event.
    CredentialsStored,
    /// An app.updated event changed users.
    UsersChanged,
    /// An app.updated event changed the plan.
    PlanChanged,
}

/// The screen where a step is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// The workspace's partner documents.
    PartnerDocuments,
    /// The workspace's documentation pages.
    Documentation,
    /// The workspace's own accounts.
    OwnAccounts,
    /// The version's certification run.
    Certification,
    /// The version's technical and UX run.
    TechnicalUx,
    /// The version's QA run.
    Qa,
    /// The project page.
    Project,
    /// The version's app information.
    Information,
    /// Its technical part.
    Technical,
    /// The version's review.
    Review,
    /// The version's install dialog.
    Install,
    /// Installations.
    Installations,
    /// Events.
    Events,
    /// Connections: sign-in and tokens.
    Connections,
}

/// A step of the partner process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProcessStep {
    /// The key of its words, and what a tick names.
    pub id: &'static str,
    /// How often it has to be done.
    pub scope: StepScope,
    /// Its heading.
    pub group: StepGroup,
    /// What shows that it is done; nothing, where only a person can say so.
    pub proof: Option<Proof>,
    /// Whether a person may say it is done where the proof is not seen: the console does not see everything.
    pub tickable: bool,
    /// The screen that it opens.
    pub screen: Screen,
    /// The page below docs.talkdesk.com that tells of it; empty where none was found, and the complete guide does.
    pub page: &'static str,
    /// Where it stands on the page *Partner processes*: heading and numbers.
    pub source: &'static str,
}

/// A link that the page ends with. Its address is data of the workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProcessLink {
    /// The complete Partner Project guide.
    Guide,
    /// Troubleshooting: the form that opens a ticket.
    Troubleshooting,
}

/// What the data says of one version, its project and workspace.
#[derive(Clone, Debug)]
pub struct ProcessFacts<'a> {
    /// Steps ticked in the workspace, by id.
    pub workspace_ticks: &'a BTreeMap<String, Mark>,
    /// Steps ticked in the project, where there is one.
    pub project_ticks: Option<&'a BTreeMap<String, Mark>>,
    /// Steps ticked in the version, where there is one.
    pub version_ticks: Option<&'a BTreeMap<String, Mark>>,
    /// Every proof that the data holds.
    pub seen: BTreeSet<Proof>,
}

/// How a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepState {
    /// Which.
    pub id: &'static str,
    /// Done.
    pub done: bool,
    /// Its proof was seen, whether or not a person ticked it too.
    pub by_evidence: bool,
    /// Who ticked it, and when.
    pub ticked: Option<Mark>,
}

/// The step of this id.
pub fn step(id: &str) -> Option<&'static ProcessStep> {
    STEPS.iter().find(|step| step.id == id)
}

/// How every step stands, in the order of `STEPS`.
pub fn progress(facts: &ProcessFacts<'_>) -> Vec<StepState> {
    STEPS
        .iter()
        .map(|step| {
            let ticks = match step.scope {
                StepScope::Workspace => Some(facts.workspace_ticks),
                StepScope::Project => facts.project_ticks,
                StepScope::Version => facts.version_ticks,
            };
            let ticked = ticks.and_then(|ticks| ticks.get(step.id)).filter(|_| step.tickable).copied();
            let by_evidence = step.proof.is_some_and(|proof| facts.seen.contains(&proof));
            StepState { id: step.id, done: by_evidence || ticked.is_some(), by_evidence, ticked }
        })
        .collect()
}
