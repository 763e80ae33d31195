//! Waits that the server orders, with many calls at a time. The time is tokio's, which passes when nothing else is to be done.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire::client::{Error, InvokeOptions};
use telewire::rpc::{CallError, Execution, RpcError};
use telewire::tl::api::functions::account::UpdateStatus;
use telewire::tl::api::functions::help::GetNearestDc;
use telewire::tl::api::functions::upload::{GetFile, SaveFilePart};
use telewire::tl::api::types::InputDocumentFileLocation;
use telewire::tl::api::types::NearestDc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::{Served, patient, world_with};

fn nearest() -> NearestDc {
    NearestDc { country: String::new(), this_dc: 2, nearest_dc: 2 }
}

/// A world that takes so many calls a second, and how often it was asked.
async fn limited(calls: usize) -> (Served, Arc<AtomicU32>) {
    let asked = Arc::<AtomicU32>::default();
    let count = asked.clone();
    let world = world_with(move |_, _, dispatcher| {
        let (count, mut taken) = (count.clone(), VecDeque::new());
        dispatcher.on(move |_, _: GetNearestDc| {
            count.fetch_add(1, Ordering::Relaxed);
            let now = Instant::now();
            while taken.front().is_some_and(|first| now - *first >= Duration::from_secs(1)) {
                taken.pop_front();
            }
            if taken.len() >= calls {
                return Err(RpcError::parse(420, "FLOOD_WAIT_1"));
            }
            taken.push_back(now);
            Ok(nearest())
        });
    })
    .await;
    (world, asked)
}

#[tokio::test(start_paused = true)]
async fn cf_15_many_calls_make_few_requests_more_than_there_are_answers() {
    let (world, asked) = limited(100).await;
    let client = world.client().await;
    patient(client.refresh_config()).await.unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..400 {
        let client = client.clone();
        calls.spawn(async move { client.invoke(&GetNearestDc).await });
    }
    let mut answers = 0;
    while let Some(call) = patient(calls.join_next()).await {
        call.unwrap().unwrap();
        answers += 1;
    }
    let asked = asked.load(Ordering::Relaxed);
    assert_eq!(answers, 400);
    assert!(asked * 5 <= answers * 6, "{asked} requests for {answers} answers");
}

/// A world whose first call of the function is refused for so long, and who asked.
async fn refusing(message: &'static str, seconds: u32) -> (Served, Arc<Mutex<Vec<&'static str>>>) {
    let asked = Arc::<Mutex<Vec<&'static str>>>::default();
    let seen = asked.clone();
    let message = format!("{message}_{seconds}");
    let world = world_with(move |accounts, dc, dispatcher| {
        let first = Arc::new(AtomicU32::new(0));
        let refuse = {
            let (seen, message) = (seen.clone(), message.clone());
            move |name| {
                seen.lock().unwrap().push(name);
                match first.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(RpcError::parse(420, &message)),
                    _ => Ok(()),
                }
            }
        };
        let ask = refuse.clone();
        dispatcher.on(move |_, _: GetNearestDc| ask("nearest").map(|()| nearest()));
        let ask = refuse.clone();
        dispatcher.on(move |_, _: SaveFilePart| ask("save").map(|()| true));
        let ask = refuse.clone();
        dispatcher.on(move |_, _: GetFile| {
            ask("get")?;
            Err(RpcError::parse(400, "LOCATION_INVALID"))
        });
        let seen = seen.clone();
        accounts.on(dc, dispatcher, move |_, _: UpdateStatus| {
            seen.lock().unwrap().push("status");
            Ok(true)
        });
    })
    .await;
    (world, asked)
}

fn save() -> SaveFilePart {
    SaveFilePart { file_id: 1, file_part: 0, bytes: [1].into() }
}

fn get() -> GetFile {
    let location = InputDocumentFileLocation {
        id: 1,
        access_hash: 1,
        file_reference: [].into(),
        thumb_size: String::new(),
    };
    GetFile::new(location.into(), 0, 1_024)
}

