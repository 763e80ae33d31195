//! A client and the runtimes that its calls are made in.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use telewire::client::store::MemoryStore;
use telewire::client::{Client, Error, InvokeOptions, LoginError, State};
use telewire::rpc::Execution;
use telewire::tl::Repeat;
use telewire::tl::api::functions::help::GetNearestDc;
use tokio::runtime::{Builder, Runtime};

use crate::support::{FOUR, Served, Silence, TWO, id, patient, world, world_with};

/// A world in a runtime of its own, which outlives those of the clients.
fn elsewhere(make: impl Future<Output = Served> + Send + 'static) -> (Runtime, Served) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let world = runtime.block_on(make);
    (runtime, world)
}

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn several() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn a_client_outlives_the_runtime_of_its_first_call() {
    for make in [single, several] {
        let (_runtime, world) = elsewhere(world());
        world.accounts.add_bot(TWO, "777:abc", "Helper");
        let first = make();
        let client = first.block_on(async {
            let client = world.client().await;
            patient(client.log_in_bot("777:abc")).await.unwrap();
            client
        });
        drop(first);
        // Nothing is online that nobody moves.
        assert_eq!(*client.states().borrow(), State::Idle);
        for _ in 0..3 {
            let next = make();
            next.block_on(async {
                assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
                patient(client.states().wait_for(|state| *state == State::Online)).await.unwrap();
            });
        }
        make().block_on(client.close());
        assert_eq!(make().block_on(client.me()), Err(Error::Closed));
    }
}

#[test]
fn a_client_is_used_from_several_runtimes_at_once() {
    let (_runtime, world) = elsewhere(world());
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let client = single().block_on(async {
        let client = world.client().await;
        patient(client.log_in_bot("777:abc")).await.unwrap();
        client
    });
    // As a static one is by the tests of a file.
    let tests: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || {
                single().block_on(async {
                    for _ in 0..5 {
                        assert_eq!(id(&patient(client.me()).await.unwrap()), 777);
                    }
                });
            })
        })
        .collect();
    tests.into_iter().for_each(|test| test.join().unwrap());
}

#[test]
fn a_runtime_that_nobody_moves_holds_no_call_up() {
    let (_runtime, world) = elsewhere(world());
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let (one, two) = (single(), single());
    let client = one.block_on(world.client());
    // It is making a key there, and stays at that.
    one.block_on(async {
        let short = InvokeOptions { deadline: Some(Duration::ZERO), ..Default::default() };
        client.invoke_with(&GetNearestDc, &short).await.unwrap_err();
    });
    two.block_on(async { patient(client.log_in_bot("777:abc")).await.unwrap() });
    // A blocking wrapper that makes a runtime for each call, and keeps some.
    for runtime in [&one, &two, &one, &two] {
        assert_eq!(id(&runtime.block_on(patient(client.me())).unwrap()), 777);
    }
}

#[test]
fn calls_under_way_end_with_their_runtime_and_may_have_run() {
    let silence = Silence::default();
    let silent = silence.clone();
    let (_runtime, world) =
        elsewhere(world_with(move |_, _, dispatcher| silent.register(dispatcher)));
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let (first, second) = (several(), several());
    let client = first.block_on(async {
        let client = world.client().await;
        patient(client.log_in_bot("777:abc")).await.unwrap();
        client
    });
    let call = client.clone();
    let call = second.spawn(async move {
        let once = InvokeOptions { repeat: Some(Repeat::Once), ..Default::default() };
        call.invoke_with(&GetNearestDc, &once).await
    });
    second.block_on(silence.asked(1));
    drop(first);
    let error = second.block_on(patient(call)).unwrap().unwrap_err();
    assert_eq!(error.execution(), Execution::Maybe);
    assert_eq!(id(&second.block_on(patient(client.me())).unwrap()), 777);
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Without a runtime.
fn plainly<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park_timeout(Duration::from_secs(10)),
        }
    }
}

#[test]
fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let built = plainly(Client::builder(1, "x").store(MemoryStore::new()).build());
    assert_eq!(built.unwrap_err(), Error::NoRuntime);
    let (runtime, world) = elsewhere(world());
    world.accounts.add_bot(TWO, "777:abc", "Helper");
    let (client, qr, code) = runtime.block_on(async {
        let client = world.client().await;
        let mut qr = client.qr_login().await.unwrap();
        qr.next().await.unwrap();
        let code = client.send_code("+99 966 2 0001").await.unwrap();
        (client, qr, code)
    });
    let there = InvokeOptions { dc: Some(FOUR), ..Default::default() };
    let none = || LoginError::Client(Error::NoRuntime);
    // Also while there is a connection.
    assert_eq!(plainly(client.invoke(&GetNearestDc)), Err(Error::NoRuntime));
    assert_eq!(plainly(client.invoke_with(&GetNearestDc, &there)), Err(Error::NoRuntime));
    assert_eq!(plainly(client.me()).unwrap_err(), Error::NoRuntime);
    assert_eq!(plainly(client.refresh_config()), Err(Error::NoRuntime));
    assert_eq!(plainly(client.log_out()), Err(Error::NoRuntime));
    assert_eq!(plainly(client.send_code("+99 966 2 0001")).unwrap_err(), none());
    assert_eq!(plainly(client.log_in_bot("777:abc")).unwrap_err(), none());
    assert_eq!(plainly(client.qr_login()).unwrap_err(), none());
    let mut qr = qr;
    assert_eq!(plainly(qr.next()).unwrap_err(), none());
    assert_eq!(plainly(code.submit("12345")).unwrap_err(), none());
    assert_eq!(plainly(code.resend()).unwrap_err(), none());
    assert_eq!(plainly(code.cancel()).unwrap_err(), none());
    // It says so, and goes on where there is one.
    runtime.block_on(async { patient(client.log_in_bot("777:abc")).await.unwrap() });
    // Closing it needs none.
    plainly(client.close());
    assert_eq!(*client.states().borrow(), State::Closed);
    assert_eq!(runtime.block_on(client.me()), Err(Error::Closed));
    // Nor does dropping it.
    let other = runtime.block_on(world.bot());
    drop(runtime);
    drop(other);
}
