// Generated from src-tauri/core/src/ipc.rs by `cargo xtask types`. Do not edit.

import { call, download, upload, write, type Ask } from "./call.ts";
import type * as t from "./types.ts";

/** What the window needs before its first paint. */
export const boot = (): Ask<t.Boot> => ({
  tags: ["workspace", "settings", "sync", "outbox", "projects"],
  read: () => call("boot", {}) as Promise<t.Boot>,
});

/** Home. */
export const home = (): Ask<t.Home> => ({
  tags: ["workspace", "projects", "runs", "installations", "settings"],
  read: () => call("home", {}) as Promise<t.Home>,
});

/** The projects that stand in the sidebar, in the order of the settings. */
export const pins = (): Ask<Array<t.Recent>> => ({
  tags: ["projects", "settings"],
  read: () => call("pins", {}) as Promise<Array<t.Recent>>,
});

/** A page of what happened, newest first. */
export const activity = (args: t.ActivityArgs): Ask<t.ActivityPage> => ({
  tags: ["activity", "outbox"],
  read: () => call("activity", args) as Promise<t.ActivityPage>,
});

/** When it happened, in the same order: the days of a list that is read page by page. */
export const activityTimes = (args: t.ActivityTimesArgs): Ask<Array<t.Stretch>> => ({
  tags: ["activity", "outbox"],
  read: () => call("activity_times", args) as Promise<Array<t.Stretch>>,
});

/** A page of the projects. */
export const projects = (args: t.ProjectsArgs): Ask<t.ProjectsView> => ({
  tags: ["projects", "installations"],
  read: () => call("projects", args) as Promise<t.ProjectsView>,
});

/** A project's page. */
export const project = (args: t.ProjectArgs): Ask<t.ProjectView> => ({
  tags: ["projects", "runs", "workspace", "installations"],
  read: () => call("project", args) as Promise<t.ProjectView>,
});

/** Search in everything. */
export const search = (args: t.SearchArgs): Ask<Array<t.Hit>> => ({
  tags: ["projects", "runs", "workspace"],
  read: () => call("search", args) as Promise<Array<t.Hit>>,
});

/** A version's content and what is wrong with it. */
export const version = (args: t.VersionArgs): Ask<t.VersionView> => ({
  tags: ["projects", "runs", "workspace"],
  read: () => call("version", args) as Promise<t.VersionView>,
});

/** A version side by side with its predecessor and with what was submitted last. */
export const compare = (args: t.VersionArgs): Ask<t.CompareView> => ({
  tags: ["projects"],
  read: () => call("compare", args) as Promise<t.CompareView>,
});

/** *Carry to Partner Project*: each field here against what was entered there. */
export const carry = (args: t.VersionArgs): Ask<t.CarryView> => ({
  tags: ["projects", "workspace"],
  read: () => call("carry", args) as Promise<t.CarryView>,
});

/** A version as `partner.toml`. */
export const manifest = (args: t.VersionArgs): Ask<t.TextReply> => ({
  tags: ["projects"],
  read: () => call("manifest", args) as Promise<t.TextReply>,
});

/** All runs and templates. */
export const runs = (): Ask<t.RunsView> => ({
  tags: ["runs", "projects", "workspace", "drafts"],
  read: () => call("runs", {}) as Promise<t.RunsView>,
});

/** A run with all its items. */
export const run = (args: t.RunArgs): Ask<t.RunView> => ({
  tags: ["runs", "projects", "workspace"],
  read: () => call("run", args) as Promise<t.RunView>,
});

/** A template in one of its versions, with what is being edited. */
export const template = (args: t.TemplateArgs): Ask<t.TemplateView> => ({
  tags: ["workspace", "runs", "drafts"],
  read: () => call("template", args) as Promise<t.TemplateView>,
});

/** What changed between two versions of a template. */
export const templateDiff = (args: t.TemplateDiffArgs): Ask<t.TemplateDiff> => ({
  tags: ["workspace"],
  read: () => call("template_diff", args) as Promise<t.TemplateDiff>,
});

/** A template written out. */
export const templateText = (args: t.TemplateTextArgs): Ask<t.TextReply> => ({
  tags: ["workspace"],
  read: () => call("template_text", args) as Promise<t.TextReply>,
});

