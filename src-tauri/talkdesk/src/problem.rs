//! A server's own words about an error, in the three shapes that Talkdesk documents: its gateway's
//! `{code, message, description?, fields?[{name, description}]}`, some routes' `{error}`, and Talkdesk ID's
//! `{error, error_description}` (RFC 6749 §5.2).

use serde_json::Value;

/// Longest text of a server that is kept, in characters.
const WORDS_LIMIT: usize = 2_000;
const FIELDS_LIMIT: usize = 50;

/// What a server says of an error; each part is empty where it says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Problem {
    /// Its word for it: `code`, or `error` where that is a word.
    pub code: String,
    /// What it says to people.
    pub message: String,
    /// The fields that are wrong, and why.
    pub fields: Vec<(String, String)>,
}

impl Problem {
    /// Reads what it can of a body; anything at all is an error without words.
    pub fn read(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value, name: &str| match value.get(name) {
            Some(Value::String(text)) => tidy(text),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let lines: Vec<_> = ["message", "error_description", "description"]
            .iter()
            .map(|name| text(&body, name))
            .filter(|line| !line.is_empty())
            .collect();
        let fields = body.get("fields").and_then(Value::as_array).into_iter().flatten().take(FIELDS_LIMIT);
        let code = text(&body, "code");
        Self {
            code: if code.is_empty() { text(&body, "error") } else { code },
            message: lines.join("\n"),
            fields: fields.map(|field| (text(field, "name"), text(field, "description"))).collect(),
        }
    }

    /// Whether a body is an error by its shape, under whatever status: OAuth servers are known to answer one with 200.
    pub fn is_oauth(body: &[u8]) -> bool {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        body.get("error").is_some_and(|error| error.as_str().is_some_and(|error| !error.is_empty()))
    }
}

/// A server's text without what could upset a screen: no control characters but line ends, and not without end.
fn tidy(text: &str) -> String {
    text.trim().chars().filter(|c| *c == '\n' || !c.is_control()).take(WORDS_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_shape_keeps_its_words() {
        let problem = |code: &str, message: &str, fields: &[(&str, &str)]| Problem {
            code: code.to_owned(),
            message: message.to_owned(),
            fields: fields.iter().map(|(name, why)| ((*name).to_owned(), (*why).to_owned())).collect(),
        };
        let cases = [
            (
                r#"{"code":"0550002","message":"Invalid","description":"Look","fields":[{"name":"state","description":"no"}]}"#,
                problem("0550002", "Invalid\nLook", &[("state", "no")]),
            ),
            (r#"{"code":404,"message":"No such app"}"#, problem("404", "No such app", &[])),
            (r#"{"error":"Installation not found"}"#, problem("Installation not found", "", &[])),
            (
                r#"{"error":"invalid_client","error_description":"Unknown"}"#,
                problem("invalid_client", "Unknown", &[]),
            ),
            (r#"{"code":{},"message":[],"fields":{}}"#, problem("", "", &[])),
            ("<html>502</html>", problem("", "", &[])),
            ("", problem("", "", &[])),
            ("{\"error\":\"a\u{1b}[31m\\r\\nb\"}", problem("", "", &[])),
            (r#"{"error":"a\u001b[31m\r\nb"}"#, problem("a[31m\nb", "", &[])),
        ];
        for (body, expected) in cases {
            assert_eq!(Problem::read(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn an_error_cannot_flood() {
        let many = vec![r#"{"name":"a","description":"b"}"#; 10_000].join(",");
        let body = format!(r#"{{"code":"{}","fields":[{many}]}}"#, "x".repeat(100_000));
        let read = Problem::read(body.as_bytes());
        assert_eq!((read.code.len(), read.fields.len()), (WORDS_LIMIT, FIELDS_LIMIT));
        assert_eq!(Problem::read("[".repeat(1_000_000).as_bytes()), Problem::default());
    }
}
