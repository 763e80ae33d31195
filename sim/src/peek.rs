//! What goes over the wire, in words, for traces.

use telewire::crypto::{AuthKey, Sender, Suite};
use telewire::framing::{CLIENT_LIMIT, Decoder, Detector, Frame, Framing, Side};
use telewire::tl::mtproto::{self, types};
use telewire::tl::{Deserialize, Identifiable};

use crate::envelope::{Envelope, Message};

/// Reads along.
#[derive(Debug)]
pub struct Peek {
    suite: Suite,
    keys: Vec<AuthKey>,
    up: Option<Decoder>,
    detector: Option<Detector>,
    down: Option<Decoder>,
}

impl Peek {
    /// Knows no key yet.
    #[must_use]
    pub fn new(suite: Suite) -> Self {
        Self { suite, keys: Vec::new(), up: None, detector: None, down: None }
    }

    /// A key by which packets are read from now on.
    pub fn know(&mut self, key: AuthKey) {
        self.keys.push(key);
    }

    /// There is a new link.
    pub fn connected(&mut self, framing: Framing) {
        self.detector = Some(Detector::new());
        self.up = None;
        self.down = Some(Decoder::new(framing, Side::Client, CLIENT_LIMIT));
    }

    /// What the client sends.
    pub fn up(&mut self, frame: &[u8]) -> Vec<String> {
        let mut input = frame;
        if self.up.is_none() {
            let detector = self.detector.get_or_insert_with(Detector::new);
            self.up = detector.detect(&mut input).ok().flatten();
        }
        let Self { suite, keys, up, .. } = self;
        decode(suite, keys, up.as_mut(), input, Sender::Client)
    }

    /// What the server sends.
    pub fn down(&mut self, frame: &[u8]) -> Vec<String> {
        let Self { suite, keys, down, .. } = self;
        decode(suite, keys, down.as_mut(), frame, Sender::Server)
    }
}

fn decode(
    suite: &Suite,
    keys: &[AuthKey],
    decoder: Option<&mut Decoder>,
    mut input: &[u8],
    sender: Sender,
) -> Vec<String> {
    let arrow = if sender == Sender::Client { "-->" } else { "    <--" };
    let Some(decoder) = decoder else { return vec![] };
    let mut lines = Vec::new();
    while let Ok(Some(frame)) = decoder.decode(&mut input) {
        match frame {
            Frame::Packet { body, .. } => {
                let said = keys.iter().find_map(|key| open(suite, key, body, sender));
                match said {
                    Some(said) => lines.extend(said.iter().map(|line| format!("{arrow} {line}"))),
                    None => lines.push(format!("{arrow} {} bytes", body.len())),
                }
            }
            other => lines.push(format!("{arrow} {other:?}")),
        }
    }
    lines
}

fn open(suite: &Suite, key: &AuthKey, packet: &[u8], sender: Sender) -> Option<Vec<String>> {
    let Envelope { outer, inner, .. } = Envelope::open(suite, key, packet, sender)?;
    let inner = inner.iter().map(|message| format!("  {}", line(message)));
    Some(std::iter::once(line(&outer)).chain(inner).collect())
}

/// A message in a line.
fn line(message: &Message) -> String {
    let (Message { id, seqno, body }, constructor) = (message, message.constructor());
    let name = mtproto::SCHEMA.name_of(constructor).unwrap_or("(of the API)");
    let what = match constructor {
        types::RpcResult::ID => types::RpcResult::from_bytes(body)
            .map(|r| format!("{:x}, {} bytes", r.req_msg_id, r.result.as_bytes().len())),
        types::MsgContainer::ID => Ok(String::new()),
        _ if body.len() < 200 => mtproto_debug(constructor, body).map_or_else(|| Ok(hex(body)), Ok),
        _ => Ok(format!("{} bytes", body.len())),
    };
    format!("{id:x} #{seqno} {name} {}", what.unwrap_or_else(|error| error.to_string()))
}

/// What service messages say that matters for following a trace.
fn mtproto_debug(constructor: u32, body: &[u8]) -> Option<String> {
    macro_rules! shown {
        ($($ty:ident)*) => {
            match constructor {
                $(types::$ty::ID => Some(format!("{:?}", types::$ty::from_bytes(body).ok()?)),)*
                _ => None,
            }
        };
    }
    shown!(BadMsgNotification BadServerSalt NewSessionCreated MsgsAck MsgsStateReq MsgsStateInfo MsgsAllInfo MsgDetailedInfo MsgNewDetailedInfo MsgResendReq MsgResendAnsReq Pong)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(32).map(|byte| format!("{byte:02x}")).collect()
}
