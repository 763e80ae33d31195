//! What is kept of a transfer, so that another run of the program goes on with it: pure functions over bytes.
//!
//! ```text
//! download  "TWD" version:1 kind:1 dc:2 id:8 length:1 variant size:8 from:8 to:8 part_size:4 chained:1 [at:8 iv:32] length:4 bitmap crc:4
//! upload    "TWU" version:1 file_id:8 part_size:4 size:8 modified:8 is_big:1 begun:8 ready:4 crc:4
//! ```
//! Numbers are little-endian; a size or an end that nobody knows is 2^64 - 1; the checksum is the CRC-32 of all before it. No reference
//! and no token is kept: they expire (FI-81).

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::Secret;
use crate::files::location::Kind;

/// FI-81: the version of the format. One that is not this is not read.
pub const VERSION: u8 = 1;

/// Why a journal is of no use: the transfer begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It is cut short, or some of it was changed.
    #[error("the journal is torn")]
    Torn,
    /// Another version of the library wrote it.
    #[error("the journal has version {0}, which is not ours")]
    Version(u8),
    /// It is that of another file, or of another part of it.
    #[error("the journal is that of another file")]
    OtherFile,
    /// It counts parts of another size.
    #[error("the journal counts parts of another size")]
    OtherParts,
    /// The partial file has lost some of its end.
    #[error("the partial file is shorter than what the journal says")]
    TooShort,
    /// The file on the disk was changed since.
    #[error("the file was changed since")]
    SourceChanged,
    /// The server may have forgotten the parts.
    #[error("the parts were sent too long ago")]
    TooOld,
}

/// A journal as it is stored. It may have the iv of a file of a secret chat, which has bytes of the file: it is wiped, and `Debug` does not
/// show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept(Zeroizing<Vec<u8>>);

impl From<Vec<u8>> for Kept {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Deref for Kept {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({} bytes)", self.len())
    }
}

/// FI-80: a download's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// What kind of file it is.
    pub(crate) kind: u8,
    /// The data centre that had it last.
    pub dc: u16,
    /// The file's id.
    pub id: i64,
    /// Which of its variants.
    pub variant: String,
    /// Its size, if known.
    pub size: Option<u64>,
    /// The first byte that is wanted.
    pub from: u64,
    /// The byte behind the last, if known.
    pub to: Option<u64>,
    /// The bytes of a part.
    pub part_size: u32,
    /// FI-39: of an encrypted file, up to where it is decrypted, and the iv there.
    pub chain: Option<(u64, Secret<32>)>,
    /// The parts that were written, a bit each, from the part that `from` lies in.
    pub parts: Vec<u8>,
}

/// What a journal has to fit, to be gone on with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// What kind of file it is.
    pub kind: Kind,
    /// The file's id.
    pub id: i64,
    /// Which of its variants.
    pub variant: &'a str,
    /// Its size, if known.
    pub size: Option<u64>,
    /// The first byte that is wanted.
    pub from: u64,
    /// The byte behind the last, if known.
    pub to: Option<u64>,
    /// The bytes of a part.
    pub part_size: u32,
    /// Whether the file is decrypted as it comes.
    pub is_chained: bool,
    /// How many bytes the partial file has.
    pub temp_length: u64,
}

