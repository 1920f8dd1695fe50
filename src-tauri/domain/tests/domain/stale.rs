//! Forms that were filled in before words were redacted bring none of them back, whenever they arrive.

use domain::ids::{AccountId, ContactId, CustomerId};
use domain::redact::{self, Redacted, Words};
use domain::workspace::{Account, AccountOwner, Contact, CustomerDetails, TicketDetails};
use domain::{Aggregate, Body, Command, Envelope, RefusalCode, Timestamp};
use proptest::prelude::*;

use crate::tickets::TICKET;
use crate::world::{ME, OFFICE, World};

const CUSTOMER: CustomerId = CustomerId::from_u128(7);
const CONTACT: ContactId = ContactId::from_u128(8);
const ACCOUNT: AccountId = AccountId::from_u128(10);

/// Where words stand that a form brings along with others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Notes,
    Person,
    Ticket,
    Account,
}

const PLACES: [Place; 4] = [Place::Notes, Place::Person, Place::Ticket, Place::Account];

impl Place {
    fn words(self) -> Words {
        match self {
            Self::Notes => Words::CustomerNotes { customer: CUSTOMER },
            Self::Person => Words::Contact { customer: CUSTOMER, contact: CONTACT },
            Self::Ticket => Words::Ticket { ticket: TICKET },
            Self::Account => Words::Account { account: ACCOUNT },
        }
    }

    /// The form of this place as somebody fills it in who saw `seen`: with other words, or as they stand and another
    /// region, number or day.
    fn form(self, seen: &World, word: Option<&str>, other: &str) -> Body {
        let office = seen.office();
        let knew = redact::beside(&office.redactions, self.words()).map(|last| last.mark.command);
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
        }
    }

    fn removal(self) -> Body {
        match self {
            Self::Notes | Self::Person => Body::CustomerRemove { customer: CUSTOMER },
            Self::Ticket => Body::TicketRemove { ticket: TICKET },
            Self::Account => Body::AccountRemove { account: ACCOUNT },
        }
    }

    fn redaction(self) -> Body {
        Body::WordsRedact { words: self.words(), reason: "Personal.".to_owned() }
    }
}

#[test]
fn a_form_that_was_open_brings_nothing_back() {
    for place in PLACES {
        let mut world = World::new();
        world.must(OFFICE, place.form(&world, Some("Ana is ill"), "first"));
        let seen = world.clone();
        world.must(OFFICE, place.redaction());
        let stale = place.form(&seen, None, "second");
        let refusal = world.send(OFFICE, stale.clone()).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::RedactedSince, "{place:?}");
        assert_eq!(refusal.params["reason"], "Personal.");
        assert!(!refusal.is_conflict(), "there is nothing to take over: its author fills it in anew");
        // What was removed and put back meanwhile has not forgotten either.
        world.must(OFFICE, place.removal());
        assert_eq!(world.refusal(OFFICE, stale), RefusalCode::RedactedSince, "{place:?}");
        // The way back of a change is a form as well.
        let back = domain::undo(&Aggregate::Workspace(Box::new(seen.office().clone())), &place.removal());
        assert_eq!(world.refusal(OFFICE, back.unwrap()), RefusalCode::RedactedSince, "{place:?}");
        world.must(OFFICE, place.form(&world, None, "third"));
        world.must(OFFICE, place.form(&world, Some("Something else"), "fourth"));
    }
}

#[test]
fn somebody_who_was_redacted_is_not_written_over() {
    let mut world = World::new();
    world.must(OFFICE, Place::Person.form(&world, Some("Ana"), "first"));
    world.must(OFFICE, Place::Person.redaction());
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
        let mut world = World::new();
        let mut seen = [world.clone(), world.clone(), world.clone()];
        let mut history: Vec<Envelope> = Vec::new();
        let (mut said, mut gone) = (Vec::<(Place, String)>::new(), Vec::<String>::new());
        for (n, step) in steps.into_iter().enumerate() {
            let body = match step {
                Step::Hears(who) => {
                    seen[who] = world.clone();
                    continue;
                }
                Step::Sets(who, at, new) => {
                    // No word is another's beginning.
                    let word = new.then(|| format!("word{n};"));
                    said.extend(word.clone().map(|word| (PLACES[at], word)));
                    PLACES[at].form(&seen[who], word.as_deref(), &format!("other{n}"))
                }
                Step::Redacts(at) => PLACES[at].redaction(),
                Step::Removes(at) => PLACES[at].removal(),
            };
            if world.send(OFFICE, body.clone()).is_err() {
                continue;
            }
            let command = Command { id: world.last(), aggregate: OFFICE, body };
            let stored = Envelope::new(&command, Timestamp(1), Vec::new());
            let redacted = Redacted::by(&stored, ME, Timestamp(world.commands.into()));
            history.push(stored);
            if let Some(redacted) = redacted {
                for stored in &mut history {
                    redacted.blank(stored);
                }
                let taken = said.iter().filter(|(place, _)| place.words() == redacted.words);
                gone.extend(taken.map(|(_, word)| word.clone()));
            }
            let all = serde_json::to_string(world.office()).unwrap() + &serde_json::to_string(&history).unwrap();
            for word in &gone {
                prop_assert!(!all.contains(word), "{word}: {all}");
            }
        }
    }
}
