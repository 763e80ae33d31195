//! Secret chats: who is told what of them, and what is kept for whom.

use telewire::crypto::dh::KNOWN_PRIME;
use telewire::tl::api::enums::messages::{DhConfig, SentEncryptedMessage};
use telewire::tl::api::enums::updates::Difference;
use telewire::tl::api::enums::{
    EncryptedChat, EncryptedFile, EncryptedMessage, InputEncryptedFile, Update,
};
use telewire::tl::api::functions::messages::{
    AcceptEncryption, DiscardEncryption, GetDhConfig, ReadEncryptedHistory, ReceivedQueue,
    RequestEncryption, SendEncrypted, SendEncryptedFile, SendEncryptedService, SetEncryptedTyping,
};
use telewire::tl::api::functions::updates::{GetDifference, GetState};
use telewire::tl::api::functions::upload::{GetFile, SaveFilePart};
use telewire::tl::api::types;

use super::{Device, Script, updates};

/// A public number that is in range.
fn public() -> Vec<u8> {
    vec![0x55; 256]
}

fn ask(script: &mut Script, from: Device, to: i64, id: i32) -> Result<EncryptedChat, String> {
    let user_id = script.input_user(from, to).into();
    let request = RequestEncryption { user_id, random_id: id, g_a: public().into() };
    script.ask(from, &request)
}

/// What devices are told of secret chats.
fn told(script: &mut Script) -> Vec<(Device, Update)> {
    let told = script.told().into_iter();
    told.flat_map(|(to, all)| updates(&all).updates.clone().into_iter().map(move |u| (to, u)))
        .collect()
}

fn chat_of(update: &Update) -> EncryptedChat {
    match update {
        Update::UpdateEncryption(of) => of.chat.clone(),
        other => panic!("{other:?}"),
    }
}

fn input(chat: &EncryptedChat) -> types::InputEncryptedChat {
    let (chat_id, access_hash) = match chat {
        EncryptedChat::EncryptedChatWaiting(chat) => (chat.id, chat.access_hash),
        EncryptedChat::EncryptedChatRequested(chat) => (chat.id, chat.access_hash),
        EncryptedChat::EncryptedChat(chat) => (chat.id, chat.access_hash),
        other => panic!("{other:?}"),
    };
    types::InputEncryptedChat { chat_id, access_hash }
}

fn accept(
    script: &mut Script,
    by: Device,
    peer: &types::InputEncryptedChat,
) -> Result<EncryptedChat, String> {
    let g_b = vec![0x66; 256].into();
    script.ask(by, &AcceptEncryption { peer: peer.clone(), g_b, key_fingerprint: 12 })
}

fn send(
    script: &mut Script,
    by: Device,
    peer: &types::InputEncryptedChat,
    random_id: i64,
) -> Result<i32, String> {
    let data = random_id.to_le_bytes().to_vec().into();
    let sent = script.ask(by, &SendEncrypted::new(peer.clone(), random_id, data))?;
    match sent {
        SentEncryptedMessage::SentEncryptedMessage(sent) => Ok(sent.date),
        other => panic!("{other:?}"),
    }
}

/// Ada's phone and Bob's have a chat; each with how it names it. Ada's other device and Bob's hear nothing any more.
struct Pair {
    script: Script,
    ada: Device,
    ada_desk: Device,
    bob: Device,
    bob_desk: Device,
    of_ada: types::InputEncryptedChat,
    of_bob: types::InputEncryptedChat,
}

const ID: i32 = 1_234;

fn pair() -> Pair {
    let mut script = Script::new();
    let (ada, bob) = (script.world.user("Ada"), script.world.user("Bob"));
    let (ada, ada_desk) = (script.device(&ada), script.device(&ada));
    let (bob, bob_desk) = (script.device(&bob), script.device(&bob));
    let of_ada = input(&ask(&mut script, ada, bob.user, ID).unwrap());
    let asked = told(&mut script);
    let of_bob = asked.iter().find(|(to, _)| *to == bob).unwrap();
    let of_bob = input(&chat_of(&of_bob.1));
    accept(&mut script, bob, &of_bob).unwrap();
    told(&mut script);
    Pair { script, ada, ada_desk, bob, bob_desk, of_ada, of_bob }
}

