//! What a data centre answers to the functions of an API: a handler for each.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::path::Path;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::crypto::KeyId;
use crate::ids::SessionId;
use crate::map::IdMap;
use crate::message_id::MessageId;
use crate::rpc::RpcError;
use crate::server::inflate::{Inflater, Refusal};
use crate::server::service::message::constructor;
use crate::server::translator::Translator;
use crate::server::{Strictness, forms, translator};
use crate::time::Now;
use crate::tl::mtproto::types::GzipPacked;
use crate::tl::wrap::functions as wrap;
use crate::tl::{DecodeError, Deserialize, Function, Identifiable, Object, Serialize};

#[cfg(test)]
mod tests;

/// Who calls, and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The key; for a temporary one that is bound, the permanent one.
    pub key: KeyId,
    /// The session.
    pub session: SessionId,
    /// The moment.
    pub now: Now,
    /// The layer that the client said it speaks with this call.
    pub layer: Option<i32>,
    /// Whether the session is to get updates: `invokeWithoutUpdates` says that it is not.
    pub wants_updates: bool,
}

type Handler = Box<dyn FnMut(&Caller, &[u8], Strictness) -> Reply + Send>;

/// What answers the functions that have no handler: it is given the function's constructor and the whole function.
type Otherwise = Box<dyn FnMut(&Caller, u32, &[u8]) -> Result<Vec<u8>, RpcError> + Send>;

/// What a handler answers that need not answer at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// At once.
    Now(Result<T, RpcError>),
    /// When [`DataCentre::answer`](crate::server::DataCentre::answer) is called with the token. Until then the request is being
    /// processed.
    Later {
        /// By which the answer finds the call. Of two calls that wait with one token, the later one gets it.
        token: u64,
        /// How long it waits.
        within: Duration,
        /// What it is answered with then; and at once, if too many calls of the session wait.
        otherwise: RpcError,
    },
}

/// What a handler answers, and when.
#[derive(Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) after: Duration,
    /// By which another answer may come sooner.
    pub(super) token: Option<u64>,
    pub(super) result: Result<Vec<u8>, RpcError>,
}

impl Reply {
    pub(super) fn now(result: Result<Vec<u8>, RpcError>) -> Self {
        Self { after: Duration::ZERO, token: None, result }
    }
}

/// The handlers of a data centre, by function.
///
/// ```
/// use telewire::server::Dispatcher;
/// use telewire::tl::mtproto::{functions::Ping, types::Pong};
///
/// let mut dispatcher = Dispatcher::new();
/// dispatcher.on(|_caller, ping: Ping| Ok(Pong { msg_id: 0, ping_id: ping.ping_id }));
/// ```
#[derive(Default)]
pub struct Dispatcher {
    handlers: IdMap<u32, Set<Handler>>,
    otherwise: Option<Set<Otherwise>>,
    compress_from: Option<usize>,
    has_zlib_headers: bool,
    scripts_bindings: bool,
    translator: Option<Set<Box<dyn Translator>>>,
}

/// What a user wrote, and where it was set. It runs by [`caught`](Self::caught) alone: what panics there must not poison the lock of
/// the data centre, nor leave a call without an answer.
struct Set<T> {
    what: T,
    place: &'static Location<'static>,
}

impl<T> Set<T> {
    #[track_caller]
    fn new(what: T) -> Self {
        Self { what, place: Location::caller() }
    }

    /// What it left half done is its own; the data centre has no part in it.
    fn caught<R>(&mut self, run: impl FnOnce(&mut T) -> R) -> Result<R, RpcError> {
        let place = self.place;
        catch_unwind(AssertUnwindSafe(|| run(&mut self.what))).map_err(|_| panicked(place))
    }
}

impl Dispatcher {
    /// Answers every function with `INPUT_METHOD_INVALID`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is a handler for a function.
    pub(super) fn handles(&self, id: u32) -> bool {
        self.handlers.contains_key(&id)
    }

