use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::testing::{Clock, Server, reply};
use crate::wire::{Call, Wire};

/// A proxy that opens a way to nowhere, and keeps what it was asked and what would have gone through.
struct Proxy {
    at: String,
    asked: Arc<Mutex<Vec<String>>>,
    through: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let (asked, through) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<Vec<u8>>>::default());
        let kept = (Arc::clone(&asked), Arc::clone(&through));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let head = head(&mut stream).await;
                kept.0.lock().unwrap().push(head);
                stream.write_all(answer.as_bytes()).await.unwrap();
                let mut first = [0; 4096];
                let count = stream.read(&mut first).await.unwrap_or_default();
                kept.1.lock().unwrap().extend_from_slice(&first[..count]);
            }
        });
        Self { at, asked, through }
    }

    /// The hosts and ports that it was asked for since the last look.
    fn ways(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        let way =
            |head: &String| head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap().to_owned();
        asked.iter().map(way).collect()
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n\r\n") {
        got.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(got).unwrap()
}

fn names() -> Lookup {
    Arc::new(|name| {
        let found: &[&str] = match name {
            "callback.example" => &["1.1.1.1", "2606:4700::1111"],
            "both.example" => &["1.1.1.1", "10.0.0.1"],
            "localhost" => &["127.0.0.1"],
            "nowhere.example" => &[],
            // What a company's own names say of Talkdesk's hosts is not asked: the proxy knows them.
            _ => &["10.0.0.1"],
        };
        Ok(found.iter().map(|address| address.parse().unwrap()).collect())
    })
}

async fn get(wire: &Wire, url: &str) -> Failure {
    wire.send(Call::get(Url::parse(url).unwrap()), Clock::at("2026-11-27T03:00:00Z").now()).await.unwrap_err()
}

#[tokio::test]
async fn a_proxy_is_asked_only_for_what_lies_outside() {
    let proxy = Proxy::start("HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
    let proxies =
        Matcher::builder().all(format!("http://{}", proxy.at)).no("near.example,10.0.0.0/8").build();
    let wire = Wire::by(Reach::Internet, &Regions::default(), Some(names()), proxies).unwrap();
    let inside = Some(Blocked::Address);
    let cases = [
        ("https://api.talkdeskapp.eu/apps", Some("api.talkdeskapp.eu:443"), None),
        ("https://sample-customer.talkdeskid.eu/", Some("sample-customer.talkdeskid.eu:443"), None),
        ("https://callback.example/", Some("callback.example:443"), None),
        ("https://callback.example:8443/", Some("callback.example:8443"), None),
        ("https://1.1.1.1/", Some("1.1.1.1:443"), None),
        ("https://nowhere.example/", None, None),
        ("https://inside.example/", None, inside),
        ("https://both.example/", None, inside),
        ("https://api.talkdeskapp.eu.inside.example/", None, inside),
        // The proxy is not for it, and the guard is.
        ("https://near.example/", None, inside),
        ("https://localhost/", None, inside),
        ("https://10.0.0.1/", None, inside),
        ("https://169.254.169.254/latest", None, inside),
        ("https://[fd00::1]/", None, inside),
        ("https://127.0.0.1/", None, inside),
        ("http://api.talkdeskapp.eu/", None, Some(Blocked::Scheme)),
    ];
    for (url, way, blocked) in cases {
        let host = Url::parse(url).unwrap().host_str().unwrap().to_owned();
        let failure = match blocked {
            Some(why) => Failure::Blocked { host, why },
            None => Failure::Unreachable(host),
        };
        assert_eq!(get(&wire, url).await, failure, "{url}");
        assert_eq!(proxy.ways(), Vec::from_iter(way), "{url}");
    }
}

#[tokio::test]
async fn a_proxy_that_asks_for_a_password_is_told_as_one() {
    let cases = [
        ("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", true),
        ("HTTP/1.1 407 \r\n\r\n", true),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", false),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", false),
    ];
    for (answer, asks) in cases {
        let proxy = Proxy::start(answer).await;
        let proxies = Matcher::builder().https(format!("http://{}", proxy.at)).build();
        let wire = Wire::by(Reach::Internet, &Regions::default(), None, proxies).unwrap();
        let host = "api.talkdeskapp.eu".to_owned();
        let failure = if asks { Failure::Proxy(host) } else { Failure::Unreachable(host) };
        assert_eq!(get(&wire, "https://api.talkdeskapp.eu/apps").await, failure, "{answer}");
        let look = wire.look(Url::parse("https://api.talkdeskapp.eu/apps").unwrap()).await;
        assert_eq!(look.unwrap_err(), failure, "{answer}");
    }
}

#[tokio::test]
async fn through_a_proxy_tls_goes_from_end_to_end() {
    let proxy = Proxy::start("HTTP/1.1 200 OK\r\n\r\n").await;
    let proxies = Matcher::builder().https(format!("http://someone:open@{}", proxy.at)).build();
    let wire = Wire::by(Reach::Internet, &Regions::default(), None, proxies).unwrap();
    let call = Call::get(Url::parse("https://api.talkdeskapp.eu/apps").unwrap());
    let call = call.bearer(&crate::secret::Secret::new("t-1".to_owned()));
    assert!(wire.send(call, Clock::at("2026-11-27T03:00:00Z").now()).await.is_err());
    let asked = proxy.asked.lock().unwrap().join("").to_lowercase();
    assert!(asked.contains("proxy-authorization: basic c29tzw9uztpvcgvu\r\n"), "{asked}");
    assert!(!asked.contains("t-1"), "{asked}");
    // A handshake for the gateway's own name, and nothing before it.
    let through = proxy.through.lock().unwrap().clone();
    assert_eq!(through.first(), Some(&0x16));
    let name = b"api.talkdeskapp.eu";
    assert!(through.windows(name.len()).any(|part| part == name));
}

#[tokio::test]
async fn a_sandbox_is_called_straight() {
    let proxy = Proxy::start("HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
    let server = Server::start(|_| reply(200, "{}")).await;
    let proxies = Matcher::builder().all(format!("http://{}", proxy.at)).build();
    let wire = Wire::by(Reach::Sandbox, &Regions::default(), Some(names()), proxies).unwrap();
    wire.look(server.url.clone()).await.unwrap();
    let outside = get(&wire, "https://inside.example/").await;
    assert_eq!(outside, Failure::Blocked { host: "inside.example".to_owned(), why: Blocked::Address });
    assert!(proxy.ways().is_empty());
}
