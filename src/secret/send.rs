//! What we say: messages get their place in the order once, and are kept until the other side has them (SC-42, SC-47, SC-48).

use zeroize::Zeroizing;

use crate::crypto::{Entropy, EntropyExt};
use crate::secret::chat::Chat;
use crate::secret::content::{self, Action, Control, Message};
use crate::secret::error::Error;
use crate::secret::event::Event;
use crate::secret::layer::{self, Header};
use crate::secret::life::State;
use crate::secret::limits::{MAX_UNACKNOWLEDGED, MAX_WAITING};
use crate::secret::numbers::Numbers;
use crate::secret::outgoing::{Draft, Kind, Sent};
use crate::secret::packet;
use crate::secret::store::Row;
use crate::secret::types::{InputFile, Request};
use crate::time::Now;

impl Chat {
    /// Says something, and gives the name that the message has. Before the chat is ready it waits (SC-10). A timer of the chat goes
    /// with what has none of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], [`Error::TooManyWaiting`], [`Error::TooManyUnacknowledged`], [`Error::NumbersUsedUp`],
    /// [`Error::FileTooLarge`], [`Error::OldForm`].
    pub fn send(
        &mut self,
        now: Now,
        mut message: Message,
        file: Option<InputFile>,
        entropy: &mut dyn Entropy,
    ) -> Result<i64, Error> {
        self.may_send()?;
        if message.ttl == 0 {
            message.ttl = self.record.ttl;
        }
        let random_id = random_id(entropy);
        let layer = self.record.peer_layer.to_write();
        let bytes = content::write_message(random_id, &message, layer)?;
        self.begin(now, None);
        let ttl = content::clamp_ttl(message.ttl);
        self.await_opening(random_id, ttl, true);
        let (kind, is_silent) = (Kind::Message, message.is_silent);
        self.enqueue(Draft { random_id, kind, is_silent, file, bytes: bytes.into() }, entropy);
        self.commit(entropy);
        Ok(random_id)
    }

