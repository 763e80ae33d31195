//! What a fuzzer says to those who talk: bytes are read as a sequence of things that happen.

use std::collections::BTreeMap;
use std::time::Duration;

use telewire::connection::{self, Connection, Disconnected, Event, StoredKey};
use telewire::crypto::message_key::{derive, message_key};
use telewire::crypto::{
    AuthKey, MessageKey, RsaPublicKey, SeededEntropy, Sender, Suite, keys, toy,
};
use telewire::framing::fake_tls::{Greeting, Records};
use telewire::framing::mtproxy::ProxyLink;
use telewire::framing::{Decoder, Detector, Encoder, Frame, Framing, Side};
use telewire::handshake::{self, Handshake};
use telewire::ids::{DcId, Salt};
use telewire::message_id::MessageId;
use telewire::rpc::{CallId, Request};
use telewire::session;
use telewire::time::Now;
use telewire::tl::mtproto::{functions, types};
use telewire::tl::{Object, Repeat, Serialize};

const BEGIN: Now = Now { mono: Duration::ZERO, unix: Duration::from_secs(1_705_754_876) };
const DC: DcId = DcId::production(2);
const SALT: Salt = Salt(5);

/// A target: its name, and what must hold for any bytes.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const ALL: &[Target] = &[
    ("session", session),
    ("plain", plain),
    ("wrapped", wrapped),
    #[cfg(feature = "server")]
    ("server", server),
];

/// How much happens in one run: more would only be slow.
const STEPS: usize = 64;

/// The bytes of an input, as they are needed.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number of up to two bytes.
    fn number(&mut self) -> u16 {
        u16::from_le_bytes([self.byte().unwrap_or(0), self.byte().unwrap_or(0)])
    }

    fn run(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte().unwrap_or(0)).min(self.0.len());
        let (run, rest) = self.0.split_at(length);
        self.0 = rest;
        run
    }
}

fn after(now: Now, time: Duration) -> Now {
    Now { mono: now.mono + time, unix: now.unix + time }
}

fn auth_key() -> AuthKey {
    AuthKey::from_bytes([7; 256])
}

/// An authentic packet.
fn seal(
    suite: &Suite,
    sender: Sender,
    salt: i64,
    session: i64,
    id: i64,
    seqno: i32,
    body: &[u8],
) -> Vec<u8> {
    let key = auth_key();
    let mut plain = Vec::new();
    salt.serialize(&mut plain);
    session.serialize(&mut plain);
    id.serialize(&mut plain);
    seqno.serialize(&mut plain);
    i32::try_from(body.len()).expect("a short body").serialize(&mut plain);
    plain.extend_from_slice(body);
    plain.resize((plain.len() + 12).next_multiple_of(16), 9);
    let (msg_key, _) = message_key(&**suite, &key, sender, &plain);
    let aes = derive(&**suite, &key, &msg_key, sender);
    aes.encrypt(&**suite, &mut plain).expect("whole blocks");
    [&key.id().to_le_bytes()[..], &msg_key.0, &plain].concat()
}

/// The plaintext of a packet.
fn unseal(suite: &Suite, sender: Sender, packet: &[u8]) -> Option<Vec<u8>> {
    let (outside, data) = packet.split_at_checked(24)?;
    let msg_key = MessageKey(outside[8..].try_into().ok()?);
    let mut plain = data[..data.len() / 16 * 16].to_vec();
    derive(&**suite, &auth_key(), &msg_key, sender).decrypt(&**suite, &mut plain).ok()?;
    Some(plain)
}

fn long(bytes: &[u8], at: usize) -> i64 {
    bytes.get(at..at + 8).map_or(0, |b| i64::from_le_bytes(b.try_into().expect("eight bytes")))
}

/// A client's connection, and the peer that it talks to.
struct Client {
    suite: Suite,
    connection: Connection,
    now: Now,
    detector: Detector,
    decoder: Option<Decoder>,
    session: i64,
    /// Message ids that the client used.
    ids: Vec<i64>,
    count: i64,
    calls: Vec<CallId>,
    /// How often each ended.
    ended: BTreeMap<CallId, u32>,
}

