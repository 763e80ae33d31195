//! Secret chats in the shell: what they hear is kept, and told to whoever listens.
//!
//! ```text
//!  updates ── of the prompt, of --watch, or of a reader of its own ──> SecretChats::take
//!  SecretEvents ──> drain ──> Kept, a file beside the session ──> History, News
//! ```
//!
//! A process that runs one command does the same: it hears what happened meanwhile, does its work, and waits until the server has it. The
//! keys are in the session's file.

pub(super) mod kept;
mod line;
pub(super) mod name;
pub(super) mod picture;
mod record;
pub(super) mod show;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use telewire::client::secret::{SecretChat, SecretChatId, SecretChats, SecretError, SecretEvents};
use telewire::client::store::Seal;
use telewire::client::{Client, Updates};
use telewire::secret::State;
use telewire::tl::api::enums::User;
use telewire::updates::Delivery;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;

use super::Shell;
use super::fault::Fault;
use super::named::print_name;
use super::show::user_name;
use kept::{About, Kept, Outcome, Said};
use name::ChatName;
pub(super) use record::News;

/// News that wait for a slow listener; the history has what is passed over.
const KEPT_NEWS: usize = 1_024;

/// How long it may take to hear what happened meanwhile, and to have the server answer what it is told.
const PATIENCE: Duration = Duration::from_secs(60);

/// The secret chats of a shell's session. Clones are the same.
#[derive(Clone)]
pub(super) struct Secrets(Arc<Inner>);

struct Inner {
    chats: SecretChats,
    kept: Mutex<Kept>,
    news: broadcast::Sender<Arc<News>>,
    /// Asks to be told when all events of before are kept.
    barriers: mpsc::Sender<oneshot::Sender<()>>,
}

/// Who reads the updates of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Whoever runs the shell, and [feeds](Secrets::feed) the secret chats.
    Shell,
    /// Nobody else.
    Own,
}

impl Secrets {
    /// Opens them. With a reader of their own, all that happened meanwhile is heard first.
    async fn open(
        client: &Client,
        session: &Path,
        seal: Option<Seal>,
        reader: Reader,
    ) -> Result<Self, Fault> {
        let chats = client.secret_chats().await?;
        let mut kept = Kept::load(session, seal).map_err(|error| not_kept(&error))?;
        for chat in chats.all().await? {
            kept.see(&chat).map_err(|error| not_kept(&error))?;
        }
        let ((news, _), (barriers, asked)) = (broadcast::channel(KEPT_NEWS), mpsc::channel(1));
        let events = chats.events();
        let this = Self(Arc::new(Inner { chats, kept: Mutex::new(kept), news, barriers }));
        tokio::spawn(drain(this.clone(), events, asked));
        if reader == Reader::Own {
            this.catch_up(client).await?;
        }
        Ok(this)
    }

    /// Hears what happened, and goes on hearing until the process ends. What is not of secret chats is left to whoever asks for it.
    async fn catch_up(&self, client: &Client) -> Result<(), Fault> {
        let mut updates = client.updates().with_explicit_commits();
        client.connect().await?;
        let missed = async {
            while let Some(delivery) = updates.next_missed().await? {
                self.pass(&updates, &delivery).await?;
            }
            Ok::<_, Fault>(())
        };
        timeout(PATIENCE, missed).await.map_err(|_| slow("tell what happened"))??;
        let this = self.clone();
        tokio::spawn(async move {
            while let Ok(Some(delivery)) = updates.next().await {
                if this.pass(&updates, &delivery).await.is_err() {
                    break;
                }
            }
        });
        Ok(())
    }

    async fn pass(&self, updates: &Updates, delivery: &Delivery) -> Result<(), Fault> {
        if self.feed(delivery).await? {
            updates.commit(delivery);
        }
        Ok(())
    }

