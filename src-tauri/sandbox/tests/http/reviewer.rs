//! The reviewer: the API, and the same by the pages' forms.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, World, form, send, submission, submission_id, version_path};

#[tokio::test]
async fn a_decision_is_read_with_care() {
    let world = World::start().await;
    world.submit(&submission(1, &["technical"])).await;
    let finding = |text: &str, severity: &str| json!([{ "text": text, "severity": severity }]);
    let rejected =
        |findings: Value| json!({ "track": "technical", "outcome": "rejected", "findings": findings });
    let cases = [
        (json!({}), "422 invalid track outcome"),
        (json!({ "track": "legal", "outcome": "maybe" }), "422 invalid track outcome"),
        (rejected(json!([])), "422 invalid findings"),
        (rejected(json!("all of it")), "422 invalid findings findings"),
        (rejected(finding("", "major")), "422 invalid findings.0.text"),
        (rejected(finding("Slow", "terrible")), "422 invalid findings.0.severity findings"),
        (json!({ "track": "marketplace", "outcome": "approved" }), "409 track_not_submitted"),
    ];
    for (body, expected) in cases {
        let answer = world.decide(Method::POST, &submission_id(1), &body).await;
        assert_eq!(answer.verdict(), expected, "{body}");
    }
    let approve = json!({ "track": "technical", "outcome": "approved" });
    assert_eq!(world.decide(Method::POST, "nowhere", &approve).await.verdict(), "404 not_found");
    assert_eq!(world.decide(Method::PUT, &submission_id(1), &approve).await.verdict(), "409 not_decided");
    assert_eq!(world.version().await.json()["tracks"]["technical"]["state"], "in_review");

    let answer = world.decide(Method::POST, &submission_id(1), &approve).await;
    assert_eq!(answer.json()["tracks"]["technical"]["state"], "approved");
    assert_eq!(
        world.decide(Method::POST, &submission_id(1), &approve).await.verdict(),
        "409 already_decided"
    );
}

#[tokio::test]
async fn a_correction_stands_in_the_place_of_the_decision() {
    let world = World::start().await;
    world.submit(&submission(1, &["technical"])).await;
    let body = |findings: &[&str]| {
        let findings: Vec<_> =
            findings.iter().map(|text| json!({ "text": text, "severity": "minor" })).collect();
        json!({ "track": "technical", "outcome": "rejected", "findings": findings })
    };
    let technical = async || world.version().await.json()["tracks"]["technical"].clone();
    world.decide(Method::POST, &submission_id(1), &body(&["One", "Two"])).await;
    let before = technical().await;
    world.pass(10);
    assert_eq!(world.decide(Method::PUT, &submission_id(1), &body(&["Two", "Three"])).await.status, 200);
    let after = technical().await;
    assert_eq!(after["findings"][0], before["findings"][1], "a finding that says the same keeps its id");
    assert_eq!(after["findings"][1]["text"], "Three");
    assert_eq!(after["decided_at"], before["decided_at"]);
    assert_ne!(after["corrected_at"], before["corrected_at"]);

    // Once the next round has begun, the answer that it rests on stands.
    world.submit(&submission(2, &["technical"])).await;
    let answer = world.decide(Method::PUT, &submission_id(1), &body(&["Four"])).await;
    assert_eq!(answer.verdict(), "409 later_round");
}

/// A reviewer's browser: a cookie, and the CSRF token of the last page.
struct Browser<'a> {
    world: &'a World,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    async fn sign_in(world: &'a World) -> Self {
        let url = world.running.reviewer_url();
        let answer = send(world.http.get(&url)).await;
        assert_eq!((answer.status.as_u16(), answer.location.as_deref()), (303, Some("/reviewer")));
        let set = answer.header("set-cookie");
        assert!(
            set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/reviewer"),
            "{set}"
        );
        Self { world, cookie: set.split(';').next().unwrap().to_owned(), csrf: String::new() }
    }

    async fn get(&mut self, path: &str) -> Answer {
        let answer = send(self.world.request(Method::GET, path).header("cookie", &self.cookie)).await;
        if let Some((_, rest)) = answer.text.split_once(r#"name="csrf" value=""#) {
            rest.split('"').next().unwrap().clone_into(&mut self.csrf);
        }
        answer
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields);
        send(form(self.world.request(Method::POST, path).header("cookie", &self.cookie), &all)).await
    }
}

