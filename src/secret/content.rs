//! What the two ends say to each other, whatever the layer it was said in: messages, actions of people, and the control
//! messages of the protocol.

use std::fmt;

use crate::secret::error::Error;
use crate::secret::limits::{FLOOR_LAYER, LARGE_FILES_LAYER, MAX_OLD_FILE, MAX_TTL};
use crate::tl::secret::enums::{
    DecryptedMessage as Wire, DecryptedMessageAction as WireAction, DecryptedMessageMedia,
    DocumentAttribute, MessageEntity, SendMessageAction,
};
use crate::tl::secret::{name_of, types};
use crate::tl::{Deserialize, Serialize};

/// A message, as all layers have it. What a layer does not have is empty. Its `Debug` tells nothing of what is said, and no key.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The text, or what stands below the media.
    pub text: String,
    /// Where the text is bold, a link and so on; offsets in UTF-16.
    pub entities: Vec<MessageEntity>,
    /// A picture, a file, a place.
    pub media: Option<DecryptedMessageMedia>,
    /// Seconds after which it vanishes once it was opened; 0 for never.
    pub ttl: i32,
    /// The message that it answers.
    pub reply_to: Option<i64>,
    /// The bot through which it was made.
    pub via_bot_name: Option<String>,
    /// What it is shown together with.
    pub grouped_id: Option<i64>,
    /// Without a sound.
    pub is_silent: bool,
    /// Links may be shown with what is behind them. Whoever fetches that tells a third party of the chat, so it is not the default
    /// (SC-75).
    pub wants_preview: bool,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let media = self.media.as_ref().map_or("nothing", |media| name(media).unwrap_or("media"));
        write!(f, "Message({} bytes of text, {media})", self.text.len())
    }
}

impl Message {
    /// A message of text alone.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A message of media.
    #[must_use]
    pub fn media(media: DecryptedMessageMedia) -> Self {
        Self { media: Some(media), ..Self::default() }
    }
}

/// What a person did in the chat.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Later messages vanish so many seconds after they were opened; 0 for never (SC-70).
    SetTtl(i32),
    /// These messages with a timer were opened (SC-71).
    Read(Vec<i64>),
    /// These messages are to be deleted (SC-72).
    Delete(Vec<i64>),
    /// A picture of the screen was taken (SC-72).
    Screenshot(Vec<i64>),
    /// All that was said before is to be deleted (SC-72).
    Flush,
    /// The other side types. Clients say so by a call instead (SC-73); it is read and not written.
    Typing(SendMessageAction),
}

impl Action {
    /// Its bytes, to be kept by whoever drives a chat.
    #[cfg(feature = "client")]
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        write_action(0, self)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    #[cfg(feature = "client")]
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match Content::read(bytes, 0) {
            Content::Action { action, .. } => Some(action),
            _ => None,
        }
    }
}

/// What the protocol itself says inside of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Control {
    Resend { start: i32, end: i32 },
    NotifyLayer { layer: i32 },
    RequestKey { exchange: i64, g_a: Vec<u8> },
    AcceptKey { exchange: i64, g_b: Vec<u8>, fingerprint: i64 },
    AbortKey { exchange: i64 },
    CommitKey { exchange: i64, fingerprint: i64 },
    Noop,
}

/// What is inside of a layer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Message {
        random_id: i64,
        message: Box<Message>,
    },
    Action {
        random_id: i64,
        action: Action,
    },
    Control(Control),
    /// Nothing that we know, or with bytes left behind it (SC-33).
    Unknown {
        layer: i32,
    },
}

impl Content {
    /// Reads what must be all of `bytes` (SC-23). It never fails: what is not understood is unknown.
    pub(super) fn read(bytes: &[u8], layer: i32) -> Self {
        Wire::from_bytes(bytes).map_or(Self::Unknown { layer }, Self::of)
    }

    pub(super) fn of(message: Wire) -> Self {
        match message {
            Wire::DecryptedMessageService8(service) => {
                Self::of_action(service.random_id, service.action)
            }
            Wire::DecryptedMessageService17(service) => {
                Self::of_action(service.random_id, service.action)
            }
            Wire::DecryptedMessage8(old) => {
                let message = Message { text: old.message, media: some(old.media), ..none() };
                Self::of_message(old.random_id, message)
            }
            Wire::DecryptedMessage17(old) => {
                let (text, media) = (old.message, some(old.media));
                Self::of_message(old.random_id, Message { text, media, ttl: old.ttl, ..none() })
            }
            Wire::DecryptedMessage45(old) => {
                let message = Message {
                    text: old.message,
                    media: old.media.and_then(some),
                    ttl: old.ttl,
                    entities: old.entities.unwrap_or_default(),
                    via_bot_name: old.via_bot_name,
                    reply_to: old.reply_to_random_id,
                    ..none()
                };
                Self::of_message(old.random_id, message)
            }
            Wire::DecryptedMessage73(new) => {
                let message = Message {
                    text: new.message,
                    media: new.media.and_then(some),
                    ttl: new.ttl,
                    entities: new.entities.unwrap_or_default(),
                    via_bot_name: new.via_bot_name,
                    reply_to: new.reply_to_random_id,
                    grouped_id: new.grouped_id,
                    is_silent: new.silent,
                    wants_preview: !new.no_webpage,
                };
                Self::of_message(new.random_id, message)
            }
        }
    }

