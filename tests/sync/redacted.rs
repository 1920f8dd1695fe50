//! What was redacted is gone from each desktop that had it, and never comes to one that joins.

use std::sync::Arc;
use std::time::Duration;

use domain::command::NewFinding;
use domain::comment::Subject;
use domain::ids::{CommentId, ContactId, CustomerId, FindingId, ProjectId, RunId};
use domain::project::{FindingSource, FindingText};
use domain::redact::Words;
use domain::workspace::{Contact, CustomerDetails};
use domain::{AggregateRef, Body, RefusalCode, redact};
use partner_core::store::outbox::OutboxState;
use partner_core::store::{ActivityFilter, ActivityWord, StoreError};
use partner_core::sync::{InProcess, Transport};
use partner_service::{Service, system_clock};
use uuid::Uuid;

use crate::desktop::{Desktop, blocked, item, note, states};
use crate::{Served, WORKSPACE, embedded, member, token};

const WORDS: &str = "Ana is ill";

/// How many changes hold the words.
async fn holding(desktop: &Desktop, word: &str) -> usize {
    let word = ActivityWord { texts: vec![word.to_lowercase()], ..ActivityWord::default() };
    let filter = ActivityFilter { words: vec![word], ..ActivityFilter::default() };
    let found = desktop.store.read(move |view| view.activity(&filter, 0, 100).map(|page| page.rows));
    found.await.unwrap_or_else(|error: StoreError| panic!("{error}")).len()
}

