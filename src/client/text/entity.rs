//! Where an entity is, whichever it is.

use crate::tl::api::enums::MessageEntity;

macro_rules! each {
    ($entity:expr, $value:ident => $result:expr, $($variant:ident)*) => {
        match $entity { $(MessageEntity::$variant($value) => $result,)* }
    };
}

/// The entities of the layer, which all have a place.
macro_rules! all {
    ($entity:expr, $value:ident => $result:expr) => {
        each!($entity, $value => $result,
            MessageEntityUnknown MessageEntityMention MessageEntityHashtag MessageEntityBotCommand MessageEntityUrl
            MessageEntityEmail MessageEntityBold MessageEntityItalic MessageEntityCode MessageEntityPre
            MessageEntityTextUrl MessageEntityMentionName InputMessageEntityMentionName MessageEntityPhone
            MessageEntityCashtag MessageEntityUnderline MessageEntityStrike MessageEntityBankCard MessageEntitySpoiler
            MessageEntityCustomEmoji MessageEntityBlockquote MessageEntityFormattedDate MessageEntityDiffInsert
            MessageEntityDiffReplace MessageEntityDiffDelete MessageEntityTonAddress)
    };
}

/// Its offset and its length, in UTF-16 units.
pub(super) fn place(entity: &MessageEntity) -> (i32, i32) {
    all!(entity, value => (value.offset, value.length))
}

pub(super) fn set_place(entity: &mut MessageEntity, offset: i32, length: i32) {
    all!(entity, value => (value.offset, value.length) = (offset, length));
}
