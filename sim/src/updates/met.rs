//! Which rules schedules met, and what went wrong in those: a table, so that a promise does not hold for want of anything that could
//! break it.

use std::fmt;

use telewire::tl::Deserialize;
use telewire::tl::api::enums::Update;
use telewire::tl::api::enums::updates::{ChannelDifference, Difference};
use telewire::updates::{Arrival, BoxId, Counts, Delivery, Event, Request, Why};
use telewire_testkit::PushFaults;

use crate::updates::Harm;

/// What is seen of rules from outside of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// What came before is dropped.
    Old,
    /// What was missing for a moment is asked for, and told as what happens now.
    Gap,
    /// The same, of a channel.
    ChannelGap,
    /// What is counted by `qts` comes as it happens.
    Qts,
    /// It comes by a difference.
    QtsAsked,
    /// A difference brings what happened to messages of before.
    Changed,
    /// A difference brings nothing.
    Empty,
    /// It brings a part.
    Slice,
    /// It is too long.
    TooLong,
    /// The difference of a channel brings a part.
    ChannelSlice,
    /// It is too long.
    ChannelTooLong,
    /// A channel tells nothing any more.
    Gone,
    /// What cannot be read.
    Unreadable,
    /// The answer of an own call is part of what happens.
    Own,
    /// What happened meanwhile comes after a start.
    CaughtUp,
    /// A life ended with what was told and not committed.
    Killed,
    /// It begins from now on.
    Skipped,
}

impl Rule {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 17] = [
        Self::Old,
        Self::Gap,
        Self::ChannelGap,
        Self::Qts,
        Self::QtsAsked,
        Self::Changed,
        Self::Empty,
        Self::Slice,
        Self::TooLong,
        Self::ChannelSlice,
        Self::ChannelTooLong,
        Self::Gone,
        Self::Unreadable,
        Self::Own,
        Self::CaughtUp,
        Self::Killed,
        Self::Skipped,
    ];

    /// As the table has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Old => "UP-14 old",
            Self::Gap => "UP-16 gap",
            Self::ChannelGap => "UP-16 gap of a channel",
            Self::Qts => "UP-21 qts",
            Self::QtsAsked => "UP-30 qts in a difference",
            Self::Changed => "UP-31 changes in a difference",
            Self::Empty => "UP-34 empty",
            Self::Slice => "UP-29 slice",
            Self::TooLong => "UP-35 too long",
            Self::ChannelSlice => "UP-53 slice of a channel",
            Self::ChannelTooLong => "UP-57 channel too long",
            Self::Gone => "UP-61 channel gone",
            Self::Unreadable => "UP-63 unreadable",
            Self::Own => "UP-67 own",
            Self::CaughtUp => "UP-81 caught up",
            Self::Killed => "UP-84 killed with open ends",
            Self::Skipped => "UP-80 from now on",
        }
    }
}

/// What goes wrong in schedules.
pub const FAULTS: [&str; 14] = [
    "drop", "too long", "repeat", "delay", "reorder", "split", "merge", "ch. long", "min", "kill",
    "fail", "garble", "forget", "skip",
];

/// What goes wrong in one.
fn of(faults: &PushFaults, harm: Harm) -> [bool; FAULTS.len()] {
    let PushFaults { drop, too_long, repeat, delay, reorder, split, merge, channel_too_long, min } =
        *faults;
    [
        drop > 0,
        too_long > 0,
        repeat > 0,
        delay > 0,
        reorder > 0,
        split > 0,
        merge > 0,
        channel_too_long > 0,
        min > 0,
        harm.kill.is_some(),
        harm.fail.is_some(),
        harm.garble.is_some(),
        harm.forgets,
        harm.skips,
    ]
}

/// The rules that one schedule met.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Met([bool; Rule::ALL.len()]);

impl Met {
    pub(super) fn meet(&mut self, rule: Rule) {
        if let Some(met) = self.0.get_mut(rule as usize) {
            *met = true;
        }
    }

