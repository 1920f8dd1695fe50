//! What waits for what: a table of pending commands, a new one, and what it needs of them.

use std::collections::BTreeMap;

use domain::checklist::{Outcome, Tested};
use domain::dependencies::dependencies;
use domain::fields::{FieldKey, Part, TrackName};
use domain::ids::{
    AccountId, CommandId, CustomerId, FindingId, LinkId, ProjectId, RoundId, RunId, VersionId,
};
use domain::project::{
    FindingSource, FindingStatus, FindingText, LinkSource, LinkUseKind, ProjectDetails, Verdict,
};
use domain::workspace::{Account, AccountOwner, CustomerDetails};
use domain::{AggregateRef, Body};

use crate::world::{HERE, LIST, LISTED, OFFICE, PROJECT, V1, V2, list};

type Sent = (AggregateRef, Body);

fn number(n: u128) -> CommandId {
    CommandId::from_u128(n)
}

fn project() -> Sent {
    (HERE, Body::ProjectCreate { details: ProjectDetails::default() })
}
fn rename() -> Sent {
    let details = ProjectDetails::default();
    (HERE, Body::ProjectEdit { details: details.clone(), expects: details })
}
fn archived(archived: bool) -> Sent {
    (HERE, Body::ProjectSetArchived { archived })
}
fn create(version: VersionId) -> Sent {
    (HERE, Body::VersionCreate { version, number: "1".to_owned() })
}
fn discard(version: VersionId) -> Sent {
    (HERE, Body::VersionDiscard { version })
}
fn restore(version: VersionId) -> Sent {
    (HERE, Body::VersionRestore { version })
}
fn set(version: VersionId, field: FieldKey) -> Sent {
    (HERE, Body::SetField { version, field, value: None, expects: None })
}
fn carried(version: VersionId, fields: &[FieldKey]) -> Sent {
    (HERE, Body::MarkCarried { version, fields: fields.to_vec(), entered: BTreeMap::new() })
}
fn unlock(version: VersionId) -> Sent {
    (HERE, Body::Unlock { version, part: Part::General, reason: String::new() })
}
fn submit(version: VersionId, tracks: &[TrackName]) -> Sent {
    let rounds = vec![RoundId::from_u128(1); tracks.len()];
    (HERE, Body::MarkSubmitted { version, tracks: tracks.to_vec(), rounds, override_reason: None })
}
fn new_finding(finding: u128) -> domain::command::NewFinding {
    domain::command::NewFinding {
        id: FindingId::from_u128(finding),
        said: FindingText::default(),
        files: Vec::new(),
    }
}
fn answer(version: VersionId, findings: &[u128]) -> Sent {
    let findings = findings.iter().map(|&id| new_finding(id)).collect();
    let tracks = TrackName::ALL.to_vec();
    (
        HERE,
        Body::RecordAnswer {
            version,
            tracks,
            rounds: Vec::new(),
            outcome: Verdict::Approved,
            text: String::new(),
            findings,
            files: Vec::new(),
        },
    )
}
fn add(version: VersionId, finding: u128) -> Sent {
    let finding = new_finding(finding);
    (HERE, Body::FindingAdd { version, track: None, source: FindingSource::Internal, finding })
}
fn reply(finding: u128) -> Sent {
    let finding = FindingId::from_u128(finding);
    (HERE, Body::FindingReply { finding, reply: String::new(), expects: String::new(), knew: None })
}
fn settle(finding: u128) -> Sent {
    let finding = FindingId::from_u128(finding);
    (HERE, Body::FindingSetStatus { finding, status: FindingStatus::Fixed })
}
fn live(version: VersionId) -> Sent {
    (HERE, Body::ConfirmLive { version })
}
fn link(version: VersionId, link: u128) -> Sent {
    let link = LinkId::from_u128(link);
    (HERE, Body::LinkRecord { version, link, url: String::new(), source: LinkSource::Pasted })
}
fn used(link: u128, customer: Option<u128>) -> Sent {
    let (link, customer) = (LinkId::from_u128(link), customer.map(CustomerId::from_u128));
    (HERE, Body::LinkNoteUse { link, kind: LinkUseKind::Copied, customer, contacts: Vec::new() })
}
fn customer(customer: u128) -> Sent {
    let customer = CustomerId::from_u128(customer);
    (OFFICE, Body::CustomerSet { customer, details: CustomerDetails::default(), knew: None })
}
fn account(account: u128) -> Sent {
    let id = AccountId::from_u128(account);
    let account = Account {
        id,
        name: String::new(),
        region: String::new(),
        owner: AccountOwner::Own,
        used_for: String::new(),
        developer: false,
    };
    (OFFICE, Body::AccountSet { account, knew: None })
}
fn no_account(account: u128) -> Sent {
    (OFFICE, Body::AccountRemove { account: AccountId::from_u128(account) })
}
fn template(version: u32) -> Sent {
    (OFFICE, Body::TemplateAdd { template: Box::new(list(version)) })
}
fn start(previous: Option<RunId>) -> Sent {
    let (project, version, template, tested) = (PROJECT, V1, LIST, Tested::default());
    (LISTED, Body::RunStart { project, version, template, template_version: 1, previous, tested })
}
fn tick(item: &str, knew: &[u128]) -> Sent {
    let knew = knew.iter().map(|&id| number(id)).collect();
    (LISTED, Body::SetResult { item: item.to_owned(), outcome: Outcome::Pass, reason: String::new(), knew })
}
fn fixed(item: &str) -> Sent {
    (LISTED, Body::Fixed { item: item.to_owned(), build: String::new() })
}
fn undo(item: &str, undoes: u128) -> Sent {
    (LISTED, Body::Undo { item: item.to_owned(), undoes: number(undoes) })
}
fn sign() -> Sent {
    (LISTED, Body::Sign {})
}

