//! The object that is driven: it routes what happens to the state it is in.

use std::time::Duration;

use crate::crypto::Entropy;
use crate::handshake::config::Config;
use crate::handshake::error::{Error, Stage};
use crate::handshake::outcome::Outcome;
use crate::handshake::plain;
use crate::handshake::res_pq::AwaitResPq;
use crate::handshake::state::{Context, Output, State};
use crate::handshake::step::Step;
use crate::time::Now;
use crate::work::{Answer, Done, Work};

/// One exchange, from `req_pq_multi` to a key or an error.
///
/// The [module](crate::handshake) draws its states and says how to drive it.
pub struct Handshake {
    config: Config,
    state: State,
    output: Output,
    deadline: Duration,
    ticket: u64,
    /// The last answer taken, and how many repetitions of it our own repetitions may have caused (KX-20).
    answered: Option<(Vec<u8>, u32)>,
}

impl Handshake {
    /// Begins an exchange. `ticket` tells the work of this exchange from that of others.
    pub fn new(config: Config, ticket: u64, now: Now, entropy: &mut dyn Entropy) -> Self {
        let mut output = Output::default();
        let mut ctx = Context { config: &config, now, entropy, output: &mut output };
        let state = AwaitResPq::begin(&mut ctx);
        let deadline = now.mono.saturating_add(config.deadline);
        Self { config, state, output, deadline, ticket, answered: None }
    }