#[test]
fn prime_and_generator_come_once_and_random_bytes_each_time() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let mut config =
        |version, random_length| script.ask(ada, &GetDhConfig { version, random_length });
    let DhConfig::DhConfig(first) = config(0, 256).unwrap() else { panic!() };
    assert_eq!((&first.p[..], first.g, first.random.len()), (&KNOWN_PRIME[..], 3, 256));
    let DhConfig::DhConfigNotModified(again) = config(first.version, 5).unwrap() else { panic!() };
    assert_eq!(again.random.len(), 5);
    for length in [-1, 1_025] {
        assert_eq!(config(0, length), Err("400 RANDOM_LENGTH_INVALID".into()));
    }
}

#[test]
fn sc_06_all_logins_of_who_is_asked_hear_of_it_and_one_of_them_takes_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.world.user("Ada"), script.world.user("Bob"));
    let (phone, desk) = (script.device(&ada), script.device(&ada));
    let (bobs, other) = (script.device(&bob), script.device(&bob));
    let waiting = ask(&mut script, phone, bob.id(), ID).unwrap();
    assert!(matches!(waiting, EncryptedChat::EncryptedChatWaiting(_)), "{waiting:?}");
    let asked = told(&mut script);
    let to: Vec<Device> = asked.iter().map(|(to, _)| *to).collect();
    assert_eq!(to, [bobs, other]);
    for (to, update) in &asked {
        let EncryptedChat::EncryptedChatRequested(chat) = chat_of(update) else { panic!() };
        assert_eq!((chat.id, chat.admin_id, chat.participant_id), (ID, ada.id(), bob.id()));
        assert_eq!(chat.g_a[..], public()[..]);
        assert_eq!(to.user, bob.id());
    }
    let [of_bob, of_other] = [0, 1].map(|place: usize| input(&chat_of(&asked[place].1)));
    // Whoever asks again is answered as before, and nobody is told twice.
    assert_eq!(ask(&mut script, phone, bob.id(), ID), Ok(waiting.clone()));
    assert!(told(&mut script).is_empty());
    // Hashes are of a login.
    assert_ne!(of_bob.access_hash, of_other.access_hash);
    let invalid = Err("400 CHAT_ID_INVALID".to_owned());
    assert_eq!(accept(&mut script, bobs, &of_other), invalid);
    assert_eq!(accept(&mut script, phone, &input(&waiting)), invalid);
    let EncryptedChat::EncryptedChat(his) = accept(&mut script, bobs, &of_bob).unwrap() else {
        panic!()
    };
    assert_eq!((&his.g_a_or_b[..], his.key_fingerprint), (&public()[..], 12));
    let news = told(&mut script);
    let EncryptedChat::EncryptedChat(hers) =
        chat_of(&news.iter().find(|(to, _)| *to == phone).unwrap().1)
    else {
        panic!()
    };
    assert_eq!((&hers.g_a_or_b[..], hers.key_fingerprint), (&[0x66; 256][..], 12));
    let gone = chat_of(&news.iter().find(|(to, _)| *to == other).unwrap().1);
    assert!(matches!(gone, EncryptedChat::EncryptedChatDiscarded(_)), "{gone:?}");
    assert!(news.iter().all(|(to, _)| *to != desk) && news.len() == 2);
    let taken = Err("400 ENCRYPTION_ALREADY_ACCEPTED".to_owned());
    assert_eq!(accept(&mut script, other, &of_other), taken);
}