    /// Whether bindings are a script's.
    pub(super) fn scripts_bindings(&self) -> bool {
        self.scripts_bindings
    }

    /// Leaves bindings of temporary keys to their handler alone, valid or not, and lets keys be used without: a script for
    /// tests of clients.
    pub fn script_bindings(&mut self) {
        self.scripts_bindings = true;
    }

    /// Answers a function by a handler. The one set last counts. Bindings of temporary keys are verified by the data centre
    /// itself. If there is a handler for them, it is asked about those that are valid, and binds no key unless it says true.
    ///
    /// A handler runs while the data centre is locked, so it must not lock it. One that panics has answered with the error 500
    /// `HANDLER_PANICKED`, and the file and line where it was set; so has what is set by [`otherwise`](Self::otherwise) and
    /// [`translate_with`](Self::translate_with).
    #[track_caller]
    pub fn on<F>(
        &mut self,
        mut handler: impl FnMut(&Caller, F) -> Result<F::Return, RpcError> + Send + 'static,
    ) where
        F: Function + Deserialize,
        F::Return: Serialize,
    {
        self.on_later(move |caller, request| (Duration::ZERO, handler(caller, request)));
    }

    /// As [`on`](Self::on), but the answer is held back for as long as the handler says. Until then the request is being
    /// processed.
    #[track_caller]
    pub fn on_later<F>(
        &mut self,
        mut handler: impl FnMut(&Caller, F) -> (Duration, Result<F::Return, RpcError>) + Send + 'static,
    ) where
        F: Function + Deserialize,
        F::Return: Serialize,
    {
        self.insert(move |caller, request| {
            let (after, result) = handler(caller, request);
            Reply { after, token: None, result: result.map(|answer| answer.to_bytes()) }
        });
    }

    /// As [`on`](Self::on), but the answer may come later, from outside of the handler: it gives a token instead, and whoever drives
    /// the data centre calls [`DataCentre::answer`](crate::server::DataCentre::answer) with it.
    #[track_caller]
    pub fn on_token<F>(
        &mut self,
        mut handler: impl FnMut(&Caller, F) -> Answer<F::Return> + Send + 'static,
    ) where
        F: Function + Deserialize,
        F::Return: Serialize,
    {
        self.insert(move |caller, request| match handler(caller, request) {
            Answer::Now(result) => Reply::now(result.map(|answer| answer.to_bytes())),
            Answer::Later { token, within, otherwise } => {
                Reply { after: within, token: Some(token), result: Err(otherwise) }
            }
        });
    }

