//! One released command of every kind: the golden file, and the list of kinds that a new one has to enter.

use domain::{Body, Envelope};

/// Names every variant in a match without a wildcard: a new one does not compile until it is named here, and then the
/// golden test asks for its envelope.
macro_rules! variants {
    ($($name:ident)*) => {
        pub const VARIANTS: &[&str] = &[$(stringify!($name)),*];

        pub fn variant(body: &Body) -> &'static str {
            match body {
                $(Body::$name { .. } => stringify!($name),)*
            }
        }
    };
}

variants! {
    WorkspaceCreate WorkspaceRename SetAddresses SetPolicies AccountSet AccountRemove MemberRename
    MemberEnter MemberSetAbsence MemberSetMail MemberLeave
    CustomerSet CustomerRemove DocumentSet DocumentRemove PageSet PageRemove PageMarkRead
    TicketSet TicketLetter TicketTakeBack TicketSetClosed TicketRemove CaseSet CaseJoin CaseSetEnd CaseRemove MessageSet MessageRemove
    TemplateAdd StepSet SecretNoteReveal
    ProjectCreate ProjectEdit ProjectSetArchived ProjectSetApp
    VersionCreate VersionEdit VersionAssign SetField VersionDiscard VersionRestore VersionRebase Unlock MarkCarried UnmarkCarried
    MarkSubmitted Withdraw RecordAnswer CorrectAnswer RecordGoLive ApproveGoLive ConfirmLive SetListed
    CheckRecord TestRecord SsoRecord CheckWaive CheckUnwaive
    FindingAdd FindingReply FindingSetStatus FindingAttach FindingDetach LinkRecord LinkNoteUse
    CommentAdd CommentEdit CommentDelete CommentResolve CommentSee CommentRedact WordsRedact
    ExternalAdd ExternalEdit ExternalRemove
    RunStart RunTakeTemplate RunSetTested SetResult Fixed Retest Note Assign Attach Detach Undo Sign
    EventTake InstallationMatch InstallationNoteState InstallationAnswer
    CredentialsNoteToken CredentialsNoteDeployed CredentialsNoteInUse CredentialsNoteKept CredentialsAcknowledge CredentialsAskRotation
    AlertAssign AlertSnooze AlertMark
}

pub const GOLDEN: &str = include_str!("../../golden/commands.json");

/// The released envelopes, as JSON.
pub fn golden() -> Vec<serde_json::Value> {
    serde_json::from_str(GOLDEN).unwrap()
}

/// A released body of every kind.
pub fn samples() -> Vec<Body> {
    let body = |json| serde_json::from_value::<Envelope>(json).unwrap().command().unwrap().body;
    golden().into_iter().map(body).collect()
}