impl Client {
    fn new() -> Self {
        let suite = toy();
        let mut config = connection::Config::new(DC, Vec::<RsaPublicKey>::new(), suite.clone());
        config.stored = Some(StoredKey { auth_key: auth_key(), salt: SALT, time_offset: 0 });
        let connection = Connection::new(config, BEGIN, Box::new(SeededEntropy::new(1)));
        let (calls, ended, ids) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut client = Self {
            suite,
            connection,
            now: BEGIN,
            detector: Detector::new(),
            decoder: None,
            session: 0,
            ids,
            count: 0,
            calls,
            ended,
        };
        client.turn();
        client
    }

    /// Takes all that the connection gives.
    fn turn(&mut self) {
        if self.connection.poll_connect(self.now).is_some() {
            self.detector = Detector::new();
            self.decoder = None;
            self.connection.handle_connected(self.now, Framing::Intermediate);
        }
        let mut out = Vec::new();
        let mut packets = 0;
        while self.connection.poll_transmit(self.now, &mut out) {
            packets += 1;
            assert!(packets < 1_000, "it never ends to talk");
        }
        self.read(&out);
        while self.connection.poll_work().is_some() {}
        while let Some(event) = self.connection.poll_event() {
            if let Event::Session(session::Event::Answer { call, .. }) = event {
                *self.ended.entry(call).or_default() += 1;
            }
        }
    }

    fn read(&mut self, mut bytes: &[u8]) {
        if self.decoder.is_none() {
            self.decoder = self.detector.detect(&mut bytes).expect("a tag");
        }
        let mut packets = Vec::new();
        let Some(decoder) = &mut self.decoder else { return };
        while let Some(frame) = decoder.decode(&mut bytes).expect("frames") {
            if let Frame::Packet { body, .. } = frame {
                packets.push(body.to_vec());
            }
        }
        for packet in packets {
            let plain = unseal(&self.suite, Sender::Client, &packet).expect("a packet");
            self.session = long(&plain, 8);
            self.ids.push(long(&plain, 16));
            // If it is a container, the ids of its first messages are somewhere there.
            self.ids.push(long(&plain, 40));
        }
    }

    fn say(&mut self, kind: u8, input: &mut Input<'_>) {
        let named = usize::from(input.byte().unwrap_or(0)) % self.ids.len().max(1);
        let named = self.ids.get(named).copied().unwrap_or(0);
        let rest = input.run();
        let code = i32::from(input.byte().unwrap_or(0));
        let body = match kind % 12 {
            0 => types::RpcResult { req_msg_id: named, result: Object::from(rest.to_vec()) }
                .to_bytes(),
            1 => types::Pong { msg_id: named, ping_id: long(rest, 0) }.to_bytes(),
            2 => types::MsgsAck { msg_ids: vec![named; 2] }.to_bytes(),
            3 => {
                types::BadMsgNotification { bad_msg_id: named, bad_msg_seqno: 1, error_code: code }
                    .to_bytes()
            }
            4 => types::BadServerSalt {
                bad_msg_id: named,
                bad_msg_seqno: 1,
                error_code: code,
                new_server_salt: long(rest, 0),
            }
            .to_bytes(),
            5 => types::NewSessionCreated {
                first_msg_id: named,
                unique_id: code.into(),
                server_salt: long(rest, 0),
            }
            .to_bytes(),
            6 => types::MsgsStateInfo { req_msg_id: named, info: rest.to_vec().into() }.to_bytes(),
            7 => {
                types::MsgsAllInfo { msg_ids: vec![named; rest.len()], info: rest.to_vec().into() }
                    .to_bytes()
            }
            8 => types::MsgResendReq { msg_ids: vec![named] }.to_bytes(),
            9 => types::MsgsStateReq { msg_ids: vec![named, self.count] }.to_bytes(),
            10 => types::GzipPacked { packed_data: rest.to_vec().into() }.to_bytes(),
            _ => rest.to_vec(),
        };
        self.count += 1;
        let id = (MessageId::at(self.now.unix).0 | 1) + 4 * self.count;
        let seqno = i32::try_from(self.count).expect("few") * 2 + 1;
        let packet =
            seal(&self.suite, Sender::Server, SALT.0, self.session, id, seqno, &padded(body));
        self.send(&packet);
    }

