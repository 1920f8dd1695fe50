//! Pages of the feed and of the snapshot.

use std::collections::BTreeMap;

use domain::AggregateRef;
use domain::Body;
use domain::ids::TemplateId;
use domain::protocol::{Changes, Snapshot, State};
use domain::templates::{Item, Section, Template, TemplateKind};
use serde_json::Value;

use crate::world::{On, World, command, create_project, item, project, run, started, tick, workspace};

crate::both! {
    changes_come_in_pages_that_fit_together,
    a_state_counts_its_commands_and_names_its_last,
    a_snapshot_is_whole_although_writes_go_on,
    a_page_ends_where_it_has_grown_large,
    fields_of_a_newer_version_stay_in_the_state,
}

async fn changes_come_in_pages_that_fit_together(on: On) {
    let world = World::new(on).await;
    let mut commands = started();
    commands.extend((5..=12).map(|n| command(n, run(1), tick(item(n as usize - 5)))));
    world.take(&commands).await;
    let whole: Changes = world.get("/v1/changes").await;
    assert!(!whole.more);
    assert_eq!(
        whole.changes.iter().map(|change| &change.command).collect::<Vec<_>>(),
        commands.iter().collect::<Vec<_>>()
    );
    assert_eq!(whole.states.len(), 3);
    for limit in [1, 2, 5, 11, 12, 13, 100_000] {
        let (mut after, mut found) = (0, Vec::new());
        loop {
            let page: Changes = world.get(&format!("/v1/changes?after={after}&limit={limit}")).await;
            assert!(page.changes.len() <= limit);
            assert_eq!((page.epoch, page.head), (whole.epoch, 12));
            // A page carries each aggregate that it touches once, in its newest state.
            let mut touched: Vec<_> = page.changes.iter().map(|change| change.command.aggregate).collect();
            touched.sort_unstable();
            touched.dedup();
            assert_eq!(page.states.len(), touched.len());
            for state in &page.states {
                assert!(touched.contains(&state.aggregate) && whole.states.contains(state));
            }
            let more = page.more;
            found.extend(page.changes);
            if !more {
                break;
            }
            after = found.last().unwrap().number;
        }
        assert_eq!(found, whole.changes, "limit {limit}");
    }
    for after in [12, 13, u64::MAX] {
        let page: Changes = world.get(&format!("/v1/changes?after={after}")).await;
        assert_eq!((page.head, page.more, page.changes.len(), page.states.len()), (12, false, 0, 0));
    }
}

async fn a_state_counts_its_commands_and_names_its_last(on: On) {
    let world = World::new(on).await;
    let mut commands = started();
    commands.push(command(5, project(2), create_project("Shift Planner")));
    commands.push(command(6, run(1), tick(item(0))));
    world.take(&commands).await;
    let counts = |states: Vec<State>| -> Vec<(AggregateRef, u64, u64)> {
        states.iter().map(|state| (state.aggregate, state.revision, state.number)).collect()
    };
    let expected = vec![(workspace(), 1, 1), (project(1), 2, 3), (project(2), 1, 5), (run(1), 2, 6)];
    assert_eq!(counts(world.states().await), expected);
}

/// While a desktop reads a snapshot page by page, others write: it still ends with the newest state of everything.
async fn a_snapshot_is_whole_although_writes_go_on(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let creates: Vec<_> =
        (10..16).map(|n| command(n, project(n), create_project(&format!("Project {n}")))).collect();
    world.take(&creates).await;
    let mut writes = [
        // Changes one that was read, one that was not, and makes one.
        command(20, run(1), tick(item(0))),
        command(21, project(14), Body::ProjectSetArchived { archived: true }),
        command(22, project(30), create_project("Queue Lens")),
        command(23, workspace(), Body::WorkspaceRename { name: "Sample Apps 2".to_owned() }),
    ]
    .into_iter();
    let (mut after, mut found) = (0, BTreeMap::new());
    loop {
        let page: Snapshot = world.get(&format!("/v1/snapshot?after={after}&limit=2")).await;
        for state in page.states {
            after = state.number;
            found.insert(state.aggregate, state);
        }
        if !page.more {
            break;
        }
        if let Some(write) = writes.next() {
            world.take(&[write]).await;
        }
    }
    assert_eq!(writes.next(), None, "the snapshot was read to its end before all writes were done");
    let newest: BTreeMap<_, _> =
        world.states().await.into_iter().map(|state| (state.aggregate, state)).collect();
    assert_eq!(found, newest);
    assert_eq!(found.len(), 10);
}

/// States that are large together come in several pages, each of which goes on from the one before.
async fn a_page_ends_where_it_has_grown_large(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let item = |n: usize| Item {
        id: format!("I-{n}"),
        text: "t".repeat(1_400),
        help: String::new(),
        required: true,
        evidence: None,
        touches: Vec::new(),
        source: None,
        shown_from: None,
        extra: domain::Extra::new(),
    };
    let section = Section {
        id: "all".to_owned(),
        name: String::new(),
        items: (0..3_000).map(item).collect(),
        extra: domain::Extra::new(),
    };
    let template = Template {
        id: TemplateId::from_u128(7),
        version: 1,
        kind: TemplateKind::Own,
        name: "Ours".to_owned(),
        derived: false,
        sections: vec![section],
        saved: None,
        extra: domain::Extra::new(),
    };
    let body = Body::TemplateAdd { template: Box::new(template) };
    world.take(&[command(5, workspace(), body), command(6, project(2), create_project("Queue Lens"))]).await;

    let feed: Changes = world.get("/v1/changes").await;
    assert_eq!((feed.changes.len(), feed.states.len(), feed.more), (1, 1, true));
    let all = world.changes().await;
    assert_eq!(all.changes.iter().map(|change| change.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let snapshot: Snapshot = world.get("/v1/snapshot").await;
    assert_eq!((snapshot.states.len(), snapshot.more), (3, true));
    assert_eq!(world.states().await.len(), 4);
}

/// Fields that a newer version wrote stay in the state through changes by this one.
async fn fields_of_a_newer_version_stay_in_the_state(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let sql = match on {
        On::Sqlite => {
            "UPDATE aggregate SET state = json_set(state, '$.by_a_newer_version', 7) WHERE kind = 'run'"
        }
        On::Postgres => {
            "UPDATE aggregate SET state = jsonb_set(state::jsonb, '{by_a_newer_version}', '7') WHERE kind = 'run'"
        }
    };
    assert_eq!(world.store.change(sql).await, 1);
    world.take(&[command(5, run(1), tick(item(0)))]).await;
    let states = world.states().await;
    let state: &Value = &states.iter().find(|state| state.aggregate == run(1)).unwrap().state;
    assert_eq!(state["by_a_newer_version"], 7);
}
