//! The rules, each by its ID. A bench drives the engine as a client would, with answers that the test chooses.

mod channels;
mod common;
mod contract;
mod difference;
mod faults;
mod figures;
mod results;
mod secrets;
mod seq;
mod skipped;
mod standing;
mod state;
mod unreadable;

use std::time::Duration;

use crate::crypto::SeededEntropy;
use crate::rpc::RpcError;
use crate::time::Now;
use crate::tl::Serialize;
use crate::tl::api::enums::updates::{ChannelDifference, Difference};
use crate::tl::api::enums::{Chat, ChatPhoto, Dialog, Message, Peer, Update, Updates, User};
use crate::tl::api::types::{self, updates as answers};
use crate::updates::*;

/// The account, a stranger, a channel.
const ME: i64 = 1;
const STRANGER: i64 = 55;
const CHANNEL: i64 = 7;

/// Where the bench begins.
const PTS: i32 = 100;
const QTS: i32 = 10;
const SEQ: i32 = 5;
const DATE: i32 = 1_000;
const CHANNEL_PTS: i32 = 50;

struct Bench {
    engine: Engine,
    now: Now,
    entropy: SeededEntropy,
    kept: Kept,
}

fn kept() -> Kept {
    let peer =
        |id| KnownPeer { id: PeerId::Channel(id), access_hash: Some(id * 10), contexts: vec![] };
    Kept {
        common: Some(CommonState { pts: PTS, qts: QTS, date: DATE, seq: SEQ }),
        channels: [(CHANNEL, ChannelState { pts: CHANNEL_PTS, is_dirty: false })].into(),
        peers: (1..40).map(|id| (PeerId::Channel(id), peer(id))).collect(),
    }
}

const USER: Account = Account { id: Some(ME), is_bot: false };
const BOT: Account = Account { id: Some(ME), is_bot: true };

impl Bench {
    fn new(account: Option<Account>, catch_up: CatchUp, kept: Kept) -> Self {
        let engine = Engine::new(account, catch_up, kept.clone());
        let unix = Duration::from_secs(1_000_000);
        Self {
            engine,
            now: Now { mono: Duration::from_secs(1), unix },
            entropy: SeededEntropy::new(7),
            kept,
        }
    }

    /// Connected, with nothing to catch up with.
    fn ready_as(account: Account) -> Self {
        let mut bench = Self::new(Some(account), CatchUp::SinceCommit, kept());
        bench.engine.connected(bench.now);
        let token = bench.difference();
        bench.answer(token, &empty(DATE, SEQ));
        assert_eq!(bench.told(), [""; 0]);
        assert_eq!(bench.request(), None);
        bench
    }

    fn ready() -> Self {
        Self::ready_as(USER)
    }

    fn pass(&mut self, millis: u64) {
        let end = self.now.mono + Duration::from_millis(millis);
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.after(due.saturating_sub(self.now.mono));
            self.engine.handle_timeout(self.now);
            if self.engine.poll_timeout() == Some(due) {
                break;
            }
        }
        self.now = self.now.after(end.saturating_sub(self.now.mono));
        self.engine.handle_timeout(self.now);
    }

    fn push(&mut self, updates: &Updates) -> Vec<String> {
        self.engine.handle_updates(self.now, &updates.to_bytes());
        self.told()
    }

    /// What was delivered; it is committed.
    fn told(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        for delivery in self.deliveries() {
            told.push(text(&delivery));
            self.engine.commit(delivery.mark);
        }
        self.save();
        told
    }

    fn deliveries(&mut self) -> Vec<Delivery> {
        std::iter::from_fn(|| self.engine.poll_update()).collect()
    }

    fn save(&mut self) {
        while let Some(checkpoint) = self.engine.poll_checkpoint() {
            checkpoint.apply_to(&mut self.kept);
        }
        self.engine.checkpoint_kept();
    }

    /// What is asked for, some of it once all is kept.
    fn request(&mut self) -> Option<(Token, Request)> {
        let request = self.engine.poll_request(self.now);
        request.or_else(|| {
            self.save();
            self.engine.poll_request(self.now)
        })
    }

    /// The common difference that is asked for.
    fn difference(&mut self) -> Token {
        match self.request() {
            Some((token, Request::Difference(_))) => token,
            other => panic!("no difference but {other:?}"),
        }
    }

    /// The position from which the common difference is asked for.
    fn difference_from(&mut self) -> (Token, i32) {
        match self.request() {
            Some((token, Request::Difference(call))) => (token, call.pts),
            other => panic!("no difference but {other:?}"),
        }
    }

    fn channel_difference(&mut self) -> (Token, i32, i32) {
        match self.request() {
            Some((token, Request::ChannelDifference(call))) => (token, call.pts, call.limit),
            other => panic!("no channel's difference but {other:?}"),
        }
    }

    fn answer(&mut self, token: Token, answer: &impl Serialize) {
        let bytes = answer.to_bytes();
        self.engine.handle_answer(self.now, token, Ok(&bytes), &mut self.entropy);
    }

    fn fail(&mut self, token: Token, code: i32, message: &str) {
        let fault = Fault::Rpc(RpcError::parse(code, message));
        self.engine.handle_answer(self.now, token, Err(fault), &mut self.entropy);
    }

    fn kept_channels(&self) -> Vec<(i64, ChannelState)> {
        self.kept.channels.iter().map(|(id, state)| (*id, *state)).collect()
    }

    fn common(&self) -> CommonState {
        self.engine.common.at.unwrap()
    }

    fn state(&self) -> State {
        self.engine.common.course.state()
    }

    /// A program that begins anew with what was kept.
    fn restart(self) -> Self {
        Self::new(Some(USER), CatchUp::SinceCommit, self.kept)
    }
}

