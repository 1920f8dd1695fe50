//! Comments in lists: a mention waits in the table until it was seen, and comments and tickets are found by their words.

use domain::Body;
use domain::comment::Subject;
use domain::fields::FieldKey;
use domain::ids::{CommentId, TicketId};
use domain::workspace::TicketDetails;

use super::*;
use crate::store::Target;

fn id(n: u128) -> CommentId {
    CommentId::from_u128(n)
}

#[tokio::test]
async fn a_mention_is_listed_until_it_was_seen() {
    let (_dir, desk) = open();
    desk.workspace().await;
    let project = desk.project("Call Notes").await;
    let version = desk.version(project, "1.0.0").await;
    let of = AggregateRef::Project(project);
    let add = |n: u128, mentions: Vec<domain::ids::MemberId>| Body::CommentAdd {
        comment: id(n),
        subject: Subject::Field { version, field: FieldKey::Slug },
        reply_to: None,
        text: "Would a supervisor understand it?".to_owned(),
        mentions,
    };
    let me = desk.actor.member;
    desk.go(of, add(1, vec![me])).await;
    desk.go(of, add(2, Vec::new())).await;
    desk.go(of, add(3, vec![me])).await;
    let listed = async || desk.store.read(move |view| view.mentions(me, 10)).await.unwrap();
    let mut waiting: Vec<CommentId> = listed().await.into_iter().map(|(_, comment)| comment).collect();
    waiting.sort();
    assert_eq!(waiting, [id(1), id(3)]);
    desk.go(of, Body::CommentSee { comments: vec![id(1)] }).await;
    assert_eq!(listed().await, [(of, id(3))]);
    desk.go(of, Body::CommentResolve { comment: id(3), resolved: true }).await;
    assert!(listed().await.is_empty());
}

#[tokio::test]
async fn comments_and_tickets_are_found_and_a_deleted_comment_is_not() {
    let (_dir, desk) = open();
    desk.workspace().await;
    let project = desk.project("Call Notes").await;
    let of = AggregateRef::Project(project);
    let version = desk.version(project, "1.0.0").await;
    let subject = Subject::Field { version, field: FieldKey::Slug };
    let text = "Would a supervisor understand it?".to_owned();
    let add = Body::CommentAdd { comment: id(1), subject, reply_to: None, text, mentions: Vec::new() };
    desk.go(of, add).await;
    let details = TicketDetails {
        number: "40213".to_owned(),
        subject: "No answer".to_owned(),
        opened: "2026-03-02".to_owned(),
        ..TicketDetails::default()
    };
    let ticket = TicketId::from_u128(9);
    desk.go(AggregateRef::Workspace(testing::WORKSPACE), Body::TicketSet { ticket, details, knew: None })
        .await;
    let found = async |text: &str| {
        let text = text.to_owned();
        desk.store.read(move |view| view.search(&text, 10)).await.unwrap()
    };
    let hits = found("supervisor").await;
    let [hit] = &hits[..] else { panic!("{hits:?}") };
    let Target::Comment { spot } = &hit.target else { panic!("{hit:?}") };
    assert_eq!((spot.of, spot.comment, spot.version), (of, id(1), Some(version)));
    assert!(matches!(found("40213").await[0].target, Target::Ticket { ticket: found } if found == ticket));
    desk.go(of, Body::CommentDelete { comment: id(1) }).await;
    assert!(found("supervisor").await.is_empty());
}
