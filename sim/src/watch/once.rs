//! What must not run twice goes again by permission only: the server said that it lacks the message, or it refused it in a way that
//! says that it did not run. Being asked for it (`msg_resend_req`), silence, and a new session are none.
//!
//! Under its own id one permission since it was sent last is enough, as the server tells copies by the id. Under another id each
//! copy must be known not to have run. Whatever says that the server has or had the message takes the permission away for good.

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
}

/// What is known of a message.
#[derive(Debug, Default)]
struct Known {
    /// The packets that it was sent in, and whether the server has said of each that it did not run.
    copies: Vec<(i64, bool)>,
    /// Whether the server has or had it.
    was_received: bool,
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
            self.known.entry(this).or_default().copies.push((packet, false));
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
                acks.iter().flat_map(|acks| &acks.msg_ids).for_each(|id| self.received(place, *id, is_sure));
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
                            known.copies.iter_mut().for_each(|(_, is_known)| *is_known = true);
                        }
                    }
                }
                4.. => self.received(place, *id, is_sure),
                _ => {}
            }
        }
    }

    fn received(&mut self, place: Place, id: i64, is_sure: bool) {
        if let Some(known) = self.known.get_mut(&(place, id)).filter(|_| is_sure) {
            known.was_received = true;
        }
    }

    fn refused(&mut self, place: Place, packet: i64) {
        for id in self.packets.get(&(place, packet)).into_iter().flatten() {
            let copies = self.known.get_mut(&(place, *id)).into_iter().flat_map(|k| &mut k.copies);
            copies.filter(|(of, _)| *of == packet).for_each(|(_, is_known)| *is_known = true);
        }
    }
}

impl Known {
    /// Why it may not go again: under its own id, or under another.
    fn forbids(&self, is_again: bool) -> Option<&'static str> {
        let mut unknown = self.copies.iter().filter(|(_, is_known)| !is_known);
        let is_last_known = self.copies.last().is_some_and(|(_, is_known)| *is_known);
        if self.was_received {
            Some("though the server had said that it has it")
        } else if is_again && !is_last_known || !is_again && unknown.next().is_some() {
            Some("and nothing says that it did not run")
        } else {
            None
        }
    }
}
