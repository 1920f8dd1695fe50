//! What changed between two versions of a list: for whoever saves the newer one, and for a run that may take it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::{Item, Section, Template};

/// The differences of two versions; what is the same in both is only counted.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TemplateDiff {
    /// The name before and after, where it changed.
    pub name: Option<(String, String)>,
    /// Sections that are in both and got another name or another place.
    pub sections: Vec<SectionDiff>,
    /// Items, in the order of the newer version; a removed one stands where it stood.
    pub items: Vec<ItemDiff>,
    /// Items without any difference.
    pub same: u32,
}

/// A section that is in both versions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SectionDiff {
    /// Its name before.
    pub before: String,
    /// Its name now.
    pub after: String,
    /// Whether it stands elsewhere among the sections.
    pub moved: bool,
}

/// An item that differs. One that is in both has `before` and `after`; else it was added or removed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ItemDiff {
    /// Which.
    pub id: String,
    /// As it was.
    pub before: Option<PlacedItem>,
    /// As it is.
    pub after: Option<PlacedItem>,
    /// Whether it stands in another section, or elsewhere among those that stayed in theirs.
    pub moved: bool,
    /// What of it changed.
    pub changed: Vec<ItemPart>,
}

/// An item, and the heading it stands under.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PlacedItem {
    /// The heading.
    pub section: String,
    /// The item.
    pub item: Item,
}

/// A part of an item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ItemPart {
    /// What has to be true: a result for another text is no result for this one.
    Text,
    /// How to understand or test it.
    Help,
    /// Whether the list is passed without it.
    Required,
    /// What evidence is wanted.
    Evidence,
    /// What it touches, where it comes from, which list it belongs to.
    Other,
}

impl ItemDiff {
    /// Whether a result that was given before is no answer any more.
    pub fn resets(&self) -> bool {
        self.changed.contains(&ItemPart::Text)
    }
}

impl TemplateDiff {
    /// From one version to another.
    pub fn of(before: &Template, after: &Template) -> Self {
        let old: HashMap<&str, (&Section, &Item)> =
            placed(before).map(|(s, i)| (i.id.as_str(), (s, i))).collect();
        let new: HashSet<&str> = after.items().map(|item| item.id.as_str()).collect();
        let moved = moved_items(before, after, &old);

        let mut diff = Self {
            name: (before.name != after.name).then(|| (before.name.clone(), after.name.clone())),
            sections: sections(before, after),
            ..Self::default()
        };
        // A removed item comes right after the one that stood before it, or first where none is left.
        let mut removed: HashMap<Option<&str>, Vec<ItemDiff>> = HashMap::new();
        let mut last = None;
        for (section, item) in placed(before) {
            if new.contains(item.id.as_str()) {
                last = Some(item.id.as_str());
            } else {
                removed.entry(last).or_default().push(ItemDiff {
                    id: item.id.clone(),
                    before: Some(place(section, item)),
                    after: None,
                    moved: false,
                    changed: Vec::new(),
                });
            }
        }
        diff.items.extend(removed.remove(&None).unwrap_or_default());
        for (section, item) in placed(after) {
            let id = item.id.as_str();
            match old.get(id) {
                None => diff.items.push(ItemDiff {
                    id: item.id.clone(),
                    before: None,
                    after: Some(place(section, item)),
                    moved: false,
                    changed: Vec::new(),
                }),
                Some((was_in, was)) => {
                    let (moved, changed) = (moved.contains(id), changed_parts(was, item));
                    if moved || !changed.is_empty() {
                        diff.items.push(ItemDiff {
                            id: item.id.clone(),
                            before: Some(place(was_in, was)),
                            after: Some(place(section, item)),
                            moved,
                            changed,
                        });
                    } else {
                        diff.same += 1;
                    }
                }
            }
            diff.items.extend(removed.remove(&Some(id)).unwrap_or_default());
        }
        diff
    }

    /// Whether the two are the same list.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.sections.is_empty() && self.items.is_empty()
    }
}

fn placed(template: &Template) -> impl Iterator<Item = (&Section, &Item)> {
    template.sections.iter().flat_map(|section| section.items.iter().map(move |item| (section, item)))
}

fn place(section: &Section, item: &Item) -> PlacedItem {
    PlacedItem { section: section.name.clone(), item: item.clone() }
}

fn changed_parts(before: &Item, after: &Item) -> Vec<ItemPart> {
    let other = |item: &Item| (item.touches.clone(), item.source.clone(), item.shown_from.clone());
    [
        (ItemPart::Text, before.text != after.text),
        (ItemPart::Help, before.help != after.help),
        (ItemPart::Required, before.required != after.required),
        (ItemPart::Evidence, before.evidence != after.evidence),
        (ItemPart::Other, other(before) != other(after)),
    ]
    .into_iter()
    .filter_map(|(part, changed)| changed.then_some(part))
    .collect()
}

/// An imported list has no ids of sections but those made of their names: a section is the same by either.
fn same_section(before: &Section, after: &Section) -> bool {
    before.id == after.id || before.name == after.name
}

fn sections(before: &Template, after: &Template) -> Vec<SectionDiff> {
    let pairs: Vec<(usize, &Section, &Section)> = after
        .sections
        .iter()
        .filter_map(|now| {
            let at = before
                .sections
                .iter()
                .position(|was| was.id == now.id)
                .or_else(|| before.sections.iter().position(|was| was.name == now.name))?;
            Some((at, &before.sections[at], now))
        })
        .collect();
    let moved = out_of_order(&pairs.iter().map(|(at, _, now)| (*at, now.id.as_str())).collect::<Vec<_>>());
    pairs
        .into_iter()
        .map(|(_, was, now)| SectionDiff {
            before: was.name.clone(),
            after: now.name.clone(),
            moved: moved.contains(now.id.as_str()),
        })
        .filter(|pair| pair.moved || pair.before != pair.after)
        .collect()
}

fn moved_items<'a>(
    before: &Template,
    after: &'a Template,
    old: &HashMap<&str, (&Section, &Item)>,
) -> HashSet<&'a str> {
    let at: HashMap<&str, usize> =
        before.items().enumerate().map(|(index, item)| (item.id.as_str(), index)).collect();
    let mut moved = HashSet::new();
    for section in &after.sections {
        let mut stayed = Vec::new();
        for item in &section.items {
            let id = item.id.as_str();
            match old.get(id) {
                Some((was_in, _)) if same_section(was_in, section) => stayed.push((at[id], id)),
                Some(_) => _ = moved.insert(id),
                None => {}
            }
        }
        moved.extend(out_of_order(&stayed));
    }
    moved
}

/// The fewest things to move so that the rest stands in the old order: all but a longest rising run of old places.
fn out_of_order<T: Copy + Eq + Hash>(places: &[(usize, T)]) -> HashSet<T> {
    // Patience sorting: `tops[n]` ends the best rising run of n + 1, `before[i]` is what comes before i in its run.
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (index, (place, _)) in places.iter().enumerate() {
        let pile = tops.partition_point(|top| places[*top].0 < *place);
        before.push(pile.checked_sub(1).map(|pile| tops[pile]));
        if pile == tops.len() {
            tops.push(index);
        } else {
            tops[pile] = index;
        }
    }
    let mut kept = HashSet::new();
    let mut at = tops.last().copied();
    while let Some(index) = at {
        kept.insert(index);
        at = before[index];
    }
    places.iter().enumerate().filter(|(index, _)| !kept.contains(index)).map(|(_, (_, what))| *what).collect()
}
