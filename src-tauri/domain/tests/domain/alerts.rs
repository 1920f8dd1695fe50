//! Alerts: what is told when, to whom, and how it comes to rest.

use domain::alert::{Alert, AlertKind, Cared, DAY, NEWS, current, of_installation, stage};
use domain::ids::{DocumentId, MemberId, TicketId};
use domain::installation::{Happened, TalkdeskState, Word};
use domain::workspace::{Absence, DocumentDetails, Member, TicketDetails, Workspace};
use domain::{Aggregate, Body, RefusalCode, Role, Timestamp};

use crate::installation::{
    INSTALLED, answer, event, installed, plan, rotated, state, uninstalled, users, with,
};
use crate::world::{COLLEAGUE, HERE, ME, OFFICE, World};

const TRIAL: u32 = 7;

fn at(day: i64) -> Timestamp {
    Timestamp(day * DAY)
}

/// What is shown on a day.
fn shown(world: &World, day: i64) -> Vec<Alert> {
    current(&of_installation(state(world)), at(day), TRIAL)
}

fn kinds(world: &World, day: i64) -> Vec<AlertKind> {
    let mut kinds: Vec<AlertKind> = shown(world, day).iter().map(|alert| alert.kind).collect();
    kinds.sort();
    kinds
}

#[test]
fn each_kind_of_event_is_told_until_somebody_saw_it_or_it_is_old() {
    use AlertKind::{AnswerTalkdesk, Plan, Rotated, Rotation, Trial, TrialEnding, Uninstalled, Users};
    let trial = |end: i64| Happened::TrialStarted { ends_at: Some(at(end)) };
    let extended = Happened::TrialExtended { ends_at: None };
    let over = Happened::TrialEnded { ended_at: None, reason: "trial_expired".into(), by: "system".into() };
    let logout = Happened::UserLogout { user: "u1".into() };
    let cases: [(Happened, &[AlertKind]); 9] = [
        (users(&["u1"], &["u2"]), &[AnswerTalkdesk, Users]),
        (plan("Large"), &[AnswerTalkdesk, Plan]),
        (uninstalled(), &[AnswerTalkdesk, Uninstalled]),
        (rotated("b"), &[AnswerTalkdesk, Rotation, Rotated]),
        (trial(40), &[AnswerTalkdesk, Trial]),
        (trial(16), &[AnswerTalkdesk, TrialEnding, Trial]),
        (extended, &[AnswerTalkdesk, Trial]),
        (over, &[AnswerTalkdesk, Trial]),
        (logout, &[AnswerTalkdesk]),
    ];
    for (what, expected) in cases {
        let mut world = with(&[("e1", 0, installed("a")), ("e2", 10 * DAY, what.clone())]);
        assert_eq!(kinds(&world, 11), expected, "{what:?}");
        world.must(INSTALLED, Body::AlertMark { events: vec!["e2".into()], seen: true });
        let left: Vec<AlertKind> = expected.iter().copied().filter(|kind| !kind.is_news()).collect();
        assert_eq!(kinds(&world, 11), left, "seen: {what:?}");
        world.must(INSTALLED, Body::AlertMark { events: vec!["e2".into()], seen: false });
        let old = 10 + NEWS / DAY + 1;
        assert!(shown(&world, old).iter().all(|alert| !alert.kind.is_news()), "old: {what:?}");
    }
}

