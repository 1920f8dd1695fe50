//! The steps as data. `source` names the heading and numbers of the page *Partner processes* that a step covers.

use super::{ProcessLink, ProcessStep, Proof, Screen, StepGroup, StepScope};

/// Pages that tell of more than one step.
const EVENTS: &str = "docs/events-api";
const INSTALLED: &str = "reference/app-installed";
const REQUIREMENTS: &str = "docs/app-requirements";
const VERSIONS: &str = "docs/creating-managing-app-versions";
/// No page of its own was found: the complete guide tells of it.
const NOT_FOUND: &str = "";

/// What follows the steps on the page.
pub const LINKS: [ProcessLink; 2] = [ProcessLink::Guide, ProcessLink::Troubleshooting];

/// Every step, in the order of the page.
pub const STEPS: &[ProcessStep] = &[
    by_hand(
        "partners.documents",
        StepGroup::Partners,
        Proof::DocumentsDone,
        Screen::PartnerDocuments,
        NOT_FOUND,
        "Partners 1",
    ),
    by_hand(
        "partners.documentation",
        StepGroup::Partners,
        Proof::DocumentationRead,
        Screen::Documentation,
        NOT_FOUND,
        "Partners 2",
    ),
    by_hand(
        "partners.account",
        StepGroup::Partners,
        Proof::DeveloperAccountKnown,
        Screen::OwnAccounts,
        NOT_FOUND,
        "Partners 3",
    ),
    proven(
        "getting_ready.guidelines",
        StepGroup::GettingReady,
        Proof::GuidelinesDone,
        Screen::Certification,
        REQUIREMENTS,
        "Getting Your App Ready 1",
    ),
    proven(
        "getting_ready.technical_ux",
        StepGroup::GettingReady,
        Proof::TechnicalUxDone,
        Screen::TechnicalUx,
        REQUIREMENTS,
        "Getting Your App Ready 2",
    ),
    proven(
        "getting_ready.qa",
        StepGroup::GettingReady,
        Proof::QaDone,
        Screen::Qa,
        REQUIREMENTS,
        "Getting Your App Ready 3",
    ),
    by_hand(
        "register.project",
        StepGroup::Register,
        Proof::ProjectKnown,
        Screen::Project,
        VERSIONS,
        "Register 1",
    ),
    proven(
        "register.information",
        StepGroup::Register,
        Proof::InformationComplete,
        Screen::Information,
        "reference/appsid",
        "Register 2",
    ),
    by_hand(
        "register.ready",
        StepGroup::Register,
        Proof::InformationCarried,
        Screen::Review,
        VERSIONS,
        "Register 3",
    ),
    proven(
        "installation_link.approved",
        StepGroup::InstallationLink,
        Proof::TechnicalApproved,
        Screen::Review,
        VERSIONS,
        "Installation link 1",
    ),
    // The clicks on Partner Project lead to one thing: its link is recorded here.
    proven(
        "installation_link.recorded",
        StepGroup::InstallationLink,
        Proof::LinkRecorded,
        Screen::Install,
        VERSIONS,
        "Installation link 2, 3",
    ),
    proven(
        "installation_link.used",
        StepGroup::InstallationLink,
        Proof::LinkUsed,
        Screen::Install,
        VERSIONS,
        "Installation link 4",
    ),
    by_hand(
        "integrating.register",
        StepGroup::Integrating,
        Proof::AppIdKnown,
        Screen::Project,
        "reference/list-of-apps",
        "Integrating 1",
    ),
    proven(
        "integrating.callback",
        StepGroup::Integrating,
        Proof::CallbackSet,
        Screen::Technical,
        EVENTS,
        "Integrating 2",
    ),
    by_hand(
        "integrating.installation",
        StepGroup::Integrating,
        Proof::InstallationStored,
        Screen::Installations,
        INSTALLED,
        "Integrating 3",
    ),
    by_hand(
        "integrating.standalone",
        StepGroup::Integrating,
        Proof::CodeReceived,
        Screen::Technical,
        "docs/single-sign-on",
        "Integrating 4",
    ),
    by_hand(
        "integrating.token",
        StepGroup::Integrating,
        Proof::TokenObtained,
        Screen::Connections,
        "reference/cc-jwt",
        "Integrating 5",
    ),
    by_hand(
        "test_and_submit.test",
        StepGroup::TestAndSubmit,
        Proof::TestInstalled,
        Screen::Install,
        REQUIREMENTS,
        "Test and Submit 1",
    ),
    proven(
        "test_and_submit.submit",
        StepGroup::TestAndSubmit,
        Proof::Submitted,
        Screen::Review,
        VERSIONS,
        "Test and Submit 2",
    ),
    proven(
        "test_and_submit.publish",
        StepGroup::TestAndSubmit,
        Proof::Published,
        Screen::Review,
        VERSIONS,
        "Test and Submit 3",
    ),
    by_hand("events.integrate", StepGroup::Events, Proof::EventVerified, Screen::Events, EVENTS, "Events 1"),
    by_hand("events.region", StepGroup::Events, Proof::RegionUsed, Screen::Installations, EVENTS, "Events 2"),
    by_hand(
        "events.credentials",
        StepGroup::Events,
        Proof::CredentialsStored,
        Screen::Installations,
        INSTALLED,
        "Events 3",
    ),
    by_hand("alerts.users", StepGroup::Alerts, Proof::UsersChanged, Screen::Events, EVENTS, "Alerts 1"),
    by_hand("alerts.plan", StepGroup::Alerts, Proof::PlanChanged, Screen::Events, EVENTS, "Alerts 2"),
];

/// A step whose truth the console holds.
const fn proven(
    id: &'static str,
    group: StepGroup,
    proof: Proof,
    screen: Screen,
    page: &'static str,
    source: &'static str,
) -> ProcessStep {
    ProcessStep { id, scope: scope(group), group, proof: Some(proof), tickable: false, screen, page, source }
}

/// A step that can also be done where the console does not see it.
const fn by_hand(
    id: &'static str,
    group: StepGroup,
    proof: Proof,
    screen: Screen,
    page: &'static str,
    source: &'static str,
) -> ProcessStep {
    ProcessStep { id, scope: scope(group), group, proof: Some(proof), tickable: true, screen, page, source }
}

/// The steps of a heading are done equally often (ours: the page does not say).
const fn scope(group: StepGroup) -> StepScope {
    match group {
        StepGroup::Partners => StepScope::Workspace,
        StepGroup::Integrating | StepGroup::Events | StepGroup::Alerts => StepScope::Project,
        StepGroup::GettingReady
        | StepGroup::Register
        | StepGroup::InstallationLink
        | StepGroup::TestAndSubmit => StepScope::Version,
    }
}
