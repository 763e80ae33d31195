//! Two ends of a secret chat and a server between them (SC-85): both are killed before and after each write and each send, from the
//! first call on; the server loses, repeats and reorders, and answers late or never. What is promised: each message that was said is
//! heard once and in order, and both have one key.

mod end;
mod server;

use std::fmt;
use std::time::Duration;

use telewire::secret::{Message, State};
use telewire::time::Now;

use crate::dice::Dice;
use crate::schedules::{self, Broken};
use crate::secret::end::End;
use crate::secret::server::Server;

/// What came of one schedule, or of many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Schedules.
    pub schedules: u64,
    /// Messages that were said, and heard.
    pub messages: u64,
    /// Lives that were ended.
    pub kills: u64,
    /// New keys, on both sides.
    pub rekeys: u64,
    /// The fewest of one side in one schedule.
    pub least_rekeys: u64,
    /// What the server lost.
    pub lost: u64,
    /// What it delivered once more.
    pub repeated: u64,
    /// What it delivered before its turn.
    pub early: u64,
}

impl schedules::Figures for Figures {
    fn add(&mut self, other: &Self) {
        self.least_rekeys = if self.schedules == 0 {
            other.least_rekeys
        } else {
            self.least_rekeys.min(other.least_rekeys)
        };
        self.schedules += other.schedules;
        self.messages += other.messages;
        self.kills += other.kills;
        self.rekeys += other.rekeys;
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.early += other.early;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schedules, messages, kills, rekeys, least_rekeys, lost, repeated, early } = self;
        writeln!(
            f,
            "{schedules} schedules of secret chats: every message was heard once and in order"
        )?;
        writeln!(
            f,
            "  messages {messages}, killed {kills}, lost {lost}, repeated {repeated}, early {early}"
        )?;
        write!(f, "  new keys {rekeys}, at least {least_rekeys} on each side")
    }
}

/// Both ends, the server, the clock.
struct World {
    ends: [End; 2],
    server: Server,
    now: Now,
    dice: Dice,
    /// One of so many chances is taken to do harm.
    odds: usize,
}

/// Steps in which messages have to be said; what is not said then, never is. A message takes some thirty.
const STEPS_FOR_EACH: usize = 4_000;

