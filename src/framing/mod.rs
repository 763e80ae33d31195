//! Framing: a byte stream to packets and back. It knows nothing of what is inside a packet, of keys
//! or of sessions, only where each packet begins and ends, and what the stream is made to look like.
//!
//! ```text
//!              client's end                                       server's end
//!
//!   packet --> Encoder --+                                 +--> Detector   which framing is this?
//!                        |   tag  frame  frame  frame ...  |       |
//!                        +------------- stream ------------+       v
//!                                                               Decoder --> Frame::Packet
//!
//!   Frame  <-- Decoder <------ frame  frame  frame ... ----------- Encoder <-- packet, quick
//!     | Packet                                                                 acknowledgement,
//!     | QuickAck                                                               transport error
//!     | Error
//!     | Nop
//! ```
//!
//! The tag is sent once, by the client, before its first frame: its [`Encoder`] writes it, the
//! server's [`Detector`] reads it and makes the [`Decoder`]. The server sends none.
//!
//! A stream may be wrapped in [obfuscation](obfuscated), and that in [fake TLS](fake_tls), as [proxies](mtproxy) want it: a
//! [`Wrapper`] stands between frames and socket then. [`look`] tells what a stream begins like.
//!
//! Both ends are plain state machines: bytes come in and go out by the caller, in pieces of any
//! size.
//!
//! See <https://core.telegram.org/mtproto/mtproto-transports>.

mod abridged;
mod classify;
mod decoder;
mod detect;
mod encoder;
mod error;
pub mod fake_tls;
mod full;
mod intermediate;
mod kind;
mod limits;
pub mod mtproxy;
pub mod obfuscated;
mod opening;
mod transport_error;
mod wrapper;

#[cfg(test)]
mod tests;

pub use classify::Frame;
pub use decoder::Decoder;
pub use detect::Detector;
pub use encoder::Encoder;
pub use error::FrameError;
pub use kind::{Framing, ParseFramingError, Side};
pub use limits::{CLIENT_LIMIT, SERVER_LIMIT};
pub use obfuscated::Obfuscation;
pub use opening::{Look, look};
pub use transport_error::TransportError;
pub use wrapper::Wrapper;
