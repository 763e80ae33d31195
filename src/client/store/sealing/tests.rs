//! Keys, their files, and whatever else may lie there.

use std::fs;
use std::path::Path;

use super::*;
use crate::client::store::tests::{changes, full, secrets, temporary};
use crate::client::store::{Change, FileStore, Snapshot, Store, StoreError};

type Opened = Result<Box<dyn Store>, StoreError>;

/// The stores that can be encrypted.
struct Kind {
    name: &'static str,
    open: fn(&Path, Option<&StoreKey>) -> Opened,
    read: fn(&Path, Option<&StoreKey>) -> Result<Snapshot, StoreError>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "file",
        open: |path, key| {
            Ok(Box::new(match key {
                Some(key) => FileStore::open_encrypted(path, key)?,
                None => FileStore::open(path)?,
            }))
        },
        read: |path, key| match key {
            Some(key) => FileStore::read_encrypted(path, key),
            None => FileStore::read(path),
        },
    },
    #[cfg(feature = "sqlite")]
    Kind {
        name: "sqlite",
        open: |path, key| {
            use crate::client::store::SqliteStore;
            Ok(Box::new(match key {
                Some(key) => SqliteStore::open_encrypted(path, key)?,
                None => SqliteStore::open(path)?,
            }))
        },
        read: |path, key| {
            use crate::client::store::SqliteStore;
            match key {
                Some(key) => SqliteStore::read_encrypted(path, key),
                None => SqliteStore::read(path),
            }
        },
    },
];

fn keys() -> [StoreKey; 2] {
    [StoreKey::bytes(&[7; 32]), StoreKey::passphrase("correct horse")]
}

/// All that lies in a folder.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder).unwrap();
    files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What must not be read: each key, and each row that is long enough to be told from chance.
fn secret_parts(session: &Snapshot) -> Vec<Vec<u8>> {
    let keys = session.dcs.values().filter_map(|record| record.key.as_ref());
    let keys = keys.map(|key| key.auth_key.expose()[..32].to_vec());
    let rows = session.secrets.iter().filter(|(_, value)| value.len() >= 8);
    keys.chain(rows.map(|(_, value)| value.to_vec())).collect()
}

#[test]
fn sc_86_an_encrypted_session_shows_no_key_and_nothing_of_secret_chats_and_is_found_again() {
    for kind in KINDS {
        for key in keys() {
            let folder = temporary(kind.name);
            let path = folder.join("session");
            (kind.open)(&path, Some(&key)).unwrap().apply(&changes()).unwrap();
            assert_eq!((kind.open)(&path, Some(&key)).unwrap().load(), Ok(full()));
            assert_eq!((kind.read)(&path, Some(&key)), Ok(full()));
            // With what changes, too: alone, and with what has all written anew.
            let mut expected = full();
            for more in [vec![secrets(40)], [changes(), vec![secrets(80)]].concat()] {
                let mut store = (kind.open)(&path, Some(&key)).unwrap();
                store.apply(&more).unwrap();
                expected.apply(&more);
                assert_eq!(store.load(), Ok(expected.clone()), "{}", kind.name);
                drop(store);
                assert_eq!((kind.read)(&path, Some(&key)), Ok(expected.clone()), "{}", kind.name);
            }
            let bytes = bytes_of(&folder);
            let parts = secret_parts(&expected);
            assert!(parts.len() >= 4);
            for part in &parts {
                assert!(!has(&bytes, part), "{} {key:?}", kind.name);
            }
            // The same without a key has all of it.
            let plain = temporary("plain");
            (kind.open)(&plain.join("session"), None).unwrap().apply(&changes()).unwrap();
            let bytes = bytes_of(&plain);
            assert!(secret_parts(&full()).iter().all(|part| has(&bytes, part)), "{}", kind.name);
        }
    }
}

