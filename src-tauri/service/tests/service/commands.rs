//! What becomes of a command: once, by the right person, in the right order.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use domain::ids::CommandId;
use domain::protocol::{Outcome, Results};
use domain::{AggregateRef, Body, Refusal, RefusalCode, Timestamp};
use serde_json::{Value, json};

use crate::world::{
    MANAGER, OTHER_WORKSPACE, On, QA, STRANGER, VIEWER, World, call, command, command_id, create_project,
    create_version, create_workspace, embedded, item, nobody, number, outcome_of, post, project, refusal,
    run, started, tick, version_id, workspace,
};

crate::both! {
    a_batch_is_answered_word_for_word,
    the_same_command_again_is_answered_as_before_and_changes_nothing,
    an_id_stands_for_one_command_of_one_person,
    a_refused_command_spoils_no_other_and_is_looked_at_afresh,
    a_command_waits_for_what_it_needs,
    roles_decide_who_may_do_what,
    what_is_by_a_newer_version_holds_up_no_other,
    workspaces_are_worlds_apart,
    writers_side_by_side_leave_no_gap_and_no_double,
    no_clock_takes_the_feed_back_in_time,
}

/// The wire, word for word: what a desktop of any version reads.
async fn a_batch_is_answered_word_for_word(on: On) {
    let world = World::with(on, embedded()).await;
    let me = world.me().await;
    let sent = r#"{"commands":[
        {"id":"00000000-0000-7000-8000-000000000001","kind":"workspace.create","v":1,
         "aggregate":{"kind":"workspace","id":"00000000-0000-0000-0000-000000000001"},"made_at":5,
         "args":{"name":"Sample Apps","sample":false,"member":
           {"id":"00000000-0000-0000-0000-000000000002","name":"Manager","roles":["admin"]}},
         "by_a_newer_version":{"kept":true}},
        {"id":"00000000-0000-7000-8000-000000000002","kind":"project.create","v":1,
         "aggregate":{"kind":"project","id":"00000000-0000-0000-0000-000000000009"},"made_at":6,
         "args":{"details":{"name":" ","slug":"","owner":""}}},
        {"id":"00000000-0000-7000-8000-000000000003","kind":"version.create","v":1,
         "aggregate":{"kind":"project","id":"00000000-0000-0000-0000-000000000009"},"made_at":7,
         "needs":["00000000-0000-7000-8000-000000000002"],
         "args":{"version":"00000000-0000-0000-0000-00000000000a","number":"1.0.0"}}]}"#;
    let (_, answer) = call(&world.service, post(MANAGER, sent.as_bytes().to_vec())).await;
    let expected = json!({
        "epoch": me.epoch,
        "head": 1,
        "results": [
            { "id": "00000000-0000-7000-8000-000000000001", "outcome": "taken", "number": 1, "taken_at": 1_000_000 },
            { "id": "00000000-0000-7000-8000-000000000002", "outcome": "refused", "refusal": {
                "code": "empty", "rule": "ours", "params": {}, "places": [{ "input": "name" }] } },
            { "id": "00000000-0000-7000-8000-000000000003", "outcome": "waiting",
              "on": "00000000-0000-7000-8000-000000000002" },
        ],
    });
    assert_eq!(answer, expected);
    // The feed hands the command out as it came.
    let feed: Value = world.get("/v1/changes").await;
    let first: Value = serde_json::from_str(sent).unwrap();
    assert_eq!(feed["changes"][0]["command"]["by_a_newer_version"], json!({ "kept": true }));
    assert_eq!(feed["changes"][0]["command"]["args"], first["commands"][0]["args"]);
    assert_eq!(feed["changes"][0]["actor"], json!(MANAGER));
}

async fn the_same_command_again_is_answered_as_before_and_changes_nothing(on: On) {
    let world = World::new(on).await;
    let mut commands = started();
    commands.push(command(5, run(1), tick(item(0))));
    let first = world.send(&commands).await;
    let states = world.states().await;
    // Sent again as a whole, and twice within one batch; what the desktop's clock said is not part of the command.
    commands[4].made_at = Timestamp(99);
    let again = world.send(&commands).await;
    assert_eq!(again, first);
    let twice = world.send(&[commands[4].clone(), commands[4].clone()]).await;
    assert_eq!(twice.results[0], first.results[4]);
    assert_eq!(twice.results[1], first.results[4]);
    assert_eq!(world.states().await, states);
    assert_eq!(world.me().await.head, 5);
}

