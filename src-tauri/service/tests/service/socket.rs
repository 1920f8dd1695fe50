//! The service on a real socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use domain::command::Envelope;
use domain::ids::MemberId;
use domain::protocol::Results;
use partner_service::{ListenError, Reach, listen, serve};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::world::{MANAGER, On, World, command, item, number, run, started, tick, without_request};

/// Opens a connection and sends a request; what it answers is left to be read.
pub fn send(
    to: SocketAddr,
    method: &str,
    uri: &str,
    member: MemberId,
    body: &str,
) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(to)?;
    write!(
        stream,
        "{method} {uri} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\npartner-protocol: 1\r\n\
         authorization: Bearer {member}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    Ok(stream)
}

/// Reads an answer: its status and its JSON.
pub fn answer(mut stream: TcpStream) -> std::io::Result<(u16, Value)> {
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let cut_off = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut_off)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut_off)?;
    Ok((status, without_request(serde_json::from_str(body).map_err(|_| cut_off())?)))
}

/// Sends commands and reads what became of them, where the service answers so.
pub fn try_post(to: SocketAddr, commands: &[Envelope]) -> std::io::Result<Results> {
    let body = json!({ "commands": commands }).to_string();
    match answer(send(to, "POST", "/v1/commands", MANAGER, &body)?)? {
        (200, results) => Ok(serde_json::from_value(results)?),
        (status, fault) => Err(std::io::Error::other(format!("{status}: {fault}"))),
    }
}

/// Sends commands and reads what became of them.
pub fn post(to: SocketAddr, commands: &[Envelope]) -> std::io::Result<Results> {
    let body = json!({ "commands": commands }).to_string();
    let (status, results) = answer(send(to, "POST", "/v1/commands", MANAGER, &body)?)?;
    assert_eq!(status, 200, "{results}");
    Ok(serde_json::from_value(results).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_is_served_until_it_is_told_to_stop() {
    let world = World::new(On::Sqlite).await;
    let listener = listen("127.0.0.1:0".parse().unwrap(), Reach::ThisMachine).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let service = world.service.clone();
    let served =
        tokio::spawn(async move { serve(listener, &service, async { stopped.await.unwrap() }).await });

    spawn_blocking(move || {
        let get = |uri, member| answer(send(address, "GET", uri, member, "").unwrap()).unwrap();
        assert_eq!(get("/health", MANAGER), (200, json!({ "status": "ok" })));
        assert_eq!(get("/v1/me", MANAGER).1["name"], "Manager");
        let stranger = MemberId::from_u128(99);
        assert_eq!(get("/v1/me", stranger), (401, json!({ "code": "signed_out", "params": {} })));
        let taken = post(address, &started()).unwrap();
        assert_eq!(taken.results.iter().filter_map(|r| number(&r.outcome)).collect::<Vec<_>>(), [1, 2, 3, 4]);

        // A caller that goes away before the answer, and one that goes away before the end of its request.
        let tick = [command(5, run(1), tick(item(0)))];
        let body = json!({ "commands": tick }).to_string();
        drop(send(address, "POST", "/v1/commands", MANAGER, &body).unwrap());
        let mut cut = TcpStream::connect(address).unwrap();
        write!(cut, "POST /v1/commands HTTP/1.1\r\nhost: x\r\npartner-protocol: 1\r\n").unwrap();
        write!(cut, "authorization: Bearer {MANAGER}\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
        cut.write_all(&body.as_bytes()[..20]).unwrap();
        drop(cut);
        // Sent again, the command is taken once, whether it had been taken or not.
        let again = post(address, &tick).unwrap();
        assert_eq!((number(&again.results[0].outcome), again.head), (Some(5), 5));
    })
    .await
    .unwrap();

    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(world.me().await.head, 5);
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0", "[2001:db8::1]:0"] {
        let address = address.parse().unwrap();
        let refused = listen(address, Reach::ThisMachine).await.unwrap_err();
        assert!(matches!(refused, ListenError::NotLoopback(refused) if refused == address));
    }
    let taken = listen("127.0.0.1:0".parse().unwrap(), Reach::ThisMachine).await.unwrap();
    let again = listen(taken.local_addr().unwrap(), Reach::ThisMachine).await.unwrap_err();
    assert!(matches!(again, ListenError::Refused(..)));
}
