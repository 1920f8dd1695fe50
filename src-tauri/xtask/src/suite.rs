//! A run of named steps: each in its turn, those it builds on first, and a table at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::seconds;

/// How a step went.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it says; a word on what was found.
    Passed(String),
    /// It did not.
    Failed(String),
    /// It could not be looked at from here, and why: never passed over in silence.
    NotChecked(String),
    /// A step that it builds on failed, or it does not apply here.
    Skipped(String),
}

impl Outcome {
    /// Passed, with nothing to add.
    pub fn passed() -> Self {
        Self::Passed(String::new())
    }
}

/// One step.
pub struct Step<C> {
    /// What it is called in the table, and what a filter matches.
    pub name: &'static str,
    /// The steps that have to pass before it.
    pub needs: &'static [&'static str],
    /// What it does.
    pub run: fn(&C) -> Result<Outcome>,
}

/// Runs the steps whose name contains `part` and those that they need; prints the table and, last, the line
/// with the counts. True if none failed.
pub fn run<C>(steps: &[Step<C>], part: &str, context: &C) -> Result<bool> {
    let chosen = chosen(steps, part);
    if chosen.is_empty() {
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        bail!("no step's name contains {part:?}; there are: {}", names.join(", "));
    }
    let mut done: Vec<(&str, Outcome, Duration)> = Vec::new();
    for step in chosen {
        println!("▸ {}", step.name);
        let start = Instant::now();
        let unmet = done
            .iter()
            .find(|(name, outcome, _)| step.needs.contains(name) && !matches!(outcome, Outcome::Passed(_)));
        let outcome = match unmet {
            Some((name, ..)) => Outcome::Skipped(format!("needs {name}")),
            None => (step.run)(context).unwrap_or_else(|error| Outcome::Failed(format!("{error:#}"))),
        };
        done.push((step.name, outcome, start.elapsed()));
    }
    println!("\n{}", table(&done));
    for (name, outcome, _) in &done {
        if let Outcome::NotChecked(why) = outcome {
            println!("NOT CHECKED: {name}: {why}");
        }
    }
    let line = counts(&done);
    println!("{line}");
    Ok(!done.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_))))
}

fn chosen<'a, C>(steps: &'a [Step<C>], part: &str) -> Vec<&'a Step<C>> {
    let mut wanted: Vec<&str> =
        steps.iter().map(|step| step.name).filter(|name| name.contains(part)).collect();
    // Needs only look back, so one pass from the end finds them all.
    for step in steps.iter().rev() {
        if wanted.contains(&step.name) {
            wanted.extend(step.needs);
        }
    }
    steps.iter().filter(|step| wanted.contains(&step.name)).collect()
}

fn table(done: &[(&str, Outcome, Duration)]) -> String {
    let width = done.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
    let mut lines = String::new();
    for (name, outcome, time) in done {
        let (word, note) = match outcome {
            Outcome::Passed(note) => ("passed", note),
            Outcome::Failed(why) => ("FAILED", why),
            Outcome::NotChecked(why) => ("NOT CHECKED", why),
            Outcome::Skipped(why) => ("skipped", why),
        };
        let line = format!("{name:width$}  {:>9}  {word:11}  {note}", seconds(*time));
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}

fn counts(done: &[(&str, Outcome, Duration)]) -> String {
    let count = |is: fn(&Outcome) -> bool| done.iter().filter(|(_, outcome, _)| is(outcome)).count();
    let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let skipped = done.len() - passed - failed;
    if skipped == 0 {
        format!("{passed} passed, {failed} failed")
    } else {
        format!("{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    type Log = RefCell<Vec<&'static str>>;

    fn note(log: &Log, name: &'static str) -> Outcome {
        log.borrow_mut().push(name);
        Outcome::passed()
    }

    fn steps() -> Vec<Step<Log>> {
        vec![
            Step { name: "packages", needs: &[], run: |log| Ok(note(log, "packages")) },
            Step { name: "ui build", needs: &["packages"], run: |_| bail!("broken") },
            Step { name: "lint", needs: &["packages"], run: |log| Ok(note(log, "lint")) },
            Step { name: "window", needs: &["ui build"], run: |log| Ok(note(log, "window")) },
            Step { name: "advice", needs: &[], run: |_| Ok(Outcome::NotChecked("offline".to_owned())) },
        ]
    }

    /// Protects CI's verdict: one failing step fails the run, and what builds on it is not tried.
    #[test]
    fn a_failure_fails_the_run_and_what_needs_it_is_left_out() {
        let log = Log::default();
        assert!(!run(&steps(), "", &log).unwrap());
        assert_eq!(*log.borrow(), ["packages", "lint"]);
    }

    #[test]
    fn a_part_brings_along_what_it_needs() {
        let names = |part| chosen(&steps(), part).iter().map(|step| step.name).collect::<Vec<_>>();
        assert_eq!(names("window"), ["packages", "ui build", "window"]);
        assert_eq!(names("advice"), ["advice"]);
        assert!(names("nothing").is_empty());
        let log = Log::default();
        assert!(run(&steps(), "nothing", &log).is_err());
        assert!(run(&steps(), "lint", &log).unwrap());
    }

    #[test]
    fn the_closing_line_counts_the_steps() {
        let time = Duration::ZERO;
        let mut done = vec![("a", Outcome::passed(), time), ("b", Outcome::Failed(String::new()), time)];
        assert_eq!(counts(&done), "1 passed, 1 failed");
        done.push(("c", Outcome::NotChecked(String::new()), time));
        done.push(("d", Outcome::Skipped(String::new()), time));
        assert_eq!(counts(&done), "1 passed, 1 failed, 2 skipped");
    }
}
