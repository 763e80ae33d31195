//! `req_DH_params`, answered with `server_DH_params_ok`.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::factor::minimal_be;
use crate::crypto::{Fingerprint, Secret, dh, tmp_aes};
use crate::server::exchange::error::Error;
use crate::server::exchange::machine::{Context, State, id_of};
use crate::server::exchange::pq::Nonces;
use crate::server::exchange::verdict::AwaitSetDh;
use crate::tl::mtproto::{enums, functions, types};
use crate::tl::{Deserialize, Identifiable, Reader, Serialize};
use crate::work::{Job, Unseal, UnsealError, Unsealed, UnsealedData};

/// The longest life of a temporary key. Telegram's clients ask for a day; a week is generous (KX-06).
const MAX_LIFETIME: i32 = 7 * 86_400;

pub(super) struct AwaitReqDh {
    pub(super) nonces: Nonces,
    pub(super) p: u64,
    pub(super) q: u64,
}

impl AwaitReqDh {
    pub(super) fn handle(self, value: &[u8], ctx: &mut Context<'_>) -> Result<State, Error> {
        if id_of(value) != functions::ReqDhParams::ID {
            return Err(Error::Unexpected { id: id_of(value) });
        }
        let query = functions::ReqDhParams::from_bytes(value)?;
        self.nonces.check(&query.nonce, &query.server_nonce)?;
        // Padded factors are refused, as Telegram's servers do.
        if *query.p != *minimal_be(self.p) || *query.q != *minimal_be(self.q) {
            return Err(Error::Factors);
        }
        let fingerprint = Fingerprint(query.public_key_fingerprint);
        let keys = &ctx.config.keys;
        let key = keys
            .iter()
            .find(|key| key.public().fingerprint() == fingerprint)
            .ok_or(Error::UnknownKey(fingerprint))?;
        let length = query.encrypted_data.len();
        let encrypted = query.encrypted_data.first_chunk().filter(|_| length == 256).copied();
        let encrypted = encrypted.ok_or(Error::EncryptedLength { length })?;
        let exponent = Secret::random(ctx.entropy);
        ctx.output.job = Some(Job::Unseal(Box::new(Unseal {
            suite: ctx.config.suite.clone(),
            key: key.clone(),
            encrypted,
            accepts_legacy: ctx.config.strictness.is_lenient(),
            g: dh::check_generator(ctx.config.g, &ctx.config.prime)?,
            prime: *ctx.config.prime,
            exponent: exponent.clone(),
        })));
        Ok(State::Unsealing(Box::new(Unsealing { query: self, exponent })))
    }
}

pub(super) struct Unsealing {
    query: AwaitReqDh,
    exponent: Secret<256>,
}

/// What matters of the four forms of the inner data.
struct InnerData {
    pq: Vec<u8>,
    p: Vec<u8>,
    q: Vec<u8>,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: Secret<32>,
    dc: Option<i32>,
    expires_in: Option<i32>,
}

impl Unsealing {
    pub(super) fn handle_unsealed(
        self,
        unsealed: Result<Box<Unsealed>, UnsealError>,
        ctx: &mut Context<'_>,
    ) -> Result<State, Error> {
        let unsealed = unsealed.map_err(|error| match error {
            UnsealError::Rsa(error) => Error::Rsa(error),
            UnsealError::Dh(error) => Error::Dh(error),
        })?;
        let inner = self.inner_data(&unsealed.data, ctx)?;
        let AwaitReqDh { nonces, p, q } = self.query;
        nonces.check(&inner.nonce, &inner.server_nonce)?;
        if inner.pq != minimal_be(p * q) || inner.p != minimal_be(p) || inner.q != minimal_be(q) {
            return Err(Error::InnerPq);
        }
        if let Some(dc) = inner.dc.filter(|dc| *dc != ctx.config.dc.to_wire()) {
            return Err(Error::Dc { dc });
        }
        let expires_at = inner.expires_in.map(|seconds| expiry(seconds, ctx)).transpose()?;
        let tmp_aes = tmp_aes(&*ctx.config.suite, inner.new_nonce.expose(), &nonces.server_nonce);
        let mut answer = self.encrypted_answer(nonces, &unsealed.public, ctx);
        let length = answer.len();
        // The length is a multiple of 16, so this cannot fail.
        tmp_aes
            .encrypt(&*ctx.config.suite, &mut answer)
            .map_err(|_| Error::AnswerLength { length })?;
        ctx.answer(&types::ServerDhParamsOk {
            nonce: nonces.nonce,
            server_nonce: nonces.server_nonce,
            encrypted_answer: answer.to_vec().into(),
        });
        Ok(State::AwaitSetDh(Box::new(AwaitSetDh {
            nonces,
            new_nonce: inner.new_nonce,
            tmp_aes,
            exponent: self.exponent,
            expires_at,
            refused: None,
        })))
    }

