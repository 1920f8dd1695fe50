//! Cutting the secrets out of a body before anything of it is written down.
//!
//! By name, at any depth, in whatever type of event: a secret that Talkdesk adds tomorrow under a name that says what it
//! is, is cut out today.

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

/// Whether a member of this name holds a secret: `client_secret` and `private_key` of the documented events, and what
/// is named like them.
fn is_secret(name: &str) -> bool {
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
}
