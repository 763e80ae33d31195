//! All secret chats of a login, what is to be kept of them, and what is told: without I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::client::secret::error::SecretError;
use crate::client::secret::event::{SecretChatId, SecretEvent};
use crate::client::secret::kept::{self, kind};
use crate::client::secret::news::News;
use crate::client::store::{Change as StoreChange, SecretChange, SecretRow, SecretRows};
use crate::crypto::Entropy;
use crate::secret::{
    Answer, Call, Change, Chat, ChatId, Closed, EncryptedMessage, Error, Event, Group, Receipt,
    RestoreError, Rows, ServerChat, Token, Us,
};
use crate::time::Now;
use crate::tl::api::enums::InputUser;
use crate::tl::{Deserialize, Serialize};
use crate::updates::Mark;
use crate::work::{Done, Work};

/// Chats that are kept, those among them that others ask for: a row for each stays until a person decides.
pub(super) const MAX_CHATS: usize = 1_000;

/// What is kept may take so many bytes before we say no more. The session's store has room for 32 MiB of it.
pub(super) const MAX_TO_SAY: usize = 14 << 20;

/// What is kept may take so many bytes in all: whoever brings it above that has their chat closed. A chat that holds back as much as
/// it may (SC-45), 16 MiB, is not closed for that alone.
pub(super) const MAX_KEPT: usize = 31 << 20;

pub(super) struct Desk<E> {
    /// `None` while it is not known who is logged in.
    us: Option<Us>,
    /// Up to where the server may be told that we have its messages, once what is to be stored is (SC-80).
    pub(super) ack: Option<i32>,
    /// The updates that were taken since what has changed was stored: they are committed with that, as one batch.
    pub(super) taken: Vec<Mark>,
    pub(super) entropy: E,
    chats: BTreeMap<i32, Entry>,
    next_chat: i32,
    group: Option<Group>,
    /// Messages that wait for a key are named by numbers of ours, since not all have one of the server's.
    next_parcel: i32,
    parked: BTreeSet<(i32, i32)>,
    /// What was stored, or is of no matter, and was not read yet; and whether it has a row.
    events: BTreeMap<i64, (SecretEvent, bool)>,
    /// The same, before it is stored.
    fresh: Vec<(SecretEvent, bool)>,
    next_event: i64,
    /// How many bytes each row has.
    sizes: BTreeMap<SecretRow, usize>,
    kept: usize,
    changes: Vec<SecretChange>,
    /// How far chats are with that, for the witness (SC-84).
    generations: BTreeMap<i32, Option<u64>>,
    /// What the witness is to forget, once it is stored that it was told.
    missed: BTreeSet<i32>,
    /// What chats hear once all that is stored: up to which batch.
    to_confirm: BTreeMap<i32, u64>,
}

struct Entry {
    chat: Chat,
    /// As calls name whom it is with; for chats that we ask for.
    user: Option<InputUser>,
}

/// A call of a chat's.
pub(super) struct Called {
    pub(super) chat: i32,
    pub(super) call: Call,
    pub(super) user: Option<InputUser>,
}

