//! Both sides of the exchange, as machines, on real cryptography.

use super::*;
use crate::crypto::{KeyId, RsaPrivateKey, real, test_key};
use crate::handshake::Lifetime;
use crate::server::exchange::{self, Established, Exchange};

/// A client and a server whose packets a test carries.
struct Pair {
    client: Handshake,
    server: Exchange,
    config: exchange::Config,
    entropy: SeededEntropy,
    verdicts: Vec<DhGen>,
}

impl Pair {
    fn new(client: impl FnOnce(&mut Config), server: impl FnOnce(&mut exchange::Config)) -> Self {
        let key = RsaPrivateKey::from_pem(test_key::PKCS1).unwrap();
        let dc = DcId::production(2);
        let mut client_config = Config::new(dc, vec![key.public().clone()], real());
        client(&mut client_config);
        let mut config = exchange::Config::new(dc, vec![key], real());
        server(&mut config);
        let mut entropy = SeededEntropy::new(11);
        let client = Handshake::new(client_config, 1, at(0), &mut entropy);
        Self { client, server: Exchange::new(1), config, entropy, verdicts: Vec::new() }
    }

    /// Carries packets until nothing is left to carry.
    fn run(&mut self) -> Result<(Outcome, Established), Failure> {
        let mut turns = Turns::default();
        loop {
            turns.count(());
            let Some(query) = self.client.poll_packet().map(<[u8]>::to_vec) else {
                let outcome = self.client.poll_outcome().expect("the client has ended");
                let established = self.server.poll_established().expect("the server has ended");
                return Ok((outcome, established));
            };
            let answer = self.serve(&query).map_err(Failure::Server)?;
            let client = &mut self.client;
            client.handle_packet(at(0), &answer, 0, &mut self.entropy).map_err(Failure::Client)?;
            if let Some(work) = client.poll_work() {
                client
                    .handle_work(at(0), work.run(), &mut self.entropy)
                    .map_err(Failure::Client)?;
            }
        }
    }

    fn serve(&mut self, query: &[u8]) -> Result<Vec<u8>, exchange::Error> {
        let Self { server, config, entropy, verdicts, .. } = self;
        if let Some(answer) = server.handle_packet(config, at(0), query, 0, entropy)? {
            return Ok(answer);
        }
        let done = server.poll_work().expect("work").run();
        if let Some(answer) = server.handle_work(config, at(0), done, entropy)? {
            return Ok(answer);
        }
        assert!(server.candidate().is_some());
        let verdict = verdicts.pop().unwrap_or(DhGen::Ok);
        Ok(server.conclude(config, at(0), verdict, entropy).expect("an answer"))
    }
}

#[derive(Debug, PartialEq)]
enum Failure {
    Client(Error),
    Server(exchange::Error),
}

#[test]
fn kx_07_the_server_reads_what_rsa_pad_wrote_and_both_have_one_key() {
    let (outcome, established) = Pair::new(|_| {}, |_| {}).run().unwrap();
    assert_eq!(outcome.auth_key, established.auth_key);
    assert_eq!(outcome.salt, established.salt);
    assert_ne!(outcome.auth_key.id(), KeyId(0));
}

#[test]
fn kx_01_answers_with_garbage_behind_them_are_understood() {
    let (outcome, established) = Pair::new(|_| {}, |server| server.garbage = 104).run().unwrap();
    assert_eq!(outcome.auth_key, established.auth_key);
}

#[test]
fn kx_06_a_query_for_another_data_centre_is_refused_by_the_server() {
    for dc in [DcId::production(3), DcId::test(2), DcId { is_media: true, ..DcId::production(2) }] {
        let error = Pair::new(|client| client.dc = dc, |_| {}).run().unwrap_err();
        assert_eq!(error, Failure::Server(exchange::Error::Dc { dc: dc.to_wire() }));
    }
}

#[test]
fn kx_06_a_temporary_key_expires_for_both_at_the_same_time() {
    let lifetime = Lifetime::Temporary { expires_in: 86_400 };
    let (outcome, established) =
        Pair::new(|client| client.lifetime = lifetime, |_| {}).run().unwrap();
    assert_eq!(outcome.expires_at, established.expires_at);
    assert!(outcome.expires_at.is_some());
    for expires_in in [0, -1, i32::MIN, i32::MAX] {
        let lifetime = Lifetime::Temporary { expires_in };
        let error = Pair::new(|client| client.lifetime = lifetime, |_| {}).run().unwrap_err();
        let expected = exchange::Error::Lifetime { seconds: expires_in };
        assert_eq!(error, Failure::Server(expected));
    }
}

#[test]
fn kx_18_the_server_may_refuse_a_key_and_get_another() {
    let mut pair = Pair::new(|_| {}, |_| {});
    pair.verdicts = vec![DhGen::Ok, DhGen::Retry, DhGen::Retry];
    let (outcome, established) = pair.run().unwrap();
    assert_eq!(outcome.auth_key, established.auth_key);
    let mut pair = Pair::new(|_| {}, |_| {});
    pair.verdicts = vec![DhGen::Fail];
    assert_eq!(pair.run().unwrap_err(), Failure::Client(Error::DhGenFail));
}

#[test]
fn kx_20_the_server_answers_a_repeated_query_as_before() {
    let mut pair = Pair::new(|_| {}, |_| {});
    let query = pair.client.poll_packet().unwrap().to_vec();
    let first = pair.serve(&query).unwrap();
    let second = pair.serve(&query).unwrap();
    assert_eq!(first[20..], second[20..]);
    assert!(second[8..16] != first[8..16]);
}
