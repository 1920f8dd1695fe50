//! Preflight: what a review would find that can be seen before it: read off the version, or, where that needs the
//! network, as somebody saw it who had it looked at.
//!
//! Each check has its source. What Talkdesk asks for is mended; what is only ours warns, and is waived with a reason.
//! Nothing here bars: a track is barred by its missing fields alone (`fields::missing`).

mod looked;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::common::{Mark, Place};
use crate::fields::{FieldKey, FieldValue, Problem, ProblemCode, problems};
use crate::files::{FileRef, Pixels};
use crate::project::Version;
use crate::refusal::Rule;
use crate::workspace::{ImageLimit, ImageLimits, Policies};

pub(crate) use looked::checked as checked_looks;
pub use looked::{EVENTS, Looked, Proof, Seen, Sight, events_handled, subjects};

/// A check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckCode {
    /// All addresses are https URLs.
    HttpsOnly,
    /// Redirect URIs without fragment, none twice.
    RedirectsExact,
    /// Every scope has a reason.
    ScopesReasoned,
    /// A plan of type trial exists.
    TrialPlan,
    /// Every plan has a name, a price where it is paid, and seats in their order.
    PlansWhole,
    /// No other project has the display name or the slug.
    NameUnique,
    /// The slug is of the right form.
    Slug,
    /// Addresses for e-mail are addresses, one of them for support.
    Emails,
    /// Icon and screenshots are there, none twice.
    Images,
    /// Images that are kept here could be read, and are of a type that the workspace takes.
    ImageFiles,
    /// Images that are kept here are of a size that the workspace set.
    ImageSizes,
    /// Texts are no longer than the workspace set.
    Lengths,
    /// Addresses lie on hosts that the internet reaches.
    PublicHosts,
    /// The summary says more than the name.
    SummarySays,
    /// Privacy policy and terms are pages of their own.
    PoliciesApart,
    /// A video is there.
    Video,
    /// A capability is named beside the scopes.
    Capabilities,
    /// Release notes are written.
    ReleaseNotes,
    /// Pages, pictures and the app itself answer.
    Reachable,
    /// Every host has a valid certificate and takes TLS 1.2 or later.
    Tls,
    /// Redirect URIs answer at exactly their address.
    RedirectsAnswer,
    /// The callback answers, and refuses an event that an unknown key signed.
    Callback,
    /// A token was got by the private key.
    KeyToken,
    /// Every event of the life cycle arrived, verified.
    EventsHandled,
}

/// How a check went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Nothing to mend.
    Pass,
    /// Something that is better mended.
    Warn,
    /// Something to mend.
    Fail,
    /// Nothing there to look at.
    NotRun,
}

/// A check and how it went, as a round keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Check {
    /// Which.
    pub code: CheckCode,
    /// How it went.
    pub state: CheckState,
    /// How many it looked at, or found.
    pub count: u32,
    /// Where to mend it.
    pub places: Vec<Place>,
    /// Why it may stay as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub waiver: Option<Waiver>,
    /// What was seen, and by whom, where it has to be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub looked: Option<Looked>,
}

/// A check of ours that was waived.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Waiver {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// Why.
    pub reason: String,
}

/// What lies outside the version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Taken {
    /// Another project has the display name.
    pub name: bool,
    /// Another project has the slug.
    pub slug: bool,
}

impl CheckCode {
    /// Every check, in the order in which they are shown.
    pub const ALL: [Self; 24] = [
        Self::HttpsOnly,
        Self::RedirectsExact,
        Self::ScopesReasoned,
        Self::TrialPlan,
        Self::PlansWhole,
        Self::NameUnique,
        Self::Slug,
        Self::Emails,
        Self::Images,
        Self::ImageFiles,
        Self::ImageSizes,
        Self::Lengths,
        Self::PublicHosts,
        Self::SummarySays,
        Self::PoliciesApart,
        Self::Video,
        Self::Capabilities,
        Self::ReleaseNotes,
        Self::Reachable,
        Self::Tls,
        Self::RedirectsAnswer,
        Self::Callback,
        Self::KeyToken,
        Self::EventsHandled,
    ];

    /// The page of Talkdesk that asks for it, below docs.talkdesk.com; none where it is ours.
    pub fn page(self) -> Option<&'static str> {
        match self {
            // The app object and its values.
            Self::HttpsOnly
            | Self::ScopesReasoned
            | Self::PlansWhole
            | Self::NameUnique
            | Self::Slug
            | Self::Emails
            | Self::Images => Some("reference/appsid"),
            // The code goes to exactly the URI that is registered.
            Self::RedirectsExact => Some("docs/authorization-code"),
            Self::TrialPlan => Some("docs/managing-trials-and-user-roles"),
            // Whoever takes an event that Talkdesk did not sign takes anybody's.
            Self::Callback => Some("docs/events-api"),
            // A signed JWT is mandatory to be listed.
            Self::KeyToken => Some("reference/cc-jwt"),
            // All life-cycle events.
            Self::EventsHandled => Some("docs/app-requirements"),
            // Talkdesk documents neither types nor sizes nor lengths: what is looked at is the workspace's own.
            Self::ImageFiles
            | Self::ImageSizes
            | Self::Lengths
            | Self::PublicHosts
            | Self::SummarySays
            | Self::PoliciesApart
            | Self::Video
            | Self::Capabilities
            | Self::ReleaseNotes
            | Self::Reachable
            | Self::Tls
            | Self::RedirectsAnswer => None,
        }
    }

    /// Whose rule it is.
    pub fn rule(self) -> Rule {
        if self.page().is_some() { Rule::Talkdesk } else { Rule::Ours }
    }
}

