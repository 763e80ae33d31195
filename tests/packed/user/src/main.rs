//! Uses what the packed crates have.

use std::error::Error;

use telewire::net::Config;
use telewire::rpc::known;
use telewire::tl::{Deserialize, Identifiable, Repeat, Serialize, api, mtproto};

/// What `build.rs` made.
mod notes {
    include!(concat!(env!("OUT_DIR"), "/notes.rs"));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let pong = mtproto::types::Pong { msg_id: 1, ping_id: 2 };
    assert_eq!(mtproto::types::Pong::from_bytes(&pong.to_bytes())?, pong);

    let peer =
        api::enums::InputPeer::from(api::types::InputPeerUser { user_id: 1, access_hash: 2 });
    let message = api::functions::messages::SendMessage::new(peer.clone(), "hello".into(), 3);
    assert_eq!(message.to_bytes()[..4], api::functions::messages::SendMessage::ID.to_le_bytes());
    assert_eq!(
        <api::functions::messages::SendMessage as telewire::tl::Function>::REPEAT,
        Repeat::Keyed
    );
    assert_eq!(api::enums::InputPeer::from_bytes(&peer.to_bytes())?, peer);
    assert_eq!(api::name_of(api::types::InputPeerUser::ID), Some("inputPeerUser"));
    let user = api::types::InputPeerUser::try_from(peer).map_err(|_| "another peer")?;
    assert_eq!(user.user_id, 1);

    let note = notes::types::Note { id: 1, text: "mine".into() };
    assert_eq!(notes::types::Note::from_bytes(&note.to_bytes())?, note);

    assert_eq!((api::LAYER, known::FLOOD_WAIT_X), (230, "FLOOD_WAIT_X"));
    assert!(size_of::<Config>() > 0);

    let world = telewire_testkit::World::start().await?;
    let ada = world.user("Ada");
    let client = world.log_in(&ada).await?;
    assert_eq!(client.user().map(|user| user.id), Some(ada.id()));
    println!("the packed crates work");
    Ok(())
}