/// Waits until neither desktop holds the words.
async fn gone(first: &Desktop, second: &Desktop) {
    let gone = async {
        while holding(first, WORDS).await + holding(second, WORDS).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.expect("the words are still here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_words_of_a_redacted_comment_leave_every_desktop() {
    let served = Served::start().await;
    let (first, second) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let (one, two) = (first.sync(served.transport(&token(1))), second.sync(served.transport(&token(2))));
    first.workspace().await;
    let (project, _, _) = first.furnish("Call Notes").await;
    let here = AggregateRef::Project(project);
    let comment = CommentId(Uuid::now_v7());
    let (text, mentions) = (WORDS.to_owned(), Vec::new());
    let add = Body::CommentAdd { comment, subject: Subject::Project, reply_to: None, text, mentions };
    let said = first.go(here, add).await;
    first.settled(&one).await;
    second.settled(&two).await;
    assert_eq!((holding(&first, WORDS).await, holding(&second, WORDS).await), (1, 1));

    second.go(here, Body::CommentRedact { comment, reason: "Personal".to_owned() }).await;
    second.settled(&two).await;
    first.settled(&one).await;
    gone(&first, &second).await;
    // What would be sent again to a service that lost it has none either.
    let kept = first.store.read(move |view| view.outbox_row(said)).await;
    assert!(redact::is_blanked(
        &kept.unwrap_or_else(|error: StoreError| panic!("{error}")).unwrap().envelope
    ));
    assert_eq!((holding(&first, "Personal").await, holding(&second, "Personal").await), (1, 1), "why stays");

    let third = Desktop::open(member(1));
    let three = third.sync(served.transport(&token(1)));
    third.settled(&three).await;
    assert_eq!((holding(&third, WORDS).await, holding(&third, "Personal").await), (0, 1));
    for sync in [one, two, three] {
        sync.stop().await;
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_words_of_a_redacted_person_leave_every_desktop() {
    let served = Served::start().await;
    let (first, second) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let (one, two) = (first.sync(served.transport(&token(1))), second.sync(served.transport(&token(2))));
    first.workspace().await;
    let office = AggregateRef::Workspace(WORKSPACE);
    let (customer, contact) = (CustomerId(Uuid::now_v7()), ContactId(Uuid::now_v7()));
    let (role, email, phone) = ("Admin".to_owned(), "ana@customer.example".to_owned(), String::new());
    let person = Contact { id: contact, name: WORDS.to_owned(), role, email, phone, gets_links: true };
    let (name, contacts) = ("Blue Harbor".to_owned(), vec![person]);
    let details = CustomerDetails { name, contacts, ..CustomerDetails::default() };
    first.go(office, Body::CustomerSet { customer, details, knew: None }).await;
    first.settled(&one).await;
    second.settled(&two).await;
    let found = async |desktop: &Desktop, word: &'static str| {
        let hits = desktop.store.read(move |view| view.search(word, 10)).await;
        hits.unwrap_or_else(|error: StoreError| panic!("{error}")).len()
    };
    for desktop in [&first, &second] {
        assert_eq!((holding(desktop, WORDS).await, found(desktop, "Ana").await > 0), (1, true));
    }

    let words = Words::Contact { customer, contact };
    second.go(office, Body::WordsRedact { words, reason: "She asked for it".to_owned() }).await;
    second.settled(&two).await;
    first.settled(&one).await;
    gone(&first, &second).await;
    for desktop in [&first, &second] {
        assert_eq!(found(desktop, "Ana").await, 0, "the index of searches has it still");
        assert_eq!(holding(desktop, "ana@customer.example").await, 0);
        assert_eq!(holding(desktop, "Blue Harbor").await, 1, "whose row it is stays");
    }
    for sync in [one, two] {
        sync.stop().await;
    }
    served.stop().await;
}

/// A person, a comment and a note of a run, all with the words, and what makes the person's row another one since.
async fn said(desktop: &Desktop, project: ProjectId, run: RunId) -> [(AggregateRef, Body); 3] {
    let (office, project, run) =
        (AggregateRef::Workspace(WORKSPACE), AggregateRef::Project(project), AggregateRef::Run(run));
    let (customer, contact) = (CustomerId(Uuid::now_v7()), ContactId(Uuid::now_v7()));
    let set = |region: &str| {
        let (role, email, phone) = (String::new(), "ana@customer.example".to_owned(), String::new());
        let person = Contact { id: contact, name: WORDS.to_owned(), role, email, phone, gets_links: true };
        let (name, contacts, region) = ("Blue Harbor".to_owned(), vec![person], region.to_owned());
        let details = CustomerDetails { name, contacts, region, ..CustomerDetails::default() };
        Body::CustomerSet { customer, details, knew: None }
    };
    desktop.go(office, set("")).await;
    desktop.go(office, set("td-eu-1")).await;
    let comment = CommentId(Uuid::now_v7());
    let (text, mentions) = (WORDS.to_owned(), Vec::new());
    desktop
        .go(project, Body::CommentAdd { comment, subject: Subject::Project, reply_to: None, text, mentions })
        .await;
    let entry = desktop.go(run, note(0, WORDS)).await;
    let redact = |words| Body::WordsRedact { words, reason: "She asked for it".to_owned() };
    [
        (office, redact(Words::Contact { customer, contact })),
        (project, Body::CommentRedact { comment, reason: "She asked for it".to_owned() }),
        (run, redact(Words::Entry { entry })),
    ]
}

/// A service that goes back to a backup of before all of it: what was said comes back without the words, and says that
/// it was redacted, whoever of the two comes first, and whether or not its author heard of the redaction in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redacted_words_do_not_come_back_to_a_restored_service() {
    for (author_first, author_heard) in [(true, true), (false, true), (false, false), (true, false)] {
        let shown = format!("the author first: {author_first}, heard of it: {author_heard}");
        let dir = tempfile::tempdir().unwrap();
        let (file, backup) = (dir.path().join("service.db"), dir.path().join("backup.db"));
        let service = Service::open(&file, embedded(), system_clock()).unwrap();
        let (author, manager) = (Desktop::open(member(1)), Desktop::open(member(1)));
        let to = |service: &Service| -> Arc<dyn Transport> { Arc::new(InProcess::new(service.router())) };
        let sync = author.sync(to(&service));
        author.workspace().await;
        let (project, _, run) = author.furnish("Call Notes").await;
        author.settled(&sync).await;
        service.backup_to(&backup).unwrap();
        let redactions = said(&author, project, run).await;
        author.settled(&sync).await;
        if !author_heard {
            sync.stop().await;
        }
        let theirs = manager.sync(to(&service));
        manager.settled(&theirs).await;
        for (of, body) in redactions {
            manager.go(of, body).await;
        }
        manager.settled(&theirs).await;
        if author_heard {
            author.settled(&sync).await;
            sync.stop().await;
        }
        theirs.stop().await;
        drop(service);

        let service = Service::open_restored(&backup, &file, embedded(), system_clock()).unwrap();
        let (first, second) = if author_first { (&author, &manager) } else { (&manager, &author) };
        let one = first.sync(to(&service));
        first.settled(&one).await;
        let two = second.sync(to(&service));
        for _ in 0..2 {
            second.settled(&two).await;
            first.settled(&one).await;
        }
        gone(first, second).await;
        let known = states(&*to(&service)).await;
        let all = serde_json::to_string(&known.values().collect::<Vec<_>>()).unwrap();
        assert!(!all.contains(WORDS) && !all.contains("ana@customer.example"), "{shown}: {all}");
        for kept in ["Blue Harbor", "td-eu-1"] {
            assert!(all.contains(kept), "{shown}: {kept} is lost: {all}");
        }
        assert_eq!(all.matches("She asked for it").count(), 3, "{shown}: {all}");
        for desktop in [first, second] {
            assert!(desktop.open_rows().await.is_empty(), "{shown}: {:?}", desktop.open_rows().await);
            assert_eq!(desktop.states(known.keys().copied()).await, known, "{shown}");
            assert_eq!(holding(desktop, WORDS).await, 0, "{shown}");
        }
        for sync in [one, two] {
            sync.stop().await;
        }
    }
}

/// A form that was filled in while the words were redacted elsewhere: it is refused, its words stay with its author, to
/// be looked at, and nobody else ever sees them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_knew_nothing_of_a_redaction_stays_with_its_author() {
    let served = Served::start().await;
    let (author, manager) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let office = AggregateRef::Workspace(WORKSPACE);
    let customer = CustomerId(Uuid::now_v7());
    let set = |region: &str| {
        let (name, notes, region) = ("Blue Harbor".to_owned(), WORDS.to_owned(), region.to_owned());
        let details = CustomerDetails { name, notes, region, ..CustomerDetails::default() };
        Body::CustomerSet { customer, details, knew: None }
    };
    let sync = author.sync(served.transport(&token(1)));
    author.workspace().await;
    author.go(office, set("")).await;
    author.settled(&sync).await;
    sync.stop().await;
    let late = author.go(office, set("td-eu-1")).await;

    let theirs = manager.sync(served.transport(&token(2)));
    manager.settled(&theirs).await;
    let words = Words::CustomerNotes { customer };
    manager.go(office, Body::WordsRedact { words, reason: "She asked for it".to_owned() }).await;
    manager.settled(&theirs).await;

    let sync = author.sync(served.transport(&token(1)));
    author.settled(&sync).await;
    let [row] = &author.open_rows().await[..] else { panic!("one that is refused") };
    let refusal = row.refusal.as_ref().unwrap();
    assert_eq!((row.id, row.state, refusal.code), (late, OutboxState::Refused, RefusalCode::RedactedSince));
    assert!(row.envelope.args.to_string().contains(WORDS), "its author can read what was filled in");
    manager.settled(&theirs).await;
    gone(&author, &manager).await;
    let known = states(&*served.transport(&token(3))).await;
    for desktop in [&author, &manager] {
        assert_eq!(desktop.states(known.keys().copied()).await, known);
    }
    assert!(!known[&office].to_string().contains(WORDS));
    // Trying it again as it is does not bring it through.
    author.store.write(move |tx| partner_core::store::outbox::retry(tx, late)).await.unwrap();
    author.settled(&sync).await;
    assert_eq!(author.open_rows().await[0].state, OutboxState::Refused);
    for sync in [sync, theirs] {
        sync.stop().await;
    }
    served.stop().await;
}

/// The note of an item is a form, too, and so is a reply to a finding: what was written on top of words that were redacted
/// meanwhile stays with its author, a tick goes through, and whoever heard of it writes anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_and_a_reply_that_knew_nothing_of_a_redaction_stay_with_their_author() {
    let served = Served::start().await;
    let (author, manager) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let sync = author.sync(served.transport(&token(1)));
    author.workspace().await;
    let (project, version, run) = author.furnish("Call Notes").await;
    let (here, listed) = (AggregateRef::Project(project), AggregateRef::Run(run));
    let finding = FindingId(Uuid::now_v7());
    let said = FindingText { text: "A page is missing".to_owned(), ..FindingText::default() };
    let new = NewFinding { id: finding, said, files: Vec::new() };
    let source = FindingSource::Internal;
    author.go(here, Body::FindingAdd { version, track: None, source, finding: new }).await;
    let reply = |reply: &str, expects: &str, knew| {
        let (reply, expects) = (reply.to_owned(), expects.to_owned());
        Body::FindingReply { finding, reply, expects, knew }
    };
    author.go(here, reply(WORDS, "", None)).await;
    let entry = author.go(listed, note(0, WORDS)).await;
    author.settled(&sync).await;
    sync.stop().await;
    let still = format!("{WORDS}, still");
    let late = [
        author.go(listed, note(0, &still)).await,
        author.go(listed, blocked(0, &still)).await,
        author.go(here, reply(&still, WORDS, None)).await,
    ];
    let tick = author.go(listed, blocked(0, "")).await;

    let theirs = manager.sync(served.transport(&token(2)));
    manager.settled(&theirs).await;
    let redact = |words| Body::WordsRedact { words, reason: "She asked for it".to_owned() };
    let known = manager.go(listed, redact(Words::Entry { entry })).await;
    let known_reply = manager.go(here, redact(Words::Reply { finding })).await;
    manager.settled(&theirs).await;

    let sync = author.sync(served.transport(&token(1)));
    author.settled(&sync).await;
    let open = author.open_rows().await;
    assert_eq!(open.iter().map(|row| row.id).collect::<Vec<_>>(), late);
    for row in &open {
        let code = row.refusal.as_ref().unwrap().code;
        assert_eq!((row.state, code), (OutboxState::Refused, RefusalCode::RedactedSince));
        assert!(row.envelope.args.to_string().contains(&still), "its author can read what was written");
    }
    let taken = author.store.read(move |view| view.outbox_row(tick)).await;
    assert_eq!(taken.unwrap_or_else(|error: StoreError| panic!("{error}")).unwrap().state, OutboxState::Done);
    author.go(listed, Body::Note { item: item(0), text: "Slow.".to_owned(), knew: Some(known) }).await;
    author.go(here, reply("It is back.", "", Some(known_reply))).await;
    author.settled(&sync).await;
    manager.settled(&theirs).await;
    assert_eq!(author.open_rows().await.len(), late.len(), "what knew of it is taken");
    let known = states(&*served.transport(&token(3))).await;
    let all = serde_json::to_string(&known.values().collect::<Vec<_>>()).unwrap();
    assert!(!all.contains(WORDS), "{all}");
    assert!(all.contains("Slow.") && all.contains("It is back."), "{all}");
    assert_eq!(manager.states(known.keys().copied()).await, known);
    assert_eq!(holding(&manager, WORDS).await, 0);
    for sync in [sync, theirs] {
        sync.stop().await;
    }
    served.stop().await;
}
