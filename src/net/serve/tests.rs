//! The listener against sockets that a test writes by hand.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::crypto::{SeededEntropy, toy};
use crate::framing::{Encoder, Framing, Side};
use crate::ids::DcId;
use crate::server::{Dispatcher, exchange};

/// Nothing on the loopback interface takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

fn data_centre() -> SharedDc {
    let config = exchange::Config::new(DcId::production(2), vec![], toy());
    SharedDc::new(DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(1)))
}

fn gate() -> Arc<Gate> {
    Arc::new(Gate::new(Front::default()).unwrap())
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A packet of a key that nobody has, which gets -404.
fn stranger(encoder: &mut Encoder) -> Vec<u8> {
    let mut frame = Vec::new();
    encoder.encode(&[1; 88], false, &mut SeededEntropy::new(2), &mut frame).unwrap();
    frame
}

#[tokio::test]
async fn what_cannot_be_accepted_ends_nothing_and_is_tried_again() {
    let (listener, address) = listener().await;
    let tries = AtomicUsize::new(0);
    let (tries, listener) = (&tries, &listener);
    let accept = || async move {
        // Too many open files, twice; then a client that went before it was accepted.
        match tries.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Err(io::Error::from_raw_os_error(24)),
            2 => Err(io::ErrorKind::ConnectionAborted.into()),
            _ => listener.accept().await.map(|(stream, _)| stream),
        }
    };
    let (dc, gate) = (data_centre(), gate());
    let client = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let frame = stranger(&mut Encoder::new(Framing::Intermediate, Side::Client));
        stream.write_all(&frame).await.unwrap();
        let mut answer = [0; 8];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer[4..], (-404_i32).to_le_bytes());
    };
    tokio::select! {
        ended = serve_all(&dc, &gate, accept, 1) => panic!("it ended: {ended:?}"),
        answered = tokio::time::timeout(PATIENCE, client) => answered.unwrap(),
    }
    assert!(tries.load(Ordering::Relaxed) >= 4);
}

#[tokio::test]
async fn what_can_never_be_accepted_does_not_burn_the_processor() {
    let tries = AtomicUsize::new(0);
    let counter = &tries;
    let accept = || async move {
        counter.fetch_add(1, Ordering::Relaxed);
        Err(io::Error::from_raw_os_error(24))
    };
    let (dc, gate) = (data_centre(), gate());
    let run = serve_all(&dc, &gate, accept, 1);
    assert!(tokio::time::timeout(Duration::from_millis(200), run).await.is_err());
    // Five in that time, or fewer on a machine that has no time.
    assert!((1..=6).contains(&tries.load(Ordering::Relaxed)), "{tries:?}");
}

#[tokio::test]
async fn cf_14_a_client_that_does_not_read_is_heard_until_too_much_waits_for_it() {
    let (listener, address) = listener().await;
    let listener = &listener;
    let accept = || async move { listener.accept().await.map(|(stream, _)| stream) };
    let (dc, gate) = (data_centre(), gate());
    let client = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
        let mut frames = stranger(&mut encoder);
        let frame = stranger(&mut encoder);
        for _ in 0..1_000 {
            frames.extend_from_slice(&frame);
        }
        // A server that waits for it to read would let it write no more at some point, for ever.
        while stream.write_all(&frames).await.is_ok() {
            frames = frame.repeat(1_000);
        }
    };
    tokio::select! {
        ended = serve_all(&dc, &gate, accept, 1) => panic!("it ended: {ended:?}"),
        refused = tokio::time::timeout(PATIENCE, client) => refused.unwrap(),
    }
}

#[tokio::test]
async fn a_link_more_than_there_may_be_waits_for_another_to_go() {
    let (listener, address) = listener().await;
    let listener = &listener;
    let accepted = AtomicUsize::new(0);
    let counter = &accepted;
    let accept = || async move {
        let (stream, _) = listener.accept().await?;
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(stream)
    };
    let (dc, gate) = (data_centre(), gate());
    let clients = async {
        let mut encoders = [0; 2].map(|_| Encoder::new(Framing::Intermediate, Side::Client));
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        let mut answer = [0; 8];
        first.write_all(&stranger(&mut encoders[0])).await.unwrap();
        second.write_all(&stranger(&mut encoders[1])).await.unwrap();
        first.read_exact(&mut answer).await.unwrap();
        assert_eq!(counter.load(Ordering::Relaxed), 1);
        drop(first);
        second.read_exact(&mut answer).await.unwrap();
        assert_eq!(counter.load(Ordering::Relaxed), 2);
    };
    tokio::select! {
        ended = serve_all(&dc, &gate, accept, 1) => panic!("it ended: {ended:?}"),
        answered = tokio::time::timeout(PATIENCE, clients) => answered.unwrap(),
    }
}
