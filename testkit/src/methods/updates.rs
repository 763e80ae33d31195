//! `updates.*`: where a client's boxes are, and what it missed.

use std::collections::{BTreeMap, BTreeSet};

use telewire::rpc::RpcError;
use telewire::tl::api::enums;
use telewire::tl::api::functions::updates::{GetDifference, GetState};
use telewire::tl::api::types::{UpdateMessageId, updates};

use crate::methods::Registry;
use crate::world::{Caller, Event, OwnPts, Peer, State, What, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(get_state);
    registry.on(get_difference);
}

/// The most that a client may ask for.
const MAX_PAGE: usize = 10_000;

impl State {
    pub(super) fn box_state(&mut self, caller: &Caller) -> updates::State {
        let seq = self.auth.logins.get(&caller.context.key).map_or(1, |login| login.seq);
        let qts = self.secrets.qts(caller.context.key);
        let account = self.account(caller.me);
        let unread = account.dialogs.values().map(|dialog| dialog.unread);
        updates::State {
            pts: account.common.pts(),
            qts,
            date: caller.date(),
            seq,
            unread_count: unread.fold(0, i32::saturating_add),
        }
    }
}

fn get_state(state: &mut State, caller: &Caller, _: GetState) -> Result<updates::State, RpcError> {
    Ok(state.box_state(caller))
}

/// UM-06.
fn get_difference(
    state: &mut State,
    caller: &Caller,
    request: GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    if request.pts <= 0 {
        return Err(invalid("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if request.date <= 0 {
        return Err(invalid("DATE_EMPTY"));
    }
    let now = state.box_state(caller);
    if request.pts > now.pts || request.qts < 0 {
        return Err(invalid("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let (size, all) = (state.box_size, state.page);
    let mailbox = &state.account(caller.me).common;
    let behind = now.pts.saturating_sub(request.pts);
    let is_far = request.pts_total_limit.is_some_and(|limit| limit > 0 && behind > limit);
    if is_far || request.pts < mailbox.oldest(size) {
        return Ok(updates::DifferenceTooLong { pts: now.pts }.into());
    }
    let page = request.pts_limit.and_then(|limit| usize::try_from(limit).ok());
    let page = page.filter(|limit| *limit > 0).unwrap_or(all).min(MAX_PAGE);
    let mut events: Vec<Event> =
        mailbox.since(request.pts).take(page.saturating_add(1)).cloned().collect();
    let channels = state.view(caller.viewer()).channel_news(request.date);
    // SC-80: whoever asks from a number has all up to it.
    let key = caller.context.key;
    state.secrets.confirm(key, request.qts);
    let new_encrypted_messages = state.secrets.kept(key);
    let secret_chats = state.secrets.changed(caller.me, key, request.date);
    let has_secrets = !new_encrypted_messages.is_empty() || !secret_chats.is_empty();
    if events.is_empty() && channels.is_empty() && !has_secrets {
        return Ok(updates::DifferenceEmpty { date: now.date, seq: now.seq }.into());
    }
    let is_slice = events.len() > page;
    events.truncate(page);
    let pts = events.last().map_or(now.pts, |event| event.pts);
    let style = state.habits.own_pts;
    let owner = Peer::User(caller.me);
    let told = Missed::of(&events);
    let mut view = state.view(caller.viewer());
    let mailbox = state.mailbox(owner);
    let (mut new_messages, mut other_updates) = (Vec::new(), Vec::new());
    if !is_slice {
        // Before the messages in them.
        other_updates
            .extend(secret_chats.into_iter().map(|id| view.secret_news(key, id, now.date)));
    }
    for id in &told.new {
        let Some(copy) = mailbox.and_then(|mailbox| mailbox.message(*id)) else { continue };
        if let Some(random_id) = copy.random_id {
            other_updates.push(UpdateMessageId { id: *id, random_id }.into());
        }
        new_messages.push(view.message(*id));
    }
    for event in told.others {
        // An edit of what is gone since is none.
        let is_gone = match &event.what {
            What::Edit(id) => mailbox.and_then(|mailbox| mailbox.message(*id)).is_none(),
            _ => false,
        };
        if is_gone {
            continue;
        }
        let (pts, count) = match style {
            OwnPts::Real => (event.pts, event.count),
            OwnPts::Final => (pts, 0),
            OwnPts::Zero => (0, 0),
        };
        other_updates.extend(view.event(owner, &event.what, pts, count));
    }
    if !is_slice {
        other_updates.extend(view.channel_news(request.date));
    }
    let (chats, users) = (view.chats(), view.users());
    if is_slice {
        // The channels' news come with the last slice: they are asked for by the date, which is not past them yet.
        // So do secret chats, and their messages after them.
        let intermediate_state =
            updates::State { pts, qts: request.qts, date: request.date, ..now };
        let slice = updates::DifferenceSlice {
            new_messages,
            new_encrypted_messages: Vec::new(),
            other_updates,
            chats,
            users,
            intermediate_state,
        };
        return Ok(slice.into());
    }
    let state = now;
    let difference = updates::Difference {
        new_messages,
        new_encrypted_messages,
        other_updates,
        chats,
        users,
        state,
    };
    Ok(difference.into())
}

/// What is left to tell of some events: a difference is no log.
struct Missed {
    /// The messages that are new.
    new: Vec<i32>,
    /// What happened to others: of edits and of what was read the last one counts.
    others: Vec<Event>,
}

impl Missed {
    fn of(events: &[Event]) -> Self {
        let new: BTreeSet<i32> = events
            .iter()
            .filter_map(|event| match event.what {
                What::New(id) => Some(id),
                _ => None,
            })
            .collect();
        /// What one event is the last word on.
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum About {
            Message(i32),
            Inbox(Peer),
            Outbox(Peer),
            Itself(i32),
        }
        let mut last: BTreeMap<About, Event> = BTreeMap::new();
        for event in events {
            let (about, what) = match &event.what {
                What::New(_) => continue,
                // It comes as it is now.
                What::Edit(id) if new.contains(id) => continue,
                What::Edit(id) => (About::Message(*id), event.what.clone()),
                // Whoever never had it has nothing to delete.
                What::Delete(ids) => {
                    let old: Vec<_> = ids.iter().filter(|id| !new.contains(id)).copied().collect();
                    if old.is_empty() {
                        continue;
                    }
                    (About::Itself(event.pts), What::Delete(old))
                }
                What::Pin(..) => (About::Itself(event.pts), event.what.clone()),
                What::ReadInbox(peer, ..) => (About::Inbox(*peer), event.what.clone()),
                What::ReadOutbox(peer, _) => (About::Outbox(*peer), event.what.clone()),
            };
            last.insert(about, Event { what, ..event.clone() });
        }
        let mut others: Vec<Event> = last.into_values().collect();
        others.sort_by_key(|event| event.pts);
        Self { new: new.into_iter().collect(), others }
    }
}
