//! Checklists as tables: reading what a person pastes or picks (CSV, cells of a spreadsheet, Markdown), making a
//! template of it, and writing templates.
//!
//! Reading goes in two steps, so that the person sees the table before it becomes a template: `read` finds rows and
//! columns, `guess` proposes what each column means, `into_template` checks row by row. Every error names its row, as
//! the person counts it. Absent on purpose: prose. Faults are codes with the values to put in.

mod columns;
mod delimited;
mod export;
mod import;
mod markdown;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use columns::{Mapping, guess};
pub use export::{export_template_csv, export_template_json, export_template_markdown};
pub use import::{ImportError, follow, into_template, problems, template_from_json};

/// Longest text that is read, in bytes.
pub const MAX_BYTES: usize = 1_000_000;
/// Most rows.
pub const MAX_ROWS: usize = 5_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 100;
/// Longest cell, in characters.
pub const MAX_CELL: usize = 10_000;

/// A table as it was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Table {
    /// What it was read as.
    pub format: TableFormat,
    /// The words over the columns, where the first row is no data.
    pub header: Option<Vec<String>>,
    /// The rows that hold anything.
    pub rows: Vec<TableRow>,
    /// The number of columns; a row may have fewer cells.
    pub columns: usize,
}

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TableRow {
    /// Its number as its author counts: in a spreadsheet the row, the header being 1; in Markdown the line.
    pub number: usize,
    /// The trimmed cells.
    pub cells: Vec<String>,
}

/// What a table was read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TableFormat {
    /// Separated by commas.
    Comma,
    /// Separated by semicolons.
    Semicolon,
    /// Separated by tabs, as a spreadsheet's cells are when pasted.
    Tab,
    /// One item a line.
    Lines,
    /// Tables of a Markdown text.
    MarkdownTable,
    /// Task lists of a Markdown text.
    TaskList,
}

/// Why a text could not be read as a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
#[error("no table: {self:?}")]
pub enum TableError {
    /// Nothing in it.
    Empty,
    /// Neither UTF-8 nor UTF-16 with its mark; `byte` is the first that does not fit, from 0.
    NotText {
        /// Where.
        byte: usize,
    },
    /// Longer than `max` bytes.
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// More than `max` rows; `row` is the first too many.
    TooManyRows {
        /// Which.
        row: usize,
        /// The bound.
        max: usize,
    },
    /// More than `max` columns.
    TooManyColumns {
        /// Which.
        row: usize,
        /// The bound.
        max: usize,
    },
    /// A cell of more than `max` characters.
    CellTooLong {
        /// Which.
        row: usize,
        /// From 0.
        column: usize,
        /// The bound.
        max: usize,
    },
    /// More cells than the header has: a separator in an unquoted cell, most likely.
    RowTooWide {
        /// Which.
        row: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// A quotation mark opens a cell and nothing closes it.
    QuoteOpen {
        /// Which.
        row: usize,
    },
    /// A second table with other columns, or tables beside task lists.
    Mixed {
        /// Where the second begins.
        row: usize,
    },
    /// Not JSON of a template.
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
}

/// Something wrong with one row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RowProblem {
    /// The row's number; in a template that came as JSON the item's, from 1. Without one it is about the whole list.
    pub row: Option<usize>,
    /// The column, from 0.
    pub column: Option<usize>,
    /// What is wrong.
    pub problem: RowFault,
}

/// What can be wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RowFault {
    /// No column is mapped to the text.
    TextNotMapped,
    /// The table has no such column.
    NoSuchColumn,
    /// There are no rows.
    NoRows,
    /// More than `max` items.
    TooMany {
        /// The bound.
        max: usize,
    },
    /// The item has no text.
    TextMissing,
    /// The item has no id.
    IdMissing,
    /// Longer than `max` characters.
    TooLong {
        /// The bound.
        max: usize,
    },
    /// Control characters other than line ends and tabs.
    ControlCharacters,
    /// Another row has this id.
    IdTaken {
        /// The id.
        id: String,
        /// The row that had it first.
        first: usize,
    },
    /// Another row without an id has this text: they could not be told apart.
    TextTaken {
        /// The row that had it first.
        first: usize,
    },
    /// Another section has this id.
    SectionTaken {
        /// The id.
        id: String,
    },
    /// Neither yes nor no.
    RequiredUnclear {
        /// What stands there.
        value: String,
    },
}

