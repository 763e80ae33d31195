use super::*;
use crate::crypto::{Real, SeededEntropy, Toy, vectors};
use crate::secret::content::{Content, Control};
use crate::secret::layer::{self, Carried, Header};
use crate::tl::secret::types;
use crate::tl::{Deserialize, Serialize};

fn key() -> AuthKey {
    AuthKey::from_bytes(vectors::array(vectors::secret("key.of")))
}

fn known(name: &str) -> Vec<u8> {
    hex::decode(vectors::secret(&format!("{name}.packet"))).unwrap()
}

const SIDES: [Side; 2] = [Side::Creator, Side::Acceptor];

#[test]
fn sc_20_key_and_vector_of_a_known_message_for_both_halves() {
    let bytes: Vec<u8> = (0..=255).collect();
    let key = AuthKey::copy_of(bytes.first_chunk().unwrap());
    let msg_key = MessageKey(*bytes.first_chunk().unwrap());
    for (side, name) in [(Side::Creator, "x0"), (Side::Acceptor, "x8")] {
        let aes = message_key::derive(&Real, &key, &msg_key, side.sender());
        let known = |part: &str| vectors::secret(&format!("kdf.{name}_{part}"));
        assert_eq!(hex::encode(aes.key.expose()), known("key"));
        assert_eq!(hex::encode(aes.iv.expose()), known("iv"));
    }
}

/// Packets that another program made.
#[test]
fn sc_20_known_packets_of_both_sides_are_read() {
    let random: Vec<u8> = (0..15).collect();
    let opened = open(&Real, &key(), Side::Creator, &known("creator_packet")).unwrap();
    let read = types::DecryptedMessageLayer17::from_bytes(&opened).unwrap();
    assert_eq!(&*read.random_bytes, &random[..]);
    let Carried::Layered(header, content) = layer::read(&opened).unwrap() else { panic!() };
    assert_eq!(header, Header { layer: 144, in_seq_no: 0, out_seq_no: 1 });
    assert_eq!(content, Content::Control(Control::NotifyLayer { layer: 144 }));

    let opened = open(&Real, &key(), Side::Acceptor, &known("acceptor_packet")).unwrap();
    let Carried::Layered(header, content) = layer::read(&opened).unwrap() else { panic!() };
    assert_eq!(header, Header { layer: 144, in_seq_no: 3, out_seq_no: 0 });
    let Content::Message { random_id, message } = content else { panic!("{content:?}") };
    assert_eq!((random_id, &*message.text), (0x1112_1314_1516_1718, "hi"));
}

/// With the padding that the other program drew, its packets are made byte for byte. Ours is longer, by the lengths of SC-21.
#[test]
fn sc_20_known_packets_of_both_sides_are_made_from_their_parts() {
    for (side, name, first) in
        [(Side::Creator, "creator_packet", 0x10_u8), (Side::Acceptor, "acceptor_packet", 0x40)]
    {
        let packet = known(name);
        let layer = open(&Real, &key(), side, &packet).unwrap();
        let padding = packet.len() - OUTSIDE - LENGTH - layer.len();
        let mut plaintext = u32::try_from(layer.len()).unwrap().to_le_bytes().to_vec();
        plaintext.extend_from_slice(&layer);
        plaintext.extend((first..).take(padding));
        assert_eq!(sealed_by(&Real, side, &plaintext), packet);
        let ours = seal(&Real, &key(), side, &layer, &mut SeededEntropy::new(1));
        assert_eq!(open(&Real, &key(), side, &ours), Ok(layer));
    }
}

/// What an official client of layer 46 encrypted.
#[test]
fn sc_22_the_plaintext_of_an_official_client_is_read() {
    let plaintext = hex::decode(vectors::secret("official_plaintext.bytes")).unwrap();
    assert_eq!(plaintext[..4], 60_u32.to_le_bytes());
    let Carried::Layered(header, content) = layer::read(&plaintext[4..]).unwrap() else { panic!() };
    assert_eq!(header, Header { layer: 46, in_seq_no: 1, out_seq_no: 98 });
    let Content::Message { message, .. } = content else { panic!("{content:?}") };
    assert_eq!(message.text, "Test12");
}

#[test]
fn sc_21_lengths_are_those_of_the_list_and_padding_is_within_its_bounds() {
    let mut entropy = SeededEntropy::new(1);
    for length in (0..3_000).step_by(4) {
        let packet = seal(&Toy, &key(), Side::Creator, &vec![7; length], &mut entropy);
        let plaintext = packet.len() - OUTSIDE;
        assert!(plaintext.is_multiple_of(16));
        assert!(PADDING.contains(&(plaintext - LENGTH - length)), "{length}");
        let listed = [64, 128, 192, 256, 384, 512, 768, 1_024, 1_280].contains(&plaintext);
        assert!(listed || (plaintext > 1_280 && (plaintext - 1_280).is_multiple_of(448)));
    }
}

