//! What the tests of all stores share, and what holds for all of them.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::connection::StoredKey;
use crate::crypto::AuthKey;
use crate::ids::{DcId, Salt};
use crate::updates::{ChannelState, Checkpoint, CommonState, KnownPeer, PeerId};

/// A key of made-up bytes.
pub(super) fn key(seed: u8) -> StoredKey {
    let bytes = std::array::from_fn(|place| seed.wrapping_add(place.to_le_bytes()[0]));
    StoredKey { auth_key: AuthKey::from_bytes(bytes), salt: Salt(seed.into()), time_offset: -7 }
}

/// What there is of updates, in every form.
pub(super) fn checkpoint() -> Checkpoint {
    let peer = |id, access_hash, contexts| KnownPeer { id, access_hash, contexts };
    Checkpoint {
        common: Some(CommonState { pts: 9, qts: 8, date: 7, seq: 6 }),
        channels: vec![
            (5, Some(ChannelState { pts: 50, is_dirty: true })),
            (6, Some(ChannelState { pts: 60, is_dirty: false })),
            (6, None),
            (7, Some(ChannelState { pts: 70, is_dirty: false })),
        ],
        peers: vec![
            peer(PeerId::User(1), Some(-11), vec![]),
            peer(PeerId::Channel(1), Some(12), vec![]),
            peer(PeerId::User(2), None, vec![(1, 40), (1, 39)]),
            peer(PeerId::User(3), Some(1), vec![]),
        ],
        forgotten: vec![PeerId::User(3)],
    }
}

/// Rows of secret chats: some that stay, one that another replaces, and one that goes.
pub(super) fn secrets(seed: u8) -> Change {
    let row = |chat, kind, number| SecretRow { chat, kind, number };
    let put = |chat, kind, number, value: u8| {
        let value = (0..8).map(|place| value.wrapping_add(place)).collect::<Vec<_>>();
        SecretChange::Put(row(chat, kind, number), value.into())
    };
    Change::Secret(vec![
        put(1, 0, 0, seed),
        put(1, 2, i64::MAX, 2),
        put(1, 2, i64::MIN, 3),
        put(2, 0, 0, 4),
        put(1, 0, 0, seed.wrapping_add(1)),
        SecretChange::Put(row(3, 255, 0), Vec::new().into()),
        SecretChange::Remove(row(2, 0, 0)),
        SecretChange::Remove(row(9, 0, 0)),
    ])
}

/// Changes of every kind.
pub(super) fn changes() -> Vec<Change> {
    let (two, four) = (DcId::production(2), DcId { is_media: true, ..DcId::test(4) });
    vec![
        Change::Key { dc: two, key: Box::new(key(1)) },
        Change::Key { dc: four, key: Box::new(key(2)) },
        Change::Key { dc: DcId::production(5), key: Box::new(key(3)) },
        Change::KeyForgotten(DcId::production(5)),
        Change::Salt { dc: two, salt: Salt(99) },
        Change::Authorized { dc: two, is_authorized: true },
        Change::Addresses {
            dc: four,
            addresses: vec!["127.0.0.1:443".parse().unwrap(), "[::1]:80".parse().unwrap()],
        },
        Change::User(Some(SessionUser { id: 5_000_000_001, is_bot: true })),
        Change::Home(two),
        Change::Updates(Box::new(checkpoint())),
        secrets(1),
    ]
}

/// What they lead to.
pub(super) fn full() -> Snapshot {
    let mut snapshot = Snapshot::default();
    snapshot.apply(&changes());
    snapshot
}

