//! What Telegram does in one way now and in another then, and clients have to take as it comes.

use telewire::crypto::{Entropy, EntropyExt};
use telewire::tl::api::enums::{Update, Updates};
use telewire::tl::api::types;

use crate::world::State;
use crate::world::push::MAX_JOINED;

/// In which form clients are told what happens. A new world is plain: full forms, nothing numbered, real positions. All of it follows
/// from the world's seed.
///
/// Chances are of a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// A message of a private chat comes as `updateShortMessage`, one of a basic group as `updateShortChatMessage`, and what one sent
    /// oneself is answered with `updateShortSentMessage`.
    pub short: u16,
    /// A container has a number, `seq`.
    pub numbered: u16,
    /// A container that has a number joins the one before it, if that waits still, as `updatesCombined`.
    pub combined: u16,
    /// The positions of the client's own box in a difference.
    pub own_pts: OwnPts,
}

/// The positions that a difference gives to events of the client's own box: they are known to be unreliable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnPts {
    /// Those that they had.
    #[default]
    Real,
    /// That of the whole difference, with a count of 0.
    Final,
    /// None.
    Zero,
}

/// What chances are of.
const ALL: u64 = 1_000;

impl Habits {
    /// Some of everything, and one of the styles of positions, as `entropy` has it.
    #[must_use]
    pub fn draw(mut entropy: impl Entropy) -> Self {
        let [style, ..] = u64::from_le_bytes(entropy.array()).to_le_bytes();
        let own_pts = match style % 3 {
            0 => OwnPts::Real,
            1 => OwnPts::Final,
            _ => OwnPts::Zero,
        };
        Self { short: 500, numbered: 300, combined: 500, own_pts }
    }
}

impl State {
    /// Whether something happens that has this chance of a thousand. What has none, or is certain, draws nothing.
    pub(crate) fn chance(&mut self, of: u16) -> bool {
        match u64::from(of) {
            0 => false,
            ALL.. => true,
            of => u64::from_le_bytes(self.random()) % ALL < of,
        }
    }
}

/// A container of one new message of a private chat or a basic group as the short form, if that has all of it.
pub(super) fn short(updates: &Updates) -> Option<Updates> {
    use telewire::tl::api::enums::{Message, Peer};
    let Updates::Updates(container) = updates else { return None };
    let [Update::UpdateNewMessage(new)] = container.updates.as_slice() else { return None };
    let Message::Message(message) = &new.message else { return None };
    // What is new was not changed yet.
    let has_more = message.media.is_some()
        || message.reply_markup.is_some()
        || message.from_scheduled
        || message.via_business_bot_id.is_some();
    if has_more {
        return None;
    }
    let (text, pts, count) = (message.message.clone(), new.pts, new.pts_count);
    match (&message.peer_id, &message.from_id) {
        (Peer::PeerUser(user), None) => {
            let short = types::UpdateShortMessage {
                out: message.out,
                silent: message.silent,
                fwd_from: message.fwd_from.clone(),
                via_bot_id: message.via_bot_id,
                reply_to: message.reply_to.clone(),
                entities: message.entities.clone(),
                ttl_period: message.ttl_period,
                ..types::UpdateShortMessage::new(
                    message.id,
                    user.user_id,
                    text,
                    pts,
                    count,
                    message.date,
                )
            };
            Some(short.into())
        }
        (Peer::PeerChat(chat), Some(Peer::PeerUser(from))) => {
            let short = types::UpdateShortChatMessage {
                out: message.out,
                silent: message.silent,
                fwd_from: message.fwd_from.clone(),
                via_bot_id: message.via_bot_id,
                reply_to: message.reply_to.clone(),
                entities: message.entities.clone(),
                ttl_period: message.ttl_period,
                ..types::UpdateShortChatMessage::new(
                    message.id,
                    from.user_id,
                    chat.chat_id,
                    text,
                    pts,
                    count,
                    message.date,
                )
            };
            Some(short.into())
        }
        _ => None,
    }
}

/// The answer to what one sent as the short form: the client knows the rest.
pub(super) fn short_sent(updates: &Updates) -> Option<Updates> {
    use telewire::tl::api::enums::Message;
    let Updates::Updates(container) = updates else { return None };
    let [Update::UpdateMessageId(_), Update::UpdateNewMessage(new)] = container.updates.as_slice()
    else {
        return None;
    };
    let Message::Message(message) = &new.message else { return None };
    let short = types::UpdateShortSentMessage {
        out: message.out,
        media: message.media.clone(),
        entities: message.entities.clone(),
        ttl_period: message.ttl_period,
        ..types::UpdateShortSentMessage::new(message.id, new.pts, new.pts_count, message.date)
    };
    Some(short.into())
}

/// A numbered container joins the one before it; `false` if that is not the one before.
pub(super) fn combine(before: &mut Updates, next: &types::Updates) -> bool {
    let seq_start = match before {
        Updates::Updates(one) if one.seq != 0 => one.seq,
        Updates::UpdatesCombined(some) => some.seq_start,
        _ => return false,
    };
    let (updates, users, chats, seq) = match before {
        Updates::Updates(one) => (&mut one.updates, &mut one.users, &mut one.chats, one.seq),
        Updates::UpdatesCombined(some) => {
            (&mut some.updates, &mut some.users, &mut some.chats, some.seq)
        }
        _ => return false,
    };
    let is_full = updates.len().saturating_add(next.updates.len()) > MAX_JOINED;
    if is_full || seq.checked_add(1) != Some(next.seq) {
        return false;
    }
    let mut updates = std::mem::take(updates);
    updates.extend(next.updates.iter().cloned());
    let (mut users, mut chats) = (std::mem::take(users), std::mem::take(chats));
    for user in &next.users {
        if !users.contains(user) {
            users.push(user.clone());
        }
    }
    for chat in &next.chats {
        if !chats.contains(chat) {
            chats.push(chat.clone());
        }
    }
    let (date, seq) = (next.date, next.seq);
    *before = types::UpdatesCombined { updates, users, chats, date, seq_start, seq }.into();
    true
}
