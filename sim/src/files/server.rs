//! Servers that keep to the rules and have faults by a seed: two data centres and a CDN, with what they hold to be true.

use std::collections::{BTreeMap, BTreeSet};

use aes::cipher::{KeyIvInit, StreamCipher};
use telewire::crypto::real;
use telewire::files::{
    Answer, Dc, Failure, FileHash, FileToken, Kind, Location, Outgoing, Redirect, Request,
};
use telewire::rpc::RpcError;

use super::rig::index;
use crate::dice::Dice;

/// What an answer is.
pub(super) type Reply = Result<Answer, Failure>;

/// How often each fault happens, of a thousand answers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    pub(super) silent: usize,
    pub(super) lost: usize,
    pub(super) short: usize,
    pub(super) long: usize,
    pub(super) wrong: usize,
    pub(super) expired: usize,
    pub(super) flood: usize,
    pub(super) failed: usize,
    pub(super) moved: usize,
    pub(super) login: usize,
    pub(super) reupload: usize,
    pub(super) token: usize,
    pub(super) not_kept: usize,
}

/// A file that servers have.
struct Stored {
    content: Vec<u8>,
    dc: Dc,
    at_cdn: bool,
    /// Which reference is good.
    reference: u8,
    /// The CDN's token, which its key and iv come from, and what it has.
    token: u8,
    has: BTreeSet<u64>,
}

/// An upload as servers have it.
#[derive(Default)]
struct Saved {
    is_big: Option<bool>,
    total: Option<u32>,
    parts: BTreeMap<u32, Vec<u8>>,
}

pub(super) struct Servers {
    dice: Dice,
    /// The two that know of the account.
    dcs: [Dc; 2],
    pub(super) faults: Faults,
    files: BTreeMap<i64, Stored>,
    saved: BTreeMap<i64, Saved>,
    /// Data centres that know of the login.
    logins: BTreeSet<Dc>,
    /// A rule that the client broke.
    pub(super) broken: Option<String>,
}

/// The ranges that hashes are of.
const RANGE: usize = 131_072;

impl Servers {
    pub(super) fn new(dice: Dice, dcs: [Dc; 2], faults: Faults) -> Self {
        let (files, saved) = (BTreeMap::new(), BTreeMap::new());
        Self { dice, dcs, faults, files, saved, logins: dcs.into(), broken: None }
    }

    pub(super) fn store(&mut self, id: i64, content: Vec<u8>, dc: Dc, at_cdn: bool) {
        let stored = Stored { content, dc, at_cdn, reference: 0, token: 0, has: BTreeSet::new() };
        self.files.insert(id, stored);
    }

    pub(super) fn content(&self, id: i64) -> &[u8] {
        self.files.get(&id).map_or(&[], |stored| &stored.content)
    }

    pub(super) fn location(&self, id: i64) -> Location {
        let reference = self.files.get(&id).map_or(0, |stored| stored.reference);
        Location::new(Kind::Document, id, "", vec![reference])
    }

    pub(super) fn log_in(&mut self, dc: Dc) {
        self.logins.insert(dc);
    }

    fn broke(&mut self, what: String) -> Reply {
        self.broken.get_or_insert(what);
        Err(Failure::Malformed)
    }

    /// What is answered; `None` for never.
    pub(super) fn answer(&mut self, outgoing: &Outgoing) -> Option<Reply> {
        let Faults { silent, lost, flood, failed, login, .. } = self.faults;
        let dc = outgoing.link.lane.dc;
        if self.dice.permille(silent) {
            return None;
        }
        if self.dice.permille(lost) {
            // It may have run.
            if self.dice.permille(500) {
                let _ = self.run(outgoing);
            }
            return Some(Err(Failure::Lost));
        }
        if self.dice.permille(flood) {
            let seconds = self.dice.below(20);
            let name = self.dice.pick_or("FLOOD_WAIT", &["FLOOD_PREMIUM_WAIT"]);
            return Some(rpc(420, &format!("{name}_{seconds}")));
        }
        if self.dice.permille(failed) {
            let others = [(-503, "Timeout"), (500, "CDN_UPLOAD_TIMEOUT")];
            let (code, name) = self.dice.pick_or((500, "INTERNAL"), &others);
            return Some(rpc(code, name));
        }
        let [_, other] = self.dcs;
        if dc == other && self.dice.permille(login) {
            self.logins.remove(&dc);
        }
        if !dc.is_cdn() && !self.logins.contains(&dc) {
            return Some(rpc(401, "AUTH_KEY_UNREGISTERED"));
        }
        Some(self.run(outgoing))
    }

