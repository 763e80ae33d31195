//! What the server says of secret chats, from the API's types to the machine's.

use crate::crypto::KeyId;
use crate::secret::{ChatId, ChatPeer, EncryptedMessage, Parties, ServerChat, ServerFile, UserId};
use crate::tl::api::enums::{EncryptedChat, EncryptedFile, EncryptedMessage as ApiMessage, Update};
use crate::updates::Event;

/// Something that updates bring.
pub(super) enum News {
    Chat(ServerChat),
    Message { chat: ChatId, message: EncryptedMessage },
    Typing(ChatId),
    Read { chat: ChatId, max_date: i32, date: i32 },
}

impl News {
    /// What there is in an event, and the number by which the server is told that we have it.
    pub(super) fn of(event: &Event) -> Option<(Self, Option<i32>)> {
        let update = match event {
            Event::Encrypted(message) => return Some((Self::message(message, None), None)),
            Event::Update(update) => update,
            _ => return None,
        };
        let news = match update {
            Update::UpdateNewEncryptedMessage(new) => {
                let qts = Some(new.qts).filter(|qts| *qts > 0);
                return Some((Self::message(&new.message, qts), qts));
            }
            Update::UpdateEncryption(of) => Self::Chat(server_chat(&of.chat)),
            Update::UpdateEncryptedChatTyping(of) => Self::Typing(ChatId(of.chat_id)),
            Update::UpdateEncryptedMessagesRead(of) => {
                let (chat, max_date, date) = (ChatId(of.chat_id), of.max_date, of.date);
                Self::Read { chat, max_date, date }
            }
            _ => return None,
        };
        Some((news, None))
    }

    fn message(message: &ApiMessage, qts: Option<i32>) -> Self {
        let (chat_id, date, bytes, file) = match message {
            ApiMessage::EncryptedMessage(of) => {
                (of.chat_id, of.date, of.bytes.to_vec(), server_file(&of.file))
            }
            ApiMessage::EncryptedMessageService(of) => {
                (of.chat_id, of.date, of.bytes.to_vec(), None)
            }
        };
        let message = EncryptedMessage { qts, date, bytes, file };
        Self::Message { chat: ChatId(chat_id), message }
    }
}

/// `EncryptedChat`.
pub(super) fn server_chat(chat: &EncryptedChat) -> ServerChat {
    let parties = |id, access_hash, date, admin, participant| Parties {
        peer: ChatPeer { id: ChatId(id), access_hash },
        date,
        admin: UserId(admin),
        participant: UserId(participant),
    };
    match chat {
        EncryptedChat::EncryptedChatEmpty(of) => ServerChat::Empty { id: ChatId(of.id) },
        EncryptedChat::EncryptedChatWaiting(of) => ServerChat::Waiting(parties(
            of.id,
            of.access_hash,
            of.date,
            of.admin_id,
            of.participant_id,
        )),
        EncryptedChat::EncryptedChatRequested(of) => ServerChat::Requested {
            parties: parties(of.id, of.access_hash, of.date, of.admin_id, of.participant_id),
            g_a: of.g_a.to_vec(),
        },
        EncryptedChat::EncryptedChat(of) => ServerChat::Chat {
            parties: parties(of.id, of.access_hash, of.date, of.admin_id, of.participant_id),
            g_a_or_b: of.g_a_or_b.to_vec(),
            key_fingerprint: KeyId(of.key_fingerprint),
        },
        EncryptedChat::EncryptedChatDiscarded(of) => {
            let (id, history_deleted) = (ChatId(of.id), of.history_deleted);
            ServerChat::Discarded { id, history_deleted }
        }
    }
}

/// `EncryptedFile`.
pub(super) fn server_file(file: &EncryptedFile) -> Option<ServerFile> {
    match file {
        EncryptedFile::EncryptedFileEmpty => None,
        EncryptedFile::EncryptedFile(of) => Some(ServerFile {
            id: of.id,
            access_hash: of.access_hash,
            size: of.size,
            dc_id: of.dc_id,
            key_fingerprint: of.key_fingerprint,
        }),
    }
}
