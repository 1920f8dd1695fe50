//! Notifications: what became due since a person was told last. The core decides what is news, the window words it,
//! the system shows it.

use std::collections::BTreeSet;

use domain::Timestamp;
use serde::Deserialize;

use super::common::{Done, Nothing};
use super::home::{self, Need};
use super::with_view;
use crate::engine::Engine;
use crate::error::Error;
use crate::link::DeepLink;

/// Where it is kept what was told.
const TOLD: &str = "notices";

/// What the system is to show.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NotifyArgs {
    /// In a few words.
    pub title: String,
    /// The rest.
    pub body: String,
    /// Where a click leads.
    pub link: Option<DeepLink>,
}

pub(super) async fn take_notices(engine: &Engine, _: Nothing) -> Result<Vec<Need>, Error> {
    if !engine.settings().notify {
        return Ok(Vec::new());
    }
    let now = engine.now();
    let (news, told, known) = with_view(engine, move |view, me| {
        let told: Option<BTreeSet<String>> =
            view.draft(TOLD)?.and_then(|text| serde_json::from_str(&text).ok());
        let (news, known) = news(home::needs(view, now, me)?, now, told.as_ref());
        Ok((news, told, known))
    })
    .await?;
    if told.as_ref() != Some(&known) {
        let text = serde_json::to_string(&known).map_err(|error| Error::internal(&error))?;
        engine.keep_draft(TOLD.to_owned(), text).await?;
    }
    Ok(news)
}

/// Of what needs someone, what became due and was not told; and all that is due now, which is told from here on.
///
/// Who never was told anything gets no flood: what was due before is known to them.
fn news(needs: Vec<Need>, now: Timestamp, told: Option<&BTreeSet<String>>) -> (Vec<Need>, BTreeSet<String>) {
    let due: Vec<Need> = needs.into_iter().filter(|need| need.due.is_some_and(|due| due <= now)).collect();
    let known = due.iter().map(name).collect();
    let news = due.into_iter().filter(|need| told.is_some_and(|told| !told.contains(&name(need)))).collect();
    (news, known)
}

/// A need by what it is about; a later date is told again.
fn name(need: &Need) -> String {
    let due = need.due.map_or(0, |due| due.0);
    let Need { kind, version, document, ticket, installation, .. } = need;
    if let Some(installation) = installation {
        return format!("{kind:?} {installation} {due}");
    }
    match (ticket, document, version) {
        (Some(ticket), ..) => format!("{kind:?} {ticket} {due}"),
        (None, Some(document), _) => format!("{kind:?} {document} {due}"),
        (None, None, version) => {
            format!("{kind:?} {} {due}", version.map(|version| version.to_string()).unwrap_or_default())
        }
    }
}

pub(super) async fn notify(engine: &Engine, args: NotifyArgs) -> Result<Done, Error> {
    engine.notify(args.title, args.body, args.link).await.map(|()| Done {})
}

#[cfg(test)]
mod tests {
    use domain::ids::{ProjectId, VersionId};

    use super::super::home::NeedKind;
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn need(kind: NeedKind, version: u128, due: Option<i64>) -> Need {
        Need {
            kind,
            project: Some(ProjectId::from_u128(1)),
            name: String::new(),
            version: Some(VersionId::from_u128(version)),
            number: String::new(),
            run: None,
            track: None,
            document: None,
            ticket: None,
            installation: None,
            count: 0,
            since: Timestamp(0),
            days: 0,
            due: due.map(|day| Timestamp(day * DAY)),
            assignee: None,
        }
    }

    #[test]
    fn what_becomes_due_is_told_once_and_what_was_due_before_never() {
        use NeedKind::{ConfirmLive, NoLink, Overdue};
        let needs = || {
            vec![
                need(Overdue, 1, Some(1)),
                need(ConfirmLive, 2, Some(5)),
                need(NoLink, 3, None),
                need(Overdue, 4, Some(9)),
            ]
        };
        // Day by day: what is told, from the day on which a person wants to be told.
        let days: [(i64, &[u128]); 6] = [(2, &[]), (3, &[]), (5, &[2]), (6, &[]), (9, &[4]), (10, &[])];
        let mut told = None;
        for (day, expected) in days {
            let (news, known) = news(needs(), Timestamp(day * DAY), told.as_ref());
            let versions: Vec<VersionId> = news.iter().filter_map(|need| need.version).collect();
            let expected: Vec<VersionId> = expected.iter().map(|id| VersionId::from_u128(*id)).collect();
            assert_eq!(versions, expected, "day {day}");
            told = Some(known);
        }
    }

    #[test]
    fn another_date_is_news_and_what_is_done_is_forgotten() {
        let at = |day: i64| Timestamp(day * DAY);
        let first = vec![need(NeedKind::ConfirmLive, 1, Some(5))];
        let (_, told) = news(first, at(6), Some(&BTreeSet::new()));
        assert_eq!(told.len(), 1);
        let (moved, _) = news(vec![need(NeedKind::ConfirmLive, 1, Some(8))], at(9), Some(&told));
        assert_eq!(moved.len(), 1);
        let (_, told) = news(Vec::new(), at(9), Some(&told));
        assert!(told.is_empty());
    }
}
