use super::*;

fn about(chat: i32, server: Option<i32>) -> About {
    About { chat, peer: 5, server, name: None, ended: None }
}

fn said(random_id: i64, text: &str) -> Said {
    Said::ours(1, random_id, 7, text, None)
}

fn texts(kept: &Kept) -> Vec<(u32, String)> {
    let said = kept.said(1).filter(|said| !said.is_gone());
    said.map(|said| (said.number, said.text.clone())).collect()
}

#[test]
fn what_was_kept_is_read_again_and_what_was_deleted_is_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("s");
    let mut kept = Kept::load(&session, None).unwrap();
    kept.set_about(about(1, None)).unwrap();
    for (id, text) in [(10, "one"), (11, "two"), (10, "again"), (12, "three")] {
        kept.add(said(id, text)).unwrap();
    }
    kept.change(1, 11, |said| said.state = Sending::Sent).unwrap();
    kept.set_about(about(1, Some(99))).unwrap();
    let mut kept = Kept::load(&session, None).unwrap();
    let all = [(1, "one".to_owned()), (2, "two".to_owned()), (3, "three".to_owned())];
    assert_eq!(texts(&kept), all);
    assert_eq!(kept.one(1, 2).unwrap().state, Sending::Sent);
    assert_eq!(kept.about(1).unwrap().server, Some(99));
    // Its number is never that of another one, also if it was the last.
    assert_eq!(kept.delete(1, |said| said.text != "one").unwrap(), [2, 3]);
    let bytes = std::fs::read_to_string(folder.path().join("s.secret")).unwrap();
    assert!(!bytes.contains("two") && !bytes.contains("three"), "{bytes}");
    let mut kept = Kept::load(&session, None).unwrap();
    assert_eq!(kept.add(said(13, "four")).unwrap().unwrap().number, 4);
    assert_eq!(texts(&kept), [(1, "one".to_owned()), (4, "four".to_owned())]);
    // Another chat with the same number has nothing of it.
    kept.set_about(about(1, Some(100))).unwrap();
    assert_eq!(texts(&Kept::load(&session, None).unwrap()), []);
}

#[test]
#[cfg(unix)]
fn nobody_else_may_read_it_and_what_was_cut_off_is_not_there() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (session, path) = (folder.path().join("s"), folder.path().join("s.secret"));
    let mut kept = Kept::load(&session, None).unwrap();
    kept.set_about(about(1, None)).unwrap();
    kept.add(said(10, "one")).unwrap();
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    let whole = std::fs::read(&path).unwrap();
    kept.add(said(11, "two")).unwrap();
    let longer = std::fs::read(&path).unwrap();
    for length in whole.len()..longer.len() {
        std::fs::write(&path, &longer[..length]).unwrap();
        let mut kept = Kept::load(&session, None).unwrap();
        assert_eq!(mode(), 0o600);
        // All but its end is all of it.
        let is_whole = length == longer.len() - 1;
        let mut all = vec![(1, "one".to_owned())];
        all.extend(is_whole.then(|| (2, "two".to_owned())));
        assert_eq!(texts(&kept), all);
        kept.add(said(12, "three")).unwrap();
        all.push((if is_whole { 3 } else { 2 }, "three".to_owned()));
        assert_eq!(texts(&Kept::load(&session, None).unwrap()), all);
    }
}

#[test]
fn a_chat_that_has_ended_stays_ended_and_its_number_may_be_anothers_after_another_login() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Kept::load(&folder.path().join("s"), None).unwrap();
    kept.set_about(about(1, Some(99))).unwrap();
    kept.add(said(10, "one")).unwrap();
    kept.set_about(About { ended: Some("why".into()), ..about(1, Some(99)) }).unwrap();
    // Who looked before it ended tells it late.
    kept.set_about(about(1, Some(99))).unwrap();
    assert_eq!(kept.about(1).unwrap().ended.as_deref(), Some("why"));
    assert_eq!(texts(&kept), [(1, "one".to_owned())]);
    kept.set_about(about(1, None)).unwrap();
    assert_eq!((texts(&kept), kept.about(1).unwrap().ended.as_deref()), (vec![], None));
}

#[test]
fn behind_half_a_line_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (session, path) = (folder.path().join("s"), folder.path().join("s.secret"));
    let mut kept = Kept::load(&session, None).unwrap();
    kept.set_about(about(1, None)).unwrap();
    // As a full disk leaves it.
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"said\"").unwrap();
    kept.is_behind = true;
    kept.add(said(10, "one")).unwrap();
    assert_eq!(texts(&Kept::load(&session, None).unwrap()), [(1, "one".to_owned())]);
}

