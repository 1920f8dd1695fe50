//! An app behind the relay that takes nothing: known on the desktop by what the service said last, and told from there.

use domain::protocol::FailingApp;
use domain::time;
use uuid::Uuid;

use super::*;
use crate::ipc::home::{Need, NeedKind, needs};

async fn told(place: &Place) -> Vec<Need> {
    let (now, me) = ((place.desk.clock)(), place.desk.actor.member);
    let all = place.desk.store.read(move |view| needs(*view, now, me)).await.unwrap();
    let of_relay = |need: &Need| matches!(need.kind, NeedKind::DeliveryFailing | NeedKind::DeliveryGivenUp);
    all.into_iter().filter(of_relay).collect()
}

/// Protects an app from being down unnoticed: what it does not take stands among what needs someone, with whoever looks
/// after its newest version, as long as the service says so, and whoever puts it off has put it off.
#[tokio::test]
async fn an_app_that_takes_nothing_needs_someone() {
    let place = Place::new();
    place.desk.workspace().await;
    let project = place.desk.project("Call Notes").await;
    let version = place.desk.version(project, "1.0.0").await;
    let of_project = AggregateRef::Project(project);
    let me = place.desk.actor.member;
    place.desk.go(of_project, Body::VersionAssign { version, to: Some(me) }).await;
    let api = Api::new(place.fake.clone() as Arc<dyn Transport>);
    let look = async |apps: Option<Vec<FailingApp>>| {
        place.fake.failing(apps);
        super::super::failing::note(&api, &place.desk.store).await
    };

    look(None).await.unwrap();
    assert!(told(&place).await.is_empty(), "a service without a relay");
    let waits = FailingApp { hook: Uuid::from_u128(7), project, waits: true, events: 3, since: Timestamp(5) };
    let gave_up = FailingApp { waits: false, events: 1, since: Timestamp(9), ..waits };
    // Of a project that this desktop does not have yet nothing can be said.
    let unknown = FailingApp { project: domain::ids::ProjectId(testing::fresh()), ..waits };
    look(Some(vec![waits, gave_up, unknown])).await.unwrap();
    let needs = told(&place).await;
    let seen: Vec<_> = needs.iter().map(|need| (need.kind, need.count, need.since, need.version)).collect();
    assert_eq!(
        seen,
        [
            (NeedKind::DeliveryFailing, 3, Timestamp(5), Some(version)),
            (NeedKind::DeliveryGivenUp, 1, Timestamp(9), Some(version)),
        ]
    );
    for need in &needs {
        assert_eq!((need.name.as_str(), need.assignee), ("Call Notes", Some(me)));
        assert!(need.is_news(), "the system tells of it, too");
    }

    // While the service is away what was known stands.
    place.fake.trouble([Trouble::Unreachable]);
    look(None).await.unwrap_err();
    assert_eq!(told(&place).await.len(), 2);

    let tomorrow = time::day(Timestamp((place.desk.clock)().0 + 2 * domain::alert::DAY));
    place
        .desk
        .go(of_project, Body::AlertSnooze { alert: needs[0].key.clone(), until: Some(tomorrow.clone()) })
        .await;
    let snoozed: Vec<_> = told(&place).await.into_iter().map(|need| need.snoozed).collect();
    assert_eq!(snoozed, [Some(tomorrow), None]);

    look(Some(Vec::new())).await.unwrap();
    assert!(told(&place).await.is_empty(), "it takes them again");
}
