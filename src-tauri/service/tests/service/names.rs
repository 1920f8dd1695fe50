//! Names and slugs are unique in a workspace, from the first command that sets them to the last that changes them.

use domain::{Body, RefusalCode};

use crate::world::{On, World, command, create_workspace, details, outcome_of, project, refusal, workspace};

crate::both! {
    names_differ_by_more_than_case_and_slugs_differ,
}

async fn names_differ_by_more_than_case_and_slugs_differ(on: On) {
    let world = World::new(on).await;
    let create = |n, name: &str, slug: &str| {
        command(n, project(n), Body::ProjectCreate { details: details(name, slug) })
    };
    world.take(&[command(1, workspace(), create_workspace()), create(2, "Överblick", "overblick")]).await;
    for (n, name, slug, expected) in [
        (10, "Överblick", "", Some(RefusalCode::NameTaken)),
        (11, "  öVERBLICK ", "", Some(RefusalCode::NameTaken)),
        (12, "Overblick", "overblick", Some(RefusalCode::SlugTaken)),
        (13, "Overblick", " overblick ", Some(RefusalCode::SlugTaken)),
        (14, "Overblick", "", None),
        (15, "Queue Lens", "", None),
    ] {
        let results = world.send(&[create(n, name, slug)]).await;
        assert_eq!(refusal(outcome_of(&results, 0)), expected, "{name} {slug}");
    }
    let edit = |n, project_n, to: (&str, &str), from: (&str, &str)| {
        let body = Body::ProjectEdit { details: details(to.0, to.1), expects: details(from.0, from.1) };
        command(n, project(project_n), body)
    };
    for (n, project_n, to, from, expected) in [
        (20, 14, ("Queue lens", ""), ("Overblick", ""), Some(RefusalCode::NameTaken)),
        (21, 14, ("Overblick", "overblick"), ("Overblick", ""), Some(RefusalCode::SlugTaken)),
        // One's own name in other letters is free, and so is what a project has left.
        (22, 2, ("ÖVERBLICK", "over"), ("Överblick", "overblick"), None),
        (23, 14, ("Overblick", "overblick"), ("Overblick", ""), None),
        (24, 15, ("Survey Sense", ""), ("Queue Lens", ""), None),
        (25, 14, ("Queue Lens", "overblick"), ("Overblick", "overblick"), None),
    ] {
        let results = world.send(&[edit(n, project_n, to, from)]).await;
        assert_eq!(refusal(outcome_of(&results, 0)), expected, "{n}");
    }
    // An archived project keeps its name.
    world.take(&[command(30, project(2), Body::ProjectSetArchived { archived: true })]).await;
    let results = world.send(&[create(31, "överblick", "")]).await;
    assert_eq!(refusal(outcome_of(&results, 0)), Some(RefusalCode::NameTaken));
}
