//! The partner's routes: what is taken, what is refused, and that a repeat changes nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{START, World, raw, send, submission, submission_id, version_path};

#[tokio::test]
async fn a_submission_is_received_once() {
    let world = World::start().await;
    let first = world.submit(&submission(1, &["technical"])).await;
    assert_eq!(first.status, 201);
    let receipt = first.json();
    assert_eq!(receipt["state"], "in_review");
    assert_eq!(receipt["received_at"], jiff::Timestamp::from_second(START).unwrap().to_string());
    assert_eq!(receipt["id"].as_str().unwrap().len(), 32);

    // The same again, later, its members in another order, gets the same answer, whatever has happened since.
    world.pass(90);
    let mut reordered = json!({ "notes": "First round" });
    for (name, value) in submission(1, &["technical"]).as_object().unwrap() {
        reordered[name] = value.clone();
    }
    let body = json!({ "track": "technical", "outcome": "rejected", "message": "See the callback" });
    world.decide(Method::POST, receipt["id"].as_str().unwrap(), &body).await;
    let again = world.submit(&reordered).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, receipt));

    for (name, value) in [
        ("notes", json!("Another note")),
        ("tracks", json!(["marketplace"])),
        ("fields", json!({})),
        ("version", json!({ "id": crate::support::VERSION, "number": "1.3.1" })),
    ] {
        let mut changed = submission(1, &["technical"]);
        changed[name] = value;
        assert_eq!(world.submit(&changed).await.verdict(), "409 submission_id_reused", "{name}");
    }
    let listed = send(world.reviewer(Method::GET, "/reviewer/api/submissions")).await;
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_submission_is_named() {
    let world = World::start().await;
    let with = |name: &str, value: Value| {
        let mut body = submission(1, &["technical"]);
        *body.pointer_mut(name).unwrap() = value;
        body
    };
    let cases = [
        (with("/submission_id", json!("7")), "422 invalid submission_id"),
        (with("/submission_id", json!(7)), "422 invalid submission_id"),
        (with("/tracks", json!([])), "422 invalid tracks"),
        (with("/tracks", json!("technical")), "422 invalid tracks"),
        (with("/tracks", json!(["legal"])), "422 invalid tracks"),
        (with("/tracks", json!(["technical", "technical"])), "422 invalid tracks"),
        (with("/app/id", json!("another")), "422 invalid app.id"),
        (with("/app/name", json!(" \t")), "422 invalid app.name"),
        (with("/app/name", json!("x".repeat(501))), "422 invalid app.name"),
        (with("/version/id", json!("another")), "422 invalid version.id"),
        (with("/version/number", Value::Null), "422 invalid version.number"),
        (with("/fields", json!([])), "422 invalid fields"),
        (with("/notes", json!(["a"])), "422 invalid notes"),
        (
            json!([]),
            "422 invalid submission_id tracks app.id app.name app.slug version.id version.number fields",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(world.submit(&body).await.verdict(), expected, "{body}");
    }
    // Nothing of it was kept.
    assert_eq!(world.version().await.verdict(), "404 not_found");
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let world = World::start().await;
    let path = format!("{}/submissions", version_path());
    let json = "application/json";
    let cases = [
        (json, "{\"submission_id\":".to_owned(), "400 bad_json"),
        (json, String::new(), "400 bad_json"),
        (json, "[".repeat(100_000), "400 bad_json"),
        ("text/plain", submission(1, &["technical"]).to_string(), "415 unsupported_media_type"),
        (json, format!("\"{}\"", "x".repeat(1024 * 1024)), "413 too_large"),
    ];
    for (kind, body, expected) in cases {
        let answer = send(raw(world.partner(Method::POST, &path), kind, body)).await;
        assert_eq!(answer.verdict(), expected);
    }
    // A body of nearly 1 MiB, in any script, is taken and comes back as it was.
    let mut large = submission(1, &["technical"]);
    large["fields"]["description"] = json!("👩🏽‍💻 \u{202e}שלום <script>".repeat(20_000));
    assert_eq!(world.submit(&large).await.status, 201);
    let kept =
        send(world.reviewer(Method::GET, &format!("/reviewer/api/submissions/{}", submission_id(1)))).await;
    assert_eq!(kept.json()["fields"], large["fields"]);
}

#[tokio::test]
async fn only_the_right_token_opens_a_route() {
    let world = World::start().await;
    let (partner, reviewer) = (world.running.token(), world.running.reviewer_token());
    assert_ne!(partner, reviewer);
    let version = version_path();
    let routes = [
        (Method::POST, format!("{version}/submissions"), partner),
        (Method::PUT, version.clone(), partner),
        (Method::GET, version.clone(), partner),
        (Method::GET, format!("{version}/install-link"), partner),
        (Method::POST, format!("{version}/install-link/rotate"), reviewer),
        (Method::GET, "/reviewer/api/submissions".to_owned(), reviewer),
        (Method::GET, "/reviewer/api/submissions/1".to_owned(), reviewer),
        (Method::POST, "/reviewer/api/submissions/1/decision".to_owned(), reviewer),
        (Method::PUT, "/reviewer/api/submissions/1/decision".to_owned(), reviewer),
        (Method::GET, "/reviewer/api/installations".to_owned(), reviewer),
        (Method::GET, "/faults".to_owned(), reviewer),
        (Method::PUT, "/faults".to_owned(), reviewer),
        (Method::DELETE, "/faults".to_owned(), reviewer),
    ];
    for (method, path, right) in routes {
        let wrong = if right == partner { reviewer } else { partner };
        let almost = &right[..right.len() - 1];
        let bad = [
            None,
            Some(format!("Bearer {wrong}")),
            Some(format!("Bearer {almost}")),
            Some(format!("Basic {right}")),
        ];
        for header in bad {
            let mut request = world.request(method.clone(), &path).json(&json!({}));
            if let Some(header) = &header {
                request = request.header("authorization", header);
            }
            let answer = send(request).await;
            assert_eq!(answer.verdict(), "401 unauthorized", "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        let answer = send(world.request(method.clone(), &path).bearer_auth(right).json(&json!({}))).await;
        assert_ne!(answer.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn the_tracks_go_their_own_ways_through_rounds() {
    let world = World::start().await;
    let states = async |world: &World| {
        let standing = world.version().await.json();
        ["technical", "marketplace"].map(|track| {
            let track = &standing["tracks"][track];
            format!("{} {}", track["state"].as_str().unwrap(), track["rounds"])
        })
    };
    world.submit(&submission(1, &["technical"])).await;
    assert_eq!(states(&world).await, ["in_review 1", "not_submitted 0"]);
    assert_eq!(world.submit(&submission(2, &["technical"])).await.verdict(), "409 track_in_review");
    let both = world.submit(&submission(2, &["marketplace", "technical"])).await;
    assert_eq!(both.verdict(), "409 track_in_review", "both or none");
    assert_eq!(states(&world).await, ["in_review 1", "not_submitted 0"]);
    assert_eq!(world.submit(&submission(2, &["marketplace"])).await.status, 201);
    assert_eq!(states(&world).await, ["in_review 1", "in_review 1"]);

    let findings = json!([{ "text": "The callback answers 500", "severity": "blocker", "field": "events_callback_url" }]);
    let body =
        json!({ "track": "technical", "outcome": "rejected", "findings": findings, "message": "Nearly" });
    world.pass(3600);
    assert_eq!(world.decide(Method::POST, &submission_id(1), &body).await.status, 200);
    let body = json!({ "track": "marketplace", "outcome": "approved" });
    assert_eq!(world.decide(Method::POST, &submission_id(2), &body).await.status, 200);
    assert_eq!(states(&world).await, ["rejected 1", "approved 1"]);
    assert_eq!(world.submit(&submission(3, &["marketplace"])).await.verdict(), "409 track_approved");

    let technical = world.version().await.json()["tracks"]["technical"].clone();
    let at = jiff::Timestamp::from_second(START + 3600).unwrap().to_string();
    assert_eq!(technical["decided_at"], at);
    assert_eq!(technical["message"], "Nearly");
    let finding = &technical["findings"][0];
    assert_eq!(finding["id"].as_str().unwrap().len(), 32);
    assert_eq!((&finding["track"], &finding["severity"]), (&json!("technical"), &json!("blocker")));
    assert_eq!((&finding["text"], &finding["field"]), (&findings[0]["text"], &findings[0]["field"]));

    // The next round is open, the one before is kept.
    assert_eq!(world.submit(&submission(3, &["technical"])).await.status, 201);
    assert_eq!(states(&world).await, ["in_review 2", "approved 1"]);
    let technical = world.version().await.json()["tracks"]["technical"].clone();
    assert_eq!(technical["findings"], json!([]));
    assert_eq!(technical["submission_id"], submission_id(3));
    assert_eq!(technical["history"][0]["findings"][0], *finding);
    assert_eq!(technical["history"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_draft_can_be_changed_until_it_is_in_review() {
    let world = World::start().await;
    let path = version_path();
    let put = async |number: &str| {
        let mut draft = submission(1, &[]);
        draft["version"]["number"] = json!(number);
        send(world.partner(Method::PUT, &path).json(&draft)).await
    };
    let first = put("1.3.0-rc1").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.json()["tracks"]["technical"]["state"], "not_submitted");
    assert_eq!(put("1.3.0").await.json()["version"]["number"], "1.3.0");
    assert_eq!(send(world.partner(Method::PUT, &path).json(&json!({}))).await.status, 422);

    world.submit(&submission(1, &["technical"])).await;
    assert_eq!(put("1.3.1").await.verdict(), "409 version_locked");
    let decide = async |id: u8, track: &str, outcome: &str| {
        let body = json!({ "track": track, "outcome": outcome, "message": "Read" });
        assert_eq!(world.decide(Method::POST, &submission_id(id), &body).await.status, 200);
    };
    decide(1, "technical", "rejected").await;
    assert_eq!(put("1.3.0").await.status, 200, "a rejected version is editable");
    world.submit(&submission(2, &["technical", "marketplace"])).await;
    decide(2, "technical", "approved").await;
    assert_eq!(put("1.3.0").await.verdict(), "409 version_locked", "the other track is in review");
    decide(2, "marketplace", "approved").await;
    assert_eq!(put("1.3.0").await.verdict(), "409 version_locked", "both are approved");
}

#[tokio::test]
async fn the_link_comes_with_the_technical_approval() {
    let world = World::start().await;
    assert_eq!(world.link("").await.verdict(), "404 not_found");
    world.submit(&submission(1, &["technical", "marketplace"])).await;
    let rotate = async || {
        let path = format!("{}/install-link/rotate", version_path());
        send(world.reviewer(Method::POST, &path)).await
    };
    assert_eq!(rotate().await.verdict(), "409 no_install_link");
    for query in ["", "?account=", "?account=sample-customer-a"] {
        assert_eq!(world.link(query).await.verdict(), "409 not_installable", "{query}");
    }
    let own = world.link("?account=Sample-Apps").await;
    assert_eq!(own.status, 200, "an own account may install before the approval");

    let approve = |track: &str| json!({ "track": track, "outcome": "approved" });
    world.decide(Method::POST, &submission_id(1), &approve("marketplace")).await;
    assert_eq!(world.link("").await.verdict(), "409 not_installable", "the marketplace track does not count");
    world.decide(Method::POST, &submission_id(1), &approve("technical")).await;
    world.pass(60);
    let link = world.link("").await;
    assert_eq!(link.json(), own.json(), "one link a version, until it is replaced");
    let url = link.json()["url"].as_str().unwrap().to_owned();
    assert!(url.strip_prefix("https://partner-project.example/i/").unwrap().len() >= 20, "{url}");

    let new = rotate().await;
    assert_eq!(new.status, 200);
    assert_ne!(new.json()["url"], url);
    assert_eq!(world.link("").await.json(), new.json());
}
