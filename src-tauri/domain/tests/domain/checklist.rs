//! What the results of a checklist mean: nothing is overwritten, no tick gets lost, no fail turns into a pass by itself.

use domain::checklist::{Happening, ItemStatus as S, Outcome as O, Tested, Was};
use domain::files::Evidence;
use domain::ids::{CommandId, MemberId, RunId};
use domain::{AggregateRef, Body, Place, RefusalCode};

use crate::world::{COLLEAGUE, LIST, LISTED, ME, OFFICE, PROJECT, RUN, V1, V2, World, list, picture};

/// A step of a case; commands are known by their place in it, from 0.
#[derive(Clone, Debug)]
enum Do {
    /// By whom, which result, knowing which of the steps before.
    Result(MemberId, O, &'static [usize]),
    Fixed,
    Retest,
    Note(MemberId),
    Assign,
    /// By whom, of which step.
    Undo(MemberId, usize),
}

use Do::{Assign, Fixed, Note, Result as Say, Retest, Undo};

fn body(what: &Do, ids: &[CommandId]) -> (MemberId, Body) {
    let item = "one".to_owned();
    match what {
        Say(by, outcome, knew) => {
            let knew = knew.iter().map(|&step| ids[step]).collect();
            (*by, Body::SetResult { item, outcome: *outcome, reason: "Because.".to_owned(), knew })
        }
        Fixed => (ME, Body::Fixed { item, build: "101".to_owned() }),
        Retest => (ME, Body::Retest { items: vec![item], because: "slug".to_owned() }),
        Note(by) => (*by, Body::Note { item, text: "Slow.".to_owned(), knew: None }),
        Assign => (ME, Body::Assign { items: vec![item], to: Some(ME) }),
        Undo(by, step) => (*by, Body::Undo { item, undoes: ids[*step] }),
    }
}

/// Does all steps, the last of which may be refused, and says how the item stands.
fn after(steps: &[Do]) -> Result<S, RefusalCode> {
    let mut world = World::with_run();
    let mut ids = Vec::new();
    for (at, what) in steps.iter().enumerate() {
        let (by, body) = body(what, &ids);
        let result = world.send_as(by, &domain::Role::ALL, LISTED, body);
        ids.push(world.last());
        match result {
            Ok(_) => {}
            Err(refusal) if at + 1 == steps.len() => return Err(refusal.code),
            Err(refusal) => panic!("{what:?} of {steps:?}: {refusal}"),
        }
    }
    Ok(world.item("one"))
}

#[test]
fn an_item_is_what_its_entries_add_up_to() {
    let cases: &[(&str, &[Do], Result<S, RefusalCode>)] = &[
        ("nothing happened", &[], Ok(S::Untested)),
        ("a result", &[Say(ME, O::Pass, &[])], Ok(S::Pass)),
        (
            "a result that knew the earlier one replaces it",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Fail, &[0])],
            Ok(S::Fail),
        ),
        (
            "two that did not know each other",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Fail, &[])],
            Ok(S::Disputed),
        ),
        (
            "the order does not matter",
            &[Say(ME, O::Fail, &[]), Say(COLLEAGUE, O::Pass, &[])],
            Ok(S::Disputed),
        ),
        (
            "one person on two devices disputes too",
            &[Say(ME, O::Pass, &[]), Say(ME, O::Blocked, &[])],
            Ok(S::Disputed),
        ),
        (
            "the same result twice is no dispute",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Pass, &[])],
            Ok(S::Pass),
        ),
        (
            "one key settles it",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Fail, &[]), Say(ME, O::Pass, &[0, 1])],
            Ok(S::Pass),
        ),
        (
            "who knew one side only does not settle it",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Fail, &[]), Say(ME, O::Blocked, &[0])],
            Ok(S::Disputed),
        ),
        (
            "three ways",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Blocked, &[]), Say(ME, O::NotApplicable, &[])],
            Ok(S::Disputed),
        ),
        ("blocked goes straight to pass", &[Say(ME, O::Blocked, &[]), Say(ME, O::Pass, &[0])], Ok(S::Pass)),
        // A fail goes fixed in build, then retest.
        ("fail to pass", &[Say(ME, O::Fail, &[]), Say(ME, O::Pass, &[0])], Err(RefusalCode::FailNeedsFix)),
        (
            "fail to not applicable",
            &[Say(ME, O::Fail, &[]), Say(ME, O::NotApplicable, &[0])],
            Err(RefusalCode::FailNeedsFix),
        ),
        (
            "fail to blocked",
            &[Say(ME, O::Fail, &[]), Say(ME, O::Blocked, &[0])],
            Err(RefusalCode::FailNeedsFix),
        ),
        ("fail to fail", &[Say(ME, O::Fail, &[]), Say(ME, O::Fail, &[0])], Ok(S::Fail)),
        (
            "two fails, both known",
            &[Say(ME, O::Fail, &[]), Say(COLLEAGUE, O::Fail, &[]), Say(ME, O::Pass, &[0, 1])],
            Err(RefusalCode::FailNeedsFix),
        ),
        (
            "two fails, one known",
            &[Say(ME, O::Fail, &[]), Say(COLLEAGUE, O::Fail, &[]), Say(ME, O::Pass, &[0])],
            Ok(S::Disputed),
        ),
        ("fixed is to be tested again", &[Say(ME, O::Fail, &[]), Fixed], Ok(S::Retest)),
        ("fixed and passed", &[Say(ME, O::Fail, &[]), Fixed, Say(ME, O::Pass, &[1])], Ok(S::Pass)),
        (
            "a dispute can be fixed",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Fail, &[]), Fixed],
            Ok(S::Retest),
        ),
        ("a blocked one too", &[Say(ME, O::Blocked, &[]), Fixed], Ok(S::Retest)),
        ("a passed one is not fixed", &[Say(ME, O::Pass, &[]), Fixed], Err(RefusalCode::NotFailed)),
        ("an untested one is not fixed", &[Fixed], Err(RefusalCode::NotFailed)),
        (
            "nor one that waits for its retest",
            &[Say(ME, O::Fail, &[]), Fixed, Fixed],
            Err(RefusalCode::NotFailed),
        ),
        // A request to test again stands until someone who knew it gives a result.
        ("retest", &[Say(ME, O::Pass, &[]), Retest], Ok(S::Retest)),
        (
            "a late result does not lift it",
            &[Say(ME, O::Pass, &[]), Retest, Say(COLLEAGUE, O::Pass, &[0])],
            Ok(S::Retest),
        ),
        (
            "one that knew it does",
            &[Say(ME, O::Pass, &[]), Retest, Say(COLLEAGUE, O::Pass, &[1])],
            Ok(S::Pass),
        ),
        (
            "the late one and the new one differ",
            &[Retest, Say(COLLEAGUE, O::Fail, &[]), Say(ME, O::Pass, &[0])],
            Ok(S::Disputed),
        ),
        ("twice asked is once asked", &[Retest, Retest, Say(ME, O::Pass, &[1])], Ok(S::Pass)),
        // Notes and assignments are no results.
        ("a note changes nothing", &[Say(ME, O::Pass, &[]), Note(ME), Assign], Ok(S::Pass)),
        // Undo.
        ("undo of a result", &[Say(ME, O::Pass, &[]), Undo(ME, 0)], Ok(S::Untested)),
        (
            "brings back what it replaced",
            &[Say(ME, O::Pass, &[]), Say(ME, O::Fail, &[0]), Undo(ME, 1)],
            Ok(S::Pass),
        ),
        (
            "reopens a dispute",
            &[Say(ME, O::Pass, &[]), Say(COLLEAGUE, O::Fail, &[]), Say(ME, O::Fail, &[0, 1]), Undo(ME, 2)],
            Ok(S::Disputed),
        ),
        ("takes back a retest", &[Say(ME, O::Pass, &[]), Retest, Undo(ME, 1)], Ok(S::Pass)),
        ("takes back a fix", &[Say(ME, O::Fail, &[]), Fixed, Undo(ME, 1)], Ok(S::Fail)),
        (
            "a fail undone is no fail",
            &[Say(ME, O::Fail, &[]), Undo(ME, 0), Say(ME, O::Pass, &[])],
            Ok(S::Pass),
        ),
        ("not another's", &[Say(COLLEAGUE, O::Pass, &[]), Undo(ME, 0)], Err(RefusalCode::NotYourLast)),
        (
            "not one's last but one",
            &[Say(ME, O::Pass, &[]), Note(ME), Undo(ME, 0)],
            Err(RefusalCode::NotYourLast),
        ),
        (
            "not when another came after",
            &[Say(ME, O::Pass, &[]), Note(COLLEAGUE), Undo(ME, 0)],
            Err(RefusalCode::NotYourLast),
        ),
        ("not twice", &[Say(ME, O::Pass, &[]), Undo(ME, 0), Undo(ME, 0)], Err(RefusalCode::NotYourLast)),
        (
            "but one after the other",
            &[Say(ME, O::Pass, &[]), Note(ME), Undo(ME, 1), Undo(ME, 0)],
            Ok(S::Untested),
        ),
        (
            "an undo is not undone",
            &[Say(ME, O::Pass, &[]), Undo(ME, 0), Undo(ME, 1)],
            Err(RefusalCode::NotYourLast),
        ),
    ];
    for (what, steps, expected) in cases {
        assert_eq!(after(steps), *expected, "{what}");
    }
}

