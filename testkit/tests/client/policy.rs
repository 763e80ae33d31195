//! What is waited for, and what is made again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use telewire::client::{Error, InvokeOptions};
use telewire::rpc::{CallError, Execution, RpcError};
use telewire::server::Fault;
use telewire::tl::Repeat;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::types::NearestDc;

use crate::support::{Served, Silence, TWO, patient, world_with};

/// A world in which the first `failures` calls get an error, and the number of calls that were made.
async fn failing(failures: u32, code: i32, message: &'static str) -> (Served, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let world = world_with(move |_, _, dispatcher| {
        let count = count.clone();
        dispatcher.on(move |caller, _: GetNearestDc| {
            let before = count.fetch_add(1, Ordering::Relaxed);
            if before < failures {
                return Err(RpcError::parse(code, message));
            }
            // With the layer, if the call told it.
            Ok(NearestDc {
                country: "DE".into(),
                this_dc: caller.layer.unwrap_or(0),
                nearest_dc: 2,
            })
        });
    })
    .await;
    (world, asked)
}

#[tokio::test]
async fn cf_15_a_short_wait_is_waited_once_for_each_error() {
    for message in ["FLOOD_WAIT_1", "FLOOD_PREMIUM_WAIT_1", "SLOWMODE_WAIT_1"] {
        let (world, asked) = failing(1, 420, message).await;
        let client = world.client().await;
        let once = InvokeOptions { repeat: Some(Repeat::Once), ..Default::default() };
        patient(client.invoke_with(&GetNearestDc, &once)).await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2, "{message}");
    }
}

#[tokio::test]
async fn cf_15_a_long_wait_is_an_error_at_once() {
    let short = InvokeOptions { flood_threshold: Duration::ZERO, ..Default::default() };
    let soon = InvokeOptions {
        deadline: Some(Duration::from_secs(20)),
        flood_threshold: Duration::from_secs(100),
        ..Default::default()
    };
    for (message, options) in [
        ("FLOOD_WAIT_31", InvokeOptions::default()),
        ("FLOOD_WAIT_86400", InvokeOptions::default()),
        ("FLOOD_WAIT_1", short),
        // It would end after the deadline.
        ("FLOOD_WAIT_30", soon),
    ] {
        let (world, asked) = failing(9, 420, message).await;
        let client = world.client().await;
        let error = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap_err();
        assert!(error.is("FLOOD_WAIT_X"), "{error}");
        assert_eq!((error.execution(), asked.load(Ordering::Relaxed)), (Execution::Never, 1));
    }
}

#[tokio::test]
async fn an_error_of_the_servers_own_is_tried_again_only_where_that_is_safe() {
    for (repeat, calls, is_ok) in
        [(Repeat::Once, 1, false), (Repeat::Keyed, 2, true), (Repeat::Safe, 2, true)]
    {
        let (world, asked) = failing(1, 500, "INTERNAL").await;
        let client = world.client().await;
        let options = InvokeOptions { repeat: Some(repeat), ..Default::default() };
        let answer = patient(client.invoke_with(&GetNearestDc, &options)).await;
        assert_eq!(answer.is_ok(), is_ok);
        assert_eq!(asked.load(Ordering::Relaxed), calls, "{repeat:?}");
        if let Err(error) = answer {
            assert_eq!(error.execution(), Execution::Maybe);
        }
    }
    let (world, asked) = failing(9, 500, "RANDOM_ID_DUPLICATE").await;
    let client = world.client().await;
    let error = patient(client.invoke(&GetNearestDc)).await.unwrap_err();
    assert_eq!((error.execution(), asked.load(Ordering::Relaxed)), (Execution::Ran, 1));
}

#[tokio::test]
async fn the_first_call_says_who_speaks_and_others_do_not() {
    let (world, _) = failing(0, 0, "").await;
    let client = world.client().await;
    let layer = telewire::tl::api::LAYER;
    assert_eq!(patient(client.invoke(&GetNearestDc)).await.unwrap().this_dc, layer);
    // The word that a session has begun may come after the answer, and then it is said once more.
    let mut said = 0;
    for _ in 0..5 {
        said += i32::from(patient(client.invoke(&GetNearestDc)).await.unwrap().this_dc == layer);
    }
    assert!(said <= 1, "{said}");
    assert_eq!(patient(client.invoke(&GetNearestDc)).await.unwrap().this_dc, 0);
}

#[tokio::test]
async fn a_session_that_the_server_has_forgotten_is_initialised_again() {
    let (has_forgotten, refused) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
    let (forgotten, refusals) = (has_forgotten.clone(), refused.clone());
    let world = world_with(move |_, _, dispatcher| {
        let (forgotten, refusals) = (forgotten.clone(), refusals.clone());
        dispatcher.on(move |caller, _: GetNearestDc| {
            let layer = caller.layer.unwrap_or(0);
            if layer > 0 {
                forgotten.store(false, Ordering::Relaxed);
            } else if forgotten.load(Ordering::Relaxed) {
                refusals.fetch_add(1, Ordering::Relaxed);
                return Err(RpcError::parse(400, "CONNECTION_NOT_INITED"));
            }
            Ok(NearestDc { country: "DE".into(), this_dc: layer, nearest_dc: 2 })
        });
    })
    .await;
    let client = world.client().await;
    patient(client.invoke(&GetNearestDc)).await.unwrap();
    for times in 1..=3 {
        // The word that a session has begun may come after the answer. Then the client says who speaks of itself, and hears no refusal.
        let is_refused = || refused.load(Ordering::Relaxed) == times;
        patient(async {
            while !is_refused() {
                while client.invoke(&GetNearestDc).await.unwrap().this_dc > 0 {}
                has_forgotten.store(true, Ordering::Relaxed);
                world.data_centre(TWO).inject(world.now(TWO), Fault::ForgetSessions);
                let layer = client.invoke(&GetNearestDc).await.unwrap().this_dc;
                assert_eq!(layer, telewire::tl::api::LAYER);
            }
        })
        .await;
    }
    // It is told once for each.
    assert_eq!((refused.load(Ordering::Relaxed), world.sessions(TWO)), (3, 1));
}

#[tokio::test]
async fn a_deadline_ends_a_call_and_says_that_nobody_knows() {
    let world = world_with(|_, _, dispatcher| Silence::default().register(dispatcher)).await;
    let client = world.bot().await;
    let options =
        InvokeOptions { deadline: Some(Duration::from_millis(300)), ..Default::default() };
    let error = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap_err();
    assert!(matches!(error, Error::Call(CallError::Deadline { .. })), "{error}");
    assert_eq!(error.execution(), Execution::Maybe);
}

#[tokio::test]
async fn without_a_connection_a_deadline_says_that_nothing_ran() {
    let probe = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = probe.local_addr().unwrap();
    drop(probe);
    let dc = TWO;
    let key = telewire::server::embedded_key().unwrap().public().clone();
    let client = telewire::client::Client::builder(1, crate::support::API_HASH)
        .keys(vec![key])
        .address(dc, address)
        .build()
        .await
        .unwrap();
    let options =
        InvokeOptions { deadline: Some(Duration::from_millis(300)), ..Default::default() };
    let error = patient(client.invoke_with(&GetNearestDc, &options)).await.unwrap_err();
    assert_eq!((error.execution(), error), (Execution::Never, Error::NotConnected));
}
