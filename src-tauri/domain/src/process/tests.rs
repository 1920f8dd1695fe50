//! Protects the map's completeness against the page, and what a tick may and may not say.

use super::*;
use crate::common::Timestamp;
use crate::ids::{CommandId, MemberId};
use crate::workspace::{Workspace, built_in_pages};

fn mark() -> Mark {
    Mark { by: MemberId::from_u128(1), at: Timestamp(0), command: CommandId::from_u128(2) }
}

fn ticks(ids: &[&str]) -> BTreeMap<String, Mark> {
    ids.iter().map(|id| ((*id).to_owned(), mark())).collect()
}

#[test]
fn every_numbered_line_of_the_page_has_its_step_in_order() {
    let page = [
        ("Partners", 3, StepScope::Workspace),
        ("Getting Your App Ready", 3, StepScope::Version),
        ("Register", 3, StepScope::Version),
        ("Installation link", 4, StepScope::Version),
        ("Integrating", 5, StepScope::Project),
        ("Test and Submit", 3, StepScope::Version),
        ("Events", 3, StepScope::Project),
        ("Alerts", 2, StepScope::Project),
    ];
    let lines: Vec<_> = STEPS
        .iter()
        .flat_map(|step| {
            let at = step.source.find(|c: char| c.is_ascii_digit()).unwrap();
            let (heading, numbers) = step.source.split_at(at);
            numbers
                .split(", ")
                .map(move |number| (heading.trim(), number.parse::<usize>().unwrap(), step.scope))
        })
        .collect();
    let expected: Vec<_> = page
        .iter()
        .flat_map(|&(heading, count, scope)| (1..=count).map(move |n| (heading, n, scope)))
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn ids_and_proofs_are_unique() {
    assert_eq!(STEPS.len(), 25);
    assert_eq!(STEPS.iter().map(|step| step.id).collect::<BTreeSet<_>>().len(), STEPS.len());
    assert_eq!(STEPS.iter().map(|step| step.proof).collect::<BTreeSet<_>>().len(), STEPS.len());
    assert!(STEPS.iter().all(|step| step.tickable || step.proof.is_some()), "every step can be done");
    assert!(STEPS.iter().all(|known| step(known.id) == Some(known)));
    assert_eq!(step("partners"), None);
}

#[test]
fn a_step_is_done_by_its_proof_or_by_a_tick_of_its_own_scope() {
    struct Case {
        id: &'static str,
        seen: &'static [Proof],
        workspace: &'static [&'static str],
        project: &'static [&'static str],
        version: &'static [&'static str],
        done: bool,
        by_evidence: bool,
        ticked: bool,
    }
    const NONE: Case = Case {
        id: "",
        seen: &[],
        workspace: &[],
        project: &[],
        version: &[],
        done: false,
        by_evidence: false,
        ticked: false,
    };
    let cases = [
        Case { id: "partners.account", ..NONE },
        Case { id: "partners.account", workspace: &["partners.account"], done: true, ticked: true, ..NONE },
        Case { id: "partners.account", version: &["partners.account"], ..NONE },
        Case { id: "partners.account", project: &["partners.account"], ..NONE },
        Case { id: "integrating.token", project: &["integrating.token"], done: true, ticked: true, ..NONE },
        Case { id: "integrating.token", workspace: &["integrating.token"], ..NONE },
        Case {
            id: "integrating.token",
            seen: &[Proof::TokenObtained],
            done: true,
            by_evidence: true,
            ..NONE
        },
        Case {
            id: "integrating.token",
            seen: &[Proof::TokenObtained],
            project: &["integrating.token"],
            done: true,
            by_evidence: true,
            ticked: true,
            ..NONE
        },
        Case {
            id: "test_and_submit.test",
            version: &["test_and_submit.test"],
            done: true,
            ticked: true,
            ..NONE
        },
        Case { id: "test_and_submit.test", seen: &[Proof::LinkUsed], ..NONE },
        // What the console itself knows is not overruled by a tick.
        Case { id: "installation_link.approved", version: &["installation_link.approved"], ..NONE },
        Case { id: "getting_ready.qa", version: &["getting_ready.qa"], ..NONE },
        Case { id: "getting_ready.qa", seen: &[Proof::QaDone], done: true, by_evidence: true, ..NONE },
    ];
    for case in cases {
        let states = progress(&ProcessFacts {
            workspace_ticks: &ticks(case.workspace),
            project_ticks: Some(&ticks(case.project)),
            version_ticks: Some(&ticks(case.version)),
            seen: case.seen.iter().copied().collect(),
        });
        let state = states.iter().find(|state| state.id == case.id).unwrap();
        let Case { id, done, by_evidence, ticked, .. } = case;
        let expected = StepState { id, done, by_evidence, ticked: ticked.then(mark) };
        assert_eq!(*state, expected);
    }
}