/// Runs the schedule of a seed, in which each side says so many messages.
///
/// # Errors
///
/// What was not kept.
pub fn run(seed: u64, messages: usize) -> Result<Figures, Broken> {
    let mut world = World::new(seed);
    world.go(messages);
    world.finish();
    world.judge(messages).map_err(|what| Broken { seed, what })
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 0);
        let odds = [6, 12, 25, 80].get(dice.below(4)).copied().unwrap_or(25);
        let start = Duration::from_secs(1_700_000_000);
        let now = Now { mono: Duration::from_secs(1), unix: start };
        let ends = [End::creator(now, dice.fork()), End::acceptor(dice.fork())];
        Self { ends, server: Server::new(dice.fork(), odds), now, dice, odds }
    }

    fn harm(&mut self) -> bool {
        self.dice.below(self.odds) == 0
    }

    fn go(&mut self, messages: usize) {
        let mut left = messages.saturating_mul(STEPS_FOR_EACH);
        while left > 0 && self.ends.iter().any(|end| end.said.len() < messages) {
            left -= 1;
            let number = self.dice.below(2);
            match self.dice.below(16) {
                0 => self.say(number, messages),
                1..=6 => {
                    self.call(number);
                }
                7..=12 => {
                    self.deliver(number);
                }
                _ => self.pass(Duration::from_secs(1)),
            }
            self.settle(number);
        }
    }

    /// Nothing goes wrong any more. A word of each shows what is still missing.
    fn finish(&mut self) {
        self.odds = usize::MAX;
        self.server.odds = usize::MAX;
        for _ in 0..6 {
            for number in 0..2 {
                self.say_text(number, END);
            }
            for _ in 0..QUIET {
                self.pass(Duration::from_secs(3));
                for number in 0..2 {
                    self.settle(number);
                    while self.call(number) {
                        self.settle(number);
                    }
                    while self.deliver(number) {
                        self.settle(number);
                    }
                }
            }
        }
    }

    fn say(&mut self, number: usize, messages: usize) {
        let Some(end) = self.ends.get(number) else { return };
        if end.said.len() < messages {
            let text = end.said.len().to_string();
            self.say_text(number, &text);
        }
    }

    fn say_text(&mut self, number: usize, text: &str) {
        let (now, kill) = (self.now, self.harm());
        let Some(end) = self.ends.get_mut(number) else { return };
        let Some(chat) = &mut end.chat else { return };
        if chat.send(now, Message::text(text), None, &mut end.entropy).is_err() {
            return;
        }
        // What was not stored was not said.
        if kill {
            end.kill(now, &mut self.server, number);
        } else {
            end.store_all(&mut self.server, number);
            if text != END {
                end.said.push(text.to_owned());
            }
        }
    }

    /// Writes, computes, takes calls; and may be killed before and after each.
    fn settle(&mut self, number: usize) {
        loop {
            let (now, kills) = (self.now, [self.harm(), self.harm()]);
            let Some(end) = self.ends.get_mut(number) else { return };
            if kills[0] {
                end.kill(now, &mut self.server, number);
            }
            if end.store_one(&mut self.server, number) || end.work(now) {
                if kills[1] {
                    end.kill(now, &mut self.server, number);
                }
                continue;
            }
            if !end.take_call() {
                return;
            }
        }
    }

    /// The server gets a call; the answer may be lost, or find nobody.
    fn call(&mut self, number: usize) -> bool {
        let harms = [self.harm(), self.harm(), self.harm()];
        let now = self.now;
        let Some(end) = self.ends.get_mut(number) else { return false };
        let Some(call) = end.calls.pop_front() else { return false };
        let answer = if harms[0] {
            telewire::secret::Answer::Unknown
        } else {
            self.server.serve(number, &call.request)
        };
        if harms[1] {
            end.kill(now, &mut self.server, number);
            return true;
        }
        let answer = if harms[2] { telewire::secret::Answer::Unknown } else { answer };
        end.answer(now, call.token, answer);
        true
    }

    fn deliver(&mut self, number: usize) -> bool {
        let now = self.now;
        let Some(end) = self.ends.get_mut(number) else { return false };
        let Some(mail) = self.server.next(number) else { return false };
        end.take(now, mail);
        true
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
        for end in &mut self.ends {
            end.wake(self.now);
        }
    }

    fn judge(&self, messages: usize) -> Result<Figures, String> {
        let [alice, bob] = &self.ends;
        for (from, to) in [(alice, bob), (bob, alice)] {
            if to.state() != Some(State::Ready) {
                return Err(format!("{} is {:?}: {:?}", to.name, to.state(), to.closed));
            }
            if from.said.len() != messages {
                return Err(format!("{} said {} of {messages}", from.name, from.said.len()));
            }
            if to.heard != from.said {
                let same = to.heard.iter().zip(&from.said).take_while(|(a, b)| a == b).count();
                return Err(format!(
                    "{} heard {} messages of {}, the first {same} as they were said",
                    to.name,
                    to.heard.len(),
                    from.said.len()
                ));
            }
        }
        if alice.key_hash() != bob.key_hash() || alice.last_key != bob.last_key {
            return Err("the two sides have different keys".into());
        }
        Ok(Figures {
            schedules: 1,
            messages: (alice.heard.len() + bob.heard.len()) as u64,
            kills: alice.kills + bob.kills,
            rekeys: alice.rekeys + bob.rekeys,
            least_rekeys: alice.rekeys.min(bob.rekeys),
            lost: self.server.lost,
            repeated: self.server.repeated,
            early: self.server.early,
        })
    }
}

/// The last words, which count for nothing.
pub(crate) const END: &str = "end";

/// Rounds after which nothing is on its way any more, for a new key as well.
const QUIET: usize = 12;

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn sc_85_schedules_of_secret_chats_keep_what_is_promised() {
        for seed in 0..60 {
            let figures = run(seed, 30).unwrap_or_else(|broken| panic!("{broken}"));
            assert_eq!(figures.messages, 60);
        }
    }

    #[test]
    fn sc_85_long_schedules_have_several_new_keys() {
        for seed in 0..4 {
            let figures = run(seed, 400).unwrap_or_else(|broken| panic!("{broken}"));
            assert!(figures.least_rekeys >= 3, "{figures:?}");
        }
    }
}
