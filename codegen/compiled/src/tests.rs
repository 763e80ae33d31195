//! Values of each case, written and read back; where the bytes show the construct, they are spelled out.

use std::fmt::Debug;

use telewire::tl::{
    Bare, BareVec, Bytes, DecodeErrorKind, Deserialize, Function, Identifiable, Object, Repeat,
    Serialize,
};

use crate::{
    accessors, enums, flags, flags_shared, flags_words, function_generic, function_without_result,
    functions, keywords, layers, layout, namespaces, object_measured, object_to_end, primitives,
    recursion, std_names, unit, variant_names, vectors, widths,
};

/// Writes, reads back, and cuts at each length.
fn round_trip<T: Serialize + Deserialize + PartialEq + Debug>(value: &T) -> Vec<u8> {
    let bytes = value.to_bytes();
    assert_eq!(bytes.len(), value.serialized_len());
    assert_eq!(T::from_bytes(&bytes).as_ref(), Ok(value));
    for cut in 0..bytes.len() {
        assert!(T::from_bytes(&bytes[..cut]).is_err(), "{value:?} cut at {cut}");
    }
    bytes
}

/// The id, then the words.
fn words(id: u32, words: &[u32]) -> Vec<u8> {
    [&[id], words].concat().into_iter().flat_map(u32::to_le_bytes).collect()
}

#[test]
fn primitives_are_written_in_order() {
    let value = primitives::types::All {
        a: 1,
        b: 2,
        c: 0.5,
        d: "e".into(),
        e: Bytes::from([7]),
        f: [1; 16],
        g: [2; 32],
        h: [3; 64],
        i: true,
    };
    let bytes = round_trip(&value);
    assert_eq!(bytes.len(), 4 + 4 + 8 + 8 + 4 + 4 + 16 + 32 + 64 + 4);
}

#[test]
fn a_constructor_without_parameters_is_its_id() {
    let bytes = round_trip(&unit::types::Nothing);
    assert_eq!(bytes, unit::types::Nothing::ID.to_le_bytes());
}

#[test]
fn namespaces_are_modules() {
    round_trip(&namespaces::types::Root {
        block: namespaces::types::e2e::chain::Block { height: 1 },
        code: namespaces::types::auth::SentCode {
            phone: namespaces::types::auth::Phone { number: "1".into() },
        },
    });
}

#[test]
fn vectors_and_items_are_boxed_or_bare_each_for_itself() {
    use vectors::types::{Lines, Point};
    let point = Point { x: 1, y: 2 };
    let (vector, point_id) = (0x1cb5_c415, Point::ID);
    let bytes = round_trip(&Lines {
        a: vec![5],
        b: vec![point.clone()],
        c: BareVec(vec![Bare(point.clone())]),
        d: BareVec(vec![Bare(point.clone())]),
        e: BareVec(vec![point.clone()]),
        f: vec![vec![point.clone()], vec![]],
        g: vec![Bare(point)],
    });
    #[rustfmt::skip]
    let expected = words(Lines::ID, &[
        vector, 1, 5, 0,
        vector, 1, point_id, 1, 2,
        1, 1, 2,
        1, 1, 2,
        1, point_id, 1, 2,
        vector, 2, vector, 1, point_id, 1, 2, vector, 0,
        vector, 1, 1, 2,
    ]);
    assert_eq!(bytes, expected);
}

#[test]
fn variants_are_units_inline_or_boxed() {
    use enums::enums::Shape;
    use enums::types::{Canvas, ShapeBox, ShapeDot, ShapeEmpty};
    let large = ShapeBox { left: 1, top: 2, right: 3, bottom: 4, depth: 5 };
    let shapes: [Shape; 4] = [
        ShapeEmpty.into(),
        ShapeDot { at: 1 }.into(),
        large.clone().into(),
        enums::types::Shape { name: "s".into() }.into(),
    ];
    assert_eq!(shapes[2], Shape::ShapeBox(Box::new(large.clone())));
    for shape in &shapes {
        round_trip(&Canvas { shape: shape.clone() });
        assert_eq!(ShapeBox::try_from(shape.clone()).is_ok(), matches!(shape, Shape::ShapeBox(_)));
    }
    assert_eq!(ShapeDot::try_from(shapes[2].clone()), Err(shapes[2].clone()));
    assert_eq!(ShapeEmpty::try_from(shapes[0].clone()), Ok(ShapeEmpty));
    assert_eq!(ShapeEmpty::try_from(shapes[1].clone()), Err(shapes[1].clone()));
    assert!(size_of::<Shape>() <= 40);
    let error = Shape::from_bytes(&[0; 4]).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::UnexpectedConstructor { id: 0 });
    assert_eq!((error.type_name(), error.offset()), (Some("Shape"), 0));
}

