//! The object: what it holds, how a step of it becomes a batch, and what comes out.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use crate::crypto::{Entropy, KeyId, Suite};
use crate::secret::dh::Group;
use crate::secret::error::Closed;
use crate::secret::event::{Counts, Event};
use crate::secret::failure::Called;
use crate::secret::life::{self, State, Word};
use crate::secret::outgoing::{Draft, Sent};
use crate::secret::picture::KeyHash;
use crate::secret::queued::Queued;
use crate::secret::record::Record;
use crate::secret::side::Side;
use crate::secret::store::{Batch, Change, Row};
use crate::secret::timers::Timers;
use crate::secret::types::{Call, ChatId, EncryptedMessage, Request, Token, UserId};
use crate::time::Now;
use crate::work::{Job, Work};

/// Whose chat it is.
#[derive(Debug, Clone)]
pub struct Us {
    /// We.
    pub user: UserId,
    /// The authorization key of our session: a chat ends with it (SC-81).
    pub session_key: KeyId,
    /// The cryptography.
    pub suite: Suite,
}

/// One secret chat. [The module](super) says how to drive it.
pub struct Chat {
    pub(super) suite: Suite,
    pub(super) record: Record,
    /// Messages that wait for the chat to be ready.
    pub(super) waiting: BTreeMap<u32, Draft>,
    /// Messages of ours that the peer has not acknowledged.
    pub(super) outbox: BTreeMap<u32, Sent>,
    /// Messages of the peer that wait behind a gap.
    pub(super) inbox: BTreeMap<u32, Queued>,
    pub(super) inbox_bytes: usize,
    pub(super) timers: Timers,
    /// Messages that came before the key. The server has them until they are confirmed, so they are not stored.
    pub(super) early: VecDeque<EncryptedMessage>,
    pub(super) redraws: u32,
    /// `acceptEncryption` may have been heard before.
    pub(super) accept_in_doubt: bool,
    pub(super) counts: Counts,
    pub(super) now: Now,
    step: Step,
    batches: VecDeque<Batch>,
    made: u64,
    stored: u64,
    calls: VecDeque<(u64, Called, Request)>,
    pub(super) later: Vec<(Duration, Called, Request)>,
    pub(super) pending: BTreeMap<Token, Pending>,
    next_token: u64,
    /// The one message that is on its way to the server (SC-42).
    pub(super) in_flight: Option<InFlight>,
    /// Messages wait until then.
    pub(super) hold_until: Option<Duration>,
    work: Option<Work>,
    ticket: u64,
}

/// What an answer is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pending {
    Call(Called, Request),
    Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InFlight {
    pub(super) token: Token,
    pub(super) out: u32,
    pub(super) is_resend: bool,
}

/// What the step at hand has changed.
#[derive(Default)]
struct Step {
    changes: BTreeMap<Row, Change>,
    events: Vec<Event>,
    group: Option<Group>,
    qts: Vec<i32>,
    is_changed: bool,
}

impl Chat {
    pub(super) fn with(suite: Suite, record: Record, now: Now) -> Self {
        Self {
            suite,
            record,
            waiting: BTreeMap::new(),
            outbox: BTreeMap::new(),
            inbox: BTreeMap::new(),
            inbox_bytes: 0,
            timers: Timers::default(),
            early: VecDeque::new(),
            redraws: 0,
            accept_in_doubt: false,
            counts: Counts::default(),
            now,
            step: Step::default(),
            batches: VecDeque::new(),
            made: 0,
            stored: 0,
            calls: VecDeque::new(),
            later: Vec::new(),
            pending: BTreeMap::new(),
            next_token: 0,
            in_flight: None,
            hold_until: None,
            work: None,
            ticket: 0,
        }
    }

    /// What is to be stored next, as a whole. Confirm it with [`handle_stored`](Self::handle_stored).
    pub fn poll_batch(&mut self) -> Option<Batch> {
        self.batches.pop_front()
    }

    /// All batches up to this number are stored, and outlive a crash.
    pub fn handle_stored(&mut self, number: u64) {
        self.stored = self.stored.max(number.min(self.made));
    }

