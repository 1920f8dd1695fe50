//! What a workspace keeps of Talkdesk: documents, pages and who read them, tickets and their life, messages.

use domain::fields::FieldKey;
use domain::ids::{
    ContactId, CustomerId, DocumentId, FindingId, MessageId, PageId, ProjectId, TicketId, VersionId,
};
use domain::workspace::{
    Contact, CustomerDetails, DocumentDetails, MessageDetails, PageDetails, Side, Ticket, TicketAbout,
    TicketDetails, built_in_pages, unknown_placeholder,
};
use domain::{Body, RefusalCode, Role};

use crate::bodies::samples;
use crate::world::{COLLEAGUE, OFFICE, PROJECT, V1, World, good};

pub const TICKET: TicketId = TicketId::from_u128(0x0189_0000_0000_7000_8000_0000_0000_00c4);

/// A ticket about the version, as the released command opens it, and an answer to it.
pub fn opened(world: &mut World) {
    let about = TicketAbout { project: Some(PROJECT), version: Some(V1), ..TicketAbout::default() };
    world.must(OFFICE, Body::TicketSet { ticket: TICKET, details: details(about), knew: None });
    letter(world, Side::Talkdesk, "2026-03-04", Side::Us);
}

fn details(about: TicketAbout) -> TicketDetails {
    TicketDetails {
        number: "40213".to_owned(),
        subject: "Answer overdue".to_owned(),
        about,
        opened: "2026-03-02".to_owned(),
        notes: String::new(),
    }
}

fn letter(world: &mut World, from: Side, on: &str, waits_for: Side) -> domain::ids::CommandId {
    world.must(OFFICE, Body::TicketLetter { ticket: TICKET, from, on: on.to_owned(), waits_for })
}

fn ticket(world: &World) -> &Ticket {
    world.office().ticket(TICKET).unwrap()
}

#[test]
fn a_ticket_waits_for_whom_the_last_letter_left_it() {
    let mut world = World::with_version();
    world.must(
        OFFICE,
        Body::TicketSet { ticket: TICKET, details: details(TicketAbout::default()), knew: None },
    );
    let stands = |world: &World| {
        let known = ticket(world);
        (known.waits_for(), known.last_answer().map(str::to_owned), known.silent_since().to_owned())
    };
    assert_eq!(stands(&world), (Side::Talkdesk, None, "2026-03-02".to_owned()), "just opened");
    let theirs = letter(&mut world, Side::Talkdesk, "2026-03-04", Side::Us);
    assert_eq!(stands(&world), (Side::Us, Some("2026-03-04".to_owned()), "2026-03-04".to_owned()));
    letter(&mut world, Side::Us, "2026-03-05", Side::Talkdesk);
    assert_eq!(stands(&world), (Side::Talkdesk, Some("2026-03-04".to_owned()), "2026-03-05".to_owned()));
    // What is recorded late stands where it belongs.
    letter(&mut world, Side::Talkdesk, "2026-03-03", Side::Us);
    assert_eq!(stands(&world).0, Side::Talkdesk);
    // Of one day, what was recorded later counts.
    letter(&mut world, Side::Talkdesk, "2026-03-05", Side::Talkdesk);
    letter(&mut world, Side::Us, "2026-03-05", Side::Us);
    assert_eq!(stands(&world).0, Side::Us);
    world.must(OFFICE, Body::TicketTakeBack { ticket: TICKET, letter: theirs });
    assert_eq!(stands(&world).1.as_deref(), Some("2026-03-05"));
    assert_eq!(
        world.refusal(OFFICE, Body::TicketTakeBack { ticket: TICKET, letter: theirs }),
        RefusalCode::NotFound
    );
}

