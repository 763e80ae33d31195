//! What a server answers: a ServerHello, ChangeCipherSpec, and a record of random bytes that looks like its encrypted
//! certificate, with a digest over all of it in place of the ServerHello's random bytes.
//!
//! ```text
//!  16 03 03 | 00 7a | 02 00 00 76 | 03 03 | random, 32 | 20, session id | 13 01 | 00 | 00 2e, extensions
//!  14 03 03 | 00 01 | 01
//!  17 03 03 | length | random bytes
//! ```
//!
//! `random` is HMAC-SHA256(secret, the client's random ‖ all of this with 32 zeros there).

use subtle::ConstantTimeEq;

use super::client_hello::{ClientHello, RANDOM, digest, with_length};
use super::curve::public_key;
use super::record::{CHANGE_CIPHER_SPEC_RECORD, HANDSHAKE, MAX_RECORD, write_data};
use super::{FakeTlsError, Records, client_hello};
use crate::crypto::{Entropy, EntropyExt, Secret};

/// The least that a certificate chain and its signature take; up to twice as much is drawn.
const CERTIFICATE: u16 = 2_048;

/// Makes the answer to a ClientHello.
#[must_use]
pub fn answer(key: &Secret<16>, hello: &ClientHello, entropy: &mut dyn Entropy) -> Vec<u8> {
    // key_share: X25519; supported_versions: 1.3
    let mut extensions = vec![0, 0x33, 0, 0x24, 0, 0x1d, 0, 0x20];
    extensions.extend_from_slice(&public_key(entropy));
    extensions.extend_from_slice(&[0, 0x2b, 0, 2, 3, 4]);
    // TLS_AES_128_GCM_SHA256, no compression
    let mut body = [&[3, 3][..], &[0; 32], &[32], &hello.session_id, &[0x13, 0x01, 0]].concat();
    body.extend_from_slice(&with_length(&extensions));
    let handshake = [&[2, 0][..], &with_length(&body)].concat();
    let mut out = [&[HANDSHAKE, 3, 3][..], &with_length(&handshake)].concat();
    out.extend_from_slice(&CHANGE_CIPHER_SPEC_RECORD);
    let more = u16::from_le_bytes(entropy.array()) % CERTIFICATE;
    let mut certificate = vec![0; usize::from(CERTIFICATE + more)];
    entropy.fill(&mut certificate);
    write_data(&certificate, &mut out);
    let digest = digest(key, &[&hello.random, &out]);
    if let Some(place) = out.get_mut(RANDOM) {
        place.copy_from_slice(&digest);
    }
    out
}

/// The client's end of the hellos.
#[derive(Debug)]
pub struct Greeting {
    key: Secret<16>,
    random: [u8; 32],
    /// What has come of it; no more than three records, each as long as it may be (`missing`).
    answer: Vec<u8>,
    failed: Option<FakeTlsError>,
}

impl Greeting {
    /// Begins: gives the ClientHello to send to a domain's place, at `unix` seconds.
    #[must_use]
    pub fn new(
        key: &Secret<16>,
        domain: impl AsRef<[u8]>,
        unix: u64,
        entropy: &mut dyn Entropy,
    ) -> (Self, Vec<u8>) {
        let (hello, random) = client_hello::write(key, domain.as_ref(), unix, entropy);
        (Self { key: key.clone(), random, answer: Vec::new(), failed: None }, hello)
    }

