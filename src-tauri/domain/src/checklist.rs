//! Checklist runs: a template version against an app version, item by item, with nothing ever overwritten.
//!
//! An item's state is what its entries add up to. Each result names the entries that its author saw standing
//! (`knew`): it replaces those. What is left standing side by side are results of which neither knew the other;
//! where they differ the item is *disputed* and counts as not passed until one key settles it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::comment::Comment;
use crate::common::{Extra, Mark};
use crate::external::ExternalLink;
use crate::files::{Evidence, FiledEvidence};
use crate::ids::{CommandId, MemberId, ProjectId, RunId, TemplateId, VersionId};
use crate::redact::Redacted;
use crate::templates::{Item, Section, TemplateKind};

/// A run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The project.
    pub project: ProjectId,
    /// The version tested.
    pub version: VersionId,
    /// The template and its version, pinned: sections and items are a copy.
    pub template: TemplateId,
    /// Which version of it.
    pub template_version: u32,
    /// The template's kind.
    pub kind: TemplateKind,
    /// The template's name.
    pub name: String,
    /// Whether the list is derived, not official.
    pub derived: bool,
    /// The items.
    pub sections: Vec<Section>,
    /// What is tested now; each result keeps its own copy.
    pub tested: Tested,
    /// What happened to each item, those that a newer version of the list took out included.
    pub items: BTreeMap<String, ItemLog>,
    /// Items that a newer version of the list took out, the last one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<RemovedItem>,
    /// Comments on items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub comments: Vec<Comment>,
    /// Links from items to somewhere else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub external_links: Vec<ExternalLink>,
    /// What was redacted, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub redactions: Vec<Redacted>,
    /// When and by whom it was started.
    pub started: Mark,
    /// Signed: stays as it was.
    pub signed: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// An item that a run had until it took a newer version of its list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RemovedItem {
    /// The heading it stood under.
    pub section: String,
    /// As it was.
    pub item: Item,
    /// The version of the list that had it last.
    pub template_version: u32,
    /// Who took the newer one.
    pub mark: Mark,
}

/// What is tested.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Tested {
    /// The build.
    pub build: String,
    /// The account and its region.
    pub account: String,
    /// The browser.
    pub browser: String,
}

/// What happened to an item, oldest first, in the service's order.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemLog {
    /// How it ended in the version before, where it was carried over.
    pub was: Option<Was>,
    /// Entries.
    pub entries: Vec<Entry>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// A result of an earlier version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Was {
    /// The result.
    pub status: ItemStatus,
    /// The version's number.
    pub number: String,
    /// Whether the item's text changed since.
    pub text_changed: bool,
}

/// One thing that happened to an item.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entry {
    /// What.
    pub what: Happening,
    /// Who, when, by which command.
    #[serde(flatten)]
    pub mark: Mark,
    /// Taken back by its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub undone: Option<Mark>,
    /// Fields of a newer version.
    #[serde(flatten)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub extra: Extra,
}

/// What can happen to an item.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happening {
    /// A result.
    Result {
        /// Which.
        outcome: Outcome,
        /// Why not applicable.
        reason: String,
        /// What was tested.
        tested: Tested,
        /// The standing entries that its author saw.
        knew: Vec<CommandId>,
    },
    /// A failed item was fixed in a build: to be tested again.
    Fixed {
        /// The build.
        build: String,
    },
    /// To be tested again, for a changed field or a finding.
    Retest {
        /// Why: field keys or the finding's words.
        because: String,
    },
    /// A note.
    Note {
        /// Its text; the last one stands.
        text: String,
    },
    /// Who looks after the item.
    Assigned {
        /// The person, or nobody.
        to: Option<MemberId>,
    },
    /// The run took a version of the list in which the item has another text, or is there again: what stood was an
    /// answer to something else.
    Reset {
        /// Its text before.
        before: String,
        /// The version of the list that it follows from now on.
        template_version: u32,
    },
    /// A piece of evidence.
    Attached {
        /// What.
        evidence: Evidence,
    },
    /// A piece of evidence was taken away; the history keeps it.
    Detached {
        /// The entry that attached it.
        entry: CommandId,
    },
}

/// A result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the domain")]
pub enum Outcome {
    Pass,
    Fail,
    Blocked,
    NotApplicable,
}

/// How an item stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the domain")]
pub enum ItemStatus {
    Untested,
    Pass,
    Fail,
    Blocked,
    NotApplicable,
    Disputed,
    Retest,
}

impl From<Outcome> for ItemStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail => Self::Fail,
            Outcome::Blocked => Self::Blocked,
            Outcome::NotApplicable => Self::NotApplicable,
        }
    }
}

