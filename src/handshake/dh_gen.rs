//! Steps 7 to 9: the powers, `set_client_DH_params`, and the server's verdict.

use zeroize::Zeroizing;

use crate::crypto::{AesKeyIv, AuthKey, DhError, DhGen, Secret, dh, new_nonce_hash, server_salt};
use crate::handshake::config::Lifetime;
use crate::handshake::error::{Error, Stage};
use crate::handshake::outcome::{Outcome, ServerTime};
use crate::handshake::plain;
use crate::handshake::res_pq::Nonces;
use crate::handshake::state::{Context, State};
use crate::handshake::step::Step;
use crate::ids::Salt;
use crate::time::ServerClock;
use crate::tl::Serialize;
use crate::tl::mtproto::{enums, functions, types};
use crate::work::{Job, Powers, PowersTaken};

/// How often the server may ask for another key (KX-18). That two keys have the same id is as likely as 2^-64.
const MAX_RETRIES: u32 = 5;

/// How often an exponent is drawn again because its public number is out of range (KX-16). Once is as likely as 2^-63.
const MAX_REDRAWS: u32 = 3;

/// The public numbers of the exchange, checked.
#[derive(Clone)]
pub(super) struct Public {
    pub(super) g: [u8; 256],
    pub(super) prime: [u8; 256],
    pub(super) g_a: [u8; 256],
}

/// The powers are being taken.
pub(super) struct Computing {
    pub(super) nonces: Nonces,
    pub(super) new_nonce: Secret<32>,
    pub(super) tmp_aes: AesKeyIv,
    pub(super) server_time: ServerTime,
    pub(super) public: Box<Public>,
    /// How many keys were refused.
    pub(super) attempt: u32,
    /// How many exponents were thrown away.
    pub(super) redraws: u32,
    /// `auth_key_aux_hash` of the key that was refused, 0 at first (KX-17).
    pub(super) retry_id: i64,
}

impl Computing {
    /// Draws an exponent of 2048 bits and has the powers taken (KX-16). `untested` is a seed if the prime is still to be
    /// tested.
    pub(super) fn begin(self, untested: Option<[u8; 32]>, ctx: &mut Context<'_>) -> State {
        ctx.output.job = Some(Job::Powers(Box::new(Powers {
            suite: ctx.config.suite.clone(),
            prime: self.public.prime,
            untested,
            g: self.public.g,
            public: self.public.g_a,
            exponent: Secret::random(ctx.entropy),
        })));
        State::Computing(Box::new(self))
    }

    pub(super) fn handle_powers(
        mut self,
        powers: Result<Box<PowersTaken>, DhError>,
        ctx: &mut Context<'_>,
    ) -> Result<State, Error> {
        let powers = powers?;
        // KX-15 for our own number: an exponent that gives a bad one is drawn again (KX-16).
        if dh::check_public(&powers.ours, &self.public.prime).is_err() {
            self.redraws += 1;
            if self.redraws > MAX_REDRAWS {
                return Err(Error::NoExponent);
            }
            return Ok(self.begin(None, ctx));
        }
        let encrypted = self.inner_data(&powers.ours, ctx)?;
        ctx.send(&functions::SetClientDhParams {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            encrypted_data: encrypted.into(),
        });
        ctx.report(Step::SetClientDhParams { attempt: self.attempt, g_b: Box::new(powers.ours) });
        Ok(State::AwaitDhGen(Box::new(AwaitDhGen { key: powers.key, exchange: self })))
    }