/// A delivery in a few words.
fn text(delivery: &Delivery) -> String {
    let line = match delivery.line {
        None => "-",
        Some(BoxId::Common) => "me",
        Some(BoxId::Qts) => "qts",
        Some(BoxId::Channel(id)) => return format!("ch{id} {}", what(&delivery.event)),
    };
    format!("{line} {}", what(&delivery.event))
}

fn what(event: &Event) -> String {
    match event {
        Event::Update(update) => match update {
            Update::UpdateNewMessage(new) => format!("new {}", new.message.id()),
            Update::UpdateEditMessage(edit) => format!("edit {}", edit.message.id()),
            Update::UpdateNewChannelMessage(new) => format!("new {}", new.message.id()),
            Update::UpdateEditChannelMessage(edit) => format!("edit {}", edit.message.id()),
            Update::UpdateDeleteMessages(gone) => format!("gone {:?}", gone.messages),
            Update::UpdateDeleteChannelMessages(gone) => format!("gone {:?}", gone.messages),
            Update::UpdateReadChannelInbox(read) => format!("read {}", read.max_id),
            Update::UpdateBotStopped(stopped) => format!("stopped {}", stopped.user_id),
            Update::UpdateUserPhone(phone) => format!("phone {}", phone.user_id),
            Update::UpdateMessageId(id) => format!("id {}", id.id),
            other => format!("{other:?}").chars().take_while(|c| c.is_alphanumeric()).collect(),
        },
        Event::Message(message) => format!("message {}", message.id()),
        Event::Encrypted(message) => format!("secret {}", message.random_id()),
        Event::Lost { from, to, why } => format!("lost {from}..{to} {why:?}"),
        Event::ChannelTooLong { from, to, messages, .. } => {
            format!("too long {from}..{to} with {}", messages.len())
        }
        Event::ChannelGone { error } => format!("left {error:?}"),
        Event::Unreadable { id, .. } => format!("unreadable {id:08x?}"),
    }
}

fn me() -> Peer {
    user(ME)
}

fn user(id: i64) -> Peer {
    Peer::PeerUser(types::PeerUser::new(id))
}

fn channel(id: i64) -> Peer {
    Peer::PeerChannel(types::PeerChannel::new(id))
}

fn message(id: i32, peer: Peer) -> Message {
    Message::Message(Box::new(types::Message::new(id, peer, DATE, format!("text {id}"))))
}

/// A message whose number is its position.
fn new(pts: i32) -> Update {
    new_of(pts, 1)
}

fn new_of(pts: i32, count: i32) -> Update {
    Update::UpdateNewMessage(Box::new(types::UpdateNewMessage::new(message(pts, me()), pts, count)))
}

fn gone(messages: &[i32], pts: i32, count: i32) -> Update {
    let gone = types::UpdateDeleteMessages::new(messages.to_vec(), pts, count);
    Update::UpdateDeleteMessages(Box::new(gone))
}

fn new_in(id: i64, pts: i32) -> Update {
    new_in_of(id, pts, 1)
}

fn new_in_of(id: i64, pts: i32, count: i32) -> Update {
    let new = types::UpdateNewChannelMessage::new(message(pts, channel(id)), pts, count);
    Update::UpdateNewChannelMessage(Box::new(new))
}

fn read_in(id: i64, max_id: i32, pts: i32) -> Update {
    Update::UpdateReadChannelInbox(Box::new(types::UpdateReadChannelInbox::new(id, max_id, 0, pts)))
}

fn too_long_in(id: i64, pts: Option<i32>) -> Update {
    Update::UpdateChannelTooLong(types::UpdateChannelTooLong { channel_id: id, pts })
}

fn bot(qts: i32) -> Update {
    let stopped = types::UpdateBotStopped::new(i64::from(qts), DATE, true, qts);
    Update::UpdateBotStopped(stopped)
}

/// An update without a position.
fn phone(user: i64) -> Update {
    Update::UpdateUserPhone(Box::new(types::UpdateUserPhone::new(user, String::new())))
}

