//! The workspace: its name, addresses, accounts, customers, policies and lists.

use domain::ids::{AccountId, CustomerId, MemberId, WorkspaceId};
use domain::templates::Template;
use domain::workspace::{Absence, Account, AccountOwner, Addresses, CustomerDetails, Member, Policies};
use domain::{AggregateRef, Body, Place, RefusalCode, Role};

use crate::world::{COLLEAGUE, LIST, ME, OFFICE, World, list};

fn refused(world: &mut World, body: Body) -> Option<(RefusalCode, Vec<Place>)> {
    world.send(OFFICE, body).err().map(|refusal| (refusal.code, refusal.places))
}

#[expect(clippy::unnecessary_wraps, reason = "a case is refused so, or not at all")]
fn at(code: RefusalCode, input: &str) -> Option<(RefusalCode, Vec<Place>)> {
    Some((code, vec![Place::input(input)]))
}

#[test]
fn who_makes_a_workspace_is_its_first_member() {
    let create = |member| Body::WorkspaceCreate {
        name: "Sample Apps".to_owned(),
        sample: false,
        member: Member::new(member, "Sample".to_owned(), Role::ALL.to_vec()),
    };
    let mut world = World::default();
    let office = AggregateRef::Workspace(WorkspaceId::from_u128(1));
    assert_eq!(world.refusal(office, create(COLLEAGUE)), RefusalCode::Forbidden);
    world.must(office, create(ME));
    assert_eq!(world.refusal(office, create(ME)), RefusalCode::Exists);
    assert_eq!(world.office().members[0].roles, Role::ALL);
    assert_eq!(world.office().policies, Policies::default());
}

#[test]
fn names_addresses_and_policies_are_checked() {
    let addresses = |guide: &str| Body::SetAddresses {
        addresses: Addresses { guide: guide.to_owned(), ..Addresses::default() },
    };
    let policies =
        |overdue_days| Body::SetPolicies { policies: Policies { overdue_days, ..Policies::default() } };
    let originals =
        |days| Body::SetPolicies { policies: Policies { originals_days: Some(days), ..Policies::default() } };
    let rename = |name: &str| Body::WorkspaceRename { name: name.to_owned() };
    let member = |id, name: &str| Body::MemberRename { member: id, name: name.to_owned() };
    let cases: Vec<(Body, Option<(RefusalCode, Vec<Place>)>)> = vec![
        (rename(" "), at(RefusalCode::Empty, "name")),
        (rename(&"a".repeat(501)), at(RefusalCode::TooLong, "name")),
        (rename(" Sample Apps Ltd "), None),
        (addresses("http://docs.example"), at(RefusalCode::NotHttps, "guide")),
        (addresses("javascript:alert(1)"), at(RefusalCode::NotHttps, "guide")),
        (addresses(" https://docs.example "), None),
        (policies(0), at(RefusalCode::TooMany, "overdue_days")),
        (policies(366), at(RefusalCode::TooMany, "overdue_days")),
        (originals(29), at(RefusalCode::TooMany, "originals_days")),
        (originals(3_651), at(RefusalCode::TooMany, "originals_days")),
        (originals(30), None),
        (policies(1), None),
        (policies(365), None),
        (member(ME, ""), at(RefusalCode::Empty, "member")),
        (member(MemberId::from_u128(99), "Sample"), Some((RefusalCode::NotFound, vec![]))),
        (member(ME, "Sample Two"), None),
    ];
    let mut world = World::new();
    for (body, expected) in cases {
        let shown = format!("{body:?}");
        assert_eq!(refused(&mut world, body), expected, "{shown}");
    }
    let office = world.office();
    assert_eq!(
        (office.name.as_str(), office.addresses.guide.as_str()),
        ("Sample Apps Ltd", "https://docs.example")
    );
    world.must(OFFICE, addresses(""));
    assert_eq!(world.office().addresses.guide, "", "an address can be taken back");
}