    fn send(&mut self, packet: &[u8]) {
        let mut encoder = Encoder::new(Framing::Intermediate, Side::Server);
        let mut frame = Vec::new();
        if encoder.encode(packet, false, &mut SeededEntropy::new(3), &mut frame).is_ok() {
            self.connection.handle_input(self.now, &frame);
        }
    }
}

/// Bodies are of whole words, most of the time.
fn padded(mut body: Vec<u8>) -> Vec<u8> {
    if !body.len().is_multiple_of(4) && body.first() != Some(&0xff) {
        body.resize(body.len().next_multiple_of(4), 0);
    }
    body
}

/// An authenticated peer says anything at any time: each request ends exactly once, and nothing panics.
pub(crate) fn session(input: &[u8]) {
    let (mut input, mut client) = (Input(input), Client::new());
    for _ in 0..STEPS {
        let Some(step) = input.byte() else { break };
        match step % 16 {
            0 | 1 => {
                let repeats = [Repeat::Once, Repeat::Safe, Repeat::Keyed];
                let ping = functions::Ping { ping_id: step.into() };
                let request = Request::new(&ping).with_repeat(repeats[usize::from(step / 16) % 3]);
                client.calls.extend(client.connection.call(client.now, request).ok());
            }
            2 => {
                let nth = usize::from(input.byte().unwrap_or(0)) % client.calls.len().max(1);
                if let Some(call) = client.calls.get(nth) {
                    client.connection.cancel(client.now, *call);
                }
            }
            3 => client.connection.handle_disconnected(client.now, Disconnected::Eof),
            4 => {
                let bytes = input.run();
                client.connection.handle_input(client.now, bytes);
            }
            5 | 6 => {
                client.now =
                    after(client.now, Duration::from_millis(10 * u64::from(input.number())));
                client.connection.handle_timeout(client.now);
            }
            _ => {
                let kind = input.byte().unwrap_or(0);
                client.say(kind, &mut input);
            }
        }
        client.turn();
    }
    client.connection.close(client.now);
    client.turn();
    let ended: Vec<u32> =
        client.calls.iter().map(|call| client.ended.get(call).copied().unwrap_or(0)).collect();
    assert!(ended.iter().all(|times| *times == 1), "{ended:?}");
}

/// Anything may come in a plain message: the key exchange ends in an error, or waits.
pub(crate) fn plain(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let entropy = &mut SeededEntropy::new(1);
    let config = handshake::Config::new(DC, keys::test_keys(), toy());
    let mut exchange = Handshake::new(config, 1, BEGIN, entropy);
    let query = exchange.poll_packet().expect("a query").to_vec();
    let nonce = &query[query.len() - 16..];
    let mut body = rest.to_vec();
    // The nonce is where all answers have it; nobody would guess it.
    if first & 1 == 0 && body.len() >= 20 {
        body[4..20].copy_from_slice(nonce);
    }
    let packet = match first & 2 {
        0 => {
            let id = MessageId::at(BEGIN.unix).0 | 1;
            let length = i32::try_from(body.len()).expect("a short body");
            [&[0; 8][..], &id.to_le_bytes(), &length.to_le_bytes(), &body].concat()
        }
        _ => body,
    };
    let result = exchange.handle_packet(BEGIN, &packet, 0, entropy);
    assert_eq!(result.is_err(), exchange.error().is_some());
    assert!(exchange.poll_outcome().is_none(), "no key comes of one message");
}

/// However a stream is cut, what is around the frames is taken off in the same way; and a link is one, or an error.
pub(crate) fn wrapped(input: &[u8]) {
    let Some((first, stream)) = input.split_first() else { return };
    let size = usize::from(first >> 1) + 1;
    match first & 1 {
        0 => assert_eq!(records(stream, size), records(stream, stream.len().max(1))),
        _ => assert_eq!(greeting(stream, size), greeting(stream, stream.len().max(1))),
    }
    let text = String::from_utf8_lossy(stream);
    if let Ok(link) = text.parse::<ProxyLink>() {
        assert_eq!(link.expose().parse::<ProxyLink>().as_ref(), Ok(&link));
    }
}

