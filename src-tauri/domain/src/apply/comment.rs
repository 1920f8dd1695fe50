//! Comments and external links: the same commands beside whatever holds them.

use super::workspace::too_many;
use super::{misplaced, not_found};
use crate::checklist::Run;
use crate::command::Body;
use crate::comment::{Comment, Subject};
use crate::common::{Extra, Mark, Place};
use crate::external::{ExternalLink, KEY, key_of};
use crate::ids::{CommentId, MemberId};
use crate::project::Project;
use crate::redact::Redaction;
use crate::refusal::{Refusal, RefusalCode};
use crate::text;
use crate::workspace::Workspace;

/// What people can comment on and link from.
pub(super) trait Beside {
    /// Whether the thing is there.
    fn has(&self, subject: &Subject) -> bool;
    fn comments(&mut self) -> &mut Vec<Comment>;
    fn external_links(&mut self) -> &mut Vec<ExternalLink>;
}

impl Beside for Project {
    fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Project => true,
            Subject::Version { version } | Subject::Field { version, .. } => self.version(*version).is_some(),
            Subject::Finding { finding } => self.findings.iter().any(|known| known.id == *finding),
            Subject::Item { .. } | Subject::Customer { .. } | Subject::Ticket { .. } => false,
        }
    }
    fn comments(&mut self) -> &mut Vec<Comment> {
        &mut self.comments
    }
    fn external_links(&mut self) -> &mut Vec<ExternalLink> {
        &mut self.external_links
    }
}

impl Beside for Run {
    fn has(&self, subject: &Subject) -> bool {
        matches!(subject, Subject::Item { item } if self.item(item).is_some())
    }
    fn comments(&mut self) -> &mut Vec<Comment> {
        &mut self.comments
    }
    fn external_links(&mut self) -> &mut Vec<ExternalLink> {
        &mut self.external_links
    }
}

impl Beside for Workspace {
    fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Customer { customer } => self.customer(*customer).is_some(),
            Subject::Ticket { ticket } => self.ticket(*ticket).is_some(),
            _ => false,
        }
    }
    fn comments(&mut self) -> &mut Vec<Comment> {
        &mut self.comments
    }
    fn external_links(&mut self) -> &mut Vec<ExternalLink> {
        &mut self.external_links
    }
}

/// Whether a command is one of these.
pub(super) fn is_one(body: &Body) -> bool {
    matches!(
        body,
        Body::CommentAdd { .. }
            | Body::CommentEdit { .. }
            | Body::CommentDelete { .. }
            | Body::CommentResolve { .. }
            | Body::CommentSee { .. }
            | Body::CommentRedact { .. }
            | Body::ExternalAdd { .. }
            | Body::ExternalEdit { .. }
            | Body::ExternalRemove { .. }
    )
}

