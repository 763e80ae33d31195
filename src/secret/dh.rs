//! Prime and generator of a chat, and the numbers of the other side (SC-01, SC-03).

use crate::crypto::dh::{self, KNOWN_PRIME};
use crate::crypto::{DhError, Entropy, EntropyExt};
use crate::secret::error::Closed;

/// Prime and generator, as `messages.getDhConfig` gives them. There is one only if both are good; that the prime is safe is
/// tested with the first power, unless it is the known one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    version: i32,
    g: i32,
    prime: Box<[u8; 256]>,
    is_tested: bool,
}

impl Group {
    /// Checks what the server says (KX-13, KX-14), but for the costly test of the prime.
    ///
    /// # Errors
    ///
    /// The rule that is broken.
    pub fn new(version: i32, g: i32, p: &[u8]) -> Result<Self, DhError> {
        let prime = Box::new(dh::check_prime_form(p)?);
        dh::check_generator(g, &prime)?;
        let is_tested = *prime == KNOWN_PRIME;
        Ok(Self { version, g, prime, is_tested })
    }

    /// The version that the server gave it.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The generator.
    #[must_use]
    pub fn g(&self) -> i32 {
        self.g
    }

    /// The prime.
    #[must_use]
    pub fn prime(&self) -> &[u8; 256] {
        &self.prime
    }

    /// Whether the prime is known to be safe.
    #[must_use]
    pub fn is_tested(&self) -> bool {
        self.is_tested
    }

    /// Also this: the prime was found to be safe, before. Say it of what came in
    /// [`Batch::group`](super::Batch::group) alone.
    #[must_use]
    pub fn tested(self) -> Self {
        Self { is_tested: true, ..self }
    }

    /// The generator as the base of a power.
    pub(super) fn base(&self) -> [u8; 256] {
        let mut base = [0; 256];
        if let Some(place) = base.last_chunk_mut::<4>() {
            *place = self.g.to_be_bytes();
        }
        base
    }

    /// A seed for the test of the prime, if it is still to be tested.
    pub(super) fn untested(&self, entropy: &mut dyn Entropy) -> Option<[u8; 32]> {
        (!self.is_tested).then(|| entropy.array())
    }

    /// A number of the other side: of 1 to 256 bytes, since clients send it without its zeros or with them, and in range (SC-03).
    pub(super) fn check_theirs(
        &self,
        theirs: &[u8],
        ours: Option<&[u8; 256]>,
    ) -> Result<[u8; 256], Closed> {
        let theirs = dh::check_public(theirs, &self.prime).map_err(Closed::Public)?;
        if ours == Some(&theirs) { Err(Closed::Reflected) } else { Ok(theirs) }
    }

    /// A number of ours (SC-03).
    pub(super) fn is_good(&self, ours: &[u8; 256]) -> bool {
        dh::check_public(ours, &self.prime).is_ok()
    }
}
