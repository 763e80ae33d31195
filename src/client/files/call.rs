//! Requests of the planner as functions of the API, and their answers.

use crate::client::core::Client;
use crate::client::error::Error;
use crate::client::invoke::Course;
use crate::client::policy::{InvokeOptions, Purpose, Role};
use crate::client::runtime;
use crate::files::{
    Answer, Class, Direction, Failure, FileHash, FileToken, Link, Redirect, Request,
};
use crate::ids::DcId;
use crate::tl::api::enums::upload::{CdnFile, File};
use crate::tl::api::functions::upload as functions;
use crate::tl::api::types;
use crate::tl::{Deserialize, Function, Repeat};

/// How a request went, and what it ended with if that was no answer of the server's.
pub(super) struct Outcome {
    pub(super) result: Result<Answer, Failure>,
    pub(super) cause: Option<Error>,
}

/// The data centre that a connection of the planner's goes to. Where there are addresses for media alone, files come from these
/// (FI-35), and go to the others (FI-12).
fn dc_of(client: &Client, link: Link) -> DcId {
    let number = link.lane.dc.number();
    let dc = DcId { number, is_test: client.home().is_test, is_media: false };
    let media = DcId { is_media: true, ..dc };
    let is_media = link.lane.direction == Direction::Down && !client.addresses(media).is_empty();
    if is_media { media } else { dc }
}

/// Where the connections of small files begin to be counted.
const SMALL_FROM: u8 = 128;

/// FI-71: the main connection carries none.
pub(super) fn role_of(link: Link) -> Role {
    let purpose = match link.lane.direction {
        Direction::Up => Purpose::Upload,
        Direction::Down => Purpose::Download,
    };
    let number = u8::try_from(link.connection).unwrap_or(u8::MAX).min(SMALL_FROM - 1);
    match link.lane.class {
        Class::Large => Role { purpose, number },
        Class::Small => Role { purpose, number: number + SMALL_FROM },
    }
}

/// FI-76: how often bytes went over a connection, either way.
pub(super) fn moves(client: &Client, link: Link) -> Option<u64> {
    let here = runtime::here().ok()?;
    let link = client.inner.links.ready((dc_of(client, link), role_of(link)), here)?;
    Some(link.handle.moves())
}

/// FI-76: nobody calls over this connection any more.
pub(super) fn replace(client: &Client, link: Link) {
    client.inner.links.replace(&[(dc_of(client, link), role_of(link))]);
}

/// Sends a request over the connection that it is planned for. Dropped, it is cancelled (FI-85).
pub(super) async fn ask(client: &Client, link: Link, request: Request) -> Outcome {
    let asked = Asked { client, link };
    let answer = match request {
        Request::SaveFilePart { file_id, part, bytes } => {
            let call =
                |file_part| functions::SaveFilePart { file_id, file_part, bytes: (&*bytes).into() };
            match i32::try_from(part) {
                Ok(part) => asked.call(&call(part)).await.map(Answer::Saved),
                Err(_) => Err(Bad::Unspeakable),
            }
        }
        Request::SaveBigFilePart { file_id, part, total, bytes } => {
            // FI-06: -1 as long as nobody knows.
            match (i32::try_from(part), total.map_or(Ok(-1), i32::try_from)) {
                (Ok(file_part), Ok(file_total_parts)) => {
                    let bytes = (&*bytes).into();
                    let call =
                        functions::SaveBigFilePart { file_id, file_part, file_total_parts, bytes };
                    asked.call(&call).await.map(Answer::Saved)
                }
                _ => Err(Bad::Unspeakable),
            }
        }
        Request::GetFile { location, offset, limit, cdn_supported, takeout: None } => {
            asked.get_file(location.bytes(), offset, limit, cdn_supported).await
        }
        Request::GetWebFile { location, offset, limit } => {
            asked.get_web_file(location.bytes(), offset, limit).await
        }
        Request::GetFileHashes { location, offset } => {
            match (Deserialize::from_bytes(location.bytes()), i64::try_from(offset)) {
                (Ok(location), Ok(offset)) => {
                    let call = functions::GetFileHashes { location, offset };
                    asked.call(&call).await.map(|hashes| Answer::Hashes(hashes_of(hashes)))
                }
                _ => Err(Bad::Unspeakable),
            }
        }
        Request::GetCdnFile { file_token, offset, limit } => {
            asked.get_cdn_file(&file_token, offset, limit).await
        }
        Request::ReuploadCdnFile { file_token, request_token } => {
            let (file_token, request_token) = ((&*file_token.0).into(), request_token.into());
            let call = functions::ReuploadCdnFile { file_token, request_token };
            asked.call(&call).await.map(|hashes| Answer::Hashes(hashes_of(hashes)))
        }
        Request::GetCdnFileHashes { file_token, offset } => match i64::try_from(offset) {
            Ok(offset) => {
                let file_token = (&*file_token.0).into();
                let call = functions::GetCdnFileHashes { file_token, offset };
                asked.call(&call).await.map(|hashes| Answer::Hashes(hashes_of(hashes)))
            }
            Err(_) => Err(Bad::Unspeakable),
        },
        // Nothing is asked of a takeout.
        _ => Err(Bad::Unspeakable),
    };
    match answer {
        Ok(answer) => Outcome { result: Ok(answer), cause: None },
        Err(Bad::Unspeakable) => Outcome { result: Err(Failure::Malformed), cause: None },
        Err(Bad::Call(error)) => Outcome { result: Err(failure(&error)), cause: Some(error) },
    }
}

