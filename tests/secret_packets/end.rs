//! One end of a secret chat for a program of another language: a JSON object a line in, one a line out. `talk.py` drives it, and is
//! the other end and the server.

use std::io::{BufRead, Write, stdin, stdout};
use std::time::Duration;

use serde_json::{Value, json};
use telewire::crypto::dh::KNOWN_PRIME;
use telewire::crypto::{KeyId, SeededEntropy, real};
use telewire::secret::{
    Action, Answer, Chat, ChatId, ChatPeer, EncryptedMessage, Event, Message, Parties, Receipt,
    Request, ServerChat, Us, UserId,
};
use telewire::time::Now;
use telewire::tl::{Deserialize, Serialize};

type Failure = Box<dyn std::error::Error>;

const CREATOR: UserId = UserId(1);
const ACCEPTOR: UserId = UserId(2);
const DATE: i32 = 1_700_000_000;

fn main() -> Result<(), Failure> {
    let seed = std::env::args().nth(1).map_or(Ok(1), |seed| seed.parse())?;
    let mut end = End { chat: None, entropy: SeededEntropy::new(seed), said: Said::default() };
    for line in stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let answer = end.take(&line).unwrap_or_else(|error| json!({ "error": error.to_string() }));
        let mut out = stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

struct End {
    chat: Option<Chat>,
    entropy: SeededEntropy,
    said: Said,
}

/// What one line led to.
#[derive(Default)]
struct Said {
    events: Vec<Value>,
    packets: Vec<String>,
    birth: Option<Value>,
}

fn now() -> Now {
    Now { mono: Duration::from_secs(5), unix: Duration::from_secs(1_700_000_000) }
}

fn parties() -> Parties {
    let peer = ChatPeer { id: ChatId(7), access_hash: 8 };
    Parties { peer, date: DATE, admin: CREATOR, participant: ACCEPTOR }
}

fn us(user: UserId) -> Us {
    Us { user, session_key: KeyId(1), suite: real() }
}

impl End {
    fn take(&mut self, line: &Value) -> Result<Value, Failure> {
        let (word, with) = line.as_object().and_then(|line| line.iter().next()).ok_or("no word")?;
        let now = now();
        let entropy = &mut self.entropy;
        let mut receipt = Value::Null;
        match word.as_str() {
            "create" => {
                self.chat = Some(Chat::create(us(CREATOR), ACCEPTOR, None, now, entropy));
            }
            "offer" => {
                let requested = ServerChat::Requested { parties: parties(), g_a: bytes(with)? };
                let mut chat = Chat::offered(us(ACCEPTOR), requested, None, now, entropy)?;
                chat.accept(now, entropy)?;
                self.chat = Some(chat);
            }
            word => {
                let chat = self.chat.as_mut().ok_or("no chat yet")?;
                receipt = go_on(chat, word, with, entropy)?;
            }
        }
        self.settle()?;
        let Said { events, packets, birth } = std::mem::take(&mut self.said);
        let chat = self.chat.as_ref().ok_or("no chat")?;
        let state = format!("{:?}", chat.state());
        Ok(json!({ "state": state, "receipt": receipt, "events": events, "packets": packets,
            "birth": birth, "key_hash": chat.key_hash().map(|hash| hex::encode(hash.0)) }))
    }

    /// Until there is nothing left to be done: stored, computed, called.
    fn settle(&mut self) -> Result<(), Failure> {
        let Self { chat: Some(chat), entropy, said } = self else { return Ok(()) };
        loop {
            while let Some(batch) = chat.poll_batch() {
                said.events.extend(batch.events.iter().map(event));
                chat.handle_stored(batch.number);
            }
            if let Some(work) = chat.poll_work() {
                chat.handle_done(now(), work.run(), entropy);
                continue;
            }
            let Some(call) = chat.poll_call() else { return Ok(()) };
            let answer = said.serve(call.request)?;
            chat.handle_answer(now(), call.token, answer, entropy);
        }
    }
}

impl Said {
    fn serve(&mut self, request: Request) -> Result<Answer, Failure> {
        Ok(match request {
            Request::DhConfig { .. } => {
                Answer::DhConfig { version: 3, g: 3, p: KNOWN_PRIME.to_vec() }
            }
            Request::RequestEncryption { g_a, .. } => {
                self.birth = Some(json!({ "g_a": hex::encode(g_a), "g": 3,
                    "p": hex::encode(KNOWN_PRIME) }));
                Answer::Chat(ServerChat::Waiting(parties()))
            }
            Request::AcceptEncryption { g_b, key_fingerprint, .. } => {
                let told = json!({ "g_b": hex::encode(g_b), "fingerprint": key_fingerprint.0 });
                self.birth = Some(told);
                let (parties, g_a_or_b) = (parties(), Vec::new());
                Answer::Chat(ServerChat::Chat { parties, g_a_or_b, key_fingerprint })
            }
            Request::Send { data, .. } | Request::SendService { data, .. } => {
                self.packets.push(hex::encode(data));
                Answer::Sent { date: DATE, file: None }
            }
            Request::DiscardEncryption { .. } => Answer::Done,
            other => return Err(format!("nobody serves {other:?}").into()),
        })
    }
}

/// What is asked of a chat that there is, or comes from the other side.
fn go_on(
    chat: &mut Chat,
    word: &str,
    with: &Value,
    entropy: &mut SeededEntropy,
) -> Result<Value, Failure> {
    let now = now();
    match word {
        "key" => {
            let key_fingerprint = KeyId(with["fingerprint"].as_i64().ok_or("no fingerprint")?);
            let g_a_or_b = bytes(&with["g_b"])?;
            let said = ServerChat::Chat { parties: parties(), g_a_or_b, key_fingerprint };
            chat.handle_server_chat(now, said, entropy);
        }
        "packet" => {
            let bytes = bytes(with)?;
            let message = EncryptedMessage { qts: None, date: DATE, bytes, file: None };
            let receipt: Receipt = chat.handle_message(now, message, entropy);
            return Ok(json!(format!("{receipt:?}")));
        }
        "send" => {
            let mut message = Message::text(with["text"].as_str().unwrap_or_default());
            message.ttl = number(&with["ttl"]);
            message.reply_to = with["reply_to"].as_i64();
            message.is_silent = with["silent"] == true;
            message.grouped_id = with["grouped_id"].as_i64();
            for entity in with["entities"].as_array().into_iter().flatten() {
                message.entities.push(Deserialize::from_bytes(&bytes(entity)?)?);
            }
            if let Some(media) = with.get("media") {
                message.media = Some(Deserialize::from_bytes(&bytes(media)?)?);
            }
            return Ok(json!(chat.send(now, message, None, entropy)?));
        }
        "set_ttl" => return Ok(json!(chat.act(now, &Action::SetTtl(number(with)), entropy)?)),
        "screenshot" => {
            return Ok(json!(chat.act(now, &Action::Screenshot(ids(with)), entropy)?));
        }
        "flush" => return Ok(json!(chat.act(now, &Action::Flush, entropy)?)),
        "delete" => return Ok(json!(chat.delete(now, &ids(with), entropy)?)),
        "open" => {
            let id = with.as_i64().ok_or("no id")?;
            return Ok(json!(chat.opened(now, id, 0, entropy)?));
        }
        other => return Err(format!("what is {other}?").into()),
    }
    Ok(Value::Null)
}

/// What happened, as JSON.
fn event(event: &Event) -> Value {
    match event {
        Event::Message { random_id, message, place } => json!({ "message": {
            "random_id": random_id, "text": message.text, "ttl": message.ttl,
            "reply_to": message.reply_to, "silent": message.is_silent,
            "grouped_id": message.grouped_id, "number": place.number,
            "after_ours": place.after_ours,
            "entities": message.entities.iter().map(|e| hex::encode(e.to_bytes())).collect::<Vec<_>>(),
            "media": message.media.as_ref().map(|media| hex::encode(media.to_bytes())),
        } }),
        Event::Action { action, .. } => json!({ "action": format!("{action:?}") }),
        other => json!({ "other": format!("{other:?}") }),
    }
}

fn bytes(value: &Value) -> Result<Vec<u8>, Failure> {
    Ok(hex::decode(value.as_str().ok_or("no bytes")?)?)
}

fn number(value: &Value) -> i32 {
    value.as_i64().and_then(|number| number.try_into().ok()).unwrap_or(0)
}

fn ids(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}
