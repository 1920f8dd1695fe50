//! The fields of the app information: what is wrong with a value, how complete a part is, and what no field can hold.

use std::collections::BTreeSet;

use domain::fields::{
    Asset, Completeness, Email, EmailKind, FIELDS, FieldKey as K, FieldValue, Information, Part, Plan,
    PlanKind, ProblemCode as P, ScopeReason, TrackName, completeness, missing, problems,
};
use domain::{Place, RefusalCode};
use proptest::prelude::*;

use crate::world::{V1, World, good, plan, text};

/// The codes, each with the entry that it names.
fn found(key: K, value: &FieldValue) -> Vec<(P, Option<u32>)> {
    let found = problems(key, Some(value));
    assert!(found.iter().all(|problem| problem.place.field == Some(key)), "every problem names its field");
    found.into_iter().map(|problem| (problem.code, problem.place.index)).collect()
}

fn texts(texts: &[&str]) -> FieldValue {
    FieldValue::List(texts.iter().map(|&text| text.to_owned()).collect())
}

#[test]
fn addresses() {
    let cases: &[(&str, Option<P>)] = &[
        ("https://apps.example", None),
        ("https://apps.example:8443/a/b?c=d#e", None),
        ("HTTPS://APPS.example/", None),
        ("  https://apps.example/ \n", None),
        ("https://192.0.2.7/", None),
        ("https://[2001:db8::7]/", None),
        ("https://bücher.example/straße", None),
        ("https://例え.example/", None),
        ("https://مثال.example/", None),
        ("http://apps.example", Some(P::UseHttps)),
        ("HTTP://apps.example", Some(P::UseHttps)),
        ("http://", Some(P::UseHttps)),
        ("apps.example", Some(P::NotAUrl)),
        ("//apps.example", Some(P::NotAUrl)),
        ("https", Some(P::NotAUrl)),
        ("https://", Some(P::NotAUrl)),
        ("https:///apps.example", Some(P::NotAUrl)),
        // What a browser mends, other programs do not.
        ("https:apps.example", Some(P::NotAUrl)),
        ("https:/apps.example", Some(P::NotAUrl)),
        (r"https:\\apps.example", Some(P::NotAUrl)),
        (r"https://apps.example\@evil.example", Some(P::NotAUrl)),
        ("https://apps.example/a b", Some(P::NotAUrl)),
        ("https://apps.example/a\nb", Some(P::NotAUrl)),
        ("https://apps.example/a\tb", Some(P::NotAUrl)),
        ("https://apps.example/a\u{a0}b", Some(P::NotAUrl)),
        ("https://apps.example/\u{0}", Some(P::NotAUrl)),
        ("https://apps.example/\u{7f}", Some(P::NotAUrl)),
        ("https://me@apps.example", Some(P::NotAUrl)),
        ("https://me:secret@apps.example", Some(P::NotAUrl)),
        ("https://apps.example:99999", Some(P::NotAUrl)),
        ("https://apps example", Some(P::NotAUrl)),
        ("javascript:alert(1)", Some(P::NotAUrl)),
        ("JavaScript://apps.example/%0aalert(1)", Some(P::NotAUrl)),
        ("file:///etc/passwd", Some(P::NotAUrl)),
        ("ftp://apps.example", Some(P::NotAUrl)),
        ("data:text/html,<script>alert(1)</script>", Some(P::NotAUrl)),
        ("<script>alert(1)</script>", Some(P::NotAUrl)),
        ("héé://apps.example", Some(P::NotAUrl)),
        ("🙂🙂🙂🙂🙂🙂🙂🙂", Some(P::NotAUrl)),
    ];
    for (value, expected) in cases {
        let expected: Vec<P> = expected.iter().copied().collect();
        let codes =
            |found: Vec<(P, Option<u32>)>| found.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        for key in [K::EventsCallbackUrl, K::StandaloneUrl, K::PrivacyPolicy, K::TermsOfService, K::AppSource]
        {
            assert_eq!(codes(found(key, &text(value))), expected, "{} {value:?}", key.name());
        }
        let assets = FieldValue::Assets(vec![Asset {
            url: (*value).to_owned(),
            description: String::new(),
            file: None,
        }]);
        for key in [K::Icon, K::Screenshots, K::Video] {
            assert_eq!(codes(found(key, &assets)), expected, "{} {value:?}", key.name());
        }
    }
}

