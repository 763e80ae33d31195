use super::cache::Question;
use super::*;
use crate::crypto::{EntropyExt, SeededEntropy};

fn name(name: &str) -> Result<PeerRef, PeerError> {
    Ok(PeerRef::Username(name.into()))
}

fn phone(digits: &str) -> Result<PeerRef, PeerError> {
    Ok(PeerRef::Phone(digits.into()))
}

fn invite(hash: &str) -> Result<PeerRef, PeerError> {
    Ok(PeerRef::Invite(hash.into()))
}

fn id(id: PeerId) -> Result<PeerRef, PeerError> {
    Ok(PeerRef::Id(id))
}

#[test]
fn what_people_write_is_read() {
    for (written, expected) in [
        ("me", Ok(PeerRef::Me)),
        (" Self ", Ok(PeerRef::Me)),
        ("@ada", name("ada")),
        ("Ada_99", name("Ada_99")),
        ("@me", name("me")),
        ("t.me/ada", name("ada")),
        ("https://t.me/ada/", name("ada")),
        ("HTTP://T.ME/ada?start=x", name("ada")),
        ("https://telegram.me/ada/17", name("ada")),
        ("telegram.dog/ada#x", name("ada")),
        ("https://www.t.me/s/ada", name("ada")),
        ("ada.t.me", name("ada")),
        ("https://Ada.t.me/5", name("Ada")),
        ("tg://resolve?domain=ada", name("ada")),
        ("tg:resolve?post=3&domain=ada", name("ada")),
        ("tg://resolve?phone=99966", phone("99966")),
        ("tg://resolve?phone=%2B99966", phone("99966")),
        ("+99 966 (2) 00-01", phone("9996620001")),
        ("t.me/+9996620001", phone("9996620001")),
        ("t.me/+AbC-_d1", invite("AbC-_d1")),
        ("t.me/+99966a", invite("99966a")),
        ("https://t.me/joinchat/AbC", invite("AbC")),
        ("tg://join?invite=AbC", invite("AbC")),
        ("t.me/c/17/3", id(PeerId::Channel(17))),
        ("tg://privatepost?channel=17&post=3", id(PeerId::Channel(17))),
        ("tg://user?id=17", id(PeerId::User(17))),
        ("tg://openmessage?user_id=17", id(PeerId::User(17))),
        ("tg://openmessage?chat_id=17", id(PeerId::Chat(17))),
        ("user#17", id(PeerId::User(17))),
        ("user#id17", id(PeerId::User(17))),
        ("chat#17", id(PeerId::Chat(17))),
        ("channel#17", id(PeerId::Channel(17))),
        ("17", id(PeerId::User(17))),
        ("-17", id(PeerId::Chat(17))),
        ("-1000000000017", id(PeerId::Channel(17))),
        ("-1997852516352", id(PeerId::Channel(997_852_516_352))),
        ("-2002147483649", id(PeerId::Channel(1_002_147_483_649))),
    ] {
        assert_eq!(PeerRef::read(written), expected, "{written}");
    }
}

#[test]
fn what_names_nobody_is_an_error_that_says_so() {
    for written in [
        "",
        " ",
        "@",
        "@1ada",
        "ada lovelace",
        "ädä",
        "+",
        "+12",
        "+1234567890123456",
        "+99a",
        "0",
        "-0",
        "user#",
        "user#-1",
        "user#0",
        "secret_chat#5",
        "-1000000000000",
        "-1999000000000",
        "9223372036854775808",
        "-9223372036854775808",
        "#5",
    ] {
        let error = PeerError::Unreadable { written: written.into() };
        assert_eq!(PeerRef::read(written), Err(error), "{written}");
    }
    for link in [
        "t.me",
        "t.me/",
        "https://t.me/addstickers/Cats",
        "t.me/Proxy?server=x",
        "t.me/share/url?url=x",
        "t.me/c/x/1",
        "t.me/c/0",
        "t.me/c",
        "t.me/+",
        "t.me/joinchat/",
        "tg://",
        "tg://resolve",
        "tg://resolve?domain=",
        "tg://settings?x",
        "tg:x",
        "tg://user?id=-5",
        "t.me/1ada",
        "tg://join?invite=a%20b",
    ] {
        let error = PeerError::NotAPeer { link: link.into() };
        assert_eq!(PeerRef::read(link), Err(error), "{link}");
    }
}

#[test]
fn whatever_is_written_is_no_panic() {
    const PIECES: [&str; 22] = [
        "t.me", "/", "+", "@", "tg://", "tg:", "?", "=", "&", "domain", "resolve", "c", "#", "-",
        "9", "id", "é", "👍", " ", "%", ".", "https://",
    ];
    let mut seed = SeededEntropy::new(3);
    for _ in 0..20_000 {
        let [length] = seed.array();
        let piece = |_| PIECES[usize::from(seed.array::<1>()[0]) % PIECES.len()];
        let written: String = (0..length % 8).map(piece).collect();
        if let Ok(PeerRef::Id(PeerId::User(id) | PeerId::Chat(id) | PeerId::Channel(id))) =
            PeerRef::read(&written)
        {
            assert!(id > 0, "{written}");
        }
        let _ = invite_hash(&written);
    }
}

