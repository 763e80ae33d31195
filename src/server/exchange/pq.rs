//! `req_pq` and `req_pq_multi`, answered with `resPQ`.

use crate::crypto::EntropyExt;
use crate::crypto::factor::{minimal_be, random_factors};
use crate::server::exchange::error::Error;
use crate::server::exchange::machine::{Context, State, id_of};
use crate::server::exchange::params::AwaitReqDh;
use crate::tl::mtproto::{functions, types};
use crate::tl::{Deserialize, Identifiable};

pub(super) struct AwaitReqPq;

impl AwaitReqPq {
    pub(super) fn handle(self, value: &[u8], ctx: &mut Context<'_>) -> Result<State, Error> {
        // The old query knows one key, the new one several; this server has the same answer for both.
        let nonce = match id_of(value) {
            functions::ReqPq::ID => functions::ReqPq::from_bytes(value)?.nonce,
            functions::ReqPqMulti::ID => functions::ReqPqMulti::from_bytes(value)?.nonce,
            id => return Err(Error::Unexpected { id }),
        };
        let server_nonce = ctx.entropy.array();
        let (p, q) = random_factors(ctx.entropy);
        let fingerprints = ctx.config.keys.iter().map(|key| key.public().fingerprint().0);
        ctx.answer(&types::ResPq {
            nonce,
            server_nonce,
            pq: minimal_be(p * q).into(),
            server_public_key_fingerprints: fingerprints.collect(),
        });
        Ok(State::AwaitReqDh(Box::new(AwaitReqDh { nonces: Nonces { nonce, server_nonce }, p, q })))
    }
}

/// The nonces that name an exchange.
#[derive(Clone, Copy)]
pub(super) struct Nonces {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
}

impl Nonces {
    pub(super) fn check(&self, nonce: &[u8; 16], server_nonce: &[u8; 16]) -> Result<(), Error> {
        if *nonce != self.nonce {
            Err(Error::Nonce)
        } else if *server_nonce != self.server_nonce {
            Err(Error::ServerNonce)
        } else {
            Ok(())
        }
    }
}