    /// ```text
    /// data_with_hash = SHA1(data) | data | 0 to 15 random bytes
    /// ```
    /// `client_DH_inner_data#6643b654 nonce:int128 server_nonce:int128 retry_id:long g_b:bytes` (KX-17)
    fn inner_data(&self, g_b: &[u8; 256], ctx: &mut Context<'_>) -> Result<Vec<u8>, Error> {
        let suite = &*ctx.config.suite;
        let data = types::ClientDhInnerData {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            retry_id: self.retry_id,
            g_b: g_b.into(),
        }
        .to_bytes();
        let mut with_hash = Zeroizing::new(suite.sha1(&[&data]).to_vec());
        with_hash.extend_from_slice(&data);
        let length = with_hash.len();
        with_hash.resize(length.next_multiple_of(16), 0);
        if let Some(padding) = with_hash.get_mut(length..) {
            ctx.entropy.fill(padding);
        }
        self.tmp_aes.encrypt(suite, &mut with_hash).map_err(DhError::from)?;
        Ok(std::mem::take(&mut *with_hash))
    }
}

/// `set_client_DH_params#f5045f1f …` was sent.
pub(super) struct AwaitDhGen {
    key: AuthKey,
    exchange: Computing,
}

impl AwaitDhGen {
    /// `dh_gen_ok`, `dh_gen_retry` or `dh_gen_fail`, each with its own hash, which is checked before anything is done
    /// (KX-18).
    pub(super) fn handle(self, message: &[u8], ctx: &mut Context<'_>) -> Result<State, Error> {
        use enums::SetClientDhParamsAnswer as Verdict;
        let (answer, nonce, server_nonce, hash) = match plain::decode(message, Stage::DhGen)? {
            Verdict::DhGenOk(v) => (DhGen::Ok, v.nonce, v.server_nonce, v.new_nonce_hash1),
            Verdict::DhGenRetry(v) => (DhGen::Retry, v.nonce, v.server_nonce, v.new_nonce_hash2),
            Verdict::DhGenFail(v) => (DhGen::Fail, v.nonce, v.server_nonce, v.new_nonce_hash3),
        };
        let Computing { nonces, new_nonce, .. } = &self.exchange;
        nonces.check(&nonce, &server_nonce, Stage::DhGen)?;
        let suite = &*ctx.config.suite;
        let expected = new_nonce_hash(suite, answer, new_nonce.expose(), &self.key.aux_hash());
        if !suite.constant_time_eq(&expected, &hash) {
            return Err(Error::DhGenHash { answer });
        }
        ctx.report(Step::DhGen { answer });
        match answer {
            DhGen::Ok => Ok(self.finish(ctx)),
            DhGen::Retry => self.retry(ctx),
            DhGen::Fail => Err(Error::DhGenFail),
        }
    }

    /// The same exchange with another exponent, and the hash of the key refused (KX-17, KX-18).
    fn retry(self, ctx: &mut Context<'_>) -> Result<State, Error> {
        let retry_id = i64::from_le_bytes(self.key.aux_hash());
        let mut exchange = self.exchange;
        exchange.attempt += 1;
        if exchange.attempt > MAX_RETRIES {
            return Err(Error::TooManyRetries { count: exchange.attempt });
        }
        exchange.retry_id = retry_id;
        Ok(exchange.begin(None, ctx))
    }

    fn finish(self, ctx: &mut Context<'_>) -> State {
        let Computing { nonces, new_nonce, server_time, public, .. } = self.exchange;
        let salt = Salt(server_salt(new_nonce.expose(), &nonces.server));
        let mut clock = ServerClock::new(ctx.now);
        clock.sync(server_time.unix, server_time.mono);
        let expires_at = match ctx.config.lifetime {
            Lifetime::Permanent => None,
            Lifetime::Temporary { expires_in } => {
                let seconds = u64::try_from(expires_in).unwrap_or(0);
                Some(server_time.unix + std::time::Duration::from_secs(seconds))
            }
        };
        ctx.report(Step::Finished {
            auth_key_id: self.key.id(),
            auth_key: Secret::boxed(self.key.expose()),
            server_salt: salt,
            time_offset: clock.offset(),
        });
        State::Finished(Some(Box::new(Outcome {
            auth_key: self.key,
            salt,
            server_time,
            expires_at,
            prime: Box::new(public.prime),
        })))
    }
}
