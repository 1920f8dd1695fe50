//! Against a keychain that a test can lock, empty and take away.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[derive(Default)]
struct Fake {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    mood: Mutex<Mood>,
    asked: AtomicUsize,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Mood {
    #[default]
    Willing,
    /// As the Secret Service is while it is locked: reading finds nothing, writing is refused.
    Locked,
    Away,
    /// Takes everything and gives nothing back.
    Forgetful,
}

impl Fake {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }
    fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

impl Keychain for Fake {
    fn status(&self) -> Result<(), KeychainError> {
        if self.mood() == Mood::Away { Err(KeychainError::Away) } else { Ok(()) }
    }
    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, KeychainError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.status()?;
        let open = self.mood() == Mood::Willing;
        Ok(self.kept.lock().unwrap().get(name).filter(|_| open).cloned().map(Secret::new))
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.status()?;
        if self.mood() == Mood::Locked {
            Err(KeychainError::Refused)
        } else {
            self.kept.lock().unwrap().insert(name.to_owned(), secret.to_vec());
            Ok(())
        }
    }
    fn remove(&self, name: &str) -> Result<(), KeychainError> {
        self.status()?;
        self.kept.lock().unwrap().remove(name);
        Ok(())
    }
}

struct World {
    data: tempfile::TempDir,
    keychain: Arc<Fake>,
}

const TOKENS: Name = Name { kind: Kind::Tokens, id: Uuid::from_u128(1) };
const KEY: Name = Name { kind: Kind::PrivateKey, id: Uuid::from_u128(1) };

impl World {
    fn new() -> Self {
        Self { data: tempfile::tempdir().unwrap(), keychain: Arc::default() }
    }

    /// The vault as a new process finds it, before the keychain was asked.
    fn unopened(&self) -> Vault {
        let effort = Effort { memory_kib: 64, passes: 1 };
        let clock: crate::engine::Clock = Arc::new(|| Timestamp(1_790_000_000_000));
        Vault::with_effort(self.data.path(), self.keychain.clone(), clock, effort, || {})
    }

    fn vault(&self) -> Vault {
        let vault = self.unopened();
        vault.open_by_keychain();
        vault
    }

    fn file(&self, name: &str) -> PathBuf {
        self.data.path().join(FOLDER).join(name)
    }
}

fn typed(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn opened(vault: &Vault, name: Name) -> Option<String> {
    vault.open(name).unwrap().map(|secret| String::from_utf8(secret.expose().clone()).unwrap())
}

#[test]
fn a_secret_survives_a_restart_and_is_nowhere_to_be_read() {
    let world = World::new();
    let vault = world.vault();
    assert_eq!(vault.state(), State::Empty);
    assert_eq!(opened(&vault, TOKENS), None);
    assert!(!world.file("").exists(), "a vault that nobody used leaves nothing behind");
    vault.seal(TOKENS, b"a-known-token").unwrap();
    assert_eq!((vault.state(), vault.slots()[0].0), (State::Open, SlotKind::Keychain));

    let again = world.unopened();
    assert_eq!(again.state(), State::Opening);
    assert_eq!(again.open(TOKENS).unwrap_err(), VaultError::Closed(State::Opening));
    assert_eq!(again.open_by_keychain(), State::Open);
    assert_eq!(opened(&again, TOKENS).as_deref(), Some("a-known-token"));
    again.seal(TOKENS, b"rotated").unwrap();
    assert_eq!(opened(&world.vault(), TOKENS).as_deref(), Some("rotated"));
    assert_eq!(world.vault().names().unwrap(), [TOKENS]);

    for entry in
        std::fs::read_dir(world.file("")).unwrap().chain(std::fs::read_dir(world.file("records")).unwrap())
    {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(5).any(|part| part == b"token" || part == b"rotat"), "{path:?}");
        }
    }
    again.forget(TOKENS).unwrap();
    assert_eq!(opened(&world.vault(), TOKENS), None);
}

