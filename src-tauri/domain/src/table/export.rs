//! Writing templates: CSV by RFC 4180, such that a spreadsheet takes no cell for a formula, Markdown, and JSON.

use std::fmt::Display;

use crate::templates::Template;

/// A template as CSV, which `read` and `into_template` take back. What has no column (what an item touches, its
/// source, what a newer version wrote) is kept by the template's JSON only.
pub fn export_template_csv(template: &Template) -> String {
    let mut csv = Csv::new(&COLUMNS);
    for section in &template.sections {
        for item in &section.items {
            let evidence = item.evidence.as_deref().unwrap_or_default();
            csv.row([&section.name, &item.id, &item.text, &item.help, yes_or_no(item.required), evidence]);
        }
    }
    csv.0
}

/// The same as a Markdown table, which `read` takes back as well.
pub fn export_template_markdown(template: &Template) -> String {
    let mut text = format!("# {}\n\n", one_line(&template.name));
    let mut row = |cells: [&str; 6]| {
        let cells = cells.map(markdown_cell);
        text.extend(["| ", &cells.join(" | "), " |\n"]);
    };
    row(COLUMNS);
    row(["---"; 6]);
    for section in &template.sections {
        for item in &section.items {
            let evidence = item.evidence.as_deref().unwrap_or_default();
            row([&section.name, &item.id, &item.text, &item.help, yes_or_no(item.required), evidence]);
        }
    }
    text
}

/// A template as JSON: whole, but for who saved it here.
pub fn export_template_json(template: &Template) -> String {
    let template = Template { saved: None, ..template.clone() };
    // Nothing in a template fails to be written.
    serde_json::to_string_pretty(&template).unwrap_or_default() + "\n"
}

/// A cell in which nothing means anything to Markdown.
fn markdown_cell(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for character in cell.chars() {
        match character {
            '\n' => text.push_str("<br>"),
            '\r' => {}
            '\t' => text.push(' '),
            _ if character.is_ascii_punctuation() && !PLAIN.contains(character) => {
                text.push('\\');
                text.push(character);
            }
            _ => text.push(character),
        }
    }
    text
}

/// Signs that mean nothing in the middle of a Markdown text: escaped as well, they would only be hard to read.
const PLAIN: &str = " ,.;:?%'\"()/=+-";

fn one_line(text: &str) -> String {
    markdown_cell(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

const COLUMNS: [&str; 6] = ["section", "id", "text", "help", "required", "evidence"];

/// Every cell is quoted: then no line of a file can be taken for Markdown, whatever the cells hold.
struct Csv(String);

impl Csv {
    fn new(header: &[&str]) -> Self {
        let mut csv = Self(String::new());
        csv.row(header.iter().copied());
        csv
    }

    fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for (index, cell) in cells.into_iter().enumerate() {
            let guard = if is_formula(cell) { "'" } else { "" };
            let comma = if index == 0 { "" } else { "," };
            self.add(format_args!("{comma}\"{guard}{}\"", cell.replace('"', "\"\"")));
        }
        self.0.push_str("\r\n");
    }

    fn add(&mut self, words: impl Display) {
        self.0.push_str(&words.to_string());
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Takes the guard of a formula away again.
pub(super) fn unguard(cell: &str) -> &str {
    match cell.trim_start().strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet may take a cell for a formula. One that is guarded already gets another guard, so that taking
/// one away gives back what was there.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['\t', '\r', '\n'])
        || cell
            .trim_start_matches(|c: char| c == '\'' || c.is_whitespace())
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}
