//! Where messages are that were named.

use telewire::client::PeerRef;
use telewire::tl::api::enums::Message;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::MessageName;
use crate::commands::shell::show::place_of;

/// A message that was found, or that is named with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Located {
    pub(super) peer: PeerRef,
    pub(super) id: i32,
}

impl Shell {
    /// Where a message is. One by its bare number is asked for: private chats and basic groups count theirs together.
    pub(super) async fn locate(&mut self, name: &MessageName) -> Result<Located, Fault> {
        let id = name.id;
        if let Some(peer) = &name.peer {
            return Ok(Located { peer: PeerRef::from(peer), id });
        }
        let message = self.message(name).await?;
        Ok(Located { peer: PeerRef::from(&message), id })
    }

    /// Several messages by the chats that they are in, in their order.
    pub(super) async fn locate_all(
        &mut self,
        names: impl Iterator<Item = &MessageName>,
    ) -> Result<Vec<(PeerRef, Vec<i32>)>, Fault> {
        let mut all: Vec<(PeerRef, Vec<i32>)> = Vec::new();
        for name in names {
            let Located { peer, id } = self.locate(name).await?;
            match all.last_mut() {
                Some((last, ids)) if *last == peer => ids.push(id),
                _ => all.push((peer, vec![id])),
            }
        }
        Ok(all)
    }

    /// The message itself.
    pub(super) async fn message(&mut self, name: &MessageName) -> Result<Message, Fault> {
        // Whatever is no channel is asked for by the number alone.
        let peer = name.peer.as_ref().map_or(PeerRef::Me, PeerRef::from);
        let found = self.client.messages(peer, [name.id]).await?.into_iter().next();
        let found = found.filter(|message| place_of(message).is_some());
        let is_there = found.filter(|message| !matches!(message, Message::MessageEmpty(_)));
        is_there.ok_or_else(|| {
            let place = name.peer.as_ref().map_or_else(String::new, |peer| format!("{peer}/"));
            Fault::Failed(format!("there is no message {place}{}", name.id))
        })
    }
}
