//! Where it is kept how far an upload is: beside the session, which one program has at a time.
//!
//! ```text
//! ada.session
//! ada.session.0123456789abcdef.upload     of one file that one account sends
//! ```

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use telewire::files::journal::KEPT_BIG;

/// What their names end in. The library writes them under this name and `.new` first.
const UPLOAD: &str = ".upload";
const NEW: &str = ".upload.new";

/// How many bytes of the hash are in a name, as hexadecimal digits.
const NAME: usize = 8;

/// The states of one account's uploads.
#[derive(Debug)]
pub(super) struct States {
    session: PathBuf,
    user: i64,
    taken: HashSet<PathBuf>,
}

impl States {
    /// Those beside a session. What the server has forgotten by now goes (FI-13).
    pub(super) fn of(session: &Path, user: i64) -> Self {
        // As the store does, it is found once, and links are followed.
        let session = session.canonicalize().unwrap_or_else(|_| session.to_owned());
        let states = Self { session, user, taken: HashSet::new() };
        states.forget(SystemTime::now());
        states
    }

    /// Where that of a file is; of one that is sent twice at a time, the second has none.
    pub(super) fn take(&mut self, file: &Path) -> Option<PathBuf> {
        let file = file.canonicalize().ok()?;
        let mut hash = Sha256::new();
        // Another account has sent nothing of it.
        hash.update(self.user.to_le_bytes());
        hash.update(file.as_os_str().as_encoded_bytes());
        let name = hex::encode(hash.finalize().get(..NAME)?);
        let mut path = self.session.clone();
        path.as_mut_os_string().push(format!(".{name}{UPLOAD}"));
        self.taken.insert(path.clone()).then_some(path)
    }

    fn forget(&self, now: SystemTime) {
        let Some((folder, stem)) = self.session.parent().zip(self.session.file_name()) else {
            return;
        };
        // What cannot be read or removed harms nobody.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_old = || {
                let written = entry.metadata().and_then(|about| about.modified()).ok()?;
                Some(now.duration_since(written).ok()? > KEPT_BIG)
            };
            if is_ours(stem, &entry.file_name()) && is_old() == Some(true) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether it is the name of a state beside a session of this name.
fn is_ours(session: &OsStr, name: &OsStr) -> bool {
    let stem = OsString::from_iter([session, OsStr::new(".")]);
    let rest = name.as_encoded_bytes().strip_prefix(stem.as_encoded_bytes());
    let digits = rest
        .and_then(|rest| [UPLOAD, NEW].iter().find_map(|end| rest.strip_suffix(end.as_bytes())));
    digits
        .is_some_and(|digits| digits.len() == 2 * NAME && digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_state_is_that_of_one_account_and_one_file_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["session", "a", "b"] {
            fs::write(path(name), name).unwrap();
        }
        let states = |user| States::of(&path("session"), user);
        let a = states(1).take(&path("a")).unwrap();
        assert_eq!(a, states(1).take(&folder.path().join("./a")).unwrap());
        assert_ne!(a, states(2).take(&path("a")).unwrap());
        assert_ne!(a, states(1).take(&path("b")).unwrap());
        assert!(is_ours(OsStr::new("session"), a.file_name().unwrap()));
        assert_eq!(states(1).take(&path("nothing")), None);
        let mut twice = states(1);
        assert_eq!((twice.take(&path("a")), twice.take(&path("a"))), (Some(a), None));
    }

    #[test]
    fn fi_13_what_the_server_has_forgotten_goes_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let gone = ["session.0123456789abcdef.upload", "session.0123456789abcdef.upload.new"];
        let stays = [
            "session",
            "session.0123456789abcdeg.upload",
            "session.0123456789abcde.upload",
            "session.0123456789abcdef.upload.old",
            "session.0123456789abcdef",
            "other.0123456789abcdef.upload",
            "0123456789abcdef.upload",
        ];
        for name in gone.iter().chain(&stays) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names = || {
            let names = fs::read_dir(folder.path()).unwrap();
            let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.collect::<HashSet<_>>()
        };
        let all = names();
        let states = States::of(&folder.path().join("session"), 1);
        // They are new, or the clock has gone back.
        states.forget(SystemTime::now() + KEPT_BIG - Duration::from_secs(60));
        states.forget(SystemTime::UNIX_EPOCH);
        assert_eq!(names(), all);
        states.forget(SystemTime::now() + KEPT_BIG + Duration::from_secs(60));
        assert_eq!(names(), stays.map(String::from).into());
    }
}
