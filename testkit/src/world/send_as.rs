//! In whose name somebody writes in a supergroup: their own, that of a channel of theirs, or the group's.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::InputPeer;

use crate::world::{Caller, Channel, Peer, State, invalid};

impl State {
    /// In whose names somebody may write to a chat, their own first. In what anybody may read they write as their channels with a name
    /// too; the group's name is for its owner, and for admins who are anonymous.
    ///
    /// # Errors
    ///
    /// `PEER_ID_INVALID`: it is no channel; `CHANNEL_PRIVATE`.
    pub(crate) fn names_for(&self, caller: &Caller, peer: Peer) -> Result<Vec<Peer>, RpcError> {
        let Peer::Channel(id) = peer else { return Err(invalid("PEER_ID_INVALID")) };
        let channel = self.open_channel(caller, id)?;
        let me = caller.me;
        if channel.is_broadcast {
            let may_post = channel.can(me, |rights| rights.post_messages);
            return Ok(may_post.then_some(peer).into_iter().collect());
        }
        let mut names = vec![Peer::User(me)];
        if channel.can(me, |rights| rights.anonymous) {
            names.push(peer);
        }
        if channel.username.is_some() {
            let mine = self.accounts.get(&me).into_iter().flat_map(|account| &account.channels);
            let mine = mine.filter_map(|id| self.channels.channel(*id));
            let is_named =
                |one: &&Channel| one.is_broadcast && one.creator == me && one.username.is_some();
            names.extend(mine.filter(is_named).map(Channel::peer));
        }
        Ok(names)
    }

    /// The name that a request gives, or that was saved for a chat; `None` is one's own.
    ///
    /// # Errors
    ///
    /// `SEND_AS_PEER_INVALID`: whoever asks may not write in that name there.
    pub(crate) fn name_for(
        &self,
        caller: &Caller,
        peer: Peer,
        wanted: Option<&InputPeer>,
    ) -> Result<Option<Peer>, RpcError> {
        let mine = Peer::User(caller.me);
        let wanted = match wanted {
            Some(wanted) => self.input_peer(caller, wanted),
            None => return Ok(self.saved_name(caller, peer)),
        };
        let names = || self.names_for(caller, peer).unwrap_or_default();
        match wanted {
            Ok(wanted) if wanted == mine && !self.is_broadcast(peer) => Ok(Some(mine)),
            Ok(wanted) if names().contains(&wanted) => Ok(Some(wanted)),
            Ok(_) | Err(_) => Err(invalid("SEND_AS_PEER_INVALID")),
        }
    }

    /// The name that somebody saved for a chat, if they may write in it still.
    pub(crate) fn saved_name(&self, caller: &Caller, peer: Peer) -> Option<Peer> {
        let saved = self.accounts.get(&caller.me)?.send_as.get(&peer).copied()?;
        self.names_for(caller, peer).is_ok_and(|names| names.contains(&saved)).then_some(saved)
    }
}
