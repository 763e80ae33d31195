//! Basic groups: who is in them, and what happens there. What is said in one is in the box of each who is in it (UM-01).

use std::collections::BTreeMap;

use telewire::rpc::RpcError;
use telewire::tl::api::{enums, types};

use crate::world::account::Sent;
use crate::world::view::View;
use crate::world::{Actor, Caller, Content, MessageCopy, Peer, State, Viewer, forbidden, invalid};

/// A basic group.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) creator: i64,
    pub(crate) date: i32,
    /// Clients drop what they know of its members when it moved.
    pub(crate) version: i32,
    pub(crate) members: BTreeMap<i64, ChatMember>,
    /// Who was in it, and how they went.
    pub(crate) former: BTreeMap<i64, Exit>,
    /// What its members may not do.
    pub(crate) default_banned: types::ChatBannedRights,
    /// The photos, the one that all see first.
    pub(crate) photos: Vec<i64>,
    /// The supergroup that it became.
    pub(crate) migrated_to: Option<i64>,
}

/// Somebody in a basic group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChatMember {
    pub(crate) inviter: i64,
    pub(crate) date: i32,
    pub(crate) is_admin: bool,
}

/// How somebody went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Left,
    Removed,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chats {
    all: BTreeMap<i64, Chat>,
}

/// Their numbers begin here: clients of before 2021 take 31 bits.
const FIRST_CHAT: i64 = 4_000_001;

/// As `chat_size_max` of `help.getConfig` says.
pub(crate) const MAX_MEMBERS: usize = 200;

/// Characters of a title.
pub(crate) const MAX_TITLE: usize = 128;

impl Chats {
    pub(crate) fn chat(&self, id: i64) -> Option<&Chat> {
        self.all.get(&id)
    }

    pub(crate) fn chat_mut(&mut self, id: i64) -> Option<&mut Chat> {
        self.all.get_mut(&id)
    }
}

impl Chat {
    pub(crate) fn is_admin(&self, user: i64) -> bool {
        user == self.creator || self.members.get(&user).is_some_and(|member| member.is_admin)
    }

    /// Whether it was ever somebody's: then they have messages of it.
    pub(crate) fn is_known_to(&self, user: i64) -> bool {
        self.members.contains_key(&user) || self.former.contains_key(&user)
    }

    /// Whether somebody may do what only its admins may if it is forbidden to the others.
    pub(crate) fn may(&self, user: i64, is_banned: fn(&types::ChatBannedRights) -> bool) -> bool {
        let is_member = self.members.contains_key(&user);
        is_member && (self.is_admin(user) || !is_banned(&self.default_banned))
    }

    pub(crate) fn admit(&mut self, user: i64, inviter: i64, date: i32) {
        self.former.remove(&user);
        self.members.insert(user, ChatMember { inviter, date, is_admin: false });
        self.version = self.version.saturating_add(1);
    }

    pub(crate) fn dismiss(&mut self, user: i64, exit: Exit) {
        self.members.remove(&user);
        self.former.insert(user, exit);
        self.version = self.version.saturating_add(1);
    }

    pub(crate) fn participants(&self) -> types::ChatParticipants {
        let participants = self.members.iter().map(|(user, member)| {
            let (user_id, inviter_id, date) = (*user, member.inviter, member.date);
            if user_id == self.creator {
                types::ChatParticipantCreator { user_id, rank: None }.into()
            } else if member.is_admin {
                types::ChatParticipantAdmin { user_id, inviter_id, date, rank: None }.into()
            } else {
                types::ChatParticipant { user_id, inviter_id, date, rank: None }.into()
            }
        });
        let participants = participants.collect();
        types::ChatParticipants { chat_id: self.id, participants, version: self.version }
    }
}

impl State {
    /// A group that works, and in which whoever asks is.
    ///
    /// # Errors
    ///
    /// `CHAT_ID_INVALID`: there is none of that number, or it is none of theirs, or it became a supergroup; `CHAT_WRITE_FORBIDDEN`:
    /// they are not in it any more.
    pub(crate) fn own_chat(&self, me: i64, id: i64) -> Result<&Chat, RpcError> {
        let chat = self.chats.chat(id).filter(|chat| chat.is_known_to(me));
        let chat = chat.filter(|chat| chat.migrated_to.is_none());
        let chat = chat.ok_or_else(|| invalid("CHAT_ID_INVALID"))?;
        if chat.members.contains_key(&me) {
            Ok(chat)
        } else {
            Err(forbidden("CHAT_WRITE_FORBIDDEN"))
        }
    }

    pub(crate) fn chat_changed(&mut self, id: i64, change: impl FnOnce(&mut Chat)) {
        if let Some(chat) = self.chats.chat_mut(id) {
            change(chat);
        }
    }

    /// A group of people who are told of it; gives its number, and its first message.
    pub(crate) fn create_chat(
        &mut self,
        caller: &Caller,
        title: String,
        users: Vec<i64>,
    ) -> (i64, Sent) {
        let (me, date) = (caller.me, caller.date());
        let last = self.chats.all.last_key_value().map(|(id, _)| id.saturating_add(1));
        let id = last.unwrap_or(FIRST_CHAT);
        let inside = users.iter().copied().chain([me]);
        let member = ChatMember { inviter: me, date, is_admin: false };
        let chat = Chat {
            id,
            title: title.clone(),
            about: String::new(),
            creator: me,
            date,
            version: 1,
            members: inside.map(|user| (user, member)).collect(),
            former: BTreeMap::new(),
            default_banned: types::ChatBannedRights::new(i32::MAX),
            photos: Vec::new(),
            migrated_to: None,
        };
        self.chats.all.insert(id, chat);
        let action = types::MessageActionChatCreate { title, users };
        (id, self.happen_in_chat(caller, id, action, None))
    }

