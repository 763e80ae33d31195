//! Calls.

use telewire::connection::{ConnectionError, Event};
use telewire::framing::Framing;
use telewire::net::{Driver, Events, Handle, Notice, connect};
use telewire::rpc::{CallError, CloseReason, Execution};
use telewire::tl::Bytes;
use telewire::tl::mtproto::functions::{GetFutureSalts, Ping};
use tokio::time::timeout;

use crate::support::{Echo, LOOPBACK, NEVER, PATIENCE, config, start_at, start_client};

#[tokio::test]
async fn a_key_is_made_and_functions_are_called_over_every_framing() {
    let (address, _server) = start_at(LOOPBACK).await;
    for framing in Framing::ALL {
        let (handle, _events, _driver) = start_client(config(address, framing));
        let ping = timeout(PATIENCE, handle.invoke(&Ping { ping_id: 7 })).await.unwrap();
        assert_eq!(ping.unwrap().ping_id, 7);
        let salts = handle.invoke(&GetFutureSalts { num: 3 }).await.unwrap();
        assert_eq!(salts.salts.len(), 3);
    }
}

#[tokio::test]
async fn many_calls_go_at_once_and_each_gets_its_own_answer() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, _driver) = start_client(config(address, Framing::Intermediate));
    let calls: Vec<_> = (0..500)
        .map(|number: u32| {
            let handle = handle.clone();
            let bytes = Bytes::from(number.to_le_bytes().to_vec());
            tokio::spawn(async move { (handle.invoke(&Echo(bytes.clone())).await, bytes) })
        })
        .collect();
    for call in calls {
        let (answer, bytes) = timeout(PATIENCE, call).await.unwrap().unwrap();
        assert_eq!(answer, Ok(bytes));
    }
}

#[tokio::test]
async fn what_is_counted_can_be_read_while_there_is_a_session() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, driver) = start_client(config(address, Framing::Intermediate));
    for ping_id in 0..3 {
        handle.invoke(&Ping { ping_id }).await.unwrap();
    }
    let counters = timeout(PATIENCE, handle.counters()).await.unwrap().unwrap();
    assert_eq!((counters.requests, counters.resent, counters.duplicates), (3, 0, 0));
    assert!(counters.packets_out >= 3 && counters.messages_in >= 3, "{counters:?}");
    handle.close().await;
    timeout(PATIENCE, driver).await.unwrap().unwrap();
    assert!(handle.counters().await.is_none() && handle.server_unix().await.is_none());
}

#[tokio::test]
async fn closing_ends_the_driver_and_every_call() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, mut events, driver) = start_client(config(address, Framing::Abridged));
    handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
    handle.close().await;
    assert_eq!(timeout(PATIENCE, driver).await.unwrap().unwrap(), ConnectionError::Closed);
    let closed = CallError::Closed { execution: Execution::Never, why: CloseReason::Closed };
    assert_eq!(handle.invoke(&Ping { ping_id: 1 }).await, Err(closed));
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event);
    }
    assert_eq!(last, Some(Notice::Event(Event::Over(ConnectionError::Closed))));
}

#[tokio::test]
async fn cf_20_closing_ends_every_call_that_is_under_way() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, driver) = start_client(config(address, Framing::Intermediate));
    handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let handle = handle.clone();
            tokio::spawn(async move { handle.invoke(&Echo(NEVER.to_vec().into())).await })
        })
        .collect();
    // One that is answered after them: they are under way then.
    let last = Echo(b"last".to_vec().into());
    assert_eq!(timeout(PATIENCE, handle.invoke(&last)).await.unwrap(), Ok(last.0));
    handle.close().await;
    for call in calls {
        let ended = timeout(PATIENCE, call).await.unwrap().unwrap();
        assert!(matches!(ended, Err(CallError::Closed { .. })), "{ended:?}");
    }
    assert_eq!(timeout(PATIENCE, driver).await.unwrap().unwrap(), ConnectionError::Closed);
}

#[tokio::test]
async fn cf_20_a_call_behind_the_close_was_not_sent() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, driver): (Handle, Events, Driver) =
        connect(config(address, Framing::Intermediate)).unwrap();
    // Both wait in the channel before the driver takes any.
    let echo = Echo(b"late".to_vec().into());
    let (closing, calling) = (handle.close(), handle.invoke(&echo));
    let (driven, (), called) = timeout(PATIENCE, async {
        tokio::join!(
            async {
                tokio::task::yield_now().await;
                driver.run().await
            },
            closing,
            calling
        )
    })
    .await
    .unwrap();
    assert_eq!(driven, ConnectionError::Closed);
    assert_eq!(
        called,
        Err(CallError::Closed { execution: Execution::Never, why: CloseReason::Closed })
    );
}

#[tokio::test]
async fn dropping_the_last_handle_closes_the_connection() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, driver) = start_client(config(address, Framing::Full));
    handle.clone().invoke(&Ping { ping_id: 1 }).await.unwrap();
    drop(handle);
    assert_eq!(timeout(PATIENCE, driver).await.unwrap().unwrap(), ConnectionError::Closed);
}

#[tokio::test]
async fn cf_19_a_call_may_be_dropped_at_any_await() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, _driver) = start_client(config(address, Framing::Intermediate));
    for micros in 0..200_u64 {
        let patience = std::time::Duration::from_micros(micros * 10);
        // Whether it was answered in that time does not matter.
        let _ = timeout(patience, handle.invoke(&Ping { ping_id: 1 })).await;
    }
    let ping = timeout(PATIENCE, handle.invoke(&Ping { ping_id: 7 })).await.unwrap();
    assert_eq!(ping.unwrap().ping_id, 7);
}
