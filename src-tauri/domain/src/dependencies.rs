//! What a new command needs of those that still wait to be taken.
//!
//! A command depends on the pending ones that made, or last changed, what it names: while one of these is refused,
//! it waits. Everything else goes on, so a refused edit of one field holds up nothing but that field and a
//! submission of its track.

use crate::alert::Cared;
use crate::command::Body;
use crate::comment::Subject as Beside;
use crate::common::AggregateRef;
use crate::fields::FieldKey;
use crate::ids::{
    AccountId, CaseId, CommandId, CommentId, CustomerId, DocumentId, ExternalLinkId, FindingId, LinkId,
    MessageId, PageId, TemplateId, TicketId, VersionId,
};
use crate::redact::Words;

/// A thing that commands make, change or use.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Subject {
    Aggregate(AggregateRef),
    /// A project's name, slug and owner.
    Details(AggregateRef),
    /// The one place that a project has for an unpublished version.
    Turn(AggregateRef),
    Version(VersionId),
    Field(VersionId, FieldKey),
    Review(VersionId),
    Finding(FindingId),
    Link(LinkId),
    Customer(CustomerId),
    Account(AccountId),
    Template(TemplateId),
    Document(DocumentId),
    Page(PageId),
    Ticket(TicketId),
    Case(CaseId),
    Message(MessageId),
    Comment(CommentId),
    External(ExternalLinkId),
    Item(AggregateRef, String),
    Command(CommandId),
    /// An event of Talkdesk's.
    Event(String),
    /// A set of credentials of an installation.
    Set(AggregateRef, String),
}

/// The pending commands that a new one needs, newest of each subject only. `pending` is in the order of making.
pub fn dependencies(
    pending: &[(CommandId, AggregateRef, Body)],
    aggregate: AggregateRef,
    body: &Body,
) -> Vec<CommandId> {
    if matches!(body, Body::Sign {}) {
        // It freezes the run as its author saw it.
        return pending.iter().filter(|(_, of, _)| *of == aggregate).map(|(id, ..)| *id).collect();
    }
    let mut needs = Vec::new();
    // Nothing lives in a workspace that the service does not have yet.
    let founding = pending.iter().find(|(_, _, body)| matches!(body, Body::WorkspaceCreate { .. }));
    needs.extend(founding.map(|(id, ..)| *id));
    for subject in uses(aggregate, body) {
        let last = pending.iter().rev().find(|(id, aggregate, body)| {
            subject == Subject::Command(*id) || makes(*aggregate, body).contains(&subject)
        });
        if let Some((id, ..)) = last
            && !needs.contains(id)
        {
            needs.push(*id);
        }
    }
    needs
}

/// What a command makes or changes.
fn makes(aggregate: AggregateRef, body: &Body) -> Vec<Subject> {
    match body {
        Body::WorkspaceCreate { .. }
        | Body::ProjectCreate { .. }
        | Body::ProjectSetArchived { .. }
        | Body::RunStart { .. }
        // Whatever comes after it was done on the newer list.
        | Body::RunTakeTemplate { .. } => vec![Subject::Aggregate(aggregate)],
        // Any event makes the installation, where it is not there yet.
        Body::EventTake { event } => {
            let mut made = vec![Subject::Aggregate(aggregate), Subject::Event(event.id.clone())];
            made.extend(event.what.set().map(|set| Subject::Set(aggregate, set.client_id.clone())));
            made
        }
        Body::ProjectEdit { .. } => vec![Subject::Details(aggregate)],
        Body::VersionCreate { version, .. }
        | Body::VersionDiscard { version }
        | Body::VersionRebase { version, .. }
        | Body::VersionRestore { version } => vec![Subject::Version(*version), Subject::Turn(aggregate)],
        Body::SetField { version, field, .. } => vec![Subject::Field(*version, *field)],
        Body::Unlock { version, .. }
        | Body::MarkSubmitted { version, .. }
        | Body::Withdraw { version, .. }
        | Body::CorrectAnswer { version, .. }
        | Body::RecordGoLive { version, .. }
        | Body::ApproveGoLive { version } => vec![Subject::Review(*version)],
        Body::ConfirmLive { version } => vec![Subject::Review(*version), Subject::Turn(aggregate)],
        Body::RecordAnswer { version, findings, .. } => std::iter::once(Subject::Review(*version))
            .chain(findings.iter().map(|finding| Subject::Finding(finding.id)))
            .collect(),
        Body::FindingAdd { finding, .. } => vec![Subject::Finding(finding.id)],
        Body::FindingReply { finding, .. } => vec![Subject::Finding(*finding)],
        Body::LinkRecord { link, .. } => vec![Subject::Link(*link)],
        Body::CustomerSet { customer, .. } => vec![Subject::Customer(*customer)],
        Body::DocumentSet { document, .. } => vec![Subject::Document(*document)],
        Body::PageSet { page, .. } => vec![Subject::Page(*page)],
        Body::TicketSet { ticket, .. } => vec![Subject::Ticket(*ticket)],
        Body::CaseSet { case, .. } => vec![Subject::Case(*case)],
        Body::MessageSet { message, .. } => vec![Subject::Message(*message)],
        Body::CommentAdd { comment, .. } | Body::CommentEdit { comment, .. } => {
            vec![Subject::Comment(*comment)]
        }
        Body::ExternalAdd { link, .. } => vec![Subject::External(*link)],
        Body::AccountSet { account, .. } => vec![Subject::Account(account.id)],
        Body::TemplateAdd { template } => vec![Subject::Template(template.id)],
        Body::SetResult { item, .. } => vec![Subject::Item(aggregate, item.clone())],
        _ => Vec::new(),
    }
}

