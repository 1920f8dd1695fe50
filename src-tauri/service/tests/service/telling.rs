//! Alerts and digests by mail and to chat tools: to whom, when, and once, whatever dies in between.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::routing::post;
use domain::alert::{Cared, DAY};
use domain::ids::{InstallationId, MemberId};
use domain::installation::{CredentialSet, EventFacts, Happened, Received, Word};
use domain::protocol::{FailingApps, Hooks};
use domain::workspace::{Absence, MailWish, Policies};
use domain::{AggregateRef, Body, Timestamp};
use partner_service::{Service, Telling};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::hooks::{Gateway, Sent, made, receiving};
use crate::relay::{self, App};
use crate::world::{
    ADMIN, DEVELOPER, MANAGER, On, QA, Store, VIEWER, WORKSPACE, World, command, project, started,
    version_id, workspace,
};

crate::both! {
    what_happened_is_told_once_over_all_replicas,
    a_mail_server_that_is_away_is_waited_for_over_a_restart,
    a_second_person_hears_three_days_and_one_day_before,
    whoever_covers_is_told_and_nobody_who_does_not_want_it,
    a_digest_comes_once_a_day,
    an_app_that_takes_no_events_is_told_of,
    an_app_that_was_put_off_is_told_of_on_the_day_on_which_it_is_back,
}

const INSTALLED: AggregateRef = AggregateRef::Installation(InstallationId::from_u128(0x51));

/// A mail on its way: to whom, and the whole of it.
#[derive(Clone, Debug)]
struct Mail {
    to: String,
    text: String,
}

/// A mail server that answers a message as it is told, and takes it after that.
struct MailServer {
    address: String,
    got: Arc<Mutex<Vec<Mail>>>,
}

impl MailServer {
    async fn start(answers: &[&'static str]) -> Self {
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>()));
        let got = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let kept = Arc::clone(&got);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&answers), Arc::clone(&kept)));
            }
        });
        Self { address, got }
    }

    /// What came since it was asked last, by the recipient.
    fn take(&self) -> Vec<Mail> {
        let mut got = std::mem::take(&mut *self.got.lock().unwrap());
        got.sort_by(|a, b| a.to.cmp(&b.to));
        got
    }

    fn recipients(&self) -> Vec<String> {
        self.take().into_iter().map(|mail| mail.to).collect()
    }
}

/// One conversation of RFC 5321.
async fn converse(
    stream: TcpStream,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    got: Arc<Mutex<Vec<Mail>>>,
) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await.unwrap();
    let mut to = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250 mail.example",
            "MAIL" => "250 go on",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 go on"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                let answer = answers.lock().unwrap().pop_front().unwrap_or("250 taken");
                if answer.starts_with("250") {
                    got.lock().unwrap().push(Mail { to: to.clone(), text });
                }
                answer
            }
            "QUIT" => "221 bye",
            _ => "502 what",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A chat tool that takes everything.
async fn chat() -> (String, Arc<Mutex<Vec<Value>>>) {
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&got);
    let take = move |Json(body): Json<Value>| async move { kept.lock().unwrap().push(body) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/chat", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/chat", post(take))).await });
    (url, got)
}

fn telling(mail: &MailServer, more: &Value) -> Telling {
    let mut file = json!({ "smtp": mail.address, "from": "Partner Console <partner@example.com>" });
    file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Telling::read(&file.to_string(), None).unwrap()
}

/// The people with their addresses, as sign-ins would have left them.
async fn with_addresses(store: &Store) {
    let person = |member: MemberId, name: &str, roles: Value| {
        json!({ "id": member, "name": name, "email": format!("{}@example.com", name.to_lowercase()), "roles": roles,
                "issuer": "https://id.example", "subject": name, "joined_at": 1, "removed_at": null })
    };
    let people = json!({ "members": [
        person(MANAGER, "Manager", json!(["admin", "partner_manager"])),
        person(QA, "Tester", json!(["qa"])),
        person(DEVELOPER, "Developer", json!(["developer"])),
        person(ADMIN, "Admin", json!(["admin"])),
        person(VIEWER, "Viewer", json!(["viewer"])),
    ], "invitations": [] });
    let id = match store {
        Store::File(_) => format!("X'{}'", WORKSPACE.0.simple()),
        Store::Database(_) => format!("'{}'", WORKSPACE.0),
    };
    let people = people.to_string();
    assert_eq!(
        store.change(&format!("INSERT INTO people (workspace, people) VALUES ({id}, '{people}')")).await,
        1
    );
}