#[test]
fn variants_of_several_namespaces_are_told_apart() {
    use variant_names::enums::Peer;
    use variant_names::enums::far::config::Local;
    use variant_names::types::far::config::random;
    use variant_names::types::{Peer64, far, near};
    round_trip(&vec![
        Peer::PeerSelf,
        Peer::Peer64(Peer64::new(1)),
        Peer::Other,
        Peer::NearPeer(near::Peer::new(2)),
        Peer::FarPeer(far::Peer::new(3)),
    ]);
    round_trip(&vec![Local::Local, Local::RandomLocal(random::Local::new(4))]);
}

#[test]
fn what_all_variants_have_is_read_from_any() {
    use accessors::enums::Event;
    use accessors::groups::EventSeenLat;
    use accessors::types::{EventSeen, EventSent, Item, Place};
    let place = Place::new("here".into());
    let key = [7; 16];
    let raw: Bytes = vec![1].into();
    let bare = EventSeen::new(1, "a".into(), vec![2], place.clone(), 3, key, raw.clone(), 4);
    let seen: Event = bare.clone().into();
    let sent: Event = EventSent::new(
        1.5,
        5,
        "b".into(),
        vec![],
        "n".into(),
        6,
        key,
        Box::new(seen.clone()),
        true,
        7,
    )
    .into();
    // What can be copied, and what is lent.
    assert_eq!((seen.id(), sent.id()), (1, 5));
    assert_eq!((seen.text(), sent.text()), ("a", "b"));
    assert_eq!((seen.tags(), sent.tags()), (&[2][..], &[][..]));
    assert_eq!((seen.key(), sent.key()), (key, key));
    // What is there only sometimes, in one of them or in both.
    assert_eq!((seen.note(), sent.note()), (None, Some("n")));
    assert_eq!((seen.from_(), sent.from_()), (Some(&place), None));
    assert_eq!((seen.raw(), sent.raw()), (Some(&raw), None));
    assert_eq!((seen.more(), sent.more()), (None, Some(&seen)));
    assert_eq!((seen.lat(), sent.lat()), (None, Some(1.5)));
    let lat = Some(EventSeenLat { lat: 2.5, lon: 3.5 });
    let found: Event = EventSeen { lat, note: Some("m".into()), ..bare.clone() }.into();
    assert_eq!((found.lat(), found.note()), (Some(2.5), Some("m")));
    // A bit, by itself or of a value.
    assert!(!seen.loud() && !sent.loud());
    assert!(Event::from(EventSeen { loud: true, ..bare }).loud());
    // A name that all types have is not taken by it.
    assert_eq!((seen.clone_(), sent.clone_()), (3, 6));
    assert_eq!(seen.clone(), seen);
    // Nor by a method that tells of a flag.
    let item = Item { date: Some(1), ..Item::new() };
    assert!(item.new_() && !item.self_());
    assert_eq!(Item::default(), Item::new());
    round_trip(&vec![seen, sent]);
}

#[test]
fn flags_say_what_is_there() {
    use flags::types::Post;
    let post = Post { pinned: false, title: None, silent: false, date: 9, views: None, ok: None };
    assert_eq!(round_trip(&post), words(Post::ID, &[0, 9]));
    let post = Post {
        pinned: true,
        title: Some("abc".into()),
        silent: true,
        date: 9,
        views: Some(vec![]),
        ok: Some(false),
    };
    let title = u32::from_le_bytes(*b"\x03abc");
    assert_eq!(
        round_trip(&post),
        words(Post::ID, &[0x8000_000f, title, 9, 0x1cb5_c415, 0, 0xbc79_9737])
    );
}

