//! Who is in a channel: made, joined, invited, left, made an admin, banned.

use std::collections::{BTreeMap, BTreeSet};

use telewire::rpc::RpcError;
use telewire::tl::api::enums::ChannelAdminLogEventAction as Action;
use telewire::tl::api::{enums, types};

use crate::world::account::Sent;
use crate::world::channel::log::Log;
use crate::world::channel::{Admin, Ban, Channel, FIRST_CHANNEL, FOREVER, Member};
use crate::world::dialog::Dialog;
use crate::world::mailbox::Mailbox;
use crate::world::reads::Reads;
use crate::world::{Caller, Content, Peer, State, invalid, is_username};

/// What a channel is made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Founding {
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) is_broadcast: bool,
}

/// Bans of less than 30 seconds and of more than 366 days do not end: <https://core.telegram.org/constructor/chatBannedRights>.
const SHORTEST_BAN: i32 = 30;
const LONGEST_BAN: i32 = 366 * 86_400;

impl State {
    /// Makes a channel of whoever asks; gives its number, and its first message.
    pub(crate) fn create_channel(&mut self, caller: &Caller, founding: Founding) -> (i64, Sent) {
        let title = founding.title.clone();
        let id = self.found_channel(caller, founding, None);
        let action = types::MessageActionChannelCreate { title };
        (id, self.happen_in_channel(caller, id, action))
    }

    /// A basic group becomes a supergroup: its members are in it, and hear of it in both.
    pub(crate) fn migrate_chat(&mut self, caller: &Caller, chat: i64) -> Option<(i64, Sent, Sent)> {
        let old = self.chats.chat(chat)?.clone();
        let founding =
            Founding { title: old.title.clone(), about: old.about.clone(), ..Founding::default() };
        let id = self.found_channel(caller, founding, Some(chat));
        let admins = old.members.iter().filter(|(_, member)| member.is_admin);
        let admins: BTreeSet<_> = admins.map(|(user, _)| *user).collect();
        self.channel_changed(id, |channel| channel.default_banned = old.default_banned.clone());
        for (user, member) in &old.members {
            self.enter_channel(id, *user, member.inviter, member.date);
            if admins.contains(user) {
                let rights = super::all_rights();
                let admin = Admin { rights, by: old.creator, rank: None };
                self.channel_changed(id, |channel| {
                    let member = channel.members.get_mut(user);
                    let _ = member.map(|member| member.admin = Some(admin));
                });
            }
        }
        self.chat_changed(chat, |chat| chat.migrated_to = Some(id));
        if let Some(period) = self.lifetimes.period(caller.me, Peer::Chat(chat)) {
            self.lifetimes.set_period(caller.me, Peer::Channel(id), period);
        }
        let to = types::MessageActionChatMigrateTo { channel_id: id };
        let there = self.happen_in_chat(caller, chat, to, None);
        let title = old.title;
        let from = types::MessageActionChannelMigrateFrom { title, chat_id: chat };
        let here = self.happen_in_channel(caller, id, from);
        Some((id, there, here))
    }

    fn found_channel(
        &mut self,
        caller: &Caller,
        founding: Founding,
        migrated_from: Option<i64>,
    ) -> i64 {
        let (me, date) = (caller.me, caller.date());
        let last = self.channels.all.last_key_value().map(|(id, _)| id.saturating_add(1));
        let id = last.unwrap_or(FIRST_CHANNEL);
        let Founding { title, about, is_broadcast } = founding;
        let channel = Channel {
            id,
            title,
            about,
            username: None,
            is_broadcast,
            is_forum: false,
            creator: me,
            date,
            mailbox: Mailbox::default(),
            history: Dialog::default(),
            members: BTreeMap::new(),
            bans: BTreeMap::new(),
            default_banned: types::ChatBannedRights::new(i32::MAX),
            slow_mode: 0,
            spoke: BTreeMap::new(),
            pinned: BTreeSet::new(),
            topics: BTreeMap::new(),
            topic_of: BTreeMap::new(),
            log: Log::default(),
            photos: Vec::new(),
            migrated_from,
        };
        self.channels.all.insert(id, channel);
        self.enter_channel(id, me, me, date);
        id
    }