/// A workspace with an installation of the first day, as far as the service was open before.
async fn world(on: On, mail: &MailServer, more: &Value) -> World {
    let mut world = World::new(on).await;
    world.take(&started()).await;
    for (n, member) in [(101, QA), (102, DEVELOPER), (103, ADMIN)] {
        let enter = command(n, workspace(), Body::MemberEnter { name: format!("{member}") });
        world.send_as(member, &[enter]).await;
    }
    with_addresses(&world.store).await;
    world.service = world.service.telling(telling(mail, more));
    world.service.tell_alerts().await.unwrap();
    assert!(mail.take().is_empty(), "nothing happened yet");
    world
}

fn set() -> CredentialSet {
    CredentialSet { client_id: "client-1".to_owned(), has_secret: true, ..CredentialSet::default() }
}

fn event(n: u128, id: &str, at: i64, what: Happened) -> domain::Envelope {
    let event = EventFacts {
        id: id.to_owned(),
        happened_at: Timestamp(at),
        what,
        installation: "5f0c2a7d".to_owned(),
        account: "account".to_owned(),
        account_name: "sample-customer".to_owned(),
        app: String::new(),
        version: String::new(),
        version_name: String::new(),
        root: "https://api.talkdeskapp.eu".to_owned(),
        region: "EU".to_owned(),
        tokens: String::new(),
        authorization: String::new(),
        key_id: "key".to_owned(),
        received: Received::Relay,
        body: None,
    };
    command(n, INSTALLED, Body::EventTake { event: Box::new(event) })
}

fn users(n: u128, id: &str, at: i64) -> domain::Envelope {
    let what = Happened::Updated { adding: vec!["u1".into(), "u2".into()], removing: Vec::new(), plan: None };
    event(n, id, at, what)
}

fn to_day(world: &World, day: i64) {
    world.now.store(day * DAY + 60_000, Ordering::SeqCst);
}

async fn what_happened_is_told_once_over_all_replicas(on: On) {
    let mail = MailServer::start(&[]).await;
    let (url, said) = chat().await;
    let more = json!({ "webhooks": [{ "name": "chat", "url": url }], "digest": "23:59" });
    let world = world(on, &mail, &more).await;
    to_day(&world, 1);
    let gone = Happened::Uninstalled { reason: "other".into(), message: "We use another app.".into() };
    world.take(&[users(201, "e1", DAY), event(202, "e2", DAY + 1, gone)]).await;
    let second: Service = world.open().await.unwrap().telling(telling(&mail, &more));
    let (one, two) = tokio::join!(world.service.tell_alerts(), second.tell_alerts());
    one.unwrap();
    two.unwrap();
    let mails = mail.take();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].to, "manager@example.com", "nobody looks after it: the partner manager does");
    let text = &mails[0].text;
    for part in [
        "Subject: 2 alerts: Sample Apps",
        "sample-customer: 2 users added",
        "We use another app.",
        "Message-ID: <",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let said = || said.lock().unwrap().clone();
    assert_eq!(said().len(), 1);
    let text = said()[0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("sample-customer: uninstalled (other)"), "{text}");
    assert!(!text.contains("We use another app."), "a customer's words stay out of chat: {text}");
    // Not again, by whichever replica, and what was sent is not kept.
    to_day(&world, 2);
    second.tell_alerts().await.unwrap();
    world.service.tell_alerts().await.unwrap();
    assert_eq!((mail.take().len(), said().len()), (0, 1));
    let blank = "UPDATE message SET tries = tries WHERE state = 'sent' AND content = ''";
    assert_eq!(world.store.change(blank).await, 2);
    // The next event is told alone.
    world.take(&[users(203, "e3", 2 * DAY)]).await;
    to_day(&world, 3);
    second.tell_alerts().await.unwrap();
    let mails = mail.take();
    assert!(
        mails.len() == 1 && mails[0].text.contains("Subject: sample-customer: 2 users added"),
        "{mails:?}"
    );
    // That they were sent is forgotten after a month.
    let kept = format!("UPDATE message SET tries = tries WHERE since < {}", 11 * DAY);
    assert_eq!(world.store.change(&kept).await, 4);
    world.now.store(41 * DAY - 1, Ordering::SeqCst);
    world.service.tell_alerts().await.unwrap();
    assert_eq!(world.store.change(&kept).await, 0);
}

