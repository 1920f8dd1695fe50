//! The other ways there and back: the app's own window, a pasted address, fixed ports, an https redirect.

use std::sync::atomic::Ordering;

use partner_core::error::ErrorCode;
use partner_core::session::registration::{AuthServer, Redirect, Registration, Way};
use partner_core::session::{Reason, SessionState, Told};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::support::{CLIENT, Desk, World, parameter, registration};

/// A redirect of its own, as Talkdesk registers one with the app. Nobody is there, and nobody has to be.
const HTTPS: &str = "https://partner.example/callback";

fn with_https(issuer: &str) -> Registration {
    Registration {
        redirect: Redirect::Https { uri: HTTPS.to_owned() },
        ..registration(issuer, "https-client")
    }
}

fn name_of(state: &SessionState) -> &str {
    match state {
        SessionState::SignedIn { name, .. } => name,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_window_catches_the_redirect_and_says_what_it_shows() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let address = desk.session.begin(&registration(world.issuer(), CLIENT), Way::Window).await.unwrap();
    let window = desk.shown().await;
    assert_eq!(window.address.as_str(), address);
    (window.told)(Told::At("https://id.example".to_owned()));
    let SessionState::Waiting { by, page, .. } = desk.session.state() else { panic!("it does not wait") };
    assert_eq!((by, page.as_str()), (Way::Window, "https://id.example"));

    let back = Url::parse(&desk.answer(&address, "qa-1").await).unwrap();
    (window.told)(Told::Back(back.clone()));
    // What comes again, from a page that plays the server, is too late.
    (window.told)(Told::Back(back));
    assert_eq!(name_of(&desk.settled().await), "QA 1");
    assert!(desk.outside.closed.load(Ordering::SeqCst) > 0);
    (window.told)(Told::Closed);
    assert!(desk.is_signed_in(), "closing it is no sign-out");
}

#[tokio::test]
async fn closing_the_window_cancels_unless_the_browser_took_over() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    let registered = registration(world.issuer(), CLIENT);
    desk.session.begin(&registered, Way::Window).await.unwrap();
    let window = desk.shown().await;
    (window.told)(Told::Closed);
    assert_eq!(desk.settled().await, SessionState::SignedOut);

    let address = desk.session.begin(&registered, Way::Window).await.unwrap();
    let late = window;
    let window = desk.shown().await;
    (late.told)(Told::Closed);
    assert!(desk.waits_at(&address), "the window of an earlier attempt has no say");
    desk.session.use_browser().unwrap();
    assert_eq!(desk.opened().await, address);
    (window.told)(Told::Closed);
    assert!(desk.waits_at(&address));
    let back = desk.answer(&address, "developer").await;
    desk.http.get(back).send().await.unwrap();
    assert_eq!(name_of(&desk.settled().await), "Developer");
}

#[tokio::test]
async fn a_pasted_address_counts_where_it_is_of_this_sign_in() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    assert_eq!(desk.session.paste("https://partner.example").unwrap_err().code, ErrorCode::NotFound);
    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let back = desk.answer(&address, "qa-1").await;
    let other = back.replace("/callback", "/elsewhere");
    for wrong in ["", "c0de", "code=c0de&state=s", &other, back.split('?').next().unwrap()] {
        let error = desk.session.paste(wrong).unwrap_err();
        assert_eq!(error.place.unwrap().input.as_deref(), Some("pasted"), "{wrong}");
        assert!(desk.waits_at(&address));
    }
    desk.session.paste(&format!("  {back}\n")).unwrap();
    assert_eq!(name_of(&desk.settled().await), "QA 1");

    let address = desk.begin(world.issuer(), CLIENT).await.unwrap();
    let back = desk.answer(&address, "qa-1").await;
    let state = parameter(&back, "state");
    desk.session.paste(&back.replace(&state, "of-another-one")).unwrap();
    assert!(matches!(desk.settled().await, SessionState::Failed { reason: Reason::WrongState, .. }));
}

#[tokio::test]
async fn an_https_redirect_is_caught_or_pasted_and_needs_no_listener() {
    let mut desk = Desk::new();
    let (fake, issuer) = crate::fake::Fake::start(crate::fake::tokens("a1", None)).await;
    for by_window in [true, false] {
        let way = if by_window { Way::Window } else { Way::Browser };
        let address = desk.session.begin(&with_https(&issuer), way).await.unwrap();
        assert_eq!(parameter(&address, "redirect_uri"), HTTPS);
        let back = format!("{HTTPS}?code=c0de&state={}", parameter(&address, "state"));
        if by_window {
            (desk.shown().await.told)(Told::Back(Url::parse(&back).unwrap()));
        } else {
            desk.session.paste(&back).unwrap();
        }
        assert!(matches!(desk.settled().await, SessionState::SignedIn { .. }), "{:?}", desk.session.state());
        let told = fake.told().pop().unwrap();
        assert!(told.contains("redirect_uri=https%3A%2F%2Fpartner.example%2Fcallback"), "{told}");
    }
}

#[tokio::test]
async fn fixed_ports_are_tried_in_their_order() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    // Two that were free a moment ago; one is taken.
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (busy, port) = (taken.local_addr().unwrap().port(), free.local_addr().unwrap().port());
    drop(free);
    let mut registered = registration(world.issuer(), CLIENT);
    registered.redirect = Redirect::Ports { ports: vec![busy] };
    let error = desk.session.begin(&registered, Way::Browser).await.unwrap_err();
    assert_eq!(error.place.unwrap().input.as_deref(), Some("ports"));
    registered.redirect = Redirect::Ports { ports: vec![busy, port] };
    let address = desk.session.begin(&registered, Way::Browser).await.unwrap();
    assert_eq!(parameter(&address, "redirect_uri"), format!("http://127.0.0.1:{port}/callback"));
    let back = desk.answer(&address, "qa-1").await;
    desk.http.get(back).send().await.unwrap();
    assert_eq!(name_of(&desk.settled().await), "QA 1");
}

/// Talkdesk ID documents no metadata: its addresses are entered.
#[tokio::test]
async fn a_server_whose_addresses_were_entered_needs_no_metadata() {
    let mut desk = Desk::new();
    let world = World::start(&desk).await;
    world.fault(json!({ "route": "metadata", "kind": "status", "status": 404 })).await;
    let at = |path: &str| format!("{}{path}", world.issuer());
    let mut registered = registration(world.issuer(), CLIENT);
    registered.server = AuthServer::Endpoints {
        authorization: at("/oauth/authorize"),
        token: at("/oauth/token"),
        userinfo: at("/users/me"),
        revocation: String::new(),
    };
    registered.scopes = vec!["openid".to_owned(), "refresh_token".to_owned()];
    let address = desk.session.begin(&registered, Way::Browser).await.unwrap();
    let back = desk.answer(&address, "qa-1").await;
    desk.http.get(back).send().await.unwrap();
    let state = desk.settled().await;
    assert_eq!(name_of(&state), "QA 1");
    let SessionState::SignedIn { issuer, .. } = state else { panic!() };
    assert_eq!(issuer, world.issuer(), "it is known by where its page is");
}
