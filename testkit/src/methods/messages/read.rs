//! Reading, and what a chat looks like to others.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{
    GetDialogUnreadMarks, GetMessageReadParticipants, MarkDialogUnread, ReadHistory,
};
use telewire::tl::api::types::messages::AffectedMessages;
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Caller, Peer, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(read_history);
    registry.people(get_message_read_participants);
    registry.people(mark_dialog_unread);
    registry.people(get_dialog_unread_marks);
}

fn read_history(
    state: &mut State,
    caller: &Caller,
    request: ReadHistory,
) -> Result<AffectedMessages, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    // Of channels there is channels.readHistory.
    if matches!(peer, Peer::Channel(_)) {
        return Err(invalid("PEER_ID_INVALID"));
    }
    if request.max_id < 0 {
        return Err(invalid("MSG_ID_INVALID"));
    }
    let (pts, pts_count) = state.read(peer, request.max_id, caller.actor());
    Ok(AffectedMessages { pts, pts_count })
}

fn get_message_read_participants(
    state: &mut State,
    caller: &Caller,
    request: GetMessageReadParticipants,
) -> Result<Vec<types::ReadParticipantDate>, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let readers = state.readers(caller, peer, request.msg_id)?.into_iter();
    Ok(readers.map(|(user_id, date)| types::ReadParticipantDate { user_id, date }).collect())
}

fn mark_dialog_unread(
    state: &mut State,
    caller: &Caller,
    request: MarkDialogUnread,
) -> Result<bool, RpcError> {
    let peer = state.input_dialog(caller, &request.peer)?;
    state.mark_unread(peer, request.unread, caller.actor());
    Ok(true)
}

fn get_dialog_unread_marks(
    state: &mut State,
    caller: &Caller,
    _: GetDialogUnreadMarks,
) -> Result<Vec<enums::DialogPeer>, RpcError> {
    let dialogs = state.account(caller.me).dialogs.iter();
    let marked = dialogs.filter(|(_, dialog)| dialog.is_marked);
    Ok(marked.map(|(peer, _)| types::DialogPeer { peer: peer.to_tl() }.into()).collect())
}
