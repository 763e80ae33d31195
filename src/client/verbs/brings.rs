//! Whom answers bring along.

use crate::client::peers::Brings;
use crate::tl::api::enums::{self, Chat, User};
use crate::tl::api::types;

macro_rules! both {
    ($($answer:ty)*) => {
        $(impl Brings for $answer {
            fn brings(&self) -> (&[User], &[Chat]) {
                (&self.users, &self.chats)
            }
        })*
    };
}

macro_rules! users {
    ($($answer:ty)*) => {
        $(impl Brings for $answer {
            fn brings(&self) -> (&[User], &[Chat]) {
                (&self.users, &[])
            }
        })*
    };
}

both! {
    types::contacts::ResolvedPeer types::contacts::Found types::channels::ChannelParticipant
    types::channels::AdminLogResults types::messages::ChatFull types::users::UserFull
    types::messages::ForumTopics types::messages::PeerDialogs
}

users! {
    types::contacts::ImportedContacts types::messages::BotResults types::messages::ChatInviteImporters
    types::messages::ExportedChatInvites
}

/// Answers of several forms: all that bring anybody bring both.
macro_rules! forms {
    ($($answer:ty: $($form:ident)*;)*) => {
        $(impl Brings for $answer {
            fn brings(&self) -> (&[User], &[Chat]) {
                match self {
                    $(Self::$form(form) => (&form.users, &form.chats),)*
                    _ => (&[], &[]),
                }
            }
        })*
    };
}

forms! {
    enums::messages::Messages: Messages MessagesSlice ChannelMessages;
    enums::messages::Dialogs: Dialogs DialogsSlice;
    enums::channels::ChannelParticipants: ChannelParticipants;
    enums::Updates: Updates UpdatesCombined;
}

impl Brings for enums::contacts::Blocked {
    fn brings(&self) -> (&[User], &[Chat]) {
        match self {
            Self::Blocked(all) => (&all.users, &all.chats),
            Self::BlockedSlice(some) => (&some.users, &some.chats),
        }
    }
}

impl Brings for enums::contacts::Contacts {
    fn brings(&self) -> (&[User], &[Chat]) {
        match self {
            Self::Contacts(all) => (&all.users, &[]),
            Self::ContactsNotModified => (&[], &[]),
        }
    }
}

impl Brings for enums::messages::Chats {
    fn brings(&self) -> (&[User], &[Chat]) {
        match self {
            Self::Chats(all) => (&[], &all.chats),
            Self::ChatsSlice(some) => (&[], &some.chats),
        }
    }
}

impl Brings for enums::ChatInvite {
    fn brings(&self) -> (&[User], &[Chat]) {
        match self {
            Self::ChatInviteAlready(already) => (&[], std::slice::from_ref(&already.chat)),
            Self::ChatInvitePeek(peek) => (&[], std::slice::from_ref(&peek.chat)),
            Self::ChatInvite(invite) => (invite.participants.as_deref().unwrap_or_default(), &[]),
        }
    }
}

impl Brings for enums::messages::ChatInviteJoinResult {
    fn brings(&self) -> (&[User], &[Chat]) {
        match self {
            Self::ChatInviteJoinResultOk(joined) => joined.updates.brings(),
            Self::ChatInviteJoinResultWebView(view) => (&view.users, &[]),
        }
    }
}

impl Brings for types::messages::InvitedUsers {
    fn brings(&self) -> (&[User], &[Chat]) {
        self.updates.brings()
    }
}

impl Brings for enums::User {
    fn brings(&self) -> (&[User], &[Chat]) {
        (std::slice::from_ref(self), &[])
    }
}

impl Brings for Vec<enums::User> {
    fn brings(&self) -> (&[User], &[Chat]) {
        (self, &[])
    }
}
