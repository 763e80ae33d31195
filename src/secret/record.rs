//! All that there is once in a chat, and its row: keys, counters, the exchanges that are open.

use zeroize::Zeroizing;

use crate::crypto::{AuthKey, KeyId, Secret};
use crate::secret::codec::{Source, Writer};
use crate::secret::content::clamp_ttl;
use crate::secret::dh::Group;
use crate::secret::error::RestoreError;
use crate::secret::layer::PeerLayer;
use crate::secret::life::State;
use crate::secret::limits::END_OF_NUMBERS;
use crate::secret::numbers::{Numbers, Range};
use crate::secret::picture::KeyHash;
use crate::secret::rekey::Rekey;
use crate::secret::side::Side;
use crate::secret::types::{ChatId, ChatPeer, UserId};

/// The version of the row.
const VERSION: u8 = 1;

/// What is stored of a chat in [`Row::State`](super::Row::State).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// How many batches were made (SC-84).
    pub(super) generation: u64,
    /// The key that our session with the server has: chats end with it (SC-81).
    pub(super) session_key: KeyId,
    pub(super) me: UserId,
    pub(super) peer_user: UserId,
    pub(super) side: Side,
    pub(super) state: State,
    pub(super) chat: ChatPeer,
    /// Of `requestEncryption`.
    pub(super) request_id: i32,
    pub(super) group: Option<Group>,
    pub(super) birth: Birth,
    pub(super) keys: Keys,
    pub(super) rekey: Rekey,
    pub(super) hash: Option<KeyHash>,
    pub(super) is_verified: bool,
    pub(super) numbers: Numbers,
    pub(super) peer_layer: PeerLayer,
    /// The layer that was told to the peer (SC-31).
    pub(super) told_layer: i32,
    /// The layer of the last message of the peer (SC-34).
    pub(super) last_layer: i32,
    /// What later messages have as their timer (SC-70).
    pub(super) ttl: i32,
    /// What the peer asked for and did not get yet (SC-46).
    pub(super) resends: Vec<Range>,
    /// `discardEncryption` is still to be said; whether with the history (SC-11).
    pub(super) discard: Option<bool>,
}

/// The numbers of the first exchange. They are wiped when there is a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Birth {
    pub(super) exponent: Option<Box<Secret<256>>>,
    pub(super) ours: Option<Box<[u8; 256]>>,
    /// As it came; it is checked when there is a prime.
    pub(super) theirs: Vec<u8>,
    /// The fingerprint that the other side told.
    pub(super) claimed: i64,
}

/// The keys of a chat: two at most (SC-55).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Keys {
    pub(super) current: Option<AuthKey>,
    pub(super) old: Option<OldKey>,
    /// When the current key came into use, in seconds since 1970.
    pub(super) since: u64,
    /// How many messages, in and out, it was used for (SC-50).
    pub(super) uses: u32,
}

/// The key before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OldKey {
    pub(super) key: AuthKey,
    /// The number of our `CommitKey`, if the exchange was ours: who has counted it, has the new key (SC-55).
    pub(super) commit: Option<u32>,
}

