//! Undo: after a command and its undo everything stands as before but for who changed it last, and what somebody else
//! changed since is not taken with it.

use std::collections::BTreeMap;

use domain::command::NewFinding;
use domain::fields::FieldKey;
use domain::ids::{
    AccountId, CaseId, CustomerId, DocumentId, FindingId, InstallationId, MessageId, PageId, ProjectId,
    TicketId,
};
use domain::installation::Happened;
use domain::preflight::CheckCode;
use domain::process::{self, StepScope};
use domain::project::{AppAt, FindingSource, FindingStatus, FindingText, ProjectDetails};
use domain::workspace::{
    Account, AccountOwner, Addresses, CaseDetails, CaseEnd, CustomerDetails, DocumentDetails, MessageDetails,
    PageDetails, Policies, Side, TicketDetails,
};
use domain::{Aggregate, AggregateRef, Body, Envelope, Undo, undo};
use serde_json::Value;

use crate::installation::{INSTALLED, event};
use crate::world::{HERE, ME, OFFICE, PROJECT, V1, World, text};

const CUSTOMER: CustomerId = CustomerId::from_u128(1);
const DOCUMENT: DocumentId = DocumentId::from_u128(1);
const PAGE: PageId = PageId::from_u128(1);
const MESSAGE: MessageId = MessageId::from_u128(1);
const CASE: CaseId = CaseId::from_u128(1);
const TICKET: TicketId = TicketId::from_u128(1);
const FINDING: FindingId = FindingId::from_u128(1);

fn customer(name: &str) -> Body {
    let details = CustomerDetails { name: name.to_owned(), ..CustomerDetails::default() };
    Body::CustomerSet { customer: CUSTOMER, details, knew: None }
}

fn case(region: &str) -> Body {
    let (customer, region) = (CUSTOMER, region.to_owned());
    let details = CaseDetails { customer, project: PROJECT, version: None, region, owner: None };
    Body::CaseSet { case: CASE, details }
}

fn joined(installation: Option<u128>) -> Body {
    Body::CaseJoin { case: CASE, installation: installation.map(InstallationId::from_u128) }
}

fn ended(works: Option<bool>) -> Body {
    Body::CaseSetEnd { case: CASE, end: works.map(|works| CaseEnd { works, cause: None }) }
}

fn account(name: &str) -> Body {
    let account = Account {
        id: AccountId::from_u128(1),
        name: name.to_owned(),
        region: String::new(),
        owner: AccountOwner::Own,
        used_for: String::new(),
        developer: false,
    };
    Body::AccountSet { account, knew: None }
}

fn document(name: &str) -> Body {
    let details = DocumentDetails { name: name.to_owned(), ..DocumentDetails::default() };
    Body::DocumentSet { document: DOCUMENT, details }
}

fn page(title: &str) -> Body {
    let details = PageDetails { title: title.to_owned(), url: String::new() };
    Body::PageSet { page: PAGE, details }
}

fn message(name: &str) -> Body {
    let details = MessageDetails {
        name: name.to_owned(),
        language: "en".to_owned(),
        subject: "{app}".to_owned(),
        body: "{link}".to_owned(),
    };
    Body::MessageSet { message: MESSAGE, details }
}

fn ticket(subject: &str) -> Body {
    let details = TicketDetails {
        subject: subject.to_owned(),
        opened: "2026-11-20".to_owned(),
        ..TicketDetails::default()
    };
    Body::TicketSet { ticket: TICKET, details, knew: None }
}

fn letter() -> Body {
    Body::TicketLetter {
        ticket: TICKET,
        from: Side::Talkdesk,
        on: "2026-11-24".to_owned(),
        waits_for: Side::Us,
    }
}

fn slug(value: &str, expects: Option<&str>) -> Body {
    Body::SetField {
        version: V1,
        field: FieldKey::Slug,
        value: Some(text(value)),
        expects: expects.map(text),
    }
}

fn carried() -> Body {
    Body::MarkCarried { version: V1, fields: vec![FieldKey::Slug], entered: BTreeMap::new() }
}

fn waive(reason: &str) -> Body {
    Body::CheckWaive { version: V1, check: CheckCode::Video, reason: reason.to_owned() }
}

fn finding() -> Body {
    let said = FindingText { text: "The icon is blurred.".to_owned(), ..FindingText::default() };
    let finding = NewFinding { id: FINDING, said, files: Vec::new() };
    Body::FindingAdd { version: V1, track: None, source: FindingSource::Internal, finding }
}

fn installed() -> Body {
    event("e1", 1, Happened::UserLogout { user: "u1".to_owned() })
}

