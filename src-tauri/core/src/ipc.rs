//! The one door between the window and the engine.
//!
//! The list below declares each call once: its name, what it takes and answers, and the tags it is about. A *read*
//! names the tags that make it stale; a *write* is serialised by the window (its counter) and announces through the
//! store, after commit, what it changed. From this list come the dispatcher, and with the feature `ts` the
//! TypeScript types and client (`cargo xtask types`).

pub mod activity;
pub mod apps;
pub mod beside;
pub mod boot;
pub mod carry;
pub mod cases;
pub mod checklist;
pub mod common;
pub mod compare;
pub mod dossier;
pub mod events;
pub mod exchange;
pub mod export;
pub mod files;
pub mod home;
pub mod import;
pub mod install;
pub mod installations;
pub mod jobs;
pub mod link;
pub mod manifest;
pub mod meeting;
pub mod notices;
pub mod partner;
pub mod preflight;
pub mod projects;
pub mod receiving;
pub mod regions;
pub mod review;
pub mod session;
pub mod sso;
pub mod storage;
pub mod teams;
pub mod template;
pub mod test_events;
pub mod vault;
pub mod version;
pub mod workspace;

#[cfg(feature = "ts")]
pub mod types;

use domain::ids::{MemberId, ProjectId};
use domain::project::Project;
use serde_json::Value;

use crate::store::View;

use crate::engine::Engine;
use crate::error::{Error, ErrorCode};

/// How the window makes a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallKind {
    /// At once, and again when its tags change.
    Read,
    /// One after another, in the order of the keys.
    Write,
    /// At once, past the writes: it changes nothing of the work, and must not hold it up.
    Aside,
    /// Likewise, with the bytes of a file beside its arguments.
    Upload,
    /// Likewise, with the bytes of a file as its reply.
    Download,
}

/// What a call answers.
#[derive(Clone, PartialEq, Debug)]
pub enum Reply {
    /// Most of them.
    Json(String),
    /// A file.
    Bytes(Vec<u8>),
}

/// A call of the list.
#[derive(Clone, Copy, Debug)]
pub struct CallSpec {
    /// Its name.
    pub name: &'static str,
    /// How the window makes it.
    pub kind: CallKind,
    /// For a read: the tags that make it stale. `:` ends a tag that an id follows.
    pub tags: &'static [&'static str],
    /// What it does.
    pub doc: &'static str,
}

