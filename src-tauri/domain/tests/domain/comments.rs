//! Comments and external links beside things: whose they are, threads, mentions, and what is left of one that is gone.

use domain::comment::{self, Subject};
use domain::fields::FieldKey;
use domain::ids::{CommentId, CustomerId, ExternalLinkId, FindingId, MemberId, VersionId};
use domain::{AggregateRef, Body, RefusalCode, Role};

use crate::world::{COLLEAGUE, HERE, LISTED, ME, OFFICE, V1, World};

/// The ids of the released commands.
const COMMENT: CommentId = CommentId::from_u128(0x0189_0000_0000_7000_8000_0000_0000_00c6);
const LINK: ExternalLinkId = ExternalLinkId::from_u128(0x0189_0000_0000_7000_8000_0000_0000_00c7);
const ON_ITEM: CommentId = CommentId::from_u128(0x0189_0000_0000_7000_8000_0000_0000_00c9);

/// A comment and a link everywhere.
pub fn said(world: &mut World) {
    world.must(HERE, add(COMMENT, beside_field(), None, "Is that still true?", &[ME]));
    let item = Subject::Item { item: "one".to_owned() };
    world.must(LISTED, add(ON_ITEM, item, None, "Only here.", &[]));
    let customer = world.office().customers[0].id;
    world.must(OFFICE, add(ON_ITEM, Subject::Customer { customer }, None, "Prefers mail.", &[]));
    world.must(HERE, link(LINK, Subject::Project, "https://issues.example/browse/ABC-123", ""));
}

fn beside_field() -> Subject {
    Subject::Field { version: V1, field: FieldKey::Slug }
}

fn id(n: u128) -> CommentId {
    CommentId::from_u128(n)
}

fn add(
    comment: CommentId,
    subject: Subject,
    reply_to: Option<CommentId>,
    text: &str,
    mentions: &[MemberId],
) -> Body {
    Body::CommentAdd { comment, subject, reply_to, text: text.to_owned(), mentions: mentions.to_vec() }
}

fn edit(comment: CommentId, text: &str, mentions: &[MemberId]) -> Body {
    Body::CommentEdit { comment, text: text.to_owned(), mentions: mentions.to_vec() }
}

fn link(link: ExternalLinkId, subject: Subject, url: &str, key: &str) -> Body {
    Body::ExternalAdd { link, subject, url: url.to_owned(), key: key.to_owned() }
}

fn as_colleague(world: &mut World, of: AggregateRef, body: Body) -> Result<(), RefusalCode> {
    world.send_as(COLLEAGUE, &[Role::Qa], of, body).map(|_| ()).map_err(|refusal| refusal.code)
}

#[test]
fn each_aggregate_takes_what_stands_in_it() {
    let mut world = World::with_run();
    world.must(HERE, crate::findings::internal(1));
    let item = || Subject::Item { item: "one".to_owned() };
    let finding = || Subject::Finding { finding: FindingId::from_u128(1) };
    let strange = || Subject::Version { version: VersionId::from_u128(99) };
    let cases = [
        (HERE, Subject::Project, true),
        (HERE, Subject::Version { version: V1 }, true),
        (HERE, beside_field(), true),
        (HERE, finding(), true),
        (HERE, item(), false),
        (HERE, strange(), false),
        (LISTED, item(), true),
        (LISTED, Subject::Item { item: "nine".to_owned() }, false),
        (LISTED, beside_field(), false),
        (OFFICE, Subject::Project, false),
        (OFFICE, Subject::Customer { customer: CustomerId::from_u128(99) }, false),
    ];
    for (n, (of, subject, there)) in (100..).zip(cases) {
        let shown = format!("{of:?} {subject:?}");
        let said = world.send(of, add(id(n), subject.clone(), None, "So?", &[]));
        let linked = world.send(of, link(ExternalLinkId::from_u128(n), subject, "https://a.example/x", ""));
        let code = |result: Result<_, domain::Refusal>| result.map(|_| ()).map_err(|refusal| refusal.code);
        let expected = if there { Ok(()) } else { Err(RefusalCode::NotFound) };
        assert_eq!((code(said), code(linked)), (expected, expected), "{shown}");
    }
}

#[test]
fn only_its_author_changes_a_comment_and_its_place_is_kept() {
    let mut world = World::with_version();
    world.must(HERE, add(id(1), beside_field(), None, "Is that so?", &[COLLEAGUE]));
    assert_eq!(as_colleague(&mut world, HERE, edit(id(1), "No.", &[])), Err(RefusalCode::NotYours));
    let delete = || Body::CommentDelete { comment: id(1) };
    assert_eq!(as_colleague(&mut world, HERE, delete()), Err(RefusalCode::NotYours));
    world.must(HERE, delete());
    let gone = &world.here().comments[0];
    assert!(gone.text.is_empty() && gone.mentions.is_empty() && gone.deleted.is_some());
    // Undone: its author says it again.
    world.must(HERE, edit(id(1), "Is that so?", &[]));
    assert!(world.here().comments[0].deleted.is_none());
    for nothing in ["", " \n"] {
        assert_eq!(world.refusal(HERE, edit(id(1), nothing, &[])), RefusalCode::Empty);
    }
}

