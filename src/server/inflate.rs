//! `gzip_packed` from a client: decompressed, within bounds.
//!
//! ```tl
//! gzip_packed#3072cfa1 packed_data:bytes = Object;
//! ```
//!
//! The data has gzip's header with most clients, and zlib's with TDLib and mtcute. Data without any header is none: nothing tells
//! it from noise, and what detects the two headers by itself, as zlib's `inflateInit2` with 32 added, does not take it either.

use std::io::Read;

use flate2::bufread::{GzDecoder, ZlibDecoder};

use crate::tl::Deserialize;
use crate::tl::mtproto::types::GzipPacked;

/// The most that a compressed value may become. No query is near it.
const MAX_INFLATED: u64 = 4 << 20;

/// The most that all compressed values of a packet may become together: a container could else have a thousand of them, each
/// of them a bomb (TL-07). It is fourteen times what a packet may have.
const MAX_OF_PACKET: u64 = 16 << 20;

/// How a gzip member begins, [RFC 1952](https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What the compressed values of one packet may still become.
#[derive(Debug)]
pub(super) struct Inflater {
    left: u64,
}

/// Why a compressed value is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is no `gzip_packed`, or its data is malformed.
    Malformed,
    /// It would become too large, or the packet would.
    TooLarge,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self { left: MAX_OF_PACKET }
    }

    /// What a `gzip_packed` holds.
    pub(super) fn inflate(&mut self, value: &[u8]) -> Result<Vec<u8>, Refusal> {
        let packed = GzipPacked::from_bytes(value).map_err(|_| Refusal::Malformed)?.packed_data;
        let limit = self.left.min(MAX_INFLATED);
        // One byte more than allowed tells a value at the limit from one above it. Memory grows as data comes.
        let most = limit.saturating_add(1);
        let mut data = Vec::new();
        let read = if packed.starts_with(&GZIP) {
            GzDecoder::new(&*packed).take(most).read_to_end(&mut data)
        } else {
            ZlibDecoder::new(&*packed).take(most).read_to_end(&mut data)
        };
        // What was decompressed before an error was found took its time too.
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(length);
        read.map_err(|_| Refusal::Malformed)?;
        if length > limit { Err(Refusal::TooLarge) } else { Ok(data) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;
    use crate::tl::Serialize;

    /// With which header data is compressed.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(in crate::server) enum Header {
        Gzip,
        Zlib,
        None,
    }

    pub(in crate::server) const HEADERS: [Header; 2] = [Header::Gzip, Header::Zlib];

    pub(in crate::server) fn deflate(header: Header, data: &[u8]) -> Vec<u8> {
        let level = Compression::best();
        macro_rules! by {
            ($encoder:ident) => {{
                let mut encoder = $encoder::new(Vec::new(), level);
                encoder.write_all(data).unwrap();
                encoder.finish().unwrap()
            }};
        }
        match header {
            Header::Gzip => by!(GzEncoder),
            Header::Zlib => by!(ZlibEncoder),
            Header::None => by!(DeflateEncoder),
        }
    }

    pub(in crate::server) fn packed(header: Header, data: &[u8]) -> GzipPacked {
        GzipPacked { packed_data: deflate(header, data).into() }
    }

    fn inflated(data: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        Inflater::new().inflate(&GzipPacked { packed_data: data.into() }.to_bytes())
    }

    #[test]
    fn both_headers_are_read_and_none_is_refused() {
        for length in [0, 1, 500, 70_000] {
            let data: Vec<u8> = (0..length).map(|n: u32| (n.wrapping_mul(n) / 7) as u8).collect();
            for header in HEADERS {
                assert_eq!(inflated(deflate(header, &data)), Ok(data.clone()), "{header:?}");
            }
            assert_eq!(inflated(deflate(Header::None, &data)), Err(Refusal::Malformed));
        }
    }

    #[test]
    fn tl_07_every_truncation_and_every_flipped_byte_of_header_and_check_are_refused() {
        for header in HEADERS {
            let good = deflate(header, b"something to compress, and to compress again");
            for cut in 0..good.len() {
                let data = good[..cut].to_vec();
                assert_eq!(inflated(data), Err(Refusal::Malformed), "{header:?} {cut}");
            }
            // Of gzip's trailer, eight bytes, and of zlib's, four: the checksum and for gzip the size.
            let trailer = if header == Header::Gzip { 8 } else { 4 };
            for place in (0..2).chain(good.len() - trailer..good.len()) {
                let mut wrong = good.clone();
                wrong[place] ^= 1;
                assert_eq!(inflated(wrong), Err(Refusal::Malformed), "{header:?} {place}");
            }
        }
    }

    #[test]
    fn tl_07_a_bomb_is_refused_without_unpacking_it() {
        for header in HEADERS {
            let largest = deflate(header, &vec![0; MAX_INFLATED as usize]);
            assert_eq!(inflated(largest).map(|data| data.len() as u64), Ok(MAX_INFLATED));
            let bomb = deflate(header, &vec![0; MAX_INFLATED as usize + 1]);
            assert_eq!(inflated(bomb), Err(Refusal::TooLarge));
        }
    }

    #[test]
    fn tl_07_many_small_bombs_of_a_packet_are_one() {
        for header in HEADERS {
            let half = packed(header, &vec![0; MAX_INFLATED as usize / 2]).to_bytes();
            let torn = packed(header, &vec![0; MAX_INFLATED as usize / 2]);
            let torn = &torn.packed_data[..torn.packed_data.len() - 1];
            let torn = GzipPacked { packed_data: torn.to_vec().into() }.to_bytes();
            let mut inflater = Inflater::new();
            for number in 0..20 {
                // Those that turn out to be torn count as the others do.
                let value = if number % 2 == 0 { &half } else { &torn };
                match inflater.inflate(value) {
                    Ok(_) => assert!(number < 8 && number % 2 == 0, "{number}"),
                    Err(Refusal::Malformed) => assert!(number < 8 && number % 2 == 1, "{number}"),
                    Err(Refusal::TooLarge) => assert!(number >= 8, "{number}"),
                }
            }
            assert_eq!(inflater.left, 0);
        }
    }
}
