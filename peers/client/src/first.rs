//! From the start of a process to the answer of its first call, with a stored key.

use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::serve::Child;
use crate::{median, ours};

/// How many processes are started.
const PROCESSES: usize = 15;

/// The process: it asks once and ends.
pub(crate) async fn run(server: SocketAddr) {
    ours::Caller::connect(server).await;
}

/// The whole life of such a process, as its parent sees it.
pub(crate) fn measure(server: &Child) -> Duration {
    let mut times: Vec<Duration> = (0..PROCESSES)
        .map(|_| {
            let start = Instant::now();
            let mut command = Command::new(std::env::current_exe().unwrap());
            let status = command.args(["first", &server.address.to_string()]).status().unwrap();
            assert!(status.success());
            start.elapsed()
        })
        .collect();
    median(&mut times)
}
