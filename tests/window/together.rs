//! Two people at one service, each before a window of their own: what one does shows in the other's by itself.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::checklist::Tested;
use domain::ids::{ProjectId, RunId, VersionId};
use domain::project::ProjectDetails;
use domain::{AggregateRef, Body, templates};
use serde_json::json;
use uuid::Uuid;

use crate::alerts::signed_in;
use crate::driver::{App, Desktop, testid};
use crate::given::PERSON;
use crate::installations::told;
use crate::steps;
use crate::team::{Served, idp};

/// How often a desktop looks for others' work where nothing tells of it.
const LOOKS: Duration = Duration::from_secs(30);
/// Ticks, by one and by the other in turn.
const TICKS: usize = 6;

/// A run of the QA checklist, of a version of a project.
async fn furnish(app: &App) -> Result<()> {
    let (project, version) = (ProjectId(Uuid::now_v7()), VersionId(Uuid::now_v7()));
    let details = ProjectDetails {
        name: "Call Notes".to_owned(),
        slug: "call-notes".to_owned(),
        owner: PERSON.to_owned(),
    };
    let template = templates::by_id(templates::QA).context("there is no QA checklist")?;
    let start = Body::RunStart {
        project,
        version,
        template: template.id,
        template_version: template.version,
        previous: None,
        tested: Tested { build: "118".to_owned(), ..Tested::default() },
    };
    let of = AggregateRef::Project(project);
    for (aggregate, body) in [
        (of, Body::ProjectCreate { details }),
        (of, Body::VersionCreate { version, number: "1.0.0".to_owned() }),
        (AggregateRef::Run(RunId(Uuid::now_v7())), start),
    ] {
        told(app, "change", json!({ "aggregate": aggregate, "body": body })).await?;
    }
    Ok(())
}

/// Opens the one run.
async fn open_run(app: &App) -> Result<()> {
    app.click(testid("nav-checklists")).await?;
    app.click(testid("run-row")).await?;
    app.wait_for("[data-testid^=item-][data-current=true]").await.map(drop)
}

/// Lets an item pass that nobody ticked yet; says which.
async fn tick_another(app: &App, done: &[String]) -> Result<String> {
    loop {
        let here = steps::current_item(app).await?;
        if !done.contains(&here) {
            return steps::tick(app, "pass").await;
        }
        app.keys("j").await?;
        let another = format!("[data-testid^=item-][data-current=true]:not([data-testid='item-{here}'])");
        app.wait_for(another.as_str()).await?;
    }
}

/// Protects work that is done together: nobody reloads, wakes anything or waits for the next look.
#[expect(clippy::print_stdout, reason = "how long it took is worth knowing where nothing failed")]
#[tokio::test]
async fn a_tick_in_one_window_shows_in_the_other_by_itself() -> Result<()> {
    let (idp, folder) = (idp().await, tempfile::tempdir()?);
    let served = Served::start(folder.path(), &idp, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let (first, second) = (Desktop::new().await?, Desktop::new().await?);
    let (one, two) = (first.open(&first.data("one")?).await?, second.open(&second.data("two")?).await?);

    let call = async |name: &'static str, args| told(&one, name, args).await;
    let mut found = signed_in(call, &served, "partner-manager").await?;
    found["code"] = json!(served.service.owner_code().await?);
    found["name"] = json!("Sample Apps");
    told(&one, "found_team", found).await?;
    told(&one, "invite_member", json!({ "email": "qa.1@sample-apps.example", "roles": ["qa"] })).await?;
    furnish(&one).await?;
    let call = async |name: &'static str, args| told(&two, name, args).await;
    told(&two, "join_team", signed_in(call, &served, "qa-1").await?).await?;
    open_run(&one).await?;
    open_run(&two).await?;

    let began = Instant::now();
    let (mut done, mut took) = (Vec::new(), Vec::new());
    for n in 0..TICKS {
        let (here, there) = if n % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let item = tick_another(here, &done).await?;
        let ticked = Instant::now();
        there.wait_for(format!("[data-testid='item-{item}'][data-status=pass]").as_str()).await?;
        took.push(ticked.elapsed());
        done.push(item);
    }
    // Whoever only looked would have seen one of three in this time, at most.
    ensure!(began.elapsed() < LOOKS, "they came after {took:?}: by looking, and not by the stream");
    took.sort();
    println!("from a tick that is durable to the other window: {took:?}");
    one.quit().await?;
    two.quit().await?;
    served.stop().await;
    Ok(())
}
