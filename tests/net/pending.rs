//! Calls that were started: their numbers, one after another, quick acknowledgements, and what takes them back.

use std::time::Duration;

use telewire::connection::{ConnectionError, Event};
use telewire::crypto::{SeededEntropy, real};
use telewire::framing::Framing;
use telewire::ids::DcId;
use telewire::net::{Driver, Events, Handle, Notice, Pending, Server, connect};
use telewire::rpc::{CallError, CallId, CloseReason, Execution, Request};
use telewire::server::{DataCentre, Dispatcher, embedded_key, exchange};
use telewire::session;
use telewire::tl::mtproto::functions::Ping;
use telewire::tl::{Bytes, Repeat};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{Echo, LOOPBACK, NEVER, PATIENCE, config, start_at, start_client};

fn echo(bytes: &[u8]) -> Request {
    Request::new(&Echo(bytes.to_vec().into()))
}

async fn start(handle: &Handle, request: Request) -> Pending {
    timeout(PATIENCE, handle.start(request)).await.unwrap().unwrap()
}

async fn echoed(pending: Pending) -> Vec<u8> {
    let answer = timeout(PATIENCE, pending).await.unwrap().unwrap();
    answer.decode::<Bytes>().unwrap().into_vec()
}

/// A data centre that echoes what begins with `slow` a while later.
async fn slow_server() -> (std::net::SocketAddr, tokio::task::JoinHandle<()>) {
    let mut dispatcher = Dispatcher::new();
    dispatcher.on_later(|_, Echo(bytes)| {
        let is_slow = bytes.starts_with(b"slow");
        (Duration::from_millis(if is_slow { 100 } else { 0 }), Ok(bytes))
    });
    let config = exchange::Config::new(DcId::production(2), vec![embedded_key().unwrap()], real());
    let dc = DataCentre::new(config, dispatcher, SeededEntropy::new(1));
    let server = Server::bind(LOOPBACK, dc).await.unwrap();
    let address = server.local_addr().unwrap();
    (address, tokio::spawn(async { server.run().await.unwrap() }))
}

#[tokio::test]
async fn a_started_call_has_a_number_and_its_own_answer() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, _driver) = start_client(config(address, Framing::Intermediate));
    let mut calls = Vec::new();
    for number in 0..100_u8 {
        calls.push(start(&handle, echo(&[number])).await);
    }
    let ids: Vec<CallId> = calls.iter().map(Pending::id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    // In whatever order they are looked at.
    for (number, call) in calls.into_iter().enumerate().rev() {
        assert_eq!(echoed(call).await, [u8::try_from(number).unwrap()]);
    }
}

#[tokio::test]
async fn a_pending_call_keeps_the_connection_open() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, driver) = start_client(config(address, Framing::Intermediate));
    let pending = start(&handle, echo(b"last")).await;
    drop(handle);
    assert_eq!(echoed(pending).await, b"last");
    assert_eq!(timeout(PATIENCE, driver).await.unwrap().unwrap(), ConnectionError::Closed);
}

/// The answers in the order in which they come, of a slow call and one that is, or is not, to run after it.
async fn order(is_after: bool) -> Vec<Vec<u8>> {
    let (address, _server) = slow_server().await;
    let (handle, _events, _driver) = start_client(config(address, Framing::Intermediate));
    // There is a session, and the server has spoken in it.
    handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
    let slow = start(&handle, echo(b"slow")).await;
    let quick = echo(b"quick");
    let quick = if is_after { quick.after(slow.id()) } else { quick };
    let mut all = JoinSet::new();
    all.spawn(echoed(start(&handle, quick).await));
    all.spawn(echoed(slow));
    let mut order = Vec::new();
    while let Some(done) = timeout(PATIENCE, all.join_next()).await.unwrap() {
        order.push(done.unwrap());
    }
    order
}

#[tokio::test]
async fn a_call_runs_after_another() {
    assert_eq!(order(false).await, [&b"quick"[..], b"slow"]);
    assert_eq!(order(true).await, [&b"slow"[..], b"quick"]);
}