/// What a command has to find there.
fn uses(aggregate: AggregateRef, body: &Body) -> Vec<Subject> {
    let mut uses = vec![Subject::Aggregate(aggregate)];
    match body {
        Body::ProjectEdit { .. } => uses.push(Subject::Details(aggregate)),
        Body::VersionCreate { .. } => uses.push(Subject::Turn(aggregate)),
        Body::VersionRestore { version } => {
            uses.extend([Subject::Version(*version), Subject::Turn(aggregate)]);
        }
        Body::VersionRebase { version, onto, take } => {
            uses.extend([Subject::Version(*version), Subject::Version(*onto), Subject::Review(*onto)]);
            uses.extend(take.keys().map(|field| Subject::Field(*version, *field)));
        }
        Body::SetField { version, field, .. } => uses.extend([
            Subject::Version(*version),
            Subject::Field(*version, *field),
            Subject::Review(*version),
        ]),
        Body::MarkSubmitted { version, tracks, .. } => {
            uses.extend([Subject::Version(*version), Subject::Review(*version)]);
            let fields = crate::fields::FIELDS.iter().filter(|field| tracks.contains(&field.part.track()));
            uses.extend(fields.map(|field| Subject::Field(*version, field.key)));
        }
        Body::Withdraw { version, .. }
        | Body::RecordAnswer { version, .. }
        | Body::CorrectAnswer { version, .. }
        | Body::RecordGoLive { version, .. }
        | Body::ApproveGoLive { version }
        | Body::ConfirmLive { version }
        | Body::SetListed { version, .. }
        | Body::Unlock { version, .. } => {
            uses.extend([Subject::Version(*version), Subject::Review(*version)]);
        }
        Body::VersionEdit { version, .. }
        | Body::VersionAssign { version, .. }
        | Body::VersionDiscard { version }
        | Body::CheckRecord { version, .. }
        | Body::TestRecord { version, .. }
        | Body::SsoRecord { version, .. }
        | Body::CheckWaive { version, .. }
        | Body::CheckUnwaive { version, .. }
        | Body::FindingAdd { version, .. }
        | Body::LinkRecord { version, .. } => uses.push(Subject::Version(*version)),
        Body::MarkCarried { version, fields, .. } | Body::UnmarkCarried { version, fields } => {
            uses.push(Subject::Version(*version));
            uses.extend(fields.iter().map(|field| Subject::Field(*version, *field)));
        }
        Body::StepSet { version, .. } => uses.extend(version.map(Subject::Version)),
        Body::FindingReply { finding, .. }
        | Body::FindingSetStatus { finding, .. }
        | Body::FindingAttach { finding, .. }
        | Body::FindingDetach { finding, .. } => {
            uses.push(Subject::Finding(*finding));
        }
        Body::LinkNoteUse { link, customer, .. } => {
            uses.push(Subject::Link(*link));
            uses.extend(customer.map(Subject::Customer));
        }
        Body::CustomerSet { customer, .. } | Body::CustomerRemove { customer } => {
            uses.push(Subject::Customer(*customer));
        }
        Body::AccountSet { account, .. } => uses.push(Subject::Account(account.id)),
        Body::AccountRemove { account } => uses.push(Subject::Account(*account)),
        Body::TemplateAdd { template } => uses.push(Subject::Template(template.id)),
        Body::RunTakeTemplate { template, .. } => uses.push(Subject::Template(*template)),
        Body::RunStart { project, version, template, previous, .. } => {
            uses.extend([
                Subject::Aggregate(AggregateRef::Project(*project)),
                Subject::Version(*version),
                Subject::Template(*template),
            ]);
            uses.extend(previous.map(|run| Subject::Aggregate(AggregateRef::Run(run))));
        }
        Body::SetResult { knew, .. } => uses.extend(knew.iter().copied().map(Subject::Command)),
        Body::Fixed { item, .. } => uses.push(Subject::Item(aggregate, item.clone())),
        Body::Undo { undoes: before, .. } | Body::Detach { entry: before, .. } => {
            uses.push(Subject::Command(*before));
        }
        _ => uses.extend(uses_of_partner(aggregate, body)),
    }
    uses
}

