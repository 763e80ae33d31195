//! Each rule that the server enforces by its ID, against a scripted client that can break every one of them.

mod legacy;
mod mutation;
mod order;
mod req_dh;
mod req_pq;
mod set_dh;
pub(in crate::server) mod strictness;

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use crate::crypto::factor::{WORK_BUDGET, factorize, minimal_be, parse_pq};
use crate::crypto::{
    AesKeyIv, AuthKey, DhGen, Entropy, EntropyExt, RsaPrivateKey, Secret, SeededEntropy, dh,
    rsa_pad, test_key, tmp_aes, toy,
};
use crate::ids::DcId;
use crate::message_id::MessageId;
use crate::server::exchange::{Config, Error, Established, Exchange};
use crate::server::{Strictness, plain};
use crate::time::Now;
use crate::tl::mtproto::{enums, functions, types};
use crate::tl::{Deserialize, Serialize};

/// 2024-01-20.
const UNIX: u64 = 1_705_754_876;

const NOW: Now = Now { mono: Duration::ZERO, unix: Duration::from_secs(UNIX) };

/// Read once, since that takes longer than an exchange on the toy suite.
static KEY: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::from_pem(test_key::PKCS1).unwrap());

/// The factors of `pq`, which is nearly always that of the one seed.
fn factors(pq: u64) -> (u64, u64) {
    static FIRST: OnceLock<(u64, (u64, u64))> = OnceLock::new();
    let find = || factorize(pq, WORK_BUDGET).unwrap();
    let (of, factors) = FIRST.get_or_init(|| (pq, find()));
    if *of == pq { *factors } else { find() }
}

/// A value in the envelope of a query.
fn packet(value: &impl Serialize) -> Vec<u8> {
    plain::seal(MessageId::at(NOW.unix), &value.to_bytes(), &[])
}

/// The value inside a packet that the server sent.
fn answered<T: Deserialize>(packet: &[u8]) -> T {
    T::from_bytes(&packet[20..]).unwrap()
}

/// A server, and a client that says what a test wants it to say.
struct Script {
    server: Exchange,
    config: Config,
    entropy: SeededEntropy,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    pq: u64,
    p: u64,
    q: u64,
    new_nonce: Secret<32>,
    exponent: Secret<256>,
    g_a: [u8; 256],
}