#[test]
fn a_letter_opens_what_was_closed_and_a_removed_ticket_comes_back_by_being_set() {
    let mut world = World::with_version();
    opened(&mut world);
    world.must(OFFICE, Body::TicketSetClosed { ticket: TICKET, closed: true });
    assert!(!ticket(&world).is_open());
    letter(&mut world, Side::Talkdesk, "2026-03-09", Side::Us);
    assert!(ticket(&world).is_open());
    let set = Body::TicketSet { ticket: TICKET, details: ticket(&world).details.clone(), knew: None };
    world.must(OFFICE, Body::TicketRemove { ticket: TICKET });
    assert!(world.office().ticket(TICKET).is_none());
    let gone = Body::TicketSetClosed { ticket: TICKET, closed: true };
    assert_eq!(world.refusal(OFFICE, gone), RefusalCode::NotFound);
    world.must(OFFICE, set);
    assert_eq!(ticket(&world).letters.len(), 2, "with everything that was written");
}

#[test]
fn a_ticket_is_about_what_is_there() {
    let mut world = World::with_version();
    let customer = CustomerId::from_u128(7);
    let nobody = || TicketAbout { project: Some(PROJECT), ..TicketAbout::default() };
    for about in [
        TicketAbout { project: Some(ProjectId::from_u128(99)), ..TicketAbout::default() },
        TicketAbout { version: Some(VersionId::from_u128(99)), ..nobody() },
        TicketAbout { finding: Some(FindingId::from_u128(99)), ..nobody() },
        // A version or a finding is one of a project.
        TicketAbout { version: Some(V1), ..TicketAbout::default() },
        TicketAbout { customer: Some(customer), ..nobody() },
    ] {
        let refusal = world
            .send(OFFICE, Body::TicketSet { ticket: TICKET, details: details(about), knew: None })
            .unwrap_err();
        assert_eq!(
            (refusal.code, refusal.places[0].input.as_deref()),
            (RefusalCode::NotFound, Some("about"))
        );
    }
    let sample = CustomerDetails { name: "Sample Customer A".to_owned(), ..CustomerDetails::default() };
    world.must(OFFICE, Body::CustomerSet { customer, details: sample, knew: None });
    let about = TicketAbout { version: Some(V1), customer: Some(customer), ..nobody() };
    world.must(OFFICE, Body::TicketSet { ticket: TICKET, details: details(about), knew: None });
}

#[test]
fn days_are_days() {
    let mut world = World::with_version();
    opened(&mut world);
    let on = |on: &str| Body::TicketLetter {
        ticket: TICKET,
        from: Side::Us,
        on: on.to_owned(),
        waits_for: Side::Us,
    };
    for wrong in ["2026-02-30", "2026-13-01", "today", "26-03-02", "2026-03-2"] {
        assert_eq!(world.refusal(OFFICE, on(wrong)), RefusalCode::WrongKind, "{wrong}");
    }
    assert_eq!(world.refusal(OFFICE, on("")), RefusalCode::Empty);
    let document = DocumentId::from_u128(1);
    let name = "Partner agreement".to_owned();
    let details =
        DocumentDetails { name, valid_until: Some("2026-04-31".to_owned()), ..DocumentDetails::default() };
    let refusal = world.send(OFFICE, Body::DocumentSet { document, details }).unwrap_err();
    assert_eq!(refusal.places[0].input.as_deref(), Some("valid_until"));
}

