use super::*;
use crate::tl::secret::enums;

fn photo() -> DecryptedMessageMedia {
    types::DecryptedMessageMediaPhoto45 {
        thumb: vec![1].into(),
        thumb_w: 1,
        thumb_h: 2,
        w: 3,
        h: 4,
        size: 5,
        key: [6; 32].into(),
        iv: [7; 32].into(),
        caption: "c".into(),
    }
    .into()
}

fn document(size: i64, attributes: Vec<DocumentAttribute>) -> DecryptedMessageMedia {
    types::DecryptedMessageMediaDocument143 {
        thumb: Vec::new().into(),
        thumb_w: 0,
        thumb_h: 0,
        mime_type: "text/plain".into(),
        size,
        key: [6; 32].into(),
        iv: [7; 32].into(),
        attributes,
        caption: String::new(),
    }
    .into()
}

/// Each of the four forms of a message, and both of an action.
#[test]
fn sc_30_a_message_of_every_layer_is_read() {
    let media = photo();
    let said = |content| match content {
        Content::Message { random_id: 1, message } => *message,
        other => panic!("{other:?}"),
    };
    let old = types::DecryptedMessage8 {
        random_id: 1,
        random_bytes: [0; 15].into(),
        message: "a".into(),
        media: media.clone(),
    };
    let expected = Message { text: "a".into(), media: Some(media.clone()), ..none() };
    assert_eq!(said(Content::read(&old.to_bytes(), 8)), expected);
    let empty = DecryptedMessageMedia::DecryptedMessageMediaEmpty8;
    let old = types::DecryptedMessage17 { random_id: 1, ttl: 9, message: "b".into(), media: empty };
    let expected = Message { text: "b".into(), ttl: 9, ..none() };
    assert_eq!(said(Content::read(&old.to_bytes(), 17)), expected);
    let bold = types::MessageEntityBold45 { offset: 0, length: 1 };
    let old = types::DecryptedMessage45 {
        random_id: 1,
        ttl: 9,
        message: "c".into(),
        media: Some(media.clone()),
        entities: Some(vec![bold.clone().into()]),
        via_bot_name: Some("bot".into()),
        reply_to_random_id: Some(3),
    };
    let mut expected = Message {
        text: "c".into(),
        media: Some(media),
        ttl: 9,
        entities: vec![bold.into()],
        via_bot_name: Some("bot".into()),
        reply_to: Some(3),
        ..none()
    };
    assert_eq!(said(Content::read(&old.to_bytes(), 45)), expected);
    (expected.grouped_id, expected.is_silent, expected.wants_preview) = (Some(4), true, true);
    let written = write_message(1, &expected, 144).unwrap();
    assert_eq!(written[..4], 0x91cc_4674_u32.to_le_bytes());
    assert_eq!(said(Content::read(&written, 144)), expected);
    let ttl = types::DecryptedMessageActionSetMessageTtl8 { ttl_seconds: 5 };
    let action = Content::Action { random_id: 1, action: Action::SetTtl(5) };
    let random_bytes = [0; 15].into();
    let old = types::DecryptedMessageService8 { random_id: 1, random_bytes, action: ttl.into() };
    assert_eq!(Content::read(&old.to_bytes(), 8), action);
    let written = write_action(1, &Action::SetTtl(5));
    assert_eq!(written[..4], 0x7316_4160_u32.to_le_bytes());
    assert_eq!(Content::read(&written, 144), action);
}

/// All actions and all control messages come back as they were written.
#[test]
fn sc_72_every_action_and_every_control_message_is_read_as_it_was_written() {
    for action in [
        Action::SetTtl(7),
        Action::Read(vec![1, -2]),
        Action::Delete(vec![3]),
        Action::Screenshot(vec![]),
        Action::Flush,
        Action::Typing(enums::SendMessageAction::SendMessageTypingAction17),
    ] {
        let read = Content::read(&write_action(5, &action), 144);
        assert_eq!(read, Content::Action { random_id: 5, action });
    }
    for control in [
        Control::Resend { start: 1, end: 3 },
        Control::NotifyLayer { layer: 144 },
        Control::RequestKey { exchange: -1, g_a: vec![1; 256] },
        Control::AcceptKey { exchange: 2, g_b: vec![2; 256], fingerprint: 3 },
        Control::AbortKey { exchange: 4 },
        Control::CommitKey { exchange: 5, fingerprint: 6 },
        Control::Noop,
    ] {
        let read = Content::read(&write_control(5, &control), 144);
        assert_eq!(read, Content::Control(control));
    }
}

