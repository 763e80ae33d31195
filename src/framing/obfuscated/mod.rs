//! [Obfuscation]: a stream that looks like random bytes from its first one on.
//!
//! ```text
//!  0          8                         40           56      60     62     64
//! +----------+-------------------------+------------+-------+------+------+------------------------+
//! | random   | key of the client       | counter    | tag   | dc   | rand | frames, without a tag  |
//! +----------+-------------------------+------------+-------+------+------+------------------------+
//!  as they are                                      |  encrypted, by the keystream since byte 0
//! ```
//!
//! The keystream is AES-256 in counter mode. The server's key and counter are bytes 8 to 55 in reverse, and it sends no
//! init of its own. With the secret of a proxy each key is SHA-256(key ‖ secret): see [`mtproxy`](crate::framing::mtproxy).
//!
//! | framing | tag |
//! |---|---|
//! | abridged | `ef ef ef ef` |
//! | intermediate | `ee ee ee ee` |
//! | padded intermediate | `dd dd dd dd` |
//!
//! It hides what is spoken from those who only look at bytes, and protects nothing: the key is in the stream.
//!
//! [Obfuscation]: https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation

mod ciphers;
mod init;
#[cfg(test)]
mod tests;

pub use init::{INIT, Opening};

use ciphers::Keystream;

use crate::crypto::{Entropy, Secret};
use crate::framing::Framing;
use crate::ids::DcId;

/// One end of an obfuscated stream: frames become bytes to send, and bytes that came become frames.
///
/// The frames are those that an [`Encoder`](super::Encoder) writes and a [`Decoder`](super::Decoder) or
/// [`Detector`](super::Detector) reads, with the tag in the clear before the client's first: it is taken away here, and
/// given back on the server's side.
pub struct Obfuscation {
    out: Keystream,
    input: Keystream,
    /// The init, until it is sent.
    init: Option<Box<[u8; INIT]>>,
    /// How many bytes of the tag are still to be taken away.
    skip: usize,
    /// The tag, until it is given back.
    tag: &'static [u8],
}

/// How much is copied before it is encrypted, so that it is still in the fastest cache then.
const PIECE: usize = 8 << 10;

impl Obfuscation {
    /// The client's end: a new stream to a data centre. `None` for [`Framing::Full`], which cannot be obfuscated.
    #[must_use]
    pub fn client(
        framing: Framing,
        dc: DcId,
        secret: Option<&Secret<16>>,
        entropy: &mut dyn Entropy,
    ) -> Option<Self> {
        let (init, keys) = init::draw(framing, dc, secret, entropy)?;
        Some(Self {
            out: keys.client,
            input: keys.server,
            init: Some(Box::new(init)),
            skip: framing.tag().len(),
            tag: &[],
        })
    }

    /// The server's end, of the first bytes of a stream. `None` when they say no framing: the secret is another, or the
    /// stream is no obfuscated one.
    #[must_use]
    pub fn server(init: &[u8; INIT], secret: Option<&Secret<16>>) -> Option<(Self, Opening)> {
        let (opening, keys) = init::read(init, secret)?;
        let tag = opening.framing.tag();
        let end = Self { out: keys.server, input: keys.client, init: None, skip: 0, tag };
        Some((end, opening))
    }

    /// Appends to `out` the bytes to send for `frames`.
    pub fn seal(&mut self, frames: &[u8], out: &mut Vec<u8>) {
        if let Some(init) = self.init.take() {
            out.extend_from_slice(&*init);
        }
        let skipped = self.skip.min(frames.len());
        self.skip -= skipped;
        for piece in frames.get(skipped..).unwrap_or_default().chunks(PIECE) {
            let start = out.len();
            out.extend_from_slice(piece);
            self.out.apply(out.get_mut(start..).unwrap_or_default());
        }
    }

    /// Appends to `frames` what the bytes that came say.
    pub fn open(&mut self, bytes: &[u8], frames: &mut Vec<u8>) {
        frames.extend_from_slice(std::mem::take(&mut self.tag));
        for piece in bytes.chunks(PIECE) {
            let start = frames.len();
            frames.extend_from_slice(piece);
            self.input.apply(frames.get_mut(start..).unwrap_or_default());
        }
    }
}

/// Without the keys.
impl std::fmt::Debug for Obfuscation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Obfuscation")
            .field("is_begun", &self.init.is_none())
            .finish_non_exhaustive()
    }
}