#[tokio::test]
async fn a_call_after_one_that_has_ended_or_that_nobody_knows_runs_alone() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, _driver) = start_client(config(address, Framing::Intermediate));
    let first = start(&handle, echo(b"1")).await;
    let id = first.id();
    assert_eq!(echoed(first).await, b"1");
    let second = start(&handle, echo(b"2").after(id)).await;
    assert_eq!(echoed(second).await, b"2");
    // After itself, or what is to come: there is no such call yet.
    let next = start(&handle, echo(b"3")).await;
    drop(next);
    let (other, _more, _task) = start_client(config(address, Framing::Intermediate));
    let mut later = Vec::new();
    for _ in 0..20 {
        later.push(start(&handle, echo(b"4")).await);
    }
    let alone = start(&other, echo(b"5").after(later.last().unwrap().id())).await;
    assert_eq!(echoed(alone).await, b"5");
}

#[tokio::test]
async fn a_chain_of_calls_that_all_wait_for_the_driver_keeps_its_order() {
    let (address, _server) = slow_server().await;
    let (handle, _events, driver): (Handle, Events, Driver) =
        connect(config(address, Framing::Intermediate)).unwrap();
    let mut all = JoinSet::new();
    let mut before: Option<CallId> = None;
    for number in 0..20_u8 {
        // Every fourth one takes longer than those behind it.
        let name = if number % 4 == 0 { b"slow" } else { b"fast" };
        let request = echo(&[name, &[number][..]].concat());
        let request = before.map_or(request.clone(), |before| request.after(before));
        let pending = start(&handle, request).await;
        before = Some(pending.id());
        all.spawn(async move { *echoed(pending).await.last().unwrap() });
    }
    let _driver = tokio::spawn(driver.run());
    let mut order = Vec::new();
    while let Some(done) = timeout(PATIENCE, all.join_next()).await.unwrap() {
        order.push(done.unwrap());
    }
    assert_eq!(order, (0..20).collect::<Vec<u8>>());
}

async fn next_quick_ack(events: &mut Events) -> CallId {
    loop {
        let notice = timeout(PATIENCE, events.next()).await.unwrap();
        if let Some(Notice::Event(Event::Session(session::Event::QuickAck { call }))) = notice {
            return call;
        }
    }
}

#[tokio::test]
async fn a_quick_acknowledgement_is_told_of_its_call_before_the_answer() {
    for framing in [Framing::Abridged, Framing::Intermediate, Framing::PaddedIntermediate] {
        let (address, _server) = start_at(LOOPBACK).await;
        let (handle, mut events, _driver) = start_client(config(address, framing));
        handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
        // Calls that are refused have numbers too, and the connection has none for them.
        let too_large = Request::from_bytes(vec![1; 2 << 20], Repeat::Safe).uncompressed();
        let refused = handle.start(too_large).await.unwrap().await;
        assert_eq!(refused, Err(CallError::TooLarge { length: 2 << 20 }));
        for _ in 0..3 {
            let other = start(&handle, echo(NEVER)).await;
            let mut pending = start(&handle, echo(NEVER).with_quick_ack()).await;
            assert!(timeout(PATIENCE, pending.received()).await.unwrap(), "{framing}");
            assert_eq!(next_quick_ack(&mut events).await, pending.id());
            // Once.
            assert!(!pending.received().await);
            drop(other);
        }
    }
}

#[tokio::test]
async fn no_quick_acknowledgement_comes_when_the_call_has_ended_or_none_was_asked_for() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, _driver) = start_client(config(address, Framing::Full));
    let mut unasked = start(&handle, echo(NEVER)).await;
    assert!(!unasked.received().await);
    // A framing that has none.
    let mut pending = start(&handle, echo(b"1").with_quick_ack()).await;
    assert!(!timeout(PATIENCE, pending.received()).await.unwrap());
    assert_eq!(echoed(pending).await, b"1");
}

#[tokio::test]
async fn cf_19_a_started_call_that_is_dropped_is_taken_back() {
    let (address, _server) = start_at(LOOPBACK).await;
    let mut config = config(address, Framing::Intermediate);
    config.connection.limits.calls = 16;
    let (handle, _events, _driver) = start_client(config);
    handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
    for round in 0..20_usize {
        let mut calls = Vec::new();
        for _ in 0..16 {
            calls.push(start(&handle, echo(NEVER)).await);
        }
        // In every order, and some while they are looked at.
        while !calls.is_empty() {
            let mut call = calls.remove(round % calls.len());
            if round % 2 == 0 {
                let _ = timeout(Duration::ZERO, &mut call).await;
            }
        }
        // As many have room again, once the server has said that it drops their answers.
        let ping = async {
            loop {
                match handle.invoke(&Ping { ping_id: 2 }).await {
                    Err(CallError::Full) => tokio::task::yield_now().await,
                    ended => return ended,
                }
            }
        };
        assert_eq!(timeout(PATIENCE, ping).await.unwrap().unwrap().ping_id, 2);
        let all = async {
            while handle.counters().await.unwrap().requests == 0 {}
            loop {
                let mut calls = Vec::new();
                for _ in 0..16 {
                    calls.push(start(&handle, echo(b"x")).await);
                }
                let mut ended = Vec::new();
                for call in calls {
                    ended.push(call.await);
                }
                if ended.iter().all(Result::is_ok) {
                    return;
                }
            }
        };
        timeout(PATIENCE, all).await.unwrap();
    }
}

