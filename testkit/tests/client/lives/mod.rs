//! Many random lives of a client. A life is a few programs, one after the other, on one disk, with one account that lives in
//! either of two data centres. Links are cut at any byte; programs end at any write to the disk, before or after it takes
//! effect, and at any moment; writes fail; data centres forget sessions, lose answers and change their salts. The last program
//! of each life has no faults in its way.
//!
//! The client keeps what its session layer promises:
//!
//! * What must not run twice does not, and what is said of a call that failed is so.
//! * What succeeded ran, and nothing fails unless something went wrong (P5).
//! * Messages come in their order and once in a program, and all of them over any crash, or the loss is told (UP-84, UP-85).
//! * A login that was told is found by the next program, and one that was ended is not. There is never half a login.
//! * A key is on the disk before a packet is sent with it.
//!
//! A seed decides who logs in and how, the calls, what goes wrong after how many bytes and writes, and where programs end. The
//! sockets, the clocks and the client's own randomness are real, so that the same seed is a similar life, not the same one.

mod disk;
mod ledger;
mod life;
mod network;
mod plan;
mod program;

use std::sync::Arc;

use tokio::task::{JoinSet, spawn_blocking};

use life::{Life, dice};
use plan::Plan;

/// How many lives there are, unless `TELEWIRE_LIVES` says otherwise. `TELEWIRE_LIFE` is the seed of the first.
const LIVES: u64 = 40;

/// How many are lived at once. They mostly wait.
const AT_ONCE: usize = 64;

/// The programs of a life.
const PROGRAMS: i32 = 4;

/// What a life had in it, to see that it was not for nothing.
#[derive(Debug, Default)]
struct Tally {
    calls: usize,
    /// Messages that came, and those that had to.
    came: usize,
    owed: usize,
    crashes: u32,
    faults: u32,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.came += other.came;
        self.owed += other.owed;
        self.crashes += other.crashes;
        self.faults += other.faults;
    }
}

async fn live(seed: u64) -> Tally {
    let mut entropy = dice(seed, 0);
    let life = Arc::new(Life::new(seed, &mut entropy).await);
    let mut world = JoinSet::new();
    let happening = (life.clone(), dice(seed, 1));
    world.spawn(async move { happening.0.happen(happening.1).await });
    let mut tally = Tally::default();
    for number in 1..=PROGRAMS {
        let plan = Plan::new(number, number == PROGRAMS, &mut entropy);
        let program = life.clone();
        let has_crashed = spawn_blocking(move || program::run(&program, &plan)).await.unwrap();
        tally.crashes += u32::from(has_crashed);
        life.network.hang_up().await;
    }
    world.shutdown().await;
    life.check();
    tally.calls = life.ledger().calls_that_succeeded();
    tally.came = life.ledger().messages_that_came();
    tally.owed = life.ledger().messages_that_had_to_come();
    tally.faults = life.faults();
    tally
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cf_22_whatever_ends_a_program_its_calls_its_updates_and_its_login_are_as_they_were_told() {
    let number = |name| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let lives = number("TELEWIRE_LIVES").unwrap_or(LIVES);
    let first = number("TELEWIRE_LIFE").unwrap_or(0);
    let mut seeds = first..first + lives;
    let mut living = JoinSet::new();
    let (mut all, mut failed) = (Tally::default(), 0);
    loop {
        // Those that have begun go on to their end, but after a failure no others begin.
        while living.len() < AT_ONCE && failed == 0 {
            let Some(seed) = seeds.next() else { break };
            living.spawn(live(seed));
        }
        match living.join_next().await {
            Some(Ok(life)) => all.add(&life),
            Some(Err(_)) => failed += 1,
            None => break,
        }
    }
    assert_eq!(failed, 0, "lives failed, see above");
    // It was not for nothing: the calls of the last program, and some before.
    let lives = usize::try_from(lives).unwrap();
    if lives >= 10 {
        assert!(all.calls > lives * 9 && all.came > lives && all.owed > lives, "{all:?}");
        assert!(all.crashes > 0 && all.faults > 0, "{all:?}");
    }
}
