//! Install cases: there before any event, joined to the installation that comes of them, ended with what had been wrong.

use domain::ids::{CaseId, CustomerId, InstallationId, MemberId, ProjectId, VersionId};
use domain::workspace::{CaseCause, CaseDetails, CaseEnd, CustomerDetails, InstallCase};
use domain::{Aggregate, AggregateRef, Body, RefusalCode};

use crate::installation::{INSTALLED, event, installed, uninstalled};
use crate::world::{COLLEAGUE, ME, OFFICE, PROJECT, V1, World};

const CUSTOMER: CustomerId = CustomerId::from_u128(1);
const OTHER: CustomerId = CustomerId::from_u128(2);

fn case(n: u128) -> CaseId {
    CaseId::from_u128(n)
}

/// Announced for a customer, in a region.
fn announced(customer: CustomerId, region: &str) -> CaseDetails {
    CaseDetails { customer, project: PROJECT, version: Some(V1), region: region.to_owned(), owner: Some(ME) }
}

fn open(n: u128, details: CaseDetails) -> Body {
    Body::CaseSet { case: case(n), details }
}

fn join(n: u128, installation: Option<u128>) -> Body {
    Body::CaseJoin { case: case(n), installation: installation.map(InstallationId::from_u128) }
}

fn end(n: u128, end: Option<CaseEnd>) -> Body {
    Body::CaseSetEnd { case: case(n), end }
}

const GIVEN_UP: CaseEnd = CaseEnd { works: false, cause: Some(CaseCause::Rights) };

/// Two customers.
fn world() -> World {
    let mut world = World::with_version();
    for (customer, name) in [(CUSTOMER, "A"), (OTHER, "B")] {
        let details = CustomerDetails { name: name.to_owned(), ..CustomerDetails::default() };
        world.must(OFFICE, Body::CustomerSet { customer, details, knew: None });
    }
    world
}

/// The case of the released commands, and the installation that they join to it.
const RELEASED: u128 = 0x0189_0000_0000_7000_8000_0000_0000_00d1;
const RELEASED_JOINED: u128 = 0x0189_0000_0000_7000_8000_0000_0000_0051;

/// A case of each kind of end, for the round trips.
pub fn lived(world: &mut World) {
    let details = CustomerDetails { name: "A".to_owned(), ..CustomerDetails::default() };
    world.must(OFFICE, Body::CustomerSet { customer: CUSTOMER, details, knew: None });
    for n in [RELEASED, 2, 3] {
        world.must(OFFICE, open(n, announced(CUSTOMER, " EU ")));
    }
    world.must(OFFICE, join(RELEASED, Some(RELEASED_JOINED)));
    world.must(OFFICE, end(2, Some(GIVEN_UP)));
    world.must(OFFICE, Body::CaseRemove { case: case(3) });
}

fn known(world: &World, n: u128) -> &InstallCase {
    world.office().case(case(n)).unwrap()
}

#[test]
fn a_case_is_about_what_is_there() {
    let mut world = world();
    let good = || announced(CUSTOMER, "EU");
    let cases = [
        (CaseDetails { customer: CustomerId::from_u128(9), ..good() }, "customer"),
        (CaseDetails { project: ProjectId::from_u128(9), ..good() }, "project"),
        (CaseDetails { version: Some(VersionId::from_u128(9)), ..good() }, "project"),
        (CaseDetails { owner: Some(COLLEAGUE), ..good() }, "owner"),
        (CaseDetails { owner: Some(MemberId::from_u128(99)), ..good() }, "owner"),
    ];
    for (details, input) in cases {
        let refusal = world.send(OFFICE, open(1, details)).unwrap_err();
        let place = refusal.places[0].input.clone();
        assert_eq!((refusal.code, place.as_deref()), (RefusalCode::NotFound, Some(input)));
    }
    for body in [join(1, Some(0x51)), end(1, Some(GIVEN_UP)), Body::CaseRemove { case: case(1) }] {
        assert_eq!(world.refusal(OFFICE, body), RefusalCode::NotFound, "no such case");
    }
    world.must(OFFICE, open(1, CaseDetails { version: None, owner: None, ..announced(CUSTOMER, " EU ") }));
    assert_eq!(known(&world, 1).details.region, "EU");
}

