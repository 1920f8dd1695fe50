//! An app's sign-in, tried against the sandbox's Talkdesk ID over real sockets: one app that does it right, and one for
//! each way to do it wrong.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use partner_core::error::ErrorCode;
use sandbox::SandboxOptions;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::cloud::{Cloud, body_of};
use crate::world::{World, id};

#[derive(Clone, Copy, PartialEq)]
enum Does {
    Right,
    RightWithPkce,
    SendsAWrongVerifier,
    NamesTheHint,
    TakesTheHintForASession,
    RemembersTheHint,
    RedirectsByScript,
    WantsAClick,
    SendsNoState,
    TakesAnyState,
    SendsAnotherRedirect,
    NamesAnotherClient,
    GoesToAnotherTalkdeskId,
    LosesTheCode,
    ShowsHomeToAnyone,
    ClosesTheConnection,
    Hangs,
    FailsAtOnce,
    SendsInACircle,
    AsksForAToken,
    AsksWhatIsRefused,
    SignsInForEver,
    AsksForAPassword,
}

#[derive(Clone)]
struct App {
    does: Does,
    url: String,
    /// The event of the install: its links and its credentials, known once it came.
    installed: Arc<OnceCell<Value>>,
    /// Who userinfo said had signed in, sign-in by sign-in.
    people: Arc<Mutex<Vec<Value>>>,
    cloud: Arc<OnceCell<Cloud>>,
}

const STATE: &str = "8d1f0a";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn open(
    State(app): State<App>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if cookie(&headers, "session=in") {
        return "Home".into_response();
    }
    let (authorization, client) = (app.link("authorization"), app.credential("client_id"));
    let (authorization, client) = match app.does {
        Does::GoesToAnotherTalkdeskId => (format!("{}/oauth/authorize", app.url), client),
        Does::NamesAnotherClient => (authorization, "somebody".to_owned()),
        _ => (authorization, client),
    };
    let user = query.get("talkdesk_user_id").cloned().unwrap_or_default();
    let script = format!("<p>One moment</p><script>location = '{authorization}?login_hint={user}'</script>");
    // Everybody gets one, and it is nobody's yet.
    let visit = (header::SET_COOKIE, "visit=1");
    match app.does {
        Does::NamesTheHint => return Html(format!("<h1>Hello <b>{user}</b></h1>")).into_response(),
        Does::TakesTheHintForASession if !user.is_empty() => {
            return ([(header::SET_COOKIE, "session=in")], "Home").into_response();
        }
        Does::TakesTheHintForASession => return StatusCode::BAD_REQUEST.into_response(),
        Does::RemembersTheHint if !user.is_empty() => {
            return ([(header::SET_COOKIE, format!("hint={user}"))], Html(script)).into_response();
        }
        Does::RemembersTheHint | Does::RedirectsByScript => return ([visit], Html(script)).into_response(),
        Does::Hangs => return std::future::pending().await,
        Does::FailsAtOnce => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Does::SendsInACircle => return Redirect::to("/app?again=1").into_response(),
        Does::WantsAClick => {
            let link = format!("<a href=\"{authorization}?client_id={client}\">Sign in</a>");
            return Html(link).into_response();
        }
        _ => {}
    }
    let slash = if app.does == Does::SendsAnotherRedirect { "/" } else { "" };
    let state = if app.does == Does::SendsNoState { String::new() } else { format!("&state={STATE}") };
    let pkce = match app.does {
        Does::RightWithPkce | Does::SendsAWrongVerifier => {
            format!("&code_challenge={CHALLENGE}&code_challenge_method=S256")
        }
        Does::AsksWhatIsRefused => format!("&code_challenge={VERIFIER}&code_challenge_method=plain"),
        _ => String::new(),
    };
    let kind = if app.does == Does::AsksForAToken { "token" } else { "code" };
    let to = format!(
        "{authorization}?response_type={kind}&client_id={client}&redirect_uri={}/callback{slash}&scope=openid{state}{pkce}",
        app.url
    );
    ([(header::SET_COOKIE, format!("state={STATE}; HttpOnly"))], Redirect::to(&to)).into_response()
}

