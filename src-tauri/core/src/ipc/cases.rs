//! Install cases: what is waited for, which installation it may be, and what is known here of why an install fails.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use domain::ids::{CaseId, CustomerId, InstallationId, ProjectId, VersionId};
use domain::installation::{CheckedStep, Life, StepOutcome};
use domain::project::{LinkUseKind, Project};
use domain::workspace::{CaseDetails, CaseEnd, Customer, InstallCase, Workspace};
use serde::{Deserialize, Serialize};

use super::common::{By, Nothing, People};
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::{DeliveryFilter, DeliveryRow, InstallationRow, Listed};

/// The most deliveries that are told of an account, the newest of them.
const MOST_REFUSED: usize = 5;
/// How many deliveries that are not believed are looked through for them.
const LOOKED_THROUGH: usize = 200;

/// An install case.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseView {
    /// Its id.
    pub id: CaseId,
    /// What a form holds.
    pub details: CaseDetails,
    /// The customer's name.
    pub customer: String,
    /// The customer's account at Talkdesk, as it was entered; may be empty.
    pub account: String,
    /// The project's name.
    pub project: String,
    /// The version's number; empty where none was said.
    pub number: String,
    /// The name of whoever looks after it; may be empty.
    pub owner: String,
    /// Opened by whom.
    pub opened: By,
    /// The installation that came of it, or that it is about.
    pub joined: Option<CaseJoined>,
    /// How it ended; none: it is open.
    pub ended: Option<CaseEnded>,
    /// Installations that it may be: of the customer, or of an account that suggests the customer.
    pub candidates: Vec<CaseCandidate>,
}

/// The installation of a case.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseJoined {
    /// Which.
    pub installation: InstallationId,
    /// By whom.
    pub by: By,
}

/// How a case ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseEnded {
    /// The end.
    #[serde(flatten)]
    pub end: CaseEnd,
    /// By whom.
    pub by: By,
}

/// An installation that a case may be about.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseCandidate {
    /// Which.
    pub installation: InstallationId,
    /// Its account's name.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The version's name.
    pub version: String,
    /// Whether a person said that it is the customer's; else its account's name suggests it.
    pub matched: bool,
    /// When it was installed, where that is known.
    pub since: Option<Timestamp>,
}

/// Whose install it is, of what.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseKnownArgs {
    /// Of which project.
    pub project: Option<ProjectId>,
    /// Whose.
    pub customer: Option<CustomerId>,
    /// The account's ids and names, by which deliveries claim to be of it.
    pub accounts: Vec<String>,
}

/// What is known here of an install.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseKnown {
    /// Sends of the project's links to the customer, newest first.
    pub sends: Vec<CaseSend>,
    /// Deliveries that claim to be of the account and are not believed, newest first.
    pub refused: Vec<CaseRefused>,
}

/// A send of a link.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseSend {
    /// The version that it installs.
    pub version: VersionId,
    /// Its number.
    pub number: String,
    /// Whether another link took its place since.
    pub superseded: bool,
    /// How it was sent.
    pub kind: LinkUseKind,
    /// To whom of the customer's: names, and what they do there.
    pub contacts: Vec<String>,
    /// By whom.
    pub by: By,
}

/// A delivery that is not believed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CaseRefused {
    /// The type that it claims.
    pub kind: String,
    /// The step that failed, and why.
    pub failed: CheckedStep,
    /// When it came.
    pub at: Timestamp,
}

/// Install cases that were not removed: open ones first, the oldest of them at the top; then those that ended, newest
/// first.
pub(super) async fn install_cases(engine: &Engine, _: Nothing) -> Result<Vec<CaseView>, Error> {
    with_view(engine, |view, me| {
        let Some(workspace) = view.workspace()? else { return Ok(Vec::new()) };
        let people = People::new(Some(&workspace), me);
        let known = Known::of(view, &workspace)?;
        let there = workspace.cases.iter().filter(|case| case.removed.is_none());
        let mut cases: Vec<CaseView> = there.map(|case| known.view(case, &people)).collect();
        cases.sort_by_key(|case| match &case.ended {
            None => (0, case.opened.at.0),
            Some(ended) => (1, -ended.by.at.0),
        });
        Ok(cases)
    })
    .await
}

/// What the cases name.
struct Known<'a> {
    workspace: &'a Workspace,
    projects: BTreeMap<ProjectId, Project>,
    installations: Vec<InstallationRow>,
    /// Those that an open case has.
    joined: BTreeSet<InstallationId>,
}

impl<'a> Known<'a> {
    fn of(view: View<'_>, workspace: &'a Workspace) -> Result<Self, Error> {
        let there = || workspace.cases.iter().filter(|case| case.removed.is_none());
        let mut projects = BTreeMap::new();
        for id in there().map(|case| case.details.project).collect::<BTreeSet<_>>() {
            projects.extend(view.project(id)?.map(|project| (id, project)));
        }
        let waits = there().any(InstallCase::waits);
        let installations = if waits { view.installation_rows()? } else { Vec::new() };
        let open = there().filter(|case| case.is_open());
        let joined = open.filter_map(|case| Some(case.joined.as_ref()?.installation)).collect();
        Ok(Self { workspace, projects, installations, joined })
    }

