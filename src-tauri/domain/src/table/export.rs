//! Writing CSV by RFC 4180, such that a spreadsheet takes no cell for a formula.

use std::fmt::Display;

use crate::templates::Template;

/// A template as CSV, which `read` and `into_template` take back. What has no column (what an item touches, its
/// source, what a newer version wrote) is kept by the template's JSON only.
pub fn export_template_csv(template: &Template) -> String {
    let mut csv = Csv::new(&["section", "id", "text", "help", "required", "evidence"]);
    for section in &template.sections {
        for item in &section.items {
            let evidence = item.evidence.as_deref().unwrap_or_default();
            csv.row([&section.name, &item.id, &item.text, &item.help, yes_or_no(item.required), evidence]);
        }
    }
    csv.0
}

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
