//! `read_call`: a page of fifty projects from the window and back, against a reply of the same bytes that was prepared.
//! The page makes both calls in turn; the shell times them from one arrival to the next, because the page's own clock
//! is coarse.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::Given;
use crate::driver::Desktop;
use crate::row::{Row, percentile};

/// Calls of each.
const CALLS: usize = 400;

/// Measures it.
pub async fn row(given: &Given) -> Result<Row> {
    let desktop = Desktop::new().await?;
    let app = desktop.open(&given.data("100000")).await?;
    app.wait_for("[data-testid=recent]").await?;
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         const call = (name, args) => window.__TAURI_INTERNALS__.invoke('call', {{ name, args }}); \
         const page = {{ text: '', status: null, archived: false, offset: 0, limit: 50 }}; \
         (async () => {{ \
           await call('bench_prepare', {{ name: 'projects', args: page }}); \
           const rows = (await call('projects', page)).rows.length; \
           await call('bench_times', {{}}); \
           for (let n = 0; n < {CALLS}; n += 1) {{ await call('projects', page); await call('bench_reply', {{}}); }} \
           return [rows, await call('bench_times', {{}})]; \
         }})().then(done, (error) => done([String(error), []]));"
    );
    let answer = app.eval_async(&script).await?;
    ensure!(answer[0] == 50, "a page has {} rows", answer[0]);
    let times = answer[1].as_array().context("no times")?;
    let of = |name: &str| -> Vec<f64> {
        let named = times.iter().filter(|pair| pair[0] == name);
        // The first ones warm up.
        named.filter_map(|pair| Some(pair[1].as_f64()? / 1e6)).skip(20).collect()
    };
    ensure!(times.iter().all(Value::is_array), "a time is no pair");
    let (ours, theirs) = (of("projects"), of("bench_reply"));
    app.quit().await?;
    Ok(Row::lower("read_call", "ms", percentile(&ours, 50), Some(percentile(&theirs, 50)), Some(1.3)))
}
