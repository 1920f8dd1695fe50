//! Commands: everything that anyone can do, each with a name and a version that stay readable for ever.
//!
//! On the wire a command is an [`Envelope`]: id, kind, version, aggregate, arguments. Old versions are brought up
//! to date on reading; a kind that this version does not know stays an envelope, kept and shown as *by a newer
//! version*. The golden file beside the tests holds one JSON of every released command.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::alert::Cared;
use crate::checklist::{Outcome, Tested};
use crate::comment::Subject;
use crate::common::{AggregateRef, Extra, Timestamp};
use crate::event_test::TestReport;
use crate::fields::{FieldKey, FieldValue, Part, TrackName};
use crate::files::{self, BlobId, Evidence, FileRef};
use crate::ids::{
    AccountId, CaseId, CommandId, CommentId, ContactId, CustomerId, DocumentId, ExternalLinkId, FindingId,
    InstallationId, LinkId, MemberId, MessageId, PageId, ProjectId, RoundId, RunId, TemplateId, TicketId,
    VersionId,
};
use crate::installation::{Authentication, EventFacts, TalkdeskState, Word};
use crate::preflight::{CheckCode, Seen};
use crate::project::{
    AppAt, FindingSource, FindingStatus, FindingText, LinkSource, LinkUseKind, ProjectDetails, Verdict,
};
use crate::redact::Words;
use crate::sso::SsoReport;
use crate::templates::Template;
use crate::workspace::{
    Absence, Account, Addresses, CaseDetails, CaseEnd, CustomerDetails, DocumentDetails, MailWish, Member,
    MessageDetails, PageDetails, Policies, Side, TicketDetails,
};

/// A command as it is stored and sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Envelope {
    /// The idempotency key.
    pub id: CommandId,
    /// Such as `version.set_field`.
    pub kind: String,
    /// The version of its arguments, from 1.
    pub v: u32,
    /// What it changes.
    pub aggregate: AggregateRef,
    /// The desktop's clock: shown to people, never compared.
    pub made_at: Timestamp,
    /// Commands that must have been taken before this one.
    #[serde(default)]
    pub needs: Vec<CommandId>,
    /// The arguments.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub args: Value,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extra: Extra,
}

/// A command that this version knows.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// The idempotency key.
    pub id: CommandId,
    /// What it changes.
    pub aggregate: AggregateRef,
    /// What it does.
    pub body: Body,
}

impl Envelope {
    /// Packs a command.
    pub fn new(command: &Command, made_at: Timestamp, needs: Vec<CommandId>) -> Self {
        let packed = serde_json::to_value(&command.body).unwrap_or_default();
        Self {
            id: command.id,
            v: version_of(packed["kind"].as_str().unwrap_or_default()),
            kind: packed["kind"].as_str().unwrap_or_default().to_owned(),
            aggregate: command.aggregate,
            made_at,
            needs,
            args: packed["args"].clone(),
            extra: Extra::new(),
        }
    }

    /// The files that have to be there for the command to be taken. What it expects to find in place of its own value
    /// is none of them.
    pub fn blobs(&self) -> BTreeSet<BlobId> {
        let mut found = BTreeSet::new();
        for (name, value) in self.args.as_object().into_iter().flatten() {
            if name != "expects" {
                files::named(value, &mut found);
            }
        }
        found
    }

    /// Reads the command, or says that it is by a newer version.
    pub fn command(&self) -> Result<Command, UnknownCommand> {
        let unknown = || UnknownCommand { kind: self.kind.clone(), v: self.v };
        // What an older version says is brought up to date by the types themselves, as stored states are.
        if !(1..=version_of(&self.kind)).contains(&self.v) {
            return Err(unknown());
        }
        let body =
            serde_json::from_value(json!({ "kind": self.kind, "args": self.args })).map_err(|_| unknown())?;
        Ok(Command { id: self.id, aggregate: self.aggregate, body })
    }
}

/// The version of a command's arguments that is written today.
fn version_of(kind: &str) -> u32 {
    match kind {
        // 1: one `email`; 2: `contacts`.
        "customer.set" => 2,
        _ => 1,
    }
}

/// A command by a newer version, or one whose arguments cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("unknown command {kind} v{v}")]
pub struct UnknownCommand {
    /// Its kind.
    pub kind: String,
    /// Its version.
    pub v: u32,
}

