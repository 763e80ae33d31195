//! What a program does with secret chats.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::peers::PeerRef;
use crate::client::runtime;
use crate::client::secret::desk::Desk;
use crate::client::secret::error::SecretError;
use crate::client::secret::event::{SecretChatId, SecretEvent};
use crate::client::secret::news::News;
use crate::client::secret::task::{Command, Task};
use crate::net::OsEntropy;
use crate::secret::{Action, ChatId, KeyHash, Message, Side, State, UserId};
use crate::time::Now;
use crate::tl::api::enums::InputUser;
use crate::updates::Delivery;

/// The secret chats of a login; see [the module](super). Clones are the same ones.
#[derive(Debug, Clone)]
pub struct SecretChats {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    commands: mpsc::Sender<Command>,
    news: Arc<Notify>,
    is_busy: watch::Receiver<bool>,
}

/// The secret chats of a client, while somebody has them.
#[derive(Debug, Default)]
pub(in crate::client) struct Slot {
    running: AsyncMutex<Running>,
}

#[derive(Debug, Default)]
struct Running {
    shared: Weak<Shared>,
    task: Option<JoinHandle<()>>,
}

/// What waits to be asked of the chats, before whoever asks waits.
const MAX_COMMANDS: usize = 16;

/// A secret chat as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretChat {
    /// Its number in this session.
    pub id: SecretChatId,
    /// Its number at the server, once that has told it.
    pub server_id: Option<ChatId>,
    /// Where it is. Only what is [ready](State::Ready) has a key; what is said before waits (SC-10).
    pub state: State,
    /// Which end we are.
    pub side: Side,
    /// Whom it is with.
    pub peer: UserId,
    /// The timer of later messages, in seconds; 0 for none (SC-70).
    pub ttl: i32,
    /// What both sides compare, once there is a key. It stays when the key changes (SC-57).
    pub key_hash: Option<KeyHash>,
    /// Whether a person has said that both sides see the same (SC-62).
    pub is_verified: bool,
}

impl Client {
    /// The secret chats of this login, from what was kept of them; see [`secret`](super). Whoever asks twice has the same ones.
    ///
    /// # Errors
    ///
    /// [`SecretError::Nobody`] when nobody is logged in, or it is not known who; [`SecretError::Kept`] when a newer version has kept
    /// them; and [`SecretError::Client`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, nothing has happened.
    pub async fn secret_chats(&self) -> Result<SecretChats, SecretError> {
        runtime::here()?;
        self.inner.check()?;
        let mut running = self.inner.secrets.running.lock().await;
        let shared = running.shared.upgrade().filter(|shared| !shared.commands.is_closed());
        if let Some(shared) = shared {
            return Ok(SecretChats { shared });
        }
        // Those of before are stored by then.
        if let Some(task) = &mut running.task {
            let _ = task.await;
        }
        running.task = None;
        let ((commands, asked), news) = (mpsc::channel(MAX_COMMANDS), Arc::new(Notify::new()));
        let (busy, is_busy) = watch::channel(false);
        let task = Task::load(&self.inner, asked, news.clone(), busy)?;
        running.task = Some(tokio::spawn(task.run()));
        let shared = Arc::new(Shared { client: self.clone(), commands, news, is_busy });
        running.shared = Arc::downgrade(&shared);
        Ok(SecretChats { shared })
    }
}

impl Client {
    /// SC-81: chats end with the login, and the other sides hear of it while somebody can tell them. Who cannot be reached now is not
    /// waited for long: the login ends all the same.
    pub(in crate::client) async fn close_secret_chats(&self) {
        if self.inner.keeper.read(|kept| kept.secrets.is_empty()) {
            return;
        }
        let closing = async {
            let chats = self.secret_chats().await?;
            for chat in chats.all().await? {
                if chat.state != State::Closed {
                    chats.close(chat.id, false).await?;
                }
            }
            chats.settle().await
        };
        let _ = timeout(FAREWELL, closing).await;
    }
}

