//! One direction of a link: bytes that are on their way, and what the network does to them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dice::Dice;
use crate::watch::FrameId;

/// One direction of a link. What comes in first comes out first.
#[derive(Debug)]
pub struct Pipe {
    latency: Duration,
    jitter: Duration,
    queue: VecDeque<Piece>,
    /// When the last of the queue comes out.
    last: Duration,
    /// After how many more bytes the link breaks.
    cut_after: Option<usize>,
    /// When it breaks, once the bytes before have come out.
    breaks_at: Option<Duration>,
    is_silent: bool,
    /// Whether what it swallows is a fault's doing that was not counted yet.
    is_half_open: bool,
    /// Packets that went in. The first carries the tag of the framing, so it is left alone.
    packets: u64,
    corrupts: Option<usize>,
    duplicates: bool,
    reorders: bool,
    /// A packet that is held back, and until when at most.
    held: Option<(Duration, Frame)>,
    /// Until when bytes take longer, and by how much.
    stall: Option<(Duration, Duration)>,
    /// Whether none has.
    is_new_stall: bool,
    /// Until when they come in small pieces.
    slow_until: Duration,
    /// Whether none has.
    is_new_slow: bool,
    /// The faults that were met: that had something to go wrong with.
    met: Vec<&'static str>,
}

/// Bytes that are on their way.
#[derive(Debug)]
struct Piece {
    due: Duration,
    bytes: Vec<u8>,
    /// The frame that ends with it.
    ends: Option<FrameId>,
}