#[test]
fn a_reply_opens_a_thread_that_was_settled() {
    let mut world = World::with_version();
    world.must(HERE, add(id(1), beside_field(), None, "Is that so?", &[]));
    let settle = |comment| Body::CommentResolve { comment, resolved: true };
    as_colleague(&mut world, HERE, settle(id(1))).unwrap();
    assert!(world.here().comments[0].resolved.is_some());
    world.must(HERE, add(id(2), beside_field(), Some(id(1)), "Not quite.", &[]));
    assert!(world.here().comments[0].resolved.is_none());
    // One level deep, of one thing, settled by its first comment.
    assert_eq!(
        world.refusal(HERE, add(id(3), beside_field(), Some(id(2)), "So?", &[])),
        RefusalCode::NotFound
    );
    assert_eq!(
        world.refusal(HERE, add(id(3), Subject::Project, Some(id(1)), "So?", &[])),
        RefusalCode::NotFound
    );
    assert_eq!(world.refusal(HERE, settle(id(2))), RefusalCode::NotFound);
    assert_eq!(world.refusal(HERE, add(id(2), Subject::Project, None, "So?", &[])), RefusalCode::Exists);
}

#[test]
fn a_mention_waits_until_it_is_seen_or_settled() {
    let mut world = World::with_version();
    let waits = |world: &World, member| {
        let comments = &world.here().comments;
        comments.iter().filter(|comment| comment::waits_for(comments, comment, member)).count()
    };
    world.must(HERE, add(id(1), beside_field(), None, "Look.", &[COLLEAGUE, COLLEAGUE]));
    world.must(HERE, add(id(2), beside_field(), Some(id(1)), "Please.", &[COLLEAGUE]));
    assert_eq!((waits(&world, COLLEAGUE), waits(&world, ME)), (2, 0));
    assert_eq!(world.here().comments[0].mentions, [COLLEAGUE], "each once");
    // One sees for oneself only, a viewer too.
    world.must(HERE, Body::CommentSee { comments: vec![id(1), id(2)] });
    assert_eq!(waits(&world, COLLEAGUE), 2);
    world.send_as(COLLEAGUE, &[Role::Viewer], HERE, Body::CommentSee { comments: vec![id(1)] }).unwrap();
    assert_eq!(waits(&world, COLLEAGUE), 1);
    world.must(HERE, Body::CommentResolve { comment: id(1), resolved: true });
    assert_eq!(waits(&world, COLLEAGUE), 0);
    // Who is mentioned anew has not seen it.
    world.must(HERE, Body::CommentResolve { comment: id(1), resolved: false });
    world.must(HERE, edit(id(1), "Look, you too.", &[COLLEAGUE, ME]));
    assert_eq!((waits(&world, COLLEAGUE), waits(&world, ME)), (1, 1));
}

#[test]
fn what_was_blanked_stays_blank() {
    let mut world = World::with_version();
    world.must(HERE, add(id(1), beside_field(), None, "Call them at home.", &[COLLEAGUE]));
    let redact = |reason: &str| Body::CommentRedact { comment: id(1), reason: reason.to_owned() };
    assert_eq!(world.refusal(HERE, redact(" ")), RefusalCode::NoReason);
    assert_eq!(as_colleague(&mut world, HERE, redact("Private.")), Err(RefusalCode::Forbidden));
    world.must(HERE, redact("It held a telephone number."));
    let blank = world.here().comments[0].clone();
    assert!(blank.text.is_empty() && blank.mentions.is_empty());
    assert_eq!(blank.redacted.as_ref().unwrap().reason, "It held a telephone number.");
    assert_eq!(world.refusal(HERE, edit(id(1), "Again.", &[])), RefusalCode::Redacted);
    assert_eq!(world.refusal(HERE, Body::CommentDelete { comment: id(1) }), RefusalCode::Redacted);
    // A second time the first mark stands.
    world.must(HERE, redact("Once more."));
    assert_eq!(world.here().comments[0], blank);
}

#[test]
fn a_link_is_called_after_its_address_unless_someone_says_otherwise() {
    let mut world = World::with_version();
    let n = ExternalLinkId::from_u128;
    world.must(HERE, link(n(1), Subject::Project, "https://issues.example/browse/ABC-123", ""));
    world.must(HERE, link(n(2), Subject::Project, "https://issues.example/browse/ABC-124", "The old one"));
    let keys: Vec<_> = world.here().external_links.iter().map(|link| &*link.key).collect();
    assert_eq!(keys, ["ABC-123", "The old one"]);
    for wrong in ["http://issues.example/ABC-1", "javascript:alert(1)", "https://me:pass@issues.example/"] {
        assert_eq!(
            world.refusal(HERE, link(n(3), Subject::Project, wrong, "")),
            RefusalCode::NotHttps,
            "{wrong}"
        );
    }
    let edit = |url: &str| Body::ExternalEdit { link: n(1), url: url.to_owned(), key: String::new() };
    world.must(HERE, edit("https://issues.example/browse/ABC-200"));
    assert_eq!(world.here().external_links[0].key, "ABC-200");
    world.must(HERE, Body::ExternalRemove { link: n(1) });
    assert_eq!(world.refusal(HERE, Body::ExternalRemove { link: n(1) }), RefusalCode::NotFound);
}

#[test]
fn a_signed_run_is_not_talked_about_any_more() {
    let mut world = World::with_run();
    world.must(LISTED, Body::Sign {});
    let item = Subject::Item { item: "one".to_owned() };
    assert_eq!(world.refusal(LISTED, add(id(1), item, None, "Too late.", &[])), RefusalCode::Signed);
}
