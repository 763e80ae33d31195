//! The hellos of fake TLS.

use std::io::{self, ErrorKind};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::entropy;
use super::stages::Stages;
use crate::connection::{DialError, DialFault, DialStage};
use crate::crypto::Secret;
use crate::framing::fake_tls::{FakeTlsError, Greeting, Records};
use crate::net::stream::Io;

/// How much is read at once: an answer is some three thousand bytes.
const READ: usize = 4 << 10;

/// Sends a ClientHello, made at `unix` seconds, and reads the answer. What came after it is given too.
pub(super) async fn greet(
    stages: &Stages,
    mut io: Box<dyn Io>,
    key: &Secret<16>,
    domain: &[u8],
    unix: u64,
) -> Result<(Box<dyn Io>, Records, Vec<u8>), DialError> {
    let (mut greeting, hello) = Greeting::new(key, domain, unix, &mut entropy()?);
    let greeted = async {
        io.write_all(&hello).await.map_err(closed)?;
        io.flush().await.map_err(closed)?;
        let mut buffer = vec![0; READ];
        loop {
            let count = io.read(&mut buffer).await.map_err(closed)?;
            if count == 0 {
                return Err(DialFault::FakeTls(FakeTlsError::NoAnswer));
            }
            let mut input = buffer.get(..count).unwrap_or_default();
            if let Some(records) = greeting.read(&mut input)? {
                return Ok((records, input.to_vec()));
            }
        }
    };
    let (records, rest) = stages.run(DialStage::FakeTlsHello, greeted).await?;
    Ok((io, records, rest))
}

/// A proxy that does not like a hello closes, and with what it has not read that looks like a reset.
fn closed(error: io::Error) -> DialFault {
    match error.kind() {
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            DialFault::FakeTls(FakeTlsError::NoAnswer)
        }
        _ => DialFault::from(error),
    }
}
