//! Messages of ours, and their rows: those that wait for the chat to be ready, and those that the peer has not acknowledged.

use zeroize::Zeroizing;

use crate::secret::codec::{Source, Writer};
use crate::secret::error::RestoreError;
use crate::secret::types::{ChatPeer, InputFile, Request};

/// What a message of ours is, as the server is told and as its failure is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person's message.
    Message,
    /// A person's action.
    Action,
    /// The protocol's own; the chat cannot do without.
    Control,
}

/// A message without a number, and without a key yet (SC-10). It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) random_id: i64,
    pub(super) kind: Kind,
    pub(super) is_silent: bool,
    pub(super) file: Option<InputFile>,
    /// The message inside of its layer.
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// A message with its number, as it goes out; in one form for ever, but for [SC-48](super::Chat::delete).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) random_id: i64,
    pub(super) kind: Kind,
    pub(super) is_silent: bool,
    pub(super) file: Option<InputFile>,
    /// Our `in` of that moment, which stays with its number (SC-48).
    pub(super) in_: u32,
    pub(super) packet: Vec<u8>,
    /// The batch that stores it: nothing goes out before.
    pub(super) batch: u64,
}

impl Sent {
    /// The call that hands it to the server (SC-74).
    pub(super) fn request(&self, peer: ChatPeer) -> Request {
        let (random_id, data, is_silent) = (self.random_id, self.packet.clone(), self.is_silent);
        match (self.kind, &self.file) {
            (_, Some(file)) => {
                Request::SendFile { peer, random_id, data, file: file.clone(), is_silent }
            }
            (Kind::Message, None) => Request::Send { peer, random_id, data, is_silent },
            (Kind::Action | Kind::Control, None) => Request::SendService { peer, random_id, data },
        }
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::with_room(self.packet.len());
        head(&mut w, self.random_id, self.kind, self.is_silent, self.file.as_ref());
        w.put(&self.in_.to_le_bytes()).string(&self.packet);
        w.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut r = Source::new(bytes);
        let (random_id, kind, is_silent, file) = read_head(&mut r)?;
        let (in_, packet) = (r.u32()?, r.string()?.to_vec());
        r.end()?;
        Ok(Self { random_id, kind, is_silent, file, in_, packet, batch: 0 })
    }
}

impl Draft {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::with_room(self.bytes.len());
        head(&mut w, self.random_id, self.kind, self.is_silent, self.file.as_ref());
        w.string(&self.bytes);
        w.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut r = Source::new(bytes);
        let (random_id, kind, is_silent, file) = read_head(&mut r)?;
        let bytes = Zeroizing::new(r.string()?.to_vec());
        r.end()?;
        Ok(Self { random_id, kind, is_silent, file, bytes })
    }
}

fn head(w: &mut Writer, random_id: i64, kind: Kind, is_silent: bool, file: Option<&InputFile>) {
    w.put(&random_id.to_le_bytes()).put(&[kind as u8]).flag(is_silent);
    w.maybe(file, |w, file| match file {
        InputFile::Uploaded { id, parts, md5_checksum, key_fingerprint } => {
            w.put(&[0]).put(&id.to_le_bytes()).put(&parts.to_le_bytes());
            w.string(md5_checksum.as_bytes()).put(&key_fingerprint.to_le_bytes());
        }
        InputFile::UploadedBig { id, parts, key_fingerprint } => {
            w.put(&[1]).put(&id.to_le_bytes()).put(&parts.to_le_bytes());
            w.put(&key_fingerprint.to_le_bytes());
        }
        InputFile::Existing { id, access_hash } => {
            w.put(&[2]).put(&id.to_le_bytes()).put(&access_hash.to_le_bytes());
        }
    });
}

type Head = (i64, Kind, bool, Option<InputFile>);

fn read_head(r: &mut Source<'_>) -> Result<Head, RestoreError> {
    let random_id = r.i64()?;
    let kind = match r.byte()? {
        0 => Kind::Message,
        1 => Kind::Action,
        2 => Kind::Control,
        _ => return Err(RestoreError::Damaged),
    };
    let is_silent = r.flag()?;
    let file = r.maybe(|r| {
        Ok(match r.byte()? {
            0 => InputFile::Uploaded {
                id: r.i64()?,
                parts: r.i32()?,
                md5_checksum: String::from_utf8_lossy(r.string()?).into_owned(),
                key_fingerprint: r.i32()?,
            },
            1 => {
                InputFile::UploadedBig { id: r.i64()?, parts: r.i32()?, key_fingerprint: r.i32()? }
            }
            2 => InputFile::Existing { id: r.i64()?, access_hash: r.i64()? },
            _ => return Err(RestoreError::Damaged),
        })
    })?;
    Ok((random_id, kind, is_silent, file))
}
