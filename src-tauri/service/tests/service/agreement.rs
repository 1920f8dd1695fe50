//! Whatever is sent, in whatever batches, however often: the service takes each command once, and its states are what
//! the domain's reducer makes of its feed.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use domain::checklist::{Outcome as TestResult, Tested};
use domain::command::Envelope;
use domain::fields::{FieldKey, FieldValue, Part, ScopeReason, TrackName};
use domain::ids::{CommandId, LinkId, MemberId, RoundId, RunId};
use domain::project::{LinkSource, Verdict};
use domain::protocol::{Changes, CommandResult, Outcome};
use domain::workspace::Policies;
use domain::{AggregateRef, Body, Role};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::folded::Folded;
use crate::world::{
    MANAGER, On, QA, World, can_run, command, command_id, create_project, create_version, create_workspace,
    details, item, number, project, project_id, run, start_run, started, version_id, workspace,
};

/// What is sent next: an action on a small world, or something that was sent before.
#[derive(Clone, Debug)]
enum Step {
    Make { action: u8, on: u8, with: u8, by_qa: bool, needs: Option<u8> },
    Again(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let make =
        (0..22_u8, 0..3_u8, any::<u8>(), prop::bool::weighted(0.1), prop::option::weighted(0.1, any::<u8>()))
            .prop_map(|(action, on, with, by_qa, needs)| Step::Make { action, on, with, by_qa, needs });
    prop_oneof![5 => make, 1 => any::<u8>().prop_map(Step::Again)]
}

/// A value of one of the technical track's fields.
fn field(with: u8) -> (FieldKey, FieldValue) {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    match with % 5 {
        0 => (FieldKey::EventsCallbackUrl, text("https://app.example/events")),
        1 => (FieldKey::StandaloneUrl, text("https://app.example/")),
        2 => (FieldKey::RedirectUris, FieldValue::List(vec!["https://app.example/back".to_owned()])),
        3 => (
            FieldKey::Scopes,
            FieldValue::Scopes(vec![ScopeReason {
                scope: "calls:read".to_owned(),
                reason: "Why".to_owned(),
            }]),
        ),
        _ => (FieldKey::Notes, text("<script>alert(1)</script> \u{202e} 🎉")),
    }
}

/// An action on project, version and run `on`, with the values that are expected to stand there now.
fn make(action: u8, on: u128, with: u8, id: u128, known: &Folded) -> (AggregateRef, Body) {
    let (version, run_id) = (version_id(on), RunId::from_u128(0xD0_0000 + on));
    let place = known.project(project_id(on));
    let item = item(usize::from(with % 3));
    let technical = TrackName::Technical;
    match action {
        0 => (workspace(), create_workspace()),
        1 => (workspace(), Body::WorkspaceRename { name: format!("Sample Apps {}", with % 3) }),
        2 => (
            workspace(),
            Body::SetPolicies {
                policies: Policies { overdue_days: 5, gate: with.is_multiple_of(2), ..Policies::default() },
            },
        ),
        3 => (project(on), Body::ProjectCreate { details: details(&format!("App {}", with % 4), "") }),
        4 => {
            let to = details(&format!("APP {}", with % 4), if with > 128 { "app" } else { "" });
            let expects = place.map(|project| project.details.clone()).unwrap_or_default();
            (project(on), Body::ProjectEdit { details: to, expects })
        }
        5 => (project(on), Body::ProjectSetArchived { archived: with < 64 }),
        6 | 7 => (project(on), create_version(on, &format!("1.{}", with % 3))),
        8..=11 => {
            let (field, value) = field(with);
            let expects = place.and_then(|p| p.version(version)).and_then(|v| v.information.get(field));
            (project(on), Body::SetField { version, field, value: Some(value), expects })
        }
        12 | 13 => {
            let (rounds, reason) = (vec![RoundId::from_u128(id)], Some("We know.".to_owned()));
            (
                project(on),
                Body::MarkSubmitted { version, tracks: vec![technical], rounds, override_reason: reason },
            )
        }
        14 => {
            let outcome = if with < 100 { Verdict::Approved } else { Verdict::Rejected };
            let (tracks, text) = (vec![technical], "As received.".to_owned());
            (
                project(on),
                Body::RecordAnswer {
                    version,
                    tracks,
                    rounds: Vec::new(),
                    outcome,
                    text,
                    findings: Vec::new(),
                    files: Vec::new(),
                },
            )
        }
        15 => (
            project(on),
            Body::Unlock { version, part: Part::Technical, reason: "A typing error.".to_owned() },
        ),
        16 => {
            let (link, url) = (LinkId::from_u128(id), format!("https://install.example/{with}"));
            (project(on), Body::LinkRecord { version, link, url, source: LinkSource::Pasted })
        }
        17 => {
            let run = run(on + 3 * u128::from(with % 2));
            let mut body = start_run(on, on);
            if let Body::RunStart { previous, .. } = &mut body
                && with < 64
            {
                *previous = Some(RunId::from_u128(0xD0_0000 + u128::from(with % 3)));
            }
            (run, body)
        }
        18 | 19 => {
            let log = known.run(run_id).and_then(|run| run.items.get(&item));
            let knew = log.map(domain::checklist::ItemLog::heads).unwrap_or_default();
            let outcome = if with < 128 { TestResult::Pass } else { TestResult::Fail };
            (run(on), Body::SetResult { item, outcome, reason: String::new(), knew })
        }
        20 => (run(on), Body::Fixed { item, build: format!("b{with}") }),
        _ => (
            run(on),
            Body::RunSetTested { tested: Tested { build: format!("b{with}"), ..Tested::default() } },
        ),
    }
}

/// Above the ids of [`started`].
const MADE: u128 = 0x100;

#[derive(Default)]
struct Desktop {
    sent: Vec<(MemberId, Envelope)>,
    taken: BTreeMap<CommandId, Outcome>,
    known: Folded,
    head: u64,
    made: u128,
}

impl Desktop {
    /// Sends a batch, cut where its author changes.
    async fn send(&mut self, world: &World, batch: Vec<(MemberId, Envelope)>) {
        for part in batch.chunk_by(|one, next| one.0 == next.0) {
            let commands: Vec<_> = part.iter().map(|(_, envelope)| envelope.clone()).collect();
            let results = world.send_as(part[0].0, &commands).await.results;
            assert_eq!(results.len(), commands.len());
            for (result, envelope) in results.iter().zip(&commands) {
                assert_eq!(result.id, envelope.id);
                self.note(result);
            }
        }
        self.sent.extend(batch);
    }

