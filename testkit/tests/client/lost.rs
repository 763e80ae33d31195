//! Logins whose answer was lost: the future was dropped at any of its awaits, or its deadline passed.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use telewire::client::store::MemoryStore;
use telewire::client::{Client, CodeLogin, InvokeOptions, LoginError, PasswordStep, QrStep, Step};
use telewire::rpc::{Execution, RpcError};
use telewire::tl::api::functions::auth::{ImportBotAuthorization, SignIn};
use telewire::tl::api::functions::users::GetUsers;
use telewire_testkit::CodeKind;

use crate::support::{FOUR, PHONE, Served, TWO, id, patient, world, world_with};

/// Polls a future so often at most, and drops it; what it gave, if it was ready before.
async fn polled<T>(times: u32, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// After a step was dropped, whatever it had done: the client is either as it was or logged in, and it is not stuck.
async fn check(world: &Served, client: &Client, user: i64, what: &str) {
    // What is being kept is kept.
    let was = client.is_logged_in();
    let me = patient(client.me()).await;
    match &me {
        Ok(me) => {
            assert_eq!((id(me), client.is_logged_in()), (user, true), "{what}");
            assert_eq!(client.user().map(|user| user.id), Some(user), "{what}");
            let (home, kept) = (client.home(), client.snapshot());
            let key = kept.key(home).unwrap().auth_key.id();
            assert_eq!(world.accounts.user_of(home, key), Some(user), "{what}");
        }
        Err(error) => {
            assert!(!was && error.rpc().is_some_and(|error| error.code == 401), "{what}: {error}");
        }
    }
}

/// The number of polls after which a step is ready by itself, with room.
const MOST: u32 = 400;

/// Drops a step after every number of polls, until it is ready by itself. `again` goes on until somebody is logged in.
async fn drop_everywhere<
    A: AsyncFn(&Served, &Client, u32) -> bool,
    B: AsyncFn(&Served, &Client) -> i64,
>(
    user: i64,
    make: impl AsyncFn() -> Served,
    dropped: A,
    again: B,
) {
    for times in 1..MOST {
        let world = make().await;
        let client = world.client().await;
        let is_ready = patient(dropped(&world, &client, times)).await;
        let what = format!("{times} polls");
        // Another step finds out by itself what has become of this one.
        if times % 2 == 0 {
            check(&world, &client, user, &what).await;
        }
        if !client.is_logged_in() {
            assert_eq!(patient(again(&world, &client)).await, user, "{what}");
        }
        check(&world, &client, user, &what).await;
        assert!(client.is_logged_in(), "{what}");
        // The next program has it too.
        let kept = client.snapshot();
        patient(client.close()).await;
        let next = world.client_on(MemoryStore::from(kept)).await;
        assert_eq!(id(&patient(next.me()).await.unwrap()), user, "{what}");
        if is_ready {
            return;
        }
    }
    panic!("it is never ready");
}

async fn bot_world() -> Served {
    let world = world().await;
    world.accounts.add_bot(FOUR, "777:abc", "Helper");
    world
}

#[tokio::test]
async fn cf_19_a_bots_login_may_be_dropped_anywhere() {
    drop_everywhere(
        777,
        bot_world,
        async |_, client, times| polled(times, client.log_in_bot("777:abc")).await.is_some(),
        async |_, client| id(&client.log_in_bot("777:abc").await.unwrap().user),
    )
    .await;
}

const ADA: i64 = 5_000_000_001;

async fn ada_world() -> Served {
    let world = world().await;
    assert_eq!(world.accounts.add_user(FOUR, PHONE, "Ada"), ADA);
    world
}

fn code(world: &Served) -> String {
    world.accounts.code(PHONE).unwrap()
}

async fn by_code(world: &Served, client: &Client) -> i64 {
    let login = client.send_code(PHONE).await.unwrap();
    match login.submit(&code(world)).await.unwrap() {
        Step::Done(done) => id(&done.user),
        Step::Password(step) => id(&step.submit("secret").await.unwrap().user),
        Step::SignUp(step) => id(&step.submit("Ada", "").await.unwrap().user),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn cf_19_sending_a_code_may_be_dropped_anywhere() {
    let dropped = async |_: &Served, client: &Client, times| {
        polled(times, client.send_code(PHONE)).await.is_some()
    };
    drop_everywhere(ADA, ada_world, dropped, by_code).await;
}

#[tokio::test]
async fn cf_19_a_code_may_be_dropped_anywhere() {
    // The same step once more is the same login.
    let login = std::sync::Mutex::new(None::<CodeLogin>);
    let typed = std::sync::Mutex::new(String::new());
    let dropped = async |world: &Served, client: &Client, times| {
        let step = client.send_code(PHONE).await.unwrap();
        *typed.lock().unwrap() = code(world);
        *login.lock().unwrap() = Some(step.clone());
        polled(times, step.submit(&code(world))).await.is_some()
    };
    let again = async |_: &Served, _: &Client| {
        let (step, typed) = (login.lock().unwrap().clone().unwrap(), typed.lock().unwrap().clone());
        match step.submit(&typed).await.unwrap() {
            Step::Done(done) => id(&done.user),
            other => panic!("{other:?}"),
        }
    };
    drop_everywhere(ADA, ada_world, dropped, again).await;
}

#[tokio::test]
async fn cf_19_a_sign_up_may_be_dropped_anywhere() {
    let dropped = async |world: &Served, client: &Client, times| {
        let login = client.send_code(PHONE).await.unwrap();
        match login.submit(&code(world)).await.unwrap() {
            Step::SignUp(step) => polled(times, step.submit("Ada", "")).await.is_some(),
            other => panic!("{other:?}"),
        }
    };
    drop_everywhere(ADA, world, dropped, by_code).await;
}

/// The password's own step takes long: the proof is made on another thread, and few numbers of polls differ.
#[tokio::test]
async fn cf_19_a_password_may_be_dropped_anywhere() {
    let make = async || {
        let world = ada_world().await;
        world.accounts.set_password(ADA, "secret", "");
        world
    };
    let step = std::sync::Mutex::new(None::<PasswordStep>);
    let dropped = async |world: &Served, client: &Client, times| {
        let login = client.send_code(PHONE).await.unwrap();
        match login.submit(&code(world)).await.unwrap() {
            Step::Password(password) => {
                *step.lock().unwrap() = Some(password.clone());
                polled(times, password.submit("secret")).await.is_some()
            }
            other => panic!("{other:?}"),
        }
    };
    let again = async |_: &Served, _: &Client| {
        let step = step.lock().unwrap().clone().unwrap();
        id(&step.submit("secret").await.unwrap().user)
    };
    drop_everywhere(ADA, make, dropped, again).await;
}

#[tokio::test]
async fn cf_19_a_qr_code_may_be_dropped_anywhere() {
    let by_qr = async |world: &Served, client: &Client| {
        let mut login = client.qr_login().await.unwrap();
        go_on(world, client, &mut login).await
    };
    let dropped = async |world: &Served, client: &Client, times| {
        let mut login = client.qr_login().await.unwrap();
        let step = login.next().await.unwrap();
        let QrStep::Show { url, .. } = step else { panic!("{step:?}") };
        world.accounts.approve_link(ADA, &url, world.now(TWO).unix).unwrap();
        world.deliver();
        let is_ready = polled(times, login.next()).await.is_some();
        // The same one goes on.
        if !is_ready && times % 2 == 1 {
            assert_eq!(go_on(world, client, &mut login).await, ADA);
        }
        is_ready
    };
    drop_everywhere(ADA, ada_world, dropped, by_qr).await;
}

async fn go_on(world: &Served, client: &Client, login: &mut telewire::client::QrLogin) -> i64 {
    loop {
        match login.next().await {
            Ok(QrStep::Show { url, .. }) => {
                // It may be approved already.
                let _ = world.accounts.approve_link(ADA, &url, world.now(client.home()).unix);
                world.deliver();
            }
            Ok(QrStep::Done(done)) => return id(&done.user),
            // It was used up by the one that was dropped.
            Err(LoginError::Restart) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Steps that do not log in: a login goes on, or is begun anew.
#[tokio::test]
async fn cf_19_other_steps_may_be_dropped_anywhere() {
    let resend = async |_: &Served, client: &Client, times| {
        let login = client.send_code(PHONE).await.unwrap();
        polled(times, login.resend()).await.is_some()
    };
    drop_everywhere(ADA, ada_world, resend, by_code).await;
    let cancel = async |_: &Served, client: &Client, times| {
        let login = client.send_code(PHONE).await.unwrap();
        polled(times, login.cancel()).await.is_some()
    };
    drop_everywhere(ADA, ada_world, cancel, by_code).await;
    let me = async |_: &Served, client: &Client, times| polled(times, client.me()).await.is_some();
    drop_everywhere(ADA, ada_world, me, by_code).await;
    let begin =
        async |_: &Served, client: &Client, times| polled(times, client.qr_login()).await.is_some();
    drop_everywhere(ADA, ada_world, begin, by_code).await;
    let email_world = async || {
        let world = ada_world().await;
        world.accounts.set_code_kinds(&[CodeKind::SetUpEmail, CodeKind::App]);
        world
    };
    let by_code_again = async |world: &Served, client: &Client| {
        world.accounts.set_code_kinds(&[CodeKind::Sms]);
        by_code(world, client).await
    };
    let set_up = async |_: &Served, client: &Client, times| {
        let login = client.send_code(PHONE).await.unwrap();
        polled(times, login.set_up_email("ada@example.com")).await.is_some()
    };
    drop_everywhere(ADA, &email_world, set_up, &by_code_again).await;
    let verify = async |world: &Served, client: &Client, times| {
        let login = client.send_code(PHONE).await.unwrap();
        let step = login.set_up_email("ada@example.com").await.unwrap();
        polled(times, step.submit(&code(world))).await.is_some()
    };
    drop_everywhere(ADA, &email_world, verify, &by_code_again).await;
}

#[tokio::test]
async fn cf_19_a_log_out_may_be_dropped_anywhere() {
    for times in 1..MOST {
        let world = world().await;
        let client = world.bot().await;
        let is_ready = polled(times, client.log_out()).await.is_some();
        patient(client.log_out()).await.unwrap();
        assert_eq!((client.is_logged_in(), world.accounts.logins(777).len()), (false, 0));
        patient(client.log_in_bot("777:abc")).await.unwrap();
        if is_ready {
            return;
        }
    }
    panic!("it is never ready");
}

/// What passes in vain, and is long enough for a call that is answered.
const SHORT: Duration = Duration::from_secs(2);

/// A world that logs in, and answers too late for the deadline of the first call.
async fn late_world() -> (Served, Arc<AtomicBool>) {
    let is_late = Arc::new(AtomicBool::new(true));
    let late = is_late.clone();
    let world = world_with(move |accounts, dc, dispatcher| {
        let late = |late: &AtomicBool| match late.swap(false, Ordering::Relaxed) {
            true => Duration::from_secs(3_600),
            false => Duration::ZERO,
        };
        let (here, first) = (accounts.clone(), is_late.clone());
        dispatcher.on_later(move |caller, _: ImportBotAuthorization| {
            (late(&first), here.authorize(dc, caller.key, 777))
        });
        let (here, first) = (accounts.clone(), is_late.clone());
        dispatcher
            .on_later(move |caller, _: SignIn| (late(&first), here.authorize(dc, caller.key, ADA)));
    })
    .await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    world.accounts.add_user(TWO, PHONE, "Ada");
    (world, late)
}

#[tokio::test]
async fn cf_19_a_login_whose_deadline_passed_is_found() {
    let short = InvokeOptions { deadline: Some(SHORT), ..Default::default() };
    // By the next program, or by whoever asks who is logged in.
    for asks in [true, false] {
        let (world, _) = late_world().await;
        let client = world.client().await;
        patient(client.refresh_config()).await.unwrap();
        let error = patient(client.with_options(short.clone()).log_in_bot("777:abc")).await;
        let Err(LoginError::Client(error)) = error else { panic!("{error:?}") };
        assert_eq!((error.execution(), client.is_logged_in()), (Execution::Maybe, false));
        let found = match asks {
            true => client.clone(),
            false => {
                let kept = client.snapshot();
                patient(client.close()).await;
                world.client_on(MemoryStore::from(kept)).await
            }
        };
        assert_eq!(id(&patient(found.me()).await.unwrap()), 777);
        assert_eq!((found.is_logged_in(), found.user().unwrap().id), (true, 777));
        assert!(found.snapshot().is_authorized(TWO));
    }
    // By the same step once more.
    let (world, _) = late_world().await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    let hurried = client.with_options(short.clone());
    patient(hurried.log_in_bot("777:abc")).await.unwrap_err();
    assert_eq!(id(&patient(hurried.log_in_bot("777:abc")).await.unwrap().user), 777);
    let (world, _) = late_world().await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    let login = patient(client.with_options(short.clone()).send_code(PHONE)).await.unwrap();
    patient(login.submit("1")).await.unwrap_err();
    let step = patient(login.submit("1")).await.unwrap();
    assert!(matches!(&step, Step::Done(done) if id(&done.user) == ADA), "{step:?}");
    // Not by another one: it hears that somebody is logged in.
    let (world, _) = late_world().await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    let login = patient(client.with_options(short).send_code(PHONE)).await.unwrap();
    patient(login.submit("1")).await.unwrap_err();
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    assert_eq!((error, client.user().unwrap().id), (LoginError::AlreadyLoggedIn, ADA));
    // It is known to whoever ends it.
    let out = patient(client.log_out()).await.unwrap();
    assert!(out.was_logged_in && world.accounts.logins(ADA).is_empty());
}

/// Whether somebody is logged in is not known while that cannot be asked: nothing is done a second time then.
#[tokio::test]
async fn cf_19_what_cannot_be_asked_about_is_not_taken_for_nobody() {
    let short = InvokeOptions { deadline: Some(SHORT), ..Default::default() };
    let (world, _) = late_world().await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    patient(client.with_options(short).log_in_bot("777:abc")).await.unwrap_err();
    world.accounts.refuse_next::<GetUsers>(RpcError::parse(400, "USER_ID_INVALID"));
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    assert!(matches!(&error, LoginError::Client(error) if error.is("USER_ID_INVALID")), "{error}");
    assert!(!client.is_logged_in());
    assert_eq!(id(&patient(client.log_in_bot("777:abc")).await.unwrap().user), 777);
    assert_eq!(world.accounts.logins(777).len(), 1);
}

#[tokio::test]
async fn cf_19_a_login_that_nobody_heard_of_can_be_ended() {
    let short = InvokeOptions { deadline: Some(SHORT), ..Default::default() };
    let (world, _) = late_world().await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    patient(client.with_options(short).log_in_bot("777:abc")).await.unwrap_err();
    assert!(!client.is_logged_in() && world.accounts.logins(777).len() == 1);
    let out = patient(client.log_out()).await.unwrap();
    assert!(out.was_logged_in && world.accounts.logins(777).is_empty());
    assert!(!patient(client.log_out()).await.unwrap().was_logged_in);
}