#[test]
fn who_cannot_be_asked_is_not_and_numbers_are_taken_once() {
    let mut script = Script::new();
    let (ada, bob, eve) = (script.user("Ada"), script.user("Bob"), script.user("Eve"));
    let echo = script.bot("Echo");
    for user in [ada.user, echo.user] {
        assert_eq!(ask(&mut script, ada, user, ID), Err("400 USER_ID_INVALID".into()));
    }
    for g_a in [vec![], vec![1], vec![0xff; 256], vec![0x55; 257]] {
        let user_id = script.input_user(ada, bob.user).into();
        let request = RequestEncryption { user_id, random_id: ID, g_a: g_a.into() };
        assert_eq!(script.ask(ada, &request), Err("400 DH_G_A_INVALID".into()));
    }
    ask(&mut script, ada, bob.user, ID).unwrap();
    for (from, to) in [(eve, bob), (ada, eve), (bob, ada)] {
        let error = ask(&mut script, from, to.user, ID).unwrap_err();
        assert_eq!(error, "500 RANDOM_ID_DUPLICATE");
    }
}

#[test]
fn sc_82_what_is_sent_goes_to_one_login_once_and_in_order() {
    let Pair { mut script, ada, ada_desk, bob, bob_desk, of_ada, of_bob } = pair();
    let date = send(&mut script, ada, &of_ada, 1).unwrap();
    script.unix += std::time::Duration::from_secs(9);
    // The same again has the same answer.
    assert_eq!(send(&mut script, ada, &of_ada, 1), Ok(date));
    send(&mut script, ada, &of_ada, 2).unwrap();
    let data = vec![7].into();
    let service = SendEncryptedService { peer: of_ada.clone(), random_id: 3, data };
    script.ask(ada, &service).unwrap();
    let news = told(&mut script);
    let got: Vec<(i64, i32, bool)> = news
        .iter()
        .map(|(to, update)| {
            assert_eq!(*to, bob);
            let Update::UpdateNewEncryptedMessage(new) = update else { panic!("{update:?}") };
            match &new.message {
                EncryptedMessage::EncryptedMessage(message) => (message.random_id, new.qts, false),
                EncryptedMessage::EncryptedMessageService(message) => {
                    (message.random_id, new.qts, true)
                }
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(got, [(1, 2, false), (2, 3, false), (3, 4, true)]);
    // Others' logins and names are none of this chat.
    for (by, peer) in [(ada_desk, &of_ada), (bob_desk, &of_bob), (bob, &of_ada), (ada, &of_bob)] {
        assert_eq!(send(&mut script, by, peer, 9), Err("400 CHAT_ID_INVALID".into()));
    }
    for data in [vec![], vec![0; (1 << 20) + 1]] {
        let request = SendEncrypted::new(of_ada.clone(), 10, data.into());
        assert_eq!(script.ask(ada, &request), Err("400 DATA_INVALID".into()));
    }
    // The other way has numbers of its own.
    send(&mut script, bob, &of_bob, 1).unwrap();
    let (to, Update::UpdateNewEncryptedMessage(new)) = &told(&mut script)[0] else { panic!() };
    assert_eq!((*to, new.qts), (ada, 2));
}

#[test]
fn sc_76_a_file_goes_along_and_is_had_by_the_two_ends_alone() {
    let Pair { mut script, ada, ada_desk, bob, bob_desk, of_ada, .. } = pair();
    let save = SaveFilePart { file_id: 7, file_part: 0, bytes: vec![9; 32].into() };
    assert_eq!(script.ask(ada, &save), Ok(true));
    let send = |script: &mut Script, by, random_id, file: InputEncryptedFile| {
        let data = vec![1].into();
        script.ask(by, &SendEncryptedFile::new(of_ada.clone(), random_id, data, file))
    };
    let uploaded = |id, parts| {
        let md5_checksum = String::new();
        types::InputEncryptedFileUploaded { id, parts, md5_checksum, key_fingerprint: -5 }.into()
    };
    let of_sender = |sent| match sent {
        SentEncryptedMessage::SentEncryptedFile(sent) => match sent.file {
            EncryptedFile::EncryptedFile(file) => file,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let first = of_sender(send(&mut script, ada, 1, uploaded(7, 1)).unwrap());
    assert_eq!((first.size, first.key_fingerprint), (32, -5));
    // The same again is the same file; and by its name it goes along another time.
    assert_eq!(of_sender(send(&mut script, ada, 1, uploaded(7, 1)).unwrap()), first);
    let (id, access_hash) = (first.id, first.access_hash);
    let existing = |access_hash| types::InputEncryptedFile { id, access_hash }.into();
    assert_eq!(of_sender(send(&mut script, ada, 2, existing(access_hash)).unwrap()), first);
    let news = told(&mut script);
    assert_eq!(news.len(), 2);
    let of_receiver = news.iter().map(|(to, update)| {
        assert_eq!(*to, bob);
        let Update::UpdateNewEncryptedMessage(new) = update else { panic!("{update:?}") };
        let EncryptedMessage::EncryptedMessage(message) = &new.message else { panic!() };
        let EncryptedFile::EncryptedFile(file) = &message.file else { panic!() };
        file.clone()
    });
    let of_receiver: Vec<_> = of_receiver.collect();
    assert_eq!(of_receiver[0], of_receiver[1]);
    assert_ne!(of_receiver[0].access_hash, access_hash);
    for (by, access_hash, is_had) in [
        (ada, access_hash, true),
        (bob, of_receiver[0].access_hash, true),
        (bob, access_hash, false),
        (ada_desk, access_hash, false),
        (bob_desk, of_receiver[0].access_hash, false),
    ] {
        let location = types::InputEncryptedFileLocation { id, access_hash }.into();
        let request = GetFile::new(location, 0, 4_096);
        let got = script.ask(by, &request).map(drop);
        assert_eq!(got, if is_had { Ok(()) } else { Err("400 LOCATION_INVALID".into()) });
    }
    // It is no document, whatever its hash.
    let location = types::InputDocumentFileLocation {
        id,
        access_hash,
        file_reference: Vec::new().into(),
        thumb_size: String::new(),
    };
    let got = script.ask(ada, &GetFile::new(location.into(), 0, 4_096)).map(drop);
    assert_eq!(got, Err("400 LOCATION_INVALID".into()));
    for (file, error) in [
        (InputEncryptedFile::InputEncryptedFileEmpty, "400 FILE_EMTPY"),
        (existing(access_hash ^ 1), "400 FILE_ID_INVALID"),
        (uploaded(7, 2), "400 FILE_PART_1_MISSING"),
        (uploaded(8, 1), "400 FILE_PART_0_MISSING"),
    ] {
        assert_eq!(send(&mut script, ada, 9, file).map(drop), Err(error.into()));
    }
}

#[test]
fn sc_80_what_was_not_confirmed_comes_with_the_difference() {
    let Pair { mut script, ada, bob, of_ada, .. } = pair();
    for random_id in 1..=4 {
        send(&mut script, ada, &of_ada, random_id).unwrap();
    }
    told(&mut script);
    let state = script.ask(bob, &GetState).unwrap();
    assert_eq!(state.qts, 5);
    let difference = |script: &mut Script, qts, date| {
        let request = GetDifference::new(state.pts, date, qts);
        match script.ask(bob, &request).unwrap() {
            Difference::Difference(all) => {
                assert_eq!(all.state.qts, 5);
                (all.new_encrypted_messages.len(), all.other_updates.len())
            }
            Difference::DifferenceEmpty(_) => (0, 0),
            other => panic!("{other:?}"),
        }
    };
    script.unix += std::time::Duration::from_secs(100);
    let later = script.ask(bob, &GetState).unwrap().date;
    // Chats that changed since come with it.
    assert_eq!(difference(&mut script, 0, state.date), (4, 1));
    assert_eq!(difference(&mut script, 2, later), (3, 0));
    let confirm = |script: &mut Script, max_qts| script.ask(bob, &ReceivedQueue { max_qts });
    assert_eq!(confirm(&mut script, 4), Ok(vec![2, 3]));
    assert_eq!(confirm(&mut script, 4), Ok(vec![]));
    for qts in [-1, 6] {
        assert_eq!(confirm(&mut script, qts), Err("400 MAX_QTS_INVALID".into()));
    }
    // What was confirmed is gone, however far back one asks.
    assert_eq!(difference(&mut script, 0, later), (1, 0));
    assert_eq!(difference(&mut script, 5, later), (0, 0));
    // A login without chats has no numbers.
    let eve = script.user("Eve");
    assert_eq!(script.ask(eve, &GetState).unwrap().qts, 0);
}

#[test]
fn sc_11_a_chat_ends_for_both_and_a_request_for_all() {
    let discard = |id, delete_history| DiscardEncryption { delete_history, chat_id: id };
    for is_hers in [true, false] {
        let Pair { mut script, ada, ada_desk, bob, bob_desk, of_ada, of_bob } = pair();
        for stranger in [ada_desk, bob_desk] {
            let error = script.ask(stranger, &discard(ID, false)).unwrap_err();
            assert_eq!(error, "400 ENCRYPTION_ID_INVALID");
        }
        let (one, two) = if is_hers { (ada, bob) } else { (bob, ada) };
        assert_eq!(script.ask(one, &discard(ID, true)), Ok(true));
        let news = told(&mut script);
        let [(to, update)] = &news[..] else { panic!("{news:?}") };
        let EncryptedChat::EncryptedChatDiscarded(gone) = chat_of(update) else { panic!() };
        assert_eq!((*to, gone.id, gone.history_deleted), (two, ID, true));
        for by in [one, two] {
            let again = script.ask(by, &discard(ID, false));
            assert_eq!(again, Err("400 ENCRYPTION_ALREADY_DECLINED".into()));
        }
        let said = send(&mut script, ada, &of_ada, 1);
        assert_eq!(said, Err("400 ENCRYPTION_DECLINED".into()));
        assert_eq!(send(&mut script, bob, &of_bob, 1), said);
        let accepted = accept(&mut script, bob, &of_bob);
        assert_eq!(accepted, Err("400 ENCRYPTION_ALREADY_DECLINED".into()));
    }
    let Pair { mut script, ada, bob, bob_desk, .. } = pair();
    ask(&mut script, ada, bob.user, ID + 1).unwrap();
    told(&mut script);
    assert_eq!(script.ask(bob_desk, &discard(ID + 1, false)), Ok(true));
    let to: Vec<Device> = told(&mut script).iter().map(|(to, _)| *to).collect();
    assert_eq!(to, [bob, ada]);
    assert_eq!(script.ask(ada, &discard(0, false)), Err("400 CHAT_ID_EMPTY".into()));
}

#[test]
fn sc_71_and_sc_73_marks_and_typing_go_to_the_other_end() {
    let Pair { mut script, ada, bob, bob_desk, of_ada, of_bob, .. } = pair();
    let read = |peer: &types::InputEncryptedChat| ReadEncryptedHistory {
        peer: peer.clone(),
        max_date: 55,
    };
    let types_in = |peer: &types::InputEncryptedChat, typing| SetEncryptedTyping {
        peer: peer.clone(),
        typing,
    };
    assert_eq!(script.ask(bob, &read(&of_bob)), Ok(true));
    assert_eq!(script.ask(bob, &types_in(&of_bob, true)), Ok(true));
    assert_eq!(script.ask(bob, &types_in(&of_bob, false)), Ok(true));
    let news = told(&mut script);
    let [
        (to, Update::UpdateEncryptedMessagesRead(read_by)),
        (other, Update::UpdateEncryptedChatTyping(_)),
    ] = &news[..]
    else {
        panic!("{news:?}")
    };
    assert_eq!((*to, *other, read_by.max_date), (ada, ada, 55));
    let stranger = script.ask(bob_desk, &types_in(&of_ada, true));
    assert_eq!(stranger, Err("400 CHAT_ID_INVALID".into()));
    let stranger = script.ask(bob_desk, &read(&of_ada));
    assert_eq!(stranger, Err("400 MSG_WAIT_FAILED".into()));
}
