//! The key of the data centres, and how it is named to clients.

use std::path::Path;

use telewire::crypto::RsaPrivateKey;
use telewire::server::embedded_key;

use crate::commands::handshake::target::EMBEDDED;
use crate::failure::Failure;
use crate::key_file::KeyFile;

/// The keys and where they come from.
pub(super) struct Key {
    /// One at least.
    pub(super) keys: Vec<RsaPrivateKey>,
    /// What to tell of it.
    pub(super) description: String,
    /// The option of `telewire handshake` that names its public half.
    pub(super) option: String,
}

impl Key {
    pub(super) fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file else {
            let key = embedded_key()
                .map_err(|error| Failure::Run(format!("the embedded key is no key: {error}")))?;
            let description = "the embedded one, which is public and protects nothing".to_owned();
            return Ok(Self { keys: vec![key], description, option: EMBEDDED.to_owned() });
        };
        let KeyFile { keys, public, is_new } = KeyFile::open(path)?;
        let new = if is_new { "new, " } else { "" };
        let description = format!("{} ({new}public half in {})", path.display(), public.display());
        Ok(Self { keys, description, option: quoted(&public.display().to_string()) })
    }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_needs_it() {
        for (path, shown) in [
            ("dc.pem.pub", "dc.pem.pub"),
            ("/a folder/b", "'/a folder/b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(path), shown);
        }
    }
}
