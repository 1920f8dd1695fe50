//! The Apps API over a socket: pages, the documented object, and changes that are sent once.

use serde_json::json;

use super::*;
use crate::region::Regions;
use crate::testing::{Asked, Clock, Server, reply, reply_with};
use crate::wire::{Blocked, Reach};

struct World {
    server: Server,
    wire: Wire,
    ambient: Ambient,
    token: Secret<String>,
}

impl World {
    async fn start(answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        Self {
            server: Server::start(answer).await,
            wire: Wire::new(Reach::Sandbox, &Regions::default()).unwrap(),
            ambient: Clock::at("2026-11-27T03:00:00Z").ambient(),
            token: Secret::new("t0".to_owned()),
        }
    }

    fn apps(&self) -> Apps<'_> {
        Apps::new(&self.wire, &self.ambient, &self.server.url, &self.token)
    }

    fn lines(&self) -> Vec<String> {
        self.server.asked().into_iter().map(|asked| asked.line).collect()
    }
}

#[tokio::test]
async fn a_list_is_followed_by_next_with_the_accounts_token_and_to_no_other_origin() {
    let world = World::start(|asked| match asked.line.as_str() {
        "GET /apps" => {
            reply(200, r#"{"_embedded":{"apps":[{"id":"a1"}]},"_links":{"next":{"href":"/apps?page=2"}}}"#)
        }
        "GET /apps?page=2" => reply(200, r#"{"_embedded":{"apps":[{"id":"a2","name":"Two"}]}}"#),
        _ => reply(404, "{}"),
    })
    .await;
    let apps = world.apps().list().await.unwrap();
    assert_eq!(apps.iter().map(|app| app.id.as_str()).collect::<Vec<_>>(), ["a1", "a2"]);
    assert_eq!(world.lines(), ["GET /apps", "GET /apps?page=2"]);
    assert!(world.server.asked().iter().all(|asked| asked.head.contains("authorization: bearer t0")));

    let away = World::start(|_| {
        reply(200, r#"{"_embedded":{"apps":[]},"_links":{"next":{"href":"http://127.0.0.1:1/apps"}}}"#)
    })
    .await;
    let blocked = Failure::Blocked { host: "127.0.0.1".to_owned(), why: Blocked::Origin };
    assert_eq!(away.apps().list().await.unwrap_err(), blocked);
    let elsewhere = World::start(|_| reply_with(302, "location: https://elsewhere.example/\r\n", "")).await;
    assert!(matches!(elsewhere.apps().app("a").await, Err(Failure::Redirected { .. })));
    assert_eq!(elsewhere.lines().len(), 1);
}

#[tokio::test]
async fn an_odd_member_hides_no_other_and_what_is_no_app_says_where() {
    let world = World::start(|asked| match asked.line.as_str() {
        "GET /apps/a1" => reply(
            200,
            r#"{"id":"a1","name":"One","slug":null,"sandbox":"perhaps","capabilities":[{"name":"c"}],
                "urls":[{"type":"launch_url","url":"https://a.example"},{"type":"new_kind","url":"x"}],
                "subscription_types":[{"type":"paid","price":12.5}],"created_type":"partner"}"#,
        ),
        "GET /apps/none" => reply(200, "[]"),
        "GET /apps/nameless" => reply(200, r#"{"name":"x"}"#),
        _ => reply(404, r#"{"code":"not_found","message":"There is no such app."}"#),
    })
    .await;
    let app = world.apps().app("a1").await.unwrap();
    assert_eq!((app.name.as_deref(), app.slug.as_deref(), app.sandbox), (Some("One"), None, None));
    assert_eq!(app.unread(), ["sandbox"]);
    assert_eq!(app.urls.unwrap().len(), 2, "a kind of tomorrow is taken as it comes");
    assert_eq!(app.subscription_types.unwrap()[0].price, json!(12.5));
    assert_eq!(app.other.0["created_type"], "partner");
    for (id, place) in [("none", "app"), ("nameless", "id")] {
        let error = world.apps().app(id).await.unwrap_err();
        assert_eq!(error, Failure::Unreadable { host: "127.0.0.1".to_owned(), place: place.to_owned() });
    }
    assert!(matches!(world.apps().app("gone").await, Err(Failure::Refused { status: 404, .. })));
}

#[tokio::test]
async fn a_change_is_sent_once_and_its_refusal_keeps_talkdesks_words() {
    let world = World::start(|asked| match asked.line.as_str() {
        "PATCH /apps/a1" => reply(200, "{}"),
        "PATCH /apps/a2" => reply(403, r#"{"code":"forbidden","message":"Not for partners."}"#),
        _ => reply(500, "{}"),
    })
    .await;
    let changes = json!({ "slug": "notes" });
    world.apps().change("a1", &changes).await.unwrap();
    assert_eq!(world.server.asked()[0].body, r#"{"slug":"notes"}"#);
    let Err(Failure::Refused { status, problem, .. }) = world.apps().change("a2", &changes).await else {
        panic!()
    };
    assert_eq!((status, problem.message.as_str()), (403, "Not for partners."));
    assert!(world.apps().change("a3", &changes).await.is_err());
    assert_eq!(
        world.lines(),
        ["PATCH /apps/a1", "PATCH /apps/a2", "PATCH /apps/a3"],
        "nothing is sent twice"
    );
}
