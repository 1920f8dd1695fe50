// Generated from src-tauri/core/src/ipc.rs by `cargo xtask types`. Do not edit.

/**
 * What a ticket is about, by name.
 */
export type AboutView = { 
/**
 * The project's name.
 */
project: string | null, 
/**
 * The version's number.
 */
version: string | null, 
/**
 * The finding's words.
 */
finding: string | null, 
/**
 * The customer's name.
 */
customer: string | null, };

/**
 * Somebody is away.
 */
export type Absence = { 
/**
 * The last day, `YYYY-MM-DD`.
 */
until: string, 
/**
 * Who acts meanwhile.
 */
cover: MemberId | null, };

/**
 * An account that may install before approval (Talkdesk, seed page: the user's and Talkdesk accounts).
 */
export type Account = { 
/**
 * Its id.
 */
id: AccountId, 
/**
 * The account's name at Talkdesk.
 */
name: string, 
/**
 * The region, as the workspace words it.
 */
region: string, 
/**
 * Whose it is.
 */
owner: AccountOwner, 
/**
 * What it is used for.
 */
used_for?: string, 
/**
 * Whether it is the partner developer account (seed page, *Partners* 3).
 */
developer?: boolean, };

/**
 * An account of Talkdesk that is the partner's own, or Talkdesk's.
 */
export type AccountId = string;

/**
 * Whose account it is.
 */
export type AccountOwner = "own" | "talkdesk";

/**
 * An account that may install without approval.
 */
export type AccountView = { 
/**
 * Words of it were blanked; the last time.
 */
redacted: RedactedView | null, 
/**
 * Its id.
 */
id: AccountId, 
/**
 * The account's name at Talkdesk.
 */
name: string, 
/**
 * The region, as the workspace words it.
 */
region: string, 
/**
 * Whose it is.
 */
owner: AccountOwner, 
/**
 * What it is used for.
 */
used_for?: string, 
/**
 * Whether it is the partner developer account (seed page, *Partners* 3).
 */
developer?: boolean, };

/**
 * A page of the activity.
 */
export type ActivityArgs = { 
/**
 * Which.
 */
wanted: ActivityWanted, 
/**
 * How many to skip.
 */
offset: number, 
/**
 * Rows, 1 to 1,000.
 */
limit: number, };

/**
 * A page of what happened.
 */
export type ActivityPage = { 
/**
 * The rows, newest first.
 */
rows: Array<ActivityView>, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * When something was done.
 */
export type ActivityTimesArgs = { 
/**
 * Which.
 */
wanted: ActivityWanted, };

/**
 * Something that someone did.
 */
export type ActivityView = { 
/**
 * The command.
 */
id: CommandId, 
/**
 * Its number, once the service took it.
 */
number: number | null, 
/**
 * Who, when.
 */
by: By, 
/**
 * What, as it was sent. An unknown kind is *by a newer version*.
 */
command: Envelope, 
/**
 * Words of it were blanked; the last time.
 */
redacted: RedactedView | null, 
/**
 * Whether this version knows the kind.
 */
known: boolean, 
/**
 * The project it is about, by name.
 */
project: string | null, 
/**
 * The version it is about, by number.
 */
version: string | null, };

/**
 * Which activity; what is empty asks for everything.
 */
export type ActivityWanted = { 
/**
 * Only of this project and its runs.
 */
project: ProjectId | null, 
/**
 * Only by this person.
 */
person: MemberId | null, 
/**
 * Only commands of these kinds.
 */
kinds: Array<string>, 
/**
 * From this moment on.
 */
from: Timestamp | null, 
/**
 * Before this moment.
 */
to: Timestamp | null, 
/**
 * Every word has to stand somewhere: in what was typed, in a person's or a project's name, in the sentence that
 * the window tells a kind with.
 */
words: Array<WordWanted>, };

/**
 * Who has to act for a version to go on.
 */
export type ActsNext = "partner" | "talkdesk" | "nobody";

/**
 * Names a file that comes in.
 */
export type AddFileArgs = { 
/**
 * Its name, as it is called where it comes from.
 */
name: string, };

/**
 * Where Talkdesk's pages are found: data, since no address of Partner Project is documented.
 */
export type Addresses = { 
/**
 * Partner Project; empty until the workspace enters it.
 */
partner_project: string, 
/**
 * The complete Partner Project guide.
 */
guide: string, 
/**
 * The form for a ticket.
 */
ticket_form: string, };

/**
 * When an event is sent again that was not answered for.
 */
export type Again = "never" | "soon" | "as_talkdesk";

/**
 * The unit of consistency that a command changes.
 */
export type AggregateRef = { "kind": "workspace", "id": WorkspaceId } | { "kind": "project", "id": ProjectId } | { "kind": "run", "id": RunId } | { "kind": "installation", "id": InstallationId };

/**
 * An alert of an installation.
 */
export type Alert = { 
/**
 * What it is about.
 */
kind: AlertKind, 
/**
 * Its name within the installation, by which it is put off.
 */
key: string, 
/**
 * The events that it tells of.
 */
events: Array<string>, 
/**
 * Talkdesk's word: the event's type; of an uninstall the kind of reason, of a trial's end why it ended, of an
 * installation that stopped its state.
 */
word: string, 
/**
 * What came with it: the plan's name, the customer's words, Talkdesk's reason for a state, [`COMPROMISED`].
 */
text: string, 
/**
 * Users who came; seats of a plan.
 */
count: number, 
/**
 * Users who went.
 */
gone: number, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Until when somebody has to act.
 */
due: Timestamp | null, };

/**
 * What an alert is about.
 */
export type AlertKind = "answer_talkdesk" | "rotation" | "stopped" | "trial_ending" | "users" | "plan" | "trial" | "uninstalled" | "rotated";

/**
 * A refused or conflicted command, and what takes its place.
 */
export type AmendArgs = { 
/**
 * Which.
 */
command: CommandId, 
/**
 * What it does from now on.
 */
body: Body, };

/**
 * An answer to Talkdesk.
 */
export type AnswerArgs = { 
/**
 * Of which installation.
 */
installation: InstallationId, 
/**
 * The events that it answers, by their ids at Talkdesk.
 */
events: Array<string>, 
/**
 * The word.
 */
word: Word, };

/**
 * A recorded answer.
 */
export type AnswerView = { 
/**
 * The command that recorded it.
 */
id: CommandId, 
/**
 * Approved or rejected.
 */
outcome: Verdict, 
/**
 * Talkdesk's own words.
 */
text: string, 
/**
 * Why it corrects the one before.
 */
correction: string | null, 
/**
 * What came with it.
 */
files: Array<FileRef>, 
/**
 * Recorded by whom.
 */
by: By, 
/**
 * Its words were blanked.
 */
redacted: RedactedView | null, };

/**
 * What became of an answer.
 */
export type AnsweredView = { 
/**
 * Whether it went out: Talkdesk may not have waited for one any more.
 */
sent: boolean, 
/**
 * How the installation stands at Talkdesk now.
 */
state: TalkdeskState, };

/**
 * A version against its app.
 */
export type AppArgs = { 
/**
 * The app's id at Talkdesk.
 */
app: string, 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The registration of the account.
 */
account: string, 
/**
 * The gateway, one of those that are offered.
 */
gateway: string, };

/**
 * Where an app lives at Talkdesk (Apps API, OAS).
 */
export type AppAt = { 
/**
 * Its id there.
 */
id: string, 
/**
 * The API gateway that tells it.
 */
gateway: string, };

/**
 * How a version and its app differ.
 */
export type AppDrift = { 
/**
 * The app's name there.
 */
name: string, 
/**
 * The version's number that Talkdesk tells; empty where it tells none.
 */
number: string, 
/**
 * The fields that differ, in the catalogue's order.
 */
differs: Array<AppField>, 
/**
 * Every field that Talkdesk tells.
 */
told: Array<ToldField>, 
/**
 * Fields that Talkdesk tells nothing of.
 */
untold: Array<FieldKey>, 
/**
 * Members of its answer that came in another form than the documented one.
 */
unread: Array<string>, 
/**
 * What it has of types that have no place here.
 */
strange: Array<StrangeEntry>, 
/**
 * Whether the app is active, where Talkdesk tells it.
 */
active: boolean | null, };

/**
 * A field that differs.
 */
export type AppField = { 
/**
 * Which.
 */
field: FieldKey, 
/**
 * As it stands here.
 */
here: FieldValue | null, 
/**
 * As Talkdesk tells it.
 */
there: FieldValue | null, 
/**
 * Whether the API takes a change of it.
 */
changeable: boolean, };

/**
 * An app in the list.
 */
export type AppView = { 
/**
 * Its id at Talkdesk.
 */
id: string, 
/**
 * Its name, or what it is displayed by.
 */
name: string, 
/**
 * Its slug; empty where Talkdesk does not tell it.
 */
slug: string, 
/**
 * The version's number; empty where Talkdesk does not tell it.
 */
number: string, 
/**
 * Whether a project of this name or slug is here.
 */
known: boolean, };

/**
 * Whose eyes an app is seen with: an account that is signed in, and a gateway.
 */
export type AppsArgs = { 
/**
 * The registration of the account.
 */
account: string, 
/**
 * The gateway, one of those that are offered.
 */
gateway: string, };

/**
 * A file that is being handed over, or was.
 */
export type ArrivedFile = { 
/**
 * Its name here, until somebody takes it.
 */
file: string, };

/**
 * A delivery as it came, with what is secret in it hidden.
 */
export type AsItCame = { 
/**
 * Its headers, in their order; names in small letters, as HTTP tells no difference.
 */
headers: Array<CameHeader>, 
/**
 * Its body byte for byte, but for `"[sealed]"` in the place of each secret.
 */
body: string, 
/**
 * How many secrets of the body are hidden.
 */
hidden: number, 
/**
 * How many bytes at the body's end are left out, for they are no JSON in which a secret could be told.
 */
left_out: number, };

/**
 * A rotation that was asked for.
 */
export type AskedView = { 
/**
 * Whether the credentials are known to others.
 */
compromised: boolean, 
/**
 * Why.
 */
reason: string, 
/**
 * By whom.
 */
by: By, };

/**
 * A picture or video (`assets[]`).
 */
export type Asset = { 
/**
 * Where it lies; may be empty where the file is here.
 */
url: string, 
/**
 * What it shows.
 */
description: string, 
/**
 * The image itself, where it is kept here.
 */
file?: FileRef, };

/**
 * A piece of evidence.
 */
export type AttachedView = { 
/**
 * The command that attached it.
 */
id: CommandId, 
/**
 * What.
 */
what: Evidence, 
/**
 * Who, when.
 */
by: By, };

/**
 * An authorization server: one that says what it has, or one whose addresses are known (Talkdesk ID has a host for
 * each account and region, and documents no metadata).
 */
export type AuthServer = { "known_by": "issuer", 
/**
 * The issuer.
 */
issuer: string, } | { "known_by": "endpoints", 
/**
 * The authorization endpoint.
 */
authorization: string, 
/**
 * The token endpoint.
 */
token: string, 
/**
 * Whom to ask for the person; may be empty.
 */
userinfo: string, 
/**
 * Where tokens are revoked (RFC 7009); may be empty.
 */
revocation: string, };

/**
 * How a client says who it is (R/cc-jwt, R/authorization-code-basic).
 */
export type Authentication = "basic" | "private_key_jwt";

/**
 * A backup.
 */
export type BackupView = { 
/**
 * Its file's name.
 */
file: string, 
/**
 * When it was made.
 */
at: Timestamp, 
/**
 * Its size in bytes.
 */
bytes: number, };

/**
 * Begins a sign-in.
 */
export type BeginArgs = { 
/**
 * At which registration's server.
 */
id: string, 
/**
 * Where its page is shown this time; none: as the registration says.
 */
by: Way | null, };

/**
 * Whose comments and links.
 */
export type BesideArgs = { 
/**
 * The project, the run or the workspace.
 */
of: AggregateRef, };

/**
 * Everything that stands beside the things of an aggregate.
 */
export type BesideView = { 
/**
 * Comments, oldest first.
 */
comments: Array<CommentView>, 
/**
 * Links to somewhere else.
 */
links: Array<ExternalLink>, 
/**
 * Whether it can be written to.
 */
open: boolean, };

/**
 * A file's content, by the SHA-256 of its bytes: 64 small hexadecimal digits.
 */
export type BlobId = string;

/**
 * What a command does. The first word of its kind names the aggregate or the part of it.
 */
export type Body = { "kind": "workspace.create", "args": { name: string, sample: boolean, member: Member, } } | { "kind": "workspace.rename", "args": { name: string, } } | { "kind": "workspace.set_addresses", "args": { addresses: Addresses, } } | { "kind": "workspace.set_policies", "args": { policies: Policies, } } | { "kind": "account.set", "args": { account: Account, 
/**
 * The last redaction of its words that its author knew; likewise wherever a form holds words that were there.
 */
knew?: CommandId | null, } } | { "kind": "account.remove", "args": { account: AccountId, } } | { "kind": "member.rename", "args": { member: MemberId, name: string, } } | { "kind": "member.enter", "args": { name: string, } } | { "kind": "member.set_absence", "args": { member: MemberId, absence: Absence | null, } } | { "kind": "member.set_mail", "args": { mail: MailWish, } } | { "kind": "member.leave", "args": { member: MemberId, } } | { "kind": "customer.set", "args": { customer: CustomerId, details: CustomerDetails, knew?: CommandId | null, } } | { "kind": "customer.remove", "args": { customer: CustomerId, } } | { "kind": "document.set", "args": { document: DocumentId, details: DocumentDetails, } } | { "kind": "document.remove", "args": { document: DocumentId, } } | { "kind": "page.set", "args": { page: PageId, details: PageDetails, } } | { "kind": "page.remove", "args": { page: PageId, } } | { "kind": "page.mark_read", "args": { page: PageId, read: boolean, } } | { "kind": "ticket.set", "args": { ticket: TicketId, details: TicketDetails, knew?: CommandId | null, } } | { "kind": "ticket.letter", "args": { ticket: TicketId, from: Side, on: string, waits_for: Side, } } | { "kind": "ticket.take_back", "args": { ticket: TicketId, letter: CommandId, } } | { "kind": "ticket.set_closed", "args": { ticket: TicketId, closed: boolean, } } | { "kind": "ticket.remove", "args": { ticket: TicketId, } } | { "kind": "case.set", "args": { case: CaseId, details: CaseDetails, } } | { "kind": "case.join", "args": { case: CaseId, installation: InstallationId | null, } } | { "kind": "case.set_end", "args": { case: CaseId, end: CaseEnd | null, } } | { "kind": "case.remove", "args": { case: CaseId, } } | { "kind": "message.set", "args": { message: MessageId, details: MessageDetails, } } | { "kind": "message.remove", "args": { message: MessageId, } } | { "kind": "template.add", "args": { template: unknown, } } | { "kind": "step.set", "args": { step: string, version: VersionId | null, done: boolean, } } | { "kind": "secret.note_reveal", "args": { secret: RevealedSecret, of: string, copied: boolean, } } | { "kind": "project.create", "args": { details: ProjectDetails, } } | { "kind": "project.edit", "args": { details: ProjectDetails, expects: ProjectDetails, } } | { "kind": "project.set_archived", "args": { archived: boolean, } } | { "kind": "project.set_app", "args": { app: AppAt | null, } } | { "kind": "version.create", "args": { version: VersionId, number: string, } } | { "kind": "version.edit", "args": { version: VersionId, number: string, notes: string, } } | { "kind": "version.set_field", "args": { version: VersionId, field: FieldKey, value: FieldValue | null, expects: FieldValue | null, } } | { "kind": "version.assign", "args": { version: VersionId, to: MemberId | null, } } | { "kind": "version.discard", "args": { version: VersionId, } } | { "kind": "version.restore", "args": { version: VersionId, } } | { "kind": "version.rebase", "args": { version: VersionId, onto: VersionId, take: { [key in FieldKey]?: FieldValue | null }, } } | { "kind": "version.unlock", "args": { version: VersionId, part: Part, reason: string, } } | { "kind": "version.mark_carried", "args": { version: VersionId, fields: Array<FieldKey>, entered?: { [key in FieldKey]?: FieldValue | null }, } } | { "kind": "version.unmark_carried", "args": { version: VersionId, fields: Array<FieldKey>, } } | { "kind": "review.mark_submitted", "args": { version: VersionId, tracks: Array<TrackName>, rounds: Array<RoundId>, override_reason: string | null, } } | { "kind": "review.withdraw", "args": { version: VersionId, track: TrackName, } } | { "kind": "review.record_answer", "args": { version: VersionId, tracks: Array<TrackName>, rounds?: Array<RoundId>, outcome: Verdict, text: string, findings: Array<NewFinding>, files?: Array<FileRef>, } } | { "kind": "review.correct_answer", "args": { version: VersionId, track: TrackName, outcome: Verdict, text: string, reason: string, files?: Array<FileRef>, knew?: CommandId | null, } } | { "kind": "review.record_go_live", "args": { version: VersionId, date: string, } } | { "kind": "review.approve_go_live", "args": { version: VersionId, } } | { "kind": "review.confirm_live", "args": { version: VersionId, } } | { "kind": "review.set_listed", "args": { version: VersionId, listed: boolean, } } | { "kind": "check.record", "args": { version: VersionId, looked: { [key in CheckCode]?: Array<Seen> }, } } | { "kind": "test.record", "args": { version: VersionId, report: TestReport, } } | { "kind": "sso.record", "args": { version: VersionId, report: SsoReport, } } | { "kind": "check.waive", "args": { version: VersionId, check: CheckCode, reason: string, } } | { "kind": "check.unwaive", "args": { version: VersionId, check: CheckCode, } } | { "kind": "finding.add", "args": { version: VersionId, track: TrackName | null, source: FindingSource, finding: NewFinding, } } | { "kind": "finding.reply", "args": { finding: FindingId, reply: string, expects: string, knew?: CommandId | null, } } | { "kind": "finding.set_status", "args": { finding: FindingId, status: FindingStatus, } } | { "kind": "finding.attach", "args": { finding: FindingId, file: FileRef, } } | { "kind": "finding.detach", "args": { finding: FindingId, file: BlobId, } } | { "kind": "link.record", "args": { version: VersionId, link: LinkId, url: string, source: LinkSource, } } | { "kind": "link.note_use", "args": { link: LinkId, kind: LinkUseKind, customer: CustomerId | null, contacts?: Array<ContactId>, } } | { "kind": "comment.add", "args": { comment: CommentId, subject: Subject, reply_to: CommentId | null, text: string, mentions: Array<MemberId>, } } | { "kind": "comment.edit", "args": { comment: CommentId, text: string, mentions: Array<MemberId>, } } | { "kind": "comment.delete", "args": { comment: CommentId, } } | { "kind": "comment.resolve", "args": { comment: CommentId, resolved: boolean, } } | { "kind": "comment.see", "args": { comments: Array<CommentId>, } } | { "kind": "comment.redact", "args": { comment: CommentId, reason: string, } } | { "kind": "words.redact", "args": { words: Words, reason: string, } } | { "kind": "external.add", "args": { link: ExternalLinkId, subject: Subject, url: string, key: string, } } | { "kind": "external.edit", "args": { link: ExternalLinkId, url: string, key: string, } } | { "kind": "external.remove", "args": { link: ExternalLinkId, } } | { "kind": "run.start", "args": { project: ProjectId, version: VersionId, template: TemplateId, template_version: number, previous: RunId | null, tested: Tested, } } | { "kind": "run.take_template", "args": { template: TemplateId, template_version: number, } } | { "kind": "run.set_tested", "args": { tested: Tested, } } | { "kind": "run.set_result", "args": { item: string, outcome: Outcome, reason: string, knew: Array<CommandId>, } } | { "kind": "run.fixed", "args": { item: string, build: string, } } | { "kind": "run.retest", "args": { items: Array<string>, because: string, } } | { "kind": "run.note", "args": { item: string, text: string, knew?: CommandId | null, } } | { "kind": "run.assign", "args": { items: Array<string>, to: MemberId | null, } } | { "kind": "run.attach", "args": { item: string, evidence: Evidence, } } | { "kind": "run.detach", "args": { item: string, entry: CommandId, } } | { "kind": "run.undo", "args": { item: string, undoes: CommandId, } } | { "kind": "run.sign", "args": Record<symbol, never> } | { "kind": "event.take", "args": { event: EventFacts, } } | { "kind": "installation.match", "args": { customer: CustomerId | null, project: ProjectId | null, } } | { "kind": "installation.note_state", "args": { state: TalkdeskState, } } | { "kind": "installation.answer", "args": { events: Array<string>, word: Word, before: TalkdeskState, after: TalkdeskState, } } | { "kind": "alert.assign", "args": { about: Cared, to: MemberId | null, } } | { "kind": "alert.snooze", "args": { alert: string, until: string | null, } } | { "kind": "alert.mark", "args": { events: Array<string>, seen: boolean, } } | { "kind": "credentials.note_token", "args": { client_id: string, way: Authentication, scope: string, } } | { "kind": "credentials.note_deployed", "args": { client_id: string, to: string, } } | { "kind": "credentials.note_in_use", "args": { client_id: string, in_use: boolean, } } | { "kind": "credentials.note_kept", "args": { client_id: string, } } | { "kind": "credentials.acknowledge", "args": { client_id: string, } } | { "kind": "credentials.ask_rotation", "args": { compromised: boolean, reason: string, } };

/**
 * What the window needs before its first paint.
 */
export type Boot = { 
/**
 * What to show.
 */
phase: Phase, 
/**
 * A person's own settings.
 */
settings: Settings, 
/**
 * The console's version.
 */
app_version: string, 
/**
 * Where the data lies.
 */
data_folder: string, 
/**
 * How links and submissions travel.
 */
port: PortView, 
/**
 * Every field of the app information.
 */
fields: Array<FieldSpec>, };

/**
 * Makes a project of an app.
 */
export type BringInArgs = { 
/**
 * The app's id at Talkdesk.
 */
app: string, 
/**
 * The project's id.
 */
project: ProjectId, 
/**
 * Its first version's id.
 */
version: VersionId, 
/**
 * That version's number.
 */
number: string, 
/**
 * The registration of the account.
 */
account: string, 
/**
 * The gateway, one of those that are offered.
 */
gateway: string, };

/**
 * Who and when, by name.
 */
export type By = { 
/**
 * The person.
 */
id: MemberId, 
/**
 * The person's name; empty where it is not known here.
 */
name: string, 
/**
 * Whether it is the person at this computer.
 */
me: boolean, 
/**
 * When.
 */
at: Timestamp, };

/**
 * A header of a delivery.
 */
export type CameHeader = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value; none where it is hidden.
 */
value: string | null, };