/** Versions that wait for someone. */
export const reviews = (): Ask<Array<t.ReviewRow>> => ({
  tags: ["projects", "workspace"],
  read: () => call("reviews", {}) as Promise<Array<t.ReviewRow>>,
});

/** The review of a version. */
export const review = (args: t.VersionArgs): Ask<t.ReviewView> => ({
  tags: ["projects", "runs", "workspace", "settings"],
  read: () => call("review", args) as Promise<t.ReviewView>,
});

/** A version's dossier. */
export const dossier = (args: t.VersionArgs): Ask<t.DossierView> => ({
  tags: ["projects", "runs", "workspace", "activity", "outbox"],
  read: () => call("dossier", args) as Promise<t.DossierView>,
});

/** What was seen when events of every type were sent last, with each key. */
export const testReports = (args: t.VersionArgs): Ask<Array<t.TestView>> => ({
  tags: ["projects", "workspace"],
  read: () => call("test_reports", args) as Promise<Array<t.TestView>>,
});

/** The check of a version's sign-in that was done last. */
export const ssoCheck = (args: t.VersionArgs): Ask<t.SsoView | null> => ({
  tags: ["projects", "workspace", "installations"],
  read: () => call("sso_check", args) as Promise<t.SsoView | null>,
});

/** *Install version*. */
export const install = (args: t.VersionArgs): Ask<t.InstallView> => ({
  tags: ["projects", "workspace", "settings"],
  read: () => call("install", args) as Promise<t.InstallView>,
});

/** The API gateways that may be asked for apps. */
export const gateways = (): Ask<Array<t.GatewayView>> => ({
  tags: ["installations", "settings"],
  read: () => call("gateways", {}) as Promise<Array<t.GatewayView>>,
});

/** Talkdesk's regions, and where they are known from. */
export const regions = (): Ask<t.RegionsView> => ({
  tags: [],
  read: () => call("regions", {}) as Promise<t.RegionsView>,
});

/** All installations. */
export const installations = (): Ask<Array<t.ListedInstallation>> => ({
  tags: ["installations", "workspace", "projects"],
  read: () => call("installations", {}) as Promise<Array<t.ListedInstallation>>,
});

/** An installation's page. */
export const installation = (args: t.InstallationArgs): Ask<t.InstallationView> => ({
  tags: ["installations", "workspace", "projects", "vault"],
  read: () => call("installation", args) as Promise<t.InstallationView>,
});

/** Install cases: installs that were announced, or that fail. */
export const installCases = (): Ask<Array<t.CaseView>> => ({
  tags: ["installations", "workspace", "projects"],
  read: () => call("install_cases", {}) as Promise<Array<t.CaseView>>,
});

/** What is known here of an install. */
export const caseKnown = (args: t.CaseKnownArgs): Ask<t.CaseKnown> => ({
  tags: ["installations", "workspace", "projects"],
  read: () => call("case_known", args) as Promise<t.CaseKnown>,
});

/** A page of all deliveries. */
export const events = (args: t.EventsArgs): Ask<t.EventsView> => ({
  tags: ["installations", "workspace", "vault"],
  read: () => call("events", args) as Promise<t.EventsView>,
});

/** The listener of this computer, where there is one. */
export const listener = (): Ask<t.ListenerView | null> => ({
  tags: ["listener"],
  read: () => call("listener", {}) as Promise<t.ListenerView | null>,
});

/** How deliveries of a project reach the team's service, as it knows it now. */
export const receiving = (args: t.ProjectArgs): Ask<t.ReceivingView> => ({
  tags: ["receiving", "workspace", "sync"],
  read: () => call("receiving", args) as Promise<t.ReceivingView>,
});

/** What the app behind the relay answered to the newest events. */
export const passed = (): Ask<Array<t.PassedEvent>> => ({
  tags: ["receiving", "installations"],
  read: () => call("passed", {}) as Promise<Array<t.PassedEvent>>,
});

/** Comments and external links of a project, a run or the workspace. */
export const beside = (args: t.BesideArgs): Ask<t.BesideView> => ({
  tags: ["projects", "runs", "workspace"],
  read: () => call("beside", args) as Promise<t.BesideView>,
});

