//! What must not run twice goes again by permission only: the server said that it lacks the message, or it refused it in a way that
//! says that it did not run. Being asked for it (`msg_resend_req`), silence, and a new session are none.
//!
//! When the server has spoken before and then begins the session anew, it may have forgotten what it had: that it lacks a message says
//! nothing then of what was sent before.
//!
//! Under its own id the permission must be for the copy that was sent last, as the server tells copies by the id. Under another id
//! each copy must be known not to have run. Whatever says that the server has or had the message takes the permission away for good.

use std::collections::{HashMap, HashSet};

use telewire::tl::mtproto::types;
use telewire::tl::{Deserialize, Identifiable};

use crate::envelope::{Envelope, Message, long};
use crate::watch::{Broken, Place, request};

/// What must not run twice, and what is known of it.
#[derive(Debug, Default)]
pub(super) struct Once {
    numbers: HashSet<i32>,
    /// The messages that each was sent in.
    messages: HashMap<i32, Vec<(Place, i64)>>,
    known: HashMap<(Place, i64), Known>,
    /// The messages of each packet.
    packets: HashMap<(Place, i64), Vec<i64>>,
    /// What the client asked about.
    questions: HashMap<(Place, i64), Vec<i64>>,
    /// The sessions of which the server has told that they began, and by which messages.
    begun: HashMap<Place, HashSet<i64>>,
}

/// What is known of a message.
#[derive(Debug, Default)]
struct Known {
    /// The packets that it was sent in, and what the server has said of each.
    copies: Vec<(i64, Word)>,
    /// Whether the server has or had it.
    was_received: bool,
}

/// What the server has said of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Nothing.
    Nothing,
    /// It lacks it.
    Lacks,
    /// It has refused it.
    Refused,
    /// The session began anew after it was sent.
    Doubt,
}

impl Word {
    fn is_permission(self) -> bool {
        matches!(self, Self::Lacks | Self::Refused)
    }
}

/// Codes of `bad_msg_notification` that say that nothing has run. 48 has a constructor of its own.
const NOT_RUN: [i32; 9] = [16, 17, 32, 33, 34, 35, 48, 64, 18];

impl Once {
    pub(super) fn add(&mut self, number: i32) {
        self.numbers.insert(number);
    }

    /// The client sends a packet.
    pub(super) fn sent(&mut self, place: Place, envelope: &Envelope) -> Result<(), Broken> {
        let packet = envelope.outer.id;
        for message in envelope.messages() {
            if let Ok(question) = types::MsgsStateReq::from_bytes(&message.body) {
                self.questions.insert((place, message.id), question.msg_ids);
            }
            let Some(number) = request(message).filter(|number| self.numbers.contains(number))
            else {
                continue;
            };
            let this = (place, message.id);
            let all = self.messages.entry(number).or_default();
            let is_again = all.contains(&this);
            let forbidden = all.iter().filter(|other| is_again == (**other == this));
            let why = forbidden.filter_map(|id| self.known.get(id)?.forbids(is_again)).next();
            if let Some(why) = why {
                return Err(Broken::Again { number, why });
            }
            if !is_again {
                all.push(this);
            }
            self.known.entry(this).or_default().copies.push((packet, Word::Nothing));
            self.packets.entry((place, packet)).or_default().push(message.id);
        }
        Ok(())
    }

