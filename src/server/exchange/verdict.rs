//! `set_client_DH_params`, answered with one of three verdicts.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::{AesKeyIv, AuthKey, DhError, DhGen, Secret, dh, new_nonce_hash, server_salt};
use crate::ids::Salt;
use crate::server::exchange::error::Error;
use crate::server::exchange::machine::{Context, Established, State, id_of};
use crate::server::exchange::pq::Nonces;
use crate::tl::mtproto::{functions, types};
use crate::tl::{Deserialize, Identifiable, Reader};
use crate::work::{Job, SharedKey};

pub(super) struct AwaitSetDh {
    pub(super) nonces: Nonces,
    pub(super) new_nonce: Secret<32>,
    pub(super) tmp_aes: AesKeyIv,
    pub(super) exponent: Secret<256>,
    pub(super) expires_at: Option<Duration>,
    /// The hash of a key that was refused before.
    pub(super) refused: Option<[u8; 8]>,
}

impl AwaitSetDh {
    pub(super) fn handle(self, value: &[u8], ctx: &mut Context<'_>) -> Result<State, Error> {
        if id_of(value) != functions::SetClientDhParams::ID {
            return Err(Error::Unexpected { id: id_of(value) });
        }
        let query = functions::SetClientDhParams::from_bytes(value)?;
        self.nonces.check(&query.nonce, &query.server_nonce)?;
        let inner = self.decrypt(&query.encrypted_data, ctx)?;
        self.nonces.check(&inner.nonce, &inner.server_nonce)?;
        if inner.retry_id != self.refused.map_or(0, i64::from_le_bytes) {
            return Err(Error::RetryId);
        }
        let public = dh::check_public(&inner.g_b, &ctx.config.prime)?;
        ctx.output.job = Some(Job::SharedKey(Box::new(SharedKey {
            suite: ctx.config.suite.clone(),
            prime: *ctx.config.prime,
            public,
            exponent: self.exponent.clone(),
        })));
        Ok(State::Computing(Box::new(Computing(self))))
    }

    fn decrypt(
        &self,
        encrypted: &[u8],
        ctx: &Context<'_>,
    ) -> Result<types::ClientDhInnerData, Error> {
        let length = encrypted.len();
        if !length.is_multiple_of(16) || !(32..=1024).contains(&length) {
            return Err(Error::AnswerLength { length });
        }
        let suite = &*ctx.config.suite;
        let mut data = Zeroizing::new(encrypted.to_vec());
        self.tmp_aes.decrypt(suite, &mut data).map_err(|_| Error::AnswerLength { length })?;
        let (hash, rest) = data.split_first_chunk::<20>().ok_or(Error::AnswerHash)?;
        let mut reader = Reader::new(rest);
        let inner = types::ClientDhInnerData::deserialize(&mut reader);
        let padding = reader.remaining().len();
        let value = rest.get(..reader.offset()).unwrap_or_default();
        if !suite.constant_time_eq(hash, &suite.sha1(&[value])) || padding > 15 {
            return Err(Error::AnswerHash);
        }
        inner.map_err(|_| Error::AnswerHash)
    }
}

pub(super) struct Computing(AwaitSetDh);

impl Computing {
    pub(super) fn handle_key(self, key: Result<Box<AuthKey>, DhError>) -> Result<State, Error> {
        Ok(State::Candidate(Box::new(Candidate { key: *key?, exchange: self.0 })))
    }
}

pub(super) struct Candidate {
    key: AuthKey,
    exchange: AwaitSetDh,
}

impl Candidate {
    pub(super) fn key(&self) -> &AuthKey {
        &self.key
    }

    pub(super) fn conclude(self, verdict: DhGen, ctx: &mut Context<'_>) -> State {
        let AwaitSetDh { nonces, new_nonce, expires_at, .. } = &self.exchange;
        let (nonce, server_nonce) = (nonces.nonce, nonces.server_nonce);
        let suite = &*ctx.config.suite;
        let hash = new_nonce_hash(suite, verdict, new_nonce.expose(), &self.key.aux_hash());
        match verdict {
            DhGen::Ok => {
                ctx.answer(&types::DhGenOk { nonce, server_nonce, new_nonce_hash1: hash });
                let salt = Salt(server_salt(new_nonce.expose(), &server_nonce));
                let expires_at = *expires_at;
                ctx.output.established = Some(Established { auth_key: self.key, salt, expires_at });
                State::Over
            }
            DhGen::Retry => {
                ctx.answer(&types::DhGenRetry { nonce, server_nonce, new_nonce_hash2: hash });
                let refused = Some(self.key.aux_hash());
                State::AwaitSetDh(Box::new(AwaitSetDh { refused, ..self.exchange }))
            }
            DhGen::Fail => {
                ctx.answer(&types::DhGenFail { nonce, server_nonce, new_nonce_hash3: hash });
                State::Over
            }
        }
    }
}
