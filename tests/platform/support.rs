//! A sandbox on a free port, a port to it, and a reviewer.

use domain::fields::TrackName;
use domain::ids::{ProjectId, VersionId};
use partner_core::error::Error;
use partner_core::platform::{App, HttpPort, Submission, Version};
use reqwest::{Method, RequestBuilder};
use sandbox::{Running, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

pub const APP: ProjectId = ProjectId::from_u128(0x0191_d8a0_0000_7000_8000_0000_0000_0001);
pub const VERSION: VersionId = VersionId::from_u128(0x0191_d8a0_0000_7000_8000_0000_0000_0002);

pub struct World {
    pub sandbox: Running,
    pub port: HttpPort,
    http: reqwest::Client,
}

impl World {
    pub async fn start() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        // The port first: it installs the provider that the test's own client needs, too.
        let port = HttpPort::new(sandbox.url(), sandbox.token()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, port, http }
    }

    fn reviewer(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.url());
        self.http.request(method, url).bearer_auth(self.sandbox.reviewer_token())
    }

    /// Decides the first submission.
    pub async fn decide(&self, decision: &Value) {
        let id = submission(1).submission_id;
        let path = format!("/reviewer/api/submissions/{id}/decision");
        let answer = self.reviewer(Method::POST, &path).json(decision).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// How many submissions the server has.
    pub async fn submissions(&self) -> usize {
        let answer = self.reviewer(Method::GET, "/reviewer/api/submissions").send().await.unwrap();
        answer.json::<Vec<Value>>().await.unwrap().len()
    }

    pub async fn fault(&self, fault: Value) {
        let answer = self.reviewer(Method::PUT, "/faults").json(&json!([fault])).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{fault}");
    }

    pub async fn no_fault(&self) {
        self.reviewer(Method::DELETE, "/faults").send().await.unwrap();
    }
}

/// A submission with the `n`th id; otherwise always the same content.
pub fn submission(n: u128) -> Submission {
    Submission {
        submission_id: ProjectId::from_u128(0x0191_d8a0_0000_7000_8000_0000_0000_0100 + n).0,
        app: App { id: APP, name: "Call Notes".to_owned(), slug: "call-notes".to_owned() },
        version: Version { id: VERSION, number: "1.3.0".to_owned() },
        tracks: vec![TrackName::Technical],
        fields: json!({ "display_name": { "type": "text", "value": "Call Notes" } }),
        notes: "First round".to_owned(),
    }
}

/// A word of an error, empty if it has none.
pub fn word<'a>(error: &'a Error, name: &str) -> &'a str {
    error.params.get(name).map_or("", String::as_str)
}

/// The address of a server that answers every request with this body, whatever it is.
pub async fn answering(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // The head of a request comes at once: it is small, and there is no body.
            let mut head = [0; 4_096];
            let _ = stream.read(&mut head).await;
            let length = body.len();
            let start = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            );
            // A client that has read enough of it goes away: that is its right.
            let _ = stream.write_all(start.as_bytes()).await;
            let _ = stream.write_all(body.as_bytes()).await;
        }
    });
    format!("http://{address}")
}
