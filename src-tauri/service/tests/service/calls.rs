//! Calls to Talkdesk: made once, by whoever may, with secrets that stay here, and recorded as what they were.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get as route, post};
use domain::ids::{CommandId, MemberId};
use domain::installation::Installation;
use domain::protocol::{Change, WantedCall};
use domain::{AggregateRef, Body};
use partner_service::{CallReach, TokenHash};
use serde_json::{Value, json};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::hooks::{Gateway, Sent, deliveries, key, made, receiving};
use crate::world::{
    ADMIN, DEVELOPER, MANAGER, On, QA, STRANGER, VIEWER, WORKSPACE, World, call, command, request, state_of,
};

crate::both! {
    an_answer_is_sent_once_and_recorded_as_the_persons,
    each_outcome_is_told_as_what_it_was,
    what_began_and_never_ended_is_looked_at_and_not_sent_again,
    whoever_may_not_has_nothing_sent,
    a_caller_who_goes_away_leaves_a_true_record,
    without_the_secrets_nothing_is_called,
    an_address_inside_the_network_is_not_called,
}

/// What Talkdesk does with the next call that changes something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mood {
    /// Takes it.
    Takes,
    /// Takes it, and the answer is lost.
    TakesAndIsLost,
    /// The connection breaks before anything is done.
    IsLost,
    /// Fails, and nobody knows how far it came.
    Fails,
    /// Says no.
    SaysNo,
    /// Somebody else's answer arrived first, the other way round.
    TookAnothers,
    /// Takes it once it is told to go on.
    Waits,
}

/// A stand-in for Talkdesk, with one installation.
struct Talkdesk {
    gateway: Gateway,
    told: Arc<Told>,
}

struct Told {
    mood: Mutex<Mood>,
    /// The state of the installation.
    state: Mutex<&'static str>,
    /// The calls that change something, by their paths and bodies.
    calls: Mutex<Vec<String>>,
    /// How often anything at all was asked but for keys of signatures.
    asked: Mutex<usize>,
    began: Notify,
    go_on: Notify,
}

impl Talkdesk {
    async fn start() -> Self {
        let told = Arc::new(Told {
            mood: Mutex::new(Mood::Takes),
            state: Mutex::new("pending"),
            calls: Mutex::default(),
            asked: Mutex::default(),
            began: Notify::new(),
            go_on: Notify::new(),
        });
        let routes = axum::Router::new()
            .route("/oauth/token", post(token))
            .route("/apps/app/installations/i-1", route(installation))
            .route("/apps/app/installations/i-1/{*rest}", post(changed))
            .with_state(Arc::clone(&told));
        Self { gateway: Gateway::beside(routes).await, told }
    }

    fn calls(&self) -> usize {
        self.told.calls.lock().unwrap().len()
    }

    fn is(&self, mood: Mood, state: &'static str) {
        *self.told.mood.lock().unwrap() = mood;
        *self.told.state.lock().unwrap() = state;
        self.told.calls.lock().unwrap().clear();
    }

    /// An install whose client has a secret and no key.
    fn installed(&self, event: &str) -> Vec<u8> {
        let root = &self.gateway.url;
        let body = json!({
            "id": event, "created_at": "2026-11-27T10:00:00Z", "api_version": "1", "type": "app.installed",
            "app_id": "app", "data": {
                "installation_id": "i-1", "account_id": "a-1", "client_id": "c-1", "client_secret": "hush-secret",
            },
            "_links": { "root": { "href": root }, "tokens": { "href": format!("{root}/oauth/token") } },
        });
        serde_json::to_vec(&body).unwrap()
    }
}

async fn token(State(told): State<Arc<Told>>) -> Json<Value> {
    *told.asked.lock().unwrap() += 1;
    Json(json!({ "access_token": "hush-token", "token_type": "bearer", "expires_in": 600 }))
}

async fn installation(State(told): State<Arc<Told>>) -> Json<Value> {
    *told.asked.lock().unwrap() += 1;
    let state = *told.state.lock().unwrap();
    let state = json!({ "state": state, "updated_at": "2026-11-27T11:00:00Z" });
    Json(json!({ "id": "i-1", "_embedded": { "state": state } }))
}