    fn view(&self, case: &InstallCase, people: &People<'_>) -> CaseView {
        // Also one who was removed since has a name.
        let customer = self.workspace.customers.iter().find(|known| known.id == case.details.customer);
        let project = self.projects.get(&case.details.project);
        let version = project.zip(case.details.version).and_then(|(project, id)| project.version(id));
        CaseView {
            id: case.id,
            details: case.details.clone(),
            customer: customer.map(|known| known.details.name.clone()).unwrap_or_default(),
            account: customer.map(|known| known.details.account.clone()).unwrap_or_default(),
            project: project.map(|known| known.details.name.clone()).unwrap_or_default(),
            number: version.map(|known| known.number.clone()).unwrap_or_default(),
            owner: case.details.owner.map(|owner| people.name(owner)).unwrap_or_default(),
            opened: people.by(&case.created),
            joined: case
                .joined
                .as_ref()
                .map(|joined| CaseJoined { installation: joined.installation, by: people.by(&joined.mark) }),
            ended: case
                .outcome
                .as_ref()
                .map(|outcome| CaseEnded { end: outcome.end, by: people.by(&outcome.mark) }),
            candidates: if case.waits() { self.candidates(case, customer) } else { Vec::new() },
        }
    }

    fn candidates(&self, case: &InstallCase, customer: Option<&Customer>) -> Vec<CaseCandidate> {
        let suggests = |account: &str| {
            let account = account.trim().to_lowercase();
            let names = customer.into_iter().flat_map(|known| [&known.details.account, &known.details.name]);
            !account.is_empty() && names.into_iter().any(|name| name.trim().to_lowercase() == account)
        };
        let fits = |row: &&InstallationRow| {
            row.life != Life::Uninstalled
                && !self.joined.contains(&row.id)
                && row.project.is_none_or(|project| project == case.details.project)
                && match row.customer {
                    Some(customer) => customer == case.details.customer,
                    None => suggests(&row.account),
                }
        };
        let candidate = |row: &InstallationRow| CaseCandidate {
            installation: row.id,
            account: row.account.clone(),
            region: row.region.clone(),
            version: row.version.clone(),
            matched: row.customer.is_some(),
            since: row.since,
        };
        self.installations.iter().filter(fits).map(candidate).collect()
    }
}

/// What is known here of an install: which link went to whom, and what came of its account that is not believed.
pub(super) async fn case_known(engine: &Engine, args: CaseKnownArgs) -> Result<CaseKnown, Error> {
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let project = args.project.map(|id| view.project(id)).transpose()?.flatten();
        let customers = workspace.as_ref().map(|known| &known.customers[..]).unwrap_or_default();
        let customer = customers.iter().find(|known| Some(known.id) == args.customer);
        let sends =
            project.as_ref().zip(customer).map(|(project, customer)| sends(project, customer, &people));
        let sends = sends.unwrap_or_default();
        let cases = workspace.iter().flat_map(|known| &known.cases).filter(|case| {
            let CaseDetails { customer, project, .. } = case.details;
            case.is_open() && (Some(customer), Some(project)) == (args.customer, args.project)
        });
        let mut beginnings = Vec::new();
        for case in cases {
            let joined = case.joined.as_ref().map(|joined| view.installation(joined.installation));
            let there = joined.transpose()?.flatten().map(|known| known.created.at);
            beginnings.push(began(case, there, &sends));
        }
        // Of several the earliest; where one is not known (it is the least), no time is.
        let since = beginnings.into_iter().min().flatten();
        Ok(CaseKnown { sends, refused: refused(view, &args.accounts, since)? })
    })
    .await
}

fn sends(project: &Project, customer: &Customer, people: &People<'_>) -> Vec<CaseSend> {
    let mut sends: Vec<CaseSend> = Vec::new();
    for link in &project.links {
        let number = project.version(link.version).map(|known| known.number.clone()).unwrap_or_default();
        for used in link.uses.iter().filter(|used| used.customer == Some(customer.id)) {
            let contacts = used.contacts.iter().filter_map(|id| customer.details.contact(*id));
            let told = contacts.map(|known| {
                let words = [known.shown(), &known.role].into_iter().filter(|words| !words.is_empty());
                words.collect::<Vec<_>>().join(", ")
            });
            sends.push(CaseSend {
                version: link.version,
                number: number.clone(),
                superseded: link.superseded_by.is_some(),
                kind: used.kind,
                contacts: told.filter(|words| !words.is_empty()).collect(),
                by: people.by(&used.mark),
            });
        }
    }
    sends.sort_by_key(|send| std::cmp::Reverse(send.by.at));
    sends
}