async fn a_mail_server_that_is_away_is_waited_for_over_a_restart(on: On) {
    let mail = MailServer::start(&["451 later", "535 who", "250 taken", "554 never"]).await;
    let more = json!({ "digest": "23:59" });
    let mut world = world(on, &mail, &more).await;
    to_day(&world, 1);
    world.take(&[users(201, "e1", DAY)]).await;
    world.service.tell_alerts().await.unwrap();
    // Not before it is due.
    world.service.tell_alerts().await.unwrap();
    assert_eq!(mail.take().len(), 0);
    world = world.reopened().await;
    world.service = world.service.telling(telling(&mail, &more));
    for minutes in [2, 8] {
        world.now.fetch_add(minutes * 60_000, Ordering::SeqCst);
        world.service.tell_alerts().await.unwrap();
    }
    assert_eq!(mail.recipients(), ["manager@example.com"], "the third try, and none after it");
    // What the server refuses for good is not tried again.
    world.take(&[users(202, "e2", DAY + 1)]).await;
    to_day(&world, 2);
    world.service.tell_alerts().await.unwrap();
    to_day(&world, 3);
    world.service.tell_alerts().await.unwrap();
    assert_eq!(mail.take().len(), 0);
    let given_up = "UPDATE message SET tries = tries WHERE state = 'given_up' AND fault = '554'";
    assert_eq!(world.store.change(given_up).await, 1);
}

async fn a_second_person_hears_three_days_and_one_day_before(on: On) {
    let mail = MailServer::start(&[]).await;
    let world = world(on, &mail, &json!({ "digest": "23:59" })).await;
    to_day(&world, 1);
    let policies = Policies { escalate_to: Some(ADMIN), ..Policies::default() };
    world
        .take(&[
            event(201, "e1", DAY, Happened::Installed { set: set() }),
            command(202, INSTALLED, Body::AlertAssign { about: Cared::Installation, to: Some(DEVELOPER) }),
            command(203, workspace(), Body::SetPolicies { policies }),
        ])
        .await;
    let (developer, admin) = ("developer@example.com", "admin@example.com");
    // Talkdesk waits until the eighth day.
    for (day, told) in [
        (1, vec![]),
        (4, vec![]),
        (5, vec![admin, developer]),
        (6, vec![]),
        (7, vec![admin, developer]),
        (8, vec![developer]),
        (9, vec![]),
    ] {
        to_day(&world, day);
        world.service.tell_alerts().await.unwrap();
        let mails = mail.take();
        assert_eq!(mails.iter().map(|mail| &*mail.to).collect::<Vec<_>>(), told, "day {day}");
        for mail in mails {
            let second = mail.text.contains("looked after by");
            assert_eq!(second, mail.to == admin, "{}", mail.text);
            assert!(mail.text.contains("answer Talkdesk on an install by 1970-01-09"), "{}", mail.text);
        }
    }
    // What is answered is not told any more.
    let seen = |state: &str| domain::installation::TalkdeskState {
        state: state.to_owned(),
        reason: String::new(),
        updated_at: None,
    };
    world
        .take(&[event(
            204,
            "e2",
            9 * DAY,
            Happened::Uninstalled { reason: String::new(), message: String::new() },
        )])
        .await;
    to_day(&world, 10);
    world.service.tell_alerts().await.unwrap();
    assert_eq!(mail.recipients(), [developer], "that the app was uninstalled");
    let answer = Body::InstallationAnswer {
        events: vec!["e2".to_owned()],
        word: Word::Approve,
        before: seen("pending"),
        after: seen("completed"),
    };
    world.take(&[command(205, INSTALLED, answer)]).await;
    to_day(&world, 15);
    world.service.tell_alerts().await.unwrap();
    let mails = mail.take();
    assert!(mails.is_empty(), "{mails:?}");
}

