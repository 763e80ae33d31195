//! Generates the types of `notes.tl`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use telewire_codegen::{Exceptions, Options, generate, resolve, tl_text};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=notes.tl");
    let mut raw = tl_text::parse(&fs::read_to_string("notes.tl")?)?;
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    // Reading twice harms nobody, so such a call may be sent again after a lost connection; adding may not. Of the functions of
    // Telegram's API, `resolve::reviewed` tells it: see `examples/own-layer`.
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &["notes.list"])?;
    let code = generate(&schema, &Options::default())?;
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("notes.rs"), code)?)
}
