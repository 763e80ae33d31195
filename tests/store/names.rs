//! One session, whatever it is called.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use telewire::client::store::{FileStore, Store, StoreError};

use crate::support::{after, folder, kinds, login, names};

/// The folder of a program is one for all its threads: tests that change it take turns, and no other uses a relative name.
static CURRENT: Mutex<()> = Mutex::new(());

#[test]
fn a_relative_name_is_of_the_folder_at_the_time_of_opening() {
    let _turn = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    for kind in kinds() {
        for name in ["session", "./session", "inner/../session", "inner/session", "../one/session"]
        {
            let (_guard, folder) = folder();
            let (one, other) = (folder.join("one"), folder.join("other"));
            fs::create_dir_all(one.join("inner")).unwrap();
            fs::create_dir_all(other.join("inner")).unwrap();
            std::env::set_current_dir(&one).unwrap();
            let mut store = kind.open(name).unwrap();
            // As a daemon does.
            std::env::set_current_dir(&other).unwrap();
            store.apply(&login(1)).unwrap();
            std::env::set_current_dir("/").unwrap();
            store.apply(&login(2)).unwrap();
            let in_use = kind.refusal(one.join(name));
            assert_eq!(in_use, StoreError::InUse { path: one.join(name) });
            drop(store);
            assert_eq!((kind.read)(&one.join(name)), Ok(after(2)), "{} {name}", kind.name);
            assert_eq!(names(&other), ["inner"], "{} {name}", kind.name);
            assert_eq!(names(&other.join("inner")), [""; 0]);
        }
    }
}

/// Ways to a file, each with a name.
fn ways(folder: &Path) -> Vec<PathBuf> {
    let real = folder.join("real");
    fs::create_dir_all(real.join("inner")).unwrap();
    fs::create_dir(folder.join("links")).unwrap();
    let link =
        |target: &Path, name: &str| symlink(target, folder.join("links").join(name)).unwrap();
    link(&real.join("session"), "absolute");
    link(Path::new("../real/session"), "relative");
    link(Path::new("relative"), "chain");
    link(Path::new("chain"), "longer");
    link(&real, "folder");
    link(Path::new("folder"), "folders");
    link(&real.join("inner"), "inner");
    let links = ["absolute", "relative", "chain", "longer"];
    let through = ["folder/session", "folders/session", "inner/../session", "folder/./session"];
    let mut ways: Vec<_> =
        links.iter().chain(&through).map(|name| folder.join("links").join(name)).collect();
    ways.push(folder.join("real//inner/../session"));
    ways.push(real.join("session"));
    ways
}

#[test]
fn one_session_under_two_names_is_in_use() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let ways = ways(&folder);
        kind.make(folder.join("real/session"), 1);
        let links = names(&folder.join("links"));
        for first in &ways {
            let mut store = kind.open(first).unwrap();
            for second in &ways {
                let in_use = StoreError::InUse { path: second.clone() };
                assert_eq!(kind.refusal(second), in_use, "{}", first.display());
            }
            store.apply(&login(2)).unwrap();
            drop(store);
            assert_eq!((kind.read)(&folder.join("real/session")), Ok(after(2)));
            // A link stays a link, and has nothing beside it.
            for way in ways.iter().take(4) {
                assert!(way.is_symlink(), "{}", way.display());
            }
            assert_eq!(names(&folder.join("links")), links);
            assert_eq!(names(&folder.join("real")), ["inner", "session", "session.lock"]);
        }
    }
}

#[test]
fn a_session_that_is_not_there_yet_has_one_name_too() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let ways = ways(&folder);
        // Those that go through folders: a link to it leads nowhere yet.
        for first in &ways[4..] {
            let mut store = kind.open(first).unwrap();
            for second in &ways[4..] {
                assert_eq!(kind.refusal(second), StoreError::InUse { path: second.clone() });
            }
            store.apply(&login(1)).unwrap();
            drop(store);
            assert_eq!(names(&folder.join("real")), ["inner", "session", "session.lock"]);
            fs::remove_file(folder.join("real/session")).unwrap();
        }
    }
}

#[test]
fn a_link_that_leads_nowhere_is_an_error_that_says_where() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let ways = ways(&folder);
        let target = folder.join("real/session");
        for way in &ways[..4] {
            let error = kind.refusal(way);
            let StoreError::Dangling { path, target: told } = &error else { panic!("{error}") };
            let told = fs::canonicalize(told.parent().unwrap()).unwrap().join("session");
            assert_eq!((path, told), (way, target.clone()));
            assert!(error.to_string().contains("put the session there, or remove the link"));
            assert_eq!((kind.read)(way), Err(error.clone()));
            assert!(way.is_symlink());
        }
        // A folder that a link leads to, which is not there.
        symlink("nowhere", folder.join("gone")).unwrap();
        let error = kind.refusal(folder.join("gone/session"));
        assert!(matches!(error, StoreError::Io { kind: ErrorKind::NotFound, .. }), "{error}");
        assert_eq!(names(&folder), ["gone", "links", "real"]);
        assert_eq!(names(&folder.join("real")), ["inner"]);
    }
}

