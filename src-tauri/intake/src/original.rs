//! A delivery as it came, headers and raw body in one: the same bytes can be verified later, and go on. Its credentials
//! are in it, so whoever keeps one seals it.

use domain::ids::WorkspaceId;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use talkdesk::wire::{Failure, Wire};
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

/// The raw body of what [`packed`] wrote.
pub fn body(raw: &[u8]) -> Option<&[u8]> {
    parts(raw).map(|(_, body)| body)
}

/// Posts what [`packed`] wrote to an address as it came; says what was answered, or in a word why nothing was:
/// `unreachable`, `proxy`, `lost`, `redirected`, `blocked`, or `sealed` where the bytes are nothing of ours.
pub async fn send(wire: &Wire, url: Url, raw: &[u8]) -> Result<StatusCode, &'static str> {
    let (head, body) = parts(raw).ok_or("sealed")?;
    wire.post_as_it_came(url, headers(head), body.to_vec()).await.map_err(|failure| match failure {
        Failure::Blocked { .. } => "blocked",
        Failure::Unreachable(_) => "unreachable",
        Failure::Proxy(_) => "proxy",
        Failure::Redirected { .. } => "redirected",
        _ => "lost",
    })
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

/// The headers that go on, each value as it was.
fn headers(head: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(value))
        {
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
