//! A request that goes by something between a desktop and a service: read as it comes, and passed on as it came, by a
//! connection of its own, the only one that it is for.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Passing {
    bytes: Vec<u8>,
    /// Where the head ends.
    end: usize,
    /// How long the whole request is.
    length: usize,
}

impl Passing {
    /// Reads the head; none where there is no more of it.
    pub async fn head(from: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if from.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        };
        let mut passing = Self { bytes, end, length: end };
        let body = passing.text().lines().find_map(|line| {
            line.strip_prefix("content-length:").and_then(|length| length.trim().parse::<usize>().ok())
        });
        passing.length += body.unwrap_or(0);
        Ok(Some(passing))
    }

    /// The head, in small letters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.end]).to_lowercase()
    }

    /// Reads the rest; none where not all of it came.
    pub async fn body(&mut self, from: &mut TcpStream) -> io::Result<Option<&[u8]>> {
        while self.bytes.len() < self.length {
            if from.read_buf(&mut self.bytes).await? == 0 {
                return Ok(None);
            }
        }
        Ok(Some(&self.bytes[self.end..]))
    }

    /// Passes it on; the answer comes by the connection.
    pub async fn on(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let mut to = TcpStream::connect(to).await?;
        to.write_all(&self.bytes[..self.end - 2]).await?;
        to.write_all(b"connection: close\r\n\r\n").await?;
        to.write_all(&self.bytes[self.end..]).await?;
        Ok(to)
    }
}
