//! Questions to bots, which answer them when they like: the button of a message that was pressed, an inline query.
//!
//! ```text
//!  messages.getBotCallbackAnswer ── ask ──> updateBotCallbackQuery ──> the bot
//!                                                                        │
//!  the answer <── World::deliver <── answer_query <── messages.setBotCallbackAnswer
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::Serialize;
use telewire::tl::api::enums::{BotInlineResult, Update};

use crate::world::{Caller, Peer, State, Viewer, invalid, seconds};

/// How long a bot has: `BOT_RESPONSE_TIMEOUT` comes then.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The same in seconds.
const SECONDS: i32 = 15;

/// What inline queries found that are kept, of all accounts; the oldest go.
const MAX_RESULTS: usize = 1_024;

/// Questions that wait at a time. The oldest gets no answer then but `BOT_RESPONSE_TIMEOUT`.
const MAX_ASKED: usize = 16_384;

/// What bots were asked, and answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queries {
    asked: BTreeMap<i64, Query>,
    /// The questions in the order in which it gets too late for them, answered ones too.
    order: VecDeque<(i32, i64)>,
    /// On their way to whoever asked: the data centre, the question, and the answer's bytes.
    pub(crate) answers: VecDeque<(DcId, u64, Answered)>,
    results: VecDeque<(i64, Results)>,
}

/// The bytes of an answer.
type Answered = Result<Vec<u8>, RpcError>;

/// What a bot was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query {
    bot: i64,
    dc: DcId,
    is_inline: bool,
    pub(crate) viewer: Viewer,
    /// The last moment at which an answer is one.
    expires: i32,
}

/// What an inline query found.
#[derive(Debug, Clone)]
pub(crate) struct Results {
    pub(crate) user: i64,
    pub(crate) bot: i64,
    pub(crate) all: Vec<BotInlineResult>,
}

impl Queries {
    /// Forgets the questions for whose answers it is too late: all wait equally long, and the time never goes back.
    fn forget(&mut self, date: i32) {
        let is_late = |(expires, _): &(i32, i64)| *expires < date;
        while self.order.front().is_some_and(is_late) || self.order.len() >= MAX_ASKED {
            let Some((_, id)) = self.order.pop_front() else { return };
            self.asked.remove(&id);
        }
    }
}

impl State {
    /// Asks a bot; gives the number of the question. It is told who asks, and where.
    pub(crate) fn ask_bot(
        &mut self,
        caller: &Caller,
        bot: i64,
        place: Option<Peer>,
        is_inline: bool,
        update: impl Fn(i64) -> Update,
    ) -> i64 {
        let id = i64::from_le_bytes(self.random());
        let (date, viewer) = (caller.date(), caller.viewer());
        self.queries.forget(date);
        let expires = date.saturating_add(SECONDS);
        let query = Query { bot, dc: caller.context.dc(), is_inline, viewer, expires };
        self.queries.asked.insert(id, query);
        self.queries.order.push_back((expires, id));
        let (update, me) = (update(id), caller.me);
        self.push(bot, None, |state, viewer| {
            let mut view = state.view(viewer);
            view.name(Peer::User(me));
            let _ = place.map(|place| view.name(place));
            view.updates(vec![update.clone()], date)
        });
        id
    }

    /// A question that a bot was asked and has not answered.
    ///
    /// # Errors
    ///
    /// `QUERY_ID_INVALID`: there is none, it was another's, or it is too late.
    pub(crate) fn query(
        &self,
        caller: &Caller,
        id: i64,
        is_inline: bool,
    ) -> Result<Query, RpcError> {
        let query = self.queries.asked.get(&id).copied();
        let is_own = |query: &Query| query.bot == caller.me && query.is_inline == is_inline;
        let query = query.filter(|query| is_own(query) && caller.date() <= query.expires);
        query.ok_or_else(|| invalid("QUERY_ID_INVALID"))
    }

    /// Answers a question, once.
    pub(crate) fn answer_query(&mut self, id: i64, answer: &impl Serialize) {
        let Some(query) = self.queries.asked.remove(&id) else { return };
        self.queries.answers.push_back((query.dc, id.cast_unsigned(), Ok(answer.to_bytes())));
    }

    /// Has the questions end for whose answers it is too late, after the clock was moved.
    pub(crate) fn end_queries(&mut self) {
        let now = seconds(self.clock);
        let late = self.queries.asked.iter().filter(|(_, query)| query.expires < now);
        let late: Vec<_> = late.map(|(id, query)| (*id, query.dc)).collect();
        for (id, dc) in late {
            self.queries.asked.remove(&id);
            let error = Err(invalid("BOT_RESPONSE_TIMEOUT"));
            self.queries.answers.push_back((dc, id.cast_unsigned(), error));
        }
    }

    /// What an inline query found, for whoever sends one of it.
    pub(crate) fn keep_results(&mut self, query: i64, results: Results) {
        if self.queries.results.len() >= MAX_RESULTS {
            self.queries.results.pop_front();
        }
        self.queries.results.push_back((query, results));
    }

    /// What an inline query of somebody's found.
    pub(crate) fn results(&self, user: i64, query: i64) -> Option<&Results> {
        let found = self.queries.results.iter().rev().find(|(id, _)| *id == query);
        found.map(|(_, results)| results).filter(|results| results.user == user)
    }

    /// The answers of bots to whoever asked in a data centre.
    pub(crate) fn take_answers(&mut self, dc: DcId) -> Vec<(u64, Answered)> {
        let all = std::mem::take(&mut self.queries.answers);
        let (here, elsewhere) = all.into_iter().partition::<VecDeque<_>, _>(|(of, ..)| *of == dc);
        self.queries.answers = elsewhere;
        here.into_iter().map(|(_, token, answer)| (token, answer)).collect()
    }
}
