//! A check of an app's sign-in: each address that the browser went to, and what is wrong (D/single-sign-on,
//! D/authorization-code). It is kept with the version that it was done for.

use serde::{Deserialize, Serialize};

use crate::common::{Mark, Place};
use crate::ids::InstallationId;
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

/// A check that was finished, as the version keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoCheck {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// What was seen.
    #[serde(flatten)]
    pub report: SsoReport,
}

/// What was seen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoReport {
    /// The installation that Talkdesk would name.
    pub installation: InstallationId,
    /// The standalone URL that was opened, as the version had it then.
    pub standalone: String,
    /// Whether the browser ended in the app, signed in.
    pub signed_in: bool,
    /// Every address that it went to.
    pub hops: Vec<SsoHop>,
    /// What is wrong, the worst first.
    pub faults: Vec<SsoFault>,
}

/// An address that the browser went to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SsoHop {
    /// What for.
    pub step: SsoStep,
    /// The address, without what may open something.
    pub url: String,
    /// What it answered; none where it did not.
    pub status: Option<u16>,
    /// Where it sent the browser on to, likewise.
    pub sends_on: Option<String>,
}

/// What a hop is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SsoFault {
    /// An address gave no answer.
    NoAnswer,
    /// The standalone URL answers with an error.
    StandaloneFails,
    /// It sends nobody to sign in: the user in its address is taken as proof.
    TrustsTheHint,
    /// It answers with a page and sends the browser nowhere by itself; what a script does there is not seen.
    NoRedirect,
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

impl SsoReport {
    /// Whether an authorization code came back to the app, and the app took it.
    pub fn received_code(&self) -> bool {
        self.signed_in && self.hops.iter().any(|hop| hop.step == SsoStep::Returns)
    }

    /// The report as it may be kept.
    pub(crate) fn checked(&self) -> Result<(), Refusal> {
        let too_many =
            |max: usize| Refusal::ours(RefusalCode::TooMany).with("max", max).at(Place::input("hops"));
        text::optional_line(&self.standalone, text::URL, "standalone")?;
        if self.hops.len() > HOPS {
            return Err(too_many(HOPS));
        }
        if self.faults.len() > FAULTS {
            return Err(too_many(FAULTS));
        }
        for url in self.hops.iter().flat_map(|hop| [Some(&hop.url), hop.sends_on.as_ref()]).flatten() {
            text::optional_line(url, text::URL, "hops")?;
        }
        Ok(())
    }
}

/// The most hops of a report. Ours: it bounds a state.
const HOPS: usize = 60;
/// The most faults. Ours.
const FAULTS: usize = 40;