#[test]
fn accounts() {
    let set = |id, name: &str| Body::AccountSet {
        account: Account {
            id: AccountId::from_u128(id),
            name: name.to_owned(),
            region: " td-us-1 ".to_owned(),
            owner: AccountOwner::Own,
            used_for: String::new(),
            developer: false,
        },
        knew: None,
    };
    let remove = |id| Body::AccountRemove { account: AccountId::from_u128(id) };
    let mut world = World::new();
    assert_eq!(refused(&mut world, set(1, "  ")), at(RefusalCode::Empty, "account"));
    world.must(OFFICE, set(1, " sample-apps "));
    assert_eq!(refused(&mut world, set(2, "Sample-Apps")), at(RefusalCode::NameTaken, "account"));
    world.must(OFFICE, set(1, "SAMPLE-APPS"));
    assert_eq!(world.office().accounts.len(), 1, "the same id replaces");
    assert_eq!(world.office().accounts[0].region, "td-us-1");
    assert_eq!(world.refusal(OFFICE, remove(2)), RefusalCode::NotFound);
    world.must(OFFICE, remove(1));
    for id in 0..200 {
        world.must(OFFICE, set(id, &format!("account-{id}")));
    }
    assert_eq!(world.refusal(OFFICE, set(200, "one-more")), RefusalCode::TooMany);
    world.must(OFFICE, set(199, "another-name"));
}

#[test]
fn a_removed_customer_leaves_a_tombstone() {
    let customer = CustomerId::from_u128(1);
    let set = |name: &str| Body::CustomerSet {
        customer,
        details: CustomerDetails {
            name: name.to_owned(),
            notes: "a\nb".to_owned(),
            ..CustomerDetails::default()
        },
        knew: None,
    };
    let mut world = World::new();
    assert_eq!(refused(&mut world, set("")), at(RefusalCode::Empty, "name"));
    assert_eq!(world.refusal(OFFICE, Body::CustomerRemove { customer }), RefusalCode::NotFound);
    world.must(OFFICE, set("Sample Customer A"));
    assert!(world.office().customer(customer).is_some());
    world.must(OFFICE, Body::CustomerRemove { customer });
    assert!(world.office().customer(customer).is_none());
    assert_eq!(world.office().customers.len(), 1);
    world.must(OFFICE, set("Sample Customer A"));
    assert!(world.office().customer(customer).is_some(), "and comes back when it is set again");
}

#[test]
fn a_lists_versions_rise() {
    let add = |template: Template| Body::TemplateAdd { template: Box::new(template) };
    let mut world = World::new();
    world.must(OFFICE, add(list(2)));
    assert_eq!(world.refusal(OFFICE, add(list(2))), RefusalCode::Changed, "someone saved it first");
    assert_eq!(world.refusal(OFFICE, add(list(1))), RefusalCode::Changed);
    let claimed = domain::Mark {
        by: COLLEAGUE,
        at: domain::Timestamp(1),
        command: domain::ids::CommandId::from_u128(1),
    };
    world.must(OFFICE, add(Template { saved: Some(claimed), ..list(3) }));
    let office = world.office();
    let saved =
        |version| office.template(LIST, Some(version)).and_then(|list| list.saved).map(|mark| mark.by);
    assert_eq!((saved(2), saved(3)), (Some(ME), Some(ME)), "by whoever sent it, whatever it says");
    assert_eq!(office.template(LIST, None).map(|list| list.version), Some(3));
    assert_eq!(office.template(LIST, Some(2)).map(|list| list.version), Some(2));
    assert_eq!(office.template(LIST, Some(1)), None);
    assert_eq!(office.newest_templates().iter().filter(|list| list.id == LIST).count(), 1);
    for built_in in domain::templates::built_in() {
        let newer = Template { version: 99, ..built_in.clone() };
        assert_eq!(
            world.refusal(OFFICE, add(newer)),
            RefusalCode::Exists,
            "what is built in is not replaced"
        );
    }
}