async fn changed(State(told): State<Arc<Told>>, uri: axum::http::Uri, body: Bytes) -> Response {
    *told.asked.lock().unwrap() += 1;
    let path = uri.path().strip_prefix("/apps/app/installations/i-1").unwrap();
    let said = format!("{path} {}", String::from_utf8(body.to_vec()).unwrap());
    let state = if said.contains("reject") { "rejected" } else { "completed" };
    told.calls.lock().unwrap().push(said);
    let mood = *told.mood.lock().unwrap();
    let takes = || *told.state.lock().unwrap() = state;
    let lost = || {
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("lost")) });
        HttpBody::from_stream(broken).into_response()
    };
    let done = || Json(json!({ "state": state, "updated_at": "2026-11-27T11:00:00Z" })).into_response();
    match mood {
        Mood::Takes => {
            takes();
            done()
        }
        Mood::TakesAndIsLost => {
            takes();
            lost()
        }
        Mood::IsLost => lost(),
        Mood::Fails => StatusCode::BAD_GATEWAY.into_response(),
        Mood::SaysNo => {
            (StatusCode::CONFLICT, Json(json!({ "error": "Nothing is waited for" }))).into_response()
        }
        Mood::TookAnothers => {
            *told.state.lock().unwrap() = if state == "completed" { "rejected" } else { "completed" };
            lost()
        }
        Mood::Waits => {
            told.began.notify_one();
            told.go_on.notified().await;
            takes();
            done()
        }
    }
}

/// A workspace that knows the installation, whose secrets came with its delivery.
async fn installed(on: On, talkdesk: &Talkdesk) -> World {
    let world = receiving(on, &talkdesk.gateway).await;
    let hook = made(&world).await;
    let delivery = Sent::signed(&talkdesk.gateway, &hook, talkdesk.installed("e-1"));
    assert_eq!(delivery.to(&world).await.0, StatusCode::OK);
    let event = deliveries(&world).await.remove(0).event.unwrap();
    world.take(&[command(70, aggregate(), Body::EventTake { event })]).await;
    world
}

fn aggregate() -> AggregateRef {
    AggregateRef::Installation(intake::installation_id("i-1"))
}

fn wanted(n: u128, what: Value) -> Value {
    let mut wanted = json!({ "id": request_id(n), "installation": intake::installation_id("i-1") });
    if let (Value::Object(wanted), Value::Object(what)) = (&mut wanted, what) {
        wanted.extend(what);
    }
    wanted
}

fn request_id(n: u128) -> CommandId {
    CommandId::from_u128(0xCA_0000 + n)
}

fn approve() -> Value {
    json!({ "call": "answer", "events": ["e-1"], "word": { "word": "approve" } })
}

fn reject() -> Value {
    json!({ "call": "answer", "events": ["e-1"], "word": { "word": "reject", "reason": "No seats." } })
}

fn acknowledge() -> Value {
    json!({ "call": "acknowledge_credentials", "client_id": "c-1" })
}

fn rotate() -> Value {
    json!({ "call": "ask_rotation", "compromised": false, "reason": "Yearly." })
}

async fn ask(world: &World, member: MemberId, wanted: &Value) -> (StatusCode, Value) {
    let mut request = request("POST", member, "/v1/calls", serde_json::to_vec(wanted).unwrap());
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let (status, answer) = call(&world.service, request).await;
    assert!(!answer.to_string().contains("hush"), "{answer}");
    (status, answer)
}

/// What is recorded of the installation after its event was taken.
async fn recorded(world: &World) -> Vec<Change> {
    let changes = world.changes().await.changes;
    changes.into_iter().filter(|change| change.command.aggregate == aggregate()).skip(1).collect()
}

async fn shown(world: &World) -> Installation {
    match state_of(&world.states().await, aggregate()) {
        domain::Aggregate::Installation(installation) => *installation,
        other => panic!("{other:?}"),
    }
}

