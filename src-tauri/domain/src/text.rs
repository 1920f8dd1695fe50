//! Bounds of what people type. They guard the store, they are not limits of Talkdesk (none are documented).

use crate::common::Place;
use crate::refusal::{Refusal, RefusalCode};
use url::Url;

/// Longest one-line text, in characters.
pub const LINE: usize = 500;
/// Longest text of several lines, in characters.
pub const TEXT: usize = 20_000;
/// Longest address, in characters.
pub const URL: usize = 2_000;
/// Longest list.
pub const LIST: usize = 200;

/// A one-line text that must say something; trimmed.
pub fn line(text: &str, max: usize, input: &str) -> Result<String, Refusal> {
    let text = optional_line(text, max, input)?;
    if text.is_empty() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input(input)));
    }
    Ok(text)
}

/// A one-line text that may be empty; trimmed.
pub fn optional_line(text: &str, max: usize, input: &str) -> Result<String, Refusal> {
    let text = text.trim();
    bounded(text, max, input)?;
    if text.chars().any(char::is_control) {
        return Err(Refusal::ours(RefusalCode::ControlCharacters).at(Place::input(input)));
    }
    Ok(text.to_owned())
}

/// A text of several lines, kept as typed.
pub fn block(text: &str, input: &str) -> Result<String, Refusal> {
    bounded(text, TEXT, input)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::ours(RefusalCode::ControlCharacters).at(Place::input(input)));
    }
    Ok(text.to_owned())
}

/// A reason that a person has to give.
pub fn reason(text: &str) -> Result<String, Refusal> {
    let text = block(text, "reason")?;
    if text.trim().is_empty() {
        return Err(Refusal::ours(RefusalCode::NoReason).at(Place::input("reason")));
    }
    Ok(text)
}

/// A day, `YYYY-MM-DD`, checked for shape and for days that a month can have.
pub fn date(text: &str, input: &str) -> Result<String, Refusal> {
    let text = line(text, 10, input)?;
    let shaped =
        text.split('-').map(str::len).eq([4, 2, 2]) && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let numbers: Vec<u32> = text.split('-').filter_map(|part| part.parse().ok()).collect();
    let days = |year: u32, month| match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    };
    match (shaped, numbers.as_slice()) {
        (true, [year, month @ 1..=12, day]) if (1..=days(*year, *month)).contains(day) => Ok(text),
        _ => Err(Refusal::ours(RefusalCode::WrongKind).at(Place::input(input))),
    }
}

/// The same, where there need not be one.
pub fn optional_date(text: Option<&str>, input: &str) -> Result<Option<String>, Refusal> {
    text.map(|text| date(text, input)).transpose()
}

/// An https URL, or nothing.
pub fn optional_https(url: &str, input: &str) -> Result<String, Refusal> {
    if url.trim().is_empty() { Ok(String::new()) } else { https(url, input) }
}

/// An opaque https URL with a host and no user name in it.
pub fn https(text: &str, input: &str) -> Result<String, Refusal> {
    let text = line(text, URL, input)?;
    if is_https(&text) { Ok(text) } else { Err(Refusal::ours(RefusalCode::NotHttps).at(Place::input(input))) }
}

/// Whether a text is an https URL with a host, and without credentials or white space.
///
/// The parser alone is too kind: like a browser it mends `https:x`, `https:/x` and back slashes, but what is written
/// here is copied to places that do not.
pub fn is_https(text: &str) -> bool {
    let slashes = text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    slashes
        && !text[8..].starts_with('/')
        && !text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control())
        && Url::parse(text).is_ok_and(|url| {
            url.scheme() == "https"
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        })
}

/// Whether a text is an address of the web, with a host and without credentials. By http, too: whether one may go there
/// is for whoever goes to say.
pub fn is_web(text: &str) -> bool {
    text.chars().count() <= URL
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "https" | "http")
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        })
}

fn bounded(text: &str, max: usize, input: &str) -> Result<(), Refusal> {
    if text.chars().count() > max {
        return Err(Refusal::ours(RefusalCode::TooLong).with("max", max).at(Place::input(input)));
    }
    Ok(())
}
