//! Tries whether files are read: a row of a table for each. `codegen/try-schemas` runs it over a folder.
//!
//! ```sh
//! cargo run -p telewire-codegen --example try -- FILE…
//! ```

use telewire_codegen::resolve::{self, Resolver, ids};
use telewire_codegen::{Exceptions, json, tl_text};

fn main() {
    for path in std::env::args().skip(1) {
        println!("{}", row(&path));
    }
}

/// How many definitions were read, how many of their ids nothing explains, and what is wrong.
fn row(path: &str) -> String {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return format!("| – | – | cannot be read: {error} |"),
    };
    let is_json = text.trim_start().starts_with(['{', '[']);
    let read = if is_json { json::parse(&text) } else { tl_text::parse(&text) };
    let mut raw = match read {
        Ok(raw) => raw,
        Err(error) => return format!("| – | – | not read: {error} |"),
    };
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    let exceptions = Exceptions::MTPROTO.applying_to(&raw);
    let count = raw.constructors.len() + raw.functions.len();
    let odd = ids::mismatches(&raw, &exceptions).len();
    let found = match Resolver::new(&raw).exceptions(&exceptions).believe_ids().resolve() {
        Ok(_) => "types of all".to_owned(),
        Err(error) => format!("no types: {error}"),
    };
    format!("| {count} | {odd} | {found} |")
}