#[test]
fn pages_begin_with_those_that_are_known_and_each_person_reads_for_themselves() {
    let mut world = World::new();
    let all = built_in_pages().len();
    assert_eq!(world.office().pages().len(), all);
    let page = built_in_pages()[0].id;
    world.must(OFFICE, Body::PageMarkRead { page, read: true });
    world.must(OFFICE, Body::PageMarkRead { page, read: true });
    world.send_as(COLLEAGUE, &[Role::Qa], OFFICE, Body::PageMarkRead { page, read: true }).unwrap();
    assert_eq!(world.office().pages()[0].read.len(), 2);
    world.must(OFFICE, Body::PageMarkRead { page, read: false });
    assert_eq!(world.office().pages()[0].read[0].by, COLLEAGUE);
    // An address is entered; the page stays in its place.
    let details =
        PageDetails { title: "Partner processes".to_owned(), url: "https://docs.example/p".to_owned() };
    world.must(OFFICE, Body::PageSet { page, details });
    assert_eq!(world.office().pages()[0].details.url, "https://docs.example/p");
    world.must(OFFICE, Body::PageRemove { page });
    assert_eq!(world.office().pages().len(), all - 1);
    let own = PageId::from_u128(5);
    let details = PageDetails { title: "Our own".to_owned(), url: String::new() };
    world.must(OFFICE, Body::PageSet { page: own, details: details.clone() });
    assert_eq!(world.office().pages().last().unwrap().id, own);
    let plain = PageDetails { url: "http://docs.example".to_owned(), ..details };
    assert_eq!(world.refusal(OFFICE, Body::PageSet { page: own, details: plain }), RefusalCode::NotHttps);
    let nothing = Body::PageMarkRead { page: PageId::from_u128(6), read: true };
    assert_eq!(world.refusal(OFFICE, nothing), RefusalCode::NotFound);
}

#[test]
fn the_known_pages_have_addresses_of_talkdesk_or_none() {
    for page in built_in_pages() {
        let url = &page.details.url;
        assert!(url.is_empty() || url.starts_with("https://docs.talkdesk.com/"), "{url}");
        assert!(domain::text::optional_https(url, "url").is_ok());
    }
}

#[test]
fn a_message_says_what_can_be_put_in() {
    for (text, unknown) in [
        ("{app} {version} {link} {customer} {contact}", None),
        ("Hello {name}", Some("name")),
        ("{ app }, {}, {1} and {Name} are text", None),
        ("{link", None),
        ("{link} {lnk} {x}", Some("lnk")),
    ] {
        assert_eq!(unknown_placeholder(text), unknown, "{text}");
    }
    let mut world = World::new();
    let message = MessageId::from_u128(1);
    let details = MessageDetails {
        name: "Hotfix".to_owned(),
        language: "en".to_owned(),
        subject: "{app}".to_owned(),
        body: "Hello {name}".to_owned(),
    };
    let refusal = world.send(OFFICE, Body::MessageSet { message, details: details.clone() }).unwrap_err();
    assert_eq!((refusal.code, &*refusal.params["word"]), (RefusalCode::UnknownPlaceholder, "name"));
    assert_eq!(refusal.places[0].input.as_deref(), Some("body"));
    world.must(
        OFFICE,
        Body::MessageSet { message, details: MessageDetails { body: "{link}".to_owned(), ..details } },
    );
}

#[test]
fn contacts_are_people_and_links_go_to_those_of_the_customer() {
    let mut world = World::ready();
    world.link(V1, 1, "https://partner.example/a").unwrap();
    let contact = |id: u128, name: &str, email: &str| Contact {
        id: ContactId::from_u128(id),
        name: name.to_owned(),
        role: String::new(),
        email: email.to_owned(),
        phone: String::new(),
        gets_links: true,
    };
    let customer = CustomerId::from_u128(7);
    let set = |contacts| Body::CustomerSet {
        customer,
        details: CustomerDetails {
            name: "Sample Customer A".to_owned(),
            contacts,
            ..CustomerDetails::default()
        },
        knew: None,
    };
    let nobody = set(vec![contact(1, "Contact one", ""), contact(2, " ", "")]);
    let refusal = world.send(OFFICE, nobody).unwrap_err();
    assert_eq!((refusal.code, refusal.places[0].index), (RefusalCode::Empty, Some(1)));
    let twice = set(vec![contact(1, "A", ""), contact(1, "B", "")]);
    assert_eq!(world.refusal(OFFICE, twice), RefusalCode::Exists);
    world.must(OFFICE, set(vec![contact(1, "Contact one", ""), contact(2, "", "two@customer.example")]));
    let send = |to: &[u128], customer| Body::LinkNoteUse {
        link: domain::ids::LinkId::from_u128(1),
        kind: domain::project::LinkUseKind::MailDraft,
        customer,
        contacts: to.iter().map(|id| ContactId::from_u128(*id)).collect(),
    };
    world.must(crate::world::HERE, send(&[1, 2], Some(customer)));
    assert_eq!(world.here().links[0].uses[0].contacts.len(), 2);
    for wrong in [send(&[3], Some(customer)), send(&[1], None)] {
        assert_eq!(world.refusal(crate::world::HERE, wrong), RefusalCode::NotFound);
    }
}

