//! From a table, or from JSON, to a template: every row checked.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::columns::{Mapping, yes};
use super::{MAX_BYTES, MAX_CELL, MAX_ROWS, RowFault, RowProblem, Table, TableError};
use crate::common::Extra;
use crate::ids::TemplateId;
use crate::templates::{Item, Section, Template, TemplateKind};

/// Longest item id, in characters.
const MAX_ID: usize = 64;
/// Longest heading, in characters.
const MAX_NAME: usize = 500;
/// Most fields that an item touches.
const MAX_TOUCHES: usize = 100;

/// Why a template could not be read from JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum ImportError {
    /// The text is none.
    #[error(transparent)]
    Text(#[from] TableError),
    /// Items are wrong.
    #[error("wrong items: {0:?}")]
    Rows(Vec<RowProblem>),
}

/// A template of a table's rows, or everything that is wrong with them.
///
/// The same table gives the same template again: an id is the given one, else made from the text alone, so that the
/// next import knows the item again.
pub fn into_template(
    table: &Table,
    mapping: &Mapping,
    name: &str,
    kind: TemplateKind,
    id: TemplateId,
    version: u32,
) -> Result<Template, Vec<RowProblem>> {
    let mut problems: Vec<RowProblem> = mapping
        .columns()
        .filter(|column| *column >= table.columns)
        .map(|column| RowProblem { row: None, column: Some(column), problem: RowFault::NoSuchColumn })
        .collect();
    if mapping.text.is_none() {
        problems.push(RowProblem { row: None, column: None, problem: RowFault::TextNotMapped });
    }
    if table.rows.is_empty() {
        problems.push(RowProblem { row: None, column: None, problem: RowFault::NoRows });
    }
    if !problems.is_empty() {
        return Err(problems);
    }

    let mut sections = Sections::default();
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut heading = "";
    for row in &table.rows {
        let cell = |column: Option<usize>| column.and_then(|c| row.cells.get(c)).map_or("", String::as_str);
        let mut fault = |column: Option<usize>, problem| {
            problems.push(RowProblem { row: Some(row.number), column, problem });
        };
        let bounds = [
            (mapping.section, MAX_NAME),
            (mapping.id, MAX_ID),
            (mapping.text, MAX_CELL),
            (mapping.help, MAX_CELL),
            (mapping.evidence, MAX_CELL),
        ];
        for (column, max) in bounds {
            if let Some(problem) = text_fault(cell(column), max) {
                fault(column, problem);
            }
        }
        let text = cell(mapping.text);
        if text.is_empty() {
            fault(mapping.text, RowFault::TextMissing);
            continue;
        }
        let given = cell(mapping.id);
        let item_id = if given.is_empty() { id_of(text) } else { given.to_owned() };
        if let Some(&first) = ids.get(&item_id) {
            if given.is_empty() {
                fault(mapping.text, RowFault::TextTaken { first });
            } else {
                fault(mapping.id, RowFault::IdTaken { id: item_id, first });
            }
            continue;
        }
        ids.insert(item_id.clone(), row.number);
        let required = match mapping.required.map(|_| cell(mapping.required)) {
            None => true,
            Some(value) => yes(value).unwrap_or_else(|| {
                fault(mapping.required, RowFault::RequiredUnclear { value: value.to_owned() });
                true
            }),
        };
        if !cell(mapping.section).is_empty() {
            heading = cell(mapping.section);
        }
        sections.named(heading).items.push(Item {
            id: item_id,
            text: text.to_owned(),
            help: cell(mapping.help).to_owned(),
            required,
            evidence: Some(cell(mapping.evidence)).filter(|words| !words.is_empty()).map(str::to_owned),
            touches: Vec::new(),
            source: None,
            shown_from: None,
            extra: Extra::new(),
        });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Template {
        id,
        version,
        kind,
        name: name.to_owned(),
        derived: false,
        sections: sections.list,
        saved: None,
        extra: Extra::new(),
    })
}

/// Makes an imported list follow the version before it: what the table has no column for (what an item touches, where it
/// comes from, which list it belongs to) is taken over by id, and an item that came without an id of its own is known
/// again by its text.
pub fn follow(template: &mut Template, before: &Template) {
    let mut free: Vec<&Item> = before.items().filter(|item| template.item(&item.id).is_none()).collect();
    for item in template.sections.iter_mut().flat_map(|section| &mut section.items) {
        if item.id == id_of(&item.text)
            && before.item(&item.id).is_none()
            && let Some(known) = free.iter().position(|known| words_of(&known.text) == words_of(&item.text))
        {
            item.id.clone_from(&free.swap_remove(known).id);
        }
        if let Some(known) = before.item(&item.id)
            && item.touches.is_empty()
            && item.source.is_none()
            && item.shown_from.is_none()
        {
            item.touches.clone_from(&known.touches);
            item.source.clone_from(&known.source);
            item.shown_from.clone_from(&known.shown_from);
        }
    }
}

