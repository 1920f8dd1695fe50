//! The sign-in server: requests that are led back and ones that are not, codes, tokens, people.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{Answer, World, form, raw, send};

const CLIENT: &str = "partner-console-sandbox";
const REDIRECT: &str = "http://127.0.0.1:49152/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

type Pairs = Vec<(String, String)>;

/// A good request, with these parameters set to other values, or left out where there is none.
fn request(changes: &[(&str, Option<&str>)]) -> Pairs {
    let challenge = challenge();
    let mut all: Pairs = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "openid refresh_token apps:read"),
        ("state", "a b&c=ü"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (name, value) in changes {
        all.retain(|(n, _)| n != name);
        all.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    all
}

async fn authorize(world: &World, params: &Pairs) -> Answer {
    send(world.request(Method::GET, "/oauth/authorize").query(params)).await
}

/// What the client finds in the address that it was led back to.
#[track_caller]
fn led_back(answer: &Answer) -> Value {
    assert_eq!(answer.status, 302, "{}", answer.text);
    let url = Url::parse(answer.location.as_ref().unwrap()).unwrap();
    url.query_pairs()
        .map(|(name, value)| (name.into_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub async fn code_for(world: &World, changes: &[(&str, Option<&str>)]) -> String {
    let mut params = request(changes);
    params.push(("auto".to_owned(), "qa-1".to_owned()));
    led_back(&authorize(world, &params).await)["code"].as_str().unwrap().to_owned()
}

async fn token(world: &World, fields: &[(&str, &str)]) -> Answer {
    send(form(world.request(Method::POST, "/oauth/token"), fields)).await
}

pub async fn exchange(world: &World, code: &str, changes: &[(&str, Option<&str>)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        fields.retain(|(n, _)| n != name);
        fields.extend(value.map(|value| (*name, value)));
    }
    token(world, &fields).await
}

async fn refresh(world: &World, refresh: &str) -> Answer {
    token(world, &[("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", refresh)]).await
}

async fn me(world: &World, access: &str) -> Answer {
    send(world.request(Method::GET, "/users/me").bearer_auth(access)).await
}

/// The access and the refresh token of a good answer.
#[track_caller]
fn pair(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

#[tokio::test]
async fn a_person_signs_in_by_the_page() {
    let world = World::with(|options| options.auto_consent = false).await;
    let mut params = request(&[]);
    params.push(("auto".to_owned(), "qa-1".to_owned()));
    let page = authorize(&world, &params).await;
    assert_eq!(page.status, 200, "with the option off, auto does nothing");
    for expected in ["Partner manager", "QA 1", "Developer", "apps:read", CLIENT] {
        assert!(page.text.contains(expected), "{expected}");
    }
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:49152;"),
        "the form leads on to the client: {policy}"
    );
    let ticket = page.text.split_once(r#"name="ticket" value=""#).unwrap().1.split('"').next().unwrap();
    let choose = |person: &str| {
        send(form(world.request(Method::POST, "/oauth/authorize"), &[("ticket", ticket), ("person", person)]))
    };
    let answer = choose("developer").await;
    assert!(answer.location.as_ref().unwrap().starts_with(&format!("{REDIRECT}?code=")));
    let back = led_back(&answer);
    assert_eq!((&back["state"], &back["iss"]), (&json!("a b&c=ü"), &json!(world.running.url())));
    assert_eq!(choose("developer").await.status, 400, "a page is answered once");

    let answer = exchange(&world, back["code"].as_str().unwrap(), &[]).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(body["scope"], "openid refresh_token apps:read");
    let (access, _) = pair(&answer);
    let person = me(&world, &access).await.json();
    assert_eq!((&person["sub"], &person["name"]), (&json!("developer"), &json!("Developer")));
    world.pass(599);
    assert_eq!(me(&world, &access).await.status, 200);
    world.pass(1);
    let expired = me(&world, &access).await;
    assert_eq!(
        (expired.status.as_u16(), expired.header("www-authenticate")),
        (401, r#"Bearer error="invalid_token""#)
    );
    assert_eq!(world.get("/users/me").await.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_page_waits_ten_minutes() {
    let world = World::start().await;
    let page = authorize(&world, &request(&[])).await;
    let ticket = page.text.split_once(r#"name="ticket" value=""#).unwrap().1.split('"').next().unwrap();
    world.pass(600);
    let fields = [("ticket", ticket), ("person", "qa-1")];
    assert_eq!(send(form(world.request(Method::POST, "/oauth/authorize"), &fields)).await.status, 400);
}

#[tokio::test]
async fn a_client_that_is_not_proved_is_never_led_back_to() {
    let world = World::start().await;
    let cases = [
        ("client_id", None),
        ("client_id", Some("someone")),
        ("redirect_uri", None),
        ("redirect_uri", Some("https://elsewhere.example/callback")),
        ("redirect_uri", Some("http://localhost:49152/callback")),
        ("redirect_uri", Some("http://127.0.0.1.elsewhere.example/callback")),
        ("redirect_uri", Some("http://user@127.0.0.1:49152/callback")),
        ("redirect_uri", Some("http://127.0.0.1:49152/callback#fragment")),
        ("redirect_uri", Some("https://127.0.0.1:49152/callback")),
        ("redirect_uri", Some("javascript:alert(1)")),
        ("redirect_uri", Some("https://partner-app.example/callback?kept=1")),
    ];
    for (name, value) in cases {
        let answer = authorize(&world, &request(&[(name, value)])).await;
        assert_eq!((answer.status.as_u16(), answer.location), (400, None), "{name} {value:?}");
    }
    let mut twice = request(&[]);
    twice.push(("state".to_owned(), "another".to_owned()));
    assert_eq!(authorize(&world, &twice).await.status, 400);

    // The confidential client has its own address, letter by letter, and what is in its query stays.
    let own = "https://partner-app.example/callback?kept=1";
    for (uri, status) in [(own, 302), ("https://partner-app.example/callback", 400), (REDIRECT, 400)] {
        let changes =
            [("client_id", Some("partner-app")), ("redirect_uri", Some(uri)), ("auto", Some("qa-1"))];
        let answer = authorize(&world, &request(&changes)).await;
        assert_eq!(answer.status, status, "{uri}");
        assert!(status == 400 || answer.location.unwrap().starts_with(&format!("{own}&code=")));
    }
}

#[tokio::test]
async fn a_confidential_client_may_leave_pkce_out_and_is_held_to_what_it_sends() {
    let world = World::start().await;
    let own = "https://partner-app.example/callback?kept=1";
    let app = [("client_id", Some("partner-app")), ("redirect_uri", Some(own))];
    let code = async |changes: &[(&str, Option<&str>)]| code_for(&world, &[&app[..], changes].concat()).await;
    let exchanged = async |code: &str, verifier: Option<&str>| {
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", own)];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let request = world.request(Method::POST, "/oauth/token");
        send(form(request.basic_auth("partner-app", Some("s3cret%26%3D%2B")), &fields)).await.verdict()
    };
    let none = [("code_challenge", None), ("code_challenge_method", None)];
    let bare = code(&none).await;
    assert_eq!(exchanged(&bare, None).await, "200");
    for (verifier, verdict) in
        [(Some(VERIFIER), "200"), (None, "400 invalid_grant"), (Some("another"), "400 invalid_grant")]
    {
        let code = code(&[]).await;
        assert_eq!(exchanged(&code, verifier).await, verdict, "{verifier:?}");
    }
    for (name, value) in [
        ("code_challenge", Some("short")),
        ("code_challenge", None),
        ("code_challenge_method", Some("plain")),
    ] {
        let answer = authorize(&world, &request(&[&app[..], &[(name, value)]].concat())).await;
        assert_eq!(led_back(&answer)["error"], "invalid_request", "half of PKCE is none: {name} {value:?}");
    }
    // A public client proves itself by nothing else.
    assert_eq!(led_back(&authorize(&world, &request(&none)).await)["error"], "invalid_request");
}

#[tokio::test]
async fn errors_are_led_back_with_the_state() {
    let world = World::start().await;
    let short = "x".repeat(42);
    let cases = [
        (("response_type", None), "invalid_request"),
        (("response_type", Some("token")), "unsupported_response_type"),
        (("scope", Some("apps:read  x")), "invalid_scope"),
        (("scope", Some("\"quoted\"")), "invalid_scope"),
        (("code_challenge", None), "invalid_request"),
        (("code_challenge", Some(short.as_str())), "invalid_request"),
        (("code_challenge_method", None), "invalid_request"),
        (("code_challenge_method", Some("plain")), "invalid_request"),
        (("auto", Some("deny")), "access_denied"),
        (("auto", Some("nobody")), "access_denied"),
    ];
    for (change, error) in cases {
        let back = led_back(&authorize(&world, &request(&[change])).await);
        assert_eq!(back["error"], error, "{change:?}");
        assert_eq!((&back["state"], &back["iss"]), (&json!("a b&c=ü"), &json!(world.running.url())));
        assert!(back.get("code").is_none());
    }
    // No state is given back where none came, and IPv6 loopback with another port and path is as good.
    let changes =
        [("state", None), ("redirect_uri", Some("http://[::1]:50001/any/path")), ("auto", Some("qa-1"))];
    let back = led_back(&authorize(&world, &request(&changes)).await);
    assert!(back.get("state").is_none() && back.get("code").is_some());
}

#[tokio::test]
async fn a_code_is_good_once_for_its_own_client_and_verifier() {
    let world = World::start().await;
    let cases = [
        (("code_verifier", Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")), "400 invalid_grant"),
        (("code_verifier", None), "400 invalid_grant"),
        (("redirect_uri", Some("http://127.0.0.1:49153/callback")), "400 invalid_grant"),
        (("redirect_uri", None), "400 invalid_request"),
        (("code", Some("unknown")), "400 invalid_grant"),
        (("code", None), "400 invalid_request"),
        (("client_id", None), "401 invalid_client"),
        (("client_id", Some("someone")), "401 invalid_client"),
        (("client_id", Some("partner-app")), "401 invalid_client"),
        (("grant_type", None), "400 invalid_request"),
        (("grant_type", Some("password")), "400 unsupported_grant_type"),
    ];
    for (change, expected) in cases {
        let code = code_for(&world, &[]).await;
        let answer = exchange(&world, &code, &[change]).await;
        assert_eq!(answer.verdict(), expected, "{change:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for (seconds, status) in [(59, 200), (60, 400)] {
        let code = code_for(&world, &[]).await;
        world.pass(seconds);
        assert_eq!(exchange(&world, &code, &[]).await.status, status, "after {seconds} s");
    }
    // A wrong verifier spends the code, so that it cannot be tried again and again.
    let code = code_for(&world, &[]).await;
    assert_eq!(exchange(&world, &code, &[("code_verifier", Some("wrong"))]).await.status, 400);
    assert_eq!(exchange(&world, &code, &[]).await.verdict(), "400 invalid_grant");
}

#[tokio::test]
async fn a_replayed_code_revokes_what_came_of_it() {
    let world = World::start().await;
    let code = code_for(&world, &[]).await;
    let (access, first) = pair(&exchange(&world, &code, &[]).await);
    let (newer, second) = pair(&refresh(&world, &first).await);
    let (apart, _) = pair(&exchange(&world, &code_for(&world, &[]).await, &[]).await);
    assert_eq!(exchange(&world, &code, &[]).await.verdict(), "400 invalid_grant");
    for token in [&access, &newer] {
        assert_eq!(me(&world, token).await.status, 401);
    }
    assert_eq!(refresh(&world, &second).await.verdict(), "400 invalid_grant");
    assert_eq!(me(&world, &apart).await.status, 200, "another sign-in is not touched");
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    let world = World::start().await;
    let (_, first) = pair(&exchange(&world, &code_for(&world, &[]).await, &[]).await);
    let (access, second) = pair(&refresh(&world, &first).await);
    assert_ne!(first, second);
    assert_eq!(me(&world, &access).await.json()["sub"], "qa-1");
    let narrow = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", &second)];
    let asked = |scope| token_with(&world, &narrow, scope);
    assert_eq!(asked("apps:write").await.verdict(), "400 invalid_scope");
    let answer = asked("apps:read").await;
    assert_eq!(answer.json()["scope"], "apps:read");
    let (access, third) = pair(&answer);
    assert_eq!(refresh(&world, &first).await.verdict(), "400 invalid_grant", "used before");
    assert_eq!(refresh(&world, &third).await.verdict(), "400 invalid_grant", "the family went with it");
    assert_eq!(me(&world, &access).await.status, 401);

    let (_, old) = pair(&exchange(&world, &code_for(&world, &[]).await, &[]).await);
    world.pass(30 * 24 * 3600);
    assert_eq!(refresh(&world, &old).await.verdict(), "400 invalid_grant", "thirty days are the end");
    let body = exchange(&world, &code_for(&world, &[("scope", Some("openid"))]).await, &[]).await.json();
    assert!(body.get("refresh_token").is_none(), "one comes only where it was asked for");
}

async fn token_with(world: &World, fields: &[(&str, &str)], scope: &str) -> Answer {
    let mut all = fields.to_vec();
    all.push(("scope", scope));
    token(world, &all).await
}

#[tokio::test]
async fn a_lost_reply_to_a_refresh_is_forgiven_for_as_long_as_the_option_says() {
    let world = World::with(|options| options.refresh_grace_seconds = 30).await;
    let (_, first) = pair(&exchange(&world, &code_for(&world, &[]).await, &[]).await);
    pair(&refresh(&world, &first).await);
    world.pass(29);
    let (_, second) = pair(&refresh(&world, &first).await);
    world.pass(1);
    assert_eq!(refresh(&world, &first).await.verdict(), "400 invalid_grant");
    assert_eq!(refresh(&world, &second).await.verdict(), "400 invalid_grant");
}

#[tokio::test]
async fn the_confidential_client_proves_itself_by_basic() {
    let world = World::start().await;
    let own = "https://partner-app.example/callback?kept=1";
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let good = "partner-app:s3cret%26%3D%2B";
    let cases = [
        (basic(good), "200"),
        (basic("partner-app:wrong"), "401 invalid_client"),
        (basic("someone:s3cret"), "401 invalid_client"),
        (basic("partner-console-sandbox:"), "401 invalid_client"),
        ("Basic ???".to_owned(), "401 invalid_client"),
        (basic(good).replace("Basic", "Bearer"), "401 invalid_client"),
    ];
    for (header, expected) in cases {
        let changes = [("client_id", Some("partner-app")), ("redirect_uri", Some(own))];
        let code = code_for(&world, &changes).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", own),
            ("code_verifier", VERIFIER),
        ];
        let request = form(world.request(Method::POST, "/oauth/token"), &fields);
        let answer = send(request.header("authorization", &header)).await;
        assert_eq!(answer.verdict(), expected, "{header}");
        assert_eq!(answer.header("www-authenticate").is_empty(), expected == "200", "{header}");
    }
    // One client's code is nothing in another's hands, and is not spent by it.
    let code = code_for(&world, &[]).await;
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
    let stolen =
        form(world.request(Method::POST, "/oauth/token"), &fields).header("authorization", basic(good));
    assert_eq!(send(stolen).await.verdict(), "400 invalid_grant");
    assert_eq!(exchange(&world, &code, &[]).await.status, 200);
}

#[tokio::test]
async fn token_requests_in_a_wrong_form_are_refused() {
    let world = World::start().await;
    let kind = "application/x-www-form-urlencoded";
    let cases = [
        ("application/json", "{}".to_owned(), "400 invalid_request"),
        (kind, String::new(), "401 invalid_client"),
        (kind, format!("client_id={CLIENT}&client_id={CLIENT}"), "400 invalid_request"),
        (kind, format!("client_id={CLIENT}&code={}", "x".repeat(1024 * 1024)), "413 invalid_request"),
    ];
    for path in ["/oauth/token", "/oauth/revoke"] {
        for (kind, body, expected) in cases.clone() {
            let answer = send(raw(world.request(Method::POST, path), kind, body)).await;
            assert_eq!(answer.verdict(), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn tokens_can_be_revoked() {
    let world = World::start().await;
    let revoke = async |token: &str| {
        let fields = [("client_id", CLIENT), ("token", token)];
        send(form(world.request(Method::POST, "/oauth/revoke"), &fields)).await.verdict()
    };
    let (access, first) = pair(&exchange(&world, &code_for(&world, &[]).await, &[]).await);
    assert_eq!(revoke("unknown").await, "200");
    assert_eq!(revoke("").await, "400 invalid_request");
    assert_eq!(revoke(&access).await, "200");
    assert_eq!(me(&world, &access).await.status, 401);
    let (access, second) = pair(&refresh(&world, &first).await);
    assert_eq!(revoke(&second).await, "200");
    assert_eq!(me(&world, &access).await.status, 401);
    assert_eq!(refresh(&world, &second).await.verdict(), "400 invalid_grant");
}

#[tokio::test]
async fn the_metadata_tells_where_everything_is() {
    let world = World::start().await;
    let metadata = world.get("/.well-known/oauth-authorization-server").await.json();
    let url = world.running.url();
    assert_eq!(metadata["issuer"], url);
    for (name, path, status) in [
        ("authorization_endpoint", "/oauth/authorize", 400),
        ("token_endpoint", "/oauth/token", 405),
        ("revocation_endpoint", "/oauth/revoke", 405),
        ("userinfo_endpoint", "/users/me", 401),
    ] {
        assert_eq!(metadata[name], format!("{url}{path}"));
        assert_eq!(world.get(path).await.status, status, "{name}");
    }
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
}

#[tokio::test]
async fn faults_of_a_sign_in() {
    let world = World::start().await;
    let url = world.running.url().to_owned();
    let cases = [
        ("wrong_state", json!("not-your-state"), json!(url)),
        ("wrong_issuer", json!("a b&c=ü"), json!("https://another-issuer.example")),
        ("no_issuer", json!("a b&c=ü"), Value::Null),
    ];
    for (kind, state, issuer) in cases {
        world.fault(json!({ "route": "authorize", "kind": kind, "times": 1 })).await;
        let back = led_back(&authorize(&world, &request(&[("auto", Some("qa-1"))])).await);
        assert_eq!((&back["state"], &back["iss"]), (&state, &issuer), "{kind}");
    }
    // A server that does not know PKCE asks for no challenge and checks no verifier.
    let bare = [("code_challenge", None), ("code_challenge_method", None)];
    for changes in [&bare[..], &[]] {
        world.fault(json!({ "route": "authorize", "kind": "pkce_ignored", "times": 1 })).await;
        let code = code_for(&world, changes).await;
        assert_eq!(exchange(&world, &code, &[("code_verifier", Some("anything"))]).await.status, 200);
    }
    let back = led_back(&authorize(&world, &request(&bare)).await);
    assert_eq!(back["error"], "invalid_request", "counted down, PKCE is needed again");
}
