use super::*;
use telewire::tl::api::enums;

const NOW: i64 = 1_705_754_877;

fn names() -> Names {
    let ada = types::User {
        first_name: Some("Ada".into()),
        last_name: Some("Lovelace".into()),
        username: Some("ada".into()),
        ..types::User::new(5)
    };
    let mut names = Names::default();
    names.learn(&[ada.into()], &[]);
    names
}

fn ada() -> Peer {
    types::PeerUser { user_id: 5 }.into()
}

fn said(text: &str) -> types::Message {
    types::Message::new(12, ada(), 1_705_754_877, text.to_owned())
}

#[test]
fn dates_are_as_short_as_their_age_allows() {
    for (age, shown) in [
        (0, "12:47"),
        (-5, "12:47"),
        (12 * 3_600 - 1, "12:47"),
        (12 * 3_600, "20 Jan"),
        (180 * 86_400 - 1, "20 Jan"),
        (180 * 86_400, "20 Jan 2024"),
    ] {
        assert_eq!(when(NOW, NOW + age), shown, "{age}");
    }
    assert_eq!(when(i64::from(i32::MIN), NOW), "13 Dec 1901");
}

#[test]
fn a_message_is_a_line_and_an_object() {
    let names = names();
    let message = Message::from(said("hello"));
    assert_eq!(names.line(&message, NOW), "[12] [12:47] Ada Lovelace >>> hello");
    let own = types::Message { out: true, ..said("hello") };
    assert_eq!(names.line(&own.into(), NOW), "[12] [12:47] to Ada Lovelace <<< hello");
    let reply =
        types::MessageReplyHeader { reply_to_msg_id: Some(9), ..types::MessageReplyHeader::new() };
    let forward = types::MessageFwdHeader {
        from_name: Some("Bob".into()),
        ..types::MessageFwdHeader::new(1)
    };
    let message = types::Message {
        reply_to: Some(reply.into()),
        fwd_from: Some(Box::new(forward)),
        ..said("hello")
    };
    let message = Message::from(message);
    assert_eq!(
        names.line(&message, NOW),
        "[12] [12:47] Ada Lovelace >>> [fwd from Bob] [reply to 9] hello"
    );
    let ada = json!({"id": "user#5", "name": "Ada Lovelace", "username": "ada"});
    let expected = json!({
        "event": "message", "id": "12", "chat": ada, "from": ada, "date": NOW, "out": false,
        "text": "hello", "reply_id": 9, "fwd_date": 1,
    });
    assert_eq!(names.message_json(&message), expected);
}

#[test]
fn a_message_of_a_channel_is_named_with_it() {
    let peer: Peer = types::PeerChannel { channel_id: 17 }.into();
    let message = types::Message { peer_id: peer, ..said("hello") };
    assert_eq!(names().line(&message.into(), NOW), "[channel#17/12] [12:47] channel#17 >>> hello");
}

#[test]
fn no_text_of_others_plays_with_the_terminal() {
    let evil = "a\u{1b}[2Jb\r\u{7}\u{9b}c\u{202e}d\u{2066}e\nf\tg";
    assert_eq!(clean(evil), "a[2Jbcde\nf\tg");
    assert_eq!(clean_line(evil), "a[2Jb cde f g");
    let mut names = Names::default();
    let user = types::User { first_name: Some(evil.into()), ..types::User::new(5) };
    names.learn(&[user.clone().into()], &[]);
    let contact =
        types::MessageMediaContact::new(evil.into(), evil.into(), evil.into(), String::new(), 0);
    let page = types::WebPage {
        title: Some(evil.into()),
        ..types::WebPage::new(1, evil.into(), evil.into(), 0)
    };
    let attribute = types::DocumentAttributeFilename { file_name: evil.into() };
    let document =
        types::Document::new(1, 1, Vec::new().into(), 1, evil.into(), 1, 2, vec![attribute.into()]);
    let media: [enums::MessageMedia; 3] = [
        contact.into(),
        types::MessageMediaWebPage::new(enums::WebPage::from(page)).into(),
        types::MessageMediaDocument {
            document: Some(document.into()),
            ..types::MessageMediaDocument::new()
        }
        .into(),
    ];
    let mut lines = vec![user_line(&user.into())];
    for media in media {
        let message = types::Message { media: Some(media), ..said(evil) };
        lines.push(names.line(&message.into(), NOW));
    }
    for line in lines {
        let is_bad = |char: char| is_control(char) && char != '\n' && char != '\t';
        assert!(!line.contains(is_bad), "{line:?}");
    }
}

#[test]
fn what_is_not_modelled_is_named_by_its_constructor() {
    let dice = types::MessageMediaDice::new(6, "x".into());
    let message = types::Message { media: Some(dice.into()), ..said("") };
    assert_eq!(names().line(&message.into(), NOW), "[12] [12:47] Ada Lovelace >>> [dice]");
    let action = enums::MessageAction::MessageActionPinMessage;
    let service = types::MessageService::new(13, ada(), 1_705_754_877, action);
    let service = Message::from(service);
    assert_eq!(names().line(&service, NOW), "[13] [12:47] Ada Lovelace [pinMessage]");
    assert_eq!(names().message_json(&service)["action"], json!({"type": "pinMessage"}));
}

#[test]
fn colours_are_those_of_telegram_cli_and_there_are_none_without_a_wish() {
    let mut names = names();
    let line = |names: &Names| names.line(&said("hello").into(), NOW);
    let plain = line(&names);
    names.paint(Some("1".as_ref()));
    assert_eq!(line(&names), plain);
    for no_color in [None, Some("".as_ref())] {
        names.paint(no_color);
        let red = "\u{1b}[31mAda Lovelace\u{1b}[0m";
        assert_eq!(line(&names), format!("[12] [12:47] {red} \u{1b}[34m>>>\u{1b}[0m hello"));
    }
}
