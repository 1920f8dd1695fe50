//! What `cargo xtask bench` measures with. Compiled with the feature `bench` only: no release for people has it.
//!
//! Calls that are answered here:
//! - `bench_usable`: the second animation frame with a usable page has begun; said on standard output.
//! - `bench_prepare {name, args}`: keeps the reply to a call, for `bench_reply` to give without a look at anything.
//! - `bench_times`: how long each call took since this was asked last, from its arrival to that of the next one, in
//!   nanoseconds, with its name.

#![expect(clippy::print_stdout, reason = "the bench listens on standard output")]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use partner_core::engine::Engine;
use partner_core::error::{Error, ErrorCode};
use partner_core::ipc;
use serde_json::Value;

/// Runs before the page: tells when it can be used. The blank window has the same.
pub const SCRIPT: &str = include_str!("../bench/usable.js");

static PREPARED: Mutex<String> = Mutex::new(String::new());
static ARRIVED: Mutex<Vec<(String, Instant)>> = Mutex::new(Vec::new());

/// The reply, where the call is one of these.
pub async fn call(engine: &Engine, name: &str, args: &Value) -> Option<Result<String, Error>> {
    if name != "bench_times" {
        held(&ARRIVED).push((name.to_owned(), Instant::now()));
    }
    match name {
        "bench_usable" => {
            println!("usable");
            Some(Ok("null".to_owned()))
        }
        "bench_prepare" => Some(prepare(engine, args).await),
        "bench_reply" => Some(Ok(held(&PREPARED).clone())),
        "bench_times" => Some(Ok(times().to_string())),
        _ => None,
    }
}

async fn prepare(engine: &Engine, args: &Value) -> Result<String, Error> {
    let name = args["name"].as_str().ok_or_else(|| Error::new(ErrorCode::Invalid))?;
    let reply = ipc::call(engine, name, args["args"].clone()).await?;
    *held(&PREPARED) = reply;
    Ok("null".to_owned())
}

fn times() -> Value {
    let arrived = std::mem::take(&mut *held(&ARRIVED));
    let pairs = arrived.iter().zip(arrived.iter().skip(1));
    let time = |(one, next): (&(String, Instant), &(String, Instant))| {
        let nanoseconds = u64::try_from(next.1.duration_since(one.1).as_nanos()).unwrap_or(u64::MAX);
        serde_json::json!([one.0, nanoseconds])
    };
    pairs.map(time).collect()
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