#[test]
fn tl_15_unknown_flag_bits_are_ignored() {
    use flags::types::Post;
    let post = Post { pinned: true, title: None, silent: false, date: 9, views: None, ok: None };
    assert_eq!(Post::from_bytes(&words(Post::ID, &[0x7fff_fff1, 9])), Ok(post));
}

#[test]
fn values_that_share_a_bit_are_there_together() {
    use flags_shared::groups::{UserLat, UserPhone};
    use flags_shared::types::User;
    let mut user = User {
        bot_info_version: Some(7),
        lat: Some(UserLat { lat: 1.0, long: 2.0 }),
        name: String::new(),
        first: true,
        phone: Some(Box::new(UserPhone { phone: "p".into(), verified: [1].into(), code: 3 })),
    };
    assert!(user.bot() && user.second());
    let bytes = round_trip(&user);
    assert_eq!(bytes[4..8], (1_u32 << 14 | 0b111).to_le_bytes());
    (user.bot_info_version, user.lat, user.phone, user.first) = (None, None, None, false);
    assert!(!user.bot() && !user.second());
    assert_eq!(round_trip(&user), words(User::ID, &[0, 0]));
}

#[test]
fn words_may_be_several_late_and_unused() {
    use flags_words::types::Poll;
    let poll = Poll { id: 5, closed: true, quiz: true, answers: Some(6) };
    assert_eq!(round_trip(&poll), words(Poll::ID, &[5, 0, 1, 0b1001, 6, 0]));
}

#[test]
fn recursive_values_are_boxed_and_their_depth_is_bounded() {
    use recursion::enums::Text;
    use recursion::types::{Link, TextBold, TextConcat, TextPlain};
    let mut text: Text = TextPlain { text: "deep".into() }.into();
    for _ in 0..60 {
        text = TextBold { text: Box::new(text) }.into();
        text = TextConcat { texts: vec![text, Text::TextEmpty] }.into();
    }
    round_trip(&text);
    let mut link = Link { url: String::new(), next: None };
    for _ in 1..128 {
        link = Link { url: String::new(), next: Some(Box::new(link)) };
    }
    assert_eq!(Link::from_bytes(&link.to_bytes()).as_ref(), Ok(&link));
    let too_deep = Link { url: String::new(), next: Some(Box::new(link)) };
    let error = Link::from_bytes(&too_deep.to_bytes()).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::TooDeep);
    assert_eq!(error.type_name(), Some("link"));
}

#[test]
fn large_optional_values_are_boxed() {
    use layout::groups::WallA;
    use layout::types::{Card, Wall};
    let card = || Card { title: "t".into(), text: String::new() };
    round_trip(&Wall {
        card: Some(Box::new(card())),
        first: card(),
        a: Some(Box::new(WallA { a: card(), b: card() })),
    });
}

#[test]
fn names_that_rust_reserves_are_escaped() {
    round_trip(&keywords::types::Token {
        r#type: "t".into(),
        self_: 1,
        r#final: true,
        r#static: 2,
        r#loop: 3,
        srp_b: [].into(),
        m1: [].into(),
        crate_: 4,
        r#async: 5,
        r: 6,
        out: 7,
        value: 8,
    });
}

#[test]
fn types_named_as_in_std_do_not_disturb() {
    use std_names::enums::String as TlString;
    use std_names::types::{
        Box as TlBox, Option as TlOption, Result as TlResult, Some as TlSome, Vec,
    };
    round_trip(&TlResult { a: vec![TlOption { v: Vec { n: 1 } }] });
    round_trip(&TlSome { b: Some(TlBox { s: TlString::StringOk }) });
}

#[test]
fn an_object_reaches_to_the_end() {
    use object_to_end::types::{Gzip, Packed};
    let inner = Gzip { data: [1, 2, 3].into() };
    let packed = Packed { id: Some(1), body: Object::new(&inner) };
    let back = Packed::from_bytes(&packed.to_bytes()).unwrap();
    assert_eq!(back.body.decode(), Ok(inner));
}

