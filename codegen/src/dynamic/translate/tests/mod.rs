//! Every rule, and every definition of layer 230 for clients of older layers and back.

mod functions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::*;
use crate::dynamic::{Arbitrary, TargetError};
use crate::layers::Layers;

/// The layers of clients that are in use, and the first.
const LAYERS: [u32; 6] = [135, 158, 198, 214, 225, 229];

fn layers() -> &'static Layers<'static> {
    static LAYERS: OnceLock<Layers<'static>> = OnceLock::new();
    LAYERS.get_or_init(|| Layers::parse(include_str!("../../../../../schema/history.tl")).unwrap())
}

/// Each is made once.
fn codec(layer: u32) -> &'static Codec<'static> {
    static CODECS: Mutex<BTreeMap<u32, &'static Codec<'static>>> = Mutex::new(BTreeMap::new());
    let make = || &*Box::leak(Box::new(layers().codec(layer).unwrap()));
    CODECS.lock().unwrap_or_else(PoisonError::into_inner).entry(layer).or_insert_with(make)
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

/// What is written for a layer is read by it, to the last byte and as it was.
fn is_read(value: &Value, to: &Codec<'_>) {
    let bytes = to.encode(value).unwrap_or_else(|error| panic!("{error}: {value}"));
    assert_eq!(to.decode(&bytes).as_ref(), Ok(value));
}

/// Values of all definitions, from one layer to another; those of which nothing comes, though the definition or its type is there.
fn all(from: &Codec<'_>, to: &Codec<'_>) -> BTreeSet<String> {
    let (arbitrary, mut random) = (Arbitrary::new(from), random(7));
    let (mut nothing, mut made) = (BTreeSet::new(), 0);
    for definition in from.definitions() {
        for budget in [0, 40, 200] {
            let value = arbitrary.value(*definition, &mut random, budget);
            match translate(&value, from, to) {
                Ok(value) => {
                    is_read(&value, to);
                    made += 1;
                }
                Err(TranslateError::NoDefinition { name, ty }) => {
                    let is_same = |d: &&Definition<'_>| d.is_function() == definition.is_function();
                    assert!(!to.named(&name).iter().any(|d| is_same(&d)), "{name}");
                    assert!(definition.is_function() || to.type_named(0, &ty).is_none(), "{ty}");
                }
                Err(TranslateError::Nothing { .. }) => {
                    nothing.insert(definition.name().to_owned());
                }
                Err(error) => {
                    panic!("{error}: {}", value.to_string().chars().take(1500).collect::<String>())
                }
            }
        }
    }
    // Each is tried three times, and a layer has more than half of what another has.
    assert!(2 * made > 3 * from.definitions().len(), "{made}");
    nothing
}

/// Those of them that mean something new, of which the type has nothing near.
fn only_new(nothing: &BTreeSet<String>, expected: &[&str]) {
    let is_expected = |name: &str| {
        expected.iter().any(|of| match of.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *of,
        })
    };
    let others: Vec<_> = nothing.iter().filter(|name| !is_expected(name)).collect();
    assert_eq!(others, [] as [&String; 0]);
}

#[test]
fn every_definition_is_written_for_older_layers_and_read_by_them() {
    let from = codec(230);
    let mut all_nothing = BTreeSet::new();
    for layer in LAYERS {
        let mut nothing = all(from, codec(layer));
        // What the layer has not need not be like anything in it.
        nothing.retain(|name| {
            let mut definitions = from.named(name).iter();
            definitions
                .any(|d| !d.is_function() && has(name, layer, d.ty()) && !name.starts_with("input"))
        });
        all_nothing.extend(nothing);
    }
    only_new(&all_nothing, &AROUND);
}