#[test]
fn it_waits_until_it_is_joined_or_ends_and_can_wait_again() {
    let mut world = world();
    world.must(OFFICE, open(1, announced(CUSTOMER, "")));
    assert!(known(&world, 1).waits());
    world.must(OFFICE, join(1, Some(0x51)));
    assert!(known(&world, 1).is_open() && !known(&world, 1).waits());
    // One installation is of one open case; of one that ended it may have been before.
    world.must(OFFICE, open(2, announced(CUSTOMER, "")));
    assert_eq!(world.refusal(OFFICE, join(2, Some(0x51))), RefusalCode::Exists);
    world.must(OFFICE, join(1, Some(0x51)));
    world.must(OFFICE, end(1, Some(GIVEN_UP)));
    assert!(!known(&world, 1).is_open());
    world.must(OFFICE, join(2, Some(0x51)));
    assert_eq!(world.refusal(OFFICE, end(1, None)), RefusalCode::Exists, "another case has it by now");
    // What stays ended is corrected all the same.
    world.must(OFFICE, end(1, Some(CaseEnd { cause: None, ..GIVEN_UP })));
    world.must(OFFICE, open(1, announced(CUSTOMER, "US")));
    world.must(OFFICE, Body::CaseRemove { case: case(1) });
    world.must(OFFICE, open(1, announced(CUSTOMER, "US")));
    world.must(OFFICE, join(2, None));
    world.must(OFFICE, end(1, None));
    assert!(known(&world, 1).is_open() && known(&world, 2).waits());
    world.must(OFFICE, Body::CaseRemove { case: case(2) });
    assert!(world.office().case(case(2)).is_none());
}

#[test]
fn cases_that_ended_or_were_removed_leave_room_for_new_ones() {
    let mut world = world();
    let most = domain::text::LIST as u128;
    for n in 1..=most {
        world.must(OFFICE, open(n, announced(CUSTOMER, "")));
    }
    let next = || open(most + 1, announced(CUSTOMER, ""));
    assert_eq!(world.refusal(OFFICE, next()), RefusalCode::TooMany);
    world.must(OFFICE, open(1, announced(OTHER, "")));
    world.must(OFFICE, end(1, Some(GIVEN_UP)));
    world.must(OFFICE, next());
    assert_eq!(world.refusal(OFFICE, open(most + 2, announced(CUSTOMER, ""))), RefusalCode::TooMany);
    world.must(OFFICE, Body::CaseRemove { case: case(2) });
    world.must(OFFICE, open(most + 2, announced(CUSTOMER, "")));
}

/// What is joined is left before another takes its place: nobody's word is overwritten unseen.
#[test]
fn another_installation_takes_no_place_that_is_taken() {
    let (a, b) = (Some(0x51), Some(0x52));
    let cases: [(&str, &[Option<u128>], Option<u128>, Option<RefusalCode>); 6] = [
        ("nothing is joined", &[], a, None),
        ("the same again", &[a], a, None),
        ("another", &[a], b, Some(RefusalCode::Exists)),
        ("left", &[a], None, None),
        ("left twice", &[a, None], None, None),
        ("another once it was left", &[a, None], b, None),
    ];
    for (what, before, then, refused) in cases {
        let mut world = world();
        world.must(OFFICE, open(1, announced(CUSTOMER, "")));
        for &installation in before {
            world.must(OFFICE, join(1, installation));
        }
        let was = known(&world, 1).clone();
        let code = world.send(OFFICE, join(1, then)).err().map(|refusal| refusal.code);
        assert_eq!(code, refused, "{what}");
        let joined = known(&world, 1).joined.as_ref().map(|joined| joined.installation);
        match refused {
            None => assert_eq!(joined, then.map(InstallationId::from_u128), "{what}"),
            Some(_) => assert_eq!(known(&world, 1), &was, "{what}"),
        }
    }
}

/// Each of two people says whose an installation is before either's words arrive: both are believed, and the case stays
/// with the first.
#[test]
fn of_two_who_match_at_once_both_are_right_and_the_first_has_the_case() {
    let mut world = world();
    world.must(OFFICE, open(1, announced(CUSTOMER, "EU")));
    let second = AggregateRef::Installation(InstallationId::from_u128(0x52));
    let mut follow_ups = Vec::new();
    for of in [INSTALLED, second] {
        world.must(of, event("e1", 1, installed("a")));
        let body = Body::InstallationMatch { customer: Some(CUSTOMER), project: Some(PROJECT) };
        follow_ups.extend(world.send(of, body).unwrap().follow_ups);
    }
    let [(of, first), (_, later)] = &follow_ups[..] else { panic!("{follow_ups:?}") };
    world.must(*of, first.clone());
    assert_eq!(world.refusal(*of, later.clone()), RefusalCode::Exists);
    assert_eq!(known(&world, 1).joined.as_ref().unwrap().installation, InstallationId::from_u128(0x51));
    let Aggregate::Installation(later) = &world.states[&second] else { panic!("no installation") };
    assert_eq!(later.customer, Some(CUSTOMER), "whose it is stands");
}

