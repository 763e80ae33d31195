//! What a client's process is told to do.

use std::net::SocketAddr;
use std::path::PathBuf;

/// A piece of work.
pub(crate) struct Task {
    pub(crate) server: SocketAddr,
    pub(crate) key: u16,
    pub(crate) token: String,
    pub(crate) folder: PathBuf,
    /// `down`, `read`, `up`.
    pub(crate) verb: String,
    /// A large file's name, or how many small ones.
    pub(crate) what: String,
    /// What is otherwise than usual; `-` is nothing.
    pub(crate) option: String,
}

impl Task {
    pub(crate) fn read(words: &[&str]) -> Self {
        let [server, key, token, folder, verb, what, option] = words else {
            panic!("{words:?} is no task")
        };
        Self {
            server: server.parse().unwrap(),
            key: key.parse().unwrap(),
            token: (*token).to_owned(),
            folder: folder.into(),
            verb: (*verb).to_owned(),
            what: (*what).to_owned(),
            option: (*option).to_owned(),
        }
    }

    pub(crate) fn source(&self, name: &str) -> PathBuf {
        self.folder.join("in").join(name)
    }

    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.folder.join("out").join(name)
    }
}
