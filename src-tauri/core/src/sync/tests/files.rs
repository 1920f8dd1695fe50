//! Files before the commands that name them, whatever breaks off in between.

use domain::files::{BlobId, Evidence, FileRef};
use domain::ids::RunId;
use domain::protocol::PIECE;

use super::*;
use crate::blobs::Blobs;
use crate::store::files;

impl Place {
    async fn add(&self, bytes: &[u8]) -> BlobId {
        let id = Blobs::of(self.dir.path()).add(bytes).unwrap();
        let (length, at) = (bytes.len() as u64, (self.desk.clock)());
        self.desk.store.write(move |tx| files::added(tx, id, length, at)).await.unwrap();
        id
    }

    async fn attach(&self, run: RunId, id: BlobId, bytes: u64) -> CommandId {
        let (name, media_type) = ("shot.png".into(), "image/png".into());
        let file = FileRef { sha256: id, name, media_type, bytes, pixels: None };
        let item = testing::items()[0].clone();
        let evidence = Evidence::File(file);
        self.desk.go(AggregateRef::Run(run), Body::Attach { item, evidence }).await
    }

    async fn with_run() -> (Self, RunId) {
        let place = Self::new();
        place.desk.workspace().await;
        let project = place.desk.project("Call Notes").await;
        let version = place.desk.version(project, "1.0.0").await;
        let run = place.desk.run(project, version).await;
        place.synced().await;
        place.fake.asked();
        (place, run)
    }

    fn files(&self) -> Files {
        Files::new(Api::new(self.fake.clone()))
    }
}

fn large() -> Vec<u8> {
    let length = usize::try_from(PIECE).unwrap() * 2 + 100;
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_file_is_there_before_the_command_that_names_it_and_is_sent_once() {
    let (place, run) = Place::with_run().await;
    let id = place.add(b"shot").await;
    place.attach(run, id, 4).await;
    place.synced().await;
    assert!(place.outbox().await.is_empty());
    assert_eq!(place.fake.blobs()[&id], b"shot");
    let asked = place.fake.asked();
    let at = |what: &str| asked.iter().position(|asked| asked.starts_with(what));
    assert!(at("PUT /v1/blobs/") < at("POST /v1/commands"), "{asked:?}");
    place.agrees().await;

    // Named again, it is not sent again, and not asked for.
    let item = testing::items()[1].clone();
    let file = FileRef {
        sha256: id,
        name: "again.png".into(),
        media_type: "image/png".into(),
        bytes: 4,
        pixels: None,
    };
    place.desk.go(AggregateRef::Run(run), Body::Attach { item, evidence: Evidence::File(file) }).await;
    place.synced().await;
    assert!(place.fake.asked().iter().all(|asked| !asked.contains("blobs")));
}

#[tokio::test]
async fn an_upload_that_broke_off_goes_on_where_it_ended() {
    let (mut place, run) = Place::with_run().await;
    let bytes = large();
    let id = place.add(&bytes).await;
    place.attach(run, id, bytes.len() as u64).await;
    // Asked who it is, asked for the file; the answer to the first piece is lost.
    place.fake.trouble([Trouble::None, Trouble::None, Trouble::LostReply]);
    assert!(place.round().await.is_err());
    assert_eq!(place.outbox().await[0].state, OutboxState::Queued, "nothing is lost meanwhile");
    assert!(place.fake.taken().len() == 4 && place.fake.blobs().is_empty());
    place.restart();
    place.fake.asked();
    place.synced().await;
    let pieces = place.fake.asked().iter().filter(|asked| asked.starts_with("PUT")).count();
    assert_eq!(pieces, 2, "the first of three is there");
    assert_eq!(place.fake.blobs()[&id], bytes);
    assert!(place.outbox().await.is_empty());
}

#[tokio::test]
async fn a_service_that_lost_a_file_gets_it_again_with_all_that_waits() {
    let (place, run) = Place::with_run().await;
    let id = place.add(b"shot").await;
    place.desk.store.write(move |tx| files::set_sent(tx, id, true)).await.unwrap();
    let entry = place.attach(run, id, 4).await;
    let item = testing::items()[0].clone();
    place.desk.go(AggregateRef::Run(run), Body::Detach { item, entry }).await;
    place.synced().await;
    assert!(place.outbox().await.is_empty(), "sent again within the round, what needs it too");
    assert_eq!(place.fake.blobs()[&id], b"shot");
    place.agrees().await;
}

#[tokio::test]
async fn a_command_whose_file_nobody_has_stays_visible() {
    let (place, run) = Place::with_run().await;
    let id = place.add(b"shot").await;
    place.attach(run, id, 4).await;
    Blobs::of(place.dir.path()).remove(id).unwrap();
    place.synced().await;
    let outbox = place.outbox().await;
    assert_eq!(outbox[0].state, OutboxState::Refused);
    assert_eq!(outbox[0].refusal.as_ref().unwrap().code, domain::RefusalCode::BlobMissing);
    // Added once more, it goes.
    place.add(b"shot").await;
    let command = outbox[0].id;
    place.desk.store.write(move |tx| outbox::retry(tx, command)).await.unwrap();
    place.synced().await;
    assert!(place.outbox().await.is_empty());
}

#[tokio::test]
async fn a_file_of_somebody_else_is_fetched_in_pieces_and_checked() {
    let place = Place::new();
    let bytes = large();
    let id = Blobs::id(&bytes);
    assert_eq!(place.files().fetch(id).await.unwrap(), None, "the service does not have it either");
    place.fake.set_blob(id, Some(&bytes));
    assert_eq!(place.files().fetch(id).await.unwrap().unwrap(), bytes);
    place.fake.set_blob(id, Some(b"something else"));
    assert!(matches!(place.files().fetch(id).await, Err(CallError::Unreadable(_))));
    place.fake.trouble([Trouble::Unreachable]);
    assert!(matches!(place.files().fetch(id).await, Err(CallError::Offline(_))));
}
