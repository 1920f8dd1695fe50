//! Sign-in, sync and calls to Talkdesk go by the system's proxy, and not where the system says otherwise. What the system
//! says is read from the environment, so the calls are made in a process of their own.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use bytes::Bytes;
use http::{Request, StatusCode};
use talkdesk::region::Regions;
use talkdesk::wire::{Reach, Wire};
use url::Url;

use super::Web;
use crate::engine::call_error;
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::sync::{Http, Transport as _};

#[test]
fn what_calls_out_goes_by_the_systems_proxy() {
    let asked = by_a_proxy("HTTP/1.1 502 Bad Gateway\r\n\r\n", "web::proxied::the_calls");
    let way = |host: &str| format!("CONNECT {host}:443 HTTP/1.1");
    assert_eq!(asked, [way("id.example"), way("service.example"), way("api.talkdeskapp.eu")]);
}

#[test]
fn a_proxy_that_asks_for_a_password_is_told_as_one() {
    let answer =
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
    assert_eq!(by_a_proxy(answer, "web::proxied::the_calls_that_are_stopped").len(), 4);
}

/// The first lines of what a proxy was asked that answers everything so, while a test made its calls.
fn by_a_proxy(answer: &'static str, calls_of: &str) -> Vec<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let (told, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut head) = (stream.unwrap(), Vec::new());
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            told.send(head.lines().next().unwrap_or_default().to_owned()).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let mut calls = Command::new(std::env::current_exe().unwrap());
    calls.args(["--exact", calls_of, "--ignored"]);
    // What the system says where the tests run is not meant.
    for name in ["ALL_PROXY", "all_proxy", "https_proxy", "no_proxy", "REQUEST_METHOD"] {
        calls.env_remove(name);
    }
    calls.envs([("HTTPS_PROXY", at.as_str()), ("NO_PROXY", "localhost")]);
    let calls = calls.output().unwrap();
    assert!(calls.status.success(), "{calls:?}");
    asked.try_iter().collect()
}

#[tokio::test]
#[ignore = "made by the test above, where there is a proxy"]
async fn the_calls() {
    let url = |text: &str| Url::parse(text).unwrap();
    let web = Web::new(&url("https://id.example/")).unwrap();
    web.get(url("https://id.example/.well-known/openid-configuration")).send().await.unwrap_err();
    // Nobody listens there, and no proxy is asked.
    web.get(url("https://localhost:1/")).send().await.unwrap_err();

    let service = Http::new(url("https://service.example/"), Secret::new("t".to_owned())).unwrap();
    let me = Request::get("/v1/me").body(Bytes::new()).unwrap();
    assert!(service.send(me).await.is_err());

    let wire = Wire::new(Reach::Internet, &Regions::default()).unwrap();
    wire.look(url("https://api.talkdeskapp.eu/")).await.unwrap_err();
}

#[tokio::test]
#[ignore = "made by a test above, where there is a proxy that asks for a password"]
async fn the_calls_that_are_stopped() {
    let url = |text: &str| Url::parse(text).unwrap();
    let web = Web::new(&url("https://id.example/")).unwrap();
    let asked = web.get(url("https://id.example/.well-known/openid-configuration")).build().unwrap();
    let Err(failure) = web.send(asked).await else { panic!("it went through") };
    let error = Error::from(failure);
    assert_eq!((error.code, error.params["host"].as_str()), (ErrorCode::Proxy, "id.example"));

    let service = Http::new(url("https://service.example/"), Secret::new("t".to_owned())).unwrap();
    let request = || Request::get("/v1/me").body(Bytes::new()).unwrap();
    let answer = service.send(request()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::PROXY_AUTHENTICATION_REQUIRED);
    let stream = service.open(request()).unwrap().await.unwrap();
    assert_eq!(stream.status(), StatusCode::PROXY_AUTHENTICATION_REQUIRED);

    let wire = Wire::new(Reach::Internet, &Regions::default()).unwrap();
    let failure = wire.look(url("https://api.talkdeskapp.eu/")).await.unwrap_err();
    let error = call_error(&failure);
    assert_eq!((error.code, error.params["host"].as_str()), (ErrorCode::Proxy, "api.talkdeskapp.eu"));
}