/// What is around something new that the layer cannot say in another way, and is nothing without it.
const AROUND: [&str; 25] = [
    "account.emailVerifiedLogin",
    "channelAdminLogEvent*",
    "dialogFilterSuggested",
    "messagePeerReaction",
    "messages.exportedChatInvite",
    "messages.exportedChatInviteReplaced",
    "payments.starsRevenueStats",
    "payments.starsStatus",
    "reactionCount",
    "starGiftAttributeBackdrop",
    "starGiftAttributeModel",
    "starGiftAttributePattern",
    "starsRevenueStatus",
    "starsTransaction",
    "todoCompletion",
    "topPeerCategoryPeers",
    "updateDialogPinned",
    "updateDialogUnreadMark",
    "updateGroupCallParticipants",
    "updateMessagePollVote",
    "updateNotifySettings",
    "updatePrivacy",
    "updateSavedDialogPinned",
    "updateStars*",
    "updates.channelDifferenceTooLong",
];

/// What was given up.
const GONE: [&str; 8] = [
    // A credential that was seen in some copies of a layer.
    "account.registerPasskey",
    "auth.finishPasskeyLogin",
    "inputPasskeyCredentialFirebasePNV",
    // Updates are dropped from their batch.
    "updateBroadcastRevenueTransactions",
    "updateChannelPinnedTopic",
    "updateChannelPinnedTopics",
    "updateGroupInvitePrivacyForbidden",
    "updateUserPhoto",
];

#[test]
fn every_definition_of_older_layers_is_read_as_one_of_the_newest() {
    let to = codec(230);
    for layer in LAYERS {
        only_new(&all(codec(layer), to), &GONE);
    }
}

/// What a server answers is what the client's layer says that the function returns.
#[test]
fn every_answer_is_one_of_what_the_function_returns_in_the_layer_of_the_client() {
    let from = codec(230);
    for layer in LAYERS {
        let to = codec(layer);
        let (arbitrary, mut random) = (Arbitrary::new(from), random(9));
        let mut nothing = BTreeSet::new();
        for function in to.definitions().iter().filter(|d| d.is_function()) {
            let (ours, theirs) =
                match (from.result_of(function.name()), to.result_of(function.name())) {
                    (Ok(ours), Ok(theirs)) => (ours, theirs),
                    (
                        Err(
                            TargetError::UnknownFunction { .. } | TargetError::ResultOfQuery { .. },
                        ),
                        _,
                    ) => continue,
                    (ours, theirs) => panic!("{ours:?} {theirs:?}"),
                };
            let Goal::Ty(schema, ty) = &ours.goal else { panic!("{ours:?}") };
            for budget in [0, 40, 40, 200] {
                let value = arbitrary.of_type(*schema, ty, &mut random, budget);
                match translate_as(&value, from, to, &theirs) {
                    Ok(value) => {
                        let bytes = to.encode_as(&theirs, &value).unwrap();
                        assert_eq!(to.decode_as(&theirs, &bytes), Ok(value));
                    }
                    Err(TranslateError::Nothing { .. }) => {
                        nothing.insert(name_of(&value).to_owned());
                    }
                    Err(error) => panic!("{}: {error}", function.name()),
                }
            }
        }
        only_new(&nothing, &UNSAID);
    }
}

/// Answers that an old client cannot be given: what it would have to be told is not in its layer.
const UNSAID: [&str; 17] = [
    // A login that has to be paid for, or needs no code.
    "account.emailVerifiedLogin",
    "auth.sentCodePaymentRequired",
    "auth.sentCodeSuccess",
    // Invitations of a kind that is new.
    "chatInvitePublicJoinRequests",
    "messages.chatInviteJoinResultWebView",
    "messages.exportedChatInvite",
    "messages.exportedChatInviteReplaced",
    // Payments with stars, and balances in another currency.
    "payments.paymentFormStarGift",
    "payments.paymentFormStars",
    "payments.paymentReceiptStars",
    "payments.starsRevenueStats",
    "payments.starsStatus",
    // An answer to a question that old clients do not ask.
    "help.appConfigNotModified",
    // A function that answers with something else by now.
    "stats.publicForwards",
    "updates",
    "updateShort*",
    // The dialog of a community.
    "updates.channelDifferenceTooLong",
];

/// The layers of a name, and what each line says that it is of.
fn lines(name: &str) -> Vec<(u32, u32, &'static str)> {
    let lines = layers().history(name).into_iter();
    lines.map(|line| (line.first, line.last, ty(line.tl))).collect()
}

