//! telewire's client.

use std::path::Path;

use telewire::client::Client;
use telewire::client::files::{Source, Uploaded};
use telewire::client::store::{MemoryStore, Snapshot};
use telewire::files::Limits;
use telewire::framing::Framing;
use telewire::server::embedded_key;
use telewire::tl::api::functions::messages::{GetMessages, UploadMedia};
use telewire::tl::api::{enums, types};

use crate::files::client::{API_HASH, AT_A_TIME, Peer};
use crate::files::task::Task;
use crate::ours::login;
use crate::serve::DC;

pub(crate) struct Ours {
    client: Client,
    /// FI-42: whether all bytes are checked by hashes of the server's.
    verifies: bool,
}

impl Peer for Ours {
    type Document = enums::Message;
    type Uploaded = Uploaded;

    async fn connect(task: &Task) -> Self {
        let mut snapshot = Snapshot::default();
        snapshot.apply(&login(task.key));
        let public = embedded_key().unwrap().public().clone();
        let usual = Limits::default();
        let limits = Limits {
            // FI-73: a pause between the first requests of a file is a courtesy to the server, no work.
            spaced: task.option == "spaced",
            connections: if task.option == "one" { 1 } else { usual.connections },
            // FI-72: as many as are asked for.
            small_files: if task.option == "wide" { AT_A_TIME } else { usual.small_files },
            ..usual
        };
        let client = Client::builder(1, API_HASH)
            .home(DC)
            .address(DC, task.server)
            .keys(vec![public])
            .framing(Framing::Full)
            .file_limits(limits)
            .store(MemoryStore::from(snapshot))
            .build()
            .await
            .unwrap();
        client.log_in_bot(&task.token).await.unwrap();
        Self { client, verifies: task.option == "verify" }
    }

    async fn documents(&self, ids: &[i32]) -> Vec<enums::Message> {
        let id = ids.iter().map(|id| types::InputMessageId { id: *id }.into()).collect();
        let answer = self.client.invoke(&GetMessages { id }).await.unwrap();
        match answer {
            enums::messages::Messages::Messages(of) => of.messages,
            enums::messages::Messages::MessagesSlice(of) => of.messages,
            _ => panic!("{answer:?}"),
        }
    }

    async fn down(&self, message: &enums::Message, path: &Path) {
        let download = self.client.download(message);
        let download = if self.verifies { download.verify() } else { download };
        download.to_path(path).await.unwrap();
    }

    async fn read(&self, message: &enums::Message, into: &mut Vec<u8>) {
        let mut stream = self.client.download(message).stream().unwrap();
        while let Some(piece) = stream.next().await.unwrap() {
            into.extend_from_slice(&piece);
        }
    }

    async fn up(&self, path: &Path) -> Uploaded {
        self.client.upload(Source::path(path)).await.unwrap()
    }

    async fn keep(&self, uploaded: Uploaded) -> i64 {
        let keep = async |file| {
            let mime = "application/octet-stream".to_owned();
            let media = types::InputMediaUploadedDocument::new(file, mime, Vec::new()).into();
            let peer = types::InputPeerSelf {}.into();
            let call = UploadMedia { business_connection_id: None, peer, media };
            self.client.invoke(&call).await
        };
        let media = uploaded.send(|file| Box::pin(keep(file))).await.unwrap();
        let enums::MessageMedia::MessageMediaDocument(media) = media else { panic!("{media:?}") };
        let Some(enums::Document::Document(document)) = &media.document else { panic!() };
        document.id
    }
}
