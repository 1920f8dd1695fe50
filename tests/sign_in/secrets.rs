//! What must never be read: tokens and codes, in a log or in what a value shows of itself.

use serde_json::json;

use crate::fake;
use crate::log::Log;
use crate::support::{CLIENT, Desk, LIVES, World, parameter};

#[tokio::test]
async fn no_token_and_no_code_is_logged_or_shown() {
    let log = Log::start(tracing::Level::TRACE);

    let mut desk = Desk::new();
    let world = World::with_grace(&desk, 30).await;
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let mut shown = vec![format!("{:?}", desk.session)];
    let back = desk.answer(&address, "partner-manager").await;
    desk.http.get(&back).send().await.unwrap();
    let state = desk.settled().await;
    shown.push(format!("{state:?}"));
    let mut secrets = vec![parameter(&back, "code"), parameter(&back, "state")];

    let first = desk.session.access_token().await.unwrap();
    world.fault(json!({ "route": "token", "kind": "lost_reply", "times": 1 })).await;
    desk.pass(LIVES);
    let second = desk.session.access_token().await.unwrap();
    shown.push(format!("{first:?} {second} {:?} {:?}", desk.session, desk.session.state()));
    secrets.extend([first.expose().clone(), second.expose().clone()]);

    world.fault(json!({ "route": "token", "kind": "garbage" })).await;
    desk.pass(LIVES);
    shown.push(format!("{:?}", desk.session.access_token().await));
    desk.session.sign_out().await;

    // A server whose refresh tokens are known here, too.
    let (_, issuer) =
        fake::Fake::start(fake::tokens("a-known-access-token", Some("a-known-refresh-token"))).await;
    let state = fake::sign_in(&mut desk, &issuer).await;
    desk.pass(LIVES);
    let token = desk.session.access_token().await.unwrap();
    shown.push(format!("{state:?} {token:?} {:?}", desk.session));
    secrets.extend(["a-known-access-token", "a-known-refresh-token"].map(str::to_owned));

    let logged = log.text();
    for line in ["partner_core::session: signed in", "partner_core::web: a call failed", "hyper_util"] {
        assert!(logged.contains(line), "the log is not whole, {line} is not in it: {logged}");
    }
    shown.push(logged);
    for secret in &secrets {
        assert!(secret.len() >= 16);
        assert!(shown.iter().all(|text| !text.contains(secret)), "a secret is in {shown:#?}");
    }
}