fn ty(tl: &'static str) -> &'static str {
    tl.trim_end_matches(';').rsplit_once(" = ").unwrap().1
}

fn has(name: &str, layer: u32, of: &str) -> bool {
    lines(name).iter().any(|(first, last, ty)| (*first..=*last).contains(&layer) && *ty == of)
}

/// Layers at which something can begin or end: with those, every pair that matters is among the pairs.
fn one_of(codec: &Codec<'_>, name: &str, seed: u64, budget: usize) -> Value {
    Arbitrary::new(codec).value(codec.named(name)[0], &mut random(seed), budget)
}

fn as_type(value: &Value, from: &Codec<'_>, to: &Codec<'_>, ty: &str) -> Option<Value> {
    let made = translate_as(value, from, to, &to.target(ty).ok()?).ok()?;
    let target = to.target(ty).unwrap();
    assert_eq!(to.decode_as(&target, &to.encode_as(&target, &made).unwrap()).as_ref(), Ok(&made));
    Some(made)
}

#[test]
fn each_of_two_that_are_near_becomes_the_other_where_that_alone_is() {
    // Both are always there: one becomes the other when what is in it is lost, which has a test of its own.
    for (one, other) in rules::NEAREST.iter().filter(|(one, _)| *one != "updateShort") {
        let mut directions = 0;
        for (name, near) in [(one, other), (other, one)] {
            let Some((layer, to, ty)) = lines(near).into_iter().find_map(|(first, last, ty)| {
                let to = (first..=last).find(|layer| !has(name, *layer, ty))?;
                Some((lines(name)[0].1, to, ty))
            }) else {
                continue;
            };
            let (from, to) = (codec(layer), codec(to));
            // A peer that is no user cannot be said as one.
            let made =
                (0..20).find_map(|seed| as_type(&one_of(from, name, seed, 20), from, to, ty));
            assert_eq!(made.as_ref().map(name_of), Some(*near), "{name}");
            directions += 1;
        }
        assert!(directions > 0, "{one}, {other}");
    }
}

#[test]
fn what_has_nothing_near_becomes_what_its_type_has_for_that() {
    // Layer 229 has fewer kinds of buttons.
    let newer = [codec(230), codec(228)];
    let older = LAYERS.map(codec);
    let mut idle = Vec::new();
    for (ty, fallback) in rules::FALLBACK {
        let pairs = newer.iter().flat_map(|newest| older.iter().map(move |to| (newest, to)));
        let made = pairs.into_iter().any(|(newest, to)| {
            let layer = &to.schemas()[0].layer.unwrap();
            let is_new = |d: &&Definition<'_>| {
                d.ty() == *ty && !d.is_function() && !has(d.name(), *layer, ty)
            };
            newest.definitions().iter().filter(is_new).any(|definition| {
                let made = as_type(&one_of(newest, definition.name(), 1, 0), newest, to, ty);
                made.as_ref().map(name_of) == Some(fallback)
            })
        });
        if !made {
            idle.push(*fallback);
        }
    }
    assert_eq!(idle, [""; 0]);
}

#[test]
fn a_value_stands_for_the_object_that_says_little_more_and_the_object_for_it() {
    for (name, field) in rules::MAIN {
        let codec = codec(lines(name).last().unwrap().1);
        let ty = codec.named(name)[0].ty();
        for seed in 0..10 {
            let whole = one_of(codec, name, seed, 30);
            let Some(main) = whole.field(field) else { continue };
            let params = &codec.named(name)[0].body().params;
            let own = &params.iter().find(|param| param.name == *field).unwrap().ty;
            let own = own.split_once('?').map_or(own.as_str(), |(_, ty)| ty);
            assert_eq!(as_type(&whole, codec, codec, own).as_ref(), Some(main), "{name}");
            let wrapped = as_type(main, codec, codec, ty).unwrap();
            assert_eq!((name_of(&wrapped), wrapped.field(field)), (*name, Some(main)));
        }
    }
}

