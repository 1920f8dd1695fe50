//! The access token that is kept fresh: one refresh at a time, and what was rotated is kept before the next one.

use std::sync::Arc;

use super::kept::Kept;
use super::server::{Refused, Tokens};
use super::{Failed, Outside, Phase, Reason, Session, SignedIn};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;

/// A token with less than this left is refreshed before it is given out.
const FRESH_MILLIS: i64 = 60_000;

impl Session {
    /// An access token that holds for a while yet; refreshes it first where that is needed.
    pub async fn access_token(&self) -> Result<Secret<String>, Error> {
        let held = self.held()?;
        if self.left(&held) >= FRESH_MILLIS {
            return Ok(held.tokens.access.clone());
        }
        // In a task of its own: a caller that stops waiting must not lose the rotated token.
        let refreshed = tokio::spawn(self.clone().refresh()).await;
        refreshed.map_err(|error| Error::internal(&error))?
    }

    /// Check → lock → read again → refresh → keep the rotated token → release.
    async fn refresh(self) -> Result<Secret<String>, Error> {
        let _one_at_a_time = self.0.refreshing.lock().await;
        let held = self.held()?;
        let left = self.left(&held);
        if left >= FRESH_MILLIS {
            return Ok(held.tokens.access.clone());
        }
        let Some(refresh) = &held.tokens.refresh else {
            if left > 0 {
                return Ok(held.tokens.access.clone());
            }
            self.end(&held, String::new());
            return Err(Error::new(ErrorCode::SignedOut));
        };
        // A token that was rotated and cannot be kept would sign the person out at the next start.
        if let Err(error) = self.outside(Outside::may_keep).await {
            return if left > 0 { Ok(held.tokens.access.clone()) } else { Err(error) };
        }
        match held.server.refresh(refresh, self.0.outside.now()).await {
            Ok(tokens) => self.keep(&held, tokens).await,
            Err(Refused::Grant(detail)) => {
                self.end(&held, detail.clone());
                Err(Error::new(ErrorCode::SignedOut).with("detail", detail))
            }
            // What is left of the old token still serves.
            Err(_) if self.left(&held) > 0 => Ok(held.tokens.access.clone()),
            Err(Refused::Other(error)) => Err(error),
        }
    }

    /// Takes new tokens in the place of those that they were refreshed from, if these are still held.
    async fn keep(&self, from: &Arc<SignedIn>, tokens: Tokens) -> Result<Secret<String>, Error> {
        let access = tokens.access.clone();
        let refreshed =
            Arc::new(SignedIn { server: from.server.clone(), person: from.person.clone(), tokens });
        if !self.follow(from, Phase::SignedIn(refreshed.clone())) {
            return Err(Error::new(ErrorCode::SignedOut));
        }
        self.write(&refreshed).await;
        Ok(access)
    }

    /// Writes what is held down. That it fails costs a sign-in after the next start, and nothing now.
    pub(super) async fn write(&self, held: &SignedIn) {
        let bytes = Kept::bytes(held);
        if let Err(error) = self.outside(move |outside| outside.keep(&bytes)).await {
            tracing::warn!(code = ?error.code, "the tokens are kept in memory alone");
        }
    }

    pub(super) async fn forget(&self) {
        if let Err(error) = self.outside(Outside::forget).await {
            tracing::error!(code = ?error.code, "kept tokens could not be dropped");
        }
    }

    fn end(&self, held: &Arc<SignedIn>, detail: String) {
        tracing::info!("the server ended the session");
        if self.follow(held, Phase::Failed(Failed { reason: Reason::Ended, detail })) {
            let outside = self.0.outside.clone();
            tokio::task::spawn_blocking(move || outside.forget());
        }
    }
}
