//! The first read of the window, first start, settings and recovery.

use domain::Role;
use domain::fields::{FIELDS, FieldSpec};
use domain::ids::{MemberId, ProjectId, WorkspaceId};
use domain::workspace::{Absence, MailWish, Member};
use serde::{Deserialize, Serialize};

use super::common::{Done, Nothing};
use super::install::PortView;
use crate::engine::Engine;
use crate::error::Error;
use crate::profile::{ConnectionName, Left, Move};

/// What the window needs before its first paint.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Boot {
    /// What to show.
    pub phase: Phase,
    /// A person's own settings.
    pub settings: Settings,
    /// The console's version.
    pub app_version: String,
    /// Where the data lies.
    pub data_folder: String,
    /// How links and submissions travel.
    pub port: PortView,
    /// Every field of the app information.
    pub fields: Vec<FieldSpec>,
}

/// What the window shows first.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Nothing was started yet.
    FirstStart,
    /// A workspace is open.
    Open(Box<Frame>),
    /// The store cannot be used as it is.
    Recovery(Recovery),
}

/// What stands around every screen.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Frame {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Whether it holds sample data.
    pub sample: bool,
    /// Who sits here.
    pub me: MemberView,
    /// Everyone.
    pub members: Vec<MemberView>,
    /// How the store and the service agree.
    pub sync: SyncView,
    /// That it goes or went to a team's service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub moved: Option<MovedView>,
    /// That everything of this computer went on to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub left: Option<Left>,
    /// What *needs you now* counts.
    pub needs: u32,
    /// Versions in review or to be mended.
    pub reviews: u32,
    /// Commands that were refused or met another change.
    pub conflicts: u32,
}

/// A person.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MemberView {
    /// Who.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Until when the person is away, and who covers.
    pub absence: Option<Absence>,
    /// Which mail of the team's service the person wants, where they said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub mail: Option<MailWish>,
    /// Whether the person left: the name stays on what they did.
    pub left: bool,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id,
            name: member.name.clone(),
            roles: member.roles.clone(),
            absence: member.absence.clone(),
            mail: member.mail.clone(),
            left: member.left.is_some(),
        }
    }
}

/// How the store and the service agree.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SyncView {
    /// How it stands.
    pub state: SyncState,
    /// Whether the service is in this process.
    pub embedded: bool,
    /// Since when it has been offline.
    pub since: Option<domain::Timestamp>,
    /// When a service that is busy is tried again.
    pub until: Option<domain::Timestamp>,
    /// While it is at work: how many of the commands that waited were sent so far.
    pub sent: u32,
    /// Commands that wait to be sent.
    pub queued: u32,
}

/// Where a workspace of this computer's goes or went: nothing is changed here any more.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MovedView {
    /// The host of the team's service.
    pub host: String,
    /// The connection that it is there.
    pub to: ConnectionName,
    /// When everything was there; none: it is under way.
    pub done: Option<domain::Timestamp>,
}

impl From<&Move> for MovedView {
    fn from(moved: &Move) -> Self {
        let to = ConnectionName::Team(moved.team.id);
        Self { host: crate::engine::host_of(&moved.team), to, done: moved.done }
    }
}

/// How syncing stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum SyncState {
    Idle,
    Syncing,
    Offline,
    Busy,
    Intercepted,
    SignedOut,
    NotAMember,
    UpdateNeeded,
}

/// Why the store cannot be used, and what can be done.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Recovery {
    /// What is wrong.
    pub problem: RecoveryProblem,
    /// Words to put in: `found`, `known`, `detail`.
    pub params: domain::Params,
    /// Copies to go back to, newest first.
    pub backups: Vec<BackupView>,
}

/// What is wrong with the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RecoveryProblem {
    /// The store is by a newer version of the console.
    TooNew,
    /// The cache is damaged; what is precious can be saved and the rest refilled.
    CacheDamaged,
    /// The embedded service's own database is damaged; only a backup brings it back.
    ServiceDamaged,
    /// The data folder cannot be written to.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// Another process has the data folder.
    InUse,
    /// Anything else; `detail` says what the system said.
    Other,
}

