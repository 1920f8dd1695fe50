//! One door in, events out.

use partner_core::engine::Engine;
use partner_core::error::Error;
use partner_core::ipc;
use serde::Serialize;
use serde_json::Value;
use tauri::{AppHandle, Emitter as _, Runtime, State, WebviewWindow};
use tokio::sync::broadcast::error::RecvError;

use crate::window;

/// The event that tells the window what changed.
const CHANGED: &str = "changed";
/// The one call that is the shell's own: the window's first data is in the DOM.
const SHOW: &str = "show";

/// Every call of the window; the list stands in `partner_core::ipc`.
#[tauri::command]
pub async fn call<R: Runtime>(
    window: WebviewWindow<R>,
    engine: State<'_, Engine>,
    name: String,
    args: Value,
) -> Result<Value, Error> {
    if name == SHOW {
        window::show(&window);
        return Ok(Value::Null);
    }
    let reply = ipc::call(&engine, &name, args).await;
    if let Err(error) = &reply {
        tracing::info!(call = name, code = ?error.code, "call answered with an error");
    }
    reply
}

#[derive(Clone, Serialize)]
struct Changed {
    tags: Vec<String>,
}

/// Tells the window which tags changed, for as long as both live.
pub fn forward(engine: &Engine, app: AppHandle) {
    let mut changes = engine.changes();
    tauri::async_runtime::spawn(async move {
        loop {
            let tags = match changes.recv().await {
                Ok(tags) => tags,
                // Too much at once: the window reads everything again.
                Err(RecvError::Lagged(_)) => everything(),
                Err(RecvError::Closed) => return,
            };
            if let Err(error) = app.emit(CHANGED, Changed { tags }) {
                tracing::warn!(%error, "the window was not told");
            }
        }
    });
}

fn everything() -> Vec<String> {
    let mut tags: Vec<String> =
        ipc::CALLS.iter().flat_map(|call| call.tags).map(|&tag| tag.to_owned()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}
