//! Cutting the secrets out of a body before anything of it is written down.
//!
//! By name, at any depth, in whatever type of event: a secret that Talkdesk adds tomorrow under a name that says what it
//! is, is cut out today.
//!
//! Two ways: [`cut`] takes the secrets out of what a body means, [`mask`] hides them in its bytes and leaves every other
//! byte as it came.

use serde_json::Value;

use crate::secret::Secret;

/// What stands where a secret was.
pub const MARK: &str = "[sealed]";

/// A body without its secrets, and the secrets.
#[derive(Debug)]
pub struct Cut {
    /// The body with [`MARK`] in the place of each secret. To be shown; signatures were made over the true one.
    pub rest: Value,
    /// Each secret with its place as a JSON pointer (RFC 6901). One that was no text is its JSON.
    pub secrets: Vec<(String, Secret<String>)>,
}

/// Cuts the secrets out of JSON that was read: the reader bounds the nesting, so this cannot run out of stack.
pub fn cut(mut json: Value) -> Cut {
    let mut secrets = Vec::new();
    walk(&mut json, &mut String::new(), &mut secrets);
    Cut { rest: json, secrets }
}

fn walk(value: &mut Value, place: &mut String, secrets: &mut Vec<(String, Secret<String>)>) {
    let whole = place.len();
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                place.push('/');
                place.push_str(&name.replace('~', "~0").replace('/', "~1"));
                if is_secret(name) && !value.is_null() {
                    let secret = match std::mem::replace(value, Value::String(MARK.to_owned())) {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    secrets.push((place.clone(), Secret::new(secret)));
                } else {
                    walk(value, place, secrets);
                }
                place.truncate(whole);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter_mut().enumerate() {
                place.push('/');
                place.push_str(&at.to_string());
                walk(value, place, secrets);
                place.truncate(whole);
            }
        }
        _ => {}
    }
}

/// A body byte for byte, but for its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Masked {
    /// It, with [`MARK`] as a string in the place of each secret.
    pub text: String,
    /// How many secrets are hidden in it.
    pub hidden: usize,
    /// How many bytes at its end are left out: from where it is no JSON in UTF-8 nobody can tell what is secret in it.
    pub left_out: usize,
}

/// Hides the secrets in a body as it was received. One that was cut short is shown up to its end, one that is no JSON up
/// to where it ceases to be.
pub fn mask(body: &[u8]) -> Masked {
    let read = readable(body);
    let bytes = read.as_bytes();
    let (mut text, mut hidden) = (String::with_capacity(read.len()), 0);
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'"' {
            at += 1;
            continue;
        }
        let (begins, ends) = (at, string_end(bytes, at));
        let colon = space_end(bytes, ends);
        at = ends;
        if bytes.get(colon) != Some(&b':')
            || !serde_json::from_str::<String>(&read[begins..ends]).is_ok_and(|name| is_secret(&name))
        {
            continue;
        }
        let from = space_end(bytes, colon + 1);
        at = value_end(bytes, from);
        if from < at && &read[from..at] != "null" {
            text.push_str(&read[copied..from]);
            text.extend(['"']);
            text.push_str(MARK);
            text.extend(['"']);
            (copied, hidden) = (at, hidden + 1);
        }
    }
    text.push_str(&read[copied..]);
    Masked { text, hidden, left_out: body.len() - read.len() }
}