async fn an_answer_is_sent_once_and_recorded_as_the_persons(on: On) {
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    let approval = wanted(1, approve());
    let (status, first) = ask(&world, DEVELOPER, &approval).await;
    assert_eq!((status, &first["outcome"]), (StatusCode::OK, &json!("taken")), "{first}");
    assert_eq!(first["state"]["state"], "completed");
    // Asked again, as after an answer that was lost: by this replica, and by one that was not there.
    assert_eq!(ask(&world, DEVELOPER, &approval).await.1, first);
    let world = world.reopened().await;
    let service = world.service.clone().receiving(key(), CallReach::Sandbox, talkdesk.gateway.regions());
    let world = World { service: service.await.unwrap(), ..world };
    assert_eq!(ask(&world, DEVELOPER, &approval).await.1, first);
    assert_eq!(talkdesk.calls(), 1);

    let all = recorded(&world).await;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].actor, all[0].command.id), (DEVELOPER, request_id(1)));
    assert_eq!(
        (&*all[0].command.kind, json!(all[0].number)),
        ("installation.answer", first["number"].clone())
    );
    let answer = &shown(&world).await.answers[0];
    assert_eq!((&*answer.before.state, &*answer.after.state), ("pending", "completed"));
    assert_eq!(answer.mark.by, DEVELOPER);

    // Another's request, and another word, under the id that is used.
    for (member, other) in [(MANAGER, approval), (DEVELOPER, wanted(1, reject()))] {
        let (_, refused) = ask(&world, member, &other).await;
        assert_eq!(
            (&refused["outcome"], &refused["refusal"]["code"]),
            (&json!("refused"), &json!("id_reused"))
        );
    }
    // A new request finds that nobody waits any more.
    let (_, settled) = ask(&world, MANAGER, &wanted(2, approve())).await;
    assert_eq!((&settled["outcome"], &settled["state"]["state"]), (&json!("settled"), &json!("completed")));
    assert_eq!(talkdesk.calls(), 1);
    let kinds: Vec<_> = recorded(&world).await.into_iter().map(|change| change.command.kind).collect();
    assert_eq!(kinds, ["installation.answer", "installation.note_state"]);
    let revealed = world.changes().await.changes;
    assert!(
        !revealed.iter().any(|change| change.command.kind == "secret.note_reveal"),
        "nobody got a secret"
    );
}

async fn each_outcome_is_told_as_what_it_was(on: On) {
    use Mood::{Fails, IsLost, SaysNo, Takes, TakesAndIsLost, TookAnothers};
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    let mut before = 0;
    let (answer, state) = ("installation.answer", "installation.note_state");
    let (set, asked) = ("credentials.acknowledge", "credentials.ask_rotation");
    // What Talkdesk does; what is wanted; the outcome, its code, and what is recorded.
    for (n, (mood, what, outcome, code, kinds)) in (1..).zip([
        (Takes, approve(), "taken", "", vec![answer]),
        (Takes, reject(), "taken", "", vec![answer]),
        (TakesAndIsLost, approve(), "taken", "", vec![answer]),
        (IsLost, approve(), "not_known", "unreached", vec![state]),
        (Fails, approve(), "not_known", "platform", vec![state]),
        (TookAnothers, approve(), "not_known", "unreached", vec![state]),
        (TookAnothers, reject(), "not_known", "unreached", vec![state]),
        (SaysNo, approve(), "failed", "platform", vec![]),
        (Takes, acknowledge(), "taken", "", vec![set]),
        (SaysNo, acknowledge(), "failed", "platform", vec![]),
        (TakesAndIsLost, acknowledge(), "not_known", "unreached", vec![]),
        (Takes, rotate(), "taken", "", vec![asked]),
        (IsLost, rotate(), "not_known", "unreached", vec![]),
        (Fails, rotate(), "not_known", "platform", vec![]),
    ]) {
        talkdesk.is(mood, "pending");
        let wanted = wanted(n, what);
        let (status, told) = ask(&world, MANAGER, &wanted).await;
        let case = format!("{n} {mood:?} {told}");
        assert_eq!((status, &told["outcome"]), (StatusCode::OK, &json!(outcome)), "{case}");
        assert_eq!(told["fault"]["code"].as_str().unwrap_or_default(), code, "{case}");
        if mood == SaysNo {
            assert_eq!(told["fault"]["params"]["status"], "409", "{case}");
        }
        let all = recorded(&world).await;
        let new: Vec<_> = all[before..].iter().map(|change| change.command.kind.as_str()).collect();
        assert_eq!(new, kinds, "{case}");
        before = all.len();
        // Whatever came of it, it is not sent again, and told the same.
        assert_eq!(ask(&world, MANAGER, &wanted).await.1, told, "{case}");
        assert_eq!((talkdesk.calls(), recorded(&world).await.len()), (1, before), "{case}");
    }
}

