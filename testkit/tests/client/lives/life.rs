//! A life: one account, one disk, and the world that they are in.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use telewire::crypto::{EntropyExt, SeededEntropy};
use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::server::{Caller, Fault};
use telewire::tl::api::enums::Updates;
use telewire::tl::api::functions::account::SetAccountTtl;
use telewire::tl::api::functions::messages::StartBot;
use telewire_testkit::World;
use tokio::time::sleep;

use crate::lives::disk::Disk;
use crate::lives::ledger::Ledger;
use crate::lives::network::Network;
use crate::support::{FOUR, PHONE, Served, TWO, world_with};

/// How a life's account logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bot,
    Code,
    /// A code, and a password, which takes both sides much longer.
    Password,
    Qr,
    SignUp,
}

/// What is known of the login between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    Out,
    /// A login was begun.
    MaybeIn,
    In,
    /// Logging out was begun: the server may have ended the login.
    MaybeOut,
}

/// Of who writes to the account.
const FRIENDS_PHONE: &str = "+99 966 2 0002";

pub(super) struct Life {
    pub(super) seed: u64,
    pub(super) kind: Kind,
    home: DcId,
    user: i64,
    /// Who writes to it.
    friend: i64,
    pub(super) world: Served,
    pub(super) network: Network,
    pub(super) disk: Disk,
    ledger: Arc<Mutex<Ledger>>,
    login: Mutex<Login>,
    /// Whether nobody writes of themselves.
    pub(super) is_quiet: AtomicBool,
    /// What went wrong in the data centres.
    dc_faults: AtomicU32,
}

