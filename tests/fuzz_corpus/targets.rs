//! The bodies of the fuzz targets: what must hold for any bytes. A fuzzer calls them (`fuzz/`), and a test with the seeds.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use telewire::framing::{Decoder, Framing, SERVER_LIMIT, Side};
use telewire::schema::{API_JSON, MTPROTO_JSON, WRAPPERS_JSON};
use telewire::tl::{DecodeError, Deserialize, Serialize, mtproto, wrap};
use telewire_codegen::diff::semver::{self, Impact};
use telewire_codegen::dynamic::{Codec, Definition, ErrorKind, Value};
use telewire_codegen::ir::Schema;
use telewire_codegen::{Exceptions, Lock, json, resolve, tl_text};

/// A target: its name, and what must hold for any bytes.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const ALL: [Target; 5] = [
    ("typed", typed),
    ("round_trip", round_trip),
    ("dynamic", dynamic),
    ("framing", framing),
    ("schema", schema),
];

/// A generated type. The first byte of an input chooses one.
struct Type {
    /// The schema, and the name in it of the type or of its only constructor.
    schema: &'static str,
    name: &'static str,
    read: fn(&[u8]) -> Read,
}

type Read = Result<Box<dyn Held>, DecodeError>;

/// A value whose type is not known here.
trait Held: Debug {
    fn bytes(&self) -> Vec<u8>;
    fn length(&self) -> usize;
}

impl<T: Serialize + Debug> Held for T {
    fn bytes(&self) -> Vec<u8> {
        self.to_bytes()
    }

    fn length(&self) -> usize {
        self.serialized_len()
    }
}

fn read<T: Deserialize + Serialize + Debug + 'static>(bytes: &[u8]) -> Read {
    T::from_bytes(bytes).map(|value| Box::new(value) as Box<dyn Held>)
}