    /// A message reached the client. What says that the server has something counts if it `is_sure` that the client has heard it.
    pub(super) fn heard(&mut self, place: Place, message: &Message, is_sure: bool) {
        let body = &message.body[..];
        match message.constructor() {
            types::MsgsAck::ID => {
                let acks = types::MsgsAck::from_bytes(body);
                acks.iter()
                    .flat_map(|acks| &acks.msg_ids)
                    .for_each(|id| self.received(place, *id, is_sure));
            }
            types::RpcResult::ID if is_unbound(body) => {
                self.unbound(place, long(body, 4).unwrap_or(0));
            }
            types::RpcResult::ID | types::MsgDetailedInfo::ID => {
                self.received(place, long(body, 4).unwrap_or(0), is_sure);
            }
            types::MsgsStateInfo::ID => {
                let Ok(info) = types::MsgsStateInfo::from_bytes(body) else { return };
                let question = self.questions.get(&(place, info.req_msg_id));
                let ids = question.cloned().unwrap_or_default();
                self.states(place, &ids, &info.info, is_sure);
            }
            types::MsgsAllInfo::ID => {
                let Ok(info) = types::MsgsAllInfo::from_bytes(body) else { return };
                self.states(place, &info.msg_ids, &info.info, is_sure);
            }
            types::NewSessionCreated::ID => {
                let begun = self.begun.entry(place).or_default();
                // Before the first, nothing is sent that must not run twice; the same comes again over another link.
                if begun.insert(message.id) && begun.len() > 1 && is_sure {
                    self.doubt(place);
                }
            }
            types::BadServerSalt::ID => self.refused(place, long(body, 4).unwrap_or(0)),
            types::BadMsgNotification::ID => {
                let Ok(notice) = types::BadMsgNotification::from_bytes(body) else { return };
                if NOT_RUN.contains(&notice.error_code) {
                    self.refused(place, notice.bad_msg_id);
                }
            }
            _ => {}
        }
    }

    fn states(&mut self, place: Place, ids: &[i64], info: &[u8], is_sure: bool) {
        for (id, state) in ids.iter().zip(info) {
            match state & 7 {
                2 | 3 => {
                    let inside = self.packets.get(&(place, *id)).cloned().unwrap_or_default();
                    for id in inside.into_iter().chain([*id]) {
                        if let Some(known) = self.known.get_mut(&(place, id)) {
                            let open = known.copies.iter_mut().filter(|c| c.1 == Word::Nothing);
                            open.for_each(|(_, word)| *word = Word::Lacks);
                        }
                    }
                }
                4.. => self.received(place, *id, is_sure),
                _ => {}
            }
        }
    }

    fn doubt(&mut self, place: Place) {
        let known = self.known.iter_mut().filter(|((of, _), _)| *of == place);
        let copies = known.flat_map(|(_, known)| &mut known.copies);
        copies.filter(|c| c.1 != Word::Refused).for_each(|(_, word)| *word = Word::Doubt);
    }

    fn received(&mut self, place: Place, id: i64, is_sure: bool) {
        let Some(known) = self.known.get_mut(&(place, id)).filter(|_| is_sure) else { return };
        // What is said after all copies were refused is said of a copy that the network made: see `Late`.
        let is_over = known.copies.iter().all(|(_, word)| *word == Word::Refused);
        known.was_received |= !is_over;
    }

    /// The temporary key was not bound, so no copy of the message has run, and none will.
    fn unbound(&mut self, place: Place, id: i64) {
        if let Some(known) = self.known.get_mut(&(place, id)) {
            known.copies.iter_mut().for_each(|(_, word)| *word = Word::Refused);
            known.was_received = false;
        }
    }

    fn refused(&mut self, place: Place, packet: i64) {
        for id in self.packets.get(&(place, packet)).into_iter().flatten() {
            let copies = self.known.get_mut(&(place, *id)).into_iter().flat_map(|k| &mut k.copies);
            copies.filter(|(of, _)| *of == packet).for_each(|(_, word)| *word = Word::Refused);
        }
    }
}

/// Whether a request was answered by the error of a temporary key that is not bound.
fn is_unbound(body: &[u8]) -> bool {
    let result = types::RpcResult::from_bytes(body);
    let error = result.ok().and_then(|result| result.result.decode::<types::RpcError>().ok());
    error.is_some_and(|error| error.error_message == "AUTH_KEY_PERM_EMPTY")
}

impl Known {
    /// Why it may not go again: under its own id, or under another.
    fn forbids(&self, is_again: bool) -> Option<&'static str> {
        let mut words = self.copies.iter().map(|(_, word)| word.is_permission());
        let may_go = if is_again { words.next_back() == Some(true) } else { words.all(|may| may) };
        if self.was_received {
            Some("though the server had said that it has it")
        } else if !may_go {
            Some("and nothing says that it did not run")
        } else {
            None
        }
    }
}