/// A customer whose installation stands still is noticed by us before he calls.
#[test]
fn an_installation_that_failed_or_is_suspended_is_told_until_it_is_seen_otherwise() {
    let seen = |word: &str, since: Option<i64>| Body::InstallationNoteState {
        state: TalkdeskState { state: word.into(), reason: "No seats".into(), updated_at: since.map(at) },
    };
    let told = |world: &World| shown(world, 11).into_iter().find(|alert| alert.kind == AlertKind::Stopped);
    for (word, stopped) in [
        ("failed", true),
        ("suspended", true),
        ("completed", false),
        ("pending", false),
        ("timeout", false),
        ("revoked", false),
        ("something_new", false),
    ] {
        let mut world = with(&[("e1", 0, installed("a"))]);
        world.must(INSTALLED, seen(word, Some(9)));
        let alert = told(&world);
        assert_eq!(alert.is_some(), stopped, "{word}");
        let Some(alert) = alert else { continue };
        assert_eq!((&*alert.word, &*alert.text, alert.since, alert.due), (word, "No seats", at(9), None));
        // Seen again it is the same one, so that it is told once, and stays put off.
        world.must(INSTALLED, seen(word, Some(9)));
        assert_eq!(told(&world).unwrap().key, alert.key);
        world.must(INSTALLED, seen("completed", Some(10)));
        assert_eq!(told(&world), None, "{word}, then well");
        world.must(INSTALLED, seen(word, None));
        assert_ne!(told(&world).unwrap().key, alert.key, "{word}, once more");
        world.must(INSTALLED, event("e9", 60 * DAY, installed("b")));
        assert_eq!(told(&world), None, "{word}, then installed anew");
    }
    let mut gone = with(&[("e1", 0, installed("a"))]);
    gone.must(INSTALLED, seen("failed", Some(9)));
    gone.must(INSTALLED, event("e2", 10 * DAY, uninstalled()));
    assert_eq!(told(&gone), None, "nobody wants it back");
}

#[test]
fn news_of_a_kind_is_told_once_with_all_its_events_and_the_newest_word() {
    let events = [
        ("e1", 0, installed("a")),
        ("e2", DAY, users(&["u1", "u2"], &[])),
        ("e3", 2 * DAY, users(&["u3"], &["u1"])),
        ("e4", 3 * DAY, plan("Small")),
        ("e5", 4 * DAY, plan("Large")),
    ];
    let mut world = with(&events);
    let of = |world: &World, kind| shown(world, 5).into_iter().find(|alert| alert.kind == kind);
    let told = of(&world, AlertKind::Users).unwrap();
    assert_eq!((told.count, told.gone, &*told.events), (3, 1, &["e3".to_owned(), "e2".to_owned()][..]));
    let told = of(&world, AlertKind::Plan).unwrap();
    assert_eq!((&*told.text, told.events.len(), told.since), ("Large", 2, at(4)));
    world.must(INSTALLED, Body::AlertMark { events: told.events, seen: true });
    assert_eq!(of(&world, AlertKind::Plan), None);
    assert!(of(&world, AlertKind::Users).is_some());
    let unknown = Body::AlertMark { events: vec!["e9".into()], seen: true };
    assert_eq!(world.refusal(INSTALLED, unknown), RefusalCode::NotFound);
}

#[test]
fn dates_rest_by_what_is_done_and_are_told_three_times() {
    let mut world = with(&[("e1", 0, installed("a")), ("e2", 3 * DAY, rotated("b"))]);
    let due = |world: &World, kind| shown(world, 4).iter().find(|alert| alert.kind == kind)?.due;
    assert_eq!(due(&world, AlertKind::AnswerTalkdesk), Some(at(7)));
    assert_eq!(due(&world, AlertKind::Rotation), Some(at(10)));
    world.must(INSTALLED, answer(&["e1"], Word::Approve));
    world.must(INSTALLED, Body::CredentialsAcknowledge { client_id: "b".into() });
    assert_eq!((due(&world, AlertKind::AnswerTalkdesk), due(&world, AlertKind::Rotation)), (None, None));
    for (day, reached) in [(3, 0), (4, 1), (5, 1), (6, 2), (7, 3), (9, 3)] {
        assert_eq!(stage(at(7), at(day)), reached, "day {day}");
    }
}