#[test]
fn policies_of_an_older_version_keep_the_measures_that_it_did_not_know() {
    let read: Vec<_> = samples()
        .into_iter()
        .filter_map(|body| if let Body::SetPolicies { policies } = body { Some(policies) } else { None })
        .collect();
    assert_eq!((read[0].silent_days, read[0].expiry_days), (5, 45));
    assert_eq!((read[1].silent_days, read[1].expiry_days), (3, 30));
}

/// A draft that was set aside goes on from what went live meanwhile.
mod rebase {
    use std::collections::BTreeMap;

    use super::*;
    use crate::world::{HERE, V2, text};

    fn set_aside() -> World {
        let mut world = World::ready();
        world.set_aside();
        world
    }

    fn rebase(take: &[(FieldKey, Option<domain::fields::FieldValue>)]) -> Body {
        let take: BTreeMap<_, _> = take.iter().cloned().collect();
        Body::VersionRebase { version: V1, onto: V2, take }
    }

    #[test]
    fn it_takes_what_is_named_and_keeps_the_rest() {
        let mut world = set_aside();
        world.set(V1, FieldKey::Description, Some(text("Longer."))).unwrap();
        world.set(V1, FieldKey::ListingSummary, Some(text("Mine."))).unwrap();
        world.must(HERE, rebase(&[(FieldKey::ListingSummary, Some(text("Mine.")))]));
        let version = world.at(V1);
        assert_eq!(version.predecessor, Some(V2));
        assert_eq!(version.information.get(FieldKey::Description), Some(text("Longer.")));
        assert_eq!(
            version.information.get(FieldKey::ListingSummary),
            world.at(V2).information.get(FieldKey::ListingSummary)
        );
        assert_eq!(version.edits[&FieldKey::ListingSummary].command, world.last());
    }

    #[test]
    fn what_changed_since_it_was_seen_is_not_taken_over() {
        let mut world = set_aside();
        world.set(V1, FieldKey::Description, Some(text("Since then."))).unwrap();
        let seen = rebase(&[
            (FieldKey::Slug, Some(good(FieldKey::Slug))),
            (FieldKey::Description, Some(text("Before."))),
        ]);
        assert_eq!(world.refusal(HERE, seen), RefusalCode::Changed);
        assert_eq!(world.at(V1).predecessor, None, "nothing of it happened");
    }

    #[test]
    fn only_a_draft_and_only_onto_what_was_live() {
        let mut world = World::ready();
        let onto = |version, onto| Body::VersionRebase { version, onto, take: BTreeMap::new() };
        assert_eq!(world.refusal(HERE, onto(V1, V1)), RefusalCode::NotFound);
        assert_eq!(world.refusal(HERE, onto(V1, V2)), RefusalCode::NotFound);
        world.must(HERE, Body::VersionDiscard { version: V1 });
        world.create(V2, "1.0.1").unwrap();
        assert_eq!(world.refusal(HERE, onto(V2, V1)), RefusalCode::NotLive);
        world.publish(V2);
        assert_eq!(world.refusal(HERE, onto(V1, V2)), RefusalCode::NotADraft, "put away");
        world.must(HERE, Body::VersionRestore { version: V1 });
        world.must(HERE, onto(V1, V2));
        world.submit(V1, crate::world::BOTH).unwrap();
        assert_eq!(world.refusal(HERE, onto(V1, V2)), RefusalCode::NotADraft, "in review");
    }
}