/**
 * What somebody can look after, apart from a version.
 */
export type Cared = { "kind": "installation" } | { "kind": "ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "kind": "document", 
/**
 * Which.
 */
document: DocumentId, };

/**
 * What a person entered on Partner Project, against what stands here.
 */
export type CarriedHead = { 
/**
 * When anything was entered there last.
 */
last: Timestamp | null, 
/**
 * Fields that are not there as they stand here.
 */
open: number, };

/**
 * How a field here stands to what was entered on Partner Project.
 */
export type CarriedState = "as_here" | "differs" | "never" | "empty";

/**
 * What a person entered on Partner Project, against what stands here.
 */
export type CarriedView = { 
/**
 * When anything was carried last.
 */
last: Timestamp | null, 
/**
 * Fields whose value differs from what was carried, or that never were.
 */
differ: Array<FieldKey>, };

/**
 * A field here and there.
 */
export type CarryField = { 
/**
 * Which.
 */
key: FieldKey, 
/**
 * Its part.
 */
part: Part, 
/**
 * How the two stand to each other.
 */
state: CarriedState, 
/**
 * What stands here.
 */
here: FieldValue | null, 
/**
 * What was entered there.
 */
there: Entered | null, };

/**
 * Names the field that a person is at.
 */
export type CarryPlaceArgs = { 
/**
 * Of which version.
 */
version: VersionId, 
/**
 * The field.
 */
field: FieldKey, };

/**
 * A version's fields in the portal's order, and where the person was.
 */
export type CarryView = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, 
/**
 * Every field.
 */
fields: Array<CarryField>, 
/**
 * The field that the person was at when the window was closed.
 */
place: FieldKey | null, };

/**
 * An installation that a case may be about.
 */
export type CaseCandidate = { 
/**
 * Which.
 */
installation: InstallationId, 
/**
 * Its account's name.
 */
account: string, 
/**
 * Its region.
 */
region: string, 
/**
 * The version's name.
 */
version: string, 
/**
 * Whether a person said that it is the customer's; else its account's name suggests it.
 */
matched: boolean, 
/**
 * When it was installed, where that is known.
 */
since: Timestamp | null, };

/**
 * What can be wrong with an install: the checks of a case.
 */
export type CaseCause = "link" | "version" | "approved" | "rights" | "region" | "callback" | "state";

/**
 * Who is about to install what.
 */
export type CaseDetails = { 
/**
 * Whose install it is.
 */
customer: CustomerId, 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version whose link is to be used, where it was said.
 */
version: VersionId | null, 
/**
 * The region of the account, as the workspace words it; may be empty.
 */
region: string, 
/**
 * Who looks after it.
 */
owner: MemberId | null, };

/**
 * What is said of a case that ends. No free words: what a person did or said stands in tickets and comments, where it
 * can be redacted.
 */
export type CaseEnd = { 
/**
 * Whether the app works for the customer now; else the install was given up.
 */
works: boolean, 
/**
 * What had been wrong, where anything was.
 */
cause: CaseCause | null, };

/**
 * How a case ended.
 */
export type CaseEnded = { 
/**
 * By whom.
 */
by: By, 
/**
 * Whether the app works for the customer now; else the install was given up.
 */
works: boolean, 
/**
 * What had been wrong, where anything was.
 */
cause: CaseCause | null, };

/**
 * An install case.
 */
export type CaseId = string;

/**
 * The installation of a case.
 */
export type CaseJoined = { 
/**
 * Which.
 */
installation: InstallationId, 
/**
 * By whom.
 */
by: By, };

/**
 * What is known here of an install.
 */
export type CaseKnown = { 
/**
 * Sends of the project's links to the customer, newest first.
 */
sends: Array<CaseSend>, 
/**
 * Deliveries that claim to be of the account and are not believed, newest first.
 */
refused: Array<CaseRefused>, };

/**
 * Whose install it is, of what.
 */
export type CaseKnownArgs = { 
/**
 * Of which project.
 */
project: ProjectId | null, 
/**
 * Whose.
 */
customer: CustomerId | null, 
/**
 * The account's ids and names, by which deliveries claim to be of it.
 */
accounts: Array<string>, };

/**
 * A delivery that is not believed.
 */
export type CaseRefused = { 
/**
 * The type that it claims.
 */
kind: string, 
/**
 * The step that failed, and why.
 */
failed: CheckedStep, 
/**
 * When it came.
 */
at: Timestamp, };

/**
 * A send of a link.
 */
export type CaseSend = { 
/**
 * The version that it installs.
 */
version: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * Whether another link took its place since.
 */
superseded: boolean, 
/**
 * How it was sent.
 */
kind: LinkUseKind, 
/**
 * To whom of the customer's: names, and what they do there.
 */
contacts: Array<string>, 
/**
 * By whom.
 */
by: By, };

/**
 * An install case.
 */
export type CaseView = { 
/**
 * Its id.
 */
id: CaseId, 
/**
 * What a form holds.
 */
details: CaseDetails, 
/**
 * The customer's name.
 */
customer: string, 
/**
 * The customer's account at Talkdesk, as it was entered; may be empty.
 */
account: string, 
/**
 * The project's name.
 */
project: string, 
/**
 * The version's number; empty where none was said.
 */
number: string, 
/**
 * The name of whoever looks after it; may be empty.
 */
owner: string, 
/**
 * Opened by whom.
 */
opened: By, 
/**
 * The installation that came of it, or that it is about.
 */
joined: CaseJoined | null, 
/**
 * How it ended; none: it is open.
 */
ended: CaseEnded | null, 
/**
 * Installations that it may be: of the customer, or of an account that suggests the customer.
 */
candidates: Array<CaseCandidate>, };

/**
 * A change, as the window makes it.
 */
export type ChangeArgs = { 
/**
 * What it changes.
 */
aggregate: AggregateRef, 
/**
 * What it does.
 */
body: Body, };

/**
 * A change that was written.
 */
export type Changed = { 
/**
 * Its id.
 */
command: CommandId, 
/**
 * The way back; none where it cannot be taken back so.
 */
undo: Undo | null, };

/**
 * A check.
 */
export type CheckCode = "https_only" | "redirects_exact" | "scopes_reasoned" | "trial_plan" | "plans_whole" | "name_unique" | "slug" | "emails" | "images" | "image_files" | "image_sizes" | "lengths" | "public_hosts" | "summary_says" | "policies_apart" | "video" | "capabilities" | "release_notes" | "reachable" | "tls" | "redirects_answer" | "callback" | "key_token" | "events_handled";

/**
 * How many checks go how; what was waived is counted as that alone.
 */
export type CheckCounts = { 
/**
 * Nothing to mend.
 */
pass: number, 
/**
 * Better mended.
 */
warn: number, 
/**
 * To mend.
 */
fail: number, 
/**
 * Stays as it is, for a reason.
 */
waived: number, 
/**
 * Could not be tried.
 */
not_run: number, };

/**
 * How a check went.
 */
export type CheckState = "pass" | "warn" | "fail" | "not_run";

/**
 * A check before a review sees the version, its source and its waiver beside.
 */
export type CheckView = { 
/**
 * Which.
 */
code: CheckCode, 
/**
 * How it went.
 */
state: CheckState, 
/**
 * How many it looked at, or found.
 */
count: number, 
/**
 * Where to mend it.
 */
places: Array<Place>, 
/**
 * The page of Talkdesk that asks for it, below docs.talkdesk.com; none where it is ours, and may be waived.
 */
page: string | null, 
/**
 * Why it may stay as it is.
 */
waiver: WaiverView | null, 
/**
 * Whether it has to be run: the others are read off the version.
 */
is_run: boolean, 
/**
 * What was seen when it was run last.
 */
looked: LookedView | null, };

/**
 * A step of a verification and what came of it.
 */
export type CheckedStep = { 
/**
 * Which.
 */
step: DeliveryStep, 
/**
 * What came of it.
 */
outcome: StepOutcome, 
/**
 * Why it failed.
 */
reason: DeliveryFault | null, 
/**
 * A name or a place that the reason is about; for the key, which it is.
 */
detail: string, };

/**
 * Asks for a folder.
 */
export type ChooseFolderArgs = { 
/**
 * What for: the chooser's title.
 */
title: string, 
/**
 * Where it begins; the person's downloads without it.
 */
from: string | null, };

/**
 * The folder that a person chose.
 */
export type ChosenFolder = { 
/**
 * None: they chose none.
 */
folder: string | null, };

/**
 * What a clean-up freed.
 */
export type CleanedUp = { 
/**
 * In bytes.
 */
bytes: number, };

/**
 * How a client proves who it is.
 */
export type ClientAuth = { "kind": "none" } | { "kind": "basic" } | { "kind": "private_key_jwt", 
/**
 * Such as `ES256` (RFC 7518 §3.1).
 */
algorithm: string, 
/**
 * The key's id at the server.
 */
key_id: string, };

/**
 * What becomes of another computer's list of Talkdesk's regions.
 */
export type ComingRegions = "taken" | "same" | "beside";

/**
 * Names a command of the outbox.
 */
export type CommandArgs = { 
/**
 * Which.
 */
command: CommandId, };

/**
 * A command: also its idempotency key.
 */
export type CommandId = string;

/**
 * A comment.
 */
export type CommentId = string;

/**
 * A comment.
 */
export type CommentView = { 
/**
 * Which.
 */
id: CommentId, 
/**
 * What it stands beside.
 */
subject: Subject, 
/**
 * The first comment of its thread; none: it is the first.
 */
reply_to: CommentId | null, 
/**
 * Its words; empty where they are gone.
 */
text: string, 
/**
 * Whom it mentions.
 */
mentions: Array<MemberId>, 
/**
 * Said by whom.
 */
by: By, 
/**
 * Changed since.
 */
edited: By | null, 
/**
 * Deleted by its author.
 */
deleted: By | null, 
/**
 * Blanked for good.
 */
redacted: RedactedView | null, 
/**
 * Its thread is settled; with the first comment.
 */
resolved: By | null, 
/**
 * It mentions the person at this computer, who has not seen it.
 */
unseen: boolean, };

/**
 * What a version is compared with.
 */
export type CompareBase = { 
/**
 * What it is.
 */
of: CompareWith, 
/**
 * The content then.
 */
information: Information, 
/**
 * The fields that it has to do with, in the catalogue's order: a round's are those that its track looks at.
 */
fields: Array<FieldKey>, 
/**
 * Those among them that differ.
 */
changed: Array<FieldKey>, };

/**
 * A version against what came before it.
 */
export type CompareView = { 
/**
 * Its number.
 */
number: string, 
/**
 * Its content.
 */
information: Information, 
/**
 * What it can be compared with: the predecessor, then the last round of each track.
 */
bases: Array<CompareBase>, };

/**
 * What came before.
 */
export type CompareWith = { "kind": "predecessor", 
/**
 * Its number.
 */
number: string, } | { "kind": "round", 
/**
 * The track.
 */
track: TrackName, 
/**
 * The round's number in it.
 */
n: number, 
/**
 * When it was submitted.
 */
at: Timestamp, };

/**
 * How much of a part or track is filled. The percentage is rounded down, so that 100 means all.
 */
export type Completeness = { 
/**
 * Fields without a problem.
 */
filled: number, 
/**
 * Fields that count.
 */
of: number, 
/**
 * 0 to 100.
 */
percent: number, };

/**
 * Names a workspace of this computer's.
 */
export type ConnectionArgs = { 
/**
 * Which.
 */
name: ConnectionName, };

/**
 * Which store.
 */
export type ConnectionName = "this_computer" | "sample" | { "team": string } | { "local": string };

/**
 * A workspace of this computer's.
 */
export type ConnectionView = { 
/**
 * Which.
 */
name: ConnectionName, 
/**
 * What the workspace is called; empty while it was not read yet.
 */
title: string, 
/**
 * Who sits at it.
 */
person: string, 
/**
 * What they may do.
 */
roles: Array<Role>, 
/**
 * The host of the team's service; empty where the workspace is this computer's own.
 */
host: string, 
/**
 * The registration by which the person signs in.
 */
registration: string | null, 
/**
 * Whether it is the one that is open.
 */
open: boolean, 
/**
 * Commands that wait to be sent.
 */
queued: number, 
/**
 * That it goes or went to a team's service.
 */
moved?: MovedView, };

/**
 * A person at a customer's. The id is unique among the customer's contacts.
 */
export type Contact = { 
/**
 * Which.
 */
id: ContactId, 
/**
 * The name.
 */
name: string, 
/**
 * What the person does there, free text.
 */
role: string, 
/**
 * The address for mail.
 */
email: string, 
/**
 * The telephone number.
 */
phone: string, 
/**
 * Whether an install link goes to this person unless someone else is chosen.
 */
gets_links: boolean, };

/**
 * A contact of a customer.
 */
export type ContactId = string;

/**
 * The daily copy, and the copies that there are.
 */
export type CopiesView = { 
/**
 * The folder; none: no copies are made.
 */
folder: string | null, 
/**
 * When the last one was made.
 */
last: Timestamp | null, 
/**
 * Why the last attempt failed, as the system words it.
 */
failed: string | null, 
/**
 * Those in the folder, newest first.
 */
copies: Array<CopyView>, };

/**
 * Names a copy.
 */
export type CopyArgs = { 
/**
 * The file's name, as [`CopyView`] has it.
 */
file: string, };

/**
 * Sets the folder of the daily copy.
 */
export type CopyFolderArgs = { 
/**
 * The folder; none: no copies.
 */
folder: string | null, };

/**
 * A copy.
 */
export type CopyView = { 
/**
 * Its file's name.
 */
file: string, 
/**
 * What the workspace was called.
 */
title: string, 
/**
 * When it was made.
 */
at: Timestamp, 
/**
 * Its size in bytes.
 */
bytes: number, };

/**
 * A set of credentials without its secrets.
 */
export type CredentialSet = { 
/**
 * The OAuth client; empty in a copy that was stripped of it.
 */
client_id: string, 
/**
 * The `kid` of assertions that are signed with the private key.
 */
key_id: string, 
/**
 * ES256, ES384, ES512, PS256, PS384 or PS512.
 */
key_algorithm: string, 
/**
 * The private key's other half, base64.
 */
public_key: string, 
/**
 * Whether a client secret came.
 */
has_secret: boolean, 
/**
 * Whether a private key came.
 */
has_private_key: boolean, };

/**
 * A customer.
 */
export type Customer = { 
/**
 * Its id.
 */
id: CustomerId, 
/**
 * The tombstone.
 */
removed?: Mark, 
/**
 * The name.
 */
name: string, 
/**
 * The account at Talkdesk.
 */
account: string, 
/**
 * The region, as the workspace words it.
 */
region: string, 
/**
 * Its people.
 */
contacts: Array<Contact>, 
/**
 * Notes.
 */
notes: string, };

/**
 * What is known of a customer.
 */
export type CustomerDetails = { 
/**
 * The name.
 */
name: string, 
/**
 * The account at Talkdesk.
 */
account: string, 
/**
 * The region, as the workspace words it.
 */
region: string, 
/**
 * Its people.
 */
contacts: Array<Contact>, 
/**
 * Notes.
 */
notes: string, };

/**
 * A customer.
 */
export type CustomerId = string;

/**
 * A customer.
 */
export type CustomerView = { 
/**
 * Words of it were blanked; the last time.
 */
redacted: RedactedView | null, 
/**
 * Its id.
 */
id: CustomerId, 
/**
 * The tombstone.
 */
removed?: Mark, 
/**
 * The name.
 */
name: string, 
/**
 * The account at Talkdesk.
 */
account: string, 
/**
 * The region, as the workspace words it.
 */
region: string, 
/**
 * Its people.
 */
contacts: Array<Contact>, 
/**
 * Notes.
 */
notes: string, };

/**
 * Numbers of days, called as the policies call them.
 */