    /// A service message about a group, for all who are in it, and one who was.
    pub(crate) fn happen_in_chat(
        &mut self,
        caller: &Caller,
        chat: i64,
        action: impl Into<enums::MessageAction>,
        also: Option<i64>,
    ) -> Sent {
        self.send_to_chat(caller.actor(), chat, Content::action(action), also, None)
    }

    /// UM-01, UM-03: sends into a group. Each who is in it has a copy in their own box, and hears of it in all sessions but the
    /// one that sent it.
    pub(crate) fn send_to_chat(
        &mut self,
        actor: Actor,
        chat: i64,
        content: Content,
        also: Option<i64>,
        random_id: Option<i64>,
    ) -> Sent {
        let (me, date) = (actor.user, actor.date);
        let is_service = content.action.is_some();
        let members = self.chats.chat(chat).map(|chat| &chat.members);
        let others = members.into_iter().flatten().map(|(user, _)| *user).chain(also);
        let others: Vec<_> = others.filter(|user| *user != me).collect();
        let post = self.say(me, Peer::User(me), date, content);
        let dialog = Peer::Chat(chat);
        let mine = MessageCopy { random_id, ..MessageCopy::new(post, dialog, true) };
        let mine = self.add_copy(me, mine, date);
        self.push(me, actor.key, |state, viewer| state.chat_news(viewer, chat, mine, is_service));
        for user in others {
            let sent = self.add_copy(user, MessageCopy::new(post, dialog, false), date);
            self.push(user, None, |state, viewer| state.chat_news(viewer, chat, sent, is_service));
        }
        mine
    }

    /// What an account hears of a message in a group; who is in it besides, if something happened to it.
    pub(crate) fn chat_news(
        &self,
        viewer: Viewer,
        chat: i64,
        sent: Sent,
        is_service: bool,
    ) -> enums::Updates {
        let Sent { id, pts, date } = sent;
        let mut view = self.view(viewer);
        let message = types::UpdateNewMessage { message: view.message(id), pts, pts_count: 1 };
        let mut updates: Vec<enums::Update> = vec![message.into()];
        if let Some(participants) = view.participants(chat).filter(|_| is_service) {
            updates.insert(0, types::UpdateChatParticipants { participants }.into());
        }
        view.updates(updates, date)
    }

    /// Tells all who are in a group of something that has no message.
    pub(crate) fn tell_chat(
        &mut self,
        caller: &Caller,
        chat: i64,
        update: impl Fn() -> enums::Update,
    ) {
        let members = self.chats.chat(chat).map(|chat| chat.members.keys().copied());
        let members: Vec<_> = members.into_iter().flatten().collect();
        let date = caller.date();
        for user in members {
            self.push(user, Some(caller.context.key), |state, viewer| {
                let mut view = state.view(viewer);
                view.name(Peer::Chat(chat));
                view.updates(vec![update()], date)
            });
        }
    }
}

impl View<'_> {
    /// Who is in a group, who are named; whoever is not in it is not told.
    pub(crate) fn participants(&mut self, id: i64) -> Option<enums::ChatParticipants> {
        let chat = self.state.chats.chat(id)?;
        if !chat.members.contains_key(&self.viewer.user) {
            let forbidden =
                types::ChatParticipantsForbidden { chat_id: id, self_participant: None };
            return Some(forbidden.into());
        }
        for user in chat.members.keys() {
            self.name(Peer::User(*user));
        }
        Some(chat.participants().into())
    }

    pub(super) fn basic_group(&self, id: i64) -> Option<enums::Chat> {
        let chat = self.state.chats.chat(id)?;
        let me = self.viewer.user;
        let is_inside = chat.members.contains_key(&me);
        if !is_inside && chat.former.get(&me) != Some(&Exit::Left) {
            return Some(types::ChatForbidden { id, title: chat.title.clone() }.into());
        }
        let count = i32::try_from(chat.members.len()).unwrap_or(i32::MAX);
        let photo = self.chat_photo(&chat.photos);
        let migrated_to = chat.migrated_to.map(|channel_id| {
            let access_hash = self.state.access_hash(self.viewer, Peer::Channel(channel_id));
            types::InputChannel { channel_id, access_hash }.into()
        });
        let is_admin = chat.is_admin(me) && me != chat.creator;
        let chat = types::Chat {
            creator: me == chat.creator,
            left: !is_inside,
            deactivated: chat.migrated_to.is_some(),
            migrated_to,
            admin_rights: is_admin.then(all_of_a_group),
            default_banned_rights: Some(chat.default_banned.clone()),
            ..types::Chat::new(id, chat.title.clone(), photo, count, chat.date, chat.version)
        };
        Some(chat.into())
    }
}

/// Admins of a basic group may all that there is.
fn all_of_a_group() -> types::ChatAdminRights {
    types::ChatAdminRights {
        change_info: true,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        manage_call: true,
        other: true,
        ..types::ChatAdminRights::new()
    }
}
