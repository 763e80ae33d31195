//! The other end of a session: it opens what a client sends, and makes the packets that a client is to take.
//!
//! A client here is a session layer with its framing, [`Framing::Intermediate`]; what a socket would carry is handed over.

use std::time::{SystemTime, UNIX_EPOCH};

use telewire::crypto::message_key::{derive, message_key};
use telewire::crypto::{AuthKey, MessageKey, SeededEntropy, Sender, Suite, real};
use telewire::framing::{Decoder, Detector, Encoder, Frame, Framing, Side};
use telewire::message_id::MessageId;
use telewire::tl::mtproto::{functions, types};
use telewire::tl::{Bare, Deserialize, Identifiable, Object, Reader, Serialize, api};

use crate::{Result, input};

/// A session layer.
pub trait Client {
    /// Sends a ping, and what else is to go with it: the frame.
    ///
    /// # Errors
    ///
    /// When it cannot.
    fn ping(&mut self) -> Result<&[u8]>;

    /// Takes a frame, and everything that came of it.
    ///
    /// # Errors
    ///
    /// When it takes it for something else than was meant.
    fn receive(&mut self, frame: &mut [u8]) -> Result<Received>;
}

/// What came of a frame. The bodies were handed out as bytes that are the caller's to keep, and dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// How many messages nobody asked for.
    pub updates: usize,
    /// How many answers to requests.
    pub results: usize,
    /// The bytes of both.
    pub bytes: usize,
}

/// How many updates come in a container.
pub const UPDATES: usize = 20;

/// How long the file is that a request returns.
pub const FILE: usize = 512 << 10;

/// The server of one client.
#[derive(Debug)]
pub struct Server {
    suite: Suite,
    key: AuthKey,
    /// Once the client has said its framing.
    decoder: Option<Decoder>,
    encoder: Encoder,
    /// The session's number, which the client chose.
    session: i64,
    /// The last message's id.
    last: i64,
    /// How many content-related messages there were.
    content: i32,
    /// `upload.file`
    file: Object,
}

/// `auth_key_id` and `msg_key`.
const OUTSIDE: usize = 24;