/** The workspace. */
export const workspace = (): Ask<t.WorkspaceView> => ({
  tags: ["workspace", "drafts"],
  read: () => call("workspace", {}) as Promise<t.WorkspaceView>,
});

/** Commands that are not settled. */
export const pending = (): Ask<t.PendingList> => ({
  tags: ["outbox"],
  read: () => call("pending", {}) as Promise<t.PendingList>,
});

/** Changes that met others and were settled without anybody. */
export const settled = (): Ask<Array<t.SettledView>> => ({
  tags: ["outbox", "activity"],
  read: () => call("settled", {}) as Promise<Array<t.SettledView>>,
});

/** Reads a pasted list, so that its columns can be named. */
export const importPreview = (args: t.ImportPreviewArgs): Ask<t.ImportPreview> => ({
  tags: [],
  read: () => call("import_preview", args) as Promise<t.ImportPreview>,
});

/** Says what an import would do, row by row and against the version before. */
export const importCheck = (args: t.ImportArgs): Ask<t.ImportCheck> => ({
  tags: ["workspace"],
  read: () => call("import_check", args) as Promise<t.ImportCheck>,
});

/** What takes its time. */
export const jobs = (): Ask<Array<t.JobView>> => ({
  tags: ["jobs"],
  read: () => call("jobs", {}) as Promise<Array<t.JobView>>,
});

/** What is kept on this computer. */
export const storage = (): Ask<t.StorageView> => ({
  tags: [],
  read: () => call("storage", {}) as Promise<t.StorageView>,
});

/** The daily copy, and the copies that there are. */
export const copies = (): Ask<t.CopiesView> => ({
  tags: ["settings"],
  read: () => call("copies", {}) as Promise<t.CopiesView>,
});

/** How the vault stands. */
export const vault = (): Ask<t.VaultView> => ({
  tags: ["vault", "settings"],
  read: () => call("vault", {}) as Promise<t.VaultView>,
});

/** The registrations at authorization servers, and who is signed in at each. */
export const signIns = (): Ask<Array<t.SignInView>> => ({
  tags: ["session", "settings", "vault"],
  read: () => call("sign_ins", {}) as Promise<Array<t.SignInView>>,
});

/** The workspaces of this computer. */
export const connections = (): Ask<Array<t.ConnectionView>> => ({
  tags: ["workspace", "settings", "outbox"],
  read: () => call("connections", {}) as Promise<Array<t.ConnectionView>>,
});

/** The people of the open workspace's team, as its service knows them now. */
export const team = (): Ask<t.TeamView> => ({
  tags: ["team", "workspace", "sync"],
  read: () => call("team", {}) as Promise<t.TeamView>,
});

/** Who of the open workspace's team is connected to its service now; nobody, where that cannot be told. */
export const here = (): Ask<Array<t.Present>> => ({
  tags: ["here", "workspace"],
  read: () => call("here", {}) as Promise<Array<t.Present>>,
});

/** Tries the team's service again at once, and not only when its turn comes. */
export const syncNow = (): Promise<t.Done> =>
  write("sync_now", {}) as Promise<t.Done>;

/** Opens another workspace of this computer's. */
export const switchConnection = (args: t.ConnectionArgs): Promise<t.Done> =>
  write("switch_connection", args) as Promise<t.Done>;

/** Asks a team's service how a person signs in there. */
export const askTeam = (args: t.TeamUrlArgs): Promise<t.TeamSignIn> =>
  call("ask_team", args) as Promise<t.TeamSignIn>;

/** The workspaces that the person belongs to at a team's service; open invitations are accepted by this. */
export const teamWorkspaces = (args: t.TeamAccountArgs): Promise<Array<t.TeamWorkspaceView>> =>
  call("team_workspaces", args) as Promise<Array<t.TeamWorkspaceView>>;

/** Opens a team's workspace here. */
export const joinTeam = (args: t.JoinTeamArgs): Promise<t.Done> =>
  write("join_team", args) as Promise<t.Done>;