#[test]
fn lists_name_the_entry_at_fault() {
    let cases: &[(K, &[&str], &[(P, Option<u32>)])] = &[
        (K::RedirectUris, &["https://a.example", "https://b.example"], &[]),
        // Compared exactly: another path, another case is another address.
        (K::RedirectUris, &["https://a.example/x", "https://a.example/X", "https://a.example/x/"], &[]),
        (K::RedirectUris, &["https://a.example", "https://a.example"], &[(P::Duplicate, Some(1))]),
        (K::RedirectUris, &["https://a.example", " https://a.example "], &[(P::Duplicate, Some(1))]),
        (K::RedirectUris, &["https://a.example/#here"], &[(P::Fragment, Some(0))]),
        (K::RedirectUris, &["https://a.example/#"], &[(P::Fragment, Some(0))]),
        (
            K::RedirectUris,
            &["https://a.example", "", "http://b.example", "javascript:x#y"],
            &[(P::Empty, Some(1)), (P::UseHttps, Some(2)), (P::NotAUrl, Some(3)), (P::Fragment, Some(3))],
        ),
        (K::Categories, &["Productivity", "العربية", "🙂"], &[]),
        (
            K::Categories,
            &["Productivity", " ", "Productivity"],
            &[(P::Empty, Some(1)), (P::Duplicate, Some(2))],
        ),
        (K::Categories, &["", ""], &[(P::Empty, Some(0)), (P::Empty, Some(1))]),
        (K::Capabilities, &["cti", "cti"], &[(P::Duplicate, Some(1))]),
        (K::Categories, &[], &[(P::Empty, None)]),
        (K::Capabilities, &[], &[]),
    ];
    for (key, list, expected) in cases {
        assert_eq!(found(*key, &texts(list)), *expected, "{list:?}");
    }
}

#[test]
fn emails() {
    let cases: &[(&str, Option<P>)] = &[
        ("help@apps.example", None),
        ("first.last+tag@mail.apps.example", None),
        ("hélène@bücher.example", None),
        ("", Some(P::Empty)),
        ("  ", Some(P::Empty)),
        ("help", Some(P::NotAnEmail)),
        ("help@apps", Some(P::NotAnEmail)),
        ("@apps.example", Some(P::NotAnEmail)),
        ("help@", Some(P::NotAnEmail)),
        ("help@.example", Some(P::NotAnEmail)),
        ("help@apps.", Some(P::NotAnEmail)),
        ("help@apps..example", Some(P::NotAnEmail)),
        ("help@me@apps.example", Some(P::NotAnEmail)),
        ("he lp@apps.example", Some(P::NotAnEmail)),
        ("help@apps.example\n", Some(P::NotAnEmail)),
        ("help\u{0}@apps.example", Some(P::NotAnEmail)),
    ];
    for (email, expected) in cases {
        let one = |email: &str| Email { kind: EmailKind::Sales, email: email.to_owned() };
        let value = FieldValue::Emails(vec![one("help@apps.example"), one(email)]);
        let expected: Vec<_> = expected.iter().map(|code| (*code, Some(1))).collect();
        assert_eq!(found(K::Emails, &value), expected, "{email:?}");
    }
}

#[test]
fn slugs_and_choices() {
    let slug = |good: bool| if good { vec![] } else { vec![(P::NotASlug, None)] };
    let slugs = [
        ("call-notes", true),
        ("a", true),
        ("2go", true),
        ("call--notes", false),
        ("-call", false),
        ("call-", false),
        ("Call", false),
        ("call_notes", false),
        ("call notes", false),
        (" call", false),
        ("café", false),
        ("../etc", false),
        ("ملاحظات", false),
    ];
    for (value, fits) in slugs {
        assert_eq!(found(K::Slug, &text(value)), slug(fits), "{value:?}");
    }
    for (key, value, fits) in [
        (K::AppType, "standalone", true),
        (K::AppType, "atlas", true),
        (K::AppType, "Atlas", false),
        (K::AppType, "portal", false),
        (K::Render, "portal", true),
        (K::Render, "canvas", true),
        (K::Render, "standalone", false),
    ] {
        let expected = if fits { vec![] } else { vec![(P::NotAChoice, None)] };
        assert_eq!(found(key, &text(value)), expected, "{value:?}");
    }
}