export type Days = { 
/**
 * Working days in review until an answer is overdue.
 */
overdue_days: number, 
/**
 * Working days without a word until a ticket is silent.
 */
silent_days: number, 
/**
 * Days before its end from which a document is told of.
 */
expiry_days: number, 
/**
 * Days before its end from which a trial is told of.
 */
trial_days: number, };

/**
 * A deadline that is open.
 */
export type DeadlineRow = { 
/**
 * The event's id at Talkdesk.
 */
event: string, 
/**
 * Its type.
 */
kind: string, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Until when.
 */
until: Timestamp, };

/**
 * What became of a deadline.
 */
export type DeadlineState = "open" | "answered" | "elsewhere" | "overtaken";

/**
 * A deadline of seven days.
 */
export type DeadlineView = { 
/**
 * The event's id at Talkdesk.
 */
event: string, 
/**
 * Its type.
 */
kind: string, 
/**
 * Until when.
 */
until: Timestamp, 
/**
 * What became of it.
 */
state: DeadlineState, 
/**
 * Who answered, or saw that it was answered.
 */
by: By | null, 
/**
 * The answer that went out from here.
 */
word: Word | null, };

/**
 * A place in the console.
 */
export type DeepLink = { "kind": "project", 
/**
 * Which.
 */
project: ProjectId, } | { "kind": "version", 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which.
 */
version: VersionId, } | { "kind": "review", 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which.
 */
version: VersionId, } | { "kind": "finding", 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * In the review of which version.
 */
version: VersionId, 
/**
 * Which.
 */
finding: FindingId, } | { "kind": "dossier", 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which version's.
 */
version: VersionId, } | { "kind": "run", 
/**
 * Which.
 */
run: RunId, 
/**
 * The item's id, where one is meant.
 */
item: string | null, } | { "kind": "template", 
/**
 * Which.
 */
template: TemplateId, } | { "kind": "installation", 
/**
 * Which.
 */
installation: InstallationId, } | { "kind": "customer", 
/**
 * Which.
 */
customer: CustomerId, } | { "kind": "ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "kind": "document", 
/**
 * Which.
 */
document: DocumentId, } | { "kind": "comment", 
/**
 * In which project, run or workspace.
 */
of: AggregateRef, 
/**
 * Which.
 */
comment: CommentId, };

/**
 * Names a place to copy a link to.
 */
export type DeepLinkArgs = { 
/**
 * The place.
 */
link: DeepLink, };

/**
 * A delivery as somebody has it.
 */
export type DeliveryArgs = { 
/**
 * `X-Hub-Ecdsa-Signature`; empty if it was not there.
 */
signature: string, 
/**
 * `X-Hub-Ecdsa-Signature-Id`; empty if it was not there.
 */
key_id: string, 
/**
 * The raw body in base64: its bytes count, not its meaning.
 */
body: string, };

/**
 * Why a step failed.
 */
export type DeliveryFault = "too_large" | "not_json" | "member" | "header_missing" | "header_malformed" | "no_gateway" | "gateway_untrusted" | "key_unknown" | "key_expired" | "key_unreadable" | "key_unavailable" | "encoding" | "mismatch";

/**
 * What became of a delivery.
 */
export type DeliveryOutcome = "taken" | "duplicate" | "about" | "refused" | "unknown";

/**
 * A delivery that is no event of an installation: not to be believed, or about none. It was taken by hand here, or the
 * team's service took it.
 */
export type DeliveryRow = { 
/**
 * Its id here: one that is not verified takes none of Talkdesk's.
 */
id: string, 
/**
 * When it was taken.
 */
at: Timestamp, 
/**
 * By whom.
 */
by: MemberId, 
/**
 * The steps of its verification.
 */
steps: Array<CheckedStep>, 
/**
 * The type that it claims; empty where it cannot be read.
 */
kind: string, 
/**
 * The id that it claims.
 */
claimed: string, 
/**
 * The account that it claims.
 */
account: string, 
/**
 * The key that it names.
 */
key_id: string, 
/**
 * The body with its secrets hidden; empty where it cannot be read.
 */
body: string, 
/**
 * How it came here.
 */
received: Received, };

/**
 * The steps.
 */
export type DeliveryStep = "body" | "header" | "key" | "encoding" | "match";

/**
 * What became of a delivery.
 */
export type DeliveryView = { 
/**
 * In a word.
 */
outcome: DeliveryOutcome, 
/**
 * The steps in their order. After the first that failed none was tried.
 */
steps: Array<CheckedStep>, 
/**
 * The installation that it belongs to.
 */
installation: InstallationId | null, 
/**
 * The event's id at Talkdesk; only a verified one has it.
 */
event: string | null, };

/**
 * One side of a comparison.
 */
export type DiffSide = { "side": "saved", 
/**
 * Which.
 */
version: number, } | { "side": "draft", 
/**
 * As it stands there.
 */
template: Template, };

/**
 * What is known of a document; dates as `YYYY-MM-DD`.
 */
export type DocumentDetails = { 
/**
 * Its name.
 */
name: string, 
/**
 * Sent to Talkdesk.
 */
sent: string | null, 
/**
 * Signed by both.
 */
signed: string | null, 
/**
 * The last day on which it holds; none: without an end.
 */
valid_until: string | null, 
/**
 * The papers themselves, as sent and as signed.
 */
files?: Array<FileRef>, };

/**
 * How the end of a partner document stands.
 */
export type DocumentEnd = "far" | "near" | "over";

/**
 * A partner document.
 */
export type DocumentId = string;

/**
 * A partner document.
 */
export type DocumentView = { 
/**
 * Which.
 */
id: DocumentId, 
/**
 * What is known of it.
 */
details: DocumentDetails, 
/**
 * Days until its last day is over; negative where it is; none without an end.
 */
days_left: number | null, 
/**
 * How its end stands.
 */
end: DocumentEnd, };

/**
 * Done; there is nothing more to say.
 */
export type Done = Record<symbol, never>;

/**
 * A checklist run, and on what it was done by whom.
 */
export type DossierRun = { 
/**
 * How it stands.
 */
head: RunHead, 
/**
 * Who gave results.
 */
people: Array<string>, 
/**
 * What they were given on, each once, in order.
 */
tested: Array<Tested>, 
/**
 * Started by whom.
 */
started: By, 
/**
 * Signed by whom.
 */
signed: By | null, };

/**
 * A version's dossier.
 */
export type DossierView = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, 
/**
 * The tracks with their rounds and answers.
 */
tracks: Array<TrackView>, 
/**
 * Findings with their replies, newest first.
 */
findings: Array<FindingView>, 
/**
 * The checks as they go now, with what is waived.
 */
checks: Array<CheckView>, 
/**
 * Its checklist runs.
 */
runs: Array<DossierRun>, 
/**
 * Overrides and corrections, newest first.
 */
overrides: Array<ActivityView>, 
/**
 * Its links, the one in force first.
 */
links: Array<LinkView>, 
/**
 * What was done with them, newest first.
 */
uses: Array<UseView>, 
/**
 * Go-live and listing.
 */
go_live: GoLiveView, };

/**
 * An e-mail address of the app (`emails[]`).
 */
export type Email = { 
/**
 * What it is for.
 */
type: EmailKind, 
/**
 * The address.
 */
email: string, };

/**
 * What an address is for.
 */
export type EmailKind = "support" | "developer" | "sales";

/**
 * What a person entered on Partner Project.
 */
export type Entered = { 
/**
 * The value; none where the field was emptied.
 */
value: FieldValue | null, 
/**
 * Who and when.
 */
by: By, };

/**
 * Something that happened to an item.
 */
export type EntryView = { 
/**
 * The command.
 */
id: CommandId, 
/**
 * What.
 */
what: Happening, 
/**
 * Who, when.
 */
by: By, 
/**
 * Taken back.
 */
undone: boolean, 
/**
 * Its words were blanked.
 */
redacted: RedactedView | null, };

/**
 * A command as it is stored and sent.
 */
export type Envelope = { 
/**
 * The idempotency key.
 */
id: CommandId, 
/**
 * Such as `version.set_field`.
 */
kind: string, 
/**
 * The version of its arguments, from 1.
 */
v: number, 
/**
 * What it changes.
 */
aggregate: AggregateRef, 
/**
 * The desktop's clock: shown to people, never compared.
 */
made_at: Timestamp, 
/**
 * Commands that must have been taken before this one.
 */
needs: Array<CommandId>, 
/**
 * The arguments.
 */
args: unknown, };

/**
 * An answer that is no reply.
 */
export type Error = { 
/**
 * What kind.
 */
code: ErrorCode, 
/**
 * The reducer's refusal.
 */
refusal?: Refusal, 
/**
 * Words to put into the message. `detail` holds a server's own words.
 */
params: { [key in string]: string }, 
/**
 * The input at fault.
 */
place?: Place, };

/**
 * A closed set: the window words each, and the compiler checks that it does.
 */
export type ErrorCode = "signed_out" | "forbidden" | "offline" | "unreached" | "not_known" | "rate_limited" | "busy" | "intercepted" | "proxy" | "conflict" | "refused" | "not_found" | "invalid" | "store_too_new" | "store_damaged" | "service_too_old" | "read_only" | "disk_full" | "cancelled" | "vault_locked" | "vault_damaged" | "second_slot" | "no_keychain" | "clipboard" | "platform" | "system" | "moved" | "left" | "not_open" | "internal";

/**
 * A verified event as a fact (D/events-api, R/app-installed and its siblings). What it did not say is empty.
 */
export type EventFacts = { 
/**
 * The id that Talkdesk gave it: the key to de-duplicate by.
 */
id: string, 
/**
 * When it happened.
 */
happened_at: Timestamp, 
/**
 * What happened.
 */
what: Happened, 
/**
 * The installation's id at Talkdesk.
 */
installation: string, 
/**
 * The customer's account.
 */
account: string, 
/**
 * Its name.
 */
account_name: string, 
/**
 * The app's id at Talkdesk.
 */
app: string, 
/**
 * The version's id at Talkdesk.
 */
version: string, 
/**
 * The version's name.
 */
version_name: string, 
/**
 * The API gateway of the customer's region, `_links.root`.
 */
root: string, 
/**
 * What that region is called, where it is known.
 */
region: string, 
/**
 * Where Talkdesk ID gives tokens for the account, `_links.tokens`.
 */
tokens: string, 
/**
 * Where a person of the account signs in, `_links.authorization`.
 */
authorization: string, 
/**
 * The id of the key that its signature fits.
 */
key_id: string, 
/**
 * How it came here.
 */
received: Received, 
/**
 * The body with its secrets hidden.
 */
body: FileRef | null, };

/**
 * An event of an installation in a list.
 */
export type EventRow = { 
/**
 * Its id at Talkdesk.
 */
id: string, 
/**
 * Of which installation.
 */
installation: InstallationId, 
/**
 * The account's name, or its id.
 */
account: string, 
/**
 * What the region is called.
 */
region: string, 
/**
 * Its type.
 */
kind: string, 
/**
 * When it happened.
 */
happened_at: Timestamp, 
/**
 * When it was taken.
 */
taken_at: Timestamp, 
/**
 * By whom.
 */
by: MemberId, 
/**
 * How it came here.
 */
received: Received, 
/**
 * The key that its signature fits.
 */
key_id: string, 
/**
 * The body with its secrets hidden.
 */
body: FileRef | null, };

/**
 * An event of the installation.
 */
export type EventView = { 
/**
 * As in the list.
 */
row: EventRow, 
/**
 * What it says, without its secrets.
 */
what: Happened, 
/**
 * Taken by whom.
 */
by: By, };

/**
 * Which page of which deliveries.
 */
export type EventsArgs = { 
/**
 * Verified or not; both without.
 */
verified: boolean | null, 
/**
 * Words that stand in it.
 */
text: string, 
/**
 * How many to leave out, newest first.
 */
offset: number, 
/**
 * How many at most.
 */
limit: number, };

/**
 * A page of deliveries.
 */
export type EventsView = { 
/**
 * Its rows, newest first.
 */
rows: Array<ListedView>, 
/**
 * How many there are of this kind.
 */
total: number, };

/**
 * A piece of evidence for a checklist item.
 */
export type Evidence = { "type": "file" } & FileRef | { "type": "link", 
/**
 * Its https address.
 */
url: string, 
/**
 * What it is called here; may be empty.
 */
title: string, };

/**
 * Exports the open workspace.
 */
export type ExportArgs = { 
/**
 * Into which folder; among the person's downloads without it.
 */
folder: string | null, };

/**
 * What a set is exported as.
 */
export type ExportAs = "pem" | "json" | "env";

/**
 * How a set of credentials is exported, and where to.
 */
export type ExportCredentialsArgs = { 
/**
 * Of which installation.
 */
installation: InstallationId, 
/**
 * Which set.
 */
client_id: string, 
/**
 * As what.
 */
shape: ExportAs, 
/**
 * Where to.
 */
to: ExportTo, };

/**
 * Where an export goes.
 */
export type ExportTo = "file" | "clipboard";

/**
 * Where an export is.
 */
export type ExportedCredentials = { 
/**
 * The file; none on the clipboard.
 */
path: string | null, };

/**
 * A workspace that was written into a file.
 */
export type ExportedWorkspace = { 
/**
 * Where it lies.
 */
path: string, 
/**
 * Changes that wait to be sent, and so are not in it.
 */
unsent: number, 
/**
 * Attached files that its service does not have.
 */
missing: number, };

/**
 * A link to somewhere else.
 */
export type ExternalLink = { 
/**
 * Its id.
 */
id: ExternalLinkId, 
/**
 * What it stands beside.
 */
subject: Subject, 
/**
 * https only.
 */
url: string, 
/**
 * What it is called, such as `ABC-123`.
 */
key: string, 
/**
 * Added by whom.
 */
created: Mark, };

/**
 * A link to somewhere else.
 */
export type ExternalLinkId = string;

/**
 * Names an event at Talkdesk.
 */
export type FetchArgs = { 
/**
 * Whose gateway is asked, with its own credentials.
 */
installation: InstallationId, 
/**
 * The event's id.
 */
event: string, };

/**
 * The name of a field.
 */
export type FieldKey = "display_name" | "slug" | "listing_summary" | "description" | "notes" | "app_type" | "render" | "emails" | "icon" | "screenshots" | "video" | "events_callback_url" | "standalone_url" | "redirect_uris" | "scopes" | "capabilities" | "sandbox" | "plans" | "categories" | "privacy_policy" | "terms_of_service" | "app_source";

/**
 * What a field holds.
 */
export type FieldKind = { "type": "line" } | { "type": "slug" } | { "type": "text" } | { "type": "choice", "of": Array<string> } | { "type": "url" } | { "type": "urls" } | { "type": "names" } | { "type": "emails" } | { "type": "assets", "of": number } | { "type": "scopes" } | { "type": "plans" } | { "type": "flag" };

/**
 * A field of the catalogue.
 */
export type FieldSpec = { 
/**
 * Which.
 */
key: FieldKey, 
/**
 * The key in JSON and in the window's catalogue of words.
 */
name: string, 
/**
 * Its part.
 */
part: Part, 
/**
 * What it holds.
 */
kind: FieldKind, 
/**
 * Whether a track without it is not ready (the seed page: all app information fields filled). What an app may
 * truly not have (a video, capabilities, notes, a source) may stay empty: ours.
 */
required: boolean, 
/**
 * Whether customers see it in the listing.
 */
listed: boolean, };

/**
 * The value of a field.
 */
export type FieldValue = { "type": "text", "value": string } | { "type": "flag", "value": boolean } | { "type": "list", "value": Array<string> } | { "type": "emails", "value": Array<Email> } | { "type": "assets", "value": Array<Asset> } | { "type": "scopes", "value": Array<ScopeReason> } | { "type": "plans", "value": Array<Plan> };

/**
 * Names a file.
 */
export type FileArgs = { 
/**
 * Which.
 */
file: FileRef, };

/**
 * What a file holds.
 */
export type FileContent = { "text": string } | { "base64": string };

/**
 * A file, as commands and states name it.
 */
export type FileRef = { 
/**
 * Its content.
 */
sha256: BlobId, 
/**
 * Its name with the ending, never a path.
 */
name: string, 
/**
 * What it is, found in its bytes where that can be: `image/png`.
 */
media_type: string, 
/**
 * Its size in bytes.
 */
bytes: number, 
/**
 * Its size in pixels, where it is an image that could be read.
 */
pixels?: Pixels, };

/**
 * A file that was written.
 */
export type FileReply = { 
/**
 * Where it lies.
 */
path: string, };

/**
 * A finding.
 */
export type FindingId = string;

/**
 * Who found it.
 */
export type FindingSource = "talkdesk" | "checklist" | "internal";

/**
 * How a finding stands.
 */
export type FindingStatus = "open" | "fixed" | "accepted";

/**
 * What a finding says, as a form holds it.
 */
export type FindingText = { 
/**
 * The words.
 */
text: string, 
/**
 * How heavy, free text: Talkdesk's severities are not documented.
 */
severity: string, 
/**
 * The field it is about.
 */
field: FieldKey | null, 
/**
 * The checklist item it is about.
 */
item: string | null, };

/**
 * A finding.
 */
export type FindingView = { 
/**
 * Which.
 */
id: FindingId, 
/**
 * The version it was found in.
 */
number: string, 
/**
 * The track.
 */
track: TrackName | null, 
/**
 * The round's number.
 */
round: number | null, 
/**
 * Where it came from.
 */
source: FindingSource, 
/**
 * What it says.
 */
said: FindingText, 
/**
 * What shows it.
 */
files: Array<FileRef>, 
/**
 * What it says was blanked.
 */
redacted: RedactedView | null, 
/**
 * Our answer.
 */
reply: string, 
/**
 * Our answer was blanked.
 */
reply_redacted: RedactedView | null, 
/**
 * The last redaction of our answer, also where another one stands since: what a new one says that it knew.
 */
reply_redaction: CommandId | null, 
/**
 * How it stands.
 */
status: FindingStatus, 
/**
 * Recorded by whom.
 */
created: By, 
/**
 * Changed by whom.
 */
changed: By | null, };

/**
 * Names a folder of the console's.
 */
export type FolderArgs = { 
/**
 * Which.
 */
folder: FolderName, };

/**
 * A folder that a person may want to look into.
 */
export type FolderName = "data" | "logs";

/**
 * Makes a team's workspace.
 */
export type FoundTeamArgs = { 
/**
 * The service's address.
 */
url: string, 
/**
 * The registration.
 */
registration: string, 
/**
 * The code that the service printed.
 */
code: string, 
/**
 * What the workspace is to be called.
 */
name: string, };

/**
 * What stands around every screen.
 */
export type Frame = { 
/**
 * The workspace.
 */
workspace: WorkspaceId, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it holds sample data.
 */
sample: boolean, 
/**
 * Who sits here.
 */
me: MemberView, 
/**
 * Everyone.
 */
members: Array<MemberView>, 
/**
 * How the store and the service agree.
 */
sync: SyncView, 
/**
 * That it goes or went to a team's service.
 */
moved?: MovedView, 
/**
 * That everything of this computer went on to another.
 */
left?: LeftComputer, 
/**
 * What *needs you now* counts.
 */
needs: number, 
/**
 * Versions in review or to be mended.
 */
reviews: number, 
/**
 * Commands that were refused or met another change.
 */
conflicts: number, };