/** Makes a team's workspace, by a code that its service printed. */
export const foundTeam = (args: t.FoundTeamArgs): Promise<t.Done> =>
  write("found_team", args) as Promise<t.Done>;

/** Takes a team's workspace off this computer; what was not sent is saved first. */
export const leaveTeam = (args: t.TeamArgs): Promise<t.LeftTeam> =>
  write("leave_team", args) as Promise<t.LeftTeam>;

/** Takes a workspace of this computer's own off it; what nobody else has is saved first, but for secrets. */
export const removeWorkspace = (args: t.ConnectionArgs): Promise<t.RemovedWorkspace> =>
  call("remove_workspace", args) as Promise<t.RemovedWorkspace>;

/** Invites an address to the team. */
export const inviteMember = (args: t.InviteArgs): Promise<t.Done> =>
  call("invite_member", args) as Promise<t.Done>;

/** Takes an invitation back. */
export const withdrawInvitation = (args: t.InvitationArgs): Promise<t.Done> =>
  call("withdraw_invitation", args) as Promise<t.Done>;

/** Says what a member may do. */
export const setMemberRoles = (args: t.MemberRolesArgs): Promise<t.Done> =>
  call("set_member_roles", args) as Promise<t.Done>;

/** Removes a member from the team. */
export const removeMember = (args: t.MemberArgs): Promise<t.Done> =>
  call("remove_member", args) as Promise<t.Done>;

/** Starts a workspace on this computer. */
export const startHere = (args: t.StartArgs): Promise<t.Done> =>
  write("start_here", args) as Promise<t.Done>;

/** Starts with sample data. */
export const startSample = (): Promise<t.Done> =>
  write("start_sample", {}) as Promise<t.Done>;

/** Drops the sample data. */
export const leaveSample = (): Promise<t.Done> =>
  write("leave_sample", {}) as Promise<t.Done>;

/** Sets a person's own settings. */
export const setSettings = (args: t.SettingsArgs): Promise<t.Done> =>
  write("set_settings", args) as Promise<t.Done>;

/** Tries once more to open the store. */
export const retryOpen = (): Promise<t.Done> =>
  write("retry_open", {}) as Promise<t.Done>;

/** Sets the damaged cache aside, saves what is precious in it, and refills the rest. */
export const recoverCache = (): Promise<t.Done> =>
  write("recover_cache", {}) as Promise<t.Done>;

/** Goes back to a backup. */
export const restoreBackup = (args: t.RestoreArgs): Promise<t.Done> =>
  write("restore_backup", args) as Promise<t.Done>;

/** Ends the console. */
export const quit = (): Promise<t.Done> =>
  write("quit", {}) as Promise<t.Done>;

/** Makes a change: every form and key of the window ends here. */
export const change = (args: t.ChangeArgs): Promise<t.Changed> =>
  write("change", args) as Promise<t.Changed>;

/** Opens *Carry to Partner Project* in a window of its own. */
export const openCarry = (args: t.VersionArgs): Promise<t.Done> =>
  write("open_carry", args) as Promise<t.Done>;

/** Remembers the field that a person is at, for the next time. */
export const setCarryPlace = (args: t.CarryPlaceArgs): Promise<t.Done> =>
  write("set_carry_place", args) as Promise<t.Done>;

/** Sends a refused or conflicted command again. */
export const retryCommand = (args: t.CommandArgs): Promise<t.Done> =>
  write("retry_command", args) as Promise<t.Done>;

/** Sends a refused or conflicted command again as another change, in its place. */
export const amendCommand = (args: t.AmendArgs): Promise<t.Done> =>
  write("amend_command", args) as Promise<t.Done>;

/** Drops a refused or conflicted command. */
export const discardCommand = (args: t.CommandArgs): Promise<t.Done> =>
  write("discard_command", args) as Promise<t.Done>;

/** Takes a change back, or makes it again: a change of its own, where what was set still stands. */
export const undo = (args: t.UndoArgs): Promise<t.Changed> =>
  write("undo", args) as Promise<t.Changed>;

/** Makes a template of a pasted list. */
export const importTemplate = (args: t.ImportArgs): Promise<t.Imported> =>
  write("import_template", args) as Promise<t.Imported>;

