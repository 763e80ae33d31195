//! What is to be sent later: the time comes with calls, and with [`World::advance`](crate::World::advance).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::view::View;
use crate::world::{Actor, Content, Peer, Sent, State, invalid, seconds};

/// What an account has waiting. Its numbers are of their own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scheduled {
    last_id: i32,
    pub(crate) waiting: BTreeMap<i32, Waiting>,
    /// UM-11: what was scheduled, by the number that the client gave, as it was at first.
    first: HashMap<(Peer, i64), (i32, Waiting)>,
}

/// A message that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) peer: Peer,
    pub(crate) content: Content,
    /// When it is to be sent.
    pub(crate) date: i32,
}

/// How long it may be, and how many may wait in a chat: <https://core.telegram.org/api/scheduled-messages>.
const MAX_AHEAD: i32 = 365 * 86_400;
const MAX_WAITING: usize = 100;

impl State {
    /// UM-11: what a message got that was scheduled with this number.
    pub(crate) fn scheduled_before(
        &self,
        me: i64,
        peer: Peer,
        random_id: i64,
    ) -> Option<(i32, &Waiting)> {
        let first = &self.accounts.get(&me)?.scheduled.first;
        first.get(&(peer, random_id)).map(|(id, waiting)| (*id, waiting))
    }

    /// Whether so many more messages may wait in a chat.
    ///
    /// # Errors
    ///
    /// `SCHEDULE_BOT_NOT_ALLOWED`, `SCHEDULE_DATE_TOO_LATE`, `SCHEDULE_TOO_MUCH`.
    pub(crate) fn may_wait(
        &self,
        actor: Actor,
        peer: Peer,
        date: i32,
        count: usize,
    ) -> Result<(), RpcError> {
        if self.is_bot(actor.user) {
            return Err(invalid("SCHEDULE_BOT_NOT_ALLOWED"));
        }
        if date > actor.date.saturating_add(MAX_AHEAD) {
            return Err(invalid("SCHEDULE_DATE_TOO_LATE"));
        }
        let waiting = self.accounts.get(&actor.user).map(|account| &account.scheduled.waiting);
        let here = waiting.into_iter().flat_map(BTreeMap::values);
        let here = here.filter(|waiting| waiting.peer == peer).count();
        if here.saturating_add(count) > MAX_WAITING {
            return Err(invalid("SCHEDULE_TOO_MUCH"));
        }
        Ok(())
    }

    /// Has a message wait.
    pub(crate) fn schedule(
        &mut self,
        actor: Actor,
        peer: Peer,
        content: Content,
        date: i32,
        random_id: i64,
    ) {
        let scheduled = &mut self.account(actor.user).scheduled;
        scheduled.last_id = scheduled.last_id.saturating_add(1);
        let id = scheduled.last_id;
        let waiting = Waiting { peer, content, date };
        scheduled.first.insert((peer, random_id), (id, waiting.clone()));
        scheduled.waiting.insert(id, waiting);
        self.due.insert((date, actor.user, id));
        self.tell_all(actor.user, actor, |view| new_waiting(view, id));
    }

    /// What waits is another now, or is to be sent at another time; the account hears of it.
    pub(crate) fn reschedule(&mut self, id: i32, content: Content, date: i32, actor: Actor) {
        let waiting = self.account(actor.user).scheduled.waiting.get_mut(&id);
        let Some(waiting) = waiting else { return };
        let before = std::mem::replace(&mut waiting.date, date);
        waiting.content = content;
        self.due.remove(&(before, actor.user, id));
        self.due.insert((date, actor.user, id));
        self.tell_all(actor.user, actor, |view| new_waiting(view, id));
    }

    /// Takes messages of a chat away that wait, and tells the account so. `sent` are their numbers in the box, if they were sent.
    pub(crate) fn unschedule(
        &mut self,
        peer: Peer,
        ids: &[i32],
        sent: Option<Vec<i32>>,
        actor: Actor,
    ) -> enums::Update {
        for id in ids {
            if let Some(waiting) = self.account(actor.user).scheduled.waiting.remove(id) {
                self.due.remove(&(waiting.date, actor.user, *id));
            }
        }
        let update = types::UpdateDeleteScheduledMessages {
            peer: peer.to_tl(),
            messages: ids.to_vec(),
            sent_messages: sent,
        };
        self.tell_all(actor.user, actor, |view| {
            view.name(peer);
            update.clone().into()
        });
        update.into()
    }

    /// Sends what waits, whatever its time.
    pub(crate) fn send_waiting(&mut self, id: i32, actor: Actor) -> Option<(Sent, enums::Update)> {
        let waiting = self.account(actor.user).scheduled.waiting.get(&id)?.clone();
        let content = Content { is_scheduled: true, ..waiting.content };
        // What cannot be sent any more goes without a word, as with Telegram.
        let sent = self.send_to(actor, waiting.peer, content, None).ok();
        let numbers = sent.map(|sent| vec![sent.id]);
        let update = self.unschedule(waiting.peer, &[id], numbers, actor);
        Some((sent?, update))
    }

    /// The time has come to a moment: what was to be sent until then is sent, and what was to go goes, each when its time comes.
    pub(crate) fn pass(&mut self, unix: Duration) {
        let end = self.clock.max(unix);
        let until = seconds(end);
        loop {
            let due = self.due.first().copied().filter(|due| due.0 <= until);
            let end = self.lifetimes.next().filter(|end| end.0 <= until);
            // What goes in a second is gone when something is sent in it.
            let end = end.filter(|end| due.is_none_or(|due| end.0 <= due.0));
            let Some(at) = end.map(|end| end.0).or(due.map(|due| due.0)) else { break };
            self.clock = self.clock.max(Duration::from_secs(u64::try_from(at).unwrap_or(0)));
            let date = seconds(self.clock);
            if let Some((_, post)) = end {
                self.lifetimes.forget_next();
                self.vanish(post, date);
            } else if let Some((at, user, id)) = due {
                self.due.remove(&(at, user, id));
                self.send_waiting(id, Actor { user, date, key: None });
            }
        }
        self.clock = end;
    }
}

/// A message that waits, for the account's other sessions.
pub(crate) fn new_waiting(view: &mut View<'_>, id: i32) -> enums::Update {
    types::UpdateNewScheduledMessage { message: view.scheduled(id) }.into()
}

impl View<'_> {
    /// A message of the account's that waits.
    pub(crate) fn scheduled(&mut self, id: i32) -> enums::Message {
        match self.waits(id) {
            Some(waiting) => self.waiting(id, &waiting),
            None => types::MessageEmpty { id, peer_id: None }.into(),
        }
    }
}
