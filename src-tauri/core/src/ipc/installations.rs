//! Installations: the list, a page each, and what is asked and told at Talkdesk with their credentials.

use domain::ids::{CustomerId, InstallationId};
use domain::installation::{
    Authentication, CredentialSet, Deadline, EventFacts, Happened, Installation, Life, Received,
    RotationAsked, SetEnd, Settled, Standing, SubscribedPlan, TalkdeskState, Trial, Word, rotations,
};
use domain::workspace::Workspace;
use domain::{Mark, Timestamp};
use serde::{Deserialize, Serialize};

use super::common::{By, Done, Nothing, People};
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::{EventRow, InstallationRow};
use crate::vault::{Kind, Name};

/// Names an installation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InstallationArgs {
    /// Which.
    pub installation: InstallationId,
}

/// Names a set of credentials and a way to use it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TokenArgs {
    /// Of which installation.
    pub installation: InstallationId,
    /// Which set.
    pub client_id: String,
    /// How.
    pub way: Authentication,
}

/// Names a set of credentials.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SetArgs {
    /// Of which installation.
    pub installation: InstallationId,
    /// Which set.
    pub client_id: String,
}

/// How a set of credentials is exported, and where to.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExportCredentialsArgs {
    /// Of which installation.
    pub installation: InstallationId,
    /// Which set.
    pub client_id: String,
    /// As what.
    pub shape: ExportAs,
    /// Where to.
    pub to: ExportTo,
}

/// What a set is exported as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ExportAs {
    /// The private key alone (RFC 7468).
    Pem,
    /// All of it as JSON.
    Json,
    /// All of it as lines of an environment.
    Env,
}

/// Where an export goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ExportTo {
    /// Into a file of the person's downloads, which they alone may read.
    File,
    /// On the clipboard, for a minute.
    Clipboard,
}

/// Where an export is.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExportedCredentials {
    /// The file; none on the clipboard.
    pub path: Option<String>,
}

/// An answer to Talkdesk.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AnswerArgs {
    /// Of which installation.
    pub installation: InstallationId,
    /// The events that it answers, by their ids at Talkdesk.
    pub events: Vec<String>,
    /// The word.
    pub word: Word,
}

/// A wish for new credentials.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RotateArgs {
    /// Of which installation.
    pub installation: InstallationId,
    /// Whether they are known to others.
    pub compromised: bool,
    /// Why.
    pub reason: String,
}

/// An installation in the list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ListedInstallation {
    /// What its events tell.
    #[serde(flatten)]
    pub row: InstallationRow,
    /// The customer's name; empty where nobody matched it.
    pub customer_name: String,
    /// The project's name; empty where nobody matched it.
    pub project_name: String,
}

/// An installation's page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InstallationView {
    /// As in the list.
    pub listed: ListedInstallation,
    /// Its id at Talkdesk.
    pub talkdesk_id: String,
    /// The account's id.
    pub account_id: String,
    /// The app's id at Talkdesk.
    pub app_id: String,
    /// The gateway of its region.
    pub root: String,
    /// Where tokens are got.
    pub tokens: String,
    /// Whether the customer has the app.
    pub life: Life,
    /// The plan.
    pub plan: Option<SubscribedPlan>,
    /// The trial.
    pub trial: Option<Trial>,
    /// Ids of the users, as far as events told.
    pub users: Vec<String>,
    /// Why it was uninstalled: Talkdesk's word.
    pub reason: String,
    /// The customer's words.
    pub reason_message: String,
    /// Who matched it with a customer and a project.
    pub matched: Option<By>,
    /// Customers that the account's name suggests: those with this account, or this name.
    pub suggested: Vec<CustomerId>,
    /// What Talkdesk waits for, or waited for, newest first.
    pub deadlines: Vec<DeadlineView>,
    /// How it was seen to stand at Talkdesk last, and by whom.
    pub seen: Option<SeenView>,
    /// The sets of credentials, newest first.
    pub sets: Vec<SetView>,
    /// Rotations that were asked for, newest first.
    pub asked: Vec<AskedView>,
    /// The events, newest first.
    pub events: Vec<EventView>,
}