    /// What is to be called next. Give the answer to [`handle_answer`](Self::handle_answer) with its token. Messages come one at a
    /// time: the next when the one before was answered (SC-42).
    pub fn poll_call(&mut self) -> Option<Call> {
        // SC-82: what was decided is stored before anybody hears of it.
        if let Some((_, called, request)) =
            self.calls.pop_front_if(|(batch, ..)| *batch <= self.stored)
        {
            let token = self.token(Pending::Call(called, request.clone()));
            return Some(Call { token, request });
        }
        let (out, is_resend) = self.next_message()?;
        let sent = self.outbox.get(&out).filter(|sent| sent.batch <= self.stored)?;
        let request = sent.request(self.record.chat);
        let token = self.token(Pending::Message);
        self.in_flight = Some(InFlight { token, out, is_resend });
        Some(Call { token, request })
    }

    /// What is to be computed next, off the I/O task. Give the answer to [`handle_done`](Self::handle_done).
    pub fn poll_work(&mut self) -> Option<Work> {
        self.work.take()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due, on the monotonic clock.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let in_unix = |deadline: u64| {
            let left = deadline.saturating_sub(self.now.unix.as_secs());
            self.now.mono.saturating_add(Duration::from_secs(left))
        };
        let timers = self.timers.next().map(in_unix);
        let rekey = self.rekey_due().map(in_unix);
        let later = self.later.iter().map(|(at, ..)| *at).min();
        [timers, rekey, later, self.hold_until].into_iter().flatten().min()
    }

    /// Where the chat is.
    #[must_use]
    pub fn state(&self) -> State {
        self.record.state
    }

    /// Its number, when the server has told it.
    #[must_use]
    pub fn id(&self) -> Option<ChatId> {
        Some(self.record.chat.id).filter(|id| id.0 != 0)
    }

    /// Whether the server means this chat by a number: also one that was asked for and not confirmed yet.
    #[must_use]
    pub fn is_called(&self, id: ChatId) -> bool {
        let asked = (self.record.side == Side::Creator).then_some(ChatId(self.record.request_id));
        self.id().or(asked) == Some(id)
    }