/// A folder of a test's own, removed in the end.
pub(super) struct Folder(PathBuf);

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn temporary(name: &str) -> Folder {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("telewire-{}-{count}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).unwrap();
    Folder(folder)
}

#[test]
fn changes_do_what_they_say() {
    let snapshot = full();
    let (two, five) = (DcId::production(2), DcId::production(5));
    assert_eq!(snapshot.home, Some(two));
    assert!(snapshot.is_authorized(two));
    assert_eq!(snapshot.key(two).unwrap().salt, Salt(99));
    assert_eq!(snapshot.key(five), None);
    // Another key has no login.
    let mut other = snapshot.clone();
    other.apply(&[Change::Key { dc: two, key: Box::new(key(9)) }]);
    assert!(!other.is_authorized(two));
    // Nothing is authorized without a key.
    other.apply(&[Change::Authorized { dc: five, is_authorized: true }]);
    assert!(!other.is_authorized(five));
}

#[test]
fn kx_22_keys_are_not_printed() {
    let snapshot = full();
    let text = format!("{snapshot:?} {:?} {:#?}", changes(), MemoryStore::from(snapshot.clone()));
    let text = text + &format!("{:?}", StringStore::from(snapshot.clone()));
    // Neither as a list of bytes nor in hex.
    assert!(!text.contains("1, 2, 3, 4") && !text.contains("01020304"), "{text}");
    assert!(text.contains(&snapshot.key(DcId::production(2)).unwrap().auth_key.id().to_string()));
}

#[test]
fn every_store_keeps_every_change() {
    let folder = temporary("every-store");
    let mut stores: Vec<Box<dyn Store>> = vec![
        Box::new(MemoryStore::new()),
        Box::new(StringStore::default()),
        Box::new(FileStore::open(folder.join("session")).unwrap()),
        #[cfg(feature = "sqlite")]
        Box::new(SqliteStore::open(folder.join("session.sqlite")).unwrap()),
    ];
    for store in &mut stores {
        let mut snapshot = Snapshot::default();
        assert_eq!(store.load(), Ok(Snapshot::default()));
        for change in changes() {
            store.apply(std::slice::from_ref(&change)).unwrap();
            snapshot.apply(std::slice::from_ref(&change));
            assert_eq!(store.load().as_ref(), Ok(&snapshot), "{change:?}");
        }
        store.apply(&changes()).unwrap();
        snapshot.apply(&changes());
        assert_eq!(store.load().as_ref(), Ok(&snapshot));
    }
}

#[test]
fn up_73_and_sc_81_updates_and_secret_chats_are_of_one_login_alone() {
    let two = DcId::production(2);
    let user = |id| Change::User(Some(SessionUser { id, is_bot: false }));
    for (changes, forgets) in [
        (vec![Change::Key { dc: two, key: Box::new(key(9)) }], true),
        (vec![Change::KeyForgotten(two)], true),
        (vec![user(4)], true),
        (vec![user(5_000_000_001)], false),
        // Who it was is remembered with them, or they are nobody's.
        (vec![Change::User(None)], true),
        (vec![Change::User(None), user(4)], true),
        (vec![Change::Authorized { dc: two, is_authorized: false }], false),
        (vec![Change::Authorized { dc: two, is_authorized: false }, user(4)], true),
        (vec![Change::Authorized { dc: two, is_authorized: false }, user(5_000_000_001)], false),
        // A login moves with all that it knows; without one, the next is another key's.
        (vec![Change::Home(DcId::production(4))], false),
        (
            vec![
                Change::Authorized { dc: two, is_authorized: false },
                Change::Home(two),
                Change::Home(DcId::production(4)),
                user(5_000_000_001),
            ],
            true,
        ),
        (vec![Change::KeyForgotten(DcId::production(5))], false),
        (vec![Change::Salt { dc: two, salt: Salt(1) }], false),
    ] {
        let mut snapshot = full();
        snapshot.apply(&changes);
        assert_eq!(snapshot.updates.is_empty(), forgets, "{changes:?}");
        assert_eq!(snapshot.secrets.is_empty(), forgets, "{changes:?}");
    }
}

/// A batch has updates alone, or with others that may forget them.
#[test]
fn up_76_up_83_and_sc_82_what_belongs_together_is_kept_in_one_batch_by_every_store() {
    let folder = temporary("updates");
    let more = Checkpoint {
        common: Some(CommonState { pts: 19, ..CommonState::default() }),
        channels: vec![(7, None), (8, Some(ChannelState { pts: 1, is_dirty: true }))],
        peers: vec![KnownPeer { id: PeerId::User(2), access_hash: Some(3), contexts: vec![] }],
        forgotten: vec![PeerId::User(1)],
    };
    let forget = Change::KeyForgotten(DcId::production(2));
    let batches = [
        changes(),
        vec![Change::Updates(Box::new(more.clone()))],
        vec![Change::Updates(Box::new(checkpoint())), Change::Home(DcId::production(2))],
        vec![forget.clone()],
        vec![Change::Updates(Box::new(more.clone()))],
        vec![secrets(7)],
        vec![secrets(9), Change::Updates(Box::new(more.clone()))],
        vec![secrets(8), Change::Home(DcId::production(2))],
        vec![forget, Change::Updates(Box::new(more)), secrets(6)],
    ];
    let open = |name: &str| -> Box<dyn Store> {
        match name {
            "file" => Box::new(FileStore::open(folder.join("file")).unwrap()),
            #[cfg(feature = "sqlite")]
            "sqlite" => Box::new(SqliteStore::open(folder.join("sqlite")).unwrap()),
            other => panic!("{other}"),
        }
    };
    let names: &[&str] = if cfg!(feature = "sqlite") { &["file", "sqlite"] } else { &["file"] };
    for name in names {
        let mut expected = Snapshot::default();
        for batch in &batches {
            open(name).apply(batch).unwrap();
            expected.apply(batch);
            assert_eq!(open(name).load(), Ok(expected.clone()), "{name}");
        }
    }
}

/// Whoever asks while the owner keeps what changed is told that it is in use, and not that it is not there.
#[test]
fn a_file_that_its_owner_is_replacing_is_in_use() {
    let folder = temporary("replaced");
    let path = folder.join("session");
    let mut store = FileStore::open(&path).unwrap();
    store.apply(&changes()).unwrap();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // The owner replaces it as often as it can.
        scope.spawn(|| {
            let (one, two) = (folder.join("one"), folder.join("two"));
            fs::copy(&path, &one).unwrap();
            for _ in 0..20_000 {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                fs::copy(&one, &two).unwrap();
                fs::rename(&two, &path).unwrap();
            }
        });
        for _ in 0..2_000 {
            assert_eq!(
                FileStore::open(&path).err(),
                Some(StoreError::InUse { path: path.clone() })
            );
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

/// A batch of secret chats, with how far they are.
fn far(chat: i32, generation: u64) -> Vec<Change> {
    vec![secrets(5), Change::Generation { chat, generation: Some(generation) }]
}

#[test]
fn sc_84_a_copy_of_a_session_that_is_put_back_does_not_put_back_the_witness() {
    let folder = temporary("witness");
    type Open = fn(&Path) -> Box<dyn Store>;
    type Read = fn(&Path) -> Snapshot;
    let stores: &[(&str, Open, Read)] = &[
        (
            "file",
            |path| Box::new(FileStore::open(path).unwrap()),
            |path| FileStore::read(path).unwrap(),
        ),
        #[cfg(feature = "sqlite")]
        (
            "sqlite",
            |path| Box::new(SqliteStore::open(path).unwrap()),
            |path| SqliteStore::read(path).unwrap(),
        ),
    ];
    for (name, open, read) in stores {
        let (path, copy) = (folder.join(name), folder.join("copy"));
        let loaded = || open(&path).load().unwrap().generations;
        open(&path).apply(&changes()).unwrap();
        open(&path).apply(&far(1, 5)).unwrap();
        open(&path).apply(&far(2, 7)).unwrap();
        fs::copy(&path, &copy).unwrap();
        open(&path).apply(&far(1, 6)).unwrap();
        let known = [(1, 6), (2, 7)].into();
        assert_eq!(loaded(), known, "{name}");
        fs::copy(&copy, &path).unwrap();
        assert_eq!((loaded(), read(&path).generations), (known.clone(), known), "{name}");
        // A chat that is over, and one that begins anew, are as the session says.
        let over = Change::Generation { chat: 2, generation: None };
        open(&path).apply(&[far(1, 2), vec![over]].concat()).unwrap();
        assert_eq!(loaded(), [(1, 2)].into(), "{name}");
        // What another login has left says nothing, and nothing of this one stays when it ends.
        let mut store = open(&path);
        store.apply(&[Change::KeyForgotten(DcId::production(2))]).unwrap();
        assert_eq!(store.load().unwrap().generations, [].into(), "{name}");
        drop(store);
        fs::copy(&copy, &path).unwrap();
        assert_eq!(loaded(), [].into(), "{name}");
        open(&path).apply(&far(1, 9)).unwrap();
        let other = Change::Key { dc: DcId::production(2), key: Box::new(key(77)) };
        let mut fresh = open(&folder.join("fresh"));
        fresh.apply(&[other, Change::Home(DcId::production(2))]).unwrap();
        drop(fresh);
        fs::copy(folder.join("fresh"), &path).unwrap();
        assert_eq!(loaded(), [].into(), "{name}");
        for left in ["fresh", "fresh.lock"] {
            let _ = fs::remove_file(folder.join(left));
        }
        #[cfg(unix)]
        assert_eq!(
            place::mode(&fs::metadata(folder.join(format!("{name}.witness"))).unwrap()) & 0o777,
            0o600
        );
    }
}

type Opens = fn(&Path) -> Result<Box<dyn Store>, StoreError>;
type Reads = fn(&Path) -> Result<Snapshot, StoreError>;

/// The stores that are files.
const FILES: &[(&str, Opens, Reads)] = &[
    (
        "file",
        |path| FileStore::open(path).map(|store| Box::new(store) as Box<dyn Store>),
        |path| FileStore::read(path),
    ),
    #[cfg(feature = "sqlite")]
    (
        "sqlite",
        |path| SqliteStore::open(path).map(|store| Box::new(store) as Box<dyn Store>),
        |path| SqliteStore::read(path),
    ),
];

/// What the disk had no room for is written with the next change, whichever chat that is of.
#[test]
fn sc_84_what_the_witness_could_not_be_told_is_told_with_the_next_change() {
    let folder = temporary("witness-full");
    for (name, open, _) in FILES {
        let path = folder.join(name);
        let mut store = open(&path).unwrap();
        store.apply(&[changes(), far(1, 5)].concat()).unwrap();
        // In the way of the file that would take its place.
        let in_the_way = folder.join(format!("{name}.witness.new"));
        fs::create_dir(&in_the_way).unwrap();
        store.apply(&far(1, 6)).unwrap();
        store.apply(&far(2, 7)).unwrap();
        let wanted = [(1, 6), (2, 7)].into();
        assert_eq!(store.load().unwrap().generations, wanted, "{name}");
        fs::remove_dir(&in_the_way).unwrap();
        store.apply(&far(3, 8)).unwrap();
        drop(store);
        let all = [(1, 6), (2, 7), (3, 8)].into();
        assert_eq!(open(&path).unwrap().load().unwrap().generations, all, "{name}");
    }
}

#[test]
fn sc_84_a_witness_that_could_not_be_kept_is_told_when_the_session_is_opened() {
    let folder = temporary("witness-unwritable");
    for (name, open, read) in FILES {
        for has_chats in [false, true] {
            let path = folder.join(format!("{name}-{has_chats}"));
            open(&path).unwrap().apply(&changes()).unwrap();
            if has_chats {
                open(&path).unwrap().apply(&far(1, 5)).unwrap();
            }
            let witness = place::beside(&path, ".witness");
            let in_the_way = place::beside(&witness, ".new");
            fs::create_dir(&in_the_way).unwrap();
            let Err(StoreError::Unwritable { path: told, .. }) = open(&path).map(drop) else {
                panic!("{name}")
            };
            assert_eq!(told, witness);
            // To look at, it is as good as ever.
            assert_eq!(read(&path).unwrap().generations.len(), usize::from(has_chats));
            fs::remove_dir(&in_the_way).unwrap();
            let there = open(&path).unwrap().load().unwrap().generations.len();
            assert_eq!((there, witness.exists()), (usize::from(has_chats), has_chats), "{name}");
            assert!(!in_the_way.exists());
        }
    }
}

#[test]
fn sc_84_what_lies_in_the_place_of_a_witness_and_is_none_is_told() {
    let folder = temporary("witness-folder");
    for (name, open, read) in FILES {
        let path = folder.join(name);
        open(&path).unwrap().apply(&changes()).unwrap();
        let witness = place::beside(&path, ".witness");
        fs::create_dir(&witness).unwrap();
        for error in [open(&path).map(drop).unwrap_err(), read(&path).map(drop).unwrap_err()] {
            let StoreError::Io { path: told, .. } = &error else { panic!("{name}: {error}") };
            assert_eq!(*told, witness);
        }
        fs::remove_dir(&witness).unwrap();
        // Whoever opened a pipe would wait for ever.
        #[cfg(unix)]
        {
            let made = std::process::Command::new("mkfifo").arg(&witness).status().unwrap();
            assert!(made.success());
            for error in [open(&path).map(drop).unwrap_err(), read(&path).map(drop).unwrap_err()] {
                assert!(matches!(error, StoreError::Io { .. }), "{name}: {error}");
            }
            fs::remove_file(&witness).unwrap();
        }
        open(&path).unwrap();
    }
}

/// The login that moves takes its chats along as they are, and its witness too.
#[test]
fn sc_84_the_witness_of_a_login_that_moves_to_another_data_centre_is_that_of_its_new_key() {
    let folder = temporary("witness-moves");
    let (old, new) = (DcId::production(2), DcId::production(4));
    for (name, open, _) in FILES {
        let path = folder.join(name);
        let mut store = open(&path).unwrap();
        let of = |dc, seed| Change::Key { dc, key: Box::new(key(seed)) };
        let authorized = |dc| Change::Authorized { dc, is_authorized: true };
        store.apply(&[of(old, 1), Change::Home(old), authorized(old)]).unwrap();
        store.apply(&far(1, 5)).unwrap();
        store.apply(&[of(new, 2), authorized(new)]).unwrap();
        store.apply(&[Change::Home(new)]).unwrap();
        let known = [(1, 5)].into();
        assert_eq!(store.load().unwrap().generations, known, "{name}");
        drop(store);
        assert_eq!(open(&path).unwrap().load().unwrap().generations, known, "{name}");
    }
}

/// After each of the changes that there are, in the order of a session's life: what is told of it makes it.
#[test]
fn what_is_kept_is_made_by_its_changes_at_each_moment() {
    let (here, there) = (DcId::production(2), DcId::production(4));
    let over = Change::Generation { chat: 1, generation: None };
    let later = [
        far(1, 5),
        vec![
            Change::Home(there),
            Change::KeyForgotten(here),
            over,
            Change::KeyForgotten(there),
            Change::Home(here),
            Change::User(None),
        ],
    ];
    let mut state = Snapshot::default();
    for change in [changes(), later.concat()].concat() {
        state.apply(&[change]);
        let mut made = Snapshot::default();
        made.apply(&state.changes());
        assert_eq!(made, state);
    }
}