    fn of_message(random_id: i64, mut message: Message) -> Self {
        message.ttl = clamp_ttl(message.ttl);
        Self::Message { random_id, message: Box::new(message) }
    }

    fn of_action(random_id: i64, action: WireAction) -> Self {
        use WireAction as W;
        let action = match action {
            W::DecryptedMessageActionSetMessageTtl8(set) => {
                Action::SetTtl(clamp_ttl(set.ttl_seconds))
            }
            W::DecryptedMessageActionReadMessages8(read) => Action::Read(read.random_ids),
            W::DecryptedMessageActionDeleteMessages8(delete) => Action::Delete(delete.random_ids),
            W::DecryptedMessageActionScreenshotMessages8(taken) => {
                Action::Screenshot(taken.random_ids)
            }
            W::DecryptedMessageActionFlushHistory8 => Action::Flush,
            W::DecryptedMessageActionTyping17(typing) => Action::Typing(typing.action),
            control => return Self::of_control(control),
        };
        Self::Action { random_id, action }
    }

    fn of_control(action: WireAction) -> Self {
        use WireAction as W;
        Self::Control(match action {
            W::DecryptedMessageActionResend17(resend) => {
                Control::Resend { start: resend.start_seq_no, end: resend.end_seq_no }
            }
            W::DecryptedMessageActionNotifyLayer17(notify) => {
                Control::NotifyLayer { layer: notify.layer }
            }
            W::DecryptedMessageActionRequestKey20(request) => {
                Control::RequestKey { exchange: request.exchange_id, g_a: request.g_a.into_vec() }
            }
            W::DecryptedMessageActionAcceptKey20(accept) => Control::AcceptKey {
                exchange: accept.exchange_id,
                g_b: accept.g_b.into_vec(),
                fingerprint: accept.key_fingerprint,
            },
            W::DecryptedMessageActionAbortKey20(abort) => {
                Control::AbortKey { exchange: abort.exchange_id }
            }
            W::DecryptedMessageActionCommitKey20(commit) => Control::CommitKey {
                exchange: commit.exchange_id,
                fingerprint: commit.key_fingerprint,
            },
            // `of_action` has taken all others.
            _ => Control::Noop,
        })
    }
}

fn none() -> Message {
    Message::default()
}

fn some(media: DecryptedMessageMedia) -> Option<DecryptedMessageMedia> {
    (media != DecryptedMessageMedia::DecryptedMessageMediaEmpty8).then_some(media)
}

/// SC-70: TDLib makes 0 of what is negative, Android a year of what is longer.
pub(super) fn clamp_ttl(seconds: i32) -> i32 {
    seconds.clamp(0, MAX_TTL)
}

/// The bytes of a message for a peer that speaks `layer`: `decryptedMessage#91cc4674` (SC-32).
///
/// # Errors
///
/// [`Error::FileTooLarge`], [`Error::OldForm`].
pub(super) fn write_message(
    random_id: i64,
    message: &Message,
    layer: i32,
) -> Result<Vec<u8>, Error> {
    let known = |entity: &&MessageEntity| layer_of(*entity) <= layer;
    let entities: Vec<_> = message.entities.iter().filter(known).cloned().collect();
    let media = message.media.as_ref().map(|media| media_for(media, layer)).transpose()?;
    let written = types::DecryptedMessage73 {
        no_webpage: !message.wants_preview,
        silent: message.is_silent,
        random_id,
        ttl: clamp_ttl(message.ttl),
        message: message.text.clone(),
        media: media.and_then(some),
        entities: Some(entities).filter(|entities| !entities.is_empty()),
        via_bot_name: message.via_bot_name.clone(),
        reply_to_random_id: message.reply_to,
        grouped_id: message.grouped_id,
    };
    Ok(written.to_bytes())
}

/// The bytes of a person's action: `decryptedMessageService#73164160`.
pub(super) fn write_action(random_id: i64, action: &Action) -> Vec<u8> {
    use WireAction as W;
    let action = match action {
        Action::SetTtl(seconds) => W::from(types::DecryptedMessageActionSetMessageTtl8 {
            ttl_seconds: clamp_ttl(*seconds),
        }),
        Action::Read(ids) => {
            types::DecryptedMessageActionReadMessages8 { random_ids: ids.clone() }.into()
        }
        Action::Delete(ids) => {
            types::DecryptedMessageActionDeleteMessages8 { random_ids: ids.clone() }.into()
        }
        Action::Screenshot(ids) => {
            types::DecryptedMessageActionScreenshotMessages8 { random_ids: ids.clone() }.into()
        }
        Action::Flush => W::DecryptedMessageActionFlushHistory8,
        Action::Typing(action) => {
            types::DecryptedMessageActionTyping17 { action: action.clone() }.into()
        }
    };
    types::DecryptedMessageService17 { random_id, action }.to_bytes()
}