    /// Whether it is closed and the server knows: there is nothing left to be done or to be kept.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.record.state == State::Closed && self.record.discard.is_none()
    }

    /// How many batches the chat has made in its life, as the last of them says (SC-84).
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.record.generation
    }

    /// Which end we are.
    #[must_use]
    pub fn side(&self) -> Side {
        self.record.side
    }

    /// The other side.
    #[must_use]
    pub fn peer(&self) -> UserId {
        self.record.peer_user
    }

    /// What both sides compare, when there is a key. It stays when the key changes (SC-57).
    #[must_use]
    pub fn key_hash(&self) -> Option<KeyHash> {
        self.record.hash
    }

    /// Whether a person has said that both sides see the same picture (SC-62).
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.record.is_verified
    }

    /// The timer of later messages, in seconds; 0 for none (SC-70).
    #[must_use]
    pub fn ttl(&self) -> i32 {
        self.record.ttl
    }

    /// What was dropped, and what was odd.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes a step of the chat's life, if it is one.
    pub(super) fn go(&mut self, word: Word) -> bool {
        let next = life::next(self.record.state, word);
        if let Some(next) = next {
            self.record.state = next;
            self.changed();
        }
        next.is_some()
    }

    /// Ends the chat, whoever wanted that: keys and messages are wiped (SC-05, SC-11).
    pub(super) fn end(&mut self, why: Closed, delete_history: bool) {
        let before = self.record.state;
        if !self.go(Word::End) {
            return;
        }
        self.wipe();
        // Of a copy that was put back nobody knows what the server has been told since (SC-84).
        let knows =
            !matches!(before, State::Configuring | State::Computing) || why == Closed::StoreBehind;
        let is_over =
            matches!(why, Closed::Theirs | Closed::Elsewhere | Closed::Refused | Closed::LoggedOut);
        if knows && !is_over {
            self.record.discard = Some(why == Closed::Ours && delete_history);
            self.say_discard();
        }
        let delete_history = why == Closed::Theirs && delete_history;
        self.event(Event::Closed { why, delete_history });
    }

    /// `discardEncryption`, as soon as the chat has a number (SC-11).
    pub(super) fn say_discard(&mut self) {
        if let Some(delete_history) = self.record.discard
            && let Some(chat) = self.id()
        {
            self.call(Called::Discard, Request::DiscardEncryption { chat, delete_history });
        }
    }

    fn wipe(&mut self) {
        self.record.birth = super::record::Birth::default();
        self.record.keys = super::record::Keys::default();
        self.record.rekey = super::rekey::Rekey::Idle;
        self.record.resends.clear();
        let rows = self.waiting.keys().map(|number| Row::Waiting(*number));
        let rows = rows.chain(self.outbox.keys().map(|number| Row::Sent(*number)));
        let rows = rows.chain(self.inbox.keys().map(|number| Row::Queued(*number)));
        let rows = rows.chain(self.timers.ids().map(Row::Timer));
        for row in rows.collect::<Vec<_>>() {
            self.remove(row);
        }
        self.waiting.clear();
        self.outbox.clear();
        self.inbox.clear();
        self.inbox_bytes = 0;
        self.timers = Timers::default();
        // Nobody will read them any more, so that they are settled.
        self.step.qts.extend(self.early.drain(..).filter_map(|message| message.qts));
        self.calls.clear();
        self.later.clear();
        self.in_flight = None;
        self.hold_until = None;
        self.work = None;
        self.ticket += 1;
    }

    /// Begins a step.
    pub(super) fn begin(&mut self, now: Now, qts: Option<i32>) {
        self.now = now;
        self.step.qts.extend(qts);
    }

    /// Ends a step: what it has changed is one batch.
    pub(super) fn commit(&mut self, entropy: &mut dyn Entropy) {
        self.rekey_if_due(entropy);
        let step = std::mem::take(&mut self.step);
        if !step.is_changed
            && step.changes.is_empty()
            && step.events.is_empty()
            && step.group.is_none()
            && step.qts.is_empty()
        {
            return;
        }
        self.record.generation = self.record.generation.saturating_add(1);
        self.made += 1;
        let mut changes: Vec<_> = step.changes.into_values().collect();
        changes.push(Change::Put(Row::State, self.record.encode()));
        self.batches.push_back(Batch {
            number: self.made,
            generation: self.record.generation,
            changes,
            events: step.events,
            group: step.group,
            qts: step.qts,
        });
    }

    /// The number of the batch that the step at hand becomes.
    pub(super) fn batch(&self) -> u64 {
        self.made + 1
    }

    pub(super) fn changed(&mut self) {
        self.step.is_changed = true;
    }

    pub(super) fn put(&mut self, row: Row, value: zeroize::Zeroizing<Vec<u8>>) {
        self.step.changes.insert(row, Change::Put(row, value));
    }

    pub(super) fn remove(&mut self, row: Row) {
        self.step.changes.insert(row, Change::Remove(row));
    }

    pub(super) fn event(&mut self, event: Event) {
        self.step.events.push(event);
    }

    /// Prime and generator were checked.
    pub(super) fn tell_group(&mut self, group: Group) {
        self.step.group = Some(group);
    }

    /// The event of the server is not settled by this step.
    pub(super) fn keep_qts(&mut self) {
        self.step.qts.clear();
    }

    /// A call, once this step is stored.
    pub(super) fn call(&mut self, called: Called, request: Request) {
        self.changed();
        self.calls.push_back((self.batch(), called, request));
    }

    /// A call that nothing follows from: there is nothing to be stored before it.
    pub(super) fn call_aside(&mut self, request: Request) {
        self.calls.push_back((self.made, Called::Aside, request));
    }

    /// Work. What was asked for before is given up, and its answer is ignored.
    pub(super) fn ask(&mut self, job: Job) {
        self.ticket += 1;
        self.work = Some(Work { ticket: self.ticket, job });
    }

    /// Whether an answer is that of the work that was asked for last.
    pub(super) fn is_awaited(&self, ticket: u64) -> bool {
        self.ticket == ticket
    }

    fn token(&mut self, pending: Pending) -> Token {
        self.next_token += 1;
        let token = Token(self.next_token);
        self.pending.insert(token, pending);
        token
    }
}

/// Prints no key and nothing that was said.
impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chat")
            .field("id", &self.record.chat.id)
            .field("side", &self.record.side)
            .field("state", &self.record.state)
            .finish_non_exhaustive()
    }
}
