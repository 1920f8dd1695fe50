//! Forms that were filled in before words were redacted bring none of them back, whenever they arrive.

use domain::checklist::{Entry, Happening, ItemLog, Outcome};
use domain::ids::{AccountId, CommandId, ContactId, CustomerId, FindingId};
use domain::redact::{self, Redacted, Words};
use domain::workspace::{Account, AccountOwner, Contact, CustomerDetails, TicketDetails};
use domain::{AggregateRef, Body, Command, Envelope, RefusalCode, Timestamp};
use proptest::prelude::*;

use crate::findings::internal;
use crate::tickets::TICKET;
use crate::world::{HERE, LISTED, ME, OFFICE, Rejected, Technical, V1, World};

const CUSTOMER: CustomerId = CustomerId::from_u128(7);
const CONTACT: ContactId = ContactId::from_u128(8);
const ACCOUNT: AccountId = AccountId::from_u128(10);
const FINDING: FindingId = FindingId::from_u128(1);
const ITEM: &str = "one";

/// Where words stand that a form brings along with others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Notes,
    Person,
    Ticket,
    Account,
    /// The note of an item of a run, which its field holds as a whole.
    Note,
    /// Why an item does not apply, as it is done again after it was taken back.
    Reason,
    Reply,
    /// Talkdesk's answer, which its correction begins with.
    Answer,
}

const PLACES: [Place; 8] = [
    Place::Notes,
    Place::Person,
    Place::Ticket,
    Place::Account,
    Place::Note,
    Place::Reason,
    Place::Reply,
    Place::Answer,
];

/// Where everything can be said: a run, a finding, an answer of Talkdesk's.
fn world() -> World {
    let mut world = World::with_run();
    world.must(HERE, internal(1));
    world.submit(V1, &[Technical]).unwrap();
    world.answer(V1, &[Technical], Rejected).unwrap();
    world
}

/// What happened to the item, newest first.
fn entries(world: &World) -> impl Iterator<Item = &Entry> {
    world.listed().items.get(ITEM).into_iter().flat_map(|log| log.entries.iter().rev())
}

fn reason(entry: &Entry) -> Option<&str> {
    if let Happening::Result { reason, .. } = &entry.what { Some(reason) } else { None }
}

/// What stands, and something more; no form is handed in empty.
fn more(stands: &str, other: &str) -> String {
    format!("{stands} {other}")
}

impl Place {
    fn of(self) -> AggregateRef {
        match self {
            Self::Notes | Self::Person | Self::Ticket | Self::Account => OFFICE,
            Self::Note | Self::Reason => LISTED,
            Self::Reply | Self::Answer => HERE,
        }
    }

    /// The words that stand there: each entry and each answer has its own.
    fn words(self, seen: &World) -> Vec<Words> {
        let entry = |entry: &Entry| Words::Entry { entry: entry.mark.command };
        match self {
            Self::Notes => vec![Words::CustomerNotes { customer: CUSTOMER }],
            Self::Person => vec![Words::Contact { customer: CUSTOMER, contact: CONTACT }],
            Self::Ticket => vec![Words::Ticket { ticket: TICKET }],
            Self::Account => vec![Words::Account { account: ACCOUNT }],
            Self::Note => {
                entries(seen).filter(|it| matches!(it.what, Happening::Note { .. })).map(entry).collect()
            }
            Self::Reason => entries(seen).filter(|it| reason(it).is_some()).map(entry).collect(),
            Self::Reply => vec![Words::Reply { finding: FINDING }],
            Self::Answer => {
                let rounds = &seen.at(V1).technical.0;
                let answers = rounds.iter().flat_map(|round| &round.answers);
                answers.map(|answer| Words::Answer { answer: answer.mark.command }).collect()
            }
        }
    }

    /// The redaction that somebody knows who saw `seen`.
    fn knew(self, seen: &World) -> Option<CommandId> {
        let last = match self {
            Self::Notes | Self::Person | Self::Ticket | Self::Account => {
                redact::beside(&seen.office().redactions, self.words(seen)[0])
            }
            Self::Note | Self::Reason => redact::of_item(seen.listed(), ITEM),
            Self::Reply => redact::of(&seen.here().redactions, self.words(seen)[0]),
            Self::Answer => redact::of_answers(seen.here(), V1, Technical),
        };
        last.map(|last| last.mark.command)
    }

