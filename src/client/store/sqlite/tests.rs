//! Files that are cut, flipped, newer or full, and crashes between any two statements.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;
use crate::client::store::SecretRows;
use crate::client::store::tests::{Folder, changes, full, key, secrets, temporary};
use crate::ids::DcId;

/// A folder with a session that has everything.
fn session(name: &str) -> (Folder, PathBuf) {
    let folder = temporary(name);
    let path = folder.join("session");
    SqliteStore::open(&path).unwrap().apply(&changes()).unwrap();
    (folder, path)
}

/// Puts a file in the session's place, and opens that.
fn open_with(path: &Path, bytes: &[u8]) -> Result<Snapshot, StoreError> {
    for left in ["-journal", "-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, left));
    }
    fs::write(path, bytes).unwrap();
    SqliteStore::open(path)?.load()
}

/// The next state.
fn next() -> ([Change; 3], Snapshot) {
    let addresses = (1..=200).map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect();
    let two = DcId::production(2);
    let batch = [
        Change::User(None),
        Change::Key { dc: two, key: Box::new(key(9)) },
        Change::Addresses { dc: two, addresses },
    ];
    let mut new = full();
    new.apply(&batch);
    (batch, new)
}

#[test]
fn a_session_is_found_again_and_locked() {
    let folder = temporary("sqlite");
    let path = folder.join("session");
    let mut store = SqliteStore::open(&path).unwrap();
    store.apply(&changes()).unwrap();
    let in_use = SqliteStore::open(&path).unwrap_err();
    assert_eq!(in_use, StoreError::InUse { path: path.clone() });
    drop(store);
    assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(full()));
}

#[test]
fn cf_22_a_batch_of_which_a_part_fails_changes_nothing() {
    let folder = temporary("sqlite-batch");
    let mut store = SqliteStore::open(folder.join("session")).unwrap();
    store.apply(&changes()).unwrap();
    let forbid = "CREATE TRIGGER no BEFORE UPDATE OF home_number ON account
                  BEGIN SELECT RAISE(ABORT, 'no'); END";
    store.database.execute_batch(forbid).unwrap();
    let batch = [Change::User(None), Change::Home(DcId::test(3))];
    assert!(matches!(store.apply(&batch), Err(StoreError::Sqlite { .. })));
    assert_eq!(store.load(), Ok(full()));
}

#[test]
fn what_is_no_session_is_refused_and_untouched() {
    let folder = temporary("sqlite-damaged");
    let path = folder.join("session");
    fs::write(&path, "[App data]\n".repeat(500)).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = SqliteStore::open(&path).unwrap_err();
        assert_eq!(error, StoreError::Exposed { path: path.clone(), mode: 0o644 });
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let bytes = fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error, StoreError::Damaged { path: path.clone(), flaw: Flaw::Kind });
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_newer_version_another_application_and_every_other_value_are_refused() {
    let folder = temporary("sqlite-newer");
    for (name, sql, flaw) in [
        ("newer", "PRAGMA user_version = 7", Flaw::Newer { version: 7, known: 5 }),
        ("other", "PRAGMA application_id = 1", Flaw::Kind),
        ("none", "PRAGMA user_version = 0", Flaw::Kind),
        ("key", "UPDATE dc SET auth_key = zeroblob(256) WHERE number = 2", Flaw::Checksum),
        ("swapped", "UPDATE dc SET number = 3 WHERE number = 2", Flaw::Checksum),
        ("salt", "UPDATE dc SET salt = salt + 1 WHERE number = 2", Flaw::Checksum),
        ("user", "UPDATE account SET user_id = 1", Flaw::Checksum),
        ("port", "UPDATE address SET port = 1", Flaw::Checksum),
        ("secret", "UPDATE secret SET value = x'01' WHERE chat = 1", Flaw::Checksum),
        ("unsigned", "UPDATE account SET checksum = NULL", Flaw::Checksum),
        (
            "short",
            "UPDATE dc SET auth_key = x'00' WHERE auth_key IS NOT NULL",
            Flaw::Value { field: "auth_key" },
        ),
        ("address", "UPDATE address SET ip = 'x'", Flaw::Value { field: "address" }),
        ("account", "DELETE FROM account", Flaw::Value { field: "account" }),
    ] {
        let path = folder.join(name);
        let mut store = SqliteStore::open(&path).unwrap();
        store.apply(&changes()).unwrap();
        store.database.execute_batch(sql).unwrap();
        // Nor is it given another checksum by the next change.
        if flaw == Flaw::Checksum {
            let damaged = StoreError::Damaged { path: path.clone(), flaw };
            assert_eq!(store.apply(&[Change::User(None)]), Err(damaged), "{name}");
        }
        drop(store);
        let error = SqliteStore::open(&path).unwrap_err();
        assert_eq!(error, StoreError::Damaged { path, flaw }, "{name}");
    }
}