#[tokio::test(start_paused = true)]
async fn cf_15_a_wait_that_is_too_long_is_one_for_all_calls_of_the_function() {
    let (world, asked) = refusing("FLOOD_WAIT", 3_600).await;
    let client = world.bot().await;
    for _ in 0..5 {
        let error = patient(client.invoke(&GetNearestDc)).await.unwrap_err();
        let Error::Call(CallError::Rpc(rpc)) = &error else { panic!("{error:?}") };
        assert_eq!((rpc.code, rpc.name.as_str()), (420, "FLOOD_WAIT_X"));
        // What is left of it.
        assert!((3_500..=3_600).contains(&rpc.value.unwrap()), "{error}");
        assert_eq!(error.execution(), Execution::Never);
    }
    // Others go on.
    patient(client.invoke(&UpdateStatus { offline: false })).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), ["nearest", "status"]);
    // Who says that its waits are its own asks.
    let own = InvokeOptions { shares_waits: false, ..Default::default() };
    patient(client.invoke_with(&GetNearestDc, &own)).await.unwrap();
    // Another login is another account, or may be.
    patient(client.log_out()).await.unwrap();
    patient(client.invoke(&GetNearestDc)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn cf_15_transfers_of_files_wait_for_each_other_and_others_do_not() {
    for message in ["FLOOD_WAIT", "FLOOD_PREMIUM_WAIT"] {
        let (world, asked) = refusing(message, 2).await;
        let client = world.bot().await;
        // It does not wait, and so the others know.
        let hasty = InvokeOptions { flood_threshold: Duration::ZERO, ..Default::default() };
        let error = patient(client.invoke_with(&save(), &hasty)).await.unwrap_err();
        assert_eq!(error.rpc().and_then(|error| error.value), Some(2), "{error}");
        let saving = client.clone();
        let saving = tokio::spawn(async move { saving.invoke(&save()).await });
        let getting = client.clone();
        let getting = tokio::spawn(async move { getting.invoke(&get()).await });
        patient(client.invoke(&UpdateStatus { offline: false })).await.unwrap();
        assert_eq!(patient(saving).await.unwrap(), Ok(true), "{message}");
        assert!(patient(getting).await.unwrap().unwrap_err().is("LOCATION_INVALID"));
        let asked = asked.lock().unwrap();
        // Neither is asked for before the wait is over.
        assert_eq!(asked[..2], ["save", "status"], "{message}");
        assert_eq!(asked.len(), 4, "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn cf_15_a_call_that_waits_behind_others_ends_with_its_deadline_or_the_client() {
    let (world, asked) = refusing("FLOOD_WAIT", 20).await;
    let client = world.bot().await;
    // A wait that ends after the deadline is not begun, nor one that is longer than the call will wait.
    let soon = InvokeOptions { deadline: Some(Duration::from_secs(10)), ..Default::default() };
    let patience = Duration::from_secs(5);
    let hasty = InvokeOptions { flood_threshold: patience, ..Default::default() };
    for options in [hasty, soon] {
        let error = patient(client.with_options(options).invoke(&GetNearestDc)).await.unwrap_err();
        assert!(error.is("FLOOD_WAIT_X") && error.execution() == Execution::Never, "{error}");
    }
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.invoke(&GetNearestDc).await })
        })
        .collect();
    tokio::task::yield_now().await;
    patient(client.close()).await;
    for call in waiting {
        assert_eq!(patient(call).await.unwrap(), Err(Error::Closed));
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_builders_options_are_those_of_calls_and_logins() {
    let (world, asked) = refusing("FLOOD_WAIT", 1).await;
    let options = InvokeOptions { flood_threshold: Duration::ZERO, ..Default::default() };
    let client = world.builder().invoke_options(options.clone()).build().await.unwrap();
    let error = patient(client.invoke(&GetNearestDc)).await.unwrap_err();
    assert!(error.is("FLOOD_WAIT_X"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1);
    let flood = RpcError::parse(420, "FLOOD_WAIT_1");
    world.accounts.refuse_next::<telewire::tl::api::functions::auth::SendCode>(flood.clone());
    let error = patient(client.send_code(crate::support::PHONE)).await.unwrap_err();
    let wait = Duration::from_secs(1);
    assert_eq!(error, telewire::client::LoginError::Flood { wait });
    // Others for once.
    world.accounts.refuse_next::<telewire::tl::api::functions::auth::SendCode>(flood);
    let patient_one = client.with_options(InvokeOptions::default());
    patient(patient_one.send_code(crate::support::PHONE)).await.unwrap();
    // What is said of single calls does not lead a login elsewhere.
    let odd = InvokeOptions {
        dc: Some(crate::support::FOUR),
        repeat: Some(telewire::tl::Repeat::Safe),
        purpose: telewire::client::Purpose::Upload,
        ..options
    };
    world.accounts.add_bot(crate::support::TWO, "777:abc", "Helper");
    patient(client.with_options(odd.clone()).log_in_bot("777:abc")).await.unwrap();
    assert_eq!(client.home(), crate::support::TWO);
    patient(client.with_options(odd).me()).await.unwrap();
}
