use super::*;
use crate::{Exceptions, resolve, tl_text};

const TYPES: &str = "peerUser user_id:long = Peer;
peerChannel channel_id:long = Peer;
inputPeerSelf = InputPeer;
inputPeerUser user_id:long = InputPeer;
message id:int = Message;
updateNew message:Message pts:int pts_count:int = Update;
updateDelete channel_id:long messages:Vector<int> pts:int pts_count:int = Update;
updateRead channel_id:long pts:int = Update;
updateTooLong flags:# channel_id:long pts:flags.0?int = Update;
updateBot qts:int = Update;
updateTyping user_id:long = Update;
updateConfig = Update;
updateOther channel_id:long = Update;
updates updates:Vector<Update> date:int seq:int = Updates;
updatesTooLong = Updates;
invited updates:Updates = Invited;
affected pts:int pts_count:int = Affected;
---functions---
send flags:# silent:flags.1?true peer:InputPeer = Updates;
start = Updates;
invite = Invited;
delete flags:# parent:flags.2?InputPeer id:int = Affected;
clear id:int = Affected;
";

const TABLE: &str = r#"{"layer":1,
"updates":{
"updateNew":{"box":"common","of":"message"},
"updateDelete":{"box":"channel","of":"channel_id"},
"updateRead":{"box":"read","of":"channel_id"},
"updateTooLong":{"box":"too_long","of":"channel_id"},
"updateBot":{"box":"qts"},
"updateTyping":{"box":"now"},
"updateConfig":{"box":"now","before_login":true}
},
"carriers":{"updates":"seq","affected":"a position"},
"holders":["invited"],
"affected":{"delete":{"of":"parent"},"clear":{}}}"#;

fn schema(text: &str) -> Schema {
    let mut raw = tl_text::parse(text).unwrap();
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap()
}

fn generated(text: &str, table: &str) -> Result<String, Error> {
    Boxes::parse(table).and_then(|boxes| boxes.generate(&schema(text)))
}

#[test]
fn each_row_becomes_an_arm() {
    let code = generated(TYPES, TABLE).unwrap();
    for arm in [
        "UpdateNew(of) => Place::Common { pts: of.pts, count: of.pts_count, of: Of::message(&of.message) },",
        "UpdateDelete(of) => Place::Channel { pts: of.pts, count: of.pts_count, of: Of::Channel(of.channel_id) },",
        "UpdateRead(of) => Place::Read { pts: of.pts, of: Of::Channel(of.channel_id) },",
        "UpdateTooLong(of) => Place::TooLong { pts: of.pts, of: Of::Channel(of.channel_id) },",
        "UpdateBot(of) => Place::Qts(of.qts),",
        "UpdateTyping(_) => Place::Now,",
        "UpdateConfig => Place::Now,",
        "matches!(\n        update,\n        enums::Update::UpdateConfig\n    )",
        "=> Feed::Updates(Some(At { skip: 8, bit: None, is_channel: false })), // send",
        "=> Feed::Updates(None), // start",
        "=> Feed::Invited, // invite",
        "=> Feed::Affected(Some(At { skip: 8, bit: Some(2), is_channel: false })), // delete",
        "=> Feed::Affected(None), // clear",
    ] {
        assert!(code.contains(arm), "{arm} is not in\n{code}");
    }
    assert!(!code.contains("UpdateOther"), "a channel's number alone makes no position");
}

#[test]
fn up_01_what_has_a_position_and_no_row_is_an_error() {
    let without = |row: &str| {
        assert!(TABLE.contains(row), "{row}");
        TABLE.replace(row, "").replace(",\n}", "\n}").replace(",}", "}").replace("{,", "{")
    };
    for (row, definition, param) in [
        ("\"updateNew\":{\"box\":\"common\",\"of\":\"message\"},", "updateNew", "pts"),
        ("\"updateTooLong\":{\"box\":\"too_long\",\"of\":\"channel_id\"},", "updateTooLong", "pts"),
        ("\"updateBot\":{\"box\":\"qts\"},", "updateBot", "qts"),
        ("\"updates\":\"seq\",", "updates", "seq"),
        (",\"affected\":\"a position\"", "affected", "pts"),
        ("\"invited\"", "invited", "updates"),
        (",\"clear\":{}", "clear", "pts"),
    ] {
        assert_eq!(generated(TYPES, &without(row)), Err(unplaced(definition, param)), "{row}");
    }
    // One that a layer brings anew, of each kind.
    for param in
        ["pts:int pts_count:int", "qts:int", "pts:int", "seq:int", "flags:# pts:flags.3?int"]
    {
        for ty in ["Update", "Updates", "Other"] {
            let text = TYPES
                .replace("updates updates", &format!("brandNew {param} = {ty};\nupdates updates"));
            let found = generated(&text, TABLE);
            assert!(
                matches!(&found, Err(Error::Unplaced { definition, .. }) if definition == "brandNew"),
                "{param} of {ty}: {found:?}"
            );
        }
    }
}

#[test]
fn a_row_that_fits_nothing_is_an_error() {
    for (from, to, name) in [
        ("\"updateNew\":", "\"updateGone\":{\"box\":\"qts\"},\"updateNew\":", "updateGone"),
        ("\"updateBot\":{\"box\":\"qts\"}", "\"updateBot\":{\"box\":\"common\"}", "updateBot"),
        (
            "\"updateTyping\":{\"box\":\"now\"}",
            "\"updateTyping\":{\"box\":\"qts\"}",
            "updateTyping",
        ),
        ("\"updateBot\":{\"box\":\"qts\"}", "\"updateBot\":{\"box\":\"now\"}", "updateBot"),
        ("\"updateRead\":{\"box\":\"read\"", "\"updateRead\":{\"box\":\"channel\"", "updateRead"),
        (
            "\"updateDelete\":{\"box\":\"channel\"",
            "\"updateDelete\":{\"box\":\"read\"",
            "updateDelete",
        ),
        ("\"of\":\"message\"", "\"of\":\"nobody\"", "updateNew"),
        ("\"of\":\"parent\"", "\"of\":\"id\"", "delete"),
        ("\"clear\":{}", "\"clear\":{},\"gone\":{}", "gone"),
        ("[\"invited\"]", "[\"invited\",\"gone\"]", "gone"),
        ("\"updates\":\"seq\"", "\"updates\":\"seq\",\"gone\":\"seq\"", "gone"),
    ] {
        assert!(TABLE.contains(from), "{from}");
        assert_eq!(generated(TYPES, &TABLE.replace(from, to)), Err(unused(name)), "{to}");
    }
    for text in ["{}", "", &TABLE.replace("\"qts\"", "\"gts\"")] {
        assert!(matches!(Boxes::parse(text), Err(Error::Json(_))), "{text}");
    }
}

#[test]
fn the_api_has_a_row_for_every_position() {
    let text = include_str!("../../../schema/api.json");
    let raw = crate::json::parse(text).unwrap();
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
    let boxes = Boxes::parse(include_str!("../../../schema/boxes.json")).unwrap();
    let code = boxes.generate(&schema).unwrap();
    let count = |what: &str| code.matches(what).count();
    assert_eq!(count("Place::Common"), 9);
    assert_eq!(count("Place::Channel"), 5);
    assert_eq!(count("Place::Qts"), 17);
    assert_eq!(count("Feed::Updates("), 136);
    assert_eq!(count("Feed::Affected"), 13);
}