/**
 * An API gateway that may be asked for apps.
 */
export type GatewayView = { 
/**
 * Its address.
 */
url: string, 
/**
 * Its region.
 */
region: string, 
/**
 * What the Talkdesk ID hosts of its region end in; empty where that is not known.
 */
id_domain: string, };

/**
 * Go-live and listing.
 */
export type GoLiveView = { 
/**
 * `YYYY-MM-DD`.
 */
date: string | null, 
/**
 * Recorded by whom.
 */
proposed: By | null, 
/**
 * Approved by whom.
 */
approved: By | null, 
/**
 * Seen live by whom.
 */
confirmed: By | null, 
/**
 * Taken off the listing by whom.
 */
delisted: By | null, };

/**
 * The page that tells of a step.
 */
export type Guide = { 
/**
 * Its title, as Talkdesk or the workspace has it; empty where it is the complete guide.
 */
title: string, 
/**
 * Its https address; empty until the workspace enters it.
 */
url: string, };

/**
 * What happened, by Talkdesk's type.
 */
export type Happened = { "type": "app.installed", 
/**
 * The set.
 */
set: CredentialSet, } | { "type": "app.updated", 
/**
 * Ids of the users who come.
 */
adding: Array<string>, 
/**
 * Ids of the users who go.
 */
removing: Array<string>, 
/**
 * The plan in force now.
 */
plan: SubscribedPlan | null, } | { "type": "app.uninstalled", 
/**
 * The kind of reason, Talkdesk's word.
 */
reason: string, 
/**
 * The customer's words.
 */
message: string, } | { "type": "app.trial_started", 
/**
 * When it ends.
 */
ends_at: Timestamp | null, } | { "type": "app.trial_extended", 
/**
 * When it ends, where the event says so.
 */
ends_at: Timestamp | null, } | { "type": "app.trial_ended", 
/**
 * When it ended.
 */
ended_at: Timestamp | null, 
/**
 * `trial_expired`, `app_uninstalled`, `plan_upgraded`, or another word.
 */
reason: string, 
/**
 * `system`, `user`, or another word.
 */
by: string, } | { "type": "app.credentials_rotated", 
/**
 * The set.
 */
set: CredentialSet, } | { "type": "user.logout", 
/**
 * The user's id; the address that came with it is nowhere in here.
 */
user: string, } | { "type": "other", 
/**
 * Talkdesk's word.
 */
kind: string, };

/**
 * What can happen to an item.
 */
export type Happening = { "type": "result", 
/**
 * Which.
 */
outcome: Outcome, 
/**
 * Why not applicable.
 */
reason: string, 
/**
 * What was tested.
 */
tested: Tested, 
/**
 * The standing entries that its author saw.
 */
knew: Array<CommandId>, } | { "type": "fixed", 
/**
 * The build.
 */
build: string, } | { "type": "retest", 
/**
 * Why: field keys or the finding's words.
 */
because: string, } | { "type": "note", 
/**
 * Its text; the last one stands.
 */
text: string, } | { "type": "assigned", 
/**
 * The person, or nobody.
 */
to: MemberId | null, } | { "type": "reset", 
/**
 * Its text before.
 */
before: string, 
/**
 * The version of the list that it follows from now on.
 */
template_version: number, } | { "type": "attached", 
/**
 * What.
 */
evidence: Evidence, } | { "type": "detached", 
/**
 * The entry that attached it.
 */
entry: CommandId, };

/**
 * Something that was found.
 */
export type Hit = { 
/**
 * Where it leads.
 */
target: Target, 
/**
 * The part of it that matched, to have the focus there: a field of a version or of a form (`description`,
 * `notes`, `email`, `reply`), or an item of a template. None where its name matched.
 */
part: string | null, 
/**
 * Its name, or the beginning of its text where it has none.
 */
title: Array<Piece>, 
/**
 * What stands around the match, in the one part; the beginning of its text where the name matched.
 */
snippet: Array<Piece>, };

/**
 * Home.
 */
export type Home = { 
/**
 * What needs someone now, by deadline, then by weight.
 */
needs: Array<Need>, 
/**
 * What lies on this person's own desk.
 */
work: Array<Work>, 
/**
 * Comments that mention this person and were not seen.
 */
mentions: Array<Mention>, 
/**
 * Versions that were worked on last.
 */
recent: Array<Recent>, 
/**
 * The partner process of the version that was worked on last.
 */
process: ProcessView | null, 
/**
 * All projects that are not put away.
 */
projects: number, };

/**
 * Names an address.
 */
export type HookArgs = { 
/**
 * Which.
 */
id: string, };

/**
 * An address by which deliveries come in. What it reads as was told once.
 */
export type HookView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Who made it.
 */
made: By, 
/**
 * Since when nothing comes in by it.
 */
revoked_at: Timestamp | null, 
/**
 * Where what comes in by it goes on to.
 */
relay: RelayView | null, };

/**
 * What an image is held to; what is not set is free.
 */
export type ImageLimit = { 
/**
 * The types that are taken, such as `image/png`; empty: any that can be read.
 */
types: Array<string>, 
/**
 * Smallest size in pixels, each side.
 */
min: Pixels | null, 
/**
 * Largest size in pixels, each side.
 */
max: Pixels | null, 
/**
 * Largest size in bytes.
 */
bytes: number | null, };

/**
 * What images of the app information are held to. Talkdesk documents no limits: none is set until the workspace
 * sets one, as its portal or a review tells it.
 */
export type ImageLimits = { 
/**
 * Of the icon.
 */
icon: ImageLimit, 
/**
 * Of each screenshot.
 */
screenshots: ImageLimit, };

/**
 * A list to be made a template.
 */
export type ImportArgs = { 
/**
 * As in the preview.
 */
text: string, 
/**
 * As in the preview.
 */
header: boolean | null, 
/**
 * Which column is what; JSON says it itself.
 */
mapping: Mapping, 
/**
 * The template's name.
 */
name: string, 
/**
 * What it is for.
 */
kind: TemplateKind, 
/**
 * The template that it is a new version of.
 */
replaces: TemplateId | null, };

/**
 * What an import would do.
 */
export type ImportCheck = { "outcome": "ready", 
/**
 * Its items.
 */
items: number, 
/**
 * What it changes in the list that it is a new version of.
 */
diff: TemplateDiff | null, } | { "outcome": "problems", 
/**
 * Each with row and column.
 */
problems: Array<RowProblem>, };

/**
 * What was read.
 */
export type ImportPreview = { 
/**
 * The header's words, empty where there are none.
 */
header: Array<string>, 
/**
 * The first rows.
 */
rows: Array<Array<string>>, 
/**
 * All rows.
 */
total: number, 
/**
 * Columns.
 */
columns: number, 
/**
 * Which column seems to be what.
 */
mapping: Mapping, 
/**
 * A template that a console wrote: it says itself what is what.
 */
whole: WholeTemplate | null, };

/**
 * A list as a person pasted it.
 */
export type ImportPreviewArgs = { 
/**
 * CSV, a pasted table, Markdown, JSON.
 */
text: string, 
/**
 * Whether its first row is a header; none: guess.
 */
header: boolean | null, };

/**
 * What became of a list that was to be saved, or imported.
 */
export type Imported = { "outcome": "added", 
/**
 * Which.
 */
template: TemplateId, 
/**
 * Its version.
 */
version: number, } | { "outcome": "problems", 
/**
 * Each with row and column.
 */
problems: Array<RowProblem>, };

/**
 * The content of a version: values by field. A field that a newer version of the console knows is kept as it is.
 */
export type Information = { [key in FieldKey]?: FieldValue };

/**
 * What the dialog shows.
 */
export type InstallView = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How the version stands.
 */
version: VersionHead, 
/**
 * The link in force.
 */
link: LinkView | null, 
/**
 * Links that it took the place of, newest first.
 */
superseded: Array<LinkView>, 
/**
 * Copies and sends of all links of this version, newest first.
 */
history: Array<UseView>, 
/**
 * Whether every account may install: the technical track is approved.
 */
by_all: boolean, 
/**
 * How the technical track stands.
 */
technical: TrackState, 
/**
 * What the technical track still needs, where it is not approved.
 */
missing: Array<Problem>, 
/**
 * Accounts that may install without approval.
 */
accounts: Array<Account>, 
/**
 * Customers to send it to.
 */
customers: Array<Customer>, 
/**
 * The workspace's own messages.
 */
messages: Array<MessageTemplate>, 
/**
 * Where Partner Project is; empty until entered.
 */
partner_project: string, 
/**
 * How links travel.
 */
port: PortView, };

/**
 * Names an installation.
 */
export type InstallationArgs = { 
/**
 * Which.
 */
installation: InstallationId, };

/**
 * By what the list of installations is grouped.
 */
export type InstallationGroup = "none" | "customer" | "project" | "region" | "state" | "deadline";

/**
 * An installation. Made of the id that Talkdesk gave it, so that it is the same wherever its event is taken.
 */
export type InstallationId = string;

/**
 * The order of the list of installations. What is nearest, or first in the alphabet, comes first.
 */
export type InstallationOrder = "deadline" | "customer" | "project" | "region" | "state" | "trial" | "changed";

/**
 * An installation's page.
 */
export type InstallationView = { 
/**
 * As in the list.
 */
listed: ListedInstallation, 
/**
 * Its id at Talkdesk.
 */
talkdesk_id: string, 
/**
 * The account's id.
 */
account_id: string, 
/**
 * The app's id at Talkdesk.
 */
app_id: string, 
/**
 * The gateway of its region.
 */
root: string, 
/**
 * Where tokens are got.
 */
tokens: string, 
/**
 * Whether the customer has the app.
 */
life: Life, 
/**
 * The plan.
 */
plan: SubscribedPlan | null, 
/**
 * The trial.
 */
trial: Trial | null, 
/**
 * Ids of the users, as far as events told.
 */
users: Array<string>, 
/**
 * Why it was uninstalled: Talkdesk's word.
 */
reason: string, 
/**
 * The customer's words.
 */
reason_message: string, 
/**
 * Who matched it with a customer and a project.
 */
matched: By | null, 
/**
 * Customers that the account's name suggests: those with this account, or this name.
 */
suggested: Array<CustomerId>, 
/**
 * What Talkdesk waits for, or waited for, newest first.
 */
deadlines: Array<DeadlineView>, 
/**
 * How it was seen to stand at Talkdesk last, and by whom.
 */
seen: SeenView | null, 
/**
 * The sets of credentials, newest first.
 */
sets: Array<SetView>, 
/**
 * Rotations that were asked for, newest first.
 */
asked: Array<AskedView>, 
/**
 * The events, newest first.
 */
events: Array<EventView>, };

/**
 * Names an invitation.
 */
export type InvitationArgs = { 
/**
 * Which.
 */
id: string, };

/**
 * Somebody who may come in.
 */
export type InvitationRow = { 
/**
 * The invitation.
 */
id: string, 
/**
 * To whom.
 */
email: string, 
/**
 * The roles that they will have.
 */
roles: Array<Role>, 
/**
 * Until when it stands.
 */
expires_at: Timestamp, };

/**
 * Invites somebody.
 */
export type InviteArgs = { 
/**
 * Their address.
 */
email: string, 
/**
 * What they may do.
 */
roles: Array<Role>, };

/**
 * One thing to check.
 */
export type Item = { 
/**
 * Unique in the template and the same in all its versions: `TE-11`.
 */
id: string, 
/**
 * What has to be true.
 */
text: string, 
/**
 * How to understand or test it.
 */
help: string, 
/**
 * Whether the list is passed without it.
 */
required: boolean, 
/**
 * What evidence is wanted.
 */
evidence: string | null, 
/**
 * The fields of the app information (`FieldKey` names) whose change asks for a retest.
 */
touches: Array<string>, 
/**
 * The pages it is derived from: `D/x`, `R/x` as in Talkdesk's documentation, or a step of *Partner processes*.
 */
source: string | null, 
/**
 * The list it belongs to, where this one only shows it. Its result is that one's, and counts once.
 */
shown_from: SharedItem | null, };

/**
 * An item that differs. One that is in both has `before` and `after`; else it was added or removed.
 */
export type ItemDiff = { 
/**
 * Which.
 */
id: string, 
/**
 * As it was.
 */
before: PlacedItem | null, 
/**
 * As it is.
 */
after: PlacedItem | null, 
/**
 * Whether it stands in another section, or elsewhere among those that stayed in theirs.
 */
moved: boolean, 
/**
 * What of it changed.
 */
changed: Array<ItemPart>, };

/**
 * A part of an item.
 */
export type ItemPart = "text" | "help" | "required" | "evidence" | "other";

/**
 * How an item stands.
 */
export type ItemStatus = "untested" | "pass" | "fail" | "blocked" | "not_applicable" | "disputed" | "retest";

/**
 * An item of a run.
 */
export type ItemView = { 
/**
 * Which.
 */
id: string, 
/**
 * What has to be true.
 */
text: string, 
/**
 * How to test it.
 */
help: string, 
/**
 * Whether the list is passed without it.
 */
required: boolean, 
/**
 * What evidence is wanted.
 */
evidence: string | null, 
/**
 * The pages it is derived from.
 */
source: string | null, 
/**
 * Whether it stands in another list too, and counts there.
 */
shared: boolean, 
/**
 * How it stands.
 */
status: ItemStatus, 
/**
 * How it ended in the version before.
 */
was: Was | null, 
/**
 * The note that stands.
 */
note: string, 
/**
 * The note that stood last was blanked.
 */
note_redacted: RedactedView | null, 
/**
 * Who looks after it.
 */
assignee: MemberId | null, 
/**
 * The evidence that stands, oldest first.
 */
attached: Array<AttachedView>, 
/**
 * What stands: several where the item is disputed.
 */
standing: Array<EntryView>, 
/**
 * What a new result says it knew.
 */
heads: Array<CommandId>, 
/**
 * The last redaction of its words: what a note says that it knew, and a result that has a reason.
 */
redaction: CommandId | null, 
/**
 * One's own last action, which *undo* takes back.
 */
undoable: CommandId | null, 
/**
 * Everything that happened, newest first.
 */
history: Array<EntryView>, };

/**
 * Names a job.
 */
export type JobArgs = { 
/**
 * Which.
 */
id: number, };

/**
 * What a job does.
 */
export type JobKind = "back_up" | "export" | "import" | "move" | "check" | "test_events" | "sign_in";

/**
 * A job as it is shown.
 */
export type JobView = { 
/**
 * Which.
 */
id: number, 
/**
 * What it does.
 */
kind: JobKind, 
/**
 * Steps done.
 */
done: number, 
/**
 * Of so many; 0 where that is not known yet.
 */
of: number, };

/**
 * Opens a team's workspace here.
 */
export type JoinTeamArgs = { 
/**
 * The service's address.
 */
url: string, 
/**
 * The registration.
 */
registration: string, 
/**
 * The workspace.
 */
workspace: WorkspaceId, };

/**
 * Where the secrets of a set are.
 */
export type KeptIn = "here" | "service" | "nowhere";

/**
 * What a file in the data folder is for.
 */
export type Kind = "work" | "files" | "backups" | "sample" | "logs" | "browser" | "spare" | "old_vault" | "other";

/**
 * Leaves this computer.
 */
export type LeaveArgs = { 
/**
 * What opens the sealed file.
 */
passphrase: string, 
/**
 * Into which folder; among the person's downloads without it.
 */
folder: string | null, };

/**
 * When this computer was left, and by which file.
 */
export type LeftComputer = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * The name of the file that holds everything.
 */
file: string, };

/**
 * A computer that was written into a file.
 */
export type LeftComputerFile = { 
/**
 * Where it lies.
 */
path: string, };

/**
 * A team's workspace was taken off this computer.
 */
export type LeftTeam = { 
/**
 * Where what was not sent was saved.
 */
saved: string | null, };

/**
 * That someone wrote.
 */
export type LetterView = { 
/**
 * Which.
 */
id: CommandId, 
/**
 * Who wrote.
 */
from: Side, 
/**
 * On which day.
 */
on: string, 
/**
 * For whom the ticket waits since.
 */
waits_for: Side, 
/**
 * Recorded by whom.
 */
by: By, };

/**
 * Per seat or per account.
 */
export type LicenseType = "individual" | "universal";

/**
 * Whether the customer has the app.
 */
export type Life = "unknown" | "installed" | "uninstalled";

/**
 * Names a link.
 */
export type LinkArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which.
 */
link: LinkId, };

/**
 * An install link.
 */
export type LinkId = string;

/**
 * Why a link leads nowhere.
 */
export type LinkProblem = "unknown" | "not_here";

/**
 * A link that came from outside and was not followed yet.
 */
export type LinkReply = { 
/**
 * Where it leads.
 */
link: DeepLink | null, 
/**
 * Where the comment stands, where it leads to one.
 */
spot: Spot | null, 
/**
 * Why it leads nowhere.
 */
problem: LinkProblem | null, };

/**
 * Where a link came from.
 */
export type LinkSource = "pasted" | "fetched";

/**
 * What was done with a link.
 */
export type LinkUseKind = "copied" | "mail_draft" | "message_copied" | "opened";

/**
 * A link.
 */
export type LinkView = { 
/**
 * Which.
 */
id: LinkId, 
/**
 * The URL as it came.
 */
url: string, 
/**
 * Where it came from.
 */
source: LinkSource, 
/**
 * Recorded by whom.
 */
created: By, };

/**
 * An installation in the list.
 */
export type ListedInstallation = { 
/**
 * The customer's name; empty where nobody matched it.
 */
customer_name: string, 
/**
 * The project's name; empty where nobody matched it.
 */
project_name: string, 
/**
 * Which.
 */
id: InstallationId, 
/**
 * The account's name at Talkdesk; the account's id where no event told the name.
 */
account: string, 
/**
 * What its region is called; empty where that is not known.
 */
region: string, 
/**
 * Whose it is.
 */
customer: CustomerId | null, 
/**
 * Of which project.
 */
project: ProjectId | null, 
/**
 * The version's name.
 */
version: string, 
/**
 * Whether the customer has the app.
 */
life: Life, 
/**
 * Since when.
 */
since: Timestamp | null, 
/**
 * How Talkdesk said that it stands, when it was last asked; empty before.
 */
state: string, 
/**
 * The plan.
 */
plan: SubscribedPlan | null, 
/**
 * How many users events told of.
 */
users: number, 
/**
 * The trial.
 */
trial: Trial | null, 
/**
 * What Talkdesk waits for an answer to, the nearest first.
 */
deadlines: Array<DeadlineRow>, 
/**
 * A rotation that was not acknowledged: until when the old set can be relied on.
 */
rotation: Timestamp | null, 
/**
 * Of such a rotation: the old set is known to others, and no seven days are documented for it.
 */
compromised: boolean, 
/**
 * Who looks after it.
 */
owner: MemberId | null, 
/**
 * When the last event was taken, or anything else was done.
 */
updated_at: Timestamp, };

/**
 * A delivery in the list.
 */
export type ListedView = { "row": "event", 
/**
 * It.
 */
event: EventRow, 
/**
 * Taken by whom.
 */
by: By, 
/**
 * Where it is kept as it came.
 */
original: Original, } | { "row": "delivery", 
/**
 * It.
 */
delivery: DeliveryRow, 
/**
 * Taken by whom.
 */
by: By, 
/**
 * The installation that it claims to be of, where that is known here: its gateway has the original.
 */
installation: InstallationId | null, 
/**
 * Where it is kept as it came.
 */
original: Original, };

