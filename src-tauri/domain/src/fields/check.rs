//! What is wrong with a value, what is missing for a track, and how complete a part is. Computed, never stored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Asset, Email, FieldKey, FieldKind, FieldSpec, FieldValue, Information, Part, Plan, PlanKind};
use super::{ScopeReason, TrackName, catalogue::FIELDS, spec};
use crate::common::{Params, Place};
use crate::files;
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

/// What is wrong with a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Nothing is there.
    Empty,
    /// The address starts with http.
    UseHttps,
    /// No address at all, or one of another scheme.
    NotAUrl,
    /// A redirect URI has no fragment (RFC 6749, 3.1.2).
    Fragment,
    /// Small letters, digits and single hyphens.
    NotASlug,
    /// None of the words that the field takes.
    NotAChoice,
    /// No e-mail address.
    NotAnEmail,
    /// The same entry twice.
    Duplicate,
    /// A scope without a reason.
    NoReason,
    /// A scope holds no white space.
    NotAScope,
    /// No plan of type trial (D/managing-trials-and-user-roles: a trial is mandatory).
    NoTrial,
    /// A paid plan without a price, or no number.
    NoPrice,
    /// Fewest seats over most seats.
    SeatsCrossed,
    /// No support address.
    NoSupport,
    /// A plan without a name.
    NoName,
}

/// One thing wrong with a value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    /// What.
    pub code: ProblemCode,
    /// Field and entry.
    pub place: Place,
    /// Words to put into the message.
    pub params: Params,
}

/// A problem that keeps a track from being ready.
pub type Missing = Problem;

/// How much of a part or track is filled. The percentage is rounded down, so that 100 means all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Completeness {
    /// Fields without a problem.
    pub filled: u32,
    /// Fields that count.
    pub of: u32,
    /// 0 to 100.
    pub percent: u32,
}

/// The completeness of a part.
pub fn completeness(information: &Information, part: Part) -> Completeness {
    count(FIELDS.iter().filter(|field| field.part == part), information)
}

impl Completeness {
    /// Of several parts as one.
    pub fn sum(parts: impl IntoIterator<Item = Self>) -> Self {
        let (filled, of) = parts.into_iter().fold((0, 0), |(f, o), part| (f + part.filled, o + part.of));
        Self { filled, of, percent: (filled * 100).checked_div(of).unwrap_or(100) }
    }

    /// Whether nothing is missing.
    pub fn is_complete(self) -> bool {
        self.filled == self.of
    }
}

fn count<'a>(fields: impl Iterator<Item = &'a FieldSpec>, information: &Information) -> Completeness {
    let mut sum = Completeness::default();
    for field in fields {
        let found = problems(field.key, information.get(field.key).as_ref());
        // An optional field that is empty neither counts nor helps; a wrong one counts as open.
        if field.required || !found.is_empty() {
            sum.of += 1;
            sum.filled += u32::from(found.is_empty());
        }
    }
    Completeness::sum([sum])
}

/// What keeps a track from being ready, field by field (Talkdesk, seed page: all app information fields filled).
pub fn missing(information: &Information, track: TrackName) -> Vec<Missing> {
    FIELDS
        .iter()
        .filter(|field| track.parts().contains(&field.part))
        .flat_map(|field| problems(field.key, information.get(field.key).as_ref()))
        .collect()
}

/// What is wrong with the value of a field.
pub fn problems(key: FieldKey, value: Option<&FieldValue>) -> Vec<Problem> {
    let spec = spec(key);
    let mut found = Found { key, list: Vec::new() };
    let empty = match value {
        None => true,
        Some(FieldValue::Text(text)) => text.trim().is_empty(),
        Some(FieldValue::Flag(_)) => false,
        Some(FieldValue::List(list)) => list.is_empty(),
        Some(FieldValue::Emails(list)) => list.is_empty(),
        Some(FieldValue::Assets(list)) => list.is_empty(),
        Some(FieldValue::Scopes(list)) => list.is_empty(),
        Some(FieldValue::Plans(list)) => list.is_empty(),
    };
    if empty {
        if spec.required {
            found.add(ProblemCode::Empty, None);
        }
        return found.list;
    }
    match value {
        Some(FieldValue::Text(text)) => check_text(&mut found, spec.kind, text),
        Some(FieldValue::List(list)) => check_list(&mut found, spec.kind, list),
        Some(FieldValue::Emails(list)) => check_emails(&mut found, list),
        Some(FieldValue::Assets(list)) => check_assets(&mut found, list),
        Some(FieldValue::Scopes(list)) => check_scopes(&mut found, list),
        Some(FieldValue::Plans(list)) => check_plans(&mut found, list),
        Some(FieldValue::Flag(_)) | None => {}
    }
    found.list
}

