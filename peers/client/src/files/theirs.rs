//! The other library's client; and its sender without the compression that the client always tries.

use std::io::SeekFrom;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

use grammers_client::Client;
use grammers_client::media::{Media, Uploaded};
use grammers_mtproto::{mtp, transport};
use grammers_mtsender::{Sender, SenderPool, ServerAddr};
use grammers_session::Session;
use grammers_session::storages::MemorySession;
use grammers_session::types::DcOption;
use grammers_tl_types::{LAYER, enums, functions, types};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::Mutex;

use crate::files::client::{API_HASH, Peer};
use crate::files::task::Task;
use crate::serve::key;

type Plain = Sender<transport::Full, mtp::Encrypted>;

pub(crate) struct Theirs {
    client: Client,
    /// With `plain`: senders that compress nothing, as many as the client has parts under way.
    plain: Vec<Mutex<Plain>>,
    _updates: tokio::task::JoinHandle<()>,
}

/// The numbers of files that the senders upload.
static FILES: AtomicI64 = AtomicI64::new(1);

const SENDERS: usize = 4;
const PART: usize = 1 << 19;

impl Peer for Theirs {
    type Document = Media;
    type Uploaded = Uploaded;

    async fn connect(task: &Task) -> Self {
        let SocketAddr::V4(ipv4) = task.server else { panic!("the data centre listens on IPv4") };
        let ipv6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, task.server.port(), 0, 0);
        let auth_key = Some(*key(task.key).expose());
        let session = MemorySession::default();
        session.set_home_dc_id(2).await.unwrap();
        session.set_dc_option(&DcOption { id: 2, ipv4, ipv6, auth_key }).await.unwrap();
        let SenderPool { runner, handle, mut updates } = SenderPool::new(Arc::new(session), 1);
        let client = Client::new(handle);
        tokio::spawn(runner.run());
        let updates = tokio::spawn(async move { while updates.recv().await.is_some() {} });
        client.bot_sign_in(&task.token, API_HASH).await.unwrap();
        let mut plain = Vec::new();
        if task.option == "plain" {
            for _ in 0..SENDERS {
                plain.push(Mutex::new(sender(task).await));
            }
        }
        Self { client, plain, _updates: updates }
    }

    async fn documents(&self, ids: &[i32]) -> Vec<Media> {
        let id = ids.iter().map(|id| types::InputMessageId { id: *id }.into()).collect();
        let answer = self.client.invoke(&functions::messages::GetMessages { id }).await.unwrap();
        let messages = match answer {
            enums::messages::Messages::Messages(of) => of.messages,
            enums::messages::Messages::Slice(of) => of.messages,
            _ => panic!("{answer:?}"),
        };
        let media = messages.into_iter().map(|message| match message {
            enums::Message::Message(message) => message.media.and_then(Media::from_raw).unwrap(),
            _ => panic!("{message:?}"),
        });
        media.collect()
    }

    async fn down(&self, document: &Media, path: &Path) {
        // It makes no folders.
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        self.client.download_media(document, path).await.unwrap();
    }

    async fn read(&self, document: &Media, into: &mut Vec<u8>) {
        let mut pieces = self.client.iter_download(document);
        while let Some(piece) = pieces.next().await.unwrap() {
            into.extend_from_slice(&piece);
        }
    }

    async fn up(&self, path: &Path) -> Uploaded {
        match self.plain.is_empty() {
            true => self.client.upload_file(path).await.unwrap(),
            false => self.up_plain(path).await,
        }
    }

    async fn keep(&self, uploaded: Uploaded) -> i64 {
        let media = types::InputMediaUploadedDocument {
            nosound_video: false,
            force_file: true,
            spoiler: false,
            file: uploaded.raw,
            thumb: None,
            mime_type: "application/octet-stream".to_owned(),
            attributes: Vec::new(),
            stickers: None,
            video_cover: None,
            video_timestamp: None,
            ttl_seconds: None,
        };
        let call = functions::messages::UploadMedia {
            business_connection_id: None,
            peer: enums::InputPeer::PeerSelf,
            media: media.into(),
        };
        let enums::MessageMedia::Document(media) = self.client.invoke(&call).await.unwrap() else {
            panic!("no document")
        };
        media.document.unwrap().id()
    }
}

impl Theirs {
    /// What the client's `upload_stream` does, over the senders.
    async fn up_plain(&self, path: &Path) -> Uploaded {
        let size = tokio::fs::metadata(path).await.unwrap().len() as usize;
        let parts = size.div_ceil(PART) as i32;
        let file_id = FILES.fetch_add(1, Ordering::Relaxed);
        let next = &AtomicI32::new(0);
        let work = self.plain.iter().map(async |sender| {
            let mut sender = sender.lock().await;
            let mut file = tokio::fs::File::open(path).await.unwrap();
            loop {
                let file_part = next.fetch_add(1, Ordering::Relaxed);
                if file_part >= parts {
                    return;
                }
                let from = file_part as usize * PART;
                let mut bytes = vec![0; PART.min(size - from)];
                file.seek(SeekFrom::Start(from as u64)).await.unwrap();
                file.read_exact(&mut bytes).await.unwrap();
                let file_total_parts = parts;
                let call = functions::upload::SaveBigFilePart {
                    file_id,
                    file_part,
                    file_total_parts,
                    bytes,
                };
                assert!(sender.invoke(&call).await.unwrap());
            }
        });
        futures_util::future::join_all(work).await;
        let name = "file".to_owned();
        Uploaded::from_raw(types::InputFileBig { id: file_id, parts, name }.into())
    }
}

async fn sender(task: &Task) -> Plain {
    let mtp = mtp::Encrypted::build().compression_threshold(None).finish(*key(task.key).expose());
    let address = ServerAddr::Tcp { address: task.server };
    let mut sender = Sender::connect(transport::Full::new(), mtp, address).await.unwrap();
    let query = functions::InitConnection {
        api_id: 1,
        device_model: "a bench".to_owned(),
        system_version: "1".to_owned(),
        app_version: "1".to_owned(),
        system_lang_code: "en".to_owned(),
        lang_pack: String::new(),
        lang_code: "en".to_owned(),
        proxy: None,
        params: None,
        query: functions::help::GetConfig {},
    };
    sender.invoke(&functions::InvokeWithLayer { layer: LAYER, query }).await.unwrap();
    sender
}
