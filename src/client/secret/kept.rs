//! The rows of the session's store that are the driver's own: events that nobody has read yet, messages that wait for a key, the
//! numbers of the last exchange. Those of the chats are the machine's.

mod closed;

use zeroize::Zeroizing;

use crate::client::store::SecretRow;
use crate::crypto::KeyId;
use crate::secret::codec::{Source, Writer};
use crate::secret::{
    Action, EncryptedMessage, Event, Group, KeyHash, Message, Position, RestoreError, Row,
    ServerFile, UserId,
};
use crate::tl::secret::enums::{DecryptedMessageMedia, MessageEntity};
use crate::tl::{Deserialize, Serialize};

/// The kinds of rows. 0 to 4 are the machine's.
pub(super) mod kind {
    /// Whom the chat is with, as calls name them.
    pub(in super::super) const USER: u8 = 5;
    /// A message of the server's that waits for the chat's key.
    pub(in super::super) const PARKED: u8 = 6;
    /// Something that nobody has read yet. All have one order, whatever the chat.
    pub(in super::super) const EVENT: u8 = 7;
    /// Prime and generator, for the next chat.
    pub(in super::super) const GROUP: u8 = 8;
    /// The number of the last chat that there was: another one never has it.
    pub(in super::super) const LAST: u8 = 9;
}

/// Where a row of the machine's is kept; `None` for one that this version does not know.
pub(super) fn place_of(chat: i32, row: Row) -> SecretRow {
    let (kind, number) = match row {
        Row::State => (0, 0),
        Row::Waiting(number) => (1, number.into()),
        Row::Sent(number) => (2, number.into()),
        Row::Queued(number) => (3, number.into()),
        Row::Timer(random_id) => (4, random_id),
    };
    SecretRow { chat, kind, number }
}

/// The machine's row at a place; `None` if it is the driver's own.
pub(super) fn row_at(place: SecretRow) -> Result<Option<Row>, RestoreError> {
    let number = || u32::try_from(place.number).map_err(|_| RestoreError::Damaged);
    Ok(Some(match place.kind {
        0 => Row::State,
        1 => Row::Waiting(number()?),
        2 => Row::Sent(number()?),
        3 => Row::Queued(number()?),
        4 => Row::Timer(place.number),
        kind::USER..=kind::LAST => return Ok(None),
        _ => return Err(RestoreError::Damaged),
    }))
}

type Bytes = Zeroizing<Vec<u8>>;
type Read<T> = Result<T, RestoreError>;

pub(super) fn write_group(group: &Group) -> Bytes {
    let mut w = Writer::new();
    w.put(&group.version().to_le_bytes()).put(&group.g().to_le_bytes());
    w.put(group.prime()).flag(group.is_tested());
    w.finish()
}

pub(super) fn read_group(bytes: &[u8]) -> Read<Group> {
    let mut r = Source::new(bytes);
    let (version, g, prime, is_tested) = (r.i32()?, r.i32()?, r.array::<256>()?, r.flag()?);
    r.end()?;
    let group = Group::new(version, g, &prime).map_err(|_| RestoreError::Damaged)?;
    Ok(if is_tested { group.tested() } else { group })
}

pub(super) fn write_parked(message: &EncryptedMessage) -> Bytes {
    let mut w = Writer::with_room(message.bytes.len());
    w.put(&message.date.to_le_bytes()).string(&message.bytes);
    w.maybe(message.file, write_file);
    w.finish()
}

/// `qts` is what the driver calls it.
pub(super) fn read_parked(qts: i32, bytes: &[u8]) -> Read<EncryptedMessage> {
    let mut r = Source::new(bytes);
    let (date, bytes) = (r.i32()?, r.string()?.to_vec());
    let file = r.maybe(read_file)?;
    r.end()?;
    Ok(EncryptedMessage { qts: Some(qts), date, bytes, file })
}

/// The bytes of what happened; `None` for what is not kept.
pub(super) fn write_event(what: &Event) -> Option<Bytes> {
    let room = match what {
        Event::Message { message, .. } => message.text.len().saturating_mul(2),
        _ => 0,
    };
    let mut w = Writer::with_room(room);
    match what {
        Event::Offered { by } => w.put(&[0]).put(&by.0.to_le_bytes()),
        Event::Ready { hash } => w.put(&[1]).put(&hash.0),
        Event::Rekeyed { key } => w.put(&[2]).put(&key.0.to_le_bytes()),
        Event::Closed { why, delete_history } => {
            let (why, numbers) = closed::numbers(*why);
            w.put(&[3, why]);
            for number in numbers {
                w.put(&number.to_le_bytes());
            }
            w.flag(*delete_history)
        }
        Event::Message { random_id, message, place } => {
            w.put(&[4]).put(&random_id.to_le_bytes());
            write_message(&mut w, message);
            write_position(&mut w, place);
            &mut w
        }
        Event::Action { random_id, action, place } => {
            w.put(&[5]).put(&random_id.to_le_bytes());
            w.string(&action.to_bytes());
            write_position(&mut w, place);
            &mut w
        }
        Event::Unsupported { layer, is_newer, place } => {
            w.put(&[6]).put(&layer.to_le_bytes()).flag(*is_newer);
            write_position(&mut w, place);
            &mut w
        }
        Event::PeerLayer(layer) => w.put(&[7]).put(&layer.to_le_bytes()),
        Event::Sent { random_id, date, file } => {
            w.put(&[8]).put(&random_id.to_le_bytes()).put(&date.to_le_bytes());
            w.maybe(*file, write_file)
        }
        Event::SendFailed { random_id, error } => {
            w.put(&[9]).put(&random_id.to_le_bytes()).string(error.as_bytes())
        }
        Event::Acknowledged { random_ids } => {
            let bytes: Vec<u8> = random_ids.iter().flat_map(|id| id.to_le_bytes()).collect();
            w.put(&[10]).string(&bytes)
        }
        Event::Expired { random_id } => w.put(&[11]).put(&random_id.to_le_bytes()),
        Event::Read { max_date, date } => {
            w.put(&[12]).put(&max_date.to_le_bytes()).put(&date.to_le_bytes())
        }
        Event::Typing => return None,
    };
    Some(w.finish())
}

