//! [CDNs](https://core.telegram.org/cdn): data centres that nobody trusts, which have encrypted copies of files.
//!
//! ```text
//!  getFile ── cdn_supported ──> fileCdnRedirect: token, key, iv, hashes        where the file lives
//!                                     │
//!  getCdnFile(token) ─────────────────┴──> encrypted bytes                     at the CDN, without a login
//!        └── cdnFileReuploadNeeded ──> reuploadCdnFile, then again             where the file lives
//! ```
//!
//! Token, key and iv are numbers that follow from the seed, the file and how often its tokens were made old.

use std::collections::{BTreeMap, BTreeSet};

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::api::enums::InputFileLocation;
use telewire::tl::api::enums::upload::CdnFile;
use telewire::tl::api::types::upload::{CdnFileReuploadNeeded, FileCdnRedirect};
use telewire::tl::api::types::{self, CdnConfig, CdnPublicKey, FileHash};

use crate::world::files::blob::length;
use crate::world::files::chances::{DownloadFault, flood, premium_flood, timed_out};
use crate::world::files::download::{MEBIBYTE, Range, hashes, with_fault};
use crate::world::files::{File, Is};
use crate::world::{Caller, Context, State, invalid};

/// What is known of CDNs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cdn {
    /// The one that files are had from, and its key.
    pub(super) at: Option<(DcId, String)>,
    /// The files that tokens are for.
    tokens: BTreeMap<[u8; TOKEN], i64>,
    /// Whether it has only what was uploaded to it again.
    pub(super) is_empty: bool,
    /// What it lacks, or has though it is empty: mebibytes of files.
    other: BTreeSet<(i64, u64)>,
}

const TOKEN: usize = 16;

/// CDNs have numbers from 201 on; those of other data centres are small.
const FIRST: u16 = 100;

/// Whether a number is that of a CDN.
pub(crate) fn is_cdn(dc: DcId) -> bool {
    dc.number > FIRST
}

impl Cdn {
    fn has(&self, file: i64, mebibyte: u64) -> bool {
        self.other.contains(&(file, mebibyte)) == self.is_empty
    }

    fn set(&mut self, file: i64, mebibyte: u64, has: bool) {
        if has == self.is_empty {
            self.other.insert((file, mebibyte));
        } else {
            self.other.remove(&(file, mebibyte));
        }
    }

    /// From now on it has all, or nothing.
    pub(super) fn reset(&mut self, is_empty: bool) {
        self.is_empty = is_empty;
        self.other.clear();
    }
}

impl State {
    /// FI-51: the redirect to a CDN, if there is one and the file is had from there: documents, by people.
    pub(super) fn redirect(
        &mut self,
        caller: &Caller,
        location: &InputFileLocation,
    ) -> Option<FileCdnRedirect> {
        let InputFileLocation::InputDocumentFileLocation(at) = location else { return None };
        if !at.thumb_size.is_empty() || self.is_bot(caller.me) {
            return None;
        }
        let dc_id = self.files.cdn.at.as_ref()?.0.number.into();
        let file = self.files.file(at.id).filter(|file| matches!(file.is, Is::Document { .. }))?;
        let (id, file_hashes) = (file.id, hashes(&file.content, 0));
        let (token, key, iv) = (self.token(file), self.key(file), self.iv(file));
        self.files.cdn.tokens.insert(token, id);
        Some(FileCdnRedirect {
            dc_id,
            file_token: token.into(),
            encryption_key: key.into(),
            encryption_iv: iv.into(),
            file_hashes,
        })
    }

    /// FI-52: encrypted bytes of a file, for whoever has its token.
    ///
    /// # Errors
    ///
    /// `FILE_TOKEN_INVALID`: it is no token, or an old one, or this is no CDN; `OFFSET_INVALID`, `LIMIT_INVALID` (FI-30); and what a
    /// script says.
    pub(crate) fn cdn_file(
        &mut self,
        context: &Context,
        token: &[u8],
        range: Range,
    ) -> Result<CdnFile, RpcError> {
        let fault = self.next_download_fault();
        let id = self.file_of(token)?.id;
        if self.files.cdn.at.as_ref().is_none_or(|(dc, _)| *dc != context.dc()) {
            return Err(invalid("FILE_TOKEN_INVALID"));
        }
        let mebibyte = range.offset.checked_div(MEBIBYTE).unwrap_or(0);
        match fault {
            DownloadFault::FloodWait(seconds) => return Err(flood(seconds)),
            DownloadFault::FloodPremiumWait(seconds) => return Err(premium_flood(seconds)),
            DownloadFault::Timeout => return Err(timed_out()),
            DownloadFault::ExpireToken => {
                let _ = self.files.file_mut(id).map(File::expire_token);
            }
            DownloadFault::Reupload => self.files.cdn.set(id, mebibyte, false),
            _ => {}
        }
        let file = self.file_of(token)?;
        if !self.files.cdn.has(id, mebibyte) {
            let request_token = self.request_token(file, mebibyte).into();
            return Ok(CdnFileReuploadNeeded { request_token }.into());
        }
        let mut bytes = with_fault(&file.content, range, fault);
        // FI-52: the last four bytes of the iv are the number of the block.
        let mut iv = self.iv(file);
        let block = u32::try_from(range.offset / 16).unwrap_or(u32::MAX);
        if let Some(last) = iv.last_chunk_mut() {
            *last = block.to_be_bytes();
        }
        Ctr128BE::<Aes256>::new(&self.key(file).into(), &iv.into()).apply_keystream(&mut bytes);
        let counts = &mut self.counts;
        counts.parts_down = counts.parts_down.saturating_add(1);
        counts.bytes_down = counts.bytes_down.saturating_add(length(&bytes));
        Ok(types::upload::CdnFile { bytes: bytes.into() }.into())
    }