#[test]
fn an_empty_file_and_an_empty_database_are_no_sessions() {
    let (_folder, path) = session("sqlite-empty");
    assert_eq!(
        open_with(&path, b""),
        Err(StoreError::Damaged { path: path.clone(), flaw: Flaw::Empty })
    );
    assert_eq!(fs::read(&path).unwrap(), b"");
    // Not even with a journal that SQLite would remove.
    let journal = beside(&path, "-journal");
    fs::write(&journal, [1; 600]).unwrap();
    SqliteStore::open(&path).unwrap_err();
    assert_eq!(fs::read(&journal).unwrap(), [1; 600]);
    fs::remove_file(&path).unwrap();
    // Gone is something else: that begins anew, and what was left of the one before does no harm.
    assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(Snapshot::default()));
    assert!(!journal.exists());
    let other = path.with_file_name("other");
    let database = Connection::open(&other).unwrap();
    database.execute_batch("CREATE TABLE t (a); DROP TABLE t").unwrap();
    drop(database);
    let bytes = fs::read(&other).unwrap();
    fs::write(&path, &bytes).unwrap();
    assert_eq!(
        SqliteStore::open(&path).unwrap_err(),
        StoreError::Damaged { path: path.clone(), flaw: Flaw::Kind }
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn cf_22_a_crash_while_a_session_is_made_leaves_none() {
    let folder = temporary("sqlite-made");
    let path = folder.join("session");
    for left in ["session.new", "session.new-journal", "session-journal", "session-wal"] {
        fs::write(folder.join(left), [7; 5_000]).unwrap();
    }
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.load(), Ok(Snapshot::default()));
    store.apply(&changes()).unwrap();
    drop(store);
    assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(full()));
    let mut files: Vec<_> =
        fs::read_dir(&*folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["session", "session.lock"]);
}

/// What versions without updates have.
fn bare() -> Snapshot {
    Snapshot { updates: crate::updates::Kept::default(), ..without_secrets() }
}

/// What versions without secret chats have.
fn without_secrets() -> Snapshot {
    Snapshot { secrets: SecretRows::default(), ..full() }
}

#[test]
fn version_3_is_read_as_it_is_and_given_a_table_for_secret_chats() {
    let (_folder, path) = session("sqlite-three");
    let database = Connection::open(&path).unwrap();
    let three = "DROP TABLE secret; PRAGMA user_version = 3";
    database.execute_batch(three).unwrap();
    let checksum = rows::checksum(&without_secrets());
    database.execute("UPDATE account SET checksum = ?1", [checksum]).unwrap();
    drop(database);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(SqliteStore::read(&path), Ok(without_secrets()));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    for _ in 0..2 {
        assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(without_secrets()));
    }
    SqliteStore::open(&path).unwrap().apply(&[secrets(1)]).unwrap();
    assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(full()));
}

#[test]
fn version_2_is_read_as_it_is_and_given_tables_for_updates() {
    let (_folder, path) = session("sqlite-two");
    let database = Connection::open(&path).unwrap();
    let two = "DROP TABLE updates; DROP TABLE channel; DROP TABLE peer; DROP TABLE context; DROP TABLE secret;
        PRAGMA user_version = 2";
    database.execute_batch(two).unwrap();
    database.execute("UPDATE account SET checksum = ?1", [rows::checksum(&bare())]).unwrap();
    drop(database);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(SqliteStore::read(&path), Ok(bare()));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    for _ in 0..2 {
        assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(bare()));
    }
    let change = Change::Updates(Box::new(crate::client::store::tests::checkpoint()));
    SqliteStore::open(&path).unwrap().apply(&[change, secrets(1)]).unwrap();
    assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(full()));
    // What has another sum is not believed.
    let database = Connection::open(&path).unwrap();
    database.execute_batch(two).unwrap();
    drop(database);
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Damaged { .. })));
}

