//! Known answers, forbidden beginnings, cuts.

use serde_json::Value;

use super::*;
use crate::crypto::{EntropyExt, FixedEntropy, SeededEntropy};
use crate::framing::tests::{Always, Seen, packet, read};
use crate::framing::{Decoder, Detector, Encoder, SERVER_LIMIT, Side};

const FRAMINGS: [Framing; 3] =
    [Framing::Abridged, Framing::Intermediate, Framing::PaddedIntermediate];

fn known() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/obfuscation.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn secret() -> Secret<16> {
    Secret::from(<[u8; 16]>::try_from(bytes(&known()["secret"])).unwrap())
}

fn server(sent: &[u8], secret: Option<&Secret<16>>) -> Option<(Obfuscation, Opening)> {
    Obfuscation::server(sent.first_chunk().unwrap(), secret)
}

/// The streams of `tests/vectors/obfuscation.json`, from another client.
#[test]
fn streams_are_those_of_another_client() {
    let known = known();
    let secret = secret();
    let media = DcId { is_media: true, ..DcId::test(4) };
    for (name, framing, dc, secret) in [
        ("abridged", Framing::Abridged, None, None),
        ("mtproxy_intermediate", Framing::Intermediate, Some(DcId::production(2)), Some(&secret)),
        ("mtproxy_padded", Framing::PaddedIntermediate, Some(media), Some(&secret)),
    ] {
        let (sent, received) = (bytes(&known[name]["sent"]), bytes(&known[name]["received"]));
        let plain: Vec<u8> = (0..40).collect();

        // The server's end reads what the other client wrote, and writes what that one reads.
        let (mut end, opening) = server(&sent, secret).unwrap();
        assert_eq!(opening.framing, framing, "{name}");
        let mut frames = Vec::new();
        end.open(&sent[INIT..], &mut frames);
        assert_eq!(frames, [framing.tag(), &plain].concat(), "{name}");
        let mut out = Vec::new();
        end.seal(&received, &mut out);
        assert_eq!(out, plain, "{name}: the keystream is applied both ways");

        // The client's end writes the same; without a proxy the other one leaves random bytes for the data centre.
        let Some(dc) = dc else { continue };
        assert_eq!(i32::from(opening.dc), dc.to_wire(), "{name}");
        let mut entropy = FixedEntropy::new([bytes(&known["random"])]);
        let mut end = Obfuscation::client(framing, dc, secret, &mut entropy).unwrap();
        let mut out = Vec::new();
        end.seal(&[framing.tag(), &plain].concat(), &mut out);
        assert_eq!(out, sent, "{name}");
        let mut frames = Vec::new();
        end.open(&plain, &mut frames);
        assert_eq!(frames, received, "{name}");
    }
}

/// The stream of `proxy` in the same file, from a front.
#[test]
fn a_stream_is_read_as_another_front_reads_it() {
    let known = &known()["proxy"];
    let secret = Secret::from(<[u8; 16]>::try_from(bytes(&known["secret"])).unwrap());
    let (mut end, opening) = server(&bytes(&known["init"]), Some(&secret)).unwrap();
    assert_eq!(i64::from(opening.dc), known["dc"].as_i64().unwrap());
    let mut out = Vec::new();
    end.seal(&bytes(&known["to_client"]["text"]), &mut out);
    assert_eq!(out, bytes(&known["to_client"]["cipher"]));
    let mut frames = Vec::new();
    end.open(&bytes(&known["to_server"]["cipher"]), &mut frames);
    assert_eq!(frames, [opening.framing.tag(), &bytes(&known["to_server"]["text"])].concat());
}

#[test]
fn full_cannot_be_obfuscated() {
    let mut entropy = SeededEntropy::new(1);
    assert!(Obfuscation::client(Framing::Full, DcId::production(2), None, &mut entropy).is_none());
}

#[test]
fn an_init_never_begins_like_another_stream() {
    let good: Vec<u8> = (1..=64).collect();
    for first in [
        &b"\xef"[..],
        b"HEAD",
        b"POST",
        b"GET ",
        b"OPTI",
        b"\xee\xee\xee\xee",
        b"\xdd\xdd\xdd\xdd",
        b"\x16\x03\x01\x02",
        b"\x01\x02\x03\x04\0\0\0\0",
    ] {
        let mut bad = good.clone();
        bad[..first.len()].copy_from_slice(first);
        assert!(init::is_forbidden(bad.first_chunk().unwrap()), "{first:?}");
        // It is drawn again.
        let mut entropy = FixedEntropy::new([bad, good.clone()]);
        let mut end =
            Obfuscation::client(Framing::Abridged, DcId::test(2), None, &mut entropy).unwrap();
        assert_eq!(entropy.left(), 0);
        let mut out = Vec::new();
        end.seal(&[], &mut out);
        assert_eq!(out[..56], good[..56]);
    }
    assert!(!init::is_forbidden(good.first_chunk().unwrap()));
}

