//! *Install version*: the link, its history, who may install, and how the link comes here.

use domain::fields::Problem;
use domain::ids::{ContactId, CustomerId, LinkId, ProjectId, RoundId, VersionId};
use domain::project::{InstallLink, LinkSource, LinkUse, LinkUseKind};
use domain::status::TrackState;
use domain::workspace::{Account, Contact, Customer, MessageTemplate};
use domain::{AggregateRef, Body};
use serde::{Deserialize, Serialize};

use super::common::{By, Done, Nothing, People, ProjectHead, VersionArgs, VersionHead};
use super::with_project;
use crate::engine::Engine;
use crate::error::{Error, ErrorCode};

/// What the dialog shows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InstallView {
    /// Its project.
    pub project: ProjectHead,
    /// How the version stands.
    pub version: VersionHead,
    /// The link in force.
    pub link: Option<LinkView>,
    /// Links that it took the place of, newest first.
    pub superseded: Vec<LinkView>,
    /// Copies and sends of all links of this version, newest first.
    pub history: Vec<UseView>,
    /// Whether every account may install: the technical track is approved.
    pub by_all: bool,
    /// How the technical track stands.
    pub technical: TrackState,
    /// What the technical track still needs, where it is not approved.
    pub missing: Vec<Problem>,
    /// Accounts that may install without approval.
    pub accounts: Vec<Account>,
    /// Customers to send it to.
    pub customers: Vec<Customer>,
    /// The workspace's own messages.
    pub messages: Vec<MessageTemplate>,
    /// Where Partner Project is; empty until entered.
    pub partner_project: String,
    /// How links travel.
    pub port: PortView,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkView {
    /// Which.
    pub id: LinkId,
    /// The URL as it came.
    pub url: String,
    /// Where it came from.
    pub source: LinkSource,
    /// Recorded by whom.
    pub created: By,
}

/// A use of a link.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UseView {
    /// Which link.
    pub link: LinkId,
    /// What was done.
    pub kind: LinkUseKind,
    /// The customer's name, for a send.
    pub customer: Option<String>,
    /// The names of the contacts that it went to, as far as they are known.
    pub contacts: Vec<String>,
    /// Who, when.
    pub by: By,
}

/// How links and submissions travel between the console and Partner Project.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "port", rename_all = "snake_case")]
pub enum PortView {
    /// A person carries them: Partner Project has no public API.
    Manual,
    /// A server with the sandbox's documented contract.
    Http {
        /// Its address.
        url: String,
    },
}

/// Names a link.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LinkArgs {
    /// Of which project.
    pub project: ProjectId,
    /// Which.
    pub link: LinkId,
}

/// A link to be sent to a customer.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SendLinkArgs {
    /// Of which project.
    pub project: ProjectId,
    /// Which.
    pub link: LinkId,
    /// To whom.
    pub customer: CustomerId,
    /// To whom of the customer's.
    pub contacts: Vec<ContactId>,
    /// As the window worded it.
    pub subject: String,
    /// As the window worded it.
    pub message: String,
    /// Whether a mail draft is opened; else the message is copied.
    pub mail: bool,
}

/// A text for the clipboard.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TextArgs {
    /// The text.
    pub text: String,
}

/// A text from the clipboard.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TextReply {
    /// The text.
    pub text: String,
}

/// An address to be opened in the browser.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UrlArgs {
    /// https only.
    pub url: String,
}

/// Where links and submissions travel.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PortArgs {
    /// The server's address; empty: by hand.
    pub url: String,
    /// The token that it gave.
    pub token: String,
}

/// Tracks to be sent through the port.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SubmitArgs {
    /// Of which project.
    pub project: ProjectId,
    /// Which version.
    pub version: VersionId,
    /// Which tracks.
    pub tracks: Vec<domain::fields::TrackName>,
    /// Ids of the rounds, one a track.
    pub rounds: Vec<RoundId>,
    /// Why the workspace's own gate is passed over.
    pub override_reason: Option<String>,
}

/// A link as it is shown.
pub(super) fn link_view(link: &InstallLink, people: &People<'_>) -> LinkView {
    LinkView { id: link.id, url: link.url.clone(), source: link.source, created: people.by(&link.created) }
}

/// The contacts that a send went to: their names, or addresses where they have none.
pub(super) fn contact_names(customers: &[Customer], used: &LinkUse) -> Vec<String> {
    let customer = customers.iter().find(|customer| Some(customer.id) == used.customer);
    let name = |id| customer.and_then(|customer| customer.details.contact(id)).map(Contact::shown);
    used.contacts.iter().filter_map(|id| name(*id).map(str::to_owned)).collect()
}

/// Copies and sends of links, newest first.
pub(super) fn uses<'a>(
    links: impl Iterator<Item = &'a InstallLink>,
    customers: &[Customer],
    people: &People<'_>,
) -> Vec<UseView> {
    let name = |id: CustomerId| {
        customers.iter().find(|customer| customer.id == id).map(|customer| customer.details.name.clone())
    };
    let of = |link: &InstallLink| {
        let used = |used: &LinkUse| UseView {
            link: link.id,
            kind: used.kind,
            customer: used.customer.and_then(name),
            contacts: contact_names(customers, used),
            by: people.by(&used.mark),
        };
        link.uses.iter().map(used).collect::<Vec<_>>()
    };
    let mut history: Vec<UseView> = links.flat_map(of).collect();
    history.sort_by_key(|used| std::cmp::Reverse(used.by.at));
    history
}

