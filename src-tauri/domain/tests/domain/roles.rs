//! Who may do what (`domain.md`, *Roles*): every command for every role.

use domain::facts::{Actor, Facts};
use domain::fields::FieldKey;
use domain::{AggregateRef, Body, Command, RefusalCode, Role, Timestamp};

use crate::bodies::{VARIANTS, samples, variant};
use crate::world::{HERE, ME, V1};

/// Admin, Partner manager, Developer, Qa, Internal reviewer, Viewer.
const TABLE: &str = "
    WorkspaceCreate    A P . . . .
    WorkspaceRename    A P . . . .
    SetAddresses       A P . . . .
    SetPolicies        A . . . . .
    AccountSet         A P . . . .
    AccountRemove      A P . . . .
    MemberRename       A . . . . .
    MemberEnter        A P D Q I V
    MemberSetAbsence   A P D Q I V
    MemberSetMail      A P D Q I V
    MemberLeave        A . . . . .
    CustomerSet        . P . . . .
    CustomerRemove     . P . . . .
    DocumentSet        A P . . . .
    DocumentRemove     A P . . . .
    PageSet            A P D . . .
    PageRemove         A P D . . .
    PageMarkRead       A P D Q I .
    TicketSet          A P D . . .
    TicketLetter       A P D . . .
    TicketTakeBack     A P D . . .
    TicketSetClosed    A P D . . .
    TicketRemove       A P D . . .
    CaseSet            . P D . . .
    CaseJoin           . P D . . .
    CaseSetEnd         . P D . . .
    CaseRemove         . P D . . .
    MessageSet         . P . . . .
    MessageRemove      . P . . . .
    TemplateAdd        . P . Q . .
    StepSet            A P D . . .
    SecretNoteReveal   . P D . . .
    ProjectCreate      . P . . . .
    ProjectEdit        . P . . . .
    ProjectSetArchived . P . . . .
    ProjectSetApp      . P . . . .
    VersionCreate      . P . . . .
    VersionEdit        . P . . . .
    VersionAssign      . P . . . .
    SetField           . P . . . .
    VersionDiscard     . P . . . .
    VersionRestore     . P . . . .
    VersionRebase      . P . . . .
    Unlock             . P . . . .
    MarkCarried        . P . . . .
    UnmarkCarried      . P . . . .
    MarkSubmitted      . P . . . .
    Withdraw           . P . . . .
    RecordAnswer       . P . . . .
    CorrectAnswer      . P . . . .
    RecordGoLive       . P . . . .
    ApproveGoLive      . P . . . .
    ConfirmLive        . P . . . .
    SetListed          . P . . . .
    CheckRecord        . P D . . .
    TestRecord         . P D . . .
    SsoRecord          . P D . . .
    CheckWaive         . P . . . .
    CheckUnwaive       . P . . . .
    FindingAdd         . P D Q I .
    FindingReply       . P D Q . .
    FindingSetStatus   . P D Q . .
    FindingAttach      . P D Q I .
    FindingDetach      . P D Q I .
    LinkRecord         . P . . . .
    LinkNoteUse        . P D Q . .
    CommentAdd         A P D Q I .
    CommentEdit        A P D Q I .
    CommentDelete      A P D Q I .
    CommentResolve     A P D Q I .
    CommentSee         A P D Q I V
    CommentRedact      . P . . . .
    WordsRedact        . P . . . .
    ExternalAdd        A P D Q I .
    ExternalEdit       A P D Q I .
    ExternalRemove     A P D Q I .
    RunStart           . P . Q . .
    RunTakeTemplate    . P . Q . .
    RunSetTested       . P . Q . .
    SetResult          . P . Q . .
    Fixed              . P D Q . .
    Retest             . P D Q . .
    Note               . P . Q . .
    Assign             . P . Q . .
    Attach             . P . Q . .
    Detach             . P . Q . .
    Undo               . P . Q . .
    Sign               . P . Q . .
    EventTake               . P D . . .
    InstallationMatch       . P D . . .
    InstallationNoteState   . P D . . .
    InstallationAnswer      . P D . . .
    CredentialsNoteToken    . P D . . .
    CredentialsNoteDeployed . P D . . .
    CredentialsNoteInUse    . P D . . .
    CredentialsNoteKept     A P D . . .
    CredentialsAcknowledge  . P D . . .
    CredentialsAskRotation  . P D . . .
    AlertAssign             A P D . . .
    AlertSnooze             A P D . . .
    AlertMark               . P D . . .
";

/// Whether the reducer bars that role before it looks at anything else.
fn barred(role: Role, body: &Body) -> bool {
    // The member whom the sample workspace starts with is the actor, or the name would be another's.
    let member = if let Body::WorkspaceCreate { member, .. } = body { member.id } else { ME };
    let facts = Facts::plain(Actor { member, roles: vec![role] }, Timestamp(1));
    let aggregate = match body {
        Body::WorkspaceCreate { .. } => AggregateRef::Workspace(domain::ids::WorkspaceId::from_u128(1)),
        _ => HERE,
    };
    let command = Command { id: domain::ids::CommandId::from_u128(1), aggregate, body: body.clone() };
    match domain::apply(&mut None, &command, &facts) {
        Ok(_) => false,
        Err(refusal) => refusal.code == RefusalCode::Forbidden,
    }
}

#[test]
fn every_role_may_do_its_own() {
    let rows: Vec<Vec<&str>> = TABLE
        .lines()
        .map(|row| row.split_whitespace().collect::<Vec<_>>())
        .filter(|row| !row.is_empty())
        .collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), VARIANTS, "the table is whole");
    for body in samples() {
        let row = rows.iter().find(|row| row[0] == variant(&body)).unwrap();
        for (role, may) in Role::ALL.into_iter().zip(&row[1..]) {
            assert_eq!(!barred(role, &body), *may != ".", "{role:?} {body:?}");
        }
    }
}

#[test]
fn developers_set_technical_fields_only() {
    for field in domain::fields::FIELDS {
        let body = Body::SetField { version: V1, field: field.key, value: None, expects: None };
        let technical = field.part == domain::fields::Part::Technical;
        for role in Role::ALL {
            let may = role == Role::PartnerManager || (role == Role::Developer && technical);
            assert_eq!(!barred(role, &body), may, "{role:?} {}", field.name);
        }
    }
    assert!(barred(
        Role::Viewer,
        &Body::SetField { version: V1, field: FieldKey::Scopes, value: None, expects: None }
    ));
}

#[test]
fn a_refusal_names_the_roles_that_may() {
    let facts = Facts::plain(Actor { member: ME, roles: vec![Role::Viewer, Role::Developer] }, Timestamp(1));
    let command = Command {
        id: domain::ids::CommandId::from_u128(1),
        aggregate: HERE,
        body: Body::RunSetTested { tested: domain::checklist::Tested::default() },
    };
    let refusal = domain::apply(&mut None, &command, &facts).unwrap_err();
    assert_eq!(refusal.params["roles"], "partner_manager qa");
    // Nobody without a role does anything.
    let nobody = Facts { actor: Actor { roles: Vec::new(), ..facts.actor.clone() }, ..facts };
    assert_eq!(domain::apply(&mut None, &command, &nobody).unwrap_err().code, RefusalCode::Forbidden);
}
