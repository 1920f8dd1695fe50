//! What outlasts the process: tokens in the vault, and what a locked vault holds up.

use partner_core::error::ErrorCode;
use partner_core::session::SessionState;

use crate::fake::{self, Fake};
use crate::support::{CLIENT, Desk, LIVES, World, registration};

#[tokio::test]
async fn a_session_goes_on_after_a_restart_with_the_token_that_was_rotated_last() {
    let mut desk = Desk::new();
    // Each refresh token is taken once: an older one would end it all.
    let world = World::start(&desk).await;
    desk.signed_in(world.issuer()).await;
    for round in 0..3 {
        desk.pass(LIVES);
        desk.session.access_token().await.unwrap();
        let next = desk.again();
        next.session.restore(&registration(world.issuer(), CLIENT)).await.unwrap();
        assert!(next.is_signed_in(), "round {round}");
        next.pass(LIVES);
        let token = next.session.access_token().await.unwrap();
        assert_eq!(world.name_of(token.expose()).await.as_deref(), Some("Partner manager"), "round {round}");
        desk = next;
    }
    desk.session.sign_out().await;
    let next = desk.again();
    next.session.restore(&registration(world.issuer(), CLIENT)).await.unwrap();
    assert_eq!(next.session.state(), SessionState::SignedOut, "nothing is left of it");
}

#[tokio::test]
async fn what_was_kept_for_another_client_is_not_taken_up() {
    let mut desk = Desk::new();
    let (_, issuer) = Fake::start(fake::tokens("a1", Some("r1"))).await;
    fake::sign_in(&mut desk, &issuer).await;
    let next = desk.again();
    next.session.restore(&registration(&issuer, "another")).await.unwrap();
    assert_eq!(next.session.state(), SessionState::SignedOut);
    next.session.restore(&registration(&issuer, CLIENT)).await.unwrap();
    assert!(next.is_signed_in());
}

/// What a server rotates and nobody can keep would be lost with the process.
#[tokio::test]
async fn no_token_is_rotated_while_the_vault_is_locked() {
    let mut desk = Desk::new();
    let (fake, issuer) = Fake::start(fake::tokens("a1", Some("r1"))).await;
    fake::sign_in(&mut desk, &issuer).await;
    let asked = fake.told().len();
    desk.outside.vault.lock().unwrap().locked = true;
    desk.pass(LIVES - 1);
    assert_eq!(desk.session.access_token().await.unwrap().expose(), "a1", "what is left of it serves");
    desk.pass(1);
    assert_eq!(desk.session.access_token().await.unwrap_err().code, ErrorCode::VaultLocked);
    assert!(desk.is_signed_in(), "and nobody is signed out for it");
    assert_eq!(fake.told().len(), asked, "the server was not asked");
    desk.outside.vault.lock().unwrap().locked = false;
    fake.says(fake::tokens("a2", Some("r2")));
    assert_eq!(desk.session.access_token().await.unwrap().expose(), "a2");
}
