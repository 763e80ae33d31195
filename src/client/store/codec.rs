//! A session as bytes.
//!
//! ```text
//! telewire  the letters                                       8
//! version   1 | 2 | 3                                         4   little-endian, as all numbers
//! length    of the body                                       4
//! body      home     0 | 1, number, bits                      1 + 3
//!           user     0 | 1, id, is a bot                      1 + 9
//!           count    of data centres, in ascending order      2
//!           each     number, bits: 1 test, 2 media            3
//!                    bits: 1 key, 2 authorized                1
//!                    key, salt, seconds of offset             256 + 8 + 8
//!                    count of addresses                       1
//!                    each: 4 | 6, address, port               1 + 4 | 16 + 2
//!           updates  from version 2 on: see `codec::updates`
//!           secrets  in version 3: see `codec::secrets`
//! checksum  SHA-256 of all before                             32
//! ```

mod secrets;
pub(super) mod updates;

use std::net::{IpAddr, SocketAddr};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::client::store::error::Flaw;
use crate::client::store::snapshot::{DcRecord, MAX_ADDRESSES, SessionUser, Snapshot};
use crate::connection::StoredKey;
use crate::crypto::AuthKey;
use crate::ids::{DcId, Salt};

const MAGIC: &[u8; 8] = b"telewire";

/// The newest version, which has secret chats. A session without any is written as the one before, which older programs read.
const VERSION: u32 = 3;

/// The version with updates; a session without any is written as the one before.
const UPDATES: u32 = 2;

/// The version without updates.
const BARE: u32 = 1;

/// Magic, version and length.
const HEAD: usize = 16;

pub(super) const CHECKSUM: usize = 32;

/// The bytes of a session at most: its 100,000 peers, with the messages that lead to some, and more data centres than there are are
/// 8 MiB; secret chats have the rest, which is more than one of them may hold back behind a gap (SC-45). What is read has no more, and
/// so has what is written.
pub(super) const MAX_BYTES: usize = 40 << 20;

/// Bits of a data centre.
const TEST: u8 = 1;
const MEDIA: u8 = 2;

/// Bits of what is known of it.
const KEY: u8 = 1;
const AUTHORIZED: u8 = 2;

/// The bytes of a session, if it can be read again: its counts fit, and its length does.
pub(super) fn encode_within(snapshot: &Snapshot) -> Option<Zeroizing<Vec<u8>>> {
    let fits = snapshot.dcs.len() <= u16::MAX.into()
        && snapshot.dcs.values().all(|record| record.addresses.len() <= MAX_ADDRESSES);
    fits.then(|| encode(snapshot)).filter(|bytes| bytes.len() <= MAX_BYTES)
}

/// The bytes of a session. They are wiped when dropped.
pub(super) fn encode(snapshot: &Snapshot) -> Zeroizing<Vec<u8>> {
    // Large enough for all that is written, so that no copy of a key is left behind by growing.
    let mut out = Zeroizing::new(Vec::with_capacity(room(snapshot)));
    out.extend(MAGIC);
    let version = version_of(snapshot);
    out.extend(version.to_le_bytes());
    out.extend([0; 4]);
    write_body(snapshot, &mut out);
    if version >= UPDATES {
        updates::write(&snapshot.updates, &mut out);
    }
    if version >= VERSION {
        secrets::write(&snapshot.secrets, &mut out);
    }
    let length = u32::try_from(out.len() - HEAD).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(12..HEAD) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    let checksum = Sha256::digest(&**out);
    out.extend(checksum);
    out
}

/// The bytes that are needed at most.
fn room(snapshot: &Snapshot) -> usize {
    let addresses: usize = snapshot.dcs.values().map(|record| record.addresses.len()).sum();
    let room = HEAD + CHECKSUM + 16 + snapshot.dcs.len() * 280 + addresses * 19;
    room + updates::room(&snapshot.updates) + secrets::room(&snapshot.secrets)
}

/// The oldest version that has all that is in a session.
fn version_of(snapshot: &Snapshot) -> u32 {
    match (snapshot.updates.is_empty(), snapshot.secrets.is_empty()) {
        (_, false) => VERSION,
        (false, true) => UPDATES,
        (true, true) => BARE,
    }
}

/// Reads what [`encode`] writes.
pub(super) fn decode(bytes: &[u8]) -> Result<Snapshot, Flaw> {
    if bytes.is_empty() {
        return Err(Flaw::Empty);
    }
    let mut input = Input(bytes);
    if input.take::<8>().map_err(|_| Flaw::Kind)? != *MAGIC {
        return Err(Flaw::Kind);
    }
    let version = u32::from_le_bytes(input.take()?);
    if version > VERSION {
        return Err(Flaw::Newer { version, known: VERSION });
    }
    let length = usize::try_from(u32::from_le_bytes(input.take()?)).map_err(|_| Flaw::Length)?;
    if Some(bytes.len()) != length.checked_add(HEAD + CHECKSUM) {
        return Err(Flaw::Length);
    }
    let (content, checksum) = bytes.split_at_checked(HEAD + length).ok_or(Flaw::Length)?;
    if *checksum != *Sha256::digest(content) {
        return Err(Flaw::Checksum);
    }
    if version < BARE {
        return Err(Flaw::Value { field: "version" });
    }
    let mut body = Input(content.get(HEAD..).unwrap_or_default());
    let mut snapshot = read_body(&mut body)?;
    if version >= UPDATES {
        snapshot.updates = updates::read(&mut body)?;
    }
    if version >= VERSION {
        snapshot.secrets = secrets::read(&mut body)?;
    }
    // It would have been written as a version before.
    if version_of(&snapshot) != version {
        return Err(Flaw::Value { field: "version" });
    }
    if body.0.is_empty() { Ok(snapshot) } else { Err(Flaw::Length) }
}

