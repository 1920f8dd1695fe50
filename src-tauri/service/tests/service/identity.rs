//! Signing in by an identity provider: which tokens are taken, how people come in, and how they go.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::protocol::PROTOCOL_HEADER;
use domain::workspace::Member;
use domain::{AggregateRef, Body, Role};
use http_body_util::BodyExt;
use partner_service::{Desktop, Grants, Identities, Provider, Service, providers, system_clock};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::world::{On, Store, call, command, create_project, project, without_request};

crate::both! {
    tokens_are_taken_only_where_everything_fits,
    people_come_in_by_code_and_by_invitation_and_go_when_removed,
    of_two_workspaces_the_one_that_is_meant_is_named,
}

const AUDIENCE: &str = "partner-service";

/// A provider on a socket of its own, with one key.
struct Idp {
    issuer: String,
    key: EcdsaKeyPair,
    /// What it answers about a token's holder.
    userinfo: Arc<Mutex<Value>>,
    task: tokio::task::JoinHandle<()>,
}

fn fresh_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap()
}

fn encoded(value: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

impl Idp {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = fresh_key();
        let point = key.public_key().as_ref();
        let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "use": "sig",
            "x": encoded(&point[1..33]), "y": encoded(&point[33..]) });
        let metadata = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys"),
            "userinfo_endpoint": format!("{issuer}/userinfo") });
        let userinfo = Arc::new(Mutex::new(json!({})));
        let answer = |value: Value| get(move || std::future::ready(Json(value.clone())));
        let about = async |State(userinfo): State<Arc<Mutex<Value>>>| Json(userinfo.lock().unwrap().clone());
        let router = Router::new()
            .route("/.well-known/openid-configuration", answer(metadata))
            .route("/keys", answer(json!({ "keys": [jwk] })))
            .route("/userinfo", get(about))
            .with_state(Arc::clone(&userinfo));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, key, userinfo, task }
    }

    fn identities(&self) -> Identities {
        let grants = Grants {
            claim: "realm.groups".to_owned(),
            roles: [("developers".to_owned(), vec![Role::Developer])].into(),
        };
        Identities::Providers(vec![Provider {
            issuer: self.issuer.clone(),
            audience: AUDIENCE.to_owned(),
            jwks_uri: None,
            grants: Some(grants),
            desktop: Some(Desktop { client_id: "console".to_owned(), scopes: vec!["partner".to_owned()] }),
        }])
    }

    fn claims(&self, subject: &str) -> Value {
        json!({ "iss": self.issuer, "aud": AUDIENCE, "sub": subject, "exp": now() + 600, "name": subject })
    }

    fn token(&self, claims: &Value) -> String {
        sign(&self.key, &json!({ "alg": "ES256", "kid": "one", "typ": "at+jwt" }), claims)
    }

    fn invited(&self, subject: &str, verified: bool) -> String {
        let mut claims = self.claims(subject);
        claims["email"] = json!(format!("{subject}@Example.com"));
        claims["email_verified"] = json!(verified);
        self.token(&claims)
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn sign(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    format!("{message}.{}", encoded(signature))
}

fn asked(method: &str, uri: &str, token: &str, body: &Value) -> Request<HttpBody> {
    Request::builder()
        .method(method)
        .uri(uri)
        .header(PROTOCOL_HEADER, "1")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(if body.is_null() { HttpBody::empty() } else { HttpBody::from(body.to_string()) })
        .unwrap()
}

async fn ask(service: &Service, method: &str, uri: &str, token: &str, body: Value) -> (u16, Value) {
    let answer = service.router().oneshot(asked(method, uri, token, &body)).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, without_request(serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

async fn tokens_are_taken_only_where_everything_fits(on: On) {
    let idp = Idp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let service = Store::new(on, &folder).open(idp.identities(), system_clock()).await.unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = idp.claims("somebody");
        change(&mut claims);
        idp.token(&claims)
    };
    let header = |header: Value| sign(&idp.key, &header, &idp.claims("somebody"));
    let by_another_key =
        sign(&fresh_key(), &json!({ "alg": "ES256", "kid": "one" }), &idp.claims("somebody"));
    let good = with(&|_| {});
    let cut = good.rsplit_once('.').unwrap().0;
    for (token, why) in [
        ("d2c1f0a9opaque".to_owned(), "opaque_token"),
        ("a.b.c".to_owned(), "opaque_token"),
        (with(&|claims| claims["aud"] = json!("another-service")), "wrong_audience"),
        (with(&|claims| claims["aud"] = json!(["another-service", "and-another"])), "wrong_audience"),
        (with(&|claims| drop(claims.as_object_mut().unwrap().remove("aud"))), "malformed"),
        (with(&|claims| claims["iss"] = json!("https://id.example")), "unknown_issuer"),
        (with(&|claims| claims["exp"] = json!(now() - 120)), "expired"),
        (with(&|claims| drop(claims.as_object_mut().unwrap().remove("exp"))), "malformed"),
        (with(&|claims| claims["nbf"] = json!(now() + 120)), "not_yet_valid"),
        (with(&|claims| claims["sub"] = json!(" ")), "malformed"),
        (by_another_key, "bad_signature"),
        (header(json!({ "alg": "ES256", "kid": "two" })), "unknown_key"),
        (header(json!({ "alg": "ES384", "kid": "one" })), "bad_signature"),
        (header(json!({ "alg": "HS256", "kid": "one" })), "bad_signature"),
        (
            format!("{}.{}.", encoded(r#"{"alg":"none"}"#), encoded(idp.claims("somebody").to_string())),
            "opaque_token",
        ),
        (format!("{cut}."), "bad_signature"),
        (format!("{cut}.{}", encoded([7; 64])), "bad_signature"),
    ] {
        let answer = service.router().oneshot(asked("GET", "/v1/me", &token, &Value::Null)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{why}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert_eq!(challenge, format!("Bearer error=\"invalid_token\", error_description=\"{why}\""));
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body = without_request(serde_json::from_slice(&body).unwrap());
        assert_eq!(body, json!({ "code": "signed_out", "params": { "token": why } }));
    }
    // Good, and nobody's here: told apart from signed out.
    for token in [good, with(&|claims| claims["aud"] = json!(["another-service", AUDIENCE]))] {
        let (status, fault) = ask(&service, "GET", "/v1/me", &token, Value::Null).await;
        assert_eq!(
            (status, fault),
            (403, json!({ "code": "forbidden", "params": { "reason": "not_a_member" } }))
        );
    }
    let none = Request::builder().uri("/v1/me").header(PROTOCOL_HEADER, "1").body(HttpBody::empty()).unwrap();
    assert_eq!(call(&service, none).await.1, json!({ "code": "signed_out", "params": {} }));
    let away = Identities::Providers(vec![Provider {
        issuer: "http://127.0.0.1:9".to_owned(),
        audience: AUDIENCE.to_owned(),
        jwks_uri: None,
        grants: None,
        desktop: None,
    }]);
    let service = Store::new(on, &tempfile::tempdir().unwrap()).open(away, system_clock()).await;
    // The folder is gone for a file: only a database opens.
    if let Ok(service) = service {
        let token = with(&|claims| claims["iss"] = json!("http://127.0.0.1:9"));
        let (status, fault) = ask(&service, "GET", "/v1/me", &token, Value::Null).await;
        assert_eq!((status, &fault["params"]["reason"]), (503, &json!("identity_provider")));
    }
}

async fn people_come_in_by_code_and_by_invitation_and_go_when_removed(on: On) {
    let idp = Idp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(on, &folder);
    let service = store.open(idp.identities(), system_clock()).await.unwrap();
    assert!(service.awaits_first_owner().await.unwrap());
    // A desktop is told where to sign in before anybody has.
    let anybody = Request::builder().uri("/v1/sign-in").body(HttpBody::empty()).unwrap();
    let told = json!({ "issuer": idp.issuer, "client_id": "console", "scopes": ["partner"] });
    assert_eq!(call(&service, anybody).await, (StatusCode::OK, json!({ "providers": [told] })));
    let owner = idp.token(&idp.claims("owner"));

    // The code, typed as people type, once.
    let code = service.owner_code().await.unwrap();
    let typed = json!({ "code": code.to_lowercase().replace('-', " ") });
    let (status, _) = ask(&service, "POST", "/v1/owner", &owner, json!({ "code": "AAAA" })).await;
    assert_eq!(status, 403);
    let (status, made) = ask(&service, "POST", "/v1/owner", &owner, typed.clone()).await;
    assert_eq!((status, &made["name"]), (200, &json!("owner")), "{made}");
    let second = idp.token(&idp.claims("second"));
    assert_eq!(ask(&service, "POST", "/v1/owner", &second, typed.clone()).await.0, 403);
    // The answer was lost on its way, and the same person asks again: it is the workspace that they made.
    let (status, again) = ask(&service, "POST", "/v1/owner", &owner, typed).await;
    assert_eq!((status, &again), (200, &made));
    let (_, list) = ask(&service, "GET", "/v1/workspaces", &owner, Value::Null).await;
    assert_eq!(list["workspaces"].as_array().unwrap().len(), 1, "a code makes one workspace");
    assert!(!service.awaits_first_owner().await.unwrap());

    let (_, me) = ask(&service, "GET", "/v1/me", &owner, Value::Null).await;
    assert_eq!((&me["workspace"], &me["member"]), (&made["workspace"], &made["member"]));
    let workspace = AggregateRef::Workspace(serde_json::from_value(me["workspace"].clone()).unwrap());
    let member = Member::new(
        serde_json::from_value(me["member"].clone()).unwrap(),
        "Owner".to_owned(),
        Role::ALL.to_vec(),
    );
    let create = Body::WorkspaceCreate { name: "Sample Apps".to_owned(), sample: false, member };
    let send = async |token: &str, n: u128, body| {
        let of = if n == 1 { workspace } else { project(n) };
        let commands = json!({ "commands": [command(n, of, body)] });
        let (status, answer) = ask(&service, "POST", "/v1/commands", token, commands).await;
        (status, answer["results"][0]["outcome"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(send(&owner, 1, create).await, (200, "taken".to_owned()));

    // An address counts once the provider has verified it, by its token or by its answer about the token.
    let invite = |email: &str, roles: &[Role]| json!({ "email": email, "roles": roles });
    let (status, _) = ask(
        &service,
        "POST",
        "/v1/invitations",
        &owner,
        invite("tester@example.com", &[Role::PartnerManager]),
    )
    .await;
    assert_eq!(status, 201);
    assert_eq!(ask(&service, "GET", "/v1/me", &idp.invited("tester", false), Value::Null).await.0, 403);
    let tester = idp.token(&idp.claims("tester"));
    *idp.userinfo.lock().unwrap() =
        json!({ "sub": "other", "email": "tester@example.com", "email_verified": true });
    assert_eq!(ask(&service, "GET", "/v1/me", &tester, Value::Null).await.0, 403);
    idp.userinfo.lock().unwrap()["sub"] = json!("tester");
    let (status, me) = ask(&service, "GET", "/v1/me", &tester, Value::Null).await;
    assert_eq!((status, &me["roles"]), (200, &json!(["partner_manager"])));
    let id = me["member"].as_str().unwrap().to_owned();
    // Nobody else comes in by the same invitation.
    assert_eq!(ask(&service, "GET", "/v1/me", &idp.invited("tester", true), Value::Null).await.0, 200);
    assert_eq!(ask(&service, "GET", "/v1/me", &idp.invited("nobody", true), Value::Null).await.0, 403);

    // Only admins decide on others, and are told addresses.
    for (method, uri) in [("POST", "/v1/invitations"), ("DELETE", &*format!("/v1/members/{id}"))] {
        let (status, fault) = ask(&service, method, uri, &tester, invite("x@example.com", &[Role::Qa])).await;
        assert_eq!((status, &fault["params"]["reason"]), (403, &json!("role")));
    }
    let (_, seen) = ask(&service, "GET", "/v1/members", &tester, Value::Null).await;
    assert_eq!(seen["members"].as_array().unwrap().len(), 2);
    assert!(!seen.to_string().contains("example.com"), "{seen}");
    let (_, seen) = ask(&service, "GET", "/v1/members", &owner, Value::Null).await;
    assert!(seen.to_string().contains("tester@example.com"));

    // The role in force is the one under which a command is taken; a group grants what is configured, no more.
    assert_eq!(send(&tester, 2, create_project("Call Notes")).await, (200, "taken".to_owned()));
    let uri = format!("/v1/members/{id}");
    let (status, _) = ask(&service, "PATCH", &uri, &owner, json!({ "roles": ["qa"] })).await;
    assert_eq!(status, 204);
    assert_eq!(send(&tester, 3, create_project("Queue Lens")).await, (200, "refused".to_owned()));
    let mut claims = idp.claims("tester");
    claims["realm"] = json!({ "groups": ["developers", "admins"] });
    let (_, me) = ask(&service, "GET", "/v1/me", &idp.token(&claims), Value::Null).await;
    assert_eq!(me["roles"], json!(["developer", "qa"]));
    let own = seen["members"][0]["id"].as_str().unwrap();
    let (status, fault) = ask(&service, "DELETE", &format!("/v1/members/{own}"), &owner, Value::Null).await;
    assert_eq!((status, &fault["params"]["reason"]), (400, &json!("last_admin")));

    // Removed: the stream ends within seconds, and what comes next is told apart from signed out.
    let mut request = asked("GET", "/v1/changes", &tester, &Value::Null);
    request.headers_mut().insert(ACCEPT, "text/event-stream".parse().unwrap());
    let stream = service.router().oneshot(request).await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(ask(&service, "DELETE", &uri, &owner, Value::Null).await.0, 204);
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.into_body().collect()).await;
    assert!(ended.expect("the stream ends").is_ok());
    for (method, uri) in [("GET", "/v1/changes"), ("POST", "/v1/commands")] {
        let (status, fault) = ask(&service, method, uri, &tester, json!({ "commands": [] })).await;
        assert_eq!((status, fault), (403, json!({ "code": "forbidden", "params": { "reason": "removed" } })));
    }
}

async fn of_two_workspaces_the_one_that_is_meant_is_named(on: On) {
    let idp = Idp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(on, &folder);
    let service = store.open(idp.identities(), system_clock()).await.unwrap();
    let owner = idp.token(&idp.claims("owner"));
    let found = async || {
        let code = json!({ "code": service.owner_code().await.unwrap() });
        ask(&service, "POST", "/v1/owner", &owner, code).await.1
    };
    let (_, other) = (found().await, found().await);
    let (status, fault) = ask(&service, "GET", "/v1/me", &owner, Value::Null).await;
    assert_eq!((status, &fault["params"]["header"]), (400, &json!("partner-workspace")));
    let (_, list) = ask(&service, "GET", "/v1/workspaces", &owner, Value::Null).await;
    assert_eq!(list["workspaces"].as_array().unwrap().len(), 2);
    let mut request = asked("GET", "/v1/me", &owner, &Value::Null);
    let named: HeaderMap =
        [("partner-workspace".parse().unwrap(), other["workspace"].as_str().unwrap().parse().unwrap())]
            .into_iter()
            .collect();
    request.headers_mut().extend(named);
    assert_eq!(call(&service, request).await.1["workspace"], other["workspace"]);
    // All of it is still there for another process.
    let again = store.open(idp.identities(), system_clock()).await.unwrap();
    assert_eq!(ask(&again, "GET", "/v1/workspaces", &owner, Value::Null).await.1, list);
}

#[test]
fn a_file_of_providers_is_read_whole_or_not_at_all() {
    let file = |issuers: &[&str]| {
        let entry = |issuer: &&str| json!({ "issuer": issuer, "audience": AUDIENCE });
        Value::from(issuers.iter().map(entry).collect::<Vec<_>>()).to_string()
    };
    assert!(providers(&file(&["https://id.example/realms/partner", "http://127.0.0.1:8080"])).is_ok());
    for (wrong, says) in [
        (file(&[]), "it names no identity provider"),
        (file(&["https://id.example", "https://id.example"]), "https://id.example is named twice"),
        (file(&["http://id.example"]), "http://id.example is neither https nor on this machine"),
        (file(&["id.example"]), "id.example is neither https nor on this machine"),
        (
            file(&["https://id.example"]).replace("audience", "audiences"),
            "it is not a list of identity providers",
        ),
    ] {
        assert!(providers(&wrong).unwrap_err().to_string().starts_with(says), "{wrong}");
    }
}