#[tokio::test]
async fn p4_requests_that_wait_for_the_driver_are_bounded_by_their_bytes() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, driver) = connect(config(address, Framing::Intermediate)).unwrap();
    let large = || Request::from_bytes(vec![1; 1 << 20], Repeat::Safe).uncompressed();
    let mut waiting = Vec::new();
    for _ in 0..64 {
        waiting.push(handle.start(large()).await.unwrap());
    }
    for _ in 0..100 {
        assert_eq!(handle.start(large()).await.unwrap_err(), CallError::Full);
        assert_eq!(handle.call(echo(b"x")).await, Err(CallError::Full));
    }
    // Taking them makes room.
    let _driver = tokio::spawn(driver.run());
    for call in waiting {
        let too_large = CallError::TooLarge { length: 1 << 20 };
        assert_eq!(timeout(PATIENCE, call).await.unwrap(), Err(too_large));
    }
    assert_eq!(echoed(start(&handle, echo(b"x")).await).await, b"x");
}

#[tokio::test]
async fn p4_who_waits_for_room_is_counted_until_he_gives_up() {
    let (address, _server) = start_at(LOOPBACK).await;
    let (handle, _events, _driver) = connect(config(address, Framing::Intermediate)).unwrap();
    // No more commands fit.
    let mut waiting = Vec::new();
    for _ in 0..256 {
        waiting.push(handle.start(echo(b"x")).await.unwrap());
    }
    let large = Request::from_bytes(vec![1; 8 << 20], Repeat::Safe);
    for _ in 0..3 {
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let (handle, large) = (handle.clone(), large.clone());
            tasks.spawn(async move { handle.start(large).await.map(|_| ()) });
        }
        // Seven have room to wait, and the others hear at once that they have not.
        for _ in 7..20 {
            let refused = timeout(PATIENCE, tasks.join_next()).await.unwrap().unwrap().unwrap();
            assert_eq!(refused, Err(CallError::Full));
        }
        assert_eq!(tasks.len(), 7);
        tasks.shutdown().await;
    }
    drop(waiting);
}

#[tokio::test]
async fn a_call_says_why_its_connection_is_over() {
    let (address, _server) = start_at(LOOPBACK).await;
    let closed = |execution, why| CallError::Closed { execution, why };
    // It was closed, before and after.
    let (handle, _events, driver) = start_client(config(address, Framing::Intermediate));
    let call = start(&handle, echo(NEVER)).await;
    handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
    handle.close().await;
    timeout(PATIENCE, driver).await.unwrap().unwrap();
    assert_eq!(call.await, Err(closed(Execution::Maybe, CloseReason::Closed)));
    let late = handle.start(echo(b"x")).await.unwrap_err();
    assert_eq!(late, closed(Execution::Never, CloseReason::Closed));
    // Its driver was dropped.
    let (handle, _events, driver) = start_client(config(address, Framing::Intermediate));
    handle.invoke(&Ping { ping_id: 1 }).await.unwrap();
    let call = start(&handle, echo(NEVER)).await;
    driver.abort();
    let gone = timeout(PATIENCE, call).await.unwrap();
    assert_eq!(gone, Err(closed(Execution::Maybe, CloseReason::DriverGone)));
    let late = handle.call(echo(b"x")).await.unwrap_err();
    assert_eq!(late, closed(Execution::Never, CloseReason::DriverGone));
    // The server has none of the keys.
    let mut other = config(address, Framing::Intermediate);
    other.connection.keys = telewire::crypto::keys::production_keys();
    let (handle, _events, driver) = start_client(other);
    let call = timeout(PATIENCE, handle.call(echo(b"x"))).await.unwrap();
    assert_eq!(call, Err(closed(Execution::Never, CloseReason::NoKey)));
    timeout(PATIENCE, driver).await.unwrap().unwrap();
    let late = handle.call(echo(b"x")).await.unwrap_err();
    assert_eq!(late, closed(Execution::Never, CloseReason::NoKey));
}