/// Runs every check over a version, its waivers beside.
pub fn run(version: &Version, taken: Taken, policies: &Policies) -> Vec<Check> {
    let run =
        |code| Check { waiver: version.waivers.get(&code).cloned(), ..check(code, version, taken, policies) };
    CheckCode::ALL.into_iter().map(run).collect()
}

/// Looks at the images that are kept here: `None` where there is nothing to hold one to.
fn images(
    code: CheckCode,
    version: &Version,
    limits: &ImageLimits,
    fits: fn(&FileRef, &ImageLimit) -> Option<bool>,
) -> Check {
    let (mut looked, mut found) = (0, Vec::new());
    for (key, limit) in [(FieldKey::Icon, &limits.icon), (FieldKey::Screenshots, &limits.screenshots)] {
        let Some(FieldValue::Assets(list)) = version.information.get(key) else { continue };
        for (index, asset) in list.iter().enumerate() {
            if let Some(fits) = asset.file.as_ref().and_then(|file| fits(file, limit)) {
                looked += 1;
                found.extend((!fits).then(|| Place::entry(key, index)));
            }
        }
    }
    checked(code, CheckState::Warn, looked, found)
}

fn is_taken(file: &FileRef, limit: &ImageLimit) -> bool {
    file.is_image() && (limit.types.is_empty() || limit.types.contains(&file.media_type))
}

fn is_of_size(file: &FileRef, limit: &ImageLimit) -> Option<bool> {
    let pixels = file.pixels?;
    let over = |least: Pixels| pixels.width >= least.width && pixels.height >= least.height;
    let under = |most: Pixels| pixels.width <= most.width && pixels.height <= most.height;
    let held = [limit.min.map(over), limit.max.map(under), limit.bytes.map(|most| file.bytes <= most)];
    let held: Vec<bool> = held.into_iter().flatten().collect();
    (!held.is_empty()).then(|| held.into_iter().all(|fits| fits))
}

const ADDRESSES: &[FieldKey] = &[
    FieldKey::EventsCallbackUrl,
    FieldKey::StandaloneUrl,
    FieldKey::RedirectUris,
    FieldKey::PrivacyPolicy,
    FieldKey::TermsOfService,
    FieldKey::AppSource,
    FieldKey::Icon,
    FieldKey::Screenshots,
    FieldKey::Video,
];

