//! Servers that keep to the rules and have faults by a seed: two data centres and a CDN, with what they hold to be true.

use std::collections::BTreeSet;

use super::*;
use crate::crypto::EntropyExt;

/// Numbers by a seed.
pub(super) struct Dice(pub(super) SeededEntropy);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// Below a number.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        u64::from_le_bytes(self.0.array()) % bound.max(1)
    }

    /// So many times of a thousand.
    pub(super) fn permille(&mut self, times: u64) -> bool {
        self.below(1_000) < times
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// How often each fault happens, of a thousand answers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    pub(super) silent: u64,
    pub(super) lost: u64,
    pub(super) short: u64,
    pub(super) long: u64,
    pub(super) wrong: u64,
    pub(super) expired: u64,
    pub(super) flood: u64,
    pub(super) failed: u64,
    pub(super) moved: u64,
    pub(super) login: u64,
    pub(super) reupload: u64,
    pub(super) token: u64,
    pub(super) not_kept: u64,
}

/// A file that servers have.
pub(super) struct Stored {
    pub(super) content: Vec<u8>,
    pub(super) dc: Dc,
    pub(super) at_cdn: bool,
    /// Which reference is good.
    pub(super) reference: u8,
    /// The CDN's token, which its key and iv come from, and what it has.
    token: u8,
    has: BTreeSet<u64>,
}

/// An upload as servers have it.
#[derive(Default)]
pub(super) struct Saved {
    is_big: Option<bool>,
    total: Option<u32>,
    pub(super) parts: BTreeMap<u32, Vec<u8>>,
}

pub(super) struct Servers {
    pub(super) dice: Dice,
    pub(super) faults: Faults,
    pub(super) files: BTreeMap<i64, Stored>,
    pub(super) saved: BTreeMap<i64, Saved>,
    /// Data centres that know of the login.
    logins: BTreeSet<Dc>,
}

impl Servers {
    pub(super) fn new(seed: u64, faults: Faults) -> Self {
        let logins = [home(), other()].into();
        Self {
            dice: Dice::new(seed),
            faults,
            files: BTreeMap::new(),
            saved: BTreeMap::new(),
            logins,
        }
    }

    pub(super) fn store(&mut self, id: i64, content: Vec<u8>, dc: Dc, at_cdn: bool) {
        let stored = Stored { content, dc, at_cdn, reference: 0, token: 0, has: BTreeSet::new() };
        self.files.insert(id, stored);
    }

    pub(super) fn location(&self, id: i64) -> Location {
        Location::new(Kind::Document, id, "", vec![self.files[&id].reference])
    }

