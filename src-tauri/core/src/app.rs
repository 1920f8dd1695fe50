//! An app as Talkdesk's Apps API tells it, read as app information, and the change of it that can be sent there.
//!
//! What Talkdesk does not tell says nothing of a field: plans or categories that are not in its answer are no drift.
//! Nothing here calls anybody.

use std::collections::BTreeMap;

use domain::fields::{
    Asset, Email, EmailKind, FieldKey, FieldValue, Information, LicenseType, Plan, PlanKind, ScopeReason,
    bounds,
};
use domain::text::LINE;
use serde_json::{Map, Value, json};
use talkdesk::apps::{self, App};

/// What Talkdesk tells, field by field; an empty value is one that it tells as empty.
pub type Told = BTreeMap<FieldKey, Option<FieldValue>>;

/// The kinds of addresses that are one field each (R/appsid).
const ADDRESSES: [(FieldKey, &str); 5] = [
    (FieldKey::EventsCallbackUrl, "installation_subscription"),
    (FieldKey::StandaloneUrl, "launch_url"),
    (FieldKey::PrivacyPolicy, "privacy_policy"),
    (FieldKey::TermsOfService, "terms_of_service"),
    (FieldKey::AppSource, "app_source"),
];
const REDIRECT: &str = "redirect_uri";
/// The kinds of assets, a field each.
const ASSETS: [(FieldKey, &str); 3] =
    [(FieldKey::Icon, "icon"), (FieldKey::Screenshots, "screenshot"), (FieldKey::Video, "video")];

/// Reads an app. `here` lends what Talkdesk cannot tell of the same value: the file of a picture, the order of a list,
/// a scope's reason where no reasons were told.
pub fn told(app: &App, here: &Information) -> Told {
    use FieldKey as K;
    let mut told = Told::new();
    for (key, value) in [
        (K::DisplayName, &app.display_name),
        (K::Slug, &app.slug),
        (K::ListingSummary, &app.listing_summary),
        (K::Description, &app.description),
        (K::Notes, &app.notes),
        (K::AppType, &app.app_type),
        (K::Render, &app.render),
    ] {
        if let Some(text) = value {
            told.insert(key, filled(text).map(FieldValue::Text));
        }
    }
    if let Some(sandbox) = app.sandbox {
        told.insert(K::Sandbox, Some(FieldValue::Flag(sandbox)));
    }
    if let Some(emails) = &app.emails {
        let all = emails
            .iter()
            .filter_map(|one| Some(Email { kind: email_kind(&one.kind)?, email: one.email.clone() }));
        let known = match here.get(K::Emails) {
            Some(FieldValue::Emails(known)) => known,
            _ => Vec::new(),
        };
        told.insert(K::Emails, list(in_order(all.collect(), &known), FieldValue::Emails));
    }
    if let Some(capabilities) = &app.capabilities {
        let all = capabilities.iter().map(|one| one.name.clone()).collect();
        told.insert(K::Capabilities, list(in_order(all, &names(here, K::Capabilities)), FieldValue::List));
    }
    if let Some(urls) = &app.urls {
        for (key, kind) in ADDRESSES {
            let url = urls.iter().find(|url| url.kind == kind).and_then(|url| filled(&url.url));
            told.insert(key, url.map(FieldValue::Text));
        }
        let all = urls.iter().filter(|url| url.kind == REDIRECT).map(|url| url.url.clone()).collect();
        told.insert(K::RedirectUris, list(in_order(all, &names(here, K::RedirectUris)), FieldValue::List));
    }
    if let Some(all) = &app.assets {
        for (key, kind) in ASSETS {
            let known = assets(here, key);
            let of_kind = all.iter().filter(|asset| asset.kind == kind).map(|asset| Asset {
                url: asset.url.clone(),
                description: asset.description.clone().unwrap_or_default(),
                file: known.iter().find(|known| known.url == asset.url).and_then(|known| known.file.clone()),
            });
            told.insert(key, list(of_kind.collect(), FieldValue::Assets));
        }
    }
    if let Some(all) = &app.scopes {
        let known = match here.get(K::Scopes) {
            Some(FieldValue::Scopes(known)) => known,
            _ => Vec::new(),
        };
        let order: Vec<String> = known.iter().map(|one| one.scope.clone()).collect();
        let all = in_order(all.clone(), &order);
        let scopes = if let Some(reasons) = &app.scopes_reason {
            reasoned(all, reasons)
        } else {
            let known = |scope: &String| known.iter().find(|one| one.scope == *scope);
            let reason = |scope: &String| known(scope).map(|one| one.reason.clone()).unwrap_or_default();
            all.into_iter().map(|scope| ScopeReason { reason: reason(&scope), scope }).collect()
        };
        told.insert(K::Scopes, list(scopes, FieldValue::Scopes));
    }
    if let Some(all) = &app.subscription_types {
        told.insert(K::Plans, list(all.iter().filter_map(plan).collect(), FieldValue::Plans));
    }
    // What could not be kept here is not taken in.
    told.retain(|key, value| value.as_ref().is_none_or(|value| bounds(*key, value).is_ok()));
    told
}

