//! What a stream of frames is wrapped in.

use super::fake_tls::{FakeTlsError, Records};
use super::obfuscated::Obfuscation;

/// What a stream of frames is wrapped in: nothing, obfuscation, or obfuscation in records of fake TLS.
///
/// It stands between frames and a socket. Those who drive a [`Connection`](crate::connection::Connection) themselves pass what
/// `poll_transmit` gives through [`seal`](Self::seal), and what came through [`open`](Self::open).
#[derive(Debug, Default)]
pub struct Wrapper {
    obfuscation: Option<Obfuscation>,
    records: Option<Records>,
    /// Obfuscated bytes, before they are put into records.
    obfuscated: Vec<u8>,
}

impl Wrapper {
    /// An obfuscated stream.
    #[must_use]
    pub fn obfuscated(obfuscation: Obfuscation) -> Self {
        Self { obfuscation: Some(obfuscation), ..Self::default() }
    }

    /// An obfuscated stream in records, after the hellos.
    #[must_use]
    pub fn fake_tls(records: Records, obfuscation: Obfuscation) -> Self {
        Self { obfuscation: Some(obfuscation), records: Some(records), obfuscated: Vec::new() }
    }

    /// Whether the stream is not wrapped in anything.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.obfuscation.is_none() && self.records.is_none()
    }

    /// Appends to `out` the bytes to send for `frames`.
    pub fn seal(&mut self, frames: &[u8], out: &mut Vec<u8>) {
        match (&mut self.obfuscation, &mut self.records) {
            (None, None) => out.extend_from_slice(frames),
            (Some(obfuscation), None) => obfuscation.seal(frames, out),
            (None, Some(records)) => records.seal(frames, out),
            (Some(obfuscation), Some(records)) => {
                self.obfuscated.clear();
                obfuscation.seal(frames, &mut self.obfuscated);
                records.seal(&self.obfuscated, out);
            }
        }
    }

    /// Appends to `frames` what the bytes that came say.
    ///
    /// # Errors
    ///
    /// When a rule of fake TLS is broken; and from then on always.
    pub fn open(&mut self, bytes: &[u8], frames: &mut Vec<u8>) -> Result<(), FakeTlsError> {
        let mut input = bytes;
        let Some(records) = &mut self.records else {
            reveal(self.obfuscation.as_mut(), bytes, frames);
            return Ok(());
        };
        while let Some(data) = records.open(&mut input)? {
            reveal(self.obfuscation.as_mut(), data, frames);
        }
        Ok(())
    }
}

fn reveal(obfuscation: Option<&mut Obfuscation>, bytes: &[u8], frames: &mut Vec<u8>) {
    match obfuscation {
        Some(obfuscation) => obfuscation.open(bytes, frames),
        None => frames.extend_from_slice(bytes),
    }
}
