//! A workspace as a whole: read from its service page by page, as it stands there, and given to another.

use std::sync::Arc;

use domain::files::BlobId;
use domain::protocol::{Import, Imported, Me, PAGE};
use http::{Method, header};
use serde::Deserialize;
use serde_json::Value;

use super::api::{Api, CallError, read};
use super::files::Files;
use super::transport::Transport;

/// A workspace at the other end of a transport.
#[derive(Clone)]
pub struct Whole(Api);

/// A page of rows, with every field that they have.
#[derive(Debug, Deserialize)]
pub struct Rows {
    /// The last number given.
    pub head: u64,
    /// Whether another page follows.
    pub more: bool,
    /// The rows: changes, or states.
    changes: Option<Vec<Value>>,
    states: Vec<Value>,
}

impl Rows {
    /// Takes the rows: of a page of the feed its changes, of a page of the snapshot its states.
    pub fn take(self) -> Vec<Value> {
        self.changes.unwrap_or(self.states)
    }

    /// The last number of the page.
    pub fn last(&self) -> Option<u64> {
        let rows = self.changes.as_ref().unwrap_or(&self.states);
        rows.iter().filter_map(|row| row.get("number")?.as_u64()).max()
    }
}

impl std::fmt::Debug for Whole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Whole")
    }
}

impl Whole {
    /// At the other end of a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self(Api::new(transport))
    }

    pub(super) fn of(api: Api) -> Self {
        Self(api)
    }

    /// Who the caller is there, and where its feed stands.
    pub async fn me(&self) -> Result<Me, CallError> {
        self.0.me().await
    }

    /// Commands that were taken after a number.
    pub async fn changes(&self, after: u64) -> Result<Rows, CallError> {
        self.page("changes", after).await
    }

    /// States that changed last after a number.
    pub async fn states(&self, after: u64) -> Result<Rows, CallError> {
        self.page("snapshot", after).await
    }

    async fn page(&self, what: &str, after: u64) -> Result<Rows, CallError> {
        let path = format!("/v1/{what}?after={after}&limit={PAGE}");
        let rows: Rows = read(&self.0.ask(Method::GET, &path, bytes::Bytes::new()).await?)?;
        // One that promises more and moves nowhere would be asked for without end.
        if rows.more && rows.last().is_none_or(|last| last <= after) {
            return Err(CallError::Unreadable("a page that leads nowhere".to_owned()));
        }
        Ok(rows)
    }

    /// Gives a part of a workspace to the service.
    pub async fn import(&self, part: &Import) -> Result<Imported, CallError> {
        let body = serde_json::to_vec(part).map_err(|error| CallError::Invalid(error.to_string()))?;
        let json = Some((header::CONTENT_TYPE, "application/json".to_owned()));
        let answer = self.0.send(Method::POST, "/v1/import", json, body.into()).await?;
        if answer.status().is_success() { read(answer.body()) } else { Err(super::api::fault(&answer)) }
    }

    /// A file's bytes; none where the service does not have it.
    pub async fn file(&self, id: BlobId) -> Result<Option<Vec<u8>>, CallError> {
        Files::new(self.0.clone()).fetch(id).await
    }

    /// Gives a file to the service, from where the last attempt ended.
    pub async fn send_file(&self, id: BlobId, bytes: Vec<u8>) -> Result<(), CallError> {
        Files::new(self.0.clone()).send(id, bytes.into()).await
    }
}
