//! The checks before a review: what each finds, and what may be waived.

use domain::fields::{FieldKey, FieldValue};
use domain::preflight::{self, Check, CheckCode, CheckState, Seen, Sight, Taken};
use domain::workspace::Policies;
use domain::{Body, Params, Place, RefusalCode, Rule};

use crate::world::{BOTH, HERE, OFFICE, V1, World, text};

fn checked(world: &World, code: CheckCode) -> Check {
    let all = preflight::run(world.at(V1), Taken::default(), &Policies::default());
    all.into_iter().find(|check| check.code == code).unwrap()
}

/// A field with this value: how a check goes over it, and how many it names.
fn goes(code: CheckCode, fields: &[(FieldKey, Option<FieldValue>)]) -> (CheckState, u32) {
    let mut world = World::ready();
    for (key, value) in fields {
        world.set(V1, *key, value.clone()).unwrap();
    }
    let check = checked(&world, code);
    (check.state, check.count)
}

fn list(entries: &[&str]) -> FieldValue {
    FieldValue::List(entries.iter().map(|entry| (*entry).to_owned()).collect())
}

#[test]
fn each_check_finds_its_own() {
    use CheckCode::{
        Capabilities, HttpsOnly, PoliciesApart, PublicHosts, RedirectsExact, SummarySays, Video,
    };
    use CheckState::{Fail, NotRun, Pass, Warn};
    use FieldKey as K;
    let hosts = |url: &str| goes(PublicHosts, &[(K::EventsCallbackUrl, Some(text(url)))]).0;
    for url in [
        "https://localhost/x",
        "https://box/x",
        "https://10.0.0.4/x",
        "https://[::1]/x",
        "https://app.internal/x",
    ] {
        assert_eq!(hosts(url), Warn, "{url}");
    }
    for url in ["https://calls.example/x", "https://8.8.8.8/x", "https://localhost.example.com/"] {
        assert_eq!(hosts(url), Pass, "{url}");
    }
    assert_eq!(goes(HttpsOnly, &[(K::PrivacyPolicy, Some(text("http://calls.example")))]), (Fail, 1));
    let uris = list(&["https://a.example/#x", "https://a.example/b", "https://a.example/b"]);
    assert_eq!(goes(RedirectsExact, &[(K::RedirectUris, Some(uris))]), (Fail, 2));
    let summary = |summary: &str| {
        let named = (K::DisplayName, Some(text("Call Notes")));
        goes(SummarySays, &[named, (K::ListingSummary, Some(text(summary)))]).0
    };
    for (words, state) in
        [("Call Notes", Warn), ("CALL-NOTES for Talkdesk!", Warn), ("Notes that write themselves", Pass)]
    {
        assert_eq!(summary(words), state, "{words}");
    }
    let policies = |terms: &str| {
        let privacy = (K::PrivacyPolicy, Some(text("https://calls.example/privacy")));
        goes(PoliciesApart, &[privacy, (K::TermsOfService, Some(text(terms)))]).0
    };
    assert_eq!(policies("https://calls.example/privacy"), Warn);
    assert_eq!(policies("https://calls.example/terms"), Pass);
    assert_eq!(goes(PoliciesApart, &[(K::PrivacyPolicy, None)]), (NotRun, 0));
    assert_eq!(goes(Video, &[(K::Video, None)]), (Warn, 1));
    assert_eq!(goes(Capabilities, &[(K::Scopes, None), (K::Capabilities, None)]).0, NotRun);
}