/**
 * Where the listener begins.
 */
export type ListenArgs = { 
/**
 * The port of loopback; 0 is any that is free.
 */
port: number, };

/**
 * The listener of this computer.
 */
export type ListenerView = { 
/**
 * Where a tunnel leads to.
 */
url: string, 
/**
 * Since when it listens.
 */
since: Timestamp, 
/**
 * How many came that are verified.
 */
taken: number, 
/**
 * How many came that are not.
 */
refused: number, 
/**
 * Why one was neither last.
 */
error: Error | null, };

/**
 * What Talkdesk says of an installation.
 */
export type LookView = { 
/**
 * The answer of `users/me` as JSON, where the credentials may read it.
 */
me: string | null, 
/**
 * How it stands.
 */
state: TalkdeskState | null, 
/**
 * The scopes that were granted.
 */
scopes: Array<string>, 
/**
 * How many users it has, where the credentials may read that.
 */
users: number | null, 
/**
 * The plan as JSON, where there is one.
 */
subscription: string | null, 
/**
 * The trial as JSON, where there is one.
 */
trial: string | null, };

/**
 * What was seen when a check was run.
 */
export type LookedView = { 
/**
 * Who had it run, when.
 */
by: By, 
/**
 * Each thing that it looked at.
 */
seen: Array<Seen>, 
/**
 * What it looked at is not what stands there any more, so it was not run.
 */
stale: boolean, };

/**
 * An address that was made. It has no `Debug`: whoever knows it can deliver.
 */
export type MadeHookView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The events callback URL of a version, in full. It is told this once.
 */
url: string, };

/**
 * Which mail of the team's service somebody wants.
 */
export type MailWish = { 
/**
 * Alerts, as they come.
 */
alerts: boolean, 
/**
 * What is open, once a day.
 */
digest: boolean, 
/**
 * The language: `en`, `pt` or `es`.
 */
language: string, };

/**
 * A text against a version.
 */
export type ManifestArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The text.
 */
text: string, };

/**
 * How a text and a version differ.
 */
export type ManifestCheck = { 
/**
 * The number of the version that the text is of.
 */
number: string, 
/**
 * The project's name, slug and owner as the text has them, where they are others.
 */
details: ProjectDetails | null, 
/**
 * The fields that differ, in the catalogue's order.
 */
fields: Array<ManifestField>, };

/**
 * A field that differs.
 */
export type ManifestField = { 
/**
 * Which.
 */
field: FieldKey, 
/**
 * As it stands here.
 */
here: FieldValue | null, 
/**
 * As the text has it.
 */
there: FieldValue | null, 
/**
 * Whether it names a file that is not on this computer, so that it cannot be taken.
 */
file_missing: boolean, };

/**
 * Which column is what, from 0.
 */
export type Mapping = { 
/**
 * The heading over the item; an empty cell goes on under the last one.
 */
section: number | null, 
/**
 * A stable id; where there is none it is made from the text.
 */
id: number | null, 
/**
 * What has to be true.
 */
text: number | null, 
/**
 * How to understand or test it.
 */
help: number | null, 
/**
 * Yes or no; an empty cell is no, no column is yes.
 */
required: number | null, 
/**
 * What evidence is wanted.
 */
evidence: number | null, };

/**
 * Who did something and when. At the service `at` is its own clock; on a desktop, until confirmed, the desktop's.
 */
export type Mark = { 
/**
 * The person.
 */
by: MemberId, 
/**
 * The moment.
 */
at: Timestamp, 
/**
 * The command that did it.
 */
command: CommandId, };

/**
 * How a change that was made here came to meet others.
 */
export type MeetingView = { 
/**
 * When this computer was in step with the service last, before it was made.
 */
known: Timestamp | null, 
/**
 * Who had set what stood before, and when; none where the activity does not tell.
 */
base: By | null, 
/**
 * What was changed meanwhile from other computers, oldest first.
 */
others: Array<ActivityView>, 
/**
 * When the service answered.
 */
answered: Timestamp | null, };

/**
 * A person in a workspace.
 */
export type Member = { 
/**
 * The person.
 */
id: MemberId, 
/**
 * The name shown.
 */
name: string, 
/**
 * What the person may do. The service has the last word: this is what it said when the person last came in.
 */
roles: Array<Role>, 
/**
 * Until when the person is away.
 */
absence?: Absence, 
/**
 * Which mail of the team's service the person wants, where they said so.
 */
mail?: MailWish, 
/**
 * That the person left.
 */
left?: Mark, };

/**
 * Names a member.
 */
export type MemberArgs = { 
/**
 * Who.
 */
member: MemberId, };

/**
 * A person in a workspace.
 */
export type MemberId = string;

/**
 * Says what a member may do.
 */
export type MemberRolesArgs = { 
/**
 * Who.
 */
member: MemberId, 
/**
 * What they may do.
 */
roles: Array<Role>, };

/**
 * A member, as the service knows them.
 */
export type MemberRow = { 
/**
 * Who.
 */
id: MemberId, 
/**
 * The name at the identity provider.
 */
name: string, 
/**
 * The roles given here.
 */
roles: Array<Role>, 
/**
 * The address, for whoever decides on others.
 */
email?: string | null, 
/**
 * When they were removed.
 */
removed_at?: Timestamp | null, };

/**
 * A person.
 */
export type MemberView = { 
/**
 * Who.
 */
id: MemberId, 
/**
 * The name.
 */
name: string, 
/**
 * The roles.
 */
roles: Array<Role>, 
/**
 * Until when the person is away, and who covers.
 */
absence: Absence | null, 
/**
 * Which mail of the team's service the person wants, where they said so.
 */
mail?: MailWish, 
/**
 * Whether the person left: the name stays on what they did.
 */
left: boolean, };

/**
 * A comment that mentions the person at this computer.
 */
export type Mention = { 
/**
 * Where it stands.
 */
spot: Spot, 
/**
 * Said by whom.
 */
by: By, 
/**
 * Its words.
 */
text: string, 
/**
 * The project's or the customer's name, and the version's number.
 */
about: string, };

/**
 * A message in one language.
 */
export type MessageDetails = { 
/**
 * What the workspace calls it.
 */
name: string, 
/**
 * The language that it is written in, as a BCP 47 tag.
 */
language: string, 
/**
 * The mail's subject.
 */
subject: string, 
/**
 * The text.
 */
body: string, };

/**
 * A message template.
 */
export type MessageId = string;

/**
 * A message template. Those that the console brings stand in the window's catalogue.
 */
export type MessageTemplate = { 
/**
 * Its id.
 */
id: MessageId, 
/**
 * The tombstone.
 */
removed?: Mark, 
/**
 * What the workspace calls it.
 */
name: string, 
/**
 * The language that it is written in, as a BCP 47 tag.
 */
language: string, 
/**
 * The mail's subject.
 */
subject: string, 
/**
 * The text.
 */
body: string, };

/**
 * Moves the open workspace to a team's service.
 */
export type MoveArgs = { 
/**
 * The service's address.
 */
url: string, 
/**
 * The registration.
 */
registration: string, 
/**
 * Into which workspace of it, one that nothing was done in yet.
 */
to: MoveTo, };

/**
 * Where in a team's service a workspace goes.
 */
export type MoveTo = { "code": string } | { "workspace": WorkspaceId };

/**
 * Where a workspace of this computer's goes or went: nothing is changed here any more.
 */
export type MovedView = { 
/**
 * The host of the team's service.
 */
host: string, 
/**
 * The connection that it is there.
 */
to: ConnectionName, 
/**
 * When everything was there; none: it is under way.
 */
done: Timestamp | null, };

/**
 * Something that needs someone.
 */
export type Need = { 
/**
 * What.
 */
kind: NeedKind, 
/**
 * The project, where it is about one.
 */
project: ProjectId | null, 
/**
 * The name of the project, the document or the ticket.
 */
name: string, 
/**
 * The version, where it is about one.
 */
version: VersionId | null, 
/**
 * The number of the version or the ticket.
 */
number: string, 
/**
 * The run it is about.
 */
run: RunId | null, 
/**
 * The track it is about.
 */
track: TrackName | null, 
/**
 * The partner document it is about.
 */
document: DocumentId | null, 
/**
 * The ticket it is about.
 */
ticket: TicketId | null, 
/**
 * The installation it is about.
 */
installation: InstallationId | null, 
/**
 * How many findings, items or fields.
 */
count: number, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Working days in that state.
 */
days: number, 
/**
 * Until when it has to be done, where there is a date.
 */
due: Timestamp | null, 
/**
 * Who looks after it.
 */
assignee: MemberId | null, 
/**
 * Who acts meanwhile, where that one is away.
 */
acting: MemberId | null, 
/**
 * Its name, by which it is put off.
 */
key: string, 
/**
 * Put off until this day, `YYYY-MM-DD`.
 */
snoozed: string | null, 
/**
 * What an installation's alert tells.
 */
alert: Alert | null, };

/**
 * What can need someone, the most pressing first.
 */
export type NeedKind = "rejected" | "overdue" | "answer_talkdesk" | "rotation" | "stopped" | "delivery_failing" | "delivery_given_up" | "uninstalled" | "trial_ending" | "document" | "ticket" | "approve_go_live" | "confirm_live" | "items_to_settle" | "no_link" | "ready_to_submit" | "rotated" | "plan" | "trial" | "users";

/**
 * A finding as a form hands it in.
 */
export type NewFinding = { 
/**
 * Its id.
 */
id: FindingId, 
/**
 * What shows it.
 */
files?: Array<FileRef>, 
/**
 * The words.
 */
text: string, 
/**
 * How heavy, free text: Talkdesk's severities are not documented.
 */
severity: string, 
/**
 * The field it is about.
 */
field: FieldKey | null, 
/**
 * The checklist item it is about.
 */
item: string | null, };

/**
 * No arguments.
 */
export type Nothing = Record<symbol, never>;

/**
 * What the system is to show.
 */
export type NotifyArgs = { 
/**
 * In a few words.
 */
title: string, 
/**
 * The rest.
 */
body: string, 
/**
 * Where a click leads.
 */
link: DeepLink | null, };

/**
 * An open finding.
 */
export type OpenFinding = { 
/**
 * Which.
 */
id: FindingId, 
/**
 * The version it was found in.
 */
version: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * What it says.
 */
text: string, 
/**
 * Recorded by whom.
 */
created: By, };

/**
 * What opens the vault.
 */
export type OpenVaultArgs = { 
/**
 * The passphrase or the recovery code; without one the keychain is asked.
 */
passphrase: string | null, };

/**
 * Where a delivery is kept as it came.
 */
export type Original = "here" | "service" | "team" | "elsewhere";

/**
 * A result.
 */
export type Outcome = "pass" | "fail" | "blocked" | "not_applicable";

/**
 * A page's title and where it is.
 */
export type PageDetails = { 
/**
 * Its title, as Talkdesk has it.
 */
title: string, 
/**
 * Its https address; empty until the workspace enters it.
 */
url: string, };

/**
 * A page of the developer documentation.
 */
export type PageId = string;

/**
 * A documentation page.
 */
export type PageView = { 
/**
 * Which.
 */
id: PageId, 
/**
 * Its title.
 */
title: string, 
/**
 * Its address; empty until entered.
 */
url: string, 
/**
 * Who read it, first first.
 */
read: Array<By>, };

/**
 * The three parts of a version's content (D/creating-managing-app-versions).
 */
export type Part = "general" | "technical" | "marketplace";

/**
 * A part of a version's content.
 */
export type PartHead = { 
/**
 * Which.
 */
part: Part, 
/**
 * How complete.
 */
completeness: Completeness, 
/**
 * Problems to mend.
 */
missing: number, 
/**
 * Whose rule locks it, if one does.
 */
lock: Rule | null, };

/**
 * An event that is passed on to the app, and how that went.
 */
export type PassedEvent = { 
/**
 * The event's id at Talkdesk.
 */
event: string, 
/**
 * How it stands.
 */
state: PassedState, 
/**
 * How often it was tried.
 */
tries: number, 
/**
 * When it is tried next, while it waits.
 */
due: Timestamp, 
/**
 * The last try.
 */
last: Try | null, };

/**
 * How an event stands that is passed on.
 */
export type PassedState = "waiting" | "taken" | "given_up";

/**
 * A passphrase.
 */
export type PassphraseArgs = { 
/**
 * It.
 */
passphrase: string, };

/**
 * The address that a browser ended on.
 */
export type PastedArgs = { 
/**
 * At which registration's server.
 */
id: string, 
/**
 * The address: it holds the code.
 */
pasted: string, };

/**
 * What the clipboard gave.
 */
export type PastedFile = { 
/**
 * The picture; none where the clipboard holds none.
 */
file: FileRef | null, };

/**
 * Commands that are not settled: all that need somebody or wait for another, and of the others those that are sent next.
 */
export type PendingList = { 
/**
 * In the order of making.
 */
rows: Array<PendingView>, 
/**
 * How many more wait behind them.
 */
more: number, };

/**
 * How a command of the outbox stands.
 */
export type PendingState = "queued" | "in_flight" | "conflicted" | "refused";

/**
 * A command that is not settled.
 */
export type PendingView = { 
/**
 * The command.
 */
command: Envelope, 
/**
 * How it stands.
 */
state: PendingState, 
/**
 * Why it was refused, or what changed.
 */
refusal: Refusal | null, 
/**
 * What it waits for.
 */
waits_for: CommandId | null, 
/**
 * When it was made.
 */
made_at: Timestamp, 
/**
 * The project it is about.
 */
project: string | null, 
/**
 * What stands now, where it met another change or may meet one.
 */
theirs: Standing | null, 
/**
 * How it came to meet another change, where it did.
 */
meeting: MeetingView | null, };

/**
 * What the window shows first.
 */
export type Phase = { "phase": "first_start" } | { "phase": "open" } & Frame | { "phase": "recovery" } & Recovery;

/**
 * A piece of a text; those that matched are marked.
 */
export type Piece = { 
/**
 * The text.
 */
text: string, 
/**
 * Whether it matched.
 */
hit: boolean, };

/**
 * Hands over a piece of a file.
 */
export type PieceArgs = { 
/**
 * Of which file; the first piece of a new one without it.
 */
file: string | null, 
/**
 * How many bytes of it came before.
 */
at: number, };

/**
 * A size in pixels.
 */
export type Pixels = { 
/**
 * From left to right.
 */
width: number, 
/**
 * From top to bottom.
 */
height: number, };

/**
 * Where a person goes to mend what a refusal or a problem names.
 */
export type Place = { 
/**
 * The project, where it is not the one at hand.
 */
project?: ProjectId, 
/**
 * The version.
 */
version?: VersionId, 
/**
 * The field of the app information.
 */
field?: FieldKey, 
/**
 * The entry of a list field, from 0.
 */
index?: number, 
/**
 * The input of a form that is no field of the app information: `name`, `number`, `url`, `reason` …
 */
input?: string, 
/**
 * The checklist run.
 */
run?: RunId, 
/**
 * The checklist item.
 */
item?: string, };

/**
 * An item, and the heading it stands under.
 */
export type PlacedItem = { 
/**
 * The heading.
 */
section: string, 
/**
 * The item.
 */
item: Item, };

/**
 * A subscription plan (`subscription_types[]`).
 */
export type Plan = { 
/**
 * Trial or paid.
 */
type: PlanKind, 
/**
 * Per seat or per account.
 */
license_type: LicenseType, 
/**
 * Its name.
 */
name: string, 
/**
 * A month and seat, as typed; empty for a trial.
 */
price: string, 
/**
 * What it offers.
 */
description: string, 
/**
 * One line for the listing.
 */
listing_summary: string, 
/**
 * Fewest seats.
 */
min_licenses: number | null, 
/**
 * Most seats.
 */
max_licenses: number | null, };

/**
 * Trial or paid.
 */
export type PlanKind = "trial" | "paid";

/**
 * What a workspace decided for itself.
 */
export type Policies = { 
/**
 * Working days in review after which an answer counts as overdue (ours; no turnaround is documented).
 */
overdue_days: number, 
/**
 * Whether own checklists and findings bar a submission.
 */
gate: boolean, 
/**
 * Working days without a word from Talkdesk after which a ticket counts as silent (ours).
 */
silent_days?: number, 
/**
 * Days before its end from which a partner document is told of (ours).
 */
expiry_days?: number, 
/**
 * Days before its end from which a trial is told of (ours).
 */
trial_days?: number, 
/**
 * Who is told beside whoever looks after it, three days and one day before a deadline.
 */
escalate_to?: MemberId, 
/**
 * Days for which the team's service keeps what Talkdesk delivered as it came, where no credentials can be in it;
 * none: for as long as there is a workspace. What was read out of it stays.
 */
originals_days?: number, 
/**
 * What images are held to.
 */
images?: ImageLimits, 
/**
 * The most characters that a text of the app information may have: Talkdesk documents no limits, so none is set
 * until the workspace sets one, as its portal or a review tells it.
 */
lengths?: { [key in FieldKey]?: number }, };

/**
 * Where links and submissions travel.
 */
export type PortArgs = { 
/**
 * The server's address; empty: by hand.
 */
url: string, 
/**
 * The token that it gave.
 */
token: string, };

/**
 * How links and submissions travel between the console and Partner Project.
 */
export type PortView = { "port": "manual" } | { "port": "http", 
/**
 * Its address.
 */
url: string, };

/**
 * The last preflight of a version, as somebody reads it who is about to submit it.
 */
export type PreflightView = { 
/**
 * How many checks go how, as the version stands.
 */
counts: CheckCounts, 
/**
 * Who had the checks run last that need the network, when; none before anybody did.
 */
ran: By | null, 
/**
 * Fields that were changed since.
 */
changed: Array<FieldKey>, };

/**
 * Somebody who is connected now.
 */
export type Present = { 
/**
 * Who.
 */
member: MemberId, 
/**
 * Since when, by the service's clock.
 */
since: Timestamp, };

/**
 * One thing wrong with a value.
 */
export type Problem = { 
/**
 * What.
 */
code: ProblemCode, 
/**
 * Field and entry.
 */
place: Place, 
/**
 * Words to put into the message.
 */
params: { [key in string]: string }, };

/**
 * What is wrong with a value.
 */
export type ProblemCode = "empty" | "use_https" | "not_a_url" | "fragment" | "not_a_slug" | "not_a_choice" | "not_an_email" | "duplicate" | "no_reason" | "not_a_scope" | "no_trial" | "no_price" | "seats_crossed" | "no_support" | "no_name";

/**
 * A step of the partner process.
 */
export type ProcessStep = { 
/**
 * The key of its words, and what a tick names.
 */
id: string, 
/**
 * How often it has to be done.
 */
scope: StepScope, 
/**
 * Its heading.
 */
group: StepGroup, 
/**
 * What shows that it is done; nothing, where only a person can say so.
 */
proof: Proof | null, 
/**
 * Whether a person may say it is done where the proof is not seen: the console does not see everything.
 */
tickable: boolean, 
/**
 * The screen that it opens.
 */
screen: Screen, 
/**
 * The page below docs.talkdesk.com that tells of it; empty where none was found, and the complete guide does.
 */
page: string, 
/**
 * Where it stands on the page *Partner processes*: heading and numbers.
 */
source: string, };