#[test]
fn a_list_is_checked_as_an_import_is() {
    let with = |change: &dyn Fn(&mut Template)| {
        let mut template = list(1);
        change(&mut template);
        Body::TemplateAdd { template: Box::new(template) }
    };
    let items = |code, index: Option<u32>| Some((code, vec![Place { index, ..Place::input("items") }]));
    let cases: Vec<(&str, Body, Option<(RefusalCode, Vec<Place>)>)> = vec![
        ("no name", with(&|t| t.name = String::new()), at(RefusalCode::Empty, "name")),
        ("no items", with(&|t| t.sections.clear()), items(RefusalCode::Empty, None)),
        (
            "no text",
            with(&|t| t.sections[0].items[1].text = " ".to_owned()),
            items(RefusalCode::Empty, Some(1)),
        ),
        ("no id", with(&|t| t.sections[0].items[2].id = String::new()), items(RefusalCode::Empty, Some(2))),
        (
            "one id twice",
            with(&|t| t.sections[0].items[1].id = "one".to_owned()),
            items(RefusalCode::NumberTaken, Some(1)),
        ),
        (
            "one section twice",
            with(&|t| {
                let section = t.sections[0].clone();
                t.sections.push(domain::templates::Section { items: Vec::new(), ..section });
            }),
            items(RefusalCode::NumberTaken, None),
        ),
        (
            "a heading without end",
            with(&|t| t.sections[0].name = "a".repeat(1_000_000)),
            items(RefusalCode::TooLong, None),
        ),
        (
            "a text without end",
            with(&|t| t.sections[0].items[0].text = "a".repeat(10_001)),
            items(RefusalCode::TooLong, Some(0)),
        ),
        (
            "control characters",
            with(&|t| t.sections[0].items[0].help = "\u{7}".to_owned()),
            items(RefusalCode::ControlCharacters, Some(0)),
        ),
        (
            "too many",
            with(&|t| {
                let item = t.sections[0].items[0].clone();
                let ids = (0..5_001).map(|n| domain::templates::Item { id: n.to_string(), ..item.clone() });
                t.sections[0].items = ids.collect();
            }),
            items(RefusalCode::TooMany, None),
        ),
        // A cell of several lines is no fault: official lists have them.
        ("lines", with(&|t| t.sections[0].items[0].text = "One\ntwo".to_owned()), None),
    ];
    for (what, body, expected) in cases {
        assert_eq!(refused(&mut World::new(), body), expected, "{what}");
    }
}

#[test]
fn a_member_comes_in_is_away_and_leaves() {
    let mut world = World::new();
    let as_colleague = |world: &mut World, body| {
        world.send_as(COLLEAGUE, &[Role::Qa], OFFICE, body).map(drop).map_err(|refusal| refusal.code)
    };
    let enter = |name: &str| Body::MemberEnter { name: name.to_owned() };
    let away = |member, until: &str, cover| Body::MemberSetAbsence {
        member,
        absence: Some(Absence { until: until.to_owned(), cover }),
    };
    let member = |world: &World| world.office().members.iter().find(|known| known.id == COLLEAGUE).cloned();
    assert_eq!(as_colleague(&mut world, enter(" ")), Err(RefusalCode::Empty));
    assert_eq!(as_colleague(&mut world, away(COLLEAGUE, "2026-12-31", None)), Err(RefusalCode::NotFound));
    as_colleague(&mut world, enter("Colleague")).unwrap();
    // Coming in again changes no name, and gives no role that is not in force.
    as_colleague(&mut world, enter("Another")).unwrap();
    let known = member(&world).unwrap();
    assert_eq!((known.name.as_str(), known.roles.as_slice()), ("Colleague", &[Role::Qa][..]));

    for (body, refused) in [
        (away(ME, "2026-12-31", None), Some(RefusalCode::NotYours)),
        (away(COLLEAGUE, "31.12.2026", None), Some(RefusalCode::WrongKind)),
        (away(COLLEAGUE, "2026-12-31", Some(COLLEAGUE)), Some(RefusalCode::NotFound)),
        (away(COLLEAGUE, "2026-12-31", Some(MemberId::from_u128(99))), Some(RefusalCode::NotFound)),
        (away(COLLEAGUE, "2026-12-31", Some(ME)), None),
    ] {
        let shown = format!("{body:?}");
        assert_eq!(as_colleague(&mut world, body).err(), refused, "{shown}");
    }
    // An admin says it for somebody who did not.
    world.must(OFFICE, Body::MemberSetAbsence { member: COLLEAGUE, absence: None });
    assert_eq!(member(&world).unwrap().absence, None);

    assert_eq!(world.refusal(OFFICE, Body::MemberLeave { member: ME }), RefusalCode::NotYours);
    world.must(OFFICE, Body::MemberLeave { member: COLLEAGUE });
    assert!(member(&world).unwrap().left.is_some(), "the name stays");
    assert_eq!(
        world.refusal(OFFICE, away(ME, "2026-12-31", Some(COLLEAGUE))),
        RefusalCode::NotFound,
        "nobody who left covers"
    );
    as_colleague(&mut world, enter("Colleague")).unwrap();
    assert!(member(&world).unwrap().left.is_none());
}