#[test]
fn sc_86_another_key_or_none_is_told_and_changes_nothing() {
    for kind in KINDS {
        let folder = temporary(kind.name);
        let path = folder.join("session");
        let wrong = StoreError::WrongKey { path: path.clone() };
        let none = StoreError::Encrypted { path: path.clone() };
        for (number, key) in keys().iter().enumerate() {
            let path = &path;
            let _ = fs::remove_file(path);
            (kind.open)(path, Some(key)).unwrap().apply(&changes()).unwrap();
            let before = fs::read(path).unwrap();
            let others = [
                StoreKey::bytes(&[8; 32]),
                StoreKey::passphrase("correct horse "),
                StoreKey::passphrase(""),
                if number == 0 { StoreKey::passphrase("x") } else { StoreKey::bytes(&[7; 32]) },
            ];
            for other in &others {
                assert_eq!((kind.open)(path, Some(other)).err(), Some(wrong.clone()), "{other:?}");
                assert_eq!((kind.read)(path, Some(other)), Err(wrong.clone()), "{other:?}");
            }
            assert_eq!((kind.open)(path, None).err(), Some(none.clone()));
            assert_eq!((kind.read)(path, None), Err(none.clone()));
            assert_eq!(fs::read(path).unwrap(), before, "{}", kind.name);
            assert_eq!((kind.read)(path, Some(key)), Ok(full()));
        }
    }
    let wrong = StoreError::WrongKey { path: "x".into() }.to_string();
    assert_eq!(wrong, "x is encrypted with another key or passphrase than the one that was given");
}

/// A session that is there and is not encrypted is by being opened with a key. Another key is had by another file.
#[test]
fn sc_86_a_session_is_encrypted_when_it_is_opened_with_a_key() {
    for kind in KINDS {
        for key in keys() {
            let folder = temporary(kind.name);
            let path = folder.join("session");
            (kind.open)(&path, None).unwrap().apply(&changes()).unwrap();
            // To look at it changes nothing.
            assert_eq!((kind.read)(&path, Some(&key)), Ok(full()));
            assert_eq!((kind.read)(&path, None), Ok(full()));
            assert_eq!((kind.open)(&path, Some(&key)).unwrap().load(), Ok(full()));
            assert!((kind.read)(&path, None).is_err());
            let bytes = bytes_of(&folder);
            for part in secret_parts(&full()) {
                assert!(!has(&bytes, &part), "{}", kind.name);
            }
            // Nothing of the key either.
            assert!(!has(&bytes, &[7; 32]) && !has(&bytes, b"correct horse"));
            assert_eq!((kind.open)(&path, Some(&key)).unwrap().load(), Ok(full()));
        }
    }
}

#[test]
fn sc_86_every_flipped_byte_of_an_encrypted_file_is_told() {
    let folder = temporary("flipped");
    let path = folder.join("session");
    let key = StoreKey::bytes(&[7; 32]);
    FileStore::open_encrypted(&path, &key).unwrap().apply(&changes()).unwrap();
    let bytes = fs::read(&path).unwrap();
    for place in (0..bytes.len()).step_by(3).chain(0..MORE + 8) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        fs::write(&path, &flipped).unwrap();
        let error = FileStore::read_encrypted(&path, &key).unwrap_err();
        let is_told = match &error {
            StoreError::Damaged { .. } => true,
            // The check, and what it is that was given.
            StoreError::WrongKey { .. } => (12..16).contains(&place) || (44..60).contains(&place),
            _ => false,
        };
        assert!(is_told, "{place}: {error:?}");
    }
    for length in (0..bytes.len()).step_by(7) {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = FileStore::read_encrypted(&path, &key).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{length}: {error:?}");
    }
}

