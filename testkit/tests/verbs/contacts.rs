//! The address book, who is found and blocked, and one's own profile.

use telewire::client::PeerError;
use telewire::updates::PeerId;

use super::*;

fn user(user: enums::User) -> types::User {
    match user {
        enums::User::User(user) => *user,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn contacts_are_added_by_name_and_number_and_go() {
    let scene = Scene::new().await;
    let phone = scene.world.person(scene.bob_id).unwrap().phone().unwrap().to_owned();
    let found = done(scene.ada.import_contact(&phone, "Charles", "Babbage")).await.unwrap();
    assert_eq!(scene.called(), ["contacts.importContacts"]);
    assert_eq!(found.id(), scene.bob_id);
    assert!(done(scene.ada.import_contact("+9990000", "Nobody", "")).await.is_none());
    let all = done(scene.ada.contacts()).await;
    assert_eq!(all.len(), 1);
    assert_eq!(user(all[0].clone()).first_name.as_deref(), Some("Charles"));
    scene.called();
    done(scene.ada.add_contact(&all[0], "Mr", "Babbage")).await;
    assert_eq!(scene.called(), ["contacts.addContact"]);
    let all = done(scene.ada.contacts()).await;
    assert_eq!(user(all[0].clone()).first_name.as_deref(), Some("Mr"));
    done(scene.ada.delete_contacts(["@babbage"])).await;
    assert!(done(scene.ada.contacts()).await.is_empty());
    let error = refused(scene.ada.add_contact("@babbage", "", "")).await;
    assert!(error.is("CONTACT_NAME_EMPTY"), "{error}");
}

#[tokio::test]
async fn people_are_found_by_their_names() {
    let scene = Scene::new().await;
    let found = done(scene.ada.search_contacts("babb", 10)).await;
    assert_eq!(scene.called(), ["contacts.search"]);
    assert_eq!(found.users.len(), 1);
    // Whoever was found can be written to.
    done(scene.ada.send_message(PeerId::User(scene.bob_id), "found you")).await;
    assert_eq!(scene.called(), ["messages.sendMessage"]);
    let error = refused(scene.ada.search_contacts("b", 10)).await;
    assert!(error.is("QUERY_TOO_SHORT"), "{error}");
}

#[tokio::test]
async fn who_is_blocked_is_listed_until_they_are_not() {
    let scene = Scene::new().await;
    done(scene.ada.resolve("@babbage")).await;
    scene.called();
    done(scene.ada.block("@babbage")).await;
    assert_eq!(scene.called(), ["contacts.block"]);
    let blocked = done(scene.ada.blocked().collect()).await;
    assert_eq!(blocked[0].peer_id, types::PeerUser { user_id: scene.bob_id }.into());
    assert!(done(scene.ada.full_user("@babbage")).await.full_user.blocked);
    done(scene.ada.unblock("@babbage")).await;
    assert!(done(scene.ada.blocked().collect()).await.is_empty());
    let error = refused(scene.ada.block("me")).await;
    assert!(error.is("CONTACT_ID_INVALID"), "{error}");
}

#[tokio::test]
async fn what_one_says_of_oneself_others_see() {
    let scene = Scene::new().await;
    done(scene.ada.set_name("Augusta", "King")).await;
    done(scene.ada.set_bio("Countess")).await;
    done(scene.ada.set_username("countess")).await;
    assert_eq!(
        scene.called(),
        ["account.updateProfile", "account.updateProfile", "account.updateUsername"]
    );
    let full = done(scene.bob.full_user("@countess")).await;
    assert_eq!(full.full_user.about.as_deref(), Some("Countess"));
    let seen = user(full.users.into_iter().find(|user| user.id() == scene.ada_id).unwrap());
    let name = (seen.first_name.as_deref(), seen.last_name.as_deref());
    assert_eq!(name, (Some("Augusta"), Some("King")));
    let error = refused(scene.bob.full_user("@lovelace")).await;
    assert_eq!(error, Error::Peer(PeerError::Nobody { written: "@lovelace".into() }));
    let error = refused(scene.ada.set_username("babbage")).await;
    assert!(error.is("USERNAME_OCCUPIED"), "{error}");
    let error = refused(scene.ada.set_name("", "")).await;
    assert!(error.is("FIRSTNAME_INVALID"), "{error}");
}

#[tokio::test]
async fn that_one_is_there_is_seen() {
    let scene = Scene::new().await;
    done(scene.ada.set_online(true)).await;
    assert_eq!(scene.called(), ["account.updateStatus"]);
    let seen = |client: Client| async move {
        let full = done(client.full_user("@lovelace")).await;
        user(full.users.into_iter().next().unwrap()).status
    };
    let status = seen(scene.bob.clone()).await;
    assert!(matches!(status, Some(enums::UserStatus::UserStatusOnline(_))), "{status:?}");
    done(scene.ada.set_online(false)).await;
    let status = seen(scene.bob.clone()).await;
    assert!(matches!(status, Some(enums::UserStatus::UserStatusOffline(_))), "{status:?}");
}
