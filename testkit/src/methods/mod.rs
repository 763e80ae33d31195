//! The methods that the world answers: a file for each folder of the API, and in each an `install` that names them.
//!
//! A method is a function of the state, of who calls and of the request:
//!
//! ```text
//! fn get_full_user(state: &mut State, caller: &Caller, request: GetFullUser) -> Result<UserFull, RpcError>
//! ```
//!
//! * Who is named in a request is found by `State::input_user` and `State::input_peer`, which refuse a wrong access hash.
//! * Who and what is shown goes through `State::view`, which makes the access hashes of whoever looks and
//!   remembers who has to be brought along.
//! * What changes several parts of the state is a method of `State` in `world/`, in a file of its own (`world/send.rs`); a handler
//!   checks, calls it, and shows.
//! * Sending to a chat of any kind is `State::send_all` with the numbers that the client gave, which asks `State::may_write` and sends
//!   all or none; what was sent before is answered by `State::sent_before`, and a method that sends begins with it (UM-11).
//! * What happens in a box is `State::happen`, which keeps it and tells it; what is in no box is told by `State::tell_all` and
//!   `State::tell_box`. Edits, pins and deletions are `State::edit`, `State::pin` and `State::delete_in`, of channels too.
//! * Whoever changes what was said, or says something about it, passes `State::check_inside` first; how it changes is told to the
//!   boxes of `State::copies`.
//! * Lists in requests go through [`distinct`].
//! * Who may call it says how it is registered: [`Registry`] has a method for each kind of callers, and a test compares them with
//!   `schema/methods.json`.
//! * What others are to hear of it is queued meanwhile by `State::push`, once for each of their logins, and handed over after it.
//!   What happened in a box is an [event](crate::world::What) of it besides, so that `getDifference` tells the same.
//! * The time is `Caller::date`, randomness `State::random`; there are no others.

mod account;
mod blocks;
mod bots;
mod callbacks;
mod channels;
mod chat_photos;
mod chats;
mod contacts;
mod help;
mod inline;
mod invites;
mod langpack;
mod messages;
mod photos;
mod registry;
mod secrets;
mod stickers;
mod topics;
mod updates;
mod upload;
mod users;

use std::collections::HashSet;
use std::hash::Hash;

use telewire::ids::DcId;
use telewire::server::Dispatcher;

use crate::accounts;
use crate::world::{World, is_cdn};
pub(crate) use bots::checked as checked_commands;
pub(crate) use registry::Registry;
#[cfg(test)]
pub(crate) use registry::{Who, named};

/// Has a dispatcher answer for a world.
pub(crate) fn install(world: &World, dc: DcId, dispatcher: &mut Dispatcher) {
    let mut registry = Registry::new(world, dc, dispatcher);
    if is_cdn(dc) {
        upload::install_cdn(&mut registry);
        return registry.refuse_the_rest();
    }
    name_all(&mut registry);
    registry.count_the_rest();
}

/// Names all methods.
fn name_all(registry: &mut Registry<'_>) {
    account::install(registry);
    accounts::install(registry);
    blocks::install(registry);
    bots::install(registry);
    callbacks::install(registry);
    channels::install(registry);
    chat_photos::install(registry);
    chats::install(registry);
    contacts::install(registry);
    help::install(registry);
    inline::install(registry);
    invites::install(registry);
    langpack::install(registry);
    messages::install(registry);
    photos::install(registry);
    secrets::install(registry);
    stickers::install(registry);
    topics::install(registry);
    updates::install(registry);
    upload::install(registry);
    users::install(registry);
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