    /// The form of this place as somebody fills it in who saw `seen`: with other words, or as they stand and another
    /// region, number or day.
    fn form(self, seen: &World, word: Option<&str>, other: &str) -> Body {
        let office = seen.office();
        let knew = self.knew(seen);
        match self {
            Self::Notes | Self::Person => {
                let known = office.customer(CUSTOMER).map(|known| known.details.clone());
                let mut details = known.unwrap_or_else(|| CustomerDetails {
                    name: "Sample Customer A".to_owned(),
                    ..CustomerDetails::default()
                });
                other.clone_into(&mut details.region);
                match (self, word) {
                    (Self::Notes, Some(word)) => word.clone_into(&mut details.notes),
                    (_, Some(word)) => {
                        details.contacts = vec![Contact {
                            id: CONTACT,
                            name: word.to_owned(),
                            role: String::new(),
                            email: String::new(),
                            phone: String::new(),
                            gets_links: true,
                        }];
                    }
                    _ => {}
                }
                Body::CustomerSet { customer: CUSTOMER, details, knew }
            }
            Self::Ticket => {
                let known = office.ticket(TICKET).map(|known| known.details.clone());
                let mut details = known.unwrap_or_default();
                "2026-03-02".clone_into(&mut details.opened);
                other.clone_into(&mut details.number);
                if let Some(word) = word {
                    details = TicketDetails { subject: word.to_owned(), notes: word.to_owned(), ..details };
                } else if details.subject.is_empty() {
                    "Written anew".clone_into(&mut details.subject);
                }
                Body::TicketSet { ticket: TICKET, details, knew }
            }
            Self::Account => {
                let known = office.accounts.iter().find(|known| known.id == ACCOUNT).cloned();
                let mut account = known.unwrap_or_else(|| Account {
                    id: ACCOUNT,
                    name: "sample-apps".to_owned(),
                    region: String::new(),
                    owner: AccountOwner::Own,
                    used_for: String::new(),
                    developer: false,
                });
                other.clone_into(&mut account.region);
                if let Some(word) = word {
                    word.clone_into(&mut account.used_for);
                }
                Body::AccountSet { account, knew }
            }
            Self::Note => {
                let log = seen.listed().items.get(ITEM);
                let stands = word.unwrap_or_else(|| log.map(ItemLog::note).unwrap_or_default());
                Body::Note { item: ITEM.to_owned(), text: more(stands, other), knew }
            }
            Self::Reason => {
                let stands = word.or_else(|| entries(seen).find_map(reason)).unwrap_or_default();
                let mut all = seen.listed().items.get(ITEM).map(ItemLog::heads).unwrap_or_default();
                all.extend(knew);
                let (item, reason) = (ITEM.to_owned(), more(stands, other));
                Body::SetResult { item, outcome: Outcome::NotApplicable, reason, knew: all }
            }
            Self::Reply => {
                let known = seen.here().findings.iter().find(|known| known.id == FINDING).unwrap();
                let reply = more(word.unwrap_or(&known.reply), other);
                Body::FindingReply { finding: FINDING, reply, expects: known.reply.clone(), knew }
            }
            Self::Answer => {
                let answer = seen.at(V1).technical.0.iter().flat_map(|round| &round.answers).last().unwrap();
                Body::CorrectAnswer {
                    version: V1,
                    track: Technical,
                    outcome: Rejected,
                    text: more(word.unwrap_or(&answer.text), other),
                    reason: other.to_owned(),
                    files: Vec::new(),
                    knew,
                }
            }
        }
    }

    /// What takes the whole thing away, where it can be.
    fn removal(self) -> Option<Body> {
        match self {
            Self::Notes | Self::Person => Some(Body::CustomerRemove { customer: CUSTOMER }),
            Self::Ticket => Some(Body::TicketRemove { ticket: TICKET }),
            Self::Account => Some(Body::AccountRemove { account: ACCOUNT }),
            Self::Note | Self::Reason | Self::Reply | Self::Answer => None,
        }
    }

    fn redactions(self, world: &World) -> Vec<Body> {
        let redact = |words| Body::WordsRedact { words, reason: "Personal.".to_owned() };
        self.words(world).into_iter().map(redact).collect()
    }

    fn redact(self, world: &mut World) {
        for body in self.redactions(world) {
            world.must(self.of(), body);
        }
    }
}

#[test]
fn a_form_that_was_open_brings_nothing_back() {
    for place in PLACES {
        let (mut world, of) = (world(), place.of());
        world.must(of, place.form(&world, Some("Ana is ill"), "first"));
        let seen = world.clone();
        place.redact(&mut world);
        let stale = place.form(&seen, None, "second");
        let refusal = world.send(of, stale.clone()).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::RedactedSince, "{place:?}");
        assert_eq!(refusal.params["reason"], "Personal.");
        assert!(!refusal.is_conflict(), "there is nothing to take over: its author fills it in anew");
        // The way back of a change is a form as well.
        let change = place.removal().unwrap_or_else(|| place.form(&seen, Some("Something else"), "second"));
        if let Some(back) = domain::undo(&seen.states[&of], &change) {
            assert_eq!(world.refusal(of, back), RefusalCode::RedactedSince, "{place:?}");
        }
        if let Some(removal) = place.removal() {
            // What was removed and put back meanwhile has not forgotten either.
            world.must(of, removal);
            assert_eq!(world.refusal(of, stale), RefusalCode::RedactedSince, "{place:?}");
        }
        world.must(of, place.form(&world, None, "third"));
        world.must(of, place.form(&world, Some("Something else"), "fourth"));
        // A second redaction is not known by who knew the first one.
        let seen = world.clone();
        place.redact(&mut world);
        let stale = place.form(&seen, None, "fifth");
        assert_eq!(world.refusal(of, stale), RefusalCode::RedactedSince, "{place:?}");
    }
}