impl Script {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(DcId::production(2), vec![KEY.clone()], toy());
        change(&mut config);
        let mut entropy = SeededEntropy::new(1);
        Self {
            server: Exchange::new(7),
            config,
            nonce: entropy.array(),
            server_nonce: [0; 16],
            pq: 0,
            p: 0,
            q: 0,
            new_nonce: Secret::random(&mut entropy),
            exponent: Secret::random(&mut entropy),
            g_a: [0; 256],
            entropy,
        }
    }

    /// A server that has sent `resPQ` and waits for `req_DH_params`.
    fn at_req_dh(change: impl FnOnce(&mut Config)) -> Self {
        let mut script = Self::with(change);
        script.begin().unwrap();
        script
    }

    /// Has an exchange begun.
    fn begin(&mut self) -> Result<(), Error> {
        let answer = self.say(&self.req_pq())?.expect("resPQ");
        let answer: types::ResPq = answered(&answer);
        assert_eq!(answer.nonce, self.nonce);
        self.server_nonce = answer.server_nonce;
        self.pq = parse_pq(&answer.pq).unwrap();
        (self.p, self.q) = factors(self.pq);
        Ok(())
    }

    /// A server that has sent its half and waits for `set_client_DH_params`.
    fn at_set_dh(change: impl FnOnce(&mut Config)) -> Self {
        let mut script = Self::at_req_dh(change);
        let query = script.req_dh(|_| {});
        let answer = script.say(&query).unwrap().expect("server_DH_params_ok");
        script.take_half(&answer);
        script
    }

    /// A server that has computed the key and waits for its owner's verdict.
    fn at_verdict(change: impl FnOnce(&mut Config)) -> Self {
        let mut script = Self::at_set_dh(change);
        let query = script.set_dh(|_| {});
        assert_eq!(script.say(&query), Ok(None));
        assert_eq!(script.server.candidate(), Some(&script.key()));
        script
    }

    /// Reads the server's half.
    fn take_half(&mut self, answer: &[u8]) {
        let answer: types::ServerDhParamsOk = answered(answer);
        assert_eq!((answer.nonce, answer.server_nonce), (self.nonce, self.server_nonce));
        let mut data = answer.encrypted_answer.into_vec();
        self.tmp_aes().decrypt(&*self.config.suite, &mut data).unwrap();
        let mut reader = crate::tl::Reader::new(&data[20..]);
        let inner = types::ServerDhInnerData::deserialize(&mut reader).unwrap();
        assert_eq!(data[..20], self.config.suite.sha1(&[&inner.to_bytes()]));
        assert_eq!(inner.server_time, UNIX as i32);
        self.g_a = dh::check_public(&inner.g_a, &self.config.prime).unwrap();
    }

    fn say(&mut self, value: &impl Serialize) -> Result<Option<Vec<u8>>, Error> {
        self.say_packet(&packet(value))
    }

    /// Has the work done that a packet causes; the answer, if it is not for the owner to give.
    fn say_packet(&mut self, packet: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let Self { server, config, entropy, .. } = self;
        let answer = server.handle_packet(config, NOW, packet, 0, entropy)?;
        match server.poll_work() {
            Some(work) => server.handle_work(config, NOW, work.run(), entropy),
            None => Ok(answer),
        }
    }

    fn conclude(&mut self, verdict: DhGen) -> Option<Vec<u8>> {
        self.server.conclude(&self.config, NOW, verdict, &mut self.entropy)
    }

    fn req_pq(&self) -> functions::ReqPqMulti {
        functions::ReqPqMulti { nonce: self.nonce }
    }

    /// The inner data as an honest client sends it.
    fn inner(&self) -> types::PQInnerDataDc {
        types::PQInnerDataDc {
            pq: minimal_be(self.pq).into(),
            p: minimal_be(self.p).into(),
            q: minimal_be(self.q).into(),
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce: *self.new_nonce.expose(),
            dc: self.config.dc.to_wire(),
        }
    }

    /// `req_DH_params` around inner data that was changed.
    fn req_dh(&mut self, change: impl FnOnce(&mut types::PQInnerDataDc)) -> functions::ReqDhParams {
        let mut inner = self.inner();
        change(&mut inner);
        self.req_dh_of(&inner.to_bytes())
    }

    /// `req_DH_params` around any bytes, in RSA_PAD.
    fn req_dh_of(&mut self, inner: &[u8]) -> functions::ReqDhParams {
        let suite = &*self.config.suite;
        let block = rsa_pad::encrypt(suite, KEY.public(), inner, &mut self.entropy).unwrap();
        self.req_dh_encrypted(&block)
    }

    /// `req_DH_params` with data that is encrypted already.
    fn req_dh_encrypted(&self, encrypted: &[u8]) -> functions::ReqDhParams {
        functions::ReqDhParams {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            p: minimal_be(self.p).into(),
            q: minimal_be(self.q).into(),
            public_key_fingerprint: KEY.public().fingerprint().0,
            encrypted_data: encrypted.into(),
        }
    }

    fn tmp_aes(&self) -> AesKeyIv {
        tmp_aes(&*self.config.suite, self.new_nonce.expose(), &self.server_nonce)
    }

    fn g_b(&self) -> [u8; 256] {
        let g = dh::check_generator(self.config.g, &self.config.prime).unwrap();
        self.config.suite.pow_mod(&g, &self.exponent, &self.config.prime).unwrap()
    }

    /// The client's half as an honest client sends it.
    fn half(&self) -> types::ClientDhInnerData {
        types::ClientDhInnerData {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            retry_id: 0,
            g_b: self.g_b().into(),
        }
    }

    /// `set_client_DH_params` around a half that was changed.
    fn set_dh(
        &self,
        change: impl FnOnce(&mut types::ClientDhInnerData),
    ) -> functions::SetClientDhParams {
        let mut half = self.half();
        change(&mut half);
        self.set_dh_of(&half.to_bytes(), 0)
    }

    /// `set_client_DH_params` around any bytes, with as much padding as the block needs and `more`.
    fn set_dh_of(&self, half: &[u8], more: usize) -> functions::SetClientDhParams {
        let mut data = self.config.suite.sha1(&[half]).to_vec();
        data.extend_from_slice(half);
        data.resize(data.len().next_multiple_of(16) + more, 0);
        self.set_dh_encrypting(data)
    }

    /// `set_client_DH_params` around bytes that have their hash.
    fn set_dh_encrypting(&self, mut data: Vec<u8>) -> functions::SetClientDhParams {
        self.tmp_aes().encrypt(&*self.config.suite, &mut data).unwrap();
        functions::SetClientDhParams {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            encrypted_data: data.into(),
        }
    }

    /// The key as the client computes it.
    fn key(&self) -> AuthKey {
        let Config { suite, prime, .. } = &self.config;
        dh::auth_key(&**suite, &self.g_a, &self.exponent, prime).unwrap()
    }

    /// Goes on honestly from where `req_DH_params` was answered.
    fn finish(&mut self) -> Established {
        let query = self.set_dh(|_| {});
        assert_eq!(self.say(&query), Ok(None));
        self.conclude(DhGen::Ok).expect("dh_gen_ok");
        self.server.poll_established().expect("a key")
    }
}

#[test]
fn an_honest_client_ends_with_the_same_key() {
    let mut script = Script::at_set_dh(|_| {});
    let established = script.finish();
    assert_eq!(established.auth_key, script.key());
    assert!(script.server.poll_established().is_none(), "there is one key");
}
