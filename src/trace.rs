//! Events for [`tracing`](https://docs.rs/tracing), behind the feature of that name. They carry ids, names and times;
//! never a key, and never the content of a message.

use crate::tl::wrap::functions::{InitConnection, InvokeWithLayer, InvokeWithoutUpdates};
use crate::tl::{Identifiable, Object, Reader};

/// `trace!(level, field = value, …; "what happened")`: an event, or nothing without the feature.
macro_rules! trace {
    ($level:ident, $($field:ident = $value:expr),* ; $what:literal) => {{
        #[cfg(feature = "tracing")]
        tracing::$level!(target: "telewire", $($field = $value,)* $what);
        #[cfg(not(feature = "tracing"))]
        {
            $(let _ = || { let _ = &$value; };)*
        }
    }};
}

pub(crate) use trace;

/// `in_span!(level, "what", field = value, …; future)`: the future, with a span around it whenever it runs.
#[cfg(feature = "net")]
macro_rules! in_span {
    ($level:ident, $what:literal, $($field:ident = $value:expr),* ; $future:expr) => {{
        #[cfg(feature = "tracing")]
        {
            let span = tracing::$level!(target: "telewire", $what, $($field = $value),*);
            tracing::Instrument::instrument($future, span)
        }
        #[cfg(not(feature = "tracing"))]
        {
            $(let _ = || { let _ = &$value; };)*
            $future
        }
    }};
}

#[cfg(feature = "net")]
pub(crate) use in_span;

/// How many wrappers are looked into: a client uses three.
const MAX_WRAPPERS: usize = 4;

/// The name of the constructor or function that these bytes begin with, as the schemas write it; of the function inside, if it is
/// a wrapper that says who calls or what the session is for.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only events need it"))]
pub(crate) fn name(mut body: &[u8]) -> &'static str {
    for _ in 0..MAX_WRAPPERS {
        let Some(query) = query(body) else { break };
        body = query;
    }
    let Some(id) = constructor(body) else { return "" };
    let name = crate::tl::mtproto::name_of(id).or_else(|| crate::tl::wrap::name_of(id));
    #[cfg(feature = "api")]
    let name = name.or_else(|| crate::tl::api::name_of(id));
    name.unwrap_or("")
}

fn constructor(body: &[u8]) -> Option<u32> {
    body.first_chunk::<4>().map(|id| u32::from_le_bytes(*id))
}

/// What is inside of a wrapper.
///
/// ```tl
/// invokeWithoutUpdates#bf9459b7 {X:Type} query:!X = X;
/// invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;
/// initConnection#c1cd5ea9 {X:Type} flags:# api_id:int device_model:string system_version:string app_version:string
///     system_lang_code:string lang_pack:string lang_code:string proxy:flags.0?InputClientProxy params:flags.1?JSONValue
///     query:!X = X;
/// ```
fn query(body: &[u8]) -> Option<&[u8]> {
    match constructor(body)? {
        InvokeWithoutUpdates::<Object>::ID => body.get(4..),
        InvokeWithLayer::<Object>::ID => body.get(8..),
        InitConnection::<Object>::ID => {
            let mut reader = Reader::new(body.get(4..)?);
            let (flags, _api_id) = (reader.int(), reader.int());
            for _ in 0..6 {
                reader.byte_slice();
            }
            // Of a proxy nobody is told here.
            (flags == 0 && reader.check().is_ok()).then(|| reader.remaining())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::Serialize;
    use crate::tl::mtproto::functions::Ping;

    #[test]
    fn a_name_is_that_of_the_schema() {
        assert_eq!(name(&Ping { ping_id: 1 }.to_bytes()), "ping");
        assert_eq!((name(&[1, 2, 3, 4]), name(&[1])), ("", ""));
    }

    #[test]
    fn a_function_is_named_and_not_what_is_around_it() {
        let init = InitConnection {
            api_id: 1,
            device_model: "model".into(),
            system_version: String::new(),
            app_version: "1".into(),
            system_lang_code: "en".into(),
            lang_pack: String::new(),
            lang_code: "en".into(),
            proxy: None,
            params: None,
            query: InvokeWithoutUpdates { query: Ping { ping_id: 1 } },
        };
        let whole = InvokeWithLayer { layer: 1, query: init }.to_bytes();
        assert_eq!(name(&whole), "ping");
        // Cut short it is named by what is left of it.
        for cut in 0..whole.len() - 8 {
            assert_ne!(name(&whole[..cut]), "ping", "{cut}");
        }
        let mut deep = Ping { ping_id: 1 }.to_bytes();
        for _ in 0..1_000 {
            deep = InvokeWithoutUpdates { query: Object::from(deep) }.to_bytes();
        }
        assert_eq!(name(&deep), "invokeWithoutUpdates");
    }
}
