//! Where the browser comes back to: a listener on loopback for one request, and the reading of what it brings.

use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{future, io};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::form_urlencoded;

use super::server::Attempt;
use super::{Failed, Reason};
use crate::loopback;
use crate::web::{Words, tidy};

const PATH: &str = "/callback";

/// The one text for people that does not come from the window's catalogue: it is read in another program.
const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"color-scheme\" content=\"light dark\"><title>Partner Console</title></head>\
    <body><p>You can go back to Partner Console.</p></body></html>";

/// Listens on 127.0.0.1 until the browser has come back once.
pub(super) struct Listener {
    socket: TcpListener,
    port: u16,
}

impl Listener {
    /// Listens at the first free one of these ports; with none named, at any.
    pub async fn bind(ports: &[u16]) -> io::Result<Self> {
        let ports = if ports.is_empty() { &[0] } else { ports };
        let mut bound = Err(io::ErrorKind::AddrInUse.into());
        for port in ports {
            bound = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).await;
            if bound.is_ok() {
                break;
            }
        }
        let socket = bound?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }

    pub fn redirect_uri(&self) -> String {
        format!("http://{}{PATH}", self.host())
    }

    fn host(&self) -> String {
        format!("{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Serves until a browser came to the callback and has its page; answers with the query that it brought.
    pub async fn returned(self) -> String {
        let host: Arc<str> = self.host().into();
        let brought = Arc::new(OnceLock::new());
        // Browsers open connections that they never use, so none may keep another waiting.
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, _)) => drop(connections.spawn(converse(stream, host.clone(), brought.clone()))),
                    // Out of file descriptors, mostly: pause, or the loop would spin until some are free again.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => if let Some(query) = brought.get() {
                    return String::clone(query);
                },
            }
        }
    }
}

async fn converse(stream: TcpStream, host: Arc<str>, brought: Arc<OnceLock<String>>) {
    loopback::serve(stream, |request| future::ready(answer(&request, &host, &brought))).await;
}

fn answer(request: &Request<Incoming>, host: &str, brought: &OnceLock<String>) -> Response<Full<Bytes>> {
    let named = request.headers().get(header::HOST).map(HeaderValue::as_bytes);
    let (status, page) = if named != Some(host.as_bytes()) || request.uri().path() != PATH {
        (StatusCode::NOT_FOUND, "")
    } else if request.method() != Method::GET {
        (StatusCode::METHOD_NOT_ALLOWED, "")
    } else if brought.set(request.uri().query().unwrap_or_default().to_owned()).is_err() {
        (StatusCode::GONE, "")
    } else {
        (StatusCode::OK, PAGE)
    };
    let mut response = Response::new(Full::new(Bytes::from_static(page.as_bytes())));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONNECTION, "close"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The code that the browser brought, if it comes from the sign-in that waits and from the right server. The server's
/// error is looked for before the code.
pub(super) fn code(query: &str, attempt: &Attempt) -> Result<String, Failed> {
    let server = attempt.server();
    read(query, attempt.state.secret(), server.metadata.issuer.as_deref(), server.metadata.tells_issuer)
}

fn read(query: &str, state: &str, issuer: Option<&str>, tells_issuer: bool) -> Result<String, Failed> {
    let failed = |reason, detail| Err(Failed { reason, detail });
    // A parameter stands once (RFC 6749 §3.1): of two, neither is believed.
    let once = |name: &str| {
        let mut values =
            form_urlencoded::parse(query.as_bytes()).filter(|(n, _)| n == name).map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none())
    };
    if once("state").as_deref() != Some(state) {
        return failed(Reason::WrongState, String::new());
    }
    match once("iss") {
        // A server that was entered by hand is known by no issuer: there is nothing to hold its word against.
        Some(told) if issuer.is_some_and(|issuer| told != issuer) => {
            return failed(Reason::WrongIssuer, tidy(&told));
        }
        None if tells_issuer => return failed(Reason::WrongIssuer, String::new()),
        _ => {}
    }
    if let Some(error) = once("error") {
        let reason = if error == "access_denied" { Reason::Denied } else { Reason::Server };
        return failed(reason, Words::new(&error, &once("error_description").unwrap_or_default()).shown());
    }
    match once("code").filter(|code| !code.is_empty()) {
        Some(code) => Ok(code.into_owned()),
        None => failed(Reason::Server, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_this_sign_in_gives_a_code() {
        let iss = "iss=https%3A%2F%2Fid.example";
        let cases = [
            ("state=s&code=c&{iss}", true, Ok("c")),
            ("state=s&code=c&{iss}", false, Ok("c")),
            ("state=s&code=c", false, Ok("c")),
            ("state=s&code=c", true, Err((Reason::WrongIssuer, ""))),
            (
                "state=s&code=c&iss=https://other.example",
                false,
                Err((Reason::WrongIssuer, "https://other.example")),
            ),
            ("state=s&code=c&{iss}&{iss}", true, Err((Reason::WrongIssuer, ""))),
            ("code=c&{iss}", true, Err((Reason::WrongState, ""))),
            ("state=S&code=c&{iss}", true, Err((Reason::WrongState, ""))),
            ("state=s&state=s&code=c&{iss}", true, Err((Reason::WrongState, ""))),
            ("", true, Err((Reason::WrongState, ""))),
            ("state=t&error=access_denied&{iss}", true, Err((Reason::WrongState, ""))),
            (
                "state=s&error=access_denied&error_description=No&{iss}",
                true,
                Err((Reason::Denied, "access_denied: No")),
            ),
            ("state=s&error=server_error&code=c&{iss}", true, Err((Reason::Server, "server_error"))),
            ("state=s&code=c&code=d&{iss}", true, Err((Reason::Server, ""))),
            ("state=s&code=&{iss}", true, Err((Reason::Server, ""))),
        ];
        for (query, tells, expected) in cases {
            let read = read(&query.replace("{iss}", iss), "s", Some("https://id.example"), tells);
            let read = read.as_deref().map_err(|failed| (failed.reason, failed.detail.as_str()));
            assert_eq!(read, expected, "{query}");
        }
    }
}
