//! The checks that nothing here can answer: what somebody saw who had them run, kept with the version.
//!
//! What was looked at has to be what stands there: where an address changed since, the check was not run. What could
//! not be tried was not run either; it never failed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Check, CheckCode, CheckState, addresses};
use crate::common::{Mark, Params, Place};
use crate::event_test::Signer;
use crate::fields::FieldKey;
use crate::installation::{Installation, Standing};
use crate::project::Version;
use crate::refusal::{Refusal, RefusalCode, Rule};
use crate::text;

/// The types of events that Talkdesk sends (D/events-api).
pub const EVENTS: [&str; 8] = [
    "app.installed",
    "app.updated",
    "app.uninstalled",
    "app.trial_started",
    "app.trial_extended",
    "app.trial_ended",
    "app.credentials_rotated",
    "user.logout",
];

/// What a check saw, and who had it run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Looked {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// Each thing that it looked at.
    pub seen: Vec<Seen>,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Seen {
    /// The field and entry that names it.
    #[serde(default)]
    pub place: Place,
    /// Which: an address, or a type of events; empty where there is only one.
    pub of: String,
    /// What was seen.
    pub sight: Sight,
    /// Words to put into the message: `status`, `to`; of a certificate `until`, its last day, and `why` it is not valid
    /// or, with `ends_soon`, not for long; of an event that was handled `by`, a [`Proof`], and `to`, whose.
    #[serde(default)]
    pub params: Params,
}

/// What was seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// It answers; `status`.
    Answers,
    /// It answers that there is nothing, or that it failed; `status`.
    Fails,
    /// It sends on to another address, `to`.
    SendsOn,
    /// There is no connection.
    Unreachable,
    /// There was no whole answer in time.
    NoAnswer,
    /// It leads inside a network, where Talkdesk does not come.
    Inside,
    /// Its certificate is not valid.
    Certificate,
    /// It takes no TLS of 1.2 or later.
    OldTls,
    /// It refused an event that an unknown key signed; `status`.
    Refuses,
    /// It took an event that an unknown key signed; `status`.
    Takes,
    /// It was there: an event that was verified, a token that was got.
    There,
    /// It was not there yet.
    NotYet,
    /// Nothing could be reached from here, so nothing was tried.
    Offline,
}

/// What proves that events of a type are handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// A verified event of the version's private installation: one on an account of the partner's own.
    Installation,
    /// The suite, against a deployment for tests that trusts the gateway of a sandbox.
    Suite,
}

impl Proof {
    /// As it stands in what was seen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Installation => "installation",
            Self::Suite => "suite",
        }
    }
}

/// What proves, type by type, that a version handles the events of the life cycle. `private` are the installations of
/// its project on the partner's own accounts; an event of another version proves nothing, and one that names no version
/// is of the one that was named before it.
pub fn events_handled(version: &Version, private: &[Installation]) -> Vec<Seen> {
    let mut real: BTreeMap<String, String> = BTreeMap::new();
    for installation in private {
        let account = Standing::of(installation).account_name;
        let mut named = String::new();
        for taken in installation.in_order() {
            if !taken.event.version_name.is_empty() {
                named.clone_from(&taken.event.version_name);
            }
            if named == version.number {
                real.entry(taken.event.what.kind().to_owned()).or_insert_with(|| account.clone());
            }
        }
    }
    let suite = version.event_tests.get(&Signer::Sandbox).map(|test| &test.report);
    let by = |kind: &str| {
        if let Some(account) = real.get(kind) {
            return Some((Proof::Installation, account.clone()));
        }
        let suite = suite?;
        let right = suite.events.iter().any(|event| event.kind == kind && suite.is_right(event));
        right.then(|| (Proof::Suite, suite.url.clone()))
    };
    let seen = |kind: &&str| {
        let (sight, params) = match by(kind) {
            Some((proof, to)) => {
                let params = [("by", proof.word().to_owned()), ("to", to)];
                (Sight::There, params.map(|(name, value)| (name.to_owned(), value)).into())
            }
            None => (Sight::NotYet, Params::new()),
        };
        Seen { place: Place::default(), of: (*kind).to_owned(), sight, params }
    };
    EVENTS.iter().map(seen).collect()
}

impl CheckCode {
    /// Whether it has to be run: the others are read off the version.
    pub fn is_run(self) -> bool {
        Self::RUN.contains(&self)
    }

    /// The checks that are run.
    pub const RUN: [Self; 6] = [
        Self::Reachable,
        Self::Tls,
        Self::RedirectsAnswer,
        Self::Callback,
        Self::KeyToken,
        Self::EventsHandled,
    ];

