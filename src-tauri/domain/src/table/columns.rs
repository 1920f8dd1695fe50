//! What a table's columns mean, by the words over them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::Table;

/// Which column is what, from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Mapping {
    /// The heading over the item; an empty cell goes on under the last one.
    pub section: Option<usize>,
    /// A stable id; where there is none it is made from the text.
    pub id: Option<usize>,
    /// What has to be true.
    pub text: Option<usize>,
    /// How to understand or test it.
    pub help: Option<usize>,
    /// Yes or no; an empty cell is no, no column is yes.
    pub required: Option<usize>,
    /// What evidence is wanted.
    pub evidence: Option<usize>,
}

/// A field of an item, the headers that name it and nothing else, best first, and whether a longer header that
/// contains one of them names it too. In the order in which longer headers are tried: "evidence required" asks for
/// evidence, "item id" is an id.
const WORDS: [(Column, &[&str]); 6] = [
    (Column::Evidence, &["evidence", "proof", "evidence wanted"]),
    (Column::Id, &["id", "item id", "key", "ref", "reference", "code", "number", "no", "nr", "#"]),
    (Column::Required, &["required", "mandatory", "must", "obligatory"]),
    (Column::Section, &["section", "category", "group", "area", "module", "chapter", "topic"]),
    (
        Column::Help,
        &[
            "help",
            "details",
            "detail",
            "guidance",
            "explanation",
            "how to test",
            "steps",
            "hint",
            "description",
        ],
    ),
    (
        Column::Text,
        &[
            "text",
            "item",
            "requirement",
            "check",
            "criterion",
            "criteria",
            "question",
            "task",
            "test case",
            "test",
            "title",
            "name",
            "description",
        ],
    ),
];

#[derive(Clone, Copy)]
enum Column {
    Evidence,
    Id,
    Required,
    Section,
    Help,
    Text,
}

impl Mapping {
    fn slot(&mut self, column: Column) -> &mut Option<usize> {
        match column {
            Column::Evidence => &mut self.evidence,
            Column::Id => &mut self.id,
            Column::Required => &mut self.required,
            Column::Section => &mut self.section,
            Column::Help => &mut self.help,
            Column::Text => &mut self.text,
        }
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        [self.section, self.id, self.text, self.help, self.required, self.evidence].into_iter().flatten()
    }
}

/// What the columns mean, by the header's words; without a header, the column with the longest texts is the text.
pub fn guess(table: &Table) -> Mapping {
    let mut mapping = table.header.as_deref().map(guess_header).unwrap_or_default();
    if mapping.text.is_none() {
        let taken: Vec<usize> = mapping.columns().collect();
        let length = |column: usize| -> usize {
            table.rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.chars().count()).sum()
        };
        // Of equals the first: `max_by_key` would take the last.
        mapping.text =
            (0..table.columns).rev().filter(|column| !taken.contains(column)).max_by_key(|c| length(*c));
    }
    if table.header.is_none() {
        mapping.id =
            (0..table.columns).filter(|column| Some(*column) != mapping.text).find(|c| holds_ids(table, *c));
    }
    mapping
}

/// What the columns mean by their header.
pub(super) fn guess_header(header: &[String]) -> Mapping {
    let header: Vec<String> = header.iter().map(|words| normal(words)).collect();
    let mut mapping = Mapping::default();
    let mut taken = HashSet::new();
    // Whole headers first, so that "text" is not taken for another field by a longer header before it.
    for exact in [true, false] {
        for (column, words) in WORDS {
            let slot = mapping.slot(column);
            if slot.is_some() {
                continue;
            }
            *slot = words.iter().find_map(|word| {
                header.iter().enumerate().position(|(index, title)| {
                    let named =
                        if exact { title == word } else { title.split(' ').any(|part| part == *word) };
                    named && !taken.contains(&index)
                })
            });
            taken.extend(*slot);
        }
    }
    // A description explains a title, and is the text itself where there is no title.
    if mapping.text.is_none()
        && let Some(help) = mapping.help
        && header[help] == "description"
    {
        mapping.text = mapping.help.take();
    }
    mapping
}

/// Whether a first row is a header: it names a field, and no cell of it is as long as a text. A word that may as well
/// be a value (no, mandatory) names none.
pub(super) fn is_header(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.chars().count() <= 40)
        && cells.iter().map(|cell| normal(cell)).any(|title| {
            yes(&title).is_none() && WORDS.iter().any(|(_, words)| words.contains(&title.as_str()))
        })
}

/// Short, different, without white space, each with a digit.
fn holds_ids(table: &Table, column: usize) -> bool {
    let mut seen = HashSet::new();
    !table.rows.is_empty()
        && table.rows.iter().all(|row| {
            row.cells.get(column).is_some_and(|cell| {
                cell.chars().count() <= 16
                    && cell.contains(|c: char| c.is_ascii_digit())
                    && !cell.contains(char::is_whitespace)
                    && seen.insert(cell)
            })
        })
}

/// Small letters, single blanks, no punctuation but `#`.
fn normal(words: &str) -> String {
    words
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '#')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Yes, no, or neither.
pub(super) fn yes(value: &str) -> Option<bool> {
    match value.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" | "✓" | "✔" | "required" | "mandatory" | "must" => Some(true),
        "" | "no" | "n" | "false" | "0" | "-" | "optional" | "not required" | "should" | "could" => {
            Some(false)
        }
        _ => None,
    }
}
