//! Packets of the other side: opened, put into their order, processed (SC-22 to SC-24, SC-40 to SC-49).

use zeroize::Zeroizing;

use crate::crypto::{AuthKey, Entropy};
use crate::secret::chat::Chat;
use crate::secret::content::{Action, Content, Control};
use crate::secret::error::{Breach, Closed, Dropped};
use crate::secret::event::{Event, Position, Receipt};
use crate::secret::layer::{self, Carried, Header};
use crate::secret::life::{State, Word as LifeWord};
use crate::secret::limits::{MAX_PACKET, MAX_QUEUED_BYTES, MAX_WAITING, OUR_LAYER};
use crate::secret::numbers::{self, Numbers, Place};
use crate::secret::outgoing::Kind;
use crate::secret::packet;
use crate::secret::queued::Queued;
use crate::secret::rekey::{Rekey, Word};
use crate::secret::store::Row;
use crate::secret::timers::Timer;
use crate::secret::types::{EncryptedMessage, ServerFile};
use crate::time::Now;

/// Which key a packet is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Current,
    /// The other side may use it from our `AcceptKey` on (SC-52).
    Pending,
    Old,
}

/// What stands beside a message.
#[derive(Clone, Copy)]
struct Beside {
    date: i32,
    file: Option<ServerFile>,
    is_of_new_key: bool,
}

impl Chat {
    /// Takes a message of the other side, as the server passes it on. Its `qts` comes back in the batch that settles it.
    pub fn handle_message(
        &mut self,
        now: Now,
        message: EncryptedMessage,
        entropy: &mut dyn Entropy,
    ) -> Receipt {
        self.begin(now, message.qts);
        let receipt = self.receive(message, entropy);
        self.commit(entropy);
        receipt
    }

    fn receive(&mut self, message: EncryptedMessage, entropy: &mut dyn Entropy) -> Receipt {
        // SC-22: before it is kept anywhere.
        if message.bytes.len() > MAX_PACKET {
            return self.dropped(Dropped::NotAuthentic);
        }
        match self.record.state {
            State::Ready => {}
            State::Closed | State::Offered | State::Configuring | State::Computing => {
                return self.dropped(Dropped::NotReady);
            }
            // SC-07: who has accepted and lost the answer, knows by a packet of the other side that it was heard.
            State::Accepting if self.is_authentic(&message.bytes) => {
                self.keep_qts();
                self.early.push_back(message);
                self.go(LifeWord::Key);
                self.ready(entropy);
                return Receipt::Taken;
            }
            // The other side may have its key before we have ours. The server keeps the message until it is settled.
            _ if self.has_room(&message) => {
                self.keep_qts();
                self.early.push_back(message);
                return Receipt::Early;
            }
            _ => return self.dropped(Dropped::NotReady),
        }
        match self.open(&message, entropy) {
            Ok(receipt) => receipt,
            Err(dropped) => self.dropped(dropped),
        }
    }

    /// Whether a message may wait for the key. Nobody has shown yet who wrote those that wait, so they have limits.
    fn has_room(&self, message: &EncryptedMessage) -> bool {
        let bytes: usize = self.early.iter().map(|message| message.bytes.len()).sum();
        self.early.len() < MAX_WAITING
            && bytes.saturating_add(message.bytes.len()) <= MAX_QUEUED_BYTES
    }

    /// What came before the key was there.
    pub(super) fn take_early(&mut self, entropy: &mut dyn Entropy) {
        while let Some(message) = self.early.pop_front() {
            // Each is a step of its own, since each has an event of the server to settle.
            let now = self.now;
            self.commit(entropy);
            self.begin(now, message.qts);
            self.receive(message, entropy);
        }
    }

    fn is_authentic(&self, packet: &[u8]) -> bool {
        let from = self.record.side.other();
        let opened =
            self.key_of(packet).and_then(|(_, key)| packet::open(&*self.suite, &key, from, packet));
        opened.is_ok()
    }

    fn dropped(&mut self, dropped: Dropped) -> Receipt {
        self.counts.count(dropped);
        Receipt::Dropped(dropped)
    }

