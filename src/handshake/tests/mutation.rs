//! KX-23: whatever is done to a byte of an answer, there is an error, or the same key on both sides; never a panic.

use super::*;

/// The three answers, each of which needs the ones before.
const STAGES: usize = 3;

fn script_at(stage: usize) -> (Script, Vec<u8>) {
    let script = match stage {
        0 => Script::new(),
        1 => Script::at_dh_params(|_| {}),
        _ => Script::at_dh_gen(),
    };
    let packet = match stage {
        0 => packet(&script.res_pq()),
        1 => packet(&script.dh_params(|_| {})),
        _ => packet(&script.dh_gen_ok()),
    };
    (script, packet)
}

/// The bytes of an answer that a client cannot check when it comes: the time in the message id, and in `resPQ` the
/// server's nonce and `pq` with its padding, which it sees for the first time. Later steps refuse them. In
/// `server_DH_params_ok` also the random padding, the last 8 bytes: the toy suite does not spread a change, as AES would.
fn may_change(stage: usize, byte: usize) -> bool {
    let of_stage = match stage {
        0 => 40..68,
        1 => 644..652,
        _ => 0..0,
    };
    (8..16).contains(&byte) || of_stage.contains(&byte)
}

/// Goes on honestly after a changed answer; the key if it comes to that.
fn go_on(script: &mut Script, stage: usize) -> Result<Option<Outcome>, Error> {
    if script.client.poll_outcome().is_some() {
        return Ok(None);
    }
    for next in stage + 1..STAGES {
        script.work()?;
        match next {
            1 => script.say(&script.dh_params(|_| {}))?,
            _ => script.say(&script.dh_gen_ok())?,
        }
    }
    Ok(script.client.poll_outcome())
}

#[test]
fn kx_23_every_flipped_bit_is_an_error_or_harmless() {
    for stage in 0..STAGES {
        let length = script_at(stage).1.len();
        for bit in 0..length * 8 {
            // All bits of the envelope and of the fields; of the encrypted answer one of each byte.
            if stage == 1 && bit >= 70 * 8 && bit % 8 != 3 {
                continue;
            }
            let (mut script, mut packet) = script_at(stage);
            packet[bit / 8] ^= 1 << (bit % 8);
            if script.say_packet(&packet).is_err() {
                assert!(script.say_packet(&packet).is_err(), "it went on after an error");
                continue;
            }
            assert!(may_change(stage, bit / 8), "stage {stage}, byte {}", bit / 8);
            if let Ok(Some(outcome)) = go_on(&mut script, stage) {
                assert_eq!(outcome.auth_key, script.key(), "stage {stage}, bit {bit}");
            }
        }
    }
}

#[test]
fn kx_23_every_byte_in_every_value_is_survived() {
    for stage in 0..STAGES {
        let length = script_at(stage).1.len();
        for place in (0..length).filter(|place| stage != 1 || *place < 70) {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff] {
                let (mut script, mut packet) = script_at(stage);
                packet[place] = value;
                if script.say_packet(&packet).is_ok() {
                    let _ = go_on(&mut script, stage);
                }
            }
        }
    }
}

#[test]
fn kx_23_every_truncation_is_an_error() {
    for stage in 0..STAGES {
        let length = script_at(stage).1.len();
        for cut in 0..length {
            let (mut script, packet) = script_at(stage);
            assert!(script.say_packet(&packet[..cut]).is_err(), "stage {stage} cut at {cut}");
            // Also where the envelope agrees.
            let (mut script, mut packet) = script_at(stage);
            packet.truncate(cut);
            if let Some(length) = cut.checked_sub(20) {
                packet[16..20].copy_from_slice(&(length as i32).to_le_bytes());
                assert!(script.say_packet(&packet).is_err(), "stage {stage} cut at {cut}");
            }
        }
    }
}

#[test]
fn kx_23_what_servers_append_may_be_cut_off() {
    for stage in 0..STAGES {
        for appended in [0, 4, 36, 60, 104, 1024] {
            let (mut script, mut packet) = script_at(stage);
            let length = packet.len() - 20 + appended;
            packet.resize(20 + length, 0xaa);
            packet[16..20].copy_from_slice(&(length as i32).to_le_bytes());
            assert_eq!(script.say_packet(&packet), Ok(()), "stage {stage}, {appended} appended");
        }
    }
}

#[test]
fn kx_01_more_than_a_kibibyte_behind_the_value_is_refused() {
    for stage in 0..STAGES {
        let (mut script, mut packet) = script_at(stage);
        let length = packet.len() - 20 + 1028;
        packet.resize(20 + length, 0xaa);
        packet[16..20].copy_from_slice(&(length as i32).to_le_bytes());
        assert_eq!(script.say_packet(&packet), Err(Error::BytesAfterValue { count: 1028 }));
    }
}

#[test]
fn kx_23_random_packets_are_refused() {
    let mut entropy = SeededEntropy::new(23);
    for round in 0..3_000 {
        let (mut script, honest) = script_at(round % STAGES);
        let mut packet = vec![0; round % 700];
        entropy.fill(&mut packet);
        if round % 2 == 0 && packet.len() > 24 {
            packet[..24].copy_from_slice(&honest[..24]);
            let length = (packet.len() - 20) as i32;
            packet[16..20].copy_from_slice(&length.to_le_bytes());
        }
        assert!(script.say_packet(&packet).is_err());
    }
}
