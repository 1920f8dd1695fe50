//! Files: which references are taken, what becomes of evidence, and which files a command or a state names.

use std::collections::BTreeSet;

use domain::checklist::ItemStatus;
use domain::command::NewFinding;
use domain::fields::{Asset, FieldKey, FieldValue, TrackName};
use domain::files::{BlobId, Evidence, FileRef, MAX_BYTES, MOST, Pixels, named};
use domain::ids::{CommandId, DocumentId, FindingId};
use domain::preflight::{self, CheckCode, CheckState, Taken};
use domain::project::{FindingSource, FindingText, Verdict};
use domain::workspace::{DocumentDetails, ImageLimit, ImageLimits, Policies};
use domain::{Body, RefusalCode};

use crate::world::{BOTH, COLLEAGUE, HERE, LISTED, ME, OFFICE, RUN, V1, World, picture};

fn attach(evidence: Evidence) -> Body {
    Body::Attach { item: "one".to_owned(), evidence }
}

fn detach(entry: CommandId) -> Body {
    Body::Detach { item: "one".to_owned(), entry }
}

fn undo(undoes: CommandId) -> Body {
    Body::Undo { item: "one".to_owned(), undoes }
}

/// The evidence of the first item, by the first byte of each file's hash.
fn stands(world: &World) -> Vec<u8> {
    let Some(log) = world.listed().items.get("one") else { return Vec::new() };
    log.evidence().iter().filter_map(|(_, evidence)| evidence.file()).map(|file| file.sha256.0[0]).collect()
}

#[test]
fn evidence_comes_and_goes_and_its_history_stays() {
    let mut world = World::with_run();
    let first = world.must(LISTED, attach(Evidence::File(picture(1))));
    let second = world.must(LISTED, attach(Evidence::File(picture(2))));
    assert_eq!(stands(&world), [1, 2]);
    assert_eq!(world.item("one"), ItemStatus::Untested, "evidence is no result");

    let taken_away = world.must(LISTED, detach(first));
    assert_eq!(stands(&world), [2]);
    assert_eq!(world.refusal(LISTED, detach(first)), RefusalCode::NotFound, "it is gone");
    world.must(LISTED, undo(taken_away));
    assert_eq!(stands(&world), [1, 2], "undo brings it back, in its place");
    world.must(LISTED, undo(second));
    assert_eq!(stands(&world), [1]);
    assert_eq!(world.listed().items["one"].entries.len(), 3, "nothing is overwritten");

    // What was taken away may come again; the same twice is one too many, under another name too.
    world.must(LISTED, attach(Evidence::File(picture(2))));
    let renamed = FileRef { name: "other.png".to_owned(), ..picture(2) };
    assert_eq!(world.refusal(LISTED, attach(Evidence::File(renamed))), RefusalCode::AttachedAlready);
    let link = |url: &str| Evidence::Link { url: url.to_owned(), title: " Recording ".to_owned() };
    world.must(LISTED, attach(link("https://apps.example/1")));
    assert_eq!(world.refusal(LISTED, attach(link("https://apps.example/1"))), RefusalCode::AttachedAlready);
    assert_eq!(world.refusal(LISTED, attach(link("http://apps.example/2"))), RefusalCode::NotHttps);
    // A colleague takes it away, and cannot undo what others did.
    let by_colleague = world.send_as(COLLEAGUE, &domain::Role::ALL, LISTED, detach(first));
    by_colleague.unwrap();
    let last = world.last();
    assert_eq!(
        world.send_as(ME, &domain::Role::ALL, LISTED, undo(last)).unwrap_err().code,
        RefusalCode::NotYourLast
    );
    assert_eq!(stands(&world), [2]);
}

#[test]
fn an_item_has_a_bounded_number_of_pieces() {
    let mut world = World::with_run();
    for n in 0..MOST {
        world.must(LISTED, attach(Evidence::File(picture(u8::try_from(n).unwrap()))));
    }
    assert_eq!(world.refusal(LISTED, attach(Evidence::File(picture(200)))), RefusalCode::TooMany);
}