/// A deadline of seven days.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeadlineView {
    /// The event's id at Talkdesk.
    pub event: String,
    /// Its type.
    pub kind: String,
    /// Until when.
    pub until: Timestamp,
    /// What became of it.
    pub state: DeadlineState,
    /// Who answered, or saw that it was answered.
    pub by: Option<By>,
    /// The answer that went out from here.
    pub word: Option<Word>,
}

/// What became of a deadline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DeadlineState {
    /// Talkdesk waits.
    Open,
    /// Answered from here.
    Answered,
    /// Talkdesk says that it does not wait any more.
    Elsewhere,
    /// The customer uninstalled meanwhile.
    Overtaken,
}

/// How it was seen to stand.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SeenView {
    /// How.
    pub state: TalkdeskState,
    /// By whom.
    pub by: By,
}

/// A set of credentials.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SetView {
    /// It, without its secrets.
    pub set: CredentialSet,
    /// The vault's id of its secrets.
    pub secret: uuid::Uuid,
    /// Whether the client secret can be had: of the vault of this computer, or of the team's service.
    pub secret_here: bool,
    /// Whether the private key can.
    pub key_here: bool,
    /// Whose vault they are in.
    pub kept: KeptIn,
    /// When it came into being.
    pub since: Timestamp,
    /// Until when it can be relied on; none for the newest.
    pub until: Option<Timestamp>,
    /// Why until then.
    pub ends: Option<SetEnd>,
    /// Taken by whom.
    pub received: By,
    /// A token was got with it by HTTP Basic.
    pub basic: Option<By>,
    /// And by an assertion.
    pub private_key_jwt: Option<By>,
    /// Where production keeps it.
    pub deployed_to: String,
    /// Who said so.
    pub deployed: Option<By>,
    /// Who saw it in use.
    pub in_use: Option<By>,
    /// Who told Talkdesk.
    pub acknowledged: Option<By>,
    /// Whether it took the place of another: then its five steps matter.
    pub rotated: bool,
    /// Steps that are open before it should be acknowledged.
    pub open_steps: Vec<String>,
}

/// Where the secrets of a set are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum KeptIn {
    /// In the vault of this computer.
    Here,
    /// In the vault of the team's service, which notes each time that somebody uses them.
    Service,
    /// In neither.
    Nowhere,
}

/// A rotation that was asked for.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AskedView {
    /// Whether the credentials are known to others.
    pub compromised: bool,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: By,
}

/// An event of the installation.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventView {
    /// As in the list.
    pub row: EventRow,
    /// What it says, without its secrets.
    pub what: Happened,
    /// Taken by whom.
    pub by: By,
}

/// A token that was got. The token itself stays in the engine.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TokenView {
    /// How.
    pub way: Authentication,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// Until when.
    pub expires_at: Timestamp,
    /// Its claims as JSON, where it is a JWT.
    pub claims: Option<String>,
}

/// What Talkdesk says of an installation.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LookView {
    /// The answer of `users/me` as JSON, where the credentials may read it.
    pub me: Option<String>,
    /// How it stands.
    pub state: Option<TalkdeskState>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// How many users it has, where the credentials may read that.
    pub users: Option<u32>,
    /// The plan as JSON, where there is one.
    pub subscription: Option<String>,
    /// The trial as JSON, where there is one.
    pub trial: Option<String>,
}

/// What became of an answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AnsweredView {
    /// Whether it went out: Talkdesk may not have waited for one any more.
    pub sent: bool,
    /// How the installation stands at Talkdesk now.
    pub state: TalkdeskState,
}

fn listed(
    view: View<'_>,
    workspace: Option<&Workspace>,
    mut row: InstallationRow,
) -> Result<ListedInstallation, Error> {
    // They are home's.
    row.alerts.clear();
    row.snoozed.clear();
    let customer = row.customer.and_then(|id| workspace?.customers.iter().find(|known| known.id == id));
    let project = row.project.map(|id| view.project_row(id)).transpose()?.flatten();
    Ok(ListedInstallation {
        customer_name: customer.map(|known| known.details.name.clone()).unwrap_or_default(),
        project_name: project.map(|known| known.name).unwrap_or_default(),
        row,
    })
}

