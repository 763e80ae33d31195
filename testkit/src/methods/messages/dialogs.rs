//! The list of chats: <https://core.telegram.org/api/folders>, without folders.

use std::cmp::Reverse;

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputDialogPeer, InputPeer};
use telewire::tl::api::functions::messages::{
    GetDialogs, GetPeerDialogs, GetPinnedDialogs, ReorderPinnedDialogs, ToggleDialogPin,
};
use telewire::tl::api::{enums, types};

use super::part;
use crate::methods::{Registry, distinct};
use crate::world::{Caller, Dialog, Peer, State, View, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(get_dialogs);
    registry.people(get_peer_dialogs);
    registry.people(get_pinned_dialogs);
    registry.people(toggle_dialog_pin);
    registry.people(reorder_pinned_dialogs);
}

/// `dialogs_pinned_limit_default` of Telegram's.
const MAX_PINNED: usize = 5;

/// The chats that are not archived, and those that are: there are none.
const FOLDERS: std::ops::RangeInclusive<i32> = 0..=1;

/// Where a chat stands: the latest first.
type Place = Reverse<(i32, i32, Peer)>;

fn get_dialogs(
    state: &mut State,
    caller: &Caller,
    request: GetDialogs,
) -> Result<enums::messages::Dialogs, RpcError> {
    let folder = request.folder_id.unwrap_or(0);
    if !FOLDERS.contains(&folder) {
        return Err(invalid("FOLDER_ID_INVALID"));
    }
    let after = match &request.offset_peer {
        InputPeer::InputPeerEmpty => None,
        peer => {
            let peer = state.input_peer(caller, peer);
            Some(peer.map_err(|_| invalid("OFFSET_PEER_ID_INVALID"))?)
        }
    };
    let channels = state.channel_places(caller.me);
    let pinned = if folder == 0 { state.pinned(caller.me) } else { Vec::new() };
    let account = state.account(caller.me);
    let shown = |dialog: &Dialog| folder == 0 && dialog.is_shown();
    // Of a channel a draft is there; where it stands is its own.
    let is_own = |peer: &Peer| !matches!(peer, Peer::Channel(_));
    let all = account.dialogs.iter().filter(|(peer, dialog)| is_own(peer) && shown(dialog));
    let mut places: Vec<Place> = all
        .filter(|(peer, _)| !account.pinned.contains(peer))
        .map(|(peer, dialog)| Reverse((dialog.date, dialog.top(), *peer)))
        .collect();
    let mine = channels.iter().filter(|(.., peer)| folder == 0 && !account.pinned.contains(peer));
    places.extend(mine.map(|place| Reverse(*place)));
    let is_first = request.offset_date == 0 && request.offset_id == 0 && after.is_none();
    let above = if request.exclude_pinned { Vec::new() } else { pinned };
    let count = places.len().saturating_add(above.len());
    if !is_first {
        // The chat that is named may have gone up since: what counts is where it was.
        let date = if request.offset_date == 0 { i32::MAX } else { request.offset_date };
        let id = if request.offset_id == 0 { i32::MAX } else { request.offset_id };
        places.retain(|Reverse(place)| *place < (date, id, after.unwrap_or(Peer::User(i64::MIN))));
    }
    let above = if is_first { above } else { Vec::new() };
    let limit = part(request.limit);
    // Of ten thousand chats a page is wanted: the others need no order.
    if places.len() > limit && limit > 0 {
        places.select_nth_unstable(limit.saturating_sub(1));
        places.truncate(limit);
    }
    places.sort_unstable();
    let rest = places.into_iter().map(|Reverse((_, _, peer))| peer);
    let peers: Vec<Peer> = above.into_iter().chain(rest).take(limit).collect();
    let mut view = state.view(caller.viewer());
    let (dialogs, messages) = view.dialogs(&peers);
    let (chats, users) = (view.chats(), view.users());
    if dialogs.len() == count {
        return Ok(types::messages::Dialogs { dialogs, messages, chats, users }.into());
    }
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    Ok(types::messages::DialogsSlice { count, dialogs, messages, chats, users }.into())
}

fn get_peer_dialogs(
    state: &mut State,
    caller: &Caller,
    request: GetPeerDialogs,
) -> Result<types::messages::PeerDialogs, RpcError> {
    let peers: Result<Vec<_>, _> =
        request.peers.iter().map(|peer| state.input_dialog(caller, peer)).collect();
    let peers: Vec<Peer> = distinct(peers?).collect();
    Ok(state.peer_dialogs(caller, &peers))
}