#[test]
fn a_locked_keychain_makes_no_second_key() {
    let world = World::new();
    world.vault().seal(TOKENS, b"precious").unwrap();
    let header = std::fs::read(world.file("header.json")).unwrap();
    for (mood, state) in [(Mood::Locked, State::KeychainEmpty), (Mood::Away, State::KeychainAway)] {
        world.keychain.be(mood);
        let vault = world.vault();
        assert_eq!(vault.state(), state);
        for refused in [
            vault.seal(TOKENS, b"other"),
            vault.set_passphrase(&typed("a long passphrase")),
            vault.use_keychain(),
            vault.new_recovery_code().map(drop),
            vault.open(TOKENS).map(drop),
        ] {
            assert_eq!(refused, Err(VaultError::Closed(state)));
        }
        assert_eq!(std::fs::read(world.file("header.json")).unwrap(), header);
        // Unlocked meanwhile: the same vault opens when a person asks again.
        world.keychain.be(Mood::Willing);
        assert_eq!(vault.open_by_keychain(), State::Open);
        assert_eq!(opened(&vault, TOKENS).as_deref(), Some("precious"));
    }
}

/// Protects a vault that the keychain alone opens: a process that ends between the keychain and the header must leave a
/// way in.
#[test]
fn what_the_keychain_keeps_is_never_written_over() {
    let world = World::new();
    let vault = world.vault();
    vault.seal(TOKENS, b"t").unwrap();
    let headers = std::fs::read(world.file("header.json")).unwrap();
    vault.use_keychain().unwrap();
    for file in ["header.json", "header.copy.json"] {
        std::fs::write(world.file(file), &headers).unwrap();
    }
    assert_eq!(world.vault().state(), State::Open, "the header before opens as well");
}

#[test]
fn the_keychain_is_asked_once() {
    let world = World::new();
    world.vault().seal(TOKENS, b"1").unwrap();
    world.keychain.asked.store(0, Ordering::SeqCst);
    let vault = world.vault();
    for _ in 0..5 {
        opened(&vault, TOKENS);
        vault.seal(TOKENS, b"2").unwrap();
    }
    assert_eq!(world.keychain.asked.load(Ordering::SeqCst), 1);
}

#[test]
fn without_a_keychain_that_keeps_a_passphrase_makes_the_vault() {
    for mood in [Mood::Away, Mood::Locked, Mood::Forgetful] {
        let world = World::new();
        world.keychain.be(mood);
        let vault = world.vault();
        assert_eq!(vault.seal(TOKENS, b"1"), Err(VaultError::Closed(State::Empty)));
        assert_eq!(vault.state(), State::Empty);
        assert_eq!(vault.set_passphrase(&typed("too short")), Err(VaultError::Unfit));
        vault.set_passphrase(&typed("correct horse battery")).unwrap();
        vault.seal(TOKENS, b"1").unwrap();

        let again = world.vault();
        assert_eq!(again.state(), State::NeedsPassphrase);
        assert_eq!(again.open_by(&typed("correct horse batter")), Err(VaultError::Wrong));
        assert_eq!(again.state(), State::NeedsPassphrase, "a wrong one changes nothing");
        again.open_by(&typed("correct horse battery")).unwrap();
        assert_eq!(opened(&again, TOKENS).as_deref(), Some("1"));
    }
}

