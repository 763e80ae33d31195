//! What is inside of `gzip_packed`.

use std::io::Read;

use flate2::bufread::{GzDecoder, ZlibDecoder};

/// The most that is unpacked (TL-07).
const LIMIT: u64 = 16 << 20;

/// How gzip's data begin (RFC 1952). What begins otherwise has zlib's header (RFC 1950), as with TDLib and mtcute.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Unpacks; says why not for what is neither gzip's nor zlib's, becomes too large, or has something behind it.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut data = Vec::new();
    let mut rest = packed;
    let most = LIMIT.saturating_add(1);
    let read = match packed.starts_with(&GZIP) {
        true => GzDecoder::new(&mut rest).take(most).read_to_end(&mut data),
        false => ZlibDecoder::new(&mut rest).take(most).read_to_end(&mut data),
    };
    read.map_err(|error| format!("this is no gzip: {error}"))?;
    if u64::try_from(data.len()).is_ok_and(|length| length <= LIMIT) {
        match rest.len() {
            0 => Ok(data),
            left => Err(format!("{left} bytes follow the compressed ones")),
        }
    } else {
        Err(format!("it becomes more than {LIMIT} bytes"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    /// With either header, and the length of what stands behind the data.
    fn packed(data: &[u8]) -> [(Vec<u8>, usize); 2] {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(data).unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(data).unwrap();
        [(gzip.finish().unwrap(), 8), (zlib.finish().unwrap(), 4)]
    }

    #[test]
    fn tl_07_what_becomes_too_large_is_left_alone() {
        for (length, fits) in [(16 << 20, true), ((16 << 20) + 1, false)] {
            for (packed, _) in packed(&vec![0; length]) {
                let unpacked = unpack(&packed);
                let expected =
                    if fits { Ok(length) } else { Err("it becomes more than 16777216 bytes") };
                assert_eq!(unpacked.as_ref().map(Vec::len).map_err(String::as_str), expected);
            }
        }
    }

    #[test]
    fn tl_07_what_is_no_gzip_is_told_apart() {
        assert!(unpack(&[1, 2, 3]).unwrap_err().starts_with("this is no gzip: "));
        assert!(unpack(&[]).is_err());
        for (packed, trailer) in packed(&[7; 100]) {
            assert_eq!(unpack(&packed), Ok(vec![7; 100]));
            for cut in 0..packed.len() {
                assert!(unpack(&packed[..cut]).is_err(), "{cut}");
            }
            let mut flipped = packed.clone();
            let checksum = packed.len() - trailer;
            flipped[checksum] ^= 1;
            assert!(unpack(&flipped).is_err());
            let longer = [&packed[..], &[0; 5]].concat();
            assert_eq!(unpack(&longer).unwrap_err(), "5 bytes follow the compressed ones");
        }
    }
}
