//! How a client ends, and what it closes while it lives.

use std::time::Duration;

use telewire::client::store::{Change, MemoryStore, Snapshot, Store, StoreError};
use telewire::client::{Error, InvokeOptions, Purpose, State};
use telewire::rpc::{Execution, RpcError};
use telewire::server::Fault;
use telewire::tl::Repeat;
use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::wrap::functions::help::GetConfig;

use tokio::sync::oneshot;

use crate::support::{FOUR, Relay, Silence, TWO, patient, world, world_with};

#[tokio::test]
async fn cf_20_closing_ends_every_call_and_nothing_follows() {
    let silence = Silence::default();
    let silent = silence.clone();
    let world = world_with(move |_, _, dispatcher| {
        silent.register(dispatcher);
    })
    .await;
    let client = world.bot().await;
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.invoke(&GetNearestDc).await })
        })
        .collect();
    // They are under way.
    silence.asked(10).await;
    patient(client.close()).await;
    for call in calls {
        let error = patient(call).await.unwrap().unwrap_err();
        assert_eq!((error.cause(), error.execution()), (&Error::Closed, Execution::Maybe));
    }
    assert_eq!(patient(client.me()).await, Err(Error::Closed));
    assert_eq!(*client.states().borrow(), State::Closed);
    patient(client.close()).await;
}

#[tokio::test]
async fn cf_20_closing_does_not_wait_for_a_server_that_is_not_there() {
    let world = world().await;
    world.kill(TWO);
    let client = world.client().await;
    let call = client.clone();
    let call = tokio::spawn(async move { call.me().await });
    patient(client.states().wait_for(|state| matches!(state, State::Offline { .. })))
        .await
        .unwrap();
    patient(client.close()).await;
    let error = patient(call).await.unwrap().unwrap_err();
    assert_eq!((error.execution(), error), (Execution::Never, Error::Closed));
}

