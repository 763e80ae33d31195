//! What the planner asks servers, and what they answer: the functions of `upload.`, without the types of the API.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::crypto::Secret;
use crate::files::location::Location;

/// A call of a function of `upload.`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// `upload.saveFilePart`.
    SaveFilePart {
        /// FI-01.
        file_id: i64,
        /// FI-05: counted from 0.
        part: u32,
        /// The part.
        bytes: Chunk,
    },
    /// `upload.saveBigFilePart`.
    SaveBigFilePart {
        /// FI-01.
        file_id: i64,
        /// FI-05: counted from 0.
        part: u32,
        /// FI-05, FI-06: how many parts there are; `None`, which is sent as -1, if nobody knows it yet.
        total: Option<u32>,
        /// The part.
        bytes: Chunk,
    },
    /// `upload.getFile`. It is never `precise`.
    GetFile {
        /// Which file.
        location: Location,
        /// Where the part begins.
        offset: u64,
        /// How many bytes.
        limit: u32,
        /// FI-50: whether the answer may be a redirect to a CDN.
        cdn_supported: bool,
        /// FI-40: the takeout in whose `invokeWithTakeout` it is called.
        takeout: Option<i64>,
    },
    /// `upload.getWebFile`.
    GetWebFile {
        /// Which file.
        location: Location,
        /// FI-41: where the part begins, below 2^31.
        offset: u32,
        /// How many bytes.
        limit: u32,
    },
    /// `upload.getCdnFile`, to a CDN.
    GetCdnFile {
        /// What the redirect had.
        file_token: FileToken,
        /// Where the part begins.
        offset: u64,
        /// How many bytes.
        limit: u32,
    },
    /// `upload.reuploadCdnFile`, to the file's data centre.
    ReuploadCdnFile {
        /// What the redirect had.
        file_token: FileToken,
        /// What the CDN answered.
        request_token: Vec<u8>,
    },
    /// `upload.getCdnFileHashes`, to the file's data centre.
    GetCdnFileHashes {
        /// What the redirect had.
        file_token: FileToken,
        /// Where the ranges are to begin.
        offset: u64,
    },
    /// `upload.getFileHashes`, to the file's data centre.
    GetFileHashes {
        /// Which file.
        location: Location,
        /// Where the ranges are to begin.
        offset: u64,
    },
}

impl Request {
    /// How many bytes of a part it carries, or is answered with.
    #[must_use]
    pub fn part_bytes(&self) -> u32 {
        match self {
            Self::SaveFilePart { bytes, .. } | Self::SaveBigFilePart { bytes, .. } => {
                u32::try_from(bytes.len()).unwrap_or(u32::MAX)
            }
            Self::GetFile { limit, .. }
            | Self::GetWebFile { limit, .. }
            | Self::GetCdnFile { limit, .. } => *limit,
            _ => 0,
        }
    }

    /// FI-16: whether compressing it is worth a try. Parts of files seldom get smaller, and a look at each takes the processor longer
    /// than its encryption.
    #[must_use]
    pub fn may_compress(&self) -> bool {
        !matches!(self, Self::SaveFilePart { .. } | Self::SaveBigFilePart { .. })
    }

    /// FI-17: whether it has a packet of its own: a part above 32 KiB, and what is answered with a part, of which a container has one
    /// at most.
    #[must_use]
    pub fn travels_alone(&self) -> bool {
        match self {
            Self::SaveFilePart { bytes, .. } | Self::SaveBigFilePart { bytes, .. } => {
                bytes.len() > ALONE_FROM
            }
            Self::GetFile { .. } | Self::GetWebFile { .. } | Self::GetCdnFile { .. } => true,
            _ => false,
        }
    }
}

/// FI-17: the most bytes of a part that travel with others, 2^15 as the containers of TDLib have.
const ALONE_FROM: usize = 1 << 15;

