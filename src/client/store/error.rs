//! Why a session cannot be read or kept.

use std::io;
use std::path::PathBuf;

use crate::client::store::place;

/// Why a store failed. What it kept before is untouched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system reported an error.
    #[error("cannot {doing} {}: {kind}{}", path.display(), hint(doing))]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// The error.
        kind: io::ErrorKind,
    },
    /// Another client uses the session: two with one key would be told to stop by the server.
    #[error("{} is in use by another client", path.display())]
    InUse {
        /// The session's file, as it was named; the words `the session of this text` for one that is in no file.
        path: PathBuf,
    },
    /// Others than its owner may read or write the file, and so take over the account.
    #[error("{} may be read by others (mode {mode:o}): run chmod 600 on it, and log in again if somebody did", path.display())]
    Exposed {
        /// The session's file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is no session, or not any more.
    #[error("{} holds no session: {flaw}", path.display())]
    Damaged {
        /// The session's file.
        path: PathBuf,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// It is encrypted, and no key was given.
    #[error("{} is encrypted: open it with its key or its passphrase", path.display())]
    Encrypted {
        /// The session's file.
        path: PathBuf,
    },
    /// It is encrypted with another key than the one that was given.
    #[error("{} is encrypted with another key or passphrase than the one that was given", path.display())]
    WrongKey {
        /// The session's file.
        path: PathBuf,
    },
    /// It is something that cannot be replaced by a newer state. Nothing was opened.
    #[error("{} is {what}, and a session is kept in a file: name a file, which need not be there yet", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
        /// What it is: `a folder`, `a device`, `a pipe`, `a socket`, `a link`, `something else`.
        what: &'static str,
    },
    /// It is a link that leads nowhere: whether the session is gone or not there yet is for its owner to say.
    #[error("{} is a link to {}, where nothing is: put the session there, or remove the link", path.display(), target.display())]
    Dangling {
        /// The link.
        path: PathBuf,
        /// Where it leads, over all links on the way.
        target: PathBuf,
    },
    /// The file cannot be replaced by a newer state: a place to mount on, a folder that cannot be written to, a full disk.
    /// It is told when it is opened.
    #[error("nothing can be kept in {}, for the system does not let us {step} it ({why}): name a file in a folder of your own that has room", path.display())]
    Unwritable {
        /// The session's file.
        path: PathBuf,
        /// The step that failed: `lock`, `create`, `write`, `replace` and the like.
        step: &'static str,
        /// What the system, or SQLite, said.
        why: String,
    },
    /// The folder of the file is not the one any more that it was opened in. Nothing was written to what is there now.
    #[error("the folder of {} was moved or replaced while the session was open: move it back, or close the client and open the session where it is", path.display())]
    Moved {
        /// The session's file, as it was called.
        path: PathBuf,
    },
    /// What should be kept is more than could be read again. Nothing was written.
    #[error("a session of more than {most} bytes is not kept, for nothing would read it again")]
    TooLarge {
        /// The bytes that a session may have.
        most: usize,
    },
    /// Another program holds the database, and did not let it go within some seconds. Nothing was written; it can be tried again.
    #[error("{} is held by another program, which reads or writes it with SQLite: have that end, and try again", path.display())]
    Busy {
        /// The session's file.
        path: PathBuf,
    },
    /// SQLite reported an error.
    #[error("cannot {doing} {}: {message}", path.display())]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// SQLite's message.
        message: String,
    },
    /// The client that had the store was closed.
    #[error("the client was closed, and its store with it")]
    Closed,
    /// A store of one's own reported an error.
    #[error("{0}")]
    Other(String),
}

fn hint(doing: &str) -> &'static str {
    match doing {
        place::FIND_FOLDER => "; make the folder first, or name another",
        _ => "",
    }
}

/// What is wrong with bytes or text that should be a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// There is nothing in it: it was cut. A session that is new has no file yet.
    #[error("it is empty: put a copy in its place, or remove it to begin anew")]
    Empty,
    /// It does not begin as a session does.
    #[error("it is of another kind")]
    Kind,
    /// A newer program wrote it.
    #[error("it has version {version}, and this program knows versions up to {known}")]
    Newer {
        /// Its version.
        version: u32,
        /// The newest that is known.
        known: u32,
    },
    /// It is shorter or longer than it says.
    #[error("its length is wrong")]
    Length,
    /// It is larger than any session.
    #[error("it has more than {most} bytes")]
    TooLarge {
        /// The bytes that a session may have.
        most: usize,
    },
    /// Its checksum is another.
    #[error("it was damaged: its checksum is wrong")]
    Checksum,
    /// A field has a value that it cannot have.
    #[error("the value of its field `{field}` is impossible")]
    Value {
        /// The field.
        field: &'static str,
    },
    /// It is no base64.
    #[error("it is no base64")]
    Base64,
    /// There is nothing to export: no home, no key or no address of it.
    #[error("there is no key for the account's data centre, or no address of it")]
    Incomplete,
}