    pub(super) fn log_in(&mut self, dc: Dc) {
        self.logins.insert(dc);
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
            let name = self.dice.pick(&["FLOOD_WAIT", "FLOOD_PREMIUM_WAIT"]);
            return Some(rpc(420, &format!("{name}_{seconds}")));
        }
        if self.dice.permille(failed) {
            let (code, name) = self.dice.pick(&[
                (500, "INTERNAL"),
                (-503, "Timeout"),
                (500, "CDN_UPLOAD_TIMEOUT"),
            ]);
            return Some(rpc(code, name));
        }
        if dc == other() && self.dice.permille(login) {
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
                let offset = u64::from_le_bytes(request_token[..].try_into().unwrap());
                match self.of_token(file_token) {
                    Some(id) => {
                        let stored = self.files.get_mut(&id).unwrap();
                        stored.has.insert(offset);
                        Ok(Answer::Hashes(some(&stored.content, offset)))
                    }
                    None => rpc(400, "REQUEST_TOKEN_INVALID"),
                }
            }
            Request::GetCdnFileHashes { file_token, offset } => match self.of_token(file_token) {
                Some(id) => Ok(Answer::Hashes(some(&self.files[&id].content, *offset))),
                None => rpc(400, "FILE_TOKEN_INVALID"),
            },
            Request::GetFileHashes { location, offset } => match self.refuses(outgoing, location) {
                Some(error) => error,
                None => Ok(Answer::Hashes(some(&self.files[&location.id].content, *offset))),
            },
            other => panic!("{other:?}"),
        }
    }

    /// FI-02, FI-05, FI-11 as a server holds them.
    fn save(&mut self, file_id: i64, part: u32, total: Option<Option<u32>>, bytes: &[u8]) -> Reply {
        assert_ne!(file_id, 0);
        if self.dice.permille(self.faults.not_kept) {
            return Ok(Answer::Saved(false));
        }
        let saved = self.saved.entry(file_id).or_default();
        assert_eq!(*saved.is_big.get_or_insert(total.is_some()), total.is_some());
        if let Some(Some(total)) = total {
            assert_eq!(*saved.total.get_or_insert(total), total);
            assert!(part < total);
        }
        if let Some(before) = saved.parts.insert(part, bytes.to_vec()) {
            assert!(before == bytes, "another part under the same number");
        }
        Ok(Answer::Saved(true))
    }

    fn refuses(&mut self, outgoing: &Outgoing, location: &Location) -> Option<Reply> {
        let (expires, moves) =
            (self.dice.permille(self.faults.expired), self.dice.permille(self.faults.moved));
        let stored = self.files.get_mut(&location.id).unwrap();
        stored.reference = stored.reference.wrapping_add(u8::from(expires));
        if moves {
            stored.dc = if stored.dc == home() { other() } else { home() };
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
        let stored = &self.files[&location.id];
        if stored.at_cdn && cdn_supported {
            let told = self.dice.below(4) as usize;
            return Ok(Answer::CdnRedirect(Redirect {
                dc_id: 203,
                file_token: token(location.id, stored.token),
                encryption_key: vec![stored.token; 32],
                encryption_iv: vec![stored.token ^ 0x55; 16],
                file_hashes: hashes(&stored.content, 0, 131_072).into_iter().take(told).collect(),
            }));
        }
        let bytes = part(&stored.content, outgoing);
        Ok(Answer::File { bytes: self.spoil(bytes) })
    }

    fn get_cdn(&mut self, outgoing: &Outgoing, file_token: &FileToken, offset: u64) -> Reply {
        let forgets = self.dice.permille(self.faults.reupload);
        if self.dice.permille(self.faults.token)
            && let Some(id) = self.of_token(file_token)
        {
            self.files.get_mut(&id).unwrap().token += 1;
        }
        let Some(id) = self.of_token(file_token) else { return rpc(400, "FILE_TOKEN_INVALID") };
        let stored = self.files.get_mut(&id).unwrap();
        if forgets && !stored.has.remove(&offset) {
            return Ok(Answer::CdnReuploadNeeded { request_token: offset.to_le_bytes().to_vec() });
        }
        let bytes = part(&stored.content, outgoing);
        let (key, mut iv) = ([stored.token; 32], [stored.token ^ 0x55; 16]);
        iv[12..].copy_from_slice(&((offset / 16) as u32).to_be_bytes());
        let mut bytes = self.spoil(bytes);
        use ctr::cipher::{KeyIvInit, StreamCipher};
        ctr::Ctr32BE::<aes::Aes256>::new(&key.into(), &iv.into()).apply_keystream(&mut bytes);
        Ok(Answer::CdnFile { bytes })
    }

    fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let Faults { short, long, wrong, .. } = self.faults;
        if self.dice.permille(short) {
            bytes.truncate(self.dice.below(bytes.len() as u64) as usize);
        }
        if self.dice.permille(long) {
            bytes.extend([0; 16]);
        }
        if self.dice.permille(wrong) && !bytes.is_empty() {
            let at = self.dice.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1;
        }
        bytes
    }

    fn of_token(&self, file_token: &FileToken) -> Option<i64> {
        self.files
            .iter()
            .find(|(id, stored)| token(**id, stored.token) == *file_token)
            .map(|(id, _)| *id)
    }
}

fn token(id: i64, number: u8) -> FileToken {
    FileToken([id as u8, number].into())
}

fn some(content: &[u8], offset: u64) -> Vec<FileHash> {
    hashes(content, offset, 131_072).into_iter().take(3).collect()
}
