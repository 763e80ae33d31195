//! Steps 5 and 6: `server_DH_params_ok`, its encrypted answer, and the checks of its numbers.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::dh::{self, KNOWN_PRIME};
use crate::crypto::{EntropyExt, Secret, params_fail_hash, tmp_aes};
use crate::handshake::dh_gen::{Computing, Public};
use crate::handshake::error::{Error, Stage};
use crate::handshake::outcome::ServerTime;
use crate::handshake::plain;
use crate::handshake::res_pq::Nonces;
use crate::handshake::state::{Context, State};
use crate::handshake::step::Step;
use crate::tl::mtproto::{enums, types};
use crate::tl::{Deserialize, Reader};

/// The lengths of encrypted answers that are looked at (KX-10). All that were seen have 592 bytes; the least that could
/// hold anything is 32.
const MIN_ANSWER: usize = 32;
/// See [`MIN_ANSWER`].
const MAX_ANSWER: usize = 1024;

/// `req_DH_params#d712e4be …` was sent.
pub(super) struct AwaitDhParams {
    pub(super) nonces: Nonces,
    pub(super) new_nonce: Secret<32>,
}

impl AwaitDhParams {
    pub(super) fn handle(self, message: &[u8], ctx: &mut Context<'_>) -> Result<State, Error> {
        match plain::decode(message, Stage::ServerDhParams)? {
            enums::ServerDhParams::ServerDhParamsOk(answer) => self.handle_ok(&answer, ctx),
            enums::ServerDhParams::ServerDhParamsFail(answer) => Err(self.refusal(&answer, ctx)),
        }
    }

    /// `server_DH_params_ok#d0e8075c nonce:int128 server_nonce:int128 encrypted_answer:bytes`
    fn handle_ok(
        self,
        answer: &types::ServerDhParamsOk,
        ctx: &mut Context<'_>,
    ) -> Result<State, Error> {
        self.nonces.check(&answer.nonce, &answer.server_nonce, Stage::ServerDhParams)?;
        let inner = self.decrypt(&answer.encrypted_answer, ctx)?;
        self.nonces.check(&inner.nonce, &inner.server_nonce, Stage::ServerDhInnerData)?;
        // Everything about the numbers that is cheap is checked here, the rest with the powers.
        let prime: Box<[u8; 256]> = Box::new(dh::check_prime_form(&inner.dh_prime)?);
        let g = dh::check_generator(inner.g, &prime)?;
        let g_a = dh::check_public(&inner.g_a, &prime)?;
        let is_known_prime = *prime == KNOWN_PRIME;
        ctx.report(Step::ServerDhParams {
            g: inner.g,
            dh_prime: prime.clone(),
            is_known_prime,
            g_a: Box::new(g_a),
            server_time: inner.server_time,
        });
        let is_tested = is_known_prime || ctx.config.tested_prime.as_ref() == Some(&prime);
        let computing = Computing {
            nonces: self.nonces,
            server_time: self.server_time(inner.server_time, ctx),
            tmp_aes: tmp_aes(&*ctx.config.suite, self.new_nonce.expose(), &self.nonces.server),
            new_nonce: self.new_nonce,
            public: Box::new(Public { g, prime: *prime, g_a }),
            attempt: 0,
            redraws: 0,
            retry_id: 0,
        };
        let untested = (!is_tested).then(|| ctx.entropy.array());
        Ok(computing.begin(untested, ctx))
    }

    /// The server's clock was read half-way between our query and now (KX-19).
    fn server_time(&self, server_time: i32, ctx: &Context<'_>) -> ServerTime {
        let made = ctx.output.query.as_ref().map_or(ctx.now.mono, |query| query.made);
        let half_way = made + ctx.now.mono.saturating_sub(made) / 2;
        // A time before 1970 is nonsense that the hash says is the server's own.
        let unix = Duration::from_secs(u64::try_from(server_time).unwrap_or(0));
        ServerTime { unix, mono: half_way }
    }

    /// ```text
    /// answer_with_hash = SHA1(answer) | answer | 0 to 15 random bytes
    /// ```
    /// (KX-10, KX-12). That the answer does not parse, has too much behind it, or has another hash: all are one error.
    fn decrypt(
        &self,
        encrypted: &[u8],
        ctx: &Context<'_>,
    ) -> Result<types::ServerDhInnerData, Error> {
        let length = encrypted.len();
        if !length.is_multiple_of(16) || !(MIN_ANSWER..=MAX_ANSWER).contains(&length) {
            return Err(Error::AnswerLength { length });
        }
        let suite = &*ctx.config.suite;
        let mut data = Zeroizing::new(encrypted.to_vec());
        tmp_aes(suite, self.new_nonce.expose(), &self.nonces.server)
            .decrypt(suite, &mut data)
            .map_err(|_| Error::AnswerLength { length })?;
        let (hash, answer) = data.split_first_chunk::<20>().ok_or(Error::AnswerHash)?;
        let mut reader = Reader::new(answer);
        let parsed = types::ServerDhInnerData::deserialize(&mut reader);
        let padding = reader.remaining().len();
        let value = answer.get(..answer.len().saturating_sub(padding)).unwrap_or_default();
        let is_authentic = suite.constant_time_eq(hash, &suite.sha1(&[value]));
        match parsed {
            Ok(inner) if is_authentic && padding <= 15 => Ok(inner),
            _ => Err(Error::AnswerHash),
        }
    }

    /// `server_DH_params_fail#79cb045d nonce:int128 server_nonce:int128 new_nonce_hash:int128`: not sent any more, and the
    /// end of the exchange whether it is authentic or not (KX-09).
    fn refusal(&self, answer: &types::ServerDhParamsFail, ctx: &Context<'_>) -> Error {
        let stage = Stage::ServerDhParams;
        if let Err(error) = self.nonces.check(&answer.nonce, &answer.server_nonce, stage) {
            return error;
        }
        let suite = &*ctx.config.suite;
        let hash = params_fail_hash(suite, self.new_nonce.expose());
        if suite.constant_time_eq(&hash, &answer.new_nonce_hash) {
            Error::Refused
        } else {
            Error::RefusedWithoutProof
        }
    }
}
