//! The list of fields, in the order of the parts. Labels and help are the window's words, keyed by `name`.

use serde::Serialize;

use super::{FieldKey, Part};
use crate::text;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", content = "of", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Line,
    /// Small letters, digits, hyphens.
    Slug,
    /// Several lines.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An https URL.
    Url,
    /// Several https URLs, compared exactly.
    Urls,
    /// Several names.
    Names,
    /// Addresses by type.
    Emails,
    /// Pictures or videos, so many at the most.
    Assets(u32),
    /// Scopes with reasons.
    Scopes,
    /// Subscription plans.
    Plans,
    /// Yes or no.
    Flag,
}

impl FieldKind {
    /// The most characters of a free text, which guards the store; none where it is no free text.
    pub fn longest(self) -> Option<usize> {
        match self {
            Self::Line | Self::Slug => Some(text::LINE),
            Self::Text => Some(text::TEXT),
            _ => None,
        }
    }
}

/// A field of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldSpec {
    /// Which.
    pub key: FieldKey,
    /// The key in JSON and in the window's catalogue of words.
    pub name: &'static str,
    /// Its part.
    pub part: Part,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a track without it is not ready (the seed page: all app information fields filled). What an app may
    /// truly not have (a video, capabilities, notes, a source) may stay empty: ours.
    pub required: bool,
    /// Whether customers see it in the listing.
    pub listed: bool,
}

const fn field(
    key: FieldKey,
    name: &'static str,
    part: Part,
    kind: FieldKind,
    required: bool,
    listed: bool,
) -> FieldSpec {
    FieldSpec { key, name, part, kind, required, listed }
}

use FieldKey as K;
use FieldKind::{Assets, Choice, Emails, Flag, Line, Names, Plans, Scopes, Slug, Text, Url, Urls};
use Part::{General, Marketplace, Technical};

/// Every field.
pub const FIELDS: &[FieldSpec] = &[
    field(K::DisplayName, "display_name", General, Line, true, true),
    field(K::Slug, "slug", General, Slug, true, true),
    field(K::ListingSummary, "listing_summary", General, Line, true, true),
    field(K::Description, "description", General, Text, true, true),
    field(K::AppType, "app_type", General, Choice(&["standalone", "atlas"]), true, false),
    field(K::Render, "render", General, Choice(&["portal", "canvas"]), true, false),
    field(K::Emails, "emails", General, Emails, true, true),
    field(K::Icon, "icon", General, Assets(1), true, true),
    field(K::Screenshots, "screenshots", General, Assets(20), true, true),
    field(K::Video, "video", General, Assets(1), false, true),
    field(K::Notes, "notes", General, Text, false, false),
    field(K::EventsCallbackUrl, "events_callback_url", Technical, Url, true, false),
    field(K::StandaloneUrl, "standalone_url", Technical, Url, true, false),
    field(K::RedirectUris, "redirect_uris", Technical, Urls, true, false),
    field(K::Scopes, "scopes", Technical, Scopes, true, true),
    field(K::Capabilities, "capabilities", Technical, Names, false, false),
    field(K::Sandbox, "sandbox", Technical, Flag, false, false),
    field(K::Plans, "plans", Marketplace, Plans, true, true),
    field(K::Categories, "categories", Marketplace, Names, true, true),
    field(K::PrivacyPolicy, "privacy_policy", Marketplace, Url, true, true),
    field(K::TermsOfService, "terms_of_service", Marketplace, Url, true, true),
    field(K::AppSource, "app_source", Marketplace, Url, false, true),
];

/// The catalogue's entry of a field.
pub fn spec(key: FieldKey) -> &'static FieldSpec {
    // The catalogue lists every key: a test holds it.
    FIELDS.iter().find(|field| field.key == key).unwrap_or(&FIELDS[0])
}
