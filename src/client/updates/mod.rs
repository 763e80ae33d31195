//! The stream of a client's updates.
//!
//! ```text
//!  link ── what the server sends ──┐
//!  calls ── answers with boxes ────┼──> Hub { Engine } ──> Updates::next ──> the reader
//!  pump ── differences, the clock ─┘        └── checkpoints ──> Keeper ── Store
//! ```

mod hub;
mod parts;
mod pump;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::runtime;
use crate::client::updates::parts::Parts;
use crate::tl::api::enums::InputPeer;
use crate::updates::{CatchUp, Counts, Delivery, Mark, PeerId};
pub(super) use hub::{Hub, Login};

/// What happens to the account, in its order: see [`Client::updates`].
///
/// The client lives as long as this does. When it is dropped, nothing is asked for any more, and what was not committed comes again
/// next time.
#[derive(Debug)]
pub struct Updates {
    client: Client,
    reader: Arc<Reader>,
    /// Which part of the reader it is.
    part: u32,
    last: Option<Mark>,
    commits: bool,
}

/// Whoever reads a client's updates: one stream, or the parts that it was [split](Updates::split) into.
#[derive(Debug)]
struct Reader {
    hub: Arc<Hub>,
    id: u64,
    catch_up: CatchUp,
    parts: Mutex<Numbers>,
}

/// The parts that are there.
#[derive(Debug, Default)]
struct Numbers {
    there: BTreeSet<u32>,
    next: u32,
}

impl Reader {
    fn new(hub: Arc<Hub>, catch_up: CatchUp) -> Arc<Self> {
        let id = hub.reader();
        Arc::new(Self { hub, id, catch_up, parts: Mutex::default() })
    }

    fn another(&self) -> u32 {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let number = parts.next;
        // It never ends in any time.
        parts.next = number.saturating_add(1);
        parts.there.insert(number);
        number
    }

    fn parts(&self) -> Parts {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        Parts::of(parts.there.iter().copied())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.hub.leave(self.id);
    }
}

impl Client {
    /// What happens to the account: messages, edits, reads, and the rest, from where the last reader has committed. What happened
    /// meanwhile is asked for.
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
    /// let mut updates = client.updates();
    /// while let Some(update) = updates.next().await? {
    ///     if let Some(message) = update.new_message() {
    ///         println!("{message:?}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// * In each box ([`BoxId`](crate::updates::BoxId)) the order is the server's, and each position comes once while the program lives.
    /// * An update is committed when the next one is asked for, or as [`commit`](Updates::commit) says. What was not committed when the
    ///   program ended comes again: at least once, over any crash. What was committed is in the store a moment later (100 ms), and when
    ///   the client is [closed](Self::close).
    /// * What is lost is told, by [`Event::Lost`](crate::updates::Event::Lost) and its like.
    /// * A reader that is slow stops nothing. Some 4 MiB wait for it; what comes then is left to a difference later.
    /// * [`Delivery::arrival`](crate::updates::Delivery) says whether it happens now or has happened while nobody was there: a bot may
    ///   not want to answer a week of messages.
    ///
    /// There is one reader at a time. Another begins when the one before was dropped; until then its `next` is an error
    /// ([`Error::AlreadyListening`]). A program that wants several [splits](Updates::split) the one it has.
    #[must_use]
    pub fn updates(&self) -> Updates {
        self.updates_from(CatchUp::SinceCommit)
    }

    /// As [`updates`](Self::updates), from where one says.
    #[must_use]
    pub fn updates_from(&self, catch_up: CatchUp) -> Updates {
        let reader = Reader::new(self.inner.hub.clone(), catch_up);
        let part = reader.another();
        let updates = Updates { client: self.clone(), reader, part, last: None, commits: true };
        // What is pushed from now on is heard, if that can be. If not, `next` says why.
        let _ = updates.begin();
        updates
    }

    /// How a peer is named in a call, if it was met: in updates, with its full access hash or through a message that mentions it.
    #[must_use]
    pub fn input_peer(&self, peer: PeerId) -> Option<InputPeer> {
        let live = self.inner.hub.with(|running| running.engine.input_peer(peer));
        live.unwrap_or_else(|| {
            let (login, ()) = self.inner.login_with(|_| ());
            self.inner.keeper.read(|kept| kept.updates.input_peer(login.account, peer))
        })
    }

    /// Connects, without a call of one's own: whoever only listens hears from then on.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn connect(&self) -> Result<(), Error> {
        // Any call does, and this one can be made by everybody.
        self.refresh_config().await
    }
}

