//! Who is blocked, who has a number, and which calls came.

use telewire::tl::api::enums::contacts::Blocked;
use telewire::tl::api::functions::contacts::{Block, GetBlocked, ResolvePhone, Unblock};
use telewire::tl::api::functions::users::GetFullUser;
use telewire::tl::api::{enums, types};

use super::{Device, Script, updates};

fn blocked(script: &mut Script, by: Device, offset: i32, limit: i32) -> (usize, Vec<enums::Peer>) {
    let answer = script.ask(by, &GetBlocked::new(offset, limit)).unwrap();
    let (count, all) = match answer {
        Blocked::Blocked(all) => (all.blocked.len(), all.blocked),
        Blocked::BlockedSlice(some) => (some.count.try_into().unwrap(), some.blocked),
        other => panic!("{other:?}"),
    };
    (count, all.into_iter().map(|one| one.peer_id).collect())
}

#[test]
fn who_is_blocked_is_listed_and_told_to_the_accounts_other_logins() {
    let mut script = Script::new();
    let ada = script.world.user("Ada");
    let (phone, desk) = (script.device(&ada), script.device(&ada));
    let (bob, eve) = (script.user("Bob"), script.user("Eve"));
    for user in [bob.user, eve.user, bob.user] {
        let id = script.input_peer(phone, user);
        assert_eq!(script.ask(phone, &Block::new(id)), Ok(true));
    }
    let told = script.told();
    assert!(told.iter().all(|(to, _)| *to == desk) && !told.is_empty());
    let enums::Update::UpdatePeerBlocked(told) = &updates(&told[0].1).updates[0] else { panic!() };
    assert!(told.blocked);
    let (count, first) = blocked(&mut script, phone, 0, 1);
    let (_, second) = blocked(&mut script, phone, 1, 5);
    let all: Vec<enums::Peer> = first.into_iter().chain(second).collect();
    let expected = [bob.user, eve.user].map(|user_id| types::PeerUser { user_id }.into());
    assert_eq!((count, all.as_slice()), (2, &expected[..]));
    let id = script.input_user(phone, bob.user);
    let full = script.ask(phone, &GetFullUser { id: id.into() }).unwrap();
    assert!(full.full_user.blocked);
    let id = script.input_peer(phone, bob.user);
    assert_eq!(script.ask(phone, &Unblock::new(id)), Ok(true));
    assert_eq!(blocked(&mut script, phone, 0, 5).0, 1);
    let me = script.input_peer(phone, phone.user);
    assert_eq!(script.ask(phone, &Block::new(me)), Err("400 CONTACT_ID_INVALID".into()));
}

#[test]
fn whoever_has_a_number_is_found_by_it() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.world.user("Bob"));
    let phone = format!("+{}", bob.phone().unwrap());
    let found = script.ask(ada, &ResolvePhone { phone }).unwrap();
    assert_eq!(found.users[0].id(), bob.id());
    let nobody = ResolvePhone { phone: "99900".into() };
    assert_eq!(script.ask(ada, &nobody), Err("400 PHONE_NOT_OCCUPIED".into()));
}

#[test]
fn calls_are_told_from_when_somebody_asks_and_no_more_of_them_than_are_kept() {
    let mut script = Script::new();
    let ada = script.user("Ada");
    let ask = |script: &mut Script| drop(script.ask(ada, &GetBlocked::new(0, 1)));
    ask(&mut script);
    assert!(script.world.take_calls().is_empty());
    ask(&mut script);
    let calls = script.world.take_calls();
    assert_eq!(
        (calls.len(), calls[0].by, calls[0].method),
        (1, Some(ada.user), "contacts.getBlocked")
    );
    for _ in 0..10_001 {
        ask(&mut script);
    }
    assert_eq!(script.world.take_calls().len(), 10_000);
}