struct Found {
    key: FieldKey,
    list: Vec<Problem>,
}

impl Found {
    fn add(&mut self, code: ProblemCode, index: Option<usize>) {
        self.add_with(code, index, Params::new());
    }
    fn add_with(&mut self, code: ProblemCode, index: Option<usize>, params: Params) {
        let place = match index {
            Some(index) => Place::entry(self.key, index),
            None => Place::field(self.key),
        };
        self.list.push(Problem { code, place, params });
    }
    fn url(&mut self, text: &str, index: Option<usize>) {
        if let Some(code) = url_problem(text) {
            self.add(code, index);
        }
    }
    fn duplicates<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (index, text) in texts.enumerate() {
            let text = text.trim();
            if !text.is_empty() && !seen.insert(text) {
                self.add(ProblemCode::Duplicate, Some(index));
            }
        }
    }
}

fn url_problem(text: &str) -> Option<ProblemCode> {
    let text = text.trim();
    if text.is_empty() {
        Some(ProblemCode::Empty)
    } else if text::is_https(text) {
        None
    } else if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://")) {
        Some(ProblemCode::UseHttps)
    } else {
        Some(ProblemCode::NotAUrl)
    }
}

/// Whether a text may be a slug: small letters, digits and single hyphens between them.
pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

fn check_text(found: &mut Found, kind: FieldKind, text: &str) {
    match kind {
        FieldKind::Url => found.url(text, None),
        FieldKind::Slug if !is_slug(text) => found.add(ProblemCode::NotASlug, None),
        FieldKind::Choice(words) if !words.contains(&text) => found.add(ProblemCode::NotAChoice, None),
        _ => {}
    }
}

fn check_list(found: &mut Found, kind: FieldKind, list: &[String]) {
    for (index, text) in list.iter().enumerate() {
        if kind == FieldKind::Urls {
            found.url(text, Some(index));
            if url::Url::parse(text).is_ok_and(|url| url.fragment().is_some()) {
                found.add(ProblemCode::Fragment, Some(index));
            }
        } else if text.trim().is_empty() {
            found.add(ProblemCode::Empty, Some(index));
        }
    }
    found.duplicates(list.iter().map(String::as_str));
}

