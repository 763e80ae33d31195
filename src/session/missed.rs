//! What was dropped and may have been an update: it is told, so that the application asks for the difference (P3).
//!
//! A difference that is asked for now has everything that was made before now. So a thousand old messages, replayed by somebody
//! who has no key, are told of once; what came before is never told again, and what was held back by him and is not five minutes old
//! yet, once each.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ids::SessionId;
use crate::message_id::MessageId;
use crate::session::incoming::{Message, children};
use crate::session::service::MAX_LEAD;
use crate::session::{Event, Session};
use crate::time::Now;
use crate::tl::Identifiable;
use crate::tl::mtproto::types;

/// How many sessions that were given up are remembered, whose packets may still come. Each is given up after a refusal, so they
/// are seconds apart at least; a server that has not noticed for that many does not speak to us.
const FORMER: usize = 16;

/// How many messages are waited for of which the server has sent the numbers. It sends these for what is large.
const WANTED: usize = 256;

/// Of a moment is what is so much older than it at most, as far as clocks that are put right can tell (EM-05).
const ABOUT: Duration = Duration::from_secs(300);

/// How long such a message is waited for.
const WANTED_FOR: Duration = Duration::from_secs(30);

/// What was dropped.
#[derive(Debug, Default)]
pub(super) struct Missed {
    /// The youngest message of the packet at hand that was dropped.
    now: Option<MessageId>,
    /// When the application was told last, by the server's clock. A difference that it asks for since has what was made before.
    told: MessageId,
    /// The youngest message of the server's that has come at all, in whatever session, and which that was when the application was told
    /// last. The server made all up to it before.
    youngest: MessageId,
    told_up_to: MessageId,
    /// The messages of the server's that it has sent the numbers of only, and when they are waited for no longer.
    wanted: VecDeque<(MessageId, Duration)>,
    /// The sessions that were given up.
    former: VecDeque<SessionId>,
    /// Whether a session was given up over the link that there is, or was.
    was_left: bool,
    /// Whether this session follows one that was given up, and the server has not announced it.
    is_unannounced: bool,
    /// Something else that came in it.
    unannounced: Option<MessageId>,
}

impl Missed {
    /// Whether the server may have made this message after the application was told last, which is at `moment` now.
    ///
    /// Its ids rise, so what is no younger than something that had come then was made before. Of what is younger the time decides,
    /// which says little: the server's clock may be behind what we think of it, or have gone back, while its ids stand still.
    fn may_be_new(&self, id: MessageId, moment: MessageId) -> bool {
        // If our clock was put back, or the server's was ahead, that time is not to be compared with.
        let is_ahead = self.told_up_to.unix() > moment.unix().saturating_add(MAX_LEAD);
        let is_known = id <= self.told_up_to && !is_ahead;
        let is_old = id.unix() <= self.told.unix().saturating_sub(ABOUT);
        self.told > moment || !is_known && !is_old
    }

    /// How many messages are waited for.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.wanted.len()
    }
}

impl Session {
    /// An authentic message came, whatever becomes of it.
    pub(super) fn note_youngest(&mut self, id: MessageId) {
        self.missed.youngest = self.missed.youngest.max(id);
    }

    /// This message was dropped, and may have been an update or have had some.
    pub(super) fn miss(&mut self, id: MessageId) {
        self.missed.now = self.missed.now.max(Some(id));
    }

    /// A packet of another session came. If that was one of ours, the server may have sent updates in it.
    pub(super) fn miss_of_session(&mut self, session: SessionId, message: &Message<'_>) {
        if !self.missed.former.contains(&session) {
            return;
        }
        self.counters.former_session += 1;
        let is_update = match message.constructor() {
            Ok(types::MsgContainer::ID) => {
                children(message).is_ok_and(|children| children.iter().any(may_be_update))
            }
            _ => may_be_update(message),
        };
        if is_update {
            self.miss(message.id);
        }
    }

    /// The session is given up, and another takes its place.
    pub(super) fn leave(&mut self, session: SessionId) {
        if self.missed.former.len() >= FORMER {
            self.missed.former.pop_front();
        }
        self.missed.former.push_back(session);
        self.missed.was_left = true;
        self.missed.is_unannounced = true;
    }

    /// There is another link. What the server pushed over the one before into a session that was given up there, it may never push
    /// again.
    pub(super) fn miss_of_link(&mut self, now: Now) {
        if std::mem::take(&mut self.missed.was_left) {
            self.keep_alive.hurry();
            self.tell(MessageId::at(self.clock.server_unix(now)));
        }
    }

    /// A message was taken in this session.
    ///
    /// If the session follows one that was given up, the server announces it before it says anything else, but for what it
    /// refuses. If it does not, its notice was lost, and with it what it had to tell.
    pub(super) fn is_spoken_to(&mut self, id: MessageId, constructor: u32) {
        if !self.missed.is_unannounced {
            return;
        }
        match constructor {
            types::BadServerSalt::ID | types::BadMsgNotification::ID => {}
            types::NewSessionCreated::ID => self.missed.is_unannounced = false,
            _ => self.missed.unannounced = Some(id),
        }
    }

    /// A packet was taken: what was missed in it is told, once.
    pub(super) fn tell_missed(&mut self, now: Now) {
        if let Some(id) = self.missed.unannounced.take()
            && std::mem::take(&mut self.missed.is_unannounced)
        {
            self.miss(id);
        }
        let Some(id) = self.missed.now.take() else { return };
        self.keep_alive.hurry();
        let moment = MessageId::at(self.clock.server_unix(now));
        if self.missed.may_be_new(id, moment) {
            self.tell(moment);
        }
    }

    fn tell(&mut self, moment: MessageId) {
        (self.missed.told, self.missed.told_up_to) = (moment, self.missed.youngest);
        self.event(Event::Missed);
    }

    /// The server has sent the number of a message of its own only. It is asked for; should it not come in time, for whatever
    /// reason, it was missed.
    pub(super) fn want(&mut self, answer: MessageId, mono: Duration) {
        if self.missed.wanted.iter().any(|(wanted, _)| *wanted == answer) {
            return;
        }
        if self.missed.wanted.len() >= WANTED
            && let Some((oldest, _)) = self.missed.wanted.pop_front()
            && !self.seen.contains(oldest)
        {
            self.miss(oldest);
        }
        self.missed.wanted.push_back((answer, mono.saturating_add(WANTED_FOR)));
    }

    /// When the next of these is waited for no longer.
    pub(super) fn wanted_until(&self) -> Option<Duration> {
        self.missed.wanted.front().map(|(_, until)| *until)
    }

    /// Time has passed.
    pub(super) fn miss_wanted(&mut self, now: Now) {
        while let Some((wanted, _)) =
            self.missed.wanted.pop_front_if(|(_, until)| *until <= now.mono)
        {
            if !self.seen.contains(wanted) {
                self.miss(wanted);
            }
        }
        self.tell_missed(now);
    }
}

/// Whether a message may be an update: it is no service message, and answers nothing.
fn may_be_update(message: &Message<'_>) -> bool {
    let service = [
        types::RpcResult::ID,
        types::Pong::ID,
        types::FutureSalts::ID,
        types::BadServerSalt::ID,
        types::BadMsgNotification::ID,
        types::MsgsAck::ID,
        types::MsgsStateInfo::ID,
        types::MsgsStateReq::ID,
        types::MsgResendReq::ID,
        types::MsgDetailedInfo::ID,
    ];
    message.constructor().is_ok_and(|id| !service.contains(&id))
}
