//! Photos of people, groups and channels.

use telewire::tl::api::functions::channels::{EditPhoto, GetAdminLog, GetFullChannel};
use telewire::tl::api::functions::messages::{EditChatPhoto, GetFullChat};
use telewire::tl::api::functions::photos::{
    DeletePhotos, GetUserPhotos, UpdateProfilePhoto, UploadProfilePhoto,
};
use telewire::tl::api::functions::users::{GetFullUser, GetUsers};
use telewire::tl::api::{enums, types};

use super::*;
use crate::world::Peer;
use crate::world::tests::{told_to, updates};

fn upload(script: &mut Script, device: Device, more: usize) -> types::Photo {
    let file = script.save(device, more as i64, "a.png", &png(50, 50, more));
    let request = UploadProfilePhoto { file: Some(file.into()), ..UploadProfilePhoto::new() };
    photo_of(script.ask(device, &request).unwrap().photo)
}

fn photos(
    script: &mut Script,
    by: Device,
    of: i64,
    offset: i32,
    max_id: i64,
    limit: i32,
) -> Vec<i64> {
    let user_id = script.input_user(by, of).into();
    let request = GetUserPhotos { user_id, offset, max_id, limit };
    let all = match script.ask(by, &request).unwrap() {
        enums::photos::Photos::Photos(all) => all.photos,
        enums::photos::Photos::PhotosSlice(some) => some.photos,
        other => panic!("{other:?}"),
    };
    all.into_iter().map(|photo| photo.id()).collect()
}

/// The photo that somebody is seen with.
fn shown(script: &mut Script, by: Device, of: i64) -> Option<i64> {
    let id = vec![script.input_user(by, of).into()];
    let enums::User::User(user) = script.ask(by, &GetUsers { id }).unwrap().remove(0) else {
        panic!()
    };
    match user.photo {
        Some(enums::UserProfilePhoto::UserProfilePhoto(photo)) => Some(photo.photo_id),
        _ => None,
    }
}

#[test]
fn somebody_s_photos_are_seen_by_others_the_latest_first() {
    let mut script = Script::new();
    let person = script.world.user("Ada");
    let (ada, desktop) = (script.device(&person), script.device(&person));
    let bob = script.user("Bob");
    assert_eq!(shown(&mut script, bob, ada.user), None);
    let all = [1, 2, 3].map(|more| upload(&mut script, ada, more));
    let [a, b, c] = all.each_ref().map(|photo| photo.id);
    let told = script.told();
    assert_eq!((told.len(), told[0].0), (3, desktop));
    assert_eq!(shown(&mut script, bob, ada.user), Some(c));
    let id = script.input_user(bob, ada.user).into();
    let full = script.ask(bob, &GetFullUser { id }).unwrap().full_user;
    let photo = photo_of(full.profile_photo.unwrap());
    assert_eq!(photo.id, c);
    assert_eq!(script.get_all(bob, &at_photo(&photo, "s"), 4_096), png(50, 50, 3));
    for (offset, max_id, limit, expected) in [
        (0, 0, 10, vec![c, b, a]),
        (1, 0, 10, vec![b, a]),
        (0, 0, 2, vec![c, b]),
        (0, c, 10, vec![b, a]),
        (-1, b, 1, vec![b]),
        (-1, 0, 10, vec![c, b, a]),
        (i32::MAX, 0, 10, vec![]),
        (i32::MIN, b, 10, vec![c, b, a]),
        (0, 0, -1, vec![]),
    ] {
        assert_eq!(photos(&mut script, bob, ada.user, offset, max_id, limit), expected);
    }
    let user_id = script.input_user(bob, ada.user).into();
    let request = GetUserPhotos { user_id, offset: 0, max_id: 5, limit: 1 };
    assert_eq!(script.ask(bob, &request).unwrap_err(), "400 MAX_ID_INVALID");
    // An older one is the first again; then none is.
    let first = types::InputPhoto { ..input_photo(&all[0]) };
    script.ask(ada, &UpdateProfilePhoto::new(first.into())).unwrap();
    assert_eq!(photos(&mut script, bob, ada.user, 0, 0, 10), [a, c, b]);
    script.ask(ada, &UpdateProfilePhoto::new(enums::InputPhoto::InputPhotoEmpty)).unwrap();
    assert_eq!(shown(&mut script, bob, ada.user), Some(c));
    let id = vec![input_photo(&all[1]).into(), input_photo(&all[2]).into()];
    assert_eq!(script.ask(ada, &DeletePhotos { id }), Ok(vec![c, b]));
    assert_eq!(shown(&mut script, bob, ada.user), None);
    let none = UploadProfilePhoto::new();
    assert_eq!(script.ask(ada, &none).unwrap_err(), "400 PHOTO_FILE_MISSING");
    let missing =
        UploadProfilePhoto { file: Some(input_file(9, 1, "a.png").into()), ..none.clone() };
    assert_eq!(script.ask(ada, &missing).unwrap_err(), "400 FILE_PART_0_MISSING");
    let video = UploadProfilePhoto { video: Some(input_file(9, 1, "a.mp4").into()), ..none };
    assert_eq!(script.ask(ada, &video).unwrap_err(), "400 VIDEO_FILE_INVALID");
    let wrong = types::InputPhoto { access_hash: 1, ..input_photo(&all[0]) };
    let wrong = script.ask(ada, &UpdateProfilePhoto::new(wrong.into()));
    assert_eq!(wrong.unwrap_err(), "400 PHOTO_INVALID");
}