impl Record {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut w = Writer::with_room(self.resends.len().saturating_mul(8));
        w.put(&[VERSION]).put(&self.generation.to_le_bytes());
        w.put(&self.session_key.to_le_bytes());
        w.put(&self.me.0.to_le_bytes()).put(&self.peer_user.0.to_le_bytes());
        w.flag(self.side == Side::Acceptor).put(&[self.state.code()]);
        w.put(&self.chat.id.0.to_le_bytes()).put(&self.chat.access_hash.to_le_bytes());
        w.put(&self.request_id.to_le_bytes());
        w.maybe(self.group.as_ref(), |w, group| {
            w.put(&group.version().to_le_bytes()).put(&group.g().to_le_bytes());
            w.put(group.prime()).flag(group.is_tested());
        });
        w.maybe(self.birth.exponent.as_ref(), |w, exponent| {
            w.put(exponent.expose());
        });
        w.maybe(self.birth.ours.as_ref(), |w, ours| {
            w.put(ours);
        });
        w.string(&self.birth.theirs).put(&self.birth.claimed.to_le_bytes());
        w.maybe(self.keys.current.as_ref(), |w, key| {
            w.put(key.expose());
        });
        w.maybe(self.keys.old.as_ref(), |w, old| {
            w.put(old.key.expose()).maybe(old.commit, |w, commit| {
                w.put(&commit.to_le_bytes());
            });
        });
        w.put(&self.keys.since.to_le_bytes()).put(&self.keys.uses.to_le_bytes());
        encode_rekey(&mut w, &self.rekey);
        w.maybe(self.hash, |w, hash| {
            w.put(&hash.0);
        });
        w.flag(self.is_verified);
        let Numbers { made, sent, peer_in, received, asked } = self.numbers;
        for number in [made, sent, peer_in, received, asked] {
            w.put(&number.to_le_bytes());
        }
        for number in [self.peer_layer.0, self.told_layer, self.last_layer, self.ttl] {
            w.put(&number.to_le_bytes());
        }
        w.put(&u32::try_from(self.resends.len()).unwrap_or(0).to_le_bytes());
        for range in &self.resends {
            w.put(&range.start.to_le_bytes()).put(&range.end.to_le_bytes());
        }
        w.maybe(self.discard, |w, delete_history| {
            w.flag(delete_history);
        });
        w.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut r = Source::new(bytes);
        let version = r.byte()?;
        if version != VERSION {
            return Err(RestoreError::Version(version));
        }
        let record = Self {
            generation: r.u64()?,
            session_key: KeyId(r.i64()?),
            me: UserId(r.i64()?),
            peer_user: UserId(r.i64()?),
            side: if r.flag()? { Side::Acceptor } else { Side::Creator },
            state: State::of_code(r.byte()?).ok_or(RestoreError::Damaged)?,
            chat: ChatPeer { id: ChatId(r.i32()?), access_hash: r.i64()? },
            request_id: r.i32()?,
            group: r.maybe(decode_group)?,
            birth: Birth {
                exponent: r.maybe(Source::secret)?,
                ours: r.maybe(|r| r.array().map(Box::new))?,
                theirs: r.string()?.to_vec(),
                claimed: r.i64()?,
            },
            keys: Keys {
                current: r.maybe(Source::key)?,
                old: r.maybe(|r| Ok(OldKey { key: r.key()?, commit: r.maybe(Source::u32)? }))?,
                since: r.u64()?,
                uses: r.u32()?,
            },
            rekey: decode_rekey(&mut r)?,
            hash: r.maybe(|r| r.array().map(KeyHash))?,
            is_verified: r.flag()?,
            numbers: Numbers {
                made: r.u32()?,
                sent: r.u32()?,
                peer_in: r.u32()?,
                received: r.u32()?,
                asked: r.u32()?,
            },
            peer_layer: PeerLayer(r.i32()?),
            told_layer: r.i32()?,
            last_layer: r.i32()?,
            ttl: r.i32()?,
            resends: decode_resends(&mut r)?,
            discard: r.maybe(Source::flag)?,
        };
        r.end()?;
        if record.is_sound() { Ok(record) } else { Err(RestoreError::Damaged) }
    }

    /// Whether the counters can be of one chat. What is counted on never runs over then.
    fn is_sound(&self) -> bool {
        let Numbers { made, sent, peer_in, received, asked } = self.numbers;
        let resends = self.resends.iter();
        let are_sound = resends.clone().all(|range| range.start < range.end && range.end <= made)
            && resends.clone().zip(resends.skip(1)).all(|(one, next)| one.end < next.start);
        let in_bounds = [made, received, asked].into_iter().all(|count| count <= END_OF_NUMBERS);
        in_bounds && peer_in <= sent && sent <= made && are_sound && self.ttl == clamp_ttl(self.ttl)
    }
}

fn decode_group(r: &mut Source<'_>) -> Result<Group, RestoreError> {
    let (version, g, p) = (r.i32()?, r.i32()?, r.array::<256>()?);
    let group = Group::new(version, g, &p).map_err(|_| RestoreError::Damaged)?;
    Ok(if r.flag()? { group.tested() } else { group })
}

fn decode_resends(r: &mut Source<'_>) -> Result<Vec<Range>, RestoreError> {
    // Each is read before there is room for the next, so that a damaged count reserves nothing.
    let mut resends = Vec::new();
    for _ in 0..r.u32()? {
        resends.push(r.u32()?..r.u32()?);
    }
    Ok(resends)
}

fn encode_rekey(w: &mut Writer, rekey: &Rekey) {
    let head = |w: &mut Writer, code: u8, exchange: i64| {
        w.put(&[code]).put(&exchange.to_le_bytes());
    };
    match rekey {
        Rekey::Idle => {
            w.put(&[0]);
        }
        Rekey::Drawing { exchange, exponent } => {
            head(w, 1, *exchange);
            w.put(exponent.expose());
        }
        Rekey::Requested { exchange, exponent, ours } => {
            head(w, 2, *exchange);
            w.put(exponent.expose()).put(ours);
        }
        Rekey::Deriving { exchange, exponent, theirs, claimed } => {
            head(w, 3, *exchange);
            w.put(exponent.expose()).put(theirs).put(&claimed.to_le_bytes());
        }
        Rekey::Answering { exchange, exponent, theirs } => {
            head(w, 4, *exchange);
            w.put(exponent.expose()).put(theirs);
        }
        Rekey::Accepted { exchange, key } => {
            head(w, 5, *exchange);
            w.put(key.expose());
        }
        Rekey::Switched { exchange } => head(w, 6, *exchange),
    }
}

fn decode_rekey(r: &mut Source<'_>) -> Result<Rekey, RestoreError> {
    let code = r.byte()?;
    if code == 0 {
        return Ok(Rekey::Idle);
    }
    let exchange = r.i64()?;
    Ok(match code {
        1 => Rekey::Drawing { exchange, exponent: r.secret()? },
        2 => Rekey::Requested { exchange, exponent: r.secret()?, ours: Box::new(r.array()?) },
        3 => Rekey::Deriving {
            exchange,
            exponent: r.secret()?,
            theirs: Box::new(r.array()?),
            claimed: r.i64()?,
        },
        4 => Rekey::Answering { exchange, exponent: r.secret()?, theirs: Box::new(r.array()?) },
        5 => Rekey::Accepted { exchange, key: r.key()? },
        6 => Rekey::Switched { exchange },
        _ => return Err(RestoreError::Damaged),
    })
}
