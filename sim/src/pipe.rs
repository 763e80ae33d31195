//! One direction of a link: bytes that are on their way, and what the network does to them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dice::Dice;

/// One direction of a link. What comes in first comes out first.
#[derive(Debug)]
pub struct Pipe {
    latency: Duration,
    jitter: Duration,
    queue: VecDeque<(Duration, Vec<u8>)>,
    /// When the last of the queue comes out.
    last: Duration,
    /// After how many more bytes the link breaks.
    cut_after: Option<usize>,
    /// When it breaks, once the bytes before have come out.
    breaks_at: Option<Duration>,
    is_silent: bool,
    /// Packets that went in. The first carries the tag of the framing, so it is left alone.
    packets: u64,
    corrupts: Option<usize>,
    duplicates: bool,
    reorders: bool,
    /// A packet that is held back, and until when at most.
    held: Option<(Duration, Vec<u8>)>,
    /// Until when bytes take longer, and by how much.
    stall: Option<(Duration, Duration)>,
    /// Until when they come in small pieces.
    slow_until: Duration,
}

/// How much a slow reader takes at once, and how long it waits.
const SLOW: (usize, Duration) = (100, Duration::from_millis(20));

/// How long a packet is held back at most for the one that is to overtake it.
const HELD: Duration = Duration::from_millis(300);

impl Pipe {
    /// An empty one.
    #[must_use]
    pub fn new(latency: Duration, jitter: Duration) -> Self {
        Self {
            latency,
            jitter,
            queue: VecDeque::new(),
            last: Duration::ZERO,
            cut_after: None,
            breaks_at: None,
            is_silent: false,
            packets: 0,
            corrupts: None,
            duplicates: false,
            reorders: false,
            held: None,
            stall: None,
            slow_until: Duration::ZERO,
        }
    }

    /// A packet goes in.
    pub fn push(&mut self, now: Duration, mut packet: Vec<u8>, dice: &mut Dice) {
        self.packets += 1;
        if self.packets == 1 {
            return self.queue(now, packet, dice);
        }
        if let Some(byte) = self.corrupts.take() {
            let place = byte.checked_rem(packet.len()).unwrap_or(0);
            if let Some(byte) = packet.get_mut(place) {
                *byte ^= 1 << dice.below(8);
            }
        }
        if std::mem::take(&mut self.duplicates) {
            self.queue(now, packet.clone(), dice);
        }
        if std::mem::take(&mut self.reorders) {
            self.held = Some((now + HELD, packet));
            return;
        }
        self.queue(now, packet, dice);
        self.release(now, dice);
    }