#[test]
fn sc_32_entities_and_files_are_for_the_layer_of_the_other_side() {
    let (offset, length) = (0, 1);
    let entities: Vec<MessageEntity> = vec![
        types::MessageEntityBold45 { offset, length }.into(),
        types::MessageEntityPhone46 { offset, length }.into(),
        types::MessageEntityStrike101 { offset, length }.into(),
        types::MessageEntityBlockquote101 { offset, length }.into(),
        types::MessageEntitySpoiler144 { offset, length }.into(),
        types::MessageEntityCustomEmoji144 { offset, length, document_id: 1 }.into(),
    ];
    for (layer, known) in [(73, 2), (100, 2), (101, 4), (143, 4), (144, 6)] {
        let message = Message { entities: entities.clone(), ..Message::text("x") };
        let written = write_message(1, &message, layer).unwrap();
        let Content::Message { message, .. } = Content::read(&written, layer) else { panic!() };
        assert_eq!(message.entities, entities[..known]);
    }
    let written = |size, layer| {
        let message = Message::media(document(size, Vec::new()));
        let written = write_message(1, &message, layer)?;
        let Content::Message { message, .. } = Content::read(&written, layer) else { panic!() };
        Ok(layer_of(&message.media.unwrap()))
    };
    for (size, layer, form) in [
        (1, 73, Ok(45)),
        (MAX_OLD_FILE, 142, Ok(45)),
        (MAX_OLD_FILE + 1, 142, Err(Error::FileTooLarge)),
        (i64::MAX, 73, Err(Error::FileTooLarge)),
        (MAX_OLD_FILE + 1, 143, Ok(143)),
        (1, 144, Ok(143)),
    ] {
        assert_eq!(written(size, layer), form, "{size} {layer}");
    }
}

#[test]
fn sc_32_forms_that_later_layers_replaced_are_not_written() {
    let attribute = |attribute| {
        write_message(1, &Message::media(document(1, vec![attribute])), 144).map(|_| ())
    };
    let audio = types::DocumentAttributeAudio23 { duration: 1 };
    let wrong = |newer| Err(Error::OldForm(newer));
    assert_eq!(attribute(audio.into()), wrong("documentAttributeAudio46"));
    let video = types::DocumentAttributeVideo23 { duration: 1, w: 1, h: 1 };
    assert_eq!(attribute(video.into()), wrong("documentAttributeVideo66"));
    let sticker = DocumentAttribute::DocumentAttributeSticker23;
    assert_eq!(attribute(sticker), wrong("documentAttributeSticker45"));
    assert_eq!(attribute(DocumentAttribute::DocumentAttributeAnimated23), Ok(()));
    let audio = types::DecryptedMessageMediaAudio8 {
        duration: 1,
        size: 1,
        key: Vec::new().into(),
        iv: Vec::new().into(),
    };
    let written = write_message(1, &Message::media(audio.into()), 144).map(|_| ());
    assert_eq!(written, wrong("decryptedMessageMediaAudio17"));
    assert!(write_message(1, &Message::media(photo()), 144).is_ok());
}

#[test]
fn sc_70_timers_are_between_nothing_and_a_year() {
    for (said, kept) in
        [(0, 0), (-1, 0), (i32::MIN, 0), (1, 1), (MAX_TTL, MAX_TTL), (i32::MAX, MAX_TTL)]
    {
        let read = Content::read(&write_action(1, &Action::SetTtl(said)), 144);
        assert_eq!(read, Content::Action { random_id: 1, action: Action::SetTtl(kept) });
        let old = types::DecryptedMessage17 {
            random_id: 1,
            ttl: said,
            message: String::new(),
            media: DecryptedMessageMedia::DecryptedMessageMediaEmpty8,
        };
        let Content::Message { message, .. } = Content::read(&old.to_bytes(), 17) else { panic!() };
        assert_eq!(message.ttl, kept);
    }
}

/// Every truncation, and whatever stands behind, is something unknown, and nothing worse.
#[test]
fn sc_23_what_does_not_end_where_it_should_is_unknown() {
    let written = write_message(1, &Message::media(photo()), 144).unwrap();
    for end in 0..written.len() {
        assert_eq!(Content::read(&written[..end], 9), Content::Unknown { layer: 9 });
    }
    let longer = [&written[..], &[0; 4]].concat();
    assert_eq!(Content::read(&longer, 9), Content::Unknown { layer: 9 });
}
