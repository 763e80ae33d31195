//! The parts of a stream that was split: each has all of it, and what counts is what all of them have dealt with.
//!
//! ```text
//! Engine::poll_update ──> queue   41   42   43            what one has taken and another has not
//!                                 ^         ^
//!                              a slow one   the fastest, which waits once it is too far ahead
//! ```

use std::collections::{BTreeMap, HashSet, VecDeque};

use crate::updates::{Delivery, Engine, Mark};

/// What the fastest part may be ahead of the slowest, in bytes as they came: a quarter of what waits for a reader. Beyond it the fastest
/// waits, and what comes waits in the engine, which leaves it to a difference once that is full (UP-86).
const MAX_AHEAD: usize = 1 << 20;

/// The parts that are there. One alone takes from the engine, and nothing is noted of it here.
#[derive(Debug, Default)]
pub(super) struct Parts {
    all: BTreeMap<u32, Part>,
    queue: VecDeque<(Delivery, usize)>,
    bytes: usize,
    /// The number of the first of the queue.
    first: u64,
}

#[derive(Debug, Clone, Default)]
struct Part {
    /// The number of what it takes next.
    next: u64,
    /// What it has not dealt with, of what was delivered since there are several.
    open: HashSet<Mark>,
}

impl Parts {
    pub(super) fn of(numbers: impl IntoIterator<Item = u32>) -> Self {
        let all = numbers.into_iter().map(|number| (number, Part::default())).collect();
        Self { all, ..Self::default() }
    }

    /// What comes next for a part.
    pub(super) fn poll(&mut self, number: u32, engine: &mut Engine) -> Option<Delivery> {
        let is_alone = self.all.len() == 1;
        let next = self.all.get(&number)?.next;
        let place = usize::try_from(next.checked_sub(self.first)?).ok()?;
        let delivery = match self.queue.get(place) {
            Some((delivery, _)) => delivery.clone(),
            None if self.bytes >= MAX_AHEAD => return None,
            None => {
                let waiting = engine.waiting_bytes();
                let delivery = engine.poll_update()?;
                if is_alone {
                    return Some(delivery);
                }
                let bytes = waiting.saturating_sub(engine.waiting_bytes());
                self.bytes = self.bytes.saturating_add(bytes);
                self.queue.push_back((delivery.clone(), bytes));
                for part in self.all.values_mut() {
                    part.open.insert(delivery.mark);
                }
                delivery
            }
        };
        if let Some(part) = self.all.get_mut(&number) {
            part.next = next.saturating_add(1);
        }
        self.trim();
        Some(delivery)
    }

    /// A part has dealt with something. Whether nobody is left who has not.
    pub(super) fn commit(&mut self, number: u32, mark: Mark) -> bool {
        if let Some(part) = self.all.get_mut(&number) {
            part.open.remove(&mark);
        }
        self.is_done(mark)
    }

    /// Whether no part is left that has not dealt with something.
    pub(super) fn is_done(&self, mark: Mark) -> bool {
        !self.all.values().any(|part| part.open.contains(&mark))
    }