pub(super) fn change(state: &mut impl Beside, body: &Body, mark: Mark) -> Result<(), Refusal> {
    match body {
        Body::CommentAdd { comment, subject, reply_to, text, mentions } => {
            let (text, mentions) = (words(text)?, checked(mentions)?);
            if !state.has(subject) {
                return Err(not_found());
            }
            let comments = state.comments();
            if comments.iter().any(|known| known.id == *comment) {
                return Err(misplaced());
            }
            if comments.iter().filter(|known| known.subject == *subject).count() >= text::LIST {
                return Err(too_many(text::LIST));
            }
            if let Some(first) = reply_to {
                // A thread is one level deep, and of one thing.
                let first = comments.iter_mut().find(|known| known.id == *first && known.reply_to.is_none());
                let first = first.filter(|first| first.subject == *subject).ok_or_else(not_found)?;
                // Who answers opens what was settled.
                first.resolved = None;
            }
            comments.push(Comment {
                id: *comment,
                subject: subject.clone(),
                reply_to: *reply_to,
                text,
                mentions,
                seen: Vec::new(),
                created: mark,
                edited: None,
                deleted: None,
                redacted: None,
                resolved: None,
                extra: Extra::new(),
            });
        }
        Body::CommentEdit { comment, text, mentions } => {
            let (text, mentions) = (words(text)?, checked(mentions)?);
            let known = own(state.comments(), *comment, mark.by)?;
            // Who is mentioned anew has not seen it.
            known.seen.retain(|seen| known.mentions.contains(seen) && mentions.contains(seen));
            known.text = text;
            known.mentions = mentions;
            known.deleted = None;
            known.edited = Some(mark);
        }
        Body::CommentDelete { comment } => {
            let known = own(state.comments(), *comment, mark.by)?;
            known.text.clear();
            known.mentions.clear();
            known.seen.clear();
            known.deleted = Some(mark);
        }
        Body::CommentResolve { comment, resolved } => {
            let known = found(state.comments(), *comment)?;
            if known.reply_to.is_some() {
                return Err(not_found());
            }
            known.resolved = resolved.then_some(mark);
        }
        Body::CommentSee { comments } => {
            if comments.len() > text::LIST {
                return Err(too_many(text::LIST));
            }
            for known in state.comments().iter_mut().filter(|known| comments.contains(&known.id)) {
                if known.mentions.contains(&mark.by) && !known.seen.contains(&mark.by) {
                    known.seen.push(mark.by);
                }
            }
        }
        Body::CommentRedact { comment, reason } => {
            let reason = text::reason(reason)?;
            super::redact::comment(found(state.comments(), *comment)?, Redaction { mark, reason });
        }
        _ => external(state, body, mark)?,
    }
    Ok(())
}

fn external(state: &mut impl Beside, body: &Body, mark: Mark) -> Result<(), Refusal> {
    match body {
        Body::ExternalAdd { link, subject, url, key } => {
            let (url, key) = link_words(url, key)?;
            if !state.has(subject) {
                return Err(not_found());
            }
            let links = state.external_links();
            if links.iter().any(|known| known.id == *link) {
                return Err(misplaced());
            }
            if links.iter().filter(|known| known.subject == *subject).count() >= text::LIST {
                return Err(too_many(text::LIST));
            }
            links.push(ExternalLink { id: *link, subject: subject.clone(), url, key, created: mark });
        }
        Body::ExternalEdit { link, url, key } => {
            let (url, key) = link_words(url, key)?;
            let known = state.external_links().iter_mut().find(|known| known.id == *link);
            let known = known.ok_or_else(not_found)?;
            known.url = url;
            known.key = key;
        }
        Body::ExternalRemove { link } => {
            let links = state.external_links();
            let at = links.iter().position(|known| known.id == *link).ok_or_else(not_found)?;
            links.remove(at);
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn found(comments: &mut [Comment], id: CommentId) -> Result<&mut Comment, Refusal> {
    comments.iter_mut().find(|known| known.id == id).ok_or_else(not_found)
}

/// A comment that this person wrote, and that was not blanked for good.
fn own(comments: &mut [Comment], id: CommentId, by: MemberId) -> Result<&mut Comment, Refusal> {
    let known = found(comments, id)?;
    if known.created.by != by {
        return Err(Refusal::ours(RefusalCode::NotYours));
    }
    if known.redacted.is_some() {
        return Err(Refusal::ours(RefusalCode::Redacted));
    }
    Ok(known)
}

fn words(text: &str) -> Result<String, Refusal> {
    let text = text::block(text, "comment")?;
    if text.trim().is_empty() {
        return Err(Refusal::ours(RefusalCode::Empty).at(Place::input("comment")));
    }
    Ok(text)
}

/// Each once.
fn checked(mentions: &[MemberId]) -> Result<Vec<MemberId>, Refusal> {
    if mentions.len() > text::LIST {
        return Err(too_many(text::LIST));
    }
    let mut once: Vec<MemberId> = Vec::new();
    for member in mentions {
        if !once.contains(member) {
            once.push(*member);
        }
    }
    Ok(once)
}

fn link_words(url: &str, key: &str) -> Result<(String, String), Refusal> {
    let url = text::https(url, "url")?;
    let key = text::optional_line(key, KEY, "key")?;
    let key = if key.is_empty() { key_of(&url) } else { key };
    Ok((url, key))
}
