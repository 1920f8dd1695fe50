//! An app that lives at Talkdesk, over real sockets against the sandbox: brought in, compared, taken from, changed.

use partner_core::error::ErrorCode;
use reqwest::Method;
use sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::sign_in::sign_in;
use crate::world::{World, id};

const ACCOUNT: &str = "01890000-0000-7000-8000-0000000000aa";
const APP: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

struct Desk {
    world: World,
    cloud: Cloud,
    gateway: String,
    _data: tempfile::TempDir,
}

impl Desk {
    /// Connected with a sandbox at which an app lives, and signed in with these scopes.
    async fn start(scopes: &[&str]) -> Self {
        let options = SandboxOptions { auto_consent: true, ..SandboxOptions::default() };
        let cloud = Cloud::start(options).await;
        let app = json!({
            "name": "Call Notes", "display_name": "Call Notes", "slug": "call-notes", "version_number": "1.2.0",
            "description": "Notes.", "app_type": "standalone", "render": "portal", "sandbox": false,
            "scopes": ["openid"], "scopes_reason": "openid: Sign-in",
            "urls": [{ "type": "launch_url", "url": "https://a.example/app" },
                { "type": "redirect_uri", "url": "https://a.example/callback" },
                { "type": "status_page", "url": "https://a.example/status" }],
        });
        let placed = cloud.reviewer(Method::PUT, &format!("/apps/{APP}")).json(&app).send().await.unwrap();
        assert_eq!(placed.status(), 200);
        let data = tempfile::tempdir().unwrap();
        let world = World::started(data.path()).await;
        let port = json!({ "url": cloud.running.url(), "token": cloud.running.token() });
        world.get("set_port", port).await;
        sign_in(&world, cloud.running.url(), scopes).await;
        let gateway = format!("{}/gateway/td-eu-1", cloud.running.url());
        Self { world, cloud, gateway, _data: data }
    }

    async fn faults(&self, faults: Value) {
        let url = format!("{}/faults", self.cloud.running.url());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let set = http.put(url).bearer_auth(self.cloud.running.reviewer_token()).json(&faults);
        assert!(set.send().await.unwrap().status().is_success());
    }

    fn by(&self) -> Value {
        json!({ "account": ACCOUNT, "gateway": self.gateway })
    }

    fn of(&self, project: &str, version: &str) -> Value {
        with(self.by(), json!({ "app": APP, "project": project, "version": version }))
    }

    async fn brought_in(&self) -> (String, String) {
        let (project, version) = (id(), id());
        let args = with(self.of(&project, &version), json!({ "number": "1.2.0" }));
        self.world.get("bring_in_app", args).await;
        (project, version)
    }

    async fn set(&self, project: &str, version: &str, field: &str, value: Value, expects: Value) {
        let args = json!({ "version": version, "field": field, "value": value, "expects": expects });
        self.world.change("project", project, "version.set_field", args).await.unwrap();
    }
}

fn with(mut args: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    args.as_object_mut().unwrap().extend(more);
    args
}