/// Nobody's limits but the workspace's: none is set at first, and what is set is counted in characters.
#[test]
fn texts_are_held_to_what_the_workspace_set_and_to_nothing_else() {
    use CheckState::{NotRun, Pass, Warn};
    use FieldKey as K;
    let (summary, notes) = (K::ListingSummary, K::Notes);
    for (limits, words, state, places) in [
        (&[][..], "Notes that write themselves", NotRun, &[][..]),
        (&[(summary, 4)], "Nóta", Pass, &[]),
        (&[(summary, 4)], "Notes", Warn, &[summary]),
        (&[(notes, 4)], "Notes", NotRun, &[]),
        (&[(summary, 5), (K::DisplayName, 1)], "Notes", Warn, &[K::DisplayName]),
    ] {
        let mut world = World::ready();
        world.set(V1, summary, Some(text(words))).unwrap();
        world.set(V1, notes, None).unwrap();
        let lengths = limits.iter().copied().collect();
        world.must(OFFICE, Body::SetPolicies { policies: Policies { lengths, ..Policies::default() } });
        let all = preflight::run(world.at(V1), Taken::default(), &world.office().policies);
        let check = all.iter().find(|check| check.code == CheckCode::Lengths).unwrap();
        let places: Vec<_> = places.iter().map(|key| Place::field(*key)).collect();
        assert_eq!((check.state, &check.places), (state, &places), "{limits:?} {words}");
        // A round keeps how it went: it warns, and bars nothing.
        world.submit(V1, BOTH).unwrap();
        let kept = &world.at(V1).marketplace.0[0].preflight;
        assert_eq!(kept.iter().find(|check| check.code == CheckCode::Lengths).unwrap().state, state);
    }
}

#[test]
fn limits_of_texts_that_nothing_can_meet_are_refused() {
    let mut world = World::new();
    for (key, most, refusal) in [
        (FieldKey::DisplayName, 0, Some(RefusalCode::TooMany)),
        (FieldKey::DisplayName, 1, None),
        (FieldKey::DisplayName, 500, None),
        (FieldKey::DisplayName, 501, Some(RefusalCode::TooMany)),
        (FieldKey::Description, 20_000, None),
        (FieldKey::Icon, 10, Some(RefusalCode::WrongKind)),
        (FieldKey::AppType, 10, Some(RefusalCode::WrongKind)),
    ] {
        let policies = Policies { lengths: [(key, most)].into(), ..Policies::default() };
        let done = world.send(OFFICE, Body::SetPolicies { policies });
        assert_eq!(done.err().map(|refusal| refusal.code), refusal, "{key:?} {most}");
    }
}

#[test]
fn a_name_that_another_project_has_is_named() {
    let world = World::ready();
    let all = preflight::run(world.at(V1), Taken { name: true, slug: false }, &Policies::default());
    let check = all.iter().find(|check| check.code == CheckCode::NameUnique).unwrap();
    assert_eq!(
        (check.state, &check.places[..]),
        (CheckState::Fail, &[Place::field(FieldKey::DisplayName)][..])
    );
}

#[test]
fn what_is_ours_is_waived_with_a_reason_and_what_is_talkdesks_is_not() {
    let mut world = World::ready();
    let waive = |check, reason: &str| Body::CheckWaive { version: V1, check, reason: reason.to_owned() };
    for check in CheckCode::ALL {
        assert_eq!(world.refusal(HERE, waive(check, " ")), RefusalCode::NoReason);
        if check.rule() == Rule::Talkdesk {
            assert_eq!(world.refusal(HERE, waive(check, "We know.")), RefusalCode::NotWaivable, "{check:?}");
        }
    }
    world.must(HERE, waive(CheckCode::Video, "Nothing new to show."));
    assert_eq!(checked(&world, CheckCode::Video).waiver.unwrap().reason, "Nothing new to show.");

    // The round keeps it, whatever becomes of it later.
    world.submit(V1, &domain::fields::TrackName::ALL).unwrap();
    world.must(HERE, Body::CheckUnwaive { version: V1, check: CheckCode::Video });
    assert_eq!(checked(&world, CheckCode::Video).waiver, None);
    let round = world.at(V1).technical.round().unwrap();
    assert_eq!(round.preflight.len(), CheckCode::ALL.len());
    let kept = round.preflight.iter().find(|check| check.code == CheckCode::Video).unwrap();
    assert_eq!(kept.waiver.as_ref().unwrap().reason, "Nothing new to show.");
}