/// A backup.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BackupView {
    /// Its file's name.
    pub file: String,
    /// When it was made.
    pub at: domain::Timestamp,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A person's own settings; they belong to this computer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The language of the window; `system`: as the system has it.
    pub language: String,
    /// On to the next untested item after a result.
    pub advance: bool,
    /// Show keys in the status bar.
    pub show_keys: bool,
    /// How large the window shows things, in per cent.
    pub zoom: u16,
    /// The project whose partner process home shows; none: the one that was worked on last.
    pub pinned: Option<ProjectId>,
    /// Projects that stand in the sidebar, the one that was pinned last first; at most [`MOST_PINS`].
    pub pins: Vec<ProjectId>,
    /// Tell through the system what became due.
    pub notify: bool,
    /// Lock the vault when nobody was there for so many minutes; 0: never.
    pub lock_after: u16,
    /// By what the list of installations is ordered.
    pub installations_by: InstallationOrder,
    /// By what it is grouped.
    pub installations_in: InstallationGroup,
}

/// The order of the list of installations. What is nearest, or first in the alphabet, comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InstallationOrder {
    /// By the nearest date that somebody has to act by.
    #[default]
    Deadline,
    /// By the customer's name, or the account's where nobody said whose it is.
    Customer,
    /// By project and version.
    Project,
    /// By the region.
    Region,
    /// By the state.
    State,
    /// By the end of the trial.
    Trial,
    /// What changed last.
    Changed,
}

/// By what the list of installations is grouped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InstallationGroup {
    /// Not at all.
    #[default]
    None,
    /// By customer.
    Customer,
    /// By project.
    Project,
    /// By region.
    Region,
    /// By state.
    State,
    /// By how near the date is that somebody has to act by.
    Deadline,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: "system".to_owned(),
            advance: true,
            show_keys: true,
            zoom: 100,
            pinned: None,
            pins: Vec::new(),
            notify: false,
            lock_after: 0,
            installations_by: InstallationOrder::default(),
            installations_in: InstallationGroup::default(),
        }
    }
}

/// So many the sidebar of the usual window has room for.
pub const MOST_PINS: usize = 8;

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// Starts a workspace on this computer.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StartArgs {
    /// The organisation's name.
    pub workspace: String,
    /// The person's name.
    pub name: String,
}

/// Names a backup.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RestoreArgs {
    /// The file's name, as [`BackupView`] has it.
    pub file: String,
}

/// Sets a person's own settings.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SettingsArgs {
    /// All of them.
    pub settings: Settings,
}

pub(super) async fn boot(engine: &Engine, _: Nothing) -> Result<Boot, Error> {
    Ok(Boot {
        phase: engine.phase().await?,
        settings: engine.settings(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        data_folder: engine.data_folder().display().to_string(),
        port: engine.port_view(),
        fields: FIELDS.to_vec(),
    })
}

pub(super) async fn start_here(engine: &Engine, args: StartArgs) -> Result<Done, Error> {
    engine.start_here(&args.workspace, &args.name).await.map(|()| Done {})
}

pub(super) async fn start_sample(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.start_sample().await.map(|()| Done {})
}

pub(super) async fn leave_sample(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.leave_sample().await.map(|()| Done {})
}

pub(super) async fn set_settings(engine: &Engine, args: SettingsArgs) -> Result<Done, Error> {
    let mut settings = args.settings;
    settings.pins.truncate(MOST_PINS);
    engine.set_settings(settings).map(|()| Done {})
}

pub(super) async fn retry_open(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.reopen().await.map(|()| Done {})
}

pub(super) async fn recover_cache(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.recover_cache().await.map(|()| Done {})
}

pub(super) async fn restore_backup(engine: &Engine, args: RestoreArgs) -> Result<Done, Error> {
    engine.restore_backup(&args.file).await.map(|()| Done {})
}

pub(super) async fn quit(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.quit();
    Ok(Done {})
}
