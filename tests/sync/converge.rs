//! Several desktops with stores of their own and one real service. Anybody does anything that was ever released, in any
//! order, by clocks that are wrong; requests and answers are lost, come late or come twice; processes are killed, the
//! service goes back to a backup. Once all have met, everybody sees the same, and nothing was done twice or dropped.

mod place;
mod world;

use std::sync::LazyLock;

use domain::checklist::{ItemLog, Outcome, Run};
use domain::command::Envelope;
use domain::fields::{FieldKey, FieldValue};
use domain::ids::{CommandId, MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::{AggregateRef, Body, Command, Role};
use proptest::prelude::*;
use uuid::Uuid;

use crate::desktop::Desktop;
use place::Trouble;
use world::World;

/// How many desktops there are.
const DESKTOPS: usize = 3;

/// One released command of every kind: a new kind is among them by the list that it has to enter.
static RELEASED: LazyLock<Vec<Envelope>> = LazyLock::new(|| {
    let mut all: Vec<Envelope> =
        serde_json::from_str(include_str!("../../src-tauri/domain/golden/commands.json")).unwrap();
    for command in &mut all {
        if let Some(event) = command.args.get_mut("event") {
            event["body"] = serde_json::Value::Null;
        }
    }
    // Files are sent before the commands that name them: tests of files look at that.
    all.into_iter().filter(|command| command.blobs().is_empty()).collect()
});

/// Ids of the released commands, and of a second set of things like them.
const IDS: &str = "01890000-0000-7000-8000-";
const TWINS: &str = "01890000-0000-7000-9000-";

fn id(n: u128, twin: bool) -> Uuid {
    let half = if twin { 0x9000 } else { 0x8000 };
    Uuid::from_u128((0x0189_0000_0000_7000 << 64) | (half << 48) | n)
}

fn workspace() -> WorkspaceId {
    WorkspaceId(id(1, false))
}
fn project(twin: bool) -> ProjectId {
    ProjectId(id(2, twin))
}
fn version(twin: bool) -> VersionId {
    VersionId(id(3, twin))
}
fn person(n: usize) -> MemberId {
    // The first is the one whom released commands name.
    if n == 0 { MemberId(id(6, false)) } else { MemberId(id(0xFFF0 + n as u128, false)) }
}
fn roles(n: usize) -> Vec<Role> {
    if n == 2 { vec![Role::Qa, Role::Developer] } else { Role::ALL.to_vec() }
}

/// The run of a released command.
fn run(twin: bool) -> RunId {
    let started = RELEASED.iter().find(|command| command.kind == "run.start").unwrap();
    let AggregateRef::Run(run) = started.aggregate else { panic!("a run starts a run") };
    if twin {
        RunId(serde_json::from_str(&other(&serde_json::to_string(&run).unwrap())).unwrap())
    } else {
        run
    }
}

/// The same words about the second set of things, in the one workspace and by the same people. Projects have names of
/// their own: of two with one name the service takes the first.
fn other(json: &str) -> String {
    let (workspace, person) = (workspace().to_string(), person(0).to_string());
    json.replace("Call Notes", "Queue Lens")
        .replace("call-notes", "queue-lens")
        .replace(IDS, TWINS)
        .replace(&workspace.replace(IDS, TWINS), &workspace)
        .replace(&person.replace(IDS, TWINS), &person)
}

/// A released command, made anew.
fn released(n: usize, twin: bool) -> Command {
    let command = &RELEASED[n % RELEASED.len()];
    let mut command = if twin {
        serde_json::from_str::<Envelope>(&other(&serde_json::to_string(command).unwrap())).unwrap()
    } else {
        command.clone()
    };
    command.id = CommandId(Uuid::now_v7());
    command.command().unwrap()
}

/// Something that happens, mostly at one of the desktops.
#[derive(Clone, Debug)]
enum Happens {
    /// A released command about the first or the second set of things.
    Released(usize, usize, bool),
    /// A text is typed over the one that is shown.
    Types(usize, bool, usize, &'static str),
    /// A result, by somebody who knows those that are shown, or none.
    Ticks(usize, bool, usize, usize, bool),
    /// The last entry of an item is taken back.
    Undoes(usize, bool, usize),
    /// What is refused or conflicts is sent again as it is, or let go.
    Settles(usize, bool),
    /// The desktop meets the service.
    Meets(usize, Vec<Trouble>),
    /// A request that was given up is carried out after all.
    Arrives,
    /// A clock is set; the last one is the service's.
    Clock(usize, i64),
    /// The service goes back to its backup, and another is made.
    Restored,
}

fn happens() -> impl Strategy<Value = Happens> {
    let desktop = 0..DESKTOPS;
    let trouble = prop_oneof![
        6 => Just(Trouble::None),
        1 => Just(Trouble::Cut),
        2 => Just(Trouble::Lost),
        2 => Just(Trouble::Late),
        1 => Just(Trouble::Killed),
    ];
    let text = prop::sample::select(&["", "one", "two", "two and three"][..]);
    let meets = (desktop.clone(), prop::collection::vec(trouble, 0..5));
    prop_oneof![
        24 => (desktop.clone(), any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(desk, n, twin)| Happens::Released(desk, n.index(RELEASED.len()), twin)),
        8 => (desktop.clone(), any::<bool>(), 0..3_usize, text).prop_map(|(a, b, c, d)| Happens::Types(a, b, c, d)),
        8 => (desktop.clone(), any::<bool>(), 0..3_usize, 0..4_usize, any::<bool>())
            .prop_map(|(a, b, c, d, e)| Happens::Ticks(a, b, c, d, e)),
        4 => (desktop.clone(), any::<bool>(), 0..3_usize).prop_map(|(a, b, c)| Happens::Undoes(a, b, c)),
        3 => (desktop, any::<bool>()).prop_map(|(desk, again)| Happens::Settles(desk, again)),
        14 => meets.prop_map(|(desk, troubles)| Happens::Meets(desk, troubles)),
        3 => Just(Happens::Arrives),
        2 => (0..=DESKTOPS, -20_i64..20).prop_map(|(whose, years)| Happens::Clock(whose, years)),
        1 => Just(Happens::Restored),
    ]
}

async fn run_shown(desktop: &Desktop, twin: bool) -> Option<Run> {
    desktop.store.read(move |view| view.run(run(twin))).await.unwrap()
}

fn item(run: &Run, n: usize) -> Option<String> {
    run.all_items().nth(n).map(|item| item.id.clone())
}

/// What somebody does at a desktop, by what is shown there.
async fn command(desktop: &Desktop, happening: &Happens) -> Option<Command> {
    let made = |aggregate, body| Some(Command { id: CommandId(Uuid::now_v7()), aggregate, body });
    match *happening {
        Happens::Released(_, n, twin) => Some(released(n, twin)),
        Happens::Types(_, twin, field, text) => {
            let field = [FieldKey::Description, FieldKey::Notes, FieldKey::ListingSummary][field];
            let shown = desktop.store.read(move |view| view.project(project(twin))).await.unwrap()?;
            let expects = shown.version(version(twin))?.information.get(field);
            let value = (!text.is_empty()).then(|| FieldValue::Text(text.to_owned()));
            made(
                AggregateRef::Project(project(twin)),
                Body::SetField { version: version(twin), field, value, expects },
            )
        }
        Happens::Ticks(_, twin, at, outcome, knows) => {
            let shown = run_shown(desktop, twin).await?;
            let item = item(&shown, at)?;
            let heads = shown.items.get(&item).map(ItemLog::heads).unwrap_or_default();
            let knew = if knows { heads } else { Vec::new() };
            let outcome = [Outcome::Pass, Outcome::Fail, Outcome::Blocked, Outcome::NotApplicable][outcome];
            let body = Body::SetResult { item, outcome, reason: "Because.".to_owned(), knew };
            made(AggregateRef::Run(run(twin)), body)
        }
        Happens::Undoes(_, twin, at) => {
            let shown = run_shown(desktop, twin).await?;
            let item = item(&shown, at)?;
            let entry = shown.items.get(&item)?.entries.iter().rev().find(|entry| entry.undone.is_none())?;
            let undoes = entry.mark.command;
            made(AggregateRef::Run(run(twin)), Body::Undo { item, undoes })
        }
        _ => None,
    }
}

async fn live(happenings: Vec<Happens>) {
    let mut world = World::new().await;
    for happening in &happenings {
        world.happens(happening).await;
    }
    // Whatever is on its way arrives, and everybody meets.
    while world.place.arrives().await {}
    world.all_meet().await;
    world.nothing_is_lost_or_doubled().await;
    world.decide().await;
    world.all_agree().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn once_all_have_met_everybody_sees_the_same(happenings in prop::collection::vec(happens(), 1..60)) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
            .block_on(live(happenings));
    }
}
