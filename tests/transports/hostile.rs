//! Proxies that answer rubbish, close early, or never answer: the error names the stage.

use std::net::SocketAddr;
use std::time::Duration;

use telewire::connection::{DialError, DialFault, DialStage, Disconnected};
use telewire::framing::fake_tls::FakeTlsError;
use telewire::net::{Config, Route, Tunnel};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::proxies::{http_proxy, socks5_proxy};
use crate::support::{FAKE_TLS, LOOPBACK, config, dead, disconnected, proxy, start};

/// How many bytes are waited for, and what is answered, again and again.
type Turns = &'static [(usize, &'static [u8])];

/// Waits for so many bytes, sends an answer, and does so again; then closes, or keeps silent.
#[derive(Clone, Copy)]
struct Script {
    turns: Turns,
    closes: bool,
}

async fn hostile(script: Script) -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                for (wait, answer) in script.turns {
                    let mut heard = vec![0; *wait];
                    client.read_exact(&mut heard).await.unwrap();
                    client.write_all(answer).await.unwrap();
                }
                if !script.closes {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    address
}

/// The error of a dial. The patience is short, so that silence is an error soon.
async fn error(mut config: Config) -> DialError {
    config.connection.dial_timeout = Duration::from_secs(1);
    let (_handle, mut events) = start(config);
    loop {
        match disconnected(&mut events).await {
            Disconnected::Dial(error) => return error,
            // On a machine that was busy the connection's own patience may be over before; it dials again.
            Disconnected::DialTimeout => {}
            other => panic!("{other}"),
        }
    }
}

fn target() -> Config {
    let mut config = config();
    // Nobody is ever asked.
    config.addresses = vec!["127.0.0.1:9".parse().unwrap()];
    config
}

const USER: (&str, &str) = ("alice", "secret");

/// The greeting, the login and the request of a client, in bytes.
const GREETING: usize = 3;
const GREETING_WITH_USER: usize = 4;
const LOGIN: usize = 3 + 5 + 6;
const REQUEST: usize = 10;

#[tokio::test]
async fn socks5_proxies_that_fail_are_blamed_by_the_stage() {
    use DialStage::{ProxyAuth, ProxyConnect, ProxyGreeting};
    let refused = |text: &str| DialFault::Refused(text.to_owned());
    let rubbish = |text: &str| DialFault::Rubbish(text.to_owned());
    let cases: &[(bool, Turns, bool, DialStage, DialFault)] = &[
        (false, &[], false, ProxyGreeting, DialFault::Deadline),
        (false, &[(GREETING, b"")], true, ProxyGreeting, DialFault::Closed),
        (false, &[(GREETING, b"\x05")], true, ProxyGreeting, DialFault::Closed),
        (
            false,
            &[(GREETING, b"HTTP")],
            false,
            ProxyGreeting,
            rubbish("it begins with 0x48 and not with 0x05"),
        ),
        (
            false,
            &[(GREETING, b"\x05\xff")],
            false,
            ProxyAuth,
            refused("it wants a name and a password, or another proof of who asks"),
        ),
        (true, &[(GREETING_WITH_USER, b"\x05\x02")], false, ProxyAuth, DialFault::Deadline),
        (
            true,
            &[(GREETING_WITH_USER, b"\x05\x02"), (LOGIN, b"")],
            true,
            ProxyAuth,
            DialFault::Closed,
        ),
        (
            true,
            &[(GREETING_WITH_USER, b"\x05\x02"), (LOGIN, b"\x01\x01")],
            false,
            ProxyAuth,
            refused("name or password are wrong (status 1)"),
        ),
        (
            true,
            &[(GREETING_WITH_USER, b"\x05\x02"), (LOGIN, b"\x01\x00")],
            false,
            ProxyConnect,
            DialFault::Deadline,
        ),
        (
            false,
            &[(GREETING, b"\x05\0"), (REQUEST, b"\x05")],
            true,
            ProxyConnect,
            DialFault::Closed,
        ),
        (
            false,
            &[(GREETING, b"\x05\0"), (REQUEST, b"\x05\x05\0\x01\0\0\0\0\0\0")],
            false,
            ProxyConnect,
            refused("the host refused the connection (code 5)"),
        ),
        // A proxy that was offered a login and wants none has its silence blamed on the request.
        (
            true,
            &[(GREETING_WITH_USER, b"\x05\0"), (REQUEST, b"")],
            false,
            ProxyConnect,
            DialFault::Deadline,
        ),
        (
            true,
            &[(GREETING_WITH_USER, b"\x05\0"), (REQUEST, b"")],
            true,
            ProxyConnect,
            DialFault::Closed,
        ),
    ];
    for (has_user, turns, closes, stage, fault) in cases {
        let proxy = hostile(Script { turns, closes: *closes }).await;
        let mut tunnel = Tunnel::socks5("127.0.0.1", proxy.port());
        if *has_user {
            tunnel = tunnel.with_credentials(USER.0, USER.1);
        }
        let expected = DialError { stage: *stage, fault: fault.clone() };
        assert_eq!(error(target().with_tunnel(tunnel)).await, expected, "{turns:?}");
    }
}

