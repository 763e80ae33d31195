//! A WebSocket, and TLS below it.

use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::error::Error;

use super::stages::Stages;
use crate::connection::{DialError, DialFault, DialStage};
use crate::net::stream::Io;
use crate::net::websocket::{Messages, SUBPROTOCOL, WebSocketUrl, limits, tls};

/// Agrees on TLS if the URL has it, and asks for a WebSocket.
pub(super) async fn upgrade(
    stages: &Stages,
    io: Box<dyn Io>,
    url: &WebSocketUrl,
) -> Result<Box<dyn Io>, DialError> {
    let io: Box<dyn Io> = if url.is_secure() {
        let refused = |stage, text: String| DialError { stage, fault: DialFault::Refused(text) };
        let (config, name) =
            tls::client(url).map_err(|error| refused(DialStage::Tls, error.to_string()))?;
        let agreed = async {
            let agreed = TlsConnector::from(config).connect(name, io).await;
            agreed.map_err(|error| match error.kind() {
                // What rustls says is wrong with the other end, a certificate say.
                std::io::ErrorKind::InvalidData => DialFault::Refused(error.to_string()),
                _ => DialFault::from(error),
            })
        };
        Box::new(stages.run(DialStage::Tls, agreed).await?)
    } else {
        io
    };
    let request = ClientRequestBuilder::new(url.uri().clone()).with_sub_protocol(SUBPROTOCOL);
    let asked = async {
        client_async_with_config(request, io, Some(limits())).await.map_err(|error| match error {
            Error::Io(error) => DialFault::from(error),
            Error::Http(response) => DialFault::Refused(response.status().to_string()),
            Error::ConnectionClosed | Error::AlreadyClosed => DialFault::Closed,
            Error::Protocol(error) => DialFault::Rubbish(error.to_string()),
            error => DialFault::Rubbish(error.to_string()),
        })
    };
    let (socket, _) = stages.run(DialStage::WebSocketUpgrade, asked).await?;
    Ok(Box::new(Messages::new(socket)))
}