    /// The fields whose addresses it looks at.
    fn fields(self) -> &'static [FieldKey] {
        use FieldKey as K;
        match self {
            Self::Reachable => &[
                K::StandaloneUrl,
                K::PrivacyPolicy,
                K::TermsOfService,
                K::AppSource,
                K::Icon,
                K::Screenshots,
                K::Video,
            ],
            Self::Tls => &[
                K::EventsCallbackUrl,
                K::StandaloneUrl,
                K::RedirectUris,
                K::PrivacyPolicy,
                K::TermsOfService,
                K::AppSource,
                K::Icon,
                K::Screenshots,
                K::Video,
            ],
            Self::RedirectsAnswer => &[K::RedirectUris],
            Self::Callback => &[K::EventsCallbackUrl],
            _ => &[],
        }
    }
}

/// The addresses that a check looks at: those of a version that are addresses at all.
pub fn subjects(code: CheckCode, version: &Version) -> Vec<(Place, String)> {
    let all = code.fields().iter().flat_map(|key| addresses(version, *key));
    all.map(|(place, url)| (place, url.trim().to_owned()))
        .filter(|(_, url)| Url::parse(url).is_ok_and(|url| url.has_host()))
        .collect()
}

impl Sight {
    /// What it says of a check: good, bad, or nothing.
    fn says(self, code: CheckCode) -> Option<bool> {
        if matches!(self, Self::Offline | Self::NotYet) {
            return None;
        }
        let no_tls = matches!(self, Self::Certificate | Self::OldTls);
        if code == CheckCode::Tls {
            // Whatever answered did it over TLS that is in order.
            let met = !matches!(self, Self::Unreachable | Self::NoAnswer | Self::Inside);
            return met.then_some(!no_tls);
        }
        // What opens an app may well lead on to a sign-in.
        let leads_on = code == CheckCode::Reachable && self == Self::SendsOn;
        // TLS is told by the check of its own.
        (!no_tls).then_some(leads_on || matches!(self, Self::Answers | Self::Refuses | Self::There))
    }
}

impl Looked {
    /// Of a check that counts as not run: whether that is because what it looked at stands there no more.
    pub fn is_stale(&self, code: CheckCode) -> bool {
        !code.fields().is_empty() && self.seen.iter().any(|seen| seen.sight.says(code).is_some())
    }
}

/// How a check that is run went, by what was seen last.
pub(super) fn check(code: CheckCode, version: &Version) -> Check {
    let looked = version.looked.get(&code);
    let none =
        Check { code, state: CheckState::NotRun, count: 0, places: Vec::new(), waiver: None, looked: None };
    let Some(looked) = looked else { return none };
    let none = Check { looked: Some(looked.clone()), ..none };
    let seen: BTreeSet<&str> = looked.seen.iter().map(|seen| seen.of.as_str()).collect();
    let now = subjects(code, version);
    if !code.fields().is_empty() && seen != now.iter().map(|(_, url)| url.as_str()).collect() {
        return none;
    }
    let says = |seen: &&Seen| seen.sight.says(code);
    let bad: Vec<Place> =
        looked.seen.iter().filter(|seen| says(seen) == Some(false)).map(|seen| seen.place.clone()).collect();
    let good = looked.seen.iter().filter(|seen| says(seen) == Some(true)).count();
    let (state, count) = match (bad.len(), good) {
        (0, 0) => (CheckState::NotRun, 0),
        (0, good) if code == CheckCode::EventsHandled && good < EVENTS.len() => (CheckState::NotRun, good),
        (0, good) => (CheckState::Pass, good),
        (bad, _) if code.rule() == Rule::Talkdesk => (CheckState::Fail, bad),
        (bad, _) => (CheckState::Warn, bad),
    };
    Check { state, count: u32::try_from(count).unwrap_or(u32::MAX), places: bad, ..none }
}

/// What was seen, as it may be kept.
pub(crate) fn checked(looked: &BTreeMap<CheckCode, Vec<Seen>>) -> Result<(), Refusal> {
    let wrong = || Refusal::ours(RefusalCode::WrongKind).at(Place::input("check"));
    for (code, seen) in looked {
        if !code.is_run() {
            return Err(wrong());
        }
        if seen.len() > text::LIST * 2 {
            return Err(Refusal::ours(RefusalCode::TooLong)
                .with("max", text::LIST * 2)
                .at(Place::input("check")));
        }
        for Seen { of, params, .. } in seen {
            text::optional_line(of, text::URL, "check")?;
            if params.len() > 10 {
                return Err(wrong());
            }
            for (name, value) in params {
                text::optional_line(name, text::LINE, "check")?;
                text::optional_line(value, text::URL, "check")?;
            }
        }
    }
    Ok(())
}
