//! The checks before a review: what each finds, and what may be waived.

use domain::fields::{FieldKey, FieldValue};
use domain::preflight::{self, Check, CheckCode, CheckState, Taken};
use domain::workspace::ImageLimits;
use domain::{Body, Place, RefusalCode, Rule};

use crate::world::{HERE, V1, World, text};

fn checked(world: &World, code: CheckCode) -> Check {
    let all = preflight::run(world.at(V1), Taken::default(), &ImageLimits::default());
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

#[test]
fn a_name_that_another_project_has_is_named() {
    let world = World::ready();
    let all = preflight::run(world.at(V1), Taken { name: true, slug: false }, &ImageLimits::default());
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
