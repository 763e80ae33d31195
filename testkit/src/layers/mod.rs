//! Clients of any layer of the API from 135 to 230, in front of handlers that are written in layer 230.
//!
//! ```
//! use telewire::server::Dispatcher;
//! use telewire_testkit::layers::AnyLayer;
//!
//! let mut dispatcher = Dispatcher::new();
//! dispatcher.translate_with(AnyLayer);
//! ```
//!
//! What a client sends is read by its layer, and what it is sent is written in it, by the rules of
//! [`telewire_codegen::dynamic::translate`]: parameters that are not there are left out, those that are missing are empty, a
//! constructor that is not there becomes the nearest one, or is dropped. What both layers say with the same bytes passes as it is.
//!
//! | a client | gets |
//! | --- | --- |
//! | of a layer that nobody has a copy of | the next lower one |
//! | of a layer before 135 or after 230 | `CONNECTION_LAYER_INVALID`, as Telegram answers what it does not know |
//! | that calls a function its layer has not | the layer that has it last, for the call; what it is answered is of its own |
//! | that calls what no layer has, or none since | `INPUT_METHOD_INVALID`, unless there is a handler for it |
//! | whose call is not what its layer says | `INPUT_REQUEST_INVALID` |
//! | that would have to be told what its layer cannot say | `UPDATE_APP_TO_LOGIN` for what belongs to a login, else `INPUT_LAYER_INVALID`; of updates, nothing |
//!
//! Nothing is done about a layer before the first client of it: then its schema is made, once in a process, which takes less than a
//! tenth of a second and 2 to 7 MiB, and for the newest 12 MiB. Of a data centre to which strangers come, all layers would be 400 MiB.

mod known;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use telewire::rpc::RpcError;
use telewire::server::forms::{Misplaced, reread};
use telewire::server::{Strictness, Translator};
use telewire_codegen::dynamic::{
    self, Codec, Definition, Error, ErrorKind, Target, TranslateError, Value, translate,
    translate_as,
};

use known::Layer;

/// Serves clients of the layers 135 to 230, with handlers of layer 230.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyLayer;

/// The most bytes of a call that has to be translated. The largest that clients send, half a MiB of a file, does not have to be. A
/// value takes up to 64 times its bytes while it is translated (TL-20), so that no more than 16 MiB are taken at a time.
const MAX_CALL: usize = 256 << 10;

/// How many bytes of a call are read again at most, with forms of other types replaced: 200 users, as many as can be invited at
/// once, are within it. It takes some 30 ms.
const REREAD: usize = 1 << 20;

impl Translator for AnyLayer {
    fn knows(&self, layer: i32) -> bool {
        known::has(layer)
    }

