//! Generates the types of `layer-198.tl`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use telewire_codegen::{Exceptions, Options, generate, resolve, tl_text};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=layer-198.tl");
    let raw = tl_text::parse(&fs::read_to_string("layer-198.tl")?)?;
    // What was reviewed to be safe to send again after a lost connection, of the functions that this layer has.
    let safe = resolve::reviewed(&raw)?;
    let safe: Vec<&str> = safe.iter().map(String::as_str).collect();
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &safe)?;
    let code = generate(&schema, &Options::default())?;
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("layer_198.rs"), code)?)
}
