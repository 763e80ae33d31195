//! The engine: what goes in and what comes out.

use std::sync::Arc;
use std::time::Duration;

use crate::crypto::Entropy;
use crate::map::IdMap;
use crate::time::Now;
use crate::tl::Deserialize;
use crate::tl::api::enums::{self, Chat, InputPeer, Update, User};
use crate::tl::api::types::updates::State as ServerState;
use crate::updates::channels::Channels;
use crate::updates::checkpoint::{Checkpoint, CommonState, Kept};
use crate::updates::common::Common;
use crate::updates::delivery::{Arrival, BoxId, Delivery, Event, Mark, Peers, Why};
use crate::updates::held::{Item, Origin};
use crate::updates::ledger::At;
use crate::updates::limits::SILENCE;
use crate::updates::out::Out;
use crate::updates::peers::{PeerCache, PeerId, Source, Standing};
use crate::updates::recent::Recent;
use crate::updates::request::{Asked, Fault, Request, Token};
use crate::updates::state::State;

/// Whose updates they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The number of the account; `None` if it is not known.
    pub id: Option<i64>,
    /// Whether it is a bot's.
    pub is_bot: bool,
}

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CatchUp {
    /// After what was committed last: everything since then comes.
    #[default]
    SinceCommit,
    /// With what happens from now on. That something was left out is told, by one [`Event::Lost`] with [`Why::Skipped`]. Commit it: if
    /// messages of secret chats are among it, nothing that is missing is asked for until then, as the server would forget them (SC-80).
    FromNow,
}

/// What was met that is not as it should be, or that had to be left to a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Updates that were delivered before.
    pub old: u64,
    /// Positions that none can be (UP-20, UP-22).
    pub invalid: u64,
    /// Updates in the box of another (UP-02).
    pub misplaced: u64,
    /// How often more was held than may be (UP-24).
    pub flooded: u64,
    /// Updates that were left to a difference since their reader was slow (UP-86).
    pub shed: u64,
    /// What could not be read.
    pub unreadable: u64,
    /// Containers that contradict themselves (UP-10).
    pub contradictions: u64,
}

/// The engine of one account's updates. It does no I/O: see [the module](crate::updates).
#[derive(Debug)]
pub struct Engine {
    account: Option<Account>,
    pub(super) skips: bool,
    /// The loss of what is skipped, until it is dealt with. Nothing is kept before.
    pub(super) skipped: Option<Mark>,
    pub(super) common: Common,
    pub(super) channels: Channels,
    pub(super) peers: PeerCache,
    pub(super) out: Out,
    pub(super) recent: Recent,
    pub(super) counts: Counts,
    is_connected: bool,
    has_started: bool,
    /// When something was last heard.
    heard: Duration,
    /// When the difference was last asked for, since the server was silent.
    probed: Duration,
    pub(super) next_token: u64,
    asked: IdMap<Token, Asked>,
    nobody: Arc<Peers>,
    /// What was told to keep.
    pub(super) kept: Option<CommonState>,
    /// The `qts` that is kept, and not only told to keep: before it, the server may forget (SC-80).
    pub(super) kept_qts: Option<i32>,
    /// From where what is counted by `qts` is told, until that is kept: the server said where it is, and what is before is told to nobody.
    pub(super) base_qts: Option<i32>,
    /// The date of what was dealt with in the common box.
    date: i32,
}

impl Engine {
    /// An engine that goes on from what was kept. `account` is `None` while nobody is logged in.
    #[must_use]
    pub fn new(account: Option<Account>, catch_up: CatchUp, kept: Kept) -> Self {
        let skips = catch_up == CatchUp::FromNow && kept.common.is_some();
        let mut channels = Channels::load(kept.channels);
        if skips {
            channels.forget_all();
        }
        let mut this = Self {
            account,
            skips,
            skipped: None,
            common: Common::at(kept.common),
            channels,
            peers: PeerCache::load(kept.peers.into_values()),
            out: Out::default(),
            recent: Recent::default(),
            counts: Counts::default(),
            is_connected: false,
            has_started: false,
            heard: Duration::ZERO,
            probed: Duration::ZERO,
            next_token: 0,
            asked: IdMap::default(),
            nobody: Arc::default(),
            kept: kept.common,
            kept_qts: kept.common.map(|state| state.qts),
            base_qts: None,
            date: kept.common.map_or(0, |common| common.date),
        };
        this.tell_peers();
        this
    }