/// A frame that goes in, and what it is known by.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Its number, if somebody wants to know when it comes out.
    pub id: Option<FrameId>,
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
            is_half_open: false,
            packets: 0,
            corrupts: None,
            duplicates: false,
            reorders: false,
            held: None,
            stall: None,
            is_new_stall: false,
            slow_until: Duration::ZERO,
            is_new_slow: false,
            met: Vec::new(),
        }
    }

    /// A packet goes in.
    pub fn push(&mut self, now: Duration, mut packet: Frame, dice: &mut Dice) {
        self.packets += 1;
        if self.packets == 1 {
            return self.queue(now, packet, dice);
        }
        if let Some(byte) = self.corrupts.take() {
            let place = byte.checked_rem(packet.bytes.len()).unwrap_or(0);
            if let Some(byte) = packet.bytes.get_mut(place) {
                *byte ^= 1 << dice.below(8);
                self.met.push("corrupt");
            }
        }
        if std::mem::take(&mut self.duplicates) {
            self.met.push("duplicate");
            self.queue(now, packet.clone(), dice);
        }
        // One at a time: the next waits until this one was overtaken.
        if self.held.is_none() && std::mem::take(&mut self.reorders) {
            self.held = Some((now + HELD, packet));
            return;
        }
        self.queue(now, packet, dice);
        if self.held.is_some() {
            self.met.push("reorder");
        }
        self.release(now, dice);
    }

    /// When something comes out, or goes wrong.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        let front = self.queue.front().map(|piece| piece.due);
        let held = self.held.as_ref().map(|(until, ..)| *until);
        front.into_iter().chain(held).chain(self.breaks_at).min()
    }

    /// What comes out now, and the frame that ends with it.
    pub fn pop(&mut self, now: Duration, dice: &mut Dice) -> Option<(Vec<u8>, Option<FrameId>)> {
        if let Some((until, ..)) = self.held
            && until <= now
        {
            self.release(until, dice);
        }
        self.queue.pop_front_if(|piece| piece.due <= now).map(|p| (p.bytes, p.ends))
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

    /// Nothing comes out any more, and nobody notices.
    pub fn half_open(&mut self) {
        self.is_half_open = !self.is_silent;
        if !self.is_empty() {
            self.swallow();
        }
        self.silence();
    }

    /// Nobody listens any more.
    pub fn silence(&mut self) {
        self.is_silent = true;
        self.queue.clear();
        self.held = None;
    }

    /// The faults that were met.
    pub fn met(&self) -> &[&'static str] {
        &self.met
    }

    fn swallow(&mut self) {
        if std::mem::take(&mut self.is_half_open) {
            self.met.push("half-open");
        }
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
        self.is_new_stall = true;
    }

    /// What goes in comes out slowly, for a while.
    pub fn slow(&mut self, until: Duration) {
        self.slow_until = until;
        self.is_new_slow = true;
    }

    fn release(&mut self, now: Duration, dice: &mut Dice) {
        if let Some((_, packet)) = self.held.take() {
            self.queue(now, packet, dice);
        }
    }

    fn queue(&mut self, now: Duration, packet: Frame, dice: &mut Dice) {
        let Frame { mut bytes, mut id } = packet;
        if self.is_silent {
            return self.swallow();
        }
        if self.breaks_at.is_some() {
            return;
        }
        let stall = self.stall.filter(|(until, _)| now < *until).map(|(_, by)| by);
        if stall.is_some() && std::mem::take(&mut self.is_new_stall) {
            self.met.push("stall");
        }
        let takes = self.latency + dice.time(self.jitter) + stall.unwrap_or_default();
        let mut due = self.last.max(now + takes);
        if let Some(left) = &mut self.cut_after {
            if bytes.len() >= *left {
                bytes.truncate(*left);
                id = None;
                self.breaks_at = Some(due);
                self.met.push("cut-at");
            }
            *left -= bytes.len();
        }
        let is_slow = now < self.slow_until;
        let (size, wait) = if is_slow {
            SLOW
        } else if dice.percent(5) {
            (dice.below(bytes.len()).max(1), Duration::ZERO)
        } else {
            (bytes.len().max(1), Duration::ZERO)
        };
        if is_slow && bytes.len() > size && std::mem::take(&mut self.is_new_slow) {
            self.met.push("slow-reader");
        }
        for piece in bytes.chunks(size) {
            due += wait;
            self.queue.push_back(Piece { due, bytes: piece.to_vec(), ends: None });
        }
        if let Some(last) = self.queue.back_mut().filter(|_| !bytes.is_empty()) {
            last.ends = id;
        }
        self.breaks_at = self.breaks_at.map(|_| due);
        self.last = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn pipe() -> (Pipe, Dice) {
        let (mut pipe, mut dice) = (Pipe::new(MS, Duration::ZERO), Dice::new(1, 0));
        pipe.push(Duration::ZERO, frame(vec![0]), &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [0]);
        (pipe, dice)
    }

    fn frame(bytes: Vec<u8>) -> Frame {
        Frame { bytes, id: None }
    }

    fn all(pipe: &mut Pipe, dice: &mut Dice) -> Vec<u8> {
        let late = Duration::from_secs(100);
        std::iter::from_fn(|| pipe.pop(late, dice)).flat_map(|(bytes, _)| bytes).collect()
    }

    #[test]
    fn packets_come_out_in_order_when_they_are_due() {
        let (mut pipe, mut dice) = pipe();
        pipe.push(MS, frame(vec![1]), &mut dice);
        pipe.push(MS * 2, frame(vec![2]), &mut dice);
        assert_eq!(pipe.next(), Some(MS * 2));
        assert_eq!(pipe.pop(MS, &mut dice), None);
        assert_eq!(all(&mut pipe, &mut dice), [1, 2]);
        assert!(pipe.is_empty());
    }

    #[test]
    fn each_fault_does_what_it_says() {
        let (mut pipe, mut dice) = pipe();
        pipe.duplicate();
        pipe.push(MS, frame(vec![1]), &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [1, 1]);
        pipe.reorder();
        pipe.push(MS, frame(vec![1]), &mut dice);
        pipe.push(MS, frame(vec![2]), &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [2, 1]);
        pipe.reorder();
        pipe.push(MS, frame(vec![1]), &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [1]);
        pipe.corrupt(7);
        pipe.push(MS, frame(vec![0; 5]), &mut dice);
        let changed = all(&mut pipe, &mut dice);
        assert_eq!(changed.iter().map(|byte| byte.count_ones()).sum::<u32>(), 1);
        pipe.slow(MS * 100);
        pipe.push(MS, frame(vec![1; 250]), &mut dice);
        assert_eq!(pipe.queue.len(), 3);
        assert_eq!(all(&mut pipe, &mut dice), [1; 250]);
        pipe.cut_after(3);
        pipe.push(MS * 200, frame(vec![1, 2]), &mut dice);
        pipe.push(MS * 200, frame(vec![3, 4]), &mut dice);
        assert_eq!(all(&mut pipe, &mut dice), [1, 2, 3]);
        assert!(pipe.is_broken(MS * 1_000));
    }

    #[test]
    fn a_packet_that_is_held_back_is_not_lost_when_another_is_to_be() {
        let (mut pipe, mut dice) = pipe();
        for number in 1..=4 {
            pipe.reorder();
            pipe.push(MS, frame(vec![number]), &mut dice);
        }
        assert_eq!(all(&mut pipe, &mut dice), [2, 1, 4, 3]);
        assert_eq!(pipe.met(), ["reorder", "reorder"]);
    }

    #[test]
    fn faults_are_met_when_they_have_something_to_go_wrong_with() {
        let (mut pipe, mut dice) = pipe();
        pipe.duplicate();
        pipe.corrupt(0);
        pipe.reorder();
        pipe.stall(MS, MS);
        pipe.slow(MS);
        pipe.cut_after(100);
        assert!(pipe.met().is_empty());
        // Overtaken by nobody, and released for that, after the network is well again.
        pipe.push(MS * 2, frame(vec![1]), &mut dice);
        assert_eq!(all(&mut pipe, &mut dice).len(), 2);
        assert_eq!(pipe.met(), ["corrupt", "duplicate"]);
        pipe.half_open();
        assert_eq!(pipe.met().len(), 2);
        pipe.push(MS * 2, frame(vec![1]), &mut dice);
        pipe.push(MS * 2, frame(vec![1]), &mut dice);
        assert_eq!(pipe.met()[2..], ["half-open"]);
    }

    #[test]
    fn nothing_comes_out_of_a_silent_one() {
        let (mut pipe, mut dice) = pipe();
        pipe.push(MS, frame(vec![1]), &mut dice);
        pipe.silence();
        pipe.push(MS, frame(vec![1]), &mut dice);
        assert_eq!((pipe.next(), pipe.is_silent()), (None, true));
    }
}