#[test]
fn a_reference_that_no_file_can_have_is_refused() {
    let named = |name: &str| FileRef { name: name.to_owned(), ..picture(1) };
    let typed = |media_type: &str| FileRef { media_type: media_type.to_owned(), ..picture(1) };
    let sized = |bytes| FileRef { bytes, ..picture(1) };
    let wide = |width| FileRef { pixels: Some(Pixels { width, height: 1 }), ..picture(1) };
    let cases = [
        (named("shot.png"), None),
        (named("Ecrã de início (2).png"), None),
        (named("画面.png"), None),
        (named(""), Some(RefusalCode::Empty)),
        (named("../shot.png"), Some(RefusalCode::WrongKind)),
        (named("a\\b.png"), Some(RefusalCode::WrongKind)),
        (named(".."), Some(RefusalCode::WrongKind)),
        (named(" shot.png"), Some(RefusalCode::WrongKind)),
        (named("shot\u{0}.png"), Some(RefusalCode::ControlCharacters)),
        (named(&"a".repeat(201)), Some(RefusalCode::TooLong)),
        (typed("application/vnd.ms-excel"), None),
        (typed("image"), Some(RefusalCode::WrongKind)),
        (typed("image/"), Some(RefusalCode::WrongKind)),
        (typed("image/png; charset=x"), Some(RefusalCode::WrongKind)),
        (sized(MAX_BYTES), None),
        (sized(MAX_BYTES + 1), Some(RefusalCode::FileTooLarge)),
        (sized(0), Some(RefusalCode::FileEmpty)),
        (wide(0), Some(RefusalCode::WrongKind)),
        (wide(100_001), Some(RefusalCode::WrongKind)),
    ];
    for (file, refused) in cases {
        let mut world = World::with_run();
        let as_evidence = world.send(LISTED, attach(Evidence::File(file.clone())));
        assert_eq!(as_evidence.err().map(|refusal| refusal.code), refused, "{file:?}");
        let icon = FieldValue::Assets(vec![Asset {
            url: String::new(),
            description: String::new(),
            file: Some(file.clone()),
        }]);
        let as_icon = world.set(V1, FieldKey::Icon, Some(icon));
        assert_eq!(as_icon.err().map(|refusal| refusal.code), refused, "{file:?}");
    }
}

#[test]
fn a_hash_has_one_form() {
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hash.parse::<BlobId>().unwrap().to_string(), hash);
    for wrong in ["", &hash[1..], &hash.to_uppercase(), &"é".repeat(32), &"+1".repeat(32), "../../etc/passwd"]
    {
        assert!(wrong.parse::<BlobId>().is_err(), "{wrong}");
        assert!(serde_json::from_value::<BlobId>(wrong.into()).is_err(), "{wrong}");
    }
}

#[test]
fn every_file_of_a_command_or_a_state_is_found_and_what_is_only_expected_is_not_needed() {
    let mut found = 0;
    for json in crate::bodies::golden() {
        let envelope: domain::Envelope = serde_json::from_value(json.clone()).unwrap();
        let text = envelope.args.to_string();
        let needed = envelope.blobs();
        assert_eq!(needed.is_empty(), !text.contains("\"sha256\""), "{}", envelope.kind);
        found += needed.len();
    }
    assert!(found >= 6, "{found}");

    let mut world = World::with_run();
    let icon = |n| {
        FieldValue::Assets(vec![Asset {
            url: String::new(),
            description: String::new(),
            file: Some(picture(n)),
        }])
    };
    let body =
        Body::SetField { version: V1, field: FieldKey::Icon, value: Some(icon(7)), expects: Some(icon(8)) };
    let command = domain::Command { id: CommandId::from_u128(1), aggregate: HERE, body };
    let envelope = domain::Envelope::new(&command, domain::Timestamp(0), Vec::new());
    assert_eq!(envelope.blobs(), BTreeSet::from([BlobId([7; 32])]));

    world.must(LISTED, attach(Evidence::File(picture(3))));
    let mut held = BTreeSet::new();
    named(&serde_json::to_value(world.listed()).unwrap(), &mut held);
    assert_eq!(held, BTreeSet::from([BlobId([3; 32])]));
}

