//! The lines of what is kept: JSON; of an encrypted session that JSON under the session's seal, as hexadecimal (SC-86).

use std::io;

use serde::{Deserialize, Serialize};
use telewire::client::store::Seal;

use super::kept::{About, Said};

/// What is sealed, by its name.
const LINE: &str = "secret chats";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    About(About),
    Said(Said),
}

/// What the bytes of a line are.
pub(super) enum Read {
    Line(Line),
    /// A line that anybody could read, though the session is encrypted.
    Plain(Line),
    /// It was not written to its end.
    Broken,
    /// It was sealed, and not with the seal of this session, or was changed since.
    Foreign,
}

impl Line {
    /// With the end of the line.
    pub(super) fn to_bytes(&self, seal: Option<&Seal>) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        if let Some(seal) = seal {
            let sealed = seal.seal(LINE, &bytes);
            zeroize::Zeroize::zeroize(&mut bytes);
            bytes = hex::encode(sealed?).into_bytes();
        }
        bytes.push(b'\n');
        Ok(bytes)
    }

    pub(super) fn read(bytes: &[u8], seal: Option<&Seal>) -> Read {
        let of_json = |json: &[u8]| serde_json::from_slice(json).ok();
        if bytes.starts_with(b"{") {
            return match (of_json(bytes), seal) {
                (Some(line), None) => Read::Line(line),
                (Some(line), Some(_)) => Read::Plain(line),
                (None, _) => Read::Broken,
            };
        }
        match (hex::decode(bytes), seal) {
            (Ok(sealed), Some(seal)) => {
                let opened = seal.open(LINE, &sealed).ok();
                opened.and_then(|json| of_json(&json)).map_or(Read::Foreign, Read::Line)
            }
            (Ok(_), None) | (Err(_), Some(_)) => Read::Foreign,
            (Err(_), None) => Read::Broken,
        }
    }
}