#[test]
fn ids_are_as_bots_have_them() {
    assert_eq!(PeerRef::from(5), PeerRef::Id(PeerId::User(5)));
    assert_eq!(PeerRef::from(-5), PeerRef::Id(PeerId::Chat(5)));
    assert_eq!(PeerRef::from(-1_000_000_000_005), PeerRef::Id(PeerId::Channel(5)));
    for wrong in [0, i64::MIN, -1_000_000_000_000, -1_998_000_000_000] {
        assert_eq!(PeerRef::from(wrong), PeerRef::Written(wrong.to_string()));
        assert!(PeerRef::read(&wrong.to_string()).is_err(), "{wrong}");
    }
}

#[test]
fn a_link_is_read_for_its_hash_and_so_is_the_hash_alone() {
    for written in
        ["t.me/+AbC", "https://t.me/joinchat/AbC", "AbC", " AbC ", "tg://join?invite=AbC"]
    {
        assert_eq!(invite_hash(written), Some("AbC".into()), "{written}");
    }
    for written in ["", "@ada", "t.me/ada", "+99966", "a b"] {
        assert_eq!(invite_hash(written), None, "{written}");
    }
}

fn user(id: i64, hash: Option<i64>, username: Option<&str>, min: bool) -> User {
    let username = username.map(str::to_owned);
    types::User { access_hash: hash, username, min, ..types::User::new(id) }.into()
}

#[test]
fn a_user_is_named_by_the_hash_unless_it_is_min() {
    let named = |user: User| PeerRef::from(&user);
    let input = types::InputPeerUser { user_id: 5, access_hash: 7 };
    assert_eq!(named(user(5, Some(7), None, false)), PeerRef::Input(input.into()));
    assert_eq!(named(user(5, Some(7), None, true)), PeerRef::Id(PeerId::User(5)));
    assert_eq!(named(user(5, None, None, false)), PeerRef::Id(PeerId::User(5)));
    let own = types::User { self_: true, ..types::User::new(5) };
    assert_eq!(PeerRef::from(&own), PeerRef::Me);
}

#[tokio::test(start_paused = true)]
async fn who_came_is_known_by_name_for_a_while_and_by_id_until_another_logs_in() {
    let cache = Cache::default();
    let login = cache.login();
    let all = [user(5, Some(7), Some("Ada"), false), user(6, Some(8), Some("min"), true)];
    cache.learn(login, &all, &[]);
    let ada = Question::Username("ada".into());
    assert_eq!(cache.hash(PeerId::User(5)), Some(7));
    assert_eq!(cache.found(&ada), Some(Some(PeerId::User(5))));
    // What is `min` names nobody, and the numbers of channels are others.
    assert_eq!(cache.hash(PeerId::User(6)), None);
    assert_eq!(cache.found(&Question::Username("min".into())), None);
    assert_eq!(cache.hash(PeerId::Channel(5)), None);
    tokio::time::advance(KEEP_NAMES).await;
    assert_eq!(cache.found(&ada), None);
    assert_eq!(cache.hash(PeerId::User(5)), Some(7));
    cache.forget();
    assert_eq!(cache.hash(PeerId::User(5)), None);
    // An answer of the login before says nothing in this one.
    cache.learn(login, &all, &[]);
    cache.keep_found(login, &ada, Some(PeerId::User(5)));
    assert_eq!((cache.hash(PeerId::User(5)), cache.found(&ada)), (None, None));
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_bounded_and_what_is_used_stays() {
    let cache = Cache::default();
    let login = cache.login();
    cache.learn(login, &[user(1, Some(1), None, false)], &[]);
    for id in 2..60_000 {
        let name = format!("name{id}");
        cache.learn(login, &[user(id, Some(id), Some(&name), false)], &[]);
        if id % 10_000 == 0 {
            assert_eq!(cache.hash(PeerId::User(1)), Some(1), "{id}");
        }
    }
    assert_eq!(cache.hash(PeerId::User(2)), None);
    let shown = format!("{cache:?}");
    let numbers: Vec<usize> =
        shown.split(|char: char| !char.is_ascii_digit()).flat_map(str::parse).collect();
    assert!(numbers[0] <= 16_384 && numbers[1] <= 4_096, "{shown}");
}

#[tokio::test]
async fn a_question_is_asked_anew_when_whoever_asked_has_gone() {
    let cache = Cache::default();
    let question = Question::Dialogs;
    let first = cache.ask(&question);
    let second = cache.ask(&question);
    drop(first);
    // The second one still waits.
    let third = cache.ask(&question);
    assert!(std::sync::Arc::ptr_eq(&second.cell, &third.cell));
    let cell = third.cell.clone();
    drop((second, third));
    drop(cell);
    let answered = cache.ask(&question);
    assert_eq!(answered.cell.get_or_init(|| async { Ok(None) }).await, &Ok(None));
    let old = answered.cell.clone();
    drop(answered);
    assert!(!std::sync::Arc::ptr_eq(&old, &cache.ask(&question).cell));
}