/** Keeps a template that is being edited. */
export const keepTemplateDraft = (args: t.TemplateDraft): Promise<t.Done> =>
  write("keep_template_draft", args) as Promise<t.Done>;

/** Lets go of it. */
export const dropTemplateDraft = (args: t.TemplateOnlyArgs): Promise<t.Done> =>
  write("drop_template_draft", args) as Promise<t.Done>;

/** Saves a template that was edited as its next version. */
export const saveTemplate = (args: t.TemplateDraft): Promise<t.Imported> =>
  write("save_template", args) as Promise<t.Imported>;

/** Says how a `partner.toml` and a version differ; nothing is written. */
export const checkManifest = (args: t.ManifestArgs): Promise<t.ManifestCheck> =>
  call("check_manifest", args) as Promise<t.ManifestCheck>;

/** Takes fields of a `partner.toml` into a version, all or none. */
export const takeManifest = (args: t.TakeManifestArgs): Promise<t.Done> =>
  write("take_manifest", args) as Promise<t.Done>;

/** The apps of an account, as Talkdesk's Apps API lists them. */
export const apps = (args: t.AppsArgs): Promise<Array<t.AppView>> =>
  call("apps", args) as Promise<Array<t.AppView>>;

/** Makes a project of an app that lives at Talkdesk. */
export const bringInApp = (args: t.BringInArgs): Promise<t.Done> =>
  call("bring_in_app", args) as Promise<t.Done>;

/** Says how a version and its app at Talkdesk differ; nothing is written. */
export const compareApp = (args: t.AppArgs): Promise<t.AppDrift> =>
  call("compare_app", args) as Promise<t.AppDrift>;

/** Takes values of Talkdesk's into a version, all or none. */
export const takeFromApp = (args: t.TakeAppArgs): Promise<t.Done> =>
  write("take_from_app", args) as Promise<t.Done>;

/** The request that would bring fields to Talkdesk; nothing is sent. */
export const pushRequest = (args: t.PushArgs): Promise<t.PushRequest> =>
  call("push_request", args) as Promise<t.PushRequest>;

/** Sends a request that was shown, and records what stands at Talkdesk then. */
export const pushToApp = (args: t.SendPushArgs): Promise<t.Pushed> =>
  call("push_to_app", args) as Promise<t.Pushed>;

/** Tries the sign-in of a version's app against a sandbox's Talkdesk ID, and keeps what was seen with the version. */
export const checkSso = (args: t.SsoArgs): Promise<t.SsoReport> =>
  call("check_sso", args) as Promise<t.SsoReport>;

/** Sends events to an app, as Talkdesk does, and says what came back; of all types it is kept with the version. */
export const sendTestEvents = (args: t.TestEventsArgs): Promise<t.TestView> =>
  call("send_test_events", args) as Promise<t.TestView>;

/** Runs the checks of a version that need the network, and keeps what was seen. */
export const runChecks = (args: t.VersionArgs): Promise<t.Done> =>
  call("run_checks", args) as Promise<t.Done>;

/** Takes a file in: one that was dropped, pasted or chosen. A change that names it comes after. */
export const addFile = (args: t.AddFileArgs, bytes: ArrayBuffer): Promise<t.FileRef> =>
  upload("add_file", args, bytes) as Promise<t.FileRef>;

/** Takes the picture on the clipboard in. */
export const pasteFile = (args: t.AddFileArgs): Promise<t.PastedFile> =>
  call("paste_file", args) as Promise<t.PastedFile>;

/** A file's bytes. */
export const file = (args: t.FileArgs): Promise<ArrayBuffer> =>
  download("file", args) as Promise<ArrayBuffer>;

/** A picture made smaller, as PNG. */
export const thumbnail = (args: t.ThumbnailArgs): Promise<ArrayBuffer> =>
  download("thumbnail", args) as Promise<ArrayBuffer>;

/** Saves files among the person's downloads; what is there already as it is, is left so. */
export const saveFiles = (args: t.SaveFilesArgs): Promise<t.SavedFiles> =>
  call("save_files", args) as Promise<t.SavedFiles>;

/** Opens a copy of a file in the system's program for it. */
export const openFile = (args: t.FileArgs): Promise<t.Done> =>
  call("open_file", args) as Promise<t.Done>;