/// The folder is away for a while, as a disk that is full.
#[test]
fn sc_86_what_could_not_be_deleted_from_the_file_goes_with_the_next_change_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (place, away) = (folder.path().join("place"), folder.path().join("away"));
    type Change = fn(&mut Kept) -> io::Result<()>;
    let changes: [Change; 3] = [
        |kept| kept.delete(1, |_| true).map(drop),
        |kept| kept.add(said(11, "two")).map(drop),
        |kept| kept.set_about(about(1, Some(99))),
    ];
    for change in changes {
        std::fs::create_dir(&place).unwrap();
        let mut kept = Kept::load(&place.join("s"), None).unwrap();
        kept.set_about(about(1, Some(99))).unwrap();
        kept.add(said(10, "secret words")).unwrap();
        std::fs::rename(&place, &away).unwrap();
        kept.delete(1, |_| true).unwrap_err();
        std::fs::rename(&away, &place).unwrap();
        change(&mut kept).unwrap();
        let file = std::fs::read_to_string(place.join("s.secret")).unwrap();
        assert!(!file.contains("secret words"), "{file}");
        let texts = texts(&Kept::load(&place.join("s"), None).unwrap());
        assert!(texts.iter().all(|(_, text)| text != "secret words"));
        std::fs::remove_dir_all(&place).unwrap();
    }
}

/// What could not be kept is tried again, and not taken for kept.
#[test]
fn how_a_chat_stands_is_kept_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let (place, away) = (folder.path().join("place"), folder.path().join("away"));
    std::fs::create_dir(&place).unwrap();
    let mut kept = Kept::load(&place.join("s"), None).unwrap();
    kept.set_about(about(1, Some(99))).unwrap();
    // The same chat at its end, and another one with its number.
    for after in [About { ended: Some("why".into()), ..about(1, Some(99)) }, about(1, Some(5))] {
        std::fs::rename(&place, &away).unwrap();
        kept.set_about(after.clone()).unwrap_err();
        std::fs::rename(&away, &place).unwrap();
        kept.set_about(after.clone()).unwrap();
        assert_eq!(Kept::load(&place.join("s"), None).unwrap().about(1), Some(&after));
    }
}

#[test]
fn what_the_server_has_before_its_line_is_there_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Kept::load(&folder.path().join("s"), None).unwrap();
    kept.set_about(about(1, None)).unwrap();
    kept.outcomes.insert((1, 10), Outcome::Sent { date: 99 });
    let said = kept.add(said(10, "one")).unwrap().unwrap();
    assert_eq!((said.state, said.date), (Sending::Sent, 99));
}
/// The seal of an encrypted session.
fn seal(session: &Path, key: u8) -> Option<Seal> {
    use telewire::client::store::{FileStore, StoreKey};
    FileStore::open_encrypted(session, &StoreKey::bytes(&[key; 32])).unwrap().seal()
}

#[test]
fn sc_86_beside_an_encrypted_session_nothing_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (session, path) = (folder.path().join("s"), folder.path().join("s.secret"));
    // What was there before is sealed when it is opened.
    let mut kept = Kept::load(&session, None).unwrap();
    kept.set_about(about(1, Some(99))).unwrap();
    kept.add(said(10, "plain words")).unwrap();
    let of_session = seal(&session, 7);
    let mut kept = Kept::load(&session, of_session.clone()).unwrap();
    kept.add(said(11, "sealed words")).unwrap();
    kept.change(1, 11, |said| said.state = Sending::Sent).unwrap();
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(file.bytes().all(|byte| byte == b'\n' || byte.is_ascii_hexdigit()), "{file}");
    let all = vec![(1, "plain words".to_owned()), (2, "sealed words".to_owned())];
    assert_eq!(texts(&Kept::load(&session, of_session.clone()).unwrap()), all);
    // Whoever has another seal or none gets an error, and the file stays as it was.
    let other = seal(&folder.path().join("other"), 8);
    for wrong in [None, other] {
        let error = Kept::load(&session, wrong).unwrap_err();
        assert!(error.to_string().contains("sealed for another session"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), file);
    }
    // A line that was not written to its end is not there, however much of it is.
    let whole = file.len();
    let mut kept = Kept::load(&session, of_session.clone()).unwrap();
    kept.add(said(12, "cut")).unwrap();
    let longer = std::fs::read(&path).unwrap();
    for length in whole..longer.len() - 1 {
        std::fs::write(&path, &longer[..length]).unwrap();
        assert_eq!(texts(&Kept::load(&session, of_session.clone()).unwrap()), all, "{length}");
    }
    // What was changed is told, and nothing is dropped for it.
    for changed in [b'0', b'f', b'!'] {
        let mut damaged = longer.clone();
        damaged[5] = changed;
        std::fs::write(&path, &damaged).unwrap();
        let is_same = damaged == longer;
        assert_eq!(Kept::load(&session, of_session.clone()).is_ok(), is_same);
        assert!(is_same || std::fs::read(&path).unwrap() == damaged);
    }
}
