//! [Parts](https://core.telegram.org/api/files#uploading-files) of files that are not files yet.
//!
//! Parts of `upload.saveFilePart` and of `upload.saveBigFilePart` are apart, whatever their file's number (FI-04): who saves by one and
//! sends by the other has sent nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::InputFile;

use crate::world::files::Blob;
use crate::world::files::blob::length;
use crate::world::files::chances::{UploadFault, flood, premium_flood, timed_out};
use crate::world::{State, invalid};

/// FI-02: the most bytes of a part. The sizes of parts are multiples of [`STEP`] that divide it.
const MAX_PART: usize = 524_288;

/// FI-02.
const STEP: usize = 1_024;

/// FI-03: the parts of a file, as `upload_max_fileparts_default` of `help.getAppConfig` says. Nobody has Premium.
pub(crate) const MAX_PARTS: u32 = 4_000;

/// FI-04: what is larger has to be saved by `upload.saveBigFilePart`.
const MAX_SMALL: u64 = 10_485_760;

/// The bytes of parts that are kept for an account: those of the largest file. The oldest upload is forgotten for a new one.
const MAX_KEPT: u64 = 4_000 * 524_288;

/// The uploads that are kept for an account: each call looks at all of them.
const MAX_UPLOADS: usize = 256;

/// FI-13: how long parts are kept after the last of their file: as long as Android's client relies on it.
const LIFETIME: Duration = Duration::from_secs(86_400);

/// A part as it is saved.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file_id: i64,
    pub(crate) number: i32,
    /// Of `upload.saveBigFilePart`: how many there are, or -1 if that is not known yet.
    pub(crate) total: Option<i32>,
    pub(crate) bytes: Vec<u8>,
}

/// All parts: by account, the file's number, and whether the file is big.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uploads {
    all: BTreeMap<(i64, i64, bool), Upload>,
}

/// The parts of a file.
#[derive(Debug, Clone, Default)]
struct Upload {
    parts: BTreeMap<u32, Arc<Vec<u8>>>,
    /// The length of all parts but the last, once one of those is there.
    full: Option<usize>,
    /// How many there are, of a big file that said so.
    total: Option<u32>,
    /// FI-06: whether it was not known at first how many there are.
    is_stream: bool,
    bytes: u64,
    /// When the last part came.
    at: Duration,
}

impl Uploads {
    /// Saves a part.
    ///
    /// # Errors
    ///
    /// `FILE_PART_INVALID`: the file has no such part (FI-05); `FILE_PARTS_INVALID`: it has no so many (FI-03), or others than it said
    /// (FI-06); `FILE_PART_EMPTY`, `FILE_PART_TOO_BIG`, `FILE_PART_SIZE_INVALID`: it may not have this length (FI-02);
    /// `FILE_PART_SIZE_CHANGED`: the others have another, or it was saved with another (FI-11).
    pub(crate) fn save(&mut self, user: i64, part: Part, now: Duration) -> Result<(), RpcError> {
        let key = (user, part.file_id, part.total.is_some());
        self.all.retain(|_, upload| upload.at.saturating_add(LIFETIME) > now);
        let empty = Upload::default();
        let upload = self.all.get(&key).unwrap_or(&empty);
        let (number, full, total) = upload.check(&part)?;
        let upload = self.all.entry(key).or_default();
        (upload.full, upload.total, upload.at) = (full, total, now);
        upload.is_stream |= part.total == Some(-1);
        upload.bytes = upload.bytes.saturating_add(length(&part.bytes));
        if let Some(old) = upload.parts.insert(number, Arc::new(part.bytes)) {
            upload.bytes = upload.bytes.saturating_sub(length(&old));
        }
        self.bound(user, key);
        Ok(())
    }

    /// Forgets what an account has too much, the oldest first.
    fn bound(&mut self, user: i64, newest: (i64, i64, bool)) {
        loop {
            let own = self.all.range((user, i64::MIN, false)..=(user, i64::MAX, true));
            let (mut count, mut bytes, mut oldest) = (0_usize, 0_u64, None);
            for (key, upload) in own {
                (count, bytes) = (count.saturating_add(1), bytes.saturating_add(upload.bytes));
                if *key != newest && oldest.is_none_or(|(at, _)| upload.at < at) {
                    oldest = Some((upload.at, *key));
                }
            }
            match oldest {
                Some((_, key)) if count > MAX_UPLOADS || bytes > MAX_KEPT => {
                    self.all.remove(&key);
                }
                _ => return,
            }
        }
    }