#[test]
fn everything_proven_is_everything_done() {
    let none = BTreeMap::new();
    let facts =
        |seen| ProcessFacts { workspace_ticks: &none, project_ticks: None, version_ticks: None, seen };
    assert!(progress(&facts(BTreeSet::new())).iter().all(|state| !state.done));
    let all = STEPS.iter().filter_map(|step| step.proof).collect();
    for (step, state) in STEPS.iter().zip(progress(&facts(all))) {
        assert_eq!(
            (state.done, state.by_evidence),
            (step.proof.is_some(), step.proof.is_some()),
            "{}",
            step.id
        );
    }
}

/// Protects whoever does a step from having to search: each has its page in place, one that the facts name, and a new one
/// has to say so. Where none was found it is the complete guide; these are counted, so that none slips in.
#[test]
fn every_step_has_its_guide() {
    let known = |page: &str| {
        let url = format!("https://docs.talkdesk.com/{page}");
        // What the app object holds is told by a page that nobody has to read through.
        page == "reference/appsid" || built_in_pages().iter().any(|known| known.details.url == url)
    };
    let all = STEPS.iter().map(|step| (step.id, step.page)).chain(INSTALLATION);
    let none: Vec<&str> = all.clone().filter(|(_, page)| page.is_empty()).map(|(step, _)| step).collect();
    assert_eq!(none, ["partners.documents", "partners.documentation", "partners.account"]);
    for (step, page) in all.clone().filter(|(_, page)| !page.is_empty()) {
        assert!(known(page), "{step}: {page}");
    }
    let ids: BTreeSet<&str> = all.clone().map(|(step, _)| step).collect();
    assert_eq!(ids.len(), all.count(), "an id is of one step");
}

/// Protects the addresses as data: what the workspace enters is where a step leads.
#[test]
fn a_guide_is_where_the_workspace_says() {
    let mut workspace: Workspace = serde_json::from_value(serde_json::json!({
        "id": crate::ids::WorkspaceId::from_u128(1), "name": "", "sample": false, "members": [], "accounts": [],
        "addresses": { "partner_project": "", "guide": "", "ticket_form": "" },
        "policies": { "overdue_days": 10, "gate": false }, "steps": {}, "customers": [], "templates": [],
        "created": mark(),
    }))
    .unwrap();
    let at = |workspace: &Workspace, step: &str| {
        let guide = guides(workspace)[step].clone();
        (guide.title, guide.url)
    };
    let own = |text: &str| text.to_owned();
    let events = (own("Events API"), own("https://docs.talkdesk.com/docs/events-api"));
    assert_eq!(at(&workspace, "partners.account"), (String::new(), String::new()), "until it is entered");
    assert_eq!(at(&workspace, "installation.answer"), events);
    workspace.addresses.guide = own("https://guide.example/");
    let page = built_in_pages().iter().find(|page| page.details.title == "Events API").unwrap();
    let mut moved = page.clone();
    moved.details.url = own("https://docs.example/events");
    workspace.own_pages = vec![moved.clone()];
    assert_eq!(at(&workspace, "partners.account"), (String::new(), own("https://guide.example/")));
    assert_eq!(at(&workspace, "events.integrate"), (own("Events API"), own("https://docs.example/events")));
    moved.removed = Some(mark());
    workspace.own_pages = vec![moved];
    assert_eq!(at(&workspace, "events.integrate"), (own("docs/events-api"), events.1));
}