#[test]
fn a_measured_object_writes_its_length() {
    use object_measured::types::{Message, MsgContainer};
    let message = |n| Message { msg_id: 1, seqno: 2, body: Object::from(vec![n; 8]) };
    let container = MsgContainer { messages: vec![Bare(message(1)), Bare(message(2))].into() };
    let bytes = round_trip(&container);
    assert_eq!(bytes.len(), 4 + 4 + 2 * (8 + 4 + 4 + 8));
    assert_eq!(bytes[20..24], 8_i32.to_le_bytes());
}

#[test]
fn what_others_build_in_has_its_width() {
    use widths::types::{Error, File, Page};
    let error = Error { code: 404, message: "abc".into() };
    assert_eq!(round_trip(&error), words(0x9bdd_8f1a, &[404, 0x6362_6103]));
    let file = File { id: 7, size: 1 << 40, unique: -5, parts: BareVec(vec![1, -1]) };
    let expected = [7, 0, 0x100, 0xffff_fffb, u32::MAX, 2, 1, 0, u32::MAX, u32::MAX];
    assert_eq!(round_trip(&file), words(File::ID, &expected));
    // A `#` that no parameter depends on is a number.
    let page = Page { count: 5, after: Some(-1) };
    assert_eq!(round_trip(&page), words(Page::ID, &[0x80, 5, u32::MAX, u32::MAX]));
    assert!(format!("{page:?}").contains("count: 5"), "{page:?}");
}

#[test]
fn a_name_of_several_layers_is_a_struct_for_each() {
    use layers::enums::DecryptedMessage;
    use layers::types::{DecryptedMessage8, DecryptedMessage17, DecryptedMessageMediaEmpty8};
    let old = DecryptedMessage8 {
        random_id: 1,
        random_bytes: [7].into(),
        message: "m".into(),
        media: DecryptedMessageMediaEmpty8,
    };
    let new = DecryptedMessage17 {
        random_id: 1,
        ttl: 2,
        message: "m".into(),
        media: DecryptedMessageMediaEmpty8,
    };
    // The ids are those of the names without a layer, as everybody has them.
    assert_eq!((DecryptedMessage8::ID, DecryptedMessage17::ID), (0x1f81_4f1f, 0x204d_3878));
    assert_ne!(round_trip(&old), round_trip(&new));
    for message in [DecryptedMessage::from(old.clone()), new.into()] {
        round_trip(&message);
    }
    assert_eq!(layers::name_of(0x204d_3878), Some("decryptedMessage17"));
    assert!(format!("{old:?}").contains("decryptedMessage8"), "{old:?}");
}

#[test]
fn functions_know_their_result_and_whether_they_repeat() {
    fn result<F: Function<Return = R>, R>() -> Repeat {
        F::REPEAT
    }
    use functions::functions::Ping;
    use functions::functions::ping::{All, Bare as BareResult, Count, IsOn, Send};
    use functions::types::Pong;
    assert_eq!(result::<Ping, Pong>(), Repeat::Once);
    assert_eq!(result::<Send, Pong>(), Repeat::Keyed);
    result::<All, Vec<Pong>>();
    result::<Count, i32>();
    result::<IsOn, bool>();
    result::<BareResult, Vec<Bare<Pong>>>();
    round_trip(&All { ids: vec![1, 2] });
    round_trip(&IsOn { loud: true });
    round_trip(&Send { random_id: 1, text: "t".into() });
    assert_eq!(round_trip(&Count), Count::ID.to_le_bytes());
}

#[test]
fn a_wrapper_takes_after_its_query() {
    use function_generic::functions::{InvokeBoth, InvokeWithLayer};
    use functions::functions::ping::Send;
    use functions::types::Pong;
    type Wrapped = InvokeWithLayer<Send>;
    fn returns_pong<F: Function<Return = Pong>>() {}
    returns_pong::<Wrapped>();
    assert_eq!(Wrapped::REPEAT, Repeat::Keyed);
    let query = Send { random_id: 1, text: String::new() };
    let wrapped = InvokeWithLayer { layer: 230, query: query.clone() };
    let bytes = round_trip(&wrapped);
    assert_eq!(bytes[..8], words(Wrapped::ID, &[230]));
    assert_eq!(bytes[8..], query.to_bytes());
    round_trip(&InvokeBoth { proxy: Some("p".into()), quiet: true, query: wrapped });
    let unknown = InvokeWithLayer::<Object>::from_bytes(&bytes).unwrap();
    assert_eq!(unknown.query.decode(), Ok(query));
}