    fn open(
        &mut self,
        message: &EncryptedMessage,
        entropy: &mut dyn Entropy,
    ) -> Result<Receipt, Dropped> {
        let (which, key) = self.key_of(&message.bytes)?;
        let from = self.record.side.other();
        let layer = packet::open(&*self.suite, &key, from, &message.bytes)?;
        let (header, content) = match layer::read(&layer)? {
            Carried::Layered(header, content) => (header, content),
            // SC-31: it has no place in the order.
            Carried::Notice(layer) => {
                self.learn_layer(layer);
                return Ok(Receipt::Taken);
            }
        };
        let numbers = Numbers::raw(header.in_seq_no, header.out_seq_no, self.record.side);
        let (in_, out) = match numbers {
            Ok(raw) => raw,
            Err(breach) => return Ok(self.breach(breach)),
        };
        // SC-55: who has counted our `CommitKey`, does not write with the old key.
        let commit = self.record.keys.old.as_ref().and_then(|old| old.commit);
        if which == Which::Old && commit.is_some_and(|commit| in_ > commit) {
            return Err(Dropped::OldKey);
        }
        if which == Which::Pending {
            self.hear_of_keys(Word::NewKey, entropy);
        }
        let beside =
            Beside { date: message.date, file: message.file, is_of_new_key: which != Which::Old };
        match self.record.numbers.place(out, self.inbox.contains_key(&out)) {
            Ok(Place::Before) => Err(Dropped::Repeated),
            Ok(Place::Next) => {
                let processed = self.process(header, in_, content, beside, false, entropy);
                let drained = processed.and_then(|()| self.drain(entropy));
                Ok(drained.map_or_else(|breach| self.breach(breach), |()| Receipt::Taken))
            }
            Ok(Place::Ahead { ask }) => {
                let queued = self.queue(out, layer, &content, beside);
                if let (Ok(()), Some(missing)) = (queued, ask) {
                    // SC-45: once for each hole.
                    let (start, end) = Numbers::resend(&missing, self.record.side);
                    self.control(&Control::Resend { start, end }, entropy);
                }
                Ok(queued.map_or_else(|breach| self.breach(breach), |()| Receipt::Ahead))
            }
            Err(breach) => Ok(self.breach(breach)),
        }
    }

    fn breach(&mut self, breach: Breach) -> Receipt {
        self.end(Closed::Breach(breach), false);
        Receipt::Closed(breach)
    }

    /// SC-22: by the fingerprint, among the current key, the next and the one before.
    fn key_of(&self, packet: &[u8]) -> Result<(Which, AuthKey), Dropped> {
        let id = packet::fingerprint(packet).ok_or(Dropped::NotAuthentic)?;
        let pending = match &self.record.rekey {
            Rekey::Accepted { key, .. } => Some(key),
            _ => None,
        };
        let old = self.record.keys.old.as_ref().map(|old| &old.key);
        let keys = [
            (Which::Current, self.record.keys.current.as_ref()),
            (Which::Pending, pending),
            (Which::Old, old),
        ];
        let key = keys.into_iter().find_map(|(which, key)| {
            key.filter(|key| key.id() == id).map(|key| (which, key.clone()))
        });
        key.ok_or(Dropped::UnknownKey)
    }

    /// Lets a message wait for those before it. Nothing of it is seen, but for a resend, which is served at once: the other side may
    /// wait for it before it says what we wait for (SC-46, SC-49).
    fn queue(
        &mut self,
        out: u32,
        layer: Zeroizing<Vec<u8>>,
        content: &Content,
        beside: Beside,
    ) -> Result<(), Breach> {
        self.inbox_bytes += layer.len();
        if self.inbox_bytes > MAX_QUEUED_BYTES {
            return Err(Breach::QueueFull { bytes: self.inbox_bytes });
        }
        let mut is_done = false;
        if let Content::Control(Control::Resend { start, end }) = content {
            self.serve_resend(*start, *end)?;
            is_done = true;
        }
        let Beside { date, file, is_of_new_key } = beside;
        let queued = Queued { layer, date, file, is_of_new_key, is_done };
        self.put(Row::Queued(out), queued.encode());
        self.inbox.insert(out, queued);
        self.record.numbers.queued(out);
        self.changed();
        Ok(())
    }

    /// Processes what waited, as far as it follows.
    fn drain(&mut self, entropy: &mut dyn Entropy) -> Result<(), Breach> {
        while self.record.state == State::Ready
            && let Some(queued) = self.inbox.remove(&self.record.numbers.received)
        {
            self.remove(Row::Queued(self.record.numbers.received));
            self.inbox_bytes = self.inbox_bytes.saturating_sub(queued.layer.len());
            let Ok(Carried::Layered(header, content)) = layer::read(&queued.layer) else {
                // It was read when it came.
                continue;
            };
            let (in_, _) = Numbers::raw(header.in_seq_no, header.out_seq_no, self.record.side)?;
            let Queued { date, file, is_of_new_key, is_done, .. } = queued;
            let beside = Beside { date, file, is_of_new_key };
            self.process(header, in_, content, beside, is_done, entropy)?;
        }
        Ok(())
    }

