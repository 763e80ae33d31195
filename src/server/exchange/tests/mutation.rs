//! KX-23: whatever is done to a byte of a query, there is an error, or the same key on both sides; never a panic.

use super::*;

/// The three queries, each of which needs the ones before.
const STAGES: usize = 3;

fn script_at(stage: usize) -> (Script, Vec<u8>) {
    let mut script = match stage {
        0 => Script::new(),
        1 => Script::at_req_dh(|_| {}),
        _ => Script::at_set_dh(|_| {}),
    };
    let query = match stage {
        0 => packet(&script.req_pq()),
        1 => packet(&script.req_dh(|_| {})),
        _ => packet(&script.set_dh(|_| {})),
    };
    (script, query)
}

/// The bytes of a query that a server cannot check: the time in the message id, the client's nonce when it comes first,
/// the zeros behind the TL strings `p` and `q`, and the random padding of the client's half, the last 12 bytes: the toy
/// suite does not spread a change, as AES would.
fn may_change(stage: usize, byte: usize) -> bool {
    let of_stage = match stage {
        0 => (24..40).contains(&byte),
        1 => (61..64).contains(&byte) || (69..72).contains(&byte),
        _ => (384..396).contains(&byte),
    };
    of_stage || (8..16).contains(&byte)
}

/// Goes on honestly after a changed query, whatever comes of it; the key if it comes to that.
fn go_on(script: &mut Script, stage: usize, answer: Option<Vec<u8>>) -> Option<Established> {
    match (stage, answer) {
        // The nonce of the exchange is then another, and what is said with the old one is refused.
        (0, Some(answer)) => {
            let answer: types::ResPq = answered(&answer);
            if answer.nonce != script.nonce {
                script.server_nonce = answer.server_nonce;
                let query = script.req_dh_encrypted(&[0; 256]);
                assert_eq!(script.say(&query), Err(Error::Nonce));
            }
            None
        }
        (1, Some(answer)) => {
            script.take_half(&answer);
            Some(script.finish())
        }
        (2, None) => {
            script.conclude(DhGen::Ok).expect("dh_gen_ok");
            script.server.poll_established()
        }
        (stage, answer) => panic!("stage {stage}: {answer:?}"),
    }
}

#[test]
fn kx_23_every_flipped_bit_is_an_error_or_harmless() {
    for stage in 0..STAGES {
        let length = script_at(stage).1.len();
        for bit in 0..length * 8 {
            // All bits of the envelope and of the fields; of what is encrypted one of each byte.
            if bit >= 84 * 8 && bit % 8 != 3 {
                continue;
            }
            let (mut script, mut query) = script_at(stage);
            query[bit / 8] ^= 1 << (bit % 8);
            match script.say_packet(&query) {
                Err(_) => assert!(script.say_packet(&query).is_err(), "it went on after an error"),
                Ok(answer) => {
                    assert!(may_change(stage, bit / 8), "stage {stage}, byte {}", bit / 8);
                    let established = go_on(&mut script, stage, answer);
                    assert_eq!(established.is_some(), stage > 0);
                    if let Some(established) = established {
                        assert_eq!(established.auth_key, script.key(), "stage {stage}, bit {bit}");
                    }
                }
            }
        }
    }
}

#[test]
fn kx_23_every_byte_in_every_value_is_survived() {
    for stage in 0..STAGES {
        let length = script_at(stage).1.len();
        for place in 0..length.min(84) {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff] {
                let (mut script, mut query) = script_at(stage);
                query[place] = value;
                let _ = script.say_packet(&query);
            }
        }
    }
}

#[test]
fn kx_23_every_truncation_is_an_error() {
    for stage in 0..STAGES {
        let length = script_at(stage).1.len();
        for cut in 0..length {
            let (mut script, query) = script_at(stage);
            let result = script.say_packet(&query[..cut]);
            assert_eq!(result, Err(Error::Envelope { length: cut }), "stage {stage}");
            // Also where the envelope agrees.
            let (mut script, mut query) = script_at(stage);
            query.truncate(cut);
            if let Some(length) = cut.checked_sub(20) {
                query[16..20].copy_from_slice(&(length as i32).to_le_bytes());
                assert!(script.say_packet(&query).is_err(), "stage {stage} cut at {cut}");
            }
        }
    }
}

#[test]
fn kx_23_nothing_may_stand_behind_a_query() {
    for stage in 0..STAGES {
        for appended in [4, 16, 1024] {
            let (mut script, mut query) = script_at(stage);
            let length = query.len() - 20 + appended;
            query.resize(20 + length, 0xaa);
            query[16..20].copy_from_slice(&(length as i32).to_le_bytes());
            let result = script.say_packet(&query);
            assert!(matches!(result, Err(Error::Decode(_))), "stage {stage}, {appended} appended");
        }
    }
}

#[test]
fn kx_23_random_packets_are_refused() {
    let mut entropy = SeededEntropy::new(23);
    for round in 0..3_000 {
        let stage = round % STAGES;
        let (mut script, honest) = script_at(stage);
        let mut query = vec![0; 4 * (round % 170)];
        entropy.fill(&mut query);
        // A query of the right kind but for what stands in it. The first is good whatever its nonce is.
        if round % 2 == 0 && query.len() > 24 && !(stage == 0 && query.len() == 40) {
            query[..24].copy_from_slice(&honest[..24]);
            let length = (query.len() - 20) as i32;
            query[16..20].copy_from_slice(&length.to_le_bytes());
        }
        assert!(script.say_packet(&query).is_err(), "round {round}");
    }
}

/// The same, but for what only the machine's work sees: the decrypted halves.
#[test]
fn kx_23_every_flipped_byte_of_the_data_inside_is_an_error_or_harmless() {
    let length = Script::at_req_dh(|_| {}).inner().to_bytes().len();
    for place in 0..length {
        let mut script = Script::at_req_dh(|_| {});
        let mut inner = script.inner().to_bytes();
        inner[place] ^= 1;
        let query = script.req_dh_of(&inner);
        // The secret can be anything; the server's half is then encrypted with another.
        let is_secret = (length - 36..length - 4).contains(&place);
        let is_string_padding = inner_padding(place);
        let result = script.say(&query);
        assert_eq!(result.is_ok(), is_secret || is_string_padding, "byte {place}");
    }
    let length = Script::at_set_dh(|_| {}).half().to_bytes().len();
    for place in 0..length {
        let mut script = Script::at_set_dh(|_| {});
        let mut half = script.half().to_bytes();
        half[place] ^= 1;
        let query = script.set_dh_of(&half, 0);
        // Another number is another key.
        let is_ok = script.say(&query).is_ok();
        assert_eq!(is_ok, (48..304).contains(&place), "byte {place}");
    }
}

/// The zeros behind `pq`, `p` and `q`: 1 length, 8 bytes, 3 zeros; twice 1 length, 4 bytes, 3 zeros.
fn inner_padding(place: usize) -> bool {
    [13..16, 21..24, 29..32].iter().any(|range| range.contains(&place))
}
