//! What was said and is looked for.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::messages::Messages;
use telewire::tl::api::enums::{InputPeer, MessageEntity, MessageMedia, MessagesFilter};
use telewire::tl::api::functions::messages::{Search, SearchGlobal};

use super::{answer, part};
use crate::methods::Registry;
use crate::world::{Caller, FileKind, Media, MessageCopy, Part, Peer, Post, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.people(search);
    registry.people(search_global);
}

/// What is looked for.
#[derive(Debug)]
struct Wanted {
    /// In lower case.
    text: String,
    from: Option<Peer>,
    filter: MessagesFilter,
    /// 0, or the first and the last moment.
    min_date: i32,
    max_date: i32,
}

fn search(state: &mut State, caller: &Caller, request: Search) -> Result<Messages, RpcError> {
    let from = match &request.from_id {
        Some(from) => {
            Some(state.input_peer(caller, from).map_err(|_| invalid("FROM_PEER_INVALID"))?)
        }
        None => None,
    };
    let wanted = Wanted {
        text: request.q.trim().to_lowercase(),
        from,
        filter: request.filter,
        min_date: request.min_date,
        max_date: request.max_date,
    };
    let mut view = None;
    let (owner, among) = match &request.peer {
        InputPeer::InputPeerEmpty => (Peer::User(caller.me), state.everything(caller, &wanted)?),
        peer => {
            let peer = state.input_peer(caller, peer)?;
            view = Some(peer);
            (State::box_of(caller.me, peer), state.history(caller.me, peer).to_vec())
        }
    };
    let found = state.found(owner, &among, &wanted);
    let wanted = Part {
        offset_id: request.offset_id,
        add_offset: request.add_offset,
        limit: part(request.limit),
        max_id: request.max_id,
        min_id: request.min_id,
    };
    let named = view;
    let mut view = state.view(caller.viewer());
    named.map(|peer| view.name(peer));
    Ok(answer(view, owner, &wanted.of(&found), found.len()))
}

/// In the chats of the account's own box.
fn search_global(
    state: &mut State,
    caller: &Caller,
    request: SearchGlobal,
) -> Result<Messages, RpcError> {
    if request.folder_id.is_some_and(|folder| !(0..=1).contains(&folder)) {
        return Err(invalid("FOLDER_ID_INVALID"));
    }
    let wanted = Wanted {
        text: request.q.trim().to_lowercase(),
        from: None,
        filter: request.filter,
        min_date: request.min_date,
        max_date: request.max_date,
    };
    let (owner, among) = (Peer::User(caller.me), state.everything(caller, &wanted)?);
    let found = state.found(owner, &among, &wanted);
    let (offset_id, limit) = (request.offset_id, part(request.limit));
    let part = Part { offset_id, add_offset: 0, limit, max_id: 0, min_id: 0 };
    Ok(answer(state.view(caller.viewer()), owner, &part.of(&found), found.len()))
}

impl State {
    /// All that the account has in its own box.
    ///
    /// # Errors
    ///
    /// `SEARCH_QUERY_EMPTY`: nothing is looked for.
    fn everything(&self, caller: &Caller, wanted: &Wanted) -> Result<Vec<i32>, RpcError> {
        if wanted.text.is_empty() && wanted.filter == MessagesFilter::InputMessagesFilterEmpty {
            return Err(invalid("SEARCH_QUERY_EMPTY"));
        }
        let mailbox = self.mailbox(Peer::User(caller.me));
        Ok(mailbox.map(|mailbox| mailbox.ids().collect()).unwrap_or_default())
    }

    fn found(&self, owner: Peer, among: &[i32], wanted: &Wanted) -> Vec<i32> {
        let mailbox = self.mailbox(owner);
        let is_wanted = |id: &&i32| {
            let copy = mailbox.and_then(|mailbox| mailbox.message(**id));
            let post = copy.and_then(|copy| self.posts.post(copy.post));
            copy.zip(post).is_some_and(|(copy, post)| {
                wanted.is(*copy, post, self.kind_of(post.content.media.as_ref()))
            })
        };
        among.iter().filter(is_wanted).copied().collect()
    }
}

impl Wanted {
    fn is(&self, copy: MessageCopy, post: &Post, file: Option<FileKind>) -> bool {
        let content = &post.content;
        self.from.is_none_or(|from| from == post.from)
            && (self.min_date == 0 || post.date > self.min_date)
            && (self.max_date == 0 || post.date < self.max_date)
            && self.is_kind(copy, post, file)
            && (self.text.is_empty() || content.text.to_lowercase().contains(&self.text))
    }

    fn is_kind(&self, copy: MessageCopy, post: &Post, file: Option<FileKind>) -> bool {
        use MessagesFilter as Filter;
        let plain = match &post.content.media {
            Some(Media::Plain(media)) => Some(&**media),
            Some(Media::Poll(_) | Media::File(_)) | None => None,
        };
        match &self.filter {
            Filter::InputMessagesFilterEmpty => true,
            Filter::InputMessagesFilterPinned => copy.is_pinned,
            Filter::InputMessagesFilterPoll => matches!(post.content.media, Some(Media::Poll(_))),
            Filter::InputMessagesFilterUrl => post.content.entities.iter().any(|entity| {
                matches!(
                    entity,
                    MessageEntity::MessageEntityUrl(_) | MessageEntity::MessageEntityTextUrl(_)
                )
            }),
            Filter::InputMessagesFilterGeo => matches!(
                plain,
                Some(MessageMedia::MessageMediaGeo(_) | MessageMedia::MessageMediaVenue(_))
            ),
            Filter::InputMessagesFilterContacts => {
                matches!(plain, Some(MessageMedia::MessageMediaContact(_)))
            }
            Filter::InputMessagesFilterPhotos => file == Some(FileKind::Photo),
            Filter::InputMessagesFilterVideo => file == Some(FileKind::Video),
            Filter::InputMessagesFilterPhotoVideo => {
                matches!(file, Some(FileKind::Photo | FileKind::Video))
            }
            Filter::InputMessagesFilterDocument => file == Some(FileKind::Document),
            Filter::InputMessagesFilterMusic => file == Some(FileKind::Audio),
            Filter::InputMessagesFilterVoice => file == Some(FileKind::Voice),
            Filter::InputMessagesFilterRoundVideo => file == Some(FileKind::Round),
            Filter::InputMessagesFilterRoundVoice => {
                matches!(file, Some(FileKind::Round | FileKind::Voice))
            }
            Filter::InputMessagesFilterGif => file == Some(FileKind::Gif),
            _ => false,
        }
    }
}
