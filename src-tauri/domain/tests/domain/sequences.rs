//! Random sequences of commands: none reaches a forbidden state, none depends on how often it is told, and storing the
//! state between any two commands changes nothing.

use std::collections::BTreeSet;

use domain::status::Status;
use domain::{Aggregate, Effects, Refusal};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::laws;
use crate::steps::{Step, step};
use crate::world::World;

type Told = Vec<Result<Effects, Refusal>>;

/// Does all steps. `each` sees the world after each command that was taken.
fn tell(
    steps: &[Step],
    mut each: impl FnMut(&mut World, Option<&Aggregate>, &crate::steps::Sent),
) -> (World, Told) {
    let mut world = World::with_run();
    let mut told = Told::new();
    for step in steps {
        for sent in step.commands(&world) {
            let before = world.states.get(&sent.of).cloned();
            let result = world.send_as(sent.by, &sent.roles, sent.of, sent.body.clone());
            if result.is_ok() {
                each(&mut world, before.as_ref(), &sent);
            }
            told.push(result);
        }
    }
    (world, told)
}

fn sequence() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_sequence_reaches_a_forbidden_state(steps in sequence()) {
        tell(&steps, |world, before, sent| {
            laws::allow(before, &world.states[&sent.of], &sent.body);
            laws::hold(world);
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_same_sequence_gives_the_same_world_stored_in_between_or_not(steps in sequence()) {
        let once = tell(&steps, |_, _, _| {});
        let stored = tell(&steps, |world, _, sent| {
            let text = world.states[&sent.of].write().unwrap();
            world.states.insert(sent.of, Aggregate::read(sent.of, &text).unwrap());
        });
        prop_assert_eq!(once, stored);
    }
}

/// The sequences are worth something only where they go far: this one counts where they have been.
#[test]
fn sequences_reach_every_status_and_item_state() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 700, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let seen = std::cell::RefCell::new(BTreeSet::new());
    runner
        .run(&sequence(), |steps| {
            tell(&steps, |world, _, _| {
                let mut seen = seen.borrow_mut();
                for version in &world.here().versions {
                    seen.insert(format!("{:?}", domain::status::status(world.here(), version)));
                    seen.extend((!version.unlocked.is_empty()).then(|| "Unlocked".to_owned()));
                    seen.extend((version.technical.0.len() > 2).then(|| "Third round".to_owned()));
                }
                for state in world.states.values() {
                    let Aggregate::Run(run) = state else { continue };
                    seen.extend(run.items.keys().map(|item| format!("{:?}", run.status(item))));
                    seen.extend(run.signed.map(|_| "Signed".to_owned()));
                    let carried = run.items.values().any(|log| log.was.is_some());
                    seen.extend(carried.then(|| "Carried".to_owned()));
                }
            });
            Ok(())
        })
        .unwrap();
    let seen = seen.into_inner();
    let statuses = [
        Status::Discarded,
        Status::Superseded,
        Status::Delisted,
        Status::Published,
        Status::Rejected,
        Status::InReview,
        Status::Approved,
        Status::Draft,
    ];
    let items = ["Untested", "Pass", "Fail", "Blocked", "NotApplicable", "Disputed", "Retest"];
    let others = ["Unlocked", "Third round", "Signed", "Carried"];
    let wanted = statuses.map(|status| format!("{status:?}")).into_iter();
    let wanted: Vec<String> = wanted.chain(items.into_iter().chain(others).map(str::to_owned)).collect();
    let missed: Vec<&String> = wanted.iter().filter(|wanted| !seen.contains(*wanted)).collect();
    assert!(missed.is_empty(), "never reached: {missed:?}");
}