fn write_body(snapshot: &Snapshot, out: &mut Vec<u8>) {
    out.push(u8::from(snapshot.home.is_some()));
    if let Some(home) = snapshot.home {
        write_dc(home, out);
    }
    out.push(u8::from(snapshot.user.is_some()));
    if let Some(user) = snapshot.user {
        out.extend(user.id.to_le_bytes());
        out.push(u8::from(user.is_bot));
    }
    let count = u16::try_from(snapshot.dcs.len()).unwrap_or(u16::MAX);
    out.extend(count.to_le_bytes());
    for (dc, record) in snapshot.dcs.iter().take(count.into()) {
        write_dc(*dc, out);
        let key = if record.key.is_some() { KEY } else { 0 };
        out.push(key | if record.is_authorized { AUTHORIZED } else { 0 });
        if let Some(key) = &record.key {
            out.extend(key.auth_key.expose());
            out.extend(key.salt.0.to_le_bytes());
            out.extend(key.time_offset.to_le_bytes());
        }
        let count = u8::try_from(record.addresses.len()).unwrap_or(u8::MAX);
        out.push(count);
        for address in record.addresses.iter().take(count.into()) {
            match address.ip() {
                IpAddr::V4(ip) => {
                    out.push(4);
                    out.extend(ip.octets());
                }
                IpAddr::V6(ip) => {
                    out.push(6);
                    out.extend(ip.octets());
                }
            }
            out.extend(address.port().to_le_bytes());
        }
    }
}

fn write_dc(dc: DcId, out: &mut Vec<u8>) {
    out.extend(dc.number.to_le_bytes());
    out.push(if dc.is_test { TEST } else { 0 } | if dc.is_media { MEDIA } else { 0 });
}

fn read_body(input: &mut Input<'_>) -> Result<Snapshot, Flaw> {
    let home = if input.bool("home")? { Some(input.dc()?) } else { None };
    let user = if input.bool("user")? {
        let id = i64::from_le_bytes(input.take()?);
        Some(SessionUser { id, is_bot: input.bool("is_bot")? })
    } else {
        None
    };
    let mut snapshot = Snapshot { home, user, ..Snapshot::default() };
    for _ in 0..u16::from_le_bytes(input.take()?) {
        let dc = input.dc()?;
        let is_next = snapshot.dcs.last_key_value().is_none_or(|(last, _)| *last < dc);
        if !is_next {
            return Err(Flaw::Value { field: "dc" });
        }
        let record = read_record(input)?;
        snapshot.dcs.insert(dc, record);
    }
    Ok(snapshot)
}

