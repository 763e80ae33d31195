//! What a reader of secret chats hears.

use crate::secret::Event;

/// A secret chat, by its number in this session. The server has another one for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretChatId(pub i32);

/// Something happened in a secret chat. Its `Debug` tells nothing of what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretEvent {
    /// Where.
    pub chat: SecretChatId,
    /// What.
    pub what: Event,
    pub(super) number: i64,
}
