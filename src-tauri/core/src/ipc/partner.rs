//! What a workspace keeps of Talkdesk: documents, documentation pages, tickets.

pub use domain::alert::DocumentEnd;
use domain::comment::Subject;
use domain::external::ExternalLink;
use domain::ids::{CommandId, DocumentId, PageId, TicketId};
use domain::redact::{self, Words};
use domain::workspace::{
    DocumentDetails, DocumentationPage, Letter, PartnerDocument, Side, Ticket, TicketDetails, Workspace,
};
use domain::{Timestamp, workspace::AccountOwner};
use serde::Serialize;

use super::View;
use super::common::{By, People, RedactedView};
use crate::error::Error;

/// A partner document.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DocumentView {
    /// Which.
    pub id: DocumentId,
    /// What is known of it.
    pub details: DocumentDetails,
    /// Days until its last day is over; negative where it is; none without an end.
    pub days_left: Option<i64>,
    /// How its end stands.
    pub end: DocumentEnd,
}

impl DocumentView {
    /// A document at a moment; `notice` days before its end it is told of.
    pub(super) fn of(document: &PartnerDocument, now: Timestamp, notice: u32) -> Self {
        Self {
            id: document.id,
            details: document.details.clone(),
            days_left: document.days_left(now),
            end: document.end(now, notice),
        }
    }
}

/// Documents that were not removed.
pub(super) fn documents(workspace: &Workspace, now: Timestamp) -> Vec<DocumentView> {
    let kept = workspace.documents.iter().filter(|document| document.removed.is_none());
    kept.map(|document| DocumentView::of(document, now, workspace.policies.expiry_days)).collect()
}

/// A documentation page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PageView {
    /// Which.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// Its address; empty until entered.
    pub url: String,
    /// Who read it, first first.
    pub read: Vec<By>,
}

pub(super) fn pages(workspace: &Workspace, people: &People<'_>) -> Vec<PageView> {
    let page = |page: &DocumentationPage| PageView {
        id: page.id,
        title: page.details.title.clone(),
        url: page.details.url.clone(),
        read: page.read.iter().map(|mark| people.by(mark)).collect(),
    };
    workspace.pages().into_iter().map(page).collect()
}

/// A ticket opened with Talkdesk.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TicketView {
    /// Which.
    pub id: TicketId,
    /// What is known of it.
    pub details: TicketDetails,
    /// Words of it were blanked; the last time.
    pub redacted: Option<RedactedView>,
    /// What it is about, in words.
    pub about: AboutView,
    /// Who wrote when, newest first.
    pub letters: Vec<LetterView>,
    /// For whom it waits.
    pub waits_for: Side,
    /// The last day on which Talkdesk wrote.
    pub last_answer: Option<String>,
    /// Working days since anybody wrote.
    pub silent_days: u32,
    /// It waits for Talkdesk for longer than the workspace's own measure.
    pub silent: bool,
    /// Closed.
    pub closed: Option<By>,
    /// Recorded by whom.
    pub created: By,
    /// Links to somewhere else.
    pub links: Vec<ExternalLink>,
}

/// What a ticket is about, by name.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AboutView {
    /// The project's name.
    pub project: Option<String>,
    /// The version's number.
    pub version: Option<String>,
    /// The finding's words.
    pub finding: Option<String>,
    /// The customer's name.
    pub customer: Option<String>,
}

/// That someone wrote.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LetterView {
    /// Which.
    pub id: CommandId,
    /// Who wrote.
    pub from: Side,
    /// On which day.
    pub on: String,
    /// For whom the ticket waits since.
    pub waits_for: Side,
    /// Recorded by whom.
    pub by: By,
}

/// Tickets that were not removed: open ones first, the longest silent first; then the closed ones, newest first.
pub(super) fn tickets(
    view: View<'_>,
    workspace: &Workspace,
    people: &People<'_>,
    now: Timestamp,
) -> Result<Vec<TicketView>, Error> {
    let mut tickets = Vec::new();
    for ticket in workspace.tickets.iter().filter(|ticket| ticket.removed.is_none()) {
        tickets.push(ticket_view(view, workspace, ticket, people, now)?);
    }
    tickets.sort_by_key(|ticket| match &ticket.closed {
        None => (0, -i64::from(ticket.silent_days)),
        Some(closed) => (1, -closed.at.0),
    });
    Ok(tickets)
}

fn ticket_view(
    view: View<'_>,
    workspace: &Workspace,
    ticket: &Ticket,
    people: &People<'_>,
    now: Timestamp,
) -> Result<TicketView, Error> {
    let letter = |letter: &Letter| LetterView {
        id: letter.mark.command,
        from: letter.from,
        on: letter.on.clone(),
        waits_for: letter.waits_for,
        by: people.by(&letter.mark),
    };
    let mut letters: Vec<LetterView> = ticket.letters.iter().rev().map(letter).collect();
    letters.sort_by(|a, b| b.on.cmp(&a.on));
    let subject = Subject::Ticket { ticket: ticket.id };
    Ok(TicketView {
        id: ticket.id,
        details: ticket.details.clone(),
        redacted: redact::beside(&workspace.redactions, Words::Ticket { ticket: ticket.id })
            .map(|redaction| people.redacted(redaction)),
        about: about(view, workspace, ticket)?,
        letters,
        waits_for: ticket.waits_for(),
        last_answer: ticket.last_answer().map(str::to_owned),
        silent_days: ticket.silent_days(now),
        silent: ticket.is_silent(now, workspace.policies.silent_days),
        closed: ticket.closed.as_ref().map(|mark| people.by(mark)),
        created: people.by(&ticket.created),
        links: workspace.external_links.iter().filter(|link| link.subject == subject).cloned().collect(),
    })
}

fn about(view: View<'_>, workspace: &Workspace, ticket: &Ticket) -> Result<AboutView, Error> {
    let about = ticket.details.about;
    let project = about.project.map(|id| view.project(id)).transpose()?.flatten();
    let version = about.version.and_then(|id| project.as_ref()?.version(id));
    let finding = about.finding.and_then(|id| project.as_ref()?.findings.iter().find(|known| known.id == id));
    let customer = about.customer.and_then(|id| workspace.customer(id));
    Ok(AboutView {
        version: version.map(|version| version.number.clone()),
        finding: finding.map(|finding| finding.said.text.clone()),
        customer: customer.map(|customer| customer.details.name.clone()),
        project: project.as_ref().map(|project| project.details.name.clone()),
    })
}

/// Steps of the partner that are done by what the workspace holds.
pub(super) fn proofs(workspace: &Workspace) -> Vec<(domain::process::Proof, bool)> {
    use domain::process::Proof;
    let mut documents = workspace.documents.iter().filter(|document| document.removed.is_none()).peekable();
    let pages = workspace.pages();
    vec![
        (
            Proof::DocumentsDone,
            documents.peek().is_some() && documents.all(|document| document.details.signed.is_some()),
        ),
        (Proof::DocumentationRead, !pages.is_empty() && pages.iter().all(|page| !page.read.is_empty())),
        (
            Proof::DeveloperAccountKnown,
            workspace.accounts.iter().any(|account| account.developer && account.owner == AccountOwner::Own),
        ),
    ]
}
