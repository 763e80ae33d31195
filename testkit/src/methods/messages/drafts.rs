//! What was begun and not sent: <https://core.telegram.org/api/drafts>.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::messages::{ClearAllDrafts, GetAllDrafts, SaveDraft};
use telewire::tl::api::{enums, types};

use super::MAX_LENGTH;
use crate::methods::Registry;
use crate::world::{Caller, Peer, State, View, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(save_draft);
    registry.people(get_all_drafts);
    registry.people(clear_all_drafts);
}

fn save_draft(state: &mut State, caller: &Caller, request: SaveDraft) -> Result<bool, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if request.message.chars().count() > MAX_LENGTH {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    if request.message.is_empty() && request.reply_to.is_none() {
        state.clear_draft(caller, peer);
        return Ok(true);
    }
    let draft = types::DraftMessage {
        no_webpage: request.no_webpage,
        invert_media: request.invert_media,
        reply_to: request.reply_to,
        entities: request.entities,
        ..types::DraftMessage::new(request.message, caller.date())
    };
    state.account(caller.me).dialog(peer).draft = Some(Box::new(draft));
    state.tell_draft(caller, peer);
    Ok(true)
}

/// As updates, as clients expect it.
fn get_all_drafts(
    state: &mut State,
    caller: &Caller,
    _: GetAllDrafts,
) -> Result<enums::Updates, RpcError> {
    let peers = state.drafted(caller.me);
    let mut view = state.view(caller.viewer());
    let updates = peers.into_iter().map(|peer| view.draft_update(peer).into()).collect();
    Ok(view.updates(updates, caller.date()))
}

fn clear_all_drafts(
    state: &mut State,
    caller: &Caller,
    _: ClearAllDrafts,
) -> Result<bool, RpcError> {
    for peer in state.drafted(caller.me) {
        state.clear_draft(caller, peer);
    }
    Ok(true)
}

impl State {
    fn drafted(&mut self, me: i64) -> Vec<Peer> {
        let dialogs = self.account(me).dialogs.iter();
        dialogs.filter(|(_, dialog)| dialog.draft.is_some()).map(|(peer, _)| *peer).collect()
    }

    /// What was begun is sent, or given up.
    pub(in crate::methods) fn clear_draft(&mut self, caller: &Caller, peer: Peer) {
        if self.account(caller.me).dialog(peer).draft.take().is_some() {
            self.tell_draft(caller, peer);
        }
    }

    fn tell_draft(&mut self, caller: &Caller, peer: Peer) {
        self.tell_all(caller.me, caller.actor(), |view| view.draft_update(peer).into());
    }
}

impl View<'_> {
    fn draft_update(&mut self, peer: Peer) -> types::UpdateDraftMessage {
        let draft = self.draft(peer).unwrap_or_else(|| types::DraftMessageEmpty::new().into());
        types::UpdateDraftMessage::new(self.name(peer), draft)
    }
}
