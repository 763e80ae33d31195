//! [Downloads](https://core.telegram.org/api/files#downloading-files): which bytes of which file whoever asks may have, and where.

use telewire::crypto::real;
use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::api::enums::storage::FileType;
use telewire::tl::api::enums::{InputFileLocation, InputPeer, upload};
use telewire::tl::api::types::{self, FileHash};

use crate::world::files::blob::length;
use crate::world::files::chances::{DownloadFault, flood, premium_flood, timed_out};
use crate::world::files::{Blob, File, Is};
use crate::world::{Caller, Peer, State, invalid};

/// FI-30: what offsets and limits are multiples of; limits divide [`MEBIBYTE`].
const STEP: u64 = 4_096;

/// FI-30: what they are multiples of in a `precise` request, whose limits need not divide anything.
const PRECISE_STEP: u64 = 1_024;

/// FI-30: no request crosses a multiple of it.
pub(super) const MEBIBYTE: u64 = 1_048_576;

/// FI-42, FI-53: the bytes of which a hash is, but for the last of a file.
pub(super) const HASHED: u64 = 131_072;

/// The hashes of one answer: those of what a request may ask for.
const HASHES: u64 = MEBIBYTE / HASHED;

/// The bytes by which an answer is too long.
const TOO_LONG: u64 = 16;

/// The bytes that a request is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(super) offset: u64,
    pub(super) limit: u64,
}

impl Range {
    /// FI-30: what a server answers.
    ///
    /// # Errors
    ///
    /// `OFFSET_INVALID`; `LIMIT_INVALID`, of what crosses a mebibyte too.
    pub(crate) fn new(offset: i64, limit: i32, is_precise: bool) -> Result<Self, RpcError> {
        let step = if is_precise { PRECISE_STEP } else { STEP };
        let offset = u64::try_from(offset).ok().filter(|offset| offset.is_multiple_of(step));
        let offset = offset.ok_or_else(|| invalid("OFFSET_INVALID"))?;
        let is_limit = |limit: &u64| {
            let fits =
                if is_precise { *limit <= MEBIBYTE } else { MEBIBYTE.is_multiple_of(*limit) };
            *limit > 0 && limit.is_multiple_of(step) && fits
        };
        let limit = u64::try_from(limit).ok().filter(is_limit);
        let limit = limit.ok_or_else(|| invalid("LIMIT_INVALID"))?;
        let last = offset.saturating_add(limit).saturating_sub(1);
        if offset.checked_div(MEBIBYTE) != last.checked_div(MEBIBYTE) {
            return Err(invalid("LIMIT_INVALID"));
        }
        Ok(Self { offset, limit })
    }
}

/// What a location names.
#[derive(Debug, Clone, Copy)]
struct Located<'a> {
    file: &'a File,
    content: &'a Blob,
    /// `None` of what needs none (FI-38).
    reference: Option<&'a [u8]>,
}

