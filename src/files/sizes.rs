//! How files are cut into parts: what servers take, and what is chosen of it. Numbers alone, in bytes; `u64` throughout, since parts of
//! 4 GB are counted.

use crate::files::error::FileError;

/// FI-02: the largest part that may be sent. Every part size divides it.
pub const MAX_UPLOAD_PART: u32 = 524_288;

/// FI-02: what every part size is a multiple of.
pub const UPLOAD_STEP: u32 = 1_024;

/// FI-03: `upload_max_fileparts_default`, if the server's configuration does not say.
pub const MAX_PARTS: u32 = 4_000;

/// FI-03: `upload_max_fileparts_premium`, if the server's configuration does not say.
pub const MAX_PARTS_PREMIUM: u32 = 8_000;

/// FI-04: what is larger goes by `upload.saveBigFilePart`.
pub const MAX_SMALL_FILE: u64 = 10 * 1_048_576;

/// FI-30: a request does not cross a multiple of this, and asks for no more.
pub const MAX_DOWNLOAD_PART: u32 = 1_048_576;

/// FI-30: what offset and limit are multiples of.
pub const DOWNLOAD_STEP: u32 = 4_096;

/// FI-30: what they are multiples of in a `precise` request.
pub const PRECISE_STEP: u32 = 1_024;

/// The part size of downloads: a quarter of what would lose least to headers, so that four connections share a small file too, and a
/// part that is lost costs little.
pub const DOWNLOAD_PART: u32 = 524_288;

/// FI-02: whether the server takes parts of this size: a multiple of 1 KiB that divides 512 KiB. There are ten such sizes.
#[must_use]
pub fn is_upload_part(size: u32) -> bool {
    size != 0 && size.is_multiple_of(UPLOAD_STEP) && MAX_UPLOAD_PART.is_multiple_of(size)
}

/// FI-30: whether a download may be cut so: a multiple of 4 KiB that divides 1 MiB. There are nine such sizes.
#[must_use]
pub fn is_download_part(size: u32) -> bool {
    size != 0 && size.is_multiple_of(DOWNLOAD_STEP) && MAX_DOWNLOAD_PART.is_multiple_of(size)
}

/// FI-30: whether the server answers a request for these bytes.
///
/// # Errors
///
/// [`FileError::OffsetInvalid`], [`FileError::LimitInvalid`], as the server would say it; [`FileError::CrossesBoundary`].
pub fn check_request(offset: u64, limit: u32, precise: bool) -> Result<(), FileError> {
    let step = if precise { PRECISE_STEP } else { DOWNLOAD_STEP };
    if !offset.is_multiple_of(step.into()) {
        return Err(FileError::OffsetInvalid { offset });
    }
    let fits = if precise { limit <= MAX_DOWNLOAD_PART } else { is_download_part(limit) };
    if limit == 0 || !limit.is_multiple_of(step) || !fits {
        return Err(FileError::LimitInvalid { limit });
    }
    let last =
        offset.checked_add(u64::from(limit) - 1).ok_or(FileError::OffsetInvalid { offset })?;
    match offset >> 20 == last >> 20 {
        true => Ok(()),
        false => Err(FileError::CrossesBoundary { offset, limit }),
    }
}

/// How an upload of known size is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The bytes of each part but the last.
    pub part_size: u32,
    /// How many there are.
    pub parts: u32,
    /// FI-04: whether it goes by `upload.saveBigFilePart`, to become an `inputFileBig`.
    pub is_big: bool,
}

impl Cut {
    /// Cuts a file of this size. 512 KiB a part are what the
    /// [documentation](https://core.telegram.org/api/files#uploading-files) recommends.
    ///
    /// # Errors
    ///
    /// [`FileError::Empty`] (FI-08), [`FileError::PartSize`] (FI-02), [`FileError::TooManyParts`] (FI-03): before the first byte is sent.
    pub fn new(size: u64, part_size: u32, max_parts: u32) -> Result<Self, FileError> {
        // FI-08: a server has no parts without bytes.
        if size == 0 {
            return Err(FileError::Empty);
        }
        if !is_upload_part(part_size) {
            return Err(FileError::PartSize { part_size });
        }
        let parts = size.div_ceil(u64::from(part_size));
        // FI-03: the limit is one of parts: 4,000 of 512 KiB are 2,097,152,000 bytes, and not 2 GiB.
        if parts > u64::from(max_parts) {
            return Err(FileError::TooManyParts { parts, max_parts });
        }
        let parts =
            u32::try_from(parts).map_err(|_| FileError::TooManyParts { parts, max_parts })?;
        Ok(Self { part_size, parts, is_big: size > MAX_SMALL_FILE })
    }

