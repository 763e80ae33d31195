//! Every function of older layers.

use super::*;
use crate::dynamic::translate::functions;

/// A function of an older layer with what is said of it.
fn call(layer: u32, name: &str, given: &[(&str, Value)]) -> Value {
    let codec = codec(layer);
    let function = codec.named(name).iter().find(|d| d.is_function()).unwrap();
    let least = Arbitrary::new(codec).value(*function, &mut random(1), 0);
    let Value::Object(mut object) = least else { panic!("{least}") };
    let params = function.body().params.iter();
    let of = |name: &str| given.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone());
    let mut fields = Vec::new();
    for param in params {
        // What is there anyway, and what is given.
        let own = object.field(&param.name).cloned().filter(|value| *value != Value::True);
        let is_optional = matches!(param.kind, ParamKind::Optional { .. });
        let value = of(&param.name).or(own.filter(|_| !is_optional));
        fields.extend(value.map(|value| (param.name.clone(), value)));
    }
    for (name, _) in given {
        assert!(fields.iter().any(|(of, _)| of == name), "{name}");
    }
    object.fields = fields;
    let value = Value::Object(object);
    is_read(&value, codec);
    value
}

/// As the newest layer has it.
fn now(value: &Value, layer: u32) -> Value {
    let made = translate(value, codec(layer), codec(230)).unwrap();
    is_read(&made, codec(230));
    made
}

#[test]
fn what_messages_answer_is_one_value_by_now() {
    let reply = functions::GATHERED.iter().find(|rule| rule.param == "reply_to").unwrap();
    let int = |number| Some(Value::Int(number));
    for name in reply.of {
        for (given, message, topic) in [
            (&[][..], None, None),
            (&[("reply_to_msg_id", Value::Int(5))], int(5), None),
            (&[("top_msg_id", Value::Int(3))], int(3), int(3)),
            (&[("reply_to_msg_id", Value::Int(5)), ("top_msg_id", Value::Int(3))], int(5), int(3)),
        ] {
            let made = now(&call(158, name, given), 158);
            let reply = made.field("reply_to");
            let part = |name| reply.and_then(|reply| reply.field(name)).cloned();
            assert_eq!((part("reply_to_msg_id"), part("top_msg_id")), (message, topic), "{made}");
        }
    }
    let made = now(&call(135, "messages.sendMessage", &[("reply_to_msg_id", Value::Int(5))]), 135);
    assert_eq!(made.field("reply_to").and_then(|r| r.field("reply_to_msg_id")), int(5).as_ref());
    // What is one value already stays as it is.
    let name = "messages.sendMessage";
    for seed in 0..30 {
        let value = one_of(codec(198), name, seed, 60);
        let made = now(&value, 198);
        let name = |value: &Value| value.field("reply_to").map(|v| name_of(v).to_owned());
        assert_eq!(name(&made), name(&value));
    }
}

#[test]
fn what_is_gathered_has_all_of_its_parts() {
    let color = [("color", Value::Int(4)), ("background_emoji_id", Value::Long(7))];
    let made = now(&call(198, "account.updateColor", &color), 198);
    let expected = "peerColor { color: 4, background_emoji_id: 7 }";
    assert_eq!(made.field("color").map(ToString::to_string).as_deref(), Some(expected));
    let made = now(&call(198, "account.updateColor", &color[1..]), 198);
    let expected = "peerColor { background_emoji_id: 7 }";
    assert_eq!(made.field("color").map(ToString::to_string).as_deref(), Some(expected));
    let invoice = functions::GATHERED.iter().find(|rule| rule.param == "invoice").unwrap();
    for name in invoice.of {
        let made = now(&call(135, name, &[("msg_id", Value::Int(7))]), 135);
        let invoice = made.field("invoice").unwrap();
        assert_eq!(invoice.field("msg_id"), Some(&Value::Int(7)));
        assert!(name_of(invoice.field("peer").unwrap()).starts_with("inputPeer"));
    }
    let code = [("code", Value::String("12345".into())), ("email", Value::String("a@b".into()))];
    let made = now(&call(135, "account.verifyEmail", &code), 135);
    let expected = "account.verifyEmail { purpose: emailVerifyPurposePassport, \
                    verification: emailVerificationCode { code: \"12345\" } }";
    assert_eq!(made.to_string(), expected);
}

#[test]
fn what_needed_not_be_said_is_said() {
    for (name, param, meant) in functions::MEANT {
        let layer = lines(name)[0].1;
        let made = now(&call(layer, name, &[]), layer);
        assert_eq!(made.field(param).map(name_of), Some(*meant), "{name}");
        // Who says it is heard.
        for seed in 0..5 {
            let value = one_of(codec(230), name, seed, 20);
            assert_eq!(translate(&value, codec(230), codec(230)).as_ref(), Ok(&value));
        }
    }
}