/// An entry of a list at Talkdesk whose type has no place here.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StrangeEntry {
    /// The member that it stands in: `emails`, `assets`, `urls` or `subscription_types`.
    pub member: String,
    /// Its type, as Talkdesk wrote it.
    pub kind: String,
    /// What it is: an address, a plan's name.
    pub text: String,
}

/// What Talkdesk has of types that have no place here: drift that no field shows.
pub fn strange(app: &App) -> Vec<StrangeEntry> {
    let entry = |member: &str, kind: String, text: &str| {
        let short = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(LINE).collect();
        StrangeEntry { member: member.to_owned(), kind: short(&kind), text: short(text) }
    };
    let emails = app.emails.iter().flatten().filter(|one| email_kind(&one.kind).is_none());
    let emails = emails.map(|one| entry("emails", one.kind.clone(), &one.email));
    let assets = app.assets.iter().flatten().filter(|one| ASSETS.iter().all(|(_, kind)| *kind != one.kind));
    let assets = assets.map(|one| entry("assets", one.kind.clone(), &one.url));
    let known = |kind: &str| kind == REDIRECT || ADDRESSES.iter().any(|(_, known)| *known == kind);
    let urls = app.urls.iter().flatten().filter(|one| !known(&one.kind));
    let urls = urls.map(|one| entry("urls", one.kind.clone(), &one.url));
    let plans = app.subscription_types.iter().flatten().filter(|one| plan(one).is_none()).map(|one| {
        let kind = [Some(&one.kind), one.license_type.as_ref()].into_iter().flatten();
        let kind: Vec<&str> = kind.map(String::as_str).collect();
        entry("subscription_types", kind.join(", "), one.name.as_deref().unwrap_or_default())
    });
    emails.chain(assets).chain(urls).chain(plans).collect()
}

/// What `PATCH` takes of an app that is no field of its information (OAS).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Beside {
    /// The app's unique name; none leaves it as it is.
    pub name: Option<String>,
    /// Whether it is active; none leaves it as it is.
    pub active: Option<bool>,
}

impl Beside {
    /// The members of a change.
    pub fn changes(&self) -> Map<String, Value> {
        let name = self.name.as_ref().map(|name| ("name".to_owned(), json!(name)));
        let active = self.active.map(|active| ("active".to_owned(), json!(active)));
        name.into_iter().chain(active).collect()
    }

    /// The members that an app tells otherwise; of what it does not tell nothing is known.
    pub fn differ(&self, app: &App) -> Vec<String> {
        let name = self.name.as_ref().zip(app.name.as_ref()).is_some_and(|(ours, theirs)| ours != theirs);
        let active = self.active.zip(active(app)).is_some_and(|(ours, theirs)| ours != theirs);
        let told = [(name, "name"), (active, "active")];
        told.into_iter().filter(|(differs, _)| *differs).map(|(_, member)| member.to_owned()).collect()
    }
}

/// Whether an app is active, where Talkdesk tells it: its object is not documented to.
pub fn active(app: &App) -> Option<bool> {
    app.other.0.get("active").and_then(Value::as_bool)
}

fn email_kind(word: &str) -> Option<EmailKind> {
    match word {
        "support" => Some(EmailKind::Support),
        "developer" => Some(EmailKind::Developer),
        "sales" => Some(EmailKind::Sales),
        _ => None,
    }
}

/// Whether two values say the same: an empty one and none do.
pub fn same(one: Option<&FieldValue>, other: Option<&FieldValue>) -> bool {
    some(one) == some(other)
}

fn some(value: Option<&FieldValue>) -> Option<&FieldValue> {
    value.filter(|value| match value {
        FieldValue::Text(text) => !text.is_empty(),
        FieldValue::Flag(_) => true,
        FieldValue::List(list) => !list.is_empty(),
        FieldValue::Emails(list) => !list.is_empty(),
        FieldValue::Assets(list) => !list.is_empty(),
        FieldValue::Scopes(list) => !list.is_empty(),
        FieldValue::Plans(list) => !list.is_empty(),
    })
}

/// The member of a change that a field travels in; none where the API takes none.
pub fn member(field: FieldKey) -> Option<&'static str> {
    use FieldKey as K;
    let member = match field {
        K::Description => "description",
        K::Slug => "slug",
        K::Render => "render",
        K::Sandbox => "sandbox",
        K::Capabilities => "capabilities",
        K::Icon | K::Screenshots | K::Video => "assets",
        K::EventsCallbackUrl
        | K::StandaloneUrl
        | K::RedirectUris
        | K::PrivacyPolicy
        | K::TermsOfService
        | K::AppSource => "urls",
        _ => return None,
    };
    apps::CHANGEABLE.contains(&member).then_some(member)
}

