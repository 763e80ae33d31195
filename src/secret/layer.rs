//! `decryptedMessageLayer`, what stands around each message, and which layer is spoken.
//!
//! ```tl
//! decryptedMessageLayer#1be31789 random_bytes:bytes layer:int in_seq_no:int out_seq_no:int message:DecryptedMessage
//!     = DecryptedMessageLayer;
//! ```
//! The header is read by itself: a message that we do not understand still has its place in the order (SC-33).

use crate::crypto::Entropy;
use crate::secret::content::{Content, Control};
use crate::secret::error::Dropped;
use crate::secret::limits::{FIRST_LAYER, FLOOR_LAYER, MIN_RANDOM_BYTES, OUR_LAYER, RANDOM_BYTES};
use crate::tl::secret::{enums, types};
use crate::tl::{Bytes, Deserialize, Identifiable, Reader, Serialize, codec};

/// What stands before a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) layer: i32,
    /// As on the wire.
    pub(super) in_seq_no: i32,
    /// As on the wire.
    pub(super) out_seq_no: i32,
}

/// What a packet carries.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Carried {
    /// A message with its place in the order.
    Layered(Header, Content),
    /// `notifyLayer` without a place: clients send it bare or with both numbers -1 (SC-31).
    Notice(i32),
}

/// Writes a layer around a message.
pub(super) fn write(header: Header, message: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
    let mut random = [0; RANDOM_BYTES];
    entropy.fill(&mut random);
    let mut out = Vec::with_capacity(message.len() + 64);
    codec::write_word(types::DecryptedMessageLayer17::ID, &mut out);
    Bytes::from(&random).serialize(&mut out);
    header.layer.serialize(&mut out);
    header.in_seq_no.serialize(&mut out);
    header.out_seq_no.serialize(&mut out);
    out.extend_from_slice(message);
    out
}

/// Reads what a packet carries.
///
/// # Errors
///
/// [`Dropped::NoLayer`] or [`Dropped::ShortRandom`].
pub(super) fn read(bytes: &[u8]) -> Result<Carried, Dropped> {
    let mut reader = Reader::new(bytes);
    if reader.peek_id() != types::DecryptedMessageLayer17::ID {
        return notice(bytes).map(Carried::Notice).ok_or(Dropped::NoLayer);
    }
    let _ = reader.constructor_id();
    let random = reader.byte_slice().len();
    let header = Header { layer: reader.int(), in_seq_no: reader.int(), out_seq_no: reader.int() };
    if reader.check().is_err() {
        return Err(Dropped::NoLayer);
    }
    // SC-23: clients are told to ignore those.
    if random < MIN_RANDOM_BYTES {
        return Err(Dropped::ShortRandom);
    }
    let message = reader.take_rest();
    if (header.in_seq_no, header.out_seq_no) == (-1, -1)
        && let Some(layer) = notice(message)
    {
        return Ok(Carried::Notice(layer));
    }
    Ok(Carried::Layered(header, Content::read(message, header.layer)))
}

/// The layer that `notifyLayer` in the service message of layer 8 tells (SC-31).
fn notice(message: &[u8]) -> Option<i32> {
    let read = enums::DecryptedMessage::from_bytes(message).ok()?;
    if !matches!(read, enums::DecryptedMessage::DecryptedMessageService8(_)) {
        return None;
    }
    match Content::of(read) {
        Content::Control(Control::NotifyLayer { layer }) => Some(layer),
        _ => None,
    }
}

/// Which layer the peer speaks. It only grows (SC-30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PeerLayer(pub(super) i32);

impl PeerLayer {
    pub(super) const UNKNOWN: Self = Self(FIRST_LAYER);

    /// Takes what a layer's header or `notifyLayer` says; whether that is news.
    pub(super) fn learn(&mut self, layer: i32) -> bool {
        let grows = layer > self.0;
        self.0 = self.0.max(layer);
        grows
    }

    /// The layer to write (SC-30).
    pub(super) fn to_write(self) -> i32 {
        self.0.clamp(FLOOR_LAYER, OUR_LAYER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_30_the_peers_layer_only_grows_and_we_write_between_73_and_144() {
        let mut layer = PeerLayer::UNKNOWN;
        assert_eq!((layer.0, layer.to_write()), (46, 73));
        for (said, grows, kept, written) in [
            (8, false, 46, 73),
            (-1, false, 46, 73),
            (66, true, 66, 73),
            (101, true, 101, 101),
            (73, false, 101, 101),
            (i32::MIN, false, 101, 101),
            (144, true, 144, 144),
            (144, false, 144, 144),
            (151, true, 151, 144),
            (i32::MAX, true, i32::MAX, 144),
        ] {
            assert_eq!((layer.learn(said), layer.0, layer.to_write()), (grows, kept, written));
        }
    }
}