#[tokio::test]
async fn cf_20_closing_acknowledges_what_came() {
    let world = world().await;
    let client = world.bot().await;
    // Fewer than are acknowledged at once, and nothing for them to go with.
    for _ in 0..3 {
        patient(client.refresh_config()).await.unwrap();
    }
    let forget = || {
        let fault = Fault::ForgetAnswers;
        world.data_centre(TWO).inject(world.now(TWO), fault);
        let data_centre = world.data_centre(TWO);
        data_centre.tally().faults.get(&fault).copied().unwrap_or(0)
    };
    // The last answer at least.
    assert_eq!(forget(), 1);
    patient(client.refresh_config()).await.unwrap();
    patient(client.close()).await;
    // What is forgotten while the last packet is on its way counts; then there is nothing left to forget.
    patient(async {
        let mut before = forget();
        while forget() > before {
            before = forget();
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_idle_for_no_time_fails_no_call() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    // Closed whenever nothing is under way, so that calls and closes cross.
    let client = world.builder().idle_after(Duration::ZERO).build().await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let once = InvokeOptions {
        purpose: Purpose::Upload,
        repeat: Some(Repeat::Once),
        ..Default::default()
    };
    // One for calls, and one for each time that it was closed.
    patient(async {
        for round in 0.. {
            client.invoke_with(&GetConfig, &once).await.unwrap();
            if world.sessions(TWO) >= 6 {
                break;
            }
            // Whether it is idle is looked at every 20 ms: a little sooner and a little later.
            tokio::time::sleep(Duration::from_millis(15 + round % 10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn connections_that_are_idle_are_closed_and_opened_again() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.builder().idle_after(Duration::from_millis(50)).build().await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let upload = InvokeOptions { purpose: Purpose::Upload, ..Default::default() };
    // One for calls, which stays, and one more for each time that it was opened again.
    patient(async {
        while world.sessions(TWO) < 4 {
            client.invoke_with(&GetConfig, &upload).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    assert_eq!(*client.states().borrow(), State::Online);
}

#[tokio::test]
async fn states_are_told_as_they_come() {
    let world = world().await;
    let client = world.client().await;
    let mut states = client.states();
    assert_eq!(*states.borrow_and_update(), State::Idle);
    patient(client.refresh_config()).await.unwrap();
    patient(states.wait_for(|state| *state == State::Online)).await.unwrap();
    patient(client.close()).await;
    patient(states.wait_for(|state| *state == State::Closed)).await.unwrap();
}

#[tokio::test]
async fn a_link_that_is_cut_is_told_and_so_is_the_one_that_takes_its_place() {
    let world = world().await;
    let relay = Relay::new(world.address(TWO)).await;
    let client = world.client_by(&relay, MemoryStore::new()).await;
    let mut states = client.states();
    let (teller, mut told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while states.changed().await.is_ok() {
            let _ = teller.send(states.borrow_and_update().clone());
        }
    });
    patient(client.refresh_config()).await.unwrap();
    assert_eq!(patient(told.recv()).await, Some(State::Connecting));
    assert_eq!(patient(told.recv()).await, Some(State::Online));
    for round in 1..=3 {
        assert_eq!(relay.dials(), round);
        relay.cut();
        let state = patient(told.recv()).await.unwrap();
        assert!(matches!(state, State::Offline { .. }), "{state:?}");
        // Nobody calls.
        assert_eq!(patient(told.recv()).await, Some(State::Online));
    }
    patient(client.refresh_config()).await.unwrap();
    patient(client.close()).await;
    assert_eq!(patient(told.recv()).await, Some(State::Closed));
}

#[tokio::test]
async fn a_connection_that_makes_its_key_is_not_idle() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.builder().idle_after(Duration::ZERO).build().await.unwrap();
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
    for _ in 0..3 {
        patient(client.invoke_with(&GetConfig, &there)).await.unwrap();
    }
    // One exchange, whatever came of its first connection.
    assert_eq!(world.accounts.logins(777).len(), 2);
    let keys: std::collections::BTreeSet<_> =
        world.data_centre(FOUR).sessions().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn cf_20_closing_ends_calls_of_a_home_that_was_left() {
    let silence = Silence::default();
    let silent = silence.clone();
    let world = world_with(move |accounts, dc, dispatcher| {
        silent.register(dispatcher);
        accounts.on(dc, dispatcher, move |_, _: UpdateStatus| match dc.number {
            2 => Err(RpcError::parse(303, "USER_MIGRATE_4")),
            _ => Ok(true),
        });
    })
    .await;
    let client = world.bot().await;
    let call = client.clone();
    let call = tokio::spawn(async move {
        let options = InvokeOptions { deadline: None, ..Default::default() };
        call.invoke_with(&GetNearestDc, &options).await
    });
    silence.asked(1).await;
    assert_eq!(patient(client.invoke(&UpdateStatus { offline: false })).await, Ok(true));
    assert_eq!((client.home(), call.is_finished()), (FOUR, false));
    patient(client.close()).await;
    let error = patient(call).await.unwrap().unwrap_err();
    assert_eq!((error.cause(), error.execution()), (&Error::Closed, Execution::Maybe));
}

/// A store that fails, or waits, when keys are to be forgotten.
struct Forgetful {
    inner: MemoryStore,
    gate: Option<Gate>,
}

/// Says that it waits, and waits.
type Gate = (oneshot::Sender<()>, std::sync::mpsc::Receiver<()>);

impl Store for Forgetful {
    fn load(&mut self) -> Result<Snapshot, StoreError> {
        self.inner.load()
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.iter().any(|change| matches!(change, Change::KeyForgotten(_))) {
            match self.gate.take() {
                Some((waits, gate)) => {
                    waits.send(()).unwrap();
                    gate.recv().unwrap();
                }
                None => return Err(StoreError::Other("nothing is ever forgotten".into())),
            }
        }
        self.inner.apply(changes)
    }
}

#[tokio::test]
async fn a_log_out_that_cannot_be_kept_has_happened_on_the_server() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = world.client_on(Forgetful { inner: MemoryStore::new(), gate: None }).await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let error = patient(client.log_out()).await.unwrap_err();
    assert!(matches!(error.cause(), Error::Store(_)), "{error}");
    assert_eq!((error.execution(), world.accounts.logins(777).len()), (Execution::Maybe, 0));
}

#[tokio::test]
async fn cf_19_a_log_out_that_nobody_waits_for_is_done_to_the_end() {
    let world = world().await;
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let ((open, gate), (waits, waiting)) = (std::sync::mpsc::channel(), oneshot::channel());
    let store = Forgetful { inner: MemoryStore::new(), gate: Some((waits, gate)) };
    let client = world.client_on(store).await;
    patient(client.log_in_bot("777:abc")).await.unwrap();
    let old = client.snapshot().key(TWO).unwrap().auth_key.id();
    let leaving = client.clone();
    let leaving = tokio::spawn(async move { leaving.log_out().await });
    // The server has ended it, and the store is asked.
    patient(waiting).await.unwrap();
    leaving.abort();
    open.send(()).unwrap();
    let mut states = client.states();
    patient(states.wait_for(|state| *state == State::Idle)).await.unwrap();
    assert!(client.snapshot().key(TWO).is_none());
    // Nothing goes over the key that was forgotten.
    patient(client.log_in_bot("777:abc")).await.unwrap();
    assert!(client.is_logged_in());
    assert_ne!(client.snapshot().key(TWO).unwrap().auth_key.id(), old);
}
