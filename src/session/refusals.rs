//! Messages of ours that the server refuses:
//! [`bad_msg_notification`](https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message)
//! and `bad_server_salt`, each code with its own reaction.

use std::time::Duration;

use crate::crypto::Entropy;
use crate::ids::Salt;
use crate::message_id::{MessageId, MessageIds};
use crate::rpc::CallId;
use crate::session::calls::BAD_SALT;
use crate::session::queries::Query;
use crate::session::seen::Seen;
use crate::session::{Event, Session, new_session_id};
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::trace::trace;

/// How long after a question of ours was refused it is asked again. A server that refuses it for ever is not asked at the
/// speed of the link.
const REFUSED_APART: Duration = Duration::from_secs(5);

impl Session {
    /// `bad_server_salt#edab447b bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long`: the message named
    /// was not taken; it is sent again with the right salt.
    pub(super) fn bad_server_salt(&mut self, now: Now, notice: &types::BadServerSalt) {
        let message = MessageId(notice.bad_msg_id);
        if !self.is_ours(message) {
            self.counters.stray_answers += 1;
            return;
        }
        self.set_salt(Salt(notice.new_server_salt));
        self.ask_again(now, message);
        self.refuse_binding(message);
        for call in self.calls.of_packet(message) {
            self.calls.refuse(call, BAD_SALT);
        }
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
        let named = self.calls.of_packet(message);
        match code {
            // Too low: the ids follow the server's clock from now on.
            16 => {
                self.clock.sync(made.unix(), now.mono);
                self.refuse(&named, code);
            }
            // Too old to say whether it was received.
            20 => named.into_iter().for_each(|call| self.calls.lose(call)),
            // The container is malformed: each on its own shows which of them is.
            64 => {
                named.iter().for_each(|call| self.calls.set_alone(*call));
                self.refuse(&named, code);
            }
            // Too high: ids must go back, which they may not do within a session.
            17 => {
                self.clock.sync(made.unix(), now.mono);
                self.renew_wanted = true;
                self.refuse(&named, code);
            }
            // The container came before, and what is in it with it: the server can tell of each.
            19 => {
                self.event(Event::Refused { code });
                named.into_iter().for_each(|call| self.calls.ask_again(call, now.mono));
            }
            // 18 and 32 to 35: our numbers are not what the server expects, so they begin anew.
            _ => {
                self.event(Event::Refused { code });
                self.renew_wanted = true;
                self.refuse(&named, code);
            }
        }
    }

    /// What the session asked in a packet that was refused, it asks again.
    fn ask_again(&mut self, now: Now, packet: MessageId) {
        for query in self.queries.take_all(packet) {
            match query {
                Query::Ping { .. } => self.keep_alive.hurry(),
                Query::Salts => self.salts_at = now.mono.saturating_add(REFUSED_APART),
                Query::Resend(answer) => self.ask_for(answer),
                Query::State(messages) => {
                    for message in messages {
                        for call in self.calls.of_packet(message) {
                            self.calls.ask_again(call, now.mono);
                        }
                    }
                }
                // The request ends in time without it.
                Query::Drop(_) | Query::Other => {}
            }
        }
    }

    fn refuse_binding(&mut self, message: MessageId) {
        if let Some(binding) = &mut self.binding {
            binding.refuse(message);
        }
    }

    fn refuse(&mut self, calls: &[CallId], code: i32) {
        for call in calls {
            self.calls.refuse(*call, code);
        }
    }

    /// Begins a new session with the same key: numbers begin anew. What was under way may have run, and nobody will
    /// know (SM-X1).
    pub(super) fn renew(&mut self, entropy: &mut dyn Entropy) {
        self.renew_wanted = false;
        self.counters.sessions += 1;
        trace!(info, session = self.id.0; "session given up for another");
        self.former_id = Some(std::mem::replace(&mut self.id, new_session_id(entropy)));
        self.ids = MessageIds::default();
        self.content = 0;
        self.seen = Seen::default();
        self.acks = Default::default();
        self.has_heard = false;
        self.unique_id = None;
        self.queries.clear();
        self.quick_acks.clear();
        self.keep_alive.hurry();
        // It names the session.
        if let Some(binding) = self.binding.as_mut().filter(|binding| binding.is_open()) {
            binding.want();
        }
        for call in self.calls.under_way() {
            self.calls.lose(call);
        }
    }
}