/// What a command does. The first word of its kind names the aggregate or the part of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "args")]
#[expect(missing_docs, reason = "the arguments are named after the fields that they set")]
pub enum Body {
    /// Makes the workspace with its first member.
    #[serde(rename = "workspace.create")]
    WorkspaceCreate { name: String, sample: bool, member: Member },
    /// Renames the workspace.
    #[serde(rename = "workspace.rename")]
    WorkspaceRename { name: String },
    /// Sets where Talkdesk's pages are found.
    #[serde(rename = "workspace.set_addresses")]
    SetAddresses { addresses: Addresses },
    /// Sets what the workspace decided for itself.
    #[serde(rename = "workspace.set_policies")]
    SetPolicies { policies: Policies },
    /// Adds an own or a Talkdesk account, or replaces the one with this id.
    #[serde(rename = "account.set")]
    AccountSet {
        account: Account,
        /// The last redaction of its words that its author knew; likewise wherever a form holds words that were there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knew: Option<CommandId>,
    },
    /// Removes an account.
    #[serde(rename = "account.remove")]
    AccountRemove { account: AccountId },
    /// Renames a member.
    #[serde(rename = "member.rename")]
    MemberRename { member: MemberId, name: String },
    /// Whoever makes it shows up among the members, with the roles in force; somebody who is there already has their
    /// roles set to these.
    #[serde(rename = "member.enter")]
    MemberEnter { name: String },
    /// Says until when a member is away and who covers; none: is back.
    #[serde(rename = "member.set_absence")]
    MemberSetAbsence { member: MemberId, absence: Option<Absence> },
    /// Says which mail of the team's service one wants.
    #[serde(rename = "member.set_mail")]
    MemberSetMail { mail: MailWish },
    /// Notes that a member left: the name stays on what they did.
    #[serde(rename = "member.leave")]
    MemberLeave { member: MemberId },
    /// Adds a customer, or replaces what is known of one.
    #[serde(rename = "customer.set")]
    CustomerSet {
        customer: CustomerId,
        details: CustomerDetails,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knew: Option<CommandId>,
    },
    /// Leaves a tombstone.
    #[serde(rename = "customer.remove")]
    CustomerRemove { customer: CustomerId },
    /// Adds a partner document, or replaces what is known of one.
    #[serde(rename = "document.set")]
    DocumentSet { document: DocumentId, details: DocumentDetails },
    /// Leaves a tombstone.
    #[serde(rename = "document.remove")]
    DocumentRemove { document: DocumentId },
    /// Adds a documentation page, or replaces the title and address of one.
    #[serde(rename = "page.set")]
    PageSet { page: PageId, details: PageDetails },
    /// Leaves a tombstone.
    #[serde(rename = "page.remove")]
    PageRemove { page: PageId },
    /// The person has read a page, or has not after all.
    #[serde(rename = "page.mark_read")]
    PageMarkRead { page: PageId, read: bool },
    /// Records a ticket that was opened with Talkdesk, or replaces what is known of one.
    #[serde(rename = "ticket.set")]
    TicketSet {
        ticket: TicketId,
        details: TicketDetails,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knew: Option<CommandId>,
    },
    /// Records that one of the two wrote on a day, `YYYY-MM-DD`, and for whom the ticket waits since.
    #[serde(rename = "ticket.letter")]
    TicketLetter { ticket: TicketId, from: Side, on: String, waits_for: Side },
    /// Takes such a record back: nobody wrote after all.
    #[serde(rename = "ticket.take_back")]
    TicketTakeBack { ticket: TicketId, letter: CommandId },
    /// Closes a ticket, or opens it again.
    #[serde(rename = "ticket.set_closed")]
    TicketSetClosed { ticket: TicketId, closed: bool },
    /// Leaves a tombstone.
    #[serde(rename = "ticket.remove")]
    TicketRemove { ticket: TicketId },
    /// Opens an install case, or replaces what is known of one.
    #[serde(rename = "case.set")]
    CaseSet { case: CaseId, details: CaseDetails },
    /// Says which installation a case is about; none: not that one after all.
    #[serde(rename = "case.join")]
    CaseJoin { case: CaseId, installation: Option<InstallationId> },
    /// Says how a case ended; none: it is open again.
    #[serde(rename = "case.set_end")]
    CaseSetEnd { case: CaseId, end: Option<CaseEnd> },
    /// Leaves a tombstone.
    #[serde(rename = "case.remove")]
    CaseRemove { case: CaseId },
    /// Adds a message template, or replaces what one says.
    #[serde(rename = "message.set")]
    MessageSet { message: MessageId, details: MessageDetails },
    /// Leaves a tombstone.
    #[serde(rename = "message.remove")]
    MessageRemove { message: MessageId },
    /// Adds a template, or its next version.
    #[serde(rename = "template.add")]
    TemplateAdd {
        #[cfg_attr(feature = "ts", ts(type = "unknown"))]
        template: Box<Template>,
    },
    /// Ticks or unticks a step of the partner process by hand: for the workspace, the project or a version.
    #[serde(rename = "step.set")]
    StepSet { step: String, version: Option<VersionId>, done: bool },