impl<E: Entropy> Desk<E> {
    /// From what was kept, and how far the chats were as the witness says.
    pub(super) fn restore(
        us: &Us,
        rows: &SecretRows,
        witness: &BTreeMap<i32, u64>,
        now: Now,
        entropy: E,
    ) -> Result<Self, RestoreError> {
        let mut desk = Self::new(Some(us.clone()), entropy);
        let mut chats: BTreeMap<i32, (Rows, Option<InputUser>)> = BTreeMap::new();
        let mut parked = Vec::new();
        for (place, bytes) in rows.iter() {
            desk.counted(place, bytes.len());
            if let Some(row) = kept::row_at(place)? {
                let (rows, _) = chats.entry(place.chat).or_default();
                rows.insert(row, Zeroizing::new(bytes.to_vec()));
                continue;
            }
            match place.kind {
                kind::USER => {
                    let user = InputUser::from_bytes(bytes).map_err(|_| RestoreError::Damaged)?;
                    chats.entry(place.chat).or_default().1 = Some(user);
                }
                kind::PARKED => {
                    let number = i32::try_from(place.number).map_err(|_| RestoreError::Damaged)?;
                    desk.next_parcel = desk.next_parcel.max(number);
                    parked.push((place.chat, number, kept::read_parked(number, bytes)?));
                }
                kind::GROUP => desk.group = Some(kept::read_group(bytes)?),
                kind::LAST => {
                    let last = bytes.try_into().map_err(|_| RestoreError::Damaged)?;
                    desk.next_chat = desk.next_chat.max(i32::from_le_bytes(last));
                }
                _ => {
                    let what = kept::read_event(bytes)?;
                    let (chat, number) = (SecretChatId(place.chat), place.number);
                    desk.next_event = desk.next_event.max(number);
                    desk.events.insert(number, (SecretEvent { chat, what, number }, true));
                }
            }
            desk.next_chat = desk.next_chat.max(place.chat);
        }
        let known = |chat: i32| witness.get(&chat).copied();
        for (number, (rows, user)) in chats {
            desk.next_chat = desk.next_chat.max(number);
            let chat = Chat::restore(us.clone(), &rows, known(number), now, &mut desk.entropy)?;
            desk.chats.insert(number, Entry { chat, user });
        }
        for (chat, number, message) in parked {
            desk.parked.insert((chat, number));
            match desk.chats.get_mut(&chat) {
                Some(entry) => drop(entry.chat.handle_message(now, message, &mut desk.entropy)),
                None => desk.unpark(chat, number),
            }
        }
        desk.teach(witness);
        desk.miss(witness);
        desk.collect();
        Ok(desk)
    }

    /// SC-84: a witness that knows less than the rows, or was lost, is told how far each chat is, before there is anything new of it.
    fn teach(&mut self, witness: &BTreeMap<i32, u64>) {
        let chats = self.chats.iter().map(|(chat, entry)| (*chat, entry.chat.generation()));
        let last =
            u64::try_from(self.next_chat).ok().filter(|last| *last > 0).map(|last| (0, last));
        for (chat, now) in chats.chain(last) {
            if witness.get(&chat).is_none_or(|known| *known < now) {
                self.generations.insert(chat, Some(now));
            }
        }
    }

    /// SC-84: what the witness knows and the rows do not have was begun after the copy was made that was put back. No key of it is left.
    /// The witness knows it until that is stored as told, so that a crash before has it told by the next program.
    fn miss(&mut self, witness: &BTreeMap<i32, u64>) {
        for (chat, generation) in witness {
            if *chat == 0 {
                let last = i32::try_from(*generation).unwrap_or(i32::MAX);
                self.next_chat = self.next_chat.max(last);
            } else if !self.chats.contains_key(chat) {
                let over = Event::Closed { why: Closed::StoreBehind, delete_history: false };
                let mut told = self.events.values();
                if !told.any(|(event, _)| event.chat.0 == *chat && event.what == over) {
                    self.tell(*chat, over, true);
                }
                self.missed.insert(*chat);
            }
        }
    }

    fn new(us: Option<Us>, entropy: E) -> Self {
        Self {
            us,
            ack: None,
            taken: Vec::new(),
            entropy,
            chats: BTreeMap::new(),
            next_chat: 0,
            group: None,
            next_parcel: 0,
            parked: BTreeSet::new(),
            events: BTreeMap::new(),
            fresh: Vec::new(),
            next_event: 0,
            sizes: BTreeMap::new(),
            kept: 0,
            changes: Vec::new(),
            generations: BTreeMap::new(),
            missed: BTreeSet::new(),
            to_confirm: BTreeMap::new(),
        }
    }

    /// Whose they are, if that was not known.
    pub(super) fn is_of(&mut self, us: Option<Us>) {
        if self.us.is_none() {
            self.us = us;
        }
    }