#[test]
fn an_installation_that_is_gone_is_not_what_a_case_waits_for() {
    let mut world = world();
    world.must(OFFICE, open(1, announced(CUSTOMER, "EU")));
    world.must(OFFICE, open(2, announced(OTHER, "EU")));
    world.must(INSTALLED, event("e1", 1, installed("a")));
    world.must(INSTALLED, event("e2", 2, uninstalled()));
    let said = |world: &mut World, customer| {
        let body = Body::InstallationMatch { customer: Some(customer), project: Some(PROJECT) };
        world.send(INSTALLED, body).unwrap().follow_ups
    };
    assert_eq!(said(&mut world, CUSTOMER), []);
    // Of the case that it was in it is taken all the same where it is somebody else's.
    world.must(OFFICE, join(1, Some(0x51)));
    assert_eq!(said(&mut world, OTHER), [(OFFICE, join(1, None))]);
    world.must(OFFICE, join(1, None));
    // Installed again, it is.
    world.must(INSTALLED, event("e3", 3, installed("b")));
    assert_eq!(said(&mut world, CUSTOMER), [(OFFICE, join(1, Some(0x51)))]);
}

/// Whose an installation is, a person says; to which case it belongs follows from that where only one can be meant.
#[test]
fn an_installation_is_joined_to_the_one_case_that_waits_for_it() {
    let waiting = |customer, region| (announced(customer, region), None);
    let ended = |customer| (announced(customer, "EU"), Some(GIVEN_UP));
    let cases: Vec<(&str, Vec<(CaseDetails, Option<CaseEnd>)>, Option<u128>)> = vec![
        ("none waits", vec![], None),
        ("the only one, whatever its region", vec![waiting(CUSTOMER, "US")], Some(1)),
        ("another customer's", vec![waiting(OTHER, "EU")], None),
        ("one that ended waits no more", vec![ended(CUSTOMER)], None),
        ("and bars no other", vec![ended(CUSTOMER), waiting(CUSTOMER, "")], Some(2)),
        ("of two the one in its region", vec![waiting(CUSTOMER, "US"), waiting(CUSTOMER, "eu ")], Some(2)),
        ("two in its region: by hand", vec![waiting(CUSTOMER, "EU"), waiting(CUSTOMER, "EU")], None),
        ("two in no region: by hand", vec![waiting(CUSTOMER, ""), waiting(CUSTOMER, "")], None),
    ];
    for (what, given, joined) in cases {
        let mut world = world();
        for (n, (details, ended)) in (1..).zip(given) {
            world.must(OFFICE, open(n, details));
            world.must(OFFICE, end(n, ended));
        }
        // In the region EU.
        world.must(INSTALLED, event("e1", 1, installed("a")));
        let matched = Body::InstallationMatch { customer: Some(CUSTOMER), project: Some(PROJECT) };
        let effects = world.send(INSTALLED, matched).unwrap();
        let AggregateRef::Installation(installation) = INSTALLED else { panic!() };
        let expected =
            joined.map(|n| (OFFICE, Body::CaseJoin { case: case(n), installation: Some(installation) }));
        assert_eq!(effects.follow_ups, expected.into_iter().collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn an_installation_that_is_somebody_elses_leaves_the_case() {
    let mut world = world();
    world.must(OFFICE, open(1, announced(CUSTOMER, "EU")));
    world.must(OFFICE, open(2, announced(OTHER, "EU")));
    world.must(INSTALLED, event("e1", 1, installed("a")));
    let mut said = |customer, project| -> Vec<_> {
        let body = Body::InstallationMatch { customer, project };
        let effects = world.send(INSTALLED, body).unwrap();
        let bodies: Vec<_> = effects
            .follow_ups
            .into_iter()
            .map(|(of, body)| {
                world.must(of, body.clone());
                body
            })
            .collect();
        bodies
            .into_iter()
            .map(|body| match body {
                Body::CaseJoin { case, installation } => (case, installation.is_some()),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(said(Some(CUSTOMER), Some(PROJECT)), [(case(1), true)]);
    assert_eq!(said(Some(CUSTOMER), Some(PROJECT)), [], "it is there already");
    assert_eq!(said(Some(OTHER), Some(PROJECT)), [(case(1), false), (case(2), true)]);
    assert_eq!(said(Some(OTHER), None), [(case(2), false)], "of no project it is nobody's install");
    assert_eq!(said(None, None), []);
}
