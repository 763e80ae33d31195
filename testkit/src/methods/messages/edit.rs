//! What was said is said otherwise, or is gone.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputMedia, MessageMedia, ReplyMarkup, Updates};
use telewire::tl::api::functions::messages::{DeleteHistory, DeleteMessages, EditMessage};
use telewire::tl::api::types::messages::{AffectedHistory, AffectedMessages};

use super::{MAX_CAPTION, MAX_LENGTH};
use crate::methods::{Registry, distinct};
use crate::world::{
    Caller, Content, Deed, FileKind, Media, Peer, Post, State, What, forbidden, invalid,
    new_waiting,
};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(edit_message);
    registry.on(delete_messages);
    registry.people(delete_history);
}

/// `edit_time_limit` of `help.getConfig`, and how long bots may delete what they have.
const TWO_DAYS: i32 = 2 * 86_400;

/// Messages that one call of `deleteHistory` deletes; clients ask again for the rest.
const MAX_DELETED: usize = 1_000;

fn edit_message(
    state: &mut State,
    caller: &Caller,
    request: EditMessage,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    state.check_inside(caller.me, peer)?;
    if let Some(date) = request.schedule_date {
        return edit_waiting(state, caller, peer, date, request);
    }
    let copy = state.message_of(caller, peer, request.id)?;
    let post = state.posts.post(copy.post).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
    if post.content.action.is_some() {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    state.check_editor(caller, peer, post)?;
    if let (Some(Media::Poll(id)), Some(InputMedia::InputMediaPoll(poll))) =
        (&post.content.media, &request.media)
        && poll.poll.closed
    {
        let id = *id;
        // A poll is closed by whoever asked it; others send it on.
        if state.polls.get(&id).is_none_or(|poll| poll.author != post.author) {
            return Err(forbidden("MESSAGE_AUTHOR_REQUIRED"));
        }
        state.close_poll(id, caller.actor());
        if let Peer::Channel(channel) = peer
            && let Some((_, post)) = state.post_of(channel, request.id)
        {
            state.note(channel, caller.actor(), Deed::Closed(request.id, post));
        }
        return Ok(state.poll_answer(caller, id));
    }
    let (id, content) = (request.id, post.content.clone());
    let new = state.edited(caller, &content, request)?;
    if new == content {
        return Err(invalid("MESSAGE_NOT_MODIFIED"));
    }
    let owner = State::box_of(caller.me, peer);
    let pts = state.edit(copy.post, caller.actor(), owner, |post| post.content = new);
    let mut view = state.view(caller.viewer());
    let update = view.event(owner, &What::Edit(id), pts, 1);
    Ok(view.updates(update.into_iter().collect(), caller.date()))
}

/// A message that waits: what it says, and when it is to be sent.
fn edit_waiting(
    state: &mut State,
    caller: &Caller,
    peer: Peer,
    date: i32,
    request: EditMessage,
) -> Result<Updates, RpcError> {
    let waiting = state.account(caller.me).scheduled.waiting.get(&request.id);
    let waiting = waiting.filter(|waiting| waiting.peer == peer);
    let waiting = waiting.ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?.clone();
    if date <= caller.date() {
        return Err(invalid("SCHEDULE_DATE_INVALID"));
    }
    let id = request.id;
    let content = state.edited(caller, &waiting.content, request)?;
    if content == waiting.content && date == waiting.date {
        return Err(invalid("MESSAGE_NOT_MODIFIED"));
    }
    state.reschedule(id, content, date, caller.actor());
    let mut view = state.view(caller.viewer());
    let update = new_waiting(&mut view, id);
    Ok(view.updates(vec![update], caller.date()))
}

impl State {
    /// Whether somebody who is in a chat may change what was said there.
    ///
    /// # Errors
    ///
    /// `MESSAGE_AUTHOR_REQUIRED`: it is another's; as [`may_write`](Self::may_write) if they may not write there any more;
    /// `MESSAGE_EDIT_TIME_EXPIRED`.
    fn check_editor(&self, caller: &Caller, peer: Peer, post: &Post) -> Result<(), RpcError> {
        let (me, date) = (caller.me, caller.date());
        let channel = match peer {
            Peer::Channel(id) => Some(self.open_channel(caller, id)?),
            Peer::User(_) | Peer::Chat(_) => None,
        };
        // What a channel posted is changed by those of its admins who may.
        let edits_all = channel.is_some_and(|channel| {
            channel.is_broadcast && channel.can(me, |rights| rights.edit_messages)
        });
        if (post.author != me && !edits_all) || post.content.forward.is_some() {
            return Err(forbidden("MESSAGE_AUTHOR_REQUIRED"));
        }
        match channel {
            Some(_) if edits_all => {}
            Some(channel) => channel.check_writer(me, date)?,
            None => self.may_write(me, peer)?,
        }
        let is_free = edits_all
            || peer == Peer::User(me)
            || self.is_bot(me)
            || channel.is_some_and(|channel| channel.can(me, |rights| rights.pin_messages));
        if !is_free && date.saturating_sub(post.date) > TWO_DAYS {
            return Err(invalid("MESSAGE_EDIT_TIME_EXPIRED"));
        }
        Ok(())
    }

    /// What a message says after an edit. What the edit does not name stays; but bots that do not name buttons take them away.
    ///
    /// # Errors
    ///
    /// `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`, `MEDIA_CAPTION_TOO_LONG`, `MEDIA_PREV_INVALID`, `MEDIA_NEW_INVALID`,
    /// `MEDIA_GROUPED_INVALID`, `REPLY_MARKUP_INVALID`, and as [`entities`](Self::entities).
    fn edited(
        &mut self,
        caller: &Caller,
        old: &Content,
        request: EditMessage,
    ) -> Result<Content, RpcError> {
        let mut new = old.clone();
        let has_text = request.message.is_some();
        new.text = request.message.unwrap_or(new.text);
        if has_text || request.entities.is_some() {
            let entities = request.entities.unwrap_or_default();
            new.entities = self.entities(caller, &new.text, entities)?;
        }
        if self.is_bot(caller.me) {
            new.reply_markup = inline_markup(request.reply_markup)?;
        }
        if let Some(media) = request.media {
            let media = self.edited_media(caller, old.media.as_ref(), media)?;
            // An album stays one.
            let album = |media| self.kind_of(Some(media)).and_then(FileKind::album);
            if old.group.is_some() && old.media.as_ref().and_then(album) != album(&media) {
                return Err(invalid("MEDIA_GROUPED_INVALID"));
            }
            new.media = Some(media);
        }
        if new.text.trim().is_empty() && new.media.is_none() {
            return Err(invalid("MESSAGE_EMPTY"));
        }
        let length = new.text.chars().count();
        match new.media {
            Some(_) if length > MAX_CAPTION => Err(invalid("MEDIA_CAPTION_TOO_LONG")),
            None if length > MAX_LENGTH => Err(invalid("MESSAGE_TOO_LONG")),
            _ => Ok(new),
        }
    }

    /// Places, contacts and files take the place of each other, or come to a text; polls and dice are what they are.
    fn edited_media(
        &mut self,
        caller: &Caller,
        old: Option<&Media>,
        new: InputMedia,
    ) -> Result<Media, RpcError> {
        let is_fixed = match old {
            Some(Media::Poll(_)) => true,
            Some(Media::Plain(media)) => matches!(**media, MessageMedia::MessageMediaDice(_)),
            Some(Media::File(_)) | None => false,
        };
        if is_fixed {
            return Err(invalid("MEDIA_PREV_INVALID"));
        }
        match new {
            InputMedia::InputMediaPoll(_) | InputMedia::InputMediaDice(_) => {
                Err(invalid("MEDIA_NEW_INVALID"))
            }
            new => self.input_media(caller, new).map_err(|error| match error.name.as_str() {
                "MEDIA_INVALID" => invalid("MEDIA_NEW_INVALID"),
                _ => error,
            }),
        }
    }
}

/// The buttons that an edit names: below a message, since keyboards are not changed; none if there are none.
fn inline_markup(markup: Option<ReplyMarkup>) -> Result<Option<ReplyMarkup>, RpcError> {
    match markup {
        Some(ReplyMarkup::ReplyInlineMarkup(markup)) if markup.rows.is_empty() => Ok(None),
        None | Some(ReplyMarkup::ReplyInlineMarkup(_)) => Ok(markup),
        Some(_) => Err(invalid("REPLY_MARKUP_INVALID")),
    }
}

/// What is not there is left out.
fn delete_messages(
    state: &mut State,
    caller: &Caller,
    request: DeleteMessages,
) -> Result<AffectedMessages, RpcError> {
    if request.id.iter().any(|id| *id <= 0) {
        return Err(invalid("MESSAGE_ID_INVALID"));
    }
    let (is_bot, ids) = (state.is_bot(caller.me), distinct(request.id).collect::<Vec<i32>>());
    let mailbox = state.mailbox(Peer::User(caller.me));
    let dates = ids.iter().filter_map(|id| {
        let copy = mailbox?.message(*id)?;
        state.posts.post(copy.post).map(|post| post.date)
    });
    if is_bot && dates.min().is_some_and(|date| caller.date().saturating_sub(date) > TWO_DAYS) {
        return Err(forbidden("MESSAGE_DELETE_FORBIDDEN"));
    }
    // What bots delete is gone for all.
    let (pts, pts_count) = state.delete(&ids, request.revoke || is_bot, caller.actor())?;
    Ok(AffectedMessages { pts, pts_count })
}

fn delete_history(
    state: &mut State,
    caller: &Caller,
    request: DeleteHistory,
) -> Result<AffectedHistory, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    // Of channels there is channels.deleteHistory.
    if matches!(peer, Peer::Channel(_)) {
        return Err(invalid("PEER_ID_INVALID"));
    }
    for (date, error) in
        [(request.min_date, "MIN_DATE_INVALID"), (request.max_date, "MAX_DATE_INVALID")]
    {
        if date.is_some_and(|date| date <= 0) {
            return Err(invalid(error));
        }
    }
    let last = if request.max_id == 0 { i32::MAX } else { request.max_id };
    let span = request.min_date.unwrap_or(0)..=request.max_date.unwrap_or(i32::MAX);
    let is_meant = |id: &&i32| {
        let copy = state.find(caller.me, peer, **id);
        let post = copy.and_then(|copy| state.posts.post(copy.post));
        **id <= last && post.is_some_and(|post| span.contains(&post.date))
    };
    let all: Vec<i32> = state.history(caller.me, peer).iter().filter(is_meant).copied().collect();
    let (now, rest) = all.split_at(all.len().min(MAX_DELETED));
    let (pts, pts_count) = state.delete(now, request.revoke, caller.actor())?;
    if rest.is_empty() {
        let account = state.account(caller.me);
        if let Some(dialog) = account.dialogs.get_mut(&peer) {
            dialog.is_kept = request.just_clear;
        }
    }
    Ok(AffectedHistory { pts, pts_count, offset: i32::try_from(rest.len()).unwrap_or(i32::MAX) })
}