async fn what_began_and_never_ended_is_looked_at_and_not_sent_again(on: On) {
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    let uuid = |id: Uuid| match on {
        On::Sqlite => format!("x'{}'", id.simple()),
        On::Postgres => format!("'{id}'"),
    };
    let pending = json!({ "state": "pending", "reason": "", "updated_at": null });
    let (long_ago, just_now) = (5_i64, i64::MAX / 2);
    for (n, (what, at, before, stands, outcome)) in (1..).zip([
        (approve(), long_ago, pending.clone(), "completed", "taken"),
        (approve(), long_ago, pending.clone(), "rejected", "not_known"),
        (approve(), long_ago, pending.clone(), "pending", "not_known"),
        (approve(), long_ago, pending.clone(), "timeout", "not_known"),
        // It may be under way: the answer may be somebody else's.
        (approve(), just_now, pending, "completed", "not_known"),
        (rotate(), long_ago, Value::Null, "completed", "not_known"),
    ]) {
        talkdesk.is(Mood::Takes, stands);
        let wanted = wanted(n, what);
        // As whoever made it left it that ended in the middle.
        let read: WantedCall = serde_json::from_value(wanted.clone()).unwrap();
        let print = TokenHash::of(&serde_json::to_string(&read).unwrap()).to_string();
        let begun = json!({ "by": MANAGER, "at": at, "wanted": print, "before": before, "outcome": null });
        let (workspace, id) = (uuid(WORKSPACE.0), uuid(request_id(n).0));
        let sql = format!("INSERT INTO talkdesk_call VALUES ({workspace}, {id}, 5, '{begun}')");
        assert_eq!(world.store.change(&sql).await, 1);
        let before = recorded(&world).await.len();
        for _ in 0..2 {
            let (_, told) = ask(&world, MANAGER, &wanted).await;
            assert_eq!(told["outcome"], outcome, "{stands} {told}");
        }
        assert_eq!(talkdesk.calls(), 0, "{stands}");
        let new = recorded(&world).await.len() - before;
        assert_eq!(new, usize::from(outcome == "taken"), "{stands}");
    }
    // One that was recorded, and whose end was not kept any more, was taken.
    talkdesk.is(Mood::Takes, "pending");
    let (_, first) = ask(&world, MANAGER, &wanted(9, acknowledge())).await;
    let replaced =
        r#"UPDATE talkdesk_call SET json = replace(json, '"outcome":{', '"outcome":null,"was":{')"#;
    world.store.change(replaced).await;
    assert_eq!(ask(&world, MANAGER, &wanted(9, acknowledge())).await.1, first);
    assert_eq!(talkdesk.calls(), 1);
}