#[test]
fn each_slot_opens_the_same_secrets_and_the_last_one_stays() {
    let world = World::new();
    let vault = world.vault();
    vault.seal(TOKENS, b"1").unwrap();
    vault.set_passphrase(&typed("the first passphrase")).unwrap();
    let code = vault.new_recovery_code().unwrap();
    vault.set_passphrase(&typed("the second passphrase")).unwrap();
    let kinds: Vec<SlotKind> = vault.slots().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [SlotKind::Keychain, SlotKind::Passphrase, SlotKind::Recovery]);

    // The keychain lost everything.
    world.keychain.kept.lock().unwrap().clear();
    let sloppy = code.expose().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    for (text, opens) in [
        ("the first passphrase", false),
        ("the second passphrase", true),
        (code.expose(), true),
        (&sloppy, true),
        (&code.expose()[1..], false),
        ("", false),
    ] {
        let vault = world.vault();
        assert_eq!(vault.state(), State::KeychainEmpty);
        let expected = if opens { Ok(()) } else { Err(VaultError::Wrong) };
        assert_eq!(vault.open_by(&typed(text)), expected);
        assert_eq!(vault.state() == State::Open, opens);
    }
    let vault = world.vault();
    vault.open_by(&code).unwrap();
    vault.use_keychain().unwrap();
    assert_eq!(world.vault().state(), State::Open, "the keychain has it again");

    vault.remove_slot(SlotKind::Passphrase).unwrap();
    vault.remove_slot(SlotKind::Keychain).unwrap();
    assert!(world.keychain.kept.lock().unwrap().is_empty(), "nothing useless stays in the keychain");
    assert_eq!(vault.remove_slot(SlotKind::Recovery), Err(VaultError::LastSlot));
    assert_eq!(world.vault().state(), State::NeedsPassphrase);
}

#[test]
fn a_private_key_waits_for_a_second_slot() {
    let world = World::new();
    let vault = world.vault();
    assert_eq!(vault.seal(KEY, b"pem"), Err(VaultError::SecondSlot));
    assert_eq!(vault.state(), State::Empty, "and makes no vault");
    vault.seal(TOKENS, b"1").unwrap();
    assert_eq!(vault.seal(KEY, b"pem"), Err(VaultError::SecondSlot));
    vault.new_recovery_code().unwrap();
    vault.seal(KEY, b"pem").unwrap();
    assert_eq!(opened(&vault, KEY).as_deref(), Some("pem"));
}

#[test]
fn a_locked_vault_gives_nothing_until_it_is_opened_again() {
    let world = World::new();
    let vault = world.vault();
    vault.lock();
    assert_eq!(vault.state(), State::Empty, "there is nothing to lock");
    vault.seal(TOKENS, b"1").unwrap();
    vault.lock();
    assert_eq!(vault.state(), State::Locked);
    assert_eq!(vault.open(TOKENS).unwrap_err(), VaultError::Closed(State::Locked));
    assert_eq!(vault.seal(TOKENS, b"2"), Err(VaultError::Closed(State::Locked)));
    assert_eq!(vault.open_by_keychain(), State::Open);
    assert_eq!(opened(&vault, TOKENS).as_deref(), Some("1"));
}

#[test]
fn damage_is_told_from_a_wrong_passphrase_and_makes_nothing_anew() {
    let world = World::new();
    let vault = world.vault();
    vault.set_passphrase(&typed("correct horse battery")).unwrap();
    vault.seal(TOKENS, b"1").unwrap();
    let (whole, copy) = (world.file("header.json"), world.file("header.copy.json"));
    let header = std::fs::read_to_string(&whole).unwrap();

    // One of the two is enough.
    std::fs::write(&whole, &header[..header.len() / 2]).unwrap();
    let vault = world.vault();
    assert_eq!(vault.state(), State::NeedsPassphrase);
    vault.open_by(&typed("correct horse battery")).unwrap();

    let damage = |text: &str| {
        std::fs::write(&whole, text).unwrap();
        std::fs::write(&copy, text).unwrap();
        world.vault()
    };
    for text in ["", "{", "[]", &header.replace("\"v\": 1", "\"v\": 2")] {
        assert_eq!(damage(text).state(), State::Damaged, "{text}");
    }
    // A header of another vault: its passphrase is right, and opens no check value of ours.
    let mut parts: serde_json::Value = serde_json::from_str(&header).unwrap();
    parts["check"] = "AAAA".into();
    let vault = damage(&parts.to_string());
    assert_eq!(vault.open_by(&typed("correct horse battery")), Err(VaultError::Closed(State::Damaged)));
    assert_eq!(vault.state(), State::Damaged);
    // A header that asks for all of the memory asks in vain.
    parts = serde_json::from_str(&header).unwrap();
    parts["slots"][0]["memory_kib"] = u32::MAX.into();
    assert_eq!(damage(&parts.to_string()).open_by(&typed("correct horse battery")), Err(VaultError::Wrong));

    // Both gone, the records there: nothing is made in their place.
    std::fs::remove_file(&whole).unwrap();
    std::fs::remove_file(&copy).unwrap();
    let vault = world.vault();
    assert_eq!(vault.state(), State::Damaged);
    assert_eq!(vault.set_passphrase(&typed("another passphrase")), Err(VaultError::Closed(State::Damaged)));

    vault.start_anew().unwrap();
    assert_eq!(vault.state(), State::Empty);
    let aside = world.data.path().join("vault.left-1790000000000");
    assert!(aside.join("records").is_dir(), "what was sealed is set aside, not dropped");
    vault.seal(TOKENS, b"2").unwrap();
    assert_eq!(opened(&world.vault(), TOKENS).as_deref(), Some("2"));
}