/// The bytes of a control message: `decryptedMessageService#73164160`, also for `notifyLayer` (SC-31).
pub(super) fn write_control(random_id: i64, control: &Control) -> Vec<u8> {
    use WireAction as W;
    let action = match control {
        Control::Resend { start, end } => W::from(types::DecryptedMessageActionResend17 {
            start_seq_no: *start,
            end_seq_no: *end,
        }),
        Control::NotifyLayer { layer } => {
            types::DecryptedMessageActionNotifyLayer17 { layer: *layer }.into()
        }
        Control::RequestKey { exchange, g_a } => types::DecryptedMessageActionRequestKey20 {
            exchange_id: *exchange,
            g_a: g_a.clone().into(),
        }
        .into(),
        Control::AcceptKey { exchange, g_b, fingerprint } => {
            types::DecryptedMessageActionAcceptKey20 {
                exchange_id: *exchange,
                g_b: g_b.clone().into(),
                key_fingerprint: *fingerprint,
            }
            .into()
        }
        Control::AbortKey { exchange } => {
            types::DecryptedMessageActionAbortKey20 { exchange_id: *exchange }.into()
        }
        Control::CommitKey { exchange, fingerprint } => types::DecryptedMessageActionCommitKey20 {
            exchange_id: *exchange,
            key_fingerprint: *fingerprint,
        }
        .into(),
        Control::Noop => W::DecryptedMessageActionNoop20,
    };
    types::DecryptedMessageService17 { random_id, action }.to_bytes()
}

/// What the schema calls a value's constructor.
fn name(value: &impl Serialize) -> Option<&'static str> {
    value.to_bytes().first_chunk().and_then(|id| name_of(u32::from_le_bytes(*id)))
}

/// The layer that a value's constructor is of: its name ends in it.
fn layer_of(value: &impl Serialize) -> i32 {
    let digits = name(value).map(|name| name.trim_start_matches(|c: char| !c.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(i32::MAX)
}

/// Media in the form that a peer of `layer` reads.
fn media_for(media: &DecryptedMessageMedia, layer: i32) -> Result<DecryptedMessageMedia, Error> {
    use DecryptedMessageMedia as M;
    match media {
        M::DecryptedMessageMediaPhoto8(_) => Err(Error::OldForm("decryptedMessageMediaPhoto45")),
        M::DecryptedMessageMediaVideo8(_) | M::DecryptedMessageMediaVideo17(_) => {
            Err(Error::OldForm("decryptedMessageMediaVideo45"))
        }
        M::DecryptedMessageMediaDocument8(_) => {
            Err(Error::OldForm("decryptedMessageMediaDocument45"))
        }
        M::DecryptedMessageMediaAudio8(_) => Err(Error::OldForm("decryptedMessageMediaAudio17")),
        M::DecryptedMessageMediaDocument45(document) => {
            check_attributes(&document.attributes).map(|()| media.clone())
        }
        M::DecryptedMessageMediaDocument143(document) => {
            check_attributes(&document.attributes)?;
            if layer >= LARGE_FILES_LAYER {
                return Ok(media.clone());
            }
            // SC-32: before layer 143 a size is an `int`.
            let size = i32::try_from(document.size).ok();
            let size = size.filter(|size| i64::from(*size) <= MAX_OLD_FILE);
            let document = document.as_ref().clone();
            Ok(types::DecryptedMessageMediaDocument45 {
                thumb: document.thumb,
                thumb_w: document.thumb_w,
                thumb_h: document.thumb_h,
                mime_type: document.mime_type,
                size: size.ok_or(Error::FileTooLarge)?,
                key: document.key,
                iv: document.iv,
                attributes: document.attributes,
                caption: document.caption,
            }
            .into())
        }
        _ => Ok(media.clone()),
    }
}

fn check_attributes(attributes: &[DocumentAttribute]) -> Result<(), Error> {
    use DocumentAttribute as D;
    let newer = attributes.iter().find_map(|attribute| match attribute {
        D::DocumentAttributeSticker23 => Some("documentAttributeSticker45"),
        D::DocumentAttributeAudio23(_) | D::DocumentAttributeAudio45(_) => {
            Some("documentAttributeAudio46")
        }
        D::DocumentAttributeVideo23(_) => Some("documentAttributeVideo66"),
        _ => None,
    });
    newer.map_or(Ok(()), |newer| Err(Error::OldForm(newer)))
}

const _: () = assert!(LARGE_FILES_LAYER > FLOOR_LAYER);

#[cfg(test)]
mod tests;
