//! The bodies of `/v1` as JSON: desktops and services of different versions meet on these shapes.

use domain::protocol::{Changes, CommandResult, Commands, Fault, FaultCode, Me, Results, Snapshot, State};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn same<T: Serialize + DeserializeOwned>(json: &Value) {
    let read: T = serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), *json);
}

#[test]
fn every_body_has_its_released_shape() {
    let command = crate::bodies::golden().remove(0);
    let aggregate = json!({ "kind": "project", "id": ID });
    let state = json!({ "aggregate": aggregate, "revision": 3, "number": 9, "state": { "any": ["thing"] } });
    same::<Me>(&json!({
        "workspace": ID, "member": ID, "name": "Sample", "roles": ["admin", "partner_manager", "developer", "qa",
        "internal_reviewer", "viewer"], "epoch": ID, "head": 9, "least_protocol": 1
    }));
    same::<Commands>(&json!({ "commands": [command] }));
    let refusal = json!({
        "code": "not_ready", "rule": "talkdesk", "params": { "count": "1" }, "places": [{ "field": "slug" }]
    });
    let results = json!([
        { "id": ID, "outcome": "taken", "number": 9, "taken_at": 1_767_225_600_000_i64 },
        { "id": ID, "outcome": "refused", "refusal": refusal },
        { "id": ID, "outcome": "waiting", "on": ID }
    ]);
    same::<Vec<CommandResult>>(&results);
    same::<Results>(&json!({ "epoch": ID, "head": 9, "results": results }));
    same::<State>(&state);
    same::<Changes>(&json!({
        "epoch": ID, "head": 9, "more": false,
        "changes": [{ "number": 9, "actor": ID, "taken_at": 1, "command": command }], "states": [state]
    }));
    same::<Changes>(&json!({
        "epoch": ID, "head": 9, "deliveries": 4, "more": false, "changes": [], "states": []
    }));
    same::<Snapshot>(&json!({ "epoch": ID, "head": 9, "more": true, "states": [state] }));
    for code in
        ["signed_out", "forbidden", "invalid", "too_large", "protocol_too_old", "not_found", "internal"]
    {
        same::<Fault>(&json!({ "code": code, "params": { "max": "200" } }));
    }
    same::<FaultCode>(&json!("unavailable"));
}

/// A feed carries commands that this version does not know, and hands them on as they came.
#[test]
fn the_feed_carries_commands_of_tomorrow() {
    let mut command = crate::bodies::golden().remove(0);
    command["kind"] = json!("version.rebase");
    command["v"] = json!(7);
    command["of_tomorrow"] = json!([1]);
    same::<Changes>(&json!({
        "epoch": ID, "head": 1, "more": false,
        "changes": [{ "number": 1, "actor": ID, "taken_at": 1, "command": command }], "states": []
    }));
}
