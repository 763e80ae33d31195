//! Ada and Bob, and files between them.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use telewire::client::{Client, Updates};
use telewire::ids::DcId;
use telewire::server::Dispatcher;
use telewire::tl::api::functions::messages::{GetHistory, SendMedia};
use telewire::tl::api::{enums, types};
use telewire_testkit::{Person, Running, World};
use tokio::time::timeout;

pub(crate) const TWO: DcId = DcId::production(2);
pub(crate) const FOUR: DcId = DcId::production(4);
pub(crate) const CDN: DcId = DcId::production(203);

/// Nothing on the loopback interface takes this long.
pub(crate) async fn patient<T>(future: impl IntoFuture<Output = T>) -> T {
    timeout(Duration::from_secs(60), future).await.expect("it took too long")
}

/// A world with two data centres, in which Ada and Bob know each other.
pub(crate) struct Two {
    pub(crate) running: Running,
    pub(crate) world: World,
    pub(crate) ada: Person,
    pub(crate) bob: Person,
    pub(crate) adas: Client,
    pub(crate) bobs: Client,
}

pub(crate) async fn two() -> Two {
    served(&[TWO, FOUR]).await
}

pub(crate) async fn served(dcs: &[DcId]) -> Two {
    served_with(dcs, |_, _, _| {}).await
}

/// And what data centres answer otherwise.
pub(crate) async fn served_with(dcs: &[DcId], more: impl Fn(&World, DcId, &mut Dispatcher)) -> Two {
    with_both(patient(World::builder().data_centres(dcs).start_with(more)).await.unwrap()).await
}

/// Ada and Bob come to a world.
pub(crate) async fn with_both(running: Running) -> Two {
    let world = running.world();
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    world.set_username(ada.id(), "lovelace").unwrap();
    world.set_username(bob.id(), "babbage").unwrap();
    let adas = patient(running.log_in(&ada)).await.unwrap();
    let bobs = patient(running.log_in(&bob)).await.unwrap();
    Two { running, world, ada, bob, adas, bobs }
}

/// One for each message; a message that is sent again keeps its own.
static RANDOM: AtomicI64 = AtomicI64::new(1);

/// Bytes that are nowhere the same.
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    let words = (0_u64..).flat_map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    words.take(length).collect()
}

impl Two {
    /// A file in a data centre, which Ada has sent to Bob: the message as he has it.
    pub(crate) async fn sent(
        &self,
        dc: DcId,
        name: &str,
        content: Vec<u8>,
    ) -> (i64, types::Message) {
        let file = self.world.put_file(dc, name, "application/octet-stream", content);
        let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        self.world.send_file(self.ada.id(), self.bob.id(), file, "", unix).unwrap();
        (file, self.bobs_last().await)
    }

    /// A file that Ada sends to somebody who listens: the message as it comes there.
    pub(crate) async fn sent_to(
        &self,
        to: i64,
        updates: &mut Updates,
        content: Vec<u8>,
    ) -> enums::Message {
        let file = self.world.put_file(TWO, "a.bin", "application/octet-stream", content);
        let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        self.world.send_file(self.ada.id(), to, file, "", unix).unwrap();
        loop {
            let update = patient(updates.next()).await.unwrap().unwrap();
            if let Some(message) = update.new_message() {
                return message.clone();
            }
        }
    }

    /// What Bob has from Ada last.
    pub(crate) async fn bobs_last(&self) -> types::Message {
        let peer = find(&self.bobs, "lovelace").await;
        let request = GetHistory {
            peer,
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 1,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let answer = patient(self.bobs.invoke(&request)).await.unwrap();
        let messages = match &answer {
            enums::messages::Messages::Messages(of) => &of.messages,
            enums::messages::Messages::MessagesSlice(of) => &of.messages,
            _ => panic!("{answer:?}"),
        };
        let enums::Message::Message(message) = messages[0].clone() else { panic!() };
        *message
    }

    /// How Ada sends an uploaded file to Bob.
    pub(crate) async fn sending(&self) -> impl Fn(enums::InputFile) -> SendMedia + use<> {
        let peer = find(&self.adas, "babbage").await;
        move |file| SendMedia {
            silent: false,
            background: false,
            clear_draft: false,
            noforwards: false,
            update_stickersets_order: false,
            invert_media: false,
            allow_paid_floodskip: false,
            peer: peer.clone(),
            reply_to: None,
            media: types::InputMediaUploadedDocument {
                nosound_video: false,
                force_file: true,
                spoiler: false,
                file,
                thumb: None,
                mime_type: "application/octet-stream".into(),
                attributes: vec![
                    types::DocumentAttributeFilename { file_name: "a.bin".into() }.into(),
                ],
                stickers: None,
                video_cover: None,
                video_timestamp: None,
                ttl_seconds: None,
            }
            .into(),
            message: String::new(),
            random_id: RANDOM.fetch_add(1, Ordering::Relaxed),
            reply_markup: None,
            entities: None,
            schedule_date: None,
            schedule_repeat_period: None,
            send_as: None,
            quick_reply_shortcut: None,
            effect: None,
            allow_paid_stars: None,
            suggested_post: None,
        }
    }
}

/// How a client names who has a username.
async fn find(client: &Client, username: &str) -> enums::InputPeer {
    use telewire::tl::api::functions::contacts::ResolveUsername;
    let request = ResolveUsername { username: username.into(), referer: None };
    let found = patient(client.invoke(&request)).await.unwrap();
    let enums::User::User(user) = &found.users[0] else { panic!("{found:?}") };
    types::InputPeerUser { user_id: user.id, access_hash: user.access_hash.unwrap() }.into()
}
