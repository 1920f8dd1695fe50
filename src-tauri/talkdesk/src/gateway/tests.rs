use super::*;
use crate::region::Regions;
use crate::secret::Secret;
use crate::testing::{Asked, Clock, Server, reply};
use crate::token::Authentication;
use crate::wire::{Blocked, Reach};

/// A gateway that answers by the asked line, with a Talkdesk ID beside it whose tokens count up.
struct World {
    server: Server,
    wire: Wire,
    ambient: Ambient,
    tokens: Tokens,
}

impl World {
    async fn start(answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        let given = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::start(move |asked| {
            if asked.line == "POST /oauth/token" {
                let token = given.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                return reply(
                    200,
                    &format!(r#"{{"access_token":"t{token}","token_type":"bearer","expires_in":600}}"#),
                );
            }
            answer(asked)
        })
        .await;
        let wire = Wire::new(Reach::Sandbox, &Regions::default()).unwrap();
        let ambient = Clock::at("2026-11-27T03:00:00Z").ambient();
        let url = server.url.join("/oauth/token").unwrap();
        let secret = Authentication::Basic(Secret::new("s".to_owned()));
        let tokens = Tokens::new(wire.clone(), ambient.clone(), url, "c", secret, &[]);
        Self { server, wire, ambient, tokens }
    }

    fn gateway(&self) -> Gateway<'_> {
        Gateway::new(&self.wire, &self.ambient, &self.server.url, &self.tokens)
    }

    /// What was asked of the gateway, without Talkdesk ID.
    fn lines(&self) -> Vec<String> {
        let asked = self.server.asked().into_iter().map(|asked| asked.line);
        asked.filter(|line| line != "POST /oauth/token").collect()
    }
}

