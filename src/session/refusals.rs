//! Messages of ours that the server refuses:
//! [`bad_msg_notification`](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message)
//! and `bad_server_salt`, each code with its own reaction.

use std::time::Duration;

use crate::crypto::Entropy;
use crate::ids::Salt;
use crate::message_id::{MessageId, MessageIds};
use crate::session::queries::Query;
use crate::session::seen::Seen;
use crate::session::{Event, Session, new_session_id};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::trace::trace;

/// How long after a question of ours was refused it is asked again, from the second time on. A server that refuses it for ever is
/// not asked at the speed of the link.
const REFUSED_APART: Duration = Duration::from_secs(5);

/// The code of `bad_server_salt`.
const BAD_SALT: i32 = 48;

impl Session {
    /// `bad_server_salt#edab447b bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long`: the message named
    /// was not taken; it is sent again with the right salt.
    pub(super) fn bad_server_salt(
        &mut self,
        now: Now,
        made: MessageId,
        notice: &types::BadServerSalt,
    ) {
        let message = MessageId(notice.bad_msg_id);
        if !self.is_ours(message) {
            self.counters.stray_answers += 1;
            return;
        }
        self.set_salt(Salt(notice.new_server_salt));
        self.ask_again(now, message);
        self.refuse_binding(message);
        self.calls.refuse(message, BAD_SALT, made);
    }

    /// `bad_msg_notification#a7eff811 bad_msg_id:long bad_msg_seqno:int error_code:int`
    pub(super) fn bad_msg(
        &mut self,
        now: Now,
        made: MessageId,
        notice: &types::BadMsgNotification,
    ) {
        let message = MessageId(notice.bad_msg_id);
        let code = notice.error_code;
        if !self.is_ours(message) {
            self.counters.stray_answers += 1;
            return;
        }
        self.counters.refused += 1;
        trace!(warn, session = self.id.0, message_id = message.0, code = code; "message refused");
        self.ask_again(now, message);
        self.refuse_binding(message);
        match code {
            // Too low: the ids follow the server's clock from now on, if ours was wrong. A refusal that was long on its way is as old as
            // that, and says nothing against a clock that is right.
            16 => self.follow_clock(now, Some(message)),
            // Too high: ids must go back, which they may not do within a session.
            17 => {
                self.follow_clock(now, Some(message));
                self.renew_wanted = true;
            }
            // Too old to say whether it was received; or the container is malformed, and each on its own shows which of them is.
            20 | 64 => {}
            // The container came before, and what is in it with it: the server can tell of each.
            19 => self.event(Event::Refused { code }),
            // 18 and 32 to 35: our numbers are not what the server expects, so they begin anew.
            _ => {
                self.event(Event::Refused { code });
                self.renew_wanted = true;
            }
        }
        self.calls.refuse(message, code, made);
    }

    /// What the session asked in a packet that was refused, it asks again.
    fn ask_again(&mut self, now: Now, packet: MessageId) {
        let refused = self.questions_refused;
        for query in self.queries.take_all(packet) {
            match query {
                Query::Ping { .. } => self.keep_alive.hurry(),
                Query::Salts => self.salts_at = now.mono.saturating_add(REFUSED_APART),
                Query::Resend(answer) if refused == 0 => {
                    self.questions_refused = 1;
                    self.ask_for(answer);
                }
                Query::State(messages) => {
                    self.questions_refused = refused.saturating_add(1);
                    let after = if refused == 0 { Duration::ZERO } else { REFUSED_APART };
                    self.calls.ask_again(&messages, after);
                }
                // The request ends in time without it, or is asked about.
                Query::Drop(_) | Query::Resend(_) | Query::Other => {}
            }
        }
    }

    fn refuse_binding(&mut self, message: MessageId) {
        if let Some(binding) = &mut self.binding {
            binding.refuse(message);
        }
    }

    /// Begins a new session with the same key: numbers begin anew. What was under way may have run, and nobody will
    /// know (SM-X1).
    pub(super) fn renew(&mut self, entropy: &mut dyn Entropy) {
        self.renew_wanted = false;
        self.counters.sessions += 1;
        trace!(info, session = self.id.0; "session given up for another");
        let former = std::mem::replace(&mut self.id, new_session_id(entropy));
        self.leave(former);
        self.ids = MessageIds::default();
        self.content = 0;
        self.seen = Seen::default();
        self.acks = Default::default();
        self.first_heard = None;
        self.announced = None;
        self.before_word = MessageId::default();
        self.questions_refused = 0;
        self.queries.clear();
        self.quick_acks.clear();
        self.keep_alive.hurry();
        // It names the session.
        if let Some(binding) = self.binding.as_mut().filter(|binding| binding.is_open()) {
            binding.want();
        }
        self.calls.give_up();
    }
}