pub(super) async fn install(engine: &Engine, args: VersionArgs) -> Result<InstallView, Error> {
    let port = engine.port_view();
    with_project(engine, args.project, move |view, me, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let head = VersionHead::of(project, version);
        let links = || project.links.iter().rev().filter(|link| link.version == version.id);
        let customers = workspace.as_ref().map(|workspace| &workspace.customers[..]).unwrap_or_default();
        let history = uses(links(), customers, &people);
        let link_view = |link: &InstallLink| link_view(link, &people);
        let technical = head.tracks[0].clone();
        Ok(InstallView {
            project: project.into(),
            link: project.link_of(version.id).map(link_view),
            superseded: links().filter(|link| link.superseded_by.is_some()).map(link_view).collect(),
            history,
            by_all: head.installable,
            technical: technical.state,
            missing: if head.installable { Vec::new() } else { technical.missing },
            accounts: workspace.as_ref().map(|workspace| workspace.accounts.clone()).unwrap_or_default(),
            customers: workspace
                .as_ref()
                .map(|workspace| {
                    workspace.customers.iter().filter(|c| c.removed.is_none()).cloned().collect()
                })
                .unwrap_or_default(),
            messages: workspace
                .as_ref()
                .map(|workspace| {
                    workspace.messages.iter().filter(|message| message.removed.is_none()).cloned().collect()
                })
                .unwrap_or_default(),
            partner_project: workspace
                .map(|workspace| workspace.addresses.partner_project)
                .unwrap_or_default(),
            version: head,
            port,
        })
    })
    .await
}

async fn link_of(engine: &Engine, args: LinkArgs) -> Result<InstallLink, Error> {
    with_project(engine, args.project, move |_, _, project| {
        project.links.iter().find(|link| link.id == args.link).cloned().ok_or_else(Error::not_found)
    })
    .await
}

async fn note(
    engine: &Engine,
    args: LinkArgs,
    kind: LinkUseKind,
    to: Option<(CustomerId, Vec<ContactId>)>,
) -> Result<Done, Error> {
    let (customer, contacts) =
        to.map_or((None, Vec::new()), |(customer, contacts)| (Some(customer), contacts));
    let body = Body::LinkNoteUse { link: args.link, kind, customer, contacts };
    engine.change(AggregateRef::Project(args.project), body).await.map(|_| Done {})
}

/// Copies the link; it is noted only after the clipboard took it.
pub(super) async fn copy_link(engine: &Engine, args: LinkArgs) -> Result<Done, Error> {
    let link = link_of(engine, args).await?;
    engine.copy(&link.url).await?;
    note(engine, args, LinkUseKind::Copied, None).await
}

/// Opens the link in the browser: the installation goes on there.
pub(super) async fn open_link(engine: &Engine, args: LinkArgs) -> Result<Done, Error> {
    let link = link_of(engine, args).await?;
    engine.open_https(&link.url)?;
    note(engine, args, LinkUseKind::Opened, None).await
}

/// Opens a mail draft, or copies the message, and notes the send.
pub(super) async fn send_link(engine: &Engine, args: SendLinkArgs) -> Result<Done, Error> {
    let link = LinkArgs { project: args.project, link: args.link };
    link_of(engine, link).await?;
    let kind = if args.mail {
        let to = engine.contact_emails(args.customer, args.contacts.clone()).await?;
        engine.open_mail(&to, &args.subject, &args.message)?;
        LinkUseKind::MailDraft
    } else {
        engine.copy(&args.message).await?;
        LinkUseKind::MessageCopied
    };
    note(engine, link, kind, Some((args.customer, args.contacts))).await
}

pub(super) async fn copy_text(engine: &Engine, args: TextArgs) -> Result<Done, Error> {
    if args.text.len() > 1_000_000 {
        return Err(Error::new(ErrorCode::Invalid));
    }
    engine.copy(&args.text).await.map(|()| Done {})
}

/// What the clipboard holds, when a person asks to paste a link.
pub(super) async fn paste_text(engine: &Engine, _: Nothing) -> Result<TextReply, Error> {
    engine.paste().await.map(|text| TextReply { text })
}

pub(super) async fn open_url(engine: &Engine, args: UrlArgs) -> Result<Done, Error> {
    engine.open_https(&args.url).map(|()| Done {})
}

/// Asks the port's server for the version's link and records it.
pub(super) async fn fetch_link(engine: &Engine, args: VersionArgs) -> Result<Done, Error> {
    engine.fetch_link(args.project, args.version).await.map(|()| Done {})
}

/// Sends a version through the port and records the round once the server has it.
pub(super) async fn submit(engine: &Engine, args: SubmitArgs) -> Result<Done, Error> {
    engine.submit(args).await.map(|()| Done {})
}

/// Asks the port's server what became of the version and records its answers.
pub(super) async fn fetch_answers(engine: &Engine, args: VersionArgs) -> Result<Done, Error> {
    engine.fetch_answers(args.project, args.version).await.map(|()| Done {})
}

pub(super) async fn set_port(engine: &Engine, args: PortArgs) -> Result<Done, Error> {
    engine.set_port(&args.url, &args.token).await.map(|()| Done {})
}
