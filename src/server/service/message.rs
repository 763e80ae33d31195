//! Messages of a client's: judged, taken out of containers and of compression.

use crate::framing::TransportError;
use crate::ids::SeqNo;
use crate::message_id::MessageId;
use crate::server::Strictness;
use crate::server::dc::DataCentre;
use crate::server::inflate::Inflater;
use crate::server::link::Link;
use crate::server::service::Origin;
use crate::server::session::{Judgement, Place};
use crate::tl::mtproto::{functions, types};
use crate::tl::{Bare, Deserialize, Identifiable};

/// The messages that a container may have.
const MAX_MESSAGES: usize = 1_024;

/// The codes of `bad_msg_notification` that depend on what is inside of a message.
mod code {
    pub(super) const CONTAINER_ID: i32 = 19;
    pub(super) const NOT_EVEN: i32 = 34;
    pub(super) const NOT_ODD: i32 = 35;
    pub(super) const INVALID_CONTAINER: i32 = 64;
}

/// A message of a client's.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: MessageId,
    pub(super) seqno: SeqNo,
    pub(super) body: Vec<u8>,
}

impl Message {
    fn constructor(&self) -> u32 {
        constructor(&self.body)
    }

    /// The least id of it and of what it contains.
    pub(super) fn first_id(&self) -> MessageId {
        if self.constructor() != types::MsgContainer::ID {
            return self.id;
        }
        let container = types::MsgContainer::from_bytes(&self.body);
        let ids = container.iter().flat_map(|container| container.messages.iter());
        ids.map(|child| MessageId(child.msg_id)).min().unwrap_or(self.id).min(self.id)
    }
}

impl DataCentre {
    pub(super) fn take_message(
        &mut self,
        origin: Origin,
        link: &mut Link,
        mut message: Message,
        place: Place,
        inflater: &mut Inflater,
    ) {
        let (id, seqno) = (message.id, message.seqno);
        let is_container = message.constructor() == types::MsgContainer::ID;
        let judgement = self
            .session(origin)
            .map_or(Judgement::Take, |session| session.judge(id, seqno, place, origin.now.unix));
        match judgement {
            Judgement::Bad(code) => return self.refuse(origin, &message, code),
            Judgement::Duplicate if is_container => {
                return self.refuse(origin, &message, code::CONTAINER_ID);
            }
            Judgement::Duplicate => return self.take_duplicate(origin, id, seqno),
            Judgement::Take => {}
        }
        let strictness = self.config.strictness;
        if let Err(code) = unpack(&mut message, place, inflater, strictness) {
            return self.refuse(origin, &message, code);
        }
        if is_container {
            return self.take_container(origin, link, &message, inflater);
        }
        self.announce_session(origin);
        self.with_session(origin, |session| {
            session.note(id, seqno);
            if seqno.is_content() {
                session.acknowledge(id);
            }
        });
        self.dispatch(origin, link, &message, inflater);
    }

    fn take_duplicate(&mut self, origin: Origin, id: MessageId, seqno: SeqNo) {
        self.with_session(origin, |session| {
            if seqno.is_content() {
                session.acknowledge(id);
            }
            session.answer_again(id, origin.now.unix);
        });
    }

    fn take_container(
        &mut self,
        origin: Origin,
        link: &mut Link,
        message: &Message,
        inflater: &mut Inflater,
    ) {
        let container = types::MsgContainer::from_bytes(&message.body);
        let is_in_order = |container: &types::MsgContainer| {
            container.messages.iter().all(|child| child.msg_id < message.id.0)
        };
        let Some(container) = container.ok().filter(is_in_order) else {
            return self.refuse(origin, message, code::INVALID_CONTAINER);
        };
        if container.messages.len() > MAX_MESSAGES {
            return link.send_error(TransportError::FLOOD.0);
        }
        self.announce_session(origin);
        self.with_session(origin, |session| session.note(message.id, message.seqno));
        for Bare(child) in container.messages.0 {
            let message = Message {
                id: MessageId(child.msg_id),
                seqno: SeqNo(child.seqno),
                body: child.body.into_bytes(),
            };
            self.take_message(origin, link, message, Place::Container, inflater);
        }
    }
}

/// Takes the compression off a message, and looks whether what it is may stand where it does, with the number it has.
fn unpack(
    message: &mut Message,
    place: Place,
    inflater: &mut Inflater,
    strictness: Strictness,
) -> Result<(), i32> {
    let is_packed = message.constructor() == types::GzipPacked::ID;
    if is_packed {
        let inflated = inflater.inflate(&message.body);
        message.body = inflated.map_err(|_| code::INVALID_CONTAINER)?;
    }
    let constructor = message.constructor();
    let is_container = constructor == types::MsgContainer::ID;
    let is_nested = is_container && (is_packed || place == Place::Container)
        || is_packed && constructor == types::GzipPacked::ID;
    if is_nested {
        return Err(code::INVALID_CONTAINER);
    }
    let is_never_content = is_container || constructor == types::MsgsAck::ID;
    // mtcute numbers its acknowledgements as it numbers calls. What they are for is clear, and they are acknowledged in turn.
    if is_never_content && message.seqno.is_content() && !strictness.is_lenient() {
        return Err(code::NOT_EVEN);
    }
    let may_be_even = is_never_content || is_service(constructor);
    if !may_be_even && !message.seqno.is_content() {
        return Err(code::NOT_ODD);
    }
    Ok(())
}

/// Service messages, which clients acknowledge or not as they like. All others are calls of the API.
fn is_service(constructor: u32) -> bool {
    matches!(
        constructor,
        functions::Ping::ID
            | functions::PingDelayDisconnect::ID
            | functions::GetFutureSalts::ID
            | functions::DestroySession::ID
            | functions::DestroyAuthKey::ID
            | functions::HttpWait::ID
            | functions::RpcDropAnswer::ID
            | types::MsgsStateReq::ID
            | types::MsgsStateInfo::ID
            | types::MsgsAllInfo::ID
            | types::MsgResendReq::ID
            | types::MsgResendAnsReq::ID
    )
}

pub(in crate::server) fn constructor(body: &[u8]) -> u32 {
    body.first_chunk::<4>().map_or(0, |id| u32::from_le_bytes(*id))
}