#[test]
fn version_1_is_given_a_checksum() {
    let (_folder, path) = session("sqlite-one");
    let database = Connection::open(&path).unwrap();
    let one = "ALTER TABLE account DROP COLUMN checksum; DROP TABLE updates; DROP TABLE channel; DROP TABLE peer;
        DROP TABLE context; DROP TABLE secret; PRAGMA user_version = 1";
    database.execute_batch(one).unwrap();
    drop(database);
    for _ in 0..2 {
        assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(bare()));
    }
    let database = Connection::open(&path).unwrap();
    // Who says it has none, and has one, is not believed.
    database.execute_batch("PRAGMA user_version = 1").unwrap();
    drop(database);
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Sqlite { .. })));
}

#[test]
fn cf_22_a_file_cut_anywhere_is_refused_and_untouched() {
    let (_folder, path) = session("sqlite-cut");
    let good = fs::read(&path).unwrap();
    let pages = (0..good.len()).step_by(512);
    let around = pages.flat_map(|end| [end, end + 1, end + 511]);
    for length in around.filter(|length| *length < good.len()) {
        let cut = &good[..length];
        let state = open_with(&path, cut);
        assert!(state.is_err(), "{length}: {state:?}");
        assert_eq!(fs::read(&path).unwrap(), cut, "{length}");
    }
    assert_eq!(open_with(&path, &good), Ok(full()));
}

/// On small pages, where few bytes say nothing.
#[test]
fn cf_22_every_flipped_byte_is_an_error_or_changes_nothing() {
    let (_folder, path) = session("sqlite-flipped");
    let database = Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA page_size = 512; VACUUM").unwrap();
    drop(database);
    let good = fs::read(&path).unwrap();
    assert_eq!(open_with(&path, &good), Ok(full()));
    let mut refused = 0;
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= [0x01, 0x80, 0xff][place % 3];
        // What is opened goes to the disk, for which thousands of times are too many.
        let found = if place % 8 == 0 {
            open_with(&path, &bytes)
        } else {
            fs::write(&path, &bytes).unwrap();
            SqliteStore::read(&path)
        };
        match found {
            Ok(state) => assert_eq!(state, full(), "byte {place}"),
            Err(_) => refused += 1,
        }
    }
    // The keys alone have as many.
    assert!(refused > 2 * 256, "{refused}");
}

#[test]
fn cf_22_a_full_disk_is_told_and_nothing_is_lost() {
    let (_folder, path) = session("sqlite-disk");
    let mut store = SqliteStore::open(&path).unwrap();
    let (batch, new) = next();
    let pages: u32 =
        store.database.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.database.pragma_update(None, "max_page_count", pages).unwrap();
    let full_disk =
        StoreError::Io { doing: "write", path: path.clone(), kind: ErrorKind::StorageFull };
    assert_eq!(store.apply(&batch), Err(full_disk));
    assert_eq!(store.load(), Ok(full()));
    // When there is room again, it goes on.
    store.database.pragma_update(None, "max_page_count", 1_000).unwrap();
    store.apply(&batch).unwrap();
    drop(store);
    assert_eq!(SqliteStore::open(&path).unwrap().load(), Ok(new));
}

