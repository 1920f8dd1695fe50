//! How a hit is shown: its name, the part of it that matched, and what stands around the match.

use serde::Serialize;

use super::{Stored, Target};

/// A piece of a text; those that matched are marked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it matched.
    pub hit: bool,
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hit {
    /// Where it leads.
    pub target: Target,
    /// The part of it that matched, to have the focus there: a field of a version or of a form (`description`,
    /// `notes`, `email`, `reply`), or an item of a template. None where its name matched.
    pub part: Option<String>,
    /// Its name, or the beginning of its text where it has none.
    pub title: Vec<Piece>,
    /// What stands around the match, in the one part; the beginning of its text where the name matched.
    pub snippet: Vec<Piece>,
}

/// Before a match, as the index marks it.
pub(super) const BEGIN: char = '\u{1}';
/// Behind it.
pub(super) const END: char = '\u{2}';
/// About how many letters of a text are shown around what matched.
const AROUND: usize = 110;

/// What was found, from the name and the text with their matches marked.
pub(super) fn hit(Stored { target, parts }: Stored, name: &str, text: &str) -> Hit {
    let parts = split(text, &parts);
    // Of several parts, the one where most of the words stand.
    let best =
        parts.iter().map(|(_, text)| words_hit(text)).enumerate().max_by_key(|(at, n)| (*n, usize::MAX - at));
    let matched = best.filter(|(_, n)| *n > 0).map(|(at, _)| at);
    let shown = |at: usize| parts.get(at).map(|(_, text)| pieces(&around(text))).unwrap_or_default();
    let title = if name.is_empty() { shown(0) } else { pieces(name) };
    // What has no name shows its text as its title, and beside it what matched elsewhere.
    let snippet = match matched {
        Some(0) | None if name.is_empty() => Vec::new(),
        Some(at) => shown(at),
        None => shown(0),
    };
    let part = matched.and_then(|at| parts.get(at)).map(|(part, _)| (*part).to_owned());
    Hit { target, part: part.filter(|part| !part.is_empty()), title, snippet }
}

/// The parts of a text whose matches are marked.
fn split<'a>(marked: &'a str, parts: &'a [(String, usize)]) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let (mut rest, mut before) = (marked, 0);
    for (index, (part, _)) in parts.iter().enumerate() {
        // The next part begins behind as many letters that are no marks.
        let end = parts.get(index + 1).map(|(_, start)| start.saturating_sub(before));
        let cut = end.map_or(rest.len(), |end| {
            let mut plain = 0;
            rest.char_indices()
                .find(|(_, c)| {
                    let here = plain;
                    plain += if matches!(*c, BEGIN | END) { 0 } else { c.len_utf8() };
                    // A mark that opens there belongs to what follows, one that closes to what it closes.
                    here >= end && *c != END
                })
                .map_or(rest.len(), |(at, _)| at)
        });
        let (text, after) = rest.split_at(cut);
        found.push((part.as_str(), text.trim_end_matches('\n')));
        before += end.unwrap_or_default();
        rest = after;
    }
    if found.is_empty() && !marked.is_empty() {
        // Written before parts were kept.
        found.push(("", marked));
    }
    found
}

/// How many different words are marked.
fn words_hit(marked: &str) -> usize {
    let mut words: Vec<String> = marked
        .split(BEGIN)
        .skip(1)
        .filter_map(|part| part.split_once(END))
        .map(|(word, _)| word.to_lowercase())
        .collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

/// A long text is shown around its first match, cut between words.
fn around(marked: &str) -> String {
    let letters = marked.chars().count();
    if letters <= 2 * AROUND {
        return marked.to_owned();
    }
    let first = marked.chars().position(|c| c == BEGIN).unwrap_or(0);
    let start = first.saturating_sub(AROUND / 2);
    let mut cut: Vec<char> = marked.chars().skip(start).take(2 * AROUND).collect();
    if start > 0
        && let Some(space) = cut.iter().take(AROUND / 2).position(|c| c.is_whitespace())
    {
        cut.drain(..=space);
    }
    let ends = start + 2 * AROUND >= letters;
    if !ends && let Some(space) = cut.iter().rposition(|c| c.is_whitespace()) {
        cut.truncate(space);
    }
    let mut text: String = cut.into_iter().collect();
    // A mark that was cut off is closed.
    if text.rfind(BEGIN) > text.rfind(END) {
        text.push(END);
    }
    format!("{}{text}{}", if start > 0 { "…" } else { "" }, if ends { "" } else { "…" })
}

fn pieces(marked: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, part) in marked.split(BEGIN).enumerate() {
        let (hit, rest) = match part.split_once(END) {
            Some((hit, rest)) if at > 0 => (hit, rest),
            _ => ("", part),
        };
        for (text, hit) in [(hit, true), (rest, false)] {
            if !text.is_empty() {
                pieces.push(Piece { text: text.to_owned(), hit });
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use domain::ids::ProjectId;

    use super::super::Document;
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|p| if p.hit { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn a_hit_says_in_which_part_it_is_and_what_stands_around_it() {
        let target = Target::Project { project: ProjectId::from_u128(1) };
        let document = Document::new(
            "k".to_owned(),
            "",
            [("text", "Ação one"), ("empty", " "), ("help", "two words"), ("note", "one and two")],
            target,
        );
        let marked = |words: &[&str]| {
            words
                .iter()
                .fold(document.text.clone(), |text, word| text.replace(word, &format!("{BEGIN}{word}{END}")))
        };
        let stored =
            || Stored { target: document.stored.target.clone(), parts: document.stored.parts.clone() };
        for (words, part, title, snippet) in [
            (&["Ação"][..], Some("text"), "[Ação] one", ""),
            (&["words"], Some("help"), "Ação one", "two [words]"),
            // Both words stand in one part: there, and not where the first of them is met first.
            (&["one", "two"], Some("note"), "Ação [one]", "[one] and [two]"),
            (&[], None, "Ação one", ""),
        ] {
            let hit = hit(stored(), "", &marked(words));
            assert_eq!(
                (hit.part.as_deref(), shown(&hit.title).as_str(), shown(&hit.snippet).as_str()),
                (part, title, snippet)
            );
        }
        // The name matched, and a store that an older console wrote knows no parts.
        let named = hit(stored(), &format!("{BEGIN}Call{END} Notes"), &marked(&[]));
        assert_eq!((named.part, shown(&named.title)), (None, "[Call] Notes".to_owned()));
        let old = Stored { target: document.stored.target.clone(), parts: Vec::new() };
        assert_eq!(hit(old, "Name", &marked(&["words"])).part, None);
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_its_match() {
        let text = format!("{}{BEGIN}needle{END} {}", "hay ".repeat(100), "stack ".repeat(100));
        let cut = around(&text);
        assert!(cut.starts_with("…hay") && cut.ends_with("stack…"), "{cut}");
        assert!(cut.contains(&format!("{BEGIN}needle{END}")) && cut.chars().count() < 2 * AROUND + 4);
        let one = format!("{BEGIN}{}{END}", "x".repeat(1_000));
        assert_eq!(pieces(&around(&one)).iter().filter(|piece| piece.hit).count(), 1);
        assert_eq!(around("short"), "short");
    }
}
