//! Words that a partner manager blanked: gone from the state and from every command that carried them, and nothing else is.

use domain::checklist::Outcome;
use domain::command::NewFinding;
use domain::fields::TrackName;
use domain::ids::{AccountId, CommandId, CommentId, ContactId, CustomerId, FindingId};
use domain::project::{FindingSource, FindingText, Verdict};
use domain::redact::{self, Redacted, Redaction, Words};
use domain::workspace::{Account, AccountOwner, Contact, CustomerDetails, FIRST_CONTACT, TicketDetails};
use domain::{AggregateRef, Body, Command, Envelope, Mark, RefusalCode, Role, Timestamp};

use crate::tickets::TICKET;
use crate::world::{COLLEAGUE, HERE, LISTED, ME, OFFICE, V1, World};

const WORDS: &str = "Ana is ill";
const CUSTOMER: CustomerId = CustomerId::from_u128(7);
const CONTACT: ContactId = ContactId::from_u128(8);
const FINDING: FindingId = FindingId::from_u128(9);
const ACCOUNT: AccountId = AccountId::from_u128(10);

fn words() -> String {
    WORDS.to_owned()
}

fn person(id: ContactId) -> Contact {
    Contact { id, name: words(), role: words(), email: words(), phone: words(), gets_links: true }
}

fn customer(contacts: Vec<Contact>, notes: &str) -> Body {
    let (name, notes) = ("Sample Customer A".to_owned(), notes.to_owned());
    let details = CustomerDetails { name, contacts, notes, ..CustomerDetails::default() };
    Body::CustomerSet { customer: CUSTOMER, details, knew: None }
}

fn finding(text: &str) -> NewFinding {
    let said = FindingText { text: text.to_owned(), severity: "minor".to_owned(), ..FindingText::default() };
    NewFinding { id: FINDING, said, files: Vec::new() }
}

/// What carries the words, and what blanks them given the commands' ids.
type Case = (AggregateRef, Vec<Body>, fn(&[CommandId]) -> Words);

fn cases() -> [Case; 12] {
    let reply = |reply: &str, expects: &str| Body::FindingReply {
        finding: FINDING,
        reply: reply.to_owned(),
        expects: expects.to_owned(),
        knew: None,
    };
    let answer = Body::RecordAnswer {
        version: V1,
        tracks: vec![TrackName::Technical],
        rounds: Vec::new(),
        outcome: Verdict::Rejected,
        text: words(),
        findings: Vec::new(),
        files: Vec::new(),
    };
    let corrected = Body::CorrectAnswer {
        version: V1,
        track: TrackName::Technical,
        outcome: Verdict::Rejected,
        text: words(),
        reason: words(),
        files: Vec::new(),
        knew: None,
    };
    let found = Body::RecordAnswer {
        version: V1,
        tracks: vec![TrackName::Technical],
        rounds: Vec::new(),
        outcome: Verdict::Rejected,
        text: "As received.".to_owned(),
        findings: vec![finding(WORDS)],
        files: Vec::new(),
    };
    let added = |text: &str| Body::FindingAdd {
        version: V1,
        track: None,
        source: FindingSource::Internal,
        finding: finding(text),
    };
    let item = || "one".to_owned();
    let ticket = TicketDetails {
        subject: words(),
        notes: words(),
        opened: "2026-03-02".to_owned(),
        ..TicketDetails::default()
    };
    let account = Account {
        id: ACCOUNT,
        name: "sample-apps".to_owned(),
        region: String::new(),
        owner: AccountOwner::Own,
        used_for: words(),
        developer: false,
    };
    let result = |outcome| Body::SetResult { item: item(), outcome, reason: words(), knew: Vec::new() };
    [
        (OFFICE, vec![customer(vec![person(CONTACT)], ""), customer(vec![person(CONTACT)], "")], |_| {
            Words::Contact { customer: CUSTOMER, contact: CONTACT }
        }),
        (OFFICE, vec![customer(vec![], WORDS), customer(vec![], "Ana is ill, still")], |_| {
            Words::CustomerNotes { customer: CUSTOMER }
        }),
        (OFFICE, vec![Body::TicketSet { ticket: TICKET, details: ticket, knew: None }], |_| Words::Ticket {
            ticket: TICKET,
        }),
        (OFFICE, vec![Body::AccountSet { account, knew: None }], |_| Words::Account { account: ACCOUNT }),
        (HERE, vec![added(WORDS)], |_| Words::Finding { finding: FINDING }),
        (HERE, vec![found], |_| Words::Finding { finding: FINDING }),
        (HERE, vec![added("A page is missing"), reply(WORDS, ""), reply("Ana is ill, still", WORDS)], |_| {
            Words::Reply { finding: FINDING }
        }),
        (HERE, vec![answer], |ids| Words::Answer { answer: ids[0] }),
        (
            HERE,
            vec![
                Body::RecordAnswer {
                    version: V1,
                    tracks: vec![TrackName::Technical],
                    rounds: Vec::new(),
                    outcome: Verdict::Rejected,
                    text: "As received.".to_owned(),
                    findings: Vec::new(),
                    files: Vec::new(),
                },
                corrected,
            ],
            |ids| Words::Answer { answer: ids[1] },
        ),
        (LISTED, vec![Body::Note { item: item(), text: words(), knew: None }], |ids| Words::Entry {
            entry: ids[0],
        }),
        (LISTED, vec![result(Outcome::Fail)], |ids| Words::Entry { entry: ids[0] }),
        (
            LISTED,
            vec![Body::Retest { items: vec![item(), "two".to_owned()], because: words() }, Body::Sign {}],
            |ids| Words::Entry { entry: ids[0] },
        ),
    ]
}