#[test]
fn what_is_put_off_is_back_on_its_day_and_in_the_last_day_before_a_deadline() {
    let mut world = with(&[("e1", 0, installed("a"))]);
    let off = |until: Option<&str>| Body::AlertSnooze {
        alert: "answer_talkdesk:e1".into(),
        until: until.map(str::to_owned),
    };
    assert_eq!(world.refusal(INSTALLED, off(Some("soon"))), RefusalCode::WrongKind);
    world.must(INSTALLED, off(Some("1970-01-05")));
    let rests = |world: &World, due: Option<i64>, day: i64| {
        state(world).snoozed["answer_talkdesk:e1"].rests(due.map(at), at(day))
    };
    for (due, day, resting) in
        [(Some(7), 2, true), (Some(7), 4, false), (Some(4), 2, true), (Some(4), 3, false), (None, 3, true)]
    {
        assert_eq!(rests(&world, due, day), resting, "{due:?} {day}");
    }
    world.must(INSTALLED, off(None));
    assert!(state(&world).snoozed.is_empty());
    // However often: the state stays small.
    for n in 0..500 {
        let alert = format!("ticket:{n}");
        world.must(OFFICE, Body::AlertSnooze { alert, until: Some("2026-12-01".into()) });
    }
    let Aggregate::Workspace(workspace) = &world.states[&OFFICE] else { panic!() };
    assert_eq!(workspace.snoozed.len(), domain::text::LIST);
}

#[test]
fn somebody_of_the_workspace_looks_after_it_and_another_while_away() {
    let mut world = with(&[("e1", 0, installed("a"))]);
    let (ticket, document) = (TicketId::from_u128(71), DocumentId::from_u128(72));
    let details = TicketDetails { subject: "Link".into(), opened: "2026-11-20".into(), ..Default::default() };
    world.must(OFFICE, Body::TicketSet { ticket, details, knew: None });
    let details = DocumentDetails { name: "Agreement".into(), ..Default::default() };
    world.must(OFFICE, Body::DocumentSet { document, details });
    for (of, about) in [
        (INSTALLED, Cared::Installation),
        (OFFICE, Cared::Ticket { ticket }),
        (OFFICE, Cared::Document { document }),
    ] {
        let to = |to| Body::AlertAssign { about, to };
        world.must(of, to(Some(ME)));
        world.must(of, to(None));
        assert_eq!(world.refusal(of, to(Some(MemberId::from_u128(99)))), RefusalCode::NotFound, "{about:?}");
    }
    let misplaced = Body::AlertAssign { about: Cared::Installation, to: None };
    assert_eq!(world.refusal(OFFICE, misplaced.clone()), RefusalCode::Exists);
    assert_eq!(world.refusal(HERE, misplaced), RefusalCode::Exists);
    let own = Body::AlertAssign { about: Cared::Ticket { ticket }, to: None };
    assert_eq!(world.refusal(INSTALLED, own), RefusalCode::Exists);
}

#[test]
fn whoever_covers_acts_and_two_who_cover_for_each_other_do_not() {
    const THIRD: MemberId = MemberId::from_u128(23);
    let world = World::new();
    let Aggregate::Workspace(workspace) = &world.states[&OFFICE] else { panic!() };
    let away = |id, until: &str, cover| Member {
        absence: Some(Absence { until: until.to_owned(), cover }),
        ..Member::new(id, String::new(), vec![Role::Developer])
    };
    let here = |id| Member::new(id, String::new(), vec![Role::Developer]);
    let day = at(10);
    for (what, members, acts) in [
        ("is here", vec![here(ME), here(COLLEAGUE)], ME),
        ("is away", vec![away(ME, "1970-01-11", Some(COLLEAGUE)), here(COLLEAGUE)], COLLEAGUE),
        ("was away", vec![away(ME, "1970-01-10", Some(COLLEAGUE)), here(COLLEAGUE)], ME),
        ("nobody covers", vec![away(ME, "1970-01-11", None)], ME),
        (
            "both are away",
            vec![
                away(ME, "1970-01-11", Some(COLLEAGUE)),
                away(COLLEAGUE, "1970-01-11", Some(THIRD)),
                here(THIRD),
            ],
            THIRD,
        ),
        (
            "each covers for the other",
            vec![away(ME, "1970-01-11", Some(COLLEAGUE)), away(COLLEAGUE, "1970-01-11", Some(ME))],
            ME,
        ),
    ] {
        let workspace = Workspace { members, ..(**workspace).clone() };
        assert_eq!(workspace.acting(ME, day), acts, "{what}");
    }
}