/// A template from its JSON, as another console wrote it. It gets an id and a version of this workspace's; whose word
/// it was is not taken over, so it is not *derived*. Fields that this version does not know are kept.
pub fn template_from_json(text: &str, id: TemplateId, version: u32) -> Result<Template, ImportError> {
    if text.len() > MAX_BYTES {
        return Err(TableError::TooLarge { max: MAX_BYTES }.into());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut template: Template = serde_json::from_str(text)
        .map_err(|error| TableError::Json { line: error.line(), column: error.column() })?;
    template.id = id;
    template.version = version;
    template.derived = false;
    template.saved = None;
    let problems = problems(&template);
    if problems.is_empty() { Ok(template) } else { Err(ImportError::Rows(problems)) }
}

/// What is wrong with a template that came from outside, whatever made it.
pub fn problems(template: &Template) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    let mut fault = |row, problem| problems.push(RowProblem { row, column: None, problem });
    let mut sections = HashSet::new();
    for section in &template.sections {
        if !sections.insert(&section.id) {
            fault(None, RowFault::SectionTaken { id: section.id.clone() });
        }
        for words in [&section.id, &section.name] {
            if let Some(problem) = text_fault(words, MAX_NAME) {
                fault(None, problem);
            }
        }
    }
    match template.items().count() {
        0 => fault(None, RowFault::NoRows),
        count if count > MAX_ROWS => fault(None, RowFault::TooMany { max: MAX_ROWS }),
        _ => {}
    }
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, item) in template.items().enumerate() {
        let row = index + 1;
        if item.text.trim().is_empty() {
            fault(Some(row), RowFault::TextMissing);
        }
        if item.id.trim().is_empty() {
            fault(Some(row), RowFault::IdMissing);
        } else if let Some(&first) = ids.get(item.id.as_str()) {
            fault(Some(row), RowFault::IdTaken { id: item.id.clone(), first });
        } else {
            ids.insert(&item.id, row);
        }
        let evidence = item.evidence.as_deref().unwrap_or_default();
        let source = item.source.as_deref().unwrap_or_default();
        let shown = item.shown_from.as_ref().map_or("", |shared| &shared.item);
        let texts = [
            (item.id.as_str(), MAX_ID),
            (&item.text, MAX_CELL),
            (&item.help, MAX_CELL),
            (evidence, MAX_CELL),
            (source, MAX_NAME),
            (shown, MAX_ID),
        ];
        if item.touches.len() > MAX_TOUCHES {
            fault(Some(row), RowFault::TooMany { max: MAX_TOUCHES });
        }
        let touches = item.touches.iter().map(|touch| (touch.as_str(), MAX_NAME));
        for (words, max) in texts.into_iter().chain(touches) {
            if let Some(problem) = text_fault(words, max) {
                fault(Some(row), problem);
            }
        }
    }
    problems
}

fn text_fault(words: &str, max: usize) -> Option<RowFault> {
    if words.chars().count() > max {
        return Some(RowFault::TooLong { max });
    }
    words
        .contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        .then_some(RowFault::ControlCharacters)
}

/// Sections in the order in which their names first come.
#[derive(Default)]
struct Sections {
    list: Vec<Section>,
    by_name: HashMap<String, usize>,
    ids: HashSet<String>,
    /// How many names gave the same slug.
    slugs: HashMap<String, usize>,
}

impl Sections {
    fn named(&mut self, name: &str) -> &mut Section {
        let index = match self.by_name.get(name) {
            Some(index) => *index,
            None => self.add(name),
        };
        &mut self.list[index]
    }

    fn add(&mut self, name: &str) -> usize {
        let base = slug(name, MAX_ID).unwrap_or_else(|| "section".to_owned());
        let count = self.slugs.entry(base.clone()).or_default();
        let id = loop {
            *count += 1;
            let id = if *count == 1 { base.clone() } else { format!("{base}-{count}") };
            if self.ids.insert(id.clone()) {
                break id;
            }
        };
        let index = self.list.len();
        self.by_name.insert(name.to_owned(), index);
        self.list.push(Section { id, name: name.to_owned(), items: Vec::new(), extra: Extra::new() });
        index
    }
}

fn words_of(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id made from a text alone: the same for the same words, however they are spaced or capitalised.
fn id_of(text: &str) -> String {
    let words = words_of(text);
    // FNV-1a, written out because its value is stored: it may never change.
    let hash = words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{}-{:08x}", slug(text, 24).as_deref().unwrap_or("item"), (hash >> 32) ^ (hash & 0xffff_ffff))
}

/// The first words of a text in small letters and digits, joined by hyphens, or nothing where it has none.
fn slug(text: &str, max: usize) -> Option<String> {
    let mut slug = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !slug.is_empty() && slug.len() + 1 + word.len() > max {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(max).map(|c| c.to_ascii_lowercase()));
    }
    (!slug.is_empty()).then_some(slug)
}
