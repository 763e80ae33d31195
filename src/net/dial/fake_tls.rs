//! The hellos of fake TLS.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::stages::Stages;
use super::{entropy, unix};
use crate::connection::{DialError, DialFault, DialStage};
use crate::crypto::Secret;
use crate::framing::fake_tls::{Greeting, Records};
use crate::net::stream::Io;

/// How much is read at once: an answer is some three thousand bytes.
const READ: usize = 4 << 10;

/// Sends a ClientHello and reads the answer. What came after it is given too.
pub(super) async fn greet(
    stages: &Stages,
    mut io: Box<dyn Io>,
    key: &Secret<16>,
    domain: &str,
) -> Result<(Box<dyn Io>, Records, Vec<u8>), DialError> {
    let (mut greeting, hello) = Greeting::new(key, domain, unix(), &mut entropy()?);
    let greeted = async {
        io.write_all(&hello).await?;
        io.flush().await?;
        let mut buffer = vec![0; READ];
        loop {
            let count = io.read(&mut buffer).await?;
            if count == 0 {
                return Err(DialFault::Closed);
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