pub(super) async fn installations(engine: &Engine, _: Nothing) -> Result<Vec<ListedInstallation>, Error> {
    with_view(engine, |view, _| {
        let workspace = view.workspace()?;
        let rows = view.installation_rows()?;
        rows.into_iter().map(|row| listed(view, workspace.as_ref(), row)).collect()
    })
    .await
}

pub(super) async fn installation(engine: &Engine, args: InstallationArgs) -> Result<InstallationView, Error> {
    // Which secrets are here; a vault's names can be read while it is locked.
    let names = engine.with_vault(crate::vault::Vault::names).await?;
    let team = engine.is_team();
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let known = view.installation(args.installation)?.ok_or_else(Error::not_found)?;
        let row = InstallationRow::of(&known);
        let standing = Standing::of(&known);
        let (reason, reason_message) = standing.reason.clone().unwrap_or_default();
        Ok(InstallationView {
            listed: listed(view, workspace.as_ref(), row)?,
            talkdesk_id: known.talkdesk_id.clone(),
            suggested: suggested(workspace.as_ref(), &standing),
            account_id: standing.account,
            app_id: standing.app,
            root: standing.root,
            tokens: standing.tokens,
            life: standing.life,
            plan: standing.plan,
            trial: standing.trial,
            users: standing.users.into_iter().collect(),
            reason,
            reason_message,
            matched: known.matched.as_ref().map(|mark| people.by(mark)),
            deadlines: deadlines(&known, &people),
            seen: known
                .seen
                .last()
                .map(|seen| SeenView { state: seen.state.clone(), by: people.by(&seen.mark) }),
            sets: sets(&known, &people, &names, team),
            asked: known.asked.iter().rev().map(|asked| asked_view(asked, &people)).collect(),
            events: events(&known, &people),
        })
    })
    .await
}

/// Customers with this account, or of this name. They are a suggestion: a person says whose an installation is.
fn suggested(workspace: Option<&Workspace>, standing: &Standing) -> Vec<CustomerId> {
    let same = |text: &str| {
        let text = text.trim().to_lowercase();
        !text.is_empty()
            && [&standing.account, &standing.account_name].iter().any(|known| known.to_lowercase() == text)
    };
    let customers = workspace.map(|workspace| &workspace.customers[..]).unwrap_or_default();
    let fitting = customers.iter().filter(|customer| {
        customer.removed.is_none() && (same(&customer.details.account) || same(&customer.details.name))
    });
    fitting.map(|customer| customer.id).collect()
}

fn deadlines(known: &Installation, people: &People<'_>) -> Vec<DeadlineView> {
    let view = |deadline: Deadline<'_>| {
        let (state, mark) = match &deadline.settled {
            None => (DeadlineState::Open, None),
            Some(Settled::Answered(mark)) => (DeadlineState::Answered, Some(mark)),
            Some(Settled::Elsewhere(mark)) => (DeadlineState::Elsewhere, Some(mark)),
            Some(Settled::Overtaken) => (DeadlineState::Overtaken, None),
        };
        let answer = known.answers.iter().find(|answer| answer.events.contains(&deadline.event.id));
        DeadlineView {
            event: deadline.event.id.clone(),
            kind: deadline.event.what.kind().to_owned(),
            until: deadline.until,
            state,
            by: mark.map(|mark| people.by(mark)),
            word: answer.map(|answer| answer.word.clone()),
        }
    };
    Deadline::all(known).into_iter().rev().map(view).collect()
}

