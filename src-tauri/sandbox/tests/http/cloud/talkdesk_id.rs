//! Talkdesk ID for the clients of installations: who they are, and what they get.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use partner_sandbox::Algorithm;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Customer, signed, text};
use crate::support::{Answer, START, form, send};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A good assertion, with these members set to others.
fn assertion(customer: &Customer, jti: &str, changes: &[(&str, Value)]) -> String {
    let set = &customer.event["data"];
    let mut header = json!({ "alg": set["key_algorithm"], "kid": set["key_id"], "typ": "JWT" });
    let mut claims = json!({
        "iss": set["client_id"], "sub": set["client_id"], "aud": customer.link("tokens"), "jti": jti,
        "iat": START, "exp": START + 300,
    });
    for (name, value) in changes {
        let part = if header.get(*name).is_some() { &mut header } else { &mut claims };
        part[*name] = value.clone();
    }
    signed(set, &header, &claims)
}

async fn shown(customer: &Customer, assertion: &str) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    send(form(customer.world.http.post(customer.link("tokens")), &fields)).await
}

#[tokio::test]
async fn an_assertion_of_each_algorithm_gets_a_token() {
    for name in ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512"] {
        let algorithm: Algorithm = name.parse().unwrap();
        let customer = Customer::with(|options| options.key_algorithm = algorithm).await;
        assert_eq!(text(&customer.event["data"], "key_algorithm"), name);
        let answer = shown(&customer, &assertion(&customer, "j1", &[])).await;
        assert_eq!(answer.status, 200, "{name} {}", answer.text);
        let told = answer.json();
        assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert!(told.get("refresh_token").is_none());
        assert!(text(&told, "scope").contains("apps:write"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(customer.get(&customer.at(""), text(&told, "access_token")).await.status, 200);
    }
}

#[tokio::test]
async fn an_assertion_with_anything_wrong_is_refused() {
    let customer = Customer::start().await;
    let good = assertion(&customer, "j1", &[]);
    assert_eq!(shown(&customer, &good).await.status, 200);
    assert_eq!(shown(&customer, &good).await.verdict(), "401 invalid_client", "it was shown before");
    let root = format!("{}/oauth/token", customer.world.running.url());
    let cases: [(&str, Value); 11] = [
        ("alg", json!("none")),
        ("alg", json!("ES384")),
        ("alg", json!("HS256")),
        ("kid", json!("another")),
        ("iss", json!("another")),
        ("sub", json!("another")),
        ("aud", json!(root)),
        ("jti", json!("")),
        ("exp", json!(START + 301)),
        ("exp", json!(START)),
        ("iat", json!(START + 1)),
    ];
    for (at, (name, value)) in cases.into_iter().enumerate() {
        let bad = assertion(&customer, &format!("k{at}"), &[(name, value.clone())]);
        assert_eq!(shown(&customer, &bad).await.verdict(), "401 invalid_client", "{name} {value}");
    }
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let other = assertion(&customer, "j2", &[]);
    let (_, foreign) = other.rsplit_once('.').unwrap();
    for bad in [
        String::new(),
        "a.b.c".to_owned(),
        format!("{unsigned}."),
        format!("{unsigned}.{foreign}"),
        unsigned.to_owned(),
    ] {
        assert_eq!(shown(&customer, &bad).await.verdict(), "401 invalid_client", "{bad}");
    }
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "else"),
        ("client_assertion", &*other),
    ];
    let answer = send(form(customer.world.http.post(customer.link("tokens")), &fields)).await;
    assert_eq!(answer.verdict(), "401 invalid_client");
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", TYPE),
        ("client_assertion", &*other),
    ];
    let both = customer.world.http.post(customer.link("tokens")).basic_auth("a", Some("b"));
    assert_eq!(send(form(both, &fields)).await.verdict(), "400 invalid_request");
}

#[tokio::test]
async fn a_client_is_known_at_its_own_account_alone() {
    let customer = Customer::start().await;
    let set = &customer.event["data"];
    let grant = [("grant_type", "client_credentials")];
    let ask = async |url: String, secret: &str| {
        send(form(customer.world.http.post(url).basic_auth(text(set, "client_id"), Some(secret)), &grant))
            .await
            .verdict()
    };
    let (own, secret) = (customer.link("tokens"), text(set, "client_secret"));
    assert_eq!(ask(own.clone(), secret).await, "200");
    assert_eq!(ask(own.clone(), "wrong").await, "401 invalid_client");
    assert_eq!(
        ask(own.replace("sample-customer-a", "sample-customer-b"), secret).await,
        "401 invalid_client"
    );
    let app = customer.world.http.post(own).basic_auth("partner-app", Some("s3cret&=+"));
    assert_eq!(
        send(form(app, &grant)).await.verdict(),
        "401 invalid_client",
        "nor is another client known there"
    );
    let at_root = format!("{}/oauth/token", customer.world.running.url());
    let app = customer.world.http.post(at_root).basic_auth("partner-app", Some("s3cret%26%3D%2B"));
    assert_eq!(send(form(app, &grant)).await.verdict(), "400 unauthorized_client");
    assert_eq!(
        customer.basic(set, &[("grant_type", "client_credentials"), ("scope", "a\"b")]).await.verdict(),
        "400 invalid_scope"
    );
}