    /// Notes that a secret was shown or copied: which, and of what. The secret itself is in no command.
    #[serde(rename = "secret.note_reveal")]
    SecretNoteReveal { secret: RevealedSecret, of: String, copied: bool },

    /// Makes a project.
    #[serde(rename = "project.create")]
    ProjectCreate { details: ProjectDetails },
    /// Changes name, slug, owner.
    #[serde(rename = "project.edit")]
    ProjectEdit { details: ProjectDetails, expects: ProjectDetails },
    /// Puts a project away, or brings it back.
    #[serde(rename = "project.set_archived")]
    ProjectSetArchived { archived: bool },
    /// Says which app at Talkdesk it is; none: not known after all.
    #[serde(rename = "project.set_app")]
    ProjectSetApp { app: Option<AppAt> },

    /// Makes a version; its content is copied from the last published one.
    #[serde(rename = "version.create")]
    VersionCreate { version: VersionId, number: String },
    /// Changes number and release notes.
    #[serde(rename = "version.edit")]
    VersionEdit { version: VersionId, number: String, notes: String },
    /// Sets a field, where it still has the value that was seen.
    #[serde(rename = "version.set_field")]
    SetField { version: VersionId, field: FieldKey, value: Option<FieldValue>, expects: Option<FieldValue> },
    /// Says who looks after a version, or that nobody does.
    #[serde(rename = "version.assign")]
    VersionAssign { version: VersionId, to: Option<MemberId> },
    /// Puts a draft away.
    #[serde(rename = "version.discard")]
    VersionDiscard { version: VersionId },
    /// Brings it back.
    #[serde(rename = "version.restore")]
    VersionRestore { version: VersionId },
    /// Puts a draft on top of a version that went live meanwhile: the fields named take that version's value, where
    /// they still have the one that was seen; all others keep their own.
    #[serde(rename = "version.rebase")]
    VersionRebase {
        version: VersionId,
        onto: VersionId,
        #[cfg_attr(feature = "ts", ts(type = "{ [key in FieldKey]?: FieldValue | null }"))]
        take: BTreeMap<FieldKey, Option<FieldValue>>,
    },
    /// Unlocks a part whose track is in review or approved.
    #[serde(rename = "version.unlock")]
    Unlock { version: VersionId, part: Part, reason: String },
    /// Notes that fields were entered on Partner Project: as they stand here, or, where a value is named, with that one.
    #[serde(rename = "version.mark_carried")]
    MarkCarried {
        version: VersionId,
        fields: Vec<FieldKey>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, type = "{ [key in FieldKey]?: FieldValue | null }"))]
        entered: BTreeMap<FieldKey, Option<FieldValue>>,
    },
    /// Takes such a note back: the fields were not entered there after all.
    #[serde(rename = "version.unmark_carried")]
    UnmarkCarried { version: VersionId, fields: Vec<FieldKey> },

    /// Records that a person submitted tracks on Partner Project.
    #[serde(rename = "review.mark_submitted")]
    MarkSubmitted {
        version: VersionId,
        tracks: Vec<TrackName>,
        rounds: Vec<RoundId>,
        override_reason: Option<String>,
    },
    /// Records that a round was taken back.
    #[serde(rename = "review.withdraw")]
    Withdraw { version: VersionId, track: TrackName },
    /// Records Talkdesk's answer to the rounds that are named, one for each track; without them, as released first, to
    /// those that are in review when it is taken.
    #[serde(rename = "review.record_answer")]
    RecordAnswer {
        version: VersionId,
        tracks: Vec<TrackName>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(as = "Option<Vec<RoundId>>", optional))]
        rounds: Vec<RoundId>,
        outcome: Verdict,
        text: String,
        findings: Vec<NewFinding>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FileRef>>", optional))]
        files: Vec<FileRef>,
    },
    /// Corrects a recorded answer; both are kept.
    #[serde(rename = "review.correct_answer")]
    CorrectAnswer {
        version: VersionId,
        track: TrackName,
        outcome: Verdict,
        text: String,
        reason: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FileRef>>", optional))]
        files: Vec<FileRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knew: Option<CommandId>,
    },
    /// Records the go-live date that Talkdesk proposed, `YYYY-MM-DD`.
    #[serde(rename = "review.record_go_live")]
    RecordGoLive { version: VersionId, date: String },
    /// The partner's explicit approval of that date.
    #[serde(rename = "review.approve_go_live")]
    ApproveGoLive { version: VersionId },
    /// The partner saw it live.
    #[serde(rename = "review.confirm_live")]
    ConfirmLive { version: VersionId },
    /// Records that the version was listed or taken off the listing.
    #[serde(rename = "review.set_listed")]
    SetListed { version: VersionId, listed: bool },

    /// Keeps what was seen when checks were run, in the place of what was seen before.
    #[serde(rename = "check.record")]
    CheckRecord {
        version: VersionId,
        #[cfg_attr(feature = "ts", ts(type = "{ [key in CheckCode]?: Array<Seen> }"))]
        looked: BTreeMap<CheckCode, Vec<Seen>>,
    },
    /// Keeps what was seen when events of every type were sent, in the place of what was seen before with such a key.
    #[serde(rename = "test.record")]
    TestRecord { version: VersionId, report: TestReport },
    /// Keeps what was seen when the app's sign-in was checked, in the place of what was seen before.
    #[serde(rename = "sso.record")]
    SsoRecord { version: VersionId, report: SsoReport },
    /// Lets a check of ours stay as it is, with a reason.
    #[serde(rename = "check.waive")]
    CheckWaive { version: VersionId, check: CheckCode, reason: String },
    /// Takes that back.
    #[serde(rename = "check.unwaive")]
    CheckUnwaive { version: VersionId, check: CheckCode },

    /// Adds a finding of our own.
    #[serde(rename = "finding.add")]
    FindingAdd { version: VersionId, track: Option<TrackName>, source: FindingSource, finding: NewFinding },
    /// Writes the reply.
    #[serde(rename = "finding.reply")]
    FindingReply {
        finding: FindingId,
        reply: String,
        expects: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knew: Option<CommandId>,
    },
    /// Open, fixed, accepted.
    #[serde(rename = "finding.set_status")]
    FindingSetStatus { finding: FindingId, status: FindingStatus },
    /// Adds a file to a finding.
    #[serde(rename = "finding.attach")]
    FindingAttach { finding: FindingId, file: FileRef },
    /// Takes a file of a finding away.
    #[serde(rename = "finding.detach")]
    FindingDetach { finding: FindingId, file: BlobId },

    /// Records an install link; the one before it is superseded.
    #[serde(rename = "link.record")]
    LinkRecord { version: VersionId, link: LinkId, url: String, source: LinkSource },
    /// Notes a copy or a send.
    #[serde(rename = "link.note_use")]
    LinkNoteUse {
        link: LinkId,
        kind: LinkUseKind,
        customer: Option<CustomerId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(as = "Option<Vec<ContactId>>", optional))]
        contacts: Vec<ContactId>,
    },

    /// Says something beside a field, an item, a finding; with `reply_to` in the thread of that comment.
    #[serde(rename = "comment.add")]
    CommentAdd {
        comment: CommentId,
        subject: Subject,
        reply_to: Option<CommentId>,
        text: String,
        mentions: Vec<MemberId>,
    },
    /// Changes one's own comment; one that was deleted is there again.
    #[serde(rename = "comment.edit")]
    CommentEdit { comment: CommentId, text: String, mentions: Vec<MemberId> },
    /// Deletes one's own comment; its place is kept.
    #[serde(rename = "comment.delete")]
    CommentDelete { comment: CommentId },
    /// Settles a thread by its first comment, or opens it again.
    #[serde(rename = "comment.resolve")]
    CommentResolve { comment: CommentId, resolved: bool },
    /// The person has seen comments that mention them.
    #[serde(rename = "comment.see")]
    CommentSee { comments: Vec<CommentId> },
    /// Blanks a comment in the state, and in the stored commands that carried its words: see `redact`.
    #[serde(rename = "comment.redact")]
    CommentRedact { comment: CommentId, reason: String },

    /// Blanks other words in the state, and in the stored commands that carried them: see `redact`.
    #[serde(rename = "words.redact")]
    WordsRedact { words: Words, reason: String },

    /// Adds a link to somewhere else; without a key it is called after its address.
    #[serde(rename = "external.add")]
    ExternalAdd { link: ExternalLinkId, subject: Subject, url: String, key: String },
    /// Changes such a link.
    #[serde(rename = "external.edit")]
    ExternalEdit { link: ExternalLinkId, url: String, key: String },
    /// Removes such a link.
    #[serde(rename = "external.remove")]
    ExternalRemove { link: ExternalLinkId },

    /// Starts a run of a template against a version.
    #[serde(rename = "run.start")]
    RunStart {
        project: ProjectId,
        version: VersionId,
        template: TemplateId,
        template_version: u32,
        previous: Option<RunId>,
        tested: Tested,
    },
    /// Takes a newer version of the run's list; does nothing where the run follows that one or a newer one already.
    #[serde(rename = "run.take_template")]
    RunTakeTemplate { template: TemplateId, template_version: u32 },
    /// Says what is tested from now on.
    #[serde(rename = "run.set_tested")]
    RunSetTested { tested: Tested },
    /// A result. It knew what stood, and, where it has a reason, the last redaction of words of its item.
    #[serde(rename = "run.set_result")]
    SetResult { item: String, outcome: Outcome, reason: String, knew: Vec<CommandId> },
    /// A failed item was fixed in a build.
    #[serde(rename = "run.fixed")]
    Fixed { item: String, build: String },
    /// Items to be tested again.
    #[serde(rename = "run.retest")]
    Retest { items: Vec<String>, because: String },
    /// A note.
    #[serde(rename = "run.note")]
    Note {
        item: String,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knew: Option<CommandId>,
    },
    /// Who looks after items.
    #[serde(rename = "run.assign")]
    Assign { items: Vec<String>, to: Option<MemberId> },
    /// A piece of evidence for an item.
    #[serde(rename = "run.attach")]
    Attach { item: String, evidence: Evidence },
    /// Takes a piece of evidence away, by the command that attached it.
    #[serde(rename = "run.detach")]
    Detach { item: String, entry: CommandId },
    /// Takes back one's own last action on an item.
    #[serde(rename = "run.undo")]
    Undo { item: String, undoes: CommandId },
    /// Signs the run: it stays as it is.
    #[serde(rename = "run.sign")]
    Sign {},

    /// Takes a verified event of Talkdesk's; the first one makes the installation. One that was taken before changes
    /// nothing.
    #[serde(rename = "event.take")]
    EventTake { event: Box<EventFacts> },
    /// Says whose an installation is, and of which project.
    #[serde(rename = "installation.match")]
    InstallationMatch { customer: Option<CustomerId>, project: Option<ProjectId> },
    /// Notes how an installation stands at Talkdesk, as read from there.
    #[serde(rename = "installation.note_state")]
    InstallationNoteState { state: TalkdeskState },
    /// Records an answer to Talkdesk that went out: the word, and how the installation stood before and after.
    #[serde(rename = "installation.answer")]
    InstallationAnswer { events: Vec<String>, word: Word, before: TalkdeskState, after: TalkdeskState },
    /// Says who looks after an installation, a ticket or a partner document, and so after all its alerts.
    #[serde(rename = "alert.assign")]
    AlertAssign { about: Cared, to: Option<MemberId> },
    /// Puts an alert off until a day, `YYYY-MM-DD`, for everyone; with none it is back.
    #[serde(rename = "alert.snooze")]
    AlertSnooze { alert: String, until: Option<String> },
    /// Marks what events told as seen, or as not seen after all.
    #[serde(rename = "alert.mark")]
    AlertMark { events: Vec<String>, seen: bool },
    /// Notes that a token was got with a set of credentials.
    #[serde(rename = "credentials.note_token")]
    CredentialsNoteToken { client_id: String, way: Authentication, scope: String },
    /// Notes where production keeps a set.
    #[serde(rename = "credentials.note_deployed")]
    CredentialsNoteDeployed { client_id: String, to: String },
    /// Notes that a set was seen in use, or was not after all.
    #[serde(rename = "credentials.note_in_use")]
    CredentialsNoteInUse { client_id: String, in_use: bool },
    /// Notes that the team's service keeps the secrets of a set, which came to it from a desktop.
    #[serde(rename = "credentials.note_kept")]
    CredentialsNoteKept { client_id: String },
    /// Records that Talkdesk was told that a set is in use, which ends those before it.
    #[serde(rename = "credentials.acknowledge")]
    CredentialsAcknowledge { client_id: String },
    /// Records that Talkdesk was asked for a new set.
    #[serde(rename = "credentials.ask_rotation")]
    CredentialsAskRotation { compromised: bool, reason: String },
}

/// What was revealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RevealedSecret {
    /// The token of the platform port.
    PortToken,
    /// A client's secret at an authorization server.
    ClientSecret,
    /// A client's private key.
    PrivateKey,
    /// A whole set of an installation's credentials, to be used or exported.
    Credentials,
    /// An event as it came, its credentials in it; of which address it went to.
    Event,
}

/// A finding as a form hands it in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NewFinding {
    /// Its id.
    pub id: FindingId,
    /// What it says.
    #[serde(flatten)]
    pub said: FindingText,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FileRef>>", optional))]
    pub files: Vec<FileRef>,
}
