//! SC-20 to SC-25 and SC-74 to SC-76: packets from end to end, and how they go to the server.

use super::*;
use crate::crypto::real;
use crate::secret::{Action, Dropped, InputFile, ServerFile};

#[test]
fn sc_20_our_own_packet_that_comes_back_is_dropped() {
    for suite in [toy(), real()] {
        let mut pair = Pair::with(suite, 1);
        for end in 0..2 {
            pair.say(end, "x");
            pair.take(end);
            let message = pair.ends[1 - end].mail.pop_front().unwrap();
            let receipt = pair.hand(end, message);
            assert_eq!(receipt, Receipt::Dropped(Dropped::NotAuthentic));
            assert_eq!(pair.ends[end].counts().not_authentic, 1);
        }
    }
}

#[test]
fn sc_22_every_flipped_byte_of_a_packet_is_dropped_and_the_packet_itself_still_taken() {
    let mut pair = Pair::new(1);
    pair.say(0, "x");
    pair.take(0);
    let message = pair.ends[1].mail.pop_front().unwrap();
    let before = pair.ends[1].chat.record.clone();
    for place in 0..message.bytes.len() {
        let mut flipped = message.clone();
        flipped.bytes[place] ^= 0x10;
        let dropped = if place < 8 { Dropped::UnknownKey } else { Dropped::NotAuthentic };
        assert_eq!(pair.hand(1, flipped), Receipt::Dropped(dropped));
    }
    for end in 0..message.bytes.len() {
        let cut = mail(message.bytes[..end].to_vec());
        assert!(matches!(pair.hand(1, cut), Receipt::Dropped(Dropped::NotAuthentic)));
    }
    // A chat is not touched by what is dropped.
    assert_eq!(pair.ends[1].chat.record, before);
    assert_eq!(pair.hand(1, message), Receipt::Taken);
    assert_eq!(pair.ends[1].texts(), ["x"]);
    assert_eq!(pair.ends[1].counts().unknown_key, 8);
}

#[test]
fn sc_23_a_layer_with_few_random_bytes_is_ignored() {
    for (count, receipt) in [
        (0, Receipt::Dropped(Dropped::ShortRandom)),
        (14, Receipt::Dropped(Dropped::ShortRandom)),
        (15, Receipt::Taken),
        (16, Receipt::Taken),
        (600, Receipt::Taken),
    ] {
        let mut pair = Pair::new(1);
        let made = pair.numbers(0).made;
        let (in_seq_no, out_seq_no) = Numbers::wire(1, made, Side::Creator);
        let mut layer = 0x1be3_1789_u32.to_le_bytes().to_vec();
        use crate::tl::Serialize;
        crate::tl::Bytes::from(vec![0; count]).serialize(&mut layer);
        144_i32.serialize(&mut layer);
        in_seq_no.serialize(&mut layer);
        out_seq_no.serialize(&mut layer);
        layer.extend_from_slice(&text(1, "x"));
        let message = pair.forge_layer(0, &layer);
        assert_eq!(pair.hand(1, message), receipt, "{count}");
    }
}

