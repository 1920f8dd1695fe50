//! `search_100k`: a fixed set of queries through the engine, against the same MATCH in the same order by `SQLite`
//! alone.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::desk::{Answers, Desk};
use crate::fill::ask;
use crate::measure::{Row, percentile};

/// Hits of a page.
const LIMIT: u32 = 50;
/// How often each query is asked, of either side in turn; the middle one counts.
const ROUNDS: usize = 7;

/// Prefixes of one, two and three letters, words, two words, accents, and what is nowhere.
const QUERIES: [&str; 40] = [
    "c",
    "q",
    "a",
    "s",
    "n",
    "ca",
    "qu",
    "sh",
    "no",
    "at",
    "cal",
    "que",
    "shi",
    "sur",
    "con",
    "call",
    "queue",
    "planner",
    "notes",
    "survey",
    "privacy",
    "sentiment",
    "atendimento",
    "call notes",
    "shift planner",
    "queue lens",
    "agents beside",
    "c n",
    "ca le",
    "voice 0001",
    "numero",
    "número",
    "senal",
    "uberblick",
    "atencion",
    "call-notes",
    "zzz",
    "xylophone",
    "call xylophone",
    "00012",
];

/// Measures it.
pub async fn row(data: &Path) -> Result<Row> {
    let desk = Desk::open(data, Answers::Never).await;
    let file = partner_core::store::FILE;
    let raw = Connection::open_with_flags(
        data.join("this-computer").join(file),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for query in QUERIES {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let began = Instant::now();
            let hits = ask(&desk, "search", json!({ "text": query, "limit": LIMIT })).await?;
            one.push(began.elapsed());
            let began = Instant::now();
            let found = alone(&raw, query)?;
            other.push(began.elapsed());
            let hits = hits.as_array().context("no hits")?.len();
            ensure!(hits == found, "{query:?}: {hits} hits, by SQLite alone {found}");
        }
        ours.push(middle(&mut one));
        theirs.push(middle(&mut other));
    }
    desk.engine.close().await;
    Ok(Row {
        name: "search_100k",
        unit: "ms",
        value: percentile(&ours, 95),
        floor: Some(percentile(&theirs, 95)),
        bar: Some(1.2),
        better: "lower",
    })
}

/// The same question by `SQLite` alone: the beginnings of all words, names first; how many it finds.
fn alone(raw: &Connection, query: &str) -> Result<usize> {
    let words: Vec<String> = query.split_whitespace().map(|word| format!("\"{word}\"*")).collect();
    let all = words.join(" AND ");
    if query.split_whitespace().any(|word| word.chars().count() >= 3) {
        let ranked = "SELECT rowid FROM search WHERE search MATCH ?1 AND rank MATCH 'bm25(1000.0, 1.0)'
                      ORDER BY rank LIMIT ?2";
        return found(raw, ranked, &all);
    }
    let in_order = "SELECT rowid FROM search WHERE search MATCH ?1 LIMIT ?2";
    let named = found(raw, in_order, &format!("{{name}} : ({all})"))?;
    if named == LIMIT as usize { Ok(named) } else { found(raw, in_order, &all) }
}

fn found(raw: &Connection, sql: &str, matching: &str) -> Result<usize> {
    let mut select = raw.prepare_cached(sql)?;
    let mut rows = select.query((matching, LIMIT))?;
    let mut found = 0;
    while rows.next()?.is_some() {
        found += 1;
    }
    Ok(found)
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
