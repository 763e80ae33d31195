//! Strangers at the front: they are handed on with all their bytes, or closed.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use telewire::crypto::{EntropyExt, Secret, SeededEntropy};
use telewire::framing::fake_tls::Greeting;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::{FAKE_TLS, LOOPBACK, PATIENCE, front, secret, serve};

/// A website: it answers what it hears, and the same again.
async fn website() -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut visitor, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut heard = vec![0; 1 << 16];
                while let Ok(count @ 1..) = visitor.read(&mut heard).await {
                    if visitor.write_all(&heard[..count]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// What comes back for these bytes, until as many came or the line is closed.
async fn visit(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    let mut heard = vec![0; bytes.len()];
    let mut length = 0;
    while length < heard.len() {
        match timeout(PATIENCE, socket.read(&mut heard[length..])).await.unwrap() {
            Ok(0) | Err(_) => break,
            Ok(count) => length += count,
        }
    }
    heard.truncate(length);
    heard
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn hello(key: &Secret<16>, unix: u64, seed: u64) -> Vec<u8> {
    Greeting::new(key, "front.example", unix, &mut SeededEntropy::new(seed)).1
}

/// What no front with secrets of its own can make sense of.
fn strangers() -> Vec<(&'static str, Vec<u8>)> {
    let key = secret(FAKE_TLS).key().clone();
    let mut oversized = hello(&key, now(), 1);
    oversized[3..5].copy_from_slice(&[0xff, 0xff]);
    vec![
        ("a website's visitor", b"GET / HTTP/1.1\r\nHost: front.example\r\n\r\n".to_vec()),
        ("a form", b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("random bytes", SeededEntropy::new(7).array::<64>().to_vec()),
        ("more of them", SeededEntropy::new(8).array::<1_000>().to_vec()),
        ("a hello with another secret", hello(&Secret::from([9; 16]), now(), 2)),
        ("an old hello", hello(&key, now() - 3_600, 3)),
        ("a hello of tomorrow", hello(&key, now() + 86_400, 4)),
        ("an oversized hello", oversized),
    ]
}

#[tokio::test]
async fn strangers_are_handed_on_with_every_byte() {
    let mut front = front();
    front.fallback = Some(website().await);
    let server = serve(front).await;
    for (name, bytes) in strangers() {
        assert_eq!(visit(server, &bytes).await, bytes, "{name}");
    }
}

#[tokio::test]
async fn without_a_fallback_they_are_closed() {
    let server = serve(front()).await;
    for (name, bytes) in strangers() {
        assert!(visit(server, &bytes).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_hello_that_was_recorded_is_handed_on_the_second_time() {
    let mut front = front();
    front.fallback = Some(website().await);
    let server = serve(front).await;
    let hello = hello(secret(FAKE_TLS).key(), now(), 5);
    let first = visit(server, &hello).await;
    assert_eq!(first[..3], [0x16, 3, 3], "the answer to the first is a ServerHello");
    assert_ne!(first, hello);
    assert_eq!(visit(server, &hello).await, hello);
}

#[tokio::test]
async fn hellos_cut_at_every_byte_are_waited_for() {
    let server = serve(front()).await;
    let key = secret(FAKE_TLS).key().clone();
    for cut in (1..517).step_by(43) {
        let (mut greeting, hello) =
            Greeting::new(&key, "front.example", now(), &mut SeededEntropy::new(cut as u64));
        let mut socket = TcpStream::connect(server).await.unwrap();
        socket.set_nodelay(true).unwrap();
        socket.write_all(&hello[..cut]).await.unwrap();
        tokio::task::yield_now().await;
        socket.write_all(&hello[cut..]).await.unwrap();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = timeout(PATIENCE, socket.read(&mut buffer)).await.unwrap().unwrap();
            assert!(count > 0, "cut at {cut}");
            if greeting.read(&mut &buffer[..count]).unwrap().is_some() {
                break;
            }
        }
    }
}
