//! Checklist templates: their shape, and the four that are built in.
//!
//! The built-in ones are data (`templates/*.json`), derived from Talkdesk's public pages, each item with the page it
//! comes from. They are marked *derived, not official* and are meant to be replaced by importing the official list
//! (`table`). Absent on purpose: results. They belong to the run.

mod built_in;
mod diff;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::common::{Extra, Mark};
use crate::ids::TemplateId;

pub use built_in::{CERTIFICATION, ONBOARDING, QA, TECHNICAL_UX, built_in, by_id};
pub use diff::{ItemDiff, ItemPart, PlacedItem, SectionDiff, TemplateDiff};

/// A checklist template. Its versions share the id; a run pins one of them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Template {
    /// Which.
    pub id: TemplateId,
    /// Counts up from 1.
    pub version: u32,
    /// What it is for.
    pub kind: TemplateKind,
    /// Its name.
    pub name: String,
    /// Derived from Talkdesk's public pages, not official.
    #[serde(default)]
    pub derived: bool,
    /// The items by section, in their order.
    pub sections: Vec<Section>,
    /// Who saved this version; the reducer writes it, whatever came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub saved: Option<Mark>,
    /// What a newer version wrote.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// What a template is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// Becoming a partner: documents, documentation, developer account.
    Onboarding,
    /// Talkdesk's certification guidelines.
    Certification,
    /// Talkdesk's technical and user experience requirements.
    TechnicalUx,
    /// The QA checklist.
    Qa,
    /// A list of the partner's own.
    Own,
}

/// Items under one heading.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Section {
    /// Unique in the template.
    pub id: String,
    /// The heading; empty for items that have none.
    pub name: String,
    /// In the order of the list.
    pub items: Vec<Item>,
    /// What a newer version wrote.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// One thing to check.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Item {
    /// Unique in the template and the same in all its versions: `TE-11`.
    pub id: String,
    /// What has to be true.
    pub text: String,
    /// How to understand or test it.
    #[serde(default)]
    pub help: String,
    /// Whether the list is passed without it.
    #[serde(default = "required")]
    pub required: bool,
    /// What evidence is wanted.
    #[serde(default)]
    pub evidence: Option<String>,
    /// The fields of the app information (`FieldKey` names) whose change asks for a retest.
    #[serde(default)]
    pub touches: Vec<String>,
    /// The pages it is derived from: `D/x`, `R/x` as in Talkdesk's documentation, or a step of *Partner processes*.
    #[serde(default)]
    pub source: Option<String>,
    /// The list it belongs to, where this one only shows it. Its result is that one's, and counts once.
    #[serde(default)]
    pub shown_from: Option<SharedItem>,
    /// What a newer version wrote.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// An item of another template.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SharedItem {
    /// The list that the item belongs to.
    pub template: TemplateId,
    /// Its id there.
    pub item: String,
}

impl Template {
    /// All items in the order of the list.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// The item of this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items().find(|item| item.id == id)
    }
}

/// An item that does not say so is required: leaving one out silently is the worse mistake.
fn required() -> bool {
    true
}
