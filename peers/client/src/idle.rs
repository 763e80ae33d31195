//! The memory of clients that are connected and idle.

use std::net::SocketAddr;

use crate::ours;

/// How many there are.
pub(crate) const CLIENTS: u16 = 1_000;

/// Kibibytes of resident memory a client, each with a connection and an answered call.
pub(crate) async fn measure(server: SocketAddr) -> u64 {
    // What the process needs once is not the clients'.
    let first = ours::Caller::with_key(server, CLIENTS).await;
    let before = resident();
    let mut clients = Vec::new();
    for number in 1..=CLIENTS - 1 {
        clients.push(ours::Caller::with_key(server, number).await);
    }
    let after = resident();
    drop((first, clients));
    after.saturating_sub(before) / u64::from(CLIENTS - 1)
}

/// The resident memory of this process, in kibibytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