fn packed(id: CommandId, aggregate: AggregateRef, body: Body) -> Envelope {
    Envelope::new(&Command { id, aggregate, body }, Timestamp(1), Vec::new())
}

fn state(world: &World, of: AggregateRef) -> String {
    let json = if of == HERE {
        serde_json::to_string(world.here())
    } else if of == LISTED {
        serde_json::to_string(world.listed())
    } else {
        serde_json::to_string(world.office())
    };
    json.unwrap()
}

/// A world in which these commands are taken.
fn where_they_fit(bodies: &[Body]) -> World {
    if !matches!(bodies[0], Body::RecordAnswer { .. }) {
        return World::with_run();
    }
    let mut world = World::ready();
    world.submit(V1, &[TrackName::Technical]).unwrap();
    world
}

#[test]
fn what_is_redacted_is_gone_from_the_state_and_from_each_command() {
    for (of, bodies, words) in cases() {
        let mut world = where_they_fit(&bodies);
        let mut ids = Vec::new();
        for body in &bodies {
            ids.push(world.must(of, body.clone()));
        }
        let words = words(&ids);
        let shown = format!("{words:?}");
        assert!(state(&world, of).contains(WORDS), "{shown}");
        let redact = |reason: &str| Body::WordsRedact { words, reason: reason.to_owned() };
        assert_eq!(world.refusal(of, redact(" ")), RefusalCode::NoReason, "{shown}");
        let colleague =
            world.send_as(COLLEAGUE, &[Role::Admin, Role::Developer, Role::Qa], of, redact("Mine."));
        assert_eq!(colleague.unwrap_err().code, RefusalCode::Forbidden, "{shown}");
        let redacted = packed(world.must(of, redact("Personal.")), of, redact("Personal."));
        let redacted = Redacted::by(&redacted, ME, Timestamp(world.commands.into())).unwrap();
        assert_eq!(redacted.words, words);
        assert!(!state(&world, of).contains(WORDS), "{shown}: {}", state(&world, of));

        for (id, body) in ids.iter().zip(bodies) {
            let mut stored = packed(*id, of, body);
            let before = stored.clone();
            let carried = serde_json::to_string(&stored).unwrap();
            assert_eq!(redacted.blank(&mut stored), carried.contains(WORDS), "{shown}");
            let json = serde_json::to_string(&stored).unwrap();
            assert!(!json.contains(WORDS), "{shown}: {json}");
            assert!(!carried.contains(WORDS) || carried.contains(&words.needle()), "{shown}: {carried}");
            assert_eq!(redact::is_blanked(&stored), carried.contains(WORDS));
            // It is read back as it stands, and told from another that comes under its id.
            assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), stored);
            stored.command().unwrap();
            assert!(redact::is_same_but_blank(&stored, &before), "{shown}");
            assert!(redact::is_same_but_blank(&before, &stored), "{shown}");
            let mut other = before.clone();
            other.args["more"] = true.into();
            assert!(!redact::is_same_but_blank(&stored, &other), "{shown}");
            if carried.contains(WORDS) {
                assert_eq!(redact::redacted(&stored), std::slice::from_ref(&redacted), "{shown}");
                assert!(!redacted.blank(&mut stored), "{shown}: there is nothing left");
            }
        }
    }
}