/// A packet whose plaintext is given.
fn sealed(side: Side, plaintext: &[u8]) -> Vec<u8> {
    sealed_by(&Toy, side, plaintext)
}

fn sealed_by(suite: &dyn CryptoSuite, side: Side, plaintext: &[u8]) -> Vec<u8> {
    let (msg_key, _) = message_key::message_key(suite, &key(), side.sender(), plaintext);
    let mut encrypted = plaintext.to_vec();
    let aes = message_key::derive(suite, &key(), &msg_key, side.sender());
    aes.encrypt(suite, &mut encrypted).unwrap();
    [&key().id().to_le_bytes()[..], &msg_key.0, &encrypted].concat()
}

fn plaintext(length: u32, layer: usize, padding: usize) -> Vec<u8> {
    [&length.to_le_bytes()[..], &vec![1; layer], &vec![2; padding]].concat()
}

#[test]
fn sc_22_every_length_that_does_not_fit_is_one_error() {
    let opened = |plaintext: &[u8]| {
        open(&Toy, &key(), Side::Creator, &sealed(Side::Creator, plaintext))
            .map(|layer| layer.len())
    };
    // SC-21: 12 and 1024 are the first and the last that are good.
    for (layer, padding, is_good) in [
        (16, 12, true),
        (12, 16, true),
        (0, 12, true),
        (20, 8, false),
        (28, 0, false),
        (4, 1_016, true),
        (12, 1_024, true),
        (8, 1_028, false),
        (4, 1_032, false),
    ] {
        let expected = if is_good { Ok(layer) } else { Err(Dropped::NotAuthentic) };
        let length = u32::try_from(layer).unwrap();
        assert_eq!(opened(&plaintext(length, layer, padding)), expected, "{layer} {padding}");
    }
    // Not of four bytes, beyond the end, and the largest of all.
    for length in [1, 2, 3, 5, 13, 17, 32, 36, 1_000, u32::MAX - 3, u32::MAX, 1 << 31] {
        assert_eq!(opened(&plaintext(length, 16, 12)), Err(Dropped::NotAuthentic), "{length}");
    }
}

#[test]
fn sc_22_every_truncation_and_every_flipped_bit_is_one_error() {
    let mut entropy = SeededEntropy::new(2);
    for side in SIDES {
        let packet = seal(&Toy, &key(), side, &[3; 40], &mut entropy);
        assert_eq!(open(&Toy, &key(), side, &packet).unwrap()[..], [3; 40]);
        for end in 0..packet.len() {
            assert_eq!(open(&Toy, &key(), side, &packet[..end]), Err(Dropped::NotAuthentic));
        }
        // The fingerprint is looked at where the key is chosen.
        for bit in 64..packet.len() * 8 {
            let mut flipped = packet.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&Toy, &key(), side, &flipped), Err(Dropped::NotAuthentic), "{bit}");
        }
        for more in 1..32 {
            let longer = [&packet[..], &vec![0; more]].concat();
            assert_eq!(open(&Toy, &key(), side, &longer), Err(Dropped::NotAuthentic));
        }
    }
    let large = sealed(Side::Creator, &plaintext(16, 16, MAX_PACKET + 12));
    assert_eq!(open(&Toy, &key(), Side::Creator, &large), Err(Dropped::NotAuthentic));
}

#[test]
fn sc_20_a_packet_that_comes_back_is_not_authentic() {
    let mut entropy = SeededEntropy::new(3);
    for side in SIDES {
        let packet = seal(&Real, &key(), side, &[3; 40], &mut entropy);
        assert!(open(&Real, &key(), side, &packet).is_ok());
        assert_eq!(open(&Real, &key(), side.other(), &packet), Err(Dropped::NotAuthentic));
    }
}

/// MTProto 1.0 as clients before layer 73 wrote it: x = 0 on both sides, the key from the data without its padding.
#[test]
fn sc_25_packets_of_the_first_version_are_not_authentic() {
    use crate::crypto::message_key_v1;
    let layer = types::DecryptedMessageLayer17 {
        random_bytes: [0; 15].into(),
        layer: 46,
        in_seq_no: 0,
        out_seq_no: 1,
        message: crate::tl::secret::enums::DecryptedMessage::from_bytes(
            &crate::secret::content::write_control(1, &Control::Noop),
        )
        .unwrap(),
    };
    let layer = layer.to_bytes();
    let data = [&u32::try_from(layer.len()).unwrap().to_le_bytes()[..], &layer].concat();
    let msg_key = message_key_v1::message_key(&Real, &data);
    let mut encrypted = data.clone();
    encrypted.resize(data.len().next_multiple_of(16), 0);
    message_key_v1::derive(&Real, &key(), &msg_key).encrypt(&Real, &mut encrypted).unwrap();
    let packet = [&key().id().to_le_bytes()[..], &msg_key.0, &encrypted].concat();
    for side in SIDES {
        assert_eq!(open(&Real, &key(), side, &packet), Err(Dropped::NotAuthentic));
    }
}
