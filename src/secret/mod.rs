//! Secret chats: end-to-end encrypted, between two devices, as a machine without I/O.
//!
//! ```text
//!                 handle_answer, handle_server_chat, handle_message, handle_done, handle_timeout, handle_stored
//!                      │
//!                      v
//!  send, act,  ──> +--------+ ──> poll_batch   what is to be stored as a whole, with the events in it
//!  accept,         |  Chat  | ──> poll_call    what is to be called, once what leads to it is stored
//!  discard         +--------+ ──> poll_work    powers, to be taken elsewhere
//!                             ──> poll_timeout
//! ```
//!
//! **Nothing leaves a chat before it is stored**: drive it like this, and no crash makes the two sides disagree.
//!
//! 1. Take batches ([`Chat::poll_batch`]); store each in one transaction together with what the application makes of its
//!    events; confirm it ([`Chat::handle_stored`]). With it stored, its `qts` may be confirmed to the server.
//! 2. Make the calls ([`Chat::poll_call`]), and give their answers back by their tokens.
//! 3. Do the work ([`Chat::poll_work`]), and give it back.
//! 4. After a start, [`Chat::restore`] each chat from its rows, and go on.
//!
//! What is read is of all layers from 8 to 144, what is written of 73 to 144, MTProto 2.0 alone (SC-25). It knows the types of
//! `tl::secret` and none of the API's. Rules are named SC; each stands where it is enforced.
//!
//! Sources: [end-to-end encryption](https://core.telegram.org/api/end-to-end),
//! [sequence numbers](https://core.telegram.org/api/end-to-end/seq_no),
//! [perfect forward secrecy](https://core.telegram.org/api/end-to-end/pfs).

mod answers;
mod birth;
mod chat;
pub(crate) mod codec;
mod content;
mod control;
mod dh;
mod error;
mod event;
mod failure;
pub mod file;
mod layer;
mod life;
pub mod limits;
mod numbers;
mod outgoing;
mod packet;
mod picture;
mod queued;
mod receive;
mod record;
mod rekey;
mod restore;
mod send;
mod side;
mod store;
#[cfg(test)]
mod tests;
mod timers;
mod types;

pub use chat::{Chat, Us};
pub use content::{Action, Message};
pub use dh::Group;
pub use error::{Breach, Closed, Dropped, Error, RestoreError};
pub use event::{Counts, Event, Position, Receipt};
pub use life::State;
pub use picture::{COLOURS, KeyHash, PICTURE_SIDE};
pub use side::Side;
pub use store::{Batch, Change, Row, Rows};
pub use types::{
    Answer, Call, ChatId, ChatPeer, EncryptedMessage, InputFile, Parties, Request, ServerChat,
    ServerFile, Token, UserId,
};