/// A service that was restored from a backup gets them once more, without their words.
#[test]
fn blanked_commands_that_come_again_make_the_state_that_was() {
    for (of, bodies, words) in cases() {
        let mut world = where_they_fit(&bodies);
        let mut restored = world.clone();
        let mut sent: Vec<Envelope> =
            bodies.into_iter().map(|body| packed(world.must(of, body.clone()), of, body)).collect();
        let words = words(&sent.iter().map(|sent| sent.id).collect::<Vec<_>>());
        let reason = "Personal.".to_owned();
        let redact = Body::WordsRedact { words, reason };
        let redact = packed(world.must(of, redact.clone()), of, redact);
        let redacted = Redacted::by(&redact, ME, Timestamp(world.commands.into())).unwrap();
        for stored in &mut sent {
            redacted.blank(stored);
            restored.again(stored).unwrap_or_else(|refusal| panic!("{words:?}: {refusal}"));
        }
        let without = state(&restored, of);
        assert!(!without.contains(WORDS) && without.contains("Personal."), "{words:?}: {without}");
        restored.again(&redact).unwrap();
        assert_eq!(state(&restored, of), state(&world, of), "{words:?}");
    }
}

#[test]
fn a_blanked_comment_that_comes_again_stands_as_redacted() {
    let comment = CommentId::from_u128(1);
    let subject = domain::comment::Subject::Project;
    let (text, mentions) = (words(), vec![COLLEAGUE]);
    let add = Body::CommentAdd { comment, subject, reply_to: None, text, mentions: mentions.clone() };
    let edit = Body::CommentEdit { comment, text: words(), mentions };
    let redact = Body::CommentRedact { comment, reason: "Personal.".to_owned() };
    let mut world = World::with_version();
    let mut restored = world.clone();
    let mut sent: Vec<Envelope> =
        [add, edit, redact].map(|body| packed(world.must(HERE, body.clone()), HERE, body)).into();
    let redacted = Redacted::by(&sent[2], ME, Timestamp(world.commands.into())).unwrap();
    for stored in &mut sent {
        redacted.blank(stored);
        restored.again(stored).unwrap();
        assert!(!state(&restored, HERE).contains(WORDS));
        assert!(restored.here().comments[0].redacted.is_some());
    }
    assert_eq!(restored, world);
}