#[test]
fn scopes_have_a_reason_each() {
    let cases: &[(&[(&str, &str)], &[(P, Option<u32>)])] = &[
        (&[("contacts:read", "Why"), ("openid", "Why")], &[]),
        (&[("contacts:read", "")], &[(P::NoReason, Some(0))]),
        (&[("contacts:read", " \n")], &[(P::NoReason, Some(0))]),
        (&[("", "Why")], &[(P::Empty, Some(0))]),
        (&[("contacts read", "Why")], &[(P::NotAScope, Some(0))]),
        (&[("a:read", "Why"), ("a:read", "")], &[(P::NoReason, Some(1)), (P::Duplicate, Some(1))]),
        (&[], &[(P::Empty, None)]),
    ];
    for (list, expected) in cases {
        let scope = |(scope, reason): &(&str, &str)| ScopeReason {
            scope: (*scope).to_owned(),
            reason: (*reason).to_owned(),
        };
        assert_eq!(
            found(K::Scopes, &FieldValue::Scopes(list.iter().map(scope).collect())),
            *expected,
            "{list:?}"
        );
    }
    let named = problems(
        K::Scopes,
        Some(&FieldValue::Scopes(vec![ScopeReason { scope: "a:read".to_owned(), reason: String::new() }])),
    );
    assert_eq!(named[0].params["scope"], "a:read");
    let mut information = Information::default();
    assert_eq!(information.scopes_reason(), "");
    information.set(K::Scopes, Some(&good(K::Scopes)));
    assert_eq!(information.scopes_reason(), "contacts:read: Shows the caller's name.");
}

#[test]
fn plans() {
    let trial = || plan(PlanKind::Trial, "");
    let paid = |price: &str| plan(PlanKind::Paid, price);
    let seats = |min, max| Plan { min_licenses: min, max_licenses: max, ..trial() };
    let nameless = Plan { name: " ".to_owned(), ..trial() };
    let cases: Vec<(Vec<Plan>, Vec<(P, Option<u32>)>)> = vec![
        (vec![trial()], vec![]),
        (vec![trial(), paid("12")], vec![]),
        (vec![trial(), paid("12,50")], vec![]),
        (vec![trial(), paid(" 12.50 ")], vec![]),
        (vec![trial(), paid("0")], vec![]),
        (vec![paid("12")], vec![(P::NoTrial, None)]),
        (vec![paid("")], vec![(P::NoTrial, None), (P::NoPrice, Some(0))]),
        (vec![trial(), paid("free")], vec![(P::NoPrice, Some(1))]),
        (vec![trial(), paid("-1")], vec![(P::NoPrice, Some(1))]),
        (vec![trial(), paid("inf")], vec![(P::NoPrice, Some(1))]),
        (vec![trial(), paid("NaN")], vec![(P::NoPrice, Some(1))]),
        (vec![trial(), paid("1.234,50")], vec![(P::NoPrice, Some(1))]),
        (vec![nameless], vec![(P::NoName, Some(0))]),
        (vec![seats(Some(5), Some(5)), seats(Some(5), None), seats(None, Some(0))], vec![]),
        (vec![seats(Some(6), Some(5))], vec![(P::SeatsCrossed, Some(0))]),
        (vec![], vec![(P::Empty, None)]),
    ];
    for (list, expected) in cases {
        let shown = format!("{list:?}");
        assert_eq!(found(K::Plans, &FieldValue::Plans(list)), expected, "{shown}");
    }
}

#[test]
fn every_key_stands_once_in_the_catalogue() {
    let keys: BTreeSet<K> = FIELDS.iter().map(|field| field.key).collect();
    assert_eq!(keys.len(), FIELDS.len());
    for field in FIELDS {
        assert_eq!(serde_json::to_value(field.key).unwrap(), field.name, "the name is the one in JSON");
        assert_eq!(domain::fields::spec(field.key), field);
        // `good` matches every key, so no key is left out of the catalogue.
        assert!(problems(field.key, Some(&good(field.key))).is_empty(), "{}", field.name);
        let empty: Vec<P> = problems(field.key, None).into_iter().map(|problem| problem.code).collect();
        assert_eq!(empty, if field.required { vec![P::Empty] } else { vec![] }, "{}", field.name);
    }
    let last = K::AppSource as usize;
    assert_eq!(FIELDS.len(), last + 1, "one entry for each key of the enum");
}