    /// SC-81: the login has ended, and the rows with it. What was not read of it is nobody's.
    pub(super) fn logged_out(&mut self, us: Option<Us>) {
        self.us = us;
        self.group = None;
        self.parked.clear();
        self.events.clear();
        self.fresh.clear();
        self.sizes.clear();
        self.kept = 0;
        self.changes.clear();
        self.generations.clear();
        self.missed.clear();
        self.to_confirm.clear();
        self.ack = None;
        self.taken.clear();
        for chat in std::mem::take(&mut self.chats).into_keys() {
            self.tell(chat, Event::Closed { why: Closed::LoggedOut, delete_history: false }, false);
        }
        self.stored();
    }

    pub(super) fn create(
        &mut self,
        peer: crate::secret::UserId,
        user: InputUser,
        now: Now,
    ) -> Result<SecretChatId, SecretError> {
        let us = self.us.clone().ok_or(SecretError::Nobody)?;
        if peer == us.user {
            return Err(SecretError::NotAUser);
        }
        self.has_room()?;
        let chat = Chat::create(us, peer, self.group.clone(), now, &mut self.entropy);
        let number = self.number()?;
        self.put(SecretRow { chat: number, kind: kind::USER, number: 0 }, user.to_bytes().into());
        self.chats.insert(number, Entry { chat, user: Some(user) });
        Ok(SecretChatId(number))
    }