#[tokio::test]
async fn http_proxies_that_fail_are_blamed_by_the_stage() {
    use DialStage::{ProxyAuth, ProxyConnect};
    // All that is sent to a proxy, so that a close is none with bytes unread.
    const ASKED: usize = "CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n".len();
    let refused = |text: &str| DialFault::Refused(text.to_owned());
    let cases: &[(Turns, bool, DialStage, DialFault)] = &[
        (&[], false, ProxyConnect, DialFault::Deadline),
        (&[(ASKED, b"HTTP/1.1 200 OK\r\n")], false, ProxyConnect, DialFault::Deadline),
        (&[(ASKED, b"HTTP/1.1 200 OK\r\n")], true, ProxyConnect, DialFault::Closed),
        (&[(ASKED, b"HTTP/1.1 403 Not you\r\n\r\n")], false, ProxyConnect, refused("403 Not you")),
        (&[(ASKED, b"HTTP/1.1 407 \r\n\r\n")], false, ProxyAuth, refused("407")),
        (
            &[(ASKED, b"\x05\0\0\0")],
            false,
            ProxyConnect,
            DialFault::Rubbish("it does not begin as HTTP does".to_owned()),
        ),
    ];
    for (turns, closes, stage, fault) in cases {
        let proxy = hostile(Script { turns, closes: *closes }).await;
        let tunnel = Tunnel::http("127.0.0.1", proxy.port());
        let expected = DialError { stage: *stage, fault: fault.clone() };
        assert_eq!(error(target().with_tunnel(tunnel)).await, expected, "{turns:?}");
    }
}

#[tokio::test]
async fn wrong_passwords_are_refused() {
    let (socks, _) = socks5_proxy(Some(USER)).await;
    let tunnel = Tunnel::socks5("127.0.0.1", socks.port()).with_credentials("alice", "wrong");
    assert_eq!(error(target().with_tunnel(tunnel)).await.stage, DialStage::ProxyAuth);
    let (http, _) = http_proxy(Some(USER)).await;
    let tunnel = Tunnel::http("127.0.0.1", http.port()).with_credentials("alice", "wrong");
    assert_eq!(error(target().with_tunnel(tunnel)).await.stage, DialStage::ProxyAuth);
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_an_error_of_connecting() {
    let refused = DialFault::Io(std::io::ErrorKind::ConnectionRefused);
    let expected = DialError { stage: DialStage::Connect, fault: refused };
    let tunnel = Tunnel::socks5("127.0.0.1", dead().await.port());
    assert_eq!(error(target().with_tunnel(tunnel)).await, expected);
    assert_eq!(error(config().with_route(proxy(dead().await, FAKE_TLS))).await, expected);
}

#[tokio::test]
async fn mtproto_proxies_that_fail_are_blamed() {
    const HELLO: usize = 517;
    let stage = DialStage::FakeTlsHello;
    const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";
    let cases: &[(Turns, bool, DialFault)] = &[
        (&[], false, DialFault::Deadline),
        (&[(HELLO, b"")], true, DialFault::FakeTls(FakeTlsError::NoAnswer)),
        // With bytes unread, a close is a reset.
        (&[(100, b"")], true, DialFault::FakeTls(FakeTlsError::NoAnswer)),
        (&[(HELLO, b"\x16\x03\x03")], true, DialFault::FakeTls(FakeTlsError::NoAnswer)),
        (&[(HELLO, b"\x16\x03\x03")], false, DialFault::Deadline),
        (&[(HELLO, ALERT)], false, DialFault::FakeTls(FakeTlsError::NoServerHello)),
        (&[(HELLO, b"HTTP/1.1 400")], false, DialFault::FakeTls(FakeTlsError::NoServerHello)),
    ];
    for (turns, closes, fault) in cases {
        let address = hostile(Script { turns, closes: *closes }).await;
        let expected = DialError { stage, fault: fault.clone() };
        assert_eq!(
            error(config().with_route(proxy(address, FAKE_TLS))).await,
            expected,
            "{turns:?}"
        );
    }
}

#[test]
fn what_proxies_say_to_a_wrong_clock_hints_at_the_clock() {
    for error in [FakeTlsError::NoAnswer, FakeTlsError::NoServerHello, FakeTlsError::ServerDigest] {
        let fault = DialFault::FakeTls(error);
        let said = DialError { stage: DialStage::FakeTlsHello, fault }.to_string();
        assert!(said.contains("the secret") && said.contains("clock"), "{said}");
    }
}

#[cfg(feature = "ws")]
#[tokio::test]
async fn servers_that_are_no_websockets_are_blamed_by_the_stage() {
    use DialStage::{Tls, WebSocketUpgrade};
    let cases: &[(&str, Turns, bool, DialStage, Option<DialFault>)] = &[
        ("ws", &[], false, WebSocketUpgrade, Some(DialFault::Deadline)),
        (
            "ws",
            &[(100, b"HTTP/1.1 404 Not Found\r\n\r\n")],
            false,
            WebSocketUpgrade,
            Some(DialFault::Refused("404 Not Found".to_owned())),
        ),
        ("ws", &[(100, b"\x05\0\0\0")], false, WebSocketUpgrade, None),
        ("wss", &[], false, Tls, Some(DialFault::Deadline)),
        ("wss", &[(100, b"HTTP/1.1 400 Bad Request\r\n\r\n")], false, Tls, None),
    ];
    for (scheme, turns, closes, stage, fault) in cases {
        let address = hostile(Script { turns, closes: *closes }).await;
        let route = Route::WebSocket(crate::websocket::url(scheme, address));
        let error = error(config().with_route(route)).await;
        assert_eq!(error.stage, *stage, "{scheme} {turns:?}: {error}");
        if let Some(fault) = fault {
            assert_eq!(error.fault, *fault, "{scheme} {turns:?}");
        }
    }
}

/// Nothing is resolved by this machine that a proxy can resolve.
#[tokio::test]
async fn a_name_that_is_none_is_an_error_of_looking_it_up() {
    let link = format!("tg://proxy?server=no%60name.invalid&port=1&secret={FAKE_TLS}");
    let route = Route::MtProxy(link.parse().unwrap());
    assert_eq!(error(config().with_route(route)).await.stage, DialStage::Resolve);
}