#[tokio::test]
async fn the_pages_are_for_the_reviewer_alone() {
    let world = World::start().await;
    let id = world.submit(&submission(1, &["technical"])).await.json()["id"].as_str().unwrap().to_owned();
    let page = format!("/reviewer/submissions/{id}");
    for path in ["/reviewer", &page, "/reviewer?token=guess", "/reviewer?token="] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.text.contains("Call Notes"), "{path}");
        assert!(answer.headers.get("set-cookie").is_none(), "{path}");
    }
    for action in ["decision", "rotate-link"] {
        let answer =
            send(form(world.request(Method::POST, &format!("{page}/{action}")), &[("csrf", "")])).await;
        assert_eq!(answer.status, 401, "{action}");
    }
    let session =
        |token: String| send(form(world.request(Method::POST, "/reviewer/session"), &[("token", &token)]));
    assert_eq!(session("guess".to_owned()).await.status, 401);
    assert_eq!(session(world.running.reviewer_token().to_owned()).await.status, 303);

    let mut browser = Browser::sign_in(&world).await;
    assert!(browser.get("/reviewer").await.text.contains("Call Notes"));
    assert_eq!(browser.get("/reviewer/submissions/nowhere").await.status, 404);
    assert_eq!(browser.get(&page).await.status, 200);
    world.pass(12 * 3600 - 1);
    assert_eq!(browser.get(&page).await.status, 200);
    world.pass(1);
    assert_eq!(browser.get(&page).await.status, 401, "a session ends");
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let world = World::start().await;
    let id = world.submit(&submission(1, &["technical"])).await.json()["id"].as_str().unwrap().to_owned();
    let action = format!("/reviewer/submissions/{id}/decision");
    let mut other = Browser::sign_in(&world).await;
    other.get(&format!("/reviewer/submissions/{id}")).await;
    let mut browser = Browser::sign_in(&world).await;
    let fields = [("track", "technical"), ("outcome", "approved")];
    for csrf in ["", "guess", &other.csrf] {
        browser.csrf = csrf.to_owned();
        assert_eq!(browser.post(&action, &fields).await.status, 403, "{csrf}");
        let rotate = format!("/reviewer/submissions/{id}/rotate-link");
        assert_eq!(browser.post(&rotate, &[]).await.status, 403, "{csrf}");
    }
    assert_eq!(world.version().await.json()["tracks"]["technical"]["state"], "in_review");
}

#[tokio::test]
async fn a_reviewer_decides_by_the_form() {
    let world = World::start().await;
    let id = world.submit(&submission(1, &["technical", "marketplace"])).await.json()["id"].clone();
    let page = format!("/reviewer/submissions/{}", id.as_str().unwrap());
    let action = format!("{page}/decision");
    let mut browser = Browser::sign_in(&world).await;
    let shown = browser.get(&page).await;
    assert!(shown.text.contains("Call &lt;b&gt;Notes&lt;/b&gt;"), "fields are text, never markup");
    assert!(shown.text.contains("support@sample-apps.example"));

    // Refused: the page again, with why and with what was typed.
    let typed = [
        ("track", "technical"),
        ("message", "\nLine <one>"),
        ("finding_text", "The callback \"answers\" 500"),
        ("finding_severity", "blocker"),
        ("finding_field", "events_callback_url"),
        ("finding_text", " "),
        ("finding_severity", "major"),
        ("finding_field", ""),
    ];
    let refused = browser.post(&action, &typed).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Must be approved or rejected."));
    assert!(refused.text.contains("The callback &quot;answers&quot; 500"));
    assert!(refused.text.contains("\n\nLine &lt;one&gt;"), "a first line break survives");

    let mut fields = typed.to_vec();
    fields.push(("outcome", "rejected"));
    let done = browser.post(&action, &fields).await;
    assert_eq!((done.status.as_u16(), done.location.as_deref()), (303, Some(page.as_str())));
    let technical = world.version().await.json()["tracks"]["technical"].clone();
    assert_eq!(technical["state"], "rejected");
    assert_eq!(technical["findings"].as_array().unwrap().len(), 1, "blank rows are not sent");
    assert_eq!(technical["findings"][0]["field"], "events_callback_url");
    assert_eq!(technical["message"], "\nLine <one>");

    assert_eq!(browser.post(&action, &fields).await.status, 409, "decided twice");
    let correct = [("track", "technical"), ("outcome", "approved"), ("correct", "yes")];
    assert_eq!(browser.post(&action, &correct).await.status, 303);
    assert_eq!(world.version().await.json()["tracks"]["technical"]["state"], "approved");
    assert_eq!(world.version().await.json()["tracks"]["marketplace"]["state"], "in_review");

    // The link that was given out can be replaced here.
    assert_eq!(browser.post(&format!("{page}/rotate-link"), &[]).await.status, 409);
    let link = world.link("").await.json();
    assert!(browser.get(&page).await.text.contains(link["url"].as_str().unwrap()));
    assert_eq!(browser.post(&format!("{page}/rotate-link"), &[]).await.status, 303);
    assert_ne!(world.link("").await.json()["url"], link["url"]);
    assert!(world.version().await.text.contains(version_path().rsplit('/').next().unwrap()));
}

#[tokio::test]
async fn the_api_lists_what_was_received() {
    let world = World::start().await;
    let list = async || send(world.reviewer(Method::GET, "/reviewer/api/submissions")).await.json();
    assert_eq!(list().await, json!([]));
    let receipt = world.submit(&submission(1, &["technical"])).await.json();
    let listed = list().await;
    assert_eq!(listed[0]["id"], receipt["id"]);
    assert_eq!(listed[0]["tracks"], json!({ "technical": { "state": "in_review", "decision": null } }));
    for id in [receipt["id"].as_str().unwrap(), &submission_id(1)] {
        let one = send(world.reviewer(Method::GET, &format!("/reviewer/api/submissions/{id}"))).await;
        assert_eq!(one.json(), listed[0]);
    }
    let none = send(world.reviewer(Method::GET, "/reviewer/api/submissions/none")).await;
    assert_eq!(none.verdict(), "404 not_found");
}
