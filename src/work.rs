//! Heavy work: what takes milliseconds of a processor, taken out of the core so that the driver can run it elsewhere.

use std::fmt;

use crate::crypto::factor::{self, WORK_BUDGET};
use crate::crypto::{AuthKey, DhError, FactorError, Secret, SeededEntropy, Suite, dh};
#[cfg(feature = "server")]
use crate::crypto::{RsaPadError, RsaPrivateKey, rsa_legacy, rsa_legacy::LegacyData, rsa_pad};

/// A piece of work to run off the I/O task. It is pure: equal work gives an equal answer.
///
/// Give what [`run`](Self::run) returns back to the object that asked for it. Answers that come too late are ignored.
pub struct Work {
    pub(crate) ticket: u64,
    pub(crate) job: Job,
}

/// The answer to a piece of [`Work`].
pub struct Done {
    pub(crate) ticket: u64,
    pub(crate) answer: Answer,
}

pub(crate) enum Job {
    /// Find the two primes of `pq` (KX-05).
    Factorise { pq: u64 },
    /// Decrypt what the client encrypted for us, and take the first power (KX-07, KX-08).
    #[cfg(feature = "server")]
    Unseal(Box<Unseal>),
    /// Take the second power alone (KX-19).
    #[cfg(any(feature = "server", feature = "secret"))]
    SharedKey(Box<SharedKey>),
    /// Test the prime if need be, then take the first power alone (KX-13, KX-16).
    #[cfg(feature = "secret")]
    FirstPower(Box<FirstPower>),
    /// Test the prime if need be, then take the two powers of a Diffie-Hellman exchange (KX-13, KX-16, KX-19).
    Powers(Box<Powers>),
}

pub(crate) struct Powers {
    pub(crate) suite: Suite,
    pub(crate) prime: [u8; 256],
    /// Whether the prime has still to be tested, with randomness from this seed.
    pub(crate) untested: Option<[u8; 32]>,
    pub(crate) g: [u8; 256],
    /// What the other side sent.
    pub(crate) public: [u8; 256],
    pub(crate) exponent: Secret<256>,
}

#[cfg(feature = "server")]
pub(crate) struct Unseal {
    pub(crate) suite: Suite,
    pub(crate) key: RsaPrivateKey,
    pub(crate) encrypted: [u8; 256],
    /// Whether the padding that was in use before 2021 is understood too.
    pub(crate) accepts_legacy: bool,
    pub(crate) g: [u8; 256],
    pub(crate) prime: [u8; 256],
    pub(crate) exponent: Secret<256>,
}

#[cfg(feature = "server")]
pub(crate) struct Unsealed {
    pub(crate) data: UnsealedData,
    /// `g ^ exponent`, to be sent.
    pub(crate) public: [u8; 256],
}

#[cfg(feature = "server")]
pub(crate) enum UnsealedData {
    /// RSA_PAD: the data and its padding, authentic.
    Padded(Secret<192>),
    /// The old padding: authentic if its hash says so, which needs the length of the data.
    Legacy(LegacyData),
}

#[cfg(any(feature = "server", feature = "secret"))]
pub(crate) struct SharedKey {
    pub(crate) suite: Suite,
    pub(crate) prime: [u8; 256],
    pub(crate) public: [u8; 256],
    pub(crate) exponent: Secret<256>,
}

#[cfg(feature = "secret")]
pub(crate) struct FirstPower {
    pub(crate) suite: Suite,
    pub(crate) prime: [u8; 256],
    /// As in [`Powers`].
    pub(crate) untested: Option<[u8; 32]>,
    pub(crate) g: [u8; 256],
    pub(crate) exponent: Secret<256>,
}

pub(crate) enum Answer {
    #[cfg(feature = "server")]
    Unsealed(Result<Box<Unsealed>, UnsealError>),
    #[cfg(any(feature = "server", feature = "secret"))]
    SharedKey(Result<Box<AuthKey>, DhError>),
    #[cfg(feature = "secret")]
    FirstPower(Result<Box<[u8; 256]>, DhError>),
    Factors(Result<(u64, u64), FactorError>),
    Powers(Result<Box<PowersTaken>, DhError>),
}