/// A row that is put in the place of another is no row, whoever has written it there.
#[cfg(feature = "sqlite")]
#[test]
fn sc_86_a_sealed_row_is_no_other_row() {
    use crate::client::store::SqliteStore;
    let folder = temporary("rows");
    let path = folder.join("session");
    let key = StoreKey::bytes(&[7; 32]);
    SqliteStore::open_encrypted(&path, &key).unwrap().apply(&changes()).unwrap();
    for swap in [
        "UPDATE secret SET value = (SELECT value FROM secret WHERE chat = 3) WHERE chat = 1",
        "UPDATE dc SET auth_key = (SELECT auth_key FROM dc WHERE number = 2) WHERE number = 4",
        "UPDATE sealed SET header = x'00'",
        "DELETE FROM sealed",
    ] {
        let copy = folder.join("copy");
        fs::copy(&path, &copy).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute(swap, []).unwrap();
        let error = SqliteStore::read_encrypted(&copy, &key).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{swap}: {error:?}");
    }
}

/// Each is sealed with a nonce of its own, so that the same twice is not the same.
#[test]
fn sc_86_what_is_sealed_is_opened_under_its_name_alone() {
    let sealing = Sealing::new(&StoreKey::bytes(&[7; 32])).unwrap();
    let [one, two] = [(); 2].map(|()| sealing.seal(b"a", b"content").unwrap());
    assert!(one[..24] != two[..24] && one[40..] != two[40..]);
    for sealed in [&one, &two] {
        assert_eq!(sealing.open(b"a", sealed).unwrap()[..], *b"content");
        assert_eq!(sealing.open(b"b", sealed), Err(Flaw::Checksum));
        assert_eq!(sealing.open(b"", sealed), Err(Flaw::Checksum));
    }
    let other = Sealing::new(&StoreKey::bytes(&[9; 32])).unwrap();
    assert_eq!(other.open(b"a", &one), Err(Flaw::Checksum));
    for passphrase in ["", "correct horse"] {
        let key = StoreKey::passphrase(passphrase);
        let (one, two) = (Sealing::new(&key).unwrap(), Sealing::new(&key).unwrap());
        assert_ne!(one.header()[28..44], two.header()[28..44], "the salt is drawn");
        assert!(Sealing::of(&key, one.header()).is_ok());
    }
}

/// Whoever writes the file chooses what the passphrase costs.
#[test]
fn sc_86_a_file_that_asks_for_too_much_is_damaged() {
    let key = StoreKey::passphrase("x");
    let header = *Sealing::new(&key).unwrap().header();
    for (place, number) in [
        (16, MOST.memory + 1),
        (20, MOST.passes + 1),
        (24, MOST.lanes + 1),
        (16, 0),
        (20, 0),
        (24, 0),
        (16, u32::MAX),
    ] {
        let mut asking = header;
        asking[place..place + 4].copy_from_slice(&number.to_le_bytes());
        let error = Sealing::of(&key, &asking).unwrap_err();
        assert_eq!(error, Unopened::Flaw(Flaw::Value { field: "cost" }), "{place} {number}");
    }
    for (place, number) in [(8, 2), (12, 2)] {
        let mut other = header;
        other[place] = number;
        assert!(matches!(Sealing::of(&key, &other), Err(Unopened::Flaw(_))), "{place}");
    }
    for length in 0..HEADER {
        assert!(Sealing::of(&key, &header[..length]).is_err());
    }
}

