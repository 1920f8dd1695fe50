//! A delivery as it came, headers and raw body in one: the same bytes can be verified later, and go on. Its credentials
//! are in it, so whoever keeps one seals it.

use domain::ids::WorkspaceId;
use domain::protocol::{AsItCame, CameHeader};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use talkdesk::sealed::{self, Masked};
use talkdesk::wire::Wire;
use url::Url;
use uuid::Uuid;

use crate::derived;

/// What belongs to one connection, and not to the message (RFC 9110, section 7.6.1); and what a client sets itself.
const NOT_PASSED: [HeaderName; 9] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
    header::CONTENT_LENGTH,
];

/// The id under which a vault keeps the original of an event of a workspace's.
pub fn id(workspace: WorkspaceId, event: &str) -> Uuid {
    derived(&["original", &workspace.to_string(), event])
}

/// Headers and body as they came, in the form of a message (RFC 9112): `name: value` a line, an empty line, the body.
pub fn packed(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(body.len() + 1_024);
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            raw.extend_from_slice(part);
        }
    }
    raw.extend_from_slice(b"\r\n");
    raw.extend_from_slice(body);
    raw
}

/// Whether a header is hidden: it lets somebody in, or names the address of the callback, whose key does.
fn is_hidden(name: &str, value: &str) -> bool {
    const LETS_IN: [&str; 7] = ["authorization", "cookie", "token", "key", "assertion", "credential", "jwt"];
    sealed::is_secret(name)
        || LETS_IN.iter().any(|ending| name.ends_with(ending))
        || value.contains("/hooks/talkdesk/")
}

/// What [`packed`] wrote, as it may be shown.
pub fn shown(raw: &[u8]) -> Option<AsItCame> {
    let (head, body) = parts(raw)?;
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let headers = lines(head).map(|(name, value)| {
        let name = String::from_utf8_lossy(name).into_owned();
        let value = String::from_utf8_lossy(value).into_owned();
        let value = (!is_hidden(&name, &value)).then_some(value);
        CameHeader { name, value }
    });
    let Masked { text, hidden, left_out } = sealed::mask(body);
    Some(AsItCame {
        headers: headers.collect(),
        body: text,
        hidden: count(hidden),
        left_out: count(left_out),
    })
}

/// The raw body of what [`packed`] wrote.
pub fn body(raw: &[u8]) -> Option<&[u8]> {
    parts(raw).map(|(_, body)| body)
}

/// Posts what [`packed`] wrote to an address as it came; says what was answered, or in a word why nothing was: one of
/// [`talkdesk::wire::Failure::word`], or `sealed` where the bytes are nothing of ours.
pub async fn send(wire: &Wire, url: Url, raw: &[u8]) -> Result<StatusCode, &'static str> {
    let (head, body) = parts(raw).ok_or("sealed")?;
    let sent = wire.post_as_it_came(url, headers(head), body.to_vec()).await;
    sent.map_err(|failure| failure.word())
}

/// What [`packed`] wrote, with a type that an app reads the body by where none came: of a delivery that somebody pasted
/// or that was fetched, nobody has the other headers.
pub fn readable(raw: Vec<u8>) -> Vec<u8> {
    let typed = |head| lines(head).any(|(name, _)| name == header::CONTENT_TYPE.as_str().as_bytes());
    match parts(&raw) {
        Some((head, _)) if !typed(head) => [b"content-type: application/json\r\n".as_slice(), &raw].concat(),
        _ => raw,
    }
}

/// The headers and the body of what [`packed`] wrote.
fn parts(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    const END: &[u8] = b"\r\n\r\n";
    // With no header at all the empty line is the first.
    if let Some(body) = raw.strip_prefix(b"\r\n") {
        return Some((&[], body));
    }
    let end = raw.windows(END.len()).position(|part| part == END)?;
    Some((raw.get(..end)?, raw.get(end + END.len()..)?))
}

