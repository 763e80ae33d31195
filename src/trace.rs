//! Events for [`tracing`](https://docs.rs/tracing), behind the feature of that name. They carry ids, names and times;
//! never a key, and never the content of a message.

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

/// The name of the constructor or function that these bytes begin with, as the schemas write it.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only events need it"))]
pub(crate) fn name(body: &[u8]) -> &'static str {
    let Some(id) = body.first_chunk::<4>().map(|id| u32::from_le_bytes(*id)) else { return "" };
    let name = crate::tl::mtproto::name_of(id).or_else(|| crate::tl::wrap::name_of(id));
    #[cfg(feature = "api")]
    let name = name.or_else(|| crate::tl::api::name_of(id));
    name.unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tl::Serialize;

    #[test]
    fn a_name_is_that_of_the_schema() {
        let ping = crate::tl::mtproto::functions::Ping { ping_id: 1 };
        assert_eq!(name(&ping.to_bytes()), "ping");
        assert_eq!((name(&[1, 2, 3, 4]), name(&[1])), ("", ""));
    }
}
