//! Notifications: what became due since a person was told last. The core decides what is news, the window words it,
//! the system shows it.

use std::collections::BTreeSet;

use domain::Timestamp;
use domain::alert;
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

/// Of what needs someone, what became due or comes near its date and was not told; and all that is so now, which is told
/// from here on. What happened at a customer's is told when it comes.
///
/// Who never was told anything gets no flood: what was so before is known to them. What was put off is told when it is
/// back.
fn news(needs: Vec<Need>, now: Timestamp, told: Option<&BTreeSet<String>>) -> (Vec<Need>, BTreeSet<String>) {
    let now_told: Vec<(String, Need)> = needs
        .into_iter()
        .filter(|need| need.snoozed.is_none())
        .filter_map(|need| Some((name(&need, now)?, need)))
        .collect();
    let known = now_told.iter().map(|(name, _)| name.clone()).collect();
    let news = now_told.into_iter().filter(|(name, _)| told.is_some_and(|told| !told.contains(name)));
    (news.map(|(_, need)| need).collect(), known)
}

/// A need by what it is about and how near its date is: a later date is told again, and so is the next step toward it.
/// None where there is nothing to tell yet.
fn name(need: &Need, now: Timestamp) -> Option<String> {
    // The key of an alert is unique in its installation.
    let of = need.installation.map(|id| id.to_string()).unwrap_or_default();
    let Some(due) = need.due else {
        return need.is_news().then(|| format!("{of} {}", need.key));
    };
    let steps = if need.kind.comes_near() { alert::stage(due, now) } else { u8::from(due <= now) };
    (steps > 0).then(|| format!("{of} {} {} {steps}", need.key, due.0))
}

pub(super) async fn notify(engine: &Engine, args: NotifyArgs) -> Result<Done, Error> {
    engine.notify(args.title, args.body, args.link).await.map(|()| Done {})
}

#[cfg(test)]
mod tests {
    use domain::alert::{Alert, AlertKind, DAY};
    use domain::ids::VersionId;

    use super::super::home::NeedKind;
    use super::*;

    fn need(kind: NeedKind, version: u128, due: Option<i64>) -> Need {
        Need {
            version: Some(VersionId::from_u128(version)),
            due: due.map(|day| Timestamp(day * DAY)),
            ..Need::new(kind, format!("{kind:?}:{version}"), "", Timestamp(0))
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

    #[test]
    fn a_deadline_of_talkdesks_is_told_three_days_and_one_day_before_and_when_it_is_over() {
        let mut told = Some(BTreeSet::new());
        let mut days = Vec::new();
        for hour in 0..12 * 24 {
            let needs = vec![need(NeedKind::AnswerTalkdesk, 1, Some(8))];
            let (news, known) = news(needs, Timestamp(hour * DAY / 24), told.as_ref());
            days.extend(news.iter().map(|_| hour / 24));
            told = Some(known);
        }
        assert_eq!(days, [5, 7, 8]);
    }

    #[test]
    fn news_is_told_when_it_comes_and_what_was_put_off_when_it_is_back() {
        let alert = Alert {
            kind: AlertKind::Users,
            key: "users:e1".to_owned(),
            events: vec!["e1".to_owned()],
            word: String::new(),
            text: String::new(),
            count: 1,
            gone: 0,
            since: Timestamp(0),
            due: None,
        };
        let users = Need { alert: Some(alert), ..need(NeedKind::Users, 1, None) };
        let (first, told) = news(vec![users.clone()], Timestamp(0), Some(&BTreeSet::new()));
        assert_eq!(first.len(), 1);
        assert_eq!(news(vec![users.clone()], Timestamp(DAY), Some(&told)).0.len(), 0);
        let off = Need { snoozed: Some("1970-01-03".to_owned()), ..users.clone() };
        let (none, told) = news(vec![off], Timestamp(DAY), Some(&told));
        assert_eq!(none.len(), 0);
        assert_eq!(news(vec![users], Timestamp(3 * DAY), Some(&told)).0.len(), 1);
    }
}