/// How long the end of a login waits for the ends of its chats: as long as one waits for a button.
const FAREWELL: Duration = Duration::from_secs(5);

/// Each of these is stored when it is answered, and happens all the same if it is dropped once it was polled to where it waits.
///
/// # Errors
///
/// [`SecretError::NoSuchChat`] for a chat that has ended, [`SecretError::Chat`] for what its state does not allow,
/// [`SecretError::Client`] when it cannot be stored or the client has ended.
impl SecretChats {
    /// Asks a user for a chat. What is said in it before the other side accepts waits (SC-10).
    ///
    /// # Errors
    ///
    /// [`SecretError::NotAUser`], [`SecretError::TooMany`], [`SecretError::Full`]; and [`Error::Peer`] and the like when the user cannot
    /// be named. That the server refuses, [`Event::Closed`](crate::secret::Event::Closed) tells.
    pub async fn create(&self, peer: impl Into<PeerRef>) -> Result<SecretChatId, SecretError> {
        let user = self.shared.client.resolve_user(peer.into()).await?;
        let peer = match &user {
            InputUser::InputUser(user) => UserId(user.user_id),
            InputUser::InputUserFromMessage(user) => UserId(user.user_id),
            InputUser::InputUserSelf | InputUser::InputUserEmpty => {
                return Err(SecretError::NotAUser);
            }
        };
        self.shared.ask(move |desk, now| desk.create(peer, user, now)).await
    }

    /// A person accepts a chat that [was offered](crate::secret::Event::Offered); nothing else does (SC-06).
    ///
    /// # Errors
    ///
    /// [`NothingToAccept`](crate::secret::Error::NothingToAccept).
    pub async fn accept(&self, chat: SecretChatId) -> Result<(), SecretError> {
        self.shared.ask(move |desk, now| desk.with(chat, |chat, e| chat.accept(now, e))).await
    }

    /// Closes a chat, or declines it. The other side may be asked to delete what was said. It is said until the server has heard it,
    /// also by the next program (SC-11).
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn close(&self, chat: SecretChatId, delete_history: bool) -> Result<(), SecretError> {
        let close = move |desk: &mut Desk<OsEntropy>, now| {
            desk.with(chat, |chat, e| {
                chat.discard(now, delete_history, e);
                Ok(())
            })
        };
        self.shared.ask(close).await
    }

    /// Says something; gives the name of the message. A chat's timer goes with what has none of its own. Files go by
    /// [`send_file`](Self::send_file).
    ///
    /// # Errors
    ///
    /// [`SecretError::Full`], and see above.
    pub async fn send(&self, chat: SecretChatId, message: Message) -> Result<i64, SecretError> {
        let send = move |desk: &mut Desk<OsEntropy>, now| {
            desk.say(chat, |chat, e| chat.send(now, message, None, e))
        };
        self.shared.ask(send).await
    }

