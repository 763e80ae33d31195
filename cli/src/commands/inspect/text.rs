//! The tree for people: a line for each value, its place and its bytes in front of it.
//!
//! ```text
//! offset  bytes              value
//!      0  c5737734           pong#347773c5: Pong
//!      4  0100000000000000     msg_id: long = 1
//! ```

use serde_json::Value as Json;

use super::tree::{Kind, Part, Tree};

/// How many bytes stand in front of a value at most.
const BYTES: usize = 8;

/// How many characters of a value are shown at most. `--json` has all of it.
const CHARACTERS: usize = 200;

/// Prints a tree. What is wrong with it is not said here, but of what was unpacked it is.
pub(super) fn print(tree: &Tree) -> String {
    let mut text = String::new();
    if let Some(root) = &tree.tree {
        text.push_str(&line("offset", "bytes", 0, "value"));
        part(root, 0, &mut text);
    }
    if let Some(layer) = tree.layer {
        let said = format!("read by layer {layer}, the latest that has all of it");
        text.push_str(&line("", "", 0, &said));
    }
    text
}

fn part(part_: &Part, indent: usize, text: &mut String) {
    let label = [label(part_), value(part_)].concat();
    let odds = odds(part_).into_iter().map(|odd| format!("  ({odd})"));
    let label = label + &odds.collect::<String>();
    text.push_str(&line(&part_.offset.to_string(), &bytes(part_), indent, &label));
    for child in part_.parts.iter().filter(|child| is_shown(child)) {
        part(child, indent + 1, text);
    }
    if let Some(tree) = &part_.unpacked {
        if let Some(root) = &tree.tree {
            text.push_str(&line("", "", indent + 1, "unpacked, with offsets of its own:"));
            part(root, indent + 2, text);
        }
        if let Some(error) = &tree.error {
            text.push_str(&line("", "", indent + 2, error));
        }
    }
}

fn line(offset: &str, bytes: &str, indent: usize, label: &str) -> String {
    let line = format!("{offset:>6}  {bytes:<18} {:indent$}{label}", "", indent = 2 * indent);
    format!("{}\n", line.trim_end())
}

/// Whether a part has a line of its own: all but the encoding of the value around it.
fn is_shown(part: &Part) -> bool {
    part.field.is_some()
}

/// The bytes of a value that has no others inside; of one that has, those in front of them.
fn bytes(part: &Part) -> String {
    let mut hex = String::new();
    if let Some(own) = &part.bytes {
        hex.push_str(own);
    }
    for child in part.parts.iter().take_while(|child| !is_shown(child)) {
        hex.push_str(child.bytes.as_deref().unwrap_or_default());
    }
    shortened(&hex, 2 * BYTES, "..")
}

fn label(part: &Part) -> String {
    let ty = part.ty.as_deref().unwrap_or_default();
    match (&part.field, &part.name, &part.id) {
        (Some(field), Some(name), Some(id)) => format!("{field}: {ty} = {name}#{id}"),
        (None, Some(name), Some(id)) => format!("{name}#{id}: {ty}"),
        (Some(field), ..) => format!("{field}: {ty}"),
        (None, ..) => ty.to_owned(),
    }
}

fn value(part: &Part) -> String {
    let value = match (&part.value, part.kind) {
        (Some(Json::Number(bits)), Kind::Flags) => {
            format!("{:b}", bits.as_u64().unwrap_or_default())
        }
        (Some(count), Kind::Vector) => return format!(", {count} items"),
        (Some(bytes), Kind::Unknown) => format!("{}, of a type that is not known", plain(bytes)),
        (None, Kind::Unfinished) => "it does not end".to_owned(),
        // Quoted and escaped if it is a text, and bare if it is digits.
        (Some(Json::String(text)), _) if is_text(part) => format!("{text:?}"),
        (Some(value), _) => plain(value),
        (None, _) => return String::new(),
    };
    format!(" = {}", shortened(&value, CHARACTERS, "..."))
}

fn is_text(part: &Part) -> bool {
    let ty = part.ty.as_deref().unwrap_or_default();
    ty.rsplit('?').next() == Some("string")
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is odd about a value and its encoding.
fn odds(part: &Part) -> Vec<&str> {
    let encoding = part.parts.iter().filter(|child| !is_shown(child));
    std::iter::once(part).chain(encoding).filter_map(|part| part.odd.as_deref()).collect()
}

fn shortened(text: &str, most: usize, mark: &str) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    kept + mark
}
