//! WebSockets, and the TLS below them.

use std::net::SocketAddr;

use telewire::connection::{DialFault, DialStage, Disconnected};
use telewire::net::{Certificate, Route, WebSocketUrl};

use crate::support::{config, disconnected, front, serve, start};

/// A certificate for 127.0.0.1, and what to trust it by.
pub(crate) fn certificate() -> (Certificate, Vec<u8>) {
    let certificate = include_bytes!("../fixtures/tls/certificate.der").to_vec();
    let key = include_bytes!("../fixtures/tls/key.der").to_vec();
    (Certificate::new(vec![certificate.clone()], key), certificate)
}

pub(crate) fn url(scheme: &str, address: SocketAddr) -> WebSocketUrl {
    format!("{scheme}://{address}/apiws").parse().unwrap()
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_refused() {
    let (certificate, _) = certificate();
    let mut front = front();
    front.certificate = Some(certificate);
    let server = serve(front).await;
    let route = Route::WebSocket(url("wss", server));
    let (_handle, mut events) = start(config().with_route(route));
    match disconnected(&mut events).await {
        Disconnected::Dial(error) => {
            assert_eq!(error.stage, DialStage::Tls);
            assert!(
                matches!(&error.fault, DialFault::Refused(why) if why.contains("certificate")),
                "{error}"
            );
        }
        other => panic!("{other}"),
    }
}
