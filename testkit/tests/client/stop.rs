//! Logins that the server has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use telewire::client::store::MemoryStore;
use telewire::client::{Error, InvokeOptions, State, StopReason};
use telewire::rpc::Execution;
use telewire::server::Fault;
use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::types::NearestDc;
use telewire::tl::wrap::functions::help::GetConfig;

use crate::support::{FOUR, Relay, Silence, TWO, id, patient, world_with};

/// Longer than several dials take, after a link was lost.
const DIALS: Duration = Duration::from_millis(500);

async fn no_dial_follows(relay: &Relay, dials: u32) {
    tokio::time::sleep(DIALS).await;
    assert_eq!(relay.dials(), dials);
}

#[tokio::test]
async fn cf_17_a_login_that_was_ended_stops_the_client_for_good() {
    for (name, reason) in [
        ("AUTH_KEY_DUPLICATED", StopReason::KeyDuplicated),
        ("AUTH_KEY_UNREGISTERED", StopReason::LoggedOut),
        ("SESSION_REVOKED", StopReason::Revoked),
        ("USER_DEACTIVATED", StopReason::Deactivated),
    ] {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let world = world_with(move |accounts, dc, dispatcher| {
            let count = count.clone();
            accounts.on(dc, dispatcher, |_, _: UpdateStatus| Ok(true));
            dispatcher.on(move |_, _: GetNearestDc| {
                count.fetch_add(1, Ordering::Relaxed);
                Ok(NearestDc { country: String::new(), this_dc: 2, nearest_dc: 2 })
            });
        })
        .await;
        let relay = Relay::new(world.address(TWO)).await;
        world.accounts.add_bot(TWO, "777:abc", "Helper");
        let client = world.client_by(&relay, MemoryStore::new()).await;
        patient(client.log_in_bot("777:abc")).await.unwrap();
        let mut states = client.states();
        let (_, key) = world.accounts.logins(777)[0];
        world.accounts.revoke(TWO, key, name);
        let stopped = Error::Stopped(reason.clone());
        let status = UpdateStatus { offline: false };
        assert_eq!(patient(client.invoke(&status)).await, Err(stopped.clone()));
        let is_stopped = |state: &State| *state == State::Stopped(reason.clone());
        patient(states.wait_for(is_stopped)).await.unwrap();
        // Nothing is tried any more, not even what anybody may call.
        assert_eq!(patient(client.invoke(&GetNearestDc)).await, Err(stopped));
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        no_dial_follows(&relay, 1).await;
        // The next program does not take it for one either, and has none of its keys.
        let kept = client.snapshot();
        assert_eq!((client.is_logged_in(), client.user(), kept.key(TWO)), (false, None, None));

        // Logging in again goes over another key.
        let user = patient(client.log_in_bot("777:abc")).await.unwrap().user;
        assert_eq!(id(&user), 777);
        let logins = world.accounts.logins(777);
        assert!(logins.len() == 1 && logins[0].1 != key);
        assert_eq!(patient(client.invoke(&status)).await, Ok(true));
    }
}

#[tokio::test]
async fn cf_17_a_key_that_the_server_does_not_know_stops_a_client_that_is_logged_in() {
    let world = world_with(|_, _, _| {}).await;
    let client = world.bot().await;
    let snapshot = client.snapshot();
    patient(client.close()).await;
    drop(world);
    // Data centres that never saw the key.
    let world = world_with(|_, _, _| {}).await;
    let store = MemoryStore::from(snapshot);
    let client = world.client_on(store).await;
    let stopped = Error::Stopped(StopReason::KeyUnknown);
    // It was sent; who does not know the key cannot have run it.
    assert_eq!(patient(client.me()).await, Err(stopped.clone()));
    assert_eq!(patient(client.me()).await, Err(stopped));
    // It may still be closed, and then it stays so.
    patient(client.close()).await;
    assert_eq!(patient(client.me()).await, Err(Error::Closed));
    let error = patient(client.log_in_bot("777:abc")).await.unwrap_err();
    assert_eq!(error, telewire::client::LoginError::Client(Error::Closed));
}

#[tokio::test]
async fn cf_17_calls_under_way_end_with_the_client_and_may_have_run() {
    let silence = Silence::default();
    let silent = silence.clone();
    let world = world_with(move |accounts, dc, dispatcher| {
        silent.register(dispatcher);
        accounts.on(dc, dispatcher, |_, _: UpdateStatus| Ok(true));
    })
    .await;
    let client = world.bot().await;
    let call = client.clone();
    let call = tokio::spawn(async move { call.invoke(&GetNearestDc).await });
    silence.asked(1).await;
    world.accounts.revoke(TWO, world.accounts.logins(777)[0].1, "AUTH_KEY_DUPLICATED");
    let status = UpdateStatus { offline: false };
    let stopped = Error::Stopped(StopReason::KeyDuplicated);
    assert_eq!(patient(client.invoke(&status)).await, Err(stopped.clone()));
    let error = patient(call).await.unwrap().unwrap_err();
    assert_eq!((error.cause(), error.execution()), (&stopped, Execution::Maybe));
}

#[tokio::test]
async fn cf_17_a_client_that_only_listens_is_told_that_its_key_is_not_known() {
    let world = world_with(|_, _, _| {}).await;
    let client = world.bot().await;
    let snapshot = client.snapshot();
    patient(client.close()).await;
    // With a key that was not made just now: of such a one it could be a mistake.
    let relay = Relay::new(world.address(TWO)).await;
    let client = world.client_by(&relay, MemoryStore::from(snapshot)).await;
    patient(client.me()).await.unwrap();
    let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
    patient(client.invoke_with(&GetConfig, &there)).await.unwrap();
    let mut states = client.states();
    world.data_centre(TWO).inject(world.now(TWO), Fault::ForgetKeys);
    // Nobody calls: the connection finds out by itself.
    world.data_centre(TWO).inject(world.now(TWO), Fault::TransportError { code: -404 });
    let stopped = State::Stopped(StopReason::KeyUnknown);
    patient(states.wait_for(|state| *state == stopped)).await.unwrap();
    // And it stays so: what does not answer any more is not asked any more.
    let dials = relay.dials();
    no_dial_follows(&relay, dials).await;
    let stopped = Error::Stopped(StopReason::KeyUnknown);
    assert_eq!(patient(client.me()).await, Err(stopped.clone()));
    no_dial_follows(&relay, dials).await;
    // Nor is the other data centre, where all is well.
    assert_eq!(patient(client.invoke_with(&GetConfig, &there)).await.err(), Some(stopped));
}

#[tokio::test]
async fn a_key_that_nobody_is_logged_in_with_is_replaced() {
    let world = world_with(|_, _, _| {}).await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    let snapshot = client.snapshot();
    let old = snapshot.key(TWO).unwrap().auth_key.id();
    patient(client.close()).await;
    drop(world);
    let world = world_with(|_, _, _| {}).await;
    let client = world.client_on(MemoryStore::from(snapshot)).await;
    patient(client.refresh_config()).await.unwrap();
    assert_ne!(client.snapshot().key(TWO).unwrap().auth_key.id(), old);
}
