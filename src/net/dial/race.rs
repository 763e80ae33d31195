//! Several addresses tried side by side: [RFC 8305](https://www.rfc-editor.org/rfc/rfc8305), "happy eyeballs".

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::trace::trace;

/// How long an attempt has before the next begins beside it: the RFC's Connection Attempt Delay.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// How many addresses are tried at most. Nobody has more; a name server might.
const MAX_ATTEMPTS: usize = 16;

/// After how long without a byte the system asks whether the other end is still there, and how often then. The
/// connection's own pings are faster; this is for routers that forget a silent link.
const KEEP_ALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15));

/// The first connection that is made. With none the last error is given.
pub(super) async fn race(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting: VecDeque<SocketAddr> = interleaved(addresses).into();
    let mut attempts = JoinSet::new();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        match waiting.pop_front() {
            Some(address) => drop(attempts.spawn(connect(address))),
            None if attempts.is_empty() => return Err(last),
            None => {}
        }
        let is_more = !waiting.is_empty();
        tokio::select! {
            Some(done) = attempts.join_next() => match done {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = error,
                Err(error) => last = io::Error::other(error),
            },
            () = tokio::time::sleep(ATTEMPT_DELAY), if is_more => {}
        }
    }
}

/// The addresses, the families taking turns; that of the first comes first.
fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut these, mut others): (VecDeque<_>, VecDeque<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == first);
    let mut order = Vec::with_capacity(addresses.len());
    while !these.is_empty() || !others.is_empty() {
        order.extend(these.pop_front());
        order.extend(others.pop_front());
    }
    order.truncate(MAX_ATTEMPTS);
    order
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    trace!(debug, address = address.to_string(); "dialling");
    let connected = TcpStream::connect(address).await.and_then(|stream| {
        // Packets are whole messages; waiting for more would only delay them.
        stream.set_nodelay(true)?;
        SockRef::from(&stream).set_tcp_keepalive(&KEEP_ALIVE)?;
        Ok(stream)
    });
    match &connected {
        Ok(_) => trace!(debug, address = address.to_string(); "dialled"),
        Err(error) => {
            trace!(debug, address = address.to_string(), why = error.to_string(); "dial failed");
        }
    }
    connected
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    fn addresses(text: &str) -> Vec<SocketAddr> {
        text.split(' ').filter_map(|address| address.parse().ok()).collect()
    }

    #[test]
    fn families_take_turns() {
        for (given, order) in [
            ("", ""),
            ("1.1.1.1:1 1.1.1.2:1", "1.1.1.1:1 1.1.1.2:1"),
            ("1.1.1.1:1 1.1.1.2:1 1.1.1.3:1 [::1]:1", "1.1.1.1:1 [::1]:1 1.1.1.2:1 1.1.1.3:1"),
            ("[::1]:1 [::2]:1 1.1.1.1:1", "[::1]:1 1.1.1.1:1 [::2]:1"),
        ] {
            assert_eq!(interleaved(&addresses(given)), addresses(order));
        }
        let many: Vec<_> = (0..100).map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect();
        assert_eq!(interleaved(&many).len(), MAX_ATTEMPTS);
    }

    #[tokio::test]
    async fn the_first_that_answers_is_taken_and_has_its_options() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = listener.local_addr().unwrap();
        let probe = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = probe.local_addr().unwrap();
        drop(probe);
        let stream = race(&[dead, dead, alive]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), alive);
        assert!(stream.nodelay().unwrap());
        assert!(SockRef::from(&stream).keepalive().unwrap());

        let error = race(&[dead, dead]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let error = race(&[]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
    }
}