/// A crash is a copy of the files at that moment: what a program that is killed leaves.
#[test]
fn cf_22_a_crash_after_any_statement_leaves_the_old_state() {
    let (folder, path) = session("sqlite-crash");
    let (batch, new) = next();
    let (copy, journal) = (folder.join("copy"), folder.join("copy-journal"));
    let mut store = SqliteStore::open(&path).unwrap();
    let old = fs::read(&path).unwrap();
    for done in 0..=batch.len() + 1 {
        let begun = store.database.transaction().unwrap();
        for change in batch.iter().take(done) {
            rows::write(&begun, change, None).unwrap();
        }
        if done > batch.len() {
            rows::write_checksum(&begun, &rows::checksum(&new)).unwrap();
        }
        // All that was written so far goes to the disk, as when memory is short.
        begun.cache_flush().unwrap();
        let written = fs::read(&path).unwrap();
        let undo = fs::read(beside(&path, "-journal"));
        // Dropped, it is rolled back.
        drop(begun);
        assert_eq!(store.load(), Ok(full()), "{done}");
        let Ok(undo) = undo else {
            assert!(done == 0 && written == old);
            continue;
        };
        assert_ne!(written, old, "{done}");
        let crashed = |file: &[u8], undo: &[u8]| {
            fs::write(&copy, file).unwrap();
            private_file(&copy);
            fs::write(&journal, undo).unwrap();
            SqliteStore::open(&copy).unwrap().load()
        };
        assert_eq!(crashed(&written, &undo), Ok(full()), "{done}");
        assert!(!journal.exists());
        // The journal is on the disk before the file is written: whatever there is of it, the file is the old one.
        for length in (0..=undo.len()).step_by(199) {
            assert_eq!(crashed(&old, &undo[..length]), Ok(full()), "{done}: {length}");
        }
    }
    store.apply(&batch).unwrap();
    assert_eq!(store.load(), Ok(new));
}

fn private_file(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let _ = path;
}

/// Another program in the middle of a write: what it holds, until the store waits for it.
static WRITER: Mutex<Option<Connection>> = Mutex::new(None);

fn writer(path: &Path, begin: &str) {
    let database = Connection::open(path).unwrap();
    database.execute_batch(begin).unwrap();
    *WRITER.lock().unwrap() = Some(database);
}

/// What SQLite asks when something is held: the writer ends, and it is tried again.
fn have_it_end(_: i32) -> bool {
    WRITER.lock().unwrap().take().is_some()
}

#[test]
fn another_writer_costs_no_key() {
    let (_folder, path) = session("sqlite-busy");
    let mut store = SqliteStore::open(&path).unwrap();
    let (batch, new) = next();
    let held = ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "BEGIN; SELECT * FROM account"];
    // Who does not end is told of, and nothing is changed.
    store.database.busy_timeout(Duration::ZERO).unwrap();
    for begin in held {
        writer(&path, begin);
        assert_eq!(store.apply(&batch), Err(StoreError::Busy { path: path.clone() }), "{begin}");
        WRITER.lock().unwrap().take();
        assert_eq!(store.load(), Ok(full()), "{begin}");
    }
    // Who ends is waited for, by everything that is done with the store.
    store.database.busy_handler(Some(have_it_end)).unwrap();
    for begin in held {
        writer(&path, begin);
        store.apply(&batch).unwrap();
        assert!(WRITER.lock().unwrap().is_none(), "{begin}: it was not waited for");
        assert_eq!(store.load().as_ref(), Ok(&new), "{begin}");
    }
    writer(&path, "BEGIN EXCLUSIVE");
    assert_eq!(store.load(), Ok(new));
    assert!(WRITER.lock().unwrap().is_none());
}

#[test]
fn a_file_that_another_program_holds_is_said_to_be_busy() {
    let (_folder, path) = session("sqlite-held");
    let mut database = connect(&path, WRITE).unwrap();
    database.busy_timeout(Duration::ZERO).unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let busy = StoreError::Busy { path: path.clone() };
    assert_eq!(check(&database, &path), Err(busy.clone()));
    assert_eq!(load(&database, &path, None), Err(busy.clone()));
    let error = rehearse(&mut database, VERSION).unwrap_err();
    assert_eq!(refused_by("write", &path, &error), busy);
    drop(writer);
    rehearse(&mut database, VERSION).unwrap();
    assert_eq!(load(&database, &path, None), Ok(full()));
}

#[test]
fn version_1_is_read_as_it_is() {
    let (_folder, path) = session("sqlite-read-one");
    let database = Connection::open(&path).unwrap();
    let one = "ALTER TABLE account DROP COLUMN checksum; DROP TABLE updates; DROP TABLE channel; DROP TABLE peer;
        DROP TABLE context; DROP TABLE secret; PRAGMA user_version = 1";
    database.execute_batch(one).unwrap();
    drop(database);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(SqliteStore::read(&path), Ok(bare()));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}