fn read_record(input: &mut Input<'_>) -> Result<DcRecord, Flaw> {
    let [bits] = input.take()?;
    if bits > KEY | AUTHORIZED || bits == AUTHORIZED {
        return Err(Flaw::Value { field: "bits" });
    }
    let key = if bits & KEY == 0 {
        None
    } else {
        // From where it is: each array that is given leaves a copy behind.
        let auth_key = AuthKey::copy_of(input.borrow()?);
        let salt = Salt(i64::from_le_bytes(input.take()?));
        let time_offset = i64::from_le_bytes(input.take()?);
        Some(StoredKey { auth_key, salt, time_offset })
    };
    let [count] = input.take()?;
    let addresses = (0..count).map(|_| input.address()).collect::<Result<_, _>>()?;
    Ok(DcRecord { key, is_authorized: bits & AUTHORIZED != 0, addresses })
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        self.borrow().copied()
    }

    fn borrow<const N: usize>(&mut self) -> Result<&'a [u8; N], Flaw> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Flaw::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Flaw::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn bool(&mut self, field: &'static str) -> Result<bool, Flaw> {
        match self.take()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Flaw::Value { field }),
        }
    }

    fn dc(&mut self) -> Result<DcId, Flaw> {
        let number = u16::from_le_bytes(self.take()?);
        let [bits] = self.take()?;
        if bits > TEST | MEDIA {
            return Err(Flaw::Value { field: "dc" });
        }
        Ok(DcId { number, is_test: bits & TEST != 0, is_media: bits & MEDIA != 0 })
    }

    fn address(&mut self) -> Result<SocketAddr, Flaw> {
        let ip: IpAddr = match self.take()? {
            [4] => self.take::<4>()?.into(),
            [6] => self.take::<16>()?.into(),
            _ => return Err(Flaw::Value { field: "address" }),
        };
        Ok(SocketAddr::new(ip, u16::from_le_bytes(self.take()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::store::tests::{full, key};
    use crate::updates::{ChannelState, KnownPeer, PeerId};

    #[test]
    fn what_is_written_is_read() {
        let bare = Snapshot { updates: Default::default(), ..full() };
        let old = Snapshot { secrets: Default::default(), ..full() };
        let oldest = Snapshot { secrets: Default::default(), ..bare.clone() };
        for (snapshot, version) in
            [(Snapshot::default(), 1), (oldest, 1), (old, 2), (bare, 3), (full(), 3)]
        {
            let bytes = encode(&snapshot);
            assert_eq!(bytes[8], version);
            assert_eq!(decode(&bytes), Ok(snapshot));
        }
    }

    /// Of everything so many, each as long as it may be. A buffer that grew would leave a copy of the keys behind.
    #[test]
    fn kx_22_the_room_that_is_taken_is_enough_and_no_more() {
        let address = "[2001:db8::1]:443".parse().unwrap();
        for count in [0_u16, 1, 2, 50] {
            let mut snapshot = Snapshot { updates: Default::default(), ..full() };
            snapshot.dcs.clear();
            for number in 1..=count {
                let addresses = vec![address; usize::from(number) % 4];
                let record = DcRecord { key: Some(key(1)), is_authorized: true, addresses };
                snapshot.dcs.insert(DcId::production(number), record);
                let id = i64::from(number);
                snapshot.updates.channels.insert(id, ChannelState { pts: 1, is_dirty: false });
                let contexts = vec![(id, 1); usize::from(number) % 4];
                let peer = KnownPeer { id: PeerId::User(id), access_hash: Some(1), contexts };
                snapshot.updates.peers.insert(peer.id, peer);
            }
            snapshot.updates.common = Some(Default::default());
            let (length, room) = (encode(&snapshot).len(), room(&snapshot));
            assert!(length <= room, "{room} for {length}, {count} of each");
            // A few bytes of what may be there or not.
            assert!(room <= length + 64 + 3 * usize::from(count), "{room} for {length}");
        }
    }

    #[test]
    fn cf_22_every_truncation_and_every_extension_is_an_error() {
        let bytes = encode(&full());
        for length in 0..bytes.len() {
            let flaw = decode(&bytes[..length]).unwrap_err();
            let expected = match length {
                0 => Flaw::Empty,
                1..8 => Flaw::Kind,
                _ => Flaw::Length,
            };
            assert_eq!(flaw, expected, "{length}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert_eq!(decode(&longer), Err(Flaw::Length));
    }

    #[test]
    fn cf_22_every_flipped_bit_is_an_error() {
        let mut bytes = encode(&full()).to_vec();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                bytes[place] ^= 1 << bit;
                assert!(decode(&bytes).is_err(), "byte {place}, bit {bit}");
                bytes[place] ^= 1 << bit;
            }
        }
        assert_eq!(decode(&bytes), Ok(full()));
    }

    #[test]
    fn a_newer_version_is_named() {
        let mut bytes = encode(&full()).to_vec();
        bytes[8] = 4;
        assert_eq!(decode(&bytes), Err(Flaw::Newer { version: 4, known: 3 }));
    }

    /// They stand in their order, each once: another order would be written as this one.
    #[test]
    fn data_centres_that_stand_twice_or_in_another_order_are_refused() {
        let mut snapshot = Snapshot::default();
        for number in [1, 2] {
            snapshot.dcs.insert(DcId::production(number), DcRecord::default());
        }
        let good = encode(&snapshot);
        // No home, nobody, how many, and these.
        let (head, dcs) = good[..good.len() - CHECKSUM].split_at(HEAD + 4);
        let (one, two) = dcs.split_at(dcs.len() / 2);
        for (dcs, is_good) in [([one, two], true), ([one, one], false), ([two, one], false)] {
            let mut bytes = [head, dcs[0], dcs[1]].concat();
            bytes.extend(Sha256::digest(&bytes));
            let expected =
                if is_good { Ok(snapshot.clone()) } else { Err(Flaw::Value { field: "dc" }) };
            assert_eq!(decode(&bytes), expected);
        }
    }

    /// Whatever is in the body, with a checksum that fits, it is a session or an error.
    #[test]
    fn every_flipped_byte_below_the_checksum_is_read_or_refused() {
        let good = encode(&full());
        let body = good.len() - CHECKSUM;
        for place in HEAD..body {
            for value in [0, 1, 2, 3, 4, 6, 0xff] {
                let mut bytes = good[..body].to_vec();
                bytes[place] = value;
                let checksum = Sha256::digest(&bytes);
                bytes.extend(checksum);
                if let Ok(snapshot) = decode(&bytes) {
                    assert_eq!(encode(&snapshot)[..], bytes[..], "byte {place} = {value}");
                }
            }
        }
    }
}