#[test]
fn a_bool_stands_for_the_type_that_says_it_by_now() {
    let newest = codec(230);
    for (ty, says, name) in rules::SAYING {
        let value = one_of(newest, name, 1, 0);
        assert_eq!(as_type(&value, newest, newest, "Bool"), Some(Value::Bool(*says)), "{name}");
        let first = rules::SAYING.iter().find(|row| (row.0, row.1) == (ty, *says)).unwrap();
        let made = as_type(&Value::Bool(*says), newest, newest, ty).unwrap();
        assert_eq!(name_of(&made), first.2);
    }
}

/// A layer in which a definition, or one near to it, has a parameter; and the name there.
fn with_param(name: &'static str, param: &str) -> Option<(u32, &'static str)> {
    let names = rules::near(name).chain(super::functions::called(name));
    let all = names.flat_map(|name| layers().history(name));
    let found = all.filter(|line| line.tl.contains(&format!(" {param}:"))).last()?;
    Some((found.last, found.name()))
}

#[test]
fn a_parameter_with_another_name_is_found() {
    let mut idle = Vec::new();
    for rule in rules::RENAMED {
        let (before, since) = rule.names;
        for name in rule.of {
            let (old, old_name) = with_param(name, before).unwrap_or_else(|| panic!("{name}"));
            let (new, new_name) = with_param(name, since).unwrap_or_else(|| panic!("{name}"));
            for (from, own, to, near, name, other) in [
                (old, old_name, new, new_name, before, since),
                (new, new_name, old, old_name, since, before),
            ] {
                let (from, to) = (codec(from), codec(to));
                let ty = to.named(near)[0].ty();
                // Whatever it says is said there too: without it something else would be.
                let is_found = (0..60).any(|seed| {
                    let whole = one_of(from, own, seed, 60 + 10 * usize::try_from(seed).unwrap());
                    let Value::Object(mut without) = whole.clone() else { return false };
                    without.fields.retain(|(of, _)| of != name);
                    let translated = |value: &Value| match from.named(own)[0].is_function() {
                        true => translate(value, from, to).ok(),
                        false => as_type(value, from, to, ty),
                    };
                    let made = translated(&whole).and_then(|made| made.field(other).cloned());
                    let empty = translated(&Value::Object(without));
                    made.is_some() && made != empty.and_then(|empty| empty.field(other).cloned())
                });
                idle.extend((!is_found).then(|| format!("{own}.{name} is not {other}")));
            }
        }
    }
    assert_eq!(idle, [""; 0]);
}

#[test]
fn months_are_thirty_days() {
    let (old, new) = (codec(216), codec(230));
    for (months, days) in [(0, 0), (3, 90), (12, 360)] {
        let Value::Object(mut action) = one_of(old, "messageActionGiftPremium", 1, 0) else {
            panic!("an object")
        };
        action.fields.retain(|(name, _)| name != "months");
        action.fields.push(("months".into(), Value::Int(months)));
        let made = translate(&Value::Object(action), old, new).unwrap();
        assert_eq!(made.field("days"), Some(&Value::Int(days)));
        let back = translate(&made, new, old).unwrap();
        assert_eq!(back.field("months"), Some(&Value::Int(months)));
    }
}

#[test]
fn buttons_say_what_they_do_in_their_type_or_in_their_name() {
    let (old, new) = (codec(228), codec(230));
    let of = |codec: &Codec<'static>, ty: &str| {
        let definitions = codec.definitions().iter();
        definitions.filter(|d| d.ty() == ty && !d.is_function()).copied().collect::<Vec<_>>()
    };
    let text = || ("text".to_owned(), Value::String("press".into()));
    let mut kinds = 0;
    for (button, ty, of_row) in [
        ("keyboardButton", "ButtonType", "KeyboardButton"),
        ("keyboardInlineButton", "InlineButtonType", "KeyboardInlineButton"),
    ] {
        for definition in of(new, ty) {
            let what = one_of(new, definition.name(), 3, 40);
            let id = new.named(button)[0].id();
            let fields = vec![text(), ("type".to_owned(), what)];
            let whole = Value::Object(Object { name: button.into(), id, fields });
            let apart = as_type(&whole, new, old, "KeyboardButton").unwrap();
            assert_eq!(apart.field("text"), Some(&text().1));
            let back = as_type(&apart, old, new, of_row);
            if !definition.name().ends_with("Disabled") {
                assert_eq!(back, Some(whole), "{}", definition.name());
                kinds += 1;
            }
            // An old one that does not know what it does shows it.
            let oldest = codec(135);
            let made = as_type(&apart, old, oldest, "KeyboardButton").unwrap();
            assert_eq!(made.field("text"), Some(&text().1));
        }
    }
    assert!(kinds > 12, "{kinds}");
}

