//! A stream while it is found out what it is: nothing that was read is lost.

use std::io;

use tokio::io::AsyncReadExt;

use super::{Refusal, Stranger};
use crate::net::stream::Io;

/// How much is read at once.
const READ: usize = 4 << 10;

/// A stream, and what was read of it.
pub(super) struct Reading {
    io: Box<dyn Io>,
    first: Vec<u8>,
}

impl Reading {
    pub(super) fn new(io: Box<dyn Io>) -> Self {
        Self { io, first: Vec::new() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.first
    }

    /// Reads some more. A stream that ends before it is known is closed.
    pub(super) async fn more(&mut self) -> Result<(), Refusal> {
        let more = some(&mut self.io).await?.ok_or(Refusal::Closed)?;
        self.first.extend_from_slice(&more);
        Ok(())
    }

    /// Reads until there are so many bytes; false if the stream ends before.
    pub(super) async fn reach(&mut self, length: usize) -> Result<bool, Refusal> {
        while self.first.len() < length {
            match some(&mut self.io).await? {
                Some(more) => self.first.extend_from_slice(&more),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    pub(super) fn into_parts(self) -> (Box<dyn Io>, Vec<u8>) {
        (self.io, self.first)
    }

    pub(super) fn stranger(self) -> Refusal {
        Refusal::Stranger(Stranger { io: self.io, first: self.first })
    }
}

/// Some bytes; `None` at the end.
pub(super) async fn some(io: &mut Box<dyn Io>) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(READ);
    let count = io.take(READ as u64).read_buf(&mut bytes).await?;
    Ok((count > 0).then_some(bytes))
}
