//! Prints a `.tl` schema in Telegram's JSON form: how the files of telewire's `schema/` are made.
//!
//! ```sh
//! cargo run -p telewire-codegen --example convert -- FILE.tl > FILE.json
//! ```

use std::process::ExitCode;

use telewire_codegen::{Exceptions, json, resolve, tl_text};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: convert FILE.tl");
        return ExitCode::from(2);
    };
    match convert(&path) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{path}: {message}");
            ExitCode::from(2)
        }
    }
}

fn convert(path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut schema = tl_text::parse(&text).map_err(|error| error.to_string())?;
    // A definition without an id gets the one that its text says; the ids that are there stay as they are.
    resolve::ids::assign_missing(&mut schema, &Exceptions::NONE);
    json::print(&schema).map_err(|error| error.to_string())
}
