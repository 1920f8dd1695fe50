use super::*;
use serde_json::json;

fn parse(value: &Value) -> Result<Event, Unreadable> {
    Event::parse(&serde_json::to_vec(value).unwrap())
}

/// An event of this type with these data, in the documented envelope.
fn event(kind: &str, data: &Value) -> Value {
    json!({
        "id": "0e8f0d3a2d0b4f6e9a5a7e1c3b5d7f90",
        "created_at": "2026-11-27T03:00:00Z",
        "api_version": "1",
        "type": kind,
        "app_id": "11111111111111111111111111111111",
        "app_version_id": "22222222222222222222222222222222",
        "app_version_name": "1.2.0",
        "data": data,
        "_links": {
            "root": { "href": "https://api.talkdeskapp.eu" },
            "tokens": { "href": "https://sample-customer.talkdeskid.eu/oauth/token" },
        },
        "invented": { "client_secret": "not to be seen" },
    })
}

fn ids() -> Value {
    json!({ "installation_id": "i-1", "account_id": "a-1", "account_name": "Sample Customer", "invented": 7 })
}

fn with(more: &Value) -> Value {
    let mut data = ids();
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

#[test]
fn each_documented_type_is_read_and_what_is_unknown_in_it_is_kept() {
    let set = json!({
        "client_id": "c-1", "client_secret": "s-1", "private_key": "p-1", "public_key": "u-1",
        "key_id": "k-1", "key_algorithm": "ES256",
    });
    let cases = [
        ("app.installed", with(&set)),
        ("app.credentials_rotated", with(&set)),
        ("app.updated", with(&json!({ "users": { "adding": ["u1"], "removing": ["u2"] } }))),
        ("app.updated", with(&json!({ "subscription": { "adding": { "name": "Pro", "licenses": 5 } } }))),
        ("app.updated", ids()),
        ("app.uninstalled", with(&json!({ "reason": { "type": "other", "message": "Too dear" } }))),
        ("app.trial_started", with(&json!({ "expires_at": "2026-12-27T03:00:00Z" }))),
        (
            "app.trial_ended",
            with(&json!({ "ended_at": "…", "ended_reason": "plan_upgraded", "ended_by": "user" })),
        ),
        ("app.trial_extended", ids()),
        ("user.logout", with(&json!({ "user_id": "u-1", "user_email": "a@example.com" }))),
        ("app.something_new", ids()),
    ];
    for (kind, data) in cases {
        let read = parse(&event(kind, &data)).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(
            (read.kind.as_str(), read.installation_id(), read.account_id()),
            (kind, Some("i-1"), Some("a-1"))
        );
        assert!(read.other.0.contains_key("invented"), "{kind}");
        let other = match &read.data {
            Data::Installed(data) | Data::CredentialsRotated(data) => {
                let own = &data.credentials;
                assert_eq!(own.client_id.as_deref(), Some("c-1"));
                assert_eq!(own.client_secret.as_ref().unwrap().expose(), "s-1");
                assert_eq!(own.private_key.as_ref().unwrap().expose(), "p-1");
                assert_eq!(
                    (own.key_id.as_deref(), own.key_algorithm.as_deref()),
                    (Some("k-1"), Some("ES256"))
                );
                &data.other
            }
            Data::Updated(data) => &data.other,
            Data::Uninstalled(data) => {
                assert_eq!(data.reason.as_ref().unwrap().message.as_deref(), Some("Too dear"));
                &data.other
            }
            Data::TrialStarted(data) | Data::TrialEnded(data) => &data.other,
            Data::UserLogout(data) => &data.other,
            Data::TrialExtended(other) | Data::Unknown(other) => other,
        };
        assert_eq!(other.0["invented"], 7, "{kind}");
        let shown = format!("{read:?}");
        for secret in ["s-1", "p-1", "not to be seen"] {
            assert!(!shown.contains(secret), "{kind} shows {secret}");
        }
    }
}

#[test]
fn links_lead_where_they_say_or_nowhere() {
    let mut body = event("app.updated", &ids());
    assert_eq!(parse(&body).unwrap().links.root().unwrap().as_str(), "https://api.talkdeskapp.eu/");
    for (root, expected) in [
        (json!({ "href": "http://127.0.0.1:1/base" }), Some("http://127.0.0.1:1/base")),
        (json!({ "href": "/relative" }), None),
        (json!({ "href": 7 }), None),
        (json!("https://api.talkdeskapp.eu"), None),
        (Value::Null, None),
    ] {
        body["_links"]["root"] = root.clone();
        assert_eq!(parse(&body).unwrap().links.root().as_ref().map(Url::as_str), expected, "{root}");
    }
    body.as_object_mut().unwrap().remove("_links");
    assert_eq!(parse(&body).unwrap().links.root(), None);
}

#[test]
fn a_stripped_copy_is_an_event_still() {
    let read = parse(&event("app.installed", &ids())).unwrap();
    let Data::Installed(data) = read.data else { panic!() };
    assert!(data.credentials.client_secret.is_none() && data.credentials.client_id.is_none());
}

#[test]
fn what_is_no_event_says_why() {
    let member = |place| Unreadable::Member { place };
    let mut cases = vec![
        (json!([]), member("event")),
        (json!("event"), member("event")),
        (json!({}), member("event")),
        (event("app.installed", &json!({})), member("data")),
        (event("app.installed", &Value::Null), member("data")),
        (event("app.new", &json!([1])), member("data")),
        (event("app.updated", &with(&json!({ "users": { "adding": "all" } }))), member("data")),
        (event("", &ids()), member("type")),
        (event("a\nb", &ids()), member("type")),
    ];
    for (id, place) in [("", "id"), ("a b", "id"), ("ü", "id"), (&*"x".repeat(201), "id")] {
        let mut body = event("app.updated", &ids());
        body["id"] = json!(id);
        cases.push((body, member(place)));
    }
    for (body, expected) in cases {
        assert_eq!(parse(&body).unwrap_err(), expected, "{body}");
    }
}

#[test]
fn hostile_bodies_are_refused_within_bounds() {
    let whole = serde_json::to_vec(&event("app.updated", &ids())).unwrap();
    for end in 0..whole.len() {
        assert!(Event::parse(&whole[..end]).is_err(), "cut at {end}");
    }
    let ten_megabytes = [whole.as_slice(), &vec![b' '; 10 * 1024 * 1024]].concat();
    assert_eq!(Event::parse(&ten_megabytes).unwrap_err(), Unreadable::TooLarge);
    let deep =
        format!(r#"{{"id":"a","type":"b","created_at":"","data":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    assert!(matches!(Event::parse(deep.as_bytes()), Err(Unreadable::NotJson { .. })));
    let twice = r#"{"id":"a","id":"b","type":"t","created_at":""}"#;
    assert_eq!(Event::parse(twice.as_bytes()).unwrap_err(), Unreadable::Member { place: "event" });
    assert!(Event::parse(b"\xff\xfe").is_err());
}

#[test]
fn what_is_no_bounded_json_is_not_shown_either() {
    assert_eq!(json(&vec![b' '; BODY_LIMIT + 1]).unwrap_err(), Unreadable::TooLarge);
    for body in [&b"{\"client_secret\":\"a"[..], b"", b"\xff", "[".repeat(100_000).as_bytes()] {
        assert!(matches!(json(body), Err(Unreadable::NotJson { .. })));
    }
    assert_eq!(json(b"[1]"), Ok(json!([1])), "and what is no event may be");
}
