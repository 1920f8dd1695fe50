//! What was redacted is gone from each desktop that had it, and never comes to one that joins.

use std::time::Duration;

use domain::comment::Subject;
use domain::ids::{CommentId, ContactId, CustomerId};
use domain::redact::Words;
use domain::workspace::{Contact, CustomerDetails};
use domain::{AggregateRef, Body, redact};
use partner_core::store::{ActivityFilter, ActivityWord, StoreError};
use uuid::Uuid;

use crate::desktop::Desktop;
use crate::{Served, WORKSPACE, member, token};

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
    first.go(office, Body::CustomerSet { customer, details }).await;
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
