//! Any work, any trouble, any restart: in the end the desktop shows what the service has, and nothing was done twice.

use domain::ids::{CustomerId, FindingId, LinkId, ProjectId, RunId, VersionId};
use domain::project::{FindingSource, FindingText, LinkSource};
use domain::workspace::CustomerDetails;
use proptest::prelude::*;

use super::*;
use crate::testing::{start, tick};

/// Something that happens. Numbers choose among few things, so that commands meet.
#[derive(Clone, Debug)]
enum Happens {
    /// At the desktop.
    Here(u8, u8, u8),
    /// At the service, by another person.
    There(u8, u8, u8),
    /// A round of the sync, with troubles on its way.
    Round(Vec<Trouble>),
    /// The process is killed between sending and settling, and starts again.
    Killed,
    /// The service is restored from a backup of before.
    Restored,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        4 => Just(Trouble::None),
        2 => Just(Trouble::LostReply),
        1 => Just(Trouble::Unreachable),
        1 => Just(Trouble::Status(500)),
        1 => Just(Trouble::Busy(1)),
        1 => Just(Trouble::SignedOut),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        20 => any::<(u8, u8, u8)>().prop_map(|(a, b, c)| Happens::Here(a, b, c)),
        6 => any::<(u8, u8, u8)>().prop_map(|(a, b, c)| Happens::There(a, b, c)),
        6 => proptest::collection::vec(trouble(), 0..5).prop_map(Happens::Round),
        2 => Just(Happens::Killed),
        1 => Just(Happens::Restored),
    ]
}

fn project(n: u8) -> ProjectId {
    ProjectId::from_u128(0xA0 + u128::from(n % 3))
}
fn version(n: u8) -> VersionId {
    VersionId::from_u128(0xB0 + u128::from(n % 3))
}
fn run(n: u8) -> RunId {
    RunId::from_u128(0xC0 + u128::from(n % 3))
}

/// A command out of three numbers. What it names is often not there, or somebody else's.
fn command_of((kind, a, b): (u8, u8, u8), last: Option<CommandId>) -> domain::Command {
    let texts = ["", "one", "two", "three"];
    let text = texts[usize::from(b % 4)];
    let seen =
        (b / 4 % 4 > 0).then(|| domain::fields::FieldValue::Text(texts[usize::from(b / 4 % 4)].into()));
    let items = testing::items();
    let item = items[usize::from(b % 3)].as_str();
    let field = [FieldKey::Description, FieldKey::Notes, FieldKey::ListingSummary][usize::from(b / 16 % 3)];
    let of_project = AggregateRef::Project(project(a));
    let of_run = AggregateRef::Run(run(a));
    let outcome =
        [Outcome::Pass, Outcome::Fail, Outcome::Blocked, Outcome::NotApplicable][usize::from(b / 4 % 4)];
    let finding = FindingId::from_u128(0xD0 + u128::from(b % 2));
    let customer = CustomerId::from_u128(0xE0 + u128::from(b % 2));
    let (aggregate, body) = match kind % 14 {
        0 => (of_project, create(["Call Notes", "Shift Planner", "Queue Lens"][usize::from(b % 3)])),
        1 => (of_project, Body::VersionCreate { version: version(a), number: format!("1.{}", b % 2) }),
        2..=4 => (of_project, set_field(version(a), field, text, seen)),
        5 => (of_run, start(project(a), version(a))),
        6..=7 => (of_run, tick(item, outcome, last.into_iter().collect())),
        8 => (of_run, Body::Note { item: item.into(), text: text.into(), knew: None }),
        9 => (of_run, Body::Undo { item: item.into(), undoes: last.unwrap_or(CommandId::from_u128(1)) }),
        10 => (
            of_project,
            Body::FindingAdd {
                version: version(a),
                track: None,
                source: FindingSource::Internal,
                finding: domain::command::NewFinding {
                    id: finding,
                    said: FindingText { text: "too slow".into(), ..FindingText::default() },
                    files: Vec::new(),
                },
            },
        ),
        11 => (
            of_project,
            Body::FindingReply { finding, reply: text.into(), expects: String::new(), knew: None },
        ),
        12 => (
            AggregateRef::Workspace(WORKSPACE),
            Body::CustomerSet {
                customer,
                details: CustomerDetails {
                    name: format!("Sample Customer {text}"),
                    ..CustomerDetails::default()
                },
                knew: None,
            },
        ),
        _ => (
            of_project,
            Body::LinkRecord {
                version: version(a),
                link: LinkId(testing::fresh()),
                url: "https://install.example/a".into(),
                source: LinkSource::Pasted,
            },
        ),
    };
    command(aggregate, body)
}

