//! Calls of the machine's, made by the client.

use std::time::Duration;

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::policy::InvokeOptions;
use crate::client::secret::news::{server_chat, server_file};
use crate::rpc::RpcError;
use crate::secret::{Answer, ChatPeer, InputFile, Request};
use crate::tl::Function;
use crate::tl::api::enums::messages::{DhConfig, SentEncryptedMessage};
use crate::tl::api::enums::{InputEncryptedFile, InputUser};
use crate::tl::api::functions::messages;
use crate::tl::api::types;

/// What the server orders to wait is waited for by the machine, which also says the same again.
pub(super) fn options() -> InvokeOptions {
    InvokeOptions {
        flood_threshold: Duration::ZERO,
        server_error_retries: 0,
        shares_waits: false,
        ..InvokeOptions::default()
    }
}

/// Makes a call; `user` is whom the chat is with, as calls name them.
pub(super) async fn make(client: &Client, request: Request, user: Option<InputUser>) -> Answer {
    let done = |_| Answer::Done;
    match request {
        Request::DhConfig { version, random_length } => {
            ask(client, &messages::GetDhConfig { version, random_length }, dh_config).await
        }
        Request::RequestEncryption { random_id, g_a, .. } => {
            let Some(user_id) = user else {
                return Answer::Failed(RpcError::parse(400, "USER_ID_INVALID"));
            };
            let call = messages::RequestEncryption { user_id, random_id, g_a: g_a.into() };
            ask(client, &call, |chat| Answer::Chat(server_chat(&chat))).await
        }
        Request::AcceptEncryption { peer, g_b, key_fingerprint } => {
            let (peer, key_fingerprint) = (input(peer), key_fingerprint.0);
            let call = messages::AcceptEncryption { peer, g_b: g_b.into(), key_fingerprint };
            ask(client, &call, |chat| Answer::Chat(server_chat(&chat))).await
        }
        Request::DiscardEncryption { chat, delete_history } => {
            ask(client, &messages::DiscardEncryption { delete_history, chat_id: chat.0 }, done)
                .await
        }
        Request::Send { peer, random_id, data, is_silent: silent } => {
            let (peer, data) = (input(peer), data.into());
            ask(client, &messages::SendEncrypted { silent, peer, random_id, data }, sent).await
        }
        Request::SendFile { peer, random_id, data, file, is_silent: silent } => {
            let (peer, data, file) = (input(peer), data.into(), input_file(file));
            let call = messages::SendEncryptedFile { silent, peer, random_id, data, file };
            ask(client, &call, sent).await
        }
        Request::SendService { peer, random_id, data } => {
            let (peer, data) = (input(peer), data.into());
            ask(client, &messages::SendEncryptedService { peer, random_id, data }, sent).await
        }
        Request::SetTyping { peer, is_typing: typing } => {
            ask(client, &messages::SetEncryptedTyping { peer: input(peer), typing }, done).await
        }
        Request::ReadHistory { peer, max_date } => {
            ask(client, &messages::ReadEncryptedHistory { peer: input(peer), max_date }, done).await
        }
    }
}

async fn ask<F: Function + Sync>(
    client: &Client,
    function: &F,
    read: impl FnOnce(F::Return) -> Answer,
) -> Answer {
    match client.invoke(function).await {
        Ok(answer) => read(answer),
        Err(error) => failed(&error),
    }
}

/// What the server says it means; what nobody says may have been done.
fn failed(error: &Error) -> Answer {
    error.rpc().map_or(Answer::Unknown, |error| Answer::Failed(error.clone()))
}

fn dh_config(config: DhConfig) -> Answer {
    match config {
        DhConfig::DhConfig(config) => {
            Answer::DhConfig { version: config.version, g: config.g, p: config.p.into_vec() }
        }
        DhConfig::DhConfigNotModified(_) => Answer::DhConfigNotModified,
    }
}

fn sent(sent: SentEncryptedMessage) -> Answer {
    match sent {
        SentEncryptedMessage::SentEncryptedMessage(sent) => {
            Answer::Sent { date: sent.date, file: None }
        }
        SentEncryptedMessage::SentEncryptedFile(sent) => {
            Answer::Sent { date: sent.date, file: server_file(&sent.file) }
        }
    }
}

fn input(peer: ChatPeer) -> types::InputEncryptedChat {
    types::InputEncryptedChat { chat_id: peer.id.0, access_hash: peer.access_hash }
}

fn input_file(file: InputFile) -> InputEncryptedFile {
    match file {
        InputFile::Uploaded { id, parts, md5_checksum, key_fingerprint } => {
            types::InputEncryptedFileUploaded { id, parts, md5_checksum, key_fingerprint }.into()
        }
        InputFile::UploadedBig { id, parts, key_fingerprint } => {
            types::InputEncryptedFileBigUploaded { id, parts, key_fingerprint }.into()
        }
        InputFile::Existing { id, access_hash } => {
            types::InputEncryptedFile { id, access_hash }.into()
        }
    }
}