async fn whoever_covers_is_told_and_nobody_who_does_not_want_it(on: On) {
    let mail = MailServer::start(&[]).await;
    let world = world(on, &mail, &json!({ "digest": "23:59" })).await;
    to_day(&world, 1);
    let absence = Some(Absence { until: "1970-01-03".to_owned(), cover: Some(QA) });
    world
        .take(&[
            users(201, "e1", DAY),
            command(202, INSTALLED, Body::AlertAssign { about: Cared::Installation, to: Some(DEVELOPER) }),
            command(203, workspace(), Body::MemberSetAbsence { member: DEVELOPER, absence }),
        ])
        .await;
    let wish =
        |alerts| Body::MemberSetMail { mail: MailWish { alerts, digest: false, language: "pt".into() } };
    world.send_as(QA, &[command(204, workspace(), wish(true))]).await;
    world.service.tell_alerts().await.unwrap();
    let mails = mail.take();
    assert_eq!(mails.iter().map(|mail| &*mail.to).collect::<Vec<_>>(), ["tester@example.com"]);
    assert!(mails[0].text.contains("2 utilizadores adicionados"), "{}", mails[0].text);
    world.send_as(QA, &[command(205, workspace(), wish(false))]).await;
    world.take(&[users(207, "e3", DAY + 2)]).await;
    to_day(&world, 2);
    world.service.tell_alerts().await.unwrap();
    assert!(mail.take().is_empty(), "mail is not wanted");
    // Put off, it is told on the day on which it is back; by then the developer is, too.
    let off = Body::AlertSnooze { alert: "users:e4".into(), until: Some("1970-01-06".into()) };
    world.take(&[users(208, "e4", 2 * DAY), command(209, INSTALLED, off)]).await;
    // Back, the developer hears on the fourth day of what the cover heard, or did not want to.
    for (day, told) in [(4, 1), (5, 1), (6, 0)] {
        to_day(&world, day);
        world.service.tell_alerts().await.unwrap();
        assert_eq!(mail.recipients(), vec!["developer@example.com"; told], "day {day}");
    }
}

async fn a_digest_comes_once_a_day(on: On) {
    let mail = MailServer::start(&[]).await;
    let world = world(on, &mail, &json!({ "digest": "08:00" })).await;
    let wish = MailWish { alerts: false, digest: true, language: "es".into() };
    world.take(&[command(200, workspace(), Body::MemberSetMail { mail: wish })]).await;
    world.take(&[event(201, "e1", DAY, Happened::Installed { set: set() }), users(202, "e2", DAY)]).await;
    let mut came = Vec::new();
    // From hour to hour, two days and a half, the first a day before anything was open.
    for hour in 24..24 + 60 {
        world.now.store(hour * DAY / 24, Ordering::SeqCst);
        world.service.tell_alerts().await.unwrap();
        for mail in mail.take() {
            assert_eq!(mail.to, "manager@example.com");
            assert!(mail.text.contains("Sample Apps"), "{}", mail.text);
            came.push((hour / 24, hour % 24));
        }
    }
    assert_eq!(came, [(1, 8), (2, 8), (3, 8)]);
}