#[test]
fn a_round_keeps_the_files_as_they_were_submitted() {
    let mut world = World::with_run();
    world.fill(V1, BOTH);
    let piece = world.must(LISTED, attach(Evidence::File(picture(1))));
    let icon = |n| {
        Some(FieldValue::Assets(vec![Asset {
            url: String::new(),
            description: String::new(),
            file: Some(picture(n)),
        }]))
    };
    world.set(V1, FieldKey::Icon, icon(2)).unwrap();
    world.submit(V1, BOTH).unwrap();
    world.must(LISTED, detach(piece));
    world.answer(V1, BOTH, Verdict::Rejected).unwrap();
    world.set(V1, FieldKey::Icon, icon(4)).unwrap();

    let round = world.at(V1).technical.round().unwrap();
    assert_eq!(round.information.get(FieldKey::Icon), icon(2));
    let [filed] = &round.evidence[..] else { panic!("{:?}", round.evidence) };
    assert_eq!((filed.run, &*filed.item, filed.evidence.file()), (RUN, "one", Some(&picture(1))));
}

#[test]
fn answers_and_findings_keep_what_came_with_them() {
    let mut world = World::ready();
    world.submit(V1, BOTH).unwrap();
    let id = FindingId::from_u128(70);
    let said = FindingText { text: "Blurred.".to_owned(), ..FindingText::default() };
    let body = |files: Vec<FileRef>| Body::RecordAnswer {
        version: V1,
        tracks: BOTH.to_vec(),
        rounds: Vec::new(),
        outcome: Verdict::Rejected,
        text: "See the file.".to_owned(),
        findings: vec![NewFinding { id, said: said.clone(), files: vec![picture(1)] }],
        files,
    };
    assert_eq!(world.refusal(HERE, body(vec![picture(1), picture(1)])), RefusalCode::Exists);
    assert_eq!(world.refusal(HERE, body(vec![picture(1); MOST + 1])), RefusalCode::TooMany);
    world.must(HERE, body(vec![picture(2)]));
    let answer = &world.at(V1).technical.round().unwrap().answers[0];
    assert_eq!(answer.files, [picture(2)]);

    let files = |world: &World| {
        let finding = world.here().findings.iter().find(|finding| finding.id == id).unwrap();
        finding.files.iter().map(|file| file.sha256.0[0]).collect::<Vec<_>>()
    };
    world.must(HERE, Body::FindingAttach { finding: id, file: picture(3) });
    assert_eq!(files(&world), [1, 3]);
    let again = Body::FindingAttach { finding: id, file: picture(3) };
    assert_eq!(world.refusal(HERE, again), RefusalCode::AttachedAlready);
    world.must(HERE, Body::FindingDetach { finding: id, file: picture(1).sha256 });
    assert_eq!(files(&world), [3]);
    let gone = Body::FindingDetach { finding: id, file: picture(1).sha256 };
    assert_eq!(world.refusal(HERE, gone), RefusalCode::NotFound);
    let ours = NewFinding { id: FindingId::from_u128(71), said, files: vec![picture(1)] };
    let source = FindingSource::Internal;
    world.must(
        HERE,
        Body::FindingAdd { version: V1, track: Some(TrackName::Technical), source, finding: ours },
    );
}

#[test]
fn a_document_keeps_its_papers() {
    let mut world = World::new();
    let set = |files: Vec<FileRef>| Body::DocumentSet {
        document: DocumentId::from_u128(1),
        details: DocumentDetails {
            name: "Partner agreement".to_owned(),
            files,
            ..DocumentDetails::default()
        },
    };
    assert_eq!(world.refusal(OFFICE, set(vec![picture(1), picture(1)])), RefusalCode::Exists);
    assert_eq!(world.refusal(OFFICE, set(vec![picture(1); MOST + 1])), RefusalCode::TooMany);
    world.must(OFFICE, set(vec![picture(1), picture(2)]));
    assert_eq!(world.office().documents[0].details.files, [picture(1), picture(2)]);
    world.must(OFFICE, set(vec![picture(2)]));
    assert_eq!(world.office().documents[0].details.files, [picture(2)]);
}