fn uploaded(script: &mut Script, device: Device, more: usize) -> enums::InputChatPhoto {
    let file = script.save(device, more as i64, "a.png", &png(50, 50, more));
    let file = Some(file.into());
    types::InputChatUploadedPhoto { file, ..types::InputChatUploadedPhoto::new() }.into()
}

fn edit(
    script: &mut Script,
    by: Device,
    place: Peer,
    photo: enums::InputChatPhoto,
) -> Result<enums::Updates, String> {
    match place {
        Peer::Chat(chat_id) => script.ask(by, &EditChatPhoto { chat_id, photo }),
        Peer::Channel(id) => {
            let channel = script.input_channel(by, id);
            script.ask(by, &EditPhoto { channel, photo })
        }
        Peer::User(_) => panic!(),
    }
}

/// The photo of the profile, and that beside the name.
fn seen(script: &mut Script, by: Device, place: Peer) -> (i64, Option<i64>) {
    let answer = match place {
        Peer::Chat(chat_id) => script.ask(by, &GetFullChat { chat_id }).unwrap(),
        Peer::Channel(id) => {
            let channel = script.input_channel(by, id);
            script.ask(by, &GetFullChannel { channel }).unwrap()
        }
        Peer::User(_) => panic!(),
    };
    let full = match answer.full_chat {
        enums::ChatFull::ChatFull(full) => full.chat_photo.map_or(0, |photo| photo.id()),
        enums::ChatFull::ChannelFull(full) => full.chat_photo.id(),
        other => panic!("{other:?}"),
    };
    let photo = match answer.chats.into_iter().next().unwrap() {
        enums::Chat::Chat(chat) => chat.photo,
        enums::Chat::Channel(channel) => channel.photo,
        other => panic!("{other:?}"),
    };
    let shown = match photo {
        enums::ChatPhoto::ChatPhoto(photo) => Some(photo.photo_id),
        _ => None,
    };
    (full, shown)
}

#[test]
fn a_group_s_and_a_channel_s_photo_is_told_to_those_who_are_in() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let group = Peer::Chat(script.group(ada, &[bob]));
    let channel = Peer::Channel(script.channel(ada, &[bob], false));
    for place in [group, channel] {
        script.told();
        assert_eq!(seen(&mut script, bob, place), (0, None));
        let photo = uploaded(&mut script, ada, 1);
        edit(&mut script, ada, place, photo).unwrap();
        let told = told_to(&mut script, bob.user);
        let action = told.iter().find_map(|update| match update {
            enums::Update::UpdateNewMessage(new) => Some(&new.message),
            enums::Update::UpdateNewChannelMessage(new) => Some(&new.message),
            _ => None,
        });
        let Some(enums::Message::MessageService(service)) = action else { panic!("{told:?}") };
        let enums::MessageAction::MessageActionChatEditPhoto(action) = &service.action else {
            panic!("{service:?}")
        };
        // It is Bob's to have.
        let photo = photo_of(action.photo.clone());
        assert_eq!(script.get_all(bob, &at_photo(&photo, "s"), 4_096), png(50, 50, 1));
        assert_eq!(seen(&mut script, bob, place), (photo.id, Some(photo.id)));
        let same = types::InputChatPhoto { id: input_photo(&photo).into() };
        // By Bob's hash Ada has nothing.
        let answer = edit(&mut script, ada, place, same.into());
        assert_eq!(answer.unwrap_err(), "400 PHOTO_INVALID");
        let answer = edit(&mut script, ada, place, enums::InputChatPhoto::InputChatPhotoEmpty);
        assert!(!updates(&answer.unwrap()).updates.is_empty());
        assert_eq!(seen(&mut script, bob, place), (0, None));
        for (photo, error) in [
            (enums::InputChatPhoto::InputChatPhotoEmpty, "400 CHAT_NOT_MODIFIED"),
            (types::InputChatUploadedPhoto::new().into(), "400 PHOTO_INVALID"),
        ] {
            assert_eq!(edit(&mut script, ada, place, photo).unwrap_err(), error);
        }
    }
    let Peer::Channel(id) = channel else { panic!() };
    let photo = uploaded(&mut script, bob, 2);
    let refused = edit(&mut script, bob, channel, photo).map(drop);
    let may = !script.world.state().channels.channel(id).unwrap().default_banned.change_info;
    assert_eq!(refused.is_ok(), may);
    let named = script.input_channel(ada, id);
    let log = GetAdminLog::new(named, String::new(), 0, 0, 10);
    let events = script.ask(ada, &log).unwrap().events;
    let changes = events.iter().filter(|event| {
        matches!(
            event.action,
            enums::ChannelAdminLogEventAction::ChannelAdminLogEventActionChangePhoto(_)
        )
    });
    assert_eq!(changes.count(), if may { 3 } else { 2 });
    // Whoever is out changes nothing.
    let eve = script.user("Eve");
    let photo = uploaded(&mut script, eve, 3);
    assert_eq!(edit(&mut script, eve, group, photo).unwrap_err(), "400 CHAT_ID_INVALID");
}