fn fields(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["field"].as_str().unwrap()).collect()
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "value": text })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_becomes_a_project_with_what_talkdesk_tells_of_it() {
    let desk = Desk::start(&["openid", "apps:read"]).await;
    let offered = desk.world.get("gateways", json!({})).await;
    assert!(offered.as_array().unwrap().iter().any(|one| one["url"] == desk.gateway), "{offered}");
    let apps = desk.world.get("apps", desk.by()).await;
    assert_eq!(
        (&apps[0]["id"], &apps[0]["number"], &apps[0]["known"]),
        (&json!(APP), &json!("1.2.0"), &json!(false))
    );

    let (project, version) = desk.brought_in().await;
    let at = json!({ "project": project, "version": version });
    let view = desk.world.get("version", at).await;
    assert_eq!(view["project"]["app"], json!({ "id": APP, "gateway": desk.gateway }));
    assert_eq!(
        (&view["project"]["name"], &view["version"]["number"]),
        (&json!("Call Notes"), &json!("1.2.0"))
    );
    let information = &view["information"];
    assert_eq!(information["standalone_url"], text("https://a.example/app"));
    assert_eq!(information["scopes"]["value"], json!([{ "scope": "openid", "reason": "Sign-in" }]));
    assert_eq!(view["carried"]["differ"], json!([]), "it stands there as here");
    let drift = desk.world.get("compare_app", desk.of(&project, &version)).await;
    assert_eq!((fields(&drift["differs"]), &drift["number"]), (Vec::new(), &json!("1.2.0")));
    assert!(drift["told"].as_array().unwrap().iter().all(|one| one["recorded"] == true), "{drift}");
    assert!(drift["untold"].as_array().unwrap().contains(&json!("plans")), "{drift}");

    // It is here now: a second one of its name is refused, and nothing of it is left behind.
    assert_eq!(desk.world.get("apps", desk.by()).await[0]["known"], true);
    let args = with(desk.of(&id(), &id()), json!({ "number": "1.2.0" }));
    assert_eq!(desk.world.call("bring_in_app", args).await.unwrap_err().code, ErrorCode::Refused);
    let all = desk
        .world
        .get("projects", json!({ "text": "", "status": null, "archived": false, "offset": 0, "limit": 10 }));
    assert_eq!(all.await["total"], 1);
    desk.world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_is_shown_recorded_and_taken_field_by_field() {
    let desk = Desk::start(&["openid", "apps:read"]).await;
    let (project, version) = desk.brought_in().await;
    // Both sides move on.
    let change = json!({ "description": "Newer.", "name": "Call Notes", "slug": "call-notes" });
    desk.cloud.reviewer(Method::PUT, &format!("/apps/{APP}")).json(&change).send().await.unwrap();
    desk.set(&project, &version, "slug", text("notes"), text("call-notes")).await;
    let of = || desk.of(&project, &version);
    let drift = desk.world.get("compare_app", of()).await;
    assert_eq!(fields(&drift["differs"]), ["slug", "description"], "{drift}");
    let unrecorded: Vec<_> =
        drift["told"].as_array().unwrap().iter().filter(|one| one["recorded"] == false).collect();
    assert_eq!(unrecorded.len(), 1, "what was carried once is recorded: {unrecorded:?}");

    // All or none, and only over what the person saw.
    let take = async |expects: Value| {
        let field = json!({ "field": "description", "value": text("Newer."), "expects": expects });
        desk.world
            .call("take_from_app", json!({ "project": project, "version": version, "fields": [field] }))
            .await
    };
    assert_eq!(take(text("As it never was.")).await.unwrap_err().code, ErrorCode::Conflict);
    take(text("Notes.")).await.unwrap();
    let drift = desk.world.get("compare_app", of()).await;
    assert_eq!(fields(&drift["differs"]), ["slug"]);
    assert!(drift["told"].as_array().unwrap().iter().all(|one| one["recorded"] == true), "{drift}");
    desk.world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_goes_out_as_it_was_shown_once_and_what_is_recorded_is_what_talkdesk_tells_then() {
    let desk = Desk::start(&["openid", "apps:read", "apps:write"]).await;
    let (project, version) = desk.brought_in().await;
    desk.set(&project, &version, "slug", text("notes"), text("call-notes")).await;
    desk.set(
        &project,
        &version,
        "standalone_url",
        text("https://b.example/app"),
        text("https://a.example/app"),
    )
    .await;
    let chosen = json!({ "fields": ["slug", "standalone_url"] });
    let push = || with(desk.of(&project, &version), chosen.clone());
    let shown = desk.world.get("push_request", push()).await;
    assert_eq!(
        (&shown["method"], &shown["url"]),
        (&json!("PATCH"), &json!(format!("{}/apps/{APP}", desk.gateway)))
    );
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["slug"], "notes");
    let kinds: Vec<_> =
        body["urls"].as_array().unwrap().iter().map(|url| url["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["redirect_uri", "status_page", "launch_url"],
        "what was not chosen goes along as it stands there"
    );
    let not_by_api = with(desk.of(&project, &version), json!({ "fields": ["listing_summary"] }));
    let error = desk.world.call("push_request", not_by_api).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);

    // Another one would go out by now: none does.
    desk.set(&project, &version, "slug", text("notes-2"), text("notes")).await;
    let send =
        async |body: &Value| desk.world.call("push_to_app", with(push(), json!({ "body": body }))).await;
    assert_eq!(send(&shown["body"]).await.unwrap_err().code, ErrorCode::Conflict);
    let shown = desk.world.get("push_request", push()).await;

    // Refused in Talkdesk's words: nothing is recorded.
    desk.faults(json!([{ "route": "change-app", "kind": "status", "status": 403, "times": 1 }])).await;
    let error = send(&shown["body"]).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Platform);
    assert!(error.params["detail"].contains("403"), "{error:?}");
    assert_eq!(fields(&desk.world.get("compare_app", desk.of(&project, &version)).await["differs"]).len(), 2);

    // The answer is lost on its way back: Talkdesk says whether the change arrived.
    desk.faults(json!([{ "route": "change-app", "kind": "lost_reply", "times": 1 }])).await;
    assert_eq!(send(&shown["body"]).await.unwrap(), json!({ "differ": [], "beside": [] }));
    let drift = desk.world.get("compare_app", desk.of(&project, &version)).await;
    assert_eq!(fields(&drift["differs"]), Vec::<&str>::new());
    let carried = desk.world.get("version", json!({ "project": project, "version": version })).await;
    assert_eq!(carried["carried"]["differ"], json!([]));
    desk.world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_and_active_go_out_as_well_and_what_has_no_place_here_is_told() {
    let desk = Desk::start(&["openid", "apps:read", "apps:write"]).await;
    let (project, version) = desk.brought_in().await;
    let named = |name: &str| json!({ "name": name, "slug": "call-notes", "owner": "" });
    let details = json!({ "details": named("Notes for Calls"), "expects": named("Call Notes") });
    desk.world.change("project", &project, "project.edit", details).await.unwrap();
    let drift = desk.world.get("compare_app", desk.of(&project, &version)).await;
    assert_eq!((&drift["name"], &drift["active"]), (&json!("Call Notes"), &Value::Null));
    let status = json!([{ "member": "urls", "kind": "status_page", "text": "https://a.example/status" }]);
    assert_eq!(drift["strange"], status);

    let push = || {
        let beside = json!({ "fields": [], "name": true, "active": false });
        with(desk.of(&project, &version), beside)
    };
    let shown = desk.world.get("push_request", push()).await;
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({ "name": "Notes for Calls", "active": false }));
    let send = with(push(), json!({ "body": shown["body"] }));
    assert_eq!(desk.world.get("push_to_app", send).await, json!({ "differ": [], "beside": [] }));
    let drift = desk.world.get("compare_app", desk.of(&project, &version)).await;
    assert_eq!((&drift["name"], &drift["active"]), (&json!("Notes for Calls"), &json!(false)));
    desk.world.engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_accounts_token_goes_to_offered_gateways_alone_and_a_missing_scope_is_said() {
    let desk = Desk::start(&["openid"]).await;
    let thief = json!({ "account": ACCOUNT, "gateway": "https://thief.example/" });
    let error = desk.world.call("apps", thief).await.unwrap_err();
    assert_eq!((error.code, error.place.unwrap().input.as_deref()), (ErrorCode::Invalid, Some("gateway")));
    let error = desk.world.call("apps", desk.by()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Platform);
    assert!(error.params["detail"].contains("apps:read"), "{error:?}");
    desk.world.get("sign_out", json!({ "id": ACCOUNT })).await;
    let error = desk.world.call("apps", desk.by()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::SignedOut);
    desk.world.engine.close().await;
}
