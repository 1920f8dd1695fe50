//! Words that a partner manager blanked: gone from the state and from every command that carried them, and nothing else is.

use domain::checklist::Outcome;
use domain::command::NewFinding;
use domain::fields::TrackName;
use domain::ids::{AccountId, CommandId, CommentId, ContactId, CustomerId, FindingId};
use domain::project::{FindingSource, FindingText, Verdict};
use domain::redact::{self, Words};
use domain::workspace::{Account, AccountOwner, Contact, CustomerDetails, FIRST_CONTACT, TicketDetails};
use domain::{AggregateRef, Body, Command, Envelope, RefusalCode, Role, Timestamp};

use crate::tickets::TICKET;
use crate::world::{COLLEAGUE, HERE, LISTED, OFFICE, V1, World};

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
    Body::CustomerSet { customer: CUSTOMER, details }
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
    };
    let answer = Body::RecordAnswer {
        version: V1,
        tracks: vec![TrackName::Technical],
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
    };
    let found = Body::RecordAnswer {
        version: V1,
        tracks: vec![TrackName::Technical],
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
        (OFFICE, vec![Body::TicketSet { ticket: TICKET, details: ticket }], |_| Words::Ticket {
            ticket: TICKET,
        }),
        (OFFICE, vec![Body::AccountSet { account }], |_| Words::Account { account: ACCOUNT }),
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
                    outcome: Verdict::Rejected,
                    text: "As received.".to_owned(),
                    findings: Vec::new(),
                    files: Vec::new(),
                },
                corrected,
            ],
            |ids| Words::Answer { answer: ids[1] },
        ),
        (LISTED, vec![Body::Note { item: item(), text: words() }], |ids| Words::Entry { entry: ids[0] }),
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

#[test]
fn what_is_redacted_is_gone_from_the_state_and_from_each_command() {
    for (of, bodies, words) in cases() {
        let mut world = World::with_run();
        if matches!(bodies[0], Body::RecordAnswer { .. }) {
            world = World::ready();
            world.submit(V1, &[TrackName::Technical]).unwrap();
        }
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
        world.must(of, redact("Personal."));
        assert!(!state(&world, of).contains(WORDS), "{shown}: {}", state(&world, of));

        for (id, body) in ids.iter().zip(bodies) {
            let mut stored = packed(*id, of, body);
            let before = stored.clone();
            let carried = serde_json::to_string(&stored).unwrap();
            assert_eq!(words.blank(&mut stored), carried.contains(WORDS), "{shown}");
            let json = serde_json::to_string(&stored).unwrap();
            assert!(!json.contains(WORDS), "{shown}: {json}");
            assert!(!carried.contains(WORDS) || carried.contains(&words.needle()), "{shown}: {carried}");
            assert_eq!(redact::is_blanked(&stored), carried.contains(WORDS));
            // It is read back as it stands, and told from another that comes under its id.
            assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), stored);
            stored.command().unwrap();
            assert!(redact::is_same_but_blank(&stored.args, &before.args), "{shown}");
            let mut other = before.args.clone();
            other["more"] = true.into();
            assert!(!redact::is_same_but_blank(&stored.args, &other), "{shown}");
        }
        // What a service took is read the same way by a desktop.
        let taken = packed(CommandId::from_u128(1), of, redact("Personal."));
        assert_eq!(Words::of(&taken), Some(words));
    }
}

#[test]
fn others_words_stay() {
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
            Body::Note { item: "one".to_owned(), text: words() },
            Words::Entry { entry: CommandId::from_u128(6) },
        ),
    ];
    for (of, body, others) in carried {
        let mut stored = packed(CommandId::from_u128(5), of, body);
        let before = stored.clone();
        assert!(!others.blank(&mut stored), "{others:?}");
        assert_eq!(stored, before);
    }
    let mut own = packed(CommandId::from_u128(5), HERE, said);
    assert!(comment(1).blank(&mut own));
    assert_eq!((own.args["text"].clone(), own.args["mentions"].clone()), ("".into(), serde_json::json!([])));
    // The one address of version 1.
    let mut old = packed(CommandId::from_u128(5), OFFICE, customer(vec![], ""));
    old.v = 1;
    old.args["details"]["email"] = WORDS.into();
    let first = Words::Contact { customer: CUSTOMER, contact: FIRST_CONTACT };
    assert!(first.blank(&mut old) && !old.args.to_string().contains(WORDS));
}

#[test]
fn a_form_that_was_open_brings_nobody_back() {
    let mut world = World::new();
    world.must(OFFICE, customer(vec![person(CONTACT)], ""));
    let words = Words::Contact { customer: CUSTOMER, contact: CONTACT };
    world.must(OFFICE, Body::WordsRedact { words, reason: "She asked.".to_owned() });
    let other = person(ContactId::from_u128(80));
    world.must(OFFICE, customer(vec![person(CONTACT), other.clone()], ""));
    let contacts = &world.office().customer(CUSTOMER).unwrap().details.contacts;
    assert!(contacts[0].shown().is_empty() && contacts[0].phone.is_empty());
    assert_eq!(contacts[1], other);
    // And who takes the empty row out does no harm.
    world.must(OFFICE, customer(vec![other], ""));
}
