//! The object that is driven.

use std::time::Duration;

use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::{AuthKey, DhGen, Entropy, RsaPrivateKey, Suite};
use crate::ids::{DcId, Salt};
use crate::message_id::MessageId;
use crate::server::exchange::error::Error;
use crate::server::exchange::params::{AwaitReqDh, Unsealing};
use crate::server::exchange::pq::AwaitReqPq;
use crate::server::exchange::verdict::{AwaitSetDh, Candidate, Computing};
use crate::server::{Strictness, plain};
use crate::time::Now;
use crate::tl::mtproto::functions;
use crate::tl::{Identifiable, Serialize};
use crate::work::{Answer, Done, Job, Work};

/// What a data centre needs to know to exchange keys.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which data centre it is.
    pub dc: DcId,
    /// Its keys.
    pub keys: Vec<RsaPrivateKey>,
    /// Whether it takes what clients get wrong, such as the RSA padding of before 2021 (KX-08): in exchanges, and of a data
    /// centre with this configuration in sessions too.
    pub strictness: Strictness,
    /// The prime of its Diffie-Hellman exchanges.
    pub prime: Box<[u8; 256]>,
    /// Their generator.
    pub g: i32,
    /// How many random bytes it appends to each answer, inside of the message; divisible by 4 (KX-01).
    pub garbage: usize,
    /// The cryptography.
    pub suite: Suite,
}

impl Config {
    /// A data centre with the prime and generator of Telegram's.
    #[must_use]
    pub fn new(dc: DcId, keys: Vec<RsaPrivateKey>, suite: Suite) -> Self {
        Self {
            dc,
            keys,
            strictness: Strictness::Strict,
            prime: Box::new(KNOWN_PRIME),
            g: 3,
            garbage: 0,
            suite,
        }
    }
}

/// A key that a client and this server have now.
#[derive(Debug, Clone)]
pub struct Established {
    /// The key.
    pub auth_key: AuthKey,
    /// The first salt.
    pub salt: Salt,
    /// For a temporary key, the unix time at which it expires.
    pub expires_at: Option<Duration>,
}

/// One exchange, as the server sees it.
pub struct Exchange {
    state: State,
    output: Output,
    ticket: u64,
    last_id: MessageId,
    /// The last query and the answer to it, which is given again when the query is (KX-20).
    answered: Option<(Vec<u8>, Vec<u8>)>,
    query: Vec<u8>,
}

pub(super) enum State {
    AwaitReqPq(AwaitReqPq),
    AwaitReqDh(Box<AwaitReqDh>),
    Unsealing(Box<Unsealing>),
    AwaitSetDh(Box<AwaitSetDh>),
    Computing(Box<Computing>),
    Candidate(Box<Candidate>),
    Over,
}

/// What steps leave to be taken away.
#[derive(Default)]
pub(super) struct Output {
    pub(super) answer: Option<Vec<u8>>,
    pub(super) job: Option<Job>,
    pub(super) established: Option<Established>,
}

/// What every step may use.
pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    pub(super) now: Now,
    pub(super) entropy: &'a mut dyn Entropy,
    pub(super) output: &'a mut Output,
}

impl Context<'_> {
    pub(super) fn answer(&mut self, value: &impl Serialize) {
        self.output.answer = Some(value.to_bytes());
    }
}

impl Exchange {
    /// Awaits the first query. `ticket` tells the work of this exchange from that of others.
    #[must_use]
    pub fn new(ticket: u64) -> Self {
        Self {
            state: State::AwaitReqPq(AwaitReqPq),
            output: Output::default(),
            ticket,
            last_id: MessageId::default(),
            answered: None,
            query: Vec::new(),
        }
    }

