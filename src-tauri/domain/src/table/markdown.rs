//! Markdown: tables, and task lists under headings. The state of a task's box is ignored: a template has no results.

use std::{mem, ops::Range};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Table, TableError, TableFormat, columns};

/// The header of what a task list gives.
const TASKS: [&str; 3] = ["section", "text", "help"];

/// The table of a Markdown text, or nothing where it has none.
pub(super) fn read(text: &str) -> Result<Option<Table>, TableError> {
    if !looks_like_markdown(text) {
        return Ok(None);
    }
    let line_ends = text.match_indices('\n').map(|(offset, _)| offset).collect();
    let mut reader = Reader { text, line_ends, ..Reader::default() };
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(event, range)?;
    }
    reader.finish()
}

/// Whether a line outside of quoted cells stands as only Markdown's tables and tasks do.
fn looks_like_markdown(text: &str) -> bool {
    let mut quoted = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if !quoted && (is_rule(trimmed) || is_task(trimmed)) {
            return true;
        }
        if quoted || line.starts_with('"') || [",\"", ";\"", "\t\""].iter().any(|opens| line.contains(opens))
        {
            quoted ^= line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
        }
    }
    false
}

/// `|---|:-:|`
fn is_rule(line: &str) -> bool {
    line.contains('|') && line.contains('-') && line.bytes().all(|byte| b"|-: \t".contains(&byte))
}

/// `- [ ] text`, `3. [x] text`
fn is_task(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = if number.len() < line.len() {
        number.strip_prefix(['.', ')'])
    } else {
        line.strip_prefix(['-', '*', '+'])
    };
    after.is_some_and(|rest| {
        rest.starts_with([' ', '\t'])
            && ["[ ] ", "[x] ", "[X] "].iter().any(|marker| rest.trim_start().starts_with(marker))
    })
}

