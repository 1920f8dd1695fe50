//! The server around the routes: where it listens, under which names it answers, and how it ends.

use axum::body::Body;
use axum::http::Request;
use partner_sandbox::{Sandbox, SandboxOptions, SandboxState, StartError, router};
use reqwest::Method;
use tower::ServiceExt;

use crate::support::{World, send};

#[tokio::test]
async fn it_listens_on_loopback_only() {
    for (address, allowed) in [
        ("127.0.0.1:0", true),
        ("127.9.9.9:0", true),
        ("0.0.0.0:0", false),
        ("[::]:0", false),
        ("192.0.2.1:0", false),
    ] {
        let options = SandboxOptions { listen: address.parse().unwrap(), ..SandboxOptions::default() };
        match Sandbox::start(options).await {
            Ok(running) => {
                assert!(allowed, "{address}");
                assert!(running.url().starts_with("http://127."), "{}", running.url());
            }
            Err(error) => {
                assert!(!allowed && matches!(error, StartError::NotLoopback(_)), "{address}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn links_have_an_https_base() {
    for (base, allowed) in [
        ("https://links.example", true),
        ("https://links.example/", true),
        ("http://links.example", false),
        ("https://links.example/path", false),
        ("links.example", false),
        ("javascript:alert(1)", false),
    ] {
        let options = SandboxOptions { public_base: base.to_owned(), ..SandboxOptions::default() };
        assert_eq!(Sandbox::start(options).await.is_ok(), allowed, "{base}");
    }
    let world = World::with(|options| options.public_base = "https://links.example/".to_owned()).await;
    world.approved().await;
    let link = world.link("").await.json();
    assert!(link["url"].as_str().unwrap().starts_with("https://links.example/i/"), "{link}");
}

#[tokio::test]
async fn a_taken_port_is_said() {
    let world = World::start().await;
    let listen = world.running.url().strip_prefix("http://").unwrap().parse().unwrap();
    let error = Sandbox::start(SandboxOptions { listen, ..SandboxOptions::default() }).await.unwrap_err();
    assert!(matches!(error, StartError::Listen(at, _) if at == listen), "{error}");
}

#[tokio::test]
async fn a_foreign_name_is_refused() {
    let world = World::start().await;
    let cases = [
        ("127.0.0.1:80", 200),
        ("localhost:4780", 200),
        ("[::1]:4780", 200),
        ("partner-project.example", 200),
        ("rebound.example", 421),
        ("127.0.0.1.rebound.example", 421),
        ("192.0.2.1", 421),
        ("", 421),
    ];
    for (host, status) in cases {
        let answer = send(world.request(Method::GET, "/health").header("host", host)).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there() {
    let world = World::start().await;
    assert_eq!(world.get("/nowhere").await.verdict(), "404 not_found");
    assert_eq!(send(world.request(Method::DELETE, "/health")).await.verdict(), "405 method_not_allowed");
    let path = "/partner-project/apps/%FF/versions/1";
    assert_eq!(send(world.partner(Method::GET, path)).await.verdict(), "404 not_found");
    assert_eq!(world.get("/health").await.json()["status"], "ok");
    let home = world.get("/").await;
    assert!(home.text.contains("Not Talkdesk") && !home.text.contains(world.running.token()));
    let style = world.get("/sandbox.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.text.contains("color-scheme: light dark"));
}

#[tokio::test]
async fn tokens_are_as_given_or_random() {
    let given = World::with(|options| {
        options.token = Some("partner-token".to_owned());
        options.reviewer_token = Some("reviewer token".to_owned());
    })
    .await;
    assert_eq!((given.running.token(), given.running.reviewer_token()), ("partner-token", "reviewer token"));
    assert!(given.running.reviewer_url().ends_with("/reviewer?token=reviewer+token"));
    assert_eq!(send(given.http.get(given.running.reviewer_url())).await.status, 303);
    let (one, other) = (World::start().await, World::start().await);
    assert_ne!(one.running.token(), other.running.token());
}

#[tokio::test]
async fn stopping_closes_the_port() {
    // An address of its own: a port that is free again may be another test's by the next moment.
    let world = World::with(|options| options.listen = "127.9.9.8:0".parse().unwrap()).await;
    let url = format!("{}/health", world.running.url());
    assert_eq!(world.get("/health").await.status, 200);
    world.running.stop().await;
    assert!(world.http.get(&url).send().await.is_err_and(|error| error.is_connect()));
}

#[tokio::test]
async fn the_router_serves_in_process_too() {
    let state = SandboxState::new(SandboxOptions::default(), "http://127.0.0.1:1").unwrap();
    let token = state.token().to_owned();
    let request =
        Request::get("/partner-project/apps/a/versions/b").header("authorization", format!("Bearer {token}"));
    let response = router(state).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 404);
}

/// The program itself: what it prints is true, and it keeps to loopback.
#[tokio::test]
async fn the_program_says_where_it_is() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::process::Command;
    let program = env!("CARGO_BIN_EXE_partner-sandbox");
    let mut child = Command::new(program)
        .args(["--listen", "127.0.0.1:0", "--own-account", "second-own"])
        .args(["--redirect-uri", "https://partner-app.example/callback", "--client-secret", "s3cret"])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = async |what: &str| {
        let line = lines.next_line().await.unwrap().unwrap();
        line.strip_prefix(what).unwrap_or_else(|| panic!("{line}")).trim().to_owned()
    };
    let url = said("Partner sandbox").await;
    let token = said("API token").await;
    said("Reviewer token").await;
    assert_eq!(said("Gateways").await, format!("{url}/gateway/{{region}}"));
    let reviewer = said("Reviewer's page").await;
    let world = World::start().await;
    assert_eq!(send(world.http.get(reviewer)).await.status, 303);
    let unknown =
        send(world.http.get(format!("{url}/partner-project/apps/a/versions/b")).bearer_auth(token)).await;
    assert_eq!(unknown.verdict(), "404 not_found");
    let token_url = format!("{url}/oauth/token");
    let basic = world
        .http
        .post(token_url)
        .basic_auth("partner-app-sandbox", Some("s3cret"))
        .form(&[("grant_type", "x")]);
    assert_eq!(send(basic).await.verdict(), "400 unsupported_grant_type", "the client is known");
    child.kill().await.unwrap();

    for wrong in [
        &["--listen", "0.0.0.0:0"][..],
        &["--listen", "127.0.0.1:0", "--public-base", "http://links.example"],
        &["--client-secret", "s"],
        &["--deliver-to", "no url"],
        &["--signature-curve", "P-255"],
        &["--key-algorithm", "none"],
    ] {
        let ended = Command::new(program).args(wrong).kill_on_drop(true).output().await.unwrap();
        assert!(!ended.status.success() && !ended.stderr.is_empty() && ended.stdout.is_empty(), "{wrong:?}");
    }
}