#[test]
fn a_function_without_result_can_be_sent_and_not_answered() {
    use function_without_result::functions::HttpWait;
    round_trip(&HttpWait { max_delay: 1, wait_after: 2, max_wait: 3 });
    assert!(<HttpWait as Function>::Return::from_bytes(&[0; 4]).is_err());
}

#[test]
fn new_takes_what_is_always_there_and_leaves_out_the_rest() {
    let post = flags::types::Post { pinned: true, ..flags::types::Post::new(5) };
    assert_eq!((post.pinned, post.silent, post.date, &post.title), (true, false, 5, &None));
    round_trip(&post);
    // Where nothing is always there, it is `Default` too.
    let request = functions::functions::ping::IsOn::new();
    assert_eq!(request, functions::functions::ping::IsOn::default());
    round_trip(&request);
}

#[cfg(feature = "serde")]
#[test]
fn types_go_through_serde_under_a_feature_of_this_crate() {
    use flags_shared::groups::{UserLat, UserPhone};
    use flags_shared::types::User;
    let point = vectors::types::Point { x: 1, y: -2 };
    let json = r#"{"_":"point","x":1,"y":-2}"#;
    assert_eq!(serde_json::to_string(&point).unwrap(), json);
    assert_eq!(serde_json::from_str::<vectors::types::Point>(json).unwrap(), point);
    // Parameters of a group stand among the others of their definition; by itself it is a map without a name.
    let phone = UserPhone { phone: "1".into(), verified: [0xff].into(), code: 3 };
    let json = r#"{"phone":"1","verified":"/w==","code":"3"}"#;
    assert_eq!(serde_json::to_string(&phone).unwrap(), json);
    assert_eq!(serde_json::from_str::<UserPhone>(json).unwrap(), phone);
    let user = User {
        bot_info_version: None,
        lat: Some(UserLat { lat: 0.5, long: -1.0 }),
        name: "n".into(),
        first: true,
        phone: None,
    };
    let json = r#"{"_":"user","lat":0.5,"name":"n","long":-1.0,"first":true,"second":true}"#;
    assert_eq!(serde_json::to_string(&user).unwrap(), json);
    assert_eq!(serde_json::from_str::<User>(json).unwrap(), user);
}

#[cfg(feature = "serde")]
#[test]
fn a_name_of_several_layers_has_its_layer_in_serde_too() {
    use layers::enums::DecryptedMessage;
    use layers::types::{DecryptedMessage17, DecryptedMessageMediaEmpty8};
    let message = DecryptedMessage::from(DecryptedMessage17 {
        random_id: 1,
        ttl: 2,
        message: "m".into(),
        media: DecryptedMessageMediaEmpty8,
    });
    let json = r#"{"_":"decryptedMessage17","random_id":"1","ttl":2,"message":"m","media":{"_":"decryptedMessageMediaEmpty8"}}"#;
    assert_eq!(serde_json::to_string(&message).unwrap(), json);
    assert_eq!(serde_json::from_str::<DecryptedMessage>(json).unwrap(), message);
}

#[cfg(feature = "serde")]
#[test]
fn what_shares_a_bit_cannot_disagree_in_serde_either() {
    let error = |json: &str| {
        let error = serde_json::from_str::<flags_shared::types::User>(json).unwrap_err();
        error.to_string().split(" at line").next().unwrap().to_owned()
    };
    assert_eq!(error(r#"{"_":"user","name":"n","bot":true}"#), "missing field `bot_info_version`");
    assert_eq!(error(r#"{"_":"user","name":"n","long":1}"#), "missing field `lat`");
    assert_eq!(
        error(r#"{"_":"user","name":"n","bot":false,"bot_info_version":1}"#),
        "`bot` of `user` must be true, or what shares its bit left out"
    );
}