fn matched(project: Option<ProjectId>) -> Body {
    Body::InstallationMatch { customer: None, project }
}

fn step(done: bool) -> Body {
    let known =
        process::STEPS.iter().find(|step| step.scope == StepScope::Workspace && step.tickable).unwrap();
    Body::StepSet { step: known.id.to_owned(), version: None, done }
}

/// What was there, without who wrote it and when.
fn content(state: &Aggregate) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for mark in ["by", "at", "command", "edits", "changed", "matched"] {
                    fields.remove(mark);
                }
                fields.values_mut().for_each(strip);
                // An empty list is as good as none.
                fields.retain(|_, value| value.as_array().is_none_or(|values| !values.is_empty()));
            }
            Value::Array(values) => {
                // A tombstone is as good as nothing there.
                values.retain(|value| value.get("removed").is_none());
                values.iter_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let mut value = state.to_value().unwrap();
    strip(&mut value);
    value
}

fn state(world: &World, of: AggregateRef) -> Aggregate {
    world.states[&of].clone()
}

/// What led here, what is done and taken back, and what somebody else does in between, such that it no longer fits.
type Case = (AggregateRef, Vec<Body>, Body, Option<Body>);

#[test]
fn what_is_undone_stands_as_before() {
    let details =
        |name: &str| ProjectDetails { name: name.to_owned(), slug: String::new(), owner: String::new() };
    let policies =
        |overdue_days| Body::SetPolicies { policies: Policies { overdue_days, ..Policies::default() } };
    let reply = |reply: &str, expects: &str| Body::FindingReply {
        finding: FINDING,
        reply: reply.to_owned(),
        expects: expects.to_owned(),
        knew: None,
    };
    let status = |status| Body::FindingSetStatus { finding: FINDING, status };
    let assign = |to| Body::VersionAssign { version: V1, to };
    let edit =
        |number: &str| Body::VersionEdit { version: V1, number: number.to_owned(), notes: String::new() };
    let app = |id: &str| AppAt { id: id.to_owned(), gateway: "https://api.talkdeskapp.eu/".to_owned() };
    let rename = |name: &str| Body::WorkspaceRename { name: name.to_owned() };
    let addresses = |guide: &str| Body::SetAddresses {
        addresses: Addresses { guide: guide.to_owned(), ..Addresses::default() },
    };
    let cases: Vec<Case> = vec![
        (OFFICE, vec![], rename(" Sample Apps Two "), Some(rename("Sample Apps Three"))),
        (OFFICE, vec![], addresses("https://docs.example"), Some(addresses("https://other.example"))),
        (OFFICE, vec![], policies(20), Some(policies(30))),
        (OFFICE, vec![], customer(" New "), Some(customer("Newer"))),
        (OFFICE, vec![customer("Old")], customer("New"), Some(customer("Newer"))),
        (OFFICE, vec![customer("Old")], Body::CustomerRemove { customer: CUSTOMER }, Some(customer("Other"))),
        (OFFICE, vec![], account("one"), Some(account("two"))),
        (OFFICE, vec![account("one")], account("two"), Some(account("three"))),
        (
            OFFICE,
            vec![account("one")],
            Body::AccountRemove { account: AccountId::from_u128(1) },
            Some(account("two")),
        ),
        (OFFICE, vec![], document("one"), Some(document("two"))),
        (OFFICE, vec![document("one")], document("two"), Some(document("three"))),
        (OFFICE, vec![document("one")], Body::DocumentRemove { document: DOCUMENT }, Some(document("two"))),
        (OFFICE, vec![], page("one"), Some(page("two"))),
        (OFFICE, vec![page("one")], Body::PageRemove { page: PAGE }, Some(page("two"))),
        (OFFICE, vec![message("one")], message("two"), Some(message("three"))),
        (OFFICE, vec![message("one")], Body::MessageRemove { message: MESSAGE }, Some(message("two"))),
        (OFFICE, vec![], ticket("one"), Some(ticket("two"))),
        // With all that was written of it.
        (OFFICE, vec![ticket("one"), letter()], Body::TicketRemove { ticket: TICKET }, Some(ticket("two"))),
        (OFFICE, vec![ticket("one")], Body::TicketSetClosed { ticket: TICKET, closed: true }, Some(letter())),
        (OFFICE, vec![customer("A")], case(" EU "), Some(case("US"))),
        (OFFICE, vec![customer("A"), case("EU")], case("US"), Some(case("CA"))),
        (OFFICE, vec![customer("A"), case("EU")], Body::CaseRemove { case: CASE }, Some(case("US"))),
        (OFFICE, vec![customer("A"), case("EU")], joined(Some(1)), Some(joined(None))),
        (OFFICE, vec![customer("A"), case("EU"), joined(Some(1))], joined(None), Some(joined(Some(2)))),
        (OFFICE, vec![customer("A"), case("EU")], ended(Some(true)), Some(ended(Some(false)))),
        (OFFICE, vec![], Body::MemberRename { member: ME, name: "Sample Two".to_owned() }, None),
        (OFFICE, vec![], step(true), Some(step(false))),
        (OFFICE, vec![step(true)], step(false), Some(step(true))),
        (
            HERE,
            vec![],
            Body::ProjectSetApp { app: Some(app(" a1 ")) },
            Some(Body::ProjectSetApp { app: Some(app("a2")) }),
        ),
        (
            HERE,
            vec![Body::ProjectSetApp { app: Some(app("a1")) }],
            Body::ProjectSetApp { app: None },
            Some(Body::ProjectSetApp { app: Some(app("a2")) }),
        ),
        (
            HERE,
            vec![],
            Body::ProjectSetArchived { archived: true },
            Some(Body::ProjectSetArchived { archived: false }),
        ),
        (HERE, vec![], edit("1.0.1"), Some(edit("1.0.2"))),
        (HERE, vec![], slug("a", None), Some(slug("b", Some("a")))),
        (HERE, vec![slug("a", None)], slug("b", Some("a")), None),
        (
            HERE,
            vec![slug("a", None)],
            carried(),
            Some(Body::UnmarkCarried { version: V1, fields: vec![FieldKey::Slug] }),
        ),
        (HERE, vec![slug("a", None), carried(), slug("b", Some("a"))], carried(), None),
        (
            HERE,
            vec![slug("a", None), carried()],
            Body::UnmarkCarried { version: V1, fields: vec![FieldKey::Slug] },
            None,
        ),
        (HERE, vec![], assign(Some(ME)), Some(assign(None))),
        (HERE, vec![], Body::VersionDiscard { version: V1 }, None),
        (HERE, vec![], waive("Nothing new."), Some(waive("Another reason."))),
        (
            HERE,
            vec![waive("Nothing new.")],
            Body::CheckUnwaive { version: V1, check: CheckCode::Video },
            None,
        ),
        (HERE, vec![finding()], reply("Mended.", ""), Some(reply("Mended at last.", "Mended."))),
        (HERE, vec![finding()], status(FindingStatus::Fixed), Some(status(FindingStatus::Accepted))),
        (
            HERE,
            vec![],
            Body::ProjectEdit { details: details(" Notes "), expects: details("Call Notes") },
            Some(Body::ProjectEdit { details: details("Other"), expects: details("Notes") }),
        ),
        (INSTALLED, vec![installed(), matched(None)], matched(Some(PROJECT)), Some(matched(None))),
    ];
    for (of, before, body, other) in cases {
        let case = format!("{before:?} then {body:?}");
        let mut world = World::with_version();
        for body in before {
            world.must(of, body);
        }
        let was = state(&world, of);
        let back = undo(&was, &body).unwrap_or_else(|| panic!("{case}: no way back"));
        world.must(of, body);
        let done = state(&world, of);
        let way = Undo::of(back, &done).unwrap();
        assert!(way.fits(&done), "{case}");

        let mut meanwhile = world.clone();
        world.must(of, way.back.clone());
        assert_eq!(content(&state(&world, of)), content(&was), "{case}: back");
        let forth = Undo { back: way.forth.clone(), forth: way.back.clone() };
        assert!(forth.fits(&state(&world, of)), "{case}");
        world.must(of, way.forth.clone());
        assert_eq!(content(&state(&world, of)), content(&done), "{case}: and forth");

        if let Some(other) = other {
            meanwhile.must(of, other);
            assert!(!way.fits(&state(&meanwhile, of)), "{case}: somebody else was there");
        }
    }
}

#[test]
fn what_was_recorded_of_talkdesk_is_not_undone() {
    let world = World::with_run();
    for sample in crate::bodies::golden() {
        let kind = sample["kind"].as_str().unwrap().to_owned();
        let body = serde_json::from_value::<Envelope>(sample).unwrap().command().unwrap().body;
        let recorded = ["review.", "link.", "template.", "event.", "credentials."]
            .iter()
            .any(|room| kind.starts_with(room));
        // A run's items have an undo of their own.
        let none =
            recorded || kind.starts_with("run.") || kind.ends_with(".create") && kind != "version.create";
        if none {
            assert!(world.states.values().all(|state| undo(state, &body).is_none()), "{kind}");
        }
    }
}