impl Journal {
    /// The journal as it is stored. It replaces the one before as a whole, or is torn and worth nothing.
    #[must_use]
    pub fn to_bytes(&self) -> Kept {
        // As large as it becomes: growing would leave copies behind.
        let mut out = Vec::with_capacity(HEAD + usize::from(u8::MAX) + self.parts.len());
        out.extend_from_slice(b"TWD");
        out.extend_from_slice(&[VERSION, self.kind]);
        out.extend_from_slice(&self.dc.to_le_bytes());
        out.extend_from_slice(&self.id.to_le_bytes());
        let variant = self.variant.as_bytes();
        let variant = variant.get(..usize::from(u8::MAX)).unwrap_or(variant);
        out.push(u8::try_from(variant.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(variant);
        for number in [self.size.unwrap_or(UNKNOWN), self.from, self.to.unwrap_or(UNKNOWN)] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.part_size.to_le_bytes());
        out.push(u8::from(self.chain.is_some()));
        if let Some((at, iv)) = &self.chain {
            out.extend_from_slice(&at.to_le_bytes());
            out.extend_from_slice(iv.expose());
        }
        out.extend_from_slice(&u32::try_from(self.parts.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&self.parts);
        sealed(out)
    }

    /// Reads a journal.
    ///
    /// # Errors
    ///
    /// [`JournalError::Torn`], [`JournalError::Version`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, JournalError> {
        let mut read = Fields(unsealed(bytes, *b"TWD")?);
        let journal = Self {
            kind: read.byte()?,
            dc: u16::from_le_bytes(read.array()?),
            id: i64::from_le_bytes(read.array()?),
            variant: {
                let length = read.byte()?;
                let text = read.bytes(length.into())?;
                std::str::from_utf8(text).map_err(|_| JournalError::Torn)?.to_owned()
            },
            size: known(read.number()?),
            from: read.number()?,
            to: known(read.number()?),
            part_size: u32::from_le_bytes(read.array()?),
            chain: match read.byte()? {
                0 => None,
                1 => Some((read.number()?, Secret::from(read.array()?))),
                _ => return Err(JournalError::Torn),
            },
            parts: {
                let length = u32::from_le_bytes(read.array()?);
                read.bytes(usize::try_from(length).map_err(|_| JournalError::Torn)?)?.to_vec()
            },
        };
        if read.0.is_empty() { Ok(journal) } else { Err(JournalError::Torn) }
    }

    /// FI-81: reads a journal that is to be gone on with.
    ///
    /// # Errors
    ///
    /// Why it cannot be: the download begins anew, and the partial file goes.
    pub fn resume(bytes: &[u8], expected: &Expected<'_>) -> Result<Self, JournalError> {
        let journal = Self::from_bytes(bytes)?;
        let Expected { kind, id, variant, size, from, to, part_size, is_chained, temp_length } =
            *expected;
        let is_same = journal.kind == kind.to_byte()
            && journal.id == id
            && journal.variant == variant
            && (size.is_none() || journal.size == size)
            && journal.from == from
            && (to.is_none() || journal.to == to);
        if !is_same || !kind.is_resumable() {
            return Err(JournalError::OtherFile);
        }
        if journal.part_size != part_size || journal.chain.is_some() != is_chained {
            return Err(JournalError::OtherParts);
        }
        let end = journal.end().ok_or(JournalError::Torn)?;
        if end.saturating_sub(from) > temp_length {
            return Err(JournalError::TooShort);
        }
        Ok(journal)
    }

    /// The numbers of the parts that were written.
    pub fn written(&self) -> impl Iterator<Item = u64> + '_ {
        let first = self.from / u64::from(self.part_size.max(1));
        let bits = self.parts.iter().enumerate().flat_map(|(at, byte)| {
            (0..8_u64).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| (at, bit))
        });
        bits.filter_map(move |(at, bit)| {
            let at = u64::try_from(at).ok()?;
            first.checked_add(at.checked_mul(8)?)?.checked_add(bit)
        })
    }

    /// Up to where the file was written.
    fn end(&self) -> Option<u64> {
        let Some(last) = self.written().last() else { return Some(self.from) };
        let end = last.checked_add(1)?.checked_mul(self.part_size.into())?;
        let bound = [self.size, self.to].into_iter().flatten().min();
        Some(bound.map_or(end, |bound| end.min(bound)))
    }
}

/// FI-84: what is kept of an upload. It is written after parts were acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadState {
    /// What the server knows the parts by.
    pub file_id: i64,
    /// The bytes of a part.
    pub part_size: u32,
    /// The bytes of the file.
    pub size: u64,
    /// When the file was changed last, as its file system tells it.
    pub modified: i64,
    /// Whether it is sent by `upload.saveBigFilePart`.
    pub is_big: bool,
    /// When the first part was sent, since 1970.
    pub begun: Duration,
    /// How many parts, from the first, the server has all of.
    pub ready: u32,
}

