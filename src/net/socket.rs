//! A socket that is read and written without waiting.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::connection::Disconnected;
use crate::net::stream::Stream;

/// How much is read at once.
const READ: usize = 16 << 10;

/// How often a turn reads: a fast peer must not keep the driver from everything else.
const READS_A_TURN: usize = 16;

/// What is kept of the memory for what is written while nothing is. A burst of large requests takes more.
const KEPT: usize = 64 << 10;

/// A socket and what is still to be written to it.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Stream,
    out: Vec<u8>,
    written: usize,
    /// Whether bytes were written of which nobody has been told.
    has_moved: bool,
    buffer: Box<[u8]>,
    /// What [`ready`](Self::ready) has read, and nobody has taken yet; an end if it is 0.
    came: Option<usize>,
}

impl Socket {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            out: Vec::new(),
            written: 0,
            has_moved: false,
            buffer: vec![0; READ].into(),
            came: None,
        }
    }

    /// Waits until there is something to do.
    ///
    /// # Cancel safety
    ///
    /// What was read is kept for [`read`](Self::read), and what was written is counted.
    pub(super) async fn ready(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_ready(cx)).await
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut is_ready = self.came.is_some();
        // Part of it is progress too, of which the connection hears: a slow peer is not a silent one.
        if self.is_writing() && (self.poll_write(cx)?.is_ready() || self.has_moved) {
            is_ready = true;
        }
        if self.came.is_none() && self.poll_read(cx)?.is_ready() {
            is_ready = true;
        }
        if is_ready { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    /// Whether there is something left to write.
    pub(super) fn is_writing(&self) -> bool {
        self.written < self.out.len()
    }

    /// Where to put what is to be written. Empty before: what is under way goes first.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// There is nothing to write for now: what a burst took is given back.
    pub(super) fn rest(&mut self) {
        if !self.is_writing() {
            self.out.clear();
            self.out.shrink_to(KEPT);
        }
    }

    /// Writes as much as goes. Whether some went since the last time and some is left: the peer reads, slowly.
    pub(super) fn write(&mut self) -> Result<bool, Disconnected> {
        // If it waits for room, `ready` waits for it.
        match self.poll_write(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::WriteZero => {
                Err(Disconnected::Eof)
            }
            Poll::Ready(Err(error)) => Err(Disconnected::Io(error.kind())),
            Poll::Ready(Ok(())) | Poll::Pending => {
                Ok(std::mem::take(&mut self.has_moved) && self.is_writing())
            }
        }
    }

    /// Writes what is left, and says that nothing more will be written.
    pub(super) async fn finish(&mut self) -> Result<(), Disconnected> {
        let written = poll_fn(|cx| self.poll_write(cx)).await;
        written.map_err(|error| Disconnected::Io(error.kind()))?;
        self.shutdown().await
    }

    /// Says that nothing more will be written.
    pub(super) async fn shutdown(&mut self) -> Result<(), Disconnected> {
        self.stream.shutdown().await.map_err(|error| Disconnected::Io(error.kind()))
    }

    /// Reads what is there and gives it away.
    pub(super) fn read(&mut self, mut take: impl FnMut(&[u8])) -> Result<(), Disconnected> {
        for _ in 0..READS_A_TURN {
            if self.came.is_none() {
                match self.poll_read(&mut Context::from_waker(Waker::noop())) {
                    Poll::Pending => return Ok(()),
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => return Err(Disconnected::Io(error.kind())),
                }
            }
            match self.came.take() {
                Some(0) => return Err(Disconnected::Eof),
                count => take(self.buffer.get(..count.unwrap_or(0)).unwrap_or_default()),
            }
        }
        Ok(())
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.out.get(self.written..).filter(|rest| !rest.is_empty()) {
            match std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => {
                    self.written += count;
                    self.has_moved = true;
                }
            }
        }
        self.out.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = ReadBuf::new(&mut self.buffer);
        std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        self.came = Some(buffer.filled().len());
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::time::timeout;

    use super::*;
    use crate::framing::Wrapper;

    #[tokio::test]
    async fn a_peer_that_reads_slowly_is_seen_to_read() {
        let (ours, mut theirs) = tokio::io::duplex(16);
        let mut socket = Socket::new(Stream::new(Box::new(ours), Wrapper::default(), &[]).unwrap());
        socket.out().extend_from_slice(&[7; 100]);
        assert_eq!(socket.write(), Ok(true));
        let mut read = Vec::new();
        while socket.is_writing() {
            // It has read nothing, and then a little.
            let quiet = std::pin::pin!(socket.ready()).as_mut().poll(&mut noop());
            assert!(quiet.is_pending());
            let mut piece = [0; 5];
            let count = theirs.read(&mut piece).await.unwrap();
            read.extend_from_slice(&piece[..count]);
            timeout(std::time::Duration::from_secs(60), socket.ready()).await.unwrap().unwrap();
            assert_eq!(socket.write(), Ok(socket.is_writing()));
        }
        drop(socket);
        theirs.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, [7; 100]);
    }

    #[tokio::test]
    async fn p4_the_memory_of_a_burst_goes() {
        let (ours, mut theirs) = tokio::io::duplex(1 << 20);
        let mut socket = Socket::new(Stream::new(Box::new(ours), Wrapper::default(), &[]).unwrap());
        for _ in 0..3 {
            socket.out().extend_from_slice(&[7; 1 << 20]);
            // What is under way is not forgotten.
            socket.rest();
            let mut read = vec![0; 1 << 20];
            let writing = poll_fn(|cx| socket.poll_write(cx));
            let (written, count) = tokio::join!(writing, theirs.read_exact(&mut read));
            written.unwrap();
            assert_eq!((count.unwrap(), read), (1 << 20, vec![7; 1 << 20]));
            socket.rest();
            assert!(socket.out.capacity() <= KEPT);
        }
    }

    fn noop() -> Context<'static> {
        Context::from_waker(Waker::noop())
    }
}
