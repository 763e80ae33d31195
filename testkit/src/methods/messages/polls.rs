//! Polls: <https://core.telegram.org/api/poll>.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::Updates;
use telewire::tl::api::functions::messages::{GetPollResults, SendVote};

use crate::methods::Registry;
use crate::world::{Caller, Media, Peer, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(send_vote);
    registry.people(get_poll_results);
}

fn send_vote(state: &mut State, caller: &Caller, request: SendVote) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.check_inside(caller.me, peer)?;
    let poll = state.poll_of(caller, peer, request.msg_id)?;
    state.vote(poll, &request.options, caller.actor())?;
    Ok(state.poll_answer(caller, poll))
}

fn get_poll_results(
    state: &mut State,
    caller: &Caller,
    request: GetPollResults,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    let poll = state.poll_of(caller, peer, request.msg_id)?;
    Ok(state.poll_answer(caller, poll))
}

impl State {
    fn poll_of(&self, caller: &Caller, peer: Peer, id: i32) -> Result<i64, RpcError> {
        let copy = self.message_of(caller, peer, id)?;
        match self.posts.post(copy.post).and_then(|post| post.content.media.as_ref()) {
            Some(Media::Poll(poll)) => Ok(*poll),
            Some(Media::Plain(_) | Media::File(_)) | None => Err(invalid("MESSAGE_ID_INVALID")),
        }
    }

    /// How a poll stands.
    pub(super) fn poll_answer(&self, caller: &Caller, id: i64) -> Updates {
        let update = self.polls.get(&id).map(|poll| poll.update(caller.me).into());
        self.view(caller.viewer()).updates(update.into_iter().collect(), caller.date())
    }
}
