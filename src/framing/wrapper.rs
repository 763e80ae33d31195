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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SeededEntropy;
    use crate::framing::Framing;
    use crate::ids::DcId;

    /// What a client's encoder gives first: the tag of the framing, and frames.
    fn frames() -> Vec<u8> {
        [&[0xee; 4][..], &[7; 500]].concat()
    }

    fn obfuscation() -> Obfuscation {
        let mut entropy = SeededEntropy::new(1);
        Obfuscation::client(Framing::Intermediate, DcId::production(2), None, &mut entropy).unwrap()
    }

    fn sealed(mut wrapper: Wrapper) -> Vec<u8> {
        assert!(!wrapper.is_nothing());
        let mut bytes = Vec::new();
        wrapper.seal(&frames(), &mut bytes);
        assert!(!bytes.windows(20).any(|window| window == [7; 20]));
        bytes
    }

    fn opened(mut wrapper: Wrapper, bytes: &[u8]) -> Vec<u8> {
        let mut frames = Vec::new();
        wrapper.open(bytes, &mut frames).unwrap();
        frames
    }

    /// The other end of an obfuscated stream.
    fn revealed(stream: &[u8]) -> Vec<u8> {
        let (init, rest) = stream.split_first_chunk().unwrap();
        let (server, _) = Obfuscation::server(init, None).unwrap();
        opened(Wrapper::obfuscated(server), rest)
    }

    #[test]
    fn nothing_changes_nothing() {
        let mut wrapper = Wrapper::default();
        assert!(wrapper.is_nothing());
        let mut bytes = Vec::new();
        wrapper.seal(&frames(), &mut bytes);
        assert_eq!((&bytes, &opened(wrapper, &bytes)), (&frames(), &frames()));
    }

    #[test]
    fn what_one_end_wraps_the_other_unwraps() {
        assert_eq!(revealed(&sealed(Wrapper::obfuscated(obfuscation()))), frames());
        // Records around an obfuscated stream: without them it is one.
        let records = sealed(Wrapper::fake_tls(Records::client(), obfuscation()));
        assert!(records.starts_with(&[0x14, 3, 3, 0, 1, 1, 0x17, 3, 3]));
        let only = Wrapper { records: Some(Records::server()), ..Wrapper::default() };
        assert!(!only.is_nothing());
        assert_eq!(revealed(&opened(only, &records)), frames());
        let (init, rest) = {
            let only = Wrapper { records: Some(Records::server()), ..Wrapper::default() };
            let stream = opened(only, &records);
            (stream[..64].to_vec(), stream[64..].to_vec())
        };
        let (server, _) = Obfuscation::server(init.first_chunk().unwrap(), None).unwrap();
        let mut again = Vec::new();
        Records::client().seal(&rest, &mut again);
        assert_eq!(opened(Wrapper::fake_tls(Records::server(), server), &again), frames());
    }
}
