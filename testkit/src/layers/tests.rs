//! Every function, every type, every layer; and bytes of strangers.

use allocation_counter::measure;
use telewire_codegen::dynamic::Arbitrary;

use super::*;
use Strictness::{Lenient, Strict};

/// Those of clients that are in use, the first and the newest.
const LAYERS: [i32; 7] = [135, 158, 198, 214, 225, 229, 230];

fn codec(layer: i32) -> &'static Codec<'static> {
    &known::layer(layer).unwrap().codec
}

/// Numbers that are the same in each run (SplitMix64).
fn random(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A value of a definition of a layer.
fn one_of(layer: i32, name: &str, seed: u64, budget: usize) -> Value {
    let codec = codec(layer);
    let definition = codec.named(name).iter().find(|d| d.name() == name).unwrap();
    Arbitrary::new(codec).value(*definition, &mut random(seed), budget)
}

fn call(layer: i32, value: &Value) -> Vec<u8> {
    codec(layer).encode(value).unwrap()
}

fn read_as(layer: i32, call: &[u8], strictness: Strictness) -> Result<Value, String> {
    let read = AnyLayer.read_call(layer, call, strictness).map_err(|error| error.message())?;
    codec(230).decode(&read).map_err(|error| error.to_string())
}

fn name_of(value: &Value) -> &str {
    match value {
        Value::Object(object) => &object.name,
        other => panic!("{other}"),
    }
}

/// Whether a function is around another.
fn is_wrapper(function: &Definition<'_>) -> bool {
    codec(230).result_of(function.name()).is_err()
}

#[test]
fn every_function_of_a_layer_is_read_as_the_newest_has_it() {
    for layer in LAYERS {
        let (arbitrary, mut random) = (Arbitrary::new(codec(layer)), random(7));
        let (mut read, mut given_up) = (0, 0);
        for function in codec(layer).definitions().iter().filter(|d| d.is_function()) {
            let own = dynamic::function(function.name(), codec(230));
            if own.is_some_and(|own| is_wrapper(&own)) {
                continue;
            }
            for budget in [0, 60] {
                let call = call(layer, &arbitrary.value(*function, &mut random, budget));
                for strictness in [Strict, Lenient] {
                    let Some(own) = own else {
                        // There may be a handler for it.
                        let left = AnyLayer.read_call(layer, &call, strictness).unwrap();
                        assert_eq!(&left[..], &call[..], "{}", function.name());
                        given_up += 1;
                        continue;
                    };
                    let made = match read_as(layer, &call, strictness) {
                        Ok(made) => made,
                        Err(error) => {
                            assert!(
                                WITH_WHAT_IS_GONE.contains(&own.name()),
                                "{layer} {}",
                                own.name()
                            );
                            assert_eq!(error, "INPUT_REQUEST_INVALID");
                            continue;
                        }
                    };
                    assert_eq!(name_of(&made), own.name());
                    read += 1;
                }
            }
        }
        assert!(read > 1500 && given_up < 60, "{layer}: {read}, {given_up}");
    }
}

/// What they are about can be a credential that was given up.
const WITH_WHAT_IS_GONE: [&str; 2] = ["account.registerPasskey", "auth.finishPasskeyLogin"];

#[test]
fn every_answer_is_written_in_the_layer_and_read_there_to_the_last_byte() {
    for layer in LAYERS {
        let (arbitrary, mut random) = (Arbitrary::new(codec(230)), random(9));
        let (mut written, mut unsaid) = (0, 0);
        for function in codec(layer).definitions().iter().filter(|d| d.is_function()) {
            let Some(own) = dynamic::function(function.name(), codec(230)) else { continue };
            let Ok(theirs) = codec(layer).result_of(function.name()) else { continue };
            let ours = codec(230).result_of(own.name()).unwrap();
            for budget in [0, 60] {
                let value = arbitrary.target(&ours, &mut random, budget).unwrap();
                let answer = codec(230).encode_as(&ours, &value).unwrap();
                match AnyLayer.write_result(layer, function.id(), &answer) {
                    Ok(bytes) => {
                        codec(layer).decode_as(&theirs, &bytes).unwrap();
                        written += 1;
                    }
                    Err(error) => {
                        let name = if own.name().starts_with("auth.") {
                            "UPDATE_APP_TO_LOGIN"
                        } else {
                            "INPUT_LAYER_INVALID"
                        };
                        assert_eq!(error.message(), name);
                        unsaid += 1;
                    }
                }
            }
        }
        assert!(written > 750 && unsaid < written / 20, "{layer}: {written}, {unsaid}");
        assert!(layer < 230 || unsaid == 0);
    }
}

#[test]
fn every_constructor_is_written_in_the_layer_or_not_sent() {
    for layer in LAYERS {
        let (arbitrary, mut random) = (Arbitrary::new(codec(230)), random(11));
        let mut written = 0;
        for definition in codec(230).definitions().iter().filter(|d| !d.is_function()) {
            for budget in [0, 60] {
                let value =
                    codec(230).encode(&arbitrary.value(*definition, &mut random, budget)).unwrap();
                if let Some(bytes) = AnyLayer.write_update(layer, &value) {
                    codec(layer).decode(&bytes).unwrap();
                    written += 1;
                }
            }
        }
        let least = if layer == 230 { 2 * 1500 } else { 2 * 700 };
        assert!(written > least, "{layer}: {written}");
    }
}

/// What a client of an old layer could not read at all: the one constructor that each login has and that differs between layers.
#[test]
fn a_user_is_read_by_clients_of_all_96_layers() {
    let user = call(230, &one_of(230, "user", 3, 40));
    let mut seen = 0;
    for layer in 135..=230 {
        let written = AnyLayer.write_update(layer, &user).unwrap();
        let read = codec(layer).decode(&written).unwrap();
        assert_eq!(read.field("id"), codec(230).decode(&user).unwrap().field("id"));
        // A layer that nobody has a copy of is as the next lower one.
        let number = codec(layer).schemas()[0].layer.unwrap();
        assert!(i64::from(number) <= i64::from(layer));
        seen += i32::from(i64::from(number) == i64::from(layer));
        let lower = AnyLayer.write_update(number.try_into().unwrap(), &user).unwrap();
        assert_eq!(written, lower);
        let hello = one_of(layer, "messages.sendMessage", 5, 0);
        let text = read_as(layer, &call(layer, &hello), Strict).unwrap();
        assert_eq!(text.field("message"), hello.field("message"));
    }
    assert_eq!(seen, 83);
}

#[test]
fn layers_that_there_is_no_copy_of_are_not_known() {
    for (layer, is_known) in [
        (i32::MIN, false),
        (-135, false),
        (0, false),
        (134, false),
        (135, true),
        (230, true),
        (231, false),
        (i32::MAX, false),
    ] {
        assert_eq!(AnyLayer.knows(layer), is_known, "{layer}");
        // Nobody asks for those; what is asked anyway is left as it is.
        let call = call(230, &one_of(230, "help.getConfig", 1, 0));
        assert_eq!(AnyLayer.read_call(layer, &call, Strict), Ok(Cow::Borrowed(&call[..])));
    }
}

/// Forks of clients say the layer of what they came from, and have newer functions.
#[test]
fn a_function_that_the_layer_has_not_is_read_by_the_last_that_has_it() {
    let stories = one_of(230, "stories.getPeerStories", 1, 0);
    assert_eq!(read_as(158, &call(230, &stories), Strict), Ok(stories));
    // Of another layer, older or newer.
    for layer in [135, 170, 225, 229] {
        let old = one_of(158, "messages.sendMessage", 2, 40);
        let made = read_as(layer, &call(158, &old), Strict).unwrap();
        assert_eq!(made.field("message"), old.field("message"));
        let answer = call(230, &one_of(230, "updateShortSentMessage", 1, 0));
        let Value::Object(function) = &old else { panic!("{old}") };
        let written = AnyLayer.write_result(layer, function.id, &answer).unwrap();
        codec(layer).decode(&written).unwrap();
    }
}

/// A client of the newest layer costs nothing, not even a schema.
#[test]
fn what_the_newest_layer_says_and_is_told_passes_as_it_is() {
    let send = call(230, &one_of(230, "messages.sendMessage", 1, 40));
    let answer = call(230, &one_of(230, "updateShort", 1, 40));
    let function = codec(230).named("messages.sendMessage")[0].id();
    let mut is_same = false;
    let taken = measure(|| {
        let read = AnyLayer.read_call(230, &send, Strict);
        let written = AnyLayer.write_result(230, function, &answer);
        let update = AnyLayer.write_update(230, &answer);
        is_same = matches!(
            (read, written, update),
            (Ok(Cow::Borrowed(_)), Ok(Cow::Borrowed(_)), Some(Cow::Borrowed(_)))
        );
    });
    assert_eq!((is_same, taken.count_total), (true, 0));
    // But what was called otherwise before is read.
    let old = one_of(158, "messages.sendMessage", 2, 40);
    let made = read_as(230, &call(158, &old), Strict).unwrap();
    assert_eq!(made.field("message"), old.field("message"));
}

#[test]
fn what_nobody_knows_is_left_as_it_is() {
    for layer in LAYERS {
        for bytes in
            [&[][..], &[1], &[1, 2, 3], &[1, 2, 3, 4], &[0xec, 0x77, 0xbe, 0x7a, 0, 0, 0, 0]]
        {
            assert_eq!(AnyLayer.read_call(layer, bytes, Strict), Ok(Cow::Borrowed(bytes)));
            assert_eq!(AnyLayer.write_result(layer, 0x0403_0201, bytes), Ok(Cow::Borrowed(bytes)));
            assert_eq!(AnyLayer.write_update(layer, bytes), Some(Cow::Borrowed(bytes)));
        }
        // A constructor is no function.
        let user = call(layer, &one_of(layer, "inputPeerSelf", 1, 0));
        assert_eq!(AnyLayer.read_call(layer, &user, Strict), Ok(Cow::Borrowed(&user[..])));
        // And what a handler of one's own answers otherwise is its own.
        let function = codec(layer).named("users.getFullUser")[0].id();
        assert_eq!(AnyLayer.write_result(layer, function, &[9; 8]), Ok(Cow::Borrowed(&[9; 8][..])));
    }
}

#[test]
fn what_a_layer_cannot_be_told_is_an_error_with_a_name() {
    let codec = codec(158);
    let id = |name: &str| codec.named(name).iter().find(|d| d.is_function()).unwrap().id();
    let paid = call(230, &one_of(230, "auth.sentCodePaymentRequired", 1, 0));
    let error = AnyLayer.write_result(158, id("auth.sendCode"), &paid).unwrap_err();
    assert_eq!((error.code, error.message().as_str()), (406, "UPDATE_APP_TO_LOGIN"));
    let unchanged = call(230, &one_of(230, "help.appConfigNotModified", 1, 0));
    let old = codec_with_json();
    let error = AnyLayer.write_result(135, old, &unchanged).unwrap_err();
    assert_eq!((error.code, error.message().as_str()), (400, "INPUT_LAYER_INVALID"));
    let balance = call(230, &one_of(230, "updateStarsBalance", 1, 0));
    assert_eq!(AnyLayer.write_update(158, &balance), None);
}

/// `help.getAppConfig` of a layer in which the answer was the configuration alone.
fn codec_with_json() -> u32 {
    codec(135).named("help.getAppConfig")[0].id()
}

/// `inputUser` where an `InputPeer` is expected: pyrogram and those that go on from it do so.
#[test]
fn forms_of_other_types_are_taken_where_the_data_centre_takes_them() {
    for layer in [135, 158, 181, 198] {
        let peer = one_of(layer, "inputPeerUser", 2, 0);
        let right = call(layer, &with(one_of(layer, "messages.sendMessage", 1, 0), "peer", peer));
        let (peer_id, user_id) = (0xdde8_a54c_u32.to_le_bytes(), 0xf211_58c6_u32.to_le_bytes());
        let place = right.windows(4).position(|id| id == peer_id).unwrap();
        let mut mixed = right.clone();
        mixed[place..place + 4].copy_from_slice(&user_id);
        assert_eq!(read_as(layer, &mixed, Lenient), read_as(layer, &right, Strict));
        assert!(read_as(layer, &right, Strict).is_ok());
        assert_eq!(read_as(layer, &mixed, Strict), Err("INPUT_REQUEST_INVALID".to_owned()));
    }
}

#[test]
fn as_many_forms_are_taken_as_can_be_invited_and_others_do_not_keep_the_data_centre_busy() {
    let layer = 135;
    let invite = codec(layer).named("channels.inviteToChannel")[0].id();
    for (count, is_taken) in [(200, true), (1_000, false), (10_000, false)] {
        let words =
            |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        let mut call = words(&[invite, 0xf35a_ec28, 1, 0, 2, 0, 0x1cb5_c415, count]);
        call.extend(words(&[0xdde8_a54c, 1, 0, 2, 0]).repeat(count.try_into().unwrap()));
        assert_eq!(read_as(layer, &call, Lenient).is_ok(), is_taken, "{count}");
    }
}

/// Calls that are worth to be changed: they are not the same in the newest layer.
const TRANSLATED: [&str; 4] = [
    "messages.sendMessage",
    "messages.sendMultiMedia",
    "messages.saveDraft",
    "account.updateTheme",
];

#[test]
fn hostile_calls_end_as_errors_or_calls_and_take_no_more_than_a_multiple_of_their_bytes() {
    let mut numbers = random(3);
    for layer in [135, 158, 198, 225] {
        for name in TRANSLATED {
            let call = call(layer, &one_of(layer, name, 4, 60));
            let mut tries: Vec<Vec<u8>> = (0..call.len()).map(|cut| call[..cut].to_vec()).collect();
            for place in 0..call.len() {
                let mut flipped = call.clone();
                flipped[place] ^= 1 << (numbers() % 8);
                tries.push(flipped);
                let mut large = call.clone();
                large[place] = 0xff;
                tries.push(large);
            }
            for bytes in tries {
                let mut read = Ok(Cow::Borrowed(&[][..]));
                let taken = measure(|| read = AnyLayer.read_call(layer, &bytes, Lenient));
                let bound = FOR_EACH_BYTE * bytes.len() as u64 + ANYWAY;
                assert!(taken.bytes_max < bound, "{layer} {name}: {} of {bound}", taken.bytes_max);
                match read {
                    Ok(Cow::Owned(made)) => assert!(codec(230).decode(&made).is_ok()),
                    Ok(Cow::Borrowed(left)) => assert_eq!(left, bytes),
                    Err(error) => assert_eq!(error.message(), "INPUT_REQUEST_INVALID"),
                }
            }
        }
    }
}

/// What is taken of the heap at most, for each byte of a call (TL-20), and for any. The largest values for their bytes are vectors
/// of numbers, with 55 measured.
const FOR_EACH_BYTE: u64 = 64;
const ANYWAY: u64 = 64 << 10;

fn with(mut value: Value, field: &str, of: Value) -> Value {
    let Value::Object(object) = &mut value else { panic!("{value}") };
    let (_, own) = object.fields.iter_mut().find(|(name, _)| name == field).unwrap();
    *own = of;
    value
}

#[test]
fn the_largest_calls_take_no_more_and_larger_ones_are_refused() {
    let layer = 135;
    let single = one_of(layer, "inputSingleMedia", 1, 0);
    for (name, field, item, bytes) in [
        ("messages.forwardMessages", "id", Value::Int(7), 4),
        ("messages.sendMultiMedia", "multi_media", single.clone(), call(layer, &single).len()),
    ] {
        for (length, is_taken) in [(MAX_CALL - 1024, true), (MAX_CALL + 1024, false)] {
            let items = Value::Vector(vec![item.clone(); length / bytes]);
            let call = call(layer, &with(one_of(layer, name, 1, 0), field, items));
            let mut read = Ok(Cow::Borrowed(&[][..]));
            let taken = measure(|| read = AnyLayer.read_call(layer, &call, Lenient)).bytes_max;
            assert!(taken < FOR_EACH_BYTE * call.len() as u64 + ANYWAY, "{name}: {taken}");
            let expected = (!is_taken).then(|| "INPUT_REQUEST_TOO_LONG".to_owned());
            assert_eq!(read.err().map(|error| error.message()), expected, "{name}");
        }
    }
    // A part of a file is the same in all layers and is not even read.
    let part =
        with(one_of(layer, "upload.saveFilePart", 1, 0), "bytes", Value::Bytes(vec![1; 512 << 10]));
    let part = call(layer, &part);
    let mut is_same = false;
    let taken = measure(|| {
        let read = AnyLayer.read_call(layer, &part, Lenient);
        is_same = matches!(read, Ok(Cow::Borrowed(left)) if left.len() == part.len());
    });
    assert_eq!((is_same, taken.count_total), (true, 0));
}