macro_rules! types {
    ($($(#[$when:meta])? $schema:literal $name:literal $ty:path;)*) => {
        &[$($(#[$when])? Type { schema: $schema, name: $name, read: read::<$ty> }),*]
    };
}

/// Few, but nearly all of a schema is inside of them. New ones go to the end of their part: seeds count.
const TYPES: &[Type] = types! {
    "mtproto" "resPQ" mtproto::types::ResPq;
    "mtproto" "P_Q_inner_data" mtproto::enums::PQInnerData;
    "mtproto" "Server_DH_Params" mtproto::enums::ServerDhParams;
    "mtproto" "server_DH_inner_data" mtproto::types::ServerDhInnerData;
    "mtproto" "Set_client_DH_params_answer" mtproto::enums::SetClientDhParamsAnswer;
    "mtproto" "msg_container" mtproto::types::MsgContainer;
    "mtproto" "rpc_result" mtproto::types::RpcResult;
    "mtproto" "rpc_error" mtproto::types::RpcError;
    "mtproto" "BadMsgNotification" mtproto::enums::BadMsgNotification;
    "mtproto" "future_salts" mtproto::types::FutureSalts;
    "mtproto" "msgs_state_info" mtproto::types::MsgsStateInfo;
    "mtproto" "help.configSimple" mtproto::types::help::ConfigSimple;
    "mtproto" "tlsClientHello" mtproto::types::TlsClientHello;
    "wrappers" "config" wrap::types::Config;
    "wrappers" "JSONValue" wrap::enums::JsonValue;
    #[cfg(feature = "api")] "api" "Updates" telewire::tl::api::enums::Updates;
    #[cfg(feature = "api")] "api" "messages.Messages" telewire::tl::api::enums::messages::Messages;
    #[cfg(feature = "api")] "api" "WebPage" telewire::tl::api::enums::WebPage;
    #[cfg(feature = "api")] "api" "InputMedia" telewire::tl::api::enums::InputMedia;
    #[cfg(feature = "api")] "api" "messages.Dialogs" telewire::tl::api::enums::messages::Dialogs;
};

static SCHEMAS: LazyLock<[(&str, Schema); 3]> = LazyLock::new(|| {
    let schema = |text, exceptions| {
        let raw = json::parse(text).expect("a schema of this crate");
        resolve::resolve(&raw, exceptions, &[]).expect("a schema of this crate")
    };
    [
        ("mtproto", schema(MTPROTO_JSON, &Exceptions::MTPROTO)),
        ("wrappers", schema(WRAPPERS_JSON, &Exceptions::NONE)),
        ("api", schema(API_JSON, &Exceptions::NONE)),
    ]
});

/// The codecs of the schemas, in which an `Object` stays bytes, as in the generated types.
static CODECS: LazyLock<[(&str, Codec<'_>); 3]> = LazyLock::new(|| {
    SCHEMAS.each_ref().map(|(name, schema)| (*name, Codec::new(schema).with_raw_objects()))
});

static WHOLE: LazyLock<Codec<'_>> =
    LazyLock::new(|| Codec::over(SCHEMAS.iter().map(|(_, schema)| schema)));

/// The type that an input is for, and its bytes.
fn chosen(input: &[u8]) -> Option<(&'static Type, &[u8])> {
    let (first, bytes) = input.split_first()?;
    Some((TYPES.get(usize::from(*first) % TYPES.len())?, bytes))
}

/// Whether an input of `typed` is a value.
#[allow(dead_code, reason = "a test asks it, no fuzzer")]
pub(crate) fn is_read(input: &[u8]) -> bool {
    chosen(input).is_some_and(|(ty, bytes)| (ty.read)(bytes).is_ok())
}

/// The generated types and the codec of the schema refuse the same bytes, and read the others as the same value.
pub(crate) fn typed(input: &[u8]) {
    let Some((ty, bytes)) = chosen(input) else { return };
    let (_, codec) = CODECS.iter().find(|(name, _)| *name == ty.schema).expect("a schema");
    let target = codec.target(ty.name).expect("a type of the schema");
    match ((ty.read)(bytes), codec.decode_as(&target, bytes)) {
        (Ok(value), Ok(mut other)) => {
            replace_what_is_no_text(&mut other);
            assert_eq!(value.bytes(), codec.encode_as(&target, &other).expect("it was read"));
            assert!(!format!("{value:?}").is_empty());
        }
        (Err(error), Err(_)) => assert!(error.offset() <= bytes.len(), "{error}"),
        // Its budget is charged for every constructor, that of the types for those alone that can nest.
        (Ok(_), Err(error)) if error.kind() == &ErrorKind::TooDeep => {}
        (typed, dynamic) => panic!("{}: {typed:?}, {dynamic:?}", ty.name),
    }
}

/// The generated types replace what is no UTF-8; the codec keeps it.
fn replace_what_is_no_text(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.to_string_lossy().into_owned().into(),
        Value::Vector(items) => items.iter_mut().for_each(replace_what_is_no_text),
        Value::Object(object) => {
            object.fields.iter_mut().for_each(|(_, value)| replace_what_is_no_text(value));
        }
        _ => {}
    }
}

/// What is read is written as bytes that say the same, of the length that was told.
pub(crate) fn round_trip(input: &[u8]) {
    let Some((ty, bytes)) = chosen(input) else { return };
    let Ok(value) = (ty.read)(bytes) else { return };
    let written = value.bytes();
    assert_eq!(value.length(), written.len());
    let again = (ty.read)(&written).expect("it was written by the type");
    assert_eq!(again.bytes(), written);
    assert_eq!(format!("{again:?}"), format!("{value:?}"));
}

/// A value of any schema is written as bytes that are read as the same value; every byte of it is in one leaf.
pub(crate) fn dynamic(bytes: &[u8]) {
    let annotated = WHOLE.decode_annotated(bytes);
    if annotated.error.is_none() {
        let root = annotated.root.as_ref().expect("a value without an error");
        assert_eq!((root.offset, root.length), (0, bytes.len()));
    }
    let Ok(value) = annotated.into_value() else { return };
    let written = WHOLE.encode(&value).expect("it was read");
    let again = WHOLE.decode(&written).expect("it was written");
    assert_eq!(WHOLE.encode(&again).expect("it was read"), written);
}

/// However a stream is cut, its frames are the same. The first byte says of which framing it is and how it is cut.
pub(crate) fn framing(input: &[u8]) {
    let Some((first, stream)) = input.split_first() else { return };
    let kind = Framing::ALL.iter().cycle().nth(usize::from(first % 4)).expect("a cycle has no end");
    let side = if first & 4 == 0 { Side::Client } else { Side::Server };
    let size = usize::from(first >> 3) + 1;
    let whole = frames(*kind, side, stream, stream.len().max(1));
    assert_eq!(frames(*kind, side, stream, size), whole);
}

/// The frames of a stream that arrives in pieces of this size, and the error at its end.
fn frames(kind: Framing, side: Side, stream: &[u8], size: usize) -> Vec<String> {
    let mut decoder = Decoder::new(kind, side, SERVER_LIMIT);
    let mut frames = Vec::new();
    for mut piece in stream.chunks(size) {
        loop {
            match decoder.decode(&mut piece) {
                Ok(Some(frame)) => frames.push(format!("{frame:?}")),
                Ok(None) => break,
                Err(error) => {
                    frames.push(error.to_string());
                    return frames;
                }
            }
        }
        assert!(decoder.buffered_len() <= stream.len());
    }
    frames
}

/// A text is a schema or an error; a schema does not differ from itself, and its lock changes nothing in it.
pub(crate) fn schema(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let raw = if text.starts_with('{') { json::parse(&text) } else { tl_text::parse(&text) };
    let Ok(mut raw) = raw else { return };
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    let Ok(schema) = resolve::resolve(&raw, &Exceptions::NONE, &[]) else { return };
    assert_eq!(semver::impact(&schema, &schema), Impact::default());
    let lock = Lock::of(&schema);
    let printed = lock.print().expect("names are text");
    assert_eq!(Lock::parse(&printed).as_ref(), Ok(&lock));
    let again = resolve::resolve_locked(&raw, &Exceptions::NONE, &[], &lock);
    assert_eq!(again.expect("the lock is its own"), schema);
    let codec = Codec::new(&schema);
    let ids: BTreeSet<u32> = codec.definitions().iter().map(Definition::id).collect();
    assert_eq!(ids.len(), codec.definitions().len());
}