/// Nothing is written that is not encrypted, nor under a nonce that was not drawn; and what is wrong is not the file or the key.
#[test]
fn sc_86_a_system_without_randomness_or_memory_is_what_is_told() {
    let none: Random = |_| Err(ErrorKind::ResourceBusy.into());
    let refused = Sealing::new_by(&StoreKey::passphrase("x"), none).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ResourceBusy);
    let mut sealing = Sealing::new(&StoreKey::bytes(&[7; 32])).unwrap();
    sealing.random = none;
    let refused = sealing.seal(b"a", b"content").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ResourceBusy);
    let refused = blocks(usize::MAX).map(drop).unwrap_err();
    assert_eq!(refused, Unopened::Io(ErrorKind::OutOfMemory));
    let told = crate::client::store::file::unopened(refused, Path::new("name"));
    let (path, kind) = ("name".into(), ErrorKind::OutOfMemory);
    assert_eq!(told, StoreError::Io { doing: "decrypt", path, kind });
    // The session on the disk stays as it is.
    let folder = temporary("sealing-no-randomness");
    let key = &StoreKey::bytes(&[7; 32]);
    let (doing, kind) = (crate::client::store::file::ENCRYPT, ErrorKind::ResourceBusy);
    let path = folder.join("file");
    let mut store = FileStore::open_encrypted(&path, key).unwrap();
    store.apply(&changes()).unwrap();
    store.without_randomness(none);
    assert_eq!(store.apply(&[secrets(9)]), Err(StoreError::Io { doing, path: path.clone(), kind }));
    drop(store);
    assert_eq!(FileStore::read_encrypted(&path, key), Ok(full()));
    #[cfg(feature = "sqlite")]
    {
        use crate::client::store::SqliteStore;
        let path = folder.join("sqlite");
        let mut store = SqliteStore::open_encrypted(&path, key).unwrap();
        store.apply(&changes()).unwrap();
        store.without_randomness(none);
        assert_eq!(
            store.apply(&[secrets(9)]),
            Err(StoreError::Io { doing, path: path.clone(), kind })
        );
        drop(store);
        assert_eq!(SqliteStore::read_encrypted(&path, key), Ok(full()));
    }
}

/// The same as Argon2's own function gives, whose memory is not wiped.
#[test]
fn sc_86_the_key_of_a_passphrase_is_that_of_argon2id() {
    let cost = Cost { memory: 64, passes: 2, lanes: 2 };
    let made = derive(&StoreKey::passphrase("correct horse"), 1, cost, &[5; 16]).unwrap();
    let params = Params::new(64, 2, 2, Some(32)).unwrap();
    let mut expected = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(b"correct horse", &[5; 16], &mut expected).unwrap();
    assert_eq!(**made, expected);
}

/// A copy of a process draws other nonces than the process does: there is no state of ours that could be copied.
#[test]
fn sc_86_nonces_are_the_system_s_each_time() {
    thread_local!(static DRAWN: std::cell::Cell<u8> = const { std::cell::Cell::new(0) });
    let mut sealing = Sealing::new(&StoreKey::bytes(&[7; 32])).unwrap();
    sealing.random = |out| {
        DRAWN.set(DRAWN.get() + 1);
        out.fill(DRAWN.get());
        Ok(())
    };
    for drawn in 1..4 {
        let sealed = sealing.seal(b"a", b"content").unwrap();
        assert_eq!(sealed[..24], [drawn; 24]);
    }
}

#[test]
fn sc_86_a_key_is_never_printed() {
    let printed =
        format!("{:?} {:?}", StoreKey::passphrase("correct horse"), StoreKey::bytes(&[7; 32]));
    assert_eq!(printed, "StoreKey(passphrase) StoreKey(bytes)");
}

/// From each key to each other, from none, and to none; whatever there is goes along.
#[test]
fn sc_86_a_session_is_kept_under_another_key_or_none_as_it_is() {
    let folder = temporary("sealing-another-key");
    let [first, second] = keys();
    let keys = [None, Some(&first), Some(&second)];
    let mut count = 0;
    for (from, to) in keys.iter().flat_map(|from| keys.iter().map(move |to| (*from, *to))) {
        for (old, new) in KINDS.iter().flat_map(|old| KINDS.iter().map(move |new| (old, new))) {
            count += 1;
            let paths = ["old", "new"].map(|name| folder.join(format!("{count}-{name}")));
            let mut store = (old.open)(&paths[0], from).unwrap();
            let far = Change::Generation { chat: 1, generation: Some(9) };
            store.apply(&[changes(), vec![far]].concat()).unwrap();
            drop(store);
            let read = (old.read)(&paths[0], from).unwrap();
            assert_eq!(read, Snapshot { generations: [(1, 9)].into(), ..full() });
            (new.open)(&paths[1], to).unwrap().apply(&read.changes()).unwrap();
            assert_eq!((new.read)(&paths[1], to).unwrap(), read, "{} to {}", old.name, new.name);
        }
    }
}