/// As much of a body as is JSON in UTF-8.
fn readable(body: &[u8]) -> &str {
    let end = match serde_json::from_slice::<Value>(body) {
        Ok(_) => body.len(),
        Err(error) if error.is_eof() => body.len(),
        Err(error) => {
            let breaks = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
            let line = std::iter::once(0).chain(breaks).nth(error.line().saturating_sub(1)).unwrap_or(0);
            body.len().min(line + error.column().saturating_sub(1))
        }
    };
    match std::str::from_utf8(&body[..end]) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// Where the string that begins here ends, or the text does.
fn string_end(bytes: &[u8], begins: usize) -> usize {
    let mut at = begins + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the white space that begins here ends.
fn space_end(bytes: &[u8], begins: usize) -> usize {
    let rest = bytes.get(begins..).unwrap_or_default();
    begins + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the value that begins here ends, or the text does.
fn value_end(bytes: &[u8], begins: usize) -> usize {
    let (mut at, mut depth) = (begins, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' if depth > 0 => (at, depth) = (at + 1, depth - 1),
            b',' | b'}' | b']' if depth == 0 => return at,
            byte if depth == 0 && byte.is_ascii_whitespace() => return at,
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return at;
        }
    }
    bytes.len()
}

/// Whether a member of this name holds a secret: `client_secret` and `private_key` of the documented events, and what
/// is named like them.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    [
        "secret",
        "private_key",
        "privatekey",
        "password",
        "passphrase",
        "access_token",
        "refresh_token",
        "id_token",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_cut_out_wherever_they_stand_and_nothing_else_is() {
        let body = json!({
            "id": "e1",
            "data": {
                "client_secret": "s-1", "private_key": "s-2", "public_key": "p", "key_id": "k", "client_id": "c",
                "next": [{ "Private-Key": "s-3" }, { "a/b~c": { "webhook_secret": { "kid": 1, "k": "s-4" } } }],
                "old_client_secret": null,
            },
            "_links": { "tokens": { "href": "https://a.talkdeskid.com/oauth/token" } },
        });
        let cut = cut(body.clone());
        let rest = cut.rest.to_string();
        assert!(!rest.contains("s-"), "{rest}");
        assert_eq!(cut.rest["data"]["public_key"], "p");
        assert_eq!(cut.rest["data"]["client_secret"], MARK);
        assert_eq!(cut.rest["_links"], body["_links"]);
        let places: Vec<_> = cut.secrets.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(
            places,
            [
                "/data/client_secret",
                "/data/private_key",
                "/data/next/0/Private-Key",
                "/data/next/1/a~1b~0c/webhook_secret"
            ]
        );
        for (place, secret) in &cut.secrets {
            let stood = body.pointer(place).unwrap();
            let stood = stood.as_str().map_or_else(|| stood.to_string(), str::to_owned);
            assert_eq!(secret.expose(), &stood, "{place}");
        }
        assert!(!format!("{cut:?}").contains("s-1"));
    }

    /// Protects the raw view: what came is shown as it came, and no byte of a secret, whole, cut short or broken.
    #[test]
    fn bytes_stay_as_they_came_but_for_the_secrets() {
        let cases: &[(&[u8], &str, usize, usize)] = &[
            (
                b"{ \"a\" :\r\n\t1.50e0, \"u\": \"\\u00e9\\/\" }\n",
                "{ \"a\" :\r\n\t1.50e0, \"u\": \"\\u00e9\\/\" }\n",
                0,
                0,
            ),
            (br#"{"client_secret" : "hush","b":1}"#, r#"{"client_secret" : "[sealed]","b":1}"#, 1, 0),
            (br#"{"client\u005fsecret":"hu\"sh","b":1}"#, r#"{"client\u005fsecret":"[sealed]","b":1}"#, 1, 0),
            (
                br#"{"private_key":"hush","private_key":"hush"}"#,
                r#"{"private_key":"[sealed]","private_key":"[sealed]"}"#,
                2,
                0,
            ),
            (br#"{"a":[{"secret":{"k":["hush",{"x":"}"}]}},2]}"#, r#"{"a":[{"secret":"[sealed]"},2]}"#, 1, 0),
            (
                br#"{"secret":12345 ,"password":null,"key_id":"k"}"#,
                r#"{"secret":"[sealed]" ,"password":null,"key_id":"k"}"#,
                1,
                0,
            ),
            (br#"{"a":"secret","b":["private_key"]}"#, r#"{"a":"secret","b":["private_key"]}"#, 0, 0),
            // Cut short: within a secret, within its name, after it.
            (br#"{"a":1,"private_key":"hus"#, r#"{"a":1,"private_key":"[sealed]""#, 1, 0),
            (br#"{"private_key":"hush\"#, r#"{"private_key":"[sealed]""#, 1, 0),
            (br#"{"secret":{"k":"hu"#, r#"{"secret":"[sealed]""#, 1, 0),
            (br#"{"a":1,"private_k"#, r#"{"a":1,"private_k"#, 0, 0),
            (br#"{"private_key":"#, r#"{"private_key":"#, 0, 0),
            // No JSON from somewhere on: nobody can tell what is secret there.
            (br#"{"a":1,}"private_key":"hush""#, r#"{"a":1,"#, 0, 21),
            (br#"et":"hush"}"#, "", 0, 11),
            (b"client_secret=hush", "", 0, 18),
            (b"{}\nclient_secret=hush", "{}\n", 0, 18),
            (b"{\"private_key\":\"hu\x01sh\"}", "{\"private_key\":\"[sealed]\"", 1, 5),
            (b"{\"a\":\"\xff\"}", "{\"a\":\"", 0, 3),
            (b"\xff\xfe{\x00", "", 0, 4),
            (b"", "", 0, 0),
        ];
        for (body, text, hidden, left_out) in cases {
            let shown = String::from_utf8_lossy(body);
            let masked = mask(body);
            assert_eq!(
                masked,
                Masked { text: (*text).to_owned(), hidden: *hidden, left_out: *left_out },
                "{shown}"
            );
            assert!(!masked.text.contains("hu"), "{shown}");
        }
    }

    #[test]
    fn what_is_masked_and_what_is_cut_are_the_same_secrets() {
        let body = br#"{"client_secret":"hush","data":{"x_private_key":["hush"],"ID_TOKEN":"hush","n":null,"password":null}}"#;
        let json: Value = serde_json::from_slice(body).unwrap();
        let (cut, masked) = (cut(json), mask(body));
        assert_eq!(masked.hidden, cut.secrets.len());
        assert_eq!(serde_json::from_str::<Value>(&masked.text).unwrap(), cut.rest);
    }

    /// A delivery is cut short where the connection breaks: wherever that is, no byte of a secret is shown.
    #[test]
    fn a_body_that_is_cut_short_shows_no_secret() {
        let body = br#"{"a\"":"\\","private_key":"hu\\\"sh","b":[{"secret":["hush","hush"]},"\u00e9"],"client_secret":  "hush"}"#;
        for to in 0..=body.len() {
            let masked = mask(&body[..to]);
            assert!(!masked.text.contains("hu"), "{to}: {}", masked.text);
            assert_eq!(masked.left_out, 0, "{to}");
        }
    }
}