    /// Takes a packet from the client and gives the packet to answer with, if the answer needs no work before.
    ///
    /// # Errors
    ///
    /// The rule that the packet breaks. The exchange is then over; the client is to be told -404.
    pub fn handle_packet(
        &mut self,
        config: &Config,
        now: Now,
        packet: &[u8],
        max_padding: usize,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Vec<u8>>, Error> {
        let value = plain::open(packet, max_padding, config.strictness);
        let value = value.map_err(|error| self.fail(error))?;
        match &self.answered {
            Some((query, answer)) if query == value => {
                let answer = answer.clone();
                return Ok(Some(self.pack(config, now, &answer, entropy)));
            }
            // The query whose answer is being computed, once more.
            None if self.query == value => return Ok(None),
            _ => {}
        }
        if config.strictness.is_lenient() && is_beginning(id_of(value)) {
            self.begin_again();
        }
        self.query = value.to_vec();
        self.answered = None;
        self.step(config, now, entropy, |state, ctx| match state {
            State::AwaitReqPq(state) => state.handle(value, ctx),
            State::AwaitReqDh(state) => state.handle(value, ctx),
            State::AwaitSetDh(state) => state.handle(value, ctx),
            State::Over => Err(Error::Over),
            State::Unsealing(_) | State::Computing(_) | State::Candidate(_) => {
                Err(Error::Unexpected { id: id_of(value) })
            }
        })
    }

    /// Takes the answer to work, and gives the packet to answer with.
    ///
    /// # Errors
    ///
    /// The rule that the client's data breaks.
    pub fn handle_work(
        &mut self,
        config: &Config,
        now: Now,
        done: Done,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Vec<u8>>, Error> {
        if done.ticket != self.ticket {
            return Ok(None);
        }
        self.step(config, now, entropy, |state, ctx| match (state, done.answer) {
            (State::Unsealing(state), Answer::Unsealed(data)) => state.handle_unsealed(data, ctx),
            (State::Computing(state), Answer::SharedKey(key)) => state.handle_key(key),
            (state, _) => Ok(state),
        })
    }

    /// The key that the client proposes, once it is computed: the owner looks whether its id is free and calls
    /// [`conclude`](Self::conclude).
    #[must_use]
    pub fn candidate(&self) -> Option<&AuthKey> {
        match &self.state {
            State::Candidate(candidate) => Some(candidate.key()),
            _ => None,
        }
    }

    /// Gives the verdict over the candidate, as the packet to answer with.
    pub fn conclude(
        &mut self,
        config: &Config,
        now: Now,
        verdict: DhGen,
        entropy: &mut dyn Entropy,
    ) -> Option<Vec<u8>> {
        self.step(config, now, entropy, |state, ctx| match state {
            State::Candidate(candidate) => Ok(candidate.conclude(verdict, ctx)),
            state => Ok(state),
        })
        .unwrap_or(None)
    }

    /// The number that tells its work from that of others.
    #[must_use]
    pub fn ticket(&self) -> u64 {
        self.ticket
    }

    /// Whether it has ended with a verdict; the last answer is given again when its query is.
    #[must_use]
    pub fn is_concluded(&self) -> bool {
        matches!(self.state, State::Over) && self.answered.is_some()
    }

    /// Whether a packet begins an exchange.
    #[must_use]
    pub fn is_beginning(packet: &[u8]) -> bool {
        packet.get(20..).map(id_of).is_some_and(is_beginning)
    }

    /// The next piece of work to have done.
    pub fn poll_work(&mut self) -> Option<Work> {
        let job = self.output.job.take()?;
        Some(Work { ticket: self.ticket, job })
    }

    /// The key, once, when the client has been told that it is registered.
    pub fn poll_established(&mut self) -> Option<Established> {
        self.output.established.take()
    }

    fn step<F>(
        &mut self,
        config: &Config,
        now: Now,
        entropy: &mut dyn Entropy,
        step: F,
    ) -> Result<Option<Vec<u8>>, Error>
    where
        F: FnOnce(State, &mut Context<'_>) -> Result<State, Error>,
    {
        let mut ctx = Context { config, now, entropy, output: &mut self.output };
        let state = std::mem::replace(&mut self.state, State::Over);
        self.state = step(state, &mut ctx).map_err(|error| self.fail(error))?;
        let Some(answer) = self.output.answer.take() else { return Ok(None) };
        let packet = self.pack(config, now, &answer, entropy);
        self.answered = Some((std::mem::take(&mut self.query), answer));
        Ok(Some(packet))
    }

    /// Awaits the first query, whatever came before: Telegram Desktop tries a link with a `req_pq` before it sends that of the
    /// exchange, and Telethon begins again after an error. What is being computed is not waited for.
    fn begin_again(&mut self) {
        self.state = State::AwaitReqPq(AwaitReqPq);
        self.output = Output::default();
        self.ticket = self.ticket.wrapping_add(1);
    }

    /// Ends the exchange: nothing is left to compute, and no query is answered once more.
    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Over;
        self.answered = None;
        self.query.clear();
        self.output.job = None;
        error
    }

    fn pack(
        &mut self,
        config: &Config,
        now: Now,
        answer: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Vec<u8> {
        let id = (MessageId::at(now.unix).0 | 1).max(self.last_id.0.saturating_add(4));
        self.last_id = MessageId(id);
        let mut garbage = vec![0; config.garbage];
        entropy.fill(&mut garbage);
        plain::seal(self.last_id, answer, &garbage)
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::AwaitReqPq(_) => "AwaitReqPq",
            State::AwaitReqDh(_) => "AwaitReqDh",
            State::Unsealing(_) => "Unsealing",
            State::AwaitSetDh(_) => "AwaitSetDh",
            State::Computing(_) => "Computing",
            State::Candidate(_) => "Candidate",
            State::Over => "Over",
        };
        write!(f, "Exchange({state})")
    }
}

/// Whether it is a query that begins an exchange.
fn is_beginning(id: u32) -> bool {
    matches!(id, functions::ReqPq::ID | functions::ReqPqMulti::ID)
}

/// The constructor id of a value, for errors.
pub(super) fn id_of(value: &[u8]) -> u32 {
    value.first_chunk::<4>().map_or(0, |id| u32::from_le_bytes(*id))
}
