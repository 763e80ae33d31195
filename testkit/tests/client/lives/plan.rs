//! What a program does and what goes wrong, as the seed of its life decides.

use std::time::Duration;

use telewire::crypto::{EntropyExt, SeededEntropy};
use telewire::ids::DcId;

use crate::lives::disk::Crash;
use crate::support::{FOUR, TWO};

/// A program, before it runs.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The links hold and the disk works: everything must succeed.
    pub(super) is_calm: bool,
    /// Whether its writes succeed.
    pub(super) is_disk_sound: bool,
    /// The write that it ends at.
    pub(super) crash: Option<Crash>,
    /// When it is killed, whatever it does.
    pub(super) killed_after: Option<Duration>,
    /// When it closes its client, whatever that does.
    pub(super) closed_after: Option<Duration>,
    /// Whether it is told where both data centres are. Otherwise it asks.
    pub(super) is_told_all: bool,
    /// The numbers of its calls, and where they are made if not at home.
    pub(super) calls: Vec<(i32, Option<DcId>)>,
    /// Whether it logs out after its calls, and in again.
    pub(super) logs_out: bool,
}

/// The calls of a program.
const CALLS: i32 = 9;

/// A program with faults in its way does not try for ever.
pub(super) const LONGEST: Duration = Duration::from_secs(2);

impl Plan {
    /// The next program of a life.
    pub(super) fn new(number: i32, is_last: bool, entropy: &mut SeededEntropy) -> Self {
        let mut dice = |sides: u8| entropy.array::<1>()[0] % sides;
        let millis = |of: u8| Duration::from_millis(u64::from(of) * 4);
        let mut plan = Self {
            is_calm: is_last || dice(5) == 0,
            is_disk_sound: dice(2) == 0,
            crash: None,
            killed_after: None,
            closed_after: None,
            is_told_all: dice(2) == 0,
            calls: Vec::new(),
            logs_out: dice(4) == 0,
        };
        plan.is_disk_sound |= plan.is_calm;
        for call in 0..CALLS {
            let dc = [None, None, Some(TWO), Some(FOUR)][usize::from(dice(4))];
            plan.calls.push((number * 100 + call, dc));
        }
        if !plan.is_calm {
            plan.killed_after = Some(LONGEST);
        }
        match dice(8) {
            _ if is_last => {}
            0..4 => plan.crash = Some(Crash { after: dice(10), is_kept: dice(2) == 0 }),
            4 => plan.killed_after = Some(millis(dice(255))),
            5 => plan.closed_after = Some(millis(dice(255))),
            _ => {}
        }
        plan
    }
}
