//! What MTProto proxies refuse.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telewire::connection::{
    ConnectionError, DialError, DialFault, DialStage, Disconnected, Event, Pfs, StoredKey,
};
use telewire::crypto::AuthKey;
use telewire::framing::fake_tls::{self, FakeTlsError};
use telewire::framing::{Framing, TransportError};
use telewire::ids::{DcId, Salt};
use telewire::net::{ConfigError, Notice, Route, connect};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::support::{
    FAKE_TLS, LOOPBACK, PADDED, PATIENCE, PLAIN, config, disconnected, echo, front, proxy, secret,
    serve, start,
};

#[tokio::test]
async fn another_data_centre_is_refused_with_a_transport_error() {
    let server = serve(front()).await;
    for secret in [PLAIN, PADDED, FAKE_TLS] {
        let mut config = config().with_route(proxy(server, secret));
        config.connection.dc = DcId::production(4);
        let (handle, mut events, driver) = connect(config).unwrap();
        let over = timeout(PATIENCE, driver.run()).await.unwrap();
        assert_eq!(over, ConnectionError::WrongDc, "{secret}");
        let refused = Disconnected::Transport(TransportError::INVALID_DC);
        let refused = Notice::Event(Event::Disconnected { why: refused });
        let mut seen = false;
        while let Some(notice) = events.next().await {
            seen |= notice == refused;
        }
        assert!(seen, "{secret}");
        drop(handle);
    }
}

/// A proxy that only listens: the ClientHello that it hears.
async fn hello_of(mut config: telewire::net::Config) -> fake_tls::ClientHello {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    config.route = proxy(listener.local_addr().unwrap(), FAKE_TLS);
    let (_handle, _events) = start(config);
    let (mut client, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    let mut record = [0; 517];
    client.read_exact(&mut record).await.unwrap();
    fake_tls::verify(secret(FAKE_TLS).key(), &record).unwrap()
}

#[tokio::test]
async fn a_hello_says_the_servers_time_as_far_as_it_is_known() {
    const OFF: i64 = 1_000_000;
    for (offset, pfs) in [(0, false), (OFF, false), (-OFF, false), (OFF, true)] {
        let mut config = config();
        let auth_key = AuthKey::from_bytes([7; 256]);
        config.connection.stored = Some(StoredKey { auth_key, salt: Salt(1), time_offset: offset });
        config.connection.pfs = pfs.then(|| Pfs { lifetime: Duration::from_secs(86_400) });
        let hello = hello_of(config).await;
        let local = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
        // Half of it is more than any machine is late.
        assert!((i64::from(hello.time) - local - offset).abs() < OFF / 2, "{offset} {pfs}");
    }
}

#[tokio::test]
async fn a_clock_that_proxies_do_not_take_is_hinted_at() {
    let server = serve(front()).await;
    let mut config = config().with_route(proxy(server, FAKE_TLS));
    let auth_key = AuthKey::from_bytes([7; 256]);
    config.connection.stored = Some(StoredKey { auth_key, salt: Salt(1), time_offset: 3_600 });
    let (_handle, mut events) = start(config);
    let fault = DialFault::FakeTls(FakeTlsError::NoAnswer);
    let stage = DialStage::FakeTlsHello;
    assert_eq!(disconnected(&mut events).await, Disconnected::Dial(DialError { stage, fault }));
}

#[tokio::test]
async fn the_media_servers_of_a_data_centre_are_reached() {
    let server = serve(front()).await;
    let mut config = config().with_route(proxy(server, FAKE_TLS));
    config.connection.dc.is_media = true;
    // The key exchange names a media server too, which this data centre is not; the proxy lets it pass.
    let (_handle, mut events) = start(config);
    let why = disconnected(&mut events).await;
    assert_ne!(why, Disconnected::Transport(TransportError::INVALID_DC));
}

#[tokio::test]
async fn another_secret_is_no_way_in() {
    let server = serve(front()).await;
    for (secret, framing) in
        [(PLAIN, Framing::Abridged), (PADDED, Framing::Abridged), (FAKE_TLS, Framing::Abridged)]
    {
        // The last digit of the key.
        let mut wrong = secret.to_owned();
        let place = secret.len().min(34) - 1;
        wrong.replace_range(place..=place, "0");
        let place = if secret == PLAIN { 31 } else { 33 };
        wrong.replace_range(place..=place, "3");
        let (_handle, mut events) =
            start(config().with_framing(framing).with_route(proxy(server, &wrong)));
        let why = disconnected(&mut events).await;
        assert!(
            matches!(why, Disconnected::Eof | Disconnected::Io(_) | Disconnected::Dial(_)),
            "{why}"
        );
    }
}

#[tokio::test]
async fn who_demands_secrets_lets_nobody_else_in() {
    let mut front = front();
    front.demands_secret = true;
    let server = serve(front).await;
    for (framing, route) in [
        (Framing::Abridged, Route::Direct),
        (Framing::Full, Route::Direct),
        (Framing::Intermediate, Route::Obfuscated),
    ] {
        let mut config = config().with_framing(framing).with_route(route);
        config.addresses = vec![server];
        let (_handle, mut events) = start(config);
        let why = disconnected(&mut events).await;
        assert!(matches!(why, Disconnected::Eof | Disconnected::Io(_)), "{why}");
    }
    let (handle, _events) = start(config().with_route(proxy(server, PADDED)));
    echo(&handle, 100).await;
}

#[test]
fn full_cannot_be_obfuscated() {
    for route in [Route::Obfuscated, proxy("127.0.0.1:1".parse().unwrap(), PLAIN)] {
        let error = connect(config().with_framing(Framing::Full).with_route(route)).unwrap_err();
        let inside = error.get_ref().and_then(|error| error.downcast_ref::<ConfigError>());
        assert_eq!(inside, Some(&ConfigError::FullObfuscated));
    }
}
