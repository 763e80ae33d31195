//! What is inside of `gzip_packed`.

use std::io::Read;

use flate2::bufread::GzDecoder;

/// The most that is unpacked (TL-07).
const LIMIT: u64 = 16 << 20;

/// Unpacks; says why not for what is no gzip, becomes too large, or has something behind it.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut data = Vec::new();
    let mut rest = packed;
    let mut decoder = GzDecoder::new(&mut rest).take(LIMIT.saturating_add(1));
    decoder.read_to_end(&mut data).map_err(|error| format!("this is no gzip: {error}"))?;
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
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn tl_07_what_becomes_too_large_is_left_alone() {
        for (length, fits) in [(16 << 20, true), ((16 << 20) + 1, false)] {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&vec![0; length]).unwrap();
            let unpacked = unpack(&encoder.finish().unwrap());
            let expected =
                if fits { Ok(length) } else { Err("it becomes more than 16777216 bytes") };
            assert_eq!(unpacked.as_ref().map(Vec::len).map_err(String::as_str), expected);
        }
    }

    #[test]
    fn tl_07_what_is_no_gzip_is_told_apart() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&[7; 100]).unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(unpack(&packed), Ok(vec![7; 100]));
        assert!(unpack(&[1, 2, 3]).unwrap_err().starts_with("this is no gzip: "));
        assert!(unpack(&packed[..packed.len() - 1]).is_err());
        let mut flipped = packed.clone();
        let crc = packed.len() - 8;
        flipped[crc] ^= 1;
        assert!(unpack(&flipped).is_err());
        let longer = [&packed[..], &[0; 5]].concat();
        assert_eq!(unpack(&longer).unwrap_err(), "5 bytes follow the compressed ones");
    }
}
