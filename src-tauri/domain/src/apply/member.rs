//! Who belongs to the workspace, as the window shows them. Who may do what is the service's to say, not this list's.

use super::{misplaced, not_found};
use crate::command::Body;
use crate::common::{Mark, Place, Role};
use crate::facts::Facts;
use crate::ids::MemberId;
use crate::refusal::{Refusal, RefusalCode};
use crate::text;
use crate::workspace::{Absence, LANGUAGES, Member, Workspace};

pub(super) fn change(state: &mut Workspace, body: &Body, mark: Mark, facts: &Facts) -> Result<(), Refusal> {
    match body {
        Body::MemberEnter { name } => {
            let name = text::line(name, text::LINE, "member")?;
            let roles = facts.actor.roles.clone();
            if let Ok(known) = of(state, mark.by) {
                // The name that is known here stands: somebody may have changed it.
                known.roles = roles;
                known.left = None;
            } else if state.members.len() >= text::LIST {
                return Err(Refusal::ours(RefusalCode::TooMany).with("max", text::LIST));
            } else {
                state.members.push(Member::new(mark.by, name, roles));
            }
        }
        Body::MemberSetAbsence { member, absence } => {
            if *member != mark.by && !facts.actor.roles.contains(&Role::Admin) {
                return Err(Refusal::ours(RefusalCode::NotYours));
            }
            let absence = match absence {
                None => None,
                Some(Absence { until, cover }) => {
                    let until = text::date(until, "until")?;
                    let there = |id: MemberId| {
                        id != *member
                            && state.members.iter().any(|known| known.id == id && known.left.is_none())
                    };
                    if cover.is_some_and(|cover| !there(cover)) {
                        return Err(not_found().at(Place::input("cover")));
                    }
                    Some(Absence { until, cover: *cover })
                }
            };
            of(state, *member)?.absence = absence;
        }
        Body::MemberSetMail { mail } => {
            if !LANGUAGES.contains(&&*mail.language) {
                return Err(Refusal::ours(RefusalCode::WrongKind).at(Place::input("language")));
            }
            of(state, mark.by)?.mail = Some(mail.clone());
        }
        Body::MemberLeave { member } => {
            if *member == mark.by {
                return Err(Refusal::ours(RefusalCode::NotYours));
            }
            let member = of(state, *member)?;
            member.left = Some(mark);
            member.absence = None;
        }
        _ => return Err(misplaced()),
    }
    Ok(())
}

fn of(state: &mut Workspace, id: MemberId) -> Result<&mut Member, Refusal> {
    state.members.iter_mut().find(|known| known.id == id).ok_or_else(not_found)
}
