//! `upload.*`: the parts of files, up and down.

use telewire::rpc::RpcError;
use telewire::tl::api::enums::upload::File;
use telewire::tl::api::functions::upload::{GetFile, GetFileHashes, SaveBigFilePart, SaveFilePart};
use telewire::tl::api::types::FileHash;

use crate::methods::Registry;
use crate::world::{Caller, FilePart, FileRange, State};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(save_file_part);
    registry.on(save_big_file_part);
    registry.on(get_file);
    registry.on(get_file_hashes);
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
    Ok(state.download(caller, &request.location, range)?.into())
}

fn get_file_hashes(
    state: &mut State,
    caller: &Caller,
    request: GetFileHashes,
) -> Result<Vec<FileHash>, RpcError> {
    state.file_hashes(caller, &request.location, request.offset)
}
