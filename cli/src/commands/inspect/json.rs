//! The tree for programs.

use std::io;

use super::tree::Tree;

/// One line with a JSON object.
pub(super) fn print(tree: &Tree) -> io::Result<String> {
    let mut line = serde_json::to_string(tree)?;
    line.push('\n');
    Ok(line)
}