    /// The engine of another account, which takes the place of this one: marks and tokens of this one mean nothing to it.
    #[must_use]
    pub fn replaced_by(&self, mut next: Self) -> Self {
        next.out.ledger.goes_on_from(&self.out.ledger);
        next.next_token = self.next_token;
        next
    }

    /// The engine of a later run, of which `run` is the number: marks of other runs mean nothing to it.
    #[must_use]
    pub fn of_run(mut self, run: u64) -> Self {
        self.out.ledger.of_run(run);
        self
    }

    /// Somebody has logged in, or it is known by now who.
    pub fn logged_in(&mut self, now: Now, account: Account) {
        let is_new = self.account.replace(account).is_none();
        self.tell_peers();
        if is_new && self.is_connected {
            self.start(now);
        }
    }

    /// Nobody is logged in any more: nothing is asked for. What was delivered can still be committed.
    pub(super) fn log_out(&mut self) {
        self.account = None;
    }

    /// There is a link. With the first one, what happened since the last time is asked for (UP-25).
    pub fn connected(&mut self, now: Now) {
        self.is_connected = true;
        if !self.has_started {
            self.start(now);
        }
    }

    fn start(&mut self, now: Now) {
        if self.is_logged_in() {
            self.has_started = true;
            self.heard = now.mono;
            // Who begins has not been away.
            let is_first = self.common.at.is_none();
            self.common_wanted(if is_first { Arrival::Live } else { Arrival::CaughtUp });
        }
    }

    /// There is no link any more. Nothing is asked for until there is one.
    pub fn disconnected(&mut self) {
        self.is_connected = false;
    }

    /// The server began a session: what it sent before may be lost (UP-25).
    pub fn new_session(&mut self, now: Now) {
        let was_away = now.mono.saturating_sub(self.heard) > AWAY;
        self.common_wanted(if was_away { Arrival::CaughtUp } else { Arrival::Live });
        self.channels_wake(now.mono);
        self.heard = now.mono;
    }

    /// Something may have been lost on the way here (UP-25).
    pub fn missed(&mut self) {
        self.common_wanted(Arrival::Live);
    }

    /// Something else was heard than an update: the server is there (UP-25).
    pub(super) fn heard(&mut self, now: Now) {
        self.heard = now.mono;
    }

    /// Whether nothing is missing of the account's own box, as far as is known, and nothing waits for its reader.
    #[cfg(feature = "client")]
    pub(crate) fn is_level(&self) -> bool {
        let is_level = self.common.course.state() == State::Level;
        self.has_started && is_level && self.out.is_empty()
    }

    /// Whether the channel is looked at: its box is then asked for now and then, although we may be no member (UP-54).
    pub fn open_channel(&mut self, now: Now, channel: i64) {
        self.channel_open(now, channel);
    }

    /// As often as a channel was opened.
    pub fn close_channel(&mut self, now: Now, channel: i64) {
        self.channel_close(now, channel);
    }