pub(super) fn read_event(bytes: &[u8]) -> Read<Event> {
    let mut r = Source::new(bytes);
    let what = match r.byte()? {
        0 => Event::Offered { by: UserId(r.i64()?) },
        1 => Event::Ready { hash: KeyHash(r.array()?) },
        2 => Event::Rekeyed { key: KeyId(r.i64()?) },
        3 => {
            let (why, numbers) = (r.byte()?, [r.i64()?, r.i64()?]);
            let why = closed::of_numbers(why, numbers).ok_or(RestoreError::Damaged)?;
            Event::Closed { why, delete_history: r.flag()? }
        }
        4 => Event::Message {
            random_id: r.i64()?,
            message: Box::new(read_message(&mut r)?),
            place: read_position(&mut r)?,
        },
        5 => Event::Action {
            random_id: r.i64()?,
            action: Action::of_bytes(r.string()?).ok_or(RestoreError::Damaged)?,
            place: read_position(&mut r)?,
        },
        6 => Event::Unsupported {
            layer: r.i32()?,
            is_newer: r.flag()?,
            place: read_position(&mut r)?,
        },
        7 => Event::PeerLayer(r.i32()?),
        8 => {
            let (random_id, date) = (r.i64()?, r.i32()?);
            Event::Sent { random_id, date, file: r.maybe(read_file)? }
        }
        9 => Event::SendFailed { random_id: r.i64()?, error: text(&mut r)? },
        10 => {
            let (ids, rest) = r.string()?.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(RestoreError::Damaged);
            }
            let random_ids = ids.iter().map(|id| i64::from_le_bytes(*id)).collect();
            Event::Acknowledged { random_ids }
        }
        11 => Event::Expired { random_id: r.i64()? },
        12 => Event::Read { max_date: r.i32()?, date: r.i32()? },
        _ => return Err(RestoreError::Damaged),
    };
    r.end().map(|()| what)
}

fn text(r: &mut Source<'_>) -> Read<String> {
    String::from_utf8(r.string()?.to_vec()).map_err(|_| RestoreError::Damaged)
}

fn write_position(w: &mut Writer, place: &Position) {
    w.put(&place.after_ours.to_le_bytes()).put(&place.number.to_le_bytes());
    w.put(&place.date.to_le_bytes()).maybe(place.file, write_file);
}

fn read_position(r: &mut Source<'_>) -> Read<Position> {
    let (after_ours, number, date) = (r.u32()?, r.u32()?, r.i32()?);
    Ok(Position { after_ours, number, date, file: r.maybe(read_file)? })
}

fn write_file(w: &mut Writer, file: ServerFile) {
    w.put(&file.id.to_le_bytes()).put(&file.access_hash.to_le_bytes());
    w.put(&file.size.to_le_bytes()).put(&file.dc_id.to_le_bytes());
    w.put(&file.key_fingerprint.to_le_bytes());
}

fn read_file(r: &mut Source<'_>) -> Read<ServerFile> {
    Ok(ServerFile {
        id: r.i64()?,
        access_hash: r.i64()?,
        size: r.i64()?,
        dc_id: r.i32()?,
        key_fingerprint: r.i32()?,
    })
}

fn write_message(w: &mut Writer, message: &Message) {
    w.string(message.text.as_bytes());
    let count = u32::try_from(message.entities.len()).unwrap_or(u32::MAX);
    w.put(&count.to_le_bytes());
    for entity in &message.entities {
        w.string(&entity.to_bytes());
    }
    // Keys of files are in it.
    let media = message.media.as_ref().map(|media| Zeroizing::new(media.to_bytes()));
    w.maybe(media, |w, media| {
        w.string(&media);
    });
    w.put(&message.ttl.to_le_bytes());
    w.maybe(message.reply_to, |w, id| {
        w.put(&id.to_le_bytes());
    });
    w.maybe(message.via_bot_name.as_ref(), |w, name| {
        w.string(name.as_bytes());
    });
    w.maybe(message.grouped_id, |w, id| {
        w.put(&id.to_le_bytes());
    });
    w.flag(message.is_silent).flag(message.wants_preview);
}

fn read_message(r: &mut Source<'_>) -> Read<Message> {
    let damaged = |_| RestoreError::Damaged;
    let mut message = Message::text(text(r)?);
    for _ in 0..r.u32()? {
        message.entities.push(MessageEntity::from_bytes(r.string()?).map_err(damaged)?);
    }
    message.media = r.maybe(|r| {
        DecryptedMessageMedia::from_bytes(r.string()?).map_err(|_| RestoreError::Damaged)
    })?;
    message.ttl = r.i32()?;
    message.reply_to = r.maybe(Source::i64)?;
    message.via_bot_name = r.maybe(text)?;
    message.grouped_id = r.maybe(Source::i64)?;
    message.is_silent = r.flag()?;
    message.wants_preview = r.flag()?;
    Ok(message)
}