fn sets(known: &Installation, people: &People<'_>, names: &[Name], team: bool) -> Vec<SetView> {
    let all = rotations(known);
    let by_service = |client_id: &str| {
        let brought = |event: &EventFacts| {
            event.received != Received::ByHand
                && event.what.set().is_some_and(|set| set.client_id == client_id)
        };
        // What came to it, and what a desktop gave it.
        let given = || known.steps(client_id).is_some_and(|steps| steps.kept.is_some());
        team && (known.events.iter().any(|taken| brought(&taken.event)) || given())
    };
    let by = |mark: Option<Mark>| mark.map(|mark| people.by(&mark));
    let views = all.iter().enumerate().rev().map(|(at, set)| {
        let id = intake::credentials_id(known.id, &set.set.client_id);
        let token = |way| {
            let got = set.steps.and_then(|steps| steps.tokens.iter().find(|token| token.way == way));
            by(got.map(|token| token.mark))
        };
        let deployed = set.steps.and_then(|steps| steps.deployed.as_ref());
        let here = |kind| names.contains(&Name { kind, id });
        let (secret, key) = (here(Kind::InstallationSecret), here(Kind::InstallationKey));
        let kept = if secret || key {
            KeptIn::Here
        } else if by_service(&set.set.client_id) {
            KeptIn::Service
        } else {
            KeptIn::Nowhere
        };
        let at_service = kept == KeptIn::Service;
        SetView {
            set: set.set.clone(),
            secret: id,
            secret_here: secret || at_service && set.set.has_secret,
            key_here: key || at_service && set.set.has_private_key,
            kept,
            since: set.since,
            until: set.until,
            ends: set.ends,
            received: people.by(&set.received),
            basic: token(Authentication::Basic),
            private_key_jwt: token(Authentication::PrivateKeyJwt),
            deployed_to: deployed.map(|deployed| deployed.to.clone()).unwrap_or_default(),
            deployed: by(deployed.map(|deployed| deployed.mark)),
            in_use: by(set.steps.and_then(|steps| steps.in_use)),
            acknowledged: by(set.steps.and_then(|steps| steps.acknowledged)),
            rotated: at > 0,
            open_steps: set.open_steps().into_iter().map(str::to_owned).collect(),
        }
    });
    views.collect()
}

fn asked_view(asked: &RotationAsked, people: &People<'_>) -> AskedView {
    AskedView { compromised: asked.compromised, reason: asked.reason.clone(), by: people.by(&asked.mark) }
}

fn events(known: &Installation, people: &People<'_>) -> Vec<EventView> {
    let rows = EventRow::all(known);
    let mut events: Vec<EventView> = known
        .events
        .iter()
        .zip(rows)
        .map(|(taken, row)| EventView { row, what: taken.event.what.clone(), by: people.by(&taken.mark) })
        .collect();
    events.sort_by_key(|event| std::cmp::Reverse((event.row.happened_at, event.row.taken_at)));
    events
}

/// Gets a token with a set of credentials: the token stays in the engine, what it says is shown.
pub(super) async fn get_token(engine: &Engine, args: TokenArgs) -> Result<TokenView, Error> {
    engine.get_token(args.installation, &args.client_id, args.way).await
}

/// Exports a set of credentials, and notes it first.
pub(super) async fn export_credentials(
    engine: &Engine,
    args: ExportCredentialsArgs,
) -> Result<ExportedCredentials, Error> {
    let ExportCredentialsArgs { installation, client_id, shape, to } = args;
    let path = engine.export_credentials(installation, &client_id, shape, to).await?;
    Ok(ExportedCredentials { path })
}

/// Asks Talkdesk how an installation stands.
pub(super) async fn look_at_installation(engine: &Engine, args: InstallationArgs) -> Result<LookView, Error> {
    engine.look_at(args.installation).await
}

/// Tells Talkdesk that an install, an update or an uninstall went well, or why not.
pub(super) async fn answer_installation(engine: &Engine, args: AnswerArgs) -> Result<AnsweredView, Error> {
    engine.answer_installation(args.installation, args.events, args.word).await
}

/// Tells Talkdesk that a set of credentials is in use.
pub(super) async fn acknowledge_credentials(engine: &Engine, args: SetArgs) -> Result<Done, Error> {
    engine.acknowledge_credentials(args.installation, args.client_id).await.map(|()| Done {})
}

/// Asks Talkdesk for a new set of credentials.
pub(super) async fn ask_rotation(engine: &Engine, args: RotateArgs) -> Result<Done, Error> {
    engine.ask_rotation(args.installation, args.compromised, args.reason).await.map(|()| Done {})
}