#[test]
fn what_waits_for_what() {
    use FieldKey::{Description, EventsCallbackUrl, Plans, Slug};
    use TrackName::{Marketplace, Technical};
    let other_run = AggregateRef::Run(RunId::from_u128(99));
    // Pending commands are numbered from 0; the needs name them so.
    let cases: Vec<(&str, Vec<Sent>, Sent, &[u128])> = vec![
        ("nothing pending", vec![], set(V1, Slug), &[]),
        ("the whole way", vec![project(), create(V1)], set(V1, Slug), &[0, 1]),
        ("of another version", vec![create(V2)], set(V1, Slug), &[]),
        // A refused edit of one field holds up nothing but that field and a submission of its track.
        ("the same field", vec![set(V1, Slug)], set(V1, Slug), &[0]),
        ("its last edit only", vec![set(V1, Slug), set(V1, Slug)], set(V1, Slug), &[1]),
        ("another field", vec![set(V1, Slug)], set(V1, Description), &[]),
        ("the same field of another version", vec![set(V2, Slug)], set(V1, Slug), &[]),
        ("its track", vec![set(V1, Slug)], submit(V1, &[Marketplace]), &[0]),
        ("the other track", vec![set(V1, Slug)], submit(V1, &[Technical]), &[]),
        (
            "both tracks",
            vec![set(V1, EventsCallbackUrl), set(V1, Plans), set(V1, Plans)],
            submit(V1, &[Technical, Marketplace]),
            &[0, 2],
        ),
        ("a link", vec![set(V1, Slug)], link(V1, 1), &[]),
        ("a finding", vec![set(V1, Slug)], add(V1, 1), &[]),
        ("a tick", vec![set(V1, Slug)], tick("one", &[]), &[]),
        ("a run", vec![set(V1, Slug)], start(None), &[]),
        ("carrying it", vec![set(V1, Slug)], carried(V1, &[Description, Slug]), &[0]),
        ("carrying another", vec![set(V1, Slug)], carried(V1, &[Description]), &[]),
        // Reviews go one after the other; an edit needs the review that opened its part.
        ("an answer needs its submission", vec![submit(V1, &[Technical])], answer(V1, &[]), &[0]),
        ("going live", vec![submit(V1, &[Technical]), answer(V1, &[])], live(V1), &[1]),
        ("an edit after a rejection", vec![answer(V1, &[])], set(V1, Slug), &[0]),
        ("an edit after an unlock", vec![unlock(V1)], set(V1, Slug), &[0]),
        ("an unlock after an answer", vec![answer(V1, &[])], unlock(V1), &[0]),
        ("of another version", vec![answer(V2, &[])], set(V1, Slug), &[]),
        // A project has one place for an unpublished version.
        ("a draft after one put away", vec![create(V1), discard(V1)], create(V2), &[1]),
        ("a draft after a publication", vec![live(V1)], create(V2), &[0]),
        ("restoring it", vec![discard(V1)], restore(V1), &[0]),
        ("restoring it after a hotfix", vec![discard(V1), create(V2), live(V2)], restore(V1), &[0, 2]),
        ("editing what was restored", vec![restore(V1)], set(V1, Slug), &[0]),
        ("publishing waits for no draft", vec![create(V2)], live(V1), &[]),
        // The project itself.
        ("a rename after a rename", vec![project(), rename(), rename()], rename(), &[0, 2]),
        ("a version does not care for the name", vec![rename()], create(V1), &[]),
        ("whatever was brought back", vec![project(), archived(true), archived(false)], create(V1), &[2]),
        (
            "another project",
            vec![(AggregateRef::Project(ProjectId::from_u128(9)), project().1)],
            create(V1),
            &[],
        ),
        // Findings, links, customers, accounts, lists.
        ("a reply to a new finding", vec![add(V1, 1), add(V1, 2)], reply(1), &[0]),
        ("a reply to Talkdesk's", vec![answer(V1, &[1, 2])], reply(2), &[0]),
        ("a reply after a reply", vec![add(V1, 1), reply(1)], reply(1), &[1]),
        ("a status after a reply", vec![reply(1)], settle(1), &[0]),
        ("another finding", vec![reply(1)], settle(2), &[]),
        ("a use of a new link", vec![link(V1, 1), customer(2)], used(1, Some(2)), &[0, 1]),
        ("a copy names no customer", vec![link(V1, 1), customer(2)], used(1, None), &[0]),
        ("a link after a link", vec![link(V1, 1)], link(V1, 2), &[]),
        ("a customer twice", vec![customer(1), customer(2)], customer(1), &[0]),
        ("an account", vec![account(1)], no_account(1), &[0]),
        ("an account twice", vec![account(1)], account(1), &[0]),
        ("a list's next version", vec![template(1)], template(2), &[0]),
        // Runs.
        ("a run of all that is new", vec![template(1), project(), create(V1)], start(None), &[0, 1, 2]),
        ("a run after a run", vec![(other_run, start(None).1)], start(Some(RunId::from_u128(99))), &[0]),
        ("a tick in a new run", vec![start(None)], tick("one", &[]), &[0]),
        ("a tick after a tick", vec![tick("one", &[])], tick("one", &[]), &[]),
        ("a tick that knew it", vec![tick("one", &[]), tick("two", &[])], tick("one", &[0]), &[0]),
        ("a fix of a failed item", vec![tick("one", &[]), tick("two", &[])], fixed("one"), &[0]),
        ("a fix in another run", vec![(other_run, tick("one", &[]).1)], fixed("one"), &[]),
        ("an undo", vec![tick("one", &[]), tick("two", &[])], undo("one", 0), &[0]),
        // A signature freezes what its author saw.
        ("a signature", vec![tick("one", &[]), set(V1, Slug), tick("two", &[])], sign(), &[0, 2]),
        ("a signature of another run", vec![(other_run, tick("one", &[]).1)], sign(), &[]),
    ];
    for (what, pending, (aggregate, body), needs) in cases {
        let pending: Vec<_> =
            (0_u128..).zip(pending).map(|(at, (aggregate, body))| (number(at), aggregate, body)).collect();
        let expected: Vec<CommandId> = needs.iter().map(|&at| number(at)).collect();
        let mut found = dependencies(&pending, aggregate, &body);
        found.sort();
        assert_eq!(found, expected, "{what}");
    }
}

/// Whatever one does offline on new things, each command needs a pending one, and none needs itself or a later one.
#[test]
fn needs_are_pending_ones_and_named_once() {
    let pending: Vec<_> = crate::bodies::golden()
        .into_iter()
        .map(|json| serde_json::from_value::<domain::Envelope>(json).unwrap().command().unwrap())
        .map(|command| (command.id, command.aggregate, command.body))
        .collect();
    for (at, (id, aggregate, body)) in pending.iter().enumerate() {
        let needs = dependencies(&pending[..at], *aggregate, body);
        assert!(needs.iter().all(|need| pending[..at].iter().any(|(known, ..)| known == need)), "{id}");
        let mut once = needs.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), needs.len(), "{body:?}");
    }
}