/// The change that brings these fields there as they stand here. Addresses and pictures of another kind go along as
/// Talkdesk told them, for a change replaces the whole list. The field at fault where it cannot be sent: the API does
/// not take it, a picture has no address, or the list there could not be read.
pub fn changes(app: &App, here: &Information, fields: &[FieldKey]) -> Result<Map<String, Value>, FieldKey> {
    let unread = app.unread();
    let mut changes = Map::new();
    for &field in fields {
        let member = member(field).filter(|member| !unread.contains(member)).ok_or(field)?;
        let value = here.get(field);
        let value = match member {
            "urls" => {
                let before = changes.remove(member).unwrap_or_else(|| urls(app));
                let kind = ADDRESSES.iter().find(|(key, _)| *key == field).map_or(REDIRECT, |(_, kind)| kind);
                let ours = match value {
                    Some(FieldValue::Text(url)) => filled(&url).into_iter().collect(),
                    Some(FieldValue::List(list)) => list,
                    _ => Vec::new(),
                };
                replaced(before, kind, ours.into_iter().map(|url| json!({ "type": kind, "url": url })))
            }
            "assets" => {
                let before = changes.remove(member).unwrap_or_else(|| assets_there(app));
                let kind = ASSETS.iter().find(|(key, _)| *key == field).map_or("", |(_, kind)| kind);
                let ours = assets(here, field);
                if ours.iter().any(|asset| asset.url.trim().is_empty()) {
                    return Err(field);
                }
                let ours = ours
                    .into_iter()
                    .map(|asset| json!({ "type": kind, "description": asset.description, "url": asset.url }));
                replaced(before, kind, ours)
            }
            "capabilities" => names(here, field).into_iter().map(|name| json!({ "name": name })).collect(),
            "sandbox" => json!(value == Some(FieldValue::Flag(true))),
            _ => json!(here.text(field)),
        };
        changes.insert(member.to_owned(), value);
    }
    Ok(changes)
}

fn urls(app: &App) -> Value {
    let all = app.urls.iter().flatten();
    all.map(|url| json!({ "type": url.kind, "url": url.url })).collect()
}

fn assets_there(app: &App) -> Value {
    let all = app.assets.iter().flatten();
    all.map(|asset| json!({ "type": asset.kind, "description": asset.description, "url": asset.url }))
        .collect()
}

/// A list with its entries of one kind replaced.
fn replaced(list: Value, kind: &str, ours: impl Iterator<Item = Value>) -> Value {
    let Value::Array(list) = list else { return ours.collect() };
    list.into_iter().filter(|entry| entry["type"] != kind).chain(ours).collect()
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn list<T>(list: Vec<T>, of: fn(Vec<T>) -> FieldValue) -> Option<FieldValue> {
    (!list.is_empty()).then(|| of(list))
}

/// Entries in the order in which they stand here; what is not here comes after.
fn in_order<T: PartialEq>(mut there: Vec<T>, here: &[T]) -> Vec<T> {
    there.sort_by_key(|entry| here.iter().position(|known| known == entry).unwrap_or(usize::MAX));
    there
}

fn names(information: &Information, key: FieldKey) -> Vec<String> {
    match information.get(key) {
        Some(FieldValue::List(list)) => list,
        _ => Vec::new(),
    }
}

fn assets(information: &Information, key: FieldKey) -> Vec<Asset> {
    match information.get(key) {
        Some(FieldValue::Assets(list)) => list,
        _ => Vec::new(),
    }
}

/// Talkdesk has one text for the reasons of all scopes. Where it has a line a scope, as it is joined here, each gets
/// its own; else the first has it all, for a person to part.
fn reasoned(scopes: Vec<String>, reasons: &str) -> Vec<ScopeReason> {
    let of = |scope: &str| {
        let line =
            |line: &str| line.strip_prefix(scope)?.strip_prefix(':').map(|reason| reason.trim().to_owned());
        reasons.lines().find_map(line)
    };
    let each: Vec<_> = scopes.iter().map(|scope| of(scope)).collect();
    let parted =
        each.iter().flatten().count() == reasons.lines().filter(|line| !line.trim().is_empty()).count();
    let reason = |at: usize, found: Option<String>| match (parted, at) {
        (true, _) => found.unwrap_or_default(),
        (false, 0) => reasons.trim().to_owned(),
        (false, _) => String::new(),
    };
    let each = scopes.into_iter().zip(each).enumerate();
    each.map(|(at, (scope, found))| ScopeReason { scope, reason: reason(at, found) }).collect()
}

/// A plan of a kind that is known; an unknown one has no place here.
fn plan(plan: &apps::Plan) -> Option<Plan> {
    let kind = match plan.kind.as_str() {
        "trial" => PlanKind::Trial,
        "paid" => PlanKind::Paid,
        _ => return None,
    };
    let license_type = match plan.license_type.as_deref() {
        Some("individual") => LicenseType::Individual,
        Some("universal") => LicenseType::Universal,
        _ => return None,
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Some(Plan {
        kind,
        license_type,
        name: text(&plan.name),
        price: match &plan.price {
            Value::String(price) => price.clone(),
            Value::Number(price) => price.to_string(),
            _ => String::new(),
        },
        description: text(&plan.description),
        listing_summary: text(&plan.listing_summary),
        min_licenses: plan.min_licenses,
        max_licenses: plan.max_licenses,
    })
}

#[cfg(test)]
#[path = "app/tests.rs"]
mod tests;