#[tokio::test]
async fn calls_go_where_the_description_says() {
    let world = World::start(|asked| match asked.line.as_str() {
        line if line.starts_with("POST") && line.ends_with("/i1/state") => {
            reply(200, r#"{"state":"completed","reason":null,"updated_at":"2026-11-27T03:00:01Z"}"#)
        }
        line if line.starts_with("POST") => reply(202, ""),
        line if line.ends_with("/i1") => reply(
            200,
            r#"{"id":"i1","account_id":"a1","scopes":["x"],"_embedded":{"state":{"state":"pending"},"created_by":{}},"new":1}"#,
        ),
        _ => reply(200, r#"{"id":"u1"}"#),
    })
    .await;
    let gateway = world.gateway();
    assert_eq!(gateway.me().await.unwrap()["id"], "u1");
    let installation = gateway.installation("app", "i1").await.unwrap();
    assert_eq!(installation.embedded.state.unwrap().state, "pending");
    assert!(
        installation.other.0.contains_key("new") && installation.embedded.other.0.contains_key("created_by")
    );
    gateway.subscription("app", "i1").await.unwrap();
    gateway.trial("app", "i1").await.unwrap();
    assert_eq!(gateway.event("app", "e/1").await.unwrap(), br#"{"id":"u1"}"#);
    let state = gateway.acknowledge("app", "i1", &Acknowledgement::Approve).await.unwrap();
    assert_eq!(state.state, "completed");
    let reject = Acknowledgement::Reject { reason: "No space".to_owned() };
    gateway.acknowledge("app", "i1", &reject).await.unwrap();
    gateway.acknowledge_credentials("app", "i1", "c1").await.unwrap();
    gateway.rotate_credentials("app", "i1").await.unwrap();
    assert_eq!(
        world.lines(),
        [
            "GET /users/me",
            "GET /apps/app/installations/i1",
            "GET /apps/app/installations/i1/subscription",
            "GET /apps/app/installations/i1/trial",
            "GET /apps/app/events/e%2F1",
            "POST /apps/app/installations/i1/state",
            "POST /apps/app/installations/i1/state",
            "POST /apps/app/installations/i1/credentials/c1/state",
            "POST /apps/app/installations/i1/credentials/actions/rotate",
        ]
    );
    let bodies: Vec<_> =
        world.server.asked().into_iter().filter(|asked| asked.body.starts_with('{')).collect();
    assert_eq!(
        bodies.iter().map(|asked| asked.body.as_str()).collect::<Vec<_>>(),
        [
            r#"{"state":"approve"}"#,
            r#"{"state":"reject","reason":"No space"}"#,
            r#"{"state":"acknowledged"}"#,
            "{}"
        ]
    );
    assert!(bodies.iter().all(|asked| asked.head.contains("authorization: bearer t0")));
}

#[tokio::test]
async fn reading_is_repeated_once_with_a_new_token_and_doing_never() {
    let world = World::start(|asked| {
        if asked.head.contains("bearer t0") { reply(401, r#"{"error":"expired"}"#) } else { reply(200, "{}") }
    })
    .await;
    assert!(world.gateway().me().await.is_ok());
    assert_eq!(world.lines(), ["GET /users/me", "GET /users/me"]);
    let world = World::start(|_| reply(401, r#"{"error":"no scope"}"#)).await;
    assert!(matches!(world.gateway().me().await, Err(Failure::Refused { status: 401, .. })));
    assert_eq!(world.lines().len(), 2);
    let refused = world.gateway().rotate_credentials("app", "i1").await;
    assert!(matches!(refused, Err(Failure::Refused { status: 401, .. })));
    assert_eq!(world.lines().len(), 3);
}

#[tokio::test]
async fn a_list_is_followed_to_its_end_and_nowhere_else() {
    let page = |users: &str, next: &str| {
        reply(200, &format!(r#"{{"_embedded":{{"users":[{users}]}},"_links":{{"next":{next}}}}}"#))
    };
    let world = World::start(move |asked| match asked.line.as_str() {
        "GET /apps/app/installations/two/users" => page("1,2", r#"{"href":"/second"}"#),
        "GET /second" => page("3", "null"),
        line if line.starts_with("GET /apps/app/installations/loop/users") => page("1", r#"{"href":"?"}"#),
        "GET /apps/app/installations/away/users" => page("1", r#"{"href":"http://127.0.0.1:1/steal"}"#),
        "GET /apps/app/installations/bad/users" => reply(200, "[]"),
        line if line.starts_with("GET /apps/app/installations/endless/users") => {
            let at: usize = line.split('=').nth(1).map_or(0, |at| at.parse().unwrap());
            page("1", &format!(r#"{{"href":"?page={}"}}"#, at + 1))
        }
        _ => reply(404, r#"{"error":"No such installation"}"#),
    })
    .await;
    let gateway = world.gateway();
    assert_eq!(gateway.users("app", "two").await.unwrap(), [1, 2, 3]);
    let host = || "127.0.0.1".to_owned();
    assert_eq!(gateway.users("app", "loop").await.unwrap_err(), Failure::TooLarge(host()));
    assert_eq!(gateway.users("app", "endless").await.unwrap_err(), Failure::TooLarge(host()));
    let away = Failure::Blocked { host: host(), why: Blocked::Origin };
    assert_eq!(gateway.users("app", "away").await.unwrap_err(), away);
    assert!(matches!(gateway.users("app", "bad").await, Err(Failure::Unreadable { .. })));
    assert!(matches!(gateway.users("app", "none").await, Err(Failure::Refused { status: 404, .. })));
}

#[test]
fn an_id_cannot_lead_out_of_its_place() {
    let root = Url::parse("https://api.talkdeskapp.eu/base/?q#f").unwrap();
    let at = |id: &str| join(&root, &["apps", id]).map(String::from);
    assert_eq!(at("a").unwrap(), "https://api.talkdeskapp.eu/base/apps/a");
    assert_eq!(at("../x?y#z").unwrap(), "https://api.talkdeskapp.eu/base/apps/..%2Fx%3Fy%23z");
    for bad in ["", ".", ".."] {
        assert_eq!(at(bad), None, "{bad}");
    }
}