    /// Reads the inner data; behind it stands padding.
    fn inner_data(&self, data: &UnsealedData, ctx: &Context<'_>) -> Result<InnerData, Error> {
        match data {
            UnsealedData::Padded(data) => read(data.expose()).map(|(inner, _)| inner),
            UnsealedData::Legacy(data) => {
                let (inner, length) = read(data.unverified())?;
                data.verify(&*ctx.config.suite, length)?;
                Ok(inner)
            }
        }
    }

    /// `SHA1(answer) | answer | random bytes` up to a multiple of 16.
    fn encrypted_answer(
        &self,
        nonces: Nonces,
        g_a: &[u8; 256],
        ctx: &mut Context<'_>,
    ) -> Zeroizing<Vec<u8>> {
        let seconds = i32::try_from(ctx.now.unix.as_secs()).unwrap_or(i32::MAX);
        let answer = types::ServerDhInnerData {
            nonce: nonces.nonce,
            server_nonce: nonces.server_nonce,
            g: ctx.config.g,
            dh_prime: (&*ctx.config.prime).into(),
            g_a: g_a.into(),
            server_time: seconds,
        }
        .to_bytes();
        let mut data = Zeroizing::new(ctx.config.suite.sha1(&[&answer]).to_vec());
        data.extend_from_slice(&answer);
        let mut padding = vec![0; data.len().wrapping_neg() % 16];
        ctx.entropy.fill(&mut padding);
        data.extend_from_slice(&padding);
        data
    }
}

fn expiry(seconds: i32, ctx: &Context<'_>) -> Result<Duration, Error> {
    match u64::try_from(seconds) {
        Ok(life) if (1..=MAX_LIFETIME).contains(&seconds) => {
            Ok(ctx.now.unix + Duration::from_secs(life))
        }
        _ => Err(Error::Lifetime { seconds }),
    }
}

/// The inner data in any of its forms, and its length.
fn read(bytes: &[u8]) -> Result<(InnerData, usize), Error> {
    let mut reader = Reader::new(bytes);
    macro_rules! inner {
        ($data:ident, $dc:expr, $expires_in:expr) => {
            InnerData {
                pq: $data.pq.into_vec(),
                p: $data.p.into_vec(),
                q: $data.q.into_vec(),
                nonce: $data.nonce,
                server_nonce: $data.server_nonce,
                new_nonce: Secret::from($data.new_nonce),
                dc: $dc,
                expires_in: $expires_in,
            }
        };
    }
    use enums::PQInnerData as Form;
    let inner = match enums::PQInnerData::deserialize(&mut reader)? {
        Form::PQInnerData(data) => inner!(data, None, None),
        Form::Temp(data) => inner!(data, None, Some(data.expires_in)),
        Form::Dc(data) => inner!(data, Some(data.dc), None),
        Form::TempDc(data) => inner!(data, Some(data.dc), Some(data.expires_in)),
    };
    Ok((inner, reader.offset()))
}
