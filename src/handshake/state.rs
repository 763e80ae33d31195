//! The states of an exchange, and what a step may use besides its own.

use std::collections::VecDeque;
use std::time::Duration;

use crate::crypto::Entropy;
use crate::handshake::config::Config;
use crate::handshake::dh_gen::{AwaitDhGen, Computing};
use crate::handshake::dh_params::AwaitDhParams;
use crate::handshake::error::{Error, Stage};
use crate::handshake::outcome::Outcome;
use crate::handshake::plain;
use crate::handshake::res_pq::{AwaitResPq, Factorising};
use crate::handshake::step::Step;
use crate::message_id::MessageIds;
use crate::time::{Now, ServerClock};
use crate::tl::Serialize;
use crate::work::Job;

pub(super) enum State {
    AwaitResPq(AwaitResPq),
    Factorising(Box<Factorising>),
    AwaitDhParams(Box<AwaitDhParams>),
    Computing(Box<Computing>),
    AwaitDhGen(Box<AwaitDhGen>),
    Finished(Option<Box<Outcome>>),
    Failed(Error),
}

impl State {
    /// The answer that is awaited, now or after the work at hand.
    pub(super) fn stage(&self) -> Option<Stage> {
        match self {
            Self::AwaitResPq(_) => Some(Stage::ResPq),
            Self::Factorising(_) | Self::AwaitDhParams(_) => Some(Stage::ServerDhParams),
            Self::Computing(_) | Self::AwaitDhGen(_) => Some(Stage::DhGen),
            Self::Finished(_) | Self::Failed(_) => None,
        }
    }
}

/// What every step may use.
pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    pub(super) now: Now,
    pub(super) entropy: &'a mut dyn Entropy,
    pub(super) output: &'a mut Output,
}

/// What steps leave to be taken away.
#[derive(Default)]
pub(super) struct Output {
    ids: MessageIds,
    /// The query that is not answered yet.
    pub(super) query: Option<Query>,
    pub(super) job: Option<Job>,
    pub(super) steps: VecDeque<Step>,
}

pub(super) struct Query {
    pub(super) packet: Vec<u8>,
    /// When it was made, and so about when it was sent.
    pub(super) made: Duration,
    /// When it is sent again.
    pub(super) resend_at: Duration,
    /// Whether it is yet to be taken away.
    pub(super) is_pending: bool,
    /// How often it was sent again.
    pub(super) repeats: u32,
}

impl Context<'_> {
    /// Queues a query in the plain envelope.
    pub(super) fn send(&mut self, value: &impl Serialize) {
        let server_unix = ServerClock::new(self.now).server_unix(self.now);
        let id = self.output.ids.next(server_unix, self.entropy);
        self.output.query = Some(Query {
            packet: plain::pack(id, value),
            made: self.now.mono,
            resend_at: self.now.mono.saturating_add(self.config.resend_after),
            is_pending: true,
            repeats: 0,
        });
    }

    pub(super) fn report(&mut self, step: Step) {
        self.output.steps.push_back(step);
    }
}