/// An answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// What `upload.saveFilePart` and `saveBigFilePart` answer.
    Saved(bool),
    /// `upload.file`.
    File {
        /// The part.
        bytes: Vec<u8>,
    },
    /// `upload.webFile`.
    WebFile {
        /// The size of all of it.
        size: i32,
        /// The part.
        bytes: Vec<u8>,
    },
    /// `upload.fileCdnRedirect`.
    CdnRedirect(Redirect),
    /// `upload.cdnFile`.
    CdnFile {
        /// The part, encrypted.
        bytes: Vec<u8>,
    },
    /// `upload.cdnFileReuploadNeeded`.
    CdnReuploadNeeded {
        /// What the file's data centre needs to know.
        request_token: Vec<u8>,
    },
    /// A vector of `fileHash`.
    Hashes(Vec<FileHash>),
}

/// `upload.fileCdnRedirect`, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The CDN.
    pub dc_id: i32,
    /// What the CDN is asked with.
    pub file_token: FileToken,
    /// What the CDN's bytes are encrypted with.
    pub encryption_key: Vec<u8>,
    /// FI-52: and the begin of their counter.
    pub encryption_iv: Vec<u8>,
    /// FI-53: hashes of some ranges.
    pub file_hashes: Vec<FileHash>,
}

impl Redirect {
    /// FI-51: the key and the iv, of 32 and 16 bytes.
    pub(crate) fn keys(&self) -> Option<(Secret<32>, Secret<16>)> {
        let key: [u8; 32] = self.encryption_key.as_slice().try_into().ok()?;
        let iv: [u8; 16] = self.encryption_iv.as_slice().try_into().ok()?;
        Some((key.into(), iv.into()))
    }
}

impl fmt::Debug for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redirect(to {}, {} hashes)", self.dc_id, self.file_hashes.len())
    }
}

/// What a CDN knows a file by. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct FileToken(pub Arc<[u8]>);

impl fmt::Debug for FileToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileToken({} bytes)", self.0.len())
    }
}

/// `fileHash`: the SHA-256 of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHash {
    /// Where the range begins.
    pub offset: i64,
    /// How many bytes it has.
    pub limit: i32,
    /// SHA-256 of them.
    pub hash: Vec<u8>,
}

/// Bytes that are shared and not copied.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    bytes: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Chunk {
    /// A part of it; less, if it does not have so much.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let end = self.range.start.saturating_add(range.end).min(self.range.end);
        let start = self.range.start.saturating_add(range.start).min(end);
        Self { bytes: self.bytes.clone(), range: start..end }
    }
}

impl From<Vec<u8>> for Chunk {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { bytes: Arc::new(bytes), range }
    }
}

impl std::ops::Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunk({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::location::Kind;

    fn parts(length: usize) -> [Request; 2] {
        let bytes = Chunk::from(vec![0; length]);
        [
            Request::SaveFilePart { file_id: 1, part: 0, bytes: bytes.clone() },
            Request::SaveBigFilePart { file_id: 1, part: 0, total: None, bytes },
        ]
    }

    #[test]
    fn fi_16_parts_are_never_compressed() {
        for length in [1, 511, 512, 513, 524_288] {
            assert!(parts(length).iter().all(|request| !request.may_compress()));
        }
    }

    #[test]
    fn fi_17_large_parts_and_requests_for_parts_travel_alone() {
        for (length, is_alone) in [(1, false), (32_767, false), (32_768, false), (32_769, true)] {
            assert!(
                parts(length).iter().all(|request| request.travels_alone() == is_alone),
                "{length}"
            );
        }
        let location = Location::new(Kind::Document, 1, "", []);
        let limit = 4_096;
        let file_token = FileToken([].into());
        let hashes = Request::GetFileHashes { location: location.clone(), offset: 0 };
        assert!(!hashes.travels_alone());
        for request in [
            Request::GetWebFile { location: location.clone(), offset: 0, limit },
            Request::GetFile { location, offset: 0, limit, cdn_supported: false, takeout: None },
            Request::GetCdnFile { file_token, offset: 0, limit },
        ] {
            assert!(request.travels_alone(), "{request:?}");
        }
    }

    #[test]
    fn slices_of_chunks_stay_within_them() {
        let chunk = Chunk::from(vec![0, 1, 2, 3, 4]);
        assert_eq!(&*chunk.slice(1..3), &[1, 2]);
        assert_eq!(&*chunk.slice(1..4).slice(1..9), &[2, 3]);
        assert!(chunk.slice(1..4).slice(9..9).is_empty());
        assert_eq!(&*chunk.slice(3..usize::MAX), &[3, 4]);
    }
}