    fn prepare(&mut self, step: &Step) -> (MemberId, Envelope) {
        match step {
            Step::Again(at) => self.sent[usize::from(*at) % self.sent.len()].clone(),
            Step::Make { action, on, with, by_qa, needs } => {
                self.made += 1;
                let id = MADE + self.made;
                let (aggregate, body) = make(*action, u128::from(*on), *with, id, &self.known);
                let mut envelope = command(id, aggregate, body);
                envelope.needs =
                    needs.iter().map(|n| command_id(MADE + u128::from(*n) % self.made)).collect();
                (if *by_qa { QA } else { MANAGER }, envelope)
            }
        }
    }

    /// Notes an answer: an id that was taken once gets the same answer for ever.
    fn note(&mut self, result: &CommandResult) {
        if let Some(before) = self.taken.get(&result.id) {
            assert_eq!(&result.outcome, before);
        } else if let Outcome::Taken { .. } = result.outcome {
            self.taken.insert(result.id, result.outcome.clone());
        }
    }

    async fn pull(&mut self, world: &World, limit: u8) {
        loop {
            let (after, limit) = (self.head, limit % 7 + 1);
            let page: Changes = world.get(&format!("/v1/changes?after={after}&limit={limit}")).await;
            for change in &page.changes {
                assert_eq!(change.number, self.head + 1);
                self.known.apply(change, if change.actor == QA { &[Role::Qa] } else { &Role::ALL });
                self.head = change.number;
            }
            if !page.more {
                assert_eq!(page.head, self.head);
                return;
            }
        }
    }
}

/// Plays the batches and gives how many commands were taken.
async fn play(on: On, batches: &[(u8, Vec<Step>)]) -> usize {
    let mut world = World::new(on).await;
    let mut desktop = Desktop::default();
    // Something to work on, so that most of what follows can be taken.
    let mut first = started();
    for on in [0, 2] {
        first.extend([
            command(10 + on, project(on), create_project(&format!("First {on}"))),
            command(20 + on, project(on), create_version(on, "1.0.0")),
            command(30 + on, run(on), start_run(on, on)),
        ]);
    }
    desktop.send(&world, first.into_iter().map(|envelope| (MANAGER, envelope)).collect()).await;
    for (at, (limit, steps)) in batches.iter().enumerate() {
        let batch = steps.iter().map(|step| desktop.prepare(step)).collect();
        desktop.send(&world, batch).await;
        desktop.pull(&world, *limit).await;
        if at % 4 == 3 {
            world = world.reopened().await;
        }
    }
    let taken = desktop.taken.len();
    assert_eq!(world.me().await.head, taken as u64);
    let numbers: BTreeSet<_> = desktop.taken.values().filter_map(number).collect();
    assert_eq!(numbers, (1..=taken as u64).collect());

    let states = world.states().await;
    assert_eq!(states.len(), desktop.known.states.len());
    for state in states {
        let folded = &desktop.known.states[&state.aggregate];
        assert_eq!(state.state, folded.to_value().unwrap());
        assert_eq!(state.revision, desktop.known.revisions[&state.aggregate]);
    }
    taken
}

#[test]
fn the_service_and_the_reducer_agree_on_sqlite() {
    the_service_and_the_reducer_agree(On::Sqlite);
}

#[test]
fn the_service_and_the_reducer_agree_on_postgres() {
    if can_run(On::Postgres) {
        the_service_and_the_reducer_agree(On::Postgres);
    }
}

fn the_service_and_the_reducer_agree(on: On) {
    // A database for each case takes its time.
    let cases = if on == On::Sqlite { 48 } else { 12 };
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let batches = prop::collection::vec((any::<u8>(), prop::collection::vec(step(), 0..12)), 1..12);
    let (made, taken) = (Cell::new(0), Cell::new(0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    TestRunner::new(config)
        .run(&batches, |batches| {
            made.set(made.get() + batches.iter().map(|(_, steps)| steps.len()).sum::<usize>());
            taken.set(taken.get() + runtime.block_on(play(on, &batches)));
            Ok(())
        })
        .unwrap();
    // Were most commands refused, this test would look at nothing.
    assert!(taken.get() * 3 > made.get(), "{} of {} were taken", taken.get(), made.get());
}