impl State {
    /// The bytes of a range of a file, or where to have them: of documents that are had from a CDN, if whoever asks can do that.
    ///
    /// # Errors
    ///
    /// `OFFSET_INVALID`, `LIMIT_INVALID` (FI-30); `LOCATION_INVALID`: there is no such file, or the access hash is another's;
    /// `FILE_ID_INVALID`: it is no photo of the peer's (FI-38); `FILE_MIGRATE_X`: it lives elsewhere (FI-34); the errors of
    /// [references](Self::check_reference); and what a script says.
    pub(crate) fn download(
        &mut self,
        caller: &Caller,
        location: &InputFileLocation,
        range: Range,
        is_cdn_supported: bool,
    ) -> Result<upload::File, RpcError> {
        let fault = self.next_download_fault();
        let id = self.located(caller, location)?.file.id;
        match fault {
            DownloadFault::FloodWait(seconds) => return Err(flood(seconds)),
            DownloadFault::FloodPremiumWait(seconds) => return Err(premium_flood(seconds)),
            DownloadFault::Timeout => return Err(timed_out()),
            DownloadFault::Migrate(dc) => return Err(migrate(dc)),
            DownloadFault::Move(dc) => drop(self.files.file_mut(id).map(|file| file.dc = dc)),
            DownloadFault::Expire => drop(self.files.file_mut(id).map(File::expire)),
            _ => {}
        }
        self.admitted(caller, location)?;
        if let Some(redirect) = is_cdn_supported.then(|| self.redirect(caller, location)).flatten()
        {
            return Ok(redirect.into());
        }
        let Located { file, content, .. } = self.admitted(caller, location)?;
        let bytes = with_fault(content, range, fault);
        let (r#type, mtime) = (kind(content), file.date);
        let counts = &mut self.counts;
        let is_past = range.offset > 0 && bytes.is_empty() && fault == DownloadFault::None;
        counts.parts_down = counts.parts_down.saturating_add(1);
        counts.bytes_down = counts.bytes_down.saturating_add(length(&bytes));
        counts.past_end = counts.past_end.saturating_add(u64::from(is_past));
        Ok(types::upload::File { r#type, mtime, bytes: bytes.into() }.into())
    }

    /// FI-42: the hashes of a file from the range that an offset is in.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download).
    pub(crate) fn file_hashes(
        &self,
        caller: &Caller,
        location: &InputFileLocation,
        offset: i64,
    ) -> Result<Vec<FileHash>, RpcError> {
        let offset = u64::try_from(offset).map_err(|_| invalid("OFFSET_INVALID"))?;
        Ok(hashes(self.admitted(caller, location)?.content, offset))
    }

    /// What a location names, for whoever may have it here.
    fn admitted<'a>(
        &'a self,
        caller: &Caller,
        location: &'a InputFileLocation,
    ) -> Result<Located<'a>, RpcError> {
        let located = self.located(caller, location)?;
        self.check_dc(located.file, caller.context.dc())?;
        if let Some(reference) = located.reference {
            self.check_reference(caller.me, located.file, reference, None)?;
        }
        Ok(located)
    }

    /// # Errors
    ///
    /// `FILE_MIGRATE_X`: a file lives in another data centre.
    fn check_dc(&self, file: &File, dc: DcId) -> Result<(), RpcError> {
        if file.is_in(dc) { Ok(()) } else { Err(migrate(file.dc.number)) }
    }

    fn located<'a>(
        &'a self,
        caller: &Caller,
        location: &'a InputFileLocation,
    ) -> Result<Located<'a>, RpcError> {
        let (id, access_hash, reference, thumb_size, is_photo) = match location {
            InputFileLocation::InputDocumentFileLocation(at) => {
                (at.id, at.access_hash, &at.file_reference, &at.thumb_size, false)
            }
            InputFileLocation::InputPhotoFileLocation(at) => {
                (at.id, at.access_hash, &at.file_reference, &at.thumb_size, true)
            }
            InputFileLocation::InputPeerPhotoFileLocation(at) => {
                let file = self.peer_photo(caller, &at.peer, at.photo_id)?;
                return Ok(Located { file, content: &file.content, reference: None });
            }
            InputFileLocation::InputEncryptedFileLocation(at) => {
                // FI-38: it has an access hash alone.
                let file = self.files.file(at.id);
                let file = file.filter(|file| matches!(file.is, Is::Encrypted { .. }));
                let file =
                    file.filter(|_| at.access_hash == self.file_hash(caller.viewer(), at.id));
                let file = file.ok_or_else(|| invalid("LOCATION_INVALID"))?;
                return Ok(Located { file, content: &file.content, reference: None });
            }
            _ => return Err(invalid("LOCATION_INVALID")),
        };
        let file = self.named_file(caller, id, access_hash, is_photo);
        let found = file.and_then(|file| Some((file, file.sized(thumb_size)?)));
        let (file, content) = found.ok_or_else(|| invalid("LOCATION_INVALID"))?;
        Ok(Located { file, content, reference: Some(reference) })
    }

    /// A file that is named with the access hash of whoever names it.
    pub(super) fn named_file(
        &self,
        caller: &Caller,
        id: i64,
        access_hash: i64,
        is_photo: bool,
    ) -> Option<&File> {
        let is_it = |file: &&File| match file.is {
            Is::Photo { .. } => is_photo,
            Is::Document { .. } => !is_photo,
            Is::Encrypted { .. } => false,
        };
        let file = self.files.file(id).filter(is_it);
        file.filter(|_| access_hash == self.file_hash(caller.viewer(), id))
    }

    /// FI-38: a photo that a peer has or had.
    fn peer_photo(&self, caller: &Caller, peer: &InputPeer, photo: i64) -> Result<&File, RpcError> {
        let photos = match self.input_peer(caller, peer)? {
            Peer::User(id) => self.people.user(id).map(|user| &user.photos),
            Peer::Chat(id) => self.chats.chat(id).map(|chat| &chat.photos),
            Peer::Channel(id) => self.channels.channel(id).map(|channel| &channel.photos),
        };
        let found = photos.and_then(|photos| photos.iter().find(|id| **id == photo));
        let file = found.and_then(|id| self.files.file(*id));
        file.ok_or_else(|| invalid("FILE_ID_INVALID"))
    }
}

fn migrate(dc: u16) -> RpcError {
    RpcError::parse(303, &format!("FILE_MIGRATE_{dc}"))
}

/// The bytes of a range, or what becomes of them.
pub(super) fn with_fault(content: &Blob, range: Range, fault: DownloadFault) -> Vec<u8> {
    let Range { offset, limit } = range;
    let mut bytes = content.read(offset, limit);
    match fault {
        DownloadFault::Short => bytes.truncate(bytes.len() / 2),
        DownloadFault::Empty => bytes.clear(),
        DownloadFault::Long => {
            let missing = limit.saturating_add(TOO_LONG).saturating_sub(length(&bytes));
            bytes.extend((0..missing).map(|_| 0));
        }
        DownloadFault::Wrong => {
            if let Some(first) = bytes.first_mut() {
                *first = !*first;
            }
        }
        _ => {}
    }
    bytes
}

/// The hashes of some ranges, from the one that an offset is in.
pub(super) fn hashes(content: &Blob, offset: u64) -> Vec<FileHash> {
    let first = offset.checked_div(HASHED).unwrap_or(0).saturating_mul(HASHED);
    let starts = (0..HASHES).map(|number| first.saturating_add(number.saturating_mul(HASHED)));
    let ranges = starts.take_while(|start| *start < content.size());
    let all = ranges.filter_map(|start| {
        let bytes = content.read(start, HASHED);
        let (offset, limit) = (i64::try_from(start).ok()?, i32::try_from(bytes.len()).ok()?);
        Some(FileHash { offset, limit, hash: real().sha256(&[&bytes]).into() })
    });
    all.collect()
}

/// What a file is by its first bytes.
fn kind(content: &Blob) -> FileType {
    match content.read(0, 12).as_slice() {
        [0xff, 0xd8, 0xff, ..] => FileType::FileJpeg,
        [0x89, b'P', b'N', b'G', ..] => FileType::FilePng,
        [b'G', b'I', b'F', b'8', ..] => FileType::FileGif,
        [b'%', b'P', b'D', b'F', ..] => FileType::FilePdf,
        [b'I', b'D', b'3', ..] => FileType::FileMp3,
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', ..] => FileType::FileMov,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => FileType::FileMp4,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => FileType::FileWebp,
        _ => FileType::FileUnknown,
    }
}