#[test]
fn what_is_new_in_a_batch_is_dropped_from_it() {
    let (new, old) = (codec(230), codec(158));
    let update = |name| one_of(new, name, 1, 0);
    let mut updates = match update("updates") {
        Value::Object(object) => object,
        other => panic!("{other}"),
    };
    let batch =
        ["updateConfig", "updateStarsBalance", "updateNewMessage", "updateStory"].map(update);
    updates.fields.retain(|(name, _)| name != "updates");
    updates.fields.push(("updates".into(), Value::Vector(batch.into())));
    let made = translate(&Value::Object(updates), new, old).unwrap();
    let Some(Value::Vector(left)) = made.field("updates") else { panic!("{made}") };
    assert_eq!(left.iter().map(name_of).collect::<Vec<_>>(), ["updateConfig", "updateNewMessage"]);
    // One alone is an empty batch, and of no other value: what is the whole is an error.
    let alone = one_of(new, "updateStarsBalance", 1, 0);
    let (name, ty) = ("updateStarsBalance".to_owned(), "Update".to_owned());
    assert_eq!(translate(&alone, new, old), Err(TranslateError::Nothing { name, ty }));
    let fields = vec![("update".to_owned(), alone), ("date".to_owned(), Value::Int(7))];
    let id = new.named("updateShort")[0].id();
    let short = Value::Object(Object { name: "updateShort".into(), id, fields });
    let made = translate(&short, new, old).unwrap();
    assert_eq!(made.to_string(), "updates { updates: [], users: [], chats: [], date: 7, seq: 0 }");
}

#[test]
fn what_no_schema_has_and_what_is_too_deep_are_errors() {
    let (new, old) = (codec(230), codec(135));
    let object = |name: &str, id| Value::Object(Object { name: name.into(), id, fields: vec![] });
    let name = || "nothing".to_owned();
    assert_eq!(
        translate(&object("nothing", 1), new, old),
        Err(TranslateError::Unknown { name: name() })
    );
    let stories = new.named("stories.getAllStories")[0];
    let error = translate(&object(stories.name(), stories.id()), new, old);
    let (name, ty) = (stories.name().to_owned(), stories.ty().to_owned());
    assert_eq!(error, Err(TranslateError::NoDefinition { name, ty }));
    let bold = new.named("textBold")[0].id();
    let mut text = one_of(new, "textEmpty", 1, 0);
    for _ in 0..MAX_DEPTH + 1 {
        let fields = vec![("text".to_owned(), text)];
        text = Value::Object(Object { name: "textBold".into(), id: bold, fields });
    }
    assert_eq!(translate(&text, new, old), Err(TranslateError::TooLarge));
}

/// What is lost at the bottom is lost in what is around it, at each level in every way that there is.
#[test]
fn what_is_lost_deep_inside_costs_no_more_than_the_value_is_large() {
    let text = "// LAYERS 1 2\n1 2 textEmpty#00000001 = RichText;\n1 2 textBold#00000002 text:RichText = RichText;\n\
                1 1 textOld#00000003 = RichText;\n2 2 textNew#00000004 = RichText;";
    // Nothing says least here: the lost one has no text inside.
    let layers = Layers::parse(text).unwrap();
    let (old, new) = (layers.codec(1).unwrap(), layers.codec(2).unwrap());
    let object = |name: &str, id, fields| Value::Object(Object { name: name.into(), id, fields });
    let mut value = object("textOld", 3, vec![]);
    for _ in 0..30 {
        value = object("textBold", 2, vec![("text".into(), value)]);
    }
    let error = translate(&value, &old, &new).unwrap_err();
    assert_eq!(error, TranslateError::TooLarge);
    assert!(limit(&value) < 10_000);
}
