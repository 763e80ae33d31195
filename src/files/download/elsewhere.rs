//! A download that goes on elsewhere: at a CDN, at another data centre, with another location, at other bytes.

use std::ops::Range;
use std::time::Duration;

use super::Download;
use crate::crypto::Suite;
use crate::files::cdn::{Cdn, MAX_REUPLOADS, MAX_ROUNDS, MAX_TOKEN};
use crate::files::error::FileError;
use crate::files::hashes::Hashes;
use crate::files::location::{Dc, Location};
use crate::files::request::{FileHash, Redirect};
use crate::files::sizes::widen;
use crate::files::spans::Spans;

impl Download {
    /// FI-50, FI-51: the file is at a CDN. `round`: which one the request was of.
    pub(crate) fn handle_redirect(
        &mut self,
        part: u64,
        redirect: &Redirect,
        is_allowed: bool,
        round: u32,
    ) -> Result<(), FileError> {
        // FI-50.
        if !is_allowed {
            return Err(FileError::UnexpectedRedirect);
        }
        self.release(part);
        // Others that were asked for meanwhile say the same.
        if self.cdn.is_some() || round < self.round {
            return Ok(());
        }
        self.forget_unverified();
        self.cdn = Some(Cdn::new(redirect)?);
        self.round += 1;
        self.hashes.insert(&redirect.file_hashes)
    }

    /// FI-56: the token is worth nothing any more. Parts that were asked of the CDN are useless.
    pub(crate) fn renew(&mut self) {
        self.leave_cdn();
        if self.round >= MAX_ROUNDS {
            self.may_cdn = false;
        }
    }

    /// Away from the CDN: all that came of it and was not checked, and its hashes, are forgotten.
    pub(super) fn leave_cdn(&mut self) {
        if let Some(cdn) = self.cdn.take() {
            for (part, _) in cdn.missing {
                self.release(part);
            }
        }
        self.forget_unverified();
    }

    pub(super) fn forget_unverified(&mut self) {
        for span in self.unverified.spans() {
            self.had.remove(span.clone());
            self.release_span(&span);
        }
        self.unverified.clear();
        self.hashes = Hashes::default();
        self.asked.clear();
        self.query = None;
        self.control_busy = false;
        self.control_tries = 0;
        self.control_at = Duration::ZERO;
    }

    /// FI-55: the CDN does not have a part.
    pub(crate) fn handle_missing(
        &mut self,
        part: u64,
        request_token: Vec<u8>,
    ) -> Result<(), FileError> {
        self.flying.remove(&part);
        if request_token.len() > MAX_TOKEN {
            return Err(FileError::Token { length: request_token.len() });
        }
        let offset = self.span(part).start;
        let tries = self.tries.entry(part).or_default();
        tries.reuploads += 1;
        if tries.reuploads > MAX_REUPLOADS {
            return Err(FileError::NotReuploaded { offset, times: MAX_REUPLOADS });
        }
        let cdn = self.cdn.as_mut().ok_or(FileError::Unexpected)?;
        cdn.missing.push_back((part, request_token));
        Ok(())
    }

    /// FI-55: the CDN has it now.
    pub(crate) fn handle_reuploaded(
        &mut self,
        hashes: &[FileHash],
        suite: &Suite,
    ) -> Result<(), FileError> {
        self.control_done();
        if let Some((part, _)) = self.cdn.as_mut().and_then(|cdn| cdn.missing.pop_front()) {
            self.release(part);
        }
        self.hashes.insert(hashes)?;
        self.check_all(suite)
    }

    /// FI-42, FI-53.
    pub(crate) fn handle_hashes(
        &mut self,
        at: u64,
        hashes: &[FileHash],
        suite: &Suite,
    ) -> Result<(), FileError> {
        self.control_done();
        self.query = None;
        self.asked.insert(at);
        self.hashes.insert(hashes)?;
        self.check_all(suite)
    }

    pub(super) fn control_done(&mut self) {
        self.control_busy = false;
        self.control_tries = 0;
        self.control_at = Duration::ZERO;
    }

    /// FI-34: the file is elsewhere. Whatever is under way is useless.
    pub(crate) fn moved(&mut self, dc: Dc) {
        self.leave_cdn();
        self.dc = dc;
        self.waiting.clear();
        self.retake();
    }

    /// Only what is here is taken.
    pub(super) fn retake(&mut self) {
        self.flying.clear();
        self.taken = self.had.clone();
        for part in self.waiting.keys().copied().collect::<Vec<_>>() {
            let span = self.span(part);
            self.taken.insert(span);
        }
    }

    /// FI-61, FI-38: a fresh location. Whether it is that of another file, which begins anew.
    pub(crate) fn relocate(&mut self, location: Location, size: Option<u64>) -> bool {
        let is_other = self.location.id != location.id;
        self.location = location;
        if is_other {
            // No byte of what was there before is kept.
            self.leave_cdn();
            self.unordered.clear();
            (self.had, self.written) = (Spans::default(), Spans::default());
            self.waiting.clear();
            self.tries.clear();
            self.wrong.clear();
            self.end = None;
            (self.size, self.clip) = (size.filter(|n| *n > 0), size.filter(|n| *n > 0));
            self.at = widen(self.base, self.base, self.part_size).0 * u64::from(self.part_size);
            self.stale = self.writing;
            self.retake();
        }
        is_other
    }

    /// FI-43: other bytes are wanted. Parts under way outside of them are useless; what is there stays.
    pub(crate) fn seek(&mut self, to: Range<u64>) -> Result<(), FileError> {
        let bound = [self.base_end, self.clip].into_iter().flatten().min().unwrap_or(u64::MAX);
        if self.ordered || to.is_empty() || to.start < self.base || to.end > bound {
            return Err(FileError::Range { from: to.start, to: to.end });
        }
        let (first, last) = widen(to.start, to.end, self.part_size);
        let is_out = |part: &&u64| !(first..last).contains(*part);
        let flying: Vec<u64> = self.flying.iter().filter(is_out).copied().collect();
        let waiting: Vec<u64> = self.waiting.keys().filter(is_out).copied().collect();
        for part in flying.iter().chain(&waiting) {
            self.release(*part);
        }
        self.useless.extend(flying);
        self.wanted = to;
        Ok(())
    }
}
