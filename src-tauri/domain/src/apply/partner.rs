//! Commands of what a workspace keeps about Talkdesk and customers: customers, documents, pages, tickets, messages.

use std::collections::BTreeSet;

use super::workspace::too_many;
use super::{misplaced, not_found};
use crate::alert::Cared;
use crate::command::Body;
use crate::common::{Extra, Mark, Place};
use crate::facts::Facts;
use crate::files;
use crate::ids::{PageId, TicketId};
use crate::refusal::{Refusal, RefusalCode};
use crate::text;
use crate::workspace::{
    Contact, Customer, CustomerDetails, DocumentDetails, DocumentationPage, Letter, MessageDetails,
    MessageTemplate, PageDetails, PartnerDocument, Ticket, TicketDetails, Workspace, built_in_pages,
    unknown_placeholder,
};

pub(super) fn change(state: &mut Workspace, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    match body {
        Body::CustomerSet { customer, details, .. } => {
            let known = state.customers.iter().find(|known| known.id == *customer);
            let details = customer_details(details, known.map(|known| &known.details))?;
            match state.customers.iter_mut().find(|known| known.id == *customer) {
                Some(known) => {
                    known.details = details;
                    known.removed = None;
                }
                None => state.customers.push(Customer {
                    id: *customer,
                    details,
                    removed: None,
                    extra: Extra::new(),
                }),
            }
        }
        Body::CustomerRemove { customer } => {
            let known = state.customers.iter_mut().find(|known| known.id == *customer);
            known.ok_or_else(not_found)?.removed = Some(mark);
        }
        Body::DocumentSet { document, details } => {
            let details = document_details(details)?;
            let full = state.documents.len() >= text::LIST;
            match state.documents.iter_mut().find(|known| known.id == *document) {
                Some(known) => {
                    known.details = details;
                    known.removed = None;
                }
                None if full => return Err(too_many(text::LIST)),
                None => state.documents.push(PartnerDocument {
                    owner: None,
                    id: *document,
                    details,
                    removed: None,
                    extra: Extra::new(),
                }),
            }
        }
        Body::DocumentRemove { document } => {
            let known = state.documents.iter_mut().find(|known| known.id == *document);
            known.ok_or_else(not_found)?.removed = Some(mark);
        }
        Body::PageSet { page, details } => {
            let details = page_details(details)?;
            if let Ok(known) = page_mut(state, *page) {
                known.details = details;
                known.removed = None;
            } else if state.own_pages.len() >= text::LIST {
                return Err(too_many(text::LIST));
            } else {
                let (read, removed, extra) = (Vec::new(), None, Extra::new());
                state.own_pages.push(DocumentationPage { id: *page, details, read, removed, extra });
            }
        }
        Body::PageRemove { page } => page_mut(state, *page)?.removed = Some(mark),
        Body::PageMarkRead { page, read } => {
            let known = page_mut(state, *page)?;
            if !read {
                known.read.retain(|known| known.by != mark.by);
            } else if !known.read.iter().any(|known| known.by == mark.by) {
                known.read.push(mark);
            }
        }
        Body::MessageSet { message, details } => {
            let details = message_details(details)?;
            let full = state.messages.len() >= text::LIST;
            match state.messages.iter_mut().find(|known| known.id == *message) {
                Some(known) => {
                    known.details = details;
                    known.removed = None;
                }
                None if full => return Err(too_many(text::LIST)),
                None => state.messages.push(MessageTemplate {
                    id: *message,
                    details,
                    removed: None,
                    extra: Extra::new(),
                }),
            }
        }
        Body::MessageRemove { message } => {
            let known = state.messages.iter_mut().find(|known| known.id == *message);
            known.ok_or_else(not_found)?.removed = Some(mark);
        }
        _ => ticket(state, body, mark, facts)?,
    }
    Ok(())
}

