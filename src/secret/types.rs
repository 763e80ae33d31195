//! What the API says of secret chats, in small types of our own: this layer knows nothing of the API's.

use std::fmt;

use crate::crypto::KeyId;
use crate::rpc::RpcError;

/// The number of a secret chat, chosen by who asked for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId(pub i32);

/// A user of Telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub i64);

/// How calls name a chat: `inputEncryptedChat`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ChatPeer {
    /// Its number.
    pub id: ChatId,
    /// What the server told with it.
    pub access_hash: i64,
}

/// Who is in a chat, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parties {
    /// The chat.
    pub peer: ChatPeer,
    /// When it was asked for, as the server says.
    pub date: i32,
    /// Who asked.
    pub admin: UserId,
    /// Who was asked.
    pub participant: UserId,
}

/// `EncryptedChat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerChat {
    /// `encryptedChatEmpty`.
    Empty {
        /// The chat.
        id: ChatId,
    },
    /// `encryptedChatWaiting`.
    Waiting(Parties),
    /// `encryptedChatRequested`.
    Requested {
        /// The chat.
        parties: Parties,
        /// The other side's number.
        g_a: Vec<u8>,
    },
    /// `encryptedChat`.
    Chat {
        /// The chat.
        parties: Parties,
        /// The other side's number.
        g_a_or_b: Vec<u8>,
        /// Of the key that it computed.
        key_fingerprint: KeyId,
    },
    /// `encryptedChatDiscarded`.
    Discarded {
        /// The chat.
        id: ChatId,
        /// Whether the other side wants the history deleted.
        history_deleted: bool,
    },
}

/// `EncryptedFile`, as it comes with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerFile {
    /// Its number.
    pub id: i64,
    /// What the server told with it.
    pub access_hash: i64,
    /// Its size as it is encrypted.
    pub size: i64,
    /// Where it lies.
    pub dc_id: i32,
    /// Of its key.
    pub key_fingerprint: i32,
}

/// `InputEncryptedFile`, as it goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputFile {
    /// `inputEncryptedFileUploaded`.
    Uploaded {
        /// The number chosen for the upload.
        id: i64,
        /// How many parts it has.
        parts: i32,
        /// Empty, or the MD5 of what was uploaded.
        md5_checksum: String,
        /// Of its key.
        key_fingerprint: i32,
    },
    /// `inputEncryptedFileBigUploaded`, above 10 MiB.
    UploadedBig {
        /// The number chosen for the upload.
        id: i64,
        /// How many parts it has.
        parts: i32,
        /// Of its key.
        key_fingerprint: i32,
    },
    /// `inputEncryptedFile`: it is with the server already.
    Existing {
        /// Its number.
        id: i64,
        /// What the server told with it.
        access_hash: i64,
    },
}

/// `EncryptedMessage`, or `encryptedMessageService`, which has no file.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedMessage {
    /// The number of the event. It is confirmed by [`Batch::qts`](super::Batch::qts).
    pub qts: Option<i32>,
    /// As the server says. It may be wrong: it is only shown (SC-24).
    pub date: i32,
    /// The packet.
    pub bytes: Vec<u8>,
    /// What lies with the server.
    pub file: Option<ServerFile>,
}

impl fmt::Debug for EncryptedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedMessage({:?}, {} bytes)", self.qts, self.bytes.len())
    }
}

/// The name of a call, by which its answer is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u64);

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub token: Token,
    /// What to call.
    pub request: Request,
}

/// A function of the API with what it is called with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// `messages.getDhConfig`.
    DhConfig {
        /// What is held; 0 for nothing.
        version: i32,
        /// 256.
        random_length: i32,
    },
    /// `messages.requestEncryption`.
    RequestEncryption {
        /// Who is asked.
        user: UserId,
        /// It becomes the number of the chat.
        random_id: i32,
        /// Our number.
        g_a: Vec<u8>,
    },
    /// `messages.acceptEncryption`.
    AcceptEncryption {
        /// The chat.
        peer: ChatPeer,
        /// Our number.
        g_b: Vec<u8>,
        /// Of the key.
        key_fingerprint: KeyId,
    },
    /// `messages.discardEncryption`.
    DiscardEncryption {
        /// The chat.
        chat: ChatId,
        /// Whether the other side is to delete its history.
        delete_history: bool,
    },
    /// `messages.sendEncrypted`.
    Send {
        /// The chat.
        peer: ChatPeer,
        /// The message's name.
        random_id: i64,
        /// The packet.
        data: Vec<u8>,
        /// Without a sound.
        is_silent: bool,
    },
    /// `messages.sendEncryptedFile`.
    SendFile {
        /// The chat.
        peer: ChatPeer,
        /// The message's name.
        random_id: i64,
        /// The packet.
        data: Vec<u8>,
        /// The file.
        file: InputFile,
        /// Without a sound.
        is_silent: bool,
    },
    /// `messages.sendEncryptedService`.
    SendService {
        /// The chat.
        peer: ChatPeer,
        /// The message's name.
        random_id: i64,
        /// The packet.
        data: Vec<u8>,
    },
    /// `messages.setEncryptedTyping`.
    SetTyping {
        /// The chat.
        peer: ChatPeer,
        /// Whether somebody types.
        is_typing: bool,
    },
    /// `messages.readEncryptedHistory`.
    ReadHistory {
        /// The chat.
        peer: ChatPeer,
        /// Of the last message that was read.
        max_date: i32,
    },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// `messages.dhConfig`. The random bytes are not needed: ours are as good (SC-02).
    DhConfig {
        /// The version.
        version: i32,
        /// The generator.
        g: i32,
        /// The prime.
        p: Vec<u8>,
    },
    /// `messages.dhConfigNotModified`.
    DhConfigNotModified,
    /// `EncryptedChat`.
    Chat(ServerChat),
    /// `messages.sentEncryptedMessage` or `messages.sentEncryptedFile`.
    Sent {
        /// As the server says.
        date: i32,
        /// What lies with the server now.
        file: Option<ServerFile>,
    },
    /// `boolTrue` and the like.
    Done,
    /// `rpc_error`.
    Failed(RpcError),
    /// Nobody knows: the connection ended, or it took too long.
    Unknown,
}
