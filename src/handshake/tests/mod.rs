//! Each rule of the key exchange by its ID, against a scripted server that can break every one of them.

mod dh_gen;
mod dh_params;
mod known_answers;
mod mutation;
mod repetition;
mod res_pq;
mod secrecy;
mod timing;
#[cfg(feature = "server")]
mod with_server;

use std::time::Duration;

use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::{
    AuthKey, DhGen, Entropy, EntropyExt, Secret, SeededEntropy, Suite, dh, keys, new_nonce_hash,
    tmp_aes, toy,
};
use crate::handshake::{Config, Error, Handshake, Outcome, Step};
use crate::ids::DcId;
use crate::message_id::MessageId;
use crate::time::Now;
use crate::tl::mtproto::types;
use crate::tl::{Deserialize, Serialize};
use crate::turns::Turns;

/// 2024-01-20, the day of the official exchange.
const UNIX: u64 = 1_705_754_876;

/// A moment of the exchange.
fn at(millis: u64) -> Now {
    Now {
        mono: Duration::from_millis(millis),
        unix: Duration::from_secs(UNIX) + Duration::from_millis(millis),
    }
}

/// A value in the envelope of an answer.
fn packet(value: &impl Serialize) -> Vec<u8> {
    super::plain::pack(MessageId(MessageId::at(Duration::from_secs(UNIX)).0 | 1), value)
}

/// A client, and a server that says what a test wants it to say.
struct Script {
    client: Handshake,
    entropy: SeededEntropy,
    now: Now,
    suite: Suite,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: Option<Secret<32>>,
    /// The keys that the server listed, as they were told.
    listed: Vec<crate::crypto::Fingerprint>,
    exponent: Secret<256>,
    g_b: Option<[u8; 256]>,
}

