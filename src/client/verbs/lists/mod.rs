//! Lists that come a page at a time.
//!
//! ```text
//!  client.history(peer) ── List<History> ── next ──┬── an item of the page at hand
//!                             │                    └── Pages::page, when there is none: one call
//!                             └── offset: after the last item that was given, for `from`
//! ```

mod admin_log;
mod blocked;
mod dialogs;
mod history;
mod members;
mod search;
mod topics;

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

pub use admin_log::AdminLog;
pub use blocked::Blocked;
pub use dialogs::{DialogItem, Dialogs};
pub use history::{History, Replies};
pub use members::{Member, Members};
pub use search::{GlobalSearch, Search};
pub use topics::{TopicItem, Topics};

use crate::client::core::Client;
use crate::client::error::Error;
use crate::tl::api::enums::{Chat, Message, User};
use crate::updates::Peers;

/// What a list is made of: how a page of it is asked for. Lists of other methods can be made of it by [`List::new`].
pub trait Pages: Send + Sync {
    /// What is listed.
    type Item: Send;
    /// A place in the list. The default is its beginning.
    type Offset: Clone + Default + Send + Sync + fmt::Debug;
    /// As many items as the server gives at a time.
    const AT_A_TIME: i32;

    /// Asks for some items after a place.
    fn page(
        &self,
        client: &Client,
        after: &Self::Offset,
        limit: i32,
    ) -> impl Future<Output = Result<Page<Self::Item, Self::Offset>, Error>> + Send;
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T, O> {
    /// The items, each with the place behind it.
    pub items: Vec<(T, O)>,
    /// Where the next page begins; `None` if this is the last one.
    pub next: Option<O>,
    /// How long the whole list is, if the server says so.
    pub total: Option<i32>,
    /// The users and chats that came with it.
    pub peers: Peers,
}

/// A list that is asked for as it is read.
///
/// ```no_run
/// # async fn example(client: telewire::client::Client) -> Result<(), telewire::client::Error> {
/// let mut dialogs = client.dialogs().limit(20);
/// while let Some(dialog) = dialogs.next().await? {
///     println!("{}: {} unread", dialog.name(), dialog.dialog.unread_count);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct List<P: Pages> {
    client: Client,
    pages: P,
    /// Behind the last item that was given.
    offset: P::Offset,
    /// Behind the last page; `None` when there is no more.
    next: Option<P::Offset>,
    items: VecDeque<(P::Item, P::Offset)>,
    left: Option<usize>,
    total: Option<i32>,
    peers: Arc<Peers>,
}

impl<P: Pages> List<P> {
    /// A list from its beginning.
    #[must_use]
    pub fn new(client: &Client, pages: P) -> Self {
        Self {
            client: client.clone(),
            pages,
            offset: P::Offset::default(),
            next: Some(P::Offset::default()),
            items: VecDeque::new(),
            left: None,
            total: None,
            peers: Arc::default(),
        }
    }

    /// So many items at most.
    #[must_use]
    pub fn limit(self, items: usize) -> Self {
        Self { left: Some(items), ..self }
    }

    /// From a place that [`offset`](Self::offset) gave, of a list of before.
    #[must_use]
    pub fn from(mut self, offset: P::Offset) -> Self {
        self.items.clear();
        self.next = Some(offset.clone());
        self.offset = offset;
        self
    }

    /// The next item; `None` at the end.
    ///
    /// # Cancel safety
    ///
    /// When this is dropped before it is ready, nothing is lost: the same page is asked for again.
    ///
    /// # Errors
    ///
    /// See [`Error`]. After one, the list goes on where it was: a `FLOOD_WAIT_X` that is longer than
    /// [`flood_threshold`](crate::client::InvokeOptions::flood_threshold) can be waited, and `next` called again.
    pub async fn next(&mut self) -> Result<Option<P::Item>, Error> {
        loop {
            if self.left == Some(0) {
                return Ok(None);
            }
            if let Some((item, offset)) = self.items.pop_front() {
                self.offset = offset;
                self.left = self.left.map(|left| left.saturating_sub(1));
                return Ok(Some(item));
            }
            let Some(after) = &self.next else { return Ok(None) };
            let left = self.left.and_then(|left| i32::try_from(left).ok()).unwrap_or(i32::MAX);
            let limit = left.min(P::AT_A_TIME);
            let page = self.pages.page(&self.client, after, limit).await?;
            self.items = page.items.into();
            self.next = page.next;
            self.total = page.total.or(self.total);
            self.peers = Arc::new(page.peers);
        }
    }

    /// All that is left of it.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next). What was given before an error is lost here.
    pub async fn collect(mut self) -> Result<Vec<P::Item>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await? {
            all.push(item);
        }
        Ok(all)
    }

    /// The place behind the last item that was given: another list goes on [`from`](Self::from) there.
    #[must_use]
    pub fn offset(&self) -> &P::Offset {
        &self.offset
    }

    /// How long the whole list is, as far as the server has said.
    #[must_use]
    pub fn total(&self) -> Option<i32> {
        self.total
    }

    /// The users and chats that came with the page of the last item.
    #[must_use]
    pub fn peers(&self) -> &Arc<Peers> {
        &self.peers
    }
}

impl<P: Pages + fmt::Debug> fmt::Debug for List<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pages, offset, .. } = self;
        write!(f, "List({pages:?}, after {offset:?})")
    }
}

/// What an answer with messages brings.
struct Messages {
    messages: Vec<Message>,
    peers: Peers,
    /// How many there are in all.
    total: Option<i32>,
    /// Whether these are all.
    is_all: bool,
    next_rate: Option<i32>,
}

impl From<crate::tl::api::enums::messages::Messages> for Messages {
    fn from(answer: crate::tl::api::enums::messages::Messages) -> Self {
        use crate::tl::api::enums::messages::Messages as Form;
        let of = |messages: Vec<Message>, users: Vec<User>, chats: Vec<Chat>| Self {
            messages,
            peers: Peers { users, chats },
            total: None,
            is_all: false,
            next_rate: None,
        };
        match answer {
            Form::Messages(all) => {
                let total = i32::try_from(all.messages.len()).ok();
                let is_all = true;
                Self { total, is_all, ..of(all.messages, all.users, all.chats) }
            }
            Form::MessagesSlice(some) => {
                let (total, next_rate) = (Some(some.count), some.next_rate);
                Self { total, next_rate, ..of(some.messages, some.users, some.chats) }
            }
            Form::ChannelMessages(some) => {
                let total = Some(some.count);
                Self { total, ..of(some.messages, some.users, some.chats) }
            }
            Form::MessagesNotModified(same) => Self {
                total: Some(same.count),
                is_all: true,
                ..of(Vec::new(), Vec::new(), Vec::new())
            },
        }
    }
}

impl Messages {
    /// A page of a list whose places are the numbers of messages, from the newest down.
    fn page(self, after: i32, limit: i32) -> Page<Message, i32> {
        let Self { messages, peers, total, is_all, .. } = self;
        let is_full = i32::try_from(messages.len()).is_ok_and(|count| count >= limit);
        let last = messages.iter().map(Message::id).min();
        // A server that does not go down would be asked for ever.
        let next = last.filter(|last| !is_all && is_full && (after == 0 || *last < after));
        let items = messages.into_iter().map(|message| {
            let id = message.id();
            (message, id)
        });
        Page { items: items.collect(), next, total, peers }
    }
}