    #[track_caller]
    fn insert<F>(&mut self, mut handler: impl FnMut(&Caller, F) -> Reply + Send + 'static)
    where
        F: Function + Deserialize,
    {
        let handler = move |caller: &Caller, body: &[u8], strictness| match read(body, strictness) {
            Ok(request) => handler(caller, request),
            Err(_) => Reply::now(Err(invalid("INPUT_REQUEST_INVALID"))),
        };
        self.handlers.insert(F::ID, Set::new(Box::new(handler)));
    }

    /// Answers the functions that have no handler, instead of with `INPUT_METHOD_INVALID`: `handler` is given the constructor of
    /// the function and all its bytes, and gives the bytes of the answer.
    #[track_caller]
    pub fn otherwise(
        &mut self,
        handler: impl FnMut(&Caller, u32, &[u8]) -> Result<Vec<u8>, RpcError> + Send + 'static,
    ) {
        self.otherwise = Some(Set::new(Box::new(handler)));
    }

    /// Answers a function that is given as bytes, with its wrappers, as a data centre would that is asked for nothing else: for
    /// tests of handlers without keys and sessions. The answer comes at once, even where a data centre holds it back, and what the
    /// function is to run after is not waited for.
    ///
    /// # Errors
    ///
    /// What the handler or the translator says, what is said of one that panics (`HANDLER_PANICKED`), and what a data centre says to
    /// functions that it cannot read or does not have: `INPUT_FETCH_ERROR`, `INPUT_REQUEST_INVALID`, `INPUT_REQUEST_TOO_LONG`,
    /// `INPUT_METHOD_INVALID`, and `CONNECTION_LAYER_INVALID` for a layer that the translator does not know.
    pub fn answer(&mut self, caller: Caller, function: &[u8]) -> Result<Vec<u8>, RpcError> {
        let (Peeled { caller, layer, id, query, .. }, _) =
            Peeled::new(caller, function, &mut Inflater::new())?;
        if let Some(layer) = layer {
            self.expect_layer(layer)?;
        }
        self.call_by_layer(&caller, layer, id, query.as_bytes(), Strictness::Strict).result
    }

    /// Sends results of so many bytes and more compressed, if that makes them smaller. By default none is.
    pub fn compress_from(&mut self, bytes: usize) {
        self.compress_from = Some(bytes);
    }

    /// What is compressed has zlib's header from now on, instead of gzip's: what reads `gzip_packed` should take both.
    pub fn compress_with_zlib_headers(&mut self) {
        self.has_zlib_headers = true;
    }

    /// Serves clients of other layers than the one that the handlers are written in. Without a translator, each is given what the
    /// handlers read and say, whatever layer it speaks.
    #[track_caller]
    pub fn translate_with(&mut self, translator: impl Translator + 'static) {
        self.translator = Some(Set::new(Box::new(translator)));
    }

    /// Refuses clients of a layer that is not answered.
    pub(super) fn expect_layer(&mut self, layer: i32) -> Result<(), RpcError> {
        let Some(translator) = &mut self.translator else { return Ok(()) };
        let is_known = translator.caught(|translator| translator.knows(layer))?;
        if is_known { Ok(()) } else { Err(translator::unknown_layer()) }
    }

    /// What is pushed, for a client of a layer; `None` if that has nothing like it, or the translator panics.
    pub(super) fn update_for(&mut self, layer: i32, update: Vec<u8>) -> Option<Vec<u8>> {
        let write = |translator: &mut dyn Translator, update: &[u8]| {
            Ok(translator.write_update(layer, update).map(Cow::into_owned))
        };
        self.written(update, write).ok().flatten()
    }

    /// Something for a client of another layer. What came compressed is so again.
    fn written(
        &mut self,
        data: Vec<u8>,
        write: impl FnOnce(&mut dyn Translator, &[u8]) -> Result<Option<Vec<u8>>, RpcError>,
    ) -> Result<Option<Vec<u8>>, RpcError> {
        let Some(translator) = &mut self.translator else { return Ok(Some(data)) };
        if constructor(&data) != GzipPacked::ID {
            return translator.caught(|translator| write(&mut **translator, &data))?;
        }
        // What is no gzip may be meant so, to try a client with.
        let Ok(inner) = Inflater::new().inflate(&data) else { return Ok(Some(data)) };
        let Some(written) = translator.caught(|translator| write(&mut **translator, &inner))??
        else {
            return Ok(None);
        };
        Ok(Some(match self.compressed(&written) {
            Some(packed_data) => GzipPacked { packed_data: packed_data.into() }.to_bytes(),
            None => written,
        }))
    }

    /// A result as it is sent.
    pub(super) fn packed(&self, result: Vec<u8>) -> Object {
        let is_large = self.compress_from.is_some_and(|from| result.len() >= from);
        let packed = if is_large { self.compressed(&result) } else { None };
        match packed.filter(|packed| packed.len() < result.len()) {
            Some(packed_data) => Object::new(&GzipPacked { packed_data: packed_data.into() }),
            None => Object::from(result),
        }
    }

    /// `None` never comes: writing to memory cannot fail.
    fn compressed(&self, data: &[u8]) -> Option<Vec<u8>> {
        let level = Compression::fast();
        let packed: io::Result<Vec<u8>> = if self.has_zlib_headers {
            let mut encoder = ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(data).and_then(|()| encoder.finish())
        } else {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            encoder.write_all(data).and_then(|()| encoder.finish())
        };
        packed.ok()
    }

    /// Answers a function that a client of a layer called, as that layer has it. A client whose layer is not known speaks the
    /// handlers'.
    pub(super) fn call_by_layer(
        &mut self,
        caller: &Caller,
        layer: Option<i32>,
        id: u32,
        body: &[u8],
        strictness: Strictness,
    ) -> Reply {
        let (Some(layer), Some(translator)) = (layer, &mut self.translator) else {
            return self.call(caller, id, body, strictness);
        };
        let read = translator.caught(|translator| translator.read_call(layer, body, strictness));
        let body = match read.and_then(|body| body) {
            Ok(body) => body,
            Err(error) => return Reply::now(Err(error)),
        };
        let own_id = constructor(&body);
        let Reply { after, token, result } = self.call(caller, own_id, &body, strictness);
        Reply { after, token, result: self.result_for(Some(layer), id, result) }
    }

    /// A result of a function, for a client of a layer.
    pub(super) fn result_for(
        &mut self,
        layer: Option<i32>,
        function: u32,
        result: Result<Vec<u8>, RpcError>,
    ) -> Result<Vec<u8>, RpcError> {
        let Some(layer) = layer else { return result };
        let write = |translator: &mut dyn Translator, result: &[u8]| {
            translator.write_result(layer, function, result).map(|result| Some(result.into_owned()))
        };
        // To a result something is said always.
        Ok(self.written(result?, write)?.unwrap_or_default())
    }

    /// Answers a function that is given as bytes, without wrappers.
    pub(super) fn call(
        &mut self,
        caller: &Caller,
        id: u32,
        body: &[u8],
        strictness: Strictness,
    ) -> Reply {
        let reply = match (self.handlers.get_mut(&id), &mut self.otherwise) {
            (Some(handler), _) => handler.caught(|handler| handler(caller, body, strictness)),
            (None, Some(otherwise)) => {
                otherwise.caught(|otherwise| Reply::now(otherwise(caller, id, body)))
            }
            (None, None) => Err(invalid("INPUT_METHOD_INVALID")),
        };
        reply.unwrap_or_else(|error| Reply::now(Err(error)))
    }
}

/// A function whose wrappers were taken off.
#[derive(Debug)]
pub(super) struct Peeled {
    /// Who calls, with what the wrappers said of that.
    pub(super) caller: Caller,
    /// The layer that the function is in: what the wrappers said of that, or the client before.
    pub(super) layer: Option<i32>,
    /// Whether the client said with it what it is.
    pub(super) initialises: bool,
    /// The function's constructor.
    pub(super) id: u32,
    /// The function.
    pub(super) query: Object,
}

impl Peeled {
    /// Gives the messages too that it is to run after.
    pub(super) fn new(
        mut caller: Caller,
        body: &[u8],
        inflater: &mut Inflater,
    ) -> Result<(Self, Vec<MessageId>), RpcError> {
        let mut query = Object::from(body.to_vec());
        let mut after = Vec::new();
        let mut initialises = false;
        for _ in 0..MAX_WRAPPERS {
            let id = query.id().ok_or_else(|| invalid("INPUT_FETCH_ERROR"))?;
            initialises |= id == wrap::InitConnection::<Object>::ID;
            match unwrap(id, &query, &mut caller, &mut after, inflater)? {
                Some(inner) => query = inner,
                None => {
                    let layer = caller.layer;
                    return Ok((Self { caller, layer, initialises, id, query }, after));
                }
            }
        }
        Err(invalid("INPUT_REQUEST_TOO_LONG"))
    }
}

/// How many wrappers may be around a function, compression among them. Clients use four.
const MAX_WRAPPERS: usize = 8;

/// What is inside of a wrapper; `None` for a function of its own.
fn unwrap(
    id: u32,
    query: &Object,
    caller: &mut Caller,
    after: &mut Vec<MessageId>,
    inflater: &mut Inflater,
) -> Result<Option<Object>, RpcError> {
    macro_rules! inner {
        ($wrapper:ident) => {
            query.decode::<wrap::$wrapper<Object>>().map_err(|_| invalid("INPUT_FETCH_ERROR"))?
        };
    }
    Ok(match id {
        wrap::InvokeWithLayer::<Object>::ID => {
            let wrapper = inner!(InvokeWithLayer);
            caller.layer = Some(wrapper.layer);
            Some(wrapper.query)
        }
        wrap::InitConnection::<Object>::ID => Some(inner!(InitConnection).query),
        wrap::InvokeWithoutUpdates::<Object>::ID => {
            caller.wants_updates = false;
            Some(inner!(InvokeWithoutUpdates).query)
        }
        wrap::InvokeAfterMsg::<Object>::ID => {
            let wrapper = inner!(InvokeAfterMsg);
            after.push(MessageId(wrapper.msg_id));
            Some(wrapper.query)
        }
        wrap::InvokeAfterMsgs::<Object>::ID => {
            let wrapper = inner!(InvokeAfterMsgs);
            after.extend(wrapper.msg_ids.into_iter().map(MessageId));
            Some(wrapper.query)
        }
        // mtcute, TDLib and Telethon compress what is inside of the wrappers.
        GzipPacked::ID => Some(inflated(query, inflater)?),
        _ => api_wrapper(id, query)?,
    })
}

/// What is inside of `gzip_packed`, which is none again: nothing is gained by packing twice.
fn inflated(query: &Object, inflater: &mut Inflater) -> Result<Object, RpcError> {
    let data = inflater.inflate(query.as_bytes()).map_err(|refusal| match refusal {
        Refusal::Malformed => invalid("INPUT_FETCH_ERROR"),
        Refusal::TooLarge => invalid("INPUT_REQUEST_TOO_LONG"),
    })?;
    let query = Object::from(data);
    if query.id() == Some(GzipPacked::ID) {
        return Err(invalid("INPUT_FETCH_ERROR"));
    }
    Ok(query)
}

/// What is inside of a wrapper of the API, of which nothing depends here.
#[cfg(feature = "api")]
fn api_wrapper(id: u32, query: &Object) -> Result<Option<Object>, RpcError> {
    use crate::tl::api::functions as api;
    macro_rules! inner {
        ($($wrapper:ident),*) => {
            match id {
                $(api::$wrapper::<Object>::ID => {
                    let wrapper = query.decode::<api::$wrapper<Object>>();
                    Some(wrapper.map_err(|_| invalid("INPUT_FETCH_ERROR"))?.query)
                })*
                _ => None,
            }
        };
    }
    Ok(inner!(
        InvokeWithMessagesRange,
        InvokeWithTakeout,
        InvokeWithBusinessConnection,
        InvokeWithGooglePlayIntegrity,
        InvokeWithApnsSecret,
        InvokeWithReCaptcha
    ))
}

/// Without the types of the API its wrappers are not known.
#[cfg(not(feature = "api"))]
fn api_wrapper(_: u32, _: &Object) -> Result<Option<Object>, RpcError> {
    Ok(None)
}

/// Reads a function.
fn read<F: Deserialize>(body: &[u8], strictness: Strictness) -> Result<F, DecodeError> {
    if strictness.is_lenient() { forms::read(body) } else { F::from_bytes(body) }
}

/// The place names the handler: what it said is told where panics are. The folders that it was built in are no client's affair.
fn panicked(place: &Location<'_>) -> RpcError {
    let file = Path::new(place.file()).file_name().unwrap_or_default().to_string_lossy();
    let name = format!("HANDLER_PANICKED: the one of {file}:{}", place.line());
    RpcError { code: 500, name, value: None }
}

fn invalid(name: &str) -> RpcError {
    RpcError::parse(400, name)
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dispatcher({} functions)", self.handlers.len())
    }
}