    /// A service message in a channel.
    pub(crate) fn happen_in_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        action: impl Into<enums::MessageAction>,
    ) -> Sent {
        self.send_to_channel(caller.actor(), id, Content::action(action), None, None)
    }

    /// Somebody is in a channel; whoever is already stays as they are.
    pub(crate) fn enter_channel(&mut self, id: i64, user: i64, inviter: i64, date: i32) {
        self.channel_changed(id, |channel| {
            let read = channel.history.messages.last().copied().unwrap_or(0);
            let reads = Reads::default();
            let member = Member { inviter, date, read, reads, admin: None };
            channel.members.entry(user).or_insert(member);
        });
        self.account(user).channels.insert(id);
    }

    /// Somebody is not in a channel any more.
    pub(crate) fn quit_channel(&mut self, id: i64, user: i64) {
        self.channel_changed(id, |channel| {
            channel.members.remove(&user);
        });
        let account = self.account(user);
        account.channels.remove(&id);
        // What one had of it in the list of chats goes with it.
        account.pinned.retain(|peer| *peer != Peer::Channel(id));
        account.dialogs.remove(&Peer::Channel(id));
    }

    /// Somebody joins by themselves, or is brought; gives the message about it, which broadcast channels have none of.
    pub(crate) fn join_channel(
        &mut self,
        caller: &Caller,
        id: i64,
        users: &[i64],
        action: impl Into<enums::MessageAction>,
    ) -> Option<Sent> {
        let date = caller.date();
        for user in users {
            self.enter_channel(id, *user, caller.me, date);
            let actor = caller.actor();
            if *user == caller.me {
                self.note_action(id, actor, Action::ChannelAdminLogEventActionParticipantJoin);
            } else {
                let participant = self.participant_of(caller, id, *user);
                let invite = types::ChannelAdminLogEventActionParticipantInvite { participant };
                self.note_action(id, actor, invite);
            }
            // Whoever is in does not ask to come any more.
            self.take_request(caller, Peer::Channel(id), *user, None);
        }
        let is_told = self.channels.channel(id).is_some_and(|channel| !channel.is_broadcast);
        for user in users {
            let except = Some(caller.context.key).filter(|_| *user == caller.me);
            self.tell_of_channel(*user, except, id, date);
        }
        is_told.then(|| self.happen_in_channel(caller, id, action))
    }

    /// # Errors
    ///
    /// `USER_CREATOR`: owners do not go; `USER_NOT_PARTICIPANT`.
    pub(crate) fn leave_channel(&mut self, caller: &Caller, id: i64) -> Result<(), RpcError> {
        let (me, date) = (caller.me, caller.date());
        let channel = self.open_channel(caller, id)?;
        if !channel.is_member(me) {
            return Err(invalid("USER_NOT_PARTICIPANT"));
        }
        if channel.creator == me {
            return Err(invalid("USER_CREATOR"));
        }
        self.quit_channel(id, me);
        let left = Action::ChannelAdminLogEventActionParticipantLeave;
        self.note_action(id, caller.actor(), left);
        self.tell_of_channel(me, Some(caller.context.key), id, date);
        Ok(())
    }

    /// Gives somebody rights, or takes them away; brings them along if they are not there.
    pub(crate) fn promote(
        &mut self,
        caller: &Caller,
        id: i64,
        user: i64,
        rights: types::ChatAdminRights,
        rank: Option<String>,
    ) {
        let (me, date) = (caller.me, caller.date());
        let prev_participant = self.participant_of(caller, id, user);
        self.enter_channel(id, user, me, date);
        self.take_request(caller, Peer::Channel(id), user, None);
        let admin =
            (rights != types::ChatAdminRights::new()).then_some(Admin { rights, by: me, rank });
        self.channel_changed(id, |channel| {
            // Admins are not banned.
            if admin.is_some() {
                channel.bans.remove(&user);
            }
            let _ = channel.members.get_mut(&user).map(|member| member.admin = admin);
        });
        let new_participant = self.participant_of(caller, id, user);
        let change = types::ChannelAdminLogEventActionParticipantToggleAdmin {
            prev_participant,
            new_participant,
        };
        self.note_action(id, caller.actor(), change);
        self.tell_of_channel(user, None, id, date);
    }

    /// Takes from somebody what they may do, until a moment, or gives it back. Whoever may not read any more is out.
    pub(crate) fn ban(
        &mut self,
        caller: &Caller,
        id: i64,
        user: i64,
        mut rights: types::ChatBannedRights,
    ) {
        let (me, date) = (caller.me, caller.date());
        let lasts = rights.until_date.saturating_sub(date);
        if rights.until_date == i32::MAX || !(SHORTEST_BAN..=LONGEST_BAN).contains(&lasts) {
            rights.until_date = FOREVER;
        }
        let until_date = rights.until_date;
        let is_none = rights == types::ChatBannedRights::new(until_date);
        let is_out = rights.view_messages;
        let prev_participant = self.participant_of(caller, id, user);
        self.channel_changed(id, |channel| {
            if is_none {
                channel.bans.remove(&user);
            } else {
                channel.bans.insert(user, Ban { rights, by: me, date });
                let _ = channel.members.get_mut(&user).map(|member| member.admin = None);
            }
        });
        if is_out {
            self.quit_channel(id, user);
            self.take_request(caller, Peer::Channel(id), user, None);
        }
        let new_participant = self.participant_of(caller, id, user);
        let change = types::ChannelAdminLogEventActionParticipantToggleBan {
            prev_participant,
            new_participant,
        };
        self.note_action(id, caller.actor(), change);
        self.tell_of_channel(user, None, id, date);
    }

    /// Whether a name may be a channel's: people and channels share the names.
    ///
    /// # Errors
    ///
    /// `USERNAME_INVALID`, `USERNAME_OCCUPIED`.
    pub(crate) fn check_channel_name(&self, id: i64, name: &str) -> Result<(), RpcError> {
        if !is_username(name) {
            return Err(invalid("USERNAME_INVALID"));
        }
        let is_taken = self.people.named(name).is_some_and(|peer| peer != Peer::Channel(id));
        if is_taken { Err(invalid("USERNAME_OCCUPIED")) } else { Ok(()) }
    }

    /// Gives a channel a name, or takes it away with `""`.
    pub(crate) fn name_channel(&mut self, id: i64, name: &str) -> Result<(), RpcError> {
        let old = self.channels.channel(id).and_then(|channel| channel.username.clone());
        if old.as_deref().unwrap_or_default() == name {
            return Err(invalid("USERNAME_NOT_MODIFIED"));
        }
        if !name.is_empty() {
            self.check_channel_name(id, name)?;
        }
        if let Some(old) = old {
            self.people.release(&old);
        }
        if !name.is_empty() {
            self.people.occupy(name, Peer::Channel(id));
        }
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        self.channel_changed(id, |channel| channel.username = name);
        Ok(())
    }

    /// A channel is no more: nobody is in it or may come, and its name is free.
    pub(crate) fn delete_channel(&mut self, caller: &Caller, id: i64) {
        let _ = self.name_channel(id, "");
        let members = self.channels.channel(id).map(|channel| channel.members.keys().copied());
        let members: Vec<_> = members.into_iter().flatten().collect();
        self.invites.revoke_all(Peer::Channel(id));
        for user in members {
            self.quit_channel(id, user);
            let except = Some(caller.context.key).filter(|_| user == caller.me);
            self.tell_of_channel(user, except, id, caller.date());
        }
        // Nobody may read what is there any more.
        let all = self.channels.channel(id).map(|channel| channel.history.messages.clone());
        self.delete_in(Peer::Channel(id), all.unwrap_or_default(), caller.actor());
        self.channel_changed(id, |channel| channel.log = Log::default());
    }
}
