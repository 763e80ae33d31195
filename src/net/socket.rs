//! A socket that is read and written without waiting.

use std::io;

use tokio::io::Interest;
use tokio::net::TcpStream;

use crate::connection::Disconnected;

/// How much is read at once.
const READ: usize = 64 << 10;

/// How often a turn reads: a fast peer must not keep the driver from everything else.
const READS_A_TURN: usize = 16;

/// A socket and what is still to be written to it.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    out: Vec<u8>,
    written: usize,
    buffer: Box<[u8]>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, out: Vec::new(), written: 0, buffer: vec![0; READ].into() }
    }

    /// Waits until there is something to do.
    ///
    /// # Cancel safety
    ///
    /// Nothing is read or written here.
    pub(super) async fn ready(&self) -> io::Result<()> {
        let interest = if self.is_writing() {
            Interest::READABLE | Interest::WRITABLE
        } else {
            Interest::READABLE
        };
        self.stream.ready(interest).await.map(drop)
    }

    /// Whether there is something left to write.
    pub(super) fn is_writing(&self) -> bool {
        self.written < self.out.len()
    }

    /// Where to put what is to be written. Empty before: what is under way goes first.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// Writes as much as goes. Whether some went and some is left: the peer reads, slowly.
    pub(super) fn write(&mut self) -> Result<bool, Disconnected> {
        let before = self.written;
        while let Some(rest) = self.out.get(self.written..).filter(|rest| !rest.is_empty()) {
            match self.stream.try_write(rest) {
                Ok(0) => return Err(Disconnected::Eof),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(self.written > before);
                }
                Err(error) => return Err(Disconnected::Io(error.kind())),
            }
        }
        self.out.clear();
        self.written = 0;
        Ok(false)
    }

    /// Says that nothing more will be written.
    #[cfg(feature = "server")]
    pub(super) async fn shutdown(&mut self) -> Result<(), Disconnected> {
        use tokio::io::AsyncWriteExt;

        self.stream.shutdown().await.map_err(|error| Disconnected::Io(error.kind()))
    }

    /// Reads what is there and gives it away.
    pub(super) fn read(&mut self, mut take: impl FnMut(&[u8])) -> Result<(), Disconnected> {
        for _ in 0..READS_A_TURN {
            match self.stream.try_read(&mut self.buffer) {
                Ok(0) => return Err(Disconnected::Eof),
                Ok(count) => take(self.buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(Disconnected::Io(error.kind())),
            }
        }
        Ok(())
    }
}
