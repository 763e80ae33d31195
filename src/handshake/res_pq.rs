//! Steps 1 to 5: `req_pq_multi`, `resPQ`, the factors, `req_DH_params`.

use zeroize::{Zeroize, Zeroizing};

use crate::crypto::factor::{minimal_be, parse_pq};
use crate::crypto::{EntropyExt, FactorError, RsaPublicKey, Secret, rsa_pad};
use crate::handshake::config::Lifetime;
use crate::handshake::dh_params::AwaitDhParams;
use crate::handshake::error::{Error, Stage};
use crate::handshake::plain;
use crate::handshake::state::{Context, State};
use crate::handshake::step::Step;
use crate::tl::mtproto::{functions, types};
use crate::tl::{Bytes, Serialize};
use crate::work::Job;

/// The most keys that a server may list (KX-04). Servers list one to three.
const MAX_FINGERPRINTS: usize = 64;

/// `req_pq_multi#be7e8ef1 nonce:int128 = ResPQ;` was sent.
pub(super) struct AwaitResPq {
    nonce: [u8; 16],
}

impl AwaitResPq {
    /// Begins an exchange with a nonce of its own (KX-02).
    pub(super) fn begin(ctx: &mut Context<'_>) -> State {
        let nonce = ctx.entropy.array();
        ctx.send(&functions::ReqPqMulti { nonce });
        ctx.report(Step::ReqPq { nonce });
        State::AwaitResPq(Self { nonce })
    }

    /// `resPQ#05162463 nonce:int128 server_nonce:int128 pq:bytes server_public_key_fingerprints:Vector<long>`
    pub(super) fn handle(self, message: &[u8], ctx: &mut Context<'_>) -> Result<State, Error> {
        let answer: types::ResPq = plain::decode(message, Stage::ResPq)?;
        // KX-03
        if answer.nonce != self.nonce {
            return Err(Error::Nonce { stage: Stage::ResPq });
        }
        let key = self.choose_key(&answer.server_public_key_fingerprints, ctx)?;
        let pq = parse_pq(&answer.pq)?;
        ctx.report(Step::ResPq {
            server_nonce: answer.server_nonce,
            pq,
            fingerprints: fingerprints(&answer.server_public_key_fingerprints),
        });
        ctx.output.job = Some(Job::Factorise { pq });
        Ok(State::Factorising(Box::new(Factorising {
            nonces: Nonces { client: self.nonce, server: answer.server_nonce },
            pq,
            key,
        })))
    }

    /// The first of our keys that the server has (KX-04). There is no other to fall back to.
    fn choose_key(&self, listed: &[i64], ctx: &Context<'_>) -> Result<RsaPublicKey, Error> {
        if listed.len() > MAX_FINGERPRINTS {
            return Err(Error::TooManyFingerprints { count: listed.len() });
        }
        let is_listed = |key: &&RsaPublicKey| listed.contains(&key.fingerprint().0);
        ctx.config.keys.iter().find(is_listed).cloned().ok_or(Error::NoKnownKey)
    }
}

/// The factors of `pq` are being found.
pub(super) struct Factorising {
    nonces: Nonces,
    pq: u64,
    key: RsaPublicKey,
}

/// The two nonces that name an exchange.
#[derive(Clone, Copy)]
pub(super) struct Nonces {
    pub(super) client: [u8; 16],
    pub(super) server: [u8; 16],
}

impl Nonces {
    /// Both nonces of an answer must be those of this exchange (KX-10, KX-12, KX-18).
    pub(super) fn check(
        &self,
        client: &[u8; 16],
        server: &[u8; 16],
        stage: Stage,
    ) -> Result<(), Error> {
        if *client != self.client {
            Err(Error::Nonce { stage })
        } else if *server != self.server {
            Err(Error::ServerNonce { stage })
        } else {
            Ok(())
        }
    }
}

impl Factorising {
    pub(super) fn handle_factors(
        self,
        factors: Result<(u64, u64), FactorError>,
        ctx: &mut Context<'_>,
    ) -> Result<State, Error> {
        let (p, q) = factors?;
        // KX-06
        let new_nonce = Secret::random(ctx.entropy);
        let fingerprint = self.key.fingerprint();
        let inner = self.inner_data(p, q, &new_nonce, ctx);
        let suite = &*ctx.config.suite;
        let encrypted = rsa_pad::encrypt(suite, &self.key, &inner, ctx.entropy)?;
        ctx.send(&functions::ReqDhParams {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            p: minimal_be(p).into(),
            q: minimal_be(q).into(),
            public_key_fingerprint: fingerprint.0,
            encrypted_data: encrypted.into(),
        });
        ctx.report(Step::ReqDhParams { p, q, fingerprint, new_nonce: new_nonce.clone() });
        Ok(State::AwaitDhParams(Box::new(AwaitDhParams { nonces: self.nonces, new_nonce })))
    }

    /// `p_q_inner_data_dc` or `p_q_inner_data_temp_dc`; the forms without a data centre are not sent any more (KX-06).
    fn inner_data(
        &self,
        p: u64,
        q: u64,
        new_nonce: &Secret<32>,
        ctx: &Context<'_>,
    ) -> Zeroizing<Vec<u8>> {
        let (pq, p, q): (Bytes, Bytes, Bytes) =
            (minimal_be(self.pq).into(), minimal_be(p).into(), minimal_be(q).into());
        let (nonce, server_nonce) = (self.nonces.client, self.nonces.server);
        let (dc, new_nonce) = (ctx.config.dc.to_wire(), *new_nonce.expose());
        #[cfg(test)]
        if ctx.config.without_dc {
            let data = types::PQInnerData { pq, p, q, nonce, server_nonce, new_nonce };
            return Zeroizing::new(data.to_bytes());
        }
        match ctx.config.lifetime {
            Lifetime::Permanent => {
                let mut data =
                    types::PQInnerDataDc { pq, p, q, nonce, server_nonce, new_nonce, dc };
                let bytes = Zeroizing::new(data.to_bytes());
                data.new_nonce.zeroize();
                bytes
            }
            Lifetime::Temporary { expires_in } => {
                let mut data = types::PQInnerDataTempDc {
                    pq,
                    p,
                    q,
                    nonce,
                    server_nonce,
                    new_nonce,
                    dc,
                    expires_in,
                };
                let bytes = Zeroizing::new(data.to_bytes());
                data.new_nonce.zeroize();
                bytes
            }
        }
    }
}

fn fingerprints(listed: &[i64]) -> Vec<crate::crypto::Fingerprint> {
    listed.iter().copied().map(crate::crypto::Fingerprint).collect()
}