/// FI-13: how long servers keep the parts of a file that goes by `upload.saveBigFilePart`, as Telegram's own client for Android counts on.
pub const KEPT_BIG: Duration = Duration::from_secs(24 * 3_600);

/// FI-13: the same for others.
pub const KEPT_SMALL: Duration = Duration::from_secs(90 * 60);

impl UploadState {
    /// The state as it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Kept {
        let mut out = Vec::with_capacity(64);
        out.extend_from_slice(b"TWU");
        out.push(VERSION);
        out.extend_from_slice(&self.file_id.to_le_bytes());
        out.extend_from_slice(&self.part_size.to_le_bytes());
        out.extend_from_slice(&self.size.to_le_bytes());
        out.extend_from_slice(&self.modified.to_le_bytes());
        out.push(self.is_big.into());
        out.extend_from_slice(&self.begun.as_secs().to_le_bytes());
        out.extend_from_slice(&self.ready.to_le_bytes());
        sealed(out)
    }

    /// Reads a state.
    ///
    /// # Errors
    ///
    /// [`JournalError::Torn`], [`JournalError::Version`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, JournalError> {
        let mut read = Fields(unsealed(bytes, *b"TWU")?);
        let state = Self {
            file_id: i64::from_le_bytes(read.array()?),
            part_size: u32::from_le_bytes(read.array()?),
            size: read.number()?,
            modified: i64::from_le_bytes(read.array()?),
            is_big: read.byte()? != 0,
            begun: Duration::from_secs(read.number()?),
            ready: u32::from_le_bytes(read.array()?),
        };
        if read.0.is_empty() { Ok(state) } else { Err(JournalError::Torn) }
    }

    /// FI-84: reads a state that is to be gone on with, at a time since 1970.
    ///
    /// # Errors
    ///
    /// Why it cannot be: the upload begins anew, with another id.
    pub fn resume(
        bytes: &[u8],
        size: u64,
        modified: i64,
        part_size: u32,
        unix: Duration,
    ) -> Result<Self, JournalError> {
        let state = Self::from_bytes(bytes)?;
        // FI-15.
        if state.size != size || state.modified != modified {
            return Err(JournalError::SourceChanged);
        }
        if state.part_size != part_size || state.file_id == 0 {
            return Err(JournalError::OtherParts);
        }
        let kept = if state.is_big { KEPT_BIG } else { KEPT_SMALL };
        // A clock that went back tells nothing of the age.
        match unix.checked_sub(state.begun) {
            Some(age) if age <= kept => Ok(state),
            _ => Err(JournalError::TooOld),
        }
    }
}

/// What a journal has at most beside the variant's name and the bits of the parts.
const HEAD: usize = 96;

/// What stands for a number that nobody knows.
const UNKNOWN: u64 = u64::MAX;

fn known(number: u64) -> Option<u64> {
    Some(number).filter(|number| *number != UNKNOWN)
}

fn sealed(mut out: Vec<u8>) -> Kept {
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    out.into()
}

/// What is between head and checksum. The version is looked at after the checksum: a flipped bit makes no other version.
fn unsealed(bytes: &[u8], head: [u8; 3]) -> Result<&[u8], JournalError> {
    let (body, crc) = bytes.split_last_chunk().ok_or(JournalError::Torn)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
        return Err(JournalError::Torn);
    }
    match body.split_first_chunk() {
        Some((start, rest)) if *start == head => match rest.split_first() {
            Some((&VERSION, rest)) => Ok(rest),
            Some((version, _)) => Err(JournalError::Version(*version)),
            None => Err(JournalError::Torn),
        },
        _ => Err(JournalError::Torn),
    }
}

/// What is left to read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], JournalError> {
        let (read, rest) = self.0.split_at_checked(count).ok_or(JournalError::Torn)?;
        self.0 = rest;
        Ok(read)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], JournalError> {
        self.bytes(N)?.try_into().map_err(|_| JournalError::Torn)
    }

    fn number(&mut self) -> Result<u64, JournalError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn byte(&mut self) -> Result<u8, JournalError> {
        let [byte] = self.array()?;
        Ok(byte)
    }
}

#[cfg(test)]
mod tests;
