//! What goes wrong by script and by chance.

use telewire::tl::api::functions::upload::GetFile;

use super::*;
use crate::world::{DownloadFault, FileFaults, UploadFault};

#[test]
fn parts_that_are_asked_for_have_each_fault_once_in_the_order_of_the_script() {
    let all = bytes(2 * 4_096);
    let (mut script, ada, bob, got) = sent(&all);
    let location = at(&got, "");
    let first = all[..4_096].to_vec();
    let mut wrong = first.clone();
    wrong[0] = !wrong[0];
    let mut long = first.clone();
    long.extend([0; 16]);
    let error = |text: &str| Err::<Vec<u8>, _>(text.to_owned());
    let script_of = [
        (DownloadFault::None, Ok(first.clone())),
        (DownloadFault::FloodWait(3), error("420 FLOOD_WAIT_3")),
        (DownloadFault::FloodPremiumWait(7), error("420 FLOOD_PREMIUM_WAIT_7")),
        (DownloadFault::Timeout, error("-503 Timeout")),
        (DownloadFault::Short, Ok(first[..2_048].to_vec())),
        (DownloadFault::Empty, Ok(Vec::new())),
        (DownloadFault::Long, Ok(long)),
        (DownloadFault::Wrong, Ok(wrong)),
        (DownloadFault::Migrate(5), error("303 FILE_MIGRATE_5")),
        (DownloadFault::None, Ok(first.clone())),
        (DownloadFault::Expire, error("400 FILE_REFERENCE_EXPIRED")),
        (DownloadFault::None, error("400 FILE_REFERENCE_EXPIRED")),
    ];
    script.world.script_downloads(script_of.iter().map(|(fault, _)| *fault));
    for (fault, expected) in script_of {
        assert_eq!(script.get(bob, &location, 0, 4_096), expected, "{fault:?}");
    }
    // It is over, and the file is what it was.
    let fresh = at(&script.last_document(bob, ada.user), "");
    assert_eq!(script.get_all(bob, &fresh, 4_096), all);
    assert_eq!(script.world.counts().past_end, 1);
    let four = DcId::production(4);
    script.world.script_downloads([DownloadFault::Move(four)]);
    let other = Elsewhere::new(&script, four);
    for _ in 0..2 {
        assert_eq!(script.get(bob, &fresh, 0, 4_096), error("303 FILE_MIGRATE_4"));
    }
    let mut other = other;
    let there = other.admit(&mut script, bob);
    let answer = other.ask(&script, there, &GetFile::new(fresh, 0, 4_096));
    assert_eq!(bytes_of(answer.unwrap()), first);
}

#[test]
fn parts_that_are_saved_have_each_fault_once_in_the_order_of_the_script() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let error = |text: &str| Err(text.to_owned());
    for is_big in [false, true] {
        let script_of = [
            (UploadFault::None, Ok(true)),
            (UploadFault::FloodWait(3), error("420 FLOOD_WAIT_3")),
            (UploadFault::FloodPremiumWait(7), error("420 FLOOD_PREMIUM_WAIT_7")),
            (UploadFault::Timeout, error("-503 Timeout")),
            (UploadFault::Refuse, Ok(false)),
            (UploadFault::Lose, Ok(true)),
        ];
        script.world.script_uploads(script_of.iter().map(|(fault, _)| *fault));
        for (number, (fault, expected)) in (0..).zip(script_of) {
            let answer = if is_big {
                script.ask(ada, &big_part(1, number, 6, KIB))
            } else {
                script.ask(ada, &small_part(1, number, KIB))
            };
            assert_eq!(answer, expected, "{fault:?}");
        }
        // None of them but the first was kept; what is saved again is.
        for number in 1..6 {
            let file: enums::InputFile = if is_big {
                types::InputFileBig { id: 1, parts: 6, name: "a".into() }.into()
            } else {
                input_file(1, 6, "a").into()
            };
            let answer = script.send_media(ada, ada.user, document(file));
            assert_eq!(answer.unwrap_err(), format!("400 FILE_PART_{number}_MISSING"));
            if is_big {
                script.ask(ada, &big_part(1, number, 6, KIB)).unwrap();
            } else {
                script.ask(ada, &small_part(1, number, KIB)).unwrap();
            }
        }
    }
    assert_eq!(script.world.counts().parts_up, 2 * (2 + 5));
}

#[test]
fn faults_by_chance_come_as_often_as_is_said_and_follow_from_the_seed() {
    let play = |faults: FileFaults| {
        let (mut script, _, bob, got) = sent(&bytes(4_096));
        script.world.set_file_faults(faults);
        let mut answers = Vec::new();
        for number in 0..200 {
            let part = small_part(9, number, KIB);
            let saved = script.ask(bob, &part);
            let document = types::Document { ..got.clone() };
            answers.push((saved, script.get(bob, &at(&document, ""), 0, 4_096)));
        }
        answers
    };
    let all = |faults: FileFaults| {
        play(faults).into_iter().map(|(up, down)| (up, down.map(|all| all.len())))
    };
    let none = FileFaults::default();
    assert!(all(none).all(|(up, down)| up == Ok(true) && down == Ok(4_096)));
    let is_wait = |answer: &str| answer.starts_with("420 FLOOD_WAIT_");
    let flood = FileFaults { flood: 1_000, ..none };
    assert!(all(flood).all(|(up, down)| is_wait(&up.unwrap_err()) && is_wait(&down.unwrap_err())));
    let refuse = FileFaults { refuse: 1_000, short: 1_000, ..none };
    assert!(all(refuse).all(|(up, down)| up == Ok(false) && down == Ok(2_048)));
    let lose = FileFaults { lose: 1_000, long: 1_000, ..none };
    assert!(all(lose).all(|(up, down)| up == Ok(true) && down == Ok(4_112)));
    let expire = FileFaults { expire: 1_000, ..none };
    assert!(all(expire).all(|(_, down)| down == Err("400 FILE_REFERENCE_EXPIRED".into())));
    let some = FileFaults { timeout: 300, wrong: 300, ..none };
    let late = all(some).filter(|(up, _)| up.is_err()).count();
    assert!((20..120).contains(&late), "{late}");
    assert_eq!(play(some), play(some));
}