fn get_pinned_dialogs(
    state: &mut State,
    caller: &Caller,
    request: GetPinnedDialogs,
) -> Result<types::messages::PeerDialogs, RpcError> {
    if !FOLDERS.contains(&request.folder_id) {
        return Err(invalid("FOLDER_ID_INVALID"));
    }
    let peers = if request.folder_id == 0 { state.pinned(caller.me) } else { Vec::new() };
    Ok(state.peer_dialogs(caller, &peers))
}

fn toggle_dialog_pin(
    state: &mut State,
    caller: &Caller,
    request: ToggleDialogPin,
) -> Result<bool, RpcError> {
    let peer = state.input_dialog(caller, &request.peer)?;
    let pinned = state.pinned(caller.me);
    let account = state.account(caller.me);
    if !account.lists(peer) {
        return Err(invalid("PEER_HISTORY_EMPTY"));
    }
    // What is not in the list any more takes no place.
    account.pinned = pinned;
    let is_pinned = account.pinned.contains(&peer);
    if request.pinned && !is_pinned && account.pinned.len() >= MAX_PINNED {
        return Err(invalid("PINNED_DIALOGS_TOO_MUCH"));
    }
    account.pinned.retain(|other| *other != peer);
    if request.pinned {
        account.pinned.insert(0, peer);
    }
    state.tell_all(caller.me, caller.actor(), |view| {
        let peer = types::DialogPeer { peer: view.name(peer) }.into();
        let update = types::UpdateDialogPinned::new(peer);
        types::UpdateDialogPinned { pinned: request.pinned, ..update }.into()
    });
    Ok(true)
}

/// Those that are not named stay pinned below the others, unless it is by `force`. What is not in the list of chats is left out.
fn reorder_pinned_dialogs(
    state: &mut State,
    caller: &Caller,
    request: ReorderPinnedDialogs,
) -> Result<bool, RpcError> {
    let mut order = Vec::new();
    for peer in &request.order {
        let peer = state.input_dialog(caller, peer)?;
        if order.len() <= MAX_PINNED
            && !order.contains(&peer)
            && state.account(caller.me).lists(peer)
        {
            order.push(peer);
        }
    }
    let account = state.account(caller.me);
    if !request.force {
        order.retain(|peer| account.pinned.contains(peer));
        let rest = account.pinned.iter().filter(|peer| !order.contains(peer));
        let rest: Vec<_> = rest.copied().collect();
        order.extend(rest);
    }
    if order.len() > MAX_PINNED {
        return Err(invalid("PINNED_DIALOGS_TOO_MUCH"));
    }
    account.pinned.clone_from(&order);
    state.tell_all(caller.me, caller.actor(), |view| {
        let order = order.iter().map(|peer| types::DialogPeer { peer: view.name(*peer) }.into());
        let order = Some(order.collect());
        types::UpdatePinnedDialogs { order, ..types::UpdatePinnedDialogs::new() }.into()
    });
    Ok(true)
}

impl State {
    /// The chat that is named.
    ///
    /// # Errors
    ///
    /// As [`input_peer`](Self::input_peer); `PEER_ID_INVALID` for a folder.
    pub(super) fn input_dialog(
        &self,
        caller: &Caller,
        peer: &InputDialogPeer,
    ) -> Result<Peer, RpcError> {
        match peer {
            InputDialogPeer::InputDialogPeer(peer) => self.input_peer(caller, &peer.peer),
            _ => Err(invalid("PEER_ID_INVALID")),
        }
    }

    /// The chats that are above all others: those of them that are in the list.
    fn pinned(&mut self, me: i64) -> Vec<Peer> {
        let account = self.account(me);
        account.pinned.iter().copied().filter(|peer| account.lists(*peer)).collect()
    }

    fn peer_dialogs(&mut self, caller: &Caller, peers: &[Peer]) -> types::messages::PeerDialogs {
        let state = self.box_state(caller);
        let mut view = self.view(caller.viewer());
        let (dialogs, messages) = view.dialogs(peers);
        let (chats, users) = (view.chats(), view.users());
        types::messages::PeerDialogs { dialogs, messages, chats, users, state }
    }
}

impl View<'_> {
    /// Chats, and the last message of each.
    fn dialogs(&mut self, peers: &[Peer]) -> (Vec<enums::Dialog>, Vec<enums::Message>) {
        let (mut dialogs, mut messages) = (Vec::new(), Vec::new());
        for peer in peers {
            let dialog = self.dialog(*peer);
            if dialog.top_message != 0 {
                let owner = State::box_of(self.viewer().user, *peer);
                messages.push(self.message_in(owner, dialog.top_message));
            }
            dialogs.push(dialog.into());
        }
        (dialogs, messages)
    }
}