/// The same for what a workspace keeps of Talkdesk, and for what stands beside things.
fn uses_of_partner(aggregate: AggregateRef, body: &Body) -> Vec<Subject> {
    let mut uses = Vec::new();
    match body {
        Body::DocumentSet { document, .. }
        | Body::DocumentRemove { document }
        | Body::AlertAssign { about: Cared::Document { document }, .. } => {
            uses.push(Subject::Document(*document));
        }
        Body::PageSet { page, .. } | Body::PageRemove { page } | Body::PageMarkRead { page, .. } => {
            uses.push(Subject::Page(*page));
        }
        Body::TicketSet { ticket, details, .. } => {
            uses.push(Subject::Ticket(*ticket));
            let about = details.about;
            uses.extend(about.project.map(|id| Subject::Aggregate(AggregateRef::Project(id))));
            uses.extend(about.version.map(Subject::Version));
            uses.extend(about.finding.map(Subject::Finding));
            uses.extend(about.customer.map(Subject::Customer));
        }
        Body::CaseSet { case, details } => {
            uses.extend([Subject::Case(*case), Subject::Customer(details.customer)]);
            uses.push(Subject::Aggregate(AggregateRef::Project(details.project)));
            uses.extend(details.version.map(Subject::Version));
        }
        Body::CaseJoin { case, installation } => {
            uses.push(Subject::Case(*case));
            uses.extend(installation.map(|id| Subject::Aggregate(AggregateRef::Installation(id))));
        }
        Body::CaseSetEnd { case, .. } | Body::CaseRemove { case } => uses.push(Subject::Case(*case)),
        Body::TicketTakeBack { ticket, letter } => {
            uses.extend([Subject::Ticket(*ticket), Subject::Command(*letter)]);
        }
        Body::TicketLetter { ticket, .. }
        | Body::TicketSetClosed { ticket, .. }
        | Body::TicketRemove { ticket }
        | Body::AlertAssign { about: Cared::Ticket { ticket }, .. } => uses.push(Subject::Ticket(*ticket)),
        Body::MessageSet { message, .. } | Body::MessageRemove { message } => {
            uses.push(Subject::Message(*message));
        }
        Body::CommentAdd { subject, reply_to, .. } => {
            uses.extend(beside(subject));
            uses.extend(reply_to.map(Subject::Comment));
        }
        Body::CommentEdit { comment, .. }
        | Body::CommentDelete { comment }
        | Body::CommentResolve { comment, .. }
        | Body::CommentRedact { comment, .. } => uses.push(Subject::Comment(*comment)),
        Body::WordsRedact { words, .. } => uses.push(said(words)),
        Body::InstallationMatch { customer, project } => {
            uses.extend(customer.map(Subject::Customer));
            uses.extend(project.map(|id| Subject::Aggregate(AggregateRef::Project(id))));
        }
        Body::InstallationAnswer { events, .. } | Body::AlertMark { events, .. } => {
            uses.extend(events.iter().cloned().map(Subject::Event));
        }
        Body::CredentialsNoteToken { client_id, .. }
        | Body::CredentialsNoteDeployed { client_id, .. }
        | Body::CredentialsNoteInUse { client_id, .. }
        | Body::CredentialsNoteKept { client_id }
        | Body::CredentialsAcknowledge { client_id } => {
            uses.push(Subject::Set(aggregate, client_id.clone()));
        }
        Body::CommentSee { comments } => uses.extend(comments.iter().copied().map(Subject::Comment)),
        Body::ExternalAdd { link, subject, .. } => {
            uses.push(Subject::External(*link));
            uses.extend(beside(subject));
        }
        Body::ExternalEdit { link, .. } | Body::ExternalRemove { link } => {
            uses.push(Subject::External(*link));
        }
        _ => {}
    }
    uses
}

/// What holds the words that are blanked.
fn said(words: &Words) -> Subject {
    match *words {
        Words::Comment { comment } => Subject::Comment(comment),
        Words::Contact { customer, .. } | Words::CustomerNotes { customer } => Subject::Customer(customer),
        Words::Ticket { ticket } => Subject::Ticket(ticket),
        Words::Account { account } => Subject::Account(account),
        Words::Finding { finding } | Words::Reply { finding } => Subject::Finding(finding),
        Words::Entry { entry: command } | Words::Answer { answer: command } => Subject::Command(command),
    }
}

/// What a comment or an external link stands beside.
fn beside(subject: &Beside) -> Option<Subject> {
    match subject {
        Beside::Version { version } | Beside::Field { version, .. } => Some(Subject::Version(*version)),
        Beside::Finding { finding } => Some(Subject::Finding(*finding)),
        Beside::Customer { customer } => Some(Subject::Customer(*customer)),
        Beside::Ticket { ticket } => Some(Subject::Ticket(*ticket)),
        // They are there with their aggregate.
        Beside::Project | Beside::Item { .. } => None,
    }
}
