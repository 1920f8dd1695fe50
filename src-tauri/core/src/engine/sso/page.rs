//! What a page shows, as far as a check of a sign-in asks.

use talkdesk::wire::Opened;

/// What a page shows to somebody whose browser runs no script: where its links and forms lead, and its words. Of HTML it
/// knows no more than that takes.
pub(super) struct Shown {
    pub leads: String,
    pub words: String,
}

/// Elements whose content is no part of it. What `noscript` has is for others than a usual browser.
const UNSEEN: [&str; 4] = ["script", "style", "noscript", "template"];
/// Elements that a person goes on by.
const LEADS: [&str; 5] = ["a", "area", "button", "form", "input"];

impl Shown {
    pub fn of(page: &Opened) -> Self {
        Self::read(&String::from_utf8_lossy(&page.body))
    }

    fn read(body: &str) -> Self {
        // As long as the body, letter by letter.
        let lower = body.to_ascii_lowercase();
        let (mut leads, mut words, mut at) = (String::new(), String::new(), 0);
        while let Some(tag) = lower[at..].find('<').map(|found| at + found) {
            words.push_str(&body[at..tag]);
            words.push(' ');
            let end = if lower[tag..].starts_with("<!--") { "-->" } else { ">" };
            at = lower[tag..].find(end).map_or(lower.len(), |found| tag + found + end.len());
            let name =
                lower[tag + 1..at].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            if UNSEEN.contains(&name) {
                let close = format!("</{name}");
                at = lower[at..].find(&close).map_or(lower.len(), |found| at + found);
            } else if LEADS.contains(&name) {
                leads.push_str(&body[tag..at]);
            }
        }
        words.push_str(&body[at..]);
        Self { leads, words }
    }

    pub fn names(&self, user: &str) -> bool {
        let part = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        self.words.split(part).any(|word| word == user)
    }
}

#[cfg(test)]
mod tests {
    use super::super::AUTHORIZE;
    use super::*;

    #[test]
    fn of_a_page_is_read_what_its_browser_shows_without_a_script() {
        let to = "https://id.example/oauth/authorize";
        for (body, leads, names) in [
            ("Hello u1".to_owned(), false, true),
            ("<p>Hello, <b>u1</b>!".to_owned(), false, true),
            ("<p>Hello u12, u1-a".to_owned(), false, false),
            ("<p data-user=u1>Hello".to_owned(), false, false),
            (format!("<A HREF='{to}'>Sign in</A>"), true, false),
            (format!("<form action='{to}'><input type=submit></form>"), true, false),
            (format!("<script>location='{to}?login_hint=u1'</script><p>Wait"), false, false),
            (format!("<SCRIPT>location='{to}' // u1"), false, false),
            (format!("<noscript><a href='{to}'>u1</a></noscript>"), false, false),
            (format!("<meta http-equiv=refresh content='0;{to}'><!-- <a href='{to}'> u1 -->"), false, false),
            ("<style>.u1 { }</style> <".to_owned(), false, false),
            (String::new(), false, false),
        ] {
            let shown = Shown::read(&body);
            assert_eq!((shown.leads.contains(AUTHORIZE), shown.names("u1")), (leads, names), "{body}");
        }
    }
}
