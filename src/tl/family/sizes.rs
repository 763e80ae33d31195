//! How large the generated types are. Every vector and every move pays for it.

/// The largest enum: a tag and 24 bytes, or one variant of 32 with the tag in it.
const MAX_ENUM: usize = 32;

const MTPROTO: &[(&str, usize)] = include!(concat!(env!("OUT_DIR"), "/mtproto_enums.rs"));
const WRAPPERS: &[(&str, usize)] = include!(concat!(env!("OUT_DIR"), "/wrappers_enums.rs"));
#[cfg(feature = "secret")]
const SECRET: &[(&str, usize)] = include!(concat!(env!("OUT_DIR"), "/secret_enums.rs"));

fn too_large(enums: &[(&'static str, usize)]) -> Vec<(&'static str, usize)> {
    enums.iter().copied().filter(|(_, size)| *size > MAX_ENUM).collect()
}

#[test]
fn no_enum_of_the_protocol_has_more_than_32_bytes() {
    assert!(!MTPROTO.is_empty());
    assert_eq!((too_large(MTPROTO), too_large(WRAPPERS)), (vec![], vec![]));
}

#[cfg(feature = "secret")]
#[test]
fn no_enum_of_secret_chats_has_more_than_32_bytes() {
    assert!(!SECRET.is_empty());
    assert_eq!(too_large(SECRET), vec![]);
}

#[cfg(feature = "api")]
mod api {
    use super::too_large;
    use crate::tl::api::{enums, types};

    const API: &[(&str, usize)] = include!(concat!(env!("OUT_DIR"), "/api_enums.rs"));

    #[test]
    fn no_enum_has_more_than_32_bytes() {
        assert!(API.len() > 200, "{}", API.len());
        assert_eq!(too_large(API), []);
    }

    #[test]
    fn the_wide_variant_of_an_entity_is_the_link() {
        let url = types::MessageEntityTextUrl { offset: 0, length: 1, url: String::new() };
        let enums::MessageEntity::MessageEntityTextUrl(held) = enums::MessageEntity::from(url)
        else {
            panic!("another variant")
        };
        let _: types::MessageEntityTextUrl = held;
    }

    #[test]
    fn a_message_has_640_bytes_at_most() {
        assert!(size_of::<types::Message>() <= 640, "{}", size_of::<types::Message>());
    }

    #[test]
    fn the_types_of_every_day_have_these_sizes() {
        let enums = [
            size_of::<enums::Message>(),
            size_of::<enums::User>(),
            size_of::<enums::Chat>(),
            size_of::<enums::Update>(),
            size_of::<enums::MessageEntity>(),
        ];
        let structs = [
            size_of::<types::Message>(),
            size_of::<types::User>(),
            size_of::<types::Channel>(),
            size_of::<types::UpdateShortMessage>(),
        ];
        assert_eq!((enums, structs), ([24, 16, 32, 32, 32], [528, 416, 408, 136]));
    }
}
