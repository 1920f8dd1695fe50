//! One door in, events out.

use partner_core::engine::Engine;
use partner_core::error::{Error, ErrorCode};
use partner_core::ipc::{self, Reply};
use serde_json::Value;
use tauri::ipc::{InvokeBody, Request, Response};
use tauri::{AppHandle, Manager as _, State, WebviewWindow};
use tokio::sync::broadcast::error::RecvError;

use crate::{carry, window};

/// The event that tells the window what changed.
const CHANGED: &str = "changed";
/// The tag of a person's own settings.
const SETTINGS: &str = "settings";
/// What a call does with the window that makes it.
type OwnCall = fn(&WebviewWindow) -> tauri::Result<()>;

/// The calls that are the shell's own, about the window that makes them.
const OWN: &[(&str, OwnCall)] = &[
    // Its first data is in the DOM.
    ("show", window::show),
    ("close", WebviewWindow::close),
    ("stay_above", |window| window.set_always_on_top(true)),
    ("let_under", |window| window.set_always_on_top(false)),
];

/// The header that says which call it is where the body is a file: `name=…&args=…`, as a form has it.
const CALL_HEADER: &str = "partner-call";

/// Every call of the window; the list stands in `partner_core::ipc`. Its body is JSON, `{name, args}`; where a file
/// comes in it is that file. A file goes out as it is.
#[tauri::command]
pub async fn call(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    request: Request<'_>,
) -> Result<Response, Error> {
    let Asked { name, args, bytes } = asked(&request)?;
    #[cfg(feature = "bench")]
    if let Some(reply) = crate::bench::call(&engine, &name, &args).await {
        return reply.map(Response::new);
    }
    if let Some((_, run)) = OWN.iter().find(|(own, _)| *own == name) {
        let done = run(&window).map_err(|error| Error::internal(&error));
        return done.map(|()| Response::new("null".to_owned()));
    }
    if window.label() == carry::CARRY && !carry::CALLS.contains(&name.as_str()) {
        return Err(Error::new(ErrorCode::Forbidden).with("call", name));
    }
    let reply = ipc::call_with(&engine, &name, args, bytes).await;
    if let Err(error) = &reply {
        tracing::info!(call = name, code = ?error.code, "call answered with an error");
    }
    Ok(match reply? {
        Reply::Json(reply) => Response::new(reply),
        Reply::Bytes(bytes) => Response::new(bytes),
    })
}

/// A call as it was asked.
struct Asked {
    name: String,
    args: Value,
    bytes: Vec<u8>,
}

fn asked(request: &Request<'_>) -> Result<Asked, Error> {
    let invalid = || Error::new(ErrorCode::Invalid);
    match request.body() {
        InvokeBody::Json(body) => {
            let name = body.get("name").and_then(Value::as_str).ok_or_else(invalid)?.to_owned();
            let args = body.get("args").cloned().unwrap_or_default();
            Ok(Asked { name, args, bytes: Vec::new() })
        }
        InvokeBody::Raw(bytes) => {
            let header = request.headers().get(CALL_HEADER).ok_or_else(invalid)?;
            let (mut name, mut args) = (None, Value::Null);
            for (key, value) in url::form_urlencoded::parse(header.as_bytes()) {
                match &*key {
                    "name" => name = Some(value.into_owned()),
                    "args" => args = serde_json::from_str(&value).map_err(|_| invalid())?,
                    _ => {}
                }
            }
            Ok(Asked { name: name.ok_or_else(invalid)?, args, bytes: bytes.clone() })
        }
    }
}

/// Tells the windows which tags changed, for as long as the app runs. It is given its engine: the opening tells of
/// changes while the app is still being set up.
pub fn forward(engine: Engine, app: AppHandle) {
    let mut changes = engine.changes();
    tauri::async_runtime::spawn(async move {
        loop {
            let tags = match changes.recv().await {
                Ok(tags) => tags,
                // Too much at once: the window reads everything again.
                Err(RecvError::Lagged(_)) => everything(),
                Err(RecvError::Closed) => return,
            };
            if tags.iter().any(|tag| tag == SETTINGS) {
                let settings = engine.settings();
                for window in app.webview_windows().values() {
                    window::zoom(window, &settings);
                }
            }
            for label in [window::MAIN, carry::CARRY] {
                if let Err(error) = window::tell(&app, label, CHANGED, &tags)
                    && !matches!(error, tauri::Error::WindowNotFound)
                {
                    tracing::warn!(%error, label, "the window was not told");
                }
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
