//! Heavy work: what takes milliseconds of a processor, taken out of the core so that the driver can run it elsewhere.

use std::fmt;

use crate::crypto::factor::{self, WORK_BUDGET};
use crate::crypto::{AuthKey, DhError, FactorError, Secret, SeededEntropy, Suite, dh};

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

pub(crate) enum Answer {
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
        };
        Done { ticket: self.ticket, answer }
    }
}

impl Powers {
    fn run(&self) -> Result<PowersTaken, DhError> {
        let suite = &*self.suite;
        if let Some(seed) = self.untested {
            dh::check_prime(suite, &self.prime, &mut SeededEntropy::from_seed(seed))?;
        }
        let ours = suite.pow_mod(&self.g, &self.exponent, &self.prime)?;
        let key = dh::auth_key(suite, &self.public, &self.exponent, &self.prime)?;
        Ok(PowersTaken { ours, key })
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.job {
            Job::Factorise { .. } => "Factorise",
            Job::Powers(_) => "Powers",
        };
        write!(f, "Work({} {name})", self.ticket)
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.answer {
            Answer::Factors(_) => "Factors",
            Answer::Powers(_) => "Powers",
        };
        write!(f, "Done({} {name})", self.ticket)
    }
}
