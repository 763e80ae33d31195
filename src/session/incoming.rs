//! What is in a packet: one message, or a container of them, some of it compressed.

use std::io::Read;

use flate2::bufread::{GzDecoder, ZlibDecoder};

use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::session::violation::Violation;
use crate::tl::mtproto::types;
use crate::tl::{Deserialize, Identifiable, Reader};

/// A message whose body is still bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) id: MessageId,
    pub(super) seqno: SeqNo,
    pub(super) body: &'a [u8],
}

impl Message<'_> {
    /// The constructor id of the body.
    #[inline]
    pub(super) fn constructor(&self) -> Result<u32, Violation> {
        if let Some(id) = self.body.first_chunk::<4>() {
            return Ok(u32::from_le_bytes(*id));
        }
        let mut reader = Reader::new(self.body);
        let id = reader.constructor_id();
        reader.check()?;
        Ok(id)
    }
}

/// The id, the sequence number and the length of a message in a container.
const CHILD_HEADER: usize = 16;

/// The messages of a container, all of which are there before the first is looked at (EM-07).
///
/// ```text
/// msg_container#73f1f8dc messages:vector<%Message> = MessageContainer;
/// message msg_id:long seqno:int bytes:int body:Object = Message;
/// ```
pub(super) fn children<'a>(container: &Message<'a>) -> Result<Vec<Message<'a>>, Violation> {
    let mut reader = Reader::new(container.body);
    reader.constructor_id();
    let count = reader.int();
    reader.check()?;
    let left = reader.remaining().len();
    // EM-10
    let count = usize::try_from(count)
        .ok()
        .filter(|claimed| claimed.checked_mul(CHILD_HEADER).is_some_and(|needed| needed <= left))
        .ok_or(Violation::ContainerCount { count, left })?;
    let mut messages = Vec::with_capacity(count);
    for _ in 0..count {
        let message = child(&mut reader)?;
        if message.constructor()? == types::MsgContainer::ID {
            return Err(Violation::NestedContainer);
        }
        // EM-09
        if message.id >= container.id || message.seqno > container.seqno {
            return Err(Violation::ContainerOrder(container.id));
        }
        messages.push(message);
    }
    match reader.remaining().len() {
        0 => Ok(messages),
        left => Err(Violation::ChildLength { length: 0, left }),
    }
}

fn child<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>, Violation> {
    let [low, high, seqno, length] = reader.words();
    reader.check()?;
    let id = (u64::from(high) << 32 | u64::from(low)).cast_signed();
    let (seqno, length) = (seqno.cast_signed(), length.cast_signed());
    let left = reader.remaining().len();
    let bytes = usize::try_from(length).ok().filter(|b| b.is_multiple_of(4) && *b <= left);
    let bytes = bytes.ok_or(Violation::ChildLength { length, left })?;
    Ok(Message { id: MessageId(id), seqno: SeqNo(seqno), body: reader.take_slice(bytes) })
}

/// The most that the compressed data of one packet may become, all together: nothing larger is sent (TL-07). DEFLATE itself makes
/// no more than 1,032 bytes of one, so a small packet stays small; one of 16 MiB could become 16 GiB (P4).
const INFLATED_LIMIT: usize = 16 << 20;

/// What may still be decompressed of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inflation {
    left: usize,
}

impl Default for Inflation {
    fn default() -> Self {
        Self { left: INFLATED_LIMIT }
    }
}

