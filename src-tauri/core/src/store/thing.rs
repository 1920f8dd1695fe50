//! What a command changes as a whole: by this two commands are known to be about the same.

use domain::Body;
use domain::fields::FieldKey;
use domain::ids::{
    AccountId, CaseId, CommentId, CustomerId, DocumentId, ExternalLinkId, FindingId, MemberId, MessageId,
    PageId, TicketId, VersionId,
};

/// What a command replaces as a whole.
#[derive(PartialEq)]
pub(super) enum Thing<'a> {
    Field(VersionId, FieldKey),
    Version(VersionId),
    Reply(FindingId),
    Note(&'a str),
    /// The result of a run's item: results stand side by side, and are never merged.
    Result(&'a str),
    Tested,
    Project,
    Workspace,
    Addresses,
    Policies,
    Member(MemberId),
    Customer(CustomerId),
    Account(AccountId),
    Document(DocumentId),
    Page(PageId),
    Ticket(TicketId),
    Case(CaseId),
    Message(MessageId),
    Comment(CommentId),
    External(ExternalLinkId),
}

/// What an edit replaces. Two unsent edits of one thing are one edit with the later value.
pub(super) fn edited(body: &Body) -> Option<Thing<'_>> {
    Some(match body {
        Body::SetField { version, field, .. } => Thing::Field(*version, *field),
        Body::VersionEdit { version, .. } => Thing::Version(*version),
        Body::FindingReply { finding, .. } => Thing::Reply(*finding),
        Body::Note { item, .. } => Thing::Note(item),
        Body::RunSetTested { .. } => Thing::Tested,
        Body::ProjectEdit { .. } => Thing::Project,
        Body::WorkspaceRename { .. } => Thing::Workspace,
        Body::SetAddresses { .. } => Thing::Addresses,
        Body::SetPolicies { .. } => Thing::Policies,
        Body::MemberRename { member, .. } => Thing::Member(*member),
        Body::CustomerSet { customer, .. } => Thing::Customer(*customer),
        Body::AccountSet { account, .. } => Thing::Account(account.id),
        Body::DocumentSet { document, .. } => Thing::Document(*document),
        Body::PageSet { page, .. } => Thing::Page(*page),
        Body::TicketSet { ticket, .. } => Thing::Ticket(*ticket),
        Body::CaseSet { case, .. } => Thing::Case(*case),
        Body::MessageSet { message, .. } => Thing::Message(*message),
        Body::CommentEdit { comment, .. } => Thing::Comment(*comment),
        Body::ExternalEdit { link, .. } => Thing::External(*link),
        _ => return None,
    })
}

/// Everything that a command sets anew, and another command may have set meanwhile.
pub(super) fn things(body: &Body) -> Vec<Thing<'_>> {
    match body {
        Body::SetResult { item, .. } => vec![Thing::Result(item)],
        Body::VersionRebase { version, take, .. } => {
            take.keys().map(|field| Thing::Field(*version, *field)).collect()
        }
        body => edited(body).into_iter().collect(),
    }
}