async fn an_id_stands_for_one_command_of_one_person(on: On) {
    let world = World::new(on).await;
    let mut commands = started();
    commands.push(command(5, run(1), tick(item(0))));
    world.take(&commands).await;
    let tried = &commands[4];

    let other_person = world.send_as(QA, std::slice::from_ref(tried)).await;
    assert_eq!(refusal(outcome_of(&other_person, 0)), Some(RefusalCode::IdReused));

    let mut others = vec![tried.clone(); 4];
    others[0].args["item"] = json!(item(1));
    others[1].aggregate = run(2);
    "run.fixed".clone_into(&mut others[2].kind);
    others[3].v = 2;
    for (other, result) in others.iter().zip(world.send(&others).await.results) {
        assert_eq!(refusal(&result.outcome), Some(RefusalCode::IdReused), "{other:?}");
    }
    // Another workspace knows nothing of it: there the id is free.
    let strange = world.send_as(STRANGER, std::slice::from_ref(tried)).await;
    assert_eq!(refusal(outcome_of(&strange, 0)), Some(RefusalCode::NotFound));
}

async fn a_refused_command_spoils_no_other_and_is_looked_at_afresh(on: On) {
    let world = World::new(on).await;
    world.take(&[command(1, workspace(), create_workspace())]).await;
    let results = world
        .send(&[
            command(2, project(1), create_project("Call Notes")),
            command(3, project(2), create_project("call notes")),
            command(4, project(3), create_project("Survey Sense")),
        ])
        .await;
    assert_eq!(
        results.results.iter().map(|r| number(&r.outcome)).collect::<Vec<_>>(),
        [Some(2), None, Some(3)]
    );
    assert_eq!(refusal(outcome_of(&results, 1)), Some(RefusalCode::NameTaken));
    assert_eq!(results.head, 3);

    let rename = Body::ProjectEdit {
        details: crate::world::details("Contact Sync", ""),
        expects: crate::world::details("Call Notes", ""),
    };
    world.take(&[command(5, project(1), rename)]).await;
    assert_eq!(world.take(&[command(3, project(2), create_project("call notes"))]).await, 5);
}

async fn a_command_waits_for_what_it_needs(on: On) {
    let world = World::new(on).await;
    world.take(&[command(1, workspace(), create_workspace())]).await;
    let needing = |n, needs: &[u128], body| {
        let mut envelope = command(n, project(1), body);
        envelope.needs = needs.iter().map(|n| command_id(*n)).collect();
        envelope
    };
    let create = needing(2, &[1], create_project("Call Notes"));
    let version = needing(3, &[1, 2], create_version(1, "1.0.0"));
    let notes = needing(
        4,
        &[3],
        Body::VersionEdit { version: version_id(1), number: "1.0.0".to_owned(), notes: "First.".to_owned() },
    );
    // In the wrong order, then with a need that is refused: what waits writes nothing.
    let results = world.send(&[notes.clone(), version.clone()]).await;
    let waits_on = |results: &Results| -> Vec<Option<CommandId>> {
        let on = |outcome: &Outcome| if let Outcome::Waiting { on } = outcome { Some(*on) } else { None };
        results.results.iter().map(|result| on(&result.outcome)).collect()
    };
    assert_eq!(waits_on(&results), [Some(command_id(3)), Some(command_id(2))]);
    let refused = needing(2, &[], create_project(""));
    let results = world.send(&[refused, version.clone(), notes.clone()]).await;
    assert_eq!(waits_on(&results), [None, Some(command_id(2)), Some(command_id(3))]);
    assert_eq!(results.head, 1);
    assert_eq!(world.take(&[create, version, notes]).await, 4);
}

async fn roles_decide_who_may_do_what(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let create = |n| command(n, project(5), create_project("Queue Lens"));
    let results = world.send_as(QA, &[create(10), command(11, run(1), tick(item(0)))]).await;
    let Outcome::Refused { refusal: forbidden } = outcome_of(&results, 0) else { panic!("{results:?}") };
    let expected = Refusal::ours(RefusalCode::Forbidden).with("roles", "partner_manager");
    assert_eq!((forbidden.code, &forbidden.params), (expected.code, &expected.params));
    assert_eq!(number(outcome_of(&results, 1)), Some(5));
    let results = world.send_as(VIEWER, &[create(12), command(13, run(1), tick(item(1)))]).await;
    let codes: Vec<_> = results.results.iter().map(|result| refusal(&result.outcome)).collect();
    assert_eq!(codes, [Some(RefusalCode::Forbidden); 2]);
    // A refused id is free for who may.
    assert_eq!(world.take(&[create(10)]).await, 6);
    let actors: Vec<_> = world.changes().await.changes.iter().map(|change| change.actor).collect();
    assert_eq!(actors, [MANAGER, MANAGER, MANAGER, MANAGER, QA, MANAGER]);
}