/**
 * The partner process of a version.
 */
export type ProcessView = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, 
/**
 * The steps in the order of the page.
 */
steps: Array<StepView>, 
/**
 * Steps done.
 */
done: number, 
/**
 * The address of the guide; empty until entered.
 */
guide: string, 
/**
 * The address of the ticket form; empty until entered.
 */
ticket_form: string, };

/**
 * Names a project.
 */
export type ProjectArgs = { 
/**
 * Which.
 */
project: ProjectId, };

/**
 * Name, slug, owner.
 */
export type ProjectDetails = { 
/**
 * Unique in the workspace.
 */
name: string, 
/**
 * Unique in the workspace; small letters, digits, hyphens.
 */
slug: string, 
/**
 * Who looks after it, free text.
 */
owner: string, };

/**
 * The head of a project.
 */
export type ProjectHead = { 
/**
 * Which.
 */
id: ProjectId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its slug.
 */
slug: string, 
/**
 * Its owner.
 */
owner: string, 
/**
 * Whether it was put away.
 */
archived: boolean, 
/**
 * The app at Talkdesk that it is, where somebody named it.
 */
app?: AppAt, };

/**
 * One app on Partner Project.
 */
export type ProjectId = string;

/**
 * A link on a project's page.
 */
export type ProjectLink = { 
/**
 * The version.
 */
version: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * The link.
 */
link: LinkView, 
/**
 * Whether another took its place.
 */
superseded: boolean, 
/**
 * Copies and sends, newest first.
 */
uses: Array<UseView>, };

/**
 * A project in the list.
 */
export type ProjectRow = { 
/**
 * Which.
 */
id: ProjectId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its slug.
 */
slug: string, 
/**
 * Its owner.
 */
owner: string, 
/**
 * The newest version that was not put away.
 */
version: RowVersion | null, 
/**
 * The number that is on `AppConnect`.
 */
published: string | null, 
/**
 * Findings open.
 */
open_findings: number, 
/**
 * Customers that have the app.
 */
installations: number, 
/**
 * Last change.
 */
changed: Timestamp, };

/**
 * A project's page.
 */
export type ProjectView = { 
/**
 * Its head.
 */
project: ProjectHead, 
/**
 * Its versions, newest first.
 */
versions: Array<VersionHead>, 
/**
 * The number on `AppConnect`.
 */
published: string | null, 
/**
 * Why no new version can be made: the number that is not published yet.
 */
blocked_by: string | null, 
/**
 * A number to suggest for the next one.
 */
next_number: string, 
/**
 * Its runs.
 */
runs: Array<RunHead>, 
/**
 * All links, newest first.
 */
links: Array<ProjectLink>, 
/**
 * Findings open.
 */
open_findings: Array<OpenFinding>, 
/**
 * Customers that have the app.
 */
installations: number, 
/**
 * What happened last.
 */
activity: Array<ActivityView>, };

/**
 * What part of the list is wanted.
 */
export type ProjectsArgs = { 
/**
 * Words in name, slug or owner.
 */
text: string, 
/**
 * Only versions of this status; none: all.
 */
status: Status | null, 
/**
 * Archived ones instead of the others.
 */
archived: boolean, 
/**
 * First row.
 */
offset: number, 
/**
 * Rows, 1 to 500.
 */
limit: number, };

/**
 * A page of the list.
 */
export type ProjectsView = { 
/**
 * Rows that fit, all pages.
 */
total: number, 
/**
 * This page.
 */
rows: Array<ProjectRow>, 
/**
 * Rows by status of their newest version, whatever the filter.
 */
counts: { [key in string]: number }, };

/**
 * What in the data shows that a step is done.
 */
export type Proof = "documents_done" | "documentation_read" | "developer_account_known" | "guidelines_done" | "technical_ux_done" | "qa_done" | "project_known" | "information_complete" | "information_carried" | "technical_approved" | "link_recorded" | "link_used" | "app_id_known" | "callback_set" | "installation_stored" | "code_received" | "token_obtained" | "test_installed" | "submitted" | "published" | "event_verified" | "region_used" | "credentials_stored" | "users_changed" | "plan_changed";

/**
 * Fields that are to be brought to Talkdesk as they stand here.
 */
export type PushArgs = { 
/**
 * The fields.
 */
fields: Array<FieldKey>, 
/**
 * Whether the project's name goes along.
 */
name: boolean, 
/**
 * Whether the app shall be active; none leaves that as it is.
 */
active: boolean | null, 
/**
 * The app's id at Talkdesk.
 */
app: string, 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The registration of the account.
 */
account: string, 
/**
 * The gateway, one of those that are offered.
 */
gateway: string, };

/**
 * The request that would go out, exactly, but for the access token.
 */
export type PushRequest = { 
/**
 * Its method.
 */
method: string, 
/**
 * Where to.
 */
url: string, 
/**
 * Its body, indented for reading.
 */
body: string, };

/**
 * What stands at Talkdesk after a change.
 */
export type Pushed = { 
/**
 * Fields that were sent and still stand otherwise there.
 */
differ: Array<FieldKey>, 
/**
 * `name` and `active`, likewise.
 */
beside: Array<string>, };

/**
 * What a draft that was set aside can be put on top of.
 */
export type RebaseView = { 
/**
 * The version that went live meanwhile.
 */
onto: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * Its content.
 */
information: Information, 
/**
 * Fields that it changed and the draft did not: the draft takes them over.
 */
theirs: Array<FieldKey>, 
/**
 * Fields that both changed, each otherwise: a person decides.
 */
both: Array<FieldKey>, };

/**
 * How a delivery came here.
 */
export type Received = "by_hand" | "relay" | "mirror" | "fetched" | "listener";

/**
 * How deliveries of a project reach the service.
 */
export type ReceivingView = { 
/**
 * Whether there is a service that can take them: of a workspace on this computer alone there is none.
 */
team: boolean, 
/**
 * Its addresses, newest first, revoked ones too.
 */
hooks: Array<HookView>, };

/**
 * A version that was worked on.
 */
export type Recent = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, };

/**
 * Why the store cannot be used, and what can be done.
 */
export type Recovery = { 
/**
 * What is wrong.
 */
problem: RecoveryProblem, 
/**
 * Words to put in: `found`, `known`, `detail`.
 */
params: { [key in string]: string }, 
/**
 * Copies to go back to, newest first.
 */
backups: Array<BackupView>, };

/**
 * What is wrong with the store.
 */
export type RecoveryProblem = "too_new" | "cache_damaged" | "service_damaged" | "read_only" | "disk_full" | "in_use" | "other";

/**
 * Who blanked something, and why.
 */
export type RedactedView = { 
/**
 * The command that did it: what a form says that it knew.
 */
command: CommandId, 
/**
 * Who, when.
 */
by: By, 
/**
 * Why.
 */
reason: string, };

/**
 * Where the server sends the person back to.
 */
export type Redirect = { "kind": "loopback" } | { "kind": "ports", 
/**
 * The ports.
 */
ports: Array<number>, } | { "kind": "https", 
/**
 * The address.
 */
uri: string, };

/**
 * The answer to a command that was not applied.
 */
export type Refusal = { 
/**
 * What kind.
 */
code: RefusalCode, 
/**
 * Whose rule.
 */
rule: Rule, 
/**
 * Words to put into the message.
 */
params: { [key in string]: string }, 
/**
 * Where to go for it: every missing field, the input at fault.
 */
places: Array<Place>, };

/**
 * A closed set: one code for each thing that a person can act on.
 */
export type RefusalCode = "empty" | "too_long" | "control_characters" | "wrong_kind" | "not_https" | "name_taken" | "slug_taken" | "not_a_slug" | "number_taken" | "exists" | "not_found" | "forbidden" | "archived" | "locked" | "part_locked" | "previous_not_published" | "not_ready" | "not_waivable" | "gate" | "in_review" | "approved" | "not_in_review" | "another_round" | "no_answer" | "not_approved" | "no_go_live_date" | "not_published" | "discarded" | "not_a_draft" | "fail_needs_fix" | "not_failed" | "signed" | "not_your_last" | "not_yours" | "redacted" | "redacted_since" | "unknown_placeholder" | "not_live" | "changed" | "no_reason" | "id_reused" | "too_many" | "file_empty" | "file_too_large" | "attached_already" | "blob_missing" | "unknown_command";

/**
 * A region.
 */
export type RegionView = { 
/**
 * Talkdesk's key for it, as `td-us-1`; empty where it is not known.
 */
key: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * Its gateways, the likeliest first; without `https://`, which all but those of a sandbox have.
 */
gateways: Array<string>, 
/**
 * What the host of an account at its Talkdesk ID ends in; empty where it is not known.
 */
id_domain: string, };

/**
 * Talkdesk's regions. An installation's own links win over them.
 */
export type RegionsView = { 
/**
 * In the order in which they are listed.
 */
regions: Array<RegionView>, 
/**
 * The file that names others in their place, whether it is there or not. It is read at the start.
 */
file: string, } & ({ "from": "documentation" } | { "from": "file" } | { "from": "unreadable", 
/**
 * The line that is wrong; none where the file cannot be read at all.
 */
line: number | null, });

/**
 * A client registration.
 */
export type Registration = { 
/**
 * Its id here; its secret lies in the vault under it.
 */
id: string, 
/**
 * What a person calls it: *Sample Apps, US*.
 */
name: string, 
/**
 * The server.
 */
server: AuthServer, 
/**
 * The client's id there.
 */
client_id: string, 
/**
 * How the client proves at the token endpoint who it is.
 */
auth: ClientAuth, 
/**
 * Where the server sends the person back to.
 */
redirect: Redirect, 
/**
 * The scopes to ask for; none: of those that the server offers, what a sign-in needs.
 */
scopes: Array<string>, 
/**
 * Where the server's page is shown.
 */
by: Way, };

/**
 * Adds or replaces a registration.
 */
export type RegistrationArgs = { 
/**
 * It.
 */
registration: Registration, 
/**
 * The client's secret; none: as it is.
 */
secret: string | null, };

/**
 * Has what comes in by an address go on to the app, or nowhere.
 */
export type RelayArgs = { 
/**
 * The address's id.
 */
id: string, 
/**
 * The app's own address; none ends the relay.
 */
url: string | null, };

/**
 * Where what comes in goes on to.
 */
export type RelayView = { 
/**
 * The app's own address.
 */
url: string, 
/**
 * Who set it.
 */
set: By, 
/**
 * How many events wait for the app.
 */
waiting: number, 
/**
 * Since when the app takes none.
 */
failing_since: Timestamp | null, };

/**
 * An item that is no longer in a run's list.
 */
export type RemovedView = { 
/**
 * The heading it stood under.
 */
section: string, 
/**
 * As it was.
 */
item: ItemView, 
/**
 * The version of the list that had it last.
 */
template_version: number, 
/**
 * Who took the newer one.
 */
by: By, };

/**
 * A workspace of this computer's own was taken off it.
 */
export type RemovedWorkspace = { 
/**
 * Where everything of it but secrets was saved; none where it is at a team's service.
 */
kept: string | null, 
/**
 * Where what its service did not have yet was saved.
 */
unsent: string | null, };

/**
 * Names a delivery and where it goes once more.
 */
export type ReplayArgs = { 
/**
 * Which.
 */
which: Which, 
/**
 * An address for events.
 */
url: string, };

/**
 * Names a backup.
 */
export type RestoreArgs = { 
/**
 * The file's name, as [`BackupView`] has it.
 */
file: string, };

/**
 * A secret on its way to the screen, because a person asked for it. It has no `Debug`.
 */
export type Revealed = { 
/**
 * It.
 */
text: string, };

/**
 * What was revealed.
 */
export type RevealedSecret = "port_token" | "client_secret" | "private_key" | "credentials" | "event";

/**
 * A version that waits for someone.
 */
export type ReviewRow = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, 
/**
 * Working days in this state.
 */
days: number, 
/**
 * Whether Talkdesk's answer is overdue.
 */
overdue: boolean, 
/**
 * Findings open.
 */
open_findings: number, };

/**
 * The review of a version.
 */
export type ReviewView = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, 
/**
 * The tracks with their rounds.
 */
tracks: Array<TrackView>, 
/**
 * Findings of the app that this version has to do with, newest first.
 */
findings: Array<FindingView>, 
/**
 * Go-live and listing.
 */
go_live: GoLiveView, 
/**
 * What warns, and does not bar.
 */
warnings: Array<Warning>, 
/**
 * Whether the workspace makes its own warnings a gate.
 */
gate: boolean, 
/**
 * Working days after which an answer counts as overdue (ours).
 */
overdue_days: number, 
/**
 * How each check stands.
 */
checks: Array<CheckView>, 
/**
 * The last preflight as a whole.
 */
preflight: PreflightView, 
/**
 * How links and submissions travel.
 */
port: PortView, };

/**
 * What a member may do. One person may hold all.
 */
export type Role = "admin" | "partner_manager" | "developer" | "qa" | "internal_reviewer" | "viewer";

/**
 * A wish for new credentials.
 */
export type RotateArgs = { 
/**
 * Of which installation.
 */
installation: InstallationId, 
/**
 * Whether they are known to others.
 */
compromised: boolean, 
/**
 * Why.
 */
reason: string, };

/**
 * A submission round.
 */
export type RoundId = string;

/**
 * A round.
 */
export type RoundView = { 
/**
 * Which.
 */
id: RoundId, 
/**
 * Its number in the track.
 */
n: number, 
/**
 * Marked as submitted by whom.
 */
submitted: By, 
/**
 * Why the gate was passed over.
 */
override_reason: string | null, 
/**
 * Items done and all items of the checklists then.
 */
items_done: number, 
/**
 * All items then.
 */
items: number, 
/**
 * Pieces of evidence then.
 */
evidence: number, 
/**
 * How the checks went then.
 */
checks: Array<CheckView>, 
/**
 * Answers, oldest first; the last one counts.
 */
answers: Array<AnswerView>, 
/**
 * Taken back.
 */
withdrawn: By | null, };

/**
 * What can be wrong with a row.
 */
export type RowFault = { "code": "text_not_mapped" } | { "code": "no_such_column" } | { "code": "no_rows" } | { "code": "too_many", 
/**
 * The bound.
 */
max: number, } | { "code": "text_missing" } | { "code": "id_missing" } | { "code": "too_long", 
/**
 * The bound.
 */
max: number, } | { "code": "control_characters" } | { "code": "id_taken", 
/**
 * The id.
 */
id: string, 
/**
 * The row that had it first.
 */
first: number, } | { "code": "text_taken", 
/**
 * The row that had it first.
 */
first: number, } | { "code": "section_taken", 
/**
 * The id.
 */
id: string, } | { "code": "required_unclear", 
/**
 * What stands there.
 */
value: string, };

/**
 * Something wrong with one row.
 */
export type RowProblem = { 
/**
 * The row's number; in a template that came as JSON the item's, from 1. Without one it is about the whole list.
 */
row: number | null, 
/**
 * The column, from 0.
 */
column: number | null, 
/**
 * What is wrong.
 */
problem: RowFault, };

/**
 * A version in the list.
 */
export type RowVersion = { 
/**
 * Which.
 */
id: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * How it stands.
 */
status: Status, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * General, Technical, Marketplace in percent.
 */
percents: [number, number, number], };

/**
 * Whose rule it is. Only a rule of Talkdesk, cited, may bar a person for good; ours can be overridden.
 */
export type Rule = "talkdesk" | "ours";

/**
 * Names a run.
 */
export type RunArgs = { 
/**
 * Which.
 */
run: RunId, };

/**
 * A checklist run in a list.
 */
export type RunHead = { 
/**
 * Which.
 */
id: RunId, 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Its name.
 */
project_name: string, 
/**
 * Against which version.
 */
version: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * The template.
 */
template: TemplateId, 
/**
 * The template's kind.
 */
kind: TemplateKind, 
/**
 * The template's name.
 */
name: string, 
/**
 * What is tested now.
 */
tested: Tested, 
/**
 * How it stands.
 */
summary: RunSummary, 
/**
 * Items that are not settled, by who looks after them.
 */
assigned: { [key in MemberId]: number }, 
/**
 * Items done.
 */
done: number, 
/**
 * Last change.
 */
changed: Timestamp, };

/**
 * A checklist run.
 */
export type RunId = string;

/**
 * How a run stands, in numbers.
 */
export type RunSummary = { 
/**
 * The run.
 */
run: RunId, 
/**
 * Its template's kind.
 */
kind: TemplateKind, 
/**
 * Its name.
 */
name: string, 
/**
 * Its template.
 */
template: TemplateId, 
/**
 * The template's version.
 */
template_version: number, 
/**
 * All items.
 */
total: number, 
/**
 * Items by status; none means 0.
 */
counts: { [key in ItemStatus]?: number }, 
/**
 * Whether it was signed.
 */
signed: boolean, };

/**
 * A run with all its items.
 */
export type RunView = { 
/**
 * Which.
 */
id: RunId, 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * The version tested.
 */
version: VersionHead, 
/**
 * The template.
 */
template: TemplateId, 
/**
 * Its version.
 */
template_version: number, 
/**
 * A newer version of the template, where there is one.
 */
newer_template: number | null, 
/**
 * The template's kind.
 */
kind: TemplateKind, 
/**
 * The template's name.
 */
name: string, 
/**
 * Derived, not official.
 */
derived: boolean, 
/**
 * What is tested.
 */
tested: Tested, 
/**
 * Started by whom.
 */
started: By, 
/**
 * Signed by whom.
 */
signed: By | null, 
/**
 * In numbers.
 */
summary: RunSummary, 
/**
 * The items.
 */
sections: Array<SectionView>, 
/**
 * Items that a newer version of the list took out, with what was said of them; the last one first.
 */
removed: Array<RemovedView>, };

/**
 * All runs.
 */
export type RunsView = { 
/**
 * Runs, last changed first.
 */
runs: Array<RunHead>, 
/**
 * Templates beside them.
 */
templates: Array<TemplateHead>, };

/**
 * A file to be written.
 */
export type SaveFileArgs = { 
/**
 * The name that it should get, with its ending; made tame, and numbered where it is taken.
 */
name: string, 
/**
 * What it holds.
 */
content: FileContent, };

/**
 * Files to be saved.
 */
export type SaveFilesArgs = { 
/**
 * Which, under the names that they should get.
 */
files: Array<FileRef>, 
/**
 * A folder of their own among the person's downloads.
 */
folder: string | null, 
/**
 * Whether to show the folder.
 */
show: boolean, };

/**
 * Files that were saved.
 */
export type SavedFiles = { 
/**
 * Where they lie.
 */
folder: string, 
/**
 * Each of them.
 */
files: Array<string>, };

/**
 * A scope and why the app needs it. Talkdesk has one `scopes_reason`: the reasons are joined into it.
 */
export type ScopeReason = { 
/**
 * Such as `contacts:read`.
 */
scope: string, 
/**
 * What the app does with it.
 */
reason: string, };

/**
 * The screen where a step is done.
 */
export type Screen = "partner_documents" | "documentation" | "own_accounts" | "certification" | "technical_ux" | "qa" | "project" | "information" | "technical" | "review" | "install" | "installations" | "events" | "connections";

/**
 * A sealed file, and what opens it.
 */