    fn run(&mut self, outgoing: &Outgoing) -> Reply {
        match &outgoing.request {
            Request::SaveFilePart { file_id, part, bytes } => {
                self.save(*file_id, *part, None, bytes)
            }
            Request::SaveBigFilePart { file_id, part, total, bytes } => {
                self.save(*file_id, *part, Some(*total), bytes)
            }
            Request::GetFile { location, cdn_supported, .. } => {
                self.get(outgoing, location, *cdn_supported)
            }
            Request::GetCdnFile { file_token, offset, .. } => {
                self.get_cdn(outgoing, file_token, *offset)
            }
            Request::ReuploadCdnFile { file_token, request_token } => {
                let offset = <[u8; 8]>::try_from(request_token.as_slice()).map(u64::from_le_bytes);
                match (self.of_token(file_token), offset) {
                    (Some(stored), Ok(offset)) => {
                        stored.has.insert(offset);
                        Ok(Answer::Hashes(some(&stored.content, offset)))
                    }
                    _ => rpc(400, "REQUEST_TOKEN_INVALID"),
                }
            }
            Request::GetCdnFileHashes { file_token, offset } => match self.of_token(file_token) {
                Some(stored) => Ok(Answer::Hashes(some(&stored.content, *offset))),
                None => rpc(400, "FILE_TOKEN_INVALID"),
            },
            Request::GetFileHashes { location, offset } => match self.refuses(outgoing, location) {
                Some(error) => error,
                None => Ok(Answer::Hashes(some(self.content(location.id), *offset))),
            },
            other => self.broke(format!("nobody asked for {other:?}")),
        }
    }

    /// FI-02, FI-05, FI-11 as a server holds them.
    fn save(&mut self, file_id: i64, part: u32, total: Option<Option<u32>>, bytes: &[u8]) -> Reply {
        if self.dice.permille(self.faults.not_kept) {
            return Ok(Answer::Saved(false));
        }
        let saved = self.saved.entry(file_id).or_default();
        let is_same_kind = *saved.is_big.get_or_insert(total.is_some()) == total.is_some();
        let is_same_total = total
            .flatten()
            .is_none_or(|total| *saved.total.get_or_insert(total) == total && part < total);
        let before = saved.parts.insert(part, bytes.to_vec());
        let is_same = before.is_none_or(|before| before == bytes);
        if file_id == 0 || !is_same_kind || !is_same_total || !is_same {
            return self.broke(format!("part {part} of {file_id} contradicts what came before"));
        }
        Ok(Answer::Saved(true))
    }

    /// Loses a part of an upload.
    pub(super) fn lose(&mut self, file_id: i64) {
        if let Some(saved) = self.saved.get_mut(&file_id) {
            let at = self.dice.below(saved.parts.len());
            let part = saved.parts.keys().nth(at).copied();
            if let Some(part) = part {
                saved.parts.remove(&part);
            }
        }
    }

    /// The whole of an upload, or the first part that is missing.
    pub(super) fn assembled(&self, file_id: i64, parts: u32) -> Result<Vec<u8>, u32> {
        let mut whole = Vec::new();
        let saved = self.saved.get(&file_id);
        for number in 0..parts {
            let part = saved.and_then(|saved| saved.parts.get(&number)).ok_or(number)?;
            whole.extend_from_slice(part);
        }
        Ok(whole)
    }

    fn refuses(&mut self, outgoing: &Outgoing, location: &Location) -> Option<Reply> {
        let (expires, moves) =
            (self.dice.permille(self.faults.expired), self.dice.permille(self.faults.moved));
        let [home, other] = self.dcs;
        let Some(stored) = self.files.get_mut(&location.id) else {
            return Some(rpc(400, "LOCATION_INVALID"));
        };
        stored.reference = stored.reference.wrapping_add(u8::from(expires));
        if moves {
            stored.dc = if stored.dc == home { other } else { home };
        }
        if location.bytes() != [stored.reference] {
            return Some(rpc(400, "FILE_REFERENCE_EXPIRED"));
        }
        let number = stored.dc.number();
        (outgoing.link.lane.dc != stored.dc).then(|| rpc(303, &format!("FILE_MIGRATE_{number}")))
    }

