//! From the start of a process to the answer of its first call, with a key in a session file.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use telewire::client::store::{FileStore, Store};

use crate::serve::Child;
use crate::{median, ours};

/// How many processes are started.
const PROCESSES: usize = 15;

/// The process: it asks once and ends.
pub(crate) async fn run(server: SocketAddr, session: &Path) {
    ours::Caller::on(server, FileStore::open(session).unwrap()).await;
}

/// The whole life of such a process, as its parent sees it.
pub(crate) fn measure(server: &Child) -> Duration {
    let session = std::env::temp_dir().join(format!("telewire-first-{}", std::process::id()));
    let mut store = FileStore::open(&session).unwrap();
    store.load().unwrap();
    store.apply(&ours::login(0)).unwrap();
    drop(store);
    let mut times: Vec<Duration> = (0..PROCESSES)
        .map(|_| {
            let start = Instant::now();
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["first", &server.address.to_string()]).arg(&session);
            let status = command.status().unwrap();
            assert!(status.success());
            start.elapsed()
        })
        .collect();
    std::fs::remove_file(&session).unwrap();
    median(&mut times)
}
