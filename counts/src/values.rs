//! Reading and writing TL.

use std::hint::black_box;

use telewire::tl::api::enums::messages::Messages;
use telewire::tl::mtproto::types::ResPq;
use telewire::tl::{Deserialize, Serialize};

use crate::{Result, counted_here};

/// 100 messages, 29 kB; tests/fixtures/README.md says where they are from.
const MESSAGES: &[u8] = include_bytes!("../../tests/fixtures/messages_messages.bin");
const RES_PQ: &[u8] = include_bytes!("../../tests/fixtures/res_pq.bin");

pub(crate) fn decode() -> Result<()> {
    drop(Messages::from_bytes(MESSAGES)?);
    let messages = counted_here(|| Messages::from_bytes(black_box(MESSAGES)));
    // Who drops them is not counted.
    drop(messages?);
    Ok(())
}

pub(crate) fn write() -> Result<()> {
    let messages = Messages::from_bytes(MESSAGES)?;
    drop(messages.to_bytes());
    let bytes = counted_here(|| black_box(&messages).to_bytes());
    (bytes == MESSAGES).then_some(()).ok_or_else(|| "it is written otherwise".into())
}

pub(crate) fn res_pq() -> Result<()> {
    drop(ResPq::from_bytes(RES_PQ)?);
    let read = counted_here(|| ResPq::from_bytes(black_box(RES_PQ)));
    drop(read?);
    Ok(())
}