fn check(code: CheckCode, version: &Version, taken: Taken, policies: &Policies) -> Check {
    use FieldKey as K;
    use ProblemCode as P;
    let of = |keys: &[FieldKey], codes: &[ProblemCode]| by_problems(code, version, keys, codes);
    match code {
        CheckCode::HttpsOnly => of(ADDRESSES, &[P::UseHttps, P::NotAUrl]),
        CheckCode::RedirectsExact => of(&[K::RedirectUris], &[P::Fragment, P::Duplicate]),
        CheckCode::ScopesReasoned => of(&[K::Scopes], &[P::NoReason, P::Duplicate, P::NotAScope]),
        CheckCode::TrialPlan => of(&[K::Plans], &[P::NoTrial]),
        CheckCode::PlansWhole => of(&[K::Plans], &[P::NoName, P::NoPrice, P::SeatsCrossed]),
        CheckCode::Slug => of(&[K::Slug], &[P::NotASlug]),
        CheckCode::Emails => of(&[K::Emails], &[P::NotAnEmail, P::NoSupport]),
        CheckCode::Images => of(&[K::Icon, K::Screenshots], &[P::Empty, P::Duplicate]),
        CheckCode::ImageFiles => {
            images(code, version, &policies.images, |file, limit| Some(is_taken(file, limit)))
        }
        CheckCode::ImageSizes => images(code, version, &policies.images, is_of_size),
        CheckCode::Lengths => {
            let length = |key| version.information.text(key).chars().count();
            let there = policies.lengths.iter().filter(|(key, _)| length(**key) > 0);
            let long = there.clone().filter(|(key, most)| length(**key) > **most as usize);
            let found = long.map(|(key, _)| Place::field(*key)).collect();
            checked(code, CheckState::Warn, there.count(), found)
        }
        CheckCode::NameUnique => {
            let keys = [(K::DisplayName, taken.name), (K::Slug, taken.slug)];
            let looked =
                keys.iter().filter(|(key, _)| !version.information.text(*key).trim().is_empty()).count();
            let found = keys.iter().filter(|(_, taken)| *taken).map(|(key, _)| Place::field(*key)).collect();
            checked(code, CheckState::Fail, looked, found)
        }
        CheckCode::PublicHosts => {
            let all: Vec<(Place, String)> =
                ADDRESSES.iter().flat_map(|key| addresses(version, *key)).collect();
            let looked = all.len();
            let local = all.into_iter().filter(|(_, url)| is_local(url)).map(|(place, _)| place).collect();
            checked(code, CheckState::Warn, looked, local)
        }
        CheckCode::SummarySays => {
            let summary = plain(&version.information.text(K::ListingSummary));
            let name = plain(&version.information.text(K::DisplayName));
            let says = summary.replace(&name, " ").split_whitespace().count() > 2;
            let there = !summary.is_empty() && !name.is_empty();
            let found = if there && !says { vec![Place::field(K::ListingSummary)] } else { Vec::new() };
            checked(code, CheckState::Warn, usize::from(there), found)
        }
        CheckCode::PoliciesApart => {
            let text = |key| version.information.text(key).trim().to_owned();
            let (privacy, terms) = (text(K::PrivacyPolicy), text(K::TermsOfService));
            let there = !privacy.is_empty() && !terms.is_empty();
            let found =
                if there && privacy == terms { vec![Place::field(K::TermsOfService)] } else { Vec::new() };
            checked(code, CheckState::Warn, if there { 2 } else { 0 }, found)
        }
        CheckCode::Video => named(code, version, K::Video),
        CheckCode::Capabilities if version.information.get(K::Scopes).is_none() => {
            checked(code, CheckState::NotRun, 0, Vec::new())
        }
        CheckCode::Capabilities => named(code, version, K::Capabilities),
        CheckCode::ReleaseNotes => {
            let state = if version.notes.trim().is_empty() { CheckState::Warn } else { CheckState::Pass };
            Check { code, state, count: 1, places: Vec::new(), waiver: None, looked: None }
        }
        CheckCode::Reachable
        | CheckCode::Tls
        | CheckCode::RedirectsAnswer
        | CheckCode::Callback
        | CheckCode::KeyToken
        | CheckCode::EventsHandled => looked::check(code, version),
    }
}

/// Finds the problems of these kinds that the fields have.
fn by_problems(code: CheckCode, version: &Version, keys: &[FieldKey], codes: &[ProblemCode]) -> Check {
    let mut looked = 0;
    let mut found: Vec<Problem> = Vec::new();
    for key in keys {
        let value = version.information.get(*key);
        looked += usize::from(value.is_some());
        found.extend(
            problems(*key, value.as_ref()).into_iter().filter(|problem| codes.contains(&problem.code)),
        );
    }
    // An image that is missing is a finding of its own.
    let looked = if code == CheckCode::Images { looked.max(1) } else { looked };
    checked(code, CheckState::Fail, looked, found.into_iter().map(|problem| problem.place).collect())
}

/// An optional field that is better filled.
fn named(code: CheckCode, version: &Version, key: FieldKey) -> Check {
    let missing = version.information.get(key).is_none();
    checked(code, CheckState::Warn, 1, if missing { vec![Place::field(key)] } else { Vec::new() })
}

fn checked(code: CheckCode, bad: CheckState, looked: usize, places: Vec<Place>) -> Check {
    let state = match (looked, places.is_empty()) {
        (0, _) => CheckState::NotRun,
        (_, true) => CheckState::Pass,
        _ => bad,
    };
    let count = if places.is_empty() { looked } else { places.len() };
    Check { code, state, count: u32::try_from(count).unwrap_or(u32::MAX), places, waiver: None, looked: None }
}

/// Small letters and figures, a space between words.
fn plain(text: &str) -> String {
    let words = text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn addresses(version: &Version, key: FieldKey) -> Vec<(Place, String)> {
    let entry = |index| Place::entry(key, index);
    match version.information.get(key) {
        Some(FieldValue::Text(url)) => vec![(Place::field(key), url)],
        Some(FieldValue::List(list)) => {
            list.into_iter().enumerate().map(|(index, url)| (entry(index), url)).collect()
        }
        Some(FieldValue::Assets(list)) => {
            list.into_iter().enumerate().map(|(index, asset)| (entry(index), asset.url)).collect()
        }
        _ => Vec::new(),
    }
}

/// A host that only this computer or this network knows. Names kept for examples and tests (RFC 2606) are no such.
fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url.trim()) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            !name.contains('.')
                || [".local", ".localhost", ".internal", ".lan"].iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(address)) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
        }
        Some(Host::Ipv6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
        None => false,
    }
}

/// Waivers of a version.
pub type Waivers = BTreeMap<CheckCode, Waiver>;
