//! Files: in pieces, checked by their hash, and before the commands that name them.

use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, Request, StatusCode};
use domain::files::{BlobId, Evidence, FileRef, MAX_BYTES};
use domain::ids::MemberId;
use domain::protocol::{OFFSET_HEADER, Outcome, PROTOCOL_HEADER};
use domain::{Body, RefusalCode};
use http_body_util::BodyExt;
use partner_service::Files;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::world::{MANAGER, On, QA, STRANGER, VIEWER, World, command, item, run, started};

crate::both! {
    a_command_waits_for_its_file,
}

pub fn id_of(bytes: &[u8]) -> BlobId {
    BlobId(Sha256::digest(bytes).into())
}

pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn offset(&self) -> Option<u64> {
        self.headers.get(OFFSET_HEADER)?.to_str().ok()?.parse().ok()
    }
}

pub async fn ask(
    world: &World,
    member: MemberId,
    method: &str,
    id: &str,
    range: Option<(&str, String)>,
    body: &[u8],
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v1/blobs/{id}"))
        .header("authorization", format!("Bearer {member}"))
        .header(PROTOCOL_HEADER, "1");
    if let Some((name, value)) = range {
        request = request.header(name, value);
    }
    let request = request.body(HttpBody::from(body.to_vec())).unwrap();
    let answer = world.service.router().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: head.status, headers: head.headers, body }
}

async fn put(world: &World, member: MemberId, whole: &[u8], from: usize, to: usize) -> Answer {
    let range = ("content-range", format!("bytes {from}-{}/{}", to - 1, whole.len()));
    ask(world, member, "PUT", &id_of(whole).to_string(), Some(range), &whole[from..to]).await
}

#[tokio::test]
async fn a_file_comes_in_pieces_goes_on_where_it_ended_and_is_whole_or_not_there() {
    let world = World::new(On::Sqlite).await;
    let bytes: Vec<u8> = (0..1_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let id = id_of(&bytes).to_string();
    let head = |member| ask(&world, member, "HEAD", &id, None, &[]);
    assert_eq!((head(QA).await.status, head(QA).await.offset()), (StatusCode::NOT_FOUND, Some(0)));

    let first = put(&world, QA, &bytes, 0, 400).await;
    assert_eq!((first.status, first.offset()), (StatusCode::ACCEPTED, Some(400)));
    assert_eq!(head(QA).await.offset(), Some(400));
    assert_eq!(head(MANAGER).await.offset(), Some(0), "each sends a copy of their own");
    let elsewhere = put(&world, QA, &bytes, 500, 1_000).await;
    assert_eq!((elsewhere.status, elsewhere.offset()), (StatusCode::CONFLICT, Some(400)));
    assert_eq!(ask(&world, QA, "GET", &id, None, &[]).await.status, StatusCode::NOT_FOUND, "not whole yet");

    let world = world.reopened().await;
    assert_eq!(put(&world, QA, &bytes, 400, 1_000).await.status, StatusCode::CREATED);
    assert_eq!(ask(&world, VIEWER, "HEAD", &id, None, &[]).await.status, StatusCode::OK);
    assert_eq!(put(&world, MANAGER, &bytes, 0, 1_000).await.status, StatusCode::CREATED, "a second time");

    let all = ask(&world, VIEWER, "GET", &id, None, &[]).await;
    assert_eq!((all.status, &all.body), (StatusCode::PARTIAL_CONTENT, &bytes));
    assert_eq!(all.headers["content-range"], "bytes 0-999/1000");
    assert_eq!(all.headers["x-content-type-options"], "nosniff");
    let piece = ask(&world, VIEWER, "GET", &id, Some(("range", "bytes=990-2000".into())), &[]).await;
    assert_eq!(
        (&piece.body[..], &piece.headers["content-range"]),
        (&bytes[990..], &"bytes 990-999/1000".parse().unwrap())
    );
}

#[tokio::test]
async fn bytes_of_another_hash_are_not_kept() {
    let world = World::new(On::Sqlite).await;
    let id = id_of(b"what was promised").to_string();
    let sent = ask(&world, QA, "PUT", &id, None, b"something else").await;
    assert_eq!(sent.status, StatusCode::BAD_REQUEST);
    let head = ask(&world, QA, "HEAD", &id, None, &[]).await;
    assert_eq!((head.status, head.offset()), (StatusCode::NOT_FOUND, Some(0)), "nothing is left of it");
    assert_eq!(ask(&world, QA, "PUT", &id, None, b"what was promised").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_nobody_reads_anothers() {
    let world = World::new(On::Sqlite).await;
    let id = id_of(b"shot").to_string();
    assert_eq!(ask(&world, VIEWER, "PUT", &id, None, b"shot").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&world, QA, "PUT", &id, None, b"shot").await.status, StatusCode::CREATED);
    assert_eq!(ask(&world, STRANGER, "GET", &id, None, &[]).await.status, StatusCode::NOT_FOUND);
    let nobody = MemberId::from_u128(99);
    assert_eq!(ask(&world, nobody, "GET", &id, None, &[]).await.status, StatusCode::UNAUTHORIZED);
    for wrong in ["..%2F..%2Fservice.db", "abc", &id.to_uppercase(), &format!("{id}0")] {
        assert_eq!(ask(&world, QA, "GET", wrong, None, &[]).await.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(ask(&world, QA, "PUT", wrong, None, b"x").await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let large = format!("bytes 0-3/{}", MAX_BYTES + 1);
    for (range, status) in [
        (large.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
        ("bytes 0-4/4", StatusCode::BAD_REQUEST),
        ("bytes 3-0/4", StatusCode::BAD_REQUEST),
        ("bytes 0-3/*", StatusCode::BAD_REQUEST),
        ("0-3/4", StatusCode::BAD_REQUEST),
        ("bytes 0-99999999999999999999/4", StatusCode::BAD_REQUEST),
    ] {
        let range = Some(("content-range", range.to_owned()));
        assert_eq!(ask(&world, QA, "PUT", &id, range, b"shot").await.status, status);
    }
    for range in ["bytes=4-9", "bytes=3-0", "bytes=-1", "lines=0-1"] {
        let range = Some(("range", range.to_owned()));
        assert_eq!(ask(&world, QA, "GET", &id, range, &[]).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(
        ask(&world, QA, "PUT", &id_of(b"").to_string(), None, b"").await.status,
        StatusCode::BAD_REQUEST
    );
}

async fn a_command_waits_for_its_file(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(on).await;
    world.take(&started()).await;
    let file = FileRef {
        sha256: id_of(b"shot"),
        name: "shot.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 4,
        pixels: None,
    };
    let attach = [command(900, run(1), Body::Attach { item: item(0), evidence: Evidence::File(file) })];
    let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused { refusal } if refusal.code == RefusalCode::BlobMissing);
    // Without a folder no file is taken at all.
    world.service = world.service.keeping(Files::none());
    assert!(refused(&world.send(&attach).await.results[0].outcome));
    let id = id_of(b"shot").to_string();
    assert_eq!(ask(&world, QA, "PUT", &id, None, b"shot").await.status, StatusCode::SERVICE_UNAVAILABLE);

    world.service = world.service.keeping(Files::by_workspace(folder.path()));
    assert!(refused(&world.send(&attach).await.results[0].outcome));
    assert_eq!(ask(&world, QA, "PUT", &id, None, b"shot").await.status, StatusCode::CREATED);
    world.take(&attach).await;
    // What was taken is answered as taken, whatever became of the file.
    std::fs::remove_dir_all(folder.path()).unwrap();
    world.take(&attach).await;
}
