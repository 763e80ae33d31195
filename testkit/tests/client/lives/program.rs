//! One program of a life: it logs in if it has to, makes calls, and ends well or badly.

use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use telewire::client::store::Store;
use telewire::client::{Client, Error, InvokeOptions, LoginError, QrStep, State, Step};
use telewire::ids::DcId;
use telewire::server::embedded_key;
use telewire::tl::Repeat;
use telewire::tl::api::enums::{InputPeer, InputUser, Message};
use telewire::tl::api::functions::account::SetAccountTtl;
use telewire::tl::api::functions::messages::StartBot;
use telewire::tl::api::types::AccountDaysTtl;
use telewire::updates::Event;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::lives::ledger::repeat_of;
use crate::lives::life::{Kind, Life, Login};
use crate::lives::plan::{LONGEST, Plan};
use crate::support::{API_HASH, FOUR, PATIENCE, PHONE, TWO};

/// Runs a program to its end. Whether it ended at a write.
///
/// It has a runtime of its own: when it ends, all its tasks are gone at once.
pub(super) fn run(life: &Arc<Life>, plan: &Plan) -> bool {
    let (crashed, crash) = oneshot::channel();
    let (alive, gone) = mpsc::channel::<()>();
    life.begin(plan.is_calm);
    let head = life.disk.next_program(plan.is_disk_sound, plan.crash, crashed, gone);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let has_crashed = runtime.block_on(async {
        let killed = async {
            match plan.killed_after {
                Some(after) => sleep(after).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Ok(()) = crash => true,
            () = killed => false,
            () = live(life.clone(), plan, head) => false,
        }
    });
    runtime.shutdown_background();
    life.disk.end_program();
    drop(alive);
    has_crashed
}

async fn live(life: Arc<Life>, plan: &Plan, store: impl Store) {
    let mut builder = Client::builder(1, API_HASH)
        .store(store)
        .home(TWO)
        .address(TWO, life.network.address(TWO))
        .keys(vec![embedded_key().unwrap().public().clone()]);
    if plan.is_told_all {
        builder = builder.address(FOUR, life.network.address(FOUR));
    }
    let client = builder.build().await.unwrap();
    let (seed, login) = (life.seed, life.login());
    let is_logged_in = client.is_logged_in();
    assert!(is_logged_in || login != Login::In, "seed {seed}: a login was lost");
    assert!(!is_logged_in || login != Login::Out, "seed {seed}: a login came back");
    let listening = tokio::spawn(listen(client.clone(), life.clone()));
    if let Some(after) = plan.closed_after {
        let client = client.clone();
        tokio::spawn(async move {
            sleep(after).await;
            client.close().await;
        });
    }
    let program =
        Program { faults: life.faults(), is_closed: plan.closed_after.is_some(), life, client };
    program.live(plan).await;
    within(seed, "closing", program.client.close()).await;
    within(seed, "the end of the updates", listening).await.unwrap();
}

/// Writes down the messages.
async fn listen(client: Client, life: Arc<Life>) {
    let (seed, mut states, mut updates) = (life.seed, client.states(), client.updates());
    loop {
        let update = match updates.next().await {
            Ok(Some(update)) => update,
            Ok(None) => return,
            // The login has ended. If there is another, its updates come.
            Err(Error::Stopped(_)) => {
                let has_ended = |state: &State| matches!(state, State::Stopped(_));
                let _ = states.wait_for(|state| !has_ended(state)).await;
                continue;
            }
            Err(error) => panic!("seed {seed}: {error}"),
        };
        assert!(!matches!(update.event, Event::Lost { .. }), "seed {seed}: {update:?}");
        if let Some(Message::Message(message)) = update.new_message()
            && let Ok(number) = message.message.parse()
        {
            life.ledger().come(number);
        }
    }
}

#[derive(Clone)]
struct Program {
    life: Arc<Life>,
    client: Client,
    /// The faults before it began.
    faults: u32,
    is_closed: bool,
}

impl Program {
    async fn live(&self, plan: &Plan) {
        if !self.log_in(plan).await {
            return;
        }
        self.call_all(plan).await;
        if plan.logs_out {
            self.life.set_login(Login::MaybeOut);
            self.life.ledger().owe_nothing();
            if let Err(error) = self.within("logging out", self.client.log_out()).await {
                return self.excuse(&error);
            }
            self.life.set_login(Login::Out);
            if !self.log_in(plan).await {
                return;
            }
        }
        if plan.is_calm && !self.is_closed && plan.killed_after.is_none() {
            self.see_updates().await;
        }
    }

    async fn log_in(&self, plan: &Plan) -> bool {
        let limit = if plan.is_calm { PATIENCE } else { LONGEST / 2 };
        for _ in 0..10 {
            let login = self.life.login();
            if self.client.is_logged_in() && login != Login::MaybeOut {
                self.life.set_login(Login::In);
                return true;
            }
            if self.client.is_logged_in() {
                match self.within("asking who it is", self.client.me()).await {
                    Ok(_) => {
                        self.life.set_login(Login::In);
                        return true;
                    }
                    // The server has ended the login.
                    Err(error) if matches!(error.cause(), Error::Stopped(_)) => {}
                    Err(error) => {
                        self.excuse(&error);
                        continue;
                    }
                }
            } else if login == Login::Out {
                self.life.set_login(Login::MaybeIn);
            }
            match timeout(limit, self.try_to_log_in()).await {
                Ok(Ok(())) => {
                    self.life.set_login(Login::In);
                    return true;
                }
                // One that was given up has happened, and was found.
                Ok(Err(LoginError::AlreadyLoggedIn)) => {}
                Ok(Err(error)) => self.excuse(&error),
                // It was given up, which is no failure where nobody waits for long.
                Err(_) => {
                    assert!(!plan.is_calm, "seed {}: logging in took too long", self.life.seed);
                }
            }
        }
        false
    }

    async fn try_to_log_in(&self) -> Result<(), LoginError> {
        match self.life.kind {
            Kind::Bot => {
                self.client.log_in_bot("777:abc").await?;
            }
            Kind::Qr => {
                let mut login = self.client.qr_login().await?;
                while !matches!(login.next().await?, QrStep::Done(_)) {}
            }
            Kind::Code | Kind::Password | Kind::SignUp => {
                let login = self.client.send_code(PHONE).await?;
                // If it is none any more, it was sent twice.
                let code = self.life.world.accounts.code(PHONE).ok_or(LoginError::CodeExpired)?;
                match login.submit(&code).await? {
                    Step::Password(step) => step.submit("secret").await?,
                    Step::SignUp(step) => step.submit("Ada", "").await?,
                    Step::Done(done) => done,
                    other => panic!("seed {}: {other:?}", self.life.seed),
                };
            }
        }
        Ok(())
    }

    async fn call_all(&self, plan: &Plan) {
        let mut calls = JoinSet::new();
        for (number, dc) in plan.calls.clone() {
            let program = self.clone();
            calls.spawn(async move { program.call(number, dc).await });
        }
        while let Some(call) = calls.join_next().await {
            call.unwrap();
        }
    }

    async fn call(&self, number: i32, dc: Option<DcId>) {
        let repeat = repeat_of(number);
        let options = InvokeOptions { repeat: Some(repeat), dc, ..Default::default() };
        let result = match repeat {
            Repeat::Keyed => {
                let request = StartBot {
                    bot: InputUser::InputUserSelf,
                    peer: InputPeer::InputPeerSelf,
                    random_id: number.into(),
                    start_param: String::new(),
                };
                let call = self.client.invoke_with(&request, &options);
                self.within("a call", call).await.map(|_| ())
            }
            _ => {
                let request = SetAccountTtl { ttl: AccountDaysTtl { days: number } };
                let call = self.client.invoke_with(&request, &options);
                self.within("a call", call).await.map(|_| ())
            }
        };
        if let Err(error) = &result {
            self.excuse(error);
        }
        self.life.ledger().end(number, repeat, result);
    }

    /// Waits for a message that comes after all others, and until none is missing.
    async fn see_updates(&self) {
        let life = &self.life;
        life.is_quiet.store(true, Ordering::SeqCst);
        let is_done = |last: i32| {
            let ledger = life.ledger();
            ledger.has_come(last) && ledger.lost().is_empty()
        };
        let all = async {
            loop {
                // The first may be before the place where the updates of a login begin.
                let last = life.say(true);
                for _ in 0..50 {
                    if last.is_some_and(is_done) {
                        return;
                    }
                    sleep(Duration::from_millis(10)).await;
                }
            }
        };
        if timeout(PATIENCE, all).await.is_err() {
            let lost = life.ledger().lost();
            let kept = life.disk.kept().updates.common;
            panic!("seed {}: messages {lost:?} were lost in silence, after {kept:?}", life.seed);
        }
        let mut states = self.client.states();
        let online = states.wait_for(|state| *state == State::Online);
        assert!(self.within("being online", online).await.is_ok());
    }

    /// P5: nothing fails unless something went wrong.
    fn excuse(&self, error: &dyn std::fmt::Display) {
        let has_excuse = self.is_closed || self.life.faults() > self.faults;
        assert!(has_excuse, "seed {}: {error}, and nothing had gone wrong", self.life.seed);
    }

    async fn within<T>(&self, what: &str, future: impl Future<Output = T>) -> T {
        within(self.life.seed, what, future).await
    }
}

async fn within<T>(seed: u64, what: &str, future: impl Future<Output = T>) -> T {
    match timeout(PATIENCE, future).await {
        Ok(done) => done,
        Err(_) => panic!("seed {seed}: {what} took too long"),
    }
}
