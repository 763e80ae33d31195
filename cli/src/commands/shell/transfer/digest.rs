//! What is printed of a file: its SHA-256, in the form of `sha256sum`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::commands::shell::fault::Fault;

/// The SHA-256 of a file on the disk, in hexadecimal, and how many bytes it has.
pub(super) async fn sha256(path: PathBuf) -> Result<(String, u64), Fault> {
    let hashed = spawn_blocking(move || read(&path).map_err(|error| (path, error))).await;
    let hashed = hashed.map_err(Fault::failed)?;
    hashed.map_err(|(path, error)| Fault::failed(format!("{}: {error}", path.display())))
}

fn read(path: &Path) -> io::Result<(String, u64)> {
    let mut hash = Hashed(Sha256::new());
    let size = io::copy(&mut File::open(path)?, &mut hash)?;
    Ok((hex::encode(hash.0.finalize()), size))
}

struct Hashed(Sha256);

impl io::Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line that `sha256sum --check` takes: a name with a line's end or a backslash in it has these behind a backslash.
pub(super) fn line(sha256: &str, path: &str) -> String {
    let escaped = path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    let mark = if escaped == path { "" } else { "\\" };
    format!("{mark}{sha256}  {escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_sha256sum_reads_them() {
        assert_eq!(line("aa", "a file"), "aa  a file");
        assert_eq!(line("aa", "a\nfile"), "\\aa  a\\nfile");
        assert_eq!(line("aa", "a\\file"), "\\aa  a\\\\file");
    }
}
