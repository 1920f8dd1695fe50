//! Comma, semicolon or tab: which it is, and whether the first row is a header.

use super::{Table, TableError, TableFormat, columns, export};

const SEPARATORS: [(TableFormat, u8); 3] =
    [(TableFormat::Tab, b'\t'), (TableFormat::Semicolon, b';'), (TableFormat::Comma, b',')];
/// Stands for no separator: it is in no text that a person types.
const NONE: u8 = 0x1f;

pub(super) fn read(text: &str) -> Result<Table, TableError> {
    let (named, body) = separator_line(text);
    let format = named.unwrap_or_else(|| detect(body));
    let separator = SEPARATORS.iter().find(|(known, _)| *known == format).map_or(NONE, |(_, byte)| *byte);
    let quotes = Quotes::scan(body, separator);
    if let Some(row) = quotes.open {
        return Err(TableError::QuoteOpen { row });
    }
    // Cells that were pasted, not saved, may begin with a quotation mark that is their own.
    let own = quotes.loose && !quotes.lines && matches!(format, TableFormat::Tab | TableFormat::Lines);
    let mut table = Table { format, header: None, rows: Vec::new(), columns: 0 };
    for (index, cells) in records(body, separator, !own).enumerate() {
        // A spreadsheet does not show the separator's line as a row.
        let number = index + 1;
        if index == 0 && columns::is_header(&cells) {
            let width = cells.len().min(super::MAX_COLUMNS);
            let mut header = super::clean(number, &cells)?;
            // A column without a header is a column.
            header.resize(width.max(header.len()), String::new());
            table.columns = header.len();
            table.header = Some(header);
        } else {
            table.push(number, &cells)?;
        }
    }
    Ok(table)
}

/// The line `sep=;` that some spreadsheets want first.
fn separator_line(text: &str) -> (Option<TableFormat>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end_matches('\r').strip_prefix("sep=") {
        Some(",") => (Some(TableFormat::Comma), rest),
        Some(";") => (Some(TableFormat::Semicolon), rest),
        Some("\t") => (Some(TableFormat::Tab), rest),
        _ => (None, text),
    }
}

/// The separator whose first row is a header, or by which most rows have as many cells as the first; of several, the
/// one that makes more columns. Where none fits half of the rows, the commas are those of prose: a list of lines.
fn detect(text: &str) -> TableFormat {
    let mut best = (TableFormat::Lines, (false, 0, 1));
    for (format, separator) in SEPARATORS {
        let mut records = records(text, separator, true).take(super::MAX_ROWS);
        let Some(first) = records.next().filter(|cells| cells.len() > 1) else { continue };
        let (mut rows, mut even) = (1, 1);
        for cells in records {
            rows += 1;
            even += usize::from(cells.len() == first.len());
        }
        let header = columns::is_header(&first);
        let fit = (header, even, first.len());
        if (header || 2 * even >= rows) && fit > best.1 {
            best = (format, fit);
        }
    }
    best.0
}

fn records(text: &str, separator: u8, quoting: bool) -> impl Iterator<Item = Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quoting(quoting)
        .from_reader(text.as_bytes())
        .into_records()
        // Reading from memory cannot fail, and the bytes were a `str`.
        .map_while(Result::ok)
        .map(|record| record.iter().map(|cell| export::unguard(cell).to_owned()).collect())
}

/// How a text uses quotation marks at the beginning of cells.
#[derive(Default)]
struct Quotes {
    /// The row in which one opens a cell that nothing closes: the reader would take all that follows as one cell
    /// without a word.
    open: Option<usize>,
    /// Something other than a separator follows a closing one.
    loose: bool,
    /// A quoted cell has several lines.
    lines: bool,
}

impl Quotes {
    fn scan(text: &str, separator: u8) -> Self {
        let mut quotes = Self::default();
        let (mut row, mut cell_start, mut row_start, mut inside) = (1, true, true, false);
        let mut bytes = text.bytes().peekable();
        while let Some(byte) = bytes.next() {
            if inside {
                quotes.lines |= byte == b'\n';
                if byte == b'"' {
                    match bytes.peek() {
                        Some(b'"') => _ = bytes.next(),
                        next => {
                            inside = false;
                            quotes.open = None;
                            quotes.loose |= next.is_some_and(|&b| b != separator && b != b'\n' && b != b'\r');
                        }
                    }
                }
            } else if matches!(byte, b'\n' | b'\r') {
                // The reader skips empty lines, and so does the count.
                row += usize::from(!row_start);
                (cell_start, row_start) = (true, true);
            } else {
                if byte == b'"' && cell_start {
                    inside = true;
                    quotes.open = Some(row);
                }
                (cell_start, row_start) = (byte == separator, false);
            }
        }
        quotes
    }
}