    /// The time that [`poll_timeout`](Self::poll_timeout) said has come.
    pub fn handle_timeout(&mut self, now: Now) {
        self.common_timeout(now.mono);
        self.channel_timeouts(now.mono);
        if self.silence().is_some_and(|due| due <= now.mono) {
            self.probed = now.mono;
            // The difference and not the state: it also names the channels whose last updates were lost.
            match self.common.course.state() {
                State::Dormant => self.common.course.once_more(),
                _ => self.common_wanted(Arrival::Live),
            }
            self.channels_wake(now.mono);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, by the monotonic clock.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let timers = [self.common.course.due, self.channels.next_timer(), self.silence()];
        timers.into_iter().flatten().min()
    }

    fn silence(&self) -> Option<Duration> {
        let is_idle =
            self.is_connected && self.has_started && !self.common.course.state().is_asking();
        is_idle.then(|| self.heard.max(self.probed).saturating_add(SILENCE))
    }

    /// The next call to make, over the connection that updates come over. Some wait for [`checkpoint_kept`](Self::checkpoint_kept): a
    /// driver that never says it stands still where an account begins.
    pub fn poll_request(&mut self, now: Now) -> Option<(Token, Request)> {
        // UP-86: whoever has no room for more asks for nothing.
        if !self.is_connected || !self.is_logged_in() || self.out.is_full() {
            return None;
        }
        // A channel whose hash is not known has the common difference asked for (UP-77).
        let request = self.common_request().or_else(|| self.channel_request(now));
        let (asked, request) = request.or_else(|| self.common_request())?;
        let token = Token(self.next_token);
        self.next_token += 1;
        self.asked.insert(token, asked);
        Some((token, request))
    }

    /// What became of a call: its answer as it came, or why there is none.
    pub fn handle_answer(
        &mut self,
        now: Now,
        token: Token,
        answer: Result<&[u8], Fault>,
        entropy: &mut dyn Entropy,
    ) {
        let Some(asked) = self.asked.remove(&token) else { return };
        // Who does not answer is not there.
        if !matches!(answer, Err(Fault::Unanswered)) {
            self.heard(now);
        }
        if let Asked::Channel { id, call, .. } = asked {
            self.channels.running = self.channels.running.saturating_sub(1);
            if !self.channels.waits_for(id, call) {
                return;
            }
        }
        match answer {
            Ok(bytes) => self.answered(now, asked, bytes, entropy),
            Err(fault) => self.failed(now, asked, &fault, entropy),
        }
    }

    fn answered(&mut self, now: Now, asked: Asked, bytes: &[u8], entropy: &mut dyn Entropy) {
        let unreadable = match asked {
            Asked::Confirm => None,
            Asked::State | Asked::Unreadable => {
                match ServerState::from_bytes(bytes) {
                    Ok(state) if asked == Asked::State => self.common_begins(now, &state),
                    Ok(state) => self.common_leaves_out(now, &state, entropy),
                    Err(_) => self.common.course.failed(now.mono, None, entropy),
                }
                None
            }
            Asked::Difference => match enums::updates::Difference::from_bytes(bytes) {
                Ok(difference) => {
                    self.common_answered(now, difference, bytes.len(), entropy);
                    None
                }
                Err(error) => Some(error),
            },
            Asked::Channel { id, pts, .. } => {
                match enums::updates::ChannelDifference::from_bytes(bytes) {
                    Ok(difference) => {
                        let size = bytes.len();
                        self.channel_answered(now, id, pts, difference, size, entropy);
                        None
                    }
                    Err(error) => Some(error),
                }
            }
        };
        let Some(error) = unreadable else { return };
        self.counts.unreadable += 1;
        let event = unreadable_event(bytes, &error);
        match asked {
            Asked::Channel { id, .. } => self.channel_unreadable(now, id, event, entropy),
            _ => self.common_unreadable(now, event, entropy),
        }
    }

    fn failed(&mut self, now: Now, asked: Asked, fault: &Fault, entropy: &mut dyn Entropy) {
        match asked {
            Asked::Confirm => {}
            Asked::State | Asked::Unreadable | Asked::Difference => {
                self.common_failed(now, fault, entropy);
            }
            Asked::Channel { id, .. } => self.channel_failed(now, id, fault, entropy),
        }
    }

    /// The next event for the reader.
    pub fn poll_update(&mut self) -> Option<Delivery> {
        self.out.pop()
    }

    /// The bytes that wait for the reader, as they came.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.out.bytes()
    }