export type SealedArgs = { 
/**
 * The file, as it was handed over.
 */
file: string, 
/**
 * What opens it.
 */
passphrase: string, };

/**
 * What is in such a file, told before anything of it is taken.
 */
export type SealedComputer = { 
/**
 * When it was written.
 */
made_at: Timestamp, 
/**
 * Workspaces of the computer's own.
 */
workspaces: number, 
/**
 * Workspaces that teams share.
 */
teams: number, 
/**
 * Whether a vault is in it.
 */
vault: boolean, 
/**
 * What becomes of its list of regions, where it has one of its own.
 */
regions: ComingRegions | null, };

/**
 * Words to look for.
 */
export type SearchArgs = { 
/**
 * The words.
 */
text: string, 
/**
 * Most hits, 1 to 100.
 */
limit: number, };

/**
 * Names a secret.
 */
export type SecretArgs = { 
/**
 * What it is.
 */
kind: SecretKind, 
/**
 * Its id.
 */
id: string, };

/**
 * What a secret is.
 */
export type SecretKind = "tokens" | "client_secret" | "private_key" | "port_token" | "installation_secret" | "installation_key" | "original";

/**
 * A secret, by name.
 */
export type SecretView = { 
/**
 * What it is.
 */
kind: SecretKind, 
/**
 * Its id.
 */
id: string, 
/**
 * What it is for: a server's address, for one; may be empty.
 */
of: string, };

/**
 * Items under one heading.
 */
export type Section = { 
/**
 * Unique in the template.
 */
id: string, 
/**
 * The heading; empty for items that have none.
 */
name: string, 
/**
 * In the order of the list.
 */
items: Array<Item>, };

/**
 * A section that is in both versions.
 */
export type SectionDiff = { 
/**
 * Its name before.
 */
before: string, 
/**
 * Its name now.
 */
after: string, 
/**
 * Whether it stands elsewhere among the sections.
 */
moved: boolean, };

/**
 * A section of a run.
 */
export type SectionView = { 
/**
 * Which.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Items passed or not applicable.
 */
done: number, 
/**
 * The items.
 */
items: Array<ItemView>, };

/**
 * One thing that was looked at.
 */
export type Seen = { 
/**
 * The field and entry that names it.
 */
place: Place, 
/**
 * Which: an address, or a type of events; empty where there is only one.
 */
of: string, 
/**
 * What was seen.
 */
sight: Sight, 
/**
 * Words to put into the message: `status`, `to`; of a certificate `until`, its last day, and `why` it is not valid
 * or, with `ends_soon`, not for long; of an event that was handled `by`, a [`Proof`], and `to`, whose.
 */
params: { [key in string]: string }, };

/**
 * How it was seen to stand.
 */
export type SeenView = { 
/**
 * How.
 */
state: TalkdeskState, 
/**
 * By whom.
 */
by: By, };

/**
 * A link to be sent to a customer.
 */
export type SendLinkArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which.
 */
link: LinkId, 
/**
 * To whom.
 */
customer: CustomerId, 
/**
 * To whom of the customer's.
 */
contacts: Array<ContactId>, 
/**
 * As the window worded it.
 */
subject: string, 
/**
 * As the window worded it.
 */
message: string, 
/**
 * Whether a mail draft is opened; else the message is copied.
 */
mail: boolean, };

/**
 * Sends a request that a person saw.
 */
export type SendPushArgs = { 
/**
 * The body as it was shown: where another one would go out by now, none does.
 */
body: string, 
/**
 * The fields.
 */
fields: Array<FieldKey>, 
/**
 * Whether the project's name goes along.
 */
name: boolean, 
/**
 * Whether the app shall be active; none leaves that as it is.
 */
active: boolean | null, 
/**
 * The app's id at Talkdesk.
 */
app: string, 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The registration of the account.
 */
account: string, 
/**
 * The gateway, one of those that are offered.
 */
gateway: string, };

/**
 * Who is signed in, and what is under way.
 */
export type SessionView = { "state": "signed_out" } | { "state": "waiting", 
/**
 * Its address.
 */
address: string, 
/**
 * Where it is shown.
 */
by: Way, 
/**
 * The origin that the sign-in window shows, a host in punycode; empty while it shows none.
 */
page: string, } | { "state": "signed_in", 
/**
 * The issuer.
 */
issuer: string, 
/**
 * The person's name as the server words it.
 */
name: string, 
/**
 * Until when the access token holds.
 */
expires_at: Timestamp, } | { "state": "failed", 
/**
 * Why, so that the window can word it.
 */
reason: string, 
/**
 * The server's own words.
 */
detail: string, };

/**
 * Names a set of credentials.
 */
export type SetArgs = { 
/**
 * Of which installation.
 */
installation: InstallationId, 
/**
 * Which set.
 */
client_id: string, };

/**
 * What ends a set whose place another took (D/events-api).
 */
export type SetEnd = "seven_days" | "compromised" | "acknowledged";

/**
 * A set of credentials.
 */
export type SetView = { 
/**
 * It, without its secrets.
 */
set: CredentialSet, 
/**
 * The vault's id of its secrets.
 */
secret: string, 
/**
 * Whether the client secret can be had: of the vault of this computer, or of the team's service.
 */
secret_here: boolean, 
/**
 * Whether the private key can.
 */
key_here: boolean, 
/**
 * Whose vault they are in.
 */
kept: KeptIn, 
/**
 * When it came into being.
 */
since: Timestamp, 
/**
 * Until when it can be relied on; none for the newest.
 */
until: Timestamp | null, 
/**
 * Why until then.
 */
ends: SetEnd | null, 
/**
 * Taken by whom.
 */
received: By, 
/**
 * A token was got with it by HTTP Basic.
 */
basic: By | null, 
/**
 * And by an assertion.
 */
private_key_jwt: By | null, 
/**
 * Where production keeps it.
 */
deployed_to: string, 
/**
 * Who said so.
 */
deployed: By | null, 
/**
 * Who saw it in use.
 */
in_use: By | null, 
/**
 * Who told Talkdesk.
 */
acknowledged: By | null, 
/**
 * Whether it took the place of another: then its five steps matter.
 */
rotated: boolean, 
/**
 * Steps that are open before it should be acknowledged.
 */
open_steps: Array<string>, };

/**
 * A person's own settings; they belong to this computer.
 */
export type Settings = { 
/**
 * Light, dark, or as the system has it.
 */
theme: Theme, 
/**
 * The language of the window; `system`: as the system has it.
 */
language: string, 
/**
 * On to the next untested item after a result.
 */
advance: boolean, 
/**
 * Show keys in the status bar.
 */
show_keys: boolean, 
/**
 * How large the window shows things, in per cent.
 */
zoom: number, 
/**
 * The project whose partner process home shows; none: the one that was worked on last.
 */
pinned: ProjectId | null, 
/**
 * Projects that stand in the sidebar, the one that was pinned last first; at most [`MOST_PINS`].
 */
pins: Array<ProjectId>, 
/**
 * Tell through the system what became due.
 */
notify: boolean, 
/**
 * Lock the vault when nobody was there for so many minutes; 0: never.
 */
lock_after: number, 
/**
 * By what the list of installations is ordered.
 */
installations_by: InstallationOrder, 
/**
 * By what it is grouped.
 */
installations_in: InstallationGroup, };

/**
 * Sets a person's own settings.
 */
export type SettingsArgs = { 
/**
 * All of them.
 */
settings: Settings, };

/**
 * How changes that met were settled.
 */
export type Settled = "same" | "later";

/**
 * A change that met others and was taken.
 */
export type SettledView = { 
/**
 * The change.
 */
command: Envelope, 
/**
 * When it was made.
 */
made_at: Timestamp, 
/**
 * The project it is about.
 */
project: string | null, 
/**
 * How it was settled.
 */
how: Settled, 
/**
 * How it came about.
 */
meeting: MeetingView, };

/**
 * An item of another template.
 */
export type SharedItem = { 
/**
 * The list that the item belongs to.
 */
template: TemplateId, 
/**
 * Its id there.
 */
item: string, };

/**
 * Another version of the project.
 */
export type Sibling = { 
/**
 * Which.
 */
id: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * How it stands.
 */
status: Status, };

/**
 * One of the two who write to each other.
 */
export type Side = "us" | "talkdesk";

/**
 * What was seen.
 */
export type Sight = "answers" | "fails" | "sends_on" | "unreachable" | "no_answer" | "inside" | "certificate" | "old_tls" | "refuses" | "takes" | "there" | "not_yet" | "offline";

/**
 * Names a registration.
 */
export type SignInArgs = { 
/**
 * Which.
 */
id: string, };

/**
 * A sign-in that has begun.
 */
export type SignInStarted = { 
/**
 * The address of the server's page.
 */
address: string, };

/**
 * A registration, and who is signed in.
 */
export type SignInView = { 
/**
 * The registration.
 */
registration: Registration, 
/**
 * The host that a person knows the server by.
 */
host: string, 
/**
 * Whether the secret that its client needs is in the vault.
 */
has_secret: boolean, 
/**
 * Who is signed in, and what is under way.
 */
session: SessionView, };

/**
 * Whose key signed them.
 */
export type Signer = "stranger" | "sandbox";

/**
 * Names a slot.
 */
export type SlotArgs = { 
/**
 * Which.
 */
kind: SlotKind, };

/**
 * A way to open the vault.
 */
export type SlotKind = "keychain" | "passphrase" | "recovery";

/**
 * A way to open the vault.
 */
export type SlotView = { 
/**
 * Which.
 */
kind: SlotKind, 
/**
 * Since when.
 */
made_at: Timestamp, };

/**
 * Where a comment stands: enough to go there.
 */
export type Spot = { 
/**
 * In what.
 */
of: AggregateRef, 
/**
 * Beside what.
 */
subject: Subject, 
/**
 * The version, where it is about one: the finding's, the field's.
 */
version: VersionId | null, 
/**
 * Which.
 */
comment: CommentId, };

/**
 * What is tried.
 */
export type SsoArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version whose addresses are tried.
 */
version: VersionId, 
/**
 * The installation that Talkdesk would name.
 */
installation: InstallationId, 
/**
 * The id of the user whom it would name.
 */
user: string, };

/**
 * What is wrong with a sign-in, the worst first.
 */
export type SsoFault = "no_answer" | "standalone_fails" | "trusts_the_hint" | "no_redirect" | "wants_a_click" | "endless_redirects" | "other_talkdesk_id" | "not_by_code" | "other_client" | "wrong_redirect" | "authorization_refused" | "code_refused" | "asks_again" | "no_state" | "state_not_checked" | "asks_for_password" | "open_without_session";

/**
 * An address that the browser went to.
 */
export type SsoHop = { 
/**
 * What for.
 */
step: SsoStep, 
/**
 * The address, without what may open something.
 */
url: string, 
/**
 * What it answered; none where it did not.
 */
status: number | null, 
/**
 * Where it sent the browser on to, likewise.
 */
sends_on: string | null, };

/**
 * What was seen.
 */
export type SsoReport = { 
/**
 * The installation that Talkdesk would name.
 */
installation: InstallationId, 
/**
 * The standalone URL that was opened, as the version had it then.
 */
standalone: string, 
/**
 * Whether the browser ended in the app, signed in.
 */
signed_in: boolean, 
/**
 * Every address that it went to.
 */
hops: Array<SsoHop>, 
/**
 * What is wrong, the worst first.
 */
faults: Array<SsoFault>, };

/**
 * What a hop is for.
 */
export type SsoStep = "opens" | "authorizes" | "returns" | "goes_on" | "forged_state" | "no_session";

/**
 * The check that a version keeps.
 */
export type SsoView = { 
/**
 * Who had it done, when.
 */
by: By, 
/**
 * The account of the installation that it was done for; empty where that is not known here.
 */
account: string, 
/**
 * Whether the version has another standalone URL by now.
 */
outdated: boolean, 
/**
 * The installation that Talkdesk would name.
 */
installation: InstallationId, 
/**
 * The standalone URL that was opened, as the version had it then.
 */
standalone: string, 
/**
 * Whether the browser ended in the app, signed in.
 */
signed_in: boolean, 
/**
 * Every address that it went to.
 */
hops: Array<SsoHop>, 
/**
 * What is wrong, the worst first.
 */
faults: Array<SsoFault>, };

/**
 * What stands in the place of what a command would set.
 */
export type Standing = { "of": "field", "value": FieldValue | null } | { "of": "reply", "value": string } | { "of": "details", "value": ProjectDetails };

/**
 * Starts a workspace on this computer.
 */
export type StartArgs = { 
/**
 * The organisation's name.
 */
workspace: string, 
/**
 * The person's name.
 */
name: string, };

/**
 * How a version stands.
 */
export type Status = "discarded" | "superseded" | "delisted" | "published" | "rejected" | "in_review" | "approved" | "draft";

/**
 * The headings of the page.
 */
export type StepGroup = "partners" | "getting_ready" | "register" | "installation_link" | "integrating" | "test_and_submit" | "events" | "alerts";

/**
 * What came of a step.
 */
export type StepOutcome = "passed" | "failed" | "not_run";

/**
 * How often a step has to be done.
 */
export type StepScope = "workspace" | "project" | "version";

/**
 * A step.
 */
export type StepView = { 
/**
 * What it is.
 */
step: ProcessStep, 
/**
 * Whether it is done.
 */
done: boolean, 
/**
 * Done by what the data shows.
 */
by_evidence: boolean, 
/**
 * Ticked by whom.
 */
ticked: By | null, };

/**
 * What is kept on this computer.
 */
export type StorageView = { 
/**
 * The data folder.
 */
data_folder: string, 
/**
 * The folder of the logs.
 */
log_folder: string, 
/**
 * Bytes by what they are for; nothing is left out.
 */
usage: Array<Usage>, 
/**
 * The copies of the open workspace, newest first.
 */
backups: Array<BackupView>, 
/**
 * When the newest copy was made.
 */
backed_up: Timestamp | null, };

/**
 * An entry of a list at Talkdesk whose type has no place here.
 */
export type StrangeEntry = { 
/**
 * The member that it stands in: `emails`, `assets`, `urls` or `subscription_types`.
 */
member: string, 
/**
 * Its type, as Talkdesk wrote it.
 */
kind: string, 
/**
 * What it is: an address, a plan's name.
 */
text: string, };

/**
 * Things done in the same quarter of an hour, which no time zone parts by midnight.
 */
export type Stretch = { 
/**
 * When its newest one was done.
 */
at: Timestamp, 
/**
 * How many there are.
 */
count: number, };

/**
 * What a comment or an external link stands beside, within its aggregate.
 */
export type Subject = { "on": "project" } | { "on": "version", version: VersionId, } | { "on": "field", version: VersionId, field: FieldKey, } | { "on": "finding", finding: FindingId, } | { "on": "item", item: string, } | { "on": "customer", customer: CustomerId, } | { "on": "ticket", ticket: TicketId, };

/**
 * Tracks to be sent through the port.
 */
export type SubmitArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which version.
 */
version: VersionId, 
/**
 * Which tracks.
 */
tracks: Array<TrackName>, 
/**
 * Ids of the rounds, one a track.
 */
rounds: Array<RoundId>, 
/**
 * Why the workspace's own gate is passed over.
 */
override_reason: string | null, };

/**
 * A plan and its seats.
 */
export type SubscribedPlan = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its seats.
 */
seats: number | null, };

/**
 * How syncing stands.
 */
export type SyncState = "idle" | "syncing" | "offline" | "busy" | "intercepted" | "signed_out" | "not_a_member" | "update_needed";

/**
 * How the store and the service agree.
 */
export type SyncView = { 
/**
 * How it stands.
 */
state: SyncState, 
/**
 * Whether the service is in this process.
 */
embedded: boolean, 
/**
 * Since when it has been offline.
 */
since: Timestamp | null, 
/**
 * When a service that is busy is tried again.
 */
until: Timestamp | null, 
/**
 * While it is at work: how many of the commands that waited were sent so far.
 */
sent: number, 
/**
 * Commands that wait to be sent.
 */
queued: number, };

/**
 * Takes values of Talkdesk's into a version.
 */
export type TakeAppArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The fields.
 */
fields: Array<TakenAppField>, };

/**
 * Takes fields of a text into a version.
 */
export type TakeManifestArgs = { 
/**
 * The fields, with what stood here when the person looked.
 */
fields: Array<TakenField>, 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The text.
 */
text: string, };

/**
 * A field that is taken.
 */
export type TakenAppField = { 
/**
 * Which.
 */
field: FieldKey, 
/**
 * What stands there.
 */
value: FieldValue | null, 
/**
 * What stood here when the person looked.
 */
expects: FieldValue | null, };

/**
 * A field that is taken.
 */
export type TakenField = { 
/**
 * Which.
 */
field: FieldKey, 
/**
 * What stood here.
 */
expects: FieldValue | null, };

/**
 * How an installation stands at Talkdesk. The words are Talkdesk's: installing, pending, timeout, completed, failed,
 * rejected, suspended, revoked, or another.
 */
export type TalkdeskState = { 
/**
 * The word.
 */
state: string, 
/**
 * Why, in the server's words; may be empty.
 */
reason: string, 
/**
 * Since when, where the server says.
 */
updated_at: Timestamp | null, };

/**
 * Where a hit leads.
 */
export type Target = { "kind": "project", project: ProjectId, } | { "kind": "version", project: ProjectId, version: VersionId, } | { "kind": "finding", project: ProjectId, version: VersionId, finding: FindingId, } | { "kind": "link", project: ProjectId, version: VersionId, link: LinkId, } | { "kind": "run", project: ProjectId, version: VersionId, run: RunId, } | { "kind": "item", project: ProjectId, version: VersionId, run: RunId, item: string, } | { "kind": "customer", customer: CustomerId, } | { "kind": "account", account: AccountId, } | { "kind": "template", template: TemplateId, } | { "kind": "answer", project: ProjectId, version: VersionId, } | { "kind": "comment", spot: Spot, } | { "kind": "ticket", ticket: TicketId, } | { "kind": "document", document: DocumentId, } | { "kind": "installation", installation: InstallationId, };

/**
 * Somebody's account at a team's service.
 */
export type TeamAccountArgs = { 
/**
 * The service's address.
 */
url: string, 
/**
 * The registration.
 */
registration: string, };

/**
 * Names a team's workspace.
 */
export type TeamArgs = { 
/**
 * Which.
 */
id: string, };

/**
 * How a person signs in at a team's service.
 */
export type TeamSignIn = { 
/**
 * The registration to sign in by, made where it was not there; none: the service names no way, so the person
 * has to know one.
 */
registration: string | null, };

/**
 * A team's service.
 */
export type TeamUrlArgs = { 
/**
 * Its address.
 */
url: string, };

/**
 * The people of a team, as its service knows them.
 */
export type TeamView = { 
/**
 * Everybody, those who were removed included.
 */
members: Array<MemberRow>, 
/**
 * Open invitations; none where the person does not decide on them.
 */
invitations: Array<InvitationRow> | null, };

/**
 * A workspace that somebody belongs to.
 */
export type TeamWorkspaceView = { 
/**
 * Which.
 */
workspace: WorkspaceId, 
/**
 * What it is called; empty while nobody has named it.
 */
title: string, 
/**
 * Their roles.
 */
roles: Array<Role>, };