/** Asks for a folder by the system's chooser. */
export const chooseFolder = (args: t.ChooseFolderArgs): Promise<t.ChosenFolder> =>
  call("choose_folder", args) as Promise<t.ChosenFolder>;

/** Writes the open workspace into one file in a folder: everything but secrets. */
export const exportWorkspace = (args: t.ExportArgs): Promise<t.ExportedWorkspace> =>
  call("export_workspace", args) as Promise<t.ExportedWorkspace>;

/** Takes a piece of a file that is too large to come at once. */
export const handOver = (args: t.PieceArgs, bytes: ArrayBuffer): Promise<t.ArrivedFile> =>
  upload("hand_over", args, bytes) as Promise<t.ArrivedFile>;

/** Makes a workspace on this computer of such a file, and opens it. */
export const importWorkspace = (args: t.ArrivedFile): Promise<t.Done> =>
  call("import_workspace", args) as Promise<t.Done>;

/** Moves the open workspace to a team's service. */
export const moveWorkspace = (args: t.MoveArgs): Promise<t.Done> =>
  call("move_workspace", args) as Promise<t.Done>;

/** Sets the folder of the daily copy, or that there is none. */
export const setCopies = (args: t.CopyFolderArgs): Promise<t.Done> =>
  write("set_copies", args) as Promise<t.Done>;

/** Makes the day's copy anew. */
export const copyNow = (): Promise<t.Done> =>
  call("copy_now", {}) as Promise<t.Done>;

/** Reads a copy into a workspace of its own, and opens it. */
export const restoreCopy = (args: t.CopyArgs): Promise<t.Done> =>
  call("restore_copy", args) as Promise<t.Done>;

/** Writes everything of this computer into one sealed file in a folder, and marks it as left. */
export const leaveComputer = (args: t.LeaveArgs): Promise<t.LeftComputerFile> =>
  call("leave_computer", args) as Promise<t.LeftComputerFile>;

/** Goes on at this computer after all. */
export const returnToComputer = (): Promise<t.Done> =>
  call("return_to_computer", {}) as Promise<t.Done>;

/** Says what is in the sealed file of another computer. */
export const lookIntoComputer = (args: t.SealedArgs): Promise<t.SealedComputer> =>
  call("look_into_computer", args) as Promise<t.SealedComputer>;

/** Goes on here with everything of another computer. */
export const takeComputer = (args: t.SealedArgs): Promise<t.Done> =>
  call("take_computer", args) as Promise<t.Done>;

/** Goes on with a move that was cut short. */
export const goOnMoving = (): Promise<t.Done> =>
  call("go_on_moving", {}) as Promise<t.Done>;

/** Gives such a move up. */
export const stopMoving = (): Promise<t.Done> =>
  call("stop_moving", {}) as Promise<t.Done>;

/** Writes a file into the person's downloads, beside what is there. */
export const saveFile = (args: t.SaveFileArgs): Promise<t.FileReply> =>
  write("save_file", args) as Promise<t.FileReply>;

/** Copies a link and notes it. */
export const copyLink = (args: t.LinkArgs): Promise<t.Done> =>
  write("copy_link", args) as Promise<t.Done>;

/** Opens a link in the browser and notes it. */
export const openLink = (args: t.LinkArgs): Promise<t.Done> =>
  write("open_link", args) as Promise<t.Done>;

/** Opens a mail draft with a link, or copies the message, and notes the send. */
export const sendLink = (args: t.SendLinkArgs): Promise<t.Done> =>
  write("send_link", args) as Promise<t.Done>;

/** Copies a text. */
export const copyText = (args: t.TextArgs): Promise<t.Done> =>
  write("copy_text", args) as Promise<t.Done>;

/** What the clipboard holds. */
export const pasteText = (): Promise<t.TextReply> =>
  write("paste_text", {}) as Promise<t.TextReply>;

/** Opens an https address in the browser. */
export const openUrl = (args: t.UrlArgs): Promise<t.Done> =>
  write("open_url", args) as Promise<t.Done>;

