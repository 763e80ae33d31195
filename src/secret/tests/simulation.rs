//! SC-85: both sides killed at every write and every send, gaps, repetitions, new keys; each message heard once and in order.

use std::collections::HashSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;

/// A network and two machines that a seed drives.
struct Sim {
    pair: Pair,
    dice: ChaCha8Rng,
    /// What each end has said.
    said: [Vec<String>; 2],
    kills: u32,
    /// What the server has lost.
    lost: HashSet<Vec<u8>>,
}

impl Sim {
    fn new(seed: u64) -> Self {
        let dice = ChaCha8Rng::seed_from_u64(seed);
        Self { pair: Pair::new(seed), dice, said: [vec![], vec![]], kills: 0, lost: HashSet::new() }
    }

    fn one_in(&mut self, sides: u32) -> bool {
        self.dice.next_u32().is_multiple_of(sides)
    }

    fn below(&mut self, count: usize) -> usize {
        self.dice.next_u32() as usize % count
    }

    fn kill(&mut self, end: usize) {
        self.kills += 1;
        let now = self.pair.now;
        self.pair.ends[end].crash(now);
    }

    /// What `End::settle` does, but that the end may be killed before and after each write, each work and each send.
    fn settle(&mut self, end: usize, odds: u32) {
        let now = self.pair.now;
        loop {
            if self.one_in(odds) {
                self.kill(end);
            }
            if let Some(batch) = self.pair.ends[end].chat.poll_batch() {
                if self.one_in(odds) {
                    self.kill(end);
                    continue;
                }
                let end = &mut self.pair.ends[end];
                end.rows.apply(&batch);
                end.heard.extend(batch.events.iter().cloned());
                end.chat.handle_stored(batch.number);
                continue;
            }
            let that = &mut self.pair.ends[end];
            if let Some(work) = that.chat.poll_work() {
                that.chat.handle_done(now, work.run(), &mut that.entropy);
                continue;
            }
            match that.chat.poll_call() {
                Some(call) => that.calls.push_back(call),
                None => return,
            }
        }
    }

    /// The server takes a call of an end, or loses it, or its answer.
    fn send(&mut self, end: usize, odds: u32) {
        let Some(call) = self.pair.ends[end].calls.pop_front() else { return };
        let now = self.pair.now;
        let answer = if self.one_in(odds) {
            Answer::Unknown
        } else {
            let answer = self.pair.serve(1 - end, call.request);
            // Killed after the server has it, before the answer.
            if self.one_in(odds) {
                self.kill(end);
                return;
            }
            if self.one_in(odds) { Answer::Unknown } else { answer }
        };
        self.pair.ends[end].answer(now, call.token, answer);
    }

    /// The server delivers something: mostly the first, at times another; at times it loses what it has, or delivers it twice.
    fn deliver(&mut self, end: usize, odds: u32) {
        let waiting = self.pair.ends[end].mail.len();
        if waiting == 0 {
            return;
        }
        let place = if self.one_in(odds) { self.below(waiting.min(5)) } else { 0 };
        let message = self.pair.ends[end].mail.remove(place).unwrap();
        if self.one_in(odds) && self.lost.insert(message.bytes.clone()) {
            // Lost, once: what follows shows the gap, and a resend brings it.
            return;
        }
        let now = self.pair.now;
        // Until it is stored, the server has it: so it comes until one life of the end outlives the batch.
        loop {
            let before = self.kills;
            let that = &mut self.pair.ends[end];
            that.chat.handle_message(now, message.clone(), &mut that.entropy);
            self.settle(end, odds);
            if self.kills == before {
                break;
            }
        }
        if self.one_in(odds) {
            let that = &mut self.pair.ends[end];
            that.chat.handle_message(now, message, &mut that.entropy);
            self.settle(end, odds);
        }
    }

    fn say(&mut self, end: usize, odds: u32) {
        let text = self.said[end].len().to_string();
        let now = self.pair.now;
        let that = &mut self.pair.ends[end];
        if that.chat.send(now, Message::text(&*text), None, &mut that.entropy).is_err() {
            return;
        }
        // What was not stored was not said.
        if self.one_in(odds) {
            self.kill(end);
            return;
        }
        let that = &mut self.pair.ends[end];
        while let Some(batch) = that.chat.poll_batch() {
            that.store(&batch);
        }
        self.said[end].push(text);
    }

    fn run(&mut self, messages: usize, odds: u32) {
        while self.said.iter().any(|said| said.len() < messages) {
            let end = self.below(2);
            match self.below(8) {
                0 if self.said[end].len() < messages => self.say(end, odds),
                1..=3 => self.send(end, odds),
                4..=6 => self.deliver(end, odds),
                _ => {
                    self.pair.now = self.pair.now.after(Duration::from_secs(1));
                    let now = self.pair.now;
                    let that = &mut self.pair.ends[end];
                    that.chat.handle_timeout(now, &mut that.entropy);
                }
            }
            self.settle(end, odds);
        }
        // Then nothing more goes wrong. A word from each shows what is still missing.
        for _ in 0..4 {
            self.pair.pass(Duration::from_secs(10));
            self.pair.run();
            for end in 0..2 {
                self.pair.say(end, "end");
            }
            self.pair.run();
        }
    }
}

fn simulate(seed: u64, messages: usize, odds: u32) -> Sim {
    let mut sim = Sim::new(seed);
    sim.run(messages, odds);
    for end in 0..2 {
        assert_eq!(sim.pair.ends[end].chat.state(), State::Ready, "seed {seed}");
        let mut heard = sim.pair.ends[1 - end].texts();
        heard.retain(|text| text != "end");
        assert_eq!(heard, sim.said[end], "seed {seed}");
        let numbers = sim.pair.numbers(end);
        assert_eq!(numbers.made, sim.pair.numbers(1 - end).received, "seed {seed}");
    }
    assert_eq!(sim.pair.ends[0].key(), sim.pair.ends[1].key(), "seed {seed}");
    sim
}

fn rekeys(sim: &Sim, end: usize) -> usize {
    sim.pair.ends[end].hears(|event| matches!(event, Event::Rekeyed { .. }))
}

#[test]
fn sc_85_each_message_is_heard_once_and_in_order_whatever_is_killed_and_lost() {
    let mut kills = 0;
    for seed in 0..40 {
        for odds in [8, 20, 60] {
            kills += simulate(seed, 40, odds).kills;
        }
    }
    assert!(kills > 1_000, "{kills}");
}

#[test]
fn sc_85_over_several_new_keys() {
    for seed in 100..106 {
        let sim = simulate(seed, 300, 25);
        for end in 0..2 {
            assert!(rekeys(&sim, end) >= 3, "seed {seed}: {}", rekeys(&sim, end));
        }
    }
}
