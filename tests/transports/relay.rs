//! A relay that can be told to cut the line.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::LOOPBACK;

/// Hands bytes on, and cuts one line after so many of them.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    /// How many bytes to the server are still handed on before a cut; below 0 there is none.
    budget: Arc<AtomicI64>,
    pub(crate) links: Arc<AtomicUsize>,
}

impl Relay {
    pub(crate) async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind(LOOPBACK).await.unwrap();
        let address = listener.local_addr().unwrap();
        let budget = Arc::new(AtomicI64::new(-1));
        let relay = Self { address, budget, links: Arc::default() };
        let copy = relay.clone();
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                copy.links.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(copy.clone().serve(near, to));
            }
        });
        relay
    }

    /// Cuts the line after so many more bytes to the server.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.budget.store(bytes, Ordering::SeqCst);
    }

    async fn serve(self, near: TcpStream, to: SocketAddr) {
        let Ok(far) = TcpStream::connect(to).await else { return };
        let (near_read, near_write) = near.into_split();
        let (far_read, far_write) = far.into_split();
        tokio::select! {
            () = self.pump(near_read, far_write, true) => {}
            () = self.pump(far_read, near_write, false) => {}
        }
    }

    async fn pump(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        is_counted: bool,
    ) {
        // Small and odd, so that nothing falls on a boundary.
        let mut buffer = vec![0; 4_099];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let mut count = count;
            let budget = self.budget.load(Ordering::SeqCst);
            let is_cut = is_counted && budget >= 0 && count as i64 > budget;
            if is_cut {
                count = budget as usize;
                self.budget.store(-1, Ordering::SeqCst);
            } else if is_counted && budget >= 0 {
                self.budget.fetch_sub(count as i64, Ordering::SeqCst);
            }
            if to.write_all(&buffer[..count]).await.is_err() || is_cut {
                return;
            }
        }
    }
}
