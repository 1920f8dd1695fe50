//! What Talkdesk delivers: believed only where it is signed, kept without a secret in the open, and taken once.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::Path;
use axum::http::{Request, StatusCode};
use axum::routing::get as route;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::installation::{Happened, Received};
use domain::protocol::{Changes, Deliveries, Delivery, Hooks, MadeHook};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use partner_service::{CallReach, OpenError, Regions, VaultKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use tokio::net::TcpListener;

use crate::world::{
    ADMIN, DEVELOPER, MANAGER, On, QA, STRANGER, Store, VIEWER, World, call, get, nobody, project_id,
    request, started,
};

crate::both! {
    each_delivery_is_taken_or_refused_with_the_step_that_failed,
    a_key_lets_in_until_it_is_revoked,
    no_secret_stands_in_the_open,
    an_event_is_taken_once_in_its_project_however_often_it_comes,
    only_the_newest_are_kept_of_what_is_not_verified,
    without_the_key_of_the_vault_nothing_is_taken,
    a_gateway_that_is_known_from_an_installation_is_asked,
    a_delivery_is_one_command_whoever_makes_it,
    credentials_are_given_to_whoever_may_have_them_and_noted,
}

/// A gateway that has one key, `key-1`, and is away for whoever asks for `away`.
pub struct Gateway {
    pub url: String,
    key: SigningKey,
}

impl Gateway {
    pub async fn start() -> Self {
        Self::beside(axum::Router::new()).await
    }

    /// With more routes.
    pub async fn beside(more: axum::Router) -> Self {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let public = STANDARD.encode(key.verifying_key().to_sec1_point(false).as_bytes());
        let answer = move |Path(id): Path<String>| async move {
            match id.as_str() {
                "key-1" => (StatusCode::OK, Json(json!({ "public_key": public, "key_id": id }))),
                "away" => (StatusCode::BAD_GATEWAY, Json(json!({}))),
                _ => (StatusCode::NOT_FOUND, Json(json!({}))),
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = more.route("/events/signature-keys/{id}", route(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, key }
    }

    pub fn regions(&self) -> Regions {
        serde_json::from_value(json!([{ "name": "Here", "gateways": [self.url] }])).unwrap()
    }

    pub fn event(&self, id: &str) -> Vec<u8> {
        event_of(id, "i-1", &self.url)
    }

    /// A type without credentials, and with a person's address.
    pub fn logout(&self, id: &str) -> Vec<u8> {
        let body = json!({
            "id": id, "created_at": "2026-11-27T10:00:00Z", "api_version": "1", "type": "user.logout",
            "app_id": "app", "data": {
                "installation_id": "i-1", "account_id": "a-1", "user_id": "u-1", "user_email": "ana@customer.example",
            },
            "_links": { "root": { "href": self.url } },
        });
        serde_json::to_vec(&body).unwrap()
    }

    pub fn sign(&self, body: &[u8]) -> String {
        let signature: Signature = self.key.sign_prehash(&Sha512::digest(body)).unwrap();
        signature.to_bytes().iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"))
    }
}

fn event_of(id: &str, installation: &str, root: &str) -> Vec<u8> {
    let body = json!({
        "id": id, "created_at": "2026-11-27T10:00:00Z", "api_version": "1", "type": "app.installed",
        "app_id": "app", "app_version_id": "v", "app_version_name": "1.0.0",
        "data": {
            "installation_id": installation, "account_id": "a-1", "account_name": "Account", "client_id": "c-1",
            "client_secret": "hush-secret", "private_key": "hush-key", "public_key": "MFkw", "key_id": "k",
            "key_algorithm": "ES256",
        },
        "_links": { "root": { "href": root } },
    });
    serde_json::to_vec(&body).unwrap()
}

/// The step and the reason that are kept of a delivery that is not believed.
type Kept = Option<(&'static str, &'static str)>;

/// A delivery on its way.
pub struct Sent {
    pub path: String,
    pub signature: Option<String>,
    pub key_id: &'static str,
    pub body: Vec<u8>,
}

impl Sent {
    pub fn signed(gateway: &Gateway, hook: &MadeHook, body: Vec<u8>) -> Self {
        Self { path: hook.path.clone(), signature: Some(gateway.sign(&body)), key_id: "key-1", body }
    }

    pub async fn to(self, world: &World) -> (StatusCode, Value) {
        let mut request = Request::post(&self.path).header("x-hub-ecdsa-signature-id", self.key_id);
        if let Some(signature) = self.signature {
            request = request.header("x-hub-ecdsa-signature", signature);
        }
        call(&world.service, request.body(HttpBody::from(self.body)).unwrap()).await
    }
}

pub fn key() -> VaultKey {
    VaultKey::read(&"5a".repeat(32)).unwrap()
}

/// A world with a project that takes deliveries.
pub async fn receiving(on: On, gateway: &Gateway) -> World {
    let mut world = World::new(on).await;
    world.take(&started()).await;
    let receiving = world.service.clone().receiving(key(), CallReach::Sandbox, gateway.regions());
    world.service = receiving.await.unwrap();
    world
}

pub async fn made(world: &World) -> MadeHook {
    let body = serde_json::to_vec(&json!({ "project": project_id(1) })).unwrap();
    let mut request = request("POST", MANAGER, "/v1/hooks", body);
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let (status, answer) = call(&world.service, request).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    serde_json::from_value(answer).unwrap()
}

pub async fn deliveries(world: &World) -> Vec<Delivery> {
    let page: Deliveries = world.get("/v1/deliveries").await;
    page.deliveries.into_iter().map(|row| row.delivery).collect()
}

async fn each_delivery_is_taken_or_refused_with_the_step_that_failed(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    let signed = |body| Sent::signed(&gateway, &hook, body);
    let genuine = gateway.event("e-1");
    let forged = SigningKey::from_slice(&[8; 32]).unwrap();
    let forged = Gateway { url: gateway.url.clone(), key: forged };
    let spaced = serde_json::to_vec_pretty(&serde_json::from_slice::<Value>(&genuine).unwrap()).unwrap();
    let deep = [b"{\"id\":\"e-1\",\"data\":".to_vec(), b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    let mut stripped: Value = serde_json::from_slice(&genuine).unwrap();
    for secret in ["client_secret", "private_key"] {
        stripped["data"].as_object_mut().unwrap().remove(secret);
    }
    let stripped = serde_json::to_vec(&stripped).unwrap();
    let padded = |length: usize| [b" ".repeat(length - genuine.len()), genuine.clone()].concat();
    let mirror = |sent: Sent| Sent { path: format!("{}/mirror", sent.path), ..sent };
    let of = |signature: &str| Some(signature.to_owned());
    let own = gateway.sign(&genuine);
    let without = Sent { signature: of(&own), ..signed(stripped) };
    let elsewhere = event_of("e-1", "i-1", "https://gateway.example");
    // What is sent; the answer's status; the step and the reason that are kept.
    let kept = |step, reason| Some((step, reason));
    let genuine_but = |signature, key_id| Sent { signature, key_id, ..signed(genuine.clone()) };
    let cases: Vec<(&str, Sent, u16, Kept)> = vec![
        ("unsigned", genuine_but(None, "key-1"), 400, kept("header", "header_missing")),
        ("forged", genuine_but(Some(forged.sign(&genuine)), "key-1"), 400, kept("match", "mismatch")),
        ("no hexadecimal", genuine_but(of("zz"), "key-1"), 400, kept("encoding", "encoding")),
        ("another's key", genuine_but(of(&own), "key-2"), 400, kept("key", "key_unknown")),
        ("a key that is away", genuine_but(of(&own), "away"), 503, kept("key", "key_unavailable")),
        ("another's gateway", signed(elsewhere), 400, kept("key", "gateway_untrusted")),
        ("truncated", signed(genuine[..genuine.len() - 9].to_vec()), 400, kept("body", "not_json")),
        ("re-encoded", Sent { signature: of(&own), ..signed(spaced) }, 400, kept("match", "mismatch")),
        ("deeply nested", signed(deep), 400, kept("body", "not_json")),
        ("10 MB", signed(padded(10_000_000)), 413, kept("body", "too_large")),
        ("one byte too many", signed(padded(1024 * 1024 + 1)), 413, kept("body", "too_large")),
        ("no event", signed(b"{}".to_vec()), 400, kept("body", "member")),
        ("nothing", signed(Vec::new()), 400, kept("body", "not_json")),
        ("a copy without its secrets", mirror(without), 202, kept("match", "mismatch")),
        // None of these has taken its id.
        ("genuine", signed(genuine.clone()), 200, None),
        ("a copy", mirror(signed(gateway.event("e-2"))), 200, None),
        ("as large as may be", signed(padded(1024 * 1024)), 200, None),
    ];
    let count = cases.len();
    for (at, (what, sent, expected, kept)) in cases.into_iter().enumerate() {
        let (status, answer) = sent.to(&world).await;
        assert_eq!(status, expected, "{what}: {answer}");
        if status == StatusCode::BAD_REQUEST {
            let (step, reason) = kept.unwrap();
            assert_eq!(answer["params"], json!({ "step": step, "reason": reason }), "{what}");
        }
        let all = deliveries(&world).await;
        // The last repeats an event that is known, in other bytes: nothing is kept of it.
        assert_eq!(all.len(), (at + 1).min(count - 1), "{what}");
        if at + 1 < count {
            let last = all.last().unwrap();
            let why = serde_json::to_value(&last.unverified).unwrap();
            let why = why["step"].as_str().zip(why["reason"].as_str());
            assert_eq!(why, kept, "{what}");
            assert_eq!(last.event.is_some(), kept.is_none(), "{what}");
            assert_eq!(last.project, project_id(1));
        }
    }
    let all = deliveries(&world).await;
    let taken: Vec<_> = all.iter().filter_map(|delivery| delivery.event.as_ref()).collect();
    assert_eq!(taken.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["e-1", "e-2"]);
    assert_eq!(
        taken.iter().map(|event| event.received).collect::<Vec<_>>(),
        [Received::Relay, Received::Mirror]
    );
    assert!(
        matches!(&taken[0].what, Happened::Installed { set } if set.client_id == "c-1" && set.has_private_key)
    );
    assert_eq!(taken[0].region, "Here");
}

async fn a_key_lets_in_until_it_is_revoked(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let (hook, other) = (made(&world).await, made(&world).await);
    assert_ne!(hook.path, other.path);
    let key = hook.path.strip_prefix("/hooks/talkdesk/").unwrap();
    assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    // Of a key only its hash is kept.
    assert_eq!(
        world.store.change(&format!("UPDATE hook SET made_at = made_at WHERE key_sha256 = '{key}'")).await,
        0
    );
    let wrong = MadeHook { id: hook.id, path: format!("/hooks/talkdesk/{}", "0".repeat(64)) };
    for path in [&wrong.path, "/hooks/talkdesk/x", "/hooks/talkdesk/%00"] {
        let sent = Sent { path: path.to_owned(), ..Sent::signed(&gateway, &wrong, gateway.event("e-1")) };
        assert_eq!(sent.to(&world).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let uri = format!("/v1/hooks/{}", hook.id);
    // Neither a stranger nor whoever only tests or reads.
    for (member, status) in [(QA, 403), (VIEWER, 403), (STRANGER, 404)] {
        assert_eq!(call(&world.service, request("DELETE", member, &uri, Vec::new())).await.0, status);
    }
    for member in [QA, VIEWER] {
        for uri in ["/v1/hooks", "/v1/deliveries"] {
            assert_eq!(call(&world.service, get(member, uri)).await.0, StatusCode::FORBIDDEN, "{uri}");
        }
    }
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    let strange = call(&world.service, get(STRANGER, "/v1/deliveries")).await.1;
    assert_eq!(strange, json!({ "deliveries": [], "more": false }));
    for uri in [&uri, &uri] {
        let revoked = world.service.router();
        let answer = tower::ServiceExt::oneshot(revoked, request("DELETE", MANAGER, uri, Vec::new())).await;
        assert_eq!(answer.unwrap().status(), StatusCode::NO_CONTENT);
    }
    let again = Sent::signed(&gateway, &hook, gateway.event("e-2")).to(&world).await;
    assert_eq!(again.0, StatusCode::NOT_FOUND);
    assert_eq!(Sent::signed(&gateway, &other, gateway.event("e-2")).to(&world).await.0, StatusCode::OK);
    let hooks: Hooks = world.get("/v1/hooks").await;
    let revoked: Vec<_> = hooks.hooks.iter().map(|hook| hook.revoked_at.is_some()).collect();
    assert_eq!(revoked, [true, false]);
    let gone = request("DELETE", MANAGER, &format!("/v1/hooks/{}", nobody()), Vec::new());
    assert_eq!(call(&world.service, gone).await.0, StatusCode::NOT_FOUND);
    assert_eq!(deliveries(&world).await.len(), 2);
}

/// In no column that is not sealed, in no page, and in the file of the database nowhere at all.
async fn no_secret_stands_in_the_open(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    for (id, key_id, status) in [("e-1", "key-1", 200), ("e-2", "key-2", 400)] {
        let sent = Sent { key_id, ..Sent::signed(&gateway, &hook, gateway.event(id)) };
        assert_eq!(sent.to(&world).await.0, status);
    }
    let page = call(&world.service, get(MANAGER, "/v1/deliveries")).await.1.to_string();
    assert!(page.contains("[sealed]") && !page.contains("hush"), "{page}");
    assert_eq!(world.store.change("UPDATE delivery SET id = id WHERE delivery LIKE '%hush%'").await, 0);
    if let Store::File(path) = &world.store {
        for ending in ["db", "db-wal"] {
            let bytes = std::fs::read(path.with_extension(ending)).unwrap();
            assert!(!bytes.windows(5).any(|part| part == b"hush-"), "{ending}");
        }
    }
}

async fn an_event_is_taken_once_in_its_project_however_often_it_comes(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    // All at once, by either way, at either of two replicas.
    let other = world.open().await.unwrap().receiving(key(), CallReach::Sandbox, gateway.regions());
    let other = World::of(other.await.unwrap());
    let send = |at: usize| {
        let mut sent = Sent::signed(&gateway, &hook, gateway.event(&format!("e-{}", at % 3)));
        if at.is_multiple_of(2) {
            sent.path.push_str("/mirror");
        }
        sent.to(if at % 4 < 2 { &world } else { &other })
    };
    let answers = futures_util::future::join_all((0..48).map(send)).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK), "{answers:?}");
    let taken = answers.iter().filter(|(_, answer)| answer["delivery"] == "taken").count();
    assert_eq!((taken, deliveries(&world).await.len()), (3, 3));
    let page: Deliveries = world.get("/v1/deliveries?limit=2").await;
    assert!(page.more && page.deliveries.len() == 2);
    let after = page.deliveries[1].number;
    let rest: Deliveries = world.get(&format!("/v1/deliveries?after={after}")).await;
    assert!(!rest.more && rest.deliveries.len() == 1 && rest.deliveries[0].number > after);
}

async fn only_the_newest_are_kept_of_what_is_not_verified(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    for at in 0..205 {
        let sent =
            Sent { signature: None, ..Sent::signed(&gateway, &hook, gateway.event(&format!("f-{at}"))) };
        assert_eq!(sent.to(&world).await.0, StatusCode::BAD_REQUEST);
    }
    let all = deliveries(&world).await;
    assert_eq!((all.len(), all[0].claimed.as_str(), all[1].claimed.as_str()), (201, "e-1", "f-5"));
}

async fn without_the_key_of_the_vault_nothing_is_taken(on: On) {
    let gateway = Gateway::start().await;
    let mut world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    let bare = world.open().await.unwrap();
    let with = std::mem::replace(&mut world.service, bare.clone());
    let (status, answer) = Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await;
    assert_eq!((status, &answer["params"]["reason"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("vault")));
    assert!(deliveries(&world).await.is_empty());
    // Another key is noticed before anything is sealed under it.
    let another = VaultKey::read(&"5b".repeat(32)).unwrap();
    let opened = bare.clone().receiving(another, CallReach::Sandbox, gateway.regions()).await;
    assert!(matches!(opened.err(), Some(OpenError::Vault(_))));
    world.service = bare.receiving(key(), CallReach::Sandbox, gateway.regions()).await.unwrap();
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    drop(with);
}

/// The links of an installation win over the regions: its gateway is asked though no region has it.
async fn a_gateway_that_is_known_from_an_installation_is_asked(on: On) {
    let gateway = Gateway::start().await;
    let mut world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    let event = deliveries(&world).await.remove(0).event.unwrap();
    let id = domain::AggregateRef::Installation(intake::installation_id("i-1"));
    world.take(&[crate::world::command(50, id, domain::Body::EventTake { event })]).await;
    let bare = world.open().await.unwrap();
    world.service = bare.receiving(key(), CallReach::Sandbox, Regions::default()).await.unwrap();
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-2")).to(&world).await.0, StatusCode::OK);
    let stranger = Sent::signed(&gateway, &hook, event_of("e-3", "i-2", &gateway.url)).to(&world).await;
    assert_eq!(stranger.1["params"], json!({ "step": "key", "reason": "gateway_untrusted" }));
}

/// The command that a desktop makes of a delivery.
fn taken(delivery: &Delivery) -> domain::Envelope {
    let event = delivery.event.clone().unwrap();
    let id = domain::AggregateRef::Installation(intake::installation_id(&event.installation));
    let body = domain::Body::EventTake { event };
    let command = domain::Command { id: domain::ids::CommandId(delivery.id), aggregate: id, body };
    domain::Envelope::new(&command, domain::Timestamp(5), Vec::new())
}

async fn a_delivery_is_one_command_whoever_makes_it(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    for id in ["e-1", "e-2"] {
        assert_eq!(Sent::signed(&gateway, &hook, gateway.event(id)).to(&world).await.0, StatusCode::OK);
    }
    let own: Changes = world.get("/v1/changes").await;
    assert_eq!(own.deliveries, 2, "the feed says that there is something to read");
    let viewers = call(&world.service, get(VIEWER, "/v1/changes")).await.1;
    assert_eq!(viewers["deliveries"], 0, "and not to those who may not");

    let all = deliveries(&world).await;
    let first = world.send(&[taken(&all[0])]).await;
    let again = world.send_as(DEVELOPER, &[taken(&all[0])]).await;
    assert_eq!(first.results, again.results, "one number, whoever sent it");
    assert_eq!(first.head, again.head);
    // Under that id nothing else is taken, neither another event nor the same one by hand.
    let other = domain::Envelope { id: taken(&all[0]).id, ..taken(&all[1]) };
    let mut by_hand = all[0].clone();
    by_hand.event.as_mut().unwrap().received = Received::ByHand;
    for other in [other, taken(&by_hand)] {
        let refused = world.send_as(DEVELOPER, &[other]).await;
        let why = crate::world::refusal(&refused.results[0].outcome);
        assert_eq!(why, Some(domain::RefusalCode::IdReused));
    }
    // What was made a command is not read again.
    let left: Deliveries = world.get("/v1/deliveries?untaken=true").await;
    let left: Vec<_> = left.deliveries.iter().map(|row| (row.number, row.delivery.id)).collect();
    assert_eq!(left, [(2, all[1].id)]);
    let wrong = call(&world.service, get(MANAGER, "/v1/deliveries?untaken=maybe")).await;
    assert_eq!(wrong.0, StatusCode::BAD_REQUEST);
}

async fn credentials_are_given_to_whoever_may_have_them_and_noted(on: On) {
    let gateway = Gateway::start().await;
    let world = receiving(on, &gateway).await;
    let hook = made(&world).await;
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, StatusCode::OK);
    let ask = async |member, client: &str| {
        let body = json!({
            "installation": intake::installation_id("i-1"), "client_id": client, "events": ["e-0", "e-1"],
            "secret": "credentials", "copied": false,
        });
        let body = serde_json::to_vec(&body).unwrap();
        let mut request = request("POST", member, "/v1/secrets/reveal", body);
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        call(&world.service, request).await
    };
    let notes = async || {
        let all = world.changes().await.changes;
        all.into_iter().filter(|change| change.command.kind == "secret.note_reveal").collect::<Vec<_>>()
    };
    for (member, client, status) in [
        (QA, "c-1", 403),
        (VIEWER, "c-1", 403),
        (ADMIN, "c-1", 403),
        (STRANGER, "c-1", 404),
        (MANAGER, "c-2", 404),
    ] {
        let (found, answer) = ask(member, client).await;
        assert_eq!(found, status, "{member} {client}");
        assert!(!answer.to_string().contains("hush"), "{answer}");
    }
    assert!(notes().await.is_empty(), "what was not given is not noted");
    let (status, given) = ask(DEVELOPER, "c-1").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(given, json!({ "client_secret": "hush-secret", "private_key": "hush-key" }));
    let notes = notes().await;
    assert_eq!(
        (notes.len(), notes[0].actor, &notes[0].command.args["of"]),
        (1, DEVELOPER, &json!("Account"))
    );
    assert!(!serde_json::to_string(&notes).unwrap().contains("hush"));
}