impl Updates {
    /// The next thing that happens; `None` once the client was closed.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, nothing is lost. What came before counts as committed all the same.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`] when the login has ended, [`Error::AlreadyListening`] while another reader is there,
    /// [`Error::Panicked`] after a panic of the task behind it: the next call begins another one, from what was committed.
    pub async fn next(&mut self) -> Result<Option<Delivery>, Error> {
        let hub = &self.client.inner.hub;
        if let Some(mark) = self.last.take().filter(|_| self.commits) {
            hub.commit(self.reader.id, self.part, mark);
        }
        loop {
            let news = hub.for_reader.notified();
            tokio::pin!(news);
            // What happens from here on is heard.
            news.as_mut().enable();
            hub.check(self.reader.id)?;
            self.begin()?;
            if let Some(delivery) = hub.poll(self.reader.id, self.part) {
                self.last = Some(delivery.mark);
                return Ok(Some(delivery));
            }
            tokio::select! {
                () = news => {}
                ended = self.client.inner.ended() => match ended {
                    Error::Closed => return Ok(None),
                    error => return Err(error),
                },
            }
        }
    }

    /// The next of what happened while nobody was there, and `None` once all of that was given: nothing of the account's own box is asked
    /// for any more, and nothing waits. Channels are asked for by themselves. For programs that do one thing and end.
    ///
    /// # Cancel safety
    ///
    /// As [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn next_missed(&mut self) -> Result<Option<Delivery>, Error> {
        let client = self.client.clone();
        let hub = &client.inner.hub;
        let is_level = async {
            loop {
                let news = hub.for_reader.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                if hub.with(|running| running.engine.is_level()) == Some(true) {
                    return;
                }
                news.await;
            }
        };
        tokio::select! {
            biased;
            next = self.next() => next,
            () = is_level => Ok(None),
        }
    }

    /// Commits an update: it does not come again, whatever happens. Once is enough, and the order does not matter; what counts is up to
    /// where everything of a box is committed.
    pub fn commit(&self, update: &Delivery) {
        self.client.inner.hub.commit(self.reader.id, self.part, update.mark);
    }

    /// The same, and nothing is committed but by [`commit`](Self::commit) from now on: for programs that deal with several updates at a
    /// time.
    #[must_use]
    pub fn with_explicit_commits(mut self) -> Self {
        self.commits = false;
        self
    }

    /// Several readers in place of one: each has all of it, in the same order, from here on, and can be taken to a task of its own. What was
    /// given before counts as dealt with, unless commits are explicit.
    ///
    /// ```no_run
    /// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
    /// let [mut answers, mut archive] = client.updates().split();
    /// tokio::spawn(async move {
    ///     while let Ok(Some(update)) = archive.next().await {
    ///         println!("kept: {update:?}");
    ///     }
    /// });
    /// while let Some(update) = answers.next().await? {
    ///     println!("answered: {:?}", update.new_message());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// * An update is committed when all of them have committed it: the slowest counts.
    /// * Who is fast waits when it is 1 MiB ahead of who is slow. What comes meanwhile is left to a difference later, as for one reader.
    /// * One that is dropped is waited for no longer: what it was given and has not committed is left to the others. When all of them
    ///   are dropped, what was not committed comes again next time.
    /// * After [`Error::Panicked`], which one of them is told, all go on from what was committed.
    #[must_use]
    pub fn split<const N: usize>(mut self) -> [Self; N] {
        let (reader, hub) = (self.reader.clone(), self.client.inner.hub.clone());
        if let Some(mark) = self.last.take().filter(|_| self.commits) {
            hub.commit(reader.id, self.part, mark);
        }
        std::array::from_fn(|_| {
            let part = reader.another();
            hub.share(reader.id, self.part, part);
            let (client, commits) = (self.client.clone(), self.commits);
            Self { client, reader: reader.clone(), part, last: None, commits }
        })
    }

    /// Waits until what was committed is in the store.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn flush(&self) -> Result<(), Error> {
        Ok(self.client.inner.hub.save(&self.client.inner.keeper).await?)
    }

    /// Whether somebody looks at a channel: then it is asked for now and then, also if the account is no member (UP-54).
    pub fn open_channel(&self, channel: i64) {
        self.client.inner.hub.act(|running, now| running.engine.open_channel(now, channel));
    }

    /// As often as it was opened.
    pub fn close_channel(&self, channel: i64) {
        self.client.inner.hub.act(|running, now| running.engine.close_channel(now, channel));
    }

    /// What was met that is not as it should be.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.client.inner.hub.with(|running| running.engine.counts()).unwrap_or_default()
    }

    /// Begins to listen, unless that has begun.
    fn begin(&self) -> Result<(), Error> {
        let inner = &self.client.inner;
        // Of one that has ended, nothing more comes.
        if inner.hub.is_read_by(self.reader.id)? || inner.check().is_err() {
            return Ok(());
        }
        runtime::here()?;
        pump::begin(inner, self.reader.id, self.reader.catch_up, self.reader.parts());
        // Another one may have been faster.
        inner.hub.is_read_by(self.reader.id).map(drop)
    }
}

impl Drop for Updates {
    fn drop(&mut self) {
        let mut parts = self.reader.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.there.remove(&self.part);
        drop(parts);
        self.reader.hub.leave_part(self.reader.id, self.part);
    }
}
