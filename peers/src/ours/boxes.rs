//! The boxes of updates.

use std::time::Duration;

use telewire::time::Now;
use telewire::tl::Deserialize;
use telewire::tl::api::enums::Updates;
use telewire::updates::{Account, CatchUp, ChannelState, CommonState, Engine, Kept};

use crate::Result;
use crate::input::BOXES;

/// The engine, with so many channels of which nothing is missing.
#[derive(Debug)]
pub struct Boxes(Engine);

impl Boxes {
    /// All at their first positions.
    #[must_use]
    pub fn new() -> Self {
        let state = ChannelState { pts: 1, is_dirty: false };
        let kept = Kept {
            common: Some(CommonState { pts: 1, qts: 1, date: 1, seq: 1 }),
            channels: (1..=BOXES).map(|id| (id.into(), state)).collect(),
            ..Kept::default()
        };
        // A bot does not look who is mentioned (UP-71), which is no part of the other library's boxes.
        let account = Account { id: Some(1), is_bot: true };
        Self(Engine::new(Some(account), CatchUp::SinceCommit, kept))
    }

    /// What is taken.
    ///
    /// # Errors
    ///
    /// When the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Updates> {
        Ok(Updates::from_bytes(bytes)?)
    }

    /// Takes what came; gives how many updates were handed out. Each is committed, and at the end it is said what is to be kept.
    pub fn take(&mut self, all: Vec<Updates>) -> usize {
        let mut told = 0;
        for updates in all {
            self.0.handle_typed(NOW, updates, 100);
            while let Some(delivery) = self.0.poll_update() {
                self.0.commit(delivery.mark);
                told += 1;
            }
        }
        std::hint::black_box(self.0.poll_checkpoint());
        self.0.checkpoint_kept();
        told
    }
}

impl Default for Boxes {
    fn default() -> Self {
        Self::new()
    }
}

const NOW: Now = Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_700_000_000) };
