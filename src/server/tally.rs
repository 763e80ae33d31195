//! What a data centre sent, counted.

use std::collections::BTreeMap;

use byteorder::{ByteOrder, LittleEndian};

use crate::server::fault::Fault;
use crate::server::service::message::constructor;
use crate::tl::Identifiable;
use crate::tl::mtproto::types;

/// What a data centre sent, counted: to see which messages a client had to deal with, and what went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages by constructor: containers and what is in them, `rpc_result` and what it holds.
    pub messages: BTreeMap<u32, u64>,
    /// Refusals by the code of `bad_msg_notification`; 48 for `bad_server_salt`.
    pub refusals: BTreeMap<i32, u64>,
    /// Faults that had an effect: there was something that they could go wrong with.
    pub faults: BTreeMap<Fault, u64>,
}

impl Tally {
    pub(super) fn count(&mut self, body: &[u8]) {
        self.count_one(body);
        if constructor(body) != types::MsgContainer::ID {
            return;
        }
        let mut rest = body.get(8..).unwrap_or_default();
        // msg_id: 8 | seqno: 4 | length: 4 | body, as `Session::container` writes them.
        while let Some((header, after)) = rest.split_at_checked(16) {
            let length = header.get(12..).map_or(0, LittleEndian::read_u32);
            let child = usize::try_from(length).ok().and_then(|n| after.split_at_checked(n));
            let Some((child, after)) = child else { return };
            self.count_one(child);
            rest = after;
        }
    }

    fn count_one(&mut self, body: &[u8]) {
        let id = constructor(body);
        *self.messages.entry(id).or_default() += 1;
        if id == types::RpcResult::ID {
            let result = body.get(12..).unwrap_or_default();
            *self.messages.entry(constructor(result)).or_default() += 1;
        }
    }

    pub(super) fn count_fault(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    pub(super) fn count_refusal(&mut self, code: i32) {
        *self.refusals.entry(code).or_default() += 1;
    }
}
