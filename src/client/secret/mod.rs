//! Secret chats of a client: end-to-end encrypted, between this session and one of another user.
//!
//! ```text
//!  Updates::next ── take ──> SecretChats <── create, accept, send, close …
//!                                │
//!                   Desk { secret::Chat … }        one task, which owns them
//!                    │           │        └── calls, powers, the clock
//!          one batch for each    └── events ──> SecretEvents::next ──> the reader
//!          change: Keeper ── Store
//! ```
//!
//! ```no_run
//! use telewire::secret::{Event, Message};
//!
//! # async fn example(client: telewire::client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let chats = client.secret_chats().await?;
//! let (mut updates, mut events) = (client.updates(), chats.events());
//! tokio::spawn({
//!     let chats = chats.clone();
//!     async move {
//!         while let Ok(Some(update)) = updates.next().await {
//!             if chats.take(&update).await.is_err() {
//!                 break;
//!             }
//!         }
//!     }
//! });
//! let chat = chats.create("@ada").await?;
//! chats.send(chat, Message::text("waits until she accepts")).await?;
//! while let Some(event) = events.next().await? {
//!     match event.what {
//!         Event::Ready { hash } => println!("{:?}", hash.hex_rows()),
//!         Event::Message { message, .. } => println!("{}", message.text),
//!         Event::Closed { why, .. } => println!("{why}"),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What holds
//!
//! * What has changed is in the session's store before anybody hears of it, and what belongs together is there together: a crash at any
//!   moment loses no message, and repeats none to the other side (SC-82, SC-83). The position of the update that it came by is in the same
//!   batch.
//! * An old copy of a session's file that is put back is noticed, by `FILE.witness` beside it, where it is said how far each chat is:
//!   what went on since is closed, and what was begun since is told to be over ([`StoreBehind`](crate::secret::Closed::StoreBehind)).
//!   That holds over a crash at any moment of it. Sessions as text have no such place, and a copy of the whole folder brings its own back
//!   (SC-84). Once a chat is closed, the witness has forgotten it: a copy that is put back a second time has it once more, but the server
//!   has it closed, takes nothing in it, and so it ends with the first thing that is said.
//! * A request is answered by a person alone (SC-06): it is an event, and [`accept`](SecretChats::accept) is a call.
//! * Chats end with the login (SC-81), and what was kept of them is wiped then. [`log_out`](super::Client::log_out) tells the other
//!   sides; a login that is ended elsewhere cannot.
//! * Links are not looked at, and nothing is downloaded by itself (SC-75).
//!
//! # What does not
//!
//! * What was said is kept until its event was dealt with, and no longer: the history is the program's.
//! * The session's store is not encrypted by default: whoever has the file has the chats, as they have the login. With a key or a
//!   passphrase it is: [`FileStore::open_encrypted`](crate::client::store::FileStore::open_encrypted).
//! * A session that is copied, and goes on in both places, uses numbers twice: the other side drops what it has seen under them, or closes
//!   the chat when it finds out (SC-84).
//! * Events that nobody reads are kept, and take room: 31 MiB with all else of the chats. Whoever brings it above that has their chat
//!   closed.
//! * A file is only as good as its server: whoever has that can change its bytes, and nobody finds out (SC-77).

mod call;
mod chats;
mod desk;
mod error;
mod event;
mod files;
mod kept;
mod news;
mod task;
#[cfg(test)]
mod tests;

pub(super) use chats::Slot;
pub use chats::{SecretChat, SecretChats, SecretEvents};
pub use error::SecretError;
pub use event::{SecretChatId, SecretEvent};