/// The second file still has the slot when the process ends between the two writes.
#[test]
fn a_slot_that_was_removed_is_gone_though_the_copy_was_not_written() {
    let world = World::new();
    let vault = world.vault();
    vault.seal(TOKENS, b"1").unwrap();
    vault.set_passphrase(&typed("the old passphrase")).unwrap();
    let (header, copy) = (world.file("header.json"), world.file("header.copy.json"));
    let before = std::fs::read(&copy).unwrap();
    vault.remove_slot(SlotKind::Passphrase).unwrap();
    std::fs::write(&copy, &before).unwrap();

    let has = |vault: &Vault| vault.slots().iter().any(|(kind, _)| *kind == SlotKind::Passphrase);
    assert!(!has(&world.vault()));
    // From then on the copy does not know it either, whatever becomes of the header.
    std::fs::write(&header, b"{").unwrap();
    let vault = world.vault();
    assert_eq!((vault.state(), has(&vault)), (State::Open, false));
    assert_eq!(std::fs::read(&header).unwrap(), std::fs::read(&copy).unwrap());
    assert_ne!(std::fs::read(&copy).unwrap(), before);
}

#[test]
fn a_record_opens_only_under_its_own_name_and_whole() {
    let world = World::new();
    let vault = world.vault();
    vault.seal(TOKENS, b"1").unwrap();
    let path = |kind: &str, id: u128| world.file(&format!("records/{kind}.{}.sealed", Uuid::from_u128(id)));
    let sealed = std::fs::read(path("tokens", 1)).unwrap();
    std::fs::write(path("tokens", 2), &sealed).unwrap();
    std::fs::write(path("client-secret", 1), &sealed).unwrap();
    for name in [
        Name { kind: Kind::Tokens, id: Uuid::from_u128(2) },
        Name { kind: Kind::ClientSecret, id: Uuid::from_u128(1) },
    ] {
        assert_eq!(vault.open(name).unwrap_err(), VaultError::DamagedRecord);
    }
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        std::fs::write(path("tokens", 1), &changed).unwrap();
        assert_eq!(vault.open(TOKENS).unwrap_err(), VaultError::DamagedRecord, "byte {at}");
    }
    std::fs::write(path("tokens", 1), &sealed[..10]).unwrap();
    assert_eq!(vault.open(TOKENS).unwrap_err(), VaultError::DamagedRecord);
}

#[test]
fn a_vault_does_not_show_what_it_holds() {
    let world = World::new();
    let vault = world.vault();
    vault.seal(TOKENS, b"a-known-token").unwrap();
    let shown = format!("{vault:?} {:?} {:?}", vault.open(TOKENS), vault.new_recovery_code());
    assert!(shown.contains("[secret]") && !shown.contains("token"), "{shown}");
}
