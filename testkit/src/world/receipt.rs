//! UM-11: what came of a message is known for ever by the number that its client gave it, and whoever sends it again is answered as then.

use telewire::tl::api::{enums, types};

use crate::world::habits::short_sent;
use crate::world::schedule::Waiting;
use crate::world::{Caller, Peer, Sent, State};

/// What came of a message.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// It was sent.
    Sent(Sent),
    /// It was to be sent later; it had this number among those that waited, and was this.
    Scheduled(i32, &'a Waiting),
}

impl State {
    /// What came of a message that somebody sent to a chat with this number; `None` if there was none.
    pub(crate) fn outcome(&self, me: i64, peer: Peer, random_id: i64) -> Option<Outcome<'_>> {
        if let Some((id, waiting)) = self.scheduled_before(me, peer, random_id) {
            return Some(Outcome::Scheduled(id, waiting));
        }
        let sent = self.accounts.get(&me)?.sent.get(&(peer, random_id))?;
        Some(Outcome::Sent(*sent))
    }

    /// What is answered if it was sent before.
    pub(crate) fn sent_before(
        &self,
        caller: &Caller,
        peer: Peer,
        random_id: i64,
    ) -> Option<enums::Updates> {
        let _ = self.outcome(caller.me, peer, random_id)?;
        Some(self.receipts(caller, peer, &[random_id]))
    }

    /// UM-03: what whoever sent messages is answered: the numbers that they have now, and the messages as they were at first.
    pub(crate) fn receipts(&self, caller: &Caller, peer: Peer, numbers: &[i64]) -> enums::Updates {
        let mut view = self.view(caller.viewer());
        let (mut updates, mut messages) = (Vec::new(), Vec::new());
        let mut date = None;
        for random_id in numbers {
            let Some(outcome) = self.outcome(caller.me, peer, *random_id) else { continue };
            let (id, message): (i32, enums::Update) = match outcome {
                Outcome::Scheduled(id, waiting) => {
                    date = Some(caller.date());
                    let message = view.waiting(id, waiting);
                    (id, types::UpdateNewScheduledMessage { message }.into())
                }
                Outcome::Sent(Sent { id, pts, date: at }) => {
                    date = date.max(Some(at));
                    let message = view.first(Self::box_of(caller.me, peer), id);
                    let pts_count = 1;
                    let update = match peer {
                        Peer::Channel(_) => {
                            types::UpdateNewChannelMessage { message, pts, pts_count }.into()
                        }
                        Peer::User(_) | Peer::Chat(_) => {
                            types::UpdateNewMessage { message, pts, pts_count }.into()
                        }
                    };
                    (id, update)
                }
            };
            updates.push(types::UpdateMessageId { id, random_id: *random_id }.into());
            messages.push(message);
        }
        updates.append(&mut messages);
        view.updates(updates, date.unwrap_or_else(|| caller.date()))
    }

    /// The same of one message, in the short form if that is the [habit](crate::Habits): a repeated call has the same answer.
    pub(crate) fn shortened(&self, random_id: i64, full: enums::Updates) -> enums::Updates {
        let is_short = self.is_short(random_id);
        is_short.then(|| short_sent(&full)).flatten().unwrap_or(full)
    }
}