/// The names and values of a head.
fn lines(head: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    head.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((&line[..colon], line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..])))
    })
}

/// The headers that go on, each value as it was.
fn headers(head: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines(head) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    // What `Connection` names belongs to the connection, too.
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&NOT_PASSED) {
        headers.remove(name);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_on_whole_and_its_connection_does_not() {
        let head = b"x-hub-ecdsa-signature: 30AA\r\nx-twice: 1\r\nx-twice: 2\r\nx-odd:  \xc3\xa9 \r\nhost: service.example\r\ncontent-length: 3\r\nconnection: keep-alive, x-hop\r\nx-hop: 1\r\nx-last: z";
        let passed = headers(head);
        let of = |name: &str| passed.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        assert_eq!(of("x-hub-ecdsa-signature"), [b"30AA"]);
        assert_eq!(of("x-twice"), [b"1", b"2"]);
        assert_eq!(of("x-odd"), [b" \xc3\xa9 ".as_slice()]);
        assert_eq!(of("x-last"), [b"z"]);
        for gone in ["host", "content-length", "connection", "x-hop"] {
            assert!(!passed.contains_key(gone), "{gone}");
        }
    }

    #[test]
    fn of_the_headers_what_lets_somebody_in_is_hidden_and_all_else_is_shown_in_its_order() {
        let head = b"x-hub-ecdsa-signature: 30AA\r\nx-hub-ecdsa-signature-id: k-1\r\nx-twice: 1\r\nx-twice: 2\r\nhost: service.example\r\nauthorization: Bearer hush\r\nproxy-authorization: hush\r\ncookie: hush\r\nx-api-key: hush\r\ncf-access-jwt-assertion: hush\r\nx-access-client-secret: hush\r\nx-original-uri: /hooks/talkdesk/hush\r\n\r\n{\"client_secret\": \"hush\"}\n";
        let came = shown(head).unwrap();
        let told: Vec<_> =
            came.headers.iter().map(|header| (&*header.name, header.value.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("x-hub-ecdsa-signature", Some("30AA")),
                ("x-hub-ecdsa-signature-id", Some("k-1")),
                ("x-twice", Some("1")),
                ("x-twice", Some("2")),
                ("host", Some("service.example")),
                ("authorization", None),
                ("proxy-authorization", None),
                ("cookie", None),
                ("x-api-key", None),
                ("cf-access-jwt-assertion", None),
                ("x-access-client-secret", None),
                ("x-original-uri", None),
            ]
        );
        assert_eq!((&*came.body, came.hidden, came.left_out), ("{\"client_secret\": \"[sealed]\"}\n", 1, 0));
    }

    #[test]
    fn what_nobody_has_the_headers_of_gets_a_type_and_what_has_one_stays() {
        for (raw, sent) in [
            (&b"\r\n{}"[..], &b"content-type: application/json\r\n\r\n{}"[..]),
            (b"x-a: 1\r\n\r\n{}", b"content-type: application/json\r\nx-a: 1\r\n\r\n{}"),
            (b"content-type: text/plain\r\n\r\n{}", b"content-type: text/plain\r\n\r\n{}"),
        ] {
            let made = readable(raw.to_vec());
            assert_eq!(made, sent);
            assert_eq!(body(&made), Some(&b"{}"[..]));
        }
    }

    #[test]
    fn a_body_comes_out_as_it_went_in() {
        let mut two = HeaderMap::new();
        two.insert("x-hub-ecdsa-signature", HeaderValue::from_static("30AA"));
        for headers in [HeaderMap::new(), two] {
            for whole in [&b""[..], b"{}", b"\r\n\r\n{}", b"{\"a\":\r\n\r\n1}", &[0xff, 0x00]] {
                let raw = packed(&headers, whole);
                assert_eq!(body(&raw), Some(whole), "{whole:?}");
            }
        }
        assert_eq!(body(b"nothing of ours"), None);
    }
}