    /// When something comes out, or goes wrong.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        let front = self.queue.front().map(|(due, _)| *due);
        let held = self.held.as_ref().map(|(until, _)| *until);
        front.into_iter().chain(held).chain(self.breaks_at).min()
    }

    /// What comes out now.
    pub fn pop(&mut self, now: Duration, dice: &mut Dice) -> Option<Vec<u8>> {
        if let Some((until, _)) = self.held
            && until <= now
        {
            self.release(until, dice);
        }
        self.queue.pop_front_if(|(due, _)| *due <= now).map(|(_, bytes)| bytes)
    }

    /// Whether it broke.
    #[must_use]
    pub fn is_broken(&self, now: Duration) -> bool {
        self.breaks_at.is_some_and(|at| at <= now) && self.queue.is_empty()
    }

    /// Whether nothing is on its way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.held.is_none()
    }

    /// It breaks after so many more bytes.
    pub fn cut_after(&mut self, bytes: usize) {
        self.cut_after = Some(bytes);
    }

    /// Nothing comes out any more.
    pub fn silence(&mut self) {
        self.is_silent = true;
        self.queue.clear();
        self.held = None;
    }

    /// Whether nothing comes out any more.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// A bit of the next packet is flipped.
    pub fn corrupt(&mut self, byte: usize) {
        self.corrupts = Some(byte);
    }

    /// The next packet comes twice.
    pub fn duplicate(&mut self) {
        self.duplicates = true;
    }

    /// The next packet comes after the one behind it.
    pub fn reorder(&mut self) {
        self.reorders = true;
    }

    /// What goes in takes longer, for a while.
    pub fn stall(&mut self, now: Duration, by: Duration) {
        self.stall = Some((now + by, by));
    }

    /// What goes in comes out slowly, for a while.
    pub fn slow(&mut self, until: Duration) {
        self.slow_until = until;
    }

    fn release(&mut self, now: Duration, dice: &mut Dice) {
        if let Some((_, packet)) = self.held.take() {
            self.queue(now, packet, dice);
        }
    }

    fn queue(&mut self, now: Duration, mut bytes: Vec<u8>, dice: &mut Dice) {
        if self.is_silent || self.breaks_at.is_some() {
            return;
        }
        let stall = self.stall.filter(|(until, _)| now < *until).map(|(_, by)| by);
        let takes = self.latency + dice.time(self.jitter) + stall.unwrap_or_default();
        let mut due = self.last.max(now + takes);
        if let Some(left) = &mut self.cut_after {
            if bytes.len() >= *left {
                bytes.truncate(*left);
                self.breaks_at = Some(due);
            }
            *left -= bytes.len();
        }
        if now < self.slow_until {
            let (piece, wait) = SLOW;
            for piece in bytes.chunks(piece) {
                due += wait;
                self.queue.push_back((due, piece.to_vec()));
            }
            self.breaks_at = self.breaks_at.map(|_| due);
        } else if dice.percent(5) {
            let middle = dice.below(bytes.len());
            let rest = bytes.split_off(middle);
            self.queue.extend([(due, bytes), (due, rest)]);
        } else {
            self.queue.push_back((due, bytes));
        }
        self.last = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn pipe() -> (Pipe, Dice) {
        let (mut pipe, mut dice) = (Pipe::new(MS, Duration::ZERO), Dice::new(1, 0));
        pipe.push(Duration::ZERO, vec![0], &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [0]);
        (pipe, dice)
    }

    fn all(pipe: &mut Pipe, dice: &mut Dice) -> Vec<u8> {
        let late = Duration::from_secs(100);
        std::iter::from_fn(|| pipe.pop(late, dice)).flatten().collect()
    }

    #[test]
    fn packets_come_out_in_order_when_they_are_due() {
        let (mut pipe, mut dice) = pipe();
        pipe.push(MS, vec![1], &mut dice);
        pipe.push(MS * 2, vec![2], &mut dice);
        assert_eq!(pipe.next(), Some(MS * 2));
        assert_eq!(pipe.pop(MS, &mut dice), None);
        assert_eq!(all(&mut pipe, &mut dice), [1, 2]);
        assert!(pipe.is_empty());
    }

    #[test]
    fn each_fault_does_what_it_says() {
        let (mut pipe, mut dice) = pipe();
        pipe.duplicate();
        pipe.push(MS, vec![1], &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [1, 1]);
        pipe.reorder();
        pipe.push(MS, vec![1], &mut dice);
        pipe.push(MS, vec![2], &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [2, 1]);
        pipe.reorder();
        pipe.push(MS, vec![1], &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [1]);
        pipe.corrupt(7);
        pipe.push(MS, vec![0; 5], &mut dice);
        let changed = all(&mut pipe, &mut dice);
        assert_eq!(changed.iter().map(|byte| byte.count_ones()).sum::<u32>(), 1);
        pipe.slow(MS * 100);
        pipe.push(MS, vec![1; 250], &mut dice);
        assert_eq!(pipe.queue.len(), 3);
        assert_eq!(all(&mut pipe, &mut dice), [1; 250]);
        pipe.cut_after(3);
        pipe.push(MS * 200, vec![1, 2], &mut dice);
        pipe.push(MS * 200, vec![3, 4], &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [1, 2, 3]);
        assert!(pipe.is_broken(MS * 1_000));
    }

    #[test]
    fn nothing_comes_out_of_a_silent_one() {
        let (mut pipe, mut dice) = pipe();
        pipe.push(MS, vec![1], &mut dice);
        pipe.silence();
        pipe.push(MS, vec![1], &mut dice);
        assert_eq!((pipe.next(), pipe.is_silent()), (None, true));
    }
}