#[test]
fn a_source_that_gives_nothing_allowed_hangs_nobody() {
    for byte in [0xef, 0xee, 0xdd, 0] {
        let mut end =
            Obfuscation::client(Framing::Abridged, DcId::test(2), None, &mut Always(byte)).unwrap();
        let mut out = Vec::new();
        end.seal(&[], &mut out);
        assert_eq!(out.len(), INIT);
        assert!(!init::is_forbidden(out.first_chunk().unwrap()));
    }
}

#[test]
fn another_secret_says_no_framing() {
    let mut entropy = SeededEntropy::new(2);
    let (right, wrong) = (Secret::random(&mut entropy), Secret::random(&mut entropy));
    let dc = DcId::production(2);
    for (sent_with, read_with, is_read) in [
        (Some(&right), Some(&right), true),
        (Some(&right), Some(&wrong), false),
        (Some(&right), None, false),
        (None, Some(&right), false),
        (None, None, true),
    ] {
        let mut end =
            Obfuscation::client(Framing::Intermediate, dc, sent_with, &mut entropy).unwrap();
        let mut out = Vec::new();
        end.seal(&[0xee; 4], &mut out);
        assert_eq!(server(&out, read_with).is_some(), is_read);
    }
}

#[test]
fn random_beginnings_are_no_obfuscated_streams() {
    let mut entropy = SeededEntropy::new(3);
    let found = (0..5_000).filter(|_| Obfuscation::server(&entropy.array(), None).is_some());
    assert_eq!(found.count(), 0);
}

/// A client's end and the server's, which has read the init.
fn pair(framing: Framing) -> (Obfuscation, Obfuscation) {
    let mut entropy = SeededEntropy::new(4);
    let mut client = Obfuscation::client(framing, DcId::production(2), None, &mut entropy).unwrap();
    let mut init = Vec::new();
    client.seal(&[], &mut init);
    let (server, _) = server(&init, None).unwrap();
    (client, server)
}

#[test]
fn cf_03_any_split_gives_the_same_frames() {
    for framing in FRAMINGS {
        let mut frames = Vec::new();
        let mut encoder = Encoder::new(framing, Side::Client);
        for length in [24, 504, 508] {
            let mut entropy = SeededEntropy::new(5);
            encoder.encode(&packet(length), true, &mut entropy, &mut frames).unwrap();
        }
        for cut in 0..=frames.len() {
            let (mut client, mut server) = pair(framing);
            let (mut sent, mut came) = (Vec::new(), Vec::new());
            client.seal(&frames[..cut], &mut sent);
            client.seal(&frames[cut..], &mut sent);
            let cut = cut.min(sent.len());
            server.open(&sent[..cut], &mut came);
            server.open(&sent[cut..], &mut came);
            assert_eq!(came, frames, "{framing} cut at {cut}");
        }
        let (mut client, mut server) = pair(framing);
        let (mut sent, mut came) = (Vec::new(), Vec::new());
        frames.chunks(1).for_each(|byte| client.seal(byte, &mut sent));
        sent.chunks(1).for_each(|byte| server.open(byte, &mut came));
        assert_eq!(came, frames, "{framing} byte by byte");

        let mut input = &came[..];
        let mut decoder = Detector::new().detect(&mut input).unwrap().unwrap();
        assert_eq!(decoder.framing(), framing);
        assert_eq!(read(&mut decoder, input).unwrap().len(), 3);
    }
}

#[test]
fn quick_acks_and_transport_errors_pass() {
    for framing in FRAMINGS {
        let (mut client, mut server) = pair(framing);
        let (mut frames, mut sent, mut came) = (Vec::new(), Vec::new(), Vec::new());
        let mut encoder = Encoder::new(framing, Side::Server);
        encoder.encode_quick_ack(0x8123_4567, &mut frames).unwrap();
        encoder.encode_error(-404, &mut frames);
        server.seal(&frames, &mut sent);
        assert_ne!(sent, frames);
        client.open(&sent, &mut came);
        let mut decoder = Decoder::new(framing, Side::Client, SERVER_LIMIT);
        let seen = read(&mut decoder, &came).unwrap();
        assert_eq!(seen, [Seen::QuickAck(0x8123_4567), Seen::Error(-404)], "{framing}");
    }
}

#[test]
fn keys_are_not_shown() {
    let (client, _) = pair(Framing::Abridged);
    assert_eq!(format!("{client:?}"), "Obfuscation { is_begun: true, .. }");
}
