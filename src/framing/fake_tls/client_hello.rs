//! What a client begins with: a ClientHello as browsers send it, with a digest in place of its random bytes.
//!
//! ```text
//!  0                  5                9      11            43            44              76
//! +------------------+----------------+------+-------------+----+---------------+------------------+
//! | 16 03 01, length | 01, length     | 03 03| random, 32  | 20 | session id, 32| suites, ...      |
//! +------------------+----------------+------+-------------+----+---------------+------------------+
//! ```
//!
//! `random` is HMAC-SHA256(secret, the whole record with 32 zeros there), the last four bytes xored with the unix time,
//! little-endian.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::FakeTlsError;
use super::curve::public_key;
use super::record::{HANDSHAKE, MAX_RECORD};
use crate::crypto::{Entropy, EntropyExt, Secret};

/// The length of the record that is written. Chrome pads to it, and fronts look for it.
const LENGTH: usize = 517;

/// Where the random bytes stand, in either hello.
pub(super) const RANDOM: std::ops::Range<usize> = 11..43;

/// Where the session id's length stands, in either hello.
const SESSION_ID: usize = 43;

/// What a ClientHello says to those who know the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientHello {
    /// Its random bytes, by which the server's answer is known.
    pub random: [u8; 32],
    /// Its session id, which the server repeats.
    pub session_id: [u8; 32],
    /// The unix time at which it was made, in seconds.
    pub time: u32,
}

/// Makes a ClientHello to a domain: at `unix` seconds, in the name of a secret. Gives the record and its random bytes.
pub(super) fn write(
    key: &Secret<16>,
    domain: &[u8],
    unix: u64,
    entropy: &mut dyn Entropy,
) -> (Vec<u8>, [u8; 32]) {
    let mut hello = body(domain, entropy);
    let mut random = digest(key, &[&hello]);
    // Telegram's clients write 32 bits too.
    let time = (unix & u64::from(u32::MAX)) as u32;
    for (byte, time) in random.iter_mut().skip(28).zip(time.to_le_bytes()) {
        *byte ^= time;
    }
    if let Some(place) = hello.get_mut(RANDOM) {
        place.copy_from_slice(&random);
    }
    (hello, random)
}

/// The length of the record that a stream begins with, header and all, as soon as that much is there: a ClientHello.
///
/// # Errors
///
/// When it begins with something else.
pub(super) fn length(first: &[u8]) -> Result<Option<usize>, FakeTlsError> {
    let Some([kind, major, _, high, low]) = first.first_chunk() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if (*kind, *major) != (HANDSHAKE, 3) || !(SHORTEST..=MAX_RECORD).contains(&length) {
        return Err(FakeTlsError::NoClientHello);
    }
    Ok(Some(5 + length))
}

/// A hello that ends after its session id: the rest is not looked at.
const SHORTEST: usize = SESSION_ID + 1 + 32 - 5;

/// Reads a whole record, if it was made by somebody who knows the secret.
///
/// # Errors
///
/// [`FakeTlsError::NoClientHello`], [`FakeTlsError::ClientDigest`].
pub fn verify(key: &Secret<16>, record: &[u8]) -> Result<ClientHello, FakeTlsError> {
    if length(record)? != Some(record.len()) {
        return Err(FakeTlsError::NoClientHello);
    }
    let parts = || {
        let (head, rest) = record.split_at_checked(RANDOM.start)?;
        let (random, rest) = rest.split_first_chunk::<32>()?;
        let (length, id) = rest.split_first()?;
        let session_id = *id.first_chunk::<32>().filter(|_| *length == 32)?;
        let is_hello = head.get(5) == Some(&1) && head.get(9..) == Some(&[3, 3]);
        is_hello.then_some((head, *random, rest, session_id))
    };
    let (head, random, rest, session_id) = parts().ok_or(FakeTlsError::NoClientHello)?;
    let mut expected = digest(key, &[head, &[0; 32], rest]);
    for (byte, sent) in expected.iter_mut().zip(random) {
        *byte ^= sent;
    }
    let (zeros, time) = expected.split_at(28);
    if !bool::from(zeros.ct_eq(&[0; 28])) {
        return Err(FakeTlsError::ClientDigest);
    }
    let time = time.first_chunk().copied().unwrap_or_default();
    Ok(ClientHello { random, session_id, time: u32::from_le_bytes(time) })
}