fn typing() -> Update {
    let action = crate::tl::api::enums::SendMessageAction::SendMessageTypingAction;
    Update::UpdateUserTyping(Box::new(types::UpdateUserTyping::new(STRANGER, action)))
}

fn all(updates: Vec<Update>, seq: i32) -> Updates {
    Updates::Updates(Box::new(types::Updates::new(updates, vec![], vec![], DATE + 1, seq)))
}

fn with(updates: Vec<Update>, users: Vec<User>, chats: Vec<Chat>) -> Updates {
    Updates::Updates(Box::new(types::Updates::new(updates, users, chats, DATE + 1, 0)))
}

fn combined(updates: Vec<Update>, seq_start: i32, seq: i32) -> Updates {
    let all = types::UpdatesCombined::new(updates, vec![], vec![], DATE + 1, seq_start, seq);
    Updates::UpdatesCombined(Box::new(all))
}

/// One alone.
fn one(update: Update) -> Updates {
    all(vec![update], 0)
}

fn person(id: i64, hash: Option<i64>, is_min: bool) -> User {
    User::User(Box::new(types::User { access_hash: hash, min: is_min, ..types::User::new(id) }))
}

fn chat(id: i64, hash: Option<i64>, is_left: bool) -> Chat {
    let photo = ChatPhoto::ChatPhotoEmpty;
    Chat::Channel(Box::new(types::Channel {
        access_hash: hash,
        left: is_left,
        ..types::Channel::new(id, "channel".into(), photo, DATE)
    }))
}

fn server_state(pts: i32, qts: i32, date: i32, seq: i32) -> answers::State {
    answers::State::new(pts, qts, date, seq, 0)
}

fn empty(date: i32, seq: i32) -> Difference {
    Difference::DifferenceEmpty(answers::DifferenceEmpty::new(date, seq))
}

fn diff(messages: &[i32], others: Vec<Update>, pts: i32) -> Difference {
    let messages = messages.iter().map(|id| message(*id, me())).collect();
    let state = server_state(pts, QTS, DATE + 2, SEQ);
    let all = answers::Difference::new(messages, vec![], others, vec![], vec![], state);
    Difference::Difference(Box::new(all))
}

fn slice(messages: &[i32], others: Vec<Update>, pts: i32) -> Difference {
    let Difference::Difference(all) = diff(messages, others, pts) else { panic!("a difference") };
    sliced(*all)
}

/// A difference that is not the last.
fn sliced(all: answers::Difference) -> Difference {
    let answers::Difference {
        new_messages,
        new_encrypted_messages,
        other_updates,
        chats,
        users,
        state,
    } = all;
    Difference::DifferenceSlice(Box::new(answers::DifferenceSlice::new(
        new_messages,
        new_encrypted_messages,
        other_updates,
        chats,
        users,
        state,
    )))
}

fn too_long(pts: i32) -> Difference {
    Difference::DifferenceTooLong(answers::DifferenceTooLong::new(pts))
}

fn channel_empty(pts: i32) -> ChannelDifference {
    let empty = answers::ChannelDifferenceEmpty { r#final: true, pts, timeout: None };
    ChannelDifference::ChannelDifferenceEmpty(empty)
}

fn channel_diff(
    id: i64,
    messages: &[i32],
    others: Vec<Update>,
    pts: i32,
    is_last: bool,
) -> ChannelDifference {
    let messages = messages.iter().map(|of| message(*of, channel(id))).collect();
    let all = answers::ChannelDifference::new(pts, messages, others, vec![], vec![]);
    let all = answers::ChannelDifference { r#final: is_last, ..all };
    ChannelDifference::ChannelDifference(Box::new(all))
}

fn channel_too_long(id: i64, pts: Option<i32>, messages: &[i32]) -> ChannelDifference {
    let settings = types::PeerNotifySettings::new();
    let dialog =
        types::Dialog { pts, ..types::Dialog::new(channel(id), 0, 0, 0, 0, 0, 0, 0, settings) };
    let messages = messages.iter().map(|of| message(*of, channel(id))).collect();
    let dialog = Dialog::Dialog(Box::new(dialog));
    let told = answers::ChannelDifferenceTooLong::new(dialog, messages, vec![], vec![]);
    let told = answers::ChannelDifferenceTooLong { r#final: true, ..told };
    ChannelDifference::ChannelDifferenceTooLong(Box::new(told))
}

/// A server that has everything: what a difference from a position brings.
fn history(from: i32, to: i32) -> Difference {
    let messages: Vec<i32> = (from + 1..=to).collect();
    diff(&messages, vec![], to)
}

/// All orders of some things.
fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for first in 0..items.len() {
        let mut rest = items.to_vec();
        let taken = rest.remove(first);
        for mut order in orders(&rest) {
            order.insert(0, taken.clone());
            all.push(order);
        }
    }
    all
}
