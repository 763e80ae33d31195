//! Which parts are kept, and what they make.

use std::time::Duration;

use telewire::tl::api::{enums, types};

use super::*;

/// FI-02, said in another way than where it is enforced.
const SIZES: [usize; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

fn ada() -> (Script, Device) {
    let mut script = Script::new();
    let ada = script.user("Ada");
    (script, ada)
}

fn refused(name: &str) -> Result<bool, String> {
    Err(format!("400 {name}"))
}

#[test]
fn fi_02_parts_before_the_last_have_one_of_ten_sizes() {
    let (mut script, ada) = ada();
    for (number, size) in (1..=520).flat_map(|count| [count * KIB - 1, count * KIB]).enumerate() {
        let expected = match size {
            size if size > 512 * KIB => refused("FILE_PART_TOO_BIG"),
            size if size % KIB == 0 && SIZES.contains(&(size / KIB)) => Ok(true),
            _ => refused("FILE_PART_SIZE_INVALID"),
        };
        let id = number as i64 + 1;
        for total in [3, -1] {
            let part = big_part(id * 10 - i64::from(total), 0, total, size);
            assert_eq!(script.ask(ada, &part), expected, "{size} of {total}");
        }
        // Of a small file the highest part may be the last; then there is one above it.
        script.ask(ada, &small_part(id, 1, 1)).unwrap();
        assert_eq!(script.ask(ada, &small_part(id, 0, size)), expected, "{size}");
    }
}

#[test]
fn fi_02_the_last_part_has_any_size_up_to_that_of_the_others() {
    let (mut script, ada) = ada();
    let (changed, invalid) = (refused("FILE_PART_SIZE_CHANGED"), refused("FILE_PART_SIZE_INVALID"));
    let cases: [(&[(i32, usize)], Result<bool, String>); 10] = [
        (&[(0, 4_096), (1, 4_096), (2, 1)], Ok(true)),
        (&[(2, 4_096), (1, 4_096), (0, 4_096)], Ok(true)),
        (&[(2, 77), (0, 4_096), (1, 4_096)], Ok(true)),
        (&[(0, 4_096), (2, 4_097)], changed.clone()),
        (&[(2, 4_097), (0, 4_096)], changed.clone()),
        (&[(0, 4_096), (1, 2_048), (2, 1)], changed.clone()),
        (&[(0, 4_096), (2, 1), (1, 8_192)], changed.clone()),
        (&[(1, 1_000), (2, 1)], invalid.clone()),
        (&[(2, 1), (1, 1_000)], invalid),
        (&[(2, 0)], refused("FILE_PART_EMPTY")),
    ];
    for (id, (parts, expected)) in (1..).zip(cases) {
        let (last, before) = parts.split_last().unwrap();
        let small = |(number, size): (i32, usize)| small_part(id, number, size);
        let big = |(number, size): (i32, usize)| big_part(id, number, 3, size);
        // What a big file says is known sooner, as it says how many parts there are.
        let mut answers = Vec::new();
        for part in parts {
            answers.push(script.ask(ada, &big(*part)));
        }
        assert_eq!(answers.into_iter().find(Result::is_err).unwrap_or(Ok(true)), expected);
        let is_early = before.iter().any(|part| script.ask(ada, &small(*part)) != Ok(true));
        assert!(is_early || script.ask(ada, &small(*last)) == expected, "{parts:?}");
    }
}

#[test]
fn fi_03_a_file_has_at_most_4000_parts() {
    let (mut script, ada) = ada();
    for (number, expected) in [
        (-1, refused("FILE_PART_INVALID")),
        (i32::MIN, refused("FILE_PART_INVALID")),
        (0, Ok(true)),
        (3_999, Ok(true)),
        (4_000, refused("FILE_PART_INVALID")),
        (i32::MAX, refused("FILE_PART_INVALID")),
    ] {
        assert_eq!(script.ask(ada, &small_part(1, number, KIB)), expected, "{number}");
        assert_eq!(script.ask(ada, &big_part(1, number, -1, KIB)), expected, "{number}");
    }
    for (total, expected) in [
        (i32::MIN, refused("FILE_PARTS_INVALID")),
        (-2, refused("FILE_PARTS_INVALID")),
        (0, refused("FILE_PARTS_INVALID")),
        (1, Ok(true)),
        (3_999, Ok(true)),
        (4_000, Ok(true)),
        (4_001, refused("FILE_PARTS_INVALID")),
        (i32::MAX, refused("FILE_PARTS_INVALID")),
    ] {
        let part = big_part(i64::from(total) + 10, 0, total, KIB);
        assert_eq!(script.ask(ada, &part), expected, "{total}");
    }
    for parts in [i32::MIN, -1, 0, 4_001, i32::MAX] {
        for file in [input_file(1, parts, "a").into(), big_file(1, parts)] {
            let answer = script.send_media(ada, ada.user, document(file));
            assert_eq!(answer, Err("400 FILE_PARTS_INVALID".into()), "{parts}");
        }
    }
}

fn big_file(id: i64, parts: i32) -> enums::InputFile {
    types::InputFileBig { id, parts, name: "big.bin".into() }.into()
}

#[test]
fn fi_04_a_small_file_has_10_mib_and_parts_of_one_kind_are_not_the_other_s() {
    let (mut script, ada) = ada();
    for part in 0..20 {
        script.ask(ada, &small_part(1, part, 512 * KIB)).unwrap();
    }
    let send = |script: &mut Script, file| script.send_media(ada, ada.user, document(file));
    send(&mut script, input_file(1, 20, "a").into()).unwrap();
    assert_eq!(script.last_document(ada, ada.user).size, 10_485_760);
    // A byte more.
    script.ask(ada, &small_part(1, 20, 1)).unwrap();
    let large = send(&mut script, input_file(1, 21, "a").into());
    assert_eq!(large.unwrap_err(), "400 FILE_PARTS_INVALID");
    assert_eq!(send(&mut script, big_file(1, 21)).unwrap_err(), "400 FILE_PART_0_MISSING");
    script.ask(ada, &big_part(2, 0, 1, KIB)).unwrap();
    let other = send(&mut script, input_file(2, 1, "a").into());
    assert_eq!(other.unwrap_err(), "400 FILE_PART_0_MISSING");
    send(&mut script, big_file(2, 1)).unwrap();
}

#[test]
fn fi_05_a_big_file_has_as_many_parts_as_it_says_each_time() {
    let (mut script, ada) = ada();
    let invalid = || refused("FILE_PARTS_INVALID");
    assert_eq!(script.ask(ada, &big_part(1, 3, 3, KIB)), refused("FILE_PART_INVALID"));
    assert_eq!(script.ask(ada, &big_part(1, 0, 3, KIB)), Ok(true));
    for total in [1, 2, 4] {
        assert_eq!(script.ask(ada, &big_part(1, 0, total, KIB)), invalid(), "{total}");
    }
    for part in [1, 2] {
        assert_eq!(script.ask(ada, &big_part(1, part, 3, KIB)), Ok(true));
    }
    for (parts, expected) in [(2, "400 FILE_PARTS_INVALID"), (4, "400 FILE_PART_3_MISSING")] {
        let answer = script.send_media(ada, ada.user, document(big_file(1, parts)));
        assert_eq!(answer.unwrap_err(), expected);
    }
    script.send_media(ada, ada.user, document(big_file(1, 3))).unwrap();
}

#[test]
fn fi_06_a_stream_says_with_its_last_part_how_many_there_are() {
    for last in [1, 512 * KIB, 0] {
        let (mut script, ada) = ada();
        for part in [1, 0] {
            assert_eq!(script.ask(ada, &big_part(1, part, -1, 512 * KIB)), Ok(true));
        }
        let unknown = script.send_media(ada, ada.user, document(big_file(1, 2)));
        assert_eq!(unknown.unwrap_err(), "400 FILE_PARTS_INVALID");
        assert_eq!(script.ask(ada, &big_part(1, 1, 2, 0)), refused("FILE_PART_SIZE_CHANGED"));
        assert_eq!(script.ask(ada, &big_part(1, 2, 3, last)), Ok(true), "{last}");
        // One that was sent before comes after it.
        assert_eq!(script.ask(ada, &big_part(1, 1, -1, 512 * KIB)), Ok(true));
        assert_eq!(script.ask(ada, &big_part(1, 3, -1, KIB)), refused("FILE_PART_INVALID"));
        let photo = types::InputMediaUploadedPhoto::new(big_file(1, 3));
        let answer = script.send_media(ada, ada.user, photo);
        assert_eq!(answer.unwrap_err(), "400 PHOTO_INVALID");
        script.send_media(ada, ada.user, document(big_file(1, 3))).unwrap();
        let size = script.last_document(ada, ada.user).size;
        assert_eq!(size, (1_024 * KIB + last) as i64);
    }
    // What is no stream has no part without bytes, and none is nothing else.
    let (mut script, ada) = ada();
    for part in [big_part(1, 0, 1, 0), big_part(1, 1, 2, 0), big_part(1, 0, -1, 0)] {
        assert_eq!(script.ask(ada, &part), refused("FILE_PART_EMPTY"));
    }
}

#[test]
fn fi_09_an_md5_is_compared_if_there_is_one() {
    let (mut script, ada) = ada();
    let saved = script.save(ada, 1, "a.txt", b"message digest");
    let right = "f96b697d7cb7938d525a2f31aaf161d0";
    for (md5, is_right) in [
        (right.to_owned(), true),
        (String::new(), true),
        (right.to_uppercase(), false),
        (right.replace('f', "e"), false),
        (right[1..].to_owned(), false),
    ] {
        let file = types::InputFile { md5_checksum: md5.clone(), ..saved.clone() };
        let answer = script.send_media(ada, ada.user, document(file));
        let wrong = Err("400 MD5_CHECKSUM_INVALID".to_owned());
        assert_eq!(answer.map(drop), if is_right { Ok(()) } else { wrong }, "{md5}");
    }
}

#[test]
fn fi_11_a_part_that_comes_again_is_the_same_and_keeps_its_length() {
    let (mut script, ada) = ada();
    for _ in 0..2 {
        assert_eq!(script.ask(ada, &small_part(1, 0, KIB)), Ok(true));
        assert_eq!(script.ask(ada, &big_part(1, 0, 2, KIB)), Ok(true));
        assert_eq!(script.ask(ada, &big_part(1, 1, 2, 5)), Ok(true));
    }
    for size in [1, KIB - 1, 2 * KIB] {
        let changed = refused("FILE_PART_SIZE_CHANGED");
        assert_eq!(script.ask(ada, &small_part(1, 0, size)), changed, "{size}");
        assert_eq!(script.ask(ada, &big_part(1, 0, 2, size)), changed, "{size}");
        assert_eq!(script.ask(ada, &big_part(1, 1, 2, size)), changed, "{size}");
    }
    // The parts of a file make another one as well.
    for _ in 0..2 {
        script.send_media(ada, ada.user, document(input_file(1, 1, "a"))).unwrap();
    }
    let history = script.history(ada, ada.user);
    assert_eq!((history.len(), script.world.counts().bytes_up), (2, 2 * (2 * 1_024 + 5)));
}

#[test]
fn fi_13_parts_go_after_a_day_and_the_oldest_of_too_many() {
    let (mut script, ada) = ada();
    let send = |script: &mut Script, id| {
        script.send_media(ada, ada.user, document(input_file(id, 1, "a"))).map(drop)
    };
    let missing = Err("400 FILE_PART_0_MISSING".to_owned());
    script.ask(ada, &small_part(1, 0, KIB)).unwrap();
    script.unix += Duration::from_secs(86_399);
    assert_eq!(send(&mut script, 1), Ok(()));
    script.unix += Duration::from_secs(1);
    assert_eq!(send(&mut script, 1), missing);
    for id in 1..=257 {
        script.unix += Duration::from_secs(1);
        script.ask(ada, &small_part(id, 0, KIB)).unwrap();
    }
    assert_eq!(send(&mut script, 1), missing);
    for id in 2..=257 {
        assert_eq!(send(&mut script, id), Ok(()));
    }
}

#[test]
fn fi_14_the_first_part_that_is_missing_is_named_and_only_that_has_to_be_saved() {
    for missing in 0..5 {
        let (mut script, ada) = ada();
        for part in (0..5).filter(|part| *part != missing) {
            script.ask(ada, &small_part(1, part, KIB)).unwrap();
            script.ask(ada, &big_part(1, part, 5, KIB)).unwrap();
        }
        let expected = format!("400 FILE_PART_{missing}_MISSING");
        for file in [input_file(1, 5, "a").into(), big_file(1, 5)] {
            let answer = script.send_media(ada, ada.user, document(file));
            assert_eq!(answer.unwrap_err(), expected);
        }
        script.ask(ada, &small_part(1, missing, KIB)).unwrap();
        script.send_media(ada, ada.user, document(input_file(1, 5, "a"))).unwrap();
        // It was said of fewer than there are.
        let fewer = script.send_media(ada, ada.user, document(input_file(1, 4, "a")));
        assert_eq!(fewer.unwrap_err(), "400 FILE_PARTS_INVALID");
        // A thumbnail is a file too.
        let thumb = Some(input_file(2, 1, "t.jpg").into());
        let with_thumb =
            types::InputMediaUploadedDocument { thumb, ..document(input_file(1, 5, "a")) };
        let answer = script.send_media(ada, ada.user, with_thumb);
        assert_eq!(answer.unwrap_err(), "400 FILE_PART_0_MISSING");
    }
}

#[test]
fn parts_are_of_whoever_saved_them() {
    let (mut script, ada) = ada();
    let bob = script.user("Bob");
    let file = script.save(ada, 1, "a.txt", b"mine");
    let answer = script.send_media(bob, ada.user, document(file.clone()));
    assert_eq!(answer.unwrap_err(), "400 FILE_PART_0_MISSING");
    // By the same number another has something else.
    script.save(bob, 1, "b.txt", b"yours");
    script.send_media(ada, bob.user, document(file)).unwrap();
    let got = script.last_document(bob, ada.user);
    assert_eq!(script.get_all(bob, &at(&got, ""), 4_096), b"mine");
}
