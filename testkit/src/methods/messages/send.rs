//! Texts, and what else is sent.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputGeoPoint, InputMedia, InputPeer, InputReplyTo, Updates};
use telewire::tl::api::functions::messages::{SendMedia, SendMessage};
use telewire::tl::api::types;

use super::{MAX_CAPTION, MAX_LENGTH};
use crate::methods::Registry;
use crate::world::{Caller, Content, Media, Peer, PostId, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(send_message);
    registry.on(send_media);
}

fn send_message(
    state: &mut State,
    caller: &Caller,
    request: SendMessage,
) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Some(answer) = state.sent_before(caller, peer, request.random_id) {
        return Ok(state.shortened(request.random_id, answer));
    }
    if request.message.trim().is_empty() {
        return Err(invalid("MESSAGE_EMPTY"));
    }
    if request.message.chars().count() > MAX_LENGTH {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    let sending = Sending {
        peer,
        random_id: request.random_id,
        reply_to: request.reply_to.as_ref(),
        send_as: request.send_as.as_ref(),
        is_silent: request.silent,
        later: request.schedule_date,
        clear_draft: request.clear_draft,
    };
    let empty = state.addressed(caller, &sending)?;
    let entities = request.entities.unwrap_or_default();
    let content = Content {
        entities: state.entities(caller, &request.message, entities)?,
        text: request.message,
        reply_markup: request.reply_markup.filter(|_| state.is_bot(caller.me)),
        ..empty
    };
    let answer = state.say_to(caller, &sending, content)?;
    Ok(state.shortened(request.random_id, answer))
}

fn send_media(state: &mut State, caller: &Caller, request: SendMedia) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Some(answer) = state.sent_before(caller, peer, request.random_id) {
        return Ok(state.shortened(request.random_id, answer));
    }
    if request.message.chars().count() > MAX_CAPTION {
        return Err(invalid("MEDIA_CAPTION_TOO_LONG"));
    }
    let sending = Sending {
        peer,
        random_id: request.random_id,
        reply_to: request.reply_to.as_ref(),
        send_as: request.send_as.as_ref(),
        is_silent: request.silent,
        later: request.schedule_date,
        clear_draft: request.clear_draft,
    };
    let empty = state.addressed(caller, &sending)?;
    let entities = request.entities.unwrap_or_default();
    let entities = state.entities(caller, &request.message, entities)?;
    let is_upload = matches!(
        request.media,
        InputMedia::InputMediaUploadedPhoto(_) | InputMedia::InputMediaUploadedDocument(_)
    );
    let media = state.input_media(caller, request.media)?;
    let (poll, file) = match &media {
        Media::Poll(id) => (Some(*id), None),
        Media::File(media) => (None, Some(media.id).filter(|_| is_upload)),
        Media::Plain(_) => (None, None),
    };
    let content = Content {
        entities,
        text: request.message,
        reply_markup: request.reply_markup.filter(|_| state.is_bot(caller.me)),
        media: Some(media),
        ..empty
    };
    let answer = state.say_to(caller, &sending, content);
    // Of what was not sent there is no poll, and no file.
    if answer.is_err() {
        poll.map(|poll| state.polls.remove(&poll));
        file.map(|file| state.files.remove(file));
    }
    Ok(state.shortened(request.random_id, answer?))
}

/// How something is sent: what all methods that send say besides what is said.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Sending<'a> {
    pub(in crate::methods) peer: Peer,
    pub(in crate::methods) random_id: i64,
    pub(in crate::methods) reply_to: Option<&'a InputReplyTo>,
    pub(in crate::methods) send_as: Option<&'a InputPeer>,
    pub(in crate::methods) is_silent: bool,
    pub(in crate::methods) later: Option<i32>,
    pub(in crate::methods) clear_draft: bool,
}

/// The topic of a forum that is named.
pub(super) fn named_topic(reply: Option<&InputReplyTo>) -> Option<i32> {
    match reply {
        Some(InputReplyTo::InputReplyToMessage(reply)) => reply.top_msg_id,
        _ => None,
    }
}

/// The values of animated emoji that are thrown: <https://core.telegram.org/api/dice>.
const DICE: [(&str, u64); 6] = [("🎲", 6), ("🎯", 6), ("🎳", 6), ("🏀", 5), ("⚽", 5), ("🎰", 64)];