pub(crate) struct PowersTaken {
    /// `g ^ exponent`, to be sent.
    pub(crate) ours: [u8; 256],
    /// `public ^ exponent`, the key.
    pub(crate) key: AuthKey,
}

impl Work {
    /// Does the work.
    #[must_use]
    pub fn run(self) -> Done {
        let answer = match self.job {
            Job::Factorise { pq } => Answer::Factors(factor::factorize(pq, WORK_BUDGET)),
            Job::Powers(powers) => Answer::Powers(powers.run().map(Box::new)),
            #[cfg(feature = "server")]
            Job::Unseal(unseal) => Answer::Unsealed(unseal.run().map(Box::new)),
            #[cfg(any(feature = "server", feature = "secret"))]
            Job::SharedKey(key) => Answer::SharedKey(key.run().map(Box::new)),
            #[cfg(feature = "secret")]
            Job::FirstPower(power) => Answer::FirstPower(power.run().map(Box::new)),
        };
        Done { ticket: self.ticket, answer }
    }
}

/// KX-13, SC-01: a prime that nobody has looked at yet, with the seed to look with.
fn check_untested(
    suite: &dyn crate::crypto::CryptoSuite,
    prime: &[u8; 256],
    untested: Option<[u8; 32]>,
) -> Result<(), DhError> {
    if let Some(seed) = untested {
        dh::check_prime(suite, prime, &mut SeededEntropy::from_seed(seed))?;
    }
    Ok(())
}

impl Powers {
    fn run(&self) -> Result<PowersTaken, DhError> {
        let suite = &*self.suite;
        check_untested(suite, &self.prime, self.untested)?;
        let ours = suite.pow_mod(&self.g, &self.exponent, &self.prime)?;
        let key = dh::auth_key(suite, &self.public, &self.exponent, &self.prime)?;
        Ok(PowersTaken { ours, key })
    }
}

#[cfg(feature = "server")]
impl Unseal {
    fn run(&self) -> Result<Unsealed, UnsealError> {
        let suite = &*self.suite;
        let data = match rsa_pad::decrypt(suite, &self.key, &self.encrypted) {
            Ok(data) => UnsealedData::Padded(data),
            Err(_) if self.accepts_legacy => {
                UnsealedData::Legacy(rsa_legacy::decrypt(suite, &self.key, &self.encrypted)?)
            }
            Err(error) => return Err(error.into()),
        };
        let public = suite.pow_mod(&self.g, &self.exponent, &self.prime).map_err(DhError::from)?;
        Ok(Unsealed { data, public })
    }
}

/// Why [`Unseal`] failed.
#[cfg(feature = "server")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnsealError {
    #[error(transparent)]
    Rsa(#[from] RsaPadError),
    #[error(transparent)]
    Dh(#[from] DhError),
}

#[cfg(feature = "secret")]
impl FirstPower {
    fn run(&self) -> Result<[u8; 256], DhError> {
        let suite = &*self.suite;
        check_untested(suite, &self.prime, self.untested)?;
        Ok(suite.pow_mod(&self.g, &self.exponent, &self.prime)?)
    }
}

#[cfg(any(feature = "server", feature = "secret"))]
impl SharedKey {
    fn run(&self) -> Result<AuthKey, DhError> {
        dh::auth_key(&*self.suite, &self.public, &self.exponent, &self.prime)
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.job {
            Job::Factorise { .. } => "Factorise",
            Job::Powers(_) => "Powers",
            #[cfg(feature = "server")]
            Job::Unseal(_) => "Unseal",
            #[cfg(any(feature = "server", feature = "secret"))]
            Job::SharedKey(_) => "SharedKey",
            #[cfg(feature = "secret")]
            Job::FirstPower(_) => "FirstPower",
        };
        write!(f, "Work({} {name})", self.ticket)
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.answer {
            Answer::Factors(_) => "Factors",
            Answer::Powers(_) => "Powers",
            #[cfg(feature = "server")]
            Answer::Unsealed(_) => "Unsealed",
            #[cfg(any(feature = "server", feature = "secret"))]
            Answer::SharedKey(_) => "SharedKey",
            #[cfg(feature = "secret")]
            Answer::FirstPower(_) => "FirstPower",
        };
        write!(f, "Done({} {name})", self.ticket)
    }
}