#[test]
fn completeness_is_a_hundred_only_when_nothing_is_missing() {
    for (filled, of, percent) in [(0, 0, 100), (0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (199, 200, 99)]
    {
        let sum = Completeness::sum([Completeness { filled, of, percent: 0 }]);
        assert_eq!((sum.percent, sum.is_complete()), (percent, filled == of), "{filled} of {of}");
    }
    let mut world = World::ready();
    let whole = |world: &World| Part::ALL.map(|part| completeness(&world.at(V1).information, part).percent);
    assert_eq!(whole(&world), [100; 3]);
    for field in FIELDS.iter().filter(|field| !field.required) {
        world.set(V1, field.key, None).unwrap();
    }
    assert_eq!(whole(&world), [100; 3], "what may be empty does not count");
    world.set(V1, K::AppSource, Some(text("file:///x"))).unwrap();
    assert_eq!(whole(&world), [100, 100, 80], "what is wrong does");
    world.set(V1, K::StandaloneUrl, None).unwrap();
    assert_eq!(whole(&world), [100, 75, 80]);
}

proptest! {
    /// Whatever is filled and however: what is missing and what is complete never contradict each other.
    #[test]
    fn complete_is_nothing_missing(filled in prop::collection::vec((0..FIELDS.len(), 0..3_u8), 0..60)) {
        let mut information = Information::default();
        for (field, how) in filled {
            let key = FIELDS[field].key;
            let value = match how {
                0 => None,
                1 => Some(good(key)),
                _ => Some(text("javascript:alert(1)")).filter(|_| matches!(good(key), FieldValue::Text(_))),
            };
            information.set(key, value.as_ref());
        }
        for track in TrackName::ALL {
            let parts = track.parts().iter().map(|part| completeness(&information, *part));
            let sum = Completeness::sum(parts);
            prop_assert_eq!(sum.is_complete(), missing(&information, track).is_empty());
            prop_assert_eq!(sum.percent == 100, sum.is_complete());
            prop_assert!(sum.percent <= 100 && sum.filled <= sum.of);
        }
    }
}

#[test]
fn nothing_past_the_stores_bounds_is_taken() {
    let long = |n: usize| "é".repeat(n);
    let many = |n: usize| FieldValue::List(vec!["x".to_owned(); n]);
    let asset = |url: String| Asset { url, description: String::new(), file: None };
    let refused = |code, max: &str| Some((code, Some(max.to_owned())));
    let cases: Vec<(K, FieldValue, Option<(RefusalCode, Option<String>)>)> = vec![
        (K::DisplayName, text(&long(500)), None),
        (K::DisplayName, text(&long(501)), refused(RefusalCode::TooLong, "500")),
        (K::Description, text(&long(20_000)), None),
        (K::Description, text(&long(20_001)), refused(RefusalCode::TooLong, "20000")),
        (K::Description, text(&long(1_000_000)), refused(RefusalCode::TooLong, "20000")),
        (K::PrivacyPolicy, text(&long(2_001)), refused(RefusalCode::TooLong, "2000")),
        (K::RedirectUris, FieldValue::List(vec![long(2_001)]), refused(RefusalCode::TooLong, "2000")),
        (K::Categories, many(200), None),
        (K::Categories, many(201), refused(RefusalCode::TooMany, "200")),
        (K::Icon, FieldValue::Assets(vec![asset(String::new()); 2]), refused(RefusalCode::TooMany, "1")),
        (K::Screenshots, FieldValue::Assets(vec![asset(long(2_001))]), refused(RefusalCode::TooLong, "2000")),
        (
            K::Plans,
            FieldValue::Plans(vec![Plan { description: long(2_001), ..plan(PlanKind::Trial, "") }]),
            refused(RefusalCode::TooLong, "2000"),
        ),
        (
            K::Scopes,
            FieldValue::Scopes(vec![ScopeReason { scope: String::new(), reason: long(2_001) }]),
            refused(RefusalCode::TooLong, "2000"),
        ),
        (
            K::Emails,
            FieldValue::Emails(vec![Email { kind: EmailKind::Sales, email: long(2_001) }]),
            refused(RefusalCode::TooLong, "2000"),
        ),
        (K::Slug, FieldValue::Flag(true), Some((RefusalCode::WrongKind, None))),
        (K::Sandbox, text("yes"), Some((RefusalCode::WrongKind, None))),
    ];
    let mut world = World::with_version();
    for (key, value, expected) in cases {
        let result = world.set(V1, key, Some(value));
        if let Err(refusal) = &result {
            assert_eq!(refusal.places, [Place::field(key)], "it says where");
        }
        let seen = result.err().map(|refusal| (refusal.code, refusal.params.get("max").cloned()));
        assert_eq!(seen, expected, "{}", key.name());
    }
    // Each field takes its own kind of value and no other.
    for field in FIELDS {
        for other in FIELDS {
            let fits = std::mem::discriminant(&good(field.key)) == std::mem::discriminant(&good(other.key));
            let taken = domain::fields::bounds(field.key, &good(other.key)).is_ok();
            assert_eq!(taken, fits, "{} of {}", field.name, other.name);
        }
    }
}