impl Life {
    pub(super) async fn new(seed: u64, entropy: &mut SeededEntropy) -> Self {
        let ledger = Arc::<Mutex<Ledger>>::default();
        let world = world_with(|accounts, dc, dispatcher| {
            let server = (accounts.clone(), dc, ledger.clone());
            dispatcher.on_later(move |caller, request: SetAccountTtl| {
                let number = request.ttl.days;
                (delay(number), run(&server, caller, number, false).map(|()| true))
            });
            let server = (accounts.clone(), dc, ledger.clone());
            dispatcher.on_later(move |caller, request: StartBot| {
                let number = i32::try_from(request.random_id).unwrap();
                (
                    delay(number),
                    run(&server, caller, number, true).map(|()| Updates::UpdatesTooLong),
                )
            });
        })
        .await;
        let [kind, home] = entropy.array();
        let home = if home % 2 == 0 { TWO } else { FOUR };
        let kind = match kind {
            0..64 => Kind::Bot,
            64..128 => Kind::Code,
            128..192 => Kind::Qr,
            192..248 => Kind::SignUp,
            248.. => Kind::Password,
        };
        let user = match kind {
            Kind::Bot => world.accounts.add_bot(home, "777:abc", "Helper"),
            Kind::Code | Kind::Password | Kind::Qr => world.accounts.add_user(home, PHONE, "Ada"),
            Kind::SignUp => 0,
        };
        if kind == Kind::Password {
            world.accounts.set_password(user, "secret", "");
        }
        world.accounts.set_home_of_new(home);
        Self {
            seed,
            kind,
            home,
            user,
            friend: world.accounts.add_user(home, FRIENDS_PHONE, "Bob"),
            network: Network::new(&world, seed).await,
            world,
            disk: Disk::new(seed, dice(seed, 3)),
            ledger,
            login: Mutex::new(Login::Out),
            is_quiet: AtomicBool::new(false),
            dc_faults: AtomicU32::new(0),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    pub(super) fn login(&self) -> Login {
        *lock(&self.login)
    }

    pub(super) fn set_login(&self, login: Login) {
        *lock(&self.login) = login;
    }

    /// What has gone wrong so far.
    pub(super) fn faults(&self) -> u32 {
        let in_dcs = self.dc_faults.load(Ordering::SeqCst);
        self.network.cuts() + self.disk.failures() + in_dcs
    }

    /// A program begins. In the way of a calm one nothing goes wrong from now on.
    pub(super) fn begin(&self, is_calm: bool) {
        self.is_quiet.store(false, Ordering::SeqCst);
        self.ledger().begin();
        self.network.set_calm(is_calm);
        if is_calm {
            for dc in [TWO, FOUR] {
                self.world.data_centre(dc).heal();
            }
        }
    }

    /// Lets something go wrong in a data centre, if that is a time for it.
    fn inject(&self, dc: DcId, fault: Fault) {
        let mut data_centre = self.world.data_centre(dc);
        if !self.network.is_calm() {
            self.dc_faults.fetch_add(1, Ordering::SeqCst);
            data_centre.inject(self.world.now(dc), fault);
        }
    }

    /// The friend writes the next message to the account, if it is logged in; its number. While it is quiet, only when somebody asked
    /// for that.
    pub(super) fn say(&self, is_wanted: bool) -> Option<i32> {
        if self.is_quiet.load(Ordering::SeqCst) && !is_wanted {
            return None;
        }
        let kept = self.disk.kept();
        let key = kept.key(self.home)?.auth_key.id();
        let user = self.world.accounts.user_of(self.home, key)?;
        let unix = self.world.now(self.home).unix;
        // Who writes at the same time does so in the order of the numbers.
        let mut ledger = self.ledger();
        let number = ledger.next_message();
        self.world.accounts.say(self.friend, user, &number.to_string(), unix).unwrap();
        if kept.updates.common.is_some() && self.login() == Login::In {
            ledger.owe(number);
        }
        drop(ledger);
        self.world.deliver();
        Some(number)
    }

    /// What happens in the world by itself: messages, faults, and somebody who scans every QR code.
    pub(super) async fn happen(&self, mut entropy: SeededEntropy) {
        loop {
            let [wait, fault, dc] = entropy.array();
            sleep(Duration::from_millis(u64::from(wait % 32))).await;
            self.say(false);
            let dc = if dc % 2 == 0 { TWO } else { FOUR };
            match fault {
                0..8 => self.inject(dc, Fault::ForgetSessions),
                8..16 => self.inject(dc, Fault::DropAnswer),
                16..20 => self.inject(dc, Fault::ChangeSalts),
                _ => {}
            }
            if self.kind == Kind::Qr {
                for token in self.world.accounts.shown_tokens() {
                    let now = self.world.now(TWO).unix;
                    let _ = self.world.accounts.approve(self.user, &token, now);
                }
                self.world.deliver();
            }
        }
    }

    /// Nothing happens any more, and nothing is on its way.
    pub(super) fn check(&self) {
        let seed = self.seed;
        self.ledger().check(seed);
        for dc in [TWO, FOUR] {
            for (key, _) in self.world.data_centre(dc).sessions() {
                assert!(
                    self.disk.was_kept(dc, key),
                    "seed {seed}: a key was used before it was kept"
                );
            }
        }
    }
}

/// What a life's seed decides of one part of it.
pub(super) fn dice(seed: u64, part: u64) -> SeededEntropy {
    SeededEntropy::new(seed * 8 + part)
}

/// Some answers come later.
fn delay(number: i32) -> Duration {
    Duration::from_millis(u64::try_from(number % 5 * 8).unwrap())
}

fn run(
    (accounts, dc, ledger): &(World, DcId, Arc<Mutex<Ledger>>),
    caller: &Caller,
    number: i32,
    is_keyed: bool,
) -> Result<(), RpcError> {
    if accounts.user_of(*dc, caller.key).is_none() {
        return Err(RpcError::parse(401, "AUTH_KEY_UNREGISTERED"));
    }
    let mut ledger = lock(ledger);
    if is_keyed && ledger.has_run(number) {
        return Err(RpcError::parse(500, "RANDOM_ID_DUPLICATE"));
    }
    ledger.run(number);
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
