//! The server's side.

use subtle::ConstantTimeEq;

use super::super::dh;
use super::super::entropy::Entropy;
use super::super::secret::Secret;
use super::{SrpError, SrpParams, bytes, form, scrambler};

/// One question of a server's, to be answered once.
#[derive(Debug, Clone)]
pub struct SrpServer {
    params: SrpParams,
    verifier: Secret<256>,
    b: Secret<256>,
    g_b: [u8; 256],
}

impl SrpServer {
    /// A question for a password of which the [`verifier`](SrpParams::verifier) is known.
    ///
    /// # Errors
    ///
    /// None for parameters that were checked.
    pub fn new(
        params: SrpParams,
        verifier: Secret<256>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, SrpError> {
        let b = Secret::random(entropy);
        Self::with_secret(params, verifier, b)
    }

    pub(super) fn with_secret(
        params: SrpParams,
        verifier: Secret<256>,
        b: Secret<256>,
    ) -> Result<Self, SrpError> {
        let power = params.power(&params.g, &b)?;
        let monty = params.params()?;
        let kv = form(&params.k(), &monty).mul(&form(verifier.expose(), &monty));
        let g_b = *bytes(&kv.add(&form(&power, &monty)));
        Ok(Self { params, verifier, b, g_b })
    }

    /// `srp_B`, to be sent.
    #[must_use]
    pub fn public(&self) -> &[u8; 256] {
        &self.g_b
    }

    /// Whether the client knows the password.
    #[must_use]
    pub fn verify(&self, g_a: &[u8], m1: &[u8]) -> bool {
        self.expected(g_a).is_ok_and(|expected| expected.ct_eq(m1).into())
    }

    fn expected(&self, g_a: &[u8]) -> Result<[u8; 32], SrpError> {
        let g_a = dh::check_public(g_a, &self.params.p)?;
        let mut u = [0; 256];
        if let Some(end) = u.last_chunk_mut() {
            *end = scrambler(&g_a, &self.g_b);
        }
        let power = self.params.power(self.verifier.expose(), &Secret::from(u))?;
        let base = self.params.product(&g_a, &power)?;
        let s = self.params.power(&base, &self.b)?;
        Ok(self.params.proof(&g_a, &self.g_b, &s))
    }
}
