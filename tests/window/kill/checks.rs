//! What the files hold after the last kill, compared with the keys that were pressed.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::round::{Round, Tick};
use crate::files;

/// The ticks that the service took, in the order of their numbers.
pub fn ticks(data: &Path) -> Result<Vec<Tick>> {
    let sql = "SELECT json_extract(envelope, '$.args.item') || ' ' || json_extract(envelope, '$.args.outcome') \
               FROM command WHERE json_extract(envelope, '$.kind') = 'run.set_result' ORDER BY number";
    let lines = files::service(data).column(sql)?;
    let tick =
        |line: &String| line.split_once(' ').map(|(item, result)| (item.to_owned(), result.to_owned()));
    Ok(lines.iter().filter_map(tick).collect())
}

/// The service's log, its state of the run, and the cache's view of it all hold the same ticks: of every round the
/// confirmed ones, then perhaps some more, none twice, in the order of the keys. Says how many.
pub fn files_agree(data: &Path, rounds: &[Round]) -> Result<usize> {
    let log = ticks(data)?;
    // Where a round may have ended in the log: the same keys may have been pressed again in the next round.
    let mut ends = BTreeSet::from([0]);
    for (number, round) in rounds.iter().enumerate() {
        let mut next = BTreeSet::new();
        for from in ends.iter().copied() {
            let kept = |n: &usize| log.get(from..from + n).is_some_and(|part| *part == round.pressed[..*n]);
            next.extend((round.confirmed..=round.pressed.len()).filter(kept).map(|n| from + n));
        }
        ensure!(
            !next.is_empty(),
            "round {}: {} of {:?} were confirmed, but the log goes on after {ends:?} with {:?}",
            number + 1,
            round.confirmed,
            round.pressed,
            log.iter().skip(ends.first().copied().unwrap_or_default()).take(20).collect::<Vec<_>>()
        );
        ends = next;
    }
    ensure!(ends.contains(&log.len()), "the log has {} ticks, keys explain {ends:?}", log.len());

    let states = [
        ("service", files::service(data).column("SELECT state FROM aggregate WHERE kind = 'run'")?),
        ("cache, confirmed", files::cache(data).column("SELECT state FROM confirmed WHERE kind = 'run'")?),
        ("cache, shown", files::cache(data).column("SELECT state FROM shown WHERE kind = 'run'")?),
    ];
    for (whose, state) in states {
        ensure!(state.len() == 1, "{whose}: one run, not {}", state.len());
        let run: Value = serde_json::from_str(&state[0])?;
        let items: BTreeSet<&str> = log.iter().map(|(item, _)| item.as_str()).collect();
        for item in items {
            let expected: Vec<&str> =
                log.iter().filter(|(of, _)| of == item).map(|(_, result)| result.as_str()).collect();
            ensure!(entries(&run, item) == expected, "{whose}: {item} is not as the log has it");
        }
    }
    Ok(log.len())
}

/// The results in an item's history, oldest first.
fn entries<'a>(run: &'a Value, item: &str) -> Vec<&'a str> {
    let entries = run["items"][item]["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(|entry| entry["what"]["outcome"].as_str()).collect()
}