impl Script {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(DcId::production(2), keys::production_keys(), toy());
        change(&mut config);
        let mut entropy = SeededEntropy::new(1);
        let suite = config.suite.clone();
        let server_nonce = entropy.array();
        let exponent = Secret::random(&mut entropy);
        let mut client = Handshake::new(config, 7, at(0), &mut entropy);
        let Some(Step::ReqPq { nonce }) = client.poll_step() else { panic!("no nonce") };
        let sent = client.poll_packet().unwrap().to_vec();
        assert_eq!(client.poll_step(), Some(Step::Sent { packet: sent }));
        Self {
            client,
            entropy,
            now: at(0),
            suite,
            nonce,
            server_nonce,
            new_nonce: None,
            listed: vec![],
            exponent,
            g_b: None,
        }
    }

    /// A client that has taken `resPQ` and waits for `server_DH_params`.
    fn at_dh_params(change: impl FnOnce(&mut Config)) -> Self {
        let mut script = Self::with(change);
        script.say(&script.res_pq()).unwrap();
        script.work().unwrap();
        script
    }

    /// A client that has sent its half and waits for the verdict.
    fn at_dh_gen() -> Self {
        let mut script = Self::at_dh_params(|_| {});
        script.say(&script.dh_params(|_| {})).unwrap();
        script.work().unwrap();
        script
    }

    fn say(&mut self, value: &impl Serialize) -> Result<(), Error> {
        self.say_packet(&packet(value))
    }

    fn say_packet(&mut self, packet: &[u8]) -> Result<(), Error> {
        let result = self.client.handle_packet(self.now, packet, 0, &mut self.entropy);
        self.take_steps();
        result
    }

    fn work(&mut self) -> Result<(), Error> {
        let done = self.client.poll_work().expect("work").run();
        let result = self.client.handle_work(self.now, done, &mut self.entropy);
        self.take_steps();
        // What it sends is seen by its steps.
        self.client.poll_packet();
        result
    }

    fn take_steps(&mut self) {
        let mut turns = Turns::default();
        while let Some(step) = turns.count(self.client.poll_step()) {
            match step {
                Step::ResPq { fingerprints, .. } => self.listed = fingerprints,
                Step::ReqDhParams { new_nonce, .. } => self.new_nonce = Some(new_nonce),
                Step::SetClientDhParams { g_b, .. } => self.g_b = Some(*g_b),
                _ => {}
            }
        }
    }

    /// `resPQ` with the `pq` of the official exchange.
    fn res_pq(&self) -> types::ResPq {
        types::ResPq {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            pq: 0x1460_e7d3_fa72_7791_u64.to_be_bytes().into(),
            server_public_key_fingerprints: vec![keys::production_keys()[0].fingerprint().0],
        }
    }

    fn g_a(&self, g: i32) -> [u8; 256] {
        let mut base = [0; 256];
        base[252..].copy_from_slice(&g.to_be_bytes());
        self.suite.pow_mod(&base, &self.exponent, &KNOWN_PRIME).unwrap()
    }

    /// The inner data as an honest server sends it.
    fn inner(&self) -> types::ServerDhInnerData {
        types::ServerDhInnerData {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            g: 3,
            dh_prime: KNOWN_PRIME.into(),
            g_a: self.g_a(3).into(),
            server_time: i32::try_from(UNIX).unwrap() + 100,
        }
    }

    /// `server_DH_params_ok` around inner data that was changed.
    fn dh_params(
        &self,
        change: impl FnOnce(&mut types::ServerDhInnerData),
    ) -> types::ServerDhParamsOk {
        let mut inner = self.inner();
        change(&mut inner);
        self.dh_params_of(&inner.to_bytes(), 0)
    }

    /// `server_DH_params_ok` around any bytes, with as much padding as the block needs and `more`.
    fn dh_params_of(&self, answer: &[u8], more: usize) -> types::ServerDhParamsOk {
        let mut data = self.suite.sha1(&[answer]).to_vec();
        data.extend_from_slice(answer);
        data.resize(data.len().next_multiple_of(16) + more, 0);
        self.dh_params_encrypting(data)
    }

    /// `server_DH_params_ok` around bytes that have their hash.
    fn dh_params_encrypting(&self, mut data: Vec<u8>) -> types::ServerDhParamsOk {
        let new_nonce = self.new_nonce.as_ref().expect("req_DH_params was sent");
        let key = tmp_aes(&*self.suite, new_nonce.expose(), &self.server_nonce);
        key.encrypt(&*self.suite, &mut data).unwrap();
        types::ServerDhParamsOk {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            encrypted_answer: data.into(),
        }
    }

    /// The key as the server computes it.
    fn key(&self) -> AuthKey {
        let g_b = self.g_b.expect("set_client_DH_params was sent");
        dh::auth_key(&*self.suite, &g_b, &self.exponent, &KNOWN_PRIME).unwrap()
    }

    fn hash(&self, answer: DhGen) -> [u8; 16] {
        let new_nonce = self.new_nonce.as_ref().expect("req_DH_params was sent");
        new_nonce_hash(&*self.suite, answer, new_nonce.expose(), &self.key().aux_hash())
    }

    fn dh_gen_ok(&self) -> types::DhGenOk {
        types::DhGenOk {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce_hash1: self.hash(DhGen::Ok),
        }
    }

    fn dh_gen_retry(&self) -> types::DhGenRetry {
        types::DhGenRetry {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce_hash2: self.hash(DhGen::Retry),
        }
    }

    fn dh_gen_fail(&self) -> types::DhGenFail {
        types::DhGenFail {
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce_hash3: self.hash(DhGen::Fail),
        }
    }

    /// Answers honestly until there is a key.
    fn finish(&mut self) -> Outcome {
        if self.new_nonce.is_none() {
            self.say(&self.res_pq()).unwrap();
            self.work().unwrap();
        }
        if self.g_b.is_none() {
            self.say(&self.dh_params(|_| {})).unwrap();
            self.work().unwrap();
        }
        self.say(&self.dh_gen_ok()).unwrap();
        self.client.poll_outcome().expect("a key")
    }
}

/// The value inside a packet that the client sent.
fn sent<T: Deserialize>(packet: &[u8]) -> T {
    T::from_bytes(&packet[20..]).unwrap()
}

/// Zeros for as many draws of a length as it has, and random bytes for all others.
struct ZeroDraws {
    length: usize,
    left: usize,
    other: SeededEntropy,
}

impl Entropy for ZeroDraws {
    fn fill(&mut self, out: &mut [u8]) {
        if out.len() == self.length && self.left > 0 {
            self.left -= 1;
            out.fill(0);
        } else {
            self.other.fill(out);
        }
    }
}

#[test]
fn an_honest_server_ends_with_the_same_key() {
    let mut script = Script::new();
    let outcome = script.finish();
    assert_eq!(outcome.auth_key, script.key());
}