fn ticket(state: &mut Workspace, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    match body {
        Body::TicketSet { ticket, details, .. } => {
            let details = ticket_details(state, details, facts)?;
            match state.tickets.iter_mut().find(|known| known.id == *ticket) {
                Some(known) => {
                    known.details = details;
                    known.removed = None;
                }
                None => state.tickets.push(Ticket {
                    owner: None,
                    id: *ticket,
                    details,
                    letters: Vec::new(),
                    closed: None,
                    removed: None,
                    created: mark,
                    extra: Extra::new(),
                }),
            }
        }
        Body::TicketLetter { ticket, from, on, waits_for } => {
            let on = text::date(on, "on")?;
            let known = ticket_mut(state, *ticket)?;
            if known.letters.len() >= text::LIST {
                return Err(too_many(text::LIST));
            }
            // Nothing is written about what is closed: it is open again.
            known.closed = None;
            known.letters.push(Letter { from: *from, on, waits_for: *waits_for, mark });
        }
        Body::TicketTakeBack { ticket, letter } => {
            let letters = &mut ticket_mut(state, *ticket)?.letters;
            let at = letters.iter().position(|known| known.mark.command == *letter).ok_or_else(not_found)?;
            letters.remove(at);
        }
        Body::TicketSetClosed { ticket, closed } => {
            ticket_mut(state, *ticket)?.closed = closed.then_some(mark);
        }
        Body::AlertAssign { about, to } => {
            let known = |id| state.members.iter().any(|known| known.id == id && known.left.is_none());
            if *about != Cared::Installation && !to.is_none_or(known) {
                return Err(not_found());
            }
            match about {
                Cared::Installation => return Err(misplaced()),
                Cared::Ticket { ticket } => ticket_mut(state, *ticket)?.owner = *to,
                Cared::Document { document } => {
                    let known = state
                        .documents
                        .iter_mut()
                        .find(|known| known.id == *document && known.removed.is_none());
                    known.ok_or_else(not_found)?.owner = *to;
                }
            }
        }
        Body::TicketRemove { ticket } => ticket_mut(state, *ticket)?.removed = Some(mark),
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn ticket_mut(state: &mut Workspace, id: TicketId) -> Result<&mut Ticket, Refusal> {
    let known = state.tickets.iter_mut().find(|known| known.id == id && known.removed.is_none());
    known.ok_or_else(not_found)
}

/// A page of the workspace's own; a built-in one becomes that with the first change.
fn page_mut(state: &mut Workspace, id: PageId) -> Result<&mut DocumentationPage, Refusal> {
    if !state.own_pages.iter().any(|known| known.id == id) {
        let built_in = built_in_pages().iter().find(|known| known.id == id).ok_or_else(not_found)?;
        state.own_pages.push(built_in.clone());
    }
    state.own_pages.iter_mut().find(|known| known.id == id).ok_or_else(not_found)
}

fn customer_details(
    details: &CustomerDetails,
    known: Option<&CustomerDetails>,
) -> Result<CustomerDetails, Refusal> {
    if details.contacts.len() > text::LIST {
        return Err(too_many(text::LIST).at(Place::input("contacts")));
    }
    let ids: BTreeSet<_> = details.contacts.iter().map(|contact| contact.id).collect();
    if ids.len() < details.contacts.len() {
        return Err(misplaced());
    }
    let contact = |(n, contact): (usize, &Contact)| {
        let known = known.and_then(|known| known.contact(contact.id));
        let checked = match known.filter(|known| known.shown().is_empty()) {
            None => contact_details(contact),
            Some(redacted) if contact.shown().is_empty() => Ok(redacted.clone()),
            // Somebody who was redacted stays so: who is meant comes in as someone new.
            Some(_) => Err(Refusal::ours(RefusalCode::Redacted).at(Place::input("contact"))),
        };
        checked.map_err(|refusal| {
            let index = u32::try_from(n).ok();
            let places = refusal.places.into_iter().map(|place| Place { index, ..place }).collect();
            Refusal { places, ..refusal }
        })
    };
    Ok(CustomerDetails {
        name: text::line(&details.name, text::LINE, "name")?,
        account: text::optional_line(&details.account, text::LINE, "account")?,
        region: text::optional_line(&details.region, text::LINE, "region")?,
        contacts: details.contacts.iter().enumerate().map(contact).collect::<Result<_, _>>()?,
        notes: text::block(&details.notes, "notes")?,
    })
}

fn contact_details(contact: &Contact) -> Result<Contact, Refusal> {
    let name = text::optional_line(&contact.name, text::LINE, "contact")?;
    let email = text::optional_line(&contact.email, text::LINE, "email")?;
    if name.is_empty() && email.is_empty() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("contact")));
    }
    Ok(Contact {
        id: contact.id,
        name,
        role: text::optional_line(&contact.role, text::LINE, "role")?,
        email,
        phone: text::optional_line(&contact.phone, text::LINE, "phone")?,
        gets_links: contact.gets_links,
    })
}

fn document_details(details: &DocumentDetails) -> Result<DocumentDetails, Refusal> {
    files::all_checked(&details.files)?;
    Ok(DocumentDetails {
        name: text::line(&details.name, text::LINE, "document")?,
        sent: text::optional_date(details.sent.as_deref(), "sent")?,
        signed: text::optional_date(details.signed.as_deref(), "signed")?,
        valid_until: text::optional_date(details.valid_until.as_deref(), "valid_until")?,
        files: details.files.clone(),
    })
}

fn page_details(details: &PageDetails) -> Result<PageDetails, Refusal> {
    Ok(PageDetails {
        title: text::line(&details.title, text::LINE, "title")?,
        url: text::optional_https(&details.url, "url")?,
    })
}

fn ticket_details(
    state: &Workspace,
    details: &TicketDetails,
    facts: &Facts,
) -> Result<TicketDetails, Refusal> {
    let customer = details.about.customer.is_none_or(|id| state.customer(id).is_some());
    if !facts.named_known || !customer {
        return Err(not_found().at(Place::input("about")));
    }
    Ok(TicketDetails {
        number: text::optional_line(&details.number, 50, "number")?,
        subject: text::line(&details.subject, text::LINE, "subject")?,
        about: details.about,
        opened: text::date(&details.opened, "opened")?,
        notes: text::block(&details.notes, "notes")?,
    })
}

fn message_details(details: &MessageDetails) -> Result<MessageDetails, Refusal> {
    let checked = MessageDetails {
        name: text::line(&details.name, text::LINE, "message")?,
        language: text::line(&details.language, 35, "language")?,
        subject: text::line(&details.subject, text::LINE, "subject")?,
        body: text::block(&details.body, "body")?,
    };
    if checked.body.trim().is_empty() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("body")));
    }
    for (words, input) in [(&checked.subject, "subject"), (&checked.body, "body")] {
        if let Some(word) = unknown_placeholder(words) {
            let refusal = Refusal::ours(RefusalCode::UnknownPlaceholder).with("word", word);
            return Err(refusal.at(Place::input(input)));
        }
    }
    Ok(checked)
}