impl ItemLog {
    /// The entries that stand: results and requests to test again that no later one replaced.
    pub fn standing(&self) -> Vec<&Entry> {
        let mut standing: Vec<&Entry> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.undone.is_none()) {
            match &entry.what {
                Happening::Result { knew, .. } => {
                    standing.retain(|other| !knew.contains(&other.mark.command));
                    standing.push(entry);
                }
                // A request to test again replaces whatever stood, and so does another text.
                Happening::Fixed { .. } | Happening::Retest { .. } | Happening::Reset { .. } => {
                    standing = vec![entry];
                }
                Happening::Note { .. }
                | Happening::Assigned { .. }
                | Happening::Attached { .. }
                | Happening::Detached { .. } => {}
            }
        }
        standing
    }

    /// The ids of the standing entries: what a new result says it knew.
    pub fn heads(&self) -> Vec<CommandId> {
        self.standing().iter().map(|entry| entry.mark.command).collect()
    }

    /// How the item stands.
    pub fn status(&self) -> ItemStatus {
        let mut status = None;
        for entry in self.standing() {
            let outcome = match &entry.what {
                Happening::Result { outcome, .. } => outcome,
                // Whoever did not know the new text has not tested it.
                Happening::Reset { .. } => return ItemStatus::Untested,
                _ => return ItemStatus::Retest,
            };
            match status {
                None => status = Some(*outcome),
                Some(other) if other != *outcome => return ItemStatus::Disputed,
                Some(_) => {}
            }
        }
        status.map_or(ItemStatus::Untested, ItemStatus::from)
    }

    /// The note that stands.
    pub fn note(&self) -> &str {
        match self.last_note().map(|entry| &entry.what) {
            Some(Happening::Note { text }) => text,
            _ => "",
        }
    }

    /// What wrote the note that stands.
    pub fn last_note(&self) -> Option<&Entry> {
        let mut standing = self.entries.iter().rev().filter(|entry| entry.undone.is_none());
        standing.find(|entry| matches!(entry.what, Happening::Note { .. }))
    }

    /// Who looks after the item.
    pub fn assignee(&self) -> Option<MemberId> {
        self.last(|what| if let Happening::Assigned { to } = what { Some(*to) } else { None }).flatten()
    }

    /// The evidence that stands, oldest first, each with its entry.
    pub fn evidence(&self) -> Vec<(&Entry, &Evidence)> {
        let standing = || self.entries.iter().filter(|entry| entry.undone.is_none());
        let gone: Vec<CommandId> = standing()
            .filter_map(|entry| match entry.what {
                Happening::Detached { entry } => Some(entry),
                _ => None,
            })
            .collect();
        standing()
            .filter_map(|entry| match &entry.what {
                Happening::Attached { evidence } if !gone.contains(&entry.mark.command) => {
                    Some((entry, evidence))
                }
                _ => None,
            })
            .collect()
    }

    fn last<'a, T>(&'a self, pick: impl Fn(&'a Happening) -> Option<T>) -> Option<T> {
        self.entries.iter().rev().filter(|entry| entry.undone.is_none()).find_map(|entry| pick(&entry.what))
    }

    /// The last thing that happened and still stands, where it can be taken back: another text cannot.
    pub fn last_entry(&self) -> Option<&Entry> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.undone.is_none())
            .filter(|entry| !matches!(entry.what, Happening::Reset { .. }))
    }
}

impl Run {
    /// All items in order.
    pub fn all_items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// An item by id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.all_items().find(|item| item.id == id)
    }

    /// How an item stands.
    pub fn status(&self, item: &str) -> ItemStatus {
        self.items.get(item).map_or(ItemStatus::Untested, ItemLog::status)
    }

    /// Whether every required item is passed or not applicable.
    pub fn is_done(&self) -> bool {
        let done =
            |item: &Item| matches!(self.status(&item.id), ItemStatus::Pass | ItemStatus::NotApplicable);
        self.all_items().filter(|item| item.required).all(done)
    }

    /// All evidence that stands, in the order of the items.
    pub fn evidence(&self) -> impl Iterator<Item = FiledEvidence> {
        self.all_items().flat_map(|item| {
            let log = self.items.get(&item.id);
            let pieces = log.map(ItemLog::evidence).unwrap_or_default();
            pieces.into_iter().map(|(_, evidence)| FiledEvidence {
                run: self.id,
                item: item.id.clone(),
                evidence: evidence.clone(),
            })
        })
    }

    /// How many items stand how.
    pub fn summary(&self) -> RunSummary {
        let mut counts = BTreeMap::new();
        let mut total = 0;
        for item in self.all_items() {
            *counts.entry(self.status(&item.id)).or_insert(0) += 1;
            total += 1;
        }
        RunSummary {
            run: self.id,
            kind: self.kind,
            name: self.name.clone(),
            template: self.template,
            template_version: self.template_version,
            total,
            counts,
            signed: self.signed.is_some(),
        }
    }
}

/// How a run stands, in numbers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunSummary {
    /// The run.
    pub run: RunId,
    /// Its template's kind.
    pub kind: TemplateKind,
    /// Its name.
    pub name: String,
    /// Its template.
    pub template: TemplateId,
    /// The template's version.
    pub template_version: u32,
    /// All items.
    pub total: u32,
    /// Items by status; none means 0.
    pub counts: BTreeMap<ItemStatus, u32>,
    /// Whether it was signed.
    pub signed: bool,
}

impl RunSummary {
    /// Items of a status.
    pub fn count(&self, status: ItemStatus) -> u32 {
        self.counts.get(&status).copied().unwrap_or(0)
    }

    /// Items that are done: passed or not applicable.
    pub fn done(&self) -> u32 {
        self.count(ItemStatus::Pass) + self.count(ItemStatus::NotApplicable)
    }

    /// Whether every item is passed or not applicable.
    pub fn is_done(&self) -> bool {
        self.total > 0 && self.done() == self.total
    }
}