/// Reads a table from a text.
pub fn read(text: &str) -> Result<Table, TableError> {
    if text.len() > MAX_BYTES {
        return Err(TableError::TooLarge { max: MAX_BYTES });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(TableError::Empty);
    }
    let table = match markdown::read(text)? {
        Some(table) => table,
        None => delimited::read(text)?,
    };
    if table.rows.is_empty() && table.header.is_none() { Err(TableError::Empty) } else { Ok(table) }
}

/// The text of a file: UTF-8, or UTF-16 with its mark as spreadsheets save "Unicode text".
pub fn decode(bytes: &[u8]) -> Result<String, TableError> {
    if bytes.len() > 2 * MAX_BYTES {
        return Err(TableError::TooLarge { max: MAX_BYTES });
    }
    let utf16 = |unit: fn([u8; 2]) -> u16, body: &[u8]| {
        let (pairs, rest) = body.as_chunks::<2>();
        let mut byte = 2;
        let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
            .map(|decoded| {
                let character = decoded.map_err(|_| TableError::NotText { byte })?;
                byte += 2 * character.len_utf16();
                Ok(character)
            })
            .collect();
        if text.is_ok() && !rest.is_empty() {
            return Err(TableError::NotText { byte: bytes.len() - 1 });
        }
        text
    };
    match bytes {
        [0xff, 0xfe, body @ ..] => utf16(u16::from_le_bytes, body),
        [0xfe, 0xff, body @ ..] => utf16(u16::from_be_bytes, body),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(TableError::NotText { byte: error.valid_up_to() }),
        },
    }
}

impl Table {
    /// The same table with its first row taken as header or as data, where the guess was wrong. Only what stands in
    /// rows and columns has such a row: a task list has none.
    #[must_use]
    pub fn with_header(mut self, header: bool) -> Self {
        match (header, self.header.take()) {
            (true, None) if !self.rows.is_empty() && self.format != TableFormat::TaskList => {
                let mut cells = self.rows.remove(0).cells;
                cells.resize(self.columns, String::new());
                self.header = Some(cells);
            }
            (false, Some(cells)) if self.format != TableFormat::TaskList => {
                // In Markdown a rule stands between them.
                let number = match self.rows.first() {
                    Some(row) if self.format == TableFormat::MarkdownTable => {
                        row.number.saturating_sub(2).max(1)
                    }
                    _ => 1,
                };
                self.rows.insert(0, TableRow { number, cells });
            }
            (_, kept) => self.header = kept,
        }
        self
    }

    /// Adds a row if it holds anything, within the bounds.
    fn push(&mut self, number: usize, cells: &[String]) -> Result<(), TableError> {
        let cells = clean(number, cells)?;
        if cells.is_empty() {
            return Ok(());
        }
        if self.rows.len() == MAX_ROWS {
            return Err(TableError::TooManyRows { row: number, max: MAX_ROWS });
        }
        match &self.header {
            Some(header) if cells.len() > header.len() => {
                return Err(TableError::RowTooWide { row: number, columns: header.len() });
            }
            _ => self.columns = self.columns.max(cells.len()),
        }
        self.rows.push(TableRow { number, cells });
        Ok(())
    }
}

/// Cells without their outer white space and without the empty ones at the end, within the bounds.
fn clean(row: usize, cells: &[String]) -> Result<Vec<String>, TableError> {
    let mut cells: Vec<String> = cells
        .iter()
        .map(|cell| cell.replace("\r\n", "\n").replace(['\r', '\u{b}'], "\n").trim().to_owned())
        .collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    if cells.len() > MAX_COLUMNS {
        return Err(TableError::TooManyColumns { row, max: MAX_COLUMNS });
    }
    if let Some(column) = cells.iter().position(|cell| cell.chars().count() > MAX_CELL) {
        return Err(TableError::CellTooLong { row, column, max: MAX_CELL });
    }
    Ok(cells)
}