/// Released desktops cannot name a redaction: what they write is as good as ever where nothing was redacted.
#[test]
fn what_names_no_redaction_is_taken_where_there_was_none() {
    for place in PLACES {
        let (mut world, of) = (world(), place.of());
        world.must(of, place.form(&world, Some("Ana is ill"), "first"));
        let body = place.form(&world, None, "second");
        let stored = Envelope::new(&Command { id: world.last(), aggregate: of, body }, Timestamp(1), vec![]);
        let knew = stored.args.get("knew").map(ToString::to_string);
        assert!(knew.is_none() || place == Place::Reason, "{place:?}: {knew:?}");
        world.must(of, stored.command().unwrap().body);
    }
}

/// Only words can bring words back, and only to where they stood.
#[test]
fn ticks_and_other_items_go_on() {
    let mut world = world();
    world.must(LISTED, Place::Note.form(&world, Some("Ana is ill"), "first"));
    let seen = world.clone();
    Place::Note.redact(&mut world);
    let heads = |seen: &World| seen.listed().items[ITEM].heads();
    let tick = |item: &str, reason: &str| Body::SetResult {
        item: item.to_owned(),
        outcome: Outcome::NotApplicable,
        reason: reason.to_owned(),
        knew: heads(&seen),
    };
    assert_eq!(world.refusal(LISTED, tick(ITEM, "Ana is ill")), RefusalCode::RedactedSince);
    world.must(LISTED, tick("two", "No such screen."));
    world.must(LISTED, Body::Note { item: "two".to_owned(), text: "Slow.".to_owned(), knew: None });
    let (item, reason) = (ITEM.to_owned(), " ".to_owned());
    world.must(LISTED, Body::SetResult { item, outcome: Outcome::Pass, reason, knew: heads(&seen) });
}

#[test]
fn somebody_who_was_redacted_is_not_written_over() {
    let mut world = World::new();
    world.must(OFFICE, Place::Person.form(&world, Some("Ana"), "first"));
    Place::Person.redact(&mut world);
    let refusal = world.send(OFFICE, Place::Person.form(&world, Some("Bea"), "second")).unwrap_err();
    assert_eq!((refusal.code, refusal.places[0].index), (RefusalCode::Redacted, Some(0)));
    // The empty row does no harm, there or taken out.
    world.must(OFFICE, Place::Person.form(&world, None, "third"));
    assert!(world.office().customer(CUSTOMER).unwrap().details.contacts[0].shown().is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    /// Somebody's desktop hears what happened.
    Hears(usize),
    /// Somebody hands in a form as their desktop shows it, with new words or with those that stand there.
    Sets(usize, usize, bool),
    /// A partner manager redacts.
    Redacts(usize),
    Removes(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..3_usize).prop_map(Step::Hears),
        6 => (0..3_usize, 0..PLACES.len(), any::<bool>()).prop_map(|(who, at, new)| Step::Sets(who, at, new)),
        2 => (0..PLACES.len()).prop_map(Step::Redacts),
        1 => (0..PLACES.len()).prop_map(Step::Removes),
    ];
    proptest::collection::vec(step, 1..60)
}

proptest! {
    #[test]
    fn redacted_words_never_come_back(steps in steps()) {
        let mut world = world();
        let mut seen = [world.clone(), world.clone(), world.clone()];
        let mut history: Vec<Envelope> = Vec::new();
        let (mut said, mut gone) = (Vec::<(Place, String)>::new(), Vec::<String>::new());
        for (n, step) in steps.into_iter().enumerate() {
            let (place, bodies, redacts) = match step {
                Step::Hears(who) => {
                    seen[who] = world.clone();
                    continue;
                }
                Step::Sets(who, at, new) => {
                    // No word is another's beginning.
                    let word = new.then(|| format!("word{n};"));
                    said.extend(word.clone().map(|word| (PLACES[at], word)));
                    let form = PLACES[at].form(&seen[who], word.as_deref(), &format!("other{n}"));
                    (PLACES[at], vec![form], false)
                }
                Step::Redacts(at) => (PLACES[at], PLACES[at].redactions(&world), true),
                Step::Removes(at) => (PLACES[at], PLACES[at].removal().into_iter().collect(), false),
            };
            let mut taken = true;
            for body in bodies {
                if world.send(place.of(), body.clone()).is_err() {
                    taken = false;
                    continue;
                }
                let command = Command { id: world.last(), aggregate: place.of(), body };
                let stored = Envelope::new(&command, Timestamp(1), Vec::new());
                let redacted = Redacted::by(&stored, ME, Timestamp(world.commands.into()));
                history.push(stored);
                if let Some(redacted) = redacted {
                    for stored in &mut history {
                        redacted.blank(stored);
                    }
                }
            }
            if redacts && taken {
                gone.extend(said.iter().filter(|(known, _)| *known == place).map(|(_, word)| word.clone()));
            }
            if gone.is_empty() {
                continue;
            }
            let states = (world.office(), world.here(), world.listed());
            let all = serde_json::to_string(&states).unwrap() + &serde_json::to_string(&history).unwrap();
            for word in &gone {
                prop_assert!(!all.contains(word), "{word}: {all}");
            }
        }
    }
}