async fn back(
    State(app): State<App>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let mine =
        cookie(&headers, &format!("state={STATE}")) && query.get("state").is_some_and(|it| it == STATE);
    let careless = matches!(app.does, Does::TakesAnyState | Does::SendsNoState);
    if app.does == Does::LosesTheCode || !(mine || careless) || !query.contains_key("code") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    match app.person(&query["code"]).await {
        Some(person) => {
            app.people.lock().unwrap().push(person);
            if app.does == Does::SignsInForEver {
                let to = format!("{}?response_type=code", app.link("authorization"));
                return Redirect::to(&to).into_response();
            }
            ([(header::SET_COOKIE, "session=in")], Redirect::to("/home")).into_response()
        }
        None => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl App {
    fn link(&self, name: &str) -> String {
        self.installed.get().unwrap()["_links"][name]["href"].as_str().unwrap().to_owned()
    }

    fn credential(&self, name: &str) -> String {
        self.installed.get().unwrap()["data"][name].as_str().unwrap().to_owned()
    }

    /// Who signed in: the code becomes a token at `tokens`, and the token is asked about at `userinfo`
    /// (D/authorization-code).
    async fn person(&self, code: &str) -> Option<Value> {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let back = format!("{}/callback", self.url);
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &back)];
        match self.does {
            Does::RightWithPkce => fields.push(("code_verifier", VERIFIER)),
            Does::SendsAWrongVerifier => fields.push(("code_verifier", "another")),
            _ => {}
        }
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = http.post(self.link("tokens"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request =
            request.basic_auth(self.credential("client_id"), Some(self.credential("client_secret")));
        let told = request.body(form).send().await.unwrap();
        if !told.status().is_success() {
            return None;
        }
        let told: Value = told.json().await.unwrap();
        let access = told["access_token"].as_str().unwrap();
        let me = http.get(self.link("userinfo")).bearer_auth(access).send().await.unwrap();
        assert_eq!(me.status(), 200, "userinfo takes what the code brought");
        Some(me.json().await.unwrap())
    }
}

async fn home(State(app): State<App>, headers: HeaderMap) -> Response {
    if app.does == Does::AsksForAPassword && cookie(&headers, "session=in") {
        return Html("<form><input name=\"p\" type=\"password\"></form>").into_response();
    }
    if app.does == Does::ShowsHomeToAnyone || cookie(&headers, "session=in") {
        return "Home".into_response();
    }
    Redirect::to("/app").into_response()
}

fn cookie(headers: &HeaderMap, pair: &str) -> bool {
    let all = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    all.split("; ").any(|known| known == pair)
}

async fn serve(does: Does) -> App {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = App { does, url, installed: Arc::default(), people: Arc::default(), cloud: Arc::default() };
    let router =
        Router::new().route("/app", get(open)).route("/callback", get(back)).route("/home", get(home));
    let router = router.with_state(app.clone());
    tokio::spawn(async move {
        if does == Does::ClosesTheConnection {
            while let Ok((stream, _)) = listener.accept().await {
                drop(stream);
            }
        }
        axum::serve(listener, router).await
    });
    app
}

/// Whether the data shows that the step of the standalone endpoint is done.
async fn is_done(world: &World, project: &str, version: &str) -> bool {
    let home = world.get("home", json!({})).await;
    let process = &home["process"];
    assert_eq!((&process["project"]["id"], &process["version"]["id"]), (&json!(project), &json!(version)));
    let steps = process["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"]["id"] == "integrating.standalone").unwrap();
    step["by_evidence"] == true
}

/// A desktop with a version of the app and an installation of it, and what is tried.
async fn desk(data: &Path, does: Does) -> (World, Value, App) {
    let app = serve(does).await;
    let mut cloud = Cloud::start(SandboxOptions::default()).await;
    let receiver = format!("{}/receiver", cloud.running.url());
    let callback = format!("{}/callback", app.url);
    cloud.install_with(&receiver, json!({ "redirect_uris": [callback] })).await;
    let world = World::started(data).await;
    world.get("set_port", json!({ "url": cloud.running.url(), "token": cloud.running.token() })).await;
    world.get("set_passphrase", json!({ "passphrase": "correct horse battery" })).await;
    world.get("new_recovery_code", json!({})).await;
    let (project, version) = world.with_complete_version().await;
    for (field, value) in [
        ("standalone_url", json!({ "type": "text", "value": format!("{}/app", app.url) })),
        ("redirect_uris", json!({ "type": "list", "value": [callback] })),
    ] {
        let before = world.get("version", json!({ "project": project, "version": version })).await;
        let args = json!({ "version": version, "field": field, "value": value, "expects": before["information"][field] });
        world.change("project", &project, "version.set_field", args).await.unwrap();
    }
    let latest = cloud.latest().await;
    app.installed.set(serde_json::from_str(&body_of(&latest)).unwrap()).unwrap();
    world.get("take_delivery", latest).await;
    let listed = world.get("installations", json!({})).await[0].clone();
    let args = json!({ "project": project, "version": version, "installation": listed["id"], "user": "u1" });
    // The sandbox is gone through for as long as the desktop is there.
    app.cloud.set(cloud).ok().unwrap();
    (world, args, app)
}

/// The report on an app, with the address that Talkdesk opened.
async fn tried(does: Does) -> (Value, App) {
    let data = tempfile::tempdir().unwrap();
    let (world, args, app) = desk(data.path(), does).await;
    let of = |name: &str| args[name].as_str().unwrap().to_owned();
    let (project, version) = (of("project"), of("version"));
    let at = json!({ "project": project, "version": version });
    assert_eq!(world.get("sso_check", at.clone()).await, Value::Null);
    assert!(!is_done(&world, &project, &version).await, "nothing was tried yet");
    let mut named = args.clone();
    named["user"] = json!("a@b.example");
    let wrong = world.call("check_sso", named).await.unwrap_err();
    assert_eq!(wrong.place.unwrap().input.as_deref(), Some("user"), "no address of a person is kept");
    let report = world.get("check_sso", args).await;
    // It stays, with who did it; and the step of the process is done by it, where a code came to the app.
    world.engine.close().await;
    let world = World::at(data.path()).await;
    world.settled().await;
    let kept = world.get("sso_check", at.clone()).await;
    for (what, seen) in report.as_object().unwrap() {
        assert_eq!(&kept[what], seen, "{what}");
    }
    assert_eq!((&kept["by"]["name"], &kept["outdated"]), (&json!("PM"), &json!(false)), "{kept}");
    assert!(!kept["account"].as_str().unwrap().is_empty());
    assert_eq!(is_done(&world, &project, &version).await, report["signed_in"] == true);
    let value = json!({ "type": "text", "value": "https://a.example/other" });
    let before = json!({ "type": "text", "value": format!("{}/app", app.url) });
    let set = json!({ "version": version, "field": "standalone_url", "value": value, "expects": before });
    world.change("project", &project, "version.set_field", set).await.unwrap();
    assert_eq!(world.get("sso_check", at).await["outdated"], true);
    world.engine.close().await;
    (report, app)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_wrong_sign_in_is_told_from_the_right_one() {
    let cases: [(Does, bool, &[&str]); 15] = [
        (Does::Right, true, &[]),
        (Does::RightWithPkce, true, &[]),
        (Does::SendsAWrongVerifier, false, &["code_refused"]),
        (Does::NamesTheHint, false, &["trusts_the_hint"]),
        (Does::TakesTheHintForASession, false, &["trusts_the_hint"]),
        // Nobody saw these two let anyone in.
        (Does::RemembersTheHint, false, &["no_redirect"]),
        (Does::RedirectsByScript, false, &["no_redirect"]),
        (Does::WantsAClick, false, &["wants_a_click"]),
        (Does::SendsNoState, true, &["no_state", "state_not_checked"]),
        (Does::TakesAnyState, true, &["state_not_checked"]),
        (Does::SendsAnotherRedirect, false, &["wrong_redirect"]),
        (Does::NamesAnotherClient, false, &["other_client"]),
        (Does::GoesToAnotherTalkdeskId, false, &["other_talkdesk_id"]),
        (Does::LosesTheCode, false, &["code_refused"]),
        (Does::ShowsHomeToAnyone, true, &["open_without_session"]),
    ];
    for (does, signed_in, faults) in cases {
        let (report, app) = tried(does).await;
        assert_eq!(
            (&report["signed_in"], &report["faults"]),
            (&json!(signed_in), &json!(faults)),
            "{report:#}"
        );
        let people = app.people.lock().unwrap().clone();
        assert!(people.iter().all(|person| person["sub"] == "qa-1"), "userinfo says who it was: {people:?}");
        assert_eq!(!people.is_empty(), signed_in, "the app knows who came in");
        let opened = report["hops"][0]["url"].as_str().unwrap();
        assert!(opened.starts_with(&format!("{}/app?talkdesk_installation_id=", app.url)), "{opened}");
        assert!(opened.ends_with("talkdesk_user_id=u1"), "{opened}");
        assert!(!report.to_string().contains(STATE), "what opens something is in no report: {report}");
    }
}

/// What the window says of a fault, by its catalogue.
fn words(fault: &str) -> &'static str {
    let catalogue = include_str!("../../ui/src/texts/en/sso.ts");
    let line = catalogue.lines().find_map(|line| line.trim().strip_prefix(&format!("\"sso.{fault}\": \"")));
    line.and_then(|rest| rest.strip_suffix("\",")).unwrap_or_else(|| panic!("{fault} has no words"))
}

/// Where a sign-in ends before the app has anybody, or right after: each by an app that makes the mistake.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_sign_in_breaks_off_is_told_in_words() {
    type Case = (Does, bool, &'static str, &'static str, &'static str);
    // What the app does; whether the browser ends in it; the fault, and what of it the person reads; the last hop of the
    // sign-in, as far as it got.
    let cases: [Case; 7] = [
        (Does::ClosesTheConnection, false, "no_answer", "gave no answer. See the last hop", "opens"),
        (Does::FailsAtOnce, false, "standalone_fails", "The standalone URL answers with an error", "opens"),
        (Does::SendsInACircle, false, "endless_redirects", "sends the browser on without end", "opens"),
        (Does::AsksForAToken, false, "not_by_code", "Use response_type=code", "opens"),
        (Does::AsksWhatIsRefused, false, "authorization_refused", "Talkdesk ID refused", "authorizes"),
        (Does::SignsInForEver, false, "asks_again", "sign in again, right after it did", "returns"),
        (Does::AsksForAPassword, true, "asks_for_password", "asks for a password", "no_session"),
    ];
    for (does, signed_in, fault, reads, last) in cases {
        let (report, _) = tried(does).await;
        assert_eq!(
            (&report["signed_in"], &report["faults"]),
            (&json!(signed_in), &json!([fault])),
            "{report:#}"
        );
        assert!(words(fault).contains(reads), "{}", words(fault));
        let hops = report["hops"].as_array().unwrap();
        let hop = hops.last().unwrap();
        assert_eq!(hop["step"], last, "{report:#}");
        match does {
            Does::ClosesTheConnection => assert_eq!((hops.len(), &hop["status"]), (1, &Value::Null)),
            Does::FailsAtOnce => assert_eq!((hops.len(), &hop["status"]), (1, &json!(500))),
            Does::SendsInACircle => assert_eq!((hops.len(), &hop["status"]), (10, &json!(303))),
            Does::AsksWhatIsRefused => {
                let back = hop["sends_on"].as_str().unwrap();
                assert!(back.contains("error=invalid_request"), "the hop says why: {back}");
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_stops_a_check_while_the_app_hangs_and_nothing_is_kept() {
    let data = tempfile::tempdir().unwrap();
    let (world, args, _) = desk(data.path(), Does::Hangs).await;
    let checking = world.call("check_sso", args.clone());
    let stopping = async {
        loop {
            // Shown from its second second on, as all that takes its time.
            let jobs = world.get("jobs", json!({})).await;
            if let Some(id) = jobs[0]["id"].as_u64() {
                assert_eq!(
                    (&jobs[0]["kind"], &jobs[0]["done"], &jobs[0]["of"]),
                    (&json!("sign_in"), &json!(0), &json!(5))
                );
                world.get("stop_job", json!({ "id": id })).await;
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let (checked, ()) = tokio::join!(checking, stopping);
    assert_eq!(checked.unwrap_err().code, ErrorCode::Cancelled);
    let at = json!({ "project": args["project"], "version": args["version"] });
    assert_eq!(world.get("sso_check", at).await, Value::Null);
    world.engine.close().await;
}

#[tokio::test]
async fn only_a_sandboxs_talkdesk_id_is_gone_through() {
    let data = tempfile::tempdir().unwrap();
    let world = World::started(data.path()).await;
    let (project, version) = world.with_complete_version().await;
    let args = json!({ "project": project, "version": version, "installation": id(), "user": "" });
    assert_eq!(world.call("check_sso", args).await.unwrap_err().code, ErrorCode::NotFound);
    world.engine.close().await;
}
