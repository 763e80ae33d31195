//! What cannot be kept is told when it is opened: whatever opens, keeps.
//!
//! Tests run as any user, also as root, whom no permission stops: they put folders in the way, and mount. Mounts need
//! `unshare --user --map-root-user --mount` (util-linux, and a kernel that lets users have namespaces); where it is not to be had,
//! that test says so, and the steps are refused one by one on the model of a disk in `src/client/store/file/tests.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use telewire::client::store::StoreError;

use crate::support::{Kind, after, folder, kinds, login, names};

fn unwritable(kind: Kind, path: &Path) -> (&'static str, String) {
    let error = kind.refusal(path);
    let StoreError::Unwritable { path: told, step, why } = &error else { panic!("{error}") };
    assert_eq!(told, path);
    let text = error.to_string();
    assert!(text.contains("name a file in a folder of your own"), "{text}");
    (step, why.clone())
}

#[test]
fn what_is_in_the_way_of_a_write_is_told_when_it_is_opened() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let path = folder.join("session");
        for is_there in [false, true] {
            if is_there {
                kind.make(&path, 1);
            }
            let before = names(&folder);
            // What is written beside it on the way.
            let on_the_way = match (kind.name, is_there) {
                ("sqlite", true) => "session-journal",
                _ => "session.new",
            };
            let in_the_way = folder.join(on_the_way);
            fs::create_dir_all(in_the_way.join("inner")).unwrap();
            unwritable(kind, &path);
            fs::remove_dir_all(&in_the_way).unwrap();
            assert_eq!(names(&folder), before, "{}", kind.name);
            if is_there {
                assert_eq!((kind.read)(&path), Ok(after(1)));
            }
        }
    }
}

#[test]
fn a_name_that_leaves_no_room_for_those_beside_it_is_told() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        // 255 is the most; `.lock` takes five of them.
        for length in [251, 255, 256] {
            let error = kind.refusal(folder.join("n".repeat(length)));
            let told = matches!(error, StoreError::Unwritable { .. } | StoreError::Io { .. });
            assert!(told, "{error}");
        }
        assert_eq!(names(&folder), [""; 0]);
    }
}

/// Set for the program that runs in a namespace of its own.
const INSIDE: &str = "TELEWIRE_TEST_MOUNTS";

#[test]
fn what_is_mounted_read_only_or_full_is_told_when_it_is_opened() {
    if let Some(folder) = std::env::var_os(INSIDE) {
        return inside(Path::new(&folder));
    }
    let (_guard, folder) = folder();
    let unshare = |program: &Path| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]).arg(program);
        command
    };
    let can = unshare(Path::new("true")).output();
    if !can.is_ok_and(|output| output.status.success()) {
        eprintln!("not tried: there is no `unshare --user --map-root-user --mount` here");
        return;
    }
    let name =
        concat!(module_path!(), "::what_is_mounted_read_only_or_full_is_told_when_it_is_opened");
    let name = name.split_once("::").unwrap().1;
    let mut again = unshare(&std::env::current_exe().unwrap());
    let output =
        again.args(["--exact", name, "--nocapture"]).env(INSIDE, &folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn mount(arguments: &[&str], at: &Path) {
    let output = Command::new("mount").args(arguments).arg(at).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn inside(folder: &Path) {
    for kind in kinds() {
        let own = folder.join(kind.name);
        fs::create_dir(&own).unwrap();
        bound(kind, &own);
        read_only(kind, &own);
        full(kind, &own);
    }
}

fn made(kind: Kind, folder: &Path) -> PathBuf {
    fs::create_dir(folder).unwrap();
    let path = folder.join("session");
    kind.make(&path, 1);
    path
}

/// As containers do with one file. It cannot get another in its place; SQLite writes into the one that is there.
fn bound(kind: Kind, folder: &Path) {
    let path = made(kind, &folder.join("bound"));
    mount(&["--bind", path.to_str().unwrap()], &path);
    match kind.name {
        "file" => assert_eq!(unwritable(kind, &path).0, "replace"),
        _ => assert_eq!(kind.make(&path, 2), after(2)),
    }
    assert_eq!(names(path.parent().unwrap()), ["session", "session.lock"]);
    // The file alone is read-only.
    mount(&["-o", "remount,bind,ro"], &path);
    unwritable(kind, &path);
    (kind.read)(&path).unwrap();
}

fn read_only(kind: Kind, folder: &Path) {
    let path = made(kind, &folder.join("read-only"));
    let own = path.parent().unwrap();
    mount(&["--bind", own.to_str().unwrap()], own);
    mount(&["-o", "remount,bind,ro"], own);
    assert_eq!(unwritable(kind, &path).0, "lock");
    assert_eq!(unwritable(kind, &own.join("new")).0, "lock");
    assert_eq!((kind.read)(&path), Ok(after(1)));
}

/// Filled to the last byte, and with less and less room taken: what opens, keeps.
fn full(kind: Kind, folder: &Path) {
    for is_there in [true, false] {
        let own = folder.join(if is_there { "full" } else { "full-new" });
        fs::create_dir(&own).unwrap();
        mount(&["-t", "tmpfs", "-o", "size=256k", "tmpfs"], &own);
        let path = own.join("session");
        if is_there {
            kind.make(&path, 1);
        }
        let filler = own.join("filler");
        let _ = fs::write(&filler, vec![0; 1 << 20]);
        let before = names(&own);
        unwritable(kind, &path);
        assert_eq!(names(&own), before, "{}", kind.name);
        if is_there {
            assert_eq!((kind.read)(&path), Ok(after(1)));
        }
        fs::remove_file(&filler).unwrap();
        kind.open(&path).unwrap().apply(&login(2)).unwrap();
        assert_eq!((kind.read)(&path), Ok(after(2)));
    }
}
