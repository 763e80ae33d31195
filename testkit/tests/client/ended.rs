//! Logins that have ended are kept as ended: the next program logs in again.

use std::future::{Future, poll_fn};
use std::task::Poll;

use telewire::client::store::{FileStore, MemoryStore};
use telewire::client::{Client, Error, InvokeOptions, State, StopReason};
use telewire::rpc::Execution;
use telewire::server::Fault;
use telewire::tl::Repeat;
use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::help::GetNearestDc;

use crate::support::{FOUR, Relay, Served, Silence, TWO, id, patient, world, world_with};

/// What README's program does: it logs in if nobody is, and asks who it is.
async fn program(world: &Served, store: FileStore) -> Result<i64, Error> {
    let client = world.client_on(store).await;
    if !client.is_logged_in() {
        patient(client.log_in_bot("777:abc")).await.unwrap();
    }
    let me = patient(client.me()).await;
    patient(client.close()).await;
    me.map(|user| id(&user))
}

#[tokio::test]
async fn cf_17_the_next_program_logs_in_again_after_every_end() {
    for (name, reason) in [
        ("AUTH_KEY_DUPLICATED", StopReason::KeyDuplicated),
        ("AUTH_KEY_UNREGISTERED", StopReason::LoggedOut),
        ("SESSION_REVOKED", StopReason::Revoked),
        ("SESSION_EXPIRED", StopReason::Revoked),
        ("USER_DEACTIVATED", StopReason::Deactivated),
        ("USER_DEACTIVATED_BAN", StopReason::Deactivated),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session");
        let world = world().await;
        world.accounts.add_bot(TWO, "777:abc", "Helper");
        let open = || FileStore::open(&path).unwrap();
        assert_eq!(program(&world, open()).await, Ok(777));
        world.accounts.revoke(TWO, world.accounts.logins(777)[0].1, name);
        // The one that hears it ends.
        assert_eq!(program(&world, open()).await, Err(Error::Stopped(reason)), "{name}");
        // The next does not know of a login, and goes on.
        for _ in 0..2 {
            assert_eq!(program(&world, open()).await, Ok(777), "{name}");
        }
        assert_eq!(world.accounts.logins(777).len(), 1, "{name}");
    }
}

#[tokio::test]
async fn cf_17_the_next_program_logs_in_again_where_its_key_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session");
    let open = || FileStore::open(&path).unwrap();
    let old = world().await;
    old.accounts.add_bot(TWO, "777:abc", "Helper");
    assert_eq!(program(&old, open()).await, Ok(777));
    drop(old);
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let error = program(&world, open()).await.unwrap_err();
    // The key is not known: nothing ran.
    assert_eq!(error, Error::Stopped(StopReason::KeyUnknown));
    assert_eq!(
        (error.execution(), error.to_string().contains("may have run")),
        (Execution::Never, false)
    );
    assert_eq!(program(&world, open()).await, Ok(777));
}

/// What was under way over a link that had been good may have run before the key was lost; what only went over links that began with
/// -404 did not, though the key had been good before.
#[tokio::test]
async fn cf_17_of_a_key_that_is_lost_meanwhile_only_what_was_under_way_may_have_run() {
    for options in [
        InvokeOptions::default(),
        InvokeOptions { repeat: Some(Repeat::Keyed), ..Default::default() },
        InvokeOptions { repeat: Some(Repeat::Once), ..Default::default() },
    ] {
        let silence = Silence::default();
        let silent = silence.clone();
        let world = world_with(move |_, _, dispatcher| silent.register(dispatcher)).await;
        let kept = world.bot().await.snapshot();
        let relay = Relay::new(world.address(TWO)).await;
        let client = world.client_by(&relay, MemoryStore::from(kept)).await;
        patient(client.me()).await.unwrap();
        let call = |client: Client, options: InvokeOptions| {
            tokio::spawn(async move { client.invoke_with(&GetNearestDc, &options).await })
        };
        let under_way = call(client.clone(), options.clone());
        silence.asked(1).await;
        let mut states = client.states();
        world.data_centre(TWO).inject(world.now(TWO), Fault::ForgetKeys);
        relay.cut();
        patient(states.wait_for(|state| matches!(state, State::Offline { .. }))).await.unwrap();
        let later = call(client.clone(), options.clone());
        let stopped = Error::Stopped(StopReason::KeyUnknown);
        let error = patient(under_way).await.unwrap().unwrap_err();
        assert_eq!((error.cause(), error.execution()), (&stopped, Execution::Maybe), "{options:?}");
        assert_eq!(patient(later).await.unwrap(), Err(stopped), "{options:?}");
    }
}