    /// Where a part lies, as offset and length; `None` if the file of `size` bytes has no such part (FI-05).
    #[must_use]
    pub fn part(&self, part: u32, size: u64) -> Option<(u64, u32)> {
        let offset = u64::from(part).checked_mul(self.part_size.into())?;
        let left = size.checked_sub(offset).filter(|left| *left > 0 && part < self.parts)?;
        Some((offset, u32::try_from(left.min(self.part_size.into())).unwrap_or(self.part_size)))
    }
}

/// FI-31: the whole parts that hold the bytes from `from` to `to`: the number of the first, and of the one behind the last.
#[must_use]
pub fn widen(from: u64, to: u64, part_size: u32) -> (u64, u64) {
    let part_size = u64::from(part_size.max(1));
    (from / part_size, to.div_ceil(part_size))
}

/// FI-39: how many bytes the server has of a file that was encrypted in blocks of sixteen.
#[must_use]
pub fn encrypted_size(size: u64) -> Option<u64> {
    size.checked_next_multiple_of(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ten sizes, as the documentation lists them.
    const UPLOAD_PARTS: [u32; 10] =
        [1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288];

    #[test]
    fn fi_02_exactly_ten_part_sizes_are_taken() {
        let taken: Vec<u32> =
            (0..=2 * MAX_UPLOAD_PART).filter(|size| is_upload_part(*size)).collect();
        assert_eq!(taken, UPLOAD_PARTS);
        assert!(!is_upload_part(u32::MAX));
        for size in UPLOAD_PARTS {
            assert!(Cut::new(1, size, MAX_PARTS).is_ok());
            for other in [size - 1, size + 1] {
                let refused = Err(FileError::PartSize { part_size: other });
                assert_eq!(Cut::new(1, other, MAX_PARTS), refused, "{other}");
            }
        }
    }

    #[test]
    fn fi_02_all_parts_are_equal_but_the_last_which_is_never_empty() {
        for part_size in UPLOAD_PARTS {
            let whole = u64::from(part_size);
            for size in [1, whole - 1, whole, whole + 1, 3 * whole - 1, 3 * whole, 3 * whole + 1] {
                let cut = Cut::new(size, part_size, MAX_PARTS).unwrap();
                let parts: Vec<_> = (0..cut.parts).map(|n| cut.part(n, size).unwrap()).collect();
                let (last, others) = parts.split_last().unwrap();
                assert!(others.iter().all(|(_, length)| *length == part_size));
                assert!((1..=part_size).contains(&last.1));
                let mut end = 0;
                for (offset, length) in parts {
                    assert_eq!(offset, end);
                    end += u64::from(length);
                }
                assert_eq!(end, size);
            }
        }
    }

    #[test]
    fn fi_03_the_limit_counts_parts_and_is_told_before_a_byte_is_sent() {
        for (max_parts, bytes) in
            [(MAX_PARTS, 2_097_152_000_u64), (MAX_PARTS_PREMIUM, 4_194_304_000)]
        {
            for size in [bytes - 1, bytes] {
                assert_eq!(Cut::new(size, 524_288, max_parts).unwrap().parts, max_parts);
            }
            let parts = u64::from(max_parts) + 1;
            let refused = Err(FileError::TooManyParts { parts, max_parts });
            assert_eq!(Cut::new(bytes + 1, 524_288, max_parts), refused);
        }
        let parts = u64::MAX.div_ceil(1_024);
        let refused = Err(FileError::TooManyParts { parts, max_parts: u32::MAX });
        assert_eq!(Cut::new(u64::MAX, 1_024, u32::MAX), refused);
    }

    #[test]
    fn fi_04_a_file_is_big_above_ten_mebibytes_alone() {
        for (size, is_big) in [(10_485_759, false), (10_485_760, false), (10_485_761, true)] {
            assert_eq!(Cut::new(size, 524_288, MAX_PARTS).unwrap().is_big, is_big, "{size}");
        }
    }

    #[test]
    fn fi_05_parts_are_counted_from_zero_and_end_before_their_number() {
        for part_size in UPLOAD_PARTS {
            for size in [1, u64::from(part_size), u64::from(part_size) * 7 + 1] {
                let cut = Cut::new(size, part_size, MAX_PARTS).unwrap();
                assert_eq!(u64::from(cut.parts), size.div_ceil(part_size.into()));
                assert_eq!(cut.part(0, size).unwrap().0, 0);
                assert!(cut.part(cut.parts - 1, size).is_some());
                for beyond in [cut.parts, cut.parts + 1, u32::MAX] {
                    assert_eq!(cut.part(beyond, size), None);
                }
            }
        }
    }

    #[test]
    fn fi_08_nothing_is_no_file() {
        for part_size in UPLOAD_PARTS {
            assert_eq!(Cut::new(0, part_size, MAX_PARTS), Err(FileError::Empty));
        }
    }

    #[test]
    fn fi_30_nine_sizes_are_asked_for_and_never_across_a_mebibyte() {
        let sizes: Vec<u32> =
            (0..=2 * MAX_DOWNLOAD_PART).filter(|size| is_download_part(*size)).collect();
        assert_eq!(sizes, [4, 8, 16, 32, 64, 128, 256, 512, 1_024].map(|kib| kib * 1_024));
        for limit in sizes {
            for number in [0, 1, 2, 255, 256, 257, 1 << 20] {
                let offset = number * u64::from(limit);
                assert_eq!(check_request(offset, limit, false), Ok(()), "{offset} {limit}");
                for (offset, error) in [
                    (offset + 1, offset + 1),
                    (offset + 2_048, offset + 2_048),
                    (offset + 4_095, offset + 4_095),
                ] {
                    let refused = Err(FileError::OffsetInvalid { offset: error });
                    assert_eq!(check_request(offset, limit, false), refused);
                }
            }
            for other in [limit - 1, limit + 1, limit + 1_024] {
                assert_eq!(
                    check_request(0, other, false),
                    Err(FileError::LimitInvalid { limit: other })
                );
            }
        }
        for limit in [0, 3 * 4_096, 2_097_152, u32::MAX] {
            assert_eq!(check_request(0, limit, false), Err(FileError::LimitInvalid { limit }));
        }
        let crossing = Err(FileError::CrossesBoundary { offset: 1_044_480, limit: 8_192 });
        assert_eq!(check_request(1_044_480, 8_192, false), crossing);
        assert_eq!(check_request(u64::MAX - 4_095, 4_096, false), Ok(()));
        let wraps = FileError::OffsetInvalid { offset: u64::MAX - 4_095 };
        assert_eq!(check_request(u64::MAX - 4_095, 8_192, false), Err(wraps));
    }

    #[test]
    fn fi_30_precise_requests_have_finer_steps() {
        for (offset, limit) in [(1_024, 1_024), (0, 1_048_576), (3_072, 5_120), (1_047_552, 1_024)]
        {
            assert_eq!(check_request(offset, limit, true), Ok(()), "{offset} {limit}");
        }
        assert_eq!(check_request(512, 1_024, true), Err(FileError::OffsetInvalid { offset: 512 }));
        for limit in [0, 512, 1_025, 1_049_600] {
            assert_eq!(check_request(0, limit, true), Err(FileError::LimitInvalid { limit }));
        }
        let crossing = Err(FileError::CrossesBoundary { offset: 1_047_552, limit: 2_048 });
        assert_eq!(check_request(1_047_552, 2_048, true), crossing);
    }

    #[test]
    fn fi_31_a_range_is_widened_to_whole_parts() {
        let mib = 1_048_576;
        for part_size in [4_096_u32, 131_072, 524_288, 1_048_576] {
            let whole = u64::from(part_size);
            for from in [0, 1, 4_095, 4_096, 4_097, mib - 1, mib, mib + 1] {
                for length in [1, 4_095, 4_096, 4_097, mib - 1, mib, mib + 1] {
                    let to = from + length;
                    let (first, last) = widen(from, to, part_size);
                    assert!(first * whole <= from && from < (first + 1) * whole);
                    assert!((last - 1) * whole < to && to <= last * whole);
                    for part in first..last {
                        assert_eq!(check_request(part * whole, part_size, false), Ok(()));
                    }
                }
            }
        }
    }

    #[test]
    fn fi_39_encrypted_files_are_whole_blocks() {
        for (size, blocks) in [(1, 16), (15, 16), (16, 16), (17, 32)] {
            assert_eq!(encrypted_size(size), Some(blocks));
        }
        assert_eq!(encrypted_size(u64::MAX), None);
    }
}
