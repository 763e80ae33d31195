//! A stream while it is found out what it is: nothing that was read is lost.

use std::io;

use tokio::io::AsyncReadExt;

use super::{Refused, Stranger};
use crate::net::serve::Refusal;
use crate::net::stream::Io;

/// How much is read at once: as much as clients begin with. There may be many who do not go on.
const READ: usize = 1 << 10;

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
    pub(super) async fn more(&mut self) -> Result<(), Refused> {
        let more = some(&mut self.io).await?.ok_or(Refused::Gone)?;
        self.first.extend_from_slice(&more);
        Ok(())
    }

    /// Reads until there are so many bytes; false if the stream ends before.
    pub(super) async fn reach(&mut self, length: usize) -> Result<bool, Refused> {
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

    /// It is of nothing that is known.
    pub(super) fn stranger(self) -> Refused {
        self.refused(Refusal::Unknown)
    }

    pub(super) fn refused(self, why: Refusal) -> Refused {
        Refused::Stranger(Stranger { io: self.io, first: self.first, why })
    }
}

/// Some bytes; `None` at the end.
pub(super) async fn some(io: &mut Box<dyn Io>) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(READ);
    let count = io.take(READ as u64).read_buf(&mut bytes).await?;
    Ok((count > 0).then_some(bytes))
}
