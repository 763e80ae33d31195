//! The time that a dial has, and what to blame when it is over.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::connection::{DialError, DialFault, DialStage};

/// How long one stage after the connection may take: an answer over the slowest of links, sent again once.
const STAGE: Duration = Duration::from_secs(5);

/// The share of the connection's patience that a dial has, so that it can tell the stage before it is dropped.
const SHARE: (u32, u32) = (3, 4);

/// The time that a dial has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stages {
    deadline: Instant,
}

impl Stages {
    /// Begins, within the time that the connection gives.
    pub(super) fn start(patience: Duration) -> Self {
        let (part, whole) = SHARE;
        Self { deadline: Instant::now() + patience / whole * part }
    }

    /// When a stage that begins now must be over.
    pub(super) fn deadline(&self, stage: DialStage) -> Instant {
        match stage {
            // Several addresses may have to be tried.
            DialStage::Connect => self.deadline,
            _ => self.deadline.min(Instant::now() + STAGE),
        }
    }

    /// Runs a stage.
    pub(super) async fn run<T, E: Into<DialFault>>(
        &self,
        stage: DialStage,
        doing: impl Future<Output = Result<T, E>>,
    ) -> Result<T, DialError> {
        let result = timeout_at(self.deadline(stage), doing).await;
        let result = result.map_or(Err(DialFault::Deadline), |done| done.map_err(Into::into));
        result.map_err(|fault| DialError { stage, fault })
    }
}
