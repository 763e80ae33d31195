//! Clients of other layers of the API: what they say and what they are told passes through a [`Translator`].
//!
//! ```text
//!  invokeWithLayer(158, f) ── read_call ──> f of the handlers' layer ── Dispatcher ── write_result ──> rpc_result of layer 158
//!                                                          DataCentre::push ── write_update ──> an update of layer 158
//! ```

use std::borrow::Cow;
use std::fmt;

use crate::rpc::RpcError;
use crate::server::Strictness;

/// Stands between the layer of the API that handlers are written in and the layers that clients speak.
///
/// The data centre notes which layer that is. A call has the layer of the `invokeWithLayer` around it. Without one it has that of
/// the key it came with, as a push has: the layer of the last
/// [`initConnection`](https://core.telegram.org/method/initConnection), or of the last call, until there is one. A temporary key
/// that nothing was said with has the layer of the key that it acts for. A client that never says its layer speaks the handlers'.
///
/// The bytes of a call come from a stranger: to read them must not panic, and must take no more than some multiple of their number.
pub trait Translator: fmt::Debug + Send {
    /// Whether clients of a layer are answered. Others get `CONNECTION_LAYER_INVALID`, as Telegram says it.
    fn knows(&self, layer: i32) -> bool;

    /// A function that a client of a layer called, without what wraps it, as handlers read it.
    ///
    /// What is not known is best given back as it is: there may be a handler for it, and if there is none, the client is told.
    ///
    /// # Errors
    ///
    /// What the client is told instead of a result.
    fn read_call<'b>(
        &mut self,
        layer: i32,
        call: &'b [u8],
        strictness: Strictness,
    ) -> Result<Cow<'b, [u8]>, RpcError>;

    /// The result of a function, for a client of a layer. `function` is the id that the client called it by.
    ///
    /// # Errors
    ///
    /// What the client is told if the layer has nothing like it.
    fn write_result<'b>(
        &mut self,
        layer: i32,
        function: u32,
        result: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, RpcError>;

    /// Something that nobody asked for, an update say, for a client of a layer. `None` if the layer has nothing like it: it is
    /// not sent.
    fn write_update<'b>(&mut self, layer: i32, update: &'b [u8]) -> Option<Cow<'b, [u8]>>;
}

/// The layer that a key's client speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spoken {
    /// What `initConnection` said last.
    saved: Option<i32>,
    /// What any call said last.
    last: Option<i32>,
}

impl Spoken {
    /// Notes what a call said, and whether it was with `initConnection`.
    pub(super) fn note(&mut self, layer: i32, initialises: bool) {
        self.last = Some(layer);
        if initialises {
            self.saved = Some(layer);
        }
    }

    pub(super) fn layer(self) -> Option<i32> {
        self.saved.or(self.last)
    }
}

/// What a client of a layer that nobody knows is told.
pub(super) fn unknown_layer() -> RpcError {
    RpcError::parse(400, "CONNECTION_LAYER_INVALID")
}
