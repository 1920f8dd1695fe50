//! The check of an app's sign-in: each hop of a browser, and what is wrong.

use domain::ids::{InstallationId, ProjectId, VersionId};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::Error;

/// What is tried.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoArgs {
    /// Of which project.
    pub project: ProjectId,
    /// The version whose addresses are tried.
    pub version: VersionId,
    /// The installation that Talkdesk would name.
    pub installation: InstallationId,
    /// The user whom it would name.
    pub user: String,
}

/// What was seen.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoReport {
    /// Whether the browser ended in the app, signed in.
    pub signed_in: bool,
    /// Every address that it went to.
    pub hops: Vec<SsoHop>,
    /// What is wrong, the worst first.
    pub faults: Vec<SsoFault>,
}

/// An address that the browser went to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoHop {
    /// What for.
    pub step: SsoStep,
    /// The address, without codes.
    pub url: String,
    /// What it answered; none where it did not.
    pub status: Option<u16>,
    /// Where it sent the browser on to, without codes.
    pub sends_on: Option<String>,
}

/// What a hop is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SsoStep {
    /// Talkdesk opens the standalone URL.
    Opens,
    /// Talkdesk ID asks who it is.
    Authorizes,
    /// Back at the app with a code.
    Returns,
    /// The app sends on to itself.
    GoesOn,
    /// Another browser comes back with a state that is not its own.
    ForgedState,
    /// Another browser goes where the first one ended.
    NoSession,
}

/// What is wrong with a sign-in, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SsoFault {
    /// An address gave no answer.
    NoAnswer,
    /// The standalone URL answers with an error.
    StandaloneFails,
    /// It sends nobody to sign in: the user in its address is taken as proof.
    TrustsTheHint,
    /// It shows a page with a link to sign in, where it has to send there at once.
    WantsAClick,
    /// It sends on without end.
    EndlessRedirects,
    /// It sends to another Talkdesk ID than the installation's.
    OtherTalkdeskId,
    /// It asks for something else than a code.
    NotByCode,
    /// It names a client that is not the installation's.
    OtherClient,
    /// It names a redirect URI that the version does not have, letter by letter.
    WrongRedirect,
    /// Talkdesk ID refused what the app asked.
    AuthorizationRefused,
    /// The app did not take the code.
    CodeRefused,
    /// It sends to sign in again, right after that.
    AsksAgain,
    /// It sends no state along.
    NoState,
    /// It takes an answer whose state is not its own.
    StateNotChecked,
    /// Its page asks for a password though somebody just signed in.
    AsksForPassword,
    /// Where it ends answers a browser without a session: nothing of a person may be in it.
    OpenWithoutSession,
}

pub(super) async fn check_sso(engine: &Engine, args: SsoArgs) -> Result<SsoReport, Error> {
    engine.check_sso(&args).await
}