async fn whoever_may_not_has_nothing_sent(on: On) {
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    for (n, what) in (1..).zip([approve(), acknowledge(), rotate()]) {
        let wanted = wanted(n, what);
        for member in [QA, VIEWER] {
            let (status, told) = ask(&world, member, &wanted).await;
            assert_eq!((status, &told["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")), "{told}");
            assert_eq!(told["params"]["reason"], "role");
        }
        // Secrets, and what is done with them, are not an admin's; nor is another workspace's anybody's.
        for (member, code) in [(ADMIN, "forbidden"), (STRANGER, "not_found")] {
            let (_, told) = ask(&world, member, &wanted).await;
            assert_eq!(
                (&told["outcome"], &told["refusal"]["code"]),
                (&json!("refused"), &json!(code)),
                "{told}"
            );
        }
    }
    for nonsense in [
        json!({ "call": "answer", "events": [], "word": { "word": "approve" } }),
        json!({ "call": "answer", "events": ["e-2"], "word": { "word": "approve" } }),
        json!({ "call": "answer", "events": ["e-1"], "word": { "word": "reject", "reason": " " } }),
        json!({ "call": "acknowledge_credentials", "client_id": "c-2" }),
        json!({ "call": "ask_rotation", "compromised": true, "reason": "" }),
    ] {
        let (_, told) = ask(&world, MANAGER, &wanted(7, nonsense)).await;
        assert_eq!(told["outcome"], "refused", "{told}");
    }
    assert_eq!(
        ask(&world, MANAGER, &wanted(8, json!({ "call": "revoke" }))).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(*talkdesk.told.asked.lock().unwrap(), 0, "not even a token");
    assert_eq!(world.store.change("UPDATE talkdesk_call SET id = id").await, 0, "nothing began");
}

async fn a_caller_who_goes_away_leaves_a_true_record(on: On) {
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    talkdesk.is(Mood::Waits, "pending");
    let approval = wanted(1, approve());
    tokio::select! {
        answer = ask(&world, MANAGER, &approval) => panic!("{answer:?}"),
        () = talkdesk.told.began.notified() => {}
    }
    // Gone in the middle. Whoever asks meanwhile is told that it is not known.
    assert_eq!(ask(&world, MANAGER, &approval).await.1["outcome"], "not_known");
    talkdesk.told.go_on.notify_one();
    let done = async {
        while recorded(&world).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), done).await.expect("it is recorded");
    assert_eq!(ask(&world, MANAGER, &approval).await.1["outcome"], "taken");
    assert_eq!((talkdesk.calls(), recorded(&world).await.len()), (1, 1));
}

async fn without_the_secrets_nothing_is_called(on: On) {
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    // The originals are gone, as after a store that was moved here without them.
    world.store.change("DELETE FROM delivery").await;
    let (status, told) = ask(&world, MANAGER, &wanted(1, approve())).await;
    assert_eq!(
        (status, told),
        (StatusCode::NOT_FOUND, json!({ "code": "not_found", "params": { "what": "secret" } }))
    );
    // A desktop gave them.
    let given = json!({
        "installation": intake::installation_id("i-1"), "client_id": "c-1", "client_secret": "hush-given",
    });
    let mut request = request("PUT", MANAGER, "/v1/secrets", serde_json::to_vec(&given).unwrap());
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let taken = tower::ServiceExt::oneshot(world.service.router(), request).await.unwrap();
    assert_eq!(taken.status(), StatusCode::NO_CONTENT);
    assert_eq!(ask(&world, MANAGER, &wanted(2, approve())).await.1["outcome"], "taken");
    // A service without a vault says so.
    let bare = World { service: world.open().await.unwrap(), ..world };
    let (status, told) = ask(&bare, MANAGER, &wanted(3, rotate())).await;
    assert_eq!((status, &told["params"]["reason"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("vault")));
    assert_eq!(talkdesk.calls(), 1);
}

async fn an_address_inside_the_network_is_not_called(on: On) {
    let talkdesk = Talkdesk::start().await;
    let world = installed(on, &talkdesk).await;
    let outside = world.open().await.unwrap();
    let outside = outside.receiving(key(), CallReach::Internet, talkdesk.gateway.regions()).await.unwrap();
    let world = World { service: outside, ..world };
    for (n, what) in (1..).zip([approve(), acknowledge(), rotate()]) {
        let (_, told) = ask(&world, MANAGER, &wanted(n, what)).await;
        assert_eq!(
            (&told["outcome"], &told["fault"]["code"]),
            (&json!("failed"), &json!("platform")),
            "{told}"
        );
    }
    assert_eq!(*talkdesk.told.asked.lock().unwrap(), 0);
}
