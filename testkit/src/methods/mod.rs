//! The methods that the world answers: a file for each folder of the API, and in each an `install` that names them.
//!
//! A method is a function of the state, of who calls and of the request:
//!
//! ```text
//! fn get_full_user(state: &mut State, caller: &Caller, request: GetFullUser) -> Result<UserFull, RpcError>
//! ```
//!
//! * Who is named in a request is found by [`State::input_user`] and [`State::input_peer`], which refuse a wrong access hash.
//! * Who and what is shown goes through [`State::view`], which makes the access hashes of whoever looks and
//!   remembers who has to be brought along.
//! * What changes several parts of the state is a method of [`State`] in `world/`, in a file of its own (`world/send.rs`); a handler
//!   checks, calls it, and shows.
//! * Sending to a chat of any kind is [`State::send_all`] with the numbers that the client gave, which asks [`State::may_write`] and sends
//!   all or none; what was sent before is answered by [`State::sent_before`], and a method that sends begins with it (UM-11).
//! * What happens in a box is [`State::happen`], which keeps it and tells it; what is in no box is told by [`State::tell_all`] and
//!   [`State::tell_box`]. Edits, pins and deletions are [`State::edit`], [`State::pin`] and [`State::delete_in`], of channels too.
//! * Whoever changes what was said, or says something about it, passes [`State::check_inside`] first; how it changes is told to the
//!   boxes of [`State::copies`].
//! * Lists in requests go through [`distinct`].
//! * What bots may not call is registered with [`Registry::people`].
//! * What others are to hear of it is queued meanwhile by [`State::push`], once for each of their logins, and handed over after it.
//!   What happened in a box is an [event](crate::world::What) of it besides, so that `getDifference` tells the same.
//! * The time is [`Caller::date`], randomness [`State::random`]; there are no others.

mod account;
mod bots;
mod callbacks;
mod channels;
mod chats;
mod contacts;
mod help;
mod inline;
mod invites;
mod langpack;
mod messages;
mod photos;
mod stickers;
mod topics;
mod updates;
mod users;

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::server::{Answer, Dispatcher};
use telewire::tl::{Deserialize, Function, Serialize, api};

use crate::accounts;
use crate::world::{Caller, Context, PATIENCE, State, World, invalid};
pub(crate) use bots::checked as checked_commands;

/// Has a dispatcher answer for a world.
pub(crate) fn install(world: &World, dc: DcId, dispatcher: &mut Dispatcher) {
    let mut registry = Registry { world, dc, dispatcher };
    account::install(&mut registry);
    accounts::install(&mut registry);
    bots::install(&mut registry);
    callbacks::install(&mut registry);
    channels::install(&mut registry);
    chats::install(&mut registry);
    contacts::install(&mut registry);
    help::install(&mut registry);
    inline::install(&mut registry);
    invites::install(&mut registry);
    langpack::install(&mut registry);
    messages::install(&mut registry);
    photos::install(&mut registry);
    stickers::install(&mut registry);
    topics::install(&mut registry);
    updates::install(&mut registry);
    users::install(&mut registry);
    registry.count_the_rest();
}

/// How many of a list in a request are looked at: as many as clients name at once (`users.getUsers` and `channels.getMessages` of
/// Telethon and of Pyrogram).
pub(crate) const MAX_NAMED: usize = 200;

/// What a list in a request names: each once, in the order of the list, and no more than [`MAX_NAMED`]. All lists go through it, so
/// that a request costs and is answered as much as it names, however often it names it.
pub(crate) fn distinct<T: Copy + Eq + Hash>(
    named: impl IntoIterator<Item = T>,
) -> impl Iterator<Item = T> {
    let mut seen = HashSet::new();
    named.into_iter().filter(move |one| seen.insert(*one)).take(MAX_NAMED)
}

/// Where methods are named.
#[derive(Debug)]
pub(crate) struct Registry<'a> {
    world: &'a World,
    dc: DcId,
    dispatcher: &'a mut Dispatcher,
}

impl Registry<'_> {
    /// A method for those who are logged in.
    #[track_caller]
    pub(crate) fn on<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.answer(move |state, context, request| {
            let caller = state.caller(context)?;
            method(state, &caller, request)
        });
    }

    /// A method for people who are logged in: bots are refused with `BOT_METHOD_INVALID`.
    #[track_caller]
    pub(crate) fn people<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.answer(move |state, context, request| {
            let caller = state.caller(context)?;
            if state.is_bot(caller.me) {
                return Err(invalid("BOT_METHOD_INVALID"));
            }
            method(state, &caller, request)
        });
    }

    /// A method for people that a bot answers: what is given is the number of the question, to which
    /// [`State::answer_query`] has the answer.
    #[track_caller]
    pub(crate) fn on_query<F>(
        &mut self,
        method: fn(&mut State, &Caller, F) -> Result<i64, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        let (world, dc) = (self.world.clone(), self.dc);
        self.dispatcher.on_token(move |caller, request: F| {
            let context = Context::new(dc, caller);
            let asked = world.with(|state| {
                let context = state.at(context);
                let refusal = state.auth.refusals.get_mut(&F::ID).and_then(VecDeque::pop_front);
                refusal.map_or(Ok(()), Err)?;
                let caller = state.caller(&context)?;
                if state.is_bot(caller.me) {
                    return Err(invalid("BOT_METHOD_INVALID"));
                }
                state.auth.seen(&context);
                method(state, &caller, request)
            });
            match asked {
                Ok(query) => Answer::Later {
                    token: query.cast_unsigned(),
                    within: PATIENCE,
                    otherwise: invalid("BOT_RESPONSE_TIMEOUT"),
                },
                Err(error) => Answer::Now(Err(error)),
            }
        });
    }

    /// A method that anybody may call.
    #[track_caller]
    pub(crate) fn open<F>(
        &mut self,
        method: fn(&mut State, &Context, &F) -> Result<F::Return, RpcError>,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        self.answer(move |state, context, request: F| method(state, context, &request));
    }

    #[track_caller]
    fn answer<F>(
        &mut self,
        method: impl Fn(&mut State, &Context, F) -> Result<F::Return, RpcError> + Send + 'static,
    ) where
        F: Function + Deserialize + 'static,
        F::Return: Serialize + 'static,
    {
        let (world, dc) = (self.world.clone(), self.dc);
        self.dispatcher.on(move |caller, request: F| {
            let context = Context::new(dc, caller);
            world.with(|state| {
                let context = state.at(context);
                let refusal = state.auth.refusals.get_mut(&F::ID).and_then(VecDeque::pop_front);
                let answer = match refusal {
                    Some(refusal) => Err(refusal),
                    None => method(state, &context, request),
                };
                // After it, since it may have been the login.
                state.auth.seen(&context);
                answer
            })
        });
    }

    /// What is not modelled is refused as what Telegram does not have, and counted.
    fn count_the_rest(&mut self) {
        let world = self.world.clone();
        self.dispatcher.otherwise(move |_, id, _| {
            let name = api::name_of(id).map_or_else(|| format!("{id:#010x}"), str::to_owned);
            world.with(|state| state.count_unmodelled(&name));
            Err(invalid("INPUT_METHOD_INVALID"))
        });
    }
}

impl State {
    /// Whoever is logged in where a call came from.
    fn caller(&self, context: &Context) -> Result<Caller, RpcError> {
        let me = self.login(context.key)?;
        let by = self.auth.logins.get(&context.key).map_or(context.key, |login| login.by);
        Ok(Caller { me, by, context: *context })
    }
}
