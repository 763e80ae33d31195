//! What is inside of `gzip_packed`.

use std::io::Read;

use flate2::bufread::GzDecoder;

/// The most that is unpacked (TL-07).
const LIMIT: u64 = 16 << 20;

/// Unpacks; `None` for what is no gzip, or becomes too large.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    let mut decoder = GzDecoder::new(packed).take(LIMIT.saturating_add(1));
    decoder.read_to_end(&mut data).ok()?;
    (u64::try_from(data.len()).ok()? <= LIMIT).then_some(data)
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
            assert_eq!(unpack(&encoder.finish().unwrap()).is_some(), fits, "{length}");
        }
        assert_eq!(unpack(&[1, 2, 3]), None);
    }
}
