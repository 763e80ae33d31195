//! All that is known. Who changes several parts of it at once is a method of [`State`]; what concerns one part alone is in that.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::time::Duration;

use telewire::crypto::{Entropy, EntropyExt};

use crate::accounts::Auth;
use crate::world::account::Account;
use crate::world::card::Card;
use crate::world::channel::Channels;
use crate::world::chat::Chats;
use crate::world::dice::Dice;
use crate::world::faults::Faults;
use crate::world::files::Files;
use crate::world::habits::Habits;
use crate::world::invite::Invites;
use crate::world::mailbox::MAX_EVENTS;
use crate::world::people::People;
use crate::world::poll::Poll;
use crate::world::post::Posts;
use crate::world::push::{Queued, Wake};
use crate::world::query::Queries;
use crate::world::secrets::Secrets;
use crate::world::{Context, Lifetimes, Transcript};

/// How much a world did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls of methods that are modelled, that were answered, or are to be when a bot answers.
    pub answered: u64,
    /// The same, that were refused.
    pub refused: u64,
    /// What clients were told that they did not ask for, container by container.
    pub told: u64,
    /// Parts of files that were saved.
    pub parts_up: u64,
    /// The same, in bytes.
    pub bytes_up: u64,
    /// Parts of files that were asked for and given.
    pub parts_down: u64,
    /// The same, in bytes.
    pub bytes_down: u64,
    /// Those of them that were asked for from the end of a file on, where there is nothing: Telegram may never answer.
    pub past_end: u64,
}

/// All that is known.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) dice: Dice,
    /// What access hashes are made of.
    pub(crate) secret: u64,
    pub(crate) people: People,
    /// Who is logged in with which key, and who is about to.
    pub(crate) auth: Auth,
    /// What each account has; made when something of it is looked at first.
    pub(crate) accounts: BTreeMap<i64, Account>,
    /// In whose address books somebody is.
    pub(crate) kept_by: BTreeMap<i64, BTreeSet<i64>>,
    pub(crate) posts: Posts,
    pub(crate) chats: Chats,
    pub(crate) channels: Channels,
    pub(crate) invites: Invites,
    /// The links by which people are found for a while, one for each at most.
    pub(crate) cards: BTreeMap<i64, Card>,
    pub(crate) polls: BTreeMap<i64, Poll>,
    /// Secret chats, as far as the servers see them.
    pub(crate) secrets: Secrets,
    /// What was uploaded.
    pub(crate) files: Files,
    /// The latest moment that the world heard of.
    pub(crate) clock: Duration,
    /// When what waits is to be sent: whose it is, and its number.
    pub(crate) due: BTreeSet<(i32, i64, i32)>,
    /// When what was said goes by itself.
    pub(crate) lifetimes: Lifetimes,
    /// What waits to be handed to sessions.
    pub(crate) pushes: VecDeque<Queued>,
    pub(crate) wake: Wake,
    pub(crate) habits: Habits,
    pub(crate) faults: Faults,
    /// Events of a box that a difference goes back to at most.
    pub(crate) box_size: usize,
    /// Events of one answer, if the client does not say.
    pub(crate) page: usize,
    /// What bots were asked, and answered.
    pub(crate) queries: Queries,
    /// How far the world's clock was moved.
    pub(crate) ahead: Duration,
    pub(crate) counts: Counts,
    /// The methods that were asked for and are not modelled.
    pub(crate) unmodelled: BTreeMap<String, u64>,
    /// The calls that came, since somebody asked for them.
    pub(crate) transcript: Option<Transcript>,
}

/// Names of methods that are counted, more than there are; clients may ask for others that no schema knows.
const MAX_UNMODELLED: usize = 2_048;

/// Events of one answer of a difference.
const PAGE: usize = 1_000;

impl State {
    pub(crate) fn new(entropy: &mut dyn Entropy) -> Self {
        let mut dice = Dice::new(entropy);
        Self {
            secret: u64::from_le_bytes(dice.array()),
            dice,
            people: People::default(),
            auth: Auth::default(),
            accounts: BTreeMap::new(),
            kept_by: BTreeMap::new(),
            posts: Posts::default(),
            chats: Chats::default(),
            channels: Channels::default(),
            invites: Invites::default(),
            cards: BTreeMap::new(),
            polls: BTreeMap::new(),
            secrets: Secrets::default(),
            files: Files::default(),
            clock: Duration::ZERO,
            due: BTreeSet::new(),
            lifetimes: Lifetimes::default(),
            pushes: VecDeque::new(),
            wake: Wake::default(),
            habits: Habits::default(),
            faults: Faults::default(),
            box_size: MAX_EVENTS,
            page: PAGE,
            queries: Queries::default(),
            ahead: Duration::ZERO,
            counts: Counts::default(),
            unmodelled: BTreeMap::new(),
            transcript: None,
        }
    }

    /// A call by the world's clock, which never goes back: data centres may differ in what time it is.
    pub(crate) fn at(&mut self, context: Context) -> Context {
        self.pass(context.unix.saturating_add(self.ahead));
        Context { unix: self.clock, ..context }
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        self.dice.array()
    }

    /// What an account has.
    pub(crate) fn account(&mut self, user: i64) -> &mut Account {
        self.accounts.entry(user).or_default()
    }

    /// Counts a method that is not modelled.
    pub(crate) fn count_unmodelled(&mut self, name: &str) {
        if let Some(count) = self.unmodelled.get_mut(name) {
            *count = count.saturating_add(1);
        } else if self.unmodelled.len() < MAX_UNMODELLED {
            self.unmodelled.insert(name.to_owned(), 1);
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({} accounts)", self.people.len())
    }
}