/** Asks the platform port for a version's link. */
export const fetchLink = (args: t.VersionArgs): Promise<t.Done> =>
  write("fetch_link", args) as Promise<t.Done>;

/** Sends a version through the platform port. */
export const submit = (args: t.SubmitArgs): Promise<t.Done> =>
  write("submit", args) as Promise<t.Done>;

/** Asks the platform port what became of a version. */
export const fetchAnswers = (args: t.VersionArgs): Promise<t.Done> =>
  write("fetch_answers", args) as Promise<t.Done>;

/** Sets where links and submissions travel. */
export const setPort = (args: t.PortArgs): Promise<t.Done> =>
  write("set_port", args) as Promise<t.Done>;

/** The link from outside that was not followed yet; it is taken once. */
export const takeLink = (): Promise<t.LinkReply> =>
  write("take_link", {}) as Promise<t.LinkReply>;

/** Copies a link to a place in the console. */
export const copyDeepLink = (args: t.DeepLinkArgs): Promise<t.Done> =>
  write("copy_deep_link", args) as Promise<t.Done>;

/** What became due since a person was told last; nothing where they do not want to be told. */
export const takeNotices = (): Promise<Array<t.Need>> =>
  write("take_notices", {}) as Promise<Array<t.Need>>;

/** Shows a notification through the system. */
export const notify = (args: t.NotifyArgs): Promise<t.Done> =>
  write("notify", args) as Promise<t.Done>;

/** Removes what nothing needs any more. */
export const cleanUp = (): Promise<t.CleanedUp> =>
  write("clean_up", {}) as Promise<t.CleanedUp>;

/** Asks what takes its time to stop. */
export const stopJob = (args: t.JobArgs): Promise<t.Done> =>
  call("stop_job", args) as Promise<t.Done>;

/** Backs up what changed. */
export const backUpNow = (): Promise<t.Done> =>
  call("back_up_now", {}) as Promise<t.Done>;

/** Opens a folder of the console's in the file manager. */
export const openFolder = (args: t.FolderArgs): Promise<t.Done> =>
  write("open_folder", args) as Promise<t.Done>;

/** Opens the vault by the passphrase, the recovery code, or the keychain. */
export const openVault = (args: t.OpenVaultArgs): Promise<t.Done> =>
  call("open_vault", args) as Promise<t.Done>;

/** Locks the vault. */
export const lockVault = (): Promise<t.Done> =>
  call("lock_vault", {}) as Promise<t.Done>;

/** Somebody is there who only reads: scrolls, points, goes from screen to screen. */
export const notePresence = (): Promise<t.Done> =>
  call("note_presence", {}) as Promise<t.Done>;

/** Sets the vault's passphrase. */
export const setPassphrase = (args: t.PassphraseArgs): Promise<t.Done> =>
  call("set_passphrase", args) as Promise<t.Done>;

/** Makes a recovery code in the place of the one before; it is shown once. */
export const newRecoveryCode = (): Promise<t.Revealed> =>
  call("new_recovery_code", {}) as Promise<t.Revealed>;

/** Lets the system's keychain open the vault. */
export const useKeychain = (): Promise<t.Done> =>
  call("use_keychain", {}) as Promise<t.Done>;

/** Takes a way to open the vault away. */
export const removeSlot = (args: t.SlotArgs): Promise<t.Done> =>
  call("remove_slot", args) as Promise<t.Done>;

/** Sets a vault that cannot be opened aside, and begins an empty one. */
export const startVaultAnew = (): Promise<t.Done> =>
  call("start_vault_anew", {}) as Promise<t.Done>;

/** Takes a delivery by hand. */
export const takeDelivery = (args: t.DeliveryArgs): Promise<t.DeliveryView> =>
  call("take_delivery", args) as Promise<t.DeliveryView>;

/** Fetches the original of an event from Talkdesk by its id, and takes it. */
export const fetchEvent = (args: t.FetchArgs): Promise<t.DeliveryView> =>
  call("fetch_event", args) as Promise<t.DeliveryView>;

/** Begins to listen on loopback for events that come through a tunnel. */
export const startListener = (args: t.ListenArgs): Promise<t.Done> =>
  call("start_listener", args) as Promise<t.Done>;

