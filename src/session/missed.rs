//! What was dropped and may have been an update: it is told, so that the application asks for the difference (P3).
//!
//! A difference that is asked for now has everything that was made before now. So what seems to have been made before the application
//! was told last is told of five minutes after that, once for all of it: whoever sends old messages again and again, without a key,
//! costs a difference in five minutes, and nothing is lost in silence, whatever a clock shows.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ids::SessionId;
use crate::message_id::MessageId;
use crate::session::incoming::{Message, children};
use crate::session::service::MAX_AGE;
use crate::session::{Event, Session};
use crate::time::Now;
use crate::tl::Identifiable;
use crate::tl::mtproto::types;

/// How many sessions that were given up are remembered, whose packets may still come. Each is given up after a refusal, so they
/// are seconds apart at least; a server that has not noticed for that many does not speak to us.
const FORMER: usize = 16;

/// How many messages are waited for of which the server has sent the numbers. It sends these for what is large.
const WANTED: usize = 256;

/// How long such a message is waited for.
const WANTED_FOR: Duration = Duration::from_secs(30);

/// What was dropped.
#[derive(Debug, Default)]
pub(super) struct Missed {
    /// The youngest message of the packet at hand that was dropped, and its session.
    now: Option<(SessionId, MessageId)>,
    /// When the application was told last, by the server's clock. A difference that it asks for since has what was made before.
    told: MessageId,
    /// When that was.
    told_at: Duration,
    /// When it is told of what seemed to be older.
    owed: Option<Duration>,
    /// What has come in this session.
    came: Came,
    /// The messages of the server's that it has sent the numbers of only, and when they are waited for no longer.
    wanted: VecDeque<(MessageId, Duration)>,
    /// The sessions that were given up, and what has come in them.
    former: VecDeque<(SessionId, Came)>,
    /// Whether a session was given up over the link that there is, or was.
    was_left: bool,
    /// Whether this session follows one that was given up, and the server has not announced it.
    is_unannounced: bool,
    /// Something else that came in it.
    unannounced: Option<MessageId>,
}

/// What has come in a session.
#[derive(Debug, Clone, Copy, Default)]
struct Came {
    /// The youngest message.
    youngest: MessageId,
    /// Which that was when the application was told last. The server had made all up to it.
    told_up_to: MessageId,
}

/// When the server made a message, as far as can be told: before or after the application was told last.
enum Made {
    /// Something younger had come in its session, or its time is long before. Either says little: a server that has forgotten a session
    /// and put its clock back begins with numbers that it had.
    Before,
    /// All else.
    After,
}

impl Missed {
    /// What has come in a session of ours.
    fn came(&mut self, own: SessionId, session: SessionId) -> Option<&mut Came> {
        if session == own {
            return Some(&mut self.came);
        }
        self.former.iter_mut().find(|(former, _)| *former == session).map(|(_, came)| came)
    }

    /// When the server made this message, if all up to another had come in its session when the application was told last. It is
    /// `moment` now.
    fn made(&self, id: MessageId, told_up_to: MessageId, moment: MessageId) -> Made {
        let is_known = id <= told_up_to;
        // A time of ours that was put back since is not to be compared with.
        let is_old = self.told <= moment && id.unix() <= self.told.unix().saturating_sub(MAX_AGE);
        if is_known || is_old { Made::Before } else { Made::After }
    }

    /// How many messages are waited for.
    #[cfg(feature = "coverage")]
    pub(super) fn len(&self) -> usize {
        self.wanted.len()
    }
}

impl Session {
    /// An authentic message came in a session, whatever becomes of it.
    pub(super) fn note_youngest(&mut self, session: SessionId, id: MessageId) {
        if let Some(came) = self.missed.came(self.id, session) {
            came.youngest = came.youngest.max(id);
        }
    }

    /// The youngest message that has come in this session.
    pub(super) fn youngest(&self) -> MessageId {
        self.missed.came.youngest
    }

    /// This message was dropped, and may have been an update or have had some.
    pub(super) fn miss(&mut self, id: MessageId) {
        self.miss_in(self.id, id);
    }

    fn miss_in(&mut self, session: SessionId, id: MessageId) {
        // A packet is of one session.
        if self.missed.now.is_none_or(|(_, youngest)| youngest < id) {
            self.missed.now = Some((session, id));
        }
    }

    /// A packet of another session came. If that was one of ours, the server may have sent updates in it.
    pub(super) fn miss_of_session(&mut self, session: SessionId, message: &Message<'_>) {
        if self.missed.came(self.id, session).is_none() {
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
            self.miss_in(session, message.id);
        }
    }

    /// The session is given up, and another takes its place.
    pub(super) fn leave(&mut self, session: SessionId) {
        if self.missed.former.len() >= FORMER {
            self.missed.former.pop_front();
        }
        self.missed.former.push_back((session, std::mem::take(&mut self.missed.came)));
        self.missed.was_left = true;
        self.missed.is_unannounced = true;
    }

    /// There is another link. What the server pushed over the one before into a session that was given up there, it may never push
    /// again.
    pub(super) fn miss_of_link(&mut self, now: Now) {
        if std::mem::take(&mut self.missed.was_left) {
            self.keep_alive.hurry();
            self.tell(now);
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
        let Some((session, id)) = self.missed.now.take() else { return };
        self.keep_alive.hurry();
        let moment = MessageId::at(self.clock.server_unix(now));
        let told_up_to = self.missed.came(self.id, session).map(|came| came.told_up_to);
        match self.missed.made(id, told_up_to.unwrap_or_default(), moment) {
            Made::Before => {
                self.missed.owed = Some(self.missed.told_at.saturating_add(MAX_AGE));
                self.tell_owed(now);
            }
            Made::After => self.tell(now),
        }
    }

    /// Time has passed.
    fn tell_owed(&mut self, now: Now) {
        if self.missed.owed.is_some_and(|owed| owed <= now.mono) {
            self.tell(now);
        }
    }

    fn tell(&mut self, now: Now) {
        self.missed.told = MessageId::at(self.clock.server_unix(now));
        (self.missed.told_at, self.missed.owed) = (now.mono, None);
        let former = self.missed.former.iter_mut().map(|(_, came)| came);
        for came in former.chain([&mut self.missed.came]) {
            came.told_up_to = came.youngest;
        }
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

    /// When something is to be told: the next of these is waited for no longer, or what seemed to be old is due.
    pub(super) fn missed_due(&self) -> Option<Duration> {
        let wanted = self.missed.wanted.front().map(|(_, until)| *until);
        wanted.into_iter().chain(self.missed.owed).min()
    }

    /// Time has passed.
    pub(super) fn handle_missed(&mut self, now: Now) {
        while let Some((wanted, _)) =
            self.missed.wanted.pop_front_if(|(_, until)| *until <= now.mono)
        {
            if !self.seen.contains(wanted) {
                self.miss(wanted);
            }
        }
        self.tell_missed(now);
        self.tell_owed(now);
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