#[test]
fn an_image_is_whole_with_a_file_or_an_address() {
    let asset =
        |url: &str, file: Option<FileRef>| Asset { url: url.to_owned(), description: String::new(), file };
    let address = "https://apps.example/a.png";
    for (assets, problems) in [
        (vec![asset("", Some(picture(1)))], 0),
        (vec![asset(address, None)], 0),
        (vec![asset(address, Some(picture(1)))], 0),
        (vec![asset("", None)], 1),
        (vec![asset("http://apps.example/a.png", Some(picture(1)))], 1),
        (vec![asset("", Some(picture(1))), asset("", Some(picture(1)))], 1),
        (vec![asset("", Some(picture(1))), asset("", Some(picture(2)))], 0),
    ] {
        let found =
            domain::fields::problems(FieldKey::Screenshots, Some(&FieldValue::Assets(assets.clone())));
        assert_eq!(found.len(), problems, "{assets:?}");
    }
}

#[test]
fn images_are_held_to_what_the_workspace_set_and_to_nothing_else() {
    use CheckState::{NotRun, Pass, Warn};
    let pixels = |width, height| Some(Pixels { width, height });
    let limit = |limit: ImageLimit| ImageLimits { screenshots: limit, ..ImageLimits::default() };
    let png = ImageLimit { types: vec!["image/png".to_owned()], ..ImageLimit::default() };
    let large = ImageLimit { min: pixels(640, 401), ..ImageLimit::default() };
    let small = ImageLimit { max: pixels(640, 400), ..ImageLimit::default() };
    let light = ImageLimit { bytes: Some(1_023), ..ImageLimit::default() };
    let jpeg = FileRef { media_type: "image/jpeg".to_owned(), ..picture(1) };
    let broken = FileRef { pixels: None, ..picture(1) };
    for (file, limits, types, sizes) in [
        (None, limit(png.clone()), NotRun, NotRun),
        (Some(picture(1)), ImageLimits::default(), Pass, NotRun),
        (Some(broken), ImageLimits::default(), Warn, NotRun),
        (Some(picture(1)), limit(png.clone()), Pass, NotRun),
        (Some(jpeg), limit(png), Warn, NotRun),
        (Some(picture(1)), limit(large), Pass, Warn),
        (Some(picture(1)), limit(small), Pass, Pass),
        (Some(picture(1)), limit(light), Pass, Warn),
    ] {
        let mut world = World::ready();
        let policies = Policies { images: limits.clone(), ..Policies::default() };
        let asset = Asset {
            url: "https://apps.example/a.png".to_owned(),
            description: String::new(),
            file: file.clone(),
        };
        world.set(V1, FieldKey::Screenshots, Some(FieldValue::Assets(vec![asset]))).unwrap();
        let all = preflight::run(world.at(V1), Taken::default(), &policies);
        let state = |code| all.iter().find(|check| check.code == code).unwrap().state;
        assert_eq!(
            (state(CheckCode::ImageFiles), state(CheckCode::ImageSizes)),
            (types, sizes),
            "{file:?} {limits:?}"
        );
    }
}

#[test]
fn limits_that_nothing_can_meet_are_refused() {
    let mut world = World::new();
    let pixels = |width, height| Some(Pixels { width, height });
    for (limit, refused) in [
        (ImageLimit { min: pixels(2, 2), max: pixels(1, 4), ..ImageLimit::default() }, true),
        (ImageLimit { min: pixels(0, 2), ..ImageLimit::default() }, true),
        (ImageLimit { bytes: Some(0), ..ImageLimit::default() }, true),
        (ImageLimit { types: vec!["png".to_owned()], ..ImageLimit::default() }, true),
        (ImageLimit { min: pixels(2, 2), max: pixels(2, 2), ..ImageLimit::default() }, false),
    ] {
        let images = ImageLimits { icon: limit.clone(), ..ImageLimits::default() };
        let done =
            world.send(OFFICE, Body::SetPolicies { policies: Policies { images, ..Policies::default() } });
        assert_eq!(done.is_err(), refused, "{limit:?}");
    }
}
