//! A workspace that comes from elsewhere: whole, in parts, once.

use axum::http::StatusCode;
use domain::protocol::{Change, Import, State};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{
    MANAGER, On, QA, STRANGER, World, call, command, create_project, item, post, project, request, run,
    started, tick,
};

crate::both! {
    what_comes_is_what_was_there,
    what_does_not_hang_together_is_not_taken,
}

const IMPORT: Uuid = Uuid::from_u128(0x11);

fn part(changes: &[Change], states: &[State], done: bool) -> Import {
    Import { id: IMPORT, changes: changes.to_vec(), states: states.to_vec(), done }
}

async fn send(world: &World, part: &Import) -> (StatusCode, Value) {
    let body = serde_json::to_vec(part).unwrap();
    call(&world.service, request("POST", MANAGER, "/v1/import", body)).await
}

async fn taken(world: &World, part: &Import) -> u64 {
    let (status, answer) = send(world, part).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["head"].as_u64().unwrap()
}

async fn source(on: On) -> (World, Vec<Change>, Vec<State>) {
    let world = World::new(on).await;
    let mut commands = started();
    commands.extend((5..=12).map(|n| command(n, run(1), tick(item(n as usize - 5)))));
    world.take(&commands).await;
    let (changes, states) = (world.changes().await.changes, world.states().await);
    (world, changes, states)
}

async fn what_comes_is_what_was_there(on: On) {
    let (from, changes, states) = source(on).await;
    let to = World::new(on).await;
    assert_eq!(taken(&to, &part(&changes[..5], &[], false)).await, 5);
    // Until the last part came nothing else is taken, whoever sends it and however they are known.
    let tick = json!({ "commands": [command(60, run(1), tick(item(0)))] });
    let (code, fault) = call(&to.service, post(MANAGER, serde_json::to_vec(&tick).unwrap())).await;
    assert_eq!((code.as_u16(), fault["params"]["reason"].as_str()), (503, Some("importing")));
    // The answer was lost: the same part again, and one that reaches further back than what is here.
    assert_eq!(taken(&to, &part(&changes[..5], &[], false)).await, 5);
    assert_eq!(taken(&to, &part(&changes[3..], &[], false)).await, 12);
    let to = to.reopened().await;
    assert_eq!(taken(&to, &part(&[], &states[..1], false)).await, 12);
    assert_eq!(taken(&to, &part(&[], &states, false)).await, 12);
    assert_eq!(taken(&to, &part(&[], &[], true)).await, 12);
    assert_eq!(taken(&to, &part(&[], &[], true)).await, 12, "it is over, and was");
    assert_eq!(to.changes().await.changes, changes);
    assert_eq!(to.states().await, states);

    // It goes on as a workspace of its own: ids that were taken are known, names too, numbers go on.
    let again = to.send(&started()).await;
    assert_eq!(again.head, 12);
    let results = to.send(&[command(50, project(2), create_project("call notes"))]).await;
    assert_eq!(crate::world::refusal(&results.results[0].outcome), Some(domain::RefusalCode::NameTaken));
    assert_eq!(to.take(&[command(51, project(2), create_project("Queue Lens"))]).await, 13);
    assert_eq!(from.changes().await.changes, changes, "what was there is as it was");
}

async fn what_does_not_hang_together_is_not_taken(on: On) {
    let (from, changes, held) = source(on).await;
    let to = World::new(on).await;
    let code = async |world: &World, part: &Import| {
        let (status, answer) = send(world, part).await;
        (status.as_u16(), answer["params"]["reason"].as_str().map(str::to_owned))
    };
    let unsound = |reason: &str| (400, Some(reason.to_owned()));
    // Nobody but an admin.
    let body = serde_json::to_vec(&part(&changes, &[], true)).unwrap();
    let (status, _) = call(&to.service, request("POST", QA, "/v1/import", body.clone())).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    // Nothing of another workspace.
    let (status, answer) = call(&to.service, request("POST", STRANGER, "/v1/import", body)).await;
    assert_eq!((status.as_u16(), answer["params"]["reason"].as_str()), (400, Some("workspace")));
    // Out of order; a state of a later moment, of another kind, under another's id.
    let turned: Vec<Change> = changes.iter().rev().cloned().collect();
    assert_eq!(code(&to, &part(&turned, &[], false)).await, unsound("order"));
    assert_eq!(code(&to, &part(&changes[..3], &held, false)).await, unsound("number"));
    let state = |change: fn(&mut State)| {
        let mut state = held.iter().find(|state| state.aggregate == project(1)).unwrap().clone();
        change(&mut state);
        part(&changes, &[state], false)
    };
    assert_eq!(code(&to, &state(|state| state.state = json!({ "id": 1 }))).await, unsound("state"));
    assert_eq!(code(&to, &state(|state| state.aggregate = project(2))).await, unsound("id"));
    let (status, _) = call(&to.service, request("POST", MANAGER, "/v1/import", b"{".to_vec())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(to.me().await.head, 0, "nothing of it was taken");

    // A workspace in which something was done takes none, and none but the one that it began with.
    assert_eq!(code(&from, &part(&[], &[], true)).await, unsound("not_empty"));
    taken(&to, &part(&changes, &held, false)).await;
    let other = Import { id: Uuid::from_u128(0x12), ..part(&[], &[], true) };
    assert_eq!(code(&to, &other).await, unsound("not_empty"));
}