/// When the install of a case began, where that is known: when it was announced. A case of an installation that was
/// `there` already is opened once the install failed: that one began when the link was sent that it came of.
fn began(case: &InstallCase, there: Option<Timestamp>, sends: &[CaseSend]) -> Option<Timestamp> {
    let opened = case.created.at;
    match there.filter(|there| *there < opened) {
        Some(there) => sends.iter().map(|send| send.by.at).find(|sent| *sent <= there),
        None => Some(opened),
    }
}

/// Whether a delivery can be the event of an install that began then: of its type, or of one that cannot be read.
fn may_tell_of(delivery: &DeliveryRow, since: Option<Timestamp>) -> bool {
    ["app.installed", ""].contains(&&*delivery.kind) && since.is_none_or(|since| delivery.at >= since)
}

fn refused(view: View<'_>, accounts: &[String], since: Option<Timestamp>) -> Result<Vec<CaseRefused>, Error> {
    let wanted: BTreeSet<String> = accounts.iter().map(|account| account.trim().to_lowercase()).collect();
    if wanted.iter().all(String::is_empty) {
        return Ok(Vec::new());
    }
    let filter = DeliveryFilter { verified: Some(false), text: String::new() };
    let page = view.deliveries(&filter, 0, LOOKED_THROUGH)?;
    let found = page.rows.into_iter().filter_map(|row| {
        let Listed::Delivery { delivery, .. } = row else { return None };
        if !may_tell_of(&delivery, since) {
            return None;
        }
        let claimed = delivery.account.trim().to_lowercase();
        let failed = delivery.steps.into_iter().find(|step| step.outcome == StepOutcome::Failed)?;
        (!claimed.is_empty() && wanted.contains(&claimed)).then_some(CaseRefused {
            kind: delivery.kind,
            failed,
            at: delivery.at,
        })
    });
    Ok(found.take(MOST_REFUSED).collect())
}

#[cfg(test)]
mod tests {
    use domain::Mark;
    use domain::ids::{CommandId, MemberId};
    use domain::installation::Received;
    use uuid::Uuid;

    use super::*;

    const ME: MemberId = MemberId::from_u128(1);

    fn sent(at: i64) -> CaseSend {
        CaseSend {
            version: VersionId::from_u128(1),
            number: "1.0.0".to_owned(),
            superseded: false,
            kind: LinkUseKind::MailDraft,
            contacts: Vec::new(),
            by: By { id: ME, name: String::new(), me: true, at: Timestamp(at) },
        }
    }

    /// Protects an event that made an install fail from being taken for one of before, where the case was opened later.
    #[test]
    fn an_install_begins_as_it_is_announced_or_with_the_link_that_it_came_of() {
        let opened = 50;
        let case = InstallCase {
            id: CaseId::from_u128(1),
            details: CaseDetails {
                customer: CustomerId::from_u128(1),
                project: ProjectId::from_u128(1),
                version: None,
                region: String::new(),
                owner: None,
            },
            joined: None,
            outcome: None,
            removed: None,
            created: Mark { by: ME, at: Timestamp(opened), command: CommandId::from_u128(1) },
            extra: domain::common::Extra::new(),
        };
        // When the installation was there, when links were sent (newest first), and when it began.
        for (what, there, links, expected) in [
            ("announced, and nothing came", None, vec![60, 10], Some(opened)),
            ("announced, and it came", Some(70), vec![60, 10], Some(opened)),
            ("it was there, and no link is known", Some(30), vec![], None),
            ("it was there, and a link was sent once it failed", Some(30), vec![40], None),
            ("it was there, of a link", Some(30), vec![20], Some(20)),
            ("it was there, of the last link before it", Some(30), vec![40, 20, 10], Some(20)),
        ] {
            let sends: Vec<_> = links.iter().map(|at| sent(*at)).collect();
            let found = began(&case, there.map(Timestamp), &sends);
            assert_eq!(found, expected.map(Timestamp), "{what}");
        }
    }

    /// Protects the check of an install's event from failing for what is not its event.
    #[test]
    fn only_an_event_of_the_install_itself_since_it_began_fails_it() {
        let cases = [
            ("app.installed", 10, None, true),
            ("", 10, None, true),
            ("app.updated", 10, None, false),
            ("app.uninstalled", 10, None, false),
            ("user.logout", 30, Some(20), false),
            ("app.installed", 19, Some(20), false),
            ("", 19, Some(20), false),
            ("app.installed", 20, Some(20), true),
            ("", 21, Some(20), true),
        ];
        for (kind, at, since, expected) in cases {
            let delivery = DeliveryRow {
                id: Uuid::from_u128(1),
                at: Timestamp(at),
                by: ME,
                steps: Vec::new(),
                kind: kind.to_owned(),
                claimed: "e1".to_owned(),
                account: "account".to_owned(),
                key_id: "key".to_owned(),
                body: String::new(),
                received: Received::ByHand,
            };
            let found = may_tell_of(&delivery, since.map(Timestamp));
            assert_eq!(found, expected, "{kind:?} at {at}, since {since:?}");
        }
    }
}