/// Personal words go whenever they are asked to, from a project that rests too; nothing else of it changes.
#[test]
fn words_leave_an_archived_project() {
    let mut world = World::with_version();
    let (comment, source) = (CommentId::from_u128(1), FindingSource::Internal);
    world.must(HERE, Body::FindingAdd { version: V1, track: None, source, finding: finding(WORDS) });
    let subject = domain::comment::Subject::Project;
    let add = Body::CommentAdd { comment, subject, reply_to: None, text: words(), mentions: Vec::new() };
    world.must(HERE, add);
    world.must(HERE, Body::ProjectSetArchived { archived: true });
    let reason = || "Personal.".to_owned();
    world.must(HERE, Body::CommentRedact { comment, reason: reason() });
    world.must(HERE, Body::WordsRedact { words: Words::Finding { finding: FINDING }, reason: reason() });
    assert!(!state(&world, HERE).contains(WORDS));
    assert!(world.here().archived.is_some());
}

/// Whoever marks a command as blanked takes no other words away by it than its own.
#[test]
fn a_mark_redacts_nothing_else() {
    let mut world = World::new();
    world.must(OFFICE, customer(vec![], WORDS));
    let account = Account {
        id: ACCOUNT,
        name: "sample-apps".to_owned(),
        region: String::new(),
        owner: AccountOwner::Own,
        used_for: words(),
        developer: false,
    };
    let mut forged = packed(CommandId::from_u128(90), OFFICE, Body::AccountSet { account, knew: None });
    let mark = Mark { by: ME, at: Timestamp(1), command: CommandId::from_u128(91) };
    let redaction = Redaction { mark, reason: "None.".to_owned() };
    let words = [Words::CustomerNotes { customer: CUSTOMER }, Words::Account { account: ACCOUNT }];
    let all = words.map(|words| Redacted { words, redaction: redaction.clone() });
    forged.extra.insert("redacted".to_owned(), serde_json::to_value(&all).unwrap());
    assert_eq!(redact::redacted(&forged), all[1..]);
    world.again(&forged).unwrap();
    assert_eq!(world.office().customer(CUSTOMER).unwrap().details.notes, WORDS);
}

#[test]
fn others_words_stay() {
    let mark = Mark { by: ME, at: Timestamp(1), command: CommandId::from_u128(99) };
    let blank = |words: Words, stored: &mut Envelope| {
        Redacted { words, redaction: Redaction { mark, reason: String::new() } }.blank(stored)
    };
    let comment = |id| Words::Comment { comment: CommentId::from_u128(id) };
    let said = Body::CommentAdd {
        comment: CommentId::from_u128(1),
        subject: domain::comment::Subject::Project,
        reply_to: None,
        text: words(),
        mentions: vec![COLLEAGUE],
    };
    let carried = [
        (HERE, said.clone(), comment(2)),
        (HERE, Body::CommentDelete { comment: CommentId::from_u128(1) }, comment(1)),
        (
            OFFICE,
            customer(vec![person(CONTACT)], WORDS),
            Words::Contact { customer: CustomerId::from_u128(70), contact: CONTACT },
        ),
        (
            OFFICE,
            customer(vec![person(CONTACT)], WORDS),
            Words::Contact { customer: CUSTOMER, contact: ContactId::from_u128(80) },
        ),
        (
            LISTED,
            Body::Note { item: "one".to_owned(), text: words(), knew: None },
            Words::Entry { entry: CommandId::from_u128(6) },
        ),
    ];
    for (of, body, others) in carried {
        let mut stored = packed(CommandId::from_u128(5), of, body);
        let before = stored.clone();
        assert!(!blank(others, &mut stored), "{others:?}");
        assert_eq!(stored, before);
    }
    let mut own = packed(CommandId::from_u128(5), HERE, said);
    assert!(blank(comment(1), &mut own));
    assert_eq!((own.args["text"].clone(), own.args["mentions"].clone()), ("".into(), serde_json::json!([])));
    // The one address of version 1.
    let mut old = packed(CommandId::from_u128(5), OFFICE, customer(vec![], ""));
    old.v = 1;
    old.args["details"]["email"] = WORDS.into();
    let first = Words::Contact { customer: CUSTOMER, contact: FIRST_CONTACT };
    assert!(blank(first, &mut old) && !old.args.to_string().contains(WORDS));
}