    fn read_call<'b>(
        &mut self,
        layer: i32,
        call: &'b [u8],
        strictness: Strictness,
    ) -> Result<Cow<'b, [u8]>, RpcError> {
        let as_it_is = Ok(Cow::Borrowed(call));
        let Some(id) = call.first_chunk().map(|id| u32::from_le_bytes(*id)) else {
            return as_it_is;
        };
        // What nobody knows, or handlers read anyway, needs no schema.
        let latest = known::latest_with_id(id);
        if latest.is_none_or(|latest| known::is_newest(latest) && known::is_newest(layer)) {
            return as_it_is;
        }
        let (Some(client), Some(newest)) = (known::layer(layer), known::newest()) else {
            return as_it_is;
        };
        let Some(by) = reader(client, id) else { return as_it_is };
        if by.is(newest) || by.common.has_call(id) {
            return as_it_is;
        }
        if call.len() > MAX_CALL {
            return Err(refused("INPUT_REQUEST_TOO_LONG"));
        }
        let invalid = || refused("INPUT_REQUEST_INVALID");
        let value = read(&by.codec, call, strictness).map_err(|_| invalid())?;
        match translate(&value, &by.codec, &newest.codec) {
            Ok(value) => newest.codec.encode(&value).map(Cow::Owned).map_err(|_| invalid()),
            // It was given up: only a handler of one's own can know it.
            Err(TranslateError::NoDefinition { .. }) => as_it_is,
            Err(TranslateError::TooLarge) => Err(refused("INPUT_REQUEST_TOO_LONG")),
            Err(_) => Err(invalid()),
        }
    }

    fn write_result<'b>(
        &mut self,
        layer: i32,
        function: u32,
        result: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, RpcError> {
        let as_it_is = Ok(Cow::Borrowed(result));
        if known::is_newest(layer) {
            return as_it_is;
        }
        let (Some(client), Some(newest)) = (known::layer(layer), known::newest()) else {
            return as_it_is;
        };
        if client.common.has_result(function) {
            return as_it_is;
        }
        // What is answered by a handler of one's own, in a way of its own, is left alone.
        let Some(Answer { name, ours, theirs }) = answer(client, newest, function) else {
            return as_it_is;
        };
        let Ok(value) = newest.codec.decode_as(&ours, result) else { return as_it_is };
        let made = translate_as(&value, &newest.codec, &client.codec, &theirs).ok();
        let bytes = made.and_then(|value| client.codec.encode_as(&theirs, &value).ok());
        bytes.map(Cow::Owned).ok_or_else(|| unsaid(name))
    }

    fn write_update<'b>(&mut self, layer: i32, update: &'b [u8]) -> Option<Cow<'b, [u8]>> {
        let as_it_is = Some(Cow::Borrowed(update));
        if known::is_newest(layer) {
            return as_it_is;
        }
        let (Some(client), Some(newest)) = (known::layer(layer), known::newest()) else {
            return as_it_is;
        };
        let Ok(value) = newest.codec.decode(update) else { return as_it_is };
        let value = translate(&value, &newest.codec, &client.codec).ok()?;
        client.codec.encode(&value).ok().map(Cow::Owned)
    }
}

/// The layer that a call is read by: the client's, or if that has no such function, the last one that has it.
fn reader(client: &'static Layer, id: u32) -> Option<&'static Layer> {
    let has = |layer: &&Layer| function(&layer.codec, id).is_some();
    let latest = || known::layer(known::latest_with_id(id)?).filter(has);
    Some(client).filter(has).or_else(latest)
}

fn function(codec: &Codec<'static>, id: u32) -> Option<Definition<'static>> {
    codec.with_id(id).iter().find(|definition| definition.is_function()).copied()
}

/// What a function is answered with.
struct Answer {
    /// Its name in the newest layer.
    name: &'static str,
    /// In the newest layer.
    ours: Target<'static>,
    /// In the client's.
    theirs: Target<'static>,
}

fn answer(client: &'static Layer, newest: &'static Layer, id: u32) -> Option<Answer> {
    let called = function(&reader(client, id)?.codec, id)?;
    let own = dynamic::function(called.name(), &newest.codec)?;
    let ours = newest.codec.result_of(own.name()).ok()?;
    // A client that calls what its layer has not knows the type perhaps.
    let theirs = dynamic::function(called.name(), &client.codec);
    let theirs = theirs.and_then(|function| client.codec.result_of(function.name()).ok());
    let theirs = theirs.or_else(|| client.codec.target(own.ty()).ok())?;
    Some(Answer { name: own.name(), ours, theirs })
}

/// Reads a call, with forms of other types where those are taken.
fn read(codec: &Codec<'_>, call: &[u8], strictness: Strictness) -> Result<Value, Error> {
    match strictness {
        Strictness::Strict => codec.decode(call),
        Strictness::Lenient => reread(call, REREAD, |call| codec.decode(call), misplaced),
    }
}

fn misplaced(error: &Error) -> Option<Misplaced<'_>> {
    match error.kind() {
        ErrorKind::UnexpectedId { id, expected, .. } => {
            Some(Misplaced { offset: error.offset(), id: *id, expected })
        }
        _ => None,
    }
}

fn refused(name: &str) -> RpcError {
    RpcError::parse(400, name)
}

/// What a client is told that cannot be told the answer.
fn unsaid(function: &str) -> RpcError {
    match function.starts_with("auth.") {
        true => RpcError::parse(406, "UPDATE_APP_TO_LOGIN"),
        false => refused("INPUT_LAYER_INVALID"),
    }
}