    /// Deletes messages on both sides, by their names (SC-72). What the other side has not got it never gets (SC-48).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn delete(&self, chat: SecretChatId, messages: Vec<i64>) -> Result<i64, SecretError> {
        let delete = move |desk: &mut Desk<OsEntropy>, now| {
            desk.say(chat, |chat, e| chat.delete(now, &messages, e))
        };
        self.shared.ask(delete).await
    }

    /// Deletes all that was said before on both sides (SC-72).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn flush_history(&self, chat: SecretChatId) -> Result<i64, SecretError> {
        self.act(chat, Action::Flush).await
    }

    /// Has later messages vanish so many seconds after they were opened; 0 for never (SC-70).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn set_ttl(&self, chat: SecretChatId, seconds: i32) -> Result<i64, SecretError> {
        self.act(chat, Action::SetTtl(seconds)).await
    }

    /// Tells the other side that a picture of the screen was taken which shows these messages (SC-72).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn took_screenshot(
        &self,
        chat: SecretChatId,
        messages: Vec<i64>,
    ) -> Result<i64, SecretError> {
        self.act(chat, Action::Screenshot(messages)).await
    }

    async fn act(&self, chat: SecretChatId, action: Action) -> Result<i64, SecretError> {
        let act = move |desk: &mut Desk<OsEntropy>, now| {
            desk.say(chat, |chat, e| chat.act(now, &action, e))
        };
        self.shared.ask(act).await
    }

    /// A message of the other side was opened, whose timer runs from then on, if it has one: whether it has. What plays stays a second
    /// longer than its `duration` in seconds (SC-70).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn opened(
        &self,
        chat: SecretChatId,
        message: i64,
        duration: u32,
    ) -> Result<bool, SecretError> {
        let open = move |desk: &mut Desk<OsEntropy>, now| {
            desk.say(chat, |chat, e| chat.opened(now, message, duration, e))
        };
        self.shared.ask(open).await
    }

    /// All that was said until this date was read, in seconds since 1970 (SC-71). The server is told, and nobody hears if it does not
    /// take it.
    ///
    /// # Errors
    ///
    /// [`NotReady`](crate::secret::Error::NotReady).
    pub async fn read(&self, chat: SecretChatId, max_date: i32) -> Result<(), SecretError> {
        let read = move |desk: &mut Desk<OsEntropy>, now| {
            desk.with(chat, |chat, e| chat.read(now, max_date, e))
        };
        self.shared.ask(read).await
    }

    /// Somebody types, or stops (SC-73).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn typing(&self, chat: SecretChatId, is_typing: bool) -> Result<(), SecretError> {
        let types = move |desk: &mut Desk<OsEntropy>, now| {
            desk.with(chat, |chat, e| chat.typing(now, is_typing, e))
        };
        self.shared.ask(types).await
    }

    /// A person says that both sides see the same picture, or takes that back (SC-62).
    ///
    /// # Errors
    ///
    /// See above.
    pub async fn set_verified(
        &self,
        chat: SecretChatId,
        is_verified: bool,
    ) -> Result<(), SecretError> {
        let set = move |desk: &mut Desk<OsEntropy>, now| {
            desk.with(chat, |chat, e| {
                chat.set_verified(now, is_verified, e);
                Ok(())
            })
        };
        self.shared.ask(set).await
    }

    /// All chats that have not ended, and those whose end the server has not heard yet.
    ///
    /// # Errors
    ///
    /// [`SecretError::Client`], [`SecretError::Ended`].
    pub async fn all(&self) -> Result<Vec<SecretChat>, SecretError> {
        let see = |id, chat: &crate::secret::Chat| SecretChat {
            id,
            server_id: chat.id(),
            state: chat.state(),
            side: chat.side(),
            peer: chat.peer(),
            ttl: chat.ttl(),
            key_hash: chat.key_hash(),
            is_verified: chat.is_verified(),
        };
        self.shared.ask(move |desk, _| Ok(desk.look(see))).await
    }

    /// One of them.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all), and [`SecretError::NoSuchChat`].
    pub async fn get(&self, chat: SecretChatId) -> Result<SecretChat, SecretError> {
        let all = self.all().await?;
        all.into_iter().find(|one| one.id == chat).ok_or(SecretError::NoSuchChat)
    }

    /// Whether an update is of secret chats: [`take`](Self::take) takes it.
    #[must_use]
    pub fn concerns(update: &Delivery) -> bool {
        News::of(&update.event).is_some()
    }

    /// Takes what an update brings of secret chats; all others are let pass. Give it every update, in its order, before the next is asked
    /// for: what it brings is stored then, and the server is told that it may forget it (SC-80).
    ///
    /// This commits the update, whatever [`commit`](crate::client::Updates::commit) and [`next`](crate::client::Updates::next) say: its
    /// position and what became of it in the chat are one batch of the store, and a crash leaves both or neither. If the store fails,
    /// both are tried again together.
    ///
    /// # Errors
    ///
    /// [`SecretError::Client`], [`SecretError::Ended`]: give it the same update again. What was taken already does no harm (SC-43).
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, give it the same update again.
    pub async fn take(&self, update: &Delivery) -> Result<(), SecretError> {
        let Some((news, qts)) = News::of(&update.event) else { return Ok(()) };
        let mark = update.mark;
        self.shared.client.inner.hub.hold(mark);
        let hear = move |desk: &mut Desk<OsEntropy>, now| {
            desk.hear(news, qts, now);
            desk.taken.push(mark);
            Ok(())
        };
        self.shared.ask(hear).await
    }

    /// Waits until the server has answered all that it is told at the moment, and nothing is being computed. What has to wait, as the server
    /// says or as the connection is, is not waited for. For programs that do one thing and end.
    ///
    /// # Errors
    ///
    /// [`SecretError::Client`], [`SecretError::Ended`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, nothing has changed.
    pub async fn settle(&self) -> Result<(), SecretError> {
        // What was asked before has begun by then.
        self.shared.ask(|_, _| Ok(())).await?;
        let mut is_busy = self.shared.is_busy.clone();
        let settled = is_busy.wait_for(|is_busy| !*is_busy).await;
        settled.map(drop).map_err(|_| self.shared.ended())
    }

    /// What happens in the chats, from what nobody has dealt with yet. One reader is enough: several have the same events, until one of
    /// them has dealt with them.
    #[must_use]
    pub fn events(&self) -> SecretEvents {
        SecretEvents { shared: self.shared.clone(), last: None }
    }
}