#[derive(Default)]
struct Task {
    line: usize,
    section: String,
    text: String,
    help: String,
    /// Its first paragraph is over: what follows is help.
    helping: bool,
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    line_ends: Vec<usize>,
    /// The heading over what is being read.
    section: String,
    /// The words of the heading or cell that is open.
    words: Option<String>,
    /// The cells of the row that is open.
    cells: Vec<String>,
    header: Option<Vec<String>>,
    /// Line, heading and cells of each row.
    rows: Vec<(usize, String, Vec<String>)>,
    tasks: Vec<Task>,
    /// The list items that are open, each with its task: its own where it has a box, else the one around it.
    items: Vec<Option<usize>>,
    /// The addresses of the links that are open.
    links: Vec<String>,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), TableError> {
        match event {
            Event::Start(tag) => self.start(tag, range.start)?,
            Event::End(tag) => self.end(tag, range)?,
            Event::TaskListMarker(_) => {
                let task =
                    Task { line: self.line(range.start), section: self.section.clone(), ..Task::default() };
                if let Some(item) = self.items.last_mut() {
                    *item = Some(self.tasks.len());
                    self.tasks.push(task);
                }
            }
            Event::Text(text) | Event::Code(text) => self.say(&text),
            Event::InlineHtml(html) | Event::Html(html) => {
                let is_break = html.trim_start_matches("<br").trim_matches([' ', '/', '>']).is_empty();
                self.say(if is_break { "\n" } else { &html });
            }
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("\n"),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>, offset: usize) -> Result<(), TableError> {
        match tag {
            Tag::Heading { .. } | Tag::TableCell => self.words = Some(String::new()),
            Tag::Item => {
                self.next_block();
                self.items.push(self.items.last().copied().flatten());
            }
            Tag::Table(_) if !self.tasks.is_empty() => {
                return Err(TableError::Mixed { row: self.line(offset) });
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(dest_url.into_string());
            }
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock => self.next_block(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) -> Result<(), TableError> {
        match tag {
            TagEnd::Heading(_) => {
                let words = self.words.take().unwrap_or_default();
                words.trim().clone_into(&mut self.section);
            }
            TagEnd::TableCell => self.cells.push(self.words.take().unwrap_or_default()),
            TagEnd::TableHead => {
                let cells = mem::take(&mut self.cells);
                match &self.header {
                    Some(header) if *header != cells => {
                        return Err(TableError::Mixed { row: self.line(range.start) });
                    }
                    _ => self.header = Some(cells),
                }
            }
            TagEnd::TableRow => {
                let (line, cells) = (self.line(range.start), mem::take(&mut self.cells));
                // Markdown drops the cells for which the header has no column; a person must not lose them unseen.
                if columns(&self.text[range]) > cells.len() {
                    return Err(TableError::RowTooWide { row: line, columns: cells.len() });
                }
                self.rows.push((line, self.section.clone(), cells));
            }
            TagEnd::Item => _ = self.items.pop(),
            TagEnd::Link | TagEnd::Image => {
                if let Some(url) = self.links.pop()
                    && let Some(words) = self.open()
                    && !words.ends_with(&url)
                {
                    words.push_str(" (");
                    words.push_str(&url);
                    words.push(')');
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A new block: it ends the text of the task around it, if that has begun.
    fn next_block(&mut self) {
        if let Some(task) = self.items.last().copied().flatten().map(|index| &mut self.tasks[index])
            && !task.text.trim().is_empty()
        {
            task.helping = true;
            task.help.push('\n');
        }
    }

    fn say(&mut self, words: &str) {
        if let Some(open) = self.open() {
            open.push_str(words);
        }
    }

    /// Where words go now: the open heading or cell, else the text or the help of the task around them.
    fn open(&mut self) -> Option<&mut String> {
        if self.words.is_some() {
            return self.words.as_mut();
        }
        let index = self.items.last().copied().flatten()?;
        let task = &mut self.tasks[index];
        Some(if task.helping { &mut task.help } else { &mut task.text })
    }

    /// The line of an offset, from 1.
    fn line(&self, offset: usize) -> usize {
        1 + self.line_ends.partition_point(|end| *end < offset)
    }

    fn finish(self) -> Result<Option<Table>, TableError> {
        let Some(mut header) = self.header else { return Self::finish_tasks(self.tasks) };
        if let Some(task) = self.tasks.first() {
            return Err(TableError::Mixed { row: task.line });
        }
        // Headings over tables are sections, unless the tables have a column of their own for them.
        let sections = columns::guess_header(&header).section.is_none()
            && self.rows.iter().any(|(_, section, _)| !section.is_empty());
        if sections {
            header.insert(0, TASKS[0].to_owned());
        }
        let header: Vec<String> = header.iter().map(|word| word.trim().to_owned()).collect();
        let mut table = Table {
            format: TableFormat::MarkdownTable,
            columns: header.len(),
            header: Some(header),
            rows: Vec::new(),
        };
        for (line, section, mut cells) in self.rows {
            // Without this, an empty row under a heading would look like one that holds something.
            if sections && cells.iter().any(|cell| !cell.trim().is_empty()) {
                cells.insert(0, section);
            }
            table.push(line, &cells)?;
        }
        Ok(Some(table))
    }

    fn finish_tasks(tasks: Vec<Task>) -> Result<Option<Table>, TableError> {
        if tasks.is_empty() {
            return Ok(None);
        }
        let mut table = Table {
            format: TableFormat::TaskList,
            header: Some(TASKS.map(str::to_owned).to_vec()),
            rows: Vec::new(),
            columns: TASKS.len(),
        };
        for task in tasks {
            table.push(task.line, &[task.section, task.text, task.help])?;
        }
        Ok(Some(table))
    }
}

/// The cells that a row's source has: its unescaped pipes, but for those at its ends.
fn columns(row: &str) -> usize {
    let row = row.trim();
    let mut escaped = false;
    let mut pipes = 0;
    let mut last = false;
    for byte in row.bytes() {
        last = byte == b'|' && !escaped;
        pipes += usize::from(last);
        escaped = byte == b'\\' && !escaped;
    }
    pipes + 1 - usize::from(row.starts_with('|')) - usize::from(last && row.len() > 1)
}