#[test]
fn a_result_keeps_what_was_tested_then() {
    let mut world = World::with_run();
    world.tick("one", O::Pass).unwrap();
    let tested = Tested { build: " 101 ".to_owned(), browser: "Firefox".to_owned(), ..Tested::default() };
    world.must(LISTED, Body::RunSetTested { tested });
    world.tick("two", O::Pass).unwrap();
    let build = |item: &str| match &world.listed().items[item].entries[0].what {
        Happening::Result { tested, .. } => tested.build.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((build("one").as_str(), build("two").as_str()), ("100", "101"));
}

#[test]
fn history_is_whole() {
    let mut world = World::with_run();
    world.tick("one", O::Fail).unwrap();
    world.must(LISTED, Body::Fixed { item: "one".to_owned(), build: "101".to_owned() });
    world.tick("one", O::Pass).unwrap();
    let last = world.last();
    world.must(LISTED, Body::Undo { item: "one".to_owned(), undoes: last });
    let log = &world.listed().items["one"];
    assert_eq!(log.entries.len(), 3);
    assert_eq!(log.entries[2].undone.map(|mark| mark.by), Some(ME), "taken back, and kept");
    assert_eq!(log.last_entry(), Some(&log.entries[1]));
}

#[test]
fn not_applicable_needs_a_reason_and_nothing_else_does() {
    let mut world = World::with_run();
    for (outcome, reason, expected) in [
        (O::NotApplicable, "", Some(RefusalCode::NoReason)),
        (O::NotApplicable, " \n\t", Some(RefusalCode::NoReason)),
        (O::NotApplicable, "No such screen.", None),
        (O::Pass, "", None),
        (O::Blocked, "", None),
        (O::Fail, "", None),
    ] {
        let heads =
            world.listed().items.get("one").map(domain::checklist::ItemLog::heads).unwrap_or_default();
        let body =
            Body::SetResult { item: "one".to_owned(), outcome, reason: reason.to_owned(), knew: heads };
        let refusal = world.send(LISTED, body).err();
        assert_eq!(refusal.as_ref().map(|refusal| refusal.code), expected, "{outcome:?} {reason:?}");
        if let Some(refusal) = refusal {
            assert_eq!(refusal.places, [Place::input("reason"), Place::item("one")]);
        }
    }
}

#[test]
fn an_action_on_many_items_leaves_one_entry_each() {
    let mut world = World::with_run();
    let items: Vec<String> = ["one", "two", "one"].map(str::to_owned).to_vec();
    world.must(LISTED, Body::Retest { items: items.clone(), because: String::new() });
    let asked = world.last();
    assert_eq!(
        (world.item("one"), world.item("two"), world.item("three")),
        (S::Retest, S::Retest, S::Untested)
    );
    world.must(LISTED, Body::Undo { item: "one".to_owned(), undoes: asked });
    assert_eq!(world.item("one"), S::Untested, "one undo takes the whole action back");
    assert_eq!(world.item("two"), S::Retest);

    world.must(LISTED, Body::Assign { items: items.clone(), to: Some(COLLEAGUE) });
    assert_eq!(world.listed().items["one"].assignee(), Some(COLLEAGUE));
    world.must(LISTED, Body::Assign { items, to: None });
    assert_eq!(world.listed().items["one"].assignee(), None);
    // One unknown item, and none of them is touched.
    let items = vec!["two".to_owned(), "nowhere".to_owned()];
    assert_eq!(world.refusal(LISTED, Body::Assign { items, to: Some(ME) }), RefusalCode::NotFound);
    assert_eq!(world.listed().items["two"].assignee(), None);
}

#[test]
fn the_last_note_stands() {
    let mut world = World::with_run();
    let note = |text: &str| Body::Note { item: "one".to_owned(), text: text.to_owned(), knew: None };
    world.must(LISTED, note("Slow."));
    world.must(LISTED, note("Slow on one account."));
    let last = world.last();
    assert_eq!(world.listed().items["one"].note(), "Slow on one account.");
    world.must(LISTED, Body::Undo { item: "one".to_owned(), undoes: last });
    assert_eq!(world.listed().items["one"].note(), "Slow.");
}

#[test]
fn a_signed_run_stays_as_it_was() {
    let mut world = World::with_run();
    world.tick("one", O::Pass).unwrap();
    let ticked = world.last();
    world.must(LISTED, Body::Sign {});
    let signed = world.listed().clone();
    let item = || "one".to_owned();
    for body in [
        Body::SetResult { item: item(), outcome: O::Fail, reason: String::new(), knew: Vec::new() },
        Body::Fixed { item: item(), build: "101".to_owned() },
        Body::Retest { items: vec![item()], because: String::new() },
        Body::Note { item: item(), text: "Late.".to_owned(), knew: None },
        Body::Assign { items: vec![item()], to: None },
        Body::Attach { item: item(), evidence: Evidence::File(picture(1)) },
        Body::Detach { item: item(), entry: ticked },
        Body::Undo { item: item(), undoes: ticked },
        Body::RunSetTested { tested: Tested::default() },
        take(1),
        Body::Sign {},
    ] {
        assert_eq!(world.refusal(LISTED, body), RefusalCode::Signed);
    }
    assert_eq!(*world.listed(), signed);
}

#[test]
fn a_new_version_is_untested_and_knows_how_it_was() {
    let mut world = World::with_run();
    world.tick("one", O::Pass).unwrap();
    world.tick("two", O::Fail).unwrap();
    world.publish(V1);
    world.create(V2, "2.0.0").unwrap();
    let mut next = list(2);
    next.sections[0].items[1].text = "two works at once".to_owned();
    world.must(OFFICE, Body::TemplateAdd { template: Box::new(next) });
    let second = RunId::from_u128(33);
    world.start(second, V2, 2, Some(RUN)).unwrap();

    let run = domain::facts::Outside::run(&world, second).unwrap().unwrap();
    assert_eq!(run.template_version, 2, "the newer list is pinned");
    assert!(run.all_items().all(|item| run.status(&item.id) == S::Untested), "never carried over as a pass");
    let was = |status, text_changed| Some(Was { status, number: "1.0.0".to_owned(), text_changed });
    assert_eq!(run.items["one"].was, was(S::Pass, false));
    assert_eq!(run.items["two"].was, was(S::Fail, true));
    assert!(!run.items.contains_key("three"), "what was never tested carries nothing");
    assert_eq!(world.listed().item("two").unwrap().text, "two works", "the first run keeps its own list");
    assert!(!run.is_done());
}

/// The list's second version: `one` with another text, `two` moved and explained, `three` gone, `four` new.
fn second() -> domain::templates::Template {
    let mut next = list(2);
    let items = &mut next.sections[0].items;
    "one works on every screen".clone_into(&mut items[0].text);
    "On a slow network too.".clone_into(&mut items[1].help);
    "four".clone_into(&mut items[2].id);
    items.swap(0, 1);
    next
}

fn take(template_version: u32) -> Body {
    Body::RunTakeTemplate { template: LIST, template_version }
}

#[test]
fn a_run_takes_the_newer_list_and_forgets_nothing() {
    let mut world = World::with_run();
    let passed = world.tick("one", O::Pass).unwrap();
    world.tick("two", O::Fail).unwrap();
    world.tick("three", O::Blocked).unwrap();
    assert_eq!(world.refusal(LISTED, take(2)), RefusalCode::NotFound, "it is not there yet");
    world.must(OFFICE, Body::TemplateAdd { template: Box::new(second()) });
    world.must(LISTED, take(2));
    let taken = world.last();

    let run = world.listed().clone();
    assert_eq!(run.template_version, 2);
    assert_eq!(run.all_items().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["two", "one", "four"]);
    assert_eq!(run.status("one"), S::Untested, "the text changed");
    let was = Was { status: S::Pass, number: "1.0.0".to_owned(), text_changed: true };
    assert_eq!(run.items["one"].was, Some(was), "and the item is marked so");
    assert_eq!(run.items["one"].entries.len(), 2, "what was said of the old text stays in its history");
    assert!(
        matches!(&run.items["one"].entries[1].what, Happening::Reset { before, template_version: 2 } if before == "one works")
    );
    assert_eq!(run.status("two"), S::Fail, "another help or place is no other question");
    assert_eq!(run.status("four"), S::Untested);
    assert_eq!(
        (run.removed.len(), run.removed[0].item.id.as_str(), run.removed[0].template_version),
        (1, "three", 1)
    );
    assert_eq!(run.items["three"].status(), S::Blocked, "its history is kept beside the list");
    assert_eq!(run.summary().total, 3);

    // A result that was on its way does not know the new text; one that does is an answer.
    world.result(COLLEAGUE, "one", O::Pass, &[passed]).unwrap();
    assert_eq!(world.item("one"), S::Untested);
    let late = world.listed().items["one"].heads();
    assert_eq!(late[0], taken);
    world.result(ME, "one", O::Fail, &late).unwrap();
    assert_eq!(world.item("one"), S::Fail);
    assert_eq!(
        world.result(ME, "three", O::Pass, &[]).map_err(|refusal| refusal.code),
        Err(RefusalCode::NotFound),
        "what is no longer in the list is no longer tested"
    );
}

#[test]
fn a_list_is_taken_once_and_not_taken_back() {
    let mut world = World::with_run();
    let passed = world.tick("one", O::Pass).unwrap();
    world.must(OFFICE, Body::TemplateAdd { template: Box::new(second()) });
    world.must(LISTED, take(2));
    let once = world.listed().clone();
    for version in [2, 1] {
        world.must(LISTED, take(version));
        assert_eq!(*world.listed(), once, "a run follows that one or a newer one already");
    }
    for undoes in [passed, world.listed().items["one"].entries[1].mark.command] {
        let undo = Body::Undo { item: "one".to_owned(), undoes };
        assert_eq!(world.refusal(LISTED, undo), RefusalCode::NotYourLast);
    }
    let other =
        Body::RunTakeTemplate { template: domain::ids::TemplateId::from_u128(77), template_version: 3 };
    assert_eq!(world.refusal(LISTED, other), RefusalCode::NotFound, "only its own list");

    // What comes back is asked anew, and what was said of it is not lost.
    let mut third = list(3);
    third.sections[0].items.push(second().sections[0].items[2].clone());
    world.must(OFFICE, Body::TemplateAdd { template: Box::new(third) });
    world.must(LISTED, take(3));
    let run = world.listed();
    assert!(run.removed.is_empty());
    assert_eq!(run.status("three"), S::Untested);
    assert!(
        matches!(run.items["three"].entries.as_slice(), [entry] if matches!(entry.what, Happening::Reset { .. }))
    );
    world.must(LISTED, Body::Sign {});
    assert_eq!(world.refusal(LISTED, take(3)), RefusalCode::Signed);
}

#[test]
fn a_run_starts_from_what_is_there() {
    let start = |world: &mut World, run: u128, version, template_version, previous| {
        world
            .start(RunId::from_u128(run), version, template_version, previous)
            .err()
            .map(|refusal| refusal.code)
    };
    let mut world = World::with_run();
    let missing = Some(RefusalCode::NotFound);
    assert_eq!(start(&mut world, 41, V2, 1, None), missing, "no such version");
    assert_eq!(start(&mut world, 41, V1, 2, None), missing, "no such version of the list");
    assert_eq!(start(&mut world, 41, V1, 1, Some(RunId::from_u128(40))), missing, "no such run before");
    assert_eq!(start(&mut world, 3, V1, 1, None), Some(RefusalCode::Exists), "started already");
    assert_eq!(start(&mut world, 41, V1, 1, Some(RUN)), None);
    // Results of another list are not carried over, whatever its items are called.
    let mut other = list(1);
    other.id = domain::ids::TemplateId::from_u128(77);
    world.must(OFFICE, Body::TemplateAdd { template: Box::new(other.clone()) });
    let tested = Tested::default();
    let (project, version, template) = (PROJECT, V1, other.id);
    let body =
        Body::RunStart { project, version, template, template_version: 1, previous: Some(RUN), tested };
    assert_eq!(world.refusal(AggregateRef::Run(RunId::from_u128(42)), body), RefusalCode::NotFound);
    assert_ne!(template, LIST);
}

#[test]
fn a_summary_counts_every_item_once() {
    let mut world = World::with_run();
    world.tick("one", O::Pass).unwrap();
    let summary = world.listed().summary();
    assert_eq!((summary.total, summary.done(), summary.is_done()), (3, 1, false));
    world.tick("two", O::NotApplicable).unwrap();
    let (run, summary) = (world.listed(), world.listed().summary());
    assert_eq!(
        (summary.done(), summary.is_done(), run.is_done()),
        (2, false, true),
        "what is required is done"
    );
    world.tick("three", O::Pass).unwrap();
    let summary = world.listed().summary();
    assert!(summary.is_done() && world.listed().is_done());
    assert_eq!(summary.counts.values().sum::<u32>(), summary.total);
    world.result(COLLEAGUE, "one", O::Fail, &[]).unwrap();
    assert!(!world.listed().is_done(), "disputed is not passed");
}
