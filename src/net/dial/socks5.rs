//! SOCKS5, by `tokio-socks`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use tokio_socks::tcp::Socks5Stream;
use tokio_socks::{Error, TargetAddr};

use super::Target;
use super::stages::Stages;
use crate::connection::{DialError, DialFault, DialStage};
use crate::net::stream::Io;
use crate::net::tunnel::Tunnel;

/// Asks a proxy to connect to a target: to the first of several addresses, or to a name.
pub(super) async fn ask(
    stages: &Stages,
    tunnel: &Tunnel,
    stream: TcpStream,
    target: &Target,
) -> Result<Box<dyn Io>, DialError> {
    let target = match target {
        Target::Host(host, port) => TargetAddr::Domain(host.as_str().into(), *port),
        Target::Addresses(addresses) => match addresses.first() {
            Some(address) => TargetAddr::Ip(*address),
            None => return Err(super::failed(io::ErrorKind::AddrNotAvailable.into())),
        },
    };
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Counted { stream, count: count.clone() };
    let asked = async {
        match tunnel.credentials() {
            Some(credentials) => {
                let (name, password) = (&credentials.name, &credentials.password);
                Socks5Stream::connect_with_password_and_socket(counted, target, name, password)
                    .await
            }
            None => Socks5Stream::connect_with_socket(counted, target).await,
        }
    };
    let result = timeout_at(stages.deadline(DialStage::ProxyConnect), asked).await;
    // What the library was waiting for is told by what has come.
    let stage = match count.load(Ordering::Relaxed) {
        0..GREETING => DialStage::ProxyGreeting,
        GREETING..LOGIN if tunnel.credentials().is_some() => DialStage::ProxyAuth,
        _ => DialStage::ProxyConnect,
    };
    match result {
        Ok(Ok(stream)) => Ok(Box::new(stream.into_inner().stream)),
        Ok(Err(error)) => Err(explained(stage, error)),
        Err(_) => Err(DialError { stage, fault: DialFault::Deadline }),
    }
}

/// How many bytes a proxy answers to the greeting.
const GREETING: usize = 2;

/// And to name and password.
const LOGIN: usize = GREETING + 2;

fn explained(stage: DialStage, error: Error) -> DialError {
    let text = error.to_string();
    let (stage, fault) = match error {
        Error::Io(error) => (stage, DialFault::from(error)),
        Error::NoAcceptableAuthMethods
        | Error::PasswordAuthFailure(_)
        | Error::AuthorizationRequired
        | Error::InvalidAuthValues(_) => (DialStage::ProxyAuth, DialFault::Refused(text)),
        Error::InvalidResponseVersion | Error::UnknownAuthMethod => {
            (DialStage::ProxyGreeting, DialFault::Rubbish(text))
        }
        Error::InvalidReservedByte | Error::UnknownAddressType | Error::UnknownError => {
            (stage, DialFault::Rubbish(text))
        }
        _ => (stage, DialFault::Refused(text)),
    };
    DialError { stage, fault }
}

/// A socket that counts what comes.
struct Counted {
    stream: TcpStream,
    count: Arc<AtomicUsize>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.count.fetch_add(buf.filled().len() - before, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
