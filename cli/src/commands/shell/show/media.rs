//! What is in messages besides text: media and actions.

use serde_json::{Value, json};
use telewire::tl::Serialize;
use telewire::tl::api::enums::{
    Document, DocumentAttribute, GeoPoint, MessageAction, MessageMedia, WebPage,
};
use telewire::tl::api::{name_of, types};

use super::{clean_line, typed};
use telewire::updates::PeerId;

/// `[photo]`, `[document name: type=M size=NKiB]`, `[geo URL]` …
pub(super) fn line(media: &MessageMedia) -> String {
    match media {
        MessageMedia::MessageMediaEmpty => String::new(),
        MessageMedia::MessageMediaPhoto(_) => "[photo]".to_owned(),
        MessageMedia::MessageMediaDocument(media) => match &media.document {
            Some(Document::Document(document)) => {
                let kib = document.size.saturating_add(1_023).div_euclid(1_024);
                let name = name(document).map(|name| format!(" {}", clean_line(&name)));
                let mime = clean_line(&document.mime_type);
                format!("[document{}: type={mime} size={kib}KiB]", name.unwrap_or_default())
            }
            _ => "[document]".to_owned(),
        },
        MessageMedia::MessageMediaGeo(geo) => match url(&geo.geo) {
            Some(url) => format!("[geo {url}]"),
            None => "[geo]".to_owned(),
        },
        MessageMedia::MessageMediaContact(contact) => {
            let types::MessageMediaContact { first_name, last_name, phone_number, .. } = &**contact;
            format!("[contact] {}", clean_line(&format!("{first_name} {last_name} {phone_number}")))
        }
        MessageMedia::MessageMediaVenue(venue) => {
            let url = url(&venue.geo).unwrap_or_default();
            format!("[venue {} {url}]", clean_line(&venue.title))
        }
        MessageMedia::MessageMediaWebPage(page) => match &page.webpage {
            WebPage::WebPage(page) => {
                let title = clean_line(page.title.as_deref().unwrap_or_default());
                format!("[webpage: url:'{}' title:'{title}']", clean_line(&page.url))
            }
            _ => String::new(),
        },
        other => format!("[{}]", kind(other, "messageMedia")),
    }
}

pub(super) fn to_json(media: &MessageMedia) -> Value {
    match media {
        MessageMedia::MessageMediaDocument(media) => match &media.document {
            Some(Document::Document(document)) => json!({
                "type": "document",
                "name": name(document),
                "mime": document.mime_type,
                "size": document.size,
            }),
            _ => json!({"type": "document"}),
        },
        MessageMedia::MessageMediaGeo(geo) => match &geo.geo {
            GeoPoint::GeoPoint(geo) => {
                json!({"type": "geo", "latitude": geo.lat, "longitude": geo.long})
            }
            _ => json!({"type": "geo"}),
        },
        MessageMedia::MessageMediaContact(contact) => json!({
            "type": "contact",
            "phone": contact.phone_number,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "user_id": (contact.user_id != 0).then(|| typed(PeerId::User(contact.user_id))),
        }),
        MessageMedia::MessageMediaVenue(venue) => {
            json!({"type": "venue", "title": venue.title, "address": venue.address})
        }
        MessageMedia::MessageMediaWebPage(page) => match &page.webpage {
            WebPage::WebPage(page) => json!({
                "type": "webpage",
                "url": page.url,
                "title": page.title,
                "description": page.description,
                "author": page.author,
            }),
            _ => json!({"type": "webpage"}),
        },
        other => json!({"type": kind(other, "messageMedia")}),
    }
}

/// What happened, in words.
pub(super) fn action(action: &MessageAction) -> String {
    match action {
        MessageAction::MessageActionChatCreate(made) => {
            format!("created group {}", clean_line(&made.title))
        }
        MessageAction::MessageActionChannelCreate(made) => {
            format!("created channel {}", clean_line(&made.title))
        }
        MessageAction::MessageActionChatEditTitle(edit) => {
            format!("changed title to {}", clean_line(&edit.title))
        }
        MessageAction::MessageActionChatAddUser(added) => {
            let users: Vec<_> = added.users.iter().map(|id| typed(PeerId::User(*id))).collect();
            format!("added {}", users.join(" "))
        }
        MessageAction::MessageActionChatDeleteUser(gone) => {
            format!("removed {}", typed(PeerId::User(gone.user_id)))
        }
        other => format!("[{}]", action_type(other)),
    }
}

/// As `pinMessage`; the names that telegram-cli had where it had one.
pub(super) fn action_type(action: &MessageAction) -> String {
    match action {
        MessageAction::MessageActionChatCreate(_) => "chat_created".to_owned(),
        MessageAction::MessageActionChatEditTitle(_) => "chat_rename".to_owned(),
        MessageAction::MessageActionChatEditPhoto(_) => "chat_change_photo".to_owned(),
        MessageAction::MessageActionChatDeletePhoto => "chat_delete_photo".to_owned(),
        MessageAction::MessageActionChatAddUser(_) => "chat_add_user".to_owned(),
        MessageAction::MessageActionChatJoinedByLink(_) => "chat_add_user_link".to_owned(),
        MessageAction::MessageActionChatDeleteUser(_) => "chat_del_user".to_owned(),
        MessageAction::MessageActionChannelCreate(_) => "channel_created".to_owned(),
        MessageAction::MessageActionChatMigrateTo(_) => "migrated_to".to_owned(),
        MessageAction::MessageActionChannelMigrateFrom(_) => "migrated_from".to_owned(),
        MessageAction::MessageActionSetMessagesTtl(_) => "set_ttl".to_owned(),
        other => kind(other, "messageAction"),
    }
}

/// The name of a constructor, without what all of its type begin with.
fn kind(value: &impl Serialize, start: &str) -> String {
    let bytes = value.to_bytes();
    let id = bytes.first_chunk().map(|id| u32::from_le_bytes(*id));
    let name = id.and_then(name_of).unwrap_or("unsupported");
    let name = name.strip_prefix(start).unwrap_or(name);
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// What a document is called.
pub(super) fn name(document: &types::Document) -> Option<String> {
    document.attributes.iter().find_map(|attribute| match attribute {
        DocumentAttribute::DocumentAttributeFilename(name) => Some(name.file_name.clone()),
        _ => None,
    })
}

/// A map of a place.
pub(in crate::commands::shell) fn url(geo: &GeoPoint) -> Option<String> {
    match geo {
        GeoPoint::GeoPoint(geo) => Some(link(geo.lat, geo.long)),
        _ => None,
    }
}

/// The same by its degrees.
pub(in crate::commands::shell) fn link(lat: f64, long: f64) -> String {
    format!("https://www.openstreetmap.org/?mlat={lat}&mlon={long}")
}