impl Server {
    /// One to which nobody has spoken.
    #[must_use]
    pub fn new() -> Self {
        let bytes: Vec<u8> = input::plaintext().into_iter().cycle().take(FILE).collect();
        let r#type = api::enums::storage::FileType::FileJpeg;
        let file = api::types::upload::File { r#type, mtime: 1, bytes: bytes.into() };
        Self {
            suite: real(),
            key: AuthKey::from_bytes(input::KEY),
            decoder: None,
            encoder: Encoder::new(Framing::Intermediate, Side::Server),
            session: 0,
            last: 0,
            content: 0,
            file: Object::new(&file),
        }
    }

    /// Opens a frame of the client's: the id of the ping in it.
    ///
    /// # Errors
    ///
    /// When it is not authentic, or has no ping.
    pub fn open(&mut self, frame: &[u8]) -> Result<i64> {
        let mut input = frame;
        if self.decoder.is_none() {
            self.decoder = Detector::new().detect(&mut input)?;
        }
        let decoder = self.decoder.as_mut().ok_or("no framing")?;
        let Some(Frame::Packet { body, .. }) = decoder.decode(&mut input)? else {
            return Err("no packet".into());
        };
        let (outside, plain) = body.split_first_chunk_mut::<OUTSIDE>().ok_or("too short")?;
        let claimed = MessageKey(*outside.last_chunk::<16>().ok_or("too short")?);
        derive(&*self.suite, &self.key, &claimed, Sender::Client).decrypt(&*self.suite, plain)?;
        let (computed, _) = message_key(&*self.suite, &self.key, Sender::Client, plain);
        if !computed.matches(&*self.suite, &claimed) {
            return Err("not authentic".into());
        }
        let mut reader = Reader::new(plain);
        let (_salt, session, id, _seqno) =
            (reader.long(), reader.long(), reader.long(), reader.int());
        let length = reader.length();
        let body = reader.take_slice(length);
        reader.check()?;
        self.session = session;
        let is_ping = |body: &[u8]| body.starts_with(&functions::Ping::ID.to_le_bytes());
        if is_ping(body) {
            return Ok(id);
        }
        let container = types::MsgContainer::from_bytes(body)?;
        let ping = container.messages.iter().find(|message| is_ping(message.body.as_bytes()));
        Ok(ping.ok_or("no ping")?.msg_id)
    }

    /// The pong to a ping. It is not content-related, so nobody acknowledges it.
    ///
    /// # Errors
    ///
    /// Never with what is sent here.
    pub fn pong(&mut self, request: i64) -> Result<Vec<u8>> {
        let pong = types::Pong { msg_id: request, ping_id: 0 };
        let (id, seqno) = (self.next_id(1)?, self.content * 2);
        self.seal(id, seqno, &pong.to_bytes())
    }

    /// A container with [`UPDATES`] updates, each of 28 bytes.
    ///
    /// # Errors
    ///
    /// See [`pong`](Self::pong).
    pub fn updates(&mut self) -> Result<Vec<u8>> {
        let mut messages = Vec::new();
        for user_id in (1..).take(UPDATES) {
            let online = api::types::UserStatusOnline { expires: 1_800_000_000 };
            let update = api::types::UpdateUserStatus { user_id, status: online.into() };
            let short = api::types::UpdateShort { update: update.into(), date: 1_700_000_000 };
            let (msg_id, seqno) = (self.next_id(3)?, self.next_seqno());
            messages.push(Bare(types::Message { msg_id, seqno, body: Object::new(&short) }));
        }
        let container = types::MsgContainer { messages: messages.into() };
        let (id, seqno) = (self.next_id(3)?, self.content * 2);
        self.seal(id, seqno, &container.to_bytes())
    }

    /// The result of a request: a file of [`FILE`] bytes.
    ///
    /// # Errors
    ///
    /// See [`pong`](Self::pong).
    pub fn result(&mut self, request: i64) -> Result<Vec<u8>> {
        let result = types::RpcResult { req_msg_id: request, result: self.file.clone() };
        let (id, seqno) = (self.next_id(1)?, self.next_seqno());
        self.seal(id, seqno, &result.to_bytes())
    }

    /// The id of the next message, of now; `kind` is 1 for an answer and 3 for another.
    fn next_id(&mut self, kind: i64) -> Result<i64> {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH)?;
        self.last = MessageId::at(unix).0.max(self.last + 4);
        Ok(self.last + kind)
    }

    fn next_seqno(&mut self) -> i32 {
        self.content += 1;
        self.content * 2 - 1
    }

    /// The frame of a message.
    fn seal(&mut self, id: i64, seqno: i32, body: &[u8]) -> Result<Vec<u8>> {
        let mut plain = Vec::with_capacity(body.len() + 64);
        for number in [0, self.session, id] {
            number.serialize(&mut plain);
        }
        seqno.serialize(&mut plain);
        i32::try_from(body.len())?.serialize(&mut plain);
        plain.extend_from_slice(body);
        plain.resize((plain.len() + 12).next_multiple_of(16), 0);
        let (msg_key, _) = message_key(&*self.suite, &self.key, Sender::Server, &plain);
        derive(&*self.suite, &self.key, &msg_key, Sender::Server)
            .encrypt(&*self.suite, &mut plain)?;
        let packet = [&self.key.id().to_le_bytes()[..], &msg_key.0, &plain].concat();
        let mut frame = Vec::new();
        // This framing draws nothing.
        self.encoder.encode(&packet, false, &mut SeededEntropy::new(0), &mut frame)?;
        Ok(frame)
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

/// A container of updates for a client that owes no acknowledgement and waits for no answer.
///
/// # Errors
///
/// When one of both does not understand the other.
pub fn updates(client: &mut impl Client, server: &mut Server) -> Result<Vec<u8>> {
    let request = server.open(client.ping()?)?;
    client.receive(&mut server.pong(request)?)?;
    server.updates()
}

/// The result of a request that the client has just sent.
///
/// # Errors
///
/// See [`updates`].
pub fn result(client: &mut impl Client, server: &mut Server) -> Result<Vec<u8>> {
    let request = server.open(client.ping()?)?;
    server.result(request)
}