#[test]
fn a_function_with_another_name_is_found_and_answered() {
    let newest = codec(230);
    let mut unanswered = Vec::new();
    for (before, since) in functions::CALLED {
        for (_, last, _) in lines(before) {
            let old = codec(last);
            let made = now(&one_of(old, before, 3, 40), last);
            assert_eq!(name_of(&made), *since);
            let (ours, theirs) = (newest.result_of(since).unwrap(), old.result_of(before).unwrap());
            let Goal::Ty(schema, ty) = &ours.goal else { panic!("{ours:?}") };
            let (arbitrary, mut random) = (Arbitrary::new(newest), random(5));
            let is_answered = (0..20).any(|_| {
                let answer = arbitrary.of_type(*schema, ty, &mut random, 30);
                translate_as(&answer, newest, old, &theirs).is_ok()
            });
            unanswered.extend((!is_answered).then_some(*before));
        }
    }
    assert_eq!(unanswered, [""; 0]);
}

/// Functions that were given up, and nothing does by now what they did.
const GIVEN_UP: [&str; 13] = [
    "folders.deleteFolder",
    "help.getAppChangelog",
    "messages.getAllChats",
    "payments.requestRecurringPayment",
    "payments.restorePlayMarketReceipt",
    // What is earned is in stars, and told by other numbers.
    "stats.getBroadcastRevenueStats",
    "stats.getBroadcastRevenueTransactions",
    "stats.getBroadcastRevenueWithdrawalUrl",
    "stories.applyBoost",
    "stories.canApplyBoost",
    // A story's number may be absent by now, where the answer has a number for each peer.
    "users.getStoriesMaxIDs",
    // Of another library alone.
    "test.useConfigSimple",
    "test.useError",
];

#[test]
fn every_function_of_older_layers_is_one_of_the_newest_or_was_given_up() {
    let newest = codec(230);
    let mut gone = BTreeSet::new();
    for layer in layers().seen() {
        for function_of in codec(layer).definitions().iter().filter(|d| d.is_function()) {
            if function(function_of.name(), newest).is_none() {
                gone.insert(function_of.name());
            }
        }
    }
    let expected: BTreeSet<&str> = GIVEN_UP.into_iter().collect();
    assert_eq!(gone, expected);
}

#[test]
fn the_right_answers_of_a_quiz_are_told_by_their_places() {
    let old = codec(198);
    let object = |name: &str, fields: Vec<(&str, Value)>| {
        let id = old.named(name)[0].id();
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Value::Object(Object { name: name.into(), id, fields })
    };
    let text = |text: &str| {
        let text = ("text", Value::String(text.into()));
        object("textWithEntities", vec![text, ("entities", Value::Vector(vec![]))])
    };
    let option = |option: &[u8]| Value::Bytes(option.to_vec());
    let answer =
        |bytes: &[u8]| object("pollAnswer", vec![("text", text("a")), ("option", option(bytes))]);
    let media = |right: &[&[u8]]| {
        let answers = Value::Vector([&b"x"[..], b"y", b"z"].map(answer).to_vec());
        let poll = [
            ("id", Value::Long(1)),
            ("quiz", Value::True),
            ("question", text("q")),
            ("answers", answers),
        ];
        let right = Value::Vector(right.iter().map(|bytes| option(bytes)).collect());
        let poll = object("poll", poll.to_vec());
        object("inputMediaPoll", vec![("poll", poll), ("correct_answers", right)])
    };
    let places = |right: &[&[u8]]| {
        let media = media(right);
        is_read(&media, old);
        now(&media, 198).field("correct_answers").cloned()
    };
    let ints =
        |places: &[i32]| Some(Value::Vector(places.iter().copied().map(Value::Int).collect()));
    assert_eq!(places(&[b"y"]), ints(&[1]));
    assert_eq!(places(&[b"z", b"x"]), ints(&[2, 0]));
    assert_eq!(places(&[]), ints(&[]));
    // What is no answer of it is none.
    assert_eq!(places(&[b"w"]), ints(&[]));
    assert_eq!(places(&[b"w", b"z"]), ints(&[2]));
    // Said twice they are right twice.
    assert_eq!(places(&[b"y", b"y"]), ints(&[1, 1]));
}

/// More than fit in a call. Each looked for among all is 70 thousand million comparisons, which does not end while anybody waits.
#[test]
fn the_right_answers_of_the_longest_quiz_are_found() {
    const COUNT: i32 = 1 << 18;
    let param = codec(198).named("inputMediaPoll")[0].body().params.iter();
    let param = param.clone().find(|param| param.name == "correct_answers").unwrap();
    let object = |name: &str, field: &str, value| {
        let fields = vec![(field.to_owned(), value)];
        Value::Object(Object { name: name.into(), id: 0, fields })
    };
    let option = |number: i32| Value::Bytes(number.to_le_bytes().to_vec());
    // Each option stands twice: the first place counts.
    let answers = (0..COUNT).map(|place| object("pollAnswer", "option", option(place / 2)));
    let poll = object("poll", "answers", Value::Vector(answers.collect()));
    // From the last on, so that no search ends early; the second half is none of them.
    let right = Value::Vector((0..COUNT).rev().map(option).collect());
    let given = HashMap::from([("poll", &poll), ("correct_answers", &right)]);
    let found = functions::right_answers("inputMediaPoll", param, &given);
    let places = (0..COUNT / 2).rev().map(|number| Value::Int(number * 2));
    assert_eq!(found, Some(Value::Vector(places.collect())));
}