#[tokio::test]
async fn a_token_is_a_jwt_of_the_published_key_and_introspected() {
    let customer = Customer::start().await;
    let set = &customer.event["data"];
    let token = customer.token("apps:read events:read").await;
    let parts: Vec<_> = token.split('.').collect();
    let json =
        |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let claims = json(parts[1]);
    assert_eq!((&claims["sub"], &claims["scope"]), (&set["client_id"], &json!("apps:read events:read")));
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(START), &json!(START + 600)));
    let certs = customer.link("tokens").replace("/token", "/certs");
    let key = send(customer.world.http.get(certs)).await.json()["keys"][0].clone();
    assert_eq!((&json(parts[0])["kid"], &key["crv"]), (&key["kid"], &json!("P-256")));
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(text(&key, name)).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let key =
        aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED, point);
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).unwrap();

    let introspect = async |token: &str| {
        let url = customer.link("tokens").replace("/token", "/introspect");
        let request = customer
            .world
            .http
            .post(url)
            .basic_auth(text(set, "client_id"), Some(text(set, "client_secret")));
        send(form(request, &[("token", token)])).await
    };
    let told = introspect(&token).await.json();
    assert_eq!(
        (&told["active"], &told["scope"], &told["exp"]),
        (&json!(true), &claims["scope"], &claims["exp"])
    );
    assert_eq!(introspect("another").await.json(), json!({ "active": false }));
    assert_eq!(introspect("").await.verdict(), "400 invalid_request");
    customer.world.pass(600);
    assert_eq!(introspect(&token).await.json(), json!({ "active": false }));
}

#[tokio::test]
async fn people_sign_in_to_the_app_by_the_accounts_talkdesk_id() {
    let customer = Customer::start().await;
    let set = &customer.event["data"];
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let back = "https://partner-app.example/back";
    let ask = async |redirect: &str| {
        let query = [
            ("response_type", "code"),
            ("client_id", text(set, "client_id")),
            ("redirect_uri", redirect),
            ("scope", "openid refresh_token"),
            ("state", "s"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("auto", "qa-1"),
        ];
        send(customer.world.http.get(customer.link("authorization")).query(&query)).await
    };
    assert_eq!(ask("https://partner-app.example/other").await.status, 400);
    let led = Url::parse(ask(back).await.location.as_ref().unwrap()).unwrap();
    let code = led.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", back),
        ("code_verifier", verifier),
    ];
    let told = customer.basic(set, &fields).await.json();
    let refresh = async |token: String| {
        customer.basic(set, &[("grant_type", "refresh_token"), ("refresh_token", &token)]).await
    };
    let first = text(&told, "refresh_token").to_owned();
    let url = customer.link("tokens").replace("/token", "/introspect");
    let request =
        customer.world.http.post(url).basic_auth(text(set, "client_id"), Some(text(set, "client_secret")));
    let access = text(&told, "access_token");
    let known = send(form(request, &[("token", access)])).await.json();
    assert_eq!((&known["active"], &known["sub"]), (&json!(true), &json!("qa-1")));
    let me = customer.get(&customer.link("userinfo"), access).await;
    assert_eq!(
        me.json(),
        json!({ "sub": "qa-1", "name": "QA 1", "email": "qa.1@sample-apps.example", "email_verified": true })
    );
    let elsewhere = customer.link("userinfo").replace("td-eu-1", "td-us-1");
    assert_eq!(customer.get(&elsewhere, access).await.status, 401, "at its own region's gateway alone");
    assert_eq!(customer.get(&customer.at(""), access).await.status, 401, "a person's token is not the app's");
    let second = text(&refresh(first.clone()).await.json(), "refresh_token").to_owned();
    assert_eq!(refresh(first).await.verdict(), "400 invalid_grant", "a token that was used is a theft");
    assert_eq!(refresh(second).await.verdict(), "400 invalid_grant", "and ends its whole family");
    assert_eq!(customer.get(&customer.link("userinfo"), access).await.status, 401);
}

#[tokio::test]
async fn an_app_signs_people_in_as_documented_without_pkce_by_secret_or_key() {
    let customer = Customer::start().await;
    let set = &customer.event["data"];
    let back = "https://partner-app.example/back";
    let code = async || {
        let query = [
            ("response_type", "code"),
            ("client_id", text(set, "client_id")),
            ("redirect_uri", back),
            ("scope", "openid"),
            ("state", "s"),
            ("auto", "developer"),
        ];
        let led = send(customer.world.http.get(customer.link("authorization")).query(&query)).await;
        let led = Url::parse(led.location.as_ref().unwrap()).unwrap();
        led.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let (first, second) = (code().await, code().await);
    let grant = [("grant_type", "authorization_code"), ("redirect_uri", back)];
    let by_secret = customer.basic(set, &[&grant[..], &[("code", &first)]].concat()).await;
    let assertion = assertion(&customer, "j1", &[]);
    let proof =
        [("code", &*second), ("client_assertion_type", TYPE), ("client_assertion", assertion.as_str())];
    let fields = [&grant[..], &proof].concat();
    let by_key = send(form(customer.world.http.post(customer.link("tokens")), &fields)).await;
    let userinfo = customer.link("userinfo");
    let mut access = String::new();
    for told in [by_secret, by_key] {
        assert_eq!(told.status, 200, "{}", told.text);
        text(&told.json(), "access_token").clone_into(&mut access);
        assert_eq!(customer.get(&userinfo, &access).await.json()["sub"], "developer");
    }
    customer.happens(&json!({ "type": "app.credentials_rotated", "compromised": true })).await;
    assert_eq!(customer.get(&userinfo, &access).await.status, 401, "its client has ended");
}
