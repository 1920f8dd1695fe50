use std::sync::Arc;

use super::*;
use crate::testing::{Clock, Server, reply, reply_with};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn with_lookup(reach: Reach, lookup: Lookup) -> Wire {
    Wire::by(reach, &Regions::default(), Some(lookup), Matcher::builder().build()).unwrap()
}

async fn get(wire: &Wire, url: Url) -> Result<Answer, Failure> {
    wire.send(Call::get(url), Clock::at("2026-11-27T03:00:00Z").now()).await
}

#[test]
fn calls_go_by_https_to_the_internet_and_in_the_sandboxs_mode_to_this_computer() {
    use Blocked::{Address, Credentials, Scheme};
    let cases = [
        ("https://api.talkdeskapp.eu/x", Ok(()), Ok(())),
        ("https://1.1.1.1/", Ok(()), Ok(())),
        ("http://api.talkdeskapp.eu/", Err(Scheme), Err(Scheme)),
        ("http://127.0.0.1:1/", Err(Scheme), Ok(())),
        ("http://[::1]:1/", Err(Scheme), Ok(())),
        ("http://localhost:1/", Err(Scheme), Ok(())),
        ("https://127.0.0.1/", Err(Address), Ok(())),
        ("http://127.0.0.1.evil.example/", Err(Scheme), Err(Scheme)),
        ("https://169.254.169.254/latest", Err(Address), Err(Address)),
        ("https://10.0.0.1/", Err(Address), Err(Address)),
        ("https://[fd00::1]/", Err(Address), Err(Address)),
        ("https://[::ffff:10.0.0.1]/", Err(Address), Err(Address)),
        ("https://0x7f.1/", Err(Address), Ok(())),
        ("https://user@api.talkdeskapp.eu/", Err(Credentials), Err(Credentials)),
        ("https://:p@api.talkdeskapp.eu/", Err(Credentials), Err(Credentials)),
        ("ftp://api.talkdeskapp.eu/", Err(Scheme), Err(Scheme)),
        ("file:///etc/passwd", Err(Scheme), Err(Scheme)),
        ("data:,x", Err(Scheme), Err(Scheme)),
    ];
    for (text, internet, sandbox) in cases {
        assert_eq!(Reach::Internet.allows(&url(text)), internet, "{text}");
        assert_eq!(Reach::Sandbox.allows(&url(text)), sandbox, "{text} in the sandbox's mode");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_found_out_when_it_is_resolved() {
    let lookup: Lookup = Arc::new(|name| {
        Ok(match name {
            "inside.example" => vec!["10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap()],
            "metadata.example" => vec!["169.254.169.254".parse().unwrap()],
            "here.example" => vec!["127.0.0.1".parse().unwrap()],
            _ => Vec::new(),
        })
    });
    let wire = with_lookup(Reach::Internet, lookup.clone());
    for name in ["inside.example", "metadata.example", "here.example"] {
        let failure = get(&wire, url(&format!("https://{name}/"))).await.unwrap_err();
        assert_eq!(failure, Failure::Blocked { host: name.to_owned(), why: Blocked::Address });
    }
    let failure = get(&wire, url("https://nowhere.example/")).await.unwrap_err();
    assert_eq!(failure, Failure::Unreachable("nowhere.example".to_owned()));
    // Of a name's addresses only those outside count: the one inside is never tried.
    let server = Server::start(|_| reply(200, "{}")).await;
    let port = server.url.port().unwrap();
    let both: Lookup = Arc::new(|_| Ok(vec!["10.0.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()]));
    let wire = with_lookup(Reach::Sandbox, both);
    assert!(get(&wire, url(&format!("http://localhost:{port}/"))).await.is_ok());
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let elsewhere = Server::start(|_| reply(200, "{}")).await;
    let to = elsewhere.url.clone();
    let server = Server::start(move |asked| match asked.line.as_str() {
        "GET /no-place" => reply(302, ""),
        _ => reply_with(307, &format!("location: {to}stolen?x=1\r\n"), ""),
    })
    .await;
    let wire = Wire::new(Reach::Sandbox, &Regions::default()).unwrap();
    let host = "127.0.0.1".to_owned();
    for (path, to) in [("/", elsewhere.url.origin().ascii_serialization()), ("/no-place", String::new())] {
        let call = Call::get(server.url.join(path).unwrap()).bearer(&Secret::new("t".to_owned()));
        let failure = wire.send(call, Clock::at("2026-11-27T03:00:00Z").now()).await.unwrap_err();
        assert_eq!(failure, Failure::Redirected { host: host.clone(), to });
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn an_answer_has_a_size_and_a_time() {
    let server = Server::start(|asked| match asked.line.as_str() {
        "GET /large" => reply(200, &"x".repeat(BODY_LIMIT + 1)),
        "GET /cut" => reply(200, "{}").replace("content-length: 2", "content-length: 20"),
        "GET /no-http" => "SSH-2.0\r\n".to_owned(),
        _ => reply(200, "{}"),
    })
    .await;
    let wire = Wire::new(Reach::Sandbox, &Regions::default()).unwrap();
    let at = |path| server.url.join(path).unwrap();
    let host = || "127.0.0.1".to_owned();
    assert_eq!(get(&wire, at("/large")).await.unwrap_err(), Failure::TooLarge(host()));
    assert_eq!(get(&wire, at("/cut")).await.unwrap_err(), Failure::Broken(host()));
    assert_eq!(get(&wire, at("/no-http")).await.unwrap_err(), Failure::Broken(host()));
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_at = url(&format!("http://{}", silent.local_addr().unwrap()));
    let hasty = wire.within(Duration::from_millis(50));
    assert_eq!(get(&hasty, silent_at.clone()).await.unwrap_err(), Failure::Late(host()));
    drop(silent);
    assert_eq!(get(&hasty, silent_at).await.unwrap_err(), Failure::Unreachable(host()));
}

#[tokio::test]
async fn a_refusal_keeps_the_servers_words_and_its_wait() {
    let server =
        Server::start(|_| reply_with(429, "retry-after: 7\r\n", r#"{"code":"slow","message":"Down"}"#)).await;
    let wire = Wire::new(Reach::Sandbox, &Regions::default()).unwrap();
    let failure = get(&wire, server.url.clone()).await.unwrap().json::<serde_json::Value>().unwrap_err();
    let Failure::Refused { status: 429, problem, retry_after, .. } = failure else { panic!("{failure}") };
    assert_eq!((problem.code.as_str(), problem.message.as_str()), ("slow", "Down"));
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
}

#[test]
fn a_wait_is_seconds_or_a_date_and_has_an_end() {
    let now = "1994-11-06T08:49:07Z".parse().unwrap();
    let cases = [
        ("0", Some(0)),
        (" 120 ", Some(120)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("99999999999999999999999999", Some(24 * 60 * 60)),
        ("Fri, 31 Dec 2100 23:59:59 GMT", Some(24 * 60 * 60)),
        ("-1", None),
        ("soon", None),
        ("", None),
    ];
    for (text, seconds) in cases {
        assert_eq!(wait(text, now), seconds.map(Duration::from_secs), "{text}");
    }
}

#[test]
fn nothing_shows_a_credential() {
    let call = Call::get(url("https://api.talkdeskapp.eu/")).bearer(&Secret::new("t-1".to_owned()));
    let form = Call { body: Body::Form(Secret::new("client_assertion=t-1".to_owned())), ..call };
    let answer =
        Answer { host: String::new(), status: StatusCode::OK, body: b"t-1".to_vec(), retry_after: None };
    assert!(!format!("{form:?} {answer:?}").contains("t-1"));
}
