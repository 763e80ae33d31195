//! A session in a file: what a login is tied to. Whoever has it is logged in.
//!
//! ```text
//! auth_key: 256 | salt: 8 | time_offset: 8
//! ```

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use telewire::connection::StoredKey;
use telewire::crypto::AuthKey;
use telewire::ids::Salt;

/// The session of a file; none if there is no file.
pub(crate) fn load(file: &Path) -> io::Result<Option<StoredKey>> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    parse(&bytes).map(Some).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no session"))
}

/// Writes a session into a file that only its owner can read.
pub(crate) fn save(file: &Path, key: &StoredKey) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(file)?;
    open.write_all(key.auth_key.expose())?;
    open.write_all(&key.salt.0.to_le_bytes())?;
    open.write_all(&key.time_offset.to_le_bytes())?;
    open.sync_all()
}

fn parse(bytes: &[u8]) -> Option<StoredKey> {
    let (auth_key, rest) = bytes.split_first_chunk::<256>()?;
    let (salt, rest) = rest.split_first_chunk::<8>()?;
    let (time_offset, rest) = rest.split_first_chunk::<8>()?;
    rest.is_empty().then(|| StoredKey {
        auth_key: AuthKey::from_bytes(*auth_key),
        salt: Salt(i64::from_le_bytes(*salt)),
        time_offset: i64::from_le_bytes(*time_offset),
    })
}