    /// Something was told.
    pub(super) fn told(&mut self, delivery: &Delivery) {
        let is_live = delivery.arrival == Arrival::Live;
        if delivery.is_own {
            self.meet(Rule::Own);
        }
        if !is_live {
            self.meet(Rule::CaughtUp);
        }
        match (&delivery.event, delivery.line) {
            (Event::Message(_), Some(BoxId::Channel(_))) if is_live => self.meet(Rule::ChannelGap),
            (Event::Message(_), _) if is_live => self.meet(Rule::Gap),
            (Event::Encrypted(_), _) => self.meet(Rule::QtsAsked),
            (Event::Update(Update::UpdateNewEncryptedMessage(_)), _) => self.meet(Rule::Qts),
            (Event::Update(_), Some(_)) if !is_live => self.meet(Rule::Changed),
            (Event::Lost { why: Why::Skipped, .. }, _) => self.meet(Rule::Skipped),
            (Event::ChannelGone { .. }, _) => self.meet(Rule::Gone),
            _ => {}
        }
    }

    /// The server answers something.
    pub(super) fn answered(&mut self, request: &Request, answer: &[u8]) {
        let rule = match request {
            Request::Difference(_) => match Difference::from_bytes(answer) {
                Ok(Difference::DifferenceEmpty(_)) => Some(Rule::Empty),
                Ok(Difference::DifferenceSlice(_)) => Some(Rule::Slice),
                Ok(Difference::DifferenceTooLong(_)) => Some(Rule::TooLong),
                _ => None,
            },
            Request::ChannelDifference(_) => match ChannelDifference::from_bytes(answer) {
                Ok(ChannelDifference::ChannelDifference(part)) if !part.r#final => {
                    Some(Rule::ChannelSlice)
                }
                Ok(ChannelDifference::ChannelDifferenceTooLong(_)) => Some(Rule::ChannelTooLong),
                _ => None,
            },
            _ => None,
        };
        if let Some(rule) = rule {
            self.meet(rule);
        }
    }

    pub(super) fn counted(&mut self, counts: Counts) {
        if counts.old > 0 {
            self.meet(Rule::Old);
        }
        if counts.unreadable > 0 {
            self.meet(Rule::Unreadable);
        }
    }
}

/// In how many schedules each rule was met, by what went wrong in them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Table([[u64; FAULTS.len()]; Rule::ALL.len()]);

impl Table {
    pub(super) fn one(met: Met, faults: &PushFaults, harm: Harm) -> Self {
        let faults = of(faults, harm);
        Self(met.0.map(|is_met| faults.map(|is_there| u64::from(is_met && is_there))))
    }

    pub(super) fn add(&mut self, other: &Self) {
        let cells = self.0.iter_mut().flatten().zip(other.0.iter().flatten());
        cells.for_each(|(cell, more)| *cell += more);
    }

    /// The most schedules with one fault in which a rule was met.
    #[must_use]
    pub fn schedules_with(&self, rule: Rule) -> u64 {
        self.0.get(rule as usize).and_then(|row| row.iter().max()).copied().unwrap_or(0)
    }

    /// The cells that were met less often, as "rule / fault". Without `slices` there are none of them.
    #[must_use]
    pub fn rarer_than(&self, least: u64, slices: bool) -> Vec<String> {
        let mut rare = Vec::new();
        let rows = Rule::ALL.into_iter().zip(self.0);
        for (rule, row) in rows.filter(|(rule, _)| slices || *rule != Rule::Slice) {
            let few = FAULTS.into_iter().zip(row).filter(|(_, count)| *count < least);
            rare.extend(few.map(|(fault, count)| format!("{} / {fault}: {count}", rule.name())));
        }
        rare
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<30}", "met in schedules with")?;
        for fault in FAULTS {
            write!(f, "{fault:>9}")?;
        }
        for (rule, row) in Rule::ALL.into_iter().zip(self.0) {
            write!(f, "\n  {:<30}", rule.name())?;
            for count in row {
                write!(f, "{count:>9}")?;
            }
        }
        Ok(())
    }
}