#[test]
fn sc_23_what_we_write_has_31_random_bytes_that_differ() {
    let mut pair = Pair::new(1);
    let mut seen = Vec::new();
    for _ in 0..5 {
        pair.say(0, "x");
        pair.take(0);
        let message = pair.ends[1].mail.pop_front().unwrap();
        let layer =
            packet::open(&*toy(), &pair.ends[0].key(), Side::Creator, &message.bytes).unwrap();
        assert_eq!(layer[4], 31);
        seen.push(layer[5..36].to_vec());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[test]
fn sc_23_layers_that_are_none_are_dropped() {
    let mut pair = Pair::new(1);
    let whole = {
        let mut entropy = SeededEntropy::new(1);
        let header = Header { layer: 144, in_seq_no: 2, out_seq_no: 3 };
        layer::write(header, &[], &mut entropy)
    };
    // Every end within the header, and what is no layer at all.
    for end in (0..whole.len()).step_by(4) {
        let message = pair.forge_layer(0, &whole[..end]);
        let receipt = pair.hand(1, message);
        assert!(matches!(receipt, Receipt::Dropped(Dropped::NoLayer)), "{end} {receipt:?}");
    }
    for bytes in [text(1, "bare"), vec![0; 4], vec![0xff; 64]] {
        let message = pair.forge_layer(0, &bytes);
        assert_eq!(pair.hand(1, message), Receipt::Dropped(Dropped::NoLayer));
    }
    assert_eq!(pair.ends[1].chat.state(), State::Ready);
}

/// The server's name and date of a message say nothing: the name inside is what counts.
#[test]
fn sc_24_the_inner_random_id_is_the_messages_name() {
    let mut pair = Pair::new(1);
    let id = pair.say(0, "x");
    pair.take(0);
    let mut message = pair.ends[1].mail.pop_front().unwrap();
    message.date = -5;
    assert_eq!(pair.hand(1, message), Receipt::Taken);
    let Some(Event::Message { random_id, place, .. }) = pair.ends[1].heard.last() else {
        panic!("{:?}", pair.ends[1].heard)
    };
    assert_eq!((*random_id, place.date), (id, -5));
}

#[test]
fn sc_74_each_kind_of_message_has_its_call() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let end = &mut pair.ends[0];
    end.chat.send(now, Message::text("x"), None, &mut end.entropy).unwrap();
    let file = InputFile::UploadedBig { id: 1, parts: 2, key_fingerprint: 3 };
    end.chat.send(now, Message::text("f"), Some(file), &mut end.entropy).unwrap();
    end.chat.act(now, &Action::Screenshot(vec![]), &mut end.entropy).unwrap();
    end.chat.typing(now, true, &mut end.entropy).unwrap();
    end.chat.read(now, DATE, &mut end.entropy).unwrap();
    end.settle(now);
    let mut names = Vec::new();
    while let Some(call) = end.calls.pop_front() {
        let (name, answer) = match call.request {
            Request::Send { .. } => ("text", Answer::Sent { date: 1, file: None }),
            Request::SendFile { .. } => ("file", Answer::Sent { date: 1, file: None }),
            Request::SendService { .. } => ("service", Answer::Sent { date: 1, file: None }),
            Request::SetTyping { is_typing: true, .. } => ("typing", Answer::Done),
            Request::ReadHistory { max_date: DATE, .. } => ("read", Answer::Done),
            other => panic!("{other:?}"),
        };
        names.push(name);
        end.answer(now, call.token, answer);
        end.settle(now);
    }
    assert_eq!(names, ["typing", "read", "text", "file", "service"]);
}

/// SC-73: that somebody types is a call, and uses up no number.
#[test]
fn sc_73_typing_is_no_message() {
    let mut pair = Pair::new(1);
    let before = pair.numbers(0);
    let now = pair.now;
    let end = &mut pair.ends[0];
    end.chat.typing(now, true, &mut end.entropy).unwrap();
    end.chat.typing(now, false, &mut end.entropy).unwrap();
    end.settle(now);
    assert_eq!(end.calls.len(), 2);
    assert_eq!(pair.numbers(0), before);
}

/// An upload can be used once: again, the file goes by the name that the server gave it.
#[test]
fn sc_76_a_file_that_is_sent_again_goes_by_the_servers_name() {
    let mut pair = Pair::new(1);
    let now = pair.now;
    let end = &mut pair.ends[0];
    let uploaded =
        InputFile::Uploaded { id: 1, parts: 1, md5_checksum: String::new(), key_fingerprint: 3 };
    end.chat.send(now, Message::text("f"), Some(uploaded), &mut end.entropy).unwrap();
    end.settle(now);
    let call = end.calls.pop_front().unwrap();
    let Request::SendFile { data, .. } = call.request else { panic!() };
    let file = ServerFile { id: 5, access_hash: 6, size: 16, dc_id: 2, key_fingerprint: 3 };
    end.answer(now, call.token, Answer::Sent { date: 1, file: Some(file) });
    end.settle(now);
    end.crash(now);
    let out = pair.numbers(0).made - 1;
    let (start, stop) = Numbers::resend(&(out..out + 1), Side::Acceptor);
    let resend = control(&Control::Resend { start, end: stop });
    let made = pair.numbers(1).made;
    let message = pair.forge(1, out, made, &resend);
    assert_eq!(pair.hand(0, message), Receipt::Taken);
    let Request::SendFile { data: again, file, .. } = pair.ends[0].calls[0].request.clone() else {
        panic!("{:?}", pair.ends[0].calls)
    };
    assert_eq!((again, file), (data, InputFile::Existing { id: 5, access_hash: 6 }));
}

/// A link, a place and a file: nothing is asked of anybody on their behalf, and nobody is asked to show what is behind a link.
#[test]
fn sc_75_nothing_is_fetched_for_what_is_said_or_heard() {
    use crate::tl::secret::types;
    let place = types::DecryptedMessageMediaGeoPoint8 { lat: 1.0, long: 2.0 };
    let page = types::DecryptedMessageMediaWebPage45 { url: "https://example.org".into() };
    let file = ServerFile { id: 5, access_hash: 6, size: 16, dc_id: 2, key_fingerprint: 3 };
    for message in [
        Message::text("https://example.org"),
        Message::media(place.into()),
        Message::media(page.into()),
    ] {
        let mut pair = Pair::new(1);
        let now = pair.now;
        let End { chat, entropy, .. } = &mut pair.ends[0];
        chat.send(now, message, None, entropy).unwrap();
        pair.take(0);
        let mut message = pair.ends[1].mail.pop_front().unwrap();
        let Content::Message { message: said, .. } = pair.read(0, &message).1 else { panic!() };
        assert!(!said.wants_preview);
        message.file = Some(file);
        assert_eq!(pair.hand(1, message), Receipt::Taken);
        assert!(pair.ends[1].calls.is_empty());
        let end = &mut pair.ends[1];
        assert!(end.chat.poll_work().is_none() && end.chat.poll_call().is_none());
    }
}
