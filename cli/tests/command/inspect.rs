//! `telewire inspect`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use telewire::tl::mtproto::types::{GzipPacked, Pong, RpcResult};
use telewire::tl::{Object, Serialize};

use crate::support::{Process, folder_with, run, text};

/// `pong` with two numbers.
const PONG: &str = "c573773401000000000000000200000000000000";

/// The same, two bytes short.
const CUT: &str = "c57377340100000000000000020000000000";

const PONG_TREE: &str = "\
offset  bytes              value
     0  c5737734           pong#347773c5: Pong
     4  0100000000000000     msg_id: long = 1
    12  0200000000000000     ping_id: long = 2
";

fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
    folder.join(name).to_str().unwrap().to_owned()
}

/// The only line that has this text.
#[track_caller]
fn line<'a>(out: &'a str, part: &str) -> &'a str {
    let mut lines = out.lines().filter(|line| line.contains(part));
    let line = lines.next().unwrap_or_else(|| panic!("no {part:?} in {out}"));
    assert_eq!(lines.next(), None);
    line.trim_end()
}

#[test]
fn digits_files_and_standard_input_are_read() {
    let (_folder, path) = folder_with("value", PONG);
    let binary = path.with_file_name("value.bin");
    fs::write(&binary, hex::decode(PONG).unwrap()).unwrap();
    for ran in [
        run(&["inspect", PONG]),
        run(&["inspect", text(&path)]),
        run(&["inspect", text(&binary)]),
        Process::start_with(&["inspect", "-"], &PONG.replacen("34", "34\n ", 1)).wait(),
    ] {
        assert_eq!((ran.code, ran.err.as_str(), ran.out.as_str()), (0, "", PONG_TREE));
    }
}

#[test]
fn every_form_is_read_from_the_command_line_from_a_file_and_from_standard_input() {
    let bytes = hex::decode(PONG).unwrap();
    let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    let listed: Vec<_> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
    let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    for form in [
        format!("0x{PONG}"),
        pairs.join(":"),
        format!("b'{escaped}'"),
        format!("unsigned char pong[] = {{{}}};", listed.join(", ")),
        format!("{bytes:?}"),
        format!("0000   {}   .s\n0010   {}   ....", pairs[..16].join(" "), pairs[16..].join(" ")),
        "xXN3NAEAAAAAAAAAAgAAAAAAAAA=".to_owned(),
    ] {
        let (_folder, path) = folder_with("value", &format!("\u{feff}{form}\n"));
        for ran in [
            run(&["inspect", &form]),
            run(&["inspect", text(&path)]),
            Process::start_with(&["inspect", "-"], &form).wait(),
        ] {
            assert_eq!(
                (ran.code, ran.err.as_str(), ran.out.as_str()),
                (0, "", PONG_TREE),
                "{form}"
            );
        }
    }
}