macro_rules! calls {
    ($($(#[doc = $doc:literal])+ $kind:ident $room:ident :: $name:ident ($args:ty) -> $reply:ty [$($tag:literal)*];)*) => {
        /// Every call.
        pub const CALLS: &[CallSpec] = &[$(CallSpec {
            name: stringify!($name),
            kind: calls!(@kind $kind),
            tags: &[$($tag),*],
            doc: concat!($($doc),+),
        }),*];

        /// Answers a call of the window, in JSON: it goes on as it is, and a page of rows is written once.
        pub async fn call(engine: &Engine, name: &str, args: Value) -> Result<String, Error> {
            match call_with(engine, name, args, Vec::new()).await? {
                Reply::Json(reply) => Ok(reply),
                Reply::Bytes(_) => Err(Error::new(ErrorCode::Invalid).with("call", name)),
            }
        }

        /// Answers a call of the window that may bring a file, or be answered with one.
        pub async fn call_with(
            engine: &Engine,
            name: &str,
            args: Value,
            bytes: Vec<u8>,
        ) -> Result<Reply, Error> {
            engine.opened().await;
            if by_a_person(name) {
                engine.touch();
            }
            if !is_read(name) {
                engine.may_call(name)?;
            }
            let answer = answer(engine, name, args, bytes).await;
            if answer.as_ref().is_err_and(|error| error.code == ErrorCode::StoreDamaged) {
                engine.found_damaged().await;
            }
            answer
        }

        async fn answer(engine: &Engine, name: &str, args: Value, bytes: Vec<u8>) -> Result<Reply, Error> {
            match name {
                $(stringify!($name) => {
                    let args: $args = parse(name, args)?;
                    // Each on its own: the largest of them would make every caller as large.
                    let asked = Box::pin(calls!(@ask $kind $room::$name(engine, args, bytes)));
                    let reply: $reply = asked.await?;
                    calls!(@reply $kind reply)
                })*
                _ => Err(Error::new(ErrorCode::NotFound).with("call", name)),
            }
        }

        #[cfg(feature = "ts")]
        fn each_type(see: &mut types::Types) {
            $(see.call::<$args, $reply>(stringify!($name));)*
        }
    };
    (@kind read) => { CallKind::Read };
    (@kind write) => { CallKind::Write };
    (@kind aside) => { CallKind::Aside };
    (@kind upload) => { CallKind::Upload };
    (@kind download) => { CallKind::Download };
    (@ask upload $room:ident::$name:ident($engine:ident, $args:ident, $bytes:ident)) => {
        $room::$name($engine, $args, $bytes)
    };
    (@ask $kind:ident $room:ident::$name:ident($engine:ident, $args:ident, $bytes:ident)) => {
        $room::$name($engine, $args)
    };
    (@reply download $reply:ident) => { Ok(Reply::Bytes($reply)) };
    (@reply $kind:ident $reply:ident) => {
        serde_json::to_string(&$reply).map(Reply::Json).map_err(|error| Error::internal(&error))
    };
}

calls! {
    /// What the window needs before its first paint.
    read boot::boot(common::Nothing) -> boot::Boot ["workspace" "settings" "sync" "outbox" "projects"];
    /// Home.
    read home::home(common::Nothing) -> home::Home ["workspace" "projects" "runs" "installations" "settings"];
    /// The projects that stand in the sidebar, in the order of the settings.
    read home::pins(common::Nothing) -> Vec<home::Recent> ["projects" "settings"];
    /// A page of what happened, newest first.
    read activity::activity(activity::ActivityArgs) -> activity::ActivityPage ["activity" "outbox"];
    /// When it happened, in the same order: the days of a list that is read page by page.
    read activity::activity_times(activity::ActivityTimesArgs) -> Vec<crate::store::Stretch> ["activity" "outbox"];
    /// A page of the projects.
    read projects::projects(projects::ProjectsArgs) -> projects::ProjectsView ["projects" "installations"];
    /// A project's page.
    read projects::project(common::ProjectArgs) -> projects::ProjectView ["projects" "runs" "workspace" "installations"];
    /// Search in everything.
    read projects::search(projects::SearchArgs) -> Vec<crate::store::Hit> ["projects" "runs" "workspace"];
    /// A version's content and what is wrong with it.
    read version::version(common::VersionArgs) -> version::VersionView ["projects" "runs" "workspace"];
    /// A version side by side with its predecessor and with what was submitted last.
    read compare::compare(common::VersionArgs) -> compare::CompareView ["projects"];
    /// *Carry to Partner Project*: each field here against what was entered there.
    read carry::carry(common::VersionArgs) -> carry::CarryView ["projects" "workspace"];
    /// A version as `partner.toml`.
    read manifest::manifest(common::VersionArgs) -> install::TextReply ["projects"];
    /// All runs and templates.
    read checklist::runs(common::Nothing) -> checklist::RunsView ["runs" "projects" "workspace" "drafts"];
    /// A run with all its items.
    read checklist::run(checklist::RunArgs) -> checklist::RunView ["runs" "projects" "workspace"];
    /// A template in one of its versions, with what is being edited.
    read template::template(template::TemplateArgs) -> template::TemplateView ["workspace" "runs" "drafts"];
    /// What changed between two versions of a template.
    read template::template_diff(template::TemplateDiffArgs) -> domain::templates::TemplateDiff ["workspace"];
    /// A template written out.
    read template::template_text(template::TemplateTextArgs) -> install::TextReply ["workspace"];
    /// Versions that wait for someone.
    read review::reviews(common::Nothing) -> Vec<review::ReviewRow> ["projects" "workspace"];
    /// The review of a version.
    read review::review(common::VersionArgs) -> review::ReviewView ["projects" "runs" "workspace" "settings"];
    /// A version's dossier.
    read dossier::dossier(common::VersionArgs) -> dossier::DossierView ["projects" "runs" "workspace" "activity" "outbox"];
    /// What was seen when events of every type were sent last, with each key.
    read test_events::test_reports(common::VersionArgs) -> Vec<test_events::TestView> ["projects" "workspace"];
    /// The check of a version's sign-in that was done last.
    read sso::sso_check(common::VersionArgs) -> Option<sso::SsoView> ["projects" "workspace" "installations"];
    /// *Install version*.
    read install::install(common::VersionArgs) -> install::InstallView ["projects" "workspace" "settings"];
    /// The API gateways that may be asked for apps.
    read apps::gateways(common::Nothing) -> Vec<apps::GatewayView> ["installations" "settings"];
    /// Talkdesk's regions, and where they are known from.
    read regions::regions(common::Nothing) -> regions::RegionsView [];
    /// All installations.
    read installations::installations(common::Nothing) -> Vec<installations::ListedInstallation> ["installations" "workspace" "projects"];
    /// An installation's page.
    read installations::installation(installations::InstallationArgs) -> installations::InstallationView ["installations" "workspace" "projects" "vault"];
    /// Install cases: installs that were announced, or that fail.
    read cases::install_cases(common::Nothing) -> Vec<cases::CaseView> ["installations" "workspace" "projects"];
    /// What is known here of an install.
    read cases::case_known(cases::CaseKnownArgs) -> cases::CaseKnown ["installations" "workspace" "projects"];
    /// A page of all deliveries.
    read events::events(events::EventsArgs) -> events::EventsView ["installations" "workspace" "vault"];
    /// The listener of this computer, where there is one.
    read events::listener(common::Nothing) -> Option<events::ListenerView> ["listener"];
    /// How deliveries of a project reach the team's service, as it knows it now.
    read receiving::receiving(common::ProjectArgs) -> receiving::ReceivingView ["receiving" "workspace" "sync"];
    /// What the app behind the relay answered to the newest events.
    read receiving::passed(common::Nothing) -> Vec<domain::protocol::PassedEvent> ["receiving" "installations"];
    /// Comments and external links of a project, a run or the workspace.
    read beside::beside(beside::BesideArgs) -> beside::BesideView ["projects" "runs" "workspace"];
    /// The workspace.
    read workspace::workspace(common::Nothing) -> workspace::WorkspaceView ["workspace" "drafts"];
    /// Commands that are not settled.
    read workspace::pending(common::Nothing) -> workspace::PendingList ["outbox"];
    /// Changes that met others and were settled without anybody.
    read meeting::settled(common::Nothing) -> Vec<meeting::SettledView> ["outbox" "activity"];
    /// Reads a pasted list, so that its columns can be named.
    read import::import_preview(import::ImportPreviewArgs) -> import::ImportPreview [];
    /// Says what an import would do, row by row and against the version before.
    read import::import_check(import::ImportArgs) -> import::ImportCheck ["workspace"];
    /// What takes its time.
    read jobs::jobs(common::Nothing) -> Vec<crate::jobs::JobView> ["jobs"];
    /// What is kept on this computer.
    read storage::storage(common::Nothing) -> storage::StorageView [];
    /// The daily copy, and the copies that there are.
    read exchange::copies(common::Nothing) -> exchange::CopiesView ["settings"];
    /// How the vault stands.
    read vault::vault(common::Nothing) -> vault::VaultView ["vault" "settings"];
    /// The registrations at authorization servers, and who is signed in at each.
    read session::sign_ins(common::Nothing) -> Vec<session::SignInView> ["session" "settings" "vault"];

    /// The workspaces of this computer.
    read teams::connections(common::Nothing) -> Vec<teams::ConnectionView> ["workspace" "settings" "outbox"];
    /// The people of the open workspace's team, as its service knows them now.
    read teams::team(common::Nothing) -> teams::TeamView ["team" "workspace" "sync"];
    /// Who of the open workspace's team is connected to its service now; nobody, where that cannot be told.
    read teams::here(common::Nothing) -> Vec<domain::protocol::Present> ["here" "workspace"];

    /// Tries the team's service again at once, and not only when its turn comes.
    write teams::sync_now(common::Nothing) -> common::Done [];
    /// Opens another workspace of this computer's.
    write teams::switch_connection(teams::ConnectionArgs) -> common::Done [];
    /// Asks a team's service how a person signs in there.
    aside teams::ask_team(teams::TeamUrlArgs) -> teams::TeamSignIn [];
    /// The workspaces that the person belongs to at a team's service; open invitations are accepted by this.
    aside teams::team_workspaces(teams::TeamAccountArgs) -> Vec<teams::TeamWorkspaceView> [];
    /// Opens a team's workspace here.
    write teams::join_team(teams::JoinTeamArgs) -> common::Done [];
    /// Makes a team's workspace, by a code that its service printed.
    write teams::found_team(teams::FoundTeamArgs) -> common::Done [];
    /// Takes a team's workspace off this computer; what was not sent is saved first.
    write teams::leave_team(teams::TeamArgs) -> teams::LeftTeam [];
    /// Takes a workspace of this computer's own off it; what nobody else has is saved first, but for secrets.
    aside teams::remove_workspace(teams::ConnectionArgs) -> teams::RemovedWorkspace [];
    /// Invites an address to the team.
    aside teams::invite_member(teams::InviteArgs) -> common::Done [];
    /// Takes an invitation back.
    aside teams::withdraw_invitation(teams::InvitationArgs) -> common::Done [];
    /// Says what a member may do.
    aside teams::set_member_roles(teams::MemberRolesArgs) -> common::Done [];
    /// Removes a member from the team.
    aside teams::remove_member(teams::MemberArgs) -> common::Done [];
    /// Starts a workspace on this computer.
    write boot::start_here(boot::StartArgs) -> common::Done [];
    /// Starts with sample data.
    write boot::start_sample(common::Nothing) -> common::Done [];
    /// Drops the sample data.
    write boot::leave_sample(common::Nothing) -> common::Done [];
    /// Sets a person's own settings.
    write boot::set_settings(boot::SettingsArgs) -> common::Done [];
    /// Tries once more to open the store.
    write boot::retry_open(common::Nothing) -> common::Done [];
    /// Sets the damaged cache aside, saves what is precious in it, and refills the rest.
    write boot::recover_cache(common::Nothing) -> common::Done [];
    /// Goes back to a backup.
    write boot::restore_backup(boot::RestoreArgs) -> common::Done [];
    /// Ends the console.
    write boot::quit(common::Nothing) -> common::Done [];
    /// Makes a change: every form and key of the window ends here.
    write workspace::change(workspace::ChangeArgs) -> workspace::Changed [];
    /// Opens *Carry to Partner Project* in a window of its own.
    write carry::open_carry(common::VersionArgs) -> common::Done [];
    /// Remembers the field that a person is at, for the next time.
    write carry::set_carry_place(carry::CarryPlaceArgs) -> common::Done [];
    /// Sends a refused or conflicted command again.
    write workspace::retry_command(workspace::CommandArgs) -> common::Done [];
    /// Sends a refused or conflicted command again as another change, in its place.
    write workspace::amend_command(workspace::AmendArgs) -> common::Done [];
    /// Drops a refused or conflicted command.
    write workspace::discard_command(workspace::CommandArgs) -> common::Done [];
    /// Takes a change back, or makes it again: a change of its own, where what was set still stands.
    write workspace::undo(workspace::UndoArgs) -> workspace::Changed [];
    /// Makes a template of a pasted list.
    write import::import_template(import::ImportArgs) -> template::Imported [];
    /// Keeps a template that is being edited.
    write template::keep_template_draft(template::TemplateDraft) -> common::Done [];
    /// Lets go of it.
    write template::drop_template_draft(template::TemplateOnlyArgs) -> common::Done [];
    /// Saves a template that was edited as its next version.
    write template::save_template(template::TemplateDraft) -> template::Imported [];
    /// Says how a `partner.toml` and a version differ; nothing is written.
    aside manifest::check_manifest(manifest::ManifestArgs) -> manifest::ManifestCheck [];
    /// Takes fields of a `partner.toml` into a version, all or none.
    write manifest::take_manifest(manifest::TakeManifestArgs) -> common::Done [];
    /// The apps of an account, as Talkdesk's Apps API lists them.
    aside apps::apps(apps::AppsArgs) -> Vec<apps::AppView> [];
    /// Makes a project of an app that lives at Talkdesk.
    aside apps::bring_in_app(apps::BringInArgs) -> common::Done [];
    /// Says how a version and its app at Talkdesk differ; nothing is written.
    aside apps::compare_app(apps::AppArgs) -> apps::AppDrift [];
    /// Takes values of Talkdesk's into a version, all or none.
    write apps::take_from_app(apps::TakeAppArgs) -> common::Done [];
    /// The request that would bring fields to Talkdesk; nothing is sent.
    aside apps::push_request(apps::PushArgs) -> apps::PushRequest [];
    /// Sends a request that was shown, and records what stands at Talkdesk then.
    aside apps::push_to_app(apps::SendPushArgs) -> apps::Pushed [];
    /// Tries the sign-in of a version's app against a sandbox's Talkdesk ID, and keeps what was seen with the version.
    aside sso::check_sso(sso::SsoArgs) -> domain::sso::SsoReport [];
    /// Sends events to an app, as Talkdesk does, and says what came back; of all types it is kept with the version.
    aside test_events::send_test_events(test_events::TestEventsArgs) -> test_events::TestView [];
    /// Runs the checks of a version that need the network, and keeps what was seen.
    aside preflight::run_checks(common::VersionArgs) -> common::Done [];
    /// Takes a file in: one that was dropped, pasted or chosen. A change that names it comes after.
    upload files::add_file(files::AddFileArgs) -> domain::files::FileRef [];
    /// Takes the picture on the clipboard in.
    aside files::paste_file(files::AddFileArgs) -> files::PastedFile [];
    /// A file's bytes.
    download files::file(files::FileArgs) -> Vec<u8> [];
    /// A picture made smaller, as PNG.
    download files::thumbnail(files::ThumbnailArgs) -> Vec<u8> [];
    /// Saves files among the person's downloads; what is there already as it is, is left so.
    aside files::save_files(files::SaveFilesArgs) -> files::SavedFiles [];
    /// Opens a copy of a file in the system's program for it.
    aside files::open_file(files::FileArgs) -> common::Done [];
    /// Asks for a folder by the system's chooser.
    aside exchange::choose_folder(exchange::ChooseFolderArgs) -> exchange::ChosenFolder [];
    /// Writes the open workspace into one file in a folder: everything but secrets.
    aside exchange::export_workspace(exchange::ExportArgs) -> exchange::ExportedWorkspace [];
    /// Takes a piece of a file that is too large to come at once.
    upload exchange::hand_over(exchange::PieceArgs) -> exchange::ArrivedFile [];
    /// Makes a workspace on this computer of such a file, and opens it.
    aside exchange::import_workspace(exchange::ArrivedFile) -> common::Done [];
    /// Moves the open workspace to a team's service.
    aside exchange::move_workspace(exchange::MoveArgs) -> common::Done [];
    /// Sets the folder of the daily copy, or that there is none.
    write exchange::set_copies(exchange::CopyFolderArgs) -> common::Done [];
    /// Makes the day's copy anew.
    aside exchange::copy_now(common::Nothing) -> common::Done [];
    /// Reads a copy into a workspace of its own, and opens it.
    aside exchange::restore_copy(exchange::CopyArgs) -> common::Done [];
    /// Writes everything of this computer into one sealed file in a folder, and marks it as left.
    aside exchange::leave_computer(exchange::LeaveArgs) -> exchange::LeftComputerFile [];
    /// Goes on at this computer after all.
    aside exchange::return_to_computer(common::Nothing) -> common::Done [];
    /// Says what is in the sealed file of another computer.
    aside exchange::look_into_computer(exchange::SealedArgs) -> exchange::SealedComputer [];
    /// Goes on here with everything of another computer.
    aside exchange::take_computer(exchange::SealedArgs) -> common::Done [];
    /// Goes on with a move that was cut short.
    aside exchange::go_on_moving(common::Nothing) -> common::Done [];
    /// Gives such a move up.
    aside exchange::stop_moving(common::Nothing) -> common::Done [];
    /// Writes a file into the person's downloads, beside what is there.
    write export::save_file(export::SaveFileArgs) -> export::FileReply [];
    /// Copies a link and notes it.
    write install::copy_link(install::LinkArgs) -> common::Done [];
    /// Opens a link in the browser and notes it.
    write install::open_link(install::LinkArgs) -> common::Done [];
    /// Opens a mail draft with a link, or copies the message, and notes the send.
    write install::send_link(install::SendLinkArgs) -> common::Done [];
    /// Copies a text.
    write install::copy_text(install::TextArgs) -> common::Done [];
    /// What the clipboard holds.
    write install::paste_text(common::Nothing) -> install::TextReply [];
    /// Opens an https address in the browser.
    write install::open_url(install::UrlArgs) -> common::Done [];
    /// Asks the platform port for a version's link.
    write install::fetch_link(common::VersionArgs) -> common::Done [];
    /// Sends a version through the platform port.
    write install::submit(install::SubmitArgs) -> common::Done [];
    /// Asks the platform port what became of a version.
    write install::fetch_answers(common::VersionArgs) -> common::Done [];
    /// Sets where links and submissions travel.
    write install::set_port(install::PortArgs) -> common::Done [];
    /// The link from outside that was not followed yet; it is taken once.
    write link::take_link(common::Nothing) -> link::LinkReply [];
    /// Copies a link to a place in the console.
    write link::copy_deep_link(link::DeepLinkArgs) -> common::Done [];
    /// What became due since a person was told last; nothing where they do not want to be told.
    write notices::take_notices(common::Nothing) -> Vec<home::Need> [];
    /// Shows a notification through the system.
    write notices::notify(notices::NotifyArgs) -> common::Done [];
    /// Removes what nothing needs any more.
    write storage::clean_up(common::Nothing) -> storage::CleanedUp [];
    /// Asks what takes its time to stop.
    aside jobs::stop_job(jobs::JobArgs) -> common::Done [];
    /// Backs up what changed.
    aside storage::back_up_now(common::Nothing) -> common::Done [];
    /// Opens a folder of the console's in the file manager.
    write storage::open_folder(storage::FolderArgs) -> common::Done [];
    /// Opens the vault by the passphrase, the recovery code, or the keychain.
    aside vault::open_vault(vault::OpenVaultArgs) -> common::Done [];
    /// Locks the vault.
    aside vault::lock_vault(common::Nothing) -> common::Done [];
    /// Somebody is there who only reads: scrolls, points, goes from screen to screen.
    aside vault::note_presence(common::Nothing) -> common::Done [];
    /// Sets the vault's passphrase.
    aside vault::set_passphrase(vault::PassphraseArgs) -> common::Done [];
    /// Makes a recovery code in the place of the one before; it is shown once.
    aside vault::new_recovery_code(common::Nothing) -> vault::Revealed [];
    /// Lets the system's keychain open the vault.
    aside vault::use_keychain(common::Nothing) -> common::Done [];
    /// Takes a way to open the vault away.
    aside vault::remove_slot(vault::SlotArgs) -> common::Done [];
    /// Sets a vault that cannot be opened aside, and begins an empty one.
    aside vault::start_vault_anew(common::Nothing) -> common::Done [];
    /// Takes a delivery by hand.
    aside events::take_delivery(events::DeliveryArgs) -> events::DeliveryView [];
    /// Fetches the original of an event from Talkdesk by its id, and takes it.
    aside events::fetch_event(events::FetchArgs) -> events::DeliveryView [];
    /// Begins to listen on loopback for events that come through a tunnel.
    aside events::start_listener(events::ListenArgs) -> common::Done [];
    /// Ends that.
    aside events::stop_listener(common::Nothing) -> common::Done [];
    /// Makes an address at the team's service for a project's events.
    aside receiving::make_hook(common::ProjectArgs) -> receiving::MadeHookView [];
    /// Has nothing come in by an address any more.
    aside receiving::revoke_hook(receiving::HookArgs) -> common::Done [];
    /// Has what comes in by an address go on to the app, or nowhere.
    aside receiving::set_relay(receiving::RelayArgs) -> common::Done [];
    /// A delivery as it came, headers and body, its secrets hidden.
    aside events::as_it_came(events::WhichArgs) -> domain::protocol::AsItCame [];
    /// Sends a delivery to an address once more, as it came, and notes it first.
    aside receiving::replay_delivery(receiving::ReplayArgs) -> domain::protocol::Try [];
    /// Gets a token with an installation's credentials.
    aside installations::get_token(installations::TokenArgs) -> installations::TokenView [];
    /// Exports a set of credentials to a file or the clipboard, and notes it first.
    aside installations::export_credentials(installations::ExportCredentialsArgs) -> installations::ExportedCredentials [];
    /// Asks Talkdesk how an installation stands.
    aside installations::look_at_installation(installations::InstallationArgs) -> installations::LookView [];
    /// Tells Talkdesk that an install, an update or an uninstall went well, or why not.
    aside installations::answer_installation(installations::AnswerArgs) -> installations::AnsweredView [];
    /// Tells Talkdesk that a set of credentials is in use.
    aside installations::acknowledge_credentials(installations::SetArgs) -> common::Done [];
    /// Asks Talkdesk for a new set of credentials.
    aside installations::ask_rotation(installations::RotateArgs) -> common::Done [];
    /// Shows a secret, and notes it.
    write vault::reveal_secret(vault::SecretArgs) -> vault::Revealed [];
    /// Copies a secret for a minute, and notes it.
    write vault::copy_secret(vault::SecretArgs) -> common::Done [];
    /// Adds a registration at an authorization server, or replaces it.
    aside session::set_registration(session::RegistrationArgs) -> common::Done [];
    /// Removes a registration, its tokens and its secret.
    aside session::remove_registration(session::SignInArgs) -> common::Done [];
    /// Begins a sign-in.
    aside session::sign_in(session::BeginArgs) -> session::SignInStarted [];
    /// Goes on with a sign-in in the person's browser.
    aside session::use_browser(session::SignInArgs) -> common::Done [];
    /// Takes the address that a browser ended on.
    aside session::paste_redirect(session::PastedArgs) -> common::Done [];
    /// Ends a sign-in that is under way.
    aside session::cancel_sign_in(session::SignInArgs) -> common::Done [];
    /// Forgets who is signed in, and has the server forget it.
    aside session::sign_out(session::SignInArgs) -> common::Done [];
}

/// Whether a call says that somebody is there: the window reads by itself when something changed, and makes a few other
/// calls by itself, too.
fn by_a_person(name: &str) -> bool {
    const BY_ITSELF: [&str; 3] = ["take_link", "take_notices", "notify"];
    let call = CALLS.iter().find(|call| call.name == name);
    call.is_some_and(|call| call.kind != CallKind::Read) && !BY_ITSELF.contains(&name)
}

/// Whether a call only shows what is here. The people of a team are asked of its service.
fn is_read(name: &str) -> bool {
    let call = CALLS.iter().find(|call| call.name == name);
    call.is_some_and(|call| call.kind == CallKind::Read) && name != "team"
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, args: Value) -> Result<T, Error> {
    // A call without arguments sends null.
    let args = if args.is_null() { Value::Object(serde_json::Map::new()) } else { args };
    serde_json::from_value(args).map_err(|error| {
        tracing::warn!(call = name, %error, "arguments cannot be read");
        Error::new(ErrorCode::Invalid).with("call", name)
    })
}

/// Reads from the open workspace's store.
async fn with_view<T, F>(engine: &Engine, read: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce(View<'_>, MemberId) -> Result<T, Error> + Send + 'static,
{
    let (store, me) = engine.open_store()?;
    store.read(move |view| read(*view, me)).await
}

/// Reads about one project.
async fn with_project<T, F>(engine: &Engine, project: ProjectId, read: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce(View<'_>, MemberId, &Project) -> Result<T, Error> + Send + 'static,
{
    with_view(engine, move |view, me| {
        let project = view.project(project)?.ok_or_else(Error::not_found)?;
        read(view, me, &project)
    })
    .await
}
