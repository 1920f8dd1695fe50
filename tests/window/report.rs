//! The tour's report: every step with its time and a picture, for people (`index.html`) and for programs
//! (`report.json`). It is written anew after every step, and says `ok` only at the very end.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;

use super::driver::App;

/// A tour under way.
pub struct Tour {
    out: PathBuf,
    title: String,
    report: Report,
}

/// `report.json`.
#[derive(Serialize)]
struct Report {
    ok: bool,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    name: String,
    ok: bool,
    seconds: f64,
    /// The picture's file beside the report; none if the window could not be pictured any more.
    screenshot: Option<String>,
    #[serde(skip)]
    error: Option<String>,
}

impl Tour {
    /// Begins a tour that reports into a folder; what an earlier one left there goes.
    pub fn begin(out: &Path, title: &str) -> Result<Self> {
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        fs::create_dir_all(out)?;
        let report = Report { ok: false, steps: Vec::new() };
        let tour = Self { out: out.to_owned(), title: title.to_owned(), report };
        tour.write()?;
        Ok(tour)
    }

    /// Takes a step: `work` does it and checks that it did what it says. A picture is taken either way.
    pub async fn step<T>(
        &mut self,
        name: &str,
        app: &App,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let start = Instant::now();
        let outcome = work.await;
        let seconds = (start.elapsed().as_secs_f64() * 100.0).round() / 100.0;
        let file = format!("{:02}-{}.png", self.report.steps.len() + 1, slug(name));
        let pictured = app.screenshot(&self.out.join(&file)).await;
        // A step without its picture has not done what it says either.
        let outcome = outcome.and_then(|value| match &pictured {
            Ok(()) => Ok(value),
            Err(error) => Err(anyhow::anyhow!("no picture: {error:#}")),
        });
        self.report.steps.push(Step {
            name: name.to_owned(),
            ok: outcome.is_ok(),
            seconds,
            screenshot: pictured.is_ok().then_some(file),
            error: outcome.as_ref().err().map(|error| format!("{error:#}")),
        });
        say(&format!("  {} {name} ({seconds} s)", if outcome.is_ok() { "✓" } else { "✗" }));
        self.write()?;
        outcome.with_context(|| format!("tour, {name}"))
    }

    /// Ends the tour: every step that was to be taken has been.
    pub fn finish(mut self) -> Result<()> {
        self.report.ok = !self.report.steps.is_empty() && self.report.steps.iter().all(|step| step.ok);
        self.write()?;
        anyhow::ensure!(self.report.ok, "not every step did what it says");
        Ok(())
    }

    fn write(&self) -> Result<()> {
        fs::write(self.out.join("report.json"), serde_json::to_string_pretty(&self.report)? + "\n")?;
        fs::write(self.out.join("index.html"), self.html())?;
        Ok(())
    }

    fn html(&self) -> String {
        let title = escape(&self.title);
        let verdict = if self.report.ok { "every step did what it says" } else { "not finished" };
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n<style>\n\
             body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }}\n\
             section {{ margin: 2.5rem 0; }} h2 {{ font-size: 1.1rem; margin: 0 0 .5rem; }}\n\
             img {{ max-width: 100%; border: 1px solid #8884; border-radius: 6px; }}\n\
             pre {{ white-space: pre-wrap; color: #b00020; }} small {{ color: #777; font-weight: normal; }}\n\
             </style>\n<h1>{title}</h1>\n<p>{} steps: {verdict}.</p>\n",
            self.report.steps.len()
        );
        for (index, step) in self.report.steps.iter().enumerate() {
            html += &step.html(index + 1);
        }
        html + "</html>\n"
    }
}

impl Step {
    fn html(&self, number: usize) -> String {
        let mark = if self.ok { "✓" } else { "✗" };
        let name = escape(&self.name);
        let error = self.error.as_ref().map(|error| format!("<pre>{}</pre>\n", escape(error)));
        let picture = self.screenshot.as_ref();
        let picture = picture.map(|file| format!("<img src=\"{file}\" alt=\"The window after: {name}\">\n"));
        format!(
            "<section><h2>{number}. {name} {mark} <small>{} s</small></h2>\n{}{}</section>\n",
            self.seconds,
            error.unwrap_or_default(),
            picture.unwrap_or_default()
        )
    }
}

#[expect(clippy::print_stdout, reason = "whoever watches the tour follows it line by line")]
fn say(line: &str) {
    println!("{line}");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn slug(name: &str) -> String {
    let words: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}