/** Ends that. */
export const stopListener = (): Promise<t.Done> =>
  call("stop_listener", {}) as Promise<t.Done>;

/** Makes an address at the team's service for a project's events. */
export const makeHook = (args: t.ProjectArgs): Promise<t.MadeHookView> =>
  call("make_hook", args) as Promise<t.MadeHookView>;

/** Has nothing come in by an address any more. */
export const revokeHook = (args: t.HookArgs): Promise<t.Done> =>
  call("revoke_hook", args) as Promise<t.Done>;

/** Has what comes in by an address go on to the app, or nowhere. */
export const setRelay = (args: t.RelayArgs): Promise<t.Done> =>
  call("set_relay", args) as Promise<t.Done>;

/** A delivery as it came, headers and body, its secrets hidden. */
export const asItCame = (args: t.WhichArgs): Promise<t.AsItCame> =>
  call("as_it_came", args) as Promise<t.AsItCame>;

/** Sends a delivery to an address once more, as it came, and notes it first. */
export const replayDelivery = (args: t.ReplayArgs): Promise<t.Try> =>
  call("replay_delivery", args) as Promise<t.Try>;

/** Gets a token with an installation's credentials. */
export const getToken = (args: t.TokenArgs): Promise<t.TokenView> =>
  call("get_token", args) as Promise<t.TokenView>;

/** Exports a set of credentials to a file or the clipboard, and notes it first. */
export const exportCredentials = (args: t.ExportCredentialsArgs): Promise<t.ExportedCredentials> =>
  call("export_credentials", args) as Promise<t.ExportedCredentials>;

/** Asks Talkdesk how an installation stands. */
export const lookAtInstallation = (args: t.InstallationArgs): Promise<t.LookView> =>
  call("look_at_installation", args) as Promise<t.LookView>;

/** Tells Talkdesk that an install, an update or an uninstall went well, or why not. */
export const answerInstallation = (args: t.AnswerArgs): Promise<t.AnsweredView> =>
  call("answer_installation", args) as Promise<t.AnsweredView>;

/** Tells Talkdesk that a set of credentials is in use. */
export const acknowledgeCredentials = (args: t.SetArgs): Promise<t.Done> =>
  call("acknowledge_credentials", args) as Promise<t.Done>;

/** Asks Talkdesk for a new set of credentials. */
export const askRotation = (args: t.RotateArgs): Promise<t.Done> =>
  call("ask_rotation", args) as Promise<t.Done>;

/** Shows a secret, and notes it. */
export const revealSecret = (args: t.SecretArgs): Promise<t.Revealed> =>
  write("reveal_secret", args) as Promise<t.Revealed>;

/** Copies a secret for a minute, and notes it. */
export const copySecret = (args: t.SecretArgs): Promise<t.Done> =>
  write("copy_secret", args) as Promise<t.Done>;

/** Adds a registration at an authorization server, or replaces it. */
export const setRegistration = (args: t.RegistrationArgs): Promise<t.Done> =>
  call("set_registration", args) as Promise<t.Done>;

/** Removes a registration, its tokens and its secret. */
export const removeRegistration = (args: t.SignInArgs): Promise<t.Done> =>
  call("remove_registration", args) as Promise<t.Done>;

/** Begins a sign-in. */
export const signIn = (args: t.BeginArgs): Promise<t.SignInStarted> =>
  call("sign_in", args) as Promise<t.SignInStarted>;

/** Goes on with a sign-in in the person's browser. */
export const useBrowser = (args: t.SignInArgs): Promise<t.Done> =>
  call("use_browser", args) as Promise<t.Done>;

/** Takes the address that a browser ended on. */
export const pasteRedirect = (args: t.PastedArgs): Promise<t.Done> =>
  call("paste_redirect", args) as Promise<t.Done>;

/** Ends a sign-in that is under way. */
export const cancelSignIn = (args: t.SignInArgs): Promise<t.Done> =>
  call("cancel_sign_in", args) as Promise<t.Done>;

/** Forgets who is signed in, and has the server forget it. */
export const signOut = (args: t.SignInArgs): Promise<t.Done> =>
  call("sign_out", args) as Promise<t.Done>;
