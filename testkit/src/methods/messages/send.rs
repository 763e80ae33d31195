//! Texts, and what else is sent.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::{InputGeoPoint, InputMedia, InputReplyTo, Updates};
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
        return Ok(answer);
    }
    if request.message.trim().is_empty() {
        return Err(invalid("MESSAGE_EMPTY"));
    }
    if request.message.chars().count() > MAX_LENGTH {
        return Err(invalid("MESSAGE_TOO_LONG"));
    }
    let reply_to = match &request.reply_to {
        Some(reply) => Some(state.replied(caller, peer, reply)?),
        None => None,
    };
    let entities = request.entities.unwrap_or_default();
    let content = Content {
        entities: state.entities(caller, &request.message, entities)?,
        text: request.message,
        is_silent: request.silent,
        reply_to,
        topic: named_topic(request.reply_to.as_ref()),
        reply_markup: request.reply_markup.filter(|_| state.is_bot(caller.me)),
        ..Content::default()
    };
    let answer = state.say_to(caller, peer, content, request.random_id, request.schedule_date)?;
    if request.clear_draft {
        state.clear_draft(caller, peer);
    }
    Ok(answer)
}

fn send_media(state: &mut State, caller: &Caller, request: SendMedia) -> Result<Updates, RpcError> {
    let peer = state.input_peer(caller, &request.peer)?;
    if let Some(answer) = state.sent_before(caller, peer, request.random_id) {
        return Ok(answer);
    }
    if request.message.chars().count() > MAX_CAPTION {
        return Err(invalid("MEDIA_CAPTION_TOO_LONG"));
    }
    let reply_to = match &request.reply_to {
        Some(reply) => Some(state.replied(caller, peer, reply)?),
        None => None,
    };
    state.may_write(caller.me, peer)?;
    let media = state.input_media(caller, request.media)?;
    let entities = request.entities.unwrap_or_default();
    let content = Content {
        entities: state.entities(caller, &request.message, entities)?,
        text: request.message,
        is_silent: request.silent,
        reply_to,
        topic: named_topic(request.reply_to.as_ref()),
        reply_markup: request.reply_markup.filter(|_| state.is_bot(caller.me)),
        media: Some(media),
        ..Content::default()
    };
    let answer = state.say_to(caller, peer, content, request.random_id, request.schedule_date)?;
    if request.clear_draft {
        state.clear_draft(caller, peer);
    }
    Ok(answer)
}

/// The topic of a forum that is named.
pub(in crate::methods) fn named_topic(reply: Option<&InputReplyTo>) -> Option<i32> {
    match reply {
        Some(InputReplyTo::InputReplyToMessage(reply)) => reply.top_msg_id,
        _ => None,
    }
}

/// The values of animated emoji that are thrown: <https://core.telegram.org/api/dice>.
const DICE: [(&str, u64); 6] = [("🎲", 6), ("🎯", 6), ("🎳", 6), ("🏀", 5), ("⚽", 5), ("🎰", 64)];

impl State {
    /// UM-11: what came of it if it was sent before: it is not sent again.
    pub(in crate::methods) fn sent_before(
        &mut self,
        caller: &Caller,
        peer: Peer,
        random_id: i64,
    ) -> Option<Updates> {
        if self.scheduled_before(caller.me, peer, random_id).is_some() {
            return Some(self.scheduled(caller.viewer(), peer, &[random_id], caller.date()));
        }
        let sent = self.account(caller.me).sent.get(&(peer, random_id)).copied()?;
        Some(self.short_receipt(caller.viewer(), peer, random_id, sent))
    }

    /// Sends, now or later.
    pub(in crate::methods) fn say_to(
        &mut self,
        caller: &Caller,
        peer: Peer,
        content: Content,
        random_id: i64,
        later: Option<i32>,
    ) -> Result<Updates, RpcError> {
        let (actor, viewer) = (caller.actor(), caller.viewer());
        if let Some(date) = later.filter(|date| *date > caller.date()) {
            self.schedule(actor, peer, content, date, random_id)?;
            return Ok(self.scheduled(viewer, peer, &[random_id], caller.date()));
        }
        let sent = self.send_to(actor, peer, content, Some(random_id))?;
        Ok(self.short_receipt(viewer, peer, random_id, sent))
    }

    /// The message of a chat that is replied to.
    pub(in crate::methods) fn replied(
        &self,
        caller: &Caller,
        peer: Peer,
        reply: &InputReplyTo,
    ) -> Result<PostId, RpcError> {
        let InputReplyTo::InputReplyToMessage(reply) = reply else {
            return Err(invalid("REPLY_TO_INVALID"));
        };
        let copy = self.find(caller.me, peer, reply.reply_to_msg_id);
        copy.map(|copy| copy.post).ok_or_else(|| invalid("REPLY_MESSAGE_ID_INVALID"))
    }

    fn input_media(&mut self, caller: &Caller, media: InputMedia) -> Result<Media, RpcError> {
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
