//! The boxes of updates.

use grammers_session::updates::{MessageBoxes, UpdatesLike};
use grammers_tl_types::enums::Updates;
use grammers_tl_types::{Deserializable, types};

use crate::Result;
use crate::input::BOXES;

/// The message boxes, with so many channels of which nothing is missing.
#[derive(Debug)]
pub struct Boxes(MessageBoxes);

impl Boxes {
    /// All at their first positions.
    #[must_use]
    pub fn new() -> Self {
        let mut boxes = MessageBoxes::new();
        boxes.set_state(types::updates::State { pts: 1, qts: 1, date: 1, seq: 1, unread_count: 0 });
        for id in 1..=BOXES {
            boxes.try_set_channel_state(id.into(), 1);
        }
        Self(boxes)
    }

    /// What is taken.
    ///
    /// # Errors
    ///
    /// When the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Result<Updates> {
        Ok(Updates::from_bytes(bytes)?)
    }

    /// Takes what came; gives how many updates were handed out. At the end it is said what is to be kept.
    pub fn take(&mut self, all: Vec<Updates>) -> usize {
        let mut told = 0;
        for updates in all {
            if let Ok((updates, _, _)) = self.0.process_updates(UpdatesLike::Updates(updates)) {
                told += updates.len();
            }
            // As its client does before it waits for more.
            std::hint::black_box(self.0.check_deadlines());
        }
        std::hint::black_box(self.0.session_state());
        told
    }
}

impl Default for Boxes {
    fn default() -> Self {
        Self::new()
    }
}
