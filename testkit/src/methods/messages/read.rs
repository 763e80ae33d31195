//! Reading, and what a chat looks like to others.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{
    GetDialogUnreadMarks, GetMessageReadParticipants, MarkDialogUnread, ReadHistory,
};
use telewire::tl::api::types::messages::AffectedMessages;
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::{Caller, State, invalid};

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
    let dialog = state.account(caller.me).dialog(peer);
    if dialog.is_marked != request.unread {
        dialog.is_marked = request.unread;
        state.tell_all(caller.me, caller.actor(), |view| {
            let peer = types::DialogPeer { peer: view.name(peer) }.into();
            let update = types::UpdateDialogUnreadMark::new(peer);
            types::UpdateDialogUnreadMark { unread: request.unread, ..update }.into()
        });
    }
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
