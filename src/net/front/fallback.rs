//! Where strangers are handed on to.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Stranger;
use crate::trace::trace;

/// How many strangers are handed on at once. A front is there for those who know its secret.
const MAX_STRANGERS: usize = 64;

/// How long each may stay: a visit to a website.
const VISIT: Duration = Duration::from_secs(60);

/// How long the connection to the fallback may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Where strangers are handed on to, if anywhere.
#[derive(Debug)]
pub(super) struct Fallback {
    address: Option<SocketAddr>,
    room: Semaphore,
}

impl Fallback {
    pub(super) fn new(address: Option<SocketAddr>) -> Self {
        Self { address, room: Semaphore::new(MAX_STRANGERS) }
    }

    /// Hands a stranger on until either side ends it, or the visit is over. Whatever goes wrong ends it too.
    pub(super) async fn hand_on(&self, stranger: Stranger) {
        let Some(address) = self.address else { return };
        let Ok(_place) = self.room.try_acquire() else { return };
        trace!(debug, address = address.to_string(); "a stranger is handed on");
        let Stranger { mut io, first, .. } = stranger;
        let visit = async {
            let mut there = timeout(CONNECT, TcpStream::connect(address)).await??;
            there.write_all(&first).await?;
            copy_bidirectional(&mut io, &mut there).await
        };
        let _ = timeout(VISIT, visit).await;
    }
}
