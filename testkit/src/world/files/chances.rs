//! What goes wrong with files: by script, or by chance that follows from the world's seed.

use std::collections::VecDeque;

use telewire::ids::DcId;
use telewire::rpc::RpcError;

use crate::world::State;

/// What happens to calls about files. A new world answers all of them rightly.
///
/// Chances are of a thousand calls each, in this order; what comes to pass first is it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileFaults {
    /// A part that is saved or asked for gets `FLOOD_WAIT_X`, of one to three seconds.
    pub flood: u16,
    /// It gets `-503 Timeout`.
    pub timeout: u16,
    /// An answer has fewer bytes than there are.
    pub short: u16,
    /// An answer has more bytes than were asked for.
    pub long: u16,
    /// An answer has a byte that is another in the file.
    pub wrong: u16,
    /// The references to the file that is asked for are old from now on.
    pub expire: u16,
    /// A part is answered with `boolFalse`, and not kept.
    pub refuse: u16,
    /// A part is answered with `boolTrue`, and not kept.
    pub lose: u16,
}

/// What happens to one `upload.getFile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DownloadFault {
    /// Nothing: it is answered.
    None,
    /// It gets `FLOOD_WAIT_X`, of so many seconds.
    FloodWait(u16),
    /// It gets `FLOOD_PREMIUM_WAIT_X`.
    FloodPremiumWait(u16),
    /// It gets `-503 Timeout`.
    Timeout,
    /// The answer has half of the bytes.
    Short,
    /// The answer has no bytes.
    Empty,
    /// The answer has 16 bytes more than were asked for.
    Long,
    /// The first byte of the answer is another.
    Wrong,
    /// The references to the file are old from now on, this call's too.
    Expire,
    /// The file moves: it lives in this data centre from now on.
    Move(DcId),
    /// It gets `FILE_MIGRATE_X` with this number, wherever the file lives.
    Migrate(u16),
}

/// What happens to one `upload.saveFilePart` or `upload.saveBigFilePart`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadFault {
    /// Nothing: it is kept.
    None,
    /// It gets `FLOOD_WAIT_X`, of so many seconds.
    FloodWait(u16),
    /// It gets `FLOOD_PREMIUM_WAIT_X`.
    FloodPremiumWait(u16),
    /// It gets `-503 Timeout`, and is not kept.
    Timeout,
    /// It is answered with `boolFalse`, and not kept.
    Refuse,
    /// It is answered with `boolTrue`, and not kept: the file misses it.
    Lose,
}

/// What is to happen to the next ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(super) chances: FileFaults,
    pub(super) downloads: VecDeque<DownloadFault>,
    pub(super) uploads: VecDeque<UploadFault>,
}

/// The most seconds that a wait by chance has.
const LONGEST: u16 = 3;

impl State {
    pub(super) fn next_download_fault(&mut self) -> DownloadFault {
        if let Some(fault) = self.files.faults.downloads.pop_front() {
            return fault;
        }
        let FileFaults { flood, timeout, short, long, wrong, expire, .. } =
            self.files.faults.chances;
        let wait = self.wait(flood);
        let all = [
            (flood, DownloadFault::FloodWait(wait)),
            (timeout, DownloadFault::Timeout),
            (short, DownloadFault::Short),
            (long, DownloadFault::Long),
            (wrong, DownloadFault::Wrong),
            (expire, DownloadFault::Expire),
        ];
        let found = all.into_iter().find(|(chance, _)| self.chance(*chance));
        found.map_or(DownloadFault::None, |(_, fault)| fault)
    }

    pub(super) fn next_upload_fault(&mut self) -> UploadFault {
        if let Some(fault) = self.files.faults.uploads.pop_front() {
            return fault;
        }
        let FileFaults { flood, timeout, refuse, lose, .. } = self.files.faults.chances;
        let wait = self.wait(flood);
        let all = [
            (flood, UploadFault::FloodWait(wait)),
            (timeout, UploadFault::Timeout),
            (refuse, UploadFault::Refuse),
            (lose, UploadFault::Lose),
        ];
        let found = all.into_iter().find(|(chance, _)| self.chance(*chance));
        found.map_or(UploadFault::None, |(_, fault)| fault)
    }

    /// The seconds of a wait; what has no chance draws nothing.
    fn wait(&mut self, chance: u16) -> u16 {
        let [drawn] = if chance > 0 { self.random() } else { [0] };
        u16::from(drawn).checked_rem(LONGEST).unwrap_or(0).saturating_add(1)
    }
}

pub(super) fn flood(seconds: u16) -> RpcError {
    RpcError::parse(420, &format!("FLOOD_WAIT_{seconds}"))
}

pub(super) fn premium_flood(seconds: u16) -> RpcError {
    RpcError::parse(420, &format!("FLOOD_PREMIUM_WAIT_{seconds}"))
}

pub(super) fn timed_out() -> RpcError {
    RpcError::parse(-503, "Timeout")
}