fn check_emails(found: &mut Found, list: &[Email]) {
    for (index, email) in list.iter().enumerate() {
        if email.email.trim().is_empty() {
            found.add(ProblemCode::Empty, Some(index));
        } else if !is_email(&email.email) {
            found.add(ProblemCode::NotAnEmail, Some(index));
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty()
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
        && !host.contains('@')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn check_assets(found: &mut Found, list: &[Asset]) {
    for (index, asset) in list.iter().enumerate() {
        // Ours: the app object has an address (R/appsid), which an image that is uploaded by hand gets there only.
        if asset.file.is_none() || !asset.url.trim().is_empty() {
            found.url(&asset.url, Some(index));
        }
    }
    found.duplicates(list.iter().map(|asset| asset.url.as_str()));
    let mut seen = BTreeSet::new();
    for (index, asset) in list.iter().enumerate() {
        if asset.file.as_ref().is_some_and(|file| !seen.insert(file.sha256)) {
            found.add(ProblemCode::Duplicate, Some(index));
        }
    }
}

fn check_scopes(found: &mut Found, list: &[ScopeReason]) {
    for (index, scope) in list.iter().enumerate() {
        let name = scope.scope.trim();
        let params = Params::from([("scope".to_owned(), name.to_owned())]);
        if name.is_empty() {
            found.add(ProblemCode::Empty, Some(index));
        } else if name.contains(char::is_whitespace) {
            found.add_with(ProblemCode::NotAScope, Some(index), params);
        } else if scope.reason.trim().is_empty() {
            found.add_with(ProblemCode::NoReason, Some(index), params);
        }
    }
    found.duplicates(list.iter().map(|scope| scope.scope.as_str()));
}

fn check_plans(found: &mut Found, list: &[Plan]) {
    if !list.iter().any(|plan| plan.kind == PlanKind::Trial) {
        found.add(ProblemCode::NoTrial, None);
    }
    for (index, plan) in list.iter().enumerate() {
        if plan.name.trim().is_empty() {
            found.add(ProblemCode::NoName, Some(index));
        }
        let priced =
            plan.price.trim().replace(',', ".").parse::<f64>().is_ok_and(|n| n.is_finite() && n >= 0.0);
        if plan.kind == PlanKind::Paid && !priced {
            found.add(ProblemCode::NoPrice, Some(index));
        }
        if let (Some(min), Some(max)) = (plan.min_licenses, plan.max_licenses)
            && min > max
        {
            found.add(ProblemCode::SeatsCrossed, Some(index));
        }
    }
}

/// Refuses what no field can hold: a value of another kind, or one past the store's bounds.
pub fn bounds(key: FieldKey, value: &FieldValue) -> Result<(), Refusal> {
    let kind = spec(key).kind;
    let fits = match value {
        FieldValue::Text(_) => matches!(
            kind,
            FieldKind::Line | FieldKind::Slug | FieldKind::Text | FieldKind::Url | FieldKind::Choice(_)
        ),
        FieldValue::Flag(_) => kind == FieldKind::Flag,
        FieldValue::List(_) => matches!(kind, FieldKind::Urls | FieldKind::Names),
        FieldValue::Emails(_) => kind == FieldKind::Emails,
        FieldValue::Assets(_) => matches!(kind, FieldKind::Assets(_)),
        FieldValue::Scopes(_) => kind == FieldKind::Scopes,
        FieldValue::Plans(_) => kind == FieldKind::Plans,
    };
    let refuse = |code, max: usize| Err(Refusal::ours(code).with("max", max).at(Place::field(key)));
    if !fits {
        return Err(Refusal::ours(RefusalCode::WrongKind).at(Place::field(key)));
    }
    let most = if let FieldKind::Assets(most) = kind { most as usize } else { text::LIST };
    let (entries, longest) = match value {
        FieldValue::Text(text) => (0, length(text)),
        FieldValue::Flag(_) => (0, 0),
        FieldValue::List(list) => (list.len(), list.iter().map(|t| length(t)).max().unwrap_or(0)),
        FieldValue::Emails(list) => (list.len(), list.iter().map(|e| length(&e.email)).max().unwrap_or(0)),
        FieldValue::Assets(list) => {
            (list.len(), list.iter().map(|a| length(&a.url).max(length(&a.description))).max().unwrap_or(0))
        }
        FieldValue::Scopes(list) => {
            (list.len(), list.iter().map(|s| length(&s.scope).max(length(&s.reason))).max().unwrap_or(0))
        }
        FieldValue::Plans(list) => (
            list.len(),
            list.iter()
                .flat_map(|p| [&p.name, &p.price, &p.description, &p.listing_summary])
                .map(|t| length(t))
                .max()
                .unwrap_or(0),
        ),
    };
    let max = match kind {
        FieldKind::Choice(_) => text::LINE,
        kind => kind.longest().unwrap_or(text::URL),
    };
    if let FieldValue::Assets(list) = value {
        let files = list.iter().filter_map(|asset| asset.file.as_ref());
        files.into_iter().try_for_each(files::checked).map_err(|refusal| refusal.at(Place::field(key)))?;
    }
    if entries > most {
        refuse(RefusalCode::TooMany, most)
    } else if longest > max {
        refuse(RefusalCode::TooLong, max)
    } else {
        Ok(())
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}
