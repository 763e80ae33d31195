//! Every transport: a key exchange, a ping, a megabyte there and back, and a line that is cut in the middle of a frame.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use telewire::framing::Framing;
use telewire::net::{Config, Route};
use telewire::tl::mtproto::functions::Ping;
use tokio::time::timeout;

use crate::relay::Relay;
use crate::support::{FAKE_TLS, PADDED, PATIENCE, PLAIN, config, echo, front, proxy, serve, start};

/// The bytes of the largest request: 1,044,456 may a message have, of which a session keeps 36 for what is around a request, and 8
/// are the function's constructor and the length.
const MEGABYTE: usize = 1_044_456 - 36 - 8;

/// The rounds of one transport. The configuration is made for the address of its first hop.
pub(crate) async fn play(
    name: &str,
    first_hop: SocketAddr,
    with: impl FnOnce(SocketAddr) -> Config,
) {
    let relay = Relay::start(first_hop).await;
    let (handle, _events) = start(with(relay.address));
    let pong = timeout(PATIENCE, handle.invoke(&Ping { ping_id: 7 })).await;
    assert_eq!(pong.unwrap_or_else(|_| panic!("{name}: no pong")).unwrap().ping_id, 7, "{name}");
    assert_eq!(handle.peer_addr(), Some(relay.address), "{name}");
    echo(&handle, 1).await;
    echo(&handle, MEGABYTE).await;

    // In the middle of the request, and then in the middle of its next beginning.
    for cut in [30_001, 3] {
        relay.cut_after(cut);
        let links = relay.links.load(Ordering::SeqCst);
        echo(&handle, 100_000).await;
        assert!(relay.links.load(Ordering::SeqCst) > links, "{name}: there was no cut");
    }
    handle.close().await;
}

fn direct(framing: Framing, route: Route) -> impl FnOnce(SocketAddr) -> Config {
    move |address| {
        let mut config = config().with_framing(framing).with_route(route);
        config.addresses = vec![address];
        config
    }
}

#[tokio::test]
async fn plain_frames() {
    let server = serve(front()).await;
    for framing in Framing::ALL {
        play(framing.name(), server, direct(framing, Route::Direct)).await;
    }
}

/// Those that can be obfuscated.
const FRAMINGS: [Framing; 3] =
    [Framing::Abridged, Framing::Intermediate, Framing::PaddedIntermediate];

#[tokio::test]
async fn obfuscated_frames() {
    let server = serve(front()).await;
    for framing in FRAMINGS {
        play(framing.name(), server, direct(framing, Route::Obfuscated)).await;
    }
}

#[tokio::test]
async fn mtproto_proxies_with_plain_secrets() {
    let server = serve(front()).await;
    for framing in FRAMINGS {
        let with = |address| config().with_framing(framing).with_route(proxy(address, PLAIN));
        play(framing.name(), server, with).await;
    }
}

#[tokio::test]
async fn mtproto_proxies_with_padding_and_with_fake_tls() {
    let server = serve(front()).await;
    for (name, secret) in [("dd", PADDED), ("ee", FAKE_TLS)] {
        play(name, server, |address| config().with_route(proxy(address, secret))).await;
    }
}

#[cfg(feature = "proxy")]
mod tunnels {
    use telewire::net::Tunnel;

    use super::*;
    use crate::proxies::{Asked, http_proxy, socks5_proxy};

    #[tokio::test]
    async fn socks5_with_and_without_password() {
        let server = serve(front()).await;
        for user in [None, Some(("alice", "open sesame"))] {
            let (proxy, asked) = socks5_proxy(user).await;
            play("socks5", proxy, |address| {
                let mut config = direct(Framing::Abridged, Route::Obfuscated)(server);
                config.tunnel = Some(tunnel(Tunnel::socks5("127.0.0.1", address.port()), user));
                config
            })
            .await;
            assert_eq!(asked.lock().unwrap()[0], Asked::Address(server));
        }
    }

    #[tokio::test]
    async fn http_connect_with_and_without_password() {
        let server = serve(front()).await;
        for user in [None, Some(("alice", "open sesame"))] {
            let (proxy, asked) = http_proxy(user).await;
            play("http", proxy, |address| {
                let mut config = direct(Framing::Full, Route::Direct)(server);
                config.tunnel = Some(tunnel(Tunnel::http("127.0.0.1", address.port()), user));
                config
            })
            .await;
            assert_eq!(asked.lock().unwrap()[0], Asked::Address(server));
        }
    }

    #[tokio::test]
    async fn an_mtproto_proxy_behind_a_socks5_proxy_that_looks_up_its_name() {
        let server = serve(front()).await;
        let (socks, asked) = socks5_proxy(None).await;
        let link = format!("tg://proxy?server=localhost&port={}&secret={FAKE_TLS}", server.port());
        play("ee behind socks5", socks, |address| {
            let route = Route::MtProxy(link.parse().unwrap());
            let tunnel = Tunnel::socks5("127.0.0.1", address.port());
            config().with_route(route).with_tunnel(tunnel)
        })
        .await;
        assert_eq!(asked.lock().unwrap()[0], Asked::Name("localhost".into(), server.port()));
    }

    fn tunnel(tunnel: Tunnel, user: Option<(&str, &str)>) -> Tunnel {
        match user {
            Some((name, password)) => tunnel.with_credentials(name, password),
            None => tunnel,
        }
    }
}

#[cfg(feature = "ws")]
mod websockets {
    use super::*;
    use crate::websocket::{certificate, url};

    #[tokio::test]
    async fn websockets_with_and_without_tls() {
        let (certificate, authority) = certificate();
        let mut front = front();
        front.certificate = Some(certificate);
        let server = serve(front).await;
        for (scheme, framing) in [("ws", Framing::Abridged), ("wss", Framing::PaddedIntermediate)] {
            play(scheme, server, |address| {
                let url = url(scheme, address).with_authority(authority.clone());
                config().with_framing(framing).with_route(Route::WebSocket(url))
            })
            .await;
        }
    }
}