impl Inflation {
    /// Decompresses the data of `gzip_packed#3072cfa1 packed_data:bytes = Object;`, whose body this is. It is gzip's, or has the
    /// header of zlib, as that of some clients has.
    ///
    /// # Errors
    ///
    /// [`Violation::Gzip`] when the data is malformed, its checksum or size is wrong, or something follows it;
    /// [`Violation::GzipLimit`] when the packet would become too large. Then nothing more of it is decompressed.
    pub(super) fn inflate(&mut self, body: &[u8]) -> Result<Vec<u8>, Violation> {
        let packed = types::GzipPacked::from_bytes(body)?.packed_data;
        let data = match packed.first() {
            Some(&GZIP) => {
                let mut decoder = GzDecoder::new(&*packed);
                self.read(&mut decoder).map(|data| (data, decoder.into_inner()))
            }
            _ => {
                let mut decoder = ZlibDecoder::new(&*packed);
                self.read(&mut decoder).map(|data| (data, decoder.into_inner()))
            }
        };
        let (data, rest) = data?;
        if rest.is_empty() { Ok(data) } else { Err(Violation::Gzip) }
    }

    fn read(&mut self, decoder: &mut impl Read) -> Result<Vec<u8>, Violation> {
        let mut data = Vec::new();
        // One byte more than allowed tells a value at the limit from one above. Memory grows as data comes.
        let one_more = u64::try_from(self.left).unwrap_or(u64::MAX).saturating_add(1);
        let result = decoder.take(one_more).read_to_end(&mut data);
        let is_over = data.len() > self.left;
        self.left = self.left.saturating_sub(data.len());
        match result {
            Ok(_) if is_over => Err(Violation::GzipLimit { limit: INFLATED_LIMIT }),
            Ok(_) => Ok(data),
            Err(_) => Err(Violation::Gzip),
        }
    }
}

