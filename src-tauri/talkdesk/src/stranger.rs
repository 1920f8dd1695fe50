//! A delivery that Talkdesk never sent, signed by a key that no gateway knows: a correct app refuses it (D/events-api).

use http::{HeaderMap, HeaderValue, header};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use sha2::{Digest, Sha512};

use crate::ambient::{Ambient, NoRandomness};
use crate::signature::{KEY_ID_HEADER, SIGNATURE_HEADER, hex};

/// Headers and body. It is in order but for its key, tells of ids that nobody has, and of a sign-out: whoever takes it
/// loses nothing by it.
pub fn delivery(ambient: &Ambient) -> Result<(HeaderMap, Vec<u8>), NoRandomness> {
    let id = || ambient.random_id();
    let root = "https://api.talkdesk.invalid";
    let (event, app, installation) = (id()?, id()?, id()?);
    let body = json!({
        "id": event, "created_at": ambient.now().to_string(), "api_version": "1", "type": "user.logout", "app_id": app,
        "data": { "account_id": id()?, "user_id": id()?, "user_email": "nobody@talkdesk.invalid", "installation_id": installation },
        "_links": {
            "root": { "href": root }, "self": { "href": format!("{root}/apps/{app}/events/{event}") },
            "installation": { "href": format!("{root}/apps/{app}/installations/{installation}") },
        },
    });
    let body = body.to_string().into_bytes();
    let key = loop {
        // Nearly every number is a key: the loop hardly ever turns.
        if let Ok(key) = SigningKey::from_slice(&ambient.random_bytes::<32>()?) {
            break key;
        }
    };
    // A whole hash is never too short to sign.
    let signed: Result<Signature, _> = key.sign_prehash(&Sha512::digest(&body));
    let signature = signed.map(|signature| hex(signature.to_der().as_bytes())).unwrap_or_default();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [(SIGNATURE_HEADER, signature), (KEY_ID_HEADER, id()?)] {
        // Hexadecimal digits stand in any header.
        headers.extend(
            HeaderValue::from_str(&value).ok().map(|value| (http::HeaderName::from_static(name), value)),
        );
    }
    Ok((headers, body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    #[test]
    fn it_is_in_order_but_for_its_key_and_no_two_are_alike() {
        let (headers, body) = delivery(&Ambient::system()).unwrap();
        let (_, other) = delivery(&Ambient::system()).unwrap();
        assert_ne!(body, other);
        let event = Event::parse(&body).unwrap();
        assert_eq!(event.kind, "user.logout");
        let signature = headers[SIGNATURE_HEADER].to_str().unwrap();
        assert!(signature.starts_with("30") && signature.len() > 120, "{signature}");
        assert_eq!(headers[KEY_ID_HEADER].len(), 32);
    }
}