/// HMAC-SHA256 under a secret of the parts joined.
pub(super) fn digest(key: &Secret<16>, parts: &[&[u8]]) -> [u8; 32] {
    // Keys of 64 bytes are taken as they are, and shorter ones are filled up with zeros.
    let mut block = zeroize::Zeroizing::new([0; 64]);
    for (byte, key) in block.iter_mut().zip(key.expose()) {
        *byte = *key;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The record with zeros for its random bytes: the ClientHello of Chrome before it had post-quantum keys.
fn body(domain: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
    // GREASE, RFC 8701: values of no meaning, so that servers learn to ignore what they do not know. Those of groups
    // and of versions are used twice or differ from one another as Chrome has them.
    let [suite, group, first, mut last, version] =
        entropy.array().map(|byte: u8| byte & 0xf0 | 0x0a);
    if last == first {
        last ^= 0x10;
    }
    let session_id: [u8; 32] = entropy.array();
    let key_share = public_key(entropy);

    let mut extensions = Vec::new();
    let mut extension = |kind: [u8; 2], body: &[u8]| {
        extensions.extend_from_slice(&kind);
        extensions.extend_from_slice(&with_length(body));
    };
    extension([first; 2], &[]);
    // server_name: a list of one host name.
    let name = [&[0][..], &with_length(domain)].concat();
    extension([0x00, 0x00], &with_length(&name));
    // extended_master_secret, renegotiation_info
    extension([0x00, 0x17], &[]);
    extension([0xff, 0x01], &[0]);
    // supported_groups: X25519, P-256, P-384
    extension([0x00, 0x0a], &with_length(&[group, group, 0, 0x1d, 0, 0x17, 0, 0x18]));
    // ec_point_formats, session_ticket
    extension([0x00, 0x0b], &[1, 0]);
    extension([0x00, 0x23], &[]);
    // application_layer_protocol_negotiation
    extension([0x00, 0x10], &with_length(b"\x02h2\x08http/1.1"));
    // status_request
    extension([0x00, 0x05], &[1, 0, 0, 0, 0]);
    // signature_algorithms: ECDSA and RSA with SHA-256, -384 and -512
    let algorithms = [4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1];
    extension([0x00, 0x0d], &with_length(&algorithms));
    // signed_certificate_timestamp
    extension([0x00, 0x12], &[]);
    // key_share: GREASE, and X25519
    let shares = [&[group, group, 0, 1, 0, 0, 0x1d, 0, 0x20][..], &key_share].concat();
    extension([0x00, 0x33], &with_length(&shares));
    // psk_key_exchange_modes
    extension([0x00, 0x2d], &[1, 1]);
    // supported_versions: 1.3, 1.2
    extension([0x00, 0x2b], &[6, version, version, 3, 4, 3, 3]);
    // compress_certificate: brotli
    extension([0x00, 0x1b], &[2, 0, 2]);
    extension([last; 2], &[0]);

    let suites = [
        [suite; 2],
        [0x13, 0x01],
        [0x13, 0x02],
        [0x13, 0x03],
        [0xc0, 0x2b],
        [0xc0, 0x2f],
        [0xc0, 0x2c],
        [0xc0, 0x30],
        [0xcc, 0xa9],
        [0xcc, 0xa8],
        [0xc0, 0x13],
        [0xc0, 0x14],
        [0x00, 0x9c],
        [0x00, 0x9d],
        [0x00, 0x2f],
        [0x00, 0x35],
    ];
    // version, random, session id, suites, no compression
    let mut hello = [&[3, 3][..], &[0; 32], &[32], &session_id].concat();
    hello.extend_from_slice(&with_length(suites.as_flattened()));
    hello.extend_from_slice(&[1, 0]);
    // padding: two headers before the hello, the length of the extensions, its own header.
    let before = 5 + 4 + hello.len() + 2 + extensions.len() + 4;
    extensions.extend_from_slice(&[0x00, 0x15]);
    extensions.extend_from_slice(&with_length(&vec![0; LENGTH.saturating_sub(before)]));
    hello.extend_from_slice(&with_length(&extensions));

    let handshake = [&[1, 0][..], &with_length(&hello)].concat();
    [&[HANDSHAKE, 3, 1][..], &with_length(&handshake)].concat()
}

/// Bytes after their length, 16 bits big-endian. All that is written here is far shorter.
pub(super) fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::crypto::SeededEntropy;
    use crate::framing::mtproxy::MAX_DOMAIN;

    #[test]
    fn the_length_of_a_hello_is_known_with_its_header() {
        let (_, hello) = crate::framing::fake_tls::Greeting::new(
            &[5; 16].into(),
            "a.example",
            1,
            &mut SeededEntropy::new(1),
        );
        for came in 0..=hello.len() {
            let known = (came >= 5).then_some(hello.len());
            assert_eq!(crate::framing::fake_tls::hello_len(&hello[..came]), Ok(known), "{came}");
        }
        for (length, is_allowed) in
            [(SHORTEST - 1, false), (SHORTEST, true), (MAX_RECORD, true), (MAX_RECORD + 1, false)]
        {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            let found = length_of(&[HANDSHAKE, 3, 1, high, low]);
            assert_eq!(found.is_ok(), is_allowed, "{length}");
        }
        for other in [[0x17, 3, 1, 2, 0], [HANDSHAKE, 2, 1, 2, 0]] {
            assert_eq!(length_of(&other), Err(FakeTlsError::NoClientHello));
        }
    }

    fn length_of(header: &[u8]) -> Result<Option<usize>, FakeTlsError> {
        length(header)
    }

    fn known(name: &str) -> Vec<u8> {
        let all: Value =
            serde_json::from_str(include_str!("../../../tests/vectors/fake_tls.json")).unwrap();
        hex::decode(all[name].as_str().unwrap()).unwrap()
    }

    fn key() -> Secret<16> {
        Secret::from(<[u8; 16]>::try_from(known("secret")).unwrap())
    }

    /// What one of Telegram's clients sent: `tests/vectors/fake_tls.json`.
    #[test]
    fn a_hello_of_telegrams_client_is_read() {
        let hello = verify(&key(), &known("client_hello")).unwrap();
        assert_eq!(hello.random.to_vec(), known("random"));
        assert_eq!(hello.session_id.to_vec(), known("session_id"));
        assert_eq!(hello.time, 1_617_181_365);
        assert_eq!(length(&known("client_hello")), Ok(Some(LENGTH)));
    }

    #[test]
    fn a_hello_is_read_back() {
        let mut entropy = SeededEntropy::new(1);
        let longest = "a".repeat(MAX_DOMAIN);
        for domain in ["a", "storage.googleapis.com", &longest] {
            let (record, random) = write(&key(), domain.as_bytes(), 1_700_000_000, &mut entropy);
            assert_eq!(record.len(), LENGTH, "{domain}");
            // What fronts look for: a record of 512 bytes with a ClientHello of 508.
            assert_eq!(record[..11], [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
            let hello = verify(&key(), &record).unwrap();
            assert_eq!((hello.random, hello.time), (random, 1_700_000_000));
            assert_eq!(record[44..76], hello.session_id);
            let found = record.windows(domain.len()).filter(|part| *part == domain.as_bytes());
            assert!(found.count() > 0, "{domain}");
        }
    }

    /// Extensions as RFC 8446 lays them, to the last byte.
    #[test]
    fn extensions_are_whole_and_each_is_there_once() {
        for seed in 0..200 {
            let (record, _) = write(&key(), b"a.example", 0, &mut SeededEntropy::new(seed));
            // After the session id, 16 suites and one compression.
            let mut rest = &record[76 + 2 + 32 + 2 + 2..];
            let mut kinds = Vec::new();
            while !rest.is_empty() {
                let kind = u16::from_be_bytes([rest[0], rest[1]]);
                let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
                kinds.push(kind);
                rest = &rest[4 + length..];
            }
            let grease = kinds.iter().filter(|kind| **kind & 0x0f0f == 0x0a0a).count();
            assert_eq!(grease, 2, "{kinds:x?}");
            kinds.sort_unstable();
            kinds.dedup();
            assert_eq!(kinds.len(), 17, "{kinds:x?}");
        }
    }

    #[test]
    fn any_changed_byte_and_another_secret_are_refused() {
        let record = known("client_hello");
        for place in 0..record.len() {
            let mut record = record.clone();
            record[place] ^= 1;
            let result = verify(&key(), &record);
            // The last four random bytes are the time, whatever it is.
            assert_eq!(result.is_ok(), (39..43).contains(&place), "{place}");
        }
        let other = Secret::from([7; 16]);
        assert_eq!(verify(&other, &record), Err(FakeTlsError::ClientDigest));
        for end in 0..record.len() {
            assert_eq!(verify(&key(), &record[..end]), Err(FakeTlsError::NoClientHello), "{end}");
        }
    }

    #[test]
    fn a_stream_that_begins_with_something_else_is_refused_at_its_header() {
        for first in [*b"GET /", [0x17, 3, 3, 1, 0], [0x16, 2, 1, 1, 0], [0x16, 3, 1, 0, 70]] {
            assert_eq!(length(&first), Err(FakeTlsError::NoClientHello), "{first:x?}");
        }
        assert_eq!(length(&[0x16, 3, 1, 0xff, 0xff]), Err(FakeTlsError::NoClientHello));
        assert_eq!(length(&[0x16, 3, 1, 0]), Ok(None));
        assert_eq!(length(&[0x16, 3, 1, 0, 71]), Ok(Some(76)));
    }
}