    fn has_room(&self) -> Result<(), SecretError> {
        if self.chats.len() >= MAX_CHATS {
            return Err(SecretError::TooMany(MAX_CHATS));
        }
        if self.kept >= MAX_TO_SAY { Err(SecretError::Full) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<i32, SecretError> {
        let next = self.next_chat.checked_add(1).ok_or(SecretError::Full)?;
        self.next_chat = next;
        let place = SecretRow { chat: 0, kind: kind::LAST, number: 0 };
        self.put(place, next.to_le_bytes().to_vec().into());
        self.generations.insert(0, u64::try_from(next).ok());
        Ok(next)
    }

    /// Does something with a chat.
    pub(super) fn with<T>(
        &mut self,
        chat: SecretChatId,
        act: impl FnOnce(&mut Chat, &mut E) -> Result<T, Error>,
    ) -> Result<T, SecretError> {
        let entry = self.chats.get_mut(&chat.0).ok_or(SecretError::NoSuchChat)?;
        Ok(act(&mut entry.chat, &mut self.entropy)?)
    }

    /// The same with what says something in it.
    pub(super) fn say<T>(
        &mut self,
        chat: SecretChatId,
        act: impl FnOnce(&mut Chat, &mut E) -> Result<T, Error>,
    ) -> Result<T, SecretError> {
        if self.kept >= MAX_TO_SAY {
            return Err(SecretError::Full);
        }
        self.with(chat, act)
    }

    /// The chats as they stand.
    pub(super) fn look<T>(&self, see: impl Fn(SecretChatId, &Chat) -> T) -> Vec<T> {
        self.chats.iter().map(|(number, entry)| see(SecretChatId(*number), &entry.chat)).collect()
    }

    /// The server tells something.
    pub(super) fn hear(&mut self, news: News, qts: Option<i32>, now: Now) {
        self.ack = self.ack.max(qts);
        match news {
            News::Chat(said) => self.hear_of_chat(said, now),
            News::Message { chat, message } => self.hear_message(chat, message, now),
            News::Typing(id) => {
                if let Some(chat) = self.called(id) {
                    self.tell(chat, Event::Typing, false);
                }
            }
            News::Read { chat, max_date, date } => {
                if let Some(chat) = self.called(chat) {
                    self.tell(chat, Event::Read { max_date, date }, true);
                }
            }
        }
    }

    /// The chat that the server calls so.
    fn called(&self, id: ChatId) -> Option<i32> {
        self.chats.iter().find(|(_, entry)| entry.chat.is_called(id)).map(|(number, _)| *number)
    }

    fn hear_of_chat(&mut self, said: ServerChat, now: Now) {
        let id = match &said {
            ServerChat::Empty { id } | ServerChat::Discarded { id, .. } => *id,
            ServerChat::Waiting(parties)
            | ServerChat::Requested { parties, .. }
            | ServerChat::Chat { parties, .. } => parties.peer.id,
        };
        if let Some(chat) = self.called(id) {
            if let Some(entry) = self.chats.get_mut(&chat) {
                entry.chat.handle_server_chat(now, said, &mut self.entropy);
            }
            return;
        }
        // Who asks while there is no room is not answered; a person would not see it among a thousand.
        let (ServerChat::Requested { .. }, Some(us), Ok(())) =
            (&said, self.us.clone(), self.has_room())
        else {
            return;
        };
        // SC-09: what is not between us and somebody else is no offer.
        let offered = Chat::offered(us, said, self.group.clone(), now, &mut self.entropy);
        if let Ok(chat) = offered
            && let Ok(number) = self.number()
        {
            self.chats.insert(number, Entry { chat, user: None });
        }
    }

    fn hear_message(&mut self, id: ChatId, message: EncryptedMessage, now: Now) {
        let Some(chat) = self.called(id) else { return };
        let Some(entry) = self.chats.get_mut(&chat) else { return };
        // It comes back to say that the message is settled, and ends with the process.
        let parcel = self.next_parcel.checked_add(1).unwrap_or(1);
        self.next_parcel = parcel;
        let message = EncryptedMessage { qts: Some(parcel), ..message };
        let row = kept::write_parked(&message);
        let receipt = entry.chat.handle_message(now, message, &mut self.entropy);
        // The server is told that we have it, so it is kept until there is a key.
        if receipt == Receipt::Early {
            self.parked.insert((chat, parcel));
            self.put(SecretRow { chat, kind: kind::PARKED, number: parcel.into() }, row);
        }
        self.collect();
        if self.kept > MAX_KEPT
            && let Some(entry) = self.chats.get_mut(&chat)
        {
            entry.chat.discard(now, false, &mut self.entropy);
        }
    }

    pub(super) fn answer(&mut self, chat: i32, token: Token, answer: Answer, now: Now) {
        if let Some(entry) = self.chats.get_mut(&chat) {
            entry.chat.handle_answer(now, token, answer, &mut self.entropy);
        }
    }

    pub(super) fn done(&mut self, chat: i32, done: Done, now: Now) {
        if let Some(entry) = self.chats.get_mut(&chat) {
            entry.chat.handle_done(now, done, &mut self.entropy);
        }
    }

    /// When there is something to be done, on the monotonic clock.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.chats.values().filter_map(|entry| entry.chat.poll_timeout()).min()
    }

    /// Does what is due.
    pub(super) fn wake(&mut self, now: Now) {
        for entry in self.chats.values_mut() {
            if entry.chat.poll_timeout().is_some_and(|due| due <= now.mono) {
                entry.chat.handle_timeout(now, &mut self.entropy);
            }
        }
    }

    /// What happened after an event, which was dealt with as all before it.
    pub(super) fn next_event(&mut self, after: Option<i64>) -> Option<SecretEvent> {
        while let Some(first) = self.events.first_entry()
            && after.is_some_and(|after| *first.key() <= after)
        {
            let (event, is_kept) = first.remove();
            if is_kept {
                let (chat, number) = (event.chat.0, event.number);
                self.remove(SecretRow { chat, kind: kind::EVENT, number });
            }
        }
        self.events.first_key_value().map(|(_, (event, _))| event.clone())
    }

    /// All that is to be stored before anything else, as one batch (SC-82, SC-83): rows, and how far chats are with them (SC-84).
    pub(super) fn unsaved(&mut self) -> Vec<StoreChange> {
        self.collect();
        let rows = (!self.changes.is_empty()).then(|| StoreChange::Secret(self.changes.clone()));
        let generations = self.generations.iter().map(|(chat, generation)| {
            StoreChange::Generation { chat: *chat, generation: *generation }
        });
        rows.into_iter().chain(generations).collect()
    }

    /// It is stored: what follows from it may be done, and there may be more to be stored. Whether there is something to be read.
    pub(super) fn stored(&mut self) -> bool {
        self.changes.clear();
        self.generations.clear();
        self.generations
            .extend(std::mem::take(&mut self.missed).into_iter().map(|chat| (chat, None)));
        for (chat, number) in std::mem::take(&mut self.to_confirm) {
            if let Some(entry) = self.chats.get_mut(&chat) {
                entry.chat.handle_stored(number);
            }
        }
        let has_news = !self.fresh.is_empty();
        for (event, is_kept) in self.fresh.drain(..) {
            self.events.insert(event.number, (event, is_kept));
        }
        has_news
    }

    /// What is to be called, once what leads to it is stored.
    pub(super) fn calls(&mut self) -> Vec<Called> {
        let mut calls = Vec::new();
        for (chat, entry) in &mut self.chats {
            while let Some(call) = entry.chat.poll_call() {
                calls.push(Called { chat: *chat, call, user: entry.user.clone() });
            }
        }
        calls
    }

    /// What is to be computed.
    pub(super) fn works(&mut self) -> Vec<(i32, Work)> {
        let works = self.chats.iter_mut();
        works.filter_map(|(chat, entry)| Some((*chat, entry.chat.poll_work()?))).collect()
    }

    /// Takes the batches of all chats.
    fn collect(&mut self) {
        let numbers: Vec<i32> = self.chats.keys().copied().collect();
        for chat in numbers {
            while let Some(batch) = self.chats.get_mut(&chat).and_then(|e| e.chat.poll_batch()) {
                for change in batch.changes {
                    match change {
                        Change::Put(row, value) => self.put(kept::place_of(chat, row), value),
                        Change::Remove(row) => self.remove(kept::place_of(chat, row)),
                    }
                }
                for event in batch.events {
                    self.tell(chat, event, true);
                }
                if let Some(group) = batch.group {
                    self.keep_group(group);
                }
                for parcel in batch.qts {
                    self.unpark(chat, parcel);
                }
                self.to_confirm.insert(chat, batch.number);
                self.generations.insert(chat, Some(batch.generation));
            }
            if self.chats.get(&chat).is_some_and(|entry| entry.chat.is_over()) {
                self.forget(chat);
            }
        }
    }

    /// A chat is over: nothing of it stays but what was not read yet.
    fn forget(&mut self, chat: i32) {
        self.chats.remove(&chat);
        self.generations.insert(chat, None);
        self.to_confirm.remove(&chat);
        self.parked.retain(|(of, _)| *of != chat);
        let is_of = |row: &&SecretRow| row.chat == chat && row.kind != kind::EVENT;
        let rows: Vec<SecretRow> = self.sizes.keys().filter(is_of).copied().collect();
        for row in rows {
            self.remove(row);
        }
    }

    fn keep_group(&mut self, group: Group) {
        self.put(SecretRow { chat: 0, kind: kind::GROUP, number: 0 }, kept::write_group(&group));
        self.group = Some(group);
    }

    fn unpark(&mut self, chat: i32, parcel: i32) {
        if self.parked.remove(&(chat, parcel)) {
            self.remove(SecretRow { chat, kind: kind::PARKED, number: parcel.into() });
        }
    }

    fn tell(&mut self, chat: i32, what: Event, is_kept: bool) {
        // It never ends in any time.
        self.next_event = self.next_event.saturating_add(1);
        let number = self.next_event;
        let row = if is_kept { kept::write_event(&what) } else { None };
        let is_kept = row.is_some();
        if let Some(row) = row {
            self.put(SecretRow { chat, kind: kind::EVENT, number }, row);
        }
        self.fresh.push((SecretEvent { chat: SecretChatId(chat), what, number }, is_kept));
    }

    fn put(&mut self, row: SecretRow, value: Zeroizing<Vec<u8>>) {
        self.counted(row, value.len());
        self.changes.push(SecretChange::Put(row, value));
    }

    fn remove(&mut self, row: SecretRow) {
        if let Some(size) = self.sizes.remove(&row) {
            self.kept = self.kept.saturating_sub(size);
            self.changes.push(SecretChange::Remove(row));
        }
    }

    fn counted(&mut self, row: SecretRow, size: usize) {
        let size = size.saturating_add(ROW);
        let before = self.sizes.insert(row, size).unwrap_or(0);
        self.kept = self.kept.saturating_sub(before).saturating_add(size);
    }
}

/// The bytes of a row besides its value, as a session's file has it.
const ROW: usize = 17;
