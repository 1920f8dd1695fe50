//! `partner.toml`: a project's app information as a text for version control, and that text against a version here.
//!
//! ```toml
//! format = 1
//!
//! [project]
//! name = "Call Notes"
//! slug = "call-notes"
//! owner = "PM"
//!
//! [version]
//! number = "1.3.0"
//!
//! [information]
//! listing_summary = "Notes next to the call"
//! redirect_uris = ["https://app.example/callback"]
//! ```
//!
//! `information` holds each field that is set by its key, as plainly as TOML has it; a field that is left out is empty.
//! Attached pictures stand in it by their SHA-256: the bytes are not in it.

use std::collections::BTreeSet;

use domain::fields::{FIELDS, FieldKey, FieldKind, FieldSpec, FieldValue, Information};
use domain::files::{BlobId, named};
use domain::project::{Project, ProjectDetails, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toml::Table;

/// The file's name.
pub const FILE: &str = "partner.toml";
/// The newest format that is known.
const FORMAT: u32 = 1;
/// The longest text that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: u32,
    project: ProjectDetails,
    version: Number,
    #[serde(default)]
    information: Table,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    number: String,
}

/// What a text says.
#[derive(Clone, PartialEq, Debug)]
pub struct Manifest {
    /// The project.
    pub project: ProjectDetails,
    /// The version's number.
    pub number: String,
    /// The fields that are set.
    pub information: Information,
}

/// Why a text cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is no such text.
    #[error("line {line}: {detail}")]
    Syntax {
        /// From 1.
        line: usize,
        /// What the parser says.
        detail: String,
    },
    /// It is by a newer version.
    #[error("by a newer version")]
    TooNew,
    /// There is no such field, or its value is of another kind.
    #[error("the field {0}")]
    Field(String),
}

/// Writes a version of a project.
pub fn write(project: &Project, version: &Version) -> Result<String, toml::ser::Error> {
    let mut information = Table::new();
    for field in FIELDS {
        let value = version.information.get(field.key).and_then(|value| serde_json::to_value(value).ok());
        if let Some(value) = value.and_then(|mut value| plain(value["value"].take())) {
            information.insert(field.name.to_owned(), value);
        }
    }
    let number = Number { number: version.number.clone() };
    toml::to_string_pretty(&Text {
        format: FORMAT,
        project: project.details.clone(),
        version: number,
        information,
    })
}

/// Reads a text.
pub fn read(text: &str) -> Result<Manifest, ManifestError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    if text.len() > LONGEST {
        return Err(ManifestError::Syntax { line: 1, detail: "too long".to_owned() });
    }
    let syntax = |error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        ManifestError::Syntax { line, detail: error.message().to_owned() }
    };
    // The format first: what a newer one holds makes no sense here.
    let Format { format } = toml::from_str(text).map_err(syntax)?;
    if format > FORMAT {
        return Err(ManifestError::TooNew);
    }
    let Text { project, version, information: fields, .. } = toml::from_str(text).map_err(syntax)?;
    let mut information = Information::default();
    for (name, value) in fields {
        let spec = FIELDS.iter().find(|field| field.name == name);
        let read = spec.and_then(|spec| Some((spec.key, value_of(spec, value)?)));
        let (key, value) = read.ok_or(ManifestError::Field(name))?;
        information.set(key, Some(&value));
    }
    Ok(Manifest { project, number: version.number, information })
}

/// The fields in which a text and a version differ, in the catalogue's order.
pub fn differences(here: &Information, there: &Information) -> Vec<FieldKey> {
    there.differences(here)
}

/// The attached files that a value names.
pub fn files(value: &FieldValue) -> BTreeSet<BlobId> {
    let mut found = BTreeSet::new();
    named(&serde_json::to_value(value).unwrap_or_default(), &mut found);
    found
}

/// As plainly as TOML has it: what is null is left out.
fn plain(value: Value) -> Option<toml::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => value.into(),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().unwrap_or_default().into(), Into::into)
        }
        Value::String(text) => text.into(),
        Value::Array(entries) => toml::Value::Array(entries.into_iter().filter_map(plain).collect()),
        Value::Object(fields) => {
            let fields = fields.into_iter().filter_map(|(name, value)| Some((name, plain(value)?)));
            toml::Value::Table(fields.collect())
        }
    })
}

/// What a field holds, where it is of the field's kind.
fn value_of(spec: &FieldSpec, value: toml::Value) -> Option<FieldValue> {
    let kind = match spec.kind {
        FieldKind::Line | FieldKind::Slug | FieldKind::Text | FieldKind::Choice(_) | FieldKind::Url => "text",
        FieldKind::Urls | FieldKind::Names => "list",
        FieldKind::Emails => "emails",
        FieldKind::Assets(_) => "assets",
        FieldKind::Scopes => "scopes",
        FieldKind::Plans => "plans",
        FieldKind::Flag => "flag",
    };
    let value = serde_json::to_value(value).ok()?;
    serde_json::from_value(json!({ "type": kind, "value": value })).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(information: &str) -> String {
        format!(
            "format = 1\n[project]\nname = \"Call Notes\"\nslug = \"call-notes\"\nowner = \"\"\n[version]\nnumber = \"1.3.0\"\n[information]\n{information}"
        )
    }

    #[test]
    fn every_kind_of_field_is_written_plainly_and_read_as_it_was() {
        let fields = r#"
            description = "One\n\nTwo with \"quotes\""
            sandbox = true
            redirect_uris = ["https://a.example/1", "https://a.example/2"]
            emails = [{ type = "support", email = "s@a.example" }]
            icon = [{ url = "https://a.example/i.png", description = "" }]
            scopes = [{ scope = "openid", reason = "Sign-in" }]
            plans = [{ type = "trial", license_type = "individual", name = "Trial", price = "", description = "", listing_summary = "", min_licenses = 1 }]
        "#;
        let manifest = read(&text(fields)).unwrap();
        assert_eq!((&*manifest.number, &*manifest.project.name), ("1.3.0", "Call Notes"));
        let mut project = serde_json::to_value(Text {
            format: 1,
            project: manifest.project.clone(),
            version: Number { number: manifest.number.clone() },
            information: Table::new(),
        })
        .unwrap();
        assert_eq!(project["project"].take()["slug"], "call-notes");
        for field in FIELDS {
            let Some(value) = manifest.information.get(field.key) else { continue };
            let written = plain(serde_json::to_value(&value).unwrap()["value"].take()).unwrap();
            assert_eq!(value_of(field, written).as_ref(), Some(&value), "{}", field.name);
        }
        assert_eq!(FIELDS.iter().filter(|field| manifest.information.get(field.key).is_some()).count(), 7);
    }

    #[test]
    fn what_makes_no_sense_is_told_by_its_line_or_its_field() {
        let line = |text: &str| match read(text) {
            Err(ManifestError::Syntax { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("format = 1\n[project\n"), 2);
        assert_eq!(line(&text("description = \"open\nslug = 1")), 9);
        assert_eq!(line(&text("").replace("owner", "color")), 2);
        assert_eq!(read("format = 2\nanything = 1"), Err(ManifestError::TooNew));
        for wrong in ["no_such_field = \"x\"", "description = 4", "scopes = [\"openid\"]"] {
            let name = wrong.split(' ').next().unwrap().to_owned();
            assert_eq!(read(&text(wrong)), Err(ManifestError::Field(name)));
        }
    }
}