    /// Takes the next message in order.
    fn process(
        &mut self,
        header: Header,
        in_: u32,
        content: Content,
        beside: Beside,
        is_done: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Breach> {
        self.record.numbers.acknowledge(in_)?;
        self.forget_acknowledged();
        let place = Position {
            after_ours: in_,
            number: self.record.numbers.received,
            date: beside.date,
            file: beside.file,
        };
        self.record.numbers.received += 1;
        self.record.keys.uses = self.record.keys.uses.saturating_add(1);
        self.changed();
        if beside.is_of_new_key {
            self.heard_new_key(in_);
        }
        // SC-34: what is sent again may be of the layer of before.
        if header.layer < self.record.last_layer {
            self.counts.lower_layer += 1;
        }
        self.record.last_layer = header.layer;
        self.learn_layer(header.layer);
        match content {
            Content::Message { random_id, message } => {
                self.await_opening(random_id, message.ttl, false);
                self.event(Event::Message { random_id, message, place });
            }
            Content::Action { random_id, action } => {
                self.note_action(&action);
                self.event(Event::Action { random_id, action, place });
            }
            Content::Control(Control::Resend { .. }) if is_done => {}
            Content::Control(Control::Resend { start, end }) => self.serve_resend(start, end)?,
            Content::Control(control) => self.take_control(control, entropy),
            // SC-33.
            Content::Unknown { layer } => {
                self.event(Event::Unsupported { layer, is_newer: layer > OUR_LAYER, place });
            }
        }
        Ok(())
    }

    /// What a person's action changes in the chat itself.
    fn note_action(&mut self, action: &Action) {
        match action {
            Action::SetTtl(seconds) => self.record.ttl = *seconds,
            // SC-70: ours start when the other side has opened them.
            Action::Read(ids) => {
                for id in ids {
                    self.start_timer(*id, true, 0);
                }
            }
            Action::Delete(ids) => {
                for id in ids {
                    self.forget_timer(*id);
                }
            }
            Action::Screenshot(_) | Action::Flush | Action::Typing(_) => {}
        }
    }

    /// SC-30: what a header says counts from 46 on, which no lower number can change.
    pub(super) fn learn_layer(&mut self, layer: i32) {
        if self.record.peer_layer.learn(layer) {
            self.changed();
            self.event(Event::PeerLayer(layer));
        }
    }

    /// SC-47: what the other side has processed is no longer kept.
    fn forget_acknowledged(&mut self) {
        let mut random_ids = Vec::new();
        while let Some(entry) = self.outbox.first_entry()
            && *entry.key() < self.record.numbers.peer_in
        {
            let (out, sent) = entry.remove_entry();
            if sent.kind != Kind::Control {
                random_ids.push(sent.random_id);
            }
            self.remove(Row::Sent(out));
        }
        let peer_in = self.record.numbers.peer_in;
        self.record.resends.retain_mut(|range| {
            range.start = range.start.max(peer_in);
            range.start < range.end
        });
        if !random_ids.is_empty() {
            self.event(Event::Acknowledged { random_ids });
        }
    }

    /// SC-46: what is not sent yet comes anyway.
    fn serve_resend(&mut self, start: i32, end: i32) -> Result<(), Breach> {
        let numbers = self.record.numbers;
        let asked = numbers.asked_of_us(start, end, self.record.side)?;
        let again = asked.start..asked.end.min(numbers.sent);
        // Each wanted place is answered, by what stands in it.
        if let Some(number) = again.clone().find(|number| !self.outbox.contains_key(number)) {
            return Err(Breach::ResendGone { number });
        }
        numbers::add(&mut self.record.resends, again);
        self.changed();
        Ok(())
    }

    /// A message with a timer: it starts when it is opened (SC-70).
    pub(super) fn await_opening(&mut self, random_id: i64, ttl: i32, is_ours: bool) {
        let timer = Timer { is_ours, ttl, deadline: None };
        // The other side names its messages: one that is called as another is must not stop that one's timer.
        if ttl > 0 && self.timers.insert(random_id, timer) {
            self.put(Row::Timer(random_id), timer.encode());
        }
    }

    pub(super) fn start_timer(&mut self, random_id: i64, is_ours: bool, duration: u32) -> bool {
        let unix = self.now.unix.as_secs();
        let started = self.timers.start(random_id, is_ours, duration, unix);
        if let Some(timer) = started {
            self.put(Row::Timer(random_id), timer.encode());
        }
        started.is_some()
    }

    pub(super) fn forget_timer(&mut self, random_id: i64) {
        if self.timers.remove(random_id) {
            self.remove(Row::Timer(random_id));
        }
    }
}