#[tokio::test]
async fn cf_17_a_login_that_ended_elsewhere_is_ended_at_once_for_all_who_ask() {
    let world = world_with(|accounts, dc, dispatcher| {
        accounts.on(dc, dispatcher, |_, _: UpdateStatus| Ok(true));
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session");
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client_on(FileStore::open(&path).unwrap()).await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let (status, there) = (
        UpdateStatus { offline: false },
        telewire::client::InvokeOptions { dc: Some(FOUR), ..Default::default() },
    );
    patient(client.invoke_with(&status, &there)).await.unwrap();
    world.accounts.revoke(TWO, world.accounts.logins(777)[0].1, "SESSION_REVOKED");
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.invoke(&UpdateStatus { offline: false }).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let error = patient(call).await.unwrap().unwrap_err();
        assert_eq!(*error.cause(), Error::Stopped(StopReason::Revoked));
        assert!(!client.is_logged_in());
    }
    patient(client.close()).await;
    // Without another word of the server's.
    let next = world.client_on(FileStore::open(&path).unwrap()).await;
    let kept = next.snapshot();
    assert_eq!((next.is_logged_in(), next.user(), next.home()), (false, None, TWO));
    assert_eq!((kept.key(TWO), kept.key(FOUR)), (None, None));
    // Where the data centres are is no secret of the login's.
    assert_eq!(next.addresses(FOUR), [world.address(FOUR)]);
}

/// Two calls are under way when the login ends. What is said of it is the same, however late the second hears, and also if somebody has
/// logged in again by then.
#[tokio::test]
async fn cf_17_a_call_that_hears_of_the_end_after_another_ends_as_that_does() {
    for (name, reason) in [
        ("AUTH_KEY_UNREGISTERED", StopReason::LoggedOut),
        ("SESSION_REVOKED", StopReason::Revoked),
        ("USER_DEACTIVATED", StopReason::Deactivated),
    ] {
        for logs_in_again in [false, true] {
            let world = world().await;
            world.accounts.add_bot(TWO, "777:abc", "Helper");
            let client = world.client_on(MemoryStore::new()).await;
            patient(client.log_in_bot("777:abc")).await.unwrap();
            world.accounts.revoke(TWO, world.accounts.logins(777)[0].1, name);
            // It is sent, and its answer lies there before that of the next one.
            let mut late = std::pin::pin!(client.me());
            let polled = poll_fn(|cx| Poll::Ready(late.as_mut().poll(cx)));
            assert!(polled.await.is_pending());
            let ended = Error::Stopped(reason.clone());
            assert_eq!(*patient(client.me()).await.unwrap_err().cause(), ended, "{name}");
            if logs_in_again {
                patient(client.log_in_bot("777:abc")).await.unwrap();
            }
            assert_eq!(*patient(late).await.unwrap_err().cause(), ended, "{name}");
            assert_eq!(client.is_logged_in(), logs_in_again, "{name}");
        }
    }
}

#[tokio::test]
async fn cf_17_whoever_only_listens_keeps_the_end_too() {
    let world = world().await;
    let kept = world.bot().await.snapshot();
    let client = world.client_on(MemoryStore::from(kept)).await;
    patient(client.me()).await.unwrap();
    let mut states = client.states();
    world.data_centre(TWO).inject(world.now(TWO), Fault::ForgetKeys);
    world.data_centre(TWO).inject(world.now(TWO), Fault::TransportError { code: -404 });
    patient(states.wait_for(|state| matches!(state, State::Stopped(_)))).await.unwrap();
    assert!(!client.is_logged_in());
    let kept = patient(async {
        // It is told first.
        while client.snapshot().is_authorized(TWO) {
            tokio::task::yield_now().await;
        }
        client.snapshot()
    })
    .await;
    patient(client.close()).await;
    let next = world.client_on(MemoryStore::from(kept)).await;
    assert_eq!((next.is_logged_in(), next.user()), (false, None));
    patient(next.log_in_bot("777:abc")).await.unwrap();
}

/// Anybody on the way can say -404: no proof is needed for it.
#[tokio::test]
async fn cf_17_a_key_that_is_known_after_all_finds_its_login_again() {
    let world = world().await;
    let kept = world.bot().await.snapshot();
    let liar = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = liar.local_addr().unwrap();
    let lying = tokio::spawn(async move {
        for _ in 0..100 {
            let (mut socket, _) = liar.accept().await.unwrap();
            let mut tag = [0; 64];
            let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut tag).await;
            let answer = [4_i32.to_le_bytes(), (-404_i32).to_le_bytes()].concat();
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, &answer).await;
        }
    });
    let key = telewire::server::embedded_key().unwrap().public().clone();
    let builder = Client::builder(1, crate::support::API_HASH).keys(vec![key]).home(TWO);
    let store = MemoryStore::from(kept);
    let client = builder.address(TWO, address).store(store).build().await.unwrap();
    assert_eq!(patient(client.me()).await, Err(Error::Stopped(StopReason::KeyUnknown)));
    lying.abort();
    let next = world.client_on(MemoryStore::from(client.snapshot())).await;
    assert!(!next.is_logged_in());
    assert_eq!(id(&patient(next.me()).await.unwrap()), 777);
    assert!(next.is_logged_in());
    assert_eq!(world.accounts.logins(777).len(), 1);
}

#[tokio::test]
async fn an_answer_to_a_login_that_is_not_the_one_at_hand_ends_nothing() {
    let world = world_with(|accounts, dc, dispatcher| {
        let accounts = accounts.clone();
        dispatcher.on_later(move |caller, _: UpdateStatus| {
            // The first login is told late that it has ended.
            let is_first = accounts.user_of(dc, caller.key) != Some(778);
            let answer = match is_first {
                true => Err(telewire::rpc::RpcError::parse(401, "SESSION_REVOKED")),
                false => Ok(true),
            };
            (std::time::Duration::from_millis(if is_first { 500 } else { 0 }), answer)
        });
    })
    .await;
    world.accounts.add_bot(TWO, "778:abc", "Other");
    let client = world.bot().await;
    let late = client.clone();
    let late = tokio::spawn(async move { late.invoke(&UpdateStatus { offline: false }).await });
    tokio::task::yield_now().await;
    patient(client.log_out()).await.unwrap();
    patient(client.log_in_bot("778:abc")).await.unwrap();
    assert!(patient(late).await.unwrap().is_err() || client.is_logged_in());
    assert_eq!(patient(client.invoke(&UpdateStatus { offline: false })).await, Ok(true));
    assert!(client.is_logged_in());
}