fn records(stream: &[u8], size: usize) -> (Vec<u8>, bool) {
    let (mut records, mut data) = (Records::server(), Vec::new());
    for mut piece in stream.chunks(size) {
        loop {
            match records.open(&mut piece) {
                Ok(Some(run)) => data.extend_from_slice(run),
                Ok(None) => break,
                Err(_) => return (data, true),
            }
        }
    }
    (data, false)
}

/// Whether the answer to a greeting is one: not yet, yes, or never.
fn greeting(stream: &[u8], size: usize) -> Option<bool> {
    let key = [5; 16].into();
    let (mut greeting, _) = Greeting::new(&key, "a", 1, &mut SeededEntropy::new(1));
    for mut piece in stream.chunks(size) {
        match greeting.read(&mut piece) {
            Ok(None) => {}
            Ok(Some(_)) => return Some(true),
            Err(_) => return Some(false),
        }
    }
    None
}

/// A client with a key says anything to a data centre.
#[cfg(feature = "server")]
pub(crate) fn server(input: &[u8]) {
    use telewire::framing::CLIENT_LIMIT;
    use telewire::server::{DataCentre, Dispatcher, exchange};

    let suite = toy();
    let config = exchange::Config::new(DC, Vec::new(), suite.clone());
    let mut centre = DataCentre::new(config, Dispatcher::new(), SeededEntropy::new(1));
    let (mut input, mut now) = (Input(input), BEGIN);
    centre.add_key(now, auth_key(), SALT, None);
    let mut link = centre.handle_connected();
    let mut encoder = Encoder::new(Framing::Intermediate, Side::Client);
    let (mut count, mut ids) = (0, vec![0]);
    for _ in 0..STEPS {
        let Some(step) = input.byte() else { break };
        match step % 8 {
            0 => {
                centre.handle_disconnected(link);
                link = centre.handle_connected();
                encoder = Encoder::new(Framing::Intermediate, Side::Client);
            }
            1 => {
                let bytes = input.run();
                centre.handle_input(now, link, bytes);
            }
            2 => {
                now = after(now, Duration::from_millis(10 * u64::from(input.number())));
                centre.handle_timeout(now);
            }
            _ => {
                let kind = input.byte().unwrap_or(0);
                let named = ids[usize::from(input.byte().unwrap_or(0)) % ids.len()];
                let rest = input.run();
                let body = match kind % 8 {
                    0 => functions::Ping { ping_id: 1 }.to_bytes(),
                    1 => functions::GetFutureSalts { num: kind.into() }.to_bytes(),
                    2 => functions::RpcDropAnswer { req_msg_id: named }.to_bytes(),
                    3 => types::MsgsStateReq { msg_ids: vec![named; 3] }.to_bytes(),
                    4 => types::MsgResendReq { msg_ids: vec![named] }.to_bytes(),
                    5 => types::MsgsAck { msg_ids: vec![named] }.to_bytes(),
                    6 => types::MsgsStateInfo { req_msg_id: named, info: rest.to_vec().into() }
                        .to_bytes(),
                    _ => rest.to_vec(),
                };
                count += 1;
                let id = MessageId::at(now.unix).0 + 4 * count;
                ids.push(id);
                let seqno = i32::try_from(count).expect("few") * 2 - i32::from(step & 8 == 0);
                let session = 1 + i64::from(step >> 6);
                let packet =
                    seal(&suite, Sender::Client, SALT.0, session, id, seqno, &padded(body));
                let mut frame = Vec::new();
                encoder
                    .encode(&packet, step & 16 != 0, &mut SeededEntropy::new(3), &mut frame)
                    .expect("a packet");
                centre.handle_input(now, link, &frame);
            }
        }
        let mut frames = 0;
        while let Some(frame) = centre.poll_transmit(now, link) {
            assert!(frame.len() <= CLIENT_LIMIT + 16);
            frames += 1;
            assert!(frames < 1_000, "it never ends to talk");
        }
        while centre.poll_work().is_some() {}
    }
}