/// Says what was seen at every address that a check looks at.
fn saw(world: &mut World, code: CheckCode, sight: Sight) {
    let seen = preflight::subjects(code, world.at(V1)).into_iter().map(|(place, of)| Seen {
        place,
        of,
        sight,
        params: Params::new(),
    });
    let looked = [(code, seen.collect())].into();
    world.must(HERE, Body::CheckRecord { version: V1, looked });
}

#[test]
fn what_was_seen_counts_while_what_it_looked_at_stands_there() {
    use CheckState::{Fail, NotRun, Pass, Warn};
    let mut world = World::ready();
    for code in CheckCode::RUN {
        let check = checked(&world, code);
        assert_eq!((check.state, check.looked), (NotRun, None), "{code:?}");
    }
    let cases = [
        (CheckCode::Reachable, Sight::Answers, Pass),
        (CheckCode::Reachable, Sight::SendsOn, Pass),
        (CheckCode::Reachable, Sight::Fails, Warn),
        (CheckCode::Reachable, Sight::Offline, NotRun),
        (CheckCode::Tls, Sight::Fails, Pass),
        (CheckCode::Tls, Sight::Unreachable, NotRun),
        (CheckCode::Tls, Sight::Certificate, Warn),
        (CheckCode::RedirectsAnswer, Sight::SendsOn, Warn),
        (CheckCode::RedirectsAnswer, Sight::Answers, Pass),
        (CheckCode::Callback, Sight::Takes, Fail),
        (CheckCode::Callback, Sight::Unreachable, Fail),
        (CheckCode::Callback, Sight::Refuses, Pass),
        (CheckCode::Callback, Sight::Offline, NotRun),
    ];
    for (code, sight, state) in cases {
        saw(&mut world, code, sight);
        let check = checked(&world, code);
        assert_eq!(check.state, state, "{code:?} {sight:?}");
        let bad = matches!(state, Warn | Fail);
        assert_eq!(!check.places.is_empty(), bad, "{code:?} {sight:?}");
        assert!(check.looked.is_some());
    }
    saw(&mut world, CheckCode::Callback, Sight::Refuses);
    world.set(V1, FieldKey::EventsCallbackUrl, Some(text("https://other.example/events"))).unwrap();
    let check = checked(&world, CheckCode::Callback);
    assert_eq!((check.state, check.count), (NotRun, 0), "another callback was looked at");
    assert!(check.looked.unwrap().is_stale(CheckCode::Callback));
}

#[test]
fn life_cycle_events_are_handled_once_each_was_there() {
    let mut world = World::ready();
    let mut record = |there: usize| {
        let seen = preflight::EVENTS.iter().enumerate().map(|(at, kind)| Seen {
            place: Place::default(),
            of: (*kind).to_owned(),
            sight: if at < there { Sight::There } else { Sight::NotYet },
            params: Params::new(),
        });
        let looked = [(CheckCode::EventsHandled, seen.collect())].into();
        world.must(HERE, Body::CheckRecord { version: V1, looked });
        let check = checked(&world, CheckCode::EventsHandled);
        (check.state, check.count)
    };
    assert_eq!(record(0), (CheckState::NotRun, 0));
    assert_eq!(record(7), (CheckState::NotRun, 7), "what did not happen yet did not fail");
    assert_eq!(record(8), (CheckState::Pass, 8));
}

#[test]
fn a_check_that_is_read_off_the_version_cannot_be_told_and_a_round_keeps_what_was_seen() {
    let mut world = World::ready();
    let told = |code| Body::CheckRecord { version: V1, looked: [(code, Vec::new())].into() };
    assert_eq!(world.refusal(HERE, told(CheckCode::Video)), RefusalCode::WrongKind);
    saw(&mut world, CheckCode::Callback, Sight::Refuses);
    world.submit(V1, BOTH).unwrap();
    let round = world.at(V1).technical.round().unwrap();
    let kept = round.preflight.iter().find(|check| check.code == CheckCode::Callback).unwrap();
    assert_eq!((kept.state, kept.looked.is_some()), (CheckState::Pass, true));
}