async fn an_app_that_takes_no_events_is_told_of(on: On) {
    let mail = MailServer::start(&[]).await;
    let (gateway, app) = (Gateway::start().await, App::start([500, 403, 403], "").await);
    let mut world = receiving(on, &gateway).await;
    with_addresses(&world.store).await;
    world.service = world.service.telling(telling(&mail, &json!({ "digest": "23:59" })));
    world.service.tell_alerts().await.unwrap();
    let hook = made(&world).await;
    assert_eq!(relay::set(&world, MANAGER, &hook, json!(app.url)).await.0, 204);
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, 200);
    let (waits, gave_up) = (Some(true), Some(false));
    // After so many minutes it is tried, and then looked whether something is to be told; a desktop that asks is told
    // the same as long as it is so.
    for (minutes, tried, told, shown) in [
        (0, true, None, None),
        (14, false, None, None),
        (2, false, Some("your app does not take events, 1 waits since"), waits),
        (2, false, None, waits),
        (1, true, None, waits),
        (11, true, Some("1 event was given up, for your app did not take it"), gave_up),
        (60, false, None, gave_up),
        (31 * 24 * 60, false, None, None),
    ] {
        world.now.fetch_add(minutes * 60_000, Ordering::SeqCst);
        if tried {
            world.service.pass_on().await.unwrap();
        }
        world.service.tell_alerts().await.unwrap();
        let mails = mail.take();
        assert_eq!(mails.len(), usize::from(told.is_some()), "{told:?}: {mails:?}");
        if let (Some(told), Some(mail)) = (told, mails.first()) {
            assert_eq!(mail.to, "manager@example.com");
            assert!(mail.text.contains(told), "{told}: {}", mail.text);
        }
        let apps = world.get::<FailingApps>("/v1/failing").await.apps;
        let seen = apps.first().map(|app| (app.hook, app.waits, app.events));
        assert_eq!(seen, shown.map(|waits| (hook.id, waits, 1)), "after {minutes} minutes");
    }
}

/// Protects the one decision of a team: what was put off on a desktop is not sent by the service either, and who looks
/// after the newest version hears of its app when it is back.
async fn an_app_that_was_put_off_is_told_of_on_the_day_on_which_it_is_back(on: On) {
    let mail = MailServer::start(&[]).await;
    let (gateway, app) = (Gateway::start().await, App::start([500, 500], "").await);
    let mut world = receiving(on, &gateway).await;
    let enter = command(101, workspace(), Body::MemberEnter { name: "Developer".to_owned() });
    world.send_as(DEVELOPER, &[enter]).await;
    with_addresses(&world.store).await;
    world.service = world.service.telling(telling(&mail, &json!({ "digest": "08:00" })));
    world.service.tell_alerts().await.unwrap();
    let hook = made(&world).await;
    assert_eq!(relay::set(&world, MANAGER, &hook, json!(app.url)).await.0, 204);
    let before = world.now.load(Ordering::SeqCst);
    assert_eq!(Sent::signed(&gateway, &hook, gateway.event("e-1")).to(&world).await.0, 200);
    let relay = world.get::<Hooks>("/v1/hooks").await.hooks[0].relay.clone().unwrap();
    assert_eq!((relay.waiting, relay.failing_since), (1, None), "not tried yet");
    world.service.pass_on().await.unwrap();
    let relay = world.get::<Hooks>("/v1/hooks").await.hooks[0].relay.clone().unwrap();
    let now = Timestamp(world.now.load(Ordering::SeqCst));
    let since = relay.failing_since.unwrap();
    assert!(before <= since.0 && since <= now, "since it came: {before} {since:?} {now:?}");
    let app_of = project(1);
    let until = domain::time::day(Timestamp(now.0 + 2 * DAY));
    let back = domain::time::day_start(&until).unwrap();
    let off = Body::AlertSnooze { alert: format!("delivery_failing:{}", hook.id), until: Some(until) };
    world
        .take(&[
            command(201, app_of, Body::VersionAssign { version: version_id(1), to: Some(DEVELOPER) }),
            command(202, app_of, off),
        ])
        .await;
    let mut told = Vec::new();
    for hours in 1..=52 {
        world.now.store(now.0 + hours * DAY / 24, Ordering::SeqCst);
        world.service.tell_alerts().await.unwrap();
        let is_back = world.now.load(Ordering::SeqCst) >= back.0;
        told.extend(mail.take().into_iter().map(|mail| (is_back, mail)));
    }
    assert!(!told.is_empty(), "it is back, and nobody was told");
    for (is_back, mail) in told {
        assert!(is_back, "it was put off: {mail:?}");
        assert_eq!(mail.to, "developer@example.com", "whoever looks after the version");
        assert!(mail.text.contains("Call Notes: your app does not take events"), "{}", mail.text);
    }
}