    /// Another part, which goes on where one is.
    pub(super) fn share(&mut self, of: u32, with: u32) {
        let Some(Part { next, .. }) = self.all.get(&of) else { return };
        let left = usize::try_from(next.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let open = self.queue.iter().skip(left).map(|(delivery, _)| delivery.mark).collect();
        let part = Part { next: *next, open };
        self.all.insert(with, part);
    }

    /// A part is gone. What nobody is left to deal with is given.
    pub(super) fn leave(&mut self, number: u32) -> Vec<Mark> {
        let Some(gone) = self.all.remove(&number) else { return Vec::new() };
        self.trim();
        gone.open.into_iter().filter(|mark| self.is_done(*mark)).collect()
    }

    /// What all have taken goes.
    fn trim(&mut self) {
        let slowest = self.all.values().map(|part| part.next).min();
        while slowest.is_none_or(|slowest| self.first < slowest)
            && let Some((_, bytes)) = self.queue.pop_front()
        {
            self.first = self.first.saturating_add(1);
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::time::Now;
    use crate::tl::Serialize;
    use crate::tl::api::{enums, types};
    use crate::updates::{Account, CatchUp, CommonState, Kept};

    fn now() -> Now {
        Now { mono: Duration::from_secs(1), unix: Duration::from_secs(1_000) }
    }

    /// At the position 100, of which the next ones are pushed.
    fn engine(events: std::ops::RangeInclusive<i32>) -> Engine {
        let common = Some(CommonState { pts: 100, qts: 1, date: 500, seq: 0 });
        let account = Some(Account { id: Some(1), is_bot: false });
        let mut engine =
            Engine::new(account, CatchUp::SinceCommit, Kept { common, ..Kept::default() });
        for pts in events {
            let update = types::UpdateDeleteMessages { messages: vec![pts], pts, pts_count: 1 };
            let short = types::UpdateShort { update: update.into(), date: 600 };
            engine.handle_updates(now(), &enums::Updates::from(short).to_bytes());
        }
        engine
    }

    fn pts(delivery: &Delivery) -> i32 {
        match &delivery.event {
            crate::updates::Event::Update(enums::Update::UpdateDeleteMessages(gone)) => gone.pts,
            other => panic!("{other:?}"),
        }
    }

    fn all(parts: &mut Parts, number: u32, engine: &mut Engine) -> Vec<Delivery> {
        std::iter::from_fn(|| parts.poll(number, engine)).collect()
    }

    #[test]
    fn each_part_has_all_and_what_counts_is_the_slowest() {
        let mut engine = engine(101..=105);
        let mut parts = Parts::of([0]);
        // What was taken before there were several.
        let before = parts.poll(0, &mut engine).unwrap();
        parts.share(0, 1);
        parts.share(0, 2);
        assert!(parts.commit(0, before.mark));
        let first = all(&mut parts, 1, &mut engine);
        assert_eq!(first.iter().map(pts).collect::<Vec<_>>(), [102, 103, 104, 105]);
        assert_eq!(parts.queue.len(), 4);
        assert_eq!(all(&mut parts, 0, &mut engine), first);
        for delivery in &first {
            // In any order, and twice.
            assert!(!parts.commit(1, delivery.mark) && !parts.commit(1, delivery.mark));
            assert!(!parts.commit(0, delivery.mark));
        }
        let second = parts.poll(2, &mut engine).unwrap();
        assert_eq!(second, first[0]);
        assert!(parts.commit(2, second.mark));
        // One that begins where another is.
        parts.share(2, 3);
        assert_eq!(all(&mut parts, 3, &mut engine), first[1..]);
        assert!(!parts.commit(2, first[1].mark));
        assert!(parts.commit(3, first[1].mark));
        // What nobody else has to deal with.
        assert!(parts.leave(3).is_empty());
        let mut left = parts.leave(2);
        left.sort_unstable();
        assert_eq!(left, [first[2].mark, first[3].mark]);
        assert!(parts.queue.is_empty() && parts.bytes == 0);
        assert!(parts.leave(2).is_empty());
    }

    #[test]
    fn up_86_the_fastest_waits_for_the_slowest_and_no_memory_grows() {
        let mut engine = engine(101..=20_000);
        let waiting = engine.waiting_bytes();
        assert!(waiting > 2 * MAX_AHEAD);
        let mut parts = Parts::of([0, 1]);
        let mut told = [0, 0];
        // The fastest takes what it may, then the slowest all there is: it is the fastest then.
        for turn in 0.. {
            let number = turn % 2;
            let taken = all(&mut parts, number, &mut engine).len();
            assert!(parts.bytes <= MAX_AHEAD + 1_000, "{}", parts.bytes);
            told[number as usize] += taken;
            if taken == 0 {
                break;
            }
        }
        assert_eq!(told, [19_900; 2]);
        assert_eq!(engine.waiting_bytes(), 0);
        assert_eq!(parts.all[&0].next, parts.all[&1].next);
    }

    #[test]
    fn one_that_is_alone_is_noted_nowhere() {
        let mut engine = engine(101..=200);
        let mut parts = Parts::of([0]);
        assert_eq!(all(&mut parts, 0, &mut engine).len(), 100);
        assert!(parts.queue.is_empty() && parts.all[&0].open.is_empty());
        assert!(parts.poll(1, &mut engine).is_none());
    }
}
