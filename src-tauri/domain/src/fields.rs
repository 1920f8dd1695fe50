//! App information: the fields of an app version, as the reference's app object has them (R/appsid, R/list-of-apps).
//!
//! A field is a key, a part, a kind and a validator. Values are kept as typed, wrong ones too: nothing a person
//! types is lost, and what is missing or wrong is computed, never stored. Character limits, image sizes and the
//! category list are not documented by Talkdesk, so none are made up here; the bounds of `text` guard the store.

mod catalogue;
mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files::FileRef;

pub use catalogue::{FIELDS, FieldKind, FieldSpec, spec};
pub(crate) use check::is_slug;
pub use check::{Completeness, Missing, Problem, ProblemCode, bounds, completeness, missing, problems};

/// The name of a field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the catalogue says of each field what it is")]
pub enum FieldKey {
    DisplayName,
    Slug,
    ListingSummary,
    Description,
    Notes,
    AppType,
    Render,
    Emails,
    Icon,
    Screenshots,
    Video,
    EventsCallbackUrl,
    StandaloneUrl,
    RedirectUris,
    Scopes,
    Capabilities,
    Sandbox,
    Plans,
    Categories,
    PrivacyPolicy,
    TermsOfService,
    AppSource,
}

impl FieldKey {
    /// The key as it stands in JSON.
    pub fn name(self) -> &'static str {
        spec(self).name
    }
}

/// The three parts of a version's content (D/creating-managing-app-versions).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What the app is.
    General,
    /// How it is wired to Talkdesk.
    Technical,
    /// How it is listed.
    Marketplace,
}

impl Part {
    /// All parts in the portal's order.
    pub const ALL: [Self; 3] = [Self::General, Self::Technical, Self::Marketplace];
}

/// One of the two approvals of a version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TrackName {
    /// Needed for the app to be installable.
    Technical,
    /// Needed to be listed on `AppConnect`.
    Marketplace,
}

impl TrackName {
    /// Both tracks.
    pub const ALL: [Self; 2] = [Self::Technical, Self::Marketplace];

    /// The name as it stands in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Marketplace => "marketplace",
        }
    }

    /// The parts that a track's review looks at (ours: technical needs no marketplace field).
    pub fn parts(self) -> &'static [Part] {
        match self {
            Self::Technical => &[Part::Technical],
            Self::Marketplace => &[Part::General, Part::Marketplace],
        }
    }
}

impl Part {
    /// The track whose review looks at this part.
    pub fn track(self) -> TrackName {
        match self {
            Self::Technical => TrackName::Technical,
            Self::General | Self::Marketplace => TrackName::Marketplace,
        }
    }
}

/// The value of a field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum FieldValue {
    /// A text, a choice or a URL.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Redirect URIs, capabilities, categories.
    List(Vec<String>),
    /// E-mail addresses by type.
    Emails(Vec<Email>),
    /// Pictures and videos.
    Assets(Vec<Asset>),
    /// Scopes, each with its reason.
    Scopes(Vec<ScopeReason>),
    /// Subscription plans.
    Plans(Vec<Plan>),
}

/// An e-mail address of the app (`emails[]`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Email {
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: EmailKind,
    /// The address.
    pub email: String,
}

/// What an address is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "Talkdesk's own words")]
pub enum EmailKind {
    Support,
    Developer,
    Sales,
}

/// A picture or video (`assets[]`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Asset {
    /// Where it lies; may be empty where the file is here.
    pub url: String,
    /// What it shows.
    pub description: String,
    /// The image itself, where it is kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub file: Option<FileRef>,
}

/// A scope and why the app needs it. Talkdesk has one `scopes_reason`: the reasons are joined into it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ScopeReason {
    /// Such as `contacts:read`.
    pub scope: String,
    /// What the app does with it.
    pub reason: String,
}

/// A subscription plan (`subscription_types[]`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Plan {
    /// Trial or paid.
    #[serde(rename = "type")]
    pub kind: PlanKind,
    /// Per seat or per account.
    pub license_type: LicenseType,
    /// Its name.
    pub name: String,
    /// A month and seat, as typed; empty for a trial.
    pub price: String,
    /// What it offers.
    pub description: String,
    /// One line for the listing.
    pub listing_summary: String,
    /// Fewest seats.
    pub min_licenses: Option<u32>,
    /// Most seats.
    pub max_licenses: Option<u32>,
}

/// Trial or paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "Talkdesk's own words")]
pub enum PlanKind {
    Trial,
    Paid,
}

/// Per seat or per account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "Talkdesk's own words")]
pub enum LicenseType {
    Individual,
    Universal,
}

/// The content of a version: values by field. A field that a newer version of the console knows is kept as it is.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Information(
    #[cfg_attr(feature = "ts", ts(type = "{ [key in FieldKey]?: FieldValue }"))] BTreeMap<String, Value>,
);

impl Information {
    /// The value of a field, if it was ever set.
    pub fn get(&self, key: FieldKey) -> Option<FieldValue> {
        self.0.get(key.name()).and_then(|value| serde_json::from_value(value.clone()).ok())
    }

    /// Sets a field; nothing takes it away.
    pub fn set(&mut self, key: FieldKey, value: Option<&FieldValue>) {
        match value.and_then(|value| serde_json::to_value(value).ok()) {
            Some(value) => self.0.insert(key.name().to_owned(), value),
            None => self.0.remove(key.name()),
        };
    }

    /// The known fields in which two contents differ.
    pub fn differences(&self, other: &Self) -> Vec<FieldKey> {
        FIELDS
            .iter()
            .filter(|field| self.get(field.key) != other.get(field.key))
            .map(|field| field.key)
            .collect()
    }

    /// The text of a text field, empty if unset.
    pub fn text(&self, key: FieldKey) -> String {
        match self.get(key) {
            Some(FieldValue::Text(text)) => text,
            _ => String::new(),
        }
    }

    /// The scopes' reasons joined as Talkdesk's one `scopes_reason` takes them: a line a scope.
    pub fn scopes_reason(&self) -> String {
        match self.get(FieldKey::Scopes) {
            Some(FieldValue::Scopes(scopes)) => scopes
                .iter()
                .map(|scope| format!("{}: {}", scope.scope, scope.reason))
                .collect::<Vec<_>>()
                .join("\n"),
            _ => String::new(),
        }
    }
}
