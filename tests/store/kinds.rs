//! What is no file: a true error, no waiting, and nothing left behind.

use std::io::ErrorKind;
use std::path::Path;

use telewire::client::store::{Flaw, StoreError};

use crate::support::{after, folder, kinds, names};

#[test]
fn a_folder_and_what_is_called_as_one_is_no_session() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        std::fs::create_dir(folder.join("inner")).unwrap();
        for name in ["", "inner", "inner/", "inner/..", "inner/.", "new/", "none/.."] {
            let path = folder.join(name);
            let expected = StoreError::NotAFile { path: path.clone(), what: "a folder" };
            assert_eq!(kind.refusal(&path), expected);
            assert!(expected.to_string().contains("name a file"), "{expected}");
        }
        for root in [".", "..", "/"] {
            let error = kind.refusal(root);
            assert!(matches!(error, StoreError::NotAFile { what: "a folder", .. }), "{error}");
        }
        assert!(matches!(kind.refusal(""), StoreError::Io { doing: "find", .. }));
        assert_eq!(names(&folder), ["inner"], "{}", kind.name);
    }
}

#[test]
fn a_file_is_no_folder() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        kind.make(folder.join("session"), 1);
        for name in ["session/", "session/other"] {
            let error = kind.refusal(folder.join(name));
            let StoreError::Io { kind: why, .. } = error else { panic!("{error}") };
            assert_eq!(why, ErrorKind::NotADirectory, "{name}");
        }
        assert_eq!(names(&folder), ["session", "session.lock"]);
    }
}

/// Needs `mkfifo`, which every Unix has.
#[cfg(unix)]
fn odd(folder: &Path) -> Vec<(std::path::PathBuf, &'static str)> {
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let socket = folder.join("socket");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    vec![
        (pipe, "a pipe"),
        (socket, "a socket"),
        ("/dev/null".into(), "a device"),
        ("/dev/zero".into(), "a device"),
        ("/dev/tty".into(), "a device"),
    ]
}

#[cfg(unix)]
#[test]
fn devices_pipes_and_sockets_are_no_sessions() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let devices = names(Path::new("/dev"));
        for (path, what) in odd(&folder) {
            let link = folder.join("link");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            for path in [&path, &link] {
                let expected = StoreError::NotAFile { path: path.clone(), what };
                assert_eq!(kind.refusal(path), expected);
                assert_eq!((kind.read)(path), Err(expected));
            }
            std::fs::remove_file(link).unwrap();
        }
        assert_eq!(names(&folder), ["pipe", "socket"], "{}", kind.name);
        assert_eq!(names(Path::new("/dev")), devices);
    }
}

#[cfg(unix)]
#[test]
fn what_lies_where_the_lock_belongs_is_told_and_neither_used_nor_removed() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let (session, lock) = (folder.join("session"), folder.join("session.lock"));
        let mut odd = odd(&folder);
        odd.push((folder.join("folder"), "a folder"));
        std::fs::create_dir(folder.join("folder")).unwrap();
        for (path, what) in odd.iter().filter(|(path, _)| path.starts_with(&folder)) {
            std::fs::rename(path, &lock).unwrap();
            let expected = StoreError::NotAFile { path: lock.clone(), what };
            assert_eq!(kind.refusal(&session), expected);
            std::fs::rename(&lock, path).unwrap();
        }
        // A link would have a file made where it leads.
        std::os::unix::fs::symlink("elsewhere", &lock).unwrap();
        assert_eq!(
            kind.refusal(&session),
            StoreError::NotAFile { path: lock.clone(), what: "a link" }
        );
        assert_eq!(names(&folder), ["folder", "pipe", "session.lock", "socket"]);
    }
}

/// Files that are made when they are read. Needs `/proc`.
#[cfg(target_os = "linux")]
#[test]
fn files_of_the_system_are_no_sessions() {
    for kind in kinds() {
        for path in ["/proc/version", "/proc/self/status", "/proc/self/environ"] {
            let error = kind.refusal(path);
            let StoreError::Unwritable { path: told, step, .. } = &error else { panic!("{error}") };
            assert_eq!((told.as_path(), *step), (Path::new(path), "lock"));
        }
    }
}

/// An open file without a name is shown by `/proc` under a name that others may have.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_has_no_name_any_more_is_no_session() {
    use std::os::fd::AsRawFd;
    for kind in kinds() {
        let (_guard, folder) = folder();
        let path = folder.join("session");
        kind.make(&path, 1);
        let open = std::fs::File::open(&path).unwrap();
        let shown = format!("/proc/self/fd/{}", open.as_raw_fd());
        assert_eq!((kind.read)(Path::new(&shown)), Ok(after(1)));
        std::fs::remove_file(&path).unwrap();
        std::fs::write(folder.join("session (deleted)"), "not this").unwrap();
        let error = kind.refusal(&shown);
        assert!(matches!(error, StoreError::Io { kind: ErrorKind::NotFound, .. }), "{error}");
        assert_eq!(names(&folder), ["session (deleted)", "session.lock"]);
    }
}

#[test]
fn what_is_refused_leaves_no_lock_behind() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let path = folder.join("session");
        let damaged = |flaw| StoreError::Damaged { path: path.clone(), flaw };
        for (content, flaw) in [("", Flaw::Empty), (&*"[App data]\n".repeat(100), Flaw::Kind)] {
            private(&path, content);
            assert_eq!(kind.refusal(&path), damaged(flaw));
            assert_eq!((kind.read)(&path), Err(damaged(flaw)));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
            assert_eq!(names(&folder), ["session"], "{}", kind.name);
        }
        std::fs::remove_file(&path).unwrap();
        let error = kind.refusal(folder.join("none/session"));
        assert!(matches!(error, StoreError::Io { kind: ErrorKind::NotFound, .. }), "{error}");
        // Nor does what was opened and has nothing to keep.
        drop(kind.open(folder.join("new")));
        #[cfg(unix)]
        if kind.name == "file" {
            assert_eq!(names(&folder), [""; 0]);
        }
    }
}

fn private(path: &Path, content: &str) {
    std::fs::write(path, content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn reading_takes_no_lock_and_leaves_nothing() {
    for kind in kinds() {
        let (_guard, folder) = folder();
        let path = folder.join("session");
        let none = StoreError::Io { doing: "read", path: path.clone(), kind: ErrorKind::NotFound };
        assert_eq!((kind.read)(&path), Err(none));
        assert_eq!(names(&folder), [""; 0]);
        kind.make(&path, 1);
        std::fs::remove_file(folder.join("session.lock")).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!((kind.read)(&path), Ok(after(1)));
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(names(&folder), ["session"]);
        // While a client has it, too.
        let mut store = kind.open(&path).unwrap();
        store.apply(&crate::support::login(2)).unwrap();
        assert_eq!((kind.read)(&path), Ok(after(2)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            let exposed = StoreError::Exposed { path: path.clone(), mode: 0o640 };
            assert_eq!((kind.read)(&path), Err(exposed));
        }
    }
}
