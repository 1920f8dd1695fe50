//! The steps as data. `source` names the heading and numbers of the page *Partner processes* that a step covers.

use super::{ProcessLink, ProcessStep, Proof, Screen, StepGroup, StepScope};

/// What follows the steps on the page.
pub const LINKS: [ProcessLink; 2] = [ProcessLink::Guide, ProcessLink::Troubleshooting];

/// Every step, in the order of the page.
pub const STEPS: &[ProcessStep] = &[
    by_hand(
        "partners.documents",
        StepGroup::Partners,
        Proof::DocumentsDone,
        Screen::PartnerDocuments,
        "Partners 1",
    ),
    by_hand(
        "partners.documentation",
        StepGroup::Partners,
        Proof::DocumentationRead,
        Screen::Documentation,
        "Partners 2",
    ),
    by_hand(
        "partners.account",
        StepGroup::Partners,
        Proof::DeveloperAccountKnown,
        Screen::OwnAccounts,
        "Partners 3",
    ),
    proven(
        "getting_ready.guidelines",
        StepGroup::GettingReady,
        Proof::GuidelinesDone,
        Screen::Certification,
        "Getting Your App Ready 1",
    ),
    proven(
        "getting_ready.technical_ux",
        StepGroup::GettingReady,
        Proof::TechnicalUxDone,
        Screen::TechnicalUx,
        "Getting Your App Ready 2",
    ),
    proven(
        "getting_ready.qa",
        StepGroup::GettingReady,
        Proof::QaDone,
        Screen::Qa,
        "Getting Your App Ready 3",
    ),
    by_hand("register.project", StepGroup::Register, Proof::ProjectKnown, Screen::Project, "Register 1"),
    proven(
        "register.information",
        StepGroup::Register,
        Proof::InformationComplete,
        Screen::Information,
        "Register 2",
    ),
    by_hand("register.ready", StepGroup::Register, Proof::InformationCarried, Screen::Review, "Register 3"),
    proven(
        "installation_link.approved",
        StepGroup::InstallationLink,
        Proof::TechnicalApproved,
        Screen::Review,
        "Installation link 1",
    ),
    // The clicks on Partner Project lead to one thing: its link is recorded here.
    proven(
        "installation_link.recorded",
        StepGroup::InstallationLink,
        Proof::LinkRecorded,
        Screen::Install,
        "Installation link 2, 3",
    ),
    proven(
        "installation_link.used",
        StepGroup::InstallationLink,
        Proof::LinkUsed,
        Screen::Install,
        "Installation link 4",
    ),
    by_hand(
        "integrating.register",
        StepGroup::Integrating,
        Proof::AppIdKnown,
        Screen::Project,
        "Integrating 1",
    ),
    proven(
        "integrating.callback",
        StepGroup::Integrating,
        Proof::CallbackSet,
        Screen::Technical,
        "Integrating 2",
    ),
    by_hand(
        "integrating.installation",
        StepGroup::Integrating,
        Proof::InstallationStored,
        Screen::Installations,
        "Integrating 3",
    ),
    by_hand(
        "integrating.standalone",
        StepGroup::Integrating,
        Proof::CodeReceived,
        Screen::Technical,
        "Integrating 4",
    ),
    by_hand(
        "integrating.token",
        StepGroup::Integrating,
        Proof::TokenObtained,
        Screen::Connections,
        "Integrating 5",
    ),
    by_hand(
        "test_and_submit.test",
        StepGroup::TestAndSubmit,
        Proof::TestInstalled,
        Screen::Install,
        "Test and Submit 1",
    ),
    proven(
        "test_and_submit.submit",
        StepGroup::TestAndSubmit,
        Proof::Submitted,
        Screen::Review,
        "Test and Submit 2",
    ),
    proven(
        "test_and_submit.publish",
        StepGroup::TestAndSubmit,
        Proof::Published,
        Screen::Review,
        "Test and Submit 3",
    ),
    by_hand("events.integrate", StepGroup::Events, Proof::EventVerified, Screen::Events, "Events 1"),
    by_hand("events.region", StepGroup::Events, Proof::RegionUsed, Screen::Installations, "Events 2"),
    by_hand(
        "events.credentials",
        StepGroup::Events,
        Proof::CredentialsStored,
        Screen::Installations,
        "Events 3",
    ),
    by_hand("alerts.users", StepGroup::Alerts, Proof::UsersChanged, Screen::Events, "Alerts 1"),
    by_hand("alerts.plan", StepGroup::Alerts, Proof::PlanChanged, Screen::Events, "Alerts 2"),
];

/// A step whose truth the console holds.
const fn proven(
    id: &'static str,
    group: StepGroup,
    proof: Proof,
    screen: Screen,
    source: &'static str,
) -> ProcessStep {
    ProcessStep { id, scope: scope(group), group, proof: Some(proof), tickable: false, screen, source }
}

/// A step that can also be done where the console does not see it.
const fn by_hand(
    id: &'static str,
    group: StepGroup,
    proof: Proof,
    screen: Screen,
    source: &'static str,
) -> ProcessStep {
    ProcessStep { id, scope: scope(group), group, proof: Some(proof), tickable: true, screen, source }
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
