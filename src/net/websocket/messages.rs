//! A WebSocket as a stream of bytes: how they are cut into messages means nothing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

#[cfg(feature = "server")]
use crate::framing::SERVER_LIMIT;
use crate::net::stream::Io;

/// What Telegram's WebSockets speak.
pub(crate) const SUBPROTOCOL: &str = "binary";

/// The longest message that is read. Telegram sends a packet in each; a bit more than the longest of these.
const MAX_MESSAGE: usize = (16 << 20) + (1 << 10);

/// The longest message that is written.
const PIECE: usize = 64 << 10;

/// How much the WebSocket may hold that is not sent: a few messages.
const MAX_WAITING: usize = 1 << 20;

/// What is read, and what is kept until it is sent.
pub(crate) fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .max_write_buffer_size(MAX_WAITING)
}

/// The same on the server's side, where many may come that only take places: messages of the longest packet that a client
/// sends, and a small buffer.
#[cfg(feature = "server")]
pub(crate) fn limits_of_guest() -> WebSocketConfig {
    let longest = SERVER_LIMIT + (1 << 10);
    limits().max_message_size(Some(longest)).max_frame_size(Some(longest)).read_buffer_size(4 << 10)
}

/// A WebSocket as a stream of bytes.
pub(crate) struct Messages {
    socket: WebSocketStream<Box<dyn Io>>,
    /// What is left of the last message.
    left: Bytes,
}

impl Messages {
    pub(crate) fn new(socket: WebSocketStream<Box<dyn Io>>) -> Self {
        Self { socket, left: Bytes::new() }
    }
}

impl AsyncRead for Messages {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.left.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => self.left = bytes,
                None | Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed)) => {
                    return Poll::Ready(Ok(()));
                }
                Some(Ok(Message::Text(_))) => {
                    let text = "a text message where binary ones come";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
                }
                // Pings are answered below us.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(into_io(error))),
            }
        }
        let count = self.left.len().min(buf.remaining());
        buf.put_slice(&self.left.split_to(count));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Messages {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(cx)).map_err(into_io)?;
        let piece = buf.get(..PIECE).unwrap_or(buf);
        let message = Message::Binary(Bytes::copy_from_slice(piece));
        Pin::new(&mut self.socket).start_send(message).map_err(into_io)?;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx).map_err(into_io)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_close(cx).map_err(into_io)
    }
}

fn into_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}