#[test]
fn a_text_is_called_a_text() {
    for content in ["HTTP/1.1 404 Not Found\r\n\r\n", "hello, world", "{\"a\": 1}", "привет всем"]
    {
        let (_folder, path) = folder_with("value", content);
        let ran = run(&["inspect", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        let start = format!("error: {}: this is text", path.display());
        assert!(ran.err.starts_with(&start), "{}", ran.err);
        let ran = run(&["inspect", "--json", text(&path)]);
        assert!(ran.code == 2 && ran.out.contains("this is text"), "{}", ran.out);
    }
}

#[test]
fn the_answer_of_the_first_step_of_a_key_exchange_is_shown() {
    let ran = run(&["inspect", &fixture("res_pq.bin")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        ran.out,
        "\
offset  bytes              value
     0  63241605           resPQ#05162463: ResPQ
     4  3e0549828cca27e9..   nonce: int128 = 3e0549828cca27e966b301a48fece2fc
    20  a5cf4d33f4a11ea8..   server_nonce: int128 = a5cf4d33f4a11ea877ba4aa573907330
    36  0817ed48941a08f9..   pq: bytes = 17ed48941a08f981
    48  15c4b51c03000000     server_public_key_fingerprints: Vector<long>, 3 items
    56  85fd64de851d9dd0       [0]: long = -3414540481677951611
    64  216be86c022bb4c3       [1]: long = -4344800451088585951
    72  a5b7f709355fc30b       [2]: long = 847625836280919973
"
    );
}

#[test]
fn what_is_inside_of_containers_and_results_is_shown() {
    let ran = run(&["inspect", &fixture("msg_container_20.bin")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("messages: vector<%Message>, 20 items"), "{}", ran.out);
    assert_eq!(ran.out.matches("body: Object = pong#347773c5").count(), 10);
    assert_eq!(ran.out.matches("body: Object = rpc_result#f35c6d01").count(), 10);
    assert_eq!(ran.out.matches("result: Object = true").count(), 10, "{}", ran.out);
}

#[test]
fn values_of_the_api_are_shown() {
    let ran = run(&["inspect", &fixture("messages_messages.bin")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("messages: Vector<Message>, 100 items"), "{}", ran.out);
    assert!(ran.out.contains("messages.messages#1d73e7ea: messages.Messages"), "{}", ran.out);
    assert!(ran.out.contains("flags: # = "), "{}", ran.out);
}

#[test]
fn programs_get_the_tree_as_json() {
    let ran = run(&["inspect", "--json", PONG]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["error"], Value::Null);
    let root = &json["tree"];
    assert_eq!((&root["name"], &root["id"]), (&"pong".into(), &"347773c5".into()));
    assert_eq!((&root["offset"], &root["length"]), (&0.into(), &20.into()));
    let ping_id = &root["parts"][2];
    assert_eq!((&ping_id["field"], &ping_id["type"]), (&"ping_id".into(), &"long".into()));
    assert_eq!((&ping_id["value"], &ping_id["offset"]), (&"2".into(), &12.into()));
    assert_eq!(ping_id["bytes"], "0200000000000000");
}

#[test]
fn compressed_results_are_unpacked() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&Pong { msg_id: 1, ping_id: 2 }.to_bytes()).unwrap();
    let packed = GzipPacked { packed_data: encoder.finish().unwrap().into() };
    let result = RpcResult { req_msg_id: 7, result: Object::new(&packed) };
    let ran = run(&["inspect", &hex::encode(result.to_bytes())]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    line(&ran.out, "result: Object = gzip_packed#3072cfa1");
    line(&ran.out, "unpacked, with offsets of its own:");
    line(&ran.out, "ping_id: long = 2");
}

#[test]
fn a_mistake_is_told_after_what_stands_before_it() {
    let ran = run(&["inspect", CUT]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.err,
        "error: the bytes: at byte 12, pong.ping_id: expected 8 bytes, 6 are left\n"
    );
    line(&ran.out, "msg_id: long = 1");
    let ran = run(&["inspect", "--json", CUT]);
    assert_eq!(ran.code, 2);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["error"], "at byte 12, pong.ping_id: expected 8 bytes, 6 are left");
}

#[test]
fn a_mistake_in_compressed_bytes_is_told_and_ends_with_2() {
    // gzip_packed of three bytes that are no gzip.
    let ran = run(&["inspect", "a1cf723003010203"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.starts_with("error: the bytes: gzip_packed at byte 0: this is no gzip: "),
        "{}",
        ran.err
    );
    line(&ran.out, "packed_data: bytes = 010203");
    line(&ran.out, "this is no gzip");
}

#[test]
fn values_of_a_type_and_of_other_schemas_are_read() {
    let ran = run(&["inspect", "--as", "Vector<int>", "15c4b51c0100000007000000"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    line(&ran.out, "Vector<int>, 1 items");
    line(&ran.out, "[0]: int = 7");
    let (_folder, path) = folder_with("my.tl", "point#4aa71562 x:int label:string = Point;");
    let ran = run(&["inspect", "--schema", text(&path), "6215a74a07000000026869ff"]);
    assert_eq!(ran.err, "");
    assert!(line(&ran.out, "label").ends_with("label: string = \"hi\"  (the padding is not zero)"));
}

#[test]
fn wrong_options_are_told_in_a_sentence() {
    let (_folder, path) = folder_with("my.tl", "point x = Point;");
    let missing = path.with_file_name("missing");
    for (options, expected) in [
        (
            &["inspect", "efbeadde"][..],
            "the bytes: at byte 0: expected a constructor or a function",
        ),
        (
            &["inspect", "abc"],
            "abc: expected bytes in hexadecimal, as a dump or in base64, or a file",
        ),
        (&["inspect", "00000000: 0102\nx"], "the bytes: line 2: expected a line of a dump"),
        (&["inspect", "0000000 77ec 7abe"], "the bytes: a dump of 16-bit words"),
        (&["inspect", "AAAAAAAA!AAA"], "AAAAAAAA!AAA: expected bytes"),
        (&["inspect", "_____w=="], "the bytes, read as base64: at byte 0: expected a constructor"),
        (&["inspect", "--as", "Nowhere", PONG], "--as: no schema has a type"),
        (&["inspect", "--schema", text(&path), PONG], &format!("{}: line 1", path.display())),
        (&["inspect", "--schema", text(&missing), PONG], &format!("{}: cannot", missing.display())),
        (&["inspect", "--schema", "-", "-"], "standard input can be the value or one schema"),
    ] {
        let ran = run(options);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.starts_with(&format!("error: {expected}")), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1);
    }
}

#[test]
fn what_the_newest_layer_does_not_know_is_read_by_the_latest_that_does() {
    // keyboardButton of layers 135 to 221.
    let button = "8048faa203796573";
    let ran = run(&["inspect", button]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(line(&ran.out, "keyboardButton#a2fa4880").contains("KeyboardButton"), "{}", ran.out);
    assert!(ran.out.ends_with("read by layer 221, the latest that has all of it\n"), "{}", ran.out);
    let ran = run(&["inspect", "--json", button]);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["layer"], 221);
    // Inside of what the protocol has.
    let result = format!("016d5cf30100000000000000{button}");
    let ran = run(&["inspect", &result]);
    assert!(ran.out.contains("keyboardButton#a2fa4880"), "{}{}", ran.out, ran.err);
    // And of what is packed.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&hex::decode(button).unwrap()).unwrap();
    let packed = GzipPacked { packed_data: encoder.finish().unwrap().into() };
    let ran = run(&["inspect", &hex::encode(packed.to_bytes())]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("keyboardButton#a2fa4880"), "{}", ran.out);
    // A schema of one's own is the only one then.
    let (_folder, schema) = folder_with("a.tl", "a#00000001 = A;");
    let ran = run(&["inspect", "--schema", text(&schema), button]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
}

#[test]
fn a_layer_is_named() {
    let button = "8048faa203796573";
    for layer in ["135", "137", "221"] {
        let ran = run(&["inspect", "--layer", layer, button]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        assert!(ran.out.contains("keyboardButton#a2fa4880") && !ran.out.contains("read by layer"));
        // The protocol stands beside it.
        assert_eq!(run(&["inspect", "--layer", layer, PONG]).out, PONG_TREE);
    }
    for (layer, part) in
        [("222", "a2fa4880"), ("134", "there are layers 135 to 230"), ("231", "--layer")]
    {
        let ran = run(&["inspect", "--layer", layer, button]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    assert_eq!(run(&["inspect", "--layer", "158", "--schema", "a.tl", button]).code, 2);
}
