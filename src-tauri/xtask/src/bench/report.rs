//! The report: what was measured, held against its bar.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A row of the report.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// Its name; a report has one row of a name.
    pub name: String,
    /// The unit of `value` and `floor`.
    pub unit: String,
    /// What was measured.
    pub value: f64,
    /// What it was measured against in the same run.
    pub floor: Option<f64>,
    /// `value / floor`.
    pub ratio: Option<f64>,
    /// What the ratio, or without a floor the value, is held against.
    pub bar: Option<f64>,
    /// Which way is better.
    pub better: Better,
    /// Whether the bar is met; where there is none, it is.
    pub ok: bool,
}

/// Which way is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less.
    Lower,
    /// More.
    Higher,
}

/// What a bench prints of a row.
#[derive(Deserialize)]
struct Measured {
    name: String,
    unit: String,
    value: f64,
    floor: Option<f64>,
    bar: Option<f64>,
    better: Better,
}

impl Row {
    /// Reads what a bench printed, and holds it against its bar.
    pub fn read(line: &str) -> Result<Self> {
        let measured: Measured = serde_json::from_str(line).with_context(|| format!("reading {line}"))?;
        let Measured { name, unit, value, floor, bar, better } = measured;
        let ratio = floor.map(|floor| value / floor);
        let held = ratio.unwrap_or(value);
        let ok = bar.is_none_or(|bar| match better {
            Better::Lower => held <= bar,
            Better::Higher => held >= bar,
        });
        Ok(Self { name, unit, value, floor, ratio, bar, better, ok })
    }

    /// In a line.
    pub fn told(&self) -> String {
        let [name, value, floor, held, bar, verdict] = self.cells();
        format!("{name}: {value}, floor {floor}, {held} against {bar}: {verdict}")
    }

    fn cells(&self) -> [String; 6] {
        let figure = |value: f64| format!("{} {}", short(value), self.unit);
        let held = self.ratio.map_or_else(|| figure(self.value), |ratio| format!("{ratio:.2}×"));
        let bar = self.bar.map(|bar| match (self.better, self.ratio) {
            (Better::Lower, Some(_)) => format!("≤ {bar}×"),
            (Better::Lower, None) => format!("≤ {bar} {}", self.unit),
            (Better::Higher, Some(_)) => format!("≥ {bar}×"),
            (Better::Higher, None) => format!("≥ {bar} {}", self.unit),
        });
        let verdict = match (self.bar, self.ok) {
            (None, _) => "told",
            (_, true) => "met",
            (_, false) => "MISSED",
        };
        [
            self.name.clone(),
            figure(self.value),
            self.floor.map_or_else(|| "–".to_owned(), figure),
            held,
            bar.unwrap_or_else(|| "–".to_owned()),
            verdict.to_owned(),
        ]
    }
}

/// The rows of all benches, in a file.
pub struct Report {
    file: PathBuf,
    rows: Vec<Row>,
}

impl Report {
    /// What is in the file; a missing file is an empty report.
    pub fn read(file: &Path) -> Result<Self> {
        let rows = match fs::read(file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("reading {}", file.display()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { file: file.to_owned(), rows })
    }

    /// Puts a row in the place of the one of its name, or behind the others.
    pub fn merge(&mut self, row: Row) {
        match self.rows.iter_mut().find(|known| known.name == row.name) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut text = serde_json::to_string_pretty(&self.rows)?;
        text.push('\n');
        fs::write(&self.file, text).with_context(|| format!("writing {}", self.file.display()))
    }
}

/// The rows as a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let first = "| row | measured | floor | held | bar | |\n|---|---:|---:|---:|---:|---|\n";
    let line = |row: &Row| {
        let [name, value, floor, held, bar, verdict] = row.cells();
        format!("| `{name}` | {value} | {floor} | {held} | {bar} | {verdict} |\n")
    };
    std::iter::once(first.to_owned()).chain(rows.iter().map(line)).collect()
}

const BEGIN: &str = "<!-- rows of cargo xtask bench -->\n";
const END: &str = "<!-- end of rows -->\n";

/// Puts what was measured into a document, between its marks.
pub fn put_into(document: &Path, measured: &str) -> Result<()> {
    let text = fs::read_to_string(document).with_context(|| format!("reading {}", document.display()))?;
    let (before, rest) = text.split_once(BEGIN).context("the document has no place for the rows")?;
    let (_, after) = rest.split_once(END).context("the document's place for the rows has no end")?;
    fs::write(document, format!("{before}{BEGIN}{measured}{END}{after}"))?;
    Ok(())
}

/// A figure with as many places as say something.
pub fn short(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: &str) -> Row {
        Row::read(line).unwrap()
    }

    /// Protects the verdict: a bar is for the ratio where there is a floor, for the figure where there is none.
    #[test]
    fn a_row_is_held_against_its_bar() {
        let cases = [
            (r#""value":5,"floor":4,"bar":1.25,"better":"lower""#, Some(1.25), true),
            (r#""value":5.1,"floor":4,"bar":1.25,"better":"lower""#, Some(1.275), false),
            (r#""value":49,"floor":null,"bar":50,"better":"lower""#, None, true),
            (r#""value":1,"floor":null,"bar":0,"better":"lower""#, None, false),
            (r#""value":5,"floor":4,"bar":2,"better":"higher""#, Some(1.25), false),
            (r#""value":900,"floor":4,"bar":null,"better":"lower""#, Some(225.0), true),
        ];
        for (rest, ratio, ok) in cases {
            let row = row(&format!(r#"{{"name":"a","unit":"ms",{rest}}}"#));
            assert_eq!((row.ratio, row.ok), (ratio, ok), "{rest}");
        }
    }

    /// Protects the file that other benches write as well: its fields, and that nobody's rows are lost.
    #[test]
    fn a_row_replaces_the_one_of_its_name_and_leaves_the_others() {
        let folder = std::env::temp_dir().join(format!("partner-bench-report-{}", std::process::id()));
        let file = folder.join("bench/report.json");
        let mut report = Report::read(&file).unwrap();
        for value in [3, 2] {
            for name in ["start", "other"] {
                let line = format!(
                    r#"{{"name":"{name}","unit":"ms","value":{value},"floor":2,"bar":1.25,"better":"lower"}}"#
                );
                report.merge(row(&line));
            }
            report.write().unwrap();
            report = Report::read(&file).unwrap();
        }
        let rows: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let row = |name: &str| {
            serde_json::json!({
                "name": name, "unit": "ms", "value": 2.0, "floor": 2.0, "ratio": 1.0, "bar": 1.25,
                "better": "lower", "ok": true,
            })
        };
        assert_eq!(rows, serde_json::json!([row("start"), row("other")]));
    }

    #[test]
    fn the_table_says_which_bars_are_missed() {
        let met = row(r#"{"name":"a","unit":"ms","value":25,"floor":null,"bar":50,"better":"lower"}"#);
        let missed = row(r#"{"name":"b","unit":"ms","value":9,"floor":3,"bar":1.5,"better":"lower"}"#);
        let table = table(&[met, missed]);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| `a` | 25 ms | – | 25 ms | ≤ 50 ms | met |",
                "| `b` | 9 ms | 3 ms | 3.00× | ≤ 1.5× | MISSED |"
            ]
        );
    }
}