/// A command by a newer desktop is refused by itself, even where its envelope cannot be read; the others go on.
async fn what_is_by_a_newer_version_holds_up_no_other(on: On) {
    let world = World::new(on).await;
    world.take(&[command(1, workspace(), create_workspace())]).await;
    let known = |n, name: &str| serde_json::to_value(command(n, project(n), create_project(name))).unwrap();
    let mut kind = known(2, "A");
    kind["kind"] = json!("project.teleport");
    let mut version = known(3, "B");
    version["v"] = json!(2);
    let mut arguments = known(4, "C");
    arguments["args"] = json!({ "detail": {} });
    let mut aggregate = known(5, "D");
    aggregate["aggregate"] = json!({ "kind": "constellation", "id": nobody() });
    let commands = json!([kind, version, arguments, aggregate, known(6, "Call Notes")]);
    let body = serde_json::to_vec(&json!({ "commands": commands })).unwrap();
    let (_, answer) = call(&world.service, post(MANAGER, body)).await;
    let results: Results = serde_json::from_value(answer).unwrap();
    for (at, (kind, v)) in
        [("project.teleport", 1), ("project.create", 2), ("project.create", 1), ("project.create", 1)]
            .into_iter()
            .enumerate()
    {
        let refusal = Refusal::ours(RefusalCode::UnknownCommand).with("kind", kind).with("v", v);
        assert_eq!(results.results[at].id, command_id(at as u128 + 2));
        assert_eq!(*outcome_of(&results, at), Outcome::Refused { refusal });
    }
    assert_eq!(number(outcome_of(&results, 4)), Some(2));
}

/// Two workspaces in one store: neither sees, names, numbers or blocks what is the other's.
async fn workspaces_are_worlds_apart(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let before = world.changes().await;
    let theirs = AggregateRef::Workspace(OTHER_WORKSPACE);
    let create = |member| {
        let mut body = create_workspace();
        if let Body::WorkspaceCreate { member: first, .. } = &mut body {
            first.id = member;
        }
        body
    };
    let results = world
        .send_as(
            STRANGER,
            &[
                command(1, workspace(), create(STRANGER)),
                command(1, theirs, create(STRANGER)),
                command(2, project(1), create_project("Call Notes")),
                command(3, run(1), tick(item(0))),
            ],
        )
        .await;
    let numbers: Vec<_> = results.results.iter().map(|result| number(&result.outcome)).collect();
    assert_eq!(numbers, [None, Some(1), Some(2), None]);
    assert_eq!(refusal(outcome_of(&results, 0)), Some(RefusalCode::NotFound));
    assert_eq!(refusal(outcome_of(&results, 3)), Some(RefusalCode::NotFound));
    assert_ne!(results.epoch, before.epoch);
    assert_eq!(world.changes().await, before);
}

/// Two services on one file, as an app and a program by mistake might be: the numbers stay whole.
async fn writers_side_by_side_leave_no_gap_and_no_double(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    let second = World::of(world.open().await.unwrap());
    let batch =
        |from: u128| -> Vec<_> { (from..from + 5).map(|n| command(n, run(1), tick(item(0)))).collect() };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..10 {
        let (from, to) = (100 + round * 10, 105 + round * 10);
        let (a, b) = (batch(from), batch(to));
        let (a, b) = tokio::join!(world.send(&a), second.send(&b));
        ours.extend(a.results.iter().filter_map(|result| number(&result.outcome)));
        theirs.extend(b.results.iter().filter_map(|result| number(&result.outcome)));
    }
    assert_eq!((ours.len(), theirs.len()), (50, 50));
    let all: BTreeSet<u64> = ours.into_iter().chain(theirs).collect();
    assert_eq!(all, (5..=104).collect());
    let numbers: Vec<u64> = world.changes().await.changes.iter().map(|change| change.number).collect();
    assert_eq!(numbers, (1..=104).collect::<Vec<_>>());
}

/// Replicas' clocks differ: what is taken later is never taken earlier.
async fn no_clock_takes_the_feed_back_in_time(on: On) {
    let world = World::new(on).await;
    world.take(&started()).await;
    world.now.store(10, Ordering::SeqCst);
    world.take(&[command(5, run(1), tick(item(0))), command(6, run(1), tick(item(1)))]).await;
    let moments: Vec<_> = world.changes().await.changes.iter().map(|change| change.taken_at.0).collect();
    assert_eq!(moments, [1_000_000, 1_001_000, 1_002_000, 1_003_000, 1_003_000, 1_003_000]);
}
