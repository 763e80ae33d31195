//! A socket with all that is around the frames: they go in and come out.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::framing::Wrapper;

/// What bytes are read from and written to.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// How much is read at once where it has to be unwrapped, and how much is wrapped at once.
const PIECE: usize = 64 << 10;

/// How much of a link without a key.
#[cfg(feature = "server")]
const PIECE_OF_GUEST: usize = 2 << 10;

/// A stream of frames over a socket.
///
/// What is written is taken at once, wrapped, and sent along by whatever is called next: reading sends too. So nobody
/// has to flush, and a future that is dropped loses nothing.
pub(super) struct Stream {
    io: Box<dyn Io>,
    wrapper: Wrapper,
    /// Frames that came, and how much of them was taken.
    opened: Vec<u8>,
    taken: usize,
    /// Bytes to send, and how much of them was sent.
    sealed: Vec<u8>,
    sent: usize,
    needs_flush: bool,
    /// Where is read to what has to be unwrapped.
    raw: Vec<u8>,
    /// How large that becomes.
    piece: usize,
}

impl Stream {
    /// Over a socket from which this was read already, after all greetings.
    pub(super) fn new(io: Box<dyn Io>, wrapper: Wrapper, first: &[u8]) -> io::Result<Self> {
        let mut stream = Self::over(io, wrapper, Vec::new());
        stream.wrapper.open(first, &mut stream.opened).map_err(broken)?;
        Ok(stream)
    }

    fn over(io: Box<dyn Io>, wrapper: Wrapper, opened: Vec<u8>) -> Self {
        Self {
            io,
            wrapper,
            opened,
            taken: 0,
            sealed: Vec::new(),
            sent: 0,
            needs_flush: false,
            raw: Vec::new(),
            piece: PIECE,
        }
    }

    /// One that takes little room, until it is [welcome](Self::welcome).
    #[cfg(feature = "server")]
    pub(super) fn small(self) -> Self {
        Self { piece: PIECE_OF_GUEST, ..self }
    }

    /// Who is at the other end is known.
    #[cfg(feature = "server")]
    pub(super) fn welcome(&mut self) {
        self.piece = PIECE;
    }

    /// Over a socket of which these frames have come already.
    #[cfg(feature = "server")]
    pub(super) fn with_frames(io: Box<dyn Io>, wrapper: Wrapper, frames: Vec<u8>) -> Self {
        Self::over(io, wrapper, frames)
    }

    /// Sends what was taken.
    fn poll_push(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.sealed.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.io).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.sent += count,
            }
        }
        self.sealed.clear();
        self.sent = 0;
        if self.needs_flush {
            ready!(Pin::new(&mut self.io).poll_flush(cx))?;
            self.needs_flush = false;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // Whether all is sent does not matter here.
        if let Poll::Ready(Err(error)) = this.poll_push(cx) {
            return Poll::Ready(Err(error));
        }
        loop {
            if let Some(rest) = this.opened.get(this.taken..).filter(|rest| !rest.is_empty()) {
                let count = rest.len().min(buf.remaining());
                buf.put_slice(rest.get(..count).unwrap_or_default());
                this.taken += count;
                return Poll::Ready(Ok(()));
            }
            this.opened.clear();
            this.taken = 0;
            if this.wrapper.is_nothing() {
                return Pin::new(&mut this.io).poll_read(cx, buf);
            }
            if this.raw.len() != this.piece {
                this.raw = vec![0; this.piece];
            }
            let mut raw = ReadBuf::new(&mut this.raw);
            ready!(Pin::new(&mut this.io).poll_read(cx, &mut raw))?;
            if raw.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.wrapper.open(raw.filled(), &mut this.opened).map_err(broken)?;
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.poll_push(cx))?;
        this.needs_flush = true;
        let count = if this.wrapper.is_nothing() {
            ready!(Pin::new(&mut this.io).poll_write(cx, buf))?
        } else {
            let piece = buf.get(..PIECE).unwrap_or(buf);
            this.wrapper.seal(piece, &mut this.sealed);
            piece.len()
        };
        match this.poll_push(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(count)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_push(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_push(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("wrapper", &self.wrapper).finish_non_exhaustive()
    }
}

/// A socket from which this was read already, as if it had not been.
#[cfg(any(feature = "proxy", all(feature = "ws", feature = "server")))]
pub(super) fn rewound(io: Box<dyn Io>, first: Vec<u8>) -> Box<dyn Io> {
    use tokio::io::AsyncReadExt;

    if first.is_empty() {
        return io;
    }
    let (reader, writer) = tokio::io::split(io);
    Box::new(tokio::io::join(io::Cursor::new(first).chain(reader), writer))
}

fn broken(error: crate::framing::fake_tls::FakeTlsError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::crypto::SeededEntropy;
    use crate::framing::fake_tls::Records;
    use crate::framing::{Framing, Obfuscation};
    use crate::ids::DcId;

    fn obfuscation() -> (Obfuscation, Obfuscation) {
        let mut entropy = SeededEntropy::new(1);
        let dc = DcId::production(2);
        let mut client = Obfuscation::client(Framing::Abridged, dc, None, &mut entropy).unwrap();
        let mut init = Vec::new();
        client.seal(&[], &mut init);
        let (server, _) = Obfuscation::server(init.first_chunk().unwrap(), None).unwrap();
        (client, server)
    }

    fn wrappers() -> [(Wrapper, Wrapper); 3] {
        let (a, b) = obfuscation();
        let (c, d) = obfuscation();
        [
            (Wrapper::default(), Wrapper::default()),
            (Wrapper::obfuscated(a), Wrapper::obfuscated(b)),
            (Wrapper::fake_tls(Records::client(), c), Wrapper::fake_tls(Records::server(), d)),
        ]
    }

    #[tokio::test]
    async fn what_is_written_is_read_through_the_smallest_pipe() {
        // The tag, and more than any buffer takes.
        let sent: Vec<u8> =
            std::iter::once(0xef).chain((0..200_000_u32).map(|place| place as u8)).collect();
        for (client, server) in wrappers() {
            let (near, far) = tokio::io::duplex(7);
            let mut near = Stream::new(Box::new(near), client, &[]).unwrap();
            let mut far = Stream::new(Box::new(far), server, &[]).unwrap();
            let copy = sent.clone();
            let writing = tokio::spawn(async move {
                near.write_all(&copy).await.unwrap();
                // Reading sends what is left; nothing comes but the end.
                let mut nothing = Vec::new();
                near.read_to_end(&mut nothing).await.unwrap();
                nothing
            });
            let mut came = vec![0; sent.len()];
            far.read_exact(&mut came).await.unwrap();
            assert_eq!(came, sent);
            drop(far);
            assert!(writing.await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn a_broken_record_is_an_error() {
        let (_, server) = obfuscation();
        let wrapper = Wrapper::fake_tls(Records::server(), server);
        let first = [0x15, 3, 3, 0, 1];
        let (near, _far) = tokio::io::duplex(64);
        let error = Stream::new(Box::new(near), wrapper, &first).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