#[test]
fn an_event_is_proved_by_the_versions_private_installation_or_else_by_the_suite() {
    use domain::event_test::{Signer, TestReport, TestTry, TestedEvent};
    let mut world = World::ready();
    let number = world.at(V1).number.clone();
    let tried = |kind: &str, status| {
        let at = domain::Timestamp(1);
        let tries =
            vec![TestTry { at, ms: 5, status: Some(status), to: String::new(), fault: String::new() }];
        TestedEvent { kind: kind.to_owned(), tries }
    };
    let events = vec![tried("app.installed", 200), tried("user.logout", 200), tried("app.updated", 500)];
    for signer in [Signer::Stranger, Signer::Sandbox] {
        let report =
            TestReport { signer, url: "https://test.a.example/e".to_owned(), events: events.clone() };
        world.must(HERE, Body::TestRecord { version: V1, report });
    }
    let private = |version_name: &str| {
        let mut installation = crate::installation::of_events(&["app.installed", "app.trial_started"]);
        installation.events[0].event.version_name = version_name.to_owned();
        // What tells of a trial names no version.
        installation.events[1].event.version_name = String::new();
        installation
    };
    let mut told = |private: &[domain::installation::Installation]| -> Vec<(String, String)> {
        let seen = preflight::events_handled(world.at(V1), private);
        assert_eq!(seen.len(), preflight::EVENTS.len());
        let looked = [(CheckCode::EventsHandled, seen.clone())].into();
        world.must(HERE, Body::CheckRecord { version: V1, looked });
        let there = seen.into_iter().filter(|seen| seen.sight == Sight::There);
        there.map(|seen| (seen.of.clone(), seen.params["by"].clone())).collect()
    };
    let suite = |kind: &str| (kind.to_owned(), "suite".to_owned());
    let real = |kind: &str| (kind.to_owned(), "installation".to_owned());
    assert_eq!(told(&[]), [suite("app.installed"), suite("user.logout")], "what failed proves nothing");
    let own = [real("app.installed"), real("app.trial_started"), suite("user.logout")];
    assert_eq!(told(&[private(&number)]), own);
    assert_eq!(
        told(&[private("0.9.0")]),
        [suite("app.installed"), suite("user.logout")],
        "another version's"
    );
}

#[test]
fn the_last_check_of_a_sign_in_stays_with_its_version_and_is_bounded() {
    use domain::ids::InstallationId;
    use domain::sso::{SsoFault, SsoHop, SsoReport, SsoStep};
    let mut world = World::ready();
    let hop = |step, url: &str| SsoHop { step, url: url.to_owned(), status: Some(200), sends_on: None };
    let report = |signed_in, hops, faults| SsoReport {
        installation: InstallationId::from_u128(1),
        standalone: "https://a.example/app".to_owned(),
        signed_in,
        hops,
        faults,
    };
    let back = hop(SsoStep::Returns, "https://a.example/callback?code=…");
    for (signed_in, hops, received) in
        [(false, vec![back.clone()], false), (true, vec![], false), (true, vec![back.clone()], true)]
    {
        let report = report(signed_in, hops, vec![SsoFault::NoState]);
        world.must(HERE, Body::SsoRecord { version: V1, report: report.clone() });
        let kept = world.at(V1).sso.as_ref().unwrap();
        assert_eq!((&kept.report, kept.report.received_code()), (&report, received));
    }
    let kept = world.at(V1).sso.clone();
    for (wrong, code) in [
        (report(true, vec![back.clone(); 61], vec![]), RefusalCode::TooMany),
        (report(true, vec![], vec![SsoFault::NoState; 41]), RefusalCode::TooMany),
        (report(true, vec![hop(SsoStep::Opens, &"x".repeat(2_001))], vec![]), RefusalCode::TooLong),
        (report(true, vec![hop(SsoStep::Opens, "a\nb")], vec![]), RefusalCode::ControlCharacters),
    ] {
        let refused = world.refusal(HERE, Body::SsoRecord { version: V1, report: wrong });
        assert_eq!(refused, code);
    }
    assert_eq!(world.at(V1).sso, kept, "what is refused changes nothing");
}