    /// Takes bytes from the front of `input` until the server's answer is whole, and gives the records to go on with.
    /// `None` says that `input` is used up.
    ///
    /// # Errors
    ///
    /// When the answer is another, or was made without the secret; and from then on always.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Records>, FakeTlsError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = self.advance(input);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
            self.answer = Vec::new();
        }
        result
    }

    fn advance(&mut self, input: &mut &[u8]) -> Result<Option<Records>, FakeTlsError> {
        loop {
            let missing = missing(&self.answer)?;
            if missing == 0 {
                return self.verify().map(Some);
            }
            if input.is_empty() {
                return Ok(None);
            }
            let (taken, rest) = input.split_at_checked(missing).unwrap_or((*input, &[]));
            self.answer.extend_from_slice(taken);
            *input = rest;
        }
    }

    fn verify(&mut self) -> Result<Records, FakeTlsError> {
        let answer = std::mem::take(&mut self.answer);
        let parts = || {
            let (head, rest) = answer.split_at_checked(RANDOM.start)?;
            let (random, rest) = rest.split_first_chunk::<32>()?;
            Some((head, random, rest))
        };
        let (head, random, rest) = parts().ok_or(FakeTlsError::NoServerHello)?;
        let expected = digest(&self.key, &[&self.random, head, &[0; 32], rest]);
        if !bool::from(expected.ct_eq(random)) {
            return Err(FakeTlsError::ServerDigest);
        }
        Ok(Records::client())
    }
}