impl State {
    /// What is about to be sent, before anything is said: what it replies to, in which topic, in whose name.
    pub(in crate::methods) fn addressed(
        &self,
        caller: &Caller,
        sending: &Sending<'_>,
    ) -> Result<Content, RpcError> {
        Ok(Content {
            reply_to: self.replied(caller, sending.peer, sending.reply_to)?,
            topic: named_topic(sending.reply_to),
            send_as: self.name_for(caller, sending.peer, sending.send_as)?,
            is_silent: sending.is_silent,
            ..Content::default()
        })
    }

    /// The tail of all that is sent: now or later, and what was begun is not any more.
    pub(in crate::methods) fn say_to(
        &mut self,
        caller: &Caller,
        sending: &Sending<'_>,
        content: Content,
    ) -> Result<Updates, RpcError> {
        let Sending { peer, random_id, later, clear_draft, .. } = *sending;
        let answer = self.send_all(caller, peer, vec![(random_id, content)], later)?;
        if clear_draft {
            self.clear_draft(caller, peer);
        }
        Ok(answer)
    }

    /// The message of a chat that is replied to, if one is.
    pub(super) fn replied(
        &self,
        caller: &Caller,
        peer: Peer,
        reply: Option<&InputReplyTo>,
    ) -> Result<Option<PostId>, RpcError> {
        let Some(reply) = reply else { return Ok(None) };
        let InputReplyTo::InputReplyToMessage(reply) = reply else {
            return Err(invalid("REPLY_TO_INVALID"));
        };
        let copy = self.find(caller.me, peer, reply.reply_to_msg_id);
        let copy = copy.ok_or_else(|| invalid("REPLY_MESSAGE_ID_INVALID"))?;
        Ok(Some(self.posts.root(copy.post)))
    }

    pub(super) fn input_media(
        &mut self,
        caller: &Caller,
        media: InputMedia,
    ) -> Result<Media, RpcError> {
        if let Some(file) = self.input_file(caller, &media, None)? {
            return Ok(Media::File(Box::new(file)));
        }
        let plain = match media {
            InputMedia::InputMediaPoll(poll) => return self.new_poll(caller.actor(), *poll),
            InputMedia::InputMediaGeoPoint(media) => {
                let geo = geo_point(&media.geo_point)?.into();
                types::MessageMediaGeo { geo }.into()
            }
            InputMedia::InputMediaVenue(media) => types::MessageMediaVenue {
                geo: geo_point(&media.geo_point)?.into(),
                title: media.title,
                address: media.address,
                provider: media.provider,
                venue_id: media.venue_id,
                venue_type: media.venue_type,
            }
            .into(),
            InputMedia::InputMediaContact(media) => {
                let known = self.user_by_phone(&crate::world::digits(&media.phone_number));
                types::MessageMediaContact {
                    user_id: known.map_or(0, |user| user.id),
                    phone_number: media.phone_number,
                    first_name: media.first_name,
                    last_name: media.last_name,
                    vcard: media.vcard,
                }
                .into()
            }
            InputMedia::InputMediaDice(media) => {
                let sides = DICE.iter().find(|(emoji, _)| *emoji == media.emoticon);
                let (_, sides) = sides.ok_or_else(|| invalid("EMOTICON_INVALID"))?;
                let drawn = u64::from_le_bytes(self.random()) % sides;
                let value = i32::try_from(drawn).unwrap_or(0).saturating_add(1);
                types::MessageMediaDice { value, emoticon: media.emoticon, game_outcome: None }
                    .into()
            }
            InputMedia::InputMediaEmpty => return Err(invalid("MEDIA_EMPTY")),
            _ => return Err(invalid("MEDIA_INVALID")),
        };
        Ok(Media::Plain(Box::new(plain)))
    }
}

/// A place on the earth.
fn geo_point(point: &InputGeoPoint) -> Result<types::GeoPoint, RpcError> {
    match point {
        InputGeoPoint::InputGeoPoint(point)
            if (-90.0..=90.0).contains(&point.lat) && (-180.0..=180.0).contains(&point.long) =>
        {
            Ok(types::GeoPoint {
                accuracy_radius: point.accuracy_radius,
                ..types::GeoPoint::new(point.long, point.lat, 0)
            })
        }
        _ => Err(invalid("MEDIA_EMPTY")),
    }
}