    fn get(&mut self, outgoing: &Outgoing, location: &Location, cdn_supported: bool) -> Reply {
        if let Some(error) = self.refuses(outgoing, location) {
            return error;
        }
        let Some(stored) = self.files.get(&location.id) else {
            return rpc(400, "LOCATION_INVALID");
        };
        if stored.at_cdn && cdn_supported {
            let told = self.dice.below(4);
            return Ok(Answer::CdnRedirect(Redirect {
                dc_id: 203,
                file_token: token(location.id, stored.token),
                encryption_key: vec![stored.token; 32],
                encryption_iv: vec![stored.token ^ 0x55; 16],
                file_hashes: hashes(&stored.content, 0).take(told).collect(),
            }));
        }
        let bytes = part(&stored.content, outgoing);
        Ok(Answer::File { bytes: self.spoil(bytes) })
    }

    fn get_cdn(&mut self, outgoing: &Outgoing, file_token: &FileToken, offset: u64) -> Reply {
        let forgets = self.dice.permille(self.faults.reupload);
        if self.dice.permille(self.faults.token)
            && let Some(stored) = self.of_token(file_token)
        {
            stored.token = stored.token.wrapping_add(1);
        }
        let Some(stored) = self.of_token(file_token) else { return rpc(400, "FILE_TOKEN_INVALID") };
        if forgets && !stored.has.remove(&offset) {
            return Ok(Answer::CdnReuploadNeeded { request_token: offset.to_le_bytes().to_vec() });
        }
        let (number, bytes) = (stored.token, part(&stored.content, outgoing));
        let mut bytes = self.spoil(bytes);
        // FI-52: the counter takes the place of the iv's end.
        let counter = u32::try_from(offset / 16).unwrap_or(u32::MAX).to_be_bytes();
        let mut iv = [number ^ 0x55; 16];
        iv.iter_mut().skip(12).zip(counter).for_each(|(at, byte)| *at = byte);
        ctr::Ctr32BE::<aes::Aes256>::new(&[number; 32].into(), &iv.into())
            .apply_keystream(&mut bytes);
        Ok(Answer::CdnFile { bytes })
    }

    fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let Faults { short, long, wrong, .. } = self.faults;
        if self.dice.permille(short) {
            bytes.truncate(self.dice.below(bytes.len()));
        }
        if self.dice.permille(long) {
            bytes.extend([0; 16]);
        }
        if self.dice.permille(wrong) {
            let at = self.dice.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1;
            }
        }
        bytes
    }

    fn of_token(&mut self, file_token: &FileToken) -> Option<&mut Stored> {
        let mut all = self.files.iter_mut();
        let found = all.find(|(id, stored)| token(**id, stored.token) == *file_token);
        found.map(|(_, stored)| stored)
    }
}

fn token(id: i64, number: u8) -> FileToken {
    FileToken([id.to_le_bytes().as_slice(), &[number]].concat().into())
}

pub(super) fn rpc(code: i32, message: &str) -> Reply {
    Err(Failure::Rpc(RpcError::parse(code, message)))
}

/// The bytes that a request asks for.
fn part(content: &[u8], outgoing: &Outgoing) -> Vec<u8> {
    let (offset, limit) = match &outgoing.request {
        Request::GetFile { offset, limit, .. } | Request::GetCdnFile { offset, limit, .. } => {
            (*offset, *limit)
        }
        _ => (0, 0),
    };
    let from = index(offset).min(content.len());
    let to = from.saturating_add(index(limit.into())).min(content.len());
    content.get(from..to).unwrap_or_default().to_vec()
}

/// `upload.getFileHashes` of a file: some from an offset on.
fn some(content: &[u8], offset: u64) -> Vec<FileHash> {
    hashes(content, offset).take(3).collect()
}

/// All of them from an offset on.
fn hashes(content: &[u8], from: u64) -> impl Iterator<Item = FileHash> {
    let ranges = content.chunks(RANGE).enumerate();
    let ranges = ranges.filter(move |(n, bytes)| n * RANGE + bytes.len() > index(from));
    ranges.map(|(n, bytes)| FileHash {
        offset: i64::try_from(n * RANGE).unwrap_or(i64::MAX),
        limit: i32::try_from(bytes.len()).unwrap_or(i32::MAX),
        hash: real().sha256(&[bytes]).to_vec(),
    })
}