    /// FI-14: the file that its parts make, which stay for another time; and its name.
    ///
    /// # Errors
    ///
    /// `FILE_PART_X_MISSING`: that one was not saved, the first of them; `FILE_PARTS_INVALID`: it has others; `MD5_CHECKSUM_INVALID`
    /// (FI-09); `MEDIA_INVALID`: it is no upload.
    pub(crate) fn file(
        &self,
        user: i64,
        file: &InputFile,
        now: Duration,
    ) -> Result<(Blob, String), RpcError> {
        let (id, parts, name, md5, is_big) = match file {
            InputFile::InputFile(file) => {
                (file.id, file.parts, &file.name, file.md5_checksum.as_str(), false)
            }
            InputFile::InputFileBig(file) => (file.id, file.parts, &file.name, "", true),
            _ => return Err(invalid("MEDIA_INVALID")),
        };
        let count = u32::try_from(parts).ok().filter(|parts| (1..=MAX_PARTS).contains(parts));
        let count = count.ok_or_else(|| invalid("FILE_PARTS_INVALID"))?;
        let upload = self.all.get(&(user, id, is_big));
        let upload = upload.filter(|upload| upload.at.saturating_add(LIFETIME) > now);
        let upload = upload.ok_or_else(|| missing(0))?;
        let all = (0..count).map(|number| {
            let part = upload.parts.get(&number).cloned();
            part.ok_or_else(|| missing(number))
        });
        let blob = Blob::of_parts(all.collect::<Result<Vec<_>, _>>()?);
        let has_more = upload.parts.last_key_value().is_some_and(|(last, _)| *last >= count);
        let is_other = is_big && upload.total != Some(count);
        let is_large = !is_big && blob.size() > MAX_SMALL;
        if has_more || is_other || is_large || blob.size() == 0 {
            return Err(invalid("FILE_PARTS_INVALID"));
        }
        if !md5.is_empty() && md5 != blob.md5() {
            return Err(invalid("MD5_CHECKSUM_INVALID"));
        }
        // FI-18: of a path the name alone.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        Ok((blob, name))
    }
}

fn missing(part: u32) -> RpcError {
    RpcError::parse(400, &format!("FILE_PART_{part}_MISSING"))
}

impl Upload {
    /// Whether the file may have this part besides those that it has: its number, how long the parts before the last are then, and how
    /// many there are.
    fn check(&self, part: &Part) -> Result<(u32, Option<usize>, Option<u32>), RpcError> {
        let is_number = |number: &u32| *number < MAX_PARTS;
        let number = u32::try_from(part.number).ok().filter(is_number);
        let number = number.ok_or_else(|| invalid("FILE_PART_INVALID"))?;
        let total = self.total_with(part)?;
        if total.is_some_and(|total| number >= total) {
            return Err(invalid("FILE_PART_INVALID"));
        }
        let size = part.bytes.len();
        if size > MAX_PART {
            return Err(invalid("FILE_PART_TOO_BIG"));
        }
        let is_last = total.is_some_and(|total| number.checked_add(1) == Some(total));
        // FI-06: a stream that ends where a part does says how many there are in one without bytes.
        if size == 0 && !(is_last && self.is_stream && number > 0) {
            return Err(invalid("FILE_PART_EMPTY"));
        }
        if self.parts.get(&number).is_some_and(|old| old.len() != size) {
            return Err(invalid("FILE_PART_SIZE_CHANGED"));
        }
        // The part that may be short: of a small file it is the highest, as the file does not say how many there are.
        let highest = self.parts.last_key_value().map_or(number, |(last, _)| number.max(*last));
        let last = match (part.total, total) {
            (None, _) => Some(highest),
            (Some(_), Some(total)) => total.checked_sub(1),
            (Some(_), None) => None,
        };
        let mut full = self.full;
        let was_last = self.parts.last_key_value().map(|(number, part)| (*number, part.len()));
        for (number, size) in [Some((number, size)), was_last].into_iter().flatten() {
            if Some(number) == last {
                continue;
            }
            if !is_size(size) {
                return Err(invalid("FILE_PART_SIZE_INVALID"));
            }
            if *full.get_or_insert(size) != size {
                return Err(invalid("FILE_PART_SIZE_CHANGED"));
            }
        }
        let of_last = match last {
            Some(last) if last == number => Some(size),
            Some(last) => self.parts.get(&last).map(|part| part.len()),
            None => None,
        };
        if full.zip(of_last).is_some_and(|(full, last)| last > full) {
            return Err(invalid("FILE_PART_SIZE_CHANGED"));
        }
        Ok((number, full, total))
    }

    /// How many parts there are, if it is known with this one.
    fn total_with(&self, part: &Part) -> Result<Option<u32>, RpcError> {
        let said = match part.total {
            None | Some(-1) => return Ok(self.total),
            Some(total) => u32::try_from(total).ok(),
        };
        let is_right = |total: &u32| {
            let has_more = self.parts.last_key_value().is_some_and(|(last, _)| last >= total);
            (1..=MAX_PARTS).contains(total)
                && !has_more
                && self.total.is_none_or(|old| old == *total)
        };
        said.filter(is_right).map(Some).ok_or_else(|| invalid("FILE_PARTS_INVALID"))
    }
}

/// FI-02: whether parts before the last may have a size.
fn is_size(size: usize) -> bool {
    size != 0 && size.is_multiple_of(STEP) && MAX_PART.is_multiple_of(size)
}

impl State {
    /// Saves a part, unless a script says otherwise; says whether it was.
    ///
    /// # Errors
    ///
    /// As [`Uploads::save`].
    pub(crate) fn save_part(&mut self, user: i64, part: Part) -> Result<bool, RpcError> {
        let size = length(&part.bytes);
        match self.next_upload_fault() {
            UploadFault::FloodWait(seconds) => return Err(flood(seconds)),
            UploadFault::FloodPremiumWait(seconds) => return Err(premium_flood(seconds)),
            UploadFault::Timeout => return Err(timed_out()),
            UploadFault::Refuse => return Ok(false),
            UploadFault::Lose => {}
            UploadFault::None => self.files.uploads.save(user, part, self.clock)?,
        }
        let counts = &mut self.counts;
        counts.parts_up = counts.parts_up.saturating_add(1);
        counts.bytes_up = counts.bytes_up.saturating_add(size);
        Ok(true)
    }
}