#[test]
fn links_in_a_circle_are_an_error() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        for (name, target) in [("self", "self"), ("one", "two"), ("two", "three"), ("three", "one")]
        {
            symlink(target, folder.join(name)).unwrap();
        }
        for name in ["self", "one", "two", "self/session", "one/session"] {
            let error = kind.refusal(folder.join(name));
            let StoreError::Io { path, .. } = &error else { panic!("{error}") };
            assert_eq!(path, &folder.join(name));
        }
        assert_eq!(names(&folder), ["one", "self", "three", "two"]);
    }
}

#[test]
fn a_link_that_is_changed_meanwhile_does_not_take_the_session_along() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        kind.make(folder.join("first"), 1);
        kind.make(folder.join("second"), 2);
        let link = folder.join("link");
        symlink("first", &link).unwrap();
        let mut store = kind.open(&link).unwrap();
        fs::remove_file(&link).unwrap();
        symlink("second", &link).unwrap();
        store.apply(&login(3)).unwrap();
        assert_eq!((kind.read)(&folder.join("first")), Ok(after(3)));
        assert_eq!((kind.read)(&folder.join("second")), Ok(after(2)));
        drop(kind.open(&link).unwrap());
    }
}

#[test]
fn a_folder_that_is_moved_gets_nothing_and_neither_does_what_takes_its_place() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let (one, moved) = (folder.join("up/one"), folder.join("up/moved"));
        fs::create_dir_all(&one).unwrap();
        kind.make(one.join("session"), 1);
        let mut store = kind.open(one.join("session")).unwrap();
        let gone = StoreError::Moved { path: one.join("session") };
        fs::rename(&one, &moved).unwrap();
        assert_eq!(store.apply(&login(2)), Err(gone.clone()));
        // Another folder, with a session of its own and without.
        for has_session in [true, false] {
            fs::create_dir(&one).unwrap();
            if has_session {
                kind.make(one.join("session"), 9);
            }
            let before = names(&one);
            assert_eq!(store.apply(&login(2)), Err(gone.clone()));
            assert_eq!(names(&one), before);
            if has_session {
                assert_eq!((kind.read)(&one.join("session")), Ok(after(9)));
            }
            fs::remove_dir_all(&one).unwrap();
        }
        assert_eq!(store.load(), Ok(after(1)));
        // A folder further up is the same.
        fs::rename(&moved, &one).unwrap();
        fs::rename(folder.join("up"), folder.join("there")).unwrap();
        assert_eq!(store.apply(&login(2)), Err(gone));
        // Where it was opened, it goes on.
        fs::rename(folder.join("there"), folder.join("up")).unwrap();
        store.apply(&login(2)).unwrap();
        drop(store);
        assert_eq!((kind.read)(&one.join("session")), Ok(after(2)));
    }
}

#[test]
fn a_lock_that_somebody_removed_is_taken_again_before_anything_is_written() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let path = folder.join("session");
        kind.make(&path, 1);
        let mut first = kind.open(&path).unwrap();
        fs::remove_file(folder.join("session.lock")).unwrap();
        // Nobody can know by now.
        let mut second = kind.open(&path).unwrap();
        assert_eq!(first.apply(&login(3)), Err(StoreError::InUse { path: path.clone() }));
        second.apply(&login(2)).unwrap();
        assert_eq!((kind.read)(&path), Ok(after(2)));
        drop(second);
        fs::remove_file(folder.join("session.lock")).unwrap();
        first.apply(&login(3)).unwrap();
        assert_eq!(kind.refusal(&path), StoreError::InUse { path: path.clone() });
    }
}

#[test]
fn a_hard_link_is_another_file_from_the_first_write_on() {
    let (_guard, folder) = folder();
    let (path, other) = (folder.join("session"), folder.join("other"));
    FileStore::open(&path).unwrap().apply(&login(1)).unwrap();
    fs::hard_link(&path, &other).unwrap();
    let mut store = FileStore::open(&path).unwrap();
    store.apply(&login(2)).unwrap();
    assert_eq!(FileStore::read(&other), Ok(after(1)));
    drop(store);
    assert_eq!(FileStore::read(&path), Ok(after(2)));
}

#[test]
fn a_store_says_which_file_it_is() {
    let (_guard, folder) = folder();
    symlink("inner", folder.join("link")).unwrap();
    fs::create_dir(folder.join("inner")).unwrap();
    let store = FileStore::open(folder.join("link/session")).unwrap();
    assert_eq!(store.path(), folder.join("inner/session"));
}
