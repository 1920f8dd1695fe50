//! What Talkdesk tells of an app, read into fields and written back, case by case.

use domain::fields::FIELDS;
use serde_json::from_value;

use super::*;

fn app(members: Value) -> App {
    App::read(members).unwrap()
}

fn here(fields: &[(FieldKey, FieldValue)]) -> Information {
    let mut information = Information::default();
    for (key, value) in fields {
        information.set(*key, Some(value));
    }
    information
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn names(names: &[&str]) -> FieldValue {
    FieldValue::List(names.iter().map(|name| (*name).to_owned()).collect())
}

/// The documented object, with every member.
fn whole() -> App {
    app(json!({
        "id": "a1", "app_type": "standalone", "name": "Call Notes", "display_name": "Call Notes!", "slug": "call-notes",
        "listing_summary": "Notes next to the call", "description": "Notes.", "notes": "", "version_number": "1.2.0",
        "render": "portal", "created_type": "partner", "sandbox": false, "scopes": ["openid", "users:read"],
        "scopes_reason": "users:read: Names\nopenid: Sign-in", "capabilities": [{ "name": "notes" }],
        "emails": [{ "type": "support", "email": "s@a.example" }, { "type": "billing", "email": "b@a.example" }],
        "assets": [{ "type": "icon", "description": "Icon", "url": "https://a.example/i.png" }],
        "urls": [
            { "type": "launch_url", "url": "https://a.example/app" },
            { "type": "redirect_uri", "url": "https://a.example/1" }, { "type": "redirect_uri", "url": "https://a.example/2" },
            { "type": "installation_subscription", "url": "https://a.example/events" }, { "type": "status", "url": "https://a.example/s" }
        ],
        "subscription_types": [{ "type": "trial", "license_type": "individual", "name": "Trial" },
            { "type": "paid", "license_type": "universal", "name": "All", "price": 12.5, "min_licenses": 1 }, { "type": "gift" }]
    }))
}

#[test]
fn every_documented_member_becomes_its_field_and_what_is_not_told_none() {
    let told = told(&whole(), &Information::default());
    let value = |key| told[&key].clone().map(|value| serde_json::to_value(value).unwrap()["value"].clone());
    assert_eq!(value(FieldKey::DisplayName), Some(json!("Call Notes!")));
    assert_eq!(value(FieldKey::Notes), None, "told as empty");
    assert_eq!(value(FieldKey::StandaloneUrl), Some(json!("https://a.example/app")));
    assert_eq!(value(FieldKey::PrivacyPolicy), None, "there are addresses, and none of this kind");
    assert_eq!(value(FieldKey::RedirectUris), Some(json!(["https://a.example/1", "https://a.example/2"])));
    assert_eq!(
        value(FieldKey::Scopes),
        Some(
            json!([{ "scope": "openid", "reason": "Sign-in" }, { "scope": "users:read", "reason": "Names" }])
        )
    );
    assert_eq!(value(FieldKey::Emails), Some(json!([{ "type": "support", "email": "s@a.example" }])));
    let plans = value(FieldKey::Plans).unwrap();
    assert_eq!((plans.as_array().unwrap().len(), &plans[1]["price"]), (2, &json!("12.5")));
    let untold: Vec<_> = FIELDS.iter().map(|field| field.key).filter(|key| !told.contains_key(key)).collect();
    assert_eq!(untold, [FieldKey::Categories], "Talkdesk's object has no categories");
    assert!(super::told(&app(json!({ "id": "a1" })), &Information::default()).is_empty());
}

/// What Talkdesk has and no field shows is drift as well: a person has to hear of it.
#[test]
fn entries_of_types_that_have_no_place_here_are_told() {
    let told: Vec<_> = strange(&whole())
        .into_iter()
        .map(|one| format!("{}/{}/{}", one.member, one.kind, one.text))
        .collect();
    assert_eq!(
        told,
        ["emails/billing/b@a.example", "urls/status/https://a.example/s", "subscription_types/gift/"]
    );
    let odd = app(json!({
        "id": "a1", "assets": [{ "type": "banner", "url": "https://a.example/b.png" }],
        "subscription_types": [{ "type": "paid", "license_type": "family", "name": "Family" }],
    }));
    let told: Vec<_> = strange(&odd).into_iter().map(|one| (one.member, one.kind, one.text)).collect();
    let entry = |member: &str, kind: &str, text: &str| (member.into(), kind.into(), text.into());
    assert_eq!(
        told,
        [
            entry("assets", "banner", "https://a.example/b.png"),
            entry("subscription_types", "paid, family", "Family")
        ]
    );
    assert!(strange(&app(json!({ "id": "a1" }))).is_empty());
}

#[test]
fn name_and_active_travel_beside_the_fields_and_are_asked_after() {
    let both = Beside { name: Some("Notes".to_owned()), active: Some(false) };
    assert_eq!(Value::Object(both.changes()), json!({ "name": "Notes", "active": false }));
    assert!(Beside::default().changes().is_empty());
    let app = |active: Value| app(json!({ "id": "a1", "name": "Notes", "active": active }));
    assert_eq!(both.differ(&app(json!(true))), ["active"]);
    assert!(both.differ(&app(json!(false))).is_empty());
    assert!(both.differ(&app(Value::Null)).is_empty(), "Talkdesk need not tell it");
    assert_eq!(
        Beside { name: Some("Call Notes".to_owned()), active: None }.differ(&app(Value::Null)),
        ["name"]
    );
    assert!(both.changes().keys().all(|member| apps::CHANGEABLE.contains(&member.as_str())));
}

#[test]
fn what_talkdesk_cannot_tell_is_no_drift() {
    let file = json!({ "sha256": "ab".repeat(32), "name": "i.png", "media_type": "image/png", "bytes": 4 });
    let icon = json!({ "type": "assets", "value": [{ "url": "https://a.example/i.png", "description": "Icon", "file": file }] });
    let scopes = json!({ "type": "scopes", "value": [{ "scope": "users:read", "reason": "Ours" }, { "scope": "openid", "reason": "Too" }] });
    let ours = here(&[
        (FieldKey::Icon, from_value(icon).unwrap()),
        (FieldKey::Scopes, from_value(scopes).unwrap()),
        (FieldKey::RedirectUris, names(&["https://a.example/2", "https://a.example/1"])),
        (FieldKey::Notes, text("")),
    ]);
    let there = App { scopes_reason: None, ..whole() };
    let told = told(&there, &ours);
    for key in [FieldKey::Icon, FieldKey::Scopes, FieldKey::RedirectUris, FieldKey::Notes] {
        assert!(same(ours.get(key).as_ref(), told[&key].as_ref()), "{key:?}: {:?}", told[&key]);
    }
    assert!(!same(ours.get(FieldKey::Slug).as_ref(), told[&FieldKey::Slug].as_ref()));
}

#[test]
fn reasons_that_are_not_a_line_a_scope_stand_whole_at_the_first() {
    let scopes = || vec!["a".to_owned(), "b:read".to_owned()];
    let reasons = |text: &str| -> Vec<String> {
        reasoned(scopes(), text).into_iter().map(|scope| scope.reason).collect()
    };
    assert_eq!(reasons("b:read: Two\n\na: One\n"), ["One", "Two"]);
    assert_eq!(reasons("a: One"), ["One", ""]);
    assert_eq!(reasons("We need them all."), ["We need them all.", ""]);
    assert_eq!(reasons("a: One\nand more of it"), ["a: One\nand more of it", ""]);
    assert_eq!(reasons(""), ["", ""]);
}

#[test]
fn a_change_carries_what_was_chosen_and_keeps_the_rest_of_its_list() {
    let ours = here(&[
        (FieldKey::Slug, text("notes")),
        (FieldKey::StandaloneUrl, text("https://b.example/app")),
        (FieldKey::RedirectUris, names(&["https://b.example/1"])),
        (FieldKey::Capabilities, names(&["x"])),
        (FieldKey::Sandbox, FieldValue::Flag(true)),
    ]);
    let changes = |fields: &[FieldKey]| changes(&whole(), &ours, fields).map(Value::Object);
    let many = [FieldKey::Slug, FieldKey::Sandbox, FieldKey::Capabilities, FieldKey::Description];
    assert_eq!(
        changes(&many).unwrap(),
        json!({ "slug": "notes", "sandbox": true, "capabilities": [{ "name": "x" }], "description": "" })
    );
    assert_eq!(
        changes(&[FieldKey::StandaloneUrl, FieldKey::RedirectUris]).unwrap(),
        json!({ "urls": [
            { "type": "installation_subscription", "url": "https://a.example/events" }, { "type": "status", "url": "https://a.example/s" },
            { "type": "launch_url", "url": "https://b.example/app" }, { "type": "redirect_uri", "url": "https://b.example/1" }
        ] })
    );
    assert_eq!(changes(&[FieldKey::Icon]).unwrap(), json!({ "assets": [] }), "none is here");
    for (field, why) in [(FieldKey::Plans, "no member of a change"), (FieldKey::DisplayName, "neither")] {
        assert_eq!(changes(&[FieldKey::Slug, field]), Err(field), "{why}");
    }
    let local = json!({ "type": "assets", "value": [{ "url": "", "description": "" }] });
    let local = here(&[(FieldKey::Icon, from_value(local).unwrap())]);
    assert_eq!(
        super::changes(&whole(), &local, &[FieldKey::Icon]),
        Err(FieldKey::Icon),
        "Talkdesk takes addresses"
    );
    let odd = app(json!({ "id": "a1", "urls": "many" }));
    let lost = super::changes(&odd, &ours, &[FieldKey::StandaloneUrl]);
    assert_eq!(lost, Err(FieldKey::StandaloneUrl), "what cannot be read would be lost");
}
