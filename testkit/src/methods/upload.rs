//! `upload.*`: the parts of files, up and down.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::upload::{CdnFile, File};
use telewire::tl::api::functions::upload::{
    GetCdnFile, GetCdnFileHashes, GetFile, GetFileHashes, ReuploadCdnFile, SaveBigFilePart,
    SaveFilePart,
};
use telewire::tl::api::types::FileHash;

use crate::methods::Registry;
use crate::world::{Caller, Context, FilePart, FileRange, State};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(save_file_part);
    registry.on(save_big_file_part);
    registry.on(get_file);
    registry.on(get_file_hashes);
    registry.on(reupload_cdn_file);
    registry.on(get_cdn_file_hashes);
    install_cdn(registry);
}

/// What a CDN answers, to whoever has a token; nobody is logged in there.
pub(super) fn install_cdn(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(get_cdn_file);
}

fn save_file_part(
    state: &mut State,
    caller: &Caller,
    request: SaveFilePart,
) -> Result<bool, RpcError> {
    let SaveFilePart { file_id, file_part: number, bytes } = request;
    let part = FilePart { file_id, number, total: None, bytes: bytes.into_vec() };
    state.save_part(caller.me, part)
}

fn save_big_file_part(
    state: &mut State,
    caller: &Caller,
    request: SaveBigFilePart,
) -> Result<bool, RpcError> {
    let SaveBigFilePart { file_id, file_part: number, file_total_parts, bytes } = request;
    let (total, bytes) = (Some(file_total_parts), bytes.into_vec());
    state.save_part(caller.me, FilePart { file_id, number, total, bytes })
}

fn get_file(state: &mut State, caller: &Caller, request: GetFile) -> Result<File, RpcError> {
    let range = FileRange::new(request.offset, request.limit, request.precise)?;
    state.download(caller, &request.location, range, request.cdn_supported)
}

fn get_file_hashes(
    state: &mut State,
    caller: &Caller,
    request: GetFileHashes,
) -> Result<Vec<FileHash>, RpcError> {
    state.file_hashes(caller, &request.location, request.offset)
}

fn get_cdn_file(
    state: &mut State,
    context: &Context,
    request: &GetCdnFile,
) -> Result<CdnFile, RpcError> {
    let range = FileRange::new(request.offset, request.limit, false)?;
    state.cdn_file(context, &request.file_token, range)
}

fn reupload_cdn_file(
    state: &mut State,
    caller: &Caller,
    request: ReuploadCdnFile,
) -> Result<Vec<FileHash>, RpcError> {
    state.reupload(caller, &request.file_token, &request.request_token)
}

fn get_cdn_file_hashes(
    state: &mut State,
    caller: &Caller,
    request: GetCdnFileHashes,
) -> Result<Vec<FileHash>, RpcError> {
    state.cdn_hashes(caller, &request.file_token, request.offset)
}