    /// A delivery is dealt with. Doing it twice changes nothing, and the order does not matter: what counts is up to where all of a
    /// box is dealt with (UP-83).
    pub fn commit(&mut self, mark: Mark) {
        self.out.ledger.commit(mark);
    }

    /// Whether [`poll_checkpoint`](Self::poll_checkpoint) has something.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.is_skipping() && self.has_changed()
    }

    fn has_changed(&self) -> bool {
        self.out.ledger.has_news() || self.channels.has_changed() || self.peers.has_news()
    }

    /// Whether it begins from now on, and the loss of what was before is not dealt with: what was kept of any box still holds (UP-83).
    pub(super) fn is_skipping(&self) -> bool {
        self.skips || self.skipped.is_some_and(|mark| self.out.ledger.is_waiting(mark))
    }

    /// All that [`poll_checkpoint`](Self::poll_checkpoint) has given is kept: a program that begins now goes on from there. Only then is
    /// the server told, by the difference that is asked for next, that it may forget what is before (SC-80). Look at
    /// [`poll_request`](Self::poll_request) again: some of it waits for this.
    pub fn checkpoint_kept(&mut self) {
        self.kept_qts = self.kept.map(|state| state.qts);
        self.base_qts = self.base_qts.filter(|base| self.kept_qts.is_none_or(|kept| kept < *base));
    }

    /// What has to be kept anew, since the last time it was asked for. Keep it as a whole, or not at all, and say
    /// [`checkpoint_kept`](Self::checkpoint_kept) when it is.
    pub fn poll_checkpoint(&mut self) -> Option<Checkpoint> {
        if !self.has_news() {
            return None;
        }
        self.channels.forget_gone(&self.out.ledger);
        let mut checkpoint = Checkpoint::default();
        let mut common = self.kept;
        let mut channels = self.channels.take_changed();
        let mut settled = IdMap::default();
        for (line, at) in self.out.ledger.take_all() {
            match line {
                BoxId::Common => {
                    let state = common.get_or_insert_default();
                    (state.pts, state.seq) = (at.pts, at.seq);
                    self.date = self.date.max(at.date);
                }
                BoxId::Qts => common.get_or_insert_default().qts = at.pts,
                BoxId::Channel(id) => {
                    settled.insert(id, at.pts);
                    channels.insert(id);
                }
            }
        }
        // UP-82: the server names the channels that have changed since the date. One of which something is told and not dealt with may have
        // changed before it, and is kept as one to ask for.
        channels.extend(self.channels.to_be_asked(&self.out.ledger));
        for id in channels {
            let is_open = self.out.ledger.is_open(BoxId::Channel(id));
            let state = self.channels.keep(id, settled.get(&id).copied(), is_open);
            checkpoint.channels.push((id, state));
        }
        if let Some(state) = &mut common {
            state.date = state.date.max(self.date);
        }
        // What was never anywhere is not kept: the first checkpoint needs all four.
        if common != self.kept && common.is_some_and(|state| state.pts > 0) {
            checkpoint.common = common;
            self.kept = common;
        }
        (checkpoint.peers, checkpoint.forgotten) = self.peers.take_news();
        (!checkpoint.is_empty()).then_some(checkpoint)
    }

    /// How a peer is named in a call, if that is known (UP-74).
    #[must_use]
    pub fn input_peer(&self, peer: PeerId) -> Option<InputPeer> {
        self.peers.input_peer(peer)
    }

    /// What was met.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    #[cfg(all(test, feature = "client"))]
    pub(crate) fn common_state(&self) -> Option<CommonState> {
        self.common.at
    }

    pub(super) fn is_logged_in(&self) -> bool {
        self.account.is_some()
    }

    pub(super) fn is_bot(&self) -> bool {
        self.account.is_some_and(|account| account.is_bot)
    }

    pub(super) fn own_id(&self) -> Option<i64> {
        self.account.and_then(|account| account.id)
    }

    fn tell_peers(&mut self) {
        let (own, is_bot) = (self.own_id(), self.is_bot());
        self.peers.account(own, is_bot);
    }

    /// UP-71.
    pub(super) fn suffices(&mut self, update: Option<&Update>) -> bool {
        let message = match update {
            Some(Update::UpdateNewMessage(of)) => &of.message,
            Some(Update::UpdateEditMessage(of)) => &of.message,
            Some(Update::UpdateNewChannelMessage(of)) => &of.message,
            Some(Update::UpdateEditChannelMessage(of)) => &of.message,
            _ => return true,
        };
        self.peers.suffices(message)
    }

    /// UP-76: hears of the users and chats of a container, before anything of it is delivered.
    pub(super) fn learn(
        &mut self,
        users: Vec<User>,
        chats: Vec<Chat>,
        bytes: usize,
        updates: usize,
        source: Source,
    ) -> Origin {
        let is_own = matches!(source, Source::Result { .. });
        let bytes = bytes.div_ceil(updates.max(1));
        if users.is_empty() && chats.is_empty() {
            return Origin { peers: self.nobody.clone(), is_own, bytes, date: 0 };
        }
        let mut peers = Peers { users, chats };
        let mut standings: Vec<(i64, Standing)> = Vec::new();
        self.peers.hear(&mut peers, |channel, standing| standings.push((channel, standing)));
        for (channel, standing) in standings {
            self.channel_stands(channel, standing, source);
        }
        Origin { peers: Arc::new(peers), is_own, bytes, date: 0 }
    }

    /// Of what no container brought.
    pub(super) fn nobody(&self) -> Origin {
        Origin { peers: self.nobody.clone(), is_own: false, bytes: 0, date: 0 }
    }

    /// Delivers an update, after which its box is at a position.
    pub(super) fn deliver_item(&mut self, line: BoxId, item: Item, at: Option<At>) {
        let Some(update) = item.update else {
            // A position without content (UP-68).
            if let Some(at) = at {
                self.out.ledger.arrive(line, at);
            }
            return;
        };
        self.heard_of(&update, false);
        let place = at.map(|at| (line, at));
        self.out.deliver(Event::Update(update), place, Arrival::Live, &item.origin);
    }

    /// What an update says besides what its reader makes of it. `is_told`: whether an answer of the common box's holds it.
    pub(super) fn heard_of(&mut self, update: &Update, is_told: bool) {
        match update {
            Update::UpdateNewMessage(new) => self.recent.note(BoxId::Common, new.message.id()),
            // One without a name is told by its position alone.
            Update::UpdateNewEncryptedMessage(new) => {
                let _ = self.recent.is_new_secret(&new.message);
            }
            Update::UpdateNewChannelMessage(new) => {
                if let Some((PeerId::Channel(channel), id)) =
                    crate::updates::peers::place(&new.message)
                {
                    self.recent.note(BoxId::Channel(channel), id);
                }
                self.peers.contexts(&new.message);
            }
            Update::UpdateEditChannelMessage(edit) => self.peers.contexts(&edit.message),
            Update::UpdateDeleteChannelMessages(gone) => {
                self.peers.deleted(gone.channel_id, &gone.messages);
            }
            Update::UpdatePtsChanged => self.common_reset(Why::Reset, is_told),
            _ => {}
        }
    }
}

/// What was not heard of for longer than this has happened while we were away.
const AWAY: Duration = Duration::from_secs(60);

/// What is told of what cannot be read.
pub(super) fn unreadable_event(bytes: &[u8], error: &crate::tl::DecodeError) -> Event {
    let id = bytes.first_chunk::<4>().copied().map(u32::from_le_bytes);
    let shown = bytes.get(..Event::SHOWN).unwrap_or(bytes).to_vec();
    Event::Unreadable { bytes: shown, id, offset: error.offset() }
}