/// How many bytes an answer lacks before more of it is known, or at all: 0 when it is whole.
fn missing(answer: &[u8]) -> Result<usize, FakeTlsError> {
    let mut rest = answer;
    // The longest is named first, so that what is missing of a header is not more than what must come.
    for kind in [HANDSHAKE, 0x14, 0x17] {
        let Some((header, body)) = rest.split_first_chunk::<5>() else {
            let is_begun = rest.first().is_none_or(|first| *first == kind);
            return if is_begun { Ok(5 - rest.len()) } else { Err(FakeTlsError::NoServerHello) };
        };
        let [found, major, minor, high, low] = *header;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let is_allowed = match kind {
            // At least to the end of its random bytes.
            HANDSHAKE => (RANDOM.end - 5..=MAX_RECORD).contains(&length),
            0x14 => length == 1,
            _ => (1..=MAX_RECORD).contains(&length),
        };
        if (found, major, minor) != (kind, 3, 3) || !is_allowed {
            return Err(FakeTlsError::NoServerHello);
        }
        let Some((_, after)) = body.split_at_checked(length) else {
            return Ok(length - body.len());
        };
        rest = after;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;

    fn exchange(seed: u64) -> (Greeting, Vec<u8>) {
        let mut entropy = SeededEntropy::new(seed);
        let key = Secret::from([3; 16]);
        let (greeting, hello) = Greeting::new(&key, "a.example", 1_000, &mut entropy);
        let hello = client_hello::verify(&key, &hello).unwrap();
        (greeting, answer(&key, &hello, &mut entropy))
    }

    #[test]
    fn an_answer_is_kept_up_to_its_longest_records_and_no_further() {
        let (mut greeting, _) =
            Greeting::new(&[5; 16].into(), "a", 1, &mut crate::crypto::SeededEntropy::new(1));
        let [high, low] = u16::try_from(MAX_RECORD).unwrap().to_be_bytes();
        let long = |kind| [&[kind, 3, 3, high, low][..], &[0; MAX_RECORD]].concat();
        let mut stream = [long(HANDSHAKE), vec![0x14, 3, 3, 0, 1, 1], long(0x17)].concat();
        stream.pop();
        assert!(greeting.read(&mut &stream[..]).unwrap().is_none());
        assert_eq!(greeting.answer.len(), 2 * (5 + MAX_RECORD) + 6 - 1);
        // The last byte makes it whole, and shows that nobody with the secret made it.
        assert!(greeting.read(&mut &[0; 64][..]).is_err() && greeting.answer.is_empty());
    }

    #[test]
    fn an_answer_is_read_however_it_is_cut_and_what_follows_is_left() {
        let (_, stream) = exchange(1);
        assert_eq!(stream[..11], [0x16, 3, 3, 0, 0x7a, 2, 0, 0, 0x76, 3, 3]);
        assert_eq!(stream[127..136], [0x14, 3, 3, 0, 1, 1, 0x17, 3, 3]);
        for cut in 0..stream.len() {
            let (mut greeting, stream) = exchange(1);
            assert!(greeting.read(&mut &stream[..cut]).unwrap().is_none(), "{cut}");
            let rest = [&stream[cut..], &[9, 9]].concat();
            let mut rest = &rest[..];
            assert!(greeting.read(&mut rest).unwrap().is_some(), "{cut}");
            assert_eq!(rest, [9, 9]);
        }
        let (mut greeting, stream) = exchange(1);
        let whole = stream.chunks(1).filter_map(|mut byte| greeting.read(&mut byte).unwrap());
        assert_eq!(whole.count(), 1);
    }

    /// What is asked for is never more than what comes, so that nothing of the stream behind is taken; and never nothing before the end.
    #[test]
    fn what_an_answer_lacks_is_named_step_by_step() {
        let (_, stream) = exchange(1);
        let ends = [5, 127, 132, 133, 138, stream.len()];
        for came in 0..stream.len() {
            // Of a header the five bytes, of a body all; a header that is whole says how long its body is.
            let next = ends.into_iter().find(|end| *end > came).unwrap();
            assert_eq!(missing(&stream[..came]), Ok(next - came), "{came}");
        }
        assert_eq!(missing(&stream), Ok(0));
    }

    #[test]
    fn each_record_of_an_answer_has_a_length_that_it_may_have() {
        let shortest = RANDOM.end - 5;
        let record = |kind, length: usize| {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            [&[kind, 3, 3, high, low][..], &vec![0; length]].concat()
        };
        for (length, is_allowed) in [
            (0, false),
            (shortest - 1, false),
            (shortest, true),
            (MAX_RECORD, true),
            (MAX_RECORD + 1, false),
        ] {
            assert_eq!(missing(&record(HANDSHAKE, length)).is_ok(), is_allowed, "{length}");
        }
        for length in 0..4 {
            let answer = [record(HANDSHAKE, shortest), record(0x14, length)].concat();
            assert_eq!(missing(&answer).is_ok(), length == 1, "{length}");
        }
        let first = [record(HANDSHAKE, shortest), record(0x14, 1)].concat();
        for (length, is_allowed) in
            [(0, false), (1, true), (MAX_RECORD, true), (MAX_RECORD + 1, false)]
        {
            let answer = [first.clone(), record(0x17, length)].concat();
            assert_eq!(missing(&answer).is_ok(), is_allowed, "{length}");
        }
    }

    #[test]
    fn any_changed_byte_is_refused_and_the_error_lasts() {
        let (_, stream) = exchange(2);
        for place in 0..stream.len() {
            let (mut greeting, mut stream) = exchange(2);
            stream[place] ^= 1;
            match greeting.read(&mut &stream[..]) {
                Err(error) => {
                    assert_eq!(greeting.read(&mut &[][..]).unwrap_err(), error, "{place}");
                }
                // The length of the last record is one more now, and the digest waits for it.
                Ok(found) => {
                    assert!(found.is_none() && (136..138).contains(&place), "{place}");
                    let error = greeting.read(&mut &[0; 256][..]).unwrap_err();
                    assert_eq!(error, FakeTlsError::ServerDigest);
                }
            }
        }
    }

    #[test]
    fn answers_of_other_servers_are_refused() {
        for stream in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            // An alert, as a TLS server sends that does not like the ClientHello.
            &[0x15, 3, 3, 0, 2, 2, 40],
            &[0x16, 3, 3, 0xff, 0xff],
            &[0x16, 3, 3, 0, 37],
            &[0x17],
        ] {
            let (mut greeting, _) = exchange(3);
            let error = greeting.read(&mut &stream[..]).unwrap_err();
            assert_eq!(error, FakeTlsError::NoServerHello, "{stream:x?}");
        }
    }

    #[test]
    fn an_answer_to_another_hello_is_refused() {
        let (mut greeting, _) = exchange(4);
        let (_, stream) = exchange(5);
        assert_eq!(greeting.read(&mut &stream[..]).unwrap_err(), FakeTlsError::ServerDigest);
    }
}