    /// Does something in the chat, and gives the name that the message about it has. To delete, [`delete`](Self::delete); to say that
    /// something was opened, [`opened`](Self::opened); that somebody types, is a call (SC-73).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn act(
        &mut self,
        now: Now,
        action: &Action,
        entropy: &mut dyn Entropy,
    ) -> Result<i64, Error> {
        self.may_send()?;
        self.begin(now, None);
        if let Action::SetTtl(seconds) = action {
            self.record.ttl = content::clamp_ttl(*seconds);
        }
        let random_id = self.say(action, entropy);
        self.commit(entropy);
        Ok(random_id)
    }

    /// Deletes messages on both sides. Those of ours that the other side has not got vanish from where they wait: in their place it
    /// gets their deletion (SC-48).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn delete(
        &mut self,
        now: Now,
        random_ids: &[i64],
        entropy: &mut dyn Entropy,
    ) -> Result<i64, Error> {
        self.may_send()?;
        self.begin(now, None);
        let waits =
            |sent: &Sent| sent.kind == Kind::Message && random_ids.contains(&sent.random_id);
        let places: Vec<u32> =
            self.outbox.iter().filter(|(_, sent)| waits(sent)).map(|(out, _)| *out).collect();
        for out in places {
            self.replace(out, entropy);
        }
        let drafts: Vec<u32> = self
            .waiting
            .iter()
            .filter(|(_, draft)| random_ids.contains(&draft.random_id))
            .map(|(number, _)| *number)
            .collect();
        for number in drafts {
            self.waiting.remove(&number);
            self.remove(Row::Waiting(number));
        }
        for id in random_ids {
            self.forget_timer(*id);
        }
        let random_id = self.say(&Action::Delete(random_ids.to_vec()), entropy);
        self.commit(entropy);
        Ok(random_id)
    }

    /// A message of the other side was opened. If it has a timer, that runs now, and the other side is told; what plays for
    /// `duration` seconds stays a second longer than that (SC-70, SC-71). Whether it has one.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn opened(
        &mut self,
        now: Now,
        random_id: i64,
        duration: u32,
        entropy: &mut dyn Entropy,
    ) -> Result<bool, Error> {
        self.may_send()?;
        self.begin(now, None);
        let runs = self.start_timer(random_id, false, duration);
        if runs {
            self.say(&Action::Read(vec![random_id]), entropy);
        }
        self.commit(entropy);
        Ok(runs)
    }

    /// Somebody types, or stops: a call, and no message (SC-73).
    ///
    /// # Errors
    ///
    /// [`Error::NotReady`].
    pub fn typing(
        &mut self,
        now: Now,
        is_typing: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Error> {
        let peer = self.record.chat;
        self.aside(now, Request::SetTyping { peer, is_typing }, entropy)
    }

    /// All until this date was read: a call, and no message (SC-71).
    ///
    /// # Errors
    ///
    /// [`Error::NotReady`].
    pub fn read(
        &mut self,
        now: Now,
        max_date: i32,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Error> {
        let peer = self.record.chat;
        self.aside(now, Request::ReadHistory { peer, max_date }, entropy)
    }

    fn aside(
        &mut self,
        now: Now,
        request: Request,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Error> {
        if self.record.state != State::Ready {
            return Err(Error::NotReady);
        }
        self.begin(now, None);
        self.call_aside(request);
        self.commit(entropy);
        Ok(())
    }

    fn may_send(&self) -> Result<(), Error> {
        if self.record.state == State::Closed {
            return Err(Error::Closed);
        }
        if self.waiting.len() >= MAX_WAITING {
            return Err(Error::TooManyWaiting);
        }
        if self.outbox.len() >= MAX_UNACKNOWLEDGED {
            return Err(Error::TooManyUnacknowledged);
        }
        if !self.record.numbers.has_room() {
            return Err(Error::NumbersUsedUp);
        }
        Ok(())
    }

    fn say(&mut self, action: &Action, entropy: &mut dyn Entropy) -> i64 {
        let random_id = random_id(entropy);
        let bytes = content::write_action(random_id, action).into();
        let kind = Kind::Action;
        self.enqueue(Draft { random_id, kind, is_silent: false, file: None, bytes }, entropy);
        random_id
    }

    /// Says a control message. It has its place in the order like all others.
    pub(super) fn control(&mut self, control: &Control, entropy: &mut dyn Entropy) {
        let random_id = random_id(entropy);
        let bytes = content::write_control(random_id, control).into();
        let kind = Kind::Control;
        self.make(Draft { random_id, kind, is_silent: false, file: None, bytes }, entropy);
    }

    fn enqueue(&mut self, draft: Draft, entropy: &mut dyn Entropy) {
        if self.record.state == State::Ready {
            self.make(draft, entropy);
            return;
        }
        let number = self.waiting.last_key_value().map_or(0, |(last, _)| last.saturating_add(1));
        self.put(Row::Waiting(number), draft.encode());
        self.waiting.insert(number, draft);
    }

    /// What waited for the chat to be ready.
    pub(super) fn send_waiting(&mut self, entropy: &mut dyn Entropy) {
        while let Some((number, draft)) = self.waiting.pop_first() {
            self.remove(Row::Waiting(number));
            self.make(draft, entropy);
        }
    }

    /// Gives a message its numbers and its key. Neither changes any more: what was seen once under a number stays what it is
    /// (SC-40, SC-82).
    fn make(&mut self, draft: Draft, entropy: &mut dyn Entropy) {
        if !self.record.numbers.has_room() {
            return;
        }
        let (out, in_) = (self.record.numbers.made, self.record.numbers.received);
        let Some(packet) = self.seal(in_, out, &draft.bytes, entropy) else { return };
        let Draft { random_id, kind, is_silent, file, .. } = draft;
        let batch = self.batch();
        let sent = Sent { random_id, kind, is_silent, file, in_, packet, batch };
        self.put(Row::Sent(out), sent.encode());
        self.outbox.insert(out, sent);
        self.record.numbers.made += 1;
        self.record.keys.uses = self.record.keys.uses.saturating_add(1);
        self.changed();
    }

    fn seal(
        &self,
        in_: u32,
        out: u32,
        message: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Option<Vec<u8>> {
        let key = self.record.keys.current.as_ref()?;
        let (in_seq_no, out_seq_no) = Numbers::wire(in_, out, self.record.side);
        let header = Header { layer: self.record.peer_layer.to_write(), in_seq_no, out_seq_no };
        let layer = Zeroizing::new(layer::write(header, message, entropy));
        Some(packet::seal(&*self.suite, key, self.record.side, &layer, entropy))
    }

    /// Puts its own deletion into the place of a message, with its numbers (SC-48).
    pub(super) fn replace(&mut self, out: u32, entropy: &mut dyn Entropy) {
        let Some(sent) = self.outbox.get(&out).cloned() else { return };
        let deletion = Action::Delete(vec![sent.random_id]);
        let bytes = Zeroizing::new(content::write_action(sent.random_id, &deletion));
        let Some(packet) = self.seal(sent.in_, out, &bytes, entropy) else { return };
        let batch = self.batch();
        let sent = Sent { kind: Kind::Action, is_silent: true, file: None, packet, batch, ..sent };
        self.put(Row::Sent(out), sent.encode());
        self.outbox.insert(out, sent);
        self.changed();
    }

    /// The number of the message to hand to the server next, and whether it is one again: what the other side has asked for comes
    /// before what it does not have yet.
    pub(super) fn next_message(&mut self) -> Option<(u32, bool)> {
        let is_held = self.in_flight.is_some() || self.hold_until.is_some();
        if is_held || self.record.state != State::Ready {
            return None;
        }
        if let Some(range) = self.record.resends.first() {
            return Some((range.start, true));
        }
        let numbers = self.record.numbers;
        (numbers.sent < numbers.made).then_some((numbers.sent, false))
    }

    /// The server has a message.
    pub(super) fn message_sent(
        &mut self,
        out: u32,
        is_resend: bool,
        date: i32,
        file: Option<crate::secret::types::ServerFile>,
    ) {
        if is_resend {
            if let Some(range) = self.record.resends.first_mut()
                && range.start == out
            {
                range.start += 1;
            }
            self.record.resends.retain(|range| range.start < range.end);
        }
        let is_first = out >= self.record.numbers.sent;
        self.record.numbers.sent = self.record.numbers.sent.max(out + 1);
        self.changed();
        let Some(sent) = self.outbox.get_mut(&out) else { return };
        let (random_id, kind) = (sent.random_id, sent.kind);
        if let (Some(file), true) = (file, sent.file.is_some()) {
            // SC-76: the upload is used up; again, it goes by what the server calls it.
            sent.file = Some(InputFile::Existing { id: file.id, access_hash: file.access_hash });
            let row = sent.encode();
            self.put(Row::Sent(out), row);
        }
        if is_first && kind != Kind::Control {
            self.event(Event::Sent { random_id, date, file });
        }
    }
}

/// Random, and never 0.
fn random_id(entropy: &mut dyn Entropy) -> i64 {
    match i64::from_le_bytes(entropy.array()) {
        0 => 1,
        id => id,
    }
}