/// Why there is no answer.
enum Bad {
    /// No function can say it.
    Unspeakable,
    Call(Error),
}

struct Asked<'a> {
    client: &'a Client,
    link: Link,
}

impl Asked<'_> {
    async fn get_file(
        &self,
        location: &[u8],
        offset: u64,
        limit: u32,
        cdn_supported: bool,
    ) -> Result<Answer, Bad> {
        let location = Deserialize::from_bytes(location);
        let (Ok(location), Ok(offset), Ok(limit)) =
            (location, i64::try_from(offset), i32::try_from(limit))
        else {
            return Err(Bad::Unspeakable);
        };
        let call = functions::GetFile { precise: false, cdn_supported, location, offset, limit };
        Ok(match self.call(&call).await? {
            File::File(file) => Answer::File { bytes: file.bytes.into() },
            File::FileCdnRedirect(redirect) => Answer::CdnRedirect(Redirect {
                dc_id: redirect.dc_id,
                file_token: FileToken(Vec::from(redirect.file_token).into()),
                encryption_key: redirect.encryption_key.into(),
                encryption_iv: redirect.encryption_iv.into(),
                file_hashes: hashes_of(redirect.file_hashes),
            }),
        })
    }

    async fn get_cdn_file(
        &self,
        token: &FileToken,
        offset: u64,
        limit: u32,
    ) -> Result<Answer, Bad> {
        let (Ok(offset), Ok(limit)) = (i64::try_from(offset), i32::try_from(limit)) else {
            return Err(Bad::Unspeakable);
        };
        let call = functions::GetCdnFile { file_token: (&*token.0).into(), offset, limit };
        Ok(match self.call(&call).await? {
            CdnFile::CdnFile(file) => Answer::CdnFile { bytes: file.bytes.into() },
            CdnFile::CdnFileReuploadNeeded(needed) => {
                Answer::CdnReuploadNeeded { request_token: needed.request_token.into() }
            }
        })
    }

    async fn get_web_file(&self, location: &[u8], offset: u32, limit: u32) -> Result<Answer, Bad> {
        let location = Deserialize::from_bytes(location);
        let (Ok(location), Ok(offset), Ok(limit)) =
            (location, i32::try_from(offset), i32::try_from(limit))
        else {
            return Err(Bad::Unspeakable);
        };
        let file = self.call(&functions::GetWebFile { location, offset, limit }).await?;
        Ok(Answer::WebFile { size: file.size, bytes: file.bytes.into() })
    }

    /// Every error and every wait is the planner's affair (FI-75), and a part may be asked for twice (FI-11).
    async fn call<F: Function + Sync>(&self, function: &F) -> Result<F::Return, Bad> {
        let options = InvokeOptions {
            deadline: None,
            flood_threshold: std::time::Duration::ZERO,
            server_error_retries: 0,
            repeat: Some(Repeat::Safe),
            dc: Some(dc_of(self.client, self.link)),
            shares_waits: false,
            ..InvokeOptions::default()
        };
        let mut course = Course::of_part::<F>(&options, role_of(self.link));
        let body = || function.to_bytes();
        let answer = Box::pin(self.client.inner.call(&mut course, &body)).await;
        let answer = answer.map_err(Bad::Call)?;
        F::Return::from_bytes(answer.as_bytes()).map_err(|source| {
            let answer = answer.as_bytes().to_vec().into();
            Bad::Call(crate::rpc::CallError::Decode { source, answer }.into())
        })
    }
}

/// What an error is to the planner.
fn failure(error: &Error) -> Failure {
    match error.cause() {
        error if error.rpc().is_some() => error.rpc().cloned().map_or(Failure::Lost, Failure::Rpc),
        Error::Call(
            crate::rpc::CallError::Decode { .. } | crate::rpc::CallError::TooLarge { .. },
        )
        | Error::UnknownDc { .. }
        | Error::Store(_)
        | Error::NoRuntime
        | Error::Io(_) => Failure::Malformed,
        _ => Failure::Lost,
    }
}

fn hashes_of(hashes: Vec<types::FileHash>) -> Vec<FileHash> {
    let hash = |hash: types::FileHash| FileHash {
        offset: hash.offset,
        limit: hash.limit,
        hash: hash.hash.into(),
    };
    hashes.into_iter().map(hash).collect()
}