/**
 * A checklist template. Its versions share the id; a run pins one of them.
 */
export type Template = { 
/**
 * Which.
 */
id: TemplateId, 
/**
 * Counts up from 1.
 */
version: number, 
/**
 * What it is for.
 */
kind: TemplateKind, 
/**
 * Its name.
 */
name: string, 
/**
 * Derived from Talkdesk's public pages, not official.
 */
derived: boolean, 
/**
 * The items by section, in their order.
 */
sections: Array<Section>, 
/**
 * Who saved this version; the reducer writes it, whatever came.
 */
saved?: Mark, };

/**
 * Names a template, and one of its versions.
 */
export type TemplateArgs = { 
/**
 * Which.
 */
template: TemplateId, 
/**
 * Which version of it; none: the newest.
 */
version: number | null, };

/**
 * The differences of two versions; what is the same in both is only counted.
 */
export type TemplateDiff = { 
/**
 * The name before and after, where it changed.
 */
name: [string, string] | null, 
/**
 * Sections that are in both and got another name or another place.
 */
sections: Array<SectionDiff>, 
/**
 * Items, in the order of the newer version; a removed one stands where it stood.
 */
items: Array<ItemDiff>, 
/**
 * Items without any difference.
 */
same: number, };

/**
 * Two versions to compare.
 */
export type TemplateDiffArgs = { 
/**
 * Which template.
 */
template: TemplateId, 
/**
 * Its older version.
 */
from: number, 
/**
 * What it is compared with.
 */
to: DiffSide, };

/**
 * A template that is being edited on this computer.
 */
export type TemplateDraft = { 
/**
 * As it stands in the editor. It need not be whole yet.
 */
template: Template, 
/**
 * The version that it was begun from; none for a new list.
 */
based_on: number | null, 
/**
 * The list it was copied from, where it is a copy.
 */
copy_of: TemplateId | null, };

/**
 * What a template is written out as. Each of them can be imported again.
 */
export type TemplateForm = "csv" | "markdown" | "json";

/**
 * A template in a list.
 */
export type TemplateHead = { 
/**
 * Which.
 */
id: TemplateId, 
/**
 * Its newest version; 0: begun here, and never saved.
 */
version: number, 
/**
 * What it is for.
 */
kind: TemplateKind, 
/**
 * Its name.
 */
name: string, 
/**
 * Derived, not official.
 */
derived: boolean, 
/**
 * Built in: it is copied, never edited.
 */
built_in: boolean, 
/**
 * Its items.
 */
items: number, 
/**
 * Whether it is being edited on this computer, and not saved.
 */
draft: boolean, };

/**
 * A checklist template; its versions share the id.
 */
export type TemplateId = string;

/**
 * What a template is for.
 */
export type TemplateKind = "onboarding" | "certification" | "technical_ux" | "qa" | "own";

/**
 * Names a template.
 */
export type TemplateOnlyArgs = { 
/**
 * Which.
 */
template: TemplateId, };

/**
 * A template to be written out.
 */
export type TemplateTextArgs = { 
/**
 * Which.
 */
template: TemplateId, 
/**
 * Which version of it.
 */
version: number, 
/**
 * As what.
 */
form: TemplateForm, };

/**
 * A version of a template in a list.
 */
export type TemplateVersion = { 
/**
 * Which.
 */
version: number, 
/**
 * Its name then.
 */
name: string, 
/**
 * Its items.
 */
items: number, 
/**
 * Saved by whom, when; none of what is built in.
 */
saved: By | null, };

/**
 * A template to read.
 */
export type TemplateView = { 
/**
 * The version asked for; none of a list that was begun and never saved.
 */
template: Template | null, 
/**
 * All versions, newest first.
 */
versions: Array<TemplateVersion>, 
/**
 * What is being edited and was not saved yet.
 */
draft: TemplateDraft | null, 
/**
 * Built in: it is copied, never edited.
 */
built_in: boolean, 
/**
 * Runs that follow it and are not signed.
 */
open_runs: number, };

/**
 * What is sent.
 */
export type TestEventsArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * The version that is tried.
 */
version: VersionId, 
/**
 * Whose key signs them.
 */
signer: Signer, 
/**
 * Where they go.
 */
url: string, 
/**
 * Which types; all of them where none is named.
 */
kinds: Array<string>, 
/**
 * When one is sent again that was not answered for.
 */
again: Again, };

/**
 * What was seen when events were sent.
 */
export type TestReport = { 
/**
 * Whose key signed them.
 */
signer: Signer, 
/**
 * Where they went.
 */
url: string, 
/**
 * One of each type, in the order in which they were sent first.
 */
events: Array<TestedEvent>, };

/**
 * One time that an event was sent.
 */
export type TestTry = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * How long it took, in milliseconds.
 */
ms: number, 
/**
 * The status; none where there was no answer.
 */
status: number | null, 
/**
 * Where it sends on to, without what may be secret in it; nothing was sent there.
 */
to: string, 
/**
 * Why there was no answer: `unreachable`, `proxy`, `late`, `broken`, `tls`, `blocked`, or another word;
 * empty where there was one. Until late and broken were told apart it was `lost`.
 */
fault: string, };

/**
 * A report.
 */
export type TestView = { 
/**
 * Whose key signed them.
 */
signer: Signer, 
/**
 * Where they went.
 */
url: string, 
/**
 * Who sent them; none where it was a moment ago and is not kept.
 */
by: By | null, 
/**
 * One of each type.
 */
events: Array<TestedView>, };

/**
 * What is tested.
 */
export type Tested = { 
/**
 * The build.
 */
build: string, 
/**
 * The account and its region.
 */
account: string, 
/**
 * The browser.
 */
browser: string, };

/**
 * An event that was sent.
 */
export type TestedEvent = { 
/**
 * Its type.
 */
kind: string, 
/**
 * Each time that it was sent.
 */
tries: Array<TestTry>, };

/**
 * An event of a report.
 */
export type TestedView = { 
/**
 * Whether it went as it has to.
 */
right: boolean, 
/**
 * Its type.
 */
kind: string, 
/**
 * Each time that it was sent.
 */
tries: Array<TestTry>, };

/**
 * A text for the clipboard.
 */
export type TextArgs = { 
/**
 * The text.
 */
text: string, };

/**
 * A text from the clipboard.
 */
export type TextReply = { 
/**
 * The text.
 */
text: string, };

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Asks for a smaller picture.
 */
export type ThumbnailArgs = { 
/**
 * Of which file.
 */
file: FileRef, 
/**
 * The longest side, in pixels; 1,024 at most.
 */
side: number, };

/**
 * What a ticket is about: any of these, or the workspace as a whole.
 */
export type TicketAbout = { 
/**
 * A project.
 */
project: ProjectId | null, 
/**
 * A version of it.
 */
version: VersionId | null, 
/**
 * A finding of it.
 */
finding: FindingId | null, 
/**
 * A customer.
 */
customer: CustomerId | null, };

/**
 * What a ticket is.
 */
export type TicketDetails = { 
/**
 * Its number at Talkdesk; empty until it is known.
 */
number: string, 
/**
 * Its subject.
 */
subject: string, 
/**
 * What it is about.
 */
about: TicketAbout, 
/**
 * The day on which it was opened, `YYYY-MM-DD`.
 */
opened: string, 
/**
 * Notes.
 */
notes: string, };

/**
 * A ticket opened with Talkdesk.
 */
export type TicketId = string;

/**
 * A ticket opened with Talkdesk.
 */
export type TicketView = { 
/**
 * Which.
 */
id: TicketId, 
/**
 * What is known of it.
 */
details: TicketDetails, 
/**
 * Words of it were blanked; the last time.
 */
redacted: RedactedView | null, 
/**
 * What it is about, in words.
 */
about: AboutView, 
/**
 * Who wrote when, newest first.
 */
letters: Array<LetterView>, 
/**
 * For whom it waits.
 */
waits_for: Side, 
/**
 * The last day on which Talkdesk wrote.
 */
last_answer: string | null, 
/**
 * Working days since anybody wrote.
 */
silent_days: number, 
/**
 * It waits for Talkdesk for longer than the workspace's own measure.
 */
silent: boolean, 
/**
 * Closed.
 */
closed: By | null, 
/**
 * Recorded by whom.
 */
created: By, 
/**
 * Links to somewhere else.
 */
links: Array<ExternalLink>, };

/**
 * Milliseconds since 1970-01-01T00:00:00Z.
 */
export type Timestamp = number;

/**
 * Names a set of credentials and a way to use it.
 */
export type TokenArgs = { 
/**
 * Of which installation.
 */
installation: InstallationId, 
/**
 * Which set.
 */
client_id: string, 
/**
 * How.
 */
way: Authentication, };

/**
 * A token that was got. The token itself stays in the engine.
 */
export type TokenView = { 
/**
 * How.
 */
way: Authentication, 
/**
 * What it is good for.
 */
scopes: Array<string>, 
/**
 * Until when.
 */
expires_at: Timestamp, 
/**
 * Its claims as JSON, where it is a JWT.
 */
claims: string | null, };

/**
 * A field as Talkdesk tells it.
 */
export type ToldField = { 
/**
 * Which.
 */
field: FieldKey, 
/**
 * Its value.
 */
value: FieldValue | null, 
/**
 * Whether that is what is recorded as carried.
 */
recorded: boolean, };

/**
 * A track of a version.
 */
export type TrackHead = { 
/**
 * Which.
 */
track: TrackName, 
/**
 * How it stands.
 */
state: TrackState, 
/**
 * Since when, where it was ever submitted.
 */
since: Timestamp | null, 
/**
 * Rounds so far.
 */
rounds: number, 
/**
 * What is missing before it can be submitted.
 */
missing: Array<Problem>, };

/**
 * One of the two approvals of a version.
 */
export type TrackName = "technical" | "marketplace";

/**
 * How a track stands.
 */
export type TrackState = "not_submitted" | "in_review" | "approved" | "rejected";

/**
 * A track with its rounds.
 */
export type TrackView = { 
/**
 * How it stands.
 */
head: TrackHead, 
/**
 * Working days in this state.
 */
days: number, 
/**
 * Whether Talkdesk's answer is overdue by the workspace's own measure.
 */
overdue: boolean, 
/**
 * Fields changed since the last round.
 */
changed: Array<FieldKey>, 
/**
 * Rounds, newest first.
 */
rounds: Array<RoundView>, 
/**
 * The last redaction of an answer: what a correction says that it knew.
 */
redaction: CommandId | null, };

/**
 * A trial.
 */
export type Trial = { 
/**
 * When it ends, where an event said so.
 */
ends_at: Timestamp | null, 
/**
 * When it ended.
 */
ended_at: Timestamp | null, 
/**
 * Whether it is over.
 */
over: boolean, };

/**
 * What came of a try to pass an event on.
 */
export type Try = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * How long it took, in milliseconds.
 */
ms: number, 
/**
 * The app's status; none where it gave no answer.
 */
status: number | null, 
/**
 * Why there is none: `unreachable`, `proxy`, `late`, `broken`, `tls`, `redirected`, `blocked`, or another word; empty
 * where there is one. Until late and broken were told apart it was `lost`.
 */
fault: string, };

/**
 * The way back from a change, and forth again.
 */
export type Undo = { 
/**
 * The command that takes the change back.
 */
back: Body, 
/**
 * The command that would make it again. Where it is another one by now, somebody else changed the same thing
 * since, and taking back would take theirs.
 */
forth: Body, };

/**
 * A change to be taken back, or made again.
 */
export type UndoArgs = { 
/**
 * What it changed.
 */
aggregate: AggregateRef, 
/**
 * The way back, as the change answered it.
 */
undo: Undo, };

/**
 * An address to be opened in the browser.
 */
export type UrlArgs = { 
/**
 * https only.
 */
url: string, };

/**
 * How much is kept of something.
 */
export type Usage = { 
/**
 * What for.
 */
kind: Kind, 
/**
 * In bytes.
 */
bytes: number, };

/**
 * A use of a link.
 */
export type UseView = { 
/**
 * Which link.
 */
link: LinkId, 
/**
 * What was done.
 */
kind: LinkUseKind, 
/**
 * The customer's name, for a send.
 */
customer: string | null, 
/**
 * The names of the contacts that it went to, as far as they are known.
 */
contacts: Array<string>, 
/**
 * Who, when.
 */
by: By, };

/**
 * How the vault stands.
 */
export type VaultState = "empty" | "opening" | "open" | "locked" | "needs_passphrase" | "keychain_empty" | "keychain_away" | "damaged";

/**
 * How the vault stands.
 */
export type VaultView = { 
/**
 * How it stands.
 */
state: VaultState, 
/**
 * The ways to open it.
 */
slots: Array<SlotView>, 
/**
 * Whether the system's keychain answers.
 */
has_keychain: boolean, 
/**
 * Shortest passphrase, in characters.
 */
shortest: number, 
/**
 * What is sealed in it and can be revealed, by name.
 */
secrets: Array<SecretView>, };

/**
 * What Talkdesk decided.
 */
export type Verdict = "approved" | "rejected";

/**
 * Names a version.
 */
export type VersionArgs = { 
/**
 * Of which project.
 */
project: ProjectId, 
/**
 * Which.
 */
version: VersionId, };

/**
 * The head of a version: what lists, timelines and toolbars show.
 */
export type VersionHead = { 
/**
 * Which.
 */
id: VersionId, 
/**
 * Its number.
 */
number: string, 
/**
 * How it stands.
 */
status: Status, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Who acts next.
 */
acts_next: ActsNext, 
/**
 * The predecessor's number.
 */
predecessor: string | null, 
/**
 * Release notes.
 */
notes: string, 
/**
 * The parts.
 */
parts: Array<PartHead>, 
/**
 * The tracks.
 */
tracks: Array<TrackHead>, 
/**
 * Over all parts.
 */
completeness: Completeness, 
/**
 * Whether every account may install it.
 */
installable: boolean, 
/**
 * Whether a link is in force.
 */
has_link: boolean, 
/**
 * What stands on Partner Project.
 */
carried: CarriedHead, 
/**
 * Last change of the content.
 */
changed: Timestamp, };

/**
 * A version of a project.
 */
export type VersionId = string;

/**
 * A version's content and what is wrong with it.
 */
export type VersionView = { 
/**
 * Its project.
 */
project: ProjectHead, 
/**
 * How it stands.
 */
version: VersionHead, 
/**
 * All versions of the project, newest first.
 */
siblings: Array<Sibling>, 
/**
 * The content.
 */
information: Information, 
/**
 * The predecessor's content.
 */
before: Information | null, 
/**
 * Fields that differ from the predecessor.
 */
changed: Array<FieldKey>, 
/**
 * What is wrong, over all fields.
 */
problems: Array<Problem>, 
/**
 * Who changed which field last.
 */
edits: { [key in FieldKey]?: By }, 
/**
 * What stands on Partner Project.
 */
carried: CarriedView, 
/**
 * Runs against this version.
 */
runs: Array<RunHead>, 
/**
 * What warns, and does not bar.
 */
warnings: Array<Warning>, 
/**
 * The last preflight.
 */
preflight: PreflightView, 
/**
 * Whether the workspace makes its own warnings a gate.
 */
gate: boolean, 
/**
 * The version that went live since this draft was begun, which it can be put on top of.
 */
rebase: RebaseView | null, };

/**
 * Why a check may stay as it is.
 */
export type WaiverView = { 
/**
 * Who, when.
 */
by: By, 
/**
 * Why.
 */
reason: string, };

/**
 * Something of ours that is not done.
 */
export type Warning = { 
/**
 * What.
 */
code: WarningCode, 
/**
 * The run it is about.
 */
run: RunId | null, 
/**
 * The run's name.
 */
name: string, 
/**
 * How many.
 */
count: number, };

/**
 * What can warn.
 */
export type WarningCode = "no_checklist" | "to_settle" | "untested" | "open_findings" | "checks" | "waived" | "not_run" | "not_carried";

/**
 * A result of an earlier version.
 */
export type Was = { 
/**
 * The result.
 */
status: ItemStatus, 
/**
 * The version's number.
 */
number: string, 
/**
 * Whether the item's text changed since.
 */
text_changed: boolean, };

/**
 * Where the server's page is shown.
 */
export type Way = "window" | "browser";

/**
 * A delivery, by what it is known by.
 */
export type Which = { "event": string } | { "delivery": string };

/**
 * Names a delivery.
 */
export type WhichArgs = { 
/**
 * Which.
 */
which: Which, };

/**
 * What a template's JSON says of itself.
 */
export type WholeTemplate = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it is for.
 */
kind: TemplateKind, };

/**
 * The partner's word on an install, an update or an uninstall (D/events-api).
 */
export type Word = { "word": "approve" } | { "word": "reject", 
/**
 * Why.
 */
reason: string, };

/**
 * A word of the filter.
 */
export type WordWanted = { 
/**
 * The word, and what else it may be called in a command: the key of a field.
 */
texts: Array<string>, 
/**
 * Kinds of commands whose sentence holds it.
 */
kinds: Array<string>, 
/**
 * People whose name holds it.
 */
people: Array<MemberId>, };

/**
 * What is blanked, within its aggregate.
 */
export type Words = { "of": "comment", comment: CommentId, } | { "of": "contact", customer: CustomerId, contact: ContactId, } | { "of": "customer_notes", customer: CustomerId, } | { "of": "ticket", ticket: TicketId, } | { "of": "account", account: AccountId, } | { "of": "finding", finding: FindingId, } | { "of": "reply", finding: FindingId, } | { "of": "entry", entry: CommandId, } | { "of": "answer", answer: CommandId, };

/**
 * Something on a person's own desk.
 */
export type Work = { 
/**
 * What.
 */
kind: WorkKind, 
/**
 * The project's name.
 */
name: string, 
/**
 * The version's number.
 */
number: string, 
/**
 * The project.
 */
project: ProjectId, 
/**
 * The version.
 */
version: VersionId, 
/**
 * The run it is about.
 */
run: RunId | null, 
/**
 * How many items or fields.
 */
count: number, 
/**
 * When it was touched last.
 */
at: Timestamp, };

/**
 * What can lie on a desk.
 */
export type WorkKind = "items" | "carry";

/**
 * A partner organisation.
 */
export type WorkspaceId = string;

/**
 * The workspace.
 */
export type WorkspaceView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Accounts that may install without approval.
 */
accounts: Array<AccountView>, 
/**
 * Where Talkdesk's pages are.
 */
addresses: Addresses, 
/**
 * What it decided for itself.
 */
policies: Policies, 
/**
 * The numbers of days that hold, also where it decided none.
 */
days: Days, 
/**
 * Customers.
 */
customers: Array<CustomerView>, 
/**
 * Partner documents.
 */
documents: Array<DocumentView>, 
/**
 * Pages of the developer documentation.
 */
pages: Array<PageView>, 
/**
 * The page that tells of each step, by its id: of the process, and of an installation.
 */
guides: { [key in string]: Guide }, 
/**
 * Tickets opened with Talkdesk.
 */
tickets: Array<TicketView>, 
/**
 * The workspace's own messages.
 */
messages: Array<MessageTemplate>, 
/**
 * Steps of the partner that are done, of those that are done once a workspace.
 */
steps_done: number, 
/**
 * How many of these there are.
 */
steps: number, 
/**
 * Checklist templates.
 */
templates: Array<TemplateHead>, };