    /// FI-55: uploads to the CDN what it asked for; gives the hashes of it.
    ///
    /// # Errors
    ///
    /// `FILE_TOKEN_INVALID`: one of the tokens is none, or an old one, or the file lives elsewhere.
    pub(crate) fn reupload(
        &mut self,
        caller: &Caller,
        token: &[u8],
        request_token: &[u8],
    ) -> Result<Vec<FileHash>, RpcError> {
        let file = self.file_at(caller, token)?;
        let count = file.content.size().div_ceil(MEBIBYTE);
        let found = (0..count).find(|number| self.request_token(file, *number) == request_token);
        let mebibyte = found.ok_or_else(|| invalid("FILE_TOKEN_INVALID"))?;
        let (id, hashes) = (file.id, hashes(&file.content, mebibyte.saturating_mul(MEBIBYTE)));
        self.files.cdn.set(id, mebibyte, true);
        Ok(hashes)
    }

    /// FI-53: the hashes of a file from the range that an offset is in.
    ///
    /// # Errors
    ///
    /// As [`reupload`](Self::reupload); `OFFSET_INVALID`.
    pub(crate) fn cdn_hashes(
        &self,
        caller: &Caller,
        token: &[u8],
        offset: i64,
    ) -> Result<Vec<FileHash>, RpcError> {
        let offset = u64::try_from(offset).map_err(|_| invalid("OFFSET_INVALID"))?;
        Ok(hashes(&self.file_at(caller, token)?.content, offset))
    }

    /// FI-57: the keys of CDNs.
    pub(crate) fn cdn_config(&self) -> CdnConfig {
        let keys = self
            .files
            .cdn
            .at
            .iter()
            .map(|(dc, key)| CdnPublicKey { dc_id: dc.number.into(), public_key: key.clone() });
        CdnConfig { public_keys: keys.collect() }
    }

    /// The file of a token, where it lives.
    fn file_at(&self, caller: &Caller, token: &[u8]) -> Result<&File, RpcError> {
        let file = self.file_of(token)?;
        let is_here = file.is_in(caller.context.dc());
        is_here.then_some(file).ok_or_else(|| invalid("FILE_TOKEN_INVALID"))
    }

    fn file_of(&self, token: &[u8]) -> Result<&File, RpcError> {
        let token = <[u8; TOKEN]>::try_from(token).ok();
        let id = token.and_then(|token| self.files.cdn.tokens.get(&token));
        let file = id.and_then(|id| self.files.file(*id));
        let is_new = |file: &&File| token == Some(self.token(file));
        file.filter(is_new).ok_or_else(|| invalid("FILE_TOKEN_INVALID"))
    }

    fn token(&self, file: &File) -> [u8; TOKEN] {
        self.cdn_bytes(file, 0)
    }

    fn key(&self, file: &File) -> [u8; 32] {
        self.cdn_bytes(file, 1)
    }

    fn iv(&self, file: &File) -> [u8; 16] {
        self.cdn_bytes(file, 2)
    }

    fn request_token(&self, file: &File, mebibyte: u64) -> [u8; 8] {
        self.cdn_bytes(file, mebibyte.saturating_add(3))
    }

    /// Bytes that follow from the seed, a file, and how often its tokens were made old.
    fn cdn_bytes<const N: usize>(&self, file: &File, what: u64) -> [u8; N] {
        /// They are no other numbers that follow from the same.
        const OF_CDNS: u64 = 0x0063_646e;
        let mut bytes = [0; N];
        for (number, word) in (0_u64..).zip(bytes.chunks_mut(8)) {
            let id = file.id.cast_unsigned();
            let parts = [OF_CDNS, id, file.old_tokens.into(), what, number];
            let drawn = self.drawn(&parts).to_be_bytes();
            for (byte, drawn) in word.iter_mut().zip(drawn) {
                *byte = drawn;
            }
        }
        bytes
    }
}

impl File {
    /// All tokens for it are old.
    fn expire_token(&mut self) {
        self.old_tokens = self.old_tokens.wrapping_add(1);
    }
}