async fn live(happenings: Vec<Happens>) {
    let mut place = Place::new();
    place.desk.workspace().await;
    for n in 0..2 {
        place.desk.go(AggregateRef::Project(project(n)), create(&format!("App {n}"))).await;
        let body = Body::VersionCreate { version: version(n), number: "1.0".into() };
        place.desk.go(AggregateRef::Project(project(n)), body).await;
        place.desk.go(AggregateRef::Run(run(n)), start(project(n), version(n))).await;
    }
    place.synced().await;
    let mut backup = Some(place.fake.back_up());
    let mut last = None;
    let mut accepted = Vec::new();
    for happening in happenings {
        match happening {
            Happens::Here(a, b, c) => {
                let command = command_of((a, b, c), last);
                if let Ok(submitted) = place.desk.submit(command).await {
                    last = Some(submitted.id);
                    accepted.push(submitted.id);
                }
            }
            Happens::There(a, b, c) => {
                place.fake.other(&person(2), &command_of((a, b, c), last));
            }
            Happens::Round(troubles) => {
                place.fake.trouble(troubles);
                let _ = place.round().await;
                place.fake.no_more_trouble();
            }
            Happens::Killed => {
                let none = std::collections::BTreeSet::new();
                place.desk.store.write(move |tx| feed::take_batch(tx, &none, 3, 10_000)).await.unwrap();
                place.restart();
            }
            Happens::Restored => {
                if let Some(restore) = backup.take() {
                    restore(&place.fake);
                    backup = Some(place.fake.back_up());
                }
            }
        }
    }
    place.synced().await;

    let open = place.outbox().await;
    for row in &open {
        let decided = matches!(row.state, OutboxState::Refused | OutboxState::Conflicted);
        assert!(decided || row.waits_for.is_some(), "neither sent nor held up: {row:?}");
    }
    let taken = place.fake.taken();
    for id in &accepted {
        let there = taken.iter().filter(|known| *known == id).count();
        let here = open.iter().filter(|row| row.id == *id).count();
        assert_eq!(there + here, 1, "{id} is at the service {there} times and in the outbox {here} times");
    }
    let ids: Vec<CommandId> = open.iter().map(|row| row.id).collect();
    place.desk.store.write(move |tx| outbox::discard(tx, ids)).await.unwrap();
    assert!(place.outbox().await.is_empty());
    place.agrees().await;
    // And a desktop that starts from nothing sees the same.
    let other = Place::at(place.fake.clone());
    other.synced().await;
    other.agrees().await;
    assert_eq!(lists(&place).await, lists(&other).await);
}

async fn lists(place: &Place) -> String {
    place
        .desk
        .store
        .read(|view| {
            let query = ProjectQuery { limit: 100, ..ProjectQuery::default() };
            Ok::<_, StoreError>(format!(
                "{:?} {:?} {:?} {:?}",
                view.project_rows(&query)?,
                view.review_rows()?,
                view.run_rows()?,
                view.search("note", 100)?.len(),
            ))
        })
        .await
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_both_agree(happenings in proptest::collection::vec(happens(), 1..40)) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
            .block_on(live(happenings));
    }
}