impl SecretChats {
    pub(super) fn client(&self) -> &Client {
        &self.shared.client
    }

    pub(super) async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Desk<OsEntropy>, Now) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        self.shared.ask(act).await
    }
}

impl Shared {
    async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Desk<OsEntropy>, Now) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let (tell, told) = oneshot::channel();
        let command: Command = Box::new(move |desk, now| {
            let done = act(desk, now);
            Box::new(move |stored| {
                // Whoever asked may be gone.
                let _ = tell.send(done.and_then(|done| stored.map(|()| done)));
            })
        });
        let asked = self.commands.send(command).await;
        let answer = if asked.is_ok() { told.await.ok() } else { None };
        answer.unwrap_or_else(|| Err(self.ended()))
    }

    fn ended(&self) -> SecretError {
        self.client.inner.check().err().map_or(SecretError::Ended, SecretError::Client)
    }
}

/// What happens in secret chats, in its order.
#[derive(Debug)]
pub struct SecretEvents {
    shared: Arc<Shared>,
    last: Option<i64>,
}

impl SecretEvents {
    /// The next thing that happens; `None` once the client was closed. Asking for the next says that the one before is dealt with: until
    /// then it comes again, also in the next program. So each is heard at least once, over any crash.
    ///
    /// # Errors
    ///
    /// [`SecretError::Client`], [`SecretError::Ended`].
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, nothing is lost.
    pub async fn next(&mut self) -> Result<Option<SecretEvent>, SecretError> {
        loop {
            let shared = self.shared.clone();
            let news = shared.news.notified();
            tokio::pin!(news);
            // What happens from here on is heard.
            news.as_mut().enable();
            match self.try_next().await {
                Ok(Some(event)) => return Ok(Some(event)),
                Err(SecretError::Client(Error::Closed)) => return Ok(None),
                Err(error) => return Err(error),
                Ok(None) => news.await,
            }
        }
    }
}

impl SecretEvents {
    /// The next thing that has happened; `None` if nothing more has. As [`next`](Self::next), it says that the one before is dealt with.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, nothing is lost.
    pub async fn try_next(&mut self) -> Result<Option<SecretEvent>, SecretError> {
        let after = self.last;
        let event = self.shared.ask(move |desk, _| Ok(desk.next_event(after))).await?;
        if let Some(event) = &event {
            self.last = Some(event.number);
        }
        Ok(event)
    }

    /// Says that an event is dealt with, and all before it, without asking for the next: they do not come again, also after a crash.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it may have been said.
    pub async fn commit(&mut self, event: &SecretEvent) -> Result<(), SecretError> {
        let upto = event.number;
        self.shared.ask(move |desk, _| Ok(desk.next_event(Some(upto)))).await.map(drop)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.client)
    }
}
