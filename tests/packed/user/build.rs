//! Generates the types of a schema of the user's own.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use telewire_codegen::{Exceptions, Options, generate, resolve, tl_text};

fn main() -> Result<(), Box<dyn Error>> {
    let mut raw = tl_text::parse("note id:long text:string = Note;")?;
    resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
    let schema = resolve::resolve(&raw, &Exceptions::NONE, &[])?;
    let code = generate(&schema, &Options::default())?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("notes.rs"), code)?;
    Ok(())
}