/// What gzip's data begins with (RFC 1952); zlib's never does (RFC 1950).
const GZIP: u8 = 0x1f;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::tl::{Bare, Object, Serialize};

    fn message(id: i64, seqno: i32, length: usize) -> types::Message {
        let body = Object::from([vec![7], vec![0; length - 1]].concat());
        types::Message { msg_id: id, seqno, body }
    }

    fn parse(body: &[u8]) -> Result<Vec<(i64, usize)>, Violation> {
        let container = Message { id: MessageId(100), seqno: SeqNo(50), body };
        let messages = children(&container)?;
        Ok(messages.into_iter().map(|m| (m.id.0, m.body.len())).collect())
    }

    fn container(messages: Vec<types::Message>) -> Vec<u8> {
        let messages: Vec<_> = messages.into_iter().map(Bare).collect();
        types::MsgContainer { messages: messages.into() }.to_bytes()
    }

    #[test]
    fn em_10_a_container_gives_its_messages_and_may_be_empty() {
        let body = container(vec![message(1, 1, 4), message(5, 3, 40)]);
        assert_eq!(parse(&body), Ok(vec![(1, 4), (5, 40)]));
        assert_eq!(parse(&container(vec![])), Ok(vec![]));
    }

    #[test]
    fn tl_05_a_count_that_the_bytes_cannot_hold_is_refused() {
        let mut body = container(vec![message(1, 1, 4)]);
        for count in [2, -1, i32::MIN, i32::MAX] {
            body[4..8].copy_from_slice(&count.to_le_bytes());
            assert_eq!(parse(&body), Err(Violation::ContainerCount { count, left: 20 }));
        }
        body[4..8].copy_from_slice(&0_i32.to_le_bytes());
        assert_eq!(parse(&body), Err(Violation::ChildLength { length: 0, left: 20 }));
    }

    #[test]
    fn em_10_each_message_fits_exactly() {
        let good = container(vec![message(1, 1, 8), message(5, 3, 8)]);
        for length in [-4, 1, 2, 3, 7, 36, i32::MIN, i32::MAX] {
            let mut body = good.clone();
            body[20..24].copy_from_slice(&length.to_le_bytes());
            assert!(
                matches!(parse(&body), Err(Violation::ChildLength { length: l, .. }) if l == length),
                "{length}"
            );
        }
        for cut in 0..good.len() {
            assert!(parse(&good[..cut]).is_err(), "{cut}");
        }
        let longer = [&good[..], &[0; 4]].concat();
        assert_eq!(parse(&longer), Err(Violation::ChildLength { length: 0, left: 4 }));
    }

    #[test]
    fn tl_04_a_container_in_a_container_is_refused() {
        let inner = types::Message {
            msg_id: 1,
            seqno: 0,
            body: Object::from(container(vec![message(1, 1, 4)])),
        };
        assert_eq!(parse(&container(vec![inner])), Err(Violation::NestedContainer));
    }

    #[test]
    fn em_09_a_container_is_younger_than_its_messages() {
        let order = Err(Violation::ContainerOrder(MessageId(100)));
        assert_eq!(parse(&container(vec![message(100, 1, 4)])), order);
        assert_eq!(parse(&container(vec![message(1, 51, 4)])), order);
        assert!(parse(&container(vec![message(99, 50, 4)])).is_ok());
    }

    fn packed(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(gzip: Vec<u8>) -> Result<Vec<u8>, Violation> {
        Inflation::default().inflate(&types::GzipPacked { packed_data: gzip.into() }.to_bytes())
    }

    #[test]
    fn compressed_data_is_restored() {
        let data: Vec<u8> = (0..10_000_u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(unpacked(packed(&data)), Ok(data));
        assert_eq!(unpacked(packed(&[])), Ok(vec![]));
    }

    #[test]
    fn tl_07_a_bomb_is_refused_without_unpacking_it() {
        let bomb = packed(&vec![0; 64 << 20]);
        let limit = INFLATED_LIMIT;
        assert_eq!(unpacked(bomb), Err(Violation::GzipLimit { limit }));
        let largest = packed(&vec![0; limit]);
        assert_eq!(unpacked(largest).map(|data| data.len()), Ok(limit));
    }

    #[test]
    fn tl_07_checksum_size_end_and_every_truncation_are_checked() {
        let good = packed(b"something to compress, and to compress again");
        assert!(unpacked(good.clone()).is_ok());
        for place in good.len() - 8..good.len() {
            let mut wrong = good.clone();
            wrong[place] ^= 1;
            assert_eq!(unpacked(wrong), Err(Violation::Gzip), "byte {place} of the trailer");
        }
        for cut in 0..good.len() {
            assert_eq!(unpacked(good[..cut].to_vec()), Err(Violation::Gzip), "{cut}");
        }
        assert_eq!(unpacked([good, vec![0]].concat()), Err(Violation::Gzip));
    }

    #[test]
    fn tl_07_zlibs_data_is_read_and_checked_too() {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(b"something to compress, and to compress again").unwrap();
        let good = encoder.finish().unwrap();
        assert!(unpacked(good.clone()).is_ok());
        for place in (0..good.len()).filter(|place| *place != 1) {
            let mut wrong = good.clone();
            wrong[place] ^= 0x11;
            assert_eq!(unpacked(wrong), Err(Violation::Gzip), "byte {place}");
        }
        for cut in 0..good.len() {
            assert_eq!(unpacked(good[..cut].to_vec()), Err(Violation::Gzip), "{cut}");
        }
        assert_eq!(unpacked([good, vec![0]].concat()), Err(Violation::Gzip));
    }

    #[test]
    fn p4_a_packet_has_one_budget_for_all_that_is_compressed_in_it() {
        let packed = |length| {
            let packed_data = packed(&vec![0; length]).into();
            types::GzipPacked { packed_data }.to_bytes()
        };
        let mut inflation = Inflation::default();
        let half = packed(INFLATED_LIMIT / 2);
        assert!(inflation.inflate(&half).is_ok() && inflation.inflate(&half).is_ok());
        let limit = Err(Violation::GzipLimit { limit: INFLATED_LIMIT });
        assert_eq!(inflation.inflate(&packed(1)), limit);
        // One that is too large is not begun again and again.
        let mut inflation = Inflation::default();
        assert_eq!(inflation.inflate(&packed(INFLATED_LIMIT + 1)), limit);
        assert_eq!(inflation.inflate(&packed(1)), limit);
    }
}
