//! Driving the real window: the built app under a virtual display, used through `WebKitWebDriver`.
//!
//! `Desktop::new()` gives a display, a session bus and a home folder that nothing else uses; `open` starts the
//! app over a data folder and gives its window. Whatever a test starts ends with it. Nothing sleeps for a
//! fixed time: what is looked for is looked for again until it is there or the time is up, and a failure
//! tells what the page says and leaves a picture.

#![allow(dead_code, unused_imports, reason = "a vocabulary: each journey uses the part that it needs")]

mod app;
mod desktop;
mod notifications;
mod page;
mod process;
mod windows;

use std::time::{Duration, Instant};

pub use app::App;
pub use desktop::{DATA, Desktop, program};
pub use page::{role, testid};
pub use process::{kill, tree};
pub use windows::ESCAPE;

/// How long something on the screen may take on a busy machine.
pub const SHORT: Duration = Duration::from_secs(15);
/// How long the app may take to show its window on a busy machine.
pub const LONG: Duration = Duration::from_mins(1);
/// How often something is looked for.
const PERIOD: Duration = Duration::from_millis(20);

/// Tries again until there is an answer or the time is up.
pub async fn poll<T>(at_most: Duration, mut attempt: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + at_most;
    loop {
        if let Some(found) = attempt().await {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        tokio::time::sleep(PERIOD).await;
    }
}
