//! What was redacted is blank in the history as well, and the rest of the history stays as it is.

use domain::comment::Subject;
use domain::ids::{CommentId, ContactId, CustomerId};
use domain::protocol::Changes;
use domain::redact::Words;
use domain::workspace::{Contact, CustomerDetails};
use domain::{Body, Envelope, RefusalCode, Timestamp, redact};

use crate::world::{MANAGER, On, World, command, number, outcome_of, project, refusal, started, workspace};

const WORDS: &str = "Ana is ill";

crate::both! {
    blanked_commands_are_taken_as_they_are,
    a_redacted_comment_is_blank_in_the_history_as_well,
    a_redacted_person_is_blank_in_the_history_as_well,
}

fn said(n: u128, comment: u128, text: &str) -> Envelope {
    let body = Body::CommentAdd {
        comment: CommentId::from_u128(comment),
        subject: Subject::Project,
        reply_to: None,
        text: text.to_owned(),
        mentions: Vec::new(),
    };
    command(n, project(1), body)
}

fn edited(n: u128, comment: u128, text: &str) -> Envelope {
    let body = Body::CommentEdit {
        comment: CommentId::from_u128(comment),
        text: text.to_owned(),
        mentions: Vec::new(),
    };
    command(n, project(1), body)
}

fn redacted(n: u128, comment: u128) -> Envelope {
    let body = Body::CommentRedact { comment: CommentId::from_u128(comment), reason: "Personal".to_owned() };
    command(n, project(1), body)
}

async fn a_redacted_comment_is_blank_in_the_history_as_well(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let (first, other) = (said(10, 1, WORDS), said(11, 2, "Stays as it is"));
    world.take(&[first.clone(), other.clone(), edited(12, 1, &format!("{WORDS} today"))]).await;
    let before: Changes = world.get("/v1/changes").await;
    world.take(&[redacted(13, 1)]).await;
    // One that is said and redacted in one batch, too.
    world.take(&[said(14, 3, WORDS), redacted(15, 3)]).await;

    let world = world.reopened().await;
    let after: Changes = world.get("/v1/changes").await;
    let all = serde_json::to_string(&after).unwrap() + &serde_json::to_string(&world.states().await).unwrap();
    assert!(!all.contains(WORDS), "{all}");
    assert!(all.contains("Stays as it is"));
    let blanked: Vec<u64> = after
        .changes
        .iter()
        .filter(|change| redact::is_blanked(&change.command))
        .map(|change| change.number)
        .collect();
    let head = before.head;
    assert_eq!(blanked, [head - 2, head, head + 2]);
    for (was, is) in before.changes.iter().zip(&after.changes) {
        assert_eq!((was.number, was.command.id, was.actor), (is.number, is.command.id, is.actor));
        assert!(was == is || blanked.contains(&is.number), "{is:?}");
    }

    // Whoever sends it again, as after an answer that was lost, is told that it was taken; another text is not it.
    let again = world.send(&[first]).await;
    assert_eq!(number(outcome_of(&again, 0)), Some(head - 2));
    let wrong = world.send(&[edited(10, 1, WORDS)]).await;
    assert!(refusal(outcome_of(&wrong, 0)).is_some());
    let wrong = world.send(&[said(11, 2, "Another")]).await;
    assert!(refusal(outcome_of(&wrong, 0)).is_some(), "one that was not blanked is held to its words");
}

async fn a_redacted_person_is_blank_in_the_history_as_well(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let (customer, contact) = (CustomerId::from_u128(1), ContactId::from_u128(2));
    let known = |n, phone: &str| {
        let (name, role) = (WORDS.to_owned(), String::new());
        let person = Contact {
            id: contact,
            name,
            role,
            email: String::new(),
            phone: phone.to_owned(),
            gets_links: true,
        };
        let colleague =
            Contact { id: ContactId::from_u128(3), name: "Stays as it is".to_owned(), ..person.clone() };
        let (name, contacts) = ("Sample Customer A".to_owned(), vec![person, colleague]);
        let details = CustomerDetails { name, contacts, ..CustomerDetails::default() };
        command(n, workspace(), Body::CustomerSet { customer, details, knew: None })
    };
    let first = known(10, "");
    world.take(&[first.clone(), known(11, "1")]).await;
    let words = Words::Contact { customer, contact };
    world
        .take(&[command(12, workspace(), Body::WordsRedact { words, reason: "She asked".to_owned() })])
        .await;
    let world = world.reopened().await;
    let after: Changes = world.get("/v1/changes").await;
    let blanked = after.changes.iter().filter(|change| redact::is_blanked(&change.command)).count();
    assert_eq!(blanked, 2);
    let states = serde_json::to_string(&world.states().await).unwrap();
    assert!(states.contains("Stays as it is"));
    let all = serde_json::to_string(&after).unwrap() + &states;
    assert!(!all.contains(WORDS), "{all}");

    // Sent again it was taken, with a state that stays blank; and who did not know of it brings nothing back, into the
    // history neither.
    assert!(number(outcome_of(&world.send(&[first]).await, 0)).is_some());
    let late = world.send(&[known(13, "2")]).await;
    assert_eq!(refusal(outcome_of(&late, 0)), Some(RefusalCode::RedactedSince));
    let now: Changes = world.get("/v1/changes").await;
    assert_eq!(now, after);
    assert!(!serde_json::to_string(&world.states().await).unwrap().contains(WORDS));
}

/// As they come to a service that was restored from a backup, from desktops that kept them: in their order, and whether or
/// not it has the first of them still.
async fn blanked_commands_are_taken_as_they_are(on: On) {
    for has_the_first in [false, true] {
        let world = World::new(on).await;
        world.take(&started()).await;
        let sent = [said(10, 1, WORDS), edited(11, 1, WORDS), redacted(12, 1)];
        let mut blanked = sent.clone();
        let all = redact::Redacted::by(&sent[2], MANAGER, Timestamp(7)).unwrap();
        for command in &mut blanked {
            all.blank(command);
        }
        if has_the_first {
            world.take(&sent[..1]).await;
        }
        world.take(&blanked[..2]).await;
        let states = serde_json::to_string(&world.states().await).unwrap();
        assert!(!states.contains(WORDS) && states.contains("Personal"), "{states}");
        world.take(&blanked[2..]).await;
        let changes: Changes = world.get("/v1/changes").await;
        let all =
            serde_json::to_string(&changes).unwrap() + &serde_json::to_string(&world.states().await).unwrap();
        assert!(!all.contains(WORDS), "{all}");
        let last = &changes.changes[changes.changes.len() - 3..];
        assert_eq!(last.iter().map(|change| change.command.id).collect::<Vec<_>>(), sent.map(|sent| sent.id));
        assert!(last[..2].iter().all(|change| redact::is_blanked(&change.command)));
    }
}
