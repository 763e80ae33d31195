//! Secret chats.
