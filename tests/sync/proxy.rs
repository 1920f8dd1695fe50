//! A proxy before the service, on a port of its own, that does to the next requests what networks do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::protocol::Commands;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::passing::Passing;

/// What a desktop asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    Me,
    Commands,
    Changes,
    Stream,
    Other,
}

/// What goes wrong with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing listens.
    Refused,
    /// The connection is reset before the request is through.
    CutRequest,
    /// It is carried out, and the connection is reset in the middle of the answer.
    CutAnswer,
    /// It is carried out, and nothing of the answer comes.
    LostAnswer,
    /// Something else answers: status, further headers, body.
    Answers(u16, &'static str, &'static str),
    /// The answer is no HTTP.
    Noise,
    /// It is carried out, and half of the answer's body comes as if it were whole.
    HalfBody,
    /// It is carried out, and the answer comes in drops.
    Slow,
    /// No answer, and no end of the connection.
    Silent,
}

/// Where a captive portal would lead to.
pub const PORTAL: &str = "/portal/sign-in";

struct Shared {
    to: SocketAddr,
    faults: Mutex<(Asks, Fault, usize)>,
    seen: Mutex<Vec<(Asks, Instant, bool, String)>>,
    batches: Mutex<Vec<usize>>,
}

pub struct Proxy {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn before(to: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let faults = Mutex::new((Asks::Other, Fault::Noise, 0));
        let shared = Arc::new(Shared { to, faults, seen: Mutex::default(), batches: Mutex::default() });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, task }
    }

    /// This goes wrong with the next requests for that.
    pub fn fault(&self, asks: Asks, fault: Fault, times: usize) {
        *self.shared.faults.lock().unwrap() = (asks, fault, times);
    }

    /// Nothing listens on its port any more.
    pub async fn down(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Something listens again.
    pub async fn up(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.task = tokio::spawn(accept(listener, Arc::clone(&self.shared)));
    }

    /// When requests came with which something went wrong.
    pub fn faults(&self) -> Vec<Instant> {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|(.., wrong, _)| *wrong).map(|(_, at, ..)| *at).collect()
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// How many commands each batch had that came whole.
    pub fn batches(&self) -> Vec<usize> {
        self.shared.batches.lock().unwrap().clone()
    }

    /// Whether anybody followed where a portal leads.
    pub fn led_astray(&self) -> bool {
        self.shared.seen.lock().unwrap().iter().any(|(.., path)| path == PORTAL)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let shared = Arc::clone(&shared);
        // A connection that breaks is what this is for.
        tokio::spawn(async move { drop(pass(stream, &shared).await) });
    }
}

/// One request a connection: the next one comes by another.
async fn pass(mut from: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(mut request) = Passing::head(&mut from).await? else { return Ok(()) };
    let head = request.text();
    let path = head.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
    let asks = match path.as_str() {
        "/v1/me" => Asks::Me,
        "/v1/commands" => Asks::Commands,
        "/v1/changes" if head.contains("text/event-stream") => Asks::Stream,
        "/v1/changes" => Asks::Changes,
        _ => Asks::Other,
    };
    let fault = {
        let mut faults = shared.faults.lock().unwrap();
        let hit = faults.0 == asks && faults.2 > 0;
        faults.2 -= usize::from(hit);
        hit.then_some(faults.1)
    };
    shared.seen.lock().unwrap().push((asks, Instant::now(), fault.is_some(), path));
    if fault == Some(Fault::CutRequest) {
        return from.set_zero_linger();
    }
    let Some(body) = request.body(&mut from).await? else { return Ok(()) };
    if asks == Asks::Commands {
        let batch: Commands = serde_json::from_slice(body).unwrap();
        shared.batches.lock().unwrap().push(batch.commands.len());
    }
    match fault {
        Some(Fault::Silent) => {
            // Until the other side has enough.
            return copy(&mut from, &mut sink()).await.map(drop);
        }
        Some(Fault::Noise) => {
            return from.write_all(&[0x16, 0x03, 0x01, 0x00, 0xff, b'\n', 0x00, b'\n']).await;
        }
        Some(Fault::Answers(status, headers, body)) => {
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} Word\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            return from.write_all(answer.as_bytes()).await;
        }
        _ => {}
    }

    let mut to = request.on(shared.to).await?;
    let Some(fault) = fault else { return copy(&mut to, &mut from).await.map(drop) };

    let mut answer = Vec::new();
    while to.read_buf(&mut answer).await? > 0 {
        // A stream has no end: its first event is enough.
        if asks == Asks::Stream && answer.windows(5).any(|five| five == b"data:") {
            break;
        }
    }
    match fault {
        Fault::LostAnswer => from.set_zero_linger(),
        Fault::CutAnswer => {
            from.write_all(&answer[..answer.len() - 10]).await?;
            from.flush().await?;
            from.set_zero_linger()
        }
        Fault::Slow => {
            for drops in answer.chunks(answer.len() / 8 + 1) {
                from.write_all(drops).await?;
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            Ok(())
        }
        _ => {
            let body = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            let half = &answer[body..body + (answer.len() - body) / 2];
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", half.len());
            from.write_all(head.as_bytes()).await?;
            from.write_all(half).await
        }
    }
}