    /// Takes a packet from the server. The framing may have appended up to `max_padding` bytes.
    ///
    /// # Errors
    ///
    /// The rule that the packet breaks. The exchange is then over, and the connection should be closed.
    pub fn handle_packet(
        &mut self,
        now: Now,
        packet: &[u8],
        max_padding: usize,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Error> {
        let unpacked = plain::unpack(packet, max_padding);
        if self.state.stage().is_some() {
            self.output.steps.push_back(Step::Received { packet: packet.to_vec() });
        }
        if unpacked.as_ref().is_ok_and(|message| self.is_repetition(message)) {
            return Ok(());
        }
        self.step(now, entropy, |state, ctx| {
            let stage = state.stage();
            let message = unpacked.clone()?;
            if let (Some(stage), Some(id)) = (stage, plain::constructor_id(message))
                && is_of_another_stage(id, stage)
            {
                return Err(Error::Unexpected { stage, id });
            }
            match state {
                State::AwaitResPq(state) => state.handle(message, ctx),
                State::AwaitDhParams(state) => state.handle(message, ctx),
                State::AwaitDhGen(state) => state.handle(message, ctx),
                State::Failed(error) => Err(error),
                State::Factorising(_) | State::Computing(_) | State::Finished(_) => {
                    Err(Error::NotAwaited)
                }
            }
        })?;
        // It was taken, so its query is answered.
        let repeats = self.output.query.as_ref().map_or(0, |query| query.repeats);
        if let Ok(message) = unpacked {
            self.answered = Some((message.to_vec(), repeats));
        }
        self.output.query = self.output.query.take().filter(|query| query.is_pending);
        Ok(())
    }

    /// Takes the answer to work. That of another exchange is ignored.
    ///
    /// # Errors
    ///
    /// The rule that the numbers break.
    pub fn handle_work(
        &mut self,
        now: Now,
        done: Done,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Error> {
        if done.ticket != self.ticket {
            return Ok(());
        }
        self.step(now, entropy, |state, ctx| match (state, done.answer) {
            (State::Factorising(state), Answer::Factors(factors)) => {
                state.handle_factors(factors, ctx)
            }
            (State::Computing(state), Answer::Powers(powers)) => state.handle_powers(powers, ctx),
            (State::Failed(error), _) => Err(error),
            (state, _) => Ok(state),
        })
    }

    /// Notes that time has passed: sends the query again, or gives up (KX-20).
    ///
    /// # Errors
    ///
    /// [`Error::Deadline`] when the exchange has taken too long.
    pub fn handle_timeout(&mut self, now: Now) -> Result<(), Error> {
        match self.state.stage() {
            Some(stage) if now.mono >= self.deadline => Err(self.fail(Error::Deadline { stage })),
            Some(_) => {
                if let Some(query) = &mut self.output.query
                    && now.mono >= query.resend_at
                    && !query.is_pending
                {
                    query.is_pending = true;
                    query.repeats = query.repeats.saturating_add(1);
                    query.resend_at = now.mono.saturating_add(self.config.resend_after);
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The next packet to send.
    pub fn poll_packet(&mut self) -> Option<&[u8]> {
        let query = self.output.query.as_mut().filter(|query| query.is_pending)?;
        query.is_pending = false;
        self.output.steps.push_back(Step::Sent { packet: query.packet.clone() });
        Some(&query.packet)
    }

    /// The next piece of work to have done.
    pub fn poll_work(&mut self) -> Option<Work> {
        let job = self.output.job.take()?;
        Some(Work { ticket: self.ticket, job })
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), by the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.state.stage()?;
        // One that waits for the socket needs no reminder.
        let query = self.output.query.as_ref().filter(|query| !query.is_pending);
        let resend = query.map(|query| query.resend_at);
        Some(resend.map_or(self.deadline, |resend| resend.min(self.deadline)))
    }

    /// The next thing that happened.
    pub fn poll_step(&mut self) -> Option<Step> {
        self.output.steps.pop_front()
    }

    /// The key, once, when there is one.
    pub fn poll_outcome(&mut self) -> Option<Outcome> {
        match &mut self.state {
            State::Finished(outcome) => outcome.take().map(|outcome| *outcome),
            _ => None,
        }
    }

    /// The error with which the exchange ended.
    pub fn error(&self) -> Option<&Error> {
        match &self.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// Runs one step. Whatever fails leaves the machine failed.
    fn step<F>(&mut self, now: Now, entropy: &mut dyn Entropy, step: F) -> Result<(), Error>
    where
        F: FnOnce(State, &mut Context<'_>) -> Result<State, Error>,
    {
        let mut ctx = Context { config: &self.config, now, entropy, output: &mut self.output };
        let state = std::mem::replace(&mut self.state, State::Failed(Error::NotAwaited));
        match step(state, &mut ctx) {
            Ok(state) => {
                self.state = state;
                Ok(())
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Ends the exchange: nothing is left to send or to compute.
    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed(error.clone());
        self.output.query = None;
        self.output.job = None;
        error
    }

    /// Whether a message is the last answer once more, which the repetition of our query may have caused (KX-20). Without
    /// that, a second answer is an error (KX-21).
    fn is_repetition(&mut self, message: &[u8]) -> bool {
        let Some((answer, repeats @ 1..)) = &mut self.answered else { return false };
        // The constructor and both nonces; what a server appends may differ.
        let (Some(old), Some(new)) = (answer.first_chunk::<36>(), message.first_chunk::<36>())
        else {
            return false;
        };
        if old == new {
            *repeats -= 1;
        }
        old == new
    }
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::AwaitResPq(_) => "AwaitResPq",
            State::Factorising(_) => "Factorising",
            State::AwaitDhParams(_) => "AwaitDhParams",
            State::Computing(_) => "Computing",
            State::AwaitDhGen(_) => "AwaitDhGen",
            State::Finished(_) => "Finished",
            State::Failed(_) => "Failed",
        };
        write!(f, "Handshake({state})")
    }
}

/// Whether a constructor is one of the exchange, but not of this stage (KX-21).
fn is_of_another_stage(id: u32, stage: Stage) -> bool {
    use crate::tl::Identifiable;
    use crate::tl::mtproto::types::{
        DhGenFail, DhGenOk, DhGenRetry, ResPq, ServerDhParamsFail, ServerDhParamsOk,
    };
    let of = match id {
        ResPq::ID => Stage::ResPq,
        ServerDhParamsOk::ID | ServerDhParamsFail::ID => Stage::ServerDhParams,
        DhGenOk::ID | DhGenRetry::ID | DhGenFail::ID => Stage::DhGen,
        _ => return false,
    };
    of != stage
}