    /// Takes what an update brings of secret chats; whether it was of them.
    pub(super) async fn feed(&self, delivery: &Delivery) -> Result<bool, Fault> {
        if !SecretChats::concerns(delivery) {
            return Ok(false);
        }
        let people = delivery.peers.users.iter().filter_map(|user| match user {
            User::User(user) => Some((user.id, user_name(user))),
            _ => None,
        });
        self.kept().met.extend(people);
        self.0.chats.take(delivery).await?;
        Ok(true)
    }

    pub(super) fn news(&self) -> broadcast::Receiver<Arc<News>> {
        self.0.news.subscribe()
    }

    pub(super) fn chats(&self) -> &SecretChats {
        &self.0.chats
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server has answered what it is told, and what came of it is kept.
    pub(super) async fn settle(&self) -> Result<(), Fault> {
        match timeout(PATIENCE, self.0.chats.settle()).await {
            Ok(settled) => settled?,
            Err(_) => return Err(slow("answer; what was said is kept, and goes out later")),
        }
        let (done, told) = oneshot::channel();
        if self.0.barriers.send(done).await.is_ok() {
            // If nobody answers, something could not be kept.
            let _ = told.await;
        }
        match &self.kept().broken {
            Some(why) => Err(Fault::failed(why)),
            None => Ok(()),
        }
    }

    /// What became of something that was said.
    pub(super) fn outcome(&self, chat: SecretChatId, random_id: i64) -> Option<Outcome> {
        self.kept().outcomes.get(&(chat.0, random_id)).cloned()
    }

    /// The chat that has a name.
    pub(super) async fn find(
        &self,
        shell: &mut Shell,
        name: &ChatName,
    ) -> Result<SecretChat, Fault> {
        let number = match name {
            ChatName::Number(number) => *number,
            ChatName::With(with) => return self.find_with(shell, with).await,
        };
        match self.0.chats.get(SecretChatId(number)).await {
            Err(SecretError::NoSuchChat) => Err(Fault::Failed(self.why_not(number))),
            found => Ok(found?),
        }
    }

    /// The last chat with somebody.
    async fn find_with(&self, shell: &mut Shell, with: &str) -> Result<SecretChat, Fault> {
        let all = self.0.chats.all().await?;
        let names: HashMap<i32, String> = self
            .kept()
            .chats()
            .filter_map(|about| Some((about.chat, print_name(about.name.as_deref()?))))
            .collect();
        let is_open = |chat: &&SecretChat| chat.state != State::Closed;
        let called = |chat: &&SecretChat| names.get(&chat.id.0).is_some_and(|name| name == with);
        if let Some(chat) = all.iter().filter(is_open).rfind(called) {
            return Ok(chat.clone());
        }
        let mut word = with.to_owned();
        shell.find_peer(&mut word).await?;
        let peer = shell.user_of(&word).await?;
        let found = all.iter().filter(is_open).rfind(|chat| chat.peer.0 == peer).cloned();
        found.ok_or_else(|| Fault::Failed(format!("there is no secret chat with {with}")))
    }

    /// What is known of a chat, with its line in what is kept.
    pub(super) fn about(&self, chat: &SecretChat, called: Option<String>) -> Result<About, Fault> {
        let mut kept = self.kept();
        if let Some(called) = called {
            kept.met.insert(chat.peer.0, called);
        }
        kept.see(chat).map_err(|error| not_kept(&error))?;
        kept.about(chat.id.0).cloned().ok_or_else(|| Fault::Failed(self.why_not(chat.id.0)))
    }

    /// The same of one that may have ended.
    pub(super) fn about_number(&self, number: i32) -> Result<About, Fault> {
        let about = self.kept().about(number).cloned();
        about.ok_or_else(|| Fault::Failed(self.why_not(number)))
    }

    /// Keeps something that we said, with its number.
    pub(super) fn add(&self, said: Said) -> Result<Said, Fault> {
        let added = self.kept().add(said).map_err(|error| not_kept(&error))?;
        added.ok_or_else(|| Fault::failed("the chat has ended"))
    }

    /// All messages of a chat, the oldest first.
    pub(super) fn all_said(&self, chat: i32) -> Vec<Said> {
        self.kept().said(chat).filter(|said| !said.is_gone()).cloned().collect()
    }

    /// A message with a timer was opened.
    pub(super) fn opened(&self, said: &Said) -> Result<(), Fault> {
        let opened = self.kept().change(said.chat, said.random_id, |said| said.is_opened = true);
        opened.map_err(|error| not_kept(&error))
    }

    /// A message is gone on this side.
    pub(super) fn delete(&self, chat: SecretChatId, random_id: i64) -> Result<(), Fault> {
        let gone = self.kept().delete(chat.0, |said| said.random_id == random_id);
        gone.map(drop).map_err(|error| not_kept(&error))
    }

    /// All of a chat is gone on this side.
    pub(super) fn forget(&self, chat: SecretChatId) -> Result<(), Fault> {
        self.kept().delete(chat.0, |_| true).map(drop).map_err(|error| not_kept(&error))
    }

    /// Why there is no chat of a number.
    fn why_not(&self, number: i32) -> String {
        let kept = self.kept();
        let chat = name::typed(SecretChatId(number));
        match kept.about(number) {
            Some(About { ended: Some(why), .. }) => format!("{chat} has ended: {why}"),
            Some(_) => format!("{chat} has ended"),
            None => format!("there is no {chat}; `secret_chat_list` lists them"),
        }
    }

    /// Those that can be typed.
    pub(super) fn names(&self) -> Vec<String> {
        let kept = self.kept();
        let open = kept.chats().filter(|about| about.ended.is_none());
        open.map(|about| name::typed(SecretChatId(about.chat))).collect()
    }

    /// What was said under a number.
    pub(super) fn said(&self, chat: i32, number: u32) -> Result<Said, Fault> {
        let kept = self.kept();
        let said = kept.one(chat, number).filter(|said| !said.is_gone()).cloned();
        said.ok_or_else(|| {
            let chat = name::typed(SecretChatId(chat));
            Fault::Failed(format!("there is no message {chat}/{number}"))
        })
    }
}

fn slow(what: &str) -> Fault {
    Fault::Failed(format!("the server takes more than {} seconds to {what}", PATIENCE.as_secs()))
}

fn not_kept(error: &io::Error) -> Fault {
    Fault::Failed(format!(
        "what was said in secret chats cannot be kept beside the session: {error}"
    ))
}

/// Keeps what happens, one after the other. What is not kept comes again, also in the next process.
async fn drain(
    secrets: Secrets,
    mut events: SecretEvents,
    mut asked: mpsc::Receiver<oneshot::Sender<()>>,
) {
    loop {
        let reply = tokio::select! {
            biased;
            event = events.next() => match event {
                Ok(Some(event)) if secrets.keep(&event).await => continue,
                _ => return,
            },
            reply = asked.recv() => reply,
        };
        let Some(reply) = reply else { return };
        loop {
            match events.try_next().await {
                Ok(Some(event)) if secrets.keep(&event).await => {}
                Ok(None) => break,
                _ => return,
            }
        }
        // Whoever asked may be gone.
        let _ = reply.send(());
    }
}

/// What happened next; what a slow listener misses is in the history.
pub(super) async fn next(news: &mut Option<broadcast::Receiver<Arc<News>>>) -> Arc<News> {
    loop {
        match news {
            Some(from) => match from.recv().await {
                Ok(told) => return told,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => *news = None,
            },
            None => std::future::pending().await,
        }
    }
}

impl Shell {
    /// Has the secret chats take what an update brings of them; whether it was of them.
    pub(super) async fn feed(&self, delivery: &Delivery) -> Result<bool, Fault> {
        match self.secrets.get() {
            Some(secrets) => secrets.feed(delivery).await,
            None => Ok(false),
        }
    }

    /// The secret chats of the session, opened when they are needed first.
    pub(super) async fn secrets(&self) -> Result<Secrets, Fault> {
        let open = || Secrets::open(&self.client, &self.session, self.seal.clone(), self.reader);
        self.secrets.get_or_try_init(open).await.cloned()
    }
}
